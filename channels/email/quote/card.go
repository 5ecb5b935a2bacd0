package quote

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// trait is what a line tells about being part of a name card.
type trait uint8

const (
	speech   trait = iota
	neutral        // short: a name, a place, a slogan
	filled         // "Colour: blue", a field of some form
	ruled          // drawn with marks
	ranked         // names a trade or a rank
	contact        // a phone number, an address, a company
	notice         // small print
	thankful       // thanks at the end
	farewell       // a closing
)

// evidence is what was found on the way up from the last line, or from a rule that parts a signature.
type evidence struct {
	start    int // of the signature if nothing more is found
	top      int // the highest line that told something
	lines    int // read, small print aside
	idle     int // read since the last that told something
	contacts int
	sorts    sort // of contacts
	ranks    int
	filled   int
	notices  int
}

// card looks from the end upwards for a name card: the lines beneath a closing or a rule, or a run of contact lines dense
// enough to be nothing else. It is the first line of the card, or to.
func (p *page) card(from, to int) int {
	e := evidence{start: to, top: to}
	for i, n := p.above(to), 0; i >= from && n < 80 && e.idle <= 6; i, n = p.above(i), n+1 {
		t := p.trait(i, from, to)
		switch {
		case t == speech:
			return p.settle(from, to, e)
		case t == ruled && e.signs():
			e = evidence{start: i, top: i}
		case t == farewell && e.signs():
			return i
		case t == thankful && e.signs():
			return p.next[i+1]
		case t == farewell || t == thankful:
			return e.start
		default:
			e.add(t, i, p.lines[i].bare)
		}
	}
	return p.settle(from, to, e)
}

func (e *evidence) add(t trait, i int, l string) {
	e.lines++
	e.idle++
	switch t {
	case contact:
		e.contacts++
		e.sorts |= sortOf(l)
	case ranked:
		e.ranks++
	case notice:
		e.notices++
		e.lines--
	case filled:
		e.filled++
		return
	default:
		return
	}
	e.idle = 0
	if t != ranked {
		e.top = i
	}
}

// signs says whether the lines seen are a signature when a closing or a rule stands above them. A rank needs a name.
func (e *evidence) signs() bool {
	return e.contacts > 0 || e.notices > 0 || e.ranks > 0 && e.lines > 1
}

// settle decides about lines without a closing above them: small print, or three contact lines of two sorts that are no form
// and are not announced by a colon, for that is an address the person wants used. Name and rank right above belong to them.
func (p *page) settle(from, to int, e evidence) int {
	dense := e.contacts >= 3 && e.sorts&(e.sorts-1) != 0 && e.filled < 2
	if e.notices == 0 && !dense {
		return e.start
	}
	top := e.top
	for n := 0; dense && n < 4; n++ {
		above := p.above(top)
		if above < from || top-above > 3 || n > 0 && above < top-1 {
			break
		}
		if t := p.trait(above, from, to); t != neutral && t != ranked {
			break
		}
		top = above
	}
	if above := p.above(top); above < from || strings.HasSuffix(p.lines[above].bare, ":") {
		return e.start
	}
	return top
}

// trait judges one line of a possible name card.
func (p *page) trait(i, from, to int) trait {
	l := p.lines[i].bare
	switch {
	case p.lines[i].code:
		return speech
	case isRule(l):
		return ruled
	case isOneOf(l, thanks):
		return thankful
	case isOneOf(l, closings) || dashed().MatchString(l):
		return farewell
	case sortOf(l) != 0 && !runsOn(l):
		return contact
	}
	if t := shortTrait(l); t != speech {
		return t
	}
	if p.isNotice(i, from, to) {
		return notice
	}
	return speech
}

// shortTrait judges a line by its words, if they are few.
func shortTrait(l string) trait {
	if utf8.RuneCountInString(l) > 60 || len(firstFields(l, 9)) > 8 {
		return speech
	}
	small := lower(l)
	switch {
	case postscript().MatchString(small):
		return speech
	case hasWord(small, titles) && !runsOn(l):
		return ranked
	case aField().MatchString(l) && !slices.Contains(numbers, strings.TrimSuffix(small, ":")):
		return filled
	case !endsLikeSpeech(l):
		return neutral
	}
	return speech
}

var (
	postscript = pattern(`^p\.?\s?s\.?[:.\s]|^nb[:.]`)
	dashed     = pattern(`^(?:-{1,2}|–|—|//|~)\s?\p{Lu}[\pL.'-]*(?:\s\p{Lu}[\pL.'-]*){0,2}$`)
	aField     = pattern(`^[\pL\s./-]{2,30}\s?:(?:\s|$)`)
)

