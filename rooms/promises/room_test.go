package promises

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// A promise reminds its owner, and is broken when its time comes: each is told once, however often the queue looks.
func TestTimeGoesBy(t *testing.T) {
	d := openDesk(t)
	ticket := d.opens(t, d.hall, eve).ID
	d.told(t)
	p := d.promises(t, "Anna", Making{Ticket: ticket, Due: rfc(t, "Fri 15:00")})
	if p.State != Open || p.Owner != d.id("Anna") || p.MadeBy != p.Owner || p.Team != d.hall || p.Source != Hand || p.Kind != "other" || p.Number == 0 || p.Name != "Eve" {
		t.Errorf("made: %+v", p)
	}
	for _, tc := range []struct{ at, told string }{
		{"Mon 09:00", "made"},
		{"Thu 14:59", ""},
		{"Thu 15:00", "reminded"},
		{"Thu 16:00", ""},
		{"Fri 14:00", "reminded"},
		{"Fri 14:59", ""},
		{"Fri 15:00", "broken"},
		{"Mon 10:00 +1", ""},
	} {
		d.at(t, tc.at)
		if told := d.told(t); told != tc.told {
			t.Errorf("%s: %q, want %q", tc.at, told, tc.told)
		}
	}
	p = d.again(t, p.ID)
	if p.State != Missed || !p.EndedAt.Equal(p.Due) || !p.SettledAt.IsZero() || !p.RemindedAt.Equal(when(t, "Fri 14:00")) {
		t.Errorf("%+v", p)
	}

	// A broken promise is a failure that nobody needs to complain about first.
	d.look(t, func(tx *store.Tx) error {
		w, err := d.recovery.On(tx, d.staff["Anna"], ticket)
		if w.Origin != recovery.BrokenPromise || w.Ticket != ticket {
			t.Errorf("recovery: %+v", w.Complaint)
		}
		return err
	})

	// The server slept over a reminder and the end: no reminder comes with the breach. Below the ticket all of it is told.
	p = d.promises(t, "Anna", Making{Ticket: ticket, Due: "2026-07-14"})
	d.at(t, "Wed 12:00 +1")
	if told := d.told(t); told != "made, broken" {
		t.Errorf("slept: %q", told)
	}
	d.look(t, func(tx *store.Tx) error {
		page, err := d.tickets.Timeline(tx, d.staff["Anna"], ticket, 0, 100)
		var kinds []string
		for _, m := range page.Items {
			if kind, ok := strings.CutPrefix(m.Kind, "promises."); ok {
				kinds = append(kinds, kind)
			}
		}
		if diff := cmp.Diff([]string{"made", "reminded", "reminded", "broken", "made", "broken"}, kinds); diff != "" {
			t.Error(diff)
		}
		return err
	})
	if p := d.again(t, p.ID); !p.Due.Equal(when(t, "Tue 17:00 +1")) || !p.WholeDay {
		t.Errorf("a day: %+v", p)
	}
}

