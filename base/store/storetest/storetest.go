// Package storetest gives each test a database of its own: SQLite in a temporary folder, or with HEARTH_TEST_DB=postgres
// a PostgreSQL database copied from a template that was migrated once.
package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hearthdesk/hearth/base/store"
)

// Postgres says whether the tests run on PostgreSQL.
func Postgres() bool { return os.Getenv("HEARTH_TEST_DB") == "postgres" }

// Open opens an empty database in strict mode with the tables of the rooms; it is closed when the test ends.
func Open(tb testing.TB, rooms ...store.Migrations) *store.DB {
	tb.Helper()
	return OpenAt(tb, nil, rooms...)
}

// OpenAt is Open with a clock of the test's.
func OpenAt(tb testing.TB, now func() time.Time, rooms ...store.Migrations) *store.DB {
	tb.Helper()
	log := slog.New(slog.NewTextHandler(tb.Output(), nil))
	db, err := store.Open(context.Background(), store.Options{URL: URL(tb, rooms...), Now: now, Strict: true, Log: log}, rooms...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// URL names a database that holds nothing yet (or only the rooms' empty tables) and is removed when the test ends.
func URL(tb testing.TB, rooms ...store.Migrations) string {
	tb.Helper()
	if !Postgres() {
		path := filepath.Join(tb.TempDir(), "hearth.db")
		if len(rooms) > 0 {
			Place(tb, path, rooms...)
		}
		return path
	}
	admin, of := server(tb), fingerprint(tb, rooms)
	d := borrow(of)
	if d != nil {
		if err := d.wash(); errors.Is(err, errChanged) {
			drop(tb, admin, d.name)
			d = nil
		} else if err != nil {
			tb.Fatal(err)
		}
	}
	if d == nil {
		d = &database{name: "t_" + random()}
		asAdmin(tb, admin, func(ctx context.Context, c *pgx.Conn) {
			d.from = template(ctx, tb, c, admin, of, rooms)
			exec(ctx, tb, c, `CREATE DATABASE `+d.name+` STRATEGY FILE_COPY TEMPLATE `+d.from.name) // six times as fast as through the log
		})
	}
	d.url = at(tb, admin, d.name)
	lend(d)
	tb.Cleanup(func() { giveBack(of, d) })
	return d.url
}

// Empty is URL of a database without any table, such as one is restored into.
func Empty(tb testing.TB) string {
	tb.Helper()
	if !Postgres() {
		return filepath.Join(tb.TempDir(), "hearth.db")
	}
	admin, name := server(tb), "t_"+random()
	asAdmin(tb, admin, func(ctx context.Context, c *pgx.Conn) {
		exec(ctx, tb, c, `CREATE DATABASE `+name+` TEMPLATE template0`)
	})
	tb.Cleanup(func() { drop(tb, admin, name) })
	return at(tb, admin, name)
}

func drop(tb testing.TB, admin, name string) {
	tb.Helper()
	asAdmin(tb, admin, func(ctx context.Context, c *pgx.Conn) {
		exec(ctx, tb, c, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`)
	})
}

func server(tb testing.TB) string {
	tb.Helper()
	admin := os.Getenv("HEARTH_TEST_PG")
	if admin == "" {
		tb.Skip("HEARTH_TEST_PG names no PostgreSQL server; `make test` starts one")
	}
	return admin
}

var (
	adminMu   sync.Mutex
	adminConn *pgx.Conn // one for the whole program: a connection costs as much as the database it makes
)

func asAdmin(tb testing.TB, url string, do func(ctx context.Context, c *pgx.Conn)) {
	tb.Helper()
	adminMu.Lock()
	defer adminMu.Unlock()
	ctx := context.Background() // a test that is over still removes its database
	if adminConn == nil || adminConn.IsClosed() {
		c, err := pgx.Connect(ctx, url)
		if err != nil {
			tb.Fatal(err)
		}
		adminConn = c
	}
	do(ctx, adminConn)
}

// Place puts a database of SQLite where a test wants it; making its tables takes longer than copying them.
func Place(tb testing.TB, path string, rooms ...store.Migrations) {
	tb.Helper()
	of := fingerprint(tb, rooms)
	filesMu.Lock()
	defer filesMu.Unlock()
	if files[of] == nil {
		db, err := store.Open(context.Background(), store.Options{URL: path}, rooms...)
		if err != nil {
			tb.Fatal(err)
		}
		if err := db.Close(); err != nil {
			tb.Fatal(err)
		}
		if files[of], err = os.ReadFile(path); err != nil {
			tb.Fatal(err)
		}
		return
	}
	if err := os.WriteFile(path, files[of], 0o600); err != nil {
		tb.Fatal(err)
	}
}

var (
	filesMu sync.Mutex
	files   = map[string][]byte{}
)

// fingerprint tells apart what databases are made of.
func fingerprint(tb testing.TB, rooms []store.Migrations) string {
	tb.Helper()
	h := sha256.New()
	for _, r := range rooms {
		names, _ := fs.Glob(r.FS, "migrations/*")
		for _, n := range names {
			b, err := fs.ReadFile(r.FS, n)
			if err != nil {
				tb.Fatal(err)
			}
			fmt.Fprintf(h, "%s %s %s", r.Room, n, b)
		}
	}
	exe, _ := os.Executable() // base's own migrations change with the test program
	if i, err := os.Stat(exe); err == nil {
		fmt.Fprint(h, exe, i.ModTime())
	}
	return hex.EncodeToString(h.Sum(nil))[:24]
}

func exec(ctx context.Context, tb testing.TB, c *pgx.Conn, query string) {
	tb.Helper()
	if _, err := c.Exec(ctx, query); err != nil {
		tb.Error(strings.TrimSpace(query), err)
	}
}

func at(tb testing.TB, admin, name string) string {
	tb.Helper()
	u, err := url.Parse(admin)
	if err != nil {
		tb.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func random() string { return strings.ToLower(rand.Text()) }
