package when

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is one of a text: letters, or a number with what is written in it (12/4, 15:30).
type word struct {
	text       string
	start, end int
	apart      bool // more than a space, a comma or a dash lies before it
	dot        bool // a dot follows
	number     bool
}

var halves = strings.NewReplacer("a.m", "am", "p.m", "pm")

// split cuts a text into words.
func split(text string) (all []word) {
	all = make([]word, 0, len(text)/5+1)
	gap := 0
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRuneInString(text[at:])
		w := word{start: at}
		switch {
		case unicode.IsDigit(r):
			w.number, w.end = true, numberEnd(text, at)
		case unicode.IsLetter(r):
			w.end = lettersEnd(text, at)
		default:
			at += n
			continue
		}
		w.text = strings.ToLower(text[w.start:w.end])
		if strings.ContainsAny(w.text, ".’") {
			w.text = strings.ReplaceAll(halves.Replace(w.text), "’", "'")
		}
		if w.number {
			w.text = strings.ReplaceAll(w.text, "–", "-")
		}
		w.dot = strings.HasPrefix(text[w.end:], ".")
		w.apart = len(all) == 0 || !joins(text[gap:at], all[len(all)-1])
		at, gap = w.end, w.end
		all = append(all, w)
	}
	return all
}

// numberEnd is where a number ends that has digits on both sides of its signs.
func numberEnd(text string, at int) int {
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		if unicode.IsDigit(r) {
			at += n
			continue
		}
		after, _ := utf8.DecodeRuneInString(text[at+n:])
		if !strings.ContainsRune(".:/-–", r) || !unicode.IsDigit(after) {
			return at
		}
		at += n
	}
	return at
}

func lettersEnd(text string, at int) int {
	if t := text[at:]; len(t) >= 3 && t[1] == '.' && strings.ContainsRune("aApP", rune(t[0])) && (t[2] == 'm' || t[2] == 'M') {
		return at + 3 // a.m., p.m.
	}
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			at += n
			continue
		}
		after, _ := utf8.DecodeRuneInString(text[at+n:])
		if r != '\'' && r != '’' || !unicode.IsLetter(after) {
			return at
		}
		at += n
	}
	return at
}

// joins says whether what lies between two words lets them belong together.
func joins(gap string, left word) bool {
	if left.dot {
		if !left.number && utf8.RuneCountInString(left.text) > 5 { // Dez., Uhr. end no sentence; a longer word does
			return false
		}
		gap = gap[1:]
	}
	return strings.Trim(strings.Replace(gap, "\n", " ", 1), " \t\r\u00a0\u202f,-–") == "" && strings.Count(gap, ",") < 2
}

// rule is one way to say a day or a time: words, (a|b) written a|b, optional ones with a ? behind, and {classes}.
type rule struct {
	items  []string
	make   func(*reader, caught) (piece, bool)
	follow bool // only after another piece
}

// caught is what the classes of a rule have read.
type caught struct {
	n, hi     int // a number, or from n to hi
	unit      unit
	weekday   int // 1 is Monday, as in ISO 8601
	month     int
	day, year int
	part      string
	word      string // the first one
	a, b      int    // minutes from midnight: of the first and the last time, or of the only one in b
	amb       bool
	numeric   bool
}

// time enters the minutes from midnight of another time.
func (c *caught) time(minute int) { c.a, c.b = c.b, minute }

// unit is what time is counted in.
type unit rune

const (
	minutes unit = 'm'
	hours   unit = 'h'
	days    unit = 'd'
	weeks   unit = 'w'
	months  unit = 'M'
	years   unit = 'y'
	working unit = 'W' // Monday to Friday
	werktag unit = 'S' // Monday to Saturday
)

// grammar is what a language has to say it.
type grammar struct {
	leads    map[string]lead
	nots     map[string]bool // what turns a limit into a beginning: not until
	latest   [][]string
	weekdays map[string]int
	months   map[string]int
	parts    map[string][2]int // of a day, in minutes
	units    map[string]unit
	numbers  map[string]int
	ordinals map[string]bool // what makes a number one: st, nd, rd, th
	to       map[string]bool // between two numbers
	rules    []rule
	index    map[string][]int
	clock    func(*reader, int, *caught) (int, bool)
	hour     func(*reader, int, *caught) (int, bool)
	closing  map[string]bool // words that may follow a number that is an hour: at three tomorrow
}

