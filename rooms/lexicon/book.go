package lexicon

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hearthdesk/hearth/base/fault"
)

//go:embed rules/*/*.yaml
var starters embed.FS

// File is a file of rules: its sets, and its rules.
type File struct {
	Sets  map[string]string `yaml:"sets"`
	Rules []Rule            `yaml:"rules"`
}

// readStarter reads the starter lexicon of a language, "en" or "de"; any other language has none.
func readStarter(language string) (File, error) {
	var all File
	all.Sets = map[string]string{}
	names, err := fs.Glob(starters, path.Join("rules", language, "*.yaml"))
	if err != nil {
		return all, err
	}
	for _, name := range names {
		b, err := starters.ReadFile(name)
		if err != nil {
			return all, err
		}
		f, err := Parse(b)
		if err != nil {
			return all, fmt.Errorf("%s: %w", name, err)
		}
		maps.Copy(all.Sets, f.Sets)
		all.Rules = append(all.Rules, f.Rules...)
	}
	return all, nil
}

// Parse reads a file of rules; it is strict, because a misspelt key would be a rule that says nothing.
func Parse(b []byte) (f File, err error) {
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return f, fault.New(fault.Invalid, "lexicon.file", "This is no file of rules: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	return f, nil
}

// line is a rule made ready.
type line struct {
	Rule
	with, unless []*pattern
}

// entry is one pattern of a rule.
type entry struct {
	*pattern
	line int
}

// Book is rules made ready to check with. It is safe for use by many at once.
type Book struct {
	lines    []line
	entries  []entry
	byWord   map[string]opening // by the word they begin with
	byPrefix map[string][]int
	bySuffix map[string][]int
	byNumber []int
	numbers  map[string]int32 // of the words that patterns name
	made     []int            // rules that are made in Go
	lengths  []int            // of the prefixes
	endings  []int            // lengths of the suffixes
	memory   memory
	trade    string // of the company, where a draft names none
}

// opening is the entries that begin with a word: most need a certain one after it, which spares trying them all.
type opening struct {
	then  map[string][]int
	loose []int
}

// maxRules is how many rules a book holds.
const maxRules = 5000

// NewBook makes rules ready. It is Invalid, with one sentence for each rule at fault, when a pattern makes no sense or
// would match everything, or an example proves a rule wrong.
func NewBook(f File) (*Book, error) {
	b, flawed, err := build(f, 0)
	if err == nil {
		err = flawed.fault()
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// flaw is what is wrong with a rule.
type flaw struct {
	rule string
	code string
	err  error
}

type flaws []flaw

// fault is one sentence for each flaw of the first kind there is; nil when there is none.
func (all flaws) fault() error {
	var errs []error
	for _, f := range all {
		if f.code == all[0].code {
			errs = append(errs, f.err)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, all[0].code, "%s", errors.Join(errs...).Error())
}

// rules are the ids of the rules at fault, each once, in order.
func (all flaws) rules() (ids []string) {
	for _, f := range all {
		ids = append(ids, f.rule)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// build makes rules ready, and says which are not sound. Whether one is has nothing to do with the others, so that a book
// without those is sound. The examples of the first proven rules have been tried before, and are not tried again.
func build(f File, proven int) (*Book, flaws, error) {
	if len(f.Rules) > maxRules {
		return nil, nil, fault.New(fault.Invalid, "lexicon.many", "A lexicon holds at most %d rules.", maxRules)
	}
	b := &Book{byWord: map[string]opening{}, byPrefix: map[string][]int{}, bySuffix: map[string][]int{}, numbers: map[string]int32{}}
	var flawed flaws
	seen := map[string]bool{}
	from := 0
	for i, r := range f.Rules {
		if i == proven {
			from = len(b.lines)
		}
		if err := b.add(r, f.Sets); err != nil {
			flawed = append(flawed, flaw{r.ID, "lexicon.rule", fmt.Errorf("%s: %w", r.ID, err)})
		} else if seen[r.ID] {
			flawed = append(flawed, flaw{r.ID, "lexicon.rule", fmt.Errorf("%s: there are two rules of this name", r.ID)})
		}
		seen[r.ID] = true
	}
	b.lengths, b.endings = lengths(b.byPrefix), lengths(b.bySuffix)
	if proven >= len(f.Rules) {
		from = len(b.lines)
	}
	return b, append(flawed, b.prove(from)...), nil
}

// lengths are those of the keys, the shortest first.
func lengths(m map[string][]int) (all []int) {
	for key := range m {
		if !slices.Contains(all, len(key)) {
			all = append(all, len(key))
		}
	}
	slices.Sort(all)
	return all
}

// sound says in a sentence what a rule lacks, pattern and example aside.
func (r Rule) sound() error {
	switch {
	case r.ID == "" || r.Family == "":
		return errors.New("a rule needs an id and a family")
	case r.Made != "" && made[r.Made] == nil:
		return fmt.Errorf("nothing is made under the name of %q", r.Made)
	case (len(r.Find) == 0) == (r.Made == ""):
		return errors.New("a rule needs something to find")
	case r.Is == "" && r.Why == "":
		return errors.New("a rule needs a reason: why should this not be said?")
	case len(r.Bad) == 0 && r.Made == "":
		return errors.New("a rule needs an example that it finds")
	case !slices.Contains([]string{"", "apologised", "accepted"}, r.Until):
		return fmt.Errorf("until is apologised or accepted, not %q", r.Until)
	case !slices.Contains([]Severity{"", Note, Warn, Stop}, r.Severity):
		return fmt.Errorf("a severity is note, warn or stop, not %q", r.Severity)
	}
	return nil
}

// add enters a rule; one that is not sound leaves nothing behind.
func (b *Book) add(r Rule, sets map[string]string) error {
	if err := r.sound(); err != nil {
		return err
	}
	r.Severity = cmp.Or(r.Severity, Warn)
	l := line{Rule: r}
	found, err1 := compileAll(r.Find, sets)
	with, err2 := compileAll(r.With, sets)
	unless, err3 := compileAll(r.Unless, sets)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	l.with, l.unless = with, unless
	for i, p := range found {
		if err := p.judge(); err != nil {
			return fmt.Errorf("%q: %w", r.Find[i], err)
		}
	}
	for _, p := range slices.Concat(found, with, unless) {
		b.hint(p)
	}
	for _, p := range found {
		b.index(entry{p, len(b.lines)})
	}
	if r.Made != "" {
		b.made = append(b.made, len(b.lines))
	}
	b.lines = append(b.lines, l)
	return nil
}

func compileAll(sources []string, sets map[string]string) (all []*pattern, err error) {
	for _, s := range sources {
		p, err := compile(s, sets)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func (b *Book) index(e entry) {
	n := len(b.entries)
	b.entries = append(b.entries, e)
	for _, f := range e.firsts() {
		switch f.take {
		case 'w':
			b.opens(f.word, n)
		case 'p':
			b.byPrefix[f.word] = append(b.byPrefix[f.word], n)
		case 's':
			b.bySuffix[f.word] = append(b.bySuffix[f.word], n)
		case '#':
			b.byNumber = append(b.byNumber, n)
		}
	}
}

func (b *Book) opens(word string, n int) {
	o := b.byWord[word]
	if slices.Contains(o.loose, n) {
		return
	}
	words, loose := b.entries[n].seconds(word)
	if loose {
		o.loose = append(o.loose, n)
	}
	if o.then == nil {
		o.then = map[string][]int{}
	}
	for _, w := range words {
		if !slices.Contains(o.then[w], n) {
			o.then[w] = append(o.then[w], n)
		}
	}
	b.byWord[word] = o
}

// prove tries the examples of every rule from one on.
func (b *Book) prove(from int) (flawed flaws) {
	for i := from; i < len(b.lines); i++ {
		l := &b.lines[i]
		for _, s := range l.Bad {
			if !b.marks(s, i) {
				flawed = append(flawed, flaw{l.ID, "lexicon.example", fmt.Errorf("%s should find %q, and does not", l.ID, s)})
			}
		}
		for _, s := range l.Good {
			if b.marks(s, i) {
				flawed = append(flawed, flaw{l.ID, "lexicon.example", fmt.Errorf("%s should not find %q, and does", l.ID, s)})
			}
		}
	}
	return flawed
}

func (b *Book) marks(text string, rule int) (found bool) {
	b.scan(text, func(h hit) { found = found || h.line == rule })
	return found
}
