package demo

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/app/demo/sayings"
	"github.com/hearthdesk/hearth/rooms/recovery"
)

// What is written about complaints is as whole as everything else, and each scene that is one says all it has to.
func TestEveryWordAboutComplaintsIsWhole(t *testing.T) {
	all, err := readScenes()
	if err != nil {
		t.Fatal(err)
	}
	words, err := sayings.Read()
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{"delay", "defect", "mistake", "manner", "bill", "rule"}
	heard := map[string]map[string]bool{"en": {}, "de": {}}
	for i := range all {
		s := &all[i]
		if s.wrong == nil {
			continue
		}
		heard[s.lang][s.wrong.kind] = true
		if !slices.Contains(kinds, s.wrong.kind) || s.wrong.severity < 1 || s.wrong.severity > 3 || len(s.wrong.wishes) < 2 ||
			!slices.Contains([]string{"refund", "replacement", "credit", "free_shipping", "other"}, s.wrong.remedy) {
			t.Errorf("%s complains of %+v", s.name, s.wrong)
		}
		m := menderOf(s, words[s.lang], uint64(i))
		for _, words := range append(slices.Clone(s.wrong.wishes), s.wrong.what) {
			sound(t, s.lang, m.fill(words))
		}
		for _, words := range m.words.By {
			for _, w := range words {
				sound(t, s.lang, m.fill(w))
			}
		}
		for _, e := range m.words.Extras {
			sound(t, s.lang, e.What)
		}
		for _, f := range m.words.About(s.wrong.kind) {
			for _, words := range []string{f.What, f.Why, f.Nearest, f.Yes, f.No} {
				sound(t, s.lang, m.fill(words))
			}
			if f.Gift != "" {
				sound(t, s.lang, m.fill(f.Gift))
			}
		}
		if len(m.tell.open) > 0 {
			t.Errorf("%s: nothing to put for %q", s.name, m.tell.open)
		}
	}
	for lang, of := range heard {
		for _, kind := range kinds {
			if !of[kind] || len(words[lang].About(kind)) == 0 {
				t.Errorf("nobody complains of %s in %s, or nobody says no to it", kind, lang)
			}
		}
	}
	// Any of them may come, until the company watches for less.
	for _, o := range []recovery.Origin{recovery.BrokenPromise, recovery.BreachedClock, recovery.Reopening, recovery.SecondPass, recovery.Repeated} {
		if key := "mistaken " + string(o); len(words["en"].By[key]) == 0 {
			t.Errorf("nobody says %s", key)
		}
	}
	for _, key := range append(sortedKeys(words["en"].By), sortedKeys(words["de"].By)...) {
		if len(words["de"].By[key]) < 2 || len(words["en"].By[key]) < 2 {
			t.Errorf("%s repeats itself", key)
		}
	}
}

// menderOf is somebody who mends what a scene complains about.
func menderOf(s *scene, words *sayings.Book, seed uint64) *mender {
	r := rand.New(rand.NewPCG(seed, 11))
	st := &story{scene: s, by: meet(r, 1)[0], rng: r}
	c := &company{staff: roster()}
	st.cast(c, time.UTC, 20417)
	return &mender{st: st, r: r, tell: st.tell, words: words}
}

func TestBrokenComplaintsAreRefused(t *testing.T) {
	for name, line := range map[string]string{
		"too few parts":             "c: delay 2 | refund 39",
		"no severity":               "c: delay | refund 39 | Money",
		"a severity in words":       "c: delay grave | refund 39 | Money",
		"a remedy without its cost": "c: delay 2 | refund | Money",
		"a cost in words":           "c: delay 2 | refund much | Money",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseScenes("en", "=== x | desk order any calm | 1\n"+line); err == nil {
				t.Error("taken")
			}
		})
	}
}
