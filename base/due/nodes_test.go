package due_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

// node opens a database that others may have open too.
func node(tb testing.TB, url string, now func() time.Time) (*store.DB, *due.Queue) {
	tb.Helper()
	return nodeAfter(tb, url, now, "")
}

// nodeAfter is node where others may have run before.
func nodeAfter(tb testing.TB, url string, now func() time.Time, past string) (*store.DB, *due.Queue) {
	tb.Helper()
	db, err := store.Open(context.Background(), store.Options{URL: url, Now: now, Strict: true, Log: quiet(tb), Past: past}, due.Tables, marks)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	q := due.New(db, quiet(tb))
	q.Hasten(100*time.Millisecond, 5*time.Second)
	return db, q
}

// TestMain lets a test start this program once more, as a node that can be killed.
func TestMain(m *testing.M) {
	if url := os.Getenv("HEARTH_TEST_VICTIM"); url != "" {
		if err := victim(url, os.Getenv("HEARTH_TEST_PAST")); err != nil {
			fmt.Println(err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// victim runs what is due, and says when it is in the middle of it, until it is killed.
func victim(url, past string) error {
	db, err := store.Open(context.Background(), store.Options{URL: url, Past: past}, due.Tables, marks)
	if err != nil {
		return err
	}
	q := due.New(db, nil)
	q.Handle("mail", patient, func(context.Context, due.Job) (func(*store.Tx) error, error) {
		fmt.Println("in the middle")
		<-time.After(time.Minute)
		return nil, nil
	})
	q.HandleTx("tea", patient, func(tx *store.Tx, j due.Job) error {
		if err := mark(tx, j.Kind, "by the victim"); err != nil {
			return err
		}
		fmt.Println("in the middle")
		<-time.After(time.Minute)
		return nil
	})
	return q.Run(context.Background())
}

func TestTheWorkOfAKilledProcessIsTakenUp(t *testing.T) {
	for _, kind := range []string{"mail", "tea"} {
		t.Run(kind, func(t *testing.T) {
			url := storetest.URL(t, due.Tables, marks)
			db, q := node(t, url, nil)
			put(t, db, q, kind, "a", 0)
			if err := db.Close(); err != nil { // SQLite belongs to one process at a time
				t.Fatal(err)
			}
			killInTheMiddle(t, url, "")
			db, q = node(t, url, nil)
			p := due.Policy{Backoff: func(int) time.Duration { return 10 * time.Millisecond }, Lease: 2 * time.Second}
			var tries atomic.Int64
			next := func(tx *store.Tx, j due.Job) error {
				tries.Store(int64(j.Tries))
				return mark(tx, j.Kind, "by the next")
			}
			q.HandleTx("tea", p, next)
			q.Handle("mail", p, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
				return func(tx *store.Tx) error { return next(tx, j) }, nil
			})
			run(t, q)
			empty(t, db)
			if d := cmp.Diff([]string{kind + " by the next"}, notes(t, db)); d != "" {
				t.Error(d)
			}
			if tries.Load() != 1 { // work that kills its node must not do so for ever
				t.Errorf("taken up after %d tries; want 1", tries.Load())
			}
		})
	}
}

// Who starts where a killed process ran takes its work up at once, however long it might have gone on, and however patient
// it is with servers in trouble.
func TestTheWorkOfTheOneBeforeIsTakenUpAtOnce(t *testing.T) {
	url, past := storetest.URL(t, due.Tables, marks), filepath.Join(t.TempDir(), "nodes")
	db, q := node(t, url, nil)
	put(t, db, q, "mail", "a", 0)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	killInTheMiddle(t, url, past)
	db, q = nodeAfter(t, url, nil, past)
	if db.Dead(db.Node()) {
		t.Errorf("%s takes itself for dead", db.Node())
	}
	p := due.Policy{Backoff: func(int) time.Duration { return time.Hour }, Lease: 24 * time.Hour}
	q.Handle("mail", p, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
		return func(tx *store.Tx) error { return mark(tx, j.Kind, "by the next") }, nil
	})
	run(t, q)
	empty(t, db)
	if d := cmp.Diff([]string{"mail by the next"}, notes(t, db)); d != "" {
		t.Error(d)
	}
}

func killInTheMiddle(t *testing.T, url, past string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "HEARTH_TEST_VICTIM="+url, "HEARTH_TEST_PAST="+past)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if line != "in the middle\n" {
		t.Errorf("the victim said %q, %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the victim ended by itself")
	}
}

func TestManyNodesDoEachJobOnce(t *testing.T) {
	if !storetest.Postgres() {
		t.Skip("SQLite has one node")
	}
	url := storetest.URL(t, due.Tables, marks)
	const jobs = 400
	var outside sync.Map
	var stops []func()
	var dbs []*store.DB
	var queues []*due.Queue
	for n := range 4 {
		// Clocks that are hours apart must not make nodes take work from the living.
		db, q := node(t, url, func() time.Time { return time.Now().Add(time.Duration(n) * time.Hour) })
		p := due.Policy{Parallel: 3, Lease: 5 * time.Second}
		q.HandleTx("tea", p, func(tx *store.Tx, j due.Job) error { return mark(tx, j.Key, "tea") })
		q.Handle("mail", p, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
			count, _ := outside.LoadOrStore(j.Key, new(atomic.Int64))
			if c, ok := count.(*atomic.Int64); ok {
				c.Add(1)
			}
			return func(tx *store.Tx) error { return mark(tx, j.Key, "mail") }, nil
		})
		dbs, queues, stops = append(dbs, db), append(queues, q), append(stops, run(t, q))
	}
	for i := range jobs {
		write(t, dbs[i%4], func(tx *store.Tx) error {
			key, at := fmt.Sprintf("%03d", i), tx.Now().Add(-4*time.Hour)
			return errors.Join(queues[i%4].Put(tx, "tea", key, at, nil), queues[i%4].Put(tx, "mail", key, at, nil))
		})
		if i == jobs/2 {
			stops[3]() // one leaves in an orderly way
		}
	}
	empty(t, dbs[0])
	all := notes(t, dbs[0])
	if len(all) != 2*jobs || len(slices.Compact(all)) != 2*jobs {
		t.Errorf("%d effects, %d different; want %d", len(all), len(slices.Compact(all)), 2*jobs)
	}
	outside.Range(func(key, count any) bool {
		if c, ok := count.(*atomic.Int64); ok && c.Load() != 1 {
			t.Errorf("%v was sent %d times though nothing failed", key, c.Load())
		}
		return true
	})
}

