package portal

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Visit is a customer at the page of a ticket, or at the list of theirs where there is no ticket.
type Visit struct {
	hash   string
	Link   Link
	Number int64
	Ticket tickets.ID
}

func unknown() error {
	return fault.New(fault.NotFound, "my.unknown", "This link does not open anything any more.")
}

// Come is a customer coming by a link, which rests anew from then on.
func (room *Room) Come(ctx context.Context, token string) (v Visit, err error) {
	v.hash = hashOf(token)
	// Most tokens that open nothing are made up: they shall not have the database written to.
	if err := room.db.Read(ctx, func(tx *store.Tx) error { return room.enter(tx, &v) }); err != nil {
		return v, err
	}
	return v, room.db.Write(ctx, v.Link.actor(), func(tx *store.Tx) error {
		if err := room.enter(tx, &v); err != nil {
			return err
		}
		return touch(tx, v.Link)
	})
}

// enter looks whether a link opens something, and finds its ticket where it opens one alone.
func (room *Room) enter(tx *store.Tx, v *Visit) (err error) {
	s, err := readSettings(tx)
	if err != nil {
		return err
	}
	if v.Link, err = byHash(tx, v.hash); err != nil {
		return err
	}
	if !v.Link.opens(tx.Now(), s) {
		return unknown()
	}
	if v.Link.Ticket == 0 {
		return nil
	}
	t, err := room.tickets.Look(tx, v.Link.Ticket)
	if fault.KindOf(err) == fault.NotFound || err == nil && !v.Link.shows(t) {
		return unknown()
	}
	v.Number, v.Ticket = t.Number, t.ID
	return err
}

// Visit finds the customer who has one of some tokens: at a ticket of theirs by its number, or with number 0 at the list of
// all. What a link does not show does not exist.
func (room *Room) Visit(ctx context.Context, tokens []string, number int64) (v Visit, err error) {
	rested := false
	err = room.db.Read(ctx, func(tx *store.Tx) error {
		for _, token := range tokens {
			one := Visit{hash: hashOf(token)}
			err := room.enter(tx, &one)
			if err == nil {
				err = room.at(tx, &one, number)
			}
			if err == nil {
				v, rested = one, one.Link.rested(tx.Now())
				return nil
			}
			if fault.KindOf(err) != fault.NotFound {
				return err
			}
		}
		return unknown()
	})
	if err == nil && rested {
		err = room.db.Write(ctx, v.Link.actor(), func(tx *store.Tx) error { return touch(tx, v.Link) })
	}
	return v, err
}

func (room *Room) at(tx *store.Tx, v *Visit, number int64) error {
	if number == 0 {
		if v.Link.Ticket != 0 {
			return unknown()
		}
		return nil
	}
	t, ok, err := room.tickets.Numbered(tx, number)
	if err != nil {
		return err
	}
	if !ok || !v.Link.shows(t) {
		return unknown()
	}
	v.Number, v.Ticket = t.Number, t.ID
	return nil
}

// again loads the ticket of a visit for something that changes it, and refuses a link that was revoked meanwhile.
func (room *Room) again(tx *store.Tx, v Visit) (t tickets.Ticket, err error) {
	now := Visit{hash: v.hash}
	if err := room.enter(tx, &now); err != nil {
		return t, err
	}
	if v.Ticket == 0 {
		return t, unknown()
	}
	if t, err = room.tickets.Look(tx, v.Ticket); err == nil && !now.Link.shows(t) {
		err = unknown()
	}
	return t, err
}

// once lets what is done under the key of a form be done once.
func once(ctx context.Context, form string) context.Context {
	if form == "" {
		return ctx
	}
	return store.Once(ctx, "my "+form)
}

// Say is a customer writing on the page of their ticket: it goes on as by a mail of theirs. The form names the page it was
// written on; what is sent from there again is a Conflict ("request.repeated").
func (room *Room) Say(ctx context.Context, v Visit, form string, s Said) error {
	if err := s.check(); err != nil {
		return err
	}
	return room.db.Write(once(ctx, form), v.Link.actor(), func(tx *store.Tx) error { return room.say(tx, v, s) })
}

func (room *Room) say(tx *store.Tx, v Visit, s Said) error {
	t, err := room.again(tx, v)
	if err != nil {
		return err
	}
	n, err := count(tx, key("say", v.Link.ID.String()))
	if err != nil {
		return err
	}
	if n > mostSayings {
		return web.SlowDown(time.Hour)
	}
	c, err := room.people.Look(tx, t.Customer)
	if err != nil {
		return err
	}
	in := tickets.Inbound{
		Channel: Name, Mailbox: t.Mailbox, From: sender(c), Subject: t.Subject, Text: s.Text, Files: slices.Clone(s.Files), Join: t.ID,
	}
	if in.Answers, err = room.answers(tx, c, t.ID); err != nil {
		return err
	}
	_, err = room.tickets.Receive(tx, in)
	return err
}

// sender is the customer as they would write by mail, or where they have none by phone.
func sender(c people.Customer) people.Sender {
	s := people.Sender{Name: c.Name}
	for _, a := range c.Reach {
		switch {
		case a.Kind == people.Email && s.Email == "":
			s.Email = a.Value
		case a.Kind == people.Phone && s.Phone == "":
			s.Phone = a.Value
		}
	}
	return s
}

// answers names what was said last to the customer, so that the mail that answers them stays in its thread.
func (room *Room) answers(tx *store.Tx, c people.Customer, t tickets.ID) (refs []string, err error) {
	all, err := room.talk(tx, t)
	for _, m := range slices.Backward(all) {
		if len(refs) == 10 {
			break
		}
		if m.Ref != "" && concerns(c, m) {
			refs = append(refs, m.Ref)
		}
	}
	return refs, err
}

// Confirm is the customer saying that all is well: their own yes, with which a ticket ends.
func (room *Room) Confirm(ctx context.Context, v Visit, form string) error {
	return room.db.Write(once(ctx, form), v.Link.actor(), func(tx *store.Tx) error {
		t, err := room.again(tx, v)
		if err != nil {
			return err
		}
		if err := mayConfirm(t); err != nil {
			return err
		}
		return room.tickets.Confirm(tx, t)
	})
}

func gone() error {
	return fault.New(fault.Conflict, "my.offer_gone", "This offer is not open any more.")
}

// Choose is the customer choosing from what they are offered on a ticket, or naming something else in their own words;
// those go to the ticket as well, for somebody has to answer them.
func (room *Room) Choose(ctx context.Context, v Visit, form string, offer recovery.OfferID, p recovery.Pick) error {
	err := room.db.Read(ctx, func(tx *store.Tx) error {
		t, err := room.again(tx, v)
		if err != nil {
			return err
		}
		open, err := room.recovery.OpenFor(tx, v.Link.Customer)
		if err == nil && !slices.ContainsFunc(open, func(s recovery.Shown) bool { return s.Offer == offer && s.Ticket == t.ID }) {
			err = gone()
		}
		return err
	})
	if err != nil {
		return err
	}
	p.Other = strings.TrimSpace(p.Other)
	_, err = room.recovery.Choose(once(ctx, form), web.Who{Actor: v.Link.actor()}, offer, p)
	if f := fault.Of(err); f != nil && f.Kind == fault.Conflict && strings.HasPrefix(f.Code, "offer.") {
		return gone() // they were faster on another device, or it was taken back
	}
	if err != nil || p.Other == "" {
		return err
	}
	return room.db.Write(ctx, v.Link.actor(), func(tx *store.Tx) error { return room.say(tx, v, Said{Text: p.Other}) })
}
