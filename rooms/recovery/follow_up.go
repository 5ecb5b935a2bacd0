package recovery

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/followup"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// asking is the moment at which the machine asks, where that is switched on.
const asking = "complaints.ask"

// Reply is what they said when they were asked.
type Reply struct {
	Held   Answer       `json:"held" enum:"yes,no"`
	Trusts Answer       `json:"trusts,omitempty" enum:"yes,no"`
	How    followup.How `json:"how,omitempty" enum:"call,mail,own_page,in_person" doc:"how they were asked; as it was noted last when absent, else by a call"`
}

// Ask notes that somebody asked whether it held and whether they trust us again, and how; the answer may come later.
func (room *Room) Ask(ctx context.Context, who web.Who, which ID, how followup.How) (Complaint, error) {
	if err := how.Check(); err != nil {
		return Complaint{}, err
	}
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		if err := c.leads(who); err != nil {
			return err
		}
		return room.asks(tx, c, followup.Said{Complaint: c.ID, How: how, Staff: staff.ID(who.Staff)})
	})
}

func (room *Room) asks(tx *store.Tx, c *Complaint, s followup.Said) error {
	if err := c.inFollowUp(); err != nil {
		return err
	}
	if err := errors.Join(followup.Enter(tx, s), tx.Record(c.subject(), Inquired{c.ID, c.Ticket, s.How, s.Staff})); err != nil {
		return err
	}
	return room.tickAsked(tx, *c, s.Staff)
}

// Follow notes what they answered when somebody asked whether it held. What did not hold is resolved again; what held, for
// somebody who trusts us again, ends the complaint once all of the stage is done.
func (room *Room) Follow(ctx context.Context, who web.Who, which ID, r Reply) (Complaint, error) {
	if r.How != "" {
		if err := r.How.Check(); err != nil {
			return Complaint{}, err
		}
	}
	return room.step(ctx, who, which, func(tx *store.Tx, c *Complaint) error {
		if err := c.leads(who); err != nil {
			return err
		}
		s := followup.Said{Complaint: c.ID, How: r.How, Staff: staff.ID(who.Staff), Held: r.Held, Trusts: r.Trusts}
		last, asked, err := room.askedLast(tx, *c)
		if err != nil {
			return err
		}
		if s.How == "" {
			if s.How = followup.Call; asked {
				s.How = last.How
			}
		}
		if asked && last.Staff != 0 && s.How == last.How { // a colleague may write down what another was told
			s.Staff = last.Staff
		}
		return room.answers(tx, c, s)
	})
}

// askedLast is how they were asked in the stage a complaint is in.
func (room *Room) askedLast(tx *store.Tx, c Complaint) (s followup.Said, ok bool, err error) {
	since, err := entered(tx, c)
	if err != nil {
		return s, false, err
	}
	return followup.Asked(tx, c.ID, since)
}

// answers is what an answer does.
func (room *Room) answers(tx *store.Tx, c *Complaint, s followup.Said) error {
	was := *c
	back, err := c.hold(s.Held, s.Trusts)
	if err != nil || *c == was {
		return err
	}
	if err := errors.Join(followup.Enter(tx, s), tx.Record(c.subject(), Followed{c.ID, c.Ticket, s.Held, s.Trusts, s.How, s.Staff})); err != nil {
		return err
	}
	if back {
		return room.move(tx, c, stages.Resolve, "not_held")
	}
	if err := room.tickAsked(tx, *c, s.Staff); err != nil || s.Trusts != Yes {
		return err
	}
	k, _, err := stages.Of(tx, c.Kind)
	if err != nil {
		return err
	}
	now, err := stay(tx, *c)
	if err != nil || done(now, k) != nil { // what else the company asks for in this stage is somebody's to do first
		return err
	}
	return room.end(tx, c, Content, "")
}

