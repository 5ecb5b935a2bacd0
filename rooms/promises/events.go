package promises

import (
	"time"

	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What happens here. Kinds and fields are for ever. Those about promises of a ticket are about that ticket.

// Made says somebody promised something.
type Made struct {
	Promise   ID                `json:"promise"`
	Ticket    tickets.ID        `json:"ticket,omitzero"`
	Customer  people.ID         `json:"customer"`
	What      string            `json:"kind"`
	MadeBy    staff.ID          `json:"made_by,omitzero"`
	Owner     staff.ID          `json:"owner"`
	Team      staff.TeamID      `json:"team,omitzero"`
	Source    Source            `json:"source"`
	Message   tickets.MessageID `json:"message,omitzero"`
	Due       time.Time         `json:"due"`
	InsteadOf ID                `json:"instead_of,omitzero"`
	Anyway    ReasonID          `json:"anyway,omitzero"` // history speaks against that date; the words are not in the journal
}

// Kind names it.
func (Made) Kind() string { return "promises.made" }

// Kept says a promise was kept: late when it had been broken before.
type Kept struct {
	Promise ID         `json:"promise"`
	Ticket  tickets.ID `json:"ticket,omitzero"`
	Owner   staff.ID   `json:"owner"`
	Late    bool       `json:"late,omitempty"`
}

// Kind names it.
func (Kept) Kind() string { return "promises.kept" }

// Renewed says the customer was told of another time: before the first one came, or late, when it had been broken.
type Renewed struct {
	Promise    ID         `json:"promise"`
	Ticket     tickets.ID `json:"ticket,omitzero"`
	Owner      staff.ID   `json:"owner"`
	FollowedBy ID         `json:"followed_by"`
	Told       How        `json:"told"`
	CallTried  bool       `json:"call_tried,omitempty"`
	Late       bool       `json:"late,omitempty"`
	Reason     ReasonID   `json:"reason"`
}

// Kind names it.
func (Renewed) Kind() string { return "promises.renewed" }

// Released says nobody waits for a promise any more: the customer let us off, with a reason, or the ticket was spam.
type Released struct {
	Promise ID         `json:"promise"`
	Ticket  tickets.ID `json:"ticket,omitzero"`
	Owner   staff.ID   `json:"owner"`
	Late    bool       `json:"late,omitempty"`
	Reason  ReasonID   `json:"reason,omitzero"`
}

// Kind names it.
func (Released) Kind() string { return "promises.released" }

// Handed says a colleague sees to a promise now.
type Handed struct {
	Promise ID         `json:"promise"`
	Ticket  tickets.ID `json:"ticket,omitzero"`
	Owner   staff.ID   `json:"owner"`
	Was     staff.ID   `json:"was"`
	Reason  ReasonID   `json:"reason"`
}

// Kind names it.
func (Handed) Kind() string { return "promises.handed" }

// Reminded says the owner of a promise should see to it.
type Reminded struct {
	Promise ID         `json:"promise"`
	Ticket  tickets.ID `json:"ticket,omitzero"`
	Owner   staff.ID   `json:"owner"`
	Due     time.Time  `json:"due"`
}

// Kind names it.
func (Reminded) Kind() string { return "promises.reminded" }

// Broken says the time of a promise came, and it was not kept, nor had the customer been told of another time.
type Broken struct {
	Promise ID         `json:"promise"`
	Ticket  tickets.ID `json:"ticket,omitzero"`
	Owner   staff.ID   `json:"owner"`
	Due     time.Time  `json:"due"`
}

// Kind names it.
func (Broken) Kind() string { return "promises.broken" }

// Moved says a promise belongs to another ticket: its own was merged into that.
type Moved struct {
	Promise ID         `json:"promise"`
	Ticket  tickets.ID `json:"ticket"`
	Was     tickets.ID `json:"was"`
}

// Kind names it.
func (Moved) Kind() string { return "promises.moved" }

// Configured says the company promises by other settings.
type Configured struct {
	Parts []string `json:"parts"` // share, cases, remind, kinds, calendar
}

// Kind names it.
func (Configured) Kind() string { return "promises.configured" }
