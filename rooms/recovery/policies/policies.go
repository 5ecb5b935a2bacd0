// Package policies keeps the rules of a company with their reason, and how far each bends for whom: the longer somebody has
// been with us, the further. It counts how often each was bent, for the ones bent most are wrong and come up for change.
package policies

import (
	"errors"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type (
	policyKind struct{}
	bendKind   struct{}
)

func (policyKind) Prefix() string { return "pol" }
func (bendKind) Prefix() string   { return "bnd" }

// The ids of this package.
type (
	// ID names a policy.
	ID = id.Of[policyKind]
	// BendID names one time that a policy was bent.
	BendID = id.Of[bendKind]
)

// Bond is how strong a relationship is.
type Bond string

// The bonds.
const (
	New          Bond = "new"
	Regular      Bond = "regular"
	LongStanding Bond = "long_standing"
)

// bonds in the order of their strength.
var bonds = []Bond{New, Regular, LongStanding} //nolint:gochecknoglobals // a constant list

// Bend is how far a policy bends for somebody.
type Bend struct {
	Bond   Bond          `json:"bond" enum:"new,regular,long_standing"`
	How    string        `json:"how,omitempty" maxLength:"500" doc:"how far, in words such as “up to 60 days”"`
	Amount *money.Amount `json:"amount,omitempty" doc:"and up to which amount; absent where it is no matter of money"`
}

// Policy is a rule, why we have it, and how far it bends.
type Policy struct {
	ID        ID        `json:"id,omitzero" db:"id" required:"false" doc:"absent for a new one"`
	Name      string    `json:"name" db:"name" maxLength:"200"`
	Rule      string    `json:"rule" db:"rule" maxLength:"10000" doc:"what it says"`
	Reason    string    `json:"reason" db:"reason" maxLength:"10000" doc:"why we have it"`
	Bends     []Bend    `json:"bends" db:"bends,json" nullable:"false" maxItems:"3" doc:"one for each bond for which it bends at all"`
	Off       bool      `json:"off,omitempty" db:"off" doc:"not ours any more; what was bent stays counted"`
	Since     time.Time `json:"since,omitzero" db:"since" required:"false" readOnly:"true"`
	ChangedAt time.Time `json:"changed_at,omitzero" db:"changed_at" required:"false" readOnly:"true"`
}

// Check refuses what is no rule that somebody could explain, and amounts that are not in the money of the desk.
func (p *Policy) Check(d authority.Desk) (err error) {
	for _, f := range []struct {
		field string
		text  *string
		most  int
	}{{"name", &p.Name, 200}, {"rule", &p.Rule, stages.Longest}, {"reason", &p.Reason, stages.Longest}} {
		field := f.field
		if *f.text, err = stages.Tidy(field, *f.text, f.most); err != nil {
			return err
		}
		if *f.text == "" {
			return fault.Field(field, "policy.empty", "A policy has a name, says what the rule is, and why we have it.")
		}
	}
	for i := range p.Bends {
		b := &p.Bends[i]
		if !slices.Contains(bonds, b.Bond) || slices.ContainsFunc(p.Bends[:i], func(o Bend) bool { return o.Bond == b.Bond }) {
			return fault.Field("bends", "policy.bond", "Say once for each bond how far it bends: new, regular, long_standing.")
		}
		if b.How, err = stages.Tidy("bends", b.How, stages.Brief); err != nil {
			return err
		}
		if b.Amount != nil {
			if err := d.Takes("bends", *b.Amount); err != nil {
				return err
			}
		}
		if b.How == "" && (b.Amount == nil || b.Amount.IsZero()) {
			return fault.Field("bends", "policy.how", "Say how far it bends, in words or by an amount; leave out those for whom it does not.")
		}
	}
	slices.SortFunc(p.Bends, func(a, b Bend) int { return slices.Index(bonds, a.Bond) - slices.Index(bonds, b.Bond) })
	return nil
}

// Step is from what on a relationship is that strong: by what they bought, or by time; what is 0 counts for nothing.
type Step struct {
	Bond  Bond  `json:"bond" db:"bond" enum:"regular,long_standing"`
	Spent int64 `json:"spent" db:"spent" minimum:"0" doc:"bought in all, in minor units of the desk's money"`
	Years int64 `json:"years" db:"years" minimum:"0" maximum:"100" doc:"since the first purchase, or since we know them"`
}

// CheckSteps refuses steps that lead nowhere.
func CheckSteps(all []Step) error {
	if len(all) != 2 || all[0].Bond != Regular || all[1].Bond != LongStanding {
		return fault.Field("bonds", "bonds.both", "Say for both, regular and long_standing, from what on somebody is one.")
	}
	for _, s := range all {
		if s.Spent < 0 || s.Spent > ledger.Most || s.Years < 0 || s.Years > 100 || s.Spent == 0 && s.Years == 0 {
			return fault.Field("bonds", "bonds.step", "Somebody is one by what they bought, or by years from 1 to 100: at least one of both is more than nothing.")
		}
	}
	return nil
}

// Strength is how strong the relationship with somebody is who bought that much in all and has been with us since then.
func Strength(steps []Step, spent int64, since, now time.Time) Bond {
	bond := New
	for _, s := range steps {
		if s.Spent > 0 && spent >= s.Spent || s.Years > 0 && !since.IsZero() && !since.AddDate(int(s.Years), 0, 0).After(now) {
			bond = s.Bond
		}
	}
	return bond
}

// Bent is one time that a policy was bent.
type Bent struct {
	ID        BendID              `json:"id" db:"id"`
	Policy    ID                  `json:"policy" db:"policy"`
	At        time.Time           `json:"at" db:"at"`
	Staff     staff.ID            `json:"staff,omitzero" db:"staff"`
	Complaint stages.ID           `json:"complaint,omitzero" db:"complaint"`
	Ticket    tickets.ID          `json:"ticket,omitzero" db:"ticket"`
	Customer  people.ID           `json:"customer,omitzero" db:"customer"`
	Bond      Bond                `json:"bond" db:"bond"`
	Remedy    remedies.ID         `json:"remedy,omitzero" db:"remedy"`
	Approval  remedies.ApprovalID `json:"approval,omitzero" db:"approval"`
	UndoneAt  time.Time           `json:"undone_at,omitzero" db:"undone_at"`
}

// Counted is a policy and how often it was bent in the last year, since it says what it says now.
type Counted struct {
	Policy
	Bent     int64     `json:"bent" db:"bent" doc:"how often in the last year, since it says what it says now; what was taken back counts no more"`
	LastBent time.Time `json:"last_bent,omitzero" db:"last_bent"`
	Review   bool      `json:"review" db:"-" doc:"it comes up for change: among those bent most, and often"`
}

// often is from how many times a year on a rule that is bent comes up for change.
const often = 5

// Mark marks those that come up for change: the three bent most, if often.
func Mark(all []Counted) {
	for i := range all {
		all[i].Review = i < 3 && !all[i].Off && all[i].Bent >= often
	}
}

// What happens here. Kinds and fields are for ever.

// Changed says a rule is new or different, or not ours any more.
type Changed struct {
	Policy ID   `json:"policy"`
	New    bool `json:"new,omitempty"`
	Off    bool `json:"off,omitempty"`
}

// Kind names it.
func (Changed) Kind() string { return "authority.policy_changed" }

// WasBent says a rule was bent for somebody.
type WasBent struct {
	Policy    ID         `json:"policy"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Complaint stages.ID  `json:"complaint,omitzero"`
	Staff     staff.ID   `json:"staff,omitzero"`
	Bond      Bond       `json:"bond"`
}

// Kind names it.
func (WasBent) Kind() string { return "authority.bent" }

// BondOf is how strong the relationship with a customer is: by what the shop told that they bought in the desk's money, and by
// the time since their first purchase or since we know them, whichever was earlier.
func BondOf(tx *store.Tx, p *people.Room, customer people.ID) (Bond, error) {
	if customer == 0 {
		return New, nil
	}
	steps, err := Steps(tx)
	if err != nil {
		return "", err
	}
	d, err := authority.Look(tx)
	if err != nil {
		return "", err
	}
	worth, err := p.Worth(tx, customer)
	if err != nil {
		return "", err
	}
	known, err := p.Look(tx, customer)
	if err != nil {
		return "", err
	}
	spent, since := int64(0), known.MetAt
	for _, w := range worth {
		if w.First.Before(since) {
			since = w.First
		}
		if w.Currency == d.Currency {
			spent = w.Minor
		}
	}
	return Strength(steps, spent, since, tx.Now()), nil
}

// List lists the policies, those bent most first.
func List(tx *store.Tx) ([]Counted, error) {
	all, err := store.All[Counted](tx, `SELECT p.id, p.name, p.rule, p.reason, p.bends, p.off, p.since, p.changed_at,
		(SELECT COUNT(*) FROM authority_bends b WHERE b.policy = p.id AND b.at > $1 AND b.at >= p.since AND b.undone_at = 0) AS bent,
		(SELECT COALESCE(MAX(b.at), 0) FROM authority_bends b WHERE b.policy = p.id AND b.at >= p.since AND b.undone_at = 0) AS last_bent
		FROM authority_policies p ORDER BY p.off, bent DESC, p.name, p.id`, tx.Now().AddDate(-1, 0, 0))
	Mark(all)
	return append([]Counted{}, all...), err
}

// mostPolicies is how many can be kept: nobody knows more rules than that.
const mostPolicies = 200

// Set enters a policy, or changes one. Changed in what it says, it begins anew.
func Set(tx *store.Tx, p Policy) (Policy, error) {
	p.ChangedAt = tx.Now()
	if p.ID == 0 {
		n, err := store.One[int64](tx, `SELECT COUNT(*) FROM authority_policies`)
		if err == nil && n >= mostPolicies {
			err = fault.New(fault.Conflict, "policies.many", "%d policies are as many as can be kept; nobody knows more rules than that.", mostPolicies)
		}
		if err != nil {
			return p, err
		}
		p.ID, p.Since = store.NewID[policyKind](tx), tx.Now()
		return p, errors.Join(tx.Record(p.ID, Changed{p.ID, true, p.Off}), tx.Do(`INSERT INTO authority_policies (id, name, rule, reason, bends, off, since, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			p.ID, p.Name, p.Rule, p.Reason, store.JSON(p.Bends), p.Off, p.Since, p.ChangedAt))
	}
	was, err := One(tx, p.ID)
	if err != nil {
		return p, err
	}
	if p.Since = was.Since; p.Rule != was.Rule {
		p.Since = tx.Now()
	}
	return p, errors.Join(tx.Record(p.ID, Changed{p.ID, false, p.Off}), tx.Do(`UPDATE authority_policies SET name = $2, rule = $3, reason = $4, bends = $5, off = $6, since = $7, changed_at = $8 WHERE id = $1`,
		p.ID, p.Name, p.Rule, p.Reason, store.JSON(p.Bends), p.Off, p.Since, p.ChangedAt))
}

