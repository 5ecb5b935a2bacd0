package staff

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/web"
)

// ask sends a request on behalf of whoever holds the secret: a session, a token, or nobody.
func (h *house) ask(line, body, secret string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(line, " ")
	r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	r.RemoteAddr = "198.51.100.7:5000"
	r.Header.Set("User-Agent", desk.Device)
	switch {
	case strings.HasPrefix(secret, "session_"):
		r.AddCookie(&http.Cookie{Name: Cookie, Value: secret})
	case secret != "":
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, r)
	return w
}

// TestRequests reads as a table: who asks for what, what comes back, and what the journal says happened.
func TestRequests(t *testing.T) {
	h := openHouse(t)
	orders := h.team(t, "Orders")
	h.addWithPassword(t, "Olga", "owner")
	ada := h.addWithPassword(t, "Ada", "admin")
	ben := h.addWithPassword(t, "Ben", "agent")
	must[Team](t)(h.Join(t.Context(), h.boss, orders, ID(ben.Staff)))
	zoe := h.add(t, "Zoe", "light")
	nights := must[Role](t)(h.AddRole(t.Context(), h.boss, "Nights", []string{"view"}, false))
	l := must[Link](t)(h.NewLink(t.Context(), h.boss, ID(zoe.Staff)))
	robot := must[Minted](t)(h.CreateToken(t.Context(), h.boss, ID(ben.Staff), "Robot", []string{"view"}))
	as := map[string]string{
		"": "", "ada": h.signIn(t, "Ada").Secret, "ben": h.signIn(t, "Ben").Secret, "robot": robot.Secret, "olga": h.signIn(t, "Olga").Secret,
	}
	words := strings.NewReplacer("{ada}", ID(ada.Staff).String(), "{ben}", ID(ben.Staff).String(), "{zoe}", ID(zoe.Staff).String(), "{orders}", orders.String(),
		"{nights}", nights.ID.String(), "{robot}", robot.ID.String(), "{link}", l.Token, "{agent}", Agent.String())
	for _, tc := range []struct {
		who, ask, body string
		code           int
		want           string
		kinds          []string
	}{
		{"", "GET /me", "", 401, "Please sign in first", nil},
		{"ben", "GET /me", "", 200, `"email":"ben@shop.example","name":"Ben","role":"agent"`, nil},
		{"ben", "GET /me", "", 200, `"may":["act","capture","money","view"],"all_teams":false`, nil},
		{"robot", "GET /me", "", 200, `"may":["view"]`, nil},
		{"ben", "PATCH /me", `{"language":"de"}`, 200, `"language":"de"`, []string{"staff.changed"}},
		{"ben", "PATCH /me", `{"language":"tlh"}`, 422, `"language"`, nil},
		{"ben", "PATCH /me", `{"role":"owner"}`, 422, `unexpected property`, nil},
		{"ben", "PUT /me/password", `{"old":"wrong","new":"four loud herons"}`, 403, `password.wrong`, nil},
		{"ben", "PUT /me/password", `{"old":"three quiet otters","new":"short"}`, 422, `at least 10 characters`, nil},

		{"", "GET /staff", "", 401, "sign_in.needed", nil},
		{"ben", "GET /staff?limit=2", "", 200, `"name":"Ada"`, nil},
		{"ben", "GET /staff?limit=2", "", 200, `"next":"{ada}"`, nil},
		{"ben", "GET /staff?after={ada}&limit=2", "", 200, `"teams":["{orders}"]`, nil},
		{"ben", "GET /staff/{ada}", "", 200, `"name":"Ada"`, nil},
		{"ben", "GET /staff/stf_0000000000099", "", 404, `staff.unknown`, nil},
		{"ben", "GET /staff/ada", "", 422, `form stf_`, nil},
		{"ben", "POST /staff", `{"email":"x@shop.example","name":"X","role":"agent"}`, 403, `it needs “people”`, nil},
		{"robot", "POST /staff", `{"email":"x@shop.example","name":"X","role":"agent"}`, 403, `it needs “people”`, nil},
		{"ada", "POST /staff", `{"email":"x@shop.example","name":"X","role":"agent","teams":["{orders}"]}`, 201, `"invited":true`, []string{"staff.added"}},
		{"ada", "POST /staff", `{"email":"y@shop.example","name":"Y","role":"{agent}"}`, 201, `"url":"https://help.example/welcome#link_`, []string{"staff.added"}},
		{"ada", "POST /staff", `{"email":"X@shop.example","name":"X","role":"agent"}`, 409, `"fields":{"email"`, nil},
		{"ada", "POST /staff", `{"email":"z@shop.example","name":"Z","role":"owner"}`, 409, `one owner`, nil},
		{"ada", "POST /staff", `{"name":"Z"}`, 422, `email`, nil},
		{"ada", "PATCH /staff/{ben}", `{"role":"supervisor"}`, 200, `"role":"supervisor"`, []string{"staff.role_given"}},
		{"ada", "PATCH /staff/{ben}", `{"role":"agent","teams":["{orders}"]}`, 200, `"role":"agent"`, []string{"staff.role_given"}},
		{"ada", "POST /staff/{zoe}/disable", ``, 200, `"disabled":true`, []string{"staff.disabled"}},
		{"ada", "POST /staff/{zoe}/enable", ``, 200, `"disabled":false`, []string{"staff.enabled"}},
		{"ada", "POST /staff/{ada}/disable", ``, 409, `Nobody can shut themselves out`, nil},
		{"ada", "POST /staff/{zoe}/link", ``, 201, `"token":"link_`, []string{"staff.link_made"}},
		{"ben", "POST /staff/{zoe}/link", ``, 403, `people`, nil},
		{"ada", "PUT /staff/owner", `{"staff":"{ada}","password":"three quiet otters"}`, 403, `Only the owner`, nil},

		{"", "POST /staff/welcome/look", `{"token":"{link}"}`, 404, `link.unknown`, nil}, // ended when Zoe was shut out
		{"", "POST /staff/welcome", `{"token":"link_x","password":"three quiet otters"}`, 404, `link.unknown`, nil},
		{"", "POST /setup", `{"token":"link_x","password":"three quiet otters","name":"X","email":"x@y.example"}`, 404, `link.unknown`, nil},

		{"ben", "GET /teams", "", 200, `"name":"Orders","members":["{ben}",`, nil},
		{"ben", "POST /teams", `{"name":"Mine"}`, 403, `people`, nil},
		{"ada", "POST /teams", `{"name":" Returns "}`, 201, `"name":"Returns","members":[]`, []string{"teams.added"}},
		{"ada", "PATCH /teams/{orders}", `{"name":"Order desk"}`, 200, `"name":"Order desk"`, []string{"teams.renamed"}},
		{"ada", "PUT /teams/{orders}/members/{zoe}", ``, 200, `{zoe}`, []string{"teams.joined"}},
		{"ada", "DELETE /teams/{orders}/members/{zoe}", ``, 200, `Order desk`, []string{"teams.left"}},
		{"ada", "DELETE /teams/{orders}", ``, 200, `"ok":true`, []string{"teams.removed"}},
		{"ada", "DELETE /teams/{orders}", ``, 404, `team.unknown`, nil},

		{"ben", "GET /roles", "", 200, `{"id":"role_0000000000004","name":"agent","may":["act","capture","money","view"],"all_teams":false,"built_in":true}`, nil},
		{"ada", "POST /roles", `{"name":"Days","may":["view","act"],"all_teams":true}`, 201, `"may":["act","view"],"all_teams":true,"built_in":false`, []string{"roles.added"}},
		{"ada", "POST /roles", `{"name":"Wizards","may":["fly"]}`, 422, `not known here`, nil},
		{"ada", "PATCH /roles/{nights}", `{"may":["view","act"]}`, 200, `"name":"Nights","may":["act","view"]`, []string{"roles.changed"}},
		{"ada", "PATCH /roles/{agent}", `{"may":[]}`, 409, `make one of your own`, nil},
		{"ada", "DELETE /roles/{nights}", ``, 200, `"ok":true`, []string{"roles.removed"}},

		{"ben", "GET /tokens", "", 200, `"name":"Robot","scopes":["view"]`, nil},
		{"ben", "GET /tokens?staff={ada}", "", 403, `look after staff`, nil},
		{"ada", "GET /tokens?staff={ben}", "", 200, `"id":"{robot}"`, nil},
		{"ben", "POST /tokens", `{"name":"Second"}`, 201, `"token":"hth_`, []string{"tokens.created"}},
		{"ben", "POST /tokens", `{"name":"Third","scopes":["settings"]}`, 403, `settings`, nil},
		{"robot", "POST /tokens", `{"name":"Child"}`, 403, `can't make another one`, nil},
		{"robot", "DELETE /tokens/{robot}", ``, 200, `"ok":true`, []string{"tokens.revoked"}},
		{"robot", "GET /me", ``, 401, `token.unknown`, nil},

		{"ben", "GET /sessions", "", 200, `"device":"Firefox, Linux"`, nil},
		{"ben", "DELETE /sessions/ses_0000000000099", "", 404, `session.unknown`, nil},
		{"ben", "DELETE /sessions", "", 200, `"ok":true`, nil},
		{"ada", "DELETE /staff/{ben}/sessions", "", 200, `"ok":true`, []string{"sessions.closed"}},
		{"ben", "GET /me", "", 401, `sign_in.needed`, nil},
		{"olga", "PUT /staff/owner", `{"staff":"{ada}","password":"three quiet otters"}`, 200, `"role":"owner"`, []string{"staff.handed_over"}},
		{"", "POST /sessions", `{"email":"ben@shop.example","password":"wrong"}`, 401, `do not belong together`, nil},
	} {
		t.Run(strings.Join([]string{tc.who, tc.ask, tc.body}, " "), func(t *testing.T) {
			since := h.head(t)
			w := h.ask(words.Replace(tc.ask), words.Replace(tc.body), as[tc.who])
			if want := words.Replace(tc.want); w.Code != tc.code || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%d %s; want %d with %s", w.Code, w.Body, tc.code, want)
			}
			h.happened(t, since, tc.kinds...)
			if tc.who == "ben" && strings.HasPrefix(tc.ask, "GET /staff") && strings.Contains(w.Body.String(), "ada@") {
				t.Error("an agent sees the address of an admin")
			}
		})
	}
}

