package lexicon

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

var (
	admin = web.Who{Actor: store.By("staff:stf_0000000000001", "test"), Staff: 1, Can: web.View | web.Settings}
	agent = web.Who{Actor: store.By("staff:stf_0000000000002", "test"), Staff: 2, Can: web.View | web.Act}
)

// talk is what was said in the tickets of these tests.
var talk = map[string][]Side{
	"furious":    {{"This is the third time that I write to you, and it is outrageous. My lawyer will call you!", true}},
	"angry":      {{"My new lamp does not work at all!", true}},
	"apologised": {{"My new lamp does not work at all!", true}, {"I'm sorry that your lamp arrived broken.", false}},
	"accepted":   {{"My lamp does not work!", true}, {"I'm sorry that your lamp arrived broken.", false}, {"No problem, these things happen.", true}},
}

func situation(_ context.Context, _ web.Who, ticket string) (Draft, error) {
	return Draft{Channel: "chat", Name: "Ada Sandling", Talk: talk[ticket]}, nil
}

// check is Check with the findings alone.
func check(t *testing.T, room *Room, text, ticket string) ([]Finding, error) {
	t.Helper()
	c, err := room.Check(t.Context(), agent, Ask{Text: text, Ticket: ticket, Locale: "en"})
	return c.Findings, err
}

func openRoom(t *testing.T) (*Room, *store.DB) {
	t.Helper()
	db := storetest.Open(t, web.Tables, Tables)
	return New(db, situation), db
}

func ask(t *testing.T, room *Room, db *store.DB, who web.Who, line, body string) (int, string) {
	t.Helper()
	api := web.New(web.Config{DB: db, Version: "test", Log: slog.New(slog.DiscardHandler)})
	room.Routes(api)
	method, path, _ := strings.Cut(line, " ")
	w := httptest.NewRecorder()
	web.Trusted(api, who).ServeHTTP(w, httptest.NewRequest(method, web.Prefix+path, strings.NewReader(body)))
	return w.Code, w.Body.String()
}

const ourRule = `{"family":"voice","find":["folks"],"why":"We say guests.","better":["guests"],"bad":["Hi folks!"],"good":["Hello dear guests!"]}`