// say enters rules, one for each line of a pattern.
func (g *grammar) say(patterns string, f func(*reader, caught) (piece, bool)) {
	for line := range strings.Lines(patterns) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		follow := fields[0] == "+"
		if follow {
			fields = fields[1:]
		}
		for _, items := range spread(fields) {
			g.rules = append(g.rules, rule{items, f, follow})
		}
	}
}

// spread writes out what is optional.
func spread(items []string) (all [][]string) {
	if len(items) == 0 {
		return [][]string{nil}
	}
	first, optional := strings.CutSuffix(items[0], "?")
	for _, rest := range spread(items[1:]) {
		all = append(all, append([]string{first}, rest...))
		if optional {
			all = append(all, rest)
		}
	}
	return all
}

// ready finds rules by the words they may begin with; "#" stands for every number.
func (g *grammar) ready() *grammar {
	g.index = map[string][]int{}
	for n, r := range g.rules {
		for _, w := range g.openings(r.items[0]) {
			g.index[w] = append(g.index[w], n)
		}
	}
	return g
}

func (g *grammar) openings(item string) (all []string) {
	switch item {
	case "{weekday}":
		return keys(g.weekdays)
	case "{month}":
		return keys(g.months)
	case "{part}":
		return keys(g.parts)
	case "{n}":
		return append(keys(g.numbers), "#")
	case "{day}", "{date}", "{year}", "{ordinal}":
		return []string{"#"}
	case "{clock}", "{hour}":
		numbers := slices.DeleteFunc(keys(g.numbers), func(w string) bool { return w == "a" || w == "an" })
		return append(numbers, "#", "noon", "midday", "midnight", "half", "quarter", "halb", "viertel", "dreiviertel", "mittag", "mittags", "mitternacht")
	}
	return strings.Split(item, "|")
}

func keys[V any](m map[string]V) (all []string) {
	for k := range maps.Keys(m) {
		all = append(all, k)
	}
	return all
}

// piece reads the longest one that begins at a word.
func (p *reader) piece(at int, follows bool) (best piece, next int, ok bool) {
	key := p.words[at].text
	if p.words[at].number {
		key = "#"
	}
	p.inside = follows
	for _, n := range p.grammar.index[key] {
		r := &p.grammar.rules[n]
		if r.follow && !follows {
			continue
		}
		c := caught{word: key}
		to, fits := p.match(r.items, at, &c)
		if !fits || to < next || to == next && (!r.follow || !follows) {
			continue
		}
		if q, made := r.make(p, c); made {
			best, next, ok = q, to, true
		}
	}
	return best, next, ok
}

func (p *reader) match(items []string, at int, c *caught) (next int, ok bool) {
	for i, item := range items {
		if item == "{end}" { // after a day there is no doubt
			return at, p.closes(at) || p.inside && p.grammar.months[p.words[at].text] == 0
		}
		if at >= len(p.words) || i > 0 && p.words[at].apart {
			return 0, false
		}
		if at, ok = p.item(item, at, c); !ok {
			return 0, false
		}
	}
	return at, true
}

func (p *reader) item(item string, at int, c *caught) (next int, ok bool) {
	w, g := p.words[at], p.grammar
	switch item {
	case "{weekday}":
		c.weekday, ok = g.weekdays[w.text]
	case "{month}":
		c.month, ok = g.months[w.text]
	case "{part}":
		_, ok = g.parts[w.text]
		c.part = w.text
	case "{unit}":
		c.unit, ok = g.units[w.text]
	case "{year}":
		c.year, ok = w.natural(4)
		ok = ok && c.year >= 1900 && c.year < 2200
	case "{n}":
		return p.number(at, c)
	case "{day}", "{ordinal}":
		return p.dayOfMonth(at, item == "{ordinal}", c)
	case "{date}":
		return at + 1, p.date(w, c)
	case "{clock}":
		return g.clock(p, at, c)
	case "{hour}":
		return g.hour(p, at, c)
	default:
		ok = among(item, w.text)
	}
	return at + 1, ok
}

func among(item, text string) bool {
	for item != "" {
		one, rest, _ := strings.Cut(item, "|")
		if one == text {
			return true
		}
		item = rest
	}
	return false
}

// natural is a number of nothing but digits, at most so many of them.
func (w word) natural(most int) (int, bool) {
	if !w.number || len(w.text) > most {
		return 0, false
	}
	n, err := strconv.Atoi(w.text)
	return n, err == nil
}

// count is a number in digits or in letters.
func (p *reader) count(at int) (n int, ok bool) {
	if at >= len(p.words) {
		return 0, false
	}
	if n, ok = p.words[at].natural(3); !ok {
		n, ok = p.grammar.numbers[p.words[at].text]
	}
	return n, ok
}

