package message

import (
	"strings"
	"unicode/utf8"
)

const (
	maxCharset = 64      // bytes of the name of a charset
	maxWord    = 2 << 10 // bytes of an encoded word; the RFC allows 75, some writers put a whole subject into one
)

// decodeHeader turns the value of a field into text: encoded words (RFC 2047) wherever they stand, raw bytes by the
// charset of the mail or a guess.
func (r *reader) decodeHeader(s string) string {
	var b strings.Builder
	after := false // an encoded word was just written; white space between two of them is not meant
	for {
		start := strings.Index(s, "=?")
		if start < 0 {
			break
		}
		charset, data, rest := encodedWords(s[start:])
		if charset == "" {
			b.WriteString(r.decodeRaw(s[:start+2]))
			s, after = s[start+2:], false
			continue
		}
		if gap := s[:start]; !after || strings.TrimSpace(gap) != "" {
			b.WriteString(r.decodeRaw(gap))
		}
		b.WriteString(r.decode(data, charset))
		s, after = rest, true
	}
	if b.Len() == 0 {
		return clean(r.decodeRaw(s))
	}
	b.WriteString(r.decodeRaw(s))
	return clean(b.String())
}

// decodeRaw turns what stands between encoded words into text.
func (r *reader) decodeRaw(s string) string {
	if utf8.ValidString(s) && !strings.Contains(s, "\x1b") {
		return s
	}
	return r.decode([]byte(s), r.hint)
}

// encodedWords reads the encoded word at the front of s together with those that follow it in the same charset, for
// many writers cut a character of several bytes in two. An empty charset means there is none.
func encodedWords(s string) (charset string, data []byte, rest string) {
	rest = s
	for {
		set, part, tail, ok := encodedWord(s)
		if !ok || (charset != "" && !strings.EqualFold(set, charset)) {
			return charset, data, rest
		}
		charset, data, rest = set, append(data, part...), tail
		s = strings.TrimLeft(tail, " \t\r\n")
	}
}

// encodedWord reads "=?charset?B?data?=" at the front of s.
func encodedWord(s string) (charset string, data []byte, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, "=?")
	if !ok {
		return "", nil, "", false
	}
	end := strings.IndexByte(s[:min(len(s), maxCharset)], '?')
	if end <= 0 || len(s) < end+3 || s[end+2] != '?' {
		return "", nil, "", false
	}
	charset, _, _ = strings.Cut(s[:end], "*") // RFC 2231, 5 adds "*language"
	kind, text := s[end+1]|0x20, s[end+3:]
	if kind != 'b' && kind != 'q' {
		return "", nil, "", false
	}
	near := text[:min(len(text), maxWord)]
	if end = strings.Index(near, "?="); end >= 0 {
		text, rest = text[:end], text[end+2:]
	} else if len(near) < len(text) || strings.ContainsAny(near, " \t") || strings.Contains(near, "=?") {
		return "", nil, "", false // a word cut short is forgiven at the very end only
	} else {
		text = strings.TrimSuffix(text, "?")
	}
	if kind == 'b' {
		data, _ = decodeBase64([]byte(text))
	} else {
		data = decodeQ(text)
	}
	return charset, data, rest, true
}

// decodeQ undoes the "Q" encoding (RFC 2047, 4.2).
func decodeQ(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '_':
			out = append(out, ' ')
		case s[i] == '=' && i+2 < len(s) && hex(s[i+1]) >= 0 && hex(s[i+2]) >= 0:
			out = append(out, hexByte(s[i+1], s[i+2]))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return out
}

// hex is the value of a hexadecimal digit, or -1.
func hex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// hexByte is the byte that two hexadecimal digits write.
func hexByte(high, low byte) byte { return byte(hex(high)<<4 | hex(low)) } //nolint:gosec // 0 to 255

// clean makes a header value fit to store and show: valid UTF-8 on one line without control characters.
func clean(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] >= ' ' && s[i] < 0x7f
	}
	if !plain {
		s = strings.Map(func(c rune) rune {
			switch {
			case c == '\t' || c == '\n' || c == '\r':
				return ' '
			case c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0xfeff:
				return -1
			}
			return c
		}, strings.ToValidUTF8(s, "\ufffd"))
	}
	return strings.TrimSpace(s)
}
