package search

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxTerm   = 96      // bytes; longer words are machine-made and found by their beginning
	maxParts  = 12_000  // of one document: PostgreSQL counts positions up to 16,383
	maxBytes  = 400_000 // of one document's terms: PostgreSQL allows 1 MiB with all positions
	maxJoined = 40      // bytes; what is longer is an address or a path, and nobody types it without its marks
	maxRuns   = 3       // of letters and digits in AB123C; more is a checksum
)

// word is one word as a person sees it, and all it can be found by.
type word struct {
	start, end int    // bytes in the text
	parts      []part // follow one another and the parts of the words around
	whole      []part // the word in other writings: a10293, mueller
	also       []part // such writings of its parts
	dense      bool
}

// part is a piece of a word: a and 10293 of A-10293, a pair of letters in Chinese.
type part struct {
	term       string
	start, end int
	first      int // of a pair: where its first letter ends, in term
	firstEnd   int // and in the text
}

// reading is a text taken apart.
type reading struct {
	words   []word
	numbers []part // telephone and other long numbers written backwards, by group ends
}

// reader takes a text apart in one pass.
type reader struct {
	text  string
	out   reading
	parts []part // of all words, so that few of them need memory of their own
	count int    // parts so far
	size  int    // and the bytes of all terms

	run     []byte // the folded letters or digits being read
	wide    []byte // the same without marks in the German and Nordic way, as soon as that differs
	widened bool
	kind    kind // of run: letter, digit or gap
	from    int
	to      int
	runs    []piece // of the present stretch without joiners
	pieces  []piece // of the present word
	loose   bool    // the present word holds a joiner that nobody leaves out
	cluster []part  // of the present stretch of a spaceless script
	number  digits
}

type piece struct {
	part
	wide string
}

func read(text string) reading { return new(reader).read(text) }

// read forgets the text before, whose reading it overwrites.
func (r *reader) read(text string) reading {
	const usual = 6 // bytes of a word and the space behind it
	few := len(text)/usual + 1
	*r = reader{
		text: text, parts: emptied(r.parts, few), out: reading{words: emptied(r.out.words, few)},
		run: r.run[:0], wide: r.wide[:0], runs: r.runs[:0], pieces: r.pieces[:0], cluster: r.cluster[:0],
		number: digits{value: r.number.value[:0], from: r.number.from[:0], found: r.number.found[:0]},
	}
	for i := 0; i < len(text) && !r.full(); {
		if end := lettersFrom(text, i); end > i {
			r.takeLetters(i, end)
			i = end
		} else {
			i += one(text, i, r.take)
		}
	}
	r.endWord()
	r.endDense()
	r.number.stop()
	r.out.numbers = r.number.found
	return r.out
}

// emptied is a list to fill anew, with room for so many.
func emptied[T any](list []T, room int) []T {
	if cap(list) < room {
		return make([]T, 0, room)
	}
	return list[:0]
}

// one calls do with the next character of text, or what it is in NFKC, and returns how many bytes it came from.
func one(text string, i int, do func(k kind, c rune, start, end int)) int {
	if c := text[i]; c < utf8.RuneSelf {
		do(asciiKind(rune(c)), rune(c), i, i+1)
		return 1
	}
	n := norm.NFKC.NextBoundaryInString(text[i:], true)
	segment := text[i : i+n]
	if segment == "™" || segment == "℠" { // would become letters of the name before them
		segment = " "
	}
	for b := norm.NFKC.AppendString(nil, segment); len(b) > 0; {
		c, size := utf8.DecodeRune(b)
		do(kindOf(c), c, i, i+n)
		b = b[size:]
	}
	return n
}

// lettersFrom is where the ASCII letters that begin at i end: most of most texts, and taken at once.
func lettersFrom(text string, i int) int {
	for i < len(text) && 'a' <= text[i]|0x20 && text[i]|0x20 <= 'z' {
		i++
	}
	return i
}

func (r *reader) takeLetters(start, end int) {
	r.number.stop()
	r.endDense()
	r.begin(letter, start)
	r.to = end
	at := len(r.run)
	for i := start; i < end && len(r.run) <= maxTerm; i++ {
		r.run = append(r.run, r.text[i]|0x20)
	}
	if r.widened {
		r.wide = append(r.wide, r.run[at:]...)
	}
}

func (r *reader) full() bool { return r.count+len(r.cluster) >= maxParts || r.size >= maxBytes }

func (r *reader) take(k kind, c rune, start, end int) {
	r.number.take(k, c, start, end)
	switch k {
	case silent:
		r.extend(end)
	case letter, digit:
		r.endDense()
		r.grow(k, c, start, end)
	case dense:
		r.endWord()
		r.cluster = append(r.cluster, part{term: string(foldInto(nil, c)), start: start, end: end})
	case sign:
		r.attach(c, end)
	case joiner:
		r.endDense()
		r.join(c)
	case gap:
		r.endWord()
		r.endDense()
	}
}

// extend makes an accent or a soft hyphen part of what it stands behind.
func (r *reader) extend(end int) {
	if r.kind != gap {
		r.to = end
	} else if n := len(r.cluster); n > 0 {
		r.cluster[n-1].end = end
	}
}

