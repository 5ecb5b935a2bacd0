package lexicon

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkCheck holds a mail of 2 KB against a thousand rules: the starter's, and the same ones with other words.
func BenchmarkCheck(b *testing.B) {
	f, err := Starter("en")
	if err != nil {
		b.Fatal(err)
	}
	for n := 0; len(f.Rules) < 1000; n++ {
		r := f.Rules[n]
		if r.Made != "" {
			continue
		}
		r.ID, r.Bad, r.Good = fmt.Sprintf("%s.%d", r.ID, n), []string{"also " + fmt.Sprintf("word%d", n) + " again"}, nil
		r.With, r.Unless, r.Until = nil, nil, ""
		r.Find = []string{fmt.Sprintf("(we|i|you|also) [really] word%d", n)}
		f.Rules = append(f.Rules, r)
	}
	book, err := NewBook(f)
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("Thank you for your letter about the table that came with a scratch. I have asked our workshop, and we will send you a new top on Tuesday, without any cost to you. Would that suit you? ", 11) + "It's our policy that returns take 14 days."
	b.SetBytes(int64(len(text)))
	cpu := func() time.Duration {
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
			b.Fatal(err)
		}
		return time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	b.ResetTimer()
	before := cpu()
	for range b.N {
		if len(book.Check(Draft{Text: text, Language: "en", Now: now})) == 0 {
			b.Fatal("nothing found")
		}
	}
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op") // of a machine that has other work, this is what counts
}
