package tnef_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/channels/email/tnef"
)

// corpus is the folder of real winmail.dat files, which live beside the project; without them the test is skipped.
func corpus(t *testing.T) string {
	t.Helper()
	root := os.Getenv("HEARTH_CORPORA")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				break
			}
			if dir == filepath.Dir(dir) {
				t.Fatal("no go.mod above the test")
			}
			dir = filepath.Dir(dir)
		}
		root = filepath.Join(dir, "..", "shared", "corpora")
	}
	dir := filepath.Join(root, "tnef")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("corpora are not here: " + dir)
	}
	return dir
}

// TestPeersMimeKit compares names and bytes. That peer's files were stored with line ends of Unix, so those are compared
// where the bytes alone differ; and it lists the remark that stands in for an enclosed mail beside that mail.
func TestPeersMimeKit(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(corpus(t), "*", "*.tnef"))
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	good, all := 0, 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files, body, err := tnef.Read(data)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		var want struct {
			Files map[string]struct{ Sha256 string }
		}
		if sidecar, err := os.ReadFile(strings.TrimSuffix(path, ".tnef") + ".expected.json"); err == nil {
			if err := json.Unmarshal(sidecar, &want); err != nil {
				t.Fatal(err)
			}
		}
		have := map[string]string{} // name by sum
		keep := func(name string, data []byte) {
			for _, data := range [][]byte{data, bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))} {
				sum := sha256.Sum256(data)
				have[name+" "+hex.EncodeToString(sum[:])] = name
			}
		}
		for _, f := range files {
			keep(f.Name, f.Data)
		}
		keep("message.txt", body.Text)
		keep("message.html", body.HTML)
		keep("message.rtf", body.RTF)
		for name, w := range want.Files {
			if w.Sha256 == standIn {
				continue
			}
			if i := strings.LastIndexByte(name, '.'); i > 0 && strings.Trim(name[i+1:], "0123456789") == "" {
				name = name[:i] // the peer numbers files of one name
			}
			if all++; have[name+" "+w.Sha256] != "" {
				good++
			} else {
				t.Errorf("%s: %s is not among the files", path, name)
			}
		}
	}
	t.Logf("tnef names and bytes | %d/%d files of %d streams | all", good, all, len(paths))
	if all == 0 {
		t.Error("nothing compared")
	}
}

// standIn is the sum of the remark "This attachment is a MAPI 1.0 embedded message …", which Read replaces by the mail.
const standIn = "75f459e8f4943b779961210b0cc9e70b7f52e0d09983d92b4fb19c5db54fdc16"
