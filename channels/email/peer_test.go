package email_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/test/house"
)

// relay is the SMTP server a mailbox sends through. It keeps what it takes, and refuses what the test says.
type relay struct {
	Addr string

	mu      sync.Mutex
	refuse  map[string]*smtp.SMTPError // by recipient; "" is the mail as a whole, after its last line
	drop    bool                       // end the connection after the last line, without a word
	needs   string                     // password or token; "" lets everybody in
	mails   []sent
	dropped []sent
}

type sent struct {
	from string
	to   []string
	raw  string
}

// startRelay starts one; with a configuration it has STARTTLS, or with implicit TLS from the start.
func startRelay(t *testing.T, conf *tls.Config, implicit bool) *relay {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Addr: l.Addr().String(), refuse: map[string]*smtp.SMTPError{}}
	if implicit {
		l = tls.NewListener(l, conf)
	}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &visitor{relay: r, conn: c.Conn()}, nil }))
	s.Domain, s.TLSConfig, s.AllowInsecureAuth, s.EnableSMTPUTF8 = "relay.example", conf, true, false
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return r
}

// set changes how it behaves from now on.
func (r *relay) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

// took is what it has taken so far, and what it took without saying so.
func (r *relay) took() (mails, dropped []sent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.mails), slices.Clone(r.dropped)
}

// wait returns what it took, once there are n mails.
func (r *relay) wait(t *testing.T, n int) []sent {
	t.Helper()
	house.Until(t, "mails at the relay", func() bool { mails, _ := r.took(); return len(mails) >= n })
	mails, _ := r.took()
	return mails
}

type visitor struct {
	relay *relay
	conn  net.Conn
	known bool
	sent
}

func (v *visitor) AuthMechanisms() []string { return []string{"PLAIN", "XOAUTH2"} }

func (v *visitor) Auth(mech string) (sasl.Server, error) {
	check := func(secret string) error {
		v.relay.mu.Lock()
		defer v.relay.mu.Unlock()
		if v.known = secret == v.relay.needs; !v.known {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "Authentication credentials invalid"}
		}
		return nil
	}
	if mech == "XOAUTH2" {
		return bearer(check), nil
	}
	return sasl.NewPlainServer(func(_, _, password string) error { return check(password) }), nil
}

// bearer is the server's side of XOAUTH2: user=…^Aauth=Bearer …^A^A.
type bearer func(token string) error

func (b bearer) Next(response []byte) ([]byte, bool, error) {
	_, token, _ := strings.Cut(string(response), "auth=Bearer ")
	return nil, true, b(strings.TrimRight(token, "\x01"))
}

func (v *visitor) Mail(from string, _ *smtp.MailOptions) error {
	v.relay.mu.Lock()
	defer v.relay.mu.Unlock()
	if v.relay.needs != "" && !v.known {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	v.sent = sent{from: from}
	return nil
}

func (v *visitor) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.relay.mu.Lock()
	defer v.relay.mu.Unlock()
	if e := v.relay.refuse[to]; e != nil {
		return e
	}
	v.to = append(v.to, to)
	return nil
}

func (v *visitor) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	v.relay.mu.Lock()
	defer v.relay.mu.Unlock()
	v.raw = string(b)
	if v.relay.drop {
		v.relay.dropped = append(v.relay.dropped, v.sent)
		return errors.Join(errors.New("gone"), v.conn.Close())
	}
	if e := v.relay.refuse[""]; e != nil {
		return e
	}
	v.relay.mails = append(v.relay.mails, v.sent)
	return nil
}

func (v *visitor) Reset()        { v.sent = sent{} }
func (v *visitor) Logout() error { return nil }

// field is the value of a header field, unfolded, as it went over the wire.
func field(raw, name string) string {
	head, _, _ := strings.Cut(raw, "\r\n\r\n")
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n ", " ", "\r\n\t", " ").Replace(head), "\r\n") {
		if n, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(n, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
