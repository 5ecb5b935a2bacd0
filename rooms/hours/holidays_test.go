package hours

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
)

func TestPublic(t *testing.T) {
	for name, tc := range map[string]struct {
		region string
		year   int
		want   string // month-day
	}{
		"Germany as a whole": {"DE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"},
		"Baden-Württemberg":  {"DE-BW", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"},
		"Bayern":             {"DE-BY", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"},
		"Berlin":             {"DE-BE", 2026, "01-01 03-08 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"},
		"Berlin, eighty years after the liberation": {"DE-BE", 2025, "01-01 03-08 04-18 04-21 05-01 05-08 05-29 06-09 10-03 12-25 12-26"},
		"Berlin, seventy-five years after 1953":     {"DE-BE", 2028, "01-01 03-08 04-14 04-17 05-01 05-25 06-05 06-17 10-03 12-25 12-26"},
		"Berlin, when the liberation stood in May":  {"DE-BE", 2020, "01-01 03-08 04-10 04-13 05-01 05-08 05-21 06-01 10-03 12-25 12-26"},
		"Berlin, before women's day":                {"DE-BE", 2018, "01-01 03-30 04-02 05-01 05-10 05-21 10-03 12-25 12-26"},
		"Brandenburg keeps the Sundays":             {"DE-BB", 2026, "01-01 04-03 04-05 04-06 05-01 05-14 05-24 05-25 10-03 10-31 12-25 12-26"},
		"Bremen":                                    {"DE-HB", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"},
		"Hamburg":                                   {"DE-HH", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"},
		"Hamburg, before the Reformation":           {"DE-HH", 2016, "01-01 03-25 03-28 05-01 05-05 05-16 10-03 12-25 12-26"},
		"Hessen":                                    {"DE-HE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 06-04 10-03 12-25 12-26"},
		"Hessen, five hundred years after Luther":   {"DE-HE", 2017, "01-01 04-14 04-17 05-01 05-25 06-05 06-15 10-03 10-31 12-25 12-26"},
		"Mecklenburg-Vorpommern":                    {"DE-MV", 2026, "01-01 03-08 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"},
		"Mecklenburg-Vorpommern, before":            {"DE-MV", 2022, "01-01 04-15 04-18 05-01 05-26 06-06 10-03 10-31 12-25 12-26"},
		"Niedersachsen":                             {"DE-NI", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"},
		"Nordrhein-Westfalen":                       {"DE-NW", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"},
		"Rheinland-Pfalz":                           {"DE-RP", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"},
		"Saarland":                                  {"DE-SL", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 06-04 08-15 10-03 11-01 12-25 12-26"},
		"Sachsen":                                   {"DE-SN", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 11-18 12-25 12-26"},
		"Sachsen-Anhalt":                            {"DE-ST", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"},
		"Schleswig-Holstein":                        {"DE-SH", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"},
		"Thüringen":                                 {"DE-TH", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 09-20 10-03 10-31 12-25 12-26"},
		"Austria":                                   {"AT", 2026, "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26"},
		"Switzerland":                               {"CH", 2026, "01-01 04-03 04-06 05-14 05-25 08-01 12-25 12-26"},
		"England":                                   {"GB-ENG", 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-26 12-28"},
		"Wales":                                     {"GB-WLS", 2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"},
		"England, Christmas on a Saturday":          {"GB-ENG", 2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-25 12-26 12-27 12-28"},
		"England, Christmas on a Sunday, jubilee":   {"GB-ENG", 2022, "01-01 01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-25 12-26 12-27"},
		"England, coronation":                       {"GB-ENG", 2023, "01-01 01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"},
		"England, VE day":                           {"GB-ENG", 2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-26 12-28"},
		"England, diamond jubilee":                  {"GB-ENG", 2012, "01-01 01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26"},
		"England, royal wedding":                    {"GB-ENG", 2011, "01-01 01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-25 12-26 12-27"},
		"Scotland, World Cup":                       {"GB-SCT", 2026, "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-26 12-28"},
		"Scotland, New Year on a Saturday":          {"GB-SCT", 2022, "01-01 01-02 01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-25 12-26 12-27"},
		"Scotland, New Year on a Sunday":            {"GB-SCT", 2023, "01-01 01-02 01-03 04-07 05-01 05-08 05-29 08-07 11-30 12-25 12-26"},
		"Scotland, 2 January on a Saturday":         {"GB-SCT", 2021, "01-01 01-02 01-04 04-02 05-03 05-31 08-02 11-30 12-25 12-26 12-27 12-28"},
		"Scotland, St Andrew on a Saturday":         {"GB-SCT", 2024, "01-01 01-02 03-29 05-06 05-27 08-05 11-30 12-02 12-25 12-26"},
		"Northern Ireland":                          {"GB-NIR", 2026, "01-01 03-17 04-03 04-06 05-04 05-25 07-12 07-13 08-31 12-25 12-26 12-28"},
		"Northern Ireland, St Patrick on a Sunday":  {"GB-NIR", 2024, "01-01 03-17 03-18 03-29 04-01 05-06 05-27 07-12 08-26 12-25 12-26"},
		"what all of the United Kingdom keeps":      {"GB", 2023, "01-01 01-02 04-07 05-01 05-08 05-29 12-25 12-26"},
		"the United States":                         {"US", 2025, "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25"},
		"the United States, 4 July on a Saturday":   {"US", 2026, "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25"},
		"next New Year observed in the old one":     {"US", 2021, "01-01 01-18 02-15 05-31 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24 12-25 12-31"},
		"New Year observed the year before":         {"US", 2022, "01-01 01-17 02-21 05-30 06-19 06-20 07-04 09-05 10-10 11-11 11-24 12-25 12-26"},
		"the United States, before Juneteenth":      {"US", 2020, "01-01 01-20 02-17 05-25 07-03 07-04 09-07 10-12 11-11 11-26 12-25"},
	} {
		t.Run(name, func(t *testing.T) {
			holidays, err := Public(tc.region, tc.year)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, h := range holidays {
				got = append(got, strings.TrimPrefix(h.Date.String(), fmt.Sprint(tc.year, "-")))
			}
			// Scotland's 2 January may be a substitute as well: one day, two names.
			if diff := cmp.Diff(tc.want, strings.Join(slices.Compact(got), " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPublicKnowsEveryRegionAndNoOther(t *testing.T) {
	for _, region := range Regions() {
		for year := 1990; year < 2100; year++ {
			holidays, err := Public(region.Code, year)
			if err != nil || len(holidays) < 6 {
				t.Fatalf("%s %d: %d holidays, %v", region.Code, year, len(holidays), err)
			}
			for _, h := range holidays {
				if h.Date.Year() != year || h.Name == "" {
					t.Errorf("%s %d: %s on %s", region.Code, year, h.Name, h.Date)
				}
			}
		}
	}
	for _, code := range []string{"", "XX", "DE-XX", "de-by", "AT-9", "DE-", "GB-UKM"} {
		if _, err := Public(code, 2026); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v, want Invalid", code, err)
		}
	}
}

func TestNames(t *testing.T) {
	for date, want := range map[string]string{
		"DE-SN 2027-11-17":  "Buß- und Bettag",
		"AT 2026-12-08":     "Mariä Empfängnis",
		"CH 2026-08-01":     "Bundesfeier",
		"US 2021-12-31":     "New Year’s Day (observed)",
		"GB-SCT 2026-06-15": "World Cup bank holiday",
	} {
		region, text, _ := strings.Cut(date, " ")
		day, err := ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		holidays, err := Public(region, day.Year())
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(holidays, func(h Holiday) bool { return h.Date == day }); i < 0 || holidays[i].Name != want {
			t.Errorf("%s: want %s in %v", date, want, holidays)
		}
	}
}

func TestEaster(t *testing.T) {
	for _, text := range []string{
		"1583-04-10", "1818-03-22", "1943-04-25", "1961-04-02", "2000-04-23", "2008-03-23", "2019-04-21",
		"2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25", "2285-03-22",
	} {
		want, err := ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := easter(want.Year()); got != want {
			t.Errorf("Easter %d = %s, want %s", want.Year(), got, want)
		}
	}
	for year := 1583; year < 10000; year++ {
		if got, want := easter(year), easterByTheMoon(year); got != want {
			t.Fatalf("Easter %d = %s, by the moon %s", year, got, want)
		}
	}
}

// easterByTheMoon follows the rule itself, by Clavius's tables as D. Knuth computes them (The Art of Computer
// Programming, 1.3.2, exercise 14): the Sunday after the first ecclesiastical full moon from 21 March on.
func easterByTheMoon(year int) Date {
	golden := year%19 + 1
	century := year/100 + 1
	epact := (11*golden + 20 + (8*century+5)/25 - 5 - (3*century/4 - 12)) % 30
	if epact < 0 {
		epact += 30
	}
	if epact == 25 && golden > 11 || epact == 24 {
		epact++
	}
	moon := 44 - epact
	if moon < 21 {
		moon += 30
	}
	return onOrAfter(On(year, time.March, moon)+1, time.Sunday)
}
