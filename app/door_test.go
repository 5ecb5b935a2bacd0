package app_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/test/house"
)

// The document that programs are made from changes only on purpose: HEARTH_UPDATE_OPENAPI=yes go test ./app writes it.
func TestTheDocumentIsTheOneInTheProject(t *testing.T) {
	raw, err := app.Outline("dev").API.Document()
	if err != nil {
		t.Fatal(err)
	}
	var doc bytes.Buffer
	if err := json.Indent(&doc, raw, "", " "); err != nil {
		t.Fatal(err)
	}
	doc.WriteByte('\n')
	file := filepath.Join("..", "docs", "openapi.json")
	if os.Getenv("HEARTH_UPDATE_OPENAPI") == "yes" {
		if err := os.WriteFile(file, doc.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, doc.Bytes()) {
		t.Error("the API has changed and docs/openapi.json has not; if it was on purpose: HEARTH_UPDATE_OPENAPI=yes go test ./app")
	}
	h := house.Start(t)
	res, err := http.Get("http://" + h.HTTP + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var served struct {
		OpenAPI string                    `json:"openapi"`
		Paths   map[string]map[string]any `json:"paths"`
	}
	if err := json.NewDecoder(res.Body).Decode(&served); err != nil || served.OpenAPI != "3.1.0" || len(served.Paths) == 0 {
		t.Errorf("served: %s, %d paths, %v", served.OpenAPI, len(served.Paths), err)
	}
}

// Every operation names the permission it needs; those for anybody who is signed in, or for anybody at all, are few and
// known.
func TestEveryOperationNamesAPermission(t *testing.T) {
	free := []string{
		"GET /staff", "GET /teams", "GET /roles", "GET /me", "PATCH /me", "GET /sessions", "DELETE /sessions", "DELETE /sessions/{id}",
		"POST /sessions", "GET /tokens", "POST /tokens", "DELETE /tokens/{id}", "PUT /me/password", "POST /me/password", "GET /staff/{id}", "DELETE /sessions/current",
		"POST /staff/{id}/phone", "GET /push", "POST /push", "DELETE /push",
		"GET /parts", "GET /parts/counts", "GET /parts/{id}", "POST /parts/{id}/messages", "GET /parts/files/{file}", "GET /parts/messages/{message}/page", // whoever was invited
	}
	n := 0
	for _, r := range app.Outline("test").API.Routes() {
		n++
		name := r.Method + " " + r.Path
		if r.Needs == web.Self && !slices.Contains(free, name) {
			t.Errorf("%s is open to everybody who is signed in; is it meant to be?", name)
		}
		if r.Needs == web.Public {
			t.Logf("open to anybody: %s", name)
		}
		if r.Say == "" {
			t.Errorf("%s does not say what it does", name)
		}
	}
	if n < 40 {
		t.Errorf("only %d operations were seen", n)
	}
}

// Nobody who is not signed in, or whose role does not allow it, gets past any operation.
func TestEveryOperationAsksWhoIsThere(t *testing.T) {
	h := house.Start(t)
	for _, r := range app.Outline("test").API.Routes() {
		if r.Needs == web.Public {
			continue
		}
		req, err := http.NewRequest(r.Method, "http://"+h.HTTP+web.Prefix+r.Path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusUnprocessableEntity && res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s %s answers %d to nobody", r.Method, r.Path, res.StatusCode)
		}
	}
}
