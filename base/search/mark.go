package search

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Span is a stretch of a text, from Start up to but not including End, in UTF-16 units as JavaScript counts them.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Mark returns where text answers query, in order and without overlaps. Whatever Find found has marks, unless the answer
// is in another text of the document.
func Mark(text, query string) []Span { return inUTF16(text, mark(text, parse(query))) }

// mark is Mark in bytes.
func mark(text string, q query) []Span { return new(marker).mark(text, q) }

func (m *marker) mark(text string, q query) []Span {
	m.look(text)
	spans := []Span{}
	for _, c := range q {
		if c.not {
			continue
		}
		for _, all := range c.any {
			spans = append(spans, m.all(all)...)
		}
	}
	return merged(spans)
}

// marker looks for phrases in a text whose places are known, in one text after the other.
type marker struct {
	reader reader
	parts  []part // in order
	also   []part
	starts []int // of each character
}

func (m *marker) look(text string) {
	r := m.reader.read(text)
	m.parts, m.also = emptied(m.parts, len(r.words)+len(r.words)/8), append(m.also[:0], r.numbers...)
	for _, w := range r.words {
		m.parts = append(m.parts, w.parts...)
		m.also = append(append(m.also, w.whole...), w.also...)
	}
}

// all marks the phrases if the text holds every one of them.
func (m *marker) all(phrases []phrase) (spans []Span) {
	for _, p := range phrases {
		found := m.phrase(p)
		if len(found) == 0 {
			return nil
		}
		spans = append(spans, found...)
	}
	return spans
}

func (m *marker) phrase(p phrase) (spans []Span) {
	last := len(p.terms) - 1
	for i := range len(m.parts) - last {
		here := m.parts[i : i+last+1]
		if !p.at(here) {
			continue
		}
		end := here[last]
		if len(p.terms[last]) <= end.first { // one letter was asked for, and found in a pair
			end.end = end.firstEnd
		}
		spans = append(spans, Span{here[0].start, end.end})
	}
	if last == 0 {
		for i, a := range m.also {
			if p.at(m.also[i : i+1]) {
				spans = append(spans, Span{a.start, a.end})
			}
		}
	}
	return spans
}

func (p phrase) at(parts []part) bool {
	for i, t := range p.terms {
		if begun := p.open && i == len(parts)-1; parts[i].term != t && (!begun || !strings.HasPrefix(parts[i].term, t)) {
			return false
		}
	}
	return true
}

func merged(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(a.Start-b.Start, a.End-b.End) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// Snippet is the piece of text, of length characters at most, that shows most of the answer to query, on one line and
// with … where text was left out; the spans are the marks in it.
func Snippet(text, query string, length int) (string, []Span) { return Snippets(query, length)(text) }

// Snippets is Snippet for many texts, one after the other: a page of hits would else need more memory for what is known
// of their words than for all the rest of it.
func Snippets(query string, length int) func(text string) (string, []Span) {
	q, m := parse(query), &marker{}
	return func(text string) (string, []Span) { return m.snippet(onOneLine(text), q, length) }
}

func onOneLine(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for word := range strings.FieldsSeq(text) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

func (m *marker) snippet(text string, q query, length int) (string, []Span) {
	spans := m.mark(text, q)
	from, to := m.window(text, spans, length)
	piece, shift := text[from:to], from
	if from > 0 {
		piece, shift = "…"+piece, from-len("…")
	}
	if to < len(text) {
		piece += "…"
	}
	inside := []Span{}
	for _, s := range spans {
		if s = (Span{max(s.Start, from), min(s.End, to)}); s.Start < s.End {
			inside = append(inside, Span{s.Start - shift, s.End - shift})
		}
	}
	return piece, inUTF16(piece, inside)
}

// maxSpots are the marks a snippet may begin near; whoever writes a word a hundred times has said it by then.
const maxSpots = 100

// window finds the stretch of length characters with the most marks, the first of those, and begins and ends it between
// words where there are any.
func (m *marker) window(text string, spans []Span, length int) (from, to int) {
	if len(text) <= length {
		return 0, len(text)
	}
	starts := emptied(m.starts, len(text)+1)
	for i := range text {
		starts = append(starts, i)
	}
	if len(starts) <= length {
		return 0, len(text)
	}
	starts = append(starts, len(text))
	m.starts = starts
	length -= 2 // for the dots
	best := -1
	for i, s := range spans[:min(len(spans), maxSpots)] {
		first, _ := slices.BinarySearch(starts, s.Start)
		first = max(0, min(first-length/4, len(starts)-1-length))
		end := starts[first+length]
		if n := sort.Search(len(spans)-i, func(k int) bool { return spans[i+k].End > end }); n > best {
			best, from, to = n, starts[first], end
		}
	}
	if best < 0 {
		from, to = 0, starts[length]
	}
	if gap := strings.IndexByte(text[from:to], ' '); from > 0 && gap >= 0 && gap < (to-from)/8 {
		from += gap + 1
	}
	if gap := strings.LastIndexByte(text[from:to], ' '); to < len(text) && gap > (to-from)*7/8 {
		to = from + gap
	}
	return from, to
}

// inUTF16 counts spans of text that are given in bytes.
func inUTF16(text string, spans []Span) []Span {
	at, units := 0, 0
	to := func(i int) int {
		for at < i {
			r, n := utf8.DecodeRuneInString(text[at:])
			at, units = at+n, units+utf16.RuneLen(r)
		}
		return units
	}
	for i, s := range spans {
		spans[i] = Span{to(s.Start), to(s.End)}
	}
	return spans
}
