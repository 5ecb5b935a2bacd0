package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is how many connections read beside the one writer.
const readers = 8

type sqliteEngine struct {
	pool    *sql.DB // of the writer
	looking *sql.DB // of the readers
	writer  *writer
	readers *home
	closing sync.Once
}

// sqliteConn is one connection and the statements prepared on it: preparing costs more than most of our queries.
type sqliteConn struct {
	*sql.Conn
	prepared map[string]*sql.Stmt
	trouble  error // what the last statement that failed said
}

// home is where the readers are while they are free. The one that came last goes first: it has its statements and pages.
type home struct {
	there chan struct{} // one for each that is free
	done  chan struct{} // closed when none goes any more
	mu    sync.Mutex
	free  []*sqliteConn
}

// reading is one transaction that only looks.
type reading struct {
	*sqliteConn
	home *home
}

func (h *home) begin(ctx context.Context) (conn, error) {
	select {
	case <-h.there:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-h.done:
		return nil, errClosed
	}
	r := reading{h.take(), h}
	if _, err := r.exec(ctx, "BEGIN", nil); err != nil {
		h.put(r.sqliteConn)
		return nil, err
	}
	return r, nil
}

func (h *home) put(c *sqliteConn) {
	h.mu.Lock()
	h.free = append(h.free, c)
	h.mu.Unlock()
	h.there <- struct{}{}
}

// take lets a connection go; only for who received from there.
func (h *home) take() *sqliteConn {
	h.mu.Lock()
	defer h.mu.Unlock()
	last := len(h.free) - 1
	c := h.free[last]
	h.free = h.free[:last]
	return c
}

func (r reading) do(ctx context.Context, query string, args []any) error {
	_, err := r.exec(ctx, query, args)
	return err
}

func (r reading) rollback(ctx context.Context) {
	_, _ = r.exec(ctx, "ROLLBACK", nil) // nothing was changed, so nothing can be left behind
	r.home.put(r.sqliteConn)
}

func (r reading) commit(ctx context.Context, _ []pending) (int64, error) {
	r.rollback(ctx)
	return 0, nil
}

// dsn names a connection. A commit of synchronous(normal) reaches the write-ahead log and is not waited for: flush does
// that, outside of the transaction and once for many.
func dsn(path, cache string, readOnly bool) string {
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(wal)", "synchronous(normal)", "foreign_keys(1)", "temp_store(memory)", "wal_autocheckpoint(4000)", "cache_size(" + cache + ")"}}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openSQLite(ctx context.Context, path string, hasty bool) (engine, error) {
	e := &sqliteEngine{readers: &home{there: make(chan struct{}, readers), done: make(chan struct{})}}
	var err error
	if e.pool, err = sql.Open("sqlite", dsn(path, "-8192", false)); err != nil {
		return nil, err
	}
	c, err := dial(ctx, e.pool)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, errors.Join(err, e.pool.Close()))
	}
	e.writer = &writer{conn: c, log: writeAheadLog{path: path + "-wal", hasty: hasty}}
	if e.looking, err = sql.Open("sqlite", dsn(path, "-4096", true)); err != nil {
		return nil, err
	}
	for range readers {
		c, err := dial(ctx, e.looking)
		if err != nil {
			return nil, err
		}
		e.readers.put(c)
	}
	return e, nil
}

func dial(ctx context.Context, pool *sql.DB) (*sqliteConn, error) {
	c, err := pool.Conn(ctx)
	return &sqliteConn{Conn: c, prepared: map[string]*sql.Stmt{}}, err
}

func (e *sqliteEngine) name() string { return "sqlite" }

func (e *sqliteEngine) begin(ctx context.Context, p purpose) (conn, error) {
	if p == looking {
		return e.readers.begin(ctx)
	}
	return e.writer.begin(ctx, p == labour)
}

var errClosed = errors.New("store: closed")

// stmt prepares each statement once. The context is not passed on to SQLite: a statement takes microseconds, and one cut
// short would leave the connection in an unknown place of its transaction.
func (c *sqliteConn) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := c.prepared[query]; ok {
		return s, nil
	}
	if len(c.prepared) > 500 { // ticket filters make statements of many shapes
		for q, s := range c.prepared {
			s.Close()
			delete(c.prepared, q)
		}
	}
	s, err := c.PrepareContext(context.WithoutCancel(ctx), query)
	if err == nil {
		c.prepared[query] = s
	}
	return s, err
}

