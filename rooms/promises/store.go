package promises

import (
	"fmt"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

const columns = `id, ticket, customer, kind, what, made_by, owner, team, source, message, made_at, due_at, whole_day, state, ended_at, kept_at,
	done_at, settled_at, instead_of, followed_by, told, told_at, call_tried, reminded_at, allowed, took, door_team, door_staff, offered_to, offered_at, version`

func unknown(promise ID) error {
	return fault.New(fault.NotFound, "promise.unknown", "There is no promise %s.", promise)
}

// load reads a promise that is about to change.
func load(tx *store.Tx, promise ID) (Promise, error) {
	p, ok, err := store.Find[Promise](tx, `SELECT `+columns+` FROM promises WHERE id = $1`+tx.Lock(), promise)
	if err == nil && !ok {
		err = unknown(promise)
	}
	return p, err
}

func some(tx *store.Tx, which []ID) ([]Promise, error) {
	marks, args := store.Marks(which)
	return store.All[Promise](tx, `SELECT `+columns+` FROM promises WHERE id IN (`+marks+`)`, args...)
}

func insert(tx *store.Tx, p Promise) error {
	return tx.Do(`INSERT INTO promises (`+columns+`) VALUES
		($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, 1)`,
		p.ID, p.Ticket, p.Customer, p.Kind, p.What, p.MadeBy, p.Owner, p.Team, p.Source, p.Message, p.MadeAt, p.Due, p.WholeDay, p.State, p.EndedAt,
		p.KeptAt, p.DoneAt, p.SettledAt, p.InsteadOf, p.FollowedBy, p.Told, p.ToldAt, p.CallTried, p.RemindedAt, p.Allowed, p.Took, p.DoorTeam, p.DoorStaff, p.OfferedTo, p.OfferedAt)
}

// save keeps what can change of a promise.
func save(tx *store.Tx, p *Promise) error {
	p.Version++
	return tx.Do(`UPDATE promises SET ticket = $2, owner = $3, state = $4, ended_at = $5, kept_at = $6, settled_at = $7, followed_by = $8, told = $9,
		told_at = $10, call_tried = $11, reminded_at = $12, took = $13, door_team = $14, door_staff = $15, version = $16, done_at = $17, offered_to = $18, offered_at = $19 WHERE id = $1`,
		p.ID, p.Ticket, p.Owner, p.State, p.EndedAt, p.KeptAt, p.SettledAt, p.FollowedBy, p.Told,
		p.ToldAt, p.CallTried, p.RemindedAt, p.Took, p.DoorTeam, p.DoorStaff, p.Version, p.DoneAt, p.OfferedTo, p.OfferedAt)
}

// owedOn are the promises of a ticket under which something is owed, about to change.
func owedOn(tx *store.Tx, ticket tickets.ID) ([]Promise, error) {
	return store.All[Promise](tx, `SELECT `+columns+` FROM promises WHERE ticket = $1 AND settled_at = 0 ORDER BY id`+tx.Lock(), ticket)
}

// allOn are all promises of a ticket, about to change.
func allOn(tx *store.Tx, ticket tickets.ID) ([]Promise, error) {
	return store.All[Promise](tx, `SELECT `+columns+` FROM promises WHERE ticket = $1 ORDER BY id`+tx.Lock(), ticket)
}

// askedOf are the promises that somebody is asked to see to, or with 0 anybody, about to change.
func askedOf(tx *store.Tx, member staff.ID) ([]Promise, error) {
	return store.All[Promise](tx, `SELECT `+columns+` FROM promises WHERE offered_to <> 0 AND (offered_to = $1 OR $1 = 0) ORDER BY id`+tx.Lock(), member)
}

// openAfter are open promises in the order of their ids.
func openAfter(tx *store.Tx, after ID, limit int) ([]Promise, error) {
	return store.All[Promise](tx, `SELECT `+columns+` FROM promises WHERE state = 'open' AND id > $1 ORDER BY id LIMIT $2`+tx.Lock(), after, limit)
}

// door says whose a ticket is now, and with it its promises.
func door(tx *store.Tx, ticket tickets.ID, team staff.TeamID, assignee staff.ID) error {
	return tx.Do(`UPDATE promises SET door_team = $2, door_staff = $3 WHERE ticket = $1`, ticket, team, assignee)
}

// Planned.

const plannedColumns = `id, ticket, staff, draft, kind, what, by_when, due_at, whole_day, owner, anyway, planned_at, message, trouble, code`

func loadPlanned(tx *store.Tx, which PlannedID) (Planned, bool, error) {
	return store.Find[Planned](tx, `SELECT `+plannedColumns+` FROM promises_planned WHERE id = $1`+tx.Lock(), which)
}

func insertPlanned(tx *store.Tx, p Planned) error {
	return tx.Do(`INSERT INTO promises_planned (`+plannedColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		p.ID, p.Ticket, p.Staff, p.Draft, p.Kind, p.What, p.By, p.Due, p.WholeDay, p.Owner, p.Anyway, p.PlannedAt, p.Message, p.Trouble, p.Code)
}

func deletePlanned(tx *store.Tx, which PlannedID) error {
	return tx.Do(`DELETE FROM promises_planned WHERE id = $1`, which)
}

// boundTo is what a draft promises when it leaves, about to change.
func boundTo(tx *store.Tx, draft tickets.DraftID) ([]Planned, error) {
	return store.All[Planned](tx, `SELECT `+plannedColumns+` FROM promises_planned WHERE draft = $1 AND message = 0 ORDER BY id`+tx.Lock(), draft)
}

// plannedOn is what somebody's draft on a ticket promises, and what answers on it could not promise.
func plannedOn(tx *store.Tx, ticket tickets.ID, member staff.ID, draft tickets.DraftID) ([]Planned, error) {
	return store.All[Planned](tx, `SELECT `+plannedColumns+` FROM promises_planned WHERE ticket = $1 AND (message <> 0 OR staff = $2 AND draft = $3) ORDER BY id`, ticket, member, draft)
}

// refusedOf is what somebody's answers could not promise.
func refusedOf(tx *store.Tx, member staff.ID) ([]Planned, error) {
	return store.All[Planned](tx, `SELECT `+plannedColumns+` FROM promises_planned WHERE staff = $1 AND message <> 0 ORDER BY id`, member)
}

// plannedBefore is what somebody planned before a moment and has not left.
func plannedBefore(tx *store.Tx, member staff.ID, at time.Time) ([]Planned, error) {
	return store.All[Planned](tx, `SELECT `+plannedColumns+` FROM promises_planned WHERE staff = $1 AND planned_at < $2 AND message = 0`, member, at)
}

// plannedAfter is what anybody planned, and what could not be promised, in the order it was planned.
func plannedAfter(tx *store.Tx, after PlannedID, limit int) ([]Planned, error) {
	return store.All[Planned](tx, `SELECT `+plannedColumns+` FROM promises_planned WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// refuse keeps what an answer that left could not promise.
func refuse(tx *store.Tx, p Planned) error {
	return tx.Do(`UPDATE promises_planned SET ticket = $2, message = $3, trouble = $4, code = $5 WHERE id = $1`, p.ID, p.Ticket, p.Message, p.Trouble, p.Code)
}

func dropRefused(tx *store.Tx, ticket tickets.ID) error {
	return tx.Do(`DELETE FROM promises_planned WHERE ticket = $1 AND message <> 0`, ticket)
}

func moveRefused(tx *store.Tx, from, to tickets.ID) error {
	return tx.Do(`UPDATE promises_planned SET ticket = $2 WHERE ticket = $1 AND message <> 0`, from, to)
}

// asked is how many promises somebody is asked to see to.
func asked(tx *store.Tx, member staff.ID) (int64, error) {
	return store.One[int64](tx, `SELECT count(*) FROM promises WHERE offered_to = $1 AND offered_to <> 0`, member)
}

// refusals is how much somebody's answers could not promise.
func refusals(tx *store.Tx, member staff.ID) (int64, error) {
	return store.One[int64](tx, `SELECT count(*) FROM promises_planned WHERE staff = $1 AND message <> 0`, member)
}

// Reasons.

func insertReason(tx *store.Tx, r Reason) error {
	return tx.Do(`INSERT INTO promises_reasons (id, promise, about, text, author, at) VALUES ($1, $2, $3, $4, $5, $6)`, r.ID, r.Promise, r.About, r.Text, r.By, r.At)
}

func reasonsOf(tx *store.Tx, which []ID) ([]Reason, error) {
	marks, args := store.Marks(which)
	return store.All[Reason](tx, `SELECT id, promise, about, text, author, at FROM promises_reasons WHERE promise IN (`+marks+`) ORDER BY id`, args...)
}

// Settings.

const settingsColumns = `share, cases, remind, mail, kinds, calendar, teams, version`

func readSettings(tx *store.Tx) (Settings, error) {
	return store.One[Settings](tx, `SELECT `+settingsColumns+` FROM promises_settings`)
}

// holdSettings makes every other change of the settings wait until this transaction ends.
func holdSettings(tx *store.Tx) (Settings, error) {
	return store.One[Settings](tx, `SELECT `+settingsColumns+` FROM promises_settings`+tx.Lock())
}

func saveSettings(tx *store.Tx, s Settings) error {
	return tx.Do(`UPDATE promises_settings SET share = $1, cases = $2, remind = $3, mail = $4, kinds = $5, calendar = $6, teams = $7, version = $8`,
		s.Share, s.Cases, store.JSON(s.Remind), s.Mail, store.JSON(s.Kinds), s.Calendar, store.JSON(s.Teams), s.Version)
}

// History.

// past is what history asks of a promise.
type past struct {
	State   State     `db:"state"`
	MadeAt  time.Time `db:"made_at"`
	DoneAt  time.Time `db:"done_at"`
	Allowed micros    `db:"allowed"`
	Took    micros    `db:"took"`
}

// like are the newest matters of a kind and a team, of a kind, or of all, as far as they are given: promises that took no
// other's place.
func like(tx *store.Tx, kind string, team *staff.TeamID) ([]past, error) {
	where, args := "", []any{mostCases}
	if kind != "" {
		where, args = " AND kind = $2", append(args, kind)
	}
	if team != nil {
		where, args = where+" AND team = $3", append(args, *team)
	}
	return store.All[past](tx, `SELECT state, made_at, done_at, allowed, took FROM promises WHERE instead_of = 0`+where+` ORDER BY id DESC LIMIT $1`, args...)
}

// Lists.

// condition is one of a range of an index; what names a column and how it compares, such as "owner =".
type condition struct {
	what string
	with any
}

// lane is one range of an index.
type lane []condition

// query builds a statement and its arguments.
type query struct{ args []any }

func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d", len(q.args))
}

func (q *query) in(column string, values []int64) string {
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = q.arg(v)
	}
	return column + " IN (" + strings.Join(marks, ", ") + ")"
}

func (q *query) all(l lane) (where []string) {
	for _, c := range l {
		where = append(where, c.what+" "+q.arg(c.with))
	}
	return where
}
