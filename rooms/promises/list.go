package promises

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Filter says which promises to list; a zero part filters nothing.
type Filter struct {
	Owner    staff.ID
	Offered  staff.ID      // who is asked to see to them
	Team     *staff.TeamID // whose they are now: their ticket's, or their own; zero for nobody's
	Ticket   tickets.ID
	Customer people.ID
	States   []State
	Owed     bool      // only those under which something is owed: open, or broken and not made good
	From     time.Time // due from then on
	Until    time.Time // due before
	Latest   bool      // the latest due first; else the earliest
	After    string
	Limit    int
}

// cursor is the place of the last row of a page.
type cursor struct{ at, id int64 }

func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d", c.at, c.id))
}

func parseCursor(s string) (c cursor, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	at, last, _ := strings.Cut(string(b), ".")
	var errs [2]error
	c.at, errs[0] = strconv.ParseInt(at, 10, 64)
	c.id, errs[1] = strconv.ParseInt(last, 10, 64)
	if err != nil || errs[0] != nil || errs[1] != nil {
		return c, fault.Field("after", "cursor.malformed", "This is not where a page ended; pass the “next” of the page before.")
	}
	return c, nil
}

// List pages through the promises that who may see, by when they are due. Each team is a lane of its own that an index
// reads in order, so a page costs the same however many promises there are.
func (room *Room) List(tx *store.Tx, who web.Who, f Filter) (page web.Page[Promise], err error) {
	page.Items = []Promise{}
	q := &query{}
	text, err := q.list(who, f)
	if err != nil {
		return page, err
	}
	all, err := store.All[Promise](tx, text, q.args...)
	if err != nil {
		return page, err
	}
	if len(all) > f.Limit {
		last := all[f.Limit-1]
		all, page.Next = all[:f.Limit], cursor{last.Due.UnixMicro(), int64(last.ID)}.String()
	}
	if page.Items, err = room.seen(tx, who, all); err != nil {
		return page, err
	}
	return page, room.present(tx, pointers(page.Items))
}

// seen leaves out promises whose ticket was given away just now, which the follower has still to hear of.
func (room *Room) seen(tx *store.Tx, who web.Who, all []Promise) ([]Promise, error) {
	var which []tickets.ID
	for _, p := range all {
		if p.Ticket != 0 && !slices.Contains(which, p.Ticket) {
			which = append(which, p.Ticket)
		}
	}
	which, err := room.tickets.Seen(tx, who, which)
	return slices.DeleteFunc(all, func(p Promise) bool { return p.Ticket != 0 && !slices.Contains(which, p.Ticket) }), err
}

func (q *query) list(who web.Who, f Filter) (string, error) {
	way, beyond := "ASC", ">"
	if f.Latest {
		way, beyond = "DESC", "<"
	}
	var base []string
	if f.Owed {
		base = append(base, "settled_at = 0")
	}
	if f.Offered != 0 {
		base = append(base, "offered_to <> 0")
	}
	if len(f.States) > 0 {
		marks := make([]string, len(f.States))
		for i, s := range f.States {
			marks[i] = q.arg(s)
		}
		base = append(base, "state IN ("+strings.Join(marks, ", ")+")")
	}
	base = append(base, q.all(f.lane())...)
	if f.After != "" {
		from, err := parseCursor(f.After)
		if err != nil {
			return "", err
		}
		base = append(base, fmt.Sprintf("(due_at, id) %s (%s, %s)", beyond, q.arg(from.at), q.arg(from.id)))
	}
	lanes := q.lanes(who, f)
	for i, l := range lanes {
		where := strings.Join(slices.Concat(l, base), " AND ")
		if where == "" {
			where = "due_at > 0" // every promise
		}
		lanes[i] = []string{fmt.Sprintf("SELECT * FROM (SELECT id, due_at FROM promises WHERE %s ORDER BY due_at %s, id %s LIMIT %d) AS lane%d", where, way, way, f.Limit+1, i)}
	}
	return fmt.Sprintf("SELECT %s FROM promises WHERE id IN (SELECT id FROM (%s) AS lanes ORDER BY due_at %s, id %s LIMIT %d) ORDER BY due_at %s, id %s",
		columns, strings.Join(slices.Concat(lanes...), " UNION ALL "), way, way, f.Limit+1, way, way), nil
}

// lane is what a filter asks of a promise.
func (f Filter) lane() (l lane) {
	add := func(asked bool, what string, with any) {
		if asked {
			l = append(l, condition{what, with})
		}
	}
	add(f.Owner != 0, "owner =", f.Owner)
	add(f.Offered != 0, "offered_to =", f.Offered)
	add(f.Ticket != 0, "ticket =", f.Ticket)
	add(f.Customer != 0, "customer =", f.Customer)
	add(!f.From.IsZero(), "due_at >=", f.From)
	add(!f.Until.IsZero(), "due_at <", f.Until)
	return l
}

