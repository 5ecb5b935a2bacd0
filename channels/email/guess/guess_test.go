package guess

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/test/servers"
)

func TestWellKnownProviders(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		address, mx string
		want        Settings
		hint        string
	}{
		"Gmail": {
			"ada@gmail.com", "",
			Settings{IMAP: "imaps://ada@gmail.com@imap.gmail.com:993", SMTP: "smtps://ada@gmail.com@smtp.gmail.com:465", Name: "Gmail", Needs: AppPassword},
			"make an app password",
		},
		"Google Workspace": {
			"help@shop.example", "alt1.aspmx.l.google.com",
			Settings{IMAP: "imaps://help@shop.example@imap.gmail.com:993", SMTP: "smtps://help@shop.example@smtp.gmail.com:465", Name: "Google Workspace", Needs: AppPassword},
			"make an app password",
		},
		"Microsoft 365": {
			"help@shop.example", "shop-example.mail.protection.outlook.com",
			Settings{IMAP: "imaps://help@shop.example@outlook.office365.com:993", SMTP: "smtp+starttls://help@shop.example@smtp.office365.com:587", Name: "Microsoft 365", Needs: Consent},
			"consent by OAuth 2",
		},
		"Microsoft 365 at its newer hosts": {
			"help@shop.example", "shop-example.o-v1.mx.microsoft",
			Settings{IMAP: "imaps://help@shop.example@outlook.office365.com:993", SMTP: "smtp+starttls://help@shop.example@smtp.office365.com:587", Name: "Microsoft 365", Needs: Consent},
			"consent by OAuth 2",
		},
		"iCloud, which knows people by half their address": {
			"ada@icloud.com", "",
			Settings{IMAP: "imaps://ada@imap.mail.me.com:993", SMTP: "smtp+starttls://ada@icloud.com@smtp.mail.me.com:587", Name: "iCloud", Needs: AppPassword},
			"app-specific password",
		},
		"GMX": {
			"ada@gmx.de", "",
			Settings{IMAP: "imaps://ada@gmx.de@imap.gmx.net:993", SMTP: "smtps://ada@gmx.de@mail.gmx.net:465", Name: "GMX", Needs: Password},
			"Allow mail programs first",
		},
		"T-Online": {
			"ada@t-online.de", "",
			Settings{IMAP: "imaps://ada@t-online.de@secureimap.t-online.de:993", SMTP: "smtps://ada@t-online.de@securesmtp.t-online.de:465", Name: "T-Online", Needs: MailPassword},
			"a password for mail programs",
		},
		"IONOS": {
			"help@shop.example", "mx00.kundenserver.de", Settings{IMAP: "imaps://help@shop.example@imap.ionos.de:993", SMTP: "smtps://help@shop.example@smtp.ionos.de:465", Name: "IONOS", Needs: Password}, "",
		},
		"IONOS in Britain": {
			"help@shop.example", "mx00.ionos.co.uk", Settings{IMAP: "imaps://help@shop.example@imap.ionos.co.uk:993", SMTP: "smtps://help@shop.example@smtp.ionos.co.uk:465", Name: "IONOS", Needs: Password}, "",
		},
		"ALL-INKL, whose servers are named like the exchanger": {
			"help@shop.example", "w0123456.kasserver.com", Settings{IMAP: "imaps://help@shop.example@w0123456.kasserver.com:993", SMTP: "smtps://help@shop.example@w0123456.kasserver.com:465", Name: "ALL-INKL", Needs: Password}, "",
		},
		"Proton Mail, which has no servers for programs": {
			"ada@proton.me", "", Settings{Name: "Proton Mail", Needs: Bridge}, "Proton Mail Bridge",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if tc.mx != "" {
				w.mx("shop.example", tc.mx)
			}
			got := w.finder().Guess(t.Context(), tc.address)
			if (tc.hint == "") != (got.Hint == "") || !strings.Contains(got.Hint, tc.hint) {
				t.Errorf("the hint: %q", got.Hint)
			}
			tc.want.How, tc.want.Hint = Known, got.Hint
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
			if len(w.dialed) > 0 {
				t.Errorf("it asked %v", w.dialed)
			}
		})
	}
}

