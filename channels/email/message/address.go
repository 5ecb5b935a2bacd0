package message

import "strings"

const (
	maxAddresses = 128 << 10 // bytes of a list of addresses
	maxCommas    = 4         // bare commas in one name
)

// addresses reads a list of mailboxes (RFC 5322, 3.4) from the raw value of a field. It takes groups apart, semicolons
// for commas, a comment for a missing name, and a name with a bare comma in it for one name. Email is empty where none
// can be read.
func (r *reader) addresses(value string) []Address {
	value = value[:min(len(value), maxAddresses)]
	l := mailboxes{reader: r}
	l.read(value)
	if len(l.found) == 1 && !strings.Contains(l.found[0].Email, "@") && strings.Contains(value, "=?") {
		// some writers encode the whole of "Name <address>"
		if plain := r.decodeHeader(value); strings.Contains(plain, "@") {
			l = mailboxes{reader: r}
			l.read(plain)
		}
	}
	return l.found
}

// mailbox is one entry of a list as it is written, still encoded.
type mailbox struct {
	phrase  strings.Builder
	comment string
	angle   string
	angled  bool // there was a "<…>", even an empty one
	quoted  bool // the name was in quotes, so a comma in it needs no mending
	at      bool // the phrase has a bare "@"
}

// mailboxes gathers the entries of a list.
type mailboxes struct {
	reader   *reader
	found    []Address
	pending  []*mailbox // names before bare commas: each an address of its own, or the first half of the next name
	unclosed bool       // a quote is never closed, so quotes mean nothing from there on
}

// read walks over the list once.
func (l *mailboxes) read(s string) {
	box := &mailbox{}
	for s != "" {
		c := s[0]
		switch {
		case c == ',' || c == ';':
			l.add(box)
			box, s = &mailbox{}, s[1:]
		case c == ':' && !box.at: // the name of a group, or "mailto"
			box, s = &mailbox{}, s[1:]
		case c == '"':
			s = l.takeQuoted(box, s[1:])
		case c == '(':
			s = box.takeComment(s[1:])
		case c == '<':
			s = box.takeAngle(s[1:])
		case strings.HasPrefix(s, "=?"):
			s = box.takeWord(s)
		case c == '>' || c == '\\':
			s = s[1:]
		default:
			box.phrase.WriteByte(c)
			box.at = box.at || c == '@'
			s = s[1:]
		}
	}
	l.add(box)
	l.release()
}

// takeQuoted adds what stands before the closing quote to the name of the box.
func (l *mailboxes) takeQuoted(box *mailbox, s string) (rest string) {
	var b strings.Builder
	for i := 0; i < len(s) && !l.unclosed; i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			box.phrase.WriteString(b.String())
			box.quoted = true
			return s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	l.unclosed = true
	return s
}

// takeComment keeps what stands before the bracket that closes the comment; comments nest. One that is never closed ends
// before an address.
func (m *mailbox) takeComment(s string) (rest string) {
	depth, last := 1, strings.LastIndexByte(s, ')')
	end := len(s)
	for i := 0; i < end; i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				end, rest = i, s[i+1:]
			}
		case '<':
			if i > last {
				end, rest = i, s[i:]
			}
		}
	}
	m.comment = strings.TrimSpace(m.comment + " " + s[:end])
	return rest
}

// takeAngle keeps the address between "<" and ">"; when the latter is missing, up to a comma or space.
func (m *mailbox) takeAngle(s string) (rest string) {
	end := strings.IndexAny(s, "<>")
	if end < 0 {
		end = strings.IndexAny(s, ", ;")
	}
	text := s
	if end >= 0 {
		text, rest = s[:end], strings.TrimPrefix(s[end:], ">")
	}
	if m.angled = true; !strings.Contains(m.angle, "@") {
		m.angle = text
	}
	m.phrase.WriteByte(' ')
	return rest
}

