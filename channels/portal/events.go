package portal

import (
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What happens here. Kinds and fields are for ever.

// Linked says one of us made a link to hand to the customer.
type Linked struct {
	Link     LinkID     `json:"link"`
	Ticket   tickets.ID `json:"ticket"`
	Customer people.ID  `json:"customer"`
}

// Kind names it.
func (Linked) Kind() string { return "my.linked" }

// Revoked says that links of a customer open nothing any more: by one of us at a ticket, or because an address of theirs
// was taken away.
type Revoked struct {
	Customer people.ID  `json:"customer"`
	Ticket   tickets.ID `json:"ticket,omitzero"` // where it was done
	Links    int64      `json:"links"`
}

// Kind names it.
func (Revoked) Kind() string { return "my.revoked" }

// Configured says that the pages are set up otherwise.
type Configured struct {
	Days int `json:"days"`
}

// Kind names it.
func (Configured) Kind() string { return "my.configured" }
