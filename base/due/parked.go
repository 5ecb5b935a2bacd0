package due

import (
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
)

// Parked says that work failed too often, or for good, and waits for a person.
type Parked struct {
	Work  string `json:"work"`
	Key   string `json:"key"`
	Tries int    `json:"tries"`
}

// Retried says that someone had parked work tried again.
type Retried struct {
	Work string `json:"work"`
	Key  string `json:"key"`
}

// Discarded says that someone decided parked work need not be done.
type Discarded struct {
	Work string `json:"work"`
	Key  string `json:"key"`
}

// Kind is "due.parked".
func (Parked) Kind() string { return "due.parked" }

// Kind is "due.retried".
func (Retried) Kind() string { return "due.retried" }

// Kind is "due.discarded".
func (Discarded) Kind() string { return "due.discarded" }

// Parked lists up to limit parked jobs, the oldest first.
func (q *Queue) Parked(tx *store.Tx, limit int) ([]Job, error) {
	return store.All[Job](tx, `SELECT `+columns+` FROM due WHERE parked ORDER BY put_at, kind, key LIMIT $1`, limit)
}

// ParkedCount is how many jobs are parked.
func (q *Queue) ParkedCount(tx *store.Tx) (int, error) {
	return store.One[int](tx, `SELECT count(*) FROM due WHERE parked`)
}

// Next is the moment the earliest work that has a handler here is due and that nobody has begun; zero when there is none.
func (q *Queue) Next(tx *store.Tx) (next time.Time, err error) {
	q.mu.Lock()
	var names []any
	for name := range q.kinds {
		names = append(names, name)
	}
	q.mu.Unlock()
	if len(names) == 0 {
		return next, nil
	}
	all, err := earliestOf(tx, names)
	for _, w := range all {
		if !w.Next.IsZero() && (next.IsZero() || w.Next.Before(next)) {
			next = w.Next
		}
	}
	return next, err
}

// Retry has parked work tried again from the start; tx.By is recorded as who wanted it.
// It is a NotFound fault when nothing of the name is parked.
func (q *Queue) Retry(tx *store.Tx, kindName, key string) error {
	n, err := tx.Exec(`UPDATE due SET parked = FALSE, tries = 0, wake_at = $1 WHERE kind = $2 AND key = $3 AND parked`, tx.Now(), kindName, key)
	if err != nil {
		return err
	}
	if n == 0 {
		return notParked()
	}
	now := tx.Now()
	tx.After(func() { q.expect(kindName, now) })
	return tx.Record(Job{Kind: kindName, Key: key}, Retried{kindName, key})
}

// Discard strikes parked work off; tx.By is recorded as who decided so.
// It is a NotFound fault when nothing of the name is parked.
func (q *Queue) Discard(tx *store.Tx, kindName, key string) error {
	n, err := tx.Exec(`DELETE FROM due WHERE kind = $1 AND key = $2 AND parked`, kindName, key)
	if err != nil {
		return err
	}
	if n == 0 {
		return notParked()
	}
	return tx.Record(Job{Kind: kindName, Key: key}, Discarded{kindName, key})
}

func notParked() error {
	return fault.New(fault.NotFound, "due.not_parked", "This is no longer parked; someone may have been faster.")
}
