package message_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/channels/email/message"
)

func TestDatesAreRead(t *testing.T) {
	noon := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		value string
		want  time.Time
	}{
		"as the RFC has it":         {"Sat, 14 Mar 2026 13:00:00 +0100", noon},
		"without day and seconds":   {"14 Mar 2026 12:00 +0000", noon},
		"with a comment":            {"Sat, 14 Mar 2026 13:00:00 +0100 (CET)", noon},
		"with the name of a zone":   {"Sat, 14 Mar 2026 07:00:00 EST", noon},
		"with a zone of Asia":       {"Sat, 14 Mar 2026 21:00:00 JST", noon},
		"in a year of two digits":   {"Sat, 14 Mar 26 12:00:00 GMT", noon},
		"in a year since 1900":      {"Sat, 14 Mar 126 12:00:00 GMT", noon},
		"with dashes":               {"14-Mar-2026 12:00:00 UT", noon},
		"as asctime writes":         {"Sat Mar 14 12:00:00 2026", noon},
		"as ISO 8601 writes":        {"2026-03-14T13:00:00+01:00", noon},
		"with a zone that is stuck": {"Sat, 14 Mar 2026 13:00:00+0100", noon},
		"with a fraction":           {"Sat, 14 Mar 2026 12:00:00.123 Z", noon},
		"in capitals":               {"SAT, 14 MAR 2026 12:00:00 GMT", noon},
		"at a time there is none":   {"Sat, 14 Mar 2026 29:00:00 +0100", time.Time{}},
		"without a month":           {"14 2026 12:00:00", time.Time{}},
		"that is none":              {"yesterday", time.Time{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if m := mustParse(t, "Date: "+c.value+"\n\n"); !m.Date.Equal(c.want) {
				t.Errorf("%v, want %v", m.Date, c.want)
			}
		})
	}
}

func TestIDsAreRead(t *testing.T) {
	cases := map[string]struct {
		header    string
		id        string
		inReplyTo []string
		refs      []string
	}{
		"as the RFC has them":          {"Message-ID: <a@b>\nIn-Reply-To: <c@d>\nReferences: <e@f> <c@d>", "a@b", []string{"c@d"}, []string{"e@f", "c@d"}},
		"without brackets":             {"Message-ID: a@b\nReferences: e@f, c@d", "a@b", nil, []string{"e@f", "c@d"}},
		"folded inside":                {"References: <a-very-\n long@id> <c@d>", "", nil, []string{"a-very-long@id", "c@d"}},
		"with words around":            {"In-Reply-To: Your mail of Monday <c@d>", "", []string{"c@d"}, nil},
		"words alone":                  {"In-Reply-To: Your mail of Monday", "", nil, nil},
		"a bracket that is not shut":   {"References: <a@b> <c@d", "", nil, []string{"a@b", "c@d"}},
		"a bracket that opens twice":   {"Message-ID: <<a@b>>", "a@b", nil, nil},
		"with colons, as Exchange has": {"Message-ID: <a:b@[10.0.0.1]>", "a:b@[10.0.0.1]", nil, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := mustParse(t, c.header+"\n\n")
			if m.MessageID != c.id || !cmp.Equal(m.InReplyTo, c.inReplyTo) || !cmp.Equal(m.References, c.refs) {
				t.Errorf("%q %q %q", m.MessageID, m.InReplyTo, m.References)
			}
		})
	}
}

func TestFieldsAreFoundByName(t *testing.T) {
	m := mustParse(t, "Received: one\nX-A: =?utf-8?Q?=C3=A4?=\nreceived: two\n\n")
	if diff := cmp.Diff([]string{"one", "two"}, m.Values("RECEIVED")); diff != "" || m.Value("x-a") != "ä" || m.Value("none") != "" {
		t.Error(diff, m.Header)
	}
}

