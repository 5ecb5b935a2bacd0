package storetest

import (
	"bytes"
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// A database that a test has left is emptied and given to the next: to make one and to drop one each wait for a checkpoint,
// which takes longer than most tests.

// kept is what a template holds, so that a copy of it can be made as it was.
type kept struct {
	shape string            // of its tables and indexes: a copy that was altered is used by nobody else
	rows  map[string][]byte // of each table that holds something, as COPY writes them
	free  []string          // copies that nobody uses
}

var templates = map[string]*kept{} // of this program, under adminMu

// shape tells of every table and index by what changes when it is altered or truncated.
const shape = `SELECT coalesce(sum(hashtextextended(concat_ws(' ', relname, relkind, relnatts, relchecks, relhastriggers, pg_relation_filenode(oid)), 0)), 0)::text
	FROM pg_class WHERE relnamespace = 'public'::regnamespace`

// written names the tables that were ever written to: the others have no page.
const written = `SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0`

func read(ctx context.Context, url string) (*kept, error) {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	defer c.Close(ctx)
	k := &kept{rows: map[string][]byte{}}
	if err := c.QueryRow(ctx, shape).Scan(&k.shape); err != nil {
		return nil, err
	}
	found, err := c.Query(ctx, written)
	if err != nil {
		return nil, err
	}
	tables, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		var b bytes.Buffer
		if _, err := c.PgConn().CopyTo(ctx, &b, `COPY public."`+t+`" TO STDOUT`); err != nil {
			return nil, err
		}
		if b.Len() > 0 {
			k.rows[t] = b.Bytes()
		}
	}
	return k, nil
}

// manyRows are more than are worth taking out of a database one by one; they would also stay in its way.
const manyRows = 2000

// empty makes a copy what its template is; false when it had better be dropped.
func (k *kept) empty(ctx context.Context, url string) (bool, error) {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return false, err
	}
	defer c.Close(ctx)
	if alone, err := alone(ctx, c); !alone {
		return false, err
	}
	var now string
	if err := c.QueryRow(ctx, shape).Scan(&now); err != nil || now != k.shape {
		return false, err
	}
	found, err := c.Query(ctx, written)
	if err != nil {
		return false, err
	}
	used, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		return false, err
	}
	if _, err := c.Exec(ctx, `SET session_replication_role = replica`); err != nil { // what may only grow shrinks here
		return false, err
	}
	for _, t := range used {
		gone, err := c.Exec(ctx, `DELETE FROM public."`+t+`"`)
		if err != nil || gone.RowsAffected() > manyRows {
			return false, err
		}
	}
	for t, rows := range k.rows {
		if _, err := c.PgConn().CopyFrom(ctx, bytes.NewReader(rows), `COPY public."`+t+`" FROM STDIN`); err != nil {
			return false, err
		}
	}
	return true, nil
}

// alone ends whoever else is connected and waits until they are gone: what they had begun is undone by then.
func alone(ctx context.Context, c *pgx.Conn) (bool, error) {
	for range 500 {
		var others int
		err := c.QueryRow(ctx, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`).Scan(&others)
		if err != nil || others == 0 {
			return err == nil, err
		}
		time.Sleep(time.Millisecond)
	}
	return false, nil
}
