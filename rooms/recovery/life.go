package recovery

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/handovers"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// step changes a complaint that who may see. do says what changed by what it records; nothing is saved when it changed
// nothing.
func (room *Room) step(ctx context.Context, who web.Who, which ID, do func(tx *store.Tx, c *Complaint) error) (c Complaint, err error) {
	return c, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if c, err = room.mine(tx, who, which); err != nil {
			return err
		}
		was := c
		if err := do(tx, &c); err != nil {
			return err
		}
		return room.keep(tx, was, &c)
	})
}

// keep saves what changed of a complaint.
func (room *Room) keep(tx *store.Tx, was Complaint, c *Complaint) error {
	if *c == was {
		return nil
	}
	if err := save(tx, *c); err != nil {
		return err
	}
	c.Version++
	if c.Owner != was.Owner {
		return own(tx, *c)
	}
	return nil
}

// Wish notes what the customer would like, or that they were asked and would not say.
func (room *Room) Wish(ctx context.Context, who web.Who, which ID, wish string, none bool) (Complaint, error) {
	wish, err := stages.Tidy("wanted", wish, longest)
	if err == nil && (wish == "") == !none {
		err = fault.Field("wanted", "wish.empty", "Write what they would like, or that they would not say; not both.")
	}
	if err != nil {
		return Complaint{}, err
	}
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		if err := c.mustBeOpen(); err != nil || c.Wish == wish && c.WishNone == none {
			return err
		}
		c.Wish, c.WishNone = wish, none
		return tx.Record(c.subject(), Wished{c.ID, c.Ticket, none})
	})
}

// Sorting says what a complaint is; nil leaves a part as it is.
type Sorting struct {
	Kind     *string `json:"kind,omitempty" maxLength:"40"`
	Severity *int    `json:"severity,omitempty" minimum:"1" maximum:"3"`
	Cause    *string `json:"cause,omitempty" maxLength:"10000" doc:"why it happened, for colleagues"`
}

// Sort says that a complaint is of another kind or severity, and why it happened. Its clock follows from when its stage was
// entered.
func (room *Room) Sort(ctx context.Context, who web.Who, which ID, s Sorting) (Complaint, error) {
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		if err := errors.Join(c.mustBeOpen(), c.leads(who)); err != nil {
			return err
		}
		was := *c
		if s.Kind != nil && *s.Kind != c.Kind {
			k, err := stages.Named(tx, *s.Kind)
			if err != nil {
				return err
			}
			c.Kind = k.Key
		}
		if s.Severity != nil {
			c.Severity = *s.Severity
		}
		if s.Cause != nil {
			c.Cause = *s.Cause
		}
		err := c.tidy()
		if err == nil && c.Cause != was.Cause {
			err = tx.Record(c.subject(), Explained{c.ID, c.Ticket})
		}
		if err != nil || c.Kind == was.Kind && c.Severity == was.Severity {
			return err
		}
		if err := room.reclock(tx, c); err != nil {
			return err
		}
		return tx.Record(c.subject(), Sorted{c.ID, c.Ticket, c.Kind, c.Severity, was.Kind, was.Severity, c.DueAt})
	})
}

// reclock sets anew by when the stage is to be left. One that became late stays so.
func (room *Room) reclock(tx *store.Tx, c *Complaint) error {
	k, _, err := stages.Of(tx, c.Kind)
	if err != nil {
		return err
	}
	if c.DueAt, err = room.by(tx, k, *c); err != nil {
		return err
	}
	return errors.Join(dueStage(tx, *c), room.watch(tx, *c))
}

// Tick says that something of the stage is done; off, that it is not after all.
func (room *Room) Tick(ctx context.Context, who web.Who, which ID, check string, off bool) (Complaint, error) {
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		if err := c.mustBeOpen(); err != nil {
			return err
		}
		k, _, err := stages.Of(tx, c.Kind)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(k.Plan(c.Stage).Checks, func(ch Check) bool { return ch.Key == check }) {
			return fault.Field("check", "complaint.check", "This stage has no check %q.", check)
		}
		s, err := stay(tx, *c)
		if err != nil {
			return err
		}
		if _, ticked := s.Done[check]; ticked != off { // it is so already
			return nil
		}
		if off {
			delete(s.Done, check)
		} else {
			s.Done[check] = Done{staff.ID(who.Staff), tx.Now()}
		}
		return errors.Join(saveDone(tx, s), tx.Record(c.subject(), Ticked{c.ID, c.Ticket, c.Stage, check, off}))
	})
}

