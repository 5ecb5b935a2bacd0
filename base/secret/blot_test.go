package secret_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/secret"
)

// Whatever somebody sends is blotted but pictures, sounds and films; what is no mail or text keeps its length, for a PDF counts its
// bytes. It can be read from any place afterwards.
func TestTokensOfAFileAreBlotted(t *testing.T) {
	token, _ := secret.Token("my")
	same := "my_" + strings.Repeat(".", 43)
	for name, tc := range map[string]struct{ file, kind, blotted string }{
		"a mail":                  {"mail.eml", "message/rfc822", "my_..."},
		"a mail under any type":   {"Mail.EML", "application/x-mail", "my_..."},
		"words":                   {"words", "text/plain; charset=utf-8", "my_..."},
		"whatever it is":          {"thing", "application/octet-stream", same},
		"a PDF":                   {"bill.pdf", "application/pdf", same},
		"JSON":                    {"all.json", "application/json", same},
		"XML":                     {"all.xml", "application/xml", same},
		"XHTML":                   {"page", "application/xhtml+xml", same},
		"RTF":                     {"letter.rtf", "application/rtf", same},
		"a drawing":               {"cup.svg", "image/svg+xml", same},
		"a picture is left alone": {"cup.png", "image/png", token},
	} {
		body, err := secret.BlotFile("my", tc.file, tc.kind, strings.NewReader("See /my/"+token+"."))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := body.Seek(5, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(body); string(b) != "my/"+tc.blotted+"." || err != nil {
			t.Errorf("%s: %q %v", name, b, err)
		}
	}
	hidden := "/URI(https://gate.example/?url=%2Fmy%2F" + strings.Replace(token, "_", "%5F", 1) + ")"
	body, err := secret.BlotFile("my", "bill.pdf", "application/pdf", strings.NewReader(hidden))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(body); string(b) != "/URI(https://gate.example/?url=%2Fmy%2F"+same+"..)" || err != nil {
		t.Errorf("behind another link it becomes %q %v", b, err)
	}
}

// A big file is handed on as it lies on the disk, and read into memory only where it may hold a token, wherever that begins.
func TestAFileIsReadIntoMemoryOnlyForAToken(t *testing.T) {
	nothing := strings.Repeat("my words, and my_cup = none; ", 1<<14)
	for _, kind := range []string{"application/octet-stream", "application/pdf", "text/csv", "message/rfc822"} {
		file := strings.NewReader(nothing)
		body, err := secret.BlotFile("my", "export", kind, file)
		if at, _ := file.Seek(0, io.SeekCurrent); body != file || at != 0 || err != nil {
			t.Errorf("%s: it is copied, or at %d: %v", kind, at, err)
		}
	}
	token, _ := secret.Token("my")
	mail := base64.StdEncoding.EncodeToString([]byte("See " + token))
	for form, said := range map[string]string{
		"plain": token, "folded": strings.Join(strings.Split(token, ""), "=\r\n"), "packed": "\r\n" + mail[:40] + "\r\n" + mail[40:] + "\r\n",
	} {
		for _, kind := range []string{"application/pdf", "text/plain"} {
			if form == "packed" && kind != "text/plain" {
				continue
			}
			for n := 64<<10 - len(said) - 4; n < 64<<10+4; n++ {
				file := strings.NewReader(nothing[:n] + said + nothing)
				if body, err := secret.BlotFile("my", "export", kind, file); body == file || err != nil {
					t.Fatalf("%s in %s at %d is not seen: %v", form, kind, n, err)
				}
			}
		}
	}
}

// A mail is shown as it came, but for tokens, however its writer's program wrote them.
func TestTokensOfAMailAreBlotted(t *testing.T) {
	token, _ := secret.Token("my")
	said := "Fine.\r\n> See how it stands: https://help.example.com/my/" + token + "\r\n"
	packed := func(s string) string {
		all, out := base64.StdEncoding.EncodeToString([]byte(s)), ""
		for len(all) > 76 {
			out, all = out+all[:76]+"\r\n", all[76:]
		}
		return out + all + "\r\n"
	}
	folded := func(s string) string {
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		if _, err := w.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	part := func(encoding, body string) string {
		return "Content-Type: text/plain\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + body
	}
	blotted := strings.Replace(said, token, "my_...", 1)
	nothing := packed("nothing here, though it is long enough to hold a token if it wanted")
	for name, tc := range map[string]struct{ raw, want string }{
		"plain":                      {part("8bit", said), part("8bit", blotted)},
		"folded":                     {part("quoted-printable", folded(strings.Repeat("long ", 6)+said)), part("quoted-printable", strings.Repeat("long ", 6)+blotted)},
		"each letter its own line":   {part("quoted-printable", strings.Join(strings.Split(token, ""), "=\n")), part("quoted-printable", "my_...")},
		"with letters in hex":        {part("quoted-printable", strings.Replace(token, "_", "=5F", 1)), part("quoted-printable", "my_...")},
		"packed":                     {part("base64", packed(said)), part("base64", packed(blotted))},
		"in a mail in a mail":        {part("base64", packed(part("base64", packed(said)))), part("base64", packed(part("base64", packed(blotted))))},
		"in one of several parts":    {"--x\r\n" + part("base64", nothing) + "--x\r\n" + part("base64", packed(said)) + "--x--\r\n", "--x\r\n" + part("base64", nothing) + "--x\r\n" + part("base64", packed(blotted)) + "--x--\r\n"},
		"twice":                      {said + said, blotted + blotted},
		"at the very end of a mail":  {token, "my_..."},
		"with a broken end of words": {part("base64", strings.TrimRight(packed(said), "=\r\n")), part("base64", packed(blotted))},
	} {
		t.Run(name, func(t *testing.T) {
			raw := []byte(tc.raw)
			got := string(secret.BlotMail("my", raw))
			if name == "folded" { // where its lines are cut is the writer's to say
				got = strings.ReplaceAll(got, "=\r\n", "")
			}
			if got != tc.want || string(raw) != tc.raw {
				t.Errorf("it became\n%s\nand not\n%s", got, tc.want)
			}
		})
	}
	for _, same := range []string{"", "my_cup", "my_" + strings.Repeat("é", 43), part("base64", packed(strings.Repeat("my words ", 100))), strings.Repeat("m", 1000), "my_" + strings.Repeat("=", 100)} {
		if got := string(secret.BlotMail("my", []byte(same))); got != same {
			t.Errorf("%q became %q", same, got)
		}
	}
}

// However a mail is written, nothing of it is lost but tokens, and none is left.
func FuzzBlotMail(f *testing.F) {
	token, _ := secret.Token("my")
	f.Add([]byte(token))
	f.Add([]byte("a\r\nb=\r\n" + token))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := secret.BlotMail("my", raw)
		if strings.Contains(string(raw), token) && strings.Contains(string(got), token) {
			t.Errorf("%q became %q", raw, got)
		}
		if again := secret.BlotMail("my", got); !bytes.Equal(again, got) {
			t.Errorf("%q became %q, then %q", raw, got, again)
		}
	})
}
