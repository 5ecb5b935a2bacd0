package authority

import (
	"errors"
	"strings"

	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Look is the money of the desk. Where something is to be given it stays so, and so do limits, until the transaction ends.
func Look(tx *store.Tx) (Desk, error) {
	return store.One[Desk](tx, `SELECT currency, period_days FROM authority_desk`+strings.Replace(tx.Lock(), "UPDATE", "SHARE", 1))
}

// hold is Look, and makes every other change of what is allowed wait.
func hold(tx *store.Tx) (Desk, error) {
	return store.One[Desk](tx, `SELECT currency, period_days FROM authority_desk`+tx.Lock())
}

func saveDesk(tx *store.Tx, d Desk) error {
	return tx.Do(`UPDATE authority_desk SET currency = $1, period_days = $2`, d.Currency, d.Days)
}

// rescale turns the figures of other money into those of the desk's.
func rescale(tx *store.Tx, times, by int64) error {
	if times == by {
		return nil
	}
	return errors.Join(
		tx.Do(`UPDATE authority SET per_case = per_case * $1 / $2, per_customer = per_customer * $1 / $2, team_month = team_month * $1 / $2`, times, by),
		tx.Do(`UPDATE authority_budgets SET month = month * $1 / $2`, times, by),
	)
}

func powersOf(tx *store.Tx, role staff.RoleID) (Powers, bool, error) {
	return store.Find[Powers](tx, `SELECT role, per_case, per_customer, team_month FROM authority WHERE role = $1`, role)
}

func allPowers(tx *store.Tx) ([]Powers, error) {
	return store.All[Powers](tx, `SELECT role, per_case, per_customer, team_month FROM authority ORDER BY role`)
}

func allBudgets(tx *store.Tx) (map[staff.TeamID]int64, error) {
	type budget struct {
		Team  staff.TeamID `db:"team"`
		Month int64        `db:"month"`
	}
	all, err := store.All[budget](tx, `SELECT team, month FROM authority_budgets`)
	by := make(map[staff.TeamID]int64, len(all))
	for _, b := range all {
		by[b.Team] = b.Month
	}
	return by, err
}

func savePowers(tx *store.Tx, a Powers) error {
	return tx.Do(`INSERT INTO authority (role, per_case, per_customer, team_month) VALUES ($1, $2, $3, $4)
		ON CONFLICT (role) DO UPDATE SET per_case = excluded.per_case, per_customer = excluded.per_customer, team_month = excluded.team_month`, a.Role, a.PerCase, a.PerCustomer, a.TeamMonth)
}

func budgetOf(tx *store.Tx, team staff.TeamID) (int64, bool, error) {
	return store.Find[int64](tx, `SELECT month FROM authority_budgets WHERE team = $1`, team)
}

func saveBudget(tx *store.Tx, team staff.TeamID, month *money.Amount) error {
	if month == nil {
		return tx.Do(`DELETE FROM authority_budgets WHERE team = $1`, team)
	}
	return tx.Do(`INSERT INTO authority_budgets (team, month) VALUES ($1, $2) ON CONFLICT (team) DO UPDATE SET month = excluded.month`, team, month.Minor)
}
