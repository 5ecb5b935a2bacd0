package tickets

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets/tags"
)

// Filter says which tickets to list; a zero part filters nothing.
type Filter struct {
	IDs      []ID // only of these, and then all on one page
	Statuses []Status
	Assignee *staff.ID // nil for anyone's, zero for nobody's
	Team     *staff.TeamID
	Tag      string
	Facts    Matter
	Customer people.ID
	Channel  string
	Mailbox  MailboxID
	Waiting  bool // only what no human has answered, the longest wait first (D10)
	Limit    int
	After    string
}

// Cursor is the place of the last row of a page: its sort key and its id.
type Cursor struct{ At, ID int64 }

func (c Cursor) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d", c.At, c.ID))
}

// ParseCursor reads the place where a page ended; first when there was none. It is Invalid when it is no such place.
func ParseCursor(s string, first Cursor) (Cursor, error) {
	if s == "" {
		return first, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	at, id, ok := strings.Cut(string(b), ".")
	c := Cursor{}
	var err1, err2 error
	c.At, err1 = strconv.ParseInt(at, 10, 64)
	c.ID, err2 = strconv.ParseInt(id, 10, 64)
	if err != nil || !ok || err1 != nil || err2 != nil {
		return c, fault.Field("after", "cursor.malformed", "This is not where a page ended; pass the “next” of the page before.")
	}
	return c, nil
}

// List pages through the tickets somebody may see, the newest change first. The page is merged from lanes, ranges of an
// index each, so its cost does not depend on how many tickets there are.
func (room *Room) List(tx *store.Tx, who web.Who, f Filter) (page web.Page[Ticket], err error) {
	q := &query{list: byChange}
	from, err := ParseCursor(f.After, Cursor{math.MaxInt64, math.MaxInt64})
	if f.Waiting {
		q.list = byWait
		from, err = ParseCursor(f.After, Cursor{})
	}
	if err != nil {
		return page, err
	}
	if f.IDs != nil {
		page.Items, err = room.those(tx, who, f)
		return page, err
	}
	if q.away, err = teamsAway(tx, who); err != nil {
		return page, err
	}
	if page.Items, err = store.All[Ticket](tx, q.statement(who, f, from), q.args...); err != nil {
		return page, err
	}
	if len(page.Items) > f.Limit {
		page.Items = page.Items[:f.Limit]
		last := page.Items[f.Limit-1]
		at := last.UpdatedAt
		if f.Waiting {
			at = last.WaitingSince
		}
		page.Next = Cursor{at.UnixMicro(), int64(last.ID)}.String()
	}
	return page, room.present(tx, who, page.Items)
}

// MostNamed is how many tickets may be asked for by their ids at once.
const MostNamed = 100

// those are the tickets a filter names that fit the rest of it, in the order of its list. They are read one by one by their
// ids, so it does not matter what else there is.
func (room *Room) those(tx *store.Tx, who web.Who, f Filter) ([]Ticket, error) {
	all, err := some(tx, f.IDs)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(t Ticket) bool { return !f.fits(t) || !room.Sees(who, t) })
	slices.SortFunc(all, func(a, b Ticket) int {
		if f.Waiting {
			return cmp.Or(a.WaitingSince.Compare(b.WaitingSince), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(b.ID, a.ID))
	})
	return all, room.present(tx, who, all)
}

// fits says of one ticket what the statement of a list says of all.
func (f Filter) fits(t Ticket) bool {
	asks := func(part, fits bool) bool { return !part || fits }
	return asks(len(f.Statuses) > 0, slices.Contains(f.Statuses, t.Status)) &&
		asks(f.Assignee != nil, pointsAt(f.Assignee, t.Assignee)) &&
		asks(f.Team != nil, pointsAt(f.Team, t.Team)) &&
		asks(f.Tag != "", slices.Contains(t.Tags, f.Tag)) &&
		asks(f.Facts != "", f.Facts == t.Facts) &&
		asks(f.Customer != 0, f.Customer == t.Customer) &&
		asks(f.Channel != "", f.Channel == t.Channel) &&
		asks(f.Mailbox != 0, f.Mailbox == t.Mailbox) &&
		asks(f.Waiting, !t.WaitingSince.IsZero())
}

func pointsAt[T comparable](p *T, v T) bool { return p != nil && *p == v }

// order is that of a list.
type order struct{ key, beyond, way string }

var ( //nolint:gochecknoglobals // constants
	byChange = order{"updated_at", "<", "DESC"}
	byWait   = order{"waiting_since", ">", "ASC"}
)

// query collects the arguments of a statement whose shape depends on a filter.
type query struct {
	list order
	away []staff.TeamID // other teams in which somebody has tickets of their own
	args []any
}

// teamsAway reads from the counts in which teams that somebody does not belong to they have tickets all the same: mostly
// in none, and to look for them among all their tickets would take the longer the more they have.
func teamsAway(tx *store.Tx, who web.Who) ([]staff.TeamID, error) {
	if who.All || who.Staff == 0 {
		return nil, nil
	}
	teams, err := store.All[staff.TeamID](tx, `SELECT DISTINCT team FROM tickets_counts WHERE assignee = $1 AND assignee <> 0 AND n > 0`, who.Staff)
	return slices.DeleteFunc(teams, func(t staff.TeamID) bool { return who.Sees(int64(t)) }), err
}

func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// statement reads one row more than a page. Its limits are written out, because a plan that PostgreSQL makes for any
// number of rows is not the one for a few.
func (q *query) statement(who web.Who, f Filter, from Cursor) string {
	key, way, limit := q.list.key, q.list.way, f.Limit+1
	source, id := "tickets", "id"
	if f.byTag() { // its rows are in the order of the list, so they are read like an index
		source, key, id = "tickets_tags AS g JOIN tickets ON tickets.id = g.ticket", "g.updated_at", "g.ticket"
	}
	place := fmt.Sprintf("(%s, %s) %s (%s, %s)", key, id, q.list.beyond, q.arg(from.At), q.arg(from.ID))
	var all []string
	for i, lane := range q.lanes(who, f) {
		all = append(all, fmt.Sprintf("SELECT * FROM (SELECT tickets.id, %s AS k FROM %s WHERE %s AND %s ORDER BY %s %s, %s %s LIMIT %d) AS lane%d",
			key, source, place, lane, key, way, id, way, limit, i))
	}
	return fmt.Sprintf("SELECT %s FROM tickets WHERE id IN (SELECT id FROM (%s) AS lanes ORDER BY k %s, id %s LIMIT %d) ORDER BY %s %s, id %s",
		columns, strings.Join(all, " UNION ALL "), way, way, limit, q.list.key, way, way)
}

// mostLanes are as many ranges as are worth reading; somebody with more teams sees so much of the house that they are
// better served by leaving out what they may not see.
const mostLanes = 60

// states are the placeholders of the statuses asked for; none for all where the index knows nothing of them.
func (q *query) states(f Filter) (marks []string) {
	states := slices.Compact(slices.Sorted(slices.Values(f.Statuses)))
	if len(states) == 0 && !f.Waiting && f.Customer == 0 {
		states = Statuses
	}
	for _, s := range states {
		marks = append(marks, q.arg(s))
	}
	return marks
}

// lanes are conditions that each name one range of one index. What is rarest decides which index; the rest is checked row
// by row.
func (q *query) lanes(who web.Who, f Filter) []string {
	ranges, rest := q.asked(f)
	if ranges == nil && len(who.Teams)+len(q.away)+1 <= mostLanes/len(Statuses) {
		ranges = q.reach(who, f, "")
	} else if !f.own(who) {
		if mine := q.reach(who, f, loose); mine != nil {
			rest = append(rest, "("+strings.Join(mine, " OR ")+")")
		}
	}
	if ranges == nil {
		ranges = []string{"TRUE"}
	}
	marks := q.states(f)
	column := "status"
	switch {
	case f.Waiting || f.Customer != 0: // their indexes know nothing of statuses
		if len(marks) > 0 {
			rest = append(rest, "status"+looseText+" IN ("+strings.Join(marks, ", ")+")")
		}
		marks = nil
	case f.byTag():
		column = "g.status"
	}
	var lanes []string
	for _, r := range ranges {
		one := strings.Join(append([]string{r}, rest...), " AND ")
		for _, m := range marks {
			lanes = append(lanes, one+" AND "+column+" = "+m)
		}
		if marks == nil {
			lanes = append(lanes, one)
		}
	}
	return lanes
}

// own says that only what is somebody's own is asked for, all of which they may see. PostgreSQL would take the condition that
// says so for one that few meet, and sort everything.
func (f Filter) own(who web.Who) bool {
	return f.Team == nil && f.Assignee != nil && int64(*f.Assignee) == who.Staff && who.Staff != 0
}

// Behind a column these keep its index from being taken.
const (
	loose     = " + 0"
	looseText = " || ''"
)

// asked are the parts of a filter: the rarest as the range of an index, the others for which none is taken.
func (q *query) asked(f Filter) (ranges, rest []string) {
	take := func(column, loose string, v any, indexed bool) {
		if ranges == nil && indexed {
			ranges = []string{column + " = " + q.arg(v)}
		} else {
			rest = append(rest, column+loose+" = "+q.arg(v))
		}
	}
	switch {
	case f.byTag():
		ranges = []string{"g.tag = " + q.arg(f.Tag)}
	case f.Tag != "":
		rest = append(rest, "EXISTS (SELECT 1 FROM tickets_tags AS g WHERE g.ticket = tickets.id AND g.tag"+looseText+" = "+q.arg(f.Tag)+")")
	}
	if f.Waiting {
		rest = append(rest, "waiting_since > 0")
	}
	if f.Customer != 0 {
		take("customer", loose, f.Customer, true)
	}
	if f.Facts != "" {
		take("facts", looseText, f.Facts, !f.Waiting)
		rest = append(rest, "facts <> ''") // which the index wants to hear
	}
	if f.Assignee != nil {
		take("assignee", loose, *f.Assignee, true)
	}
	if f.Mailbox != 0 {
		take("mailbox", loose, f.Mailbox, !f.Waiting)
	}
	if f.Channel != "" {
		take("channel", looseText, f.Channel, !f.Waiting)
	}
	return ranges, rest
}

// byTag says that a list is read from the rows of its tag.
func (f Filter) byTag() bool { return f.Tag != "" && !f.Waiting && f.Customer == 0 }

// reach are the tickets that somebody may see of those asked for: a team's, what belongs to none, and what is theirs
// elsewhere; nil for all.
func (q *query) reach(who web.Who, f Filter, loose string) (some []string) {
	team, assignee := "team"+loose, "assignee"+loose
	switch {
	case f.Team != nil && who.Sees(int64(*f.Team)):
		return []string{team + " = " + q.arg(*f.Team)}
	case f.Team != nil:
		return []string{team + " = " + q.arg(*f.Team) + " AND " + assignee + " = " + q.arg(who.Staff)}
	case who.All:
		return nil
	}
	teams := []string{q.arg(0)}
	for _, t := range who.Teams {
		teams = append(teams, q.arg(t))
	}
	for _, t := range teams {
		some = append(some, team+" = "+t)
	}
	for _, t := range q.away {
		some = append(some, assignee+" = "+q.arg(who.Staff)+" AND team + 0 = "+q.arg(t))
	}
	return some
}

// present adds to tickets what a reader wants to see with them.
func (room *Room) present(tx *store.Tx, who web.Who, all []Ticket) error {
	if err := room.name(tx, all); err != nil {
		return err
	}
	return room.marks(tx, who, all)
}

func (room *Room) name(tx *store.Tx, all []Ticket) error {
	ids := []people.ID{}
	for _, t := range all {
		if !slices.Contains(ids, t.Customer) {
			ids = append(ids, t.Customer)
		}
	}
	names, err := room.people.Names(tx, ids)
	for i := range all {
		all[i].CustomerName = names[all[i].Customer]
	}
	return err
}

// Count is how many tickets stand where; the workspace adds them up for its views.
type Count struct {
	Status   Status       `json:"status" db:"status"`
	Team     staff.TeamID `json:"team,omitzero" db:"team"`
	Assignee staff.ID     `json:"assignee,omitzero" db:"assignee"`
	Mailbox  MailboxID    `json:"mailbox,omitzero" db:"mailbox"`
	N        int64        `json:"n" db:"n"`
}

// Counts are kept by a follower, so that nobody ever counts all tickets.
func (room *Room) Counts(tx *store.Tx, who web.Who) ([]Count, error) {
	all, err := store.All[Count](tx, `SELECT status, team, assignee, mailbox, n FROM tickets_counts WHERE n > 0`)
	return slices.DeleteFunc(all, func(c Count) bool {
		return !who.Sees(int64(c.Team)) && (who.Staff == 0 || int64(c.Assignee) != who.Staff)
	}), err
}

// Followers keep what is derived from tickets: the counts and the search index.
func (room *Room) Followers() []*store.Follower {
	counts := store.NewFollower("tickets.counts")
	store.On(counts, func(tx *store.Tx, _ store.Entry, e Opened) error {
		return errors.Join(recount(tx, e.Ticket), tags.Recount(tx, int64(e.Ticket), true))
	})
	store.On(counts, func(tx *store.Tx, _ store.Entry, e Stood) error { return recount(tx, e.Ticket) })
	store.On(counts, func(tx *store.Tx, _ store.Entry, e Assigned) error {
		return errors.Join(recount(tx, e.Ticket), tags.Recount(tx, int64(e.Ticket), false))
	})
	store.On(counts, func(tx *store.Tx, _ store.Entry, e Tagged) error { return tags.Recount(tx, int64(e.Ticket), false) })
	return []*store.Follower{counts, room.searchable()}
}

type place struct {
	Status   Status       `db:"status"`
	Team     staff.TeamID `db:"team"`
	Assignee staff.ID     `db:"assignee"`
	Mailbox  MailboxID    `db:"mailbox"`
}

// recount moves a ticket from where it was counted last to where it stands now.
func recount(tx *store.Tx, ticket ID) error {
	now, ok, err := store.Find[place](tx, `SELECT status, team, assignee, mailbox FROM tickets WHERE id = $1`, ticket)
	if err != nil || !ok {
		return err
	}
	was, counted, err := store.Find[place](tx, `SELECT status, team, assignee, mailbox FROM tickets_counted WHERE ticket = $1`, ticket)
	if err != nil || counted && was == now {
		return err
	}
	if counted {
		if err := add(tx, was, -1); err != nil {
			return err
		}
	}
	if err := add(tx, now, 1); err != nil {
		return err
	}
	return tx.Do(`INSERT INTO tickets_counted (ticket, status, team, assignee, mailbox) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (ticket) DO UPDATE
		SET status = excluded.status, team = excluded.team, assignee = excluded.assignee, mailbox = excluded.mailbox`, ticket, now.Status, now.Team, now.Assignee, now.Mailbox)
}

func add(tx *store.Tx, p place, n int64) error {
	return tx.Do(`INSERT INTO tickets_counts (status, team, assignee, mailbox, n) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (status, team, assignee, mailbox) DO UPDATE SET n = tickets_counts.n + excluded.n`, p.Status, p.Team, p.Assignee, p.Mailbox, n)
}

// Moment is one line of a ticket's timeline: who, when, what and why.
type Moment struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Name   string    `json:"name,omitempty" doc:"who that is"`
	Via    string    `json:"via"`
	Kind   string    `json:"kind"`
	Body   any       `json:"body"`
	Reason string    `json:"reason,omitempty"`
}
