package hours

import (
	"fmt"
	"math"
	"testing"
	"time"
)

func TestAddAndBetween(t *testing.T) {
	night := daily("Europe/Berlin", hour(22, 30))
	christmas := office("Europe/Berlin",
		Holiday{Date: On(2026, time.December, 24), Name: "Heiligabend", Closed: Span{14 * 60, 1440}, Yearly: true})
	christmas.Public = "DE-BY"
	shift := daily("Europe/Berlin", hour(22, 30))
	shift.Holidays = []Holiday{{Date: On(2026, time.July, 2), Name: "Feast"}}
	newfoundland := daily("America/St_Johns", hour(0, 24))
	newfoundland.Holidays = []Holiday{{Date: On(2010, time.November, 6), Name: "Feast"}}
	leapDay := daily("Europe/Berlin", hour(9, 17))
	leapDay.Holidays = []Holiday{{Date: On(2024, time.February, 29), Name: "Leap day", Yearly: true}}
	always := func(zone string) Calendar { return Calendar{Name: "Always", Zone: zone, Always: true} }

	for name, tc := range map[string]struct {
		calendar Calendar
		from     string
		working  time.Duration
		until    string
	}{
		"within a day": {office("Europe/Berlin"), "2026-07-01T10:00:00+02:00", 4 * time.Hour, "2026-07-01T14:00:00+02:00"},
		"used up at closing time, not at opening":    {office("Europe/Berlin"), "2026-07-01T10:00:00+02:00", 7 * time.Hour, "2026-07-01T17:00:00+02:00"},
		"one second later is the next morning":       {office("Europe/Berlin"), "2026-07-01T10:00:00+02:00", 7*time.Hour + time.Second, "2026-07-02T09:00:01+02:00"},
		"over the weekend":                           {office("Europe/Berlin"), "2026-07-03T16:00:00+02:00", 2 * time.Hour, "2026-07-06T10:00:00+02:00"},
		"begun while closed":                         {office("Europe/Berlin"), "2026-07-04T03:00:00+02:00", time.Hour, "2026-07-06T10:00:00+02:00"},
		"a fraction of a second is kept":             {office("Europe/Berlin"), "2026-07-01T16:59:59.75+02:00", time.Second, "2026-07-02T09:00:00.75+02:00"},
		"a fraction begun while closed is no work":   {office("Europe/Berlin"), "2026-07-01T08:59:59.75+02:00", time.Second, "2026-07-01T09:00:01+02:00"},
		"a fraction across midnight":                 {always("UTC"), "2026-07-01T23:59:59.5Z", 500 * time.Millisecond, "2026-07-02T00:00:00Z"},
		"several spans a day":                        {daily("Asia/Kolkata", hour(9, 12), hour(13, 18)), "2026-07-01T11:30:00+05:30", time.Hour, "2026-07-01T13:30:00+05:30"},
		"a week of forty hours in Kolkata":           {office("Asia/Kolkata"), "2026-07-01T09:00:00+05:30", 40 * time.Hour, "2026-07-07T17:00:00+05:30"},
		"29 February of a leap year":                 {office("America/New_York"), "2024-02-28T16:00:00-05:00", 9 * time.Hour, "2024-02-29T17:00:00-05:00"},
		"no 29 February in the others":               {office("America/New_York"), "2026-02-27T16:00:00-05:00", 2 * time.Hour, "2026-03-02T10:00:00-05:00"},
		"the last day of a leap year":                {office("Europe/Berlin"), "2040-12-31T16:00:00+01:00", 2 * time.Hour, "2041-01-01T10:00:00+01:00"},
		"summer time begins over a weekend, Berlin":  {office("Europe/Berlin"), "2026-03-27T16:00:00+01:00", 2 * time.Hour, "2026-03-30T10:00:00+02:00"},
		"summer time ends over a weekend, New York":  {office("America/New_York"), "2026-10-30T16:00:00-04:00", 2 * time.Hour, "2026-11-02T10:00:00-05:00"},
		"the night summer time begins is seven":      {night, "2026-03-28T22:00:00+01:00", 7 * time.Hour, "2026-03-29T06:00:00+02:00"},
		"the night summer time ends is nine":         {night, "2026-10-24T22:00:00+02:00", 9 * time.Hour, "2026-10-25T06:00:00+01:00"},
		"that night in New York":                     {daily("America/New_York", hour(22, 30)), "2026-03-07T22:00:00-05:00", 7 * time.Hour, "2026-03-08T06:00:00-04:00"},
		"Lord Howe loses half an hour":               {daily("Australia/Lord_Howe", hour(0, 6)), "2026-10-04T00:00:00+10:30", 330 * time.Minute, "2026-10-04T06:00:00+11:00"},
		"Lord Howe gains half an hour":               {daily("Australia/Lord_Howe", hour(0, 6)), "2026-04-05T00:00:00+11:00", 390 * time.Minute, "2026-04-05T06:00:00+10:30"},
		"the hour that is skipped is not worked":     {daily("Europe/Berlin", hour(2, 3)), "2026-03-28T02:30:00+01:00", time.Hour, "2026-03-30T02:30:00+02:00"},
		"a span into the skipped hour is cut":        {daily("Europe/Berlin", Span{60, 150}), "2026-03-29T01:00:00+01:00", time.Hour, "2026-03-29T03:00:00+02:00"},
		"the hour shown twice is worked twice":       {daily("Europe/Berlin", hour(2, 3)), "2026-10-25T02:00:00+02:00", 2 * time.Hour, "2026-10-25T03:00:00+01:00"},
		"half of it is worked twice with a rest":     {daily("Europe/Berlin", Span{120, 150}), "2026-10-25T02:00:00+02:00", 45 * time.Minute, "2026-10-25T02:15:00+01:00"},
		"midnight shown twice, Havana":               {daily("America/Havana", hour(0, 2)), "2026-11-01T00:00:00-04:00", 3 * time.Hour, "2026-11-01T02:00:00-05:00"},
		"a day that begins at one, Havana":           {daily("America/Havana", hour(0, 2)), "2026-03-07T23:30:00-05:00", time.Hour, "2026-03-08T02:00:00-04:00"},
		"always is the time on the wall of no clock": {always("Europe/Berlin"), "2026-03-28T12:00:00+01:00", 24 * time.Hour, "2026-03-29T13:00:00+02:00"},
		"a part of a holiday":                        {christmas, "2026-12-23T16:00:00+01:00", 5 * time.Hour, "2026-12-24T13:00:00+01:00"},
		"a part of a holiday, every year":            {christmas, "2029-12-24T13:00:00+01:00", 2 * time.Hour, "2029-12-27T10:00:00+01:00"},
		"over Christmas and the weekend":             {christmas, "2026-12-24T13:00:00+01:00", 2 * time.Hour, "2026-12-28T10:00:00+01:00"},
		"Corpus Christi in Bavaria":                  {christmas, "2026-06-03T16:00:00+02:00", 2 * time.Hour, "2026-06-05T10:00:00+02:00"},
		"a holiday takes the end of last night":      {shift, "2026-07-01T23:00:00+02:00", 2 * time.Hour, "2026-07-03T01:00:00+02:00"},
		"a holiday shown again after its midnight":   {newfoundland, "2010-11-07T00:00:30-02:30", time.Minute, "2010-11-07T00:00:30-03:30"},
		"a yearly leap day where there is one":       {leapDay, "2028-02-28T16:00:00+01:00", 2 * time.Hour, "2028-03-01T10:00:00+01:00"},
		"and where there is none":                    {leapDay, "2026-02-28T16:00:00+01:00", 2 * time.Hour, "2026-03-01T10:00:00+01:00"},
		"before 1970":                                {office("Europe/Berlin"), "1969-12-31T16:00:00+01:00", 2 * time.Hour, "1970-01-01T10:00:00+01:00"},
		"a day cut off the calendar, Samoa":          {daily("Pacific/Apia", hour(9, 17)), "2011-12-29T16:00:00-10:00", 2 * time.Hour, "2011-12-31T10:00:00+14:00"},
	} {
		t.Run(name, func(t *testing.T) {
			c := timetable(t, tc.calendar)
			from, want := moment(t, tc.from), moment(t, tc.until)
			if got := c.Add(from, tc.working); !got.Equal(want) {
				t.Errorf("Add(%s, %s) = %s, want %s", from, tc.working, got.In(want.Location()), want)
			}
			if got := c.Between(from, want); got != tc.working {
				t.Errorf("Between(%s, %s) = %s, want %s", from, want, got, tc.working)
			}
			if got := c.Between(want, from); got != -tc.working {
				t.Errorf("Between(%s, %s) = %s, want %s", want, from, got, -tc.working)
			}
		})
	}
}

