package promises

import (
	"context"
	"errors"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// offer asks somebody to see to the promise; nobody any more when they are zero.
func (p *Promise) offer(to staff.ID, now time.Time) { p.OfferedTo, p.OfferedAt = to, now }

// withdraw asks nobody any more; nil when nobody was.
func (p *Promise) withdraw() store.Event {
	was := p.OfferedTo
	if was == 0 {
		return nil
	}
	p.offer(0, time.Time{})
	return Withdrawn{p.ID, p.Ticket, p.Owner, was, false}
}

// spare asks whoever was asked no more, who said no or is gone. Since when they were asked stays: whoever gets the ticket next
// is asked in their place.
func (p *Promise) spare() { p.OfferedTo = 0 }

// handed makes somebody the owner.
func (p *Promise) handed(to staff.ID, because ReasonID) store.Event {
	was := p.Owner
	p.Owner = to
	p.offer(0, time.Time{})
	if p.Ticket == 0 {
		p.DoorStaff = to
	}
	return Handed{p.ID, p.Ticket, to, was, because}
}

// asked is a Conflict when somebody is not asked to see to the promise.
func (p *Promise) asked(who web.Who) error {
	if err := p.owed(); err != nil {
		return err
	}
	if p.OfferedTo == 0 || int64(p.OfferedTo) != who.Staff {
		return fault.New(fault.Conflict, "promise.not_asked", "You are not asked to see to this promise.")
	}
	return nil
}

// goes asks who has the ticket now, that went from was to to, whether they see to the promise too: when it was theirs who had
// the ticket, or nobody had it, or who was asked last said no. Whoever was asked because of the ticket is not asked any more. A
// colleague who was asked by hand stays asked, and what is somebody else's on purpose stays theirs. It says what changed; nil
// for nothing.
func (p *Promise) goes(was, to staff.ID, now time.Time) store.Event {
	switch {
	case p.OfferedTo != 0 && p.OfferedTo != was, p.OfferedAt.IsZero() && was != 0 && p.Owner != was:
		return nil
	case to == 0 || to == p.Owner:
		return p.withdraw()
	}
	p.offer(to, now)
	return Offered{p.ID, p.Ticket, p.Owner, to, true, 0}
}

// Hand asks a colleague to see to a promise, and says why; until they say yes it stays its owner's, who is reminded. Whoever
// names themselves takes it over, and where the owner can't see to it any more it goes to the colleague at once. When its
// owner is named, nobody is asked any more.
func (room *Room) Hand(ctx context.Context, who web.Who, promise ID, to staff.ID, because string) (Promise, error) {
	return room.change(ctx, who, promise, func(tx *store.Tx, p *Promise, _ *hours.Timetable) (store.Event, error) {
		if err := p.owed(); err != nil {
			return nil, err
		}
		if to == p.Owner {
			return p.withdraw(), nil
		}
		text, err := reason(because, "promise.hand_reason", "Say why a colleague sees to this promise.")
		if err != nil || to == p.OfferedTo && int64(to) != who.Staff {
			return nil, err
		}
		if err := room.ownable(tx, *p, to); err != nil {
			return nil, err
		}
		left := room.ownable(tx, *p, p.Owner)
		if left != nil && fault.KindOf(left) != fault.Conflict {
			return nil, left
		}
		words, err := why(tx, p.ID, staff.ID(who.Staff), "handed", text)
		if left != nil || int64(to) == who.Staff {
			return p.handed(to, words), err
		}
		p.offer(to, tx.Now())
		return Offered{p.ID, p.Ticket, p.Owner, to, false, words}, err
	})
}

// Accept makes a promise one's own that one was asked to see to.
func (room *Room) Accept(ctx context.Context, who web.Who, promise ID) (Promise, error) {
	return room.change(ctx, who, promise, func(tx *store.Tx, p *Promise, _ *hours.Timetable) (store.Event, error) {
		if err := p.asked(who); err != nil {
			return nil, err
		}
		if err := room.ownable(tx, *p, p.OfferedTo); err != nil {
			return nil, err
		}
		return p.handed(p.OfferedTo, 0), nil
	})
}

// Decline says no to seeing to a promise, and why; it stays whose it was.
func (room *Room) Decline(ctx context.Context, who web.Who, promise ID, because string) (Promise, error) {
	return room.change(ctx, who, promise, func(tx *store.Tx, p *Promise, _ *hours.Timetable) (store.Event, error) {
		if err := p.asked(who); err != nil {
			return nil, err
		}
		text, err := reason(because, "promise.decline_reason", "Say why, so that somebody else can be asked.")
		if err != nil {
			return nil, err
		}
		p.spare()
		words, err := why(tx, p.ID, staff.ID(who.Staff), "declined", text)
		return Declined{p.ID, p.Ticket, p.Owner, staff.ID(who.Staff), words}, err
	})
}

// along asks who has a ticket now to see to what is owed in it, and has it looked at by the hours of their team.
func (room *Room) along(tx *store.Tx, e tickets.Assigned) error {
	if e.Staff == e.WasStaff && e.Team == e.WasTeam {
		return nil
	}
	all, err := owedOn(tx, e.Ticket)
	if err != nil {
		return err
	}
	for i := range all {
		p := &all[i]
		if e.Team != e.WasTeam && p.State == Open {
			err = room.rewake(tx, p)
		}
		err = errors.Join(err, room.unasked(tx, p, e.WasStaff))
		if e.Staff != e.WasStaff {
			err = errors.Join(err, room.passes(tx, p, e.WasStaff, e.Staff))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unasked asks a colleague no more who was asked and can't see to the promise now: its ticket has gone elsewhere, or they have.
func (room *Room) unasked(tx *store.Tx, p *Promise, was staff.ID) error {
	if p.OfferedTo == 0 || p.OfferedTo == was {
		return nil // goes asks them no more
	}
	blind := room.ownable(tx, *p, p.OfferedTo)
	if fault.KindOf(blind) != fault.Conflict {
		return blind
	}
	told := Withdrawn{p.ID, p.Ticket, p.Owner, p.OfferedTo, true}
	p.spare()
	return errors.Join(save(tx, p), tx.Record(p.subject(), told))
}

// gone asks somebody no more to see to what they can't see to, now that they left a team, have another role or are not here any
// more; with 0 everybody, now that a role is another.
func (room *Room) gone(tx *store.Tx, member staff.ID) error {
	all, err := askedOf(tx, member)
	for i := range all {
		err = errors.Join(err, room.unasked(tx, &all[i], 0))
	}
	return err
}

// passes says whose a promise is, and who is asked, when its ticket goes from was to to: where its owner can't see to it any
// more it is theirs who have the ticket, at once, as nobody would be reminded meanwhile.
func (room *Room) passes(tx *store.Tx, p *Promise, was, to staff.ID) error {
	if to != 0 {
		if failed := room.ownable(tx, *p, to); fault.Of(failed) != nil {
			to = 0 // gone, or without it again by now
		} else if failed != nil {
			return failed
		}
	}
	var left error
	if to != 0 && to != p.Owner {
		left = room.ownable(tx, *p, p.Owner)
	}
	var told store.Event
	switch {
	case fault.KindOf(left) == fault.Conflict:
		told = p.handed(to, 0)
	case left != nil:
		return left
	default:
		told = p.goes(was, to, tx.Now())
	}
	if told == nil {
		return nil
	}
	return errors.Join(save(tx, p), tx.Record(p.subject(), told))
}
