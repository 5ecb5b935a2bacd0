package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// teller fills the gaps of one conversation: a fact is the same wherever it is named.
type teller struct {
	rng   *rand.Rand
	lang  string
	zone  *time.Location
	facts map[string]string
	days  map[string]time.Time
	at    time.Time // when what is told is said
	open  []string  // gaps nobody could fill
	body  string    // what the customer said last, without greeting and farewell
}

// begin gathers the facts of a conversation.
func begin(r *rand.Rand, s *scene, c *customer, number int, at time.Time, zone *time.Location) (*teller, thing) {
	t := &teller{rng: r, lang: s.lang, zone: zone, at: at, days: map[string]time.Time{}, facts: map[string]string{
		"order": fmt.Sprintf("HW-%05d", number), "name": c.name(), "first": c.first, "last": c.last, "city": c.home,
		"carrier": one(r, carriers()), "week": numbers(s.lang)[1+r.IntN(4)], "n": one(r, numbers(s.lang)),
	}}
	var fit []thing
	for _, th := range catalogue() {
		if th.fitting(s.about) {
			fit = append(fit, th)
		}
	}
	th := one(r, fit)
	t.name(th)
	w, w2 := two(r, woods())
	c1, c2 := two(r, colours())
	t.facts["wood"], t.facts["wood2"], t.facts["colour"], t.facts["colour2"] = w.in(s.lang), w2.in(s.lang), c1.in(s.lang), c2.in(s.lang)
	for _, name := range sortedKeys(s.lets) {
		t.facts[name] = one(r, s.lets[name])
	}
	return t, th
}

func (t *teller) name(th thing) {
	t.facts["model"] = th.model
	if t.lang == "en" {
		t.facts["thing"], t.facts["product"], t.facts["price"] = th.en, th.model+" "+th.en, "€"+thousands(th.price, ",")
		t.facts["a thing"], t.facts["a product"] = a(th.en), a(th.model+" "+th.en)
		return
	}
	t.facts["thing"], t.facts["product"], t.facts["price"] = th.de, th.de+" "+th.model, thousands(th.price, ".")+" €"
	g := strings.IndexByte("mfn", th.gender)
	for word, forms := range articles() {
		t.facts[word] = forms[g] + " " + th.de
	}
	t.facts["rel"] = articles()["den"][g]
}

// a is a word with its article.
func a(word string) string {
	if strings.ContainsRune("AEIOaeio", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

func thousands(n int, point string) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d%s%03d", n/1000, point, n%1000)
}

// say makes choices and fills gaps.
func (t *teller) say(s string) string {
	var b strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "[{")
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		end := strings.IndexByte(s[i:], '}') + i
		if s[i] == '[' {
			end = i + closing(s[i:])
		}
		if end < i {
			t.open = append(t.open, s[i:])
			break
		}
		inner := s[i+1 : end]
		if s[i] == '[' {
			b.WriteString(t.say(one(t.rng, choices(inner))))
		} else {
			b.WriteString(t.fact(inner))
		}
		s = s[end+1:]
	}
	return b.String()
}

// closing is where the choice that begins s ends.
func closing(s string) int {
	depth := 0
	for i, c := range s {
		switch c {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// choices are what stands between the bars of the outermost level.
func choices(s string) (all []string) {
	depth, from := 0, 0
	for i, c := range s {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '|' && depth == 0:
			all, from = append(all, s[from:i]), i+1
		}
	}
	return append(all, s[from:])
}

// fact is what stands in a gap; with a capital letter, so does the fact.
func (t *teller) fact(gap string) string {
	words := strings.Fields(gap)
	if len(words) == 3 && (words[0] == "in" || words[0] == "ago") {
		n, err := strconv.Atoi(words[1])
		if err == nil {
			name, form, _ := strings.Cut(words[2], ".")
			return t.day(name, form, n, words[0] == "ago")
		}
	}
	if v, ok := t.facts[gap]; ok {
		return v
	}
	if v, ok := t.facts[lower(gap)]; ok {
		return upper(v)
	}
	name, form, _ := strings.Cut(gap, ".")
	if d, ok := t.days[name]; ok {
		return t.write(d, form)
	}
	t.open = append(t.open, gap)
	return gap
}

// day is a working day so many days from now or before, which keeps its name in this conversation.
func (t *teller) day(name, form string, n int, past bool) string {
	d, known := t.days[name]
	if !known {
		step := 1
		if past {
			n, step = -n, -1
		}
		d = t.at.In(t.zone).AddDate(0, 0, n)
		for d.Weekday() == time.Sunday || d.Weekday() == time.Saturday {
			d = d.AddDate(0, 0, step)
		}
		t.days[name] = d
	}
	return t.write(d, form)
}

func (t *teller) write(d time.Time, form string) string {
	day, month := d.Weekday().String(), d.Month().String()
	date, long := fmt.Sprintf("%d %s", d.Day(), month), fmt.Sprintf("%s %d %s", day, d.Day(), month)
	if t.lang == "de" {
		day, month = germanDays()[d.Weekday()], germanMonths()[d.Month()-1]
		date = fmt.Sprintf("%d. %s", d.Day(), month)
		long = day + ", den " + date
	}
	switch form {
	case "day":
		return day
	case "month":
		return month
	case "year":
		return strconv.Itoa(d.Year())
	case "date":
		return date
	}
	return long
}

func germanDays() []string {
	return []string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"}
}

func germanMonths() []string {
	return []string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}
}

func upper(s string) string { return cased(s, unicode.ToUpper) }
func lower(s string) string { return cased(s, unicode.ToLower) }

func cased(s string, as func(rune) rune) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(as(r)) + s[n:]
}

