// Package when finds days and times in English and German sentences: "by Friday", "in two working days", "übermorgen um
// halb vier", "KW 49". It is for what people mean when they write them down, so it reads the way their languages, their
// calendars and their law do, and it says so where there is a rule to follow:
//
//   - weeks begin on Monday and are numbered by ISO 8601 (KW 49); working weeks end on Friday;
//   - a time counted in days does not count the day it is said on, and ends with the end of its last day; one in weeks or
//     months ends with the day of the same name or number, or the month's last (BGB §§ 187, 188; Regulation (EEC, Euratom)
//     1182/71, article 3); one in hours or minutes is counted from the moment;
//   - working days are Monday to Friday (1182/71, article 2), "Werktage" Monday to Saturday (BUrlG § 3); holidays are not
//     known here, so Working says that somebody with a calendar should count again;
//   - the beginning, middle and end of a month are its first, its fifteenth and its last day (BGB § 192); eight days are
//     eight days (HGB § 359);
//   - the parts of a day are those of the Unicode CLDR (dayPeriods, en and de);
//   - a weekday is the next one of its name, never today; "next Friday" is that of next week in English, and in German the
//     one that comes next (Duden), and Doubtful where the two differ;
//   - 12/4 is 4 December where months come first (English, unless it says en-GB or another that puts days first), else 12
//     April, and Doubtful.
//
// No word is guessed at: "in a few days" and "soon" say no time, and nothing is found.
package when

import (
	"strings"
	"time"
)

// Precision is how exactly a time was said.
type Precision string

// The precisions.
const (
	Minute Precision = "minute"
	Part   Precision = "part" // of a day: morning, noon to six
	Day    Precision = "day"
	Week   Precision = "week"
	Month  Precision = "month"
	Year   Precision = "year"
)

// Found is a time that somebody wrote. It lies from From up to To, which is not in it, except where both are one moment; To
// is never before From. What was said as a limit ("by Friday") begins now.
type Found struct {
	Start, End int // in bytes, the little words before it included
	From, To   time.Time
	Precision  Precision
	Limit      bool // it says until when, not when
	Working    bool // counted in working days, without any calendar of holidays
	Days       int  // how many of them
	Doubtful   bool // it can be read in another way as well
}

// Find finds the times in a text, in their order. The language is BCP 47; anything but German is read as English. Hours and
// days are those of now's location.
func Find(text, lang string, now time.Time) (all []Found) {
	p := &reader{text: text, now: now, words: split(text), grammar: english(), american: true}
	if l := strings.ToLower(lang); strings.HasPrefix(l, "de") {
		p.grammar, p.american = german(), false
	} else if l != "en" && l != "en-us" {
		p.american = false
	}
	for at := 0; at < len(p.words); {
		f, next, ok := p.expression(at)
		if ok {
			all = append(all, f)
		}
		at = max(at+1, next)
	}
	return all
}

// reader reads one text.
type reader struct {
	text     string
	words    []word
	grammar  *grammar
	now      time.Time
	american bool // months come first
	inside   bool // an expression has begun
	used     int  // words before this one belong to another expression
}

// expression reads the one whose first telling word is at: a day, a time, or both, with the little words before them.
func (p *reader) expression(at int) (f Found, next int, ok bool) {
	first, next, ok := p.piece(at, false)
	if !ok || first.nothing {
		return f, next, false
	}
	from, lead := p.before(at)
	whole := first
	for { // a day takes a time, a time a day, and a weekday its date
		second, to, inner, found := p.further(next, whole)
		if !found {
			break
		}
		joined, fits := whole.join(second)
		if !fits {
			break
		}
		whole, next = joined, to
		if inner != plain {
			lead = inner
		}
	}
	if to, found := p.trailing(next); found {
		next, lead = to, limit
	}
	if whole.lead != none {
		lead = whole.lead
	}
	if whole.bare && lead == none {
		return f, 0, false // 1/2 is a half
	}
	f, ok = p.span(whole, lead)
	f.Start, f.End = p.words[from].start, p.words[next-1].end
	if ok {
		p.used = next
	}
	return f, next, ok
}

// lead is what the little words before a time make of it.
type lead int

const (
	none   lead = iota
	plain       // on, at
	limit       // by, until
	before      // before
	since       // from, after
)

