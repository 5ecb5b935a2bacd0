package lexicon

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
)

// MachineText is what a machine will say again and again, unread. It is approved when it is saved, and held against the
// lexicon then; what is left to fill in is written {name}.
type MachineText struct {
	Field  string // of the settings it is saved with, for the fault
	Text   string
	Locale string // BCP 47; counts where the text does not tell
	Letter bool   // a letter of its own, with a greeting and a goodbye; else words on a page, or a line in a letter
}

// ApproveText is what the lexicon says of a text that is saved for a machine to send, for whoever saves it to see. The fault names
// what must not be said in it and what to say instead: then it is not to be saved. A text in a language without a lexicon has
// no findings. Rooms above call it in the verb that saves.
func (room *Room) ApproveText(tx *store.Tx, m MachineText) ([]Finding, error) {
	d := Draft{Text: filled(m.Text), Channel: "page"}
	if m.Letter {
		d.Channel = "letter"
	}
	d.Language = LanguageOf(d.Text, m.Locale)
	found, err := room.look(tx, d)
	if err != nil {
		return nil, err
	}
	return found, stopped(m.Field, m.Text, found)
}

// ReadMachine is ApproveText without a verdict, for a page on which somebody writes such a text.
func (room *Room) ReadMachine(ctx context.Context, m MachineText) (found []Finding, err error) {
	return found, room.db.Read(ctx, func(tx *store.Tx) error {
		if found, err = room.ApproveText(tx, m); fault.Of(err) != nil && len(found) > 0 {
			return nil
		}
		return err
	})
}

// look is Book.Check in the book of the draft's language. A prompt nobody filled in is one in every language.
func (room *Room) look(tx *store.Tx, d Draft) ([]Finding, error) {
	book, err := Prompts()
	if d.Language != "" {
		book, err = room.Book(tx, d.Language)
	}
	if err != nil {
		return nil, err
	}
	return book.Check(d), nil
}

// Prompts is a book that sees prompts which nobody filled in, and nothing else: for words in a language without a lexicon.
func Prompts() (*Book, error) { return onlyPrompts() }

var onlyPrompts = sync.OnceValues(func() (*Book, error) {
	f, err := Starter(Languages[0])
	if err != nil {
		return nil, err
	}
	f.Rules = slices.DeleteFunc(f.Rules, func(r Rule) bool { return r.Made != "prompt" })
	return NewBook(f)
})

var gaps = regexp.MustCompile(`\{[a-z_]+\}`)

// filled puts a made-up name into every gap of a text, of the same length, so that places stay what they are.
func filled(text string) string {
	return gaps.ReplaceAllStringFunc(text, func(gap string) string { return "N" + strings.Repeat("n", len(gap)-1) })
}

// stopped is the fault of a text with something in it that must not be said; nil when there is none.
func stopped(field, text string, found []Finding) error {
	units := utf16.Encode([]rune(text))
	for _, f := range found {
		if f.Severity != Stop {
			continue
		}
		if said := strings.Join(strings.Fields(string(utf16.Decode(units[min(f.Start, len(units)):min(f.End, len(units))]))), " "); said != "" {
			say := "“" + said + "” can't stand here. " + f.Why
			if len(f.Better) > 0 {
				say += " Say instead: " + f.Better[0]
			}
			return fault.Field(field, "lexicon.stop", "%s", say)
		}
		return fault.Field(field, "lexicon.stop", "%s", f.Why)
	}
	return nil
}

// wordsOf is what the lexicon says of the words a framework opens with, and of its name for what a writer will write.
func (room *Room) wordsOf(tx *store.Tx, language string, f Framework) ([]Finding, error) {
	return room.look(tx, Draft{Text: masked(f.text()), Language: language, Channel: "page"})
}

// masked puts a made-up name in place of every prompt, of the same length.
func masked(text string) string {
	var b strings.Builder
	within := false
	for _, r := range text {
		switch sign := string(r); {
		case sign == promptStart:
			within = true
			b.WriteByte('N')
		case sign == promptEnd:
			within = false
			b.WriteByte('n')
		case within:
			b.WriteString(strings.Repeat("n", utf16.RuneLen(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// wordsOfQuestion is what the lexicon says of a planned question, asked when its time has come.
func (room *Room) wordsOfQuestion(tx *store.Tx, language string, q Question) ([]Finding, error) {
	return room.look(tx, Draft{Text: q.Ask, Language: language, Channel: "page", Said: Accepted})
}

// upper is a sentence with a capital where it begins.
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
