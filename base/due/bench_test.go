package due_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
)

func fill(b *testing.B, db *store.DB, q *due.Queue, kind string) {
	b.Helper()
	for n := 0; n < b.N; n += 1000 {
		write(b, db, func(tx *store.Tx) error {
			for i := n; i < min(n+1000, b.N); i++ {
				if err := q.Put(tx, kind, fmt.Sprintf("%08d", i), tx.Now().Add(-time.Hour), i); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func drain(b *testing.B, db *store.DB, q *due.Queue, kind string) {
	b.Helper()
	fill(b, db, q, kind)
	b.ResetTimer()
	run(b, q)
	for len(rows(b, db)) > 0 {
		time.Sleep(10 * time.Millisecond)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
}

// BenchmarkBare is what the database does by itself: one transaction for each effect.
func BenchmarkBare(b *testing.B) {
	db, _ := open(b)
	for b.Loop() {
		write(b, db, func(tx *store.Tx) error { return mark(tx, "a", "bare") })
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
}

func BenchmarkHandleTx(b *testing.B) {
	for _, parallel := range []int{1, 4} {
		b.Run(fmt.Sprint(parallel), func(b *testing.B) {
			db, q := open(b)
			q.HandleTx("tea", due.Policy{Parallel: parallel}, func(tx *store.Tx, j due.Job) error { return mark(tx, j.Key, "tea") })
			drain(b, db, q, "tea")
		})
	}
}

func BenchmarkHandle(b *testing.B) {
	for _, parallel := range []int{1, 16} {
		b.Run(fmt.Sprint(parallel), func(b *testing.B) {
			db, q := open(b)
			q.Handle("mail", due.Policy{Parallel: parallel}, func(_ context.Context, j due.Job) (func(*store.Tx) error, error) {
				return func(tx *store.Tx) error { return mark(tx, j.Key, "mail") }, nil
			})
			drain(b, db, q, "mail")
		})
	}
}

func BenchmarkPut(b *testing.B) {
	db, q := open(b)
	fill(b, db, q, "tea")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
}

// BenchmarkAmong is the time from a Put to its work while a million rows wait for other moments.
func BenchmarkAmong(b *testing.B) {
	db, q := open(b)
	write(b, db, func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO due (kind, key, payload, put_at, due_at, wake_at, tries, last_error, parked, holder, moved, cancelled)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
			SELECT 'tea', 'waits ' || i, 'null', 0, 9000000000000000 + i, 9000000000000000 + i, 0, '', FALSE, '', FALSE, FALSE FROM n`)
		return err
	})
	done := make(chan bool)
	q.HandleTx("tea", due.Policy{}, func(tx *store.Tx, _ due.Job) error {
		tx.After(func() { done <- true })
		return nil
	})
	run(b, q)
	put(b, db, q, "tea", "a", 0)
	<-done
	for b.Loop() {
		put(b, db, q, "tea", "a", 0)
		<-done
	}
}
