package message

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	maxParams = 256 // parameters of one field, and pieces of one continued parameter
	lookahead = 64  // bytes looked at to tell a closing quote from a stray one
)

// params reads "value; name=value; …" (RFC 2045, 5.1) with the continuations and charsets of RFC 2231, and forgives
// bare values with spaces, stray quotes, backslashes of a path and encoded words where none belong.
func (r *reader) params(field string) (value string, params map[string]string) {
	head, rest, more := strings.Cut(field, ";")
	head = strings.TrimSpace(stripComments(head))
	if i := strings.IndexAny(head, " \t"); i >= 0 { // the first parameter lost its semicolon
		head, rest, more = head[:i], head[i:]+";"+rest, true
	}
	value = strings.ToLower(strings.Trim(head, `"'`))
	if !more {
		return value, nil
	}
	params = map[string]string{}
	pieces := map[string][]piece{}
	for n := 0; rest != "" && n < maxParams; n++ {
		var name, text string
		name, text, rest = nextParam(rest)
		base, p, split := continuation(name, text)
		switch {
		case name == "":
		case split:
			pieces[base] = append(pieces[base], p)
		case params[name] == "":
			params[name] = r.decodeHeader(text)
		}
	}
	for name, list := range pieces {
		params[name] = r.join(list)
	}
	return value, params
}

// nextParam takes one "name=value" off the front of s; name is empty when there is none.
func nextParam(s string) (name, value, rest string) {
	s = strings.TrimLeft(s, " \t;")
	end := strings.IndexAny(s, "=;")
	if end < 0 {
		return "", "", ""
	}
	if s[end] == ';' {
		return "", "", s[end+1:]
	}
	name = strings.ToLower(strings.TrimSpace(s[:end]))
	s = strings.TrimLeft(s[end+1:], " \t")
	if strings.HasPrefix(s, `"`) {
		value, rest = quoted(s[1:])
		return name, value, rest
	}
	value, rest, _ = strings.Cut(s, ";")
	return name, strings.TrimSpace(value), rest
}

// quoted reads up to the quote that closes a value: one before a semicolon, the next parameter or the end. Only \" and
// \\ are escapes, for a file name may well be a Windows path.
func quoted(s string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == '"' && closes(s[i+1:min(len(s), i+lookahead)]):
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), ""
}

// closes says whether a quote followed by this ends the value.
func closes(after string) bool {
	after = strings.TrimLeft(after, " \t")
	if after == "" || after[0] == ';' {
		return true
	}
	name, _, next := strings.Cut(after, "=")
	return next && name != "" && !strings.ContainsAny(name, " \";.")
}

// piece is one part of a parameter that RFC 2231 lets a writer split.
type piece struct {
	index   int
	encoded bool
	text    string
}

// continuation recognises name*, name*0 and name*0* (RFC 2231, 3 and 4).
func continuation(name, text string) (base string, p piece, ok bool) {
	base, tail, ok := strings.Cut(name, "*")
	if !ok || base == "" {
		return "", p, false
	}
	tail, p.encoded = strings.CutSuffix(tail, "*")
	if tail == "" {
		p.encoded = true
	} else if n, err := strconv.Atoi(tail); err == nil {
		p.index = n
	}
	p.text = text
	return base, p, true
}

// join puts the pieces of a parameter together; the first one names the charset of all.
func (r *reader) join(list []piece) string {
	slices.SortStableFunc(list, func(a, b piece) int { return a.index - b.index })
	var all strings.Builder
	charset, encoded := "", false
	for i, p := range list {
		text := p.text
		if i == 0 && p.encoded {
			if set, rest, ok := strings.Cut(text, "'"); ok {
				if _, rest, ok = strings.Cut(rest, "'"); ok {
					charset, text = set, rest
				}
			}
		}
		if p.encoded {
			encoded = true
			text = unescape(text)
		}
		all.WriteString(text)
	}
	if !encoded || (charset == "" && strings.Contains(all.String(), "=?")) {
		return r.decodeHeader(all.String())
	}
	return clean(r.decode([]byte(all.String()), charset))
}

// unescape undoes %XX and leaves alone what is none.
func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// stripComments leaves out the "(…)" of a structured value (RFC 5322, 3.2.2).
func stripComments(s string) string {
	if !strings.Contains(s, "(") {
		return s
	}
	var b strings.Builder
	depth := 0
	for _, c := range []byte(s) {
		switch {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}
