package recovery

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/failures"
	"github.com/hearthdesk/hearth/rooms/recovery/followup"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this room; those of the ledger are its own. From the start every role may give something.
var Tables = store.Migrations{Room: "recovery", FS: migrations}

// Room is the door to complaints, remedies and what each may give.
type Room struct {
	db       *store.DB
	due      *due.Queue
	staff    *staff.Room
	hours    *hours.Room
	people   *people.Room
	tickets  *tickets.Room
	rules    authority.Rules
	speech   followup.Speech
	follower *store.Follower
}

const lateness = "complaints.late" // the moment by which a stage is to be left

// New furnishes the room; db and q may be nil when only the OpenAPI document is wanted.
func New(db *store.DB, q *due.Queue, s *staff.Room, h *hours.Room, p *people.Room, t *tickets.Room) *Room {
	room := &Room{db: db, due: q, staff: s, hours: h, people: p, tickets: t, rules: authority.Rules{Staff: s, Hours: h}, follower: store.NewFollower("recovery")}
	room.follow(room.follower)
	var err error
	if room.speech, err = followup.Learn(); err != nil {
		panic(err) //nolint:forbidigo // a slip of ours, found by the first test that furnishes the room
	}
	if q != nil {
		q.HandleTx(asking, due.Policy{}, room.machineAsks)
		q.HandleTx(lateness, due.Policy{}, room.late)
	}
	return room
}

// Followers open recoveries for failures that nobody complained about.
func (room *Room) Followers() []*store.Follower { return []*store.Follower{room.follower} }

// Audience says who may see an entry of the journal of this room: about a ticket whoever may see it, about a complaint
// without one its team and its owner, about money those who may read the ledger.
func (room *Room) Audience(tx *store.Tx, e store.Entry) (web.Audience, error) {
	noun, _, _ := strings.Cut(e.Kind, ".")
	switch noun {
	case "ledger":
		var in ledger.Entered
		if err := json.Unmarshal(e.Body, &in); err != nil || in.Ticket == 0 {
			return web.Audience{Needs: web.Money | web.Reports}, err
		}
		a, err := room.tickets.Audience(tx, store.Entry{Subject: in.Ticket.String()})
		a.Needs |= web.Money
		return a, err
	case "authority":
		return web.Audience{Needs: web.Approve}, nil
	}
	var c ID
	if c.UnmarshalText([]byte(e.Subject)) != nil {
		return room.tickets.Audience(tx, e)
	}
	found, ok, err := one(tx, c)
	if err != nil || !ok {
		return web.Audience{Needs: web.Reports}, err
	}
	return web.Audience{Needs: web.Capture, Team: int64(found.Team), Staff: int64(found.Owner)}, nil
}

func (c Complaint) subject() fmt.Stringer {
	if c.Ticket != 0 {
		return c.Ticket
	}
	return c.ID
}

// ticket reads one that who may see; to everybody else it does not exist.
func (room *Room) ticket(tx *store.Tx, who web.Who, which tickets.ID) (t tickets.Ticket, err error) {
	all, err := room.tickets.Some(tx, []tickets.ID{which})
	if err == nil && (len(all) == 0 || !room.tickets.Sees(who, all[0])) {
		err = fault.New(fault.NotFound, "ticket.unknown", "There is no ticket %s.", which)
	}
	if err != nil {
		return t, err
	}
	return all[0], nil
}

// sees says whether who may see a complaint: it is theirs, or they may see its ticket, or its team's complaints.
func (room *Room) sees(tx *store.Tx, who web.Who, c Complaint) (bool, error) {
	if c.sees(who) || c.Ticket == 0 {
		return c.sees(who), nil
	}
	seen, err := room.tickets.Seen(tx, who, []tickets.ID{c.Ticket})
	return len(seen) > 0, err
}

func (room *Room) seesMatter(tx *store.Tx, who web.Who, complaint ID, ticket tickets.ID) (bool, error) {
	if complaint != 0 {
		c, ok, err := one(tx, complaint)
		if err != nil || !ok {
			return false, err
		}
		return room.sees(tx, who, c)
	}
	seen, err := room.tickets.Seen(tx, who, []tickets.ID{ticket})
	return len(seen) > 0, err
}

// mine loads a complaint for somebody who may see it; to everybody else it does not exist. In a Write it stays as it is.
func (room *Room) mine(tx *store.Tx, who web.Who, which ID) (Complaint, error) {
	c, ok, err := load(tx, which)
	if err == nil && ok {
		ok, err = room.sees(tx, who, c)
	}
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "complaint.unknown", "There is no complaint %s.", which)
	}
	return c, err
}