// No provider is hidden behind one that comes before it, and what each says can be used.
func TestTheTableOfProviders(t *testing.T) {
	t.Parallel()
	for _, p := range providers {
		for _, d := range p.domains {
			if found, ok := byDomain(d); !ok || found.imap != p.imap {
				t.Errorf("%s of %s leads to %s", d, p.name, found.name)
			}
		}
		for _, end := range p.exchangers {
			found, _, ok := byExchanger([]string{"mx1" + end})
			if !ok || found.imap != p.imap || end[0] != '.' {
				t.Errorf("%s of %s leads to %s", end, p.name, found.name)
			}
		}
		for _, s := range []server{p.imap, p.smtp} {
			if s.scheme != "" && s.host != same && !isHost(s.host) || s.scheme == "" && p.needs != Bridge {
				t.Errorf("%s has the server %+v", p.name, s)
			}
		}
		if p.name == "" || p.needs == "" || p.needs != Password && p.hint == "" || p.hint != "" && !strings.HasSuffix(p.hint, ".") {
			t.Errorf("%s does not say what it needs: %q", p.name, p.hint)
		}
	}
	if _, _, ok := byExchanger([]string{"static.10.113.0.203.clients.your-server.de"}); ok {
		t.Error("a rented machine is taken for its landlord's mail service")
	}
	if h := HintAt("imap.gmail.com"); !strings.Contains(h, "app password") || HintAt("") != "" || HintAt("imap.shop.example") != "" {
		t.Errorf("the hint at Gmail's server: %q", h)
	}
}

const settingsFile = `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="shop.example"><domain>shop.example</domain>
<displayName>The  Shop's
mail</displayName>
<incomingServer type="pop3"><hostname>pop.%[1]s</hostname><port>995</port><socketType>SSL</socketType><username>%%EMAILADDRESS%%</username></incomingServer>
<incomingServer type="imap"><hostname>imap.%[1]s</hostname><port>143</port><socketType>plain</socketType><username>%%EMAILADDRESS%%</username></incomingServer>
<incomingServer type="imap"><hostname>IMAP.%[1]s</hostname><port>1993</port><socketType>SSL</socketType><username>%%EMAILLOCALPART%%</username><authentication>password-cleartext</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.%[1]s</hostname><port>1587</port><socketType>STARTTLS</socketType><username>%%EMAILADDRESS%%</username><authentication>password-encrypted</authentication></outgoingServer>
</emailProvider></clientConfig>`

// file is a web server that has the settings file and nothing else.
func file(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/mail/config-v1.1.xml") {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, text)
	})
}

