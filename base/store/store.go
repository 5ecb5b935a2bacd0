// Package store is the database and its journal as one thing, because they commit together.
//
// A room changes its tables inside Write and says what happened with tx.Record. At commit the journal's counter row is
// bumped and the entries are inserted as the last statements, so sequence numbers have no gaps and are never seen out of
// order. Followers then read the journal from their own bookmarks, which move in the transaction of their work. The same
// rooms run on SQLite (one writer, many readers) and on PostgreSQL (pgx natively); SQL holds the truth, bells only ring.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
)

// Options say where the data lies and how strict to be.
type Options struct {
	URL    string           // a file path for SQLite, or postgres://…
	Now    func() time.Time // the clock; nil for the machine's
	Strict bool             // refuse a Write that changed a journalled table and recorded nothing of its room; on in tests
	Log    *slog.Logger     // nil for slog.Default
	Hasty  bool             // wait for no disk: for what can be made anew if the power fails
	Past   string           // the file with the names of those who ran here before, in a folder this process has to itself; may be empty
}

// DB is an open database. It is safe for many goroutines.
type DB struct {
	engine engine
	ids    *id.Maker
	now    func() time.Time
	log    *slog.Logger
	strict bool
	holder string // names this process in leases
	past   past

	housekeeping map[string]bool   // tables that may change without an event
	rooms        map[string]string // in strict mode, whose a table is

	mu    sync.Mutex
	bells []chan struct{}
	rung  []func(seq int64)
	head  atomic.Int64 // the newest sequence this process knows of
	held  sync.Map     // lease → until when this process holds it
}

// Open opens the database and brings base and the rooms' tables up to date, in the order given.
func Open(ctx context.Context, o Options, rooms ...Migrations) (*DB, error) {
	db := &DB{now: o.Now, log: o.Log, strict: o.Strict, past: past{file: o.Past}, housekeeping: map[string]bool{}, rooms: map[string]string{}}
	if db.now == nil {
		db.now = time.Now //nolint:forbidigo // the one place the clock is read
	}
	if db.log == nil {
		db.log = slog.Default()
	}
	var err error
	if strings.HasPrefix(o.URL, "postgres://") || strings.HasPrefix(o.URL, "postgresql://") {
		db.engine, err = openPostgres(ctx, o.URL, o.Hasty)
	} else {
		db.engine, err = openSQLite(ctx, o.URL, o.Hasty)
	}
	if err != nil {
		db.engine = &sqliteEngine{} // PostgreSQL says itself what it lacks
		return nil, db.plain(err)
	}
	if err := db.migrate(ctx, rooms); err != nil {
		return nil, errors.Join(db.plain(err), db.engine.close())
	}
	if err := db.enroll(ctx); err != nil {
		return nil, errors.Join(err, db.engine.close())
	}
	return db, nil
}

// enroll takes a number for this process, so that two nodes never make the same id.
func (db *DB) enroll(ctx context.Context) error {
	if err := db.past.read(); err != nil { // it only spares a wait, so nobody is kept from starting
		db.log.WarnContext(ctx, "who ran here before is not known; what they left waits until their claims run out", "err", err)
	}
	db.ids = id.NewMaker(0)
	err := db.Write(ctx, System("store"), func(tx *Tx) error {
		n, err := One[int64](tx, `UPDATE counters SET n = n + 1 WHERE name = 'node' RETURNING n`)
		if err != nil {
			return err
		}
		head, err := One[int64](tx, `SELECT seq FROM journal_head`)
		if err != nil {
			return err
		}
		db.ids, db.holder = id.NewMaker(n), nodeName(n)
		db.head.Store(head)
		return db.inherit(tx)
	})
	if err != nil {
		return err
	}
	if err := db.past.enter(db.holder); err != nil {
		db.log.WarnContext(ctx, "whoever starts here next will not know of this process", "err", err)
	}
	return nil
}

// Close waits for the running transaction and closes the database.
func (db *DB) Close() error { return db.engine.close() }

// Engine is "sqlite" or "postgres".
func (db *DB) Engine() string { return db.engine.name() }

