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

// once lets one thing be done once under the key of a form. A page has one key for all that can be done there: other words
// under it are something else, and are not lost.
func once(ctx context.Context, form string, what ...string) context.Context {
	if form == "" {
		return ctx
	}
	return store.Once(ctx, "my "+form+" "+key(what...))
}

// attempt counts what a customer sends by a link, whatever becomes of it, and refuses what is too much before any of it is
// kept.
func (room *Room) attempt(ctx context.Context, v Visit) error {
	n := int64(0)
	err := room.db.Write(ctx, v.Link.actor(), func(tx *store.Tx) (err error) {
		if _, err = room.again(tx, v); err == nil {
			n, err = count(tx, key("say", v.Link.ID.String()))
		}
		return err
	})
	if err == nil && n > mostSayings {
		err = web.SlowDown(time.Hour)
	}
	return err
}

// Say is a customer writing on the page of their ticket: it goes on as by a mail of theirs. The form names the page it was
// written on; the same words that are sent from there again are a Conflict ("request.repeated").
func (room *Room) Say(ctx context.Context, v Visit, form string, s Said) error {
	if err := s.check(); err != nil {
		return err
	}
	if err := room.attempt(ctx, v); err != nil {
		return err
	}
	kept, err := room.keep(ctx, s.Files)
	if err != nil {
		return err
	}
	what := []string{"say", s.Text}
	for _, f := range kept {
		what = append(what, f.SHA256, f.Name)
	}
	return room.db.Write(once(ctx, form, what...), v.Link.actor(), func(tx *store.Tx) error {
		t, err := room.again(tx, v)
		if err != nil {
			return err
		}
		return room.say(tx, t, s.Text, kept)
	})
}

func (room *Room) say(tx *store.Tx, t tickets.Ticket, words string, files []tickets.File) error {
	c, err := room.people.Look(tx, t.Customer)
	if err != nil {
		return err
	}
	all, err := room.latest(tx, t.ID)
	if err != nil {
		return err
	}
	_, err = room.tickets.Receive(tx, tickets.Inbound{
		Channel: Name, Mailbox: t.Mailbox, From: sender(c, all), Subject: t.Subject, Text: words, Files: files, Join: t.ID, Answers: answers(c, all),
	})
	return err
}

// sender is the customer as they write by mail, or where they have none by phone: from the address they wrote from last on
// this ticket, for there they look for our answer; else from the first whose mails do not come back.
func sender(c people.Customer, said []tickets.Message) people.Sender {
	s, best := people.Sender{Name: c.Name}, 0
	last := ""
	for _, m := range slices.Backward(said) {
		if m.Kind == tickets.In && !m.Machine && has(c, m.From.Email) {
			last, _ = people.PlainEmail(m.From.Email) // has read it as one
			break
		}
	}
	for _, a := range c.Reach {
		if a.Kind == people.Phone && s.Phone == "" {
			s.Phone = a.Value
		}
		if a.Kind != people.Email {
			continue
		}
		good := 1 // of those that bounce, the first is better than none
		if a.BouncedAt.IsZero() {
			good = 2
		}
		if a.Value == last {
			good = 3
		}
		if good > best {
			s.Email, best = a.Value, good
		}
	}
	return s
}

// answers names what was said last to the customer, so that the mail that answers them stays in its thread.
func answers(c people.Customer, said []tickets.Message) (refs []string) {
	for _, m := range slices.Backward(said) {
		if len(refs) == 10 {
			break
		}
		if m.Ref != "" && concerns(c, m) {
			refs = append(refs, m.Ref)
		}
	}
	return refs
}

// Confirm is the customer saying that all is well: their own yes, with which a ticket ends.
func (room *Room) Confirm(ctx context.Context, v Visit, form string) error {
	return room.db.Write(once(ctx, form, "well"), v.Link.actor(), func(tx *store.Tx) error {
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
// those go to the ticket as well, in the same transaction, for somebody has to answer them.
func (room *Room) Choose(ctx context.Context, v Visit, form string, offer recovery.OfferID, p recovery.Pick) error {
	p.Other = strings.TrimSpace(p.Other)
	if p.Other != "" {
		if err := room.attempt(ctx, v); err != nil {
			return err
		}
	}
	// What is sent twice is known by its claim before the offer is looked at, which is not open any more by then.
	ctx = once(ctx, form, "choose", offer.String(), p.Remedy.String(), p.Other)
	return room.db.Write(ctx, v.Link.actor(), func(tx *store.Tx) error {
		t, err := room.again(tx, v)
		if err != nil {
			return err
		}
		open, err := room.recovery.OpenFor(tx, v.Link.Customer)
		if err == nil && !slices.ContainsFunc(open, func(s recovery.Shown) bool { return s.Offer == offer && s.Ticket == t.ID }) {
			err = gone()
		}
		if err != nil {
			return err
		}
		_, err = room.recovery.ChooseIn(tx, web.Who{Actor: v.Link.actor()}, offer, p)
		if f := fault.Of(err); f != nil && f.Kind == fault.Conflict && strings.HasPrefix(f.Code, "offer.") {
			return gone() // they were faster on another device, or it was taken back
		}
		if err != nil || p.Other == "" {
			return err
		}
		return room.say(tx, t, p.Other, nil)
	})
}

// Swap is the customer choosing otherwise among what they were offered, which they may for as long as nobody has given it
// to them or written to them since.
func (room *Room) Swap(ctx context.Context, v Visit, offer recovery.OfferID, to recovery.RemedyID) error {
	if err := room.attempt(ctx, v); err != nil {
		return err
	}
	return room.db.Write(ctx, v.Link.actor(), func(tx *store.Tx) error {
		t, err := room.again(tx, v)
		if err != nil {
			return err
		}
		_, err = room.recovery.SwapIn(tx, web.Who{Actor: v.Link.actor()}, t, offer, to)
		switch f := fault.Of(err); {
		case f == nil || f.Code == "offer.not_offered":
			return err
		case f.Code == "offer.same": // they have what they would like
			return nil
		case f.Code == "offer.sent":
			return fault.New(fault.Conflict, "my.swap_late", "This is on its way already; write to us what you would rather have.")
		case f.Code == "remedy.booked", strings.HasPrefix(f.Code, "authority."): // for a person to weigh
			return fault.New(fault.Conflict, "my.swap_not", "This can't be changed from here; write to us what you would rather have.")
		case f.Kind == fault.NotFound, strings.HasPrefix(f.Code, "offer."): // nothing was chosen of it, or it was taken back
			return gone()
		}
		return err
	})
}
