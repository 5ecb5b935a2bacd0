package drafts_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/rooms/tickets/drafts"
)

func never(id, words string) lexicon.Rule {
	return lexicon.Rule{ID: id, Family: "own", Find: []string{words}, Severity: lexicon.Stop, Why: "We do not say that.", Better: []string{"you"}, Bad: []string{"Hello " + words + "."}}
}

// What is stopped stays a draft and can be mended; with a reason it leaves at its time, and is known by it. The reason is for
// what it was given for: a rule that came after it holds the draft.
func TestWhatIsStoppedStaysADraft(t *testing.T) {
	d := open(t)
	d.words = lexicon.New(d.db, nil)
	d.furnish(t, d.db)
	set := func(r lexicon.Rule) {
		t.Helper()
		must[lexicon.Listed](t)(d.words.Set(t.Context(), all, "en", r, false))
	}
	set(never("own.folks", "you folks"))
	ann, ask := d.member(t, "ann", "agent"), d.door()
	tk := d.receive(t, mail("ada", "1")).Ticket
	path := "/tickets/" + tk.ID.String() + "/draft"
	keep := func(seen string) {
		t.Helper()
		into[drafts.Draft](t, ask(ann, "PUT "+path, `{"kind":"reply","text":"Hello Ada, the old chap and you folks may come.","seen":`+seen+`}`))
	}
	keep("1")
	if w := ask(ann, "POST "+path+"/send", `{"in":0}`); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "“you folks”") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := into[drafts.Draft](t, ask(ann, "GET "+path, "")); got.State != drafts.Writing || !strings.Contains(got.Text, "you folks") || got.Override != "" {
		t.Errorf("refused, it is %+v", got)
	}
	if got := into[drafts.Draft](t, ask(ann, "POST "+path+"/send", `{"in":8,"override":"They say so themselves.","then":"resolved"}`)); got.State != drafts.Leaving || got.Override != "They say so themselves." {
		t.Errorf("sent with a reason, it is %+v", got)
	}
	// Taken back it is a draft like any other, and wants its reason anew.
	if got := into[drafts.Draft](t, ask(ann, "DELETE "+path+"/send", "")); got.Override != "" {
		t.Errorf("taken back, it is %+v", got)
	}
	if w := ask(ann, "POST "+path+"/send", `{"in":0}`); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", w.Code, w.Body)
	}

	into[drafts.Draft](t, ask(ann, "POST "+path+"/send", `{"in":8,"override":"They say so themselves."}`))
	set(never("own.chap", "old chap"))
	d.now = d.now.Add(time.Minute)
	d.work(t)
	held := into[drafts.Draft](t, ask(ann, "GET "+path, ""))
	if held.State != drafts.Stopped || held.Code != "answer.stop" || !strings.Contains(held.Trouble, "“old chap”") || len(d.said(t, tk.ID)) != 1 {
		t.Errorf("held: %+v", held)
	}

	keep("1")
	into[drafts.Draft](t, ask(ann, "POST "+path+"/send", `{"in":0,"override":"Both are nicknames.","then":"resolved"}`))
	d.work(t)
	said := into[web.Page[tickets.Message]](t, ask(ann, "GET /tickets/"+tk.ID.String()+"/messages", "")).Items
	if len(said) != 2 {
		t.Fatalf("said: %+v", said)
	}
	var rules []string
	for _, f := range said[1].Findings {
		if f.Overruled {
			rules = append(rules, f.Rule)
		} else if f.Rule == "en.missing.thanks" {
			rules = append(rules, f.Rule) // it solves the matter, and thanks nobody
		}
	}
	slices.Sort(rules)
	if o := said[1].Override; o == nil || o.Reason != "Both are nicknames." || o.By != "staff:"+staff.ID(ann.Staff).String() || strings.Join(rules, " ") != "en.missing.thanks own.chap own.folks" {
		t.Errorf("%v, %+v", rules, said[1].Override)
	}

	// A note is for colleagues, who may be told anything.
	into[drafts.Draft](t, ask(ann, "PUT "+path, `{"kind":"note","text":"The old chap and you folks.","seen":9}`))
	into[drafts.Draft](t, ask(ann, "POST "+path+"/send", `{"in":0}`))
	d.work(t)
	if said := d.said(t, tk.ID); len(said) != 3 {
		t.Errorf("a note: %v", said)
	}
}
