package quote

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// findSignatures looks at the end of every stretch of said lines, for a signature stands above a quotation or below it.
func (p *page) findSignatures() {
	for i := range p.lines[:p.end] {
		if p.lines[i].kind == said && p.lines[i].hint == asSignature {
			p.lines[i].kind = signature
		}
	}
	for from := 0; from < p.end; {
		to := from + 1
		for to < p.end && p.lines[to].kind == p.lines[from].kind {
			to++
		}
		if p.lines[from].kind == said {
			p.sign(from, to)
		}
		from = to
	}
}

// sign marks the signature at the end of the said lines from and up to, but not including, to.
func (p *page) sign(from, to int) {
	start := p.marked(from, to)
	if start == to {
		start = p.card(from, to)
	}
	if start == to {
		start = p.letterEnd(from, to)
	} else {
		start = p.withClosing(from, start)
	}
	for above := p.above(start); above >= from && isRule(p.lines[above].bare) && !p.lines[above].code; above = p.above(start) {
		start = above
	}
	p.set(start, to, signature)
}

// marked is the line with which a signature begins by convention, or to.
func (p *page) marked(from, to int) int {
	for i := p.next[from]; i < to; i = p.next[i+1] {
		l := &p.lines[i]
		switch {
		case l.code:
		case (isDelimiter(l.text) || isPhoneLine(l.bare)) && p.count(i+1, to) <= 40:
			return i
		case isDash(l.bare) && p.count(i+1, to) <= 8:
			return i
		case isRule(l.bare) && p.replied && p.follows(from, i) && p.count(i+1, to) <= 8:
			return i
		}
	}
	return to
}

// isDelimiter is the line "-- " (RFC 3676, 4.3), also without its blank, or the line above the signature of PGP (RFC 4880, 7).
func isDelimiter(text string) bool {
	text = strings.TrimRightFunc(text, unicode.IsSpace)
	return text == "--" || text == "-----BEGIN PGP SIGNATURE-----"
}

// isDash is what some programs make of a delimiter.
func isDash(l string) bool { return l == "—" || l == "––" || l == "–" }

// follows says whether line i is the first after a quotation, so that a rule there can only part a signature.
func (p *page) follows(from, i int) bool {
	return from > 0 && p.next[from] == i && p.lines[from-1].kind == quoted
}

// count is the number of lines that are not blank, at most 50.
func (p *page) count(from, to int) int {
	n := 0
	for i := p.next[from]; i < to && n < 50; i = p.next[i+1] {
		n++
	}
	return n
}

// isRule is a line drawn with marks, or the mark a mail tracker leaves.
func isRule(l string) bool {
	switch {
	case l == "ᐧ":
		return true
	case len(l) < 2 || len(l) > longest || l == "##":
		return false
	}
	return strings.Trim(l, "-_=*#~+—–―─━ ") == ""
}

// isPhoneLine is what phones and apps write: "Sent from my iPhone".
func isPhoneLine(l string) bool {
	if len(l) > 250 {
		return false
	}
	l = lower(l)
	for _, bracket := range []string{"<", "(http", "[http"} {
		l, _, _ = strings.Cut(l, bracket)
	}
	l = strings.TrimRight(strings.Trim(l, "*_ |(["), ".!| )]")
	if utf8.RuneCountInString(l) > 70 || strings.ContainsAny(l, ",;?") {
		return false
	}
	return slices.ContainsFunc(phones, func(phrase string) bool {
		before, behind, named := strings.Cut(phrase, "…")
		before, behind = bare(before), bare(behind)
		switch {
		case len(l) < len(before)+len(behind) || !strings.HasPrefix(l, before) || !strings.HasSuffix(l, behind):
			return false
		case named:
			return hasWord(l, gadgets)
		}
		return l == before || strings.HasPrefix(l, before+" ")
	})
}

// letterEnd finds the formula of a letter: a closing and a full name, the last two lines.
func (p *page) letterEnd(from, to int) int {
	name := p.above(to)
	if name < from || !isFullName(p.lines[name].bare) {
		return to
	}
	end := p.above(name)
	if end < from || p.lines[end].code || !isOneOf(p.lines[end].bare, closings) {
		return to
	}
	return end
}

// isFullName is two or three words with capital first letters, in a script that has them.
func isFullName(l string) bool {
	words := strings.Fields(l)
	if len(l) > 60 || len(words) < 2 || len(words) > 3 {
		return false
	}
	return !slices.ContainsFunc(words, func(w string) bool {
		first, _ := utf8.DecodeRuneInString(w)
		return !unicode.IsUpper(first) && !unicode.Is(unicode.Lo, first) || strings.ContainsFunc(w, isNoNameRune)
	})
}

func isNoNameRune(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(".'’-", r)
}

// withClosing moves the start of a signature up over the name and the closing that stand right above it.
func (p *page) withClosing(from, start int) int {
	for n, i := 0, p.above(start); n < 3 && i >= from && !p.lines[i].code; n, i = n+1, p.above(i) {
		l := p.lines[i].bare
		switch {
		case isOneOf(l, closings):
			return i
		case n == 0 && i == start-1 && isFullName(l) && (i == from || p.lines[i-1].bare == ""):
			start = i
		case len(strings.Fields(l)) > 4 || endsLikeSpeech(l):
			return start
		}
	}
	return start
}

// isOneOf says whether the line is one of these closings, alone, in two languages, with thanks before it or with the place
// it comes from.
func isOneOf(l string, these []string) bool {
	if len(l) > 80 {
		return false
	}
	l = strings.TrimRightFunc(lower(l), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	for part := range strings.FieldsFuncSeq(l, func(r rune) bool { return r == '/' || r == '|' || r == '&' }) {
		if slices.Contains(these, bare(part)) {
			return true
		}
	}
	return slices.ContainsFunc(these, func(c string) bool {
		before, ends := strings.CutSuffix(l, c)
		behind, starts := strings.CutPrefix(l, c)
		return ends && and().MatchString(before) || starts && place().MatchString(behind)
	})
}

var (
	and   = pattern(`^\S+(?: \S+)? (?:und|and|et|y|e|en|og|och|i|и) $`)
	place = pattern(`^ (?:aus|from|de|von) (?:\S+ ){0,2}\S+$`)
)
