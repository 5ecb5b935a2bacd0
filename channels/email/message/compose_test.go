package message_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/channels/email/message"
)

var (
	written = time.Date(2026, 3, 14, 15, 9, 26, 0, time.FixedZone("", 3600))
	logo    = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
)

// answer is a mail with everything in it.
func answer() message.Outgoing {
	return message.Outgoing{
		From:       message.Address{Name: "Käthe, Hearth Support", Email: "support@hearth.example"},
		To:         []message.Address{{Name: "Łukasz \"Luk\" Müller", Email: "luk@kunde.example"}, {Email: "second@kunde.example"}},
		Cc:         []message.Address{{Name: "Buchhaltung", Email: "buch@bücher.example"}},
		ReplyTo:    []message.Address{{Email: "t+abc123@hearth.example"}},
		Subject:    "Re: Größe 42 – wann kommt das Paket? 📦 " + strings.Repeat("sehr lang ", 20),
		Date:       written,
		MessageID:  "tkt_0001.1@hearth.example",
		InReplyTo:  "first@kunde.example",
		References: []string{"zero@kunde.example", "first@kunde.example"},
		Text:       "Guten Tag,\n\ndas Paket ist unterwegs – Größe 42.\n\n-- \nKäthe\n",
		HTML:       `<p>Guten Tag,</p><p>das Paket ist unterwegs – Größe 42.</p><img src="cid:logo@hearth">`,
		Files: []message.Attachment{
			{Name: "logo.png", Type: "image/png", ContentID: "logo@hearth", Inline: true, Data: logo},
			{Name: "Rechnung März.pdf", Type: "application/pdf", Data: []byte("%PDF-1.7 " + strings.Repeat("x", 500))},
			{Name: "Ihre Mail.eml", Type: "message/rfc822", Data: []byte("Subject: x\n\nwords")},
		},
		More: []message.Field{{Name: "Auto-Submitted", Value: "auto-replied"}, {Name: "X-Hearth-Ticket", Value: "Nr. 1 – schön"}},
	}
}

func compose(t *testing.T, out message.Outgoing) []byte {
	t.Helper()
	raw, err := message.Compose(out)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestAnAnswerIsReadAsItWasWritten(t *testing.T) {
	out := answer()
	m, err := message.Parse(compose(t, out))
	if err != nil {
		t.Fatal(err)
	}
	want := &message.Message{
		From:        out.From,
		ReplyTo:     out.ReplyTo,
		To:          out.To,
		Cc:          []message.Address{{Name: "Buchhaltung", Email: "buch@xn--bcher-kva.example"}},
		Subject:     strings.TrimSpace(out.Subject),
		Date:        out.Date,
		MessageID:   out.MessageID,
		InReplyTo:   []string{out.InReplyTo},
		References:  out.References,
		Text:        strings.TrimRight(out.Text, "\n"),
		HTML:        out.HTML + "\n",
		Attachments: out.Files,
	}
	want.Attachments[2].Type = "text/plain"
	got := *m
	got.Header = nil
	if diff := cmp.Diff(want, &got); diff != "" {
		t.Error(diff)
	}
	if m.Value("auto-submitted") != "auto-replied" || m.Value("x-hearth-ticket") != "Nr. 1 – schön" {
		t.Error(m.Header)
	}
}

// TestTheStandardLibraryReadsIt reads a composed mail with another reader than our own.
func TestTheStandardLibraryReadsIt(t *testing.T) {
	out := answer()
	m, err := mail.ReadMessage(bytes.NewReader(compose(t, out)))
	if err != nil {
		t.Fatal(err)
	}
	decoder := new(mime.WordDecoder)
	if subject, err := decoder.DecodeHeader(m.Header.Get("Subject")); err != nil || subject != strings.TrimSpace(out.Subject) {
		t.Error(subject, err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 2 || to[0].Name != out.To[0].Name || to[0].Address != out.To[0].Email {
		t.Error(to, err)
	}
	if date, err := m.Header.Date(); err != nil || !date.Equal(written) {
		t.Error(date, err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		t.Fatal(kind, err)
	}
	var names []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextPart()
		if err != nil {
			break
		}
		if _, err := io.ReadAll(p); err != nil {
			t.Error(err)
		}
		names = append(names, p.FileName())
	}
	if diff := cmp.Diff([]string{"", "Rechnung März.pdf", "Ihre Mail.eml"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestTheSameMailIsTheSameBytes(t *testing.T) {
	if !bytes.Equal(compose(t, answer()), compose(t, answer())) {
		t.Error("two tries to send one mail differ")
	}
}

func TestNoValueBeginsAnotherField(t *testing.T) {
	evil := "x\r\nBcc: all@evil.example\r\n\r\n<script>\x00\u2028Bcc: y@evil.example"
	out := answer()
	out.Subject, out.From.Name, out.To[0].Name, out.More[1].Value = evil, evil, evil, evil
	out.Files[1].Name, out.Files[1].Type, out.Files[0].ContentID = evil, evil, evil
	out.InReplyTo, out.References = evil, []string{evil, "fine@x.example"}
	m, err := message.Parse(compose(t, out))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Bcc) > 0 || m.Value("Bcc") != "" || len(m.InReplyTo) > 0 || len(m.References) != 1 {
		t.Errorf("%q", m.Header)
	}
	if len(m.Attachments) != 3 || m.Text == "" || m.HTML == "" {
		t.Errorf("%+v", m)
	}
}

func TestWhatCannotBeSentIsRefused(t *testing.T) {
	cases := map[string]struct {
		change func(*message.Outgoing)
		kind   fault.Kind
	}{
		"an address without a domain":           {func(o *message.Outgoing) { o.To[0].Email = "luk" }, fault.Invalid},
		"an address with a line break":          {func(o *message.Outgoing) { o.To[0].Email = "luk@x.example\r\nBcc: y@z.example" }, fault.Invalid},
		"two addresses in one":                  {func(o *message.Outgoing) { o.Cc[0].Email = "a@x.example, b@x.example" }, fault.Invalid},
		"a local part beyond ASCII":             {func(o *message.Outgoing) { o.To[0].Email = "jürgen@x.example" }, fault.Invalid},
		"a domain with an empty label":          {func(o *message.Outgoing) { o.To[0].Email = "luk@x..example" }, fault.Invalid},
		"a sender that is none":                 {func(o *message.Outgoing) { o.From.Email = "" }, fault.Invalid},
		"no date":                               {func(o *message.Outgoing) { o.Date = time.Time{} }, fault.Internal},
		"no message id":                         {func(o *message.Outgoing) { o.MessageID = "" }, fault.Internal},
		"a message id with a bracket":           {func(o *message.Outgoing) { o.MessageID = "a>b@c" }, fault.Internal},
		"a further field that is not a name":    {func(o *message.Outgoing) { o.More[0].Name = "X: y\r\nBcc" }, fault.Internal},
		"a further field that is ours to write": {func(o *message.Outgoing) { o.More[0].Name = "bcc" }, fault.Internal},
		"a further field about the content":     {func(o *message.Outgoing) { o.More[0].Name = "Content-Type" }, fault.Internal},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out := answer()
			c.change(&out)
			if _, err := message.Compose(out); fault.KindOf(err) != c.kind {
				t.Errorf("%v, want %s", err, c.kind)
			}
		})
	}
}

// TestWhateverIsComposedIsRead is the property both halves of the package keep: Parse reads what Compose wrote.
func TestWhateverIsComposedIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringOf(rapid.RuneFrom([]rune("aZ09 .,;:<>()\"'\\@=?_-\t\r\n\x00äßéЖ日本한😀\u00a0")))
		email := rapid.StringMatching(`[a-z0-9.+_=-]{1,20}@[a-z]{1,10}(\.[a-z]{2,5}){1,2}`)
		address := rapid.Custom(func(t *rapid.T) message.Address {
			return message.Address{Name: words.Draw(t, "name"), Email: email.Draw(t, "email")}
		})
		id := rapid.StringMatching(`[a-z0-9.$!-]{1,60}@[a-z]{1,10}`)
		out := message.Outgoing{
			From:       address.Draw(t, "from"),
			To:         rapid.SliceOfN(address, 0, 8).Draw(t, "to"),
			Cc:         rapid.SliceOfN(address, 0, 3).Draw(t, "cc"),
			Subject:    words.Draw(t, "subject"),
			Date:       time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "date"), 0).UTC(),
			MessageID:  id.Draw(t, "id"),
			References: rapid.SliceOfN(id, 0, 60).Draw(t, "references"),
			Text:       rapid.String().Draw(t, "text") + words.Draw(t, "words"),
			HTML:       rapid.SampledFrom([]string{"", "<p>é</p>", "<p>--=_hearth_1</p>\n" + strings.Repeat("x", 2000)}).Draw(t, "html"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "files") {
			out.Files = append(out.Files, message.Attachment{
				Name: words.Draw(t, "file"), Type: "application/x-thing", Data: rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "data"),
			})
		}
		raw, err := message.Compose(out)
		if err != nil {
			t.Fatal(err)
		}
		checkWire(t, raw)
		m, err := message.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		checkSame(t, out, m)
	})
}

