package promises

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/rooms/hours"
)

// nineToFive is the calendar that is there from the start, with a holiday on Thursday of the second week.
func nineToFive(tb testing.TB, zone string) *hours.Timetable {
	tb.Helper()
	c := hours.Calendar{Name: "Office", Zone: zone, Holidays: []hours.Holiday{{Date: hours.On(2026, 7, 16), Name: "Outing"}}}
	for day := time.Monday; day <= time.Friday; day++ {
		c.Week[day] = []hours.Span{{From: 9 * 60, To: 17 * 60}}
	}
	return must[*hours.Timetable](tb)(c.Timetable())
}

func TestMoment(t *testing.T) {
	for name, tc := range map[string]struct {
		text, zone string
		want       time.Time
		day        bool
		code       string
	}{
		"a moment":                            {text: "2026-07-07T10:30:00Z", want: when(t, "Tue 10:30")},
		"a moment in another zone":            {text: "2026-07-07T10:30:00+02:00", want: when(t, "Tue 08:30")},
		"a day ends with its work":            {text: "2026-07-07", want: when(t, "Tue 17:00"), day: true},
		"today":                               {text: "2026-07-06", want: when(t, "Mon 17:00"), day: true},
		"in the zone of the calendar":         {text: "2026-07-07", zone: "Europe/Berlin", want: when(t, "Tue 15:00"), day: true},
		"a day without work ends with itself": {text: "2026-07-11", want: when(t, "Sun 00:00"), day: true},
		"a holiday does too":                  {text: "2026-07-16", zone: "Europe/Berlin", want: when(t, "Thu 22:00 +1"), day: true},
		"now":                                 {text: "2026-07-06T12:00:00Z", code: "promise.past"},
		"before now":                          {text: "2026-07-06T11:59:59Z", code: "promise.past"},
		"yesterday":                           {text: "2026-07-05", code: "promise.past"},
		"five years ahead":                    {text: "2031-07-06T12:00:00Z", want: when(t, "Mon 12:00").AddDate(5, 0, 0)},
		"more than five years ahead":          {text: "2031-07-06T12:00:01Z", code: "promise.far"},
		"words":                               {text: "tomorrow", code: "promise.due"},
		"nothing":                             {code: "promise.due"},
		"a day that is none":                  {text: "2026-02-30", code: "promise.due"},
		"a clock that shows no such time that day": {text: "2026-07-07T25:00:00Z", code: "promise.due"},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.zone == "" {
				tc.zone = "UTC"
			}
			at, day, err := moment(tc.text, when(t, "Mon 12:00"), nineToFive(t, tc.zone))
			if code(t, err) != tc.code || tc.code == "" && (!at.Equal(tc.want) || day != tc.day) {
				t.Errorf("%s, a day %v, %v; want %s, %v, %q", at, day, err, tc.want, tc.day, tc.code)
			}
		})
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "promise.empty",
		" \n\t":                          "promise.empty",
		"A new  lamp\nby Friday":         "",
		strings.Repeat("ä", mostWords):   "",
		strings.Repeat("ä", mostWords+1): "promise.long",
	} {
		if got, err := words(text); code(t, err) != want || want == "" && got != strings.Join(strings.Fields(text), " ") {
			t.Errorf("%.20q: %q, %v; want %q", text, got, err, want)
		}
	}
}

