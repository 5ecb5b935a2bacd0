// Package play_test shows the workspace to itself in a real browser: the plays are the *.play.mjs beside it, written for
// node's own test runner. Here the servers are started that they need, and the program is built. HEARTH_PLAYS names some:
// HEARTH_PLAYS='begin*.mjs' go test -count=1 -v ./test/play
package play_test

import (
	"cmp"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/test/servers"
)

func TestPlays(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	root := servers.Root(t)
	node, err := exec.LookPath("node")
	if err != nil {
		servers.Missing(t, "Node")
	}
	if _, err := os.Stat(filepath.Join(root, "web", "node_modules", "playwright-core")); err != nil {
		servers.Missing(t, "what the workspace is built with (make web)")
	}
	exe := servers.Hearth(t)
	plays, err := filepath.Glob(cmp.Or(os.Getenv("HEARTH_PLAYS"), "*.play.mjs"))
	if err != nil || len(plays) == 0 {
		t.Fatalf("no plays: %v", err)
	}
	box, out := servers.StartDovecot(t), startRelay(t)
	cmd := exec.CommandContext(t.Context(), node, append([]string{"--test", "--test-concurrency=2", "--test-reporter=spec"}, plays...)...)
	cmd.Env = append(os.Environ(), "HEARTH="+exe, "PLAY_IMAP="+box.Addr, "PLAY_LMTP="+box.LMTP(), "PLAY_SMTP="+out.addr, "PLAY_SENT="+out.dir, "PLAY_CORPORA="+corpora(t), "TMPDIR="+t.TempDir())
	said, err := cmd.CombinedOutput()
	t.Logf("%s", said)
	if err != nil {
		t.Error(err)
	}
}

// corpora are the mails and pages other people collected; without them the play that shows them is skipped.
func corpora(t *testing.T) string {
	t.Helper()
	at := cmp.Or(os.Getenv("HEARTH_CORPORA"), filepath.Join(servers.Root(t), "..", "shared", "corpora"))
	if _, err := os.Stat(at); err != nil {
		return ""
	}
	return at
}

// relay is the server a mailbox sends by: it wants a password, and keeps what it takes in a folder.
type relay struct{ addr, dir string }

func startRelay(t *testing.T) relay {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := relay{l.Addr().String(), t.TempDir()}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visitor{relay: r}, nil }))
	s.Domain, s.AllowInsecureAuth = "relay.example", true
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return r
}

type visitor struct {
	relay
	known bool
}

func (v *visitor) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visitor) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, password string) error {
		if v.known = password == "secret"; !v.known {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "Authentication credentials invalid"}
		}
		return nil
	}), nil
}

func (v *visitor) Mail(string, *smtp.MailOptions) error {
	if !v.known {
		return errors.New("sign in first")
	}
	return nil
}

func (v *visitor) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (v *visitor) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(v.dir, "*.eml")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

func (v *visitor) Reset()        {}
func (v *visitor) Logout() error { return nil }
