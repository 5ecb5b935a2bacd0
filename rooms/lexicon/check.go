package lexicon

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// hit is a place where a rule matches, in tokens and in bytes.
type hit struct {
	line       int
	start, end int // bytes
	sentence   int
	quotes     []string
}

// scan finds every place where a rule matches, context included, in the order of the text.
func (b *Book) scan(text string, found func(hit)) ([]token, []sentence) {
	tokens, sentences := read(text)
	var m matcher
	var here present
	fits := map[int]bool{} // by rule: what the rest of a sentence says is the same wherever in it the rule matches
	for n, s := range sentences {
		clear(fits)
		here.read(b, tokens[s.first:s.end])
		for at := s.first; at < s.end; at++ {
			b.begin(tokens[at].word, after(tokens, at, s), func(e entry) {
				if !here.has(e.needs) {
					return
				}
				end, ok := e.match(tokens, s, at, &m)
				if !ok || end <= at {
					return
				}
				fit, known := fits[e.line]
				if !known {
					fit = b.fits(e.line, tokens, s, &m, &here)
					fits[e.line] = fit
				}
				if fit {
					found(hit{line: e.line, start: tokens[at].start, end: tokens[end-1].end, sentence: n})
				}
			})
		}
	}
	return tokens, sentences
}

// after is the word that follows one in its sentence.
func after(tokens []token, at int, s sentence) string {
	if at+1 < s.end {
		return tokens[at+1].word
	}
	return ""
}

// begin tells which patterns may begin with a word that another follows.
func (b *Book) begin(word, next string, try func(entry)) {
	o := b.byWord[word]
	for _, n := range o.loose {
		try(b.entries[n])
	}
	for _, n := range o.then[next] {
		try(b.entries[n])
	}
	for _, l := range b.lengths {
		if l > len(word) {
			break
		}
		for _, n := range b.byPrefix[word[:l]] {
			try(b.entries[n])
		}
	}
	for _, l := range b.endings {
		if l > len(word) {
			break
		}
		for _, n := range b.bySuffix[word[len(word)-l:]] {
			try(b.entries[n])
		}
	}
	if len(b.byNumber) > 0 && strings.ContainsAny(word, "0123456789") {
		for _, n := range b.byNumber {
			try(b.entries[n])
		}
	}
}

// fits says whether the rest of the sentence lets a rule speak.
func (b *Book) fits(rule int, tokens []token, s sentence, m *matcher, here *present) bool {
	l := &b.lines[rule]
	return (len(l.with) == 0 || anywhere(l.with, tokens, s, m, here)) && !anywhere(l.unless, tokens, s, m, here)
}

func anywhere(patterns []*pattern, tokens []token, s sentence, m *matcher, here *present) bool {
	for _, p := range patterns {
		if !here.has(p.needs) || !here.has(p.first) {
			continue
		}
		for at := s.first; at < s.end; at++ {
			if p.first != nil {
				if _, may := slices.BinarySearch(p.first, tokens[at].id); !may {
					continue
				}
			}
			if end, ok := p.match(tokens, s, at, m); ok && end > at {
				return true
			}
		}
	}
	return false
}

// Check holds a draft against the book and tells its findings alone.
func (b *Book) Check(d Draft) []Finding { return b.Look(d).Findings }

