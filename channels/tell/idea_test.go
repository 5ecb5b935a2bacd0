package tell

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/push"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// propose has somebody tell of an idea.
func (d *hall) proposes(t *testing.T, who web.Who, in Told) Became {
	t.Helper()
	if in.About == "" {
		in.About = Idea
	}
	return must[Became](t)(d.Tell(t.Context(), who, in))
}

// waits are those that somebody may answer.
func (d *hall) waits(t *testing.T, who web.Who, over bool) (all []Proposed) {
	t.Helper()
	d.look(t, func(tx *store.Tx) (err error) { all, err = d.Proposals(tx, who, over, 10); return err })
	return all
}

// An idea gets an owner and an answer by a date, and whoever told of it reads what became of it.
func TestAnIdeaIsAnswered(t *testing.T) {
	d := furnish(t)
	b := d.proposes(t, d.theo, Told{What: "A bench in the hall.", Where: "Lobby", Files: []Attached{d.hand(t, dot(t), false)}})
	// From Monday ten o'clock, a week of work later.
	if b.Complaint != 0 || b.Ticket != 0 || b.Whole != nil || b.About != Idea || b.What == "" || !b.AnswerBy.Equal(monday.Add(7*24*time.Hour)) {
		t.Fatalf("it became %+v", b)
	}
	if all := d.waits(t, d.ann, false); len(all) != 0 {
		t.Errorf("Ann decides nothing, and is shown %+v", all)
	}
	if _, err := d.Take(t.Context(), d.ann, b.ID); code(err) != "tell.unknown" { // who may not decide answers nothing
		t.Errorf("Ann takes it: %v", err)
	}
	all := d.waits(t, d.sue, false)
	if len(all) != 1 || all[0].What != "A bench in the hall.\n\nWhere: Lobby" || len(all[0].Files) != 1 || all[0].Owner != 0 {
		t.Fatalf("Sue may answer %+v", all)
	}
	p := must[Proposed](t)(d.Take(t.Context(), d.sue, b.ID))
	if _, err := d.Take(t.Context(), d.sue, b.ID); p.Owner != staff.ID(d.sue.Staff) || code(err) != "tell.yours" {
		t.Errorf("taken as %+v, then %v", p, err)
	}
	mine := func() Shown {
		t.Helper()
		var all []Shown
		d.look(t, func(tx *store.Tx) (err error) { all, err = d.Mine(tx, d.theo, 10); return err })
		return all[0]
	}
	if s := mine(); s.Owner != p.Owner || s.Ended != "" || s.Answer != "" {
		t.Errorf("Theo sees %+v", s)
	}
	for name, tc := range map[string]struct {
		v    Verdict
		code string
	}{"no end": {Verdict{"", "Yes."}, "tell.ended"}, "no reason": {Verdict{Dropped, " "}, "tell.reason"}, "too much": {Verdict{Done, strings.Repeat("a", longest+1)}, "words.long"}} {
		if _, err := d.Answer(t.Context(), d.sue, b.ID, tc.v); code(err) != tc.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	must[Proposed](t)(d.Answer(t.Context(), d.sue, b.ID, Verdict{Dropped, "The hall is let."}))
	if s := mine(); s.Ended != string(Dropped) || s.Answer != "The hall is let." {
		t.Errorf("Theo reads %+v", s)
	}
	if _, err := d.Answer(t.Context(), d.sue, b.ID, Verdict{Done, "Yes."}); code(err) != "tell.answered" {
		t.Errorf("answered twice: %v", err)
	}
	if len(d.waits(t, d.sue, false)) != 0 || len(d.waits(t, d.sue, true)) != 1 {
		t.Error("what was answered waits still, or is gone")
	}
	var kinds []string
	for _, e := range must[[]store.Entry](t)(d.db.Journal(t.Context(), 0, 1000)) {
		if strings.HasPrefix(e.Kind, "tell.") {
			kinds = append(kinds, e.Kind)
			if strings.Contains(string(e.Body), "bench") || strings.Contains(string(e.Body), "let") || e.Subject != b.ID.String() {
				t.Errorf("the journal says of %s %s", e.Subject, e.Body)
			}
			d.look(t, func(tx *store.Tx) error {
				a, err := d.Audience(tx, e)
				if !d.theo.In(a) || !d.sue.In(a) {
					t.Errorf("%s is for %+v", e.Kind, a)
				}
				return err
			})
		}
	}
	if got := strings.Join(kinds, " "); got != "tell.captured tell.taken tell.answered" {
		t.Errorf("recorded %s", got)
	}
}

// supervisor is one of another team.
func (d *hall) supervisor(t *testing.T, name string) (who web.Who) {
	t.Helper()
	other := must[staff.Team](t)(d.staff.AddTeam(t.Context(), admin, "Elsewhere")).ID
	added, _, err := d.staff.Add(t.Context(), admin, staff.Newcomer{Email: strings.ToLower(name) + "@shop.example", Name: name, Role: "supervisor", Teams: []staff.TeamID{other}})
	if err != nil {
		t.Fatal(err)
	}
	d.look(t, func(tx *store.Tx) (err error) { who, err = d.staff.Who(tx, added.ID); return err })
	return who
}

// What a team proposes is its supervisors' to answer, and its pictures are for them and whoever took them.
func TestWhoAnswersAnIdea(t *testing.T) {
	d := furnish(t)
	b := d.proposes(t, d.ann, Told{About: Process, What: "The till stalls.", Files: []Attached{d.hand(t, dot(t), false)}})
	eve := d.supervisor(t, "Eve")
	if len(d.waits(t, eve, false)) != 0 || len(d.waits(t, d.sue, false)) != 1 || len(d.waits(t, admin, false)) != 1 {
		t.Error("it waits for others than its own supervisors")
	}
	if _, err := d.Answer(t.Context(), eve, b.ID, Verdict{Done, "Yes."}); code(err) != "tell.unknown" {
		t.Errorf("Eve answers: %v", err)
	}
	door := d.door(t)
	for name, tc := range map[string]struct {
		who  web.Who
		want int
	}{"who told it": {d.ann, 200}, "who may answer": {d.sue, 200}, "a supervisor elsewhere": {eve, 404}, "a colleague": {d.theo, 404}} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/tell/files/"+b.Files[0].ID.String(), nil)
		w := httptest.NewRecorder()
		if door.ServeHTTP(w, r.WithContext(web.Asking(r.Context(), tc.who))); w.Code != tc.want {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

// phone has somebody's phone be told.
func (d *hall) phone(t *testing.T, who web.Who, n int) {
	t.Helper()
	key := must[*ecdh.PrivateKey](t)(ecdh.P256().GenerateKey(rand.Reader))
	sub := push.Subscription{Endpoint: fmt.Sprintf("https://push.example.com/%d", n)}
	sub.Keys.P256dh, sub.Keys.Auth = base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), base64.RawURLEncoding.EncodeToString(make([]byte, 16))
	who.Session = int64(n + 1)
	if err := d.push.Subscribe(t.Context(), who, sub); err != nil {
		t.Fatal(err)
	}
}

// Phones of those who decide are told of it, and then that of whoever told.
func TestPhonesAreToldOfIdeas(t *testing.T) {
	d := furnish(t)
	for n, who := range []web.Who{d.theo, d.ann, d.sue} {
		d.phone(t, who, n)
	}
	told := func() (n int64) {
		t.Helper()
		d.look(t, func(tx *store.Tx) (err error) {
			n, err = store.One[int64](tx, `SELECT COUNT(*) FROM due WHERE kind = 'push.send'`)
			return err
		})
		return n
	}
	before := told()
	b := d.proposes(t, d.theo, Told{What: "A bench."})
	if n := told(); n != before+1 {
		t.Errorf("%d phones were told", n-before)
	}
	must[Proposed](t)(d.Answer(t.Context(), d.sue, b.ID, Verdict{Done, "It stands there."}))
	if n := told(); n != before+2 {
		t.Errorf("%d phones were told", n-before)
	}
}

// When the day has passed by which whoever told was to be answered, it is counted as late, and whoever sees to it is told, or those who
// may.
func TestAnAnswerThatIsOverdue(t *testing.T) {
	d := furnish(t)
	eve := d.supervisor(t, "Eve")
	for n, who := range []web.Who{d.theo, d.ann, d.sue, eve} {
		d.phone(t, who, n)
	}
	phones := func() (n int64) {
		t.Helper()
		d.look(t, func(tx *store.Tx) (err error) {
			n, err = store.One[int64](tx, `SELECT COUNT(*) FROM due WHERE kind = 'push.send'`)
			return err
		})
		return n
	}
	waits := func(who web.Who, want Waits) {
		t.Helper()
		d.look(t, func(tx *store.Tx) error {
			got, err := d.Waiting(tx, who)
			if got != want {
				t.Errorf("%s counts %+v, want %+v", who.Name, got, want)
			}
			return err
		})
	}
	nobodys, sues, answered := d.proposes(t, d.theo, Told{What: "A bench."}), d.proposes(t, d.theo, Told{What: "A lamp."}), d.proposes(t, d.theo, Told{What: "A mat."})
	if err := errors.Join(d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error { // in a house from before, none of them is awaited
		return tx.Do(`DELETE FROM due WHERE kind = $1`, answering)
	}), d.db.CatchUp(t.Context(), d.Followers()...)); err != nil {
		t.Fatal(err)
	}
	must[Proposed](t)(d.Take(t.Context(), d.sue, sues.ID))
	must[Proposed](t)(d.Answer(t.Context(), d.sue, answered.ID, Verdict{Done, "It lies there."}))
	waits(d.sue, Waits{2, 0})
	waits(d.ann, Waits{})
	for _, tc := range []struct {
		of     ID
		phones int64
		told   string
	}{{nobodys.ID, 2, "tell.overdue"}, {sues.ID, 1, "tell.overdue"}, {answered.ID, 0, ""}} {
		d.now.Store(nobodys.AnswerBy.UnixMicro())
		before, from := phones(), must[int64](t)(d.db.Head(t.Context()))
		var at time.Time
		if err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) (err error) {
			if at, err = store.One[time.Time](tx, `SELECT wake_at FROM due WHERE kind = $1 AND key = $2`, answering, tc.of.String()); err != nil {
				return err
			}
			return d.tick(tx, due.Job{Kind: answering, Key: tc.of.String()})
		}); err != nil {
			t.Fatal(err)
		}
		told := ""
		for _, e := range must[[]store.Entry](t)(d.db.Journal(t.Context(), from, 10)) {
			told += e.Kind
		}
		if n := phones() - before; n != tc.phones || told != tc.told || !at.Equal(nobodys.AnswerBy) {
			t.Errorf("%s at %s: %d phones were told, recorded %q", tc.of, at, n, told)
		}
	}
	waits(d.sue, Waits{2, 2})
}

func TestAnIdeaTwiceAtOnce(t *testing.T) {
	for name, do := range map[string]func(d *hall, which ID) error{
		"Take": func(d *hall, which ID) error { return second(d.Take(t.Context(), d.sue, which)) },
		"Answer": func(d *hall, which ID) error {
			return second(d.Answer(t.Context(), d.sue, which, Verdict{Done, "Yes."}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				d := furnish(t)
				b := d.proposes(t, d.theo, Told{What: "A bench."})
				return d.db, func() error { return do(d, b.ID) }
			})
		})
	}
}
