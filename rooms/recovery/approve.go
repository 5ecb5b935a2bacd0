package recovery

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/approvals"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/recovery/policies"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Refusing is the wish to say no.
type Refusing struct {
	What       string      `json:"what" maxLength:"10000" doc:"what they asked for"`
	Why        string      `json:"why,omitempty" maxLength:"10000" doc:"why not"`
	NearestYes string      `json:"nearest_yes" maxLength:"10000" doc:"the nearest yes that was tried"`
	Policy     policies.ID `json:"policy,omitempty" doc:"the rule that stands in the way, when one does"`
}

func (r *Refusing) tidy() (err error) {
	for _, f := range []struct {
		name string
		text *string
	}{{"what", &r.What}, {"why", &r.Why}, {"nearest_yes", &r.NearestYes}} {
		if *f.text, err = stages.Tidy(f.name, *f.text, longest); err != nil {
			return err
		}
	}
	switch {
	case r.What == "":
		return fault.Field("what", "refusal.what", "Write what they asked for.")
	case r.NearestYes == "":
		return fault.Field("nearest_yes", "refusal.nearest_yes", "Before a no, try the nearest yes: write what you could offer instead, and what they said to it.")
	}
	return nil
}

// Refuse asks a supervisor whether we may say no. Nothing reaches the customer by it.
func (room *Room) Refuse(ctx context.Context, who web.Who, in Case, r Refusing) (a Approval, err error) {
	if err := r.tidy(); err != nil {
		return a, err
	}
	return a, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if who.Staff == 0 {
			return fault.New(fault.Denied, "authority.nobody", "Only a member of staff can give something, because it is on their authority.")
		}
		m, err := room.of(tx, who, in)
		if err != nil {
			return err
		}
		a = room.question(tx, who, m, Refusal)
		a.What, a.Why, a.NearestYes, a.Policy = r.What, r.Why, r.NearestYes, r.Policy
		if err := policies.InForce(tx, a.Policy); err != nil {
			return err
		}
		return errors.Join(approvals.Insert(tx, a), approvals.Note(tx, a), tx.Record(m.subject(), Asked{a.ID, a.About, a.Complaint, a.Ticket, a.Remedy, a.Team}))
	})
}

// askMore asks a supervisor to give what is more than who may.
func (room *Room) askMore(tx *store.Tx, who web.Who, r *Remedy, m matter, p policies.ID) error {
	a := room.question(tx, who, m, More)
	a.Policy = p
	a.Remedy, a.What, a.Minor, a.Currency = r.ID, r.What, r.Minor, r.Currency
	r.State, r.Approval, r.GivenAt, r.Entry = Asking, a.ID, time.Time{}, 0
	return errors.Join(remedies.Insert(tx, *r), approvals.Insert(tx, a), approvals.Note(tx, a), tx.Record(m.subject(), Asked{a.ID, a.About, a.Complaint, a.Ticket, a.Remedy, a.Team}))
}

func (room *Room) question(tx *store.Tx, who web.Who, m matter, about About) Approval {
	return Approval{
		ID: remedies.NewApprovalID(tx), About: about, Complaint: m.complaint.ID, Ticket: m.ticket, Customer: m.customer, Team: m.team,
		Sort: m.complaint.Kind, Severity: m.complaint.Severity, State: "open", AskedBy: staff.ID(who.Staff), AskedAt: tx.Now(),
	}
}

// Verdict is what a supervisor answers.
type Verdict struct {
	Answer Answer `json:"answer" enum:"yes,no" doc:"what the customer will hear"`
	Reason string `json:"reason" maxLength:"10000" doc:"it stays as guidance"`
	Give   *Gift  `json:"give,omitempty" doc:"to give at once with a yes to what somebody wanted to refuse, on your own authority"`
}

// mayAnswer says why somebody can't answer a question.
func (v Verdict) mayAnswer(who web.Who, a Approval) error {
	switch {
	case a.State == "recalled":
		return fault.New(fault.Conflict, "approval.recalled", "This question was taken back.")
	case a.State != "open":
		return fault.New(fault.Conflict, "approval.answered", "This was answered already: %s.", a.State)
	case who.Staff == 0:
		return fault.New(fault.Denied, "approval.nobody", "Only a member of staff can answer this, because the answer is theirs.")
	case int64(a.AskedBy) == who.Staff:
		return fault.New(fault.Denied, "approval.own", "Nobody answers their own question; another supervisor can.")
	case v.Answer != Yes && v.Answer != No:
		return fault.Field("answer", "approval.answer", "Answer yes or no: what the customer will hear.")
	case v.Reason == "":
		return fault.Field("reason", "approval.reason", "Give a reason; it helps whoever stands before the same question next.")
	case v.Give != nil && (v.Answer != Yes || a.About != Refusal):
		return fault.Field("give", "approval.give", "Something is given with a yes to what somebody wanted to refuse.")
	}
	return nil
}

