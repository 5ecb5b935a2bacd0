package when

import (
	"strings"
	"sync"
)

var english = sync.OnceValue(func() *grammar {
	g := &grammar{
		leads: map[string]lead{
			"on": plain, "at": plain, "around": plain, "about": plain, "over": plain, "during": plain, "the": none, "of": none,
			"by": limit, "until": limit, "till": limit, "latest": limit, "than": limit, "later": limit, "no": none, "not": none,
			"before": before, "from": since, "after": since, "since": since,
		},
		nots:   map[string]bool{"not until": true, "not till": true, "not before": true},
		latest: [][]string{{"at", "the", "latest"}, {"at", "latest"}, {"the", "latest"}},
		weekdays: map[string]int{
			"monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 7,
		},
		months: map[string]int{
			"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
			"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
		},
		parts: map[string][2]int{ // Unicode CLDR, dayPeriods, en
			"morning": {360, 720}, "afternoon": {720, 1080}, "evening": {1080, 1260}, "night": {1260, 1440 + 360}, "lunchtime": {720, 840}, "lunch": {720, 840},
		},
		units: map[string]unit{
			"minute": minutes, "minutes": minutes, "mins": minutes, "min": minutes, "hour": hours, "hours": hours, "hrs": hours, "day": days, "days": days, "week": weeks, "weeks": weeks,
			"month": months, "months": months, "year": years, "years": years, "hour's": hours, "hours'": hours, "day's": days, "week's": weeks, "month's": months, "year's": years,
		},
		numbers: map[string]int{
			"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
			"fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "sixty": 60,
		},
		ordinals: map[string]bool{"st": true, "nd": true, "rd": true, "th": true},
		to:       map[string]bool{"to": true, "or": true},
		closing:  set("on today tomorrow tonight this next and or at in sharp"),
		clock:    englishClock,
		hour:     englishHour,
	}
	englishDays(g)
	englishSpans(g)
	englishTimes(g)
	return g.ready()
})

func englishDays(g *grammar) {
	day := func(n int) func(*reader, caught) (piece, bool) {
		return func(p *reader, _ caught) (piece, bool) { return p.today(n), true }
	}
	partOf := func(n int) func(*reader, caught) (piece, bool) {
		return func(p *reader, c caught) (piece, bool) {
			part := p.grammar.parts[c.part]
			return p.today(n).at(stretch(part[0], part[1], Part)), true
		}
	}
	g.say("today \n later today", day(0))
	g.say("tomorrow", day(1))
	g.say("first thing tomorrow", func(p *reader, _ caught) (piece, bool) { return p.today(1).at(stretch(360, 720, Part)), true })
	g.say("the? day after tomorrow", day(2))
	g.say("yesterday", day(-1))
	g.say("the? day before yesterday", day(-2))
	g.say("this {part} \n later this {part}", partOf(0))
	g.say("yesterday {part} \n last {part}", partOf(-1))
	g.say("tonight", func(p *reader, _ caught) (piece, bool) { return p.today(0).at(stretch(1080, 1440, Part)), true })
	g.say("the? end of the? day \n end of business today? \n close of business today? \n eod \n cob", func(p *reader, _ caught) (piece, bool) {
		q := p.today(0)
		q.near = false
		return q, true
	})
	g.say("the? end of business|day|play tomorrow \n close of business tomorrow", day(1))
	g.say("close|end of business on? {weekday} \n eod|cob on? {weekday}", func(p *reader, c caught) (piece, bool) { return p.weekday(c.weekday, 0), true })
	g.say("{weekday} \n the? coming {weekday} \n this coming {weekday}", func(p *reader, c caught) (piece, bool) { return p.weekday(c.weekday, 0), true })
	g.say("mon|tue|tues|wed|thu|thur|thurs|fri", func(p *reader, c caught) (piece, bool) { return p.short(c.word) })
	g.say("this {weekday}", func(p *reader, c caught) (piece, bool) {
		if c.weekday < iso(p.now.Weekday()) {
			return p.weekday(c.weekday, 0), true
		}
		return p.inWeek(c.weekday, 0), true
	})
	g.say("next {weekday}", func(p *reader, c caught) (piece, bool) {
		q := p.inWeek(c.weekday, 1)
		q.doubtful = !q.from.Equal(p.weekday(c.weekday, 0).from)
		return q, true
	})
	g.say("{weekday} next week \n {weekday} of next week \n next week on? {weekday}", func(p *reader, c caught) (piece, bool) { return p.inWeek(c.weekday, 1), true })
	g.say("{weekday} this week \n {weekday} of this week \n this week on? {weekday}", func(p *reader, c caught) (piece, bool) { return p.inWeek(c.weekday, 0), true })
	g.say("{weekday} week \n a week on {weekday}", func(p *reader, c caught) (piece, bool) { return p.weekday(c.weekday, 1), true })
	g.say("last {weekday} \n {weekday} last week \n last week on? {weekday}", func(p *reader, c caught) (piece, bool) {
		q := p.inWeek(c.weekday, 0)
		if c.weekday >= iso(p.now.Weekday()) {
			q = p.inWeek(c.weekday, -1)
		}
		q.past = true
		return q, true
	})
	g.say("{date} \n {day} of? {month} {year}? \n {month} {day} {year}? \n the {ordinal} of {month} {year}? \n {month} the {ordinal} {year}?", (*reader).on)
	g.say("the {ordinal}", (*reader).dayNumber)
	g.say("christmas eve", func(p *reader, _ caught) (piece, bool) { return p.on(caught{month: 12, day: 24}) })
	g.say("christmas day?", func(p *reader, _ caught) (piece, bool) {
		q, ok := p.on(caught{month: 12, day: 25})
		q.until = true
		return q, ok
	})
	g.say("new year's eve", func(p *reader, _ caught) (piece, bool) { return p.on(caught{month: 12, day: 31}) })
	g.say("the? new year \n new year's day?", func(p *reader, _ caught) (piece, bool) {
		q, ok := p.on(caught{month: 1, day: 1})
		q.until = true
		return q, ok
	})
}