func TestOpenAndNext(t *testing.T) {
	berlin := office("Europe/Berlin")
	for name, tc := range map[string]struct {
		calendar Calendar
		at       string
		open     bool
		next     string
	}{
		"open at the first moment":         {berlin, "2026-07-01T09:00:00+02:00", true, "2026-07-01T09:00:00+02:00"},
		"open at the last":                 {berlin, "2026-07-01T16:59:59.999999999+02:00", true, "2026-07-01T16:59:59.999999999+02:00"},
		"closed at closing time":           {berlin, "2026-07-01T17:00:00+02:00", false, "2026-07-02T09:00:00+02:00"},
		"closed a nanosecond too early":    {berlin, "2026-07-01T08:59:59.999999999+02:00", false, "2026-07-01T09:00:00+02:00"},
		"after the weekend":                {berlin, "2026-07-03T20:00:00+02:00", false, "2026-07-06T09:00:00+02:00"},
		"asked from another zone":          {berlin, "2026-07-03T23:00:00-07:00", false, "2026-07-06T00:00:00-07:00"},
		"the skipped hour opens after it":  {daily("Europe/Berlin", Span{150, 600}), "2026-03-29T01:00:00+01:00", false, "2026-03-29T03:00:00+02:00"},
		"open in the second showing":       {daily("Europe/Berlin", Span{120, 150}), "2026-10-25T02:10:00+01:00", true, "2026-10-25T02:10:00+01:00"},
		"closed between the two showings":  {daily("Europe/Berlin", Span{120, 150}), "2026-10-25T02:40:00+02:00", false, "2026-10-25T02:00:00+01:00"},
		"a night shift belongs to its day": {Calendar{Name: "N", Zone: "Europe/Berlin", Week: [7][]Span{time.Saturday: {hour(22, 30)}}}, "2026-07-05T05:59:00+02:00", true, "2026-07-05T05:59:00+02:00"},
	} {
		t.Run(name, func(t *testing.T) {
			c := timetable(t, tc.calendar)
			at, want := moment(t, tc.at), moment(t, tc.next)
			if got := c.Open(at); got != tc.open {
				t.Errorf("Open(%s) = %t", at, got)
			}
			if got := c.Next(at); !got.Equal(want) || got.Location() != at.Location() {
				t.Errorf("Next(%s) = %s, want %s", at, got, want)
			}
		})
	}
}

