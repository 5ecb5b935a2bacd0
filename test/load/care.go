package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hearthdesk/hearth/app"
)

// start is how long it takes until the first answer, and what the server holds on to when it has nothing to do.
func (m *middle) start(ctx context.Context) error {
	none, err := m.empty(ctx, "none")
	if err != nil {
		return err
	}
	p, err := m.house(ctx)
	if err != nil {
		return err
	}
	for _, at := range []struct {
		what  string
		place *place
	}{{"an empty house", none}, {fmt.Sprintf("%d tickets", m.tickets), p}} {
		// The first start of all sees to what only the first one does, and to the periodic work that is late.
		s, err := m.serve(ctx, at.place)
		if err == nil {
			_, cut := s.idle(ctx)
			err = errors.Join(s.settled(ctx), cut, s.stop())
		}
		if err != nil {
			return err
		}
		if err := m.starts(ctx, at.what, at.place); err != nil {
			return err
		}
	}
	return nil
}

func (m *middle) starts(ctx context.Context, what string, p *place) error {
	var first, alone []time.Duration
	var memory int64
	const tries = 7
	for i := range tries {
		began := now()
		if err := exec.CommandContext(ctx, m.exe, "version").Run(); err != nil {
			return err
		}
		alone = append(alone, time.Since(began))
		addr, err := freeAddr(ctx)
		if err != nil {
			return err
		}
		s := &server{place: p, addr: addr, http: &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}}
		began = now()
		if err := s.outside(ctx); err != nil {
			return err
		}
		err = s.ready(ctx, "/healthz")
		first = append(first, time.Since(began))
		if err == nil && i == tries-1 {
			memory, err = s.idle(ctx)
		}
		if err := errors.Join(err, s.finish()); err != nil {
			return err
		}
	}
	slices.Sort(first)
	slices.Sort(alone)
	f, a := first[tries/2], alone[tries/2]
	return errors.Join(
		m.add(row{
			What: "start to first answer, " + what, Figure: fmt.Sprintf("%s (best %s)", ms(f), ms(first[0])), Limit: ms(a) + " to say its version", Ratio: ratio(float64(f), float64(a)),
			Reach: "≤ 150 ms", Held: held(f <= 150*time.Millisecond),
		}),
		m.add(row{
			What: "idle memory, " + what, Figure: fmt.Sprintf("%.0f MiB", float64(memory)/(1<<20)), Reach: "≤ 60 MiB", Held: held(memory <= 60<<20),
		}))
}

// idle is the resident memory after some seconds without work, in bytes (proc_pid_status(5)).
func (s *server) idle(ctx context.Context) (int64, error) {
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(6 * time.Second):
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(b), "VmRSS:")
	if !ok {
		return 0, errors.New("this system does not tell what a process holds")
	}
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	return kb << 10, err
}

// backup is the longest that somebody who enters a ticket waits while a backup is written.
func (m *middle) backup(ctx context.Context) error {
	if _, err := exec.LookPath("pg_dump"); err != nil && m.engine == "postgres" {
		m.say("pg_dump is not here; left out")
		return nil
	}
	s, err := m.open(ctx)
	if err != nil {
		return err
	}
	w := &writer{desk: newDesk(teams), prefix: "backup"}
	var worst atomic.Int64
	work, stop := context.WithCancel(ctx)
	defer stop()
	var crew sync.WaitGroup
	failed := make(chan error, 2)
	for range 2 {
		crew.Go(func() {
			for work.Err() == nil {
				began := now()
				if _, err := s.ask(ctx, http.MethodPost, ticketsPath, m.place.notes.Owner, w.draft(), nil); err != nil {
					failed <- err
					return
				}
				for d, old := int64(time.Since(began)), worst.Load(); d > old && !worst.CompareAndSwap(old, d); old = worst.Load() {
				}
			}
		})
	}
	file := filepath.Join(m.dir, "backup.tar.gz")
	began := now()
	err = exec.CommandContext(ctx, m.exe, m.place.flags("backup", file)...).Run()
	took := time.Since(began)
	during := time.Duration(worst.Swap(0))
	select {
	case <-time.After(took): // as long without
	case <-ctx.Done():
	}
	without := time.Duration(worst.Load())
	stop()
	crew.Wait()
	select {
	case err := <-failed:
		return err
	default:
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	i, err := os.Stat(file)
	if err != nil {
		return err
	}
	return m.add(row{
		What: "backup while two clients write", Figure: fmt.Sprintf("longest stall %s; %d MB in %.1f s", ms(during), i.Size()>>20, took.Seconds()), Limit: ms(without) + " without a backup",
		Ratio: ratio(float64(during), float64(without)), Reach: "≤ 217 ms", Held: held(during <= 217*time.Millisecond),
	})
}

// token is what it takes to find out who sends a request.
func (m *middle) token(ctx context.Context) error {
	p, err := m.house(ctx)
	if err != nil {
		return err
	}
	h, err := app.Build(ctx, p.settings())
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	check := func(token string, n int) (time.Duration, error) {
		r.Header.Set("Authorization", "Bearer "+token)
		before, err := work(ctx, p, "hearth")
		for range n {
			if _, ok, no := h.Staff.Authenticate(r); no != nil || !ok {
				return 0, errors.Join(errors.New("a token is not known"), no)
			}
		}
		after, no := work(ctx, p, "hearth")
		return (after - before) / time.Duration(n), errors.Join(err, no)
	}
	var first time.Duration
	for _, t := range p.notes.Agents {
		d, err := check(t, 1)
		if err != nil {
			return errors.Join(err, h.Close())
		}
		first += d / time.Duration(len(p.notes.Agents))
	}
	const n = 200_000
	each, err := check(p.notes.Owner, n)
	before, _ := work(ctx, p, "hearth")
	for range n {
		hash(p.notes.Owner)
	}
	after, no := work(ctx, p, "hearth")
	limit := (after - before) / n
	return errors.Join(err, no, h.Close(), m.add(row{
		What: "API token check", Figure: fmt.Sprintf("%.2f µs CPU (%.0f µs the first time)", float64(each)/1000, float64(first)/1000), Limit: fmt.Sprintf("%.2f µs the hash", float64(limit)/1000),
		Ratio: ratio(float64(each), float64(limit)), Reach: "≤ 50 µs", Held: held(each <= 50*time.Microsecond),
	}))
}
