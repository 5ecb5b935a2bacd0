package email

import (
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/channels/email/message"
)

// A reference is found in whatever surrounds it, and none is found that we did not sign.
func FuzzReference(f *testing.F) {
	keys, err := secret.Load(f.TempDir(), "")
	if err != nil {
		f.Fatal(err)
	}
	room := &Room{keys: keys}
	for _, s := range []string{"", "[#HTH-12-abcdefgh]", "hth-1-00000000 HTH-999999999999999999-zzzzzzzz", "> quoted\r\n> HTH-", strings.Repeat("HTH-1-aaaaaaaa ", 30), "HTH-0012-8k2m4q7r", "\xff\x00HTH-\u0661-abcdefgh"} {
		f.Add(s, int64(1204))
	}
	f.Fuzz(func(t *testing.T, foreign string, number int64) {
		for _, n := range room.numbers(foreign) {
			t.Errorf("%q names ticket %d, and we never signed that", foreign, n)
		}
		if number <= 0 || number > 1e17 {
			return
		}
		ours := room.reference(number)
		for _, said := range []string{"Re: Cup [" + ours + "]\n" + foreign, strings.ToLower(ours) + " " + foreign, strings.ReplaceAll(foreign, "-", "") + "\n> " + ours} {
			if got := room.numbers(said); !slices.Equal(got, []int64{number}) {
				t.Errorf("%q names %v instead of %d", said, got, number)
			}
		}
		m := &message.Message{To: []message.Address{{Email: "support+" + strings.ToLower(ours) + "@shop.example"}, {Email: foreign}}}
		if got := room.numbers(room.tags(m)); !slices.Equal(got, []int64{number}) {
			t.Errorf("the address names %v instead of %d", got, number)
		}
	})
}

// A key that is taken can sign, and is the same when it is written down again.
func FuzzDKIMKey(f *testing.F) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	written := func(tb testing.TB, key crypto.Signer) string {
		tb.Helper()
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			tb.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	whole := written(f, key)
	for _, s := range []string{whole, whole[:60], strings.ReplaceAll(whole, "\n", "\r\n"), "  " + whole + whole, strings.ReplaceAll(whole, "PRIVATE", "PUBLIC"), "", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := dkimKey(text)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid || k != nil {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		again, err := dkimKey(written(t, k))
		if err != nil {
			t.Fatal(err)
		}
		public, ok := k.Public().(interface {
			Equal(other crypto.PublicKey) bool
		})
		if !ok || !public.Equal(again.Public()) {
			t.Errorf("%q is another key when it is written again", text)
		}
	})
}
