package clocks

import (
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// The acknowledgement tells a customer who has just written when somebody will answer.
func TestAnswerBy(t *testing.T) {
	berlin := func(t *testing.T, d *desk) {
		t.Helper()
		zone := "Europe/Berlin"
		must[hours.Calendar](t)(d.hours.Change(t.Context(), admin, 1, hours.Change{Zone: &zone}))
		d.settle(t)
	}
	for name, tc := range map[string]struct {
		house  func(t *testing.T, d *desk)
		ticket tickets.Ticket
		by     string
		zone   string
	}{
		"in working hours":                 {nil, tickets.Ticket{}, "Tue 10:00", "UTC"},
		"in the company's zone":            {berlin, tickets.Ticket{}, "Tue 10:00", "Europe/Berlin"},
		"from when they wrote":             {nil, tickets.Ticket{WaitingSince: monday.Add(9 * time.Hour)}, "Mon 17:00", "UTC"},
		"a moment that has passed":         {nil, tickets.Ticket{WaitingSince: monday.AddDate(0, 0, -7)}, "never", "UTC"},
		"somebody has answered":            {nil, tickets.Ticket{AnsweredAt: monday.Add(9 * time.Hour)}, "never", "UTC"},
		"a policy without a first answer":  {func(t *testing.T, d *desk) { t.Helper(); d.promises(t, Minutes{Resolution: 600}) }, tickets.Ticket{}, "never", "UTC"},
		"a policy for others":              {func(t *testing.T, d *desk) { t.Helper(); d.vips(t) }, tickets.Ticket{Tags: []string{"loud"}}, "Tue 10:00", "UTC"},
		"a policy for such":                {func(t *testing.T, d *desk) { t.Helper(); d.vips(t) }, tickets.Ticket{Tags: []string{"vip"}}, "Mon 11:00", "UTC"},
		"no policy":                        {func(t *testing.T, d *desk) { t.Helper(); d.nothing(t) }, tickets.Ticket{}, "never", "UTC"},
		"no policy in the company's zone":  {func(t *testing.T, d *desk) { t.Helper(); d.nothing(t); berlin(t, d) }, tickets.Ticket{}, "never", "Europe/Berlin"},
		"before anything is promised here": {func(t *testing.T, d *desk) { t.Helper(); d.opens(t, tickets.Inbound{}); d.settle(t) }, tickets.Ticket{WaitingSince: monday.Add(8*time.Hour + 59*time.Minute)}, "never", "UTC"},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t)
			d.at(t, "Mon 10:00")
			if tc.house != nil {
				tc.house(t, d)
			}
			if tc.ticket.CreatedAt = d.clock(); tc.ticket.WaitingSince.IsZero() {
				tc.ticket.WaitingSince = d.clock()
			}
			err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
				by, zone, err := d.AnswerBy(tx, tc.ticket)
				if say(by) != tc.by || zone.String() != tc.zone {
					t.Errorf("%s in %s, want %s in %s", say(by), zone, tc.by, tc.zone)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func (d *desk) promises(t *testing.T, m Minutes) {
	t.Helper()
	must[Target](t)(d.Change(t.Context(), admin, 1, TargetChange{Targets: &m}))
}

func (d *desk) vips(t *testing.T) {
	t.Helper()
	must[Target](t)(d.Add(t.Context(), admin, Target{Name: "VIP", When: Conditions{Tags: []string{"vip"}}, Targets: hoursOf(1, 1, 0)}))
}

func (d *desk) nothing(t *testing.T) {
	t.Helper()
	if err := d.Remove(t.Context(), admin, 1); err != nil {
		t.Fatal(err)
	}
}
