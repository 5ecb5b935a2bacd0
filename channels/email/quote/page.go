package quote

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is the part a line belongs to.
type kind uint8

const (
	said kind = iota
	signature
	quoted
)

// hint is what the HTML around a line says about it. Plain text has none.
type hint uint8

const (
	plainly hint = iota
	asQuote
	asIntro
	asSignature
	asOriginal // from here on, the mail that is answered
)

// line is one line of a mail.
type line struct {
	text string
	bare string // text without the blanks and invisible marks around it
	hint hint
	code bool // inside a fenced block, where nothing is what it looks like
	kind kind
}

// most is the number of lines that are looked at. No person writes more; what comes after goes where the last of them went.
const most = 20_000

// longest is the length in bytes up to which a line may be anything but words: mail programs wrap what they write.
const longest = 1000

func newLine(text string) line { return line{text: text, bare: bare(text)} }

// bare takes away blanks and the marks that steer the direction of writing (Unicode category Cf).
func bare(s string) string { return strings.TrimFunc(s, isUnseen) }

func isUnseen(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || r >= '\t' && r <= '\r'
	}
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)
}

// page is a mail as lines, and what was found on it so far.
type page struct {
	lines   []line // those looked at
	all     []line
	next    []int // the first line at or after this one that is not blank
	blocks  []block
	spoken  bool // words of the person were seen above
	mute    bool // a signature was seen before any words
	replied bool // an introduction was seen above: this mail is an answer
	end     int  // from here on all is said: a forwarded mail
}

// block is a run of quoted lines and the introduction above it.
type block struct {
	intro, from, to int
	introduced      bool // by the lines above, or by its own first line as Apple Mail does it
}

func newPage(all []line) *page {
	n := min(len(all), most)
	p := &page{lines: all[:n], all: all, next: make([]int, n+1), end: n}
	p.next[n] = n
	for i := n - 1; i >= 0; i-- {
		p.next[i] = i
		if all[i].bare == "" {
			p.next[i] = p.next[i+1]
		}
	}
	return p
}

// mark gives every line its kind.
func (p *page) mark() {
	p.findCode()
	for i := p.next[0]; i < p.end; {
		i = p.next[p.readQuotes(i)]
	}
	p.findSignatures()
	p.showCitations()
	p.keepWords()
	p.spreadBlanks()
}

// findCode marks fenced blocks (CommonMark 4.5). A fence that is never closed is only a line of marks.
func (p *page) findCode() {
	open := -1
	for i := range p.lines {
		if !strings.HasPrefix(p.lines[i].bare, "```") {
			continue
		}
		if open < 0 {
			open = i
			continue
		}
		for j := open; j <= i; j++ {
			p.lines[j].code = true
		}
		open = -1
	}
}

// readQuotes reads what begins at line i, which is not blank, and says where to read on.
func (p *page) readQuotes(i int) int {
	switch {
	case p.lines[i].code:
	case p.isForward(i):
		p.end = i
		return i
	case p.isQuoted(i):
		return p.addBlock(i, i)
	case p.isOriginal(i):
		return p.quoteRest(i)
	default:
		if n, strong := p.intro(i); n > 0 {
			return p.readIntro(i, n, strong)
		}
	}
	p.hear(i)
	return i + 1
}

// hear notes that the person said something, unless the line is a signature, or under one with nothing said before it.
func (p *page) hear(i int) {
	l := &p.lines[i]
	p.mute = p.mute || !p.spoken && (isDelimiter(l.text) || l.hint == asSignature)
	p.spoken = p.spoken || !p.mute && !isPhoneLine(l.bare)
}

// readIntro decides what an introduction of n lines opens: quoted lines, or an older mail without any mark.
func (p *page) readIntro(i, n int, strong bool) int {
	after := p.next[i+n]
	replied := p.replied
	p.replied = true
	switch {
	case after < len(p.lines) && p.isQuoted(after):
		return p.addBlock(i, after)
	case !strong:
		p.replied = replied
		p.hear(i)
		return i + 1
	case p.spoken:
		return p.quoteRest(i)
	}
	// Nothing was said above, so the answer stands below, and its writer took the quotation away.
	p.set(i, i+n, quoted)
	return i + n
}

// quoteRest marks everything from line i as quoted, with a rule drawn above it. Without a word said above, the older mail
// is what the person sends.
func (p *page) quoteRest(i int) int {
	if !p.spoken {
		p.end = i
		return i
	}
	for above := p.above(i); above >= 0 && isRule(p.lines[above].bare) && p.lines[above].kind == said; above = p.above(i) {
		i = above
	}
	p.set(i, len(p.lines), quoted)
	return len(p.lines)
}

// addBlock marks the introduction and the quoted lines beneath it.
func (p *page) addBlock(intro, from int) int {
	to := from + 1
	for i := p.next[to]; i < p.end && (p.isQuoted(i) || i == to && p.isTorn(i)); i = p.next[to] {
		to = i + 1
	}
	if p.opensForward(from) {
		p.end = intro
		return p.end
	}
	p.set(intro, to, quoted)
	introduced := intro < from || p.introduces(from)
	p.blocks = append(p.blocks, block{intro, from, to, introduced})
	p.replied = p.replied || introduced
	return to
}

