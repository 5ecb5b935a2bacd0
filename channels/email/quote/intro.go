package quote

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	address = regexp.MustCompile(`[^\s<>@"(:]@[^\s<>@]+\.[\pL\d]{2,}`)
	// clock is a time of day; "18.30" counts only when it stands alone, or it is half a date.
	clock = regexp.MustCompile(`(?:^|[^\d:])\d{1,2}[:h]\d{2}(?:[^\d]|$)|(?:^|[\s,])\d{1,2}\.\d{2}(?:[\s,]|$)`)
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
	n := i
	for n < len(p.lines) && (p.lines[n].hint == asIntro || p.lines[n].bare == "") {
		n++
	}
	if p.lines[i].hint != asIntro || p.count(i, n) > 3 {
		return 0
	}
	return n - i
}

// dated finds an introduction that names a date or an address. Mail programs break it into up to five lines.
func (p *page) dated(i int) (n int, strong bool) {
	first := p.lines[i].bare
	date := startsWithDate(first)
	if !date && !startsWithName(first) {
		return 0, false
	}
	whole := ""
	for j := i; j < len(p.lines) && j < i+7 && len(whole) <= longest; j++ {
		l := p.lines[j].bare
		switch {
		case l == "" && p.next[j] < len(p.lines) && strings.HasPrefix(p.lines[p.next[j]].bare, "<"):
			continue
		case l == "" || p.lines[j].hint == asOriginal || j > i && (p.isQuoted(j) && !endsIntro(l) || restarts(l)):
			return 0, false
		}
		whole += " " + l
		after := p.next[j+1]
		if ok, strong := isIntro(bare(whole), date, after < len(p.lines) && p.isQuoted(after) && !endsIntro(p.lines[after].bare)); ok {
			return j + 1 - i, strong
		}
	}
	return 0, false
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

// isIntro judges a whole introduction: it ends with the verb ("… wrote:"), or has it before the name ("schrieb …:"), or
// has none but a date, a time and an address.
func isIntro(whole string, date, quoteBelow bool) (ok, strong bool) {
	rest, colon := cutColon(strings.Trim(whole, "*_ "))
	if rest = lower(rest); len(rest) > longest {
		return false, false
	}
	verb := endsWithVerb(rest) != ""
	bracket := date && endsWithAddress(rest)
	if !verb && !colon && !(bracket && quoteBelow) {
		return false, false
	}
	at := strings.Contains(rest, "@") && address.MatchString(rest)
	time := clock.MatchString(rest)
	strong = at || date && time
	switch {
	case verb:
		return strong && (colon || at && date) || quoteBelow && colon, strong
	case !colon:
		return at, false
	case quoteBelow && strong, hasVerb(rest):
		return quoteBelow || strong, strong
	}
	return bracket && at && time, true
}

// introWithin finds an introduction that begins inside a line because the line end before it was lost, and says at which
// byte; 0 for none.
func introWithin(text string) int {
	text = strings.TrimRightFunc(text, unicode.IsSpace)
	if len(text) > longest || text == "" || text[0] == '>' {
		return 0
	}
	rest, colon := cutColon(text)
	if !colon || !hasDigit(rest) || startsWithDate(bare(text)) {
		return 0
	}
	if rest = lower(rest); endsWithVerb(rest) == "" && !hasVerb(rest) {
		return 0
	}
	for at := len(text) - 1; at > 0; at-- {
		if !utf8.RuneStart(text[at]) {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		if unicode.IsLetter(before) || unicode.IsDigit(before) || strings.ContainsRune(`<"'(@`, before) || !opens(text[at:]) {
			continue
		}
		if ok, strong := isIntro(text[at:], true, false); ok && strong && startsWithDate(text[at:]) {
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
	name, _, bracket := strings.Cut(l, "<")
	if !bracket {
		at := strings.IndexByte(l, '@')
		if at < 0 {
			return false
		}
		name = l[:at]
	}
	return name != "" && len(name) <= 100 && len(strings.Fields(name)) <= 6
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

// endsWithAddress says whether the text ends with an address in brackets.
func endsWithAddress(text string) bool {
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
