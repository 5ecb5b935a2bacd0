package clocks

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
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Reading is a clock as people see it.
type Reading struct {
	Clock      Kind      `json:"clock" enum:"first_answer,next_answer,resolution,customer" doc:"customer is their own: it never pauses and ends when they are content"`
	State      State     `json:"state" enum:"running,paused,met,breached,dropped"`
	Policy     TargetID  `json:"policy,omitzero" doc:"which promised it"`
	Allowed    int64     `json:"allowed,omitempty" doc:"seconds of working time that are promised; absent when nothing is"`
	Spent      int64     `json:"spent" doc:"seconds that counted so far: working time, for the customer's own clock all time"`
	Remaining  *int64    `json:"remaining,omitempty" doc:"seconds of working time until it is due; below zero when it is late"`
	StartedAt  time.Time `json:"started_at"`
	DueAt      time.Time `json:"due_at,omitzero" doc:"the first moment that is too late; absent while the clock stands still"`
	WarnAt     time.Time `json:"warn_at,omitzero"`
	PausedAt   time.Time `json:"paused_at,omitzero" doc:"since when it stands still"`
	WarnedAt   time.Time `json:"warned_at,omitzero"`
	BreachedAt time.Time `json:"breached_at,omitzero"`
	EndedAt    time.Time `json:"ended_at,omitzero"`
}

// reading reads a clock at a moment.
func (c Clock) reading(now time.Time, terms Terms) Reading {
	r := Reading{
		Clock: c.Kind, State: c.State, Allowed: seconds(c.Target), Spent: seconds(c.Spent(now, terms.Hours)), StartedAt: c.Started, DueAt: c.Due,
		WarnAt: c.Warn, PausedAt: c.PausedSince(), WarnedAt: c.Warned, BreachedAt: c.Breached, EndedAt: c.Ended,
	}
	// A clock whose policy was never one of ours has none to name.
	_ = r.Policy.UnmarshalText([]byte(c.Policy))
	if left, promised := c.Remaining(now, terms.Hours); promised {
		whole := seconds(left)
		r.Remaining = &whole
	}
	return r
}

// Shown is the clocks of a ticket.
type Shown struct {
	Ticket tickets.ID `json:"ticket"`
	Clocks []Reading  `json:"clocks" nullable:"false" doc:"the last of each kind"`
}

// Read shows the clocks of those tickets that who may see, in the order asked for.
func (room *Room) Read(tx *store.Tx, who web.Who, which []tickets.ID) ([]Shown, error) {
	shown := []Shown{}
	which, err := room.tickets.Seen(tx, who, which)
	if err != nil || len(which) == 0 {
		return shown, err
	}
	rows, err := some(tx, which)
	if err != nil {
		return shown, err
	}
	b, err := room.book(tx)
	if err != nil {
		return shown, err
	}
	for _, r := range rows {
		terms, err := room.termsOf(tx, b, r)
		if err != nil {
			return shown, err
		}
		s := Shown{Ticket: r.Ticket, Clocks: []Reading{}}
		for _, c := range r.Watch.watch(terms).Clocks {
			s.Clocks = append(s.Clocks, c.reading(tx.Now(), terms))
		}
		shown = append(shown, s)
	}
	slices.SortFunc(shown, func(a, b Shown) int { return slices.Index(which, a.Ticket) - slices.Index(which, b.Ticket) })
	return shown, nil
}

// termsOf is the terms by which clocks count: those of their policy, or of the one that fits now where that is no more.
func (room *Room) termsOf(tx *store.Tx, b *book, r row) (Terms, error) {
	if terms, ok := b.find(r.Policy); ok {
		return terms, nil
	}
	all, err := room.tickets.Some(tx, []tickets.ID{r.Ticket})
	if err != nil || len(all) == 0 {
		return b.nothing, err
	}
	return b.choose(all[0]), nil
}

// Due is what is due next on a ticket.
type Due struct {
	Ticket  tickets.ID `json:"ticket"`
	Number  int64      `json:"number"`
	Subject string     `json:"subject"`
	Reading
}

// Filter says which clocks to list; nil filters nothing.
type Filter struct {
	Assignee *staff.ID // zero for nobody's
	Team     *staff.TeamID
	After    string
	Limit    int
}

// cursor is the place of the last row of a page.
type cursor struct{ at, ticket int64 }

