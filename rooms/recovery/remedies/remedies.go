// Package remedies knows what a customer can be offered or given: two parts, always apart, from a catalogue that confines
// nobody, and choices among them.
package remedies

import (
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type (
	remedyKind   struct{}
	offerKind    struct{}
	approvalKind struct{}
)

func (remedyKind) Prefix() string   { return "rmd" }
func (offerKind) Prefix() string    { return "ofr" }
func (approvalKind) Prefix() string { return "apv" }

// What remedies are known by.
type (
	// ID names a remedy.
	ID = id.Of[remedyKind]
	// OfferID names a choice among remedies.
	OfferID = id.Of[offerKind]
	// ApprovalID names a question to a supervisor, which a remedy may wait for.
	ApprovalID = id.Of[approvalKind]
)

// NewID makes the name of a remedy.
func NewID(tx *store.Tx) ID { return store.NewID[remedyKind](tx) }

// NewApprovalID makes the name of a question.
func NewApprovalID(tx *store.Tx) ApprovalID { return store.NewID[approvalKind](tx) }

// NewOfferID makes the name of a choice.
func NewOfferID(tx *store.Tx) OfferID { return store.NewID[offerKind](tx) }

// Part is which of the two a remedy is. It is settled when the remedy is offered and never changes.
type Part string

// The parts.
const (
	Right Part = "right" // it makes right what was wrong
	Extra Part = "extra" // something beyond that
)

// State is what became of a remedy.
type State string

// The states of a remedy.
const (
	Waits   State = "offered"    // one of several that the customer may choose
	Asking  State = "asked"      // a supervisor is asked, because it is more than somebody may give
	Gave    State = "given"      // they got it
	Passed  State = "passed"     // they chose another, or the offer was withdrawn
	Refused State = "refused"    // the supervisor said no, or the question was taken back
	Back    State = "taken_back" // they had it, and it was taken back
)

// CatalogueItem is a remedy that is suggested. The catalogue confines nobody: any other is typed in.
type CatalogueItem struct {
	Key   string `json:"key" db:"key" maxLength:"40"`
	Label string `json:"label" db:"label" maxLength:"200"`
	Part  Part   `json:"part,omitempty" db:"part" enum:"right,extra" doc:"what it can be; either when absent"`
	Cost  int64  `json:"cost" db:"cost" minimum:"0" maximum:"100000000000" doc:"what it usually costs us, in minor units of the desk's money; 0 when that differs each time or it costs nothing"`
	Free  bool   `json:"free,omitempty" db:"free" doc:"it costs no money, so no amount is asked for"`
	Off   bool   `json:"off,omitempty" db:"off" doc:"not suggested any more"`
	Own   bool   `json:"own" db:"-" required:"false" doc:"yours, or one of the starter's that you changed"`
}

// starter is what is suggested before a company says otherwise. What things cost is for the company to say.
func starter() []CatalogueItem {
	return []CatalogueItem{
		{Key: "refund", Label: "Refund", Part: Right},
		{Key: "replacement", Label: "Replacement", Part: Right},
		{Key: "credit", Label: "Credit"},
		{Key: "free_shipping", Label: "Free shipping"},
		{Key: "voucher", Label: "Voucher", Part: Extra},
		{Key: "gift", Label: "Gift", Part: Extra},
		{Key: "call_from_owner", Label: "Call from the owner", Part: Extra, Free: true},
	}
}

// Typed is the kind of a remedy that stands in no catalogue.
const Typed = "other"

// Choice is a remedy as somebody proposes it.
type Choice struct {
	Kind   string        `json:"kind,omitempty" maxLength:"40" doc:"of the catalogue; absent for any other, which what then names"`
	What   string        `json:"what,omitempty" maxLength:"500" doc:"what they get, as the customer may read it"`
	Amount *money.Amount `json:"amount,omitempty" doc:"what it costs us; that of the catalogue when absent"`
}

// Remedy is something a customer is offered or given.
type Remedy struct {
	ID        ID            `json:"id" db:"id"`
	Offer     OfferID       `json:"offer,omitzero" db:"offer"`
	Complaint stages.ID     `json:"complaint,omitzero" db:"complaint"`
	Ticket    tickets.ID    `json:"ticket,omitzero" db:"ticket"`
	Customer  people.ID     `json:"customer,omitzero" db:"customer"`
	Team      staff.TeamID  `json:"team,omitzero" db:"team"`
	Matter    string        `json:"-" db:"matter"`
	Part      Part          `json:"part" db:"part" enum:"right,extra"`
	Kind      string        `json:"kind" db:"kind" doc:"of the catalogue, or other"`
	What      string        `json:"what" db:"name"`
	Minor     int64         `json:"-" db:"minor"`
	Currency  string        `json:"-" db:"currency"`
	Amount    *money.Amount `json:"amount,omitempty" db:"-" doc:"what it costs us; absent when you may not read the ledger"`
	Note      string        `json:"note,omitempty" db:"note" doc:"for colleagues; the customer never sees it"`
	State     State         `json:"state" db:"state" enum:"offered,asked,given,passed,refused,taken_back"`
	Staff     staff.ID      `json:"staff,omitzero" db:"staff" doc:"who offered it, and then whose authority it was"`
	At        time.Time     `json:"at" db:"at"`
	GivenAt   time.Time     `json:"given_at,omitzero" db:"given_at"`
	BackAt    time.Time     `json:"taken_back_at,omitzero" db:"back_at"`
	Why       string        `json:"why,omitempty" db:"why" doc:"why it was taken back"`
	Entry     ledger.ID     `json:"entry,omitzero" db:"entry" doc:"of the ledger; absent when it cost nothing"`
	Approval  ApprovalID    `json:"approval,omitzero" db:"approval" doc:"the question to a supervisor"`
}

// OfferState is what became of an offer.
type OfferState string

// The states of an offer.
const (
	OfferOpen      OfferState = "open"
	OfferChosen    OfferState = "chosen"
	OfferNamed     OfferState = "named" // the customer named another
	OfferWithdrawn OfferState = "withdrawn"
)

// Offer is a choice among remedies that the customer makes. What it may cost is held against the limits until then.
type Offer struct {
	ID        OfferID      `json:"id" db:"id"`
	Complaint stages.ID    `json:"complaint,omitzero" db:"complaint"`
	Ticket    tickets.ID   `json:"ticket,omitzero" db:"ticket"`
	Customer  people.ID    `json:"customer,omitzero" db:"customer"`
	Team      staff.TeamID `json:"-" db:"team"`
	Matter    string       `json:"-" db:"matter"`
	Part      Part         `json:"part" db:"part" enum:"right,extra"`
	State     OfferState   `json:"state" db:"state" enum:"open,chosen,named,withdrawn"`
	Reserved  int64        `json:"-" db:"reserved"`
	Staff     staff.ID     `json:"staff,omitzero" db:"staff"`
	At        time.Time    `json:"at" db:"at"`
	EndedAt   time.Time    `json:"ended_at,omitzero" db:"ended_at"`
	Named     string       `json:"named,omitempty" db:"named" doc:"what the customer would like instead"`
	SentAt    time.Time    `json:"sent_at,omitzero" db:"sent_at" doc:"since when what they chose is on its way to them, so that they can't choose otherwise any more"`
	Swaps     int64        `json:"swaps,omitempty" db:"swaps" doc:"how often they chose otherwise"`
	Choices   []Remedy     `json:"choices" db:"-" nullable:"false"`
}

// Plain makes the remedy that a choice is, of a part, in the desk's money.
func (ch Choice) Plain(part Part, catalogue []CatalogueItem, d authority.Desk) (r Remedy, err error) {
	r = Remedy{Part: part, Kind: ch.Kind, Currency: d.Currency}
	if part != Right && part != Extra {
		return r, fault.Field("part", "remedy.part", "A remedy is one of two parts: right (make it right) or extra (something beyond that).")
	}
	if r.What, err = stages.Tidy("what", ch.What, stages.Brief); err != nil {
		return r, err
	}
	item := CatalogueItem{Key: Typed}
	if r.Kind == "" || r.Kind == Typed {
		if r.Kind = Typed; r.What == "" {
			return r, fault.Field("what", "remedy.what", "Say what they get.")
		}
	} else if item, err = ch.item(part, catalogue); err != nil {
		return r, err
	}
	if r.What == "" {
		r.What = item.Label
	}
	r.Minor, err = ch.cost(item, d)
	return r, err
}

// cost is what a choice costs us.
func (ch Choice) cost(item CatalogueItem, d authority.Desk) (int64, error) {
	switch {
	case ch.Amount == nil && (item.Free || item.Cost > 0):
		return item.Cost, nil
	case ch.Amount == nil:
		return 0, fault.Field("amount", "remedy.cost", "Say what it costs us; nothing is an amount too.")
	case item.Free && ch.Amount.Minor > 0:
		return 0, fault.Field("amount", "remedy.free", "“%s” costs no money; give something else, or leave the amount out.", item.Label)
	}
	return ch.Amount.Minor, d.Takes("amount", *ch.Amount)
}

// item finds the remedy in the catalogue. One that makes right can never be booked as the extra, nor the other way round.
func (ch Choice) item(part Part, catalogue []CatalogueItem) (CatalogueItem, error) {
	i := slices.IndexFunc(catalogue, func(c CatalogueItem) bool { return c.Key == ch.Kind && !c.Off })
	if i < 0 {
		return CatalogueItem{}, fault.Field("kind", "remedy.kind", "There is no remedy %q; leave the kind out and say what they get.", ch.Kind)
	}
	item := catalogue[i]
	switch {
	case item.Part == Right && part == Extra:
		return item, fault.Field("part", "remedy.not_extra", "“%s” makes right what was wrong; it can't be the extra as well. Give something beyond it.", item.Label)
	case item.Part == Extra && part == Right:
		return item, fault.Field("part", "remedy.not_right", "“%s” is something extra; it does not make right what was wrong.", item.Label)
	}
	return item, nil
}

// Booked refuses a remedy that was given in this case as the other part: what makes right is not the extra.
func Booked(r Remedy, there []Remedy) error {
	for _, o := range there {
		if o.Part != r.Part && (o.State == Gave || o.State == Waits || o.State == Asking) && o.Kind == r.Kind && o.What == r.What && o.Minor == r.Minor {
			return fault.Field("part", "remedy.booked", "“%s” was given in this case already, as the other part. What makes right is not the extra as well.", r.What)
		}
	}
	return nil
}

// Parts says which of the two a case has and lacks. The extra is asked for when it is made right and nothing beyond.
func Parts(all []Remedy) (rightMissing, extraMissing bool) {
	has := func(p Part) bool {
		return slices.ContainsFunc(all, func(r Remedy) bool { return r.Part == p && (r.State == Gave || r.State == Waits || r.State == Asking) })
	}
	right, extra := has(Right), has(Extra)
	return extra && !right, right && !extra
}

// MayTakeBack says why a remedy can't be taken back.
func (r Remedy) MayTakeBack() error {
	switch r.State {
	case Gave:
		return nil
	case Back:
		return fault.New(fault.Conflict, "remedy.back", "This was taken back already.")
	case Waits, Asking, Passed, Refused:
	}
	return fault.New(fault.Conflict, "remedy.not_given", "This was not given, so it can't be taken back.")
}

// MayEnd says why an offer can't be chosen from or withdrawn.
func (o Offer) MayEnd() error {
	switch o.State {
	case OfferOpen:
		return nil
	case OfferChosen:
		return fault.New(fault.Conflict, "offer.chosen", "They have chosen already.")
	case OfferNamed:
		return fault.New(fault.Conflict, "offer.named", "They have named something else already.")
	case OfferWithdrawn:
	}
	return fault.New(fault.Conflict, "offer.withdrawn", "This offer was taken back.")
}

// Check refuses what nobody could be offered.
func (c *CatalogueItem) Check() (err error) {
	if err := stages.CheckKey(c.Key); err != nil {
		return err
	}
	if c.Key == Typed {
		return fault.Field("key", "remedy.other", "“other” stands for every remedy that is in no catalogue; choose another key.")
	}
	if c.Label, err = stages.Tidy("label", c.Label, stages.Brief); err != nil {
		return err
	}
	switch {
	case c.Label == "":
		return fault.Field("label", "kind.label", "A kind needs a name.")
	case c.Part != "" && c.Part != Right && c.Part != Extra:
		return fault.Field("part", "remedy.part", "A remedy is one of two parts: right (make it right) or extra (something beyond that).")
	case c.Cost < 0 || c.Cost > ledger.Most || c.Free && c.Cost > 0:
		return fault.Field("cost", "remedy.catalogue_cost", "What it costs is not less than nothing, and nothing when it is free.")
	}
	return nil
}

// Dress shows the amount to those who may read the ledger.
func (r *Remedy) Dress(who web.Who) {
	if who.May(web.Money) {
		r.Amount = &money.Amount{Minor: r.Minor, Currency: r.Currency}
	}
}

// Catalogue is the starter's and the company's own, those it changed in place.
func Catalogue(tx *store.Tx) ([]CatalogueItem, error) {
	own, err := ownItems(tx)
	all := starter()
	for _, c := range own {
		c.Own = true
		if i := slices.IndexFunc(all, func(s CatalogueItem) bool { return s.Key == c.Key }); i >= 0 {
			all[i] = c
		} else {
			all = append(all, c)
		}
	}
	return all, err
}
