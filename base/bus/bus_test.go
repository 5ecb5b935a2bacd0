package bus_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"github.com/hearthdesk/hearth/base/bus"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

func open(tb testing.TB, url string) *bus.Bus {
	tb.Helper()
	b, err := bus.Open(context.Background(), url, slog.New(slog.NewTextHandler(tb.Output(), nil)))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.Close(); err != nil {
			tb.Error(err)
		}
	})
	return b
}

func publish(tb testing.TB, b *bus.Bus, subject, text string) {
	tb.Helper()
	if err := b.Publish(subject, []byte(text)); err != nil {
		tb.Fatal(err)
	}
}

// hear collects what is published on a subject.
func hear(tb testing.TB, b *bus.Bus, subject string) (heard <-chan string, stop func()) {
	tb.Helper()
	ch := make(chan string, 10000)
	stop, err := b.Subscribe(subject, func(data []byte) { ch <- string(data) })
	if err != nil {
		tb.Fatal(err)
	}
	return ch, stop
}

func next(tb testing.TB, heard <-chan string, want string) {
	tb.Helper()
	select {
	case got := <-heard:
		if got != want {
			tb.Fatalf("heard %q; want %q", got, want)
		}
	case <-time.After(20 * time.Second):
		tb.Fatalf("never heard %q", want)
	}
}

func silent(tb testing.TB, heard <-chan string) {
	tb.Helper()
	select {
	case got := <-heard:
		tb.Errorf("heard %q", got)
	default:
	}
}

func until(tb testing.TB, what string, is func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatal("never:", what)
		}
	}
}

// natsServer is NATS in a process of its own, on a free port, that can be stopped and started again.
type natsServer struct {
	tb   testing.TB
	port string
	cmd  *exec.Cmd
}

func outside(tb testing.TB) *natsServer {
	tb.Helper()
	bin := binary(tb)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err := errors.Join(err, l.Close()); err != nil {
		tb.Fatal(err)
	}
	s := &natsServer{tb: tb, port: port, cmd: exec.Command(bin)}
	tb.Cleanup(func() {
		if s.cmd.Process != nil {
			s.stop()
		}
	})
	return s
}

func binary(tb testing.TB) string {
	tb.Helper()
	for _, name := range []string{"nats-server", "/usr/sbin/nats-server"} {
		if bin, err := exec.LookPath(name); err == nil {
			return bin
		}
	}
	if os.Getenv("CI") == "true" {
		tb.Fatal("nats-server is not installed (Debian: nats-server)")
	}
	tb.Skip("nats-server is not installed (Debian: nats-server)")
	return ""
}

func (s *natsServer) url() string { return "nats://127.0.0.1:" + s.port }

func (s *natsServer) start() {
	s.tb.Helper()
	s.cmd = exec.Command(s.cmd.Path, "-a", "127.0.0.1", "-p", s.port)
	if err := s.cmd.Start(); err != nil {
		s.tb.Fatal(err)
	}
	until(s.tb, "nats-server listens", func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+s.port)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

func (s *natsServer) stop() {
	s.tb.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.tb.Fatal(err)
	}
	_ = s.cmd.Wait() // it was killed
	s.cmd = exec.Command(s.cmd.Path)
}

// both runs a test with NATS in the process and with a server outside.
func both(t *testing.T, do func(t *testing.T, b *bus.Bus)) {
	t.Helper()
	t.Run("in the process", func(t *testing.T) { do(t, open(t, "")) })
	t.Run("outside", func(t *testing.T) {
		s := outside(t)
		s.start()
		do(t, open(t, s.url()))
	})
}

func TestAllListenersHearInOrder(t *testing.T) {
	both(t, func(t *testing.T, b *bus.Bus) {
		t.Helper()
		var all []<-chan string
		for range 50 {
			heard, _ := hear(t, b, "tickets.1")
			all = append(all, heard)
		}
		other, _ := hear(t, b, "tickets.2")
		for n := range 100 {
			publish(t, b, "tickets.1", fmt.Sprint(n))
		}
		for _, heard := range all {
			for n := range 100 {
				next(t, heard, fmt.Sprint(n))
			}
			silent(t, heard)
		}
		silent(t, other)
		if n := b.Subscriptions(); n != 2 {
			t.Errorf("%d subscriptions for two subjects", n)
		}
	})
}

func TestWhoStopsHearsNoMore(t *testing.T) {
	both(t, func(t *testing.T, b *bus.Bus) {
		t.Helper()
		stays, stop2 := hear(t, b, "tickets.1")
		leaves, stop := hear(t, b, "tickets.1")
		publish(t, b, "tickets.1", "a")
		next(t, leaves, "a")
		stop()
		stop()
		publish(t, b, "tickets.1", "b")
		next(t, stays, "a")
		next(t, stays, "b")
		silent(t, leaves)
		stop2()
		if n := b.Subscriptions(); n != 0 {
			t.Errorf("%d subscriptions after all stopped", n)
		}
		again, _ := hear(t, b, "tickets.1")
		publish(t, b, "tickets.1", "c")
		next(t, again, "c")
	})
}

