package recovery

import (
	"context"
	"errors"
	"slices"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/failures"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
)

const mostKey = 200 // kinds

type configuredKey string

func (k configuredKey) String() string { return string(k) }

// SetKind enters or changes a kind of complaint. Complaints under way are dealt with by it from their next step on.
func (room *Room) SetKind(ctx context.Context, who web.Who, k Kind) (Kind, error) {
	if err := k.Check(); err != nil {
		return k, err
	}
	k.Own = true
	return k, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		all, err := stages.Own(tx)
		if err == nil && len(all) >= mostKey && !slices.ContainsFunc(all, func(o Kind) bool { return o.Key == k.Key }) {
			err = fault.New(fault.Conflict, "kinds.many", "%d kinds are as many as can be kept.", mostKey)
		}
		if err != nil {
			return err
		}
		return errors.Join(stages.Save(tx, k), tx.Record(configuredKey("complaints/"+k.Key), KindChanged{k.Key, false}))
	})
}

// DropKind takes a kind of the company's own away, and makes one of the starter's what it was.
func (room *Room) DropKind(ctx context.Context, who web.Who, key string) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		gone, err := stages.Drop(tx, key)
		if err == nil && !gone {
			err = fault.New(fault.NotFound, "complaint.kind", "There is no kind of complaint %q.", key)
		}
		if err != nil {
			return err
		}
		return tx.Record(configuredKey("complaints/"+key), KindChanged{key, true})
	})
}

// Watch sets whether a failure opens a recovery by itself, and how severe that is.
func (room *Room) Watch(ctx context.Context, who web.Who, w Watched) (Watched, error) {
	if err := w.Check(); err != nil {
		return w, err
	}
	return w, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error { return failures.Set(tx, w) })
}