// letter puts what the customer says between a greeting and their name, in their mood and their language.
func (t *teller) letter(s *scene, c *customer, words string, first bool) string {
	words = t.say(words)
	t.body = words
	if s.bare || first && (s.way == "call" || s.way == "visit") {
		return words
	}
	if t.greets(words, first) {
		words = one(t.rng, t.greetings(s.mood)) + "\n\n" + words
	} else {
		words = upper(words)
	}
	if !first && chance(t.rng, 0.2) {
		return words
	}
	words += "\n\n" + t.farewell(s.mood, c, first)
	if c.formal {
		words += "\n\n-- \n" + t.signature(c)
	}
	return words
}

// greets says whether words begin with a greeting. In German they go on with a small letter behind its comma, so words
// that begin with a capital one stand alone.
func (t *teller) greets(words string, first bool) bool {
	if t.lang == "de" {
		return lower(words) == words && (first || chance(t.rng, 0.6))
	}
	return first && chance(t.rng, 0.9) || !first && chance(t.rng, 0.45)
}

func (t *teller) greetings(mood string) []string {
	hour := t.at.In(t.zone).Hour()
	var all []string
	if t.lang == "de" {
		all = []string{"Guten Tag,", "Hallo,", "Liebes Team,", "Hallo zusammen,", "Sehr geehrte Damen und Herren,"}
		if hour < 10 {
			all = append(all, "Guten Morgen,")
		} else if hour > 18 {
			all = append(all, "Guten Abend,")
		}
		if mood == "angry" {
			return []string{"Guten Tag,", "Sehr geehrte Damen und Herren,"}
		}
		return all
	}
	switch mood {
	case "angry":
		return []string{"Hello,", "To whom it may concern,", "Good day,"}
	case "grateful":
		all = []string{"Dear all,", "Hello everyone,", "Dear Hobbin & Wick,"}
	default:
		all = []string{"Hello,", "Hi,", "Hi there,", "Dear Hobbin & Wick,", "Dear team,"}
	}
	if hour < 11 {
		all = append(all, "Good morning,")
	} else if hour > 18 {
		all = append(all, "Good evening,")
	}
	return all
}

func (t *teller) farewell(mood string, c *customer, first bool) string {
	if t.lang == "de" {
		if mood == "angry" && first {
			return one(t.rng, []string{"", "Mit freundlichen Grüßen\n"}) + c.name()
		}
		return one(t.rng, []string{"Viele Grüße\n", "Mit freundlichen Grüßen\n", "Herzliche Grüße\n", "Beste Grüße\n", "Schöne Grüße\n"}) + c.name()
	}
	if mood == "angry" && first {
		return one(t.rng, []string{"", "Regards\n", "Yours\n"}) + c.name()
	}
	return one(t.rng, []string{
		"Best wishes,\n" + c.name(), "Kind regards\n" + c.name(), "Thanks,\n" + c.first, "All the best\n" + c.first,
		"Many thanks\n" + c.name(), "Yours,\n" + c.name(),
	})
}

func (t *teller) signature(c *customer) string {
	sign := c.name()
	if c.title != "" {
		sign = c.title + " " + sign
	}
	if c.firm != nil {
		sign += "\n" + c.firm.name
	}
	if c.phone != "" {
		sign += "\n" + c.phone
	}
	return sign + "\n" + c.email
}

// reply puts what a colleague answers between their greeting and their name.
func (t *teller) reply(s *scene, c *customer, agent, words string) string {
	t.facts["agent"] = agent
	words = t.say(words)
	if !s.bare {
		words = c.salute(t.rng, s.mood) + "\n\n" + words
	}
	ends := []string{"Warm regards,\n", "All the best from the old tram depot,\n", "Yours,\n", "Kind regards,\n"}
	if t.lang == "de" {
		ends = []string{"Herzliche Grüße\n", "Viele Grüße aus dem alten Straßenbahndepot\n", "Mit herzlichem Gruß\n", "Freundliche Grüße\n"}
	}
	return words + "\n\n" + one(t.rng, ends) + agent + "\nHobbin & Wick"
}