func TestSettingsAreFound(t *testing.T) {
	t.Parallel()
	const ip, domain = "203.0.113.7", "shop.example"
	own := fmt.Sprintf(settingsFile, domain)
	for name, tc := range map[string]struct {
		world func(w *world)
		want  Settings
		hint  string
	}{
		"in the domain's SRV records": {
			func(w *world) {
				w.srv("imaps", "mail.shop.example", 993)
				w.srv("submissions", "mail.shop.example", 465)
			},
			Settings{IMAP: "imaps://help@shop.example@mail.shop.example:993", SMTP: "smtps://help@shop.example@mail.shop.example:465", How: SRV},
			"",
		},
		"in SRV records that know STARTTLS only, at a host elsewhere": {
			func(w *world) {
				w.srv("imaps", ".", 0)
				w.srv("imap", "mx.host.example", 143)
				w.srv("submission", "mx.host.example", 587)
			},
			Settings{IMAP: "imap+starttls://help@shop.example@mx.host.example:143", SMTP: "smtp+starttls://help@shop.example@mx.host.example:587", How: SRV},
			"Make sure that mx.host.example belongs to your mail provider",
		},
		"in the settings file": {
			func(w *world) {
				w.host("autoconfig.shop.example", ip)
				w.web(ip, file(own), "autoconfig.shop.example")
			},
			Settings{IMAP: "imaps://help@imap.shop.example:1993", SMTP: "smtp+starttls://help@shop.example@smtp.shop.example:1587", Name: "The Shop's mail", How: Autoconfig},
			"",
		},
		"in the settings file at its well-known place, after a redirection": {
			func(w *world) {
				w.host(domain, ip)
				w.host("www.shop.example", "203.0.113.8")
				w.web(ip, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
					http.Redirect(out, r, "https://www.shop.example"+r.URL.Path, http.StatusFound)
				}), domain)
				w.web("203.0.113.8", file(own), "www.shop.example")
			},
			Settings{IMAP: "imaps://help@imap.shop.example:1993", SMTP: "smtp+starttls://help@shop.example@smtp.shop.example:1587", Name: "The Shop's mail", How: Autoconfig},
			"",
		},
		"in a settings file that comes unprotected and names servers elsewhere": {
			func(w *world) {
				w.host("autoconfig.shop.example", ip)
				w.web(ip, file(fmt.Sprintf(settingsFile, "host.example")))
			},
			Settings{IMAP: "imaps://help@imap.host.example:1993", SMTP: "smtp+starttls://help@shop.example@smtp.host.example:1587", Name: "The Shop's mail", How: Autoconfig},
			"Make sure that imap.host.example belongs to your mail provider",
		},
		"in a settings file that wants a consent": {
			func(w *world) {
				w.host("autoconfig.shop.example", ip)
				w.web(ip, file(strings.ReplaceAll(strings.ReplaceAll(own, "password-cleartext", "OAuth2"), "password-encrypted", "OAuth2")), "autoconfig.shop.example")
			},
			Settings{IMAP: "imaps://help@imap.shop.example:1993", SMTP: "smtp+starttls://help@shop.example@smtp.shop.example:1587", Name: "The Shop's mail", How: Autoconfig, Needs: Consent},
			"consent by OAuth 2",
		},
		"half in SRV records, half in the settings file": {
			func(w *world) {
				w.srv("imaps", "mail.shop.example", 993)
				w.host("autoconfig.shop.example", ip)
				w.web(ip, file(own), "autoconfig.shop.example")
			},
			Settings{IMAP: "imaps://help@shop.example@mail.shop.example:993", SMTP: "smtp+starttls://help@shop.example@smtp.shop.example:1587", Name: "The Shop's mail", How: SRV},
			"",
		},
		"nowhere, and every page of the website is the front page": {
			func(w *world) {
				w.host(domain, ip)
				w.host("autoconfig.shop.example", ip)
				w.web(ip, http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
					_, _ = io.WriteString(out, "<!doctype html><title>Shop</title><p>Welcome & hello")
				}), domain, "autoconfig.shop.example")
			},
			Settings{How: None},
			"No mail server was found for shop.example.",
		},
		"nowhere, and the settings file never ends": {
			func(w *world) {
				w.host("autoconfig.shop.example", ip)
				w.web(ip, file(strings.Replace(own, "<domain>", strings.Repeat(" ", longestFile)+"<domain>", 1)), "autoconfig.shop.example")
			},
			Settings{How: None},
			"No mail server was found for shop.example.",
		},
		"nowhere, though the domain takes mail": {func(*world) {}, Settings{How: None}, "Ask your provider for the names"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.mx(domain, "mx.elsewhere.example")
			tc.world(w)
			got := w.finder().Guess(t.Context(), "help@shop.example")
			if (tc.hint == "") != (got.Hint == "") || !strings.Contains(got.Hint, tc.hint) {
				t.Errorf("the hint: %q", got.Hint)
			}
			tc.want.Hint = got.Hint
			if tc.want.Needs == "" {
				tc.want.Needs = Password
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAddressesThatCannotBeAreToldSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.mx("silent.example", "")
	w.host("website.example", "203.0.113.7")
	for address, hint := range map[string]string{
		"help@shpo.example":    "there is no such domain",
		"help@silent.example":  "takes no mail",
		"help@website.example": "Ask your provider for the names",
		"help@bücher.example":  "No mail can reach bücher.example",
		"help@-.-":             "No mail can reach",
	} {
		if got := w.finder().Guess(t.Context(), address); got.How != None || got.IMAP+got.SMTP != "" || !strings.Contains(got.Hint, hint) {
			t.Errorf("%s: %+v", address, got)
		}
	}
}

// Servers that answer at usual names: a real Dovecot with TLS from the start, or with STARTTLS, beside SMTP servers.
func TestServersAnswerAtUsualNames(t *testing.T) {
	t.Parallel()
	const ip = "203.0.113.7"
	cert, key := trusted.Certificate(t, time.Now().Add(time.Hour), "imap.shop.example", "mail.shop.example", "mx.shop.example")
	imap, imaps := servers.StartDovecotTLS(t, cert, key)
	for name, tc := range map[string]struct {
		world      func(w *world)
		imap, smtp string
	}{
		"each by its own name": {func(w *world) {
			w.host("imap.shop.example", ip)
			w.host("smtp.shop.example", ip)
			w.leads(ip+":993", imaps)
			w.leads(ip+":465", w.submission("smtp.shop.example", true))
		}, "imaps://help@shop.example@imap.shop.example:993", "smtps://help@shop.example@smtp.shop.example:465"},
		"with STARTTLS, at a host for everything": {func(w *world) {
			w.host("mail.shop.example", ip)
			w.leads(ip+":143", imap.Addr)
			w.leads(ip+":587", w.submission("mail.shop.example", false))
		}, "imap+starttls://help@shop.example@mail.shop.example:143", "smtp+starttls://help@shop.example@mail.shop.example:587"},
		"at the host that takes the mail": {func(w *world) {
			w.mx("shop.example", "mx.shop.example")
			w.host("mx.shop.example", "2001:db8::7")
			w.host("mx.shop.example", ip)
			w.leads(ip+":993", imaps)
			w.leads("[2001:db8::7]:587", w.submission("mx.shop.example", false))
		}, "imaps://help@shop.example@mx.shop.example:993", "smtp+starttls://help@shop.example@mx.shop.example:587"},
		"with a certificate for another name, which does not count": {func(w *world) {
			w.host("imap.shop.example", ip)
			w.host("smtp.shop.example", ip)
			w.leads(ip+":993", imaps)
			w.leads(ip+":465", w.submission("host17.provider.example", true))
		}, "imaps://help@shop.example@imap.shop.example:993", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.host("shop.example", "203.0.113.99") // where nobody answers
			tc.world(w)
			got := w.finder().Guess(t.Context(), "help@shop.example")
			if got.IMAP != tc.imap || got.SMTP != tc.smtp || got.How != Common {
				t.Errorf("%+v", got)
			}
			if half := tc.smtp == ""; half != strings.Contains(got.Hint, "(SMTP)") {
				t.Errorf("the hint: %q", got.Hint)
			}
		})
	}
}

