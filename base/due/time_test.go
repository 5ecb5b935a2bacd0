package due_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

// shifting opens a database whose clock is off by as much as one says. It is opened outside the bubble in which time passes
// by itself, so that waiting for it does not let time pass.
func shifting(t *testing.T) (*store.DB, *atomic.Int64) {
	t.Helper()
	if storetest.Postgres() {
		t.Skip("time passes by itself on SQLite only")
	}
	var off atomic.Int64
	return storetest.OpenAt(t, func() time.Time { return time.Now().Add(time.Duration(off.Load())) }, due.Tables, marks), &off
}

func TestTheTimerIsExact(t *testing.T) {
	db, _ := shifting(t)
	synctest.Test(t, func(t *testing.T) {
		q := due.New(db, quiet(t))
		ran := map[string]time.Duration{}
		q.HandleTx("tea", patient, func(_ *store.Tx, j due.Job) error {
			ran[j.Key] = time.Since(j.Due)
			return nil
		})
		run(t, q)
		moments := []time.Duration{-time.Hour, 0, time.Millisecond, 17 * time.Millisecond, time.Second, time.Minute, time.Hour, 30 * time.Hour}
		for _, in := range moments {
			put(t, db, q, "tea", in.String(), in)
		}
		time.Sleep(31 * time.Hour)
		synctest.Wait()
		for _, in := range moments {
			late, ok := ran[in.String()]
			if late -= max(-in, 0); !ok || late < 0 || late > 2*time.Millisecond {
				t.Errorf("in %s: ran %t, %s late", in, ok, late)
			}
		}
	})
}

func TestAClockThatJumpsLosesNothing(t *testing.T) {
	const look = 5 * time.Second
	for name, tc := range map[string]struct{ jump, want time.Duration }{ // when the row of half past is done, by a clock that did not jump
		"forward over the moment": {time.Hour, 10 * time.Minute},
		"forward before it":       {15 * time.Minute, 15 * time.Minute},
		"backward":                {-time.Hour, 90 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			db, clock := shifting(t)
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var mu sync.Mutex
				done := map[string][]time.Duration{}
				q := due.New(db, quiet(t))
				q.Handle("mail", patient, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
					if j.Key == "running" {
						time.Sleep(15 * time.Second) // the clock jumps in the middle
					}
					mu.Lock()
					defer mu.Unlock()
					done[j.Key] = append(done[j.Key], time.Since(start))
					return nil, nil
				})
				run(t, q)
				put(t, db, q, "mail", "running", 10*time.Minute-10*time.Second)
				put(t, db, q, "mail", "half past", 30*time.Minute)
				time.Sleep(10 * time.Minute)
				clock.Store(int64(tc.jump))
				time.Sleep(3 * time.Hour)
				synctest.Wait()
				for key, want := range map[string]time.Duration{"running": 10*time.Minute + 5*time.Second, "half past": tc.want} {
					if at := done[key]; len(at) != 1 || at[0] < want || at[0] > want+look {
						t.Errorf("%s was done after %s; want %s", key, at, want)
					}
				}
			})
		})
	}
}

func TestPausesGrow(t *testing.T) {
	db, _ := shifting(t)
	synctest.Test(t, func(t *testing.T) {
		q := due.New(db, quiet(t))
		start := time.Now()
		var at []string
		q.Handle("mail", due.Policy{Tries: 6, Backoff: due.Doubling(5*time.Second, 30*time.Second)}, func(context.Context, due.Job) (func(*store.Tx) error, error) {
			at = append(at, fmt.Sprint(int(time.Since(start).Round(10*time.Second).Seconds())))
			return nil, errors.New("no route")
		})
		run(t, q)
		put(t, db, q, "mail", "a", 0)
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(at) != 6 {
			t.Errorf("tried at %v", at)
		}
	})
	for tries, want := range map[int]time.Duration{1: 5 * time.Second, 2: 10 * time.Second, 4: 40 * time.Second, 5: time.Minute, 100: time.Minute} {
		pause := due.Doubling(5*time.Second, time.Minute)
		for range 50 {
			if d := pause(tries); d < want*4/5 || d > want*6/5 {
				t.Errorf("after try %d a pause of %s; want about %s", tries, d, want)
			}
		}
	}
}

