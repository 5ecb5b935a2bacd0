// Package staff is the people who work here: who they are, what they may do, and how Hearth knows that it is them.
//
// Somebody is added with an e-mail address, a name and a role, gets a one-time link, chooses a password and signs in; a
// program acts for them with a token. Roles are sets of permissions, for all teams or for one's own. Nobody can give away
// what they may not do themselves, and there is always one owner, who leaves only by handing the house over. Changes run
// one at a time, because each looks at others first; who asks is answered from a memory that is dropped with every change.
package staff

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

type (
	staffKind   struct{}
	teamKind    struct{}
	roleKind    struct{}
	tokenKind   struct{}
	sessionKind struct{}
)

func (staffKind) Prefix() string   { return "stf" }
func (teamKind) Prefix() string    { return "team" }
func (roleKind) Prefix() string    { return "role" }
func (tokenKind) Prefix() string   { return "tok" }
func (sessionKind) Prefix() string { return "ses" }

// The ids of this room.
type (
	// ID is a member of staff.
	ID = id.Of[staffKind]
	// TeamID is a team.
	TeamID = id.Of[teamKind]
	// RoleID is a role.
	RoleID = id.Of[roleKind]
	// TokenID is a token.
	TokenID = id.Of[tokenKind]
	// SessionID is a session.
	SessionID = id.Of[sessionKind]
)

// The roles that come with Hearth, which stay as they are (contract.md, "Who may what").
const (
	Owner RoleID = 1 + iota
	Admin
	Supervisor
	Agent
	Leader
	Light
)

// Language is what somebody reads the workspace in.
type Language string

// The languages.
const (
	English Language = "en"
	German  Language = "de"
)

// Member is one of the staff.
type Member struct {
	ID       ID        `json:"id" db:"id"`
	Email    string    `json:"email,omitempty" db:"email" doc:"shown to those who look after staff, and to its owner"`
	Name     string    `json:"name" db:"name"`
	Role     string    `json:"role" db:"role_name" doc:"the name of the role"`
	RoleID   RoleID    `json:"role_id" db:"role"`
	Teams    []TeamID  `json:"teams" nullable:"false"`
	Language Language  `json:"language" db:"language" enum:"en,de"`
	Disabled bool      `json:"disabled" db:"disabled" doc:"can't sign in; what they did stays"`
	Invited  bool      `json:"invited" db:"invited" doc:"has not used their link yet"`
	AddedAt  time.Time `json:"added_at" db:"added_at"`

	Answers bool `json:"answers" db:"-" doc:"their role works on tickets, so these can be given to them"`

	Can web.Perm `json:"-" db:"may,json"`
	All bool     `json:"-" db:"all_teams"`
}

// Role is a set of permissions.
type Role struct {
	ID      RoleID   `json:"id" db:"id"`
	Name    string   `json:"name" db:"name"`
	May     web.Perm `json:"may" db:"may,json"`
	All     bool     `json:"all_teams" db:"all_teams" doc:"tickets of every team, not only of their own"`
	BuiltIn bool     `json:"built_in" db:"built_in" doc:"comes with Hearth and stays as it is"`
}

// Team is people who answer together.
type Team struct {
	ID      TeamID `json:"id" db:"id"`
	Name    string `json:"name" db:"name"`
	Members []ID   `json:"members" nullable:"false"`
}

// Token lets a program act for somebody. What it may is the smaller of its scopes and its owner's role.
type Token struct {
	ID        TokenID   `json:"id" db:"id"`
	Staff     ID        `json:"staff" db:"staff"`
	Name      string    `json:"name" db:"name"`
	Scopes    web.Perm  `json:"scopes" db:"scopes,json"`
	CreatedAt time.Time `json:"created_at" db:"created_at"`
	UsedAt    time.Time `json:"used_at,omitzero" db:"used_at" doc:"to the minute; absent when never used"`
}

