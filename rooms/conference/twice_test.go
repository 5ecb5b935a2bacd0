package conference

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

// Every verb run twice at once leaves what one after the other would.
func TestTwiceAtOnce(t *testing.T) {
	for verb, do := range map[string]func(t *testing.T, d *desk, p Part) error{
		"invite": func(t *testing.T, d *desk, p Part) error {
			t.Helper()
			_, err := d.Invite(t.Context(), d.staff["Anna"], p.Ticket, Inviting{Title: "Lamp", Kind: Other, People: []Guest{smith}, Writing: Writing{Text: "When?"}})
			return err
		},
		"write": func(t *testing.T, d *desk, p Part) error {
			t.Helper()
			_, err := d.Write(t.Context(), d.staff["Anna"], p.ID, Writing{Text: "And?"})
			return err
		},
		"share": func(t *testing.T, d *desk, p Part) error {
			t.Helper()
			_, err := d.Share(t.Context(), d.staff["Anna"], p.ID, Writing{Share: []Sharing{{Message: p.Messages[0].Shared[0].Message}}})
			return err
		},
		"bring": func(t *testing.T, d *desk, p Part) error {
			t.Helper()
			_, err := d.Bring(t.Context(), d.staff["Anna"], p.ID, Guest{Email: "c@else.example"})
			return err
		},
		"release": func(t *testing.T, d *desk, p Part) error {
			t.Helper()
			_, err := d.Release(t.Context(), d.staff["Anna"], p.ID, p.People[0].ID)
			return err
		},
		"chase": func(t *testing.T, d *desk, p Part) error {
			t.Helper()
			_, err := d.Chase(t.Context(), d.staff["Anna"], p.ID, Chasing{Text: "And?"})
			return err
		},
		"change": func(t *testing.T, d *desk, p Part) error {
			t.Helper()
			_, err := d.Change(t.Context(), d.staff["Anna"], p.ID, Change{Title: new("Lamp 18")})
			return err
		},
		"configure": func(t *testing.T, d *desk, _ Part) error {
			t.Helper()
			_, err := d.Configure(t.Context(), admin, SettingsChange{ChaseAfter: new(int64(90))})
			return err
		},
		"done": func(t *testing.T, d *desk, p Part) error {
			t.Helper()
			_, err := d.Done(t.Context(), d.staff["Anna"], p.ID)
			return err
		},
	} {
		t.Run(verb, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				d := furnish(t)
				tk, said := d.opens(t)
				p := d.invites(t, tk.ID, Inviting{People: []Guest{smith, {Email: "b@else.example"}}, Writing: Writing{Share: []Sharing{{Message: said.ID}}}})
				return d.db, func() error { return do(t, d, p) }
			})
		})
	}
}
