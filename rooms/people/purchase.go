package people

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

type purchaseKind struct{}

func (purchaseKind) Prefix() string { return "pur" }

// PurchaseID names a purchase.
type PurchaseID = id.Of[purchaseKind]

// Purchase is something a customer bought, as the shop's systems told it.
type Purchase struct {
	ID          PurchaseID   `json:"id" db:"id"`
	Name        string       `json:"subject" db:"name" doc:"what the shop calls it, such as order-17"`
	Customer    ID           `json:"customer" db:"customer"`
	Minor       int64        `json:"-" db:"minor"`
	Currency    string       `json:"-" db:"currency"`
	Amount      money.Amount `json:"amount" db:"-"`
	At          time.Time    `json:"at" db:"at"`
	CancelledAt time.Time    `json:"cancelled_at,omitzero" db:"cancelled_at"`
}

// Buyer is a customer as another system knows them: by our id, a name of its own, or an address.
type Buyer struct {
	ID       ID     `json:"id,omitempty" doc:"ours"`
	External string `json:"external_id,omitempty" maxLength:"200" doc:"theirs; told once with an address it stands alone afterwards"`
	Name     string `json:"name,omitempty" maxLength:"200"`
	Email    string `json:"email,omitempty" maxLength:"320"`
	Phone    string `json:"phone,omitempty" maxLength:"40"`
}

// Sale is a purchase as it is told.
type Sale struct {
	Name   string
	Buyer  Buyer
	Amount money.Amount
	At     time.Time // zero for now
}

const (
	longestOrder = 200
	dearest      = 10_000_000_000_000 // minor units of one purchase: a slip ends here, and sums fit
)

// told says whether a name that the shop gave can be kept: a file from an old spreadsheet may hold bytes that are no letters.
func told(name string) bool {
	return len(name) <= longestOrder && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}

// plain refuses a sale that can't be.
func (s *Sale) plain(now time.Time) error {
	s.Name, s.Buyer.External = strings.TrimSpace(s.Name), strings.TrimSpace(s.Buyer.External)
	if s.At.IsZero() {
		s.At = now
	}
	s.At = s.At.UTC().Truncate(time.Microsecond)
	if _, err := money.Of(s.Amount.Minor, s.Amount.Currency); err != nil {
		return err
	}
	switch {
	case s.Name == "" || !told(s.Name):
		return fault.Field("subject", "purchase.name", "Say what the shop calls this purchase, in up to %d characters: it is entered once under that name.", longestOrder)
	case !told(s.Buyer.External):
		return fault.Field("external_id", "purchase.external", "What the shop calls its customer is in up to %d characters of UTF-8.", longestOrder)
	case s.Amount.Minor < 0:
		return fault.Field("amount", "purchase.negative", "A purchase is not less than nothing; tell of one that was cancelled with order.cancelled.")
	case s.Amount.Minor > dearest:
		return fault.Field("amount", "purchase.huge", "%s is more than one purchase can be.", s.Amount)
	case s.At.After(now.Add(24*time.Hour)) || s.At.Year() < 1970:
		return fault.Field("at", "purchase.at", "A purchase was made between 1970 and now.")
	}
	return nil
}

// Buy enters a purchase, once: told again it is the same one, and with another amount or customer a Conflict.
func (room *Room) Buy(ctx context.Context, who web.Who, s Sale) (p Purchase, err error) {
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		p, _, err = room.buy(tx, s)
		return err
	})
}

