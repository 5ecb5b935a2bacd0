package machine_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/channels/email/machine"
	"github.com/hearthdesk/hearth/channels/email/message"
)

// corpora is the folder of real material, or skips the test.
func corpora(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("HEARTH_CORPORA")
	if dir == "" {
		root, err := filepath.Abs(".")
		if err != nil {
			tb.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); !errors.Is(err, fs.ErrNotExist) || root == filepath.Dir(root) {
				break
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared", "corpora")
	}
	if _, err := os.Stat(dir); err != nil {
		tb.Skip("corpora are not here: " + dir)
	}
	return dir
}

// row prints one line of the table and fails below the bar.
func row(t *testing.T, area string, hit, all int, bar float64) {
	t.Helper()
	share := 100 * float64(hit) / float64(max(all, 1))
	fmt.Printf("%s | %.1f %% (%d of %d) | ≥ %.1f %%\n", area, share, hit, all, bar)
	if share < bar {
		t.Errorf("%s: %.1f %%, want at least %.1f %%", area, share, bar)
	}
}

func TestPeersAutoReply(t *testing.T) {
	file, err := os.Open(filepath.Join(corpora(t), "autoreply", "signals.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var signals, found, people, left int
	for lines := bufio.NewScanner(file); lines.Scan(); {
		m, isMachine := signal(t, lines.Bytes())
		v := machine.Look(m, nil)
		taken := v.AutoReply || v.Bounce
		if taken != isMachine {
			t.Logf("%+v: %s", v, lines.Text())
		}
		switch {
		case isMachine && taken:
			signals, found = signals+1, found+1
		case isMachine:
			signals++
		case taken:
			people++
		default:
			people, left = people+1, left+1
		}
	}
	for _, dir := range []string{"sisimai", "chatwoot"} {
		for name, m := range mails(t, filepath.Join(corpora(t), "autoreply", dir)) {
			signals++
			if v := machine.Look(m, nil); v.AutoReply && !v.Bounce {
				found++
			} else {
				t.Logf("not taken: %s", name)
			}
		}
	}
	row(t, "auto-reply: signals", found, signals, 95)
	row(t, "auto-reply: near misses left alone", left, people, 100)
}

// signal makes a mail of one case of the collection, and tells whether a machine wrote it.
func signal(t *testing.T, line []byte) (*message.Message, bool) {
	t.Helper()
	var c struct {
		From, Subject, Body string
		Headers             map[string]string
		AutoReply           bool `json:"auto_reply"`
		Machine             bool `json:"machine_sent"`
	}
	if err := json.Unmarshal(line, &c); err != nil {
		t.Fatal(err)
	}
	if c.From == "" {
		c.From = "anna@kunde.example"
	}
	raw := "From: " + c.From + "\nSubject: " + mime.QEncoding.Encode("utf-8", c.Subject) + "\nContent-Type: text/plain; charset=utf-8\n"
	for name, value := range c.Headers {
		raw += name + ": " + value + "\n"
	}
	m, err := message.Parse([]byte(raw + "\n" + c.Body))
	if err != nil {
		t.Fatal(err)
	}
	return m, c.AutoReply || c.Machine
}

// TestPeersPeople looks at what people wrote to lists and to desks: nobody of them is an automatic answer.
func TestPeersPeople(t *testing.T) {
	var people, left, lists, listed int
	for _, kind := range []string{"threads", "reply", "mail"} {
		for name, m := range mails(t, filepath.Join(corpora(t), kind)) {
			name = kind + "/" + name
			v := machine.Look(m, nil)
			if strings.HasPrefix(name, "threads/spamassassin") && (m.Value("List-Id") != "" || m.Value("Precedence") != "") {
				lists++
				if v.List {
					listed++
				}
			}
			if v.Bounce || isProgram(m) || slices.Contains(programs, name) {
				continue
			}
			people++
			if !v.AutoReply && !v.Loop {
				left++
			} else {
				t.Logf("%s: %+v, from %s: %s", name, v, m.From.Email, m.Subject)
			}
		}
	}
	row(t, "auto-reply: people in the collection left alone", left, people, 100)
	row(t, "lists recognised", listed, lists, 100)
}

// isProgram tells whether the header says outright that a program wrote the mail.
func isProgram(m *message.Message) bool {
	auto := m.Value("Auto-Submitted")
	return auto != "" && auto != "no" || m.Value("X-Autoreply") != "" || m.ReturnPath == "<>"
}

// programs are mails of the collection that we read and found to be written by programs.
var programs = []string{
	"mail/mikel/error_emails-encoding_madness.eml",       // the newsletter of a car dealer
	"mail/mikel/plain_emails-raw_email_trailing_dot.eml", // a forum tells of a new entry
	"mail/webklex/1366671050@github.com.eml",             // a tracker tells of a new comment
	"mail/webklex/issue-382.eml",                         // signed by a mail server
}

func mails(tb testing.TB, dir string) map[string]*message.Message {
	tb.Helper()
	all := map[string]*message.Message{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || slices.Contains([]string{".json", ".jsonl", ".md"}, filepath.Ext(path)) {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		m, err := message.Parse(raw)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		name, err := filepath.Rel(dir, path)
		all[name] = m
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}
