package push

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
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

// hall is the channel among the rooms below it. Theo cleans, Ann answers and Sue and Sam supervise in the team Hall, Uma
// supervises another. Each has a phone that is told.
type hall struct {
	*Room
	db       *store.DB
	now      atomic.Int64
	sessions map[string]staff.Opened
	who      map[string]web.Who
	tickets  *tickets.Room
	hall     staff.TeamID
}

func furnish(t *testing.T) *hall {
	t.Helper()
	d := &hall{sessions: map[string]staff.Opened{}, who: map[string]web.Who{}}
	d.now.Store(time.Date(2026, 7, 6, 10, 0, 0, 0, time.UTC).UnixMicro())
	clock := func() time.Time { return time.UnixMicro(d.now.Load()).UTC() }
	d.db = storetest.OpenAt(t, clock, web.Tables, due.Tables, search.Tables, staff.Tables, hours.Tables, people.Tables, tickets.Tables, ledger.Tables, recovery.Tables, push.Tables)
	queue := due.New(d.db, slog.New(slog.DiscardHandler))
	s, h, p := staff.New(d.db, staff.Options{}), hours.New(d.db), people.New(d.db, "DE")
	d.tickets = tickets.New(d.db, s, p, nil, nil)
	r := recovery.New(d.db, queue, s, h, p, d.tickets)
	keys := must[*secret.Keys](t)(secret.Load(t.TempDir(), ""))
	sender := push.New(push.Config{DB: d.db, Due: queue, Keys: keys})
	d.Room = New(must[*words.Book](t)(words.New(Words)), s, r, sender)
	admin := web.Everything(store.Actor{Kind: store.SystemKind, ID: "cli", Via: "test"})
	d.hall = must[staff.Team](t)(s.AddTeam(t.Context(), admin, "Hall")).ID
	other := must[staff.Team](t)(s.AddTeam(t.Context(), admin, "Other")).ID
	for name, m := range map[string]struct {
		role  string
		teams []staff.TeamID
	}{"Theo": {"light", nil}, "Ann": {"agent", []staff.TeamID{d.hall}}, "Sue": {"supervisor", []staff.TeamID{d.hall}}, "Sam": {"supervisor", []staff.TeamID{d.hall}}, "Uma": {"supervisor", []staff.TeamID{other}}} {
		added, _, err := s.Add(t.Context(), admin, staff.Newcomer{Email: strings.ToLower(name) + "@shop.example", Name: name, Role: m.role, Teams: m.teams})
		if err != nil {
			t.Fatal(err)
		}
		var who web.Who
		d.read(t, func(tx *store.Tx) (err error) { who, err = s.Who(tx, added.ID); return err })
		o := must[staff.Opened](t)(s.TakePhone(t.Context(), "", must[staff.Way](t)(s.NewPhone(t.Context(), who, added.ID)).Code, web.Peer{}))
		who.Session = int64(o.Session)
		d.sessions[name], d.who[name] = o, who
		var sub push.Subscription
		sub.Endpoint = "https://push.example.com/" + name
		sub.Keys.P256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4" // of RFC 8291, 5
		sub.Keys.Auth = "BTBZMqHH6r4Tts7J_aSIgg"
		if err := sender.Subscribe(t.Context(), who, sub); err != nil {
			t.Fatal(err)
		}
	}
	d.hear(t) // that they are told from now on
	return d
}

func (d *hall) read(t *testing.T, do func(tx *store.Tx) error) {
	t.Helper()
	if err := d.db.Read(context.Background(), do); err != nil {
		t.Fatal(err)
	}
}

// hear has the channel hear what happened, and takes what it put for phones: whom, what, where to.
func (d *hall) hear(t *testing.T) (told []string) {
	t.Helper()
	if err := d.db.CatchUp(t.Context(), d.Followers()...); err != nil {
		t.Fatal(err)
	}
	names := map[int64]string{}
	for name, w := range d.who {
		names[w.Staff] = name
	}
	type row struct {
		Staff   int64     `db:"staff"`
		Payload push.Note `db:"payload,json"`
		Text    string    `db:"text"`
	}
	if err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
		all, err := store.All[row](tx, `SELECT payload, payload AS text, 0 AS staff FROM due WHERE kind = 'push.send'`)
		if err != nil {
			return err
		}
		subs := must[map[string]int64](t)(subscribers(tx))
		for _, r := range all {
			for id, who := range subs {
				if strings.Contains(r.Text, id) {
					told = append(told, names[who]+" "+r.Payload.Say+" "+r.Payload.Path)
				}
			}
		}
		return tx.Do(`DELETE FROM due WHERE kind = 'push.send'`)
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(told)
	return told
}

func subscribers(tx *store.Tx) (map[string]int64, error) {
	type sub struct {
		ID    push.ID `db:"id"`
		Staff int64   `db:"staff"`
	}
	all, err := store.All[sub](tx, `SELECT id, staff FROM push_subscriptions`)
	by := map[string]int64{}
	for _, s := range all {
		by[s.ID.String()] = s.Staff
	}
	return by, err
}

