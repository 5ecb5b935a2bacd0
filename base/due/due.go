// Package due is what must happen later or again: a reply that leaves in ten seconds unless it is taken back, a warning an
// hour before a promise is broken, a mail that is tried again when the other server was down, the nightly tidy-up.
//
// Each is a row, put in the transaction of the change that wants it, so that neither is there without the other. A row
// waits for its moment, is claimed by one node, and leaves in the transaction of its work (HandleTx) or in that of what
// follows from work outside (Handle). What fails is tried again with growing pauses and then parked where people see it.
//
// A claim writes the holder's name into the row. Other nodes do not judge by clocks whether a holder is alive: they let go
// a claim they have watched, unchanged, for longer than a try may take. So clocks that differ or jump neither lose work
// nor take it from the living. Each node keeps a timer for the next row it knows of, is told of its own rows at commit,
// and looks every few seconds for those of others.
package due

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hearthdesk/hearth/base/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables is where the rows are kept.
var Tables = store.Migrations{Room: "due", FS: migrations}

// Job is one thing to be done.
type Job struct {
	Kind    string          `json:"kind" db:"kind"`
	Key     string          `json:"key" db:"key"`
	Payload json.RawMessage `json:"payload" db:"payload,json"` // ids and facts, never words or addresses
	Put     time.Time       `json:"put" db:"put_at"`           // when it was asked for
	Due     time.Time       `json:"due" db:"due_at"`           // the moment it was asked for
	Next    time.Time       `json:"next_try" db:"wake_at"`     // the next try; zero when parked
	Tries   int             `json:"tries" db:"tries"`          // failed so far
	Error   string          `json:"error" db:"last_error"`     // of the last try
	Parked  bool            `json:"parked" db:"parked"`
}

// Into reads the payload; one that can't be read gives up at once.
func (j Job) Into(v any) error {
	if err := json.Unmarshal(j.Payload, v); err != nil {
		return GiveUp(fmt.Errorf("payload of %s: %w", j, err))
	}
	return nil
}

// String names the job, such as due:email.send/dlv_06f3x8k2m4q7r.
func (j Job) String() string { return "due:" + j.Kind + "/" + j.Key }

// Policy says how patient to be with a kind of work. The zero Policy is a sensible one.
type Policy struct {
	Tries    int                           // the failed try after which the work is parked; 0 for 10
	Backoff  func(tries int) time.Duration // the pause after so many failed tries; nil for Doubling(5 s, 1 h)
	Parallel int                           // at once on one node; 0 for 4, and for 1 with HandleTx and Every
	Lease    time.Duration                 // the longest a try may take, then its context ends; a dead node's work waits somewhat longer for another; 0 for a minute
}

// Doubling pauses for first after the first failed try and twice as long each time, up to most, give or take a fifth.
func Doubling(first, most time.Duration) func(tries int) time.Duration {
	return func(tries int) time.Duration {
		d := first
		for ; tries > 1 && d < most; tries-- {
			d *= 2
		}
		d = min(d, most)
		return d - d/5 + rand.N(2*d/5+1) //nolint:gosec // spreads tries, hides nothing
	}
}

// GiveUp marks an error that no further try will mend: the work is parked at once.
func GiveUp(err error) error { return &hopeless{err} }

type hopeless struct{ err error }

func (h *hopeless) Error() string { return h.err.Error() }
func (h *hopeless) Unwrap() error { return h.err }

// Later asks for the next try at a given moment, as a Retry-After does. The try counts like any other that failed.
func Later(err error, at time.Time) error { return &later{err, at} }

type later struct {
	err error
	at  time.Time
}

func (l *later) Error() string { return l.err.Error() }
func (l *later) Unwrap() error { return l.err }

// Queue knows what to do with each kind of work. Kinds are named after the room: "email.send".
type Queue struct {
	db    *store.DB
	log   *slog.Logger
	look  time.Duration // between looks at what other nodes put or left
	drain time.Duration // for running work to end by itself when Run ends

	wake   chan struct{}
	crew   sync.WaitGroup
	seeded bool          // the loop's own
	seen   map[lease]int // claims of others and for how many looks they stood; the loop's own
	mu     sync.Mutex    // guards the rest
	kinds  map[string]*kind
	wrong  error          // in what was registered
	held   map[lease]held // claimed by this process and not yet settled
	alarms []func(Job)
}

type kind struct {
	Policy
	name  string
	work  func(ctx context.Context, j Job) (done func(tx *store.Tx) error, err error)
	tx    func(tx *store.Tx, j Job) error
	every Schedule
	next  time.Time // the earliest moment a waiting row is known for; zero for none
	busy  int
}

// lease names one claim of one row.
type lease struct{ kind, key, holder string }

type held struct {
	Job
	Holder string `db:"holder"`
}

