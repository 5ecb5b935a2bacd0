package drafts

import (
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/rooms/tickets/wording"
)

// Room is the door to drafts. Its tables are among those of tickets.
type Room struct {
	db      *store.DB
	tickets *tickets.Room
	staff   *staff.Room
	due     *due.Queue
}

// New furnishes the room. The queue may be nil when only the routes are wanted.
func New(db *store.DB, t *tickets.Room, s *staff.Room, q *due.Queue) *Room {
	room := &Room{db, t, s, q}
	if q != nil {
		q.Handle(leavingWork, due.Policy{Tries: 6, Backoff: due.Doubling(2*time.Second, 5*time.Minute)}, room.leave)
		q.OnPark(room.parked)
	}
	return room
}

// Draft shows somebody what they are writing on a ticket; an empty one when they are not.
func (room *Room) Draft(ctx context.Context, who web.Who, ticket tickets.ID) (d Draft, err error) {
	return d, room.db.Read(ctx, func(tx *store.Tx) error {
		var there bool
		if d, there, err = find(tx, who.Staff, ticket); err != nil || there {
			return err
		}
		t, err := room.tickets.Mine(tx, who, ticket)
		d = Draft{Ticket: t.ID, Kind: asReply, Files: []tickets.Attachment{}, State: Writing}
		return err
	})
}

// Begun is a line in the list of what somebody is writing.
type Begun struct {
	Ticket   tickets.ID `json:"ticket" db:"ticket"`
	Kind     string     `json:"kind" db:"kind" enum:"reply,note"`
	State    State      `json:"state" db:"state" enum:"draft,leaving,held"`
	SavedAt  time.Time  `json:"saved_at" db:"saved_at"`
	LeavesAt time.Time  `json:"leaves_at,omitzero" db:"leaves_at"`
	Trouble  string     `json:"trouble,omitempty" db:"trouble"`
	Code     string     `json:"trouble_code,omitempty" db:"code"`
}

// List tells what somebody is writing, what was saved last first.
func (room *Room) List(tx *store.Tx, who web.Who, after string, limit int) (page web.Page[Begun], err error) {
	from, err := tickets.ParseCursor(after, tickets.Cursor{At: math.MaxInt64, ID: math.MaxInt64})
	if err != nil {
		return page, err
	}
	if page.Items, err = list(tx, who.Staff, from, limit+1); err != nil || len(page.Items) <= limit {
		return page, err
	}
	page.Items = page.Items[:limit]
	last := page.Items[limit-1]
	page.Next = tickets.Cursor{At: last.SavedAt.UnixMicro(), ID: int64(last.Ticket)}.String()
	return page, nil
}

// Keep saves what somebody is writing on a ticket, in place of what was there.
func (room *Room) Keep(ctx context.Context, who web.Who, ticket tickets.ID, d Draft) (Draft, error) {
	if who.Staff == 0 {
		return d, fault.New(fault.Denied, "draft.nobody", "Only members of staff have drafts.")
	}
	if err := d.check(); err != nil {
		return d, err
	}
	was, err := room.Draft(ctx, who, ticket)
	if err != nil {
		return d, err
	}
	if d.Files, err = room.tickets.Uploads(ctx, d.Files, was.Files); err != nil {
		return d, err
	}
	d.Ticket = ticket
	d.write()
	return d, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if _, err := room.tickets.Mine(tx, who, ticket); err != nil {
			return err
		}
		was, there, err := find(tx, who.Staff, ticket)
		if err == nil && there && was.State == Leaving {
			err = fault.New(fault.Conflict, "draft.leaving", "This is about to leave; take it back before you change it.")
		}
		if err != nil {
			return err
		}
		if d.ID, d.SavedAt = was.ID, tx.Now(); d.ID == 0 {
			d.ID = tickets.NewDraft(tx)
		}
		return save(tx, who.Staff, d)
	})
}

