package promises

import (
	"reflect"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Who is asked when a ticket goes from one to another.
func TestWhoIsAskedWhenATicketGoes(t *testing.T) {
	const anna, ben, cleo, nobody = staff.ID(1), staff.ID(2), staff.ID(3), staff.ID(0)
	for name, tc := range map[string]struct {
		owner, asked, was, to staff.ID
		want                  staff.ID // who is asked then
	}{
		"hers goes with her ticket":                       {anna, nobody, anna, ben, ben},
		"hers in a ticket nobody had":                     {anna, nobody, nobody, ben, ben},
		"somebody else's on purpose stays":                {cleo, nobody, anna, ben, nobody},
		"a colleague asked by hand stays asked":           {anna, cleo, anna, ben, cleo},
		"also where nobody had it":                        {anna, cleo, nobody, ben, cleo},
		"the next one is asked instead":                   {anna, ben, ben, cleo, cleo},
		"back with its owner nobody is asked":             {anna, ben, ben, anna, nobody},
		"with nobody again nobody is asked":               {anna, ben, ben, nobody, nobody},
		"her own ticket comes to her":                     {anna, nobody, nobody, anna, nobody},
		"it goes to nobody and nobody was asked":          {anna, nobody, anna, nobody, nobody},
		"one who was asked by hand gets the ticket, too":  {anna, ben, anna, ben, ben},
		"and gives it away: they were asked, not to stay": {anna, ben, ben, nobody, nobody},
	} {
		p := Promise{ID: 7, Owner: tc.owner}
		if tc.asked != nobody {
			p.offer(tc.asked, monday)
		}
		told := p.goes(tc.was, tc.to, monday.Add(time.Hour))
		var want store.Event
		switch tc.want {
		case tc.asked:
		case nobody:
			want = Withdrawn{p.ID, p.Ticket, tc.owner, tc.asked, false}
		default:
			want = Offered{p.ID, p.Ticket, tc.owner, tc.want, true, 0}
		}
		if p.OfferedTo != tc.want || p.Owner != tc.owner || !reflect.DeepEqual(told, want) {
			t.Errorf("%s: asked %d, told %+v; want %+v", name, p.OfferedTo, told, want)
		}
	}
}

// A promise stays its owner's, who is reminded, until whoever has the ticket now says yes.
func TestATicketGoesToSomebodyElse(t *testing.T) {
	d := openDesk(t)
	ticket := d.opens(t, d.hall, eve).ID
	give := func(to string) {
		t.Helper()
		id := d.id(to)
		must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), admin, ticket, tickets.Assignment{Staff: &id}))
		d.settle(t)
	}
	give("Anna")
	p := d.promises(t, "Anna", Making{Ticket: ticket, Due: rfc(t, "Wed 12:00")})
	purpose := d.promises(t, "Anna", Making{Ticket: ticket, Due: "2026-07-10", Owner: d.id("Sue")})
	kept := d.promises(t, "Anna", Making{Ticket: ticket, Due: "2026-07-10"})
	must[Promise](t)(d.Keep(t.Context(), d.staff["Anna"], kept.ID))
	d.told(t)
	asked := func(name string) (n int) {
		t.Helper()
		d.look(t, func(tx *store.Tx) error {
			page, err := d.List(tx, d.staff[name], Filter{Offered: d.id(name), Owed: true, Limit: 10})
			n = len(page.Items)
			c, failed := d.Counts(tx, d.staff[name])
			if int(c.Asked) != n || failed != nil {
				t.Errorf("%s counts %+v, %v", name, c, failed)
			}
			return err
		})
		return n
	}

	give("Ben")
	p = d.again(t, p.ID)
	if told := d.told(t); told != "offered" || p.Owner != d.id("Anna") || p.OfferedTo != d.id("Ben") || asked("Ben") != 1 || asked("Anna") != 0 {
		t.Errorf("told %q, %+v", told, p)
	}
	if purpose, kept := d.again(t, purpose.ID), d.again(t, kept.ID); purpose.OfferedTo != 0 || kept.OfferedTo != 0 {
		t.Errorf("%+v, %+v", purpose, kept)
	}
	d.at(t, "Tue 12:00") // eight working hours before
	if told := d.told(t); told != "reminded" || d.again(t, p.ID).Owner != d.id("Anna") {
		t.Errorf("told %q", told)
	}

	// He says no, with a reason; then it is hers, and she may ask him once more.
	p = must[Promise](t)(d.Decline(t.Context(), d.staff["Ben"], p.ID, "I know nothing of lamps."))
	if told := d.told(t); told != "declined" || p.Owner != d.id("Anna") || p.OfferedTo != 0 || p.Reasons[0].Text != "I know nothing of lamps." || asked("Ben") != 0 {
		t.Errorf("told %q, %+v", told, p)
	}
	must[Promise](t)(d.Hand(t.Context(), d.staff["Anna"], p.ID, d.id("Ben"), "On leave."))
	must[Promise](t)(d.Hand(t.Context(), d.staff["Anna"], p.ID, d.id("Sue"), "She knows lamps."))
	must[Promise](t)(d.Hand(t.Context(), d.staff["Anna"], p.ID, d.id("Anna"), "")) // she keeps it after all
	if told := d.told(t); told != "offered, offered, withdrawn" || asked("Ben")+asked("Sue") != 0 {
		t.Errorf("told %q", told)
	}

	// Whoever takes it over has it at once; and renewed, it asks whom the old one asked.
	p = must[Promise](t)(d.Hand(t.Context(), d.staff["Ben"], p.ID, d.id("Ben"), "I was there."))
	if told := d.told(t); told != "handed" || p.Owner != d.id("Ben") {
		t.Errorf("told %q, %+v", told, p)
	}
	give("Anna")
	if told := d.told(t); told != "offered" {
		t.Errorf("told %q", told)
	}
	next := must[Promise](t)(d.Renew(t.Context(), d.staff["Ben"], p.ID, Renewal{Due: "2026-07-10", Reason: "No part yet.", Told: ByCall}))
	if old := d.again(t, p.ID); next.Owner != d.id("Ben") || next.OfferedTo != d.id("Anna") || old.OfferedTo != 0 || asked("Anna") != 1 {
		t.Errorf("%+v, %+v", next, old)
	}
	d.told(t)
	next = must[Promise](t)(d.Accept(t.Context(), d.staff["Anna"], next.ID))
	if told := d.told(t); told != "handed" || next.Owner != d.id("Anna") || asked("Anna") != 0 {
		t.Errorf("told %q, %+v", told, next)
	}

	// What its owner can't see to any more goes to whoever is named, at once: nobody would be reminded meanwhile.
	must[staff.Member](t)(d.Room.staff.Disable(t.Context(), admin, d.id("Anna")))
	next = must[Promise](t)(d.Hand(t.Context(), d.staff["Sue"], next.ID, d.id("Ben"), "She is gone."))
	if told := d.told(t); told != "handed" || next.Owner != d.id("Ben") {
		t.Errorf("told %q, %+v", told, next)
	}
}

