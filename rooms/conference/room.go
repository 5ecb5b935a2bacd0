package conference

import (
	"context"
	"embed"
	"errors"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this room.
var Tables = store.Migrations{Room: "conference", FS: migrations}

// Words are what the machine says here.
//
//go:embed words.*.json
var Words embed.FS

// House is what the room stands on.
type House struct {
	Words   *words.Book
	DB      *store.DB
	Due     *due.Queue
	Files   files.Store
	Staff   *staff.Room
	Hours   *hours.Room
	People  *people.Room
	Tickets *tickets.Room
}

// Room is the door to the parts of tickets.
type Room struct {
	words    *words.Book
	db       *store.DB
	due      *due.Queue
	files    files.Store
	staff    *staff.Room
	hours    *hours.Room
	people   *people.Room
	tickets  *tickets.Room
	follower *store.Follower
	index    *store.Follower
}

// New furnishes the room; what is missing of the house is not needed when only the OpenAPI document is wanted.
func New(h House) *Room {
	room := &Room{h.Words, h.DB, h.Due, h.Files, h.Staff, h.Hours, h.People, h.Tickets, store.NewFollower("conference"), nil}
	room.index = room.searchable()
	room.follow(room.follower)
	if h.Due != nil {
		h.Due.HandleTx(chasing, due.Policy{}, room.tick)
	}
	return room
}

// Followers keep parts where their tickets are, and what is said in them findable.
func (room *Room) Followers() []*store.Follower { return []*store.Follower{room.follower, room.index} }

// Audience says who may see an entry of the journal of this room: whoever may see the ticket. Somebody who was invited and
// may not see it hears of their part by reading it.
func (room *Room) Audience(tx *store.Tx, e store.Entry) (web.Audience, error) {
	return room.tickets.Audience(tx, e)
}

// seat is how somebody stands to a part: as one of those who see the ticket, as one who was invited, or both.
type seat struct {
	host  bool
	guest Person
}

func (s seat) invited() bool { return s.guest.ID != 0 }

// seat finds out where somebody sits; to whoever has no seat the part does not exist.
func (room *Room) seat(tx *store.Tx, who web.Who, p Part) (s seat, err error) {
	seen, err := room.tickets.Seen(tx, who, []tickets.ID{p.Ticket})
	if s = seatOf(who, p, seen); err == nil && !s.host && !s.invited() {
		err = unknown(p.ID)
	}
	return s, err
}

// seatOf is the seat of somebody who may see some tickets.
func seatOf(who web.Who, p Part, seen []tickets.ID) (s seat) {
	if sits(who) {
		s.guest, _ = p.person("", staff.ID(who.Staff))
	}
	s.host = slices.Contains(seen, p.Ticket)
	return s
}

// sits says whether an invitation counts for whoever asks: it is the person's, so a token or a phone that may only capture does
// not read by it.
func sits(who web.Who) bool {
	return who.Staff != 0 && who.Actor.Kind == store.StaffKind && who.Actor.Via != staff.PhoneVia
}

// hosted loads a part for somebody who may see its ticket and act on it.
func (room *Room) hosted(tx *store.Tx, who web.Who, part ID) (Part, error) {
	p, err := load(tx, part)
	if err != nil {
		return p, err
	}
	s, err := room.seat(tx, who, p)
	if err == nil && (!s.host || !who.May(web.Act)) {
		err = fault.New(fault.Denied, "part.guest", "You were invited to this part; those who see the ticket look after it.")
	}
	return p, err
}

// Guest is somebody to be invited: a member of staff, or an address outside.
type Guest struct {
	Name  string   `json:"name,omitempty" maxLength:"200"`
	Email string   `json:"email,omitempty" maxLength:"320"`
	Staff staff.ID `json:"staff,omitempty"`
}

// Inviting is a part as it is made.
type Inviting struct {
	Title    string  `json:"title" maxLength:"500"`
	Kind     Kind    `json:"kind" doc:"colleague, supplier or other"`
	People   []Guest `json:"people" minItems:"1" maxItems:"20"`
	KnownAs  string  `json:"known_as,omitempty" maxLength:"500" doc:"for whom the customer may read that we wait; when empty and it is on hold, they read only that it is a supplier, another team or somebody else"`
	Hold     bool    `json:"hold,omitempty" doc:"the ticket is on hold until they answer"`
	Machine  bool    `json:"machine,omitempty" doc:"a short machine text reminds them by itself, up to three times"`
	Language string  `json:"language,omitempty" doc:"of that text: en or de; en when absent"`
	Writing
}

// Writing is what one of us says to those in a part.
type Writing struct {
	Text     string               `json:"text,omitempty" maxLength:"200000"`
	Share    []Sharing            `json:"share,omitempty" maxItems:"20" doc:"what of the ticket goes along"`
	Files    []tickets.FileID     `json:"files,omitempty" maxItems:"30" doc:"attachments of the ticket that go along; those of notes never do"`
	Uploads  []tickets.Attachment `json:"attachments,omitempty" maxItems:"30" doc:"files uploaded before with POST /messages/files"`
	NoAnswer bool                 `json:"no_answer,omitempty" doc:"nothing is asked, so nobody waits"`
	ChaseAt  *time.Time           `json:"chase_at,omitempty" doc:"when they are to be reminded, unless they answer; after the working time the company chose when absent"`
	Hold     *bool                `json:"on_hold,omitempty" doc:"put the ticket on hold until they answer"`
}

// Sharing is what of a message of the ticket goes along.
type Sharing struct {
	Message tickets.MessageID `json:"message"`
	Text    *string           `json:"text,omitempty" maxLength:"200000" doc:"what of it, where not all; as it was shown"`
	Named   bool              `json:"named,omitempty" doc:"say whose words they are"`
}

// Invite brings people into a case, in a part of their own, and writes them the first words.
func (room *Room) Invite(ctx context.Context, who web.Who, ticket tickets.ID, in Inviting) (p Part, err error) {
	uploads, err := room.uploaded(ctx, in.Uploads)
	if err != nil {
		return p, err
	}
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		t, err := room.ticket(tx, who, ticket)
		if err != nil {
			return err
		}
		if p, err = room.opened(tx, who, t, in); err != nil {
			return err
		}
		if in.Hold {
			in.Writing.Hold = &in.Hold
		}
		m, err := room.composed(tx, who, &p, in.Writing, uploads)
		if err != nil {
			return err
		}
		if err := errors.Join(insert(tx, &p), room.wake(tx, p)); err != nil {
			return err
		}
		if err := tx.Record(p.Ticket, Invited{p.ID, p.Ticket, p.Kind, p.AskedBy, m.ID}); err != nil {
			return err
		}
		return errors.Join(room.leave(tx, p, &m, !in.NoAnswer), room.present(tx, who, &p))
	})
}

