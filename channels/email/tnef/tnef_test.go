package tnef_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/channels/email/tnef"
)

// stream writes TNEF as Outlook does.
type stream struct{ bytes.Buffer }

func newStream() *stream {
	s := &stream{}
	s.number(0x223e9f78, 4)
	s.number(1, 2)
	return s
}

func (s *stream) number(n uint32, size int) *stream {
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], n)
	s.Write(b[:size])
	return s
}

// attribute adds one with its checksum.
func (s *stream) attribute(level byte, id uint32, data []byte) *stream {
	s.WriteByte(level)
	s.number(id, 4)
	s.number(uint32(len(data)), 4)
	s.Write(data)
	sum := uint32(0)
	for _, b := range data {
		sum += uint32(b)
	}
	return s.number(sum, 2)
}

// property is one of a list.
func property(id, kind uint32, value []byte) []byte {
	s := &stream{}
	s.number(kind, 2).number(id, 2)
	s.number(1, 4).number(uint32(len(value)), 4)
	s.Write(value)
	s.Write(make([]byte, -len(value)&3))
	return s.Bytes()
}

func list(properties ...[]byte) []byte {
	s := &stream{}
	s.number(uint32(len(properties)), 4)
	for _, p := range properties {
		s.Write(p)
	}
	return s.Bytes()
}

func wide(text string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(text + "\x00")) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

const (
	rend, title, data, props = 0x69002, 0x18010, 0x6800f, 0x69005
	subject, body, message   = 0x18004, 0x2800c, 0x69003
	codepage                 = 0x69007
)

// sample has two files, the second a mail with a file of its own, and words in three forms.
func sample() []byte {
	inner := newStream().
		attribute(1, subject, []byte("Inner\x00")).
		attribute(2, rend, make([]byte, 14)).
		attribute(2, title, []byte("IN.TXT\x00")).
		attribute(2, data, []byte("inside"))
	rtf := `{\rtf1\ansi\ansicpg1252 Gr\'fc\'dfe\par {\fonttbl Arial}\u8364? 20}`
	packed := &stream{}
	packed.number(uint32(len(rtf)+12), 4).number(uint32(len(rtf)), 4)
	packed.WriteString("MELA")
	packed.number(0, 4)
	packed.WriteString(rtf)
	return newStream().
		attribute(1, codepage, []byte{0xe4, 4, 0, 0, 0, 0, 0, 0}). // 1252
		attribute(1, subject, []byte("Gr\xfc\xdfe\x00")).
		attribute(1, body, []byte("Viele Gr\xfc\xdfe\x00")).
		attribute(1, message, list(
			property(0x1009, 0x102, packed.Bytes()),
			property(0x1013, 0x102, []byte("<p>Gr\xfc\xdfe</p>")),
		)).
		attribute(2, rend, make([]byte, 14)).
		attribute(2, title, []byte("RECHNU~1.PDF\x00")).
		attribute(2, data, []byte("%PDF-1.4")).
		attribute(2, props, list(
			property(0x3707, 0x1f, wide("Rechnung März €.pdf")),
			property(0x370e, 0x1e, []byte("Application/PDF\x00")),
			property(0x3712, 0x1e, []byte("<a@b>\x00")),
		)).
		attribute(2, rend, make([]byte, 14)).
		attribute(2, props, list(
			property(0x3001, 0x1e, []byte("An inner mail\x00")),
			property(0x3701, 0x0d, append(make([]byte, 16), inner.Bytes()...)),
		)).Bytes()
}

func TestFilesAndWordsAreTakenOut(t *testing.T) {
	files, words, err := tnef.Read(sample())
	if err != nil {
		t.Fatal(err)
	}
	want := tnef.Body{
		Subject: "Grüße", Text: []byte("Viele Gr\xfc\xdfe"), HTML: []byte("<p>Gr\xfc\xdfe</p>"), Charset: "windows-1252",
		RTF: []byte(`{\rtf1\ansi\ansicpg1252 Gr\'fc\'dfe\par {\fonttbl Arial}\u8364? 20}`),
	}
	if diff := cmp.Diff(want, words); diff != "" {
		t.Error(diff)
	}
	if len(files) != 2 {
		t.Fatalf("%d files", len(files))
	}
	if diff := cmp.Diff(tnef.File{Name: "Rechnung März €.pdf", Type: "application/pdf", ContentID: "a@b", Data: []byte("%PDF-1.4")}, files[0]); diff != "" {
		t.Error(diff)
	}
	if files[1].Name != "An inner mail" || !files[1].IsMessage {
		t.Errorf("%+v", files[1])
	}
	inside, words, err := tnef.Read(files[1].Data)
	if err != nil || len(inside) != 1 || inside[0].Name != "IN.TXT" || string(inside[0].Data) != "inside" || words.Subject != "Inner" {
		t.Error(inside, words, err)
	}
}