// Advance takes a complaint to its next stage, once all of this one is done.
func (room *Room) Advance(ctx context.Context, who web.Who, which ID) (Complaint, error) {
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		if err := c.leads(who); err != nil {
			return err
		}
		k, _, err := stages.Of(tx, c.Kind)
		if err != nil {
			return err
		}
		s, err := stay(tx, *c)
		if err != nil {
			return err
		}
		next, err := c.mayAdvance(s, k)
		if err != nil {
			return err
		}
		return room.move(tx, c, next, "done")
	})
}

// move takes a complaint to a stage.
func (room *Room) move(tx *store.Tx, c *Complaint, to Stage, why string) error {
	from := c.Stage
	if err := leaveStage(tx, *c); err != nil {
		return err
	}
	c.Stage, c.LateAt, c.DueAt = to, time.Time{}, time.Time{}
	if to == stages.FollowUp { // they are asked anew
		c.Held, c.Trusts = "", ""
	}
	c.Place++
	if err := enterStage(tx, *c); err != nil {
		return err
	}
	if err := errors.Join(room.reclock(tx, c), room.remind(tx, *c)); err != nil {
		return err
	}
	return tx.Record(c.subject(), Moved{c.ID, c.Ticket, from, to, c.Owner, c.DueAt, why})
}

// Close ends a complaint.
func (room *Room) Close(ctx context.Context, who web.Who, which ID, ended Ended, reason string) (Complaint, error) {
	reason, err := stages.Tidy("reason", reason, longest)
	if err != nil {
		return Complaint{}, err
	}
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		if err := c.leads(who); err != nil {
			return err
		}
		k, _, err := stages.Of(tx, c.Kind)
		if err != nil {
			return err
		}
		s, err := stay(tx, *c)
		if err != nil {
			return err
		}
		given, err := remedies.GaveFor(tx, c.ID)
		if err != nil {
			return err
		}
		if err := c.mayClose(ended, reason, s, k, given); err != nil {
			return err
		}
		return room.end(tx, c, ended, reason)
	})
}

// end closes a complaint that may end so.
func (room *Room) end(tx *store.Tx, c *Complaint, ended Ended, reason string) error {
	c.Ended, c.ClosedAt = ended, tx.Now()
	if c.OfferedTo != 0 {
		if err := room.answerHandover(tx, c, "closed", "", true); err != nil {
			return err
		}
	}
	if _, err := room.due.Cancel(tx, asking, c.ID.String()); err != nil {
		return err
	}
	return errors.Join(leaveStage(tx, *c), keepReason(tx, c.ID, reason), room.watch(tx, *c), tx.Record(c.subject(), Closed{c.ID, c.Ticket, ended}))
}

// Reopen takes a closed complaint up again: what happened is looked into once more.
func (room *Room) Reopen(ctx context.Context, who web.Who, which ID) (Complaint, error) {
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		if c.Open() {
			return fault.New(fault.Conflict, "complaint.open", "This complaint is open.")
		}
		if err := c.leads(who); err != nil {
			return err
		}
		if other, err := openOn(tx, c.Ticket); err != nil || other != 0 && c.Ticket != 0 {
			if err == nil {
				err = fault.New(fault.Conflict, "complaint.there", "There is a complaint on this ticket already (%s); go on there.", other)
			}
			return err
		}
		c.ClosedAt, c.Ended, c.Held, c.Trusts = time.Time{}, "", "", ""
		c.Reopened++
		if err := tx.Record(c.subject(), Reopened{c.ID, c.Ticket}); err != nil {
			return err
		}
		return room.move(tx, c, stages.Investigate, "reopened")
	})
}

// Take makes a complaint that nobody owns one's own.
func (room *Room) Take(ctx context.Context, who web.Who, which ID) (Complaint, error) {
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		if err := c.mustBeOpen(); err != nil {
			return err
		}
		if c.Owner != 0 || who.Staff == 0 {
			return fault.New(fault.Conflict, "complaint.owned", "Somebody owns this complaint; they can hand it over.")
		}
		if c.OfferedTo != 0 {
			if err := room.answerHandover(tx, c, "taken_back", "", true); err != nil {
				return err
			}
		}
		c.Owner = staff.ID(who.Staff)
		return tx.Record(c.subject(), Accepted{c.ID, c.Ticket, 0, c.Owner, 0})
	})
}

