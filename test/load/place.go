package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/hearthdesk/hearth/app"
)

// place is a data folder and its database.
type place struct {
	bench  *bench
	data   string
	url    string // of PostgreSQL; empty on SQLite
	schema string // changes with the tables
	notes  notes
}

// notes are what a bench must know of a house that was filled before; they lie in its data folder.
type notes struct {
	Owner   string   `json:"owner"`   // the token of somebody who sees everything
	Agents  []string `json:"agents"`  // tokens, each of somebody in three teams
	Staff   []string `json:"staff"`   // the ids of those
	Teams   []string `json:"teams"`   // ids
	Mailbox string   `json:"mailbox"` // its id
	Tickets int      `json:"tickets"`
}

const notesFile = "bench.json"

func (p *place) settings() app.Settings {
	return app.Settings{Data: p.data, DatabaseURL: p.url, Region: "DE", Version: "bench", Log: p.bench.log}
}

// empty is a new house with its tables and nothing in them.
func (b *bench) empty(ctx context.Context, name string) (*place, error) {
	p, err := b.ground(ctx, name, "")
	if err != nil {
		return nil, err
	}
	h, err := app.Build(ctx, p.settings())
	if err != nil {
		return nil, err
	}
	if err := h.Close(); err != nil {
		return nil, err
	}
	db, err := openBare(ctx, p)
	if err != nil {
		return nil, err
	}
	p.schema, err = db.text(ctx, `SELECT value FROM meta WHERE name = 'schema'`)
	if len(p.schema) > 12 {
		p.schema = p.schema[:12]
	}
	return p, errors.Join(err, db.close())
}

// ground is a folder and, on PostgreSQL, a database: an empty one, or a copy of like.
func (b *bench) ground(ctx context.Context, name, like string) (*place, error) {
	p := &place{bench: b, data: filepath.Join(b.dir, name+"-"+strings.ToLower(rand.Text()[:6]))}
	if err := os.MkdirAll(p.data, 0o700); err != nil || b.engine == "sqlite" {
		return p, err
	}
	database := "load_" + strings.ToLower(rand.Text()[:10])
	u, err := url.Parse(b.pg)
	if err != nil {
		return nil, err
	}
	u.Path = "/" + database
	p.url = u.String()
	create := "CREATE DATABASE " + database
	if like != "" {
		create += " TEMPLATE " + like + " STRATEGY file_copy"
	}
	b.databases = append(b.databases, database)
	return p, b.admin(ctx, create)
}

// clear takes everything away that this run has made, except what it keeps in the cache.
func (b *bench) clear(ctx context.Context) error {
	err := os.RemoveAll(b.dir)
	for _, name := range b.databases {
		err = errors.Join(err, b.admin(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"))
	}
	return err
}

func (p *place) database() string {
	u, err := url.Parse(p.url)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Path, "/")
}

func (b *bench) admin(ctx context.Context, query string) error {
	c, err := pgx.Connect(ctx, b.pg)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, query)
	return errors.Join(err, c.Close(ctx))
}

// copied is the same house once more; nothing may run on p meanwhile.
func (p *place) copied(ctx context.Context, name string) (*place, error) {
	q, err := p.bench.ground(ctx, name, p.database())
	if err != nil {
		return nil, err
	}
	q.schema, q.notes = p.schema, p.notes
	return q, q.take(withoutLocks(p.data))
}

// take copies a data folder.
func (p *place) take(from fs.FS) error {
	return errors.Join(os.CopyFS(p.data, from), os.Chmod(p.data, 0o700), os.Chmod(filepath.Join(p.data, "secret.key"), 0o600))
}

// withoutLocks is a data folder without what a running server leaves there.
func withoutLocks(dir string) fs.FS { return lockless{os.DirFS(dir)} }

type lockless struct{ fs.FS }

// ReadDir leaves out sockets and locks.
func (l lockless) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(l.FS, name)
	some := all[:0]
	for _, e := range all {
		if (e.IsDir() || e.Type().IsRegular()) && e.Name() != "lock" {
			some = append(some, e)
		}
	}
	return some, err
}

// note keeps the notes in the data folder.
func (p *place) note() error {
	b, err := json.Marshal(p.notes)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.data, notesFile), b, 0o600)
}

// load brings a house back from the cache; false when it is not there.
func (p *place) load(ctx context.Context, from string) (bool, error) {
	b, err := os.ReadFile(filepath.Join(from, notesFile))
	if err != nil {
		return false, nil //nolint:nilerr // it will be filled
	}
	if err := json.Unmarshal(b, &p.notes); err != nil {
		return false, err
	}
	dump := filepath.Join(from, dumpFile)
	if p.url != "" {
		if _, err := os.Stat(dump); err != nil {
			return false, nil //nolint:nilerr // it will be filled
		}
	}
	if err := os.RemoveAll(p.data); err != nil {
		return false, err
	}
	if err := p.take(os.DirFS(from)); err != nil || p.url == "" {
		return err == nil, err
	}
	if err := os.Remove(filepath.Join(p.data, dumpFile)); err != nil {
		return false, err
	}
	if err := tool(ctx, "pg_restore", "--clean", "--if-exists", "--no-owner", "--jobs=2", "--dbname="+p.url, dump); err != nil {
		return false, err
	}
	return true, p.analyze(ctx)
}

const dumpFile = "dump"

// save puts a house into the cache. Without pg_dump there is no cache on PostgreSQL.
func (p *place) save(ctx context.Context, at string) error {
	if _, err := exec.LookPath("pg_dump"); err != nil && p.url != "" {
		p.bench.say("pg_dump is not here, so the house is not kept for the next run")
		return nil
	}
	part := at + ".part"
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(filepath.Dir(at), 0o700), os.CopyFS(part, withoutLocks(p.data))); err != nil {
		return err
	}
	if p.url != "" {
		if err := tool(ctx, "pg_dump", "--format=custom", "--compress=1", "--no-owner", "--file="+filepath.Join(part, dumpFile), "--dbname="+p.url); err != nil {
			return err
		}
	}
	return errors.Join(os.RemoveAll(at), os.Rename(part, at))
}

func tool(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// analyze does what PostgreSQL does by itself sooner or later.
func (p *place) analyze(ctx context.Context) error {
	if p.url == "" {
		return nil
	}
	c, err := pgx.Connect(ctx, p.url)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, "VACUUM ANALYZE")
	return errors.Join(err, c.Close(ctx))
}
