package hours

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
)

func hour(from, to int) Span { return Span{from * 60, to * 60} }

// office is Monday to Friday, nine to five.
func office(zone string, holidays ...Holiday) Calendar {
	c := Calendar{Name: "Office", Zone: zone, Holidays: holidays}
	for day := time.Monday; day <= time.Friday; day++ {
		c.Week[day] = []Span{hour(9, 17)}
	}
	return c
}

// daily is the same hours every day.
func daily(zone string, spans ...Span) Calendar {
	return Calendar{Name: "Daily", Zone: zone, Week: [7][]Span{spans, spans, spans, spans, spans, spans, spans}}
}

func timetable(t *testing.T, c Calendar) *Timetable {
	t.Helper()
	counted, err := c.Timetable()
	if err != nil {
		t.Fatal(err)
	}
	return counted
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestTimetableRefuses(t *testing.T) {
	day := On(2026, time.July, 1)
	everyDay := func() (all []Holiday) {
		for d := On(2024, time.January, 1); d.Year() == 2024; d++ {
			all = append(all, Holiday{Date: d, Name: "Closed", Yearly: true})
		}
		return all
	}
	one := func(s Span) Calendar {
		return Calendar{Name: "N", Zone: "Europe/Berlin", Week: [7][]Span{time.Monday: {s}}}
	}
	for name, tc := range map[string]struct {
		calendar Calendar
		field    string
	}{
		"a calendar without a name":                {Calendar{Name: " ", Zone: "Europe/Berlin", Always: true}, "name"},
		"no zone":                                  {Calendar{Name: "N", Always: true}, "zone"},
		"the zone of the server":                   {Calendar{Name: "N", Zone: "Local", Always: true}, "zone"},
		"a zone that is not there":                 {Calendar{Name: "N", Zone: "Europe/Bielefeld", Always: true}, "zone"},
		"a path for a zone":                        {Calendar{Name: "N", Zone: "../../etc/passwd", Always: true}, "zone"},
		"a week without hours":                     {Calendar{Name: "N", Zone: "Europe/Berlin"}, "week"},
		"a span that ends before it begins":        {one(Span{600, 540}), "week"},
		"a span that ends as it begins":            {one(Span{540, 540}), "week"},
		"a span before midnight":                   {one(Span{-60, 540}), "week"},
		"a span that begins past the day":          {one(Span{1440, 1500}), "week"},
		"a span longer than a day":                 {one(Span{540, 540 + 1441}), "week"},
		"a region nobody knows":                    {Calendar{Name: "N", Zone: "Europe/Berlin", Week: one(hour(9, 17)).Week, Public: "DE-XX"}, "public"},
		"a holiday without a name":                 {office("Europe/Berlin", Holiday{Date: day}), "holidays"},
		"a holiday in a year without a number":     {office("Europe/Berlin", Holiday{Date: On(10000, 1, 1), Name: "H"}), "holidays"},
		"a holiday that goes past midnight":        {office("Europe/Berlin", Holiday{Date: day, Name: "H", Closed: Span{1300, 1500}}), "holidays"},
		"a holiday that ends before it begins":     {office("Europe/Berlin", Holiday{Date: day, Name: "H", Closed: Span{900, 600}}), "holidays"},
		"a calendar closed on every day of a year": {office("Europe/Berlin", everyDay()...), "week"},
		"a week closed by its part-day holidays": {Calendar{
			Name: "N", Zone: "Europe/Berlin", Week: [7][]Span{time.Sunday: {hour(9, 17)}},
			Holidays: func() []Holiday {
				all := everyDay()
				for i := range all {
					all[i].Closed = hour(8, 18)
				}
				return all
			}(),
		}, "week"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tc.calendar.Timetable()
			f := fault.Of(err)
			if f == nil || f.Kind != fault.Invalid || f.Fields[tc.field] == "" {
				t.Errorf("fault = %#v, want Invalid about %s", f, tc.field)
			}
		})
	}
}