// number reads "two", "2-3", "zwei bis drei".
func (p *reader) number(at int, c *caught) (next int, ok bool) {
	if low, high, is := strings.Cut(p.words[at].text, "-"); is && p.words[at].number {
		n, err1 := strconv.Atoi(low)
		hi, err2 := strconv.Atoi(high)
		c.n, c.hi = n, hi
		return at + 1, err1 == nil && err2 == nil && n <= hi && hi < 1000
	}
	if c.n, ok = p.count(at); !ok {
		return 0, false
	}
	c.hi = c.n
	next = at + 1
	more := next
	if more < len(p.words) && !p.words[more].apart && p.grammar.to[p.words[more].text] {
		more++
	} else if more < len(p.words) && strings.Trim(p.text[p.words[at].end:p.words[more].start], " -–") != "" {
		return next, true
	}
	if hi, is := p.count(more); is && hi > c.n && !p.words[more].apart {
		c.hi, next = hi, more+1
	}
	return next, true
}

// dayOfMonth reads 4, 4th and 4. as a day.
func (p *reader) dayOfMonth(at int, ordinal bool, c *caught) (next int, ok bool) {
	c.day, ok = p.words[at].natural(2)
	if !ok || c.day < 1 || c.day > 31 {
		return 0, false
	}
	next = at + 1
	if next < len(p.words) && p.words[next].start == p.words[at].end {
		if !p.grammar.ordinals[p.words[next].text] {
			return 0, false
		}
		return next + 1, true
	}
	return next, !ordinal || p.grammar.ordinals["."] && p.words[at].dot
}

// date reads 2026-12-04, 12/4/2026, 4.12.2026 and, where a dot or a slash shows it, those without a year.
func (p *reader) date(w word, c *caught) bool {
	n, sign := w.parts()
	whole := len(n) == 3
	switch {
	case sign == "-" && whole && n[0] > 1000:
		c.year, c.month, c.day = n[0], n[1], n[2]
	case sign == "." && (whole || len(n) == 2 && w.dot && p.grammar.ordinals["."]):
		c.day, c.month = n[0], n[1]
	case sign == "/" && len(n) > 1:
		c.numeric = !whole
		p.slashed(n[0], n[1], c)
	default:
		return false
	}
	if whole && sign != "-" {
		if c.year = n[2]; c.year < 100 {
			c.year += 2000
		}
	}
	return c.real(whole)
}

// slashed is 12/4, whichever comes first.
func (p *reader) slashed(one, two int, c *caught) {
	c.day, c.month = one, two
	if p.american {
		c.day, c.month = two, one
	}
	c.amb = one <= 12 && two <= 12 && one != two && !p.grammar.ordinals["."]
	if c.month > 12 { // there is only one way to read it
		c.day, c.month = c.month, c.day
	}
}

// real says whether such a date can be.
func (c *caught) real(year bool) bool {
	return c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= 31 && (!year || c.year >= 1900 && c.year < 2200)
}

// parts are the numbers of 12/4/2026 and the sign between them; nothing where they can't be a date.
func (w word) parts() (n []int, sign string) {
	if sign = strings.Trim(w.text, "0123456789"); sign == "" {
		return nil, ""
	}
	sign = sign[:1]
	fields := strings.Split(w.text, sign)
	for i, field := range fields {
		v, err := strconv.Atoi(field)
		if err != nil || i > 2 || len(field) > 4 || i == 2 && sign != "-" && len(field)%2 != 0 {
			return nil, sign
		}
		n = append(n, v)
	}
	return n, sign
}

func set(words string) map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		all[w] = true
	}
	return all
}

// hours enters what makes a number alone the time of a day: at three, by ten. Something must end there: by ten people is none.
func (g *grammar) hours(leads map[string]lead) {
	for words, l := range leads {
		g.say(words+" {hour} {end}", func(_ *reader, c caught) (piece, bool) {
			q := moment(c.b)
			q.lead = l
			return q, true
		})
	}
}

// ends says whether what is said ends before a word, or goes on with one that may follow an hour.
func (p *reader) closes(at int) bool {
	if at >= len(p.words) || p.words[at].apart {
		return true
	}
	w := p.words[at]
	if p.words[at-1].dot {
		return p.grammar.months[w.text] == 0
	}
	return strings.Contains(p.text[p.words[at-1].end:w.start], ",") || p.grammar.closing[w.text] || p.grammar.weekdays[w.text] > 0
}