// checkWire looks at what a server between us and the customer may refuse.
func checkWire(t *rapid.T, raw []byte) {
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 998 {
			t.Fatalf("a line of %d bytes: %.80q", len(line), line)
		}
		for _, c := range line {
			if c >= utf8.RuneSelf || c == 0 || c == '\r' || c == '\n' {
				t.Fatalf("byte %#x in %.80q", c, line)
			}
		}
	}
}

// bare leaves out white space, control characters and quotes, which may change on their way.
func bare(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || unicode.IsControl(c) || c == '"' || c == '\'' || c == '\ufeff' {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, "\ufffd"))
}

func checkSame(t *rapid.T, out message.Outgoing, m *message.Message) {
	if bare(m.Subject) != bare(out.Subject) {
		t.Fatalf("subject %q, want %q", m.Subject, out.Subject)
	}
	people := append([]message.Address{out.From}, append(out.To, out.Cc...)...)
	read := append([]message.Address{m.From}, append(m.To, m.Cc...)...)
	if len(people) != len(read) {
		t.Fatalf("%q, want %q", read, people)
	}
	for i, p := range people {
		if read[i].Email != p.Email || bare(read[i].Name) != bare(p.Name) {
			t.Fatalf("%q, want %q", read[i], p)
		}
	}
	if m.MessageID != out.MessageID || !m.Date.Equal(out.Date) || (m.HTML == "") != (out.HTML == "") {
		t.Fatalf("%+v", m)
	}
	if want := bare(out.Text); want != "" && bare(m.Text) != want {
		t.Fatalf("text %q, want %q", m.Text, out.Text)
	}
	if len(m.Attachments) != len(out.Files) {
		t.Fatalf("%d files, want %d", len(m.Attachments), len(out.Files))
	}
	for i, f := range out.Files {
		if !bytes.Equal(m.Attachments[i].Data, f.Data) || m.Attachments[i].Name == "" {
			t.Fatalf("%+v, want %+v", m.Attachments[i], f)
		}
	}
	if n := len(out.References); n > 0 && n <= 50 && !cmp.Equal(m.References, out.References) {
		t.Fatalf("%q, want %q", m.References, out.References)
	}
}
