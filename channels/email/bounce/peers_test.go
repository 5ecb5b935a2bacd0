package bounce_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/channels/email/bounce"
	"github.com/hearthdesk/hearth/channels/email/message"
)

// corpora is the folder of real material, or skips the test.
func corpora(tb testing.TB, kind string) string {
	tb.Helper()
	dir := os.Getenv("HEARTH_CORPORA")
	if dir == "" {
		root, err := os.Getwd()
		for err == nil {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil || root == filepath.Dir(root) {
				break
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared", "corpora")
	}
	dir = filepath.Join(dir, kind)
	if _, err := os.Stat(dir); err != nil {
		tb.Skip("corpora are not here: " + dir)
	}
	return dir
}

// mails reads every mail below dir, by its path inside.
func mails(tb testing.TB, dir string) map[string]*message.Message {
	tb.Helper()
	all := map[string]*message.Message{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".json") || strings.HasSuffix(path, ".jsonl") || strings.HasSuffix(path, ".md") {
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

// tally counts what was reached out of what was asked.
type tally struct{ hit, all int }

func (t *tally) add(ok bool) {
	t.all++
	if ok {
		t.hit++
	}
}

func (t tally) share() float64 { return 100 * float64(t.hit) / float64(max(t.all, 1)) }

// row prints one line of the table and fails below the bar.
func row(t *testing.T, area string, c tally, bar float64, note string) {
	t.Helper()
	fmt.Printf("%s | %.1f %% (%d of %d%s) | ≥ %.1f %%\n", area, c.share(), c.hit, c.all, note, bar)
	if c.share() < bar {
		t.Errorf("%s: %.1f %%, want at least %.1f %%", area, c.share(), bar)
	}
}

type expectation struct {
	Status string `json:"status"`
	Code   string `json:"reply_code"`
	Reason string `json:"reason"`
	Hard   bool   `json:"hard_bounce"`
}

// isHeld tells whether a file is kept aside: nobody has looked at it, so it tells how the rules do on what is new.
func isHeld(name string) bool {
	sum := sha256.Sum256([]byte(name))
	return sum[0]%3 == 0 && sum[1]%2 == 1
}

type score struct{ recognised, recipients, hard, reason, status, code, original tally }

func TestPeersBounce(t *testing.T) {
	dir := corpora(t, "bounce")
	raw, err := os.ReadFile(filepath.Join(dir, "sisimai.expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	expected := map[string][]expectation{}
	if err := json.Unmarshal(raw, &expected); err != nil {
		t.Fatal(err)
	}
	var seen, held, all score
	for name, m := range mails(t, filepath.Join(dir, "sisimai")) {
		want, known := expected[strings.TrimSuffix(name, ".eml")]
		if strings.HasPrefix(name, "rfc3834") { // answers of absent people
			continue
		}
		part := &seen
		if isHeld(name) {
			part = &held
		}
		report, ok := bounce.Read(m)
		for _, s := range []*score{part, &all} {
			s.recognised.add(ok)
			if known {
				s.compare(report, want)
			}
		}
		if report == nil {
			t.Logf("not recognised: %s", name)
		}
	}
	for _, other := range []string{"flanker", "chatwoot", "enmime-dsn"} {
		for name, m := range mails(t, filepath.Join(dir, other)) {
			_, ok := bounce.Read(m)
			all.recognised.add(ok)
			if !ok {
				t.Logf("not recognised: %s/%s", other, name)
			}
		}
	}
	for _, r := range []struct {
		area            string
		all, seen, held tally
		bar             float64
	}{
		{"bounce: recognised", all.recognised, seen.recognised, held.recognised, 99.5},
		{"bounce: recipients", all.recipients, seen.recipients, held.recipients, 97},
		{"bounce: hard or soft", all.hard, seen.hard, held.hard, 95},
		{"bounce: reason", all.reason, seen.reason, held.reason, 80},
	} {
		row(t, r.area, r.all, r.bar, fmt.Sprintf("; seen %.1f %%, kept aside %.1f %%", r.seen.share(), r.held.share()))
	}
	t.Logf("status %.1f %%, reply code %.1f %%, original found %.1f %%", all.status.share(), all.code.share(), all.original.share())
}

func (s *score) compare(report *bounce.Report, want []expectation) {
	var got []bounce.Failure
	if report != nil {
		got = report.Recipients
		s.original.add(report.Original != "")
	}
	for i, w := range want {
		s.recipients.add(len(got) == len(want) && i < len(got) && (got[i].Address != "" || w.Reason == "feedback"))
		f := bounce.Failure{}
		if i < len(got) {
			f = got[i]
		}
		s.hard.add(report != nil && f.Hard == w.Hard)
		s.reason.add(string(f.Reason) == w.Reason)
		if w.Status != "" && !strings.Contains(w.Status, ".0.9") {
			s.status.add(f.Status == w.Status)
		}
		if w.Code != "" {
			s.code.add(f.SMTPCode == w.Code)
		}
	}
}

func TestPeersNoBounce(t *testing.T) {
	var c tally
	for _, kind := range []string{"mail", "autoreply", "threads", "bounce/not-a-bounce", "reply"} {
		for name, m := range mails(t, corpora(t, kind)) {
			name = kind + "/" + name
			report, ok := bounce.Read(m)
			if slices.Contains(realBounces, name) {
				if !ok {
					t.Errorf("%s is a bounce and was not recognised", name)
				}
				continue
			}
			c.add(!ok)
			if ok {
				t.Errorf("%s is no bounce: %+v", name, report.Recipients)
			}
		}
	}
	row(t, "bounce: ordinary mail left alone", c, 100, "")
}

// realBounces are mails of the general collection that we read and found to be bounces.
var realBounces = []string{
	"mail/enmime/mail-multipart-wo-boundary.raw",
	"mail/mikel/mime_emails-raw_email_with_mimepart_without_content_type.eml",
	"mail/mikel/multipart_report_emails-multi_address_bounce1.eml",
	"mail/mikel/multipart_report_emails-report_422.eml",
	"mail/mikel/multipart_report_emails-report_530.eml",
	"mail/mimekit/bounce.txt",
	"mail/mimekit/delivery-status-multiple-blank-lines.txt",
	"mail/mimekit/delivery-status-no-blank-line.txt",
	"mail/mimekit/feedback-report.txt",
	"mail/nodemailer/delivery-status.eml",
	"mail/webklex/example_bounce.eml",
	"mail/webklex/issue-462.eml", // a server's sender and title, without its words
	"mail/zammad/mail052.eml",    // the same
	"mail/zammad/mail053.eml",
	"mail/zammad/mail055.eml",
	"mail/zammad/mail063.eml",
	"mail/zammad/mail078.eml",
}
