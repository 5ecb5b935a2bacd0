// Package web is the door for programs and browsers: HTTP in, calls of the rooms, faults out as problems (RFC 9457).
//
// A room declares each operation with Handle: the path, the permission beside it, and a function of a few lines. web knows
// who asks, checks the permission, carries out a POST with an Idempotency-Key once, and alone knows HTTP status codes.
package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
)

// Prefix is where the API begins.
const Prefix = "/api/v1"

// Authenticate finds who sends a request: ok is false for nobody, and an error is a fault such as a token that was revoked.
type Authenticate func(r *http.Request) (w Who, ok bool, err error)

// Config is what the door needs to know. DB may be nil when only the OpenAPI document is wanted.
type Config struct {
	DB      *store.DB
	Auth    Authenticate
	Version string
	Log     *slog.Logger
	Observe func(route string, status int, took time.Duration) // may be nil
	Origins []string                                           // websites besides our own that may send requests, as scheme://host[:port]; our public one behind a proxy that changes Host
	Proxies []netip.Prefix                                     // whose X-Forwarded-For is believed; this machine's when nil
}

// API is the door: its mux takes plain pages too.
type API struct {
	Mux     *http.ServeMux
	huma    huma.API
	cfg     Config
	routes  []Route
	noun    string            // of the route that is being declared
	mapped  map[string]Route  // by their pattern in the mux
	tails   map[string]string // what the last word must be where the mux takes any, by pattern
	running sync.Map          // name of a request with an Idempotency-Key → chan struct{}, closed when it ends
}

// Route declares an operation.
type Route struct {
	Method string
	Path   string // below Prefix, in the style of net/http: "/tickets/{id}"
	Needs  Perm   // Self for anybody signed in, Public for anybody
	Say    string // what it does, in a few words for the document
	Status int    // of success; 200 when zero
	Limit  int64  // bytes of the body; 1 MB when zero
	Secret bool   // the answer holds a secret, so it is never kept for a repeat
	Tail   bool   // its last word is looked at last: the mux can't tell /tickets/{id}/draft from /tickets/fields/{key}

	// Of a Raw route, for the document: huma sees these only of others.
	Takes string // media type of the body; none when empty
	Gives string // media type of the answer; any bytes when empty
	Made  any    // a value of the type of an answer that is JSON all the same
	Asks  []Ask  // parameters in the query
}

// New opens the door.
func New(cfg Config) *API {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	mux := http.NewServeMux()
	doc := huma.DefaultConfig("Hearth", cfg.Version)
	doc.Info.Description = "Everything the workspace does. Ids are strings, times RFC 3339 in UTC, money whole minor units."
	doc.DocsPath = "" // the stock page loads scripts from a third party
	doc.CreateHooks = nil
	doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	speakPlainly()
	a := &API{Mux: mux, cfg: cfg, mapped: map[string]Route{}, tails: map[string]string{}}
	doc.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", a.typeName)
	a.huma = humago.New(mounting{mux, a}, doc)
	mux.HandleFunc(Prefix+"/", a.nothing)
	return a
}

// typeName names a type in the document after its room, because rooms share words: TicketsChange, StaffChange; a type
// without a name after the noun of its path.
func (a *API) typeName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if outer, inner, ok := strings.Cut(strings.TrimSuffix(t.Name(), "]"), "["); ok {
		if room, of, ok := strings.Cut(path.Base(inner), "."); ok {
			return outer + capital(room) + of // PageTicketsTicket
		}
	}
	room := path.Base(t.PkgPath())
	switch {
	case t.Name() == "":
		return capital(a.noun) + name
	case room == "web", !strings.Contains(t.PkgPath(), "/hearth/"):
		return name
	}
	return capital(room) + name
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// speakPlainly makes huma's own findings read like ours; huma has one place for that in a process.
var speakPlainly = sync.OnceFunc(func() {
	huma.NewError = problem
	huma.NewErrorWithContext = func(_ huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return problem(status, msg, errs...)
	}
})