func TestAListenerMayStopItselfAndListenAnew(t *testing.T) {
	b := open(t, "")
	done := make(chan bool)
	stop := func() {}
	ready := make(chan bool)
	stop, err := b.Subscribe("a", func([]byte) {
		<-ready
		stop()
		if _, err := b.Subscribe("a", func([]byte) { done <- true }); err != nil {
			t.Error(err)
		}
		publish(t, b, "a", "2")
	})
	if err != nil {
		t.Fatal(err)
	}
	close(ready)
	publish(t, b, "a", "1")
	<-done
}

func TestASlowListenerDelaysNobodyAndHearsTheNewest(t *testing.T) {
	both(t, func(t *testing.T, b *bus.Bus) {
		t.Helper()
		goOn, begun := make(chan bool), make(chan bool, 1)
		var mu sync.Mutex
		var late []string
		_, err := b.Subscribe("a", func(data []byte) {
			select {
			case begun <- true:
			default:
			}
			<-goOn
			mu.Lock()
			defer mu.Unlock()
			late = append(late, string(data))
		})
		if err != nil {
			t.Fatal(err)
		}
		quick, _ := hear(t, b, "a")
		const n = 5000
		publish(t, b, "a", "first")
		next(t, quick, "first")
		<-begun
		for i := range n {
			publish(t, b, "a", fmt.Sprint(i))
			next(t, quick, fmt.Sprint(i))
		}
		close(goOn)
		until(t, "the newest arrives", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(late) > 0 && late[len(late)-1] == fmt.Sprint(n-1)
		})
		if len(late) != 1+256 || late[0] != "first" {
			t.Errorf("the slow one heard %d, first %s", len(late), late[0])
		}
	})
}

