package email

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Imported says what became of an old mail.
type Imported struct {
	Known bool   `json:"known,omitempty"` // it was here already
	State State  `json:"state"`
	Why   Why    `json:"why,omitempty"`
	Say   string `json:"detail,omitempty"`
}

// Import takes in one mail from a file. The same bytes in the same mailbox are known and change nothing, so an import that
// was cut off is simply run again. A dry run says what would happen as far as the mail itself tells.
func (room *Room) Import(ctx context.Context, box tickets.MailboxID, raw []byte, dry bool) (i Imported, err error) {
	sum := sha256.Sum256(raw)
	sha := hex.EncodeToString(sum[:])
	place := "import " + sha
	var was Entry
	err = room.db.Read(ctx, func(tx *store.Tx) error {
		if _, err := loadBox(tx, box); err != nil {
			return err
		}
		if was, i.Known, err = entryAt(tx, box, place); err != nil || i.Known {
			return err
		}
		was, i.Known, err = bySHA(tx, box, sha)
		return err
	})
	if err != nil {
		return i, err
	}
	if i.Known && was.State == Stored && !dry { // an import that was cut off in between
		return room.filed(ctx, was.ID, i)
	}
	if i.Known {
		i.State, i.Why, i.Say = was.State, was.Why, was.Detail
		return i, nil
	}
	if dry {
		i.State = Filed
		if _, err := message.Parse(raw); err != nil {
			i.State, i.Why, i.Say = Waiting, Unreadable, err.Error()
		}
		return i, nil
	}
	e, err := room.Store(ctx, Arrival{Mailbox: box, Place: place, Folder: "import"}, bytes.NewReader(raw))
	if err != nil {
		return i, err
	}
	return room.filed(ctx, e.ID, i)
}

// filed files a stored mail and says what became of it.
func (room *Room) filed(ctx context.Context, l LedgerID, i Imported) (Imported, error) {
	if err := room.File(ctx, l); err != nil {
		return i, err
	}
	e, err := room.Entry(ctx, l)
	i.State, i.Why, i.Say = e.State, e.Why, e.Detail
	return i, err
}

// Entry shows a mail in the ledger.
func (room *Room) Entry(ctx context.Context, l LedgerID) (e Entry, err error) {
	return e, room.db.Read(ctx, func(tx *store.Tx) error { e, err = entry(tx, l); return err })
}

func bySHA(tx *store.Tx, box tickets.MailboxID, sha string) (Entry, bool, error) {
	return store.Find[Entry](tx, `SELECT `+ledgerColumns+` FROM mail_ledger WHERE sha256 = $1 AND mailbox = $2 ORDER BY id LIMIT 1`, sha, box)
}

// Names says whether the ledger names a blob.
func (room *Room) Names(tx *store.Tx, sha string) (bool, error) {
	_, ok, err := store.Find[LedgerID](tx, `SELECT id FROM mail_ledger WHERE sha256 = $1 LIMIT 1`, sha)
	return ok, err
}