// The life of promises, each on the same desk.
func TestLives(t *testing.T) {
	d := openDesk(t)
	phoned, mailed := d.knows(t, joe), d.opens(t, d.hall, eve)
	anna, ben := d.staff["Anna"], d.staff["Ben"]
	make1 := func(t *testing.T, m Making) Promise {
		t.Helper()
		p := d.promises(t, "Anna", m)
		d.told(t)
		return p
	}
	on := func(due string) Making { return Making{Ticket: mailed.ID, Due: due} }

	t.Run("kept in time, and then nothing is told any more", func(t *testing.T) {
		p := make1(t, on(rfc(t, "Tue 12:00")))
		d.at(t, "Mon 12:00")
		kept := must[Promise](t)(d.Keep(t.Context(), ben, p.ID))
		if kept.State != InTime || !kept.KeptAt.Equal(when(t, "Mon 12:00")) || kept.Took.duration() != 3*time.Hour || !kept.SettledAt.Equal(kept.KeptAt) {
			t.Errorf("%+v", kept)
		}
		if _, err := d.Keep(t.Context(), anna, p.ID); code(t, err) != "promise.kept" {
			t.Errorf("again: %v", err)
		}
		if _, err := d.Renew(t.Context(), anna, p.ID, Renewal{Due: "2026-07-09", Reason: "More time.", Told: ByCall}); code(t, err) != "promise.kept" {
			t.Errorf("renewed: %v", err)
		}
		d.at(t, "Wed 09:00")
		if told := d.told(t); told != "kept" {
			t.Errorf("told %q", told)
		}
	})

	t.Run("renewed before its time, which is no breach", func(t *testing.T) {
		p := make1(t, on(rfc(t, "Wed 16:00")))
		next := must[Promise](t)(d.Renew(t.Context(), ben, p.ID, Renewal{Due: rfc(t, "Fri 12:00"), Reason: " The lorry broke down. ", Told: ByMail}))
		old := d.again(t, p.ID)
		if old.State != Replaced || old.FollowedBy != next.ID || old.Told != ByMail || !old.ToldAt.Equal(d.clock()) || len(old.Reasons) != 1 || old.Reasons[0].Text != "The lorry broke down." || old.Reasons[0].By != d.id("Ben") {
			t.Errorf("old %+v", old)
		}
		if next.State != Open || next.InsteadOf != p.ID || next.Owner != d.id("Anna") || next.MadeBy != d.id("Ben") || next.What != p.What || !next.Due.Equal(when(t, "Fri 12:00")) || next.Team != d.hall {
			t.Errorf("next %+v", next)
		}
		d.at(t, "Thu 09:00")
		if told := d.told(t); told != "renewed, made" {
			t.Errorf("told %q", told)
		}
		d.at(t, "Fri 12:00")
		if told := d.told(t); told != "broken" {
			t.Errorf("and then %q", told)
		}
	})

	t.Run("renewed too late, which is a breach all the same", func(t *testing.T) {
		p := make1(t, on(rfc(t, "Fri 13:00")))
		d.now.Store(when(t, "Fri 13:00").UnixMicro()) // and nobody has looked
		next := must[Promise](t)(d.Renew(t.Context(), anna, p.ID, Renewal{Due: rfc(t, "Fri 16:00"), Reason: "I forgot.", Told: ByCall}))
		if old := d.again(t, p.ID); old.State != Missed || !old.EndedAt.Equal(p.Due) || old.FollowedBy != next.ID || old.SettledAt.IsZero() {
			t.Errorf("%+v", old)
		}
		d.settle(t)
		if told := d.told(t); told != "broken, renewed late, made" {
			t.Errorf("told %q", told)
		}
		if _, err := d.Keep(t.Context(), anna, p.ID); code(t, err) != "promise.renewed" {
			t.Errorf("keep the old one: %v", err)
		}
		d.at(t, "Fri 14:00")
		kept := must[Promise](t)(d.Keep(t.Context(), anna, next.ID))
		if old := d.again(t, p.ID); !old.DoneAt.Equal(kept.KeptAt) || !old.KeptAt.IsZero() || old.Took.duration() != 2*time.Hour || kept.Took.duration() != time.Hour {
			t.Errorf("%+v, %+v: the matter took from the first promise on", old, kept)
		}
		d.told(t)
	})

	t.Run("kept too late", func(t *testing.T) {
		p := make1(t, on(rfc(t, "Fri 15:00")))
		d.at(t, "Fri 15:30")
		kept := must[Promise](t)(d.Keep(t.Context(), anna, p.ID))
		if kept.State != Missed || !kept.KeptAt.Equal(d.clock()) || kept.Took.duration() != 90*time.Minute {
			t.Errorf("%+v", kept)
		}
		if told := d.told(t); told != "broken, kept late" {
			t.Errorf("told %q", told)
		}
	})

	t.Run("called first, where there is a number", func(t *testing.T) {
		p := make1(t, Making{Customer: phoned, Due: "2026-07-13", Source: Call, Kind: "call_back"})
		if p.Ticket != 0 || p.Team != d.hall || p.Source != Call {
			t.Errorf("%+v", p)
		}
		r := Renewal{Due: "2026-07-14", Reason: "No part yet.", Told: ByMail}
		if _, err := d.Renew(t.Context(), anna, p.ID, r); code(t, err) != "promise.call_first" {
			t.Errorf("mail first: %v", err)
		}
		r.CallTried = true
		must[Promise](t)(d.Renew(t.Context(), anna, p.ID, r))
		if old := d.again(t, p.ID); !old.CallTried || old.Told != ByMail {
			t.Errorf("%+v", old)
		}
	})

	t.Run("released", func(t *testing.T) {
		p := make1(t, on("2026-07-14"))
		p = must[Promise](t)(d.Release(t.Context(), anna, p.ID, "They bought another."))
		if p.State != LetOff || p.Reasons[0].About != "released" || !p.SettledAt.Equal(d.clock()) {
			t.Errorf("%+v", p)
		}
		if told := d.told(t); told != "released" {
			t.Errorf("told %q", told)
		}
	})

	t.Run("handed on to one who can see to it", func(t *testing.T) {
		p := make1(t, on("2026-07-15"))
		if _, err := d.Hand(t.Context(), anna, p.ID, d.id("Cleo"), "On leave."); code(t, err) != "promise.blind" {
			t.Errorf("to the other team: %v", err)
		}
		if _, err := d.Hand(t.Context(), anna, p.ID, d.id("Lou"), "On leave."); code(t, err) != "staff.no_tickets" {
			t.Errorf("to one without tickets: %v", err)
		}
		p = must[Promise](t)(d.Hand(t.Context(), anna, p.ID, d.id("Ben"), "On leave."))
		if p.Owner != d.id("Anna") || p.OfferedTo != d.id("Ben") || !p.OfferedAt.Equal(d.clock()) || p.Reasons[0].About != "handed" {
			t.Errorf("%+v", p)
		}
		again := must[Promise](t)(d.Hand(t.Context(), anna, p.ID, d.id("Ben"), "On leave."))
		if told := d.told(t); told != "offered" || again.Version != p.Version || len(again.Reasons) != 1 {
			t.Errorf("told %q, %+v", told, again)
		}
		p = must[Promise](t)(d.Accept(t.Context(), ben, p.ID))
		if told := d.told(t); told != "handed" || p.Owner != d.id("Ben") || p.OfferedTo != 0 || !p.OfferedAt.IsZero() || p.MadeBy != d.id("Anna") {
			t.Errorf("told %q, %+v", told, p)
		}
	})

	t.Run("one's own promise goes with its owner", func(t *testing.T) {
		p := make1(t, Making{Customer: phoned, Due: "2026-07-16", Team: d.yard, Owner: d.id("Anna")})
		if _, err := d.Keep(t.Context(), ben, p.ID); code(t, err) != "promise.unknown" {
			t.Errorf("neither his nor his team's: %v", err)
		}
		must[Promise](t)(d.Hand(t.Context(), anna, p.ID, d.id("Ben"), "On leave."))
		must[Promise](t)(d.Accept(t.Context(), ben, p.ID)) // who is asked sees what for
		if _, err := d.Keep(t.Context(), anna, p.ID); code(t, err) != "promise.unknown" {
			t.Errorf("not hers any more: %v", err)
		}
		must[Promise](t)(d.Keep(t.Context(), ben, p.ID))
	})

	t.Run("in the answer in which it is made", func(t *testing.T) {
		m := must[tickets.Message](t)(d.tickets.Answer(t.Context(), anna, mailed.ID, tickets.Reply{Text: "I call you on Monday."}))
		other := d.opens(t, d.hall, joe)
		if _, err := d.Make(t.Context(), anna, Making{Ticket: other.ID, What: "A call", Due: "2026-07-13", Message: m.ID}); code(t, err) != "promise.message" {
			t.Errorf("of another ticket: %v", err)
		}
		var theirs tickets.MessageID
		d.look(t, func(tx *store.Tx) (err error) {
			theirs, err = store.One[tickets.MessageID](tx, `SELECT id FROM messages WHERE ticket = $1 AND kind = 'in'`, mailed.ID)
			return err
		})
		if _, err := d.Make(t.Context(), anna, Making{Ticket: mailed.ID, What: "A call", Due: "2026-07-13", Message: theirs}); code(t, err) != "promise.theirs" {
			t.Errorf("in the customer's own words: %v", err)
		}
		old := make1(t, on("2026-07-13"))
		if _, err := d.Renew(t.Context(), anna, old.ID, Renewal{Due: "2026-07-14", Reason: "No part yet.", Told: ByMail, Message: theirs}); code(t, err) != "promise.theirs" {
			t.Errorf("renewed in the customer's own words: %v", err)
		}
		if p := make1(t, Making{Ticket: mailed.ID, Due: "2026-07-13", Message: m.ID, Source: Composer}); p.Message != m.ID || p.Source != Composer {
			t.Errorf("%+v", p)
		}
	})
}

