package app

import (
	"context"
	"errors"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/recovery/policies"
)

// money writes what was bought, given and asked: by its own order, because gifts and questions also stand on tickets without
// a complaint.
func (e *export) money(ctx context.Context) error {
	return errors.Join(
		paged(ctx, e, "purchases", e.h.People.Sales, func(p people.Purchase) people.PurchaseID { return p.ID }),
		paged(ctx, e, "remedies", e.h.Recovery.Remedies, func(r recovery.Remedy) recovery.RemedyID { return r.ID }),
		paged(ctx, e, "remedies_offers", e.h.Recovery.Offers, func(o recovery.Offer) recovery.OfferID { return o.ID }),
		paged(ctx, e, "authority_bends", e.h.Recovery.Bends, func(b policies.Bent) policies.BendID { return b.ID }),
		paged(ctx, e, "customers_externals", e.h.People.Externals, func(x people.External) string { return x.Name }),
		paged(ctx, e, "approvals", e.h.Recovery.Approvals, func(a recovery.Approval) recovery.ApprovalID { return a.ID }),
		paged(ctx, e, "ledger", e.h.Recovery.Entries, func(l ledger.Entry) ledger.ID { return l.ID }),
	)
}

// paged writes all there is of a noun, some at a time.
func paged[T, I any](ctx context.Context, e *export, noun string, read func(tx *store.Tx, after I, limit int) ([]T, error), id func(T) I) error {
	const page = 200
	for after, more := *new(I), true; more && ctx.Err() == nil; {
		all, err := read(e.tx, after, page)
		if err != nil {
			return err
		}
		for _, v := range all {
			if err := e.put(noun, v); err != nil {
				return err
			}
			after = id(v)
		}
		more = len(all) == page
	}
	return ctx.Err()
}
