package clocks

import (
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Policies.

const targetColumns = `id, place, name, conditions, calendar, targets, warn, hold_pauses, version`

func allTargets(tx *store.Tx) ([]Target, error) {
	return store.All[Target](tx, `SELECT `+targetColumns+` FROM targets ORDER BY place`)
}

func insertTarget(tx *store.Tx, t Target) error {
	return tx.Do(`INSERT INTO targets (`+targetColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)`,
		t.ID, t.Place, t.Name, store.JSON(t.When), t.Calendar, store.JSON(t.Targets), store.JSON(t.Warn), t.HoldPauses)
}

func saveTarget(tx *store.Tx, t Target) error {
	return tx.Do(`UPDATE targets SET name = $2, conditions = $3, calendar = $4, targets = $5, warn = $6, hold_pauses = $7, version = $8 WHERE id = $1`,
		t.ID, t.Name, store.JSON(t.When), t.Calendar, store.JSON(t.Targets), store.JSON(t.Warn), t.HoldPauses, t.Version)
}

func placeTarget(tx *store.Tx, t Target) error {
	return tx.Do(`UPDATE targets SET place = $2 WHERE id = $1`, t.ID, t.Place)
}

func removeTarget(tx *store.Tx, which TargetID) error {
	return tx.Do(`DELETE FROM targets WHERE id = $1`, which)
}

// withoutCalendar has the default calendar count for the policies that counted by one that is gone, and names them.
func withoutCalendar(tx *store.Tx, gone hours.ID) ([]TargetID, error) {
	return store.All[TargetID](tx, `UPDATE targets SET calendar = 0, version = version + 1 WHERE calendar = $1 RETURNING id`, gone)
}

type edition struct {
	N     int64     `db:"n"`
	Since time.Time `db:"since"`
}

func readEdition(tx *store.Tx) (edition, error) {
	return store.One[edition](tx, `SELECT n, since FROM targets_edition`)
}

// holdTargets makes every other change of policies wait until this transaction ends.
func holdTargets(tx *store.Tx) error {
	_, err := store.One[int64](tx, `SELECT n FROM targets_edition`+tx.Lock())
	return err
}

func newEdition(tx *store.Tx) error {
	return tx.Do(`UPDATE targets_edition SET n = $1`, store.NewID[targetKind](tx))
}

// promiseSince sets the moment from which policies promise anything, where none is set.
func promiseSince(tx *store.Tx, since time.Time) error {
	return tx.Do(`UPDATE targets_edition SET n = $1, since = $2 WHERE since = 0`, store.NewID[targetKind](tx), since)
}

// Clocks.

// row is the clocks of one ticket as they are kept.
type row struct {
	Ticket   tickets.ID   `db:"ticket"`
	Team     staff.TeamID `db:"team"`
	Assignee staff.ID     `db:"assignee"`
	Policy   TargetID     `db:"policy"`
	Watch    kept         `db:"watch,json"`
	WakeAt   time.Time    `db:"wake_at"`
	DueAt    time.Time    `db:"due_at"`
	Living   bool         `db:"living"`
	Edition  int64        `db:"edition"` // of the policies now

	fresh bool // not in the table yet
}

const columns = `ticket, team, assignee, policy, watch, wake_at, due_at, living`

func load(tx *store.Tx, ticket tickets.ID) (row, bool, error) {
	return store.Find[row](tx, `SELECT `+columns+`, (SELECT n FROM targets_edition) AS edition FROM clocks WHERE ticket = $1`+tx.Lock(), ticket)
}

func some(tx *store.Tx, which []tickets.ID) ([]row, error) {
	marks, args := store.Marks(which)
	return store.All[row](tx, `SELECT `+columns+` FROM clocks WHERE ticket IN (`+marks+`)`, args...)
}

func living(tx *store.Tx, after tickets.ID, limit int) ([]row, error) {
	return store.All[row](tx, `SELECT `+columns+` FROM clocks WHERE living AND ticket > $1 ORDER BY ticket LIMIT $2`+tx.Lock(), after, limit)
}

func save(tx *store.Tx, r row) error {
	if r.fresh {
		return tx.Do(`INSERT INTO clocks (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			r.Ticket, r.Team, r.Assignee, r.Policy, store.JSON(r.Watch), r.WakeAt, r.DueAt, r.Living)
	}
	return tx.Do(`UPDATE clocks SET team = $2, assignee = $3, policy = $4, watch = $5, wake_at = $6, due_at = $7, living = $8 WHERE ticket = $1`,
		r.Ticket, r.Team, r.Assignee, r.Policy, store.JSON(r.Watch), r.WakeAt, r.DueAt, r.Living)
}

// kept is a Watch as it is kept: in microseconds, and of the clocks that ended only the last of each kind.
type kept struct {
	Status   Status      `json:"status"`
	Answered bool        `json:"answered,omitempty"`
	Waiting  micros      `json:"waiting,omitempty"`
	Clocks   []keptClock `json:"clocks"`
}

type keptClock struct {
	Kind     Kind        `json:"kind"`
	State    State       `json:"state"`
	Policy   string      `json:"policy,omitempty"`
	Target   int64       `json:"target,omitempty"`
	Started  micros      `json:"started"`
	Pauses   [][2]micros `json:"pauses,omitempty"`
	Warn     micros      `json:"warn,omitempty"`
	Due      micros      `json:"due,omitempty"`
	Warned   micros      `json:"warned,omitempty"`
	Breached micros      `json:"breached,omitempty"`
	Ended    micros      `json:"ended,omitempty"`
}

// micros is a moment in microseconds since 1970; 0 is none.
type micros int64

func microsOf(t time.Time) micros {
	if t.IsZero() {
		return 0
	}
	return micros(t.UnixMicro())
}

func (m micros) time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(m)).UTC()
}

// keep writes a watch down.
func keep(w *Watch) kept {
	k := kept{Status: w.Status, Answered: w.Answered, Waiting: microsOf(w.Waiting), Clocks: make([]keptClock, 0, len(w.Clocks))}
	for i := range w.Clocks {
		c := &w.Clocks[i]
		if c != w.last(c.Kind) {
			continue
		}
		pauses := make([][2]micros, len(c.Pauses))
		for i, p := range c.Pauses {
			pauses[i] = [2]micros{microsOf(p.From), microsOf(p.To)}
		}
		k.Clocks = append(k.Clocks, keptClock{
			Kind: c.Kind, State: c.State, Policy: c.Policy, Target: c.Target.Microseconds(), Started: microsOf(c.Started), Pauses: pauses, Warn: microsOf(c.Warn),
			Due: microsOf(c.Due), Warned: microsOf(c.Warned), Breached: microsOf(c.Breached), Ended: microsOf(c.Ended),
		})
	}
	return k
}

// watch reads what keep wrote.
func (k kept) watch(terms Terms) Watch {
	w := Watch{Terms: terms, Status: k.Status, Answered: k.Answered, Waiting: k.Waiting.time(), Clocks: make([]Clock, len(k.Clocks))}
	for i, c := range k.Clocks {
		w.Clocks[i] = Clock{
			Kind: c.Kind, State: c.State, Policy: c.Policy, Target: time.Duration(c.Target) * time.Microsecond, Started: c.Started.time(), Warn: c.Warn.time(),
			Due: c.Due.time(), Warned: c.Warned.time(), Breached: c.Breached.time(), Ended: c.Ended.time(),
		}
		for _, p := range c.Pauses {
			w.Clocks[i].Pauses = append(w.Clocks[i].Pauses, Pause{p[0].time(), p[1].time()})
		}
	}
	return w
}
