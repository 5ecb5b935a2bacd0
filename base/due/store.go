package due

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/store"
)

const columns = `kind, key, payload, put_at, due_at, wake_at, tries, last_error, parked`

// errLost says that the row is no longer ours: moved, cancelled, or taken over by another node.
var errLost = errors.New("due: the claim was lost")

func put(tx *store.Tx, kind, key string, at time.Time, payload string) error {
	return tx.Do(`INSERT INTO due (`+columns+`, holder, moved, cancelled) VALUES ($1, $2, $3, $4, $5, $5, 0, '', FALSE, '', FALSE, FALSE)
		ON CONFLICT (kind, key) DO UPDATE SET payload = excluded.payload, put_at = excluded.put_at, due_at = excluded.due_at, wake_at = excluded.wake_at,
		tries = 0, last_error = '', parked = FALSE, moved = (due.holder <> ''), cancelled = FALSE`, kind, key, payload, tx.Now(), at)
}

// seed puts a periodic row that is not there yet, or brings it forward when the schedule became tighter.
func seed(tx *store.Tx, kind string, at time.Time) error {
	return tx.Do(`INSERT INTO due (`+columns+`, holder, moved, cancelled) VALUES ($1, '', 'null', $2, $3, $3, 0, '', FALSE, '', FALSE, FALSE)
		ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, wake_at = excluded.wake_at WHERE due.holder = '' AND due.wake_at > excluded.wake_at`,
		kind, tx.Now(), at)
}

// holder is who runs the row, empty when it waits; the row stays as it is until the transaction ends.
func holder(tx *store.Tx, kind, key string) (name string, found bool, err error) {
	return store.Find[string](tx, `SELECT holder FROM due WHERE kind = $1 AND key = $2`+tx.Lock(), kind, key)
}

// removeWaiting takes out what does not run.
func removeWaiting(tx *store.Tx, kind, key string) (int64, error) {
	return tx.Exec(`DELETE FROM due WHERE kind = $1 AND key = $2 AND holder = ''`, kind, key)
}

func remove(tx *store.Tx, kind, key string) error {
	return tx.Do(`DELETE FROM due WHERE kind = $1 AND key = $2`, kind, key)
}

func markCancelled(tx *store.Tx, kind, key string) error {
	return tx.Do(`UPDATE due SET cancelled = TRUE, moved = FALSE WHERE kind = $1 AND key = $2`, kind, key)
}

// take claims up to limit rows whose moment has come, those that waited longest first.
func take(tx *store.Tx, kind, holder string, limit int) ([]held, error) {
	lock := tx.Lock()
	if lock != "" {
		lock += " SKIP LOCKED"
	}
	return store.All[held](tx, `WITH ready (a, b) AS MATERIALIZED (SELECT kind, key FROM due WHERE kind = $1 AND holder = '' AND NOT parked AND wake_at <= $2
		ORDER BY wake_at LIMIT $3`+lock+`)
		UPDATE due SET holder = $4 FROM ready WHERE kind = a AND key = b RETURNING `+columns+`, holder`, kind, tx.Now(), limit, holder)
}

// earliest is the moment of the next row of a kind; zero for none.
func earliest(tx *store.Tx, kind string) (time.Time, error) {
	return store.One[time.Time](tx, `SELECT COALESCE(min(wake_at), 0) FROM due WHERE kind = $1 AND holder = '' AND NOT parked`, kind)
}

type waiting struct {
	Kind string    `db:"kind"`
	Next time.Time `db:"wake_at"`
}

// earliestOf is earliest for many kinds with one seek each.
func earliestOf(tx *store.Tx, kinds []any) ([]waiting, error) {
	var values strings.Builder
	for i := range kinds {
		fmt.Fprintf(&values, ", ($%d)", i+1)
	}
	return store.All[waiting](tx, `WITH kinds (name) AS (VALUES `+values.String()[2:]+`)
		SELECT name AS kind, COALESCE((SELECT min(wake_at) FROM due WHERE kind = name AND holder = '' AND NOT parked), 0) AS wake_at FROM kinds`, kinds...)
}

// running lists claims. The order keeps PostgreSQL on the index even when it has no idea yet how few they are.
func running(tx *store.Tx) ([]held, error) {
	return store.All[held](tx, `SELECT `+columns+`, holder FROM due WHERE holder <> '' ORDER BY holder LIMIT 10000`)
}

// kindsThere lists the kinds that rows are there of, with one seek each.
func kindsThere(tx *store.Tx) ([]string, error) {
	return store.All[string](tx, `WITH RECURSIVE there (kind) AS (SELECT min(kind) FROM due
		UNION ALL SELECT (SELECT min(due.kind) FROM due WHERE due.kind > there.kind) FROM there WHERE there.kind IS NOT NULL)
		SELECT kind FROM there WHERE kind IS NOT NULL`)
}

// strike ends the row of work that was done in tx, and fails when it was moved, cancelled or taken over first.
func strike(tx *store.Tx, l lease) error {
	n, err := tx.Exec(`DELETE FROM due WHERE kind = $1 AND key = $2 AND holder = $3 AND NOT moved AND NOT cancelled`, l.kind, l.key, l.holder)
	if err == nil && n == 0 {
		err = errLost
	}
	return err
}

// conclude ends the row of work that was done outside: one moved meanwhile waits for its new moment.
func conclude(tx *store.Tx, l lease) (again bool, err error) {
	n, err := tx.Exec(`DELETE FROM due WHERE kind = $1 AND key = $2 AND holder = $3 AND NOT moved`, l.kind, l.key, l.holder)
	if n > 0 || err != nil {
		return false, err
	}
	n, err = letGo(tx, l)
	if err == nil && n == 0 {
		err = errLost
	}
	return true, err
}

// letGo frees a row that was moved while it ran.
func letGo(tx *store.Tx, l lease) (int64, error) {
	return tx.Exec(`UPDATE due SET holder = '', moved = FALSE WHERE kind = $1 AND key = $2 AND holder = $3 AND moved`, l.kind, l.key, l.holder)
}

// drop ends the row of work that was cancelled while it ran.
func drop(tx *store.Tx, l lease) (int64, error) {
	return tx.Exec(`DELETE FROM due WHERE kind = $1 AND key = $2 AND holder = $3 AND cancelled`, l.kind, l.key, l.holder)
}

func putBack(tx *store.Tx, h held) (int64, error) {
	return tx.Exec(`UPDATE due SET holder = '', tries = $1, last_error = $2, wake_at = $3, parked = $4 WHERE kind = $5 AND key = $6 AND holder = $7`,
		h.Tries, h.Error, h.Next, h.Parked, h.Kind, h.Key, h.Holder)
}
