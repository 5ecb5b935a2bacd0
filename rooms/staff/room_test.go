package staff

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

func TestTheFirstOwnerSetsUpTheHouse(t *testing.T) {
	h := openHouse(t)
	l, needed, err := h.FirstLink(t.Context())
	if err != nil || !needed || !strings.HasPrefix(l.URL, "https://help.example/setup#") || !strings.HasSuffix(l.URL, l.Token) {
		t.Fatalf("%+v, %v, %v", l, needed, err)
	}
	other, _, err := h.FirstLink(t.Context()) // another node prints its own
	if err != nil {
		t.Fatal(err)
	}
	anna := Newcomer{Name: "Anna", Email: "anna@shop.example", Password: password, Role: "light"}
	for name, tc := range map[string]struct {
		link string
		n    Newcomer
		want string
	}{
		"a guessed link":     {"link_" + strings.Repeat("A", 43), anna, "link.unknown"},
		"no link":            {"", anna, "link.unknown"},
		"no password":        {l.Token, Newcomer{Name: "Anna", Email: "anna@shop.example"}, "password.short"},
		"no address":         {l.Token, Newcomer{Name: "Anna", Password: password}, "email.unfit"},
		"no name":            {l.Token, Newcomer{Email: "anna@shop.example", Password: password}, "name.missing"},
		"a foreign language": {l.Token, Newcomer{Name: "Anna", Email: "anna@shop.example", Password: password, Language: "tlh"}, "language.unknown"},
	} {
		if _, err := h.SetUp(t.Context(), tc.link, tc.n, desk); code(err) != tc.want {
			t.Errorf("%s: %v; want %s", name, err, tc.want)
		}
	}
	o, err := h.SetUp(t.Context(), l.Token, anna, desk)
	if err != nil {
		t.Fatal(err)
	}
	m := h.load(t, o.Staff)
	if m.RoleID != Owner || m.Role != "owner" || m.Can != (web.View|web.Act|web.Money|web.People|web.Settings|web.Approve|web.Reports|web.Capture) || !m.All || m.Invited || m.Language != English {
		t.Errorf("the owner is %+v", m)
	}
	if who, ok, err := h.Authenticate(carrying(o.Secret, true)); !ok || err != nil || who.Staff != int64(o.Staff) {
		t.Errorf("not signed in: %+v, %v, %v", who, ok, err)
	}
	for _, used := range []string{l.Token, other.Token} {
		if _, err := h.SetUp(t.Context(), used, anna, desk); code(err) != "link.unknown" {
			t.Errorf("a link after its use: %v", err)
		}
	}
	if _, needed, err := h.FirstLink(t.Context()); needed || err != nil {
		t.Errorf("another first link: %v, %v", needed, err)
	}
	h.happened(t, 0, "staff.added", "sessions.opened")
}

func TestAFirstLinkRunsOut(t *testing.T) {
	h := openHouse(t)
	l, _, err := h.FirstLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.clock.forward(resetFor + time.Second)
	if _, err := h.SetUp(t.Context(), l.Token, Newcomer{Name: "Anna", Email: "anna@shop.example", Password: password}, desk); code(err) != "link.unknown" {
		t.Error(err)
	}
}

