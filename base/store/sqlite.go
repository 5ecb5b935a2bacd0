package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is how many connections read beside the one writer.
const readers = 8

type sqliteEngine struct {
	pool    *sql.DB          // of the writer
	looking *sql.DB          // of the readers
	writer  chan *sqliteConn // holds the one writer when it is free
	readers chan *sqliteConn
	done    chan struct{}
	closing sync.Once
}

// sqliteConn is one connection and the statements prepared on it: preparing costs more than most of our queries.
type sqliteConn struct {
	*sql.Conn
	home     chan *sqliteConn
	prepared map[string]*sql.Stmt
}

func dsn(path, cache string, readOnly bool) string {
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(wal)", "synchronous(full)", "foreign_keys(1)", "temp_store(memory)", "cache_size(" + cache + ")"}}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openSQLite(ctx context.Context, path string) (engine, error) {
	e := &sqliteEngine{writer: make(chan *sqliteConn, 1), readers: make(chan *sqliteConn, readers), done: make(chan struct{})}
	var err error
	if e.pool, err = sql.Open("sqlite", dsn(path, "-8192", false)); err != nil {
		return nil, err
	}
	if err := e.fill(ctx, e.writer, e.pool, 1); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, errors.Join(err, e.pool.Close()))
	}
	if e.looking, err = sql.Open("sqlite", dsn(path, "-4096", true)); err != nil {
		return nil, err
	}
	return e, e.fill(ctx, e.readers, e.looking, readers)
}

func (e *sqliteEngine) fill(ctx context.Context, home chan *sqliteConn, pool *sql.DB, n int) error {
	for range n {
		c, err := pool.Conn(ctx)
		if err != nil {
			return err
		}
		home <- &sqliteConn{Conn: c, home: home, prepared: map[string]*sql.Stmt{}}
	}
	return nil
}

func (e *sqliteEngine) name() string { return "sqlite" }

func (e *sqliteEngine) begin(ctx context.Context, write bool) (conn, error) {
	home, start := e.readers, "BEGIN"
	if write {
		home, start = e.writer, "BEGIN IMMEDIATE"
	}
	select {
	case c := <-home:
		if _, err := c.exec(ctx, start, nil); err != nil {
			home <- c
			return nil, err
		}
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.done:
		return nil, errClosed
	}
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
		return nil, err
	}
	return r, nil
}

func (c *sqliteConn) commit(ctx context.Context, entries []pending) (int64, error) {
	var seq int64
	if n := len(entries); n > 0 {
		s, err := c.stmt(ctx, `UPDATE journal_head SET seq = seq + $1 RETURNING seq`) //nolint:sqlclosecheck // it stays prepared
		if err != nil {
			return 0, err
		}
		if err := s.QueryRowContext(ctx, n).Scan(&seq); err != nil {
			return 0, err
		}
		for i, e := range entries {
			if _, err := c.exec(ctx, insertEntry, e.args(seq-int64(n-1-i))); err != nil {
				return 0, err
			}
		}
	}
	if _, err := c.exec(ctx, "COMMIT", nil); err != nil {
		return 0, err
	}
	c.home <- c
	return seq, nil
}

func (c *sqliteConn) rollback() {
	// After some errors (a full disk) SQLite has rolled back by itself and says so; either way the transaction is over.
	_, _ = c.exec(context.Background(), "ROLLBACK", nil)
	c.home <- c
}

func (e *sqliteEngine) again(error) bool { return false }

func (e *sqliteEngine) trouble(err error) string {
	s, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		if errors.Is(err, errClosed) {
			return "The server is stopping; please try again in a moment."
		}
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
		w := <-e.writer // waits for the running transaction
		close(e.done)
		for range readers {
			r := <-e.readers
			err = errors.Join(err, r.shut())
		}
		err = errors.Join(err, w.shut(), e.looking.Close(), e.pool.Close())
	})
	return err
}

func (c *sqliteConn) shut() error {
	for _, s := range c.prepared {
		s.Close()
	}
	return c.Close()
}

// Snapshot writes a consistent copy of the SQLite database to a new file while others go on reading and writing.
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
	_, err = c.ExecContext(ctx, `VACUUM INTO $1`, file)
	return err
}
