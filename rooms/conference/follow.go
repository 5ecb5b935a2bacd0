package conference

import (
	"errors"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// follow says what each event does to parts. A ticket that is solved or closed does nothing to them: who was asked may still
// answer, and is only not reminded while it is closed.
func (room *Room) follow(f *store.Follower) {
	store.On(f, func(tx *store.Tx, _ store.Entry, e tickets.Stood) error {
		switch {
		case e.To == tickets.Closed && e.Ended == tickets.Spam:
			return room.moot(tx, e.Ticket)
		case e.To == tickets.Closed && e.Ended == tickets.Merged:
			return room.merge(tx, e.Ticket)
		case e.From == tickets.Closed && e.To != tickets.Closed:
			return room.back(tx, e.Ticket)
		}
		return nil
	})
}

// moot ends the parts of a ticket that turned out to be spam.
func (room *Room) moot(tx *store.Tx, ticket tickets.ID) error {
	all, err := of(tx, ticket)
	for i := range all {
		p := &all[i]
		if p.State == Done {
			continue
		}
		err = errors.Join(err, p.end(tx.Now()), save(tx, p), room.wake(tx, *p), tx.Record(p.Ticket, Ended{p.ID, p.Ticket, true}))
	}
	return err
}

// back has those we still wait for reminded again in a ticket that was closed and is open again.
func (room *Room) back(tx *store.Tx, ticket tickets.ID) error {
	all, err := of(tx, ticket)
	if err != nil || len(all) == 0 {
		return err
	}
	chase, err := room.chaseAt(tx, nil)
	if err != nil {
		return err
	}
	for i := range all {
		if p := &all[i]; p.resume(chase) {
			err = errors.Join(err, save(tx, p), room.wake(tx, *p), tx.Record(p.Ticket, Changed{p.ID, p.Ticket, []string{"chase_at"}}))
		}
	}
	return err
}

// merge takes the parts of a ticket to the one it was merged into.
func (room *Room) merge(tx *store.Tx, ticket tickets.ID) error {
	all, err := of(tx, ticket)
	if err != nil || len(all) == 0 {
		return err
	}
	t, err := room.tickets.Look(tx, ticket)
	if err != nil || t.MergedInto == 0 {
		return err
	}
	for i := range all {
		p := &all[i]
		p.Ticket = t.MergedInto
		err = errors.Join(err, save(tx, p), tx.Record(p.Ticket, Moved{p.ID, p.Ticket, ticket}))
	}
	return err
}

// Wait is for whom a ticket waits, as its customer may read it.
type Wait struct {
	For    string // such as: our carrier; whoever wrote it wrote it for the customer. Empty where nobody did
	Kind   Kind   // what they are, which is all that may be said of them then
	Since  time.Time
	Chased time.Time // when they were last reminded; zero for never
}

// WaitsFor says for whom a ticket waits, as its customer may read it: in words that were written for them, or of those who
// hold the ticket by what they are, never by a name. ok is false when nobody like that is waited for. Of several it is the
// one we wait for longest.
func (room *Room) WaitsFor(tx *store.Tx, ticket tickets.ID) (w Wait, ok bool, err error) {
	p, ok, err := store.Find[Part](tx, `SELECT `+columns+` FROM parts WHERE ticket = $1 AND state = 'open' AND waiting_since <> 0 AND (known_as <> '' OR holds)
		ORDER BY waiting_since, id LIMIT 1`, ticket)
	return Wait{p.KnownAs, p.Kind, p.WaitingSince, p.ChasedAt}, ok, err
}
