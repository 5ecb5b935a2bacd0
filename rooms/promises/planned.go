package promises

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/rooms/tickets/drafts"
)

type plannedKind struct{}

func (plannedKind) Prefix() string { return "pln" }

// PlannedID names what an answer is to promise.
type PlannedID = id.Of[plannedKind]

// Planned is what an answer that is being written promises. It is bound to the draft and becomes a promise when the answer
// leaves, never before; a draft that is taken back keeps it, one that is thrown away promises nothing. Where the promise
// can't be made when the customer has read it, it stays here and says why, until somebody sees to it.
type Planned struct {
	ID        PlannedID         `json:"id" db:"id"`
	Ticket    tickets.ID        `json:"ticket" db:"ticket"`
	Number    int64             `json:"number,omitempty" db:"-" doc:"of the ticket"`
	Staff     staff.ID          `json:"staff" db:"staff" doc:"whose answer it is"`
	Draft     tickets.DraftID   `json:"draft" db:"draft"`
	Kind      string            `json:"kind" db:"kind"`
	What      string            `json:"what" db:"what"`
	By        string            `json:"by" db:"by_when" doc:"as it was said: a day or a moment"`
	Due       time.Time         `json:"due" db:"due_at" doc:"the first moment that is too late, as it was worked out when it was planned"`
	WholeDay  bool              `json:"whole_day,omitempty" db:"whole_day"`
	Owner     staff.ID          `json:"owner" db:"owner" doc:"who will see to it"`
	Anyway    string            `json:"anyway,omitempty" db:"anyway" doc:"why it is promised although history speaks against that date"`
	PlannedAt time.Time         `json:"planned_at" db:"planned_at"`
	Message   tickets.MessageID `json:"message,omitzero" db:"message" doc:"the answer that has left and says it, and the promise could not be made"`
	Trouble   string            `json:"trouble,omitempty" db:"trouble" doc:"why it could not be made; before the answer leaves, why it could not be made now"`
	Code      string            `json:"trouble_code,omitempty" db:"code" doc:"the same, for translation"`
}

// Planning is something to promise with an answer that is being written.
type Planning struct {
	Ticket tickets.ID `json:"ticket"`
	Kind   string     `json:"kind,omitempty" doc:"call_back, answer, delivery, refund, repair, visit, other, or one of the company's own; other when absent"`
	What   string     `json:"what" doc:"up to 300 characters"`
	Due    string     `json:"due" doc:"a moment (RFC 3339), or a day such as 2026-12-24: the end of that day's work"`
	Owner  staff.ID   `json:"owner,omitempty" doc:"who sees to it; you when absent"`
	Anyway string     `json:"anyway,omitempty" doc:"why it is promised although history speaks against that date; up to 2,000 characters"`
}

const (
	mostPlanned = 20 // in one answer
	// forgotten is after how long what was bound to a draft that is no more goes: long enough that a follower which fell
	// behind has made the promise of an answer that left.
	forgotten = 30 * 24 * time.Hour
)

