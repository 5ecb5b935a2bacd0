package lexicon

import (
	"slices"
	"strings"
	"testing"
)

// The rules of a trade count for a company that is in it, in every language, from the moment it says so.
func TestTheTradeOfTheCompany(t *testing.T) {
	room, db := openRoom(t)
	marked := func(text string) bool {
		t.Helper()
		found, err := check(t, room, text, "")
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(found, func(f Finding) bool { return strings.Contains(f.Rule, ".trade.") })
	}
	const english, german = "Hello Ada, your room is ready, and the rack rate for it is ninety.", "Guten Tag Ada, Ihr Zimmer ist bereit, und das Kontingent ist noch groß."
	if marked(english) || marked(german) {
		t.Error("of no trade, and marked")
	}
	for _, row := range []struct {
		who        string
		line, body string
		code       int
		part       string
	}{
		{"agent", "GET /lexicon/company", "", 200, `"trade":"","trades":["craft","health","hospitality","shop","software"]`},
		{"agent", "PUT /lexicon/company", `{"trade":"hospitality"}`, 403, "denied"},
		{"admin", "PUT /lexicon/company", `{"trade":"An inn"}`, 422, "lexicon.trade"},
		{"admin", "PUT /lexicon/company", `{"trade":"hospitality"}`, 200, `"trade":"hospitality"`},
	} {
		who := admin
		if row.who == "agent" {
			who = agent
		}
		if code, body := ask(t, room, db, who, row.line, row.body); code != row.code || !strings.Contains(body, row.part) {
			t.Errorf("%s %s: %d %s, want %d %s", row.line, row.body, code, body, row.code, row.part)
		}
	}
	if !marked(english) || !marked(german) {
		t.Error("of that trade, and not marked")
	}
	// Rules of one's own name trades too; with them the starter's count all the same.
	if code, body := ask(t, room, db, admin, "PUT /lexicon/en/rules/own.inn", `{"family":"voice","find":["clients"],"why":"We say guests.","bad":["Hi clients!"],"trades":["inn"]}`); code != 200 {
		t.Fatal(code, body)
	}
	if code, body := ask(t, room, db, agent, "GET /lexicon/company", ""); code != 200 || !strings.Contains(body, `"hospitality","inn","shop"`) {
		t.Errorf("%d %s", code, body)
	}
	if !marked(english) {
		t.Error("with a rule of our own, and not marked")
	}
	if _, err := room.Ply(t.Context(), admin, ""); err != nil {
		t.Fatal(err)
	}
	if marked(english) || marked(german) {
		t.Error("of no trade any more, and marked")
	}
}

// The questions of a text are those it asks, not those it quotes.
func TestWhatATextAsks(t *testing.T) {
	got := Asks("Hello Ada,\n\nthank you. Could you send me a photo of it? And which colour is it?\n\n> Did you get it?\n\nKind regards")
	if want := []string{"Could you send me a photo of it?", "And which colour is it?"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
