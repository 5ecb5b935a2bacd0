package when

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func zone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return z
}

// say writes what was found as the tables do: [words] from..to precision and what else there is to say.
func say(text string, all []Found) string {
	var out []string
	for _, f := range all {
		s := fmt.Sprintf("[%s] %s..%s %s", text[f.Start:f.End], f.From.Format("2006-01-02T15:04"), f.To.Format("2006-01-02T15:04"), f.Precision)
		for name, is := range map[string]bool{" limit": f.Limit, " doubtful": f.Doubtful} {
			if is {
				s += name
			}
		}
		if f.Working {
			s += fmt.Sprintf(" working=%d", f.Days)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// TestExpressions: every line of the tables, written on Wednesday, 25 November 2026, at ten in Berlin. What was found was
// judged by a person; where a line has nothing behind it, nothing is to be found.
func TestExpressions(t *testing.T) {
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, zone(t, "Europe/Berlin"))
	for _, lang := range []string{"en", "de"} {
		b, err := os.ReadFile(filepath.Join("testdata", lang+".tsv"))
		if err != nil {
			t.Fatal(err)
		}
		n, found := 0, 0
		seen := map[string]bool{}
		for line := range strings.Lines(string(b)) {
			text, want, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t")
			if !ok || strings.HasPrefix(line, "#") {
				continue
			}
			if seen[text] {
				t.Errorf("%s: %q stands there twice", lang, text)
			}
			seen[text] = true
			n++
			if want != "" {
				found++
			}
			for _, around := range [][2]string{{"", ""}, {"Well then: ", "."}} { // a sentence around it changes nothing
				whole := around[0] + text + around[1]
				if got := say(whole, Find(whole, lang, now)); sorted(got) != sorted(want) {
					t.Errorf("%s: %q\n got %s\nwant %s", lang, whole, got, want)
				}
			}
		}
		if found < 80 {
			t.Errorf("%s: %d expressions, at least 80 are wanted", lang, found)
		}
		t.Logf("%s: %d lines, %d with a time in them", lang, n, found)
	}
}

func sorted(s string) string {
	f := strings.Fields(s)
	slices.Sort(f)
	return strings.Join(f, " ")
}

// TestOnOtherDays: turns of the clock and of the year, ends of months, weekends, other zones.
func TestOnOtherDays(t *testing.T) {
	for _, row := range []struct{ zone, now, lang, text, want string }{
		// Clocks go forward on 28 March 2027 and back on 31 October 2027, at night.
		{"Europe/Berlin", "2027-03-27T12:00", "en", "tomorrow", "2027-03-28T00:00:00+01:00 2027-03-29T00:00:00+02:00"},
		{"Europe/Berlin", "2027-03-27T12:00", "en", "within 24 hours", "2027-03-27T12:00:00+01:00 2027-03-28T13:00:00+02:00"},
		{"Europe/Berlin", "2027-03-27T12:00", "de", "morgen um 12 Uhr", "2027-03-28T12:00:00+02:00 2027-03-28T12:00:00+02:00"},
		{"Europe/Berlin", "2027-03-27T12:00", "de", "bis morgen 2:30 Uhr", "2027-03-27T12:00:00+01:00 2027-03-28T03:30:00+02:00"},
		{"Europe/Berlin", "2027-10-30T12:00", "en", "within 24 hours", "2027-10-30T12:00:00+02:00 2027-10-31T11:00:00+01:00"},
		{"Europe/Berlin", "2027-10-30T12:00", "de", "innerhalb von zwei Tagen", "2027-10-30T12:00:00+02:00 2027-11-02T00:00:00+01:00"},
		{"Europe/Berlin", "2027-10-31T00:30", "en", "in three hours", "2027-10-31T02:30:00+01:00 2027-10-31T02:30:00+01:00"},
		{"America/New_York", "2026-11-01T00:30", "en", "by noon", "2026-11-01T00:30:00-04:00 2026-11-01T12:00:00-05:00"},
		// The turn of a year.
		{"Europe/Berlin", "2026-12-31T15:00", "en", "tomorrow morning", "2027-01-01T06:00:00+01:00 2027-01-01T12:00:00+01:00"},
		{"Europe/Berlin", "2026-12-30T15:00", "en", "by Friday", "2026-12-30T15:00:00+01:00 2027-01-02T00:00:00+01:00"},
		{"Europe/Berlin", "2026-12-30T15:00", "en", "on 4 December", "2027-12-04T00:00:00+01:00 2027-12-05T00:00:00+01:00"},
		{"Europe/Berlin", "2026-12-30T15:00", "de", "KW 53", "2026-12-28T00:00:00+01:00 2027-01-04T00:00:00+01:00"},
		{"Europe/Berlin", "2026-12-30T15:00", "de", "KW 1", "2027-01-04T00:00:00+01:00 2027-01-11T00:00:00+01:00"},
		{"Europe/Berlin", "2027-01-02T15:00", "de", "in KW 2", "2027-01-11T00:00:00+01:00 2027-01-18T00:00:00+01:00"},
		{"Europe/Berlin", "2026-12-30T15:00", "de", "bis Ende nächsten Monats", "2026-12-30T15:00:00+01:00 2027-02-01T00:00:00+01:00"},
		{"Europe/Berlin", "2026-12-31T23:59", "de", "in fünf Minuten", "2027-01-01T00:04:00+01:00 2027-01-01T00:04:00+01:00"},
		{"Europe/Berlin", "2026-12-24T09:00", "en", "in three working days", "2026-12-29T00:00:00+01:00 2026-12-30T00:00:00+01:00"},
		// The last day of a month (BGB § 188), and a leap year.
		{"Europe/Berlin", "2027-01-31T09:00", "de", "innerhalb eines Monats", "2027-01-31T09:00:00+01:00 2027-03-01T00:00:00+01:00"},
		{"Europe/Berlin", "2028-01-31T09:00", "de", "in einem Monat", "2028-02-29T00:00:00+01:00 2028-03-01T00:00:00+01:00"},
		{"Europe/Berlin", "2027-03-31T09:00", "en", "next month", "2027-04-01T00:00:00+02:00 2027-05-01T00:00:00+02:00"},
		// The weekend.
		{"Europe/Berlin", "2026-11-28T09:00", "en", "by the end of the week", "2026-11-28T09:00:00+01:00 2026-11-30T00:00:00+01:00"},
		{"Europe/Berlin", "2026-11-28T09:00", "de", "innerhalb von einem Arbeitstag", "2026-11-28T09:00:00+01:00 2026-12-01T00:00:00+01:00"},
		{"Europe/Berlin", "2026-11-27T09:00", "de", "in einem Werktag", "2026-11-28T00:00:00+01:00 2026-11-29T00:00:00+01:00"},
		{"Europe/Berlin", "2026-11-27T09:00", "en", "by Friday", "2026-11-27T09:00:00+01:00 2026-12-05T00:00:00+01:00"},
		{"Europe/Berlin", "2026-11-29T09:00", "en", "next Monday", "2026-11-30T00:00:00+01:00 2026-12-01T00:00:00+01:00"},
		// An hour that is over is tomorrow's.
		{"Europe/Berlin", "2026-11-25T16:00", "en", "by noon", "2026-11-25T16:00:00+01:00 2026-11-26T12:00:00+01:00"},
		{"Europe/Berlin", "2026-11-25T16:00", "en", "by noon today", "2026-11-25T16:00:00+01:00 2026-11-25T16:00:00+01:00"},
		{"Europe/Berlin", "2026-11-25T16:00", "de", "um drei", "2026-11-26T15:00:00+01:00 2026-11-26T15:00:00+01:00"},
		{"Asia/Tokyo", "2026-11-25T23:30", "en", "by tomorrow", "2026-11-25T23:30:00+09:00 2026-11-27T00:00:00+09:00"},
		// Which comes first, the day or the month.
		{"Europe/London", "2026-11-25T10:00", "en-GB", "by 4/12", "2026-11-25T10:00:00Z 2026-12-05T00:00:00Z"},
		{"Europe/London", "2026-11-25T10:00", "en-US", "by 12/4", "2026-11-25T10:00:00Z 2026-12-05T00:00:00Z"},
		{"Europe/Berlin", "2026-11-25T10:00", "de-AT", "am 4/12/2026", "2026-12-04T00:00:00+01:00 2026-12-05T00:00:00+01:00"},
		{"Europe/London", "2026-11-25T10:00", "en-GB", "on 12/25", "2026-12-25T00:00:00Z 2026-12-26T00:00:00Z"},
	} {
		now, err := time.ParseInLocation("2006-01-02T15:04", row.now, zone(t, row.zone))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range Find(row.text, row.lang, now) {
			got += f.From.Format(time.RFC3339) + " " + f.To.Format(time.RFC3339)
		}
		if got != row.want {
			t.Errorf("%s, %q:\n got %s\nwant %s", row.now, row.text, got, row.want)
		}
	}
}

// TestSeveral: each time of a text is found, in its place, and what belongs to another sentence stays there.
func TestSeveral(t *testing.T) {
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	for _, row := range []struct{ lang, text, want string }{
		{"en", "I'll call you on Monday at ten, and you'll have the part by 4 December.", "on Monday at ten|by 4 December"},
		{"en", "It left on Friday. Tomorrow it is there.", "on Friday|Tomorrow"},
		{"en", "Not before Monday, and at 3 p.m. at the earliest.", "before Monday|at 3 p.m"},
		{"de", "Grüße! Ich rufe übermorgen gegen 10 Uhr an und schicke die Lampe bis zum 4.12. los.", "übermorgen gegen 10 Uhr|bis zum 4.12"},
		{"de", "Sie ging Freitag raus. Morgen ist sie da.", "Freitag|Morgen"},
	} {
		var got []string
		for _, f := range Find(row.text, row.lang, now) {
			got = append(got, row.text[f.Start:f.End])
		}
		if strings.Join(got, "|") != row.want {
			t.Errorf("%q: %s, want %s", row.text, strings.Join(got, "|"), row.want)
		}
	}
}

// FuzzFind: whatever is written, each time lies in the text, in order, and ends no sooner than it begins.
func FuzzFind(f *testing.F) {
	for _, seed := range []string{
		"by Friday, 4 December, at half past ten", "in 999 years, within 0 days", "31/31/9999 4.12. 00:00 24:60", "KW 99 week 0", "ten to ten to ten", "bis bis am um vor 12 Uhr 99",
		"a.m p.m. 3a.m", "December 4th, 2026 the 31st", "\xff\xfe Freitag\xff", "\u00a0morgen\u202ffrüh – 9–12 Uhr", "0-0 working days", "at the latest", "no later than", "guten", "half half past quarter",
	} {
		f.Add(seed, int64(1_800_000_000))
	}
	zones := []*time.Location{time.UTC, zone(f, "Europe/Berlin"), zone(f, "America/New_York"), zone(f, "Pacific/Apia")}
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		now := time.Unix(unix%(1<<33), 0).In(zones[uint64(unix)%uint64(len(zones))])
		for _, lang := range []string{"en", "de", "en-GB"} {
			last := 0
			for _, found := range Find(text, lang, now) {
				if found.Start < last || found.End <= found.Start || found.End > len(text) || found.To.Before(found.From) || found.Precision == "" {
					t.Fatalf("%q at %v: %+v after %d", text, now, found, last)
				}
				if _, err := found.To.MarshalText(); err != nil {
					t.Fatal(err)
				}
				last = found.End
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	text := strings.Repeat("Thank you for your letter about the table that came with a scratch. I have asked our workshop, and we will send you a new top by Tuesday, at no cost to you. Would that suit you? ", 11)
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	b.SetBytes(int64(len(text)))
	for range b.N {
		if len(Find(text, "en", now)) != 11 {
			b.Fatal("not found")
		}
	}
}