func TestTheDoor(t *testing.T) {
	room, db := openRoom(t)
	for _, row := range []struct {
		who        web.Who
		line, body string
		code       int
		part       string
		kinds      string
	}{
		{agent, "POST /lexicon/check", `{"text":"Well, it's our policy that returns take 14 days.","locale":"en"}`, 200, `"start":6,"end":21,"rule":"en.policy`, ""},
		{agent, "POST /lexicon/check", `{"text":"👍 It’s our policy that returns take 14 days.","locale":"en"}`, 200, `"start":3,"end":18`, ""},
		{agent, "POST /lexicon/check", `{"text":"La table est arrivée hier, merci beaucoup."}`, 200, `"findings":[]`, ""},
		{agent, "POST /lexicon/check", `{"text":""}`, 200, `"findings":[],"promises":[],"heat":0`, ""},
		{agent, "POST /lexicon/check", `{"text":"I'll get back to you about the lamp.","locale":"en"}`, 200, `"promises":[{"start":0,"end":13,"text":"I'll get back","kind":"answer"`, ""},
		{agent, "POST /lexicon/check", `{"text":"👍 I'll call you on 4 December 2030.","zone":"Europe/Berlin"}`, 200, `"start":3,"end":35,"text":"I'll call you on 4 December 2030","kind":"call_back","due":"2030-12-04T22:59:59Z","date_only":true,"day":"2030-12-04","working":false`, ""},
		{agent, "POST /lexicon/check", `{"text":"I'll call you by 12/4/2030.","locale":"en-GB"}`, 200, `"day":"2030-04-12"`, ""},
		{agent, "POST /lexicon/check", `{"text":"I'll call you by 12/4/2030.","locale":"en-US"}`, 200, `"day":"2030-12-04"`, ""},
		{agent, "POST /lexicon/check", `{"text":"I'll call you by Friday.","zone":"Europe/Bielefeld"}`, 422, `There is no time zone`, ""},
		{agent, "POST /lexicon/check", `{"text":"Hello.","zone":"Local"}`, 422, `There is no time zone`, ""},
		{agent, "POST /lexicon/check", `{"text":"Thank you for your message about the lamp.","ticket":"furious"}`, 200, `"heat":3`, ""},
		{agent, "POST /lexicon/check", `{"text":"Danke für Ihre Nachricht zur Lampe.","ticket":"furious"}`, 200, `"heat":3`, ""},
		{agent, "POST /lexicon/check", `{"text":"Ça va.","ticket":"furious"}`, 200, `"heat":3`, ""},
		{agent, "POST /lexicon/check", `{"text":"Thank you for your message about the lamp.","ticket":"accepted"}`, 200, `"heat":0`, ""},
		{agent, "GET /lexicon/en", "", 200, `"family":"nonapology"`, ""},
		{agent, "GET /lexicon/xx", "", 404, "There is no lexicon in", ""},
		{agent, "PUT /lexicon/en/rules/own.folks", ourRule, 403, "", ""},
		{admin, "PUT /lexicon/en/rules/own.folks", ourRule, 200, `"own":true`, "lexicon.changed"},
		{agent, "POST /lexicon/check", `{"text":"Hello folks, thank you for the photo of your table."}`, 200, `"rule":"own.folks"`, ""},
		{admin, "PUT /lexicon/xx/rules/own.folks", ourRule, 404, "There is no lexicon in", ""},
		{admin, "PUT /lexicon/en/rules/Own%20rule", ourRule, 422, "small letters", ""},
		{admin, "PUT /lexicon/en/rules/own.all", `{"family":"voice","find":["[a|the]"],"why":"x","bad":["the"]}`, 422, "would match everything", ""},
		{admin, "PUT /lexicon/en/rules/own.all", `{"family":"voice","find":["the"],"why":"x","bad":["the table"]}`, 422, "would match nearly everything", ""},
		{admin, "PUT /lexicon/en/rules/own.gap", `{"family":"voice","find":["... folks"],"why":"x","bad":["my folks"]}`, 422, "not with a gap", ""},
		{admin, "PUT /lexicon/en/rules/own.open", `{"family":"voice","find":["(folks"],"why":"x","bad":["my folks"]}`, 422, "is not closed", ""},
		{admin, "PUT /lexicon/en/rules/own.big", `{"family":"voice","find":["` + strings.Repeat("(a|b ... c) ", 60) + `"],"why":"x","bad":["my folks"]}`, 422, "stands for too much", ""},
		{admin, "PUT /lexicon/en/rules/own.deep", `{"family":"voice","find":["` + strings.Repeat("(", 40) + `folks` + strings.Repeat(")", 40) + `"],"why":"x","bad":["my folks"]}`, 422, "nested too deeply", ""},
		{admin, "PUT /lexicon/en/rules/own.wrong", `{"family":"voice","find":["folks"],"why":"x","bad":["Hello guests"]}`, 422, "should find", ""},
		{admin, "PUT /lexicon/en/rules/own.wrong", `{"family":"voice","find":["folks"],"why":"x","bad":["Hi folks"],"good":["My folks"]}`, 422, "should not find", ""},
		{admin, "PUT /lexicon/en/rules/own.mute", `{"family":"voice","find":["folks"],"bad":["Hi folks"]}`, 422, "needs a reason", ""},
		{admin, "DELETE /lexicon/en/rules/own.folks", "", 200, `"ok":true`, "lexicon.removed"},
		{admin, "DELETE /lexicon/en/rules/own.folks", "", 404, "no rule own.folks", ""},
		{agent, "POST /lexicon/check", `{"text":"Hello folks, thank you for the photo of your table."}`, 200, `"findings":[]`, ""},
	} {
		seq, err := db.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		code, body := ask(t, room, db, row.who, row.line, row.body)
		if code != row.code || !strings.Contains(body, row.part) {
			t.Errorf("%s %s: %d %s\nwant %d and %s", row.line, row.body, code, body, row.code, row.part)
		}
		all, err := db.Journal(t.Context(), seq, 10)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, e := range all {
			kinds = append(kinds, e.Kind)
		}
		if strings.Join(kinds, " ") != row.kinds {
			t.Errorf("%s: journal says %v, want %q", row.line, kinds, row.kinds)
		}
	}
}

// TestAStarterRuleIsSwitchedOff: a rule that bothers people can go without the others.
func TestAStarterRuleIsSwitchedOff(t *testing.T) {
	room, db := openRoom(t)
	text := "It's our policy that returns take 14 days."
	found, err := check(t, room, text, "")
	if err != nil || len(found) == 0 {
		t.Fatal(found, err)
	}
	var rules []Listed
	read := func() {
		if err := db.Read(t.Context(), func(tx *store.Tx) (err error) { rules, err = room.Rules(tx, "en"); return err }); err != nil {
			t.Fatal(err)
		}
	}
	read()
	for i := range 20 { // as many rules as may find it
		n := slices.IndexFunc(rules, func(l Listed) bool { return len(found) > 0 && l.ID == found[0].Rule })
		if n < 0 {
			break
		}
		if _, err := room.Set(t.Context(), admin, "en", rules[n].Rule, true); err != nil {
			t.Fatal(err)
		}
		if found, err = check(t, room, text, ""); err != nil || i == 19 {
			t.Fatal(found, err)
		}
	}
	read()
	if n := slices.IndexFunc(rules, func(l Listed) bool { return l.Off }); n < 0 || !rules[n].Own {
		t.Error("a rule that is switched off is not listed")
	}
}

