package promises

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// TestRequests reads as a table: who asks for what, what comes back, and what the journal says happened.
func TestRequests(t *testing.T) {
	d := openDesk(t)
	ours, theirs := d.opens(t, d.hall, eve), d.opens(t, d.yard, eve)
	phoned := d.knows(t, joe)
	due := func(p Making) Promise { return d.promises(t, "Anna", p) }
	a, b, c := due(Making{Ticket: ours.ID, Due: "2026-07-07", What: "A new lamp", Kind: "delivery"}), due(Making{Customer: phoned, Due: "2026-07-08", Kind: "call_back"}), due(Making{Ticket: ours.ID, Due: "2026-07-09"})
	y := d.promises(t, "Cleo", Making{Ticket: theirs.ID, Due: "2026-07-10"})
	d.at(t, "Mon 10:00")
	said := must[tickets.Message](t)(d.tickets.Answer(t.Context(), d.staff["Anna"], ours.ID, tickets.Reply{Text: "By Friday."}))
	boss := web.Who{Actor: store.By("staff:stf_0000000000001", "test"), Staff: 1, Can: web.View | web.Act | web.Settings, All: true}
	words := strings.NewReplacer("{ours}", ours.ID.String(), "{theirs}", theirs.ID.String(), "{joe}", phoned.String(), "{eve}", ours.Customer.String(), "{a}", a.ID.String(), "{b}", b.ID.String(),
		"{c}", c.ID.String(), "{y}", y.ID.String(), "{anna}", d.id("Anna").String(), "{ben}", d.id("Ben").String(), "{hall}", d.hall.String(), "{yard}", d.yard.String(), "{said}", said.ID.String(), "{office}", hours.ID(1).String())
	anna, ben, cleo, lou := d.staff["Anna"], d.staff["Ben"], d.staff["Cleo"], d.staff["Lou"]
	d.writes(t, "Ben", ours.ID)
	for _, tc := range []struct {
		who       web.Who
		ask, body string
		code      int
		want      string
		kinds     []string
	}{
		{anna, "POST /promises", `{"ticket":"{ours}","what":" The  part ","due":"2026-07-10","kind":"repair","source":"composer","message":"{said}"}`, 201, `"customer_name":"Eve","kind":"repair","what":"The part","made_by":"{anna}","owner":"{anna}","team":"{hall}","source":"composer","message":"{said}","made_at":"2026-07-06T10:00:00Z","due":"2026-07-10T17:00:00Z","whole_day":true,"state":"open"`, []string{"promises.made"}},
		{anna, "POST /promises", `{"ticket":"{ours}","what":"The part","due":"2026-07-10","owner":"{ben}"}`, 201, `"owner":"{ben}"`, []string{"promises.made"}},
		{anna, "POST /promises", `{"customer":"{joe}","what":"The part","due":"2026-07-10T09:00:00+02:00"}`, 201, `"due":"2026-07-10T07:00:00Z","state":"open","version":1,"reasons":[]`, []string{"promises.made"}},
		{anna, "POST /promises", `{"what":"The part","due":"2026-07-10"}`, 422, `Say to whom: name a ticket or a customer.`, nil},
		{anna, "POST /promises", `{"ticket":"{ours}","what":" ","due":"2026-07-10"}`, 422, `Say what is promised.`, nil},
		{anna, "POST /promises", `{"ticket":"{ours}","what":"` + strings.Repeat("x", 301) + `","due":"2026-07-10"}`, 422, `A promise has at most 300 characters; say it shorter.`, nil},
		{anna, "POST /promises", `{"ticket":"{ours}","what":"The part","due":"2026-07-06T09:59:00Z"}`, 422, `That time has passed; promise one that is to come.`, nil},
		{anna, "POST /promises", `{"ticket":"{ours}","what":"The part","due":"2031-07-07"}`, 422, `Nobody can promise what is more than 5 years away.`, nil},
		{anna, "POST /promises", `{"ticket":"{ours}","what":"The part","due":"soon"}`, 422, `Say by when: a day such as`, nil},
		{anna, "POST /promises", `{"ticket":"{ours}","what":"The part","due":"2026-07-10","kind":"moon"}`, 422, `There is no such kind of promise.`, nil},
		{anna, "POST /promises", `{"ticket":"{ours}","what":"The part","due":"2026-07-10","source":"dream"}`, 422, `A promise is made from the composer, in a call or by hand.`, nil},
		{anna, "POST /promises", `{"ticket":"{theirs}","what":"The part","due":"2026-07-10"}`, 404, `ticket.unknown`, nil},
		{anna, "POST /promises", `{"ticket":"{ours}","customer":"{joe}","what":"The part","due":"2026-07-10"}`, 422, `The ticket is another customer's.`, nil},
		{lou, "POST /promises", `{"ticket":"{ours}","what":"The part","due":"2026-07-10"}`, 403, `permission.missing`, nil},

		{anna, "GET /promises/{a}", "", 200, `"id":"{a}","ticket":"{ours}","number":1,"subject":"The lamp"`, nil},
		{cleo, "GET /promises/{a}", "", 404, `promise.unknown`, nil},
		{lou, "GET /promises/{a}", "", 403, `permission.missing`, nil},
		{anna, "GET /promises/{y}", "", 404, `There is no promise {y}.`, nil},
		{anna, "GET /promises/7", "", 422, `form prm_`, nil},

		{anna, "GET /promises/offer?kind=repair&ticket={ours}&due=2026-07-10", "", 200, `{"ok":true,"needs_reason":false,"due":"2026-07-10T17:00:00Z","like":"few","cases":0,"wanted":0.95}`, nil},
		{anna, "GET /promises/offer", "", 200, `{"ok":true,"needs_reason":false,"like":"few","cases":0,"wanted":0.95}`, nil},
		{anna, "GET /promises/offer?kind=moon", "", 422, `promise.kind`, nil},
		{anna, "GET /promises/offer?due=2026-07-01", "", 422, `promise.past`, nil},
		{anna, "GET /promises/offer?ticket={theirs}", "", 404, `ticket.unknown`, nil},
		{anna, "GET /promises/offer?team={yard}", "", 404, `team.unknown`, nil},
		{anna, "GET /promises/offer?team={hall}", "", 200, `"like":"few"`, nil},

		{anna, "POST /promises/{a}/renew", `{"due":"2026-07-10","told":"call"}`, 422, `Say why the promise can't be kept as it was made.`, nil},
		{anna, "POST /promises/{a}/renew", `{"due":"2026-07-10","reason":"` + strings.Repeat("x", 2001) + `","told":"call"}`, 422, `A reason has at most 2000 characters; say it shorter.`, nil},
		{anna, "POST /promises/{a}/renew", `{"due":"2026-07-10","reason":"No part."}`, 422, `Say how the customer was told: by call, mail or chat, or in person.`, nil},
		{anna, "POST /promises/{a}/renew", `{"due":"2026-07-06T10:00:00Z","reason":"No part.","told":"call"}`, 422, `That time has passed`, nil},
		{anna, "POST /promises/{b}/renew", `{"due":"2026-07-10","reason":"No part.","told":"mail"}`, 422, `We have this customer's number: call them first, or say that you tried.`, nil},
		{anna, "POST /promises/{b}/renew", `{"due":"2026-07-10","reason":"No part.","told":"mail","call_tried":true}`, 201, `"instead_of":"{b}"`, []string{"promises.renewed", "promises.made"}},
		{anna, "POST /promises/{b}/renew", `{"due":"2026-07-10","reason":"No part.","told":"call"}`, 409, `Another promise has taken the place of this one.`, nil},
		{anna, "POST /promises/{b}/keep", ``, 409, `Another promise has taken the place of this one.`, nil},
		{cleo, "POST /promises/{a}/keep", ``, 404, `promise.unknown`, nil},
		{lou, "POST /promises/{a}/keep", ``, 403, `permission.missing`, nil},
		{anna, "POST /promises/{a}/hand", `{"owner":"{ben}"}`, 422, `Say why a colleague sees to this promise.`, nil},
		{anna, "POST /promises/{a}/hand", `{"owner":"{ben}","reason":"On leave."}`, 200, `"reasons":[{"id":"pwy_`, []string{"promises.offered"}},
		{anna, "POST /promises/{a}/accept", ``, 409, `You are not asked to see to this promise.`, nil},
		{anna, "POST /promises/{a}/decline", `{"reason":"No."}`, 409, `You are not asked to see to this promise.`, nil},
		{cleo, "POST /promises/{a}/accept", ``, 404, `promise.unknown`, nil},
		{ben, "GET /promises?offered=me", "", 200, `{"items":[{"id":"{a}"`, nil},
		{anna, "GET /promises?offered=me", "", 200, `{"items":[]}`, nil},
		{admin, "GET /promises?offered=me", "", 200, `{"items":[]}`, nil},
		{ben, "GET /promises/counts", "", 200, `"asked":1,"refused":0`, nil},
		{ben, "POST /promises/{a}/decline", `{}`, 422, `Say why, so that somebody else can be asked.`, nil},
		{ben, "POST /promises/{a}/decline", `{"reason":"On leave, too."}`, 200, `"about":"declined"`, []string{"promises.declined"}},
		{ben, "POST /promises/{a}/accept", ``, 409, `You are not asked to see to this promise.`, nil},
		{anna, "POST /promises/{a}/hand", `{"owner":"{ben}","reason":"On leave."}`, 200, `"offered_to":"{ben}"`, []string{"promises.offered"}},
		{ben, "POST /promises/{a}/accept", ``, 200, `"owner":"{ben}"`, []string{"promises.handed"}},

		{anna, "POST /promises/planned", `{"ticket":"{ours}","what":"A call","due":"2026-07-10"}`, 409, `You are writing no answer on this ticket, so none can promise this.`, nil},
		{ben, "POST /promises/planned", `{"ticket":"{ours}","what":" A  call ","due":"2026-07-10","kind":"call_back"}`, 201, `"kind":"call_back","what":"A call","by":"2026-07-10","due":"2026-07-10T17:00:00Z","whole_day":true,"owner":"{ben}","planned_at":"2026-07-06T10:00:00Z"}`, nil},
		{ben, "POST /promises/planned", `{"ticket":"{ours}","what":"A call","due":"2026-07-05"}`, 422, `That time has passed`, nil},
		{ben, "POST /promises/planned", `{"ticket":"{theirs}","what":"A call","due":"2026-07-10"}`, 404, `ticket.unknown`, nil},
		{lou, "POST /promises/planned", `{"ticket":"{ours}","what":"A call","due":"2026-07-10"}`, 403, `permission.missing`, nil},
		{ben, "GET /promises/planned?ticket={ours}", "", 200, `{"items":[{"id":"pln_`, nil},
		{ben, "GET /promises/planned", "", 200, `{"items":[]}`, nil},
		{anna, "GET /promises/planned?ticket={ours}", "", 200, `{"items":[]}`, nil},
		{cleo, "GET /promises/planned?ticket={ours}", "", 404, `ticket.unknown`, nil},
		{ben, "DELETE /promises/planned/pln_0000000000099", "", 404, `There is nothing planned by that name`, nil},

		{anna, "POST /promises/{a}/keep", ``, 200, `"state":"kept","ended_at":"2026-07-06T10:00:00Z","kept_at":"2026-07-06T10:00:00Z"`, []string{"promises.kept"}},
		{anna, "POST /promises/{a}/keep", ``, 409, `This promise was kept already.`, nil},
		{anna, "POST /promises/{a}/renew", `{"due":"2026-07-10","reason":"No part.","told":"call"}`, 409, `This promise was kept already.`, nil},
		{anna, "POST /promises/{a}/hand", `{"owner":"{anna}","reason":"On leave."}`, 409, `This promise was kept already.`, nil},
		{anna, "POST /promises/{c}/release", `{}`, 422, `Say why nobody waits for this any more.`, nil},
		{anna, "POST /promises/{c}/release", `{"reason":"They found it."}`, 200, `"state":"released"`, []string{"promises.released"}},
		{anna, "POST /promises/{c}/keep", ``, 409, `Nobody waits for this promise any more.`, nil},

		{anna, "GET /promises?owner=me&owed=true&limit=1", "", 200, `"next":"`, nil},
		{anna, "GET /promises?owner=me&state=kept,released", "", 200, `{"items":[{"id":"{c}"`, nil},
		{anna, "GET /promises?owner={ben}&state=kept", "", 200, `{"items":[{"id":"{a}"`, nil},
		{anna, "GET /promises?ticket={ours}&from=2026-07-07&until=2026-07-07", "", 200, `{"items":[{"id":"{a}"`, nil},
		{anna, "GET /promises?ticket={theirs}", "", 200, `{"items":[]}`, nil},
		{anna, "GET /promises?customer={joe}&state=renewed", "", 200, `{"items":[{"id":"{b}"`, nil},
		{cleo, "GET /promises", "", 200, `{"items":[{"id":"{y}"`, nil},
		{cleo, "GET /promises?team={hall}", "", 200, `{"items":[]}`, nil},
		{cleo, "GET /promises?customer={eve}", "", 200, `{"items":[{"id":"{y}"`, nil},
		{boss, "GET /promises?team=none", "", 200, `{"items":[]}`, nil},
		{boss, "GET /promises?team={yard}&order=latest", "", 200, `{"items":[{"id":"{y}"`, nil},
		{admin, "GET /promises?owner=me", "", 200, `{"items":[]}`, nil},
		{anna, "GET /promises?state=lost", "", 422, `A promise is open, kept, renewed, broken or released.`, nil},
		{anna, "GET /promises?owner=nobody", "", 422, `form stf_`, nil},
		{anna, "GET /promises?team=nobody", "", 422, `form team_`, nil},
		{anna, "GET /promises?from=friday", "", 422, `Give a day such as`, nil},
		{anna, "GET /promises?after=somewhere", "", 422, `cursor.malformed`, nil},
		{lou, "GET /promises", "", 403, `permission.missing`, nil},
		{lou, "GET /promises/counts", "", 403, `permission.missing`, nil},

		{lou, "GET /promises/rates?by=kind", "", 403, `permission.missing`, nil},
		{anna, "GET /promises/report?by=kind", "", 403, `permission.missing`, nil},
		{d.staff["Lea"], "GET /promises/rates?by=kind", "", 403, `permission.missing`, nil},
		{anna, "GET /promises/rates", "", 422, `by`, nil},
		{anna, "GET /promises/rates?by=moon", "", 422, `Rates are by person, by team or by kind.`, nil},
		{anna, "GET /promises/rates?by=kind&from=2026-07-10&until=2026-07-08", "", 422, `A period ends after it begins.`, nil},

		{anna, "GET /promises/settings", "", 200, `{"share":0.95,"cases":20,"remind":[480,60],"mail":true,"kinds":[],"teams":[],"version":1}`, nil},
		{anna, "PATCH /promises/settings", `{"share":0.9}`, 403, `settings`, nil},
		{boss, "PATCH /promises/settings", `{"share":0.9,"remind":[30,480],"kinds":[{"key":"moon","label":" The moon "}]}`, 200, `{"share":0.9,"cases":20,"remind":[480,30],"mail":true,"kinds":[{"key":"moon","label":"The moon"}],"teams":[],"version":2}`, []string{"promises.configured"}},
		{boss, "PATCH /promises/settings", `{"share":0.9,"remind":[30,480,30]}`, 200, `"version":2`, nil},
		{anna, "POST /promises", `{"ticket":"{ours}","what":"It","due":"2026-07-10","kind":"moon"}`, 201, `"kind":"moon"`, []string{"promises.made"}},
		{boss, "PATCH /promises/settings", `{"share":1}`, 422, `between 0.5 and 0.99`, nil},
		{boss, "PATCH /promises/settings", `{"cases":19}`, 422, `from 20 to 500 like cases on`, nil},
		{boss, "PATCH /promises/settings", `{"remind":[0]}`, 422, `Remind up to 5 times`, nil},
		{boss, "PATCH /promises/settings", `{"remind":[1,2,3,4,5,6]}`, 422, `Remind up to 5 times`, nil},
		{boss, "PATCH /promises/settings", `{"kinds":[{"key":"visit","label":"Visit"}]}`, 422, `a key that no other kind has`, nil},
		{boss, "PATCH /promises/settings", `{"kinds":[{"key":"x","label":"X"},{"key":"x","label":"Y"}]}`, 422, `a key that no other kind has`, nil},
		{boss, "PATCH /promises/settings", `{"calendar":"cal_0000000000099"}`, 422, `There is no calendar`, nil},
		{boss, "PATCH /promises/settings", `{"teams":[{"team":"{yard}","calendar":"cal_0000000000099"}]}`, 422, `There is no calendar`, nil},
		{boss, "PATCH /promises/settings", `{"teams":[{"team":"team_0000000000099","calendar":"{office}"}]}`, 422, `There is no team`, nil},
		{boss, "PATCH /promises/settings", `{"teams":[{"team":"{yard}","calendar":"{office}"},{"team":"{yard}","calendar":"{office}"}]}`, 422, `Each team has hours once`, nil},
		{boss, "PATCH /promises/settings", `{"mail":false,"teams":[{"team":"{yard}","calendar":"{office}"}]}`, 200, `"mail":false,"kinds":[{"key":"moon","label":"The moon"}],"teams":[{"team":"{yard}","calendar":"{office}"}]`, []string{"promises.configured"}},
	} {
		t.Run(fmt.Sprintf("%.40s %.60s", tc.ask, tc.body), func(t *testing.T) {
			head := must[int64](t)(d.db.Head(t.Context()))
			w := d.ask(tc.who, words.Replace(tc.ask), words.Replace(tc.body))
			if w.Code != tc.code || !strings.Contains(w.Body.String(), words.Replace(tc.want)) {
				t.Errorf("%d %s; want %d and %s", w.Code, w.Body, tc.code, words.Replace(tc.want))
			}
			var kinds []string
			for _, e := range must[[]store.Entry](t)(d.db.Journal(t.Context(), head, 100)) {
				kinds = append(kinds, e.Kind)
			}
			if !slices.Equal(kinds, tc.kinds) {
				t.Errorf("recorded %q; want %q", kinds, tc.kinds)
			}
		})
	}
}

