// Package secret keeps what must not be read: mailbox passwords at rest, tokens on their way, and both out of logs.
//
// An installation has one key, in the file secret.key of the data folder or in the environment when several machines
// share it. Sealed bytes name the key that sealed them, so a new key can be put before the old one and both still open.
// Each sealed thing is bound to its purpose: what was sealed as a mailbox password opens as nothing else.
package secret

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/hearthdesk/hearth/base/fault"
)

// File is the name of the key file in the data folder: one key in base64 per line, the current one first.
const File = "secret.key"

const (
	version = 1 // first byte of everything sealed: XChaCha20-Poly1305, a key id of four bytes, a nonce of 24
	idSize  = 4
	header  = 1 + idSize
)

// Keys seals and opens with the keys of one installation; it may be used from many goroutines.
type Keys struct {
	all []key // the first seals, all open
}

type key struct {
	id     []byte // says which key it was, and nothing about it
	sealer [chacha20poly1305.KeySize]byte
	macs   []byte
}

// Load takes the keys from given (base64, the current one first, split by commas or space), or when that is empty from
// secret.key in dir, which it makes readable for its owner alone when there is none.
func Load(dir, given string) (*Keys, error) {
	if given == "" {
		var err error
		if given, err = keyFile(filepath.Join(dir, File)); err != nil {
			return nil, err
		}
	}
	k := &Keys{}
	for _, line := range strings.FieldsFunc(given, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' }) {
		one, err := newKey(line)
		if err != nil {
			return nil, err
		}
		k.all = append(k.all, one)
	}
	if len(k.all) == 0 {
		return nil, fault.New(fault.Internal, "secret.none", "The secret key is empty. Put the key of this installation back from where you keep it.")
	}
	return k, nil
}

func newKey(encoded string) (key, error) {
	master, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(encoded), "="))
	if err != nil || len(master) != chacha20poly1305.KeySize {
		return key{}, fault.New(fault.Internal, "secret.unreadable", "The secret key is not 32 bytes in base64. Put the key of this installation back from where you keep it.")
	}
	k := key{}
	for purpose, part := range map[string]func([]byte){
		"hearth key id": func(b []byte) { k.id = b[:idSize] },
		"hearth seal":   func(b []byte) { copy(k.sealer[:], b) },
		"hearth mac":    func(b []byte) { k.macs = b },
	} {
		derived, err := hkdf.Expand(sha256.New, master, purpose, chacha20poly1305.KeySize)
		if err != nil {
			return key{}, fmt.Errorf("secret: derive %q: %w", purpose, err)
		}
		part(derived)
	}
	return k, nil
}

// keyFile reads the key file, or makes one with a new key.
func keyFile(path string) (string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := writeKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("secret: make %s: %w", path, err)
		}
		info, err = os.Stat(path)
	}
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	if open := info.Mode().Perm() &^ 0o600; open != 0 {
		return "", fault.New(fault.Internal, "secret.open", "Others on this machine can read %s. Run: chmod 600 %s", path, path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	return string(content), nil
}

// writeKey puts a whole key file in place or none, and leaves one that is already there: a key that is lost, or made
// twice, loses every password it sealed.
func writeKey(path string) error {
	file, err := os.CreateTemp(filepath.Dir(path), File+".*") // 0600 from the start
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	master := make([]byte, chacha20poly1305.KeySize)
	_, _ = rand.Read(master) // never fails (crypto/rand)
	if _, err := file.WriteString(base64.StdEncoding.EncodeToString(master) + "\n"); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil { // fails when another was faster
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// Seal encrypts plain for one purpose, such as "mail.password": XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under a
// random nonce, 45 bytes longer than plain.
func (k *Keys) Seal(purpose string, plain []byte) ([]byte, error) {
	current := k.all[0]
	aead, err := chacha20poly1305.NewX(current.sealer[:])
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	sealed := make([]byte, header+chacha20poly1305.NonceSizeX, header+chacha20poly1305.NonceSizeX+len(plain)+aead.Overhead())
	sealed[0] = version
	copy(sealed[1:], current.id)
	nonce := sealed[header:]
	_, _ = rand.Read(nonce)
	return aead.Seal(sealed, nonce, plain, bound(sealed, purpose)), nil
}

// Open decrypts what Seal made for the same purpose; an Internal fault says when the key is not ours or the bytes changed.
func (k *Keys) Open(purpose string, sealed []byte) ([]byte, error) {
	if len(sealed) < header+chacha20poly1305.NonceSizeX || sealed[0] != version {
		return nil, fault.New(fault.Internal, "secret.damaged", "Something sealed can't be read: it is damaged.")
	}
	for _, one := range k.all {
		if !bytes.Equal(one.id, sealed[1:header]) {
			continue
		}
		aead, err := chacha20poly1305.NewX(one.sealer[:])
		if err != nil {
			return nil, fmt.Errorf("secret: %w", err)
		}
		nonce, text := sealed[header:header+chacha20poly1305.NonceSizeX], sealed[header+chacha20poly1305.NonceSizeX:]
		if plain, err := aead.Open(nil, nonce, text, bound(sealed, purpose)); err == nil {
			return plain, nil
		}
		return nil, fault.New(fault.Internal, "secret.damaged", "Something sealed can't be read: it was changed, or was meant for something else.")
	}
	return nil, fault.New(fault.Internal, "secret.other_key", "This was sealed with another key. Put the installation's own %s back.", File)
}

// Stale reports whether sealed was sealed with a key that is no longer the current one, so it should be sealed again.
func (k *Keys) Stale(sealed []byte) bool {
	return len(sealed) < header || sealed[0] != version || !bytes.Equal(k.all[0].id, sealed[1:header])
}

// bound is the data the seal vouches for beside the text: the header and the purpose.
func bound(sealed []byte, purpose string) []byte {
	return append(bytes.Clone(sealed[:header]), purpose...)
}

// MAC marks data as ours for one purpose (HMAC-SHA-256 under the current key, 32 bytes), for signed links and addresses.
func (k *Keys) MAC(purpose string, data []byte) []byte {
	return k.all[0].mac(purpose, data)
}

// Marked reports in constant time whether mark is the beginning, of at least four bytes, of the MAC of data under any of
// the keys.
func (k *Keys) Marked(purpose string, data, mark []byte) bool {
	for _, one := range k.all {
		if whole := one.mac(purpose, data); len(mark) >= 4 && len(mark) <= len(whole) && hmac.Equal(whole[:len(mark)], mark) {
			return true
		}
	}
	return false
}

func (k key) mac(purpose string, data []byte) []byte {
	h := hmac.New(sha256.New, k.macs)
	// The length keeps "ab" for "c" apart from "a" for "bc".
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(purpose))))
	h.Write([]byte(purpose))
	h.Write(data)
	return h.Sum(nil)
}