func TestSpansThatOverlapCountOnce(t *testing.T) {
	c := Calendar{Name: "N", Zone: "UTC", Week: [7][]Span{
		time.Monday:  {hour(13, 18), hour(9, 14), hour(22, 33)},
		time.Tuesday: {hour(8, 12), hour(12, 13)},
	}}
	monday := time.Date(2026, 7, 6, 0, 0, 0, 0, time.UTC)
	if got, want := timetable(t, c).Between(monday, monday.AddDate(0, 0, 7)), (9+2+13)*time.Hour; got != want {
		t.Errorf("a week of %s, want %s", got, want)
	}
	if c.Week[time.Monday][0] != hour(13, 18) {
		t.Error("counting changed what was written down")
	}
}

func TestFarAway(t *testing.T) {
	always := timetable(t, Calendar{Name: "N", Zone: "Europe/Berlin", Always: true})
	hourAWeek := timetable(t, Calendar{Name: "N", Zone: "Europe/Berlin", Week: [7][]Span{time.Monday: {Span{0, 1}}}, Public: "DE-BB"})
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	if got := hourAWeek.Add(now, math.MaxInt64); got.Unix() != dusk {
		t.Errorf("more minutes than there are Mondays: %s", got)
	}
	if got, want := always.Add(now, math.MaxInt64), now.Add(math.MaxInt64); !got.Equal(want) {
		t.Errorf("the longest Duration: %s, want %s", got, want)
	}
	if got := always.Between(time.Time{}, now); got != math.MaxInt64 {
		t.Errorf("since the year 1: %s", got)
	}
	if got := always.Between(time.Unix(math.MinInt64/2, 0), time.Unix(math.MinInt64/4, 0)); got != 0 {
		t.Errorf("before the year 1: %s", got)
	}
	after := time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)
	if got := always.Add(after, time.Hour); !got.Equal(after) || always.Open(after) || !always.Next(after).Equal(after) {
		t.Errorf("after the year 9999: %s", got)
	}
	if got := always.Add(now, -time.Hour); !got.Equal(now) {
		t.Errorf("less than nothing: %s", got)
	}
}

func BenchmarkAdd40Hours(b *testing.B) {
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"} {
		for name, public := range map[string]string{"": "", " with public holidays": "DE-BY"} {
			c := office(zone)
			c.Public = public
			counted, err := c.Timetable()
			if err != nil {
				b.Fatal(err)
			}
			from := time.Date(2026, 3, 27, 14, 0, 0, 0, time.UTC)
			b.Run(fmt.Sprint(zone, name), func(b *testing.B) {
				for b.Loop() {
					counted.Add(from, 40*time.Hour)
				}
			})
		}
	}
}

func BenchmarkBetweenAYear(b *testing.B) {
	c := office("Europe/Berlin")
	c.Public = "DE-BY"
	counted, err := c.Timetable()
	if err != nil {
		b.Fatal(err)
	}
	from := time.Date(2026, 3, 27, 14, 0, 0, 0, time.UTC)
	for b.Loop() {
		counted.Between(from, from.AddDate(1, 0, 0))
	}
}

func BenchmarkTimetable(b *testing.B) {
	c := office("Europe/Berlin")
	c.Public = "DE-BY"
	for b.Loop() {
		if _, err := c.Timetable(); err != nil {
			b.Fatal(err)
		}
	}
}
