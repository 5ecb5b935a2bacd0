package push_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/push"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

// phone is a browser and its push service in one: it decrypts what it is sent as RFC 8291 says.
type phone struct {
	*httptest.Server
	key     *ecdh.PrivateKey
	auth    []byte
	answers chan int
	heard   chan map[string]string
	asked   http.Header
	faults  chan error
}

func newPhone(t *testing.T) *phone {
	t.Helper()
	p := &phone{auth: make([]byte, 16), answers: make(chan int, 10), heard: make(chan map[string]string, 10), faults: make(chan error, 10)}
	_, _ = rand.Read(p.auth)
	var err error
	if p.key, err = ecdh.P256().GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	p.Server = httptest.NewTLSServer(http.HandlerFunc(p.take))
	t.Cleanup(p.Close)
	return p
}

func (p *phone) subscription() (s push.Subscription) {
	s.Endpoint = p.URL + "/send/abc"
	s.Keys.P256dh = base64.RawURLEncoding.EncodeToString(p.key.PublicKey().Bytes())
	s.Keys.Auth = base64.RawURLEncoding.EncodeToString(p.auth)
	return s
}

func (p *phone) take(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.asked = r.Header.Clone()
	code := http.StatusCreated
	select {
	case code = <-p.answers:
	default:
	}
	if code == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(code)
	if code != http.StatusCreated {
		p.heard <- map[string]string{"refused": http.StatusText(code)}
		return
	}
	said, err := p.open(body)
	if err != nil {
		p.faults <- err
		return
	}
	p.heard <- said
}

// open decrypts a message (RFC 8188 in one record, with the keys of RFC 8291, 3.4).
func (p *phone) open(body []byte) (said map[string]string, err error) {
	if len(body) < 21+65 {
		return nil, errors.New("too short")
	}
	salt, size, idLen := body[:16], binary.BigEndian.Uint32(body[16:20]), int(body[20])
	sender, sealed := body[21:21+idLen], body[21+idLen:]
	if uint32(len(sealed)) > size {
		return nil, errors.New("more than one record")
	}
	theirs, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		return nil, err
	}
	shared, err := p.key.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	info := bytes.Join([][]byte{[]byte("WebPush: info\x00"), p.key.PublicKey().Bytes(), sender}, nil)
	ikm, err1 := hkdf.Key(sha256.New, shared, p.auth, string(info), 32)
	cek, err2 := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce, err3 := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(cek)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, nonce, sealed, nil)
	if err != nil {
		return nil, err
	}
	plain = bytes.TrimRight(plain, "\x00")
	return said, json.Unmarshal(bytes.TrimSuffix(plain, []byte{2}), &said)
}

// desk is a sender on a database.
type desk struct {
	*push.Sender
	db    *store.DB
	ended atomic.Bool
}

func furnish(t *testing.T, client *http.Client) *desk {
	t.Helper()
	d := bare(t, client)
	if _, err := d.Public(t.Context()); err != nil { // a browser asks for it first
		t.Fatal(err)
	}
	return d
}

// bare is a sender that has no keys yet.
func bare(t *testing.T, client *http.Client) *desk {
	t.Helper()
	d := &desk{db: storetest.Open(t, due.Tables, push.Tables)}
	log := slog.New(slog.DiscardHandler)
	queue := due.New(d.db, log)
	keys, err := secret.Load(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	d.Sender = push.New(push.Config{
		DB: d.db, Due: queue, Keys: keys, Client: client, Log: log, Base: func() string { return "https://help.example.com" },
		Title: func(_ *store.Tx, staff, _ int64, say string) (string, bool, error) {
			return map[int64]string{7: "en ", 8: "de "}[staff] + say, !d.ended.Load(), nil
		},
	})
	if client != nil {
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- queue.Run(ctx) }()
		t.Cleanup(func() { stop(); <-done })
	}
	return d
}

