package quote

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	address = pattern(`[^\s<>@"(:]@[^\s<>@]+\.[\pL\d]{2,}`)
	// clock is a time of day; "18.30" counts only when it stands alone, or it is half a date.
	clock = pattern(`(?:^|[^\d:])\d{1,2}[:h]\d{2}(?:[^\d]|$)|(?:^|[\s,])\d{1,2}\.\d{2}(?:[\s,]|$)`)
)

// intro says how many lines from i on introduce a quotation, 0 for none, and whether they do so beyond doubt: a doubtful
// introduction counts only with quoted lines beneath it.
func (p *page) intro(i int) (n int, strong bool) {
	if n = p.hinted(i); n > 0 {
		return n, true
	}
	if n, strong = p.dated(i); n > 0 {
		return n, strong
	}
	// "Anna Berg wrote:", short and alone.
	l := p.lines[i].bare
	if len(l) > 60 || i > 0 && p.lines[i-1].bare != "" {
		return 0, false
	}
	if rest, colon := cutColon(l); colon && len(strings.Fields(rest)) <= 4 && endsWithVerb(lower(rest)) != "" {
		return 1, false
	}
	return 0, false
}

// hinted is the number of lines from i on that HTML marks as an introduction. People write inside that mark too, above the
// introduction; so a long run is not believed.
func (p *page) hinted(i int) int {
	above := p.above(i)
	inside := above >= 0 && p.lines[above].hint == asIntro
	n := i
	for n < len(p.lines) && (p.lines[n].hint == asIntro || p.lines[n].bare == "") {
		n++
	}
	if p.lines[i].hint != asIntro || inside || p.count(i, n) > 3 {
		return 0
	}
	return n - i
}

// dated finds an introduction that names a date or an address. Mail programs break it into up to five lines.
func (p *page) dated(i int) (n int, strong bool) {
	date := startsWithDate(p.lines[i].bare)
	if !date && !startsWithName(p.lines[i].bare) {
		return 0, false
	}
	whole := ""
	for j := i; j < len(p.lines) && j < i+7 && len(whole) <= longest; j++ {
		if p.lines[j].bare == "" && p.opensBracket(p.next[j]) {
			continue
		}
		if j > i && !p.continues(j) {
			return 0, false
		}
		whole += " " + p.lines[j].bare
		if ok, strong := isIntro(bare(whole), date, p.quoteBelow(j+1)); ok {
			return j + 1 - i, strong
		}
	}
	return 0, false
}

// opensBracket says whether line i begins with the address that belongs to a name above, which some programs set apart.
func (p *page) opensBracket(i int) bool {
	return i < len(p.lines) && strings.HasPrefix(p.lines[i].bare, "<")
}

// continues says whether line i may be the rest of an introduction.
func (p *page) continues(i int) bool {
	l := &p.lines[i]
	if l.bare == "" || l.hint == asOriginal || restarts(l.bare) {
		return false
	}
	return !p.isQuoted(i) || endsIntro(l.bare)
}

// quoteBelow says whether the next words from line i on are quoted.
func (p *page) quoteBelow(i int) bool {
	i = p.next[i]
	return i < len(p.lines) && p.isQuoted(i) && !endsIntro(p.lines[i].bare)
}

// introduces says whether the first quoted line of a block is the introduction itself.
func (p *page) introduces(i int) bool {
	l := unquoted(p.lines[i].bare)
	if len(l) > longest || strings.HasPrefix(l, ">") {
		return false
	}
	ok, strong := isIntro(l, startsWithDate(l), false)
	return ok && strong
}

// endsIntro says whether a line that looks quoted is the end of an introduction whose address was torn: "> wrote:".
func endsIntro(l string) bool {
	rest, colon := cutColon(lower(strings.TrimPrefix(l, ">")))
	if colon && rest == "" {
		return true
	}
	return colon && len(l) <= 60 && len(strings.Fields(rest)) <= 3 && endsWithVerb(rest) != "" && !strings.HasPrefix(rest, ">")
}

// isIntro judges a whole introduction, which may begin with a date and may have quoted lines below. It ends with the verb
// ("… wrote:"), or has it before the name ("schrieb …:"), or has none but a date, a time and an address.
func isIntro(whole string, date, quoteBelow bool) (ok, strong bool) {
	rest, colon := cutColon(strings.Trim(whole, "*_ "))
	rest = lower(rest)
	ends := endsWithVerb(rest) != ""
	switch {
	case ends || colon && hasVerb(rest):
		c := look(rest, date)
		return colon && (quoteBelow || c.strong()) || ends && c.date && c.address, c.strong()
	case !date:
		return false, false
	case colon:
		c := look(rest, date)
		return c.time && (quoteBelow || c.bracket), c.strong()
	}
	return quoteBelow && look(rest, date).bracket, false
}

