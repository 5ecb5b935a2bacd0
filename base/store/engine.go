package store

import "context"

// engine is one of the two databases Hearth runs on.
type engine interface {
	name() string
	begin(ctx context.Context, p purpose) (conn, error)
	again(err error) bool     // try the transaction once more
	trouble(err error) string // a sentence for a person when the machine is at fault, else empty
	migrator() (migrator, error)
	close() error
}

// purpose is what a transaction is for.
type purpose int

const (
	looking purpose = iota
	changing
	labour // changing for long, so that no other commit is to wait for it
)

// conn is one transaction of an engine. commit and rollback give the connection back; what was committed is on the disk.
type conn interface {
	exec(ctx context.Context, query string, args []any) (int64, error)
	do(ctx context.Context, query string, args []any) error // exec whose error may come with that of the next statement
	query(ctx context.Context, query string, args []any) (rows, error)
	commit(ctx context.Context, entries []pending) (seq int64, err error)
	rollback(ctx context.Context)
}
