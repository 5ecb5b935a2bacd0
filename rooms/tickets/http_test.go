package tickets_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// door lets the API of a room be asked by anybody.
func door(db *store.DB, room *tickets.Room) func(who web.Who, line, body string) *httptest.ResponseRecorder {
	api := web.New(web.Config{DB: db, Version: "test", Log: slog.New(slog.DiscardHandler)})
	room.Routes(api)
	return func(who web.Who, line, body string) *httptest.ResponseRecorder {
		method, path, _ := strings.Cut(line, " ")
		w, r := httptest.NewRecorder(), httptest.NewRequest(method, web.Prefix+path, strings.NewReader(body))
		web.Trusted(api, who).ServeHTTP(w, r)
		return w
	}
}

// member enters a colleague of a role and says what they may.
func (d *desk) member(t *testing.T, name, role string, teams ...staff.TeamID) web.Who {
	t.Helper()
	m, _, err := d.st.Add(t.Context(), all, staff.Newcomer{Email: name + "@shop.example", Name: name, Role: role, Teams: teams})
	if err != nil {
		t.Fatal(err)
	}
	return d.who(t, m.ID)
}

func (d *desk) who(t *testing.T, m staff.ID) (w web.Who) {
	t.Helper()
	if err := d.db.Read(t.Context(), func(tx *store.Tx) (err error) { w, err = d.st.Who(tx, m); return err }); err != nil {
		t.Fatal(err)
	}
	return w
}

