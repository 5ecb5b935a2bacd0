package when

import (
	"strings"
	"sync"
)

var german = sync.OnceValue(func() *grammar {
	g := &grammar{
		leads: map[string]lead{
			"am": plain, "um": plain, "gegen": plain, "im": plain, "zum": plain, "zur": plain, "den": plain, "dem": none, "der": none, "die": none, "das": none, "in": none, "noch": none, "schon": none,
			"bis": limit, "spätestens": limit, "einschließlich": none,
			"vor": before, "ab": since, "nach": since, "seit": since, "vom": since, "von": none, "erst": none,
		},
		nots:   map[string]bool{"nicht vor": true, "erst nach": true},
		latest: [][]string{{"spätestens"}},
		weekdays: map[string]int{
			"montag": 1, "dienstag": 2, "mittwoch": 3, "donnerstag": 4, "freitag": 5, "samstag": 6, "sonnabend": 6, "sonntag": 7,
		},
		months: map[string]int{
			"januar": 1, "jänner": 1, "februar": 2, "feber": 2, "märz": 3, "april": 4, "mai": 5, "juni": 6, "juli": 7, "august": 8, "september": 9, "oktober": 10, "november": 11, "dezember": 12,
			"jan": 1, "feb": 2, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "okt": 10, "nov": 11, "dez": 12,
		},
		parts: map[string][2]int{ // Unicode CLDR, dayPeriods, de
			"morgen": {300, 600}, "früh": {300, 600}, "vormittag": {600, 720}, "mittag": {720, 780}, "nachmittag": {780, 1080}, "abend": {1080, 1440}, "nacht": {1320, 1440 + 300},
			"morgens": {300, 600}, "vormittags": {600, 720}, "mittags": {720, 780}, "nachmittags": {780, 1080}, "abends": {1080, 1440},
		},
		units: map[string]unit{
			"minute": minutes, "minuten": minutes, "min": minutes, "stunde": hours, "stunden": hours, "std": hours, "tag": days, "tage": days, "tagen": days, "tages": days, "woche": weeks, "wochen": weeks,
			"monat": months, "monate": months, "monaten": months, "monats": months, "jahr": years, "jahre": years, "jahren": years, "jahres": years, "kalendertage": days, "kalendertagen": days,
			"werktag": werktag, "werktage": werktag, "werktagen": werktag, "werktages": werktag, "werktags": werktag,
			"arbeitstag": working, "arbeitstage": working, "arbeitstagen": working, "arbeitstages": working, "geschäftstag": working, "geschäftstage": working, "geschäftstagen": working,
			"bankarbeitstag": working, "bankarbeitstage": working, "bankarbeitstagen": working, "banktagen": working, "banktage": working,
		},
		numbers: map[string]int{
			"ein": 1, "eine": 1, "einen": 1, "einem": 1, "einer": 1, "eines": 1, "eins": 1, "zwei": 2, "zweier": 2, "drei": 3, "dreier": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9,
			"zehn": 10, "elf": 11, "zwölf": 12, "vierzehn": 14, "fünfzehn": 15, "zwanzig": 20, "dreißig": 30, "vierzig": 40, "sechzig": 60,
		},
		ordinals: map[string]bool{".": true},
		to:       map[string]bool{"bis": true, "oder": true},
		closing:  set("am an heute morgen übermorgen nächsten diesen kommenden und oder"),
		clock:    germanClock,
		hour:     germanHour,
	}
	for day, n := range map[string]int{"montag": 1, "dienstag": 2, "mittwoch": 3, "donnerstag": 4, "freitag": 5, "samstag": 6, "sonntag": 7} {
		for _, part := range []string{"morgen", "vormittag", "mittag", "nachmittag", "abend", "nacht"} {
			t := g.parts[part]
			g.say(day+part, func(p *reader, _ caught) (piece, bool) {
				return p.weekday(n, 0).at(stretch(t[0], t[1], Part)), true
			})
		}
	}
	germanDays(g)
	germanSpans(g)
	germanEdges(g)
	germanTimes(g)
	return g.ready()
})

