package archive

import (
	"bytes"
	"strings"
	"testing"
)

func TestAnMboxIsTakenApart(t *testing.T) {
	for name, tc := range map[string]struct {
		file string
		want []string
	}{
		"two mails":                   {"From a@example.com Thu Jan  1 00:00:00 2026\nSubject: 1\n\none\n\nFrom b@example.com Thu Jan  1 00:00:00 2026\nSubject: 2\n\ntwo\n", []string{"Subject: 1\n\none\n", "Subject: 2\n\ntwo"}},
		"a quoted From line":          {"From a\nSubject: 1\n\n>From here on\n>>From there\n", []string{"Subject: 1\n\nFrom here on\n>From there"}},
		"From within a paragraph":     {"From a\nSubject: 1\n\none\nFrom here it is one mail\n", []string{"Subject: 1\n\none\nFrom here it is one mail"}},
		"carriage returns":            {"From a\r\nSubject: 1\r\n\r\none\r\n\r\nFrom b\r\nSubject: 2\r\n\r\ntwo\r\n", []string{"Subject: 1\r\n\r\none\r\n\r", "Subject: 2\r\n\r\ntwo\r"}},
		"a line longer than a buffer": {"From a\nSubject: 1\n\n" + strings.Repeat("x", 200_000) + "From y\n", []string{"Subject: 1\n\n" + strings.Repeat("x", 200_000) + "From y"}},
		"no mbox at all":              {"hello\n", nil},
		"nothing":                     {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			err := SplitMbox(strings.NewReader(tc.file), 1<<20, func(raw []byte, cut bool) error {
				got = append(got, string(raw))
				if cut {
					t.Error("cut")
				}
				return nil
			})
			if err != nil || len(got) != len(tc.want) {
				t.Fatalf("%d mails, %v; want %d", len(got), err, len(tc.want))
			}
			for i := range got {
				if got[i] != tc.want[i] {
					t.Errorf("mail %d is %q; want %q", i, got[i], tc.want[i])
				}
			}
		})
	}
}

func FuzzSplitMbox(f *testing.F) {
	f.Add([]byte("From a\nSubject: 1\n\none\n\nFrom b\n\ntwo\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		sum := 0
		if err := SplitMbox(bytes.NewReader(file), 1<<16, func(raw []byte, _ bool) error { sum += len(raw); return nil }); err != nil {
			t.Error(err)
		}
		if sum > len(file) {
			t.Errorf("%d bytes out of %d", sum, len(file))
		}
	})
}
