package message

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// decodeBase64 reads base64 with whatever else lies between its letters; ok is false when that was more than line
// breaks. Padding in the middle ends one run and starts the next, for some writers encode in blocks.
func decodeBase64(data []byte) (out []byte, ok bool) {
	out = make([]byte, base64.StdEncoding.DecodedLen(len(data)))
	if n, err := base64.StdEncoding.Decode(out, data); err == nil {
		return out[:n], true
	}
	out = out[:0]
	var bits uint32
	count := 0
	padded := false
	flush := func() {
		switch count {
		case 2:
			out = append(out, byte(bits>>4)) //nolint:gosec // the low bits are meant
		case 3:
			out = append(out, byte(bits>>10), byte(bits>>2)) //nolint:gosec // the low bits are meant
		}
		bits, count = 0, 0
	}
	for _, c := range data {
		if c == '=' {
			flush()
			padded = true
			continue
		}
		v := sextet(c)
		if v < 0 {
			if padded && c == ' ' { // a remark behind the end
				return out, false
			}
			continue
		}
		padded = false
		bits = bits<<6 | uint32(v) //nolint:gosec // 0 to 63
		if count++; count == 4 {
			out = append(out, byte(bits>>16), byte(bits>>8), byte(bits))
			bits, count = 0, 0
		}
	}
	flush()
	return out, false
}

// sextet is the value of a base64 letter, or -1.
func sextet(c byte) int {
	switch {
	case 'A' <= c && c <= 'Z':
		return int(c - 'A')
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 26
	case '0' <= c && c <= '9':
		return int(c-'0') + 52
	case c == '+' || c == '-':
		return 62
	case c == '/' || c == '_':
		return 63
	}
	return -1
}

// looksBase64 says whether nearly all of the data up to its padding is base64, so that prose declared as such is left alone.
func looksBase64(data []byte) bool {
	data = data[:min(len(data), 4096)]
	other := 0
	for i, c := range data {
		switch {
		case c == '=' && i > 0:
			return other*8 < i
		case sextet(c) < 0 && c != '\r' && c != '\n' && c != '\t':
			other++
		}
	}
	return other*8 < len(data)
}

// decodeQuotedPrintable reads quoted-printable (RFC 2045, 6.7) and keeps as it stands what is no valid escape.
func decodeQuotedPrintable(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for len(data) > 0 {
		line, rest, more := bytes.Cut(data, []byte("\n"))
		end := "\n"
		if trimmed, ok := bytes.CutSuffix(line, []byte("\r")); ok {
			line, end = trimmed, "\r\n"
		}
		data = rest
		line = bytes.TrimRight(line, " \t") // added on the way, says the RFC
		line, soft := bytes.CutSuffix(line, []byte("="))
		for i := bytes.IndexByte(line, '='); i >= 0; i = bytes.IndexByte(line, '=') {
			out = append(out, line[:i]...)
			if i+2 < len(line) && hex(line[i+1]) >= 0 && hex(line[i+2]) >= 0 {
				out = append(out, hexByte(line[i+1], line[i+2]))
				line = line[i+3:]
			} else {
				out = append(out, '=')
				line = line[i+1:]
			}
		}
		out = append(out, line...)
		if more && !soft {
			out = append(out, end...)
		}
	}
	return out
}

// maxUU is how many files are taken out of one text; what follows stays text.
const maxUU = 100

// uuFile is a file that stood in the middle of a text.
type uuFile struct {
	name string
	data []byte
}

// cutUU takes the files out of a text that carries them uuencoded: "begin 644 name", lines, "end".
func cutUU(text string) (rest string, files []uuFile) {
	if !strings.Contains(text, "begin ") {
		return text, nil
	}
	var kept strings.Builder
	for text != "" {
		line, after, _ := strings.Cut(text, "\n")
		if name, ok := uuBegin(line); ok && len(files) < maxUU {
			if data, tail, ok := uuBody(after); ok && len(data) > 0 {
				files = append(files, uuFile{name, data})
				text = tail
				continue
			}
		}
		kept.WriteString(text[:len(text)-len(after)])
		text = after
	}
	return kept.String(), files
}

// uuBegin reads "begin 644 name".
func uuBegin(line string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimRight(line, "\r"), "begin ")
	if !ok {
		return "", false
	}
	mode, name, ok := strings.Cut(rest, " ")
	if !ok || len(mode) < 3 || len(mode) > 4 || strings.Trim(mode, "01234567") != "" || strings.TrimSpace(name) == "" {
		return "", false
	}
	return strings.TrimSpace(name), true
}

// uuBody reads lines up to "end"; a line that is none of its kind ends an unfinished file.
func uuBody(text string) (data []byte, rest string, ok bool) {
	for text != "" {
		line, after, _ := strings.Cut(text, "\n")
		line = strings.TrimRight(line, "\r")
		if line == "end" {
			return data, after, true
		}
		if line = strings.TrimRight(line, " "); line == "" {
			text = after
			continue
		}
		part, valid := uuLine(line)
		if !valid {
			break
		}
		data, text = append(data, part...), after
	}
	return data, text, len(data) >= 2*45 // two full lines are no accident
}

// uuLine decodes one line: a letter for its length, then four letters for each three bytes.
func uuLine(line string) ([]byte, bool) {
	if line[0] < ' ' || line[0] > '`' {
		return nil, false
	}
	size := int(line[0]-' ') & 0x3f
	if letters := (size + 2) / 3 * 4; len(line)-1 > letters+2 { // some add a check letter or two
		return nil, false
	}
	out := make([]byte, 0, size+2)
	for i := 1; len(out) < size; i += 4 {
		var quad [4]byte
		for k := range quad {
			if i+k < len(line) { // trailing spaces get lost on the way
				if line[i+k] < ' ' || line[i+k] > '`' {
					return nil, false
				}
				quad[k] = (line[i+k] - ' ') & 0x3f
			}
		}
		out = append(out, quad[0]<<2|quad[1]>>4, quad[1]<<4|quad[2]>>2, quad[2]<<6|quad[3])
	}
	return out[:size], true
}
