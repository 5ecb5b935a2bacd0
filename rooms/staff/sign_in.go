package staff

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/netip"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// How long things last.
const (
	welcomeFor = 7 * 24 * time.Hour  // an invitation
	resetFor   = 24 * time.Hour      // a link to choose a new password, or to set up the house
	idle       = 30 * 24 * time.Hour // a session that nobody uses
	forgiven   = time.Hour           // after the last failed try
)

// Opened is a session that has just begun. Secret goes into the cookie of that browser and is not kept here.
type Opened struct {
	Session SessionID
	Staff   ID
	Secret  string
}

// FirstLink makes the link with which the first owner sets up the house; needed is false once there is one. Every link
// works until then, so that each of many nodes can print one.
func (room *Room) FirstLink(ctx context.Context) (l Link, needed bool, err error) {
	err = room.db.Read(ctx, func(tx *store.Tx) error {
		_, there, err := ownerOf(tx)
		needed = !there
		return err
	})
	if err != nil || !needed {
		return l, false, err
	}
	return l, true, room.db.Write(ctx, store.System("setup"), func(tx *store.Tx) error {
		made, err := room.link(tx, 0, resetFor)
		l = *made
		return err
	})
}

// NewLink makes a link with which somebody chooses a (new) password; those made for them before end.
func (room *Room) NewLink(ctx context.Context, who web.Who, whom ID) (l Link, err error) {
	return l, room.change(ctx, who, func(tx *store.Tx) error {
		m, err := load(tx, whom)
		if err != nil {
			return err
		}
		if err := m.inCharge(who); err != nil {
			return err
		}
		switch {
		case m.Disabled:
			return fault.New(fault.Conflict, "staff.disabled", "This colleague is not here any more, so they can't sign in.")
		case who.Staff == int64(m.ID):
			return fault.New(fault.Conflict, "staff.self", "Change your own password with the one you have.")
		}
		if err := dropLinks(tx, m.ID); err != nil {
			return err
		}
		lasts := resetFor
		if m.Invited {
			lasts = welcomeFor
		}
		made, err := room.link(tx, m.ID, lasts)
		l = *made
		return errors.Join(err, tx.Record(m.ID, LinkMade{m.ID}))
	})
}

// link makes a link for somebody, or for the first owner. The token stands behind the #, so that no server logs it.
func (room *Room) link(tx *store.Tx, whom ID, lasts time.Duration) (*Link, error) {
	text, hash := newSecret(linkSecret)
	page := "/welcome#"
	if whom == 0 {
		page = "/setup#"
	}
	l := &Link{Token: text, URL: room.base + page + text, Expires: tx.Now().Add(lasts)}
	return l, insertLink(tx, hash, whom, l.Expires)
}

var errLink = fault.New(fault.NotFound, "link.unknown", "This link was used already or is too old. Please ask for a new one.")

// Invitation is whom a link is for.
type Invitation struct {
	Setup   bool   `json:"setup" doc:"for the first owner, who enters name and address"`
	Invited bool   `json:"invited" doc:"for somebody who joins; otherwise for a new password"`
	Name    string `json:"name,omitempty"`
	Email   string `json:"email,omitempty"`
}

// LookAt shows whom a link is for, without using it.
func (room *Room) LookAt(ctx context.Context, link string) (i Invitation, err error) {
	return i, room.db.Read(ctx, func(tx *store.Tx) error {
		whom, ok, err := lookLink(tx, hashOf(link))
		switch {
		case err != nil:
			return err
		case !ok:
			return errLink
		case whom == 0:
			i.Setup = true
			return nil
		}
		m, err := load(tx, whom)
		i.Invited, i.Name, i.Email = m.Invited, m.Name, m.Email
		return err
	})
}

