// Package house runs a whole Hearth for a test: on loopback, in a temporary folder, on SQLite or with
// HEARTH_TEST_DB=postgres on PostgreSQL, and asks it what its command line and its users ask.
package house

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

// House is a running server and a client of it who may do everything.
type House struct {
	app.Opened
	Settings app.Settings
	client   *app.Client
	tb       testing.TB
	stop     context.CancelFunc
	done     chan error
}

// Start runs a server until the test ends.
func Start(tb testing.TB) *House {
	tb.Helper()
	s := app.Settings{
		Data: tb.TempDir(), Listen: "127.0.0.1:0", SMTPListen: "127.0.0.1:0", Region: "DE", Version: "test", Strict: true,
		Log: slog.New(slog.NewTextHandler(tb.Output(), nil)),
	}
	if storetest.Postgres() {
		s.DatabaseURL = storetest.URL(tb, app.Tables()...)
	} else {
		storetest.Place(tb, filepath.Join(s.Data, "hearth.db"), app.Tables()...)
	}
	h := &House{Settings: s, tb: tb}
	h.Start()
	tb.Cleanup(h.Stop)
	return h
}

// Start starts the server, again after Stop.
func (h *House) Start() {
	h.tb.Helper()
	ctx, stop := context.WithCancel(context.Background())
	h.stop, h.done = stop, make(chan error, 1)
	opened := make(chan app.Opened, 1)
	go func() { h.done <- app.Serve(ctx, h.Settings, func(o app.Opened) { opened <- o }) }()
	select {
	case h.Opened = <-opened:
	case err := <-h.done:
		h.tb.Fatal(err)
	}
	var err error
	if h.client, err = app.Connect(ctx, h.Settings); err != nil {
		h.tb.Fatal(err)
	}
}

// Stop stops the server and waits until it is gone.
func (h *House) Stop() {
	if h.stop == nil {
		return
	}
	h.stop()
	h.stop = nil
	if err := <-h.done; err != nil {
		h.tb.Error(err)
	}
}

// Ask sends a request as whoever holds the data folder, and fails the test on a fault.
func (h *House) Ask(method, path string, in, out any) {
	h.tb.Helper()
	if err := h.Try(method, path, in, out); err != nil {
		h.tb.Fatalf("%s %s: %v", method, path, err)
	}
}

// Try is Ask that gives the fault back.
func (h *House) Try(method, path string, in, out any) error {
	return h.client.Do(context.Background(), method, path, in, out)
}

// Items reads a whole list, page by page.
func Items[T any](h *House, path string) (all []T) {
	h.tb.Helper()
	u, err := url.Parse(path)
	if err != nil {
		h.tb.Fatal(err)
	}
	for {
		var page web.Page[T]
		h.Ask(http.MethodGet, u.String(), nil, &page)
		all = append(all, page.Items...)
		if page.Next == "" {
			return all
		}
		q := u.Query()
		q.Set("after", page.Next)
		u.RawQuery = q.Encode()
	}
}

// Until waits for something that happens in the background, up to half a minute.
func Until(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			tb.Fatal("never: " + what)
		}
		time.Sleep(10 * time.Millisecond) // what is waited for is on the other side of a socket and rings no bell here
	}
}