// A server that stood still for days tells of promises that were broken meanwhile, and opens no case for those that were due
// long ago.
func TestOldNews(t *testing.T) {
	d := openDesk(t)
	long, now := d.opens(t, d.hall, eve).ID, d.opens(t, d.hall, joe).ID
	d.promises(t, "Anna", Making{Ticket: long, Due: rfc(t, "Mon 12:00")})
	d.promises(t, "Anna", Making{Ticket: now, Due: rfc(t, "Thu 10:00")})
	d.told(t)
	d.at(t, "Thu 12:00") // 72 hours after the first was due
	if told := d.told(t); told != "broken, broken" {
		t.Errorf("told %q", told)
	}
	d.look(t, func(tx *store.Tx) error {
		if w, err := d.recovery.On(tx, d.staff["Anna"], long); code(t, err) != "complaint.none" {
			t.Errorf("of three days ago: %+v, %v", w.Complaint, err)
		}
		w, err := d.recovery.On(tx, d.staff["Anna"], now)
		if w.Origin != recovery.BrokenPromise {
			t.Errorf("of today: %+v", w.Complaint)
		}
		return err
	})
}

// A renewed promise stays its owner's while they can see to it; then it is theirs who renews it.
func TestWhoseARenewedOneIs(t *testing.T) {
	d := furnish(t)
	ticket, c := d.opens(t, d.hall, eve).ID, d.knows(t, joe)
	renew := func(by string, p Promise) Promise {
		t.Helper()
		return must[Promise](t)(d.Renew(t.Context(), d.staff[by], p.ID, Renewal{Due: "2026-07-14", Reason: "No part yet.", Told: ByCall}))
	}
	made := func(m Making) Promise { m.Due = "2026-07-10"; return d.promises(t, "Ben", m) }
	stays, blind, gone, alone := made(Making{Ticket: ticket}), made(Making{Ticket: d.opens(t, d.hall, eve).ID}), made(Making{Ticket: ticket}), made(Making{Customer: c, Team: d.hall})
	if next := renew("Anna", stays); next.Owner != d.id("Ben") {
		t.Errorf("while he is here: %+v", next)
	}
	must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), admin, blind.Ticket, tickets.Assignment{Team: &d.yard}))
	if next := renew("Cleo", blind); next.Owner != d.id("Cleo") {
		t.Errorf("of a ticket he may not read any more: %+v", next)
	}
	must[staff.Member](t)(d.Room.staff.Disable(t.Context(), admin, d.id("Ben")))
	if next := renew("Anna", gone); next.Owner != d.id("Anna") {
		t.Errorf("when he is gone: %+v", next)
	}
	next := renew("Anna", alone)
	if next.Owner != d.id("Anna") || next.DoorStaff != d.id("Anna") {
		t.Errorf("one without a ticket: %+v", next)
	}
}

