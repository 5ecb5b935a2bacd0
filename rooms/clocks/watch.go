package clocks

import (
	"cmp"
	"slices"
	"time"
)

// Status is where a ticket stands, in the words room tickets has for it.
type Status string

const (
	open     Status = "open" // and "new": both wait for us
	pending  Status = "pending"
	onHold   Status = "on_hold"
	resolved Status = "resolved"
	closed   Status = "closed"
)

// Ended says how a closed ticket ended, in the words room tickets has for it.
type Ended string

const (
	content Ended = "content"
	silent  Ended = "silent"
	spam    Ended = "spam"
	merged  Ended = "merged"
)

// Voice says whose words were added to a ticket.
type Voice string

// The voices. Only a customer's words ask for an answer, and only a person's are one.
const (
	ByCustomer Voice = "customer"
	ByStaff    Voice = "staff"
	ByMachine  Voice = "machine" // an acknowledgement, a survey, a vacation notice: ours or theirs
	InNote     Voice = "note"    // among colleagues
)

// What says what became of a clock.
type What string

// What can become of a clock with a target.
const (
	Warning    What = "warned"
	Breach     What = "breached"
	Kept       What = "met"
	Withdrawal What = "withdrawn" // a breach or a success told before no longer holds
)

// Event is something a clock has to tell.
type Event struct {
	What  What
	Clock int // its index in Watch.Clocks
	Kind  Kind
	At    time.Time // when it came true, which may be before anybody looked; a warning, when it was given
}

// Watch is the clocks of one ticket. A new one is empty but for its Terms.
type Watch struct {
	Terms    Terms // the policy that holds now
	Status   Status
	Answered bool      // a person has answered
	Waiting  time.Time // the customer's first words that nobody answered; zero when none wait
	Clocks   []Clock   // oldest first; of those that ended the rules only need the last of each kind
}

// Opened says the ticket came to be. Words of the customer that opened it are told by Said.
func (w *Watch) Opened(at time.Time) []Event {
	return w.change(at, func() {
		if w.last(Resolution) == nil {
			w.Status = cmp.Or(w.Status, open)
			w.start(Resolution, at)
		}
	})
}

// Said says words were added to the ticket. Where they change its status too, Became tells that, before or after.
func (w *Watch) Said(by Voice, at time.Time) []Event {
	return w.change(at, func() {
		switch by {
		case ByCustomer:
			if w.Waiting.IsZero() {
				w.Waiting = at
			}
			if w.Status != closed {
				w.wait()
			}
		case ByStaff:
			w.Waiting, w.Answered = time.Time{}, true
			w.stop(FirstAnswer, InTime, at)
			w.stop(NextAnswer, InTime, at)
		case ByMachine, InNote: // neither asks nor answers
		}
	})
}

// Became says the ticket stands elsewhere now. A closed one says by Closed how it ended.
func (w *Watch) Became(s Status, at time.Time) []Event {
	if s == closed {
		return w.Closed(silent, at)
	}
	return w.change(at, func() {
		was := w.Status
		w.Status = s
		if was == closed {
			w.reopen(at)
		}
		c := w.last(Resolution)
		switch {
		case s == resolved:
			w.stop(Resolution, InTime, at)
		case was == resolved && c != nil && !c.Live():
			c.revive(at) // it was not solved after all; meanwhile we waited for the customer
		}
	})
}

// Closed says the ticket is over. A customer who says later that they are content may still say so.
func (w *Watch) Closed(how Ended, at time.Time) []Event {
	return w.change(at, func() {
		was := w.Status
		w.Status = closed
		if how == spam || how == merged {
			for _, kind := range []Kind{FirstAnswer, NextAnswer, Resolution, Customer} {
				w.stop(kind, Moot, at)
			}
			return
		}
		w.stop(FirstAnswer, Moot, at)
		w.stop(NextAnswer, Moot, at)
		w.stop(Resolution, InTime, at)
		if how != content {
			w.stop(Customer, Moot, at)
			return
		}
		w.Waiting = time.Time{}
		if c := w.last(Customer); was == closed && c != nil && c.State == Moot {
			c.revive(at)
		}
		w.stop(Customer, InTime, at)
	})
}

// Retimed says another policy holds, or the same with other targets or hours. A clock whose target changed is kept as
// it was, and another takes over that started when it did; where only the hours changed its moments move.
func (w *Watch) Retimed(terms Terms, at time.Time) []Event {
	return w.change(at, func() { w.Terms = terms })
}

// Joined says another ticket was merged into this one, which then owes what the other owed. It is told before the other
// is closed.
func (w *Watch) Joined(other *Watch, at time.Time) []Event {
	return w.change(at, func() {
		if other.Answered && w.Waiting.IsZero() {
			w.Answered = true
		}
		if w.Status == closed {
			return
		}
		if theirs := other.living(FirstAnswer, NextAnswer); theirs != nil {
			if w.Waiting.IsZero() || theirs.Started.Before(w.Waiting) {
				w.Waiting = theirs.Started
				ours := w.wait()
				ours.Started, ours.Pauses = theirs.Started, theirs.Pauses
			}
		}
		if theirs := other.living(Customer); theirs != nil {
			ours := w.living(Customer)
			if ours == nil {
				ours = w.start(Customer, theirs.Started)
			}
			if theirs.Started.Before(ours.Started) {
				ours.Started = theirs.Started
			}
		}
	})
}