// Discard throws away what somebody was writing on a ticket, also when it was about to leave.
func (room *Room) Discard(ctx context.Context, who web.Who, ticket tickets.ID) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		_, there, err := find(tx, who.Staff, ticket)
		if err != nil {
			return err
		}
		if !there {
			_, err := room.tickets.Mine(tx, who, ticket)
			return err
		}
		if err := drop(tx, who.Staff, ticket); err != nil {
			return err
		}
		_, err = room.due.Cancel(tx, leavingWork, leavingKey(who.Staff, ticket))
		return err
	})
}

// Send lets a draft leave in some seconds or at a moment. What would stop it now is said now.
func (room *Room) Send(ctx context.Context, who web.Who, ticket tickets.ID, s Sending) (d Draft, err error) {
	if err := s.check(); err != nil {
		return d, err
	}
	weighed, err := room.weigh(ctx, who.Staff, ticket, &s.Then)
	if err != nil {
		return d, err
	}
	return d, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		t, err := room.tickets.Mine(tx, who, ticket)
		if err != nil {
			return err
		}
		at, err := s.moment(tx.Now())
		if err != nil {
			return err
		}
		var there bool
		if d, there, err = find(tx, who.Staff, ticket); err != nil {
			return err
		}
		if !there {
			return fault.New(fault.NotFound, "draft.none", "There is nothing to send: you have no draft on this ticket.")
		}
		d.Then, d.Override, d.Against = s.Then, s.Override, nil
		if d.Against, err = room.ready(tx, t, d, weighed); err != nil {
			return err
		}
		if len(d.Against) == 0 {
			d.Override = ""
		}
		d.State, d.LeavesAt, d.Then, d.Trouble, d.Code = Leaving, at, s.Then, "", ""
		if err := save(tx, who.Staff, d); err != nil {
			return err
		}
		return room.due.Put(tx, leavingWork, leavingKey(who.Staff, ticket), at, leaving{ticket, staff.ID(who.Staff), who.Actor.Via})
	})
}

// weigh holds an answer against the lexicon before a transaction wants to know what is found. What is wrong with it otherwise
// is told there. Then is where the ticket is to stand afterwards, if that is only being said.
func (room *Room) weigh(ctx context.Context, member int64, ticket tickets.ID, then *tickets.Status) (w wording.Weighed, err error) {
	var d Draft
	there := false
	err = room.db.Read(ctx, func(tx *store.Tx) error { d, there, err = find(tx, member, ticket); return err })
	if err != nil || !there || d.Kind != asReply {
		return w, err
	}
	if then != nil {
		d.Then = *then
	}
	if w, err = room.tickets.Weigh(ctx, ticket, d.reply()); fault.Of(err) != nil {
		return wording.Weighed{}, nil
	}
	return w, err
}

// ready says what would stop a draft if it left now, and which rules its reason overrules.
func (room *Room) ready(tx *store.Tx, t tickets.Ticket, d Draft, w wording.Weighed) ([]string, error) {
	if d.Kind == asNote {
		n := d.memo()
		return []string{}, n.Words()
	}
	r := d.reply()
	r.Weighed = w
	found, err := room.tickets.Ready(tx, t, r)
	return append([]string{}, wording.Overruled(found)...), err
}

// TakeBack keeps a draft here that was about to leave.
func (room *Room) TakeBack(ctx context.Context, who web.Who, ticket tickets.ID) (d Draft, err error) {
	return d, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		var there bool
		if d, there, err = find(tx, who.Staff, ticket); err != nil {
			return err
		}
		if !there {
			if _, err := room.tickets.Mine(tx, who, ticket); err != nil {
				return err
			}
			return fault.New(fault.Conflict, "draft.left", "It has left already, so it can't be taken back.")
		}
		if d.State != Leaving {
			return nil
		}
		d.write()
		if err := save(tx, who.Staff, d); err != nil {
			return err
		}
		_, err = room.due.Cancel(tx, leavingWork, leavingKey(who.Staff, ticket))
		return err
	})
}

// leavingWork is the kind of the rows in due that let drafts leave.
const leavingWork = "tickets.leave"

// leaving is what such a row holds.
type leaving struct {
	Ticket tickets.ID `json:"ticket"`
	Staff  staff.ID   `json:"staff"`
	Via    string     `json:"via"` // by which door it was sent
}

