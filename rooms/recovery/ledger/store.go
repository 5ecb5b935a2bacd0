package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

const columns = `id, key, at, counts_at, by_actor, staff, team, customer, ticket, matter, remedy, part, kind, minor, currency, reverses`

func byAccount(a, b Line) int { return cmp.Compare(a.Account, b.Account) }

// hold makes the accounts, where they are not there yet, and keeps them from others.
func hold(tx *store.Tx, accounts []Line) error {
	slices.SortFunc(accounts, byAccount)
	for _, a := range accounts {
		if err := tx.Do(`INSERT INTO ledger_accounts (account, currency, minor, entries) VALUES ($1, $2, 0, 0) ON CONFLICT (account, currency) DO NOTHING`, a.Account, a.Currency); err != nil {
			return err
		}
		if _, err := store.One[int64](tx, `SELECT entries FROM ledger_accounts WHERE account = $1 AND currency = $2`+tx.Lock(), a.Account, a.Currency); err != nil {
			return err
		}
	}
	return nil
}

func add(tx *store.Tx, l Line) error {
	return tx.Do(`INSERT INTO ledger_accounts (account, currency, minor, entries) VALUES ($1, $2, $3, 1)
		ON CONFLICT (account, currency) DO UPDATE SET minor = ledger_accounts.minor + excluded.minor, entries = ledger_accounts.entries + 1`, l.Account, l.Currency, l.Minor)
}

func insert(tx *store.Tx, e Entry) (bool, error) {
	n, err := tx.Exec(`INSERT INTO ledger_entries (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (key) DO NOTHING`,
		e.ID, e.Key, e.At, e.CountsAt, e.By, e.Staff, e.Team, e.Customer, e.Ticket, e.Case, e.Remedy, e.Part, e.Kind, e.Minor, e.Currency, e.Reverses)
	return n > 0, err
}

func insertLines(tx *store.Tx, entry ID, lines []Line) (err error) {
	for n, l := range lines {
		err = errors.Join(err, tx.Do(`INSERT INTO ledger_lines (entry, n, account, minor, currency) VALUES ($1, $2, $3, $4, $5)`, entry, n, l.Account, l.Minor, l.Currency))
	}
	return err
}

func one(tx *store.Tx, which ID) (Entry, bool, error) {
	e, ok, err := store.Find[Entry](tx, `SELECT `+columns+` FROM ledger_entries WHERE id = $1`, which)
	return e, ok, err
}

func byKey(tx *store.Tx, key string) (e Entry, ok bool, err error) {
	if e, ok, err = store.Find[Entry](tx, `SELECT `+columns+` FROM ledger_entries WHERE key = $1`, key); err != nil || !ok {
		return e, ok, err
	}
	e.Lines, _ = e.accounts()
	return e, true, nil
}

func reversed(tx *store.Tx, which ID) (bool, error) {
	_, ok, err := store.Find[ID](tx, `SELECT id FROM ledger_entries WHERE reverses = $1 AND reverses > 0`, which)
	return ok, err
}

// Sum is what was given in a case, and to a customer after a moment, by everybody together.
func Sum(tx *store.Tx, customer people.ID, matter, currency string, since time.Time) (g Given, err error) {
	if g.Case, _, err = store.Find[int64](tx, `SELECT minor FROM ledger_accounts WHERE account = $1 AND currency = $2`, "case/"+matter, currency); err != nil {
		return g, err
	}
	if customer == 0 { // a colleague: only their case counts
		return g, nil
	}
	g.Customer, err = store.One[int64](tx, `SELECT CAST(COALESCE(SUM(minor), 0) AS BIGINT) FROM ledger_entries WHERE customer = $1 AND currency = $2 AND counts_at > $3`, customer, currency, since)
	return g, err
}

// Spent is what a team gave from one moment on and before another.
func Spent(tx *store.Tx, team staff.TeamID, currency string, from, to time.Time) (int64, error) {
	return store.One[int64](tx, `SELECT CAST(COALESCE(SUM(minor), 0) AS BIGINT) FROM ledger_entries WHERE team = $1 AND currency = $2 AND counts_at >= $3 AND counts_at < $4`, team, currency, from, to)
}

// SpentByTeam is what each team gave from one moment on and before another; those that gave nothing are not in it.
func SpentByTeam(tx *store.Tx, currency string, from, to time.Time) (map[staff.TeamID]int64, error) {
	type sum struct {
		Team  staff.TeamID `db:"team"`
		Minor int64        `db:"minor"`
	}
	all, err := store.All[sum](tx, `SELECT team, CAST(SUM(minor) AS BIGINT) AS minor FROM ledger_entries WHERE currency = $1 AND counts_at >= $2 AND counts_at < $3 AND team > 0 GROUP BY team`, currency, from, to)
	by := make(map[staff.TeamID]int64, len(all))
	for _, s := range all {
		by[s.Team] = s.Minor
	}
	return by, err
}

