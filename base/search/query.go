package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxQuery   = 600 // bytes of what was typed
	maxClauses = 12
	maxPhrase  = 24 // terms
	minSuffix  = 6  // digits of an ending by which a number is found
)

// query is what was typed: every clause must hold.
type query []clause

// clause holds when all phrases of any of its readings are in the document, or with not when none is.
type clause struct {
	not bool
	any [][]phrase
}

// phrase is terms that follow one another; open means that the last may be the beginning of a longer one.
type phrase struct {
	terms []string
	open  bool
}

// chunk is what stands between spaces or quotes.
type chunk struct {
	text        string
	not, quoted bool
	typing      bool // the end of the query: more may follow
	start, end  int  // in the query
}

// parse understands whatever is typed; there is no wrong query.
func parse(text string) query {
	text = clipTo(text, maxQuery)
	var q query
	chunks := split(text)
	for i := 0; i < len(chunks) && len(q) < maxClauses; i++ {
		if n := numeric(chunks[i:]); n > 0 {
			all := chunks[i : i+n]
			if c, ok := numberClause(text[all[0].start:all[n-1].end], all); ok {
				q = append(q, c)
				i += n - 1
				continue
			}
		}
		if c := chunks[i].clause(); len(c.any) > 0 {
			q = append(q, c)
		}
	}
	if !q.answerable() {
		return nil
	}
	return q
}

// answerable is false when there is nothing to look up, only things to leave out.
func (q query) answerable() bool {
	return slices.ContainsFunc(q, func(c clause) bool { return !c.not })
}

func split(text string) []chunk {
	var all []chunk
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if unicode.IsSpace(r) {
			i += n
			continue
		}
		c := chunk{start: i}
		if r == '-' && i+n < len(text) && !startsWithSpace(text[i+n:]) {
			c.not = true
			i += n
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		if quote(r) {
			c.quoted = true
			i += n
			end := strings.IndexFunc(text[i:], quote)
			c.typing = end < 0
			if end < 0 {
				end = len(text) - i
			}
			c.text = text[i : i+end]
			i += end
			if !c.typing {
				_, n = utf8.DecodeRuneInString(text[i:])
				i += n
			}
		} else {
			end := strings.IndexFunc(text[i:], unicode.IsSpace)
			c.typing = end < 0
			if end < 0 {
				end = len(text) - i
			}
			c.text = text[i : i+end]
			i += end
		}
		c.end = i
		all = append(all, c)
	}
	return all
}

func startsWithSpace(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r)
}

func quote(r rune) bool { return strings.ContainsRune(`"“”„«»「」`, r) }

// clause reads one chunk: its words as a phrase, or one of the other ways to write it when it is a single word.
func (c chunk) clause() clause {
	words := read(c.text).words
	p := c.phrase(words)
	if len(p.terms) == 0 {
		return clause{}
	}
	out := clause{not: c.not, any: [][]phrase{{p}}}
	if len(words) == 1 && !c.quoted {
		for _, w := range words[0].whole {
			out.any = append(out.any, []phrase{{[]string{w.term}, c.typing && !c.not}})
		}
	}
	return out
}

func (c chunk) phrase(words []word) phrase {
	p := phrase{open: c.typing && !c.not}
	for i, w := range words {
		parts := w.parts
		if n := len(parts); w.dense && i == len(words)-1 {
			if n > 1 {
				parts = parts[:n-1] // the last letter alone would have to end its stretch
			} else {
				p.open = true // a letter by itself is the beginning of any pair
			}
		}
		for _, t := range parts {
			if len(p.terms) == maxPhrase {
				p.open = false
				return p
			}
			p.terms = append(p.terms, t.term)
		}
	}
	return p
}

// numeric is how many chunks from the first on look like groups of one number.
func numeric(all []chunk) int {
	n := slices.IndexFunc(all, func(c chunk) bool {
		rest := strings.TrimPrefix(c.text, "+")
		return c.not || c.quoted || c != all[0] && rest != c.text ||
			!strings.ContainsFunc(rest, unicode.IsDigit) ||
			strings.ContainsFunc(rest, func(r rune) bool { return !unicode.IsDigit(r) && !groups(r) })
	})
	if n < 0 {
		return len(all)
	}
	return n
}

// numberClause finds a telephone or account number however it is grouped here and there, with or without country code;
// or each group by itself, because it may be no such number at all.
func numberClause(text string, groups []chunk) (clause, bool) {
	var d digits
	for i := 0; i < len(text); {
		i += one(text, i, d.take)
	}
	value := d.value
	if len(significant(value)) < minSuffix || len(value) > maxNumber {
		return clause{}, false
	}
	out := groups[0].clause()
	for _, g := range groups[1:] {
		out.any = [][]phrase{append(out.any[0], g.phrase(read(g.text).words))}
	}
	out.any = append(out.any, ending(value))
	abroad := strings.HasPrefix(text, "+")
	if !abroad && len(value) > 2 && value[0] == '0' && value[1] == '0' {
		abroad, value = true, value[2:]
	}
	if n := countryCode(value); abroad && len(significant(value[n:])) >= minSuffix {
		out.any = append(out.any, ending(value[n:]))
	}
	return out, true
}

func ending(value []byte) []phrase { return []phrase{{[]string{reversed(value)}, true}} }

// beginnings are the terms that may go on.
func (q query) beginnings() (terms []string) {
	for _, c := range q {
		for _, all := range c.any {
			for _, p := range all {
				if t := p.terms[len(p.terms)-1]; p.open && !slices.Contains(terms, t) {
					terms = append(terms, t)
				}
			}
		}
	}
	return terms
}

// without is what must hold apart from these beginnings: it admits all that the question admits, and more.
func (q query) without(beginnings []string) (rest query) {
	for _, c := range q {
		if cut, ok := c.without(beginnings); ok {
			rest = append(rest, cut)
		}
	}
	return rest
}

func (c clause) without(beginnings []string) (cut clause, ok bool) {
	cut.not = c.not
	for _, all := range c.any {
		var kept []phrase
		for _, p := range all {
			last := len(p.terms) - 1
			if p.open && slices.Contains(beginnings, p.terms[last]) {
				if c.not {
					return cut, false // to exclude less admits more
				}
				p = phrase{terms: p.terms[:last]}
			}
			if len(p.terms) > 0 {
				kept = append(kept, p)
			}
		}
		if kept == nil {
			return cut, false
		}
		cut.any = append(cut.any, kept)
	}
	return cut, true
}

// matches says whether a document with these terms answers the query; the two engines must agree with it.
func (q query) matches(t terms) bool {
	for _, c := range q {
		if c.matches(t) == c.not {
			return false
		}
	}
	return len(q) > 0
}

func (c clause) matches(t terms) bool {
	return slices.ContainsFunc(c.any, func(all []phrase) bool {
		return !slices.ContainsFunc(all, func(p phrase) bool { return !p.matches(t) })
	})
}

func (p phrase) matches(t terms) bool {
	s := " " + strings.Join(p.terms, " ")
	if !p.open {
		s += " "
	}
	return strings.Contains(t.words, s) || len(p.terms) == 1 && strings.Contains(t.also, s)
}

func clipTo(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
