package promises

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/rooms/tickets/drafts"
)

// writes has somebody write an answer.
func (d *desk) writes(tb testing.TB, name string, ticket tickets.ID) drafts.Draft {
	tb.Helper()
	return must[drafts.Draft](tb)(d.drafts.Keep(tb.Context(), d.staff[name], ticket, drafts.Draft{Kind: "reply", Text: "I call you by Friday."}))
}

// sends lets it leave at a moment; in eight seconds when there is none.
func (d *desk) sends(tb testing.TB, name string, ticket tickets.ID, at time.Time) {
	tb.Helper()
	must[drafts.Draft](tb)(d.drafts.Send(tb.Context(), d.staff[name], ticket, drafts.Sending{At: at}))
}

// after moves the clock on.
func (d *desk) after(tb testing.TB, by time.Duration) {
	tb.Helper()
	d.now.Add(by.Microseconds())
	d.settle(tb)
}

// plans has the answer that Anna is writing promise something.
func (d *desk) plans(tb testing.TB, p Planning) Planned {
	tb.Helper()
	if p.What == "" {
		p.What = "A call"
	}
	return must[Planned](tb)(d.Plan(tb.Context(), d.staff["Anna"], p))
}

// planned is what somebody is shown as planned, such as "A call, A lamp promise.past".
func (d *desk) planned(tb testing.TB, name string, ticket tickets.ID) string {
	tb.Helper()
	var said []string
	d.look(tb, func(tx *store.Tx) error {
		all, err := d.Planned(tx, d.staff[name], ticket)
		for _, p := range all {
			said = append(said, strings.TrimSpace(p.What+" "+p.Code))
		}
		if code(tb, err) == "ticket.unknown" {
			said, err = []string{"unknown"}, nil
		}
		return err
	})
	return strings.Join(said, ", ")
}

// However much an answer promises, what stands against it is asked once for all of it.
func TestWhatIsPlannedIsProvenTogether(t *testing.T) {
	d := openDesk(t)
	ticket := d.opens(t, d.hall, eve).ID
	for range 60 { // history has something to say
		kept := d.promises(t, "Anna", Making{Ticket: ticket, Due: "2026-07-10", Anyway: "The part is here."})
		must[Promise](t)(d.Keep(t.Context(), d.staff["Anna"], kept.ID))
	}
	d.writes(t, "Anna", ticket)
	plan := func(i int) {
		t.Helper()
		d.plans(t, Planning{Ticket: ticket, What: fmt.Sprintf("Call %d", i), Due: "2026-07-10", Owner: []staff.ID{0, d.id("Ben")}[i%2]})
	}
	cost := func() (n float64) {
		t.Helper()
		d.look(t, func(tx *store.Tx) (err error) {
			n = testing.AllocsPerRun(5, func() { _, err = d.Planned(tx, d.staff["Anna"], ticket) })
			return err
		})
		return n
	}
	plan(0)
	plan(1)
	two := cost()
	for i := 2; i < mostPlanned; i++ {
		plan(i)
	}
	if all := cost(); all > 2*two {
		t.Errorf("two are proven with %.0f allocations, and %d with %.0f", two, mostPlanned, all)
	}
}

