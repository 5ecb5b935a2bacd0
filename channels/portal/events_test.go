package portal

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

func TestEventsStayAsTheyWere(t *testing.T) {
	const (
		lnk = LinkID(0x123456789abcd)
		tkt = tickets.ID(0x223456789abcd)
		cus = people.ID(0x323456789abcd)
	)
	storetest.Events(t, Linked{lnk, tkt, cus}, Revoked{cus, tkt, 3}, Configured{30})
}
