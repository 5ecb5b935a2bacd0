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
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/promises"
	"github.com/hearthdesk/hearth/rooms/recovery"
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

// Spoken is one thing that was said, as the page shows it.
type Spoken struct {
	Mine  bool
	Who   string
	At    time.Time
	Parts []Part
	Files []tickets.File
}

// talk is what was said in a ticket, notes among it: whoever asks picks. Of what is longer than anybody reads it is the newest.
func (room *Room) talk(tx *store.Tx, t tickets.ID) (all []tickets.Message, err error) {
	const page, most = 200, 2000
	var after tickets.MessageID
	for {
		some, err := room.tickets.Talk(tx, reader(tx.By()), t, after, page)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		all = slices.Delete(all, 0, max(len(all)-most, 0))
		if len(some) < page {
			break
		}
		after = some[len(some)-1].ID
	}
	return all, nil
}

// concerns says whether something was said by the customer or to them. A note never is, and what was written to others,
// such as a carrier, is none of theirs.
func concerns(c people.Customer, m tickets.Message) bool {
	switch m.Kind {
	case tickets.In:
		if m.Author == (store.Actor{Kind: store.CustomerKind, ID: c.ID.String()}).String() {
			return true
		}
	case tickets.Out, tickets.Notice:
		if len(m.To)+len(m.Cc) == 0 { // it waits for them here
			return true
		}
	default:
		return false
	}
	if has(c, m.From.Email) {
		return true
	}
	return slices.ContainsFunc(slices.Concat(m.To, m.Cc), func(p tickets.Party) bool { return has(c, p.Email) })
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
	Holder   string // first name of whoever has it, or the name of their team
	Answer   time.Time
	Late     bool // Answer is past
	Ahead    []Ahead
	Talk     []Spoken
	Offers   []recovery.Shown
	Asked    bool // whether what we did held, and whether they trust us again
	Settings Settings
	Zone     *time.Location
	Now      time.Time
}

// View reads the page of a visit.
func (room *Room) View(ctx context.Context, v Visit) (p Page, err error) {
	p.Visit = v
	return p, room.db.Read(ctx, func(tx *store.Tx) error {
		if p.Ticket, err = room.again(tx, v); err != nil {
			return err
		}
		p.Now = tx.Now()
		if p.Settings, err = readSettings(tx); err != nil {
			return err
		}
		if p.Customer, err = room.people.Look(tx, v.Link.Customer); err != nil {
			return err
		}
		since, err := standingSince(tx, p.Ticket.ID, p.Ticket.Status)
		if err != nil {
			return err
		}
		p.Stands, p.Since = standing(p.Ticket, since)
		p.Waits = waits(p.Ticket)
		if p.Holder, err = room.holder(tx, p.Ticket); err != nil {
			return err
		}
		if err := room.ahead(tx, &p); err != nil {
			return err
		}
		if p.Talk, err = room.spoken(tx, p.Customer, p.Ticket.ID); err != nil {
			return err
		}
		if err := room.asked(tx, &p); err != nil {
			return err
		}
		return room.offered(tx, &p)
	})
}

// holder is who has a ticket: their first name, else the name of the team.
func (room *Room) holder(tx *store.Tx, t tickets.Ticket) (string, error) {
	if t.Assignee != 0 {
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
	made, err := room.promises.List(tx, reader(tx.By()), promises.Filter{Ticket: p.Ticket.ID, Customer: p.Visit.Link.Customer, Owed: true, Limit: 20})
	for _, m := range made.Items {
		p.Ahead = append(p.Ahead, Ahead{m.What, m.Due, m.WholeDay, !m.Due.After(p.Now)})
	}
	return err
}

func (room *Room) spoken(tx *store.Tx, c people.Customer, t tickets.ID) (all []Spoken, err error) {
	said, err := room.talk(tx, t)
	if err != nil {
		return nil, err
	}
	said = slices.DeleteFunc(said, func(m tickets.Message) bool { return !concerns(c, m) })
	var authors []staff.ID
	for _, m := range said {
		if a, ok := author(m); ok && !slices.Contains(authors, a) {
			authors = append(authors, a)
		}
	}
	names, err := room.staff.Names(tx, authors)
	for _, m := range said {
		s := Spoken{At: m.At, Parts: parts(strings.TrimSpace(m.Text)), Files: m.Files}
		switch m.Kind {
		case tickets.In:
			s.Mine = m.Author == (store.Actor{Kind: store.CustomerKind, ID: c.ID.String()}).String()
			s.Who = cmp.Or(m.From.Name, m.From.Email, m.From.Phone)
		case tickets.Out:
			a, _ := author(m)
			s.Who = first(names[a])
		default: // a machine has no name
		}
		all = append(all, s)
	}
	return all, err
}

// author is the member of staff who wrote a message.
func author(m tickets.Message) (a staff.ID, ok bool) {
	by := store.By(m.Author, "")
	return a, by.Kind == store.StaffKind && a.UnmarshalText([]byte(by.ID)) == nil
}

func (room *Room) offered(tx *store.Tx, p *Page) error {
	open, err := room.recovery.OpenFor(tx, p.Visit.Link.Customer)
	for _, o := range open {
		if o.Ticket == p.Ticket.ID {
			p.Offers = append(p.Offers, o)
		}
	}
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

// file finds a file of what the page shows.
func (room *Room) file(ctx context.Context, v Visit, which string) (f tickets.File, err error) {
	return f, room.db.Read(ctx, func(tx *store.Tx) error {
		t, err := room.again(tx, v)
		if err != nil {
			return err
		}
		c, err := room.people.Look(tx, t.Customer)
		if err != nil {
			return err
		}
		all, err := room.talk(tx, t.ID)
		if err != nil {
			return err
		}
		for _, m := range all {
			for _, one := range m.Files {
				if one.ID.String() == which && concerns(c, m) {
					f = one
					return nil
				}
			}
		}
		return unknown()
	})
}
