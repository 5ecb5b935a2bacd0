// Package authority knows how much each may give without asking anyone, and what teams are to spend in a month.
//
// A limit, in one case and to one customer in a span of time, is never exceeded, whoever gave before. A budget is a figure
// that tells when it is spent, and stops nobody. All of it is in the money of the desk.
package authority

import (
	"errors"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Rules are what is set for roles and teams. Each function works in the caller's transaction.
type Rules struct {
	Staff *staff.Room
	Hours *hours.Room
}

// Powers is what somebody of a role may give without asking anyone. What others gave in the same case, or to the same
// customer, counts too. In minor units of the desk's money.
type Powers struct {
	Role        staff.RoleID `db:"role"` // 0 for every role without a line of its own
	PerCase     int64        `db:"per_case"`
	PerCustomer int64        `db:"per_customer"`
	TeamMonth   int64        `db:"team_month"` // 0 for no budget
}

// Desk is the money of this desk, and the span of time for which what a customer got counts.
type Desk struct {
	Currency string `db:"currency"`
	Days     int64  `db:"period_days"`
}

// Amount is so many minor units of the desk's money.
func (d Desk) Amount(minor int64) money.Amount {
	return money.Amount{Minor: minor, Currency: d.Currency}
}

// since is the moment from which on gifts to a customer count.
func (d Desk) since(now time.Time) time.Time { return now.AddDate(0, 0, -int(d.Days)) }

// Takes refuses an amount in other money, or one that is less than nothing or beyond all bounds.
func (d Desk) Takes(field string, a money.Amount) error {
	switch {
	case a.Currency != d.Currency:
		return fault.Field(field, "amount.currency", "This desk gives in %s; an amount in %s can't be compared with what was given before.", d.Currency, orNone(a.Currency))
	case a.Minor < 0:
		return fault.Field(field, "amount.negative", "An amount is not less than nothing.")
	case a.Minor > ledger.Most:
		return fault.Field(field, "amount.huge", "%s is more than can be given in one piece.", a)
	}
	return nil
}

func orNone(currency string) string {
	if currency == "" {
		return "no currency"
	}
	return currency
}

// Role is what a role may give, as people see it.
type Role struct {
	Role        staff.RoleID  `json:"role,omitzero" doc:"absent for all roles without a line of their own"`
	Name        string        `json:"name"`
	PerCase     money.Amount  `json:"per_case"`
	PerCustomer money.Amount  `json:"per_customer" doc:"in the span of period_days, to one customer"`
	TeamMonth   *money.Amount `json:"team_month,omitempty" doc:"the budget of a month of a team that has none of its own; it tells and stops nobody"`
}

// Team is the budget of a team.
type Team struct {
	Team  staff.TeamID  `json:"team"`
	Name  string        `json:"name"`
	Month *money.Amount `json:"month,omitempty" doc:"its own budget of a month"`
	Spent *money.Amount `json:"spent,omitempty" doc:"this month; absent when you may not read the ledger"`
}

// All is all that is set.
type All struct {
	Currency string `json:"currency"`
	Days     int64  `json:"period_days"`
	Roles    []Role `json:"roles" nullable:"false"`
	Teams    []Team `json:"teams" nullable:"false" doc:"those you see"`
}

const others = "every other role"

// All shows what each role may give, and the budgets of the teams who sees.
func (r Rules) All(tx *store.Tx, who web.Who) (a All, err error) {
	d, err := Look(tx)
	if err != nil {
		return a, err
	}
	a = All{Currency: d.Currency, Days: d.Days, Roles: []Role{}, Teams: []Team{}}
	roles, err := r.Staff.Roles(tx)
	if err != nil {
		return a, err
	}
	own, err := allPowers(tx)
	if err != nil {
		return a, err
	}
	for _, role := range append(roles, staff.Role{Name: others}) {
		if i := slices.IndexFunc(own, func(p Powers) bool { return p.Role == role.ID }); i >= 0 {
			a.Roles = append(a.Roles, own[i].shown(role.Name, d))
		}
	}
	a.Teams, err = r.teams(tx, who, d)
	return a, err
}

// teams are the budgets of those whom who sees, and what was spent of them this month where who may read the ledger.
func (r Rules) teams(tx *store.Tx, who web.Who, d Desk) (shown []Team, err error) {
	all, err := r.Staff.Teams(tx)
	if err != nil {
		return nil, err
	}
	budgets, err := allBudgets(tx)
	if err != nil {
		return nil, err
	}
	var spent map[staff.TeamID]int64
	if who.May(web.Money) {
		from, to, err := r.month(tx)
		if err != nil {
			return nil, err
		}
		if spent, err = ledger.SpentByTeam(tx, d.Currency, from, to); err != nil {
			return nil, err
		}
	}
	shown = []Team{}
	for _, t := range all {
		if !who.Sees(int64(t.ID)) {
			continue
		}
		may := Team{Team: t.ID, Name: t.Name}
		if b, ok := budgets[t.ID]; ok {
			month := d.Amount(b)
			may.Month = &month
		}
		if spent != nil {
			sum := d.Amount(spent[t.ID])
			may.Spent = &sum
		}
		shown = append(shown, may)
	}
	return shown, nil
}

func (p Powers) shown(name string, d Desk) Role {
	r := Role{Role: p.Role, Name: name, PerCase: d.Amount(p.PerCase), PerCustomer: d.Amount(p.PerCustomer)}
	if p.TeamMonth > 0 {
		month := d.Amount(p.TeamMonth)
		r.TeamMonth = &month
	}
	return r
}

// Setting is what to set for a role; what is nil stays.
type Setting struct {
	PerCase     *money.Amount `json:"per_case,omitempty"`
	PerCustomer *money.Amount `json:"per_customer,omitempty"`
	TeamMonth   *money.Amount `json:"team_month,omitempty" doc:"nothing for no budget"`
}

// Empower sets what a role may give; other for all roles without a line of their own.
func (r Rules) Empower(tx *store.Tx, role string, s Setting) (Role, error) {
	d, err := hold(tx)
	if err != nil {
		return Role{}, err
	}
	which := staff.Role{Name: others}
	if role != "other" {
		if which, err = r.Staff.Role(tx, role); err != nil {
			return Role{}, err
		}
	}
	p, err := powers(tx, which.ID)
	if err != nil {
		return Role{}, err
	}
	p.Role = which.ID
	for field, set := range map[string]struct {
		from *money.Amount
		into *int64
	}{"per_case": {s.PerCase, &p.PerCase}, "per_customer": {s.PerCustomer, &p.PerCustomer}, "team_month": {s.TeamMonth, &p.TeamMonth}} {
		if set.from == nil {
			continue
		}
		if err := d.Takes(field, *set.from); err != nil {
			return Role{}, err
		}
		*set.into = set.from.Minor
	}
	return p.shown(which.Name, d), errors.Join(savePowers(tx, p), tx.Record(subject(which.ID), Empowered{which.ID}))
}

type subject staff.RoleID

func (s subject) String() string {
	if s == 0 {
		return "authority"
	}
	return staff.RoleID(s).String()
}

// powers are those of a role, or of every role that has none of its own.
func powers(tx *store.Tx, role staff.RoleID) (Powers, error) {
	p, ok, err := powersOf(tx, role)
	if err == nil && !ok {
		p, _, err = powersOf(tx, 0)
	}
	return p, err
}

// Budget sets what a team may give in a month before somebody is told; nil for none of its own.
func (r Rules) Budget(tx *store.Tx, who web.Who, which staff.TeamID, month *money.Amount) (Team, error) {
	d, err := hold(tx)
	if err != nil {
		return Team{}, err
	}
	t, err := r.Staff.Team(tx, which)
	if err != nil {
		return Team{}, err
	}
	if month != nil {
		if err := d.Takes("month", *month); err != nil {
			return Team{}, err
		}
	}
	if err := errors.Join(saveBudget(tx, which, month), tx.Record(which, Budgeted{which})); err != nil {
		return Team{}, err
	}
	one := Team{Team: t.ID, Name: t.Name, Month: month}
	if !who.May(web.Money) {
		return one, nil
	}
	from, to, err := r.month(tx)
	if err != nil {
		return one, err
	}
	spent, err := ledger.Spent(tx, t.ID, d.Currency, from, to)
	sum := d.Amount(spent)
	one.Spent = &sum
	return one, err
}

// Arrangement is what to set for the desk; what is nil stays.
type Arrangement struct {
	Currency *string `json:"currency,omitempty" doc:"three letters; it stays once something was given or offered"`
	Days     *int64  `json:"period_days,omitempty" minimum:"1" maximum:"3660" doc:"for how long what a customer got counts"`
}

// Arrange sets the money of the desk, and for how long what a customer got counts. In other money the figures stay what
// they are in whole units: times and by are what their minor units were multiplied with and divided by. Pending says
// whether something is offered or asked for in the money of now.
func Arrange(tx *store.Tx, a Arrangement, pending func(tx *store.Tx) (bool, error)) (times, by int64, err error) {
	times, by = 1, 1
	d, err := hold(tx)
	if err != nil {
		return times, by, err
	}
	var parts []string
	if a.Days != nil && *a.Days != d.Days {
		if *a.Days < 1 || *a.Days > 3660 {
			return times, by, fault.Field("period_days", "authority.days", "What a customer got counts for 1 to 3,660 days.")
		}
		d.Days = *a.Days
		parts = append(parts, "period_days")
	}
	if a.Currency != nil && *a.Currency != d.Currency {
		if times, by, err = d.convert(tx, *a.Currency, pending); err != nil {
			return times, by, err
		}
		parts = append(parts, "currency")
	}
	if len(parts) == 0 {
		return times, by, nil
	}
	return times, by, errors.Join(rescale(tx, times, by), saveDesk(tx, d), tx.Record(subject(0), Settled{parts}))
}

func (d *Desk) convert(tx *store.Tx, currency string, pending func(tx *store.Tx) (bool, error)) (times, by int64, err error) {
	if _, err := money.Of(0, currency); err != nil {
		return 1, 1, err
	}
	used, err := pending(tx) // nobody gives or offers meanwhile: the desk is held
	if err == nil && !used {
		used, err = ledger.Any(tx)
	}
	if err != nil {
		return 1, 1, err
	}
	if used {
		return 1, 1, fault.New(fault.Conflict, "authority.currency_used", "Something was given, offered or asked for in %s already, so the ledger stays in it.", d.Currency)
	}
	was, _ := money.Exponent(d.Currency)
	now, _ := money.Exponent(currency)
	times, by = 1, 1
	for ; was < now; was++ {
		times *= 10
	}
	for ; was > now; was-- {
		by *= 10
	}
	d.Currency = currency
	return times, by, nil
}

// Allowance is what somebody may still give, now and here.
type Allowance struct {
	PerCase      money.Amount `json:"per_case"`
	PerCustomer  money.Amount `json:"per_customer"`
	LeftCase     money.Amount `json:"left_case" doc:"after all that was given or is offered in this case"`
	LeftCustomer money.Amount `json:"left_customer" doc:"after all that this customer got in period_days, or is offered"`
	May          money.Amount `json:"may" doc:"the smaller of both: what you may give now without asking anyone"`
	Days         int64        `json:"period_days"`
}

// Held is what open offers may still come to.
type Held struct{ Case, Customer int64 }

// Allowance is what who may give in a case, or to a customer in a new one.
func (r Rules) Allowance(tx *store.Tx, who web.Who, customer people.ID, matter string, h Held) (a Allowance, err error) {
	d, err := Look(tx)
	if err != nil {
		return a, err
	}
	l, g, err := r.Bounds(tx, who, customer, matter, h)
	if err != nil {
		return a, err
	}
	inCase, toCustomer := l.Left(g)
	return Allowance{
		PerCase: d.Amount(l.Case.Most), PerCustomer: d.Amount(l.Customer.Most), LeftCase: d.Amount(inCase), LeftCustomer: d.Amount(toCustomer),
		May: d.Amount(min(inCase, toCustomer)), Days: d.Days,
	}, nil
}

// Bounds are the limits of who in a case, and what was given there.
func (r Rules) Bounds(tx *store.Tx, who web.Who, customer people.ID, matter string, h Held) (l ledger.Limits, g ledger.Given, err error) {
	d, err := Look(tx)
	if err != nil {
		return l, g, err
	}
	var may Powers
	if who.May(web.Money) && who.Staff != 0 {
		m, err := r.Staff.Load(tx, staff.ID(who.Staff))
		if err != nil {
			return l, g, err
		}
		role := m.RoleID
		if who.Actor.Via == staff.PhoneVia { // it signs in without a password, and may be found by anybody
			role = staff.Light
		}
		if may, err = powers(tx, role); err != nil {
			return l, g, err
		}
	}
	l = ledger.Limits{Case: ledger.Limit{Most: may.PerCase, Held: h.Case}, Customer: ledger.Limit{Most: may.PerCustomer, Held: h.Customer}, Since: d.since(tx.Now())}
	g, err = ledger.Sum(tx, customer, matter, d.Currency, l.Since)
	return l, g, err
}

// Zone is that of the clock on our wall.
func (r Rules) Zone(tx *store.Tx) (*time.Location, error) {
	c, err := r.Hours.Default(tx)
	if err != nil {
		return time.UTC, err
	}
	t, err := c.Timetable()
	if err != nil {
		return time.UTC, err
	}
	return t.Zone(), nil
}

// month is the one we are in by the clock on our wall.
func (r Rules) month(tx *store.Tx) (from, to time.Time, err error) {
	zone, err := r.Zone(tx)
	if err != nil {
		return from, to, err
	}
	y, m, _ := tx.Now().In(zone).Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, zone), time.Date(y, m+1, 1, 0, 0, 0, 0, zone), nil
}