func TestWhatCannotBePublishedIsRefused(t *testing.T) {
	b := open(t, "")
	for _, subject := range []string{"", "a b", "a.*", ">", ".a", "a.", "a..b", "a\r\nPUB x"} {
		if err := b.Publish(subject, nil); err == nil {
			t.Errorf("published on %q", subject)
		}
		if _, err := b.Subscribe(subject, func([]byte) {}); err == nil {
			t.Errorf("subscribed to %q", subject)
		}
	}
	if err := b.Publish("a", make([]byte, 2<<20)); !errors.Is(err, nats.ErrMaxPayload) {
		t.Error("two megabytes:", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.Publish("a", nil); err == nil {
		t.Error("published on a closed bus")
	}
	if _, err := b.Subscribe("a", func([]byte) {}); err == nil {
		t.Error("subscribed to a closed bus")
	}
	if b, err := bus.Open(t.Context(), "nats://anna:secret@ho st:4222", nil); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v, %v", b, err)
	}
}

func TestTheServerWritesNothing(t *testing.T) {
	var out bytes.Buffer
	b, err := bus.Open(t.Context(), "", slog.New(slog.NewTextHandler(&out, nil)))
	if err != nil {
		t.Fatal(err)
	}
	publish(t, b, "a", "x")
	if err := b.Close(); err != nil || out.Len() > 0 {
		t.Error(err, out.String())
	}
}

func TestNodesOutliveTheirServer(t *testing.T) {
	s := outside(t)
	one := open(t, s.url()) // nobody answers yet
	here, _ := hear(t, one, "a")
	publish(t, one, "a", "alone")
	next(t, here, "alone") // those in the process hear it all the same
	var returns atomic.Int64
	one.OnReturn(func() { returns.Add(1) })
	s.start()
	until(t, "connected", func() bool { return returns.Load() == 1 })
	two := open(t, s.url())
	there, _ := hear(t, two, "a")
	publish(t, one, "a", "together")
	next(t, there, "together")
	next(t, here, "together")
	for round := range 2 {
		s.stop()
		publish(t, one, "a", "nobody is there")
		next(t, here, "nobody is there")
		s.start()
		until(t, "connected", func() bool { return returns.Load() == int64(round)+2 })
		until(t, "the other is back too", func() bool { // and nothing old comes late
			publish(t, one, "a", "again")
			next(t, here, "again")
			select {
			case got := <-there:
				if got != "again" {
					t.Errorf("heard %q", got)
				}
				return true
			default:
				return false
			}
		})
		until(t, "silence", func() bool { return len(there) == 0 || <-there == "" })
	}
	publish(t, two, "a", "back")
	until(t, "the way back", func() bool { return <-here == "back" })
}

type poured struct{}

func (poured) Kind() string { return "tea.poured" }

type pot string

func (p pot) String() string { return string(p) }

func pour(tb testing.TB, db *store.DB) {
	tb.Helper()
	err := db.Write(context.Background(), store.System("test"), func(tx *store.Tx) error { return tx.Record(pot("blue"), poured{}) })
	if err != nil {
		tb.Fatal(err)
	}
}

func ringing(tb testing.TB, bell <-chan struct{}) {
	tb.Helper()
	select {
	case <-bell:
	case <-time.After(20 * time.Second):
		tb.Fatal("never rang")
	}
}

func TestACommitRingsTheOtherNodes(t *testing.T) {
	s := outside(t)
	s.start()
	var dbs [2]*store.DB
	var bells [2]<-chan struct{}
	var buses [2]*bus.Bus
	for i := range dbs {
		dbs[i], buses[i] = storetest.Open(t), open(t, s.url())
		if err := bus.Join(buses[i], dbs[i]); err != nil {
			t.Fatal(err)
		}
		bells[i], _ = dbs[i].Bell()
	}
	for i := range dbs {
		pour(t, dbs[i])
		ringing(t, bells[i])   // by the commit itself
		ringing(t, bells[1-i]) // by the bus
	}
	var returns atomic.Int64
	for _, b := range buses {
		b.OnReturn(func() { returns.Add(1) })
	}
	s.stop()
	pour(t, dbs[0]) // a ring nobody hears
	ringing(t, bells[0])
	s.start()
	until(t, "both are back", func() bool { return returns.Load() == 2 })
	ringing(t, bells[0]) // the return itself rings, for what was missed
	ringing(t, bells[1])
	pour(t, dbs[1])
	ringing(t, bells[1])
	ringing(t, bells[0])
}

func TestOurOwnRingIsNotHeardTwice(t *testing.T) {
	both(t, func(t *testing.T, b *bus.Bus) {
		t.Helper()
		db := storetest.Open(t)
		if err := bus.Join(b, db); err != nil {
			t.Fatal(err)
		}
		rings, _ := hear(t, b, "hearth.journal") // after Join's own listener, in the same queue of NATS
		bell, _ := db.Bell()
		pour(t, db)
		ringing(t, bell)
		got := <-rings
		if who, seq, ok := bus.ReadRing(got); !ok || seq != 1 || who == "" {
			t.Errorf("rang %q", got)
		}
		publish(t, b, "hearth.journal", "rubbish")
		publish(t, b, "hearth.journal", "someone-else 7")
		ringing(t, bell) // the foreign one, once
		select {
		case <-bell:
			t.Error("rang for our own commit or for rubbish")
		case <-time.After(50 * time.Millisecond):
		}
	})
}

func TestManyCommitsShareRings(t *testing.T) {
	b, db := open(t, ""), storetest.Open(t)
	if err := bus.Join(b, db); err != nil {
		t.Fatal(err)
	}
	rings, _ := hear(t, b, "hearth.journal")
	for range 200 {
		pour(t, db)
	}
	var last int64
	for last != 200 {
		_, seq, _ := bus.ReadRing(<-rings)
		if seq < last {
			t.Fatalf("rang %d after %d", seq, last)
		}
		last = seq
	}
}

func FuzzRing(f *testing.F) {
	for _, s := range []string{"ABC 7", "ABC", " 7", "ABC -1", "ABC 7 8", "ABC 99999999999999999999", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		who, seq, ok := bus.ReadRing(s)
		if !ok {
			return
		}
		who2, seq2, ok := bus.ReadRing(string(bus.WriteRing(who, seq)))
		if !ok || who2 != who || seq2 != seq || seq < 0 {
			t.Errorf("%q was read as %q %d, and written as %q %d", s, who, seq, who2, seq2)
		}
	})
}

func BenchmarkRing(b *testing.B) {
	for name, url := range map[string]string{"in the process": "", "outside": "outside"} {
		b.Run(name, func(b *testing.B) {
			if url != "" {
				s := outside(b)
				s.start()
				url = s.url()
			}
			from := open(b, url)
			to := from
			if url != "" {
				to = open(b, url)
			}
			heard, _ := hear(b, to, "a")
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				publish(b, from, "a", "x")
				<-heard
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
		})
	}
}

func BenchmarkFanOut(b *testing.B) {
	bb := open(b, "")
	var n atomic.Int64
	for range 1000 {
		if _, err := bb.Subscribe("a", func([]byte) { n.Add(1) }); err != nil {
			b.Fatal(err)
		}
	}
	want := int64(0)
	for b.Loop() {
		publish(b, bb, "a", "x")
		want += 1000
		for n.Load() < want {
			time.Sleep(10 * time.Microsecond)
		}
	}
	if d := cmp.Diff(want, n.Load()); d != "" {
		b.Error(d)
	}
}
