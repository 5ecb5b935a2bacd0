package lexicon

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/rooms/lexicon/form"
)

// The one grammar of rules. A pattern is words in their order, in one sentence:
//
//	word          this word, in any case; ’ and ' are one
//	word*         a word that begins so
//	*word         a word that ends so, as German compounds do
//	#             a number, or a word with a digit in it
//	(a|b c)       one of these
//	[a|b c]       one of these, or nothing
//	..            up to three words of any kind; ... up to eight
//	<set>         one of the phrases of a set; <partizip> and <participle> any word that looks like one
//	^ at the start and $ at the end: the first, the last word of a sentence
//	, at the start: the first word of a sentence or after a comma
//	, at the end: no comma is between its words; elsewhere commas are not seen
//	? at the end: only in a question; alone, any question
//
// It is compiled to a small automaton whose states are walked side by side, so no pattern can explode: its cost is its
// size times the words of a sentence, and its size is bounded.
const (
	mostStates = 400
	fewGap     = 3
	wideGap    = 8
)

// step is one state of the automaton: it takes a word and goes on, or it forks.
type step struct {
	take  rune   // 'w' word, 'o' one of some, 'p' prefix, 's' suffix, '#' number, 'f' form, '.' any; 0 forks
	word  string // of 'w', 'p', 's' and 'f'
	some  map[string]bool
	ids   []int32 // the numbers of its words in a book, in order; nil without a book
	forks []int
	leads []int32 // where one stands after the word: states that take another, or the accepting one
}

// pattern is a compiled one. The state after the last accepts.
type pattern struct {
	steps  []step
	begins bool // ^
	clause bool // , first
	within bool // , last
	ends   bool // $
	asks   bool // ?

	starts []int32 // the states it begins in
	first  []int32 // the words it may begin with, by their numbers in the book; nil when it may begin with others too
	needs  []int32 // words one of which is in whatever it matches; nil when there are none
}

// compiler reads a pattern from its source.
type compiler struct {
	src   []string
	at    int
	steps []step
	sets  map[string]string
	depth int
}

// lex cuts a pattern into its signs and words.
func lex(src string) []string {
	var out []string
	for i := 0; i < len(src); {
		c := src[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n':
			i++
		case strings.ContainsRune("()[]|^$?#,", rune(c)):
			out = append(out, string(c))
			i++
		case strings.HasPrefix(src[i:], "..."):
			out, i = append(out, "..."), i+3
		case strings.HasPrefix(src[i:], ".."):
			out, i = append(out, ".."), i+2
		case c == '<':
			to := strings.IndexByte(src[i:], '>')
			if to < 0 {
				to = len(src) - i - 1
			}
			out, i = append(out, src[i:i+to+1]), i+to+1
		default:
			to := strings.IndexAny(src[i:], " \t\n()[]|^$?#,<")
			if to < 0 {
				to = len(src) - i
			}
			out, i = append(out, src[i:i+to]), i+to
		}
	}
	return out
}

// compile makes a pattern ready, or says in a sentence what is wrong with it.
func compile(src string, sets map[string]string) (*pattern, error) {
	p := &pattern{}
	if strings.TrimSpace(src) == "?" { // any question
		p.steps, p.asks = []step{{take: '.'}}, true
		p.link()
		return p, nil
	}
	c := &compiler{src: lex(src), sets: sets, steps: make([]step, 0, 24)}
	if len(c.src) > 0 && (c.src[0] == "^" || c.src[0] == ",") {
		p.begins, p.clause, c.at = c.src[0] == "^", c.src[0] == ",", 1
	}
	for len(c.src) > c.at {
		last := c.src[len(c.src)-1]
		if last != "$" && last != "?" && last != "," {
			break
		}
		p.ends, p.asks, p.within = p.ends || last == "$", p.asks || last == "?", p.within || last == ","
		c.src = c.src[:len(c.src)-1]
	}
	c.src = append(c.src[:c.at:c.at], slices.DeleteFunc(c.src[c.at:], func(s string) bool { return s == "," })...) // elsewhere one says nothing
	if err := c.either(""); err != nil {
		return nil, fmt.Errorf("%q: %w", src, err)
	}
	if c.at < len(c.src) {
		return nil, fmt.Errorf("%q: there is a %s that nothing opens", src, c.src[c.at])
	}
	p.steps = c.steps
	p.link()
	if words, _ := p.shortest(); words == 0 {
		return nil, fmt.Errorf("%q: it would match everything", src)
	}
	return p, nil
}

