package promises

import (
	"errors"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// follow says what each event does to promises. A ticket that is solved or closed does to none: the customer still waits
// for what was promised.
func (room *Room) follow(f *store.Follower) {
	store.On(f, func(tx *store.Tx, _ store.Entry, e tickets.Assigned) error {
		return errors.Join(door(tx, e.Ticket, e.Team, e.Staff), room.along(tx, e))
	})
	store.On(f, func(tx *store.Tx, entry store.Entry, e tickets.Answered) error {
		if e.Draft == 0 {
			return nil
		}
		return room.left(tx, entry.At, e)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, e tickets.Stood) error {
		switch {
		case e.To == tickets.Closed && e.Ended == tickets.Spam:
			return room.moot(tx, e.Ticket)
		case e.To == tickets.Closed && e.Ended == tickets.Merged:
			return room.merge(tx, e.Ticket)
		}
		return nil
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, e Broken) error {
		if e.Ticket == 0 || tx.Now().Sub(e.Due) > fresh {
			return nil
		}
		return room.failed(tx, e.Ticket)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, e hours.Changed) error {
		if slices.Equal(e.Parts, []string{"name"}) {
			return nil
		}
		return room.retimeAll(tx)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, _ hours.Preferred) error { return room.retimeAll(tx) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e hours.Removed) error {
		return room.withoutCalendar(tx, e.Calendar)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, e staff.TeamLeft) error { return room.gone(tx, e.Staff) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e staff.Disabled) error { return room.gone(tx, e.Staff) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e staff.RoleGiven) error { return room.gone(tx, e.Staff) })
	store.On(f, func(tx *store.Tx, _ store.Entry, _ staff.RoleChanged) error { return room.gone(tx, 0) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e staff.TeamRemoved) error { return room.withoutTeam(tx, e.Team) })
}

// fresh is how long ago a broken promise may have been due to open a recovery, as for any other failure: nobody is won back by
// a pile of cases on one morning. When it was recorded does not count: after a server stood still, that is now for all of them.
const fresh = 48 * time.Hour

// failed opens a recovery for a broken promise, or tells the one that is open. A ticket that is gone needs none.
func (room *Room) failed(tx *store.Tx, ticket tickets.ID) error {
	all, err := room.tickets.Some(tx, []tickets.ID{ticket})
	if err != nil || len(all) == 0 || all[0].Ended == tickets.Spam || all[0].Ended == tickets.Merged {
		return err
	}
	_, _, err = room.recovery.Raise(tx, recovery.Failure{Ticket: ticket, Origin: recovery.BrokenPromise})
	return err
}

// moot lets go of what was promised in a ticket that turned out to be spam, and of what could not be.
func (room *Room) moot(tx *store.Tx, ticket tickets.ID) error {
	if err := dropRefused(tx, ticket); err != nil {
		return err
	}
	all, err := owedOn(tx, ticket)
	if err != nil || len(all) == 0 {
		return err
	}
	for i := range all {
		p := &all[i]
		_, h, err := room.terms(tx, p.Team)
		if err != nil {
			return err
		}
		if p.lapse(tx.Now()) {
			err = errors.Join(err, tx.Record(p.subject(), Broken{p.ID, p.Ticket, p.Owner, p.Due}))
		}
		err = errors.Join(err, p.released(tx.Now(), h), save(tx, p), tx.Record(p.subject(), Released{Promise: p.ID, Ticket: p.Ticket, Owner: p.Owner, Late: p.State == Missed}))
		if err != nil {
			return err
		}
	}
	return nil
}

// merge takes the promises of a ticket to the one it was merged into.
func (room *Room) merge(tx *store.Tx, ticket tickets.ID) error {
	t, err := room.tickets.Look(tx, ticket)
	if err != nil || t.MergedInto == 0 {
		return err
	}
	into, err := room.tickets.Look(tx, t.MergedInto)
	if err != nil {
		return err
	}
	if err := moveRefused(tx, ticket, into.ID); err != nil {
		return err
	}
	all, err := allOn(tx, ticket)
	for i := range all {
		p := &all[i]
		p.Ticket, p.DoorTeam, p.DoorStaff = into.ID, into.Team, into.Assignee
		err = errors.Join(err, save(tx, p), tx.Record(p.subject(), Moved{p.ID, into.ID, ticket}), room.rewake(tx, p))
	}
	return err
}
