package staff

import "github.com/hearthdesk/hearth/base/web"

// What happens here. Kinds and fields are for ever.

// Added says somebody was entered, with their role and teams.
type Added struct {
	Staff ID       `json:"staff"`
	Role  RoleID   `json:"role"`
	Teams []TeamID `json:"teams,omitempty"`
}

// Kind names it.
func (Added) Kind() string { return "staff.added" }

// Changed says parts of an account were changed: name, email or language.
type Changed struct {
	Staff ID       `json:"staff"`
	Parts []string `json:"parts"`
}

// Kind names it.
func (Changed) Kind() string { return "staff.changed" }

// RoleGiven says somebody's role was changed.
type RoleGiven struct {
	Staff ID     `json:"staff"`
	Role  RoleID `json:"role"`
	Was   RoleID `json:"was"`
}

// Kind names it.
func (RoleGiven) Kind() string { return "staff.role_given" }

// Disabled says somebody can't sign in any more, nor any program for them.
type Disabled struct {
	Staff ID `json:"staff"`
}

// Kind names it.
func (Disabled) Kind() string { return "staff.disabled" }

// Enabled says somebody can sign in again.
type Enabled struct {
	Staff ID `json:"staff"`
}

// Kind names it.
func (Enabled) Kind() string { return "staff.enabled" }

// HandedOver says the house has a new owner; the one before is an admin now. From is empty for the first owner.
type HandedOver struct {
	From ID `json:"from,omitzero"`
	To   ID `json:"to"`
}

// Kind names it.
func (HandedOver) Kind() string { return "staff.handed_over" }

// LinkMade says a one-time link was made with which somebody can choose a password.
type LinkMade struct {
	Staff ID `json:"staff"`
}

// Kind names it.
func (LinkMade) Kind() string { return "staff.link_made" }

// Joined says somebody used their first link.
type Joined struct {
	Staff ID `json:"staff"`
}

// Kind names it.
func (Joined) Kind() string { return "staff.joined" }

// PasswordChanged says somebody chose a new password.
type PasswordChanged struct {
	Staff ID `json:"staff"`
}

// Kind names it.
func (PasswordChanged) Kind() string { return "staff.password_changed" }

// PhoneOffered says a link and a code were made with which a phone of somebody's signs in, once.
type PhoneOffered struct {
	Staff ID `json:"staff"`
}

// Kind names it.
func (PhoneOffered) Kind() string { return "staff.phone_offered" }

// TeamAdded says there is a new team.
type TeamAdded struct {
	Team TeamID `json:"team"`
}

// Kind names it.
func (TeamAdded) Kind() string { return "teams.added" }

// TeamRenamed says a team has another name.
type TeamRenamed struct {
	Team TeamID `json:"team"`
}

// Kind names it.
func (TeamRenamed) Kind() string { return "teams.renamed" }

// TeamRemoved says a team is no more; what was its belongs to nobody now.
type TeamRemoved struct {
	Team TeamID `json:"team"`
}

// Kind names it.
func (TeamRemoved) Kind() string { return "teams.removed" }

// TeamJoined says somebody is in a team now.
type TeamJoined struct {
	Team  TeamID `json:"team"`
	Staff ID     `json:"staff"`
}

// Kind names it.
func (TeamJoined) Kind() string { return "teams.joined" }

// TeamLeft says somebody is no longer in a team.
type TeamLeft struct {
	Team  TeamID `json:"team"`
	Staff ID     `json:"staff"`
}

// Kind names it.
func (TeamLeft) Kind() string { return "teams.left" }

// RoleAdded says there is a new role, and what it allows.
type RoleAdded struct {
	Role RoleID   `json:"role"`
	May  web.Perm `json:"may"`
	All  bool     `json:"all_teams"`
}

// Kind names it.
func (RoleAdded) Kind() string { return "roles.added" }

// RoleChanged says what a role allows now; its name may be another, too.
type RoleChanged struct {
	Role RoleID   `json:"role"`
	May  web.Perm `json:"may"`
	All  bool     `json:"all_teams"`
}

// Kind names it.
func (RoleChanged) Kind() string { return "roles.changed" }

// RoleRemoved says a role is no more; nobody had it.
type RoleRemoved struct {
	Role RoleID `json:"role"`
}

// Kind names it.
func (RoleRemoved) Kind() string { return "roles.removed" }

// TokenCreated says a program may act for somebody, and what.
type TokenCreated struct {
	Token  TokenID  `json:"token"`
	Staff  ID       `json:"staff"`
	Scopes web.Perm `json:"scopes"`
}

// Kind names it.
func (TokenCreated) Kind() string { return "tokens.created" }

// TokenRevoked says a program may no longer act for somebody.
type TokenRevoked struct {
	Token TokenID `json:"token"`
	Staff ID      `json:"staff"`
}

// Kind names it.
func (TokenRevoked) Kind() string { return "tokens.revoked" }

// SessionOpened says somebody signed in.
type SessionOpened struct {
	Session SessionID `json:"session"`
	Staff   ID        `json:"staff"`
}

// Kind names it.
func (SessionOpened) Kind() string { return "sessions.opened" }

// SessionsClosed says somebody was signed out, by themselves or by others.
type SessionsClosed struct {
	Staff    ID          `json:"staff"`
	Sessions []SessionID `json:"sessions"`
}

// Kind names it.
func (SessionsClosed) Kind() string { return "sessions.closed" }