// buy is Buy inside a transaction; fresh is false when it was told before.
func (room *Room) buy(tx *store.Tx, s Sale) (p Purchase, fresh bool, err error) {
	if err := s.plain(tx.Now()); err != nil {
		return p, false, err
	}
	if p, fresh, err = purchaseBy(tx, s.Name); err != nil || fresh { // told before
		if err == nil {
			err = room.same(tx, p, s)
		}
		return p, false, err
	}
	c, err := room.buyer(tx, s.Buyer)
	if err != nil {
		return p, false, err
	}
	p = Purchase{ID: store.NewID[purchaseKind](tx), Name: s.Name, Customer: c.ID, Minor: s.Amount.Minor, Currency: s.Amount.Currency, Amount: s.Amount, At: s.At}
	added, err := insertPurchase(tx, p)
	if err != nil {
		return p, false, err
	}
	if !added { // another one was faster
		if p, _, err = purchaseBy(tx, s.Name); err == nil {
			err = room.same(tx, p, s)
		}
		return p, false, err
	}
	return p, true, tx.Record(c.ID, Bought{c.ID, p.ID})
}

// same says whether a purchase that is told again is the one of before.
func (room *Room) same(tx *store.Tx, p Purchase, s Sale) error {
	c, known, err := room.knownBuyer(tx, s.Buyer)
	if err != nil {
		return err
	}
	if p.Minor != s.Amount.Minor || p.Currency != s.Amount.Currency || known && c != p.Customer {
		return fault.New(fault.Conflict, "purchase.different", "“%s” was told before with another amount or customer; a new purchase needs a name of its own.", s.Name)
	}
	return nil
}

// buyer finds the customer who bought, or meets them.
func (room *Room) buyer(tx *store.Tx, b Buyer) (c Customer, err error) {
	which, known, err := room.knownBuyer(tx, b)
	switch {
	case err != nil:
		return c, err
	case known:
		c, err = load(tx, which)
	case b.Email == "" && b.Phone == "" && b.External != "":
		return c, fault.Field("customer", "purchase.stranger", "Nobody here is known as “%s”; tell their mail address or phone number once.", clip(b.External))
	default:
		c, err = room.Recognise(tx, Sender{Name: b.Name, Email: b.Email, Phone: b.Phone})
	}
	if err == nil && b.External != "" {
		err = callExternal(tx, b.External, c.ID)
	}
	return c, err
}

// knownBuyer finds who is known already, by what is surest first.
func (room *Room) knownBuyer(tx *store.Tx, b Buyer) (ID, bool, error) {
	if b.ID != 0 {
		c, err := load(tx, b.ID)
		return c.ID, err == nil, err
	}
	if b.External != "" {
		if c, ok, err := byExternal(tx, b.External); err != nil || ok {
			return c, ok, err
		}
	}
	if b.Email == "" && b.Phone == "" {
		return 0, false, nil
	}
	a, err := room.read(Sender{Name: b.Name, Email: b.Email, Phone: b.Phone})
	if err != nil {
		return 0, false, err
	}
	found, ok, err := addressOf(tx, a.Kind, a.Value)
	return found.Customer, ok, err
}

// Unbuy notes that a purchase was cancelled; it counts no more.
func (room *Room) Unbuy(ctx context.Context, who web.Who, name string) (p Purchase, err error) {
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		ok := false
		if p, ok, err = purchaseBy(tx, strings.TrimSpace(name)); err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "purchase.unknown", "There is no purchase “%s”.", clip(name))
		}
		if !p.CancelledAt.IsZero() {
			return nil
		}
		p.CancelledAt = tx.Now()
		return errors.Join(cancelPurchase(tx, p), tx.Record(p.Customer, Unbought{p.Customer, p.ID}))
	})
}

// Worth is what a customer bought from us in one currency: the plain sum of the purchases that the shop's systems told of and
// that were not cancelled. It is no estimate, knows nothing of costs, and says nothing about what they will buy.
type Worth struct {
	Currency  string       `json:"currency" db:"currency"`
	Minor     int64        `json:"-" db:"minor"`
	Spent     money.Amount `json:"spent" db:"-" doc:"the sum of all purchases told of, without those cancelled; no estimate"`
	Purchases int64        `json:"purchases" db:"n"`
	First     time.Time    `json:"first" db:"first_at"`
	Last      time.Time    `json:"last" db:"last_at"`
}