func TestFilesAreNamed(t *testing.T) {
	cases := map[string]struct{ header, want string }{
		"by the disposition":              {"Content-Disposition: attachment; filename=a.pdf", "a.pdf"},
		"by the type":                     {"Content-Type: application/pdf; name=a.pdf", "a.pdf"},
		"by words in it":                  {"Content-Disposition: attachment; filename=\"=?utf-8?Q?Gr=C3=B6=C3=9Fe?= =?utf-8?Q?_1.pdf?=\"", "Größe 1.pdf"},
		"without quotes, with spaces":     {"Content-Disposition: attachment; filename=My file 1.pdf", "My file 1.pdf"},
		"with quotes in quotes":           {`Content-Disposition: attachment; filename="the "big" one.pdf"; size=3`, "the _big_ one.pdf"},
		"with a semicolon in quotes":      {`Content-Disposition: attachment; filename="a;b.pdf"`, "a;b.pdf"},
		"by RFC 2231":                     {"Content-Disposition: attachment; filename*=iso-8859-1''Gr%F6%DFe%.pdf", "Größe%.pdf"},
		"by RFC 2231 out of order":        {"Content-Disposition: attachment; filename*1=b.pdf; filename*0=a", "ab.pdf"},
		"by RFC 2231 with words in it":    {"Content-Disposition: attachment; filename*0=\"=?utf-8?Q?Gr=C3=B6\"; filename*1=\"=C3=9Fe.pdf?=\"", "Größe.pdf"},
		"by raw UTF-8":                    {"Content-Disposition: attachment; filename=\"Größe.pdf\"", "Größe.pdf"},
		"by its place":                    {"Content-Disposition: attachment\nContent-Location: http://x.example/pics/a.pdf", "a.pdf"},
		"by its id":                       {"Content-Disposition: attachment\nContent-ID: <a.pdf@01CD>", "a.pdf"},
		"by what it is":                   {"Content-Disposition: attachment\nContent-ID: <1234@x.example>", "document.pdf"},
		"with a path of Windows":          {`Content-Disposition: attachment; filename="C:\temp\new.pdf"`, "new.pdf"},
		"with a path of Unix":             {`Content-Disposition: attachment; filename="../../etc/passwd"`, "passwd"},
		"with nothing but dots":           {`Content-Disposition: attachment; filename=".."`, "document.pdf"},
		"with a very long name":           {`Content-Disposition: attachment; filename="` + strings.Repeat("ä", 300) + `.pdf"`, strings.Repeat("ä", 98) + ".pdf"},
		"in a parameter without its mark": {`Content-Disposition: attachment filename="a.pdf"`, "a.pdf"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := mustParse(t, mixed+"--b\n\none\n--b\n"+c.header+"\n\n%PDF-1.4\n--b--\n")
			if len(m.Attachments) != 1 || m.Attachments[0].Name != c.want {
				t.Errorf("%+v, want %q", m.Attachments, c.want)
			}
		})
	}
}

// winmail writes TNEF with attributes of a level and an id each.
func winmail(attributes ...[]byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0x223e9f78)
	b = append(b, 1, 0)
	for _, a := range attributes {
		b = append(b, a...)
	}
	return b
}

func attribute(level byte, id uint32, data string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte{level}, id)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	return append(append(b, data...), 0, 0)
}

func TestWinmailIsUnpacked(t *testing.T) {
	const subject, body, rend, title, data, props = 0x18004, 0x2800c, 0x69002, 0x18010, 0x6800f, 0x69005
	inner := winmail(attribute(1, subject, "In/ner\x00"), attribute(1, body, "said before\x00"),
		attribute(2, rend, ""), attribute(2, title, "in.txt\x00"), attribute(2, data, "inside"))
	object := "\x01\x00\x00\x00\x0d\x00\x01\x37\x01\x00\x00\x00" + string(binary.LittleEndian.AppendUint32(nil, uint32(16+len(inner)))) +
		strings.Repeat("\x00", 16) + string(inner)
	outer := winmail(attribute(1, body, "Viele Gr\xfc\xdfe\x00"),
		attribute(2, rend, ""), attribute(2, title, "a.pdf\x00"), attribute(2, data, "%PDF-1.4"),
		attribute(2, rend, ""), attribute(2, props, object))
	part := "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString(outer)
	cases := map[string]struct{ raw, text string }{
		"alone, its words are shown":          {"From: a@x.example\n" + part, "Viele Grüße"},
		"beside words, those are shown":       {mixed + "--b\n\none\n--b\n" + part + "\n--b--\n", "one"},
		"beside blank words, its own are":     {mixed + "--b\n\n \n--b\n" + part + "\n--b--\n", "Viele Grüße"},
		"under another type, known by a name": {mixed + "--b\n\none\n--b\n" + strings.Replace(part, "application/ms-tnef", "application/octet-stream", 1) + "\n--b--\n", "one"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := mustParse(t, c.raw)
			var files []string
			for _, a := range m.Attachments {
				files = append(files, fmt.Sprintf("%s %s %s", a.Name, a.Type, a.Data))
			}
			want := []string{"a.pdf application/pdf %PDF-1.4", "In-ner.txt text/plain said before", "in.txt text/plain inside"}
			if diff := cmp.Diff(want, files); diff != "" || m.Text != c.text || m.Flaws != nil {
				t.Error(diff, m.Text, m.Flaws)
			}
		})
	}
}

func TestPairsThatLookLikeUTF8StayPairs(t *testing.T) {
	m := mustParse(t, "From: a@x.example\nContent-Type: text/plain; charset=gb2312\n\n\xc4\xa3\xc4\xa3")
	if m.Text != "模模" {
		t.Errorf("%q", m.Text)
	}
}

func TestAnAddressLiteralCanBeAnswered(t *testing.T) {
	out := answer()
	out.To = []message.Address{{Email: "karo@[192.0.2.1]"}, {Email: "karo@[ipv6:2001:db8::1]"}, {Email: "karo@a_b.example"}}
	if m, err := message.Parse(compose(t, out)); err != nil || !cmp.Equal(m.To, out.To) {
		t.Error(m.To, err)
	}
}

func TestALineNobodyCanFoldIsEncoded(t *testing.T) {
	for _, subject := range []string{strings.Repeat("x", 3000), strings.Repeat("a  b", 1000), "=?utf-8?q?no?="} {
		out := answer()
		out.Subject = subject
		m, err := message.Parse(compose(t, out))
		if err != nil || m.Subject != subject {
			t.Error(m.Subject, err)
		}
	}
}
