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

// Offered says a colleague is asked to see to a promise, by hand or because the ticket is theirs now; it stays its owner's
// until they say yes.
type Offered struct {
	Promise ID         `json:"promise"`
	Ticket  tickets.ID `json:"ticket,omitzero"`
	Owner   staff.ID   `json:"owner"`
	To      staff.ID   `json:"to"`
	Along   bool       `json:"with_ticket,omitempty"`
	Reason  ReasonID   `json:"reason,omitzero"`
}

// Kind names it.
func (Offered) Kind() string { return "promises.offered" }

// Declined says whoever was asked does not see to a promise.
type Declined struct {
	Promise ID         `json:"promise"`
	Ticket  tickets.ID `json:"ticket,omitzero"`
	Owner   staff.ID   `json:"owner"`
	To      staff.ID   `json:"to"`
	Reason  ReasonID   `json:"reason"`
}

// Kind names it.
func (Declined) Kind() string { return "promises.declined" }

// Withdrawn says nobody is asked any more to see to a promise.
type Withdrawn struct {
	Promise ID         `json:"promise"`
	Ticket  tickets.ID `json:"ticket,omitzero"`
	Owner   staff.ID   `json:"owner"`
	To      staff.ID   `json:"to"`             // who was
	Gone    bool       `json:"gone,omitempty"` // they can't see to it any more
}

// Kind names it.
func (Withdrawn) Kind() string { return "promises.withdrawn" }

// Handed says a colleague sees to a promise now: they were asked and said yes, or took it over.
type Handed struct {
	Promise ID         `json:"promise"`
	Ticket  tickets.ID `json:"ticket,omitzero"`
	Owner   staff.ID   `json:"owner"`
	Was     staff.ID   `json:"was"`
	Reason  ReasonID   `json:"reason,omitzero"` // none when they were asked: it was given then
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

// Refused says an answer has left that says what it could not promise any more: its time is past, or it is refused by now.
type Refused struct {
	Planned PlannedID         `json:"planned"`
	Ticket  tickets.ID        `json:"ticket"`
	Staff   staff.ID          `json:"staff"` // whose answer it is
	Message tickets.MessageID `json:"message"`
	Code    string            `json:"code"` // of the fault
}

// Kind names it.
func (Refused) Kind() string { return "promises.refused" }

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
	Parts []string `json:"parts"` // share, cases, remind, mail, kinds, calendar, teams
}

// Kind names it.
func (Configured) Kind() string { return "promises.configured" }