func TestTheCookie(t *testing.T) {
	h := openHouse(t)
	h.addWithPassword(t, "Ben", "agent")
	since := h.head(t)
	w := h.ask("POST /sessions", `{"email":"ben@shop.example","password":"`+password+`"}`, "")
	h.happened(t, since, "sessions.opened")
	set := w.Header().Get("Set-Cookie")
	if !regexp.MustCompile(`^hearth_session=session_[A-Za-z0-9_-]{43}; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax$`).MatchString(set) || w.Code != 201 {
		t.Errorf("%d %s", w.Code, set)
	}
	if strings.Contains(w.Body.String(), "session_") || !strings.Contains(w.Body.String(), `"may":`) {
		t.Errorf("the answer: %s", w.Body)
	}
	secret := strings.TrimPrefix(strings.Split(set, ";")[0], Cookie+"=")
	if w := h.ask("GET /sessions", "", secret); !strings.Contains(w.Body.String(), `"current":true`) {
		t.Errorf("%s", w.Body)
	}
	w = h.ask("DELETE /sessions/current", "", secret)
	if set := w.Header().Get("Set-Cookie"); w.Code != 200 || !strings.HasPrefix(set, "hearth_session=; Path=/; Max-Age=0") {
		t.Errorf("%d %s", w.Code, set)
	}
	if w := h.ask("GET /me", "", secret); w.Code != 401 {
		t.Errorf("signed out and still %d", w.Code)
	}
	plain := New(h.db, Options{BaseURL: "http://127.0.0.1:8080"})
	if plain.cookie("x").Secure {
		t.Error("a cookie over plain HTTP is Secure, so it would never come back")
	}
}