// TestARuleThatIsNoLongerSoundIsLeftOut: what was saved before an upgrade never silences the rest, nor keeps others from being
// entered; the log and the list say which it is.
func TestARuleThatIsNoLongerSoundIsLeftOut(t *testing.T) {
	room, db := openRoom(t)
	var log strings.Builder
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	if err := db.Write(t.Context(), admin.Actor, func(tx *store.Tx) error {
		for _, o := range []own{
			{ID: "own.was", Body: Rule{ID: "own.was", Family: "voice", Find: []string{"<gone> folks"}, Why: "x", Bad: []string{"my folks"}}},
			{ID: "own.fails", Body: Rule{ID: "own.fails", Family: "voice", Find: []string{"guests"}, Why: "x", Bad: []string{"my folks"}}},
			{ID: "own.is", Body: Rule{ID: "own.is", Family: "voice", Find: []string{"folks"}, Why: "x", Bad: []string{"my folks"}}},
		} {
			if err := errors.Join(keep(tx, "en", o), tx.Record(ruleID(o.ID), Changed{"en", o.ID, false})); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	found, err := check(t, room, "Hello folks, it's our policy.", "")
	if err != nil || len(found) != 2 || found[0].Rule != "own.is" {
		t.Error(found, err)
	}
	set := func(id, find string) error {
		_, err := room.Set(t.Context(), admin, "en", Rule{ID: id, Family: "voice", Find: []string{find}, Why: "x", Bad: []string{"my " + find}}, false)
		return err
	}
	unsound := func() (ids []string) {
		if err := db.Read(t.Context(), func(tx *store.Tx) error {
			rules, err := room.Rules(tx, "en")
			for _, l := range rules {
				if l.Unsound {
					ids = append(ids, l.ID)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if ids := unsound(); !slices.Equal(ids, []string{"own.fails", "own.was"}) {
		t.Errorf("listed as unsound: %v", ids)
	}
	if err := set("own.new", "lads"); err != nil {
		t.Errorf("another is entered: %v", err)
	}
	if found, err = check(t, room, "Hello lads, it's our policy.", ""); err != nil || len(found) != 2 || found[0].Rule != "own.new" {
		t.Error(found, err)
	}
	if err := set("own.bad", "<gone> lads"); fault.Of(err) == nil || !strings.HasPrefix(fault.Of(err).Say, "own.bad: ") || strings.Contains(fault.Of(err).Say, "own.was") {
		t.Errorf("one that is not sound itself: %v", err)
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 1 || !strings.Contains(log.String(), "[own.fails own.was]") {
		t.Errorf("logged %d times: %s", n, log.String())
	}
	if err := set("own.was", "friends"); err != nil || !slices.Equal(unsound(), []string{"own.fails"}) {
		t.Errorf("it is mended: %v, %v", err, unsound())
	}
}

// TestTheOrderOfThings (L2): a blunt question never, a gentle one only after an apology that was taken.
func TestTheOrderOfThings(t *testing.T) {
	room, _ := openRoom(t)
	const blunt, gentle = "Did you plug it in?", "Plugs sometimes work loose; would you mind having a look at yours?"
	for _, row := range []struct {
		ticket, text string
		marked       bool
	}{
		{"angry", blunt, true},
		{"accepted", blunt, true},
		{"angry", gentle, true},
		{"apologised", gentle, true},
		{"accepted", gentle, false},
	} {
		found, err := check(t, room, row.text, row.ticket)
		if err != nil {
			t.Fatal(err)
		}
		marked := slices.ContainsFunc(found, func(f Finding) bool { return f.Family == "diagnostic" })
		if marked != row.marked {
			t.Errorf("%s, %q: %v, want marked %v", row.ticket, row.text, found, row.marked)
		}
	}
}

func TestEveryVerbTwiceAtOnce(t *testing.T) {
	for name, verb := range map[string]func(*Room) error{
		"Set": func(room *Room) error {
			_, err := room.Set(context.Background(), admin, "en", Rule{ID: "own.folks", Family: "voice", Find: []string{"folks"}, Why: "We say guests.", Bad: []string{"Hi folks!"}}, false)
			return err
		},
		"Remove": func(room *Room) error { return room.Remove(context.Background(), admin, "en", "own.there") },
		"Ply":    func(room *Room) error { _, err := room.Ply(context.Background(), admin, "shop"); return err },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				room, db := openRoom(t)
				if _, err := room.Set(t.Context(), admin, "en", Rule{ID: "own.there", Family: "voice", Find: []string{"folks"}, Why: "We say guests.", Bad: []string{"Hi folks!"}}, false); err != nil {
					t.Fatal(err)
				}
				return db, func() error { return verb(room) }
			})
		})
	}
}

func TestEventsStayAsTheyWere(t *testing.T) {
	storetest.Events(t, Changed{"en", "own.folks", true}, Removed{"en", "own.folks"},
		FrameworkChanged{"en", "own.swap", true}, FrameworkRemoved{"en", "own.swap"}, QuestionChanged{"en", "own.colour", true}, QuestionRemoved{"en", "own.colour"},
		Plied{"shop"})
}
