package message_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/channels/email/message"
)

// shape is a mail as some program writes it, and what a person sees of it.
type shape struct {
	raw        string
	text, html string
	files      []string // "name type size", in order; inline ones end in " inline"
	reports    []string
	crypto     string
	flaws      []string
}

const mixed = "From: a@x.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"

func bodies() map[string]shape {
	return map[string]shape{
		"text alone":                       {raw: "From: a@x.example\n\nHello\r\nyou\n\n", text: "Hello\nyou"},
		"no header at all":                 {raw: "Hello you, this is no header\nand this neither\n", text: "Hello you, this is no header\nand this neither", flaws: []string{"header", "from"}},
		"a header that runs into the body": {raw: "From: a@x.example\nSubject: x\nHello you\nhow are you?", text: "Hello you\nhow are you?", flaws: []string{"header"}},
		"HTML alone":                       {raw: "From: a@x.example\nContent-Type: text/html\n\n<p>Hello<p>you", text: "Hello\n\nyou", html: "<p>Hello<p>you"},
		"HTML that knows its charset":      {raw: "From: a@x.example\nContent-Type: text/html\n\n<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2", text: "Привет", html: "<meta charset=windows-1251><p>Привет"},
		"text with HTML":                   {raw: "From: a@x.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nHello\n--b\nContent-Type: text/html\n\n<b>Hello</b>\n--b--\n", text: "Hello", html: "<b>Hello</b>"},
		"an empty text with HTML":          {raw: "From: a@x.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n \n--b\nContent-Type: text/html\n\n<b>Hello</b>\n--b--\n", text: "Hello", html: "<b>Hello</b>"},
		"text, a picture, text":            {raw: mixed + "--b\n\none\n--b\nContent-Type: image/gif\nContent-Disposition: inline; filename=x.gif\n\nGIF89a\n--b\n\ntwo\n--b--\n", text: "one\n\ntwo", files: []string{"x.gif image/gif 6"}},
		"text and HTML in a row":           {raw: mixed + "--b\n\n<one>\n--b\nContent-Type: text/html\n\n<p>two</p>\n--b--\n", text: "<one>\n\ntwo", html: "<div>&lt;one&gt;</div>\n<p>two</p>"},
		"a text file":                      {raw: mixed + "--b\n\none\n--b\nContent-Type: text/plain; name=log.txt\n\ntwo\n--b--\n", text: "one", files: []string{"log.txt text/plain 3"}},
		"a text that is an attachment":     {raw: "From: a@x.example\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nHello", files: []string{"a.txt text/plain 5"}},
		"no last boundary":                 {raw: mixed + "--b\n\none\n--b\nContent-Type: image/gif; name=x.gif\n\nGIF89a", text: "one", files: []string{"x.gif image/gif 6"}, flaws: []string{"boundary"}},
		"a last boundary stuck to text":    {raw: mixed + "--b\n\none--b--\n", text: "one", flaws: []string{"boundary"}},
		"more behind the last boundary":    {raw: mixed + "--b\n\none\n--b--\n--b\n\ntwo\n--b--\n", text: "one\n\ntwo"},
		"a boundary that lies":             {raw: mixed + "--other\nContent-Type: text/plain\n\none\n--other\nContent-Type: text/html\n\n<p>two\n--other--", text: "one\n\ntwo", html: "<div>one</div>\n<p>two", flaws: []string{"boundary"}},
		"no boundary in the header":        {raw: "From: a@x.example\nContent-Type: multipart/mixed\n\n--x\nContent-Type: text/plain\n\none\n--x--\n", text: "one", flaws: []string{"boundary"}},
		"a multipart without any":          {raw: mixed + "just words\n", text: "just words", flaws: []string{"boundary"}},
		"one boundary for two":             {raw: mixed + "--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\none\n--b\nContent-Type: text/html\n\n<p>one\n--b--\n--b\nContent-Type: image/gif; name=x.gif\n\nGIF89a\n--b--\n", text: "one", html: "<p>one", files: []string{"x.gif image/gif 6"}},
		"an inner part without its end":    {raw: mixed + "--b\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\none\n--b\nContent-Type: image/gif; name=x.gif\n\nGIF89a\n--b--\n", text: "one", files: []string{"x.gif image/gif 6"}, flaws: []string{"boundary"}},
		"a boundary with a brother":        {raw: mixed + "--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--bb--\n--b\n\ntwo\n--b--\n", text: "one\n\ntwo"},
		"a picture the HTML shows":         {raw: "From: a@x.example\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<img src='cid:a%40b'>\n--b\nContent-Type: image/gif\nContent-ID: <a@b>\n\nGIF89a\n--b\nContent-Type: image/gif\nContent-ID: <c@d>\n\nGIF89a\n--b--\n", html: "<img src='cid:a%40b'>", files: []string{"image.gif image/gif 6 inline", "image1.gif image/gif 6"}},
		"a root that is not first":         {raw: "From: a@x.example\nContent-Type: multipart/related; boundary=b; type=\"text/html\"\n\n--b\nContent-Type: image/gif\n\nGIF89a\n--b\nContent-Type: text/html\n\n<p>x\n--b--\n", text: "x", html: "<p>x", files: []string{"image.gif image/gif 6"}},
		"base64 with dirt":                 {raw: "From: a@x.example\nContent-Transfer-Encoding: base64\n\nSGVs\n!bG8\nsIHlvdQ== ignored", text: "Hello, you", flaws: []string{"encoding"}},
		"base64 that is none":              {raw: "From: a@x.example\nContent-Transfer-Encoding: base64\n\nHello, how are you?", text: "Hello, how are you?", flaws: []string{"encoding"}},
		"base64 cut off":                   {raw: "From: a@x.example\nContent-Transfer-Encoding: BASE64\n\nSGVsbG8sIHlvdQ", text: "Hello, you", flaws: []string{"encoding"}},
		"quoted-printable with dirt":       {raw: "From: a@x.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=c3=B6=C3=9Fe = 42 =ZZ=20\n= \nend=", text: "Größe = 42 =ZZ \nend"},
		"a file in the text":               {raw: "From: a@x.example\n\nsee\nbegin 644 a.txt\n%:&5L;&\\\n`\nend\nbye", text: "see\nbye", files: []string{"a.txt text/plain 5"}},
		"begin as a word":                  {raw: "From: a@x.example\n\nbegin 644 reasons\nwhy not\n", text: "begin 644 reasons\nwhy not"},
		"lines that flow":                  {raw: "From: a@x.example\nContent-Type: text/plain; format=flowed\n\nDear \nreader,\n \n> what \n> is it\n>> no\n-- \nme", text: "Dear reader,\n\n> what is it\n>> no\n-- \nme"},
		"an enclosed mail":                 {raw: mixed + "--b\n\nsee\n--b\nContent-Type: message/rfc822\n\nSubject: =?utf-8?Q?Gr=C3=B6=C3=9Fe=2F1?=\nFrom: b@x.example\n\nwords\n--b--\n", text: "see", files: []string{"Größe-1.eml message/rfc822 65"}},
		"a mail enclosed in a digest":      {raw: "From: a@x.example\nContent-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nwords\n--b--\n", files: []string{"one.eml message/rfc822 19"}},
		"a report":                         {raw: "From: a@x.example\nContent-Type: multipart/report; boundary=b; report-type=delivery-status\n\n--b\n\nsorry\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b\nContent-Type: message/rfc822\n\nSubject: one\n\nwords\n--b--\n", text: "sorry", reports: []string{"delivery-status.txt message/delivery-status 14", "one.eml message/rfc822 19"}},
		"a calendar":                       {raw: "From: a@x.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\ncome\n--b\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--b--\n", text: "come", files: []string{"calendar.ics text/calendar 15"}},
		"a name in pieces":                 {raw: mixed + "--b\n\none\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment;\n filename*0*=utf-8'de'Gr%C3;\n filename*1*=%B6%C3%9Fe%20;\n filename*2=\"42.pdf\"\n\n%PDF-1.4\n--b--\n", text: "one", files: []string{"Größe 42.pdf application/pdf 8"}},
		"a name that climbs":               {raw: mixed + "--b\n\none\n--b\nContent-Disposition: attachment; filename=\"..\\..\\a/../\u202egnp.exe\"\n\nMZ\n--b--\n", text: "one", files: []string{"gnp.exe application/vnd.microsoft.portable-executable 2"}},
		"a name nobody can save":           {raw: mixed + "--b\n\none\n--b\nContent-Disposition: attachment; filename=\"CON.\"\n\nx\n--b--\n", text: "one", files: []string{"_CON text/plain 1"}},
		"a type that lies":                 {raw: mixed + "--b\n\none\n--b\nContent-Type: image/png; name=x.png\n\n<!doctype html><script>1</script>\n--b--\n", text: "one", files: []string{"x.png text/html 33"}},
		"a signed mail":                    {raw: "From: a@x.example\nContent-Type: multipart/signed; boundary=b; protocol=\"application/pkcs7-signature\"\n\n--b\n\none\n--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nxx\n--b--\n", text: "one", files: []string{"smime.p7s application/pkcs7-signature 2"}, crypto: "smime-signed"},
		"an opaque signed mail":            {raw: "From: a@x.example\nContent-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHAqCA", files: []string{"smime.p7m application/pkcs7-mime 15"}, crypto: "smime-signed"},
		"an opaque signed mail with words": {raw: "From: a@x.example\nContent-Type: application/pkcs7-mime; name=smime.p7m; smime-type=signed-data\nContent-Transfer-Encoding: base64\n\n" + opaque(), text: "Hello", html: "<b>Hello</b>", crypto: "smime-signed"},
		"a picture that says it is text":   {raw: "From: a@x.example\n\n\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", files: []string{"image.png image/png 16"}},
		"an encrypted mail":                {raw: "From: a@x.example\nContent-Type: multipart/encrypted; boundary=b; protocol=\"application/pgp-encrypted\"\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream; name=e.asc\n\n-----BEGIN PGP MESSAGE-----\n--b--\n", files: []string{"e.asc text/plain 27"}, crypto: "pgp-encrypted"},
		"PGP in the words":                 {raw: "From: a@x.example\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\none", text: "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\none", crypto: "pgp-inline-signed"},
		"PGP that is only quoted":          {raw: "From: a@x.example\n\n> -----BEGIN PGP MESSAGE-----\none", text: "> -----BEGIN PGP MESSAGE-----\none"},
		"NULs":                             {raw: "From: a@x.example\n\nHel\x00lo", text: "Hello"},
		"UTF-16":                           {raw: "From: a@x.example\nContent-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\nRwByAPYA3wBlAA==", text: "Größe"},
		"a charset nobody knows":           {raw: "From: a@x.example\nContent-Type: text/plain; charset=x-nobody\n\nViele Gr\xfc\xdfe", text: "Viele Grüße", flaws: []string{"charset"}},
		"UTF-8 with a stray byte":          {raw: "From: a@x.example\nContent-Type: text/plain; charset=utf-8\n\nViele Gr\u00fc\u00dfe \xfc aus K\u00f6ln", text: "Viele Grüße ü aus Köln", flaws: []string{"charset"}},
		"ISO-2022-KR":                      {raw: "From: a@x.example\nContent-Type: text/plain; charset=iso-2022-kr\n\n\x1b$)C\x0eGQ1[\x0f ok", text: "한글 ok"},
		"a winmail.dat that is none":       {raw: mixed + "--b\n\none\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\n\nnothing\n--b--\n", text: "one", files: []string{"winmail.dat application/ms-tnef 7"}, flaws: []string{"tnef"}},
	}
}

