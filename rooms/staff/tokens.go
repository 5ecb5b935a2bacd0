package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

const tokenPrefix = "hth_" // so that people and secret scanners know one when they see it

// newSecret makes 256 random bits as text, and the hash by which alone they are kept. SHA-256 without salt is enough:
// nobody guesses 256 bits, and it can be looked up.
func newSecret(prefix string) (text, hash string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	text = prefix + base64.RawURLEncoding.EncodeToString(b[:])
	return text, hashOf(text)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Minted is a new token; Secret is shown this once and not kept.
type Minted struct {
	Token
	Secret string `json:"token" doc:"shown this once"`
}

// CreateToken makes a token for oneself; the command line makes them for anybody (staff). Without scopes it may what its
// owner may today.
func (room *Room) CreateToken(ctx context.Context, who web.Who, staff ID, name string, scopes []string) (t Minted, err error) {
	if t.Name, err = plainName("name", name); err != nil {
		return t, err
	}
	wanted, ok := web.ParsePerms(scopes)
	if !ok {
		return t, fault.Field("scopes", "scopes.unknown", "One of these scopes is not known here.")
	}
	switch {
	case who.Actor.Kind == store.TokenKind:
		return t, fault.New(fault.Denied, "token.mints", "A token can't make another one; sign in to do that.")
	case !isHouse(who) && staff != ID(who.Staff):
		return t, fault.New(fault.Denied, "token.others", "A token acts in somebody's name, so only they can make it.")
	}
	return t, room.change(ctx, who, func(tx *store.Tx) error {
		m, err := load(tx, staff)
		if err != nil {
			return err
		}
		if m.Disabled {
			return fault.New(fault.Conflict, "staff.disabled", "This colleague is not here any more, so no program can act for them.")
		}
		if t.Scopes = wanted; len(scopes) == 0 {
			t.Scopes = m.Can
		}
		if err := grant(m.who(), t.Scopes, false); err != nil {
			return err
		}
		var hash string
		t.Secret, hash = newSecret(tokenPrefix)
		t.ID, t.Staff, t.CreatedAt = store.NewID[tokenKind](tx), m.ID, tx.Now()
		return errors.Join(insertToken(tx, t.Token, hash), tx.Record(t.ID, TokenCreated{t.ID, t.Staff, t.Scopes}))
	})
}

// Tokens lists somebody's tokens; those of others are for whoever looks after staff.
func (room *Room) Tokens(ctx context.Context, who web.Who, staff ID) (all []Token, err error) {
	if staff != ID(who.Staff) && !who.May(web.People) {
		return nil, fault.New(fault.Denied, "token.others", "The tokens of others are for those who look after staff.")
	}
	return all, room.db.Read(ctx, func(tx *store.Tx) error {
		if _, err := load(tx, staff); err != nil {
			return err
		}
		all, err = tokensOf(tx, staff)
		return err
	})
}

// RevokeToken ends a token at once: one's own, or those of people one looks after.
func (room *Room) RevokeToken(ctx context.Context, who web.Who, which TokenID) error {
	return room.change(ctx, who, func(tx *store.Tx) error {
		t, ok, err := token(tx, which)
		if err != nil {
			return err
		}
		if ok && t.Staff != ID(who.Staff) {
			m, err := load(tx, t.Staff)
			if err != nil {
				return err
			}
			ok = who.May(web.People) && m.inCharge(who) == nil
		}
		if !ok { // somebody else's token sounds like none
			return fault.New(fault.NotFound, "token.gone", "There is no such token, or it was revoked already.")
		}
		return errors.Join(revokeToken(tx, which), tx.Record(which, TokenRevoked{which, t.Staff}))
	})
}
