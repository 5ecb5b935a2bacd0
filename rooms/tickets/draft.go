package tickets

import (
	"context"
	"encoding/json"
	"log/slog"
	"math"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// DraftState says what is to become of a draft.
type DraftState string

// The states of a draft.
const (
	Writing DraftState = "draft"   // somebody is at it
	Leaving DraftState = "leaving" // it leaves at its time unless it is taken back
	Stopped DraftState = "held"    // it was to leave and could not; trouble says why
)

// Draft is what one of us is writing on a ticket, an answer or a note: each has one on each ticket, and nobody sees
// another's. It is kept here, so that it is there on every machine, and leaves from here, so that no browser has to stay open.
type Draft struct {
	Ticket   ID           `json:"ticket" db:"ticket"`
	Kind     string       `json:"kind" db:"kind" enum:"reply,note"`
	HTML     string       `json:"html" db:"html" maxLength:"1000000"`
	Text     string       `json:"text" db:"text" maxLength:"200000"`
	To       []Party      `json:"to,omitempty" db:"recipients,json" maxItems:"50"`
	Cc       []Party      `json:"cc,omitempty" db:"cc,json" maxItems:"50"`
	Files    []Attachment `json:"attachments" db:"-" maxItems:"30" nullable:"false"`
	Mentions []staff.ID   `json:"mentions,omitempty" db:"mentions,json" maxItems:"50"`
	Seen     int64        `json:"seen" db:"seen" doc:"the ticket's version the writer had read"`
	State    DraftState   `json:"state" db:"state" enum:"draft,leaving,held"`
	LeavesAt time.Time    `json:"leaves_at,omitzero" db:"leaves_at"`
	Then     Status       `json:"then,omitempty" db:"onward" doc:"where the ticket stands afterwards"`
	Trouble  string       `json:"trouble,omitempty" db:"trouble" doc:"why it is held"`
	Code     string       `json:"trouble_code,omitempty" db:"code" doc:"the same, for translation"`
	SavedAt  time.Time    `json:"saved_at,omitzero" db:"saved_at"`
}

// What a draft becomes.
const (
	asReply = "reply"
	asNote  = "note"
)

// check says what can't be kept as a draft. Words and recipients may still be missing.
func (d *Draft) check() error {
	switch {
	case d.Kind != asReply && d.Kind != asNote:
		return fault.Field("kind", "draft.kind", "A draft becomes a reply or a note.")
	case d.Kind == asNote && len(d.To)+len(d.Cc) > 0:
		return fault.Field("to", "note.recipients", "A note stays among colleagues, so it can't have recipients.")
	case d.Kind == asReply && len(d.Mentions) > 0:
		return fault.Field("mentions", "reply.mentions", "Only a note can mention colleagues; the customer reads a reply.")
	}
	return nil
}

// write makes the draft one that somebody is at.
func (d *Draft) write() {
	d.State, d.LeavesAt, d.Then, d.Trouble, d.Code = Writing, time.Time{}, "", "", ""
}

func (d *Draft) reply() Reply {
	return Reply{Text: d.Text, HTML: d.HTML, To: d.To, Cc: d.Cc, Files: d.files(), Seen: d.Seen}
}

func (d *Draft) memo() Memo {
	return Memo{Text: d.Text, HTML: d.HTML, Mentions: d.Mentions, Files: d.files(), Seen: d.Seen}
}

func (d *Draft) files() []File {
	all := []File{}
	for _, a := range d.Files {
		all = append(all, a.file())
	}
	return all
}

// onward is where the ticket goes after the draft has left. When the customer went on since its writer looked, nothing is
// settled by it: the ticket waits for us.
func (d *Draft) onward(t Ticket) (s Status, why string) {
	switch {
	case d.Then == "":
		return "", ""
	case d.Seen == 0 || t.Heard <= d.Seen:
		return d.Then, "by_hand"
	case d.Kind == asReply:
		return Open, "heard"
	}
	return "", ""
}

// Sending says when a draft leaves, and what then.
type Sending struct {
	In   *int      `json:"in,omitempty" minimum:"0" maximum:"60" doc:"seconds in which it can be taken back; 8 when neither this nor at is given"`
	At   time.Time `json:"at,omitzero" doc:"or a moment up to a year ahead"`
	Then Status    `json:"then,omitempty" enum:"open,pending,on_hold,resolved" doc:"where the ticket stands afterwards"`
}

const (
	usualPause = 8 // seconds
	farthest   = 366 * 24 * time.Hour
)

// moment is when a draft sent now leaves.
func (s Sending) moment(now time.Time) (time.Time, error) {
	pause := usualPause
	if s.In != nil {
		pause = *s.In
	}
	switch {
	case s.In != nil && !s.At.IsZero():
		return now, fault.Field("at", "sending.twice", "Say in how many seconds it leaves, or when, not both.")
	case pause < 0 || pause > 60:
		return now, fault.Field("in", "sending.pause", "It can wait for up to 60 seconds; for longer say when it leaves.")
	case s.At.IsZero():
		return now.Add(time.Duration(pause) * time.Second), nil
	case !s.At.After(now):
		return now, fault.Field("at", "sending.past", "This moment has passed; choose a later one.")
	case s.At.Sub(now) > farthest:
		return now, fault.Field("at", "sending.far", "This is more than a year ahead; choose an earlier moment.")
	}
	return s.At.UTC(), nil
}

// check says where a ticket can't go after a draft.
func (s Sending) check() error {
	if s.Then != "" && !slices.Contains([]Status{Open, Pending, OnHold, Resolved}, s.Then) {
		return fault.Field("then", "sending.then", "After this the ticket can be open, pending, on_hold or resolved; close it by itself.")
	}
	return nil
}

// Draft shows somebody what they are writing on a ticket; an empty one when they are not.
func (room *Room) Draft(ctx context.Context, who web.Who, ticket ID) (d Draft, err error) {
	return d, room.db.Read(ctx, func(tx *store.Tx) error {
		var there bool
		if d, there, err = draft(tx, who.Staff, ticket); err != nil || there {
			return err
		}
		t, err := room.mine(tx, who, ticket)
		d = Draft{Ticket: t.ID, Kind: asReply, Files: []Attachment{}, State: Writing}
		return err
	})
}

// Begun is a line in the list of what somebody is writing.
type Begun struct {
	Ticket   ID         `json:"ticket" db:"ticket"`
	Kind     string     `json:"kind" db:"kind" enum:"reply,note"`
	State    DraftState `json:"state" db:"state" enum:"draft,leaving,held"`
	SavedAt  time.Time  `json:"saved_at" db:"saved_at"`
	LeavesAt time.Time  `json:"leaves_at,omitzero" db:"leaves_at"`
	Trouble  string     `json:"trouble,omitempty" db:"trouble"`
	Code     string     `json:"trouble_code,omitempty" db:"code"`
}

// Drafts lists what somebody is writing, what was saved last first.
func (room *Room) Drafts(tx *store.Tx, who web.Who, after string, limit int) (page web.Page[Begun], err error) {
	from, err := parseCursor(after, cursor{math.MaxInt64, math.MaxInt64})
	if err != nil {
		return page, err
	}
	if page.Items, err = draftsOf(tx, who.Staff, from, limit+1); err != nil || len(page.Items) <= limit {
		return page, err
	}
	page.Items = page.Items[:limit]
	last := page.Items[limit-1]
	page.Next = cursor{last.SavedAt.UnixMicro(), int64(last.Ticket)}.String()
	return page, nil
}

// Keep saves what somebody is writing on a ticket, in place of what was there.
func (room *Room) Keep(ctx context.Context, who web.Who, ticket ID, d Draft) (Draft, error) {
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
	if d.Files, err = room.known(ctx, d.Files, was.Files); err != nil {
		return d, err
	}
	d.Ticket = ticket
	d.write()
	return d, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if _, err := room.mine(tx, who, ticket); err != nil {
			return err
		}
		was, there, err := draft(tx, who.Staff, ticket)
		if err == nil && there && was.State == Leaving {
			err = fault.New(fault.Conflict, "draft.leaving", "This is about to leave; take it back before you change it.")
		}
		if err != nil {
			return err
		}
		d.SavedAt = tx.Now()
		return saveDraft(tx, who.Staff, d)
	})
}

