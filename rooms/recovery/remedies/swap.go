package remedies

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What a customer chose of an offer is booked at once, and reaches them later. Until then they may choose otherwise.

// Sent says that what a customer chose is on its way to them.
type Sent struct {
	Offer     OfferID    `json:"offer"`
	Complaint stages.ID  `json:"complaint,omitzero"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
}

// Kind names it.
func (Sent) Kind() string { return "remedies.sent" }

// MaySwap says why a customer can't choose otherwise; answered is whether one of us wrote to them since they chose, for what
// was written about is on its way.
func (o Offer) MaySwap(answered bool) error {
	switch {
	case o.State != OfferChosen:
		return fault.New(fault.Conflict, "offer.not_chosen", "Nothing was chosen of this offer, so there is nothing to choose instead of.")
	case !o.SentAt.IsZero() || answered:
		return fault.New(fault.Conflict, "offer.sent", "What they chose is on its way to them already.")
	case o.chosen() < 0:
		return fault.New(fault.Conflict, "offer.taken_back", "What they chose was taken back, so there is nothing to choose instead of.")
	}
	return nil
}

// MayBeSent says why what was chosen can't go on its way.
func (o Offer) MayBeSent() error { return o.MaySwap(false) }

// chosen is which of them the customer chose and has got or will get; -1 when that is none.
func (o Offer) chosen() int {
	return slices.IndexFunc(o.Choices, func(r Remedy) bool { return r.State == Gave })
}

// Swap gives the customer another of the choices than the one they chose, which the ledger takes back. One that costs more
// is held against limits anew, for what was held for it went when they chose; one that does not is theirs without.
func Swap(tx *store.Tx, o *Offer, to ID, limits func() (ledger.Limits, error)) (was, now Remedy, err error) {
	from, i := o.chosen(), slices.IndexFunc(o.Choices, func(r Remedy) bool { return r.ID == to })
	switch {
	case i < 0:
		return was, now, fault.Field("remedy", "offer.not_offered", "This is not among what is offered.")
	case i == from:
		return was, now, fault.New(fault.Conflict, "offer.same", "This is what they chose already.")
	}
	there, err := In(tx, o.Matter)
	if err != nil {
		return was, now, err
	}
	if err := Booked(o.Choices[i], there); err != nil { // it may have been given as the other part since
		return was, now, err
	}
	o.Swaps++
	was, now = o.Choices[from], o.Choices[i]
	if was.Entry != 0 {
		if _, _, err := ledger.Reverse(tx, was.Entry, fmt.Sprintf("%s/back/%d", was.ID, o.Swaps)); err != nil {
			return was, now, err
		}
	}
	most := ledger.Limit{Most: math.MaxInt64}
	l := ledger.Limits{Case: most, Customer: most}
	if now.Minor > was.Minor {
		if l, err = limits(); err != nil {
			return was, now, err
		}
	}
	was.State, now.State, now.GivenAt = Passed, Gave, tx.Now()
	if now.Minor > 0 {
		e, _, err := ledger.Give(tx, ledger.Gift{
			Key: fmt.Sprintf("%s/%d", now.ID, o.Swaps), Amount: money.Amount{Minor: now.Minor, Currency: now.Currency}, Customer: o.Customer, Ticket: o.Ticket, Case: o.Matter,
			Staff: now.Staff, Team: now.Team, Part: string(now.Part), Kind: now.Kind, Remedy: now.ID.String(),
		}, l)
		if err != nil {
			return was, now, err
		}
		now.Entry = e.ID
	}
	back := was
	back.Entry, back.GivenAt = 0, time.Time{}
	o.Choices[from], o.Choices[i] = back, now
	if err := Save(tx, back); err != nil {
		return was, now, err
	}
	if err := Save(tx, now); err != nil {
		return was, now, err
	}
	return was, now, SaveOffer(tx, *o)
}

// Over says why a customer can't choose otherwise on a ticket: one of us wrote to them since they chose, or the ticket ended.
func (o Offer) Over(tx *store.Tx, room *tickets.Room, t tickets.Ticket) error {
	answered, err := room.AnsweredSince(tx, o.Ticket, o.EndedAt)
	if err == nil {
		err = o.MaySwap(answered || t.Status == tickets.Closed)
	}
	return err
}

// Swappable is what a customer chose of an offer and may still choose otherwise, as they see it on their own page: no
// note, no limit and no colleague is in it.
type Swappable struct {
	Offer   OfferID
	Chosen  ID
	Choices []Named
}

// Named is one of the choices. Where nobody wrote what it is, the name of the starter's kind stands for it, and how much it is
// where they get money by it.
type Named struct {
	Remedy ID            `json:"remedy"`
	What   string        `json:"what"`
	Kind   string        `json:"kind,omitempty"`
	Worth  *money.Amount `json:"worth,omitempty"`
}

// Names are the choices of an offer as its customer reads them. What others cost us is none of theirs, nor what one does whose
// label a company wrote, which may say itself how much it is.
func (o Offer) Names() []Named {
	all := make([]Named, 0, len(o.Choices))
	for _, r := range o.Choices {
		n := Named{Remedy: r.ID, What: r.What}
		if slices.ContainsFunc(starter(), func(c CatalogueItem) bool { return c.Key == r.Kind && c.Label == r.What }) {
			n.Kind = r.Kind
			if r.Minor > 0 && slices.Contains([]string{"refund", "credit", "voucher"}, r.Kind) {
				n.Worth = &money.Amount{Minor: r.Minor, Currency: r.Currency}
			}
		}
		all = append(all, n)
	}
	return all
}

// Swappables lists of a ticket what its customer may still choose otherwise.
func Swappables(tx *store.Tx, room *tickets.Room, t tickets.Ticket) (all []Swappable, err error) {
	chosen, err := store.All[Offer](tx, `SELECT `+offerColumns+` FROM remedies_offers WHERE ticket = $1 AND state = 'chosen' AND sent_at = 0 ORDER BY id`, t.ID)
	chosen, err = withChoices(tx, chosen, err)
	for _, o := range chosen {
		if o.Customer != t.Customer || len(o.Choices) < 2 {
			continue
		}
		if err := o.Over(tx, room, t); fault.Of(err) != nil {
			continue
		} else if err != nil {
			return nil, err
		}
		all = append(all, Swappable{Offer: o.ID, Chosen: o.Choices[o.chosen()].ID, Choices: o.Names()})
	}
	return all, err
}
