package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	partySize = 32                   // transactions that are committed together
	partyTime = 5 * time.Millisecond // after which none joins any more
)

// writer lets one transaction after another use the one connection that writes. Those that wait join the one before them:
// each is a savepoint that can fail alone, and all are committed together, which saves most of the pages written and most
// of the waiting. None of them hears that it is committed before that commit.
type writer struct {
	conn *sqliteConn
	log  writeAheadLog

	mu     sync.Mutex
	busy   bool
	closed bool
	queue  []*turn

	refused   error // why no transaction could be begun last, such as another program's lock; nil when one was
	refusedAt time.Time
}

// turn is the use of the writer by one transaction.
type turn struct {
	*sqliteConn
	writer *writer
	alone  bool          // takes long, so that nobody's commit is to wait for it
	mine   chan struct{} // gets one when the turn comes
	party  *party        // nil before the transaction is begun
	nested bool          // a savepoint
	wrote  bool          // something, so that the commit has to reach the disk
	over   bool
}

// party is the transactions of one commit. Whoever has the turn may change it.
type party struct {
	began time.Time
	done  int           // transactions that wait for the commit
	over  chan struct{} // closed after the commit
	err   error         // of the commit, or of what made SQLite roll back everything
}

func (w *writer) begin(ctx context.Context, alone bool) (*turn, error) {
	t := &turn{sqliteConn: w.conn, writer: w, alone: alone, mine: make(chan struct{}, 1)}
	asked := stopwatch()
	if err := w.wait(ctx, t); err != nil {
		return nil, err
	}
	t.trouble = nil
	if t.nested = t.party != nil; t.nested {
		if err := t.run(ctx, "SAVEPOINT turn"); err != nil {
			t.pass(ctx)
			return nil, err
		}
		return t, nil
	}
	// Who waited behind somebody whom another program kept waiting has waited as long.
	if w.refused == nil || !asked.Before(w.refusedAt) {
		w.refused, w.refusedAt = t.run(ctx, "BEGIN IMMEDIATE"), stopwatch()
	}
	if err := w.refused; err != nil { // read before the turn is passed on
		t.pass(ctx)
		return nil, err
	}
	t.party = &party{began: stopwatch(), over: make(chan struct{})}
	return t, nil
}

func stopwatch() time.Time { return time.Now() } //nolint:forbidigo // it enters no data

func (w *writer) wait(ctx context.Context, t *turn) error {
	w.mu.Lock()
	switch {
	case w.closed:
		w.mu.Unlock()
		return errClosed
	case !w.busy:
		w.busy = true
		w.mu.Unlock()
		return nil
	}
	w.queue = append(w.queue, t)
	w.mu.Unlock()
	select {
	case <-t.mine:
		return nil
	case <-ctx.Done():
	}
	w.mu.Lock()
	i := slices.Index(w.queue, t)
	if i >= 0 {
		w.queue = slices.Delete(w.queue, i, i+1)
	}
	w.mu.Unlock()
	if i < 0 { // the turn came at the same moment, and somebody may wait for its end
		<-t.mine
		t.pass(ctx)
	}
	return ctx.Err()
}

// next takes the one whose turn it is out of the queue; nil when nobody waits, or nobody whom p could take along.
func (w *writer) next(p *party) *turn {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		w.busy = p != nil
		return nil
	}
	t := w.queue[0]
	if p != nil && t.alone {
		return nil
	}
	w.queue = w.queue[1:]
	t.party = p
	return t
}

// pass ends the turn: the next transaction joins, or what is done is committed first.
func (t *turn) pass(ctx context.Context) {
	t.over = true
	p := t.party
	if p == nil || p.done == 0 {
		t.hand(t.writer.next(nil))
		return
	}
	if p.err == nil && !t.alone && p.done < partySize && time.Since(p.began) < partyTime {
		if next := t.writer.next(p); next != nil {
			t.hand(next)
			return
		}
	}
	if p.err == nil {
		if p.err = t.run(ctx, "COMMIT"); p.err != nil {
			_ = t.run(ctx, "ROLLBACK") // the error that counts is that of the commit
		}
	}
	close(p.over)
	t.hand(t.writer.next(nil))
}

func (t *turn) hand(next *turn) {
	if next != nil {
		next.mine <- struct{}{}
	}
}

// run is for what concerns the transaction itself.
func (t *turn) run(ctx context.Context, query string) error {
	_, err := t.sqliteConn.exec(ctx, query, nil)
	return err
}

func (t *turn) exec(ctx context.Context, query string, args []any) (int64, error) {
	n, err := t.sqliteConn.exec(ctx, query, args)
	t.wrote = t.wrote || n > 0
	return n, err
}

func (t *turn) do(ctx context.Context, query string, args []any) error {
	_, err := t.exec(ctx, query, args)
	return err
}

func (t *turn) query(ctx context.Context, query string, args []any) (rows, error) {
	t.wrote = t.wrote || !strings.HasPrefix(strings.TrimSpace(query), "SELECT")
	return t.sqliteConn.query(ctx, query, args)
}

func (t *turn) commit(ctx context.Context, entries []pending) (int64, error) {
	seq, err := t.journal(ctx, entries)
	if err == nil && t.nested {
		err = t.run(ctx, "RELEASE turn")
	}
	if err != nil {
		return 0, err
	}
	p := t.party
	p.done++
	t.pass(ctx)
	<-p.over
	if p.err == nil && (t.wrote || len(entries) > 0) {
		return seq, t.writer.log.flush()
	}
	return seq, p.err
}

// journal writes the entries and returns the sequence of the last.
func (t *turn) journal(ctx context.Context, entries []pending) (seq int64, err error) {
	n := len(entries)
	if n == 0 {
		return 0, nil
	}
	s, err := t.stmt(ctx, `UPDATE journal_head SET seq = seq + $1 RETURNING seq`) //nolint:sqlclosecheck // it stays prepared
	if err != nil {
		return 0, err
	}
	if err := s.QueryRowContext(context.WithoutCancel(ctx), n).Scan(&seq); err != nil {
		t.trouble = err
		return 0, err
	}
	for i, e := range entries {
		if _, err := t.exec(ctx, insertEntry, e.args(seq-int64(n-1-i))); err != nil {
			return 0, err
		}
	}
	return seq, nil
}

func (t *turn) rollback(ctx context.Context) {
	if t.over {
		return
	}
	if !t.nested {
		_ = t.run(ctx, "ROLLBACK") // after some errors (a full disk) SQLite has done that by itself and says so
	} else if err := t.undo(ctx); err != nil {
		// It rolled back everything: those before this one hear what this one came to grief on.
		t.party.err = errors.Join(errTogether, err)
		_ = t.run(ctx, "ROLLBACK")
	}
	t.pass(ctx)
}

var errTogether = errors.New("store: rolled back with another transaction")

// undo takes back what this transaction did, and leaves what the others did.
func (t *turn) undo(ctx context.Context) error {
	trouble := t.trouble
	err := t.run(ctx, "ROLLBACK TO turn")
	if err == nil {
		err = t.run(ctx, "RELEASE turn")
	}
	if err != nil {
		err = errors.Join(trouble, err) // what it was counts, before that there was nothing left to undo
	}
	return err
}

// close waits for the transactions that have begun or wait, and lets no more in.
func (w *writer) close() {
	t := &turn{alone: true, mine: make(chan struct{}, 1)}
	w.mu.Lock()
	w.closed = true
	busy := w.busy
	if busy {
		w.queue = append(w.queue, t)
	}
	w.busy = true
	w.mu.Unlock()
	if busy {
		<-t.mine
	}
}
