package due

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/store"
)

const batch = 32 // rows one worker of HandleTx claims at a time

// Run does what is due until ctx ends. Then nothing new is begun, what runs may go on for some seconds, and what is left
// goes back to be done by another node or the next start. It fails at once when something is registered wrongly.
func (q *Queue) Run(ctx context.Context) error {
	q.mu.Lock()
	wrong := q.wrong
	q.mu.Unlock()
	if wrong != nil {
		return wrong
	}
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	q.attend(ctx, work)
	q.finish(work, cut)
	return nil
}

// attend starts what is due; everything that blocks for long runs beside it.
func (q *Queue) attend(ctx, work context.Context) {
	look := time.NewTicker(q.look)
	defer look.Stop()
	q.survey(ctx)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			q.survey(ctx)
		case <-q.wake:
		case <-timer.C:
		}
		for _, k := range q.ready() {
			q.begin(ctx, work, k)
		}
		timer.Reset(q.rest())
	}
}

// ready picks the kinds with work due and hands free, and forgets their next moment, so that a Put from here on is noted.
func (q *Queue) ready() []*kind {
	now := q.db.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	var all []*kind
	for _, k := range q.kinds {
		if k.busy < k.Parallel && !k.next.IsZero() && !k.next.After(now) {
			k.next = time.Time{}
			all = append(all, k)
		}
	}
	return all
}

// rest is how long nothing more is due, by what is known here.
func (q *Queue) rest() time.Duration {
	now := q.db.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	d := q.look
	for _, k := range q.kinds {
		if k.busy < k.Parallel && !k.next.IsZero() {
			d = min(d, max(k.next.Sub(now), 0))
		}
	}
	return d
}

// begin claims what is due of a kind, as far as hands are free, and starts it.
func (q *Queue) begin(ctx, work context.Context, k *kind) {
	q.mu.Lock()
	free := k.Parallel - k.busy
	q.mu.Unlock()
	size := 1
	if k.tx != nil {
		size = batch
	}
	var jobs []held
	var next time.Time
	err := q.db.Write(ctx, actor(k), func(tx *store.Tx) (err error) {
		if jobs, err = take(tx, k.name, q.db.Node()+"/"+store.NewID[claim](tx).String(), free*size); err != nil {
			return err
		}
		next, err = earliest(tx, k.name)
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			q.log.ErrorContext(ctx, "due work can't be claimed", "kind", k.name, "err", err)
		}
		q.expect(k.name, q.db.Now().Add(time.Second))
		return
	}
	q.expect(k.name, next)
	slices.SortStableFunc(jobs, func(a, b held) int { return cmp.Or(a.Next.Compare(b.Next), cmp.Compare(a.Key, b.Key)) })
	for some := range slices.Chunk(jobs, size) {
		q.hold(k, some)
		q.crew.Go(func() {
			defer q.free(k)
			if k.tx != nil {
				q.carryTx(ctx, work, k, some)
			} else {
				q.carry(work, k, some[0])
			}
		})
	}
}

type claim struct{}

func (claim) Prefix() string { return "clm" }

func actor(k *kind) store.Actor {
	return store.Actor{Kind: store.SystemKind, ID: k.name, Via: "due"}
}

func (q *Queue) hold(k *kind, jobs []held) {
	q.mu.Lock()
	defer q.mu.Unlock()
	k.busy++
	for _, h := range jobs {
		q.held[h.lease()] = h
	}
}

func (q *Queue) free(k *kind) {
	q.mu.Lock()
	k.busy--
	q.mu.Unlock()
	q.ring()
}

// settled notes that the claims no longer stand in the database.
func (q *Queue) settled(jobs ...held) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, h := range jobs {
		delete(q.held, h.lease())
	}
}

// holds is what this process has claimed and not settled.
func (q *Queue) holds() map[lease]held {
	q.mu.Lock()
	defer q.mu.Unlock()
	return maps.Clone(q.held)
}

