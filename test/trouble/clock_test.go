package trouble_test

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

// wall is a house on a clock that can be set.
type wall struct {
	*desk // asks by HTTP and hands in mails; its server runs in this process
	s     app.Settings
	off   atomic.Int64
	call  *app.Client
}

func (w *wall) jump(d time.Duration) { w.off.Store(int64(d)) }

// open serves until the test ends or stop is called.
func (w *wall) open() (stop func()) {
	w.tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	opened, done := make(chan app.Opened, 1), make(chan error, 1)
	go func() { done <- app.Serve(ctx, w.s, func(o app.Opened) { opened <- o }) }()
	select {
	case o := <-opened:
		w.http, w.smtp = o.HTTP, o.SMTP
	case err := <-done:
		cancel()
		w.tb.Fatal(err)
	}
	var err error
	if w.call, err = app.Connect(ctx, w.s); err != nil {
		w.tb.Error(err)
	}
	return func() {
		cancel()
		if err := <-done; err != nil {
			w.tb.Error(err)
		}
	}
}

func (w *wall) do(method, path string, in, out any) {
	w.tb.Helper()
	if err := w.call.Do(context.Background(), method, path, in, out); err != nil {
		w.tb.Fatalf("%s %s: %v", method, path, err)
	}
}

// kinds counts the kinds of events about something.
func (w *wall) kinds(subject string) map[string]int {
	w.tb.Helper()
	n := map[string]int{}
	var page struct {
		Items []struct{ Kind, Subject string }
	}
	w.do(http.MethodGet, "/api/v1/journal?limit=500", nil, &page)
	for _, e := range page.Items {
		if e.Subject == subject {
			n[e.Kind]++
		}
	}
	return n
}

// signedIn says whether a browser's session still stands.
func (w *wall) signedIn(c *http.Cookie) bool {
	w.tb.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+w.http+"/api/v1/me", nil)
	if err != nil {
		w.tb.Fatal(err)
	}
	r.AddCookie(c)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		w.tb.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func (w *wall) try(password string) (status int, cookies []*http.Cookie) {
	w.tb.Helper()
	res, err := http.Post("http://"+w.http+"/api/v1/sessions", "application/json", strings.NewReader(`{"email":"anna@shop.example","password":"`+password+`"}`))
	if err != nil {
		w.tb.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode, res.Cookies()
}

func (w *wall) signIn() *http.Cookie {
	w.tb.Helper()
	status, cookies := w.try("a long enough pass phrase")
	if status != http.StatusCreated || len(cookies) != 1 {
		w.tb.Fatalf("signing in: %d", status)
	}
	return cookies[0]
}

func TestAClockThatJumpsTwoDaysForwardAndBackHarmsNothing(t *testing.T) {
	t.Parallel()
	sink := servers.StartSink(t)
	w := &wall{desk: &desk{tb: t}}
	w.s = app.Settings{
		Data: t.TempDir(), Listen: "127.0.0.1:0", SMTPListen: "127.0.0.1:0", Region: "DE", Version: "test", Strict: true,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: func() time.Time { return time.Now().Add(time.Duration(w.off.Load())) },
	}
	if storetest.Postgres() {
		w.s.DatabaseURL = storetest.URL(t, app.Tables()...)
	}
	stop := w.open()
	w.do(http.MethodPost, "/local/staff", map[string]any{"email": "anna@shop.example", "name": "Anna", "role": "owner", "password": "a long enough pass phrase"}, nil)
	w.do(http.MethodPost, "/api/v1/mail/mailboxes", map[string]any{"address": support, "smtp": "smtp://" + sink.Addr, "options": map[string]any{"acknowledge": true}}, nil)
	var calendars struct{ Items []struct{ ID string } }
	w.do(http.MethodGet, "/api/v1/calendars", nil, &calendars)
	w.do(http.MethodPatch, "/api/v1/calendars/"+calendars.Items[0].ID, map[string]any{"always": true}, nil)

	type ticket struct{ ID, Subject, Status string }
	written := func(n int) (all []ticket) {
		t.Helper()
		var page struct{ Items []ticket }
		house.Until(t, "the mails are filed", func() bool {
			w.do(http.MethodGet, "/api/v1/tickets", nil, &page)
			return len(page.Items) == n
		})
		return page.Items
	}
	answer := func(id, words string) {
		w.do(http.MethodPost, "/api/v1/tickets/"+id+"/replies", map[string]any{"text": words}, nil)
	}
	hand := func(from string) {
		t.Helper()
		if err := w.hand(from); err != nil {
			t.Fatal(err)
		}
	}

	hand("ada@example.net")
	first := written(1)[0].ID
	answer(first, "First answer.")
	hand("ben@example.net")
	i := slices.IndexFunc(written(2), func(k ticket) bool { return k.ID != first })
	late := written(2)[i].ID
	sink.Wait(3) // two acknowledgements, one answer
	session := w.signIn()

	w.jump(48 * time.Hour)
	house.Until(t, "the clocks of whoever waited for two days have run out", func() bool { return w.kinds(late)["clocks.breached"] >= 1 })
	if !w.signedIn(session) {
		t.Error("two days later somebody is no longer signed in")
	}
	answer(late, "Second answer.")
	sink.Wait(4)
	another := w.signIn()
	for range 8 { // somebody mistypes until they have to wait
		if s, _ := w.try("a wrong pass phrase"); s != http.StatusUnauthorized && s != http.StatusTooManyRequests {
			t.Errorf("a wrong pass phrase: %d", s)
		}
	}

	w.jump(0)
	w.signIn() // that wait was of the time that was not yet
	for name, c := range map[string]*http.Cookie{"before": session, "in the time that was not yet": another} {
		if !w.signedIn(c) {
			t.Errorf("who signed in %s is signed out", name)
		}
	}
	answer(first, "Third answer.")
	hand("cleo@example.net")
	written(3)
	sink.Wait(6) // an answer and an acknowledgement
	var next struct {
		Items []struct {
			Ticket string
			Due    time.Time
		}
	}
	house.Until(t, "the clocks of the third run", func() bool { w.do(http.MethodGet, "/api/v1/clocks/next", nil, &next); return len(next.Items) > 0 })
	for _, c := range next.Items {
		if c.Due.After(time.Now().Add(41 * time.Hour)) { // the longest target is 40 hours
			t.Errorf("a clock of %s runs until %s", c.Ticket, c.Due)
		}
	}

	stop() // what was noted in the time that was not yet is found again
	stop = w.open()
	defer stop()
	hand("dora@example.net")
	written(4)
	sink.Wait(7)
	before := w.kinds(late)["clocks.breached"]
	words := map[string]int{}
	for _, raw := range sink.Mails() {
		for _, say := range []string{"First answer.", "Second answer.", "Third answer.", "ada@", "ben@", "cleo@", "dora@"} {
			if strings.Contains(string(raw), say) && (strings.Contains(say, "answer") || !strings.Contains(string(raw), " answer.")) {
				words[say]++
			}
		}
	}
	for say, n := range words {
		if n != 1 {
			t.Errorf("%q went out %d times", say, n)
		}
	}
	if len(words) != 7 || len(sink.Mails()) != 7 {
		t.Errorf("%d mails went out: %v", len(sink.Mails()), words)
	}
	if before > 2 { // the first answer and the solution
		t.Errorf("clocks ran out %d times", before)
	}
	var parked struct{ Items []struct{ ID, Why string } }
	w.do(http.MethodGet, "/api/v1/parked", nil, &parked)
	if len(parked.Items) > 0 {
		t.Errorf("parked: %v", parked.Items)
	}
}
