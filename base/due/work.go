package due

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
)

const (
	slice     = 20 * time.Millisecond // after which a transaction takes no further job: on SQLite everyone waits for it
	patience  = time.Second           // between tries to write while the database is in trouble
	errorSize = 1000                  // bytes of an error that are kept
)

// own is the job whose transaction this is, so that Put and Cancel of the same name know it for their own.
type own struct {
	lease
	inTx    bool
	settled bool
}

type ownKey struct{}

// settleOwn ends the row of the running job when the names are its own, so that it can put another of the name.
func settleOwn(tx *store.Tx, kindName, key string) (err error) {
	o, ok := tx.Context().Value(ownKey{}).(*own)
	if !ok || o.settled || o.kind != kindName || o.key != key {
		return nil
	}
	if o.inTx {
		err = strike(tx, o.lease)
	} else {
		_, err = conclude(tx, o.lease)
	}
	o.settled = err == nil
	return err
}

// carry does one job outside the database, and what follows from it in one transaction with the end of its row.
func (q *Queue) carry(work context.Context, k *kind, h held) {
	ctx, stop := context.WithTimeout(work, k.Lease)
	defer stop()
	var done func(*store.Tx) error
	err := q.guard(ctx, h, func() (err error) {
		done, err = k.work(ctx, h.Job)
		return err
	})
	if err != nil {
		q.failed(work, k, h, inTime(ctx, k, err))
		return
	}
	if err = q.patiently(work, func() error { return q.complete(work, k, h, done) }); err == nil {
		q.settled(h)
		return
	}
	if errors.Is(err, errLost) {
		q.log.WarnContext(work, "work was done, but another node had taken it over", "job", h.String())
	}
	q.failed(work, k, h, err)
}

func (q *Queue) complete(work context.Context, k *kind, h held, done func(*store.Tx) error) error {
	// What was done outside is noted even when the server is stopping.
	ctx, stop := context.WithTimeout(context.WithoutCancel(work), k.Lease)
	defer stop()
	o := &own{lease: h.lease()}
	return q.db.Write(context.WithValue(ctx, ownKey{}, o), actor(k), func(tx *store.Tx) error {
		o.settled = false
		if done != nil {
			if err := q.guard(ctx, h, func() error { return done(tx) }); err != nil {
				return err
			}
		}
		if o.settled {
			return nil
		}
		again, err := conclude(tx, o.lease)
		if err != nil {
			return err
		}
		next := tx.Now()
		if !again && k.every != nil {
			next = k.every(next)
			err = put(tx, k.name, "", next, "null")
		}
		tx.After(func() { q.expect(k.name, next) })
		return err
	})
}

// carryTx does jobs in the database, several in a transaction. One that fails is set apart and the others go on.
func (q *Queue) carryTx(run, work context.Context, k *kind, jobs []held) {
	begin, stop := context.WithTimeout(run, k.Lease/2) // and the last transaction has the other half
	defer stop()
	size := batch
	for len(jobs) > 0 && begin.Err() == nil {
		some := jobs[:min(size, len(jobs))]
		n, at := 0, 0
		err := q.patiently(work, func() (err error) {
			n, at, err = q.together(work, k, some)
			return err
		})
		switch {
		case err == nil:
			q.settled(jobs[:n]...)
			jobs = jobs[n:]
		case at == 0 || len(some) == 1:
			q.failed(work, k, jobs[0], err)
			jobs = jobs[1:]
		default:
			size = max(at, 1) // those before the one that failed, or one by one when it is not known
		}
	}
	for _, h := range jobs {
		q.failed(work, k, h, errUnbegun)
	}
}

var errUnbegun = errors.New("due: not begun")

// together does the first n of some jobs in one transaction. With an error, at is the job to blame, or -1.
func (q *Queue) together(work context.Context, k *kind, some []held) (n, at int, err error) {
	ctx, stop := context.WithTimeout(work, k.Lease/2)
	defer stop()
	o := &own{}
	err = q.db.Write(context.WithValue(ctx, ownKey{}, o), actor(k), func(tx *store.Tx) error {
		n = 0
		for i, h := range some {
			at, *o = i, own{lease: h.lease(), inTx: true}
			if err := q.guard(ctx, h, func() error { return k.tx(tx, h.Job) }); err != nil {
				return err
			}
			if !o.settled {
				if err := strike(tx, o.lease); err != nil {
					return err
				}
			}
			n++
			if q.db.Now().Sub(tx.Now()) > slice {
				break
			}
		}
		at = -1
		return nil
	})
	return n, at, inTime(ctx, k, err)
}

// inTime tells work that took too long from a database in trouble, which on PostgreSQL look alike.
func inTime(ctx context.Context, k *kind, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("not done within %s: %s", k.Lease, err.Error())
	}
	return err
}

