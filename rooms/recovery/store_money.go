package recovery

import (
	"errors"

	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Remedies and offers.

const remedyColumns = `id, offer, complaint, ticket, customer, team, matter, part, kind, name, minor, currency, note, state, staff, at, given_at, back_at, why, entry, approval`

func insertRemedy(tx *store.Tx, r Remedy) error {
	return tx.Do(`INSERT INTO remedies (`+remedyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, '', $18, $19)`,
		r.ID, r.Offer, r.Complaint, r.Ticket, r.Customer, r.Team, r.Matter, r.Part, r.Kind, r.What, r.Minor, r.Currency, r.Note, r.State, r.Staff, r.At, r.GivenAt, r.Entry, r.Approval)
}

func saveRemedy(tx *store.Tx, r Remedy) error {
	return tx.Do(`UPDATE remedies SET state = $2, staff = $3, given_at = $4, back_at = $5, why = $6, entry = $7 WHERE id = $1`, r.ID, r.State, r.Staff, r.GivenAt, r.BackAt, r.Why, r.Entry)
}

func remedyOf(tx *store.Tx, which RemedyID) (Remedy, bool, error) {
	return store.Find[Remedy](tx, `SELECT `+remedyColumns+` FROM remedies WHERE id = $1`+tx.Lock(), which)
}

func remediesOf(tx *store.Tx, matter string) ([]Remedy, error) {
	return store.All[Remedy](tx, `SELECT `+remedyColumns+` FROM remedies WHERE matter = $1 ORDER BY id`, matter)
}

// gaveFor says whether something was given for a complaint, or may still be.
func gaveFor(tx *store.Tx, c ID) (bool, error) {
	_, ok, err := store.Find[RemedyID](tx, `SELECT id FROM remedies WHERE complaint = $1 AND complaint > 0 AND state IN ('given', 'offered', 'asked') LIMIT 1`, c)
	return ok, err
}

const offerColumns = `id, complaint, ticket, customer, team, matter, part, state, reserved, staff, at, ended_at, named`

func insertOffer(tx *store.Tx, o Offer) error {
	return tx.Do(`INSERT INTO remedies_offers (`+offerColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '')`,
		o.ID, o.Complaint, o.Ticket, o.Customer, o.Team, o.Matter, o.Part, o.State, o.Reserved, o.Staff, o.At)
}

func saveOffer(tx *store.Tx, o Offer) error {
	return tx.Do(`UPDATE remedies_offers SET state = $2, reserved = $3, ended_at = $4, named = $5 WHERE id = $1`, o.ID, o.State, o.Reserved, o.EndedAt, o.Named)
}

func offerOf(tx *store.Tx, which OfferID) (Offer, bool, error) {
	o, ok, err := store.Find[Offer](tx, `SELECT `+offerColumns+` FROM remedies_offers WHERE id = $1`+tx.Lock(), which)
	if err != nil || !ok {
		return o, ok, err
	}
	o.Choices, err = choices(tx, o.ID)
	return o, true, err
}

func choices(tx *store.Tx, o OfferID) ([]Remedy, error) {
	return store.All[Remedy](tx, `SELECT `+remedyColumns+` FROM remedies WHERE offer = $1 AND offer > 0 ORDER BY id`, o)
}

func offersOf(tx *store.Tx, matter string) ([]Offer, error) {
	all, err := store.All[Offer](tx, `SELECT `+offerColumns+` FROM remedies_offers WHERE matter = $1 ORDER BY id`, matter)
	return withChoices(tx, all, err)
}

func openOffers(tx *store.Tx, customer people.ID) ([]Offer, error) {
	all, err := store.All[Offer](tx, `SELECT `+offerColumns+` FROM remedies_offers WHERE customer = $1 AND state = 'open' ORDER BY id`, customer)
	return withChoices(tx, all, err)
}

func withChoices(tx *store.Tx, all []Offer, err error) ([]Offer, error) {
	for i := range all {
		if err == nil {
			all[i].Choices, err = choices(tx, all[i].ID)
		}
	}
	return all, err
}

func pending(tx *store.Tx) (bool, error) {
	_, ok, err := store.Find[RemedyID](tx, `SELECT id FROM remedies WHERE state IN ('offered', 'asked') LIMIT 1`)
	return ok, err
}

// held is what open offers may still come to, in a case and to a customer.
func held(tx *store.Tx, customer people.ID, matter string) (h authority.Held, err error) {
	if h.Case, err = store.One[int64](tx, `SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) FROM remedies_offers WHERE matter = $1 AND state = 'open'`, matter); err != nil || customer == 0 {
		return h, err
	}
	h.Customer, err = store.One[int64](tx, `SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) FROM remedies_offers WHERE customer = $1 AND state = 'open'`, customer)
	return h, err
}

func ownItems(tx *store.Tx) ([]CatalogueItem, error) {
	return store.All[CatalogueItem](tx, `SELECT key, label, part, cost, free, off FROM remedies_kinds ORDER BY key`)
}

func saveItem(tx *store.Tx, c CatalogueItem) error {
	return tx.Do(`INSERT INTO remedies_kinds (key, label, part, cost, free, off) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (key) DO UPDATE SET label = excluded.label, part = excluded.part, cost = excluded.cost, free = excluded.free, off = excluded.off`, c.Key, c.Label, c.Part, c.Cost, c.Free, c.Off)
}

func dropItem(tx *store.Tx, key string) (bool, error) {
	n, err := tx.Exec(`DELETE FROM remedies_kinds WHERE key = $1`, key)
	return n > 0, err
}

// Questions to supervisors.

const approvalColumns = `id, about, complaint, ticket, customer, team, kind, severity, remedy, what, why, nearest, minor, currency, state, asked_by, asked_at, answered_by, answered_at, reason`

func insertApproval(tx *store.Tx, a Approval) error {
	return tx.Do(`INSERT INTO approvals (`+approvalColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 0, '')`,
		a.ID, a.About, a.Complaint, a.Ticket, a.Customer, a.Team, a.Sort, a.Severity, a.Remedy, a.What, a.Why, a.NearestYes, a.Minor, a.Currency, a.State, a.AskedBy, a.AskedAt)
}

func saveApproval(tx *store.Tx, a Approval) error {
	return tx.Do(`UPDATE approvals SET remedy = $2, state = $3, answered_by = $4, answered_at = $5, reason = $6 WHERE id = $1`, a.ID, a.Remedy, a.State, a.AnsweredBy, a.AnsweredAt, a.Reason)
}

func approvalOf(tx *store.Tx, which ApprovalID) (Approval, bool, error) {
	return store.Find[Approval](tx, `SELECT `+approvalColumns+` FROM approvals WHERE id = $1`+tx.Lock(), which)
}

func approvalsOf(tx *store.Tx, c ID, t tickets.ID) ([]Approval, error) {
	return store.All[Approval](tx, `SELECT `+approvalColumns+` FROM approvals WHERE ticket > 0 AND ticket = $2 OR complaint > 0 AND complaint = $1 ORDER BY id`, c, t)
}

// noteTerms notes the words by which a question and its answer are found.
func noteTerms(tx *store.Tx, a Approval) error {
	_, writings := search.Words(a.What + " " + a.Why + " " + a.NearestYes + " " + a.Reason)
	var err error
	for _, w := range writings {
		err = errors.Join(err, tx.Do(`INSERT INTO approvals_words (word, approval) VALUES ($1, $2) ON CONFLICT (word, approval) DO NOTHING`, w, a.ID))
	}
	return err
}

// rescale turns the costs of the catalogue into other money.
func rescale(tx *store.Tx, times, by int64) error {
	return tx.Do(`UPDATE remedies_kinds SET cost = cost * $1 / $2`, times, by)
}
