package email_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/channels/email/guess"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

func TestServersAreGuessed(t *testing.T) {
	t.Parallel()
	h := house.Start(t)
	var s guess.Settings
	h.Ask(http.MethodPost, "/api/v1/mail/guess", map[string]any{"address": " Ada <Ada@GMail.com> "}, &s)
	if s.IMAP != "imaps://ada@gmail.com@imap.gmail.com:993" || s.SMTP != "smtps://ada@gmail.com@smtp.gmail.com:465" || s.How != guess.Known || s.Needs != guess.AppPassword {
		t.Errorf("%+v", s)
	}
	for _, bad := range []string{"", "ada", "ada@", "@gmail.com"} {
		err := h.Try(http.MethodPost, "/api/v1/mail/guess", map[string]any{"address": bad}, nil)
		if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || f.Say != "Write the whole address, such as help@example.com." {
			t.Errorf("%q: %v", bad, err)
		}
	}
	// What is guessed can be used as it is.
	h.Ask(http.MethodPost, "/api/v1/mail/mailboxes", map[string]any{"address": "ada@gmail.com", "imap": "", "smtp": s.SMTP, "password": "secret"}, nil)
}

// rehearse is what signing in to servers comes to that no mailbox has yet.
func rehearse(h *house.House, in map[string]any) (t email.Trial) {
	h.Ask(http.MethodPost, "/api/v1/mail/try", in, &t)
	return t
}

func TestServersAreTriedBeforeAMailboxIsConnected(t *testing.T) {
	t.Parallel()
	imap, relay := servers.StartDovecot(t, forgiving), startRelay(t, nil, false)
	relay.needs = "secret"
	h, _, log := watchful(t)
	in := map[string]any{"address": support, "imap": "imap://" + imap.Addr, "smtp": "smtp://" + support + "@" + relay.Addr, "password": "secret"}
	before := everything(t, h)
	if got := rehearse(h, in); got != (email.Trial{IMAP: "ok", SMTP: "ok"}) {
		t.Errorf("%+v", got)
	}
	in["password"] = "a-password-of-mine"
	const refused = "The mail server refused the sign-in: check the user name and the password."
	if got := rehearse(h, in); got != (email.Trial{IMAP: refused, SMTP: refused}) {
		t.Errorf("with a wrong password: %+v", got)
	}
	for name, tc := range map[string]struct {
		in  map[string]any
		say string
	}{
		"no server":           {map[string]any{"address": support, "password": "secret"}, "Say which server to try"},
		"no password":         {map[string]any{"address": support, "imap": "imaps://imap.shop.example"}, "Enter the password of the mailbox."},
		"a server that isn't": {map[string]any{"address": support, "imap": "pop3://imap.shop.example", "password": "secret"}, "is no way to reach a mail server"},
		"no protection":       {map[string]any{"address": support, "smtp": "smtp://u@smtp.shop.example", "password": "secret"}, "would send the password unprotected"},
	} {
		err := h.Try(http.MethodPost, "/api/v1/mail/try", tc.in, nil)
		if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || !strings.Contains(f.Say, tc.say) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.Stop()
	if a, _ := build(t, h.Settings); len(before) > 0 {
		if head, err := a.DB.Head(t.Context()); err != nil || strings.Contains(everything(t, h), "a-password-of-mine") || strings.Contains(log.String(), "a-password-of-mine") {
			t.Errorf("after %d entries something is kept of a trial: %v", head, err)
		}
	}
}

// A provider may replace the refresh token at the trial; the mailbox that is connected with the old one still works.
func TestAConsentOutlivesItsTrial(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	conf := filepath.Join(os.TempDir(), fmt.Sprintf("hearth-oauth2-try-%d.conf", os.Getpid())) // Dovecot reads it as another user
	text := "introspection_mode = post\nintrospection_url = " + p.URL + "/introspect\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n"
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(conf) })
	imap, relay := servers.StartDovecot(t, "passdb {\n  driver = oauth2\n  mechanisms = xoauth2\n  args = "+conf+"\n}"), startRelay(t, nil, false)
	relay.needs = "access-1"
	h, now, _ := watchful(t)
	consent := map[string]any{"refresh_token": "refresh-0", "client_id": "hearth", "client_secret": "client-secret", "token_url": p.URL + "/token"}
	in := map[string]any{"address": support, "imap": "imap://" + imap.Addr, "smtp": "smtp://" + support + "@" + relay.Addr, "oauth": consent}
	for range 2 {
		if got := rehearse(h, in); got != (email.Trial{IMAP: "ok", SMTP: "ok"}) || p.renewals() != 1 {
			t.Errorf("%+v after %d renewals", got, p.renewals())
		}
	}
	m := box(h, in)
	now.forward(10 * time.Minute)
	if got := try(h, m); got.IMAP != "ok" || p.renewals() != 1 {
		t.Errorf("once connected: %+v after %d renewals", got, p.renewals())
	}
	now.forward(2 * time.Hour)
	if got := rehearse(h, in); !strings.Contains(got.IMAP, "no longer accepts the consent") {
		t.Errorf("long after: %+v", got)
	}
}