const (
	coming = "nächsten|nächster|nächste|nächstem|nächstes|kommenden|kommender|kommende|kommendes|folgenden|folgender|folgende"
	this   = "diesen|dieser|diese|diesem|dieses"
	last   = "letzten|letzter|letzte|letztem|letztes|vergangenen|vergangene|vergangener|vorigen|vorige|voriger"
)

func germanDays(g *grammar) {
	day := func(n int) func(*reader, caught) (piece, bool) {
		return func(p *reader, _ caught) (piece, bool) { return p.today(n), true }
	}
	g.say("heute \n heute noch \n noch heute \n im laufe des tages", day(0))
	g.say("morgen \n morgen noch", day(1))
	g.say("übermorgen", day(2))
	g.say("gestern", day(-1))
	g.say("vorgestern", day(-2))
	partOf := func(n int) func(*reader, caught) (piece, bool) {
		return func(p *reader, c caught) (piece, bool) {
			t := p.grammar.parts[c.part]
			return p.today(n).at(stretch(t[0], t[1], Part)), true
		}
	}
	g.say("heute {part} \n heute am {part} \n heute noch am {part} \n noch heute {part} \n diesen|dieser {part}", partOf(0))
	g.say("morgen {part} \n morgen am {part} \n gleich morgen {part}", partOf(1))
	g.say("übermorgen {part} \n übermorgen am {part}", partOf(2))
	g.say("gestern {part}", partOf(-1))
	g.say("tagesende \n dienstschluss \n feierabend \n geschäftsschluss \n büroschluss \n ende des tages", func(p *reader, _ caught) (piece, bool) {
		q := p.today(0)
		q.near = false
		return q, true
	})
	g.say("guten {part} \n gute {part}", func(*reader, caught) (piece, bool) { return piece{nothing: true}, true })
	weekday := func(later int) func(*reader, caught) (piece, bool) {
		return func(p *reader, c caught) (piece, bool) { return p.weekday(c.weekday, later), true }
	}
	inWeek := func(later int) func(*reader, caught) (piece, bool) {
		return func(p *reader, c caught) (piece, bool) { return p.inWeek(c.weekday, later), true }
	}
	g.say("{weekday} \n kommenden|kommender|folgenden {weekday}", weekday(0))
	g.say(this+" {weekday}", func(p *reader, c caught) (piece, bool) {
		if c.weekday < iso(p.now.Weekday()) {
			return p.weekday(c.weekday, 0), true
		}
		return p.inWeek(c.weekday, 0), true
	})
	g.say("nächsten|nächster|nächste|nächstem {weekday}", func(p *reader, c caught) (piece, bool) {
		q := p.weekday(c.weekday, 0)
		q.doubtful = !q.from.Equal(p.inWeek(c.weekday, 1).from)
		return q, true
	})
	g.say("{weekday} der? "+coming+" woche \n "+coming+" woche am? {weekday}", inWeek(1))
	g.say("{weekday} "+this+" woche \n "+this+" woche am? noch? {weekday}", inWeek(0))
	g.say("{weekday} in einer|1 woche \n {weekday} in acht tagen \n übernächsten {weekday}", weekday(1))
	g.say("{weekday} in zwei|2 wochen", weekday(2))
	g.say(last+" {weekday} \n {weekday} "+last+" woche", func(p *reader, c caught) (piece, bool) {
		q := p.inWeek(c.weekday, 0)
		if c.weekday >= iso(p.now.Weekday()) {
			q = p.inWeek(c.weekday, -1)
		}
		q.past = true
		return q, true
	})
	g.say("{date} \n {ordinal} {month} {year}?", (*reader).on)
	g.say("{ordinal}", func(p *reader, c caught) (piece, bool) {
		q, ok := p.dayNumber(c)
		q.bare = true
		return q, ok
	})
	g.say("mo|di|mi|do", func(p *reader, c caught) (piece, bool) { return p.short(c.word) })
	for name, d := range map[string][2]int{"heiligabend": {12, 24}, "weihnachten": {12, 24}, "silvester": {12, 31}, "neujahr": {1, 1}, "nikolaus": {12, 6}, "jahreswechsel": {12, 31}} {
		g.say(name, func(p *reader, _ caught) (piece, bool) {
			q, ok := p.on(caught{month: d[0], day: d[1]})
			q.until = name == "weihnachten" || name == "neujahr"
			return q, ok
		})
	}
}