// ticket is one that somebody may see, and in which people can still be asked.
func (room *Room) ticket(tx *store.Tx, who web.Who, ticket tickets.ID) (tickets.Ticket, error) {
	t, err := room.tickets.Look(tx, ticket)
	if err == nil && !room.tickets.Sees(who, t) {
		err = fault.New(fault.NotFound, "ticket.unknown", "There is no ticket %s, or it isn't yours to see.", ticket)
	}
	if err == nil && (t.Ended == tickets.Spam || t.Ended == tickets.Merged) {
		err = fault.New(fault.Conflict, "part.ended", "This ticket is spam or was merged into another one, so nobody can be asked in it.")
	}
	return t, err
}

// opened proves a part that is to be made, and enters its people.
func (room *Room) opened(tx *store.Tx, who web.Who, t tickets.Ticket, in Inviting) (p Part, err error) {
	p = Part{
		ID: store.NewID[partKind](tx), Ticket: t.ID, Mailbox: t.Mailbox, Kind: in.Kind, State: Open, AskedBy: staff.ID(who.Staff), AskedAt: tx.Now(),
		Machine: in.Machine, Language: in.Language,
	}
	if err := p.rename(in.Title); err != nil {
		return p, err
	}
	if err := p.call(in.KnownAs); err != nil {
		return p, err
	}
	if err := p.sorted(); err != nil {
		return p, err
	}
	before, err := of(tx, t.ID)
	if err != nil {
		return p, err
	}
	if len(before) >= mostParts {
		return p, fault.New(fault.Conflict, "part.many", "This ticket has %d parts, and that is as many as one can follow.", mostParts)
	}
	if p.Number, err = nextNumber(tx); err != nil {
		return p, err
	}
	if len(in.People) == 0 {
		return p, fault.Field("people", "part.nobody", "Say whom to ask.")
	}
	for _, g := range in.People {
		if _, err := room.seated(tx, who, &p, t, g); err != nil {
			return p, err
		}
	}
	return p, nil
}

