package clocks

import (
	"errors"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// book is the policies ready to use, with their calendars. It holds for one edition and never changes.
type book struct {
	edition  int64
	since    time.Time
	policies []Policy
	terms    []Terms // of each policy
	nothing  Terms   // where none fits: the default calendar counts
}

// calendar is the one that is named, or the default one.
func (room *Room) calendar(tx *store.Tx, which hours.ID) (hours.Calendar, error) {
	if which == 0 {
		return room.hours.Default(tx)
	}
	return room.hours.Calendar(tx, which)
}

// book opens the policies as they are now. An edition's number never comes back, so one that was read in a transaction
// which failed is no danger.
func (room *Room) book(tx *store.Tx) (*book, error) {
	e, err := readEdition(tx)
	if err != nil {
		return nil, err
	}
	if b := room.current.Load(); b != nil && b.edition == e.N {
		return b, nil
	}
	all, err := allTargets(tx)
	if err != nil {
		return nil, err
	}
	b := &book{edition: e.N, since: e.Since}
	if b.nothing, err = room.terms(tx, b.since, Target{}); err != nil {
		return nil, err
	}
	b.nothing.Policy = Policy{}
	for _, t := range all {
		terms, err := room.terms(tx, b.since, t)
		if err != nil {
			return nil, err
		}
		b.policies, b.terms = append(b.policies, terms.Policy), append(b.terms, terms)
	}
	room.current.Store(b)
	return b, nil
}

func (room *Room) terms(tx *store.Tx, since time.Time, t Target) (Terms, error) {
	c, err := room.calendar(tx, t.Calendar)
	if f := fault.Of(err); f != nil && f.Kind == fault.NotFound { // removed just now
		c, err = room.hours.Default(tx)
	}
	if err != nil {
		return Terms{}, err
	}
	h, err := c.Timetable()
	return Terms{Policy: t.policy(c.ID), Hours: h, Since: since}, err
}

// choose finds the terms for a ticket.
func (b *book) choose(t tickets.Ticket) Terms {
	if i := slices.IndexFunc(b.policies, func(p Policy) bool { return p.Fits(factsOf(t)) }); i >= 0 {
		return b.terms[i]
	}
	return b.nothing
}

// find is the terms of a policy; false when it is no more.
func (b *book) find(policy TargetID) (Terms, bool) {
	if policy == 0 {
		return b.nothing, true
	}
	if i := slices.IndexFunc(b.policies, func(p Policy) bool { return p.ID == policy.String() }); i >= 0 {
		return b.terms[i], true
	}
	return Terms{}, false
}

// asks says whether any policy has conditions of that sort.
func (b *book) asks(sort func(c Conditions) []string) bool {
	return slices.ContainsFunc(b.policies, func(p Policy) bool { return len(sort(p.When)) > 0 })
}

// AnswerBy is the moment by which a person must have answered the customer who opened t, and the zone in whose time to
// say it. The moment is zero when nothing is promised, it has passed, or they were answered; the zone is never nil.
func (room *Room) AnswerBy(tx *store.Tx, t tickets.Ticket) (by time.Time, zone *time.Location, err error) {
	b, err := room.book(tx)
	if err != nil {
		return by, time.UTC, err
	}
	terms := b.choose(t)
	zone = terms.Hours.Zone()
	waits := t.WaitingSince
	if waits.IsZero() {
		waits = t.CreatedAt
	}
	target := terms.target(FirstAnswer, waits)
	if target == 0 || !t.AnsweredAt.IsZero() {
		return by, zone, nil
	}
	if by = terms.Hours.Add(waits, target); !by.After(tx.Now()) {
		by = time.Time{}
	}
	return by, zone, nil
}

// recount says that policies or calendars are others now: they are read anew, and running clocks are looked through.
func (room *Room) recount(tx *store.Tx) error {
	return errors.Join(newEdition(tx), room.due.Put(tx, retiming, "", tx.Now(), place{}))
}
