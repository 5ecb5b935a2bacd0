package email

import (
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type boxRow struct {
	Mailbox
	Secret string `db:"secret"`
	DKIM   string `db:"dkim"`
}

func (r boxRow) open() Mailbox {
	r.secret, r.dkim = r.Secret, r.DKIM
	return r.Mailbox
}

const boxColumns = `id, address, aliases, name, team, imap, smtp, secret, dkim, options, paused, created_at, version`

func loadBox(tx *store.Tx, m tickets.MailboxID) (Mailbox, error) {
	r, ok, err := store.Find[boxRow](tx, `SELECT `+boxColumns+` FROM mail_boxes WHERE id = $1`+tx.Lock(), m)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "mailbox.unknown", "There is no mailbox %s.", m)
	}
	return r.open(), err
}

func boxes(tx *store.Tx) ([]Mailbox, error) {
	rows, err := store.All[boxRow](tx, `SELECT `+boxColumns+` FROM mail_boxes ORDER BY id`)
	all := make([]Mailbox, len(rows))
	for i, r := range rows {
		all[i] = r.open()
	}
	return all, err
}

func insertBox(tx *store.Tx, m Mailbox) error {
	n, err := tx.Exec(`INSERT INTO mail_boxes (`+boxColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1) ON CONFLICT (address) DO NOTHING`,
		m.ID, m.Address, store.JSON(m.Aliases), m.Name, m.Team, m.IMAP, m.SMTP, m.secret, m.dkim, store.JSON(m.Options), m.Paused, m.CreatedAt)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "mailbox.known", "There is a mailbox %s already.", m.Address)
	}
	return err
}

func saveBox(tx *store.Tx, m Mailbox) error {
	return tx.Do(`UPDATE mail_boxes SET aliases = $2, name = $3, team = $4, imap = $5, smtp = $6, secret = $7, dkim = $8, options = $9, paused = $10, version = version + 1 WHERE id = $1`,
		m.ID, store.JSON(m.Aliases), m.Name, m.Team, m.IMAP, m.SMTP, m.secret, m.dkim, store.JSON(m.Options), m.Paused)
}

func dropBox(tx *store.Tx, m tickets.MailboxID) error {
	return tx.Do(`DELETE FROM mail_boxes WHERE id = $1`, m)
}

// dropUnread discards what was seen in a mailbox and not taken before it was removed.
func dropUnread(tx *store.Tx, m tickets.MailboxID) error {
	return tx.Do(`UPDATE mail_ledger SET state = 'discarded', detail = 'The mailbox was removed before this mail was taken.', by = $2, state_at = $3 WHERE mailbox = $1 AND state = 'fetched'`,
		m, tx.By().String(), tx.Now())
}

const ledgerColumns = `id, mailbox, place, folder, uidvalidity, uid, sha256, size, sender, recipients, subject, message_id, state, why, detail, ticket, message, part, tries, came_at, state_at, by`

// note writes a new entry; false means that its place in the ledger is taken, which is how nothing comes in twice.
func note(tx *store.Tx, e Entry) (bool, error) {
	n, err := tx.Exec(`INSERT INTO mail_ledger (`+ledgerColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, 0, 0, 0, $16, $16, '') ON CONFLICT (mailbox, place) DO NOTHING`,
		e.ID, e.Mailbox, e.Place, e.Folder, e.UIDValidity, e.UID, e.SHA256, e.Size, e.Sender, store.JSON(e.Recipients), e.Subject, e.MessageID, e.State, e.Why, e.Detail, e.CameAt)
	return n > 0, err
}

// saveEntry writes an entry back and records what happened to it.
func saveEntry(tx *store.Tx, e Entry, what store.Event) error {
	err := tx.Do(`UPDATE mail_ledger SET sha256 = $2, size = $3, sender = $4, subject = $5, message_id = $6, state = $7, why = $8, detail = $9, ticket = $10, message = $11, tries = $12, state_at = $13, by = $14, part = $15 WHERE id = $1`,
		e.ID, e.SHA256, e.Size, e.Sender, e.Subject, e.MessageID, e.State, e.Why, e.Detail, e.Ticket, e.Message, e.Tries, e.StateAt, e.By, e.Part)
	if err != nil {
		return err
	}
	return tx.Record(e.ID, what)
}

func entry(tx *store.Tx, l LedgerID) (Entry, error) {
	e, ok, err := store.Find[Entry](tx, `SELECT `+ledgerColumns+` FROM mail_ledger WHERE id = $1`+tx.Lock(), l)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "mail.unknown", "There is no mail %s in the ledger.", l)
	}
	return e, err
}

func entryAt(tx *store.Tx, m tickets.MailboxID, place string) (Entry, bool, error) {
	return store.Find[Entry](tx, `SELECT `+ledgerColumns+` FROM mail_ledger WHERE mailbox = $1 AND place = $2`+tx.Lock(), m, place)
}

// twin is another mail with the same bytes in the same mailbox that went somewhere. Which came first does not matter: two
// that come at once are looked at one after the other.
func twin(tx *store.Tx, e Entry) (Entry, bool, error) {
	return store.Find[Entry](tx, `SELECT `+ledgerColumns+` FROM mail_ledger WHERE sha256 = $1 AND mailbox = $2 AND id <> $3 AND state <> 'stored' AND NOT (state = 'set_aside' AND why = 'duplicate') ORDER BY id LIMIT 1`,
		e.SHA256, e.Mailbox, e.ID)
}

func entries(tx *store.Tx, states []State, before LedgerID, limit int) ([]Entry, error) {
	marks, args := store.Marks(states)
	args = append(args, before, limit)
	return store.All[Entry](tx, `SELECT `+ledgerColumns+` FROM mail_ledger WHERE state IN (`+marks+`) AND id < $`+itoa(len(states)+1)+` ORDER BY id DESC LIMIT $`+itoa(len(states)+2), args...)
}

// Unsettled is how many mails wait for a person in the repair queue.
func (room *Room) Unsettled(tx *store.Tx) (int, error) {
	return store.One[int](tx, `SELECT count(*) FROM mail_ledger WHERE state IN ('waiting', 'failed')`)
}

// unfiled lists the mails that are safe here and on no ticket yet.
func unfiled(tx *store.Tx) ([]LedgerID, error) {
	return store.All[LedgerID](tx, `SELECT id FROM mail_ledger WHERE state = 'stored' ORDER BY id`)
}

// unread lists what was seen on the server and is not here yet, in order, for an answer belongs after what it answers; only
// what could not be had again and again waits behind all others.
func unread(tx *store.Tx, m tickets.MailboxID, folder string, uidvalidity int64, limit int) ([]Entry, error) {
	const some = `SELECT ` + ledgerColumns + ` FROM mail_ledger WHERE state = 'fetched' AND mailbox = $1 AND folder = $2 AND uidvalidity = $3 AND `
	all, err := store.All[Entry](tx, some+`tries < 5 ORDER BY id LIMIT $4`, m, folder, uidvalidity, limit)
	if len(all) > 0 || err != nil {
		return all, err
	}
	return store.All[Entry](tx, some+`tries >= 5 ORDER BY tries, id LIMIT $4`, m, folder, uidvalidity, limit)
}