// before reads the little words that stand before an expression.
func (p *reader) before(at int) (from int, l lead) {
	from = at
	for at > p.used && !p.words[at].apart && at > from-4 {
		kind, there := p.grammar.leads[p.words[at-1].text]
		if !there {
			break
		}
		at--
		if kind != plain && kind != none {
			l, from = kind, at
		} else if p.words[at+1].text == "later" && from == at+1 {
			from = at // no later than
		} else if l == none {
			l = plain
			if kind == plain {
				from = at
			}
		}
	}
	if from > p.used && p.grammar.nots[p.words[from-1].text+" "+p.words[from].text] {
		l = since
	}
	return from, l
}

// further reads what may follow a piece: little words and another piece.
func (p *reader) further(at int, whole piece) (second piece, next int, l lead, ok bool) {
	l = plain
	for n := 0; n < 3 && at < len(p.words) && !p.words[at].apart; n++ {
		if second, next, ok = p.piece(at, true); ok && !second.nothing && (!second.bare || n > 0) {
			return second, next, l, !whole.timed || !second.timed
		}
		kind, there := p.grammar.leads[p.words[at].text]
		if !there {
			return second, 0, l, false
		}
		if kind != plain && kind != none {
			l = kind
		}
		at++
	}
	return second, 0, l, false
}

// trailing reads "at the latest" after an expression.
func (p *reader) trailing(at int) (next int, ok bool) {
	for _, words := range p.grammar.latest {
		n := 0
		for n < len(words) && at+n < len(p.words) && !p.words[at+n].apart && p.words[at+n].text == words[n] {
			n++
		}
		if n == len(words) {
			return at + n, true
		}
	}
	return 0, false
}

// piece is a day, or a time of any day.
type piece struct {
	from, to  time.Time
	precision Precision
	limit     bool // "within three days" is one by itself
	working   bool
	days      int
	doubtful  bool
	until     bool // as a limit it ends where it begins: "by the weekend"
	last      bool // the end of something: before it is until it is over
	past      bool // yesterday: never a limit from now on
	named     bool // a weekday, which a date may follow
	near      bool // today, tomorrow: a weekday or date that follows only repeats it
	timed     bool // a time of any day: the minutes from midnight
	bare      bool // needs a little word before it
	nothing   bool // good morning: no time at all
	lead      lead // of its own
	a, b      int
}

// join makes one of two, where they are a day and a time, or a weekday and its date.
func (q piece) join(r piece) (piece, bool) {
	switch {
	case r.timed:
		return q.at(r), !q.timed && !q.limit && (q.precision == Day || q.precision == Part && r.precision == Minute)
	case r.precision != Day || r.limit:
		return q, false
	case q.timed:
		return r.at(q), true
	case q.named && !r.named && !r.near:
		return r, true
	}
	return q, q.near && r.from.Weekday() == q.from.Weekday()
}

// at is a time of a day.
func (q piece) at(t piece) piece {
	y, m, d := q.from.Date()
	clock := func(minutes int) time.Time { return time.Date(y, m, d, 0, minutes, 0, 0, q.from.Location()) }
	q.from, q.to, q.precision, q.named, q.until, q.bare, q.lead = clock(t.a), clock(t.b), t.precision, false, false, false, t.lead
	return q
}

// span makes the answer of a piece.
func (p *reader) span(q piece, l lead) (f Found, ok bool) {
	if q.timed {
		day := p.today(0)
		whole := day.at(q)
		morning := q.precision == Part && q.b <= 720 && whole.from.Before(p.now) // in the morning, said on one
		if morning || !whole.to.After(p.now) {
			whole = p.today(1).at(q)
		}
		q = whole
	}
	f = Found{From: q.from, To: q.to, Precision: q.precision, Working: q.working, Days: q.days, Doubtful: q.doubtful, Limit: q.limit}
	switch {
	case q.past:
	case l == limit, l == before && q.last:
		f.Limit, f.From = true, p.now
		if q.until {
			f.To = q.from
		}
	case l == before:
		f.Limit, f.From, f.To = true, p.now, q.from
	case l == since && q.precision == Minute:
		f.To = p.midnight(f.From, 1)
	}
	if f.To.Before(f.From) {
		f.To = f.From
	}
	return f, f.From.Year() > 0 && f.To.Year() < 10000 // what RFC 3339 can say
}
