package search

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

func BenchmarkTerms(b *testing.B) {
	d := newDesk()
	texts := make([]string, 1000)
	size := 0
	for i := range texts {
		texts[i] = strings.Join(d.next().Text, "\n")
		size += len(texts[i])
	}
	b.SetBytes(int64(size / len(texts)))
	for i := 0; b.Loop(); i++ {
		termsOf(texts[i%len(texts)])
	}
}

// The words are those of the generated desk by rank; the comment says in how many of a hundred documents.
func questions(d *desk) map[string]Query {
	all := map[string]Query{
		"word in 55 of 100":            {Text: d.words[2] + " "},
		"word in 20 of 100":            {Text: d.words[10] + " "},
		"word in 1 of 100":             {Text: d.words[300] + " "},
		"word in 1 of 10,000":          {Text: d.words[20_000] + " "},
		"typing 1 letter":              {Text: "s"},
		"typing 3 letters, common":     {Text: "str"},
		"typing 6 letters, common":     {Text: d.words[2][:6]},
		"typing, rare":                 {Text: d.words[20_000][:9]},
		"common and being typed":       {Text: d.words[2] + " st"},
		"three common words":           {Text: d.words[1] + " " + d.words[5] + " " + d.words[2] + " "},
		"rare and common":              {Text: d.words[5000] + " " + d.words[2] + " "},
		"common without common":        {Text: d.words[2] + " -" + d.words[5] + " "},
		"order number":                 {Text: "A-100118 "},
		"telephone":                    {Text: "030/2000826"},
		"phrase of a mail address":     {Text: "@example.com"},
		"own team, common":             {Text: d.words[2] + " ", See: Within(3)},
		"own team, rare":               {Text: d.words[5000] + " ", See: Within(3)},
		"foreign to the team":          {Text: "A-100118 ", See: Within(3)},
		"five teams, word in 1 of 100": {Text: d.words[300] + " ", See: Within(1, 4, 9, 11, 16)},
		"nothing":                      {Text: "xqzzt "},
	}
	for name, q := range all {
		if len(q.See.scopes) == 0 {
			q.See = Everything()
			all[name] = q
		}
	}
	return all
}

func BenchmarkFind(b *testing.B) {
	for _, n := range sizes() {
		b.Run(strconv.Itoa(n/1000)+"k", func(b *testing.B) {
			db := opened(b, kept(b, n))
			all := questions(newDesk())
			for _, name := range sorted(all) {
				q := all[name]
				b.Run(name, func(b *testing.B) {
					hits := 0
					began := cpuTime(b, db)
					for b.Loop() {
						hits = ask(b, db, q)
					}
					b.ReportMetric(float64(cpuTime(b, db)-began)/float64(b.N), "cpu-ns/op")
					b.ReportMetric(float64(hits), "hits")
				})
			}
			b.Run("typed words of every frequency", func(b *testing.B) { mixture(b, db) })
		})
	}
}

// mixture asks what people ask: one to three words drawn as they are written, half of them still being typed.
func mixture(b *testing.B, db *store.DB) {
	b.Helper()
	d := newDesk()
	r := rand.New(rand.NewPCG(3, 5))
	var took, worked []time.Duration
	for b.Loop() {
		var words []string
		for range 1 + r.IntN(3) {
			words = append(words, d.word())
		}
		text := strings.Join(words, " ")
		if r.IntN(2) == 0 {
			text = text[:len(text)-r.IntN(len(words[len(words)-1]))]
		}
		q := Query{Text: text, See: Everything()}
		if r.IntN(3) == 0 {
			q.See = Within(r.Int64N(teams), r.Int64N(teams))
		}
		cpu, began := cpuTime(b, db), time.Now()
		ask(b, db, q)
		took = append(took, time.Since(began))
		worked = append(worked, cpuTime(b, db)-cpu)
	}
	slices.Sort(took)
	slices.Sort(worked)
	b.ReportMetric(float64(worked[len(worked)/2]), "p50-cpu-ns")
	b.ReportMetric(float64(worked[len(worked)*99/100]), "p99-cpu-ns")
	b.ReportMetric(float64(took[len(took)/2]), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100]), "p99-ns")
}

func ask(b *testing.B, db *store.DB, q Query) (hits int) {
	b.Helper()
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		all, _, err := Find(tx, q)
		hits = len(all)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return hits
}

func BenchmarkPut(b *testing.B) {
	d := newDesk()
	d.n, d.at = 10_000_000, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	changes(b, func(tx *store.Tx, _ int64) error { return Put(tx, d.next()) })
}

// A ticket of the generated desk has five messages.
func BenchmarkMove(b *testing.B) {
	changes(b, func(tx *store.Tx, i int64) error { return Move(tx, 1+i%20_000, teams+i/20_000) })
}

func BenchmarkRemove(b *testing.B) {
	changes(b, func(tx *store.Tx, i int64) error { return Remove(tx, "message", 1+i*7%100_000) })
}

