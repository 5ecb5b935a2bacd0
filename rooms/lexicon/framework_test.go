package lexicon

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

// TestStarterFrameworks: each proves itself, has no word that the lexicon marks, and stands in both languages.
func TestStarterFrameworks(t *testing.T) {
	all, err := skeletons()
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string][]string{}
	for _, language := range Languages {
		b := starter(t, language)
		sets, err := starterSets(language)
		if err != nil {
			t.Fatal(err)
		}
		s := all[language]
		if len(s.Frameworks) < 10 || len(s.Questions) < 10 {
			t.Errorf("%s has %d frameworks and %d questions, at least 10 of each are wanted", language, len(s.Frameworks), len(s.Questions))
		}
		for _, f := range s.Frameworks {
			ids[language] = append(ids[language], strings.TrimPrefix(f.ID, language))
			if err := fitting(language, aFramework, f); err != nil {
				t.Errorf("%s: %v", f.ID, err)
			}
			for _, x := range b.Check(Draft{Text: masked(f.text()), Language: language, Channel: "letter"}) {
				t.Errorf("%s: %+v\n%s", f.ID, x, f.text())
			}
			if left := b.Check(Draft{Text: f.text()}); len(left) != len(f.Paragraphs) || slices.ContainsFunc(left, func(x Finding) bool { return x.Severity != Stop }) {
				t.Errorf("%s: of %d prompts these are marked: %+v", f.ID, len(f.Paragraphs), left)
			}
		}
		for _, q := range s.Questions {
			ids[language] = append(ids[language], strings.TrimPrefix(q.ID, language))
			if err := fitting(language, aQuestion, q); err != nil {
				t.Errorf("%s: %v", q.ID, err)
			}
			for _, x := range b.Check(Draft{Text: q.Ask, Language: language, Channel: "chat", Said: Accepted}) {
				t.Errorf("%s: %+v", q.ID, x)
			}
			if _, err := compileAll(q.When.Words, sets); err != nil {
				t.Errorf("%s: %v", q.ID, err)
			}
		}
	}
	if !slices.Equal(ids["en"], ids["de"]) {
		t.Errorf("not the same in both languages:\n%v\n%v", ids["en"], ids["de"])
	}
}

