package due_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

// marks takes every effect of a job, so that one too many is seen.
var marks = store.Migrations{Room: "marks", FS: fstest.MapFS{"migrations/00001_marks.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
-- housekeeping: marks
CREATE TABLE marks (name TEXT NOT NULL, note TEXT NOT NULL);
`)}}}

var anna = store.Actor{Kind: store.StaffKind, ID: "stf_1", Via: "test"}

// patient is a policy that tries again soon.
var patient = due.Policy{Tries: 3, Backoff: func(int) time.Duration { return 10 * time.Millisecond }, Lease: 20 * time.Second}

func open(tb testing.TB) (*store.DB, *due.Queue) {
	tb.Helper()
	db := storetest.Open(tb, due.Tables, marks)
	q := due.New(db, quiet(tb))
	q.Hasten(100*time.Millisecond, 5*time.Second)
	return db, q
}

// quiet keeps the log for tests that fail.
func quiet(tb testing.TB) *slog.Logger {
	tb.Helper()
	return slog.New(slog.NewTextHandler(tb.Output(), nil))
}

// run runs the queue until stop is called or the test ends.
func run(tb testing.TB, q *due.Queue) (stop func()) {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := q.Run(ctx); err != nil {
			tb.Error(err)
		}
	}()
	stop = func() { cancel(); <-done }
	tb.Cleanup(stop)
	return stop
}

func write(tb testing.TB, db *store.DB, do func(tx *store.Tx) error) {
	tb.Helper()
	if err := db.Write(context.Background(), anna, do); err != nil {
		tb.Fatal(err)
	}
}

func put(tb testing.TB, db *store.DB, q *due.Queue, kind, key string, in time.Duration) {
	tb.Helper()
	write(tb, db, func(tx *store.Tx) error { return q.Put(tx, kind, key, tx.Now().Add(in), nil) })
}

func mark(tx *store.Tx, name, note string) error {
	_, err := tx.Exec(`INSERT INTO marks (name, note) VALUES ($1, $2)`, name, note)
	return err
}

// notes lists what was marked, in the order of names and notes.
func notes(tb testing.TB, db *store.DB) (all []string) {
	tb.Helper()
	read(tb, db, func(tx *store.Tx) (err error) {
		all, err = store.All[string](tx, `SELECT name || ' ' || note FROM marks ORDER BY name, note`)
		return err
	})
	return all
}

func read(tb testing.TB, db *store.DB, do func(tx *store.Tx) error) {
	tb.Helper()
	if err := db.Read(context.Background(), do); err != nil {
		tb.Fatal(err)
	}
}

func rows(tb testing.TB, db *store.DB) (all []due.Job) {
	tb.Helper()
	read(tb, db, func(tx *store.Tx) (err error) { all, err = due.Rows(tx); return err })
	return all
}

func until(tb testing.TB, what string, is func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatal("never:", what)
		}
	}
}

func empty(tb testing.TB, db *store.DB) {
	tb.Helper()
	until(tb, "no row is left", func() bool { return len(rows(tb, db)) == 0 })
}

func TestARowComesWithItsTransaction(t *testing.T) {
	db, q := open(t)
	q.HandleTx("tea", patient, func(tx *store.Tx, j due.Job) error {
		var note string
		if err := j.Into(&note); err != nil {
			return err
		}
		return mark(tx, j.Key, note)
	})
	run(t, q)
	spilt := errors.New("spilt")
	err := db.Write(t.Context(), anna, func(tx *store.Tx) error {
		return errors.Join(q.Put(tx, "tea", "never", time.Time{}, "x"), spilt)
	})
	if !errors.Is(err, spilt) {
		t.Fatal(err)
	}
	write(t, db, func(tx *store.Tx) error { return q.Put(tx, "tea", "green", time.Time{}, "cup") })
	empty(t, db)
	if d := cmp.Diff([]string{"green cup"}, notes(t, db)); d != "" {
		t.Error(d)
	}
}

// The bar is a quarter of a second beyond what a bare timer and one transaction take on this machine at this moment.
func TestTheNextMomentIsThatOfTheEarliest(t *testing.T) {
	db, q := open(t)
	next := func() (at time.Time) {
		read(t, db, func(tx *store.Tx) (err error) { at, err = q.Next(tx); return err })
		return at
	}
	put(t, db, q, "of nobody", "a", -time.Hour)
	if at := next(); !at.IsZero() {
		t.Errorf("without a handler the next is %v", at)
	}
	for _, kind := range []string{"early", "late"} {
		q.HandleTx(kind, due.Policy{}, func(*store.Tx, due.Job) error { return nil })
	}
	if at := next(); !at.IsZero() {
		t.Errorf("without work the next is %v", at)
	}
	put(t, db, q, "late", "a", time.Hour)
	put(t, db, q, "early", "b", time.Minute)
	put(t, db, q, "early", "a", time.Second)
	jobs := rows(t, db)
	want := slices.MinFunc(slices.DeleteFunc(jobs, func(j due.Job) bool { return j.Kind == "of nobody" }), func(a, b due.Job) int { return a.Next.Compare(b.Next) })
	if at := next(); !at.Equal(want.Next) || want.Key != "a" {
		t.Errorf("the next is %v and the earliest row %v", at, want.Next)
	}
}

func TestWorkStartsWithinAQuarterSecondOfItsMoment(t *testing.T) {
	db, q := open(t)
	q.Hasten(4*time.Second, time.Second) // the timer alone has to do it
	const n = 8
	late, bare := make(chan time.Duration, 2*n), make(chan time.Duration, n)
	q.Handle("call", patient, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
		late <- db.Now().Sub(j.Due)
		return nil, nil
	})
	q.HandleTx("tea", patient, func(_ *store.Tx, j due.Job) error {
		late <- db.Now().Sub(j.Due)
		return nil
	})
	run(t, q)
	put(t, db, q, "tea", "far", time.Hour)
	time.Sleep(50 * time.Millisecond) // asleep until the far one
	write(t, db, func(tx *store.Tx) error {
		for i := range n {
			at := tx.Now().Add(time.Second - time.Duration(i)*50*time.Millisecond)
			if err := errors.Join(q.Put(tx, "call", fmt.Sprint(i), at, nil), q.Put(tx, "tea", fmt.Sprint(i), at.Add(7*time.Millisecond), nil)); err != nil {
				return err
			}
			tx.After(func() {
				time.AfterFunc(at.Sub(db.Now()), func() {
					if err := db.Write(context.Background(), anna, func(tx *store.Tx) error { return mark(tx, "bare", "timer") }); err != nil {
						t.Error(err)
					}
					bare <- db.Now().Sub(at)
				})
			})
		}
		return nil
	})
	limit := 250 * time.Millisecond
	for range n {
		limit = max(limit, 250*time.Millisecond+<-bare)
	}
	for range 2 * n {
		if d := <-late; d < 0 || d > limit {
			t.Errorf("began %s after its moment; the limit is %s", d, limit)
		}
	}
}

func TestARowIsMovedAndCancelled(t *testing.T) {
	db, q := open(t)
	q.HandleTx("tea", patient, func(tx *store.Tx, j due.Job) error { return mark(tx, j.Key, string(j.Payload)) })
	run(t, q)
	write(t, db, func(tx *store.Tx) error {
		return errors.Join(
			q.Put(tx, "tea", "moved", tx.Now().Add(time.Hour), 1),
			q.Put(tx, "tea", "cancelled", tx.Now().Add(300*time.Millisecond), 1),
			q.Put(tx, "tea", "later", tx.Now(), 1),
			q.Put(tx, "tea", "later", tx.Now().Add(time.Hour), 2),
			q.Put(tx, "tea", "moved", tx.Now().Add(50*time.Millisecond), 2),
		)
	})
	cancel := func(key string) (stopped bool) {
		write(t, db, func(tx *store.Tx) (err error) { stopped, err = q.Cancel(tx, "tea", key); return err })
		return stopped
	}
	if !cancel("cancelled") || cancel("cancelled") || cancel("unknown") {
		t.Error("only the first cancelling stops it")
	}
	until(t, "one row is left", func() bool { return len(rows(t, db)) == 1 })
	time.Sleep(400 * time.Millisecond) // past the moment of the one that was cancelled
	if d := cmp.Diff([]string{"moved 2"}, notes(t, db)); d != "" {
		t.Error(d)
	}
}

func TestWhatRunsOutsideWhenItsRowChanges(t *testing.T) {
	for name, tc := range map[string]struct {
		fails  bool
		change func(q *due.Queue, tx *store.Tx) error
		want   []string
	}{
		"moved: it runs again":                      {false, moveToNow, []string{"mail 1", "mail 2"}},
		"moved and failed: it runs again":           {true, moveToNow, []string{"mail 2"}},
		"cancelled: what was done is noted":         {false, cancelRunning, []string{"mail 1"}},
		"cancelled and failed: it is not tried":     {true, cancelRunning, nil},
		"cancelled, then wanted after all: both do": {false, func(q *due.Queue, tx *store.Tx) error { return errors.Join(cancelRunning(q, tx), moveToNow(q, tx)) }, []string{"mail 1", "mail 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			db, q := open(t)
			begun, goOn := make(chan bool), make(chan bool)
			first := true
			q.Handle("mail", patient, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
				if first {
					first = false
					begun <- true
					<-goOn
					if tc.fails {
						return nil, errors.New("no route")
					}
				}
				return func(tx *store.Tx) error { return mark(tx, "mail", string(j.Payload)) }, nil
			})
			run(t, q)
			write(t, db, func(tx *store.Tx) error { return q.Put(tx, "mail", "a", time.Time{}, 1) })
			<-begun
			write(t, db, func(tx *store.Tx) error { return tc.change(q, tx) })
			close(goOn)
			empty(t, db)
			if d := cmp.Diff(tc.want, notes(t, db), equateEmpty); d != "" {
				t.Error(d)
			}
		})
	}
}

func moveToNow(q *due.Queue, tx *store.Tx) error { return q.Put(tx, "mail", "a", tx.Now(), 2) }

func cancelRunning(q *due.Queue, tx *store.Tx) error {
	if stopped, err := q.Cancel(tx, "mail", "a"); err != nil || stopped {
		return fmt.Errorf("stopped %t, %w", stopped, err)
	}
	return nil
}

var equateEmpty = cmp.FilterValues(func(a, b []string) bool { return len(a)+len(b) == 0 }, cmp.Ignore())

// A timer that was moved or cancelled by a transaction that commits first must not take effect.
func TestWorkInTheDatabaseYieldsToWhoCameFirst(t *testing.T) {
	if !storetest.Postgres() {
		t.Skip("SQLite has one writer, so nobody can be faster")
	}
	for name, tc := range map[string]struct {
		change func(q *due.Queue, tx *store.Tx) error
		want   []string
	}{
		"cancelled": {func(q *due.Queue, tx *store.Tx) error {
			stopped, err := q.Cancel(tx, "tea", "a")
			if !stopped {
				err = errors.Join(err, errors.New("it said it could not stop it"))
			}
			return err
		}, nil},
		"moved": {func(q *due.Queue, tx *store.Tx) error { return q.Put(tx, "tea", "a", tx.Now(), 2) }, []string{"a 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			db, q := open(t)
			begun, goOn := make(chan bool), make(chan bool)
			first := true
			q.HandleTx("tea", patient, func(tx *store.Tx, j due.Job) error {
				if first {
					first = false
					begun <- true
					<-goOn
				}
				return mark(tx, j.Key, string(j.Payload))
			})
			run(t, q)
			write(t, db, func(tx *store.Tx) error { return q.Put(tx, "tea", "a", time.Time{}, 1) })
			<-begun
			write(t, db, func(tx *store.Tx) error { return tc.change(q, tx) })
			close(goOn)
			empty(t, db)
			if d := cmp.Diff(tc.want, notes(t, db), equateEmpty); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAJobAsksForItselfAgain(t *testing.T) {
	db, q := open(t)
	next := func(tx *store.Tx, j due.Job) error {
		var n int
		if err := j.Into(&n); err != nil {
			return err
		}
		if err := mark(tx, j.Kind, fmt.Sprint(n)); err != nil || n == 3 {
			return err
		}
		return q.Put(tx, j.Kind, j.Key, tx.Now(), n+1)
	}
	q.HandleTx("tea", patient, next)
	q.Handle("mail", patient, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
		return func(tx *store.Tx) error { return next(tx, j) }, nil
	})
	q.HandleTx("once", patient, func(tx *store.Tx, j due.Job) error { // asks, and thinks better of it
		if err := q.Put(tx, j.Kind, j.Key, tx.Now(), nil); err != nil {
			return err
		}
		_, err := q.Cancel(tx, j.Kind, j.Key)
		return errors.Join(err, mark(tx, j.Kind, "ran"))
	})
	run(t, q)
	write(t, db, func(tx *store.Tx) error {
		return errors.Join(q.Put(tx, "tea", "a", time.Time{}, 1), q.Put(tx, "mail", "a", time.Time{}, 1), q.Put(tx, "once", "a", time.Time{}, nil))
	})
	empty(t, db)
	want := []string{"mail 1", "mail 2", "mail 3", "once ran", "tea 1", "tea 2", "tea 3"}
	if d := cmp.Diff(want, notes(t, db)); d != "" {
		t.Error(d)
	}
}

func TestWhatFailsTooOftenIsParked(t *testing.T) {
	db, q := open(t)
	var calls atomic.Int64
	var mended atomic.Bool
	q.Handle("mail", patient, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
		calls.Add(1)
		if mended.Load() {
			return func(tx *store.Tx) error { return mark(tx, j.Key, "sent") }, nil
		}
		return nil, errors.New("no\x00 route \xff")
	})
	alarm := make(chan due.Job, 8)
	q.OnPark(func(j due.Job) { alarm <- j })
	run(t, q)
	put(t, db, q, "mail", "a", 0)
	put(t, db, q, "mail", "b", 0)
	for range 2 {
		if j := <-alarm; !j.Parked || j.Tries != 3 || j.Error != "no route \ufffd" || !j.Next.IsZero() {
			t.Errorf("alarm over %+v", j)
		}
	}
	if n := calls.Load(); n != 6 {
		t.Errorf("%d tries of two jobs; want 6", n)
	}
	var parked []due.Job
	read(t, db, func(tx *store.Tx) (err error) { parked, err = q.Parked(tx, 10); return err })
	if len(parked) != 2 || parked[0].Key != "a" || parked[1].Error != "no route \ufffd" {
		t.Fatalf("parked: %+v", parked)
	}
	mended.Store(true)
	write(t, db, func(tx *store.Tx) error {
		return errors.Join(q.Retry(tx, "mail", "a"), q.Discard(tx, "mail", "b"))
	})
	empty(t, db)
	if d := cmp.Diff([]string{"a sent"}, notes(t, db)); d != "" {
		t.Error(d)
	}
	for _, do := range []func(*store.Tx, string, string) error{q.Retry, q.Discard} {
		err := db.Write(t.Context(), anna, func(tx *store.Tx) error { return do(tx, "mail", "a") })
		if fault.KindOf(err) != fault.NotFound {
			t.Error("of what is not parked:", err)
		}
	}
	entries, err := db.Journal(t.Context(), 0, 10)
	var told []string
	for _, e := range entries {
		told = append(told, fmt.Sprintf("%s %s %s %s %s", e.By, e.Via, e.Kind, e.Subject, e.Body))
	}
	want := []string{
		`system:mail due due.parked due:mail/a {"work":"mail","key":"a","tries":3}`,
		`system:mail due due.parked due:mail/b {"work":"mail","key":"b","tries":3}`,
		`staff:stf_1 test due.retried due:mail/a {"work":"mail","key":"a"}`,
		`staff:stf_1 test due.discarded due:mail/b {"work":"mail","key":"b"}`,
	}
	if len(told) > 1 && told[0] > told[1] {
		told[0], told[1] = told[1], told[0]
	}
	if d := cmp.Diff(want, told); d != "" || err != nil {
		t.Error(err, d)
	}
}

func TestWhatAHandlerCanSay(t *testing.T) {
	at := time.Date(2100, 1, 2, 3, 4, 5, 0, time.UTC)
	db, q := open(t)
	cases := map[string]struct {
		say    func() error
		tries  int
		parked bool
		next   time.Time
		err    string
	}{
		"give up":                         {func() error { return fmt.Errorf("send: %w", due.GiveUp(errors.New("no such person"))) }, 3, true, time.Time{}, "send: no such person"},
		"later":                           {func() error { return due.Later(errors.New("not now"), at) }, 1, false, at, "not now"},
		"a panic is an error":             {func() error { panic("spilt") }, 3, true, time.Time{}, "panic: spilt"},
		"a payload that can't be read":    {func() error { return due.Job{Kind: "k", Key: "a", Payload: []byte(`"x"`)}.Into(new(int)) }, 3, true, time.Time{}, "payload of due:k/a: json: cannot unmarshal string into Go value of type int"},
		"an error that says nothing":      {func() error { return errors.New("") }, 3, true, time.Time{}, "an error without words"},
		"the database is in trouble once": {troubleOnce(), 1, false, at, "not now"},
	}
	for name, tc := range cases {
		say := tc.say
		q.Handle(name+" outside", patient, func(context.Context, due.Job) (func(*store.Tx) error, error) { return nil, say() })
		q.Handle(name+" after", patient, func(context.Context, due.Job) (func(*store.Tx) error, error) {
			return func(*store.Tx) error { return say() }, nil
		})
		q.HandleTx(name+" inside", patient, func(*store.Tx, due.Job) error { return say() })
	}
	run(t, q)
	for name, tc := range cases {
		for _, where := range []string{" outside", " after", " inside"} {
			t.Run(name+where, func(t *testing.T) {
				put(t, db, q, name+where, "a", 0)
				var j due.Job
				until(t, "as wanted", func() bool {
					for _, j = range rows(t, db) {
						if j.Kind == name+where && j.Tries == tc.tries && j.Parked == tc.parked {
							return true
						}
					}
					return false
				})
				if !j.Next.Equal(tc.next) || j.Error != tc.err {
					t.Errorf("next %s, %q; want %s, %q", j.Next, j.Error, tc.next, tc.err)
				}
			})
		}
	}
}

// troubleOnce is a handler whose every other call meets a full disk.
func troubleOnce() func() error {
	var calls atomic.Int64
	return func() error {
		if calls.Add(1)%2 == 1 {
			return &fault.Fault{Kind: fault.Internal, Code: "store.trouble", Say: "The disk is full."}
		}
		return due.Later(errors.New("not now"), time.Date(2100, 1, 2, 3, 4, 5, 0, time.UTC))
	}
}

func TestAFullDiskCostsNoTry(t *testing.T) {
	if storetest.Postgres() {
		t.Skip("a full disk can be made on SQLite only")
	}
	db, q := open(t)
	var calls atomic.Int64
	effect := func(tx *store.Tx, j due.Job) error {
		calls.Add(1)
		_, err := tx.Exec(`INSERT INTO marks (name, note) SELECT $1, hex(zeroblob(100000))`, j.Key)
		return err
	}
	q.HandleTx("tea", due.Policy{Tries: 1}, effect)
	sent := 0
	q.Handle("mail", due.Policy{Tries: 1}, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
		sent++
		return func(tx *store.Tx) error { return effect(tx, j) }, nil
	})
	put(t, db, q, "tea", "a", 0)
	put(t, db, q, "mail", "b", 0)
	write(t, db, func(tx *store.Tx) error { _, err := tx.Exec(`PRAGMA max_page_count = 1`); return err }) // no page more than now
	run(t, q)
	until(t, "both have met the full disk twice", func() bool { return calls.Load() >= 4 })
	write(t, db, func(tx *store.Tx) error { _, err := tx.Exec(`PRAGMA max_page_count = 1000000`); return err })
	empty(t, db)
	if n := len(notes(t, db)); n != 2 || sent != 1 {
		t.Errorf("%d effects, sent %d times; want 2 and once", n, sent)
	}
}

func TestOneThatFailsHoldsUpNobody(t *testing.T) {
	db, q := open(t)
	q.HandleTx("tea", patient, func(tx *store.Tx, j due.Job) error {
		if err := mark(tx, j.Key, "poured"); err != nil {
			return err
		}
		if j.Key == "key-017" || j.Key == "key-000" || j.Key == "key-040" {
			return due.GiveUp(errors.New("spilt"))
		}
		return nil
	})
	write(t, db, func(tx *store.Tx) error {
		for i := range 100 {
			if err := q.Put(tx, "tea", fmt.Sprintf("key-%03d", i), tx.Now(), nil); err != nil {
				return err
			}
		}
		return nil
	})
	run(t, q)
	until(t, "three rows are left", func() bool { return len(rows(t, db)) == 3 })
	got := notes(t, db)
	if len(got) != 97 {
		t.Errorf("%d effects; want 97", len(got))
	}
	for i := 1; i < len(got); i++ {
		if got[i] == got[i-1] {
			t.Error("twice:", got[i])
		}
	}
}

// A transaction that fails only at its commit names nobody; each job is then tried for itself.
func TestAChangeWithoutAnEventIsBlamedOnItsJob(t *testing.T) {
	db := storetest.Open(t, due.Tables, store.Migrations{Room: "cups", FS: fstest.MapFS{"migrations/00001_cups.sql": &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE cups (name TEXT NOT NULL);\n")}}})
	q := due.New(db, quiet(t))
	q.HandleTx("tea", due.Policy{Tries: 1}, func(tx *store.Tx, j due.Job) error {
		if j.Key != "b" {
			return nil
		}
		_, err := tx.Exec(`INSERT INTO cups (name) VALUES ('silent')`)
		return err
	})
	for _, key := range []string{"a", "b", "c"} {
		put(t, db, q, "tea", key, 0)
	}
	run(t, q)
	until(t, "b alone is parked", func() bool {
		all := rows(t, db)
		return len(all) == 1 && all[0].Key == "b" && all[0].Parked
	})
}

func TestAsManyAtOnceAsThePolicySays(t *testing.T) {
	db, q := open(t)
	var now, most atomic.Int64
	full, goOn := make(chan bool, 20), make(chan bool)
	q.Handle("mail", due.Policy{Parallel: 3}, func(context.Context, due.Job) (func(*store.Tx) error, error) {
		most.Store(max(most.Load(), now.Add(1)))
		full <- true
		<-goOn
		now.Add(-1)
		return nil, nil
	})
	other := make(chan bool, 1)
	q.HandleTx("tea", patient, func(*store.Tx, due.Job) error { other <- true; return nil })
	for i := range 10 {
		put(t, db, q, "mail", fmt.Sprint(i), 0)
	}
	run(t, q)
	for range 3 {
		<-full
	}
	put(t, db, q, "tea", "a", 0) // is not behind the seven that wait
	<-other
	close(goOn)
	empty(t, db)
	if most.Load() != 3 {
		t.Errorf("%d at once; want 3", most.Load())
	}
}

func TestTheEndWaitsForWhatRuns(t *testing.T) {
	db, q := open(t)
	q.Hasten(time.Second, 300*time.Millisecond)
	begun := make(chan bool, 3)
	goOn := make(chan bool)
	q.Handle("quick", patient, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
		begun <- true
		<-goOn
		return func(tx *store.Tx) error { return mark(tx, j.Kind, "done") }, nil
	})
	q.Handle("slow", patient, func(ctx context.Context, _ due.Job) (func(*store.Tx) error, error) {
		begun <- true
		<-ctx.Done()
		return nil, ctx.Err()
	})
	stuck := make(chan bool)
	var released sync.WaitGroup
	released.Add(1)
	q.Handle("deaf", patient, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
		defer released.Done()
		begun <- true
		<-stuck
		return func(tx *store.Tx) error { return mark(tx, j.Kind, "done") }, nil
	})
	stop := run(t, q)
	for _, kind := range []string{"quick", "slow", "deaf"} {
		put(t, db, q, kind, "a", 0)
	}
	for range 3 {
		<-begun
	}
	time.AfterFunc(50*time.Millisecond, func() { close(goOn) })
	stop()
	if d := cmp.Diff([]string{"quick done"}, notes(t, db)); d != "" {
		t.Error(d)
	}
	for _, j := range rows(t, db) {
		if j.Tries != 0 || j.Kind == "quick" {
			t.Errorf("after the end: %+v", j)
		}
	}
	close(stuck)
	released.Wait()
	next := due.New(db, quiet(t)) // all were given back, so the next start has them at once
	next.Hasten(time.Hour, time.Second)
	for _, kind := range []string{"slow", "deaf"} {
		next.HandleTx(kind, patient, func(tx *store.Tx, j due.Job) error {
			return mark(tx, j.Kind, fmt.Sprint("by the next, tries ", j.Tries))
		})
	}
	run(t, next)
	empty(t, db)
	if d := cmp.Diff([]string{"deaf by the next, tries 0", "quick done", "slow by the next, tries 0"}, notes(t, db)); d != "" {
		t.Error(d)
	}
}

func TestWrongRegistrationsAreRefused(t *testing.T) {
	_, q := open(t)
	q.HandleTx("tea", patient, func(*store.Tx, due.Job) error { return nil })
	q.HandleTx("tea", patient, func(*store.Tx, due.Job) error { return nil })
	q.Every("stuck", func(after time.Time) time.Time { return after }, patient, func(context.Context) error { return nil })
	err := q.Run(t.Context())
	if want := "due: two handlers for \"tea\"\ndue: the schedule of \"stuck\" does not move on"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestTheIndexesAreUsed(t *testing.T) {
	if storetest.Postgres() {
		t.Skip("PostgreSQL plans by the size of tables")
	}
	db, _ := open(t)
	type step struct {
		ID     int    `db:"id"`
		Parent int    `db:"parent"`
		Unused int    `db:"notused"`
		Detail string `db:"detail"`
	}
	for query, want := range map[string]string{
		`SELECT COALESCE(min(wake_at), 0) FROM due WHERE kind = $1 AND holder = '' AND NOT parked`:                      "SEARCH due USING INDEX due_waiting (kind=?)",
		`SELECT kind FROM due WHERE kind = $1 AND holder = '' AND NOT parked AND wake_at <= 7 ORDER BY wake_at LIMIT 3`: "SEARCH due USING INDEX due_waiting (kind=? AND wake_at<?)",
		`SELECT kind FROM due WHERE holder <> '' AND $1 = '' ORDER BY holder LIMIT 5`:                                   "SCAN due USING INDEX due_running",
		`SELECT kind FROM due WHERE parked AND $1 = '' ORDER BY put_at LIMIT 5`:                                         "SCAN due USING INDEX due_parked",
	} {
		read(t, db, func(tx *store.Tx) error {
			plan, err := store.All[step](tx, `EXPLAIN QUERY PLAN `+query, "x")
			for _, s := range plan {
				if s.Detail == want {
					return err
				}
			}
			t.Errorf("%s\n plan %+v\n want %s", query, plan, want)
			return err
		})
	}
}
