package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

var tea = store.Migrations{Room: "tea", FS: fstest.MapFS{"migrations/00001_cups.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
-- housekeeping: sips
CREATE TABLE cups (n BIGINT NOT NULL, owner TEXT NOT NULL DEFAULT '', poured_at BIGINT NOT NULL DEFAULT 0, tags TEXT NOT NULL DEFAULT '[]', hot BOOLEAN NOT NULL DEFAULT FALSE);
CREATE TABLE sips (n BIGINT NOT NULL);
CREATE TABLE pots (name TEXT PRIMARY KEY, version BIGINT NOT NULL, left_in BIGINT NOT NULL);
`)}}}

type poured struct{ N int }

func (poured) Kind() string { return "tea.poured" }

type pot string

func (p pot) String() string { return string(p) }

var anna = store.Actor{Kind: store.StaffKind, ID: "stf_1", Via: "test"}

func pour(t *testing.T, db *store.DB, n int) {
	t.Helper()
	err := db.Write(t.Context(), anna, func(tx *store.Tx) error { return tx.Record(pot("pot"), poured{n}) })
	if err != nil {
		t.Fatal(err)
	}
}

func cups(t *testing.T, db *store.DB) (rows, distinct int) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		type c struct {
			Rows     int `db:"rows"`
			Distinct int `db:"different"`
		}
		got, err := store.One[c](tx, `SELECT count(*) AS rows, count(DISTINCT n) AS different FROM cups`)
		rows, distinct = got.Rows, got.Distinct
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, distinct
}

func TestARowComesBackAsItWent(t *testing.T) {
	db := storetest.Open(t, tea)
	type cup struct {
		N      int       `db:"n"`
		Owner  string    `db:"owner"`
		Poured time.Time `db:"poured_at"`
		Tags   []string  `db:"tags,json"`
		Hot    bool      `db:"hot"`
	}
	at := time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)
	err := db.Write(t.Context(), anna, func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO cups (n, owner, poured_at, tags, hot) VALUES ($2, $1, $3, $4, $5)`, "Zoë", 7, at, store.JSON([]string{"green"}), true)
		return errors.Join(err, tx.Record(pot("pot"), poured{7}))
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Read(t.Context(), func(tx *store.Tx) error {
		c, err := store.One[cup](tx, `SELECT n, owner, poured_at, tags, hot FROM cups`)
		if c.N != 7 || c.Owner != "Zoë" || !c.Poured.Equal(at) || len(c.Tags) != 1 || !c.Hot {
			t.Errorf("came back as %+v", c)
		}
		if _, ok, err := store.Find[cup](tx, `SELECT n FROM cups WHERE n = 8`); ok || err != nil {
			t.Errorf("found what is not there: %v", err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAReaderCannotWrite(t *testing.T) {
	db := storetest.Open(t, tea)
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO sips (n) VALUES (1)`)
		return err
	})
	if err == nil {
		t.Fatal("a reader wrote")
	}
}

type elsewhere struct{}

func (elsewhere) Kind() string { return "milk.poured" }

func TestStrictRefusesASilentChange(t *testing.T) {
	db := storetest.Open(t, tea)
	for name, tc := range map[string]struct {
		query   string
		refused bool
	}{
		"a journalled table":      {`INSERT INTO cups (n) VALUES (1)`, true},
		"in lower case":           {`  insert into cups (n) VALUES (1)`, true},
		"housekeeping is allowed": {`INSERT INTO sips (n) VALUES (1)`, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := db.Write(t.Context(), anna, func(tx *store.Tx) error {
				_, err := tx.Exec(tc.query)
				return err
			})
			if (err != nil) != tc.refused {
				t.Errorf("refused: %v", err)
			}
		})
	}
	// An event of another room says nothing about this one's table.
	err := db.Write(t.Context(), anna, func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO cups (n) VALUES (1)`)
		return errors.Join(err, tx.Record(pot("blue"), elsewhere{}))
	})
	if err == nil || !strings.Contains(err.Error(), "cups was changed by") || !strings.Contains(err.Error(), "milk.poured") {
		t.Errorf("an event of another room did for a change of ours: %v", err)
	}
	if rows, _ := cups(t, db); rows != 0 {
		t.Errorf("%d rows of refused transactions are there", rows)
	}
}

func TestNumbersHaveNoGapsUnderManyWriters(t *testing.T) {
	db := storetest.Open(t, tea)
	const writers, each = 16, 25
	seen := make(chan []int64, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		// a reader that must never see a number before a smaller one
		var all []int64
		last := int64(0)
		for ctx.Err() == nil || last < writers*each {
			entries, err := db.Journal(context.Background(), last, 1000) //nolint:contextcheck // it reads on to the end after ctx
			if err != nil {
				break
			}
			for _, e := range entries {
				all, last = append(all, e.Seq), e.Seq
			}
		}
		seen <- all
	}()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				err := db.Write(context.Background(), anna, func(tx *store.Tx) error {
					if i%5 == 4 {
						_ = tx.Record(pot("pot"), poured{w})
						return errors.New("spilt") // must leave no hole
					}
					return errors.Join(tx.Record(pot("pot"), poured{w}), tx.Record(pot(fmt.Sprint("pot", w)), poured{i}))
				})
				if err != nil && err.Error() != "spilt" {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	head, err := db.Head(t.Context())
	if err != nil || head != writers*each/5*4*2 {
		t.Fatalf("head %d, %v", head, err)
	}
	for range writers * each { // up to the number the reader waits for
		if head >= writers*each {
			break
		}
		head++
		pour(t, db, 0)
	}
	stop()
	all := <-seen
	for i, seq := range all {
		if seq != int64(i+1) {
			t.Fatalf("entry %d has number %d", i+1, seq)
		}
	}
}

func TestAFailedFollowerTakesEffectOnce(t *testing.T) {
	db := storetest.Open(t, tea)
	for n := range 300 {
		pour(t, db, n)
	}
	stumbles := 0
	f, calm := store.NewFollower("cups"), store.NewFollower("calm")
	seen := 0
	store.On(calm, func(tx *store.Tx, _ store.Entry, p poured) error {
		if p.N == 299 {
			seen++
		}
		_, err := tx.Exec(`INSERT INTO sips (n) VALUES ($1)`, p.N)
		return err
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, p poured) error {
		if _, err := tx.Exec(`INSERT INTO cups (n) VALUES ($1)`, p.N); err != nil {
			return err
		}
		if p.N == 137 && stumbles < 3 {
			stumbles++
			return errors.New("stumbled after the row was written")
		}
		return nil
	})
	for range 200 { // pauses pass in real time: a half second, two seconds …
		if err := db.CatchUp(t.Context(), f, calm); err != nil {
			t.Fatal(err)
		}
		if rows, _ := cups(t, db); rows == 300 {
			break
		}
		if rows, _ := cups(t, db); rows != 137 {
			t.Fatalf("%d cups while entry 138 waits", rows)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if rows, distinct := cups(t, db); rows != 300 || distinct != 300 {
		t.Errorf("%d cups, %d different; want 300 and 300", rows, distinct)
	}
	if seen == 0 {
		t.Error("the calm follower waited for the one that stumbled")
	}
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		left, err := tx.Stuck()
		if len(left) != 0 {
			t.Errorf("left on the list: %+v", left)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPoisonIsParkedAndCanBeRetried(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	db := storetest.OpenAt(t, func() time.Time { return now }, tea)
	for n := range 3 {
		pour(t, db, n)
	}
	bad := true
	f := store.NewFollower("cups")
	store.On(f, func(tx *store.Tx, _ store.Entry, p poured) error {
		if p.N == 1 && bad {
			return errors.New("this one is poison")
		}
		_, err := tx.Exec(`INSERT INTO cups (n) VALUES ($1)`, p.N)
		return err
	})
	for range 6 {
		if err := db.CatchUp(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
	}
	if rows, _ := cups(t, db); rows != 2 {
		t.Fatalf("%d cups; want the two others", rows)
	}
	stuck := func() (all []store.Stuck) {
		if err := db.Read(t.Context(), func(tx *store.Tx) (err error) { all, err = tx.Stuck(); return err }); err != nil {
			t.Fatal(err)
		}
		return all
	}
	if s := stuck(); len(s) != 1 || !s[0].Parked || s[0].Tries != 5 || s[0].Seq != 2 {
		t.Fatalf("parked: %+v", s)
	}
	bad = false
	if err := db.Retry(t.Context(), anna, f, 2); err != nil {
		t.Fatal(err)
	}
	if rows, _ := cups(t, db); rows != 3 || len(stuck()) != 0 {
		t.Errorf("after the retry %d cups, %d parked", rows, len(stuck()))
	}
	if err := db.Retry(t.Context(), anna, f, 2); !errors.Is(err, store.ErrNone) {
		t.Errorf("a second retry: %v", err)
	}
}

func TestFollowersHearTheBell(t *testing.T) {
	db := storetest.Open(t, tea)
	heard := make(chan int, 8)
	f := store.NewFollower("late")
	store.On(f, func(_ *store.Tx, _ store.Entry, p poured) error { heard <- p.N; return nil })
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { db.Follow(ctx, f) })
	for n := range 3 {
		pour(t, db, n)
		select {
		case got := <-heard:
			if got != n {
				t.Errorf("heard %d, want %d", got, n)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("never heard")
		}
	}
	stop()
	wg.Wait()
}

func TestOneNodeFollowsAtATime(t *testing.T) {
	if !storetest.Postgres() {
		t.Skip("SQLite has one node")
	}
	url := storetest.URL(t, tea)
	var nodes [3]*store.DB
	for i := range nodes {
		db, err := store.Open(t.Context(), store.Options{URL: url, Strict: true}, tea)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		nodes[i] = db
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for _, db := range nodes {
		f := store.NewFollower("cups")
		store.On(f, func(tx *store.Tx, _ store.Entry, p poured) error {
			_, err := tx.Exec(`INSERT INTO cups (n) VALUES ($1)`, p.N)
			return err
		})
		wg.Go(func() { db.Follow(ctx, f) })
		wg.Go(func() { // and one that ignores the lease
			for ctx.Err() == nil {
				_ = db.CatchUp(ctx, f)
			}
		})
	}
	for n := range 200 {
		pour(t, nodes[n%3], n)
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		if rows, _ := cups(t, nodes[0]); rows == 200 || time.Now().After(deadline) {
			break
		}
	}
	stop()
	wg.Wait()
	if rows, distinct := cups(t, nodes[0]); rows != 200 || distinct != 200 {
		t.Errorf("%d cups, %d different; want 200 and 200", rows, distinct)
	}
}

func TestOnceCarriesOutARequestOnce(t *testing.T) {
	db := storetest.Open(t, tea)
	var wg sync.WaitGroup
	codes := make(chan string, 10)
	for n := range 10 {
		wg.Go(func() {
			ctx := store.Once(context.Background(), "stf_1 key-1")
			err := db.Write(ctx, anna, func(tx *store.Tx) error {
				_, err := tx.Exec(`INSERT INTO cups (n) VALUES ($1)`, n)
				return errors.Join(err, tx.Record(pot("pot"), poured{n}))
			})
			if err == nil { // a second Write of the same request is free
				err = db.Write(ctx, anna, func(tx *store.Tx) error { return tx.Record(pot("pot"), poured{n}) })
			}
			if f := fault.Of(err); f != nil {
				codes <- f.Code
			} else if err != nil {
				codes <- err.Error()
			}
		})
	}
	wg.Wait()
	close(codes)
	for c := range codes {
		if c != "request.repeated" {
			t.Error(c)
		}
	}
	if rows, _ := cups(t, db); rows != 1 {
		t.Errorf("%d cups; want 1", rows)
	}
}

func TestTheLoadedRowIsLocked(t *testing.T) {
	db := storetest.Open(t, tea)
	err := db.Write(t.Context(), anna, func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO pots (name, version, left_in) VALUES ('blue', 1, 20)`)
		return errors.Join(err, tx.Record(pot("blue"), poured{0}))
	})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			err := db.Write(context.Background(), anna, func(tx *store.Tx) error {
				left, err := store.One[int](tx, `SELECT left_in FROM pots WHERE name = 'blue'`+tx.Lock())
				if err != nil || left == 0 {
					return err
				}
				_, err = tx.Exec(`UPDATE pots SET left_in = $1 WHERE name = 'blue'`, left-1)
				return errors.Join(err, tx.Record(pot("blue"), poured{1}))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	head, err := db.Head(t.Context())
	if err != nil || head != 21 {
		t.Errorf("%d pourings from a pot of 20 (%v)", head-1, err)
	}
}

func TestAPeerThatOpensAtTheSameTimeMigratesOnce(t *testing.T) {
	if !storetest.Postgres() {
		t.Skip("SQLite has one node")
	}
	url := storetest.URL(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			db, err := store.Open(context.Background(), store.Options{URL: url}, tea)
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
		})
	}
	wg.Wait()
}
