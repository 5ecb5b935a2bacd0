package email

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"golang.org/x/oauth2"

	"github.com/hearthdesk/hearth/base/fault"
)

// patience is how long a mail server may take for one step.
const patience = 60 * time.Second

// connect opens a connection to a mail server, with TLS from the start where the settings say so.
func connect(ctx context.Context, s server) (net.Conn, error) {
	d := net.Dialer{Timeout: 20 * time.Second}
	at := net.JoinHostPort(s.host, s.port)
	if s.mode == tlsFromStart {
		return (&tls.Dialer{NetDialer: &d, Config: tlsFor(s.host)}).DialContext(ctx, "tcp", at)
	}
	return d.DialContext(ctx, "tcp", at)
}

func tlsFor(host string) *tls.Config {
	return &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
}

// dialSMTP connects and signs in.
func (room *Room) dialSMTP(ctx context.Context, box Mailbox, s Secrets) (*smtp.Client, error) {
	at, err := box.server("smtp", box.SMTP)
	if err != nil {
		return nil, err
	}
	conn, err := connect(ctx, at)
	if err != nil {
		return nil, err
	}
	var c *smtp.Client
	if at.mode == startTLS {
		if c, err = smtp.NewClientStartTLS(conn, tlsFor(at.host)); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	} else {
		c = smtp.NewClient(conn)
	}
	c.CommandTimeout, c.SubmissionTimeout = patience, 5*time.Minute
	_, host, _ := strings.Cut(box.Address, "@")
	if err := c.Hello(host); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if at.user == "" {
		return c, nil
	}
	auth, err := room.credentials(ctx, at, s)
	if err == nil {
		err = c.Auth(auth)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// credentials is how a mailbox signs in: XOAUTH2 with a fresh access token where it has a refresh token, else its password.
func (room *Room) credentials(ctx context.Context, at server, s Secrets) (sasl.Client, error) {
	if s.RefreshToken == "" {
		return sasl.NewPlainClient("", at.user, s.Password), nil
	}
	token, err := accessToken(ctx, s, room.db.Now())
	if err != nil {
		return nil, err
	}
	return &xoauth2{at.user, token}, nil
}

// accessToken trades the refresh token for an access token (RFC 6749, 6) unless the last one still holds.
func accessToken(ctx context.Context, s Secrets, now time.Time) (string, error) {
	if s.AccessToken != "" && now.Add(time.Minute).Before(s.Expires) {
		return s.AccessToken, nil
	}
	cfg := oauth2.Config{ClientID: s.ClientID, ClientSecret: s.ClientSecret, Endpoint: oauth2.Endpoint{TokenURL: s.TokenURL}}
	t, err := cfg.TokenSource(ctx, &oauth2.Token{RefreshToken: s.RefreshToken}).Token()
	if err != nil {
		if r, ok := errors.AsType[*oauth2.RetrieveError](err); ok && r.ErrorCode == "invalid_grant" {
			return "", fault.New(fault.Denied, "mailbox.consent_gone", "The mail provider no longer accepts the consent given for this mailbox; connect it again.")
		}
		return "", err
	}
	return t.AccessToken, nil
}

// xoauth2 is the SASL mechanism of Google and Microsoft for access tokens.
type xoauth2 struct{ user, token string }

// Start sends user and token.
func (x *xoauth2) Start() (mech string, ir []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the server's account of what is wrong with an empty line, after which it refuses properly.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }

func dkimKey(text string) (crypto.Signer, error) {
	bad := fault.Field("dkim_key", "dkim.malformed", "The DKIM key is not a private key in PEM form (RSA or Ed25519).")
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, bad
	}
	if k, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return k, nil
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, bad
	}
	switch k := any.(type) {
	case *rsa.PrivateKey:
		return k, nil
	case ed25519.PrivateKey:
		return k, nil
	}
	return nil, bad
}

// dkimSign adds a DKIM signature (RFC 6376) when the mailbox has a key and a selector.
func dkimSign(raw []byte, box Mailbox, s Secrets) ([]byte, error) {
	if s.DKIMKey == "" || box.Options.DKIMSelect == "" {
		return raw, nil
	}
	key, err := dkimKey(s.DKIMKey)
	if err != nil {
		return nil, err
	}
	domain := box.Options.DKIMDomain
	if domain == "" {
		_, domain, _ = strings.Cut(box.Address, "@")
	}
	var out bytes.Buffer
	err = dkim.Sign(&out, bytes.NewReader(raw), &dkim.SignOptions{
		Domain: domain, Selector: box.Options.DKIMSelect, Signer: key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: []string{"From", "Reply-To", "Subject", "Date", "To", "Cc", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type", "Auto-Submitted"},
	})
	return out.Bytes(), err
}
