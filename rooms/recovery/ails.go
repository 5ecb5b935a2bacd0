package recovery

import (
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Ails says whether something is being put right on a ticket: there the customer's feelings come first, and our questions later.
func (room *Room) Ails(tx *store.Tx, ticket tickets.ID) (bool, error) {
	which, err := openOn(tx, ticket)
	return which != 0, err
}
