package recovery

import (
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/recovery/followup"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// follow hears of failures that nobody complained about, and keeps complaints with the team of their ticket.
func (room *Room) follow(f *store.Follower) {
	store.On(f, func(tx *store.Tx, entry store.Entry, e clocks.Breached) error {
		return room.failed(tx, entry, e.Ticket, BreachedClock)
	})
	store.On(f, room.heard)
	store.On(f, room.stood)
	store.On(f, func(tx *store.Tx, entry store.Entry, e tickets.Assigned) error {
		if e.Team != e.WasTeam {
			if err := follows(tx, e.Ticket, e.Team); err != nil {
				return err
			}
		}
		return room.passed(tx, entry, e)
	})
	store.On(f, func(tx *store.Tx, entry store.Entry, e Accepted) error {
		if e.Ticket == 0 || e.Was == 0 || e.Was == e.Owner {
			return nil
		}
		return room.passed(tx, entry, tickets.Assigned{Ticket: e.Ticket, Staff: e.Owner, WasStaff: e.Was})
	})
}

// heard is a customer who writes.
func (room *Room) heard(tx *store.Tx, entry store.Entry, e tickets.Heard) error {
	if e.First {
		return room.repeated(tx, entry, e)
	}
	if !e.Reopened || e.Machine {
		return nil
	}
	return room.again(tx, entry, e.Ticket)
}

// stood is a ticket that was solved, or taken up again by one of us.
func (room *Room) stood(tx *store.Tx, entry store.Entry, e tickets.Stood) error {
	was, is := over(e.From), over(e.To)
	switch {
	case is && !was && e.Ended != tickets.Spam && e.Ended != tickets.Merged:
		return room.solved(tx, e.Ticket)
	case was && !is && e.Why == "by_hand":
		return room.failed(tx, entry, e.Ticket, Reopening)
	}
	return nil
}

func over(s tickets.Status) bool { return s == tickets.Resolved || s == tickets.Closed }

// again is a customer who writes on what was solved. Once they may say thanks; who comes back a second time was not helped,
// unless it is with these words that they said it holds and they trust us again.
func (room *Room) again(tx *store.Tx, entry store.Entry, ticket tickets.ID) error {
	all, err := room.tickets.Some(tx, []tickets.ID{ticket})
	if err != nil || len(all) == 0 || all[0].Reopened < 2 {
		return err
	}
	if last, ok, err := latestOn(tx, ticket); err != nil {
		return err
	} else if ok {
		if well, err := followup.AllWell(tx, last, entry.At); err != nil || well {
			return err
		}
	}
	return room.failed(tx, entry, ticket, Reopening)
}

// fresh is how old a failure may be to open a recovery. What is older is read when this room comes into a house that has
// been lived in: nobody can be won back for last year's lateness by a pile of cases on one morning.
const fresh = 48 * time.Hour

// failed opens a recovery, or tells the one that is open. A ticket that is gone needs none.
func (room *Room) failed(tx *store.Tx, entry store.Entry, ticket tickets.ID, o Origin) error {
	if tx.Now().Sub(entry.At) > fresh {
		return nil
	}
	all, err := room.tickets.Some(tx, []tickets.ID{ticket})
	if err != nil || len(all) == 0 || all[0].Ended == tickets.Spam || all[0].Ended == tickets.Merged {
		return err
	}
	_, _, err = room.Raise(tx, Failure{Ticket: ticket, Origin: o})
	return err
}
