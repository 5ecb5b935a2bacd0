package demo

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/rooms/hours"
)

// told is one conversation as it would be, word by word.
type told struct {
	scene    *scene
	subject  string
	customer []string
	ours     []string
	notes    []string
}

// tell plays a scene to its end without a house.
func tell(t *testing.T, s *scene, seed uint64) (d told) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 9))
	var c *customer
	for c == nil || c.lang != s.lang {
		c = meet(r, 1)[0]
	}
	week := [7][]hours.Span{}
	for day := range week {
		week[day] = []hours.Span{{From: 540, To: 1080}}
	}
	open, err := hours.Calendar{Name: "x", Zone: "Europe/Berlin", Week: week}.Timetable()
	if err != nil {
		t.Fatal(err)
	}
	st := &story{n: 1, scene: s, by: c, start: time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC), rng: r}
	st.unfold(&company{staff: roster(), open: open}, time.UTC, 20417)
	d = told{scene: s, subject: st.tell.say(one(r, s.subjects))}
	st.tell.facts["subject"] = d.subject
	first := true
	for _, b := range st.beats() {
		switch b.do {
		case hear:
			d.customer = append(d.customer, st.tell.letter(s, c, b.words, first))
			first = false
		case answer:
			d.ours = append(d.ours, st.tell.reply(s, c, st.agent[s.team].first, b.words))
		case note, pass:
			d.notes = append(d.notes, st.tell.say(b.words))
		case fields:
			st.values(b.arg, true)
			st.values(b.arg, false)
		}
		for _, f := range b.files {
			if a := attach(r, f, s.lang, st.tell.facts); len(a.data) == 0 || a.name == "" {
				t.Errorf("%s: the file %s is empty", s.name, f)
			}
		}
		st.tell.at = st.tell.at.Add(20 * time.Hour)
	}
	if len(st.tell.open) > 0 {
		t.Errorf("%s: nothing to put for %q", s.name, st.tell.open)
	}
	return d
}

var (
	leftover = regexp.MustCompile(`[\[\]{}|]|%!|<nil>|  | [,.;!?]|\.\.|,,|\bein(?:e|en|em)? eine?[nmr]?\b`)
	article  = regexp.MustCompile(`\ba [AEIOaeio][a-z]|\b[Aa]n [^AEIOaeiouhH ]`)
	english  = regexp.MustCompile(`(?i)\b(the|and|with|your|please|thank|is|you)\b`)
	german   = regexp.MustCompile(`(?i)\b(und|nicht|bitte|ist|der|die|das|mit|für)\b|ß`)
)

func TestEveryTextIsWhole(t *testing.T) {
	all, err := readScenes()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		s := &all[i]
		t.Run(s.lang+" "+s.name, func(t *testing.T) {
			for seed := range uint64(40) {
				d := tell(t, s, seed)
				texts := append(append(append([]string{d.subject}, d.customer...), d.ours...), d.notes...)
				for _, text := range texts {
					sound(t, s.lang, text)
				}
			}
		})
	}
}

// sound checks what a reader would stumble over.
func sound(t *testing.T, lang, text string) {
	t.Helper()
	if m := leftover.FindString(strings.ReplaceAll(text, "\n-- \n", "\n")); m != "" {
		t.Errorf("%q in %q", m, text)
	}
	first, _ := utf8.DecodeRuneInString(text)
	if !unicode.IsUpper(first) && !unicode.IsDigit(first) && !strings.ContainsRune("(€„@", first) {
		t.Errorf("a small beginning: %q", text)
	}
	words := strings.NewReplacer("Hobbin & Wick", "", "Tern & Tide", "").Replace(text)
	if lang == "de" && len(text) > 60 && english.MatchString(words) {
		t.Errorf("English in German (%q): %q", english.FindString(words), text)
	}
	if lang == "en" && german.MatchString(words) {
		t.Errorf("German in English (%q): %q", german.FindString(words), text)
	}
	if m := article.FindString(words); lang == "en" && m != "" {
		t.Errorf("%q in %q", m, text)
	}
	greeting, rest, ok := strings.Cut(text, ",\n\n")
	if lang == "de" && ok && !strings.Contains(greeting, "\n") {
		if c, _ := utf8.DecodeRuneInString(rest); unicode.IsUpper(c) && !strings.HasPrefix(rest, "Sie ") && !strings.HasPrefix(rest, "Ihr") {
			t.Errorf("a capital letter behind the comma of the greeting: %q", text)
		}
	}
}

