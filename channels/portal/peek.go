package portal

import (
	"context"
	"net/http"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Peek is the page of a ticket as its customer sees it, for one of us who may see the ticket; that of the newest ticket they
// may see when ticket is 0. It opens no link, and nothing can be done there in the customer's name.
func (room *Room) Peek(ctx context.Context, who web.Who, ticket tickets.ID) (p Page, err error) {
	return p, room.db.Read(ctx, func(tx *store.Tx) error {
		t, err := room.peeked(tx, who, ticket)
		if err != nil {
			return err
		}
		p, err = room.page(tx, t, t.Customer, 0)
		p.Look = true
		return err
	})
}

func (room *Room) peeked(tx *store.Tx, who web.Who, ticket tickets.ID) (t tickets.Ticket, err error) {
	if ticket != 0 {
		if t, err = room.mine(tx, who, ticket); err == nil && (t.Ended == tickets.Spam || t.Ended == tickets.Merged) {
			err = noPage()
		}
		return t, err
	}
	page, err := room.tickets.List(tx, who, tickets.Filter{Limit: 20})
	for _, t := range page.Items {
		if t.Ended != tickets.Spam && t.Ended != tickets.Merged {
			return t, err
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "my.no_ticket", "There is no ticket yet whose page could be shown.")
	}
	return t, err
}

func noPage() error {
	return fault.New(fault.Conflict, "my.no_page", "This ticket has no page for its customer: it was merged, or is spam.")
}

// peek writes the page as a customer sees it.
func (p *desk) peek(w http.ResponseWriter, r *http.Request, who web.Who) error {
	var which tickets.ID
	if asked := r.URL.Query().Get("ticket"); asked != "" {
		if err := which.UnmarshalText([]byte(asked)); err != nil {
			return err
		}
	}
	page, err := p.Peek(r.Context(), who, which)
	if err != nil {
		return err
	}
	s := p.sheet(r, page.Customer.Language, page.Zone)
	s.Page, s.Desk, s.Title, s.Welcome = &page, page.Settings.Name, page.Ticket.Subject, page.Settings.Welcome.In(s.lang)
	s.Notice = s.T("my.peek")
	p.send(w, r, http.StatusOK, "ticket.html", s)
	return nil
}
