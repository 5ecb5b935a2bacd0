package conference

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

var admin = web.Everything(store.Actor{Kind: store.SystemKind, ID: "cli", Via: "test"})

// monday is the first day of the tests; the calendar that is there from the start works from 9 to 17 UTC, Monday to Friday.
var monday = time.Date(2026, 7, 6, 9, 0, 0, 0, time.UTC)

// desk is the room among those below it, with a clock that the test moves. Anna is an agent of Hall, Cleo one of Yard, Lou is
// light and Lea leads: neither of these sees tickets.
type desk struct {
	*Room
	api        *web.API
	queue      *due.Queue
	hall, yard staff.TeamID
	staff      map[string]web.Who
	now        atomic.Int64
	read       int64 // of the journal
	opened     atomic.Int64
	box        files.Store
}

func furnish(tb testing.TB) *desk {
	tb.Helper()
	d := &desk{staff: map[string]web.Who{}}
	d.now.Store(monday.UnixMicro())
	log := slog.New(slog.DiscardHandler)
	db := storetest.OpenAt(tb, func() time.Time { return time.UnixMicro(d.now.Load()).UTC() }, web.Tables, due.Tables, search.Tables, staff.Tables, hours.Tables, people.Tables, tickets.Tables, Tables)
	blobs, err := files.Open(tb.Context(), "", tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	book := must[*words.Book](tb)(words.New(Words))
	d.queue, d.box = due.New(db, log), blobs
	s, p := staff.New(db, staff.Options{}), people.New(db, "DE")
	d.Room = New(House{Words: book, DB: db, Due: d.queue, Files: blobs, Staff: s, Hours: hours.New(db), People: p, Tickets: tickets.New(db, s, p, nil, blobs)})
	d.api = web.New(web.Config{DB: db, Version: "test", Log: log})
	d.Routes(d.api)
	d.hall = must[staff.Team](tb)(s.AddTeam(tb.Context(), admin, "Hall")).ID
	d.yard = must[staff.Team](tb)(s.AddTeam(tb.Context(), admin, "Yard")).ID
	for _, n := range []staff.Newcomer{
		{Name: "Anna", Role: "agent", Teams: []staff.TeamID{d.hall}},
		{Name: "Cleo", Role: "agent", Teams: []staff.TeamID{d.yard}},
		{Name: "Lea", Role: "leader"},
		{Name: "Lou", Role: "light"},
	} {
		n.Email = strings.ToLower(n.Name) + "@shop.example"
		m, _, err := s.Add(tb.Context(), admin, n)
		if err != nil {
			tb.Fatal(err)
		}
		who := web.Who{Actor: store.By("staff:"+m.ID.String(), "test"), Staff: int64(m.ID), Name: m.Name, Can: m.Can, All: m.All}
		for _, t := range m.Teams {
			who.Teams = append(who.Teams, int64(t))
		}
		d.staff[n.Name] = who
	}
	return d
}

func (d *desk) id(name string) staff.ID { return staff.ID(d.staff[name].Staff) }

func (d *desk) look(tb testing.TB, do func(tx *store.Tx) error) {
	tb.Helper()
	if err := d.db.Read(tb.Context(), do); err != nil {
		tb.Fatal(err)
	}
}

func (d *desk) write(tb testing.TB, do func(tx *store.Tx) error) {
	tb.Helper()
	if err := d.db.Write(tb.Context(), store.System("test"), do); err != nil {
		tb.Fatal(err)
	}
}

// opens is a customer writing to Hall for the first time, with a picture.
func (d *desk) opens(tb testing.TB) (t tickets.Ticket, said tickets.Message) {
	tb.Helper()
	blob, err := d.box.Put(tb.Context(), strings.NewReader("a picture"))
	if err != nil {
		tb.Fatal(err)
	}
	d.write(tb, func(tx *store.Tx) error {
		f, err := d.tickets.Receive(tx, tickets.Inbound{
			Channel: "email", Team: d.hall, From: people.Sender{Name: "Eve", Email: "eve@customer.example"}, Subject: "The lamp", Text: "Where is my lamp?\nHTH-1-abcdefgh",
			Ref: fmt.Sprintf("eve-%d@customer.example", d.opened.Add(1)), Files: []tickets.File{{Name: "lamp.png", Type: "image/png", Size: blob.Size, SHA256: blob.SHA256}},
		})
		if err != nil {
			return err
		}
		t = f.Ticket
		said, err = d.tickets.Message(tx, f.Message)
		return err
	})
	return t, said
}

var smith = Guest{Name: "Smith & Co", Email: "orders@smith.example"}

// invites is Anna asking a supplier.
func (d *desk) invites(tb testing.TB, ticket tickets.ID, in Inviting) Part {
	tb.Helper()
	if in.Title == "" {
		in.Title = "Lamp 17"
	}
	if in.Kind == "" {
		in.Kind = Supplier
	}
	if in.People == nil {
		in.People = []Guest{smith}
	}
	if in.Text == "" {
		in.Text = "When does lamp 17 come?"
	}
	return must[Part](tb)(d.Invite(tb.Context(), d.staff["Anna"], ticket, in))
}

// hears is somebody writing a mail that is filed in a part.
func (d *desk) hears(tb testing.TB, p Part, from, text string, decided bool) (ok bool) {
	tb.Helper()
	d.write(tb, func(tx *store.Tx) (err error) {
		_, ok, err = d.Heard(tx, p.ID, tickets.Inbound{From: people.Sender{Email: from}, Text: text, Ref: text + "@else.example", At: tx.Now()}, decided)
		return err
	})
	return ok
}

func (d *desk) again(tb testing.TB, part ID) (p Part) {
	tb.Helper()
	d.look(tb, func(tx *store.Tx) (err error) { p, err = d.Read(tx, d.staff["Anna"], part); return err })
	return p
}

func (d *desk) status(tb testing.TB, ticket tickets.ID) (s tickets.Status) {
	tb.Helper()
	d.look(tb, func(tx *store.Tx) error {
		t, err := d.tickets.Look(tx, ticket)
		s = t.Status
		return err
	})
	return s
}

// ticks is what is due at a moment.
func (d *desk) ticks(tb testing.TB, p Part, at time.Time) {
	tb.Helper()
	d.now.Store(at.UnixMicro())
	d.write(tb, func(tx *store.Tx) error { return d.tick(tx, due.Job{Key: p.ID.String()}) })
}

// told is what was recorded about parts since the last look.
func (d *desk) told(tb testing.TB) string {
	tb.Helper()
	entries, err := d.db.Journal(tb.Context(), d.read, 10_000)
	if err != nil {
		tb.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		d.read = e.Seq
		if room, kind, _ := strings.Cut(e.Kind, "."); room == "parts" {
			all = append(all, kind)
		}
	}
	return strings.Join(all, ", ")
}

func (d *desk) ask(who web.Who, line, body string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(line, " ")
	w := httptest.NewRecorder()
	web.Trusted(d.api, who).ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), method, web.Prefix+path, strings.NewReader(body)))
	return w
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

func code(tb testing.TB, err error) string {
	tb.Helper()
	if err == nil {
		return ""
	}
	f := fault.Of(err)
	if f == nil {
		tb.Fatal("an accident: ", err)
	}
	return f.Code
}
