package email_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

// forgiving makes Dovecot answer a wrong password at once, however many there were before.
const forgiving = "auth_failure_delay = 0\nservice anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}"

// trusted signs the certificates of servers this program trusts; it has to be there before the first connection with TLS.
var trusted *servers.Authority

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "hearth-roots-")
	if err == nil {
		defer os.RemoveAll(dir)
		trusted, err = servers.NewAuthority(dir)
	}
	if err == nil {
		err = os.Setenv("SSL_CERT_FILE", trusted.Roots)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// clock is the machine's, and can be put forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *clock) forward(d time.Duration) { c.ahead.Add(int64(d)) }

// book keeps what is logged.
type book struct {
	mu   sync.Mutex
	text strings.Builder
	also io.Writer
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Write(p)
	return b.also.Write(p)
}

func (b *book) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// tries is how often later work was tried in vain.
func (b *book) tries() int { return strings.Count(b.String(), "a try failed") }

// watchful is a house whose clock can be put forward and whose log can be read.
func watchful(t *testing.T) (*house.House, *clock, *book) {
	t.Helper()
	h, c, b := house.Start(t), &clock{}, &book{also: t.Output()}
	h.Stop()
	h.Settings.Now, h.Settings.Log = c.Now, slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.Start()
	return h, c, b
}

// quietly logs only what is wrong with us.
func quietly(tb testing.TB) *slog.Logger {
	tb.Helper()
	return slog.New(slog.NewTextHandler(tb.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
}

// token is one of a member of staff with a role.
func token(h *house.House, role string) string {
	who := role + "@shop.example"
	h.Ask(http.MethodPost, "/local/staff", map[string]any{"email": who, "name": role, "role": role, "password": "a long enough pass phrase"}, nil)
	var out struct{ Token string }
	h.Ask(http.MethodPost, "/local/tokens", map[string]any{"staff": who, "name": "test"}, &out)
	return out.Token
}

// get asks by HTTP and returns the answer as it came.
func get(t *testing.T, h *house.House, token, path string) (int, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+h.HTTP+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, b
}

// build is the house without its doors, for who wants to run parts of it. It is closed when the test ends, or by shut.
func build(t *testing.T, s app.Settings) (h *app.House, shut func()) {
	t.Helper()
	h, err := app.Build(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	var done atomic.Bool
	shut = func() {
		if done.Swap(true) {
			return
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(shut)
	return h, shut
}

// deliver hands a mail in by SMTP.
func deliver(at, from string, to []string, raw []byte) error {
	c, err := smtp.Dial(at)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.SendMail(from, to, bytes.NewReader(raw))
}

// refused says whether a server will never take it.
func refused(err error) bool {
	e, ok := errors.AsType[*smtp.SMTPError](err)
	return ok && e.Code >= 500
}

func box(h *house.House, in map[string]any) (m email.Mailbox) {
	h.Ask(http.MethodPost, "/api/v1/mail/mailboxes", in, &m)
	return m
}
