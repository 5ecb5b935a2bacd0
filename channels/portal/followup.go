package portal

import (
	"context"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
)

// Told is what a customer says when they are asked on their page whether it held and whether they trust us again.
type Told struct {
	Held, Trusts string
	Text         string // in their own words; may be empty
}

func (t *Told) check() error {
	t.Text = strings.TrimSpace(t.Text)
	yes, no := string(stages.Yes), string(stages.No)
	if t.Held != yes && t.Held != no || t.Trusts != yes && t.Trusts != no && (t.Held == yes || t.Trusts != "") {
		return fault.Field("held", "my.held", "Please answer both: does it hold, and do you trust us again?")
	}
	if t.Text == "" {
		return nil
	}
	return (&Said{Text: t.Text}).check()
}

// Tell is a customer answering whether it held and whether they trust us again; their words go to the ticket as well, in the
// same transaction, so that a person answers them.
func (room *Room) Tell(ctx context.Context, v Visit, form string, t Told) error {
	if err := t.check(); err != nil {
		return err
	}
	if err := room.attempt(ctx, v); err != nil {
		return err
	}
	return room.db.Write(once(ctx, form, "follow", t.Held, t.Trusts, t.Text), v.Link.actor(), func(tx *store.Tx) error {
		ticket, err := room.again(tx, v)
		if err != nil {
			return err
		}
		q, ok, err := room.recovery.InquiryOf(tx, v.Link.Customer, ticket.ID)
		if err != nil {
			return err
		}
		if ok {
			err = room.recovery.FollowIn(tx, v.Link.Customer, q.Complaint, recovery.Answer(t.Held), recovery.Answer(t.Trusts))
		}
		if f := fault.Of(err); !ok || f != nil && f.Code == "follow.over" {
			return fault.New(fault.Conflict, "my.not_asked_now", "Nothing is asked about this any more.")
		}
		if err != nil || t.Text == "" {
			return err
		}
		return room.say(tx, ticket, t.Text, nil)
	})
}

// asked is whether the page asks its customer how it went.
func (room *Room) asked(tx *store.Tx, p *Page) (err error) {
	_, p.Asked, err = room.recovery.InquiryOf(tx, p.Customer.ID, p.Ticket.ID)
	return err
}
