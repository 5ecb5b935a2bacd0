package staff

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// The kinds of secret, as their prefixes say to people and to scanners that look for leaks.
const (
	tokenSecret   = "hth"
	sessionSecret = "session"
	linkSecret    = "link"
)

// newSecret makes a secret, and the hash by which alone it is kept.
func newSecret(kind string) (text, hash string) {
	text, sum := secret.Token(kind)
	return text, hex.EncodeToString(sum)
}

func hashOf(text string) string { return hex.EncodeToString(secret.Hash(text)) }

// Minted is a new token; Secret is shown this once and not kept.
type Minted struct {
	Token
	Secret string `json:"token" doc:"shown this once"`
}

// CreateToken makes a token for oneself; the command line makes them for anybody (staff). Without scopes it may what its
// owner may today.
func (room *Room) CreateToken(ctx context.Context, who web.Who, staff ID, name string, scopes []string) (t Minted, err error) {
	if t.Name, err = plainName(name); err != nil {
		return t, err
	}
	wanted, ok := web.ParsePerms(scopes)
	if !ok {
		return t, fault.Field("scopes", "scopes.unknown", "One of these scopes is not known here.")
	}
	switch {
	case who.Actor.Via == PhoneVia: // it may less than a token could
		return t, fault.New(fault.Denied, "token.phone", "A phone can't make a token; sign in with your password to do that.")
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
		t.Secret, hash = newSecret(tokenSecret)
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
