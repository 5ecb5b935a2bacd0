package email_test

import (
	"bytes"
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

// try says what signing in to a mailbox's servers comes to.
func try(h *house.House, m email.Mailbox) (t email.Trial) {
	h.Ask(http.MethodPost, "/api/v1/mail/mailboxes/"+m.ID.String()+"/test", struct{}{}, &t)
	return t
}

func TestMailComesAndGoesProtected(t *testing.T) {
	cert, key := trusted.Certificate(t, time.Now().Add(time.Hour), "127.0.0.1", "localhost")
	imap, imaps := servers.StartDovecotTLS(t, cert, key)
	for name, tc := range map[string]struct{ imap, smtp string }{
		"TLS from the start": {"imaps://" + support + "@" + imaps, "smtps://" + startRelay(t, trusted.Config(t), true).Addr},
		"STARTTLS":           {"imap+starttls://" + support + "@" + imap.Addr, "smtp+starttls://" + startRelay(t, trusted.Config(t), false).Addr},
	} {
		t.Run(name, func(t *testing.T) {
			h := house.Start(t)
			m := box(h, map[string]any{"address": support, "password": "secret", "imap": tc.imap, "smtp": tc.smtp})
			if got := try(h, m); got.IMAP != "ok" || got.SMTP != "ok" {
				t.Errorf("the trial says %+v", got)
			}
			imap.Deliver(support, letter("Ada <ada@example.com>", name, name[:3]+"@example.com", "", "It broke."))
			house.Until(t, "the mail", func() bool {
				for _, tk := range ticketList(h) {
					if tk.Subject == name {
						return true
					}
				}
				return false
			})
		})
	}
}

func TestAServerThatCannotBeTrustedIsExplained(t *testing.T) {
	until := time.Now().Add(time.Hour)
	stranger, err := servers.NewAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	plain := servers.StartDovecot(t)
	tlsOf := func(cert, key []byte) (imap, imaps string, relay *tls.Config) {
		d, at := servers.StartDovecotTLS(t, cert, key)
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		return d.Addr, at, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	unknown, unknowns, unknownConf := tlsOf(stranger.Certificate(t, until, "127.0.0.1"))
	_, elsewheres, elsewhereConf := tlsOf(trusted.Certificate(t, until, "mail.example.com"))
	_, olds, oldConf := tlsOf(trusted.Certificate(t, time.Now().Add(-time.Hour), "127.0.0.1"))
	h := house.Start(t)
	for name, tc := range map[string]struct{ imap, smtp, say string }{
		"signed by nobody we know":      {"imaps://u@" + unknowns, "smtps://" + startRelay(t, unknownConf, true).Addr, "signed by nobody this machine trusts"},
		"the same with STARTTLS":        {"imap+starttls://u@" + unknown, "smtp+starttls://" + startRelay(t, unknownConf, false).Addr, "signed by nobody this machine trusts"},
		"made for another name":         {"imaps://u@" + elsewheres, "smtps://" + startRelay(t, elsewhereConf, true).Addr, "is not for the name 127.0.0.1"},
		"out of date":                   {"imaps://u@" + olds, "smtps://" + startRelay(t, oldConf, true).Addr, "has expired"},
		"no TLS where it was asked for": {"imaps://u@" + plain.Addr, "smtps://" + startRelay(t, nil, false).Addr, "does not speak TLS at this port"},
		"no STARTTLS":                   {"imap+starttls://u@" + plain.Addr, "smtp+starttls://" + startRelay(t, nil, false).Addr, "has no STARTTLS"},
	} {
		t.Run(name, func(t *testing.T) {
			m := box(h, map[string]any{"address": strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@shop.example", "password": "secret", "imap": tc.imap, "smtp": tc.smtp})
			got := try(h, m)
			if !strings.Contains(got.IMAP, tc.say) {
				t.Errorf("IMAP: %s", got.IMAP)
			}
			if !strings.Contains(got.SMTP, tc.say) {
				t.Errorf("SMTP: %s", got.SMTP)
			}
		})
	}
}

func TestTheReceiverSpeaksProtectedWithWhoWants(t *testing.T) {
	h := house.Start(t)
	connect(h, "", "", "", nil)
	// As servers on the internet do: nobody vouches for the name, and what is said is still for nobody else.
	c, err := smtp.DialStartTLS(h.SMTP, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SendMail("ada@example.com", []string{support}, bytes.NewReader(letter("Ada <ada@example.com>", "Cup", "1@example.com", "", "It broke."))); err != nil {
		t.Fatal(err)
	}
	if state, ok := c.TLSConnectionState(); !ok || state.Version < tls.VersionTLS12 {
		t.Errorf("the connection is not protected: %+v", state.Version)
	}
	if all := ticketList(h); len(all) != 1 || all[0].Subject != "Cup" {
		t.Errorf("tickets: %+v", all)
	}
}