// Plan has the answer that who is writing on a ticket promise something when it leaves. What could not be promised now can't
// be planned. Said twice of one draft, it is planned once, for the reason given last.
func (room *Room) Plan(ctx context.Context, who web.Who, pl Planning) (p Planned, err error) {
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		proven, _, err := room.proven(tx, who, pl.making(), tx.Now())
		if err != nil {
			return err
		}
		draft, ok, err := drafts.AnswerOf(tx, staff.ID(who.Staff), pl.Ticket)
		if err == nil && !ok {
			err = fault.New(fault.Conflict, "promise.no_draft", "You are writing no answer on this ticket, so none can promise this.")
		}
		if err != nil {
			return err
		}
		p = Planned{
			ID: store.NewID[plannedKind](tx), Ticket: pl.Ticket, Staff: staff.ID(who.Staff), Draft: draft, Kind: proven.Kind, What: proven.What, By: pl.Due,
			Due: proven.Due, WholeDay: proven.WholeDay, Owner: proven.Owner, Anyway: strings.TrimSpace(pl.Anyway), PlannedAt: tx.Now(),
		}
		there, err := boundTo(tx, draft)
		if err != nil {
			return err
		}
		for _, other := range there {
			if other.What == p.What && other.By == p.By && other.Kind == p.Kind && other.Owner == p.Owner {
				if p.Anyway == "" || p.Anyway == other.Anyway {
					p = other
					return room.numbered(tx, who, []*Planned{&p})
				}
				p.ID = other.ID // for another reason
				return errors.Join(deletePlanned(tx, p.ID), insertPlanned(tx, p), room.numbered(tx, who, []*Planned{&p}))
			}
		}
		if len(there) >= mostPlanned {
			return fault.New(fault.Conflict, "promise.planned_many", "One answer promises at most %d things.", mostPlanned)
		}
		if err := room.forget(tx, p.Staff); err != nil {
			return err
		}
		return errors.Join(insertPlanned(tx, p), room.numbered(tx, who, []*Planned{&p}))
	})
}

func (pl Planning) making() Making {
	return Making{Ticket: pl.Ticket, Kind: pl.Kind, What: pl.What, Due: pl.Due, Owner: pl.Owner, Anyway: pl.Anyway, Source: Composer}
}

func (p Planned) making() Making {
	return Making{Ticket: p.Ticket, Kind: p.Kind, What: p.What, Due: p.By, Owner: p.Owner, Anyway: p.Anyway, Source: Composer, Message: p.Message}
}

// forget drops what somebody planned long ago for answers that they threw away.
func (room *Room) forget(tx *store.Tx, member staff.ID) error {
	old, err := plannedBefore(tx, member, tx.Now().Add(-forgotten))
	if err != nil || len(old) == 0 {
		return err
	}
	var which []tickets.DraftID
	for _, p := range old {
		which = append(which, p.Draft)
	}
	there, err := drafts.There(tx, which)
	if err != nil {
		return err
	}
	alive := map[tickets.DraftID]bool{}
	for _, d := range there {
		alive[d] = true
	}
	for _, p := range old {
		if !alive[p.Draft] {
			err = errors.Join(err, deletePlanned(tx, p.ID))
		}
	}
	return err
}

// Planned lists what who has planned for the answer that they are writing on a ticket, with what stands against it now, and
// what answers on it said and could not promise; without a ticket, what their own answers could not promise anywhere.
func (room *Room) Planned(tx *store.Tx, who web.Who, ticket tickets.ID) (all []Planned, err error) {
	if ticket == 0 {
		all, err = refusedOf(tx, staff.ID(who.Staff))
	} else {
		all, err = room.plannedOn(tx, who, ticket)
	}
	if err != nil {
		return nil, err
	}
	of := make([]*Planned, len(all))
	for i := range all {
		of[i] = &all[i]
	}
	return all, room.presentPlanned(tx, who, of)
}

// EveryPlanned lists all that is planned, and all that could not be promised, after one, oldest first, for an export.
func (*Room) EveryPlanned(tx *store.Tx, after PlannedID, limit int) ([]Planned, error) {
	return plannedAfter(tx, after, limit)
}

// plannedOn is what is planned, and what could not be promised, on a ticket that who may see.
func (room *Room) plannedOn(tx *store.Tx, who web.Who, ticket tickets.ID) ([]Planned, error) {
	if _, err := room.tickets.Mine(tx, who, ticket); err != nil {
		return nil, err
	}
	draft, _, err := drafts.Of(tx, staff.ID(who.Staff), ticket)
	if err != nil {
		return nil, err
	}
	return plannedOn(tx, ticket, staff.ID(who.Staff), draft)
}

