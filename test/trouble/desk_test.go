// Package trouble_test puts a real Hearth on machines that are out of order (a full disk, a locked database, a clock that
// jumps, a folder nobody may write to, a file that is no database) and looks at what it says, what it keeps and whether it
// goes on by itself.
package trouble_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/test/servers"
)

const support = "support@shop.example"

// desk is a server on a data folder.
type desk struct {
	tb               testing.TB
	data, http, smtp string
	token            string
	cmd              *exec.Cmd
	out              safe
}

// safe is what a program writes, readable while it runs.
type safe struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safe) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safe) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// furnish makes a desk with an owner, a token and a mailbox in a folder, and starts its server.
func furnish(tb testing.TB, data string) *desk {
	tb.Helper()
	d := &desk{tb: tb, data: data}
	for _, at := range []*string{&d.http, &d.smtp} {
		*at = net.JoinHostPort("127.0.0.1", strconv.Itoa(servers.FreePort(tb)))
	}
	d.errand("a long enough pass phrase\n", "staff", "add", "--email", "anna@shop.example", "--name", "Anna", "--role", "owner", "--password-stdin")
	d.token = d.errand("", "token", "create", "--staff", "anna@shop.example", "--name", "test")
	d.errand("", "mailbox", "add", "--address", support)
	d.start()
	tb.Cleanup(func() {
		d.stop()
		if tb.Failed() {
			said := d.out.String()
			tb.Logf("the end of what the server said:\n%s", said[max(0, len(said)-4000):])
		}
	})
	return d
}

func (d *desk) run(stdin string, command ...string) (out, errs string, code int) {
	d.tb.Helper()
	exe := servers.Hearth(d.tb)
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	cmd := exec.CommandContext(ctx, exe, append(command, "--data", d.data)...)
	var o, e bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &o, &e
	if err := cmd.Run(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			d.tb.Fatal(err)
		}
	}
	return strings.TrimSpace(o.String()), strings.TrimSpace(e.String()), cmd.ProcessState.ExitCode()
}

func (d *desk) errand(stdin string, command ...string) string {
	d.tb.Helper()
	out, errs, code := d.run(stdin, command...)
	if code != 0 {
		d.tb.Fatalf("%v: exit %d\n%s", command, code, errs)
	}
	return out
}

func (d *desk) start() {
	d.tb.Helper()
	exe := servers.Hearth(d.tb)
	d.cmd = exec.Command(exe, "serve", "--data", d.data, "--listen", d.http, "--smtp-listen", d.smtp)
	d.cmd.Stdout, d.cmd.Stderr = &d.out, &d.out
	if err := d.cmd.Start(); err != nil {
		d.tb.Fatal(err)
	}
	d.until("it is ready", func() bool { return d.get("/readyz", nil) == http.StatusOK })
}

// stop ends the server the ordinary way, which has to go well after any trouble.
func (d *desk) stop() {
	d.tb.Helper()
	if d.cmd == nil {
		return
	}
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.tb.Errorf("it was no longer there: %v", err)
	}
	if err := d.cmd.Wait(); err != nil {
		d.tb.Errorf("it did not stop well: %v", err)
	}
	d.cmd = nil
}

func (d *desk) until(what string, ok func() bool) {
	d.tb.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			d.tb.Fatalf("never: %s", what)
		}
		time.Sleep(10 * time.Millisecond) // what is waited for is in another process and rings no bell here
	}
}

// said is an answer of the API.
type said struct {
	status int
	header http.Header
	body   string
}

func (d *desk) ask(method, path, body string) (said, error) {
	r, err := http.NewRequestWithContext(context.Background(), method, "http://"+d.http+path, strings.NewReader(body))
	if err != nil {
		return said{}, err
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return said{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return said{res.StatusCode, res.Header, string(b)}, err
}

// get reads, and returns the status; 0 when nobody answered.
func (d *desk) get(path string, out any) int {
	s, err := d.ask(http.MethodGet, path, "")
	if err != nil {
		return 0
	}
	if out != nil {
		if err := json.Unmarshal([]byte(s.body), out); err != nil {
			d.tb.Errorf("%s: %v in %s", path, err, s.body)
		}
	}
	return s.status
}

// open opens a ticket under an external id.
func (d *desk) open(key string) (said, error) {
	return d.ask(http.MethodPost, "/api/v1/tickets", fmt.Sprintf(
		`{"subject":"Load","from":{"email":"%s@example.com"},"text":"Please help. %s","external_id":%q}`, key, strings.Repeat("word ", 400), key))
}

// hand hands in a mail by SMTP.
func (d *desk) hand(id string) error {
	c, err := smtp.Dial(d.smtp)
	if err != nil {
		return err
	}
	defer c.Close()
	raw := fmt.Sprintf("From: <%s>\r\nTo: %s\r\nSubject: Mail\r\nMessage-ID: <%s>\r\n\r\nA mail. %s\r\n", id, support, id, strings.Repeat("word ", 400))
	return c.SendMail(id, []string{support}, strings.NewReader(raw))
}

// problem is the sentence of a refusal, which has to be one.
func (s said) problem(tb testing.TB) string {
	tb.Helper()
	var p struct{ Kind, Code, Detail string }
	if err := json.Unmarshal([]byte(s.body), &p); err != nil || s.header.Get("Content-Type") != "application/problem+json" || p.Kind != "internal" || p.Detail == "" {
		tb.Errorf("%d is no problem with a sentence: %s", s.status, s.body)
	}
	return p.Detail
}

// there counts tickets by their external id, and mails in the ledger by their sender, who is another for each.
func (d *desk) there() (tickets, mails map[string]int) {
	d.tb.Helper()
	tickets, mails = map[string]int{}, map[string]int{}
	for after := ""; ; {
		var page struct {
			Items []struct {
				ExternalID string `json:"external_id"`
			}
			Next string
		}
		if s := d.get("/api/v1/tickets?limit=200&after="+after, &page); s != http.StatusOK {
			d.tb.Fatalf("reading tickets: %d", s)
		}
		for _, t := range page.Items {
			tickets[t.ExternalID]++
		}
		if after = page.Next; after == "" {
			break
		}
	}
	for after := ""; ; {
		var page struct {
			Items []struct {
				Sender, State string
			}
			Next string
		}
		if s := d.get("/api/v1/mail/ledger?limit=200&after="+after, &page); s != http.StatusOK {
			d.tb.Fatalf("reading the ledger: %d", s)
		}
		for _, m := range page.Items {
			if m.State != "filed" && m.State != "stored" { // what is stored is filed within half a minute
				d.tb.Errorf("the mail of %s is %s", m.Sender, m.State)
			}
			mails[m.Sender]++
		}
		if after = page.Next; after == "" {
			break
		}
	}
	return tickets, mails
}
