package tickets_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Each row is one change of four tickets: one without tags, one with, one that is merged into nothing and closed as spam,
// and one of another team.
func TestManyTicketsAreChangedAtOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		body  string
		wants []string // of each what it is afterwards, or the code of why it stayed as it was
		kinds []string // what the journal says of the first
	}{
		"priority": {`"priority":"high"`, []string{"new high", "new high vip", "closed high", "ticket.unknown"}, []string{"tickets.changed"}},
		"status":   {`"status":"on_hold"`, []string{"on_hold normal", "on_hold normal vip", "on_hold normal", "ticket.unknown"}, []string{"tickets.stood"}},
		"silent": {
			`"status":"closed","ended":"silent"`,
			[]string{"ended.not_asked", "ended.not_asked", "ended.not_asked", "ticket.unknown"},
			nil,
		},
		"content":     {`"status":"closed","ended":"content"`, []string{"closed normal", "closed normal vip", "closed normal", "ticket.unknown"}, []string{"tickets.stood"}},
		"tags":        {`"add_tags":["Late order","vip"],"remove_tags":["new"]`, []string{"new normal late-order vip", "new normal late-order vip", "closed normal late-order vip", "ticket.unknown"}, []string{"tickets.tagged"}},
		"tags away":   {`"remove_tags":["vip"]`, []string{"new normal", "new normal", "closed normal", "ticket.unknown"}, nil},
		"to a team":   {`"status":"open","assign":{"team":"NORTH"},"priority":"low"`, []string{"open low away", "open low vip away", "open low away", "ticket.unknown"}, []string{"tickets.changed", "tickets.stood", "tickets.assigned"}},
		"to somebody": {`"assign":{"staff":"ANN","reason":"She knows."}`, []string{"new normal mine", "new normal vip mine", "closed normal mine", "ticket.unknown"}, []string{"tickets.assigned"}},
		"to nobody":   {`"assign":{"staff":"stf_0000000000009"}`, []string{"staff.unknown", "staff.unknown", "staff.unknown", "ticket.unknown"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			north := must[staff.Team](t)(d.st.AddTeam(t.Context(), all, "North"))
			ann, ask := d.member(t, "ann", "agent"), door(d.db, d.room)
			bare, tagged, spam := d.receive(t, mail("ada", "1")).Ticket, d.receive(t, with(mail("ada", "2"), func(in *tickets.Inbound) { in.Tags = []string{"vip"} })).Ticket, d.receive(t, mail("bob", "3")).Ticket
			must[tickets.Ticket](t)(d.room.Stand(t.Context(), all, spam.ID, tickets.Closed, tickets.Spam))
			hidden := d.receive(t, with(mail("ada", "4"), func(in *tickets.Inbound) { in.Team = north.ID })).Ticket
			ids := []tickets.ID{bare.ID, tagged.ID, spam.ID, hidden.ID}
			before := len(d.happened(t, 0))
			body := strings.NewReplacer("NORTH", north.ID.String(), "ANN", staff.ID(ann.Staff).String()).Replace(tc.body)
			items := into[web.Page[tickets.Outcome]](t, ask(ann, "POST /tickets/batch", `{"ids":["`+strings.Join([]string{ids[0].String(), ids[1].String(), ids[2].String(), ids[3].String(), ids[0].String()}, `","`)+`"],`+body+`}`)).Items
			var got []string
			for i, o := range items {
				tk := d.look(t, ids[i])
				what := strings.Join(append([]string{string(tk.Status), string(tk.Priority)}, tk.Tags...), " ")
				if tk.Team == north.ID {
					what += " away"
				}
				if int64(tk.Assignee) == ann.Staff {
					what += " mine"
				}
				if !o.OK {
					what = o.Code
					if o.Version != 0 || !strings.HasSuffix(o.Detail, ".") {
						t.Errorf("refused with %+v", o)
					}
				} else if o.Version != tk.Version || o.Detail != "" {
					t.Errorf("%+v of version %d", o, tk.Version)
				}
				if o.ID != ids[i] {
					t.Errorf("%d is %s", i, o.ID)
				}
				got = append(got, what)
			}
			if diff := cmp.Diff(tc.wants, got); diff != "" {
				t.Error(diff)
			}
			var of []string
			for _, e := range d.happened(t, int64(before)) {
				if e.Subject == bare.ID.String() {
					of = append(of, e.Kind)
				}
			}
			if !slices.Equal(of, tc.kinds) {
				t.Errorf("the journal: %v, want %v", of, tc.kinds)
			}
		})
	}
}

func TestWhatABatchRefuses(t *testing.T) {
	d := open(t)
	ann, lea, ask := d.member(t, "ann", "agent"), d.member(t, "lea", "light"), door(d.db, d.room)
	id := d.receive(t, mail("ada", "1")).Ticket.ID.String()
	for _, row := range []struct {
		who  web.Who
		body string
		code int
		says string
	}{
		{ann, `{"ids":["` + id + `"]}`, 422, "what to change"},
		{ann, `{"ids":[],"priority":"high"}`, 422, "ids"},
		{ann, `{"ids":["` + strings.ReplaceAll(manyIDs(101), ",", `","`) + `"],"priority":"high"}`, 422, "ids"},
		{ann, `{"ids":["` + id + `"],"ended":"spam"}`, 422, "Only a closed ticket"},
		{ann, `{"ids":["` + id + `"],"status":"new"}`, 422, "status"},
		{ann, `{"ids":["` + id + `"],"add_tags":["a,b"]}`, 422, "can't be a tag"},
		{lea, `{"ids":["` + id + `"],"priority":"high"}`, 403, "role"},
	} {
		if w := ask(row.who, "POST /tickets/batch", row.body); w.Code != row.code || !strings.Contains(w.Body.String(), row.says) {
			t.Errorf("%.80s: %d %s", row.body, w.Code, w.Body)
		}
	}
	var tags []string
	for i := range 50 {
		tags = append(tags, "t"+strings.Repeat("x", i))
	}
	add := func(tags ...string) []tickets.Outcome {
		return into[web.Page[tickets.Outcome]](t, ask(ann, "POST /tickets/batch", `{"ids":["`+id+`"],"add_tags":["`+strings.Join(tags, `","`)+`"]}`)).Items
	}
	if o := add(tags...); !o[0].OK {
		t.Errorf("50 tags: %+v", o)
	}
	if o := add("more"); o[0].OK || o[0].Code != "tags.many" {
		t.Errorf("51 tags: %+v", o)
	}
	if w := ask(ann, "PATCH /tickets/batch", `{}`); w.Code == http.StatusOK {
		t.Error("a batch is no ticket")
	}
}
