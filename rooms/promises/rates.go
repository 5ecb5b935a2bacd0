package promises

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/odds"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// By says whose rates are wanted.
type By string

// What rates are of.
const (
	ByPerson By = "person"
	ByTeam   By = "team"
	ByKind   By = "kind"
)

// Rate is how promises were kept whose time came in a period.
type Rate struct {
	Owner    staff.ID     `json:"owner,omitzero" db:"owner"`
	Team     staff.TeamID `json:"team,omitzero" db:"team"`
	What     string       `json:"kind,omitempty" db:"kind"`
	InTime   int64        `json:"kept" db:"kept" doc:"in time"`
	Late     int64        `json:"kept_late" db:"late" doc:"broken first"`
	Renewed  int64        `json:"renewed" db:"renewed" doc:"the customer was told before the time came"`
	Broken   int64        `json:"broken" db:"broken" doc:"and not kept since"`
	Released int64        `json:"released" db:"released" doc:"the customer let us off: these do not count"`
	N        int64        `json:"n" db:"-" doc:"kept, kept late, renewed and broken"`
	Kept     odds.Share   `json:"kept_share" db:"-" doc:"kept in time, of n, with its 95 percent interval"`
	Honest   odds.Share   `json:"honest_share" db:"-" doc:"kept in time or renewed before, of n, with its 95 percent interval"`
}

// work adds up what was counted.
func (r *Rate) work() {
	r.N = r.InTime + r.Late + r.Renewed + r.Broken
	r.Kept, r.Honest = odds.Wilson(r.InTime, r.N), odds.Wilson(r.InTime+r.Renewed, r.N)
}

// Rates says how promises were kept that were due from a moment on and before another, by their owners, their teams or
// their kinds, the most first. Who reads reports sees all; others themselves, their teams, and the kinds among these.
func (room *Room) Rates(tx *store.Tx, who web.Who, by By, from, until time.Time) ([]Rate, error) {
	var column string
	switch by {
	case ByPerson:
		column = "owner"
	case ByTeam:
		column = "team"
	case ByKind:
		column = "kind"
	default:
		return nil, fault.Field("by", "promises.by", "Rates are by person, by team or by kind.")
	}
	if !from.Before(until) {
		return nil, fault.Field("until", "promises.period", "A period ends after it begins.")
	}
	q := &query{}
	where := []string{"due_at >= " + q.arg(from), "due_at < " + q.arg(until), "state <> 'open'"}
	where = append(where, q.reported(who, by)...)
	all, err := store.All[Rate](tx, `SELECT `+column+`,
		sum(CASE WHEN state = 'kept' THEN 1 ELSE 0 END) AS kept, sum(CASE WHEN state = 'broken' AND kept_at > 0 THEN 1 ELSE 0 END) AS late,
		sum(CASE WHEN state = 'renewed' THEN 1 ELSE 0 END) AS renewed, sum(CASE WHEN state = 'broken' AND kept_at = 0 THEN 1 ELSE 0 END) AS broken,
		sum(CASE WHEN state = 'released' THEN 1 ELSE 0 END) AS released
		FROM promises WHERE `+strings.Join(where, " AND ")+` GROUP BY `+column+` ORDER BY `+column, q.args...)
	for i := range all {
		all[i].work()
	}
	slices.SortStableFunc(all, func(a, b Rate) int { return cmp.Compare(b.N, a.N) })
	return all, err
}

// reported are the conditions that who may read of a promise in a rate: their own, their teams', and by kind both.
func (q *query) reported(who web.Who, by By) []string {
	switch {
	case who.May(web.Reports):
		return nil
	case by == ByTeam && len(who.Teams) > 0:
		return []string{q.in("team", who.Teams)}
	case by == ByTeam:
		return []string{"1 = 0"} // no team to read of
	case by == ByKind && len(who.Teams) > 0:
		return []string{"(owner = " + q.arg(who.Staff) + " OR " + q.in("team", who.Teams) + ")"}
	}
	return []string{"owner = " + q.arg(who.Staff)}
}
