package recovery

import (
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Complaints.

const columns = `id, ticket, customer, team, kind, severity, what, wish, wish_none, internal, origin, stage, place, owner, offered_to, raised_by, raised_at,
	due_at, late_at, held, trusts, ended, closed_at, reopened, version, cause`

func load(tx *store.Tx, which ID) (Complaint, bool, error) {
	return store.Find[Complaint](tx, `SELECT `+columns+` FROM complaints WHERE id = $1`+tx.Lock(), which)
}

func one(tx *store.Tx, which ID) (Complaint, bool, error) {
	return store.Find[Complaint](tx, `SELECT `+columns+` FROM complaints WHERE id = $1`, which)
}

// openOn is the complaint on a ticket that is open; zero when there is none.
func openOn(tx *store.Tx, ticket tickets.ID) (ID, error) {
	which, _, err := store.Find[ID](tx, `SELECT id FROM complaints WHERE ticket = $1 AND ticket > 0 AND closed_at = 0`, ticket)
	return which, err
}

func latestOn(tx *store.Tx, ticket tickets.ID) (ID, bool, error) {
	return store.Find[ID](tx, `SELECT id FROM complaints WHERE ticket = $1 AND ticket > 0 ORDER BY id DESC LIMIT 1`, ticket)
}

// following are the complaints in follow-up of which nothing was heard yet, with the moment they came to it.
func following(tx *store.Tx) ([]waitingSince, error) {
	return store.All[waitingSince](tx, `SELECT c.id, s.entered_at FROM complaints c JOIN complaints_stages s ON s.complaint = c.id AND s.n = c.place
		WHERE c.closed_at = 0 AND c.stage = 'follow_up' AND c.held = '' AND c.ticket > 0 AND c.customer > 0 ORDER BY c.id`)
}

type waitingSince struct {
	ID    ID        `db:"id"`
	Since time.Time `db:"entered_at"`
}

// insert returns false when the ticket has an open one.
func insert(tx *store.Tx, c Complaint) (bool, error) {
	n, err := tx.Exec(`INSERT INTO complaints (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, '', '', '', 0, 0, 1, '')
		ON CONFLICT (ticket) WHERE ticket > 0 AND closed_at = 0 DO NOTHING`,
		c.ID, c.Ticket, c.Customer, c.Team, c.Kind, c.Severity, c.What, c.Wish, c.WishNone, c.Internal, c.Origin, c.Stage, c.Place, c.Owner, c.OfferedTo, c.RaisedBy, c.RaisedAt, c.DueAt)
	return n > 0, err
}

func save(tx *store.Tx, c Complaint) error {
	return tx.Do(`UPDATE complaints SET kind = $2, severity = $3, what = $4, wish = $5, wish_none = $6, stage = $7, place = $8, owner = $9, offered_to = $10, raised_by = $11,
		due_at = $12, late_at = $13, held = $14, trusts = $15, ended = $16, closed_at = $17, reopened = $18, cause = $19, version = version + 1 WHERE id = $1`,
		c.ID, c.Kind, c.Severity, c.What, c.Wish, c.WishNone, c.Stage, c.Place, c.Owner, c.OfferedTo, c.RaisedBy, c.DueAt, c.LateAt, c.Held, c.Trusts, c.Ended, c.ClosedAt, c.Reopened, c.Cause)
}

// follows takes the complaints of a ticket to another team.
func follows(tx *store.Tx, ticket tickets.ID, team staff.TeamID) error {
	if err := tx.Do(`UPDATE complaints SET team = $2 WHERE ticket = $1`, ticket, team); err != nil {
		return err
	}
	return tx.Do(`UPDATE approvals SET team = $2 WHERE ticket = $1 AND state = 'open'`, ticket, team)
}

const stayColumns = `complaint, n, stage, owner, entered_at, left_at, due_at, late_at, done`

// stay is the stage a complaint is in, or was in last.
func stay(tx *store.Tx, c Complaint) (Stay, error) {
	s, err := store.One[Stay](tx, `SELECT `+stayColumns+` FROM complaints_stages WHERE complaint = $1 AND n = $2`, c.ID, c.Place)
	if s.Done == nil {
		s.Done = map[string]Done{}
	}
	return s, err
}

func stays(tx *store.Tx, which ID) ([]Stay, error) {
	return store.All[Stay](tx, `SELECT `+stayColumns+` FROM complaints_stages WHERE complaint = $1 ORDER BY n`, which)
}

// entered is when a complaint came to the stage it is in: now, when it is just coming there.
func entered(tx *store.Tx, c Complaint) (time.Time, error) {
	at, ok, err := store.Find[time.Time](tx, `SELECT entered_at FROM complaints_stages WHERE complaint = $1 AND n = $2`, c.ID, c.Place)
	if err == nil && !ok {
		at = tx.Now()
	}
	return at, err
}

func enterStage(tx *store.Tx, c Complaint) error {
	return tx.Do(`INSERT INTO complaints_stages (`+stayColumns+`) VALUES ($1, $2, $3, $4, $5, 0, $6, 0, '{}')`, c.ID, c.Place, c.Stage, c.Owner, tx.Now(), c.DueAt)
}

func leaveStage(tx *store.Tx, c Complaint) error {
	return tx.Do(`UPDATE complaints_stages SET left_at = $3, owner = $4 WHERE complaint = $1 AND n = $2 AND left_at = 0`, c.ID, c.Place, tx.Now(), c.Owner)
}

func lateStage(tx *store.Tx, c Complaint) error {
	return tx.Do(`UPDATE complaints_stages SET late_at = $3 WHERE complaint = $1 AND n = $2`, c.ID, c.Place, c.LateAt)
}

func dueStage(tx *store.Tx, c Complaint) error {
	return tx.Do(`UPDATE complaints_stages SET due_at = $3 WHERE complaint = $1 AND n = $2`, c.ID, c.Place, c.DueAt)
}

// own says whose the stage is that a complaint is in.
func own(tx *store.Tx, c Complaint) error {
	return tx.Do(`UPDATE complaints_stages SET owner = $3 WHERE complaint = $1 AND n = $2`, c.ID, c.Place, c.Owner)
}

func saveDone(tx *store.Tx, s Stay) error {
	return tx.Do(`UPDATE complaints_stages SET done = $3 WHERE complaint = $1 AND n = $2`, s.Complaint, s.N, store.JSON(s.Done))
}

func keepReason(tx *store.Tx, which ID, reason string) error {
	if reason == "" {
		return nil
	}
	return tx.Do(`INSERT INTO complaints_reasons (complaint, at, reason) VALUES ($1, $2, $3) ON CONFLICT (complaint, at) DO NOTHING`, which, tx.Now(), reason)
}

// Reason is why a complaint was closed as mistaken.
type Reason struct {
	At   time.Time `json:"at" db:"at"`
	Text string    `json:"text" db:"reason"`
}

func reasons(tx *store.Tx, which ID) ([]Reason, error) {
	return store.All[Reason](tx, `SELECT at, reason FROM complaints_reasons WHERE complaint = $1 ORDER BY at`, which)
}
