package lexicon

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// labelled is a sentence somebody judged who had not seen the rules: the families it belongs to, none for a look-alike.
type labelled struct {
	families []string
	text     string
}

func readLabelled(t *testing.T, name string) (all []labelled) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		part := strings.Split(lines.Text(), "\t")
		if strings.HasPrefix(part[0], "#") || len(part) < 2 {
			continue
		}
		l := labelled{text: part[1]}
		if part[0] != "-" {
			l.families = strings.Split(part[0], ",")
		}
		all = append(all, l)
	}
	return all
}

func starter(tb testing.TB, language string) *Book {
	tb.Helper()
	f, err := Starter(language)
	if err != nil {
		tb.Fatal(err)
	}
	b, err := NewBook(f)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// families of the findings in one sentence. Whole mails have their own tests: a sentence lacks no greeting.
func families(b *Book, text string) (all []string) {
	for _, f := range b.Check(Draft{Text: text, Channel: "chat"}) {
		if !slices.Contains(all, f.Family) {
			all = append(all, f.Family)
		}
	}
	return all
}

type tally struct{ hits, misses, falsely int }

func (c tally) precision() float64 { return share(c.hits, c.hits+c.falsely) }
func (c tally) recall() float64    { return share(c.hits, c.hits+c.misses) }

func share(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

// measure counts, for each family, sentences found, missed and marked without need. A sentence with several labels is found
// when one of them is. Where show is set, what went wrong is told.
func measure(t *testing.T, b *Book, all []labelled, show bool) map[string]*tally {
	t.Helper()
	count := map[string]*tally{"all": {}}
	of := func(family string) *tally {
		if count[family] == nil {
			count[family] = &tally{}
		}
		return count[family]
	}
	for _, l := range all {
		found := families(b, l.text)
		hit := slices.ContainsFunc(found, func(f string) bool { return slices.Contains(l.families, f) })
		for i, f := range l.families {
			switch {
			case hit && slices.Contains(found, f):
				of(f).hits++
			case !hit && i == 0:
				of(f).misses++
			}
		}
		switch {
		case hit:
			count["all"].hits++
		case len(l.families) > 0:
			count["all"].misses++
		}
		if show && len(l.families) > 0 && !hit {
			t.Logf("missed %v (found %v): %s", l.families, found, l.text)
		}
		for _, f := range found {
			if !slices.Contains(l.families, f) {
				of(f).falsely++
				count["all"].falsely++
				if show {
					t.Logf("false %s (is %v): %s", f, l.families, l.text)
				}
			}
		}
	}
	return count
}

// Of sentences nobody tuned on the bars are not reached yet: this is what is, and must not get worse. They are to become
// 0.95 and 0.85, by rules that say more, never by tuning on these sentences.
const (
	heldPrecision = 0.84
	heldRecall    = 0.60
)

// TestLabelled prints precision and recall per family and holds them to the bars. HEARTH_LEXICON=tune tells what goes wrong
// in the half that rules may be tuned on.
func TestLabelled(t *testing.T) {
	show := os.Getenv("HEARTH_LEXICON") == "tune"
	for _, language := range Languages {
		b := starter(t, language)
		tune := measure(t, b, readLabelled(t, "tune."+language+".tsv"), show)
		held := measure(t, b, readLabelled(t, "held."+language+".tsv"), false)
		var names []string
		for name := range held {
			names = append(names, name)
		}
		slices.Sort(names)
		var out strings.Builder
		fmt.Fprintf(&out, "\n%s: %d rules\n%-12s %28s   %28s\n", language, len(b.lines), "", "tuned on: precision recall", "held out: precision recall")
		for _, name := range names {
			h, u := held[name], tune[name]
			if u == nil {
				u = &tally{}
			}
			fmt.Fprintf(&out, "%-12s %14.2f %6.2f (%3d)   %14.2f %6.2f (%3d)\n", name, u.precision(), u.recall(), u.hits+u.misses, h.precision(), h.recall(), h.hits+h.misses)
		}
		t.Log(out.String())
		for name, u := range tune {
			if u.precision() < 0.95 || u.recall() < 0.85 {
				t.Errorf("%s, %s: of sentences that were tuned on, precision %.3f (bar 0.95), recall %.3f (bar 0.85)", language, name, u.precision(), u.recall())
			}
		}
		if all := held["all"]; all.precision() < heldPrecision || all.recall() < heldRecall {
			t.Errorf("%s: of sentences nobody tuned on, precision %.3f (at least %.2f so far), recall %.3f (at least %.2f so far)", language, all.precision(), heldPrecision, all.recall(), heldRecall)
		}
	}
}

// TestOrdinarySentences: at most two of a hundred ordinary sentences of service people are marked.
func TestOrdinarySentences(t *testing.T) {
	for _, language := range Languages {
		b := starter(t, language)
		text, err := os.ReadFile(filepath.Join("testdata", "ordinary."+language+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		n, marked := 0, 0
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			n++
			if found := families(b, line); len(found) > 0 {
				marked++
				t.Logf("%s marked %v: %s", language, found, line)
			}
		}
		t.Logf("%s: %d of %d ordinary sentences are marked", language, marked, n)
		if n < 250 || marked*100 > 2*n {
			t.Errorf("%s: %d of %d ordinary sentences are marked, at most 2 in 100 may be", language, marked, n)
		}
	}
}
