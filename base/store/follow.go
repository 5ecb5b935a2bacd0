package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	batchSize   = 256
	maxTries    = 5
	leaseLength = 15 * time.Second
	idleLook    = 5 * time.Second       // a lost ring costs this much, never data
	gather      = 20 * time.Millisecond // between two turns: what comes meanwhile shares a batch and its commit
)

// Follower reads the journal in order from its own bookmark, which moves in the transaction of its work, so each entry
// takes effect exactly once. Several followers share a batch and a transaction; one that fails is set apart, tried five
// times with growing pauses, and then parked where people can see it, while the others go on.
type Follower struct {
	Name string // its bookmark: a renamed follower starts over
	on   map[string]func(*Tx, Entry) error
}

// NewFollower names a follower.
func NewFollower(name string) *Follower {
	return &Follower{Name: name, on: map[string]func(*Tx, Entry) error{}}
}

// On runs do for each event of type E. The actor of the transaction is system:‹follower›.
func On[E Event](f *Follower, do func(tx *Tx, entry Entry, e E) error) {
	var zero E
	f.on[zero.Kind()] = func(tx *Tx, entry Entry) error {
		var e E
		if err := json.Unmarshal(entry.Body, &e); err != nil {
			return fmt.Errorf("read %s: %w", entry.Kind, err)
		}
		return do(tx, entry, e)
	}
}

// Stuck is an entry that a follower failed at.
type Stuck struct {
	Follower string    `json:"follower" db:"follower"`
	Seq      int64     `json:"seq" db:"seq"`
	Kind     string    `json:"kind" db:"kind"`
	Tries    int64     `json:"tries" db:"tries"`
	Error    string    `json:"error" db:"error"`
	NextTry  time.Time `json:"next_try" db:"next_try"`
	Parked   bool      `json:"parked" db:"parked"`
}

// Stuck lists what followers failed at, oldest first.
func (tx *Tx) Stuck() ([]Stuck, error) {
	return All[Stuck](tx, `SELECT follower, seq, kind, tries, error, next_try, parked FROM stuck ORDER BY seq, follower`)
}