// What becomes of a ticket, and of its promises with it.
func TestWithTheTicket(t *testing.T) {
	d := openDesk(t)
	one, other := d.opens(t, d.hall, eve), d.opens(t, d.yard, eve)
	p := d.promises(t, "Anna", Making{Ticket: one.ID, Due: "2026-07-10"})
	late := d.promises(t, "Anna", Making{Ticket: one.ID, Due: rfc(t, "Mon 10:00")})
	kept := d.promises(t, "Anna", Making{Ticket: one.ID, Due: "2026-07-10"})
	must[Promise](t)(d.Keep(t.Context(), d.staff["Anna"], kept.ID))
	mine := func(name string) (n int) {
		d.look(t, func(tx *store.Tx) error {
			page, err := d.List(tx, d.staff[name], Filter{Limit: 10})
			n = len(page.Items)
			return err
		})
		return n
	}
	d.at(t, "Mon 11:00")
	if told := d.told(t); told != "made, made, made, kept, broken" {
		t.Errorf("told %q", told)
	}

	// It is given to the other team: they see its promises now.
	if mine("Anna") != 3 || mine("Cleo") != 0 {
		t.Errorf("%d and %d", mine("Anna"), mine("Cleo"))
	}
	must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), admin, one.ID, tickets.Assignment{Team: &d.yard}))
	if mine("Anna") != 0 { // even before the news are through
		t.Errorf("%d", mine("Anna"))
	}
	d.settle(t)
	if mine("Anna") != 0 || mine("Cleo") != 3 {
		t.Errorf("%d and %d", mine("Anna"), mine("Cleo"))
	}

	// It is solved and closed: the customer still waits.
	must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), admin, one.ID, tickets.Resolved, ""))
	must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), admin, one.ID, tickets.Closed, tickets.Silent))
	d.settle(t)
	if told := d.told(t); told != "" || d.again(t, p.ID).State != Open {
		t.Errorf("told %q", told)
	}

	// It is merged into another one, and its promises go there. Merging is not built yet: what it will say is.
	d.write(t, func(tx *store.Tx) error {
		if _, err := tx.Exec(`UPDATE tickets SET status = 'closed', ended = 'merged', merged_into = $1 WHERE id = $2`, other.ID, one.ID); err != nil {
			return err
		}
		return tx.Record(one.ID, tickets.Stood{Ticket: one.ID, From: tickets.Closed, To: tickets.Closed, Ended: tickets.Merged, Why: "by_hand"})
	})
	refused := func(ticket tickets.ID) {
		t.Helper()
		if _, err := d.Make(t.Context(), admin, Making{Ticket: ticket, What: "A lamp", Due: "2026-07-10", Owner: d.id("Cleo")}); code(t, err) != "promise.ended" {
			t.Errorf("promised all the same: %v", err)
		}
	}
	refused(one.ID)
	d.settle(t)
	if told, p := d.told(t), d.again(t, p.ID); told != "moved, moved, moved" || p.Ticket != other.ID || p.Number != other.Number {
		t.Errorf("told %q, %+v", told, p)
	}

	// The other is spam: nobody waits for anything.
	must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), admin, other.ID, tickets.Closed, tickets.Spam))
	refused(other.ID)
	d.settle(t)
	if told := d.told(t); told != "released, released late" {
		t.Errorf("told %q", told)
	}
	if p, late, kept := d.again(t, p.ID), d.again(t, late.ID), d.again(t, kept.ID); p.State != LetOff || late.State != Missed || late.SettledAt.IsZero() || kept.State != InTime {
		t.Errorf("%s, %s, %s", p.State, late.State, kept.State)
	}
}

