package quote

import (
	"regexp"
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
		if p.lines[from].kind != said {
			from++
			continue
		}
		to := from
		for to < p.end && p.lines[to].kind == said {
			to++
		}
		p.sign(from, to)
		from = to
	}
}

// sign marks the signature at the end of the said lines from and up to, but not including, to.
func (p *page) sign(from, to int) {
	start := p.signed(from, to)
	start = p.withClosing(from, start, to)
	for above := p.above(start); above >= from && isRule(p.lines[above].bare) && !p.lines[above].code; above = p.above(start) {
		start = above
	}
	p.set(start, to, signature)
}

// signed is the first line of the signature, or to.
func (p *page) signed(from, to int) int {
	for i := p.next[from]; i < to; i = p.next[i+1] {
		l := &p.lines[i]
		switch {
		case l.code:
		case isDelimiter(l.text) && p.count(i+1, to) <= 40:
			return i
		case isPhoneLine(l.bare):
			return i
		case isRule(l.bare) && p.replied && p.follows(from, i) && p.count(i+1, to) <= 8:
			return i
		}
	}
	if card := p.card(from, to); card < to {
		return card
	}
	return p.letterEnd(from, to)
}

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

// isDelimiter is the line "-- " (RFC 3676 4.3), also without its blank, or the dash that some programs make of it.
func isDelimiter(text string) bool {
	switch strings.TrimRightFunc(text, unicode.IsSpace) {
	case "--", "—", "––", "— —":
		return true
	}
	return false
}

// isRule is a line drawn with marks, or the mark a mail tracker leaves.
func isRule(l string) bool {
	if l == "ᐧ" {
		return true
	}
	return len(l) >= 2 && len(l) <= longest && strings.Trim(l, "-_=*#~+—–―─━ ") == "" && strings.Trim(l, "#") != "" || strings.HasPrefix(l, "###") && strings.Trim(l, "#") == ""
}

// isPhoneLine is what phones and apps write: "Sent from my iPhone".
func isPhoneLine(l string) bool {
	if len(l) > 250 {
		return false
	}
	l, _, _ = strings.Cut(lower(l), "<http")
	l, _, _ = strings.Cut(l, "(http")
	l, _, _ = strings.Cut(l, "[http")
	l = strings.TrimRight(strings.Trim(l, "*_ ([|"), ".!])| ")
	if utf8.RuneCountInString(l) > 70 && !strings.Contains(l, "@") || strings.ContainsAny(l, ",;?") {
		return false
	}
	for _, p := range phones {
		before, behind, named := strings.Cut(p, "…")
		before, behind = bare(before), bare(behind)
		switch {
		case !strings.HasPrefix(l, before) || !strings.HasSuffix(l, behind) || len(l) < len(before)+len(behind):
		case !named && (l == before || strings.HasPrefix(l, before+" ") && strings.HasPrefix(before, "via") == false):
			return true
		case named && hasWord(l, gadgets):
			return true
		}
	}
	return false
}

// trait is what a line tells about being part of a name card.
type trait uint8

const (
	prose   trait = iota
	neutral       // short: a name, a place, a slogan
	hollow        // a rule
	rank          // names a trade or a rank
	contact       // a phone number, an address, a company
	notice        // small print
	farewell
)

var (
	phoneNumber = regexp.MustCompile(`^[+(]?\d[\d\s()/.–-]{5,}\d$`)
	grouped     = regexp.MustCompile(`[+(/]|^0|\d[\s.-]\d`)
	link        = regexp.MustCompile(`^<?(?:https?://|www\.)\S+$|^[\w-]+(?:\.[\w-]+)*\.(?:com|de|org|net|eu|at|ch|fr|io|co\.uk|nl|it|es)/?$`)
	onlyAddress = regexp.MustCompile(`^[<(\[]?(?:mailto:)?[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+[>)\]]?(?:\s*<mailto:[^>]*>)?$`)
	postal      = regexp.MustCompile(`(?:^|[,|•·\s])(?:[A-Z]{1,2}-)?\d{4,5}\s+\pLu\pL+|\b[A-Z]{2}\s+\d{5}\b|\b[A-Z]{1,2}\d[\dA-Z]?\s+\d[A-Z]{2}\b`)
	initial     = regexp.MustCompile(`^(?:-{1,2}|–|—|//|~)\s?\pLu[\pL.'-]*(?:\s\pLu[\pL.'-]*){0,2}$`)
)

