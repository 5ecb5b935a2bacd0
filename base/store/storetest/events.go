package storetest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
)

// Events holds the events of a room against their golden files in testdata/events: the journal of years ago must be
// readable for ever, so a file that changes is a broken past. HEARTH_UPDATE_EVENTS=yes writes the files of new events and
// touches no old one.
func Events(t *testing.T, events ...store.Event) {
	t.Helper()
	dir := filepath.Join("testdata", "events")
	seen := map[string]bool{}
	for _, e := range events {
		name := e.Kind() + ".json"
		seen[name] = true
		got, err := json.MarshalIndent(e, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, '\n')
		want, err := os.ReadFile(filepath.Join(dir, name))
		if os.IsNotExist(err) && os.Getenv("HEARTH_UPDATE_EVENTS") == "yes" {
			if err := os.MkdirAll(dir, 0o750); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), got, 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s has no golden file: %v", e.Kind(), err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is written as %s and was written as %s", e.Kind(), got, want)
		}
		back := reflect.New(reflect.TypeOf(e))
		if err := json.Unmarshal(want, back.Interface()); err != nil || !reflect.DeepEqual(back.Elem().Interface(), e) {
			t.Errorf("%s of the past is read as %+v: %v", e.Kind(), back.Elem().Interface(), err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !seen[f.Name()] {
			t.Errorf("%s is an event of the past that this test forgot", f.Name())
		}
	}
}
