package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/channels/email/guess"
)

// What servers lack.
var (
	ErrNoStartTLS = errors.New("email: the server has no STARTTLS")
	ErrNoSignIn   = errors.New("email: the server takes no sign-in")
)

// Trouble is what went wrong with a server that took our connection.
type Trouble struct {
	Speaks string // IMAP or SMTP
	At     Server
	Step   Step
	Mute   bool // it never said anything
	Err    error
}

// Step is how far we came with a server.
type Step string

// The steps.
const (
	Meeting   Step = "meeting"
	SigningIn Step = "signing in"
)

// Error is for logs.
func (t *Trouble) Error() string { return t.Speaks + ", " + string(t.Step) + ": " + t.Err.Error() }

// Unwrap is what the server or the network said.
func (t *Trouble) Unwrap() error { return t.Err }

const refusedSignIn = "The mail server refused the sign-in: check the user name and the password."

// Explain says in a sentence for a person why a mail server can't be read or written to.
func Explain(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Say
	}
	if errors.Is(err, ErrNoStartTLS) {
		return "The mail server has no STARTTLS at this port, so the connection would not be protected; try the port for TLS from the start."
	}
	t, _ := errors.AsType[*Trouble](err)
	if say, ok := t.answered(); ok {
		return say
	}
	if say, ok := answered(err); ok {
		return say
	}
	if say, ok := distrust(err); ok {
		return say
	}
	if say, ok := unreached(err); ok {
		return say
	}
	return t.broke(err)
}

// broke is about a connection that ended where nobody said why.
func (t *Trouble) broke(err error) string {
	if say, ok := t.silent(); ok {
		return say
	}
	if t != nil {
		err = t.Err // not what came of closing the connection afterwards
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return "The mail server stopped answering."
	}
	if t != nil && t.Step == Meeting {
		return fmt.Sprintf("What answers at %s port %s does not speak %s; %s.", t.At.Host, t.At.Port, t.Speaks, usualPorts(t.Speaks))
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		return "The mail server stopped answering."
	}
	return "The connection to the mail server broke: " + clip(err.Error())
}

// usualPorts is where mail servers are found.
func usualPorts(speaks string) string {
	if speaks == "IMAP" {
		return "mail is read at port 993 (imaps://) or 143 (imap+starttls://)"
	}
	return "mail is handed in at port 465 (smtps://) or 587 (smtp+starttls://)"
}

// silent is about a server that took the connection and never said a word.
func (t *Trouble) silent() (string, bool) {
	switch {
	case t == nil || !t.Mute:
		return "", false
	case t.At.Mode != FromStart && (t.At.Port == "993" || t.At.Port == "465"):
		return fmt.Sprintf("Nothing is said at port %s without TLS from the start; write %ss:// instead.", t.At.Port, strings.ToLower(t.Speaks)), true
	}
	return fmt.Sprintf("%s takes the connection at port %s and says nothing: it may be too busy, or something in between, such as a virus scanner, holds the connection up.", t.At.Host, t.At.Port), true
}

// unreached is about a server that no connection leads to.
func unreached(err error) (string, bool) {
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		if e.IsNotFound {
			return fmt.Sprintf("There is no mail server named %s; check how it is written.", e.Name), true
		}
		return fmt.Sprintf("The name %s can't be looked up right now: the network is down, or its name server.", e.Name), true
	}
	e, ok := errors.AsType[*net.OpError](err)
	if !ok || e.Op != "dial" || e.Addr == nil {
		return "", false
	}
	_, port, _ := net.SplitHostPort(e.Addr.String())
	if slices.Contains([]string{"25", "465"}, port) && (e.Timeout() || errors.Is(err, context.DeadlineExceeded)) {
		return fmt.Sprintf("Nothing answers at %s: the mail server is down, or the port is closed on the way; many hosting companies close 25 and 465 for mail going out, so try smtp+starttls:// with port 587.", e.Addr), true
	}
	return fmt.Sprintf("Nothing answers at %s: the mail server is down, or the address or port is wrong.", e.Addr), true
}