func (r *reader) grow(k kind, c rune, start, end int) {
	r.begin(k, start)
	if r.to = end; len(r.run) > maxTerm {
		return
	}
	at := len(r.run)
	r.run = foldInto(r.run, c)
	w := wideOf(c)
	if w != "" && !r.widened {
		r.wide, r.widened = append(r.wide[:0], r.run[:at]...), true
	}
	switch {
	case w != "":
		r.wide = append(r.wide, w...)
	case r.widened:
		r.wide = append(r.wide, r.run[at:]...)
	}
}

func (r *reader) begin(k kind, start int) {
	if r.kind != k {
		r.endRun()
		r.kind, r.from = k, start
	}
}

// attach adds a vowel sign to the letter before it; without one it is a stray mark.
func (r *reader) attach(c rune, end int) {
	switch {
	case len(r.cluster) > 0:
		last := &r.cluster[len(r.cluster)-1]
		last.term, last.end = clip(last.term+string(foldInto(nil, c))), end
	case r.kind == letter:
		r.grow(letter, c, r.from, end)
	}
}

func (r *reader) join(c rune) {
	if r.kind == gap { // two marks in a row, or one after a space
		r.endWord()
		return
	}
	r.endStretch()
	switch c {
	case '@', '#', ',', ':', '=':
		r.loose = true
	}
}

func (r *reader) endRun() {
	if r.kind == gap {
		return
	}
	p := piece{part: part{term: r.text[r.from:r.to], start: r.from, end: r.to}}
	if string(r.run) != p.term { // it is no part of the text as it stands
		p.term = string(r.run)
	}
	p.term = clip(p.term)
	if r.widened && !bytes.Equal(r.run, r.wide) {
		p.wide = clip(string(r.wide))
	}
	if n := len(r.runs); n > maxRuns {
		r.runs[n-1] = join([]piece{r.runs[n-1], p})
	} else {
		r.runs = append(r.runs, p)
	}
	r.run, r.widened, r.kind = r.run[:0], false, gap
}

// endStretch splits AB123 into ab and 123, but leaves checksums whole.
func (r *reader) endStretch() {
	r.endRun()
	if len(r.runs) > maxRuns {
		r.runs = append(r.runs[:0], join(r.runs))
	}
	r.pieces = append(r.pieces, r.runs...)
	r.runs = r.runs[:0]
}

func (r *reader) endWord() {
	r.endStretch()
	if len(r.pieces) == 0 {
		r.loose = false
		return
	}
	first := len(r.parts)
	w := word{}
	for _, p := range r.pieces {
		r.parts = append(r.parts, p.part)
		if p.wide != "" && len(r.pieces) > 1 {
			w.also = append(w.also, part{term: p.wide, start: p.start, end: p.end})
		}
	}
	w.parts = r.parts[first:len(r.parts):len(r.parts)]
	whole := r.pieces[0]
	if len(r.pieces) > 1 {
		whole = join(r.pieces)
		if !r.loose && len(whole.term) <= maxJoined {
			w.whole = append(w.whole, whole.part)
		} else {
			whole.wide = ""
		}
	}
	if whole.wide != "" {
		w.whole = append(w.whole, part{term: whole.wide, start: whole.start, end: whole.end})
	}
	r.add(w)
	r.pieces, r.loose = r.pieces[:0], false
}

func (r *reader) add(w word) {
	w.start, w.end = w.parts[0].start, w.parts[len(w.parts)-1].end
	for _, all := range [][]part{w.parts, w.whole, w.also} {
		for _, p := range all {
			r.size += len(p.term) + 1
		}
	}
	r.count += len(w.parts)
	r.out.words = append(r.out.words, w)
}

// join writes pieces as one; wide stays empty when none of them differs.
func join(all []piece) piece {
	whole := piece{part: part{start: all[0].start, end: all[len(all)-1].end}}
	wide, differs := "", false
	for _, p := range all {
		if len(whole.term) > maxTerm {
			break
		}
		whole.term += p.term
		if p.wide != "" {
			wide, differs = wide+p.wide, true
		} else {
			wide += p.term
		}
	}
	if differs {
		whole.wide = clip(wide)
	}
	whole.term = clip(whole.term)
	return whole
}

// endDense writes a stretch of a spaceless script as pairs of neighbours, and its last letter by itself: so every letter
// begins a term, and a word of any length is found by the pairs it consists of.
func (r *reader) endDense() {
	if len(r.cluster) == 0 {
		return
	}
	w := word{dense: true, parts: slices.Clone(r.cluster)}
	for i := range len(w.parts) - 1 {
		p, next := &w.parts[i], r.cluster[i+1]
		p.first, p.firstEnd = len(p.term), p.end
		p.term, p.end = clip(p.term+next.term), next.end
	}
	r.add(w)
	r.cluster = r.cluster[:0]
}

func clip(term string) string { return clipTo(term, maxTerm) }

// terms is what goes into the index: the words in order, each between spaces, and every other way to find the document.
type terms struct{ words, also string }

func termsOf(text string) terms {
	t := read(text)
	var words, also strings.Builder
	words.WriteByte(' ')
	also.WriteByte(' ')
	seen := map[string]bool{}
	add := func(all []part) {
		for _, p := range all {
			if !seen[p.term] {
				seen[p.term] = true
				also.WriteString(p.term + " ")
			}
		}
	}
	for _, w := range t.words {
		for _, p := range w.parts {
			words.WriteString(p.term)
			words.WriteByte(' ')
		}
		add(w.whole)
		add(w.also)
	}
	add(t.numbers)
	return terms{words.String(), also.String()}
}