// What an answer promises is promised when it leaves and not before: once, by its author, in that message, as of that moment.
func TestPromisedWhenTheAnswerLeaves(t *testing.T) {
	d := openDesk(t)
	ticket := d.opens(t, d.hall, eve).ID
	d.told(t)
	if _, err := d.Plan(t.Context(), d.staff["Anna"], Planning{Ticket: ticket, What: "A call", Due: "2026-07-10"}); code(t, err) != "promise.no_draft" {
		t.Errorf("without an answer: %v", err)
	}
	must[drafts.Draft](t)(d.drafts.Keep(t.Context(), d.staff["Anna"], ticket, drafts.Draft{Kind: "note", Text: "For us."}))
	if _, err := d.Plan(t.Context(), d.staff["Anna"], Planning{Ticket: ticket, What: "A call", Due: "2026-07-10"}); code(t, err) != "promise.no_draft" {
		t.Errorf("with a note: %v", err)
	}
	draft := d.writes(t, "Anna", ticket)
	p := d.plans(t, Planning{Ticket: ticket, Kind: "call_back", Due: "2026-07-10"})
	if p.Draft != draft.ID || p.Owner != d.id("Anna") || !p.Due.Equal(when(t, "Fri 17:00")) || !p.WholeDay || p.Number == 0 || p.Trouble != "" {
		t.Errorf("%+v", p)
	}
	if again := d.plans(t, Planning{Ticket: ticket, Kind: "call_back", Due: "2026-07-10"}); again.ID != p.ID {
		t.Errorf("said twice, planned twice: %+v", again)
	}
	for _, why := range []string{"The part is here.", "", "The part is on its way."} { // the reason given last counts
		want := why
		if why == "" {
			want = "The part is here."
		}
		again := d.plans(t, Planning{Ticket: ticket, Kind: "call_back", Due: "2026-07-10", Anyway: why})
		if again.ID != p.ID || again.Anyway != want || again.Number != p.Number || d.planned(t, "Anna", ticket) != "A call" {
			t.Errorf("%+v, want the reason %q", again, want)
		}
	}
	d.plans(t, Planning{Ticket: ticket, What: "A lamp", Due: rfc(t, "Thu 12:00"), Owner: d.id("Ben")})
	if again := d.writes(t, "Anna", ticket); again.ID != draft.ID {
		t.Errorf("written on, it is another draft: %s, %s", draft.ID, again.ID)
	}
	for name, want := range map[string]string{"Anna": "A call, A lamp", "Ben": "", "Cleo": "unknown"} {
		if got := d.planned(t, name, ticket); got != want {
			t.Errorf("%s is shown %q", name, got)
		}
	}

	// Taken back it promises nothing, and keeps what it is to promise.
	d.sends(t, "Anna", ticket, time.Time{})
	d.after(t, 5*time.Second)
	must[drafts.Draft](t)(d.drafts.TakeBack(t.Context(), d.staff["Anna"], ticket))
	d.after(t, time.Minute)
	if told, left := d.told(t), d.planned(t, "Anna", ticket); told != "" || left != "A call, A lamp" {
		t.Errorf("told %q; %q", told, left)
	}

	d.sends(t, "Anna", ticket, time.Time{})
	d.after(t, 8*time.Second)
	if told, left := d.told(t), d.planned(t, "Anna", ticket); told != "made, made" || left != "" {
		t.Errorf("told %q; left %q", told, left)
	}
	at := d.clock()
	d.look(t, func(tx *store.Tx) error {
		page, err := d.List(tx, d.staff["Anna"], Filter{Ticket: ticket, Limit: 10})
		if len(page.Items) != 2 {
			t.Fatalf("%+v", page.Items)
		}
		lamp, call := page.Items[0], page.Items[1]
		m, failed := d.tickets.Message(tx, call.Message)
		if failed != nil || m.Ticket != ticket || m.Kind != tickets.Out || lamp.Message != m.ID {
			t.Errorf("in %+v, %v", m, failed)
		}
		if call.Kind != "call_back" || call.Source != Composer || call.MadeBy != d.id("Anna") || call.Owner != call.MadeBy || !call.MadeAt.Equal(at) || !call.Due.Equal(p.Due) || !call.WholeDay || call.Team != d.hall {
			t.Errorf("%+v", call)
		}
		if lamp.Owner != d.id("Ben") || lamp.MadeBy != d.id("Anna") || !lamp.Due.Equal(when(t, "Thu 12:00")) {
			t.Errorf("%+v", lamp)
		}
		return err
	})
	d.at(t, "Wed 12:05") // eight working hours before Thursday noon
	if told := d.told(t); told != "reminded" {
		t.Errorf("told %q", told)
	}
}

