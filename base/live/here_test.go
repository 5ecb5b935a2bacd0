package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/nats-io/nats-server/v2/server"

	"github.com/hearthdesk/hearth/base/bus"
	"github.com/hearthdesk/hearth/base/live"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

// scene is who is at a subject.
type scene struct {
	Ticket string `json:"ticket"`
	Who    []struct {
		Staff   string `json:"staff"`
		Name    string `json:"name"`
		Writing bool   `json:"writing"`
	} `json:"who"`
}

func (s scene) String() string {
	names := []string{}
	for _, p := range s.Who {
		if p.Staff == "" {
			p.Name += " without an id"
		}
		if p.Writing {
			p.Name += " writes"
		}
		names = append(names, p.Name)
	}
	return s.Ticket + ": " + strings.Join(names, ", ")
}

var colleagues = map[string]web.Who{
	"ben":  {Staff: 2, Name: "Ben", Can: web.View, All: true},
	"cleo": {Staff: 3, Name: "Cleo", Can: web.View, Teams: []int64{1}},
	"dora": {Staff: 4, Name: "Dora", Can: web.View, Teams: []int64{2}},
	"eve":  {Staff: 5, Name: "Eve", Can: web.View, Teams: []int64{9}},
}

func (h *house) staffed() *house {
	for token, who := range colleagues {
		h.set(token, who)
	}
	h.door("red", web.Audience{Needs: web.View, Team: 1})
	h.door("blue", web.Audience{Needs: web.View, Team: 2})
	h.door("green", web.Audience{Needs: web.View})
	return h
}

func (h *house) door(subject string, to web.Audience) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.doors[subject] = to
}

func (e ear) say(text string) {
	e.tb.Helper()
	if err := e.conn.Write(context.Background(), websocket.MessageText, []byte(text)); err != nil {
		e.tb.Fatal(err)
	}
}

// goes says where its page is.
func (e ear) goes(subject string) { e.tb.Helper(); e.say(`{"here":{"ticket":"` + subject + `"}}`) }

func (e ear) writes(subject string) {
	e.tb.Helper()
	e.say(`{"here":{"ticket":"` + subject + `","writing":true}}`)
}

// sees waits for what is heard next of who is where.
func (e ear) sees(want string) {
	e.tb.Helper()
	if got := e.scene(); got != want {
		e.tb.Fatalf("heard %q, not %q", got, want)
	}
}

func (e ear) scene() string {
	e.tb.Helper()
	for {
		f, err := e.frame()
		if err != nil {
			e.tb.Fatal(err)
		}
		if f.Here != nil {
			return f.Here.String()
		}
	}
}

// head waits for where the journal is and gives the entries heard before.
func (e ear) head() (head int64, before []int64) {
	e.tb.Helper()
	for {
		f, err := e.frame()
		if err != nil {
			e.tb.Fatal(err)
		}
		if f.Head != nil {
			return *f.Head, before
		}
		before = append(before, f.Seq)
	}
}

// wait waits for something that rings no bell here.
func wait(tb testing.TB, what string, is func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatal("never: " + what)
		}
	}
}

func TestAPageHearsWhenItHasHeardEverything(t *testing.T) {
	h := open(t)
	h.record("red", many(700, everybodys())...)
	h.record("blue", everybodys())
	for query, want := range map[string]int{"": 0, "?after=1": 700, "?after=650&topics=red": 50, "?after=0&topics=green": 0, "?after=900": 0} {
		head, before := h.listen("anna", query).head()
		if head != 701 || len(before) != want {
			t.Errorf("%q: head %d after %d entries", query, head, len(before))
		}
	}
}

// The memory is behind the journal, because the hub has not read it yet.
func TestAPageHearsEverythingBeforeTheHubHasReadIt(t *testing.T) {
	h := prepare(t, storetest.Open(t))
	h.listens()
	t.Cleanup(h.server.Close)
	h.record("red", many(5, everybodys())...)
	if head, before := h.listen("anna", "?after=2").head(); head != 5 || !slices.Equal(before, []int64{3, 4, 5}) {
		t.Error(head, before)
	}
}

