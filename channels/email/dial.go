package email

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/channels/email/server"
)

// dialSMTP connects and signs in.
func (room *Room) dialSMTP(ctx context.Context, box Mailbox, s Secrets) (*smtp.Client, error) {
	at, err := box.server("smtp", box.SMTP)
	if err != nil {
		return nil, err
	}
	conn, err := server.Connect(ctx, at)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() }) // nothing goes on after the time for a try is over
	var c *smtp.Client
	if at.Mode == server.StartTLS {
		if c, err = smtp.NewClientStartTLS(conn, server.TLSFor(at.Host)); err != nil {
			if strings.Contains(err.Error(), "support STARTTLS") { // go-smtp has no error of its own for it
				err = errors.Join(server.ErrNoStartTLS, err)
			}
			return nil, errors.Join(&server.Trouble{Speaks: "SMTP", At: at, Step: server.Meeting, Mute: conn.Mute(), Err: errors.Join(ctx.Err(), err)}, conn.Close())
		}
	} else {
		c = smtp.NewClient(conn)
	}
	c.CommandTimeout, c.SubmissionTimeout = server.Patience, server.HandOver
	_, host, _ := strings.Cut(box.Address, "@")
	if err := c.Hello(host); err != nil {
		return nil, errors.Join(&server.Trouble{Speaks: "SMTP", At: at, Step: server.Meeting, Mute: conn.Mute(), Err: errors.Join(ctx.Err(), err)}, c.Close())
	}
	if at.User == "" {
		return c, nil
	}
	if err := room.signInSMTP(ctx, c, box, at, s); err != nil {
		return nil, errors.Join(&server.Trouble{Speaks: "SMTP", At: at, Step: server.SigningIn, Mute: false, Err: err}, c.Close())
	}
	return c, nil
}

func (room *Room) signInSMTP(ctx context.Context, c *smtp.Client, box Mailbox, at server.Server, s Secrets) error {
	auth, err := room.credentials(ctx, box, at, s)
	if err != nil {
		return err
	}
	if s.RefreshToken == "" && c.SupportsAuth("LOGIN") && !c.SupportsAuth("PLAIN") { // Exchange has only this one for passwords
		auth = sasl.NewLoginClient(at.User, s.Password)
	}
	if err = c.Auth(auth); err == nil {
		return nil
	}
	if offers, _ := c.Extension("AUTH"); !offers {
		err = errors.Join(server.ErrNoSignIn, err)
	}
	return errors.Join(err, room.doubt(ctx, box, auth, err))
}

func dkimKey(text string) (crypto.Signer, error) {
	bad := fault.Field("dkim_key", "dkim.malformed", "The DKIM key is not a private key in PEM form (RSA or Ed25519).")
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, bad
	}
	if k, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return k, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, bad
	}
	switch k := parsed.(type) {
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
