package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

type cupKind struct{}

func (cupKind) Prefix() string { return "cup" }

type cupID = id.Of[cupKind]

var tea = store.Migrations{Room: "tea", FS: fstest.MapFS{"migrations/00001_cups.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE cups (id BIGINT PRIMARY KEY, colour TEXT NOT NULL);
`)}}}

type bought struct {
	Cup cupID `json:"cup"`
}

func (bought) Kind() string { return "cups.bought" }

type cup struct {
	ID     cupID  `json:"id"`
	Colour string `json:"colour"`
	Key    string `json:"key,omitempty"`
}

func (c cup) StatusCode() int {
	if c.Colour == "amber" {
		return http.StatusAccepted
	}
	return http.StatusCreated
}

func (c cup) Cookie() *http.Cookie {
	if c.Colour == "choc" {
		return &http.Cookie{Name: "crumb", Value: "1", HttpOnly: true}
	}
	return nil
}

type colour struct {
	Body struct {
		Colour string `json:"colour" maxLength:"20"`
	}
}

// kitchen is a small API: cups are bought, and some requests end badly.
type kitchen struct {
	*web.API
	db  *store.DB
	log *bytes.Buffer
}

func open(t *testing.T, change func(*web.Config)) kitchen {
	t.Helper()
	db := storetest.Open(t, web.Tables, tea)
	log := &bytes.Buffer{}
	cfg := web.Config{DB: db, Version: "test", Log: slog.New(slog.NewTextHandler(log, nil)), Auth: func(r *http.Request) (web.Who, bool, error) {
		switch name := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); name {
		case "":
			return web.Who{}, false, nil
		case "stale":
			return web.Who{}, false, fault.New(fault.Denied, "token.unknown", "This token is not known here.")
		case "looker":
			return web.Who{Actor: store.Actor{Kind: store.StaffKind, ID: "looker"}, Can: web.View}, true, nil
		default:
			return web.Who{Actor: store.Actor{Kind: store.StaffKind, ID: name}, Can: web.View | web.Act}, true, nil
		}
	}}
	if change != nil {
		change(&cfg)
	}
	k := kitchen{web.New(cfg), db, log}
	buy := func(ctx context.Context, who web.Who, in *colour) (c cup, err error) {
		return c, db.Write(ctx, who.Actor, func(tx *store.Tx) error {
			c = cup{ID: store.NewID[cupKind](tx), Colour: in.Body.Colour}
			if c.Colour == "broken" {
				return fault.Field("colour", "cup.broken", "Nobody buys a broken cup.")
			}
			_, err := tx.Exec(`INSERT INTO cups (id, colour) VALUES ($1, $2)`, c.ID, c.Colour)
			return errors.Join(err, tx.Record(c.ID, bought{c.ID}))
		})
	}
	web.Handle(k.API, web.Route{Method: http.MethodDelete, Path: "/cups/lids/{lid}", Needs: web.Public, Say: "Throw a lid away"},
		func(context.Context, web.Who, *struct {
			Lid string `path:"lid"`
		},
		) (web.None, error) {
			return web.None{OK: false}, nil
		})
	web.Handle(k.API, web.Route{Method: http.MethodDelete, Path: "/cups/{cup}/lid", Tail: true, Needs: web.Public, Say: "Take the lid off a cup"},
		func(_ context.Context, _ web.Who, in *struct {
			Cup string `path:"cup"`
		},
		) (web.None, error) {
			return web.None{OK: in.Cup == "c1"}, nil
		})
	web.Handle(k.API, web.Route{Method: http.MethodPost, Path: "/cups", Needs: web.Act, Say: "Buy a cup", Status: http.StatusCreated, Limit: 2000}, buy)
	web.Handle(k.API, web.Route{Method: http.MethodPost, Path: "/cups/locked", Needs: web.Act, Say: "Buy a cup with a key", Status: http.StatusCreated, Secret: true},
		func(ctx context.Context, who web.Who, in *colour) (cup, error) {
			c, err := buy(ctx, who, in)
			c.Key = "s3cret"
			return c, err
		})
	web.Handle(k.API, web.Route{Method: http.MethodGet, Path: "/cups/{id}", Needs: web.View, Say: "Look at a cup"},
		func(_ context.Context, _ web.Who, in *struct {
			ID    cupID `path:"id"`
			After cupID `query:"after"`
		},
		) (cup, error) {
			return cup{ID: in.ID, Colour: in.After.String()}, nil
		})
	fails := map[string]error{
		"slow": web.SlowDown(90500 * time.Millisecond), "disk": &fault.Fault{Kind: fault.Internal, Code: "store.trouble", Say: "The disk is full."},
		"accident": errors.New("dial tcp 10.0.0.7: password=hunter2"), "gone": fault.New(fault.NotFound, "cup.unknown", "There is no such cup."),
		"taken": fault.New(fault.Conflict, "cup.taken", "Somebody took it."),
	}
	web.Handle(k.API, web.Route{Method: http.MethodGet, Path: "/fails/{how}", Needs: web.Public, Say: "Fail"},
		func(_ context.Context, _ web.Who, in *struct {
			How string `path:"how"`
		},
		) (web.None, error) {
			if in.How == "panic" {
				none := fails
				if in.How != "" {
					none = nil
				}
				none["cup"] = nil
			}
			return web.None{OK: true}, fails[in.How]
		})
	web.Handle(k.API, web.Route{Method: http.MethodGet, Path: "/me", Needs: web.Self, Say: "Who asks"},
		func(ctx context.Context, who web.Who, _ *struct{}) (map[string]string, error) {
			return map[string]string{"who": who.Actor.String(), "ip": web.From(ctx).IP.String(), "device": web.From(ctx).Device}, nil
		})
	return k
}

func (k kitchen) ask(line, body string, headers ...string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(line, " ")
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	k.Handler().ServeHTTP(w, r)
	return w
}

func (k kitchen) cups(t *testing.T) (n int) {
	t.Helper()
	if err := k.db.Read(t.Context(), func(tx *store.Tx) (err error) {
		n, err = store.One[int](tx, `SELECT count(*) FROM cups`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAnswers(t *testing.T) {
	const id = "cup_06f3x8k2m4q7r"
	k := open(t, nil)
	for name, tc := range map[string]struct {
		ask, body string
		headers   []string
		code      int
		want      string            // part of the body
		answer    map[string]string // headers of the answer
	}{
		"a cup is bought":                   {"POST /api/v1/cups", `{"colour":"blue"}`, []string{"Authorization", "Bearer anna"}, 201, `"colour":"blue"`, map[string]string{"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}},
		"a result can say its status":       {"POST /api/v1/cups", `{"colour":"amber"}`, []string{"Authorization", "Bearer anna"}, 202, `amber`, nil},
		"a result can leave a cookie":       {"POST /api/v1/cups", `{"colour":"choc"}`, []string{"Authorization", "Bearer anna"}, 201, `choc`, map[string]string{"Set-Cookie": "crumb=1; HttpOnly"}},
		"most leave none":                   {"POST /api/v1/cups", `{"colour":"blue"}`, []string{"Authorization", "Bearer anna"}, 201, `blue`, map[string]string{"Set-Cookie": ""}},
		"a rule says no":                    {"POST /api/v1/cups", `{"colour":"broken"}`, []string{"Authorization", "Bearer anna"}, 422, `"fields":{"colour":"Nobody buys a broken cup."}`, map[string]string{"Content-Type": "application/problem+json", "Retry-After": ""}},
		"nobody is signed in":               {"POST /api/v1/cups", `{"colour":"blue"}`, nil, 401, `"code":"sign_in.needed"`, map[string]string{"WWW-Authenticate": "Bearer"}},
		"the token is stale":                {"GET /api/v1/cups/" + id, ``, []string{"Authorization", "Bearer stale"}, 401, `"code":"token.unknown"`, map[string]string{"WWW-Authenticate": "Bearer"}},
		"the role may not":                  {"POST /api/v1/cups", `{"colour":"blue"}`, []string{"Authorization", "Bearer looker"}, 403, `it needs “act”`, nil},
		"not JSON":                          {"POST /api/v1/cups", `{"colour`, []string{"Authorization", "Bearer anna"}, 422, `"detail":"The body is not the JSON that is expected here."`, nil},
		"no body":                           {"POST /api/v1/cups", ``, []string{"Authorization", "Bearer anna"}, 422, `not the JSON`, nil},
		"a wrong type":                      {"POST /api/v1/cups", `{"colour":7}`, []string{"Authorization", "Bearer anna"}, 422, `"colour":"expected string"`, nil},
		"a missing field":                   {"POST /api/v1/cups", `{}`, []string{"Authorization", "Bearer anna"}, 422, `colour: is missing.","fields":{"colour":"is missing"}`, nil},
		"an unknown field":                  {"POST /api/v1/cups", `{"colour":"blue","size":1}`, []string{"Authorization", "Bearer anna"}, 422, `size: unexpected property`, nil},
		"another kind of body":              {"POST /api/v1/cups", `colour: blue`, []string{"Authorization", "Bearer anna", "Content-Type", "text/yaml"}, 415, `send application/json`, nil},
		"a large body":                      {"POST /api/v1/cups", `{"colour":"` + strings.Repeat("x", 2000) + `"}`, []string{"Authorization", "Bearer anna"}, 413, `"code":"body.too_large"`, nil},
		"a large body with a key":           {"POST /api/v1/cups", `{"colour":"` + strings.Repeat("x", 2000) + `"}`, []string{"Authorization", "Bearer anna", "Idempotency-Key", "big"}, 413, `"code":"body.too_large"`, nil},
		"an id in the path":                 {"GET /api/v1/cups/" + id + "?after=" + id, ``, []string{"Authorization", "Bearer looker"}, 201, `"id":"` + id + `","colour":"` + id + `"`, nil},
		"no id in the path":                 {"GET /api/v1/cups/seven", ``, []string{"Authorization", "Bearer looker"}, 422, `"detail":"Some of what was sent can't be used: id: \"seven\" is not an id of the form cup_….","fields":{"id":`, nil},
		"an id of something else":           {"GET /api/v1/cups/tkt_06f3x8k2m4q7r", ``, []string{"Authorization", "Bearer looker"}, 422, `form cup_`, nil},
		"not there":                         {"GET /api/v1/fails/gone", ``, nil, 404, `"kind":"not_found"`, nil},
		"somebody was faster":               {"GET /api/v1/fails/taken", ``, nil, 409, `"kind":"conflict"`, map[string]string{"Retry-After": ""}},
		"too often":                         {"GET /api/v1/fails/slow", ``, nil, 429, `Please wait 2 minutes`, map[string]string{"Retry-After": "91"}},
		"the disk is full":                  {"GET /api/v1/fails/disk", ``, nil, 503, `The disk is full.`, map[string]string{"Retry-After": "2"}},
		"an accident tells nothing":         {"GET /api/v1/fails/accident", ``, nil, 500, `It was written down`, nil},
		"a bug ends one request":            {"GET /api/v1/fails/panic", ``, nil, 500, `It was written down`, map[string]string{"Content-Type": "application/problem+json"}},
		"nothing at this address":           {"GET /api/v1/saucers", ``, nil, 404, `"code":"path.unknown"`, map[string]string{"Content-Type": "application/problem+json"}},
		"a route that another overlaps":     {"DELETE /api/v1/cups/c1/lid", ``, nil, 200, `"ok":true`, nil},
		"the one it overlaps with":          {"DELETE /api/v1/cups/lids/lid", ``, nil, 200, `"ok":false`, nil},
		"another last word":                 {"DELETE /api/v1/cups/c1/rim", ``, nil, 404, `There is nothing at this address.`, nil},
		"another method on that":            {"GET /api/v1/cups/c1/lid", ``, nil, 405, `This address takes DELETE, not GET.`, map[string]string{"Allow": "DELETE"}},
		"another method on nothing":         {"GET /api/v1/cups/c1/rim", ``, nil, 404, `There is nothing at this address.`, map[string]string{"Allow": ""}},
		"the wrong method":                  {"DELETE /api/v1/cups", ``, nil, 405, `This address takes POST, not DELETE.`, map[string]string{"Allow": "POST"}},
		"another website's form":            {"POST /api/v1/cups", `{"colour":"blue"}`, []string{"Authorization", "Bearer anna", "Sec-Fetch-Site", "cross-site"}, 403, `"code":"origin.foreign"`, nil},
		"another website's origin":          {"POST /api/v1/cups", `{"colour":"blue"}`, []string{"Authorization", "Bearer anna", "Origin", "https://evil.example"}, 403, `"code":"origin.foreign"`, nil},
		"a link from another website":       {"GET /api/v1/me", ``, []string{"Authorization", "Bearer anna", "Sec-Fetch-Site", "cross-site"}, 200, `staff:anna`, nil},
		"our own page":                      {"POST /api/v1/cups", `{"colour":"blue"}`, []string{"Authorization", "Bearer anna", "Origin", "http://example.com", "Sec-Fetch-Site", "same-origin"}, 201, `blue`, nil},
		"an Idempotency-Key of 300 letters": {"POST /api/v1/cups", `{"colour":"blue"}`, []string{"Authorization", "Bearer anna", "Idempotency-Key", strings.Repeat("k", 300)}, 422, `longer than 255`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := k.ask(tc.ask, tc.body, tc.headers...)
			if w.Code != tc.code || !strings.Contains(w.Body.String(), tc.want) {
				t.Errorf("%d %s; want %d with %s", w.Code, w.Body, tc.code, tc.want)
			}
			for name, want := range tc.answer {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %q; want %q", name, got, want)
				}
			}
			var p web.Problem
			if w.Code >= 400 && (json.Unmarshal(w.Body.Bytes(), &p) != nil || p.Status != w.Code || p.Kind == "" || p.Code == "" || p.Detail == "") {
				t.Errorf("half a problem: %s", w.Body)
			}
			if strings.Contains(w.Body.String(), "hunter2") {
				t.Error("an accident told what it should not")
			}
		})
	}
	if logged := k.log.String(); strings.Count(logged, "a request failed") != 2 || !strings.Contains(logged, "hunter2") || !strings.Contains(logged, "assignment to entry in nil map") {
		t.Errorf("the log:\n%s", logged)
	}
}