func TestALineIsNeverSilentForLong(t *testing.T) {
	h := prepare(t, storetest.Open(t))
	h.pulse = 5 * time.Millisecond
	h.start()
	t.Cleanup(func() { h.stop() })
	e := h.listen("anna", "?topics=red")
	if head, _ := e.head(); head != 0 {
		t.Error(head)
	}
	h.record("blue", many(3, everybodys())...)
	for head := int64(0); head < 3; {
		now, before := e.head()
		if now < head || len(before) > 0 {
			t.Fatalf("head %d after %d and %v", now, head, before)
		}
		head = now
	}
	h.record("red", everybodys())
	for {
		head, before := e.head()
		if len(before) > 0 {
			if head != 4 || !slices.Equal(before, []int64{4}) {
				t.Errorf("head %d after %v", head, before)
			}
			return
		}
	}
}

func TestColleaguesSeeWhoIsHereAndWhoWrites(t *testing.T) {
	h := open(t).staffed()
	list, ticket, elsewhere := h.listen("anna", ""), h.listen("anna", "?topics=red"), h.listen("anna", "?topics=blue")
	ben, cleo := h.listen("ben", "?topics=none"), h.listen("cleo", "?topics=none")
	ben.goes("red")
	list.sees("red: Ben")
	ticket.sees("red: Ben")
	cleo.writes("red")
	for _, e := range []ear{list, ticket} {
		e.sees("red: Ben, Cleo writes")
	}
	ben.sees("red: Cleo writes") // who is there hears of it without asking
	cleo.sees("red: Ben")
	cleo.goes("red")
	for _, e := range []ear{list, ticket} {
		e.sees("red: Ben, Cleo")
	}
	ben.sees("red: Cleo")
	ben.conn.CloseNow()
	cleo.sees("red: ")
	for _, e := range []ear{list, ticket} {
		e.sees("red: Cleo")
	}
	cleo.goes("")
	for _, e := range []ear{list, ticket} {
		e.sees("red: ")
	}
	cleo.goes("green")
	list.sees("green: Cleo")
	h.listen("ben", "?topics=none").goes("blue")
	elsewhere.sees("blue: Ben") // and has heard of nothing else
}

func TestWhoComesHearsWhoIsThere(t *testing.T) {
	h := open(t).staffed()
	anna := h.listen("anna", "")
	ben := h.listen("ben", "?topics=none")
	ben.writes("red")
	anna.sees("red: Ben writes")
	h.listen("anna", "").sees("red: Ben writes")
	late := h.listen("anna", "?topics=blue,red")
	late.sees("red: Ben writes")
	late.say(`{"topics":["green"]}`)
	late.say(`{"topics":["red"]}`)
	late.sees("red: Ben writes") // again, for it may have forgotten
	late.say(`{"topics":["green"],"here":{"ticket":"blue"}}`)
	ben.writes("blue")
	late.sees("blue: Ben writes")
	late.goes("")
	ben.goes("green")
	late.sees("green: Ben")
	late.say(`{"topics":["blue","green"]}`)
	late.sees("blue: ") // what it heard last is no longer so
	tab := h.listen("anna", "?topics=none")
	tab.goes("green") // where Anna is already: nothing changes for others
	tab.sees("green: Ben")
}

func TestAPersonIsThereOnceWithHoweverManyPages(t *testing.T) {
	h := open(t).staffed()
	anna := h.listen("anna", "?topics=red,green")
	one, two := h.listen("ben", "?topics=none"), h.listen("ben", "?topics=none")
	one.goes("red")
	anna.sees("red: Ben")
	two.writes("red")
	anna.sees("red: Ben writes")
	two.goes("red")
	anna.sees("red: Ben")
	two.conn.CloseNow()
	h.until(2)
	one.goes("green")
	for got := anna.scene(); got != "red: "; got = anna.scene() { // the two frames come in any order
		if got != "green: Ben" {
			t.Error(got)
		}
	}
	h.set("ben", web.Who{Staff: 2, Name: "Benjamin", Can: web.View, All: true})
	h.record("ben", reseated{})
	for got := anna.scene(); got != "green: Benjamin"; got = anna.scene() {
		if got != "green: Ben" {
			t.Error(got)
		}
	}
}