// The settings and the calendar decide when somebody is reminded, of promises made before too; what is due stays due.
func TestSettings(t *testing.T) {
	d := openDesk(t)
	p := d.promises(t, "Anna", Making{Customer: d.knows(t, eve), Due: "2026-07-10"})
	next := func() string {
		t.Helper()
		d.settle(t)
		var at time.Time
		d.look(t, func(tx *store.Tx) (err error) {
			at, err = store.One[time.Time](tx, `SELECT wake_at FROM due WHERE kind = $1 AND key = $2`, ticking, p.ID.String())
			return err
		})
		return say(at)
	}
	if at := next(); at != "Thu 17:00" {
		t.Error(at)
	}
	remind := []int64{60, 120, 60}
	s := must[Settings](t)(d.Configure(t.Context(), admin, SettingsChange{Remind: &remind}))
	if diff := cmp.Diff([]int64{120, 60}, s.Remind); diff != "" {
		t.Error(diff)
	}
	if at := next(); at != "Fri 15:00" {
		t.Error(at)
	}
	berlin := must[hours.Calendar](t)(d.hours.Add(t.Context(), admin, hours.Calendar{Name: "Berlin", Zone: "UTC", Week: [7][]hours.Span{1: {{From: 600, To: 660}}}}))
	must[Settings](t)(d.Configure(t.Context(), admin, SettingsChange{Calendar: &berlin.ID}))
	if at := next(); at != "Mon 10:30" { // an hour of work is left in all, and half of it is gone then
		t.Error(at)
	}
	week := [7][]hours.Span{1: {{From: 600, To: 720}}, 5: {{From: 600, To: 900}}}
	must[hours.Calendar](t)(d.hours.Change(t.Context(), admin, berlin.ID, hours.Change{Week: &week}))
	if at := next(); at != "Fri 13:00" {
		t.Error(at)
	}
	d.told(t)
	if err := d.hours.Remove(t.Context(), admin, berlin.ID); err != nil {
		t.Fatal(err)
	}
	if at := next(); at != "Fri 15:00" || d.told(t) != "configured" {
		t.Error(at)
	}
	if p = d.again(t, p.ID); !p.Due.Equal(when(t, "Fri 17:00")) {
		t.Errorf("due %s", p.Due)
	}
	var after Settings
	d.look(t, func(tx *store.Tx) (err error) { after, err = d.Settings(tx); return err })
	if after.Calendar != 0 || after.Share != .95 || after.Cases != 20 {
		t.Errorf("%+v", after)
	}

	// Many are worked out anew, some at a time.
	for range batch + 1 {
		p = d.promises(t, "Anna", Making{Customer: p.Customer, Due: "2026-07-10"})
	}
	remind = []int64{30}
	must[Settings](t)(d.Configure(t.Context(), admin, SettingsChange{Remind: &remind}))
	if at := next(); at != "Fri 16:30" {
		t.Error(at)
	}
}

