package lexicon

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func berlin(tb testing.TB) *time.Location {
	tb.Helper()
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		tb.Fatal(err)
	}
	return z
}

// told writes promises as the labelled sentences do.
func told(all []Promise, zone *time.Location) string {
	var out []string
	for _, p := range all {
		s := p.Kind
		switch {
		case p.Due.IsZero():
		case p.DateOnly:
			s += "@" + p.Day
		default:
			s += "@" + p.Due.In(zone).Format("2006-01-02T15:04")
		}
		out = append(out, s)
	}
	return strings.Join(out, ",")
}

// promiseSets are sets of sentences: how many there are at least, and what is reached. Only the last was kept back.
var promiseSets = map[string]struct{ n, precision, recall, read float64 }{
	"promises": {120, 0.95, 0.95, 0.9}, "promises_fresh": {30, 0.95, 0.95, 0.9}, "promises_blind1": {25, 0.95, 0.95, 0.9}, "promises_blind2": {29, 0.95, 0.95, 0.9},
	"promises_blind3": {29, 0.85, 0.79, 0.9},
}

// TestPromises prints how well promises are found, how well their kinds and times are read, and holds both to what is reached.
// HEARTH_LEXICON names sets of which it tells what goes wrong.
func TestPromises(t *testing.T) {
	zone := berlin(t)
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, zone)
	for set, bar := range promiseSets {
		for _, language := range Languages {
			b := starter(t, language)
			raw, err := os.ReadFile(filepath.Join("testdata", set+"."+language+".tsv"))
			if err != nil {
				t.Fatal(err)
			}
			var found tally
			kinds, times, n := 0, 0, 0
			for line := range strings.Lines(string(raw)) {
				want, text, ok := strings.Cut(strings.TrimSpace(line), "\t")
				if !ok || strings.HasPrefix(line, "#") {
					continue
				}
				n++
				if want == "-" {
					want = ""
				}
				got := told(b.Look(Draft{Text: text, Language: language, Channel: "chat", Now: now}).Promises, zone)
				switch {
				case got != "" && want != "":
					found.hits++
				case got != "":
					found.falsely++
				case want != "":
					found.misses++
				}
				if got != "" && want != "" {
					kinds += same(got, want, func(kind, _ string) string { return kind })
					times += same(got, want, func(_, due string) string { return due })
				}
				if got != want && strings.Contains(os.Getenv("HEARTH_LEXICON"), set) {
					t.Logf("%q\n got %s\nwant %s", text, got, want)
				}
			}
			t.Logf("%s.%s: %d sentences; promises found with precision %.3f, recall %.3f; of those found, the kind is right in %.3f, the time in %.3f",
				set, language, n, found.precision(), found.recall(), share(kinds, found.hits), share(times, found.hits))
			if float64(n) < bar.n || found.precision() < bar.precision || found.recall() < bar.recall || min(share(kinds, found.hits), share(times, found.hits)) < bar.read {
				t.Errorf("%s.%s: not as good as it was", set, language)
			}
		}
	}
}

// same is 1 where a part of every promise is the same.
func same(got, want string, part func(kind, due string) string) int {
	parts := func(s string) (all []string) {
		for one := range strings.SplitSeq(s, ",") {
			kind, due, _ := strings.Cut(one, "@")
			all = append(all, part(kind, due))
		}
		return all
	}
	if slices.Equal(parts(got), parts(want)) {
		return 1
	}
	return 0
}

// TestALongSentence: what a text without a full stop promises is seen in the time it takes to read it, however long it is.
func TestALongSentence(t *testing.T) {
	book := starter(t, "en")
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	const said = "and I will call you by Friday "
	text := strings.Repeat(said, 1600)
	l := look{Draft: Draft{Text: text, Language: "en", Now: now}, lines: book.lines}
	l.tokens, l.sentences = book.scan(text, func(h hit) {
		if book.lines[h.line].Is != "" {
			l.good = append(l.good, h)
		}
	})
	if len(l.sentences) != 1 || len(l.good) < 1600 {
		t.Fatal(len(l.sentences), len(l.good))
	}
	least := func(do func()) time.Duration {
		best := time.Hour
		for range 5 { // the collector only adds to it
			start := spent(t)
			do()
			best = min(best, spent(t)-start)
		}
		return best
	}
	reading, hearing := least(func() { read(text) }), least(func() { l.promises() })
	t.Logf("read in %s, promises heard in %s", reading, hearing)
	if hearing > 10*reading { // the square of it would be a thousand times as long
		t.Errorf("read in %s, promises heard in %s", reading, hearing)
	}
	if got := book.Look(Draft{Text: strings.Repeat(said, 20), Language: "en", Now: now}).Promises; len(got) == 0 {
		t.Error("a sentence of a mail's length promises nothing")
	}
}

// A sentence without an end takes as long as its words, not as their square: the text is whatever somebody pasted.
func TestALongSentenceIsMarkedInItsLength(t *testing.T) {
	book := starter(t, "en")
	least := func(n int) time.Duration {
		text, best := strings.Repeat("it's our policy and I am sorry but you must calm down ", n), time.Hour
		for range 5 { // the collector only adds to it
			start := spent(t)
			if len(book.Check(Draft{Text: text, Language: "en"})) < n {
				t.Fatal("too few marks")
			}
			best = min(best, spent(t)-start)
		}
		return best
	}
	short, long := least(200), least(1600)
	t.Logf("%s, and eight times as long %s", short, long)
	if long > 24*short { // the square would be 64 times
		t.Errorf("eight times the words took %s, and one time %s", long, short)
	}
}

// spent is the processor time of this process so far, whatever else the machine does.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