// isQuoted says whether the line is marked as someone else's: by ">", by HTML, or in an answer by initials ("JD> ").
func (p *page) isQuoted(i int) bool {
	l := &p.lines[i]
	if l.hint == asQuote {
		return true
	}
	if l.hint != plainly || l.bare == "" || l.code {
		return false
	}
	if l.bare[0] == '>' {
		// mbox files write ">From " where a line begins with "From " (RFC 4155).
		return !strings.HasPrefix(l.bare, ">From ") || p.beside(i, ">")
	}
	initials := strings.IndexByte(l.bare[:min(len(l.bare), 4)], '>')
	return p.replied && initials > 0 && strings.Trim(l.bare[:initials], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// beside says whether the line above or below begins like this.
func (p *page) beside(i int, prefix string) bool {
	return i > 0 && strings.HasPrefix(p.lines[i-1].bare, prefix) ||
		i+1 < len(p.lines) && strings.HasPrefix(p.lines[i+1].bare, prefix)
}

// isTorn says whether the line right beneath a quoted line is the rest of a link or of a nested introduction that was
// wrapped after the quotation marks had been set.
func (p *page) isTorn(i int) bool {
	if i+1 < len(p.lines) && p.lines[i+1].bare != "" && !p.isQuoted(i+1) {
		return false
	}
	l, above := p.lines[i].bare, p.lines[i-1].bare
	if len(l) > longest || p.lines[i].hint != plainly {
		return false
	}
	link := strings.LastIndex(above, "http")
	open := link >= 0 && !strings.ContainsAny(above[link:], " )>")
	switch {
	case open && (strings.HasSuffix(l, ")") || strings.HasSuffix(l, ">")) && !strings.Contains(l, " "):
		return true
	case strings.HasPrefix(l, "(http") || strings.HasPrefix(l, "<http"):
		return true
	}
	rest, colon := cutColon(lower(l))
	return colon && endsWithVerb(rest) != "" && len(strings.Fields(rest)) <= 3
}

// isWrapped says whether the line is no answer but the end of the long quoted line above. It stays in sight, for no rule
// can be sure, but it does not make an answer between quotations.
func (p *page) isWrapped(i int) bool {
	if i == 0 || p.lines[i-1].kind != quoted || p.lines[i].hint != plainly || utf8.RuneCountInString(p.lines[i-1].bare) < 60 {
		return false
	}
	if i+1 < len(p.lines) && p.lines[i+1].bare != "" && p.lines[i+1].kind != quoted {
		return false
	}
	first, _ := utf8.DecodeRuneInString(p.lines[i].bare)
	return unicode.IsLower(first)
}

// showCitations brings back the quotations a reader needs: those with answers between them, and those the person set by
// hand. The introduction stays folded.
func (p *page) showCitations() {
	spoken := p.spokenBelow()
	between := false
	for i := 1; i < len(p.blocks); i++ {
		between = between || spoken[i-1] < p.blocks[i].intro
	}
	for i, b := range p.blocks {
		below := spoken[i] < len(p.lines)
		hand := !b.introduced && (p.announced(b) || i+1 < len(p.blocks) && p.blocks[i+1].introduced)
		if hand || below && (between || !b.introduced) {
			p.set(b.from, b.to, said)
		}
	}
}

// spokenBelow says for each block the first line beneath it that the person said, or the number of lines.
func (p *page) spokenBelow() []int {
	found := make([]int, len(p.blocks))
	at := len(p.lines)
	k := len(p.blocks) - 1
	for i := len(p.lines) - 1; i >= 0 && k >= 0; i-- {
		for k >= 0 && p.blocks[k].to > i {
			found[k] = at
			k--
		}
		if p.lines[i].bare != "" && p.lines[i].kind == said && !p.isWrapped(i) {
			at = i
		}
	}
	return found
}

// announced says whether the line above the block ends with a colon: the person says what they cite.
func (p *page) announced(b block) bool {
	above := p.above(b.intro)
	if above < 0 || p.lines[above].kind != said {
		return false
	}
	_, colon := cutColon(p.lines[above].bare)
	return colon
}

// keepWords sees to it that something is said whenever the mail says anything.
func (p *page) keepWords() {
	for _, folded := range []kind{signature, quoted} {
		if p.hasWords(said) {
			return
		}
		for i := range p.lines {
			if p.lines[i].kind == folded {
				p.lines[i].kind = said
			}
		}
	}
	// Then the mail is nothing but marks; all of it is said by now.
}

func (p *page) hasWords(k kind) bool {
	return slices.ContainsFunc(p.lines, func(l line) bool { return l.kind == k && l.bare != "" && !isRule(l.bare) })
}

// spreadBlanks gives blank lines to the part above them, so that a gap between two lines of a part stays as wide as the
// person made it, and the lines that were not looked at to the last part.
func (p *page) spreadBlanks() {
	last := said
	for i := range p.all {
		if p.all[i].bare == "" || i >= len(p.lines) {
			p.all[i].kind = last
		}
		last = p.all[i].kind
	}
}

// set marks the lines from and up to, but not including, to.
func (p *page) set(from, to int, k kind) {
	for i := from; i < to; i++ {
		p.lines[i].kind = k
	}
}

// above is the nearest line above i that is not blank, or -1.
func (p *page) above(i int) int {
	for i--; i >= 0 && p.lines[i].bare == ""; i-- {
	}
	return i
}
