package staff

import (
	"context"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// Cookie is where a browser keeps its session.
const Cookie = "hearth_session"

const (
	look   = 500 * time.Millisecond // how old the memory may be before it is compared with the version in the database
	noting = time.Minute            // how exactly it is known when a session or token was last used
	atMost = 20_000                 // credentials remembered
)

// memory is who holds which credential, by its hash. It is dropped with every change made here, and when the version in
// the database says that another node made one. What is unknown is not remembered.
type memory struct {
	mu      sync.RWMutex
	known   map[[32]byte]known
	age     uint64 // how often it was dropped: who read the database before that must not put in what they found
	version int64

	looking sync.Mutex
	looked  time.Time // guarded by mu
}

type known struct {
	who   web.Who
	staff ID
	sits  SessionID // one of the two
	token TokenID
	used  time.Time // as noted
}

func (m *memory) drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.known)
	m.age++
}

// put remembers k unless the memory was dropped since age.
func (m *memory) put(key [32]byte, k known, age uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.age != age {
		return
	}
	if len(m.known) >= atMost {
		clear(m.known)
	}
	m.known[key] = k
}

// recall is what is remembered, and the age of the memory.
func (m *memory) recall(key [32]byte) (k known, ok bool, age uint64) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	k, ok = m.known[key]
	return k, ok, m.age
}

func (m *memory) isFresh(now time.Time) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	since := now.Sub(m.looked)
	return since >= 0 && since < look // a clock set back makes it old, not young for ever
}

// refresh drops the memory when another node changed something; one request at a time looks, the others wait for it.
func (room *Room) refresh(ctx context.Context) error {
	m := &room.memory
	if m.isFresh(room.db.Now()) {
		return nil
	}
	m.looking.Lock()
	defer m.looking.Unlock()
	now := room.db.Now()
	if m.isFresh(now) {
		return nil
	}
	var n int64
	if err := room.db.Read(ctx, func(tx *store.Tx) (err error) { n, err = version(tx); return err }); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if n != m.version {
		clear(m.known)
		m.age++
	}
	m.version, m.looked = n, now
	return nil
}

// Authenticate finds who sends a request, by bearer token or session cookie. A cookie that has run out is nobody; a token
// that is unknown or revoked is a fault, because a program would otherwise not notice. A change of what somebody may holds
// at once in this process, and within a second on the other nodes.
func (room *Room) Authenticate(r *http.Request) (web.Who, bool, error) {
	text, isToken := credential(r)
	if text == "" {
		return web.Who{}, false, nil
	}
	if err := room.refresh(r.Context()); err != nil {
		return web.Who{}, false, err
	}
	key := [32]byte(secret.Hash(text))
	k, ok, age := room.memory.recall(key)
	now := room.db.Now()
	if since := now.Sub(k.used); ok && since < noting && since > -noting {
		return k.who, true, nil
	}
	k, ok, err := room.find(r.Context(), hex.EncodeToString(key[:]), isToken)
	if err != nil || !ok {
		if err == nil && isToken {
			err = fault.New(fault.Denied, "token.unknown", "This token is not known here, or was revoked.")
		}
		return web.Who{}, false, err
	}
	if now.Sub(k.used) >= noting {
		k.used = now
		room.note(r.Context(), k)
	}
	room.memory.put(key, k, age)
	return k.who, true, nil
}

// credential takes the token or the session out of a request.
func credential(r *http.Request) (text string, isToken bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") { // in any case (RFC 9110, 11.1); Basic may be a proxy's
		return strings.TrimSpace(token), true
	}
	return cookie(r), false
}

func cookie(r *http.Request) string {
	c, err := r.Cookie(Cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// find reads who holds a credential from the database.
func (room *Room) find(ctx context.Context, hash string, isToken bool) (k known, ok bool, err error) {
	return k, ok, room.db.Read(ctx, func(tx *store.Tx) error {
		scopes, phone := ^web.Public, false
		if isToken {
			t, found, err := tokenByHash(tx, hash)
			if err != nil || !found {
				return err
			}
			k, scopes = known{staff: t.Staff, token: t.ID, used: t.UsedAt}, t.Scopes
		} else {
			s, found, err := sessionByHash(tx, hash)
			if err != nil || !found {
				return err
			}
			k, phone = known{staff: s.Staff, sits: s.ID, used: s.SeenAt}, s.Phone
		}
		m, err := load(tx, k.staff)
		if err != nil || m.Disabled {
			return err
		}
		ok, k.who = true, m.who()
		k.who.Can &= scopes
		k.who.Actor.Via, k.who.Session = "web", int64(k.sits)
		if phone {
			k.who.Can &= phoneMay
			k.who.All, k.who.Actor.Via = false, PhoneVia
		}
		if isToken {
			k.who.Actor = store.Actor{Kind: store.TokenKind, ID: k.token.String(), Via: "api"}
		}
		return nil
	})
}

// note writes down that a session or token was used, to the minute. It is no reason to turn somebody away.
func (room *Room) note(ctx context.Context, k known) {
	err := room.db.Write(ctx, store.System("staff"), func(tx *store.Tx) error {
		if k.token != 0 {
			return useToken(tx, k.token)
		}
		return seeSession(tx, k.sits)
	})
	if err != nil {
		room.log.WarnContext(ctx, "when somebody was last here was not noted", "err", err)
	}
}