func germanSpans(g *grammar) {
	within := func(p *reader, c caught) (piece, bool) { return p.within(max(c.hi, 1), c.unit), true }
	g.say("in {n} {unit} \n in etwa|rund|circa|ca {n} {unit} \n heute in {n} {unit} \n nach {n} {unit} \n {n} {unit} später", func(p *reader, c caught) (piece, bool) { return p.after(c.n, c.hi, c.unit), true })
	g.say("innerhalb|binnen von? {n} {unit} \n innerhalb|binnen der? "+coming+" {n} {unit} \n innerhalb|binnen von? den? "+coming+" {n} {unit} \n in den|der|dem "+coming+" {n} {unit} \n in|binnen höchstens|maximal|längstens {n} {unit} \n in weniger als {n} {unit} \n binnen|innerhalb von? höchstens|maximal {n} {unit} \n spätestens in|nach {n} {unit} \n in spätestens {n} {unit} \n im laufe der|des "+coming+" {n}? {unit} \n die "+coming+" {n} {unit}", within)
	g.say("innerhalb|binnen "+coming+" {unit} \n innerhalb der|des "+coming+" {unit} \n im laufe "+this+" {unit} \n innerhalb "+this+" {unit}", func(p *reader, c caught) (piece, bool) {
		q := piece{from: p.now, limit: true, precision: Day}
		switch c.unit {
		case weeks:
			q.to = p.weekEnd(0).to
		case months:
			q.to = p.month(0).to
		default:
			return p.within(1, c.unit), true
		}
		return q, true
	})
	g.say("im laufe der woche", func(p *reader, _ caught) (piece, bool) {
		q := p.weekEnd(0)
		q.from, q.limit = p.now, true
		return q, true
	})
	g.say("im laufe des|dieses vormittags|nachmittags|abends", func(p *reader, _ caught) (piece, bool) { return p.today(0), true })
	g.say("in|binnen|innerhalb einer halben stunde \n in|binnen 30 minuten", func(p *reader, _ caught) (piece, bool) { return p.after(30, 30, minutes), true })
	g.say("in|binnen|innerhalb einer viertelstunde", func(p *reader, _ caught) (piece, bool) { return p.after(15, 15, minutes), true })
	g.say("in|binnen einer dreiviertelstunde", func(p *reader, _ caught) (piece, bool) { return p.after(45, 45, minutes), true })
	g.say("in|binnen|innerhalb anderthalb|eineinhalb stunden", func(p *reader, _ caught) (piece, bool) { return p.after(90, 90, minutes), true })
	g.say("am nächsten|folgenden werktag \n am nächsten arbeitstag \n nächsten|nächster werktag", func(p *reader, _ caught) (piece, bool) { return p.after(1, 1, werktag), true })
	g.say("vor {n} {unit} \n {n} {unit} zuvor", func(p *reader, c caught) (piece, bool) { return p.ago(c.n, c.unit), true })
	week := func(n int) func(*reader, caught) (piece, bool) {
		return func(p *reader, _ caught) (piece, bool) { return p.week(n), true }
	}
	g.say(this+" woche noch? \n noch "+this+" woche \n die laufende woche \n in der laufenden woche", week(0))
	g.say(coming+" woche", week(1))
	g.say("übernächste|übernächster|übernächsten woche", week(2))
	g.say(last+" woche", week(-1))
	numbered := func(p *reader, c caught) (piece, bool) { return p.numbered(c.n) }
	g.say("kw {n} \n kalenderwoche {n} \n {n} kw \n {n} kalenderwoche \n woche {n}", numbered)
	g.say("wochenende \n "+this+" wochenende", func(p *reader, _ caught) (piece, bool) { return p.weekend(0), true })
	g.say(coming+" wochenende", func(p *reader, _ caught) (piece, bool) {
		q := p.weekend(1)
		q.doubtful = true
		return q, true
	})
}