// The list pages through every promise one may see, once, by when it is due, whatever lane it comes from.
func TestListIsPaged(t *testing.T) {
	d := openDesk(t)
	hall, yard, free := d.opens(t, d.hall, eve), d.opens(t, d.yard, eve), d.opens(t, 0, eve)
	must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), admin, yard.ID, tickets.Assignment{Staff: new(d.id("Anna"))})) // of Yard, but hers
	d.settle(t)
	c := d.knows(t, joe)
	var all []ID
	for i := range 12 {
		due := when(t, "Tue 09:00").Add(time.Duration(i%5) * time.Hour).Format(time.RFC3339) // some at the same time
		m := []Making{{Ticket: hall.ID}, {Ticket: yard.ID}, {Ticket: free.ID}, {Customer: c, Team: d.yard, Owner: d.id("Cleo")}}[i%4]
		m.Due, m.What = due, fmt.Sprint(i)
		if m.Owner != 0 {
			all = append(all, d.promises(t, "Cleo", m).ID)
			continue
		}
		all = append(all, d.promises(t, "Anna", m).ID)
	}
	list := func(name string, f Filter) (what string) {
		t.Helper()
		who := d.staff[name]
		if name == "" {
			who = admin
		}
		for f.Limit = 2; ; {
			var p web.Page[Promise]
			d.look(t, func(tx *store.Tx) (err error) { p, err = d.List(tx, who, f); return err })
			for _, i := range p.Items {
				what += i.What + " "
			}
			if f.After = p.Next; p.Next == "" {
				return strings.TrimSpace(what)
			}
		}
	}
	for name, tc := range map[string]struct {
		who  string
		f    Filter
		want string
	}{
		"everything":               {"", Filter{}, "0 5 10 1 6 11 2 7 3 8 4 9"},
		"the latest first":         {"", Filter{Latest: true}, "9 4 8 3 7 2 11 6 1 10 5 0"},
		"my team's, my own ticket": {"Anna", Filter{}, "0 5 10 1 6 2 8 4 9"},
		"nobody's and my team's":   {"Ben", Filter{}, "0 10 6 2 8 4"},
		"of the other team":        {"Cleo", Filter{}, "5 10 1 6 11 2 7 3 9"},
		"a lane of its own":        {"Anna", Filter{Team: &d.yard}, "5 1 9"},
		"my own":                   {"Cleo", Filter{Owner: d.id("Cleo")}, "11 7 3"},
		"another's, as I may see":  {"Cleo", Filter{Owner: d.id("Anna")}, "5 10 1 6 2 9"},
		"a ticket's":               {"Anna", Filter{Ticket: hall.ID}, "0 8 4"},
		"a ticket not mine":        {"Cleo", Filter{Ticket: hall.ID}, ""},
		"a customer's":             {"Anna", Filter{Customer: c}, ""},
		"due in a time":            {"", Filter{From: when(t, "Tue 10:00"), Until: when(t, "Tue 11:00")}, "1 6 11"},
		"nothing kept":             {"", Filter{States: []State{InTime}}, ""},
	} {
		if got := list(tc.who, tc.f); got != tc.want {
			t.Errorf("%s: %s; want %s", name, got, tc.want)
		}
	}

	// What is settled is not owed; a broken one is until it is made good.
	must[Promise](t)(d.Keep(t.Context(), admin, all[0]))
	d.at(t, "Tue 11:30")
	must[Promise](t)(d.Keep(t.Context(), admin, all[1]))
	if got := list("", Filter{Owed: true}); got != "5 10 6 11 2 7 3 8 4 9" {
		t.Error(got)
	}
	if got := list("Anna", Filter{Owed: true, States: []State{Missed}}); got != "5 10 6 2" {
		t.Error(got)
	}
	for name, want := range map[string]Counts{
		"Anna": {Mine: Counted{3, 4}, All: Counted{3, 4}},
		"Ben":  {Mine: Counted{0, 0}, All: Counted{2, 3}},
		"Cleo": {Mine: Counted{1, 2}, All: Counted{2, 6}},
	} {
		d.look(t, func(tx *store.Tx) error {
			got, err := d.Counts(tx, d.staff[name])
			if got != want {
				t.Errorf("%s counts %+v; want %+v", name, got, want)
			}
			return err
		})
	}
	d.look(t, func(tx *store.Tx) error {
		got, err := d.Counts(tx, admin)
		if got != (Counts{All: Counted{4, 6}}) {
			t.Errorf("nobody in particular counts %+v", got)
		}
		return err
	})
	d.at(t, "Mon 00:00 +1") // tomorrow's are not today's
	d.promises(t, "Anna", Making{Ticket: hall.ID, Due: "2026-07-14"})
	d.look(t, func(tx *store.Tx) error {
		got, err := d.Counts(tx, d.staff["Anna"])
		if got.Mine.Today != 0 {
			t.Errorf("%+v", got)
		}
		return err
	})
}

