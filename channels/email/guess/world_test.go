package guess

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/hearthdesk/hearth/test/servers"
)

// trusted signs the certificates of servers this program trusts; it has to be there before the first connection with TLS.
var trusted *servers.Authority

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "hearth-roots-")
	if err == nil {
		defer os.RemoveAll(dir)
		trusted, err = servers.NewAuthority(dir)
	}
	if err == nil {
		err = os.Setenv("SSL_CERT_FILE", trusted.Roots)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// world is an internet of its own on this machine: a name server, and public addresses that lead to servers of the test.
type world struct {
	t *testing.T

	mu     sync.Mutex
	zone   map[string][]dnsmessage.ResourceBody // by name, in lower case with the dot at its end
	doors  map[string]string                    // where a public address and port really lead
	dialed []string
	at     string // of the name server
	silent bool   // the name server says nothing
}

func newWorld(t *testing.T) *world {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, zone: map[string][]dnsmessage.ResourceBody{}, doors: map[string]string{}, at: conn.LocalAddr().String()}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			if answer := w.answer(b[:n]); answer != nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
	return w
}

// answer is what the name server says: what it has of the kind, nothing where the name is there and the kind is not, and
// else that there is no such name.
func (w *world) answer(query []byte) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	var m dnsmessage.Message
	if w.silent || m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	all, known := w.zone[strings.ToLower(q.Name.String())]
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	for name := range w.zone {
		known = known || strings.HasSuffix(name, "."+strings.ToLower(q.Name.String()))
	}
	if !known {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, body := range all {
		kind := map[string]dnsmessage.Type{
			"*dnsmessage.AResource": dnsmessage.TypeA, "*dnsmessage.AAAAResource": dnsmessage.TypeAAAA,
			"*dnsmessage.MXResource": dnsmessage.TypeMX, "*dnsmessage.SRVResource": dnsmessage.TypeSRV,
		}[fmt.Sprintf("%T", body)]
		if kind == q.Type {
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: kind, Class: dnsmessage.ClassINET, TTL: 60}, Body: body})
		}
	}
	out, err := m.Pack()
	if err != nil {
		w.t.Errorf("the name server: %v", err)
	}
	return out
}

func (w *world) has(name string, body dnsmessage.ResourceBody) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.zone[name+"."] = append(w.zone[name+"."], body)
}

func (w *world) mx(domain, host string) {
	w.has(domain, &dnsmessage.MXResource{Pref: 10, MX: dnsmessage.MustNewName(host + ".")})
}

// srv says where a service of shop.example is.
func (w *world) srv(service, host string, port uint16) {
	w.has("_"+service+"._tcp.shop.example", &dnsmessage.SRVResource{Target: dnsmessage.MustNewName(strings.TrimSuffix(host, ".") + "."), Port: port})
}

// host gives a name an address.
func (w *world) host(name, address string) {
	ip := netip.MustParseAddr(address)
	if ip.Is4() {
		w.has(name, &dnsmessage.AResource{A: ip.As4()})
		return
	}
	w.has(name, &dnsmessage.AAAAResource{AAAA: ip.As16()})
}

// leads says where a public address and port lead.
func (w *world) leads(public, really string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.doors[public] = really
}

// finder asks this world, and nothing else.
func (w *world) finder() Finder {
	return Finder{
		Resolver: &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "udp", w.at)
		}},
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			w.mu.Lock()
			really, ok := w.doors[address]
			w.dialed = append(w.dialed, address)
			w.mu.Unlock()
			if !ok {
				return nil, &net.OpError{Op: "dial", Net: network, Err: os.ErrNotExist}
			}
			return (&net.Dialer{}).DialContext(ctx, network, really)
		},
	}
}

// web serves by HTTP at an address's port 80, and by HTTPS with a certificate for the names at its port 443.
func (w *world) web(address string, h http.Handler, names ...string) {
	w.t.Helper()
	serve := func(port string, conf *tls.Config) {
		l, err := (&net.ListenConfig{}).Listen(w.t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			w.t.Fatal(err)
		}
		w.leads(net.JoinHostPort(address, port), l.Addr().String())
		if conf != nil {
			l = tls.NewListener(l, conf)
		}
		s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
		go func() { _ = s.Serve(l) }()
		w.t.Cleanup(func() { _ = s.Close() })
	}
	serve("80", nil)
	if len(names) > 0 {
		serve("443", w.conf(names...))
	}
}

func (w *world) conf(names ...string) *tls.Config {
	w.t.Helper()
	cert, key := trusted.Certificate(w.t, time.Now().Add(time.Hour), names...)
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		w.t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
}

// submission is an SMTP server for a name, with TLS from the start or STARTTLS.
func (w *world) submission(name string, implicit bool) (at string) {
	w.t.Helper()
	l, err := (&net.ListenConfig{}).Listen(w.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	s, conf := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return visitor{}, nil })), w.conf(name)
	s.Domain, s.ErrorLog, at = name, unheard{}, l.Addr().String()
	if implicit {
		l = tls.NewListener(l, conf)
	} else {
		s.TLSConfig = conf
	}
	go func() { _ = s.Serve(l) }()
	w.t.Cleanup(func() { _ = s.Close() })
	return at
}

// visitor is somebody who looks at a server and leaves.
type visitor struct{ smtp.Session }

func (visitor) Logout() error { return nil }
func (visitor) Reset()        {}

// unheard is a log for peers that hang up, which is what this is about.
type unheard struct{}

func (unheard) Printf(string, ...any) {}
func (unheard) Println(...any)        {}