// Whoever owns a domain decides which addresses its names have. None of them may lead us into the networks around us.
func TestOnlyPublicAddressesAreAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	private := []string{"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fd00::1", "fe80::1", "64:ff9b::7f00:1", "::ffff:10.1.2.3"}
	for _, ip := range private {
		for _, name := range []string{"shop.example", "autoconfig.shop.example", "imap.shop.example", "mail.shop.example", "smtp.shop.example"} {
			if addr := netip.MustParseAddr(ip); !addr.Is4In6() {
				w.host(name, ip)
			}
		}
	}
	const ip = "203.0.113.7" // the one public address redirects to all the others
	w.host("shop.example", ip)
	var n int
	w.web(ip, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		targets := []string{"http://127.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/meta-data", "http://localhost/", "http://shop.example:8080/", "file:///etc/passwd", "gopher://10.1.2.3/"}
		w.mu.Lock()
		to := targets[n%len(targets)]
		n++
		w.mu.Unlock()
		http.Redirect(out, r, to, http.StatusFound)
	}))
	for range 8 {
		if got := w.finder().Guess(t.Context(), "help@shop.example"); got.How != None {
			t.Fatalf("%+v", got)
		}
	}
	if n < 8 {
		t.Fatalf("only %d redirections were followed or not", n)
	}
	for _, at := range w.dialed {
		if a := netip.MustParseAddrPort(at); a.Addr() != netip.MustParseAddr(ip) || !slices.Contains([]uint16{80, 443, 143, 993, 465, 587}, a.Port()) {
			t.Errorf("it dialled %s", at)
		}
	}
	for _, ip := range private {
		if web.OnTheInternet(netip.MustParseAddr(ip)) {
			t.Errorf("%s is taken for public", ip)
		}
	}
	for _, ip := range []string{"8.8.8.8", "203.0.113.7", "2a00:1450:4001:80b::200e", "64:ff9b::808:808", "::ffff:8.8.8.8"} {
		if !web.OnTheInternet(netip.MustParseAddr(ip)) {
			t.Errorf("%s is taken for private", ip)
		}
	}
}

