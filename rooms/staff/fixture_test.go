package staff

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

// clock is a clock that a test moves.
type clock struct{ us atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.us.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) now() time.Time           { return time.UnixMicro(c.us.Load()).UTC() }
func (c *clock) forward(by time.Duration) { c.us.Add(by.Microseconds()) }

// house is a room with its database, its door, and the command line that may everything.
type house struct {
	*Room
	db    *store.DB
	clock *clock
	boss  web.Who
	door  http.Handler
}

const (
	password  = "three quiet otters"
	password2 = "four loud herons"
)

var desk = web.Peer{IP: netip.MustParseAddr("198.51.100.7"), Device: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}

func openHouse(tb testing.TB) *house {
	tb.Helper()
	c := newClock()
	return furnish(tb, storetest.OpenAt(tb, c.now, web.Tables, Tables), c)
}

func furnish(tb testing.TB, db *store.DB, c *clock) *house {
	tb.Helper()
	h := &house{Room: New(db, Options{BaseURL: "https://help.example/"}), db: db, clock: c, boss: web.Everything(store.Actor{Kind: store.SystemKind, ID: "cli", Via: "cli"})}
	api := web.New(web.Config{DB: db, Auth: h.Authenticate, Version: "test", Log: slog.New(slog.DiscardHandler)})
	h.Routes(api)
	h.door = api.Handler()
	return h
}

// add enters somebody with a role; their who is as a session of theirs would have it.
func (h *house) add(tb testing.TB, name, role string, teams ...TeamID) web.Who {
	tb.Helper()
	m, _, err := h.Add(tb.Context(), h.boss, Newcomer{Email: strings.ToLower(name) + "@shop.example", Name: name, Role: role, Teams: teams})
	if err != nil {
		tb.Fatal(err)
	}
	return h.whoIs(tb, m.ID)
}

// addWithPassword enters somebody who has joined and can sign in; all share one hash, because hashing takes its time.
func (h *house) addWithPassword(tb testing.TB, name, role string) web.Who {
	tb.Helper()
	who := h.add(tb, name, role)
	err := h.db.Write(tb.Context(), who.Actor, func(tx *store.Tx) error {
		return errors.Join(setPassword(tx, ID(who.Staff), hashed()), tx.Record(ID(who.Staff), Joined{ID(who.Staff)}))
	})
	if err != nil {
		tb.Fatal(err)
	}
	return who
}

var hashed = sync.OnceValue(func() string {
	hash, _ := argon2id.CreateHash(password, cost()) // fails only when there is no randomness
	return hash
})

func (h *house) whoIs(tb testing.TB, id ID) (w web.Who) {
	tb.Helper()
	h.read(tb, func(tx *store.Tx) (err error) { w, err = h.Who(tx, id); return err })
	w.Actor.Via = "test"
	return w
}

func (h *house) team(tb testing.TB, name string) TeamID {
	tb.Helper()
	t, err := h.AddTeam(tb.Context(), h.boss, name)
	if err != nil {
		tb.Fatal(err)
	}
	return t.ID
}

func (h *house) read(tb testing.TB, do func(tx *store.Tx) error) {
	tb.Helper()
	if err := h.db.Read(tb.Context(), do); err != nil {
		tb.Fatal(err)
	}
}

func (h *house) load(tb testing.TB, id ID) (m Member) {
	tb.Helper()
	h.read(tb, func(tx *store.Tx) (err error) { m, err = h.Load(tx, id); return err })
	return m
}

func (h *house) signIn(tb testing.TB, name string) Opened {
	tb.Helper()
	o, err := h.SignIn(tb.Context(), strings.ToLower(name)+"@shop.example", password, desk)
	if err != nil {
		tb.Fatal(err)
	}
	return o
}

// head is the newest entry, so that kinds can tell what happened since.
func (h *house) head(tb testing.TB) int64 {
	tb.Helper()
	n, err := h.db.Head(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func (h *house) kinds(tb testing.TB, after int64) (kinds []string) {
	tb.Helper()
	all, err := h.db.Journal(tb.Context(), after, 1000)
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range all {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// happened fails unless exactly these kinds were recorded since.
func (h *house) happened(tb testing.TB, since int64, want ...string) {
	tb.Helper()
	if got := h.kinds(tb, since); !slices.Equal(got, want) {
		tb.Errorf("recorded %q; want %q", got, want)
	}
}

// carrying is a request with a bearer token, or a session when session is true.
func carrying(secret string, session bool) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/api/v1/me", nil)
	if session {
		r.AddCookie(&http.Cookie{Name: Cookie, Value: secret})
	} else {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	return r
}

func code(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Code
	} else if err != nil {
		return err.Error()
	}
	return ""
}

func must[T any](tb testing.TB) func(v T, err error) T {
	tb.Helper()
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}