func (d *desk) tell(t *testing.T, staff int64) {
	t.Helper()
	if err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
		return d.Tell(tx, staff, push.Note{Say: "asked", Path: "/approvals", Topic: "approvals"})
	}); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) on(t *testing.T) (all int) {
	t.Helper()
	if err := d.db.Read(t.Context(), func(tx *store.Tx) (err error) {
		all, err = store.One[int](tx, `SELECT COUNT(*) FROM push_subscriptions`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func (p *phone) hear(t *testing.T) map[string]string {
	t.Helper()
	select {
	case said := <-p.heard:
		return said
	case err := <-p.faults:
		t.Fatal(err)
	case <-time.After(20 * time.Second):
		t.Fatal("the phone heard nothing")
	}
	return nil
}

// signedIn is a session; staff 7 reads English.
func signedIn(staff, session int64) web.Who {
	return web.Who{Actor: store.Actor{Kind: store.StaffKind, ID: "stf_1", Via: "test"}, Staff: staff, Session: session}
}

func TestAPhoneIsTold(t *testing.T) {
	p := newPhone(t)
	d := furnish(t, p.Client())
	if err := d.Subscribe(t.Context(), signedIn(7, 70), p.subscription()); err != nil {
		t.Fatal(err)
	}
	if said := p.hear(t); said["title"] != "en push.on" || said["path"] != "/tell" {
		t.Errorf("at first it heard %v", said)
	}
	key, err := d.Public(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	vapid(t, p, key)
	if p.asked.Get("Ttl") != "86400" || p.asked.Get("Urgency") != "high" || p.asked.Get("Content-Encoding") != "aes128gcm" {
		t.Errorf("asked with %v", p.asked)
	}
	d.tell(t, 8) // somebody else
	d.tell(t, 7)
	if said := p.hear(t); said["title"] != "en asked" || said["path"] != "/approvals" || len(said) != 3 {
		t.Errorf("then it heard %v", said)
	}
	// A push service that is busy is asked again; the note arrives once.
	p.answers <- http.StatusServiceUnavailable
	d.tell(t, 7)
	if said := p.hear(t); said["refused"] == "" {
		t.Errorf("while busy it heard %v", said)
	}
	if said := p.hear(t); said["title"] != "en asked" {
		t.Errorf("asked again, it heard %v", said)
	}
	// An address that is gone is forgotten.
	p.answers <- http.StatusGone
	d.tell(t, 7)
	p.hear(t)
	for end := time.Now().Add(20 * time.Second); d.on(t) > 0; {
		if time.Now().After(end) {
			t.Fatal("an address that is gone is kept")
		}
	}
	d.tell(t, 7)
	if len(p.heard) > 0 {
		t.Error("and still told")
	}
}

// vapid checks that we say who we are (RFC 8292): a token signed with the key that browsers know, for that push service.
func vapid(t *testing.T, p *phone, key string) {
	t.Helper()
	token, named, ok := strings.Cut(strings.TrimPrefix(p.asked.Get("Authorization"), "vapid t="), ", k=")
	if !ok || named != key {
		t.Fatalf("authorised by %q", p.asked.Get("Authorization"))
	}
	parts := strings.Split(token, ".")
	raw := func(s string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	point, sig := raw(key), raw(parts[2])
	public := ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int).SetBytes(point[1:33]), Y: new(big.Int).SetBytes(point[33:])} //nolint:staticcheck // what a push service does
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(&public, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		t.Error("the token is not signed with our key")
	}
	var claims struct{ Aud, Sub string }
	if err := json.Unmarshal(raw(parts[1]), &claims); err != nil || claims.Aud != p.URL || claims.Sub != "https://help.example.com" {
		t.Errorf("it claims %+v: %v", claims, err)
	}
}

func TestASessionThatEndedIsToldNothing(t *testing.T) {
	p := newPhone(t)
	d := furnish(t, p.Client())
	if err := d.Subscribe(t.Context(), signedIn(7, 70), p.subscription()); err != nil {
		t.Fatal(err)
	}
	p.hear(t)
	d.ended.Store(true)
	d.tell(t, 7)
	for end := time.Now().Add(20 * time.Second); d.on(t) > 0; {
		if time.Now().After(end) {
			t.Fatal("what was noted for it is kept")
		}
	}
	if len(p.heard) > 0 {
		t.Error("it is told all the same")
	}
}

func TestOneBrowserIsOneSubscription(t *testing.T) {
	p := newPhone(t)
	d := furnish(t, nil)
	for _, who := range []web.Who{signedIn(7, 70), signedIn(7, 70), signedIn(8, 80)} { // the last took the phone over
		if err := d.Subscribe(t.Context(), who, p.subscription()); err != nil {
			t.Fatal(err)
		}
	}
	if n := d.on(t); n != 1 {
		t.Errorf("it is noted %d times", n)
	}
	if err := d.Unsubscribe(t.Context(), signedIn(8, 80)); err != nil || d.on(t) != 0 {
		t.Errorf("and can't be taken back: %v", err)
	}
}

func TestWhatCanNotBeReachedIsRefused(t *testing.T) {
	p := newPhone(t)
	d := furnish(t, nil)
	for name, spoil := range map[string]func(s *push.Subscription){
		"in the clear":     func(s *push.Subscription) { s.Endpoint = "http://push.example.com/abc" },
		"with a password":  func(s *push.Subscription) { s.Endpoint = "https://me:too@push.example.com/abc" },
		"nowhere":          func(s *push.Subscription) { s.Endpoint = "https:///abc" },
		"no key":           func(s *push.Subscription) { s.Keys.P256dh = "AAAA" },
		"no secret":        func(s *push.Subscription) { s.Keys.Auth = "AAAA" },
		"what is not text": func(s *push.Subscription) { s.Keys.Auth = "\x00" },
	} {
		t.Run(name, func(t *testing.T) {
			sub := p.subscription()
			spoil(&sub)
			if err := d.Subscribe(t.Context(), signedIn(7, 70), sub); fault.KindOf(err) != fault.Invalid {
				t.Errorf("taken: %v", err)
			}
		})
	}
	if err := d.Subscribe(t.Context(), signedIn(7, 0), p.subscription()); fault.KindOf(err) != fault.Denied {
		t.Errorf("a token is told: %v", err)
	}
}

// Whoever says where to send must not reach by us what stands beside us.
func TestNobodyIsReachedInside(t *testing.T) {
	p := newPhone(t)
	client := push.Careful()
	for _, at := range []string{p.URL, "https://10.0.0.1/x", "https://169.254.169.254/latest", "https://[::1]:9/", "https://[fd00::1]/", "https://100.64.1.1/", "https://[64:ff9b::a00:1]/", "https://198.18.0.1/", "https://0.0.0.0:1/"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(r)
		if err == nil {
			res.Body.Close()
		}
		if !errors.Is(err, push.ErrInner) {
			t.Errorf("%s: %v", at, err)
		}
	}
}

func TestTwiceAtOnce(t *testing.T) {
	for name, verb := range map[string]func(t *testing.T, d *desk, p *phone) error{
		"Public": func(t *testing.T, d *desk, _ *phone) error { t.Helper(); _, err := d.Public(t.Context()); return err },
		"Subscribe": func(t *testing.T, d *desk, p *phone) error {
			t.Helper()
			return d.Subscribe(t.Context(), signedIn(7, 70), p.subscription())
		},
		"Unsubscribe": func(t *testing.T, d *desk, _ *phone) error {
			t.Helper()
			return d.Unsubscribe(t.Context(), signedIn(7, 70))
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPhone(t)
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				d := bare(t, nil)
				return d.db, func() error { return verb(t, d, p) }
			})
		})
	}
}
