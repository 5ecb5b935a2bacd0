// Package lexicon knows the words we say to a customer, and those we never do.
//
// A Rule is written by people, in a file or in the settings: what it finds, why that hurts, what to say instead, and
// sentences it must mark and must leave alone, which are tried whenever it is read. NewBook makes rules ready; Check
// holds a draft against them in well under a millisecond. Nothing here blocks anybody: a finding is a mark with a reason.
//
// The order of things counts: an apology comes before a question about the cause, and what was said earlier in the
// ticket is an argument of the check (Said), as is what the customer wrote.
package lexicon

import (
	"slices"
	"time"
)

// Severity is how much a finding matters.
type Severity string

// The severities.
const (
	Note Severity = "note" // could be better
	Warn Severity = "warn" // hurts
	Stop Severity = "stop" // must not be said
)

func (s Severity) weight() int { return slices.Index([]Severity{Note, Warn, Stop}, s) }

// Said is how far a ticket has come, in the order of things.
type Said int

// The steps of it.
const (
	Nothing    Said = iota // nobody has said sorry yet
	Apologised             // we have
	Accepted               // and the customer has taken it
)

// Rule is one line of the lexicon.
type Rule struct {
	ID       string   `yaml:"id" json:"id" maxLength:"80"`
	Family   string   `yaml:"family" json:"family" maxLength:"40"`
	Find     []string `yaml:"find" json:"find"`                   // patterns; see compile
	Made     string   `yaml:"made" json:"made,omitempty"`         // instead of Find: the name of a check that is made in Go
	With     []string `yaml:"with" json:"with,omitempty"`         // one of these must be in the same sentence
	Unless   []string `yaml:"unless" json:"unless,omitempty"`     // none of these may be in the same sentence
	Is       string   `yaml:"is" json:"is,omitempty"`             // good words: what they are, such as "apology"; they are never marked
	Until    string   `yaml:"until" json:"until,omitempty"`       // too early until we have "apologised", or until that was "accepted"
	Severity Severity `yaml:"severity" json:"severity,omitempty"` // warn when empty
	Softens  bool     `yaml:"softens" json:"softens,omitempty"`   // yields where facts come first: safety, health, law, contract
	Why      string   `yaml:"why" json:"why" maxLength:"500"`
	Better   []string `yaml:"better" json:"better,omitempty"`
	Bad      []string `yaml:"bad" json:"bad" nullable:"false"` // sentences it must find something in
	Good     []string `yaml:"good" json:"good,omitempty"`      // and those it must not
	Trades   []string `yaml:"trades" json:"trades,omitempty"`
	Brands   []string `yaml:"brands" json:"brands,omitempty"`
	Channels []string `yaml:"channels" json:"channels,omitempty"`
}

// Draft is what somebody is about to say, and where.
type Draft struct {
	Text      string
	Language  string // BCP 47; how its days and times are read
	Channel   string // "email", "chat", …; empty counts as a mail
	Brand     string
	Trade     string
	Type      string   // of the ticket
	Tags      []string // of the ticket
	Said      Said
	Facts     bool      // facts first: softening rules yield
	Closing   bool      // it is to be the last word of the matter: with thanks and a goodbye
	Complaint bool      // something went wrong for them, and is being put right
	Name      string    // of the customer, as they write it
	Card      []string  // what else is known of them: "phone", "email", "address"
	Talk      []Side    // what was said in the ticket so far, in its order
	Now       time.Time // on the clock of whoever writes; without it no promise has a date
}

// Side is something that was said in a ticket.
type Side struct {
	Text   string
	Theirs bool // by the customer
}

// Checked is the answer to a draft.
type Checked struct {
	Findings []Finding `json:"findings" nullable:"false"`
	Promises []Promise `json:"promises" nullable:"false" doc:"what the draft promises; the composer offers to keep it in mind"`
	Heat     int       `json:"heat" minimum:"0" maximum:"3" doc:"how high the customer's feelings run by what they wrote last: 0 calm, 1 annoyed, 2 upset, 3 furious or at their wits' end. From 2 on compassion comes first, and no correction"`
}

// Finding is a mark in a draft. Start and End count UTF-16 units, as browsers do; both are 0 for what is missing.
type Finding struct {
	Start    int      `json:"start"`
	End      int      `json:"end"`
	Rule     string   `json:"rule"`
	Family   string   `json:"family"`
	Severity Severity `json:"severity"`
	Why      string   `json:"why"`
	Better   []string `json:"better" nullable:"false" doc:"what to say instead, the best first"`
	Quotes   []string `json:"quotes,omitempty" doc:"the customer's own words it is about: the questions that wait, what they have told already"`
}