// Follow runs the followers until ctx ends, woken by the bell. On many nodes the one that holds the lease does the work.
func (db *DB) Follow(ctx context.Context, followers ...*Follower) {
	bell, quiet := db.Bell()
	defer quiet()
	defer db.Release(ctx, "followers")
	for {
		pause, held := db.turn(ctx, followers)
		ring := bell
		if !held { // a node without the lease has no use for every ring
			ring = nil
		}
		wake := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-ring:
			wake.Reset(gather)
			select {
			case <-ctx.Done():
			case <-wake.C:
			}
		case <-wake.C:
		}
		wake.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// turn returns how long to rest, and whether this node holds the lease.
func (db *DB) turn(ctx context.Context, followers []*Follower) (pause time.Duration, held bool) {
	held, err := db.Lease(ctx, "followers", leaseLength)
	if err == nil && held {
		pause, err = db.catchUp(ctx, followers, false)
	}
	switch {
	case err == nil && held:
		return pause, true
	case err != nil && ctx.Err() == nil && !errors.Is(err, errOvertaken):
		db.log.ErrorContext(ctx, "followers wait", "err", err)
		return time.Second, held
	}
	return idleLook, held
}

// CatchUp works through everything the followers have not seen, without waiting for pauses to end; where another node is
// at it, it is left to that one. It is for tests and errands; a server uses Follow.
func (db *DB) CatchUp(ctx context.Context, followers ...*Follower) error {
	defer db.Release(ctx, "followers")
	_, err := db.catchUp(ctx, followers, true)
	if errors.Is(err, errOvertaken) {
		return nil
	}
	return err
}

// catchUp returns how long until a follower that failed may try again. What comes while it works is waited for only when
// thorough: its ring begins another turn, and to take it up at once would make a batch and a commit of every few entries.
func (db *DB) catchUp(ctx context.Context, followers []*Follower, thorough bool) (time.Duration, error) {
	again := idleLook
	for more := true; more && ctx.Err() == nil; {
		groups, pause, err := db.behind(ctx, followers)
		if err != nil {
			return 0, err
		}
		again = min(again, pause)
		if len(groups) == 0 {
			break
		}
		more = thorough
		for _, g := range groups {
			whole, err := db.pass(ctx, g)
			if err != nil {
				return 0, err
			}
			more = more || !whole || len(g.entries) == batchSize
		}
		if ok, err := db.Lease(ctx, "followers", leaseLength); err != nil || !ok {
			return idleLook, cmp.Or(err, errOvertaken)
		}
	}
	return again, nil
}

// group is the followers that stand at the same place, and the entries from there on.
type group struct {
	at        int64
	followers []*Follower
	entries   []Entry
	stumbled  bool // one of them failed here before
}

// behind finds the followers with entries to read, grouped by where they stand.
func (db *DB) behind(ctx context.Context, followers []*Follower) (groups []*group, pause time.Duration, err error) {
	pause = idleLook
	err = db.Read(ctx, func(tx *Tx) error {
		marks, err := bookmarks(tx)
		if err != nil {
			return err
		}
		waits, err := All[Stuck](tx, `SELECT follower, seq, kind, tries, error, next_try, parked FROM stuck WHERE NOT parked`)
		if err != nil {
			return err
		}
		rest := map[string]time.Duration{}
		for _, s := range waits {
			rest[s.Follower] = s.NextTry.Sub(tx.Now())
		}
		by := map[int64]*group{}
		for _, f := range followers {
			d, stumbled := rest[f.Name]
			if d > 0 {
				pause = min(pause, d)
				continue
			}
			at := marks[f.Name]
			if by[at] == nil {
				by[at] = &group{at: at}
			}
			by[at].followers = append(by[at].followers, f)
			by[at].stumbled = by[at].stumbled || stumbled
		}
		for _, at := range slices.Sorted(maps.Keys(by)) {
			g := by[at]
			if g.entries, err = tx.Journal(at, batchSize); err != nil {
				return err
			}
			if len(g.entries) > 0 {
				groups = append(groups, g)
			}
		}
		return nil
	})
	return groups, pause, err
}

func bookmarks(tx *Tx) (map[string]int64, error) {
	type mark struct {
		Name string `db:"name"`
		Seq  int64  `db:"seq"`
	}
	all, err := All[mark](tx, `SELECT name, seq FROM followers`)
	marks := make(map[string]int64, len(all))
	for _, m := range all {
		marks[m.Name] = m.Seq
	}
	return marks, err
}

// pass takes the whole group through its batch in one transaction; when that fails, each follower for itself, as far as it
// gets.
func (db *DB) pass(ctx context.Context, g *group) (whole bool, err error) {
	err = db.take(ctx, g, g.entries)
	if err == nil || errors.Is(err, errOvertaken) || db.engine.trouble(err) != "" || ctx.Err() != nil {
		return err == nil, err
	}
	for _, f := range g.followers {
		if err := db.alone(ctx, &group{at: g.at, followers: []*Follower{f}, entries: g.entries, stumbled: g.stumbled}); err != nil {
			return false, err
		}
	}
	return false, nil
}

// alone takes one follower as far as it gets, and notes the entry where it fell.
func (db *DB) alone(ctx context.Context, g *group) error {
	var fell *stumble
	err := db.take(ctx, g, g.entries)
	for errors.As(err, &fell) && fell.index > 0 {
		if err = db.take(ctx, g, g.entries[:fell.index]); err == nil {
			g.at, g.entries = g.entries[fell.index-1].Seq, g.entries[fell.index:]
			err = db.take(ctx, g, g.entries)
		}
	}
	if err == nil || fell == nil || errors.Is(err, errOvertaken) || db.engine.trouble(err) != "" || ctx.Err() != nil {
		return err
	}
	return db.note(ctx, g, g.entries[0], err)
}

// note counts a try; the fifth parks the entry and lets the follower go on.
func (db *DB) note(ctx context.Context, g *group, e Entry, why error) error {
	name := g.followers[0].Name
	return db.Write(ctx, System(name), func(tx *Tx) error {
		tries, err := One[int64](tx, `INSERT INTO stuck (follower, seq, kind, tries, error, next_try, parked) VALUES ($1, $2, $3, 1, $4, 0, FALSE)
			ON CONFLICT (follower, seq) DO UPDATE SET tries = stuck.tries + 1, error = excluded.error RETURNING tries`, name, e.Seq, e.Kind, why.Error())
		if err != nil {
			return err
		}
		pause := time.Duration(tries*tries) * 500 * time.Millisecond
		if err := tx.Do(`UPDATE stuck SET next_try = $1, parked = $2 WHERE follower = $3 AND seq = $4`, tx.Now().Add(pause), tries >= maxTries, name, e.Seq); err != nil {
			return err
		}
		if tries < maxTries {
			db.log.WarnContext(ctx, "a follower stumbled", "follower", name, "seq", e.Seq, "kind", e.Kind, "tries", tries, "err", why)
			return nil
		}
		db.log.ErrorContext(ctx, "an entry is parked", "follower", name, "seq", e.Seq, "kind", e.Kind, "err", why)
		return move(tx, g.followers, g.at, e.Seq)
	})
}

type stumble struct {
	index int
	err   error
}

func (s *stumble) Error() string { return s.err.Error() }
func (s *stumble) Unwrap() error { return s.err }

var errOvertaken = errors.New("store: another node moved the bookmark")

func (db *DB) take(ctx context.Context, g *group, entries []Entry) error {
	return db.persist(ctx, System("followers"), labour, func(tx *Tx) error {
		if err := move(tx, g.followers, g.at, entries[len(entries)-1].Seq); err != nil {
			return err
		}
		for i, e := range entries {
			for _, f := range g.followers {
				do := f.on[e.Kind]
				if do == nil {
					continue
				}
				tx.by = System(f.Name)
				if err := do(tx, e); err != nil {
					return &stumble{i, fmt.Errorf("%s at %d %s: %w", f.Name, e.Seq, e.Kind, err)}
				}
			}
		}
		tx.by = System("followers")
		if g.stumbled {
			if err := forget(tx, g.followers, entries[len(entries)-1].Seq); err != nil {
				return err
			}
		}
		tx.silent = nil // a follower's work answers to the entry it follows
		return nil
	})
}

// forget strikes what went well at last from the list of stumbles.
func forget(tx *Tx, followers []*Follower, upTo int64) error {
	for _, f := range followers {
		if err := tx.Do(`DELETE FROM stuck WHERE follower = $1 AND seq <= $2 AND NOT parked`, f.Name, upTo); err != nil {
			return err
		}
	}
	return nil
}

// move sets the bookmarks from one place to the next, and fails when they are no longer where they were read.
func move(tx *Tx, followers []*Follower, from, to int64) error {
	args, marks := []any{to, from}, make([]string, len(followers))
	for i, f := range followers {
		args, marks[i] = append(args, f.Name), fmt.Sprintf("$%d", i+3)
		if from > 0 {
			continue
		}
		if err := tx.Do(`INSERT INTO followers (name, seq) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING`, f.Name); err != nil {
			return err
		}
	}
	n, err := tx.Exec(`UPDATE followers SET seq = $1 WHERE seq = $2 AND name IN (`+strings.Join(marks, ",")+`)`, args...)
	if err == nil && n != int64(len(followers)) {
		err = errOvertaken
	}
	return err
}

// Retry takes a parked entry once more by hand; it leaves the list when that works.
func (db *DB) Retry(ctx context.Context, by Actor, f *Follower, seq int64) error {
	return db.Write(ctx, by, func(tx *Tx) error {
		n, err := tx.Exec(`DELETE FROM stuck WHERE follower = $1 AND seq = $2 AND parked`, f.Name, seq)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNone
		}
		all, err := tx.Journal(seq-1, 1)
		if err != nil || len(all) == 0 || f.on[all[0].Kind] == nil {
			return err
		}
		tx.by = System(f.Name)
		defer func() { tx.silent = nil }()
		return f.on[all[0].Kind](tx, all[0])
	})
}