// Tick says only that it is now.
func (w *Watch) Tick(now time.Time) []Event {
	return w.change(now, func() {})
}

// Next is the next moment at which a clock has something to tell by itself, in the past when nobody asked it then; zero
// when there is none.
func (w *Watch) Next() (next time.Time) {
	for _, c := range w.Clocks {
		if !c.Live() || !c.Breached.IsZero() {
			continue
		}
		moments := []time.Time{c.Due}
		if c.Warned.IsZero() {
			moments = append(moments, c.Warn)
		}
		for _, m := range moments {
			if !m.IsZero() && (next.IsZero() || m.Before(next)) {
				next = m
			}
		}
	}
	return next
}

// change lets something happen and tells what became of the clocks.
func (w *Watch) change(at time.Time, happen func()) []Event {
	before := slices.Clone(w.Clocks)
	for i := range w.Clocks {
		w.Clocks[i].ring(at) // what came before this happened came all the same
	}
	happen()
	w.agree(at)
	for i := range w.Clocks {
		c := &w.Clocks[i]
		if c.Live() && c.Kind != Customer {
			c.pause(w.pauses(c.Kind), at)
		}
		if c.Live() || i >= len(before) || c.State != before[i].State || !c.Ended.Equal(before[i].Ended) {
			c.settle(w.Terms)
			c.ring(at)
		}
	}
	return w.told(before, at)
}

// agree gives every living clock the target that the terms set.
func (w *Watch) agree(at time.Time) {
	for _, kind := range []Kind{FirstAnswer, NextAnswer, Resolution} {
		c := w.living(kind)
		if c == nil || c.Policy == w.Terms.Policy.ID && c.Target == w.Terms.target(kind, c.Started) {
			continue
		}
		started, pauses := c.Started, c.Pauses
		c.end(Replaced, at)
		heir := w.start(kind, started)
		heir.Pauses = pauses
	}
}

// pauses says whether the ticket's status stops clocks of that kind.
func (w *Watch) pauses(kind Kind) bool {
	switch kind {
	case NextAnswer:
		return w.Status == pending || w.Status == resolved
	case Resolution:
		return w.Status == pending || w.Status == onHold && w.Terms.Policy.HoldPauses
	case FirstAnswer, Customer: // a first answer is owed whatever the status says
	}
	return false
}

// reopen takes up what closing cut off.
func (w *Watch) reopen(at time.Time) {
	if c := w.last(Customer); c != nil && c.State == Moot {
		c.revive(at)
	}
	if c := w.last(Resolution); c != nil && c.State == Moot {
		c.revive(at)
	} else if w.Status != resolved {
		w.start(Resolution, at)
	}
	if w.Waiting.IsZero() {
		return
	}
	if c := w.last(w.owed()); c != nil && c.State == Moot && c.Started.Equal(w.Waiting) {
		c.revive(at)
	}
	w.wait()
}

// wait makes sure that a customer who waits for an answer has a clock for it, and their own. It is the answer's.
func (w *Watch) wait() *Clock {
	if w.living(FirstAnswer, NextAnswer) == nil {
		w.start(w.owed(), w.Waiting)
	}
	if w.living(Customer) == nil {
		w.start(Customer, w.Waiting)
	}
	return w.living(FirstAnswer, NextAnswer)
}

// owed is the answer that the customer's next words ask for.
func (w *Watch) owed() Kind {
	if w.Answered {
		return NextAnswer
	}
	return FirstAnswer
}

func (w *Watch) start(kind Kind, at time.Time) *Clock {
	c := Clock{Kind: kind, State: Running, Started: at}
	if kind != Customer {
		c.Policy, c.Target = w.Terms.Policy.ID, w.Terms.target(kind, at)
	}
	w.Clocks = append(w.Clocks, c)
	return &w.Clocks[len(w.Clocks)-1]
}

func (w *Watch) stop(kind Kind, as State, at time.Time) {
	if c := w.living(kind); c != nil {
		c.end(as, at)
	}
}

// last is the newest clock of that kind, nil when there never was one.
func (w *Watch) last(kind Kind) *Clock {
	for i := range slices.Backward(w.Clocks) {
		if w.Clocks[i].Kind == kind {
			return &w.Clocks[i]
		}
	}
	return nil
}

// living is the clock of one of these kinds that still matters, nil when there is none.
func (w *Watch) living(kinds ...Kind) *Clock {
	for _, kind := range kinds {
		if c := w.last(kind); c != nil && c.Live() {
			return c
		}
	}
	return nil
}

// told is what became of the clocks, clock by clock.
func (w *Watch) told(before []Clock, at time.Time) (events []Event) {
	for i, c := range w.Clocks {
		var was Clock
		if i < len(before) {
			was = before[i]
		}
		if c.Target == 0 {
			continue
		}
		tell := func(what What, at time.Time) { events = append(events, Event{what, i, c.Kind, at}) }
		if !c.Warned.Equal(was.Warned) {
			tell(Warning, c.Warned)
		}
		if was.State == InTime && c.State != InTime || !was.Breached.IsZero() && c.Breached.IsZero() {
			tell(Withdrawal, at)
		}
		if was.Breached.IsZero() && !c.Breached.IsZero() {
			tell(Breach, c.Breached)
		}
		if was.State != InTime && c.State == InTime {
			tell(Kept, c.Ended)
		}
	}
	return events
}
