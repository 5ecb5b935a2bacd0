package web

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hearthdesk/hearth/base/store"
)

// Perm is a set of things somebody may do. Roles are made of these, and every operation names the one it needs.
type Perm uint16

// The permissions, as contract.md combines them into roles.
const (
	View     Perm = 1 << iota // read tickets and customers of one's teams
	Act                       // answer, note, assign, change
	Money                     // give remedies within limits, read the ledger
	People                    // staff, teams, roles, tokens of others
	Settings                  // mailboxes, hours, targets, tags, fields
	Approve                   // answer approvals, step in
	Reports                   // read reports and the journal of the whole house
	Capture                   // hand in what was heard, follow one's own
	Self     Perm = 0         // anybody who is signed in
	Public   Perm = 1 << 15   // nobody need be signed in
)

var permNames = map[string]Perm{
	"view": View, "act": Act, "money": Money, "people": People, "settings": Settings, "approve": Approve, "reports": Reports, "capture": Capture,
}

// ParsePerms reads names such as "view,act"; ok is false when one is unknown.
func ParsePerms(names []string) (p Perm, ok bool) {
	for _, n := range names {
		one, known := permNames[strings.TrimSpace(n)]
		if !known {
			return 0, false
		}
		p |= one
	}
	return p, true
}

// Names lists the permissions in p, sorted.
func (p Perm) Names() []string {
	names := []string{}
	for n, one := range permNames {
		if p&one != 0 {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

// MarshalJSON writes the names, so that what is stored outlives the order of the bits.
func (p Perm) MarshalJSON() ([]byte, error) { return json.Marshal(p.Names()) }

// UnmarshalJSON reads names and passes over those it does not know, which a newer version may have written.
func (p *Perm) UnmarshalJSON(b []byte) error {
	var names []string
	err := json.Unmarshal(b, &names)
	*p = 0
	for _, n := range names {
		*p |= permNames[n]
	}
	return err
}

// Schema describes a set of permissions in the OpenAPI document.
func (Perm) Schema(huma.Registry) *huma.Schema {
	one := &huma.Schema{Type: huma.TypeString}
	for _, n := range (^Public).Names() {
		one.Enum = append(one.Enum, n)
	}
	return &huma.Schema{Type: huma.TypeArray, Items: one}
}

// Who is somebody who asks, and what they may.
type Who struct {
	Actor store.Actor
	Staff int64   // the member of staff, also behind a token; 0 for none
	Name  string  // as colleagues know them
	Role  string  // the name of their role
	Can   Perm    // what they may do
	All   bool    // tickets of every team, not only of their own
	Teams []int64 // their teams

	Session int64 // that they are signed in with; 0 behind a token
}

// May says whether who has every permission in p.
func (w Who) May(p Perm) bool { return w.Can&p == p }

// Sees says whether who may see what belongs to a team; what belongs to none is everybody's who may view.
func (w Who) Sees(team int64) bool {
	return w.All || team == 0 || slices.Contains(w.Teams, team)
}

// Everything is an actor for whom no door is closed: the command line of whoever holds the data folder.
func Everything(actor store.Actor) Who {
	return Who{Actor: actor, Name: actor.ID, Can: ^Public, All: true}
}

type whoKey struct{}

// Asking puts who into the context of a request.
func Asking(ctx context.Context, w Who) context.Context { return context.WithValue(ctx, whoKey{}, w) }

// Asker is who asks; ok is false when nobody is signed in.
func Asker(ctx context.Context) (w Who, ok bool) {
	w, ok = ctx.Value(whoKey{}).(Who)
	return w, ok
}

// Audience is who may see something: those with the permission whose team it belongs to, or the one whose it is.
type Audience struct {
	Needs Perm
	Team  int64 // 0 for every team
	Staff int64 // whose it is, whatever their teams; 0 for nobody's
	Also  int64 // another one whose it is as well; 0 for nobody's
	Only  int64 // the one member of staff whom it concerns, if it concerns nobody else
}

// In says whether who belongs to an audience.
func (w Who) In(a Audience) bool {
	if a.Only != 0 {
		return w.May(a.Needs) && a.Only == w.Staff
	}
	return w.May(a.Needs) && (w.Sees(a.Team) || w.Staff != 0 && (a.Staff == w.Staff || a.Also == w.Staff))
}
