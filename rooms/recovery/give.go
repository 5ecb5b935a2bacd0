package recovery

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/recovery/policies"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Case is what a remedy is for: a complaint, or a ticket without one, for delight.
type Case struct {
	Complaint ID
	Ticket    tickets.ID
}

// matter is a case as it is now. Where there is a complaint it stays as it is until the transaction ends.
type matter struct {
	complaint Complaint // zero when there is none
	ticket    tickets.ID
	customer  people.ID
	team      staff.TeamID
	name      string // what the ledger calls it
}

func (m matter) subject() fmt.Stringer {
	if m.ticket != 0 {
		return m.ticket
	}
	return m.complaint.ID
}

// of finds a case that who may see. A ticket with an open complaint is that complaint's.
func (room *Room) of(tx *store.Tx, who web.Who, in Case) (m matter, err error) {
	if in.Complaint == 0 {
		t, err := room.ticket(tx, who, in.Ticket)
		if err != nil {
			return m, err
		}
		m = matter{ticket: t.ID, customer: t.Customer, team: t.Team, name: t.ID.String()}
		if in.Complaint, err = openOn(tx, t.ID); err != nil || in.Complaint == 0 {
			return m, err
		}
	}
	c, err := room.mine(tx, who, in.Complaint)
	return matter{c, c.Ticket, c.Customer, c.Team, c.Matter()}, err
}

// asked refuses to propose anything before the customer was asked what they would like.
func (m matter) asked() error {
	if m.complaint.ID == 0 || m.complaint.Asked() {
		return nil
	}
	return fault.New(fault.Conflict, "wish.missing", "Ask first what they would like, and write it down; or note that they would not say.")
}

// Gift is what somebody gives.
type Gift struct {
	Part Part `json:"part" enum:"right,extra"`
	Choice
	Note   string      `json:"note,omitempty" maxLength:"10000" doc:"for colleagues; the customer never sees it"`
	Policy policies.ID `json:"policy,omitempty" doc:"the rule that is bent by it, when one is"`
}

// Settlement is what became of it: given, or a supervisor is asked.
type Settlement struct {
	Remedy
	ExtraMissing bool `json:"extra_missing" doc:"it is made right, and nothing extra is given or offered yet"`
	RightMissing bool `json:"right_missing" doc:"there is something extra, and nothing that makes it right"`
}

// StatusCode is that of HTTP: 201 when it is given, 202 when a supervisor is asked.
func (s Settlement) StatusCode() int {
	if s.State == Asking {
		return http.StatusAccepted
	}
	return http.StatusCreated
}

// Give gives a customer something within the authority of who. What is more than that asks a supervisor.
func (room *Room) Give(ctx context.Context, who web.Who, in Case, g Gift) (s Settlement, err error) {
	return s, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		m, r, err := room.prepare(tx, who, in, g)
		if err != nil {
			return err
		}
		r.ID, r.At, r.Staff = remedies.NewID(tx), tx.Now(), staff.ID(who.Staff)
		r.State = Gave
		err = room.enter(tx, who, &r, m, ledger.Limits{}, false)
		if f := fault.Of(err); f != nil && (f.Code == "authority.case" || f.Code == "authority.customer") {
			err = room.askMore(tx, who, &r, m, g.Policy)
		} else if err == nil {
			err = errors.Join(remedies.Insert(tx, r), room.tellGiven(tx, r, m))
			if err == nil {
				_, err = room.bent(tx, policies.Bent{Policy: g.Policy, Staff: r.Staff, Remedy: r.ID}, m)
			}
		}
		if err != nil {
			return err
		}
		s, err = room.settlement(tx, who, r)
		return err
	})
}

func (room *Room) settlement(tx *store.Tx, who web.Who, r Remedy) (Settlement, error) {
	all, err := remedies.In(tx, r.Matter)
	s := Settlement{Remedy: r}
	s.RightMissing, s.ExtraMissing = remedies.Parts(all)
	s.Dress(who)
	return s, err
}

