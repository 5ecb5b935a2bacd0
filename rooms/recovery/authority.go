package recovery

import (
	"context"
	"errors"

	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/recovery/policies"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Empower sets what a role may give; other for all roles without a line of their own.
func (room *Room) Empower(ctx context.Context, who web.Who, role string, s authority.Setting) (r authority.Role, err error) {
	return r, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		r, err = room.rules.Empower(tx, role, s)
		return err
	})
}

// Budget sets what a team may give in a month before somebody is told; nil for none of its own. Nobody is stopped by it.
func (room *Room) Budget(ctx context.Context, who web.Who, team staff.TeamID, month *money.Amount) (t authority.Team, err error) {
	return t, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		t, err = room.rules.Budget(tx, who, team, month)
		return err
	})
}

// Arrange sets the money of the desk, and for how long what a customer got counts. The figures of the catalogue follow.
func (room *Room) Arrange(ctx context.Context, who web.Who, a authority.Arrangement) (all authority.All, err error) {
	return all, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		times, by, err := authority.Arrange(tx, a, remedies.Pending)
		if err == nil && times != by {
			d, looked := authority.Look(tx)
			err = errors.Join(looked, remedies.Rescale(tx, times, by), policies.Rescale(tx, d, times, by), tx.Record(configuredKey("remedies"), RemedyChanged{}))
		}
		if err != nil {
			return err
		}
		all, err = room.rules.All(tx, who)
		return err
	})
}

// allowance is what who may give in a case.
func (room *Room) allowance(tx *store.Tx, who web.Who, customer people.ID, matter string) (a authority.Allowance, err error) {
	h, err := remedies.Held(tx, customer, matter)
	if err != nil {
		return a, err
	}
	return room.rules.Allowance(tx, who, customer, matter, h)
}

// bounds are the limits of who in a case, and what was given there.
func (room *Room) bounds(tx *store.Tx, who web.Who, customer people.ID, matter string) (l ledger.Limits, g ledger.Given, err error) {
	h, err := remedies.Held(tx, customer, matter)
	if err != nil {
		return l, g, err
	}
	return room.rules.Bounds(tx, who, customer, matter, h)
}