// Nobody waits longer than they were told, whatever stays silent.
func TestSilenceEnds(t *testing.T) {
	t.Parallel()
	if namesIn+serversIn > 8*time.Second {
		t.Error("it may take longer than eight seconds")
	}
	hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	for name, tc := range map[string]struct {
		world func(w *world)
		hint  string
	}{
		"the name server": {func(w *world) { w.silent = true }, "connected to the internet?"},
		"the web server, and the mail server after it was called": {func(w *world) {
			w.host("shop.example", "203.0.113.7")
			w.host("imap.shop.example", "203.0.113.7")
			w.web("203.0.113.7", hang, "shop.example")
			w.leads("203.0.113.7:993", w.at) // refused: the name server listens by UDP only
			w.leads("203.0.113.7:143", w.doors["203.0.113.7:443"])
		}, "No mail server was found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			tc.world(w)
			ctx, stop := context.WithTimeout(t.Context(), 700*time.Millisecond)
			defer stop()
			begin := time.Now()
			got := w.finder().Guess(ctx, "help@shop.example")
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
			if got.How != None || !strings.Contains(got.Hint, tc.hint) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestSettingsFilesAreRead(t *testing.T) {
	t.Parallel()
	m := mailbox{"help@shop.example", "help", "shop.example"}
	in := func(parts string) string {
		return `<clientConfig version="1.1"><emailProvider id="x"><displayName>X</displayName>` + parts + `</emailProvider></clientConfig>`
	}
	imap := func(parts string) string { return in(`<incomingServer type="imap">` + parts + `</incomingServer>`) }
	const good = `<hostname>imap.shop.example</hostname><port>993</port><socketType>SSL</socketType>`
	for name, tc := range map[string]struct{ text, imap string }{
		"a user is the address when none is named": {imap(good), "imaps://help@shop.example@imap.shop.example:993"},
		"a user with odd letters":                  {imap(good + `<username>he/lp?#%EMAILLOCALPART%</username>`), "imaps://he%2Flp%3F%23help@imap.shop.example:993"},
		"the domain in the name of the host":       {imap(strings.Replace(good, "imap.shop.example", "mail.%EMAILDOMAIN%", 1)), "imaps://help@shop.example@mail.shop.example:993"},
		"another charset":                          {`<?xml version="1.0" encoding="ISO-8859-1"?>` + imap(good), "imaps://help@shop.example@imap.shop.example:993"},
		"a charset nobody knows":                   {`<?xml version="1.0" encoding="klingon"?>` + imap(good), ""},
		"an address of this machine":               {imap(strings.Replace(good, "imap.shop.example", "127.0.0.1", 1)), ""},
		"no domain":                                {imap(strings.Replace(good, "imap.shop.example", "localhost", 1)), ""},
		"a host that breaks out of the address":    {imap(strings.Replace(good, "imap.shop.example", "evil.example/@imap.shop.example", 1)), ""},
		"a port that is none":                      {imap(strings.Replace(good, "993", "99300", 1)), ""},
		"no TLS":                                   {imap(strings.Replace(good, "SSL", "plain", 1)), ""},
		"a proof we can't give":                    {imap(good + `<authentication>GSSAPI</authentication>`), ""},
		"a user on two lines":                      {imap(good + "<username>a\nb</username>"), ""},
		"a page":                                   {"<html><body>Not found</body></html>", ""},
		"nothing":                                  {"", ""},
		"entities that grow":                       {`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + imap(strings.Replace(good, "imap.shop.example", "&b;", 1)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := parse([]byte(tc.text), m)
			if p.imap != tc.imap || (err == nil) != (tc.imap != "") {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
}

// Whatever a file says, what is taken from it is the address of a server with TLS, and a name on one line.
func FuzzParse(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(settingsFile, "shop.example")))
	f.Add([]byte(`<clientConfig><emailProvider><incomingServer type="imap"><hostname>a.b</hostname><port>1</port><socketType>SSL</socketType><username>%EMAILADDRESS%:@/</username></incomingServer></emailProvider></clientConfig>`))
	f.Add([]byte(`<?xml version="1.0" encoding="utf-16"?><clientConfig/>`))
	m := mailbox{"help@shop.example", "help", "shop.example"}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parse(b, m)
		if (err == nil) != (p.how == Autoconfig) || err == nil && p.imap == "" && p.smtp == "" {
			t.Errorf("%+v, %v", p, err)
		}
		for kind, s := range map[string]string{"imap": p.imap, "smtp": p.smtp} {
			rest, tls := strings.CutPrefix(s, kind+"s://")
			rest, start := strings.CutPrefix(rest, kind+"+starttls://")
			if s != "" && (!tls && !start || !isHost(hostOf(s)) || strings.ContainsAny(rest, "/?#\n\x00")) {
				t.Errorf("%q", s)
			}
		}
		if strings.ContainsAny(p.name, "\r\n\x00") || len([]rune(p.name)) > 80 {
			t.Errorf("%q", p.name)
		}
	})
}
