package recovery

import (
	"context"
	"errors"
	"net/http"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// SwapIn is the customer of a ticket choosing otherwise among what they were offered, until it is on its way to them.
func (room *Room) SwapIn(tx *store.Tx, who web.Who, t tickets.Ticket, which OfferID, to RemedyID) (o Offer, err error) {
	if o, err = room.anyOffer(tx, who, which); err != nil {
		return o, err
	}
	if o.Ticket != t.ID {
		return o, fault.New(fault.NotFound, "offer.unknown", "There is no offer %s.", which)
	}
	if err := o.Over(tx, room.tickets, t); err != nil {
		return o, err
	}
	m := matter{complaint: Complaint{ID: o.Complaint}, ticket: o.Ticket, customer: o.Customer, team: o.Team, name: o.Matter}
	if err := ledger.Hold(tx, o.Customer, o.Matter, o.Choices[0].Currency); err != nil {
		return o, err
	}
	was, now, err := remedies.Swap(tx, &o, to, func() (ledger.Limits, error) {
		them, err := room.staff.Who(tx, o.Staff) // on whose authority it was offered
		if err != nil {
			return ledger.Limits{}, err
		}
		l, _, err := room.bounds(tx, them, o.Customer, o.Matter)
		return l, err
	})
	if err != nil {
		return o, err
	}
	return o, errors.Join(
		tx.Record(m.subject(), TakenBack{was.ID, was.Complaint, was.Ticket, was.Part, was.Kind}),
		tx.Record(m.subject(), Chosen{o.ID, o.Complaint, o.Ticket, now.ID}),
		tx.Record(m.subject(), Given{now.ID, now.Complaint, now.Ticket, now.Customer, now.Part, now.Kind, now.Staff, now.Team, now.Approval}),
		room.rules.Swapped(tx, now.Team, now.Staff, now.Minor, was.Minor, was.GivenAt))
}

// anyOffer loads an offer, whatever became of it, for its customer or somebody who may see the case.
func (room *Room) anyOffer(tx *store.Tx, who web.Who, which OfferID) (Offer, error) {
	o, ok, err := remedies.OfferOf(tx, which)
	if err == nil && ok {
		ok, err = room.answersTo(tx, who, o)
	}
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "offer.unknown", "There is no offer %s.", which)
	}
	return o, err
}

// Send is one of us saying that what the customer chose is on its way to them: from then on they can't choose otherwise.
func (room *Room) Send(ctx context.Context, who web.Who, which OfferID) (o Offer, err error) {
	return o, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if o, err = room.anyOffer(tx, who, which); err != nil {
			return err
		}
		if err := o.MayBeSent(); err != nil {
			return err
		}
		o.SentAt = tx.Now()
		for i := range o.Choices {
			o.Choices[i].Dress(who)
		}
		m := matter{complaint: Complaint{ID: o.Complaint}, ticket: o.Ticket}
		return errors.Join(remedies.SaveOffer(tx, o), tx.Record(m.subject(), remedies.Sent{Offer: o.ID, Complaint: o.Complaint, Ticket: o.Ticket}))
	})
}

func (room *Room) swapRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/remedies/offers/{offer}/sent", Needs: web.Money, Say: "Say that what the customer chose is on its way; from then on they can't choose otherwise"},
		func(ctx context.Context, who web.Who, in *byOffer) (Offer, error) {
			return room.Send(ctx, who, in.Offer)
		})
}
