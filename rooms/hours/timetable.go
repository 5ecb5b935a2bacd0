package hours

import (
	"iter"
	"math"
	"slices"
	"time"
)

// What is counted lies between the year 1 and the end of the year 9999, which is also as far as RFC 3339 can write.
const (
	dawn = -62135596800
	dusk = 253402300800
)

// Timetable counts working time by a calendar that was proved sound. It never changes and may be used by many at once.
type Timetable struct {
	zone   *time.Location
	week   [7][]Span         // within the day, in order, apart from each other
	yearly []Holiday         // in whatever year they were written
	dated  map[int][]Holiday // by year
	public []rule
}

// Zone is the zone of the clock on the wall.
func (t *Timetable) Zone() *time.Location { return t.zone }

// Add is the first moment by which the working time after from is used up: at closing time, not at the next opening.
// Nothing, or less than nothing, is used up at once. What would be used up after the year 9999 ends with it.
func (t *Timetable) Add(from time.Time, working time.Duration) time.Time {
	if working <= 0 {
		return from
	}
	start := from.Unix()
	for opens, closes := range t.stretches(start, dusk) {
		length := time.Duration(closes-opens) * time.Second
		begin := time.Unix(opens, 0)
		if opens == start {
			begin = begin.Add(time.Duration(from.Nanosecond()))
			length -= time.Duration(from.Nanosecond())
		}
		if working <= length {
			return begin.Add(working).In(from.Location())
		}
		working -= length
	}
	return never(from)
}

// Between is the working time from a to b, below zero when b comes first, at most what a Duration holds.
func (t *Timetable) Between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -t.Between(b, a)
	}
	start, end := a.Unix(), b.Unix()
	var seconds int64
	var fraction time.Duration
	for opens, closes := range t.stretches(start, end+1) {
		if opens == start {
			fraction -= time.Duration(a.Nanosecond())
		}
		if closes > end {
			fraction += time.Duration(b.Nanosecond())
		}
		seconds += min(closes, end) - opens
	}
	if seconds >= int64(math.MaxInt64/time.Second) {
		return math.MaxInt64
	}
	return time.Duration(seconds)*time.Second + fraction
}

// Open says whether we are there at that moment.
func (t *Timetable) Open(at time.Time) bool {
	for range t.stretches(at.Unix(), at.Unix()+1) {
		return true
	}
	return false
}

// Next is the first moment from at on when we are open: at itself when we are.
func (t *Timetable) Next(at time.Time) (opens time.Time) {
	for opens := range t.stretches(at.Unix(), dusk) {
		if opens == at.Unix() {
			return at
		}
		return time.Unix(opens, 0).In(at.Location())
	}
	return never(at)
}

// never is the end of all that is counted, or from itself when that is later still.
func never(from time.Time) time.Time {
	if from.Unix() >= dusk {
		return from
	}
	return time.Unix(dusk, 0).In(from.Location())
}

// stretches are the open times between two moments, one after the other, in seconds since 1970, each without its end.
func (t *Timetable) stretches(from, to int64) iter.Seq2[int64, int64] {
	return func(yield func(opens, closes int64) bool) {
		var year closedYear
		to := min(to, dusk)
		for at := max(from, dawn); at < to; {
			offset, until := t.offset(at)
			until = min(until, to)
			for at < until {
				day := dayOf(at + offset)
				midnight := int64(day)*secondsPerDay - offset
				for _, s := range t.spans(day, &year) {
					opens := max(midnight+int64(s.From)*60, at)
					closes := min(midnight+int64(s.To)*60, until)
					if opens < closes && !yield(opens, closes) {
						return
					}
				}
				at = min(midnight+secondsPerDay, until)
			}
		}
	}
}

// offset is how far the wall clock is ahead of UTC at that moment, and a later moment until which it stays so.
func (t *Timetable) offset(at int64) (offset, until int64) {
	moment := time.Unix(at, 0).In(t.zone)
	_, ahead := moment.Zone()
	_, end := moment.ZoneBounds()
	if end.IsZero() {
		return int64(ahead), dusk
	}
	// Past the last change in the zone's table, ZoneBounds takes every year for 365 days: on 31 December of a leap
	// year the end it tells is already behind us.
	if until = end.Unix(); until <= at {
		until = int64(dayOf(at)+1) * secondsPerDay
	}
	return int64(ahead), until
}

// spans are the hours of one day, without what a holiday takes.
func (t *Timetable) spans(day Date, year *closedYear) []Span {
	spans := t.week[day.Weekday()]
	if len(spans) == 0 || t.public == nil && t.yearly == nil && t.dated == nil {
		return spans
	}
	for _, h := range year.on(day, t) {
		if h.Closed == (Span{}) {
			return nil
		}
		spans = without(spans, h.Closed)
	}
	return spans
}

// closedYear is the year that a walk through the days is in, and what is left of its holidays, by date.
type closedYear struct {
	begun bool
	next  Date // the first day of the year after
	left  []Holiday
}

// on is the holidays of a day. The days are asked for in order, but a clock put back over midnight shows one again.
func (y *closedYear) on(day Date, t *Timetable) []Holiday {
	if !y.begun || day >= y.next {
		year := day.Year()
		*y = closedYear{begun: true, next: On(year+1, time.January, 1), left: t.holidays(year)}
	}
	for len(y.left) > 0 && y.left[0].Date < day-1 {
		y.left = y.left[1:]
	}
	from := 0
	for from < len(y.left) && y.left[from].Date < day {
		from++
	}
	to := from
	for to < len(y.left) && y.left[to].Date == day {
		to++
	}
	return y.left[from:to]
}

// holidays are all of one year, by date.
func (t *Timetable) holidays(year int) []Holiday {
	all := make([]Holiday, 0, len(t.dated[year])+len(t.yearly)+len(t.public))
	all = append(all, t.dated[year]...)
	for _, h := range t.yearly {
		_, month, day := h.Date.midnight().Date()
		if h.Date = On(year, month, day); h.Date.midnight().Day() == day {
			all = append(all, h)
		}
	}
	all = appendPublic(all, t.public, year)
	slices.SortFunc(all, func(a, b Holiday) int { return int(a.Date - b.Date) })
	return all
}

func without(spans []Span, closed Span) []Span {
	var left []Span
	for _, s := range spans {
		if before := (Span{s.From, min(s.To, closed.From)}); before.From < before.To {
			left = append(left, before)
		}
		if after := (Span{max(s.From, closed.To), s.To}); after.From < after.To {
			left = append(left, after)
		}
	}
	return left
}

// dayOf is the day that a moment in seconds lies in, also before 1970.
func dayOf(seconds int64) Date {
	day := seconds / secondsPerDay
	if seconds%secondsPerDay < 0 {
		day--
	}
	return Date(day)
}
