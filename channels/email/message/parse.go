package message

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
)

// maxSample is how many bytes of raw header text are looked at to guess its charset.
const maxSample = 4 << 10

// Parse reads one mail as it came over the wire or stands in a file. It fails only when the bytes hold no mail at all:
// neither a header nor words.
func Parse(raw []byte) (*Message, error) {
	r := &reader{m: &Message{}, nameless: map[string]int{}}
	s := &scanner{reader: r, data: trimStart(raw)}
	if len(s.data) == 0 {
		return nil, fault.New(fault.Invalid, "mail.empty", "This mail is empty.")
	}
	root, _ := s.part("")
	r.hint = r.headerCharset(root)
	r.envelope(root.header)
	r.contents(root)
	return r.m, nil
}

// reader gathers what the parts of a mail say.
type reader struct {
	m        *Message
	hint     string // the charset that raw bytes of the header are likely in
	guesses  int
	guessed  string         // what the last guess found
	nameless map[string]int // how many files were given this name for want of one
	opened   int            // signed mails that were looked into
	spare    []words        // of a winmail.dat, for a mail that has no others
}

// flaw notes once what was mended.
func (r *reader) flaw(code string) {
	if !slices.Contains(r.m.Flaws, code) {
		r.m.Flaws = append(r.m.Flaws, code)
	}
}

// trimStart leaves out what stands before a mail: a byte order mark, blank lines; and gives line ends to mails that have
// carriage returns alone.
func trimStart(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	raw = bytes.TrimLeft(raw, "\r\n\x00")
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	if bytes.IndexByte(raw, '\n') < 0 && bytes.IndexByte(raw, '\r') >= 0 {
		raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
	}
	return raw
}

// headerCharset is the charset raw bytes of the header are in: UTF-8 when they are, else the one a part of the mail
// declares, else a guess over all of them.
func (r *reader) headerCharset(root *part) string {
	var high []byte
	for _, f := range root.header {
		if good, bad := countUTF8([]byte(f.value)); bad > 0 && good <= 4*bad && len(high) < maxSample {
			high = append(append(high, f.value...), '\n')
		}
	}
	if len(high) == 0 {
		return ""
	}
	if name := charsetName(declared(root)); name != "" && name != "utf-8" && name != "us-ascii" {
		if _, ok := decodeAs(high, name); ok {
			return name
		}
	}
	_, name, _ := guess(high)
	return name
}

// declared is the first charset a part declares.
func declared(p *part) string {
	if set := p.params["charset"]; set != "" {
		return set
	}
	for _, child := range p.children {
		if set := declared(child); set != "" {
			return set
		}
	}
	return ""
}

// envelope reads what the outermost header says.
func (r *reader) envelope(h fields) {
	m := r.m
	for _, f := range h {
		m.Header = append(m.Header, Field{Name: f.name, Value: r.decodeHeader(f.value)})
	}
	m.Subject = m.Value("Subject")
	if last := h.first("Received"); last != "" {
		m.Delivered = date(last[strings.LastIndexByte(last, ';')+1:])
	}
	for _, value := range h.all("Date") {
		if m.Date = date(value); !m.Date.IsZero() {
			break
		}
	}
	m.Sender = r.author(h, "Sender")
	m.ReplyTo = r.mailboxes(h, "Reply-To")
	m.To, m.Cc, m.Bcc = r.mailboxes(h, "To"), r.mailboxes(h, "Cc"), r.mailboxes(h, "Bcc")
	if ids := messageIDs(h.first("Message-ID")); len(ids) > 0 {
		m.MessageID = ids[0]
	}
	for _, value := range h.all("In-Reply-To") {
		m.InReplyTo = append(m.InReplyTo, messageIDs(value)...)
	}
	for _, value := range h.all("References") {
		m.References = append(m.References, messageIDs(value)...)
	}
	if path := strings.TrimSpace(h.first("Return-Path")); path == "<>" {
		m.ReturnPath = path
	} else if path != "" {
		m.ReturnPath = tidyEmail(clean(stripComments(r.decodeHeader(path))))
	}
	r.from(h)
}

// from finds the author. When From names none that can be read, the mail is still someone's: whoever it asks to answer,
// who sent it, or where it bounces to.
func (r *reader) from(h fields) {
	m := r.m
	m.From = r.author(h, "From")
	if m.From.Email != "" {
		return
	}
	r.flaw("from")
	switch {
	case len(m.ReplyTo) > 0:
		m.From.Email = m.ReplyTo[0].Email
	case m.Sender.Email != "":
		m.From.Email = m.Sender.Email
	case strings.Contains(m.ReturnPath, "@"):
		m.From.Email = m.ReturnPath
	}
}

// author is the first mailbox of the field that has an address, else the first with a name.
func (r *reader) author(h fields, field string) Address {
	var named Address
	for _, value := range h.all(field) {
		for _, a := range r.addresses(value) {
			if strings.Contains(a.Email, "@") {
				return a
			}
			if named == (Address{}) {
				named = a
			}
		}
	}
	return named
}

// mailboxes are all addresses of all fields of this name.
func (r *reader) mailboxes(h fields, field string) []Address {
	var list []Address
	for _, value := range h.all(field) {
		for _, a := range r.addresses(value) {
			if a.Email != "" {
				list = append(list, a)
			}
		}
	}
	return list
}

// messageIDs reads "<a@b> <c@d>" (RFC 5322, 3.6.4), also when it was folded inside an id or has no brackets. A sentence
// such as "ada@example.com's message of Friday" names none.
func messageIDs(value string) []string {
	var ids []string
	value = strings.ToValidUTF8(value, "")
	for rest := value; ; {
		_, after, ok := strings.Cut(rest, "<")
		if !ok {
			break
		}
		id, tail, closed := strings.Cut(after, ">")
		if i := strings.LastIndexByte(id, '<'); i >= 0 {
			id = id[i+1:]
		}
		if id = strings.Join(strings.Fields(clean(id)), ""); id != "" {
			ids = append(ids, id)
		}
		if !closed {
			break
		}
		rest = tail
	}
	if len(ids) > 0 {
		return ids
	}
	words := strings.FieldsFunc(clean(value), func(c rune) bool { return c == ' ' || c == ',' || c == ';' })
	for _, word := range words {
		if word = strings.Trim(word, `<>"`); word == "" || len(words) > 1 && !strings.Contains(word, "@") {
			return nil
		}
		ids = append(ids, word)
	}
	return ids
}
