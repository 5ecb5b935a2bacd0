package promises

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this room.
var Tables = store.Migrations{Room: "promises", FS: migrations}

// Room is the door to promises.
type Room struct {
	db       *store.DB
	due      *due.Queue
	staff    *staff.Room
	hours    *hours.Room
	people   *people.Room
	tickets  *tickets.Room
	recovery *recovery.Room
	follower *store.Follower
}

// New furnishes the room; db and q may be nil when only the OpenAPI document is wanted.
func New(db *store.DB, q *due.Queue, s *staff.Room, h *hours.Room, p *people.Room, t *tickets.Room, r *recovery.Room) *Room {
	room := &Room{db, q, s, h, p, t, r, store.NewFollower("promises")}
	room.follow(room.follower)
	if q != nil {
		q.HandleTx(ticking, due.Policy{}, room.tick)
		q.HandleTx(retiming, due.Policy{}, room.retime)
	}
	return room
}

// Followers keep promises where their tickets are, and open a recovery where one was broken.
func (room *Room) Followers() []*store.Follower { return []*store.Follower{room.follower} }

// Audience says who may see an entry of the journal of this room: whoever may see the promise.
func (room *Room) Audience(tx *store.Tx, e store.Entry) (web.Audience, error) {
	var promise ID
	if promise.UnmarshalText([]byte(e.Subject)) != nil || promise == 0 {
		return room.tickets.Audience(tx, e) // its ticket's, or the settings'
	}
	all, err := some(tx, []ID{promise})
	if err != nil || len(all) == 0 {
		return web.Audience{Needs: web.Reports}, err
	}
	to := web.Audience{Needs: web.View, Team: int64(all[0].DoorTeam), Staff: int64(all[0].DoorStaff)}
	if e.Kind == (Offered{}).Kind() || e.Kind == (Withdrawn{}).Kind() { // one without a ticket concerns whoever is asked or was, too
		var asked struct {
			To staff.ID `json:"to"`
		}
		err = json.Unmarshal(e.Body, &asked)
		to.Also = int64(asked.To)
	}
	return to, err
}

// sees says whether somebody may see a promise: that of a ticket with the ticket, another as one of its team, its owner, or
// who is asked to be.
func (room *Room) sees(tx *store.Tx, who web.Who, p Promise) (bool, error) {
	if p.Ticket == 0 {
		return who.May(web.View) && (who.Sees(int64(p.DoorTeam)) || who.Staff != 0 && (int64(p.DoorStaff) == who.Staff || int64(p.OfferedTo) == who.Staff)), nil
	}
	seen, err := room.tickets.Seen(tx, who, []tickets.ID{p.Ticket})
	return len(seen) == 1, err
}

// subject is what the journal tells of a promise below.
func (p *Promise) subject() fmt.Stringer {
	if p.Ticket != 0 {
		return p.Ticket
	}
	return p.ID
}

// Making is a promise as it is made.
type Making struct {
	Ticket   tickets.ID        `json:"ticket,omitempty"`
	Customer people.ID         `json:"customer,omitempty" doc:"the ticket's when absent"`
	Kind     string            `json:"kind,omitempty" doc:"call_back, answer, delivery, refund, repair, visit, other, or one of the company's own; other when absent"`
	What     string            `json:"what" doc:"up to 300 characters"`
	Due      string            `json:"due" doc:"a moment (RFC 3339), or a day such as 2026-12-24: the end of that day's work"`
	Owner    staff.ID          `json:"owner,omitempty" doc:"who sees to it; you when absent"`
	Team     staff.TeamID      `json:"team,omitempty" doc:"whose promise it is, where there is no ticket"`
	Source   Source            `json:"source,omitempty" doc:"composer, call or hand; hand when absent"`
	Message  tickets.MessageID `json:"message,omitempty" doc:"the answer or note of the ticket in which it is made"`
	Anyway   string            `json:"anyway,omitempty" doc:"why it is promised although history speaks against that date; up to 2,000 characters"`
	Planned  PlannedID         `json:"planned,omitempty" doc:"what an answer said and could not promise, which this makes good"`
}

// Make promises something to a customer. A date that history denies is Invalid (promise.unlikely) unless a reason is given.
func (room *Room) Make(ctx context.Context, who web.Who, m Making) (p Promise, err error) {
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if m.Planned != 0 {
			if m, err = room.resumed(tx, who, m); err != nil {
				return err
			}
		}
		var made Made
		if p, made, err = room.made(tx, who, m, tx.Now()); err != nil {
			return err
		}
		return errors.Join(room.begin(tx, &p, made), room.present(tx, one(&p)))
	})
}

