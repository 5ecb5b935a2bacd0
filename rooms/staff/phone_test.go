package staff

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

func inside(t *testing.T, w Way) string {
	t.Helper()
	at, text, ok := strings.Cut(w.URL, "#")
	if !ok || at != "https://help.example/phone" || !strings.HasPrefix(w.QR, "<svg ") {
		t.Fatalf("the way is %+v", w)
	}
	return text
}

func TestAPhoneSignsInOnceAndMayCaptureOnly(t *testing.T) {
	h := openHouse(t)
	ada := h.add(t, "Ada", "admin")
	ben := h.addWithPassword(t, "Ben", "agent")
	since := h.head(t)
	w := must[Way](t)(h.NewPhone(t.Context(), ada, ID(ben.Staff)))
	link := inside(t, w)
	if name := must[string](t)(h.LookAtPhone(t.Context(), link)); name != "Ben" {
		t.Errorf("the link is for %q", name)
	}
	o := must[Opened](t)(h.TakePhone(t.Context(), link, "", desk))
	h.happened(t, since, "staff.phone_offered", "sessions.opened")
	for _, again := range []func() (Opened, error){
		func() (Opened, error) { return h.TakePhone(t.Context(), link, "", desk) },
		func() (Opened, error) { return h.TakePhone(t.Context(), "", w.Code, desk) },
	} {
		if _, err := again(); code(err) != "phone.unknown" {
			t.Errorf("taken a second time: %v", err)
		}
	}
	who, ok, err := h.Authenticate(carrying(o.Secret, true))
	if err != nil || !ok {
		t.Fatalf("the phone is not signed in: %v", err)
	}
	if who.Can != web.Capture|web.Money || who.Actor.Via != PhoneVia || who.All || who.Session != int64(o.Session) {
		t.Errorf("the phone is %+v", who)
	}
	if _, err := h.CreateToken(t.Context(), who, ID(ben.Staff), "more", nil); code(err) != "token.phone" {
		t.Errorf("a phone makes a token: %v", err)
	}
	if _, err := h.NewPhone(t.Context(), who, ID(ben.Staff)); code(err) != "phone.begets" {
		t.Errorf("a phone lets another in: %v", err)
	}
	// It goes on for longer than a desk, is in the list, and can be sent away.
	h.clock.forward(100 * 24 * time.Hour)
	all := must[[]Session](t)(h.Sessions(t.Context(), ben, o.Secret))
	if len(all) != 1 || !all[0].Phone || !all[0].Current {
		t.Fatalf("the sessions are %+v", all)
	}
	if err := h.CloseSession(t.Context(), ben, all[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := h.Authenticate(carrying(o.Secret, true)); ok {
		t.Error("a phone that was sent away is still signed in")
	}
}

func TestADeskIsNotAPhone(t *testing.T) {
	h := openHouse(t)
	h.addWithPassword(t, "Ben", "agent")
	o := h.signIn(t, "Ben")
	h.clock.forward(31 * 24 * time.Hour)
	if _, ok, _ := h.Authenticate(carrying(o.Secret, true)); ok {
		t.Error("a desk that nobody used for a month is still signed in")
	}
	h.read(t, func(tx *store.Tx) error {
		if ok, err := h.Lives(tx, o.Session); err != nil || ok {
			t.Errorf("and lives: %v", err)
		}
		return nil
	})
}

func TestACodeIsTypedInAnyForm(t *testing.T) {
	h := openHouse(t)
	ben := h.add(t, "Ben", "light")
	w := must[Way](t)(h.NewPhone(t.Context(), ben, ID(ben.Staff))) // one's own needs nobody
	typed := " " + strings.ToLower(strings.ReplaceAll(w.Code, "-", " ")) + " "
	if o := must[Opened](t)(h.TakePhone(t.Context(), "", typed, desk)); o.Staff != ID(ben.Staff) {
		t.Errorf("signed in as %v", o.Staff)
	}
}

func TestWhoGuessesCodesWaits(t *testing.T) {
	h := openHouse(t)
	ben := h.add(t, "Ben", "light")
	w := must[Way](t)(h.NewPhone(t.Context(), ben, ID(ben.Staff)))
	if _, err := h.TakePhone(t.Context(), plainCode(w.Code), "", desk); code(err) != "phone.unknown" {
		t.Errorf("a code as if it were a link: %v", err)
	}
	for range perPair.free + 1 {
		if _, err := h.TakePhone(t.Context(), "", "AAAAA-AAAAA", desk); code(err) != "phone.unknown" {
			t.Fatalf("a guess: %v", err)
		}
	}
	if _, err := h.TakePhone(t.Context(), "", w.Code, desk); fault.KindOf(err) == "" || code(err) == "phone.unknown" {
		t.Errorf("and the next one: %v", err)
	}
	if _, err := h.TakePhone(t.Context(), inside(t, w), "", desk); err != nil {
		t.Errorf("a link is not guessed, and waits for nobody: %v", err)
	}
}

func TestWaysEnd(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add(t, "Ada", "admin"), h.addWithPassword(t, "Ben", "agent")
	for name, end := range map[string]func() error{
		"after a week":            func() error { h.clock.forward(phoneFor); return nil },
		"with another":            func() error { return second(h.NewPhone(t.Context(), ada, ID(ben.Staff))) },
		"when all are signed out": func() error { return h.SignOutEverywhere(t.Context(), ada, ID(ben.Staff)) },
		"when they leave":         func() error { return second(h.Disable(t.Context(), ada, ID(ben.Staff))) },
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := h.Enable(t.Context(), ada, ID(ben.Staff)); err != nil {
				t.Fatal(err)
			}
			w := must[Way](t)(h.NewPhone(t.Context(), ada, ID(ben.Staff)))
			if err := end(); err != nil {
				t.Fatal(err)
			}
			if _, err := h.TakePhone(t.Context(), inside(t, w), "", desk); code(err) != "phone.unknown" {
				t.Errorf("the way is open: %v", err)
			}
		})
	}
}

