package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/test/house"
)

// TestWhatWasFoundIsExported: an export tells with each message what the lexicon found in it, and who let it leave.
func TestWhatWasFoundIsExported(t *testing.T) {
	h := house.Start(t)
	h.Ask(http.MethodPut, "/api/v1/lexicon/en/rules/own.folks", map[string]any{
		"family": "own", "find": []string{"you folks"}, "severity": "stop", "why": "Nobody likes to be one of a crowd.", "bad": []string{"What do you folks want?"},
	}, nil)
	var ticket, m struct{ ID string }
	h.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"subject": "Cup", "from": map[string]any{"email": "ada@example.com"}, "text": "The cup is broken.", "facts_first": "safety"}, &ticket)
	h.Ask(http.MethodPost, "/api/v1/tickets/"+ticket.ID+"/replies", map[string]any{"text": "Hello, what do you folks want?", "override": "They say so."}, &m)
	folder := exported(t, h, nil).Folder
	for noun, wants := range map[string][]string{"messages": {`"rule":"own.folks"`, `"overruled":true`, `"reason":"They say so."`}, "tickets": {`"facts_first":"safety"`}} {
		b, err := os.ReadFile(filepath.Join(folder, noun+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(b), want) {
				t.Errorf("%s does not tell of %s: %s", noun, want, b)
			}
		}
	}
}