// Gave tells when a gift on somebody's authority brought a team beyond its budget of the month. It stops nobody.
func (r Rules) Gave(tx *store.Tx, team staff.TeamID, by staff.ID, minor int64) error {
	if team == 0 || minor <= 0 {
		return nil
	}
	d, err := Look(tx)
	if err != nil {
		return err
	}
	budget, ok, err := budgetOf(tx, team)
	if err == nil && !ok {
		budget, ok, err = r.ofRole(tx, by)
	}
	if err != nil || !ok {
		return err
	}
	from, to, err := r.month(tx)
	if err != nil {
		return err
	}
	spent, err := ledger.Spent(tx, team, d.Currency, from, to)
	if err != nil || spent <= budget || spent-minor > budget {
		return err
	}
	return tx.Record(team, Overspent{team, from.Format("2006-01")})
}

// Swapped is Gave where a gift takes the place of one that was given at a moment. That counts no more, but in its own month: in
// this one no less is spent anew where it was another.
func (r Rules) Swapped(tx *store.Tx, team staff.TeamID, by staff.ID, minor, was int64, given time.Time) error {
	from, _, err := r.month(tx)
	if err != nil {
		return err
	}
	if !given.Before(from) {
		minor -= was
	}
	return r.Gave(tx, team, by, minor)
}

// ofRole is the budget of a team that has none of its own, by the role of whoever gives.
func (r Rules) ofRole(tx *store.Tx, by staff.ID) (int64, bool, error) {
	m, err := r.Staff.Load(tx, by)
	if err != nil {
		return 0, false, err
	}
	p, err := powers(tx, m.RoleID)
	return p.TeamMonth, p.TeamMonth > 0, err
}
