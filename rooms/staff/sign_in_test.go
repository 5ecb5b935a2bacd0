package staff

import (
	"context"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

func TestSigningIn(t *testing.T) {
	h := openHouse(t)
	h.addWithPassword(t, "Ben", "agent")
	h.add(t, "Zoe", "agent") // has not joined
	for name, tc := range map[string]struct{ email, password, want string }{
		"with the password":              {"ben@shop.example", password, ""},
		"with the address in capitals":   {" BEN@SHOP.EXAMPLE", password, ""},
		"with another's password":        {"ben@shop.example", password2, "sign_in.failed"},
		"with an address nobody has":     {"nobody@shop.example", password, "sign_in.failed"},
		"with what is no address":        {"ben", password, "sign_in.failed"},
		"before having joined":           {"zoe@shop.example", "", "sign_in.failed"},
		"before having joined, guessing": {"zoe@shop.example", password, "sign_in.failed"},
	} {
		t.Run(name, func(t *testing.T) {
			since := h.head(t)
			o, err := h.SignIn(t.Context(), tc.email, tc.password, desk)
			if code(err) != tc.want {
				t.Fatalf("%v; want %q", err, tc.want)
			}
			if tc.want != "" {
				h.happened(t, since)
				return
			}
			h.happened(t, since, "sessions.opened")
			if who, ok, err := h.Authenticate(carrying(o.Secret, true)); !ok || err != nil || who.Name != "Ben" || who.Actor.Via != "web" || who.Actor.Kind != store.StaffKind {
				t.Errorf("%+v, %v, %v", who, ok, err)
			}
		})
	}
}

// Somebody who measures must not learn which addresses are known. The time goes into filling the memory of argon2, which
// can be counted.
func TestAnUnknownAddressTakesAsLong(t *testing.T) {
	h := openHouse(t)
	h.addWithPassword(t, "Ben", "agent")
	filled := func(email string, from byte) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := h.SignIn(t.Context(), email, password2, web.Peer{IP: netip.AddrFrom4([4]byte{10, 0, 0, from})}); code(err) != "sign_in.failed" {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) >> 20
	}
	known, unknown := filled("ben@shop.example", 1), filled("nobody@shop.example", 2)
	if known < 10 || max(known, unknown)-min(known, unknown) > 2 {
		t.Errorf("%d MiB for a known address, %d MiB for an unknown one", known, unknown)
	}
}

func slowed(err error) bool {
	return code(err) == "slow_down"
}

func TestGuessingIsSlowedDown(t *testing.T) {
	h := openHouse(t)
	h.addWithPassword(t, "Ben", "agent")
	try := func(email, password string, from web.Peer) error {
		_, err := h.SignIn(t.Context(), email, password, from)
		return err
	}
	elsewhere := web.Peer{IP: netip.MustParseAddr("203.0.113.9")}
	for _, email := range []string{"ben@shop.example", "nobody@shop.example"} { // both are slowed alike
		for range 6 {
			if err := try(email, password2, desk); code(err) != "sign_in.failed" {
				t.Fatal(err)
			}
		}
		if err := try(email, password, desk); !slowed(err) {
			t.Errorf("the seventh try, for %s: %v", email, err)
		}
	}
	if err := try("ben@shop.example", password, elsewhere); err != nil {
		t.Errorf("Ben himself, from elsewhere: %v", err)
	}
	h.clock.forward(time.Second)
	if err := try("ben@shop.example", password2, desk); code(err) != "sign_in.failed" {
		t.Errorf("a second later: %v", err)
	}
	h.clock.forward(time.Second)
	if err := try("ben@shop.example", password, desk); !slowed(err) {
		t.Errorf("the wait has not doubled: %v", err)
	}
	h.clock.forward(time.Second)
	if err := try("ben@shop.example", password, desk); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if err := try("ben@shop.example", password2, desk); code(err) != "sign_in.failed" {
		t.Errorf("after success it starts over: %v", err)
	}
	for range 5 {
		_ = try("ben@shop.example", password2, desk)
	}
	if err := try("ben@shop.example", password2, desk); !slowed(err) {
		t.Error("it did not start over")
	}
	h.clock.forward(forgiven + time.Second)
	if err := try("ben@shop.example", password2, desk); code(err) != "sign_in.failed" {
		t.Errorf("an hour later: %v", err)
	}
}