// Any says whether the ledger has an entry.
func Any(tx *store.Tx) (bool, error) {
	_, ok, err := store.Find[ID](tx, `SELECT id FROM ledger_entries LIMIT 1`)
	return ok, err
}

// Filter says which entries to list; what is zero filters nothing.
type Filter struct {
	Ticket   tickets.ID
	Customer people.ID
	Case     string
	From, To time.Time // entered from, and before
	After    ID
	Limit    int

	Some  bool     // only those of Teams, of no team, and of Staff
	Teams []int64  // with Some
	Staff staff.ID // with Some
}

// List lists entries, oldest first.
func List(tx *store.Tx, f Filter) ([]Entry, error) {
	where, args := []string{"id > $1"}, []any{f.After}
	with := func(text string, v any) {
		args = append(args, v)
		where = append(where, fmt.Sprintf(text, len(args)))
	}
	if f.Ticket != 0 {
		with("ticket = $%d", f.Ticket)
	}
	if f.Customer != 0 {
		with("customer = $%d", f.Customer)
	}
	if f.Case != "" {
		with("matter = $%d", f.Case)
	}
	if !f.From.IsZero() {
		with("at >= $%d", f.From)
	}
	if !f.To.IsZero() {
		with("at < $%d", f.To)
	}
	if f.Some {
		marks := []string{"0"}
		for _, t := range f.Teams {
			args = append(args, t)
			marks = append(marks, fmt.Sprintf("$%d", len(args)))
		}
		with("(team IN ("+strings.Join(marks, ",")+") OR staff = $%d)", f.Staff)
	}
	args = append(args, f.Limit)
	all, err := store.All[Entry](tx, `SELECT `+columns+` FROM ledger_entries WHERE `+strings.Join(where, " AND ")+fmt.Sprintf(` ORDER BY id LIMIT $%d`, len(args)), args...)
	for i := range all {
		all[i].Lines, _ = all[i].accounts()
	}
	return all, err
}

// Account is what an account comes to.
type Account struct {
	Account  string `json:"account" db:"account"`
	Minor    int64  `json:"minor" db:"minor"`
	Currency string `json:"currency" db:"currency"`
	Entries  int64  `json:"entries" db:"entries"`
}

// Accounts lists the accounts of a sort (customer, case, staff, team, kind) after a name, by name.
func Accounts(tx *store.Tx, sort, after string, limit int) ([]Account, error) {
	return store.All[Account](tx, `SELECT account, currency, minor, entries FROM ledger_accounts WHERE account > $1 AND account LIKE $2 AND entries > 0 ORDER BY account, currency LIMIT $3`,
		max(after, sort+"/"), sort+"/%", limit)
}

// Audit adds the whole book up anew and says what does not fit: nothing, unless the database was changed behind its back.
func Audit(tx *store.Tx) (faults []string, err error) {
	for _, check := range []struct{ what, query string }{
		{"the lines of %s do not come to nothing", `SELECT CAST(entry AS TEXT) FROM ledger_lines GROUP BY entry HAVING SUM(minor) <> 0 OR COUNT(DISTINCT currency) <> 1`},
		{"entry %s has no lines", `SELECT CAST(e.id AS TEXT) FROM ledger_entries e WHERE NOT EXISTS (SELECT 1 FROM ledger_lines l WHERE l.entry = e.id)`},
		{"%s takes back something else than was given", `SELECT CAST(r.id AS TEXT) FROM ledger_entries r JOIN ledger_entries e ON e.id = r.reverses WHERE r.minor <> -e.minor OR r.currency <> e.currency`},
		{"account %s is not what its lines come to", `SELECT a.account FROM ledger_accounts a WHERE (a.account LIKE 'customer/%' OR a.account LIKE 'kind/%' OR a.account = 'colleague')
			AND a.minor <> (SELECT COALESCE(SUM(l.minor), 0) FROM ledger_lines l WHERE l.account = a.account AND l.currency = a.currency)`},
		{"account %s is not what its entries come to", `SELECT a.account FROM ledger_accounts a WHERE a.account LIKE 'case/%'
			AND a.minor <> (SELECT COALESCE(SUM(e.minor), 0) FROM ledger_entries e WHERE 'case/' || e.matter = a.account AND e.currency = a.currency)`},
	} {
		found, err := store.All[string](tx, check.query)
		if err != nil {
			return nil, err
		}
		for _, which := range found {
			faults = append(faults, fmt.Sprintf(check.what, which))
		}
	}
	return faults, nil
}
