package conference

import (
	"errors"
	"slices"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Numbered finds a part by its number, which stands in the reference at the foot of its mails.
func (room *Room) Numbered(tx *store.Tx, number int64) (ID, bool, error) { return byNumber(tx, number) }

// Answered finds the part that a mail of a mailbox answers, by the names of mails it says it answers, nearest first. A name that
// is nearer and is a mail's of a ticket's own thread counts more. It is the sender's claim: whether they were invited is for
// Invited to say.
func (room *Room) Answered(tx *store.Tx, mailbox tickets.MailboxID, answers []string) (ID, bool, error) {
	if len(answers) == 0 {
		return 0, false, nil
	}
	found, err := refsAmong(tx, mailbox, answers)
	if err != nil || len(found) == 0 {
		return 0, false, err
	}
	for _, ref := range answers {
		if part, ok := found[ref]; ok {
			return part, true, nil
		}
		if _, theirs, err := room.tickets.Known(tx, ref); err != nil || theirs {
			return 0, false, err
		}
	}
	return 0, false, nil
}

// Look shows one part with its people, inside the caller's transaction, to whoever is allowed anything.
func (room *Room) Look(tx *store.Tx, part ID) (Part, error) { return load(tx, part) }

// Invited says whether an address is that of somebody in a part.
func (p Part) Invited(email string) bool {
	_, in := p.person(email, 0)
	return email != "" && in
}

// Heard takes in what one of those in a part wrote by mail, inside the transaction of the channel. Who was not invited is
// not heard (ok is false), unless a person decided that they belong there, and then they are in it from now on.
func (room *Room) Heard(tx *store.Tx, part ID, in tickets.Inbound, decided bool) (m Message, ok bool, err error) {
	p, err := load(tx, part)
	if err != nil {
		return m, false, err
	}
	o, known := p.person(in.From.Email, 0)
	if !known && !decided {
		return m, false, nil
	}
	if !known {
		if o, err = room.joined(tx, &p, in.From); err != nil {
			return m, false, err
		}
	}
	if o.Trouble != "" { // who writes is reached
		if err := savePersonTrouble(tx, p.ID, o.Email, ""); err != nil {
			return m, false, err
		}
	}
	m = room.begun(tx, p, In)
	m.Name, m.Person, m.Subject, m.Text, m.Quoted, m.HTML, m.Machine, m.Mailbox = o.Name, o.ID, in.Subject, in.Text, in.Quoted, in.HTML, in.Machine, in.Mailbox
	m.Ref, m.Answers, m.Raw, m.State = in.Ref, in.Answers, in.Raw, tickets.Received
	if m.Name == "" {
		m.Name = name(in.From.Name)
	}
	if o.Staff != 0 {
		m.Author = store.Actor{Kind: store.StaffKind, ID: o.Staff.String()}.String()
	}
	if in.Signature != "" {
		m.Quoted = text.Cut(in.Signature+"\n\n"+in.Quoted, mostWords)
	}
	for _, f := range in.Files {
		m.Files = append(m.Files, File{Name: f.Name, Type: f.Type, Size: f.Size, SHA256: f.SHA256, ContentID: f.ContentID, Inline: f.Inline})
	}
	if _, theirs, err := room.tickets.Known(tx, in.Ref); err != nil {
		return m, false, err
	} else if !theirs { // who gives their mail the name of one of ours must not draw its answers here
		if err := addRef(tx, in.Mailbox, in.Ref, p.ID); err != nil {
			return m, false, err
		}
	}
	return m, true, room.heard(tx, &p, &m)
}

// joined is somebody whom a person let into a part after they wrote. Who may not be invited may not be let in either.
func (room *Room) joined(tx *store.Tx, p *Part, from people.Sender) (o Person, err error) {
	by, err := room.staff.Behind(tx, tx.By())
	if err != nil {
		return o, err
	}
	t, err := room.tickets.Look(tx, p.Ticket)
	if err != nil {
		return o, err
	}
	o, err = room.seated(tx, web.Who{Actor: tx.By(), Staff: int64(by)}, p, t, Guest{Name: from.Name, Email: from.Email})
	if err != nil {
		return o, err
	}
	return o, tx.Record(p.Ticket, Brought{p.ID, p.Ticket, o.ID, false})
}

// heard enters what one of those in a part said. Nobody waits any more, and the ticket is for us to go on with.
func (room *Room) heard(tx *store.Tx, p *Part, m *Message) error {
	held := p.Holds
	p.hear(tx.Now(), m.Machine)
	if !m.Machine {
		p.Snippet, p.Trouble = m.snippet(), ""
	}
	if err := errors.Join(insertMessage(tx, m), save(tx, p), room.wake(tx, *p)); err != nil {
		return err
	}
	if err := tx.Record(p.Ticket, Heard{p.ID, p.Ticket, m.ID, m.Machine}); err != nil || m.Machine {
		return err
	}
	return room.lift(tx, *p, held)
}

// Sent adds what one of us wrote to those in a part in another program, as the Sent folder shows it.
func (room *Room) Sent(tx *store.Tx, part ID, in tickets.Inbound) (m Message, ok bool, err error) {
	p, err := load(tx, part)
	if err != nil {
		return m, false, err
	}
	to := []tickets.Party{}
	for _, q := range slices.Concat(in.To, in.Cc) {
		if p.Invited(q.Email) {
			to = append(to, q)
		}
	}
	if len(to) == 0 { // it answers what they wrote and goes to others
		return m, false, nil
	}
	m = room.begun(tx, p, Out)
	m.Name, m.To, m.Subject, m.Text, m.Quoted, m.HTML = name(in.From.Name), to, in.Subject, in.Text, in.Quoted, in.HTML
	m.Mailbox, m.Ref, m.Answers, m.Raw, m.State = in.Mailbox, in.Ref, in.Answers, in.Raw, tickets.Sent
	for _, f := range in.Files {
		m.Files = append(m.Files, File{Name: f.Name, Type: f.Type, Size: f.Size, SHA256: f.SHA256, ContentID: f.ContentID, Inline: f.Inline})
	}
	chase, err := room.chaseAt(tx, nil)
	if err != nil {
		return m, false, err
	}
	p.ask(tx.Now(), chase)
	p.Snippet = m.snippet()
	return m, true, errors.Join(
		addRef(tx, in.Mailbox, in.Ref, p.ID), insertMessage(tx, &m), save(tx, &p), room.wake(tx, p),
		tx.Record(p.Ticket, Written{Part: p.ID, Ticket: p.Ticket, Message: m.ID, Asks: true, Elsewhere: true}),
	)
}

// Outgoing loads a message that is to be sent, with its part and its people, inside the channel's transaction.
func (room *Room) Outgoing(tx *store.Tx, which MessageID) (m Message, p Part, err error) {
	if m, err = message(tx, which); err != nil {
		return m, p, err
	}
	p, err = load(tx, m.Part)
	return m, p, err
}

// Team is whose ticket a part belongs to, by whose mailbox it goes out.
func (room *Room) Team(tx *store.Tx, p Part) (staff.TeamID, error) {
	t, err := room.tickets.Look(tx, p.Ticket)
	return t.Team, err
}

// Name fixes what a message is called on its way (its Message-ID) and by which mailbox it goes, before the first try to send it.
func (room *Room) Name(tx *store.Tx, which MessageID, mailbox tickets.MailboxID, ref string) error {
	m, err := message(tx, which)
	if err != nil || m.Ref == ref {
		return err
	}
	m.Ref, m.Mailbox = ref, mailbox
	return errors.Join(saveDelivery(tx, m), addRef(tx, mailbox, ref, m.Part))
}

// MarkDelivery says what became of a message: Sent, Failed or Bounced, and why. What bounced stays bounced.
func (room *Room) MarkDelivery(tx *store.Tx, which MessageID, s tickets.State, trouble string) error {
	m, p, err := room.Outgoing(tx, which)
	if err != nil || m.State == s || m.State == tickets.Bounced || m.State == tickets.Received {
		return err
	}
	m.State, m.StateAt, m.Trouble = s, tx.Now(), plain(trouble)
	if now := text.Cut(plain(trouble), 500); p.Trouble != now { // what arrives again is no trouble any more
		p.Trouble = now
		err = save(tx, &p)
	}
	return errors.Join(err, saveDelivery(tx, m), tx.Record(p.Ticket, Delivered{p.ID, p.Ticket, m.ID, s}))
}

// MarkBounced finds the message of a mailbox that a delivery report is about and marks it, and the addresses that are dead; ok is
// false when it is about none.
func (room *Room) MarkBounced(tx *store.Tx, mailbox tickets.MailboxID, ref, why string, dead []string) (p Part, ok bool, err error) {
	which, ok, err := outByRef(tx, ref)
	if err != nil || !ok {
		return p, false, err
	}
	m, err := message(tx, which)
	if err != nil || m.Mailbox != mailbox {
		return p, false, err
	}
	if p, err = load(tx, m.Part); err != nil {
		return p, false, err
	}
	for _, email := range dead {
		if o, in := p.person(email, 0); in {
			if err := savePersonTrouble(tx, p.ID, o.Email, why); err != nil {
				return p, false, err
			}
		}
	}
	return p, true, room.MarkDelivery(tx, which, tickets.Bounced, why)
}

// Known finds a message of ours by the reference it went out under.
func (room *Room) Known(tx *store.Tx, ref string) (MessageID, bool, error) { return outByRef(tx, ref) }