// Session is somebody signed in on one device.
type Session struct {
	ID       SessionID `json:"id" db:"id"`
	Device   string    `json:"device" db:"device"`
	OpenedAt time.Time `json:"opened_at" db:"opened_at"`
	SeenAt   time.Time `json:"seen_at" db:"seen_at" doc:"to the minute"`
	Current  bool      `json:"current" db:"current"`
	Phone    bool      `json:"phone" db:"phone" doc:"came by a phone's link or code, and may capture and give what the role light may"`
}

// Link is a right to choose a password, once.
type Link struct {
	Token   string    `json:"token"`
	URL     string    `json:"url"`
	Expires time.Time `json:"expires"`
}

// who is somebody as the doors of the house see them.
func (m Member) who() web.Who {
	w := web.Who{
		Actor: store.Actor{Kind: store.StaffKind, ID: m.ID.String()},
		Staff: int64(m.ID), Name: m.Name, Role: m.Role, Can: m.Can, All: m.All,
	}
	for _, t := range m.Teams {
		w.Teams = append(w.Teams, int64(t))
	}
	return w
}

// grant says whether who may give somebody these permissions: only what they have themselves.
func grant(who web.Who, can web.Perm, all bool, teams ...TeamID) error {
	if beyond := can &^ who.Can; beyond != 0 {
		return fault.New(fault.Denied, "grant.beyond", "You can only give or change what you may do yourself, and this includes “%s”.", strings.Join(beyond.Names(), ", "))
	}
	if all && !who.All {
		return fault.New(fault.Denied, "grant.all_teams", "You can only give or change what you may do yourself, and this includes the tickets of all teams.")
	}
	for _, t := range teams {
		if !who.Sees(int64(t)) {
			return fault.New(fault.Denied, "grant.team", "You can only bring people into, or take them out of, teams you are in yourself.")
		}
	}
	return nil
}

// inCharge says whether who may change m's account. Whoever can reset a password can become its owner, so it takes
// everything that m may; and the owner's account is the owner's alone.
func (m Member) inCharge(who web.Who) error {
	if m.RoleID == Owner && who.Staff != int64(m.ID) && !isHouse(who) {
		return fault.New(fault.Denied, "owner.untouchable", "Only the owner can change the owner's account.")
	}
	return grant(who, m.Can, m.All, m.Teams...)
}

// isHouse is the command line of whoever holds the data folder.
func isHouse(who web.Who) bool { return who.Staff == 0 && who.Actor.Kind == store.SystemKind }

const maxName = 100 // characters

// plainName tidies a name that people see; nothing invisible, one line, at most 100 characters.
func plainName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		return "", fault.Field("name", "name.missing", "A name is needed here.")
	}
	if utf8.RuneCountInString(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", fault.Field("name", "name.unfit", "A name is one line of at most %d characters.", maxName)
	}
	return name, nil
}

// plainEmail checks an address, and gives the form by which two spellings of it are the same.
func plainEmail(email string) (as, address string, err error) {
	as = strings.TrimSpace(email)
	a, err := mail.ParseAddress(as)
	if err != nil || a.Name != "" || a.Address != as || len(as) > 254 || strings.ContainsFunc(as, unicode.IsControl) {
		return "", "", fault.Field("email", "email.unfit", "This is not an e-mail address.")
	}
	return as, strings.ToLower(as), nil
}

func plainLanguage(l Language) (Language, error) {
	switch l {
	case "":
		return English, nil
	case English, German:
		return l, nil
	}
	return "", fault.Field("language", "language.unknown", "The workspace speaks English (en) and German (de).")
}

// added and taken away, from one list of teams to another.
func difference(from, to []TeamID) (added, gone []TeamID) {
	for _, t := range to {
		if !slices.Contains(from, t) && !slices.Contains(added, t) {
			added = append(added, t)
		}
	}
	for _, t := range from {
		if !slices.Contains(to, t) {
			gone = append(gone, t)
		}
	}
	return added, gone
}
