package message

import (
	"bytes"
	"strings"
)

// Limits keep a hostile mail from costing more than its size in work and memory.
const (
	maxHeader = 1 << 20 // bytes of one header; what lies beyond is left out
	maxFields = 4096    // fields of one header
	maxSearch = 40      // lines looked at to find out whether a header goes on
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
	b := headerBuilder{}
	start := s.pos
	for s.pos < len(s.data) {
		line, next := s.line(s.pos)
		if len(line) == 0 {
			s.pos = next
			break
		}
		if s.delimits(line).level >= 0 {
			break
		}
		if s.pos-start > maxHeader || len(b.fields) >= maxFields {
			s.flaw("header-too-big")
			s.pos = next
			continue
		}
		if s.pos == start && isEnvelope(line) {
			s.pos = next
			continue
		}
		if !s.headerLine(&b, line, next) {
			break
		}
		s.pos = next
	}
	b.end()
	return b.fields
}

// headerLine takes one line; it is false for a line with which the header is over, and moves behind it when it is blank.
func (s *scanner) headerLine(b *headerBuilder, line []byte, next int) bool {
	if b.open && (line[0] == ' ' || line[0] == '\t') {
		if len(bytes.TrimSpace(line)) == 0 && !s.fieldFollows(next, 1) {
			s.pos = next // a line of spaces is where the header was meant to end
			return false
		}
		b.goOn(bytes.TrimLeft(line, " \t"))
		return true
	}
	if name, value, ok := splitField(line); ok {
		b.begin(name, value)
		return true
	}
	s.flaw("header")
	if !s.fieldFollows(next, maxSearch) {
		return false
	}
	b.goOn(line) // a folded line that lost its indent
	return true
}

// headerBuilder gathers fields line by line.
type headerBuilder struct {
	fields fields
	value  []byte // of the last field, while it may still go on
	open   bool
}

func (b *headerBuilder) begin(name string, value []byte) {
	b.end()
	b.fields = append(b.fields, raw{name: name})
	b.value = append(b.value[:0], value...)
	b.open = true
}

func (b *headerBuilder) goOn(value []byte) {
	if b.open {
		b.value = append(append(b.value, ' '), value...)
	}
}

func (b *headerBuilder) end() {
	if b.open {
		b.fields[len(b.fields)-1].value = string(b.value)
	}
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
	name = strings.ToLower(name)
	switch name {
	case "from", "to", "cc", "bcc", "subject", "date", "sender", "reply-to", "message-id", "in-reply-to", "references",
		"received", "return-path", "mime-version", "delivered-to", "precedence", "status", "lines", "errors-to",
		"importance", "priority", "auto-submitted", "organization", "user-agent", "dkim-signature", "thread-topic",
		"thread-index", "authentication-results", "envelope-to":
		return true
	}
	for _, prefix := range []string{"x-", "content-", "list-", "arc-", "resent-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// isEnvelope recognises the line an mbox file puts before each mail (RFC 4155).
func isEnvelope(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
}
