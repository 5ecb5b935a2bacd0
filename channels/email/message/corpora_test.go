package message_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/channels/email/message"
)

// corpus is the folder of one kind of real mails, which live beside the project; without them the test is skipped.
func corpus(tb testing.TB, kind string) string {
	tb.Helper()
	root := os.Getenv("HEARTH_CORPORA")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			tb.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				break
			}
			if dir == filepath.Dir(dir) {
				tb.Fatal("no go.mod above the test")
			}
			dir = filepath.Dir(dir)
		}
		root = filepath.Join(dir, "..", "shared", "corpora")
	}
	dir := filepath.Join(root, kind)
	if _, err := os.Stat(dir); err != nil {
		tb.Skip("corpora are not here: " + dir)
	}
	return dir
}

// mails are the paths of all mails under dir.
func mails(tb testing.TB, dir string) []string {
	tb.Helper()
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch filepath.Ext(path) {
		case ".json", ".jsonl", ".md":
			return err
		}
		if err == nil && !d.IsDir() && size(tb, d) > 0 {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return paths
}

func size(tb testing.TB, d fs.DirEntry) int64 {
	tb.Helper()
	info, err := d.Info()
	if err != nil {
		tb.Fatal(err)
	}
	return info.Size()
}

// read gives the bytes of a file.
func read(tb testing.TB, path string) []byte {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// parse reads the mail at path.
func parse(tb testing.TB, path string) *message.Message {
	tb.Helper()
	m, err := message.Parse(read(tb, path))
	if err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
	return m
}

// expected reads what a peer says of the mail at path; ok is false when it says nothing.
func expected(tb testing.TB, path string, into any) (ok bool) {
	tb.Helper()
	data, err := os.ReadFile(strings.TrimSuffix(path, ".eml") + ".expected.json")
	if err != nil {
		return false
	}
	if err := json.Unmarshal(data, into); err != nil {
		tb.Fatal(path, err)
	}
	return true
}

// tally counts one area of a comparison and remembers the files that fell short.
type tally struct {
	area      string
	bar       float64 // percent
	good, all int
	missed    []string
}

func (c *tally) count(ok bool, miss string) {
	c.all++
	if ok {
		c.good++
	} else {
		c.missed = append(c.missed, miss)
	}
}

func (c *tally) percent() float64 {
	if c.all == 0 {
		return 0
	}
	return 100 * float64(c.good) / float64(c.all)
}

// judge prints the row of the area and fails the test when it is under its bar.
func (c *tally) judge(t *testing.T) {
	t.Helper()
	t.Logf("%s | %d/%d = %.1f %% | ≥ %g %%", c.area, c.good, c.all, c.percent(), c.bar)
	for _, miss := range c.missed {
		t.Log("   missed: " + miss)
	}
	if c.all == 0 || c.percent() < c.bar {
		t.Errorf("%s is under its bar", c.area)
	}
}