func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d", c.at, c.ticket))
}

func parseCursor(s string) (c cursor, err error) {
	if s == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	at, ticket, _ := strings.Cut(string(b), ".")
	var errs [2]error
	c.at, errs[0] = strconv.ParseInt(at, 10, 64)
	c.ticket, errs[1] = strconv.ParseInt(ticket, 10, 64)
	if err != nil || errs[0] != nil || errs[1] != nil {
		return c, fault.Field("after", "cursor.malformed", "This is not where a page ended; pass the “next” of the page before.")
	}
	return c, nil
}

// Next pages through the running clocks that are late or due, one for each ticket that who may see, the most urgent first.
// Each team is a lane of its own that an index reads in order, so the cost does not depend on how many clocks run.
func (room *Room) Next(tx *store.Tx, who web.Who, f Filter) (page web.Page[Due], err error) {
	page.Items = []Due{}
	from, err := parseCursor(f.After)
	if err != nil {
		return page, err
	}
	rows, err := dueAfter(tx, from, lanes(who, f), f.Limit+1)
	if err != nil {
		return page, err
	}
	if len(rows) > f.Limit {
		last := rows[f.Limit-1]
		rows, page.Next = rows[:f.Limit], cursor{last.DueAt.UnixMicro(), int64(last.Ticket)}.String()
	}
	which := make([]tickets.ID, len(rows))
	for i, r := range rows {
		which[i] = r.Ticket
	}
	all, err := room.tickets.Some(tx, which)
	if err != nil {
		return page, err
	}
	b, err := room.book(tx)
	if err != nil {
		return page, err
	}
	for _, r := range rows {
		i := slices.IndexFunc(all, func(t tickets.Ticket) bool { return t.ID == r.Ticket })
		if i < 0 || !room.tickets.Sees(who, all[i]) { // given away just now
			continue
		}
		terms, ok := b.find(r.Policy)
		if !ok {
			terms = b.choose(all[i])
		}
		w := r.Watch.watch(terms)
		if c := w.urgent(); c != nil {
			page.Items = append(page.Items, Due{r.Ticket, all[i].Number, all[i].Subject, c.reading(tx.Now(), terms)})
		}
	}
	return page, nil
}

// lane is one range of an index; its conditions name columns and what they hold.
type lane []condition

type condition struct {
	what string // a column and how it compares, such as "team ="
	with any
}

// lanes are the ranges a list is merged from: each team that who may see, and what is theirs in other teams.
func lanes(who web.Who, f Filter) (all []lane) {
	var whose lane
	if f.Assignee != nil {
		whose = lane{{"assignee =", *f.Assignee}}
	}
	if f.Team != nil {
		one := append(lane{{"team =", *f.Team}}, whose...)
		if !who.Sees(int64(*f.Team)) {
			one = append(one, condition{"assignee =", who.Staff})
		}
		return []lane{one}
	}
	if who.All {
		return []lane{whose}
	}
	var theirs lane
	for _, team := range append([]int64{0}, who.Teams...) {
		all = append(all, append(lane{{"team =", team}}, whose...))
		theirs = append(theirs, condition{"team <>", team})
	}
	if who.Staff != 0 {
		all = append(all, append(append(lane{{"assignee =", who.Staff}}, theirs...), whose...))
	}
	return all
}

// dueAfter merges lanes, the earliest due first.
func dueAfter(tx *store.Tx, from cursor, all []lane, limit int) ([]row, error) {
	args := []any{from.at, from.ticket, limit}
	parts := make([]string, len(all))
	for i, l := range all {
		where := []string{"due_at > 0", "(due_at, ticket) > ($1, $2)"}
		for _, c := range l {
			args = append(args, c.with)
			where = append(where, fmt.Sprintf("%s $%d", c.what, len(args)))
		}
		parts[i] = fmt.Sprintf("SELECT * FROM (SELECT ticket, due_at FROM clocks WHERE %s ORDER BY due_at, ticket LIMIT $3) AS lane%d", strings.Join(where, " AND "), i)
	}
	return store.All[row](tx, `SELECT `+columns+` FROM clocks WHERE ticket IN (SELECT ticket FROM (`+strings.Join(parts, " UNION ALL ")+`) AS lanes ORDER BY due_at, ticket LIMIT $3)
		ORDER BY due_at, ticket`, args...)
}
