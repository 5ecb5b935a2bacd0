package policies

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

func TestEventsStayAsTheyWere(t *testing.T) {
	const pol = ID(0xa23456789abcd)
	storetest.Events(t, Changed{pol, true, true}, WasBent{pol, tickets.ID(0x223456789abcd), stages.ID(0x123456789abcd), staff.ID(0x423456789abcd), Regular})
}
