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
	About     Sort        `json:"about,omitempty"`  // what sort of story, where it is no complaint
}

// Kind names it.
func (Captured) Kind() string { return "tell.captured" }

// Taken says somebody sees to an idea, or to a process gone wrong, and will answer whoever told of it.
type Taken struct {
	Capture ID       `json:"capture"`
	Owner   staff.ID `json:"owner"`
}

// Kind names it.
func (Taken) Kind() string { return "tell.taken" }

// Overdue says that the moment has passed by which whoever told of it was to be answered.
type Overdue struct {
	Capture ID       `json:"capture"`
	Owner   staff.ID `json:"owner,omitzero"` // who sees to it
}

// Kind names it.
func (Overdue) Kind() string { return "tell.overdue" }

// Answered says that an idea, or a process gone wrong, has come to its end, and whoever told of it was answered.
type Answered struct {
	Capture ID       `json:"capture"`
	Staff   staff.ID `json:"staff,omitzero"` // who told
	Ended   End      `json:"ended"`
}

// Kind names it.
func (Answered) Kind() string { return "tell.answered" }
