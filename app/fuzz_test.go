package app

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/fault"
)

// What is parked is found again by its id, whatever its key is; and what is no such id names nothing.
func FuzzParkedID(f *testing.F) {
	for _, s := range []string{"entry-812-clocks", "work-email.send-msg_06f3x8k2m4q7r", "812-clocks", "entry--1-x", "entry-+1-x", "work-", "work--", "work-a", "entry-9999999999999999999-x", ""} {
		f.Add(s, int64(812), "tickets.search", "email.send", "a-b-c")
	}
	f.Fuzz(func(t *testing.T, s string, seq int64, follower, kind, key string) {
		if k, y, ok := workOf(s); ok && s != "work-"+k+"-"+y && s != "work-"+k {
			t.Errorf("%q is the work %q of %q", s, y, k)
		}
		if n, who := entryOf(s); n != 0 && (!strings.HasPrefix(s, "entry-") || !strings.HasSuffix(s, "-"+who) && who != "") {
			t.Errorf("%q is the entry %d of %q", s, n, who)
		}
		if k, y, ok := workOf("work-" + kind + "-" + key); !strings.Contains(kind, "-") && (!ok || k != kind || y != key) {
			t.Errorf("the work %q of %q is read as %q of %q", key, kind, y, k)
		}
		if n, who := entryOf(fmt.Sprintf("entry-%d-%s", seq, follower)); seq > 0 && (n != seq || who != follower) {
			t.Errorf("the entry %d of %q is read as %d of %q", seq, follower, n, who)
		}
	})
}

var kept = regexp.MustCompile(`^(lock|nodes|hearth\.db(\.part)?|files|files/[0-9a-f]{2}(/[0-9a-f]{64})?|files/\.?[a-z.-]+[^/]*)$`)

// Whatever an archive holds, restoring it touches nothing outside the data folder and nothing unknown inside, keeps no file
// under a name its bytes don't have, and leaves a database only when the archive was whole.
func FuzzRestore(f *testing.F) {
	const whole = `{"hearth":"dev","engine":"sqlite","journal":3,"at":"2026-07-06T00:00:00Z"}`
	sum := sha256.Sum256([]byte("a picture"))
	blob := "files/" + hex.EncodeToString(sum[:])
	for _, a := range [][4]string{
		{whole, "hearth.db", blob, "a picture"},
		{whole, "hearth.db", blob, "another"},
		{whole, "../hearth.db", "files/../../x", "x"},
		{whole, "/etc/x", "hearth.db", ""},
		{whole, "hearth.dump", "hearth.db", "x"},
		{`{}`, "hearth.db", "files/", "x"},
		{`{`, "", "", ""},
		{whole, "secret.key", "lock", "x"},
		{`{"engine":"postgres"}`, "hearth.dump", blob, "a picture"},
	} {
		f.Add(a[0], a[1], a[2], []byte(a[3]), 0)
		f.Add(a[0], a[1], a[2], []byte(a[3]), 40)
	}
	f.Fuzz(func(t *testing.T, manifest, first, second string, content []byte, cut int) {
		var raw bytes.Buffer
		zip := gzip.NewWriter(&raw)
		out := tar.NewWriter(zip)
		for _, e := range []struct {
			name string
			body []byte
		}{{"manifest.json", []byte(manifest)}, {first, content}, {second, content}} {
			if out.WriteHeader(&tar.Header{Name: e.name, Mode: 0o600, Size: int64(len(e.body))}) != nil {
				return // no tar has such a name
			}
			_, _ = out.Write(e.body)
		}
		_, _ = out.Close(), zip.Close()
		around := t.TempDir()
		data, file := filepath.Join(around, "data"), filepath.Join(around, "house.tgz")
		bytesKept := raw.Bytes()
		if cut > 0 {
			bytesKept = bytesKept[:max(0, len(bytesKept)-cut)]
		}
		if err := os.WriteFile(file, bytesKept, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Restore(t.Context(), Settings{Data: data}, file, nil)
		_, gone := os.Stat(filepath.Join(data, "hearth.db"))
		switch {
		case err == nil && (gone != nil || cut > 0 && len(bytesKept) < raw.Len()-8):
			t.Errorf("restored from %q, %q, %q without %d bytes: %v", manifest, first, second, cut, gone)
		case err != nil && gone == nil:
			t.Errorf("a database stands there after %v", err)
		case err != nil && fault.Of(err) == nil:
			t.Errorf("no sentence: %v", err)
		}
		others, _ := os.ReadDir(around)
		if len(others) > 2 {
			t.Errorf("beside the data folder there is %v", others)
		}
		err = filepath.WalkDir(data, func(at string, d fs.DirEntry, err error) error {
			name, _ := filepath.Rel(data, at)
			if err != nil || name == "." {
				return err
			}
			if !kept.MatchString(filepath.ToSlash(name)) {
				t.Errorf("%q was left in the data folder", name)
			}
			if b, err := os.ReadFile(at); err == nil && len(d.Name()) == 64 {
				if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != d.Name() {
					t.Errorf("%s holds other bytes", name)
				}
			}
			return nil
		})
		if err != nil && !os.IsNotExist(err) {
			t.Error(err)
		}
	})
}
