package clocks

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

var update = flag.Bool("update", false, "write the golden files of new events")

// The journal of years ago must be readable for ever: a golden file that changes is a broken past.
func TestEventsStayAsTheyWere(t *testing.T) {
	const (
		tkt = tickets.ID(0x123456789abcd)
		tgt = TargetID(0x223456789abcd)
		two = TargetID(0x223456789abce)
	)
	at := monday.Add(1234567)
	events := []store.Event{
		Started{tkt, FirstAnswer, tgt, at}, Paused{tkt, Resolution}, Resumed{tkt, Resolution, at}, Retimed{tkt, NextAnswer, tgt, at},
		Warned{tkt, FirstAnswer, at}, Breached{tkt, FirstAnswer, at}, Met{tkt, FirstAnswer, at}, Withdrawn{tkt, Resolution},
		Dropped{tkt, NextAnswer}, Waited{tkt, 86400, true},
		Added{tgt}, Changed{tgt, []string{"when", "targets"}}, Ordered{[]TargetID{two, tgt}}, Removed{tgt},
	}
	for _, e := range events {
		t.Run(e.Kind(), func(t *testing.T) {
			got, err := json.MarshalIndent(e, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			file := filepath.Join("testdata", "events", e.Kind()+".json")
			want, err := os.ReadFile(file)
			if os.IsNotExist(err) && *update {
				want, err = got, os.WriteFile(file, got, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s is now\n%s", file, got)
			}
			back := reflect.New(reflect.TypeOf(e))
			if err := json.Unmarshal(want, back.Interface()); err != nil || !reflect.DeepEqual(back.Elem().Interface(), e) {
				t.Errorf("read back as %+v (%v)", back.Elem(), err)
			}
		})
	}
	if files, err := filepath.Glob(filepath.Join("testdata", "events", "*")); err != nil || len(files) != len(events) {
		t.Errorf("%d golden files for %d events (%v)", len(files), len(events), err)
	}
}
