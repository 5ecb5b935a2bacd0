package guess

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/encoding/htmlindex"
)

const (
	longestFile = 64 << 10
	redirects   = 3
)

var errNoSettings = errors.New("guess: no settings in this file")

// file is what the domain's settings file says. It has four usual places; the protected ones come first.
func (f Finder) file(ctx context.Context, m mailbox) part {
	who := "?emailaddress=" + url.QueryEscape(m.address)
	places := []string{
		"https://autoconfig." + m.domain + "/mail/config-v1.1.xml" + who,
		"https://" + m.domain + "/.well-known/autoconfig/mail/config-v1.1.xml" + who,
		"http://autoconfig." + m.domain + "/mail/config-v1.1.xml",
		"http://" + m.domain + "/.well-known/autoconfig/mail/config-v1.1.xml",
	}
	client := f.browser()
	defer client.CloseIdleConnections()
	found := make([]part, len(places))
	var crew sync.WaitGroup
	for i, at := range places {
		crew.Go(func() {
			p, protected, err := read(ctx, client, at, m)
			if err != nil {
				return
			}
			if !protected {
				p.doubtful = outside(m.domain, p.imap, p.smtp)
			}
			found[i] = p
		})
	}
	crew.Wait()
	if i := slices.IndexFunc(found, func(p part) bool { return p.how != "" }); i >= 0 {
		return found[i]
	}
	return part{}
}

// browser fetches from public web servers only, wherever a name or a redirection leads.
func (f Finder) browser() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
				host, port, err := net.SplitHostPort(address)
				if err != nil {
					return nil, err
				}
				if port != "80" && port != "443" {
					return nil, errPort
				}
				return f.connect(ctx, host, port)
			},
			DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > redirects || via[len(via)-1].URL.Scheme == "https" && r.URL.Scheme != "https" {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
}

// read fetches and reads one file; protected says whether it came by HTTPS all the way.
func read(ctx context.Context, client *http.Client, at string, m mailbox) (p part, protected bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return p, false, err
	}
	res, err := client.Do(r)
	if err != nil {
		return p, false, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return p, false, errNoSettings
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, longestFile+1))
	if err != nil || len(b) > longestFile {
		return p, false, errors.Join(err, errNoSettings)
	}
	p, err = parse(b, m)
	return p, strings.HasPrefix(at, "https:"), err
}

// config is Mozilla's format, as far as it matters here.
type config struct {
	XMLName   xml.Name `xml:"clientConfig"`
	Providers []struct {
		Name string         `xml:"displayName"`
		In   []configServer `xml:"incomingServer"`
		Out  []configServer `xml:"outgoingServer"`
	} `xml:"emailProvider"`
}

type configServer struct {
	Type   string   `xml:"type,attr"`
	Host   string   `xml:"hostname"`
	Port   string   `xml:"port"`
	Socket string   `xml:"socketType"`
	User   string   `xml:"username"`
	Auth   []string `xml:"authentication"`
}

// parse reads a settings file. Servers are listed in the order of preference, and the first that we can use is taken.
func parse(b []byte, m mailbox) (p part, err error) {
	var c config
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(label)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(in), nil
	}
	if err := d.Decode(&c); err != nil {
		return p, err
	}
	p = part{how: Autoconfig, needs: Password}
	for _, provider := range c.Providers {
		imap, consent := pick(provider.In, "imap", m)
		smtp, alsoConsent := pick(provider.Out, "smtp", m)
		if imap == "" && smtp == "" {
			continue
		}
		p.imap, p.smtp, p.name = imap, smtp, oneLine(m.filled(provider.Name))
		if consent || alsoConsent {
			p.needs = Consent
		}
		return p, nil
	}
	return part{}, errNoSettings
}

// pick takes the first server of a kind that takes a password protected, else the first that wants a consent.
func pick(all []configServer, kind string, m mailbox) (server string, consent bool) {
	second := ""
	for _, s := range all {
		at := s.at(kind, m)
		switch {
		case at == "":
		case s.accepts("password-cleartext", "plain", "password-encrypted", "secure"):
			return at, false
		case s.accepts("OAuth2") && second == "":
			second = at
		}
	}
	return second, second != ""
}

// accepts says whether the server takes one of these proofs; one that names none takes a password.
func (s configServer) accepts(ways ...string) bool {
	if len(s.Auth) == 0 {
		return slices.Contains(ways, "plain")
	}
	return slices.ContainsFunc(s.Auth, func(a string) bool { return slices.Contains(ways, strings.TrimSpace(a)) })
}

// at is the server's address; empty for one that can't be used, such as one without TLS.
func (s configServer) at(kind string, m mailbox) string {
	scheme := ""
	switch strings.ToUpper(strings.TrimSpace(s.Socket)) {
	case "SSL", "TLS":
		scheme = kind + "s"
	case "STARTTLS":
		scheme = kind + "+starttls"
	}
	host := strings.ToLower(strings.TrimSpace(m.filled(s.Host)))
	port, err := strconv.ParseUint(strings.TrimSpace(s.Port), 10, 16)
	user := strings.TrimSpace(m.filled(s.User))
	if user == "" {
		user = m.address
	}
	if scheme == "" || !strings.EqualFold(strings.TrimSpace(s.Type), kind) || !isHost(host) || err != nil || port == 0 || len(user) > 320 || strings.ContainsFunc(user, unicode.IsControl) {
		return ""
	}
	return at(scheme, user, host, strconv.FormatUint(port, 10))
}

// filled puts the address where a file leaves a gap for it.
func (m mailbox) filled(s string) string {
	return strings.NewReplacer("%EMAILADDRESS%", m.address, "%EMAILLOCALPART%", m.local, "%EMAILDOMAIN%", m.domain).Replace(s)
}

// oneLine is the name of a provider as it can be shown.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s)), " ")
	if r := []rune(s); len(r) > 80 {
		s = string(r[:80])
	}
	return s
}
