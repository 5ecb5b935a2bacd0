package lexicon

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestHeat (L10): how high feelings run, by what the customer wrote last.
func TestHeat(t *testing.T) {
	books := map[string]*Book{}
	for _, l := range Languages {
		books[l] = starter(t, l)
	}
	b, err := os.ReadFile(filepath.Join("testdata", "heat.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	n, right := 0, 0
	for line := range strings.Lines(string(b)) {
		part := strings.Split(strings.TrimSpace(line), "\t")
		if len(part) != 3 {
			continue
		}
		n++
		want, err := strconv.Atoi(part[1])
		if err != nil {
			t.Fatal(err)
		}
		got := books[part[0]].Look(Draft{Talk: []Side{{part[2], true}}}).Heat
		if got == want {
			right++
		} else {
			t.Logf("%d, want %d: %s", got, want, part[2])
		}
		if got-want > 1 || want-got > 1 {
			t.Errorf("%d, want %d: %s", got, want, part[2])
		}
	}
	t.Logf("%d of %d levels of heat are right", right, n)
	if right*100 < 90*n {
		t.Error("too many levels of heat are wrong")
	}
	// It cools down with the next word, and what we write has none.
	for _, row := range []struct {
		talk []Side
		want int
	}{
		{nil, 0},
		{[]Side{{"This is outrageous!", true}, {"I'm so sorry. A new one is on its way.", false}, {"Thank you, that helps.", true}}, 0},
		{[]Side{{"This is outrageous!", true}, {"I am sorry that you had to write in anger.", false}}, 2},
		{[]Side{{"I'm disappointed.", true}, {"And nobody has called me.", true}}, 2},
		{[]Side{{"Hello.", true}, {"That is outrageous of us, I am furious with myself.", false}}, 0},
	} {
		if got := books["en"].Look(Draft{Talk: row.talk}).Heat; got != row.want {
			t.Errorf("%v: heat %d, want %d", row.talk, got, row.want)
		}
	}
}

// TestAnswering (L4, L5): what a draft owes to what the customer wrote.
func TestAnswering(t *testing.T) {
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, berlin(t))
	their := func(texts ...string) (all []Side) {
		for _, text := range texts {
			all = append(all, Side{text, true})
		}
		return all
	}
	const lamp = "The lamp I ordered has a crack in its glass shade. When will I get a new shade? And can I keep the bulb?"
	const lampe = "Die Lampe hat einen Sprung im Glasschirm. Wann bekomme ich einen neuen Schirm? Und darf ich die Birne behalten?"
	for name, row := range map[string]struct {
		language, text string
		talk           []Side
		card           []string
		want           string // rules, and what they quote
	}{
		"both questions answered": {"en", "I'm sorry that the glass shade of your lamp came with a crack. A new one leaves today and is with you on Friday, and of course you keep the bulb.", their(lamp), nil, ""},
		"one is forgotten":        {"en", "I'm sorry that the glass shade of your lamp came with a crack. I have asked our workshop to make another, and you need not do anything; of course the bulb is yours.", their(lamp), nil, `en.open.questions "When will I get a new shade?"`},
		"both are forgotten":      {"en", "I'm sorry that it reached you in such a state. Our workshop has made a note of it, and we packed the glass badly that week.", their(lamp), nil, `en.open.questions "When will I get a new shade?" "And can I keep the bulb?"`},
		"an answer is promised":   {"en", "I'm sorry that the glass shade came with a crack. I'm asking our workshop about it, and I'll get back to you by noon.", their(lamp), nil, ""},
		"it was answered before":  {"en", "One more thing about your lamp: the old shade can simply go into the bin for glass, nobody needs it back from you here.", append(their(lamp), Side{"A new shade is with you on Friday, and the bulb is yours to keep.", false}), nil, ""},
		"it has only begun":       {"en", "I'm sorry about the crack", their(lamp), nil, ""},
		"both German ones":        {"de", "Es tut mir leid, dass der Schirm Ihrer Lampe gesprungen ist. Der neue ist am Freitag bei Ihnen, und die Birne behalten Sie natürlich.", their(lampe), nil, ""},
		"one German one":          {"de", "Es tut mir leid, dass der Schirm Ihrer Lampe gesprungen ist. Unsere Werkstatt macht Ihnen einen anderen, und die Glühbirne gehört selbstverständlich Ihnen.", their(lampe), nil, `de.open.questions "Wann bekomme ich einen neuen Schirm?"`},
		"how much, with a price":  {"en", "The repair of your watch comes to 34 euros, with the new strap in it, and takes a week.", their("How much does it cost to repair my watch?"), nil, ""},
		"how much, without":       {"en", "We repair every watch here in our own workshop, with care and with parts that our watchmaker chooses.", their("How much does it cost to repair my watch?"), nil, `en.open.questions "How much does it cost to repair my watch?"`},

		"asks for the number they gave":   {"en", "Thank you for writing about your lamp. Could you send me your order number?", their("My order number is 48213, and the lamp is broken."), nil, `en.told.already "order number is 48213"`},
		"asks for a number nobody knows":  {"en", "Thank you for writing about your lamp. Could you send me your order number?", their("My lamp is broken."), nil, ""},
		"asks for a phone on the card":    {"en", "Thank you for writing about your lamp. Which number can I call?", their("My lamp is broken."), []string{"email", "phone"}, `en.told.already`},
		"asks for the phone they wrote":   {"de", "Vielen Dank für Ihre Nachricht zur Lampe. Unter welcher Nummer erreiche ich Sie?", their("Meine Lampe ist kaputt, rufen Sie mich an: 030 1234567."), nil, `de.told.already "030 1234567"`},
		"asks for the address they wrote": {"de", "Danke für das Bild der Lampe. Wie lautet Ihre Adresse?", their("Die Lampe ist kaputt. Ich wohne im Mühlweg 4, 12345 Musterstadt."), nil, `de.told.already "Mühlweg 4"`},
		"asks for the address in English": {"en", "Thank you for the picture of your lamp. What is your address?", their("The lamp broke. I live at 4 Mill Lane, Exampleton."), nil, `en.told.already "4 Mill Lane"`},
		"asks for the date they wrote":    {"en", "Thank you for writing about your lamp. When did you buy it?", their("I bought the lamp on 3 November and it broke."), nil, `en.told.already "on 3 November"`},
		"asks for a mail that is known":   {"de", "Danke für Ihren Anruf wegen der Lampe. Wie lautet Ihre E-Mail-Adresse?", their("Die Lampe ist kaputt."), []string{"email"}, `de.told.already`},
		"says it, and does not ask":       {"en", "I found your order number 48213, and your lamp is on its way to you.", their("My order number is 48213, and the lamp is broken."), nil, ""},

		"our number instead of their words": {"en", "Your ticket #1234 has been received and is now being handled. We thank you for your patience and wish you well.", their("The lamp has a crack in its glass shade."), nil, `en.own.number`},
		"our number beside their words":     {"en", "Your ticket #1234 about the cracked shade of your lamp is with me now, and I see to it today.", their("The lamp has a crack in its glass shade."), nil, ""},
		"our number in German":              {"de", "Ihr Vorgang 1234 ist bei uns eingegangen und in Arbeit. Wir danken Ihnen und wünschen Ihnen alles Gute.", their("Die Lampe hat einen Sprung im Glasschirm."), nil, `de.own.number`},
		"nothing echoed":                    {"en", "Thank you for your message. I am looking at it today with all the care that it deserves, and I am truly grateful that you took the time to let us know about it all.", their("The lamp has a crack in its glass shade and wobbles badly."), nil, `en.own.echo`},
		"nothing echoed, in German":         {"de", "Vielen Dank für Ihre Nachricht. Ich sehe sie mir heute mit der Sorgfalt an, die sie verdient, und bin Ihnen wirklich dankbar, dass Sie sich die Zeit genommen haben, uns davon zu erzählen.", their("Die Lampe hat einen Sprung im Glasschirm und wackelt."), nil, `de.own.echo`},
		"an echo in a compound":             {"de", "Vielen Dank für Ihre Nachricht. Den Lampenschirm sehe ich mir heute mit der Sorgfalt an, die er verdient, und bin Ihnen wirklich dankbar, dass Sie sich die Zeit genommen haben, uns zu schreiben.", their("Der Schirm hat einen Sprung und wackelt gewaltig."), nil, ""},

		"cheer after a death":      {"en", "Great news! The contract of your mother is closed.", their("My mother passed away in May, please close her contract."), nil, `en.cheer.sorrow "passed away"`},
		"a smile after a death":    {"en", "The contract of your mother is closed 😀", their("My mother passed away in May, please close her contract."), nil, `en.cheer.sorrow "passed away"`},
		"concern after a death":    {"en", "I am so sorry that your mother died. Her contract is closed, and nothing is left for you to do.", their("My mother passed away in May, please close her contract."), nil, ""},
		"cheer without sorrow":     {"en", "Great news! Your lamp is here.", their("Is my lamp here?"), nil, ""},
		"cheer in German sorrow":   {"de", "Tolle Nachrichten! Der Vertrag Ihrer Mutter ist beendet.", their("Meine Mutter ist im Mai verstorben, bitte beenden Sie ihren Vertrag."), nil, `de.cheer.sorrow "Mutter ist im Mai verstorben"`},
		"concern in German sorrow": {"de", "Mein herzliches Beileid zum Tod Ihrer Mutter. Ihr Vertrag ist beendet.", their("Meine Mutter ist im Mai verstorben, bitte beenden Sie ihren Vertrag."), nil, ""},
		"no ticket, no talk":       {"en", "Great news! Your ticket #1234 has been received, and everything else will be as good as new before you know it, we are quite sure of that here.", nil, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := books(t)[row.language]
			var got []string
			for _, f := range b.Check(Draft{Text: row.text, Language: row.language, Channel: "chat", Talk: row.talk, Card: row.card, Now: now}) {
				if !slices.Contains([]string{"open", "told", "words", "cheer"}, f.Family) {
					continue
				}
				s := f.Rule
				for _, q := range f.Quotes {
					s += ` "` + q + `"`
				}
				got = append(got, s)
			}
			if strings.Join(got, "; ") != row.want {
				t.Errorf("got %s\nwant %s", strings.Join(got, "; "), row.want)
			}
		})
	}
}

