package message

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// decode turns bytes into text by the charset their writer declared, or by what the bytes say when that cannot be true.
func (r *reader) decode(data []byte, declared string) string {
	name := charsetName(declared)
	if bytes.Contains(data, []byte("\x1b$")) && !shifts(name) {
		name = "iso-2022-jp"
	}
	if !shifts(name) {
		if isASCII(data) {
			return string(data)
		}
		if text, ok := r.decodeUTF8(data, name); ok {
			return text
		}
	}
	text, ok := decodeAs(data, name)
	if ok {
		return text
	}
	r.flaw("charset")
	if good, bad := countUTF8(data); good > bad {
		return mendUTF8(data)
	}
	return r.guess(data, text)
}

// decodeUTF8 reads data as UTF-8 when it is that, whatever was declared, for nothing else looks like it.
func (r *reader) decodeUTF8(data []byte, name string) (text string, ok bool) {
	good, bad := countUTF8(data)
	switch {
	case bad == 0 && isPair(name) && fits(data, name):
		return "", false
	case bad == 0:
		if name != "" && name != "utf-8" && name != "us-ascii" {
			r.flaw("charset")
		}
		return string(bytes.TrimPrefix(data, []byte("\ufeff"))), true
	case good > 4*bad && !isPair(name):
		r.flaw("charset")
		return mendUTF8(data), true
	}
	return "", false
}

// guess reads data of no known charset; instead is what the declared charset made of it.
func (r *reader) guess(data []byte, instead string) string {
	if text, ok := decodeAs(data, r.hint); ok {
		return text
	}
	if r.guesses >= maxGuesses {
		if text, ok := decodeAs(data, r.guessed); ok {
			return text
		}
		return strings.ToValidUTF8(string(data), "\ufffd")
	}
	r.guesses++
	text, name, sure := guess(data)
	if !sure && instead != "" {
		return instead
	}
	r.guessed = name
	return text
}

// decodeAs reads data in the named charset; ok is false when the charset is unknown or some of the data is not of it.
func decodeAs(data []byte, name string) (text string, ok bool) {
	switch name {
	case "", "us-ascii", "utf-8":
		return "", false
	case "utf-7":
		return decodeUTF7(data), true
	case "iso-2022-kr":
		data, name = unshiftKorean(data), "euc-kr"
	case "utf-16", "utf-16le", "utf-16be":
		if bytes.IndexByte(data, 0) < 0 && utf8.Valid(data) {
			return string(data), true // declared by a program that meant its own memory, not the wire
		}
	}
	enc := encodingOf(name)
	if enc == nil {
		return "", false
	}
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return "", false
	}
	lost := bytes.Count(out, []byte("\ufffd"))
	return string(out), lost == 0 || (isPair(name) && lost*20 < len(data))
}

// encodingOf finds the decoder: first as browsers name charsets, for they forgive (gb2312 is read as its superset), then
// as IANA does.
func encodingOf(name string) encoding.Encoding {
	switch name {
	case "gb18030":
		return simplifiedchinese.GB18030
	case "hz-gb-2312":
		return simplifiedchinese.HZGB2312
	case "iso-2022-jp":
		return japanese.ISO2022JP
	case "euc-kr":
		return korean.EUCKR
	case "utf-16":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	if enc, err := htmlindex.Get(name); err == nil && enc != encoding.Replacement {
		return enc
	}
	if enc, err := ianaindex.MIME.Encoding(name); err == nil {
		return enc // nil when IANA knows the name and nobody the bytes
	}
	return nil
}

// charsetName brings the many ways to write a charset to one; it is empty when the name says nothing.
func charsetName(s string) string {
	s = strings.ReplaceAll(strings.ToLower(strings.Trim(s, " \t\"'<>;")), "_", "-")
	switch s {
	case "", "unknown", "unknown-8bit", "x-unknown", "default", "default-charset", "8bit", "7bit", "binary", "none",
		"null", "utf", "x-user-defined", "charset", "iso", "ansi":
		return ""
	case "ascii", "us-ascii", "ansi-x3.4-1968", "us", "usascii", "646":
		return "us-ascii"
	case "utf8", "utf-8", "utf8mb4", "utf-8mb4", "unicode-1-1-utf-8":
		return "utf-8"
	case "utf-7", "utf7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7":
		return "utf-7"
	case "hz-gb-2312", "hz":
		return "hz-gb-2312"
	case "cp932", "ms932", "sjis", "shift-jis", "shiftjis", "x-sjis", "windows-31j", "shift-jisx0213", "x-ms-cp932":
		return "shift_jis"
	case "cp949", "ms949", "uhc", "ks-c-5601-1987", "ks-c-5601", "ksc5601", "ks-c-5601-1989", "euckr", "korean", "windows-949":
		return "euc-kr"
	case "big5", "cp950", "ms950", "big5-hkscs", "x-x-big5", "cn-big5", "big-5":
		return "big5"
	case "cp936", "ms936", "x-cp936", "x-gbk", "csgb2312", "iso-gb2312":
		return "gb18030"
	}
	return familyName(s)
}

// familyName knows charsets by the beginning of their names.
func familyName(s string) string {
	switch {
	case strings.HasPrefix(s, "iso-2022-jp"), strings.HasPrefix(s, "cp5022"):
		return "iso-2022-jp"
	case strings.HasPrefix(s, "gb"):
		return "gb18030" // whatever says GB2312 or GBK uses more of it than it should
	case strings.HasPrefix(s, "iso8859"):
		return "iso-8859-" + strings.TrimPrefix(s[len("iso8859"):], "-")
	}
	for _, prefix := range []string{"windows", "x-windows", "win", "cp", "x-cp", "ms", "ansi"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			if rest = strings.TrimPrefix(rest, "-"); len(rest) == 4 && strings.HasPrefix(rest, "125") {
				return "windows-" + rest
			}
		}
	}
	return s
}

