package portal

import (
	"encoding/json"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Followers remember since when a ticket stands where it does, and end the links of who lost an address.
func (room *Room) Followers() []*store.Follower {
	f := store.NewFollower("my.pages")
	store.On(f, func(tx *store.Tx, entry store.Entry, e tickets.Opened) error {
		return setStanding(tx, e.Ticket, tickets.Fresh, entry.At)
	})
	store.On(f, func(tx *store.Tx, entry store.Entry, e tickets.Stood) error {
		return setStanding(tx, e.Ticket, e.To, entry.At)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, e people.Unreachable) error {
		// Whoever reads that mailbox now may not be them.
		return room.revokeAll(tx, e.Customer, Revoked{Customer: e.Customer})
	})
	return []*store.Follower{f}
}

// Audience says who may see an entry of the journal of this channel: of a ticket, whoever may see that.
func (room *Room) Audience(tx *store.Tx, e store.Entry) (web.Audience, error) {
	var about struct {
		Ticket tickets.ID `json:"ticket"`
	}
	if err := json.Unmarshal(e.Body, &about); err != nil || about.Ticket == 0 {
		return web.Audience{Needs: web.View}, err
	}
	return room.tickets.Audience(tx, store.Entry{Kind: e.Kind, Subject: about.Ticket.String()})
}
