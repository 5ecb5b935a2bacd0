package tickets

import (
	"math"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// Back is what was said to and by others in a ticket that somebody may see, before a message, the newest first: at most so
// much of it, from its end when before is 0. Notes are not among it, and of words there is the text alone, for whoever shows
// them so: neither HTML nor what was quoted is read.
func (room *Room) Back(tx *store.Tx, who web.Who, ticket ID, before MessageID, limit int) ([]Message, error) {
	t, err := room.Mine(tx, who, ticket)
	if err != nil {
		return nil, err
	}
	if before == 0 {
		before = math.MaxInt64
	}
	all, err := store.All[Message](tx, `SELECT id, ticket, kind, channel, author, sender, recipients, cc, subject, text, ref, machine, at, state
		FROM messages WHERE ticket = $1 AND id < $2 AND kind <> 'note' ORDER BY id DESC LIMIT $3`, t.ID, before, limit)
	if err != nil || len(all) == 0 {
		return all, err
	}
	files, err := filesOf(tx, all)
	for i := range all {
		all[i].Files = append([]File{}, files[all[i].ID]...)
	}
	return all, err
}

// CameWith is a file of a ticket that somebody may see, and what was said with it; a NotFound fault when there is none.
func (room *Room) CameWith(tx *store.Tx, who web.Who, f FileID) (file File, with Message, err error) {
	file, ok, err := fileByID(tx, f)
	if err == nil && ok {
		if _, err = room.Mine(tx, who, file.Ticket); err == nil {
			with, err = message(tx, file.Message)
		}
	}
	if err == nil && !ok || fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.NotFound, "file.unknown", "There is no file %s, or it isn't yours to see.", f)
	}
	return file, with, err
}

// AnsweredSince says whether one of us, and no machine, answered on a ticket after a moment.
func (*Room) AnsweredSince(tx *store.Tx, ticket ID, at time.Time) (bool, error) {
	_, ok, err := saidAfter(tx, ticket, Out, at)
	return ok, err
}