// SetUp makes the first owner out of whoever holds the first link, and signs them in.
func (room *Room) SetUp(ctx context.Context, link string, n Newcomer, from web.Peer) (o Opened, err error) {
	if i, err := room.LookAt(ctx, link); err != nil { // hashing is not for everybody who asks
		return o, err
	} else if !i.Setup {
		return o, errLink
	}
	if n.Password == "" {
		_, err := plainPassword("")
		return o, err
	}
	m, password, err := room.newcomer(ctx, &n)
	if err != nil {
		return o, err
	}
	who := web.Everything(store.Actor{Kind: store.SystemKind, ID: "setup", Via: "web"})
	return o, room.change(ctx, who, func(tx *store.Tx) error {
		if whom, ok, err := takeLink(tx, hashOf(link)); err != nil {
			return err
		} else if !ok || whom != 0 {
			return errLink
		}
		if err := mayBeFirst(tx, who); err != nil {
			return err
		}
		m.ID, m.RoleID, m.AddedAt, m.Teams = store.NewID[staffKind](tx), Owner, tx.Now(), nil
		if err := room.enter(tx, m, password); err != nil {
			return err
		}
		if err := dropLinks(tx, 0); err != nil {
			return err
		}
		o, err = open(tx, m.ID, from)
		return err
	})
}

// Welcome uses a link: sets the password, and the name if one is given, closes every session there was, and signs in.
func (room *Room) Welcome(ctx context.Context, link, password, name string, from web.Peer) (o Opened, err error) {
	i, err := room.LookAt(ctx, link)
	if err != nil {
		return o, err
	}
	if i.Setup {
		return o, errLink
	}
	if password, err = plainPassword(password, i.Email, i.Name, name); err != nil {
		return o, err
	}
	if password, err = room.hash(ctx, password); err != nil {
		return o, err
	}
	who := web.Everything(store.Actor{Kind: store.SystemKind, ID: "link", Via: "web"})
	return o, room.change(ctx, who, func(tx *store.Tx) error {
		whom, ok, err := takeLink(tx, hashOf(link))
		if err != nil {
			return err
		} else if !ok || whom == 0 {
			return errLink
		}
		m, err := load(tx, whom)
		if err != nil {
			return err
		}
		if name != "" {
			if err := room.rewrite(tx, &m, Change{Name: &name}); err != nil {
				return err
			}
		}
		if err := setPassword(tx, m.ID, password); err != nil {
			return err
		}
		var e store.Event = PasswordChanged{m.ID}
		if m.Invited {
			e = Joined{m.ID}
		}
		if err := errors.Join(tx.Record(m.ID, e), signOut(tx, m.ID, "")); err != nil {
			return err
		}
		o, err = open(tx, m.ID, from)
		return err
	})
}

// SignIn opens a session for whoever knows the password of an address. Wrong address, wrong password and an account that
// was never joined sound and take the same; after five failed tries from one place the next ones have to wait, longer each
// time.
func (room *Room) SignIn(ctx context.Context, email, password string, from web.Peer) (o Opened, err error) {
	_, address, err := plainEmail(email)
	if err != nil {
		return o, errSignIn
	}
	place := network(from.IP)
	pair, ip := tryKey("pair", address, place), tryKey("place", place)
	if err := room.knock(ctx, pair, ip); err != nil {
		return o, err
	}
	var a account
	if err := room.db.Read(ctx, func(tx *store.Tx) (err error) { a, err = accountBy(tx, address); return err }); err != nil {
		return o, err
	}
	ok, err := room.matches(ctx, password, a.Password)
	if err != nil {
		return o, err
	}
	if !ok {
		if err := room.failed(ctx, ip); err != nil {
			return o, err
		}
		return o, errSignIn
	}
	by := store.Actor{Kind: store.StaffKind, ID: a.ID.String(), Via: "web"}
	err = room.db.Write(ctx, by, func(tx *store.Tx) error {
		now, err := accountOf(tx, a.ID)
		switch {
		case err != nil:
			return err
		case now.Password != a.Password:
			return errChanged
		case now.Disabled:
			return fault.New(fault.Denied, "staff.disabled", "Your account is switched off. Please ask whoever looks after staff here.")
		}
		if err := forgive(tx, pair); err != nil {
			return err
		}
		o, err = open(tx, a.ID, from)
		return err
	})
	if errors.Is(err, errChanged) {
		return room.SignIn(ctx, email, password, from)
	}
	return o, err
}

// errChanged says that a password was changed after another was compared with it: to be tried again from the start.
var errChanged = errors.New("staff: the password was changed meanwhile")