// card looks from the end upwards for a name card: the lines beneath a closing or a rule, or a run of contact lines dense
// enough to be nothing else.
func (p *page) card(from, to int) int {
	top, cards, kinds, idle, lines := to, 0, 0, 0, 0
	small := false
	for i := p.above(to); i >= from && lines < 60; i = p.above(i) {
		if p.lines[i].code || p.lines[i].kind != said {
			break
		}
		lines++
		idle++
		switch p.trait(i, from, to) {
		case prose:
			return p.settle(from, top, to, cards, kinds, small)
		case notice:
			small, top, idle, lines = true, i, 0, lines-1
		case contact:
			cards, idle = cards+1, 0
			kinds |= contactKind(p.lines[i].bare)
			top = i
		case rank:
			idle = 0
			kinds |= rankKind
		case hollow:
			if cards > 0 || small || kinds != 0 && lines > 2 {
				return i
			}
		case farewell:
			if cards > 0 || small || kinds != 0 && lines > 2 {
				return i
			}
			return to
		case neutral:
			if idle > 6 {
				return p.settle(from, top, to, cards, kinds, small)
			}
		}
	}
	return p.settle(from, top, to, cards, kinds, small)
}

// settle decides about contact lines without a closing above them: three lines of two sorts or small print, and not
// announced by a colon, for that is an address the person wants us to have. Name and rank right above belong to them.
func (p *page) settle(from, top, to, cards, kinds int, small bool) int {
	if !small && (cards < 3 || kinds&(kinds-1) == 0) || top == to {
		return to
	}
	for n := 0; cards >= 2 && n < 4 && p.above(top) >= from; n++ {
		above := p.above(top)
		t := p.trait(above, from, to)
		if t != neutral && t != rank || n == 0 && top-above > 3 || n > 0 && above != top-1 {
			break
		}
		top = above
	}
	if above := p.above(top); above < from || strings.HasSuffix(p.lines[above].bare, ":") {
		return to
	}
	return top
}

const rankKind = 1 << 7

// contactKind is the sort of a contact line as a bit, 0 when it is none.
func contactKind(l string) int {
	if len(l) > 200 {
		return 0
	}
	value, labelled := l, false
	if head, tail, ok := strings.Cut(l, ":"); ok && slices.Contains(offices, lower(bare(head))) {
		value, labelled = bare(tail), true
	} else if head, tail, ok := strings.Cut(l, " "); ok && slices.Contains(offices, lower(bare(head))) {
		value, labelled = bare(tail), true
	}
	small := lower(l)
	digits := strings.Count(strings.Map(onlyDigits, value), "0")
	switch {
	case onlyAddress.MatchString(value) || strings.HasPrefix(small, "mailto:"):
		return 1
	case link.MatchString(lower(value)):
		return 2
	case labelled && (digits >= 5 || len(l) < 60 && value != "" && len(bare(strings.SplitN(l, " ", 2)[0])) > 4):
		return 4
	case digits >= 7 && phoneNumber.MatchString(value) && grouped.MatchString(value):
		return 4
	case digits >= 7 && len(l) < 120 && hasWord(small, offices[:20]):
		return 4
	case hasWord(small, firms):
		return 8
	case hasDigit(l) && (hasWord(small, streets) || hasSuffixWord(small, streets[:10])) && len(l) < 80:
		return 16
	case postal.MatchString(l) && len(l) < 80:
		return 16
	case strings.HasPrefix(l, "@") && !strings.Contains(l, " "):
		return 32
	}
	return 0
}

func onlyDigits(r rune) rune {
	if unicode.IsDigit(r) {
		return '0'
	}
	return -1
}

// trait judges one line of a possible name card.
func (p *page) trait(i, from, to int) trait {
	l := p.lines[i].bare
	n := utf8.RuneCountInString(l)
	switch {
	case isRule(l):
		return hollow
	case n > 60 && p.isNotice(i, from, to):
		return notice
	case isClosing(l) || initial.MatchString(l):
		return farewell
	case n > 160:
		return prose
	case contactKind(l) != 0 && !isSentence(l):
		return contact
	case p.isNotice(i, from, to):
		return notice
	case n <= 60 && hasWord(lower(l), titles) && len(strings.Fields(l)) <= 8 && !isSentence(l):
		return rank
	case n <= 60 && len(strings.Fields(l)) <= 7 && !strings.ContainsAny(l[len(l)-1:], ".?!:;,"):
		return neutral
	}
	return prose
}

// isSentence says whether the line runs on like speech rather than naming a thing.
func isSentence(l string) bool {
	words := strings.Fields(l)
	if len(words) < 6 {
		return strings.HasSuffix(l, "?")
	}
	small := 0
	for _, w := range words {
		if first, _ := utf8.DecodeRuneInString(w); unicode.IsLower(first) {
			small++
		}
	}
	return small*2 > len(words)
}

