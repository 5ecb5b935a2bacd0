package store

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

type wrote struct{ N int }

func (wrote) Kind() string { return "lines.wrote" }

type line struct{}

func (line) String() string { return "line" }

func openLines(t *testing.T) *DB {
	t.Helper()
	lines := Migrations{Room: "lines", FS: fstest.MapFS{"migrations/00001_lines.sql": &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE lines (n BIGINT PRIMARY KEY);\n")}}}
	db, err := Open(t.Context(), Options{URL: filepath.Join(t.TempDir(), "lines.db"), Strict: true, Log: slog.New(slog.DiscardHandler)}, lines)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// behindOne lets n transactions queue up, in order, behind one that holds the writer, and returns how each ended.
func behindOne(t *testing.T, db *DB, n int, do func(tx *Tx, i int) error) []error {
	t.Helper()
	e, _ := db.engine.(*sqliteEngine)
	waiting := func() int {
		e.writer.mu.Lock()
		defer e.writer.mu.Unlock()
		return len(e.writer.queue)
	}
	ends := make([]error, n)
	var all sync.WaitGroup
	var first error
	held := make(chan struct{})
	carryOn := make(chan struct{})
	all.Go(func() {
		first = db.Write(t.Context(), System("test"), func(tx *Tx) error {
			close(held)
			<-carryOn
			_, err := tx.Exec(`INSERT INTO lines (n) VALUES (1000)`)
			return errors.Join(err, tx.Record(line{}, wrote{1000}))
		})
	})
	<-held
	for i := range n {
		all.Go(func() { ends[i] = db.Write(t.Context(), System("test"), func(tx *Tx) error { return do(tx, i) }) })
		for waiting() <= i {
			time.Sleep(time.Millisecond)
		}
	}
	close(carryOn)
	all.Wait()
	if first != nil {
		ends = append(ends, first)
	}
	return ends
}

func lines(t *testing.T, db *DB) (all []int64, head int64) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *Tx) (err error) {
		if all, err = All[int64](tx, `SELECT n FROM lines ORDER BY n`); err != nil {
			return err
		}
		head, err = tx.Head()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, head
}

func insertLine(tx *Tx, i int) error {
	_, err := tx.Exec(`INSERT INTO lines (n) VALUES ($1)`, i)
	return errors.Join(err, tx.Record(line{}, wrote{i}))
}

func TestTransactionsThatWaitAreCommittedTogetherAndFailAlone(t *testing.T) {
	db := openLines(t)
	commits := 0
	seen := map[int]bool{}
	sorry := errors.New("sorry")
	ends := behindOne(t, db, 20, func(tx *Tx, i int) error {
		// What is committed is seen from another connection; what the same party did is not.
		var there []int64
		err := db.Read(tx.Context(), func(look *Tx) (err error) {
			there, err = All[int64](look, `SELECT n FROM lines`)
			return err
		})
		if err != nil {
			return err
		}
		if !seen[len(there)] {
			seen[len(there)] = true
			commits++
		}
		if err := insertLine(tx, i); err != nil || i%3 == 0 {
			return errors.Join(err, sorry)
		}
		return nil
	})
	want := 1 // the one that held the writer
	for i, err := range ends {
		if failed := i%3 == 0; failed != errors.Is(err, sorry) {
			t.Errorf("%d ended with %v", i, err)
		}
		if i%3 != 0 {
			want++
		}
	}
	all, head := lines(t, db)
	if len(all) != want || head != int64(want) {
		t.Errorf("%d rows and %d entries, want %d: %v", len(all), head, want, all)
	}
	entries, err := db.Journal(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		if e.Seq != int64(i+1) {
			t.Errorf("entry %d has the sequence %d", i, e.Seq)
		}
	}
	if commits > 10 {
		t.Errorf("twenty that waited saw %d commits", commits)
	}
}

// A full disk makes SQLite roll back the whole transaction; then nobody in it may hear that theirs was saved.
func TestWhatIsRolledBackTogetherIsToldToAll(t *testing.T) {
	db := openLines(t)
	ends := behindOne(t, db, 3, func(tx *Tx, i int) error {
		if i == 1 {
			_, err := tx.Exec(`INSERT OR ROLLBACK INTO lines (n) VALUES (1000)`)
			return err
		}
		return insertLine(tx, i)
	})
	all, head := lines(t, db)
	if head != int64(len(all)) {
		t.Errorf("%d rows and %d entries", len(all), head)
	}
	there := map[int64]bool{}
	for _, n := range all {
		there[n] = true
	}
	for i, err := range ends[:3] {
		if why, ok := errors.AsType[*sqlite.Error](err); err != nil && (!ok || why.Code()&0xff != sqlite3.SQLITE_CONSTRAINT) {
			t.Errorf("%d was told %v, not what it was", i, err)
		}
		if there[int64(i)] != (err == nil) {
			t.Errorf("%d ended with %v, in the table: %v", i, err, there)
		}
	}
	if len(ends) > 3 && there[1000] {
		t.Errorf("the first was told %v and is there", ends[3])
	}
	if ends[1] == nil {
		t.Error("the double row was saved")
	}
}

func TestWhoGoesAwayWhileWaitingLeavesTheQueueInOrder(t *testing.T) {
	db := openLines(t)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	ends := behindOne(t, db, 5, func(tx *Tx, i int) error {
		if i == 0 {
			go func() {
				left <- db.Write(ctx, System("test"), func(tx *Tx) error { return insertLine(tx, 99) })
			}()
		}
		if i == 2 {
			leave()
		}
		return insertLine(tx, i)
	})
	for i, err := range ends {
		if err != nil {
			t.Errorf("%d ended with %v", i, err)
		}
	}
	err := <-left
	all, _ := lines(t, db)
	if saved := len(all) == 7; saved != (err == nil) || len(all) < 6 {
		t.Errorf("left with %v, and there are %v", err, all)
	}
}

func TestADiskThatDoesNotConfirmIsToldAndRemembered(t *testing.T) {
	db := openLines(t)
	e, _ := db.engine.(*sqliteEngine)
	if err := db.Write(t.Context(), System("test"), func(tx *Tx) error { return insertLine(tx, 1) }); err != nil {
		t.Fatal(err)
	}
	e.writer.log.file.Close() // its sync fails from now on
	for i := range 2 {
		err := db.Write(t.Context(), System("test"), func(tx *Tx) error { return insertLine(tx, 2+i) })
		if say := db.engine.trouble(err); !errors.Is(err, errUnsure) || say == "" {
			t.Errorf("told %v", err)
		}
	}
	e.writer.log.file = nil
}

// Whoever waits behind one who waits for another program's lock has waited as long when that gives up.
func TestALockOfAnotherProgramIsWaitedForOnce(t *testing.T) {
	db := openLines(t)
	e, _ := db.engine.(*sqliteEngine)
	if _, err := e.writer.conn.exec(t.Context(), `PRAGMA busy_timeout = 300`, nil); err != nil {
		t.Fatal(err)
	}
	other, err := e.pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	write := func(i int) error {
		return db.Write(t.Context(), System("test"), func(tx *Tx) error { return insertLine(tx, i) })
	}
	if _, err := other.ExecContext(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	said := make([]error, 9)
	for i := range said {
		all.Go(func() { said[i] = write(i) })
	}
	all.Wait()
	different := map[*sqlite.Error]bool{}
	for i, err := range said {
		why, ok := errors.AsType[*sqlite.Error](err)
		if !ok || db.engine.trouble(err) == "" {
			t.Errorf("%d was told %v", i, err)
		}
		different[why] = true
	}
	if len(different) > 2 { // a late one may have come when the first had given up
		t.Errorf("nine waited %d times", len(different))
	}
	if _, err := other.ExecContext(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	for i := range said {
		if err := write(i); err != nil {
			t.Errorf("after the lock: %v", err)
		}
	}
}