func englishSpans(g *grammar) {
	in := func(p *reader, c caught) (piece, bool) { return p.after(c.n, c.hi, c.unit), true }
	within := func(p *reader, c caught) (piece, bool) { return p.within(c.hi, c.unit), true }
	business := func(f func(*reader, caught) (piece, bool)) func(*reader, caught) (piece, bool) {
		return func(p *reader, c caught) (piece, bool) { c.unit = working; return f(p, c) }
	}
	g.say("in {n} {unit} time? \n {n} {unit} from now|today \n in about {n} {unit}", in)
	g.say("in {n} working|business|banking day|days time? \n {n} working|business day|days from now|today \n in about {n} working|business days", business(in))
	g.say("within|in under|max {n} {unit} \n within {n} {unit} \n in|over|within the next {n} {unit} \n in|within less than {n} {unit} \n in|within the next {unit} \n within the {unit} \n inside {n} {unit} \n in no more than {n} {unit} \n in|within at most {n} {unit} \n no later than {n} {unit} from now|today", func(p *reader, c caught) (piece, bool) {
		c.hi = max(c.hi, 1)
		return within(p, c)
	})
	g.say("within {n} working|business|banking day|days \n in|over|within the next {n} working|business|banking day|days \n inside {n} working|business days \n in no more than {n} working|business days \n in|within at most {n} working|business days \n {n} working|business days at most", business(within))
	g.say("the? next working|business day", func(p *reader, _ caught) (piece, bool) { return p.after(1, 1, working), true })
	g.say("within|in half an hour \n half an hour from now \n in|within the next half hour", func(p *reader, _ caught) (piece, bool) { return p.after(30, 30, minutes), true })
	g.say("within|in a quarter of an hour", func(p *reader, _ caught) (piece, bool) { return p.after(15, 15, minutes), true })
	g.say("within|in an hour and a half \n within|in one and a half hours", func(p *reader, _ caught) (piece, bool) { return p.after(90, 90, minutes), true })
	g.say("in a fortnight \n a fortnight from now|today \n within a fortnight", func(p *reader, _ caught) (piece, bool) { return p.after(2, 2, weeks), true })
	g.say("in a couple of {unit}", func(p *reader, c caught) (piece, bool) { return p.after(2, 2, c.unit), true })
	g.say("within a couple of {unit} \n in|within|over the next couple of {unit}", func(p *reader, c caught) (piece, bool) { return p.within(2, c.unit), true })
	g.say("{n} {unit} ago", func(p *reader, c caught) (piece, bool) { return p.ago(c.n, c.unit), true })
	g.say("a couple of {unit} ago", func(p *reader, c caught) (piece, bool) { return p.ago(2, c.unit), true })
	week := func(n int) func(*reader, caught) (piece, bool) {
		return func(p *reader, _ caught) (piece, bool) { return p.week(n), true }
	}
	g.say("this week \n later this week", week(0))
	g.say("next week \n the coming week \n the following week", week(1))
	g.say("the? week after next", week(2))
	g.say("last week", week(-1))
	g.say("the? week of the? {day} {month} \n the? week of {month} {day} \n the? week commencing {day} {month}", func(p *reader, c caught) (piece, bool) {
		q, ok := p.on(c)
		if ok {
			first := p.midnight(q.from, 1-iso(q.from.Weekday()))
			q = p.whole(first, p.midnight(first, 6), Week)
		}
		return q, ok
	})
	g.say("week {n} \n calendar week {n}", func(p *reader, c caught) (piece, bool) { return p.numbered(c.n) })
	g.say("the? weekend \n this weekend", func(p *reader, _ caught) (piece, bool) { return p.weekend(0), true })
	g.say("next weekend", func(p *reader, _ caught) (piece, bool) { return p.weekend(1), true })
	g.say("the? end of the? week \n the? end of this week \n late this week \n weekend's end", func(p *reader, _ caught) (piece, bool) { return p.weekEnd(0), true })
	g.say("the? end of next week \n late next week", func(p *reader, _ caught) (piece, bool) { return p.weekEnd(1), true })
	g.say("the? beginning|start of next week \n early next week \n at the start of next week", func(p *reader, _ caught) (piece, bool) {
		return p.whole(p.inWeek(1, 1).from, p.inWeek(2, 1).from, Day), true
	})
	g.say("the? middle of next week \n mid next week \n midweek next week", func(p *reader, _ caught) (piece, bool) { return p.inWeek(3, 1), true })
	g.say("this month \n later this month", func(p *reader, _ caught) (piece, bool) { return p.month(0), true })
	g.say("next month \n the following month", func(p *reader, _ caught) (piece, bool) { return p.month(1), true })
	g.say("last month", func(p *reader, _ caught) (piece, bool) { return p.month(-1), true })
	g.say("in|by|until|before|during {month} {year}?", func(p *reader, c caught) (piece, bool) {
		q := p.named(c.month, c.year)
		return q, true
	})
	for _, edge := range [][2]string{{"early|beginning|start", "start"}, {"mid|middle", "middle"}, {"late|end", "end"}} {
		g.say("the? "+edge[0]+" of? {month} {year}?", func(p *reader, c caught) (piece, bool) {
			return p.edge(p.named(c.month, c.year), edge[1]), true
		})
		g.say("the? "+edge[0]+" of? next month", func(p *reader, _ caught) (piece, bool) { return p.edge(p.month(1), edge[1]), true })
		g.say("the? "+edge[0]+" of? the? month \n the? "+edge[0]+" of? this month", func(p *reader, _ caught) (piece, bool) { return p.edge(p.month(0), edge[1]), true })
	}
	g.say("the? end of the? year \n the? end of this year \n year end", func(p *reader, _ caught) (piece, bool) { return p.edge(p.monthOf(p.now.Year(), 12), "end"), true })
	g.say("the? end of the? quarter \n the? end of this quarter", func(p *reader, _ caught) (piece, bool) { return p.edge(p.quarter(0), "end"), true })
	g.say("next quarter", func(p *reader, _ caught) (piece, bool) { return p.quarter(1), true })
	g.say("this year \n later this year", func(p *reader, _ caught) (piece, bool) { return p.year(0), true })
	g.say("next year", func(p *reader, _ caught) (piece, bool) { return p.year(1), true })
	g.say("last year", func(p *reader, _ caught) (piece, bool) { return p.year(-1), true })
}