// made is what was promised at a moment, proven; a reason to promise it anyway is entered.
func (room *Room) made(tx *store.Tx, who web.Who, m Making, at time.Time) (p Promise, made Made, err error) {
	p, because, err := room.proven(tx, who, m, at)
	if err == nil && because != "" {
		made.Anyway, err = why(tx, p.ID, p.MadeBy, "anyway", because)
	}
	return p, made, err
}

// sorted proves what kind of promise it is and where it was made.
func (p *Promise) sorted(s Settings) error {
	if p.Kind == "" {
		p.Kind = "other"
	}
	if p.Source == "" {
		p.Source = Hand
	}
	switch {
	case !s.knows(p.Kind):
		return fault.Field("kind", "promise.kind", "There is no such kind of promise.")
	case !slices.Contains([]Source{Composer, Call, Hand}, p.Source):
		return fault.Field("source", "promise.source", "A promise is made from the composer, in a call or by hand.")
	}
	return nil
}

// placed finds out to whom something is promised, whose promise it is, and who may see it.
func (room *Room) placed(tx *store.Tx, who web.Who, p *Promise) error {
	if p.Ticket == 0 && p.Customer == 0 {
		return fault.Field("customer", "promise.nobody", "Say to whom: name a ticket or a customer.")
	}
	if p.Owner == 0 {
		p.Owner = p.MadeBy
	}
	if p.Owner == 0 {
		return fault.Field("owner", "promise.owner", "Say who sees to it that the promise is kept.")
	}
	if p.Ticket == 0 {
		return room.placedByItself(tx, who, p)
	}
	t, err := room.tickets.Look(tx, p.Ticket)
	if err == nil && !room.tickets.Sees(who, t) {
		err = fault.New(fault.NotFound, "ticket.unknown", "There is no ticket %s.", p.Ticket)
	}
	if err != nil {
		return err
	}
	if p.Customer != 0 && p.Customer != t.Customer {
		return fault.Field("customer", "promise.other_customer", "The ticket is another customer's.")
	}
	if t.Ended == tickets.Spam || t.Ended == tickets.Merged { // what becomes of its promises has been done by now
		return fault.New(fault.Conflict, "promise.ended", "This ticket is spam or was merged into another one, so nothing can be promised in it.")
	}
	p.Customer, p.Team, p.DoorTeam, p.DoorStaff = t.Customer, t.Team, t.Team, t.Assignee
	if err := room.said(tx, p); err != nil {
		return err
	}
	return room.ownable(tx, *p, p.Owner)
}

// placedByItself is placed for a promise without a ticket.
func (room *Room) placedByItself(tx *store.Tx, who web.Who, p *Promise) error {
	if p.Message != 0 {
		return fault.Field("message", "promise.message", "This message is not one of the ticket.")
	}
	if _, err := room.people.Look(tx, p.Customer); err != nil {
		return err
	}
	if err := room.staff.MayBeAssigned(tx, p.Owner); err != nil {
		return err
	}
	if p.Team == 0 {
		m, err := room.staff.Load(tx, p.Owner)
		if err != nil {
			return err
		}
		if len(m.Teams) == 1 {
			p.Team = m.Teams[0]
		}
	} else if _, err := room.staff.Team(tx, p.Team); err != nil {
		return err
	}
	p.DoorTeam, p.DoorStaff = p.Team, p.Owner
	if seen, err := room.sees(tx, who, *p); err != nil || seen {
		return err
	}
	return fault.Field("team", "promise.team", "This would be a promise that you may not see yourself; name a team of yours.")
}

// said proves that the message in which something is promised is one of the ticket, and not the customer's.
func (room *Room) said(tx *store.Tx, p *Promise) error {
	if p.Message == 0 {
		return nil
	}
	m, err := room.tickets.Message(tx, p.Message)
	if fault.KindOf(err) == fault.NotFound || err == nil && m.Ticket != p.Ticket {
		return fault.Field("message", "promise.message", "This message is not one of the ticket.")
	}
	if err == nil && m.Kind == tickets.In {
		return fault.Field("message", "promise.theirs", "The customer wrote this; name the answer or note in which it is promised.")
	}
	return err
}

// ownable is a fault when somebody can't see to a promise: they are gone, or may not even read it.
func (room *Room) ownable(tx *store.Tx, p Promise, owner staff.ID) error {
	if err := room.staff.MayBeAssigned(tx, owner); err != nil || p.Ticket == 0 {
		return err
	}
	them, err := room.staff.Who(tx, owner)
	if err != nil {
		return err
	}
	if seen, err := room.sees(tx, them, p); err != nil || seen {
		return err
	}
	return fault.New(fault.Conflict, "promise.blind", "%s may not read this ticket, so its promises can't be theirs.", them.Name)
}

