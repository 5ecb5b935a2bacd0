package clocks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// TestRequests reads as a table: who asks for what, what comes back, and what the journal says happened.
func TestRequests(t *testing.T) {
	d := openDesk(t)
	d.at(t, "Mon 10:00")
	gold := must[staff.Team](t)(d.staff.AddTeam(t.Context(), admin, "Gold")).ID
	boss := web.Who{Actor: store.By("staff:stf_0000000000001", "test"), Staff: 1, Can: web.View | web.Settings, All: true}
	agent := web.Who{Actor: store.By("staff:stf_0000000000002", "test"), Staff: 2, Can: web.View | web.Act}
	golden := web.Who{Actor: store.By("staff:stf_0000000000003", "test"), Staff: 3, Can: web.View | web.Act, Teams: []int64{int64(gold)}}
	guest := web.Who{Actor: store.By("staff:stf_0000000000004", "test"), Staff: 4, Can: web.Capture}
	ours, theirs := d.opens(t, tickets.Inbound{Subject: "Ours"}).ID, d.opens(t, tickets.Inbound{Subject: "Theirs", Team: gold}).ID
	d.settle(t)
	d.at(t, "Mon 12:00")
	nights := must[hours.Calendar](t)(d.hours.Add(t.Context(), admin, hours.Calendar{Name: "Always", Zone: "UTC", Always: true})).ID
	vip := must[Target](t)(d.Add(t.Context(), admin, Target{Name: "VIP", When: Conditions{Tags: []string{"vip"}}, Targets: hoursOf(1, 1, 0)})).ID
	words := strings.NewReplacer("{ours}", ours.String(), "{theirs}", theirs.String(), "{nights}", nights.String(), "{vip}", vip.String(), "{standard}", TargetID(1).String(), "{gold}", gold.String())
	for _, tc := range []struct {
		who       web.Who
		ask, body string
		code      int
		want      string
		kinds     []string
	}{
		{agent, "GET /clocks?tickets={ours}", "", 200, `{"items":[{"ticket":"{ours}","clocks":[{"clock":"resolution","state":"running","policy":"{standard}","allowed":144000,"spent":7200,"remaining":136800,"started_at":"2026-07-06T10:00:00Z","due_at":"2026-07-13T10:00:00Z","warn_at":"2026-07-09T16:00:00Z"},`, nil},
		{agent, "GET /clocks?tickets={ours}", "", 200, `{"clock":"customer","state":"running","spent":7200,"started_at":"2026-07-06T10:00:00Z"}]}]}`, nil},
		{agent, "GET /clocks?tickets={theirs}", "", 200, `{"items":[]}`, nil},
		{golden, "GET /clocks?tickets={theirs},{ours}", "", 200, `{"items":[{"ticket":"{theirs}"`, nil},
		{agent, "GET /clocks?tickets=", "", 422, `tickets`, nil},
		{agent, "GET /clocks?tickets=,", "", 200, `{"items":[]}`, nil},
		{agent, "GET /clocks?tickets=tkt_0000000000099", "", 200, `{"items":[]}`, nil},
		{agent, "GET /clocks?tickets=7", "", 422, `form tkt_`, nil},
		{agent, "GET /clocks", "", 422, `tickets`, nil},
		{agent, "GET /clocks?tickets=" + strings.Repeat("{ours},", 201), "", 422, `at most 200`, nil},
		{guest, "GET /clocks?tickets={ours}", "", 403, `permission.missing`, nil},
		{agent, "GET /clocks/next", "", 200, `{"items":[{"ticket":"{ours}","number":1,"subject":"Ours","clock":"first_answer","state":"running","policy":"{standard}","allowed":28800,"spent":7200,"remaining":21600,`, nil},
		{boss, "GET /clocks/next?team={gold}", "", 200, `"subject":"Theirs"`, nil},
		{agent, "GET /clocks/next?team={gold}", "", 200, `{"items":[]}`, nil},
		{boss, "GET /clocks/next?assignee=me", "", 200, `{"items":[]}`, nil},
		{boss, "GET /clocks/next?assignee=none&limit=1", "", 200, `"next":"`, nil},
		{boss, "GET /clocks/next?assignee=nobody", "", 422, `form stf_`, nil},
		{boss, "GET /clocks/next?after=somewhere", "", 422, `cursor.malformed`, nil},

		{agent, "GET /targets", "", 200, `{"items":[{"id":"{vip}","place":1,"name":"VIP","when":{"tags":["vip"]},"targets":{"first_answer":60,"next_answer":60},"warn":{},"hold_pauses":false,"version":1},{"id":"{standard}","place":2,"name":"Standard","when":{},"targets":{"first_answer":480,"next_answer":480,"resolution":2400},"warn":{"percent":25},`, nil},
		{agent, "GET /targets/{vip}", "", 200, `"name":"VIP"`, nil},
		{agent, "GET /targets/tgt_0000000000099", "", 404, `target.unknown`, nil},
		{agent, "POST /targets", `{"name":"Mine","targets":{"first_answer":60}}`, 403, `settings`, nil},
		{boss, "POST /targets", `{"name":" Urgent ","when":{"priorities":["urgent"],"teams":["{gold}"]},"calendar":"{nights}","targets":{"first_answer":60},"warn":{"before":15},"hold_pauses":true}`, 201, `"place":2,"name":"Urgent","when":{"priorities":["urgent"],"teams":["{gold}"]},"calendar":"{nights}","targets":{"first_answer":60},"warn":{"before":15},"hold_pauses":true,"version":1`, []string{"targets.added"}},
		{boss, "POST /targets", `{"name":"All","targets":{"first_answer":60}}`, 409, `“Standard” would never hold: “All” stands before it`, nil},
		{boss, "POST /targets", `{"name":"X","when":{"priorities":["extreme"]},"targets":{"first_answer":60}}`, 422, `There is no priority \"extreme\".`, nil},
		{boss, "POST /targets", `{"name":"X","when":{"teams":["gold"]},"targets":{"first_answer":60}}`, 422, `when.teams`, nil},
		{boss, "POST /targets", `{"name":"X","when":{"companies":["acme"]},"targets":{"first_answer":60}}`, 422, `when.companies`, nil},
		{boss, "POST /targets", `{"name":"X","when":{"tags":[" "]},"targets":{"first_answer":60}}`, 422, `A condition names a value`, nil},
		{boss, "POST /targets", `{"name":"X","when":{"tags":["x"]},"targets":{}}`, 422, `Set at least one target.`, nil},
		{boss, "POST /targets", `{"name":"X","when":{"tags":["x"]},"targets":{"first_answer":-1}}`, 422, `first_answer`, nil},
		{boss, "POST /targets", `{"name":"X","when":{"tags":["x"]},"targets":{"first_answer":60},"warn":{"before":60}}`, 422, `before the clock starts`, nil},
		{boss, "POST /targets", `{"name":"","when":{"tags":["x"]},"targets":{"first_answer":60}}`, 422, `policy.name`, nil},
		{boss, "POST /targets", `{"name":"X","when":{"tags":["x"]},"targets":{"first_answer":60},"calendar":"cal_0000000000099"}`, 422, `There is no calendar`, nil},

		{agent, "PATCH /targets/{vip}", `{"name":"VIPs"}`, 403, `settings`, nil},
		{boss, "PATCH /targets/{vip}", `{"name":"VIPs","targets":{"first_answer":30}}`, 200, `"name":"VIPs","when":{"tags":["vip"]},"targets":{"first_answer":30}`, []string{"targets.changed"}},
		{boss, "PATCH /targets/{vip}", `{"name":"VIPs"}`, 200, `"version":2`, nil},
		{boss, "PATCH /targets/{vip}", `{"when":{}}`, 409, `would never hold`, nil},
		{boss, "PATCH /targets/{vip}", `{"place":7}`, 422, `unexpected property`, nil},
		{boss, "PATCH /targets/tgt_0000000000099", `{"name":"X"}`, 404, `target.unknown`, nil},

		{boss, "PUT /targets/order", `{"order":["{standard}","{vip}"]}`, 422, `Name each policy once.`, nil},
		{agent, "PUT /targets/order", `{"order":["{vip}"]}`, 403, `settings`, nil},
		{boss, "DELETE /targets/{vip}", ``, 200, `"ok":true`, []string{"targets.removed"}},
		{boss, "DELETE /targets/{vip}", ``, 404, `target.unknown`, nil},
		{agent, "DELETE /targets/{standard}", ``, 403, `settings`, nil},
	} {
		t.Run(fmt.Sprintf("%.40s %s", tc.ask, tc.body), func(t *testing.T) {
			head := must[int64](t)(d.db.Head(t.Context()))
			w := d.ask(tc.who, words.Replace(tc.ask), words.Replace(tc.body))
			if w.Code != tc.code || !strings.Contains(w.Body.String(), words.Replace(tc.want)) {
				t.Errorf("%d %s; want %d and %s", w.Code, w.Body, tc.code, words.Replace(tc.want))
			}
			var kinds []string
			for _, e := range must[[]store.Entry](t)(d.db.Journal(t.Context(), head, 100)) {
				if !strings.HasPrefix(e.Kind, "clocks.") {
					kinds = append(kinds, e.Kind)
				}
			}
			if !slices.Equal(kinds, tc.kinds) {
				t.Errorf("recorded %q; want %q", kinds, tc.kinds)
			}
		})
	}
}

