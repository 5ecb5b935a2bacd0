package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

type postgresEngine struct{ pool *pgxpool.Pool }

func openPostgres(ctx context.Context, url string, hasty bool) (engine, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the database URL can't be read; it looks like postgres://user@host/name")
	}
	set := cfg.ConnConfig.RuntimeParams
	set["application_name"] = "hearth"
	set["lock_timeout"] = "15s"
	set["idle_in_transaction_session_timeout"] = "60s"
	set["timezone"] = "UTC"
	if hasty {
		set["synchronous_commit"] = "off"
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	wait, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	if err := pool.Ping(wait); err != nil {
		pool.Close()
		return nil, fmt.Errorf("PostgreSQL at %s does not answer: %w", net.JoinHostPort(cfg.ConnConfig.Host, fmt.Sprint(cfg.ConnConfig.Port)), err)
	}
	return &postgresEngine{pool}, nil
}

func (e *postgresEngine) name() string { return "postgres" }

func (e *postgresEngine) begin(ctx context.Context, p purpose) (conn, error) {
	if p == looking {
		return e.start(ctx, "begin isolation level repeatable read read only")
	}
	return e.start(ctx, "begin")
}

// start takes a connection; the transaction begins with its first statement, in the same message.
func (e *postgresEngine) start(ctx context.Context, begin string) (conn, error) {
	c, err := e.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	t := &postgresConn{Conn: c, waiting: &pgx.Batch{}}
	t.waiting.Queue(begin)
	return t, nil
}

// postgresConn is a transaction. What nobody waits for the answer to waits for the next statement and goes in one message
// with it, for on PostgreSQL most of the cost of a small statement is the way there and back.
type postgresConn struct {
	*pgxpool.Conn
	waiting *pgx.Batch
	begun   bool
}

// mostWaiting bounds the memory of a transaction that asks nothing.
const mostWaiting = 200

func (c *postgresConn) do(ctx context.Context, query string, args []any) error {
	if c.waiting.Len() >= mostWaiting {
		_, err := c.exec(ctx, query, args)
		return err
	}
	c.waiting.Queue(query, args...)
	return nil
}

// send sends what waits and then the statement, and returns what the server answers, up to the answer to the statement.
func (c *postgresConn) send(ctx context.Context, query string, args []any) (pgx.BatchResults, error) {
	b := c.waiting
	n := b.Len()
	b.Queue(query, args...)
	c.waiting, c.begun = &pgx.Batch{}, true
	answers := c.SendBatch(ctx, b)
	for i := range n {
		if _, err := answers.Exec(); err != nil {
			return nil, errors.Join(fmt.Errorf("%w in %s", err, brief(b.QueuedQueries[i].SQL)), answers.Close())
		}
	}
	return answers, nil
}

func (c *postgresConn) exec(ctx context.Context, query string, args []any) (int64, error) {
	if c.waiting.Len() == 0 {
		tag, err := c.Exec(ctx, query, args...)
		return tag.RowsAffected(), err
	}
	answers, err := c.send(ctx, query, args)
	if err != nil {
		return 0, err
	}
	tag, err := answers.Exec()
	if err != nil {
		_ = answers.Close() // says the same again
		return 0, err
	}
	return tag.RowsAffected(), answers.Close()
}

func (c *postgresConn) query(ctx context.Context, query string, args []any) (rows, error) {
	if c.waiting.Len() == 0 {
		r, err := c.Query(ctx, query, args...)
		if err != nil {
			return nil, err
		}
		return postgresRows{Rows: r}, nil
	}
	answers, err := c.send(ctx, query, args)
	if err != nil {
		return nil, err
	}
	r, err := answers.Query()
	if err != nil {
		_ = answers.Close() // says the same again
		return nil, err
	}
	return postgresRows{r, answers}, nil
}

type postgresRows struct {
	pgx.Rows
	answers pgx.BatchResults // nil for a statement that was sent alone
}

func (r postgresRows) Close() error {
	r.Rows.Close()
	if r.answers == nil {
		return nil
	}
	return r.answers.Close()
}

func (r postgresRows) Columns() ([]string, error) {
	var names []string
	for _, f := range r.FieldDescriptions() {
		names = append(names, f.Name)
	}
	return names, nil
}