// TestAPromptIsSeen: one that is left, and what is left of one.
func TestAPromptIsSeen(t *testing.T) {
	long := "⟦" + strings.Repeat("x", longPrompt) + "⟧"
	for text, want := range map[string][]string{
		"Dear ⟦their name⟧, thank you.":        {"⟦their name⟧"},
		"⟦a⟧⟦b⟧":                               {"⟦a⟧", "⟦b⟧"},
		"⟦their name, Tom":                     {"⟦"},
		"Tom⟧, hello":                          {"⟧"},
		"⟦one\ntwo⟧":                           {"⟦", "⟧"},
		"⟦one ⟦two⟧":                           {"⟦", "⟦two⟧"},
		long:                                   {"⟦", "⟧"},
		"It costs [no more] than {that} «one»": nil,
		"":                                     nil,
	} {
		var got []string
		for _, s := range unfilled(look{Draft: Draft{Text: text}}) {
			got = append(got, text[s.start:s.end])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestAPromptIsSeenInEveryLanguage: also where there is no lexicon, and where hardly anything is written.
func TestAPromptIsSeenInEveryLanguage(t *testing.T) {
	room, _ := openRoom(t)
	for _, text := range []string{"Bonjour ⟦leur nom⟧, la table est arrivée hier, merci beaucoup.", "Dear ⟦their name⟧,", "Guten Tag ⟦Name⟧, die Lampe ist da und wir danken Ihnen.", "⟦"} {
		c, err := room.Check(t.Context(), agent, Ask{Text: text})
		if err != nil || len(c.Findings) != 1 || c.Findings[0].Severity != Stop || c.Findings[0].Family != "leftover" {
			t.Errorf("%q: %+v, %v", text, c.Findings, err)
		}
	}
}

const (
	ourFramework = `{"name":"A swap","when":{"types":["swap"],"words":["(swap|exchange)"]},"paragraphs":[{"open":"Dear","prompt":"their name","end":","},{"prompt":"what they want instead"},{"open":"Kind regards,\n","prompt":"your name"}]}`
	ourQuestion  = `{"ask":"Which colour would you like instead?","for":"To send the right one.","until":"apologised","when":{"tags":["swap"]}}`
)

func TestTheDoorToTheShelf(t *testing.T) {
	room, db := openRoom(t)
	for _, row := range []struct {
		who        web.Who
		line, body string
		code       int
		part       string
		kinds      string
	}{
		{agent, "GET /lexicon/en/frameworks", "", 200, `"id":"en.child"`, ""},
		{agent, "GET /lexicon/fr/frameworks", "", 404, "no lexicon in", ""},
		{agent, "PUT /lexicon/en/frameworks/own.swap", ourFramework, 403, "", ""},
		{admin, "PUT /lexicon/en/frameworks/own.swap", ourFramework, 200, `"own":true`, "lexicon.framework_changed"},
		{agent, "GET /lexicon/en/frameworks", "", 200, `"items":[{"id":"own.swap","name":"A swap"`, ""},
		{agent, "GET /lexicon/de/frameworks", "", 200, `"items":[{"id":"de.child"`, ""},
		{admin, "PUT /lexicon/en/frameworks/Own", ourFramework, 422, "made of small letters", ""},
		{admin, "PUT /lexicon/fr/frameworks/own.swap", ourFramework, 404, "no lexicon in", ""},
		{admin, "PUT /lexicon/en/frameworks/own.none", `{"name":" ","paragraphs":[{"prompt":"x"}]}`, 422, "A framework needs a name.", ""},
		{admin, "PUT /lexicon/en/frameworks/own.none", `{"name":"x","paragraphs":[]}`, 422, "A framework needs a paragraph.", ""},
		{admin, "PUT /lexicon/en/frameworks/own.none", `{"name":"x","paragraphs":[{"prompt":"their name"},{"open":"We take care of it.","prompt":""}]}`, 422, "Paragraph 2 asks for nothing; words that are the same in every answer are a canned text.", ""},
		{admin, "PUT /lexicon/en/frameworks/own.none", `{"name":"x","paragraphs":[{"prompt":"their ⟦name⟧"}]}`, 422, "has a sign that marks prompts", ""},
		{admin, "PUT /lexicon/en/frameworks/own.none", `{"name":"x","paragraphs":[{"prompt":"one\ntwo"}]}`, 422, "more than one line", ""},
		{admin, "PUT /lexicon/en/frameworks/own.none", `{"name":"x","when":{"words":["(open"]},"paragraphs":[{"prompt":"one"}]}`, 422, "is not closed", ""},
		{admin, "PUT /lexicon/en/frameworks/own.policy", `{"name":"x","paragraphs":[{"open":"It's our policy that","prompt":"one"}]}`, 200, `"findings":[{"start":0,"end":15,"rule":"en.policy`, "lexicon.framework_changed"},
		{admin, "DELETE /lexicon/en/frameworks/own.policy", "", 200, `"ok":true`, "lexicon.framework_removed"},
		{admin, "DELETE /lexicon/en/frameworks/own.policy", "", 404, "no framework own.policy of your own", ""},
		{admin, "PUT /lexicon/en/frameworks/en.child", `{"name":"From a child","paragraphs":[{"prompt":"one"}],"off":true}`, 200, `"own":true,"off":true,"starter":true`, "lexicon.framework_changed"},
		{agent, "GET /lexicon/en/frameworks", "", 200, `"name":"From a child"`, ""},
		{admin, "DELETE /lexicon/en/frameworks/en.child", "", 200, `"ok":true`, "lexicon.framework_removed"},
		{agent, "GET /lexicon/en/frameworks", "", 200, `"name":"A letter from a child"`, ""},
		{agent, "POST /lexicon/en/frameworks", strings.Replace(ourFramework, "{", `{"text":"Can I exchange it?",`, 1), 200, `"fits":true,"findings":[],"text":"Dear ⟦their name⟧,\n\n⟦what they want instead⟧\n\nKind regards,\n⟦your name⟧"`, ""},
		{agent, "POST /lexicon/en/frameworks", strings.Replace(ourFramework, "{", `{"text":"Where is it?",`, 1), 200, `"fits":false`, ""},
		{agent, "POST /lexicon/en/frameworks", strings.Replace(ourFramework, "{", `{"type":"swap",`, 1), 200, `"fits":true`, ""},

		{agent, "GET /lexicon/en/questions", "", 200, `"id":"en.ask.wish"`, ""},
		{agent, "PUT /lexicon/en/questions/own.colour", ourQuestion, 403, "", ""},
		{admin, "PUT /lexicon/en/questions/own.colour", ourQuestion, 200, `"own":true`, "lexicon.question_changed"},
		{agent, "GET /lexicon/en/questions", "", 200, `"items":[{"id":"own.colour"`, ""},
		{admin, "PUT /lexicon/en/questions/own.plug", `{"ask":"Did you plug it in?","when":{"tags":["lamp"]}}`, 422, "This tests people", ""},
		{admin, "PUT /lexicon/en/questions/own.none", `{"ask":"Say which colour.","when":{"tags":["swap"]}}`, 422, "it has a question mark", ""},
		{admin, "PUT /lexicon/en/questions/own.none", `{"ask":"Which colour?"}`, 422, "belongs to a type, a tag or words", ""},
		{admin, "DELETE /lexicon/en/questions/own.colour", "", 200, `"ok":true`, "lexicon.question_removed"},
		{admin, "DELETE /lexicon/en/questions/own.colour", "", 404, "no question own.colour of your own", ""},

		{agent, "GET /lexicon/offer", "", 422, "Say for which ticket.", ""},
		{agent, "GET /lexicon/offer?ticket=angry", "", 200, `"language":"en"`, ""},
		{agent, "GET /lexicon/offer?ticket=angry&language=de", "", 200, `"language":"de"`, ""},
		{agent, "GET /lexicon/offer?ticket=nothing&locale=de-AT", "", 200, `"language":"de"`, ""},
		{agent, "GET /lexicon/offer?ticket=nothing&locale=fr", "", 200, `"language":"en"`, ""},
		{agent, "GET /lexicon/offer?ticket=angry&language=fr", "", 404, "no lexicon in", ""},

		{agent, "POST /lexicon/machine", `{"text":"Hello {name},\n\nit's our policy to answer on {by}.","locale":"en"}`, 200, `"start":15,"end":30,"rule":"en.policy`, ""},
		{agent, "POST /lexicon/machine", `{"text":"⟦words⟧"}`, 200, `"severity":"stop"`, ""},
		{agent, "POST /lexicon/machine", `{"text":""}`, 200, `"findings":[]`, ""},
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

// letters are tickets, and the framework that should come first for each.
var letters = map[string]struct {
	draft Draft
	first string
}{
	"a child":         {Draft{Talk: []Side{{"Hello, my name is Tim and I am six years old. I lost my little pirate from the shop. My mum helped me write this.", true}}}, "en.child"},
	"lost":            {Draft{Talk: []Side{{"I think I left my scarf in your shop; I can't find it anywhere.", true}}}, "en.lost"},
	"late":            {Draft{Type: "delivery", Talk: []Side{{"Where is my wardrobe? It was promised for Tuesday.", true}}}, "en.late"},
	"damaged":         {Draft{Talk: []Side{{"The shelf arrived with a cracked board.", true}}}, "en.damaged"},
	"a bill":          {Draft{Talk: []Side{{"You charged me twice on the last invoice.", true}}}, "en.bill"},
	"a person":        {Draft{Talk: []Side{{"Your driver was rude to my mother.", true}}}, "en.person"},
	"praise":          {Draft{Tags: []string{"Praise"}, Talk: []Side{{"I just wanted to say that the table is wonderful.", true}}}, "en.praise"},
	"condolence":      {Draft{Talk: []Side{{"My husband passed away in May. Please cancel his order.", true}}}, "en.condolence"},
	"an exception":    {Draft{Talk: []Side{{"Could you make an exception for the delivery charge?", true}}}, "en.no"},
	"a question":      {Draft{Type: "question", Talk: []Side{{"How do I oil the table?", true}}}, "en.question"},
	"ein Kind":        {Draft{Talk: []Side{{"Hallo, ich bin Tim und ich bin sechs Jahre alt. Ich habe meinen Ritter verloren. Meine Mama hilft mir beim Schreiben.", true}}}, "de.child"},
	"zu spät":         {Draft{Talk: []Side{{"Wir warten seit drei Wochen auf den Schrank. Wo bleibt unsere Lieferung?", true}}}, "de.late"},
	"eine Rechnung":   {Draft{Talk: []Side{{"Auf der Rechnung steht der Stuhl zweimal, und Sie haben ihn doppelt abgebucht.", true}}}, "de.bill"},
	"ein Todesfall":   {Draft{Talk: []Side{{"Mein Mann ist im Mai verstorben. Bitte stornieren Sie die Bestellung von ihm.", true}}}, "de.condolence"},
	"kaputt":          {Draft{Talk: []Side{{"Die Lampe ist kaputt und der Schirm zerbrochen, das ist sehr ärgerlich für uns.", true}}}, "de.damaged"},
	"ein Fahrer":      {Draft{Talk: []Side{{"Ihr Fahrer war sehr unfreundlich zu meiner Mutter und hat uns nicht geholfen.", true}}}, "de.person"},
	"der Typ zählt":   {Draft{Type: "praise", Talk: []Side{{"Das ist eine Nachricht an euch und für die Leute in der Werkstatt.", true}}}, "de.praise"},
	"nobody said yet": {Draft{Type: "invoice"}, "en.bill"},
}

func TestWhatFitsComesFirst(t *testing.T) {
	db := storetest.Open(t, web.Tables, Tables)
	room := New(db, func(_ context.Context, _ web.Who, ticket string) (Draft, error) { return letters[ticket].draft, nil })
	for name, want := range letters {
		o, err := room.Offer(t.Context(), agent, Wish{Ticket: name, Locale: "en"})
		if err != nil {
			t.Fatal(err)
		}
		if first := o.Frameworks[0]; first.ID != want.first || !first.Fits {
			t.Errorf("%s: %s comes first (fits: %v), want %s", name, first.ID, first.Fits, want.first)
		}
		if len(o.Frameworks) < 10 || o.Frameworks[len(o.Frameworks)-1].Fits {
			t.Errorf("%s: %d frameworks, all of them fit", name, len(o.Frameworks))
		}
	}
}

// TestNotElsewhere: what is for another brand or channel is not offered, nor what is switched off.
func TestNotElsewhere(t *testing.T) {
	db := storetest.Open(t, web.Tables, Tables)
	room := New(db, func(_ context.Context, _ web.Who, ticket string) (Draft, error) {
		return Draft{Channel: ticket, Talk: []Side{{"Where is my letter? I am waiting.", true}}}, nil
	})
	set := func(f Framework, off bool) {
		if _, err := room.SetFramework(t.Context(), admin, "en", f, off); err != nil {
			t.Fatal(err)
		}
	}
	set(Framework{ID: "own.chat", Name: "Chat", When: When{Channels: []string{"chat"}, Words: []string{"letter"}}, Paragraphs: []Paragraph{{Prompt: "one"}}}, false)
	set(Framework{ID: "own.brand", Name: "Brand", When: When{Brands: []string{"north"}, Words: []string{"letter"}}, Paragraphs: []Paragraph{{Prompt: "one"}}}, false)
	set(Framework{ID: "en.late", Name: "Late", Paragraphs: []Paragraph{{Prompt: "one"}}}, true)
	for channel, want := range map[string]bool{"chat": true, "": false} {
		if channel == "" {
			channel = "email"
		}
		o, err := room.Offer(t.Context(), agent, Wish{Ticket: channel})
		if err != nil {
			t.Fatal(err)
		}
		has := func(id string) bool {
			return slices.ContainsFunc(o.Frameworks, func(f OfferedFramework) bool { return f.ID == id })
		}
		if has("own.chat") != want || has("own.brand") || has("en.late") {
			t.Errorf("%s: chat %v, brand %v, late %v", channel, has("own.chat"), has("own.brand"), has("en.late"))
		}
	}
}

// TestPlannedQuestionsWait (L2): where there is a complaint, a planned question comes after an apology that was taken.
func TestPlannedQuestionsWait(t *testing.T) {
	db := storetest.Open(t, web.Tables, Tables)
	type scene struct {
		draft        Draft
		label, since string // how early these two are
	}
	broken := Side{"My lamp is broken, and I would like to know what you can do about it.", true}
	sorry := Side{"I'm sorry that your lamp arrived broken.", false}
	scenes := map[string]scene{
		"calm":       {Draft{Type: "repair", Talk: []Side{broken}}, "", ""},
		"angry":      {Draft{Type: "repair", Talk: []Side{{"This is outrageous, my lamp is broken for the third time!", true}}}, "apologised", "accepted"},
		"captured":   {Draft{Type: "repair", Complaint: true, Talk: []Side{broken}}, "apologised", "accepted"},
		"apologised": {Draft{Type: "repair", Complaint: true, Talk: []Side{broken, sorry}}, "", "accepted"},
		"accepted":   {Draft{Type: "repair", Complaint: true, Talk: []Side{broken, sorry, {"No problem, these things happen.", true}}}, "", ""},
	}
	room := New(db, func(_ context.Context, _ web.Who, ticket string) (Draft, error) { return scenes[ticket].draft, nil })
	for name, s := range scenes {
		o, err := room.Offer(t.Context(), agent, Wish{Ticket: name, Locale: "en"})
		if err != nil {
			t.Fatal(err)
		}
		early := map[string]string{}
		for n, q := range o.Questions {
			early[q.ID] = q.Early
			if n > 0 && q.Early == "" && o.Questions[n-1].Early != "" {
				t.Errorf("%s: %s can be asked and stands behind one that can't", name, q.ID)
			}
		}
		if _, there := early["en.ask.since"]; !there {
			t.Fatalf("%s: %+v", name, o.Questions)
		}
		if early["en.ask.label"] != s.label || early["en.ask.since"] != s.since || early["en.ask.day"] != "" {
			t.Errorf("%s: %v", name, early)
		}
		if _, there := early["en.ask.line"]; there {
			t.Errorf("%s: a question about bills is planned for it", name)
		}
	}
}

// TestAMachinesWordsAreApproved (L6): what must not be said refuses the text with a sentence; the rest is told.
func TestAMachinesWordsAreApproved(t *testing.T) {
	room, db := openRoom(t)
	if _, err := room.Set(t.Context(), admin, "en", Rule{ID: "own.noreply", Family: "ours", Find: []string{"do not reply"}, Severity: Stop, Why: "Every mail of ours may be answered.", Better: []string{"just answer this mail"}, Bad: []string{"Please do not reply."}}, false); err != nil {
		t.Fatal(err)
	}
	const good = "Hello {name},\n\nthank you for writing to us. Your message arrived and a person will read it. You will hear from us by {by}.\n\nKind regards,\nExample"
	for name, row := range map[string]struct {
		text   string
		letter bool
		found  int
		say    string
	}{
		"as it should be":      {good, true, 0, ""},
		"without a goodbye":    {strings.TrimSuffix(good, "Kind regards,\nExample"), true, 1, ""},
		"a line needs none":    {"Your message arrived and a person will read it. You will hear from us by {by} at the latest, and sooner if we can. Thank you.", false, 0, ""},
		"what must not be":     {good + "\n👍 Please do not reply to this mail.", true, 1, "“do not reply” can't stand here. Every mail of ours may be answered. Say instead: just answer this mail"},
		"a prompt":             {"⟦what we do⟧", false, 1, "“⟦what we do⟧” can't stand here. A prompt still waits"},
		"in no language of us": {"La table est arrivée hier, merci beaucoup.", true, 0, ""},
	} {
		if err := db.Read(t.Context(), func(tx *store.Tx) error {
			found, err := room.ApproveText(tx, MachineText{Field: "text", Text: row.text, Locale: "en", Letter: row.letter})
			f := fault.Of(err)
			if len(found) != row.found || (f == nil) != (row.say == "") || f != nil && (!strings.HasPrefix(f.Say, row.say) || f.Fields["text"] != f.Say || f.Code != "lexicon.stop") {
				t.Errorf("%s: %+v, %v", name, found, err)
			}
			if f == nil {
				return err
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAFrameworkThatIsNoLongerSound is not offered, and listed as that; the others are.
func TestAFrameworkThatIsNoLongerSound(t *testing.T) {
	room, db := openRoom(t)
	f := Framework{ID: "own.was", Name: "Was", When: When{Words: []string{"<gone>"}}, Paragraphs: []Paragraph{{Prompt: "one"}}}
	if err := db.Write(t.Context(), admin.Actor, func(tx *store.Tx) error {
		if err := tx.Do(`INSERT INTO lexicon_shelf (language, kind, id, body, off, version) VALUES ('en', 'framework', 'own.was', $1, $2, 1)`, store.JSON(f), false); err != nil {
			return err
		}
		return tx.Record(ruleID(f.ID), FrameworkChanged{"en", f.ID, false})
	}); err != nil {
		t.Fatal(err)
	}
	if code, body := ask(t, room, db, agent, "GET /lexicon/en/frameworks", ""); code != 200 || !strings.Contains(body, `"own":true,"unsound":true`) {
		t.Errorf("%d %s", code, body)
	}
	o, err := room.Offer(t.Context(), agent, Wish{Ticket: "angry"})
	if err != nil || len(o.Frameworks) < 10 || slices.ContainsFunc(o.Frameworks, func(x OfferedFramework) bool { return x.ID == f.ID }) {
		t.Errorf("%+v, %v", o.Frameworks, err)
	}
}

func TestTheShelfTwiceAtOnce(t *testing.T) {
	f := Framework{ID: "own.there", Name: "There", Paragraphs: []Paragraph{{Prompt: "one"}}}
	q := Question{ID: "own.there", Ask: "Which one?", When: When{Tags: []string{"x"}}}
	for name, verb := range map[string]func(*Room) error{
		"SetFramework": func(room *Room) error {
			_, err := room.SetFramework(context.Background(), admin, "en", Framework{ID: "own.new", Name: "New", Paragraphs: []Paragraph{{Prompt: "one"}}}, false)
			return err
		},
		"RemoveFramework": func(room *Room) error { return room.RemoveFramework(context.Background(), admin, "en", f.ID) },
		"SetQuestion": func(room *Room) error {
			_, err := room.SetQuestion(context.Background(), admin, "en", Question{ID: "own.new", Ask: "Which one?", When: When{Tags: []string{"x"}}}, false)
			return err
		},
		"RemoveQuestion": func(room *Room) error { return room.RemoveQuestion(context.Background(), admin, "en", q.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				room, db := openRoom(t)
				if _, err := room.SetFramework(t.Context(), admin, "en", f, false); err != nil {
					t.Fatal(err)
				}
				if _, err := room.SetQuestion(t.Context(), admin, "en", q, false); err != nil {
					t.Fatal(err)
				}
				return db, func() error { return verb(room) }
			})
		})
	}
}