// isNotice says whether the paragraph of line i is legal small print.
func (p *page) isNotice(i, from, to int) bool {
	first, last := i, i+1
	for first > from && i-first < 30 && p.lines[first-1].bare != "" {
		first--
	}
	for last < to && last-i < 30 && p.lines[last].bare != "" {
		last++
	}
	var b strings.Builder
	for j := first; j < last && b.Len() < 4000; j++ {
		b.WriteString(lower(p.lines[j].bare) + " ")
	}
	found := 0
	for _, c := range confidences {
		if strings.Contains(b.String(), c) {
			found++
		}
	}
	return found >= 2 && b.Len() >= 80
}

// isClosing says whether the line is a closing such as "Best regards", alone or with a name.
func isClosing(l string) bool {
	return closing(l, formals) || closing(l, warms)
}

func closing(l string, these []string) bool {
	if len(l) > 80 {
		return false
	}
	l = strings.TrimRightFunc(lower(l), func(r rune) bool { return !unicode.IsLetter(r) && r != '\u0e33' && !unicode.IsMark(r) })
	for _, part := range strings.FieldsFunc(l, func(r rune) bool { return r == '/' || r == '|' || r == '&' }) {
		if slices.Contains(these, bare(part)) {
			return true
		}
	}
	for _, c := range these {
		rest, ok := strings.CutSuffix(l, " "+c)
		if ok && len(strings.Fields(rest)) <= 3 && (strings.HasSuffix(rest, " und") || strings.HasSuffix(rest, " and") || strings.HasSuffix(rest, " et") || strings.HasSuffix(rest, " y")) {
			return true
		}
		if rest, ok = strings.CutPrefix(l, c+" aus "); ok && len(strings.Fields(rest)) <= 4 {
			return true
		}
		if rest, ok = strings.CutPrefix(l, c+" from "); ok && len(strings.Fields(rest)) <= 4 {
			return true
		}
	}
	return false
}

// letterEnd finds the formula of a letter: a formal closing and a full name, the last two lines.
func (p *page) letterEnd(from, to int) int {
	name := p.above(to)
	if name < from || !isFullName(p.lines[name].bare) {
		return to
	}
	end := p.above(name)
	if end < from || p.lines[end].code || !closing(p.lines[end].bare, formals) {
		return to
	}
	return end
}

// isFullName is two or three words with capital first letters, or up to four signs of a script without capitals.
func isFullName(l string) bool {
	words := strings.Fields(l)
	if len(l) > 60 || len(words) < 2 || len(words) > 3 {
		return false
	}
	for _, w := range words {
		first, _ := utf8.DecodeRuneInString(w)
		if !unicode.IsUpper(first) && !unicode.Is(unicode.Lo, first) || strings.ContainsFunc(w, isNoNameRune) {
			return false
		}
	}
	return true
}

func isNoNameRune(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(".'’-", r)
}

// withClosing moves the start of a signature up over the closing and the name that stand right above it.
func (p *page) withClosing(from, start, to int) int {
	if start == to {
		return start
	}
	first := start
	for n := 0; n < 3; n++ {
		above := p.above(first)
		if above < from || p.lines[above].code {
			return start
		}
		l := p.lines[above].bare
		if closing(l, formals) || n > 0 && closing(l, warms) {
			return above
		}
		if n == 0 && above == start-1 && isFullName(l) && (above == from || p.lines[above-1].bare == "") {
			start = above
		}
		if utf8.RuneCountInString(l) > 40 || len(strings.Fields(l)) > 4 || strings.ContainsAny(l[len(l)-1:], ".?!:;,") {
			return start
		}
		first = above
	}
	return start
}

// hasWord says whether one of the words stands in the text, not as part of another word.
func hasWord(text string, words []string) bool {
	for _, w := range words {
		for at := 0; ; {
			found := strings.Index(text[at:], w)
			if found < 0 {
				break
			}
			at += found
			before, _ := utf8.DecodeLastRuneInString(text[:at])
			behind, _ := utf8.DecodeRuneInString(text[at+len(w):])
			if !unicode.IsLetter(before) && !unicode.IsLetter(behind) && !unicode.IsDigit(before) && !unicode.IsDigit(behind) {
				return true
			}
			at += len(w)
		}
	}
	return false
}

// hasSuffixWord says whether a word of the text ends like this: "Hauptstraße".
func hasSuffixWord(text string, endings []string) bool {
	for w := range strings.FieldsSeq(text) {
		if slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(strings.Trim(w, ",."), e) }) {
			return true
		}
	}
	return false
}
