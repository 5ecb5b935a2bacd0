package portal

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Every verb run twice at once leaves what one after the other would.
func TestTwiceAtOnce(t *testing.T) {
	from := netip.MustParseAddr("192.0.2.7")
	for name, prepare := range map[string]func(t *testing.T, d *hall, tk tickets.Ticket) func() error{
		"Link": func(t *testing.T, d *hall, tk tickets.Ticket) func() error {
			t.Helper()
			return func() error { return second(d.Link(t.Context(), d.ann, tk.ID)) }
		},
		"Revoke": func(t *testing.T, d *hall, tk tickets.Ticket) func() error {
			t.Helper()
			d.link(t, tk)
			return func() error { return second(d.Revoke(t.Context(), d.ann, tk.ID)) }
		},
		"Configure": func(t *testing.T, d *hall, _ tickets.Ticket) func() error {
			t.Helper()
			return func() error { return second(d.Configure(t.Context(), admin, SettingsChange{Days: new(7)})) }
		},
		"Ask": func(t *testing.T, d *hall, _ tickets.Ticket) func() error {
			t.Helper()
			return func() error { return d.Ask(t.Context(), "ida@customer.example", "en", from) }
		},
		"Foot": func(t *testing.T, d *hall, tk tickets.Ticket) func() error {
			t.Helper()
			return func() error {
				m := tickets.Message{Kind: tickets.Out, To: []tickets.Party{{Email: "ida@customer.example"}}}
				return d.Foot(t.Context(), "en", tk, &m)
			}
		},
		"Come": func(t *testing.T, d *hall, tk tickets.Ticket) func() error {
			t.Helper()
			h := must[Handed](t)(d.Link(t.Context(), d.ann, tk.ID))
			return func() error { return second(d.Come(t.Context(), token(h.URL))) }
		},
		"Visit": func(t *testing.T, d *hall, tk tickets.Ticket) func() error {
			t.Helper()
			h := must[Handed](t)(d.Link(t.Context(), d.ann, tk.ID))
			return func() error { return second(d.Visit(t.Context(), []string{token(h.URL)}, tk.Number)) }
		},
		"Say": func(t *testing.T, d *hall, tk tickets.Ticket) func() error {
			t.Helper()
			_, v := d.link(t, tk)
			return func() error { return d.Say(t.Context(), v, "", Said{Text: "And the saucer."}) }
		},
		"Say from one form": func(t *testing.T, d *hall, tk tickets.Ticket) func() error {
			t.Helper()
			_, v := d.link(t, tk)
			return func() error { return d.Say(t.Context(), v, "a form", Said{Text: "And the saucer."}) }
		},
		"Confirm": func(t *testing.T, d *hall, tk tickets.Ticket) func() error {
			t.Helper()
			d.stand(t, tk, tickets.Resolved)
			_, v := d.link(t, tk)
			return func() error { return d.Confirm(t.Context(), v, "") }
		},
		"Choose": func(t *testing.T, d *hall, tk tickets.Ticket) func() error {
			t.Helper()
			o := d.offer(t, tk)
			_, v := d.link(t, tk)
			return func() error {
				return d.Choose(t.Context(), v, "", o.ID, recovery.Pick{Remedy: o.Choices[0].ID})
			}
		},
		"Swap": func(t *testing.T, d *hall, tk tickets.Ticket) func() error {
			t.Helper()
			o := d.offer(t, tk)
			_, v := d.link(t, tk)
			if err := d.Choose(t.Context(), v, "", o.ID, recovery.Pick{Remedy: o.Choices[1].ID}); err != nil {
				t.Fatal(err)
			}
			return func() error { return d.Swap(t.Context(), v, o.ID, o.Choices[0].ID) }
		},
		"Choose something else from one form": func(t *testing.T, d *hall, tk tickets.Ticket) func() error {
			t.Helper()
			o := d.offer(t, tk)
			_, v := d.link(t, tk)
			return func() error {
				return d.Choose(t.Context(), v, "a form", o.ID, recovery.Pick{Other: "A tree"})
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				d := furnish(t)
				return d.db, prepare(t, d, d.ticket(t, "Ida", "It broke."))
			})
		})
	}
}

// A yes and a "not yet" that come at once never leave the customer's words on a ticket that has ended over them.
func TestYesAndNotYetAtOnce(t *testing.T) {
	storetest.Both(t, func(t *testing.T) (*store.DB, [2]func() error) {
		t.Helper()
		d := furnish(t)
		tk := d.ticket(t, "Ida", "It broke.")
		d.stand(t, tk, tickets.Resolved)
		_, v := d.link(t, tk)
		return d.db, [2]func() error{
			func() error { return d.Confirm(t.Context(), v, "") },
			func() error { return d.Say(t.Context(), v, "", Said{Text: "Not yet."}) },
		}
	})
}

// Customers do not wait for each other: what one does holds nothing that another needs.
func TestNobodyStandsInLine(t *testing.T) {
	d := furnish(t)
	if d.db.Engine() == "sqlite" {
		t.Skip("SQLite has one writer at a time, whatever is locked")
	}
	_, ida := d.link(t, d.ticket(t, "Ida", "It broke."))
	other, _ := d.link(t, d.ticket(t, "Max", "Mine too."))
	d.write(t, func(tx *store.Tx) error {
		if _, err := d.again(tx, ida); err != nil {
			return err
		}
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
		defer stop()
		return second(d.Come(ctx, token(other.URL)))
	})
}
