package people

import (
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
)

const columns = `id, name, title, language, company, note, met_at, version`

func load(tx *store.Tx, customer ID) (Customer, error) {
	c, ok, err := store.Find[Customer](tx, `SELECT `+columns+` FROM customers WHERE id = $1`+tx.Lock(), customer)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "customer.unknown", "There is no customer %s.", customer)
	}
	return c, err
}

func insert(tx *store.Tx, c Customer) error {
	return tx.Do(`INSERT INTO customers (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, 1)`,
		c.ID, c.Name, c.Title, c.Language, c.Company, c.Note, c.MetAt)
}

func save(tx *store.Tx, c Customer) error {
	return tx.Do(`UPDATE customers SET name = $2, title = $3, language = $4, company = $5, note = $6, version = version + 1 WHERE id = $1`,
		c.ID, c.Name, c.Title, c.Language, c.Company, c.Note)
}

func addressOf(tx *store.Tx, kind Kind, value string) (Address, bool, error) {
	return store.Find[Address](tx, `SELECT id, customer, kind, value, bounced_at, bounce FROM customers_addresses WHERE kind = $1 AND value = $2`, kind, value)
}

func addresses(tx *store.Tx, customer ID) ([]Address, error) {
	return store.All[Address](tx, `SELECT id, customer, kind, value, bounced_at, bounce FROM customers_addresses WHERE customer = $1 ORDER BY id`, customer)
}

// addAddress returns false when the address belongs to somebody by now.
func addAddress(tx *store.Tx, a Address) (bool, error) {
	n, err := tx.Exec(`INSERT INTO customers_addresses (id, customer, kind, value) VALUES ($1, $2, $3, $4) ON CONFLICT (kind, value) DO NOTHING`,
		a.ID, a.Customer, a.Kind, a.Value)
	return n > 0, err
}

func dropAddress(tx *store.Tx, customer ID, a AddressID) (bool, error) {
	n, err := tx.Exec(`DELETE FROM customers_addresses WHERE id = $1 AND customer = $2`, a, customer)
	return n > 0, err
}

func markBounced(tx *store.Tx, a Address) error {
	return tx.Do(`UPDATE customers_addresses SET bounced_at = $2, bounce = $3 WHERE id = $1`, a.ID, a.BouncedAt, a.Bounce)
}

func some(tx *store.Tx, ids []ID) ([]Customer, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	marks, args := store.Marks(ids)
	return store.All[Customer](tx, `SELECT `+columns+` FROM customers WHERE id IN (`+marks+`)`, args...)
}

type name struct {
	ID   ID     `db:"id"`
	Name string `db:"name"`
}

// named reads names, and for want of one the first address.
func named(tx *store.Tx, ids []ID) ([]name, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	marks, args := store.Marks(ids)
	return store.All[name](tx, `SELECT id, CASE WHEN name <> '' THEN name
		ELSE COALESCE((SELECT value FROM customers_addresses a WHERE a.customer = customers.id ORDER BY a.id LIMIT 1), '') END AS name
		FROM customers WHERE id IN (`+marks+`)`, args...)
}

func after(tx *store.Tx, last ID, limit int) ([]Customer, error) {
	return store.All[Customer](tx, `SELECT `+columns+` FROM customers WHERE id < $1 ORDER BY id DESC LIMIT $2`, last, limit)
}

func byAddress(tx *store.Tx, start string, limit int) ([]ID, error) {
	low := strings.ToLower(start)
	return store.All[ID](tx, `SELECT DISTINCT customer FROM customers_addresses WHERE kind = 'email' AND value >= $1 AND value < $2 LIMIT $3`, low, low+"\U0010FFFF", limit)
}

func companyByDomain(tx *store.Tx, domain string) (CompanyID, error) {
	c, _, err := store.Find[CompanyID](tx, `SELECT id FROM companies WHERE domain = $1 AND domain <> ''`, domain)
	return c, err
}

// insertCompany returns false when the domain belongs to a company already.
func insertCompany(tx *store.Tx, c Company) (bool, error) {
	n, err := tx.Exec(`INSERT INTO companies (id, name, domain, version) VALUES ($1, $2, $3, 1) ON CONFLICT (domain) WHERE domain <> '' DO NOTHING`, c.ID, c.Name, c.Domain)
	return n > 0, err
}

func companies(tx *store.Tx, last CompanyID, limit int) ([]Company, error) {
	return store.All[Company](tx, `SELECT id, name, domain, version FROM companies WHERE id > $1 ORDER BY id LIMIT $2`, last, limit)
}
