package email

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/base/fault"
)

var errNoStartTLS = errors.New("email: the server has no STARTTLS")

const refusedSignIn = "The mail server refused the sign-in: check the user name and the password."

// explain says in a sentence for a person why a mail server can't be read or written to.
func explain(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Say
	}
	if errors.Is(err, errNoStartTLS) {
		return "The mail server has no STARTTLS at this port, so the connection would not be protected; try the port for TLS from the start."
	}
	if say, ok := answered(err); ok {
		return say
	}
	if say, ok := distrust(err); ok {
		return say
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Sprintf("There is no mail server named %s, or the network is down.", e.Name)
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "dial" {
		return fmt.Sprintf("Nothing answers at %s: the mail server is down, or the address or port is wrong.", e.Addr)
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return "The mail server stopped answering."
	}
	return "The connection to the mail server broke: " + clip(err.Error())
}

// answered is what the server itself said.
func answered(err error) (string, bool) {
	if e, ok := errors.AsType[*imap.Error](err); ok {
		if e.Code == imap.ResponseCodeAuthenticationFailed || strings.Contains(strings.ToLower(e.Text), "auth") {
			return refusedSignIn, true
		}
		return "The mail server said: " + clip(e.Text), true
	}
	if e, ok := errors.AsType[*smtp.SMTPError](err); ok {
		if retried[e.Code] {
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
	return "", false
}