// Discard throws away what somebody was writing on a ticket, also when it was about to leave.
func (room *Room) Discard(ctx context.Context, who web.Who, ticket ID) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		_, there, err := draft(tx, who.Staff, ticket)
		if err != nil {
			return err
		}
		if !there {
			_, err := room.mine(tx, who, ticket)
			return err
		}
		if err := dropDraft(tx, who.Staff, ticket); err != nil {
			return err
		}
		_, err = room.due.Cancel(tx, leavingWork, leavingKey(who.Staff, ticket))
		return err
	})
}

// Send lets a draft leave in some seconds or at a moment. What would stop it now is said now.
func (room *Room) Send(ctx context.Context, who web.Who, ticket ID, s Sending) (d Draft, err error) {
	if err := s.check(); err != nil {
		return d, err
	}
	return d, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		t, err := room.mine(tx, who, ticket)
		if err != nil {
			return err
		}
		at, err := s.moment(tx.Now())
		if err != nil {
			return err
		}
		var there bool
		if d, there, err = draft(tx, who.Staff, ticket); err != nil {
			return err
		}
		if !there {
			return fault.New(fault.NotFound, "draft.none", "There is nothing to send: you have no draft on this ticket.")
		}
		if err := room.ready(tx, t, d); err != nil {
			return err
		}
		d.State, d.LeavesAt, d.Then, d.Trouble, d.Code = Leaving, at, s.Then, "", ""
		if err := saveDraft(tx, who.Staff, d); err != nil {
			return err
		}
		return room.due.Put(tx, leavingWork, leavingKey(who.Staff, ticket), at, leaving{ticket, staff.ID(who.Staff), who.Actor.Via})
	})
}

