package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

const (
	support  = "support@shop.example"
	messages = 5
	teams    = 12
	agents   = 24
)

// holder may do everything, as the command line may.
func holder() web.Who {
	return web.Everything(store.Actor{Kind: store.SystemKind, ID: "cli", Via: "cli"})
}

var desked = store.Actor{Kind: store.SystemKind, ID: "bench", Via: "email"} //nolint:gochecknoglobals // a constant

// clock goes as the story goes.
type clock struct{ us atomic.Int64 }

func (c *clock) now() time.Time { return time.UnixMicro(c.us.Load()) }
func (c *clock) set(t time.Time) {
	c.us.Store(t.UnixMicro())
}

// people puts staff, teams and a mailbox into a house and notes how to be them.
func (p *place) people(ctx context.Context, h *app.House) error {
	var all []staff.TeamID
	for i := range teams {
		t, err := h.Staff.AddTeam(ctx, holder(), fmt.Sprintf("Team %d", i+1))
		if err != nil {
			return err
		}
		all = append(all, t.ID)
		p.notes.Teams = append(p.notes.Teams, t.ID.String())
	}
	var err error
	if p.notes.Owner, _, err = hire(ctx, h, staff.Newcomer{Email: "owner@shop.example", Name: "Olga", Role: "owner"}); err != nil {
		return err
	}
	for i := range agents {
		token, who, err := hire(ctx, h, staff.Newcomer{
			Email: fmt.Sprintf("agent-%d@shop.example", i), Name: fmt.Sprintf("Agent %d", i), Role: "agent",
			Teams: []staff.TeamID{all[i%teams], all[(i+1)%teams], all[(i+5)%teams]},
		})
		if err != nil {
			return err
		}
		p.notes.Agents, p.notes.Staff = append(p.notes.Agents, token), append(p.notes.Staff, who.String())
	}
	box, err := h.Email.Connect(ctx, holder(), email.Mailbox{Address: support, Name: "Support"}, email.Secrets{})
	p.notes.Mailbox = box.ID.String()
	return err
}

func hire(ctx context.Context, h *app.House, n staff.Newcomer) (token string, who staff.ID, err error) {
	m, _, err := h.Staff.Add(ctx, holder(), n)
	if err != nil {
		return "", 0, err
	}
	t, err := h.Staff.CreateToken(ctx, holder(), m.ID, "bench", nil)
	return t.Secret, m.ID, err
}

// happen lets a month pass in a house by the verbs everybody uses, with everything running.
func (m *middle) happen(ctx context.Context, p *place) error {
	c := &clock{}
	start := now().Add(-month)
	c.set(start)
	set := p.settings()
	set.Now = c.now
	h, err := app.Build(ctx, set)
	if err != nil {
		return err
	}
	if err := p.people(ctx, h); err != nil {
		return errors.Join(err, h.Close())
	}
	err = running(ctx, h, func() error {
		d := newDesk(teams)
		for i := range m.tickets {
			s := d.next(m.tickets, messages, start)
			c.set(s.at)
			if _, err := tell(ctx, h, p.notes, s); err != nil {
				return err
			}
			if i%2000 == 1999 {
				m.say("  %d tickets", i+1)
			}
		}
		end := now()
		c.set(end)
		db, err := openBare(ctx, p)
		if err != nil {
			return err
		}
		return errors.Join(settled(ctx, db, end), db.close())
	})
	p.notes.Tickets = m.tickets
	return errors.Join(err, h.Close(), p.analyze(ctx))
}

// running keeps followers and due work of a house going while do runs.
func running(ctx context.Context, h *app.House, do func() error) error {
	work, stop := context.WithCancel(ctx)
	var crew sync.WaitGroup
	var failed error
	crew.Go(func() { h.DB.Follow(work, h.Followers...) })
	crew.Go(func() { failed = h.Due.Run(work) })
	err := do()
	stop()
	crew.Wait()
	return errors.Join(err, failed)
}

// tell lets one ticket happen: what was said, and what people add by hand. Where the customer has the last word it ends as
// open, else they write twice at first, we have the last word, and it waits for them.
func tell(ctx context.Context, h *app.House, n notes, s story) (ticket tickets.ID, err error) {
	box, err := parse[tickets.MailboxID](n.Mailbox)
	if err != nil {
		return 0, err
	}
	team, err := parse[staff.TeamID](n.Teams[s.team])
	if err != nil {
		return 0, err
	}
	err = h.DB.Write(ctx, desked, func(tx *store.Tx) error {
		refs := []string{}
		for i, words := range s.words {
			ref := fmt.Sprintf("<%d.%d@shop.example>", s.n, i)
			theirs := i%2 == 0
			if !s.open {
				theirs = i == 0 || i%2 == 1
			}
			at := tx.Now().Add(time.Duration(i+1-len(s.words)) * time.Minute)
			var f tickets.Filed
			var err error
			if theirs {
				f, err = h.Tickets.Receive(tx, tickets.Inbound{
					Channel: "email", Mailbox: box, Team: team, From: people.Sender{Name: s.name, Email: s.email}, To: []tickets.Party{{Email: support, Ours: true}},
					Subject: s.subject, Text: words, Ref: ref, Answers: refs, At: at,
				})
			} else {
				f, _, err = h.Tickets.ReadSent(tx, tickets.Inbound{
					Mailbox: box, From: people.Sender{Email: support}, To: []tickets.Party{{Name: s.name, Email: s.email}}, Subject: "Re: " + s.subject,
					Text: words, Ref: ref, Answers: refs, At: at,
				})
			}
			if err != nil {
				return err
			}
			ticket, refs = f.Ticket.ID, append([]string{ref}, refs...)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return ticket, dress(ctx, h, n, s, ticket)
}

// dress gives a ticket what people add by hand.
func dress(ctx context.Context, h *app.House, n notes, s story, ticket tickets.ID) error {
	if s.assigned {
		who, err := parse[staff.ID](n.Staff[s.team%len(n.Staff)])
		if err != nil {
			return err
		}
		if _, err := h.Tickets.Assign(ctx, holder(), ticket, tickets.Assignment{Staff: &who}); err != nil {
			return err
		}
	}
	if s.tag == "" {
		return nil
	}
	_, err := h.Tickets.Change(ctx, holder(), ticket, tickets.Change{Tags: &[]string{s.tag}})
	return err
}

// parse reads an id of any kind.
func parse[ID any, P interface {
	*ID
	UnmarshalText(b []byte) error
}](s string) (v ID, err error) {
	err = P(&v).UnmarshalText([]byte(s))
	return v, err
}
