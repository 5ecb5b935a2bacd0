package demo_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/app/demo"
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
