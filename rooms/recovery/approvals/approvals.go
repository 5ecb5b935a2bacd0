// Package approvals keeps the questions to supervisors, and finds their answers again as guidance for who stands before the
// like.
package approvals

import (
	"errors"
	"time"

	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/policies"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// ID names a question to a supervisor.
type ID = remedies.ApprovalID

// About is what a supervisor is asked.
type About string

// What a supervisor is asked.
const (
	Refusal About = "refusal" // may we say no?
	More    About = "amount"  // may we give more than I may?
)

// Approval is a question to a supervisor. The answer, yes or no, is what the customer will hear.
type Approval struct {
	ID         ID            `json:"id" db:"id"`
	About      About         `json:"about" db:"about" enum:"refusal,amount"`
	Complaint  stages.ID     `json:"complaint,omitzero" db:"complaint"`
	Ticket     tickets.ID    `json:"ticket,omitzero" db:"ticket"`
	Customer   people.ID     `json:"customer,omitzero" db:"customer"`
	Team       staff.TeamID  `json:"team,omitzero" db:"team"`
	Sort       string        `json:"kind,omitempty" db:"kind" doc:"of complaint"`
	Severity   int           `json:"severity,omitempty" db:"severity"`
	Remedy     remedies.ID   `json:"remedy,omitzero" db:"remedy" doc:"what is to be given, or was given with a yes"`
	What       string        `json:"what" db:"what" doc:"what they asked for"`
	Why        string        `json:"why,omitempty" db:"why" doc:"why not"`
	NearestYes string        `json:"nearest_yes,omitempty" db:"nearest" doc:"the nearest yes that was tried"`
	Amount     *money.Amount `json:"amount,omitempty" db:"-"`
	Minor      int64         `json:"-" db:"minor"`
	Currency   string        `json:"-" db:"currency"`
	State      string        `json:"state" db:"state" enum:"open,yes,no,recalled"`
	AskedBy    staff.ID      `json:"asked_by,omitzero" db:"asked_by"`
	AskedAt    time.Time     `json:"asked_at" db:"asked_at"`
	AnsweredBy staff.ID      `json:"answered_by,omitzero" db:"answered_by"`
	AnsweredAt time.Time     `json:"answered_at,omitzero" db:"answered_at"`
	Reason     string        `json:"reason,omitempty" db:"reason" doc:"of the answer; it stays as guidance"`
	Policy     policies.ID   `json:"policy,omitzero" db:"policy" doc:"the rule that it is about, when it is about one"`
	Bent       bool          `json:"bent,omitempty" db:"-" doc:"a no was wanted and it became a yes"`
}

// Dress says what a no became, and shows the amount to those who may read the ledger.
func (a *Approval) Dress(who web.Who) {
	a.Bent = a.About == Refusal && a.State == string(stages.Yes)
	if a.About == More && who.May(web.Money) {
		a.Amount = &money.Amount{Minor: a.Minor, Currency: a.Currency}
	}
}

const columns = `id, about, complaint, ticket, customer, team, kind, severity, remedy, what, why, nearest, minor, currency, state, asked_by, asked_at, answered_by, answered_at, reason, policy`

// Insert enters a question.
func Insert(tx *store.Tx, a Approval) error {
	return tx.Do(`INSERT INTO approvals (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 0, '', $18)`,
		a.ID, a.About, a.Complaint, a.Ticket, a.Customer, a.Team, a.Sort, a.Severity, a.Remedy, a.What, a.Why, a.NearestYes, a.Minor, a.Currency, a.State, a.AskedBy, a.AskedAt, a.Policy)
}

// Save keeps what became of a question.
func Save(tx *store.Tx, a Approval) error {
	return tx.Do(`UPDATE approvals SET remedy = $2, state = $3, answered_by = $4, answered_at = $5, reason = $6 WHERE id = $1`, a.ID, a.Remedy, a.State, a.AnsweredBy, a.AnsweredAt, a.Reason)
}

// Of is one of them, which stays as it is until the transaction ends; false when there is none.
func Of(tx *store.Tx, which ID) (Approval, bool, error) {
	return store.Find[Approval](tx, `SELECT `+columns+` FROM approvals WHERE id = $1`+tx.Lock(), which)
}

// On lists what was asked about a complaint, or on its ticket.
func On(tx *store.Tx, c stages.ID, t tickets.ID) ([]Approval, error) {
	return store.All[Approval](tx, `SELECT `+columns+` FROM approvals WHERE ticket > 0 AND ticket = $2 OR complaint > 0 AND complaint = $1 ORDER BY id`, c, t)
}

// List lists those after one, oldest first.
func List(tx *store.Tx, after ID, limit int) ([]Approval, error) {
	return store.All[Approval](tx, `SELECT `+columns+` FROM approvals WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// Note notes the words by which a question and its answer are found.
func Note(tx *store.Tx, a Approval) error {
	_, writings := search.Words(a.What + " " + a.Why + " " + a.NearestYes + " " + a.Reason)
	var err error
	for _, w := range writings {
		err = errors.Join(err, tx.Do(`INSERT INTO approvals_words (word, approval) VALUES ($1, $2) ON CONFLICT (word, approval) DO NOTHING`, w, a.ID))
	}
	return err
}
