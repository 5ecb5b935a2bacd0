package recovery

import (
	"fmt"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Who is passed on a second time was not helped; a slip that is put right at once passes nobody on.
func TestASecondTransferOpensARecovery(t *testing.T) {
	ann, ben, cleo := "ann", "ben", "cleo"
	type step struct {
		to    string
		team  bool // to the other team instead, or back
		after time.Duration
	}
	for name, tc := range map[string]struct {
		steps []step
		want  Origin
	}{
		"once to whoever knows":                 {[]step{{to: ann}, {to: ben, after: time.Hour}}, ""},
		"twice":                                 {[]step{{to: ann}, {to: ben, after: time.Hour}, {to: cleo, after: time.Hour}}, SecondPass},
		"to a person, then to a team":           {[]step{{to: ann}, {to: ben, after: time.Hour}, {team: true, after: time.Hour}}, SecondPass},
		"given back to the team and taken":      {[]step{{to: ann}, {to: "", after: time.Hour}, {to: ben, after: time.Hour}}, ""},
		"a slip that is put right":              {[]step{{to: ann}, {to: ben, after: time.Hour}, {to: ann, after: time.Minute}}, ""},
		"back after an hour was no slip":        {[]step{{to: ann}, {to: ben, after: time.Hour}, {to: ann, after: time.Hour}}, SecondPass},
		"a slip, and then twice":                {[]step{{to: ann}, {to: ben, after: time.Hour}, {to: ann, after: time.Minute}, {to: ben, after: time.Hour}, {to: cleo, after: time.Hour}}, SecondPass},
		"a slip, and then once to who knows it": {[]step{{to: ann}, {to: ben, after: time.Hour}, {to: ann, after: time.Minute}, {to: cleo, after: time.Hour}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := furnish(t)
			ids := map[string]staff.ID{"": 0, ann: staff.ID(d.ann.Staff), ben: staff.ID(d.ben.Staff), cleo: staff.ID(d.cleo.Staff)}
			ticket := d.ticket(t, "Eve", d.team)
			for _, s := range tc.steps {
				d.wait(s.after)
				a := tickets.Assignment{Staff: new(ids[s.to])}
				if s.team {
					a = tickets.Assignment{Team: &d.others}
				}
				must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), admin, ticket.ID, a))
			}
			d.follow(t)
			if c := must[Complaint](t)(d.on(ticket.ID)); c.Origin != tc.want {
				t.Errorf("opened %+v, want %q", c, tc.want)
			}
		})
	}
}

// A complaint that is handed over and then its ticket given on are two times as well; the complaint is told of it.
func TestAHandoverIsATransfer(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	c := d.complaint(t, "Eve")
	must[tickets.Ticket](t)(d.tickets.Assign(ctx, admin, c.Ticket, tickets.Assignment{Staff: new(staff.ID(d.ann.Staff))}))
	d.wait(time.Hour)
	must[Complaint](t)(d.HandOver(ctx, d.ann, c.ID, staff.ID(d.ben.Staff), "Yours?"))
	must[Complaint](t)(d.Accept(ctx, d.ben, c.ID))
	d.follow(t)
	from := d.head(t)
	d.wait(time.Hour)
	must[tickets.Ticket](t)(d.tickets.Assign(ctx, admin, c.Ticket, tickets.Assignment{Staff: new(staff.ID(d.sue.Staff))}))
	d.follow(t)
	if told := d.told(t, from); told != "complaints.joined" {
		t.Errorf("told %s", told)
	}
}

// Who writes about the same again some days after it was solved was not helped, in a ticket of its own as well.
func TestARepeatedContactOpensARecovery(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	must[Watched](t)(d.Watch(ctx, d.boss, Watched{Origin: Repeated, Severity: 2, Days: 3}))
	for want, w := range map[string]Watched{"failure.days": {Origin: Repeated, Severity: 1, Days: 91}, "complaint.severity": {Origin: Repeated, Severity: 0}} {
		if _, err := d.Watch(ctx, d.boss, w); code(err) != want {
			t.Errorf("%+v: %v", w, err)
		}
	}
	if _, err := d.Watch(ctx, d.boss, Watched{Origin: Reopening, Severity: 1, Days: 3}); code(err) != "failure.days" {
		t.Errorf("days of another failure: %v", err)
	}
	n := 0
	for name, tc := range map[string]struct {
		first, second string
		solved        bool
		days          int
		other         bool // somebody else writes
		machine       bool
		want          Origin
	}{
		"the same, two days later":        {"Lamp 4711 is broken", "Again: lamp 4711 broken", true, 2, false, false, Repeated},
		"of the same words with a prefix": {"Rechnung 17 stimmt nicht", "WG: Rechnung 17 stimmt nicht", true, 1, false, false, Repeated},
		"something else":                  {"Lamp 4711 is broken", "When do you open on Sunday?", true, 1, false, false, ""},
		"after the days that count":       {"Lamp 4711 is broken", "Lamp 4711 is broken", true, 4, false, false, ""},
		"while it is being dealt with":    {"Lamp 4711 is broken", "Lamp 4711 is broken", false, 1, false, false, ""},
		"somebody else":                   {"Lamp 4711 is broken", "Lamp 4711 is broken", true, 1, true, false, ""},
		"a machine":                       {"Lamp 4711 is broken", "Lamp 4711 is broken", true, 1, false, true, ""},
	} {
		n++
		from := people.Sender{Email: fmt.Sprintf("eve%d@customer.example", n)}
		open := func(subject string, machine bool) (t2 tickets.Ticket) {
			d.write(t, func(tx *store.Tx) error {
				f, err := d.tickets.Receive(tx, tickets.Inbound{Channel: "email", Subject: subject, Text: "Please look.", Team: d.team, From: from, Machine: machine, Apart: true})
				t2 = f.Ticket
				return err
			})
			return t2
		}
		first := open(tc.first, false)
		if tc.solved {
			must[tickets.Ticket](t)(d.tickets.Stand(ctx, admin, first.ID, tickets.Resolved, ""))
		}
		d.follow(t)
		d.wait(time.Duration(tc.days)*24*time.Hour + time.Minute)
		if tc.other {
			from.Email = "other" + from.Email
		}
		second := open(tc.second, tc.machine)
		d.follow(t)
		if c := must[Complaint](t)(d.on(second.ID)); c.Origin != tc.want || c.Origin != "" && c.Severity != 2 {
			t.Errorf("%s: opened %+v, want %q", name, c, tc.want)
		}
	}
}
