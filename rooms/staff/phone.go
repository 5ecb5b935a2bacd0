package staff

import (
	"context"
	"crypto/rand"
	"errors"
	"math/big"
	"net/http"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/qr"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

const (
	phoneFor  = 7 * 24 * time.Hour   // a way in that nobody used
	phoneIdle = 180 * 24 * time.Hour // a session of a phone that nobody uses: it is picked up when something happens, not each day

	// PhoneVia is how what is done by such a session stands in the journal.
	PhoneVia = "phone"
	// phoneMay is what a phone may at most, whoever holds it: what the role light may.
	phoneMay = web.Capture | web.Money

	phoneSecret = "phone"
)

// Codes are typed on small keys and read aloud: no letter that looks or sounds like another's sign. 10 of 31 are 49 bits.
const (
	codeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	codeLength  = 10
)

// Way is how a phone signs in, once: by its camera, by a link, or by typing.
type Way struct {
	URL     string    `json:"url" doc:"shown this once"`
	Code    string    `json:"code" doc:"to be typed at /phone instead; either ends the other"`
	QR      string    `json:"qr" doc:"the link as a picture (SVG)"`
	Expires time.Time `json:"expires"`
}

// newCode makes a code as it is shown, in two halves.
func newCode() string {
	var code [codeLength]byte
	for i := range code {
		n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(codeLetters)))) // never fails (crypto/rand)
		code[i] = codeLetters[n.Int64()]
	}
	return string(code[:codeLength/2]) + "-" + string(code[codeLength/2:])
}

// plainCode is a code as it is compared, however it was typed: in any case, with or without its dash.
func plainCode(s string) string {
	s = strings.ToUpper(s)
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(codeLetters, c) {
			return c
		}
		return -1
	}, s)
}

// NewPhone makes a way for somebody's phone to sign in, their own or that of somebody one looks after; those made for them
// before end. A phone makes none: whoever finds it must not beget others.
func (room *Room) NewPhone(ctx context.Context, who web.Who, whom ID) (w Way, err error) {
	if who.Actor.Via == PhoneVia || who.Actor.Kind == store.TokenKind {
		return w, fault.New(fault.Denied, "phone.begets", "Sign in with your password to do this; a phone or a token can't let another phone in.")
	}
	return w, room.change(ctx, who, func(tx *store.Tx) error {
		m, err := load(tx, whom)
		if err != nil {
			return err
		}
		if err := m.mayHavePhone(who); err != nil {
			return err
		}
		text, hash := newSecret(phoneSecret)
		w = Way{URL: room.base + "/phone#" + text, Code: newCode(), Expires: tx.Now().Add(phoneFor)}
		if w.QR, err = qr.SVG(w.URL); err != nil {
			return err
		}
		return errors.Join(dropPhones(tx, m.ID), insertPhone(tx, hash, hashOf(plainCode(w.Code)), m.ID, w.Expires), tx.Record(m.ID, PhoneOffered{m.ID}))
	})
}

// mayHavePhone says why who can't let a phone of m's in.
func (m Member) mayHavePhone(who web.Who) error {
	if who.Staff != int64(m.ID) {
		if !who.May(web.People) {
			return fault.New(fault.Denied, "phone.others", "The phones of others are for those who look after staff.")
		}
		if err := m.inCharge(who); err != nil {
			return err
		}
	}
	switch {
	case m.Disabled:
		return fault.New(fault.Conflict, "staff.disabled", "This colleague is not here any more, so they can't sign in.")
	case m.Can&web.Capture == 0:
		return fault.New(fault.Conflict, "phone.cannot", "%s has a role that captures nothing, so their phone would have nothing to do here.", m.Name)
	}
	return nil
}

var errPhone = fault.New(fault.NotFound, "phone.unknown", "This link or code was used already, or is too old. Please ask for a new one.")

// LookAtPhone shows whose phone a link makes this one, without using it.
func (room *Room) LookAtPhone(ctx context.Context, link string) (name string, err error) {
	return name, room.db.Read(ctx, func(tx *store.Tx) error {
		whom, ok, err := lookPhone(tx, hashOf(link))
		if err == nil && !ok {
			err = errPhone
		}
		if err == nil {
			name, err = room.Name(tx, whom)
		}
		return err
	})
}

// TakePhone uses up a link or a code, and signs a phone in with it. Codes are short, so that who tries many from one place
// has to wait, longer each time.
func (room *Room) TakePhone(ctx context.Context, link, code string, from web.Peer) (o Opened, err error) {
	byLink, byCode, key := hashOf(link), "", ""
	if link == "" {
		code = plainCode(code)
		if len(code) != codeLength {
			return o, fault.Field("code", "phone.code", "A code has %d letters and figures.", codeLength)
		}
		byLink, byCode, key = "", hashOf(code), tryKey("phone", network(from.IP))
		if err := room.knock(ctx, key); err != nil {
			return o, err
		}
	}
	by := web.Who{Actor: store.Actor{Kind: store.SystemKind, ID: "link", Via: "web"}}
	return o, room.change(ctx, by, func(tx *store.Tx) error {
		whom, ok, err := takePhone(tx, byLink, byCode)
		if err == nil && !ok {
			err = errPhone
		}
		if err != nil {
			return err
		}
		a, err := accountOf(tx, whom)
		if err != nil {
			return err
		}
		if a.Disabled {
			return errPhone
		}
		if o, err = open(tx, whom, from); err != nil {
			return err
		}
		return errors.Join(markPhone(tx, o.Session), forgive(tx, key))
	})
}

