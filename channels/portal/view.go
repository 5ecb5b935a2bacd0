package portal

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/conference"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/promises"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// standing is how a ticket stands in words that are true for its customer: the key of what is said, and since when.
func standing(t tickets.Ticket, since time.Time) (string, time.Time) {
	switch t.Status {
	case tickets.Closed:
		switch t.Ended {
		case tickets.Content:
			return "my.stands.content", since
		case tickets.Merged:
			return "my.stands.merged", since
		default:
			return "my.stands.closed", since
		}
	case tickets.Resolved:
		return "my.stands.resolved", cmp.Or(t.ResolvedAt, since)
	case tickets.OnHold:
		return "my.stands.on_hold", since
	case tickets.Pending:
		return "my.stands.pending", since
	default:
		if !t.WaitingSince.IsZero() {
			since = t.WaitingSince
		}
		if t.Assignee == 0 && t.AnsweredAt.IsZero() {
			return "my.stands.arrived", since
		}
		return "my.stands.ours", since
	}
}

// waits says for whom a ticket waits, as a mark beside the words.
func waits(t tickets.Ticket) string {
	switch t.Status {
	case tickets.Closed:
		return "over"
	case tickets.Resolved, tickets.Pending:
		return "you"
	case tickets.OnHold:
		return "other"
	default:
		return "us"
	}
}

// Part is a piece of what was said: words, or an address to follow.
type Part struct{ Text, URL string }

var address = regexp.MustCompile(`https?://[^\s<>"'\x60]+`)

// parts finds the addresses in words.
func parts(s string) (all []Part) {
	for {
		at := address.FindStringIndex(s)
		if at == nil {
			break
		}
		url := strings.TrimRight(s[at[0]:at[1]], ".,;:!?)]}»“”’")
		if at[0] > 0 {
			all = append(all, Part{Text: s[:at[0]]})
		}
		all = append(all, Part{Text: url, URL: url})
		s = s[at[0]+len(url):]
	}
	if s != "" {
		all = append(all, Part{Text: s})
	}
	return all
}

// Ahead is a promise as the customer reads it.
type Ahead struct {
	What     string
	By       time.Time
	WholeDay bool
	Late     bool
}

// Page is all that the page of a ticket shows.
type Page struct {
	Visit    Visit
	Customer people.Customer
	Ticket   tickets.Ticket
	Stands   string // the key of its words
	Since    time.Time
	Waits    string
	For      *conference.Wait // for whom it waits, where others hold it
	Holder   string           // first name of whoever has it, or the name of their team
	Answer   time.Time
	Late     bool // Answer is past
	Ahead    []Ahead
	Talk     []Spoken
	Earlier  tickets.MessageID // before which more was said; none when this is where it began
	Later    bool              // more was said after it
	Offers   []recovery.Shown
	Chosen   []remedies.Swappable // of which they may still choose another
	Asked    bool                 // whether what we did held, and whether they trust us again
	Settings Settings
	Zone     *time.Location
	Now      time.Time
	Look     bool // one of us looks at it; nothing can be done there
}

// View reads the page of a visit, with what was said before a message, the newest of it when before is 0.
func (room *Room) View(ctx context.Context, v Visit, before tickets.MessageID) (p Page, err error) {
	return p, room.db.Read(ctx, func(tx *store.Tx) error {
		t, err := room.again(tx, v)
		if err == nil {
			p, err = room.page(tx, t, v.Link.Customer, before)
		}
		p.Visit = v
		return err
	})
}

// page is what a ticket's page shows its customer.
func (room *Room) page(tx *store.Tx, t tickets.Ticket, c people.ID, before tickets.MessageID) (p Page, err error) {
	p = Page{Ticket: t, Now: tx.Now(), Waits: waits(t), Later: before != 0}
	if p.Settings, err = readSettings(tx); err != nil {
		return p, err
	}
	if p.Customer, err = room.people.Look(tx, c); err != nil {
		return p, err
	}
	since, err := standingSince(tx, t.ID, t.Status)
	if err != nil {
		return p, err
	}
	p.Stands, p.Since = standing(t, since)
	if p.Holder, err = room.holder(tx, t, p.Settings); err != nil {
		return p, err
	}
	for _, read := range []func(*store.Tx, *Page) error{room.others, room.ahead, room.asked, room.offered} {
		if err := read(tx, &p); err != nil {
			return p, err
		}
	}
	p.Talk, p.Earlier, err = room.spoken(tx, p.Customer, t.ID, before, p.Settings)
	return p, err
}

