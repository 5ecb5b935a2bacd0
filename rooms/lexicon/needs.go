package lexicon

import "slices"

// Most patterns of a book have nothing to do with a sentence, and most of those can be told without walking them: every way
// through a pattern leads through some of its words. A book numbers such words, a sentence knows which of them it has, and a
// pattern whose words are missing is left alone.

// must are the words of the state that every way through the pattern passes, the fewest where there are several such states;
// nil when there is none that takes certain words alone. The words it begins with are looked up anyhow.
func (p *pattern) must() (words []string) {
	opening := p.open(0)
	for i := range p.steps {
		s := &p.steps[i]
		if slices.Contains(opening, i) || !s.exact() || words != nil && max(len(s.some), 1) >= len(words) || p.avoids(i) {
			continue
		}
		words = s.words()
	}
	return words
}

// words are those an exact state takes.
func (s *step) words() (all []string) {
	if s.take == 'w' {
		return []string{s.word}
	}
	for w := range s.some {
		all = append(all, w)
	}
	return all
}

// avoids says whether some way through the pattern does not pass a state. Ways only lead on.
func (p *pattern) avoids(state int) bool {
	reached := make([]bool, len(p.steps)+1)
	reached[0] = true
	for i := range p.steps {
		if !reached[i] || i == state {
			continue
		}
		if p.steps[i].take != 0 {
			reached[i+1] = true
		}
		for _, f := range p.steps[i].forks {
			reached[f] = true
		}
	}
	return reached[len(p.steps)]
}

// number is that of a word in the book, from 1 on.
func (b *Book) number(word string) int32 {
	n, there := b.numbers[word]
	if !there {
		n = int32(len(b.numbers) + 1) //nolint:gosec // words of some thousand rules
		b.numbers[word] = n
	}
	return n
}

// unknown is the number of a word that no pattern names.
const unknown = -1

// hint numbers the words of a pattern, and notes which it needs and may begin with.
func (b *Book) hint(p *pattern) {
	for i := range p.steps {
		if s := &p.steps[i]; s.exact() {
			for _, w := range s.words() {
				s.ids = append(s.ids, b.number(w))
			}
			slices.Sort(s.ids)
		}
	}
	for _, w := range p.must() {
		p.needs = append(p.needs, b.number(w))
	}
	var first []int32
	for _, f := range p.firsts() {
		if f.take != 'w' {
			return
		}
		first = append(first, b.number(f.word))
	}
	slices.Sort(first)
	p.first = slices.Compact(first)
}

// present is which of the numbered words a sentence has.
type present struct {
	bits []uint64
	set  []int32
}

// read also gives the tokens their numbers.
func (p *present) read(b *Book, tokens []token) {
	if p.bits == nil {
		p.bits = make([]uint64, len(b.numbers)/64+1)
	}
	for _, n := range p.set {
		p.bits[n/64] = 0
	}
	p.set = p.set[:0]
	for i := range tokens {
		n, there := b.numbers[tokens[i].word]
		if !there {
			tokens[i].id = unknown
			continue
		}
		tokens[i].id = n
		p.bits[n/64] |= 1 << (n % 64)
		p.set = append(p.set, n)
	}
}

// has says whether one of the words is there that a pattern needs.
func (p *present) has(needs []int32) bool {
	for _, n := range needs {
		if p.bits[n/64]&(1<<(n%64)) != 0 {
			return true
		}
	}
	return needs == nil
}
