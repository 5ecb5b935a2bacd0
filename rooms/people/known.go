package people

import "github.com/hearthdesk/hearth/base/store"

// Known finds the customer whom a mail address belongs to, and meets nobody: ok is false when it is nobody's.
func (room *Room) Known(tx *store.Tx, email string) (c Customer, ok bool, err error) {
	v, err := PlainEmail(email)
	if err != nil {
		return c, false, err
	}
	a, ok, err := addressOf(tx, Email, v)
	if err != nil || !ok {
		return c, false, err
	}
	c, err = load(tx, a.Customer)
	return c, err == nil, err
}