// One is one of them, which stays as it is until the transaction ends.
func One(tx *store.Tx, which ID) (Policy, error) { return find(tx, which, tx.Lock()) }

func find(tx *store.Tx, which ID, lock string) (Policy, error) {
	p, ok, err := store.Find[Policy](tx, `SELECT id, name, rule, reason, bends, off, since, changed_at FROM authority_policies WHERE id = $1`+lock, which)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "policy.unknown", "There is no policy %s.", which)
	}
	return p, err
}

// InForce refuses to name a policy that is not there, or is not ours any more; none is fine.
func InForce(tx *store.Tx, which ID) error {
	if which == 0 {
		return nil
	}
	p, err := find(tx, which, "")
	if err == nil && p.Off {
		err = fault.Field("policy", "policy.off", "“%s” is not a rule of ours any more, so nothing bends it.", p.Name)
	}
	return err
}

// Enter notes that a policy was bent, which has to be there. One that is off by now still was the rule when it was named.
func Enter(tx *store.Tx, b Bent) (Bent, error) {
	if _, err := One(tx, b.Policy); err != nil {
		return b, err
	}
	b.ID, b.At = store.NewID[bendKind](tx), tx.Now()
	return b, errors.Join(tx.Record(b.Policy, WasBent{b.Policy, b.Ticket, b.Complaint, b.Staff, b.Bond}), tx.Do(`INSERT INTO authority_bends (id, policy, at, staff, complaint, ticket, customer, bond, remedy, approval, undone_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)`,
		b.ID, b.Policy, b.At, b.Staff, b.Complaint, b.Ticket, b.Customer, b.Bond, b.Remedy, b.Approval))
}