// A node that stalls for longer than its lease must not note as done what another node took over.
func TestANodeThatComesBackTooLateChangesNothing(t *testing.T) {
	if !storetest.Postgres() {
		t.Skip("SQLite has one node")
	}
	url := storetest.URL(t, due.Tables, marks)
	dbs, queues := [2]*store.DB{}, [2]*due.Queue{}
	stalled, goOn := make(chan string, 2), make(chan bool)
	var first atomic.Bool
	var late sync.WaitGroup
	late.Add(1)
	for n := range 2 {
		db, q := node(t, url, nil)
		dbs[n], queues[n] = db, q
		p := due.Policy{Lease: 300 * time.Millisecond, Backoff: func(int) time.Duration { return 10 * time.Millisecond }}
		q.Handle("mail", p, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
			who := "by the next"
			if first.CompareAndSwap(false, true) {
				defer late.Done()
				stalled <- db.Node()
				<-goOn // deaf to its context
				who = "by the late one"
			}
			return func(tx *store.Tx) error { return mark(tx, j.Key, who) }, nil
		})
		run(t, q)
	}
	put(t, dbs[0], queues[0], "mail", "a", 0)
	<-stalled
	empty(t, dbs[1])
	close(goOn)
	late.Wait()
	put(t, dbs[1], queues[1], "mail", "b", 0)
	empty(t, dbs[0])
	if d := cmp.Diff([]string{"a by the next", "b by the next"}, notes(t, dbs[0])); d != "" {
		t.Error(d)
	}
}

// Transactions that load something and then move or cancel its timer lock in the same order as the timer's own work.
func TestTimersAndPeopleDoNotDeadlock(t *testing.T) {
	db, q := open(t)
	write(t, db, func(tx *store.Tx) error { return mark(tx, "ticket", "0") })
	load := func(tx *store.Tx) error {
		_, err := store.One[string](tx, `SELECT note FROM marks WHERE name = 'ticket'`+tx.Lock())
		return err
	}
	var calls atomic.Int64
	q.HandleTx("clock", due.Policy{Parallel: 2}, func(tx *store.Tx, j due.Job) error {
		calls.Add(1)
		if err := load(tx); err != nil {
			return err
		}
		return q.Put(tx, j.Kind, j.Key, tx.Now(), nil)
	})
	stop := run(t, q)
	start := time.Now()
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for range 50 {
				err := db.Write(context.Background(), anna, func(tx *store.Tx) error {
					if err := load(tx); err != nil {
						return err
					}
					return q.Put(tx, "clock", fmt.Sprint(n), tx.Now(), nil)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("200 changes beside %d timers took %s", calls.Load(), time.Since(start))
	stop()
	for _, j := range rows(t, db) {
		if j.Tries != 0 {
			t.Errorf("a try was lost: %+v", j)
		}
	}
}
