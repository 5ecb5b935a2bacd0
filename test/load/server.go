package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hearthdesk/hearth/app"
)

// clients is how many ask at once where that matters.
const clients = 16

// server is Hearth running on a place, and what the bench sees of it from outside.
type server struct {
	place  *place
	addr   string
	http   *http.Client
	bare   *bare // to see when followers are done
	pid    int   // 0 when it runs in this process
	finish func() error
}

func freeAddr(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// serve starts the server and waits until it is ready.
func (b *bench) serve(ctx context.Context, p *place) (*server, error) {
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{place: p, addr: addr, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: time.Minute}}
	if b.profile != "" {
		s.inside(ctx)
	} else if err := s.outside(ctx); err != nil {
		return nil, err
	}
	if err := s.ready(ctx, "/readyz"); err != nil {
		return nil, errors.Join(err, s.finish())
	}
	s.bare, err = openBare(ctx, p)
	return s, err
}

// outside runs the program as it is shipped.
func (s *server) outside(ctx context.Context) error {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), s.place.bench.exe, s.place.flags("serve", "--listen", s.addr)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return err
	}
	s.pid = cmd.Process.Pid
	s.finish = func() error {
		err := errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait())
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, said.String())
		}
		return err
	}
	return nil
}

// inside runs the server in this process, where it can be profiled.
func (s *server) inside(ctx context.Context) {
	set := s.place.settings()
	set.Listen = s.addr
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- app.Serve(run, set, nil) }()
	s.finish = func() error {
		stop()
		return <-done
	}
}

// flags are a command and what it needs to find the place.
func (p *place) flags(command ...string) []string {
	all := append(slices.Clone(command), "--data", p.data)
	if p.url != "" {
		all = append(all, "--database-url", p.url)
	}
	return all
}

func (s *server) stop() error {
	s.http.CloseIdleConnections()
	return errors.Join(s.bare.close(), s.finish())
}

// ready asks every millisecond until there is an answer.
func (s *server) ready(ctx context.Context, path string) error {
	for deadline := time.After(time.Minute); ; {
		if _, err := s.ask(ctx, http.MethodGet, path, "", nil, nil); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return errors.New("the server did not start within a minute")
		case <-time.After(time.Millisecond):
		}
	}
}

// ask sends a request and reads the whole answer; everything but success is an error.
func (s *server) ask(ctx context.Context, method, path, token string, in, out any) (size int, err error) { //nolint:unparam // the size is for whoever wants it
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return 0, err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://"+s.addr+path, body)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	res, err := s.http.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s %s: %s %s", method, path, res.Status, b)
	}
	if err == nil && out != nil {
		err = json.Unmarshal(b, out)
	}
	return len(b), err
}

// settled waits until the followers have done everything and nothing that is due now is left.
func (s *server) settled(ctx context.Context) error { return settled(ctx, s.bare, now()) }

// settled asks about one moment: the clock of a house that is being filled stands still, and what falls due after that
// moment would be waited for in vain.
func settled(ctx context.Context, db *bare, at time.Time) error {
	const behind = `SELECT (SELECT seq FROM journal_head) - COALESCE((SELECT min(seq) FROM followers), 0)`
	const ready = `SELECT count(*) FROM due WHERE NOT parked AND wake_at <= $1`
	for range 60_000 {
		lag, err := db.number(ctx, behind)
		if err != nil {
			return err
		}
		late, err := db.number(ctx, ready, at.UnixMicro())
		if err != nil || lag == 0 && late == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return errors.New("the followers never catch up")
}

// cost is what one request took of everything.
type cost struct {
	cpu      time.Duration // of the server and the database
	wall     time.Duration
	p50, p99 time.Duration
}

// measure does something n times, after a tenth of that to warm up, and says what one time cost. With settle it waits
// for what followers do about it, and counts that in.
func (s *server) measure(ctx context.Context, name string, n int, settle bool, do func(i int) error) (c cost, err error) {
	for i := range n / 10 {
		if err := do(i); err != nil {
			return c, err
		}
	}
	if err := s.settled(ctx); err != nil {
		return c, err
	}
	stop, err := s.place.bench.profiled(name)
	if err != nil {
		return c, err
	}
	defer stop()
	before, err := s.cpu(ctx)
	if err != nil {
		return c, err
	}
	took := make([]time.Duration, n)
	began := now()
	for i := range n {
		start := now()
		if err := do(n/10 + i); err != nil {
			return c, err
		}
		took[i] = time.Since(start)
	}
	c.wall = time.Since(began) / time.Duration(n)
	if settle {
		if err := s.settled(ctx); err != nil {
			return c, err
		}
	}
	after, err := s.cpu(ctx)
	c.cpu = (after - before) / time.Duration(n)
	slices.Sort(took)
	c.p50, c.p99 = took[n/2], took[n*99/100]
	return c, err
}

// profiled writes a CPU profile of what happens until stop.
func (b *bench) profiled(name string) (stop func(), err error) {
	if b.profile == "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(b.profile, 0o700); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(b.profile, strings.NewReplacer(" ", "-", ",", "", "/", "-").Replace(b.engine+"-"+name)+".pprof"))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close() // a profile that is cut off says so itself
	}, nil
}

// cpu is what the server and its database have worked so far.
func (s *server) cpu(ctx context.Context) (time.Duration, error) {
	if s.pid == 0 {
		return work(ctx, s.place, "hearth")
	}
	own, err := workOf(s.pid)
	if err != nil {
		return 0, err
	}
	others, err := s.place.backends(ctx, "hearth")
	return own + others, err
}

// work is what this process has worked so far, and the database for the program of that name.
func work(ctx context.Context, p *place, program string) (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	others, err := p.backends(ctx, program)
	return time.Duration(u.Utime.Nano()+u.Stime.Nano()) + others, err
}

// workOf is what the threads of a process have worked so far, in nanoseconds (proc_pid_schedstat(5)).
func workOf(pid int) (total time.Duration, err error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err == nil && len(threads) == 0 {
		err = fmt.Errorf("process %d is gone, or this system does not tell what it works", pid)
	}
	for _, t := range threads {
		line, err := os.ReadFile(t)
		if err != nil {
			continue // a thread that ended
		}
		first, _, _ := strings.Cut(string(line), " ")
		ns, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, err
		}
		total += time.Duration(ns)
	}
	return total, err
}

// backends is what PostgreSQL's processes for this database and program have worked so far.
func (p *place) backends(ctx context.Context, program string) (total time.Duration, err error) {
	if p.url == "" {
		return 0, nil
	}
	c, err := pgx.Connect(ctx, p.bench.pg)
	if err != nil {
		return 0, err
	}
	defer c.Close(ctx)
	rows, err := c.Query(ctx, `SELECT pid FROM pg_stat_activity WHERE datname = $1 AND application_name = $2`, p.database(), program)
	if err != nil {
		return 0, err
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[int])
	for _, pid := range all {
		spent, err := workOf(pid)
		if err != nil {
			continue // a connection that was closed
		}
		total += spent
	}
	return total, err
}