func TestSomebodyIsInvitedAndJoins(t *testing.T) {
	h := openHouse(t)
	if m, l, err := h.Add(t.Context(), h.boss, Newcomer{Email: "ada@shop.example", Name: "Ada", Role: "admin", Password: password}); err != nil || l != nil || m.Invited {
		t.Errorf("with a password: %+v, %v, %v", m, l, err)
	}
	team := h.team(t, "Orders")
	m, l, err := h.Add(t.Context(), h.boss, Newcomer{Email: "Zoe@Shop.example", Name: "Zoe", Role: "agent", Teams: []TeamID{team, team}, Language: German})
	if err != nil || l == nil {
		t.Fatal(l, err)
	}
	if !m.Invited || m.Role != "agent" || !slices.Equal(m.Teams, []TeamID{team}) || !strings.HasPrefix(l.URL, "https://help.example/welcome#") {
		t.Errorf("%+v, %+v", m, l)
	}
	i, err := h.LookAt(t.Context(), l.Token)
	if diff := cmp.Diff(Invitation{Invited: true, Name: "Zoe", Email: "Zoe@Shop.example"}, i); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := h.Welcome(t.Context(), l.Token, "short", "", desk); code(err) != "password.short" {
		t.Error(err)
	}
	since := h.head(t)
	o, err := h.Welcome(t.Context(), l.Token, password, "Zoë", desk)
	if err != nil {
		t.Fatal(err)
	}
	h.happened(t, since, "staff.changed", "staff.joined", "sessions.opened")
	if m := h.load(t, o.Staff); m.Name != "Zoë" || m.Invited {
		t.Errorf("%+v", m)
	}
	if _, err := h.Welcome(t.Context(), l.Token, password, "", desk); code(err) != "link.unknown" {
		t.Errorf("used twice: %v", err)
	}
	if _, err := h.SignIn(t.Context(), "zoe@shop.EXAMPLE", password, desk); err != nil {
		t.Errorf("signing in again: %v", err)
	}
	h.read(t, func(tx *store.Tx) error {
		found, ok, err := h.ByEmail(tx, " ZOE@shop.example")
		if !ok || found.ID != m.ID {
			t.Errorf("by address: %+v, %v", found, ok)
		}
		_, ok, err2 := h.ByEmail(tx, "nobody@shop.example")
		if ok || err2 != nil {
			t.Errorf("found nobody: %v", err2)
		}
		return err
	})
}

func TestWhoMayAddWhom(t *testing.T) {
	h := openHouse(t)
	orders, returns := h.team(t, "Orders"), h.team(t, "Returns")
	admin, agent := h.add(t, "Ada", "admin"), h.add(t, "Ben", "agent", orders)
	must[Role](t)(h.AddRole(t.Context(), h.boss, "Team lead", []string{"people", "view", "act", "money", "capture"}, false))
	lead := h.add(t, "Lea", "team lead", orders)
	token := admin
	token.Can = web.People | web.View
	for name, tc := range map[string]struct {
		who  web.Who
		n    Newcomer
		want string
	}{
		"an admin adds an admin":                     {admin, Newcomer{Role: "admin"}, ""},
		"an admin adds a light one":                  {admin, Newcomer{Role: "light", Teams: []TeamID{returns}}, ""},
		"an admin adds an owner":                     {admin, Newcomer{Role: "owner"}, "owner.there"},
		"an agent adds an agent like them":           {agent, Newcomer{Role: "agent"}, ""}, // the route asks for people first
		"a lead adds an agent to their team":         {lead, Newcomer{Role: "agent", Teams: []TeamID{orders}}, ""},
		"a lead adds an agent to another team":       {lead, Newcomer{Role: "agent", Teams: []TeamID{returns}}, "grant.team"},
		"a lead adds a supervisor":                   {lead, Newcomer{Role: "supervisor"}, "grant.beyond"},
		"a token with two scopes adds an agent":      {token, Newcomer{Role: "agent"}, "grant.beyond"},
		"a role that is not there":                   {admin, Newcomer{Role: "wizard"}, "role.unknown"},
		"a role by its id":                           {admin, Newcomer{Role: Agent.String()}, ""},
		"a team that is not there":                   {admin, Newcomer{Role: "agent", Teams: []TeamID{12345}}, "team.unknown"},
		"an address that is there, in other letters": {admin, Newcomer{Role: "agent", Email: "BEN@shop.example"}, "email.taken"},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.n.Email == "" {
				tc.n.Email = strings.NewReplacer(" ", ".", ",", "").Replace(name) + "@shop.example"
			}
			tc.n.Name = "Somebody"
			since := h.head(t)
			_, _, err := h.Add(t.Context(), tc.who, tc.n)
			if code(err) != tc.want {
				t.Errorf("%v; want %q", err, tc.want)
			}
			if tc.want == "" {
				h.happened(t, since, "staff.added")
			} else {
				h.happened(t, since)
			}
		})
	}
	if _, _, err := h.Add(t.Context(), h.boss, Newcomer{Email: "first@shop.example", Name: "First", Role: "owner", Password: password}); err != nil {
		t.Errorf("the command line adds the first owner: %v", err)
	}
	if _, _, err := h.Add(t.Context(), h.boss, Newcomer{Email: "second@shop.example", Name: "Second", Role: "owner", Password: password}); code(err) != "owner.there" {
		t.Errorf("and a second one: %v", err)
	}
}