func insertPhone(tx *store.Tx, hash, code string, who ID, expires time.Time) error {
	return tx.Do(`INSERT INTO staff_phones (hash, code, staff, expires_at) VALUES ($1, $2, $3, $4)`, hash, code, who, expires)
}

func lookPhone(tx *store.Tx, hash string) (ID, bool, error) {
	return store.Find[ID](tx, `SELECT staff FROM staff_phones WHERE hash = $1 AND expires_at > $2`, hash, tx.Now())
}

// takePhone uses up a way in, by the hash of its link or by that of its code: a code is no link, or it could be guessed without
// waiting.
func takePhone(tx *store.Tx, byLink, byCode string) (ID, bool, error) {
	return store.Find[ID](tx, `DELETE FROM staff_phones WHERE (hash = $1 OR code = $2) AND expires_at > $3 RETURNING staff`, byLink, byCode, tx.Now())
}

func dropPhones(tx *store.Tx, who ID) error {
	return tx.Do(`DELETE FROM staff_phones WHERE staff = $1`, who)
}

func markPhone(tx *store.Tx, which SessionID) error {
	return tx.Do(`UPDATE sessions SET phone = TRUE WHERE id = $1`, which)
}

// Lives says whether a session goes on, of somebody who is still here.
func (*Room) Lives(tx *store.Tx, which SessionID) (bool, error) {
	_, ok, err := store.Find[ID](tx, `SELECT s.staff FROM sessions s JOIN staff m ON m.id = s.staff WHERE s.id = $1 AND NOT m.disabled
		AND s.seen_at > $3 AND (s.phone OR s.seen_at > $2)`, which, tx.Now().Add(-idle), tx.Now().Add(-phoneIdle))
	return ok, err
}

// Seen says when those who are signed in were last here, to the minute: a workspace that is open is here all the time, a
// phone when somebody looks at it. Who was not since a moment is missing.
func (*Room) Seen(tx *store.Tx, since time.Time) (map[ID]time.Time, error) {
	type seen struct {
		Staff ID        `db:"staff"`
		At    time.Time `db:"at"`
	}
	all, err := store.All[seen](tx, `SELECT staff, MAX(seen_at) AS at FROM sessions WHERE seen_at > $1 GROUP BY staff`, since)
	by := make(map[ID]time.Time, len(all))
	for _, s := range all {
		by[s.Staff] = s.At
	}
	return by, err
}

// Active are all who are here and have joined, with their teams, by id.
func (*Room) Active(tx *store.Tx) (here []Member, err error) {
	const step = 1000
	for after := ID(0); ; {
		some, err := listed(tx, after, step)
		if err != nil {
			return nil, err
		}
		for _, m := range some {
			if !m.Disabled {
				here = append(here, m)
			}
		}
		if len(some) < step {
			return here, nil
		}
		after = some[step-1].ID
	}
}

func (room *Room) phoneRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/staff/{id}/phone", Needs: web.Self, Say: "Let a phone sign in for /tell, once: one's own, or that of somebody one looks after", Status: http.StatusCreated, Secret: true},
		func(ctx context.Context, who web.Who, in *byID) (Way, error) { return room.NewPhone(ctx, who, in.ID) })
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/sessions/phone/look", Needs: web.Public, Say: "See whose phone a link makes this one"},
		func(ctx context.Context, _ web.Who, in *struct {
			Body struct {
				Token string `json:"token" maxLength:"200" doc:"what stands behind the # of the link"`
			}
		},
		) (i Invitation, err error) {
			i.Name, err = room.LookAtPhone(ctx, in.Body.Token)
			return i, err
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/sessions/phone", Needs: web.Public, Say: "Sign a phone in with a link or a code; it may capture and give what the role light may", Status: http.StatusCreated},
		func(ctx context.Context, _ web.Who, in *struct {
			Body struct {
				Token string `json:"token,omitempty" maxLength:"200" doc:"what stands behind the # of the link"`
				Code  string `json:"code,omitempty" maxLength:"40" doc:"or what was typed"`
			}
		},
		) (signedIn, error) {
			o, err := room.TakePhone(ctx, in.Body.Token, in.Body.Code, web.From(ctx))
			s, err := room.signedIn(ctx, o, err)
			s.May &= phoneMay
			s.All = false
			return s, err
		})
}
