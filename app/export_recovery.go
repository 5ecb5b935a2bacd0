package app

import (
	"context"

	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
)

// recovery writes what was given to customers and what supervisors were asked: by its own order, because questions and
// gifts also stand on tickets without a complaint.
func (e *export) recovery(ctx context.Context) error {
	const page = 200
	for after, more := recovery.RemedyID(0), true; more; {
		all, err := e.h.Recovery.Remedies(e.tx, after, page)
		if err != nil {
			return err
		}
		for _, r := range all {
			if err := e.put("remedies", r); err != nil {
				return err
			}
			after = r.ID
		}
		more = len(all) == page && ctx.Err() == nil
	}
	for after, more := recovery.ApprovalID(0), true; more; {
		all, err := e.h.Recovery.Approvals(e.tx, after, page)
		if err != nil {
			return err
		}
		for _, a := range all {
			if err := e.put("approvals", a); err != nil {
				return err
			}
			after = a.ID
		}
		more = len(all) == page && ctx.Err() == nil
	}
	for after, more := ledger.ID(0), true; more; {
		all, err := e.h.Recovery.Entries(e.tx, after, page)
		if err != nil {
			return err
		}
		for _, l := range all {
			if err := e.put("ledger", l); err != nil {
				return err
			}
			after = l.ID
		}
		more = len(all) == page && ctx.Err() == nil
	}
	return ctx.Err()
}
