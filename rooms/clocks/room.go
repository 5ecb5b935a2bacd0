package clocks

import (
	"embed"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this room. One policy is there from the start: an answer within 8 working hours, the next within 8,
// solved within 40, for every ticket.
var Tables = store.Migrations{Room: "clocks", FS: migrations}

// Room is the door to policies and clocks.
type Room struct {
	db       *store.DB
	due      *due.Queue
	hours    *hours.Room
	tickets  *tickets.Room
	follower *store.Follower
	current  atomic.Pointer[book]
}

const (
	ticking  = "clocks.tick"   // the next moment at which the clocks of one ticket have something to tell
	retiming = "clocks.retime" // policies or calendars changed
)

// New furnishes the room; db and q may be nil when only the OpenAPI document is wanted.
func New(db *store.DB, q *due.Queue, h *hours.Room, t *tickets.Room) *Room {
	room := &Room{db: db, due: q, hours: h, tickets: t, follower: store.NewFollower("clocks")}
	room.follow(room.follower)
	if q != nil {
		q.HandleTx(ticking, due.Policy{}, room.tick)
		q.HandleTx(retiming, due.Policy{}, room.retime)
	}
	return room
}

// Followers keep the clocks as what happens to tickets, policies and calendars wants it.
func (room *Room) Followers() []*store.Follower { return []*store.Follower{room.follower} }

// Audience says who may see an entry of the journal of this room: about clocks whoever may see their ticket, about
// policies whoever may see tickets.
func (room *Room) Audience(tx *store.Tx, e store.Entry) (web.Audience, error) {
	return room.tickets.Audience(tx, e)
}

// turn is the clocks of one ticket while something happens to them.
type turn struct {
	row    row
	watch  Watch
	before []Clock
	events []Event
}

// take loads the clocks of a ticket; nil when none were started.
func (room *Room) take(tx *store.Tx, ticket tickets.ID) (*turn, error) {
	r, ok, err := load(tx, ticket)
	if err != nil || !ok {
		return nil, err
	}
	b := room.current.Load()
	if b == nil || b.edition != r.Edition {
		if b, err = room.book(tx); err != nil {
			return nil, err
		}
	}
	terms, err := room.termsOf(tx, b, r)
	return taken(r, terms), err
}

// start starts the clocks of a ticket; nil when there is no such ticket.
func (room *Room) start(tx *store.Tx, b *book, ticket tickets.ID) (*turn, error) {
	all, err := room.tickets.Some(tx, []tickets.ID{ticket})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := all[0]
	o := &turn{row: row{Ticket: t.ID, Team: t.Team, Assignee: t.Assignee, fresh: true}, watch: Watch{Terms: b.choose(t)}}
	o.events = o.watch.Opened(t.CreatedAt)
	return o, nil
}

func taken(r row, terms Terms) *turn {
	o := &turn{row: r, watch: r.Watch.watch(terms)}
	o.before = slices.Clone(o.watch.Clocks)
	return o
}

// put keeps the clocks as they are now, says what became of them, and has them looked at when they next have something
// to tell. A row in due that waits for an earlier moment is left alone: it finds nothing to tell and waits on.
func (room *Room) put(tx *store.Tx, o *turn) error {
	w, r := &o.watch, &o.row
	if next := w.Next(); !next.IsZero() && (r.WakeAt.IsZero() || next.Before(r.WakeAt)) {
		r.WakeAt = next
		if err := room.due.Put(tx, ticking, r.Ticket.String(), next, nil); err != nil {
			return err
		}
	}
	if err := r.Policy.UnmarshalText([]byte(w.Terms.Policy.ID)); err != nil {
		return err
	}
	r.Watch, r.DueAt, r.Living = keep(w), w.late(), slices.ContainsFunc(w.Clocks, Clock.Live)
	return errors.Join(save(tx, *r), o.tell(tx))
}

// late is the first moment at which a clock that runs is late, in the past when it is; zero when none will be.
func (w *Watch) late() (first time.Time) {
	if c := w.urgent(); c != nil {
		first = c.Due
	}
	return first
}

// urgent is the running clock that is due first, nil when none is.
func (w *Watch) urgent() (first *Clock) {
	for i := range w.Clocks {
		c := &w.Clocks[i]
		if c.Live() && c.PausedSince().IsZero() && !c.Due.IsZero() && (first == nil || c.Due.Before(first.Due)) {
			first = c
		}
	}
	return first
}

// tick looks at the clocks of a ticket whose moment has come.
func (room *Room) tick(tx *store.Tx, j due.Job) error {
	var ticket tickets.ID
	if err := ticket.UnmarshalText([]byte(j.Key)); err != nil {
		return due.GiveUp(err)
	}
	o, err := room.take(tx, ticket)
	if err != nil || o == nil {
		return err
	}
	told, err := room.told(tx, o.watch.Next())
	if err != nil {
		return err
	}
	if !told {
		o.row.WakeAt = tx.Now().Add(patience)
		return errors.Join(save(tx, o.row), room.due.Put(tx, ticking, j.Key, o.row.WakeAt, nil))
	}
	o.row.WakeAt = time.Time{}
	o.events = o.watch.Tick(tx.Now())
	return room.put(tx, o)
}

// patience is how long a tick waits for news that are on their way.
const patience = 2 * time.Second

// told says whether everything that happened up to a moment was told to the clocks: an answer that was given in time but
// is still to be read in the journal must not look like a breach.
func (room *Room) told(tx *store.Tx, moment time.Time) (bool, error) {
	if moment.IsZero() {
		return true, nil
	}
	lag, err := tx.Lag(room.follower)
	if err != nil || lag[room.follower.Name] == 0 {
		return true, err
	}
	head, err := tx.Head()
	if err != nil {
		return false, err
	}
	next, err := tx.Journal(head-lag[room.follower.Name], 1)
	return len(next) == 0 || next[0].At.After(moment), err
}

// place is how far retime has come.
type place struct {
	After tickets.ID `json:"after,omitzero"`
}

const batch = 100 // clocks retimed in one transaction

// retime finds the policy of living clocks anew, some at a time.
func (room *Room) retime(tx *store.Tx, j due.Job) error {
	var from place
	if err := j.Into(&from); err != nil {
		return err
	}
	b, err := room.book(tx)
	if err != nil {
		return err
	}
	rows, err := living(tx, from.After, batch)
	if err != nil || len(rows) == 0 {
		return err
	}
	ids := make([]tickets.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.Ticket
	}
	all, err := room.tickets.Some(tx, ids)
	if err != nil {
		return err
	}
	terms := make(map[tickets.ID]Terms, len(all))
	for _, t := range all {
		terms[t.ID] = b.choose(t)
	}
	for _, r := range rows {
		now, there := terms[r.Ticket]
		if !there {
			continue
		}
		o := taken(r, now)
		o.events = o.watch.Retimed(now, tx.Now())
		if err := room.put(tx, o); err != nil {
			return err
		}
	}
	if len(rows) < batch {
		return nil
	}
	return room.due.Put(tx, retiming, j.Key, tx.Now(), place{ids[len(ids)-1]})
}
