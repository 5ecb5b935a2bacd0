package message

import (
	"bytes"
	"strings"
)

// Limits keep a hostile mail from costing more than its size in work and memory.
const (
	maxHeader = 1 << 20 // bytes of one header; what lies beyond is left out
	maxFields = 4096    // fields of one header
)

// raw is one header field as it stands on the wire: unfolded, not decoded.
type raw struct{ name, value string }

// fields is the header of one part.
type fields []raw

// first is the first non-blank value of the field, else the empty string.
func (h fields) first(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.name, name) && strings.TrimSpace(f.value) != "" {
			return f.value
		}
	}
	return ""
}

// all are the values of the field in order.
func (h fields) all(name string) []string {
	var values []string
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			values = append(values, f.value)
		}
	}
	return values
}

// header reads fields up to the blank line, to a boundary of an enclosing part, or to a line that can only be body.
func (s *scanner) header() fields {
	var h fields
	var value []byte // of the last field while it may still be continued
	var open, cut bool
	start := s.pos
	flush := func() {
		if open {
			h[len(h)-1].value = string(value)
		}
	}
	for s.pos < len(s.data) {
		line, next := s.line(s.pos)
		if len(line) == 0 || s.delimits(line).level >= 0 {
			if len(line) == 0 {
				s.pos = next
			}
			break
		}
		name, rest, ok := splitField(line)
		switch {
		case cut, len(h) >= maxFields, s.pos-start > maxHeader:
			cut, ok = true, false
		case (line[0] == ' ' || line[0] == '\t') && open:
			if len(bytes.TrimSpace(line)) == 0 && !s.fieldFollows(next, 1) {
				flush()
				s.pos = next // a "blank" line of spaces is where the header was meant to end
				return h
			}
			value = append(append(value, ' '), bytes.TrimLeft(line, " \t")...)
		case ok:
			flush()
			h, open = append(h, raw{name: name}), true
			value = append(value[:0], rest...)
		case s.pos == start && isEnvelope(line):
		case s.fieldFollows(next, 40):
			s.flaw("header")
			if open { // a folded line that lost its indent
				value = append(append(value, ' '), line...)
			}
		default:
			s.flaw("header")
			flush()
			return h
		}
		s.pos = next
	}
	if cut {
		s.flaw("header-too-big")
	}
	flush()
	return h
}

// splitField cuts a line into name and value; a name is printable ASCII without spaces (RFC 5322, 2.2), though spaces
// before the colon are forgiven (4.5).
func splitField(line []byte) (name string, value []byte, ok bool) {
	before, after, found := bytes.Cut(line, []byte(":"))
	before = bytes.TrimRight(before, " \t")
	if !found || len(before) == 0 || len(before) > 128 {
		return "", nil, false
	}
	for _, c := range before {
		if c <= ' ' || c >= 0x7f {
			return "", nil, false
		}
	}
	return string(before), bytes.TrimLeft(after, " \t"), true
}

// fieldFollows says whether one of the next lines is a field, before a blank line or a boundary, so that a line that is
// none stands inside a header.
func (s *scanner) fieldFollows(pos, lines int) bool {
	for range lines {
		line, next := s.line(pos)
		if len(line) == 0 || bytes.HasPrefix(line, []byte("--")) {
			return false
		}
		if name, _, ok := splitField(line); ok && line[0] != ' ' && line[0] != '\t' && isKnownField(name) {
			return true
		}
		pos = next
	}
	return false
}

// isKnownField says whether the name is one that mail programs write, to tell a header from prose with a colon.
func isKnownField(name string) bool {
	switch strings.ToLower(name) {
	case "from", "to", "cc", "bcc", "subject", "date", "sender", "reply-to", "message-id", "in-reply-to", "references",
		"received", "return-path", "mime-version", "delivered-to", "precedence", "status", "lines", "errors-to",
		"importance", "priority", "auto-submitted", "organization", "user-agent", "dkim-signature", "thread-topic",
		"thread-index", "authentication-results", "envelope-to":
		return true
	}
	lower := strings.ToLower(name)
	return strings.HasPrefix(lower, "x-") || strings.HasPrefix(lower, "content-") ||
		strings.HasPrefix(lower, "list-") || strings.HasPrefix(lower, "arc-") || strings.HasPrefix(lower, "resent-")
}

// isEnvelope recognises the line an mbox file puts before each mail (RFC 4155).
func isEnvelope(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
}