// opaque is a signed message around a mail, in base64, with lengths left open as OpenSSL writes them.
func opaque() string {
	inner := "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nHello\n--b\nContent-Type: text/html\n\n<b>Hello</b>\n--b--\n"
	open := func(tag byte, parts ...string) string {
		return string([]byte{tag, 0x80}) + strings.Join(parts, "") + "\x00\x00"
	}
	closed := func(tag byte, body string) string {
		return string([]byte{tag, 0x81, byte(len(body))}) + body
	}
	signed, plain := "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
	return base64.StdEncoding.EncodeToString([]byte(open(0x30, closed(0x06, signed), open(0xa0, open(0x30,
		closed(0x02, "\x01"), closed(0x31, ""), open(0x30, closed(0x06, plain), open(0xa0, open(0x24,
			closed(0x04, inner[:40]), closed(0x04, inner[40:])))))))))
}

// shapes are the bytes of all mails of the tests, to begin fuzzing with.
func shapes() []string {
	var all []string
	for _, s := range bodies() {
		all = append(all, s.raw)
	}
	return all
}

func TestBodies(t *testing.T) {
	for name, want := range bodies() {
		t.Run(name, func(t *testing.T) {
			m := mustParse(t, want.raw)
			got := shape{raw: want.raw, text: m.Text, html: strings.TrimRight(m.HTML, "\n"), crypto: m.Crypto, flaws: m.Flaws}
			for _, a := range m.Attachments {
				line := fmt.Sprintf("%s %s %d", a.Name, a.Type, len(a.Data))
				if a.Inline {
					line += " inline"
				}
				got.files = append(got.files, line)
			}
			for _, a := range m.Reports {
				got.reports = append(got.reports, fmt.Sprintf("%s %s %d", a.Name, a.Type, len(a.Data)))
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(shape{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHostileShapesCostLittle(t *testing.T) {
	const n = 1 << 20
	var deep strings.Builder
	deep.WriteString("Content-Type: multipart/mixed; boundary=x0\n\n")
	for i := range 20000 {
		fmt.Fprintf(&deep, "--x%d\nContent-Type: multipart/mixed; boundary=x%d\n\n", i, i+1)
	}
	cases := map[string]string{
		"multiparts within each other": deep.String(),
		"a million parts":              mixed + strings.Repeat("--b\n\nx\n", n/8),
		"parts of unknown charset":     mixed + strings.Repeat("--b\n\n\xe4\xf6\xfc\xff\xfe\xd0 \xc0\n", n/16),
		"fields of unknown charset":    strings.Repeat("X-A: \xe4\xf6\xfc\xff\xfe\xd0\n", n/12),
		"fields and fields":            strings.Repeat("a:b\n", n/4),
		"lines that are no fields":     "X-A: 1\n" + strings.Repeat("abc\n", n/4) + "From: a@x.example\n\n",
		"encoded words without an end": "Subject: " + strings.Repeat("=?a?q?x", n/7),
		"quotes":                       "From: " + strings.Repeat(`"`, n),
		"escaped quotes":               "From: " + strings.Repeat(`"\"<>`, n/5),
		"brackets":                     "From: (" + strings.Repeat("<", n) + ")",
		"comments":                     "From: " + strings.Repeat("()", n/4) + strings.Repeat("x", n/2),
		"colons":                       "From: a@" + strings.Repeat(":", n),
		"commas":                       "From: " + strings.Repeat("a,", n/2) + "<a@x.example>",
		"quotes in a parameter":        "Content-Type: a/b; x=\"" + strings.Repeat(`"a`, n/2),
		"parameters":                   "Content-Type: a/b" + strings.Repeat(`;x*0=a`, n/6),
		"ids":                          "References: " + strings.Repeat("<", n),
		"begins without ends":          "From: a@x.example\n\n" + strings.Repeat("begin 644 a\n", n/12),
		"files in a text":              "From: a@x.example\n\n" + strings.Repeat("begin 644 a\n#86)C\nend\n", n/22),
		"alternatives":                 "Content-Type: multipart/alternative; boundary=b\n\n" + strings.Repeat("--b\n\n"+strings.Repeat("x", 1000)+"\n", n/1010),
		"shifts":                       "Content-Type: text/plain; charset=utf-7\n\n" + strings.Repeat("+", n),
		"dashes":                       mixed + strings.Repeat("--\n", n/3),
		"boundaries that lie":          mixed + strings.Repeat("--c\nContent-Type: multipart/mixed; boundary=d\n\n", n/46),
		"tags":                         "Content-Type: text/html\n\n" + strings.Repeat("<div><blockquote>a", n/18),
		"hidden tags":                  "Content-Type: text/html\n\n" + strings.Repeat("<div style='display:none'>a", n/27),
		"ids in a page":                "Content-Type: text/html\n\n" + strings.Repeat("cid:", n/4),
		"a line":                       strings.Repeat("a", n),
		"colons in a row":              strings.Repeat(":", n),
	}
	for name, raw := range cases {
		t.Run(name, func(t *testing.T) {
			if took := timed(t, []byte(raw)); took > 500*time.Millisecond {
				t.Errorf("took %v", took)
			}
		})
	}
}

// timed parses a mail and tells the processor time that takes.
func timed(t *testing.T, raw []byte) time.Duration {
	t.Helper()
	start := spent()
	if _, err := message.Parse(raw); err != nil {
		t.Error(err)
	}
	return spent() - start
}