// How promises were kept is told to each as far as they may know it.
func TestRates(t *testing.T) {
	d := furnish(t)
	add := func(owner string, kind string, state State, n int, late bool) {
		d.write(t, func(tx *store.Tx) error {
			for range n {
				p := Promise{
					ID: store.NewID[promiseKind](tx), Customer: 1, Kind: kind, What: "Before", Owner: d.id(owner), Team: d.hall, Source: Hand, MadeAt: tx.Now(),
					Due: when(t, "Tue 12:00"), State: state,
				}
				if owner == "Cleo" {
					p.Team = d.yard
				}
				if late || state == InTime {
					p.KeptAt = tx.Now()
				}
				if err := insert(tx, p); err != nil {
					return err
				}
			}
			return nil
		})
	}
	add("Anna", "repair", InTime, 15, false)
	add("Anna", "repair", Missed, 1, true)
	add("Anna", "refund", Replaced, 3, false)
	add("Anna", "refund", Missed, 1, false)
	add("Anna", "refund", LetOff, 2, false)
	add("Anna", "refund", Open, 7, false)
	add("Ben", "repair", InTime, 4, false)
	add("Cleo", "visit", Missed, 2, false)
	rates := func(name string, by By) (text string) {
		t.Helper()
		path := "rates"
		if !d.staff[name].May(web.View) {
			path = "report"
		}
		w := d.ask(d.staff[name], "GET /promises/"+path+"?by="+string(by)+"&from=2026-07-07&until=2026-07-07", "")
		var page web.Page[Rate]
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != 200 {
			t.Fatal(w.Code, w.Body, err)
		}
		for _, r := range page.Items {
			who := r.What
			for name := range d.staff {
				if d.id(name) == r.Owner && r.Owner != 0 {
					who = name
				}
			}
			switch r.Team {
			case d.hall:
				who = "Hall"
			case d.yard:
				who = "Yard"
			}
			text += fmt.Sprintf("%s %d/%d/%d/%d/%d %.2f[%.2f,%.2f] %.2f; ", who, r.InTime, r.Late, r.Renewed, r.Broken, r.Released, r.Kept.Share, r.Kept.Low, r.Kept.High, r.Honest.Share)
		}
		return text
	}
	const (
		annas = "Anna 15/1/3/1/2 0.75[0.53,0.89] 0.90; "
		bens  = "Ben 4/0/0/0/0 1.00[0.51,1.00] 1.00; "
		cleos = "Cleo 0/0/0/2/0 0.00[0.00,0.66] 0.00; "
		halls = "Hall 19/1/3/1/2 0.79[0.60,0.91] 0.92; "
		yards = "Yard 0/0/0/2/0 0.00[0.00,0.66] 0.00; "
	)
	for _, tc := range []struct {
		who  string
		by   By
		want string
	}{
		{"Sue", ByPerson, annas + bens + cleos},
		{"Lea", ByTeam, halls + yards},
		{"Lea", ByKind, "repair 19/1/0/0/0 0.95[0.76,0.99] 0.95; refund 0/0/3/1/2 0.00[0.00,0.49] 0.75; visit 0/0/0/2/0 0.00[0.00,0.66] 0.00; "},
		{"Anna", ByPerson, annas},
		{"Ben", ByPerson, bens},
		{"Ben", ByTeam, halls},
		{"Ben", ByKind, "repair 19/1/0/0/0 0.95[0.76,0.99] 0.95; refund 0/0/3/1/2 0.00[0.00,0.49] 0.75; "},
		{"Cleo", ByTeam, yards},
		{"Cleo", ByKind, "visit 0/0/0/2/0 0.00[0.00,0.66] 0.00; "},
	} {
		if got := rates(tc.who, tc.by); got != tc.want {
			t.Errorf("%s by %s: %s; want %s", tc.who, tc.by, got, tc.want)
		}
	}
	d.look(t, func(tx *store.Tx) error {
		alone := d.staff["Ben"]
		alone.Teams = nil
		for by, want := range map[By]int{ByPerson: 1, ByTeam: 0, ByKind: 1} {
			if got, err := d.Rates(tx, alone, by, when(t, "Mon 00:00"), when(t, "Wed 00:00")); err != nil || len(got) != want {
				t.Errorf("without a team by %s: %+v, %v", by, got, err)
			}
		}
		got, err := d.Rates(tx, d.staff["Sue"], ByKind, when(t, "Wed 00:00"), when(t, "Thu 00:00"))
		if len(got) != 0 {
			t.Errorf("another time: %+v", got)
		}
		return err
	})
}

