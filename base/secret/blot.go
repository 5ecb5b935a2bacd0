package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	letters   = 43 // of a token: 256 bits in base64url
	inside    = 4  // how deep mails inside a mail are looked into
	shortest  = 60 // letters in base64 that can hold a token
	lineWidth = 76 // letters in a line of base64 (RFC 2045, 6.8)
)

// Blot takes the tokens of a prefix out of words that came from outside, such as a mail that quotes one of ours; before one may
// stand anything, for gateways hide links in links of theirs (%2Fmy%2Fmy_…).
func Blot(prefix, words string) string {
	if !strings.Contains(words, prefix+"_") {
		return words
	}
	return regexp.MustCompile(regexp.QuoteMeta(prefix)+`_[A-Za-z0-9_-]{43}`).ReplaceAllLiteralString(words, prefix+"_…")
}

// BlotMail is Blot for the bytes of a mail as it came: also where a token is folded or written with = (RFC 2045, 6.7), where it
// lies in a part in base64 (6.8), and in mails inside the mail. One that holds none is returned as it is.
func BlotMail(prefix string, raw []byte) []byte {
	out, _ := blotMail([]byte(prefix+"_"), raw, inside)
	return out
}

// BlotFile is BlotMail for a file that somebody sent, where it may be a mail or other words; any other is left as it is.
func BlotFile(prefix, name, kind string, body io.ReadSeeker) (io.ReadSeeker, error) {
	top, _, _ := strings.Cut(kind, "/")
	if !slices.Contains([]string{"", "text", "message", "multipart"}, top) && kind != "application/octet-stream" && !strings.EqualFold(path.Ext(name), ".eml") {
		return body, nil
	}
	raw, err := io.ReadAll(body)
	return bytes.NewReader(BlotMail(prefix, raw)), err
}

func blotMail(mark, raw []byte, deep int) (out []byte, found bool) {
	raw, found = blotPlain(mark, raw)
	if deep == 0 {
		return raw, found
	}
	last := 0
	for start := 0; start < len(raw); {
		end := packed(raw, start)
		if end == start {
			end = lineEnd(raw, start)
		} else if blotted, held := blotMail(mark, unpack(raw[start:end]), deep-1); held {
			out, found = pack(append(out, raw[last:start]...), blotted), true
			last = end
		}
		start = end
	}
	if last == 0 {
		return raw, found
	}
	return append(out, raw[last:]...), found
}

// blotPlain blots what is not packed.
func blotPlain(mark, raw []byte) (out []byte, found bool) {
	last := 0
	for i := 0; i < len(raw); i++ {
		next := bytes.IndexByte(raw[i:], mark[0])
		if next < 0 {
			break
		}
		i += next
		end := token(mark, raw, i)
		if end < 0 {
			continue
		}
		out = append(append(append(out, raw[last:i]...), mark...), "..."...)
		last = end
		i = end - 1
	}
	if last == 0 {
		return raw, false
	}
	return append(out, raw[last:]...), true
}

// token is where one ends that begins at i; -1 when none does.
func token(mark, raw []byte, i int) int {
	for n := range len(mark) + letters {
		c, end := letter(raw, i)
		switch {
		case end < 0, n < len(mark) && c != mark[n]:
			return -1
		case n >= len(mark) && c != '-' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z'):
			return -1
		}
		i = end
	}
	return i
}

// letter is the next one at i, whichever way it is written, and where it ends; -1 when there is none.
func letter(raw []byte, i int) (c byte, end int) {
	for i < len(raw) && raw[i] == '=' { // the line is folded here
		switch rest := raw[i+1:]; {
		case bytes.HasPrefix(rest, []byte("\r\n")):
			i += 3
		case bytes.HasPrefix(rest, []byte("\n")):
			i += 2
		default:
			if len(rest) < 2 {
				return 0, -1
			}
			var two [1]byte
			if _, err := hex.Decode(two[:], rest[:2]); err != nil {
				return 0, -1
			}
			return two[0], i + 3
		}
	}
	if i >= len(raw) {
		return 0, -1
	}
	return raw[i], i + 1
}

// lineEnd is where the line at i ends, its break with it.
func lineEnd(raw []byte, i int) int {
	if n := bytes.IndexByte(raw[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(raw)
}

// packed is where lines end that may be base64 and begin at i; i when they can't hold a token.
func packed(raw []byte, i int) int {
	end, n := i, 0
	for end < len(raw) {
		next := lineEnd(raw, end)
		line := bytes.TrimRight(raw[end:next], "\r\n \t")
		if len(line) == 0 || slices.ContainsFunc(line, func(c byte) bool { return !alphabet[c] }) {
			break
		}
		n += len(line)
		end = next
	}
	if n < shortest {
		return i
	}
	return end
}

// alphabet is that of base64 (RFC 4648, 4), with what fills it up.
var alphabet = func() (in [256]bool) { //nolint:gochecknoglobals // a constant table
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") {
		in[c] = true
	}
	return in
}()

// unpack reads base64 as far as it is that.
func unpack(lines []byte) []byte {
	letters := make([]byte, 0, len(lines))
	for _, c := range lines {
		if c != '=' && alphabet[c] {
			letters = append(letters, c)
		}
	}
	body := make([]byte, base64.RawStdEncoding.DecodedLen(len(letters)))
	n, _ := base64.RawStdEncoding.Decode(body, letters) // what a broken end holds is no token
	return body[:n]
}

// pack writes base64 in lines.
func pack(to, body []byte) []byte {
	all := base64.StdEncoding.EncodeToString(body)
	for len(all) > lineWidth {
		to = append(append(to, all[:lineWidth]...), "\r\n"...)
		all = all[lineWidth:]
	}
	return append(append(to, all...), "\r\n"...)
}