// The reminders come so much working time before, but not before half of it is gone, and there always is one.
func TestReminders(t *testing.T) {
	h := nineToFive(t, "UTC")
	usual := []time.Duration{8 * time.Hour, time.Hour}
	for name, tc := range map[string]struct {
		made, due string
		ahead     []time.Duration
		want      []string
	}{
		"a week ahead":                  {"Mon 10:00", "Fri 15:00", usual, []string{"Thu 15:00", "Fri 14:00"}},
		"the weekend does not count":    {"Mon 10:00", "Mon 11:00 +1", usual, []string{"Fri 11:00", "Mon 10:00"}},
		"nor does the holiday":          {"Mon 10:00 +1", "Fri 10:00 +1", usual, []string{"Wed 10:00", "Wed 17:00"}},
		"hardly more than a day":        {"Mon 10:00", "Tue 11:00", usual, []string{"Mon 14:30", "Tue 10:00"}},
		"a day leaves the first out":    {"Mon 10:00", "Tue 10:00", usual, []string{"Mon 17:00"}},
		"an hour and a half":            {"Mon 10:00", "Mon 11:30", usual, []string{"Mon 10:45"}},
		"a quarter of an hour":          {"Mon 10:00", "Mon 10:15", usual, []string{"Mon 10:07"}},
		"made and due while we sleep":   {"Sat 10:00", "Sat 20:00", usual, []string{"Sat 15:00"}},
		"nobody wants to be reminded":   {"Mon 10:00", "Fri 10:00", nil, nil},
		"in any order":                  {"Mon 10:00", "Fri 15:00", []time.Duration{time.Hour, 8 * time.Hour}, []string{"Thu 15:00", "Fri 14:00"}},
		"both when half of it is gone":  {"Mon 10:00", "Mon 12:00", []time.Duration{100 * time.Minute, 90 * time.Minute}, []string{"Mon 11:00"}},
		"made at night, due in the day": {"Mon 20:00", "Tue 10:00", usual, []string{"Tue 09:30"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := Promise{State: Open, MadeAt: when(t, tc.made), Due: when(t, tc.due)}
			var got []string
			for _, at := range p.reminders(h, tc.ahead) {
				got = append(got, say(at))
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
			// Asked again and again it tells each once, and then that it is due.
			var told []string
			for at := p.next(h, tc.ahead); at.Before(p.Due); at = p.next(h, tc.ahead) {
				told = append(told, say(at))
				p.RemindedAt = at
			}
			if d := cmp.Diff(tc.want, told); d != "" {
				t.Error(d)
			}
			if at := p.next(h, tc.ahead); !at.Equal(p.Due) {
				t.Errorf("then it waits until %s", at)
			}
			p.State = InTime
			if at := p.next(h, tc.ahead); !at.IsZero() {
				t.Errorf("a kept one waits until %s", at)
			}
		})
	}
}

// What can be done to a promise, and what it is then, in every state.
func TestStates(t *testing.T) {
	h := nineToFive(t, "UTC")
	keep := func(p *Promise, now time.Time) error { return p.kept(now, h) }
	release := func(p *Promise, now time.Time) error { return p.released(now, h) }
	renew := func(p *Promise, now time.Time) error {
		err := p.renewed(now, ByCall, false, true)
		if err == nil {
			p.FollowedBy = 2
		}
		return err
	}
	in, late := when(t, "Tue 09:00"), when(t, "Wed 12:00")
	for name, tc := range map[string]struct {
		do    []func(p *Promise, now time.Time) error
		now   time.Time
		state State
		ended time.Time
		owed  bool
		code  string
	}{
		"nothing":                   {nil, in, Open, time.Time{}, true, ""},
		"nothing, until it is late": {nil, late, Missed, when(t, "Wed 12:00"), true, ""},
		"kept":                      {[]func(*Promise, time.Time) error{keep}, in, InTime, in, false, ""},
		"kept late":                 {[]func(*Promise, time.Time) error{keep}, late, Missed, when(t, "Wed 12:00"), false, ""},
		"kept twice":                {[]func(*Promise, time.Time) error{keep, keep}, in, InTime, in, false, "promise.kept"},
		"kept late, and again":      {[]func(*Promise, time.Time) error{keep, keep}, late, Missed, when(t, "Wed 12:00"), false, "promise.kept"},
		"renewed":                   {[]func(*Promise, time.Time) error{renew}, in, Replaced, in, false, ""},
		"renewed too late":          {[]func(*Promise, time.Time) error{renew}, late, Missed, when(t, "Wed 12:00"), false, ""},
		"renewed, then kept":        {[]func(*Promise, time.Time) error{renew, keep}, in, Replaced, in, false, "promise.renewed"},
		"kept, then renewed":        {[]func(*Promise, time.Time) error{keep, renew}, in, InTime, in, false, "promise.kept"},
		"renewed twice":             {[]func(*Promise, time.Time) error{renew, renew}, in, Replaced, in, false, "promise.renewed"},
		"released":                  {[]func(*Promise, time.Time) error{release}, in, LetOff, in, false, ""},
		"released too late":         {[]func(*Promise, time.Time) error{release}, late, Missed, when(t, "Wed 12:00"), false, ""},
		"released, then kept":       {[]func(*Promise, time.Time) error{release, keep}, in, LetOff, in, false, "promise.released"},
	} {
		t.Run(name, func(t *testing.T) {
			p := Promise{ID: 1, State: Open, MadeAt: when(t, "Mon 10:00"), Due: when(t, "Wed 12:00")}
			p.lapse(tc.now)
			var err error
			for _, do := range tc.do {
				err = do(&p, tc.now)
			}
			if p.State != tc.state || !p.EndedAt.Equal(tc.ended) || p.SettledAt.IsZero() != tc.owed || code(t, err) != tc.code {
				t.Errorf("%s since %s, settled %s, %v; want %s since %s, owed %v, %q", p.State, p.EndedAt, p.SettledAt, err, tc.state, tc.ended, tc.owed, tc.code)
			}
			if err != nil && fault.KindOf(err) != fault.Conflict {
				t.Errorf("%v is a %s", err, fault.KindOf(err))
			}
		})
	}
}

// A customer whose number we have is called first.
func TestCallFirst(t *testing.T) {
	for _, tc := range []struct {
		told         How
		tried, phone bool
		code         string
	}{
		{ByCall, false, true, ""},
		{ByMail, false, true, "promise.call_first"},
		{ByChat, false, true, "promise.call_first"},
		{InPerson, false, true, ""},
		{ByMail, true, true, ""},
		{ByMail, false, false, ""},
		{"", false, false, "promise.told"},
		{"pigeon", true, true, "promise.told"},
	} {
		p := Promise{State: Open, MadeAt: when(t, "Mon 10:00"), Due: when(t, "Wed 12:00")}
		if err := p.renewed(when(t, "Mon 11:00"), tc.told, tc.tried, tc.phone); code(t, err) != tc.code {
			t.Errorf("%+v: %v", tc, err)
		}
	}
}

// Whatever is promised and whenever: there is a reminder where one is wanted, all lie between the making and the time itself,
// none comes before half of the working time is gone, and what is left then is what was asked for or less.
func TestRemindersOfAnything(t *testing.T) {
	h := nineToFive(t, "Europe/Berlin")
	rapid.Check(t, func(t *rapid.T) {
		made := monday.Add(time.Duration(rapid.Int64Range(0, 30*24*3600e6).Draw(t, "made")) * time.Microsecond)
		p := Promise{State: Open, MadeAt: made, Due: made.Add(time.Duration(rapid.Int64Range(2, 60*24*3600e6).Draw(t, "due")) * time.Microsecond)}
		var ahead []time.Duration
		for range rapid.IntRange(1, mostReminder).Draw(t, "n") {
			ahead = append(ahead, time.Duration(rapid.IntRange(1, 5000).Draw(t, "minutes"))*time.Minute)
		}
		all, total := p.reminders(h, ahead), h.Between(p.MadeAt, p.Due)
		if len(all) == 0 || len(all) > len(ahead) {
			t.Fatalf("%d reminders of %v", len(all), ahead)
		}
		for i, at := range all {
			left := h.Between(at, p.Due)
			if !at.After(p.MadeAt.Add(-time.Microsecond)) || at.After(p.Due) || i > 0 && !at.After(all[i-1]) {
				t.Fatalf("%s is reminded at %v", p.Due, all)
			}
			if total > 0 && (left > total/2+time.Microsecond || left > slices.Max(ahead)+time.Microsecond) {
				t.Fatalf("reminded at %s, %s before, of %s in all", at, left, total)
			}
		}
		for range all { // as the queue goes on
			if at := p.next(h, ahead); at.Before(p.Due) {
				p.RemindedAt = at
			}
		}
		if at := p.next(h, ahead); !at.Equal(p.Due) {
			t.Fatalf("waits until %s, due %s", at, p.Due)
		}
	})
}

func FuzzMoment(f *testing.F) {
	for _, s := range []string{"2026-07-07", "2026-07-07T10:00:00Z", "2026-07-07T10:00:00.123456789+14:00", "0000-00-00", "9999-12-31"} {
		f.Add(s)
	}
	h := nineToFive(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, s string) {
		now := monday.Add(12 * time.Hour)
		at, _, err := moment(s, now, h)
		if err == nil && (!at.After(now) || at.After(now.AddDate(mostYears, 0, 0))) {
			t.Errorf("%q is %s", s, at)
		} else if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
	})
}
