package tickets

import (
	"context"
	"fmt"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// unread says whether a ticket has words of the customer's side that came after what somebody has read. What is closed asks
// nobody to read it.
func (t *Ticket) unread(read int64) bool { return t.Heard > read && t.Status != Closed }

// reads is how far somebody has read when they say or do something: to the end, but not past words of the customer that came
// while they wrote; seen is the version they had before them, 0 when they don't say.
func (t *Ticket) reads(seen int64) int64 {
	if seen != 0 && t.Heard > seen {
		return min(seen, t.Version)
	}
	return t.Version
}

// Read notes that somebody has read a ticket up to a version. What was read once stays read.
func (room *Room) Read(ctx context.Context, who web.Who, ticket ID, version int64) error {
	if who.Staff == 0 {
		return fault.New(fault.Denied, "read.nobody", "Only members of staff can mark a ticket as read.")
	}
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		t, err := room.Mine(tx, who, ticket)
		if err != nil {
			return err
		}
		return saveRead(tx, who, t.ID, min(version, t.Version))
	})
}

// marks says of tickets which ones somebody has not read. Others' marks are nobody's business.
func (room *Room) marks(tx *store.Tx, who web.Who, all []Ticket) error {
	var maybe []ID
	for i := range all {
		if who.Staff != 0 && all[i].unread(0) {
			maybe = append(maybe, all[i].ID)
		}
	}
	if maybe == nil {
		return nil
	}
	read, err := readsOf(tx, who, maybe)
	for i := range all {
		all[i].Unread = all[i].unread(read[all[i].ID])
	}
	return err
}

func saveRead(tx *store.Tx, who web.Who, ticket ID, version int64) error {
	if who.Staff == 0 {
		return nil
	}
	return tx.Do(`INSERT INTO tickets_reads (staff, ticket, version) VALUES ($1, $2, $3) ON CONFLICT (staff, ticket) DO UPDATE
		SET version = excluded.version WHERE tickets_reads.version < excluded.version`, who.Staff, ticket, version)
}

func readsOf(tx *store.Tx, who web.Who, ids []ID) (map[ID]int64, error) {
	type mark struct {
		Ticket  ID    `db:"ticket"`
		Version int64 `db:"version"`
	}
	marks, args := store.Marks(ids)
	read := make(map[ID]int64, len(ids))
	mine := fmt.Sprintf("staff = $%d", len(args)+1)
	return read, store.Each(tx, `SELECT ticket, version FROM tickets_reads WHERE ticket IN (`+marks+`) AND `+mine, append(args, who.Staff), func(m mark) error {
		read[m.Ticket] = m.Version
		return nil
	})
}

// Talk is what was said in a ticket that somebody may see, oldest first: at most so much of it, after a message.
func (room *Room) Talk(tx *store.Tx, who web.Who, ticket ID, after MessageID, limit int) ([]Message, error) {
	t, err := room.Mine(tx, who, ticket)
	if err != nil {
		return nil, err
	}
	return messagesOf(tx, t.ID, after, limit)
}