// The list of what is due pages through every ticket one may see, once, the most urgent first, whatever lane it comes from.
func TestNextIsPaged(t *testing.T) {
	d := openDesk(t)
	var teams []staff.TeamID
	for _, name := range []string{"Gold", "Silver"} {
		teams = append(teams, must[staff.Team](t)(d.staff.AddTeam(t.Context(), admin, name)).ID)
	}
	me := must[staff.Member](t)(func() (staff.Member, error) {
		m, _, err := d.staff.Add(t.Context(), admin, staff.Newcomer{Email: "me@shop.example", Name: "Me", Role: "agent", Teams: teams[:1]})
		return m, err
	}())
	who := web.Who{Staff: int64(me.ID), Can: web.View, Teams: []int64{int64(teams[0])}}
	var all, mine []string
	for i := range 24 {
		d.at(t, fmt.Sprintf("Mon %02d:%02d", 9+i/12, i%12*5/2*2))
		in := tickets.Inbound{Subject: fmt.Sprint(i), Team: append([]staff.TeamID{0}, teams...)[i%3]}
		ticket := d.opens(t, in).ID
		if i%6 == 2 { // of Silver, but mine
			must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), admin, ticket, tickets.Assignment{Staff: &me.ID}))
		}
		if i%8 == 7 { // waits for them: nothing runs
			d.does(t, ticket, "answer")
			continue
		}
		all = append(all, in.Subject)
		if i%3 != 2 || i%6 == 2 {
			mine = append(mine, in.Subject)
		}
	}
	d.settle(t)
	d.at(t, "Tue 09:30") // the first are late
	page := func(who web.Who, f Filter) (subjects []string) {
		t.Helper()
		for f.Limit = 5; ; {
			var p web.Page[Due]
			d.look(t, func(tx *store.Tx) (err error) { p, err = d.Next(tx, who, f); return err })
			for _, i := range p.Items {
				subjects = append(subjects, i.Subject)
			}
			if f.After = p.Next; p.Next == "" {
				return subjects
			}
		}
	}
	none, own := staff.ID(0), me.ID
	for name, tc := range map[string]struct {
		who  web.Who
		f    Filter
		want []string
	}{
		"everything":          {admin, Filter{}, all},
		"my teams and my own": {who, Filter{}, mine},
		"my own":              {who, Filter{Assignee: &own}, []string{"2", "8", "14", "20"}},
		"nobody's":            {admin, Filter{Assignee: &none}, slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains([]string{"2", "8", "14", "20"}, s) })},
		"a team of mine":      {who, Filter{Team: &teams[0]}, []string{"1", "4", "10", "13", "16", "19", "22"}},
		"a team not mine":     {who, Filter{Team: &teams[1]}, []string{"2", "8", "14", "20"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, page(tc.who, tc.f)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What somebody may not see of a ticket they may not see of its clocks.
func TestAudience(t *testing.T) {
	d := openDesk(t)
	team := must[staff.Team](t)(d.staff.AddTeam(t.Context(), admin, "Gold")).ID
	ticket := d.opens(t, tickets.Inbound{Team: team}).ID
	d.settle(t)
	for subject, want := range map[string]web.Audience{
		ticket.String():      {Needs: web.View, Team: int64(team)},
		TargetID(1).String(): {Needs: web.View},
		"targets":            {Needs: web.View},
	} {
		d.look(t, func(tx *store.Tx) error {
			got, err := d.Audience(tx, store.Entry{Subject: subject, Body: json.RawMessage(`{}`)})
			if got != want {
				t.Errorf("%s: %+v, want %+v", subject, got, want)
			}
			return err
		})
	}
}

func FuzzCursor(f *testing.F) {
	for _, c := range []cursor{{}, {1, 2}, {-1, 1 << 62}} {
		f.Add(c.String())
	}
	f.Add("MS4=")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseCursor(s)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		if again, err := parseCursor(c.String()); err != nil || again != c {
			t.Errorf("%q is %v and again %v (%v)", s, c, again, err)
		}
	})
}
