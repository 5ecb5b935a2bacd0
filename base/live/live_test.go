package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/hearthdesk/hearth/base/bus"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/live"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

// stirred says in its body who may hear of it.
type stirred struct {
	Needs web.Perm `json:"needs"`
	Team  int64    `json:"team,omitempty"`
	Staff int64    `json:"staff,omitempty"`
	Smell string   `json:"smell,omitempty"`
}

func (stirred) Kind() string { return "pots.stirred" }

// reseated is an event about staff, after which somebody may something else.
type reseated struct{}

func (reseated) Kind() string { return "staff.reseated" }

type pot string

func (p pot) String() string { return string(p) }

const patience = time.Minute // for a busy machine

type house struct {
	tb     testing.TB
	db     *store.DB
	hub    *live.Hub
	server *httptest.Server
	stop   func()

	bus         *bus.Bus
	pulse, beat time.Duration

	mu      sync.Mutex
	who     map[string]web.Who // by token
	trouble error
	doors   map[string]web.Audience // of the subjects somebody can be at
	jammed  error
}

func prepare(tb testing.TB, db *store.DB) *house {
	tb.Helper()
	return &house{
		tb: tb, db: db, pulse: patience, beat: patience, who: map[string]web.Who{"anna": {Staff: 1, Name: "Anna", Can: web.View | web.People, All: true}},
		doors: map[string]web.Audience{},
	}
}

func open(tb testing.TB) *house {
	tb.Helper()
	h := prepare(tb, storetest.Open(tb))
	h.start()
	tb.Cleanup(func() { h.stop() })
	return h
}

func (h *house) start() {
	h.listens()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.hub.Run(ctx, h.bus) }()
	h.stop = func() {
		cancel()
		if err := <-done; err != nil {
			h.tb.Error(err)
		}
		h.server.Close()
	}
}

// listens opens the door of a hub that does not run yet.
func (h *house) listens() {
	api := web.New(web.Config{DB: h.db, Auth: h.authenticate})
	h.hub = live.New(live.Config{
		DB: h.db, Audience: audience, Doors: h.seen, Staff: func(n int64) string { return fmt.Sprint("stf_", n) }, Auth: h.authenticate,
		Log: slog.New(slog.NewTextHandler(h.tb.Output(), nil)),
	})
	h.hub.Hurry(h.pulse, h.beat)
	h.hub.Routes(api)
	h.server = httptest.NewServer(api.Handler())
}

func (h *house) seen(_ *store.Tx, subjects []string) (map[string]web.Audience, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	doors := map[string]web.Audience{}
	for _, s := range subjects {
		if to, ok := h.doors[s]; ok {
			doors[s] = to
		}
	}
	return doors, h.jammed
}

func (h *house) authenticate(r *http.Request) (web.Who, bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	who, ok := h.who[r.Header.Get("Authorization")]
	return who, ok, h.trouble
}

func (h *house) set(token string, who web.Who) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.who[token] = who
}

func (h *house) revoke(token string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.who, token)
}

func audience(_ *store.Tx, e store.Entry) (web.Audience, error) {
	if e.Kind == (reseated{}).Kind() {
		return web.Audience{Needs: web.People}, nil
	}
	var s stirred
	err := json.Unmarshal(e.Body, &s)
	return web.Audience{Needs: s.Needs, Team: s.Team, Staff: s.Staff}, err
}

func (h *house) record(subject string, events ...store.Event) {
	h.tb.Helper()
	err := h.db.Write(context.Background(), store.System("test"), func(tx *store.Tx) error {
		for _, e := range events {
			if err := tx.Record(pot(subject), e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.tb.Error(err)
	}
}

type ear struct {
	tb   testing.TB
	conn *websocket.Conn
}

func (h *house) dial(token, query string) (*websocket.Conn, *http.Response, error) {
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	url := "ws" + strings.TrimPrefix(h.server.URL, "http") + web.Prefix + "/live" + query
	return websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {token}}})
}

