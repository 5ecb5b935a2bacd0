package portal

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Spoken is one thing that was said, as the page shows it.
type Spoken struct {
	Mine  bool
	Who   string
	At    time.Time
	Parts []Part
	Files []tickets.File
}

// A conversation may be longer than anybody reads: a page costs the same however long it is.
const (
	atOnce = 30  // things said that a page shows
	most   = 150 // things that are looked through for them: between them stands what was said to others
	lately = 50  // things that are looked through for how they write to us
)

// talk is what concerns a customer of what was said in a ticket before a message, oldest first, and before what there is
// more of it, 0 for nothing.
func (room *Room) talk(tx *store.Tx, c people.Customer, t tickets.ID, before tickets.MessageID) (all []tickets.Message, earlier tickets.MessageID, err error) {
	for range most / lately {
		some, err := room.tickets.Back(tx, reader(tx.By()), t, before, lately)
		if err != nil {
			return nil, 0, err
		}
		for _, m := range some {
			if concerns(c, m) {
				if len(all) == atOnce {
					slices.Reverse(all)
					return all, all[0].ID, nil
				}
				all = append(all, m)
			}
			before = m.ID
		}
		if len(some) < lately {
			before = 0
			break
		}
	}
	slices.Reverse(all)
	return all, before, nil
}

// latest is what was said last in a ticket, to whomever, oldest first.
func (room *Room) latest(tx *store.Tx, t tickets.ID) ([]tickets.Message, error) {
	all, err := room.tickets.Back(tx, reader(tx.By()), t, 0, lately)
	slices.Reverse(all)
	return all, err
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

// spoken is the conversation as the page shows it.
func (room *Room) spoken(tx *store.Tx, c people.Customer, t tickets.ID, before tickets.MessageID, set Settings) (all []Spoken, earlier tickets.MessageID, err error) {
	said, earlier, err := room.talk(tx, c, t, before)
	if err != nil {
		return nil, 0, err
	}
	var authors []staff.ID
	for _, m := range said {
		if a, ok := author(m); ok && set.FirstNames && !slices.Contains(authors, a) {
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
			s.Who = first(names[a]) // the desk where there is none
		default: // a machine has no name
		}
		all = append(all, s)
	}
	return all, earlier, err
}

// author is the member of staff who wrote a message.
func author(m tickets.Message) (a staff.ID, ok bool) {
	by := store.By(m.Author, "")
	return a, by.Kind == store.StaffKind && a.UnmarshalText([]byte(by.ID)) == nil
}

// file finds a file of what was said to a customer or by them.
func (room *Room) file(ctx context.Context, v Visit, which string) (f tickets.File, err error) {
	var id tickets.FileID
	if id.UnmarshalText([]byte(which)) != nil {
		return f, unknown()
	}
	return f, room.db.Read(ctx, func(tx *store.Tx) error {
		t, err := room.again(tx, v)
		if err != nil {
			return err
		}
		c, err := room.people.Look(tx, t.Customer)
		if err != nil {
			return err
		}
		found, m, err := room.tickets.CameWith(tx, reader(tx.By()), id)
		if fault.KindOf(err) == fault.NotFound || err == nil && (m.Ticket != t.ID || !concerns(c, m)) {
			return unknown()
		}
		f = found
		return err
	})
}
