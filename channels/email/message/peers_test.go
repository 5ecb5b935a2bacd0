package message_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/hearthdesk/hearth/channels/email/message"
)

func TestPeersEveryMailIsRead(t *testing.T) {
	var worst time.Duration
	var slowest string
	count := 0
	for _, kind := range []string{"mail", "threads", "bounce", "autoreply", "crypto", "reply", "signature", "auth", "tnef"} {
		for _, path := range mails(t, corpus(t, kind)) {
			if took := timed(t, read(t, path)); took > worst {
				worst, slowest = took, path
			}
			if count++; t.Failed() {
				t.Fatal(path)
			}
		}
	}
	t.Logf("mails read | %d/%d, worst %v of processor | all, < 500ms", count, count, worst.Round(time.Microsecond))
	if worst > 500*time.Millisecond || count == 0 {
		t.Errorf("worst took %v: %s", worst, slowest)
	}
}

// zammad is what that peer's tests expect of a mail; a nil field is not said.
type zammad struct {
	FromEmail       *string `json:"from_email"`
	FromDisplayName *string `json:"from_display_name"`
	To              *string
	Cc              *string
	Subject         *string
	Body            *string
	ContentType     string  `json:"content_type"`
	MessageID       *string `json:"message_id"`
	Attachments     []struct {
		Filename    string
		Sha256      string
		Size        int
		Preferences map[string]any
	}
}

func TestPeersZammad(t *testing.T) {
	subject := &tally{area: "zammad subject", bar: 97}
	from := &tally{area: "zammad from", bar: 95}
	body := &tally{area: "zammad body", bar: 92}
	files := &tally{area: "zammad attachment bytes", bar: 95}
	names := &tally{area: "zammad attachment names", bar: 80}
	rest := &tally{area: "zammad to, cc, message id", bar: 97}
	for _, path := range mails(t, filepath.Join(corpus(t, "mail"), "zammad")) {
		var want zammad
		if !expected(t, path, &want) {
			continue
		}
		m := parse(t, path)
		name := filepath.Base(path)
		same := func(c *tally, field string, want *string, got string) {
			if want != nil {
				w := strings.TrimSpace(*want)
				c.count(strings.EqualFold(w, got), fmt.Sprintf("%s %s: want %q, got %q", name, field, w, got))
			}
		}
		same(subject, "subject", want.Subject, m.Subject)
		same(from, "address", want.FromEmail, m.From.Email)
		same(from, "name", want.FromDisplayName, m.From.Name)
		sameList(rest, name+" to", want.To, m.To)
		sameList(rest, name+" cc", want.Cc, m.Cc)
		if want.MessageID != nil && !strings.Contains(*want.MessageID, "_generated") {
			same(rest, "message id", want.MessageID, "<"+m.MessageID+">")
		}
		if want.Body != nil {
			isHTML := want.ContentType == "text/html" || want.ContentType == "" && m.HTML != ""
			w, g := squeeze(bodyOf(*want.Body, isHTML)), squeeze(m.Text)
			if isHTML {
				g = squeeze(cmp.Or(bodyOf(m.HTML, true), m.Text))
			}
			if w == "novisiblecontent" {
				w = ""
			}
			body.count(w == g, fmt.Sprintf("%s: want %s", name, difference(w, g)))
		}
		for _, w := range want.Attachments {
			if w.Preferences["original-format"] != nil || w.Preferences["content-alternative"] != nil {
				continue
			}
			i := slices.IndexFunc(m.Attachments, func(a message.Attachment) bool { return sum(a.Data) == w.Sha256 })
			files.count(i >= 0, fmt.Sprintf("%s: %s, %d bytes, among %s", name, w.Filename, w.Size, listing(m)))
			if i >= 0 {
				ok := slices.ContainsFunc(m.Attachments, func(a message.Attachment) bool {
					return sum(a.Data) == w.Sha256 && a.Name == w.Filename
				})
				names.count(ok, fmt.Sprintf("%s: want %q, among %s", name, w.Filename, listing(m)))
			}
		}
	}
	all := &tally{area: "zammad over all", bar: 95}
	for _, c := range []*tally{subject, from, body, files, names, rest} {
		c.judge(t)
		all.good, all.all = all.good+c.good, all.all+c.all
	}
	all.judge(t)
}

func sameList(c *tally, field string, want *string, got []message.Address) {
	if want == nil {
		return
	}
	emails := regexp.MustCompile(`[^\s<>,;()"]+@[^\s<>,;()"]+`).FindAllString(*want, -1)
	slices.Sort(emails)
	emails = slices.Compact(emails)
	var have []string
	for _, a := range got {
		have = append(have, a.Email)
	}
	slices.Sort(have)
	have = slices.Compact(have)
	c.count(strings.EqualFold(strings.Join(emails, " "), strings.Join(have, " ")), fmt.Sprintf("%s: want %q, got %q", field, emails, have))
}

