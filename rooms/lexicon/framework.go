package lexicon

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/hearthdesk/hearth/base/fault"
)

//go:embed frameworks/*.yaml
var frameworkFiles embed.FS

// When says which tickets something is for. Of types, tags and words one that is met is enough; brands and channels narrow
// it, as they do a rule.
type When struct {
	Types    []string `yaml:"types" json:"types,omitempty" maxItems:"50" doc:"keys of ticket types"`
	Tags     []string `yaml:"tags" json:"tags,omitempty" maxItems:"50"`
	Words    []string `yaml:"words" json:"words,omitempty" maxItems:"50" doc:"patterns of what the customer writes; docs/lexicon.md has their grammar"`
	Brands   []string `yaml:"brands" json:"brands,omitempty" maxItems:"50" doc:"only there"`
	Channels []string `yaml:"channels" json:"channels,omitempty" maxItems:"50" doc:"only there"`
}

// Framework is a skeleton of a letter: what it says in which order, and never how. A paragraph without a prompt would be a
// canned text, so there is none.
type Framework struct {
	ID         string      `yaml:"id" json:"id" maxLength:"80"`
	Name       string      `yaml:"name" json:"name" maxLength:"80"`
	When       When        `yaml:"when" json:"when,omitzero"`
	Paragraphs []Paragraph `yaml:"paragraphs" json:"paragraphs" nullable:"false" maxItems:"20"`
}

// Paragraph is what a writer is asked to write, and the few words before and after it that are theirs to change.
type Paragraph struct {
	Open   string `yaml:"open" json:"open,omitempty" maxLength:"300" doc:"the words it opens with; a line break at their end puts the prompt on a line of its own"`
	Prompt string `yaml:"prompt" json:"prompt" maxLength:"200" doc:"what to write here, said to the writer"`
	End    string `yaml:"end" json:"end,omitempty" maxLength:"300"`
}

// Question is one we plan to ask of a kind of ticket, in good words.
type Question struct {
	ID    string `yaml:"id" json:"id" maxLength:"80"`
	Ask   string `yaml:"ask" json:"ask" maxLength:"500" doc:"its wording"`
	For   string `yaml:"for" json:"for,omitempty" maxLength:"200" doc:"what the answer is good for, said to the writer"`
	Until string `yaml:"until" json:"until,omitempty" enum:"apologised,accepted" doc:"where there is a complaint it is too early until then"`
	When  When   `yaml:"when" json:"when,omitzero"`
}

// A prompt stands in a draft between two signs that no keyboard has, so that it is never taken for writing, and writing
// never for it.
const (
	promptStart = "⟦"
	promptEnd   = "⟧"
	longPrompt  = 400 // bytes; what is longer is two signs that have nothing to do with one another
)

// unfilled are the prompts that nobody has written over, and halves of them.
func unfilled(l look) (all []span) {
	for at := 0; at < len(l.Text); {
		n := strings.IndexAny(l.Text[at:], promptStart+promptEnd)
		if n < 0 {
			break
		}
		s := span{start: at + n, end: at + n + len(promptStart)}
		if strings.HasPrefix(l.Text[s.start:], promptStart) {
			within := l.Text[s.end:min(len(l.Text), s.end+longPrompt)]
			if to := strings.IndexAny(within, promptStart+promptEnd+"\n"); to >= 0 && strings.HasPrefix(within[to:], promptEnd) {
				s.end += to + len(promptEnd)
			}
		}
		all, at = append(all, s), s.end
	}
	return all
}

// sound says in a sentence what a framework lacks.
func (f Framework) sound(sets map[string]string) error {
	switch {
	case strings.TrimSpace(f.Name) == "":
		return errors.New("a framework needs a name")
	case len(f.Paragraphs) == 0:
		return errors.New("a framework needs a paragraph")
	}
	for n, p := range f.Paragraphs {
		switch {
		case strings.TrimSpace(p.Prompt) == "":
			return fmt.Errorf("paragraph %d asks for nothing; words that are the same in every answer are a canned text", n+1)
		case strings.ContainsAny(p.Open+p.Prompt+p.End, promptStart+promptEnd):
			return fmt.Errorf("paragraph %d has a sign that marks prompts", n+1)
		case strings.ContainsAny(p.Prompt+p.End+strings.TrimSuffix(p.Open, "\n"), "\n\r"):
			return fmt.Errorf("paragraph %d is more than one line", n+1)
		}
	}
	_, err := compileAll(f.When.Words, sets)
	return err
}

