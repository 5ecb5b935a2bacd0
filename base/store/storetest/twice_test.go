package storetest_test

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

var pots = store.Migrations{Room: "pots", FS: fstest.MapFS{"migrations/00001_pots.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE pots (name TEXT PRIMARY KEY, left_in BIGINT NOT NULL);
`)}}}

type poured struct{}

func (poured) Kind() string { return "pots.poured" }

type pot string

func (p pot) String() string { return string(p) }

// The last cup is poured once: a verb that locks what it loads passes.
func TestTwice(t *testing.T) {
	storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
		t.Helper()
		db := storetest.Open(t, pots)
		by := store.System("test")
		if err := db.Write(t.Context(), by, func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO pots (name, left_in) VALUES ('blue', 1)`)
			return errors.Join(err, tx.Record(pot("blue"), poured{}))
		}); err != nil {
			t.Fatal(err)
		}
		return db, func() error {
			return db.Write(context.Background(), by, func(tx *store.Tx) error {
				left, err := store.One[int](tx, `SELECT left_in FROM pots WHERE name = 'blue'`+tx.Lock())
				if err == nil && left == 0 {
					err = fault.New(fault.Conflict, "pot.empty", "The pot is empty.")
				}
				if err != nil {
					return err
				}
				_, err = tx.Exec(`UPDATE pots SET left_in = $1 WHERE name = 'blue'`, left-1)
				return errors.Join(err, tx.Record(pot("blue"), poured{}))
			})
		}
	})
}
