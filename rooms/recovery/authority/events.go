package authority

import "github.com/hearthdesk/hearth/rooms/staff"

// What happens here. Kinds and fields are for ever.

// Empowered says what a role may give is different.
type Empowered struct {
	Role staff.RoleID `json:"role"`
}

// Kind names it.
func (Empowered) Kind() string { return "authority.changed" }

// Budgeted says a team's budget is different.
type Budgeted struct {
	Team staff.TeamID `json:"team"`
}

// Kind names it.
func (Budgeted) Kind() string { return "authority.budgeted" }

// Settled says which money and which span of time the limits are in.
type Settled struct {
	Parts []string `json:"parts"` // currency, period_days
}

// Kind names it.
func (Settled) Kind() string { return "authority.settled" }

// Overspent says a team has given more than its budget of a month. Nobody is stopped.
type Overspent struct {
	Team  staff.TeamID `json:"team"`
	Month string       `json:"month"` // 2026-11, by the clock of the default calendar
}

// Kind names it.
func (Overspent) Kind() string { return "authority.overspent" }