var madeReady map[string]*Book

// books are the starters, made ready once.
func books(t *testing.T) map[string]*Book {
	t.Helper()
	if madeReady == nil {
		madeReady = map[string]*Book{}
		for _, l := range Languages {
			madeReady[l] = starter(t, l)
		}
	}
	return madeReady
}

// TestManyQuestions: our words are read once, however many questions wait, and not all of these are told.
func TestManyQuestions(t *testing.T) {
	tokens, sentences := read(strings.Repeat("The workshop looked at everything with care, and somebody packs the parcel. ", 500))
	bytes := func(questions int) (spent uint64, quotes []string) {
		l := look{Draft: Draft{Text: strings.Repeat("The workshop looked at everything with care, and somebody packs the parcel. ", 500), Language: "en"}, tokens: tokens, sentences: sentences}
		l.heard.latest = []string{strings.Repeat("When does my zebra arrive? Why is the workshop late? ", questions/2)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		found := unanswered(l)
		runtime.ReadMemStats(&after)
		if len(found) != 1 {
			t.Fatal(found)
		}
		return after.TotalAlloc - before.TotalAlloc, found[0].quotes
	}
	few, _ := bytes(2)
	many, quotes := bytes(200)
	if len(quotes) != mostOpen {
		t.Errorf("%d questions are told", len(quotes))
	}
	if many > 2*few {
		t.Errorf("200 questions cost %d bytes, 2 cost %d", many, few)
	}
}
