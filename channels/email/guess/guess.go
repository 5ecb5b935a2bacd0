// Package guess finds out from an address alone how its mailbox is read and written: which servers, which ports, what kind
// of password. Somebody who connects a mailbox knows their address and their password, and little else.
//
// It asks in the order of what can be believed: a short table of well-known providers, which also says what they want (an
// app password, a consent), the domain's own SRV records (RFC 6186, RFC 8314), the settings file that mail programs read
// (Mozilla's autoconfig), and last the names that mail servers usually have. It never signs in anywhere and asks no third
// party. Where it connects is up to whoever owns the domain, so it connects to public addresses only.
package guess

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"
)

// Settings are what was found out.
type Settings struct {
	IMAP  string `json:"imap" doc:"such as imaps://user@host:993; empty when nothing was found"`
	SMTP  string `json:"smtp" doc:"such as smtps://user@host:465; empty when nothing was found"`
	Name  string `json:"name" doc:"of the provider, when it is known"`
	How   How    `json:"how" enum:"known,srv,autoconfig,common,none" doc:"where it is known from"`
	Needs Needs  `json:"needs" enum:"password,app_password,mail_password,consent,bridge" doc:"what the provider wants to see: the password one signs in with, one made for a program, one made for mail, a consent by OAuth 2, or a program of its own"`
	Hint  string `json:"hint" doc:"a sentence about what to do first, or empty"`
}

// How is where settings are known from.
type How string

// Where settings can be known from.
const (
	Known      How = "known"      // the table of providers
	SRV        How = "srv"        // the domain's DNS
	Autoconfig How = "autoconfig" // the file for mail programs
	Common     How = "common"     // a server answers at a usual name
	None       How = "none"
)

// Needs is what a provider wants to see.
type Needs string

// What providers want to see.
const (
	Password     Needs = "password"
	AppPassword  Needs = "app_password"
	MailPassword Needs = "mail_password"
	Consent      Needs = "consent"
	Bridge       Needs = "bridge"
)

// Finder asks. The zero one asks the internet; tests have their own.
type Finder struct {
	Resolver *net.Resolver
	Dial     func(ctx context.Context, network, address string) (net.Conn, error) // address is a public IP address and a port
}

const (
	namesIn   = 2500 * time.Millisecond // how long the name servers may take
	serversIn = 5 * time.Second         // and then the servers: somebody sits there and waits
)

// mailbox is what an address says.
type mailbox struct{ address, local, domain string }

// part is what one source knows; either may be empty.
type part struct {
	imap, smtp string
	how        How
	name       string
	needs      Needs
	doubtful   string // a server outside the domain, of which only an unprotected answer tells
}

// Guess finds out what it can within eight seconds. The address is a plain one.
func (f Finder) Guess(ctx context.Context, address string) Settings {
	local, domain, _ := strings.Cut(address, "@")
	m := mailbox{address, local, domain}
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		m.domain = ascii
	}
	if p, ok := byDomain(m.domain); ok {
		return p.settings(m, "")
	}
	s := Settings{How: None, Needs: Password}
	n := names{unknown: true}
	if f.Resolver != nil || !reserved(m.domain) {
		n = f.names(ctx, m)
	}
	if p, host, ok := byExchanger(n.mx); ok {
		return p.settings(m, host)
	}
	if s.Hint = n.hopeless(domain); s.Hint != "" {
		return s
	}
	s.fill(n.srv)
	if s.IMAP == "" || s.SMTP == "" {
		file, usual := f.servers(ctx, m, n.mx)
		s.fill(file)
		s.fill(usual)
	}
	if s.Hint == "" {
		s.Hint = s.missing(domain)
	}
	return s
}

// reserved says that a domain is one of those that never exist (RFC 6761, 6.2, 6.4 and 6.5), so that nobody need be asked.
func reserved(domain string) bool {
	return ends(domain, []string{".example", ".invalid", ".test"})
}

// fill takes over what is not known yet.
func (s *Settings) fill(p part) {
	took := false
	take := func(into *string, v string) {
		if *into == "" && v != "" {
			*into, took = v, true
		}
	}
	first := s.IMAP == "" && s.SMTP == ""
	take(&s.IMAP, p.imap)
	take(&s.SMTP, p.smtp)
	if !took {
		return
	}
	if first {
		s.How = p.how
	}
	if s.Name == "" {
		s.Name = p.name
	}
	if p.needs == Consent {
		s.Needs, s.Hint = Consent, "This provider takes no passwords from other programs; it needs a consent by OAuth 2."
	}
	if p.doubtful != "" && s.Hint == "" { // RFC 6186, 6: a server outside the domain is for a person to confirm
		s.Hint = fmt.Sprintf("Make sure that %s belongs to your mail provider before you enter the password; the way we heard of it is not protected.", p.doubtful)
	}
}

// missing says what to ask the provider for.
func (s *Settings) missing(domain string) string {
	switch {
	case s.IMAP == "" && s.SMTP == "":
		return fmt.Sprintf("No mail server was found for %s. Ask your provider for the names of its IMAP and SMTP servers; they often begin with imap, smtp or mail.", domain)
	case s.IMAP == "":
		return "Only the server that sends mail was found; ask your provider for the one to read it from (IMAP)."
	case s.SMTP == "":
		return "Only the server to read mail from was found; ask your provider for the one that sends it (SMTP)."
	}
	return ""
}