// Lag is how many entries each follower has still to read.
func (tx *Tx) Lag(followers ...*Follower) (map[string]int64, error) {
	head, err := One[int64](tx, `SELECT seq FROM journal_head`)
	if err != nil {
		return nil, err
	}
	marks, err := bookmarks(tx)
	lag := map[string]int64{}
	for _, f := range followers {
		lag[f.Name] = head - marks[f.Name]
	}
	return lag, err
}

// clockSlack is how far the clocks of nodes may be apart. A lease that runs for longer is from a clock that was wrong, and
// must not hold up the others until that time comes.
const clockSlack = 5 * time.Minute

// Lease takes or renews the lease of name for this process; ok is false while another process holds it.
func (db *DB) Lease(ctx context.Context, name string, length time.Duration) (ok bool, err error) {
	if db.Engine() == "sqlite" { // one process, which has the data folder to itself
		return true, nil
	}
	now := db.Now()
	if until, ok := db.held.Load(name); ok {
		left := until.(time.Time).Sub(now) //nolint:forcetypeassert // only times are stored
		if left > length*2/3 && left <= length {
			return true, nil
		}
	}
	err = db.Write(ctx, System("lease"), func(tx *Tx) error {
		n, err := tx.Exec(`INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE
			SET holder = excluded.holder, until = excluded.until WHERE leases.holder = excluded.holder OR leases.until < $4 OR leases.until > $5`,
			name, db.holder, now.Add(length), now, now.Add(length+clockSlack))
		ok = n > 0
		return err
	})
	if ok && err == nil {
		db.held.Store(name, now.Add(length))
	}
	return ok, err
}

// Release gives a lease back that this process holds, even when ctx has ended, so that no other has to wait until it runs
// out.
func (db *DB) Release(ctx context.Context, name string) {
	if _, held := db.held.LoadAndDelete(name); !held {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer stop()
	err := db.Write(ctx, System("lease"), func(tx *Tx) error {
		return tx.Do(`DELETE FROM leases WHERE name = $1 AND holder = $2`, name, db.holder)
	})
	if err != nil {
		db.log.WarnContext(ctx, "a lease was not given back; it runs out by itself", "lease", name, "err", err)
	}
}
