package message_test

import (
	"bytes"
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
