// Command load measures Hearth beside the limit of the machine it runs on, and prints one table.
//
// It fills a house with 20,000 tickets of five messages by the verbs everybody uses, runs the real server on it as another
// process, and asks it what people ask: the inbox, a ticket, a search, new tickets, replies that others see. A figure is the
// work of all processes for one request (CPU, which a busy machine changes little), or stands beside what the bare database
// or the bare machine does with the same rows in the same minutes. How the inbox and search grow is measured on houses of
// 200,000 and, when asked for, 1,000,000 tickets, whose rows are written without the verbs; a test compares them with what
// the verbs write. With HEARTH_TEST_PG it measures on that PostgreSQL server, without on SQLite.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// bench is one run on one engine.
type bench struct {
	engine  string // sqlite or postgres
	pg      string // the address of the server, with the right to make databases
	exe     string // bin/hearth
	dir     string // for the houses, removed at the end
	cache   string // for houses that are kept for the next run
	profile string // a folder for CPU profiles; the server runs in this process then, so that figures hold the client's work too
	tickets int    // of the house in the middle
	big     bool
	only    *regexp.Regexp

	databases []string        // made in this run
	base      map[string]cost // by what was asked of the house in the middle
	rows      []row
	out       io.Writer // gets each row as JSON
	log       *slog.Logger
}

func run(ctx context.Context, args []string) error {
	b := &bench{engine: "sqlite", base: map[string]cost{}, pg: os.Getenv("HEARTH_TEST_PG"), log: slog.New(slog.DiscardHandler)}
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	table := flags.Bool("table", false, "print the rows in the files named as one table")
	out := flags.String("out", "", "append the rows to this file instead of printing them")
	only := flags.String("only", "", "measure the parts whose names match")
	flags.StringVar(&b.exe, "hearth", "bin/hearth", "the program to measure")
	flags.StringVar(&b.cache, "cache", ".cache/load", "where filled houses are kept")
	flags.StringVar(&b.profile, "profile", "", "write CPU profiles here; the server then runs in this process")
	flags.IntVar(&b.tickets, "tickets", 20_000, "tickets of the house in the middle")
	flags.BoolVar(&b.big, "big", os.Getenv("BIG") != "", "measure the inbox and search with 1,000,000 tickets too")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *table {
		return printFiles(os.Stdout, flags.Args())
	}
	var err error
	if b.only, err = regexp.Compile(*only); err != nil {
		return err
	}
	if b.pg != "" {
		b.engine = "postgres"
	}
	if *out != "" {
		f, err := os.OpenFile(*out, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer f.Close()
		b.out = f
	}
	if b.dir, err = os.MkdirTemp("", "hearth-load-"); err != nil {
		return err
	}
	if err := errors.Join(b.all(ctx), b.clear(context.WithoutCancel(ctx))); err != nil {
		return err
	}
	if b.out == nil {
		return printTable(os.Stdout, b.rows)
	}
	return nil
}

// part is one thing that is measured; those of the house in the middle come first, because they share it.
type part struct {
	name string
	do   func(ctx context.Context) error
}

func (b *bench) all(ctx context.Context) error {
	m := &middle{bench: b}
	defer m.close()
	parts := []part{
		{"start", m.start},
		{"read", m.read},
		{"write", m.write},
		{"live", m.live},
		{"backup", m.backup},
		{"mail", m.mail},
		{"token", m.token},
		{"size 200k", func(ctx context.Context) error { return b.size(ctx, 200_000, false) }},
	}
	if b.engine == "sqlite" { // what a browser takes does not depend on it
		parts = append(parts, part{"screen", m.screen})
	}
	if b.big {
		parts = append(parts, part{"size 1M", func(ctx context.Context) error { return b.size(ctx, 1_000_000, true) }})
	}
	for _, p := range parts {
		if !b.only.MatchString(p.name) {
			continue
		}
		began := now()
		b.say("%s on %s", p.name, b.engine)
		if err := p.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		b.say("%s on %s took %s", p.name, b.engine, time.Since(began).Round(time.Second))
	}
	return nil
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  "+format+"\n", append([]any{now().Format(time.TimeOnly)}, args...)...)
}

// add takes a row into the table.
func (b *bench) add(r row) error {
	r.Engine = b.engine
	b.rows = append(b.rows, r)
	b.say("  %s: %s (%s)", r.What, r.Figure, r.Limit)
	if b.out == nil {
		return nil
	}
	line, err := json.Marshal(r)
	if err == nil {
		_, err = b.out.Write(append(line, '\n'))
	}
	return err
}

// now is what a watch shows: a bench measures durations, it enters no moments.
func now() time.Time { return time.Now() }

// middle is the house of 20,000 tickets, filled when the first part asks for it, and its server.
type middle struct {
	*bench
	place  *place
	server *server
}

// house is the place, with nothing running on it.
func (m *middle) house(ctx context.Context) (*place, error) {
	if err := m.quiet(); err != nil {
		return nil, err
	}
	var err error
	if m.place == nil {
		m.place, err = m.kept(ctx, fmt.Sprintf("lived-%d", m.tickets), func(ctx context.Context, p *place) error { return m.happen(ctx, p) })
	}
	return m.place, err
}

// open is the server on the house.
func (m *middle) open(ctx context.Context) (*server, error) {
	if m.server != nil {
		return m.server, nil
	}
	p, err := m.house(ctx)
	if err != nil {
		return nil, err
	}
	m.server, err = m.serve(ctx, p)
	return m.server, err
}

func (m *middle) quiet() error {
	s := m.server
	m.server = nil
	if s == nil {
		return nil
	}
	return s.stop()
}

func (m *middle) close() { _ = m.quiet() }

// kept is a house that is filled once and kept in the cache folder, as a copy that may be changed.
func (b *bench) kept(ctx context.Context, name string, fill func(ctx context.Context, p *place) error) (*place, error) {
	p, err := b.empty(ctx, name)
	if err != nil {
		return nil, err
	}
	at := filepath.Join(b.cache, b.engine+"-"+name+"-"+p.schema)
	if ok, err := p.load(ctx, at); err != nil || ok {
		return p, err
	}
	b.say("filling %s", name)
	if err := fill(ctx, p); err != nil {
		return nil, err
	}
	return p, errors.Join(p.note(), p.save(ctx, at))
}
