package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

// Migrations are the tables of one room: an embedded folder "migrations" of goose files. A file that differs between the
// engines has a twin: 00001_x.sqlite.sql and 00001_x.postgres.sql. A line "-- housekeeping: a, b" names tables that may
// change without an event.
type Migrations struct {
	Room string
	FS   fs.FS
}

//go:embed migrations/*.sql
var baseMigrations embed.FS

type migrator struct {
	dialect       goose.Dialect
	suffix, other string
	pool          *sql.DB
	lock          func(ctx context.Context) (unlock func(), err error)
}

var (
	housekeeping = regexp.MustCompile(`(?m)^-- housekeeping:(.*)$`)
	made         = regexp.MustCompile(`(?i)create\s+table\s+(?:if\s+not\s+exists\s+)?([a-z_0-9]+)`)
)

func (db *DB) migrate(ctx context.Context, rooms []Migrations) error {
	m, err := db.engine.migrator()
	if err != nil {
		return err
	}
	all := append([]Migrations{{Room: "base", FS: baseMigrations}}, rooms...)
	mark := sha256.New()
	for i, r := range all {
		own, err := m.own(r.FS)
		if err != nil {
			return err
		}
		all[i].FS = own
		for _, name := range slices.Sorted(maps.Keys(own)) {
			fmt.Fprintf(mark, "%s %s %d %s", r.Room, name, len(own[name].Data), own[name].Data)
			for _, match := range housekeeping.FindAllSubmatch(own[name].Data, -1) {
				for t := range strings.SplitSeq(string(match[1]), ",") {
					db.housekeeping[strings.TrimSpace(t)] = true
				}
			}
			if db.strict {
				for _, match := range made.FindAllSubmatch(own[name].Data, -1) {
					db.rooms[strings.ToLower(string(match[1]))] = r.Room
				}
			}
		}
	}
	want := hex.EncodeToString(mark.Sum(nil))
	// An unchanged set of files needs no look at a dozen version tables; that is most of the time from start to first answer.
	var have string
	if err := m.pool.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'schema'`).Scan(&have); err == nil && have == want {
		return nil
	}
	unlock, err := m.lock(ctx)
	if err != nil {
		return fmt.Errorf("waiting to migrate: %w", err)
	}
	defer unlock()
	for _, r := range all {
		if err := m.up(ctx, r); err != nil {
			return fmt.Errorf("tables of %s: %w", r.Room, err)
		}
	}
	_, err = m.pool.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ('schema', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, want)
	return err
}

func (m migrator) up(ctx context.Context, r Migrations) error {
	p, err := goose.NewProvider(m.dialect, m.pool, r.FS, goose.WithTableName("versions_of_"+r.Room), goose.WithVerbose(false))
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil
	} else if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// own picks the files meant for this engine out of the folder migrations and gives them plain names.
func (m migrator) own(all fs.FS) (fstest.MapFS, error) {
	files := fstest.MapFS{}
	names, err := fs.Glob(all, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, m.other) {
			continue
		}
		text, err := fs.ReadFile(all, name)
		if err != nil {
			return nil, err
		}
		base := path.Base(name)
		if plain, ok := strings.CutSuffix(base, m.suffix); ok {
			base = plain + ".sql"
		}
		files[base] = &fstest.MapFile{Data: text, Mode: 0o444}
	}
	return files, nil
}
