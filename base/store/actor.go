package store

import "strings"

// Actor is who acts, and by what way: a typed pair such as staff:stf_06f3…, never an address.
type Actor struct {
	Kind ActorKind
	ID   string // an id of that kind, or the name of a part of the system
	Via  string // web, api, email, cli, journal, due …
}

// ActorKind is the kind of an Actor.
type ActorKind string

// The kinds of actors.
const (
	StaffKind    ActorKind = "staff"
	CustomerKind ActorKind = "customer"
	TokenKind    ActorKind = "token" // a program on behalf of a member of staff
	SystemKind   ActorKind = "system"
)

// System is a part of Hearth acting by itself.
func System(name string) Actor { return Actor{Kind: SystemKind, ID: name, Via: "system"} }

// String writes the pair, such as staff:stf_06f3x8k2m4q7r.
func (a Actor) String() string { return string(a.Kind) + ":" + a.ID }

// By reads what String wrote; via is kept apart in the journal.
func By(s, via string) Actor {
	kind, rest, _ := strings.Cut(s, ":")
	return Actor{Kind: ActorKind(kind), ID: rest, Via: via}
}