func (h *house) listen(token, query string) ear {
	h.tb.Helper()
	c, _, err := h.dial(token, query) //nolint:bodyclose // it is the socket
	if err != nil {
		h.tb.Fatal(err)
	}
	c.SetReadLimit(1 << 20)
	h.tb.Cleanup(func() { c.CloseNow() })
	return ear{h.tb, c}
}

// frame is what a socket hears: an entry, where the journal is, or who is where.
type frame struct {
	store.Entry
	Head *int64 `json:"head"`
	Here *scene `json:"here"`
}

func (e ear) frame() (f frame, err error) {
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	_, b, err := e.conn.Read(ctx)
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(b, &f)
}

// hear waits for the next entry.
func (e ear) hear() (store.Entry, error) {
	for {
		f, err := e.frame()
		if err != nil || f.Head == nil && f.Here == nil {
			return f.Entry, err
		}
	}
}

// until waits for a number of sockets.
func (h *house) until(sockets int) {
	h.tb.Helper()
	for deadline := time.Now().Add(patience); h.hub.Sockets() != sockets; {
		if time.Now().After(deadline) {
			h.tb.Fatal(h.hub.Sockets(), "sockets, not", sockets)
		}
		time.Sleep(time.Millisecond) // the other side of a socket rings no bell here
	}
}

// next is the sequence heard next.
func (e ear) next() int64 {
	e.tb.Helper()
	entry, err := e.hear()
	if err != nil {
		e.tb.Fatal(err)
	}
	return entry.Seq
}

func (e ear) expect(seqs ...int64) {
	e.tb.Helper()
	for _, want := range seqs {
		if got := e.next(); got != want {
			e.tb.Fatalf("heard %d, not %d", got, want)
		}
	}
}

