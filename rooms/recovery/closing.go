package recovery

import (
	"slices"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Unfinished is what is left undone when a ticket is solved.
type Unfinished string

// What may be left undone.
const (
	NotInFollowUp Unfinished = "not_in_follow_up" // the complaint has not come so far that they are asked whether it held
	OfferWaits    Unfinished = "offer_open"       // they were offered something and have not chosen
	AskedMore     Unfinished = "asked_more"       // something is to be given and waits for a supervisor
	OtherNamed    Unfinished = "named"            // they named something else, and nothing was given since
)

// unfinished is what would be left undone in a case.
func unfinished(c Complaint, given []Remedy, offers []Offer) []Unfinished {
	left := []Unfinished{}
	if c.ID != 0 && c.Open() && c.Stage != stages.FollowUp {
		left = append(left, NotInFollowUp)
	}
	if slices.ContainsFunc(offers, func(o Offer) bool { return o.State == OfferOpen }) {
		left = append(left, OfferWaits)
	}
	if slices.ContainsFunc(given, func(r Remedy) bool { return r.State == Asking }) {
		left = append(left, AskedMore)
	}
	named := func(o Offer) bool {
		return o.State == OfferNamed && !slices.ContainsFunc(given, func(r Remedy) bool { return r.State == Gave && !r.GivenAt.Before(o.EndedAt) })
	}
	if slices.ContainsFunc(offers, named) {
		left = append(left, OtherNamed)
	}
	return left
}

// solved says on the timeline of a ticket that was solved what was left undone there.
func (room *Room) solved(tx *store.Tx, ticket tickets.ID) error {
	which, err := openOn(tx, ticket)
	if err != nil {
		return err
	}
	c := Complaint{Ticket: ticket}
	if which != 0 {
		if c, _, err = one(tx, which); err != nil {
			return err
		}
	}
	given, err := remedies.In(tx, ticket.String())
	if err != nil {
		return err
	}
	offers, err := remedies.OffersIn(tx, ticket.String())
	if err != nil {
		return err
	}
	if left := unfinished(c, given, offers); len(left) > 0 {
		return tx.Record(ticket, Overlooked{c.ID, ticket, left})
	}
	return nil
}