func TestARepeatIsAnsweredAsTheFirst(t *testing.T) {
	k := open(t, nil)
	anna := []string{"Authorization", "Bearer anna", "Idempotency-Key", "k1"}
	first := k.ask("POST /api/v1/cups", `{"colour":"blue"}`, anna...)
	again := k.ask("POST /api/v1/cups", `{"colour":"blue"}`, anna...)
	if first.Code != 201 || again.Code != 201 || first.Body.String() != again.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("first %d %s, again %d %s", first.Code, first.Body, again.Code, again.Body)
	}
	if w := k.ask("POST /api/v1/cups", `{"colour":"red"}`, anna...); w.Code != 422 || !strings.Contains(w.Body.String(), "idempotency_key.reused") {
		t.Errorf("another request under the key: %d %s", w.Code, w.Body)
	}
	if w := k.ask("POST /api/v1/cups", `{"colour":"blue"}`, "Authorization", "Bearer ben", "Idempotency-Key", "k1"); w.Code != 201 || w.Body.String() == first.Body.String() {
		t.Errorf("somebody else with the same key: %d %s", w.Code, w.Body)
	}
	if n := k.cups(t); n != 2 {
		t.Errorf("%d cups; want Anna's and Ben's", n)
	}
	broken := []string{"Authorization", "Bearer anna", "Idempotency-Key", "k2"}
	if w := k.ask("POST /api/v1/cups", `{"colour":"broken"}`, broken...); w.Code != 422 {
		t.Errorf("broken: %d", w.Code)
	}
	if w := k.ask("POST /api/v1/cups", `{"colour":"green"}`, broken...); w.Code != 201 {
		t.Errorf("mended under the key of what failed: %d %s", w.Code, w.Body)
	}
}

