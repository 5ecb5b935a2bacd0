package message_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/channels/email/message"
)

// FuzzParse looks for bytes that make Parse fall over, take long, or say what cannot be stored.
func FuzzParse(f *testing.F) {
	for _, raw := range shapes() {
		f.Add([]byte(raw))
	}
	if raw, err := message.Compose(answer()); err == nil {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		start := time.Now()
		m, err := message.Parse(raw)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("took %v for %d bytes", took, len(raw))
		}
		if err != nil {
			if len(bytes.Trim(raw, "\r\n\t \x00\v\f\ufeff\u0085\u00a0")) > 0 && len(bytes.TrimSpace(raw)) > 8 {
				t.Errorf("%q: %v", raw, err)
			}
			return
		}
		for _, s := range said(m) {
			if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
				t.Errorf("cannot be stored: %q", s)
			}
		}
		for _, a := range m.Attachments {
			if a.Name == "" || a.Type == "" || strings.ContainsAny(a.Name, "/\\\r\n") || a.Name == "." || a.Name == ".." {
				t.Errorf("file %q of type %q", a.Name, a.Type)
			}
		}
	})
}

// FuzzCompose puts what others wrote into a mail of ours: names, a subject, ids, words. Whatever it is, the mail has the
// fields it was to have, each once, in ASCII lines that every server takes, and says what it was to say to whom it was to.
func FuzzCompose(f *testing.F) {
	for _, s := range []string{"Ada", "Ada\r\nBcc: eve@example.net", "Ada\n\n<script>", "=?utf-8?q?x?=", "\"Ada\\", "Ада Лавлейс", "a\u2028b\u0085c", "\xff\xfe", strings.Repeat("x", 2000), strings.Repeat("ä ", 700), ".\r\n.", "Ada <eve@example.net>,"} {
		f.Add(s, s, s, s)
	}
	f.Fuzz(func(t *testing.T, name, subject, id, words string) {
		raw, err := message.Compose(message.Outgoing{
			From: message.Address{Name: name, Email: "support@shop.example"}, To: []message.Address{{Name: name, Email: "ada@example.com"}},
			Subject: subject, Date: time.Unix(1783296000, 0).UTC(), MessageID: "1@shop.example", InReplyTo: id, References: []string{"first@example.com", id},
			Text: words, More: []message.Field{{Name: "Auto-Submitted", Value: subject}},
		})
		if err != nil {
			t.Fatalf("%q, %q, %q: %v", name, subject, id, err)
		}
		head, _, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
		var fields []string
		for line := range bytes.SplitSeq(head, []byte("\r\n")) {
			if bytes.ContainsAny(line, "\r\n") || len(line) > 998 || bytes.ContainsFunc(line, func(r rune) bool { return r > '~' || r < ' ' }) {
				t.Errorf("no line of a header: %q", line)
			}
			if field, _, found := strings.Cut(string(line), ":"); !strings.HasPrefix(string(line), " ") {
				if !found {
					t.Errorf("no field: %q", line)
				}
				fields = append(fields, strings.ToLower(field))
			}
		}
		must := []string{"date", "from", "to", "subject", "message-id", "in-reply-to", "references", "auto-submitted", "mime-version", "content-type", "content-transfer-encoding"}
		if fields = slices.DeleteFunc(fields, func(s string) bool { return s == "in-reply-to" }); !ok || !slices.Equal(fields, slices.DeleteFunc(must, func(s string) bool { return s == "in-reply-to" })) {
			t.Errorf("%q, %q, %q make the fields %v", name, subject, id, fields)
		}
		m, err := message.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if m.From.Email != "support@shop.example" || len(m.To) != 1 || m.To[0].Email != "ada@example.com" || len(m.Cc)+len(m.Bcc)+len(m.ReplyTo)+len(m.Attachments) > 0 || m.MessageID != "1@shop.example" {
			t.Errorf("%q, %q, %q are read as from %v to %v, %v, %v", name, subject, id, m.From, m.To, m.Cc, m.Bcc)
		}
	})
}

// said is every string of the message.
func said(m *message.Message) []string {
	all := append([]string{m.Subject, m.MessageID, m.ReturnPath, m.Text, m.HTML, m.Crypto}, m.InReplyTo...)
	all = append(all, m.References...)
	for _, h := range m.Header {
		all = append(all, h.Name, h.Value)
	}
	for _, list := range [][]message.Address{{m.From, m.Sender}, m.ReplyTo, m.To, m.Cc, m.Bcc} {
		for _, a := range list {
			all = append(all, a.Name, a.Email)
		}
	}
	for _, list := range [][]message.Attachment{m.Attachments, m.Reports} {
		for _, a := range list {
			all = append(all, a.Name, a.Type, a.ContentID)
		}
	}
	return all
}
