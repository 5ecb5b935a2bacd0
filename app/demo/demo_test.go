package demo_test

import (
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/app/demo"
	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/conference"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/promises"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

var today = time.Date(2026, 5, 20, 14, 30, 0, 0, time.UTC)

// empty is a house nobody lives in.
func empty(tb testing.TB) demo.Deps {
	tb.Helper()
	clock := demo.NewClock(today)
	db := storetest.OpenAt(tb, clock.Now, web.Tables, due.Tables, search.Tables, staff.Tables, hours.Tables, people.Tables, lexicon.Tables, tickets.Tables, clocks.Tables, ledger.Tables, recovery.Tables, promises.Tables, conference.Tables, email.Tables)
	return furnish(tb, db, tb.TempDir(), clock)
}

// furnish builds the rooms of a house; dir is its data folder.
func furnish(tb testing.TB, db *store.DB, dir string, clock *demo.Clock) demo.Deps {
	tb.Helper()
	log := slog.New(slog.DiscardHandler)
	d := demo.Deps{DB: db, Clock: clock}
	said, err := words.New(email.Words)
	if err != nil {
		tb.Fatal(err)
	}
	keys, err := secret.Load(dir, "")
	if err != nil {
		tb.Fatal(err)
	}
	if d.Files, err = files.OpenFolder(dir + "/files"); err != nil {
		tb.Fatal(err)
	}
	d.Due = due.New(d.DB, log)
	d.Staff = staff.New(d.DB, staff.Options{Log: log})
	d.Hours = hours.New(d.DB)
	d.People = people.New(d.DB, "DE")
	d.Tickets = tickets.New(d.DB, d.Staff, d.People, nil, d.Files)
	d.Clocks = clocks.New(d.DB, d.Due, d.Hours, d.Tickets)
	d.Recovery = recovery.New(d.DB, d.Due, d.Staff, d.Hours, d.People, d.Tickets)
	d.Promises = promises.New(d.DB, d.Due, d.Staff, d.Hours, d.People, d.Tickets, d.Recovery)
	d.Email = email.New(email.House{
		Words: said, DB: d.DB, Due: d.Due, Files: d.Files, Keys: keys, People: d.People, Tickets: d.Tickets, Clocks: d.Clocks, Log: log,
		Conference: conference.New(conference.House{Words: said, DB: d.DB, Due: d.Due, Files: d.Files, Staff: d.Staff, Hours: d.Hours, People: d.People, Tickets: d.Tickets}),
	})
	d.Followers = slices.Concat(d.Tickets.Followers(), d.Clocks.Followers(), d.Recovery.Followers(), d.Promises.Followers(), d.Email.Followers())
	return d
}

// lived fills a house with a small month.
func lived(tb testing.TB, seed uint64) (demo.Deps, demo.SignIns) {
	tb.Helper()
	d := empty(tb)
	in, err := demo.Fill(tb.Context(), d, demo.Options{Tickets: small, Seed: seed})
	if err != nil {
		tb.Fatal(err)
	}
	return d, in
}

const small = 60

// journal is everything that happened, as lines.
func journal(t *testing.T, d demo.Deps) (lines []string, kinds map[string]int) {
	t.Helper()
	kinds = map[string]int{}
	for after := int64(0); ; {
		all, err := d.DB.Journal(t.Context(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 0 {
			return lines, kinds
		}
		for _, e := range all {
			lines = append(lines, e.At.Format(time.RFC3339)+" "+e.Kind+" "+e.Subject)
			kinds[e.Kind]++
			after = e.Seq
		}
	}
}

// list reads tickets by a filter.
func list(t *testing.T, d demo.Deps, f tickets.Filter) (all []tickets.Ticket) {
	t.Helper()
	f.Limit = 200
	err := d.DB.Read(t.Context(), func(tx *store.Tx) error {
		page, err := d.Tickets.List(tx, web.Everything(store.System("test")), f)
		all = page.Items
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheSameSeedTellsTheSameMonth(t *testing.T) {
	first, _ := lived(t, 7)
	second, _ := lived(t, 7)
	a, _ := journal(t, first)
	b, _ := journal(t, second)
	slices.Sort(a) // works of two kinds that are due at the same moment are done in any order
	slices.Sort(b)
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
	subjects := func(d demo.Deps) (all []string) {
		for _, k := range list(t, d, tickets.Filter{}) {
			all = append(all, k.Subject)
		}
		return all
	}
	if diff := cmp.Diff(subjects(first), subjects(second)); diff != "" {
		t.Error(diff)
	}
}

func TestTheHouseIsLivedIn(t *testing.T) {
	d, in := lived(t, 1)
	_, kinds := journal(t, d)
	for kind, least := range map[string]int{
		"tickets.opened": small, "tickets.answered": 40, "tickets.noted": 8, "tickets.assigned": 40, "tickets.tagged": 8, "tickets.noticed": 20,
		"customers.met": small / 5, "staff.added": 12, "teams.added": 4, "mail.connected": 3, "mail.arrived": 50, "clocks.met": 20, "clocks.breached": 1,
	} {
		if kinds[kind] < least {
			t.Errorf("%d of %s; want %d at least", kinds[kind], kind, least)
		}
	}
	for _, kind := range []string{"made", "kept", "renewed", "released", "reminded", "broken"} {
		if kinds["promises."+kind] == 0 {
			t.Errorf("no promise was %s", kind)
		}
	}
	complaintsAreAlive(t, d, kinds)
	all := list(t, d, tickets.Filter{})
	waits := list(t, d, tickets.Filter{Waiting: true})
	if over := slices.DeleteFunc(slices.Clone(waits), func(k tickets.Ticket) bool { return k.Status != tickets.Closed }); len(waits) == 0 || len(over) > small/20 {
		t.Errorf("%d wait for an answer, %d of them on closed tickets", len(waits), len(over))
	}
	status := map[tickets.Status]int64{}
	for _, k := range all {
		status[k.Status]++
		if k.CreatedAt.After(today) || k.CreatedAt.Before(today.AddDate(0, 0, -31)) {
			t.Errorf("%s is of %s", k.Subject, k.CreatedAt)
		}
	}
	err := d.DB.Read(t.Context(), func(tx *store.Tx) error {
		counts, err := d.Tickets.Counts(tx, web.Everything(store.System("test")))
		for _, c := range counts {
			status[c.Status] -= c.N
		}
		if lag, err2 := tx.Lag(d.Followers...); err2 != nil || slices.Max(slices.Collect(maps.Values(lag))) > 0 {
			t.Error("the followers are behind", lag, err2)
		}
		stuck, err2 := tx.Stuck()
		if err2 != nil || len(stuck) > 0 {
			t.Error(stuck, err2)
		}
		parked, err2 := d.Due.Parked(tx, 10)
		if err2 != nil || len(parked) > 0 {
			t.Error(parked, err2)
		}
		waiting, err2 := d.Email.Ledger(tx, []email.State{email.Waiting}, 0, 100)
		if err2 != nil || len(waiting) < 3 {
			t.Errorf("%d mails in the repair queue, %v", len(waiting), err2)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for s, n := range status {
		if n != 0 {
			t.Errorf("the counts of %s are off by %d", s, n)
		}
	}
	roles := map[string]bool{}
	for _, p := range in.People {
		roles[p.Role] = p.Password != "" && p.Email != ""
	}
	for _, r := range []string{"owner", "admin", "supervisor", "agent", "leader", "light"} {
		if !roles[r] {
			t.Errorf("nobody can sign in as %s", r)
		}
	}
	if in.Token == "" || in.Ticket == "" || in.Order == "" {
		t.Errorf("nothing to try: %+v", in)
	}
}

// Nothing of the past is sent when the doors open.
func TestNothingIsLeftToSend(t *testing.T) {
	d, _ := lived(t, 3)
	err := d.DB.Read(t.Context(), func(tx *store.Tx) error {
		for after := int64(0); ; {
			all, err := tx.Journal(after, 500)
			if err != nil || len(all) == 0 {
				return err
			}
			for _, e := range all {
				after = e.Seq
				if e.Kind != "tickets.answered" && e.Kind != "tickets.noticed" {
					continue
				}
				var said struct{ Message tickets.MessageID }
				if err := json.Unmarshal(e.Body, &said); err != nil {
					return err
				}
				m, err := d.Tickets.Message(tx, said.Message)
				if err != nil {
					return err
				}
				if m.State != tickets.Sent && m.State != tickets.Bounced && m.State != tickets.Kept {
					t.Errorf("%s is %s", m.ID, m.State)
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestALivedInHouseIsLeftAlone(t *testing.T) {
	d := empty(t)
	if _, err := d.Staff.AddTeam(t.Context(), web.Everything(store.Actor{Kind: store.SystemKind, ID: "cli"}), "Us"); err != nil {
		t.Fatal(err)
	}
	_, err := demo.Fill(t.Context(), d, demo.Options{Tickets: 5})
	if f := fault.Of(err); f == nil || f.Code != "demo.not_empty" {
		t.Error(err)
	}
}

// The people of the company hear complaints and see to them; a few are under way when the doors open.
func complaintsAreAlive(t *testing.T, d demo.Deps, kinds map[string]int) {
	t.Helper()
	for _, kind := range []string{
		"complaints.raised", "complaints.wished", "complaints.ticked", "complaints.moved", "complaints.followed", "complaints.closed",
		"remedies.given", "approvals.asked", "approvals.answered", "complaints.handed_over",
	} {
		if kinds[kind] == 0 {
			t.Errorf("none of %s", kind)
		}
	}
	err := d.DB.Read(t.Context(), func(tx *store.Tx) error {
		page, err := d.Recovery.List(tx, web.Everything(store.System("test")), recovery.Filter{Limit: 200})
		open, late, content := 0, 0, 0
		for _, c := range page.Items {
			w, err := d.Recovery.Look(tx, web.Everything(store.System("test")), c.ID)
			if err != nil {
				return err
			}
			switch {
			case c.Open():
				open++
				if !c.LateAt.IsZero() {
					late++
				}
			case c.Ended == recovery.Content:
				content++
			case c.Ended == recovery.Mistaken && len(w.Reasons) == 0:
				t.Errorf("%s was a mistake without a reason", c.ID)
			}
			if c.Origin == recovery.Heard && (c.What == "" || c.Owner == 0 || c.Kind == "general") {
				t.Errorf("nobody listened: %+v", c)
			}
		}
		if open < 2 || open > 9 || late > 2 || content < 2 {
			t.Errorf("%d complaints are open, %d of them late, %d ended well", open, late, content)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