// A ticket that goes where somebody can't follow leaves them neither asked nor the owner: a promise nobody sees to is broken.
func TestATicketGoesOutOfReach(t *testing.T) {
	d := openDesk(t)
	gives := func(ticket tickets.ID, a tickets.Assignment) {
		t.Helper()
		must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), admin, ticket, a))
		d.settle(t)
	}
	anna, ben, cleo, sue := d.id("Anna"), d.id("Ben"), d.id("Cleo"), d.id("Sue")
	asked := func(name string) (n int64) {
		t.Helper()
		d.look(t, func(tx *store.Tx) error {
			c, err := d.Counts(tx, d.staff[name])
			n = c.Asked
			return err
		})
		return n
	}

	// Ben is asked by hand; the ticket goes to the other team and stays Anna's, who sees it as hers.
	ticket := d.opens(t, d.hall, eve).ID
	gives(ticket, tickets.Assignment{Staff: &anna})
	p := d.promises(t, "Anna", Making{Ticket: ticket, Due: "2026-07-10"})
	must[Promise](t)(d.Hand(t.Context(), d.staff["Anna"], p.ID, ben, "On leave."))
	d.told(t)
	gives(ticket, tickets.Assignment{Team: &d.yard})
	if got, told := d.again(t, p.ID), d.told(t); told != "withdrawn" || got.OfferedTo != 0 || got.Owner != anna || asked("Ben") != 0 {
		t.Errorf("told %q, %+v; Ben counts %d", told, got, asked("Ben"))
	}

	// Cleo, who gets it next, has it at once: Anna can't even read the ticket any more.
	gives(ticket, tickets.Assignment{Staff: &cleo})
	if got, told := d.again(t, p.ID), d.told(t); told != "handed" || got.OfferedTo != 0 || got.Owner != cleo {
		t.Errorf("told %q, %+v", told, got)
	}

	// Ben can read the next one there, too, and stays asked.
	must[staff.Team](t)(d.Room.staff.Join(t.Context(), admin, d.yard, ben))
	must[staff.Team](t)(d.Room.staff.Join(t.Context(), admin, d.yard, anna))
	ticket = d.opens(t, d.hall, joe).ID
	gives(ticket, tickets.Assignment{Staff: &anna})
	p = d.promises(t, "Anna", Making{Ticket: ticket, Due: "2026-07-10"})
	must[Promise](t)(d.Hand(t.Context(), d.staff["Anna"], p.ID, ben, "On leave."))
	d.told(t)
	gives(ticket, tickets.Assignment{Team: &d.yard})
	if got, told := d.again(t, p.ID), d.told(t); told != "" || got.OfferedTo != ben || got.Owner != anna || asked("Ben") != 1 {
		t.Errorf("told %q, %+v", told, got)
	}

	// Once he has left the team, going on to Cleo it asks her in his place; it is still Anna's, who can read it.
	must[staff.Team](t)(d.Room.staff.Leave(t.Context(), admin, d.yard, ben))
	gives(ticket, tickets.Assignment{Staff: &cleo})
	if got, told := d.again(t, p.ID), d.told(t); told != "withdrawn, offered" || got.OfferedTo != cleo || got.Owner != anna || asked("Ben") != 0 {
		t.Errorf("told %q, %+v", told, got)
	}

	// Where Anna is gone it is theirs who get the ticket, at once; nobody else takes it over in her place.
	must[staff.Member](t)(d.Room.staff.Disable(t.Context(), admin, anna))
	nobody := staff.ID(0)
	gives(ticket, tickets.Assignment{Staff: &nobody})
	if got, told := d.again(t, p.ID), d.told(t); told != "withdrawn" || got.OfferedTo != 0 || got.Owner != anna {
		t.Errorf("told %q, %+v", told, got)
	}
	gives(ticket, tickets.Assignment{Team: &d.hall, Staff: &sue})
	if got, told := d.again(t, p.ID), d.told(t); told != "handed" || got.OfferedTo != 0 || got.Owner != sue {
		t.Errorf("told %q, %+v", told, got)
	}
}

