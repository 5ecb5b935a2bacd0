package staff

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

func TestCredentials(t *testing.T) {
	for name, tc := range map[string]struct {
		authorization, cookie string
		want                  string
		token                 bool
	}{
		"nothing":                    {"", "", "", false},
		"a token":                    {"Bearer hth_x", "", "hth_x", true},
		"in another case":            {"bearer  hth_x ", "", "hth_x", true},
		"a session":                  {"", "session_y", "session_y", false},
		"the token goes first":       {"Bearer hth_x", "session_y", "hth_x", true},
		"the proxy's own password":   {"Basic abc", "session_y", "session_y", false},
		"a bearer of nothing":        {"Bearer", "session_y", "", true},
		"a scheme that begins alike": {"Bearerx hth_x", "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Authorization", tc.authorization)
			if tc.cookie != "" {
				r.AddCookie(&http.Cookie{Name: Cookie, Value: tc.cookie})
			}
			if text, token := credential(r); text != tc.want || token != tc.token {
				t.Errorf("%q, %v", text, token)
			}
		})
	}
}

func TestStrangers(t *testing.T) {
	h := openHouse(t)
	h.addWithPassword(t, "Ben", "agent")
	o := h.signIn(t, "Ben")
	if _, ok, err := h.Authenticate(carrying("session_"+o.Secret, true)); ok || err != nil {
		t.Errorf("a cookie nobody made: %v, %v", ok, err)
	}
	if _, ok, err := h.Authenticate(carrying("hth_x", false)); ok || code(err) != "token.unknown" {
		t.Errorf("a token nobody made: %v, %v", ok, err)
	}
	if _, ok, err := h.Authenticate(carrying(o.Secret, false)); ok || code(err) != "token.unknown" {
		t.Errorf("a session as a token: %v, %v", ok, err)
	}
	if len(h.memory.known) != 0 {
		t.Error("strangers are remembered")
	}
}

// Two rooms on one database are two nodes: each has its own memory.
func TestAnotherNodeHearsWithinASecond(t *testing.T) {
	c := newClock()
	db := storetest.OpenAt(t, c.now, Tables)
	here, there := furnish(t, db, c), furnish(t, db, c)
	ada, ben := here.add(t, "Ada", "admin"), here.addWithPassword(t, "Ben", "agent")
	o := here.signIn(t, "Ben")
	token := must[Minted](t)(here.CreateToken(t.Context(), here.boss, ID(ben.Staff), "Robot", nil))
	asks := func(h *house, secret string, session bool) string {
		t.Helper()
		who, ok, err := h.Authenticate(carrying(secret, session))
		if !ok {
			return code(err)
		}
		return who.Role + " " + who.Name
	}
	both := func(step, want string) {
		t.Helper()
		if got := asks(here, o.Secret, true); got != want {
			t.Errorf("%s, here, at once: %q; want %q", step, got, want)
		}
		c.forward(time.Second)
		if got := asks(there, o.Secret, true); got != want {
			t.Errorf("%s, there, a second later: %q; want %q", step, got, want)
		}
	}
	both("signed in", "agent Ben")
	must[Member](t)(here.Change(t.Context(), ada, ID(ben.Staff), Change{Role: new("supervisor")}))
	both("after another role", "supervisor Ben")
	must[Member](t)(here.ChangeMe(t.Context(), ben, new("Benno"), nil))
	both("after another name", "supervisor Benno")
	if got := asks(there, token.Secret, false); got != "supervisor Benno" {
		t.Errorf("by token: %q", got)
	}
	if err := here.RevokeToken(t.Context(), ben, token.ID); err != nil {
		t.Fatal(err)
	}
	c.forward(time.Second)
	if got := asks(there, token.Secret, false); got != "token.unknown" {
		t.Errorf("by revoked token: %q", got)
	}
	if err := here.SignOut(t.Context(), ben, o.Secret); err != nil {
		t.Fatal(err)
	}
	both("signed out", "")
	if here.memory.version == 0 || len(there.memory.known) != 0 {
		t.Error("the other node remembers somebody who is gone")
	}
}

