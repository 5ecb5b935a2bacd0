package tell

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

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

// What a team proposes is its supervisors' to answer, and its pictures are for them and whoever took them.
func TestWhoAnswersAnIdea(t *testing.T) {
	d := furnish(t)
	b := d.proposes(t, d.ann, Told{About: Process, What: "The till stalls.", Files: []Attached{d.hand(t, dot(t), false)}})
	other := must[staff.Team](t)(d.staff.AddTeam(t.Context(), admin, "Elsewhere")).ID
	added, _, err := d.staff.Add(t.Context(), admin, staff.Newcomer{Email: "eve@shop.example", Name: "Eve", Role: "supervisor", Teams: []staff.TeamID{other}})
	if err != nil {
		t.Fatal(err)
	}
	var eve web.Who
	d.look(t, func(tx *store.Tx) (err error) { eve, err = d.staff.Who(tx, added.ID); return err })
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