func TestWhatStandsBeforeAFaultIsKept(t *testing.T) {
	whole := sample()
	files, _, err := tnef.Read(whole[:len(whole)-100])
	if !errors.Is(err, tnef.ErrFormat) || len(files) == 0 || files[0].Name != "Rechnung März €.pdf" {
		t.Error(files, err)
	}
	for n := range whole {
		_, _, _ = tnef.Read(whole[:n]) // no length may be believed
	}
	if _, _, err := tnef.Read([]byte("this is something else")); !errors.Is(err, tnef.ErrFormat) {
		t.Error(err)
	}
	if files, _, err := tnef.Read(append(whole, make([]byte, 40)...)); err != nil || len(files) != 2 {
		t.Error(files, err)
	}
}

func TestRTFIsReadAsWords(t *testing.T) {
	cases := map[string]struct {
		rtf, want string
		isHTML    bool
	}{
		"plain words":              {`{\rtf1\ansi one\par two\tab three}`, "one\ntwo\tthree", false},
		"bytes of a code page":     {`{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}`, "Привет", false},
		"bytes in pairs":           {`{\rtf1\ansi\ansicpg932 \'83\'65\'83\'58}`, "テス", false},
		"Unicode with a stand-in":  {`{\rtf1\uc1 \u-4051?\u8364?x}`, "\uf02d€x", false},
		"Unicode in two units":     {`{\rtf1\uc0 \u-10179\u-8704 }`, "😀", false},
		"fonts and pictures":       {`{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator X;}{\pict 00ff}one}`, "one", false},
		"braces that are meant":    {`{\rtf1 \{a\\b\}}`, `{a\b}`, false},
		"HTML inside":              {`{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\b\htmlrtf0 one {\*\htmltag84 <b>}two{\*\htmltag92 </b>}\htmlrtf }\htmlrtf0 {\*\htmltag72 </p>}}`, "<p>one <b>two</b></p>", true},
		"braces that never close":  {strings.Repeat("{", 10000) + `one`, "one", false},
		"braces that never open":   {`}}}}one`, "one", false},
		"a backslash at the end":   {`{\rtf1 one\`, "one", false},
		"half a byte at the end":   {`{\rtf1 one\'f`, "one", false},
		"binary longer than it is": {`{\rtf1 one\bin99999 xx`, "one", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got, isHTML := tnef.Words([]byte(c.rtf)); got != c.want || isHTML != c.isHTML {
				t.Errorf("%q %v, want %q", got, isHTML, c.want)
			}
		})
	}
}

// FuzzRead looks for bytes that make Read or Words fall over, or give more than they hold.
func FuzzRead(f *testing.F) {
	f.Add(sample())
	f.Add(sample()[:200])
	f.Fuzz(func(t *testing.T, raw []byte) {
		files, words, _ := tnef.Read(raw)
		for _, file := range files {
			if len(file.Data) > len(raw) || !utf8.ValidString(file.Name+file.Type+file.ContentID) {
				t.Errorf("%+v", file)
			}
		}
		if text, _ := tnef.Words(words.RTF); !utf8.ValidString(text + words.Subject) {
			t.Errorf("%q", text)
		}
	})
}

// FuzzWords looks for RTF that makes Words fall over.
func FuzzWords(f *testing.F) {
	f.Add([]byte(`{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\b\htmlrtf0 one \'fc\u8364?}`))
	f.Fuzz(func(t *testing.T, rtf []byte) {
		if text, _ := tnef.Words(rtf); !utf8.ValidString(text) || len(text) > 8*len(rtf) {
			t.Errorf("%q", text)
		}
	})
}
