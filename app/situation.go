package app

import (
	"context"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// situation is what the lexicon wants to know of the ticket a draft is for, told to whoever may see it.
func (h *House) situation(ctx context.Context, who web.Who, ticket string) (d lexicon.Draft, err error) {
	var id tickets.ID
	if id.UnmarshalText([]byte(ticket)) != nil {
		return d, fault.New(fault.NotFound, "ticket.unknown", "There is no ticket %s.", ticket)
	}
	return d, h.DB.Read(ctx, func(tx *store.Tx) error {
		t, err := h.Tickets.Mine(tx, who, id)
		if err == nil {
			d, err = h.Tickets.Situation(tx, t)
		}
		if err == nil {
			d.Complaint, err = h.Recovery.Ails(tx, id)
		}
		return err
	})
}