// Who said no to a promise and then gives its ticket to somebody else leaves them asked.
func TestADeclinedPromiseIsAskedAboutOn(t *testing.T) {
	d := openDesk(t)
	ticket := d.opens(t, d.hall, eve).ID
	give := func(to string) {
		t.Helper()
		id := d.id(to)
		must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), admin, ticket, tickets.Assignment{Staff: &id}))
		d.settle(t)
	}
	give("Anna")
	p := d.promises(t, "Anna", Making{Ticket: ticket, Due: "2026-07-10"})
	give("Ben")
	must[Promise](t)(d.Decline(t.Context(), d.staff["Ben"], p.ID, "I know nothing of lamps."))
	d.told(t)
	give("Sue")
	if got, told := d.again(t, p.ID), d.told(t); told != "offered" || got.OfferedTo != d.id("Sue") || got.Owner != d.id("Anna") {
		t.Errorf("told %q, %+v", told, got)
	}
	// Anna keeps it after all, so it stays hers wherever the ticket goes.
	must[Promise](t)(d.Hand(t.Context(), d.staff["Anna"], p.ID, d.id("Anna"), ""))
	d.told(t)
	give("Ben")
	if got, told := d.again(t, p.ID), d.told(t); told != "" || got.OfferedTo != 0 {
		t.Errorf("told %q, %+v", told, got)
	}
}

