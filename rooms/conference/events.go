package conference

import (
	"time"

	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What happens here. Kinds and fields are for ever. All are about the ticket; none says who was asked, or what.

// Invited says some people were brought into a case, in a part of their own.
type Invited struct {
	Part    ID         `json:"part"`
	Ticket  tickets.ID `json:"ticket"`
	What    Kind       `json:"kind"`
	AskedBy staff.ID   `json:"asked_by,omitzero"`
	Message MessageID  `json:"message"`
}

// Kind names it.
func (Invited) Kind() string { return "parts.invited" }

// Brought says somebody else was brought into a part, or left it.
type Brought struct {
	Part   ID         `json:"part"`
	Ticket tickets.ID `json:"ticket"`
	Person PersonID   `json:"person"`
	Gone   bool       `json:"gone,omitempty"`
}

// Kind names it.
func (Brought) Kind() string { return "parts.brought" }

// Written says something was said to those in a part; the channel sends it.
type Written struct {
	Part      ID         `json:"part"`
	Ticket    tickets.ID `json:"ticket"`
	Message   MessageID  `json:"message"`
	Asks      bool       `json:"asks,omitempty"`      // we wait for an answer
	Shared    int        `json:"shared,omitempty"`    // how many messages of the ticket went along
	Chase     bool       `json:"chase,omitempty"`     // it reminds them
	Machine   bool       `json:"machine,omitempty"`   // a machine text
	Elsewhere bool       `json:"elsewhere,omitempty"` // it was sent from another program and read in the Sent folder
}

// Kind names it.
func (Written) Kind() string { return "parts.written" }

// Heard says one of those in a part said something. Where others are in it too, the channel sends it on to them.
type Heard struct {
	Part    ID         `json:"part"`
	Ticket  tickets.ID `json:"ticket"`
	Message MessageID  `json:"message"`
	Machine bool       `json:"machine,omitempty"`
}

// Kind names it.
func (Heard) Kind() string { return "parts.heard" }

// Ended says a part is done.
type Ended struct {
	Part   ID         `json:"part"`
	Ticket tickets.ID `json:"ticket"`
	Moot   bool       `json:"moot,omitempty"` // because the ticket is spam
}

// Kind names it.
func (Ended) Kind() string { return "parts.done" }

// Came says the moment has come at which those in a part are to be reminded by a person.
type Came struct {
	Part   ID         `json:"part"`
	Ticket tickets.ID `json:"ticket"`
	Due    time.Time  `json:"due"`
}

// Kind names it.
func (Came) Kind() string { return "parts.due" }

// Changed says which facts of a part are different.
type Changed struct {
	Part   ID         `json:"part"`
	Ticket tickets.ID `json:"ticket"`
	Parts  []string   `json:"parts"` // title, known_as, chase_at, machine
}

// Kind names it.
func (Changed) Kind() string { return "parts.changed" }

// Delivered says what became of a message that goes out.
type Delivered struct {
	Part    ID            `json:"part"`
	Ticket  tickets.ID    `json:"ticket"`
	Message MessageID     `json:"message"`
	State   tickets.State `json:"state"` // sent, failed, bounced
}

// Kind names it.
func (Delivered) Kind() string { return "parts.delivered" }

// Moved says a part belongs to another ticket: its own was merged into that.
type Moved struct {
	Part   ID         `json:"part"`
	Ticket tickets.ID `json:"ticket"`
	Was    tickets.ID `json:"was"`
}

// Kind names it.
func (Moved) Kind() string { return "parts.moved" }

// Configured says the company asks others in another way now.
type Configured struct {
	Parts []string `json:"parts"` // chase_after
}

// Kind names it.
func (Configured) Kind() string { return "parts.configured" }
