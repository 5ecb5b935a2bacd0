package portal

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/conference"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/promises"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

var (
	admin  = web.Everything(store.Actor{Kind: store.SystemKind, ID: "cli", Via: "test"})
	monday = time.Date(2026, 7, 6, 10, 0, 0, 0, time.UTC)
)

const public = "https://help.example.com"

// hall is the channel among the rooms below it, with a clock that the test moves. Ann Archer answers in the team Hall, Sue
// supervises it.
type hall struct {
	*Room
	db    *store.DB
	queue *due.Queue
	api   *web.API
	door  http.Handler
	now   atomic.Int64
	team  staff.TeamID

	ann, sue web.Who
}

func furnish(tb testing.TB) *hall {
	tb.Helper()
	d := &hall{}
	d.now.Store(monday.UnixMicro())
	log := slog.New(slog.DiscardHandler)
	d.db = storetest.OpenAt(tb, d.clock, web.Tables, due.Tables, search.Tables, staff.Tables, hours.Tables, people.Tables, tickets.Tables, lexicon.Tables, clocks.Tables, ledger.Tables, recovery.Tables, promises.Tables, conference.Tables, Tables)
	blobs := must[files.Store](tb)(files.Open(tb.Context(), "", tb.TempDir()))
	d.queue = due.New(d.db, log)
	s, h, p := staff.New(d.db, staff.Options{}), hours.New(d.db), people.New(d.db, "DE")
	t := tickets.New(d.db, s, p, nil, blobs)
	c := clocks.New(d.db, d.queue, h, t)
	r := recovery.New(d.db, d.queue, s, h, p, t)
	d.Room = New(House{
		Words: must[*words.Book](tb)(words.New(Words)), DB: d.db, Due: d.queue, Files: blobs, Keys: must[*secret.Keys](tb)(secret.Load(tb.TempDir(), "")),
		Staff: s, People: p, Tickets: t, Clocks: c, Recovery: r, Promises: promises.New(d.db, d.queue, s, h, p, t, r), Public: public, Log: log,
		Conference: conference.New(conference.House{DB: d.db, Due: d.queue, Files: blobs, Staff: s, Hours: h, People: p, Tickets: t}), Lexicon: lexicon.New(d.db, nil),
	})
	d.api = web.New(web.Config{DB: d.db, Version: "test", Log: log})
	d.Routes(d.api)
	d.door = d.api.Handler()
	d.team = must[staff.Team](tb)(s.AddTeam(tb.Context(), admin, "Hall")).ID
	for _, m := range []struct {
		who        *web.Who
		name, role string
	}{{&d.ann, "Ann Archer", "agent"}, {&d.sue, "Sue Summers", "supervisor"}} {
		added, _, err := s.Add(tb.Context(), admin, staff.Newcomer{Email: strings.ToLower(m.name[:3]) + "@shop.example", Name: m.name, Role: m.role, Teams: []staff.TeamID{d.team}})
		if err != nil {
			tb.Fatal(err)
		}
		d.look(tb, func(tx *store.Tx) (err error) { *m.who, err = s.Who(tx, added.ID); return err })
	}
	return d
}

func (d *hall) clock() time.Time { return time.UnixMicro(d.now.Load()).UTC() }

func (d *hall) wait(span time.Duration) { d.now.Add(span.Microseconds()) }

func (d *hall) look(tb testing.TB, do func(tx *store.Tx) error) {
	tb.Helper()
	if err := d.db.Read(context.Background(), do); err != nil {
		tb.Fatal(err)
	}
}

func (d *hall) write(tb testing.TB, do func(tx *store.Tx) error) {
	tb.Helper()
	if err := d.db.Write(context.Background(), store.System("test"), do); err != nil {
		tb.Fatal(err)
	}
}

// follow has everybody hear what happened.
func (d *hall) follow(tb testing.TB) {
	tb.Helper()
	all := append(d.tickets.Followers(), d.clocks.Followers()...)
	all = append(all, d.recovery.Followers()...)
	all = append(all, d.promises.Followers()...)
	if err := d.db.CatchUp(tb.Context(), append(all, d.Followers()...)...); err != nil {
		tb.Fatal(err)
	}
}

// ticket is a customer writing by mail.
func (d *hall) ticket(tb testing.TB, name, words string) (t tickets.Ticket) {
	tb.Helper()
	d.write(tb, func(tx *store.Tx) error {
		f, err := d.tickets.Receive(tx, tickets.Inbound{
			Channel: "email", Subject: "The cup of " + name, Text: words, Team: d.team, Ref: "<" + name + words + "@customer.example>",
			From: people.Sender{Name: name, Email: strings.ToLower(name) + "@customer.example"},
		})
		t = f.Ticket
		return err
	})
	return t
}