// survey looks at what other nodes put, and at claims nobody lives to settle.
func (q *Queue) survey(ctx context.Context) {
	names, known := q.forget()
	if len(names) == 0 {
		return
	}
	err := q.seed(ctx)
	ours := q.holds() // before the look, because what is settled meanwhile is still seen
	var claims []held
	if err == nil {
		err = q.db.Read(ctx, func(tx *store.Tx) error {
			all, err := earliestOf(tx, names)
			if err != nil {
				return err
			}
			known = all
			claims, err = running(tx)
			return err
		})
	}
	for _, w := range known {
		q.expect(w.Kind, w.Next)
	}
	if err != nil {
		if ctx.Err() == nil {
			q.log.ErrorContext(ctx, "due work can't be seen", "err", err)
		}
		return
	}
	q.watch(ctx, claims, ours)
}

// forget empties the timer, because rows may have moved to later, and returns what it held.
func (q *Queue) forget() (names []any, known []waiting) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, k := range q.kinds {
		names = append(names, k.name)
		known = append(known, waiting{k.name, k.next})
		k.next = time.Time{}
	}
	return names, known
}

// seed puts the rows of periodic work once per start, and warns of rows that no handler here is for.
func (q *Queue) seed(ctx context.Context) error {
	if q.seeded {
		return nil
	}
	q.mu.Lock()
	kinds := maps.Clone(q.kinds)
	q.mu.Unlock()
	for name, k := range kinds {
		if k.every == nil {
			continue
		}
		if err := q.db.Write(ctx, actor(k), func(tx *store.Tx) error { return seed(tx, name, k.every(tx.Now())) }); err != nil {
			return err
		}
	}
	err := q.db.Read(ctx, func(tx *store.Tx) error {
		there, err := kindsThere(tx)
		for _, name := range there {
			if kinds[name] == nil {
				q.log.WarnContext(ctx, "work waits that this version has no handler for", "kind", name)
			}
		}
		return err
	})
	q.seeded = err == nil
	return err
}

// watch counts for how many looks a claim that is not ours has stood, and ends one that outlived its lease, or whose holder
// is known to be dead. SQLite has one process, so there nobody else can be alive.
func (q *Queue) watch(ctx context.Context, claims []held, ours map[lease]held) {
	seen := map[lease]int{}
	for _, h := range claims {
		k := q.kind(h.Kind)
		if _, own := ours[h.lease()]; own || k == nil {
			continue
		}
		n := q.seen[h.lease()] + 1
		node, _, _ := strings.Cut(h.Holder, "/")
		if q.db.Engine() != "sqlite" && !q.db.Dead(node) && time.Duration(n-2)*q.look <= k.Lease {
			seen[h.lease()] = n
			continue
		}
		if err := q.putBack(ctx, k, h, errGone); err != nil {
			// The holder may have the same trouble in settling it, so it is given its time anew.
			q.log.ErrorContext(ctx, "work left behind can't be put back", "job", h.String(), "err", err)
		}
	}
	q.seen = seen
}

var errGone = errors.New("due: the node that did this went away")

// finish waits for the crew, cuts short what takes too long, and gives back what is left.
func (q *Queue) finish(ctx context.Context, cut func()) {
	done := make(chan struct{})
	go func() { q.crew.Wait(); close(done) }()
	for _, bound := range []time.Duration{q.drain, q.drain / 4} {
		select {
		case <-done:
		case <-time.After(bound):
		}
		cut()
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), q.drain/4)
	defer stop()
	left := q.holds()
	if len(left) == 0 {
		return
	}
	err := q.db.Write(ctx, store.Actor{Kind: store.SystemKind, ID: "due", Via: "due"}, func(tx *store.Tx) error {
		for _, h := range left {
			if _, err := back(tx, h); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		q.log.WarnContext(ctx, "claims were not given back; they run out by themselves", "jobs", len(left), "err", err)
	}
}