var (
	unseen = regexp.MustCompile(`(?is)<!--.*?-->|<(style|script)\b.*?</(style|script)\s*>`)
	tags   = regexp.MustCompile(`(?s)</?[a-zA-Z!?][^>]*>`)
)

// bodyOf takes the tags out of HTML, by a way of its own.
func bodyOf(s string, isHTML bool) string {
	if !isHTML {
		return s
	}
	s = unseen.ReplaceAllString(s, "")
	return html.UnescapeString(tags.ReplaceAllString(s, ""))
}

// squeeze takes out all white space.
func squeeze(s string) string {
	return strings.Map(func(c rune) rune {
		switch c {
		case '〈', '\u2329': // what &lang; meant before HTML 5
			return '⟨'
		case '〉', '\u232a':
			return '⟩'
		}
		if unicode.IsSpace(c) || c == '\u200b' || c == '\ufeff' || c == '\u00ad' {
			return -1
		}
		return c
	}, s)
}

// difference shows where two texts part.
func difference(want, got string) string {
	i := 0
	for i < len(want) && i < len(got) && want[i] == got[i] {
		i++
	}
	from := max(0, i-30)
	return fmt.Sprintf("%d bytes, got %d; at %d want …%q got …%q", len(want), len(got), i,
		want[from:min(len(want), i+90)], got[from:min(len(got), i+90)])
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

func listing(m *message.Message) string {
	var all []string
	for _, a := range slices.Concat(m.Attachments, m.Reports) {
		all = append(all, fmt.Sprintf("%q %s %d", a.Name, a.Type, len(a.Data)))
	}
	return "[" + strings.Join(all, "; ") + "]"
}

// stalwart is what that peer reads in a mail; addresses stand in a list or in groups.
type stalwart struct {
	Headers struct {
		From []struct {
			Address struct {
				List  []stalwartAddress
				Group []struct{ Addresses []stalwartAddress }
			}
		}
		Subject []struct{ Text *string }
	}
	TextBody []stalwartBody `json:"text_body"`
	HTMLBody []stalwartBody `json:"html_body"`
	Count    int            `json:"n_attachments"`
}

type (
	stalwartAddress struct{ Name, Address *string }
	stalwartBody    struct {
		Type string
		Text *string
	}
)

func TestPeersStalwart(t *testing.T) {
	from := &tally{area: "stalwart from and name", bar: 97}
	subject := &tally{area: "stalwart subject", bar: 97}
	texts := &tally{area: "stalwart text", bar: 95}
	count := &tally{area: "stalwart number of attachments", bar: 90}
	for _, path := range mails(t, filepath.Join(corpus(t, "mail"), "stalwart")) {
		var want stalwart
		if !expected(t, path, &want) {
			continue
		}
		m := parse(t, path)
		name := filepath.Base(path)
		for _, f := range want.Headers.From {
			list := f.Address.List
			for _, g := range f.Address.Group {
				list = append(list, g.Addresses...)
			}
			if len(list) > 0 {
				w := message.Address{Name: deref(list[0].Name), Email: deref(list[0].Address)}
				from.count(strings.EqualFold(w.Email, m.From.Email) && squeeze(w.Name) == squeeze(m.From.Name),
					fmt.Sprintf("%s: want %q, got %q", name, w, m.From))
			}
			break
		}
		if len(want.Headers.Subject) > 0 {
			w := squeeze(deref(want.Headers.Subject[0].Text))
			subject.count(matches(w, squeeze(m.Subject)), fmt.Sprintf("%s: want %q, got %q", name, w, m.Subject))
		}
		w, g := "", squeeze(m.Text)
		isHTML := slices.ContainsFunc(want.TextBody, func(b stalwartBody) bool { return b.Type == "Html" })
		for _, b := range want.TextBody {
			w += bodyOf(deref(b.Text), isHTML)
		}
		if w = squeeze(w); isHTML {
			g = squeeze(bodyOf(m.HTML, true))
		}
		if why := stalwartIsWrong[name]; why != "" && w != g {
			t.Logf("set aside %s: %s", name, why)
			continue
		}
		texts.count(matches(w, g), fmt.Sprintf("%s: %s; %s", name, difference(w, g), listing(m)))
		count.count(want.Count == len(m.Attachments)+len(m.Reports), fmt.Sprintf("%s: want %d, got %s", name, want.Count, listing(m)))
	}
	for _, c := range []*tally{from, subject, texts, count} {
		c.judge(t)
	}
}

// stalwartIsWrong are mails in which that peer loses what a person reads.
var stalwartIsWrong = map[string]string{
	"malformed-002.eml": "a multipart without any boundary; its words are the body, the peer drops them",
	"malformed-004.eml": "every declared boundary is a lie; the words in the innermost part are the body, the peer drops them",
	"malformed-008.eml": "an HTML part after a text in multipart/mixed is shown (RFC 8621, 4.1.4; Zammad's mail039 too)",
	"malformed-020.eml": "the peer shows the source of the HTML as text",
}

// matches compares what a peer could read: it writes U+FFFD for each byte that it could not.
func matches(want, got string) bool {
	w, g := []rune(want), []rune(got)
	for i := range w {
		if len(w) != len(g) || w[i] != g[i] && w[i] != '\ufffd' {
			return false
		}
	}
	return len(w) == len(g)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// webklex is what that peer's tests expect of a mail; an empty field may be one that the extraction did not find.
type webklex struct {
	Subject, From   string
	TextBody        string   `json:"text_body"`
	AttachmentCount string   `json:"attachment_count"`
	Filenames       []string `json:"attachment_filenames"`
	Sums            []string `json:"attachment_sha256"`
}

func TestPeersWebklex(t *testing.T) {
	fields := &tally{area: "webklex subject, from, text", bar: 97}
	files := &tally{area: "webklex attachments", bar: 65}
	for _, path := range mails(t, filepath.Join(corpus(t, "mail"), "webklex")) {
		var want webklex
		if !expected(t, path, &want) {
			continue
		}
		m := parse(t, path)
		name := filepath.Base(path)
		if want.Subject != "" {
			fields.count(want.Subject == m.Subject, fmt.Sprintf("%s: subject %q, got %q", name, want.Subject, m.Subject))
		}
		if want.From != "" {
			fields.count(strings.Contains(want.From, m.From.Email) && strings.Contains(want.From, m.From.Name),
				fmt.Sprintf("%s: from %q, got %q", name, want.From, m.From))
		}
		if want.TextBody != "" {
			fields.count(squeeze(want.TextBody) == squeeze(m.Text), fmt.Sprintf("%s: text %q, got %q", name, want.TextBody, m.Text))
		}
		all := slices.Concat(m.Attachments, m.Reports)
		if want.AttachmentCount != "" {
			files.count(want.AttachmentCount == fmt.Sprint(len(all)), fmt.Sprintf("%s: %s attachments, got %s", name, want.AttachmentCount, listing(m)))
		}
		for _, w := range want.Filenames {
			files.count(slices.ContainsFunc(all, func(a message.Attachment) bool { return a.Name == w }),
				fmt.Sprintf("%s: file %q, got %s", name, w, listing(m)))
		}
		for _, w := range want.Sums {
			files.count(slices.ContainsFunc(all, func(a message.Attachment) bool {
				return sum(a.Data) == w || sum(bytes.ReplaceAll(a.Data, []byte("\n"), []byte("\r\n"))) == w // it came by IMAP
			}),
				fmt.Sprintf("%s: bytes %q, got %s", name, w[:8], listing(m)))
		}
	}
	fields.judge(t)
	files.judge(t)
}

func TestPeersCrypto(t *testing.T) {
	want := map[string]string{
		"mimekit/[Announce] GnuPG 2.1.20 released.eml":   "pgp-signed",
		"rt-gnupg/11-encrypted-inline-attachment.txt":    "pgp-inline-encrypted",
		"rt-gnupg/12-encrypted-inline-binary.txt":        "pgp-inline-encrypted",
		"rt-gnupg/15-signed-encrypted-MIME-binary.txt":   "pgp-encrypted",
		"rt-gnupg/16-signed-encrypted-inline-plain.txt":  "pgp-inline-encrypted",
		"rt-gnupg/18-signed-encrypted-inline-binary.txt": "pgp-inline-encrypted",
		"rt-gnupg/19-signed-inline-plain-nested.txt":     "pgp-inline-signed",
		"rt-gnupg/20-signed-encrypted-MIME-plain.txt":    "pgp-encrypted",
		"rt-gnupg/3-signed-MIME-plain-with-binary.txt":   "pgp-signed",
		"rt-gnupg/5-signed-inline-with-attachment.txt":   "pgp-inline-signed",
		"rt-gnupg/6-signed-inline-with-binary.txt":       "pgp-signed", // the name says inline, the mail is multipart/signed
		"rt-gnupg/8-encrypted-MIME-with-attachment.txt":  "pgp-encrypted",
		"rt-gnupg/9-encrypted-MIME-with-binary.txt":      "pgp-encrypted",
		"rt-gnupg/signed_old_style_with_attachment.eml":  "pgp-inline-signed",
		"rt-smime/1-signed.eml":                          "smime-signed",
		"rt-smime/3-signed-binary.eml":                   "smime-signed",
		"rt-smime/5-encrypted-attachment.eml":            "smime-encrypted",
		"rt-smime/6-encrypted-binary.eml":                "smime-encrypted",
	}
	kinds := &tally{area: "crypto recognised", bar: 100}
	dir := corpus(t, "crypto")
	for _, path := range mails(t, dir) {
		name, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		got := parse(t, path).Crypto
		kinds.count(want[filepath.ToSlash(name)] == got, fmt.Sprintf("%s: want %q, got %q", name, want[name], got))
	}
	kinds.judge(t)
}
