package store

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
)

// Tx is one transaction with one moment and one actor.
type Tx struct {
	ctx     context.Context //nolint:containedctx // a transaction lives exactly as long as the call it serves
	db      *DB
	conn    conn
	now     time.Time
	by      Actor
	writes  bool
	entries []pending
	silent  []string // journalled tables changed so far
	after   []func()
}

func (tx *Tx) end() {
	if tx.conn != nil {
		tx.conn.rollback(tx.ctx)
	}
}

// Context is the context of the call this transaction serves.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Now is the moment the transaction began; everything in it happens then.
func (tx *Tx) Now() time.Time { return tx.now }

// By is who acts.
func (tx *Tx) By() Actor { return tx.by }

// Engine is "sqlite" or "postgres", for the few statements that differ.
func (tx *Tx) Engine() string { return tx.db.engine.name() }

// Lock ends a SELECT whose row is about to change: PostgreSQL locks it, SQLite has one writer anyway.
func (tx *Tx) Lock() string {
	if tx.writes && tx.Engine() == "postgres" {
		return " FOR UPDATE"
	}
	return ""
}

// After runs do once the transaction is committed; it is dropped with a transaction that fails.
func (tx *Tx) After(do func()) { tx.after = append(tx.after, do) }

// NewID makes the key of something that comes into being in this transaction.
func NewID[K id.Kind](tx *Tx) id.Of[K] { return id.Of[K](tx.db.ids.Next(tx.now)) }

// Exec changes rows and returns how many. Times are stored as microseconds since 1970 in UTC, the zero time as 0.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	n, err := tx.conn.exec(tx.ctx, query, plainArgs(args))
	if err != nil {
		return 0, fmt.Errorf("%w in %s", err, brief(query))
	}
	if n > 0 {
		tx.touched(query)
	}
	return n, nil
}

// Do is Exec where it does not matter how many rows there were. On PostgreSQL the statement travels with the next one, which
// is also who hears of its error.
func (tx *Tx) Do(query string, args ...any) error {
	if err := tx.conn.do(tx.ctx, query, plainArgs(args)); err != nil {
		return fmt.Errorf("%w in %s", err, brief(query))
	}
	tx.touched(query)
	return nil
}

// touched remembers, in strict mode, which journalled table a statement changed.
func (tx *Tx) touched(query string) {
	if !tx.db.strict || !tx.writes {
		return
	}
	if table := changed(query); table != "" && !tx.db.housekeeping[table] {
		tx.silent = append(tx.silent, table)
	}
}

// told refuses, in strict mode, a change of a journalled table of which nothing was recorded: an event of its room, whose
// kind begins with the room's name or with a noun that one of its tables begins with too.
func (tx *Tx) told() error {
	for _, table := range tx.silent {
		if !slices.ContainsFunc(tx.entries, func(e pending) bool { return tx.db.speaksOf(e.kind, table) }) {
			var kinds []string
			for _, e := range tx.entries {
				kinds = append(kinds, e.kind)
			}
			return fmt.Errorf("store: %s was changed by %s and no event of its room recorded, only %q", table, tx.by, kinds)
		}
	}
	return nil
}

func (db *DB) speaksOf(kind, table string) bool {
	if db.rooms[table] == "" { // made by a test, for itself
		return true
	}
	noun, _, _ := strings.Cut(kind, ".")
	for t, room := range db.rooms {
		if room == db.rooms[table] && (room == noun || t == noun || strings.HasPrefix(t, noun+"_")) {
			return true
		}
	}
	return false
}

// Record says what happened to subject. It is written to the journal as the last act of this transaction.
func (tx *Tx) Record(subject fmt.Stringer, e Event) error {
	body, err := json.Marshal(e)
	if err != nil {
		return err
	}
	tx.entries = append(tx.entries, pending{at: tx.now, by: tx.by, subject: subject.String(), kind: e.Kind(), body: string(body)})
	return nil
}

// JSON is a value stored as JSON text.
func JSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(b)
}

func plainArgs(args []any) []any {
	for i, a := range args {
		if t, ok := a.(time.Time); ok {
			args[i] = micros(t)
		}
	}
	return args
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

var (
	changes = regexp.MustCompile(`(?is)^\s*(?:with\b.*?\)\s*)?(?:insert\s+(?:or\s+\w+\s+)?into|update|delete\s+from)\s+([a-z_0-9]+)`)
	tables  sync.Map // query → table it changes; queries are constants, so this stays small
)

func changed(query string) string {
	if t, ok := tables.Load(query); ok {
		name, _ := t.(string)
		return name
	}
	name := ""
	if m := changes.FindStringSubmatch(query); m != nil {
		name = strings.ToLower(m[1])
	}
	tables.Store(query, name)
	return name
}

func brief(query string) string {
	q := strings.Join(strings.Fields(query), " ")
	if len(q) > 120 {
		q = q[:120] + "…"
	}
	return q
}

type onceKey struct{}

type once struct {
	key  string
	used bool
}

// Once makes the first Write under the context happen at most once for key, whoever calls it again: a second one is a
// Conflict fault with the code "request.repeated". The claim commits together with the work.
func Once(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, onceKey{}, &once{key: key})
}

func claim(tx *Tx) error {
	o, ok := tx.ctx.Value(onceKey{}).(*once)
	if !ok || o.used {
		return nil
	}
	n, err := tx.conn.exec(tx.ctx, `INSERT INTO claims (key, at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, []any{o.key, micros(tx.now)})
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "request.repeated", "This request was carried out already.")
	}
	tx.After(func() { o.used = true })
	return nil
}

// ForgetClaims drops the claims of Once made before a moment; their keys may be used again.
func (tx *Tx) ForgetClaims(before time.Time) error {
	return tx.Do(`DELETE FROM claims WHERE at < $1`, before)
}