func must[T any](t *testing.T) func(v T, err error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (d *hall) expect(t *testing.T, want ...string) {
	t.Helper()
	if got := d.hear(t); !slices.Equal(got, want) {
		t.Errorf("told %q; want %q", got, want)
	}
}

func TestPhonesAreToldWhatWaits(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	tk := must[tickets.Ticket](t)(d.tickets.Open(ctx, d.who["Ann"], tickets.Inbound{Channel: "api", From: people.Sender{Email: "ida@customer.example"}, Text: "It broke.", Team: d.hall}))
	c := must[recovery.Complaint](t)(d.recovery.Capture(ctx, d.who["Ann"], tk.ID, recovery.Story{What: "It broke.", WishNone: true}))
	d.expect(t)
	// A refusal is for those who may answer it and see it, but not whoever asks.
	a := must[recovery.Approval](t)(d.recovery.Refuse(ctx, d.who["Sam"], recovery.Case{Complaint: c.ID}, recovery.Refusing{What: "A second one", Why: "It is theirs", NearestYes: "A mend"}))
	d.expect(t, "Sue push.refusal /approvals?open="+a.ID.String())
	// A handover is for whoever is asked, where they can answer it.
	must[recovery.Complaint](t)(d.recovery.HandOver(ctx, d.who["Ann"], c.ID, staff.ID(d.who["Sue"].Staff), "It broke."))
	d.expect(t, "Sue push.handover /complaints?whose=asked")
	must[recovery.Complaint](t)(d.recovery.Decline(ctx, d.who["Sue"], c.ID, "Not today."))
	must[recovery.Complaint](t)(d.recovery.HandOver(ctx, d.who["Ann"], c.ID, staff.ID(d.who["Theo"].Staff), "It broke."))
	d.expect(t, "Theo push.handover /tell")
}

func TestWhoToldHearsThatItEnded(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	c := must[recovery.Complaint](t)(d.recovery.Tell(ctx, d.who["Theo"], recovery.Told{Story: recovery.Story{What: "The tap drips."}, Internal: true}))
	must[recovery.Complaint](t)(d.recovery.Close(ctx, d.who["Sue"], c.ID, recovery.Mistaken, "It does not."))
	d.expect(t, "Theo push.ended /tell")
	own := must[recovery.Complaint](t)(d.recovery.Tell(ctx, d.who["Theo"], recovery.Told{Story: recovery.Story{What: "The tap drips."}, Internal: true}))
	must[recovery.Complaint](t)(d.recovery.Close(ctx, d.who["Theo"], own.ID, recovery.Mistaken, "It does not."))
	d.expect(t) // who ended it knows
	// What is long past is no news.
	late := must[recovery.Complaint](t)(d.recovery.Tell(ctx, d.who["Theo"], recovery.Told{Story: recovery.Story{What: "The tap drips."}, Internal: true}))
	must[recovery.Complaint](t)(d.recovery.Close(ctx, d.who["Sue"], late.ID, recovery.Mistaken, "It does not."))
	d.now.Add((13 * time.Hour).Microseconds())
	d.expect(t)
}

func TestAPhoneThatIsSignedOutIsToldNothing(t *testing.T) {
	d := furnish(t)
	title := func(name string) (string, bool) {
		var said string
		var ok bool
		d.read(t, func(tx *store.Tx) (err error) {
			said, ok, err = d.Title(tx, d.who[name].Staff, d.who[name].Session, "push.ended")
			return err
		})
		return said, ok
	}
	if said, ok := title("Theo"); !ok || said != "What you told us has come to its end. See how." {
		t.Errorf("Theo is told %q, %v", said, ok)
	}
	german := staff.German
	must[staff.Member](t)(d.staff.ChangeMe(t.Context(), d.who["Theo"], nil, &german))
	if said, _ := title("Theo"); !strings.HasPrefix(said, "Was Sie uns gesagt haben") {
		t.Errorf("in German: %q", said)
	}
	if err := d.staff.CloseSession(t.Context(), d.who["Theo"], d.sessions["Theo"].Session); err != nil {
		t.Fatal(err)
	}
	if _, ok := title("Theo"); ok {
		t.Error("a session that ended is told")
	}
	d.hear(t)
	d.read(t, func(tx *store.Tx) error {
		if by := must[map[string]int64](t)(subscribers(tx)); len(by) != 4 {
			t.Errorf("%d phones are noted", len(by))
		}
		return nil
	})
}

// Each language says the same, and none names a customer: there is nothing to fill in.
func TestNothingOfACustomerStandsOnALockedScreen(t *testing.T) {
	book := must[*words.Book](t)(words.New(Words))
	if gaps := book.Gaps(); len(gaps) > 0 {
		t.Errorf("gaps: %q", gaps)
	}
	for _, lang := range book.Languages() {
		for _, n := range []push.Note{refusal, more, handover, ended, {Say: "push.on"}} {
			if said, err := book.Say(lang, n.Say, nil); err != nil || said == "" || strings.ContainsAny(said, "{}") {
				t.Errorf("%s %s: %q, %v", lang, n.Say, said, err)
			}
		}
	}
}
