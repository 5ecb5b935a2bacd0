package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hearthdesk/hearth/base/fault"
)

// Problem is a fault as the API tells it (RFC 9457, application/problem+json).
type Problem struct {
	Type   string            `json:"type"`
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Kind   fault.Kind        `json:"kind" enum:"invalid,not_found,denied,conflict,internal"`
	Code   string            `json:"code" doc:"stable, for programs and translations"`
	Detail string            `json:"detail" doc:"one sentence fit for a person"`
	Fields map[string]string `json:"fields,omitempty" doc:"what is wrong with which field"`
	Values []string          `json:"values,omitempty" doc:"what stands in the sentence, in its order, for whoever says it in another language"`

	wait time.Duration // until asking again makes sense
}

// Error is for logs.
func (p *Problem) Error() string { return strconv.Itoa(p.Status) + " " + p.Code + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders are what RFC 9110 wants beside some statuses: WWW-Authenticate with 401 (15.5.2), Retry-After in seconds where
// waiting helps (10.2.3).
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if p.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.wait.Seconds()))))
	}
	return h
}

type tooOften struct {
	*fault.Fault
	wait time.Duration
}

func (t *tooOften) Unwrap() error { return t.Fault }

// SlowDown is the fault of whoever asks too often: Denied, code "slow_down", with the time to wait in its sentence and in
// the answer's Retry-After.
func SlowDown(wait time.Duration) error {
	say := "That was tried too often. Please wait a moment and try again."
	if s := int(math.Ceil(wait.Seconds())); s > 90 {
		say = fmt.Sprintf("That was tried too often. Please wait %d minutes and try again.", (s+59)/60)
	} else if s > 1 {
		say = fmt.Sprintf("That was tried too often. Please wait %d seconds and try again.", s)
	}
	return &tooOften{&fault.Fault{Kind: fault.Denied, Code: "slow_down", Say: say}, wait}
}

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound, fault.Denied: http.StatusForbidden,
	fault.Conflict: http.StatusConflict, fault.Internal: http.StatusInternalServerError,
}

// Codes whose status says more than their kind's.
var special = map[string]int{
	"sign_in.needed": http.StatusUnauthorized, "sign_in.failed": http.StatusUnauthorized, "token.unknown": http.StatusUnauthorized,
	"body.too_large": http.StatusRequestEntityTooLarge, "files.full": http.StatusInsufficientStorage, "files.away": http.StatusServiceUnavailable, "slow_down": http.StatusTooManyRequests, "store.trouble": http.StatusServiceUnavailable,
}

// Codes after which it helps to wait and ask again.
var waits = map[string]time.Duration{"store.trouble": 2 * time.Second, "files.away": 5 * time.Second, "request.repeated": time.Second}

func problemOf(f *fault.Fault) *Problem {
	status, ok := special[f.Code]
	if !ok {
		status = statuses[f.Kind]
	}
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Kind: f.Kind, Code: f.Code, Detail: f.Say, Fields: f.Fields, Values: f.Values, wait: waits[f.Code],
	}
}

// explain turns an error into a problem; an accident is logged here, once, and nothing of it leaves the house.
func (a *API) explain(ctx context.Context, r Route, err error) *Problem {
	f := fault.Of(err)
	if f == nil || f.Kind == fault.Internal {
		if errors.Is(ctx.Err(), context.Canceled) {
			a.cfg.Log.DebugContext(ctx, "a request was given up by its sender", "route", r.Method+" "+r.Path, "err", err)
		} else {
			a.cfg.Log.ErrorContext(ctx, "a request failed", "route", r.Method+" "+r.Path, "err", err)
		}
	}
	if f == nil {
		f = accident()
	}
	p := problemOf(f)
	if slow, ok := errors.AsType[*tooOften](err); ok {
		p.wait = slow.wait
	}
	return p
}

func accident() *fault.Fault {
	return fault.New(fault.Internal, "internal", "Something went wrong on our side. It was written down; please try again.")
}

func tooLarge() *fault.Fault {
	return fault.New(fault.Invalid, "body.too_large", "This is larger than what can be taken in one piece.")
}

// problem is how huma's own findings (a wrong type, a missing field) read.
func problem(status int, msg string, errs ...error) huma.StatusError {
	f := fault.New(fault.Invalid, "request.invalid", "%s", sentence(msg))
	for _, err := range errs {
		if own := fault.Of(err); own != nil {
			return problemOf(own)
		}
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return problemOf(tooLarge())
		}
		if d, ok := errors.AsType[*huma.ErrorDetail](err); ok {
			if f.Fields == nil {
				f.Fields = map[string]string{}
			}
			name, say := plainDetail(d)
			f.Fields[name] = say
		}
	}
	switch {
	case status == http.StatusRequestEntityTooLarge:
		f = tooLarge()
	case status == http.StatusBadRequest:
		f = fault.New(fault.Invalid, "body.malformed", "The body is not the JSON that is expected here.")
	case status == http.StatusUnsupportedMediaType:
		f = fault.New(fault.Invalid, "body.unknown_type", "The body is of a kind that is not taken here; send application/json.")
	case status >= http.StatusInternalServerError:
		f = accident()
	case len(f.Fields) > 0:
		f.Say = "Some of what was sent can't be used: " + firstField(f.Fields) + "."
	}
	p := problemOf(f)
	if status == http.StatusNotAcceptable || status == http.StatusUnsupportedMediaType || status == http.StatusRequestTimeout {
		p.Status, p.Title = status, http.StatusText(status)
	}
	return p
}

// place takes a field's name out of where huma found it.
var place = strings.NewReplacer("body.", "", "query.", "", "path.", "", "header.", "")

// plainDetail says which field is wrong, and how: a missing one by its own name, a fault in its own words.
func plainDetail(d *huma.ErrorDetail) (field, say string) {
	field = place.Replace(d.Location)
	if name, ok := strings.CutPrefix(d.Message, "expected required property "); ok {
		field = strings.TrimPrefix(field+"."+strings.TrimSuffix(name, " to be present"), "body.")
		return field, "is missing"
	}
	if rest, ok := strings.CutPrefix(d.Message, "invalid value: "); ok {
		if _, own, ok := strings.Cut(rest, ": "); ok {
			return field, own
		}
	}
	if what, own, ok := strings.Cut(d.Message, ": "); ok { // a fault found while the JSON was read, such as money in no currency
		if kind, code, two := strings.Cut(what, " "); two && kind == string(fault.Invalid) && strings.Contains(code, ".") && !strings.Contains(code, " ") {
			return field, own
		}
	}
	return field, d.Message
}

func firstField(fields map[string]string) string {
	first := ""
	for name := range fields {
		if first == "" || name < first {
			first = name
		}
	}
	say := strings.TrimSuffix(fields[first], ".")
	if first == "body" {
		return say
	}
	return first + ": " + say
}

func sentence(msg string) string {
	if msg == "" {
		return "This can't be used."
	}
	return strings.ToUpper(msg[:1]) + strings.TrimSuffix(msg[1:], ".") + "."
}

// write sends a problem outside of huma.
func write(w http.ResponseWriter, p *Problem) {
	maps.Copy(w.Header(), p.GetHeaders())
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	// The status is out; a peer that is gone can't be told.
	_ = json.NewEncoder(w).Encode(p)
}

// Fail sends err as a problem, for the few handlers that are not huma's (files, sockets, pages).
func (a *API) Fail(w http.ResponseWriter, r *http.Request, err error) {
	write(w, a.explain(r.Context(), Route{Method: r.Method, Path: r.URL.Path}, err))
}
