package tickets_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What an answer pays for being held against the lexicon: in tickets with as much talk before it, and for the transaction
// that then gives it, which does not pay it again.
func BenchmarkWeigh(b *testing.B) {
	for _, talk := range []int{1, 6, 60} {
		b.Run(fmt.Sprint(talk, " messages"), func(b *testing.B) {
			d := open(b)
			d.furnish(b, lexicon.New(d.db, nil))
			tk := d.receive(b, mail("ada", "0")).Ticket
			for i := range talk - 1 {
				in := mail("ada", fmt.Sprint(i+1), "0")
				in.Text = fmt.Sprintf("Hello again, the cup with the number %d came broken, and I would like to know when a new one comes. ", i) + strings.Repeat("It stood on my table since Monday. ", 8)
				d.receive(b, in)
				if i%2 == 0 {
					continue
				}
				if _, err := d.room.Answer(b.Context(), all, tk.ID, tickets.Reply{Text: "Hello Ada,\n\nthank you for telling us. " + strings.Repeat("We are looking for it. ", 8)}); err != nil {
					b.Fatal(err)
				}
			}
			r := tickets.Reply{Text: "Hello Ada,\n\nI am sorry that the cup came broken. " + strings.Repeat("We will send a new one by Friday, and you need not send the old one back. ", 10) + "\n\nKind regards,\nKarl"}
			if _, err := d.room.Weigh(b.Context(), tk.ID, r); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			before := processor(b)
			for b.Loop() {
				if _, err := d.room.Weigh(b.Context(), tk.ID, r); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(processor(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// processor is the processor time that this process has had: on a busy machine the clock on the wall tells little.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