// begin enters a promise, and has it looked at when it next has something to tell.
func (room *Room) begin(tx *store.Tx, p *Promise, e Made) error {
	p.Version = 1
	s, h, err := room.terms(tx, p.DoorTeam)
	if err != nil {
		return err
	}
	e = Made{p.ID, p.Ticket, p.Customer, p.Kind, p.MadeBy, p.Owner, p.Team, p.Source, p.Message, p.Due, p.InsteadOf, e.Anyway}
	return errors.Join(insert(tx, *p), room.wake(tx, p, s, h), tx.Record(p.subject(), e))
}

// why enters the words of a reason.
func why(tx *store.Tx, promise ID, by staff.ID, about, text string) (ReasonID, error) {
	r := Reason{ID: store.NewID[reasonKind](tx), Promise: promise, About: about, Text: text, By: by, At: tx.Now()}
	return r.ID, insertReason(tx, r)
}

// doing is something done to a promise; it returns what is to be told, nil when it changed nothing.
type doing func(tx *store.Tx, p *Promise, h *hours.Timetable) (store.Event, error)

// change lets somebody do something to a promise.
func (room *Room) change(ctx context.Context, who web.Who, promise ID, do doing) (p Promise, err error) {
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if p, err = room.changed(tx, who, promise, do); err != nil {
			return err
		}
		return room.present(tx, one(&p))
	})
}

// changed is change inside a transaction. What the time did meanwhile is told first.
func (room *Room) changed(tx *store.Tx, who web.Who, promise ID, do doing) (p Promise, err error) {
	if p, err = room.mine(tx, who, promise); err != nil {
		return p, err
	}
	_, h, err := room.terms(tx, p.Team) // what it took is counted as it was when it was made
	if err != nil {
		return p, err
	}
	lapsed := p.lapse(tx.Now())
	if lapsed {
		err = tx.Record(p.subject(), Broken{p.ID, p.Ticket, p.Owner, p.Due})
	}
	e, failed := do(tx, &p, h)
	if failed != nil {
		return p, failed
	}
	if lapsed || e != nil {
		err = errors.Join(err, save(tx, &p))
	}
	if e != nil {
		err = errors.Join(err, tx.Record(p.subject(), e))
	}
	return p, err
}

// mine loads a promise for somebody who may see it; to everybody else it does not exist.
func (room *Room) mine(tx *store.Tx, who web.Who, promise ID) (Promise, error) {
	p, err := load(tx, promise)
	if err != nil {
		return p, err
	}
	seen, err := room.sees(tx, who, p)
	if err == nil && !seen {
		p, err = Promise{}, unknown(promise)
	}
	return p, err
}

// Keep says that what was promised is done. One that is broken stays so, but nothing is owed any more.
func (room *Room) Keep(ctx context.Context, who web.Who, promise ID) (Promise, error) {
	return room.change(ctx, who, promise, func(tx *store.Tx, p *Promise, h *hours.Timetable) (store.Event, error) {
		if err := p.kept(tx.Now(), h); err != nil {
			return nil, err
		}
		return Kept{p.ID, p.Ticket, p.Owner, p.State == Missed}, doneBefore(tx, p.InsteadOf, h)
	})
}

// doneBefore notes on the promises before one that was kept how long it took in all: history counts from the first.
func doneBefore(tx *store.Tx, promise ID, h *hours.Timetable) error {
	for promise != 0 {
		p, err := load(tx, promise)
		if err != nil {
			return err
		}
		p.done(tx.Now(), h)
		if err := save(tx, &p); err != nil {
			return err
		}
		promise = p.InsteadOf
	}
	return nil
}

// Renewal is a promise that can't be kept as it was made, and what is promised instead.
type Renewal struct {
	Due       string            `json:"due" doc:"the new time: a moment (RFC 3339), or a day such as 2026-12-24"`
	Reason    string            `json:"reason" required:"false" doc:"why the first one can't be kept; up to 2,000 characters; without one it is refused"`
	Told      How               `json:"told" required:"false" doc:"how the customer was told: call, mail, chat or in_person"`
	CallTried bool              `json:"call_tried,omitempty" doc:"they were called first and not reached; where we have a number, told by mail or chat is refused without"`
	Message   tickets.MessageID `json:"message,omitempty" doc:"in which they were told"`
}

// Renew puts another promise in the place of one that can't be kept, of which the customer was told just now. Before its
// time that is a renewal; afterwards the first one is broken all the same. It returns the new one.
func (room *Room) Renew(ctx context.Context, who web.Who, promise ID, r Renewal) (next Promise, err error) {
	return next, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		_, err := room.changed(tx, who, promise, func(tx *store.Tx, p *Promise, h *hours.Timetable) (e store.Event, err error) {
			next, e, err = room.renewing(tx, who, p, h, r)
			return e, err
		})
		if err != nil {
			return err
		}
		return errors.Join(room.begin(tx, &next, Made{}), room.present(tx, one(&next)))
	})
}

