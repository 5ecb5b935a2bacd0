package staff

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"github.com/hearthdesk/hearth/base/fault"
)

const (
	minPassword = 10  // characters
	maxPassword = 200 // characters, so that nobody keeps us busy hashing books
)

// plainPassword refuses what is guessed first. Letters that look the same are made the same (NFKC, as NIST SP 800-63B
// 5.1.1.2 advises), because keyboards differ in how they send an ü.
func plainPassword(password string, about ...string) (string, error) {
	password = norm.NFKC.String(password)
	n, different := utf8.RuneCountInString(password), map[rune]bool{}
	for _, r := range password {
		different[r] = true
	}
	switch {
	case n < minPassword:
		return "", fault.Field("password", "password.short", "A password needs at least %d characters. Three or four words in a row are easy to remember.", minPassword)
	case n > maxPassword:
		return "", fault.Field("password", "password.long", "A password has at most %d characters.", maxPassword)
	case len(different) < 5:
		return "", fault.Field("password", "password.simple", "This password repeats itself too much to be safe.")
	}
	for _, a := range about {
		own, _, _ := strings.Cut(a, "@")
		if utf8.RuneCountInString(own) >= 4 && strings.Contains(strings.ToLower(password), strings.ToLower(own)) {
			return "", fault.Field("password", "password.own_name", "This password holds your name or address, which is what is tried first.")
		}
	}
	return password, nil
}

// cost is OWASP's for argon2id: 19 MiB, two passes, one lane; some tens of milliseconds on a core.
func cost() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// nobody is compared with when an address is unknown, so that the answer takes as long as for a known one.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// hash takes the memory and time of cost; as many run at once as there are cores.
func (room *Room) hash(ctx context.Context, password string) (string, error) {
	if err := room.turn(ctx); err != nil {
		return "", err
	}
	defer room.next()
	return argon2id.CreateHash(password, cost())
}

// matches compares a password with its hash; an empty hash matches nothing, as slowly as any.
func (room *Room) matches(ctx context.Context, password, hash string) (bool, error) {
	if err := room.turn(ctx); err != nil {
		return false, err
	}
	defer room.next()
	if hash == "" {
		hash = nobody
	}
	return argon2id.ComparePasswordAndHash(norm.NFKC.String(password), hash)
}

func (room *Room) turn(ctx context.Context) error {
	select {
	case room.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (room *Room) next() { <-room.hashing }
