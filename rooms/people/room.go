package people

import (
	"context"
	"embed"
	"errors"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this room.
var Tables = store.Migrations{Room: "people", FS: migrations}

// Room is the door to customers and companies.
type Room struct {
	db     *store.DB
	region string
}

// New furnishes the room. Region (ISO 3166-1) is the country of phone numbers written without a country code.
func New(db *store.DB, region string) *Room { return &Room{db, region} }

// Recognise finds the customer who wrote, or meets them, inside the caller's transaction.
func (room *Room) Recognise(tx *store.Tx, s Sender) (Customer, error) {
	a, err := room.read(s)
	if err != nil {
		return Customer{}, err
	}
	known, ok, err := addressOf(tx, a.Kind, a.Value)
	if err != nil {
		return Customer{}, err
	}
	if !ok {
		c, met, err := room.meet(tx, s, a)
		if err != nil || met {
			return c, err
		}
		// Another transaction met them while this one was about to; PostgreSQL made us wait for its end.
		if known, ok, err = addressOf(tx, a.Kind, a.Value); err != nil || !ok {
			return c, errors.Join(err, fault.New(fault.Conflict, "customer.met_twice", "Somebody else is changing this customer right now; please try again."))
		}
	}
	c, err := load(tx, known.Customer)
	if err != nil {
		return c, err
	}
	if c.learn(s) {
		if err := save(tx, c); err != nil {
			return c, err
		}
		return c, tx.Record(c.ID, Corrected{c.ID, []string{"name"}})
	}
	return c, nil
}

// meet enters somebody new; met is false, and nothing is changed, when the address belongs to somebody by now.
func (room *Room) meet(tx *store.Tx, s Sender, a Address) (c Customer, met bool, err error) {
	c = Customer{ID: store.NewID[customerKind](tx), MetAt: tx.Now(), Version: 1}
	a.ID, a.Customer = store.NewID[addressKind](tx), c.ID
	if met, err = addAddress(tx, a); err != nil || !met {
		return c, false, err
	}
	c.learn(s)
	if a.Kind == Email {
		_, domain, _ := strings.Cut(a.Value, "@")
		if c.Company, err = companyByDomain(tx, domain); err != nil {
			return c, false, err
		}
	}
	if err := insert(tx, c); err != nil {
		return c, false, err
	}
	return c, true, tx.Record(c.ID, Met{c.ID})
}

// read makes the address out of what the channel knows; mail comes first.
func (room *Room) read(s Sender) (Address, error) {
	if s.Email != "" {
		v, err := PlainEmail(s.Email)
		return Address{Kind: Email, Value: v}, err
	}
	if s.Phone != "" {
		v, err := PlainPhone(s.Phone, room.region)
		return Address{Kind: Phone, Value: v}, err
	}
	return Address{}, fault.Field("from", "sender.missing", "Say who it is from: a mail address or a phone number.")
}

// Addresses lists the ways to reach a customer, oldest first.
func (room *Room) Addresses(tx *store.Tx, customer ID) ([]Address, error) {
	return addresses(tx, customer)
}

// Look shows one customer's card, inside the caller's transaction.
func (room *Room) Look(tx *store.Tx, customer ID) (c Customer, err error) {
	if c, err = load(tx, customer); err != nil {
		return c, err
	}
	if c.Reach, err = addresses(tx, customer); err != nil {
		return c, err
	}
	c.Remarks, err = remarks(tx, customer)
	return c, err
}

// Names tells how to call each of the customers; one without a name is called by their first address.
func (room *Room) Names(tx *store.Tx, ids []ID) (map[ID]string, error) {
	names := make(map[ID]string, len(ids))
	all, err := named(tx, ids)
	for _, c := range all {
		names[c.ID] = c.Name
	}
	return names, err
}

// MarkBounced notes that mail to an address came back for good; an address nobody has is no error.
func (room *Room) MarkBounced(tx *store.Tx, email, why string) error {
	v, err := PlainEmail(email)
	if err != nil {
		return nil //nolint:nilerr // a report about what is no address marks nothing
	}
	a, ok, err := addressOf(tx, Email, v)
	if err != nil || !ok {
		return err
	}
	a.BouncedAt, a.Bounce = tx.Now(), clip(why)
	if err := markBounced(tx, a); err != nil {
		return err
	}
	return tx.Record(a.Customer, Bounced{a.Customer, a.ID})
}

// Correct changes parts of a customer's card.
func (room *Room) Correct(ctx context.Context, who web.Who, customer ID, ch Change) (c Customer, err error) {
	return c, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if c, err = load(tx, customer); err != nil {
			return err
		}
		if parts := c.correct(ch); len(parts) > 0 {
			if err := save(tx, c); err != nil {
				return err
			}
			if err := tx.Record(c.ID, Corrected{c.ID, parts}); err != nil {
				return err
			}
		}
		c, err = room.Look(tx, customer)
		return err
	})
}