// ready says what would stop a draft if it left now.
func (room *Room) ready(tx *store.Tx, t Ticket, d Draft) error {
	if d.Kind == asNote {
		n := d.memo()
		return n.words()
	}
	r := d.reply()
	if err := r.words(); err != nil {
		return err
	}
	if _, err := t.answer(tx.Now()); err != nil {
		return err
	}
	_, err := room.compose(tx, t, r)
	return err
}

// TakeBack keeps a draft here that was about to leave.
func (room *Room) TakeBack(ctx context.Context, who web.Who, ticket ID) (d Draft, err error) {
	return d, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		var there bool
		if d, there, err = draft(tx, who.Staff, ticket); err != nil {
			return err
		}
		if !there {
			if _, err := room.mine(tx, who, ticket); err != nil {
				return err
			}
			return fault.New(fault.Conflict, "draft.left", "It has left already, so it can't be taken back.")
		}
		if d.State != Leaving {
			return nil
		}
		d.write()
		if err := saveDraft(tx, who.Staff, d); err != nil {
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
	Ticket ID       `json:"ticket"`
	Staff  staff.ID `json:"staff"`
	Via    string   `json:"via"` // by which door it was sent
}

func leavingKey(member int64, ticket ID) string {
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
	return room.db.Write(ctx, by, func(tx *store.Tx) error {
		t, err := load(tx, l.Ticket)
		if err != nil {
			return err
		}
		d, there, err := draft(tx, int64(l.Staff), l.Ticket)
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
		if !who.May(web.Act) || !room.Sees(who, t) {
			return fault.New(fault.Denied, "draft.denied", "You may not write on this ticket any more, so this did not leave.")
		}
		if t, err = room.utter(tx, who, t, d); err != nil {
			return err
		}
		if s, why := d.onward(t); s != "" {
			if err := room.move(tx, &t, s, "", why); err != nil {
				return err
			}
		}
		return dropDraft(tx, int64(l.Staff), l.Ticket)
	})
}

// utter makes a draft the answer or the note it was to be.
func (room *Room) utter(tx *store.Tx, who web.Who, t Ticket, d Draft) (Ticket, error) {
	if d.Kind == asNote {
		n := d.memo()
		if err := n.words(); err != nil {
			return t, err
		}
		_, t, err := room.jot(tx, who, t, n)
		return t, err
	}
	r := d.reply()
	if err := r.words(); err != nil {
		return t, err
	}
	_, t, err := room.reply(tx, who, t, r)
	return t, err
}

// hold keeps a draft here that was to leave and could not, and tells its author.
func (room *Room) hold(ctx context.Context, l leaving, why *fault.Fault) error {
	return room.db.Write(ctx, store.System(leavingWork), func(tx *store.Tx) error {
		d, there, err := draft(tx, int64(l.Staff), l.Ticket)
		if err != nil || !there || d.State != Leaving || d.LeavesAt.After(tx.Now()) {
			return err
		}
		d.write()
		d.State, d.Trouble, d.Code = Stopped, why.Say, why.Code
		if err := saveDraft(tx, int64(l.Staff), d); err != nil {
			return err
		}
		return tx.Record(l.Ticket, Held{l.Ticket, l.Staff})
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
