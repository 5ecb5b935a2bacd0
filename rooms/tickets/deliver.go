package tickets

import (
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
)

// Outgoing loads a message that is to be sent, with its ticket, inside the channel's transaction.
func (room *Room) Outgoing(tx *store.Tx, m MessageID) (Message, Ticket, error) {
	msg, err := message(tx, m)
	if err != nil {
		return msg, Ticket{}, err
	}
	t, err := load(tx, msg.Ticket)
	return msg, t, err
}

// Name fixes what a message is called on its way (its Message-ID) before the first try to send it.
func (room *Room) Name(tx *store.Tx, m MessageID, mailbox MailboxID, ref string) error {
	msg, err := message(tx, m)
	if err != nil || msg.Ref == ref {
		return err
	}
	msg.Ref = ref
	if err := tx.Do(`UPDATE messages SET ref = $2, mailbox = $3 WHERE id = $1`, m, ref, mailbox); err != nil {
		return err
	}
	return addRef(tx, mailbox, ref, msg.Ticket, msg.ID)
}

// MarkDelivery says what became of a message: Sent, Failed or Bounced, and why. What bounced stays bounced. A ticket whose
// answer did not reach the customer is open again.
func (room *Room) MarkDelivery(tx *store.Tx, m MessageID, s State, trouble string) error {
	msg, t, err := room.Outgoing(tx, m)
	if err != nil || msg.State == s || msg.State == Bounced {
		return err
	}
	msg.State, msg.StateAt, msg.Trouble = s, tx.Now(), Clean(trouble)
	if err := saveState(tx, msg); err != nil {
		return err
	}
	if err := tx.Record(t.ID, Delivered{t.ID, msg.ID, s}); err != nil {
		return err
	}
	if s == Sent || msg.Kind != Out || t.Status != Pending {
		return nil
	}
	t.Status = Open
	if err := save(tx, &t); err != nil {
		return err
	}
	return tx.Record(t.ID, Stood{Ticket: t.ID, From: Pending, To: Open, Why: string(s)})
}

// MarkBounced finds the message of a mailbox that a delivery report is about and marks it; ok is false when it is about none.
func (room *Room) MarkBounced(tx *store.Tx, mailbox MailboxID, ref, why string) (m Message, ok bool, err error) {
	id, ok, err := outByRef(tx, ref)
	if err != nil || !ok {
		return m, false, err
	}
	if m, err = message(tx, id); err != nil || m.Mailbox != mailbox {
		return m, false, err
	}
	return m, true, room.MarkDelivery(tx, id, Bounced, why)
}

// Reached is a customer at the first address of theirs from which mails do not come back; ok is false when there is none.
func (room *Room) Reached(tx *store.Tx, customer people.ID) (to Party, ok bool, err error) {
	c, err := room.people.Look(tx, customer)
	if err != nil {
		return to, false, err
	}
	for _, a := range c.Reach {
		if a.Kind == people.Email && a.BouncedAt.IsZero() {
			return Party{Name: c.Name, Email: a.Value}, true, nil
		}
	}
	return to, false, nil
}

// Message shows one message with its files, inside the caller's transaction.
func (room *Room) Message(tx *store.Tx, m MessageID) (Message, error) { return message(tx, m) }

// Known finds a message of ours by the reference it went out under.
func (room *Room) Known(tx *store.Tx, ref string) (MessageID, bool, error) { return outByRef(tx, ref) }

// Numbered finds a ticket by its number.
func (room *Room) Numbered(tx *store.Tx, number int64) (Ticket, bool, error) {
	return byNumber(tx, number)
}
