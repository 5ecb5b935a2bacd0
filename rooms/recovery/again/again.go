// Package again knows when a customer was not helped the first time: their matter went from one to another twice, or they
// write about the same again after it was solved.
package again

import (
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// slip is how soon a ticket that comes back to where it was had gone astray: nobody was passed on by that.
const slip = 10 * time.Minute

// halfOfWords is how much of two subjects is the same where they are about the same.
const halfOfWords = 0.5

// Passed notes that a ticket was given to somebody, and says whether it went from one to another for the second time, or
// oftener. The first time that may be to whoever knows; after that a customer is sent from one to the next.
func Passed(tx *store.Tx, at time.Time, e tickets.Assigned) (again bool, err error) {
	if !fromOneToAnother(e) {
		return false, nil
	}
	was, there, err := store.Find[transfers](tx, `SELECT n, from_staff, from_team, at FROM complaints_transfers WHERE ticket = $1`+tx.Lock(), e.Ticket)
	if err != nil {
		return false, err
	}
	if there && was.backTo(e, at) {
		return false, saveTransfers(tx, e.Ticket, transfers{N: was.N - 1, At: at})
	}
	return was.N > 0, saveTransfers(tx, e.Ticket, transfers{was.N + 1, e.WasStaff, e.WasTeam, at})
}

// fromOneToAnother says whether somebody had a ticket, and somebody else has it now: a person or a team. To take what
// nobody had, or to give it back to the team, passes nobody on.
func fromOneToAnother(e tickets.Assigned) bool {
	person := e.WasStaff != 0 && e.Staff != 0 && e.Staff != e.WasStaff
	team := e.WasTeam != 0 && e.Team != 0 && e.Team != e.WasTeam
	return person || team
}

type transfers struct {
	N     int64        `db:"n"`
	Staff staff.ID     `db:"from_staff"`
	Team  staff.TeamID `db:"from_team"`
	At    time.Time    `db:"at"`
}

func (t transfers) backTo(e tickets.Assigned, at time.Time) bool {
	return t.N > 0 && at.Sub(t.At) <= slip && e.Staff == t.Staff && e.Team == t.Team && (t.Staff != 0 || t.Team != 0)
}

func saveTransfers(tx *store.Tx, ticket tickets.ID, t transfers) error {
	return tx.Do(`INSERT INTO complaints_transfers (ticket, n, from_staff, from_team, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (ticket) DO UPDATE SET n = excluded.n, from_staff = excluded.from_staff, from_team = excluded.from_team, at = excluded.at`, ticket, t.N, t.Staff, t.Team, t.At)
}

// SolvedSince says whether a ticket was solved between two moments, as something that was there to be solved.
func SolvedSince(t tickets.Ticket, since, until time.Time) bool {
	over := (t.Status == tickets.Resolved || t.Status == tickets.Closed) && t.Ended != tickets.Spam && t.Ended != tickets.Merged
	return over && !t.ResolvedAt.IsZero() && t.ResolvedAt.After(since) && !t.ResolvedAt.After(until)
}

// SameMatter says whether two tickets of a customer are about the same: a product and a type of it that colleagues or a form
// noted, or half of the words of both subjects, small ones left out.
func SameMatter(a, b tickets.Ticket) bool {
	if a.Product != "" && a.Product == b.Product && a.Type != "" && a.Type == b.Type {
		return true
	}
	mine, theirs := telling(a.Subject), telling(b.Subject)
	both := 0
	for _, w := range mine {
		if slices.Contains(theirs, w) {
			both++
		}
	}
	all := len(mine) + len(theirs) - both
	return both > 0 && float64(both)/float64(all) >= halfOfWords
}

// telling are the words of a subject that say what it is about.
func telling(subject string) []string {
	all, _ := search.Words(subject)
	all = slices.DeleteFunc(all, func(w string) bool {
		return len(w) < 3 || slices.Contains([]string{"fwd", "the", "and", "der", "die", "das", "und"}, w)
	})
	slices.Sort(all)
	return slices.Compact(all)
}