// Look holds a draft against the book: findings in the order of the text, what is missing last; what is promised; how the
// customer feels. A place is marked once, by the rule that matters most; of two alike, by the one that says more.
func (b *Book) Look(d Draft) Checked {
	d.Trade = cmp.Or(d.Trade, b.trade)
	heard := b.listen(d.Talk)
	d.Said = max(d.Said, heard.said)
	var hits, good []hit
	tokens, sentences := b.scan(d.Text, func(h hit) {
		switch l := &b.lines[h.line]; {
		case l.Is != "":
			good = append(good, h)
		case l.applies(d):
			hits = append(hits, h)
		}
	})
	hits = slices.DeleteFunc(hits, func(h hit) bool {
		l := &b.lines[h.line]
		return l.Until != "" && !l.early(b.saidBefore(h.start, d.Said, good))
	})
	seen := look{Draft: d, heard: heard, tokens: tokens, sentences: sentences, good: good, lines: b.lines}
	promised := seen.promises()
	seen.deferred = slices.ContainsFunc(promised, func(p Promise) bool { return p.Kind == "answer" || p.Kind == "call_back" })
	for _, n := range b.made {
		if l := &b.lines[n]; l.applies(d) {
			for _, s := range made[l.Made](seen) {
				hits = append(hits, hit{line: n, start: s.start, end: s.end, quotes: s.quotes})
			}
		}
	}
	return Checked{Findings: b.findings(d.Text, b.settle(hits)), Promises: promised, Heat: heard.heat}
}

// saidBefore is how far things have come at a place of a draft: it may say sorry itself.
func (b *Book) saidBefore(place int, said Said, good []hit) Said {
	for _, h := range good {
		if said == Nothing && b.lines[h.line].Is == "apology" && h.end <= place {
			return Apologised
		}
	}
	return said
}

// settle keeps one hit for each place, in the order of the text.
func (b *Book) settle(hits []hit) (kept []hit) {
	made := func(h hit) int { return min(len(b.lines[h.line].Made), 1) } // what the program sees is exact: a gap with its braces
	slices.SortStableFunc(hits, func(x, y hit) int {
		return cmp.Or(b.lines[y.line].Severity.weight()-b.lines[x.line].Severity.weight(), made(y)-made(x), (y.end-y.start)-(x.end-x.start), x.start-y.start)
	})
	var taken []span // in the order of the text; they never overlap
	for _, h := range hits {
		if h.end > 0 { // what is missing covers nothing
			i, _ := slices.BinarySearchFunc(taken, h.start, func(t span, at int) int { return cmp.Compare(t.end, at+1) })
			if i < len(taken) && taken[i].start < h.end {
				continue
			}
			taken = slices.Insert(taken, i, span{start: h.start, end: h.end})
		}
		kept = append(kept, h)
	}
	slices.SortStableFunc(kept, func(x, y hit) int {
		if (x.end == 0) != (y.end == 0) {
			return y.end - x.end // what is missing goes last
		}
		return x.start - y.start
	})
	return kept
}

func (b *Book) findings(text string, kept []hit) []Finding {
	out := make([]Finding, 0, len(kept))
	units := counter{text: text}
	for _, h := range kept {
		l := &b.lines[h.line]
		f := Finding{Rule: l.ID, Family: l.Family, Severity: l.Severity, Why: l.Why, Better: l.Better, Quotes: h.quotes, Start: units.at(h.start), End: units.at(h.end)}
		if f.Better == nil {
			f.Better = []string{}
		}
		out = append(out, f)
	}
	return out
}

// early says whether it is too early for what a rule finds.
func (l *line) early(now Said) bool {
	return now < map[string]Said{"apologised": Apologised, "accepted": Accepted}[l.Until]
}

func (l *line) applies(d Draft) bool {
	among := func(some []string, one string) bool { return len(some) == 0 || slices.Contains(some, one) }
	return (!l.Softens || !d.Facts) && among(l.Trades, d.Trade) && among(l.Brands, d.Brand) && among(l.Channels, cmp.Or(d.Channel, "email"))
}

// counter turns places in bytes into UTF-16 units; it only goes forward.
type counter struct {
	text     string
	byte, is int
}

func (c *counter) at(n int) int {
	if n < c.byte {
		c.byte, c.is = 0, 0
	}
	for c.byte < n {
		r, size := utf8.DecodeRuneInString(c.text[c.byte:])
		c.byte += size
		c.is++
		if r > 0xFFFF {
			c.is++
		}
	}
	return c.is
}