// guard turns a panic of a handler into its error.
func (q *Queue) guard(ctx context.Context, h held, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			q.log.ErrorContext(ctx, "a handler panicked", "job", h.String(), "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do()
}

// patiently repeats what a full disk or a restarting database prevented, so that trouble of the engine costs no try.
func (q *Queue) patiently(work context.Context, do func() error) error {
	for {
		err := do()
		if err == nil || !trouble(err) {
			return err
		}
		q.log.WarnContext(work, "due work waits for the database", "err", err)
		select {
		case <-work.Done():
			return err
		case <-time.After(patience):
		}
	}
}

func trouble(err error) bool {
	f := fault.Of(err)
	return f != nil && f.Code == "store.trouble"
}

// failed puts a job back to be tried again, or parks it.
func (q *Queue) failed(work context.Context, k *kind, h held, why error) {
	if work.Err() != nil { // cut short: Run gives it back
		return
	}
	if err := q.patiently(work, func() error { return q.putBack(work, k, h, why) }); err != nil {
		q.log.ErrorContext(work, "a claim can't be given back; it runs out by itself", "job", h.String(), "err", err)
	}
	q.settled(h)
}

func (q *Queue) putBack(ctx context.Context, k *kind, h held, why error) error {
	return q.db.Write(ctx, actor(k), func(tx *store.Tx) error {
		j, alarm := h, false
		switch {
		case errors.Is(why, errLost), errors.Is(why, errUnbegun):
		case trouble(why):
			j.Next = tx.Now().Add(patience)
		default:
			alarm = k.judge(tx.Now(), &j.Job, why)
		}
		stood, err := back(tx, j)
		if err != nil {
			return err
		}
		next := j.Next
		if !stood {
			next, alarm = tx.Now(), false
		}
		tx.After(func() { q.expect(k.name, next) })
		if stood && j.Tries > h.Tries {
			tx.After(func() { q.tell(ctx, j.Job, alarm) })
		}
		if !alarm {
			return nil
		}
		return tx.Record(j, Parked{j.Kind, j.Key, j.Tries})
	})
}

// deaths is how often work may be left by a node that died: a node that dies again and again takes whatever it has in hand
// along, and it is rarely that which kills it. But what does must not do so for ever.
const deaths = 20

// afterDeath is the longest pause then: a policy's own is for a server in trouble, and here none was.
var afterDeath = Doubling(time.Second, 10*time.Second)

// judge counts a failed try and says what comes next; alarm is true for the try that was one too many.
func (k *kind) judge(now time.Time, j *Job, why error) (alarm bool) {
	before, most, gone := j.Tries, k.Tries, errors.Is(why, errGone)
	if gone && k.every == nil {
		most = max(most, deaths)
	}
	j.Tries++
	j.Error = clean(why)
	if _, final := errors.AsType[*hopeless](why); final {
		j.Tries = max(j.Tries, k.Tries)
	}
	if j.Tries < most {
		j.Next = now.Add(k.Backoff(j.Tries))
		if gone {
			j.Next = earlier(j.Next, now.Add(afterDeath(j.Tries)))
		}
		if l, asked := errors.AsType[*later](why); asked {
			j.Next = l.at
		}
		if k.every != nil {
			j.Next = earlier(j.Next, k.every(now))
		}
		return false
	}
	if k.every != nil {
		j.Next = k.every(now)
		return before < most
	}
	j.Parked, j.Next = true, time.Time{}
	return true
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// clean makes an error fit for a database column, whatever bytes a foreign server sent.
func clean(err error) string {
	s := strings.ReplaceAll(err.Error(), "\x00", "")
	if len(s) > errorSize {
		s = s[:errorSize] + "…"
	}
	return cmp.Or(strings.ToValidUTF8(s, "\ufffd"), "an error without words")
}

// back frees the row of a claim. stood is false when it was cancelled, moved or taken over meanwhile.
func back(tx *store.Tx, h held) (stood bool, err error) {
	if n, err := drop(tx, h.lease()); n > 0 || err != nil {
		return false, err
	}
	if n, err := letGo(tx, h.lease()); n > 0 || err != nil {
		return false, err
	}
	n, err := putBack(tx, h)
	return n > 0, err
}

// tell logs a failed try, and raises the alarm over one too many.
func (q *Queue) tell(ctx context.Context, j Job, alarm bool) {
	if !alarm {
		q.log.WarnContext(ctx, "a try failed", "job", j.String(), "tries", j.Tries, "next", j.Next, "err", j.Error)
		return
	}
	q.log.ErrorContext(ctx, "work failed too often", "job", j.String(), "tries", j.Tries, "parked", j.Parked, "err", j.Error)
	q.mu.Lock()
	alarms := q.alarms
	q.mu.Unlock()
	for _, do := range alarms {
		do(j)
	}
}
