package hours

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyCalendar draws calendars with night shifts, holidays of every sort and clocks that jump.
func anyCalendar() *rapid.Generator[Calendar] {
	span := rapid.Custom(func(t *rapid.T) Span {
		from := rapid.IntRange(0, minutesPerDay-1).Draw(t, "from")
		return Span{from, from + rapid.IntRange(1, minutesPerDay).Draw(t, "minutes")}
	})
	holiday := rapid.Custom(func(t *rapid.T) Holiday {
		h := Holiday{
			Name:   "Holiday",
			Date:   On(rapid.SampledFrom([]int{2010, 2018, 2025, 2026}).Draw(t, "year"), 1, rapid.IntRange(1, 400).Draw(t, "day")),
			Yearly: rapid.Bool().Draw(t, "yearly"),
		}
		if rapid.Bool().Draw(t, "part") {
			h.Closed.From = rapid.IntRange(0, minutesPerDay-1).Draw(t, "closes")
			h.Closed.To = rapid.IntRange(h.Closed.From+1, minutesPerDay).Draw(t, "reopens")
		}
		return h
	})
	return rapid.Custom(func(t *rapid.T) Calendar {
		c := Calendar{
			Name: "Any",
			Zone: rapid.SampledFrom([]string{
				"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
				"America/Havana", "Africa/Casablanca", "Pacific/Apia", "America/St_Johns", "America/Sao_Paulo", "UTC",
			}).Draw(t, "zone"),
			Always: rapid.IntRange(0, 19).Draw(t, "always") == 0,
			Public: rapid.SampledFrom([]string{"", "DE-BY", "US", "GB-SCT"}).Draw(t, "public"),
		}
		for day := range c.Week {
			c.Week[day] = rapid.SliceOfN(span, 0, 3).Draw(t, "spans")
		}
		c.Holidays = rapid.SliceOfN(holiday, 0, 6).Draw(t, "holidays")
		return c
	}).Filter(func(c Calendar) bool {
		_, err := c.Timetable()
		return err == nil
	})
}

func anyTimetable(t *rapid.T) *Timetable {
	counted, err := anyCalendar().Draw(t, "calendar").Timetable()
	if err != nil {
		t.Fatal(err)
	}
	return counted
}

// anyMoment lies within three years, more often than chance has it where a clock jumps or a year ends.
func anyMoment(t *rapid.T, name string) time.Time {
	around := rapid.SampledFrom([]time.Time{
		time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC),
		time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC),
		time.Date(2026, 11, 1, 4, 0, 0, 0, time.UTC),
		time.Date(2026, 4, 4, 15, 0, 0, 0, time.UTC),
		time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 2, 18, 2, 0, 0, 0, time.UTC),
		time.Date(2010, 11, 7, 2, 31, 0, 0, time.UTC),
		time.Date(2018, 2, 18, 2, 0, 0, 0, time.UTC),
	}).Draw(t, name+" around")
	days := rapid.SampledFrom([]int64{1, 1, 10, 400}).Draw(t, name+" within days")
	span := days * int64(24*time.Hour)
	return around.Add(time.Duration(rapid.Int64Range(-span, span).Draw(t, name)))
}

func anyWork(t *rapid.T, name string) time.Duration {
	most := rapid.SampledFrom([]time.Duration{time.Second, 4 * time.Hour, 60 * time.Hour, 2000 * time.Hour}).Draw(t, name+" at most")
	return time.Duration(rapid.Int64Range(0, int64(most)).Draw(t, name))
}

func TestAddAndBetweenUndoEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyTimetable(t)
		from, working := anyMoment(t, "from"), anyWork(t, "working")
		until := c.Add(from, working)
		if got := c.Between(from, until); got != working {
			t.Fatalf("Add(%s, %s) = %s, which is %s away", from, working, until, got)
		}
		if working > 0 && c.Between(from, until.Add(-1)) != working-1 {
			t.Fatalf("Add(%s, %s) = %s is not the first such moment", from, working, until)
		}
	})
}

func TestWorkingTimeAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyTimetable(t)
		a, b, d := anyMoment(t, "a"), anyMoment(t, "b"), anyMoment(t, "d")
		if one, two := c.Between(a, d), c.Between(a, b)+c.Between(b, d); one != two {
			t.Fatalf("from %s to %s: %s, by way of %s: %s", a, d, one, b, two)
		}
		x, y := anyWork(t, "x"), anyWork(t, "y")
		if one, two := c.Add(a, x+y), c.Add(c.Add(a, x), y); !one.Equal(two) {
			t.Fatalf("%s and %s after %s: %s at once, %s one after the other", x, y, a, one, two)
		}
	})
}

func TestLaterAndLongerNeverEndEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyTimetable(t)
		a, b := anyMoment(t, "a"), anyMoment(t, "b")
		if b.Before(a) {
			a, b = b, a
		}
		x, y := anyWork(t, "x"), anyWork(t, "y")
		if c.Add(b, x).Before(c.Add(a, x)) {
			t.Fatalf("%s begun at %s ends before that begun at %s", x, b, a)
		}
		if c.Add(a, max(x, y)).Before(c.Add(a, min(x, y))) {
			t.Fatalf("the longer of %s and %s after %s ends earlier", x, y, a)
		}
		if passed := c.Between(a, b); passed < 0 || passed > b.Sub(a) {
			t.Fatalf("%s worked in %s", passed, b.Sub(a))
		}
	})
}

func TestNextOpens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := anyTimetable(t), anyMoment(t, "at")
		next := c.Next(at)
		if next.Before(at) || !c.Open(next) || c.Between(at, next) != 0 {
			t.Fatalf("Next(%s) = %s, open %t, %s worked until then", at, next, c.Open(next), c.Between(at, next))
		}
		if c.Open(at) != next.Equal(at) {
			t.Fatalf("Open(%s) = %t, Next = %s", at, c.Open(at), next)
		}
	})
}

// The wall clock itself is the judge: minute by minute, as somebody at the door would read it.
func TestOpenIsWhatTheWallClockSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendar := anyCalendar().Draw(t, "calendar")
		c, err := calendar.Timetable()
		if err != nil {
			t.Fatal(err)
		}
		zone, err := time.LoadLocation(calendar.Zone)
		if err != nil {
			t.Fatal(err)
		}
		from := anyMoment(t, "from").Truncate(time.Minute)
		minutes := rapid.IntRange(1, 3*minutesPerDay).Draw(t, "minutes")
		var worked time.Duration
		for i := range minutes {
			at := from.Add(time.Duration(i) * time.Minute)
			if openByTheWall(calendar, at.In(zone)) {
				worked += time.Minute
			}
		}
		if got := c.Between(from, from.Add(time.Duration(minutes)*time.Minute)); got != worked {
			t.Fatalf("%d minutes from %s: %s, the wall clock says %s", minutes, from, got, worked)
		}
		if got := c.Open(from); got != openByTheWall(calendar, from.In(zone)) {
			t.Fatalf("Open(%s) = %t", from, got)
		}
	})
}

func openByTheWall(c Calendar, wall time.Time) bool {
	if c.Always {
		return true
	}
	minute := wall.Hour()*60 + wall.Minute()
	public, _ := Public(c.Public, wall.Year())
	for _, h := range append(public, c.Holidays...) {
		year, month, day := h.Date.midnight().Date()
		if month != wall.Month() || day != wall.Day() || year != wall.Year() && !h.Yearly {
			continue
		}
		if h.Closed == (Span{}) || minute >= h.Closed.From && minute < h.Closed.To {
			return false
		}
	}
	for _, s := range c.Week[wall.Weekday()] {
		if minute >= s.From && minute < s.To {
			return true
		}
	}
	for _, s := range c.Week[(wall.Weekday()+6)%7] {
		if minute+minutesPerDay < s.To {
			return true
		}
	}
	return false
}
