package tickets

import (
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
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
