package hours

import (
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
)

// Region is a country, or a part of one, whose public holidays can be computed. Its code is that of ISO 3166.
type Region struct {
	Code string `json:"code"` // "DE-BY"
	Name string `json:"name"` // in its own language: "Bayern"
}

// Regions are all that Public knows, each country before its parts. A country alone stands for the days that all of it
// keeps (Switzerland, which leaves nearly all to its cantons: the days that nearly all of them keep).
func Regions() []Region {
	return []Region{
		{"AT", "Österreich"},
		{"CH", "Schweiz"},
		{"DE", "Deutschland"},
		{"DE-BW", "Baden-Württemberg"},
		{"DE-BY", "Bayern"},
		{"DE-BE", "Berlin"},
		{"DE-BB", "Brandenburg"},
		{"DE-HB", "Bremen"},
		{"DE-HH", "Hamburg"},
		{"DE-HE", "Hessen"},
		{"DE-MV", "Mecklenburg-Vorpommern"},
		{"DE-NI", "Niedersachsen"},
		{"DE-NW", "Nordrhein-Westfalen"},
		{"DE-RP", "Rheinland-Pfalz"},
		{"DE-SL", "Saarland"},
		{"DE-SN", "Sachsen"},
		{"DE-ST", "Sachsen-Anhalt"},
		{"DE-SH", "Schleswig-Holstein"},
		{"DE-TH", "Thüringen"},
		{"GB", "United Kingdom"},
		{"GB-ENG", "England"},
		{"GB-NIR", "Northern Ireland"},
		{"GB-SCT", "Scotland"},
		{"GB-WLS", "Wales"},
		{"US", "United States"},
	}
}

// Public is the public holidays of a region in a year, by date, under the names they have there. The rules are those in
// force since 2010, applied to earlier years as well. A day that the law moves off a weekend stands twice: as itself,
// when nobody is at work either, and as its substitute. An unknown region is Invalid.
func Public(region string, year int) ([]Holiday, error) {
	rules, err := rulesOf(region)
	if err != nil {
		return nil, err
	}
	holidays := appendPublic(nil, rules, year)
	slices.SortStableFunc(holidays, func(a, b Holiday) int { return int(a.Date - b.Date) })
	return holidays, nil
}

// rule is a holiday that comes back.
type rule struct {
	name         string
	day          func(year int) (Date, bool) // false in a year that does not have it
	in           string                      // the parts that keep it, or the country's own code for it as a whole; empty means all
	since, until int                         // first and last year; 0 means no such limit
}

func rulesOf(region string) ([]rule, error) {
	if !slices.ContainsFunc(Regions(), func(r Region) bool { return r.Code == region }) {
		return nil, fault.Field("public", "calendar.region", "The public holidays of %q are not known here.", region)
	}
	country, part, isPart := strings.Cut(region, "-")
	if !isPart {
		part = country
	}
	var rules []rule
	for _, r := range countries()[country] {
		if r.in == "" || slices.Contains(strings.Fields(r.in), part) {
			rules = append(rules, r)
		}
	}
	return rules, nil
}

func appendPublic(holidays []Holiday, rules []rule, year int) []Holiday {
	for _, r := range rules {
		if r.since != 0 && year < r.since || r.until != 0 && year > r.until {
			continue
		}
		if day, ok := r.day(year); ok {
			holidays = append(holidays, Holiday{Date: day, Name: r.name})
		}
	}
	return holidays
}

// easter is Easter Sunday of the Western churches, by the method printed anonymously in Nature, 20 April 1876, and
// in J. Meeus, Astronomical Algorithms, chapter 8.
func easter(year int) Date {
	golden := year % 19
	century, rest := year/100, year%100
	leap := century / 4
	lunar := (century - (century+8)/25 + 1) / 3
	epact := (19*golden + century - leap - lunar + 15) % 30
	weekday := (32 + 2*(century%4) + 2*(rest/4) - epact - rest%4) % 7
	late := (golden + 11*epact + 22*weekday) / 451
	march := 22 + epact + weekday - 7*late
	return On(year, time.March, march)
}

func fixed(month time.Month, day int) func(int) (Date, bool) {
	return func(year int) (Date, bool) { return On(year, month, day), true }
}

// fromEaster is that many days after Easter Sunday, before it when below zero.
func fromEaster(days Date) func(int) (Date, bool) {
	return func(year int) (Date, bool) { return easter(year) + days, true }
}

// nth is the nth such weekday of a month.
func nth(n int, weekday time.Weekday, month time.Month) func(int) (Date, bool) {
	return func(year int) (Date, bool) { return onOrAfter(On(year, month, 7*n-6), weekday), true }
}

// last is the last such weekday of a month.
func last(weekday time.Weekday, month time.Month) func(int) (Date, bool) {
	return func(year int) (Date, bool) { return onOrAfter(On(year, month+1, 1)-7, weekday), true }
}

// except is a rule that once gave way to another day.
func except(day func(int) (Date, bool), once ...Date) func(int) (Date, bool) {
	return func(year int) (Date, bool) {
		for _, d := range once {
			if d.Year() == year {
				return d, true
			}
		}
		return day(year)
	}
}

// mondayised is the Monday after a day that falls on a weekend.
func mondayised(month time.Month, day int) func(int) (Date, bool) {
	return func(year int) (Date, bool) {
		d := On(year, month, day)
		return onOrAfter(d, time.Monday), weekend(d)
	}
}

// twoDaysOn is the substitute for one of two holidays in a row that falls on a weekend: whichever it is, the first
// working day that the other does not need is two days later.
func twoDaysOn(month time.Month, day int) func(int) (Date, bool) {
	return func(year int) (Date, bool) {
		d := On(year, month, day)
		return d + 2, weekend(d)
	}
}

// observed is the Friday before a Saturday and the Monday after a Sunday (5 U.S.C. § 6103(b), Executive Order 11582).
// That of 1 January may lie in the year before.
func observed(month time.Month, day int) func(int) (Date, bool) {
	return func(year int) (Date, bool) {
		for _, d := range []Date{On(year, month, day), On(year+1, month, day)} {
			if !weekend(d) {
				continue
			}
			moved := d + 1
			if d.Weekday() == time.Saturday {
				moved = d - 1
			}
			if moved.Year() == year {
				return moved, true
			}
		}
		return 0, false
	}
}

func onOrAfter(day Date, weekday time.Weekday) Date {
	return day + Date((weekday-day.Weekday()+7)%7)
}

func weekend(day Date) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

// bussUndBettag is the Wednesday before 23 November.
func bussUndBettag(year int) (Date, bool) {
	return onOrAfter(On(year, time.November, 16), time.Wednesday), true
}
