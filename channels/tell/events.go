package tell

import (
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What happens here. Kinds and fields are for ever; none holds a word.

// Captured says somebody on the staff wrote down what they were told or given.
type Captured struct {
	Capture   ID          `json:"capture"`
	Staff     staff.ID    `json:"staff,omitzero"`
	Came      Came        `json:"came"`
	Complaint recovery.ID `json:"complaint,omitzero"`
	Ticket    tickets.ID  `json:"ticket,omitzero"`
	Files     int         `json:"files,omitempty"`
	Placed    bool        `json:"placed,omitempty"` // it is said where
}

// Kind names it.
func (Captured) Kind() string { return "tell.captured" }