// A policy's pauses and tries are for servers in trouble; a node that dies takes along whatever it has in hand.
func TestWhatANodeDiedWithWaitsLittleAndIsGivenUpLate(t *testing.T) {
	for name, tc := range map[string]struct {
		deaths, most int // before, and in all until it is given up
	}{"as policy has it": {5, 30}, "at least twenty": {5, 3}, "at last": {19, 3}} {
		t.Run(name, func(t *testing.T) {
			db, _ := shifting(t)
			synctest.Test(t, func(t *testing.T) {
				q := due.New(db, quiet(t))
				var parked bool
				var after time.Duration
				q.OnPark(func(due.Job) { parked = true })
				put(t, db, q, "mail", "a", 0)
				write(t, db, func(tx *store.Tx) error {
					return tx.Do(`UPDATE due SET holder = 'node-0/clm_0', tries = $1`, tc.deaths)
				})
				start := time.Now()
				q.Handle("mail", due.Policy{Tries: tc.most, Backoff: func(int) time.Duration { return time.Hour }}, func(context.Context, due.Job) (func(*store.Tx) error, error) {
					after = time.Since(start)
					return nil, nil
				})
				run(t, q)
				time.Sleep(2 * time.Hour)
				synctest.Wait()
				if want := tc.deaths == 19; parked != want || !want && (after < 8*time.Second || after > 12*time.Second) {
					t.Errorf("given up %t, carried out after %s", parked, after)
				}
			})
		})
	}
}

func TestATryThatTakesTooLongIsEnded(t *testing.T) {
	db, _ := shifting(t)
	synctest.Test(t, func(t *testing.T) {
		q := due.New(db, quiet(t))
		start := time.Now()
		parked := ""
		q.OnPark(func(j due.Job) { parked = fmt.Sprint(j.Error, " after ", time.Since(start)) })
		q.Handle("mail", due.Policy{Tries: 1, Lease: 30 * time.Second}, func(ctx context.Context, _ due.Job) (func(*store.Tx) error, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		run(t, q)
		put(t, db, q, "mail", "a", 0)
		time.Sleep(time.Minute)
		synctest.Wait()
		if want := "not done within 30s: context deadline exceeded after 30s"; parked != want {
			t.Errorf("%q; want %q", parked, want)
		}
	})
}

func TestPeriodicWork(t *testing.T) {
	db, _ := shifting(t)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var ran []string
		begin := func(s due.Schedule, takes time.Duration) (*due.Queue, func()) {
			q := due.New(db, quiet(t))
			q.Every("tidy", s, patient, func(context.Context) error {
				ran = append(ran, start.Add(time.Since(start)).UTC().Format(time.TimeOnly))
				time.Sleep(takes)
				return nil
			})
			return q, run(t, q)
		}
		expect := func(what string, want ...string) {
			t.Helper()
			synctest.Wait()
			if d := cmp.Diff(want, ran); d != "" {
				t.Error(what, d)
			}
			ran = nil
		}
		_, stop := begin(due.Interval(20*time.Minute), time.Second)
		time.Sleep(50 * time.Minute)
		expect("every 20 minutes", "00:20:00", "00:40:00")
		for range 3 { // 00:50 to 01:20, always stopped before its moment
			stop()
			_, stop = begin(due.Interval(20*time.Minute), time.Second)
			time.Sleep(9 * time.Minute)
		}
		expect("restarts do not put it off", "01:00:00")
		stop() // 01:17
		time.Sleep(time.Hour)
		_, stop = begin(due.Interval(20*time.Minute), time.Second)
		time.Sleep(5 * time.Minute)
		expect("three missed are made up for once, then the next comes", "02:17:00", "02:20:00")
		stop() // 02:22
		_, stop = begin(due.Interval(time.Minute), time.Second)
		time.Sleep(150 * time.Second)
		expect("a tighter schedule holds at once", "02:23:00", "02:24:00")
		stop() // 02:24:30
		_, stop = begin(due.Interval(10*time.Minute), time.Minute)
		time.Sleep(10 * time.Minute) // ran at 02:25, runs since 02:30
		expect("a wider one after the next", "02:25:00", "02:30:00")
		stop()
		q, stop := begin(due.Interval(10*time.Minute), time.Minute) // 02:34:30
		defer stop()
		time.Sleep(6 * time.Minute) // in the middle of the run of 02:40
		put(t, db, q, "tidy", "", 0)
		time.Sleep(8 * time.Minute)
		expect("wanted now while it runs", "02:40:00", "02:41:00")
	})
}

