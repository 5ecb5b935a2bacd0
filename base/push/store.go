package push

import (
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

type pair struct {
	Public string `db:"public"`
	Sealed string `db:"sealed"`
}

func keys(tx *store.Tx) (pair, bool, error) {
	return store.Find[pair](tx, `SELECT public, sealed FROM push_keys WHERE n = 1`)
}

// insertKeys keeps a pair unless there is one.
func insertKeys(tx *store.Tx, k pair) error {
	_, err := tx.Exec(`INSERT INTO push_keys (n, public, sealed) VALUES (1, $1, $2) ON CONFLICT (n) DO NOTHING`, k.Public, k.Sealed)
	return err
}

// kept is a subscription as it is noted.
type kept struct {
	Staff   int64  `db:"staff"`
	Session int64  `db:"session"`
	Sealed  string `db:"sealed"`
}

func find(tx *store.Tx, which ID) (kept, bool, error) {
	return store.Find[kept](tx, `SELECT staff, session, sealed FROM push_subscriptions WHERE id = $1`, which)
}

// of are the subscriptions of some members of staff.
func of(tx *store.Tx, staff []int64) ([]ID, error) {
	if len(staff) == 0 {
		return nil, nil
	}
	marks, args := store.Marks(staff)
	return store.All[ID](tx, `SELECT id FROM push_subscriptions WHERE staff IN (`+marks+`) ORDER BY id`, args...)
}

func isOn(tx *store.Tx, session int64) (bool, error) {
	_, ok, err := store.Find[ID](tx, `SELECT id FROM push_subscriptions WHERE session = $1`, session)
	return ok, err
}

// strike makes room for what a session says now; a browser that changed hands is told for its new owner alone.
func strike(tx *store.Tx, session int64, hash string) error {
	return tx.Do(`DELETE FROM push_subscriptions WHERE session = $1 OR hash = $2`, session, hash)
}

// insert notes a subscription; of two that come at once for a session the later holds.
func insert(tx *store.Tx, which ID, who web.Who, hash, sealed string) error {
	return tx.Do(`INSERT INTO push_subscriptions (id, staff, session, hash, sealed, made_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (session) DO UPDATE SET id = excluded.id, hash = excluded.hash, sealed = excluded.sealed, made_at = excluded.made_at`,
		which, who.Staff, who.Session, hash, sealed, tx.Now())
}

func remove(tx *store.Tx, which ID) error {
	return tx.Do(`DELETE FROM push_subscriptions WHERE id = $1`, which)
}

func drop(tx *store.Tx, sessions []int64) error {
	if len(sessions) == 0 {
		return nil
	}
	marks, args := store.Marks(sessions)
	return tx.Do(`DELETE FROM push_subscriptions WHERE session IN (`+marks+`)`, args...)
}