// nothing answers what no route is for, and says so when the path would do with another method (RFC 9110, 15.5.6).
func (a *API) nothing(w http.ResponseWriter, r *http.Request) {
	var allow []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = m
		_, pattern := a.Mux.Handler(other)
		if last, tail := a.tails[pattern]; tail && path.Base(r.URL.Path) != last {
			continue
		}
		if pattern != Prefix+"/" {
			allow = append(allow, m)
		}
	}
	p := problemOf(fault.New(fault.NotFound, "path.unknown", "There is nothing at this address."))
	if len(allow) > 0 {
		w.Header().Set("Allow", strings.Join(allow, ", "))
		p = problemOf(fault.New(fault.Invalid, "method.wrong", "This address takes %s, not %s.", strings.Join(allow, ", "), r.Method))
		p.Status, p.Title = http.StatusMethodNotAllowed, http.StatusText(http.StatusMethodNotAllowed)
	}
	write(w, p)
}

// mounting is the mux as routes are put into it.
type mounting struct {
	*http.ServeMux
	api *API
}

// HandleFunc puts a route into the mux, one with a Tail under a pattern that takes any last word.
func (m mounting) HandleFunc(pattern string, do func(http.ResponseWriter, *http.Request)) {
	route := m.api.mapped[pattern]
	if !route.Tail {
		m.ServeMux.HandleFunc(pattern, do)
		return
	}
	last := path.Base(pattern)
	general := strings.TrimSuffix(pattern, last) + "{last}"
	m.api.mapped[general], m.api.tails[general] = route, last
	m.ServeMux.HandleFunc(general, func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("last") != last {
			m.api.nothing(w, r)
			return
		}
		do(w, r)
	})
}

// Document is the OpenAPI 3.1 document as JSON.
func (a *API) Document() ([]byte, error) { return a.huma.OpenAPI().MarshalJSON() }

// Routes lists the operations, for tests that look at all of them.
func (a *API) Routes() []Route { return slices.Clone(a.routes) }

// route is what was declared for a request, with the widest limit where none was.
func (a *API) route(r *http.Request) Route {
	_, pattern := a.Mux.Handler(r)
	route := a.mapped[pattern]
	route.Limit = cmp.Or(route.Limit, 64<<20)
	return route
}

type answer[O any] struct {
	Status    int
	SetCookie string `header:"Set-Cookie" hidden:"true"`
	Body      O
}

// Coded is a result whose status is not always the same, such as 201 settled or 202 asks a supervisor.
type Coded interface{ StatusCode() int }

// Cookied is a result that leaves a cookie in the browser; nil leaves none.
type Cookied interface{ Cookie() *http.Cookie }

// Handle serves one operation. In is a struct with huma's tags (path, query, header, Body); Out is the JSON body.
func Handle[In, Out any](a *API, r Route, do func(ctx context.Context, who Who, in *In) (Out, error)) {
	if name := hidden(reflect.TypeFor[In]()); name != "" {
		panic(fmt.Sprintf("web: %s %s: huma passes over the embedded %s; export it or write its fields out", r.Method, r.Path, name)) //nolint:forbidigo // a slip of ours, found by the first test that builds the routes
	}
	r.Status, r.Limit = cmp.Or(r.Status, http.StatusOK), cmp.Or(r.Limit, 1<<20)
	a.routes = append(a.routes, r)
	a.mapped[r.Method+" "+Prefix+r.Path] = r
	a.noun = strings.Split(r.Path, "/")[1]
	op := huma.Operation{
		OperationID: operationID(r), Method: r.Method, Path: Prefix + r.Path, Summary: r.Say, DefaultStatus: r.Status,
		Tags: []string{a.noun}, MaxBodyBytes: r.Limit, Errors: failures(r.Method), Parameters: repeatable(r),
		Extensions: map[string]any{"x-needs": r.Needs.Names()},
	}
	if r.Needs != Public {
		op.Security = []map[string][]string{{"token": {}}}
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *In) (*answer[Out], error) {
		who, ok := Asker(ctx)
		if r.Needs != Public {
			if !ok {
				return nil, a.explain(ctx, r, fault.New(fault.Denied, "sign_in.needed", "Please sign in first."))
			}
			if !who.May(r.Needs) {
				return nil, a.explain(ctx, r, missing(r.Needs))
			}
		}
		out, err := do(ctx, who, in)
		if err != nil {
			return nil, a.explain(ctx, r, err)
		}
		res := &answer[Out]{Status: r.Status, Body: out}
		if c, ok := any(out).(Coded); ok {
			res.Status = c.StatusCode()
		}
		if c, ok := any(out).(Cookied); ok {
			if cookie := c.Cookie(); cookie != nil {
				res.SetCookie = cookie.String()
			}
		}
		return res, nil
	})
	a.describe(r)
}

