package recovery

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/followup"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

func TestEventsStayAsTheyWere(t *testing.T) {
	const (
		cmp = ID(0x123456789abcd)
		tkt = tickets.ID(0x223456789abcd)
		cus = people.ID(0x323456789abcd)
		ann = staff.ID(0x423456789abcd)
		ben = staff.ID(0x423456789abce)
		tm  = staff.TeamID(0x523456789abcd)
		hnd = HandoverID(0x623456789abcd)
		ofr = OfferID(0x723456789abcd)
		rmd = RemedyID(0x823456789abcd)
		apv = ApprovalID(0x923456789abcd)
	)
	at := monday.Add(1234567)
	storetest.Events(
		t,
		Raised{cmp, tkt, cus, "delay", 2, true, BreachedClock, "email", ann, at}, Joined{cmp, tkt, Reopening}, Sorted{cmp, tkt, "delay", 2, "general", 1, at},
		Explained{cmp, tkt}, Wished{cmp, tkt, true}, Ticked{cmp, tkt, stages.Investigate, "facts", true}, Moved{cmp, tkt, stages.Capture, stages.Investigate, ann, at, "done"}, Late{cmp, tkt, stages.Resolve, ann, at},
		HandedOver{cmp, tkt, hnd, ann, ben}, Accepted{cmp, tkt, hnd, ben, ann}, Declined{cmp, tkt, hnd, ben, true}, Inquired{cmp, tkt, followup.Mail, ann}, Followed{cmp, tkt, Yes, No, followup.Call, ann}, AskingArranged{true, 3}, Overlooked{cmp, tkt, []Unfinished{NotInFollowUp, OfferWaits}}, Closed{cmp, tkt, Content},
		Reopened{cmp, tkt}, KindChanged{"delay", true},
		Offered{ofr, cmp, tkt, Extra, 3}, Chosen{ofr, cmp, tkt, rmd}, Withdrawn{ofr, cmp, tkt}, Given{rmd, cmp, tkt, cus, Extra, "gift", ann, tm, apv},
		TakenBack{rmd, cmp, tkt, Right, "refund"}, RemedyChanged{"gift", true},
		Asked{apv, Refusal, cmp, tkt, rmd, tm}, Answered{apv, More, cmp, tkt, Yes, ann}, Recalled{apv, cmp, tkt},
	)
}