// shifts says whether the charset hides its characters in ASCII, so that ASCII bytes still need decoding.
func shifts(name string) bool {
	return strings.HasPrefix(name, "iso-2022") || name == "utf-7" || name == "hz-gb-2312" || strings.HasPrefix(name, "utf-16") ||
		strings.HasPrefix(name, "utf-32") || strings.HasPrefix(name, "ibm0") || name == "ibm1047"
}

// isPair says whether characters of the charset are pairs of bytes, which can happen to be valid UTF-8 as well.
func isPair(name string) bool {
	return name == "gb18030" || name == "big5" || name == "shift_jis" || name == "euc-kr" || name == "euc-jp"
}

// fits says whether data reads better in the declared charset than as the UTF-8 it also is.
func fits(data []byte, name string) bool {
	text, ok := decodeAs(data, name)
	if !ok || strings.Contains(text, "\ufffd") {
		return false
	}
	for _, c := range string(data) {
		if c >= 0x800 { // three bytes of UTF-8 are no pair of anything
			return false
		}
	}
	return true
}

func isASCII(data []byte) bool {
	for _, c := range data {
		if c >= 0x80 || c == 0x1b {
			return false
		}
	}
	return true
}

// countUTF8 counts the characters that are UTF-8 of several bytes, and the bytes that are no UTF-8.
func countUTF8(data []byte) (good, bad int) {
	for len(data) > 0 {
		c, size := utf8.DecodeRune(data)
		switch {
		case c == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		data = data[size:]
	}
	return good, bad
}

// mendUTF8 reads the bytes that are no UTF-8 as Windows-1252, for they come of pasting one into the other; a character
// that was cut off at the end is left out.
func mendUTF8(data []byte) string {
	var b strings.Builder
	for len(data) > 0 {
		c, size := utf8.DecodeRune(data)
		if c == utf8.RuneError && size == 1 {
			if !utf8.FullRune(data) {
				break
			}
			c = charmap.Windows1252.DecodeByte(data[0])
		}
		b.WriteRune(c)
		data = data[size:]
	}
	return b.String()
}

// decodeUTF7 reads UTF-7 (RFC 2152): "+" begins UTF-16 in base64 and whatever is no base64 ends it.
func decodeUTF7(data []byte) string {
	var b strings.Builder
	for len(data) > 0 {
		plain, rest, shifted := bytes.Cut(data, []byte("+"))
		b.Write(plain)
		if !shifted {
			break
		}
		end := bytes.IndexFunc(rest, func(c rune) bool {
			return c > 0x7f || c == '-' || c == '_' || sextet(byte(c)) < 0 //nolint:gosec // ASCII
		})
		if end < 0 {
			end = len(rest)
		}
		run := rest[:end]
		rest = rest[end:]
		closed := len(rest) > 0 && rest[0] == '-'
		if closed {
			rest = rest[1:]
		}
		if len(run) == 0 {
			b.WriteByte('+')
			data = rest
			continue
		}
		pairs := make([]byte, base64.RawStdEncoding.DecodedLen(len(run)))
		n, _ := base64.RawStdEncoding.Decode(pairs, run)
		if n < 2 {
			b.WriteString("+" + string(run)) // no UTF-16 in it, so the plus sign was meant as one
		}
		units := make([]uint16, n/2)
		for i := range units {
			units[i] = uint16(pairs[2*i])<<8 | uint16(pairs[2*i+1])
		}
		b.WriteString(string(utf16.Decode(units)))
		data = rest
	}
	return b.String()
}

// unshiftKorean turns ISO-2022-KR (RFC 1557) into EUC-KR: between SO and SI the high bit is missing.
func unshiftKorean(data []byte) []byte {
	out := make([]byte, 0, len(data))
	high := byte(0)
	for _, c := range bytes.ReplaceAll(data, []byte("\x1b$)C"), nil) {
		switch {
		case c == 0x0e:
			high = 0x80
		case c == 0x0f || c == '\n':
			high = 0
			if c == '\n' {
				out = append(out, c)
			}
		case c > ' ':
			out = append(out, c|high)
		default:
			out = append(out, c)
		}
	}
	return out
}
