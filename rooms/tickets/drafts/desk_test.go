package drafts_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/rooms/tickets/drafts"
)

// desk is where drafts are written.
type desk struct {
	db     *store.DB
	room   *tickets.Room
	words  *lexicon.Room
	drafts *drafts.Room
	files  files.Store
	queue  *due.Queue
	st     *staff.Room
	now    time.Time
}

var all = web.Everything(store.Actor{Kind: store.SystemKind, ID: "test", Via: "test"})

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	return d.furnish(t, storetest.OpenAt(t, func() time.Time { return d.now }, tables...))
}

var tables = []store.Migrations{web.Tables, due.Tables, search.Tables, staff.Tables, people.Tables, lexicon.Tables, tickets.Tables}

func (d *desk) furnish(t *testing.T, db *store.DB) *desk {
	t.Helper()
	f, err := files.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d.db, d.files = db, f
	d.st = staff.New(d.db, staff.Options{})
	d.queue = due.New(d.db, slog.New(slog.DiscardHandler))
	d.room = tickets.New(d.db, d.st, people.New(d.db, "DE"), d.words, f)
	d.drafts = drafts.New(d.db, d.room, d.st, d.queue)
	return d
}

// door lets the API be asked by anybody.
func (d *desk) door() func(who web.Who, line, body string) *httptest.ResponseRecorder {
	api := web.New(web.Config{DB: d.db, Version: "test", Log: slog.New(slog.DiscardHandler)})
	d.room.Routes(api)
	d.drafts.Routes(api)
	return func(who web.Who, line, body string) *httptest.ResponseRecorder {
		method, path, _ := strings.Cut(line, " ")
		w, r := httptest.NewRecorder(), httptest.NewRequest(method, web.Prefix+path, strings.NewReader(body))
		web.Trusted(api, who).ServeHTTP(w, r)
		return w
	}
}

func (d *desk) receive(t *testing.T, in tickets.Inbound) tickets.Filed {
	t.Helper()
	var f tickets.Filed
	err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) (err error) { f, err = d.room.Receive(tx, in); return err })
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func mail(from, ref string, answers ...string) tickets.Inbound {
	return tickets.Inbound{
		Channel: "email", Mailbox: 1, From: people.Sender{Name: from, Email: from + "@example.com"}, Subject: "Cup", Text: "Words of " + from, Ref: ref, Answers: answers,
		To: []tickets.Party{{Email: "support@shop.example", Ours: true}},
	}
}

func with(in tickets.Inbound, do func(*tickets.Inbound)) tickets.Inbound {
	do(&in)
	return in
}

// member enters a colleague of a role and says what they may.
func (d *desk) member(t *testing.T, name, role string) (w web.Who) {
	t.Helper()
	m, _, err := d.st.Add(t.Context(), all, staff.Newcomer{Email: name + "@shop.example", Name: name, Role: role})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.db.Read(t.Context(), func(tx *store.Tx) (err error) { w, err = d.st.Who(tx, m.ID); return err }); err != nil {
		t.Fatal(err)
	}
	return w
}

// into reads the JSON of an answer that went well.
func into[T any](t *testing.T, w *httptest.ResponseRecorder) (v T) {
	t.Helper()
	if w.Code >= http.StatusMultipleChoices {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func second[T any](_ T, err error) error { return err }

// scene is a desk on which Ben has a draft on a ticket that was answered once, one on another that is about to leave, and
// none on a third.
type scene struct {
	*desk
	ticket, other, third tickets.ID
	version              int64
	upload               string
	ben                  web.Who
}

func setScene(t *testing.T) scene {
	t.Helper()
	s := scene{desk: (&desk{}).furnish(t, storetest.Open(t, tables...))}
	s.upload = must[files.Blob](t)(s.files.Put(t.Context(), strings.NewReader("a picture"))).SHA256
	s.ben = s.member(t, "ben", "agent")
	for _, at := range []struct {
		who    string
		ticket *tickets.ID
	}{{"ada", &s.ticket}, {"cleo", &s.other}, {"dora", &s.third}} {
		*at.ticket = must[tickets.Ticket](t)(s.room.Open(t.Context(), all, mail(at.who, at.who))).ID
	}
	must[tickets.Message](t)(s.room.Answer(t.Context(), all, s.ticket, tickets.Reply{Text: "Sorry!"}))
	s.version = s.look(t, s.ticket).Version
	for _, ticket := range []tickets.ID{s.ticket, s.other} {
		must[drafts.Draft](t)(s.drafts.Keep(t.Context(), s.ben, ticket, s.draft()))
	}
	must[drafts.Draft](t)(s.drafts.Send(t.Context(), s.ben, s.other, drafts.Sending{In: new(0), Then: tickets.Resolved}))
	return s
}

func (s scene) draft() drafts.Draft {
	return drafts.Draft{Kind: "reply", Text: "From Ben.", Seen: s.version, Files: []tickets.Attachment{{SHA256: s.upload, Name: "cup.png"}}}
}

func TestVerbsTwiceAtOnce(t *testing.T) {
	ctx := context.Background()
	for name, verb := range map[string]func(s scene) error{
		"keep a draft":      func(s scene) error { return second(s.drafts.Keep(ctx, s.ben, s.ticket, s.draft())) },
		"begin a draft":     func(s scene) error { return second(s.drafts.Keep(ctx, s.ben, s.third, s.draft())) },
		"discard a draft":   func(s scene) error { return s.drafts.Discard(ctx, s.ben, s.ticket) },
		"discard what goes": func(s scene) error { return s.drafts.Discard(ctx, s.ben, s.other) },
		"send a draft":      func(s scene) error { return second(s.drafts.Send(ctx, s.ben, s.ticket, drafts.Sending{})) },
		"send it later":     func(s scene) error { return second(s.drafts.Send(ctx, s.ben, s.other, drafts.Sending{In: new(60)})) },
		"take it back":      func(s scene) error { return second(s.drafts.TakeBack(ctx, s.ben, s.other)) },
		"leave":             func(s scene) error { return s.drafts.Leave(ctx, s.other, staff.ID(s.ben.Staff)) },
		"give up": func(s scene) error {
			s.drafts.GiveUp(s.other, staff.ID(s.ben.Staff))
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				s := setScene(t)
				return s.db, func() error { return verb(s) }
			})
		})
	}
}