var errSignIn = fault.New(fault.Denied, "sign_in.failed", "This address and password do not belong together.")

// limit says how failed tries are slowed down: some are free, then each doubles the wait.
type limit struct {
	free int64
	most time.Duration
}

// The limits: one address from one place, and one place (an office, a household) for any address.
var (
	perPair  = limit{5, 15 * time.Minute}
	perPlace = limit{50, 5 * time.Minute}
)

func (l limit) wait(fails int64) time.Duration {
	if fails <= l.free {
		return 0
	}
	return min(time.Second<<min(fails-l.free-1, 20), l.most)
}

// left is how long somebody has to wait yet; what is longer than any wait was written by a clock that was wrong.
func (l limit) left(tx *store.Tx, until time.Time) time.Duration {
	if wait := until.Sub(tx.Now()); wait <= l.most {
		return wait
	}
	return 0
}

// knock counts a try before it is made, so that a thousand at once don't all count as the first; success strikes it out.
func (room *Room) knock(ctx context.Context, pair string, others ...string) error {
	return room.db.Write(ctx, store.System("staff"), func(tx *store.Tx) error {
		for _, key := range others {
			if until, err := waitUntil(tx, key); err != nil {
				return err
			} else if wait := perPlace.left(tx, until); wait > 0 {
				return web.SlowDown(wait)
			}
		}
		t, err := countTry(tx, pair, tx.Now().Add(-forgiven))
		if err != nil {
			return err
		}
		if wait := perPair.left(tx, t.Until); wait > 0 {
			return web.SlowDown(wait)
		}
		return slow(tx, pair, perPair.wait(t.Fails))
	})
}

// failed counts a try from one place once it has failed, because many people share the place.
func (room *Room) failed(ctx context.Context, place string) error {
	return room.db.Write(ctx, store.System("staff"), func(tx *store.Tx) error {
		t, err := countTry(tx, place, tx.Now().Add(-forgiven))
		if err != nil {
			return err
		}
		return slow(tx, place, perPlace.wait(t.Fails))
	})
}

func slow(tx *store.Tx, key string, wait time.Duration) error {
	if wait == 0 {
		return nil
	}
	return holdOff(tx, key, tx.Now().Add(wait))
}

