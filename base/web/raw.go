package web

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hearthdesk/hearth/base/fault"
)

// Raw serves an operation whose body or answer is not JSON: a file, a stream, a socket. A fault that do returns before it
// wrote anything is sent as a problem.
func Raw(a *API, r Route, do func(w http.ResponseWriter, req *http.Request, who Who) error) {
	a.routes = append(a.routes, r)
	a.mapped[r.Method+" "+Prefix+r.Path] = r
	op := &huma.Operation{
		OperationID: operationID(r), Method: r.Method, Path: Prefix + r.Path, Summary: r.Say, Tags: []string{strings.Split(r.Path, "/")[1]},
		Extensions: map[string]any{"x-needs": r.Needs.Names()}, Security: []map[string][]string{{"token": {}}}, Parameters: repeatable(r),
	}
	a.rawBodies(op, r)
	for part := range strings.SplitSeq(r.Path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			op.Parameters = append(op.Parameters, &huma.Param{Name: strings.TrimSuffix(name, "}"), In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
		}
	}
	for _, q := range r.Asks {
		op.Parameters = append(op.Parameters, &huma.Param{Name: q.Name, In: "query", Description: q.Say, Schema: &huma.Schema{Type: cmp.Or(q.Type, huma.TypeString)}})
	}
	a.huma.OpenAPI().AddOperation(op)
	a.describe(r)
	mounting{a.Mux, a}.HandleFunc(r.Method+" "+Prefix+r.Path, func(w http.ResponseWriter, req *http.Request) {
		who, ok := Asker(req.Context())
		switch {
		case !ok && r.Needs != Public:
			a.Fail(w, req, fault.New(fault.Denied, "sign_in.needed", "Please sign in first."))
			return
		case !who.May(r.Needs) && r.Needs != Public:
			a.Fail(w, req, missing(r.Needs))
			return
		}
		if r.Limit > 0 {
			req.Body = http.MaxBytesReader(w, req.Body, r.Limit)
		}
		if err := do(w, req, who); err != nil {
			a.Fail(w, req, cutOff(err))
		}
	})
}

// Send writes v as JSON.
func Send(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(v)
}