// A newcomer mistakes servers and ports for one another.
func TestMistakenServersAreExplained(t *testing.T) {
	t.Parallel()
	imap, relay := servers.StartDovecot(t, forgiving), startRelay(t, nil, false)
	page := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(page.Close)
	web := strings.TrimPrefix(page.URL, "http://")
	full := listen(t, func(c net.Conn) { fmt.Fprint(c, "* BYE Too many connections.\r\n") })
	login := listen(t, onlyLogin("secret"))
	unknown := listen(t, func(c net.Conn) {
		fmt.Fprint(c, "220 mx.example\r\n")
		for in := bufio.NewScanner(c); in.Scan(); {
			if strings.HasPrefix(in.Text(), "EHLO") {
				fmt.Fprint(c, "250 mx.example\r\n")
			} else {
				fmt.Fprint(c, "502 what?\r\n")
			}
		}
	})
	h := house.Start(t)
	for name, tc := range map[string]struct{ imap, smtp, say string }{
		"mail is read where it is sent":         {"imap://u@" + relay.Addr, "", "does not speak IMAP; mail is read at port 993 (imaps://) or 143 (imap+starttls://)."},
		"and with STARTTLS":                     {"imap+starttls://u@" + relay.Addr, "", "does not speak IMAP"},
		"mail is sent where it is read":         {"", "smtp://u@" + imap.Addr, "does not speak SMTP; mail is handed in at port 465 (smtps://) or 587 (smtp+starttls://)."},
		"mail is sent with STARTTLS, the same":  {"", "smtp+starttls://u@" + imap.Addr, "does not speak SMTP"},
		"a web server is asked for mail":        {"imap+starttls://u@" + web, "", "does not speak IMAP"},
		"the server is full":                    {"imap://u@" + full, "", "The mail server said: Too many connections."},
		"the sender's port takes no sign-in":    {"", "smtp://u@" + unknown, "takes no sign-in at port"},
		"a server that knows LOGIN only":        {"", "smtp://u@" + login, "ok"},
		"nothing listens":                       {"imap://u@127.0.0.1:1", "", "Nothing answers at 127.0.0.1:1:"},
		"there is no such name":                 {"imaps://u@imap.invalid", "", "imap.invalid"},
		"the sign-in of a sender without users": {"", "smtp://" + relay.Addr, "ok"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := rehearse(h, map[string]any{"address": support, "imap": tc.imap, "smtp": tc.smtp, "password": "secret"})
			if !strings.Contains(got.IMAP+got.SMTP, tc.say) || strings.Contains(got.IMAP+got.SMTP, "broke") {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestATrialEndsThoughNobodySpeaks(t *testing.T) {
	t.Parallel()
	mute := listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	n := newGround(t).node(t)
	for scheme, say := range map[string]string{"": "says nothing", "+starttls": "says nothing", "s": "The mail server stopped answering."} {
		ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
		got, err := n.Rehearse(ctx, email.Mailbox{Address: support, IMAP: "imap" + scheme + "://u@" + mute, SMTP: "smtp" + scheme + "://u@" + mute}, email.Secrets{Password: "secret"})
		if stop(); err != nil || !strings.Contains(got.IMAP, say) || !strings.Contains(got.SMTP, say) {
			t.Errorf("%q: %+v, %v", scheme, got, err)
		}
	}
}

// listen serves each connection by do.
func listen(t *testing.T, do func(c net.Conn)) (at string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				do(c)
			}()
		}
	}()
	return l.Addr().String()
}

// onlyLogin is an SMTP server whose only way to sign in is LOGIN, as Exchange's is for passwords.
func onlyLogin(password string) func(c net.Conn) {
	return func(c net.Conn) {
		fmt.Fprint(c, "220 exchange.example\r\n")
		for in := bufio.NewScanner(c); in.Scan(); {
			switch line := in.Text(); {
			case strings.HasPrefix(line, "EHLO"):
				fmt.Fprint(c, "250-exchange.example\r\n250 AUTH LOGIN\r\n")
			case strings.HasPrefix(line, "AUTH LOGIN "):
				fmt.Fprint(c, "334 UGFzc3dvcmQ6\r\n") // Password:
			case line == base64.StdEncoding.EncodeToString([]byte(password)):
				fmt.Fprint(c, "235 welcome\r\n")
			default:
				fmt.Fprint(c, "504 Unrecognized authentication type\r\n")
			}
		}
	}
}