func (d *hall) stand(tb testing.TB, t tickets.Ticket, s tickets.Status) {
	tb.Helper()
	must[tickets.Ticket](tb)(d.tickets.Stand(tb.Context(), d.ann, t.ID, s, ""))
	d.follow(tb)
}

func (d *hall) current(tb testing.TB, t tickets.Ticket) (now tickets.Ticket) {
	tb.Helper()
	d.look(tb, func(tx *store.Tx) (err error) { now, err = d.tickets.Look(tx, t.ID); return err })
	return now
}

// said is all that a ticket holds.
func (d *hall) said(tb testing.TB, t tickets.Ticket) (all []tickets.Message) {
	tb.Helper()
	d.look(tb, func(tx *store.Tx) (err error) {
		all, err = d.tickets.Talk(tx, reader(tx.By()), t.ID, 0, 1000)
		return err
	})
	return all
}

// offer offers a customer a gift or a call.
func (d *hall) offer(tb testing.TB, t tickets.Ticket) recovery.Offer {
	tb.Helper()
	return must[recovery.Offer](tb)(d.recovery.Offer(tb.Context(), d.sue, recovery.Case{Ticket: t.ID}, recovery.Proposal{
		Part: recovery.Extra, Note: "SECRET-offer-note", Choices: []recovery.Choice{{Kind: "gift", What: "A mug", Amount: &money.Amount{Minor: 700, Currency: "EUR"}}, {Kind: "call_from_owner", What: "A call from the owner"}},
	}))
}

// link is one to a ticket, and the visit by it.
func (d *hall) link(tb testing.TB, t tickets.Ticket) (Handed, Visit) {
	tb.Helper()
	h := must[Handed](tb)(d.Link(tb.Context(), d.ann, t.ID))
	return h, must[Visit](tb)(d.Come(tb.Context(), token(h.URL)))
}

// whole is a link to all tickets of a customer, as a mail to them has it.
func (d *hall) whole(tb testing.TB, c people.ID) (secret string) {
	tb.Helper()
	d.write(tb, func(tx *store.Tx) (err error) { _, secret, err = d.make(tx, c, 0); return err })
	return secret
}

func token(address string) string { return address[strings.LastIndex(address, "/")+1:] }

// browser is one of a customer: it keeps cookies, follows redirects, and runs nothing.
type browser struct {
	*http.Client
	tb   testing.TB
	base string
	lang string
}

func (d *hall) browser(tb testing.TB) *browser {
	tb.Helper()
	server := httptest.NewTLSServer(d.door)
	tb.Cleanup(server.Close)
	jar := must[*cookiejar.Jar](tb)(cookiejar.New(nil))
	c := server.Client()
	c.Jar = jar
	return &browser{c, tb, server.URL, "en"}
}

type answer struct {
	status int
	at     string // where redirects led
	body   string
	header http.Header
}

func (b *browser) do(method, path, kind, body string) answer {
	b.tb.Helper()
	r := must[*http.Request](b.tb)(http.NewRequestWithContext(b.tb.Context(), method, b.base+path, strings.NewReader(body)))
	r.Header.Set("Accept-Language", b.lang)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Origin", b.base)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := b.Do(r)
	if err != nil {
		b.tb.Fatal(err)
	}
	defer res.Body.Close()
	return answer{res.StatusCode, res.Request.URL.RequestURI(), string(must[[]byte](b.tb)(io.ReadAll(res.Body))), res.Header}
}

func (b *browser) get(path string) answer {
	b.tb.Helper()
	return b.do(http.MethodGet, path, "", "")
}

// come opens the address of a link.
func (b *browser) come(address string) answer {
	b.tb.Helper()
	return b.get("/my/" + token(address))
}

var keyed = regexp.MustCompile(`name="key" value="([^"]+)"`)

// key is that of the forms on a page.
func (a answer) key() string {
	if m := keyed.FindStringSubmatch(a.body); m != nil {
		return m[1]
	}
	return ""
}

func (b *browser) post(path string, fields ...string) answer {
	b.tb.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, path, "application/x-www-form-urlencoded", v.Encode())
}

func must[T any](tb testing.TB) func(T, error) T {
	tb.Helper()
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

func second[T any](_ T, err error) error { return err }

func code(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func euros(minor int64) *money.Amount { return &money.Amount{Minor: minor, Currency: "EUR"} }

func memberOf(who web.Who) staff.ID { return staff.ID(who.Staff) }

// due looks up who asked for a link.
func (d *hall) due(tb testing.TB) {
	tb.Helper()
	d.write(tb, func(tx *store.Tx) error {
		all, err := store.All[RequestID](tx, `SELECT id FROM my_requests ORDER BY id`)
		for _, r := range all {
			if err := d.send(tx, due.Job{Kind: asking, Key: r.String()}); err != nil {
				return err
			}
		}
		return err
	})
}
