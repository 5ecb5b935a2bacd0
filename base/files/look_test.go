package files_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
)

// What a file is, is what stands in it; and it is found in every store.
func TestWhatABlobIs(t *testing.T) {
	for name, build := range stores {
		t.Run(name, func(t *testing.T) {
			store := build(t)
			for what, tc := range map[string]struct{ body, kind string }{
				"nothing":     {"", "text/plain"},
				"words":       {"Dear all", "text/plain"},
				"a page":      {"<html><script>alert(1)</script></html>", "text/html"},
				"a long page": {"<!doctype html>" + strings.Repeat("a", 100_000), "text/html"},
				"a picture":   {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"},
			} {
				b, err := store.Put(t.Context(), strings.NewReader(tc.body))
				if err != nil {
					t.Fatal(err)
				}
				size, kind, err := files.Look(t.Context(), store, b.SHA256)
				if err != nil || size != int64(len(tc.body)) || kind != tc.kind {
					t.Errorf("%s is %s of %d bytes: %v", what, kind, size, err)
				}
			}
			if _, _, err := files.Look(t.Context(), store, strings.Repeat("0", 64)); fault.KindOf(err) != fault.NotFound {
				t.Errorf("what is not there: %v", err)
			}
		})
	}
	if _, err := files.KindOf(iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(make([]byte, 10))))); err == nil {
		t.Error("a file that can't be read has a kind")
	}
}
