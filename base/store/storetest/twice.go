package storetest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
)

// outcome is what can be told of a database and its answers without looking at ids and moments.
type outcome struct {
	Answers []string       // fault codes, "" for success; sorted
	Journal []string       // kinds, sorted
	Rows    map[string]int // by table
}

// Twice fails the test unless a verb that runs twice at once leaves what one after the other leaves: the same answers, the
// same kinds in the journal, as many rows in every table. prepare runs for each of the two and returns the verb on a
// database of its own.
func Twice(t *testing.T, prepare func(t *testing.T) (db *store.DB, verb func() error)) {
	t.Helper()
	db, verb := prepare(t)
	inTurn := look(t, db, []error{verb(), verb()})

	db, verb = prepare(t)
	answers := atOnce(t, db, verb)
	if diff := cmp.Diff(inTurn, look(t, db, answers)); diff != "" {
		t.Errorf("one after the other (-) and at once (+) differ:\n%s", diff)
	}
}

// atOnce holds both back at the very end, where a transaction enters its events in the journal, until neither gets any
// further: there each has read and written what it will, or waits for the other.
func atOnce(t *testing.T, db *store.DB, verb func() error) []error {
	t.Helper()
	answers, done := make([]error, 2), make(chan struct{})
	var wg sync.WaitGroup
	run := func() {
		for i := range answers {
			wg.Go(func() { answers[i] = verb() })
		}
		go func() {
			wg.Wait()
			close(done)
		}()
	}
	if db.Engine() == "sqlite" { // one writer at a time
		run()
		<-done
		return answers
	}
	err := db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
		if _, err := store.One[int64](tx, `SELECT seq FROM journal_head`+tx.Lock()); err != nil {
			return err
		}
		run()
		return stuck(t.Context(), db, done)
	})
	if err != nil {
		t.Error(err)
	}
	<-done
	return answers
}

// stuck waits until both wait for a lock, or are done; five seconds are enough for whatever else they do.
func stuck(ctx context.Context, db *store.DB, done <-chan struct{}) error {
	give, look := time.NewTimer(5*time.Second), time.NewTicker(2*time.Millisecond)
	defer give.Stop()
	defer look.Stop()
	for {
		select {
		case <-done:
			return nil
		case <-give.C:
			return nil
		case <-look.C:
		}
		waiting := 0
		err := db.Read(ctx, func(tx *store.Tx) (err error) {
			waiting, err = store.One[int](tx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
			return err
		})
		if err != nil || waiting == 2 {
			return err
		}
	}
}

func look(t *testing.T, db *store.DB, answers []error) outcome {
	t.Helper()
	o := outcome{Rows: map[string]int{}}
	for _, err := range answers {
		code := ""
		if f := fault.Of(err); f != nil {
			code = f.Code
		} else if err != nil {
			t.Errorf("an accident: %v", err)
		}
		o.Answers = append(o.Answers, code)
	}
	list := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if db.Engine() == "postgres" {
		list = `SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'`
	}
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		tables, err := store.All[string](tx, list)
		if err != nil {
			return err
		}
		for _, name := range tables {
			if o.Rows[name], err = store.One[int](tx, `SELECT count(*) FROM `+name); err != nil {
				return err
			}
		}
		o.Journal, err = store.All[string](tx, `SELECT kind FROM journal`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(o.Answers)
	slices.Sort(o.Journal)
	return o
}