func TestWhoMayLetAPhoneIn(t *testing.T) {
	h := openHouse(t)
	ada, ben, zoe := h.add(t, "Ada", "admin"), h.add(t, "Ben", "agent"), h.add(t, "Zoe", "agent")
	owner := h.add(t, "Olga", "owner")
	none := must[Role](t)(h.AddRole(t.Context(), h.boss, "Nights", []string{"view"}, false))
	nina := h.add(t, "Nina", none.Name)
	for name, tc := range map[string]struct {
		who  web.Who
		whom web.Who
		want string
	}{
		"an admin for anybody":           {ada, ben, ""},
		"nobody for a colleague":         {ben, zoe, "phone.others"},
		"an admin not for the owner":     {ada, owner, "owner.untouchable"},
		"nobody whom it would not serve": {ada, nina, "phone.cannot"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := h.NewPhone(t.Context(), tc.who, ID(tc.whom.Staff)); code(err) != tc.want {
				t.Errorf("says %v; want %q", err, tc.want)
			}
		})
	}
}

// By HTTP: what the phone hears of itself is what it may, and the secret is in the cookie alone.
func TestAPhoneAtTheDoor(t *testing.T) {
	h := openHouse(t)
	ben := h.add(t, "Ben", "agent")
	w := must[Way](t)(h.NewPhone(t.Context(), ben, ID(ben.Staff)))
	r := httptest.NewRequest(http.MethodPost, "/api/v1/sessions/phone", strings.NewReader(`{"code":"`+w.Code+`"}`))
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	h.door.ServeHTTP(rec, r)
	if rec.Code != http.StatusCreated || !strings.Contains(rec.Body.String(), `"may":["capture","money"]`) || strings.Contains(rec.Body.String(), "session_") {
		t.Errorf("answered %d %s", rec.Code, rec.Body)
	}
	if c := rec.Result().Cookies(); len(c) != 1 || c[0].Name != Cookie || !c[0].HttpOnly {
		t.Errorf("the cookies are %v", c)
	}
}

func TestWhoIsThere(t *testing.T) {
	h := openHouse(t)
	ben, zoe := h.addWithPassword(t, "Ben", "agent"), h.addWithPassword(t, "Zoe", "agent")
	h.signIn(t, "Ben")
	h.clock.forward(time.Hour)
	h.signIn(t, "Zoe")
	h.read(t, func(tx *store.Tx) error {
		seen, err := h.Seen(tx, h.clock.now().Add(-time.Minute))
		if _, there := seen[ID(ben.Staff)]; there || len(seen) != 1 || !seen[ID(zoe.Staff)].Equal(h.clock.now()) {
			t.Errorf("seen %v", seen)
		}
		return err
	})
}
