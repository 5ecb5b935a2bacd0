package authority

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/odds"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/narrow"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Used is how often complaints were settled where they were heard, and how often authority was used.
//
// A case is a complaint that somebody heard and that was closed in the span, but for mistakes. It was settled at the point
// of interaction when whoever heard it owned it to the end: nobody else took it over, and no supervisor was asked.
type Used struct {
	Cases   int64         `json:"cases" doc:"complaints they heard that were closed in this span, without mistakes"`
	Settled int64         `json:"settled" doc:"of those: theirs to the end, without another owner and without asking a supervisor"`
	Share   odds.Share    `json:"share" doc:"settled of cases, with its 95 % Wilson interval"`
	Gifts   int64         `json:"gifts" doc:"given on their authority in this span and not taken back"`
	Amount  *money.Amount `json:"amount,omitempty" doc:"what these cost; absent when you may not read the ledger"`
}

// UsedBy is that of a person. It says who could be encouraged, and is no mark against anybody.
type UsedBy struct {
	Staff staff.ID  `json:"staff"`
	Name  string    `json:"name"`
	Role  string    `json:"role"`
	Last  time.Time `json:"last,omitzero" doc:"when they gave something last; absent when they never did"`
	Never bool      `json:"never" doc:"they may give, and never did"`
	Used
}

// UsedIn is that of a role.
type UsedIn struct {
	Role   string     `json:"role"`
	People int64      `json:"people" doc:"who may give something"`
	Users  int64      `json:"users" doc:"of those: who gave something in this span"`
	Never  int64      `json:"never" doc:"of those: who never did"`
	Using  odds.Share `json:"using" doc:"users of people, with its 95 % Wilson interval"`
	Used
}

// Use is how authority is used.
type Use struct {
	Since  time.Time `json:"since"`
	Roles  []UsedIn  `json:"roles" nullable:"false"`
	People []UsedBy  `json:"people" nullable:"false" doc:"by name"`
}

type settledBy struct {
	Staff   staff.ID `db:"staff"`
	Cases   int64    `db:"cases"`
	Settled int64    `db:"settled"`
}

type gaveBy struct {
	Staff staff.ID  `db:"staff"`
	Gifts int64     `db:"gifts"`
	Minor int64     `db:"minor"`
	Last  time.Time `db:"last_at"`
}

// Use measures it since a moment, for the people whom who sees: those of their teams.
func (r Rules) Use(tx *store.Tx, who web.Who, since time.Time) (u Use, err error) {
	u = Use{Since: since, Roles: []UsedIn{}, People: []UsedBy{}}
	d, err := Look(tx)
	if err != nil {
		return u, err
	}
	settled, err := settledSince(tx, who, since)
	if err != nil {
		return u, err
	}
	gave, err := gaveSince(tx, who, d.Currency, since)
	if err != nil {
		return u, err
	}
	all, err := r.Staff.Everybody(tx)
	if err != nil {
		return u, err
	}
	sums := map[string]*UsedIn{}
	minors := map[string]int64{}
	for _, m := range all {
		if m.Disabled || m.Can&web.Capture == 0 || !who.All && !sharesTeam(who, m) {
			continue
		}
		s, g := settled[m.ID], gave[m.ID]
		p := UsedBy{Staff: m.ID, Name: m.Name, Role: m.Role, Last: g.Last, Used: Used{Cases: s.Cases, Settled: s.Settled, Share: odds.Wilson(s.Settled, s.Cases), Gifts: g.Gifts}}
		may := m.Can&web.Money != 0
		p.Never = may && g.Last.IsZero()
		if who.May(web.Money) {
			a := d.Amount(g.Minor)
			p.Amount = &a
		}
		u.People = append(u.People, p)
		in := sums[m.Role]
		if in == nil {
			in = &UsedIn{Role: m.Role}
			sums[m.Role] = in
		}
		in.add(p, may)
		minors[m.Role] += g.Minor
	}
	for _, in := range sums {
		in.Share, in.Using = odds.Wilson(in.Settled, in.Cases), odds.Wilson(in.Users, in.People)
		if who.May(web.Money) {
			a := d.Amount(minors[in.Role])
			in.Amount = &a
		}
		u.Roles = append(u.Roles, *in)
	}
	slices.SortFunc(u.Roles, func(a, b UsedIn) int { return cmp.Compare(a.Role, b.Role) })
	slices.SortFunc(u.People, func(a, b UsedBy) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Staff, b.Staff))
	})
	return u, nil
}

func (r *UsedIn) add(p UsedBy, may bool) {
	r.Cases, r.Settled, r.Gifts = r.Cases+p.Cases, r.Settled+p.Settled, r.Gifts+p.Gifts
	if !may {
		return
	}
	r.People++
	if p.Gifts > 0 {
		r.Users++
	}
	if p.Never {
		r.Never++
	}
}

func sharesTeam(who web.Who, m staff.Member) bool {
	return int64(m.ID) == who.Staff || slices.ContainsFunc(m.Teams, func(t staff.TeamID) bool { return slices.Contains(who.Teams, int64(t)) })
}

func settledSince(tx *store.Tx, who web.Who, since time.Time) (map[staff.ID]settledBy, error) {
	c := narrow.Clauses{}
	c.With("c.closed_at > $%d", since)
	c.Add(c.Team(who, "c."))
	all, err := store.All[settledBy](tx, `SELECT c.raised_by AS staff, COUNT(*) AS cases, SUM(CASE WHEN c.owner = c.raised_by
		AND NOT EXISTS (SELECT 1 FROM complaints_handovers h WHERE h.complaint = c.id AND h.state = 'accepted')
		AND NOT EXISTS (SELECT 1 FROM approvals a WHERE a.complaint = c.id AND a.state <> 'recalled') THEN 1 ELSE 0 END) AS settled
		FROM complaints c WHERE c.closed_at > 0 AND c.raised_by > 0 AND c.ended <> 'mistaken' AND `+c.Where()+` GROUP BY c.raised_by`, c.Args...)
	by := map[staff.ID]settledBy{}
	for _, s := range all {
		by[s.Staff] = s
	}
	return by, err
}

func gaveSince(tx *store.Tx, who web.Who, currency string, since time.Time) (map[staff.ID]gaveBy, error) {
	c := narrow.Clauses{}
	at := c.Place(since)
	money := c.Place(currency)
	c.Add(c.Team(who, "r."))
	all, err := store.All[gaveBy](tx, `SELECT r.staff, SUM(CASE WHEN r.given_at > `+at+` THEN 1 ELSE 0 END) AS gifts,
		CAST(SUM(CASE WHEN r.given_at > `+at+` AND r.currency = `+money+` THEN r.minor ELSE 0 END) AS BIGINT) AS minor, MAX(r.given_at) AS last_at
		FROM remedies r WHERE r.state = 'given' AND r.staff > 0 AND `+c.Where()+` GROUP BY r.staff`, c.Args...)
	by := map[staff.ID]gaveBy{}
	for _, g := range all {
		by[g.Staff] = g
	}
	return by, err
}
