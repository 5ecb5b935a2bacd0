package id_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/id"
)

type cup struct{}

func (cup) Prefix() string { return "cup" }

func TestNumbersNeverRepeatAndNeverGoBack(t *testing.T) {
	m := id.NewMaker(3)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	last := int64(0)
	for i := range 20_000 {
		at := now
		if i%3 == 0 {
			at = now.Add(-time.Hour) // a clock that jumps back
		}
		n := m.Next(at)
		if n <= last {
			t.Fatalf("%d after %d", n, last)
		}
		last = n
	}
	if id.NewMaker(4).Next(now) == id.NewMaker(5).Next(now) {
		t.Error("two nodes made the same number")
	}
}

func TestAnIDIsAStringOutside(t *testing.T) {
	n := id.Of[cup](id.NewMaker(0).Next(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)))
	b, err := json.Marshal(map[string]id.Of[cup]{"cup": n})
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]id.Of[cup]
	if err := json.Unmarshal(b, &back); err != nil || back["cup"] != n {
		t.Fatalf("%s came back as %v, %v", b, back, err)
	}
	for _, bad := range []string{"tkt_06f3x8k2m4q7r", "cup_", "cup_06f3x8k2m4q7", "cup_z6f3x8k2m4q7r", "cup_06f3x8k2m4q7u", "17", "cup_0000000000000"} {
		if got, err := id.Parse[cup](bad); err == nil {
			t.Errorf("%q was read as %d", bad, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("cup_06f3x8k2m4q7r")
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := id.Parse[cup](s); err == nil && n.String() != s {
			t.Errorf("%q came back as %q", s, n)
		}
	})
}