// Reach adds a way to reach a customer; one that belongs to somebody else is a Conflict.
func (room *Room) Reach(ctx context.Context, who web.Who, customer ID, s Sender) (c Customer, err error) {
	a, err := room.read(s)
	if err != nil {
		return c, err
	}
	return c, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if _, err := load(tx, customer); err != nil {
			return err
		}
		a.ID, a.Customer = store.NewID[addressKind](tx), customer
		added, err := addAddress(tx, a)
		if err != nil {
			return err
		}
		if !added {
			return room.taken(tx, customer, a)
		}
		if err := tx.Record(customer, Reachable{customer, a.ID}); err != nil {
			return err
		}
		c, err = room.Look(tx, customer)
		return err
	})
}

func (room *Room) taken(tx *store.Tx, customer ID, a Address) error {
	has, _, err := addressOf(tx, a.Kind, a.Value)
	if err != nil {
		return err
	}
	if has.Customer == customer {
		return fault.New(fault.Conflict, "address.known", "%s is on this card already.", a.Value)
	}
	return fault.New(fault.Conflict, "address.taken", "%s belongs to another customer (%s).", a.Value, has.Customer)
}

// Forget takes a way to reach a customer away; the last one stays.
func (room *Room) Forget(ctx context.Context, who web.Who, customer ID, address AddressID) (c Customer, err error) {
	return c, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if _, err := load(tx, customer); err != nil {
			return err
		}
		all, err := addresses(tx, customer)
		if err != nil {
			return err
		}
		if len(all) == 1 && all[0].ID == address {
			return fault.New(fault.Invalid, "address.last", "This is the only way to reach them; add another one first.")
		}
		gone, err := dropAddress(tx, customer, address)
		if err != nil {
			return err
		}
		if !gone {
			return fault.New(fault.NotFound, "address.unknown", "There is no address %s on this card.", address)
		}
		if err := tx.Record(customer, Unreachable{customer, address}); err != nil {
			return err
		}
		c, err = room.Look(tx, customer)
		return err
	})
}

// Found enters a company; people who write from its domain belong to it from now on.
func (room *Room) Found(ctx context.Context, who web.Who, name, domain string) (c Company, err error) {
	c = Company{Name: strings.TrimSpace(name), Domain: strings.ToLower(strings.TrimPrefix(strings.TrimSpace(domain), "@")), Version: 1}
	if c.Name == "" {
		return c, fault.Field("name", "name.missing", "A company needs a name.")
	}
	return c, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		c.ID = store.NewID[companyKind](tx)
		added, err := insertCompany(tx, c)
		if err == nil && !added {
			err = fault.New(fault.Conflict, "company.known", "There is a company with the domain %s already.", c.Domain)
		}
		if err != nil {
			return err
		}
		return tx.Record(c.ID, Founded{c.ID})
	})
}
