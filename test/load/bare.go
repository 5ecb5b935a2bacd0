package main

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "modernc.org/sqlite" // the driver that base/store uses
)

// bare is the database without Hearth: the same driver, the same settings, statements prepared once, and nothing between.
type bare struct {
	pool *pgxpool.Pool // of PostgreSQL

	mu       sync.Mutex // SQLite has one writer
	lite     *sql.DB
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

func openBare(ctx context.Context, p *place) (b *bare, err error) {
	if p.url != "" {
		cfg, err := pgxpool.ParseConfig(p.url)
		if err != nil {
			return nil, err
		}
		cfg.MaxConns = clients
		cfg.ConnConfig.RuntimeParams["application_name"] = bareName
		pool, err := pgxpool.NewWithConfig(ctx, cfg)
		return &bare{pool: pool}, err
	}
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(wal)", "synchronous(full)", "temp_store(memory)", "cache_size(-8192)"}}
	b = &bare{prepared: map[string]*sql.Stmt{}}
	if b.lite, err = sql.Open("sqlite", "file:"+filepath.Join(p.data, "hearth.db")+"?"+q.Encode()); err != nil {
		return nil, err
	}
	b.conn, err = b.lite.Conn(ctx)
	return b, err
}

func (b *bare) close() error {
	if b.pool != nil {
		b.pool.Close()
		return nil
	}
	return errors.Join(b.conn.Close(), b.lite.Close())
}

// bareName is the program PostgreSQL takes it for.
const bareName = "bare"

type execute func(query string, args ...any) error

// tx carries out statements in one transaction.
func (b *bare) tx(ctx context.Context, do func(exec execute) error) error {
	if b.pool != nil {
		return pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
			return do(func(query string, args ...any) error {
				_, err := tx.Exec(ctx, query, args...)
				return err
			})
		})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	exec := func(query string, args ...any) error {
		s, err := b.stmt(ctx, query) //nolint:sqlclosecheck // it stays prepared
		if err != nil {
			return err
		}
		_, err = s.ExecContext(ctx, args...)
		return err
	}
	if err := exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := do(exec); err != nil {
		return errors.Join(err, exec("ROLLBACK"))
	}
	return exec("COMMIT")
}

func (b *bare) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := b.prepared[query]; s != nil {
		return s, nil
	}
	s, err := b.conn.PrepareContext(ctx, query)
	b.prepared[query] = s
	return s, err
}

// read fetches all rows of a query.
func (b *bare) read(ctx context.Context, query string, args ...any) (n int, err error) { //nolint:unparam // how many there were is for whoever doubts the comparison
	if b.pool != nil {
		rows, err := b.pool.Query(ctx, query, args...)
		if err != nil {
			return 0, err
		}
		defer rows.Close()
		for ; rows.Next(); n++ {
			if _, err := rows.Values(); err != nil {
				return n, err
			}
		}
		return n, rows.Err()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.stmt(ctx, query) //nolint:sqlclosecheck // it stays prepared
	if err != nil {
		return 0, err
	}
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	cells := make([]any, len(cols))
	for i := range cells {
		cells[i] = new(any)
	}
	for ; rows.Next(); n++ {
		if err := rows.Scan(cells...); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}

// scan reads the one value of a query.
func (b *bare) scan(ctx context.Context, into any, query string, args ...any) error {
	if b.pool != nil {
		return b.pool.QueryRow(ctx, query, args...).Scan(into)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.conn.QueryRowContext(ctx, query, args...).Scan(into)
}

func (b *bare) text(ctx context.Context, query string, args ...any) (s string, err error) {
	return s, b.scan(ctx, &s, query, args...)
}

func (b *bare) number(ctx context.Context, query string, args ...any) (n int64, err error) {
	return n, b.scan(ctx, &n, query, args...)
}

// ids writes the ids of one column as int64.
func (b *bare) ids(ctx context.Context, query string) (all []int64, err error) {
	if b.pool != nil {
		rows, err := b.pool.Query(ctx, query)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, pgx.RowTo[int64])
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	rows, err := b.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Err()
}