// prepare makes the remedy that a gift is, and checks all but whether it may be given.
func (room *Room) prepare(tx *store.Tx, who web.Who, in Case, g Gift) (m matter, r Remedy, err error) {
	if who.Staff == 0 {
		return m, r, fault.New(fault.Denied, "authority.nobody", "Only a member of staff can give something, because it is on their authority.")
	}
	if m, err = room.of(tx, who, in); err != nil {
		return m, r, err
	}
	if err := errors.Join(m.asked(), policies.InForce(tx, g.Policy)); err != nil {
		return m, r, err
	}
	if m.complaint.ID != 0 {
		if err := m.complaint.mustBeOpen(); err != nil {
			return m, r, err
		}
	}
	d, err := authority.Look(tx)
	if err != nil {
		return m, r, err
	}
	all, err := remedies.Catalogue(tx)
	if err != nil {
		return m, r, err
	}
	if r, err = g.Plain(g.Part, all, d); err != nil {
		return m, r, err
	}
	if r.Note, err = stages.Tidy("note", g.Note, longest); err != nil {
		return m, r, err
	}
	r.Complaint, r.Ticket, r.Customer, r.Team, r.Matter = m.complaint.ID, m.ticket, m.customer, m.team, m.name
	if r.Team == 0 && len(who.Teams) > 0 {
		r.Team = staff.TeamID(who.Teams[0])
	}
	if err := ledger.Hold(tx, m.customer, m.name, d.Currency); err != nil {
		return m, r, err
	}
	there, err := remedies.In(tx, m.name)
	if err != nil {
		return m, r, err
	}
	return m, r, remedies.Booked(r, there)
}

// enter writes a gift into the ledger, within the limits of who unless they were kept before. One that costs nothing has
// no entry.
func (room *Room) enter(tx *store.Tx, who web.Who, r *Remedy, m matter, l ledger.Limits, kept bool) error {
	r.GivenAt = tx.Now()
	if r.Minor == 0 {
		return nil
	}
	var err error
	if !kept {
		if l, _, err = room.bounds(tx, who, m.customer, m.name); err != nil {
			return err
		}
	}
	e, _, err := ledger.Give(tx, ledger.Gift{
		Key: r.ID.String(), Amount: money.Amount{Minor: r.Minor, Currency: r.Currency}, Customer: m.customer, Ticket: m.ticket, Case: m.name,
		Staff: r.Staff, Team: r.Team, Part: string(r.Part), Kind: r.Kind, Remedy: r.ID.String(),
	}, l)
	r.Entry = e.ID
	return err
}

func (room *Room) tellGiven(tx *store.Tx, r Remedy, m matter) error {
	err := tx.Record(m.subject(), Given{r.ID, r.Complaint, r.Ticket, r.Customer, r.Part, r.Kind, r.Staff, r.Team, r.Approval})
	if err != nil || r.Minor == 0 {
		return err
	}
	return room.rules.Gave(tx, r.Team, r.Staff, r.Minor)
}

// TakeBack takes back what was given; the ledger gets an entry that says so.
func (room *Room) TakeBack(ctx context.Context, who web.Who, which RemedyID, why string) (s Settlement, err error) {
	if why, err = stages.Tidy("reason", why, longest); err == nil && why == "" {
		err = fault.Field("reason", "remedy.reason", "Say why it is taken back.")
	}
	if err != nil {
		return s, err
	}
	return s, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		r, err := room.remedy(tx, who, which)
		if err != nil {
			return err
		}
		if int64(r.Staff) != who.Staff && !who.May(web.Approve) {
			return fault.New(fault.Denied, "remedy.not_yours", "Only whoever gave this, or a supervisor, can take it back.")
		}
		if err := r.MayTakeBack(); err != nil {
			return err
		}
		if r.Entry != 0 {
			if _, _, err := ledger.Reverse(tx, r.Entry, r.ID.String()+"/back"); err != nil {
				return err
			}
		}
		r.State, r.BackAt, r.Why = Back, tx.Now(), why
		m := matter{complaint: Complaint{ID: r.Complaint}, ticket: r.Ticket}
		if err := errors.Join(remedies.Save(tx, r), policies.Undo(tx, r.ID), tx.Record(m.subject(), TakenBack{r.ID, r.Complaint, r.Ticket, r.Part, r.Kind})); err != nil {
			return err
		}
		s, err = room.settlement(tx, who, r)
		return err
	})
}

// remedy loads one that who may see.
func (room *Room) remedy(tx *store.Tx, who web.Who, which RemedyID) (Remedy, error) {
	r, ok, err := remedies.Of(tx, which)
	if err != nil {
		return r, err
	}
	if ok {
		ok, err = room.seesMatter(tx, who, r.Complaint, r.Ticket)
	}
	if err == nil && !ok && int64(r.Staff) != who.Staff {
		err = fault.New(fault.NotFound, "remedy.unknown", "There is no remedy %s.", which)
	}
	return r, err
}