func TestTimetableAccepts(t *testing.T) {
	closedIn2026 := make([]Holiday, 0, 365)
	for d := On(2026, time.January, 1); d.Year() == 2026; d++ {
		closedIn2026 = append(closedIn2026, Holiday{Date: d, Name: "Rebuilding"})
	}
	openOnLeapDays := make([]Holiday, 0, 365)
	for d := On(2026, time.January, 1); d.Year() == 2026; d++ {
		openOnLeapDays = append(openOnLeapDays, Holiday{Date: d, Name: "Closed", Yearly: true})
	}
	for name, tc := range map[string]struct {
		calendar Calendar
		at, next string
	}{
		"a year in which we are shut": {
			office("Europe/Berlin", closedIn2026...), "2026-01-01T00:00:00Z", "2027-01-01T08:00:00Z",
		},
		"open on 29 February alone, when it is a working day": {
			office("Europe/Berlin", openOnLeapDays...), "2026-01-01T00:00:00Z", "2028-02-29T08:00:00Z",
		},
		"an hour that summer time swallows, once a year, is nothing to refuse": {
			Calendar{Name: "N", Zone: "Europe/Berlin", Week: [7][]Span{time.Sunday: {hour(2, 3)}}},
			"2026-03-23T00:00:00Z", "2026-04-05T00:00:00Z",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := timetable(t, tc.calendar).Next(moment(t, tc.at))
			if want := moment(t, tc.next); !got.Equal(want) {
				t.Errorf("Next = %s, want %s", got, want)
			}
		})
	}
}

func TestCalendarInJSON(t *testing.T) {
	c := office("Europe/Berlin",
		Holiday{Date: On(2026, time.December, 24), Name: "Heiligabend", Closed: Span{14 * 60, 1440}, Yearly: true},
		Holiday{Date: On(2026, time.May, 15), Name: "Brückentag"})
	c.ID, c.Public, c.Default, c.Version = 1, "DE-BY", true, 3
	written, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"cal_0000000000001","name":"Office","zone":"Europe/Berlin","week":[null,[{"from":540,"to":1020}],[{"from":540,"to":1020}],` +
		`[{"from":540,"to":1020}],[{"from":540,"to":1020}],[{"from":540,"to":1020}],null],"holidays":[` +
		`{"date":"2026-12-24","name":"Heiligabend","closed":{"from":840,"to":1440},"yearly":true},` +
		`{"date":"2026-05-15","name":"Brückentag"}],"public":"DE-BY","default":true,"version":3}`
	if diff := cmp.Diff(want, string(written)); diff != "" {
		t.Error(diff)
	}
	var read Calendar
	if err := json.Unmarshal(written, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, read); diff != "" {
		t.Error(diff)
	}
}

func TestDate(t *testing.T) {
	for text, want := range map[string]struct {
		date    Date
		weekday time.Weekday
	}{
		"1970-01-01": {0, time.Thursday},
		"1969-12-31": {-1, time.Wednesday},
		"2000-02-29": {11016, time.Tuesday},
		"0001-01-01": {-719162, time.Monday},
		"9999-12-31": {2932896, time.Friday},
	} {
		got, err := ParseDate(text)
		if err != nil || got != want.date || got.Weekday() != want.weekday || got.String() != text {
			t.Errorf("%s: %d %s %s %v, want %d %s", text, got, got.Weekday(), got, err, want.date, want.weekday)
		}
	}
	for _, text := range []string{"", "2026-02-29", "2026-2-1", "24.12.2026", "2026-12-24T00:00:00Z", "-001-01-01"} {
		if d, err := ParseDate(text); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v %v, want Invalid", text, d, err)
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, text := range []string{"2026-12-24", "2024-02-29", "9999-12-31", "0000-00-00", "１９９９-01-01"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := ParseDate(text); err == nil && d.String() != text {
			t.Errorf("%q reads as %s", text, d)
		}
	})
}

func FuzzCalendar(f *testing.F) {
	for _, c := range []Calendar{
		office("Europe/Berlin", Holiday{Date: On(2026, time.December, 24), Name: "H", Closed: hour(12, 24), Yearly: true}),
		daily("Australia/Lord_Howe", hour(22, 30)),
		{Name: "Always", Zone: "UTC", Always: true},
		{Name: "Public", Zone: "America/New_York", Week: [7][]Span{time.Monday: {hour(9, 17)}}, Public: "US"},
	} {
		written, err := json.Marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(written, int64(1782900000), int64(time.Hour))
	}
	f.Fuzz(func(t *testing.T, written []byte, from, working int64) {
		var c Calendar
		if json.Unmarshal(written, &c) != nil {
			return
		}
		counted, err := c.Timetable()
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		at := time.Unix(from%dusk, 0)
		used := counted.Add(at, time.Duration(working)%(1000*time.Hour))
		if used.Unix() < dusk && working >= 0 && counted.Between(at, used) != time.Duration(working)%(1000*time.Hour) {
			t.Errorf("Between(%s, %s) = %s", at, used, counted.Between(at, used))
		}
	})
}
