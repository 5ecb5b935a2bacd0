package staff

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

func TestGrant(t *testing.T) {
	supervisor := web.Who{Staff: 7, Can: web.View | web.Act | web.People, Teams: []int64{1, 2}}
	admin := web.Who{Staff: 8, Can: ^web.Public, All: true}
	for name, tc := range map[string]struct {
		who   web.Who
		can   web.Perm
		all   bool
		teams []TeamID
		want  string
	}{
		"what one may oneself":         {supervisor, web.View | web.Act, false, []TeamID{1, 2}, ""},
		"more than one may":            {supervisor, web.View | web.Money, false, nil, "grant.beyond"},
		"all teams, having two":        {supervisor, web.View, true, nil, "grant.all_teams"},
		"a team one is not in":         {supervisor, web.View, false, []TeamID{1, 3}, "grant.team"},
		"an admin gives anything":      {admin, ^web.Public, true, []TeamID{3}, ""},
		"nothing is given to anybody":  {web.Who{}, 0, false, nil, ""},
		"nobody who may nothing gives": {web.Who{}, web.Capture, false, nil, "grant.beyond"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := code(grant(tc.who, tc.can, tc.all, tc.teams...)); got != tc.want {
				t.Errorf("%q; want %q", got, tc.want)
			}
		})
	}
}

