package promises

import (
	"errors"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

// Every verb run twice at once leaves what one after the other would.
func TestTwiceAtOnce(t *testing.T) {
	remind := []int64{90}
	for verb, do := range map[string]func(t *testing.T, d *desk, p Promise) error{
		"make": func(t *testing.T, d *desk, p Promise) error {
			t.Helper()
			_, err := d.Make(t.Context(), d.staff["Anna"], Making{Ticket: p.Ticket, What: "A call", Due: "2026-07-10"})
			return err
		},
		"keep": func(t *testing.T, d *desk, p Promise) error {
			t.Helper()
			_, err := d.Keep(t.Context(), d.staff["Anna"], p.ID)
			return err
		},
		"renew": func(t *testing.T, d *desk, p Promise) error {
			t.Helper()
			_, err := d.Renew(t.Context(), d.staff["Anna"], p.ID, Renewal{Due: "2026-07-10", Reason: "No part yet.", Told: ByCall})
			return err
		},
		"release": func(t *testing.T, d *desk, p Promise) error {
			t.Helper()
			_, err := d.Release(t.Context(), d.staff["Anna"], p.ID, "They bought another.")
			return err
		},
		"hand": func(t *testing.T, d *desk, p Promise) error {
			t.Helper()
			_, err := d.Hand(t.Context(), d.staff["Anna"], p.ID, d.id("Ben"), "On leave.")
			return err
		},
		"accept": func(t *testing.T, d *desk, _ Promise) error {
			t.Helper()
			_, err := d.Accept(t.Context(), d.staff["Ben"], d.asked)
			return err
		},
		"decline": func(t *testing.T, d *desk, _ Promise) error {
			t.Helper()
			_, err := d.Decline(t.Context(), d.staff["Ben"], d.asked, "On leave.")
			return err
		},
		"plan": func(t *testing.T, d *desk, p Promise) error {
			t.Helper()
			_, err := d.Plan(t.Context(), d.staff["Anna"], Planning{Ticket: p.Ticket, What: "A call", Due: "2026-07-10"})
			return err
		},
		"unplan": func(t *testing.T, d *desk, _ Promise) error {
			t.Helper()
			return d.Unplan(t.Context(), d.staff["Anna"], d.soon)
		},
		"configure": func(t *testing.T, d *desk, _ Promise) error {
			t.Helper()
			_, err := d.Configure(t.Context(), admin, SettingsChange{Remind: &remind})
			return err
		},
	} {
		t.Run(verb, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				d, p := promised(t)
				return d.db, func() error { return do(t, d, p) }
			})
		})
	}
}

// promised is a desk with a promise.
func promised(t *testing.T) (*desk, Promise) {
	t.Helper()
	d := furnish(t)
	p := d.promises(t, "Anna", Making{Ticket: d.opens(t, d.hall, eve).ID, Due: rfc(t, "Tue 12:00")})
	d.asked = d.promises(t, "Anna", Making{Ticket: p.Ticket, Due: "2026-07-10"}).ID
	must[Promise](t)(d.Hand(t.Context(), d.staff["Anna"], d.asked, d.id("Ben"), "On leave."))
	d.writes(t, "Anna", p.Ticket)
	d.soon = d.plans(t, Planning{Ticket: p.Ticket, What: "A lamp", Due: "2026-07-10"}).ID
	return d, p
}

// What a person does and what the time does at the same moment is neither lost nor told twice: at its time a promise is
// broken once, whoever comes first.
func TestAtTheLastMoment(t *testing.T) {
	for verb, do := range map[string]func(t *testing.T, d *desk, p Promise) error{
		"keep": func(t *testing.T, d *desk, p Promise) error {
			t.Helper()
			_, err := d.Keep(t.Context(), d.staff["Anna"], p.ID)
			return err
		},
		"renew": func(t *testing.T, d *desk, p Promise) error {
			t.Helper()
			_, err := d.Renew(t.Context(), d.staff["Anna"], p.ID, Renewal{Due: "2026-07-10", Reason: "No part yet.", Told: ByCall})
			return err
		},
		"another tick": func(t *testing.T, d *desk, p Promise) error { t.Helper(); return d.ticks(t, p) },
	} {
		t.Run(verb, func(t *testing.T) {
			storetest.Both(t, func(t *testing.T) (*store.DB, [2]func() error) {
				t.Helper()
				d, p := promised(t)
				d.now.Store(when(t, "Tue 12:00").UnixMicro())
				return d.db, [2]func() error{
					func() error {
						err := do(t, d, p)
						return errors.Join(err, d.brokenOnce(t, err))
					},
					func() error { return d.ticks(t, p) },
				}
			})
		})
	}
}

func (d *desk) ticks(t *testing.T, p Promise) error {
	t.Helper()
	return d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error { return d.tick(tx, due.Job{Key: p.ID.String()}) })
}

// brokenOnce looks into the journal, unless nothing was done.
func (d *desk) brokenOnce(t *testing.T, done error) error {
	t.Helper()
	all, err := d.db.Journal(t.Context(), 0, 1000)
	n := 0
	for _, e := range all {
		if e.Kind == (Broken{}).Kind() {
			n++
		}
	}
	if done == nil && n != 1 {
		t.Errorf("broken %d times", n)
	}
	return err
}

// A promise of which nobody knows any more is no work for anybody.
func TestTicksOfOthers(t *testing.T) {
	d, p := promised(t)
	for key, want := range map[string]bool{p.ID.String(): true, ID(99).String(): true, "nonsense": false} {
		err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error { return d.tick(tx, due.Job{Key: key}) })
		if (err == nil) != want {
			t.Errorf("%s: %v", key, err)
		}
	}
	if told := d.told(t); told != "made, made, offered" {
		t.Errorf("too early: %q", told)
	}
	if got := d.again(t, p.ID); !got.RemindedAt.Equal(time.Time{}) {
		t.Errorf("%+v", got)
	}
}