func germanEdges(g *grammar) {
	g.say("ende der|dieser|dieser woche \n wochenschluss", func(p *reader, _ caught) (piece, bool) { return p.weekEnd(0), true })
	g.say("ende der? "+coming+" woche", func(p *reader, _ caught) (piece, bool) { return p.weekEnd(1), true })
	g.say("anfang|beginn der? "+coming+" woche \n "+coming+" woche anfang \n wochenanfang \n wochenbeginn", func(p *reader, _ caught) (piece, bool) {
		return p.whole(p.inWeek(1, 1).from, p.inWeek(2, 1).from, Day), true
	})
	g.say("mitte der? "+coming+" woche", func(p *reader, _ caught) (piece, bool) { return p.inWeek(3, 1), true })
	g.say("mitte der woche \n mitte dieser woche \n wochenmitte", func(p *reader, _ caught) (piece, bool) {
		if iso(p.now.Weekday()) > 3 {
			return p.inWeek(3, 1), true
		}
		return p.inWeek(3, 0), true
	})
	g.say(this+" monat \n "+this+" monats \n laufenden monat|monats", func(p *reader, _ caught) (piece, bool) { return p.month(0), true })
	g.say("nächsten|nächster|kommenden|folgenden monat|monats", func(p *reader, _ caught) (piece, bool) { return p.month(1), true })
	g.say("letzten|vergangenen|vorigen monat|monats", func(p *reader, _ caught) (piece, bool) { return p.month(-1), true })
	g.say("im|bis|seit|ab {month} {year}? \n im laufe des {month} \n im monat {month}", func(p *reader, c caught) (piece, bool) { return p.named(c.month, c.year), true })
	for _, edge := range [][2]string{{"anfang|beginn", "start"}, {"mitte", "middle"}, {"ende", "end"}} {
		g.say(edge[0]+" {month} {year}? \n "+edge[0]+" des {month}", func(p *reader, c caught) (piece, bool) {
			return p.edge(p.named(c.month, c.year), edge[1]), true
		})
		g.say(edge[0]+" nächsten|kommenden|nächstes monats \n "+edge[0]+" des nächsten|kommenden monats", func(p *reader, _ caught) (piece, bool) { return p.edge(p.month(1), edge[1]), true })
		g.say(edge[0]+" des|dieses monats \n "+edge[0]+" diesen monats \n monats"+edge[0], func(p *reader, _ caught) (piece, bool) { return p.edge(p.month(0), edge[1]), true })
	}
	g.say("ende des|dieses jahres \n jahresende \n ende "+this+" jahres", func(p *reader, _ caught) (piece, bool) { return p.edge(p.monthOf(p.now.Year(), 12), "end"), true })
	g.say("quartalsende \n ende des quartals", func(p *reader, _ caught) (piece, bool) { return p.edge(p.quarter(0), "end"), true })
	g.say("nächstes quartal \n im nächsten quartal", func(p *reader, _ caught) (piece, bool) { return p.quarter(1), true })
	g.say("dieses jahr \n in diesem jahr", func(p *reader, _ caught) (piece, bool) { return p.year(0), true })
	g.say("nächstes|kommendes jahr \n im|nächsten|kommenden nächsten? jahr", func(p *reader, _ caught) (piece, bool) { return p.year(1), true })
	g.say("letztes|vergangenes|voriges jahr \n im letzten|vergangenen|vorigen jahr", func(p *reader, _ caught) (piece, bool) { return p.year(-1), true })
}