func TestNobodyHearsWhoIsWhereTheyMayNotLook(t *testing.T) {
	h := open(t).staffed()
	anna, dora := h.listen("anna", "?topics=red,blue"), h.listen("dora", "")
	named := h.listen("dora", "?topics=red,blue")
	ben := h.listen("ben", "?topics=none")
	ben.goes("red")
	anna.sees("red: Ben")
	cleo, second := h.listen("cleo", "?topics=none"), h.listen("ben", "?topics=none")
	dora.goes("red") // of another team: she is not there, and hears of nobody
	cleo.goes("red")
	anna.sees("red: Ben, Cleo")
	second.goes("blue")
	dora.sees("blue: Ben")
	named.sees("blue: Ben")
	anna.sees("blue: Ben")
	cleo.sees("red: Ben")
	wait(t, "three at red", func() bool { return h.hub.At("red") == 3 })
	cleo.writes("red")
	anna.sees("red: Ben, Cleo writes")

	for _, nowhere := range []string{"pink", strings.Repeat("red", 100)} { // there is no such ticket
		second.goes(nowhere)
		for _, e := range []ear{anna, dora, named} {
			e.sees("blue: ")
		}
		second.goes("blue")
		for _, e := range []ear{anna, dora, named} {
			e.sees("blue: Ben")
		}
	}
	everybody := h.listen("anna", "")
	got := []string{everybody.scene(), everybody.scene()}
	slices.Sort(got)
	if !slices.Equal(got, []string{"blue: Ben", "red: Ben, Cleo writes"}) {
		t.Error(got)
	}
}

func TestRightsThatChangeMoveWhoIsSeen(t *testing.T) {
	h := open(t).staffed()
	anna, cleo, dora := h.listen("anna", "?topics=red"), h.listen("cleo", "?topics=red"), h.listen("dora", "?topics=red")
	ben := h.listen("ben", "?topics=none")
	ben.goes("red")
	anna.sees("red: Ben")
	cleo.sees("red: Ben")
	cleo.goes("red")
	dora.goes("red")
	anna.sees("red: Ben, Cleo")
	wait(t, "three at red", func() bool { return h.hub.At("red") == 3 })

	h.door("red", web.Audience{Needs: web.View, Team: 2}) // the ticket is given to the other team
	h.record("red", stirred{Needs: web.View, Team: 2})
	cleo.sees("red: ")
	anna.sees("red: Ben, Dora")
	for got := dora.scene(); got != "red: Ben"; got = dora.scene() {
		t.Error(got)
	}

	who := colleagues["cleo"]
	who.Teams = []int64{1, 2}
	h.set("cleo", who) // who is in both teams now
	h.record("cleo", reseated{})
	anna.sees("red: Ben, Cleo, Dora")
	cleo.sees("red: Ben, Dora")

	h.mu.Lock()
	delete(h.doors, "red")
	h.mu.Unlock()
	h.record("red", stirred{Needs: web.Reports})
	for _, e := range []ear{anna, cleo} {
		e.sees("red: ")
	}
}

// Somebody's page is out of its mind: the others hear how things stand now and then, and at last.
func TestTheNewestCountsHoweverMuchIsSaid(t *testing.T) {
	h := open(t).staffed()
	anna, ben := h.listen("anna", ""), h.listen("ben", "?topics=none")
	began := time.Now()
	for n := range 3000 {
		ben.say(fmt.Sprintf(`{"here":{"ticket":%q,"writing":%t}}`, []string{"red", "blue", "green"}[n%3], n%2 == 0))
	}
	ben.writes("green")
	heard := 0
	for got := anna.scene(); got != "green: Ben writes"; got = anna.scene() {
		heard++
	}
	if most := 2 * int(time.Since(began)/live.Gather+2); heard > most {
		t.Errorf("%d frames in %s; at most %d were to be heard", heard, time.Since(began), most)
	}
}

func TestWhoIsWhereIsToldLaterWhenTheDatabaseIsInTrouble(t *testing.T) {
	h := prepare(t, storetest.Open(t))
	h.beat = 5 * time.Millisecond
	h.start()
	t.Cleanup(func() { h.stop() })
	h.staffed()
	h.mu.Lock()
	h.jammed = errors.New("the disk is full")
	h.mu.Unlock()
	anna, ben := h.listen("anna", "?topics=green"), h.listen("ben", "?topics=none")
	ben.goes("green")
	wait(t, "Ben at green", func() bool { return h.hub.At("green") == 1 })
	h.mu.Lock()
	h.jammed = nil
	h.mu.Unlock()
	anna.sees("green: Ben")
	ben.conn.CloseNow()
	anna.sees("green: ")
}

// natsAt is a server that nodes share.
func natsAt(tb testing.TB) (url string) {
	tb.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true})
	if err != nil {
		tb.Fatal(err)
	}
	s.Start()
	tb.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(patience) {
		tb.Fatal("NATS does not get ready")
	}
	return s.ClientURL()
}