const mostChoices = 6

// Proposal is an offer as somebody makes it.
type Proposal struct {
	Part    Part     `json:"part" enum:"right,extra"`
	Choices []Choice `json:"choices" minItems:"1" maxItems:"6"`
	Note    string   `json:"note,omitempty" maxLength:"10000" doc:"for colleagues; the customer never sees it"`
}

// Offer lets the customer choose among remedies. The dearest of them counts against the limits until they do, so that
// whatever they choose can be given.
func (room *Room) Offer(ctx context.Context, who web.Who, in Case, p Proposal) (o Offer, err error) {
	return o, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if len(p.Choices) == 0 || len(p.Choices) > mostChoices {
			return fault.Field("choices", "offer.choices", "Offer 1 to %d things to choose from.", mostChoices)
		}
		o = Offer{ID: remedies.NewOfferID(tx), Part: p.Part, State: OfferOpen, Staff: staff.ID(who.Staff), At: tx.Now(), Choices: []Remedy{}}
		var m matter
		for _, ch := range p.Choices {
			var r Remedy
			if m, r, err = room.prepare(tx, who, in, Gift{Part: p.Part, Choice: ch, Note: p.Note}); err != nil {
				return err
			}
			r.ID, r.Offer, r.At, r.Staff, r.State = remedies.NewID(tx), o.ID, tx.Now(), o.Staff, Waits
			o.Choices = append(o.Choices, r)
			o.Reserved = max(o.Reserved, r.Minor)
		}
		o.Complaint, o.Ticket, o.Customer, o.Team, o.Matter = m.complaint.ID, m.ticket, m.customer, o.Choices[0].Team, m.name
		d, err := authority.Look(tx)
		if err != nil {
			return err
		}
		l, g, err := room.bounds(tx, who, m.customer, m.name)
		if err != nil {
			return err
		}
		if o.Reserved > 0 {
			if err := l.Check(d.Amount(o.Reserved), g); err != nil {
				return err
			}
		}
		err = remedies.InsertOffer(tx, o)
		for i := range o.Choices {
			err = errors.Join(err, remedies.Insert(tx, o.Choices[i]))
			o.Choices[i].Dress(who)
		}
		return errors.Join(err, tx.Record(m.subject(), Offered{o.ID, o.Complaint, o.Ticket, o.Part, len(o.Choices)}))
	})
}

// Pick is what a customer says to an offer: one of the choices, or something else in their own words.
type Pick struct {
	Remedy RemedyID `json:"remedy,omitempty"`
	Other  string   `json:"other,omitempty" maxLength:"2000" doc:"what they would like instead"`
}

// Choose is a customer answering an offer, by themselves or through a colleague who writes it down. What they choose is given; its limits were kept
// when it was offered.
func (room *Room) Choose(ctx context.Context, who web.Who, which OfferID, p Pick) (o Offer, err error) {
	return o, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error { o, err = room.ChooseIn(tx, who, which, p); return err })
}

// ChooseIn is Choose inside a transaction.
func (room *Room) ChooseIn(tx *store.Tx, who web.Who, which OfferID, p Pick) (o Offer, err error) {
	if o, err = room.offer(tx, who, which); err != nil {
		return o, err
	}
	if p.Other, err = stages.Tidy("other", p.Other, 2000); err != nil {
		return o, err
	}
	m := matter{complaint: Complaint{ID: o.Complaint}, ticket: o.Ticket, customer: o.Customer, team: o.Team, name: o.Matter}
	switch {
	case (p.Remedy == 0) == (p.Other == ""):
		return o, fault.Field("remedy", "offer.pick", "Choose one of what is offered, or name something else.")
	case p.Other == "" && !slices.ContainsFunc(o.Choices, func(r Remedy) bool { return r.ID == p.Remedy }):
		return o, fault.Field("remedy", "offer.not_offered", "This is not among what is offered.")
	}
	if err := ledger.Hold(tx, o.Customer, o.Matter, o.Choices[0].Currency); err != nil {
		return o, err
	}
	o.State, o.Named, o.Reserved, o.EndedAt = OfferChosen, p.Other, 0, tx.Now()
	if p.Other != "" {
		o.State = OfferNamed
	}
	err = errors.Join(remedies.SaveOffer(tx, o), tx.Record(m.subject(), Chosen{o.ID, o.Complaint, o.Ticket, p.Remedy}), room.settleChoices(tx, who, &o, m, p.Remedy))
	return o, err
}

