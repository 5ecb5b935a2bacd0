package tickets

import (
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
)

func TestEventsStayAsTheyWere(t *testing.T) {
	const (
		tkt = ID(0x123456789abcd)
		msg = MessageID(0x223456789abcd)
		mbx = MailboxID(0x323456789abcd)
		cus = people.ID(0x423456789abcd)
		stf = staff.ID(0x523456789abcd)
		boy = staff.ID(0x523456789abce)
		tm  = staff.TeamID(0x623456789abcd)
		why = ReasonID(0x723456789abcd)
		drf = DraftID(0x823456789abcd)
	)
	long := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	storetest.Events(t,
		Opened{tkt, 1204, cus, "email", mbx, Normal, "return", tm},
		Heard{tkt, msg, cus, "email", true, true, true, long, true},
		Answered{tkt, msg, "email", mbx, true, true, long, true, long.Add(time.Hour), drf},
		Overruled{tkt, msg, []string{"en.policy.our"}, why},
		Noticed{tkt, msg, "email", "acknowledgement"},
		Noted{tkt, msg, []staff.ID{stf}},
		Stood{tkt, Resolved, Closed, Silent, "by_hand"},
		Assigned{tkt, stf, tm, boy, tm + 1, why},
		Tagged{tkt, []string{"vip"}, []string{"new"}},
		Changed{tkt, []string{"priority", "type"}, High, Normal, "return"},
		Marked{tkt, Safety, Health},
		Delivered{tkt, msg, Sent},
		Configured{"field", "order_number", true},
		Held{tkt, stf},
	)
}
