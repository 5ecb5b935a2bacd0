package email

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"golang.org/x/oauth2"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email/server"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// consent is what became of the consent a mail provider gave: the access token that holds now, and the refresh token to
// trade for the next one, which a provider may replace each time (RFC 6749, 6). It is kept apart from the mailbox,
// because it changes by the hour and nobody needs to hear of it.
type consent struct {
	Of      []byte    `json:"of"` // the hash of the refresh token that was given to begin with; another one is another consent
	Refresh string    `json:"refresh"`
	Access  string    `json:"access"`
	Expires time.Time `json:"expires"`
}

// holds says whether the access token is good for what is about to begin.
func (c consent) holds(now time.Time) bool { return now.Add(time.Minute).Before(c.Expires) }

// doubt forgets an access token that a server refused, so that the next try has a new one. A connection that broke says
// nothing about the token, and one that was refused late says nothing about the token that came after it.
func (room *Room) doubt(ctx context.Context, m Mailbox, auth sasl.Client, refusal error) error {
	x, ok := auth.(*xoauth2)
	if !ok || !refused(refusal) {
		return nil
	}
	if m.ID == 0 {
		room.rehearsed.doubt(x.token)
		return nil
	}
	return room.db.Write(ctx, actor, func(tx *store.Tx) error {
		c, err := room.keptConsent(tx, m)
		if err != nil || c.Access != x.token {
			return err
		}
		c.Expires = time.Time{}
		sealed, err := room.sealed(consentPurpose, []byte(store.JSON(c)))
		if err != nil {
			return err
		}
		return saveConsent(tx, m.ID, sealed)
	})
}

// refused says whether a server answered that it does not take a sign-in, as against a connection that broke or a server
// that has no time just now (RFC 9051, 7.1; RFC 4954, 4).
func refused(err error) bool {
	if e, ok := errors.AsType[*imap.Error](err); ok {
		return e.Type == imap.StatusResponseTypeNo
	}
	e, ok := errors.AsType[*smtp.SMTPError](err)
	return ok && e.Code >= 500
}

const (
	consentPurpose = "mail.consent"
	leaseConsent   = 30 * time.Second // also how long the provider may take
)

// credentials is how a mailbox signs in: XOAUTH2 with a fresh access token where it has a refresh token, else its password.
func (room *Room) credentials(ctx context.Context, m Mailbox, at server.Server, s Secrets) (sasl.Client, error) {
	if s.RefreshToken == "" {
		return sasl.NewPlainClient("", at.User, s.Password), nil
	}
	token, err := room.accessToken(ctx, m, s)
	if err != nil {
		return nil, err
	}
	return &xoauth2{at.User, token}, nil
}

// accessToken is the one that holds, or a new one. Only one at a time is asked for: some providers withdraw a consent
// whose refresh token is used twice.
func (room *Room) accessToken(ctx context.Context, m Mailbox, s Secrets) (string, error) {
	c, err := room.consent(ctx, m, s)
	if err != nil || c.holds(room.db.Now()) {
		return c.Access, err
	}
	room.renewing.Lock()
	defer room.renewing.Unlock()
	if c, err = room.consent(ctx, m, s); err != nil || c.holds(room.db.Now()) {
		return c.Access, err
	}
	if m.ID != 0 {
		ours, err := room.db.Lease(ctx, "mail.consent."+m.ID.String(), leaseConsent)
		if err == nil && !ours {
			err = fault.New(fault.Conflict, "mailbox.renewing", "Another server is renewing the sign-in of this mailbox; it is tried again in a moment.")
		}
		if err != nil {
			return "", err
		}
	}
	if c, err = trade(ctx, c, s, room.db.Now()); err != nil {
		return "", err
	}
	return c.Access, room.keepConsent(context.WithoutCancel(ctx), m.ID, c)
}