func (room *Room) timetable(tx *store.Tx) (*hours.Timetable, error) {
	c, err := room.hours.Default(tx)
	if err != nil {
		return nil, err
	}
	return c.Timetable()
}

// Story is a complaint as it is captured.
type Story struct {
	What     string `json:"what" maxLength:"10000" doc:"what happened, in their words"`
	Severity int    `json:"severity,omitempty" minimum:"1" maximum:"3" doc:"1 slight (the usual one), 2 serious, 3 grave"`
	Kind     string `json:"kind,omitempty" maxLength:"40"`
	Wish     string `json:"wanted,omitempty" maxLength:"10000" doc:"what they would like"`
	WishNone bool   `json:"would_not_say,omitempty" doc:"they were asked and would not say"`
}

func (s Story) complaint(who web.Who) Complaint {
	if s.Severity == 0 {
		s.Severity = 1
	}
	return Complaint{
		What: s.What, Severity: s.Severity, Kind: s.Kind, Wish: s.Wish, WishNone: s.WishNone,
		Origin: Heard, Owner: staff.ID(who.Staff), RaisedBy: staff.ID(who.Staff),
	}
}

// Capture enters what went wrong on a ticket. Whoever does so owns it. A recovery that a failure opened, and that nobody
// took, becomes theirs.
func (room *Room) Capture(ctx context.Context, who web.Who, ticket tickets.ID, s Story) (c Complaint, err error) {
	return c, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		t, err := room.ticket(tx, who, ticket)
		if err != nil {
			return err
		}
		c, err = room.captured(tx, who, t, s)
		return err
	})
}

// captured is Capture inside a transaction.
func (room *Room) captured(tx *store.Tx, who web.Who, t tickets.Ticket, s Story) (Complaint, error) {
	c := s.complaint(who)
	c.Ticket, c.Customer, c.Team = t.ID, t.Customer, t.Team
	added, err := room.open(tx, &c, t.Channel)
	if err != nil || added {
		return c, err
	}
	which, err := openOn(tx, t.ID)
	if err != nil {
		return c, err
	}
	was, ok, err := load(tx, which)
	if err == nil && (!ok || was.Owner != 0 || was.Origin == Heard) {
		err = fault.New(fault.Conflict, "complaint.there", "There is a complaint on this ticket already (%s); go on there.", which)
	}
	if err != nil {
		return c, err
	}
	return c, room.adopt(tx, was, &c)
}

// adopt makes a recovery that nobody owned the complaint that somebody heard.
func (room *Room) adopt(tx *store.Tx, was Complaint, c *Complaint) error {
	sorted := Sorted{Complaint: was.ID, Ticket: was.Ticket, WasSort: was.Kind, WasSeverity: was.Severity}
	was.What, was.Owner, was.RaisedBy, was.Kind = c.What, c.Owner, c.RaisedBy, c.Kind
	was.Severity = max(was.Severity, c.Severity)
	if c.Asked() {
		was.Wish, was.WishNone = c.Wish, c.WishNone
	}
	err := room.reclock(tx, &was)
	if err == nil && was.OfferedTo != 0 { // its new owner asked nobody
		err = room.answerHandover(tx, &was, "taken_back", "", true)
	}
	sorted.Sort, sorted.Severity, sorted.Due = was.Kind, was.Severity, was.DueAt
	err = errors.Join(err, save(tx, was), own(tx, was), tx.Record(was.subject(), Accepted{was.ID, was.Ticket, 0, was.Owner, 0}), tx.Record(was.subject(), sorted))
	if err == nil && c.Asked() {
		err = tx.Record(was.subject(), Wished{was.ID, was.Ticket, was.WishNone})
	}
	*c = was
	c.Version++
	return err
}

// open enters a complaint and starts its first stage; false when its ticket has an open one.
func (room *Room) open(tx *store.Tx, c *Complaint, channel string) (bool, error) {
	k, err := stages.Named(tx, c.Kind)
	if err != nil {
		return false, err
	}
	if err := c.tidy(); err != nil {
		return false, err
	}
	c.ID, c.Kind, c.Stage, c.Place, c.RaisedAt, c.Version = stages.NewID(tx), k.Key, stages.Capture, 1, tx.Now(), 1
	if c.DueAt, err = room.by(tx, k, *c); err != nil {
		return false, err
	}
	added, err := insert(tx, *c)
	if err != nil || !added {
		return false, err
	}
	err = errors.Join(enterStage(tx, *c), tx.Record(c.subject(), Raised{c.ID, c.Ticket, c.Customer, c.Kind, c.Severity, c.Internal, c.Origin, channel, c.Owner, c.DueAt}))
	if err == nil && c.Asked() {
		err = tx.Record(c.subject(), Wished{c.ID, c.Ticket, c.WishNone})
	}
	return true, errors.Join(err, room.watch(tx, *c))
}