// The counter row is locked from its update to the commit, so both travel in one message.
const appendEntries = `WITH head AS (UPDATE journal_head SET seq = seq + $1 RETURNING seq)
	INSERT INTO journal (seq, at, by, via, subject, kind, body)
	SELECT head.seq - $1 + e.n, e.at, e.by, e.via, e.subject, e.kind, e.body
	FROM head, unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS e (at, by, via, subject, kind, body, n)
	RETURNING (SELECT seq FROM head)`

func (c *postgresConn) commit(ctx context.Context, entries []pending) (seq int64, err error) {
	b := c.waiting
	c.waiting, c.begun = &pgx.Batch{}, true
	if n := len(entries); n > 0 {
		at, col := make([]int64, n), [5][]string{}
		for i, e := range entries {
			at[i] = micros(e.at)
			for j, s := range []string{e.by.String(), e.by.Via, e.subject, e.kind, e.body} {
				col[j] = append(col[j], s)
			}
		}
		b.Queue(appendEntries, int64(n), at, col[0], col[1], col[2], col[3], col[4]).QueryRow(func(r pgx.Row) error { return r.Scan(&seq) })
	}
	b.Queue("commit").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" { // PostgreSQL answers ROLLBACK when the transaction had failed before
			return errors.New("store: the transaction was rolled back")
		}
		return nil
	})
	if err := c.SendBatch(ctx, b).Close(); err != nil {
		return 0, err
	}
	c.Release()
	return seq, nil
}

func (c *postgresConn) rollback(ctx context.Context) {
	if !c.begun {
		c.Release()
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	// When this fails the connection is not idle and the pool throws it away, which ends the transaction too.
	_, _ = c.Exec(ctx, "rollback")
	c.Release()
}

func (e *postgresEngine) again(err error) bool {
	p, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (p.Code == "40001" || p.Code == "40P01") // serialization_failure, deadlock_detected
}

func (e *postgresEngine) trouble(err error) string {
	if p, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case p.Code == "53100":
			return "The database server's disk is full, so nothing can be saved. Please tell whoever looks after it."
		case p.Code[:2] == "53", p.Code[:2] == "57", p.Code == "55P03", p.Code[:2] == "40":
			return "The database is too busy or restarting; please try again in a moment."
		}
		return ""
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return "The database does not answer; please try again in a moment."
	}
	if _, ok := errors.AsType[net.Error](err); ok && !errors.Is(err, context.Canceled) {
		return "The database does not answer; please try again in a moment."
	}
	return ""
}

func (e *postgresEngine) migrator() (migrator, error) {
	return migrator{
		dialect: "postgres", suffix: ".postgres.sql", other: ".sqlite.sql", pool: stdlib.OpenDBFromPool(e.pool),
		lock: e.lockMigrations,
	}, nil
}

// lockMigrations lets one node at a time change the tables; the lock is an ordinary one, so engines without advisory locks do.
func (e *postgresEngine) lockMigrations(ctx context.Context) (func(), error) {
	// Two nodes that create the table at once collide in the catalogue; the loser finds it made.
	_, _ = e.pool.Exec(ctx, `CREATE TABLE IF NOT EXISTS migration_lock (n BIGINT)`)
	c, err := e.start(ctx, "begin")
	if err != nil {
		return nil, err
	}
	if _, err := c.exec(ctx, `SET LOCAL lock_timeout = '120s'`, nil); err != nil {
		c.rollback(ctx)
		return nil, err
	}
	if _, err := c.exec(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`, nil); err != nil {
		c.rollback(ctx)
		return nil, err
	}
	if _, err := c.exec(ctx, `LOCK TABLE migration_lock IN ACCESS EXCLUSIVE MODE`, nil); err != nil {
		c.rollback(ctx)
		return nil, err
	}
	return func() { c.rollback(ctx) }, nil
}

func (e *postgresEngine) close() error {
	e.pool.Close()
	return nil
}

// Blank says whether a PostgreSQL database has no table yet, so that one can be restored into it.
func Blank(ctx context.Context, url string) (bool, error) {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return false, err
	}
	defer c.Close(ctx)
	var has bool
	err = c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema'))`).Scan(&has)
	return !has, err
}