// into reads the JSON of an answer that went well.
func into[T any](t *testing.T, w *httptest.ResponseRecorder) (v T) {
	t.Helper()
	if w.Code >= http.StatusMultipleChoices {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// A page re-reads the tickets that the journal names; what it may not see, or what does not fit, is left out.
func TestTicketsAreReadAgainByTheirIDs(t *testing.T) {
	d := open(t)
	north, err := d.st.AddTeam(t.Context(), all, "North")
	if err != nil {
		t.Fatal(err)
	}
	agent := d.member(t, "ann", "agent")
	ask := door(d.db, d.room)
	a, b := d.receive(t, mail("ada", "1")).Ticket, d.receive(t, mail("bob", "2")).Ticket
	hidden := d.receive(t, with(mail("cleo", "3"), func(in *tickets.Inbound) { in.Team = north.ID })).Ticket
	if _, err := d.room.Stand(t.Context(), all, b.ID, tickets.Resolved, ""); err != nil {
		t.Fatal(err)
	}
	query := "ids=" + a.ID.String() + "," + b.ID.String() + ",%20" + hidden.ID.String() + ",tkt_0000000000001"
	for rest, want := range map[string][]tickets.ID{
		"":                                 {b.ID, a.ID},
		"&limit=1":                         {b.ID, a.ID},
		"&status=new,open":                 {a.ID},
		"&status=closed":                   {},
		"&customer=" + b.Customer.String(): {b.ID},
		"&waiting=true&assignee=none":      {a.ID, b.ID},
		"&tag=vip":                         {},
		"&mailbox=" + a.Mailbox.String():   {b.ID, a.ID},
		"&channel=api":                     {},
		"&team=" + north.ID.String():       {},
	} {
		page := into[web.Page[tickets.Ticket]](t, ask(agent, "GET /tickets?"+query+rest, ""))
		got := []tickets.ID{}
		for _, tk := range page.Items {
			got = append(got, tk.ID)
			if tk.CustomerName == "" {
				t.Errorf("%s: nobody's name is on %s", rest, tk.ID)
			}
		}
		if !slices.Equal(got, want) || page.Next != "" {
			t.Errorf("%s: got %v (next %q), want %v", rest, got, page.Next, want)
		}
	}
	for _, bad := range []string{"ids=tkt_x", "ids=" + manyIDs(101)} {
		if w := ask(agent, "GET /tickets?"+bad, ""); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%.60s…: %d %s", bad, w.Code, w.Body)
		}
	}
}

func manyIDs(n int) string {
	var all []string
	for i := range n {
		all = append(all, tickets.ID(i+1).String())
	}
	return strings.Join(all, ",")
}

// A message is shown in a frame as a document of its own, to whoever may see its ticket and under a policy that goes with
// the answer.
func TestAMessageIsAPageOfItsOwn(t *testing.T) {
	d := open(t)
	north, err := d.st.AddTeam(t.Context(), all, "North")
	if err != nil {
		t.Fatal(err)
	}
	inside, outside, ask := d.member(t, "ann", "agent", north.ID), d.member(t, "bob", "agent"), door(d.db, d.room)
	written := d.receive(t, with(mail("ada", "1"), func(in *tickets.Inbound) {
		in.Team = north.ID
		in.HTML = `<p onclick="x()">Look: <img src="cid:a@b"><img src="https://shop.example/p.gif"><script>x()</script>`
		in.QuotedHTML = `<blockquote>Earlier <img src="https://shop.example/q.gif" onerror="x()"></blockquote>`
		in.Files = []tickets.File{{Name: "a.png", Type: "image/png", SHA256: strings.Repeat("0", 64), ContentID: "a@b", Inline: true}}
	}))
	plain := d.receive(t, with(mail("ada", "2", "1"), func(in *tickets.Inbound) { in.Text, in.Quoted, in.Signature = "1 < 2", "> 3 < 4", "Ada" }))
	said := into[web.Page[tickets.Message]](t, ask(inside, "GET /tickets/"+written.Ticket.ID.String()+"/messages", ""))
	if len(said.Items) != 2 || !said.Items[0].HeldImages || said.Items[1].HeldImages {
		t.Fatalf("images held back: %+v", said.Items)
	}
	ours := web.Prefix + "/messages/files/" + said.Items[0].Files[0].ID.String()
	for address, want := range map[string]struct {
		has, hasNot []string
		policy      string
	}{
		written.Message.String() + "/page":                         {[]string{`src="` + ours + `"`, `data-remote-src="https://shop.example/p.gif"`}, []string{"<script", "onclick", ` src="https:`}, text.FramePolicy(false)},
		written.Message.String() + "/page?remote=false":            {[]string{`src="` + ours + `"`}, []string{` src="https:`}, text.FramePolicy(false)},
		written.Message.String() + "/page?remote=true":             {[]string{`src="` + ours + `"`, ` src="https://shop.example/p.gif"`}, []string{"<script", "data-remote-src"}, text.FramePolicy(true)},
		plain.Message.String() + "/page":                           {[]string{"1 &lt; 2", "pre-wrap"}, []string{"3 &lt; 4"}, text.FramePolicy(false)},
		written.Message.String() + "/page?quoted=true":             {[]string{"Earlier", `data-remote-src="https://shop.example/q.gif"`}, []string{"Look", "onerror"}, text.FramePolicy(false)},
		written.Message.String() + "/page?quoted=true&remote=true": {[]string{` src="https://shop.example/q.gif"`}, []string{"onerror"}, text.FramePolicy(true)},
		plain.Message.String() + "/page?quoted=true":               {[]string{"Ada", "3 &lt; 4"}, []string{"1 &lt; 2"}, text.FramePolicy(false)},
	} {
		w := ask(inside, "GET /messages/"+address, "")
		h := w.Header()
		if w.Code != http.StatusOK || h.Get("Content-Security-Policy") != want.policy || h.Get("Content-Type") != "text/html; charset=utf-8" ||
			!strings.HasPrefix(h.Get("Cache-Control"), "private, max-age=") || !strings.Contains(h.Get("Vary"), "Cookie") {
			t.Errorf("%s: %d %v", address, w.Code, h)
		}
		for _, part := range want.has {
			if !strings.Contains(w.Body.String(), part) {
				t.Errorf("%s lacks %q: %s", address, part, w.Body)
			}
		}
		for _, part := range want.hasNot {
			if strings.Contains(w.Body.String(), part) {
				t.Errorf("%s has %q: %s", address, part, w.Body)
			}
		}
		if w := ask(outside, "GET /messages/"+address, ""); w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "Look") {
			t.Errorf("%s is shown to whom it does not concern: %d", address, w.Code)
		}
	}
	for _, bad := range []string{written.Message.String() + "/pages", "msg_0000000000001/page"} {
		if w := ask(inside, "GET /messages/"+bad, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}
