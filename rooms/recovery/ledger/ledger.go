// Package ledger is the book of what was given to customers: to whom, for what, by whom, in exact minor units.
//
// Every entry has two lines that come to nothing: the customer's account gains what the account of the kind of remedy
// loses. What happened is never changed (the database refuses it): a gift that is taken back is another entry, which names
// the first and can be made once. An entry is also charged to its case, to whoever gave and to their team, whose accounts
// show what was given there. Whoever gives waits for whoever gives in the same case or to the same customer, and only then
// looks how much is left: so a limit holds however many press at once. A key makes an entry happen once.
package ledger

import (
	"embed"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of the ledger.
var Tables = store.Migrations{Room: "ledger", FS: migrations}

type entryKind struct{}

func (entryKind) Prefix() string { return "led" }

// ID names an entry.
type ID = id.Of[entryKind]

// Most is the largest single amount, in minor units: a slip of the keyboard ends here, and sums stay far from what fits.
const Most = 100_000_000_000

// Gift is what is given.
type Gift struct {
	Key      string       // the same key is the same gift, however often it is asked for
	Amount   money.Amount // more than nothing
	Customer people.ID    // zero for a colleague
	Ticket   tickets.ID   // zero for a case without one
	Case     string       // the id of the ticket, or of the complaint that has none
	Staff    staff.ID     // whose authority is used
	Team     staff.TeamID // whose budget; zero for none
	Part     string       // right or extra
	Kind     string       // of remedy
	Remedy   string       // its id
}

// Entry is what the book says of a gift, or of one taken back.
type Entry struct {
	ID       ID           `json:"id" db:"id"`
	Key      string       `json:"-" db:"key"`
	At       time.Time    `json:"at" db:"at"`
	CountsAt time.Time    `json:"-" db:"counts_at"`
	By       string       `json:"by" db:"by_actor" doc:"who pressed, such as staff:stf_… or customer:cus_…"`
	Staff    staff.ID     `json:"staff,omitzero" db:"staff" doc:"whose authority it was"`
	Team     staff.TeamID `json:"team,omitzero" db:"team"`
	Customer people.ID    `json:"customer,omitzero" db:"customer" doc:"absent for a colleague"`
	Ticket   tickets.ID   `json:"ticket,omitzero" db:"ticket"`
	Case     string       `json:"case" db:"matter" doc:"the ticket, or the complaint that has none"`
	Remedy   string       `json:"remedy" db:"remedy"`
	Part     string       `json:"part" db:"part" enum:"right,extra"`
	Kind     string       `json:"kind" db:"kind"`
	Minor    int64        `json:"-" db:"minor"`
	Currency string       `json:"-" db:"currency"`
	Reverses ID           `json:"reverses,omitzero" db:"reverses" doc:"the entry that this one takes back"`
	Lines    []Line       `json:"lines" db:"-" nullable:"false" doc:"they come to nothing"`
}

// Line is what an entry does to an account.
type Line struct {
	Account  string `json:"account" db:"account" doc:"customer/cus_…, or kind/… of remedy"`
	Minor    int64  `json:"minor" db:"minor"`
	Currency string `json:"currency" db:"currency"`
}

// Amount is what was given, below zero when it was taken back.
func (e Entry) Amount() money.Amount { return money.Amount{Minor: e.Minor, Currency: e.Currency} }

// accounts are the lines of the entry, and the accounts it is charged to beside them.
func (e Entry) accounts() (lines, beside []Line) {
	to := "customer/" + e.Customer.String()
	if e.Customer == 0 {
		to = "colleague"
	}
	lines = []Line{{to, e.Minor, e.Currency}, {"kind/" + e.Kind, -e.Minor, e.Currency}}
	beside = []Line{{"case/" + e.Case, e.Minor, e.Currency}, {"staff/" + e.Staff.String(), e.Minor, e.Currency}}
	if e.Team != 0 {
		beside = append(beside, Line{"team/" + e.Team.String(), e.Minor, e.Currency})
	}
	return lines, beside
}

// same says whether a key that comes again asks for the same as before.
func (e Entry) same(g Gift) bool {
	return e.Reverses == 0 && e.Amount() == g.Amount && e.Customer == g.Customer && e.Case == g.Case && e.Part == g.Part && e.Kind == g.Kind
}

// Limits say how much may be given in all, in minor units of the currency of the gift, by everybody together.
type Limits struct {
	Case     Limit
	Customer Limit
	Since    time.Time // what was given to the customer before that counts no more
}

// Limit is one of them.
type Limit struct {
	Most int64
	Held int64 // of that, promised and not given yet
}

// Given is what was given so far.
type Given struct {
	Case     int64
	Customer int64 // since the moment asked for
}

// Left is how much may still be given, never below zero.
func (l Limits) Left(g Given) (inCase, toCustomer int64) {
	return max(0, l.Case.Most-l.Case.Held-g.Case), max(0, l.Customer.Most-l.Customer.Held-g.Customer)
}

// Check is Denied when the amount is more than what is left, and says by how much.
func (l Limits) Check(amount money.Amount, g Given) error {
	inCase, toCustomer := l.Left(g)
	left := func(minor int64) string { return money.Amount{Minor: minor, Currency: amount.Currency}.String() }
	switch {
	case amount.Minor > inCase:
		return fault.New(fault.Denied, "authority.case", "%s is more than you may give in this case without asking: %s are left. A supervisor may give more.", amount, left(inCase))
	case amount.Minor > toCustomer:
		return fault.New(fault.Denied, "authority.customer", "%s is more than you may give to this customer without asking: %s are left. A supervisor may give more.", amount, left(toCustomer))
	}
	return nil
}

// Plain refuses what can't be given.
func Plain(amount money.Amount) error {
	if _, err := money.Of(amount.Minor, amount.Currency); err != nil {
		return err
	}
	switch {
	case amount.Minor <= 0:
		return fault.Field("amount", "amount.nothing", "An amount is more than nothing.")
	case amount.Minor > Most:
		return fault.Field("amount", "amount.huge", "%s is more than can be given in one piece.", amount)
	}
	return nil
}

// Hold makes everybody else who gives in the same case or to the same customer wait until this transaction ends. Give
// holds by itself; whoever must look before holds first.
func Hold(tx *store.Tx, customer people.ID, matter, currency string) error {
	e := Entry{Customer: customer, Case: matter, Currency: currency}
	lines, beside := e.accounts()
	return hold(tx, []Line{beside[0], lines[0]})
}

// Give enters a gift within limits. Fresh is false when the key was used before for the same gift, which is returned then.
func Give(tx *store.Tx, g Gift, l Limits) (e Entry, fresh bool, err error) {
	if err := Plain(g.Amount); err != nil {
		return e, false, err
	}
	if err := Hold(tx, g.Customer, g.Case, g.Amount.Currency); err != nil {
		return e, false, err
	}
	if e, found, err := byKey(tx, g.Key); err != nil || found {
		return e, false, repeated(e, found && !e.same(g), err)
	}
	given, err := Sum(tx, g.Customer, g.Case, g.Amount.Currency, l.Since)
	if err != nil {
		return e, false, err
	}
	if err := l.Check(g.Amount, given); err != nil {
		return e, false, err
	}
	e = Entry{
		Key: g.Key, CountsAt: tx.Now(), Staff: g.Staff, Team: g.Team, Customer: g.Customer, Ticket: g.Ticket, Case: g.Case,
		Remedy: g.Remedy, Part: g.Part, Kind: g.Kind, Minor: g.Amount.Minor, Currency: g.Amount.Currency,
	}
	return enter(tx, e, func(was Entry) bool { return was.same(g) })
}

// Reverse takes a gift back, once. Fresh is false when the key did that before.
func Reverse(tx *store.Tx, which ID, key string) (e Entry, fresh bool, err error) {
	was, ok, err := one(tx, which)
	switch {
	case err != nil:
		return e, false, err
	case !ok:
		return e, false, fault.New(fault.NotFound, "entry.unknown", "There is no entry %s in the ledger.", which)
	case was.Reverses != 0:
		return e, false, fault.New(fault.Conflict, "entry.reversal", "This entry takes another one back; it can't be taken back itself.")
	}
	if err := Hold(tx, was.Customer, was.Case, was.Currency); err != nil {
		return e, false, err
	}
	if e, found, err := byKey(tx, key); err != nil || found {
		return e, false, repeated(e, found && e.Reverses != which, err)
	}
	if taken, err := reversed(tx, which); err != nil || taken {
		if taken {
			err = fault.New(fault.Conflict, "entry.reversed", "This was taken back already.")
		}
		return e, false, err
	}
	e = was
	e.Key, e.Minor, e.Reverses = key, -was.Minor, which
	return enter(tx, e, func(was Entry) bool { return was.Reverses == which })
}

func repeated(e Entry, other bool, err error) error {
	if err == nil && other {
		err = fault.New(fault.Conflict, "key.reused", "This key stands for another entry of the ledger already (%s).", e.ID)
	}
	return err
}

// enter writes an entry down. Another transaction that used the key meanwhile, in another case, was faster; same says
// whether it did what this one would.
func enter(tx *store.Tx, e Entry, same func(Entry) bool) (Entry, bool, error) {
	e.ID, e.At, e.By = store.NewID[entryKind](tx), tx.Now(), tx.By().String()
	added, err := insert(tx, e)
	if err != nil {
		return e, false, err
	}
	if !added {
		was, found, err := byKey(tx, e.Key)
		return was, false, repeated(was, found && !same(was), err)
	}
	lines, beside := e.accounts()
	e.Lines = lines
	if err := insertLines(tx, e.ID, lines); err != nil {
		return e, false, err
	}
	all := slices.Concat(lines, beside)
	slices.SortFunc(all, byAccount) // always in the same order, so that two never wait for each other
	for _, l := range all {
		if err := add(tx, l); err != nil {
			return e, false, err
		}
	}
	return e, true, tx.Record(e.ID, Entered{e.ID, e.Customer, e.Ticket, e.Part, e.Reverses})
}

// Entered says the ledger has another entry.
type Entered struct {
	Entry    ID         `json:"entry"`
	Customer people.ID  `json:"customer,omitzero"`
	Ticket   tickets.ID `json:"ticket,omitzero"`
	Part     string     `json:"part"`
	Reverses ID         `json:"reverses,omitzero"`
}

// Kind names it.
func (Entered) Kind() string { return "ledger.entered" }
