package tickets

import (
	"context"
	"embed"
	"maps"
	"slices"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets/tags"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this room.
var Tables = store.Migrations{Room: "tickets", FS: migrations}

// Room is the door to tickets.
type Room struct {
	db     *store.DB
	staff  *staff.Room
	people *people.Room
	words  *lexicon.Room
	files  files.Store
	beside []Beside
}

// New furnishes the room. Without a lexicon no answer is held against one; beside say where else a search found a ticket.
func New(db *store.DB, s *staff.Room, p *people.Room, l *lexicon.Room, f files.Store, beside ...Beside) *Room {
	return &Room{db, s, p, l, f, beside}
}

// Look shows one ticket, inside the caller's transaction, to whoever is allowed anything.
func (room *Room) Look(tx *store.Tx, ticket ID) (Ticket, error) { return load(tx, ticket) }

// Some shows those of the tickets that are there, without holding them and in no order; what somebody may see of them is
// for Sees to say.
func (room *Room) Some(tx *store.Tx, ids []ID) ([]Ticket, error) { return some(tx, ids) }

// Seen picks those of the tickets that who may see, in the order given.
func (room *Room) Seen(tx *store.Tx, who web.Who, ids []ID) ([]ID, error) {
	owners, err := ownersOf(tx, ids)
	return slices.DeleteFunc(slices.Clone(ids), func(t ID) bool {
		o, there := owners[t]
		return !there || !room.Sees(who, o)
	}), err
}

// Mine loads a ticket for somebody who may see it; to everybody else it does not exist.
func (room *Room) Mine(tx *store.Tx, who web.Who, ticket ID) (Ticket, error) {
	t, err := load(tx, ticket)
	if err == nil && !room.Sees(who, t) {
		return Ticket{}, unknown(ticket)
	}
	return t, err
}

// Sees says whether somebody may see a ticket: all of them, their teams', or their own.
func (room *Room) Sees(who web.Who, t Ticket) bool {
	return who.May(web.View) && (who.Sees(int64(t.Team)) || who.Staff != 0 && int64(t.Assignee) == who.Staff)
}

// Open enters a ticket by hand or by API.
func (room *Room) Open(ctx context.Context, who web.Who, in Inbound) (t Ticket, err error) {
	return t, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if err := room.checkFields(tx, in.Type, in.Fields); err != nil {
			return err
		}
		f, err := room.Receive(tx, in)
		if err != nil {
			return err
		}
		t = f.Ticket
		if who.Actor.Kind == store.StaffKind { // whoever wrote it down themselves knows what it says
			if err := saveRead(tx, who, t.ID, t.Version); err != nil {
				return err
			}
		}
		return room.dress(tx, who, &t)
	})
}

// Stand moves a ticket to where somebody says it stands.
func (room *Room) Stand(ctx context.Context, who web.Who, ticket ID, s Status, ended Ended) (t Ticket, err error) {
	return t, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if t, err = room.Mine(tx, who, ticket); err != nil {
			return err
		}
		if err := room.stands(tx, who, &t, s, ended); err != nil {
			return err
		}
		return room.dress(tx, who, &t)
	})
}

// stands is Stand inside a transaction; who says where a ticket stands has read it.
func (room *Room) stands(tx *store.Tx, who web.Who, t *Ticket, s Status, ended Ended) error {
	if err := room.Move(tx, t, s, ended, "by_hand"); err != nil {
		return err
	}
	return saveRead(tx, who, t.ID, t.reads(0))
}

// Confirm ends a ticket with the customer's own yes, inside the transaction of the channel that heard it.
func (room *Room) Confirm(tx *store.Tx, t Ticket) error {
	return room.Move(tx, &t, Closed, Content, "confirmed")
}

// Move brings a ticket to where it stands; why is what moves it.
func (room *Room) Move(tx *store.Tx, t *Ticket, s Status, ended Ended, why string) error {
	was, wasEnded := t.Status, t.Ended
	if err := t.stand(s, ended, tx.Now()); err != nil {
		return err
	}
	if was == t.Status && wasEnded == t.Ended {
		return nil
	}
	if err := save(tx, t); err != nil {
		return err
	}
	return tx.Record(t.ID, Stood{t.ID, was, t.Status, t.Ended, why})
}

// Assignment says whose a ticket becomes; nil leaves that part as it is, zero makes it nobody's.
type Assignment struct {
	Staff  *staff.ID     `json:"staff,omitempty"`
	Team   *staff.TeamID `json:"team,omitempty"`
	Reason string        `json:"reason,omitempty" maxLength:"2000"`
}

// Assign gives a ticket to somebody or a team.
func (room *Room) Assign(ctx context.Context, who web.Who, ticket ID, a Assignment) (t Ticket, err error) {
	return t, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if t, err = room.Mine(tx, who, ticket); err != nil {
			return err
		}
		if err := room.give(tx, &t, a); err != nil {
			return err
		}
		return room.dress(tx, who, &t)
	})
}

// give is Assign inside a transaction.
func (room *Room) give(tx *store.Tx, t *Ticket, a Assignment) (err error) {
	e := Assigned{Ticket: t.ID, WasStaff: t.Assignee, WasTeam: t.Team}
	if a.Staff != nil {
		if *a.Staff != 0 {
			if err := room.staff.MayBeAssigned(tx, *a.Staff); err != nil {
				return err
			}
		}
		t.Assignee = *a.Staff
	}
	if a.Team != nil {
		if *a.Team != 0 {
			if _, err := room.staff.Team(tx, *a.Team); err != nil {
				return err
			}
		}
		t.Team = *a.Team
	}
	if e.WasStaff == t.Assignee && e.WasTeam == t.Team {
		return nil
	}
	if e.Reason, err = addReason(tx, t.ID, a.Reason); err != nil {
		return err
	}
	e.Staff, e.Team = t.Assignee, t.Team
	if err := save(tx, t); err != nil {
		return err
	}
	return tx.Record(t.ID, e)
}

