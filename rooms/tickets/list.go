package tickets

import (
	"encoding/base64"
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
)

// Filter says which tickets to list; a zero part filters nothing.
type Filter struct {
	Statuses []Status
	Assignee *staff.ID // nil for anyone's, zero for nobody's
	Team     *staff.TeamID
	Tag      string
	Customer people.ID
	Channel  string
	Mailbox  MailboxID
	Waiting  bool // only what no human has answered, the longest wait first (D10)
	Limit    int
	After    string
}

// cursor is the place of the last row of a page: its sort key and its id.
type cursor struct{ at, id int64 }

func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d", c.at, c.id))
}

func parseCursor(s string, first cursor) (cursor, error) {
	if s == "" {
		return first, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	at, id, ok := strings.Cut(string(b), ".")
	c := cursor{}
	var err1, err2 error
	c.at, err1 = strconv.ParseInt(at, 10, 64)
	c.id, err2 = strconv.ParseInt(id, 10, 64)
	if err != nil || !ok || err1 != nil || err2 != nil {
		return c, fault.Field("after", "cursor.malformed", "This is not where a page ended; pass the “next” of the page before.")
	}
	return c, nil
}

// List pages through the tickets somebody may see, the newest change first. Each status and team is a lane of its own that
// an index reads in order, and the page is merged from the lanes, so its cost does not depend on how many tickets there are.
func (room *Room) List(tx *store.Tx, who web.Who, f Filter) (page web.Page[Ticket], err error) {
	from, err := parseCursor(f.After, cursor{math.MaxInt64, math.MaxInt64})
	sort, than, dir := "updated_at", "<", "DESC"
	if f.Waiting {
		sort, than, dir = "waiting_since", ">", "ASC"
		from, err = parseCursor(f.After, cursor{})
	}
	if err != nil {
		return page, err
	}
	q := &query{}
	place := q.arg(from.at)
	last := q.arg(from.id)
	common := []string{fmt.Sprintf("(%s, id) %s (%s, %s)", sort, than, place, last)}
	if f.Waiting {
		common = append(common, "waiting_since > 0")
	}
	common = append(common, f.conditions(q)...)
	source, key := "tickets", "id"
	if f.Tag != "" && f.Waiting {
		common = append(common, "EXISTS (SELECT 1 FROM tickets_tags AS g WHERE g.ticket = tickets.id AND g.tag = "+q.arg(f.Tag)+")")
	} else if f.Tag != "" { // its rows are kept in the order of the list, so they are read like an index
		source, key, sort = "tickets_tags AS g JOIN tickets ON tickets.id = g.ticket", "g.ticket", "g.updated_at"
		common[0] = fmt.Sprintf("(g.updated_at, g.ticket) %s (%s, %s) AND g.tag = %s", than, place, last, q.arg(f.Tag))
	}
	limit := q.arg(f.Limit + 1)
	var lanes []string
	for _, lane := range laneConditions(q, who, f) {
		where := strings.Join(append(slices.Clone(common), lane...), " AND ")
		lanes = append(lanes, fmt.Sprintf("SELECT * FROM (SELECT id, %s AS k FROM %s WHERE %s ORDER BY %s %s, %s %s LIMIT %s) AS lane%d", sort, source, where, sort, dir, key, dir, limit, len(lanes)))
	}
	if len(lanes) == 0 {
		page.Items = []Ticket{}
		return page, nil
	}
	sql := fmt.Sprintf("SELECT %s FROM tickets WHERE id IN (SELECT id FROM (%s) AS lanes ORDER BY k %s, id %s LIMIT %s) ORDER BY %s %s, id %s",
		columns, strings.Join(lanes, " UNION ALL "), dir, dir, limit, strings.TrimPrefix(sort, "g."), dir, dir)
	if page.Items, err = store.All[Ticket](tx, sql, q.args...); err != nil {
		return page, err
	}
	if len(page.Items) > f.Limit {
		page.Items = page.Items[:f.Limit]
		end := page.Items[f.Limit-1]
		at := end.UpdatedAt
		if f.Waiting {
			at = end.WaitingSince
		}
		page.Next = cursor{at.UnixMicro(), int64(end.ID)}.String()
	}
	return page, room.name(tx, page.Items)
}

// conditions are what every lane asks for.
func (f Filter) conditions(q *query) (all []string) {
	if f.Assignee != nil {
		all = append(all, "assignee = "+q.arg(*f.Assignee))
	}
	if f.Customer != 0 {
		all = append(all, "customer = "+q.arg(f.Customer))
	}
	if f.Channel != "" {
		all = append(all, "channel = "+q.arg(f.Channel))
	}
	if f.Mailbox != 0 {
		all = append(all, "mailbox = "+q.arg(f.Mailbox))
	}
	return all
}

// laneConditions are the separate index ranges a list is merged from.
func laneConditions(q *query, who web.Who, f Filter) (lanes [][]string) {
	var teams []string
	switch {
	case f.Team != nil && who.Sees(int64(*f.Team)):
		teams = []string{"team = " + q.arg(*f.Team)}
	case f.Team != nil:
		teams = []string{"team = " + q.arg(*f.Team) + " AND assignee = " + q.arg(who.Staff)}
	case who.All:
		teams = []string{""}
	default:
		for _, t := range append([]int64{0}, who.Teams...) {
			teams = append(teams, "team = "+q.arg(t))
		}
		if who.Staff != 0 { // and what is theirs in other teams
			own := []string{"assignee = " + q.arg(who.Staff)}
			for _, t := range append([]int64{0}, who.Teams...) {
				own = append(own, "team <> "+q.arg(t))
			}
			teams = append(teams, strings.Join(own, " AND "))
		}
	}
	for _, team := range teams {
		if len(f.Statuses) == 0 {
			lanes = append(lanes, parts(team, ""))
		}
		for _, s := range f.Statuses {
			lanes = append(lanes, parts(team, "status = "+q.arg(s)))
		}
	}
	return lanes
}

func parts(all ...string) (some []string) {
	for _, p := range all {
		if p != "" {
			some = append(some, p)
		}
	}
	return some
}

// query collects the arguments of a statement whose shape depends on a filter.
type query struct{ args []any }

func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
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
	store.On(counts, func(tx *store.Tx, _ store.Entry, e Opened) error { return recount(tx, e.Ticket) })
	store.On(counts, func(tx *store.Tx, _ store.Entry, e Stood) error { return recount(tx, e.Ticket) })
	store.On(counts, func(tx *store.Tx, _ store.Entry, e Assigned) error { return recount(tx, e.Ticket) })
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
	_, err = tx.Exec(`INSERT INTO tickets_counted (ticket, status, team, assignee, mailbox) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (ticket) DO UPDATE
		SET status = excluded.status, team = excluded.team, assignee = excluded.assignee, mailbox = excluded.mailbox`, ticket, now.Status, now.Team, now.Assignee, now.Mailbox)
	return err
}

func add(tx *store.Tx, p place, n int64) error {
	_, err := tx.Exec(`INSERT INTO tickets_counts (status, team, assignee, mailbox, n) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (status, team, assignee, mailbox) DO UPDATE SET n = tickets_counts.n + excluded.n`, p.Status, p.Team, p.Assignee, p.Mailbox, n)
	return err
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