func TestAClockSetBackDoesNotFreezeTheMemory(t *testing.T) {
	c := newClock()
	db := storetest.OpenAt(t, c.now, Tables)
	here, there := furnish(t, db, c), furnish(t, db, c)
	ben := here.addWithPassword(t, "Ben", "agent")
	o := here.signIn(t, "Ben")
	if _, ok, err := there.Authenticate(carrying(o.Secret, true)); !ok || err != nil {
		t.Fatal(ok, err)
	}
	c.forward(-24 * time.Hour)
	if _, err := here.Disable(t.Context(), here.boss, ID(ben.Staff)); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := there.Authenticate(carrying(o.Secret, true)); ok || err != nil {
		t.Errorf("still in: %v, %v", ok, err)
	}
}

// Whoever read the database before a change must not put what they read into the memory after it.
func TestAnAnswerFromBeforeAChangeIsNotRemembered(t *testing.T) {
	h := openHouse(t)
	ben := h.addWithPassword(t, "Ben", "agent")
	key := [32]byte{1}
	_, _, age := h.memory.recall(key)
	if _, err := h.Disable(t.Context(), h.boss, ID(ben.Staff)); err != nil {
		t.Fatal(err)
	}
	h.memory.put(key, known{who: ben}, age)
	if _, ok, _ := h.memory.recall(key); ok {
		t.Error("remembered")
	}
	_, _, age = h.memory.recall(key)
	h.memory.put(key, known{who: ben}, age)
	if _, ok, _ := h.memory.recall(key); !ok {
		t.Error("not remembered")
	}
}

func TestTheMemoryHasAnEnd(t *testing.T) {
	m := memory{known: map[[32]byte]known{}}
	for i := range atMost + 10 {
		m.put([32]byte{byte(i), byte(i >> 8), byte(i >> 16)}, known{}, 0)
	}
	if len(m.known) > atMost {
		t.Errorf("%d are remembered", len(m.known))
	}
}

// Readers and changes at once, for the race detector; at the end nobody is let in.
func TestManyAskWhileOneIsShutOut(t *testing.T) {
	h := openHouse(t)
	ben := h.addWithPassword(t, "Ben", "agent")
	o := h.signIn(t, "Ben")
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	for range 8 {
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, _, err := h.Authenticate(carrying(o.Secret, true)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 10 {
		must[Member](t)(h.ChangeMe(t.Context(), ben, new("Ben "+string(rune('A'+i))), nil))
		if who, ok, err := h.Authenticate(carrying(o.Secret, true)); !ok || err != nil || who.Name != "Ben "+string(rune('A'+i)) {
			t.Errorf("after change %d: %+v, %v, %v", i, who, ok, err)
		}
	}
	must[Member](t)(h.Disable(t.Context(), h.boss, ID(ben.Staff)))
	if _, ok, _ := h.Authenticate(carrying(o.Secret, true)); ok {
		t.Error("let in after being shut out")
	}
	stop()
	wg.Wait()
	if len(h.memory.known) != 0 {
		t.Error("remembered after being shut out")
	}
}

// When the database fails, nobody is let in by mistake, nor told that their token is wrong.
func TestWithoutADatabaseNobodyIsKnown(t *testing.T) {
	c := newClock()
	db := storetest.OpenAt(t, c.now, Tables)
	h := furnish(t, db, c)
	ben := h.add(t, "Ben", "agent")
	m := must[Minted](t)(h.CreateToken(t.Context(), ben, ID(ben.Staff), "Robot", nil))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := h.Authenticate(carrying(m.Secret, false)); ok || err == nil || code(err) == "token.unknown" {
		t.Errorf("%v, %v", ok, err)
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	h := openHouse(b)
	ben := h.addWithPassword(b, "Ben", "agent")
	m, err := h.CreateToken(b.Context(), ben, ID(ben.Staff), "Robot", nil)
	if err != nil {
		b.Fatal(err)
	}
	for name, r := range map[string]*http.Request{"token": carrying(m.Secret, false), "session": carrying(h.signIn(b, "Ben").Secret, true)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok, err := h.Authenticate(r); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
		b.Run(name+" forgotten", func(b *testing.B) {
			for b.Loop() {
				h.memory.drop()
				if _, ok, err := h.Authenticate(r); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
	}
	b.Run("password", func(b *testing.B) {
		var a account
		h.read(b, func(tx *store.Tx) (err error) { a, err = accountBy(tx, "ben@shop.example"); return err })
		for b.Loop() {
			if ok, err := h.matches(b.Context(), password, a.Password); !ok || err != nil {
				b.Fatal(ok, err)
			}
		}
	})
}
