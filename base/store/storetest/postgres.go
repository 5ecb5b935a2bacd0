package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/hearthdesk/hearth/base/store"
)

// A database costs PostgreSQL a tenth of a second to make and to remove, and as much again to be met for the first time.
// So one that a test has left is washed for the next test of the same program that wants the same tables.

type original struct {
	name  string
	shape string            // its tables, as they must be found again
	rows  map[string][]byte // what its tables hold from the beginning
	full  string            // asks which of the others hold anything
}

type database struct {
	name, url string
	from      *original
	conn      *pgx.Conn // kept: whoever comes anew has to look up every table again
}

var (
	poolMu    sync.Mutex
	free      = map[string][]*database{}
	lent      = map[string]*database{} // by name
	originals = map[string]*original{}
)

func borrow(of string) *database {
	poolMu.Lock()
	defer poolMu.Unlock()
	all := free[of]
	if len(all) == 0 {
		return nil
	}
	free[of] = all[:len(all)-1]
	return all[len(all)-1]
}

func lend(d *database) {
	poolMu.Lock()
	defer poolMu.Unlock()
	lent[d.name] = d
}

func giveBack(of string, d *database) {
	poolMu.Lock()
	defer poolMu.Unlock()
	delete(lent, d.name)
	free[of] = append(free[of], d)
}

// full names the tables of a lent database that may hold what rooms say.
func full(ctx context.Context, name string) ([]string, error) {
	poolMu.Lock()
	d := lent[name]
	poolMu.Unlock()
	if d == nil {
		return nil, fmt.Errorf("%s was not opened by storetest", name)
	}
	c, err := d.connected(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := c.Query(ctx, d.from.full)
	if err != nil {
		return nil, err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return append(slices.Collect(maps.Keys(d.from.rows)), tables...), err
}

func (d *database) connected(ctx context.Context) (*pgx.Conn, error) {
	if d.conn != nil && !d.conn.IsClosed() {
		if d.conn.Ping(ctx) == nil {
			return d.conn, nil
		}
		_ = d.conn.Close(ctx) // a test ended every connection
	}
	var err error
	d.conn, err = pgx.Connect(ctx, d.url)
	return d.conn, err
}

const shape = `SELECT coalesce(string_agg(concat_ws(' ', c.relname, c.relkind, c.relnatts, c.relhastriggers), ',' ORDER BY c.relname), '') FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace`

var errChanged = errors.New("a test changed the tables of its database")

// wash leaves the database as it was made: nobody connected, every table as it was at first.
func (d *database) wash() error {
	ctx := context.Background()
	c, err := d.connected(ctx)
	if err != nil {
		return err
	}
	if _, err := c.Exec(ctx, `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		return err
	}
	var is string
	if err := c.QueryRow(ctx, shape).Scan(&is); err != nil {
		return err
	}
	if is != d.from.shape {
		return errChanged
	}
	rows, err := c.Query(ctx, d.from.full)
	if err != nil {
		return err
	}
	used, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	var script strings.Builder
	script.WriteString("BEGIN; SET LOCAL session_replication_role = replica;")
	for t := range d.from.rows {
		used = append(used, t)
	}
	for _, t := range used {
		fmt.Fprintf(&script, "DELETE FROM %s;", t)
	}
	if _, err := c.Exec(ctx, script.String()); err != nil {
		return err
	}
	for t, first := range d.from.rows {
		if _, err := c.PgConn().CopyFrom(ctx, bytes.NewReader(first), `COPY `+t+` FROM STDIN`); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	_, err = c.Exec(ctx, "COMMIT")
	return err
}

// template is a database with the rooms' tables, made once for all programs that want the same.
func template(ctx context.Context, tb testing.TB, c *pgx.Conn, admin, of string, rooms []store.Migrations) *original {
	tb.Helper()
	if o := originals[of]; o != nil {
		return o
	}
	o := &original{name: "tpl_" + of, rows: map[string][]byte{}}
	var there bool
	if err := c.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, o.name).Scan(&there); err != nil {
		tb.Fatal(err)
	}
	if !there {
		raw := "raw_" + random() // half made, it bears no name that counts
		exec(ctx, tb, c, `CREATE DATABASE `+raw)
		db, err := store.Open(ctx, store.Options{URL: at(tb, admin, raw)}, rooms...)
		if err != nil {
			tb.Fatal(err)
		}
		if err := db.Close(); err != nil {
			tb.Fatal(err)
		}
		exec(ctx, tb, c, `ALTER DATABASE `+raw+` RENAME TO `+o.name)
	}
	if err := o.look(ctx, at(tb, admin, o.name)); err != nil {
		tb.Fatal(err)
	}
	originals[of] = o
	return o
}

// look remembers what a fresh database holds.
func (o *original) look(ctx context.Context, url string) error {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	if err := c.QueryRow(ctx, shape).Scan(&o.shape); err != nil {
		return err
	}
	rows, err := c.Query(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'versions\_of\_%'`)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	var each []string
	for _, t := range tables {
		var first bytes.Buffer
		if _, err := c.PgConn().CopyTo(ctx, &first, `COPY `+t+` TO STDOUT`); err != nil {
			return err
		}
		if first.Len() > 0 {
			o.rows[t] = first.Bytes()
		} else {
			each = append(each, fmt.Sprintf("SELECT '%s' WHERE EXISTS (SELECT FROM %s)", t, t))
		}
	}
	o.full = strings.Join(each, " UNION ALL ")
	return nil
}
