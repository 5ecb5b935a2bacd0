package conference

import (
	"context"
	"errors"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

const chasing = "parts.chase" // the moment at which those in a part are to be reminded

// Chasing is a reminder that a person writes.
type Chasing struct {
	Text    string     `json:"text" required:"false" maxLength:"200000"`
	ChaseAt *time.Time `json:"chase_at,omitempty" doc:"when they are to be reminded again; after the working time the company chose when absent"`
}

// Chase reminds those in a part that we wait.
func (room *Room) Chase(ctx context.Context, who web.Who, part ID, c Chasing) (p Part, err error) {
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if p, err = room.hosted(tx, who, part); err != nil {
			return err
		}
		if _, err := room.ticket(tx, who, p.Ticket); err != nil {
			return err
		}
		m := room.begun(tx, p, Out)
		m.Author, m.To, m.Chase = author(who), p.others(0), true
		if m.Name, err = room.called(tx, who); err != nil {
			return err
		}
		if m.Text, err = said(c.Text); err != nil {
			return err
		}
		next, err := room.chaseAt(tx, c.ChaseAt)
		if err != nil {
			return err
		}
		return errors.Join(room.chased(tx, &p, &m, next), room.present(tx, who, &p))
	})
}

// chased sends a reminder, and waits on.
func (room *Room) chased(tx *store.Tx, p *Part, m *Message, next time.Time) error {
	if err := p.chase(tx.Now(), next); err != nil {
		return err
	}
	p.Snippet = m.snippet()
	return errors.Join(save(tx, p), room.wake(tx, *p), room.leave(tx, *p, m, true))
}

// wake has a part looked at when those in it are to be reminded.
func (room *Room) wake(tx *store.Tx, p Part) error {
	if !p.waits() || p.ChaseAt.IsZero() || p.ChaseDue {
		_, err := room.due.Cancel(tx, chasing, p.ID.String())
		return err
	}
	return room.due.Put(tx, chasing, p.ID.String(), p.ChaseAt, nil)
}

// tick looks at a part whose moment has come: the machine reminds those in it, or a person is told to.
func (room *Room) tick(tx *store.Tx, j due.Job) error {
	var part ID
	if err := part.UnmarshalText([]byte(j.Key)); err != nil {
		return due.GiveUp(err)
	}
	ids, err := store.All[ID](tx, `SELECT id FROM parts WHERE id = $1`, part)
	if err != nil || len(ids) == 0 {
		return err
	}
	p, err := load(tx, part)
	if err != nil {
		return err
	}
	t, err := room.tickets.Look(tx, p.Ticket)
	if err != nil {
		return err
	}
	if t.Status == tickets.Closed { // nobody bothers others about what is over; when it is open again, back sets another moment
		p.ChaseAt = time.Time{}
		return errors.Join(save(tx, &p), tx.Record(p.Ticket, Changed{p.ID, p.Ticket, []string{"chase_at"}}))
	}
	was := p.ChaseAt
	come, byMachine := p.come(tx.Now())
	switch {
	case !come:
		return room.wake(tx, p)
	case byMachine:
		return room.nudge(tx, &p)
	}
	return errors.Join(save(tx, &p), tx.Record(p.Ticket, Came{p.ID, p.Ticket, was}))
}

// nudge is the machine's reminder.
func (room *Room) nudge(tx *store.Tx, p *Part) (err error) {
	m := room.begun(tx, *p, Notice)
	m.Author, m.To, m.Chase, m.Machine = tx.By().String(), p.others(0), true, true
	if m.Text, err = room.words.Say(p.Language, "parts.chase", map[string]any{"title": p.Title, "since": p.WaitingSince}); err != nil {
		return err
	}
	next, err := room.chaseAt(tx, nil)
	if err != nil {
		return err
	}
	return room.chased(tx, p, &m, next)
}
