package promises

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Whatever is asked for, a page is read from ranges of indexes in the order of the list, so it costs the same among a million
// promises as among a hundred; so is history. PostgreSQL chooses by what the tables hold; the bench shows what that costs.
func TestEveryListIsReadInItsOrder(t *testing.T) {
	db := storetest.Open(t, Tables)
	if db.Engine() != "sqlite" {
		t.Skip("SQLite says beforehand how it will read")
	}
	team := staff.TeamID(3)
	check := func(what, sql string, args []any, order string) {
		t.Helper()
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			steps, err := store.All[struct {
				ID     int    `db:"id"`
				Parent int    `db:"parent"`
				Unused int    `db:"notused"`
				Detail string `db:"detail"`
			}](tx, "EXPLAIN QUERY PLAN "+sql, args...)
			if len(steps) == 0 && err == nil {
				err = fmt.Errorf("no plan for %s", sql)
			}
			for _, s := range steps {
				one := strings.HasSuffix(s.Detail, "(rowid=?)") || strings.HasSuffix(s.Detail, "(id=?)")
				if strings.Contains(s.Detail, " promises ") && !one && !strings.Contains(s.Detail, order) {
					t.Errorf("%s: %s", what, s.Detail)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	for name, who := range map[string]web.Who{
		"everybody": {Can: web.View, All: true, Staff: 7},
		"some":      {Can: web.View, Teams: []int64{1, 2, 3}, Staff: 7},
		"many":      {Can: web.View, Teams: make([]int64, 100), Staff: 7},
	} {
		for n := range 1 << 5 {
			f := Filter{Limit: 25, After: cursor{1, 1}.String(), Owed: n&1 != 0, Latest: n&2 != 0}
			order := "INDEX promises_"
			if n&4 != 0 {
				f.Owner = 7
			}
			if n&8 != 0 {
				f.Team = &team
			}
			if n&16 != 0 {
				f.States, f.From = []State{Open, Missed}, monday
			}
			q := &query{}
			sql, err := q.list(who, f)
			if err != nil {
				t.Fatal(err)
			}
			check(fmt.Sprintf("%+v for %s", f, name), sql, q.args, order)
			if strings.Count(sql, "ORDER BY") < 2 {
				t.Errorf("%+v for %s is not read in its order: %s", f, name, sql)
			}
		}
	}
	const past = "SELECT state, made_at, done_at, allowed, took FROM promises WHERE instead_of = 0"
	for where, index := range map[string]string{" AND kind = $2 AND team = $3": "INDEX promises_like (kind=? AND team=?)", " AND kind = $2": "INDEX promises_kind (kind=?)", "": "INDEX promises_first"} {
		check("history"+where, past+where+" ORDER BY id DESC LIMIT $1", []any{500, "repair", 3}[:1+strings.Count(where, "AND")], index)
	}
}

// BenchmarkPromises is what lists, counts and offers cost among many promises, most of which are settled.
func BenchmarkPromises(b *testing.B) {
	for _, many := range []int{1_000, 100_000} {
		d := furnish(b)
		d.write(b, func(tx *store.Tx) (err error) {
			made := tx.Now().AddDate(0, -6, 0)
			for i := range many {
				p := Promise{
					ID: store.NewID[promiseKind](tx), Customer: 1, Kind: Kinds[i%len(Kinds)], What: "Before", Owner: staff.ID(i % 50), Team: staff.TeamID(i % 7), DoorTeam: staff.TeamID(i % 7),
					Source: Hand, MadeAt: made, Due: made.Add(time.Duration(i) * time.Minute), State: InTime, DoneAt: made.Add(1), SettledAt: made.Add(1), Allowed: 1e10, Took: micros(i % 1e6 * 1e5),
				}
				if i%100 == 99 {
					p.State, p.SettledAt, p.DoneAt = Open, time.Time{}, time.Time{}
				}
				if err == nil {
					err = insert(tx, p)
				}
			}
			return err
		})
		who := web.Who{Staff: 1, Can: web.View, Teams: []int64{1, 2, 3}}
		for name, do := range map[string]func(tx *store.Tx) error{
			"list": func(tx *store.Tx) error { _, err := d.List(tx, who, Filter{Limit: 25}); return err },
			"owed": func(tx *store.Tx) error { _, err := d.List(tx, who, Filter{Limit: 25, Owed: true}); return err },
			"my owed": func(tx *store.Tx) error {
				_, err := d.List(tx, who, Filter{Limit: 25, Owed: true, Owner: 1})
				return err
			},
			"counts": func(tx *store.Tx) error { _, err := d.Counts(tx, who); return err },
			"offer": func(tx *store.Tx) error {
				_, err := d.Offer(tx, who, Asked{Kind: "repair", Team: 2, Due: "2026-07-08"})
				return err
			},
			"rates": func(tx *store.Tx) error {
				_, err := d.Rates(tx, who, ByTeam, tx.Now().AddDate(0, -9, 0), tx.Now())
				return err
			},
		} {
			b.Run(fmt.Sprintf("%s among %d", name, many), func(b *testing.B) {
				for b.Loop() {
					d.look(b, do)
				}
			})
		}
	}
}