// Whoever leaves, or may not read the ticket any more, is asked no more, though the ticket stays where it is: the owner reads so
// in the story of the ticket.
func TestWhoIsGoneIsAskedNoMore(t *testing.T) {
	for name, leaves := range map[string]func(t *testing.T, d *desk){
		"the team": func(t *testing.T, d *desk) {
			t.Helper()
			must[staff.Team](t)(d.Room.staff.Leave(t.Context(), admin, d.hall, d.id("Ben")))
		},
		"the company": func(t *testing.T, d *desk) {
			t.Helper()
			must[staff.Member](t)(d.Room.staff.Disable(t.Context(), admin, d.id("Ben")))
		},
		"the work on tickets": func(t *testing.T, d *desk) {
			t.Helper()
			must[staff.Member](t)(d.Room.staff.Change(t.Context(), admin, d.id("Ben"), staff.Change{Role: new("light")}))
		},
		"what their role may": func(t *testing.T, d *desk) {
			t.Helper()
			nights := must[staff.Role](t)(d.Room.staff.AddRole(t.Context(), admin, "Nights", []string{"view", "act"}, false))
			must[staff.Member](t)(d.Room.staff.Change(t.Context(), admin, d.id("Ben"), staff.Change{Role: new("Nights")}))
			d.settle(t) // another role that may see to it is none the less asked
			must[staff.Role](t)(d.Room.staff.ChangeRole(t.Context(), admin, nights.ID, staff.RoleChange{May: &[]string{"view"}}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t)
			ticket, anna := d.opens(t, d.hall, eve).ID, d.id("Anna")
			must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), admin, ticket, tickets.Assignment{Staff: &anna}))
			p := d.promises(t, "Anna", Making{Ticket: ticket, Due: "2026-07-10"})
			other := d.promises(t, "Anna", Making{Ticket: ticket, Due: "2026-07-10"})
			must[Promise](t)(d.Hand(t.Context(), d.staff["Anna"], p.ID, d.id("Ben"), "On leave."))
			must[Promise](t)(d.Hand(t.Context(), d.staff["Anna"], other.ID, d.id("Sue"), "On leave."))
			d.settle(t)
			d.told(t)
			leaves(t, d)
			d.settle(t)
			if got, told := d.again(t, p.ID), d.told(t); told != "withdrawn" || got.OfferedTo != 0 || got.Owner != anna {
				t.Errorf("told %q, %+v", told, got)
			}
			if got := d.again(t, other.ID); got.OfferedTo != d.id("Sue") {
				t.Errorf("Sue is asked no more: %+v", got)
			}
			d.look(t, func(tx *store.Tx) error {
				c, err := d.Counts(tx, d.staff["Ben"])
				if c.Asked != 0 {
					t.Errorf("Ben counts %d", c.Asked)
				}
				return err
			})
		})
	}
}

