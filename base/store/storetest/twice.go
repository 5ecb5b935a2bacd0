package storetest

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
)

// outcome is what can be told of a database and its answers without looking at ids, moments and secrets.
type outcome struct {
	Answers []string            // fault codes, "" for success; sorted
	Rows    map[string][]string // by table, sorted; of the journal too
}

// Twice fails the test unless a verb that runs twice at once leaves what one after the other leaves: the same answers, and
// the same rows in every table, so that a change that is lost shows even where as many rows are left. prepare runs for each
// of the two and returns the verb on a database of its own.
func Twice(t *testing.T, prepare func(t *testing.T) (db *store.DB, verb func() error)) {
	t.Helper()
	Both(t, func(t *testing.T) (*store.DB, [2]func() error) {
		t.Helper()
		db, verb := prepare(t)
		return db, [2]func() error{verb, verb}
	})
}

// Both is Twice of two verbs: at once they must leave what they leave in one order or in the other.
func Both(t *testing.T, prepare func(t *testing.T) (db *store.DB, verbs [2]func() error)) {
	t.Helper()
	db, verbs := prepare(t)
	inTurn := look(t, db, []error{verbs[0](), verbs[1]()})

	db, verbs = prepare(t)
	together := look(t, db, atOnce(t, db, verbs))
	if cmp.Equal(inTurn, together) {
		return
	}
	db, verbs = prepare(t)
	if cmp.Equal(look(t, db, []error{verbs[1](), verbs[0]()}), together) {
		return
	}
	t.Errorf("one after the other (-) and at once (+) differ:\n%s", cmp.Diff(inTurn, together))
}

// atOnce holds both back at the very end, where a transaction enters its events in the journal, until neither gets any
// further: there each has read and written what it will, or waits for the other.
func atOnce(t *testing.T, db *store.DB, verbs [2]func() error) []error {
	t.Helper()
	answers, done := make([]error, 2), make(chan struct{})
	var wg sync.WaitGroup
	run := func() {
		for i := range answers {
			wg.Go(func() { answers[i] = verbs[i]() })
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
	o := outcome{Rows: map[string][]string{}}
	for _, err := range answers {
		code := ""
		if f := fault.Of(err); f != nil {
			code = f.Code
		} else if err != nil {
			t.Errorf("an accident: %v", err)
		}
		o.Answers = append(o.Answers, code)
	}
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		tables, err := tables(t.Context(), tx)
		if err != nil {
			return err
		}
		for _, name := range tables {
			if o.Rows[name], err = rows(tx, name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(o.Answers)
	return o
}

// tables are those that hold what rooms say: not the engine's own, not those of migrations, and not a full-text index, whose
// rows are the engine's too.
func tables(ctx context.Context, tx *store.Tx) ([]string, error) {
	if tx.Engine() == "sqlite" {
		return store.All[string](tx, `SELECT name FROM sqlite_master AS t WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE 'versions\_of\_%' ESCAPE '\'
			AND NOT EXISTS (SELECT 1 FROM sqlite_master AS v WHERE v.sql LIKE 'CREATE VIRTUAL %' AND (t.name = v.name OR t.name LIKE v.name || '\_%' ESCAPE '\'))`)
	}
	name, err := store.One[string](tx, `SELECT current_database()::text`)
	if err != nil {
		return nil, err
	}
	return full(ctx, name)
}

// rows are those of a table as text, sorted, without what is never the same twice.
func rows(tx *store.Tx, table string) ([]string, error) {
	whole := table + `::text`
	switch {
	case table == "journal": // two verbs of several steps each take turns as they like
		whole = `kind || ' ' || subject || ' ' || by || ' ' || via || ' ' || body`
	case tx.Engine() == "sqlite":
		columns, err := store.All[string](tx, `SELECT name FROM pragma_table_info($1)`, table)
		if err != nil {
			return nil, err
		}
		whole = `quote("` + strings.Join(columns, `") || ', ' || quote("`) + `")`
	}
	all, err := store.All[string](tx, `SELECT `+whole+` FROM `+table)
	for i := range all {
		for _, m := range masks {
			all[i] = m.what.ReplaceAllString(all[i], m.as)
		}
	}
	slices.Sort(all)
	return all, err
}

var masks = []struct {
	what *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`\b[a-z]{2,5}_[0-9a-z]{13}\b`), "ID"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d[T ][0-9:.]+(Z|[+-]\d\d(:?\d\d)?)?`), "MOMENT"},
	{regexp.MustCompile(`\bHTH-(\d+)-[0-9a-z]{8}\b`), "HTH-$1-SIGNED"},
	{regexp.MustCompile(`\.[0-9a-z]{8}\.hearth@`), ".SIGNED.hearth@"},
	{regexp.MustCompile(`\b\d{12,}\b`), "ID OR MOMENT"},
	{regexp.MustCompile(`[A-Za-z0-9_+/=-]{20,}`), "SECRET"}, // random, sealed or hashed; a long word is lost with them
}
