package recovery

import (
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// follow hears of failures that nobody complained about, and keeps complaints with the team of their ticket.
func (room *Room) follow(f *store.Follower) {
	store.On(f, func(tx *store.Tx, _ store.Entry, e clocks.Breached) error {
		return room.failed(tx, e.Ticket, BreachedClock)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, e tickets.Heard) error {
		if !e.Reopened || e.Machine {
			return nil
		}
		return room.failed(tx, e.Ticket, Reopening)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, e tickets.Stood) error {
		over := e.From == tickets.Resolved || e.From == tickets.Closed
		if e.Why != "by_hand" || !over || e.To == tickets.Resolved || e.To == tickets.Closed {
			return nil
		}
		return room.failed(tx, e.Ticket, Reopening)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, e tickets.Assigned) error {
		if e.Team == e.WasTeam {
			return nil
		}
		return follows(tx, e.Ticket, e.Team)
	})
}

// failed opens a recovery, or tells the one that is open. A ticket that is gone needs none.
func (room *Room) failed(tx *store.Tx, ticket tickets.ID, o Origin) error {
	all, err := room.tickets.Some(tx, []tickets.ID{ticket})
	if err != nil || len(all) == 0 || all[0].Ended == tickets.Spam || all[0].Ended == tickets.Merged {
		return err
	}
	_, _, err = room.Raise(tx, Failure{Ticket: ticket, Origin: o})
	return err
}