// settleChoices gives the one that was chosen and passes by the others.
func (room *Room) settleChoices(tx *store.Tx, who web.Who, o *Offer, m matter, chosen RemedyID) error {
	for i := range o.Choices {
		r := &o.Choices[i]
		if r.ID != chosen {
			r.State = Passed
		} else {
			r.State = Gave
			all := ledger.Limit{Most: math.MaxInt64}
			err := room.enter(tx, who, r, m, ledger.Limits{Case: all, Customer: all}, true)
			if err == nil {
				err = room.tellGiven(tx, *r, m)
			}
			if err != nil {
				return err
			}
		}
		if err := remedies.Save(tx, *r); err != nil {
			return err
		}
		r.Dress(who)
	}
	return nil
}

// Withdraw takes back an offer that nobody has chosen from.
func (room *Room) Withdraw(ctx context.Context, who web.Who, which OfferID) (o Offer, err error) {
	return o, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if o, err = room.offer(tx, who, which); err != nil {
			return err
		}
		if int64(o.Staff) != who.Staff && !who.May(web.Approve) {
			return fault.New(fault.Denied, "offer.not_yours", "Only whoever made this offer, or a supervisor, can take it back.")
		}
		m := matter{complaint: Complaint{ID: o.Complaint}, ticket: o.Ticket}
		o.State, o.Reserved, o.EndedAt = OfferWithdrawn, 0, tx.Now()
		if err := errors.Join(remedies.SaveOffer(tx, o), tx.Record(m.subject(), Withdrawn{o.ID, o.Complaint, o.Ticket})); err != nil {
			return err
		}
		return room.settleChoices(tx, who, &o, m, 0)
	})
}

// offer loads one that is open, for its customer or somebody who may see the case.
func (room *Room) offer(tx *store.Tx, who web.Who, which OfferID) (Offer, error) {
	o, err := room.anyOffer(tx, who, which)
	if err == nil {
		err = o.MayEnd()
	}
	return o, err
}

func (room *Room) answersTo(tx *store.Tx, who web.Who, o Offer) (bool, error) {
	if who.Actor.Kind == store.CustomerKind {
		return who.Actor.ID != "" && who.Actor.ID == o.Customer.String(), nil
	}
	if !who.May(web.Money) {
		return false, nil
	}
	return room.seesMatter(tx, who, o.Complaint, o.Ticket)
}

// Shown is an offer as its customer sees it on their own page: what they may choose from, and nothing else. No note, no limit
// and no colleague is in it, and no cost but what a voucher or the like is worth to them.
type Shown struct {
	Offer   OfferID          `json:"offer"`
	Ticket  tickets.ID       `json:"ticket,omitzero"`
	Choices []remedies.Named `json:"choices" nullable:"false"`
}

// OpenFor lists what a customer may choose from, for their own page.
func (room *Room) OpenFor(tx *store.Tx, customer people.ID) ([]Shown, error) {
	all := []Shown{}
	if customer == 0 {
		return all, nil
	}
	offers, err := remedies.OpenOffers(tx, customer)
	for _, o := range offers {
		all = append(all, Shown{Offer: o.ID, Ticket: o.Ticket, Choices: o.Names()})
	}
	return all, err
}

// SetItem enters or changes a remedy of the catalogue.
func (room *Room) SetItem(ctx context.Context, who web.Who, c CatalogueItem) (CatalogueItem, error) {
	if err := c.Check(); err != nil {
		return c, err
	}
	c.Own = true
	return c, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		return errors.Join(remedies.SaveItem(tx, c), tx.Record(configuredKey("remedies/"+c.Key), RemedyChanged{c.Key, false}))
	})
}

// DropItem takes a remedy of the company's own off the catalogue, and makes one of the starter's what it was.
func (room *Room) DropItem(ctx context.Context, who web.Who, key string) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		gone, err := remedies.DropItem(tx, key)
		if err == nil && !gone {
			err = fault.New(fault.NotFound, "remedy.kind", "There is no remedy %q of yours.", key)
		}
		if err != nil {
			return err
		}
		return tx.Record(configuredKey("remedies/"+key), RemedyChanged{key, true})
	})
}
