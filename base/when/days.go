package when

import (
	"strings"
	"time"
)

// midnight is the beginning of the day so many days after t's.
func (p *reader) midnight(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+n, 0, 0, 0, 0, t.Location())
}

// whole is the days from one to another, the last one included.
func (p *reader) whole(from, last time.Time, q Precision) piece {
	return piece{from: from, to: p.midnight(last, 1), precision: q}
}

// today is the day so many days from now.
func (p *reader) today(n int) piece {
	d := p.midnight(p.now, n)
	q := p.whole(d, d, Day)
	q.near, q.past = true, n < 0
	return q
}

func iso(d time.Weekday) int { return (int(d)+6)%7 + 1 }

// weekday is the next day of a name, weeks later where they are counted.
func (p *reader) weekday(n, later int) piece {
	ahead := (n-iso(p.now.Weekday())+6)%7 + 1
	d := p.midnight(p.now, ahead+7*later)
	q := p.whole(d, d, Day)
	q.named = true
	return q
}

// short is a weekday that is not written out: nothing but a word before it makes it one.
func (p *reader) short(name string) (piece, bool) {
	for i, names := range []string{"mon mo", "tue tues di", "wed mi", "thu thur thurs do", "fri"} {
		if among(strings.ReplaceAll(names, " ", "|"), name) {
			q := p.weekday(i+1, 0)
			q.bare = true
			return q, true
		}
	}
	return piece{}, false
}

// inWeek is a day of this week, or of one before or after it.
func (p *reader) inWeek(n, later int) piece {
	d := p.midnight(p.now, n-iso(p.now.Weekday())+7*later)
	q := p.whole(d, d, Day)
	q.named, q.past = true, later < 0
	return q
}

// week is this one, or one before or after it.
func (p *reader) week(later int) piece {
	q := p.whole(p.inWeek(1, later).from, p.inWeek(7, later).from, Week)
	q.past = later < 0
	return q
}

// weekend begins on Saturday.
func (p *reader) weekend(later int) piece {
	q := p.whole(p.inWeek(6, later).from, p.inWeek(7, later).from, Part)
	q.until, q.precision = true, Week
	return q
}

// weekEnd is the last working day of a week; of this one on a weekend, its Sunday.
func (p *reader) weekEnd(later int) piece {
	last := 5
	if later == 0 && iso(p.now.Weekday()) > 5 {
		last = 7
	}
	q := p.inWeek(last, later)
	q.named, q.last = false, true
	return q
}

// numbered is a week by its number in ISO 8601, of this year or the next.
func (p *reader) numbered(n int) (piece, bool) {
	year, now := p.now.ISOWeek()
	if n < now {
		year++
	}
	d := time.Date(year, time.January, 4+7*(n-1), 0, 0, 0, 0, p.now.Location()) // 4 January is always in week 1
	d = p.midnight(d, 1-iso(d.Weekday()))
	if _, is := d.ISOWeek(); n < 1 || is != n {
		return piece{}, false
	}
	return p.whole(d, p.midnight(d, 6), Week), true
}

// month is a calendar month, so many after this one.
func (p *reader) month(later int) piece {
	y, m, _ := p.now.Date()
	return p.monthOf(y, int(m)+later)
}

func (p *reader) monthOf(year, m int) piece {
	from := time.Date(year, time.Month(m), 1, 0, 0, 0, 0, p.now.Location())
	return piece{from: from, to: from.AddDate(0, 1, 0), precision: Month, past: from.AddDate(0, 1, 0).Before(p.now)}
}

// named is the month of a name that is now or comes next, or that of a year.
func (p *reader) named(m, year int) piece {
	if year == 0 {
		year = p.now.Year()
		if m < int(p.now.Month()) {
			year++
		}
	}
	q := p.monthOf(year, m)
	return q
}

// edge is the first, the middle or the last day of a month (BGB § 192).
func (p *reader) edge(q piece, which string) piece {
	d := q.from
	switch which {
	case "middle":
		d = p.midnight(d, 14)
	case "end":
		d = p.midnight(q.to, -1)
	}
	q = p.whole(d, d, Day)
	q.last = which == "end"
	return q
}

// year is a calendar year.
func (p *reader) year(later int) piece {
	from := time.Date(p.now.Year()+later, time.January, 1, 0, 0, 0, 0, p.now.Location())
	return piece{from: from, to: from.AddDate(1, 0, 0), precision: Year, past: later < 0}
}