// endsLikeSpeech says whether the line ends as sentences and announcements do.
func endsLikeSpeech(l string) bool { return strings.ContainsAny(l[len(l)-1:], ".?!:;,") }

// runsOn says whether the line is speech rather than the name of something: a question, or mostly small words.
func runsOn(l string) bool {
	words := firstFields(l, 40)
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

// sort is what a contact line tells, as a set.
type sort uint8

const (
	anAddress sort = 1 << iota
	aPage
	aNumber
	aFirm
	aStreet
	anAccount
)

var (
	onlyAddress = pattern(`^[<(\[]?(?:mailto:)?[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+[>)\]]?(?:\s*<mailto:[^>]*>)?$`)
	onlyPage    = pattern(`^<?(?:https?://|www\.)\S+$|^[\w-]+(?:\.[\w-]+)*\.(?:com|de|org|net|eu|at|ch|fr|io|uk|nl|it|es)/?$`)
	onlyNumber  = pattern(`^(?:\+|\(|0)[\d\s()/.–-]{6,}\d$|^\d{3}[\s.-]\d{3}[\s.-]\d{4}$`)
	postcode    = pattern(`(?:^|[,|•·\s])(?:[A-Z]{1,2}-)?\d{4,5}\s+\p{Lu}\pL+|\b[A-Z]{2}\s+\d{5}\b|\b[A-Z]{1,2}\d[\dA-Z]?\s+\d[A-Z]{2}\b`)
	anyDigit    = pattern(`\d`)
)

// sortOf is the sort of a contact line, 0 when it is none.
func sortOf(l string) sort {
	if len(l) > 160 {
		return 0
	}
	if way := wayTo(l); way != 0 {
		return way
	}
	small := lower(l)
	switch {
	case hasWord(l, firms) && !slices.Contains(firms, l), hasWord(small, imprints):
		return aFirm
	case len(l) >= 80:
		return 0
	case anyDigit().MatchString(l) && (hasWord(small, streets) || streetEnd().MatchString(small)), postcode().MatchString(l):
		return aStreet
	}
	return 0
}

// wayTo is the sort of a line that tells a way to reach someone.
func wayTo(l string) sort {
	label, value := labelled(l)
	digits := len(anyDigit().FindAllStringIndex(value, 8))
	switch {
	case onlyAddress().MatchString(value):
		return anAddress
	case onlyPage().MatchString(lower(value)):
		return aPage
	case digits >= 7 && onlyNumber().MatchString(value), digits >= 5 && slices.Contains(numbers, label):
		return aNumber
	case value != "" && slices.Contains(accounts, label), strings.HasPrefix(l, "@") && !strings.Contains(l, " "):
		return anAccount
	}
	return 0
}

var streetEnd = pattern(`(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|gatan|vägen|vej|gata|katu)\s+\d`)

// labelled parts "Tel.: 030 1234" into its label in small letters and the rest; a line without a label is all value.
func labelled(l string) (label, value string) {
	if head, tail, ok := strings.Cut(l, ":"); ok {
		if head = lower(bare(head)); slices.Contains(numbers, head) || slices.Contains(accounts, head) {
			return head, bare(tail)
		}
	}
	head, tail, _ := strings.Cut(l, " ")
	head, tail = lower(head), bare(tail)
	switch {
	case len(head) == 1 && !strings.HasPrefix(tail, "+"): // "I 12345" is no label
		return "", l
	case slices.Contains(numbers, head), slices.Contains(accounts, head) && onlyAddress().MatchString(tail):
		return head, tail
	}
	return "", l
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
	for j := first; j < last && b.Len() < 4*longest; j++ {
		l := p.lines[j].bare
		b.WriteString(lower(l[:min(len(l), 2*longest)]) + " ")
	}
	found := 0
	for _, c := range confidences {
		if strings.Contains(b.String(), c) {
			found++
		}
	}
	return found >= 2 && b.Len() >= 80
}

// hasWord says whether one of the words stands in the text and is not a part of a longer one. Scripts beyond Latin, Greek
// and Cyrillic write their endings right behind a foreign word.
func hasWord(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		for at := 0; ; at += len(w) {
			found := strings.Index(text[at:], w)
			if found < 0 {
				return false
			}
			at += found
			before, _ := utf8.DecodeLastRuneInString(text[:at])
			behind, _ := utf8.DecodeRuneInString(text[at+len(w):])
			if !isWordRune(before) && !isWordRune(behind) {
				return true
			}
		}
	})
}

func isWordRune(r rune) bool { return r < '\u0590' && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