func TestTwinsAreCarriedOutOnce(t *testing.T) {
	k := open(t, nil)
	answers := make(chan string, 20)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			w := k.ask("POST /api/v1/cups", `{"colour":"blue"}`, "Authorization", "Bearer anna", "Idempotency-Key", "twins")
			answers <- w.Body.String()
		})
	}
	wg.Wait()
	close(answers)
	first := <-answers
	for a := range answers {
		if a != first || !strings.Contains(a, "blue") {
			t.Errorf("one heard %s, another %s", first, a)
		}
	}
	if n := k.cups(t); n != 1 {
		t.Errorf("%d cups; want 1", n)
	}
}

// Two nodes share the claim but not the wait: a twin there may hear a conflict with Retry-After, never a second cup.
func TestTwinsOnTwoNodesAreCarriedOutOnce(t *testing.T) {
	k := open(t, nil)
	other := open(t, func(c *web.Config) { c.DB = k.db })
	buy := func(ctx context.Context, who web.Who, in *colour) (web.None, error) {
		return web.None{}, k.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
			n := store.NewID[cupKind](tx)
			_, err := tx.Exec(`INSERT INTO cups (id, colour) VALUES ($1, $2)`, n, in.Body.Colour)
			return errors.Join(err, tx.Record(n, bought{n}))
		})
	}
	for _, node := range []kitchen{k, other} {
		web.Handle(node.API, web.Route{Method: http.MethodPost, Path: "/shared", Needs: web.Act}, buy)
	}
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			w := []kitchen{k, other}[i%2].ask("POST /api/v1/shared", `{"colour":"blue"}`, "Authorization", "Bearer anna", "Idempotency-Key", "twins")
			if w.Code != 200 && (w.Code != 409 || w.Header().Get("Retry-After") != "1") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	wg.Wait()
	if n := k.cups(t); n != 1 {
		t.Errorf("%d cups; want 1", n)
	}
}