// by is when a complaint's stage is to be left, from now; zero for whenever.
func (room *Room) by(tx *store.Tx, k Kind, c Complaint) (time.Time, error) {
	working := k.Allows(c.Stage, c.Severity)
	if working == 0 {
		return time.Time{}, nil
	}
	t, err := room.timetable(tx)
	if err != nil {
		return time.Time{}, err
	}
	from, err := entered(tx, c)
	if err != nil {
		return time.Time{}, err
	}
	return t.Add(from, working), nil
}

// watch has the complaint looked at when its stage is to be left.
func (room *Room) watch(tx *store.Tx, c Complaint) error {
	if c.Open() && !c.DueAt.IsZero() && c.LateAt.IsZero() {
		return room.due.Put(tx, lateness, c.ID.String(), c.DueAt, nil)
	}
	_, err := room.due.Cancel(tx, lateness, c.ID.String())
	return err
}

// late marks a stage that was not left in time.
func (room *Room) late(tx *store.Tx, j due.Job) error {
	var which ID
	if err := which.UnmarshalText([]byte(j.Key)); err != nil {
		return due.GiveUp(err)
	}
	c, ok, err := load(tx, which)
	if err != nil || !ok || !c.Open() || c.DueAt.IsZero() || !c.LateAt.IsZero() {
		return err
	}
	if c.DueAt.After(tx.Now()) { // it was given more time meanwhile
		return room.watch(tx, c)
	}
	c.LateAt = tx.Now()
	return errors.Join(save(tx, c), lateStage(tx, c), tx.Record(c.subject(), Late{c.ID, c.Ticket, c.Stage, c.Owner, c.DueAt}))
}

// Told is a complaint that did not come on a ticket: a colleague's, or one that somebody on the staff was told.
type Told struct {
	Story
	Internal bool         `json:"internal,omitempty" doc:"a colleague's; it needs no customer"`
	Team     staff.TeamID `json:"team,omitempty" doc:"whose it is to put right"`
	From     *struct {
		Name  string `json:"name,omitempty" maxLength:"200"`
		Email string `json:"email,omitempty" maxLength:"320"`
		Phone string `json:"phone,omitempty" maxLength:"40"`
	} `json:"from,omitempty" doc:"whose it is; it becomes a ticket of theirs"`
}

// Tell enters a complaint that somebody was told, wherever they stood. Of a customer it becomes a ticket.
func (room *Room) Tell(ctx context.Context, who web.Who, in Told) (c Complaint, err error) {
	by := Handed{Channel: "tell"}
	if f := in.From; f != nil {
		by.From = people.Sender{Name: f.Name, Email: f.Email, Phone: f.Phone}
	}
	return c, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		c, err = room.TellIn(tx, who, in, by)
		return err
	})
}

// Failure is something that went wrong and that nobody complained about.
type Failure struct {
	Ticket   tickets.ID
	Origin   Origin
	Kind     string // the general one when empty
	Severity int    // that of its origin when 0
}

// Raise opens a recovery for a failure, in the caller's transaction. A case that is open already is told of it instead;
// opened is false then, as it is where the company chose that such a failure opens none, and the complaint has no id. The
// ticket's assignee owns it; where there is none, nobody does until somebody takes it.
func (room *Room) Raise(tx *store.Tx, f Failure) (c Complaint, opened bool, err error) {
	how, err := failures.Of(tx, f.Origin)
	if err != nil || how.Off {
		return c, false, err
	}
	all, err := room.tickets.Some(tx, []tickets.ID{f.Ticket})
	if err != nil {
		return c, false, err
	}
	if len(all) == 0 {
		return c, false, fault.New(fault.NotFound, "ticket.unknown", "There is no ticket %s.", f.Ticket)
	}
	t := all[0]
	c = Complaint{Ticket: t.ID, Customer: t.Customer, Team: t.Team, Kind: f.Kind, Severity: cmp.Or(f.Severity, how.Severity), Origin: f.Origin, Owner: t.Assignee}
	if opened, err = room.open(tx, &c, t.Channel); err != nil || opened {
		return c, opened, err
	}
	which, err := openOn(tx, t.ID)
	if err != nil {
		return c, false, err
	}
	c, ok, err := load(tx, which)
	if err != nil || !ok {
		return c, false, err
	}
	return c, false, tx.Record(c.subject(), Joined{c.ID, c.Ticket, f.Origin})
}