// network is a place that one person can hold: an IPv4 address, or the 64 bits that a line gets in IPv6.
func network(ip netip.Addr) string {
	if ip.Is6() {
		if p, err := ip.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

// tryKey keeps addresses out of the table.
func tryKey(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// open begins a session.
func open(tx *store.Tx, who ID, from web.Peer) (Opened, error) {
	o := Opened{Session: store.NewID[sessionKind](tx), Staff: who}
	var hash string
	o.Secret, hash = newSecret(sessionSecret)
	return o, errors.Join(insertSession(tx, o.Session, who, hash, device(from.Device)), tx.Record(who, SessionOpened{o.Session, who}))
}

// signOut ends somebody's sessions except the one with the hash, and what a phone could still sign in with.
func signOut(tx *store.Tx, who ID, except string) error {
	if err := dropPhones(tx, who); err != nil {
		return err
	}
	return closed(tx, who)(closeSessions(tx, who, except))
}

func closed(tx *store.Tx, who ID) func([]SessionID, error) error {
	return func(which []SessionID, err error) error {
		if err != nil || len(which) == 0 {
			return err
		}
		slices.Sort(which)
		return tx.Record(who, SessionsClosed{who, which})
	}
}

// Sessions lists where somebody is signed in; secret is the cookie of the one who asks, or empty.
func (room *Room) Sessions(ctx context.Context, who web.Who, secret string) (all []Session, err error) {
	return all, room.db.Read(ctx, func(tx *store.Tx) error {
		all, err = sessionsOf(tx, ID(who.Staff), hashOf(secret))
		return err
	})
}

// SignOut ends the session with a secret; one that has ended is no error.
func (room *Room) SignOut(ctx context.Context, who web.Who, secret string) error {
	return room.change(ctx, who, func(tx *store.Tx) error {
		s, ok, err := sessionByHash(tx, hashOf(secret))
		if err != nil || !ok {
			return err
		}
		return closed(tx, s.Staff)(closeSession(tx, s.ID, s.Staff))
	})
}

// CloseSession ends one of one's own sessions.
func (room *Room) CloseSession(ctx context.Context, who web.Who, which SessionID) error {
	return room.change(ctx, who, func(tx *store.Tx) error {
		gone, err := closeSession(tx, which, ID(who.Staff))
		if err == nil && len(gone) == 0 {
			err = fault.New(fault.NotFound, "session.unknown", "This session has ended already.")
		}
		return closed(tx, ID(who.Staff))(gone, err)
	})
}

// CloseOthers ends all of one's own sessions except the one with a secret.
func (room *Room) CloseOthers(ctx context.Context, who web.Who, secret string) error {
	return room.change(ctx, who, func(tx *store.Tx) error { return signOut(tx, ID(who.Staff), hashOf(secret)) })
}

// SignOutEverywhere ends all of somebody's sessions.
func (room *Room) SignOutEverywhere(ctx context.Context, who web.Who, whom ID) error {
	return room.change(ctx, who, func(tx *store.Tx) error {
		m, err := load(tx, whom)
		if err != nil {
			return err
		}
		if err := m.inCharge(who); err != nil {
			return err
		}
		return signOut(tx, m.ID, "")
	})
}

// ChangePassword replaces one's own password and ends all other sessions; secret is the cookie of the one that stays.
func (room *Room) ChangePassword(ctx context.Context, who web.Who, secret, old, password string) error {
	var m Member
	if err := room.db.Read(ctx, func(tx *store.Tx) (err error) { m, err = load(tx, ID(who.Staff)); return err }); err != nil {
		return err
	}
	plain, err := plainPassword(password, m.Email, m.Name)
	if err != nil {
		return err
	}
	was, err := room.verify(ctx, m.ID, old)
	if err != nil {
		return err
	}
	hash, err := room.hash(ctx, plain)
	if err != nil {
		return err
	}
	err = room.change(ctx, who, func(tx *store.Tx) error {
		now, err := accountOf(tx, m.ID)
		switch {
		case err != nil:
			return err
		case now.Password != was:
			return errChanged
		}
		return errors.Join(setPassword(tx, m.ID, hash), tx.Record(m.ID, PasswordChanged{m.ID}), signOut(tx, m.ID, hashOf(secret)))
	})
	if errors.Is(err, errChanged) {
		return room.ChangePassword(ctx, who, secret, old, password)
	}
	return err
}

var errPassword = fault.New(fault.Denied, "password.wrong", "This is not your password.")

// confirm checks one's own password before something grave.
func (room *Room) confirm(ctx context.Context, who web.Who, password string) error {
	_, err := room.verify(ctx, ID(who.Staff), password)
	return err
}

// verify returns the hash that a password matched.
func (room *Room) verify(ctx context.Context, who ID, password string) (hash string, err error) {
	key := tryKey("own", who.String())
	if err := room.knock(ctx, key); err != nil {
		return "", err
	}
	var a account
	if err := room.db.Read(ctx, func(tx *store.Tx) (err error) { a, err = accountOf(tx, who); return err }); err != nil {
		return "", err
	}
	ok, err := room.matches(ctx, password, a.Password)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", errPassword
	}
	return a.Password, room.db.Write(ctx, store.System("staff"), func(tx *store.Tx) error { return forgive(tx, key) })
}

// Forget drops what has run out: links, sessions nobody uses, failed tries of yesterday.
func Forget(tx *store.Tx) error {
	if err := tx.Do(`DELETE FROM staff_links WHERE expires_at < $1`, tx.Now()); err != nil {
		return err
	}
	if err := tx.Do(`DELETE FROM staff_phones WHERE expires_at < $1`, tx.Now()); err != nil {
		return err
	}
	if err := tx.Do(`DELETE FROM sessions WHERE seen_at < $2 OR seen_at < $1 AND NOT phone`, tx.Now().Add(-idle), tx.Now().Add(-phoneIdle)); err != nil {
		return err
	}
	return tx.Do(`DELETE FROM staff_tries WHERE at < $1`, tx.Now().Add(-24*time.Hour))
}
