package message

import (
	"encoding/base64"
	"fmt"
	"mime"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// oneLine makes a value safe to stand in a field: whatever could end the line becomes a space.
func oneLine(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == '\u2028' || c == '\u2029' {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.TrimSpace(s)
}

// isPrintable says whether s is ASCII without control characters.
func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// canFold says whether no stretch of s without a single space is too long for a line.
func canFold(s string) bool {
	for word := range strings.SplitSeq(s, " ") {
		if len(word) > 900 {
			return false
		}
	}
	return len(s) < 900 || !strings.Contains(s, "  ")
}

// encodeWords writes text as encoded words (RFC 2047) of at most 75 characters, in the shorter of the two ways.
func encodeWords(s string) string {
	high := 0
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			high++
		}
	}
	if high*3 > len(s) || isPrintable(s) {
		return encodeB(s)
	}
	return mime.QEncoding.Encode("utf-8", s)
}

// encodeB writes text as encoded words in base64, which is safe in every place, also in names.
func encodeB(s string) string {
	const most = 45 // bytes, so that a word has 72 characters
	var words []string
	for s != "" {
		end := min(len(s), most)
		for end < len(s) && !utf8.RuneStart(s[end]) {
			end--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:end]))+"?=")
		s = s[end:]
	}
	return strings.Join(words, " ")
}

// phrase writes a name before an address: bare, in quotes, or encoded (RFC 5322, 3.2.5; RFC 2047, 5).
func phrase(name string) string {
	switch {
	case !isPrintable(name) || strings.Contains(name, "=?") || len(name) > 200:
		return encodeB(name)
	case strings.ContainsAny(name, `()<>[]:;@\,."'`):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return name
}

// wireEmail checks an address and writes its domain in ASCII (RFC 5890). A local part beyond ASCII cannot be sent to
// everywhere, so it is refused.
func wireEmail(email string) (string, bool) {
	at := strings.LastIndexByte(email, '@')
	if at < 1 || at > 64 || len(email) > 254 {
		return "", false
	}
	local, domain := email[:at], email[at+1:]
	if !isPrintable(local) || strings.ContainsAny(local, ` ()<>[]:;@\,"`) {
		return "", false
	}
	if literal, ok := strings.CutPrefix(domain, "["); ok {
		literal, closed := strings.CutSuffix(strings.ToLower(literal), "]")
		ip, err := netip.ParseAddr(strings.TrimPrefix(literal, "ipv6:"))
		return email, closed && err == nil && ip.Zone() == ""
	}
	if !isPrintable(domain) {
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return "", false
		}
		domain = ascii
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return "", false
		}
	}
	return local + "@" + domain, true
}

// filename writes the name of a file as a parameter (RFC 2183), beyond ASCII as RFC 2231 says.
func filename(name string) string {
	if isPrintable(name) {
		return `filename="` + name + `"`
	}
	var b strings.Builder
	b.WriteString("filename*=utf-8''")
	for i := range len(name) {
		if c := name[i]; c < utf8.RuneSelf && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)) || c == '.' || c == '-' || c == '_') {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// wordIn writes a name inside quotes for programs that know no RFC 2231.
func wordIn(name string) string {
	if isPrintable(name) && !strings.Contains(name, "=?") {
		return name
	}
	return encodeB(name)
}