func TestSettingUpThroughTheDoor(t *testing.T) {
	h := openHouse(t)
	l, _, err := h.FirstLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := h.ask("POST /staff/welcome/look", `{"token":"`+l.Token+`"}`, "")
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"setup":true`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = h.ask("POST /setup", `{"token":"`+l.Token+`","name":"Olga","email":"olga@shop.example","password":"`+password+`","language":"de"}`, "")
	if w.Code != 201 || !strings.Contains(w.Body.String(), `"role":"owner"`) || !strings.Contains(w.Header().Get("Set-Cookie"), Cookie) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	h.happened(t, 0, "staff.added", "sessions.opened")
	secret := strings.TrimPrefix(strings.Split(w.Header().Get("Set-Cookie"), ";")[0], Cookie+"=")
	w = h.ask("POST /staff", `{"email":"zoe@shop.example","name":"Zoe","role":"agent"}`, secret)
	var zoe Joining
	if err := json.Unmarshal(w.Body.Bytes(), &zoe); err != nil || zoe.Link == nil {
		t.Fatal(w.Body, err)
	}
	w = h.ask("POST /staff/welcome", `{"token":"`+zoe.Link.Token+`","password":"`+password+`","name":"Zoë"}`, "")
	if w.Code != 201 || !strings.Contains(w.Body.String(), `"name":"Zoë"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTooManyTriesThroughTheDoor(t *testing.T) {
	h := openHouse(t)
	h.addWithPassword(t, "Ben", "agent")
	for range 8 {
		_ = h.ask("POST /sessions", `{"email":"ben@shop.example","password":"wrong"}`, "")
	}
	w := h.ask("POST /sessions", `{"email":"ben@shop.example","password":"`+password+`"}`, "")
	if w.Code != 429 || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), "slow_down") {
		t.Errorf("%d %q %s", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
}

// What is shown once must not be kept for a repeat of the request.
func TestARepeatDoesNotTellTheTokenAgain(t *testing.T) {
	h := openHouse(t)
	ben := h.addWithPassword(t, "Ben", "agent")
	secret := h.signIn(t, "Ben").Secret
	ask := func() *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/tokens", strings.NewReader(`{"name":"Robot"}`))
		r.AddCookie(&http.Cookie{Name: Cookie, Value: secret})
		r.Header.Set("Idempotency-Key", "once")
		w := httptest.NewRecorder()
		h.door.ServeHTTP(w, r)
		return w
	}
	if w := ask(); w.Code != 201 {
		t.Fatal(w.Code, w.Body)
	}
	if w := ask(); w.Code != 409 || strings.Contains(w.Body.String(), "hth_") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if all := must[[]Token](t)(h.Tokens(t.Context(), ben, ID(ben.Staff))); len(all) != 1 {
		t.Errorf("%d tokens", len(all))
	}
}

