package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"iter"
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

	pieces  = 64 << 10 // bytes of a file that are looked through at a time
	overlap = 4 << 10  // and of the piece before: more than a token takes, also with each letter in hex on a line of its own
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

// BlotFile blots a file that somebody sent: a mail or text as BlotMail does, any other in its place, for its bytes may be counted
// (the offsets in a PDF). Pictures, sounds and films are left as they are. Only one that may hold a token is read into memory.
func BlotFile(prefix, name, kind string, body io.ReadSeeker) (io.ReadSeeker, error) {
	top, _, _ := strings.Cut(kind, "/")
	mail := slices.Contains([]string{"", "text", "message", "multipart"}, top) || strings.EqualFold(path.Ext(name), ".eml")
	if !mail && slices.Contains([]string{"image", "audio", "video"}, top) && !strings.Contains(kind, "svg") {
		return body, nil
	}
	mark := []byte(prefix + "_")
	may, err := inPieces(body, func(piece []byte) bool {
		for range tokens(mark, piece) {
			return true
		}
		return mail && packs(piece)
	})
	_, back := body.Seek(0, io.SeekStart)
	if err = errors.Join(err, back); err != nil || !may {
		return body, err
	}
	raw, err := io.ReadAll(body)
	if mail {
		return bytes.NewReader(BlotMail(prefix, raw)), err
	}
	for start, end := range tokens(mark, raw) {
		copy(raw[start:end], append(bytes.Clone(mark), bytes.Repeat([]byte("."), end-start-len(mark))...))
	}
	return bytes.NewReader(raw), err
}

// inPieces reports whether something holds of any piece of body.
func inPieces(body io.Reader, holds func(piece []byte) bool) (bool, error) {
	piece, kept := make([]byte, pieces), 0
	for {
		n, err := io.ReadFull(body, piece[kept:])
		switch last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF); {
		case err != nil && !last:
			return false, err
		case holds(piece[:kept+n]):
			return true, nil
		case last:
			return false, nil
		}
		kept = copy(piece, piece[pieces-overlap:])
	}
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
	for start, end := range tokens(mark, raw) {
		out = append(append(append(out, raw[last:start]...), mark...), "..."...)
		last = end
	}
	if last == 0 {
		return raw, false
	}
	return append(out, raw[last:]...), true
}

// tokens are where those begin and end that are not packed.
func tokens(mark, raw []byte) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		for i := 0; i < len(raw); i++ {
			next := bytes.IndexByte(raw[i:], mark[0])
			if next < 0 {
				return
			}
			i += next
			end := token(mark, raw, i)
			if end < 0 {
				continue
			}
			if !yield(i, end) {
				return
			}
			i = end - 1
		}
	}
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

// letter is the next one at i, whichever way it is written, and where it ends; -1 when there is none. A link inside a link is
// written with % (RFC 3986, 2.1) as a mail is with =.
func letter(raw []byte, i int) (c byte, end int) {
	for i < len(raw) && (raw[i] == '=' || raw[i] == '%') { // the line is folded here
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

// packs reports whether any lines may be base64 that can hold a token.
func packs(raw []byte) bool {
	for i := 0; i < len(raw); i = lineEnd(raw, i) {
		if packed(raw, i) > i {
			return true
		}
	}
	return false
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