// sound says in a sentence what a planned question lacks.
func (q Question) sound(sets map[string]string) error {
	switch {
	case !strings.HasSuffix(strings.TrimSpace(q.Ask), "?") && !strings.Contains(q.Ask, "? "):
		return errors.New("a planned question asks something: it has a question mark")
	case strings.ContainsAny(q.Ask, promptStart+promptEnd):
		return errors.New("a planned question has a sign that marks prompts")
	case !slices.Contains([]string{"", "apologised", "accepted"}, q.Until):
		return fmt.Errorf("until is apologised or accepted, not %q", q.Until)
	case len(q.When.Types)+len(q.When.Tags)+len(q.When.Words) == 0:
		return errors.New("a planned question belongs to a type, a tag or words of the customer's")
	}
	_, err := compileAll(q.When.Words, sets)
	return err
}

// text is the framework as it stands in a draft.
func (f Framework) text() string {
	var b strings.Builder
	for n, p := range f.Paragraphs {
		if n > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(p.text())
	}
	return b.String()
}

func (p Paragraph) text() string {
	open, end := p.Open, p.End
	if open != "" && !strings.HasSuffix(open, "\n") && !strings.HasSuffix(open, " ") {
		open += " "
	}
	if r, _ := utf8.DecodeRuneInString(end); end != "" && wordRune(r) {
		end = " " + end
	}
	return open + promptStart + p.Prompt + promptEnd + end
}

// mostHeard is how many patterns of one thing count: what says more of the same is not more for this ticket.
const mostHeard = 3

// fit is how well something fits a ticket: 0 not at all, below 0 where it may not be. A type that is set says most, then tags,
// then each pattern that the customer's words have.
func (w When) fit(d Draft, words []*pattern, theirs []passage) int {
	among := func(some []string, one string) bool { return len(some) == 0 || slices.Contains(some, one) }
	if !among(w.Brands, d.Brand) || !among(w.Channels, cmp.Or(d.Channel, "email")) {
		return -1
	}
	points := 0
	if d.Type != "" && slices.Contains(w.Types, d.Type) {
		points += 4
	}
	for _, t := range d.Tags {
		if slices.ContainsFunc(w.Tags, func(tag string) bool { return strings.EqualFold(tag, t) }) {
			points += 3
			break
		}
	}
	heard := 0
	for _, p := range words {
		if heard < mostHeard && slices.ContainsFunc(theirs, func(r passage) bool { return r.has(p) }) {
			heard++
		}
	}
	return points + 2*heard
}

// passage is one message, taken apart.
type passage struct {
	tokens    []token
	sentences []sentence
}

func (r passage) has(p *pattern) bool {
	var m matcher
	for _, s := range r.sentences {
		for at := s.first; at < s.end; at++ {
			if end, ok := p.match(r.tokens, s, at, &m); ok && end > at {
				return true
			}
		}
	}
	return false
}

// Skeletons is a file of frameworks and planned questions.
type Skeletons struct {
	Frameworks []Framework `yaml:"frameworks"`
	Questions  []Question  `yaml:"questions"`
}

// ParseSkeletons reads a file of frameworks and planned questions, as strictly as one of rules.
func ParseSkeletons(b []byte) (s Skeletons, err error) {
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil {
		return s, fault.New(fault.Invalid, "lexicon.file", "This is no file of frameworks: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	return s, nil
}

// skeletons are the starter's frameworks and questions of each language. They are read once: they are part of the program.
var skeletons = sync.OnceValues(func() (map[string]Skeletons, error) {
	all := map[string]Skeletons{}
	for _, language := range Languages {
		b, err := frameworkFiles.ReadFile("frameworks/" + language + ".yaml")
		if err != nil {
			return nil, err
		}
		if all[language], err = ParseSkeletons(b); err != nil {
			return nil, fmt.Errorf("frameworks/%s.yaml: %w", language, err)
		}
	}
	return all, nil
})

// starterSets are the sets that patterns of a language may name.
func starterSets(language string) (map[string]string, error) {
	f, err := Starter(language)
	return f.Sets, err
}