// changes measures do on an index of 100,000 messages, each in a transaction of its own and many in one.
func changes(b *testing.B, do func(tx *store.Tx, i int64) error) {
	b.Helper()
	for _, batch := range []int{1, 64} {
		b.Run(fmt.Sprintf("%d_a_transaction", batch), func(b *testing.B) {
			db := copied(b, 100_000)
			b.ResetTimer()
			began := cpuTime(b, db)
			for done := 0; done < b.N; done += batch {
				write(b, db, func(tx *store.Tx) error {
					for i := done; i < min(done+batch, b.N); i++ {
						if err := do(tx, int64(i)); err != nil {
							return err
						}
					}
					return nil
				})
			}
			b.ReportMetric(float64(cpuTime(b, db)-began)/float64(b.N), "cpu-ns/op")
		})
	}
}

// sizes of the index in messages; the large one takes minutes to build and is asked for with HEARTH_BENCH_LARGE=1.
func sizes() []int {
	if os.Getenv("HEARTH_BENCH_LARGE") != "" {
		return []int{100_000, 1_000_000}
	}
	return []int{100_000}
}

func sorted(all map[string]Query) (names []string) {
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// kept is an index of n messages, built once and kept: in the user's cache folder, or on the PostgreSQL server.
func kept(b *testing.B, n int) (url string) {
	b.Helper()
	sum := sha256.New()
	names, _ := fs.Glob(migrations, "migrations/*.sql")
	for _, name := range names {
		text, _ := fs.ReadFile(migrations, name)
		sum.Write(text)
	}
	name := fmt.Sprintf("search_%d_%x", n, sum.Sum(nil)[:4])
	if storetest.Postgres() {
		if !there(b, name) {
			admin(b, `DROP DATABASE IF EXISTS `+name+`_new WITH (FORCE)`)
			admin(b, `CREATE DATABASE `+name+`_new`)
			fill(b, database(b, name+"_new"), n)
			admin(b, `ALTER DATABASE `+name+`_new RENAME TO `+name)
		}
		return database(b, name)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(dir, "hearth-bench", name+".db")
	if _, err := os.Stat(file); err != nil {
		fresh := filepath.Join(b.TempDir(), "fresh.db")
		fill(b, fresh, n)
		os.Remove(file + ".new")
		err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), opened(b, fresh).Snapshot(b.Context(), file+".new"), os.Rename(file+".new", file))
		if err != nil {
			b.Fatal(err)
		}
	}
	return file
}

func opened(b *testing.B, url string) *store.DB {
	b.Helper()
	db, err := store.Open(context.Background(), store.Options{URL: url}, Tables)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}

// database is the address of another database on the PostgreSQL server for tests.
func database(b *testing.B, name string) string {
	b.Helper()
	u, err := url.Parse(os.Getenv("HEARTH_TEST_PG"))
	if err != nil || u.Scheme == "" {
		b.Skip("HEARTH_TEST_PG names no PostgreSQL server")
	}
	u.Path = "/" + name
	return u.String()
}

func admin(b *testing.B, query string) {
	b.Helper()
	c, err := pgx.Connect(context.Background(), database(b, "postgres"))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(context.Background(), query); err != nil {
		b.Fatal(query, err)
	}
}

func there(b *testing.B, name string) bool {
	b.Helper()
	c, err := pgx.Connect(context.Background(), database(b, name))
	if err == nil {
		c.Close(context.Background())
	}
	return err == nil
}

// fill puts n messages, as a follower would that has much to catch up with and at last meets them one by one.
func fill(b *testing.B, url string, n int) {
	b.Helper()
	db, err := store.Open(context.Background(), store.Options{URL: url}, Tables)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	d := newDesk()
	for done := 0; done < n; {
		batch := 256
		if done > n-2000 {
			batch = 1
		}
		write(b, db, func(tx *store.Tx) error {
			for range min(batch, n-done) {
				if err := Put(tx, d.next()); err != nil {
					return err
				}
			}
			return nil
		})
		done += batch
	}
	if storetest.Postgres() { // as its own housekeeping would, sooner or later
		c, err := pgx.Connect(b.Context(), url)
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close(b.Context())
		if _, err := c.Exec(b.Context(), `VACUUM ANALYZE search_docs`); err != nil {
			b.Fatal(err)
		}
	}
}

// copied is filled for a benchmark that changes it.
func copied(b *testing.B, n int) *store.DB {
	b.Helper()
	url := kept(b, n)
	if storetest.Postgres() {
		parts := strings.Split(strings.SplitN(url, "?", 2)[0], "/")
		name := "copy_of_" + parts[len(parts)-1]
		admin(b, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`)
		admin(b, `CREATE DATABASE `+name+` TEMPLATE `+parts[len(parts)-1])
		b.Cleanup(func() { admin(b, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`) })
		return opened(b, database(b, name))
	}
	file := filepath.Join(b.TempDir(), "copy.db")
	db := opened(b, url)
	if err := db.Snapshot(context.Background(), file); err != nil {
		b.Fatal(err)
	}
	return opened(b, file)
}

// cpuTime is what this process and, on the same machine, PostgreSQL's have worked so far: on a busy machine it says more
// than the clock.
func cpuTime(b *testing.B, db *store.DB) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	total := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	if db.Engine() == "sqlite" {
		return total
	}
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		pids, err := store.All[int64](tx, `SELECT pid::bigint FROM pg_stat_activity WHERE datname = current_database()`)
		for _, pid := range pids {
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
			first, _, _ := strings.Cut(string(line), " ")
			ns, _ := strconv.ParseInt(first, 10, 64)
			total += time.Duration(ns)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return total
}