// hidden names an embedded struct that huma would not look into, so that an id in a path would quietly be zero.
func hidden(t reflect.Type) string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return ""
	}
	for f := range t.Fields() {
		if f.Anonymous && !f.IsExported() {
			return f.Name
		}
		if f.Name == "Body" {
			if name := hidden(f.Type); name != "" {
				return name
			}
		}
	}
	return ""
}

func missing(p Perm) error {
	return fault.New(fault.Denied, "permission.missing", "Your role does not allow this (it needs “%s”).", strings.Join(p.Names(), ", "))
}

// cutOff is the fault for a body that was cut off at its limit.
func cutOff(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge()
	}
	return err
}

func operationID(r Route) string {
	words := strings.FieldsFunc(r.Path, func(c rune) bool { return c == '/' || c == '{' || c == '}' || c == '.' })
	return strings.ToLower(r.Method) + "-" + strings.Join(words, "-")
}

// Page is a list as the API gives it; Next asks for the following page and is empty on the last.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"pass as after= for the next page; absent on the last"`
}

// None is the body of an answer that has nothing to say.
type None struct {
	OK bool `json:"ok"`
}

// Handler is the whole door: safety headers, who asks, requests carried out once, and then the mux.
func (a *API) Handler() http.Handler {
	var h http.Handler = a.Mux
	h = a.once(h)
	h = a.authenticate(h)
	h = a.recognise(h)
	h = a.observe(h)
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		write(w, problemOf(fault.New(fault.Denied, "origin.foreign", "This request came from another website, so it was not carried out.")))
	}))
	for _, o := range a.cfg.Origins {
		if err := guard.AddTrustedOrigin(o); err != nil {
			a.cfg.Log.Warn("an origin can't be read, so nothing from there is taken", "origin", o, "err", err)
		}
	}
	return safe(guard.Handler(h))
}

func safe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Frame-Options", "SAMEORIGIN")
		if strings.HasPrefix(r.URL.Path, Prefix) {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

func (a *API) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.cfg.Auth == nil {
			next.ServeHTTP(w, r)
			return
		}
		who, ok, err := a.cfg.Auth(r)
		if err != nil {
			write(w, a.explain(r.Context(), Route{Method: r.Method, Path: r.URL.Path}, err))
			return
		}
		if ok {
			r = r.WithContext(Asking(r.Context(), who))
		}
		next.ServeHTTP(w, r)
	})
}

type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(code int) {
	w.status = code
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController and the socket reach the connection.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (a *API) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now() //nolint:forbidigo // a duration, not a moment
		rec := &watched{ResponseWriter: w, status: http.StatusOK}
		defer a.finish(rec, r, start)
		next.ServeHTTP(rec, r)
	})
}

// finish turns a panic into an answer and tells whoever watches how the request went.
func (a *API) finish(rec *watched, r *http.Request, start time.Time) {
	if p := recover(); p != nil {
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p) //nolint:forbidigo // net/http's own way to end a response
		}
		a.cfg.Log.ErrorContext(r.Context(), "a request went badly wrong", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
		write(rec, problemOf(accident()))
	}
	if a.cfg.Observe != nil {
		_, pattern := a.Mux.Handler(r) // the mux notes it on a copy of the request only
		a.cfg.Observe(pattern, rec.status, time.Since(start))
	}
}
