package tell

import (
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
)

const (
	columns     = `id, staff, came, place, complaint, ticket, at`
	fileColumns = `id, capture, name, type, size, sha256`
)

func insert(tx *store.Tx, c Capture) error {
	return tx.Do(`INSERT INTO tell_captures (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`, c.ID, c.Staff, c.Came, c.Where, c.Complaint, c.Ticket, c.At)
}

func insertFile(tx *store.Tx, f File) error {
	return tx.Do(`INSERT INTO tell_files (`+fileColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`, f.ID, f.Capture, f.Name, f.Type, f.Size, f.SHA256)
}

// by is what somebody told, the newest first.
func by(tx *store.Tx, who staff.ID, limit int) ([]Capture, error) {
	return store.All[Capture](tx, `SELECT `+columns+` FROM tell_captures WHERE staff = $1 ORDER BY id DESC LIMIT $2`, who, limit)
}

func about(tx *store.Tx, c recovery.ID) ([]Capture, error) {
	return store.All[Capture](tx, `SELECT `+columns+` FROM tell_captures WHERE complaint = $1 ORDER BY id`, c)
}

func filesOf(tx *store.Tx, captures []Capture) (map[ID][]File, error) {
	found := map[ID][]File{}
	if len(captures) == 0 {
		return found, nil
	}
	ids := make([]ID, len(captures))
	for i, c := range captures {
		ids[i] = c.ID
	}
	marks, args := store.Marks(ids)
	all, err := store.All[File](tx, `SELECT `+fileColumns+` FROM tell_files WHERE capture IN (`+marks+`) ORDER BY id`, args...)
	for _, f := range all {
		found[f.Capture] = append(found[f.Capture], f)
	}
	return found, err
}

// file reads one with what it belongs to.
func file(tx *store.Tx, which FileID) (f File, c Capture, ok bool, err error) {
	if f, ok, err = store.Find[File](tx, `SELECT `+fileColumns+` FROM tell_files WHERE id = $1`, which); err != nil || !ok {
		return f, c, false, err
	}
	c, ok, err = store.Find[Capture](tx, `SELECT `+columns+` FROM tell_captures WHERE id = $1`, f.Capture)
	return f, c, ok, err
}

func names(tx *store.Tx, sha string) (bool, error) {
	_, ok, err := store.Find[FileID](tx, `SELECT id FROM tell_files WHERE sha256 = $1 LIMIT 1`, sha)
	return ok, err
}

func noteSolved(tx *store.Tx, c recovery.ID, who staff.ID, kind string, at time.Time) error {
	return tx.Do(`INSERT INTO tell_solved (complaint, staff, kind, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (complaint) DO UPDATE SET staff = excluded.staff, kind = excluded.kind, at = excluded.at`, c, who, kind, at)
}

func forgetSolved(tx *store.Tx, c recovery.ID) error {
	return tx.Do(`DELETE FROM tell_solved WHERE complaint = $1`, c)
}

type tally struct {
	Staff staff.ID `db:"staff"`
	All   int64    `db:"n"`
	Like  int64    `db:"alike"`
}

// solved counts who brought how many complaints to a good end since a moment, and how many of them of a kind.
func solved(tx *store.Tx, kind string, since time.Time) (map[staff.ID]tally, error) {
	all, err := store.All[tally](tx, `SELECT staff, COUNT(*) AS n, CAST(SUM(CASE WHEN kind = $1 THEN 1 ELSE 0 END) AS BIGINT) AS alike FROM tell_solved WHERE at > $2 GROUP BY staff`, kind, since)
	by := make(map[staff.ID]tally, len(all))
	for _, t := range all {
		by[t.Staff] = t
	}
	return by, err
}
