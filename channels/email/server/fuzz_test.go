package server

import (
	"strings"
	"testing"
	"unicode"

	"github.com/hearthdesk/hearth/base/fault"
)

// The address of a server that is taken leads to one host by one way, without a password that would be shown, and never
// unprotected off this machine.
func FuzzServer(f *testing.F) {
	for _, s := range []string{"imaps://anna@mail.shop.example", "imap://a@mail.example", "imap+starttls://mail.example:99", "smtps://a:b@mail.example", "smtp://[::1]:25", "smtp://127.0.0.1", "imaps://", "imaps://a%0d%0ab@mail.example", "imaps://mail.example:port", "smtp://localhost.evil.example", "imaps://mail.example\\@x", "IMAPS://MAIL.example", "smtp+starttls://u@h:0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, kind := range []string{"imap", "smtp"} {
			s, err := Read(kind, raw, "", false)
			if err != nil {
				if fault.KindOf(err) != fault.Invalid {
					t.Errorf("%q: %v", raw, err)
				}
				continue
			}
			if s.Host == "" || s.Port == "" || strings.Trim(s.Port, "0123456789") != "" {
				t.Errorf("%q leads to %q at %q", raw, s.Host, s.Port)
			}
			if strings.ContainsFunc(s.Host+s.User, unicode.IsControl) {
				t.Errorf("%q holds a line of its own: %q, %q", raw, s.Host, s.User)
			}
			if s.Mode == Plain && !loopback(s.Host) {
				t.Errorf("%q would be spoken to unprotected", raw)
			}
			way, rest, _ := strings.Cut(raw, "://")
			want := map[string]Mode{kind + "s": FromStart, kind + "+starttls": StartTLS, kind: Plain}
			if want[strings.ToLower(way)] != s.Mode || !strings.Contains(strings.ToLower(rest), strings.ToLower(s.Host[:1])) {
				t.Errorf("%q is read as %+v", raw, s)
			}
		}
	})
}
