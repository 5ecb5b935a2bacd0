package clocks

import (
	"errors"
	"time"

	"github.com/hearthdesk/hearth/base/store"
)

// tell records what became of the clocks.
func (o *turn) tell(tx *store.Tx) error {
	var all []store.Event
	for i := range o.watch.Clocks {
		all = append(all, o.moved(i)...)
	}
	for _, e := range o.events {
		all = append(all, o.news(e))
	}
	var err error
	for _, e := range all {
		err = errors.Join(err, tx.Record(o.row.Ticket, e))
	}
	return err
}

// news is the event that tells what a rule found.
func (o *turn) news(e Event) store.Event {
	c := o.watch.Clocks[e.Clock]
	switch e.What {
	case Warning:
		return Warned{o.row.Ticket, e.Kind, c.Due}
	case Breach:
		return Breached{o.row.Ticket, e.Kind, e.At}
	case Kept:
		return Met{o.row.Ticket, e.Kind, e.At}
	case Withdrawal:
	}
	return Withdrawn{o.row.Ticket, e.Kind}
}

// moved is the events that tell how one clock came to stand where it stands.
func (o *turn) moved(i int) []store.Event {
	ticket, c := o.row.Ticket, o.watch.Clocks[i]
	var was Clock
	if i < len(o.before) {
		was = o.before[i]
	}
	started := i >= len(o.before)
	ended := !c.Live() && (started || was.Live())
	switch {
	case c.Kind == Customer && ended:
		return []store.Event{Waited{ticket, seconds(c.Spent(c.Ended, nil)), c.State == InTime}}
	case c.Kind == Customer:
	case started && o.heir(i):
		return []store.Event{Retimed{ticket, c.Kind, o.row.Policy, c.Due}}
	case c.Target == 0:
	case started && !ended:
		return []store.Event{Started{ticket, c.Kind, o.row.Policy, c.Due}}
	case ended && c.State == Moot:
		return []store.Event{Dropped{ticket, c.Kind}}
	case c.Live():
		return o.ran(was, c)
	}
	return nil
}

// ran is the events of a clock that was there before and still is.
func (o *turn) ran(was, c Clock) []store.Event {
	still, stood := !c.PausedSince().IsZero(), !was.PausedSince().IsZero() || !was.Live()
	switch {
	case still && !stood:
		return []store.Event{Paused{o.row.Ticket, c.Kind}}
	case stood && !still:
		return []store.Event{Resumed{o.row.Ticket, c.Kind, c.Due}}
	case !still && !c.Due.Equal(was.Due):
		return []store.Event{Retimed{o.row.Ticket, c.Kind, o.row.Policy, c.Due}}
	}
	return nil
}

// heir says whether a clock took over from one that was replaced just now.
func (o *turn) heir(i int) bool {
	for j, old := range o.watch.Clocks[:i] {
		if old.Kind == o.watch.Clocks[i].Kind && old.State == Replaced && (old.Target > 0 || o.watch.Clocks[i].Target > 0) {
			return j >= len(o.before) || o.before[j].State != Replaced
		}
	}
	return false
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
