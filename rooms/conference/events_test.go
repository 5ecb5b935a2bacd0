package conference

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

func TestEventsStayAsTheyWere(t *testing.T) {
	const (
		prt  = ID(0x123456789abcd)
		tkt  = tickets.ID(0x223456789abcd)
		into = tickets.ID(0x223456789abce)
		anna = staff.ID(0x423456789abcd)
		pms  = MessageID(0x623456789abcd)
		pps  = PersonID(0x723456789abcd)
	)
	storetest.Events(
		t,
		Invited{prt, tkt, Supplier, anna, pms}, Brought{prt, tkt, pps, true}, Written{prt, tkt, pms, true, 2, true, true, true}, Heard{prt, tkt, pms, true},
		Ended{prt, tkt, true}, Came{prt, tkt, monday}, Changed{prt, tkt, []string{"title"}}, Delivered{prt, tkt, pms, tickets.Sent}, Moved{prt, into, tkt}, Configured{[]string{"chase_after"}},
	)
}