// node is one of several on a database, with a connection of its own to the others.
func node(tb testing.TB, db *store.DB, url string, beat time.Duration) *house {
	tb.Helper()
	b, err := bus.Open(context.Background(), url, slog.New(slog.NewTextHandler(tb.Output(), nil)))
	if err != nil {
		tb.Fatal(err)
	}
	h := prepare(tb, db)
	h.bus, h.beat = b, beat
	h.staffed()
	h.start()
	tb.Cleanup(func() {
		h.stop()
		_ = b.Close()
	})
	return h
}

func TestColleaguesAreSeenAcrossNodes(t *testing.T) {
	db, url := storetest.Open(t), natsAt(t)
	here := node(t, db, url, patience)
	anna := here.listen("anna", "?topics=red")
	ben := here.listen("ben", "?topics=red")
	ben.goes("red")
	anna.sees("red: Ben")

	there := node(t, db, url, patience) // joins later and is told
	cleo, eve := there.listen("cleo", "?topics=red"), there.listen("eve", "")
	cleo.sees("red: Ben")
	began := time.Now()
	cleo.writes("red")
	anna.sees("red: Ben, Cleo writes")
	ben.sees("red: Cleo writes")
	if took := time.Since(began); took > time.Second {
		t.Log("heard on the other node after", took) // a busy machine
	}
	other := there.listen("ben", "?topics=none")
	other.writes("red") // the same person, once
	anna.sees("red: Ben writes, Cleo writes")
	cleo.sees("red: Ben writes")
	other.goes("green")
	eve.sees("green: Ben") // which is all she may see
	anna.sees("red: Ben, Cleo writes")
	cleo.sees("red: Ben")
	ben.conn.CloseNow()
	anna.sees("red: Cleo writes")
	cleo.sees("red: ")
	there.stop() // says goodbye, for no beat comes for a minute
	anna.sees("red: ")
	there.start()
}

func TestANodeThatDiesIsForgotten(t *testing.T) {
	db, url := storetest.Open(t), natsAt(t)
	here, there := node(t, db, url, 20*time.Millisecond), node(t, db, url, 20*time.Millisecond)
	anna, cleo := here.listen("anna", "?topics=red"), there.listen("cleo", "?topics=none")
	cleo.goes("red")
	anna.sees("red: Cleo")
	if err := there.bus.Close(); err != nil {
		t.Fatal(err)
	}
	anna.sees("red: ")
	wait(t, "nobody else is alive", func() bool { return here.hub.Nodes() == 0 })
}

// The words are written out here, for while an upgrade rolls, nodes of two versions speak with each other.
func TestWhatWasLostBetweenNodesIsMadeGood(t *testing.T) {
	db, url := storetest.Open(t), natsAt(t)
	here := node(t, db, url, patience)
	other, err := bus.Open(t.Context(), url, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	type word struct {
		Node  string
		Round int64
		Here  map[string][]map[string]any
		All   bool
	}
	heard := make(chan word, 100)
	stop, err := other.Subscribe(live.Subject, func(data []byte) {
		var w word
		if json.Unmarshal(data, &w) == nil && w.Node != "x" && w.Node != "" {
			heard <- w
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	say := func(text string) {
		if err := other.Publish(live.Subject, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	anna, ben := here.listen("anna", "?topics=red,blue"), here.listen("ben", "?topics=none")
	ben.goes("blue")
	anna.sees("blue: Ben")
	for _, rubbish := range []string{"", "x", "{}", `{"node":"x","here":7}`, `{"here":{"red":[{"staff":"stf_7","name":"Nobody"}]}}`} {
		say(rubbish)
	}
	say(`{"node":"x","round":1,"here":{"red":[{"staff":"stf_7","name":"Xaver","writing":true}],"":[{"staff":"stf_7"}],"green":[]}}`)
	anna.sees("red: Xaver writes")
	for round := int64(0); ; { // whoever is new is told everything
		w := <-heard
		if w.All {
			break
		}
		if blue := w.Here["blue"]; len(blue) == 1 && blue[0]["name"] == "Ben" {
			round = w.Round
		}
		if w.Round > 0 && round != w.Round {
			t.Error(w)
		}
	}
	say(`{"node":"x","round":2,"all":true}`) // a word of this round may be lost
	ben.writes("blue")
	anna.sees("blue: Ben writes")
	say(`{"node":"x","round":3,"all":true}`) // but not of two
	anna.sees("red: ")
	say(`{"node":"x","round":3,"here":{"red":[{"staff":"stf_7","name":"Xaver"}]}}`)
	anna.sees("red: Xaver")
	say(`{"node":"x","round":3,"here":{"red":[]}}`)
	anna.sees("red: ")
}