// What somebody may not see of a ticket they may not see of its promises.
func TestAudience(t *testing.T) {
	d := furnish(t)
	ticket := d.opens(t, d.hall, eve).ID
	own := d.promises(t, "Anna", Making{Customer: d.knows(t, joe), Due: "2026-07-10"})
	for subject, want := range map[string]web.Audience{
		ticket.String():     {Needs: web.View, Team: int64(d.hall)},
		own.ID.String():     {Needs: web.View, Team: int64(d.hall), Staff: int64(d.id("Anna"))},
		ID(99).String():     {Needs: web.Reports},
		settings{}.String(): {Needs: web.View},
	} {
		d.look(t, func(tx *store.Tx) error {
			got, err := d.Audience(tx, store.Entry{Subject: subject, Body: json.RawMessage(`{}`)})
			if got != want {
				t.Errorf("%s: %+v, want %+v", subject, got, want)
			}
			return err
		})
	}

	// Who is asked to see to one without a ticket hears of it, and sees what for, whatever their team; so does its owner.
	must[Promise](t)(d.Hand(t.Context(), d.staff["Anna"], own.ID, d.id("Cleo"), "She knows him."))
	d.look(t, func(tx *store.Tx) error {
		got, err := d.Audience(tx, d.last(t))
		if got != (web.Audience{Needs: web.View, Team: int64(d.hall), Staff: int64(d.id("Anna")), Also: int64(d.id("Cleo"))}) || !d.staff["Anna"].In(got) || !d.staff["Ben"].In(got) || !d.staff["Cleo"].In(got) {
			t.Errorf("asked: %+v", got)
		}
		page, failed := d.List(tx, d.staff["Cleo"], Filter{Offered: d.id("Cleo"), Limit: 10})
		if len(page.Items) != 1 || page.Items[0].ID != own.ID {
			t.Errorf("she is shown %+v, %v", page.Items, failed)
		}
		return errors.Join(err, failed)
	})
	must[Promise](t)(d.Decline(t.Context(), d.staff["Cleo"], own.ID, "I don't."))
	d.look(t, func(tx *store.Tx) error {
		if _, err := d.Read(tx, d.staff["Cleo"], own.ID); code(t, err) != "promise.unknown" {
			t.Errorf("she sees it still: %v", err)
		}
		return nil
	})

	// Whoever was asked hears that they are not any more, and a colleague of theirs nothing.
	must[Promise](t)(d.Hand(t.Context(), d.staff["Anna"], own.ID, d.id("Cleo"), "She knows him after all."))
	must[Promise](t)(d.Hand(t.Context(), d.staff["Anna"], own.ID, d.id("Anna"), ""))
	d.look(t, func(tx *store.Tx) error {
		e := d.last(t)
		got, err := d.Audience(tx, e)
		colleague := d.staff["Cleo"]
		colleague.Staff = 99
		if e.Kind != (Withdrawn{}).Kind() || !d.staff["Anna"].In(got) || !d.staff["Cleo"].In(got) || colleague.In(got) {
			t.Errorf("%s: %+v", e.Kind, got)
		}
		return err
	})
}

// last is the newest entry of the journal.
func (d *desk) last(tb testing.TB) store.Entry {
	tb.Helper()
	all, err := d.db.Journal(tb.Context(), 0, 1000)
	if err != nil {
		tb.Fatal(err)
	}
	return all[len(all)-1]
}

func FuzzCursor(f *testing.F) {
	for _, c := range []cursor{{}, {1, 2}, {-1, 1 << 62}} {
		f.Add(c.String())
	}
	f.Add("MS4=")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseCursor(s)
		if err != nil {
			if code(t, err) != "cursor.malformed" {
				t.Fatal(err)
			}
			return
		}
		if again, err := parseCursor(c.String()); err != nil || again != c {
			t.Errorf("%q is %v and again %v (%v)", s, c, again, err)
		}
	})
}