// quarter is this calendar quarter, or one after it.
func (p *reader) quarter(later int) piece {
	first := (int(p.now.Month())-1)/3*3 + 1 + 3*later
	q := p.monthOf(p.now.Year(), first)
	q.to = q.from.AddDate(0, 3, 0)
	return q
}

// on is a date; without a year it is the next one, today included.
func (p *reader) on(c caught) (piece, bool) {
	year, tries := c.year, 1
	if year == 0 {
		year, tries = p.now.Year(), 9 // 29 February may be eight years away
	}
	for ; tries > 0; tries-- {
		d := time.Date(year, time.Month(c.month), c.day, 0, 0, 0, 0, p.now.Location())
		q := p.whole(d, d, Day)
		if d.Day() == c.day && (c.year != 0 || q.to.After(p.now)) {
			q.doubtful, q.past = c.amb, !q.to.After(p.now)
			q.bare = c.numeric // 1/2 may be a half
			return q, true
		}
		year++
	}
	return piece{}, false
}

// dayNumber is the next day of that number, today included.
func (p *reader) dayNumber(c caught) (piece, bool) {
	for n := range 3 {
		c.month, c.year = int(p.month(n).from.Month()), p.month(n).from.Year()
		if q, ok := p.on(c); ok && q.to.After(p.now) {
			return q, true
		}
	}
	return piece{}, false
}

// after counts on from now: "in two days".
func (p *reader) after(n, hi int, u unit) piece {
	q := piece{from: p.ends(n, u), to: p.ends(hi, u), precision: Day}
	switch u {
	case minutes, hours:
		q.precision = Minute
	case working, werktag:
		q.working, q.days = true, hi
		fallthrough
	default:
		q.from = p.midnight(q.from, -1)
	}
	return q
}

// within is until then.
func (p *reader) within(hi int, u unit) piece {
	q := p.after(hi, hi, u)
	q.from, q.limit = p.now, true
	return q
}

// ago counts back.
func (p *reader) ago(n int, u unit) piece {
	q := p.after(-n, -n, u)
	q.past, q.working = true, false
	return q
}

// ends is when a time of so many units ends that begins now.
func (p *reader) ends(n int, u unit) time.Time {
	switch u {
	case minutes:
		return p.now.Add(time.Duration(n) * time.Minute)
	case hours:
		return p.now.Add(time.Duration(n) * time.Hour)
	case weeks:
		return p.midnight(p.now, 7*n+1)
	case months:
		return p.midnight(p.monthsOn(n), 1)
	case years:
		return p.midnight(p.monthsOn(12*n), 1)
	case working, werktag:
		return p.midnight(p.now, p.workingDays(n, u)+1)
	default:
		return p.midnight(p.now, n+1)
	}
}

// monthsOn is the day of the same number, or the month's last.
func (p *reader) monthsOn(n int) time.Time {
	y, m, d := p.now.Date()
	last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, p.now.Location())
	return time.Date(last.Year(), last.Month(), min(d, last.Day()), 0, 0, 0, 0, p.now.Location())
}

// workingDays is how many days it takes until so many working ones are over, today not counted.
func (p *reader) workingDays(n int, u unit) (all int) {
	last := time.Friday
	if u == werktag {
		last = time.Saturday
	}
	step := 1
	if n < 0 {
		n, step = -n, -1
	}
	for d := iso(p.now.Weekday()); n > 0; {
		all += step
		if d += step; d > 7 {
			d = 1
		} else if d < 1 {
			d = 7
		}
		if d <= int(last) {
			n--
		}
	}
	return all
}

// moment is a time of any day, in minutes from midnight.
func moment(minute int) piece {
	return piece{timed: true, precision: Minute, a: minute, b: minute}
}

// stretch is a part of any day; one that ends before it begins ends half a day later.
func stretch(a, b int, q Precision) piece {
	if b < a {
		b += 12 * 60
	}
	if b < a {
		b += 12 * 60
	}
	return piece{timed: true, precision: q, a: a, b: b}
}

// likely is the hour people mean who say "at three": nobody promises a call in the night.
func likely(hour int) int {
	if hour >= 1 && hour < 7 {
		return hour + 12
	}
	return hour
}