// A thousand guesses at once must not all count as the first.
func TestGuessesAtOnceAreCountedBeforeTheyAreCompared(t *testing.T) {
	h := openHouse(t)
	h.addWithPassword(t, "Ben", "agent")
	var wg sync.WaitGroup
	var mu sync.Mutex
	compared := 0
	for range 30 {
		wg.Go(func() {
			_, err := h.SignIn(context.Background(), "ben@shop.example", password2, desk)
			mu.Lock()
			defer mu.Unlock()
			if code(err) == "sign_in.failed" {
				compared++
			} else if code(err) != "slow_down" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if compared != 6 {
		t.Errorf("%d guesses were compared; want 6", compared)
	}
}

func TestOnePlaceIsSlowedForManyAddresses(t *testing.T) {
	h := openHouse(t)
	ip := tryKey("place", network(desk.IP))
	for range perPlace.free + 3 {
		if err := h.failed(t.Context(), ip); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.SignIn(t.Context(), "somebody@shop.example", password, desk); !slowed(err) {
		t.Error(err)
	}
	h.clock.forward(5 * time.Second)
	if _, err := h.SignIn(t.Context(), "somebody@shop.example", password, desk); code(err) != "sign_in.failed" {
		t.Error(err)
	}
}

func TestNothingReadableIsKept(t *testing.T) {
	h := openHouse(t)
	h.addWithPassword(t, "Ben", "agent")
	ben := h.whoIs(t, h.signIn(t, "Ben").Staff)
	o := h.signIn(t, "Ben")
	minted := must[Minted](t)(h.CreateToken(t.Context(), h.boss, ID(ben.Staff), "Robot", nil))
	l, _, err := h.FirstLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = h.SignIn(t.Context(), "ben@shop.example", "wrong "+password2, desk)
	h.read(t, func(tx *store.Tx) error {
		var all strings.Builder
		for _, q := range []string{
			`SELECT hash || device FROM sessions`, `SELECT hash || name || scopes FROM tokens`, `SELECT hash FROM staff_links`,
			`SELECT key FROM staff_tries`, `SELECT password FROM staff`, `SELECT subject || body || by FROM journal`,
		} {
			for _, row := range must[[]string](t)(store.All[string](tx, q)) {
				all.WriteString(row)
			}
		}
		for _, secret := range []string{o.Secret, minted.Secret, l.Token, password, password2, "ben@shop", "198.51.100"} {
			if strings.Contains(all.String(), secret) {
				t.Errorf("%q stands in the database", secret)
			}
		}
		body := must[[]string](t)(store.All[string](tx, `SELECT body FROM journal`))
		if s := strings.Join(body, ""); strings.Contains(s, "Ben") || strings.Contains(s, "Robot") {
			t.Errorf("names stand in the journal: %s", s)
		}
		return nil
	})
}

func TestSessions(t *testing.T) {
	h := openHouse(t)
	ben := h.addWithPassword(t, "Ben", "agent")
	h.addWithPassword(t, "Ada", "admin")
	first, second, third := h.signIn(t, "Ben"), h.signIn(t, "Ben"), h.signIn(t, "Ben")
	others := h.signIn(t, "Ada")
	all := must[[]Session](t)(h.Sessions(t.Context(), ben, second.Secret))
	if len(all) != 3 || all[0].ID != third.Session || all[0].Current || !all[1].Current || all[1].Device != "Firefox, Linux" {
		t.Errorf("%+v", all)
	}
	if err := h.CloseSession(t.Context(), ben, others.Session); code(err) != "session.unknown" {
		t.Errorf("closing Ada's: %v", err)
	}
	since := h.head(t)
	if err := h.CloseSession(t.Context(), ben, first.Session); err != nil {
		t.Error(err)
	}
	if err := h.CloseSession(t.Context(), ben, first.Session); code(err) != "session.unknown" {
		t.Errorf("closing it twice: %v", err)
	}
	if err := h.CloseOthers(t.Context(), ben, second.Secret); err != nil {
		t.Error(err)
	}
	h.happened(t, since, "sessions.closed", "sessions.closed")
	for secret, open := range map[string]bool{first.Secret: false, second.Secret: true, third.Secret: false, others.Secret: true} {
		if _, ok, err := h.Authenticate(carrying(secret, true)); ok != open || err != nil {
			t.Errorf("open is %v (%v); want %v", ok, err, open)
		}
	}
	for range 2 {
		if err := h.SignOut(t.Context(), ben, second.Secret); err != nil {
			t.Error(err)
		}
	}
	h.happened(t, since, "sessions.closed", "sessions.closed", "sessions.closed")
	if err := h.SignOutEverywhere(t.Context(), ben, others.Staff); code(err) == "" {
		t.Error("an agent signed an admin out")
	}
	if err := h.SignOutEverywhere(t.Context(), h.boss, others.Staff); err != nil {
		t.Error(err)
	}
	if _, ok, _ := h.Authenticate(carrying(others.Secret, true)); ok {
		t.Error("Ada is still signed in")
	}
}

func TestASessionNobodyUsesRunsOut(t *testing.T) {
	h := openHouse(t)
	h.addWithPassword(t, "Ben", "agent")
	used, unused := h.signIn(t, "Ben"), h.signIn(t, "Ben")
	for range 4 {
		h.clock.forward(idle / 3)
		if _, ok, err := h.Authenticate(carrying(used.Secret, true)); !ok || err != nil {
			t.Fatalf("the one in use: %v, %v", ok, err)
		}
	}
	if _, ok, err := h.Authenticate(carrying(unused.Secret, true)); ok || err != nil {
		t.Errorf("the other: %v, %v", ok, err)
	}
	if err := h.db.Write(t.Context(), store.System("test"), Forget); err != nil {
		t.Fatal(err)
	}
	h.read(t, func(tx *store.Tx) error {
		if n := must[int](t)(store.One[int](tx, `SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM staff_tries) + (SELECT count(*) FROM staff_links)`)); n != 1 {
			t.Errorf("%d rows are left; want the session in use", n)
		}
		return nil
	})
}

func TestChangingOnesPassword(t *testing.T) {
	h := openHouse(t)
	ben := h.addWithPassword(t, "Ben", "agent")
	here, there := h.signIn(t, "Ben"), h.signIn(t, "Ben")
	since := h.head(t)
	for name, tc := range map[string]struct{ old, new, want string }{
		"without the old one": {password2, password2, "password.wrong"},
		"to a short one":      {password, "short", "password.short"},
	} {
		if err := h.ChangePassword(t.Context(), ben, here.Secret, tc.old, tc.new); code(err) != tc.want {
			t.Errorf("%s: %v; want %s", name, err, tc.want)
		}
	}
	h.happened(t, since)
	if err := h.ChangePassword(t.Context(), ben, here.Secret, password, password2); err != nil {
		t.Fatal(err)
	}
	h.happened(t, since, "staff.password_changed", "sessions.closed")
	if _, ok, _ := h.Authenticate(carrying(here.Secret, true)); !ok {
		t.Error("signed out here")
	}
	if _, ok, _ := h.Authenticate(carrying(there.Secret, true)); ok {
		t.Error("still signed in there")
	}
	for range 6 {
		if err := h.ChangePassword(t.Context(), ben, here.Secret, password, "seven calm badgers"); code(err) != "password.wrong" {
			t.Error(err)
		}
	}
	if err := h.ChangePassword(t.Context(), ben, here.Secret, password2, "seven calm badgers"); !slowed(err) {
		t.Errorf("guessing from within: %v", err)
	}
}