func englishTimes(g *grammar) {
	one := func(_ *reader, c caught) (piece, bool) { return moment(c.b), true }
	g.say("{clock} \n {clock} sharp", one)
	g.hours(map[string]lead{"at|around|about": plain, "by|until|till": limit, "before": before, "after|from": since})
	both := func(_ *reader, c caught) (piece, bool) { return stretch(c.a, c.b, Minute), true }
	g.say("between {hour} and {hour}", both)
	g.say("from? {hour} to|until|till|and {clock} \n from {clock} to|until|till {hour} \n {clock} to|until|till {hour}", both)
	g.say("{n} am", func(_ *reader, c caught) (piece, bool) {
		return stretch(c.n*60, c.hi*60, Minute), c.n < c.hi && c.hi < 13
	})
	g.say("{n} pm", func(_ *reader, c caught) (piece, bool) {
		return stretch(c.n%12*60+720, c.hi%12*60+720, Minute), c.n < c.hi && c.hi < 13
	})
	part := func(p *reader, c caught) (piece, bool) {
		t := p.grammar.parts[c.part]
		return stretch(t[0], t[1], Part), true
	}
	g.say("+ {part} \n in the {part} \n + at night \n at lunchtime \n the {part} of", part)
	g.say("+ early|late|mid {part}", part)
	g.say("+ first thing \n first thing in the morning", func(*reader, caught) (piece, bool) { return stretch(360, 720, Part), true })
	g.say("+ end of day \n + close of business \n + eod \n + cob", func(*reader, caught) (piece, bool) { return stretch(0, 1440, Day), true })
}