// Answer is a supervisor's yes or no. A yes to more than somebody may give is given on the supervisor's own authority.
func (room *Room) Answer(ctx context.Context, who web.Who, which ApprovalID, v Verdict) (a Approval, err error) {
	if v.Reason, err = stages.Tidy("reason", v.Reason, longest); err != nil {
		return a, err
	}
	return a, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		found, ok, err := approvals.Of(tx, which)
		if err == nil && (!ok || !who.Sees(int64(found.Team))) {
			err = fault.New(fault.NotFound, "approval.unknown", "There is no question %s.", which)
		}
		if err != nil {
			return err
		}
		a = found
		if err := v.mayAnswer(who, a); err != nil {
			return err
		}
		a.State, a.Reason, a.AnsweredBy, a.AnsweredAt = string(v.Answer), v.Reason, staff.ID(who.Staff), tx.Now()
		m := matter{complaint: Complaint{ID: a.Complaint}, ticket: a.Ticket, customer: a.Customer, team: a.Team, name: caseName(a.Complaint, a.Ticket)}
		if err := room.carryOut(tx, who, &a, v, m); err != nil {
			return err
		}
		if v.Answer == Yes {
			named := a.Policy
			if v.Give != nil {
				named = cmp.Or(named, v.Give.Policy)
			}
			if _, err := room.bent(tx, policies.Bent{Policy: named, Staff: a.AnsweredBy, Remedy: a.Remedy, Approval: a.ID}, m); err != nil {
				return err
			}
		}
		a.Dress(who)
		return errors.Join(approvals.Save(tx, a), approvals.Note(tx, a), tx.Record(m.subject(), Answered{a.ID, a.About, a.Complaint, a.Ticket, v.Answer, a.AskedBy}))
	})
}

func caseName(c ID, t tickets.ID) string { return Complaint{ID: c, Ticket: t}.Matter() }

// carryOut does what an answer means.
func (room *Room) carryOut(tx *store.Tx, who web.Who, a *Approval, v Verdict, m matter) error {
	if a.About == More {
		return room.decide(tx, who, *a, v.Answer == Yes, m)
	}
	if v.Give == nil {
		return nil
	}
	m, r, err := room.prepare(tx, who, Case{a.Complaint, a.Ticket}, *v.Give)
	if err != nil {
		return err
	}
	r.ID, r.At, r.Staff, r.State, r.Approval = remedies.NewID(tx), tx.Now(), staff.ID(who.Staff), Gave, a.ID
	err = room.enter(tx, who, &r, m, ledger.Limits{}, false)
	if err != nil {
		return err
	}
	a.Remedy = r.ID
	return errors.Join(remedies.Insert(tx, r), room.tellGiven(tx, r, m))
}

// decide gives what a supervisor was asked for, on their authority, or lets it be.
func (room *Room) decide(tx *store.Tx, who web.Who, a Approval, yes bool, m matter) error {
	r, ok, err := remedies.Of(tx, a.Remedy)
	if err != nil || !ok {
		return err
	}
	if !yes {
		r.State = Refused
		return remedies.Save(tx, r)
	}
	if err := ledger.Hold(tx, r.Customer, r.Matter, r.Currency); err != nil {
		return err
	}
	there, err := remedies.In(tx, r.Matter)
	if err == nil {
		err = remedies.Booked(r, there)
	}
	if err != nil {
		return err
	}
	r.Staff, r.State = staff.ID(who.Staff), Gave
	err = room.enter(tx, who, &r, m, ledger.Limits{}, false)
	if err != nil {
		return err
	}
	return errors.Join(remedies.Save(tx, r), room.tellGiven(tx, r, m))
}

// Recall takes a question back before it is answered.
func (room *Room) Recall(ctx context.Context, who web.Who, which ApprovalID) (a Approval, err error) {
	return a, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		found, ok, err := approvals.Of(tx, which)
		if err == nil && (!ok || who.Staff == 0 || int64(found.AskedBy) != who.Staff) {
			err = fault.New(fault.NotFound, "approval.unknown", "There is no question %s.", which)
		}
		if err != nil {
			return err
		}
		a = found
		if a.State != "open" {
			return fault.New(fault.Conflict, "approval.answered", "This was answered already: %s.", a.State)
		}
		a.State, a.AnsweredAt = "recalled", tx.Now()
		m := matter{complaint: Complaint{ID: a.Complaint}, ticket: a.Ticket}
		if a.About == More {
			err = room.decide(tx, who, a, false, m)
		}
		a.Dress(who)
		return errors.Join(err, approvals.Save(tx, a), tx.Record(m.subject(), Recalled{a.ID, a.Complaint, a.Ticket}))
	})
}
