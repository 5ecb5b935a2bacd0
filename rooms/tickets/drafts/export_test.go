package drafts

import (
	"context"
	"encoding/json"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Leave is what base/due does when a draft's time has come.
func (room *Room) Leave(ctx context.Context, ticket tickets.ID, member staff.ID) error {
	payload, err := json.Marshal(leaving{ticket, member, "test"})
	if err != nil {
		return err
	}
	_, err = room.leave(ctx, due.Job{Kind: leavingWork, Key: leavingKey(int64(member), ticket), Payload: payload})
	return err
}

// GiveUp is what base/due does when a draft could not leave after many tries.
func (room *Room) GiveUp(ticket tickets.ID, member staff.ID) {
	payload, _ := json.Marshal(leaving{ticket, member, "test"}) //nolint:errchkjson // ids are always JSON
	room.parked(due.Job{Kind: leavingWork, Payload: payload})
}
