package tickets

import (
	"context"
	"encoding/json"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Narrowed is a search for tickets of some statuses that looks at no more than so many hits.
func (room *Room) Narrowed(tx *store.Tx, who web.Who, q, status string, limit int, after int64, most int) (web.Page[Found], error) {
	in := &searchIn{Q: q, Status: status, Limit: limit, After: after}
	f, _, err := in.filter(who)
	if err != nil {
		return web.Page[Found]{}, err
	}
	return room.narrowed(tx, who, in, f, most)
}

// Leave is what base/due does when a draft's time has come.
func (room *Room) Leave(ctx context.Context, ticket ID, member staff.ID) error {
	payload, err := json.Marshal(leaving{ticket, member, "test"})
	if err != nil {
		return err
	}
	_, err = room.leave(ctx, due.Job{Kind: leavingWork, Key: leavingKey(int64(member), ticket), Payload: payload})
	return err
}

// GiveUp is what base/due does when a draft could not leave after many tries.
func (room *Room) GiveUp(ticket ID, member staff.ID) {
	payload, _ := json.Marshal(leaving{ticket, member, "test"}) //nolint:errchkjson // ids are always JSON
	room.parked(due.Job{Kind: leavingWork, Payload: payload})
}
