package backlog_test

import (
	"io"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/app/demo/backlog"
	"github.com/hearthdesk/hearth/base/files"
)

func TestABacklogPutsEverythingInTheEnd(t *testing.T) {
	folder, err := files.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := backlog.Of(t.Context(), folder)
	var names []string
	for i := range 50 {
		blob, err := b.Put(t.Context(), strings.NewReader(strings.Repeat("x", i%25)))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, blob.SHA256)
		r, err := b.Open(t.Context(), blob.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := io.ReadAll(r); err != nil || len(data) != i%25 {
			t.Errorf("%d bytes, %v", len(data), err)
		}
		_ = r.Close()
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if ok, err := folder.Has(t.Context(), n); !ok || err != nil {
			t.Errorf("%s is not there: %v", n, err)
		}
	}
}
