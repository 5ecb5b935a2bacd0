package recovery

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

var (
	admin  = web.Everything(store.Actor{Kind: store.SystemKind, ID: "cli", Via: "test"})
	monday = time.Date(2026, 7, 6, 10, 0, 0, 0, time.UTC)
)

// hall is the room among those below it, with a clock that the test moves. Its people: ann and ben answer, cleo is on
// another team, lux is light, sue and sid supervise, all but cleo and lux in the team of the tickets.
type hall struct {
	*Room
	db      *store.DB
	queue   *due.Queue
	staff   *staff.Room
	tickets *tickets.Room
	clocks  *clocks.Room
	api     *web.API
	now     atomic.Int64
	team    staff.TeamID
	others  staff.TeamID

	ann, ben, cleo, lux, sue, sid, boss web.Who
	opened                              int
}

func furnish(tb testing.TB) *hall {
	tb.Helper()
	d := &hall{}
	d.now.Store(monday.UnixMicro())
	log := slog.New(slog.DiscardHandler)
	d.db = storetest.OpenAt(tb, d.clock, web.Tables, due.Tables, search.Tables, staff.Tables, hours.Tables, people.Tables, tickets.Tables, clocks.Tables, ledger.Tables, Tables)
	blobs, err := files.Open(tb.Context(), "", tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	d.queue = due.New(d.db, log)
	d.staff = staff.New(d.db, staff.Options{})
	h, p := hours.New(d.db), people.New(d.db, "DE")
	d.tickets = tickets.New(d.db, d.staff, p, nil, blobs)
	d.clocks = clocks.New(d.db, d.queue, h, d.tickets)
	d.Room = New(d.db, d.queue, d.staff, h, p, d.tickets)
	d.api = web.New(web.Config{DB: d.db, Version: "test", Log: log})
	d.Routes(d.api)
	d.team = must[staff.Team](tb)(d.staff.AddTeam(tb.Context(), admin, "Hall")).ID
	d.others = must[staff.Team](tb)(d.staff.AddTeam(tb.Context(), admin, "Yard")).ID
	for _, m := range []struct {
		who        *web.Who
		name, role string
		team       staff.TeamID
	}{
		{&d.ann, "Ann", "agent", d.team},
		{&d.ben, "Ben", "agent", d.team},
		{&d.cleo, "Cleo", "agent", d.others},
		{&d.lux, "Lux", "light", 0},
		{&d.sue, "Sue", "supervisor", d.team},
		{&d.sid, "Sid", "supervisor", d.team},
		{&d.boss, "Bea", "admin", d.team},
	} {
		n := staff.Newcomer{Email: strings.ToLower(m.name) + "@shop.example", Name: m.name, Role: m.role}
		if m.team != 0 {
			n.Teams = []staff.TeamID{m.team}
		}
		added, _, err := d.staff.Add(tb.Context(), admin, n)
		if err != nil {
			tb.Fatal(err)
		}
		d.look(tb, func(tx *store.Tx) (err error) { *m.who, err = d.staff.Who(tx, added.ID); return err })
		m.who.Actor.Via = "test"
	}
	return d
}

func (d *hall) clock() time.Time { return time.UnixMicro(d.now.Load()).UTC() }

func (d *hall) wait(span time.Duration) { d.now.Add(span.Microseconds()) }

func (d *hall) look(tb rapid.TB, do func(tx *store.Tx) error) {
	tb.Helper()
	if err := d.db.Read(context.Background(), do); err != nil {
		tb.Fatal(err)
	}
}

func (d *hall) write(tb rapid.TB, do func(tx *store.Tx) error) {
	tb.Helper()
	if err := d.db.Write(context.Background(), store.System("test"), do); err != nil {
		tb.Fatal(err)
	}
}

// ticket is a customer writing about something.
func (d *hall) ticket(tb testing.TB, from string, team staff.TeamID) (t tickets.Ticket) {
	tb.Helper()
	d.opened++
	in := tickets.Inbound{
		Channel: "email", Subject: fmt.Sprint("Matter ", d.opened), Text: "It arrived broken.", Team: team,
		From: people.Sender{Name: from, Email: strings.ToLower(from) + "@customer.example"},
	}
	d.write(tb, func(tx *store.Tx) error {
		f, err := d.tickets.Receive(tx, in)
		t = f.Ticket
		return err
	})
	return t
}

// complaint is one that ann captured on a ticket of a customer, who said what they would like.
func (d *hall) complaint(tb testing.TB, from string) Complaint {
	tb.Helper()
	return must[Complaint](tb)(d.Capture(tb.Context(), d.ann, d.ticket(tb, from, d.team).ID, Story{What: "It arrived broken.", Severity: 2, Wish: "Another one."}))
}

func (d *hall) follow(tb testing.TB) {
	tb.Helper()
	if err := d.db.CatchUp(tb.Context(), append(d.clocks.Followers(), d.Followers()...)...); err != nil {
		tb.Fatal(err)
	}
	d.look(tb, func(tx *store.Tx) error {
		stuck, err := tx.Stuck()
		if len(stuck) > 0 {
			tb.Errorf("stuck: %+v", stuck)
		}
		return err
	})
}

// told is what was recorded since a place in the journal, of this room.
func (d *hall) told(tb testing.TB, since int64) string {
	tb.Helper()
	var kinds []string
	for _, e := range must[[]store.Entry](tb)(d.db.Journal(tb.Context(), since, 1000)) {
		switch noun, _, _ := strings.Cut(e.Kind, "."); noun {
		case "complaints", "remedies", "approvals", "authority", "ledger":
			kinds = append(kinds, e.Kind)
		}
	}
	return strings.Join(kinds, " ")
}

func (d *hall) head(tb testing.TB) int64 {
	tb.Helper()
	return must[int64](tb)(d.db.Head(tb.Context()))
}

func (d *hall) whole(tb testing.TB, who web.Who, c ID) (w Whole) {
	tb.Helper()
	d.look(tb, func(tx *store.Tx) (err error) { w, err = d.Look(tx, who, c); return err })
	return w
}

// done ticks all of a stage and goes on.
func (d *hall) done(tb testing.TB, who web.Who, c ID) Complaint {
	tb.Helper()
	for _, t := range d.whole(tb, who, c).Todo {
		if t.Done == nil {
			must[Complaint](tb)(d.Tick(tb.Context(), who, c, t.Key, false))
		}
	}
	now, err := d.Advance(tb.Context(), who, c)
	if code(err) == "complaint.last_stage" {
		return d.whole(tb, who, c).Complaint
	}
	return must[Complaint](tb)(now, err)
}

func (d *hall) ask(who web.Who, line, body string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(line, " ")
	w := httptest.NewRecorder()
	web.Trusted(d.api, who).ServeHTTP(w, httptest.NewRequest(method, web.Prefix+path, strings.NewReader(body)))
	return w
}

// audit adds the ledger up anew.
func (d *hall) audit(tb rapid.TB) {
	tb.Helper()
	d.look(tb, func(tx *store.Tx) error {
		faults, err := ledger.Audit(tx)
		for _, f := range faults {
			tb.Errorf("%s", f)
		}
		return err
	})
}

func euros(minor int64) *money.Amount { return &money.Amount{Minor: minor, Currency: "EUR"} }

func gift(p Part, kind string, minor int64) Gift {
	return Gift{Part: p, Choice: Choice{Kind: kind, Amount: euros(minor)}}
}

func typed(p Part, what string, minor int64) Gift {
	return Gift{Part: p, Choice: Choice{What: what, Amount: euros(minor)}}
}

func code(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Code
	}
	if err != nil {
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

func into[T any](tb testing.TB, w *httptest.ResponseRecorder) (v T) {
	tb.Helper()
	if w.Code >= http.StatusMultipleChoices {
		tb.Fatalf("%d: %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		tb.Fatal(err)
	}
	return v
}

// ticketIn is a ticket of a customer, made in a transaction.
func (d *hall) ticketIn(tx *store.Tx, from string) tickets.ID {
	f, err := d.tickets.Receive(tx, tickets.Inbound{Channel: "email", Text: "Where is it?", Team: d.team, From: people.Sender{Email: strings.ToLower(from) + "@customer.example"}})
	if err != nil {
		return 0
	}
	return f.Ticket.ID
}
