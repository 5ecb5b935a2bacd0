// Package bus carries news between the parts and the nodes of one Hearth: that the journal grew, that someone is typing.
//
// It is a doorbell, not a post box: nothing is kept, and a ring that is lost costs a moment's delay, because whoever is
// rung reads the truth from the database. NATS carries it, in this process alone or as a server or cluster that several
// nodes share, who then need an account of their own there. A process holds one NATS subscription per subject and fans
// out by itself; each listener has a queue of its own, so that a slow one delays nobody and misses the oldest news first.
package bus

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const (
	queue    = 256             // news a listener may be behind
	patience = 2 * time.Second // for the server's first answer
)

// Bus is one process's way to hear and tell. It is safe for many goroutines.
type Bus struct {
	id     string // tells our own rings from those of others
	log    *slog.Logger
	conn   *nats.Conn
	server *server.Server // nil when NATS runs elsewhere
	done   chan struct{}  // closed by Close

	mu       sync.RWMutex
	subjects map[string]*subject
	returned []func() // to call when the connection is back
}

type subject struct {
	sub       *nats.Subscription
	listeners map[*listener]struct{}
}

type listener struct {
	news   chan []byte
	quit   chan struct{}
	behind atomic.Bool
}

// Open starts NATS in this process when url is empty, else connects to nats://host:4222, or to a cluster by several
// addresses with commas between. A server that does not answer is no error: it is waited for, for as long as it takes,
// and news stay within the process until then.
func Open(ctx context.Context, url string, log *slog.Logger) (*Bus, error) {
	if log == nil {
		log = slog.Default()
	}
	b := &Bus{id: rand.Text(), log: log, done: make(chan struct{}), subjects: map[string]*subject{}}
	var err error
	if url == "" {
		err = b.start()
	} else {
		err = b.connect(ctx, url)
	}
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// start runs a server that has no port and keeps nothing.
func (b *Bus) start() (err error) {
	b.server, err = server.NewServer(&server.Options{ServerName: "hearth", DontListen: true, NoSigs: true, NoLog: true, NoSystemAccount: true})
	if err != nil {
		return fmt.Errorf("start NATS: %w", err)
	}
	b.server.Start()
	if !b.server.ReadyForConnections(patience) {
		return errors.New("start NATS: it does not get ready")
	}
	b.conn, err = nats.Connect("", nats.InProcessServer(b.server), nats.Name("hearth"))
	return err
}

func (b *Bus) connect(ctx context.Context, url string) (err error) {
	answered := make(chan struct{})
	b.conn, err = nats.Connect(url, nats.Name("hearth"),
		nats.NoEcho(), // those in this process are told directly, whatever becomes of the connection
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.IgnoreAuthErrorAbort(),
		nats.ReconnectWait(250*time.Millisecond), nats.ReconnectJitter(250*time.Millisecond, 250*time.Millisecond),
		nats.ReconnectBufSize(-1), // old news are no news
		nats.Timeout(patience), nats.FlusherTimeout(5*time.Second), nats.PingInterval(5*time.Second), nats.MaxPingsOutstanding(2),
		nats.ConnectHandler(func(c *nats.Conn) { close(answered); b.back(c) }),
		nats.ReconnectHandler(func(c *nats.Conn) { b.back(c) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.log.WarnContext(ctx, "NATS is gone; other nodes hear of changes later", "err", err)
			}
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			b.log.WarnContext(ctx, "NATS complains", "err", err)
		}),
	)
	if err != nil { // whose text may show the password
		return errors.New("the address of NATS can't be used; it looks like nats://host:4222")
	}
	select {
	case <-answered:
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(patience):
		b.log.WarnContext(ctx, "NATS does not answer yet; other nodes hear of changes later", "err", b.conn.LastError())
	}
	return nil
}

// back wakes those who may have missed something while the connection was away.
func (b *Bus) back(c *nats.Conn) {
	b.log.Info("NATS answers", "server", c.ConnectedServerName())
	// Who looks before the server knows our subscriptions again may look a moment too early, and then hear nothing.
	if err := c.FlushTimeout(patience); err != nil {
		b.log.Warn("NATS is slow to subscribe again", "err", err)
	}
	b.mu.RLock()
	returned := b.returned
	b.mu.RUnlock()
	for _, do := range returned {
		do()
	}
}

