package clocks

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

var admin = web.Everything(store.Actor{Kind: store.SystemKind, ID: "cli", Via: "test"})

// desk is the room among those below it, with work that is due really done, and a clock that the test moves.
type desk struct {
	*Room
	db      *store.DB
	queue   *due.Queue
	staff   *staff.Room
	hours   *hours.Room
	tickets *tickets.Room
	api     *web.API
	now     atomic.Int64
	read    int64 // of the journal
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
	d := &desk{}
	d.now.Store(monday.Add(8 * time.Hour).UnixMicro())
	log := slog.New(slog.DiscardHandler)
	d.db = storetest.OpenAt(tb, func() time.Time { return time.UnixMicro(d.now.Load()) }, web.Tables, due.Tables, search.Tables, staff.Tables, hours.Tables, people.Tables, tickets.Tables, Tables)
	blobs, err := files.Open(tb.Context(), "", tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	d.queue = due.New(d.db, log)
	d.staff = staff.New(d.db, staff.Options{})
	d.hours = hours.New(d.db)
	d.tickets = tickets.New(d.db, d.staff, people.New(d.db, "DE"), nil, blobs)
	d.Room = New(d.db, d.queue, d.hours, d.tickets)
	d.queue.HandleTx(nudging, due.Policy{}, func(*store.Tx, due.Job) error { return nil })
	d.api = web.New(web.Config{DB: d.db, Version: "test", Log: log})
	d.Routes(d.api)
	return d
}

const nudging = "test.nudge" // makes the queue look at the clock

func (d *desk) clock() time.Time { return time.UnixMicro(d.now.Load()).UTC() }

// at moves the clock and lets everything happen that then does.
func (d *desk) at(t *testing.T, text string) {
	t.Helper()
	d.now.Store(when(t, text).UnixMicro())
	d.settle(t)
}

// settle lets followers and work that is due come to rest.
func (d *desk) settle(tb testing.TB) {
	tb.Helper()
	for {
		rested := !d.waits(tb) // before: work may be done by itself, and its events are followed after it
		d.follow(tb)
		if rested && !d.waits(tb) {
			return
		}
		d.work(tb)
	}
}

func (d *desk) follow(tb testing.TB) {
	tb.Helper()
	if err := d.db.CatchUp(tb.Context(), d.Followers()...); err != nil {
		tb.Fatal(err)
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

// opens is a customer writing for the first time.
func (d *desk) opens(tb testing.TB, in tickets.Inbound) (t tickets.Ticket) {
	tb.Helper()
	if in.Channel == "" {
		in.Channel = "email"
	}
	in.From, in.Text = people.Sender{Name: "Eve", Email: "eve@customer.example"}, "Where is it?"
	err := d.db.Write(tb.Context(), store.System("test"), func(tx *store.Tx) error {
		f, err := d.tickets.Receive(tx, in)
		t = f.Ticket
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// does lets something happen to a ticket, named in a word or two.
func (d *desk) does(tb testing.TB, ticket tickets.ID, what string) {
	tb.Helper()
	var err error
	stand := func(s tickets.Status, ended tickets.Ended) {
		_, err = d.tickets.Stand(tb.Context(), admin, ticket, s, ended)
	}
	switch what, rest, _ := strings.Cut(what, " "); what {
	case "": // time goes by
	case "writes":
		d.opens(tb, tickets.Inbound{Join: ticket})
	case "machine":
		d.opens(tb, tickets.Inbound{Join: ticket, Machine: true})
	case "answer":
		_, err = d.tickets.Answer(tb.Context(), admin, ticket, tickets.Reply{Text: "It is on its way."})
	case "note":
		_, err = d.tickets.Note(tb.Context(), admin, ticket, tickets.Memo{Text: "Rang them."})
	case "content", "silent", "spam":
		stand(tickets.Closed, tickets.Ended(what))
	case "open", "pending", "on_hold", "resolved":
		stand(tickets.Status(what), "")
	case "priority":
		p := tickets.Priority(rest)
		_, err = d.tickets.Change(tb.Context(), admin, ticket, tickets.Change{Priority: &p})
	case "tags":
		all := strings.Fields(rest)
		_, err = d.tickets.Change(tb.Context(), admin, ticket, tickets.Change{Tags: &all})
	default:
		tb.Fatalf("nobody knows how to %q", what)
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// told is what was recorded about clocks and policies since the last look.
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
		if room != "clocks" {
			continue
		}
		var body struct {
			Clock   Kind      `json:"clock"`
			Due     time.Time `json:"due"`
			Seconds int64     `json:"seconds"`
			Content bool      `json:"content"`
		}
		if err := json.Unmarshal(e.Body, &body); err != nil {
			tb.Fatal(err)
		}
		line := strings.TrimSpace(string(body.Clock) + " " + kind)
		if kind == "waited" {
			line += " " + long(time.Duration(body.Seconds)*time.Second)
			if body.Content {
				line += " content"
			}
		}
		if !body.Due.IsZero() {
			line += " " + say(body.Due)
		}
		all = append(all, line)
	}
	return strings.Join(all, ", ")
}

// shown is the clocks of a ticket as the API tells them.
func (d *desk) shown(tb testing.TB, who web.Who, which ...tickets.ID) (s []Shown) {
	tb.Helper()
	d.look(tb, func(tx *store.Tx) (err error) { s, err = d.Read(tx, who, which); return err })
	return s
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

func jsonOf(from, into any) error {
	b, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}
