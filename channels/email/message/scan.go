package message

import (
	"bytes"
	"slices"
	"strings"
)

const (
	maxDepth = 32   // multiparts within each other
	maxParts = 1000 // parts of one mail
	maxLine  = 1000 // bytes of a line that may be a boundary (RFC 5322 allows 998)
)

// part is one node of a MIME tree (RFC 2046). A leaf has a body, a multipart has children.
type part struct {
	header   fields
	kind     string // media type, lower case
	params   map[string]string
	body     []byte // as on the wire
	children []*part
}

// delimiter says which enclosing multipart a line belongs to: an index into the open boundaries, -1 for none.
type delimiter struct {
	level int
	final bool
}

// scanner walks over the bytes of a mail once and cuts them into parts.
type scanner struct {
	*reader
	data  []byte
	pos   int
	open  []string // boundaries of the multiparts around pos, outermost first
	parts int
}

// line is the line at pos without its end, and where the next one begins.
func (s *scanner) line(pos int) (line []byte, next int) {
	if pos >= len(s.data) {
		return nil, pos
	}
	end := bytes.IndexByte(s.data[pos:], '\n')
	if end < 0 {
		return bytes.TrimRight(s.data[pos:], "\r"), len(s.data)
	}
	return bytes.TrimRight(s.data[pos:pos+end], "\r"), pos + end + 1
}

// delimits finds the multipart this line is a boundary of, the innermost first. Behind the last boundary of a multipart some
// writers put more than white space.
func (s *scanner) delimits(line []byte) delimiter {
	if len(s.open) == 0 || len(line) <= 2 || len(line) >= maxLine || line[0] != '-' || line[1] != '-' {
		return delimiter{level: -1}
	}
	line = bytes.TrimRight(line[2:], " \t")
	ends := -1
	for i, boundary := range slices.Backward(s.open) {
		if len(line) < len(boundary) || string(line[:len(boundary)]) != boundary {
			continue
		}
		switch rest := string(line[len(boundary):]); {
		case rest == "" || rest == "--":
			return delimiter{i, rest != ""}
		case ends < 0 && strings.HasPrefix(rest, "--"):
			ends = i
		}
	}
	return delimiter{ends, ends >= 0}
}

// skip moves behind the next boundary line of an open multipart and returns what stood before it.
func (s *scanner) skip() (before []byte, d delimiter) {
	start := s.pos
	for at := s.pos; at < len(s.data); {
		if bytes.HasPrefix(s.data[at:], []byte("--")) {
			line, next := s.line(at)
			if d = s.delimits(line); d.level >= 0 {
				s.pos = next
				before = bytes.TrimSuffix(s.data[start:at], []byte("\n")) // the line break belongs to the boundary
				return bytes.TrimSuffix(before, []byte("\r")), d
			}
		}
		next := bytes.Index(s.data[at:], []byte("\n--"))
		if next < 0 {
			break
		}
		at += next + 1
	}
	s.pos = len(s.data)
	return s.cutStuck(s.data[start:]), delimiter{level: -1}
}

// cutStuck takes off a last boundary that lost the line break before it.
func (s *scanner) cutStuck(body []byte) []byte {
	trimmed := bytes.TrimRight(body, " \t\r\n")
	if len(s.open) > 0 {
		if rest, ok := bytes.CutSuffix(trimmed, []byte("--"+s.open[len(s.open)-1]+"--")); ok {
			return rest
		}
	}
	return body
}

// part reads a header and what follows it up to the next boundary of an enclosing multipart.
func (s *scanner) part(parent string) (*part, delimiter) {
	s.parts++
	p := &part{header: s.header()}
	p.kind, p.params = s.params(p.header.first("Content-Type"))
	if p.kind == "" && parent == "multipart/digest" {
		p.kind = "message/rfc822" // RFC 2046, 5.1.5
	}
	if strings.HasPrefix(p.kind, "multipart/") {
		if len(s.open) < maxDepth {
			return p, s.multipart(p)
		}
		s.flaw("too-deep")
	}
	var d delimiter
	p.body, d = s.skip()
	return p, d
}

// multipart reads the children of p. When its boundary is missing or a lie, the first line that looks like one is taken.
func (s *scanner) multipart(p *part) delimiter {
	start, level := s.pos, len(s.open)
	boundary := strings.TrimRight(p.params["boundary"], " \t")
	if boundary != "" {
		s.open = append(s.open, boundary)
	}
	before, d := s.skip()
	if boundary == "" || d.level != level {
		s.open = s.open[:level]
		if boundary = likelyBoundary(before); boundary != "" {
			s.pos, s.open = start, append(s.open, boundary)
			before, d = s.skip()
		}
		s.flaw("boundary")
	}
	closed := false
	for d.level == level {
		switch {
		case d.final:
			closed = true
			if slices.Contains(s.open[:level], boundary) { // the rest belongs to the outer one, which has the same
				s.open = s.open[:level]
			}
			_, d = s.skip()
		case s.parts >= maxParts:
			s.flaw("too-many-parts")
			_, d = s.skip()
		default:
			var child *part
			child, d = s.part(p.kind)
			p.children = append(p.children, child)
		}
	}
	if !closed {
		s.flaw("boundary")
	}
	if len(p.children) == 0 {
		p.kind, p.body = "", before
	}
	s.open = s.open[:level]
	return d
}

// likelyBoundary finds a line "--text" before a line that begins the header of a part.
func likelyBoundary(data []byte) string {
	for len(data) > 0 {
		at := 0
		if !bytes.HasPrefix(data, []byte("--")) {
			if at = bytes.Index(data, []byte("\n--")) + 1; at == 0 {
				return ""
			}
		}
		line, rest, _ := bytes.Cut(data[at:], []byte("\n"))
		text := strings.TrimRight(string(line[2:min(len(line), maxLine)]), " \t\r")
		if text != "" && len(rest) > 8 && strings.EqualFold(string(rest[:8]), "content-") {
			return text
		}
		data = rest
	}
	return ""
}