func leavingKey(member int64, ticket tickets.ID) string {
	return staff.ID(member).String() + "/" + ticket.String()
}

// leave lets a draft leave at its time, or holds it and says why.
func (room *Room) leave(ctx context.Context, j due.Job) (func(tx *store.Tx) error, error) {
	var l leaving
	if err := j.Into(&l); err != nil {
		return nil, err
	}
	err := room.depart(ctx, l)
	if f := fault.Of(err); f != nil && f.Kind != fault.Internal {
		err = room.hold(ctx, l, f)
	}
	return nil, err
}

// depart says what a draft says, as its author and with what they may at this moment. It and the end of the draft are one
// transaction, so however often it is tried it happens once.
func (room *Room) depart(ctx context.Context, l leaving) error {
	by := store.Actor{Kind: store.StaffKind, ID: l.Staff.String(), Via: l.Via}
	weighed, err := room.weigh(ctx, int64(l.Staff), l.Ticket, nil)
	if err != nil {
		return err
	}
	return room.db.Write(ctx, by, func(tx *store.Tx) error {
		t, err := room.tickets.Look(tx, l.Ticket)
		if err != nil {
			return err
		}
		d, there, err := find(tx, int64(l.Staff), l.Ticket)
		if err != nil || !there || d.State != Leaving {
			return err
		}
		if d.LeavesAt.After(tx.Now()) { // it was sent anew meanwhile, or the clock was set back
			return room.due.Put(tx, leavingWork, leavingKey(int64(l.Staff), l.Ticket), d.LeavesAt, l)
		}
		who, err := room.staff.Who(tx, l.Staff)
		if err != nil {
			return err
		}
		if !who.May(web.Act) || !room.tickets.Sees(who, t) {
			return fault.New(fault.Denied, "draft.denied", "You may not write on this ticket any more, so this did not leave.")
		}
		if t, err = room.utter(tx, who, t, d, weighed); err != nil {
			return err
		}
		if s, why := d.onward(t); s != "" {
			if err := room.tickets.Move(tx, &t, s, "", why); err != nil {
				return err
			}
		}
		return drop(tx, int64(l.Staff), l.Ticket)
	})
}

// utter makes a draft the answer or the note it was to be.
func (room *Room) utter(tx *store.Tx, who web.Who, t tickets.Ticket, d Draft, w wording.Weighed) (tickets.Ticket, error) {
	if d.Kind == asNote {
		_, t, err := room.tickets.Jot(tx, who, t, d.memo())
		return t, err
	}
	r := d.reply()
	r.Weighed = w
	_, t, err := room.tickets.Utter(tx, who, t, r)
	return t, err
}

// hold keeps a draft here that was to leave and could not, and tells its author.
func (room *Room) hold(ctx context.Context, l leaving, why *fault.Fault) error {
	return room.db.Write(ctx, store.System(leavingWork), func(tx *store.Tx) error {
		d, there, err := find(tx, int64(l.Staff), l.Ticket)
		if err != nil || !there || d.State != Leaving || d.LeavesAt.After(tx.Now()) {
			return err
		}
		d.write()
		d.State, d.Trouble, d.Code = Stopped, why.Say, why.Code
		if err := save(tx, int64(l.Staff), d); err != nil {
			return err
		}
		return tx.Record(l.Ticket, tickets.Held{Ticket: l.Ticket, Staff: l.Staff})
	})
}

// parked holds a draft that could not leave because of accidents of ours.
func (room *Room) parked(j due.Job) {
	if j.Kind != leavingWork {
		return
	}
	var l leaving
	ctx, err := context.Background(), json.Unmarshal(j.Payload, &l)
	if err == nil {
		err = room.hold(ctx, l, fault.New(fault.Internal, "draft.accident", "Something went wrong here, so this did not leave; please send it once more."))
	}
	if err != nil {
		slog.ErrorContext(ctx, "a draft that could not leave can't be held", "job", j.String(), "err", err)
	}
}
