package demo_test

import (
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/app/demo"
	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

var today = time.Date(2026, 5, 20, 14, 30, 0, 0, time.UTC)

// empty is a house nobody lives in.
func empty(tb testing.TB) demo.Deps {
	tb.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	d := demo.Deps{Clock: demo.NewClock(today)}
	d.DB = storetest.OpenAt(tb, d.Clock.Now, web.Tables, due.Tables, search.Tables, staff.Tables, hours.Tables, people.Tables, tickets.Tables, clocks.Tables, email.Tables)
	dir := tb.TempDir()
	said, err := words.New(email.Words)
	if err != nil {
		tb.Fatal(err)
	}
	keys, err := secret.Load(dir, "")
	if err != nil {
		tb.Fatal(err)
	}
	if d.Files, err = files.OpenFolder(dir + "/files"); err != nil {
		tb.Fatal(err)
	}
	d.Due = due.New(d.DB, log)
	d.Staff = staff.New(d.DB, staff.Options{Log: log})
	d.Hours = hours.New(d.DB)
	d.People = people.New(d.DB, "DE")
	d.Tickets = tickets.New(d.DB, d.Staff, d.People, d.Files)
	d.Clocks = clocks.New(d.DB, d.Due, d.Hours, d.Tickets)
	d.Email = email.New(email.House{Words: said, DB: d.DB, Due: d.Due, Files: d.Files, Keys: keys, People: d.People, Tickets: d.Tickets, Clocks: d.Clocks, Log: log})
	d.Followers = slices.Concat(d.Tickets.Followers(), d.Clocks.Followers(), d.Email.Followers())
	return d
}

func TestTry(t *testing.T) {
	begin := time.Now()
	d := empty(t)
	in, err := demo.Fill(t.Context(), d, demo.Options{Tickets: 60, Seed: 1})
	t.Log(time.Since(begin), in, err)
}
