package promises

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

func TestEventsStayAsTheyWere(t *testing.T) {
	const (
		prm  = ID(0x123456789abcd)
		next = ID(0x123456789abce)
		tkt  = tickets.ID(0x223456789abcd)
		into = tickets.ID(0x223456789abce)
		cus  = people.ID(0x323456789abcd)
		anna = staff.ID(0x423456789abcd)
		ben  = staff.ID(0x423456789abce)
		hall = staff.TeamID(0x523456789abcd)
		msg  = tickets.MessageID(0x623456789abcd)
		why  = ReasonID(0x723456789abcd)
		pln  = PlannedID(0x823456789abcd)
	)
	at := monday.Add(1234567)
	storetest.Events(
		t,
		Made{prm, tkt, cus, "call_back", anna, ben, hall, Composer, msg, at, next, why}, Kept{prm, tkt, anna, true},
		Renewed{prm, tkt, anna, next, ByMail, true, true, why}, Released{prm, tkt, anna, true, why}, Handed{prm, tkt, ben, anna, why},
		Offered{prm, tkt, anna, ben, true, why}, Declined{prm, tkt, anna, ben, why}, Withdrawn{prm, tkt, anna, ben, false},
		Reminded{prm, tkt, anna, at}, Broken{prm, tkt, anna, at}, Refused{pln, tkt, anna, msg, "promise.past"}, Moved{prm, into, tkt}, Configured{[]string{"share", "remind"}},
	)
}
