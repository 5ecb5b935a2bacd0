package app

import (
	"context"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// unnamedFor is how long a blob that nothing names is kept: an upload may wait that long for its answer to be sent.
const unnamedFor = 24 * time.Hour

// chores are what has to be done again and again.
func (h *House) chores() {
	h.Due.Every("app.forget", due.Interval(time.Hour), due.Policy{}, func(ctx context.Context) error {
		return h.DB.Write(ctx, store.System("app"), func(tx *store.Tx) error {
			if err := web.Forget(tx); err != nil {
				return err
			}
			return staff.Forget(tx)
		})
	})
	h.Due.Every("app.sweep", due.Daily(3, 30, time.UTC), due.Policy{Lease: time.Hour}, h.sweep)
}

// sweep deletes blobs that nothing names: uploads that were never sent, attachments of a filing that was cut off.
func (h *House) sweep(ctx context.Context) error {
	before := h.DB.Now().Add(-unnamedFor)
	return h.Files.Walk(ctx, func(b files.Blob, put time.Time) error {
		if !put.Before(before) {
			return nil
		}
		named := false
		err := h.DB.Read(ctx, func(tx *store.Tx) (err error) {
			if named, err = h.Tickets.Names(tx, b.SHA256); err != nil || named {
				return err
			}
			if named, err = h.Conference.Names(tx, b.SHA256); err != nil || named {
				return err
			}
			if named, err = h.Email.Names(tx, b.SHA256); err != nil || named {
				return err
			}
			named, err = h.Tell.Names(tx, b.SHA256)
			return err
		})
		if err != nil || named {
			return err
		}
		return h.Files.Delete(ctx, b.SHA256, before)
	})
}
