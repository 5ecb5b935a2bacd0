package web

import (
	"cmp"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Ask is a parameter in the query of a Raw route, which huma can't see.
type Ask struct{ Name, Type, Say string } // of a string without Type

// anyBytes is the media type of a body or answer that can be of any kind.
const anyBytes = "application/octet-stream"

// failures are the statuses an operation may fail with, for the document: 413 where there is a body to be too large.
func failures(method string) []int {
	all := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable}
	if method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch {
		all = append(all, http.StatusRequestEntityTooLarge)
	}
	return all
}

// repeatable is the header by which a POST of somebody who is known is carried out once.
func repeatable(r Route) []*huma.Param {
	if r.Method != http.MethodPost || r.Needs == Public {
		return nil
	}
	longest := longestKey
	return []*huma.Param{{
		Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &longest},
		Description: "A name of your own for this request: sent again under the same within a week, it is not carried out again and has the same answer",
	}}
}

// rawBodies describes what a Raw route takes and gives.
func (a *API) rawBodies(op *huma.Operation, r Route) {
	if r.Takes != "" {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{r.Takes: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
	}
	done := &huma.Response{Description: r.Say}
	switch {
	case r.Made != nil:
		done.Content = map[string]*huma.MediaType{"application/json": {Schema: a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(r.Made), true, "")}}
	case r.Status != http.StatusSwitchingProtocols:
		done.Content = map[string]*huma.MediaType{cmp.Or(r.Gives, anyBytes): {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	}
	op.Responses = map[string]*huma.Response{strconv.Itoa(max(r.Status, http.StatusOK)): done}
	problem := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")
	for _, status := range append(failures(r.Method), http.StatusInternalServerError) {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status), Content: map[string]*huma.MediaType{(&Problem{}).ContentType(""): {Schema: problem}},
		}
	}
}

// describe has the document say once, for all operations, what a failure looks like.
func (a *API) describe(r Route) {
	doc := a.huma.OpenAPI()
	item := doc.Paths[Prefix+r.Path]
	if doc.Components.Responses == nil {
		doc.Components.Responses = map[string]*huma.Response{}
	}
	for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
		if op == nil || op.Method != r.Method {
			continue
		}
		for key, res := range op.Responses {
			status, err := strconv.Atoi(key)
			if err != nil || status < http.StatusBadRequest || res.Ref != "" {
				continue
			}
			name := strings.ReplaceAll(http.StatusText(status), " ", "")
			if waits := []int{http.StatusConflict, http.StatusTooManyRequests, http.StatusServiceUnavailable}; slices.Contains(waits, status) {
				res.Headers = map[string]*huma.Param{"Retry-After": {Description: "Seconds after which it helps to ask again; absent where it does not", Schema: &huma.Schema{Type: huma.TypeInteger}}}
			}
			doc.Components.Responses[name] = res
			op.Responses[key] = &huma.Response{Ref: "#/components/responses/" + name}
		}
	}
}
