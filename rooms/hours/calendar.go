// Package hours knows when the company is there for its customers, so that "within four hours" means four hours in
// which somebody can answer, and "we are back on Monday at nine" is true.
//
// A Calendar is what people write down: the opening hours of a week, the holidays, the zone of the clock on the wall.
// Calendar.Timetable proves it sound and makes it ready to count with: how much working time lies between two moments,
// at which moment a working time is used up, whether we are open, when we open next. We are open whenever the clock on
// the wall says so; the time counted is the time that really passes. So a night shift is an hour shorter when summer
// time begins, an hour longer when it ends, and a span that the wall shows twice is worked twice.
package hours

import (
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
)

const (
	minutesPerDay = 24 * 60
	mostHolidays  = 1000 // of one calendar's own
)

// Span is a part of a day in minutes from its midnight, To excluded. Past midnight the minutes go on: {1320, 1800} is
// ten at night to six in the morning. From is below 1440, To at most 24 hours later.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Holiday is a day on which we are closed, all day or, where Closed is given, for that part of the day.
type Holiday struct {
	Date   Date   `json:"date"`
	Name   string `json:"name"`
	Closed Span   `json:"closed,omitzero"`  // within the day: To at most 1440
	Yearly bool   `json:"yearly,omitempty"` // on this day of every year; 29 February only where there is one
}

type calendarKind struct{}

func (calendarKind) Prefix() string { return "cal" }

// ID names a calendar.
type ID = id.Of[calendarKind]

// Calendar is the opening hours of a company or a team as people write them down.
type Calendar struct {
	ID       ID        `json:"id" db:"id"`
	Name     string    `json:"name" db:"name"`
	Zone     string    `json:"zone" db:"zone"`               // IANA name: "Europe/Berlin"
	Week     [7][]Span `json:"week" db:"week,json"`          // by time.Weekday, Sunday first; spans that overlap count once
	Holidays []Holiday `json:"holidays" db:"holidays,json"`  // the company's own
	Public   string    `json:"public,omitempty" db:"public"` // a code of Regions: its public holidays are kept too, every year
	Always   bool      `json:"always,omitempty" db:"always"` // day and night; the week and the holidays then say nothing
	Default  bool      `json:"default" db:"preferred"`       // counts wherever no other is chosen
	Version  int64     `json:"version" db:"version"`
}

// Timetable is the calendar made ready to count with. It is Invalid, with the field at fault, when the name is missing,
// the zone or region is unknown, a span or holiday makes no sense, or the calendar never opens.
func (c Calendar) Timetable() (*Timetable, error) {
	if strings.TrimSpace(c.Name) == "" {
		return nil, fault.Field("name", "calendar.name", "A calendar needs a name.")
	}
	zone, err := zoneNamed(c.Zone)
	if err != nil {
		return nil, err
	}
	t := &Timetable{zone: zone}
	if c.Always {
		for day := range t.week {
			t.week[day] = []Span{{0, minutesPerDay}}
		}
		return t, nil
	}
	if t.week, err = week(c.Week); err != nil {
		return nil, err
	}
	if c.Public != "" {
		if t.public, err = rulesOf(c.Public); err != nil {
			return nil, err
		}
	}
	if err := t.close(c.Holidays); err != nil {
		return nil, err
	}
	if !t.opens() {
		return nil, fault.Field("week", "calendar.closed", "This calendar never opens: give at least one day of the week its hours.")
	}
	return t, nil
}

func zoneNamed(name string) (*time.Location, error) {
	// The library reads "" as UTC and "Local" as wherever the server stands; neither is where the company is.
	if zone, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
		return zone, nil
	}
	return nil, fault.Field("zone", "calendar.zone", "There is no time zone %q. Zones are written like Europe/Berlin.", name)
}

// week cuts what goes past midnight into its two days, and joins what overlaps or touches.
func week(written [7][]Span) (week [7][]Span, err error) {
	for day, spans := range written {
		for _, s := range spans {
			if s.From < 0 || s.From >= minutesPerDay || s.To <= s.From || s.To > s.From+minutesPerDay {
				return week, fault.Field("week", "calendar.span",
					"The hours of a day begin between 0:00 and 23:59 and end after that, at most 24 hours later.")
			}
			week[day] = append(week[day], Span{s.From, min(s.To, minutesPerDay)})
			if s.To > minutesPerDay {
				next := (day + 1) % 7
				week[next] = append(week[next], Span{0, s.To - minutesPerDay})
			}
		}
	}
	for day, spans := range week {
		slices.SortFunc(spans, func(a, b Span) int { return a.From - b.From })
		joined := spans[:0]
		for _, s := range spans {
			if last := len(joined) - 1; last >= 0 && s.From <= joined[last].To {
				joined[last].To = max(joined[last].To, s.To)
			} else {
				joined = append(joined, s)
			}
		}
		week[day] = joined
	}
	return week, nil
}

// close enters the company's own holidays.
func (t *Timetable) close(holidays []Holiday) error {
	if len(holidays) > mostHolidays {
		return fault.Field("holidays", "calendar.holidays", "A calendar holds at most %d holidays.", mostHolidays)
	}
	for _, h := range holidays {
		if strings.TrimSpace(h.Name) == "" {
			return fault.Field("holidays", "calendar.holiday_name", "The holiday on %s needs a name.", h.Date)
		}
		if year := h.Date.Year(); year < 1 || year > 9999 {
			return fault.Field("holidays", "calendar.date", "%s is not in a year from 1 to 9999.", h.Name)
		}
		if h.Closed != (Span{}) && (h.Closed.From < 0 || h.Closed.To <= h.Closed.From || h.Closed.To > minutesPerDay) {
			return fault.Field("holidays", "calendar.holiday_span", "%s closes after it opens, or goes past midnight.", h.Name)
		}
		if h.Yearly {
			t.yearly = append(t.yearly, h)
			continue
		}
		if t.dated == nil {
			t.dated = map[int][]Holiday{}
		}
		t.dated[h.Date.Year()] = append(t.dated[h.Date.Year()], h)
	}
	return nil
}

// opens is false when no day is ever open. Dated holidays end some day, so only what comes back every year can close
// us for good; forty years hold 29 February on every weekday.
func (t *Timetable) opens() bool {
	forever := Timetable{zone: t.zone, week: t.week, yearly: t.yearly, public: t.public}
	for range forever.stretches(On(2000, 1, 1).midnight().Unix(), On(2040, 1, 1).midnight().Unix()) {
		return true
	}
	return false
}