// ends waits until the connection is closed and says how.
func (e ear) ends() websocket.StatusCode {
	e.tb.Helper()
	for {
		if _, err := e.hear(); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func everybodys() stirred { return stirred{Needs: web.View} }

func many(n int, e store.Event) []store.Event { return slices.Repeat([]store.Event{e}, n) }

func TestAPageHearsWhatHappensFromNowOnOrFromWhereItWas(t *testing.T) {
	h := open(t)
	h.record("red", many(3, everybodys())...)
	now, earlier, future := h.listen("anna", ""), h.listen("anna", "?after=1"), h.listen("anna", "?after=900")
	h.record("red", everybodys())
	now.expect(4)
	earlier.expect(2, 3, 4)
	future.expect(4)
	for _, s := range []string{"-1", "x", "1e3"} {
		_, res, err := h.dial("anna", "?after="+s) //nolint:bodyclose // closed by Dial
		if err == nil || res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("after=%s: %v", s, err)
		}
	}
}

// A page loses its connection at any moment, the server stops and starts, and more happens than is kept in memory.
func TestNothingIsMissedAndNothingComesTwice(t *testing.T) {
	const all = 20_000
	h := open(t)
	var writing sync.WaitGroup
	writing.Go(func() {
		r := rand.New(rand.NewPCG(1, 1))
		for n := 0; n < all; {
			some := min(1+r.IntN(200), all-n)
			h.record("red", many(some, everybodys())...)
			n += some
		}
	})
	r := rand.New(rand.NewPCG(2, 2))
	last, cuts := int64(0), 0
	for ; last < all; cuts++ {
		e := h.listen("anna", "?after="+strconv.FormatInt(last, 10))
		for range min(1+r.Int64N(3000), all-last) {
			last++
			e.expect(last)
		}
		e.conn.CloseNow()
		if cuts%3 == 2 {
			h.stop()
			h.start()
		}
	}
	writing.Wait()
	e := h.listen("anna", "?after=0")
	for seq := range int64(all) {
		e.expect(seq + 1)
	}
	h.record("red", everybodys())
	e.expect(all + 1)
	t.Log("cut off", cuts, "times")
}

func TestAPageHearsOfItsTopicsOnly(t *testing.T) {
	h := open(t)
	e := h.listen("anna", "?topics=red,blue")
	for _, subject := range []string{"red", "green", "blue"} {
		h.record(subject, everybodys())
	}
	e.expect(1, 3)
	if err := e.conn.Write(t.Context(), websocket.MessageText, []byte(`{"topics":["green"]}`)); err != nil {
		t.Fatal(err)
	}
	heard := make(chan int64)
	go func() {
		defer close(heard)
		for {
			entry, err := e.hear()
			if err != nil {
				return
			}
			heard <- entry.Seq
		}
	}()
	for seq := int64(4); ; seq++ { // the wish takes effect in its own time; then only green is heard
		h.record("green", everybodys())
		select {
		case got := <-heard:
			if got > seq {
				t.Errorf("heard %d before it happened", got)
			}
			h.record("red", everybodys())
			h.record("green", everybodys())
			for got <= seq {
				got = <-heard
			}
			if got != seq+2 {
				t.Errorf("heard %d, not %d", got, seq+2)
			}
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestWhatIsNoWishEndsTheSocket(t *testing.T) {
	h := open(t)
	e := h.listen("anna", "")
	if err := e.conn.Write(t.Context(), websocket.MessageText, []byte(`topics`)); err != nil {
		t.Fatal(err)
	}
	if s := e.ends(); s != websocket.StatusInvalidFramePayloadData {
		t.Error(s)
	}
}

func TestASlowPeerHoldsUpNobody(t *testing.T) {
	h := open(t)
	h.listen("anna", "?after=0") // and never reads
	e := h.listen("anna", "?after=0")
	big := everybodys()
	big.Smell = strings.Repeat("onion ", 10_000)
	const all = 400 // 24 MB, more than any system keeps for a socket
	for range all / 20 {
		h.record("red", many(20, big)...)
	}
	for seq := range int64(all) {
		e.expect(seq + 1)
	}
}

// Every kind of rights meets every kind of entry, as it happens and in pages; the rule is written out here once more.
func TestNobodyHearsWhatTheyMayNotSee(t *testing.T) {
	h := open(t)
	needs := []web.Perm{web.View, web.View | web.Money, web.View | web.Reports, web.View | web.People}
	var events []stirred
	for _, n := range needs {
		for team := range int64(3) {
			for staff := range int64(3) {
				events = append(events, stirred{Needs: n, Team: team, Staff: staff})
			}
		}
	}
	ears := map[string]ear{}
	for i, can := range needs {
		for _, teams := range [][]int64{nil, {1}, {2}, {1, 2}} {
			for staff := range int64(3) {
				for _, all := range []bool{false, true} {
					token := fmt.Sprint(i, teams, staff, all)
					h.set(token, web.Who{Staff: staff, Can: can, All: all, Teams: teams})
					ears[token] = h.listen(token, "")
				}
			}
		}
	}
	h.set("capture", web.Who{Staff: 1, Can: web.Capture | web.Reports, All: true})
	if _, res, err := h.dial("capture", ""); err == nil || res.StatusCode != http.StatusForbidden { //nolint:bodyclose // closed by Dial
		t.Error("somebody who may not view was let in", err)
	}
	for _, e := range events {
		h.record("red", e)
	}
	h.record("red", everybodys()) // the last, for all
	for token, e := range ears {
		who := h.who[token]
		want := []int64{}
		for i, ev := range append(events, everybodys()) {
			mine := ev.Staff != 0 && ev.Staff == who.Staff
			if who.Can&ev.Needs == ev.Needs && (who.All || mine || ev.Team == 0 || slices.Contains(who.Teams, ev.Team)) {
				want = append(want, int64(i+1))
			}
		}
		heard := []int64{}
		for len(heard) == 0 || heard[len(heard)-1] < int64(len(events)+1) {
			heard = append(heard, e.next())
		}
		if !slices.Equal(heard, want) {
			t.Errorf("%s heard %v, not %v", token, heard, want)
		}
		if read := h.pages(token); !slices.Equal(read, want) {
			t.Errorf("%s read %v, not %v", token, read, want)
		}
	}
}

// pages reads the whole journal, seven entries at a time.
func (h *house) pages(token string) []int64 {
	h.tb.Helper()
	all := []int64{}
	for after := "0"; after != ""; {
		r := httptest.NewRequest(http.MethodGet, web.Prefix+"/journal?limit=7&after="+after, nil)
		r.Header.Set("Authorization", token)
		w := httptest.NewRecorder()
		h.server.Config.Handler.ServeHTTP(w, r)
		var page web.Page[store.Entry]
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != http.StatusOK {
			h.tb.Fatal(w.Code, err)
		}
		for _, e := range page.Items {
			all = append(all, e.Seq)
		}
		after = page.Next
	}
	return all
}

func TestRightsThatChangeHoldFromThereOn(t *testing.T) {
	h := open(t)
	ben := web.Who{Staff: 2, Can: web.View, Teams: []int64{1}}
	h.set("ben", ben)
	e := h.listen("ben", "")
	h.record("red", stirred{Needs: web.View, Team: 1})
	e.expect(1)
	ben.Teams = []int64{2}
	h.set("ben", ben)
	h.record("ben", reseated{})
	h.record("red", stirred{Needs: web.View, Team: 1}, stirred{Needs: web.View, Team: 2})
	e.expect(4)

	h.revoke("ben")
	h.record("ben", reseated{})
	h.record("red", everybodys())
	if _, err := e.hear(); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Error(err)
	}
}

// Another node revokes a session, and nothing is heard of it here.
func TestASessionThatEndedQuietlyIsClosedToo(t *testing.T) {
	h := open(t)
	h.set("ben", web.Who{Staff: 2, Can: web.View, All: true})
	e := h.listen("ben", "")
	h.revoke("ben")
	if s := e.ends(); s != websocket.StatusPolicyViolation {
		t.Error(s)
	}
}

func TestWhoCannotBeConfirmedIsAskedToComeBack(t *testing.T) {
	h := open(t)
	e := h.listen("anna", "")
	h.mu.Lock()
	h.trouble = errors.Join(&fault.Fault{Kind: fault.Internal, Code: "store.trouble", Say: "The disk is full."})
	h.mu.Unlock()
	h.record("anna", reseated{})
	if s := e.ends(); s != websocket.StatusTryAgainLater {
		t.Error(s)
	}
}

func TestAServerThatStopsSaysGoodbye(t *testing.T) {
	h := open(t)
	e := h.listen("anna", "")
	h.until(1)
	said := make(chan websocket.StatusCode)
	go func() { said <- e.ends() }()
	h.stop()
	if s := <-said; s != websocket.StatusGoingAway {
		t.Error(s)
	}
	if n := h.hub.Sockets(); n != 0 {
		t.Error(n, "sockets are left")
	}
	h.start()
}

func TestAThousandSockets(t *testing.T) {
	h := open(t)
	const sockets, entries = 1000, 20
	ears := make([]ear, sockets)
	var dialling sync.WaitGroup
	for w := range 16 {
		dialling.Go(func() {
			for i := w; i < sockets; i += 16 {
				c, _, err := h.dial("anna", "") //nolint:bodyclose // it is the socket
				if err != nil {
					t.Error(err)
					return
				}
				ears[i] = ear{t, c}
			}
		})
	}
	dialling.Wait()
	if t.Failed() {
		return
	}
	h.until(sockets)
	var hearing sync.WaitGroup
	for _, e := range ears {
		hearing.Go(func() {
			for want := range int64(entries) {
				if entry, err := e.hear(); err != nil || entry.Seq != want+1 {
					t.Errorf("heard %d, not %d: %v", entry.Seq, want+1, err)
					return
				}
			}
		})
	}
	for range entries {
		h.record("red", everybodys())
	}
	hearing.Wait()
	for _, e := range ears {
		e.conn.CloseNow()
	}
	h.until(0)
}
