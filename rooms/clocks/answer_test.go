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
	}
	type question struct {
		name   string
		ticket tickets.Ticket
		by     string
	}
	for house, tc := range map[string]struct {
		settle func(t *testing.T, d *desk)
		zone   string
		asked  []question
	}{
		"a house as it is from the start": {func(*testing.T, *desk) {}, "UTC", []question{
			{"in working hours", tickets.Ticket{}, "Tue 10:00"},
			{"from when they wrote", tickets.Ticket{WaitingSince: monday.Add(9 * time.Hour)}, "Mon 17:00"},
			{"a moment that has passed", tickets.Ticket{WaitingSince: monday.AddDate(0, 0, -7)}, "never"},
			{"somebody has answered", tickets.Ticket{AnsweredAt: monday.Add(9 * time.Hour)}, "never"},
		}},
		"a house in Berlin": {berlin, "Europe/Berlin", []question{{"in working hours", tickets.Ticket{}, "Tue 10:00"}}},
		"a policy without a first answer": {func(t *testing.T, d *desk) { t.Helper(); d.promises(t, Minutes{Resolution: 600}) }, "UTC", []question{
			{"anybody", tickets.Ticket{}, "never"},
		}},
		"a policy for some": {func(t *testing.T, d *desk) { t.Helper(); d.vips(t) }, "UTC", []question{
			{"others", tickets.Ticket{Tags: []string{"loud"}}, "Tue 10:00"},
			{"such", tickets.Ticket{Tags: []string{"loud", "vip"}}, "Mon 11:00"},
		}},
		"no policy in Berlin": {func(t *testing.T, d *desk) { t.Helper(); d.nothing(t); berlin(t, d) }, "Europe/Berlin", []question{
			{"anybody", tickets.Ticket{}, "never"},
		}},
		"a house that has begun": {func(t *testing.T, d *desk) { t.Helper(); d.opens(t, tickets.Inbound{}) }, "UTC", []question{
			{"old mail", tickets.Ticket{WaitingSince: monday.Add(8*time.Hour + 59*time.Minute)}, "never"},
			{"new mail", tickets.Ticket{WaitingSince: monday.Add(9*time.Hour + 1*time.Minute)}, "Tue 09:01"},
		}},
	} {
		t.Run(house, func(t *testing.T) {
			d := openDesk(t)
			d.at(t, "Mon 10:00")
			tc.settle(t, d)
			d.settle(t)
			for _, q := range tc.asked {
				if q.ticket.CreatedAt = d.clock(); q.ticket.WaitingSince.IsZero() {
					q.ticket.WaitingSince = d.clock()
				}
				err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
					by, zone, err := d.AnswerBy(tx, q.ticket)
					if say(by) != q.by || zone.String() != tc.zone {
						t.Errorf("%s: %s in %s, want %s in %s", q.name, say(by), zone, q.by, tc.zone)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
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