func TestChangingAnAccount(t *testing.T) {
	h := openHouse(t)
	orders, returns := h.team(t, "Orders"), h.team(t, "Returns")
	owner, admin, ben := h.add(t, "Olga", "owner"), h.add(t, "Ada", "admin"), h.add(t, "Ben", "agent", orders)
	for name, tc := range map[string]struct {
		who   web.Who
		whom  web.Who
		c     Change
		want  string
		kinds []string
	}{
		"name, address and language":      {admin, ben, Change{Name: new("Benno"), Email: new("benno@shop.example"), Language: new(German)}, "", []string{"staff.changed"}},
		"nothing":                         {admin, ben, Change{}, "", nil},
		"a name it has":                   {admin, admin, Change{Name: new("Ada")}, "", nil},
		"an address somebody has":         {admin, ben, Change{Email: new("ADA@shop.example")}, "email.taken", nil},
		"their own address, in capitals":  {admin, admin, Change{Email: new("Ada@shop.example")}, "", []string{"staff.changed"}},
		"another role":                    {admin, ben, Change{Role: new("supervisor")}, "", []string{"staff.role_given"}},
		"another team":                    {admin, ben, Change{Teams: &[]TeamID{returns}}, "", []string{"teams.joined", "teams.left"}},
		"a team that is not there":        {admin, ben, Change{Teams: &[]TeamID{orders, 99}}, "team.unknown", nil},
		"the owner's name, by an admin":   {admin, owner, Change{Name: new("Mud")}, "owner.untouchable", nil},
		"the owner's role, by the owner":  {owner, owner, Change{Role: new("agent")}, "owner.must_hand_over", nil},
		"the role of an owner, to a boss": {owner, admin, Change{Role: new("owner")}, "owner.must_hand_over", nil},
		"a role that is not there":        {admin, ben, Change{Role: new("wizard")}, "role.unknown", nil},
		"somebody who is not there":       {admin, web.Who{Staff: 99}, Change{}, "staff.unknown", nil},
	} {
		t.Run(name, func(t *testing.T) {
			since := h.head(t)
			_, err := h.Change(t.Context(), tc.who, ID(tc.whom.Staff), tc.c)
			if code(err) != tc.want {
				t.Errorf("%v; want %q", err, tc.want)
			}
			h.happened(t, since, tc.kinds...)
		})
	}
	if m := h.load(t, ID(owner.Staff)); m.Name != "Olga" || m.RoleID != Owner {
		t.Errorf("the owner is %+v", m)
	}
}