// seated proves somebody who is to be invited, and enters them.
func (room *Room) seated(tx *store.Tx, who web.Who, p *Part, t tickets.Ticket, g Guest) (o Person, err error) {
	o = Person{ID: store.NewID[personKind](tx), Part: p.ID, InvitedBy: staff.ID(who.Staff), InvitedAt: tx.Now()}
	if g.Staff != 0 || g.Email == "" {
		if err := room.colleague(tx, &o, g.Staff); err != nil {
			return o, err
		}
	} else if err := room.outside(tx, &o, t, g); err != nil {
		return o, err
	}
	if _, there := p.person(o.Email, o.Staff); there {
		return o, fault.Field("people", "part.twice", "%s is in this part already.", o.Email)
	}
	if len(p.People) >= mostPeople {
		return o, fault.Field("people", "part.crowd", "A part has at most %d people.", mostPeople)
	}
	if err := addPerson(tx, o); err != nil {
		return o, err
	}
	p.People = append(p.People, o)
	return o, nil
}

// colleague is a member of staff who is invited.
func (room *Room) colleague(tx *store.Tx, o *Person, member staff.ID) error {
	m, err := room.staff.Load(tx, member)
	if fault.KindOf(err) == fault.NotFound {
		return fault.Field("people", "part.staff", "There is no such member of staff.")
	}
	if err != nil {
		return err
	}
	if m.Disabled {
		return fault.Field("people", "part.disabled", "%s does not work here any more.", m.Name)
	}
	o.Staff, o.Name = m.ID, m.Name
	o.Email, err = people.PlainEmail(m.Email)
	return err
}

// outside is somebody who is invited by their address. The customer has the ticket's own thread, and never a part.
func (room *Room) outside(tx *store.Tx, o *Person, t tickets.Ticket, g Guest) (err error) {
	if o.Email, err = people.PlainEmail(g.Email); err != nil {
		return fault.Field("people", "email.malformed", "%q is not a mail address.", g.Email)
	}
	o.Name = name(g.Name)
	if m, ok, err := room.staff.ByEmail(tx, o.Email); err != nil {
		return err
	} else if ok && !m.Disabled {
		o.Staff, o.Name = m.ID, m.Name
	}
	reach, err := room.people.Addresses(tx, t.Customer)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(reach, func(a people.Address) bool { return a.Value == o.Email }) {
		return fault.Field("people", "part.customer", "%s is the customer of this ticket: write to them in the ticket itself.", o.Email)
	}
	return nil
}

// Bring invites somebody else to a part. By mail they get what is written from now on; a colleague reads all of it here.
func (room *Room) Bring(ctx context.Context, who web.Who, part ID, g Guest) (p Part, err error) {
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if p, err = room.hosted(tx, who, part); err != nil {
			return err
		}
		t, err := room.ticket(tx, who, p.Ticket)
		if err != nil {
			return err
		}
		o, err := room.seated(tx, who, &p, t, g)
		if err != nil {
			return err
		}
		return errors.Join(save(tx, &p), tx.Record(p.Ticket, Brought{p.ID, p.Ticket, o.ID, false}), room.present(tx, who, &p))
	})
}