// An inbox is no inbox when everybody has the same trouble.
func TestThereAreManyStories(t *testing.T) {
	all, err := readScenes()
	if err != nil {
		t.Fatal(err)
	}
	count, names := map[string]int{}, map[string]bool{}
	for _, s := range all {
		count[s.lang]++
		if names[s.name] {
			t.Errorf("two scenes are called %s", s.name)
		}
		names[s.name] = true
		if len(s.subjects) == 0 || len(s.beats) == 0 || s.beats[0].do != hear || s.weight == 0 {
			t.Errorf("%s has no subject or no beginning", s.name)
		}
	}
	if count["en"] < 60 || count["de"] < 35 {
		t.Errorf("only %v scenes", count)
	}
	subjects := map[string]bool{}
	end := time.Date(2026, 5, 20, 14, 0, 0, 0, time.UTC)
	stories, _ := plan(Options{Tickets: 2000, Seed: 1}, all, end)
	for _, st := range stories[1900:1950] {
		d := tell(t, st.scene, uint64(st.n))
		subjects[d.subject] = true
	}
	if len(subjects) < 42 {
		t.Errorf("50 tickets have only %d subjects", len(subjects))
	}
}

func TestTheMonthIsPlanned(t *testing.T) {
	all, err := readScenes()
	if err != nil {
		t.Fatal(err)
	}
	end := time.Date(2026, 5, 20, 14, 0, 0, 0, time.UTC)
	stories, customers := plan(Options{Tickets: 2000, Seed: 1}, all, end)
	if len(stories) != 2000 || len(customers) != 400 {
		t.Fatal(len(stories), len(customers))
	}
	addresses, wrote, germans := map[string]bool{}, map[*customer]bool{}, 0
	for _, c := range customers {
		addresses[c.email] = true
	}
	for i, st := range stories {
		wrote[st.by] = true
		if st.scene.lang == "de" {
			germans++
		}
		if i > 0 && st.start.Before(stories[i-1].start) || st.start.Before(end.Add(-month-time.Hour)) || st.start.After(end) {
			t.Errorf("the story of %s is out of time", st.start)
		}
	}
	if len(addresses) != 400 || len(wrote) != 400 {
		t.Errorf("%d addresses, %d who wrote", len(addresses), len(wrote))
	}
	if germans < 500 || germans > 700 {
		t.Errorf("%d of 2,000 tickets are in German", germans)
	}
}

func TestBrokenScenesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"a line before the first scene": "hello",
		"a head without a weight":       "=== x | desk order any calm",
		"a weight that is no number":    "=== x | desk order any calm | many",
		"an unknown word":               "=== x | desk order any calm loud | 1",
		"too few words":                 "=== x | desk | 1",
		"words that belong to nothing":  "=== x | desk order any calm | 1\nhello",
		"an option without an end":      "=== x | desk order any calm | 1\n<(2d hello",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseScenes("en", text); err == nil {
				t.Error("taken")
			}
		})
	}
}

func Example_gaps() {
	t := &teller{rng: rand.New(rand.NewPCG(1, 1)), lang: "en", zone: time.UTC, at: time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC), facts: map[string]string{"thing": "stool"}, days: map[string]time.Time{}}
	fmt.Println(t.say("{Thing} on {in 1 visit}, that is {visit.day}."))
	t.lang = "de"
	fmt.Println(t.say("am {visit}"))
	// Output:
	// Stool on Monday 4 May, that is Monday.
	// am Montag, den 4. Mai
}
