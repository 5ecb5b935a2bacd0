package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// Token makes a random token of 256 bits, "prefix_…", and the hash to keep of it; plain is shown once and stored nowhere.
//
// A plain SHA-256 is enough, and fast: there is nothing to guess in 256 random bits, unlike in a password.
func Token(prefix string) (plain string, hash []byte) {
	bits := make([]byte, 32)
	_, _ = rand.Read(bits) // never fails (crypto/rand)
	plain = prefix + "_" + base64.RawURLEncoding.EncodeToString(bits)
	return plain, Hash(plain)
}

// Hash is what is kept of a token: SHA-256, 32 bytes.
func Hash(plain string) []byte {
	sum := sha256.Sum256([]byte(plain))
	return sum[:]
}

// Same compares in constant time, so that the time taken tells nothing about how much was right.
func Same(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
