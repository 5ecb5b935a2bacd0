package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/test/house"
)

// caller asks a house by HTTP, as somebody with a token.
type caller struct {
	t     *testing.T
	url   string
	token string
}

func (c caller) ask(method, path string, status int, out any) string {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, http.NoBody)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		c.t.Fatal(err)
	}
	if res.StatusCode != status {
		c.t.Fatalf("%s %s: %s %s", method, path, res.Status, b.String())
	}
	if out != nil {
		if err := json.Unmarshal(b.Bytes(), out); err != nil {
			c.t.Fatal(err)
		}
	}
	return b.String()
}

func TestWhatWasGivenUpIsSeenTriedAgainAndDiscardedByHTTP(t *testing.T) {
	var past atomic.Int64 // seconds the clock was moved on by
	s := app.Settings{Data: t.TempDir(), Region: "DE", Strict: true, Log: slog.New(slog.DiscardHandler), Now: func() time.Time {
		return time.Now().Add(time.Duration(past.Load()) * time.Second)
	}}
	if storetest.Postgres() {
		s.DatabaseURL = storetest.URL(t, app.Tables()...)
	}
	h, err := app.Build(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })

	// A follower and a kind of work that both fail until somebody mends what they need.
	var mended atomic.Bool
	var took, worked atomic.Int64
	f := store.NewFollower("test.follower")
	store.On(f, func(*store.Tx, store.Entry, tickets.Opened) error {
		if !mended.Load() {
			return errors.New("the other side is out of order")
		}
		took.Add(1)
		return nil
	})
	h.Followers = append(h.Followers, f)
	h.Due.HandleTx("test.work", due.Policy{}, func(*store.Tx, due.Job) error {
		if !mended.Load() {
			return due.GiveUp(errors.New("nobody is at home"))
		}
		worked.Add(1)
		return nil
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Due.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })

	door := httptest.NewServer(h.Handler())
	t.Cleanup(door.Close)
	boss := caller{t, door.URL, token(t, h, "anna@shop.example", "admin")}
	agent := caller{t, door.URL, token(t, h, "ben@shop.example", "agent")}

	if err := h.DB.Write(ctx, store.System("test"), func(tx *store.Tx) error {
		for _, key := range []string{"tkt_1-a", "b/c"} {
			if err := h.Due.Put(tx, "test.work", key, time.Time{}, nil); err != nil {
				return err
			}
		}
		_, err := h.Tickets.Receive(tx, tickets.Inbound{Channel: "api", From: people.Sender{Email: "ada@example.com"}, Text: "Hello."})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := h.DB.CatchUp(ctx, h.Followers...); err != nil {
			t.Fatal(err)
		}
		past.Add(60)
	}
	var page web.Page[app.Parked]
	house.Until(t, "all three are parked", func() bool {
		boss.ask(http.MethodGet, "/api/v1/parked", http.StatusOK, &page)
		return len(page.Items) == 3
	})
	by := map[string]app.Parked{}
	for _, p := range page.Items {
		by[p.What+p.Key] = p
		if p.Since.IsZero() || p.Tries == 0 {
			t.Errorf("since when, and how often was it tried: %+v", p)
		}
	}
	entry := by["entry"]
	if entry.By != "test.follower" || entry.Kind != "tickets.opened" || !strings.Contains(entry.Why, "out of order") || entry.Tries != 5 {
		t.Errorf("the entry: %+v", entry)
	}
	if w := by["worktkt_1-a"]; w.By != "test.work" || w.Why != "nobody is at home" {
		t.Errorf("the work: %+v", w)
	}
	x, err := h.Examine(ctx)
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, f := range x.Findings {
		said += f.Say + "\n"
	}
	if x.OK || strings.Count(said, "GET /api/v1/parked says which and why") != 2 {
		t.Errorf("the doctor does not name the way:\n%s", said)
	}

	agent.ask(http.MethodGet, "/api/v1/parked", http.StatusForbidden, nil)
	agent.ask(http.MethodPost, "/api/v1/parked/"+entry.ID+"/retry", http.StatusForbidden, nil)
	if say := boss.ask(http.MethodPost, "/api/v1/parked/"+entry.ID+"/retry", http.StatusConflict, nil); !strings.Contains(say, "It failed again and stays parked: the other side is out of order.") {
		t.Error(say)
	}
	boss.ask(http.MethodPost, "/api/v1/parked/"+entry.ID+"/discard", http.StatusUnprocessableEntity, nil)
	mended.Store(true)
	boss.ask(http.MethodPost, "/api/v1/parked/"+entry.ID+"/retry", http.StatusOK, nil)
	if took.Load() != 1 {
		t.Errorf("the follower took it %d times", took.Load())
	}
	boss.ask(http.MethodPost, "/api/v1/parked/"+entry.ID+"/retry", http.StatusNotFound, nil)
	boss.ask(http.MethodPost, "/api/v1/parked/"+by["worktkt_1-a"].ID+"/retry", http.StatusOK, nil)
	house.Until(t, "the work is done", func() bool { return worked.Load() == 1 })
	boss.ask(http.MethodPost, "/api/v1/parked/work-test.work-b%2Fc/discard", http.StatusOK, nil)
	for _, nonsense := range []string{"nonsense", "entry-x-y", "entry-1-nobody", "work-test.work-gone"} {
		boss.ask(http.MethodPost, "/api/v1/parked/"+nonsense+"/retry", http.StatusNotFound, nil)
	}
	house.Until(t, "nothing is parked any more", func() bool {
		boss.ask(http.MethodGet, "/api/v1/parked", http.StatusOK, &page)
		return len(page.Items) == 0
	})
	if worked.Load() != 1 {
		t.Error("what was discarded was done")
	}
}

// token makes somebody with a role, and a token to act for them.
func token(t *testing.T, h *app.House, address, role string) string {
	t.Helper()
	all := web.Everything(store.System("test"))
	m, _, err := h.Staff.Add(t.Context(), all, staff.Newcomer{Email: address, Name: "N", Role: role, Password: "a long and private sentence"})
	if err != nil {
		t.Fatal(err)
	}
	k, err := h.Staff.CreateToken(t.Context(), all, m.ID, "test", nil)
	if err != nil {
		t.Fatal(err)
	}
	return k.Secret
}
