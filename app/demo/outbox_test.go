package demo_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/app/demo"
	"github.com/hearthdesk/hearth/base/files"
)

func TestTheOutboxKeepsEveryMailAndDeliversNone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	out, err := demo.OpenOutbox(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- out.Serve() }()
	for _, to := range []string{"a@example.org", "a@example.org", "../b@example.org"} {
		c, err := smtp.Dial(strings.TrimPrefix(out.URL(), "smtp://"))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SendMail("hello@example.com", []string{to}, strings.NewReader("Subject: x\r\n\r\nwords\r\n")); err != nil {
			t.Error(err)
		}
		_ = c.Quit()
	}
	if err := errors.Join(out.Close(), <-ended); err != nil {
		t.Error(err)
	}
	got, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	if b, err := os.ReadFile(got[0]); err != nil || !strings.Contains(string(b), "words") {
		t.Errorf("%q %v", b, err)
	}
}

func TestABacklogPutsEverythingInTheEnd(t *testing.T) {
	folder, err := files.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := demo.Behind(t.Context(), folder)
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
