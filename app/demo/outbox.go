package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// outboxAt is where the outbox listens when nobody else does.
const outboxAt = "127.0.0.1:2526"

// Outbox is the mail server of the sample company: it takes every mail and delivers none. Each becomes a file, to be opened
// with any mail program.
type Outbox struct {
	dir string
	l   net.Listener
	s   *smtp.Server
	n   atomic.Int64
}

// OpenOutbox listens on this machine alone, on another port when its usual one is taken.
func OpenOutbox(ctx context.Context, dir string) (*Outbox, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", outboxAt)
	if err != nil {
		l, err = (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	o := &Outbox{dir: dir, l: l}
	o.s = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &drop{box: o}, nil }))
	o.s.Domain, o.s.MaxMessageBytes, o.s.EnableSMTPUTF8 = "localhost", 100<<20, true
	o.s.ReadTimeout, o.s.WriteTimeout = time.Minute, time.Minute
	return o, nil
}

// URL is how a mailbox names it.
func (o *Outbox) URL() string { return "smtp://" + o.l.Addr().String() }

// Serve takes mail until Close.
func (o *Outbox) Serve() error {
	if err := o.s.Serve(o.l); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}

// Close stops it.
func (o *Outbox) Close() error { return errors.Join(o.s.Close(), ignoreClosed(o.l.Close())) }

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// drop is one connection to the outbox.
type drop struct {
	box *Outbox
	to  []string
}

// Mail begins a mail.
func (d *drop) Mail(string, *smtp.MailOptions) error { d.to = nil; return nil }

// Rcpt takes anybody.
func (d *drop) Rcpt(to string, _ *smtp.RcptOptions) error { d.to = append(d.to, to); return nil }

// Data keeps the mail: whole under a name that says whom it is for, or not at all.
func (d *drop) Data(r io.Reader) error {
	f, err := os.CreateTemp(d.box.dir, ".coming-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	for {
		at := filepath.Join(d.box.dir, fmt.Sprintf("%04d %s.eml", d.box.n.Add(1), fileName(d.to)))
		if err := os.Link(f.Name(), at); !errors.Is(err, os.ErrExist) {
			return err
		}
	}
}

// fileName is whom a mail is for, as far as a file may be called so.
func fileName(to []string) string {
	name := strings.Map(func(c rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, c) || c < ' ' {
			return '_'
		}
		return c
	}, strings.Join(to, " "))
	if len(name) > 120 {
		name = strings.ToValidUTF8(name[:120], "")
	}
	return name
}

// Reset forgets the mail begun.
func (d *drop) Reset() { d.to = nil }

// Logout ends the connection.
func (d *drop) Logout() error { return nil }