// lanes are the ranges a list is merged from, each as its conditions: each team that who may see, and what is theirs in
// other teams. Where the filter leaves few rows anyway, they are one.
func (q *query) lanes(who web.Who, f Filter) [][]string {
	switch {
	case f.Team != nil:
		one := []string{"door_team = " + q.arg(*f.Team)}
		if !who.Sees(int64(*f.Team)) {
			one = append(one, "door_staff = "+q.arg(who.Staff))
		}
		return [][]string{one}
	case who.All:
		return [][]string{{}}
	case f.Owner != 0 || f.Offered != 0 || f.Ticket != 0 || f.Customer != 0:
		return [][]string{{q.visible(who)}}
	}
	teams := append([]int64{0}, who.Teams...)
	var all [][]string
	for _, t := range teams {
		all = append(all, []string{"door_team = " + q.arg(t)})
	}
	if who.Staff != 0 {
		all = append(all, []string{"door_staff = " + q.arg(who.Staff), "NOT " + q.in("door_team", teams)})
	}
	return all
}

// visible is the condition that who may see a promise.
func (q *query) visible(who web.Who) string {
	if who.All {
		return "due_at > 0"
	}
	seen := q.in("door_team", append([]int64{0}, who.Teams...))
	if who.Staff != 0 {
		seen = "(" + seen + " OR door_staff = " + q.arg(who.Staff) + " OR offered_to = " + q.arg(who.Staff) + ")"
	}
	return seen
}

func pointers(all []Promise) []*Promise {
	out := make([]*Promise, len(all))
	for i := range all {
		out[i] = &all[i]
	}
	return out
}

// present adds what people want to read beside a promise.
func (room *Room) present(tx *store.Tx, all []*Promise) error {
	var which []ID
	var their []people.ID
	var on []tickets.ID
	for _, p := range all {
		p.Reasons = []Reason{}
		which, their = append(which, p.ID), append(their, p.Customer)
		if p.Ticket != 0 && !slices.Contains(on, p.Ticket) {
			on = append(on, p.Ticket)
		}
	}
	if len(all) == 0 {
		return nil
	}
	reasons, err := reasonsOf(tx, which)
	if err != nil {
		return err
	}
	names, err := room.people.Names(tx, their)
	if err != nil {
		return err
	}
	there := map[tickets.ID]tickets.Ticket{}
	found, err := room.tickets.Some(tx, on)
	for _, t := range found {
		there[t.ID] = t
	}
	for _, p := range all {
		p.Name, p.Number, p.Subject = names[p.Customer], there[p.Ticket].Number, there[p.Ticket].Subject
		for _, r := range reasons {
			if r.Promise == p.ID {
				p.Reasons = append(p.Reasons, r)
			}
		}
	}
	return err
}

// Counted is how many promises ask for somebody.
type Counted struct {
	Today   int64 `json:"today" doc:"open, and due before the day ends where the company is"`
	Overdue int64 `json:"overdue" doc:"broken, and neither kept since nor renewed nor released"`
}

// Counts are how many ask for who, and for anybody among those whom who may see.
type Counts struct {
	Mine    Counted `json:"mine"`
	All     Counted `json:"all"`
	Asked   int64   `json:"asked" doc:"promises that you are asked to see to"`
	Refused int64   `json:"refused" doc:"what your answers said and could not promise"`
}

// Counts counts the promises that are due today and those that are overdue, among those that who may see. What is settled
// is not looked at.
func (room *Room) Counts(tx *store.Tx, who web.Who) (c Counts, err error) {
	_, h, err := room.terms(tx, 0)
	if err != nil {
		return c, err
	}
	q := &query{}
	rows, err := store.All[struct {
		Mine  bool  `db:"mine"`
		State State `db:"state"`
		N     int64 `db:"n"`
	}](tx, `SELECT mine, state, count(*) AS n FROM (SELECT owner = `+q.arg(who.Staff)+` AS mine, state FROM promises
		WHERE settled_at = 0 AND due_at < `+q.arg(tonight(tx.Now(), h))+` AND `+q.visible(who)+`) AS owed GROUP BY mine, state`, q.args...)
	for _, r := range rows {
		c.All.add(r.State, r.N)
		if r.Mine && who.Staff != 0 {
			c.Mine.add(r.State, r.N)
		}
	}
	if err != nil || who.Staff == 0 {
		return c, err
	}
	if c.Asked, err = asked(tx, staff.ID(who.Staff)); err == nil {
		c.Refused, err = refusals(tx, staff.ID(who.Staff))
	}
	return c, err
}

func (c *Counted) add(s State, n int64) {
	if s == Open {
		c.Today += n
	} else {
		c.Overdue += n
	}
}

// tonight is when the day ends in the calendar's zone.
func tonight(now time.Time, h *hours.Timetable) time.Time {
	year, month, day := now.In(h.Zone()).Date()
	return midnight(hours.On(year, month, day)+1, h.Zone())
}