func TestPeriodicWorkThatFailsGoesOn(t *testing.T) {
	db, _ := shifting(t)
	synctest.Test(t, func(t *testing.T) {
		q := due.New(db, quiet(t))
		var bad atomic.Bool
		var calls, alarms atomic.Int64
		q.OnPark(func(j due.Job) {
			alarms.Add(1)
			if j.Parked {
				t.Error("periodic work was parked")
			}
		})
		q.Every("tidy", due.Interval(time.Hour), due.Policy{Tries: 3, Backoff: due.Doubling(time.Second, time.Second)}, func(context.Context) error {
			calls.Add(1)
			if bad.Load() {
				return errors.New("no broom")
			}
			return nil
		})
		run(t, q)
		pass := func(d time.Duration, fails bool, wantCalls, wantAlarms int64) {
			t.Helper()
			bad.Store(fails)
			time.Sleep(d)
			synctest.Wait()
			if calls.Load() != wantCalls || alarms.Load() != wantAlarms {
				t.Errorf("%d calls and %d alarms; want %d and %d", calls.Load(), alarms.Load(), wantCalls, wantAlarms)
			}
		}
		pass(3*time.Hour+time.Minute, true, 5, 1) // three tries in the first hour, one in each of the others
		pass(time.Hour, false, 6, 1)
		if all := rows(t, db); len(all) != 1 || all[0].Tries != 0 || all[0].Error != "" {
			t.Errorf("after it went well: %+v", all)
		}
		pass(time.Hour, true, 9, 2)
	})
}

func TestSchedules(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		schedule due.Schedule
		after    string
		want     []string
	}{
		"an interval keeps to whole multiples":       {due.Interval(15 * time.Minute), "2026-03-01T09:07:30Z", []string{"2026-03-01T09:15:00Z", "2026-03-01T09:30:00Z"}},
		"daily later today":                          {due.Daily(3, 30, berlin), "2026-03-01T01:00:00Z", []string{"2026-03-01T02:30:00Z", "2026-03-02T02:30:00Z"}},
		"daily is after, not at":                     {due.Daily(3, 30, berlin), "2026-03-01T02:30:00Z", []string{"2026-03-02T02:30:00Z"}},
		"daily over the end of a month":              {due.Daily(0, 0, time.UTC), "2026-02-28T00:00:00Z", []string{"2026-03-01T00:00:00Z"}},
		"once where summer time skips the hour":      {due.Daily(2, 30, berlin), "2026-03-28T12:00:00Z", []string{"2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"}},
		"once where winter time doubles the hour":    {due.Daily(2, 30, berlin), "2026-10-24T12:00:00Z", []string{"2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"}},
		"the day is the one of the place, not of us": {due.Daily(1, 0, berlin), "2026-07-01T22:30:00Z", []string{"2026-07-01T23:00:00Z"}},
	} {
		t.Run(name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, tc.after)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for range tc.want {
				at = tc.schedule(at)
				got = append(got, at.Format(time.RFC3339))
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
