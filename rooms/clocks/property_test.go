package clocks

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/hearthdesk/hearth/rooms/hours"
)

// deed is one thing that happens to a ticket.
type deed struct {
	what  string
	terms Terms // of "retimed"
	other *Watch
	at    time.Time
	early time.Duration // how far ahead of it somebody looked at the clocks already
}

func (d deed) String() string { return fmt.Sprintf("%s %s", d.at.Format(time.RFC3339), d.what) }

func (d deed) do(w *Watch) []Event {
	switch d.what {
	case "opened":
		return w.Opened(d.at)
	case "customer", "staff", "machine", "note":
		return w.Said(Voice(d.what), d.at)
	case "content", "silent", "spam", "merged":
		return w.Closed(Ended(d.what), d.at)
	case "retimed":
		return w.Retimed(d.terms, d.at)
	case "joined":
		return w.Joined(d.other, d.at)
	case "tick":
		return w.Tick(d.at)
	}
	return w.Became(Status(d.what), d.at)
}

func anyHours(t *rapid.T) *hours.Timetable {
	zone := rapid.SampledFrom([]string{"Europe/Berlin", "Australia/Lord_Howe"}).Draw(t, "zone")
	c := hours.Calendar{Name: "Any", Zone: zone}
	for day := range c.Week {
		c.Week[day] = rapid.SampledFrom([][]hours.Span{nil, {{From: 540, To: 1020}}, {{From: 480, To: 720}, {From: 1320, To: 1800}}}).Draw(t, "day")
	}
	c.Week[time.Wednesday] = []hours.Span{{From: 600, To: 840}}
	h, err := c.Timetable()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func anyTerms(t *rapid.T) Terms {
	target := func(name string) time.Duration {
		return time.Duration(rapid.SampledFrom([]int{0, 1, 20, 90, 480, 2400}).Draw(t, name)) * time.Minute
	}
	terms := Terms{Policy: Policy{
		ID:         rapid.SampledFrom([]string{"a", "b"}).Draw(t, "policy"),
		Targets:    Targets{target("first"), target("next"), target("resolution")},
		Warn:       Lead{Percent: rapid.SampledFrom([]int{0, 20, 99}).Draw(t, "warn")},
		HoldPauses: rapid.Bool().Draw(t, "hold pauses"),
	}}
	if rapid.IntRange(0, 5).Draw(t, "counted") > 0 {
		terms.Hours = anyHours(t)
	}
	return terms
}

// anyLife is what happens to a ticket, in order, in the weeks around the end of summer time.
func anyLife(t *rapid.T) []deed {
	at := time.Date(2026, time.October, 22, 8, 0, 0, 0, time.UTC)
	life := []deed{{what: "opened", at: at}}
	for range rapid.IntRange(1, 25).Draw(t, "deeds") {
		at = at.Add(time.Duration(rapid.SampledFrom([]int64{0, 1, 10, 60, 300, 3000}).Draw(t, "minutes")) * time.Minute).
			Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "moment")))
		d := deed{at: at, what: rapid.SampledFrom([]string{
			"customer", "customer", "staff", "staff", "machine", "note", "open", "open", "pending", "on_hold", "resolved",
			"content", "silent", "spam", "merged", "retimed", "joined", "tick",
		}).Draw(t, "what")}
		d.early = time.Duration(rapid.IntRange(0, 600).Draw(t, "early")) * time.Minute
		switch d.what {
		case "retimed":
			d.terms = anyTerms(t)
		case "joined":
			d.other = &Watch{}
			d.other.Opened(at.Add(-5 * time.Hour))
			d.other.Said(ByCustomer, at.Add(-time.Duration(rapid.IntRange(0, 300).Draw(t, "their wait"))*time.Minute))
		}
		life = append(life, d)
	}
	return life
}

// ledger keeps, for each clock, the times it ran, as somebody with a notebook would.
type ledger struct {
	runs map[int][][2]time.Time
	last time.Time
}

// runs says whether the notebook's owner sees that clock running: by the house rules, read aloud.
func runs(w *Watch, c Clock) bool {
	switch {
	case !c.Ended.IsZero():
		return false
	case c.Kind == NextAnswer:
		return w.Status != "pending" && w.Status != "resolved"
	case c.Kind == Resolution:
		return w.Status != "pending" && (w.Status != "on_hold" || !w.Terms.Policy.HoldPauses)
	default:
		return true
	}
}

// until notes what ran up to a moment; it comes before what happens then.
func (l *ledger) until(w *Watch, at time.Time) {
	for i, c := range w.Clocks {
		if runs(w, c) {
			l.runs[i] = append(l.runs[i], [2]time.Time{l.last, at})
		}
	}
	l.last = at
}

