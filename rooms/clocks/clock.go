// Package clocks keeps the time a customer has waited beside the time the company gave itself.
//
// A policy says for some tickets how much working time may pass until the first answer, the next answer, the resolution,
// and when to warn before. Every ticket has these clocks, with a target or without; they stand still while the ticket
// waits for the customer. Beside them runs the customer's own clock, which never does: from the first contact until the
// customer is content. A Watch holds the clocks of one ticket. It is told what happened to the ticket and when, and says
// what that changed and at which moment it wants to be asked again. What a Watch says depends only on what happened to
// the ticket and when: how often it is asked in between, or how late, changes no clock.
//
// The room follows what tickets, policies and calendars tell in the journal. It keeps the clocks of a ticket in one row,
// and one row in base/due for the next moment at which they have something to tell. A policy that changes is taken over by
// running clocks, some at a time.
package clocks

import (
	"iter"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/rooms/hours"
)

// Kind says what a clock measures.
type Kind string

// The kinds.
const (
	FirstAnswer Kind = "first_answer" // from the customer's first words to the first answer by a person
	NextAnswer  Kind = "next_answer"  // from the customer's first unanswered words to the next answer by a person
	Resolution  Kind = "resolution"   // from opening to solved
	Customer    Kind = "customer"     // the customer's own: from the first contact until they are content
)

// State says how a clock stands.
type State string

// The states.
const (
	Running  State = "running"
	Still    State = "paused"
	InTime   State = "met"      // it ended, and was not late
	Late     State = "breached" // its due moment came while it ran; it may have ended since, or be paused
	Replaced State = "replaced" // another policy took over, with a clock of its own
	Moot     State = "dropped"  // it no longer matters: spam, merged, closed with words unanswered or the customer silent
)

// Pause is a time in which a clock stood still; To is zero while it still does.
type Pause struct{ From, To time.Time }

// Clock is one clock of a ticket.
type Clock struct {
	Kind     Kind
	State    State
	Policy   string        // the id of the policy that set the target; empty when none did
	Target   time.Duration // working time; 0 when nothing is promised
	Started  time.Time
	Pauses   []Pause   // in order; never for the customer's own clock
	Warn     time.Time // when to warn; zero when it never will, or not while the clock stands still
	Due      time.Time // the first moment that is too late; zero when nothing is due, or not while the clock stands still
	Warned   time.Time // when it was warned of; zero before
	Breached time.Time // the Due that came while it ran; zero when none did
	Ended    time.Time // zero while it lives
}

// Live says whether the clock still matters, running, paused or late.
func (c Clock) Live() bool { return c.Ended.IsZero() }

// PausedSince is the moment since which the clock has stood still; zero when it does not.
func (c Clock) PausedSince() time.Time {
	if last := len(c.Pauses) - 1; last >= 0 && c.Pauses[last].To.IsZero() {
		return c.Pauses[last].From
	}
	return time.Time{}
}

// Spent is the time that counted against the clock until now, or until it ended: working time, for the customer's own
// clock all time. Without a timetable all time counts.
func (c Clock) Spent(now time.Time, h *hours.Timetable) time.Duration {
	if c.Kind == Customer {
		h = nil
	}
	var spent time.Duration
	for from, to := range c.runs() {
		if to.IsZero() || to.After(now) {
			to = now
		}
		if to.After(from) {
			spent += between(h, from, to)
		}
	}
	return spent
}

// Remaining is the working time left until the clock is due: below zero it is over by that much. False when nothing is
// promised.
func (c Clock) Remaining(now time.Time, h *hours.Timetable) (left time.Duration, promised bool) {
	if c.Target == 0 {
		return 0, false
	}
	return c.Target - c.Spent(now, h), true
}

// runs are the times in which the clock ran; the last has no end while it runs.
func (c Clock) runs() iter.Seq2[time.Time, time.Time] {
	return func(yield func(from, to time.Time) bool) {
		from := c.Started
		for _, p := range c.Pauses {
			if !yield(from, p.From) || p.To.IsZero() {
				return
			}
			from = p.To
		}
		yield(from, c.Ended)
	}
}

