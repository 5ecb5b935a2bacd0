package clocks

import (
	"fmt"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// BenchmarkFollow is what the clocks cost for each ticket: a contact opens it, and it is answered.
func BenchmarkFollow(b *testing.B) {
	for name, acts := range map[string][]string{"opened": nil, "opened and answered": {"answer"}} {
		b.Run(name, func(b *testing.B) {
			d := furnish(b)
			b.StopTimer()
			for range b.N {
				ticket := d.opens(b, tickets.Inbound{}).ID
				for _, act := range acts {
					d.does(b, ticket, act)
				}
			}
			b.StartTimer()
			d.follow(b)
		})
	}
}

// BenchmarkLists reads the clocks of a page of tickets, and what is due next, among many.
func BenchmarkLists(b *testing.B) {
	for _, many := range []int{1_000, 100_000} {
		d := furnish(b)
		var page []tickets.ID
		for range 25 {
			page = append(page, d.opens(b, tickets.Inbound{}).ID)
		}
		d.follow(b)
		err := d.db.Write(b.Context(), store.System("test"), func(tx *store.Tx) error {
			r, _, err := load(tx, page[0])
			for i := range many {
				r.Ticket, r.Team, r.fresh = tickets.ID(i+1), 7, true
				if r.DueAt = r.DueAt.Add(time.Second); err == nil {
					err = save(tx, r)
				}
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		who := web.Who{Staff: 1, Can: web.View, Teams: []int64{7, 8, 9}}
		b.Run(fmt.Sprintf("of 25 tickets among %d", many), func(b *testing.B) {
			for b.Loop() {
				if s := d.shown(b, who, page...); len(s) != 25 {
					b.Fatalf("%d tickets", len(s))
				}
			}
		})
		b.Run(fmt.Sprintf("next 25 of %d", many), func(b *testing.B) {
			for b.Loop() {
				d.look(b, func(tx *store.Tx) error { _, err := d.Next(tx, who, Filter{Limit: 25}); return err })
			}
		})
	}
}