// after notes which clocks came new, and what they took over.
func (l *ledger) after(w *Watch, known int, d deed) {
	for i := known; i < len(w.Clocks); i++ {
		c := w.Clocks[i]
		l.runs[i] = [][2]time.Time{{c.Started, d.at}}
		for j := range i {
			if old := w.Clocks[j]; old.Kind == c.Kind && old.State == Replaced && old.Ended.Equal(d.at) && old.Started.Equal(c.Started) {
				l.runs[i] = slices.Clone(l.runs[j])
			}
		}
	}
	if d.what == "joined" { // who waited longer brings their own time along
		for i, c := range w.Clocks {
			for _, theirs := range d.other.Clocks {
				if c.Live() && c.Started.Equal(theirs.Started) && theirs.Kind != Resolution {
					l.runs[i] = [][2]time.Time{{c.Started, d.at}}
				}
			}
		}
	}
}

func (l *ledger) spent(w *Watch, i int) (spent time.Duration) {
	h := w.Terms.Hours
	if w.Clocks[i].Kind == Customer {
		h = nil
	}
	for _, run := range l.runs[i] {
		spent += between(h, run[0], run[1])
	}
	return spent
}

func TestTimeIsConservedAndBreachMeansDuePassed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &Watch{Terms: anyTerms(t)}
		book := &ledger{runs: map[int][][2]time.Time{}}
		for _, d := range anyLife(t) {
			known := len(w.Clocks)
			book.until(w, d.at)
			d.do(w)
			book.after(w, known, d)
			for i, c := range w.Clocks {
				spent := c.Spent(d.at, w.Terms.Hours)
				if left, promised := c.Remaining(d.at, w.Terms.Hours); promised && spent+left != c.Target {
					t.Fatalf("%s: %s and %s left of %s: %+v", d, spent, left, c.Target, c)
				}
				if c.State == Moot || c.State == Replaced {
					continue
				}
				// The hours of a clock that ended are those it ended under, which a later policy does not change.
				if c.Live() {
					if want := book.spent(w, i); spent != want && c.Kind != Customer {
						t.Fatalf("%s: spent %s, by the book %s: %+v", d, spent, want, c)
					}
					if late := c.Target > 0 && spent >= c.Target; late != !c.Breached.IsZero() || late != (c.State == Late) {
						t.Fatalf("%s: %s of %s spent: %+v", d, spent, c.Target, c)
					}
					if c.Kind != Customer && runs(w, c) != c.PausedSince().IsZero() {
						t.Fatalf("%s: runs %t while %s: %+v", d, runs(w, c), w.Status, c)
					}
				} else if (c.State == Late) != (!c.Breached.IsZero() && !c.Breached.After(c.Ended)) {
					t.Fatalf("%s: ended: %+v", d, c)
				}
			}
		}
	})
}

func TestTheCustomersClockNeverStops(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &Watch{Terms: anyTerms(t)}
		var contact time.Time // their first words since they were content
		for _, d := range anyLife(t) {
			d.do(w)
			switch d.what {
			case "customer":
				if contact.IsZero() {
					contact = d.at
				}
			case "content":
				contact = time.Time{}
			case "staff": // words after the end that were answered with the ticket still closed are over with
				if c := w.last(Customer); w.Status == closed && (c == nil || c.State == InTime) {
					contact = time.Time{}
				}
			case "joined":
				if theirs := d.other.living(Customer); w.Status != closed && (contact.IsZero() || theirs.Started.Before(contact)) {
					contact = theirs.Started
				}
			}
			c := w.living(Customer)
			if w.Status == closed {
				if c != nil {
					t.Fatalf("%s: closed: %+v", d, c)
				}
				continue
			}
			if contact.IsZero() != (c == nil) {
				t.Fatalf("%s: in contact since %s: %+v", d, contact, c)
			}
			if c != nil && (c.Spent(d.at, w.Terms.Hours) != d.at.Sub(contact) || len(c.Pauses) > 0 || c.Target != 0) {
				t.Fatalf("%s: in contact since %s: %+v", d, contact, c)
			}
		}
	})
}

func TestWhoWaitsHasOneClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &Watch{Terms: anyTerms(t)}
		for _, d := range anyLife(t) {
			known := len(w.Clocks)
			d.do(w)
			living := map[Kind]int{}
			for i, c := range w.Clocks {
				if c.Live() {
					living[c.Kind]++
				}
				if i < known && c.Started.After(d.at) || c.State == "" {
					t.Fatalf("%s: %+v", d, c)
				}
			}
			for kind, n := range living {
				if n > 1 {
					t.Fatalf("%s: %d clocks %s", d, n, kind)
				}
			}
			waits := !w.Waiting.IsZero() && w.Status != closed
			if answers := living[FirstAnswer] + living[NextAnswer]; answers > 1 || waits != (answers == 1) {
				t.Fatalf("%s: waiting since %s, %d clocks for the answer", d, w.Waiting, answers)
			}
			if c := w.living(FirstAnswer, NextAnswer); c != nil && !c.Started.Equal(w.Waiting) {
				t.Fatalf("%s: waiting since %s: %+v", d, w.Waiting, c)
			}
			if open := w.Status != closed && w.Status != resolved; open != (living[Resolution] == 1) {
				t.Fatalf("%s: %s with %d clocks for the resolution", d, w.Status, living[Resolution])
			}
		}
	})
}