// Who has nobody behind them names who sees to it.
func TestMadeBySomebody(t *testing.T) {
	d := furnish(t)
	c := d.knows(t, eve)
	for name, tc := range map[string]struct {
		m    Making
		code string
	}{
		"nobody":                 {Making{Customer: c}, "promise.owner"},
		"somebody":               {Making{Customer: c, Owner: d.id("Anna")}, ""},
		"one without tickets":    {Making{Customer: c, Owner: d.id("Lou")}, "staff.no_tickets"},
		"one who is not there":   {Making{Customer: c, Owner: staff.ID(99)}, "staff.unknown"},
		"to nobody":              {Making{Owner: d.id("Anna")}, "promise.nobody"},
		"to one who is not":      {Making{Customer: people.ID(99), Owner: d.id("Anna")}, "customer.unknown"},
		"in no ticket":           {Making{Ticket: tickets.ID(99), Owner: d.id("Anna")}, "ticket.unknown"},
		"for no team":            {Making{Customer: c, Owner: d.id("Anna"), Team: staff.TeamID(99)}, "team.unknown"},
		"a message of no ticket": {Making{Customer: c, Owner: d.id("Anna"), Message: 99}, "promise.message"},
	} {
		t.Run(name, func(t *testing.T) {
			tc.m.What, tc.m.Due = "A new lamp", "2026-07-10"
			if _, err := d.Make(t.Context(), admin, tc.m); code(t, err) != tc.code {
				t.Errorf("%v, want %q", err, tc.code)
			}
		})
	}
	if _, err := d.Make(t.Context(), d.staff["Anna"], Making{Customer: c, Owner: d.id("Cleo"), Team: d.yard, What: "A lamp", Due: "2026-07-10"}); code(t, err) != "promise.team" {
		t.Errorf("for others, unseen: %v", err)
	}
	joes := d.knows(t, joe)
	if _, err := d.Make(t.Context(), d.staff["Anna"], Making{Ticket: d.opens(t, d.hall, eve).ID, Customer: joes, What: "A lamp", Due: "2026-07-10"}); code(t, err) != "promise.other_customer" {
		t.Errorf("another's ticket: %v", err)
	}
}