// others is for whom a ticket on hold waits.
func (room *Room) others(tx *store.Tx, p *Page) error {
	if p.Ticket.Status != tickets.OnHold {
		return nil
	}
	w, ok, err := room.conference.WaitsFor(tx, p.Ticket.ID)
	if ok {
		p.For, p.Since = &w, w.Since
	}
	return err
}

// holder is who has a ticket: their first name where customers are told it, else the name of the team.
func (room *Room) holder(tx *store.Tx, t tickets.Ticket, s Settings) (string, error) {
	if t.Assignee != 0 && s.FirstNames {
		names, err := room.staff.Names(tx, []staff.ID{t.Assignee})
		if first := first(names[t.Assignee]); err != nil || first != "" {
			return first, err
		}
	}
	if t.Team == 0 {
		return "", nil
	}
	names, err := room.staff.TeamNames(tx, []staff.TeamID{t.Team})
	return names[t.Team], err
}

func first(name string) string {
	if all := strings.Fields(name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// ahead is what happens next and by when: what our people promised, and when the desk answers.
func (room *Room) ahead(tx *store.Tx, p *Page) error {
	by, zone, err := room.clocks.AnswerBy(tx, p.Ticket)
	if err != nil {
		return err
	}
	p.Zone, p.Answer = zone, by
	if p.Waits == "us" {
		read, err := room.clocks.Read(tx, reader(tx.By()), []tickets.ID{p.Ticket.ID})
		if err != nil {
			return err
		}
		for _, s := range read {
			for _, c := range s.Clocks {
				if (c.Clock == clocks.FirstAnswer || c.Clock == clocks.NextAnswer) && c.EndedAt.IsZero() && !c.DueAt.IsZero() {
					p.Answer = c.DueAt
				}
			}
		}
		p.Late = !p.Answer.IsZero() && !p.Answer.After(p.Now)
	} else {
		p.Answer = time.Time{}
	}
	made, err := room.promises.List(tx, reader(tx.By()), promises.Filter{Ticket: p.Ticket.ID, Customer: p.Customer.ID, Owed: true, Limit: 20})
	for _, m := range made.Items {
		p.Ahead = append(p.Ahead, Ahead{m.What, m.Due, m.WholeDay, !m.Due.After(p.Now)})
	}
	return err
}

// offered is what they may choose from, and what they chose and may still choose otherwise.
func (room *Room) offered(tx *store.Tx, p *Page) (err error) {
	elsewhere := func(s recovery.Shown) bool { return s.Ticket != p.Ticket.ID }
	if p.Offers, err = room.recovery.OpenFor(tx, p.Customer.ID); err != nil {
		return err
	}
	p.Offers = slices.DeleteFunc(p.Offers, elsewhere)
	p.Chosen, err = remedies.Swappables(tx, room.tickets, p.Ticket)
	return err
}

// Row is a ticket in the list of a customer's.
type Row struct {
	Number  int64
	Subject string
	Stands  string
	Waits   string
	At      time.Time
}

// Listing is all that the list shows.
type Listing struct {
	Customer people.Customer
	Rows     []Row
	Next     string
	Settings Settings
	Zone     *time.Location
}

const perPage = 30

// List reads the list of a customer's tickets, the newest change first.
func (room *Room) List(ctx context.Context, v Visit, after string) (l Listing, err error) {
	return l, room.db.Read(ctx, func(tx *store.Tx) error {
		now := Visit{hash: v.hash}
		if err := room.enter(tx, &now); err != nil {
			return err
		}
		if now.Link.Ticket != 0 {
			return unknown()
		}
		if l.Settings, err = readSettings(tx); err != nil {
			return err
		}
		if l.Customer, err = room.people.Look(tx, now.Link.Customer); err != nil {
			return err
		}
		page, err := room.tickets.List(tx, reader(tx.By()), tickets.Filter{Customer: now.Link.Customer, Limit: perPage, After: after})
		if err != nil {
			return err
		}
		l.Zone, l.Next = time.UTC, page.Next
		for i, t := range page.Items {
			if i == 0 {
				if _, l.Zone, err = room.clocks.AnswerBy(tx, t); err != nil {
					return err
				}
			}
			if !now.Link.shows(t) {
				continue
			}
			stands, _ := standing(t, time.Time{})
			l.Rows = append(l.Rows, Row{t.Number, t.Subject, stands, waits(t), t.UpdatedAt})
		}
		return nil
	})
}