// englishClock reads what can only be a time: 3 pm, 15:30, half past ten, noon.
func englishClock(p *reader, at int, c *caught) (next int, ok bool) {
	w := p.words[at]
	if minute, there := map[string]int{"noon": 720, "midday": 720, "midnight": 1440}[w.text]; there {
		c.time(minute)
		return at + 1, true
	}
	if minute, there := map[string]int{"half": 30, "quarter": 15}[w.text]; there {
		return p.past(at, minute, c)
	}
	h, m, exact := p.digits(w)
	if !exact {
		if h, ok = p.count(at); !ok {
			return 0, false
		}
	}
	switch after := p.follows(at); {
	case (after == "am" || after == "pm") && h > 0 && h <= 12:
		c.time(h%12*60 + m + map[string]int{"am": 0, "pm": 720}[after])
		return at + 2, true
	case after == "o'clock" && h <= 12:
		c.time(likely(h)*60 + m)
		return at + 2, true
	case exact && strings.Contains(w.text, ":"):
		c.time(h*60 + m)
		return at + 1, true
	}
	return p.past(at, h, c)
}

// follows is the word after another, or nothing where they don't belong together.
func (p *reader) follows(at int) string {
	if at+1 >= len(p.words) || p.words[at+1].apart {
		return ""
	}
	return p.words[at+1].text
}

// past reads "half past ten" and "ten to three".
func (p *reader) past(at, minute int, c *caught) (next int, ok bool) {
	next = at
	if w := p.follows(next); w == "minutes" || w == "a" {
		next++
	}
	way := p.follows(next)
	if minute <= 0 || minute > 30 || way != "past" && way != "to" || p.follows(next+1) == "" {
		return 0, false
	}
	h, ok := p.count(next + 2)
	if h < 1 || h > 12 {
		return 0, false
	}
	switch {
	case way == "past":
		c.time(likely(h)*60 + minute)
	case p.words[at].number || minute%5 != 0 || p.grammar.units[p.follows(next+2)] != 0:
		return 0, false // 5 to 10 days
	default:
		c.time(likely(h)*60 - minute)
	}
	return next + 3, ok
}

// digits reads 15:30 and 15.30.
func (p *reader) digits(w word) (h, m int, ok bool) {
	sign := strings.Trim(w.text, "0123456789")
	if !w.number || sign != ":" && sign != "." {
		return 0, 0, false
	}
	left, right, _ := strings.Cut(w.text, sign)
	if len(right) != 2 || len(left) > 2 {
		return 0, 0, false
	}
	for _, r := range left {
		h = h*10 + int(r-'0')
	}
	for _, r := range right {
		m = m*10 + int(r-'0')
	}
	return h, m, h < 25 && m < 60
}

// englishHour reads a time that the words around it must make one.
func englishHour(p *reader, at int, c *caught) (next int, ok bool) {
	if next, ok = englishClock(p, at, c); ok {
		return next, true
	}
	return p.bareHour(at, c)
}

func (p *reader) bareHour(at int, c *caught) (next int, ok bool) {
	w := p.words[at]
	if h, m, exact := p.digits(w); exact {
		c.time(likely(h)*60 + m)
		return at + 1, true
	}
	h, ok := p.count(at)
	if !ok || h > 24 || h < 1 || w.text == "a" || w.text == "an" {
		return 0, false
	}
	c.time(likely(h) * 60)
	return at + 1, true
}
