// Package server reaches the mail servers of the world: it reads where one is and how it is spoken to, opens the connection,
// and says in plain words what is wrong when that fails.
package server

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/hearthdesk/hearth/base/fault"
)

// Server is where and how to connect.
type Server struct {
	User, Host, Port string
	Mode             Mode
}

// Mode is how a connection is protected.
type Mode string

// The modes.
const (
	FromStart Mode = "tls"
	StartTLS  Mode = "starttls"
	Plain     Mode = "plain"
)

var ports = map[string]string{
	"imap tls": "993", "imap starttls": "143", "imap plain": "143", "smtp tls": "465", "smtp starttls": "587", "smtp plain": "25",
}

// Read reads imaps://user@host:port and its siblings of a kind, imap or smtp; whoever reads mail signs in as user where the
// address names nobody. Without TLS only this machine itself is spoken to, unless insecure allows more. A fault is Invalid and
// names the kind as its field.
func Read(kind, raw, user string, insecure bool) (s Server, err error) {
	u, err := url.Parse(raw)
	if err != nil || !named(u) {
		return s, fault.Field(kind, "server.malformed", "Write the %s server as %ss://user@host.", strings.ToUpper(kind), kind)
	}
	switch u.Scheme {
	case kind + "s":
		s.Mode = FromStart
	case kind + "+starttls":
		s.Mode = StartTLS
	case kind:
		s.Mode = Plain
	default:
		return s, fault.Field(kind, "server.malformed", "%q is no way to reach a mail server; use %ss://, %s+starttls:// or %s://.", u.Scheme+"://", kind, kind, kind)
	}
	s.Host, s.Port = u.Hostname(), u.Port()
	if u.User != nil {
		if _, has := u.User.Password(); has {
			return s, fault.Field(kind, "server.password", "Leave the password out of the address; it is given apart, so that it is never shown.")
		}
		s.User = u.User.Username()
	}
	if s.User == "" && kind == "imap" { // nobody reads a mailbox without saying whose
		s.User = user
	}
	if s.Port == "" {
		s.Port = ports[kind+" "+string(s.Mode)]
	}
	if s.Mode == Plain && !insecure && !loopback(s.Host) {
		return s, fault.Field(kind, "server.plaintext", "%s:// would send the password unprotected; use %ss:// or %s+starttls://.", kind, kind, kind)
	}
	return s, nil
}

// named says that an address names a host, and that nothing in it could be taken for a line of its own by a server.
func named(u *url.URL) bool {
	return u.Hostname() != "" && !strings.ContainsFunc(u.Hostname()+u.User.Username(), unicode.IsControl)
}

func loopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}
