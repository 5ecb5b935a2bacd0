package staff

import (
	"regexp"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

func TestWhoMayMakeATokenForWhom(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add(t, "Ada", "admin"), h.add(t, "Ben", "agent")
	token := ben
	token.Actor = store.Actor{Kind: store.TokenKind, ID: "tok_1"}
	for name, tc := range map[string]struct {
		who    web.Who
		whom   int64
		scopes []string
		want   string
		can    web.Perm
	}{
		"one's own, with everything":        {ben, ben.Staff, nil, "", ben.Can},
		"one's own, with less":              {ben, ben.Staff, []string{"view"}, "", web.View},
		"one's own, with more than one may": {ben, ben.Staff, []string{"view", "people"}, "grant.beyond", 0},
		"with a scope nobody knows":         {ben, ben.Staff, []string{"fly"}, "scopes.unknown", 0},
		"an admin for an agent":             {ada, ben.Staff, nil, "token.others", 0},
		"the command line for an agent":     {h.boss, ben.Staff, []string{"act"}, "", web.Act},
		"the command line, beyond the role": {h.boss, ben.Staff, []string{"settings"}, "grant.beyond", 0},
		"the command line for nobody":       {h.boss, 99, nil, "staff.unknown", 0},
		"with a token":                      {token, ben.Staff, nil, "token.mints", 0},
	} {
		t.Run(name, func(t *testing.T) {
			since := h.head(t)
			m, err := h.CreateToken(t.Context(), tc.who, ID(tc.whom), "Robot", tc.scopes)
			if code(err) != tc.want {
				t.Fatalf("%v; want %q", err, tc.want)
			}
			if err != nil {
				h.happened(t, since)
				return
			}
			h.happened(t, since, "tokens.created")
			if !regexp.MustCompile(`^hth_[A-Za-z0-9_-]{43}$`).MatchString(m.Secret) {
				t.Errorf("token %q", m.Secret)
			}
			who, ok, err := h.Authenticate(carrying(m.Secret, false))
			if !ok || err != nil || who.Can != tc.can || who.Staff != tc.whom || who.Name != "Ben" || who.Actor != (store.Actor{Kind: store.TokenKind, ID: m.ID.String(), Via: "api"}) {
				t.Errorf("%+v, %v, %v", who, ok, err)
			}
		})
	}
}

func TestReadingAndRevokingTokens(t *testing.T) {
	h := openHouse(t)
	ada, ben, zoe := h.add(t, "Ada", "admin"), h.add(t, "Ben", "agent"), h.add(t, "Zoe", "agent")
	mint := func(who web.Who) Minted {
		return must[Minted](t)(h.CreateToken(t.Context(), who, ID(who.Staff), "Robot", nil))
	}
	bens, adas := mint(ben), mint(ada)
	if _, err := h.Tokens(t.Context(), zoe, ID(ben.Staff)); code(err) != "token.others" {
		t.Errorf("an agent reads another's: %v", err)
	}
	all := must[[]Token](t)(h.Tokens(t.Context(), ada, ID(ben.Staff)))
	if len(all) != 1 || all[0].ID != bens.ID || !all[0].UsedAt.IsZero() {
		t.Errorf("%+v", all)
	}
	if _, err := h.Tokens(t.Context(), ada, 99); code(err) != "staff.unknown" {
		t.Errorf("nobody's: %v", err)
	}
	since := h.head(t)
	for _, tc := range []struct {
		name  string
		who   web.Who
		which TokenID
		want  string
	}{
		{"an agent another's", zoe, bens.ID, "token.gone"},
		{"an agent an admin's", ben, adas.ID, "token.gone"},
		{"nobody's", ada, 99, "token.gone"},
		{"one's own", ben, bens.ID, ""},
		{"one's own, again", ben, bens.ID, "token.gone"},
		{"an admin's own", ada, adas.ID, ""},
	} {
		if err := h.RevokeToken(t.Context(), tc.who, tc.which); code(err) != tc.want {
			t.Errorf("%s: %v; want %q", tc.name, err, tc.want)
		}
	}
	h.happened(t, since, "tokens.revoked", "tokens.revoked")
	zoes := mint(zoe)
	if err := h.RevokeToken(t.Context(), ada, zoes.ID); err != nil {
		t.Errorf("an admin an agent's: %v", err)
	}
	if _, ok, err := h.Authenticate(carrying(zoes.Secret, false)); ok || code(err) != "token.unknown" {
		t.Errorf("after it was revoked: %v, %v", ok, err)
	}
}

func TestATokenFollowsItsOwnersRole(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add(t, "Ada", "admin"), h.add(t, "Ben", "agent")
	m := must[Minted](t)(h.CreateToken(t.Context(), ben, ID(ben.Staff), "Robot", []string{"view", "act"}))
	can := func() (web.Perm, int) {
		t.Helper()
		who, ok, err := h.Authenticate(carrying(m.Secret, false))
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		return who.Can, len(who.Teams)
	}
	if p, _ := can(); p != web.View|web.Act {
		t.Errorf("at first: %v", p.Names())
	}
	must[Member](t)(h.Change(t.Context(), ada, ID(ben.Staff), Change{Role: new("leader"), Teams: &[]TeamID{h.team(t, "Orders")}}))
	if p, teams := can(); p != 0 || teams != 1 {
		t.Errorf("as a leader: %v, %d teams", p.Names(), teams)
	}
	must[Member](t)(h.Change(t.Context(), ada, ID(ben.Staff), Change{Role: new("admin")}))
	if p, _ := can(); p != web.View|web.Act {
		t.Errorf("as an admin: %v", p.Names())
	}
}

func TestWhenATokenWasLastUsed(t *testing.T) {
	h := openHouse(t)
	ben := h.add(t, "Ben", "agent")
	m := must[Minted](t)(h.CreateToken(t.Context(), ben, ID(ben.Staff), "Robot", nil))
	used := func() time.Time {
		t.Helper()
		if _, ok, err := h.Authenticate(carrying(m.Secret, false)); !ok || err != nil {
			t.Fatal(ok, err)
		}
		return must[[]Token](t)(h.Tokens(t.Context(), ben, ID(ben.Staff)))[0].UsedAt
	}
	first := used()
	if !first.Equal(h.clock.now()) {
		t.Errorf("used at %v; it is %v", first, h.clock.now())
	}
	h.clock.forward(59 * time.Second)
	if again := used(); !again.Equal(first) {
		t.Errorf("written again after 59 seconds: %v", again)
	}
	h.clock.forward(time.Second)
	if again := used(); !again.Equal(h.clock.now()) {
		t.Errorf("a minute later: %v", again)
	}
}
