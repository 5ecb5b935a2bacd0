package clocks

import (
	"context"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Every verb run twice at once leaves what one after the other would.
func TestTwiceAtOnce(t *testing.T) {
	name, minutes := "Everybody", hoursOf(4, 4, 20)
	for verb, do := range map[string]func(t *testing.T, d *desk, vip TargetID) error{
		"add": func(t *testing.T, d *desk, _ TargetID) error {
			t.Helper()
			_, err := d.Add(t.Context(), admin, Target{Name: "Chat", When: Conditions{Channels: []string{"chat"}}, Targets: minutes})
			return err
		},
		"rename": func(t *testing.T, d *desk, vip TargetID) error {
			t.Helper()
			_, err := d.Change(t.Context(), admin, vip, TargetChange{Name: &name})
			return err
		},
		"change": func(t *testing.T, d *desk, vip TargetID) error {
			t.Helper()
			_, err := d.Change(t.Context(), admin, vip, TargetChange{Targets: &minutes})
			return err
		},
		"remove": func(t *testing.T, d *desk, vip TargetID) error {
			t.Helper()
			return d.Remove(t.Context(), admin, vip)
		},
		"order": func(t *testing.T, d *desk, vip TargetID) error {
			t.Helper()
			_, err := d.Order(t.Context(), admin, []TargetID{vip, 2, 1})
			return err
		},
	} {
		t.Run(verb, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				d := furnish(t)
				d.opens(t, tickets.Inbound{Tags: []string{"vip"}})
				err := d.db.Write(t.Context(), admin.Actor, func(tx *store.Tx) error {
					loud := Target{ID: 2, Place: 0, Name: "Loud", When: Conditions{Tags: []string{"loud"}}, Targets: minutes}
					if err := insertTarget(tx, loud); err != nil {
						return err
					}
					return tx.Record(loud.ID, Added{loud.ID})
				})
				if err != nil {
					t.Fatal(err)
				}
				vip := must[Target](t)(d.Add(t.Context(), admin, Target{Name: "VIP", When: Conditions{Tags: []string{"vip"}}, Targets: hoursOf(1, 1, 8)})).ID
				d.follow(t)
				return d.db, func() error { return do(t, d, vip) }
			})
		})
	}
}

// What happens to one ticket at the same moment in a follower, in a tick and in a recount is neither lost nor told twice.
func TestOneTicketInManyHands(t *testing.T) {
	d := openDesk(t)
	d.at(t, "Mon 10:00")
	for _, zone := range []string{"Asia/Tokyo", "Europe/Berlin", "America/New_York"} {
		ticket := d.opens(t, tickets.Inbound{}).ID
		d.settle(t)
		d.does(t, ticket, "answer")
		must[hours.Calendar](t)(d.hours.Change(t.Context(), admin, 1, hours.Change{Zone: &zone}))
		d.does(t, ticket, "writes")
		write := func(do func(tx *store.Tx) error) func() error {
			return func() error { return d.db.Write(context.Background(), store.System("test"), do) }
		}
		hands := []func() error{
			func() error { return d.db.CatchUp(context.Background(), d.Followers()...) },
			write(func(tx *store.Tx) error { return d.tick(tx, due.Job{Key: ticket.String()}) }),
			write(func(tx *store.Tx) error { return d.retime(tx, due.Job{Payload: []byte(`{}`)}) }),
			write(func(tx *store.Tx) error { return d.tick(tx, due.Job{Key: ticket.String()}) }),
		}
		done := make(chan error, len(hands))
		for _, hand := range hands {
			go func() { done <- hand() }()
		}
		for range hands {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		d.settle(t)
		clocks := d.shown(t, admin, ticket)[0].Clocks
		if len(clocks) != 4 || clocks[0].Clock != Resolution || clocks[0].State != Running || clocks[1].State != InTime || clocks[3].Clock != NextAnswer {
			t.Errorf("clocks %+v", clocks)
		}
		b := must[*book](t)(func() (b *book, err error) {
			return b, d.db.Read(t.Context(), func(tx *store.Tx) error { b, err = d.book(tx); return err })
		}())
		if want := b.nothing.Hours.Add(d.clock(), 8*time.Hour); !clocks[3].DueAt.Equal(want) {
			t.Errorf("due at %s, want %s", clocks[3].DueAt, want)
		}
	}
}