func TestInCharge(t *testing.T) {
	owner := Member{ID: 1, RoleID: Owner, Can: ^web.Public, All: true}
	agent := Member{ID: 3, RoleID: Agent, Can: web.View | web.Act, Teams: []TeamID{1}}
	everywhere := Member{ID: 4, RoleID: Agent, Can: web.View | web.Act, Teams: []TeamID{1, 2}}
	lead := Member{ID: 5, Can: web.View | web.Act | web.People, Teams: []TeamID{1}}
	admin := Member{ID: 2, RoleID: Admin, Can: ^web.Public, All: true}
	token := admin.who()
	token.Can = web.People
	for name, tc := range map[string]struct {
		who  web.Who
		of   Member
		want string
	}{
		"an admin of an agent":                    {admin.who(), agent, ""},
		"an admin of another admin":               {admin.who(), admin, ""},
		"an admin of the owner":                   {admin.who(), owner, "owner.untouchable"},
		"the owner of themselves":                 {owner.who(), owner, ""},
		"the command line of the owner":           {web.Everything(store.System("cli")), owner, ""},
		"a team lead of their agent":              {lead.who(), agent, ""},
		"a team lead of an admin":                 {lead.who(), admin, "grant.beyond"},
		"a team lead of one with more teams":      {lead.who(), everywhere, "grant.team"},
		"an admin's token with few scopes":        {token, agent, "grant.beyond"},
		"an agent of an agent, who may the same":  {agent.who(), agent, ""},
		"a customer's actor is not the house":     {web.Who{Actor: store.Actor{Kind: store.CustomerKind}}, agent, "grant.beyond"},
		"a member of staff 0 is not the house":    {web.Who{Actor: store.Actor{Kind: store.StaffKind}, Can: ^web.Public, All: true}, owner, "owner.untouchable"},
		"an admin of somebody with any own teams": {admin.who(), everywhere, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := code(tc.of.inCharge(tc.who)); got != tc.want {
				t.Errorf("%q; want %q", got, tc.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	for name, tc := range map[string]struct {
		in, want string
		fault    string
	}{
		"is tidied":                  {"  Zoë \t van  Dyk ", "Zoë van Dyk", ""},
		"a hundred characters":       {strings.Repeat("ß", 100), strings.Repeat("ß", 100), ""},
		"a hundred and one":          {strings.Repeat("ß", 101), "", "name.unfit"},
		"nothing":                    {" \n ", "", "name.missing"},
		"an escape character":        {"Zoë\x1b[31m", "", "name.unfit"},
		"bytes that are no text":     {"Zo\xff", "", "name.unfit"},
		"a name in another alphabet": {"Зоя", "Зоя", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := plainName(tc.in)
			if got != tc.want || code(err) != tc.fault {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestEmailAddresses(t *testing.T) {
	for name, tc := range map[string]struct{ in, address string }{
		"is compared in lower case":   {" Zoe@Shop.Example ", "zoe@shop.example"},
		"with a plus":                 {"zoe+desk@shop.example", "zoe+desk@shop.example"},
		"no at":                       {"zoe", ""},
		"two at":                      {"zoe@desk@shop.example", ""},
		"a name before it":            {"Zoe <zoe@shop.example>", ""},
		"two of them":                 {"zoe@shop.example, ben@shop.example", ""},
		"a line break":                {"zoe@shop.example\r\nBcc: all@shop.example", ""},
		"longer than any mail server": {strings.Repeat("z", 250) + "@shop.example", ""},
		"nothing":                     {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, address, err := plainEmail(tc.in)
			if address != tc.address || (err == nil) != (tc.address != "") {
				t.Errorf("%q, %v; want %q", address, err, tc.address)
			}
		})
	}
}

func TestPasswords(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"three words":                   {"three quiet otters", ""},
		"ten characters of any kind":    {"äöüßñçåøæœ", ""},
		"nine":                          {"äöüßñçåøæ", "password.short"},
		"nothing":                       {"", "password.short"},
		"a book":                        {strings.Repeat("word ", 41), "password.long"},
		"four letters again and again":  {"abcdabcdabcdabcd", "password.simple"},
		"their own name inside":         {"my-ZOEMARIE-99", "password.own_name"},
		"their own address inside":      {"desk.zoe is the best", "password.own_name"},
		"a name of three letters is ok": {"the zoo at night", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := plainPassword(tc.in, "zoemarie", "desk.zoe@shop.example", "zoo")
			if code(err) != tc.want {
				t.Errorf("%v; want %q", err, tc.want)
			}
		})
	}
}

func TestAnUmlautIsTheSameFromEveryKeyboard(t *testing.T) {
	room := New(nil, Options{})
	composed, err := plainPassword("drei müde Füchse")
	if err != nil {
		t.Fatal(err)
	}
	hash, err := room.hash(t.Context(), composed)
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]bool{"drei mu\u0308de Fu\u0308chse": true, "drei müde Füchse": true, "drei mude Fuchse": false, "": false} {
		if ok, err := room.matches(t.Context(), word, hash); ok != want || err != nil {
			t.Errorf("%q: %v, %v", word, ok, err)
		}
	}
	if ok, err := room.matches(t.Context(), "anything", ""); ok || err != nil {
		t.Errorf("somebody without a password: %v, %v", ok, err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || !strings.HasPrefix(nobody, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s and %s differ in what they cost", hash, nobody)
	}
}

func TestWaitsGrowSlowly(t *testing.T) {
	for fails, want := range map[int64]time.Duration{
		0: 0, 5: 0, 6: time.Second, 7: 2 * time.Second, 10: 16 * time.Second, 15: 512 * time.Second, 16: 15 * time.Minute, 1 << 40: 15 * time.Minute,
	} {
		if got := perPair.wait(fails); got != want {
			t.Errorf("after %d: %v; want %v", fails, got, want)
		}
	}
}

func TestAPlaceIsWhatOnePersonHolds(t *testing.T) {
	for in, want := range map[string]string{"203.0.113.9": "203.0.113.9", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64"} {
		if got := network(netip.MustParseAddr(in)); got != want {
			t.Errorf("%s: %s; want %s", in, got, want)
		}
	}
	if network(netip.Addr{}) == "" {
		t.Error("a socket file is no place")
	}
}

func TestDevices(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                     "Firefox, Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0":              "Edge, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1":    "Safari, iPhone",
		"Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": "Samsung Internet, Android",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36":                      "Chrome, macOS",
		"curl/8.14.1": "curl", "": "", "\x1b[31mröt": "[31mrt", strings.Repeat("x", 200): strings.Repeat("x", 40),
	} {
		if got := device(agent); got != want {
			t.Errorf("%q: %q; want %q", agent, got, want)
		}
	}
}

func FuzzDevice(f *testing.F) {
	f.Add("Mozilla/5.0 (X11; Linux x86_64) Firefox/1")
	f.Add("curl/8")
	f.Fuzz(func(t *testing.T, agent string) {
		d := device(agent)
		if len(d) > 40 || !utf8.ValidString(d) || strings.ContainsAny(d, "\x00\x1b\r\n") {
			t.Errorf("%q became %q", agent, d)
		}
	})
}

func FuzzWhatPeopleTypeIn(f *testing.F) {
	f.Add("Zoe@Shop.Example")
	f.Add("a@b")
	f.Fuzz(func(t *testing.T, s string) {
		if as, address, err := plainEmail(s); err == nil {
			if _, again, err := plainEmail(as); err != nil || again != address || strings.ContainsAny(address, "\r\n\x00") {
				t.Errorf("%q became %q, and that %q (%v)", s, as, again, err)
			}
		} else if fault.Of(err) == nil {
			t.Errorf("an accident: %v", err)
		}
		if name, err := plainName(s); err == nil {
			if again, err := plainName(name); err != nil || again != name {
				t.Errorf("%q became %q, and that %q (%v)", s, name, again, err)
			}
		}
		if p, err := plainPassword(s); err == nil {
			if again, err := plainPassword(p); err != nil || again != p {
				t.Errorf("%q became %q, and that %q (%v)", s, p, again, err)
			}
		}
	})
}

func FuzzCredential(f *testing.F) {
	f.Add("Bearer hth_x", "hearth_session=y")
	f.Add("bearer", "a=b; hearth_session=\"z\"")
	f.Fuzz(func(t *testing.T, authorization, cookies string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", authorization)
		r.Header.Set("Cookie", cookies)
		text, isToken := credential(r)
		if isToken && !strings.Contains(authorization, text) {
			t.Errorf("%q from %q", text, authorization)
		}
	})
}
