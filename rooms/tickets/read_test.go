package tickets_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What is unread, for each of two colleagues, as a ticket goes its way.
func TestWhatIsUnread(t *testing.T) {
	d := open(t)
	ann, bob, ask := d.member(t, "ann", "agent"), d.member(t, "bob", "agent"), door(d.db, d.room)
	tk := d.receive(t, mail("ada", "1")).Ticket
	path := "/tickets/" + tk.ID.String()
	read := func(who web.Who, version int64) {
		t.Helper()
		into[web.None](t, ask(who, "POST "+path+"/read", fmt.Sprintf(`{"version":%d}`, version)))
	}
	now := func() tickets.Ticket {
		t.Helper()
		return into[tickets.Ticket](t, ask(ann, "GET "+path, ""))
	}
	hear := func(ref string, machine bool) {
		t.Helper()
		d.receive(t, with(mail("ada", ref, "1"), func(in *tickets.Inbound) { in.Machine = machine }))
	}
	for i, step := range []struct {
		what     string
		do       func()
		ann, bob bool
	}{
		{"it came in", func() {}, true, true},
		{"ann reads it", func() { read(ann, tk.Version) }, false, true},
		{"ann reads it again", func() { read(ann, tk.Version) }, false, true},
		{"a vacation notice", func() { hear("2", true) }, false, true},
		{"the customer goes on", func() { hear("3", false) }, true, true},
		{"ann has an old page open", func() { read(ann, 1) }, true, true},
		{"ann reads what is yet to come", func() { read(ann, 1_000) }, false, true},
		{"the customer goes on once more", func() { hear("4", false) }, true, true},
		{"bob answers what he has read", func() {
			into[tickets.Message](t, ask(bob, "POST "+path+"/replies", fmt.Sprintf(`{"text":"Yes.","seen":%d}`, now().Version)))
		}, true, false},
		{"ann notes something", func() { into[tickets.Message](t, ask(ann, "POST "+path+"/notes", `{"text":"Look."}`)) }, false, false},
		{"the customer thanks", func() { hear("5", false) }, true, true},
		{"bob answers past it", func() {
			into[tickets.Message](t, ask(bob, "POST "+path+"/replies", fmt.Sprintf(`{"text":"And no.","seen":%d}`, now().Version-1)))
		}, true, true},
		{"ann says that it is done", func() { into[tickets.Ticket](t, ask(ann, "POST "+path+"/status", `{"status":"resolved"}`)) }, false, true},
		{"ann says so twice", func() { into[tickets.Ticket](t, ask(ann, "POST "+path+"/status", `{"status":"resolved"}`)) }, false, true},
		{"the customer disagrees", func() { hear("6", false) }, true, true},
		{"it is closed", func() {
			into[tickets.Ticket](t, ask(all, "POST "+path+"/status", `{"status":"closed","ended":"content"}`))
		}, false, false},
		{"and open again", func() { into[tickets.Ticket](t, ask(all, "POST "+path+"/status", `{"status":"open"}`)) }, true, true},
	} {
		step.do()
		for _, one := range []struct {
			who    web.Who
			unread bool
		}{{ann, step.ann}, {bob, step.bob}, {all, false}} {
			alone := into[tickets.Ticket](t, ask(one.who, "GET "+path, ""))
			list := into[web.Page[tickets.Ticket]](t, ask(one.who, "GET /tickets", ""))
			again := into[web.Page[tickets.Ticket]](t, ask(one.who, "GET /tickets?ids="+tk.ID.String(), ""))
			for where, got := range map[string]bool{"alone": alone.Unread, "in the list": list.Items[0].Unread, "read again": again.Items[0].Unread} {
				if got != one.unread {
					t.Errorf("%d %s: for %q %s it is unread: %t", i, step.what, one.who.Name, where, got)
				}
			}
		}
	}
}

func TestReadingIsForThoseWhoMaySee(t *testing.T) {
	d := open(t)
	north, err := d.st.AddTeam(t.Context(), all, "North")
	if err != nil {
		t.Fatal(err)
	}
	bob, ask := d.member(t, "bob", "agent"), door(d.db, d.room)
	tk := d.receive(t, with(mail("ada", "1"), func(in *tickets.Inbound) { in.Team = north.ID })).Ticket
	for _, row := range []struct {
		who  web.Who
		body string
		code int
	}{
		{bob, `{"version":1}`, http.StatusNotFound},
		{all, `{"version":1}`, http.StatusForbidden}, // the command line is no member of staff
		{bob, `{"version":0}`, http.StatusUnprocessableEntity},
		{bob, `{}`, http.StatusUnprocessableEntity},
	} {
		if w := ask(row.who, "POST /tickets/"+tk.ID.String()+"/read", row.body); w.Code != row.code {
			t.Errorf("%s %s: %d %s", row.who.Name, row.body, w.Code, w.Body)
		}
	}
}