// Now is the moment by the database's clock, in UTC and whole microseconds.
func (db *DB) Now() time.Time { return db.now().UTC().Truncate(time.Microsecond) }

// Node names this process among those that share the database.
func (db *DB) Node() string { return db.holder }

const attempts = 8 // of one Write, when PostgreSQL asks to try again

// Write runs do in one transaction on behalf of by and commits it when do returns nil.
// do may run again after a serialization failure, so it must not keep state between runs.
func (db *DB) Write(ctx context.Context, by Actor, do func(tx *Tx) error) error {
	return db.persist(ctx, by, changing, do)
}

func (db *DB) persist(ctx context.Context, by Actor, p purpose, do func(tx *Tx) error) error {
	for try := 1; ; try++ {
		err := db.write(ctx, by, p, do)
		if err == nil || try == attempts || !db.engine.again(err) || ctx.Err() != nil {
			return db.plain(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(rand.Int64N(int64(try) * int64(4*time.Millisecond)))): //nolint:gosec // spreads tries, hides nothing
		}
	}
}

func (db *DB) write(ctx context.Context, by Actor, p purpose, do func(tx *Tx) error) error {
	c, err := db.engine.begin(ctx, p)
	if err != nil {
		return err
	}
	tx := &Tx{ctx: ctx, db: db, conn: c, now: db.Now(), by: by, writes: true}
	defer tx.end()
	if err := claim(tx); err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return err
	}
	if db.strict {
		if err := tx.told(); err != nil {
			return err
		}
	}
	seq, err := c.commit(context.WithoutCancel(ctx), tx.entries)
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	tx.conn = nil
	for _, then := range tx.after {
		then()
	}
	if len(tx.entries) > 0 {
		db.Ring(seq)
	}
	return nil
}

// Read runs do in one read-only view of the data.
func (db *DB) Read(ctx context.Context, do func(tx *Tx) error) error {
	c, err := db.engine.begin(ctx, looking)
	if err != nil {
		return db.plain(err)
	}
	tx := &Tx{ctx: ctx, db: db, conn: c, now: db.Now()}
	defer tx.end()
	return db.plain(do(tx))
}

// plain turns the engine's ways to be out of order into faults a person can act on.
func (db *DB) plain(err error) error {
	if err == nil || fault.Of(err) != nil {
		return err
	}
	if say := db.engine.trouble(err); say != "" {
		return errors.Join(&fault.Fault{Kind: fault.Internal, Code: "store.trouble", Say: say}, err)
	}
	return err
}

// Bell returns a channel that is rung after each commit that recorded something, here or (by Ring) on another node.
// A ring can stand for many commits; it never blocks the committer. Call quiet when no longer listening.
func (db *DB) Bell() (bell <-chan struct{}, quiet func()) {
	ch := make(chan struct{}, 1)
	db.mu.Lock()
	defer db.mu.Unlock()
	db.bells = append(db.bells, ch)
	return ch, func() {
		db.mu.Lock()
		defer db.mu.Unlock()
		for i, b := range db.bells {
			if b == ch {
				db.bells = append(db.bells[:i:i], db.bells[i+1:]...)
				return
			}
		}
	}
}

// OnRing calls do with the newest sequence after each commit of this process; do must be quick.
func (db *DB) OnRing(do func(seq int64)) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.rung = append(db.rung, do)
}

// Ring tells listeners of this process that the journal has reached seq; other nodes hear it from OnRing by the bus.
func (db *DB) Ring(seq int64) {
	db.Heard(seq)
	db.mu.Lock()
	rung := db.rung
	db.mu.Unlock()
	for _, do := range rung {
		do(seq)
	}
}

// Heard is Ring for news that came from another node: it wakes the listeners here and goes no further.
func (db *DB) Heard(seq int64) {
	for old := db.head.Load(); seq > old && !db.head.CompareAndSwap(old, seq); old = db.head.Load() {
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	for _, b := range db.bells {
		select {
		case b <- struct{}{}:
		default:
		}
	}
}