// HandOver asks a colleague to take a complaint over. Until they say yes it stays whose it is.
func (room *Room) HandOver(ctx context.Context, who web.Who, which ID, to staff.ID, summary string) (Complaint, error) {
	summary, err := stages.Tidy("summary", summary, longest)
	if err == nil && summary == "" {
		err = fault.Field("summary", "handover.summary", "Write what they need to know, so that the customer repeats nothing.")
	}
	if err != nil {
		return Complaint{}, err
	}
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		if err := c.mustBeOpen(); err != nil {
			return err
		}
		if err := c.leads(who); err != nil && c.Owner != 0 {
			return err
		}
		switch {
		case c.OfferedTo != 0:
			return fault.New(fault.Conflict, "handover.waits", "A colleague was asked already and has not answered; take that back first.")
		case to == c.Owner:
			return fault.Field("to", "handover.owner", "They own it already.")
		}
		m, err := room.staff.Load(tx, to)
		if err == nil && (m.Disabled || m.Can&web.Capture == 0) {
			err = fault.Field("to", "handover.cannot", "This colleague can't take complaints over.")
		}
		if err != nil {
			return err
		}
		h := Handover{ID: handovers.NewID(tx), Complaint: c.ID, From: staff.ID(who.Staff), To: to, Summary: summary, State: "waiting", At: tx.Now()}
		c.OfferedTo = to
		return errors.Join(handovers.Insert(tx, h), tx.Record(c.subject(), HandedOver{c.ID, c.Ticket, h.ID, h.From, to}))
	})
}

// Accept makes a complaint one's own that one was asked to take over.
func (room *Room) Accept(ctx context.Context, who web.Who, which ID) (Complaint, error) {
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		h, err := room.asked(tx, who, c)
		if err != nil {
			return err
		}
		was := c.Owner
		c.Owner, c.OfferedTo = h.To, 0
		return errors.Join(handovers.Close(tx, h.ID, "accepted", ""), tx.Record(c.subject(), Accepted{c.ID, c.Ticket, h.ID, c.Owner, was}))
	})
}

// Decline says no to taking a complaint over, with a reason; it stays whose it was.
func (room *Room) Decline(ctx context.Context, who web.Who, which ID, reason string) (Complaint, error) {
	reason, err := stages.Tidy("reason", reason, longest)
	if err == nil && reason == "" {
		err = fault.Field("reason", "handover.reason", "Say why, so that somebody else can be asked.")
	}
	if err != nil {
		return Complaint{}, err
	}
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		if _, err := room.asked(tx, who, c); err != nil {
			return err
		}
		return room.answerHandover(tx, c, "declined", reason, false)
	})
}

// Unhand takes back the asking of a colleague.
func (room *Room) Unhand(ctx context.Context, who web.Who, which ID) (Complaint, error) {
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		if err := c.leads(who); err != nil {
			return err
		}
		if c.OfferedTo == 0 {
			return fault.New(fault.Conflict, "handover.none", "Nobody is asked to take this complaint over.")
		}
		return room.answerHandover(tx, c, "taken_back", "", true)
	})
}

// asked is the handover that who has to answer.
func (room *Room) asked(tx *store.Tx, who web.Who, c *Complaint) (Handover, error) {
	if err := c.mustBeOpen(); err != nil {
		return Handover{}, err
	}
	if c.OfferedTo == 0 || int64(c.OfferedTo) != who.Staff {
		return Handover{}, fault.New(fault.Conflict, "handover.not_asked", "You are not asked to take this complaint over.")
	}
	return handovers.Waiting(tx, c.ID)
}

// answerHandover ends the asking without another owner.
func (room *Room) answerHandover(tx *store.Tx, c *Complaint, as, reason string, takenBack bool) error {
	h, err := handovers.Waiting(tx, c.ID)
	if err != nil {
		return err
	}
	c.OfferedTo = 0
	return errors.Join(handovers.Close(tx, h.ID, as, reason), tx.Record(c.subject(), Declined{c.ID, c.Ticket, h.ID, h.To, takenBack}))
}
