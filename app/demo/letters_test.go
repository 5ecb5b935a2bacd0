package demo

import (
	"strings"
	"testing"
	"time"
)

func TestWhatIsWrittenMeanwhileIsWhole(t *testing.T) {
	a, err := newAlive(SignIns{Seed: 1, Tickets: 200})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 5, 20, 14, 30, 0, 0, time.UTC)
	subjects, known, langs := map[string]bool{}, 0, map[string]int{}
	for n := range 300 {
		st := a.invent(n, at)
		words := st.tell.letter(st.scene, st.by, st.scene.beats[0].words, true)
		sound(t, st.scene.lang, st.tell.facts["subject"])
		sound(t, st.scene.lang, words)
		if len(st.tell.open) > 0 || st.scene.isSpam() || st.scene.way != "email" || st.scene.lang != st.by.lang || !madeUp(st.by.email) {
			t.Errorf("%d: %s by %s lacks %q", n, st.scene.name, st.by.email, st.tell.open)
		}
		for _, c := range a.customers {
			if c == st.by {
				known++
			}
		}
		subjects[st.tell.facts["subject"]] = true
		langs[st.scene.lang]++
	}
	if len(subjects) < 150 || known < 100 || known > 200 || langs["de"] < 60 || langs["en"] < 150 {
		t.Errorf("%d subjects, %d by people who wrote before, %v", len(subjects), known, langs)
	}
	again, err1 := newAlive(SignIns{Seed: 1, Tickets: 200})
	other, err2 := newAlive(SignIns{Seed: 2, Tickets: 200})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	same := 0
	for n := range 20 {
		first, second, third := a.invent(n, at), again.invent(n, at), other.invent(n, at)
		if first.by.email != second.by.email || first.tell.facts["subject"] != second.tell.facts["subject"] {
			t.Errorf("the same seed tells another story: %s and %s", first.by.email, second.by.email)
		}
		if first.by.email == third.by.email {
			same++
		}
	}
	if same > 2 {
		t.Errorf("another seed tells the same stories: %d of 20", same)
	}
	for kind, words := range backWords() {
		lang := kind[strings.IndexByte(kind, ' ')+1:]
		for seed := range uint64(60) {
			c := meet(a.chance(seed), 1)[0]
			tell := &teller{rng: a.chance(seed), lang: lang, zone: a.zone, at: at, facts: map[string]string{}, days: map[string]time.Time{}}
			sound(t, lang, tell.letter(&scene{lang: lang, mood: "calm"}, c, words, false))
		}
	}
}