func TestNothingHappensBeforeNextAndSomethingThen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &Watch{Terms: anyTerms(t)}
		now := time.Time{}
		for _, d := range anyLife(t) {
			d.do(w)
			now = d.at
		}
		for next := w.Next(); !next.IsZero(); next = w.Next() {
			if !next.After(now) {
				t.Fatalf("at %s next is %s", now, next)
			}
			if events := w.Tick(next.Add(-1)); len(events) != 0 {
				t.Fatalf("next is %s, but before: %v", next, events)
			}
			if events := w.Tick(next); len(events) == 0 {
				t.Fatalf("next is %s, and nothing happened", next)
			}
			now = next
		}
	})
}

func TestHowOftenOneLooksChangesNoClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := anyTerms(t)
		never, often, early := &Watch{Terms: terms}, &Watch{Terms: terms}, &Watch{Terms: terms}
		var last time.Time
		for _, d := range anyLife(t) {
			d.do(never)
			for next := often.Next(); !next.IsZero() && next.Before(d.at); next = often.Next() {
				often.Tick(next)
			}
			often.Tick(d.at)
			d.do(often)
			early.Tick(d.at.Add(d.early)) // news travel slower than time
			d.do(early)
			last = d.at.Add(d.early)
		}
		for _, w := range []*Watch{never, often, early} {
			w.Tick(last.Add(time.Hour * 24))
		}
		warned := cmpopts.IgnoreFields(Clock{}, "Warned")
		if diff := cmp.Diff(never.Clocks, often.Clocks, warned, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("never and often\n%s", diff)
		}
		if diff := cmp.Diff(never.Clocks, early.Clocks, warned, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("never and too early\n%s", diff)
		}
	})
}

// What is told adds up to what the clocks say: nobody who only hears the events is misled.
func TestEventsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &Watch{Terms: anyTerms(t)}
		heard := map[int]What{}
		warnings := map[int]int{}
		for _, d := range anyLife(t) {
			look := deed{what: "tick", at: d.at.Add(d.early)}
			for _, e := range append(d.do(w), look.do(w)...) {
				if e.Kind != w.Clocks[e.Clock].Kind {
					t.Fatalf("%s: %+v", d, e)
				}
				if e.What == Warning {
					warnings[e.Clock]++
				} else {
					heard[e.Clock] = e.What
				}
			}
			for i, c := range w.Clocks {
				want := What("")
				switch {
				case c.Target == 0:
				case !c.Breached.IsZero():
					want = Breach
				case c.State == InTime:
					want = Kept
				}
				got := heard[i]
				if got == Withdrawal {
					got = ""
				}
				if got != want || warnings[i] > 1 {
					t.Fatalf("%s: heard %q and %d warnings of %+v", d, got, warnings[i], c)
				}
			}
		}
	})
}

func TestAJumpingClockBreaksNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &Watch{Terms: anyTerms(t)}
		for _, d := range anyLife(t) {
			d.at = d.at.Add(time.Duration(rapid.IntRange(-5000, 5000).Draw(t, "jump")) * time.Minute)
			d.do(w)
			for _, c := range w.Clocks {
				at := c.Started
				for _, p := range c.Pauses {
					if p.From.Before(at) || !p.To.IsZero() && p.To.Before(p.From) {
						t.Fatalf("%s: %+v", d, c)
					}
					at = p.To
				}
				if c.Spent(d.at, w.Terms.Hours) < 0 || !c.Live() && c.Ended.Before(c.Started) {
					t.Fatalf("%s: %+v", d, c)
				}
			}
		}
	})
}

func BenchmarkAnswer(b *testing.B) {
	c := hours.Calendar{Name: "Office", Zone: "Europe/Berlin", Public: "DE-BY"}
	for day := time.Monday; day <= time.Friday; day++ {
		c.Week[day] = []hours.Span{{From: 540, To: 1020}}
	}
	h, err := c.Timetable()
	if err != nil {
		b.Fatal(err)
	}
	terms := Terms{Hours: h, Policy: Policy{
		ID: "p", Warn: Lead{Percent: 20},
		Targets: Targets{FirstAnswer: time.Hour, NextAnswer: 2 * time.Hour, Resolution: 40 * time.Hour},
	}}
	at := time.Date(2026, time.July, 1, 8, 0, 0, 0, time.UTC)
	for b.Loop() {
		w := Watch{Terms: terms}
		w.Opened(at)
		w.Said(ByCustomer, at)
		w.Said(ByStaff, at.Add(time.Hour))
		w.Became(pending, at.Add(time.Hour))
	}
}