func (c *compiler) add(s step) (int, error) {
	if len(c.steps) >= mostStates {
		return 0, fmt.Errorf("it stands for too much; write it as several patterns")
	}
	c.steps = append(c.steps, s)
	return len(c.steps) - 1, nil
}

// either reads alternatives up to the sign that closes them; with an empty one when optional. Those that are one word and
// nothing else, which most are, share a state.
func (c *compiler) either(closing string) error {
	if c.depth++; c.depth > 20 {
		return fmt.Errorf("it is nested too deeply")
	}
	defer func() { c.depth-- }()
	fork, err := c.add(step{})
	if err != nil {
		return err
	}
	var ends []int
	end := func() error {
		e, err := c.add(step{})
		ends = append(ends, e)
		return err
	}
	words := map[string]bool{}
	for {
		if w := c.alone(closing); w != "" {
			words[w] = true
			c.at++
		} else {
			c.steps[fork].forks = append(c.steps[fork].forks, len(c.steps))
			if err := errors.Join(c.sequence(), end()); err != nil {
				return err
			}
		}
		if c.at >= len(c.src) || c.src[c.at] != "|" {
			break
		}
		c.at++
	}
	if len(words) > 0 {
		c.steps[fork].forks = append(c.steps[fork].forks, len(c.steps))
		if _, err := c.add(oneOf(words)); err != nil {
			return err
		}
		if err := end(); err != nil {
			return err
		}
	}
	if closing == "]" {
		c.steps[fork].forks = append(c.steps[fork].forks, len(c.steps))
	}
	for _, e := range ends {
		c.steps[e].forks = []int{len(c.steps)}
	}
	return nil
}

// alone is the next word when it is all of an alternative.
func (c *compiler) alone(closing string) string {
	if c.at >= len(c.src) || c.at+1 < len(c.src) && c.src[c.at+1] != "|" && c.src[c.at+1] != closing {
		return ""
	}
	tokens, _ := read(c.src[c.at])
	if len(tokens) != 1 || tokens[0].word != strings.ToLower(c.src[c.at]) {
		return ""
	}
	return tokens[0].word
}

// oneOf is a state that takes one of some words.
func oneOf(words map[string]bool) step {
	if len(words) == 1 {
		for w := range words {
			return step{take: 'w', word: w}
		}
	}
	return step{take: 'o', some: words}
}

