package app

import (
	"fmt"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/promises"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/approvals"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// freshQuestion is how old a question to supervisors may be for a mail about it: what is older is read when this follower
// comes into a house that has been lived in.
const freshQuestion = 24 * time.Hour

// letters writes to supervisors that a question waits for them, and to owners of promises that one is due, or that whoever was
// asked to see to it can't any more: the mail says which ticket, and leads to where it is seen to. It holds nothing that a
// customer wrote but, in a question, the subject of their matter.
func (h *House) letters() *store.Follower {
	f := store.NewFollower("letters")
	store.On(f, func(tx *store.Tx, entry store.Entry, e recovery.Asked) error {
		if tx.Now().Sub(entry.At) > freshQuestion {
			return nil
		}
		a, there, err := approvals.Of(tx, e.Approval)
		if err != nil || !there || a.State != "open" {
			return err
		}
		all, err := h.Staff.Everybody(tx)
		if err != nil {
			return err
		}
		for _, m := range all {
			if !answers(m, a) {
				continue
			}
			l, err := h.question(tx, a, m)
			if err == nil {
				err = h.Email.WriteTo(tx, fmt.Sprintf("%s/%s", a.ID, m.ID), l)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	store.On(f, func(tx *store.Tx, entry store.Entry, e promises.Reminded) error {
		return h.remind(tx, entry, e.Promise, "colleague.promise", 0)
	})
	store.On(f, func(tx *store.Tx, entry store.Entry, e promises.Withdrawn) error {
		if !e.Gone || tx.Now().Sub(entry.At) > freshQuestion {
			return nil
		}
		p, err := h.Promises.Look(tx, e.Promise)
		if err != nil || p.Owner != e.Owner || p.OfferedTo != 0 { // it passed on meanwhile, or somebody else is asked
			return err
		}
		return h.remind(tx, entry, e.Promise, "colleague.unasked", e.To)
	})
	return f
}

// remind writes to the owner of a promise, where they are to hear of it by mail; about names our words, in which a colleague may be.
func (h *House) remind(tx *store.Tx, entry store.Entry, promise promises.ID, about string, colleague staff.ID) error {
	to, p, err := h.reminded(tx, entry, promise)
	if err != nil || to.ID == 0 {
		return err
	}
	names, err := h.Staff.Names(tx, []staff.ID{colleague})
	if err != nil {
		return err
	}
	l, err := h.reminder(tx, p, to, about, names[colleague])
	if err != nil {
		return err
	}
	return h.Email.WriteTo(tx, fmt.Sprintf("%s/%d", p.ID, entry.Seq), l) // each stage is one entry
}

// away is how long somebody was not seen who is not in the workspace: one that is open is here each minute.
const away = 2 * time.Minute

// reminded is who is told by mail about a promise: its owner, unless they were in the workspace then, or it is past by
// now; nobody when they are zero.
func (h *House) reminded(tx *store.Tx, entry store.Entry, promise promises.ID) (to staff.Member, p promises.Promise, err error) {
	s, err := h.Promises.Settings(tx)
	if err != nil || !s.Mail {
		return to, p, err
	}
	if p, err = h.Promises.Look(tx, promise); err != nil || p.State != promises.Open || !tx.Now().Before(p.Due) {
		return to, p, err
	}
	here, err := h.Staff.Seen(tx, entry.At.Add(-away))
	if _, ok := here[p.Owner]; err != nil || ok {
		return to, p, err
	}
	m, err := h.Staff.Load(tx, p.Owner)
	if err != nil || m.Disabled || m.Invited {
		return to, p, err
	}
	return m, p, nil
}

// reminder is the letter about a promise, in the language of its owner and the time of whose it is.
func (h *House) reminder(tx *store.Tx, p promises.Promise, to staff.Member, about, colleague string) (l email.Letter, err error) {
	zone, err := h.Promises.Zone(tx, p)
	if err != nil {
		return l, err
	}
	args := map[string]any{"due": p.Due.In(zone), "who": colleague, "matter": "none", "number": p.Number, "link": h.Settings.baseURL(h.Settings.Listen) + "/promises"}
	if p.Ticket != 0 {
		args["matter"], args["link"] = "ticket", h.Settings.baseURL(h.Settings.Listen)+"/tickets/"+p.Ticket.String()
	}
	l = email.Letter{Name: to.Name, Email: to.Email, Team: p.DoorTeam}
	if l.Subject, err = h.Words.Say(string(to.Language), about+".subject", args); err == nil {
		l.Text, err = h.Words.Say(string(to.Language), about+".text", args)
	}
	return l, err
}

// answers says whether somebody may answer a question that another asked.
func answers(m staff.Member, a approvals.Approval) bool {
	return m.ID != a.AskedBy && !m.Disabled && !m.Invited && m.Can&web.Approve != 0 && (m.All || a.Team == 0 || slices.Contains(m.Teams, a.Team))
}

// question is the letter about one, in the language of whoever gets it.
func (h *House) question(tx *store.Tx, a approvals.Approval, to staff.Member) (l email.Letter, err error) {
	names, err := h.Staff.Names(tx, []staff.ID{a.AskedBy})
	if err != nil {
		return l, err
	}
	args := map[string]any{"about": string(a.About), "who": names[a.AskedBy], "matter": "none", "number": int64(0), "subject": "", "link": h.Settings.baseURL(h.Settings.Listen) + "/approvals?open=" + a.ID.String()}
	if a.Ticket != 0 {
		some, err := h.Tickets.Some(tx, []tickets.ID{a.Ticket})
		if err != nil {
			return l, err
		}
		if len(some) > 0 {
			args["matter"], args["number"], args["subject"] = "ticket", some[0].Number, some[0].Subject
		}
	}
	l = email.Letter{Name: to.Name, Email: to.Email, Team: a.Team}
	if l.Subject, err = h.Words.Say(string(to.Language), "colleague.question.subject", args); err == nil {
		l.Text, err = h.Words.Say(string(to.Language), "colleague.question.text", args)
	}
	return l, err
}
