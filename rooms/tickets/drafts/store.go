package drafts

import (
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

const columns = `id, ticket, kind, html, text, recipients, cc, mentions, seen, state, leaves_at, onward, trouble, code, saved_at, override, against`

func find(tx *store.Tx, member int64, ticket tickets.ID) (d Draft, there bool, err error) {
	d, there, err = store.Find[Draft](tx, `SELECT `+columns+` FROM drafts WHERE staff = $1 AND ticket = $2`+tx.Lock(), member, ticket)
	if err != nil || !there {
		return d, false, err
	}
	d.Files, err = store.All[tickets.Attachment](tx, `SELECT sha256, name, content_id, type, size FROM drafts_files WHERE staff = $1 AND ticket = $2 ORDER BY place`, member, ticket)
	return d, true, err
}

func save(tx *store.Tx, member int64, d Draft) error {
	err := tx.Do(`INSERT INTO drafts (staff, `+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
		ON CONFLICT (staff, ticket) DO UPDATE SET id = excluded.id, kind = excluded.kind, html = excluded.html, text = excluded.text, recipients = excluded.recipients,
		cc = excluded.cc, mentions = excluded.mentions, seen = excluded.seen, state = excluded.state, leaves_at = excluded.leaves_at,
		onward = excluded.onward, trouble = excluded.trouble, code = excluded.code, saved_at = excluded.saved_at,
		override = excluded.override, against = excluded.against`,
		member, d.ID, d.Ticket, d.Kind, tickets.Clean(d.HTML), tickets.Clean(d.Text), store.JSON(d.To), store.JSON(d.Cc), store.JSON(d.Mentions), d.Seen, d.State,
		d.LeavesAt, d.Then, d.Trouble, d.Code, d.SavedAt, tickets.Clean(d.Override), store.JSON(d.Against))
	if err != nil {
		return err
	}
	if err := dropFiles(tx, member, d.Ticket); err != nil {
		return err
	}
	for i, a := range d.Files {
		if err := tx.Do(`INSERT INTO drafts_files (staff, ticket, place, sha256, name, content_id, type, size) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			member, d.Ticket, i, a.SHA256, a.Name, a.ContentID, a.Type, a.Size); err != nil {
			return err
		}
	}
	return nil
}

func drop(tx *store.Tx, member int64, ticket tickets.ID) error {
	if err := tx.Do(`DELETE FROM drafts WHERE staff = $1 AND ticket = $2`, member, ticket); err != nil {
		return err
	}
	return dropFiles(tx, member, ticket)
}

func dropFiles(tx *store.Tx, member int64, ticket tickets.ID) error {
	return tx.Do(`DELETE FROM drafts_files WHERE staff = $1 AND ticket = $2`, member, ticket)
}

func list(tx *store.Tx, member int64, from tickets.Cursor, limit int) ([]Begun, error) {
	return store.All[Begun](tx, `SELECT ticket, kind, state, saved_at, leaves_at, trouble, code FROM drafts
		WHERE staff = $1 AND (saved_at, ticket) < ($2, $3) ORDER BY saved_at DESC, ticket DESC LIMIT $4`, member, from.At, from.ID, limit)
}

// Of is the draft that somebody has on a ticket; ok is false when they have none.
func Of(tx *store.Tx, member staff.ID, ticket tickets.ID) (which tickets.DraftID, ok bool, err error) {
	which, ok, err = store.Find[tickets.DraftID](tx, `SELECT id FROM drafts WHERE staff = $1 AND ticket = $2`+tx.Lock(), member, ticket)
	return which, ok && which != 0, err
}

// AnswerOf is the draft of an answer that somebody has on a ticket; ok is false when they have none, or write a note.
func AnswerOf(tx *store.Tx, member staff.ID, ticket tickets.ID) (which tickets.DraftID, ok bool, err error) {
	which, ok, err = store.Find[tickets.DraftID](tx, `SELECT id FROM drafts WHERE staff = $1 AND ticket = $2 AND kind = 'reply'`+tx.Lock(), member, ticket)
	return which, ok && which != 0, err
}

// There are those of some drafts that are still being written or wait to leave.
func There(tx *store.Tx, which []tickets.DraftID) ([]tickets.DraftID, error) {
	marks, args := store.Marks(which)
	return store.All[tickets.DraftID](tx, `SELECT id FROM drafts WHERE id IN (`+marks+`)`, args...)
}