func germanTimes(g *grammar) {
	g.say("{clock} \n punkt {clock}", func(_ *reader, c caught) (piece, bool) { return moment(c.b), true })
	g.hours(map[string]lead{"um|gegen": plain, "bis": limit, "vor": before, "ab|nach": since})
	both := func(_ *reader, c caught) (piece, bool) { return stretch(c.a, c.b, Minute), true }
	g.say("zwischen {hour} und {hour} \n von {hour} bis {clock} \n von {clock} bis {hour} \n {clock} bis {clock}", both)
	g.say("{n} uhr", func(_ *reader, c caught) (piece, bool) {
		return stretch(c.n*60, c.hi*60, Minute), c.n < c.hi && c.hi < 25
	})
	part := func(p *reader, c caught) (piece, bool) {
		t := p.grammar.parts[c.part]
		return stretch(t[0], t[1], Part), true
	}
	g.say("+ {part} \n am {part} \n gegen {part} \n am frühen|späten {part} \n in der nacht \n in der früh", part)
	g.say("gegen mittag", func(*reader, caught) (piece, bool) { return moment(720), true })
}

// germanClock reads what can only be a time: 15 Uhr, 15:30, halb vier, Viertel nach drei, Mittag.
func germanClock(p *reader, at int, c *caught) (next int, ok bool) {
	w := p.words[at]
	if next, ok = p.spoken(at, c); ok {
		return next, true
	}
	h, m, exact := p.digits(w)
	if !exact {
		if h, ok = p.count(at); !ok || h > 24 {
			return 0, false
		}
	}
	if after := p.follows(at); after == "uhr" || after == "h" {
		if !w.number {
			h = likely(h)
		}
		if n, there := p.minutes(at + 1); there { // 15 Uhr 30
			c.time(h*60 + n)
			return at + 3, true
		}
		c.time(h*60 + m)
		return at + 2, true
	}
	if exact && strings.Contains(w.text, ":") {
		c.time(h*60 + m)
		return at + 1, true
	}
	return 0, false
}

// minutes is the number after "Uhr", unless it is the day of a date.
func (p *reader) minutes(at int) (n int, ok bool) {
	if p.follows(at) == "" {
		return 0, false
	}
	n, ok = p.words[at+1].natural(2)
	return n, ok && n < 60 && p.grammar.months[p.follows(at+1)] == 0
}

// spoken reads the times that are words.
func (p *reader) spoken(at int, c *caught) (next int, ok bool) {
	switch p.words[at].text {
	case "mittag", "mittags":
		c.time(720)
		return at + 1, true
	case "mitternacht":
		c.time(1440)
		return at + 1, true
	case "halb":
		return p.around(at+1, -30, c)
	case "dreiviertel":
		return p.around(at+1, -15, c)
	case "viertel":
		switch p.follows(at) {
		case "nach":
			return p.around(at+2, 15, c)
		case "vor":
			return p.around(at+2, -15, c)
		}
	}
	return 0, false
}

// around reads the hour of "halb vier", so many minutes before or after it.
func (p *reader) around(at, minute int, c *caught) (next int, ok bool) {
	if at >= len(p.words) || p.words[at].apart {
		return 0, false
	}
	h, ok := p.count(at)
	if !ok || h < 1 || h > 12 {
		return 0, false
	}
	if at+1 < len(p.words) && !p.words[at+1].apart && p.words[at+1].text == "uhr" {
		at++
	}
	c.time(likely(h)*60 + minute)
	return at + 1, true
}

func germanHour(p *reader, at int, c *caught) (next int, ok bool) {
	if next, ok = germanClock(p, at, c); ok {
		return next, true
	}
	if w := p.words[at].text; strings.HasPrefix(w, "ein") && w != "eins" {
		return 0, false
	}
	return p.bareHour(at, c)
}
