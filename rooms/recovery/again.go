package recovery

import (
	"cmp"
	"slices"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/recovery/again"
	"github.com/hearthdesk/hearth/rooms/recovery/failures"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// passed is a ticket that goes from one to another.
func (room *Room) passed(tx *store.Tx, entry store.Entry, e tickets.Assigned) error {
	twice, err := again.Passed(tx, entry.At, e)
	if err != nil || !twice {
		return err
	}
	return room.failed(tx, entry, e.Ticket, SecondPass)
}

const (
	usualDays = 7  // within which who writes again was not helped
	lookedAt  = 20 // tickets of a customer, the newest
)

// repeated is a customer who opens a ticket about what was solved a few days ago: it was not.
func (room *Room) repeated(tx *store.Tx, entry store.Entry, e tickets.Heard) error {
	if !e.First || e.Machine || e.Answered || e.Customer == 0 {
		return nil
	}
	how, err := failures.Of(tx, Repeated)
	if err != nil || how.Off {
		return err
	}
	page, err := room.tickets.List(tx, everybody(), tickets.Filter{Customer: e.Customer, Limit: lookedAt})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(page.Items, func(t tickets.Ticket) bool { return t.ID == e.Ticket })
	if i < 0 { // it is gone, or many came since
		return nil
	}
	since := entry.At.AddDate(0, 0, -int(cmp.Or(how.Days, usualDays)))
	for _, t := range page.Items {
		if t.ID != e.Ticket && again.SolvedSince(t, since, entry.At) && again.SameMatter(t, page.Items[i]) {
			return room.failed(tx, entry, e.Ticket, Repeated)
		}
	}
	return nil
}
