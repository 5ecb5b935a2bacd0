package house

import (
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// Post is a mail server on loopback that keeps what it is given.
type Post struct {
	URL   string // smtp://127.0.0.1:…
	mu    sync.Mutex
	mails []string
	last  map[string]string // to each
}

// carrier is one connection to it.
type carrier struct {
	*Post
	to []string
}

// Reset begins another mail.
func (c *carrier) Reset() { c.to = nil }

// Logout ends the talk.
func (*carrier) Logout() error { return nil }

// Mail takes any sender.
func (*carrier) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt takes any recipient.
func (c *carrier) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = append(c.to, to)
	return nil
}

// Data keeps a mail, with the lines of quoted-printable (RFC 2045) joined again, so that one can look for words in it.
func (c *carrier) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	mail := strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(b))
	c.mails = append(c.mails, mail)
	for _, to := range c.to {
		c.last[to] = mail
	}
	return err
}

// OpenPost opens one until the test ends.
func OpenPost(tb testing.TB) *Post {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &Post{URL: "smtp://" + l.Addr().String(), last: map[string]string{}}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &carrier{Post: p}, nil }))
	s.Domain = "post.example"
	go func() { _ = s.Serve(l) }()
	tb.Cleanup(func() { _ = s.Close() })
	return p
}

// Mails is what has arrived.
func (p *Post) Mails() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.mails)
}

// To is the newest mail to an address; the empty string while there is none.
func (p *Post) To(address string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last[address]
}

// Wait waits until n mails have arrived, and gives all of them.
func (p *Post) Wait(tb testing.TB, n int) (all []string) {
	tb.Helper()
	Until(tb, "mails at the post", func() bool { all = p.Mails(); return len(all) >= n })
	return all
}