// Change is a correction of a ticket; nil leaves a part as it is.
type Change struct {
	Subject  *string        `json:"subject,omitempty" minLength:"1" maxLength:"250"`
	Priority *Priority      `json:"priority,omitempty" enum:"low,normal,high,urgent"`
	Type     *string        `json:"type,omitempty" maxLength:"60"`
	Product  *string        `json:"product,omitempty" maxLength:"120"`
	Facts    *Matter        `json:"facts_first,omitempty" enum:"safety,health,legal,contract,none" doc:"none takes it back"`
	Tags     *[]string      `json:"tags,omitempty" maxItems:"50"`
	Fields   map[string]any `json:"fields,omitempty"`
}

// Change corrects parts of a ticket.
func (room *Room) Change(ctx context.Context, who web.Who, ticket ID, ch Change) (t Ticket, err error) {
	return t, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if t, err = room.Mine(tx, who, ticket); err != nil {
			return err
		}
		if err := room.correct(tx, &t, ch); err != nil {
			return err
		}
		return room.dress(tx, who, &t)
	})
}

// correct is Change inside a transaction.
func (room *Room) correct(tx *store.Tx, t *Ticket, ch Change) error {
	was := *t
	t.Fields = maps.Clone(t.Fields)
	e, err := t.change(ch)
	if err != nil {
		return err
	}
	if err := room.checkFields(tx, t.Type, ch.Fields); err != nil {
		return err
	}
	if err := room.retag(tx, was, *t); err != nil {
		return err
	}
	if len(e.Parts) == 0 && slices.Equal(was.Tags, t.Tags) && was.Facts == t.Facts {
		return nil
	}
	if err := save(tx, t); err != nil {
		return err
	}
	if was.Facts != t.Facts {
		if err := tx.Record(t.ID, Marked{t.ID, t.Facts, was.Facts}); err != nil {
			return err
		}
	}
	if len(e.Parts) > 0 {
		return tx.Record(t.ID, e)
	}
	return nil
}

func (t *Ticket) change(ch Change) (e Changed, err error) {
	e.Ticket = t.ID
	set := func(part string, into *string, v *string) {
		if v != nil && *into != *v {
			*into = Clean(*v)
			e.Parts = append(e.Parts, part)
		}
	}
	set("subject", &t.Subject, ch.Subject)
	set("type", &t.Type, ch.Type)
	set("product", &t.Product, ch.Product)
	if ch.Type != nil {
		e.Type = t.Type
	}
	if ch.Priority != nil && *ch.Priority != t.Priority {
		e.WasPriority, e.Priority = t.Priority, *ch.Priority
		t.Priority = *ch.Priority
		e.Parts = append(e.Parts, "priority")
	}
	if err := t.put(ch.Facts); err != nil {
		return e, err
	}
	if ch.Tags != nil {
		if t.Tags, err = tags.Clean(*ch.Tags); err != nil {
			return e, err
		}
	}
	for k, v := range ch.Fields {
		if v == nil {
			delete(t.Fields, k)
		} else {
			t.Fields[k] = v
		}
	}
	if len(ch.Fields) > 0 {
		e.Parts = append(e.Parts, "fields")
	}
	return e, nil
}

// put makes a ticket one in which facts come first, or takes that back.
func (t *Ticket) put(m *Matter) error {
	if m == nil {
		return nil
	}
	now := *m
	if now == "none" {
		now = ""
	}
	t.Facts = now
	return now.check()
}

func (room *Room) retag(tx *store.Tx, was, t Ticket) error {
	e := Tagged{Ticket: t.ID}
	if e.Added, e.Removed = tags.Changed(was.Tags, t.Tags); len(e.Added)+len(e.Removed) == 0 {
		return nil
	}
	if err := tags.Replace(tx, int64(t.ID), string(t.Status), t.UpdatedAt, t.Tags); err != nil {
		return err
	}
	return tx.Record(t.ID, e)
}

// dress is present for one.
func (room *Room) dress(tx *store.Tx, who web.Who, t *Ticket) error {
	one := []Ticket{*t}
	err := room.present(tx, who, one)
	*t = one[0]
	return err
}

// uploaded turns uploads into files that go along, and refuses what was never uploaded.
func (room *Room) uploaded(ctx context.Context, named []Attachment) ([]File, error) {
	all := []File{}
	named, err := room.Uploads(ctx, named, nil)
	for _, a := range named {
		all = append(all, a.File())
	}
	return all, err
}

// Uploads looks at uploads that were named, but for those looked at before, and refuses what was never uploaded.
func (room *Room) Uploads(ctx context.Context, named, before []Attachment) ([]Attachment, error) {
	all := []Attachment{}
	for _, a := range named {
		a.Name = text.CleanName(a.Name)
		if i := slices.IndexFunc(before, func(b Attachment) bool { return a.SHA256 == b.SHA256 }); i >= 0 {
			a.Size, a.Type = before[i].Size, before[i].Type
		} else {
			var err error
			if a.Size, a.Type, err = room.look(ctx, a.SHA256); err != nil {
				return nil, err
			}
		}
		all = append(all, a)
	}
	return all, nil
}

// look says how large an upload is and what it is; one that was never uploaded is refused.
func (room *Room) look(ctx context.Context, sha string) (size int64, kind string, err error) {
	size, kind, err = files.Look(ctx, room.files, sha)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.NotFound, "upload.unknown", "There is no upload %s; upload the file first.", sha)
	}
	return size, kind, err
}