// tickAsked ticks the check that somebody asked, where the stage has it.
func (room *Room) tickAsked(tx *store.Tx, c Complaint, by staff.ID) error {
	const check = "asked"
	k, _, err := stages.Of(tx, c.Kind)
	if err != nil || !slices.ContainsFunc(k.Plan(c.Stage).Checks, func(ch Check) bool { return ch.Key == check }) {
		return err
	}
	s, err := stay(tx, c)
	if err != nil {
		return err
	}
	if _, ticked := s.Done[check]; ticked {
		return nil
	}
	s.Done[check] = Done{by, tx.Now()}
	return errors.Join(saveDone(tx, s), tx.Record(c.subject(), Ticked{c.ID, c.Ticket, c.Stage, check, false}))
}

// Inquiry is what a customer is asked on their own page.
type Inquiry struct {
	Complaint ID
	Held      Answer // what they said before; they trust us not again yet where it is not empty
}

// InquiryOf is what a customer may be asked about a ticket of theirs: false while what went wrong there is not in
// follow-up, and once they answered that all is well.
func (room *Room) InquiryOf(tx *store.Tx, customer people.ID, ticket tickets.ID) (q Inquiry, ok bool, err error) {
	which, err := openOn(tx, ticket)
	if err != nil || which == 0 {
		return q, false, err
	}
	c, ok, err := one(tx, which)
	return Inquiry{c.ID, c.Held}, ok && c.mayBeAsked(customer), err
}

// mayBeAsked says whether a customer can answer by themselves.
func (c Complaint) mayBeAsked(customer people.ID) bool {
	return customer != 0 && c.Customer == customer && c.inFollowUp() == nil && c.Trusts != Yes
}

// FollowIn is a customer answering on their own page, inside the transaction of the channel that heard it.
func (room *Room) FollowIn(tx *store.Tx, customer people.ID, which ID, held, trusts Answer) error {
	c, ok, err := load(tx, which)
	if err != nil {
		return err
	}
	if !ok || !c.mayBeAsked(customer) {
		return fault.New(fault.NotFound, "follow.over", "Nothing is asked about this any more.")
	}
	was := c
	s := followup.Said{Complaint: c.ID, How: followup.Page, Held: held, Trusts: trusts}
	if last, asked, err := room.askedLast(tx, c); err != nil {
		return err
	} else if asked {
		s.Staff = last.Staff
	}
	if err := room.answers(tx, &c, s); err != nil {
		return err
	}
	return room.keep(tx, was, &c)
}

// Letter is the mail that asks, for whoever owns a complaint to go over and send.
func (room *Room) Letter(tx *store.Tx, who web.Who, which ID) (l followup.Letter, err error) {
	c, err := room.mine(tx, who, which)
	if err == nil {
		err = c.inFollowUp()
	}
	if err == nil && c.Customer == 0 {
		err = fault.New(fault.Conflict, "follow.nobody", "This is a colleague's complaint: ask them yourself.")
	}
	if err != nil {
		return l, err
	}
	return room.letter(tx, c, who.Name)
}

func (room *Room) letter(tx *store.Tx, c Complaint, from string) (l followup.Letter, err error) {
	customer, err := room.people.Look(tx, c.Customer)
	if err != nil {
		return l, err
	}
	return room.speech.Letter(customer.Language, customer.Name, from)
}

// remind has the machine ask in some days, if that is switched on by then.
func (room *Room) remind(tx *store.Tx, c Complaint) error {
	if c.Ticket == 0 || c.Customer == 0 || c.Stage != stages.FollowUp {
		return nil
	}
	s, err := followup.Read(tx)
	if err != nil {
		return err
	}
	t, err := room.timetable(tx)
	if err != nil {
		return err
	}
	return room.due.Put(tx, asking, c.ID.String(), t.Add(tx.Now(), s.After()), nil)
}

