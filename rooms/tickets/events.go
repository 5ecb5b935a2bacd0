package tickets

import (
	"time"

	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// What happens here. Kinds and fields are for ever: other rooms follow them, and the journal keeps them.

// Opened says a contact became a ticket of its own.
type Opened struct {
	Ticket   ID           `json:"ticket"`
	Number   int64        `json:"number"`
	Customer people.ID    `json:"customer"`
	Channel  string       `json:"channel"`
	Mailbox  MailboxID    `json:"mailbox,omitzero"`
	Priority Priority     `json:"priority"`
	Type     string       `json:"type,omitempty"`
	Team     staff.TeamID `json:"team,omitzero"`
}

// Kind names it.
func (Opened) Kind() string { return "tickets.opened" }

// Heard says the customer's side said something.
type Heard struct {
	Ticket   ID        `json:"ticket"`
	Message  MessageID `json:"message"`
	Customer people.ID `json:"customer"`
	Channel  string    `json:"channel"`
	First    bool      `json:"first,omitempty"`    // it opened the ticket
	Reopened bool      `json:"reopened,omitempty"` // it had been resolved or closed
	Machine  bool      `json:"machine,omitempty"`  // written by a program
	At       time.Time `json:"at,omitzero"`        // when it was said, where we heard of it later
	Answered bool      `json:"answered,omitempty"` // it comes from an archive, and was answered since
}

// Kind names it.
func (Heard) Kind() string { return "tickets.received" }

// Answered says one of us said something to the customer; the channel sends it.
type Answered struct {
	Ticket    ID        `json:"ticket"`
	Message   MessageID `json:"message"`
	Channel   string    `json:"channel"`
	Mailbox   MailboxID `json:"mailbox,omitzero"`
	First     bool      `json:"first,omitempty"`     // the first human answer
	Elsewhere bool      `json:"elsewhere,omitempty"` // it was sent from another program and read in the Sent folder
	At        time.Time `json:"at,omitzero"`         // when it was said, where we heard of it later
	Late      bool      `json:"late,omitempty"`      // the customer has written since
	Waiting   time.Time `json:"waiting,omitzero"`    // and what they wrote first after it is what waits now
	Draft     DraftID   `json:"draft,omitzero"`      // what it was until it left; what somebody bound to that goes on with the message
}

// Kind names it.
func (Answered) Kind() string { return "tickets.answered" }

// Overruled says an answer left against rules of the lexicon that would have stopped it; who did so is who acts.
type Overruled struct {
	Ticket  ID        `json:"ticket"`
	Message MessageID `json:"message"`
	Rules   []string  `json:"rules"`  // their ids
	Reason  ReasonID  `json:"reason"` // the words are not in the journal
}

// Kind names it.
func (Overruled) Kind() string { return "tickets.overruled" }

// Noticed says machine text goes to the customer; the channel sends it.
type Noticed struct {
	Ticket  ID        `json:"ticket"`
	Message MessageID `json:"message"`
	Channel string    `json:"channel"`
	What    string    `json:"what"` // acknowledgement …
}

// Kind names it.
func (Noticed) Kind() string { return "tickets.noticed" }

// Noted says one of us wrote a note for colleagues.
type Noted struct {
	Ticket   ID         `json:"ticket"`
	Message  MessageID  `json:"message"`
	Mentions []staff.ID `json:"mentions,omitempty"`
}

// Kind names it.
func (Noted) Kind() string { return "tickets.noted" }

// Stood says a ticket stands elsewhere now.
type Stood struct {
	Ticket ID     `json:"ticket"`
	From   Status `json:"from"`
	To     Status `json:"to"`
	Ended  Ended  `json:"ended,omitempty"`
	Why    string `json:"why"` // by_hand, heard, answered, confirmed: what moved it
}

// Kind names it.
func (Stood) Kind() string { return "tickets.stood" }

// Assigned says whose it is now.
type Assigned struct {
	Ticket   ID           `json:"ticket"`
	Staff    staff.ID     `json:"staff,omitzero"`
	Team     staff.TeamID `json:"team,omitzero"`
	WasStaff staff.ID     `json:"was_staff,omitzero"`
	WasTeam  staff.TeamID `json:"was_team,omitzero"`
	Reason   ReasonID     `json:"reason,omitzero"` // the words are not in the journal
}

// Kind names it.
func (Assigned) Kind() string { return "tickets.assigned" }

// Tagged says which tags came and went.
type Tagged struct {
	Ticket  ID       `json:"ticket"`
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
}

// Kind names it.
func (Tagged) Kind() string { return "tickets.tagged" }

// Changed says which parts of a ticket are different.
type Changed struct {
	Ticket      ID       `json:"ticket"`
	Parts       []string `json:"parts"`
	Priority    Priority `json:"priority,omitempty"`
	WasPriority Priority `json:"was_priority,omitempty"`
	Type        string   `json:"type,omitempty"`
}

// Kind names it.
func (Changed) Kind() string { return "tickets.changed" }

// Marked says that facts come first in a ticket from now on, in which matter, or do no more.
type Marked struct {
	Ticket ID     `json:"ticket"`
	Facts  Matter `json:"facts_first,omitempty"`
	Was    Matter `json:"was,omitempty"`
}

// Kind names it.
func (Marked) Kind() string { return "tickets.marked" }

// Delivered says what became of a message that goes out.
type Delivered struct {
	Ticket  ID        `json:"ticket"`
	Message MessageID `json:"message"`
	State   State     `json:"state"` // sent, failed, bounced
}

// Kind names it.
func (Delivered) Kind() string { return "tickets.delivered" }

// Configured says a type or a custom field was set up, changed or taken away.
type Configured struct {
	What string `json:"what"` // type or field
	Key  string `json:"key"`
	Gone bool   `json:"gone,omitempty"`
}

// Kind names it.
func (Configured) Kind() string { return "tickets.configured" }

// Held says that a draft which was to leave did not; only its author hears of it.
type Held struct {
	Ticket ID       `json:"ticket"`
	Staff  staff.ID `json:"staff"`
}

// Kind names it.
func (Held) Kind() string { return "drafts.held" }
