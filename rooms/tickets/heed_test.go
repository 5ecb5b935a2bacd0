package tickets_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/rooms/tickets/wording"
)

// stop is a rule that the company made one that stops.
var stop = lexicon.Rule{
	ID: "own.folks", Family: "own", Find: []string{"you folks"}, Severity: lexicon.Stop, Why: "Nobody likes to be one of a crowd.", Better: []string{"you"},
	Bad: []string{"What do you folks want?"},
}

// worded is a desk with a lexicon and rules of the company's own.
func worded(t *testing.T, rules ...lexicon.Rule) *desk {
	t.Helper()
	d := open(t)
	d.furnish(t, lexicon.New(d.db, nil))
	for _, r := range rules {
		must[lexicon.Listed](t)(d.words.Set(t.Context(), all, "en", r, false))
	}
	return d
}

// What the company never says is refused with a better word, leaves when somebody says why, and is then known to colleagues:
// in the message, in the timeline, and by the rule alone in the journal.
func TestWordsThatStopLeaveWithAReasonOnly(t *testing.T) {
	d := worded(t, stop)
	north := must[staff.Team](t)(d.st.AddTeam(t.Context(), all, "North"))
	ann, eve, ask := d.member(t, "ann", "agent", north.ID), d.member(t, "eve", "agent"), door(d.db, d.room)
	tk := d.receive(t, with(mail("ada", "1"), func(in *tickets.Inbound) { in.Team = north.ID })).Ticket
	at := "/tickets/" + tk.ID.String()
	const words = "Hello Ada, thank you folks for the picture of your cup."

	for name, row := range map[string]struct {
		who  web.Who
		body string
		code int
		says string
	}{
		"the words":                 {ann, `{"text":"` + words + `"}`, 422, "“you folks” is not said to customers: write “you” instead, or give a reason to send it all the same."},
		"the field":                 {ann, `{"text":"` + words + `"}`, 422, `"fields":{"text":"`},
		"a reason of blanks":        {ann, `{"text":"` + words + `","override":" \n "}`, 422, "answer.stop"},
		"only the HTML has them":    {ann, `{"text":"Hello Ada, thank you.","html":"<p>Hello Ada, thank <b>you</b> folks."}`, 422, "“you folks”"},
		"a prompt, in any language": {ann, `{"text":"Bonjour ⟦leur nom⟧, la table est arrivée hier, merci beaucoup."}`, 422, "“⟦leur nom⟧” is not said to customers"},
		"whoever may not see this":  {eve, `{"text":"` + words + `"}`, 404, "isn't yours"},
	} {
		if w := ask(row.who, "POST "+at+"/replies", row.body); w.Code != row.code || !strings.Contains(w.Body.String(), row.says) || row.code == 404 && strings.Contains(w.Body.String(), "folks") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	said := func() []tickets.Message {
		t.Helper()
		return into[web.Page[tickets.Message]](t, ask(ann, "GET "+at+"/messages", "")).Items
	}
	if all := said(); len(all) != 1 {
		t.Fatalf("what was refused is there: %+v", all)
	}

	// Below stop nothing is held up, and a reason is nobody's business then.
	warned := into[tickets.Message](t, ask(ann, "POST "+at+"/replies", `{"text":"Hello Ada, it's our policy that cups are checked.","override":"no need"}`))
	if len(warned.Findings) == 0 || warned.Findings[0].Severity != lexicon.Warn || warned.Findings[0].Overruled || warned.Override != nil {
		t.Errorf("a warning: %+v, %+v", warned.Findings, warned.Override)
	}
	sent := into[tickets.Message](t, ask(ann, "POST "+at+"/replies", `{"text":"`+words+`","override":" She calls herself so. "}`))
	kept := said()
	if len(kept) != 3 || len(kept[0].Findings) > 0 {
		t.Fatalf("what was said: %+v", kept)
	}
	for _, m := range []tickets.Message{sent, kept[2]} {
		i := strings.Index(words, "you folks")
		want := wording.Finding{Rule: "own.folks", Severity: lexicon.Stop, Start: i, End: i + len("you folks"), Overruled: true}
		if len(m.Findings) != 1 || m.Findings[0] != want || m.Override == nil || m.Override.By != m.Author || m.Override.Reason != "She calls herself so." {
			t.Errorf("%+v, %+v", m.Findings, m.Override)
		}
	}
	if kept[1].Override != nil || len(kept[1].Findings) != len(warned.Findings) {
		t.Errorf("the one before: %+v", kept[1])
	}

	told := 0
	for _, m := range into[web.Page[tickets.Moment]](t, ask(ann, "GET "+at+"/timeline", "")).Items {
		if m.Kind == (tickets.Overruled{}).Kind() {
			told++
			if m.Reason != "She calls herself so." || m.By != sent.Author {
				t.Errorf("the timeline: %+v", m)
			}
		}
	}
	for _, e := range d.happened(t, 0) {
		if body := string(e.Body); strings.Contains(body, "folks\"") && e.Kind != "tickets.overruled" && e.Kind != "lexicon.changed" || strings.Contains(body, "herself") || strings.Contains(body, "you folks") {
			t.Errorf("the journal has words: %s %s", e.Kind, body)
		}
		if e.Kind != (tickets.Overruled{}).Kind() {
			continue
		}
		told++
		var b tickets.Overruled
		if err := json.Unmarshal(e.Body, &b); err != nil || len(b.Rules) != 1 || b.Rules[0] != "own.folks" || b.Message != sent.ID {
			t.Errorf("%+v, %v", b, err)
		}
		if err := d.db.Read(t.Context(), func(tx *store.Tx) error {
			to, err := d.room.Audience(tx, e)
			if !ann.In(to) || eve.In(to) {
				t.Errorf("it is for %+v", to)
			}
			// The customer's page and mails are made of these.
			talk, err2 := d.room.Talk(tx, all, tk.ID, 0, 100)
			for _, m := range talk {
				if len(m.Findings) > 0 || m.Override != nil {
					t.Errorf("%+v is shown to customers", m)
				}
			}
			m, err3 := d.room.Message(tx, sent.ID)
			if len(m.Findings) > 0 || m.Override != nil {
				t.Errorf("%+v is sent", m)
			}
			for _, err := range []error{err2, err3} {
				if err != nil {
					t.Error(err)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if told != 2 {
		t.Errorf("told %d times", told)
	}
	if w := ask(eve, "GET "+at+"/messages", ""); w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "folks") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// What counts is the ticket as it is when the answer is given: a rule that yields to facts does so from the moment on in
// which they come first, also when that was after the words were looked at.
func TestWhatIsWeighedIsTheTicketAsItIs(t *testing.T) {
	soft := stop
	soft.Softens = true
	d := worded(t, soft)
	tk := d.receive(t, mail("ada", "1")).Ticket
	r := tickets.Reply{Text: "Hello Ada, what do you folks want?"}
	r.Weighed = must[wording.Weighed](t)(d.room.Weigh(t.Context(), tk.ID, r))
	if got := r.Weighed.Stops(); len(got) != 1 || got[0] != "own.folks" {
		t.Errorf("it is stopped by %v", got)
	}
	give := func() error {
		return d.db.Write(t.Context(), all.Actor, func(tx *store.Tx) error {
			t, err := d.room.Look(tx, tk.ID)
			if err == nil {
				_, _, err = d.room.Utter(tx, all, t, r)
			}
			return err
		})
	}
	if err := give(); err == nil || !strings.Contains(err.Error(), "answer.stop") {
		t.Errorf("it left: %v", err)
	}
	must[tickets.Ticket](t)(d.room.Change(t.Context(), all, tk.ID, tickets.Change{Facts: new(tickets.Legal)}))
	if err := give(); err != nil {
		t.Error(err)
	}
}

// A reason is for the rules it was given for.
func TestAReasonIsForItsRules(t *testing.T) {
	other := stop
	other.ID, other.Find, other.Bad = "own.chap", []string{"old chap"}, []string{"Well, old chap."}
	d := worded(t, stop, other)
	tk := d.receive(t, mail("ada", "1")).Ticket
	r := tickets.Reply{Text: "Hello Ada, you folks and the old chap may come.", Override: "They asked for it.", Against: []string{"own.folks"}}
	if _, err := d.room.Answer(t.Context(), all, tk.ID, r); err == nil || !strings.Contains(err.Error(), "old chap") {
		t.Errorf("it left: %v", err)
	}
	r.Against = append(r.Against, "own.chap")
	m := must[tickets.Message](t)(d.room.Answer(t.Context(), all, tk.ID, r))
	if got := wording.Overruled(m.Findings); len(got) != 2 {
		t.Errorf("overruled: %v", got)
	}
}

func TestAnsweringAgainstARuleTwiceAtOnce(t *testing.T) {
	storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
		t.Helper()
		d := worded(t, stop)
		tk := d.receive(t, mail("ada", "1")).Ticket.ID
		return d.db, func() error {
			return second(d.room.Answer(context.Background(), all, tk, tickets.Reply{Text: "Hello Ada, what do you folks want?", Override: "She asked for it."}))
		}
	})
}

// Facts come first where somebody says so: by hand, by the API, when a ticket is entered. Lists and searches know.
func TestFactsFirst(t *testing.T) {
	d := open(t)
	ann, ask := d.member(t, "ann", "agent"), door(d.db, d.room)
	plain := d.receive(t, mail("ada", "1")).Ticket
	born := into[tickets.Ticket](t, ask(ann, "POST /tickets", `{"subject":"Cup","from":{"email":"bob@example.com"},"text":"The cup made me ill.","facts_first":"health"}`))
	if plain.Facts != "" || born.Facts != tickets.Health {
		t.Errorf("%q, %q", plain.Facts, born.Facts)
	}
	path := "/tickets/" + plain.ID.String()
	for _, m := range []tickets.Matter{tickets.Safety, tickets.Legal, tickets.Legal, tickets.Contract} {
		if got := into[tickets.Ticket](t, ask(ann, "PATCH "+path, `{"facts_first":"`+string(m)+`"}`)); got.Facts != m {
			t.Errorf("%+v", got)
		}
	}
	var changes []string
	for _, e := range d.happened(t, 0) {
		var b tickets.Marked
		if e.Kind != b.Kind() {
			continue
		}
		if err := json.Unmarshal(e.Body, &b); err != nil {
			t.Fatal(err)
		}
		changes = append(changes, string(b.Was)+">"+string(b.Facts))
	}
	if got := strings.Join(changes, " "); got != ">health >safety safety>legal legal>contract" {
		t.Errorf("changes: %s", got)
	}
	if err := d.db.CatchUp(t.Context(), d.room.Followers()...); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{"": 2, "?facts_first=health": 1, "?facts_first=contract": 1, "?facts_first=safety": 0, "?facts_first=contract&status=new&tag=": 1} {
		if page := into[web.Page[tickets.Ticket]](t, ask(ann, "GET /tickets"+query, "")); len(page.Items) != want {
			t.Errorf("%s lists %d", query, len(page.Items))
		}
	}
	for query, want := range map[string]int{"": 2, "&facts_first=health": 1, "&facts_first=legal": 0} {
		if page := into[web.Page[tickets.Found]](t, ask(ann, "GET /search?q=cup"+query, "")); len(page.Items) != want {
			t.Errorf("%s finds %d", query, len(page.Items))
		}
	}
	for line, body := range map[string]string{"PATCH " + path: `{"facts_first":"gossip"}`, "POST /tickets": `{"text":"x","from":{"email":"a@example.com"},"facts_first":"none"}`, "GET /tickets?facts_first=x": ``} {
		if w := ask(ann, line, body); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s %s: %d %s", line, body, w.Code, w.Body)
		}
	}
	if got := into[tickets.Ticket](t, ask(ann, "PATCH "+path, `{"facts_first":"none"}`)); got.Facts != "" {
		t.Errorf("taken back: %+v", got)
	}
}

func TestTagsAreSuggestedByTheirBeginning(t *testing.T) {
	d := open(t)
	north := must[staff.Team](t)(d.st.AddTeam(t.Context(), all, "North"))
	ann, bob, ask := d.member(t, "ann", "agent", north.ID), d.member(t, "bob", "agent"), door(d.db, d.room)
	tagged := func(team staff.TeamID, ref string, tags ...string) tickets.ID {
		t.Helper()
		return d.receive(t, with(mail("ada", ref), func(in *tickets.Inbound) { in.Tags, in.Team = tags, team })).Ticket.ID
	}
	a, b := tagged(0, "1", "broken", "vip"), tagged(0, "2", "broken", "brown")
	c := tagged(north.ID, "3", "broken", "Brünett", "100%")
	like := func(who web.Who, prefix string) (all string) {
		t.Helper()
		if err := d.db.CatchUp(t.Context(), d.room.Followers()...); err != nil {
			t.Fatal(err)
		}
		for _, x := range into[web.Page[struct {
			Tag string
			N   int
		}]](t, ask(who, "GET /tickets/tags?prefix="+prefix, "")).Items {
			all += x.Tag + strings.Repeat("+", x.N) + " "
		}
		return all
	}
	check := func(rows map[string]string) {
		t.Helper()
		for query, want := range rows {
			name, prefix, _ := strings.Cut(query, " ")
			who := map[string]web.Who{"ann": ann, "bob": bob, "all": all}[name]
			if got := strings.TrimSpace(like(who, prefix)); got != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
	}
	check(map[string]string{
		"ann br": "broken+++ brown+ brünett+", "bob br": "broken++ brown+", "all ": "broken+++ 100%+ brown+ brünett+ vip+", "bob ": "broken++ brown+ vip+",
		"ann BR%C3%9C": "brünett+", "ann 100%25": "100%+", "ann x": "", "ann %25": "",
	})
	must[tickets.Ticket](t)(d.room.Change(t.Context(), all, a, tickets.Change{Tags: &[]string{"brown", "new"}}))
	must[tickets.Ticket](t)(d.room.Change(t.Context(), all, a, tickets.Change{Tags: &[]string{"brown"}}))
	must[tickets.Ticket](t)(d.room.Assign(t.Context(), all, b, tickets.Assignment{Team: &north.ID}))
	must[tickets.Ticket](t)(d.room.Assign(t.Context(), all, c, tickets.Assignment{Team: new(staff.TeamID(0))}))
	check(map[string]string{"bob ": "100%+ broken+ brown+ brünett+", "ann ": "broken++ brown++ 100%+ brünett+", "ann n": ""})
}