// renewing ends a promise and says which one takes its place.
func (room *Room) renewing(tx *store.Tx, who web.Who, p *Promise, h *hours.Timetable, r Renewal) (next Promise, e store.Event, err error) {
	text, err := reason(r.Reason, "promise.reason", "Say why the promise can't be kept as it was made.")
	if err != nil {
		return next, nil, err
	}
	next = Promise{
		ID: store.NewID[promiseKind](tx), Ticket: p.Ticket, Customer: p.Customer, Kind: p.Kind, What: p.What, MadeBy: staff.ID(who.Staff), Owner: p.Owner,
		Team: p.Team, Source: Hand, Message: r.Message, MadeAt: tx.Now(), State: Open, InsteadOf: p.ID, DoorTeam: p.DoorTeam, DoorStaff: p.DoorStaff,
		OfferedTo: p.OfferedTo, OfferedAt: p.OfferedAt,
	}
	if r.Told == ByCall {
		next.Source = Call
	} else if r.Message != 0 {
		next.Source = Composer
	}
	_, now, err := room.terms(tx, p.DoorTeam) // whose ticket it is now
	if err != nil {
		return next, nil, err
	}
	if next.Due, next.WholeDay, err = moment(r.Due, tx.Now(), now); err != nil {
		return next, nil, err
	}
	next.Allowed = microsOf(h.Between(next.MadeAt, next.Due))
	phone, err := room.phone(tx, p.Customer)
	if err != nil {
		return next, nil, err
	}
	if err := p.renewed(tx.Now(), r.Told, r.CallTried, phone); err != nil {
		return next, nil, err
	}
	if err := errors.Join(room.said(tx, &next), room.owned(tx, &next)); err != nil {
		return next, nil, err
	}
	p.FollowedBy = next.ID
	because, err := why(tx, p.ID, next.MadeBy, "renewed", text)
	return next, Renewed{p.ID, p.Ticket, p.Owner, next.ID, r.Told, r.CallTried, p.State == Missed, because}, err
}

// owned leaves a renewed promise to whom it was, and asks whoever was asked; where they can't see to it any more, to who renews it.
func (room *Room) owned(tx *store.Tx, next *Promise) error {
	err := room.ownable(tx, *next, next.Owner)
	if fault.KindOf(err) != fault.Conflict || next.MadeBy == 0 {
		return err
	}
	if next.Owner = next.MadeBy; next.Ticket == 0 {
		next.DoorStaff = next.Owner
	}
	if next.OfferedTo == next.Owner {
		next.offer(0, time.Time{})
	}
	return nil
}

// phone says whether we have a number of a customer.
func (room *Room) phone(tx *store.Tx, customer people.ID) (bool, error) {
	all, err := room.people.Addresses(tx, customer)
	return slices.ContainsFunc(all, func(a people.Address) bool { return a.Kind == people.Phone }), err
}

// Release says that the customer lets us off, and why.
func (room *Room) Release(ctx context.Context, who web.Who, promise ID, because string) (Promise, error) {
	return room.change(ctx, who, promise, func(tx *store.Tx, p *Promise, h *hours.Timetable) (store.Event, error) {
		text, err := reason(because, "promise.release_reason", "Say why nobody waits for this any more.")
		if err != nil {
			return nil, err
		}
		if err := p.released(tx.Now(), h); err != nil {
			return nil, err
		}
		words, err := why(tx, p.ID, staff.ID(who.Staff), "released", text)
		return Released{p.ID, p.Ticket, p.Owner, p.State == Missed, words}, err
	})
}

// Look shows one promise, inside the caller's transaction, to whoever is allowed anything.
func (room *Room) Look(tx *store.Tx, promise ID) (Promise, error) {
	all, err := some(tx, []ID{promise})
	if err != nil {
		return Promise{}, err
	}
	if len(all) == 0 {
		return Promise{}, unknown(promise)
	}
	err = room.present(tx, pointers(all))
	return all[0], err
}

// Read shows one promise to somebody who may see it.
func (room *Room) Read(tx *store.Tx, who web.Who, promise ID) (p Promise, err error) {
	if p, err = room.mine(tx, who, promise); err == nil {
		err = room.present(tx, one(&p))
	}
	return p, err
}

// wake has a promise looked at when it next has something to tell. Of one that is settled before, the row in due finds
// nothing to tell and goes: taking it back here would wait for whoever looks at it, who waits for the promise.
func (room *Room) wake(tx *store.Tx, p *Promise, s Settings, h *hours.Timetable) error {
	if next := p.next(h, s.ahead()); !next.IsZero() {
		return room.due.Put(tx, ticking, p.ID.String(), next, nil)
	}
	return nil
}

// one is a list of that promise alone, to be changed in place.
func one(p *Promise) []*Promise { return []*Promise{p} }
