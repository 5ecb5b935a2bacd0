package promises

import (
	"context"
	"encoding/json"
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
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/rooms/tickets/drafts"
)

var admin = web.Everything(store.Actor{Kind: store.SystemKind, ID: "cli", Via: "test"})

// monday is the first day of the tests; the calendar that is there from the start works from 9 to 17 UTC, Monday to Friday.
var monday = time.Date(2026, 7, 6, 0, 0, 0, 0, time.UTC)

// desk is the room among those below it, with work that is due really done, and a clock that the test moves. Anna and Ben
// are agents of Hall, Cleo is one of Yard, Sue supervises Hall, Lea leads and sees no tickets.
type desk struct {
	*Room
	drafts     *drafts.Room
	db         *store.DB
	queue      *due.Queue
	api        *web.API
	hall, yard staff.TeamID
	staff      map[string]web.Who
	now        atomic.Int64
	read       int64     // of the journal
	soon       PlannedID // what Anna has planned
	asked      ID        // what Ben is asked to see to
}

func openDesk(tb testing.TB) *desk {
	tb.Helper()
	d := furnish(tb)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- d.queue.Run(ctx) }()
	tb.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			tb.Error(err)
		}
	})
	return d
}

// furnish is a desk where nobody does what is due.
func furnish(tb testing.TB) *desk {
	tb.Helper()
	d := &desk{staff: map[string]web.Who{}}
	d.now.Store(monday.Add(9 * time.Hour).UnixMicro())
	log := slog.New(slog.DiscardHandler)
	d.db = storetest.OpenAt(tb, d.clock, web.Tables, due.Tables, search.Tables, staff.Tables, hours.Tables, people.Tables, tickets.Tables, ledger.Tables, recovery.Tables, Tables)
	blobs, err := files.Open(tb.Context(), "", tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	d.queue = due.New(d.db, log)
	s, h, p := staff.New(d.db, staff.Options{}), hours.New(d.db), people.New(d.db, "DE")
	t := tickets.New(d.db, s, p, nil, blobs)
	d.Room = New(d.db, d.queue, s, h, p, t, recovery.New(d.db, d.queue, s, h, p, t))
	d.drafts = drafts.New(d.db, t, s, d.queue)
	d.queue.HandleTx(nudging, due.Policy{}, func(*store.Tx, due.Job) error { return nil })
	d.api = web.New(web.Config{DB: d.db, Version: "test", Log: log})
	d.Routes(d.api)
	d.hall = must[staff.Team](tb)(s.AddTeam(tb.Context(), admin, "Hall")).ID
	d.yard = must[staff.Team](tb)(s.AddTeam(tb.Context(), admin, "Yard")).ID
	for _, n := range []staff.Newcomer{
		{Name: "Anna", Role: "agent", Teams: []staff.TeamID{d.hall}},
		{Name: "Ben", Role: "agent", Teams: []staff.TeamID{d.hall}},
		{Name: "Cleo", Role: "agent", Teams: []staff.TeamID{d.yard}},
		{Name: "Sue", Role: "supervisor", Teams: []staff.TeamID{d.hall}},
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

const nudging = "test.nudge" // makes the queue look at the clock

func (d *desk) clock() time.Time { return time.UnixMicro(d.now.Load()).UTC() }

func (d *desk) id(name string) staff.ID { return staff.ID(d.staff[name].Staff) }

// when is a moment of the first weeks, such as "Tue 10:00", "Tue 10:00 +2" two weeks later.
func when(tb testing.TB, text string) time.Time {
	tb.Helper()
	var day string
	var hour, minute, weeks int
	if n, err := fmt.Sscanf(text, "%s %d:%d +%d", &day, &hour, &minute, &weeks); n < 3 {
		tb.Fatal(text, err)
	}
	i := strings.Index("MonTueWedThuFriSatSun", day)
	return monday.AddDate(0, 0, i/3+7*weeks).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// rfc is when as the API takes it.
func rfc(tb testing.TB, text string) string {
	tb.Helper()
	return when(tb, text).Format(time.RFC3339)
}

func say(t time.Time) string { return t.UTC().Format("Mon 15:04") }

// at moves the clock and lets everything happen that then does.
func (d *desk) at(tb testing.TB, text string) {
	tb.Helper()
	d.now.Store(when(tb, text).UnixMicro())
	d.settle(tb)
}

// settle lets followers and work that is due come to rest.
func (d *desk) settle(tb testing.TB) {
	tb.Helper()
	for {
		rested := !d.waits(tb) // before: work may be done by itself, and its events are caught up with after it
		if err := d.db.CatchUp(tb.Context(), d.Followers()...); err != nil {
			tb.Fatal(err)
		}
		if rested && !d.waits(tb) {
			return
		}
		d.work(tb)
	}
}

// work lets the queue do what is due.
func (d *desk) work(tb testing.TB) {
	tb.Helper()
	err := d.db.Write(tb.Context(), store.System("test"), func(tx *store.Tx) error {
		return d.queue.Put(tx, nudging, "", tx.Now(), nil)
	})
	if err != nil {
		tb.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); d.waits(tb); {
		if time.Now().After(deadline) {
			tb.Fatal("work that is due is not done")
		}
		time.Sleep(time.Millisecond)
	}
}

func (d *desk) waits(tb testing.TB) bool {
	tb.Helper()
	n := 0
	d.look(tb, func(tx *store.Tx) (err error) {
		n, err = store.One[int](tx, `SELECT count(*) FROM due WHERE wake_at <= $1 AND NOT parked`, tx.Now())
		return err
	})
	return n > 0
}

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

// opens is a customer writing to a team for the first time.
func (d *desk) opens(tb testing.TB, team staff.TeamID, from people.Sender) (t tickets.Ticket) {
	tb.Helper()
	d.write(tb, func(tx *store.Tx) error {
		f, err := d.tickets.Receive(tx, tickets.Inbound{Channel: "email", Team: team, From: from, Subject: "The lamp", Text: "Where is it?"})
		t = f.Ticket
		return err
	})
	return t
}

var (
	eve = people.Sender{Name: "Eve", Email: "eve@customer.example"}
	joe = people.Sender{Name: "Joe", Email: "joe@customer.example", Phone: "+49 30 1234567"}
)

// knows enters a customer with all ways to reach them.
func (d *desk) knows(tb testing.TB, s people.Sender) people.ID {
	tb.Helper()
	var c people.Customer
	d.write(tb, func(tx *store.Tx) (err error) {
		c, err = d.people.Recognise(tx, people.Sender{Name: s.Name, Email: s.Email})
		return err
	})
	if s.Phone != "" {
		must[people.Customer](tb)(d.people.Reach(tb.Context(), admin, c.ID, people.Sender{Phone: s.Phone}))
	}
	return c.ID
}

// promises makes one.
func (d *desk) promises(tb testing.TB, name string, m Making) Promise {
	tb.Helper()
	if m.What == "" {
		m.What = "A new lamp"
	}
	return must[Promise](tb)(d.Make(tb.Context(), d.staff[name], m))
}

// again reads a promise as it is now.
func (d *desk) again(tb testing.TB, promise ID) (p Promise) {
	tb.Helper()
	d.look(tb, func(tx *store.Tx) (err error) { p, err = d.Look(tx, promise); return err })
	return p
}

// told is what was recorded about promises since the last look.
func (d *desk) told(tb testing.TB) string {
	tb.Helper()
	entries, err := d.db.Journal(tb.Context(), d.read, 10_000)
	if err != nil {
		tb.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		d.read = e.Seq
		room, kind, _ := strings.Cut(e.Kind, ".")
		if room != "promises" {
			continue
		}
		var body struct {
			Late bool `json:"late"`
		}
		if err := json.Unmarshal(e.Body, &body); err != nil {
			tb.Fatal(err)
		}
		if body.Late {
			kind += " late"
		}
		all = append(all, kind)
	}
	return strings.Join(all, ", ")
}

func (d *desk) ask(who web.Who, line, body string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(line, " ")
	w := httptest.NewRecorder()
	web.Trusted(d.api, who).ServeHTTP(w, httptest.NewRequest(method, web.Prefix+path, strings.NewReader(body)))
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

// code is that of a fault; "" for none.
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