// Release ends an invitation: who had it gets and sees nothing more of the part.
func (room *Room) Release(ctx context.Context, who web.Who, part ID, person PersonID) (p Part, err error) {
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if p, err = room.hosted(tx, who, part); err != nil {
			return err
		}
		i := slices.IndexFunc(p.People, func(o Person) bool { return o.ID == person })
		if i < 0 {
			return fault.New(fault.NotFound, "part.person", "There is nobody %s in this part.", person)
		}
		if len(p.People) == 1 {
			return fault.New(fault.Conflict, "part.last", "A part without anybody is none; say that it is done instead.")
		}
		p.People = slices.Delete(p.People, i, i+1)
		return errors.Join(dropPerson(tx, person), save(tx, &p), tx.Record(p.Ticket, Brought{p.ID, p.Ticket, person, true}), room.present(tx, who, &p))
	})
}

// Done says that nothing is left to be said in a part.
func (room *Room) Done(ctx context.Context, who web.Who, part ID) (p Part, err error) {
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if p, err = room.hosted(tx, who, part); err != nil {
			return err
		}
		held := p.Holds
		if err := p.end(tx.Now()); err != nil {
			return err
		}
		if err := errors.Join(save(tx, &p), room.wake(tx, p), tx.Record(p.Ticket, Ended{p.ID, p.Ticket, false})); err != nil {
			return err
		}
		return errors.Join(room.lift(tx, p, held), room.present(tx, who, &p))
	})
}

// Change is a correction of a part; nil leaves a fact as it is.
type Change struct {
	Title   *string    `json:"title,omitempty" maxLength:"500"`
	KnownAs *string    `json:"known_as,omitempty" maxLength:"500"`
	ChaseAt *time.Time `json:"chase_at,omitempty" doc:"when they are to be reminded next"`
	Machine *bool      `json:"machine,omitempty"`
}

// Change corrects facts of a part.
func (room *Room) Change(ctx context.Context, who web.Who, part ID, ch Change) (p Part, err error) {
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if p, err = room.hosted(tx, who, part); err != nil {
			return err
		}
		parts, err := p.change(ch, tx.Now())
		if err != nil {
			return err
		}
		if len(parts) > 0 {
			err = errors.Join(save(tx, &p), room.wake(tx, p), tx.Record(p.Ticket, Changed{p.ID, p.Ticket, parts}))
		}
		return errors.Join(err, room.present(tx, who, &p))
	})
}

// change applies a change and names what is different now.
func (p *Part) change(ch Change, now time.Time) (parts []string, err error) {
	was := *p
	if ch.Title != nil {
		if err := p.rename(*ch.Title); err != nil {
			return nil, err
		}
	}
	if ch.KnownAs != nil {
		if err := p.call(*ch.KnownAs); err != nil {
			return nil, err
		}
	}
	if ch.ChaseAt != nil {
		if !p.waits() {
			return nil, fault.New(fault.Conflict, "part.not_waiting", "We wait for nobody in this part, so there is nobody to remind.")
		}
		if err := ahead(*ch.ChaseAt, now); err != nil {
			return nil, err
		}
		p.ChaseAt, p.ChaseDue = ch.ChaseAt.UTC().Truncate(time.Microsecond), false
	}
	if ch.Machine != nil {
		p.Machine = *ch.Machine
	}
	for _, d := range []struct {
		name      string
		different bool
	}{
		{"title", was.Title != p.Title},
		{"known_as", was.KnownAs != p.KnownAs},
		{"chase_at", !was.ChaseAt.Equal(p.ChaseAt) || was.ChaseDue != p.ChaseDue},
		{"machine", was.Machine != p.Machine},
	} {
		if d.different {
			parts = append(parts, d.name)
		}
	}
	return parts, nil
}

// lift takes the ticket off hold when the last part that held it waits no more; held says that this one did.
func (room *Room) lift(tx *store.Tx, p Part, held bool) error {
	if !held {
		return nil
	}
	all, err := of(tx, p.Ticket)
	if err != nil || slices.ContainsFunc(all, func(o Part) bool { return o.ID != p.ID && o.Holds }) {
		return err
	}
	return room.tickets.Unhold(tx, p.Ticket)
}
