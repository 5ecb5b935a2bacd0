package app

import (
	"context"
	"errors"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/channels/tell"
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
		paged(ctx, e, "proposals", e.proposals(ctx), func(p proposal) tell.ID { return p.ID }),
	)
}

// proposal is an idea, or a process gone wrong, as it is exported: with what came along when it was told.
type proposal struct {
	tell.Proposed
	Attachments []toldAttached `json:"attachments"`
}

func (e *export) proposals(ctx context.Context) func(*store.Tx, tell.ID, int) ([]proposal, error) {
	return func(tx *store.Tx, after tell.ID, limit int) (out []proposal, err error) {
		all, err := e.h.Tell.Every(tx, after, limit)
		for _, p := range all {
			with, err := e.cameAlong(ctx, p.Files)
			if err != nil {
				return nil, err
			}
			p.Files = []tell.File{} // they are those with a path
			out = append(out, proposal{p, with})
		}
		return out, err
	}
}

// cameAlong writes pictures and voice notes, and says where they are.
func (e *export) cameAlong(ctx context.Context, all []tell.File) ([]toldAttached, error) {
	out := []toldAttached{}
	for _, f := range all {
		at, err := e.blob(ctx, "attachments", f.SHA256, f.Name, f.Type)
		if err != nil {
			return nil, err
		}
		out = append(out, toldAttached{f, at})
	}
	return out, nil
}

// complained is a complaint as it is exported: one among colleagues with what came along when it was told. What came along
// with another lies with the messages of its ticket.
type complained struct {
	recovery.Kept
	Attachments []toldAttached `json:"attachments"`
}

type toldAttached struct {
	tell.File
	Path string `json:"path"`
}

func (e *export) complaint(ctx context.Context, which recovery.ID) error {
	c, ok, err := e.h.Recovery.Complaint(e.tx, which)
	if err != nil || !ok {
		return err
	}
	out := complained{c, []toldAttached{}}
	if c.Ticket != 0 {
		return e.put("complaints", out)
	}
	told, err := e.h.Tell.About(e.tx, web.Everything(store.System("export")), which)
	if err != nil {
		return err
	}
	for _, t := range told {
		with, err := e.cameAlong(ctx, t.Files)
		if err != nil {
			return err
		}
		out.Attachments = append(out.Attachments, with...)
	}
	return e.put("complaints", out)
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