// Worth tells what a customer bought from us, the currency of most purchases first; empty where nothing was told.
func (room *Room) Worth(tx *store.Tx, customer ID) ([]Worth, error) {
	all, err := store.All[Worth](tx, `SELECT currency, CAST(SUM(minor) AS BIGINT) AS minor, COUNT(*) AS n, MIN(at) AS first_at, MAX(at) AS last_at
		FROM purchases WHERE customer = $1 AND customer > 0 AND cancelled_at = 0 GROUP BY currency ORDER BY 3 DESC, 1`, customer)
	for i := range all {
		all[i].Spent = money.Amount{Minor: all[i].Minor, Currency: all[i].Currency}
	}
	return all, err
}

// Purchases lists what a customer bought, the newest first, after one of them.
func (room *Room) Purchases(tx *store.Tx, customer ID, after PurchaseID, limit int) ([]Purchase, error) {
	all, err := store.All[Purchase](tx, purchaseColumns+` WHERE customer = $1 AND ($2 = CAST(0 AS BIGINT) OR at < (SELECT at FROM purchases WHERE id = $2)
		OR at = (SELECT at FROM purchases WHERE id = $2) AND id < $2) ORDER BY at DESC, id DESC LIMIT $3`, customer, after, limit)
	for i := range all {
		all[i].Amount = money.Amount{Minor: all[i].Minor, Currency: all[i].Currency}
	}
	return all, err
}

// Sales reads purchases of every customer after one, oldest first, for an export.
func (room *Room) Sales(tx *store.Tx, after PurchaseID, limit int) ([]Purchase, error) {
	all, err := store.All[Purchase](tx, purchaseColumns+` WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
	for i := range all {
		all[i].Amount = money.Amount{Minor: all[i].Minor, Currency: all[i].Currency}
	}
	return all, err
}

const purchaseColumns = `SELECT id, name, customer, minor, currency, at, cancelled_at FROM purchases`

func purchaseBy(tx *store.Tx, name string) (Purchase, bool, error) {
	p, ok, err := store.Find[Purchase](tx, purchaseColumns+` WHERE name = $1`+tx.Lock(), name)
	p.Amount = money.Amount{Minor: p.Minor, Currency: p.Currency}
	return p, ok, err
}

func insertPurchase(tx *store.Tx, p Purchase) (bool, error) {
	n, err := tx.Exec(`INSERT INTO purchases (id, name, customer, minor, currency, at, cancelled_at) VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (name) DO NOTHING`,
		p.ID, p.Name, p.Customer, p.Minor, p.Currency, p.At)
	return n > 0, err
}

func cancelPurchase(tx *store.Tx, p Purchase) error {
	return tx.Do(`UPDATE purchases SET cancelled_at = $2 WHERE id = $1`, p.ID, p.CancelledAt)
}

func byExternal(tx *store.Tx, name string) (ID, bool, error) {
	return store.Find[ID](tx, `SELECT customer FROM customers_externals WHERE name = $1`, name)
}

// External is what the shop calls a customer of ours.
type External struct {
	Name     string `json:"external_id" db:"name"`
	Customer ID     `json:"customer" db:"customer"`
}

// Externals reads what the shop calls our customers after a name, by name, for an export.
func (room *Room) Externals(tx *store.Tx, after string, limit int) ([]External, error) {
	return store.All[External](tx, `SELECT name, customer FROM customers_externals WHERE name > $1 ORDER BY name LIMIT $2`, after, limit)
}

func callExternal(tx *store.Tx, name string, customer ID) error {
	return tx.Do(`INSERT INTO customers_externals (name, customer) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, customer)
}

// Bought says a customer bought something. How much is not in the journal.
type Bought struct {
	Customer ID         `json:"customer"`
	Purchase PurchaseID `json:"purchase"`
}

// Kind names it.
func (Bought) Kind() string { return "purchases.made" }

// Unbought says a purchase was cancelled.
type Unbought struct {
	Customer ID         `json:"customer"`
	Purchase PurchaseID `json:"purchase"`
}

// Kind names it.
func (Unbought) Kind() string { return "purchases.cancelled" }