// takeWord adds an encoded word to the name as it stands, so that a comma in it does not count.
func (m *mailbox) takeWord(s string) (rest string) {
	rest = s[1:]
	if _, _, after, ok := encodedWord(s); ok {
		rest = after
	}
	m.phrase.WriteString(s[:len(s)-len(rest)])
	return rest
}

// email finds the address of the box and what is left of its phrase.
func (l *mailboxes) email(box *mailbox) (email, phrase string) {
	phrase = strings.Join(strings.Fields(box.phrase.String()), " ")
	email = tidyEmail(stripComments(l.reader.decodeHeader(box.angle)))
	if strings.Contains(email, "@") {
		return email, phrase
	}
	if word, rest, ok := cutEmail(phrase); ok {
		return tidyEmail(l.reader.decodeHeader(word)), rest
	}
	if email == "" && strings.Contains(box.comment, "@") && !strings.Contains(box.comment, " ") {
		email, box.comment = tidyEmail(l.reader.decodeHeader(box.comment)), ""
	}
	return email, phrase
}

// add ends an entry.
func (l *mailboxes) add(box *mailbox) {
	email, phrase := l.email(box)
	if email == "" && !box.angled {
		if phrase != "" || box.comment != "" {
			box.phrase.Reset()
			box.phrase.WriteString(phrase)
			l.pending = append(l.pending, box)
		}
		return
	}
	if box.angled && !box.quoted && phrase != "" {
		for n := len(l.pending); n > 0 && !l.pending[n-1].quoted && strings.Count(phrase, ",") < maxCommas; n-- {
			phrase = l.pending[n-1].phrase.String() + ", " + phrase
			l.pending = l.pending[:n-1]
		}
	}
	l.release()
	l.found = append(l.found, Address{Name: l.name(phrase, box.comment), Email: email})
}

// release takes pending names for what they are: one bare word is a local address, anything else a name alone.
func (l *mailboxes) release() {
	for _, box := range l.pending {
		phrase := box.phrase.String()
		switch {
		case strings.HasPrefix(strings.ToLower(phrase), "undisclosed"), strings.Trim(phrase, "-. ") == "":
		case !box.quoted && !strings.ContainsAny(phrase, " ?=@"):
			l.found = append(l.found, Address{Name: l.name("", box.comment), Email: tidyEmail(l.reader.decodeHeader(phrase))})
		default:
			l.found = append(l.found, Address{Name: l.name(phrase, box.comment)})
		}
	}
	l.pending = nil
}

// name decodes the words before the address, else the comment after it.
func (l *mailboxes) name(phrase, comment string) string {
	name := l.reader.decodeHeader(phrase)
	if name == "" {
		name = l.reader.decodeHeader(comment)
	}
	if len(name) > 2 && name[0] == '\'' && name[len(name)-1] == '\'' {
		name = name[1 : len(name)-1]
	}
	return strings.TrimSpace(strings.Trim(name, `"`))
}

// cutEmail takes the first word with an "@" out of a phrase.
func cutEmail(phrase string) (word, rest string, ok bool) {
	if !strings.Contains(phrase, "@") {
		return "", phrase, false
	}
	words := strings.Split(phrase, " ")
	for i, word := range words {
		if strings.Contains(word, "@") && !strings.Contains(word, "=?") && len(word) > 1 {
			rest = strings.Join(append(words[:i:i], words[i+1:]...), " ")
			return word, rest, true
		}
	}
	return "", phrase, false
}

// tidyEmail takes away what is no part of an address and lower-cases the domain.
func tidyEmail(s string) string {
	if i := strings.IndexByte(s, ':'); i >= 0 && !strings.Contains(s[:i], "[") { // "mailto:", or a route (RFC 5322, 4.4)
		s = s[i+1:]
	}
	s = strings.TrimRight(strings.TrimLeft(strings.Join(strings.Fields(s), ""), `<>'"`), `<>'".,;`)
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return s
	}
	return s[:at] + "@" + strings.ToLower(s[at+1:])
}