// presentPlanned adds the numbers of the tickets, and what stands against what is still to leave.
func (room *Room) presentPlanned(tx *store.Tx, who web.Who, all []*Planned) error {
	if err := room.numbered(tx, who, all); err != nil {
		return err
	}
	g, err := room.grounds(tx, who)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Message != 0 {
			continue
		}
		_, _, err := g.prove(tx, p.making(), tx.Now())
		if f := fault.Of(err); f != nil && f.Kind != fault.Internal {
			p.Trouble, p.Code = f.Say, f.Code
		} else if err != nil {
			return err
		}
	}
	return nil
}

// numbered adds the numbers of the tickets that who sees.
func (room *Room) numbered(tx *store.Tx, who web.Who, all []*Planned) error {
	if len(all) == 0 {
		return nil
	}
	var on []tickets.ID
	for _, p := range all {
		on = append(on, p.Ticket)
	}
	on, err := room.tickets.Seen(tx, who, on)
	if err != nil {
		return err
	}
	found, err := room.tickets.Some(tx, on)
	if err != nil {
		return err
	}
	numbers := map[tickets.ID]int64{}
	for _, t := range found {
		numbers[t.ID] = t.Number
	}
	for _, p := range all {
		p.Number = numbers[p.Ticket]
	}
	return nil
}

// Unplan takes something out of what an answer promises; where the answer has left and could not promise it, whoever sees the
// ticket says so that nothing more is to be done.
func (room *Room) Unplan(ctx context.Context, who web.Who, which PlannedID) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if _, err := room.theirs(tx, who, which); err != nil {
			return err
		}
		return deletePlanned(tx, which)
	})
}

// theirs loads what somebody planned, or what an answer could not promise on a ticket that they may see.
func (room *Room) theirs(tx *store.Tx, who web.Who, which PlannedID) (Planned, error) {
	p, ok, err := loadPlanned(tx, which)
	if err != nil {
		return p, err
	}
	if ok && int64(p.Staff) != who.Staff {
		var seen []tickets.ID
		if seen, err = room.tickets.Seen(tx, who, []tickets.ID{p.Ticket}); err != nil {
			return p, err
		}
		ok = p.Message != 0 && len(seen) == 1
	}
	if !ok {
		return Planned{}, fault.New(fault.NotFound, "promise.planned_unknown", "There is nothing planned by that name; it was promised or taken out meanwhile.")
	}
	return p, nil
}

// resumed is a promise made at last that an answer could not make: it is that answer's, and waits no longer.
func (room *Room) resumed(tx *store.Tx, who web.Who, m Making) (Making, error) {
	p, err := room.theirs(tx, who, m.Planned)
	if err != nil {
		return m, err
	}
	if p.Message == 0 {
		return m, fault.New(fault.Conflict, "promise.planned_waits", "This is promised when the answer leaves.")
	}
	if m.Ticket == 0 {
		m.Ticket = p.Ticket
	}
	if m.Ticket == p.Ticket && m.Message == 0 {
		m.Message, m.Source = p.Message, Composer
	}
	return m, deletePlanned(tx, p.ID)
}

// left makes the promises of an answer that has left, as its author and as of that moment. What can't be promised any more is
// kept, and told.
func (room *Room) left(tx *store.Tx, at time.Time, e tickets.Answered) error {
	all, err := boundTo(tx, e.Draft)
	if err != nil {
		return err
	}
	for _, p := range all {
		p.Ticket, p.Message = e.Ticket, e.Message
		err := room.becomes(tx, at, p)
		if f := fault.Of(err); f != nil && f.Kind != fault.Internal {
			p.Trouble, p.Code = f.Say, f.Code
			err = errors.Join(refuse(tx, p), tx.Record(p.Ticket, Refused{p.ID, p.Ticket, p.Staff, p.Message, f.Code}))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// becomes makes a promise of what was planned.
func (room *Room) becomes(tx *store.Tx, at time.Time, p Planned) error {
	who, err := room.staff.Who(tx, p.Staff)
	if err != nil {
		return err
	}
	made, e, err := room.made(tx, who, p.making(), at)
	if err != nil {
		return err
	}
	return errors.Join(room.begin(tx, &made, e), deletePlanned(tx, p.ID))
}
