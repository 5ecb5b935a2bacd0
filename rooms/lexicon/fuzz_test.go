package lexicon

import (
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// FuzzCheck: whatever is written, each mark lies in the text, in order, and none over another.
func FuzzCheck(f *testing.F) {
	books := []*Book{starter(f, "en"), starter(f, "de")}
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, berlin(f))
	for _, seed := range []string{
		"It's our policy that returns take 14 days.", "Dear customer,\n\nwe regret any inconvenience. {{name}}", "> quoted\nDid you plug it in?",
		"👍 It’s our policy\r\n\r\nsorry if anyone was offended…", "z.B. am 3. Mai um 15.30 Uhr", "[NAME] <<x>> ____ XXX", "\xff\xfe policy", "Ich rufe Sie morgen an, und „wir schicken“ es bis Freitag", "👍 I'll call you\r\nby Friday, we'll send it tomorrow", "Wann kommt es? Why? ?", "my order number is 48213, what is your order number", strings.Repeat("you must ", 300),
	} {
		f.Add(seed, "Ada Sandling")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		units := len(utf16.Encode([]rune(text)))
		last, over := 0, false
		checked := books[len(text)%2].Look(Draft{Text: text, Name: name, Language: Languages[len(text)%2], Now: now, Talk: []Side{{name, true}, {text, true}}, Card: []string{"phone"}})
		for _, p := range checked.Promises {
			if p.Start < 0 || p.End <= p.Start || p.End > units || p.Text == "" || p.Due.IsZero() && p.DateOnly || p.DateOnly != (p.Day != "") {
				t.Fatalf("%q: %+v of %d", text, p, units)
			}
		}
		for _, found := range checked.Findings {
			if found.End == 0 && found.Start == 0 {
				over = true
				continue
			}
			if over || found.Start < last || found.End <= found.Start || found.End > units {
				t.Fatalf("%q: mark %d to %d of %d after %d", text, found.Start, found.End, units, last)
			}
			last = found.End
		}
	})
}

// FuzzPattern: whatever a rule says, it is refused or made ready, and a text is checked with it.
func FuzzPattern(f *testing.F) {
	for _, seed := range []string{"(it's|it is) [just] our polic*", "<we> ... can't", "^ folks $", "a|b", "((((", "..", "# days ?", "[a", "x*", "*nummer fehlt", "*x", "*abc*", "....", "<", "|", "polic* ? $ ? $", strings.Repeat("[a|b] ", 60) + "folks", strings.Repeat("[", 15) + "folks" + strings.Repeat("]", 15)} {
		f.Add(seed, "It is just our policy, and we really can't. Folks?")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p, err := compile(pattern, map[string]string{"we": "we|i|our <team>", "team": "team"})
		if err != nil || p.judge() != nil {
			return
		}
		b := &Book{byWord: map[string]opening{}, byPrefix: map[string][]int{}, bySuffix: map[string][]int{}, lines: []line{{}}}
		b.index(entry{p, 0})
		b.lengths, b.endings = lengths(b.byPrefix), lengths(b.bySuffix)
		tokens, sentences := b.scan(text, func(h hit) {
			if h.end <= h.start || h.end > len(text) {
				t.Fatalf("%q in %q: %v", pattern, text, h)
			}
		})
		var m matcher // the index leaves no match out
		for _, s := range sentences {
			for at := s.first; at < s.end; at++ {
				if end, ok := p.match(tokens, s, at, &m); ok && end > at {
					seen := false
					b.begin(tokens[at].word, after(tokens, at, s), func(entry) { seen = true })
					if !seen {
						t.Fatalf("%q matches %q at %q, and the index does not say so", pattern, text, tokens[at].word)
					}
				}
			}
		}
	})
}
