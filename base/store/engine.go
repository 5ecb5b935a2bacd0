package store

import "context"

// engine is one of the two databases Hearth runs on.
type engine interface {
	name() string
	begin(ctx context.Context, write bool) (conn, error)
	again(err error) bool     // try the transaction once more
	trouble(err error) string // a sentence for a person when the machine is at fault, else empty
	migrator() (migrator, error)
	close() error
}

// conn is one transaction of an engine. commit and rollback give the connection back.
type conn interface {
	exec(ctx context.Context, query string, args []any) (int64, error)
	query(ctx context.Context, query string, args []any) (rows, error)
	commit(ctx context.Context, entries []pending) (seq int64, err error)
	rollback()
}
