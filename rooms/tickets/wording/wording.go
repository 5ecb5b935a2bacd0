// Package wording holds an answer against the lexicon before it leaves, and keeps with it what was found.
//
// The lexicon marks words while somebody writes; here it is asked once more, for everybody who answers, whatever program they
// write with. What it finds stays with the message: by the id of the rule, never by its words. Only what the company has made
// a rule of severity stop is refused, and even that leaves when whoever answers gives a reason.
package wording

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/rooms/lexicon"
)

// Finding is what a rule found in words that left. Start and End count UTF-16 units of the message's text, as browsers do;
// both are 0 for what is missing, and for what only the HTML says.
type Finding struct {
	Rule      string           `json:"rule" db:"rule"`
	Severity  lexicon.Severity `json:"severity" db:"severity" enum:"note,warn,stop"`
	Start     int              `json:"start" db:"start_at" doc:"in the message's text, in UTF-16 units"`
	End       int              `json:"end" db:"end_at"`
	Overruled bool             `json:"overruled,omitempty" db:"overruled" doc:"it would have stopped the answer, which left with a reason"`
}

// Override says who let an answer leave that a rule would have stopped, and why.
type Override struct {
	By     string `json:"by" db:"author" doc:"such as staff:stf_…"`
	Reason string `json:"reason" db:"reason"`
}

// Sheet is an answer made ready to be weighed: what can be done before, or instead of, a transaction that writes.
type Sheet struct {
	version    int64
	text, html string
	draft      lexicon.Draft
	book       *lexicon.Book
}

// Lay makes an answer ready, for a ticket that stands at a version and is described by d. In a language without a lexicon
// nothing is found but prompts that wait for words.
func Lay(tx *store.Tx, room *lexicon.Room, version int64, d lexicon.Draft, words, html string) (s Sheet, err error) {
	s = Sheet{version: version, text: words, html: html, draft: d}
	s.draft.Text, s.draft.Now = words, tx.Now()
	if s.draft.Language = lexicon.LanguageOf(words, ""); s.draft.Language == "" { // it does not tell: what they wrote does, or their card
		var theirs []string
		for _, said := range d.Talk {
			if said.Theirs {
				theirs = append(theirs, said.Text)
			}
		}
		s.draft.Language = lexicon.LanguageOf(words, lexicon.LanguageOf(strings.Join(theirs, "\n\n"), d.Language))
	}
	if s.draft.Language == "" {
		s.book, err = lexicon.Prompts()
	} else {
		s.book, err = room.Book(tx, s.draft.Language)
	}
	return s, err
}

// Weighed is what was found in an answer as its ticket stood at a version.
type Weighed struct {
	done       bool
	closing    bool
	version    int64
	text, html string
	found      []found
}

type found struct {
	lexicon.Finding
	phrase string
}

// Weigh holds the answer against the lexicon; it asks no database.
func (s Sheet) Weigh() Weighed {
	w := Weighed{done: true, closing: s.draft.Closing, version: s.version, text: s.text, html: s.html}
	if s.book == nil {
		return w
	}
	w.found = find(s.book, s.draft)
	if s.html == "" {
		return w
	}
	shown := s.draft
	shown.Text = text.FromHTML(s.html)
	if strings.Join(strings.Fields(shown.Text), " ") == strings.Join(strings.Fields(s.text), " ") {
		return w
	}
	for _, f := range find(s.book, shown) { // the customer reads the HTML, whatever the text beside it says
		if !slices.ContainsFunc(w.found, func(g found) bool { return f.Rule == g.Rule }) {
			f.Start, f.End = 0, 0
			w.found = append(w.found, f)
		}
	}
	return w
}

func find(book *lexicon.Book, d lexicon.Draft) (all []found) {
	units := utf16.Encode([]rune(d.Text))
	for _, f := range book.Check(d) {
		one := found{Finding: f}
		if f.End <= len(units) {
			one.phrase = string(utf16.Decode(units[f.Start:f.End]))
		}
		all = append(all, one)
	}
	return all
}

// Holds says whether this is what would be found in an answer now.
func (w Weighed) Holds(version int64, words, html string, closing bool) bool {
	return w.done && w.closing == closing && w.version == version && w.text == words && w.html == html
}

// Stops are the rules that stop the answer.
func (w Weighed) Stops() (rules []string) {
	for _, f := range w.found {
		if f.Severity == lexicon.Stop && !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	return rules
}

// Pass lets an answer leave, with what is to be kept of it, or refuses it with the words that stop it and better ones. A
// reason overrules the rules that it was given for, or all when none are named.
func (w Weighed) Pass(reason string, against []string) (all []Finding, err error) {
	var stops []found
	for _, f := range w.found {
		one := Finding{f.Rule, f.Severity, f.Start, f.End, f.Severity == lexicon.Stop}
		if one.Overruled && (reason == "" || against != nil && !slices.Contains(against, f.Rule)) && !slices.ContainsFunc(stops, func(g found) bool { return g.Rule == f.Rule }) {
			stops = append(stops, f)
		}
		if len(all) < mostKept || one.Overruled && !slices.Contains(Overruled(all), f.Rule) {
			all = append(all, one)
		}
	}
	if len(stops) > 0 {
		return nil, stops[0].refusal(len(stops) - 1)
	}
	return all, nil
}

const (
	longPhrase = 120 // characters
	mostKept   = 100 // findings of one message; a book pasted into an answer may have thousands
)

// refusal names what stops an answer, and how much more does: a reason is given for all of it.
func (f found) refusal(more int) error {
	const code = "answer.stop"
	say := "Part of this answer is not said to customers"
	if phrase := text.Snippet(f.phrase, longPhrase); phrase != "" {
		say = "“" + phrase + "” is not said to customers"
	}
	better := ""
	if len(f.Better) > 0 {
		better = text.Snippet(f.Better[0], longPhrase)
	}
	others := ""
	if more > 0 {
		others = fmt.Sprintf(" %d more like it.", more)
	}
	if better == "" {
		return fault.Field("text", code, "%s: write it otherwise, or give a reason to send it all the same.%s", say, others)
	}
	return fault.Field("text", code, "%s: write “%s” instead, or give a reason to send it all the same.%s", say, better, others)
}

// Overruled are the rules among findings that an answer left against.
func Overruled(all []Finding) (rules []string) {
	for _, f := range all {
		if f.Overruled && !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	return rules
}