func (c *compiler) sequence() error {
	for c.at < len(c.src) {
		s := c.src[c.at]
		switch s {
		case "|", ")", "]":
			return nil
		case "^", "$", "?":
			return fmt.Errorf("%s stands only at the outer end", s)
		}
		c.at++
		if err := c.item(s); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) item(s string) error {
	switch s {
	case "(", "[":
		closing := map[string]string{"(": ")", "[": "]"}[s]
		if err := c.either(closing); err != nil {
			return err
		}
		if c.at >= len(c.src) || c.src[c.at] != closing {
			return fmt.Errorf("a %s is not closed", s)
		}
		c.at++
		return nil
	case "..", "...":
		n := fewGap
		if s == "..." {
			n = wideGap
		}
		return c.gap(n)
	case "#":
		_, err := c.add(step{take: '#'})
		return err
	}
	if strings.HasPrefix(s, "<") {
		return c.set(s)
	}
	return c.words(s)
}

// gap is any words, at most n: each may be the last one.
func (c *compiler) gap(n int) error {
	var forks []int
	for range n {
		f, err := c.add(step{})
		if err != nil {
			return err
		}
		forks = append(forks, f)
		if _, err := c.add(step{take: '.'}); err != nil {
			return err
		}
	}
	for _, f := range forks {
		c.steps[f].forks = []int{f + 1, len(c.steps)}
	}
	return nil
}

func (c *compiler) set(s string) error {
	name := strings.Trim(s, "<>")
	body, ok := c.sets[name]
	if !ok && form.Classes[name] != nil {
		_, err := c.add(step{take: 'f', word: name})
		return err
	}
	if !ok {
		return fmt.Errorf("there is no set %s", s)
	}
	inner := &compiler{src: lex(body), steps: c.steps, sets: c.sets, depth: c.depth}
	if err := inner.either(""); err != nil {
		return err
	}
	if inner.at < len(inner.src) {
		return fmt.Errorf("the set %s has a %s that nothing opens", s, inner.src[inner.at])
	}
	c.steps = inner.steps
	return nil
}

// words are usually one; what the reader of texts sees as two, such as and/or, is two here.
func (c *compiler) words(s string) error {
	prefix, suffix := strings.HasSuffix(s, "*"), strings.HasPrefix(s, "*")
	src := strings.Trim(s, "*")
	tokens, _ := read(src)
	if len(tokens) == 0 {
		return fmt.Errorf("%q is no word", s)
	}
	for i, t := range tokens {
		take := 'w'
		switch {
		case prefix && i == len(tokens)-1:
			take = 'p'
		case suffix && i == 0:
			take = 's'
		}
		if take != 'w' {
			t.word = plain(src[t.start:t.end]) // part of a word is no word typed in haste
		}
		if take != 'w' && len([]rune(t.word)) < 3 || prefix && suffix {
			return fmt.Errorf("%q would stand for too many words", s)
		}
		if _, err := c.add(step{take: take, word: t.word}); err != nil {
			return err
		}
	}
	return nil
}

// link notes where each state leads, so that nobody who walks it has to go through forks.
func (p *pattern) link() {
	p.starts = narrow(p.open(0))
	for i := range p.steps {
		if p.steps[i].take != 0 {
			p.steps[i].leads = narrow(p.open(i + 1))
		}
	}
}

func narrow(all []int) []int32 {
	out := make([]int32, len(all))
	for i, n := range all {
		out[i] = int32(n) //nolint:gosec // at most mostStates
	}
	return out
}

// common words alone say nothing: a pattern of nothing else would mark every text.
var common = words("a an the and or but of to in on at for with is are was were be been it this that i you we they he she my your our their me us not no do did have has had can will would as if so by from " +
	"der die das den dem des ein eine einen einem einer und oder aber von zu in im am an auf für mit ist sind war waren sein es dies ich sie wir ihr du er mein ihre ihren ihrem unser nicht kein keine haben hat hatte kann wird werden würde als wenn so aus bei nach")

// judge refuses to look for what stands everywhere: on every way through it a pattern needs a word that is not a common one, or two
// words, or both ends of a sentence.
func (p *pattern) judge() error {
	if words, telling := p.shortest(); telling == 0 && words < 2 && (!p.begins || !p.ends) {
		return fmt.Errorf("it would match nearly everything")
	}
	for _, f := range p.firsts() {
		if f.take == '.' || f.take == 'f' {
			return fmt.Errorf("it must begin with a word, not with a gap")
		}
	}
	return nil
}

// shortest is how few words lead through the pattern, and how few of those that tell something.
func (p *pattern) shortest() (words, telling int) {
	least := func(cost func(step) int) int {
		const far = 1 << 20
		at := make([]int, len(p.steps)+1)
		for i := range p.steps { // forks only lead on, so from the end back each is known
			i = len(p.steps) - 1 - i
			s := p.steps[i]
			if s.take != 0 {
				at[i] = at[i+1] + cost(s)
				continue
			}
			at[i] = far
			for _, f := range s.forks {
				at[i] = min(at[i], at[f])
			}
		}
		return at[0]
	}
	words = least(func(step) int { return 1 })
	telling = least(func(s step) int {
		switch s.take {
		case 'w', 'p', 's':
			if common[s.word] {
				return 0
			}
			return 1
		case 'o':
			for w := range s.some {
				if common[w] {
					return 0
				}
			}
			return 1
		}
		return 0
	})
	return words, telling
}

// firsts are the words it may begin with.
func (p *pattern) firsts() (out []step) {
	for _, i := range p.open(0) {
		if i == len(p.steps) {
			continue
		}
		if p.steps[i].take != 'o' {
			out = append(out, p.steps[i])
		}
		for w := range p.steps[i].some {
			out = append(out, step{take: 'w', word: w})
		}
	}
	return out
}

// seconds are the words that may follow a first one, and whether that is not all: it may end there, or take many words.
func (p *pattern) seconds(first string) (words []string, loose bool) {
	for _, i := range p.open(0) {
		if i == len(p.steps) || !p.steps[i].exact() || !p.steps[i].takes(first) {
			continue
		}
		for _, j := range p.open(i + 1) {
			if j == len(p.steps) || !p.steps[j].exact() {
				return nil, true
			}
			if p.steps[j].take == 'w' {
				words = append(words, p.steps[j].word)
			}
			for w := range p.steps[j].some {
				words = append(words, w)
			}
		}
	}
	slices.Sort(words)
	return slices.Compact(words), false
}

// open are the states reached from i without a word: those that take one, and the accepting one.
func (p *pattern) open(from int) (found []int) {
	been := make([]bool, len(p.steps)+1) // of forks too: many ways lead through a row of optional words
	var visit func(int)
	visit = func(i int) {
		if been[i] {
			return
		}
		been[i] = true
		if i == len(p.steps) || p.steps[i].take != 0 {
			found = append(found, i)
			return
		}
		for _, f := range p.steps[i].forks {
			visit(f)
		}
	}
	visit(from)
	return found
}

// exact says whether it takes certain words alone.
func (s *step) exact() bool { return s.take == 'w' || s.take == 'o' }

// fits says whether it takes a word: by its number, where a book knows both.
func (s *step) fits(t *token) bool {
	if s.ids == nil || t.id == 0 {
		return s.takes(t.word)
	}
	if len(s.ids) == 1 {
		return s.ids[0] == t.id
	}
	_, found := slices.BinarySearch(s.ids, t.id)
	return found
}

func (s *step) takes(word string) bool {
	switch s.take {
	case 'w':
		return word == s.word
	case 'o':
		return s.some[word]
	case 'p':
		return strings.HasPrefix(word, s.word)
	case 's':
		return strings.HasSuffix(word, s.word)
	case '#':
		return strings.ContainsAny(word, "0123456789")
	case 'f':
		return form.Classes[s.word](word)
	}
	return true
}

// reaches says whether a match may go on with a word: one that stays in its clause does not go past a comma.
func (p *pattern) reaches(t *token, begun bool) bool { return !p.within || !begun || !t.comma }

// match is where the longest match ends that begins with the token at from, and whether there is one.
func (p *pattern) match(tokens []token, in sentence, from int, m *matcher) (end int, ok bool) {
	if p.asks && !in.question || from != in.first && (p.begins || p.clause && !tokens[from].comma) {
		return 0, false
	}
	m.begin(len(p.steps) + 1)
	for _, i := range p.starts {
		m.enter(i)
	}
	done := int32(len(p.steps)) //nolint:gosec // at most mostStates
	for at := from; ; at++ {
		if m.been[done] == m.round && (!p.ends || at == in.end) {
			end, ok = at, true
		}
		if at == in.end || !p.reaches(&tokens[at], at > from) || !m.advance(p, &tokens[at]) {
			return end, ok
		}
	}
}

// matcher is the states an automaton is in, kept to be used again. A state was entered in this round when its number says so,
// which spares wiping them.
type matcher struct {
	been      []uint32
	round     uint32
	live, was []int32
}

func (m *matcher) begin(n int) {
	if len(m.been) < n {
		m.been, m.round = make([]uint32, max(n, mostStates+1)), 0
	}
	m.turn()
	m.live = m.live[:0]
}

func (m *matcher) turn() {
	if m.round++; m.round == 0 {
		clear(m.been)
		m.round = 1
	}
}

func (m *matcher) enter(i int32) {
	if m.been[i] != m.round {
		m.been[i] = m.round
		m.live = append(m.live, i)
	}
}

func (m *matcher) advance(p *pattern, t *token) bool {
	m.live, m.was = m.was[:0], m.live
	m.turn()
	for _, i := range m.was {
		if int(i) == len(p.steps) {
			continue
		}
		if s := &p.steps[i]; s.fits(t) {
			for _, to := range s.leads {
				m.enter(to)
			}
		}
	}
	return len(m.live) > 0
}