func (c *sqliteConn) exec(ctx context.Context, query string, args []any) (int64, error) {
	s, err := c.stmt(ctx, query) //nolint:sqlclosecheck // it stays prepared
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(context.WithoutCancel(ctx), args...)
	if err != nil {
		c.trouble = err
		return 0, err
	}
	return res.RowsAffected()
}

func (c *sqliteConn) query(ctx context.Context, query string, args []any) (rows, error) {
	s, err := c.stmt(ctx, query) //nolint:sqlclosecheck // it stays prepared
	if err != nil {
		return nil, err
	}
	r, err := s.QueryContext(context.WithoutCancel(ctx), args...) //nolint:rowserrcheck // Each does both
	if err != nil {
		c.trouble = err
		return nil, err
	}
	return r, nil
}

// writeAheadLog is the file that holds what was committed and is not in the database file yet.
type writeAheadLog struct {
	path      string
	hasty     bool
	committed atomic.Int64 // commits so far

	mu      sync.Mutex
	file    *os.File
	flushed int64 // of committed, how many are on the disk
	failed  error // for good: after a failed sync the system may take what was lost for written
}

// flush returns when every commit before the call is on the disk. Those who wait while another flushes share the next
// flush: on a busy server the disk is asked far less often than once per commit, and the writer never waits for it.
func (l *writeAheadLog) flush() error {
	if l.hasty {
		return nil
	}
	mine := l.committed.Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.flushed >= mine || l.failed != nil {
		return l.failed
	}
	upTo := l.committed.Load()
	err := l.open()
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		l.failed = fmt.Errorf("%w: %w", errUnsure, err)
		return l.failed
	}
	l.flushed = upTo
	return nil
}

// open opens the file, which SQLite makes with the first change and keeps while it is open, and has its name on the disk.
func (l *writeAheadLog) open() (err error) {
	if l.file != nil {
		return nil
	}
	folder, err := os.Open(filepath.Dir(l.path))
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil {
		return err
	}
	l.file, err = os.OpenFile(l.path, os.O_RDWR, 0)
	return err
}

// errUnsure says that a change was made, and that it is not known whether it outlives a power cut.
var errUnsure = errors.New("store: the disk did not confirm what was saved")

func (l *writeAheadLog) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

func (e *sqliteEngine) again(error) bool { return false }

func (e *sqliteEngine) trouble(err error) string {
	s, ok := errors.AsType[*sqlite.Error](err)
	switch {
	case errors.Is(err, errClosed):
		return "The server is stopping; please try again in a moment."
	case errors.Is(err, errUnsure):
		return "The disk did not confirm what was saved. Please tell whoever looks after this server: the disk needs a look, and Hearth a restart."
	case !ok:
		return ""
	}
	switch s.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return "The disk is full, so nothing can be saved. Please tell whoever looks after this server."
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return "The database can't be written to. Please tell whoever looks after this server."
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return "Another program holds the database; please try again in a moment."
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return "The database file is damaged; it needs to be restored from a backup."
	}
	return ""
}

func (e *sqliteEngine) migrator() (migrator, error) {
	return migrator{dialect: "sqlite3", suffix: ".sqlite.sql", other: ".postgres.sql", pool: e.pool, lock: func(context.Context) (func(), error) { return func() {}, nil }}, nil
}

func (e *sqliteEngine) close() error {
	var err error
	e.closing.Do(func() {
		e.writer.close()
		close(e.readers.done)
		for range readers {
			<-e.readers.there
			err = errors.Join(err, e.readers.take().shut())
		}
		err = errors.Join(err, e.writer.conn.shut(), e.writer.log.close(), e.looking.Close(), e.pool.Close())
	})
	return err
}

func (c *sqliteConn) shut() error {
	for _, s := range c.prepared {
		s.Close()
	}
	return c.Close()
}

// Snapshot writes a consistent copy of the SQLite database to a new file while others go on reading and writing. It waits
// for no disk, because a flush of so much at once would keep everybody waiting: what must last is synced by the caller.
func (db *DB) Snapshot(ctx context.Context, file string) error {
	e, ok := db.engine.(*sqliteEngine)
	if !ok {
		return errors.New("store: a snapshot file is for SQLite; use pg_dump for PostgreSQL")
	}
	c, err := e.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err = c.ExecContext(ctx, `PRAGMA synchronous = off`); err == nil { // of a connection that is used for nothing else
		_, err = c.ExecContext(ctx, `VACUUM INTO $1`, file)
	}
	return err
}
