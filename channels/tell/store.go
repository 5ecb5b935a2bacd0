package tell

import (
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/narrow"
	"github.com/hearthdesk/hearth/rooms/staff"
)

const (
	columns     = `id, staff, came, place, complaint, ticket, at, about`
	fileColumns = `id, capture, name, type, size, sha256`
)

func insert(tx *store.Tx, c Capture) error {
	return tx.Do(`INSERT INTO tell_captures (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, c.ID, c.Staff, c.Came, c.Where, c.Complaint, c.Ticket, c.At, c.About)
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

// filesOf are the files that came along with some of what was told.
func filesOf(tx *store.Tx, ids []ID) (map[ID][]File, error) {
	found := map[ID][]File{}
	if len(ids) == 0 {
		return found, nil
	}
	marks, args := store.Marks(ids)
	all, err := store.All[File](tx, `SELECT `+fileColumns+` FROM tell_files WHERE capture IN (`+marks+`) ORDER BY id`, args...)
	for _, f := range all {
		found[f.Capture] = append(found[f.Capture], f)
	}
	return found, err
}

const proposedColumns = `id, about, what, staff, team, owner, at, answer_by, ended, answer, answered_by, answered_at`

func insertProposed(tx *store.Tx, p Proposed) error {
	return tx.Do(`INSERT INTO tell_proposed (`+proposedColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', 0, 0)`, p.ID, p.About, p.What, p.Staff, p.Team, p.Owner, p.At, p.AnswerBy)
}

func saveProposed(tx *store.Tx, p Proposed) error {
	return tx.Do(`UPDATE tell_proposed SET owner = $2, ended = $3, answer = $4, answered_by = $5, answered_at = $6 WHERE id = $1`, p.ID, p.Owner, p.Ended, p.Answer, p.AnsweredBy, p.AnsweredAt)
}

// loadProposed reads one, which stays as it is until the transaction ends.
func loadProposed(tx *store.Tx, which ID) (Proposed, bool, error) {
	return store.Find[Proposed](tx, `SELECT `+proposedColumns+` FROM tell_proposed WHERE id = $1`+tx.Lock(), which)
}

func proposedIn(tx *store.Tx, which []ID) (map[ID]Proposed, error) {
	found := map[ID]Proposed{}
	if len(which) == 0 {
		return found, nil
	}
	marks, args := store.Marks(which)
	return found, store.Each(tx, `SELECT `+proposedColumns+` FROM tell_proposed WHERE id IN (`+marks+`)`, args, func(p Proposed) error {
		found[p.ID] = p
		return nil
	})
}

func proposedAfter(tx *store.Tx, after ID, limit int) ([]Proposed, error) {
	return store.All[Proposed](tx, `SELECT `+proposedColumns+` FROM tell_proposed WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// proposals are those of the teams of who: what waits longest for its answer first, or what was answered last.
func proposals(tx *store.Tx, who web.Who, over bool, limit int) ([]Proposed, error) {
	where, order := `ended = ''`, `answer_by, id`
	if over {
		where, order = `ended <> ''`, `answered_at DESC, id DESC`
	}
	c := narrow.Clauses{Parts: []string{where}}
	c.Add(c.Team(who, ""))
	return store.All[Proposed](tx, `SELECT `+proposedColumns+` FROM tell_proposed WHERE `+c.Where()+` ORDER BY `+order+` LIMIT `+c.Place(limit), c.Args...)
}

func waiting(tx *store.Tx, who web.Who) (Waits, error) {
	c := narrow.Clauses{Parts: []string{`ended = ''`}}
	c.Add(c.Team(who, ""))
	late := c.Place(tx.Now())
	return store.One[Waits](tx, `SELECT COUNT(*) AS open, CAST(COALESCE(SUM(CASE WHEN answer_by <= `+late+` THEN 1 ELSE 0 END), 0) AS BIGINT) AS late FROM tell_proposed WHERE `+c.Where(), c.Args...)
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
