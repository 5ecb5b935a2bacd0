package guess

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/base/web"
)

var (
	errPrivate = errors.New("guess: not an address on the internet")
	errPort    = errors.New("guess: not a port for this")
)

// door is a place where a mail server may stand.
type door struct {
	scheme, host, port string
	knock              func(conn net.Conn, conf *tls.Config) error
}

// usual tries the names mail servers usually have, and the host that takes the domain's mail, which in a small company is
// the one for everything. A server counts when it shows a good certificate for its name.
func (f Finder) usual(ctx context.Context, m mailbox, mx []string) (p part) {
	var imap, smtp []door
	hosts := func(first string) []string {
		all := []string{first + "." + m.domain, "mail." + m.domain}
		if len(mx) > 0 && !slices.Contains(all, mx[0]) {
			all = append(all, mx[0])
		}
		return all
	}
	for _, h := range hosts("imap") {
		imap = append(imap, door{"imaps", h, "993", imapTLS}, door{"imap+starttls", h, "143", imapStartTLS})
	}
	for _, h := range hosts("smtp") {
		smtp = append(smtp, door{"smtps", h, "465", smtpTLS}, door{"smtp+starttls", h, "587", smtpStartTLS})
	}
	p = part{how: Common}
	var crew sync.WaitGroup
	crew.Go(func() { p.imap = f.answers(ctx, m, imap) })
	crew.Go(func() { p.smtp = f.answers(ctx, m, smtp) })
	crew.Wait()
	return p
}

// answers knocks at all doors at once and takes the first in their order that is opened.
func (f Finder) answers(ctx context.Context, m mailbox, doors []door) string {
	open := make([]bool, len(doors))
	var crew sync.WaitGroup
	for i, d := range doors {
		crew.Go(func() { open[i] = f.knock(ctx, d) == nil })
	}
	crew.Wait()
	i := slices.Index(open, true)
	if i < 0 {
		return ""
	}
	return at(doors[i].scheme, m.address, doors[i].host, doors[i].port)
}

func (f Finder) knock(ctx context.Context, d door) error {
	conn, err := f.connect(ctx, d.host, d.port)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // whoever knocked leaves
	if until, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(until) // an answer that comes later is none
	}
	return d.knock(conn, &tls.Config{ServerName: d.host, MinVersion: tls.VersionTLS12})
}

func imapTLS(conn net.Conn, conf *tls.Config) error {
	c := imapclient.New(tls.Client(conn, conf), nil)
	defer c.Close()
	return c.WaitGreeting()
}

func imapStartTLS(conn net.Conn, conf *tls.Config) error {
	c, err := imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: conf})
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Noop().Wait()
}

func smtpTLS(conn net.Conn, conf *tls.Config) error {
	return smtp.NewClient(tls.Client(conn, conf)).Noop()
}

func smtpStartTLS(conn net.Conn, conf *tls.Config) error {
	c, err := smtp.NewClientStartTLS(conn, conf)
	if err != nil {
		return err
	}
	return c.Noop()
}

const (
	addressesOf = 4                       // how many of a host's addresses are tried
	oneAddress  = 1500 * time.Millisecond // how long each may take
)

// connect dials a host by its public addresses. It looks the name up and dials what it found, so that no second answer of
// a name server can lead elsewhere.
func (f Finder) connect(ctx context.Context, host, port string) (net.Conn, error) {
	all, err := f.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(ip netip.Addr) bool { return !web.OnTheInternet(ip) })
	slices.SortStableFunc(all, func(a, b netip.Addr) int { return a.Unmap().BitLen() - b.Unmap().BitLen() })
	err = errPrivate
	for _, ip := range all[:min(len(all), addressesOf)] {
		conn, failed := f.dial(ctx, net.JoinHostPort(ip.Unmap().String(), port))
		if failed == nil {
			return conn, nil
		}
		err = failed
	}
	return nil, err
}

func (f Finder) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	return f.resolver().LookupNetIP(ctx, "ip", host+".")
}

func (f Finder) dial(ctx context.Context, address string) (net.Conn, error) {
	ctx, stop := context.WithTimeout(ctx, oneAddress)
	defer stop()
	if f.Dial != nil {
		return f.Dial(ctx, "tcp", address)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}
