package tickets

import (
	"context"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/tickets/wording"
)

// Situation is what the lexicon wants to know of the ticket an answer is for. Only what reached the customer, or came from
// them, has been said: a note has not.
func (room *Room) Situation(tx *store.Tx, t Ticket) (d lexicon.Draft, err error) {
	c, err := room.people.Look(tx, t.Customer)
	if err != nil {
		return d, err
	}
	d.Channel, d.Name, d.Language, d.Type, d.Tags, d.Facts = t.Channel, c.Name, c.Language, t.Type, t.Tags, t.Facts != ""
	for _, a := range c.Reach {
		d.Card = append(d.Card, string(a.Kind)) // "email", "phone": that it is known, not what it is
	}
	if t.Mailbox != 0 {
		d.Brand = t.Mailbox.String() // each brand is written to at an address of its own
	}
	d.Talk, err = wording.Talk(tx, int64(t.ID))
	return d, err
}

// Weigh holds an answer against the lexicon before the transaction that gives it, so that nobody waits for that meanwhile.
// It tells nothing to whoever may not see the ticket: what was found comes out when the answer is given.
func (room *Room) Weigh(ctx context.Context, ticket ID, r Reply) (wording.Weighed, error) {
	if room.words == nil {
		return wording.Weighed{}, nil
	}
	if err := r.words(); err != nil {
		return wording.Weighed{}, err
	}
	var s wording.Sheet
	err := room.db.Read(ctx, func(tx *store.Tx) error {
		t, err := load(tx, ticket)
		if err == nil {
			s, err = room.lay(tx, t, r)
		}
		return err
	})
	if err != nil {
		return wording.Weighed{}, err
	}
	return s.Weigh(), nil
}

func (room *Room) lay(tx *store.Tx, t Ticket, r Reply) (s wording.Sheet, err error) {
	d, err := room.Situation(tx, t)
	if err != nil {
		return s, err
	}
	d.Closing = r.Closing
	return wording.Lay(tx, room.words, t.Version, d, r.Text, r.HTML)
}

// heed says what the lexicon finds in an answer, and refuses one with words that must not leave. What was weighed before is
// weighed anew when the ticket has gone on since.
func (room *Room) heed(tx *store.Tx, t Ticket, r *Reply) ([]wording.Finding, error) {
	if room.words == nil {
		return nil, nil
	}
	if !r.Weighed.Holds(t.Version, r.Text, r.HTML, r.Closing) {
		s, err := room.lay(tx, t, *r)
		if err != nil {
			return nil, err
		}
		r.Weighed = s.Weigh()
	}
	return r.Weighed.Pass(r.Override, r.Against)
}

// annotated keeps with an answer what was found in it, and why it left all the same.
func (room *Room) annotated(tx *store.Tx, m *Message, reason string) error {
	if err := wording.Keep(tx, int64(m.ID), m.Findings); err != nil {
		return err
	}
	rules := wording.Overruled(m.Findings)
	if len(rules) == 0 {
		return nil
	}
	m.Override = &wording.Override{By: m.Author, Reason: reason}
	why, err := addReason(tx, m.Ticket, reason)
	if err != nil {
		return err
	}
	if err := wording.Overrule(tx, int64(m.ID), m.Author, int64(why)); err != nil {
		return err
	}
	return tx.Record(m.Ticket, Overruled{m.Ticket, m.ID, rules, why})
}

// Annotate adds to messages what the lexicon found in them. It is for colleagues alone, so nothing else shows it.
func (room *Room) Annotate(tx *store.Tx, all []Message) error {
	var ours []int64
	for _, m := range all {
		if m.Kind == Out {
			ours = append(ours, int64(m.ID))
		}
	}
	found, let, err := wording.Of(tx, ours)
	for i := range all {
		all[i].Findings = found[int64(all[i].ID)]
		if o, ok := let[int64(all[i].ID)]; ok {
			all[i].Override = &o
		}
	}
	return err
}