// OnReturn calls do each time the connection comes back and news of other nodes may have been missed; do must be quick.
func (b *Bus) OnReturn(do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.returned = append(b.returned, do)
}

// Publish tells all who listen to the subject, here and on other nodes. It fails for a subject that is none, for more than
// a megabyte, and when the bus is closed; that other nodes can't be reached is no failure.
func (b *Bus) Publish(name string, data []byte) error {
	if err := check(name); err != nil {
		return err
	}
	err := b.conn.Publish(name, data)
	if errors.Is(err, nats.ErrMaxPayload) || errors.Is(err, nats.ErrConnectionClosed) || b.server != nil {
		return err
	}
	b.deliver(name, bytes.Clone(data))
	return nil
}

// Subscribe calls do with what is published on the subject from now on, one after the other; do must not change data,
// which others read too. Who falls behind by more than 256 loses the oldest. After stop no further call begins.
func (b *Bus) Subscribe(name string, do func(data []byte)) (stop func(), err error) {
	if err := check(name); err != nil {
		return nil, err
	}
	l := &listener{news: make(chan []byte, queue), quit: make(chan struct{})}
	if err := b.add(name, l); err != nil {
		return nil, err
	}
	if b.conn.IsConnected() { // what other nodes publish from here on is meant to arrive
		if err := b.conn.FlushTimeout(patience); err != nil {
			b.log.Warn("NATS is slow to subscribe", "subject", name, "err", err)
		}
	}
	go l.listen(b.done, do)
	return sync.OnceFunc(func() { b.remove(name, l) }), nil
}

func (b *Bus) add(name string, l *listener) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.subjects[name]
	if s == nil {
		sub, err := b.conn.Subscribe(name, func(m *nats.Msg) { b.deliver(name, m.Data) })
		if err != nil {
			return err
		}
		s = &subject{sub: sub, listeners: map[*listener]struct{}{}}
		b.subjects[name] = s
	}
	s.listeners[l] = struct{}{}
	return nil
}

func (b *Bus) remove(name string, l *listener) {
	close(l.quit)
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.subjects[name]
	if s == nil {
		return
	}
	delete(s.listeners, l)
	if len(s.listeners) > 0 {
		return
	}
	delete(b.subjects, name)
	if err := s.sub.Unsubscribe(); err != nil && !errors.Is(err, nats.ErrConnectionClosed) {
		b.log.Warn("NATS can't unsubscribe", "subject", name, "err", err)
	}
}

// deliver hands data to each listener's queue without waiting for any.
func (b *Bus) deliver(name string, data []byte) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	s := b.subjects[name]
	if s == nil {
		return
	}
	for l := range s.listeners {
		for !l.offer(data) {
			if l.behind.CompareAndSwap(false, true) {
				b.log.Warn("a listener is slow and misses news", "subject", name)
			}
			select {
			case <-l.news:
			default:
			}
		}
	}
}

func (l *listener) offer(data []byte) bool {
	select {
	case l.news <- data:
		return true
	default:
		return false
	}
}

func (l *listener) listen(closed <-chan struct{}, do func([]byte)) {
	for {
		select {
		case <-l.quit:
			return
		case <-closed:
			return
		case data := <-l.news:
			select {
			case <-l.quit:
				return
			default:
			}
			do(data)
			if len(l.news) == 0 {
				l.behind.Store(false)
			}
		}
	}
}

// Close ends the connection, and the server when it runs here.
func (b *Bus) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.done:
		return nil
	default:
		close(b.done)
	}
	if b.conn != nil {
		b.conn.Close()
	}
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
	return nil
}

// check refuses what is no subject, and patterns: the fan-out knows subjects by their whole names.
func check(name string) error {
	if name == "" || strings.ContainsAny(name, " \t\r\n*>") || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, "..") {
		return fmt.Errorf("bus: %q is not a subject", name)
	}
	return nil
}