// A draft that is thrown away promises nothing, nor does another answer that leaves meanwhile.
func TestThrownAway(t *testing.T) {
	d := openDesk(t)
	ticket := d.opens(t, d.hall, eve).ID
	d.told(t)
	first := d.writes(t, "Anna", ticket)
	d.plans(t, Planning{Ticket: ticket, Due: "2026-07-10"})
	must[tickets.Message](t)(d.tickets.Answer(t.Context(), d.staff["Anna"], ticket, tickets.Reply{Text: "From a script."}))
	d.writes(t, "Ben", ticket)
	d.sends(t, "Ben", ticket, time.Time{})
	d.after(t, 8*time.Second)
	if told, left := d.told(t), d.planned(t, "Anna", ticket); told != "" || left != "A call" {
		t.Errorf("told %q; left %q", told, left)
	}
	if err := d.drafts.Discard(t.Context(), d.staff["Anna"], ticket); err != nil {
		t.Fatal(err)
	}
	if second := d.writes(t, "Anna", ticket); second.ID == first.ID || d.planned(t, "Anna", ticket) != "" {
		t.Errorf("the new one promises what the old one did: %+v", second)
	}
	d.sends(t, "Anna", ticket, time.Time{})
	d.after(t, 8*time.Second)
	if told := d.told(t); told != "" {
		t.Errorf("told %q", told)
	}

	// Long after, what nobody will send goes; what was planned for an answer that still waits stays.
	waits := d.opens(t, d.hall, joe).ID
	d.writes(t, "Anna", waits)
	d.plans(t, Planning{Ticket: waits, Due: "2026-12-24"})
	count := func() (n int) {
		d.look(t, func(tx *store.Tx) (err error) {
			n, err = store.One[int](tx, `SELECT count(*) FROM promises_planned`)
			return err
		})
		return n
	}
	if count() != 2 {
		t.Errorf("%d are kept", count())
	}
	d.after(t, forgotten+time.Hour)
	d.plans(t, Planning{Ticket: waits, Due: "2026-12-23"})
	if count() != 2 || d.planned(t, "Anna", waits) != "A call, A call" {
		t.Errorf("%d are kept, %s", count(), d.planned(t, "Anna", waits))
	}
}

// What can't be promised any more when the answer leaves is told and stays until somebody sees to it.
func TestNotLostInSilence(t *testing.T) {
	d := openDesk(t)
	ticket := d.opens(t, d.hall, eve).ID
	d.told(t)
	say := func(p Planning) {
		t.Helper()
		d.writes(t, "Anna", ticket)
		p.Ticket = ticket
		d.plans(t, p)
	}
	say(Planning{Due: rfc(t, "Tue 10:00")})
	d.plans(t, Planning{Ticket: ticket, What: "A lamp", Due: "2026-07-09"})
	d.sends(t, "Anna", ticket, when(t, "Tue 12:00"))
	d.at(t, "Tue 11:00") // and before it leaves, it says so itself
	if got := d.planned(t, "Anna", ticket); got != "A call promise.past, A lamp" {
		t.Error(got)
	}
	d.at(t, "Tue 12:00")
	if told := d.told(t); told != "refused, made" {
		t.Errorf("told %q", told)
	}
	for name, want := range map[string]string{"Anna": "A call promise.past", "Ben": "A call promise.past", "Cleo": "unknown"} {
		if got := d.planned(t, name, ticket); got != want {
			t.Errorf("%s is shown %q", name, got)
		}
	}
	if mine, bens := d.planned(t, "Anna", 0), d.planned(t, "Ben", 0); mine != "A call promise.past" || bens != "" {
		t.Errorf("%q, %q", mine, bens)
	}
	var late Planned
	d.look(t, func(tx *store.Tx) error {
		all, err := d.Planned(tx, d.staff["Ben"], ticket)
		late = all[0]
		return err
	})
	if late.Message == 0 || late.Staff != d.id("Anna") || late.Trouble == "" {
		t.Errorf("%+v", late)
	}

	// It is promised for another time, in the name of the same answer, once.
	good := Making{Planned: late.ID, What: late.What, Kind: late.Kind, Due: "2026-07-10"}
	if _, err := d.Make(t.Context(), d.staff["Cleo"], good); code(t, err) != "promise.planned_unknown" {
		t.Errorf("by one who can't see it: %v", err)
	}
	p := must[Promise](t)(d.Make(t.Context(), d.staff["Ben"], good))
	if p.Message != late.Message || p.Source != Composer || p.Ticket != ticket || d.planned(t, "Anna", ticket) != "" {
		t.Errorf("%+v", p)
	}
	if _, err := d.Make(t.Context(), d.staff["Ben"], good); code(t, err) != "promise.planned_unknown" {
		t.Errorf("twice: %v", err)
	}
	d.told(t)

	// Whoever was to see to it is gone by then, and somebody lets go of it.
	say(Planning{Due: "2026-07-10", Owner: d.id("Ben")})
	waits := d.plans(t, Planning{Ticket: ticket, Due: "2026-07-10", What: "Another call"})
	good.Planned = waits.ID
	if _, err := d.Make(t.Context(), d.staff["Anna"], good); code(t, err) != "promise.planned_waits" {
		t.Errorf("before it left: %v", err)
	}
	if err := d.Unplan(t.Context(), d.staff["Sue"], waits.ID); code(t, err) != "promise.planned_unknown" {
		t.Errorf("another's draft is nobody's business: %v", err)
	}
	if err := d.Unplan(t.Context(), d.staff["Anna"], waits.ID); err != nil {
		t.Fatal(err)
	}
	must[staff.Member](t)(d.Room.staff.Disable(t.Context(), admin, d.id("Ben")))
	d.sends(t, "Anna", ticket, time.Time{})
	d.after(t, 8*time.Second)
	if told, left := d.told(t), d.planned(t, "Sue", ticket); told != "refused" || left != "A call staff.disabled" {
		t.Errorf("told %q; %q", told, left)
	}
	d.look(t, func(tx *store.Tx) error {
		all, err := d.Planned(tx, d.staff["Anna"], 0)
		late = all[0]
		return err
	})
	if err := d.Unplan(t.Context(), d.staff["Cleo"], late.ID); code(t, err) != "promise.planned_unknown" {
		t.Errorf("by one who can't see the ticket: %v", err)
	}
	if err := d.Unplan(t.Context(), d.staff["Sue"], late.ID); err != nil || d.planned(t, "Anna", ticket) != "" {
		t.Errorf("%v, %q", err, d.planned(t, "Anna", ticket))
	}

	// A ticket that turns out to be spam owes nothing.
	say(Planning{Due: rfc(t, "Tue 15:00")})
	d.sends(t, "Anna", ticket, when(t, "Tue 15:30"))
	d.at(t, "Tue 15:30")
	must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), admin, ticket, tickets.Closed, tickets.Spam))
	d.settle(t)
	if got := d.planned(t, "Anna", 0); got != "" {
		t.Error(got)
	}
}

