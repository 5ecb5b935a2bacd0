package tickets

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Whatever is asked for, a page is read from ranges of indexes in the order of the list, so it costs the same among a
// million tickets as among a hundred. PostgreSQL chooses by what the tables hold; the bench shows what it chooses.
func TestEveryListIsReadInItsOrder(t *testing.T) {
	db := storetest.Open(t, Tables)
	if db.Engine() != "sqlite" {
		t.Skip("SQLite says beforehand how it will read")
	}
	me, team := staff.ID(7), staff.TeamID(3)
	everybody := web.Who{Can: web.View, All: true, Staff: 7}
	some := web.Who{Can: web.View, Teams: []int64{1, 2, 3}, Staff: 7}
	many := web.Who{Can: web.View, Teams: make([]int64, 100), Staff: 7}
	for _, who := range []web.Who{everybody, some, many} {
		for n := range 1 << 8 {
			f := Filter{Limit: 25, Waiting: n&1 != 0}
			set(n&2 != 0, func() { f.Statuses = []Status{Open, Fresh} })
			set(n&4 != 0, func() { f.Assignee = &me })
			set(n&8 != 0, func() { f.Team = &team })
			set(n&16 != 0, func() { f.Tag = "vip" })
			set(n&32 != 0, func() { f.Mailbox = 5 })
			set(n&64 != 0, func() { f.Channel = "email" })
			set(n&128 != 0, func() { f.Facts = Legal })
			if plan := badPlan(t, db, who, f); plan != "" {
				t.Errorf("%+v for %d teams: %s", f, len(who.Teams), plan)
			}
		}
	}
	customers := Filter{Limit: 25, Customer: 9, Statuses: []Status{Open}, Mailbox: 5, Tag: "vip"}
	if plan := badPlan(t, db, some, customers); plan != "" {
		t.Error("of a customer:", plan)
	}
}

func set(really bool, do func()) {
	if really {
		do()
	}
}

// badPlan is the first step of a list that reads another way.
func badPlan(t *testing.T, db *store.DB, who web.Who, f Filter) (bad string) {
	t.Helper()
	type step struct {
		ID     int    `db:"id"`
		Parent int    `db:"parent"`
		Unused int    `db:"notused"`
		Detail string `db:"detail"`
	}
	q := &query{list: byChange, away: []staff.TeamID{4}}
	if who.All {
		q.away = nil
	}
	if f.Waiting {
		q.list = byWait
	}
	sql := q.statement(who, f, Cursor{1, 1})
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		steps, err := store.All[step](tx, "EXPLAIN QUERY PLAN "+sql, q.args...)
		if len(steps) == 0 && err == nil {
			err = fmt.Errorf("no plan for %s", sql)
		}
		for _, s := range steps {
			ordered := strings.Contains(s.Detail, "(updated_at,id)<") || strings.Contains(s.Detail, "(waiting_since,id)>") || strings.Contains(s.Detail, "(updated_at,ticket)<")
			one := strings.HasSuffix(s.Detail, "(id=?)") || strings.HasSuffix(s.Detail, "tickets_tags_ticket (ticket=?)")
			if reads := strings.Contains(s.Detail, " tickets ") || strings.Contains(s.Detail, " g "); reads && !ordered && !one {
				bad = s.Detail
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bad
}
