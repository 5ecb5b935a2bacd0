package server

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"
	"time"
)

// How long we wait.
const (
	Patience = time.Minute     // how long a mail server may take for one step
	HandOver = 4 * time.Minute // and to take over a mail; then it is tried again
	silence  = 2 * time.Minute // how long one we read from may say nothing: an idle folder is looked at more often
)

// Connect opens a connection to a mail server, with TLS from the start where the settings say so.
func Connect(ctx context.Context, s Server) (*Ear, error) {
	d := net.Dialer{Timeout: 20 * time.Second}
	at := net.JoinHostPort(s.Host, s.Port)
	var conn net.Conn
	var err error
	if s.Mode == FromStart {
		conn, err = (&tls.Dialer{NetDialer: &d, Config: TLSFor(s.Host)}).DialContext(ctx, "tcp", at)
	} else {
		conn, err = d.DialContext(ctx, "tcp", at)
	}
	if err != nil {
		return nil, err
	}
	return &Ear{Conn: conn}, nil
}

// Ear is a connection that remembers whether it ever heard anything.
type Ear struct {
	net.Conn
	heard atomic.Bool
}

// Read reads.
func (e *Ear) Read(b []byte) (int, error) {
	n, err := e.Conn.Read(b)
	if n > 0 {
		e.heard.Store(true)
	}
	return n, err
}

// Mute says that nothing was ever heard.
func (e *Ear) Mute() bool { return !e.heard.Load() }

// Watched is a connection that ends when nothing is heard for too long, because a server that is gone says nothing.
type Watched struct {
	net.Conn
	dog *time.Timer
}

// Watch watches a connection.
func Watch(c net.Conn) *Watched {
	return &Watched{c, time.AfterFunc(silence, func() { _ = c.Close() })}
}

// Read reads, and hears something.
func (w *Watched) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.dog.Reset(silence)
	return n, err
}

// Close ends it.
func (w *Watched) Close() error {
	w.dog.Stop()
	return w.Conn.Close()
}

// TLSFor is how a connection to a host is protected.
func TLSFor(host string) *tls.Config {
	return &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
}