func TestShuttingOut(t *testing.T) {
	h := openHouse(t)
	owner, admin, ben := h.add(t, "Olga", "owner"), h.add(t, "Ada", "admin"), h.addWithPassword(t, "Ben", "agent")
	session := h.signIn(t, "Ben")
	token := must[Minted](t)(h.CreateToken(t.Context(), h.boss, ID(ben.Staff), "Robot", nil))
	link := must[Link](t)(h.NewLink(t.Context(), admin, ID(ben.Staff)))
	for _, r := range []bool{true, false} {
		if _, ok, err := h.Authenticate(carrying(map[bool]string{true: session.Secret, false: token.Secret}[r], r)); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	for name, tc := range map[string]struct {
		who  web.Who
		whom web.Who
		want string
	}{
		"the owner":  {admin, owner, "owner.untouchable"},
		"by oneself": {admin, admin, "staff.self"},
		"owner self": {owner, owner, "owner.must_hand_over"},
	} {
		if _, err := h.Disable(t.Context(), tc.who, ID(tc.whom.Staff)); code(err) != tc.want {
			t.Errorf("%s: %v; want %s", name, err, tc.want)
		}
	}
	since := h.head(t)
	if m, err := h.Disable(t.Context(), admin, ID(ben.Staff)); err != nil || !m.Disabled {
		t.Fatal(m, err)
	}
	h.happened(t, since, "staff.disabled", "sessions.closed")
	if _, ok, err := h.Authenticate(carrying(session.Secret, true)); ok || err != nil {
		t.Errorf("the session: %v, %v", ok, err)
	}
	if _, ok, err := h.Authenticate(carrying(token.Secret, false)); ok || code(err) != "token.unknown" {
		t.Errorf("the token: %v, %v", ok, err)
	}
	if _, err := h.Welcome(t.Context(), link.Token, password, "", desk); code(err) != "link.unknown" {
		t.Errorf("the link: %v", err)
	}
	if _, err := h.SignIn(t.Context(), "ben@shop.example", password, desk); code(err) != "staff.disabled" {
		t.Errorf("signing in: %v", err)
	}
	if _, err := h.SignIn(t.Context(), "ben@shop.example", password2, desk); code(err) != "sign_in.failed" {
		t.Errorf("signing in with a wrong password tells: %v", err)
	}
	if _, err := h.NewLink(t.Context(), admin, ID(ben.Staff)); code(err) != "staff.disabled" {
		t.Errorf("a new link: %v", err)
	}
	if _, err := h.CreateToken(t.Context(), h.boss, ID(ben.Staff), "Robot", nil); code(err) != "staff.disabled" {
		t.Errorf("a new token: %v", err)
	}
	light := h.add(t, "Lia", "light")
	h.read(t, func(tx *store.Tx) error {
		if err := h.MayBeAssigned(tx, ID(ben.Staff)); code(err) != "staff.disabled" {
			t.Errorf("work for them: %v", err)
		}
		if err := h.MayBeAssigned(tx, 99); code(err) != "staff.unknown" {
			t.Errorf("work for nobody: %v", err)
		}
		if err := h.MayBeAssigned(tx, ID(admin.Staff)); err != nil {
			t.Errorf("work for Ada: %v", err)
		}
		if err := h.MayBeAssigned(tx, ID(light.Staff)); code(err) != "staff.no_tickets" {
			t.Errorf("a ticket for somebody who can't read it: %v", err)
		}
		if who, err := h.Who(tx, ID(ben.Staff)); err != nil || who.Can != 0 || who.All || who.Teams != nil {
			t.Errorf("on behalf of them: %+v, %v", who, err)
		}
		return nil
	})
	if _, err := h.Enable(t.Context(), admin, ID(ben.Staff)); err != nil {
		t.Fatal(err)
	}
	h.signIn(t, "Ben")
	if _, ok, err := h.Authenticate(carrying(token.Secret, false)); !ok || err != nil {
		t.Errorf("the token works again: %v, %v", ok, err)
	}
}

func TestHandingOver(t *testing.T) {
	h := openHouse(t)
	owner, admin, ben := h.addWithPassword(t, "Olga", "owner"), h.addWithPassword(t, "Ada", "admin"), h.add(t, "Ben", "agent")
	for name, tc := range map[string]struct {
		who      web.Who
		to       web.Who
		password string
		want     string
	}{
		"an admin takes it":         {admin, admin, password, "owner.only"},
		"with a wrong password":     {owner, admin, password2, "password.wrong"},
		"to somebody who is not in": {owner, ben, password, "owner.absent"},
		"to nobody":                 {owner, web.Who{Staff: 99}, password, "staff.unknown"},
		"to oneself":                {owner, owner, password, ""},
	} {
		since := h.head(t)
		if _, err := h.HandOver(t.Context(), tc.who, ID(tc.to.Staff), tc.password); code(err) != tc.want {
			t.Errorf("%s: %v; want %q", name, err, tc.want)
		}
		h.happened(t, since)
	}
	since := h.head(t)
	if m, err := h.HandOver(t.Context(), owner, ID(admin.Staff), password); err != nil || m.RoleID != Owner || m.Role != "owner" {
		t.Fatal(m, err)
	}
	h.happened(t, since, "staff.handed_over")
	if m := h.load(t, ID(owner.Staff)); m.RoleID != Admin {
		t.Errorf("the old owner is %+v", m)
	}
	if _, err := h.Disable(t.Context(), h.whoIs(t, ID(admin.Staff)), ID(owner.Staff)); err != nil {
		t.Errorf("the new owner shuts out the old: %v", err)
	}
	if _, err := h.HandOver(t.Context(), h.boss, ID(owner.Staff), ""); code(err) != "owner.absent" {
		t.Errorf("back to somebody shut out: %v", err)
	}
}

func TestNewPasswordsByLink(t *testing.T) {
	h := openHouse(t)
	owner, admin, ben := h.add(t, "Olga", "owner"), h.add(t, "Ada", "admin"), h.addWithPassword(t, "Ben", "agent")
	for name, tc := range map[string]struct {
		who, whom web.Who
		want      string
	}{
		"an admin for the owner":     {admin, owner, "owner.untouchable"},
		"an admin for themselves":    {admin, admin, "staff.self"},
		"the command line for owner": {h.boss, owner, ""},
	} {
		if _, err := h.NewLink(t.Context(), tc.who, ID(tc.whom.Staff)); code(err) != tc.want {
			t.Errorf("%s: %v; want %q", name, err, tc.want)
		}
	}
	session := h.signIn(t, "Ben")
	first := must[Link](t)(h.NewLink(t.Context(), admin, ID(ben.Staff)))
	second := must[Link](t)(h.NewLink(t.Context(), admin, ID(ben.Staff)))
	if _, err := h.Welcome(t.Context(), first.Token, password2, "", desk); code(err) != "link.unknown" {
		t.Errorf("the first link after a second: %v", err)
	}
	since := h.head(t)
	if _, err := h.Welcome(t.Context(), second.Token, password2, "", desk); err != nil {
		t.Fatal(err)
	}
	h.happened(t, since, "staff.password_changed", "sessions.closed", "sessions.opened")
	if _, ok, _ := h.Authenticate(carrying(session.Secret, true)); ok {
		t.Error("the session from before is open")
	}
	if _, err := h.SignIn(t.Context(), "ben@shop.example", password, desk); code(err) != "sign_in.failed" {
		t.Errorf("the old password: %v", err)
	}
	third := must[Link](t)(h.NewLink(t.Context(), admin, ID(ben.Staff)))
	h.clock.forward(resetFor + time.Second)
	if _, err := h.LookAt(t.Context(), third.Token); code(err) != "link.unknown" {
		t.Errorf("a day later: %v", err)
	}
}

func TestTeams(t *testing.T) {
	h := openHouse(t)
	orders, returns := h.team(t, "Orders"), h.team(t, "Returns")
	must[Role](t)(h.AddRole(t.Context(), h.boss, "Team lead", []string{"people", "view", "act", "money", "capture"}, false))
	lead, ben, ada := h.add(t, "Lea", "Team lead", orders), h.add(t, "Ben", "agent"), h.add(t, "Ada", "admin")
	for _, tc := range []struct {
		name  string
		do    func() error
		want  string
		kinds []string
	}{
		{"a lead brings an agent in", func() error { _, err := h.Join(t.Context(), lead, orders, ID(ben.Staff)); return err }, "", []string{"teams.joined"}},
		{"again", func() error { _, err := h.Join(t.Context(), lead, orders, ID(ben.Staff)); return err }, "", nil},
		{"a lead brings an admin in", func() error { _, err := h.Join(t.Context(), lead, orders, ID(ada.Staff)); return err }, "grant.beyond", nil},
		{"into another team", func() error { _, err := h.Join(t.Context(), lead, returns, ID(ben.Staff)); return err }, "grant.team", nil},
		{"nobody", func() error { _, err := h.Join(t.Context(), lead, orders, 99); return err }, "staff.unknown", nil},
		{"a lead takes an agent out", func() error { _, err := h.Leave(t.Context(), lead, orders, ID(ben.Staff)); return err }, "", []string{"teams.left"}},
		{"again, out", func() error { _, err := h.Leave(t.Context(), lead, orders, ID(ben.Staff)); return err }, "", nil},
		{"a lead adds a team", func() error { _, err := h.AddTeam(t.Context(), lead, "Mine"); return err }, "teams.all", nil},
		{"an admin adds one that is there", func() error { _, err := h.AddTeam(t.Context(), ada, "ORDERS"); return err }, "team.taken", nil},
		{"a lead renames their team", func() error { _, err := h.RenameTeam(t.Context(), lead, orders, "Order desk"); return err }, "", []string{"teams.renamed"}},
		{"to what it is called", func() error { _, err := h.RenameTeam(t.Context(), lead, orders, "Order desk"); return err }, "", nil},
		{"to what another is called", func() error { _, err := h.RenameTeam(t.Context(), ada, orders, "returns"); return err }, "team.taken", nil},
		{"another team", func() error { _, err := h.RenameTeam(t.Context(), lead, returns, "Gone"); return err }, "grant.team", nil},
		{"a lead removes another team", func() error { return h.RemoveTeam(t.Context(), lead, returns) }, "grant.team", nil},
		{"an admin removes a team", func() error { return h.RemoveTeam(t.Context(), ada, orders) }, "", []string{"teams.removed"}},
		{"again, removed", func() error { return h.RemoveTeam(t.Context(), ada, orders) }, "team.unknown", nil},
		{"a removed team takes nobody in", func() error { _, err := h.Join(t.Context(), ada, orders, ID(ben.Staff)); return err }, "team.unknown", nil},
		{"its name is free", func() error { _, err := h.AddTeam(t.Context(), ada, "order desk"); return err }, "", []string{"teams.added"}},
	} {
		since := h.head(t)
		if err := tc.do(); code(err) != tc.want {
			t.Errorf("%s: %v; want %q", tc.name, err, tc.want)
		}
		h.happened(t, since, tc.kinds...)
	}
	if m := h.load(t, ID(lead.Staff)); len(m.Teams) != 0 {
		t.Errorf("Lea is still in %v", m.Teams)
	}
	h.read(t, func(tx *store.Tx) error {
		if _, err := h.Team(tx, orders); code(err) != "team.unknown" {
			t.Errorf("a removed team: %v", err)
		}
		all := must[[]Team](t)(h.Teams(tx))
		if len(all) != 2 || all[0].Name != "Returns" && all[1].Name != "Returns" {
			t.Errorf("teams: %+v", all)
		}
		called := must[map[TeamID]string](t)(h.TeamNames(tx, []TeamID{orders, returns, 99}))
		if diff := cmp.Diff(map[TeamID]string{orders: "Order desk", returns: "Returns"}, called); diff != "" {
			t.Error(diff)
		}
		return nil
	})
}

func TestRoles(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add(t, "Ada", "admin"), h.add(t, "Ben", "agent")
	night := must[Role](t)(h.AddRole(t.Context(), ada, "Night shift", []string{"view", "act"}, true))
	zoe := h.add(t, "Zoe", "night SHIFT")
	if !zoe.May(web.View|web.Act) || zoe.May(web.Money) || !zoe.All || zoe.Role != "Night shift" {
		t.Errorf("Zoe is %+v", zoe)
	}
	own := ben
	own.Can |= web.People
	narrow := ada
	narrow.Can &^= web.Money
	for _, tc := range []struct {
		name  string
		do    func() error
		want  string
		kinds []string
	}{
		{"of a name that is there", func() error { _, err := h.AddRole(t.Context(), ada, "night shift", nil, false); return err }, "role.taken", nil},
		{"of a name that comes with Hearth", func() error { _, err := h.AddRole(t.Context(), ada, "Owner", nil, false); return err }, "role.taken", nil},
		{"with a permission nobody knows", func() error { _, err := h.AddRole(t.Context(), ada, "Wizard", []string{"fly"}, false); return err }, "permission.unknown", nil},
		{"by somebody with own teams", func() error { _, err := h.AddRole(t.Context(), own, "Mine", nil, false); return err }, "teams.all", nil},
		{"with more than one may", func() error { _, err := h.AddRole(t.Context(), narrow, "Rich", []string{"money"}, false); return err }, "grant.beyond", nil},
		{"changed to what it is", func() error {
			_, err := h.ChangeRole(t.Context(), ada, night.ID, RoleChange{Name: new("Night shift"), May: &[]string{"act", "view"}})
			return err
		}, "", nil},
		{"changed", func() error {
			_, err := h.ChangeRole(t.Context(), ada, night.ID, RoleChange{Name: new("Nights"), May: &[]string{"view", "money"}, All: new(false)})
			return err
		}, "", []string{"roles.changed"}},
		{"of somebody who may more", func() error {
			_, err := h.ChangeRole(t.Context(), narrow, night.ID, RoleChange{May: &[]string{"view"}})
			return err
		}, "grant.beyond", nil},
		{"one that comes with Hearth, changed", func() error { _, err := h.ChangeRole(t.Context(), ada, Agent, RoleChange{}); return err }, "role.built_in", nil},
		{"one that comes with Hearth, removed", func() error { return h.RemoveRole(t.Context(), ada, Light) }, "role.built_in", nil},
		{"one that somebody has", func() error { return h.RemoveRole(t.Context(), ada, night.ID) }, "role.in_use", nil},
		{"Zoe gets another", func() error {
			_, err := h.Change(t.Context(), ada, ID(zoe.Staff), Change{Role: new("agent")})
			return err
		}, "", []string{"staff.role_given"}},
		{"one that nobody has", func() error { return h.RemoveRole(t.Context(), ada, night.ID) }, "", []string{"roles.removed"}},
		{"one that is gone", func() error { return h.RemoveRole(t.Context(), ada, night.ID) }, "role.unknown", nil},
	} {
		since := h.head(t)
		if err := tc.do(); code(err) != tc.want {
			t.Errorf("%s: %v; want %q", tc.name, err, tc.want)
		}
		h.happened(t, since, tc.kinds...)
	}
}

// What contract.md gives each role out of the box.
func TestTheRolesThatComeWithHearth(t *testing.T) {
	h := openHouse(t)
	h.read(t, func(tx *store.Tx) error {
		got := map[string]string{}
		for _, r := range must[[]Role](t)(h.Roles(tx)) {
			teams := "own teams"
			if r.All {
				teams = "all teams"
			}
			got[r.Name] = strings.Join(r.May.Names(), " ") + ", " + teams
			if one, err := h.Role(tx, strings.ToUpper(r.Name)); err != nil || one != r || !r.BuiltIn {
				t.Errorf("%s by name: %+v, %v", r.Name, one, err)
			}
		}
		want := map[string]string{
			"owner":      "act approve capture money people reports settings view, all teams",
			"admin":      "act approve capture money people reports settings view, all teams",
			"supervisor": "act approve capture money reports view, own teams",
			"agent":      "act capture money view, own teams",
			"leader":     "capture reports, own teams",
			"light":      "capture money, own teams",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		return nil
	})
}

func TestNamesForTimelines(t *testing.T) {
	h := openHouse(t)
	ada, ben := h.add(t, "Ada", "admin"), h.add(t, "Ben", "agent")
	token := must[Minted](t)(h.CreateToken(t.Context(), h.boss, ID(ben.Staff), "Robot", nil))
	if err := h.RevokeToken(t.Context(), ben, token.ID); err != nil {
		t.Fatal(err)
	}
	h.read(t, func(tx *store.Tx) error {
		all := must[map[ID]string](t)(h.Names(tx, []ID{ID(ada.Staff), ID(ben.Staff), 99}))
		if diff := cmp.Diff(map[ID]string{ID(ada.Staff): "Ada", ID(ben.Staff): "Ben"}, all); diff != "" {
			t.Error(diff)
		}
		if none := must[map[ID]string](t)(h.Names(tx, nil)); len(none) != 0 {
			t.Errorf("names of nobody: %v", none)
		}
		if n, err := h.Name(tx, ID(ada.Staff)); n != "Ada" || err != nil {
			t.Errorf("%q, %v", n, err)
		}
		if _, err := h.Name(tx, 99); code(err) != "staff.unknown" {
			t.Errorf("the name of nobody: %v", err)
		}
		for actor, want := range map[store.Actor]ID{
			ada.Actor: ID(ada.Staff),
			{Kind: store.TokenKind, ID: token.ID.String()}: ID(ben.Staff),
			{Kind: store.CustomerKind, ID: "cus_1"}:        0,
			store.System("clocks"):                         0,
		} {
			if got, err := h.Behind(tx, actor); got != want || err != nil {
				t.Errorf("behind %s: %s, %v; want %s", actor, got, err, want)
			}
		}
		return nil
	})
}
