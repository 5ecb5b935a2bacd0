package tell

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/push"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

var (
	admin  = web.Everything(store.Actor{Kind: store.SystemKind, ID: "cli", Via: "test"})
	monday = time.Date(2026, 7, 6, 10, 0, 0, 0, time.UTC)
)

// hall is the channel among the rooms below it, with a clock that the test moves. Theo cleans, Ann answers in the team
// Hall, Sue supervises it.
type hall struct {
	*Room
	db   *store.DB
	now  atomic.Int64
	team staff.TeamID

	theo, ann, sue web.Who
}

func furnish(tb testing.TB) *hall {
	tb.Helper()
	d := &hall{}
	d.now.Store(monday.UnixMicro())
	clock := func() time.Time { return time.UnixMicro(d.now.Load()).UTC() }
	d.db = storetest.OpenAt(tb, clock, web.Tables, due.Tables, push.Tables, search.Tables, staff.Tables, hours.Tables, people.Tables, tickets.Tables, ledger.Tables, recovery.Tables, Tables)
	blobs := must[files.Store](tb)(files.Open(tb.Context(), "", tb.TempDir()))
	queue := due.New(d.db, slog.New(slog.DiscardHandler))
	s, h, p := staff.New(d.db, staff.Options{}), hours.New(d.db), people.New(d.db, "DE")
	t := tickets.New(d.db, s, p, nil, blobs)
	r := recovery.New(d.db, queue, s, h, p, t)
	d.Room = New(House{Words: must[*words.Book](tb)(words.New(Words)), DB: d.db, Due: queue, Files: blobs, Staff: s, Hours: h, Tickets: t, Recovery: r, Push: push.New(push.Config{DB: d.db, Due: queue, Keys: must[*secret.Keys](tb)(secret.Load(tb.TempDir(), ""))})})
	d.LinkTo("https://help.example.com/")
	d.team = must[staff.Team](tb)(s.AddTeam(tb.Context(), admin, "Hall")).ID
	for _, m := range []struct {
		who        *web.Who
		name, role string
		teams      []staff.TeamID
	}{{&d.theo, "Theo", "light", nil}, {&d.ann, "Ann", "agent", []staff.TeamID{d.team}}, {&d.sue, "Sue", "supervisor", []staff.TeamID{d.team}}} {
		added, _, err := s.Add(tb.Context(), admin, staff.Newcomer{Email: strings.ToLower(m.name) + "@shop.example", Name: m.name, Role: m.role, Teams: m.teams})
		if err != nil {
			tb.Fatal(err)
		}
		d.look(tb, func(tx *store.Tx) (err error) { *m.who, err = s.Who(tx, added.ID); return err })
	}
	return d
}

func (d *hall) look(tb testing.TB, do func(tx *store.Tx) error) {
	tb.Helper()
	if err := d.db.Read(context.Background(), do); err != nil {
		tb.Fatal(err)
	}
}

// hand hands in a file.
func (d *hall) hand(tb testing.TB, body []byte, voice bool) Attached {
	tb.Helper()
	u := must[Upload](tb)(d.Hand(tb.Context(), bytes.NewReader(body), voice))
	return Attached{SHA256: u.SHA256, Name: "from the phone", Voice: voice}
}

// dot is a picture.
func dot(tb testing.TB) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// note is the beginning of a voice note as Chromium records it: EBML with the document type webm.
func note() []byte {
	return append([]byte{0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x86, 0x81, 0x01, 0x42, 0xF7, 0x81, 0x01, 0x42, 0xF2, 0x81, 0x04, 0x42, 0xF3, 0x81, 0x08, 0x42, 0x82, 0x84}, "webm\x42\x87\x81\x04"...)
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

func code(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Code
	} else if err != nil {
		return err.Error()
	}
	return ""
}

func second[T any](_ T, err error) error { return err }