// A promise is due, and its owner reminded, in the working time of the team whose ticket it is; else the company's counts.
func TestHoursOfTheTeam(t *testing.T) {
	d := openDesk(t)
	late := must[hours.Calendar](t)(d.hours.Add(t.Context(), admin, hours.Calendar{Name: "Late", Zone: "UTC", Week: [7][]hours.Span{1: {{From: 780, To: 1320}}, 2: {{From: 780, To: 1320}}, 3: {{From: 780, To: 1320}}}}))
	teams := []Hours{{d.yard, late.ID}}
	must[Settings](t)(d.Configure(t.Context(), admin, SettingsChange{Teams: &teams}))
	ours, theirs := d.opens(t, d.hall, eve).ID, d.opens(t, d.yard, eve).ID
	p, y := d.promises(t, "Anna", Making{Ticket: ours, Due: "2026-07-08"}), d.promises(t, "Cleo", Making{Ticket: theirs, Due: "2026-07-08"})
	alone := d.promises(t, "Cleo", Making{Customer: d.knows(t, joe), Team: d.yard, Due: "2026-07-08"})
	if !p.Due.Equal(when(t, "Wed 17:00")) || !y.Due.Equal(when(t, "Wed 22:00")) || !alone.Due.Equal(y.Due) || p.Allowed.duration() != 24*time.Hour || y.Allowed.duration() != 27*time.Hour {
		t.Errorf("%s, %s, %s; %v, %v", say(p.Due), say(y.Due), say(alone.Due), p.Allowed.duration(), y.Allowed.duration())
	}
	wakes := func(p Promise) string {
		t.Helper()
		d.settle(t)
		var at time.Time
		d.look(t, func(tx *store.Tx) (err error) {
			at, err = store.One[time.Time](tx, `SELECT wake_at FROM due WHERE kind = $1 AND key = $2`, ticking, p.ID.String())
			return err
		})
		return say(at)
	}
	if a, b := wakes(p), wakes(y); a != "Tue 17:00" || b != "Wed 14:00" {
		t.Errorf("%s, %s", a, b)
	}
	d.look(t, func(tx *store.Tx) error {
		o, err := d.Offer(tx, d.staff["Cleo"], Asked{Ticket: theirs, Due: "2026-07-08"})
		if !o.Due.Equal(y.Due) {
			t.Errorf("offered %s", say(o.Due))
		}
		return err
	})

	// The ticket goes to the other team: what is due stays due, and its owner is reminded when somebody works there.
	must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), admin, ours, tickets.Assignment{Team: &d.yard}))
	if at := wakes(p); at != "Tue 18:00" || !d.again(t, p.ID).Due.Equal(p.Due) { // four hours before on Wednesday, and four on Tuesday
		t.Errorf("%s", at)
	}
	next := must[Promise](t)(d.Renew(t.Context(), d.staff["Cleo"], p.ID, Renewal{Due: "2026-07-08", Reason: "The lorry broke down.", Told: ByCall}))
	if !next.Due.Equal(when(t, "Wed 22:00")) {
		t.Errorf("renewed for %s", say(next.Due))
	}

	// Without hours of its own the team counts by the company's.
	d.told(t)
	if err := d.hours.Remove(t.Context(), admin, late.ID); err != nil {
		t.Fatal(err)
	}
	if at := wakes(y); at != "Tue 17:00" || d.told(t) != "configured" {
		t.Errorf("%s", at)
	}
	if y := d.promises(t, "Cleo", Making{Ticket: theirs, Due: "2026-07-09"}); !y.Due.Equal(when(t, "Thu 17:00")) {
		t.Errorf("%s", say(y.Due))
	}

	// A team that is no more has none, and hinders no change of anything else, whether that is known here by now or not.
	teams = []Hours{{d.hall, 1}, {d.yard, 1}}
	must[Settings](t)(d.Configure(t.Context(), admin, SettingsChange{Teams: &teams}))
	d.told(t)
	if err := d.Room.staff.RemoveTeam(t.Context(), admin, d.yard); err != nil {
		t.Fatal(err)
	}
	share := .9
	if s := must[Settings](t)(d.Configure(t.Context(), admin, SettingsChange{Share: &share})); s.Share != share || len(s.Teams) != 2 {
		t.Errorf("%+v", s)
	}
	if _, err := d.Configure(t.Context(), admin, SettingsChange{Teams: &[]Hours{{d.yard, 1}}}); code(t, err) != "team.unknown" {
		t.Errorf("hours for a team that is no more: %v", err)
	}
	d.settle(t)
	d.look(t, func(tx *store.Tx) error {
		s, err := d.Settings(tx)
		if told := d.told(t); told != "configured, configured" || len(s.Teams) != 1 || s.Teams[0].Team != d.hall || s.Share != share {
			t.Errorf("told %q, %+v", told, s)
		}
		return err
	})
}