// A house that stood still between an answer and its promise makes it as of the answer: too late by now, it is broken, not
// forgotten.
func TestPromisedAsOfTheAnswer(t *testing.T) {
	d := openDesk(t)
	ticket := d.opens(t, d.hall, eve).ID
	d.writes(t, "Anna", ticket)
	d.plans(t, Planning{Ticket: ticket, Due: rfc(t, "Mon 10:00")})
	d.sends(t, "Anna", ticket, time.Time{})
	d.told(t)
	d.now.Store(when(t, "Mon 09:30").UnixMicro())
	d.work(t) // the answer leaves, and nobody reads the journal
	d.now.Store(when(t, "Mon 11:00").UnixMicro())
	d.settle(t)
	if told := d.told(t); told != "made, broken" {
		t.Errorf("told %q", told)
	}
	d.look(t, func(tx *store.Tx) error {
		page, err := d.List(tx, d.staff["Anna"], Filter{Ticket: ticket, Limit: 10})
		if len(page.Items) != 1 || !page.Items[0].MadeAt.Equal(when(t, "Mon 09:30")) {
			t.Errorf("%+v", page.Items)
		}
		return err
	})
}

// One answer promises so much and no more.
func TestPlannedMany(t *testing.T) {
	d := furnish(t)
	ticket := d.opens(t, d.hall, eve).ID
	d.writes(t, "Anna", ticket)
	for i := range mostPlanned {
		d.plans(t, Planning{Ticket: ticket, What: fmt.Sprint("Call ", i), Due: "2026-07-10"})
	}
	if _, err := d.Plan(t.Context(), d.staff["Anna"], Planning{Ticket: ticket, What: "One more", Due: "2026-07-10"}); code(t, err) != "promise.planned_many" {
		t.Error(err)
	}
}
