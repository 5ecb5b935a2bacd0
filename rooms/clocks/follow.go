package clocks

import (
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// follow says what each event does to clocks.
func (room *Room) follow(f *store.Follower) {
	// A ticket is opened by words, and both are told in the same transaction: its clocks start with the words.
	store.On(f, func(tx *store.Tx, entry store.Entry, e tickets.Heard) error {
		if e.Machine && !e.First || e.Answered {
			return nil
		}
		at := said(entry, e.At)
		return room.happen(tx, entry, e.Ticket, func(o *turn) []Event {
			if e.Machine {
				return nil
			}
			return append(o.watch.Said(ByCustomer, at), o.watch.Became(open, at)...)
		})
	})
	store.On(f, func(tx *store.Tx, entry store.Entry, e tickets.Answered) error {
		at := said(entry, e.At)
		if e.Late && e.Waiting.IsZero() { // what waits was written after it and is known
			return nil
		}
		return room.happen(tx, entry, e.Ticket, func(o *turn) []Event {
			if e.Late {
				return append(o.watch.Said(ByStaff, at), o.watch.Said(ByCustomer, e.Waiting)...)
			}
			return append(o.watch.Said(ByStaff, at), o.watch.Became(pending, at)...)
		})
	})
	store.On(f, func(tx *store.Tx, entry store.Entry, e tickets.Stood) error {
		if e.Why == "heard" || e.Why == "answered" {
			return nil // told with the words
		}
		return room.happen(tx, entry, e.Ticket, func(o *turn) []Event {
			if e.To == tickets.Closed {
				return o.watch.Closed(Ended(e.Ended), entry.At)
			}
			return o.watch.Became(Status(e.To), entry.At)
		})
	})
	room.followFacts(f)
	room.followHours(f)
}

// followFacts hears what a policy may ask of a ticket.
func (room *Room) followFacts(f *store.Follower) {
	rethink := func(tx *store.Tx, entry store.Entry, ticket tickets.ID, sort func(Conditions) []string) error {
		b, err := room.book(tx)
		if err != nil || !b.asks(sort) {
			return err
		}
		all, err := room.tickets.Some(tx, []tickets.ID{ticket})
		if err != nil || len(all) == 0 {
			return err
		}
		terms := b.choose(all[0])
		return room.happen(tx, entry, ticket, func(o *turn) []Event { return o.watch.Retimed(terms, entry.At) })
	}
	store.On(f, func(tx *store.Tx, entry store.Entry, e tickets.Assigned) error {
		err := room.happen(tx, entry, e.Ticket, func(o *turn) []Event {
			o.row.Team, o.row.Assignee = e.Team, e.Staff
			return nil
		})
		if err != nil || e.Team == e.WasTeam {
			return err
		}
		return rethink(tx, entry, e.Ticket, func(c Conditions) []string { return c.Teams })
	})
	store.On(f, func(tx *store.Tx, entry store.Entry, e tickets.Tagged) error {
		return rethink(tx, entry, e.Ticket, func(c Conditions) []string { return c.Tags })
	})
	store.On(f, func(tx *store.Tx, entry store.Entry, e tickets.Changed) error {
		if !slices.Contains(e.Parts, "priority") && !slices.Contains(e.Parts, "type") {
			return nil
		}
		return rethink(tx, entry, e.Ticket, func(c Conditions) []string { return slices.Concat(c.Priorities, c.Types) })
	})
}

// followHours hears of calendars, by which policies count.
func (room *Room) followHours(f *store.Follower) {
	store.On(f, func(tx *store.Tx, _ store.Entry, e hours.Changed) error {
		if slices.Equal(e.Parts, []string{"name"}) {
			return nil
		}
		return room.recount(tx)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, _ hours.Preferred) error { return room.recount(tx) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e hours.Removed) error {
		which, err := withoutCalendar(tx, e.Calendar)
		if err != nil || len(which) == 0 {
			return err
		}
		for _, t := range which {
			if err := tx.Record(t, Changed{t, []string{"calendar"}}); err != nil {
				return err
			}
		}
		return room.recount(tx)
	})
}

// happen lets something happen to the clocks of a ticket.
func (room *Room) happen(tx *store.Tx, entry store.Entry, ticket tickets.ID, do func(o *turn) []Event) error {
	o, err := room.take(tx, ticket)
	if err == nil && o == nil {
		o, err = room.begin(tx, entry, ticket)
	}
	if err != nil || o == nil {
		return err
	}
	o.events = append(o.events, do(o)...)
	return room.put(tx, o)
}

// newcomers is how old the first contact may be to be promised something.
const newcomers = time.Hour

// begin starts the clocks of a ticket with the first news of it; nil when there is no such ticket. Policies promise from
// the first contact on, not for the old mail that an empty house is filled with.
func (room *Room) begin(tx *store.Tx, entry store.Entry, ticket tickets.ID) (*turn, error) {
	b, err := room.book(tx)
	if err == nil && b.since.IsZero() {
		if err = promiseSince(tx, entry.At.Add(-newcomers)); err == nil {
			b, err = room.book(tx)
		}
	}
	if err != nil {
		return nil, err
	}
	return room.start(tx, b, ticket)
}

// said is when something was said: at, unless that was left out or is yet to come.
func said(entry store.Entry, at time.Time) time.Time {
	if at.IsZero() || at.After(entry.At) {
		return entry.At
	}
	return at
}
