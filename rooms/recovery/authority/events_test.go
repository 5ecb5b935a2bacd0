package authority_test

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/staff"
)

func TestEventsStayAsTheyWere(t *testing.T) {
	const tm = staff.TeamID(0x523456789abcd)
	storetest.Events(t, authority.Empowered{Role: staff.Agent}, authority.Budgeted{Team: tm}, authority.Settled{Parts: []string{"currency"}}, authority.Overspent{Team: tm, Month: "2026-11"})
}