// Undo says that what a policy was bent for was taken back.
func Undo(tx *store.Tx, r remedies.ID) error {
	return tx.Do(`UPDATE authority_bends SET undone_at = $2 WHERE remedy = $1 AND remedy > 0 AND undone_at = 0`, r, tx.Now())
}

// All reads the times that policies were bent after one, oldest first, for an export.
func All(tx *store.Tx, after BendID, limit int) ([]Bent, error) {
	return store.All[Bent](tx, `SELECT id, policy, at, staff, complaint, ticket, customer, bond, remedy, approval, undone_at FROM authority_bends WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// Steps are from what on somebody is a regular customer, and a long-standing one.
func Steps(tx *store.Tx) ([]Step, error) {
	return store.All[Step](tx, `SELECT bond, spent, years FROM authority_bonds ORDER BY CASE bond WHEN 'regular' THEN 1 ELSE 2 END`)
}

// SaveSteps sets them.
func SaveSteps(tx *store.Tx, all []Step) error {
	for _, s := range all {
		if err := tx.Do(`UPDATE authority_bonds SET spent = $2, years = $3 WHERE bond = $1`, s.Bond, s.Spent, s.Years); err != nil {
			return err
		}
	}
	return nil
}

// Rescale turns the figures of other money into those of the desk's.
func Rescale(tx *store.Tx, d authority.Desk, times, by int64) error {
	all, err := List(tx)
	for _, p := range all {
		for i, b := range p.Bends {
			if b.Amount != nil {
				a := d.Amount(b.Amount.Minor * times / by)
				p.Bends[i].Amount = &a
			}
		}
		if err == nil {
			err = tx.Do(`UPDATE authority_policies SET bends = $2 WHERE id = $1`, p.ID, store.JSON(p.Bends))
		}
	}
	return errors.Join(err, tx.Do(`UPDATE authority_bonds SET spent = spent * $1 / $2`, times, by))
}
