package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/app/demo"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/test/house"
)

func TestTheSampleCompanyMovesIntoAnEmptyFolderOnly(t *testing.T) {
	s := app.Settings{Data: t.TempDir(), Now: time.Now, Strict: true, Region: "DE", Log: slog.New(slog.DiscardHandler)}
	if storetest.Postgres() {
		s.DatabaseURL = storetest.URL(t, app.Tables()...)
	}
	first, err := app.Demo(t.Context(), s, demo.Options{Tickets: 150, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	again, err := app.Demo(t.Context(), s, demo.Options{Tickets: 500, Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(first, again); d != "" {
		t.Errorf("the second visit found another company: %s", d)
	}
	if err := os.Remove(filepath.Join(s.Data, "sample-company.json")); err != nil {
		t.Fatal(err)
	}
	_, err = app.Demo(t.Context(), s, demo.Options{Tickets: 12})
	if f := fault.Of(err); f == nil || f.Code != "demo.not_empty" {
		t.Errorf("a folder that somebody else filled: %v", err)
	}
}

// While the sample company is served mails come in, unless it is to be still; a second start goes on where the first stopped.
func TestTheSampleCompanyIsAlive(t *testing.T) {
	var ahead atomic.Int64
	s := app.Settings{
		Data: t.TempDir(), Listen: "127.0.0.1:0", Strict: true, Region: "DE", Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
	}
	if storetest.Postgres() {
		s.DatabaseURL = storetest.URL(t, app.Tables()...)
	}
	in, err := app.Demo(t.Context(), s, demo.Options{Tickets: 150, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	type mail struct{ ID, State, Subject, Sender string }
	newest := func(c *app.Client) (m mail) {
		t.Helper()
		var page struct{ Items []mail }
		if err := c.Do(t.Context(), http.MethodGet, "/api/v1/mail/ledger?limit=1", nil, &page); err != nil || len(page.Items) == 0 {
			t.Fatal(err)
		}
		return page.Items[0]
	}
	during := func(still bool, do func(c *app.Client)) {
		t.Helper()
		ctx, stop := context.WithCancel(t.Context())
		opened, done := make(chan struct{}), make(chan error, 1)
		go func() { done <- app.ServeDemo(ctx, s, still, func(app.Opened) { close(opened) }) }()
		select {
		case <-opened:
		case err := <-done:
			t.Fatal(err)
		}
		c, err := app.Connect(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		do(c)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	var last mail
	for range 2 {
		during(false, func(c *app.Client) {
			last = newest(c)
			ahead.Add(int64(21 * time.Second))
			house.Until(t, "a mail", func() bool { came := newest(c); return came.ID != last.ID && came.State == "filed" })
			if came := newest(c); came.Subject == last.Subject && came.Sender == last.Sender {
				t.Errorf("%+v comes again", came)
			}
			last = newest(c)
		})
	}
	during(true, func(c *app.Client) {
		ahead.Add(int64(time.Hour))
		at := "/api/v1/tickets/" + in.Ticket
		var m struct{ ID, State string }
		if err := c.Do(t.Context(), http.MethodPost, at+"/replies", map[string]any{"text": "It leaves us today."}, &m); err != nil {
			t.Fatal(err)
		}
		house.Until(t, "what is due is done", func() bool {
			var page struct{ Items []struct{ ID, State string } }
			if err := c.Do(t.Context(), http.MethodGet, at+"/messages", nil, &page); err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(page.Items, func(o struct{ ID, State string }) bool { return o.ID == m.ID && o.State == "sent" })
		})
		if came := newest(c); came != last {
			t.Errorf("it was to be still: %+v", came)
		}
	})
}