func (h held) lease() lease { return lease{h.Kind, h.Key, h.Holder} }

// New makes a queue on db; nil for log is slog.Default.
func New(db *store.DB, log *slog.Logger) *Queue {
	if log == nil {
		log = slog.Default()
	}
	return &Queue{
		db: db, log: log, look: 4 * time.Second, drain: 7 * time.Second,
		wake: make(chan struct{}, 1), seen: map[lease]int{}, kinds: map[string]*kind{}, held: map[lease]held{},
	}
}

// Handle says how work outside the database (SMTP, HTTP) is done. do runs outside any transaction and may be run again
// after a crash, so it must be idempotent; then done, which may be nil, and the row's end commit together. Work that was
// cancelled meanwhile still has its done; work that another node took over has not.
func (q *Queue) Handle(kindName string, p Policy, do func(ctx context.Context, j Job) (done func(tx *store.Tx) error, err error)) {
	q.register(&kind{name: kindName, Policy: p.or(4), work: do})
}

// HandleTx says how work on the database alone is done: do and the row's end are one transaction, so it takes effect
// exactly once, and not at all when the row was moved or cancelled first. Short jobs may share a transaction.
func (q *Queue) HandleTx(kindName string, p Policy, do func(tx *store.Tx, j Job) error) {
	q.register(&kind{name: kindName, Policy: p.or(1), tx: do})
}

// Every does periodic work on one node at a time, through restarts; a moment missed while nothing ran is made up for once.
// When Tries in a row have failed it is not parked: the alarm is raised and it goes on at its next moment.
// To run it at once, Put its name with an empty key.
func (q *Queue) Every(name string, s Schedule, p Policy, do func(ctx context.Context) error) {
	q.register(&kind{name: name, Policy: p.or(1), every: s, work: func(ctx context.Context, _ Job) (func(*store.Tx) error, error) { return nil, do(ctx) }})
}

func (p Policy) or(parallel int) Policy {
	if p.Tries <= 0 {
		p.Tries = 10
	}
	if p.Backoff == nil {
		p.Backoff = Doubling(5*time.Second, time.Hour)
	}
	if p.Parallel <= 0 {
		p.Parallel = parallel
	}
	if p.Lease <= 0 {
		p.Lease = time.Minute
	}
	return p
}

func (q *Queue) register(k *kind) {
	now := q.db.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.kinds[k.name] != nil {
		q.wrong = errors.Join(q.wrong, fmt.Errorf("due: two handlers for %q", k.name))
	}
	if k.every != nil && !k.every(now).After(now) {
		q.wrong = errors.Join(q.wrong, fmt.Errorf("due: the schedule of %q does not move on", k.name))
	}
	q.kinds[k.name] = k
}

// OnPark calls do in this process after work was parked, or periodic work failed Tries times in a row; do must be quick.
func (q *Queue) OnPark(do func(j Job)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.alarms = append(q.alarms, do)
}

// Put asks for work at a moment, the zero time for now, in the caller's transaction. A row of the same kind and key is
// moved and starts afresh; when it is running just now, it runs again at the new moment.
func (q *Queue) Put(tx *store.Tx, kindName, key string, at time.Time, payload any) error {
	if at.IsZero() {
		at = tx.Now()
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("due: payload of %s/%s: %w", kindName, key, err)
	}
	if err := settleOwn(tx, kindName, key); err != nil {
		return err
	}
	if err := put(tx, kindName, key, at, string(body)); err != nil {
		return err
	}
	tx.After(func() { q.expect(kindName, at) })
	return nil
}

// Cancel takes back what was asked for. stopped says that it was waiting, or parked, and will not run; else there was
// nothing of the name, or it is running just now and will not be tried again.
func (q *Queue) Cancel(tx *store.Tx, kindName, key string) (stopped bool, err error) {
	if err := settleOwn(tx, kindName, key); err != nil {
		return false, err
	}
	if n, err := removeWaiting(tx, kindName, key); n > 0 || err != nil {
		return n > 0, err
	}
	by, found, err := holder(tx, kindName, key)
	if err != nil || !found {
		return false, err
	}
	if k := q.kind(kindName); by == "" || k != nil && k.tx != nil { // what runs in a transaction fails at its end when the row is gone
		return true, remove(tx, kindName, key)
	}
	return false, markCancelled(tx, kindName, key)
}

func (q *Queue) kind(name string) *kind {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.kinds[name]
}

// expect tells the timer of a row that waits for at.
func (q *Queue) expect(kindName string, at time.Time) {
	q.mu.Lock()
	k := q.kinds[kindName]
	sooner := k != nil && !at.IsZero() && (k.next.IsZero() || at.Before(k.next))
	if sooner {
		k.next = at
	}
	q.mu.Unlock()
	if sooner {
		q.ring()
	}
}

func (q *Queue) ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}
