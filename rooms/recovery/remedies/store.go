package remedies

import (
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
)

// Remedies and offers.

const columns = `id, offer, complaint, ticket, customer, team, matter, part, kind, name, minor, currency, note, state, staff, at, given_at, back_at, why, entry, approval`

// Insert enters a remedy.
func Insert(tx *store.Tx, r Remedy) error {
	return tx.Do(`INSERT INTO remedies (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, '', $18, $19)`,
		r.ID, r.Offer, r.Complaint, r.Ticket, r.Customer, r.Team, r.Matter, r.Part, r.Kind, r.What, r.Minor, r.Currency, r.Note, r.State, r.Staff, r.At, r.GivenAt, r.Entry, r.Approval)
}

// Save keeps what became of a remedy.
func Save(tx *store.Tx, r Remedy) error {
	return tx.Do(`UPDATE remedies SET state = $2, staff = $3, given_at = $4, back_at = $5, why = $6, entry = $7 WHERE id = $1`, r.ID, r.State, r.Staff, r.GivenAt, r.BackAt, r.Why, r.Entry)
}

// Of is one of them, which stays as it is until the transaction ends; false when there is none.
func Of(tx *store.Tx, which ID) (Remedy, bool, error) {
	return store.Find[Remedy](tx, `SELECT `+columns+` FROM remedies WHERE id = $1`+tx.Lock(), which)
}

// In lists those of a case, in the order they were made.
func In(tx *store.Tx, matter string) ([]Remedy, error) {
	return store.All[Remedy](tx, `SELECT `+columns+` FROM remedies WHERE matter = $1 ORDER BY id`, matter)
}

// List lists those after one, oldest first.
func List(tx *store.Tx, after ID, limit int) ([]Remedy, error) {
	return store.All[Remedy](tx, `SELECT `+columns+` FROM remedies WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// GaveFor says whether something was given for a complaint, or may still be.
func GaveFor(tx *store.Tx, c stages.ID) (bool, error) {
	_, ok, err := store.Find[ID](tx, `SELECT id FROM remedies WHERE complaint = $1 AND complaint > 0 AND state IN ('given', 'offered', 'asked') LIMIT 1`, c)
	return ok, err
}

const offerColumns = `id, complaint, ticket, customer, team, matter, part, state, reserved, staff, at, ended_at, named, sent_at, swaps`

// InsertOffer enters a choice; its remedies are entered beside it.
func InsertOffer(tx *store.Tx, o Offer) error {
	return tx.Do(`INSERT INTO remedies_offers (`+offerColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '', 0, 0)`,
		o.ID, o.Complaint, o.Ticket, o.Customer, o.Team, o.Matter, o.Part, o.State, o.Reserved, o.Staff, o.At)
}

// SaveOffer keeps what became of a choice.
func SaveOffer(tx *store.Tx, o Offer) error {
	return tx.Do(`UPDATE remedies_offers SET state = $2, reserved = $3, ended_at = $4, named = $5, sent_at = $6, swaps = $7 WHERE id = $1`, o.ID, o.State, o.Reserved, o.EndedAt, o.Named, o.SentAt, o.Swaps)
}

// OfferOf is one of them with its choices, which stay as they are until the transaction ends; false when there is none.
func OfferOf(tx *store.Tx, which OfferID) (Offer, bool, error) {
	o, ok, err := store.Find[Offer](tx, `SELECT `+offerColumns+` FROM remedies_offers WHERE id = $1`+tx.Lock(), which)
	if err != nil || !ok {
		return o, ok, err
	}
	o.Choices, err = choices(tx, o.ID, tx.Lock())
	return o, true, err
}

func choices(tx *store.Tx, o OfferID, lock string) ([]Remedy, error) {
	return store.All[Remedy](tx, `SELECT `+columns+` FROM remedies WHERE offer = $1 AND offer > 0 ORDER BY id`+lock, o)
}

// OffersIn lists those of a case.
func OffersIn(tx *store.Tx, matter string) ([]Offer, error) {
	all, err := store.All[Offer](tx, `SELECT `+offerColumns+` FROM remedies_offers WHERE matter = $1 ORDER BY id`, matter)
	return withChoices(tx, all, err)
}

// ListOffers lists those after one, oldest first.
func ListOffers(tx *store.Tx, after OfferID, limit int) ([]Offer, error) {
	all, err := store.All[Offer](tx, `SELECT `+offerColumns+` FROM remedies_offers WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
	return withChoices(tx, all, err)
}

// OpenOffers lists those a customer has not answered.
func OpenOffers(tx *store.Tx, customer people.ID) ([]Offer, error) {
	all, err := store.All[Offer](tx, `SELECT `+offerColumns+` FROM remedies_offers WHERE customer = $1 AND state = 'open' ORDER BY id`, customer)
	return withChoices(tx, all, err)
}

func withChoices(tx *store.Tx, all []Offer, err error) ([]Offer, error) {
	for i := range all {
		if err == nil {
			all[i].Choices, err = choices(tx, all[i].ID, "")
		}
	}
	return all, err
}

// Pending says whether something is offered or asked for.
func Pending(tx *store.Tx) (bool, error) {
	_, ok, err := store.Find[ID](tx, `SELECT id FROM remedies WHERE state IN ('offered', 'asked') LIMIT 1`)
	return ok, err
}

// Held is what open offers may still come to, in a case and to a customer.
func Held(tx *store.Tx, customer people.ID, matter string) (h authority.Held, err error) {
	if h.Case, err = store.One[int64](tx, `SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) FROM remedies_offers WHERE matter = $1 AND state = 'open'`, matter); err != nil || customer == 0 {
		return h, err
	}
	h.Customer, err = store.One[int64](tx, `SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) FROM remedies_offers WHERE customer = $1 AND state = 'open'`, customer)
	return h, err
}

func ownItems(tx *store.Tx) ([]CatalogueItem, error) {
	return store.All[CatalogueItem](tx, `SELECT key, label, part, cost, free, off FROM remedies_kinds ORDER BY key`)
}

// SaveItem enters or changes a remedy of the catalogue.
func SaveItem(tx *store.Tx, c CatalogueItem) error {
	return tx.Do(`INSERT INTO remedies_kinds (key, label, part, cost, free, off) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (key) DO UPDATE SET label = excluded.label, part = excluded.part, cost = excluded.cost, free = excluded.free, off = excluded.off`, c.Key, c.Label, c.Part, c.Cost, c.Free, c.Off)
}

// DropItem takes one of the company's own away; false when there is none.
func DropItem(tx *store.Tx, key string) (bool, error) {
	n, err := tx.Exec(`DELETE FROM remedies_kinds WHERE key = $1`, key)
	return n > 0, err
}

// Rescale turns the costs of the catalogue into other money.
func Rescale(tx *store.Tx, times, by int64) error {
	return tx.Do(`UPDATE remedies_kinds SET cost = cost * $1 / $2`, times, by)
}
