package email

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/base/fault"
)

const (
	patience = time.Minute     // how long a mail server may take for one step
	handOver = 4 * time.Minute // and to take over a mail; then it is tried again
	silence  = 2 * time.Minute // how long one we read from may say nothing: an idle folder is looked at more often
)

// connect opens a connection to a mail server, with TLS from the start where the settings say so.
func connect(ctx context.Context, s server) (*ear, error) {
	d := net.Dialer{Timeout: 20 * time.Second}
	at := net.JoinHostPort(s.host, s.port)
	var conn net.Conn
	var err error
	if s.mode == tlsFromStart {
		conn, err = (&tls.Dialer{NetDialer: &d, Config: tlsFor(s.host)}).DialContext(ctx, "tcp", at)
	} else {
		conn, err = d.DialContext(ctx, "tcp", at)
	}
	if err != nil {
		return nil, err
	}
	return &ear{Conn: conn}, nil
}

// ear is a connection that remembers whether it ever heard anything.
type ear struct {
	net.Conn
	heard atomic.Bool
}

// Read reads.
func (e *ear) Read(b []byte) (int, error) {
	n, err := e.Conn.Read(b)
	if n > 0 {
		e.heard.Store(true)
	}
	return n, err
}

func (e *ear) mute() bool { return !e.heard.Load() }

// watched is a connection that ends when nothing is heard for too long, because a server that is gone says nothing.
type watched struct {
	net.Conn
	dog *time.Timer
}

func watch(c net.Conn) *watched {
	return &watched{c, time.AfterFunc(silence, func() { _ = c.Close() })}
}

// Read reads, and hears something.
func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.dog.Reset(silence)
	return n, err
}

// Close ends it.
func (w *watched) Close() error {
	w.dog.Stop()
	return w.Conn.Close()
}

func tlsFor(host string) *tls.Config {
	return &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
}

// dialSMTP connects and signs in.
func (room *Room) dialSMTP(ctx context.Context, box Mailbox, s Secrets) (*smtp.Client, error) {
	at, err := box.server("smtp", box.SMTP)
	if err != nil {
		return nil, err
	}
	conn, err := connect(ctx, at)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() }) // nothing goes on after the time for a try is over
	var c *smtp.Client
	if at.mode == startTLS {
		if c, err = smtp.NewClientStartTLS(conn, tlsFor(at.host)); err != nil {
			if strings.Contains(err.Error(), "support STARTTLS") { // go-smtp has no error of its own for it
				err = errors.Join(errNoStartTLS, err)
			}
			return nil, errors.Join(&trouble{"SMTP", at, meeting, conn.mute(), errors.Join(ctx.Err(), err)}, conn.Close())
		}
	} else {
		c = smtp.NewClient(conn)
	}
	c.CommandTimeout, c.SubmissionTimeout = patience, handOver
	_, host, _ := strings.Cut(box.Address, "@")
	if err := c.Hello(host); err != nil {
		return nil, errors.Join(&trouble{"SMTP", at, meeting, conn.mute(), errors.Join(ctx.Err(), err)}, c.Close())
	}
	if at.user == "" {
		return c, nil
	}
	if err := room.signInSMTP(ctx, c, box, at, s); err != nil {
		return nil, errors.Join(&trouble{"SMTP", at, signingIn, false, err}, c.Close())
	}
	return c, nil
}

func (room *Room) signInSMTP(ctx context.Context, c *smtp.Client, box Mailbox, at server, s Secrets) error {
	auth, err := room.credentials(ctx, box, at, s)
	if err != nil {
		return err
	}
	if s.RefreshToken == "" && c.SupportsAuth("LOGIN") && !c.SupportsAuth("PLAIN") { // Exchange has only this one for passwords
		auth = sasl.NewLoginClient(at.user, s.Password)
	}
	if err = c.Auth(auth); err == nil {
		return nil
	}
	if offers, _ := c.Extension("AUTH"); !offers {
		err = errors.Join(errNoSignIn, err)
	}
	return errors.Join(err, room.doubt(ctx, box, auth, err))
}

func dkimKey(text string) (crypto.Signer, error) {
	bad := fault.Field("dkim_key", "dkim.malformed", "The DKIM key is not a private key in PEM form (RSA or Ed25519).")
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, bad
	}
	if k, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return k, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, bad
	}
	switch k := parsed.(type) {
	case *rsa.PrivateKey:
		return k, nil
	case ed25519.PrivateKey:
		return k, nil
	}
	return nil, bad
}

// dkimSign adds a DKIM signature (RFC 6376) when the mailbox has a key and a selector.
func dkimSign(raw []byte, box Mailbox, s Secrets) ([]byte, error) {
	if s.DKIMKey == "" || box.Options.DKIMSelect == "" {
		return raw, nil
	}
	key, err := dkimKey(s.DKIMKey)
	if err != nil {
		return nil, err
	}
	domain := box.Options.DKIMDomain
	if domain == "" {
		_, domain, _ = strings.Cut(box.Address, "@")
	}
	var out bytes.Buffer
	err = dkim.Sign(&out, bytes.NewReader(raw), &dkim.SignOptions{
		Domain: domain, Selector: box.Options.DKIMSelect, Signer: key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: []string{"From", "Reply-To", "Subject", "Date", "To", "Cc", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type", "Auto-Submitted"},
	})
	return out.Bytes(), err
}
