// Package push tells people on their phones that something waits for them, also while no page of ours is open: by the push
// service of their browser (RFC 8030), which learns neither what is said (RFC 8291) nor for whom it is, only that we said
// something (RFC 8292).
//
// A subscription belongs to a session and ends with it. What is to be told is a row in base/due, put in the transaction of
// what happened, and sent from there; an address that is gone is forgotten. A message is a title in our own words and a path
// of ours: what a customer said never stands on a locked screen.
package push

import (
	"context"
	"crypto/ecdh"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/SherClockHolmes/webpush-go"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this package.
var Tables = store.Migrations{Room: "push", FS: migrations}

type (
	subscriptionKind struct{}
	noteKind         struct{}
)

func (subscriptionKind) Prefix() string { return "psh" }
func (noteKind) Prefix() string         { return "png" }

// The ids of this package.
type (
	// ID names a subscription.
	ID = id.Of[subscriptionKind]
	// NoteID names one message to one browser.
	NoteID = id.Of[noteKind]
)

// Subscription is where a browser can be reached, as the browser gives it (Push API, 8).
type Subscription struct {
	Endpoint string `json:"endpoint" maxLength:"2000" doc:"https; of the browser's push service"`
	Keys     struct {
		P256dh string `json:"p256dh" maxLength:"200"`
		Auth   string `json:"auth" maxLength:"100"`
	} `json:"keys"`
}

// Note is what is told: Say names our words for it, Path is where a tap leads. Of several with the same topic, a phone that
// was off shows the last.
type Note struct {
	Say   string `json:"say"`
	Path  string `json:"path"`
	Topic string `json:"topic,omitempty"` // at most 32 letters (RFC 8030, 5.4)
}

// Config is what the package can't know by itself.
type Config struct {
	DB   *store.DB
	Due  *due.Queue
	Keys *secret.Keys
	// Title says a note in the language of a member of staff, for a session of theirs; ok is false when that has ended.
	Title  func(tx *store.Tx, staff, session int64, say string) (title string, ok bool, err error)
	Base   func() string // how people reach us: whom a push service may write to
	Client *http.Client  // nil for one that reaches public addresses only
	Log    *slog.Logger
}

// Sender knows the phones of the house.
type Sender struct {
	cfg Config
}

const (
	sending  = "push.send"
	purpose  = "push.key"      // of the sealed private key
	reaching = "push.endpoint" // of a sealed subscription
	keeps    = 24 * time.Hour  // that a push service keeps what a phone that is off has not got
	stale    = 6 * time.Hour   // after which it is not told any more
)

// New makes a sender. DB, Due and Keys may be nil when only the routes are wanted.
func New(c Config) *Sender {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Client == nil {
		c.Client = careful()
	}
	s := &Sender{cfg: c}
	if c.Due != nil {
		// So many tries that a note is stale before they are used up: one that nobody got is no work for anybody.
		c.Due.Handle(sending, due.Policy{Tries: 100, Backoff: due.Doubling(10*time.Second, 15*time.Minute), Lease: time.Minute}, s.send)
	}
	return s
}

// Tell puts a note for every phone of somebody, in the caller's transaction.
func (s *Sender) Tell(tx *store.Tx, staff int64, n Note) error {
	return s.TellAll(tx, []int64{staff}, n)
}

// TellAll puts a note for every phone of several members of staff, in the caller's transaction.
func (s *Sender) TellAll(tx *store.Tx, staff []int64, n Note) error {
	all, err := of(tx, staff)
	for _, which := range all {
		err = errors.Join(err, s.put(tx, which, n))
	}
	return err
}

func (s *Sender) put(tx *store.Tx, which ID, n Note) error {
	return s.cfg.Due.Put(tx, sending, store.NewID[noteKind](tx).String(), tx.Now(), job{which, n})
}

// job is the payload of a note that waits.
type job struct {
	To ID `json:"to"`
	Note
}

// Subscribe notes where the browser of a session can be reached, in place of what was noted for it before, and tells it so.
func (s *Sender) Subscribe(ctx context.Context, who web.Who, sub Subscription) error {
	if err := sub.fit(); err != nil {
		return err
	}
	if who.Session == 0 {
		return fault.New(fault.Denied, "push.session", "Only a browser that somebody is signed in with can be told; a token is told by webhooks.")
	}
	b, err := json.Marshal(sub)
	if err != nil {
		return err
	}
	sealed, err := s.cfg.Keys.Seal(reaching, b)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(sub.Endpoint))
	return s.cfg.DB.Write(ctx, who.Actor, func(tx *store.Tx) error {
		which := store.NewID[subscriptionKind](tx)
		hash := hex.EncodeToString(sum[:])
		if err := errors.Join(strike(tx, who.Session, hash), insert(tx, which, who, hash, base64.StdEncoding.EncodeToString(sealed))); err != nil {
			return err
		}
		return s.put(tx, which, Note{Say: "push.on", Path: "/tell", Topic: "on"})
	})
}

// Unsubscribe tells the browser of a session nothing any more.
func (s *Sender) Unsubscribe(ctx context.Context, who web.Who) error {
	return s.cfg.DB.Write(ctx, who.Actor, func(tx *store.Tx) error { return s.Forget(tx, []int64{who.Session}) })
}

// Forget drops what was noted for sessions that have ended.
func (*Sender) Forget(tx *store.Tx, sessions []int64) error { return drop(tx, sessions) }

// fit says why nothing could be sent there.
func (sub Subscription) fit() error {
	wrong := fault.New(fault.Invalid, "push.malformed", "Your browser gave no address at which it can be told anything.")
	u, err := url.Parse(sub.Endpoint)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return wrong
	}
	point, err := unpack(sub.Keys.P256dh)
	if err != nil {
		return wrong
	}
	if _, err := ecdh.P256().NewPublicKey(point); err != nil {
		return wrong
	}
	if auth, err := unpack(sub.Keys.Auth); err != nil || len(auth) != 16 { // RFC 8291, 3.2
		return wrong
	}
	return nil
}

func unpack(s string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(s), "="))
}

// Public is the key by which browsers subscribe, in base64url. The pair is made when it is first asked for.
func (s *Sender) Public(ctx context.Context) (string, error) {
	var k pair
	var ok bool
	err := s.cfg.DB.Read(ctx, func(tx *store.Tx) (err error) { k, ok, err = keys(tx); return err })
	if err != nil || ok {
		return k.Public, err
	}
	return s.makeKeys(ctx)
}

func (s *Sender) makeKeys(ctx context.Context) (string, error) {
	private, public, err := webpush.GenerateVAPIDKeys()
	if err != nil {
		return "", err
	}
	sealed, err := s.cfg.Keys.Seal(purpose, []byte(private))
	if err != nil {
		return "", err
	}
	var k pair
	err = s.cfg.DB.Write(ctx, store.System("push"), func(tx *store.Tx) (err error) {
		if err = insertKeys(tx, pair{public, base64.StdEncoding.EncodeToString(sealed)}); err == nil {
			k, _, err = keys(tx) // another may have been faster
		}
		return err
	})
	return k.Public, err
}