func TestASecretIsNotKept(t *testing.T) {
	k := open(t, nil)
	anna := []string{"Authorization", "Bearer anna", "Idempotency-Key", "k1"}
	first := k.ask("POST /api/v1/cups/locked", `{"colour":"blue"}`, anna...)
	again := k.ask("POST /api/v1/cups/locked", `{"colour":"blue"}`, anna...)
	if first.Code != 201 || !strings.Contains(first.Body.String(), "s3cret") {
		t.Errorf("first: %d %s", first.Code, first.Body)
	}
	if again.Code != 409 || !strings.Contains(again.Body.String(), "request.repeated") || k.cups(t) != 1 {
		t.Errorf("again: %d %s, %d cups", again.Code, again.Body, k.cups(t))
	}
	if err := k.db.Read(t.Context(), func(tx *store.Tx) error {
		n, err := store.One[int](tx, `SELECT count(*) FROM web_answers`)
		if n != 0 {
			t.Errorf("%d answers kept", n)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

func TestKeptAnswersAreForgotten(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	db := storetest.OpenAt(t, func() time.Time { return now }, web.Tables, tea)
	k := open(t, func(c *web.Config) { c.DB = db })
	k.ask("POST /api/v1/cups", `{"colour":"blue"}`, "Authorization", "Bearer anna", "Idempotency-Key", "k1")
	left := func() (n int) {
		if err := db.Write(t.Context(), store.System("test"), func(tx *store.Tx) (err error) {
			if err := web.Forget(tx); err != nil {
				return err
			}
			n, err = store.One[int](tx, `SELECT count(*) FROM web_answers`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := left(); n != 1 {
		t.Fatalf("%d answers at once", n)
	}
	now = now.Add(web.KeptFor + time.Minute)
	if n := left(); n != 0 {
		t.Errorf("%d answers after %v", n, web.KeptFor)
	}
}

func TestTheSendersAddress(t *testing.T) {
	const loopback, far, friend = "127.0.0.1:4000", "203.0.113.9:4000", "10.1.2.3:4000"
	for name, tc := range map[string]struct {
		proxies       []netip.Prefix
		remote, hops  string
		want          string
		alsoSaysTwice bool
	}{
		"without a proxy":                        {nil, far, "", "203.0.113.9", false},
		"behind a proxy on this machine":         {nil, loopback, "198.51.100.7", "198.51.100.7", false},
		"what the sender claims is not believed": {nil, loopback, "1.1.1.1, 198.51.100.7", "198.51.100.7", false},
		"a stranger is no proxy":                 {nil, far, "198.51.100.7", "203.0.113.9", false},
		"two proxies":                            {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, friend, "1.1.1.1, 198.51.100.7, 10.9.9.9", "198.51.100.7", false},
		"two headers":                            {nil, loopback, "1.1.1.1", "198.51.100.7", true},
		"nonsense":                               {nil, loopback, "fish", "127.0.0.1", false},
		"IPv4 in IPv6":                           {nil, "[::ffff:203.0.113.9]:80", "", "203.0.113.9", false},
		"a socket file":                          {nil, "@", "", "invalid IP", false},
	} {
		t.Run(name, func(t *testing.T) {
			k := open(t, func(c *web.Config) { c.Proxies = tc.proxies })
			r := httptest.NewRequest(http.MethodGet, "/api/v1/me", nil)
			r.RemoteAddr = tc.remote
			r.Header.Set("Authorization", "Bearer anna")
			r.Header.Set("User-Agent", "kettle/1")
			r.Header.Set("X-Forwarded-For", tc.hops)
			if tc.alsoSaysTwice {
				r.Header.Add("X-Forwarded-For", tc.want)
			}
			w := httptest.NewRecorder()
			k.Handler().ServeHTTP(w, r)
			if !strings.Contains(w.Body.String(), `"ip":"`+tc.want+`"`) || !strings.Contains(w.Body.String(), "kettle/1") {
				t.Errorf("%s; want %s", w.Body, tc.want)
			}
		})
	}
}

func TestATrustedOriginMaySend(t *testing.T) {
	k := open(t, func(c *web.Config) { c.Origins = []string{"https://help.example", "not an origin"} })
	w := k.ask("POST /api/v1/cups", `{"colour":"blue"}`, "Authorization", "Bearer anna", "Origin", "https://help.example")
	if w.Code != 201 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(k.log.String(), "not an origin") {
		t.Error("an origin that can't be read went by in silence")
	}
}

func TestWhatIsObserved(t *testing.T) {
	var seen []string
	k := open(t, func(c *web.Config) {
		c.Observe = func(route string, status int, _ time.Duration) {
			seen = append(seen, route+" "+http.StatusText(status))
		}
	})
	k.ask("GET /api/v1/cups/cup_06f3x8k2m4q7r", "", "Authorization", "Bearer anna")
	k.ask("GET /api/v1/fails/gone", "")
	k.ask("GET /api/v1/fails/panic", "")
	want := []string{"GET /api/v1/cups/{id} Created", "GET /api/v1/fails/{how} Not Found", "GET /api/v1/fails/{how} Internal Server Error"}
	if !slices.Equal(seen, want) {
		t.Errorf("%q; want %q", seen, want)
	}
}

func TestTheDocumentNamesTheNeeds(t *testing.T) {
	k := open(t, func(c *web.Config) { c.DB = nil })
	b, err := k.Document()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"openapi":"3.1.0"`, `"/api/v1/cups/{id}"`, `"x-needs":["act"]`, `"type":"string"`, `"413":{"$ref":"#/components/responses/RequestEntityTooLarge"}`, `"429":{"$ref"`, `"503":{"$ref"`, `"Retry-After"`, `"name":"Idempotency-Key"`} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("no %s in the document", want)
		}
	}
	if bytes.Contains(b, []byte("Set-Cookie")) {
		t.Error("the document speaks of cookies")
	}
	for _, r := range k.Routes() {
		if r.Needs != web.Public && r.Needs != web.Self && len(r.Needs.Names()) == 0 {
			t.Errorf("%s %s has no permission", r.Method, r.Path)
		}
	}
}

func TestPermissionsByName(t *testing.T) {
	p, ok := web.ParsePerms([]string{"view", " act"})
	if !ok || p != web.View|web.Act || !slices.Equal(p.Names(), []string{"act", "view"}) {
		t.Errorf("%v %v", p.Names(), ok)
	}
	if _, ok := web.ParsePerms([]string{"view", "everything"}); ok {
		t.Error("an unknown permission was read")
	}
	var back web.Perm
	if b, err := json.Marshal(p); err != nil || string(b) != `["act","view"]` || json.Unmarshal([]byte(`["view","fly","act"]`), &back) != nil || back != p {
		t.Errorf("%s came back as %v (%v)", b, back.Names(), err)
	}
	boss := web.Everything(store.System("cli"))
	if !boss.May(web.View|web.People|web.Settings) || !boss.Sees(7) {
		t.Error("a door is closed for the command line")
	}
	agent := web.Who{Can: web.View, Teams: []int64{7}}
	if agent.May(web.View|web.Act) || !agent.May(web.Self) || agent.Sees(8) || !agent.Sees(7) || !agent.Sees(0) {
		t.Error("an agent may the wrong things")
	}
}

type under struct {
	ID cupID `path:"id"`
}

func TestAnEmbeddedStructThatHumaDoesNotSeeIsRefused(t *testing.T) {
	defer func() {
		if s, _ := recover().(string); !strings.Contains(s, "embedded under") {
			t.Errorf("%q", s)
		}
	}()
	web.Handle(web.New(web.Config{}), web.Route{Method: http.MethodGet, Path: "/cups/{id}", Needs: web.View},
		func(context.Context, web.Who, *struct{ under }) (web.None, error) { return web.None{}, nil })
}

// A body that ends early must not be carried out.
func TestACutBodyIsNotCarriedOut(t *testing.T) {
	k := open(t, nil)
	r := httptest.NewRequest(http.MethodPost, "/api/v1/cups", io.MultiReader(strings.NewReader(`{"colour":"bl`), brokenPipe{}))
	r.Header.Set("Authorization", "Bearer anna")
	r.Header.Set("Idempotency-Key", "k1")
	w := httptest.NewRecorder()
	k.Handler().ServeHTTP(w, r)
	if w.Code != 422 || !strings.Contains(w.Body.String(), "body.cut") || k.cups(t) != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

type brokenPipe struct{}

func (brokenPipe) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func FuzzForwardedFor(f *testing.F) {
	f.Add("1.1.1.1, 10.0.0.1", "127.0.0.1:80")
	f.Add(",,::1%lo", "[::1]:80")
	api := web.New(web.Config{})
	var got netip.Addr
	api.Mux.HandleFunc("/x", func(_ http.ResponseWriter, r *http.Request) { got = web.From(r.Context()).IP })
	h := api.Handler()
	f.Fuzz(func(t *testing.T, hops, remote string) {
		r := httptest.NewRequest(http.MethodGet, "/x", nil)
		r.RemoteAddr, r.Header = remote, http.Header{"X-Forwarded-For": {hops}}
		h.ServeHTTP(httptest.NewRecorder(), r)
		at, err := netip.ParseAddrPort(remote)
		if err == nil && !at.Addr().Unmap().IsLoopback() && got != at.Addr().Unmap() {
			t.Errorf("%s became %s by %q", remote, got, hops)
		}
	})
}