// remindAll sets anew when the machine asks those who are in follow-up already. Who would have been asked by now is asked as
// many days from now, one a minute: nobody wants to hear of it by hundreds at once.
func (room *Room) remindAll(tx *store.Tx, s followup.Settings) error {
	all, err := following(tx)
	if err != nil || len(all) == 0 {
		return err
	}
	t, err := room.timetable(tx)
	if err != nil {
		return err
	}
	late := s.After()
	for _, c := range all {
		at := t.Add(c.Since, s.After())
		if at.Before(tx.Now()) {
			at = t.Add(tx.Now(), late)
			late += time.Minute
		}
		if err := room.due.Put(tx, asking, c.ID.String(), at, nil); err != nil {
			return err
		}
	}
	return nil
}

// machineAsks asks by mail, unless somebody did, or they answered.
func (room *Room) machineAsks(tx *store.Tx, j due.Job) error {
	var which ID
	if err := which.UnmarshalText([]byte(j.Key)); err != nil {
		return due.GiveUp(err)
	}
	s, err := followup.Read(tx)
	if err != nil || !s.Mail { // it was switched off meanwhile
		return err
	}
	c, ok, err := load(tx, which)
	if err != nil || !ok || c.inFollowUp() != nil || c.Held != "" {
		return err
	}
	if _, asked, err := room.askedLast(tx, c); err != nil || asked {
		return err
	}
	l, unwritten := room.letter(tx, c, "")
	to, ok, err := room.tickets.Reached(tx, c.Customer) // who wrote last need not be the one who was wronged
	if err = errors.Join(err, unwritten); err != nil || !ok {
		return err
	}
	m, err := room.tickets.Notify(tx, c.Ticket, "follow_up", l.Subject, l.Text, to)
	if err != nil || m.ID == 0 || m.State == tickets.Kept { // there is no way to them by mail
		return err
	}
	return room.asks(tx, &c, followup.Said{Complaint: c.ID, How: followup.Mail})
}

// ArrangeAsking sets whether the machine asks by mail, of those too who are in follow-up already.
func (room *Room) ArrangeAsking(ctx context.Context, who web.Who, s followup.Settings) (followup.Settings, error) {
	if err := s.Check(); err != nil {
		return s, err
	}
	return s, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		changed, err := followup.Save(tx, s)
		if err != nil || !changed {
			return err
		}
		if s.Mail {
			err = room.remindAll(tx, s)
		}
		return errors.Join(err, tx.Record(configuredKey("complaints/follow_up"), AskingArranged{s.Mail, s.Days}))
	})
}

func (room *Room) followUpRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/ask", Needs: web.Capture, Say: "Note that they were asked whether it held and whether they trust us again; the answer may come later"},
		func(ctx context.Context, who web.Who, in *with[struct {
			How followup.How `json:"how" enum:"call,mail,own_page,in_person"`
		}],
		) (Whole, error) {
			c, err := room.Ask(ctx, who, in.ID, in.Body.How)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/follow_up", Needs: web.Capture, Say: "Note what they answered: did it hold, do they trust us again?"},
		func(ctx context.Context, who web.Who, in *with[Reply]) (Whole, error) {
			c, err := room.Follow(ctx, who, in.ID, in.Body)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/complaints/{id}/letter", Needs: web.Capture, Say: "Read the mail that asks whether it held, to go over and send; nothing leaves by it"},
		func(ctx context.Context, who web.Who, in *byID) (l followup.Letter, err error) {
			return l, room.db.Read(ctx, func(tx *store.Tx) error { l, err = room.Letter(tx, who, in.ID); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/complaints/asking", Needs: web.Capture, Say: "Read whether the machine asks by mail whether it held"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (s followup.Settings, err error) {
			return s, room.db.Read(ctx, func(tx *store.Tx) error { s, err = followup.Read(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/complaints/asking", Needs: web.Settings, Say: "Set whether the machine asks by mail whether it held; from the start a person does"},
		func(ctx context.Context, who web.Who, in *struct{ Body followup.Settings }) (followup.Settings, error) {
			return room.ArrangeAsking(ctx, who, in.Body)
		})
}
