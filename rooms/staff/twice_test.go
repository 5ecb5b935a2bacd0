package staff

import (
	"context"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

// scene is a furnished house on which a verb runs twice.
type scene struct {
	*house
	admin, ben, zoe web.Who
	orders          TeamID
	custom          RoleID
	session         Opened
	token           TokenID
	link, first     string
	phone           string
}

func setScene(t *testing.T, owned bool) scene {
	t.Helper()
	h := openHouse(t)
	s := scene{house: h}
	if owned {
		h.addWithPassword(t, "Olga", "owner")
	} else {
		l, _, err := h.FirstLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.first = l.Token
	}
	s.orders = h.team(t, "Orders")
	s.custom = must[Role](t)(h.AddRole(t.Context(), h.boss, "Nights", []string{"view"}, false)).ID
	s.admin, s.ben, s.zoe = h.add(t, "Ada", "admin"), h.addWithPassword(t, "Ben", "agent"), h.addWithPassword(t, "Zoe", "agent")
	s.session = h.signIn(t, "Ben")
	h.signIn(t, "Ben")
	s.token = must[Minted](t)(h.CreateToken(t.Context(), h.boss, ID(s.ben.Staff), "Robot", nil)).ID
	_, s.phone, _ = strings.Cut(must[Way](t)(h.NewPhone(t.Context(), s.admin, ID(s.ben.Staff))).URL, "#")
	s.link = must[Link](t)(h.NewLink(t.Context(), s.admin, ID(s.zoe.Staff))).Token
	return s
}

func TestVerbsTwiceAtOnce(t *testing.T) {
	ctx := context.Background()
	newcomer := Newcomer{Email: "new@shop.example", Name: "Newcomer", Role: "agent"}
	for name, verb := range map[string]func(s scene) error{
		"add": func(s scene) error { _, _, err := s.Add(ctx, s.admin, newcomer); return err },
		"rename": func(s scene) error {
			return second(s.Change(ctx, s.admin, ID(s.ben.Staff), Change{Name: new("Benno")}))
		},
		"readdress": func(s scene) error {
			return second(s.Change(ctx, s.admin, ID(s.ben.Staff), Change{Email: new("b@shop.example")}))
		},
		"give role": func(s scene) error {
			return second(s.Change(ctx, s.admin, ID(s.ben.Staff), Change{Role: new("supervisor")}))
		},
		"give teams": func(s scene) error {
			return second(s.Change(ctx, s.admin, ID(s.ben.Staff), Change{Teams: &[]TeamID{s.orders}}))
		},
		"change me":   func(s scene) error { return second(s.ChangeMe(ctx, s.ben, nil, new(German))) },
		"disable":     func(s scene) error { return second(s.Disable(ctx, s.admin, ID(s.ben.Staff))) },
		"enable":      func(s scene) error { return second(s.Enable(ctx, s.admin, ID(s.ben.Staff))) },
		"new link":    func(s scene) error { return second(s.NewLink(ctx, s.admin, ID(s.ben.Staff))) },
		"welcome":     func(s scene) error { return second(s.Welcome(ctx, s.link, password2, "", desk)) },
		"sign in":     func(s scene) error { return second(s.SignIn(ctx, "ben@shop.example", password, desk)) },
		"fail to":     func(s scene) error { return second(s.SignIn(ctx, "ben@shop.example", password2, desk)) },
		"sign out":    func(s scene) error { return s.SignOut(ctx, s.ben, s.session.Secret) },
		"close one":   func(s scene) error { return s.CloseSession(ctx, s.ben, s.session.Session) },
		"close rest":  func(s scene) error { return s.CloseOthers(ctx, s.ben, s.session.Secret) },
		"everywhere":  func(s scene) error { return s.SignOutEverywhere(ctx, s.admin, ID(s.ben.Staff)) },
		"password":    func(s scene) error { return s.ChangePassword(ctx, s.ben, s.session.Secret, password, password2) },
		"make token":  func(s scene) error { return second(s.CreateToken(ctx, s.ben, ID(s.ben.Staff), "Second", nil)) },
		"let phone":   func(s scene) error { return second(s.NewPhone(ctx, s.admin, ID(s.ben.Staff))) },
		"take phone":  func(s scene) error { return second(s.TakePhone(ctx, s.phone, "", desk)) },
		"revoke":      func(s scene) error { return s.RevokeToken(ctx, s.ben, s.token) },
		"add team":    func(s scene) error { return second(s.AddTeam(ctx, s.admin, "Returns")) },
		"rename team": func(s scene) error { return second(s.RenameTeam(ctx, s.admin, s.orders, "Order desk")) },
		"remove team": func(s scene) error { return s.RemoveTeam(ctx, s.admin, s.orders) },
		"join":        func(s scene) error { return second(s.Join(ctx, s.admin, s.orders, ID(s.ben.Staff))) },
		"leave":       func(s scene) error { return second(s.Leave(ctx, s.admin, s.orders, ID(s.ben.Staff))) },
		"add role":    func(s scene) error { return second(s.AddRole(ctx, s.admin, "Days", []string{"view"}, false)) },
		"change role": func(s scene) error {
			return second(s.ChangeRole(ctx, s.admin, s.custom, RoleChange{Name: new("Days")}))
		},
		"remove role": func(s scene) error { return s.RemoveRole(ctx, s.admin, s.custom) },
		"first link":  func(s scene) error { _, _, err := s.FirstLink(ctx); return err },
		"set up": func(s scene) error {
			return second(s.SetUp(ctx, s.first, Newcomer{Email: "olga@shop.example", Name: "Olga", Password: password}, desk))
		},
		"hand over": func(s scene) error { return second(s.HandOver(ctx, s.boss, ID(s.ben.Staff), "")) },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				s := setScene(t, name != "set up" && name != "first link")
				return s.db, func() error { return verb(s) }
			})
		})
	}
}

// Two nodes each print a first link, and both are used at once: there is one owner.
func TestTwoFirstOwnersAtOnce(t *testing.T) {
	storetest.Both(t, func(t *testing.T) (*store.DB, [2]func() error) {
		t.Helper()
		h := openHouse(t)
		var ways [2]func() error
		for i, email := range []string{"a@shop.example", "b@shop.example"} {
			l, _, err := h.FirstLink(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			ways[i] = func() error {
				return second(h.SetUp(context.Background(), l.Token, Newcomer{Email: email, Name: "Olga", Password: password}, desk))
			}
		}
		return h.db, ways
	})
}

func second[T any](_ T, err error) error { return err }
