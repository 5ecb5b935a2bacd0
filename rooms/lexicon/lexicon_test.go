package lexicon

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestStartersAreSound: every rule proves itself, and there are enough of them.
func TestStartersAreSound(t *testing.T) {
	for _, language := range Languages {
		if b := starter(t, language); len(b.lines) < 200 {
			t.Errorf("%s has %d rules, at least 200 are wanted", language, len(b.lines))
		}
	}
}

// TestWhatAMailHas: what is missing is told once, at the end, and only where it belongs.
func TestWhatAMailHas(t *testing.T) {
	const body = "I have asked our workshop for a new top, and it leaves on Tuesday. You will have it on Thursday, between nine and noon. There is no cost to you."
	const whole = "Hello Ada,\n\nthank you for the photo. " + body + "\n\nKind regards,\nKarl"
	b := starter(t, "en")
	for _, row := range []struct {
		text, channel, want string
	}{
		{whole, "email", ""},
		{body, "email", "en.missing.greeting en.missing.goodbye"},
		{body, "chat", ""},
		{"It leaves on Tuesday.", "email", ""},
		{strings.Replace(whole, "Ada", "Mr Sandling", 1), "email", ""},
		{strings.Replace(whole, "Ada", "Mr Sanders", 1), "email", "en.name.other"},
		{strings.Replace(whole, "Hello Ada", "Hello everyone", 1), "email", ""},
		{strings.Replace(whole, "Ada", "{{first_name}}", 1), "email", "en.leftover.mark"},
		{strings.Replace(whole, "Tuesday", "[DATE]", 1), "email", "en.leftover.mark"},
		{strings.Replace(whole, "There is no cost to you.", "Is it oak? Is it dark? Is it round? Is it new?", 1), "email", "en.clear.questions"},
	} {
		var found []string
		for _, f := range b.Check(Draft{Text: row.text, Channel: row.channel, Name: "Ada Sandling"}) {
			found = append(found, f.Rule)
		}
		if got := strings.Join(found, " "); got != row.want {
			t.Errorf("%s: %q, want %q\n%s", row.channel, got, row.want, row.text)
		}
	}
}

func TestSentences(t *testing.T) {
	for text, want := range map[string]int{
		"Dr. Sandling came on 3. Mai. Was it good?":                            2,
		"We send e.g. oak, etc. by mail.":                                      1,
		"Hello Ada,\nthank you.":                                               2,
		"One line that a mail program broke somewhere in its\nmiddle, and on.": 1,
		"> You must pay\nNo.":                                                  1,
		"It costs 3.50 euro. Fine!":                                            2,
		"":                                                                     0,
	} {
		if _, sentences := read(text); len(sentences) != want {
			t.Errorf("%q has %d sentences, want %d", text, len(sentences), want)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	for _, row := range []struct{ text, otherwise, want string }{
		{"Thank you for the photo of your table.", "de", "en"},
		{"Vielen Dank für das Foto und die Rechnung.", "en", "de"},
		{"OK", "de-AT", "de"},
		{"OK", "fr", ""},
		{"La table est arrivée hier, merci beaucoup pour votre réponse si rapide et gentille.", "en", ""},
	} {
		if got := LanguageOf(row.text, row.otherwise); got != row.want {
			t.Errorf("%q: %q, want %q", row.text, got, row.want)
		}
	}
}

// TestFactsFirst (L7): where safety, health, law or a contract is at stake, what only softens is silent.
func TestFactsFirst(t *testing.T) {
	b := starter(t, "en")
	text := "You must stop using the heater."
	soft := b.Check(Draft{Text: text, Channel: "chat"})
	if len(soft) == 0 || len(b.Check(Draft{Text: text, Channel: "chat", Facts: true})) != 0 {
		t.Error("an order that keeps somebody safe is marked", soft)
	}
}

func TestOnlyThere(t *testing.T) {
	b, err := NewBook(File{Rules: []Rule{
		{ID: "a", Family: "voice", Find: []string{"folks"}, Why: "x", Bad: []string{"folks"}, Channels: []string{"chat"}},
		{ID: "b", Family: "voice", Find: []string{"guests"}, Why: "x", Bad: []string{"guests"}, Brands: []string{"north"}},
		{ID: "c", Family: "voice", Find: []string{"patients"}, Why: "x", Bad: []string{"patients"}, Trades: []string{"clinic"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		d    Draft
		want []string
	}{
		{Draft{}, nil},
		{Draft{Channel: "chat"}, []string{"a"}},
		{Draft{Brand: "north"}, []string{"b"}},
		{Draft{Trade: "clinic", Brand: "south"}, []string{"c"}},
	} {
		row.d.Text = "folks guests patients"
		var found []string
		for _, f := range b.Check(row.d) {
			found = append(found, f.Rule)
		}
		if !slices.Equal(found, row.want) {
			t.Errorf("%+v: %v, want %v", row.d, found, row.want)
		}
	}
}

// TestWithinAClause: a comma at the end of a pattern keeps it inside; a class stands for any word of its form; haste is understood.
func TestWithinAClause(t *testing.T) {
	b, err := NewBook(File{Rules: []Rule{{ID: "own.undone", Family: "blame", Find: []string{"you don't ... <participle> ,"}, Why: "It points.", Bad: []string{"you don't have it signed"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"You dont have the form signed.": 1, "You don't have to, it is signed.": 0, "You don't have a pen.": 0} {
		if got := len(marksIn(b, text)); got != want {
			t.Errorf("%q has %d marks, want %d", text, got, want)
		}
	}
	for find, texts := range map[string]map[string]int{"ihr hab* nicht": {"Ihr habt nicht.": 1, "Ihr hab nicht.": 1}, "das würd* wir": {"Das würdigen wir.": 1, "Das würd wir.": 1}, "don’t* you": {"Don't you?": 1}} {
		b, err := NewBook(File{Rules: []Rule{{ID: "own.part", Family: "blame", Find: []string{find}, Why: "It points.", Bad: slices.Collect(maps.Keys(texts))}}})
		if err != nil {
			t.Error(err)
			continue
		}
		for text, want := range texts {
			if got := len(marksIn(b, text)); got != want {
				t.Errorf("%q has %d marks by %q, want %d", text, got, find, want)
			}
		}
	}
	if _, err := compile("ur* order", nil); err == nil {
		t.Error("ur* stands for your*")
	}
	if _, err := NewBook(File{Rules: []Rule{{ID: "own.any", Family: "blame", Find: []string{"<participle> well"}, Why: "It points.", Bad: []string{"done well"}}}}); err == nil {
		t.Error("a pattern may begin with any verb")
	}
}
