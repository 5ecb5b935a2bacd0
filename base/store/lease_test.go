package store_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

// A node whose clock was two days ahead dies, and the others do not wait two days for its lease to run out.
func TestALeaseFromAWrongClockHoldsUpNobody(t *testing.T) {
	if !storetest.Postgres() {
		t.Skip("on SQLite there is one process, which needs no lease")
	}
	url := storetest.URL(t)
	node := func(ahead time.Duration) *store.DB {
		t.Helper()
		db, err := store.Open(t.Context(), store.Options{URL: url, Now: func() time.Time { return time.Now().Add(ahead) }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	lease := func(db *store.DB, want bool, who string) {
		t.Helper()
		if ok, err := db.Lease(t.Context(), "x", time.Minute); err != nil || ok != want {
			t.Errorf("%s: %v, %v", who, ok, err)
		}
	}
	lease(node(48*time.Hour), true, "the first, two days ahead")
	right := node(0)
	lease(right, true, "one with the right clock")
	lease(node(0), false, "another, while the lease is held")
	lease(node(30*time.Second), false, "one whose clock is somewhat ahead, before it has run out there")
	lease(right, true, "who holds it")
}

// The names of those who ran before only spare a wait: a full disk under them keeps nobody from starting.
func TestAServerStartsWithoutKnowingWhoRanBefore(t *testing.T) {
	for name, past := range map[string]string{"nowhere to write": filepath.Join(t.TempDir(), "gone", "nodes"), "nothing to read": t.TempDir()} {
		db, err := store.Open(t.Context(), store.Options{URL: storetest.URL(t), Past: past, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Who starts where a process died needn't wait for its lease; others must.
func TestALeaseOfTheOneBeforeIsGivenBack(t *testing.T) {
	if !storetest.Postgres() {
		t.Skip("on SQLite there is one process, which needs no lease")
	}
	url, past := storetest.URL(t), filepath.Join(t.TempDir(), "nodes")
	node := func(past string) *store.DB {
		t.Helper()
		db, err := store.Open(t.Context(), store.Options{URL: url, Past: past})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	for i, n := range []struct {
		past string
		want bool
	}{{past, true}, {"", false}, {past, true}, {filepath.Join(t.TempDir(), "nodes"), false}} {
		if ok, err := node(n.past).Lease(t.Context(), "x", time.Hour); err != nil || ok != n.want {
			t.Errorf("node %d: %v, %v", i, ok, err)
		}
	}
}