func TestSecretsAreNotLogged(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h := openHouse(t)
	room := New(h.db, Options{Log: logger})
	api := web.New(web.Config{DB: h.db, Auth: room.Authenticate, Log: logger})
	room.Routes(api)
	h.door = api.Handler()
	ben := h.addWithPassword(t, "Ben", "agent")
	minted := must[Minted](t)(h.CreateToken(t.Context(), h.boss, ID(ben.Staff), "Robot", nil))
	session := h.signIn(t, "Ben").Secret
	if err := h.db.Close(); err != nil { // every request ends in an accident now
		t.Fatal(err)
	}
	h.ask("GET /me", "", minted.Secret)
	h.ask("GET /me", "", session)
	w := h.ask("POST /sessions", `{"email":"ben@shop.example","password":"`+password+`"}`, "")
	if log.Len() == 0 || w.Code < 500 {
		t.Errorf("nothing was logged: %d %s", w.Code, w.Body)
	}
	for _, s := range []string{minted.Secret, session, password} {
		if strings.Contains(log.String(), s) {
			t.Errorf("%q was logged:\n%s", s, log.String())
		}
	}
}

// The document needs no database, every route says what it does, and what is open to everybody is a short list.
func TestTheRoutes(t *testing.T) {
	api := web.New(web.Config{Log: slog.New(slog.DiscardHandler)})
	New(nil, Options{}).Routes(api)
	doc, err := api.Document()
	if err != nil || !bytes.Contains(doc, []byte(`/api/v1/staff/{id}`)) || bytes.Contains(doc, []byte(Cookie)) {
		t.Errorf("the document: %v", err)
	}
	var public []string
	for _, r := range api.Routes() {
		if r.Say == "" {
			t.Errorf("%s %s says nothing", r.Method, r.Path)
		}
		if r.Needs == web.Public {
			public = append(public, r.Method+" "+r.Path)
		}
		if noun := strings.Split(r.Path, "/")[1]; !slices.Contains([]string{"staff", "teams", "roles", "tokens", "sessions", "me", "setup"}, noun) {
			t.Errorf("%s is not a noun of this room", noun)
		}
	}
	if want := []string{"POST /setup", "POST /staff/welcome", "POST /staff/welcome/look", "POST /sessions", "POST /sessions/phone/look", "POST /sessions/phone"}; !slices.Equal(public, want) {
		t.Errorf("open to everybody: %q; want %q", public, want)
	}
}
