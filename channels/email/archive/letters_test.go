package archive

import (
	"bytes"
	"testing"
)

func FuzzListMbox(f *testing.F) {
	f.Add([]byte("From a\nSubject: 1\nDate: Mon, 2 Mar 2026 09:00:00 +0100\n\none\n\nFrom b\n\ntwo\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		var mails [][]byte
		const limit = 1 << 16
		if err := SplitMbox(bytes.NewReader(file), limit, func(raw []byte, _ bool) error { mails = append(mails, raw); return nil }); err != nil {
			t.Fatal(err)
		}
		letters, err := ListMbox("x", bytes.NewReader(file), limit)
		if err != nil || len(letters) != len(mails) {
			t.Fatalf("%d of %d, %v", len(letters), len(mails), err)
		}
		for i, l := range letters { // each is found again where it stands
			found := 0
			err := SplitMbox(bytes.NewReader(file[l.From:l.To]), limit, func(raw []byte, _ bool) error {
				if found++; !bytes.Equal(raw, mails[i]) {
					t.Errorf("mail %d is %q and %q", i, mails[i], raw)
				}
				return nil
			})
			if err != nil || found != 1 {
				t.Errorf("mail %d is found %d times in %q, %v", i, found, file[l.From:l.To], err)
			}
		}
	})
}