// answered is what a server said when we wanted to sign in, as far as it is about that.
func (t *Trouble) answered() (string, bool) {
	if t == nil || t.Step != SigningIn {
		return "", false
	}
	if errors.Is(t.Err, ErrNoSignIn) {
		return fmt.Sprintf("The mail server takes no sign-in at port %s; %s. If it really wants none, leave the user name out.", t.At.Port, usualPorts(t.Speaks)), true
	}
	if e, ok := errors.AsType[*imap.Error](t.Err); ok {
		return t.refused(e.Text, e.Code == imap.ResponseCodeUnavailable || e.Code == imap.ResponseCodeServerBug,
			e.Code == imap.ResponseCodePrivacyRequired, e.Code != imap.ResponseCodeAuthenticationFailed && e.Code != imap.ResponseCodeAuthorizationFailed), true
	}
	if e, ok := errors.AsType[*smtp.SMTPError](t.Err); ok {
		return t.refused(e.Message, e.Code < 500, e.Code == 538 || e.Code == 530 && strings.Contains(strings.ToUpper(e.Message), "STARTTLS"), e.Code != 535), true
	}
	return "", false
}

// refused says why we are not let in. What the server said is told where it says more than no.
func (t *Trouble) refused(words string, later, private, more bool) string {
	switch {
	case later:
		return "The mail server can't check sign-ins right now; please try again in a few minutes. It said: " + clip(words)
	case private:
		return fmt.Sprintf("The mail server takes passwords on protected connections only; write %[1]ss:// or %[1]s+starttls:// instead.", strings.ToLower(t.Speaks))
	}
	say := refusedSignIn
	if hint := guess.HintAt(t.At.Host); hint != "" {
		say += " " + hint
	}
	if more && strings.TrimSpace(words) != "" {
		say += " It said: " + clip(words)
	}
	return say
}

// answered is what a server said to anything else.
func answered(err error) (string, bool) {
	if e, ok := errors.AsType[*imap.Error](err); ok {
		return "The mail server said: " + clip(e.Text), true
	}
	if e, ok := errors.AsType[*smtp.SMTPError](err); ok {
		if Refused[e.Code] {
			return refusedSignIn, true
		}
		return fmt.Sprintf("The mail server said: %d %s", e.Code, clip(e.Message)), true
	}
	return "", false
}

// distrust says what is wrong with a certificate.
func distrust(err error) (string, bool) {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "The mail server's certificate is signed by nobody this machine trusts. If it is your own server, add its certificate authority to those of this machine.", true
	}
	if e, ok := errors.AsType[x509.HostnameError](err); ok {
		if names := e.Certificate.DNSNames; len(names) > 0 {
			return fmt.Sprintf("The mail server's certificate is not for the name %s but for %s; if that is your provider's, write that name.", e.Host, clip(strings.Join(names[:min(len(names), 3)], ", "))), true
		}
		return fmt.Sprintf("The mail server's certificate is not for the name %s; write the name that it is for.", e.Host), true
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if e.Reason == x509.Expired {
			return "The mail server's certificate has expired, or the clock of one of the two machines is wrong.", true
		}
		return "The mail server's certificate is not valid: " + clip(e.Error()), true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "The mail server does not speak TLS at this port; try STARTTLS, or another port.", true
	}
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "The mail server's certificate can't be trusted: " + clip(e.Err.Error()), true
	}
	if _, alert := errors.AsType[tls.AlertError](err); alert || strings.Contains(err.Error(), "tls: ") { // most of them have no type
		return "No protected connection to the mail server can be made; its software may be too old for it: " + clip(err.Error()), true
	}
	return "", false
}

// Refused are the answers of a server that a person mends by changing a setting, after which the mail still has to go out.
var Refused = map[int]bool{530: true, 534: true, 535: true, 538: true} //nolint:gochecknoglobals // a constant list

// clip makes words from elsewhere short and fit to be shown.
func clip(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s[:min(len(s), 500)], ""), "\x00", "")
}
