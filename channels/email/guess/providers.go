package guess

import (
	"slices"
	"strings"
)

// provider is a company whose settings are the same for everybody.
type provider struct {
	name       string
	domains    []string // of its addresses
	exchangers []string // how the names of the hosts end that take mail for its customers' own domains
	imap, smtp server
	needs      Needs
	hint       string
}

// server is one of a provider's.
type server struct {
	scheme, host, port string
	local              bool // the user is what stands before the @
}

// same is the host that takes the domain's mail.
const same = ""

func imaps(host string) server  { return server{scheme: "imaps", host: host, port: "993"} }
func smtps(host string) server  { return server{scheme: "smtps", host: host, port: "465"} }
func submit(host string) server { return server{scheme: "smtp+starttls", host: host, port: "587"} }

// before is a server that knows its users by what stands before the @.
func before(s server) server {
	s.local = true
	return s
}

const (
	consentOnly = " takes no passwords from other programs; it needs a consent by OAuth 2, with a client that your administrator registers there."
	googleFirst = " takes an app password here, not the one you sign in with: switch on 2-Step Verification in your Google account, make an app password there and enter that."
	allowIMAP   = "Allow mail programs first, in the settings of your mailbox (POP3/IMAP); with two-factor sign-in it takes an app password."
	zohoIMAP    = "Allow IMAP first, in Zoho Mail's settings (Mail Accounts); with two-factor sign-in it takes an app password."
)

// providers are those whose settings are published and have been the same for years. The first that fits is taken.
var providers = []provider{
	{
		name: "Gmail", domains: []string{"gmail.com", "googlemail.com"}, imap: imaps("imap.gmail.com"), smtp: smtps("smtp.gmail.com"),
		needs: AppPassword, hint: "Gmail" + googleFirst,
	},
	{
		name: "Google Workspace", exchangers: []string{".google.com", ".googlemail.com"}, imap: imaps("imap.gmail.com"), smtp: smtps("smtp.gmail.com"),
		needs: AppPassword, hint: "Google Workspace" + googleFirst,
	},
	{
		name: "Outlook.com", domains: []string{"outlook.com", "outlook.de", "outlook.fr", "hotmail.com", "hotmail.de", "hotmail.fr", "hotmail.co.uk", "live.com", "live.de", "msn.com"},
		exchangers: []string{".olc.protection.outlook.com"}, imap: imaps("outlook.office365.com"), smtp: submit("smtp-mail.outlook.com"),
		needs: Consent, hint: "Outlook.com" + consentOnly,
	},
	{
		name: "Microsoft 365", exchangers: []string{".mail.protection.outlook.com", ".mx.microsoft"},
		imap: imaps("outlook.office365.com"), smtp: submit("smtp.office365.com"), needs: Consent, hint: "Microsoft 365" + consentOnly,
	},
	{
		name: "iCloud", domains: []string{"icloud.com", "me.com", "mac.com"}, imap: before(imaps("imap.mail.me.com")), smtp: submit("smtp.mail.me.com"),
		needs: AppPassword, hint: "iCloud takes an app-specific password here; make one at account.apple.com under Sign-In and Security.",
	},
	{
		name: "iCloud", exchangers: []string{".mail.icloud.com"}, imap: imaps("imap.mail.me.com"), smtp: submit("smtp.mail.me.com"), needs: AppPassword,
		hint: "Write your @icloud.com address in front of the servers, not that of your own domain, and enter an app-specific password; make one at account.apple.com under Sign-In and Security.",
	},
	{
		name: "Yahoo", domains: []string{"yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.co.uk", "ymail.com", "rocketmail.com"}, exchangers: []string{".am0.yahoodns.net"},
		imap: imaps("imap.mail.yahoo.com"), smtp: smtps("smtp.mail.yahoo.com"),
		needs: AppPassword, hint: "Yahoo takes an app password here, not the one you sign in with; make one in your account's security settings.",
	},
	{
		name: "AOL", domains: []string{"aol.com", "aol.de", "aim.com"}, imap: imaps("imap.aol.com"), smtp: smtps("smtp.aol.com"),
		needs: AppPassword, hint: "AOL takes an app password here, not the one you sign in with; make one in your account's security settings.",
	},
	{name: "GMX", domains: []string{"gmx.com"}, imap: imaps("imap.gmx.com"), smtp: smtps("mail.gmx.com"), needs: Password, hint: allowIMAP},
	{
		name: "GMX", domains: []string{"gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.eu", "gmx.org", "gmx.info", "gmx.biz"}, exchangers: []string{".gmx.net"},
		imap: imaps("imap.gmx.net"), smtp: smtps("mail.gmx.net"), needs: Password, hint: allowIMAP,
	},
	{name: "WEB.DE", domains: []string{"web.de"}, imap: before(imaps("imap.web.de")), smtp: before(smtps("smtp.web.de")), needs: Password, hint: allowIMAP},
	{
		name: "T-Online", domains: []string{"t-online.de", "magenta.de"}, imap: imaps("secureimap.t-online.de"), smtp: smtps("securesmtp.t-online.de"),
		needs: MailPassword, hint: "T-Online takes a password for mail programs here, not the one you sign in with; set it in the Telekom e-mail center.",
	},
	{name: "freenet", domains: []string{"freenet.de"}, imap: imaps("mx.freenet.de"), smtp: submit("mx.freenet.de"), needs: Password},
	{
		name: "mailbox.org", domains: []string{"mailbox.org"}, exchangers: []string{".mailbox.org"}, imap: imaps("imap.mailbox.org"), smtp: smtps("smtp.mailbox.org"),
		needs: Password, hint: "With two-factor sign-in, mailbox.org takes an application password here.",
	},
	{
		name: "Posteo", domains: []string{"posteo.de", "posteo.net", "posteo.eu", "posteo.org", "posteo.at", "posteo.ch"}, exchangers: []string{".posteo.de"},
		imap: imaps("posteo.de"), smtp: smtps("posteo.de"), needs: Password,
	},
	ionos("de", ".ionos.de", ".kundenserver.de", ".schlund.de"),
	ionos("com", ".ionos.com", ".1and1.com", ".perfora.net"),
	ionos("co.uk", ".ionos.co.uk", ".1and1.co.uk"),
	ionos("fr", ".ionos.fr", ".1and1.fr"),
	ionos("es", ".ionos.es", ".1and1.es"),
	ionos("it", ".ionos.it"),
	{name: "STRATO", exchangers: []string{".rzone.de"}, imap: imaps("imap.strato.de"), smtp: smtps("smtp.strato.de"), needs: Password},
	{
		name: "Fastmail", domains: []string{"fastmail.com", "fastmail.fm"}, exchangers: []string{".messagingengine.com"},
		imap: imaps("imap.fastmail.com"), smtp: smtps("smtp.fastmail.com"),
		needs: AppPassword, hint: "Fastmail takes an app password here, not the one you sign in with; make one in its settings under Privacy & Security.",
	},
	{name: "Zoho Mail", domains: []string{"zoho.com", "zohomail.com"}, imap: imaps("imap.zoho.com"), smtp: smtps("smtp.zoho.com"), needs: Password, hint: zohoIMAP},
	{name: "Zoho Mail", domains: []string{"zohomail.eu"}, imap: imaps("imap.zoho.eu"), smtp: smtps("smtp.zoho.eu"), needs: Password, hint: zohoIMAP},
	{name: "Zoho Mail", exchangers: []string{".zoho.com"}, imap: imaps("imappro.zoho.com"), smtp: smtps("smtppro.zoho.com"), needs: Password, hint: zohoIMAP},
	{name: "Zoho Mail", exchangers: []string{".zoho.eu"}, imap: imaps("imappro.zoho.eu"), smtp: smtps("smtppro.zoho.eu"), needs: Password, hint: zohoIMAP},
	{name: "Zoho Mail", exchangers: []string{".zoho.in"}, imap: imaps("imappro.zoho.in"), smtp: smtps("smtppro.zoho.in"), needs: Password, hint: zohoIMAP},
	{
		name: "Proton Mail", domains: []string{"proton.me", "protonmail.com", "protonmail.ch", "pm.me"}, exchangers: []string{".protonmail.ch"},
		needs: Bridge, hint: "Proton Mail is read through Proton Mail Bridge only, a program of theirs that has to run on this server's machine; enter the servers and the password that Bridge shows.",
	},
	{name: "Hetzner", exchangers: []string{".your-server.de"}, imap: imaps("mail.your-server.de"), smtp: smtps("mail.your-server.de"), needs: Password},
	{name: "ALL-INKL", exchangers: []string{".kasserver.com"}, imap: imaps(same), smtp: smtps(same), needs: Password},
	{name: "Migadu", exchangers: []string{".migadu.com"}, imap: imaps("imap.migadu.com"), smtp: smtps("smtp.migadu.com"), needs: Password},
	{name: "Infomaniak", exchangers: []string{".infomaniak.ch"}, imap: imaps("mail.infomaniak.com"), smtp: smtps("mail.infomaniak.com"), needs: Password},
	{name: "Gandi", exchangers: []string{".mail.gandi.net"}, imap: imaps("mail.gandi.net"), smtp: smtps("mail.gandi.net"), needs: Password},
}