// names is what the name servers know of a domain.
type names struct {
	mx      []string // hosts that take its mail, the preferred first
	refuses bool     // it takes no mail (RFC 7505)
	unknown bool     // there is no such domain, or nothing in it that takes mail
	silent  bool     // no name server answers
	srv     part
}

// hopeless says why it makes no sense to look any further.
func (n names) hopeless(domain string) string {
	switch {
	case n.refuses:
		return fmt.Sprintf("%s says of itself that it takes no mail; check how the address is written.", domain)
	case n.unknown:
		return fmt.Sprintf("No mail can reach %s, because there is no such domain, or it has no mail server; check how the address is written.", domain)
	case n.silent:
		return fmt.Sprintf("No name server answers when asked about %s; is this machine connected to the internet?", domain)
	}
	return ""
}

// names asks for everything at once. Names end with a dot, so that no search list of the machine is tried on them.
func (f Finder) names(ctx context.Context, m mailbox) (n names) {
	ctx, stop := context.WithTimeout(ctx, namesIn)
	defer stop()
	var crew sync.WaitGroup
	var mxErr, hostErr error
	crew.Go(func() {
		all, err := f.resolver().LookupMX(ctx, m.domain+".")
		for _, mx := range all {
			if mx.Host == "." {
				n.refuses = true
			} else {
				n.mx = append(n.mx, strings.ToLower(strings.TrimSuffix(mx.Host, ".")))
			}
		}
		mxErr = err
	})
	crew.Go(func() { _, hostErr = f.resolver().LookupNetIP(ctx, "ip", m.domain+".") })
	found := make([]string, 4)
	for i, s := range []struct{ service, scheme string }{{"imaps", "imaps"}, {"imap", "imap+starttls"}, {"submissions", "smtps"}, {"submission", "smtp+starttls"}} {
		crew.Go(func() { found[i] = f.service(ctx, m, s.service, s.scheme) })
	}
	crew.Wait()
	n.srv = part{how: SRV, imap: either(found[0], found[1]), smtp: either(found[2], found[3])}
	n.srv.doubtful = outside(m.domain, n.srv.imap, n.srv.smtp)
	if n.srv.imap == "" && n.srv.smtp == "" && len(n.mx) == 0 {
		n.unknown = missing(mxErr) && missing(hostErr)
		n.silent = mxErr != nil && !missing(mxErr) && hostErr != nil && !missing(hostErr)
	}
	return n
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// missing says whether the name servers know that there is nothing.
func missing(err error) bool {
	e, ok := errors.AsType[*net.DNSError](err)
	return ok && e.IsNotFound
}

// service is where an SRV record leads to; a single dot says that there is no such service (RFC 2782).
func (f Finder) service(ctx context.Context, m mailbox, service, scheme string) string {
	_, all, err := f.resolver().LookupSRV(ctx, service, "tcp", m.domain+".")
	if err != nil || len(all) == 0 {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(all[0].Target, "."))
	if !isHost(host) || all[0].Port == 0 {
		return ""
	}
	return at(scheme, m.address, host, strconv.Itoa(int(all[0].Port)))
}

func (f Finder) resolver() *net.Resolver {
	if f.Resolver != nil {
		return f.Resolver
	}
	return net.DefaultResolver
}

// servers asks the domain's web server for its settings file, and meanwhile whether mail servers answer at usual names.
func (f Finder) servers(ctx context.Context, m mailbox, mx []string) (file, usual part) {
	ctx, stop := context.WithTimeout(ctx, serversIn)
	defer stop()
	var crew sync.WaitGroup
	crew.Go(func() { file = f.file(ctx, m) })
	crew.Go(func() { usual = f.usual(ctx, m, mx) })
	crew.Wait()
	return file, usual
}

// at writes the address of a server as mailboxes have it. An @ in the user's name stands as it is: it reads better, and
// the last one counts.
func at(scheme, user, host, port string) string {
	return scheme + "://" + strings.ReplaceAll(url.User(user).String(), "%40", "@") + "@" + net.JoinHostPort(host, port)
}

// hostOf is the host in such an address.
func hostOf(server string) string {
	host, _, err := net.SplitHostPort(server[strings.LastIndexByte(server, '@')+1:])
	if err != nil {
		return ""
	}
	return host
}

// outside names the first server that does not lie within the domain.
func outside(domain string, all ...string) string {
	for _, s := range all {
		if host := hostOf(s); host != "" && host != domain && !strings.HasSuffix(host, "."+domain) {
			return host
		}
	}
	return ""
}

// isHost says whether s can be the name of a server on the internet.
func isHost(s string) bool {
	labels := strings.Split(s, ".")
	if len(s) > 253 || len(labels) < 2 {
		return false
	}
	last := labels[len(labels)-1]
	return !slices.ContainsFunc(labels, func(l string) bool { return !isLabel(l) }) && strings.ContainsAny(last, "abcdefghijklmnopqrstuvwxyz")
}

func isLabel(l string) bool {
	return l != "" && len(l) < 64 && l[0] != '-' && l[len(l)-1] != '-' &&
		!strings.ContainsFunc(l, func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}
