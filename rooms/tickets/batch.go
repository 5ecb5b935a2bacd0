package tickets

import (
	"context"
	"slices"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/tickets/tags"
)

// Batch is one change of many tickets; what is absent stays as it is.
type Batch struct {
	IDs        []ID        `json:"ids" minItems:"1" maxItems:"100"`
	Status     Status      `json:"status,omitempty" enum:"open,pending,on_hold,resolved,closed"`
	Ended      Ended       `json:"ended,omitempty" enum:"content,silent,spam" doc:"how they ended, with status closed"`
	Assign     *Assignment `json:"assign,omitempty"`
	AddTags    []string    `json:"add_tags,omitempty" maxItems:"50"`
	RemoveTags []string    `json:"remove_tags,omitempty" maxItems:"50"`
	Priority   *Priority   `json:"priority,omitempty" enum:"low,normal,high,urgent"`
}

// Outcome is what became of one ticket of a batch.
type Outcome struct {
	ID      ID     `json:"id"`
	OK      bool   `json:"ok"`
	Version int64  `json:"version,omitempty" doc:"of the ticket afterwards"`
	Code    string `json:"code,omitempty"`
	Detail  string `json:"detail,omitempty" doc:"why this one stayed as it was"`
}

// mostTags are as many as a ticket may have.
const mostTags = 50

// check says what no ticket could be changed by, and brings the tags into their form.
func (b *Batch) check() (err error) {
	if b.Status == "" && b.Ended != "" {
		return fault.Field("ended", "ended.early", "Only a closed ticket has ended.")
	}
	if b.Status == "" && b.Assign == nil && b.Priority == nil && len(b.AddTags)+len(b.RemoveTags) == 0 {
		return fault.New(fault.Invalid, "batch.nothing", "Say what to change: the status, whose they are, tags or the priority.")
	}
	if b.AddTags, err = tags.Clean(b.AddTags); err == nil {
		b.RemoveTags, err = tags.Clean(b.RemoveTags)
	}
	return err
}

// change is what a batch means for one ticket, as far as Change can say it.
func (b *Batch) change(t Ticket) (ch Change, err error) {
	ch.Priority = b.Priority
	if len(b.AddTags)+len(b.RemoveTags) == 0 {
		return ch, nil
	}
	tags := slices.DeleteFunc(append(slices.Clone(t.Tags), b.AddTags...), func(tag string) bool { return slices.Contains(b.RemoveTags, tag) })
	slices.Sort(tags)
	tags = slices.Compact(tags)
	if len(tags) > mostTags {
		return ch, fault.Field("add_tags", "tags.many", "A ticket can have up to %d tags; this one would have %d.", mostTags, len(tags))
	}
	ch.Tags = &tags
	return ch, nil
}

// ChangeMany does the same to many tickets, each in a transaction of its own: one that refuses stops no other.
func (room *Room) ChangeMany(ctx context.Context, who web.Who, b Batch) (page web.Page[Outcome], err error) {
	if err := b.check(); err != nil {
		return page, err
	}
	if len(b.IDs) > MostNamed {
		return page, fault.Field("ids", "ids.many", "Change up to %d tickets at once, not %d.", MostNamed, len(b.IDs))
	}
	page.Items = []Outcome{}
	done := map[ID]bool{}
	for _, ticket := range b.IDs {
		if done[ticket] {
			continue
		}
		done[ticket] = true
		t, err := room.changeOne(ctx, who, ticket, b)
		f := fault.Of(err)
		switch {
		case err == nil:
			page.Items = append(page.Items, Outcome{ID: ticket, OK: true, Version: t.Version})
		case f == nil, f.Kind == fault.Internal, f.Code == "request.repeated": // an accident, or the whole was asked for before
			return page, err
		default:
			page.Items = append(page.Items, Outcome{ID: ticket, Code: f.Code, Detail: f.Say})
		}
	}
	return page, nil
}

// changeOne gives a ticket away last, because then it may no longer be one to change.
func (room *Room) changeOne(ctx context.Context, who web.Who, ticket ID, b Batch) (t Ticket, err error) {
	return t, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if t, err = room.Mine(tx, who, ticket); err != nil {
			return err
		}
		ch, err := b.change(t)
		if err != nil {
			return err
		}
		if err := room.correct(tx, &t, ch); err != nil {
			return err
		}
		if b.Status != "" {
			if err := room.stands(tx, who, &t, b.Status, b.Ended); err != nil {
				return err
			}
		}
		if b.Assign == nil {
			return nil
		}
		return room.give(tx, &t, *b.Assign)
	})
}
