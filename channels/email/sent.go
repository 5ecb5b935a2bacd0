package email

import (
	"errors"
	"strings"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What one of us wrote in another program comes from the Sent folder, or from an archive among everything else. Which of
// it and of what it answers comes first is up to chance: what finds no ticket yet is remembered by its own name and those
// it answers, and taken up again when a mail of one of these names is filed.

// sent says whether the mail lay in a Sent folder.
func (e Entry) sent() bool { return strings.HasPrefix(e.Place, "sent ") }

// imported says whether the mail came from a file.
func (e Entry) imported() bool { return strings.HasPrefix(e.Place, "import ") }

// readSent takes up what one of us wrote in another program.
func (room *Room) readSent(tx *store.Tx, e Entry, r *reading) error {
	in := r.in
	if room.fromUs(tx, r.Message) {
		return settle(tx, e, SetAside, Own, "We sent this ourselves.")
	}
	if r.verdict.AutoReply && r.Value("Auto-Submitted") != "" {
		return settle(tx, e, SetAside, Own, "A program of ours wrote this, which answers nothing.")
	}
	if ok, err := room.sentPart(tx, e, in); err != nil || ok {
		return errors.Join(err, forgetSent(tx, e.ID))
	}
	f, ok, err := room.tickets.ReadSent(tx, in)
	if err != nil {
		return err
	}
	if !ok {
		if err := rememberSent(tx, e, names(in)); err != nil {
			return err
		}
		return settle(tx, e, SetAside, Own, "One of us wrote this in another program; it answers no ticket yet.")
	}
	e.Ticket, e.Message = f.Ticket.ID, f.Message
	if err := forgetSent(tx, e.ID); err != nil {
		return err
	}
	if err := settle(tx, e, Filed, Own, "One of us answered in another program."); err != nil {
		return err
	}
	r.woken, err = room.wake(tx, e.Mailbox, names(in))
	return err
}

// maxNames is how many of its names a mail is known by; the nearest come first.
const maxNames = 20

// names are the references that a mail and those it answers are known by.
func names(in tickets.Inbound) []string {
	all := message.Unique(append([]string{in.Ref}, in.Answers...))
	return all[:min(len(all), maxNames)]
}

// wake takes up again the mails of ours that were remembered by one of these names; they are filed after this one.
func (room *Room) wake(tx *store.Tx, m tickets.MailboxID, names []string) (woken []LedgerID, err error) {
	all, err := sentNamed(tx, m, names)
	for _, e := range all {
		if err := room.refiling(tx, e); err != nil {
			return nil, err
		}
		woken = append(woken, e.ID)
	}
	return woken, err
}

// refiling makes a mail one that is still to be filed.
func (room *Room) refiling(tx *store.Tx, e Entry) error {
	e.settle(tx, Stored, "", "")
	if err := saveEntry(tx, e, Settled{Mail: e.ID, Mailbox: e.Mailbox, State: Stored}); err != nil {
		return err
	}
	return room.due.Put(tx, fileWork, e.ID.String(), tx.Now().Add(fileLater), filing{e.ID})
}

func rememberSent(tx *store.Tx, e Entry, names []string) error {
	for _, ref := range names {
		if err := tx.Do(`INSERT INTO mail_sent (mailbox, ref, mail) VALUES ($1, $2, $3) ON CONFLICT (mailbox, ref, mail) DO NOTHING`, e.Mailbox, ref, e.ID); err != nil {
			return err
		}
	}
	return nil
}

func forgetSent(tx *store.Tx, l LedgerID) error {
	return tx.Do(`DELETE FROM mail_sent WHERE mail = $1`, l)
}

// sentNamed lists the mails of ours that are remembered by one of these names.
func sentNamed(tx *store.Tx, m tickets.MailboxID, names []string) ([]Entry, error) {
	if len(names) == 0 {
		return nil, nil
	}
	marks, args := store.Marks(names)
	mine := `mailbox = $` + itoa(len(args)+1)
	return store.All[Entry](tx, `SELECT `+ledgerColumns+` FROM mail_ledger WHERE id IN (SELECT mail FROM mail_sent WHERE ref IN (`+marks+`) AND `+mine+`)
		AND state = 'set_aside' AND why = 'own' ORDER BY id LIMIT 50`+tx.Lock(), append(args, m)...)
}
