package app

import (
	"context"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// mostSaid is how much of a conversation counts for the next words in it.
const mostSaid = 500

// situation is what the lexicon wants to know of the ticket a draft is for. Only what reached the customer, or came from
// them, has been said: a note has not.
func (h *House) situation(ctx context.Context, who web.Who, ticket string) (d lexicon.Draft, err error) {
	var id tickets.ID
	if id.UnmarshalText([]byte(ticket)) != nil {
		return d, fault.New(fault.NotFound, "ticket.unknown", "There is no ticket %s.", ticket)
	}
	return d, h.DB.Read(ctx, func(tx *store.Tx) error {
		said, err := h.Tickets.Talk(tx, who, id, 0, mostSaid)
		if err != nil {
			return err
		}
		t, err := h.Tickets.Look(tx, id)
		if err != nil {
			return err
		}
		c, err := h.People.Look(tx, t.Customer)
		if err != nil {
			return err
		}
		d.Channel, d.Name, d.Type, d.Tags = t.Channel, c.Name, t.Type, t.Tags
		for _, a := range c.Reach {
			d.Card = append(d.Card, string(a.Kind)) // "email", "phone": that it is known, not what it is
		}
		for _, m := range said {
			if m.Kind == tickets.In || m.Kind == tickets.Out {
				d.Talk = append(d.Talk, lexicon.Side{Text: m.Text, Theirs: m.Kind == tickets.In})
			}
		}
		return nil
	})
}