// trade gives a refresh token for an access token.
func trade(ctx context.Context, c consent, s Secrets, now time.Time) (consent, error) {
	ctx, stop := context.WithTimeout(ctx, leaseConsent)
	defer stop()
	cfg := oauth2.Config{ClientID: s.ClientID, ClientSecret: s.ClientSecret, Endpoint: oauth2.Endpoint{TokenURL: s.TokenURL}}
	t, err := cfg.TokenSource(ctx, &oauth2.Token{RefreshToken: c.Refresh}).Token()
	if r, ok := errors.AsType[*oauth2.RetrieveError](err); ok && r.ErrorCode == "invalid_grant" {
		return c, fault.New(fault.Denied, "mailbox.consent_gone", "The mail provider no longer accepts the consent given for this mailbox; connect it again.")
	} else if ok {
		return c, fault.New(fault.Denied, "mailbox.consent_refused", "The mail provider does not renew the sign-in of this mailbox (%s); check the client id and secret.", clip(r.ErrorCode))
	}
	if err != nil {
		at, _ := url.Parse(s.TokenURL)
		return c, fault.New(fault.Internal, "mailbox.consent_unreached", "The mail provider's server for sign-ins (%s) does not answer as it should; it is tried again.", at.Hostname())
	}
	c.Refresh, c.Access, c.Expires = t.RefreshToken, t.AccessToken, now.Add(time.Duration(t.ExpiresIn)*time.Second)
	return c, nil
}

func (room *Room) consent(ctx context.Context, m Mailbox, s Secrets) (c consent, err error) {
	of := sha256.Sum256([]byte(s.RefreshToken))
	if m.ID != 0 {
		err = room.db.Read(ctx, func(tx *store.Tx) error { c, err = room.keptConsent(tx, m); return err })
		if err != nil {
			return c, err
		}
	}
	if string(c.Of) != string(of[:]) {
		var tried bool
		if c, tried = room.rehearsed.of(of, room.db.Now()); !tried {
			c = consent{Of: of[:], Refresh: s.RefreshToken}
		}
	}
	return c, nil
}

func (room *Room) keptConsent(tx *store.Tx, m Mailbox) (c consent, err error) {
	sealed, err := loadConsent(tx, m.ID)
	if err != nil {
		return c, err
	}
	plain, err := room.unsealed(m, consentPurpose, sealed)
	if err != nil || plain == nil {
		return c, err
	}
	return c, json.Unmarshal(plain, &c)
}

func (room *Room) keepConsent(ctx context.Context, m tickets.MailboxID, c consent) error {
	if m == 0 {
		room.rehearsed.keep(c, room.db.Now())
		return nil
	}
	sealed, err := room.sealed(consentPurpose, []byte(store.JSON(c)))
	if err != nil {
		return err
	}
	return room.db.Write(ctx, actor, func(tx *store.Tx) error { return saveConsent(tx, m, sealed) })
}

// rehearsals are consents that were tried before their mailbox was connected. They are kept in memory for as long as
// somebody may take to connect it, because a provider may have replaced the refresh token at the trial.
type rehearsals struct {
	mu   sync.Mutex
	kept map[[sha256.Size]byte]rehearsal
}

type rehearsal struct {
	consent

	until time.Time
}

const rehearsedFor = 15 * time.Minute

func (r *rehearsals) of(hash [sha256.Size]byte, now time.Time) (consent, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.kept[hash]
	return c.consent, ok && now.Before(c.until)
}

func (r *rehearsals) keep(c consent, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.kept, func(_ [sha256.Size]byte, old rehearsal) bool { return !now.Before(old.until) })
	if r.kept == nil {
		r.kept = map[[sha256.Size]byte]rehearsal{}
	}
	r.kept[[sha256.Size]byte(c.Of)] = rehearsal{c, now.Add(rehearsedFor)}
}

// doubt lets the consent whose access token was refused be renewed at the next try.
func (r *rehearsals) doubt(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for of, c := range r.kept {
		if c.Access == token {
			c.Expires = time.Time{}
			r.kept[of] = c
		}
	}
}

func loadConsent(tx *store.Tx, m tickets.MailboxID) (string, error) {
	sealed, _, err := store.Find[string](tx, `SELECT consent FROM mail_consents WHERE mailbox = $1`, m)
	return sealed, err
}

func saveConsent(tx *store.Tx, m tickets.MailboxID, sealed string) error {
	return tx.Do(`INSERT INTO mail_consents (mailbox, consent) VALUES ($1, $2) ON CONFLICT (mailbox) DO UPDATE SET consent = excluded.consent`, m, sealed)
}

func dropConsent(tx *store.Tx, m tickets.MailboxID) error {
	return tx.Do(`DELETE FROM mail_consents WHERE mailbox = $1`, m)
}

// xoauth2 is the SASL mechanism of Google and Microsoft for access tokens.
type xoauth2 struct{ user, token string }

// Start sends user and token.
func (x *xoauth2) Start() (mech string, ir []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the server's account of what is wrong, after which it refuses properly, with the byte that OAUTHBEARER has
// for it (RFC 7628, 3.2.3): an empty answer is written as "=" by go-imap, which servers take for broken base64.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{1}, nil }
