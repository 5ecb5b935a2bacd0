package words_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/words"
)

func quote(s string) string {
	data, _ := json.Marshal(s) // a string can always be written
	return string(data)
}

func nan() float64 { return math.NaN() }

func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		"Dear {name},", "{n, plural, =0 {none} one {# '{'ticket'}'} other {# tickets}}", "{name, select, a {x} other {{n, number, percent}}}",
		"it's '{'", "''", "'", "{", "}", "{d, date, full}{d, time}", "<b>", "{n,selectordinal,other{#}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, message string) {
		b, err := words.New(room(map[string]string{"words.de.json": `{"key": ` + quote(message) + `}`}))
		if err != nil {
			return
		}
		args := map[string]any{"name": "Ana", "n": 1.5, "d": time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)}
		first, err := b.Say("de", "key", args)
		again, errAgain := b.Say("de", "key", args)
		if first != again || (err == nil) != (errAgain == nil) {
			t.Errorf("said %q, then %q", first, again)
		}
		b.Gaps()
	})
}
