package due_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
)

// Events are for ever: a change here needs an upcaster.
func TestEventsAreWrittenAsTheyAlwaysWere(t *testing.T) {
	golden, err := os.ReadFile("testdata/events.golden")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, e := range []store.Event{
		due.Parked{Work: "email.send", Key: "dlv_1", Tries: 10},
		due.Retried{Work: "email.send", Key: "dlv_1"},
		due.Discarded{Work: "email.send", Key: "dlv_1"},
	} {
		body, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		got.WriteString(e.Kind() + " " + string(body) + "\n")
	}
	if d := cmp.Diff(string(golden), got.String()); d != "" {
		t.Error(d)
	}
}