func ionos(country string, exchangers ...string) provider {
	return provider{name: "IONOS", exchangers: exchangers, imap: imaps("imap.ionos." + country), smtp: smtps("smtp.ionos." + country), needs: Password}
}

// machines are names within the domains above that belong to rented machines, whose mail is their tenants' own matter.
var machines = []string{".clients.your-server.de"}

func byDomain(domain string) (provider, bool) {
	return first(func(p provider) bool { return slices.Contains(p.domains, domain) })
}

// byExchanger knows a provider by where a domain's mail goes; host is the one that gave it away.
func byExchanger(mx []string) (p provider, host string, ok bool) {
	for _, host := range mx {
		if ends(host, machines) {
			continue
		}
		if p, ok := first(func(p provider) bool { return ends(host, p.exchangers) }); ok {
			return p, host, true
		}
	}
	return p, "", false
}

func ends(host string, with []string) bool {
	return slices.ContainsFunc(with, func(end string) bool { return strings.HasSuffix("."+host, end) })
}

func first(fits func(provider) bool) (provider, bool) {
	i := slices.IndexFunc(providers, fits)
	if i < 0 {
		return provider{}, false
	}
	return providers[i], true
}

// settings are those of a mailbox there.
func (p provider) settings(m mailbox, mx string) Settings {
	return Settings{IMAP: p.imap.of(m, mx), SMTP: p.smtp.of(m, mx), Name: p.name, How: Known, Needs: p.needs, Hint: p.hint}
}

func (s server) of(m mailbox, mx string) string {
	user, host := m.address, s.host
	if s.scheme == "" {
		return ""
	}
	if s.local {
		user = m.local
	}
	if host == same {
		host = mx
	}
	return at(s.scheme, user, host, s.port)
}

// HintAt is what a known provider wants whoever signs in at one of its servers to do first, or empty.
func HintAt(host string) string {
	p, _ := first(func(p provider) bool { return host != "" && (p.imap.host == host || p.smtp.host == host) })
	return p.hint
}