// clues are what an introduction tells besides its verb.
type clues struct{ date, time, address, bracket bool }

func look(text string, date bool) clues {
	c := clues{date: date, time: clock().MatchString(text)}
	c.address = strings.Contains(text, "@") && address().MatchString(text)
	c.bracket = c.address && endsWithBracket(text)
	return c
}

func (c clues) strong() bool { return c.address || c.date && c.time }

// introWithin finds an introduction that begins inside a line because the line end before it was lost, and says at which
// byte; 0 for none.
func introWithin(text string) int {
	text = strings.TrimRightFunc(text, unicode.IsSpace)
	if len(text) > longest || text == "" || text[0] == '>' || !hasDigit(text) {
		return 0
	}
	if _, colon := cutColon(text); !colon || startsWithDate(bare(text)) {
		return 0
	}
	for at := len(text) - 1; at > 0; at-- {
		if !utf8.RuneStart(text[at]) || !restarts(text[at:]) {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		ok, strong := isIntro(text[at:], true, false)
		if ok && strong && !isWordRune(before) && !strings.ContainsRune(`<"'(@`, before) {
			return len(strings.TrimRight(text[:at], "- "))
		}
	}
	return 0
}

// opens says whether the text begins with a word that opens an introduction, such as "On".
func opens(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	return firstOn[word]
}

// startsWithDate says whether a line begins as introductions do: "On 5 May", "5.5.2026", "Tue, 5 May", "El mar, 5 may".
func startsWithDate(l string) bool {
	if len(l) > longest || !hasDigit(l) {
		return false
	}
	words := firstFields(strings.TrimLeft(l, `*_"'- `), 6)
	if len(words) == 0 {
		return false
	}
	if hasDigit(words[0]) && !strings.Contains(words[0], "@") {
		return true
	}
	reach := 2
	if firstOn[words[0]] {
		reach = 6
	} else if words[0] == "" || strings.IndexFunc(words[0], unicode.IsLetter) < 0 {
		return false
	}
	return slices.ContainsFunc(words[1:min(reach, len(words))], hasDigit)
}

// restarts says whether a line begins an introduction of its own, so that the one before it came to nothing.
func restarts(l string) bool { return opens(l) && startsWithDate(l) }

// startsWithName says whether a line begins with at most six words and an address: "Anna Berg <anna@berg.example>".
func startsWithName(l string) bool {
	if len(l) > longest {
		return false
	}
	name, _, found := strings.Cut(l, "<")
	if !found {
		name, _, found = strings.Cut(l, "@")
	}
	return found && name != "" && len(name) <= 100 && len(strings.Fields(name)) <= 6
}

// endsWithVerb is the verb with which the text ends, or "". Scripts that put no blank between words need none here.
func endsWithVerb(text string) string {
	text = strings.TrimRight(text, " -–*_\u202c\u00a0")
	for _, v := range verbs {
		before, found := strings.CutSuffix(text, v)
		if !found {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		if before == "" || !unicode.IsLetter(last) || last > 0x2e80 {
			return v
		}
	}
	return ""
}

// hasVerb says whether the verb of an introduction stands in the text as words of their own.
func hasVerb(text string) bool {
	return slices.ContainsFunc(verbs, func(v string) bool { return strings.Contains(text, " "+v+" ") })
}

// endsWithBracket says whether the text ends as an address in brackets does.
func endsWithBracket(text string) bool {
	text = strings.TrimRight(text, " )\u202c\u200f")
	return strings.HasSuffix(text, ">") || strings.HasSuffix(text, "&gt;") || strings.HasSuffix(text, "]")
}

// cutColon takes away the colon at the end.
func cutColon(text string) (rest string, colon bool) {
	text = strings.TrimRightFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == '*' || r == '_'
	})
	rest = strings.TrimSuffix(strings.TrimSuffix(text, ":"), "：")
	return bare(rest), len(rest) < len(text)
}

func hasDigit(s string) bool {
	return strings.ContainsAny(s, "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")
}

// firstFields is strings.Fields, up to n of them.
func firstFields(s string, n int) []string {
	var words []string
	for w := range strings.FieldsSeq(s) {
		if words = append(words, w); len(words) == n {
			break
		}
	}
	return words
}
