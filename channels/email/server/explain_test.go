package server

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-smtp"
)

// What providers really say, and networks that no test can be in.
func TestTroubleIsExplained(t *testing.T) {
	gmail, own := Server{"u", "imap.gmail.com", "993", FromStart}, Server{"u", "mail.shop.example", "143", Plain}
	no := func(at Server, code imap.ResponseCode, text string) error {
		return &Trouble{"IMAP", at, SigningIn, false, &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}}
	}
	refuses := func(at Server, code int, text string) error {
		return &Trouble{"SMTP", at, SigningIn, false, &smtp.SMTPError{Code: code, Message: text}}
	}
	dial := func(at string, why error) error {
		addr, err := net.ResolveTCPAddr("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Errorf("send: %w", &net.OpError{Op: "dial", Net: "tcp", Addr: addr, Err: why})
	}
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"a wrong password": {
			no(own, imap.ResponseCodeAuthenticationFailed, "Authentication failed."), refusedSignIn,
		},
		"a wrong password, where the server has no word for it": {
			no(own, "", "LOGIN failed."), refusedSignIn + " It said: LOGIN failed.",
		},
		"a password where Gmail wants an app password": {
			no(gmail, imap.ResponseCodeAlert, "Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)"),
			refusedSignIn + " Gmail takes an app password here, not the one you sign in with: switch on 2-Step Verification in your Google account, make an app password there and enter that. It said: Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
		},
		"the same when sending": {
			refuses(Server{"u", "smtp.gmail.com", "465", FromStart}, 535, "Username and Password not accepted."),
			refusedSignIn + " Gmail takes an app password here, not the one you sign in with: switch on 2-Step Verification in your Google account, make an app password there and enter that.",
		},
		"a server that can't look passwords up": {
			no(own, imap.ResponseCodeUnavailable, "Temporary authentication failure."),
			"The mail server can't check sign-ins right now; please try again in a few minutes. It said: Temporary authentication failure.",
		},
		"the same when sending, for now": {
			refuses(own, 454, "Temporary authentication failure"),
			"The mail server can't check sign-ins right now; please try again in a few minutes. It said: Temporary authentication failure",
		},
		"a password without protection": {
			no(own, imap.ResponseCodePrivacyRequired, "Plaintext authentication disallowed on non-secure (SSL/TLS) connections."),
			"The mail server takes passwords on protected connections only; write imaps:// or imap+starttls:// instead.",
		},
		"the same without protection when sending": {
			refuses(own, 530, "Must issue a STARTTLS command first"),
			"The mail server takes passwords on protected connections only; write smtps:// or smtp+starttls:// instead.",
		},
		"a port where nobody signs in": {
			&Trouble{"SMTP", Server{"u", "mx.shop.example", "25", StartTLS}, SigningIn, false, errors.Join(ErrNoSignIn, &smtp.SMTPError{Code: 502, Message: "Command not implemented"})},
			"The mail server takes no sign-in at port 25; mail is handed in at port 465 (smtps://) or 587 (smtp+starttls://). If it really wants none, leave the user name out.",
		},
		"no such name": {
			dial("192.0.2.1:993", &net.DNSError{Err: "no such host", Name: "imap.shpo.example", IsNotFound: true}),
			"There is no mail server named imap.shpo.example; check how it is written.",
		},
		"no name server": {
			&net.DNSError{Err: "server misbehaving", Name: "imap.shop.example", IsTemporary: true},
			"The name imap.shop.example can't be looked up right now: the network is down, or its name server.",
		},
		"a closed port": {
			dial("192.0.2.1:993", os.NewSyscallError("connect", syscall.ECONNREFUSED)),
			"Nothing answers at 192.0.2.1:993: the mail server is down, or the address or port is wrong.",
		},
		"a port for sending that a hosting company keeps closed": {
			dial("192.0.2.1:465", context.DeadlineExceeded),
			"Nothing answers at 192.0.2.1:465: the mail server is down, or the port is closed on the way; many hosting companies close 25 and 465 for mail going out, so try smtp+starttls:// with port 587.",
		},
		"STARTTLS at the port for TLS from the start": {
			&Trouble{"SMTP", Server{"u", "smtp.shop.example", "465", StartTLS}, Meeting, true, os.ErrDeadlineExceeded},
			"Nothing is said at port 465 without TLS from the start; write smtps:// instead.",
		},
		"a server that says nothing": {
			&Trouble{"IMAP", own, Meeting, true, net.ErrClosed},
			"mail.shop.example takes the connection at port 143 and says nothing: it may be too busy, or something in between, such as a virus scanner, holds the connection up.",
		},
		"a server that stops in the middle": {
			&Trouble{"IMAP", own, SigningIn, false, net.ErrClosed}, "The mail server stopped answering.",
		},
		"a certificate of the provider's name": {
			x509.HostnameError{Host: "mail.shop.example", Certificate: &x509.Certificate{DNSNames: []string{"host17.provider.example"}}},
			"The mail server's certificate is not for the name mail.shop.example but for host17.provider.example; if that is your provider's, write that name.",
		},
		"a server from long ago": {
			&Trouble{"SMTP", Server{"u", "mail.shop.example", "587", StartTLS}, Meeting, false, errors.New("tls: server selected unsupported protocol version 301")},
			"No protected connection to the mail server can be made; its software may be too old for it: SMTP, meeting: tls: server selected unsupported protocol version 301",
		},
		"something after the sign-in": {
			fmt.Errorf("open the folder: %w", &imap.Error{Type: imap.StatusResponseTypeNo, Text: "Mailbox doesn't exist: Shop"}),
			"The mail server said: Mailbox doesn't exist: Shop",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Explain(tc.err); got != tc.want {
				t.Errorf("it says\n%s\nand not\n%s", got, tc.want)
			}
		})
	}
}