// reach is the moment by which the clock has run for that long. An ended clock is taken to have run on; one that stands
// still before that moment reaches it who knows when: zero.
func (c Clock) reach(spent time.Duration, h *hours.Timetable) time.Time {
	for from, to := range c.runs() {
		if to.IsZero() {
			return add(h, from, spent)
		}
		run := between(h, from, to)
		if spent <= run {
			return add(h, from, spent)
		}
		spent -= run
	}
	if c.Live() {
		return time.Time{}
	}
	return add(h, c.Ended, spent)
}

// mark is the last moment that is settled; nothing can happen to the clock before it, whatever the server's clock says.
func (c Clock) mark() time.Time {
	if last := len(c.Pauses) - 1; last >= 0 {
		return later(c.Pauses[last].From, c.Pauses[last].To)
	}
	return c.Started
}

// pause stops the clock, or lets it go on.
func (c *Clock) pause(stop bool, at time.Time) {
	last := len(c.Pauses) - 1
	paused := !c.PausedSince().IsZero()
	at = later(at, c.mark())
	switch {
	case stop && !paused:
		c.Pauses = append(slices.Clip(c.Pauses), Pause{From: at})
	case paused && !stop && at.Equal(c.Pauses[last].From):
		c.Pauses = c.Pauses[:last]
	case paused && !stop:
		c.Pauses = slices.Clone(c.Pauses)
		c.Pauses[last].To = at
	}
}

// end stops the clock for good; settle finds out whether that was in time.
func (c *Clock) end(as State, at time.Time) {
	c.pause(false, at)
	c.Ended, c.State = later(at, c.mark()), as
}

// revive undoes an end: the clock goes on, and the time since then counts for the customer's own clock alone.
func (c *Clock) revive(at time.Time) {
	ended := c.Ended
	c.Ended, c.State = time.Time{}, Running
	if c.Kind != Customer {
		c.pause(true, ended)
		c.pause(false, at)
	}
}

// settle works out the moments and the state from what happened to the clock.
func (c *Clock) settle(t Terms) {
	if c.State == Replaced || c.State == Moot {
		if c.Breached.After(c.Ended) {
			c.Breached = time.Time{}
		}
		return
	}
	c.Due, c.Warn = time.Time{}, time.Time{}
	if c.Target > 0 {
		c.Due = c.reach(c.Target, t.Hours)
		if lead := t.Policy.Warn.of(c.Target); lead > 0 {
			c.Warn = c.reach(c.Target-lead, t.Hours)
		}
	}
	// A live clock is late when somebody looked at its due moment or after. What happened before that moment but is
	// told after it, because news travel slower than time, takes the breach back.
	noticed := c.Ended
	if c.Live() {
		noticed = c.Breached
	}
	late := !c.Due.IsZero() && !noticed.IsZero() && !c.Due.After(noticed)
	c.Breached = time.Time{}
	switch {
	case late:
		c.State, c.Breached = Late, c.Due
	case !c.Live():
		c.State = InTime
	case !c.PausedSince().IsZero():
		c.State = Still
	default:
		c.State = Running
	}
}

// ring marks what came by now: the due moment, or else the moment to warn, for a warning that comes with the breach
// helps nobody.
func (c *Clock) ring(now time.Time) {
	switch {
	case !c.Live() || !c.Breached.IsZero():
	case come(c.Due, now):
		c.State, c.Breached = Late, c.Due
	case come(c.Warn, now) && c.Warned.IsZero():
		c.Warned = now
	}
}

func come(moment, now time.Time) bool { return !moment.IsZero() && !moment.After(now) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func between(h *hours.Timetable, a, b time.Time) time.Duration {
	if h == nil {
		return b.Sub(a)
	}
	return h.Between(a, b)
}

func add(h *hours.Timetable, from time.Time, working time.Duration) time.Time {
	if h == nil {
		return from.Add(working)
	}
	return h.Add(from, working)
}
