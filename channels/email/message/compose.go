package message

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"mime/quotedprintable"
	"strconv"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/text"
)

// Outgoing is a mail to be written. Who gets a blind copy is for the envelope alone, so there is no Bcc.
type Outgoing struct {
	From       Address
	ReplyTo    []Address
	To, Cc     []Address
	Subject    string
	Date       time.Time
	MessageID  string   // without angle brackets; fixed before the first try to send
	InReplyTo  string   // likewise, of the mail that is answered
	References []string // oldest first
	Text       string
	HTML       string       // may be empty; when there is no Text it is made from this
	Files      []Attachment // those with Inline and a ContentID go beside the HTML that shows them
	More       []Field      // further fields, such as Auto-Submitted
}

const (
	maxWidth      = 76 // characters of a line, where it can be broken
	maxReferences = 50 // ids; the first and the last are what threads are made of
)

// Compose writes a mail (RFC 5322, MIME) that reads the same everywhere: ASCII, lines of at most 998 bytes ending in CRLF,
// the same bytes for the same mail. Line breaks in a value never begin another field. An address nobody can be reached
// at is Invalid; a missing date or id is the caller's accident.
func Compose(out Outgoing) ([]byte, error) {
	w := &composer{}
	if err := w.header(out); err != nil {
		return nil, err
	}
	w.entity(content(out))
	return w.b.Bytes(), nil
}

// composer writes fields and parts.
type composer struct {
	b          bytes.Buffer
	boundaries int
}

func (w *composer) header(out Outgoing) error {
	if out.Date.IsZero() || !isID(out.MessageID) {
		return errors.New("message: compose without a date or a message id")
	}
	w.raw("Date", out.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	if err := w.addresses("From", []Address{out.From}); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		list []Address
	}{{"Reply-To", out.ReplyTo}, {"To", out.To}, {"Cc", out.Cc}} {
		if err := w.addresses(f.name, f.list); err != nil {
			return err
		}
	}
	w.words("Subject", out.Subject)
	w.raw("Message-ID", "<"+out.MessageID+">")
	w.ids("In-Reply-To", []string{out.InReplyTo})
	w.ids("References", out.References)
	for _, f := range out.More {
		if !isOpenField(f.Name) {
			return fmt.Errorf("message: compose with a field %q", f.Name)
		}
		w.words(f.Name, f.Value)
	}
	w.raw("MIME-Version", "1.0")
	return nil
}

// isOpenField says whether a caller may add a field of this name.
func isOpenField(name string) bool {
	switch strings.ToLower(name) {
	case "from", "sender", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to", "references", "mime-version",
		"reply-to", "return-path", "received":
		return false
	}
	read, _, ok := splitField([]byte(name + ":"))
	return ok && read == name && !strings.HasPrefix(strings.ToLower(name), "content-")
}

// addresses writes a list of mailboxes, or nothing when it is empty.
func (w *composer) addresses(field string, list []Address) error {
	var all []string
	for _, a := range list {
		email, ok := wireEmail(a.Email)
		if !ok {
			return fault.Field(strings.ToLower(field), "mail.address", "%q is not an address mail can be sent to.", a.Email)
		}
		if name := oneLine(a.Name); name != "" {
			email = phrase(name) + " <" + email + ">"
		}
		all = append(all, email)
	}
	if len(all) > 0 {
		w.raw(field, strings.Join(all, ", "))
	}
	return nil
}

// ids writes message ids; what is none, for some program's whim, is left out.
func (w *composer) ids(field string, list []string) {
	var all []string
	for _, id := range list {
		if isID(id) {
			all = append(all, "<"+id+">")
		}
	}
	if n := len(all) - maxReferences; n > 0 {
		all = append(all[:1], all[1+n:]...)
	}
	if len(all) > 0 {
		w.raw(field, strings.Join(all, " "))
	}
}

// isID says whether s can stand between angle brackets (RFC 5322, 3.6.4, or a little more freely).
func isID(s string) bool {
	return s != "" && len(s) < 900 && isPrintable(s) && !strings.ContainsAny(s, "<> ")
}

// words writes free text.
func (w *composer) words(field, value string) {
	value = oneLine(value)
	if !isPrintable(value) || strings.Contains(value, "=?") || !canFold(value) {
		value = encodeWords(value)
	}
	w.raw(field, value)
}

// raw writes a field whose value is ASCII on one line, folded at single spaces.
func (w *composer) raw(field, value string) {
	w.b.WriteString(field + ":")
	width := len(field) + 1
	words := strings.Split(value, " ")
	for i, word := range words {
		if i > 0 && width+1+len(word) > maxWidth && word != "" && words[i-1] != "" {
			w.b.WriteString("\r\n")
			width = 0
		}
		w.b.WriteString(" " + word)
		width += 1 + len(word)
	}
	w.b.WriteString("\r\n")
}

// entity is one part of the mail to be written: with children it is a multipart.
type entity struct {
	fields   []string // whole lines, without their end
	kind     string   // of a multipart
	children []entity
	body     []byte
}

// content arranges the words and files: what belongs to the HTML around it, the text before it, other files after both.
func content(out Outgoing) entity {
	plain := out.Text
	if strings.TrimSpace(plain) == "" && out.HTML != "" {
		plain = text.FromHTML(out.HTML)
	}
	body := textEntity("text/plain", plain)
	var shown, others []entity
	for _, f := range out.Files {
		if f.Inline && isID(f.ContentID) && out.HTML != "" {
			shown = append(shown, fileEntity(f, "inline"))
		} else {
			others = append(others, fileEntity(f, "attachment"))
		}
	}
	if out.HTML != "" {
		page := textEntity("text/html", out.HTML)
		if len(shown) > 0 {
			page = entity{kind: `multipart/related; type="text/html"`, children: append([]entity{page}, shown...)}
		}
		body = entity{kind: "multipart/alternative", children: []entity{body, page}}
	}
	if len(others) > 0 {
		body = entity{kind: "multipart/mixed", children: append([]entity{body}, others...)}
	}
	return body
}

// textEntity writes words as they are when every mail program takes them so, else encoded.
func textEntity(kind, words string) entity {
	words = strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return -1
		}
		return c
	}, lines(strings.ToValidUTF8(words, "\ufffd")))
	if words != "" && !strings.HasSuffix(words, "\n") {
		words += "\n"
	}
	e := entity{fields: []string{"Content-Type: " + kind + "; charset=utf-8"}}
	high := 0
	for i := range len(words) {
		high += int(words[i] >> 7)
	}
	switch {
	case high == 0 && isNarrow(words):
		e.fields = append(e.fields, "Content-Transfer-Encoding: 7bit")
		e.body = []byte(strings.ReplaceAll(words, "\n", "\r\n"))
	case high*3 > len(words):
		e.fields = append(e.fields, "Content-Transfer-Encoding: base64")
		e.body = base64Lines([]byte(strings.ReplaceAll(words, "\n", "\r\n")))
	default:
		e.fields = append(e.fields, "Content-Transfer-Encoding: quoted-printable")
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		_, _ = w.Write([]byte(words)) // a buffer takes all
		_ = w.Close()
		e.body = b.Bytes()
	}
	return e
}

// isNarrow says whether no line needs breaking or could be taken for something else on its way: a boundary of ours, the
// beginning of a mail in an mbox, or one whose spaces at the end get lost.
func isNarrow(words string) bool {
	for line := range strings.SplitSeq(words, "\n") {
		if len(line) > maxWidth || strings.HasPrefix(line, "--=_") || strings.HasPrefix(line, "From ") ||
			strings.HasSuffix(line, " ") || strings.HasSuffix(line, "\t") {
			return false
		}
	}
	return true
}

// fileEntity writes a file in base64. An enclosed mail goes as plain bytes, since its own type forbids encoding (RFC 2046,
// 5.2.1).
func fileEntity(f Attachment, disposition string) entity {
	kind := strings.ToLower(f.Type)
	if main, _, _ := strings.Cut(kind, "/"); !isMediaType(kind) || main == "message" || main == "multipart" {
		kind = "application/octet-stream"
	}
	name := safeName(f.Name)
	if name == "" {
		name = "file"
	}
	e := entity{body: base64Lines(f.Data), fields: []string{
		"Content-Type: " + kind + ";\r\n " + `name="` + wordIn(name) + `"`,
		"Content-Transfer-Encoding: base64",
		"Content-Disposition: " + disposition + ";\r\n " + filename(name),
	}}
	if isID(f.ContentID) {
		e.fields = append(e.fields, "Content-ID: <"+f.ContentID+">")
	}
	return e
}

// entity writes a part: fields, a blank line, the body or the children between boundaries. "=_" stands in no encoded
// text, so the boundary is nowhere else.
func (w *composer) entity(e entity) {
	if len(e.children) == 0 {
		for _, f := range e.fields {
			w.b.WriteString(f + "\r\n")
		}
		w.b.WriteString("\r\n")
		w.b.Write(e.body)
		return
	}
	w.boundaries++
	boundary := "=_hearth_" + strconv.Itoa(w.boundaries)
	w.b.WriteString("Content-Type: " + e.kind + ";\r\n boundary=\"" + boundary + "\"\r\n\r\n")
	for _, child := range e.children {
		w.b.WriteString("--" + boundary + "\r\n")
		w.entity(child)
		w.b.WriteString("\r\n")
	}
	w.b.WriteString("--" + boundary + "--\r\n")
}

// base64Lines writes base64 in lines of 76 characters (RFC 2045, 6.8).
func base64Lines(data []byte) []byte {
	const perLine = maxWidth / 4 * 3
	var b bytes.Buffer
	b.Grow(base64.StdEncoding.EncodedLen(len(data)) * 79 / 76)
	var line [maxWidth]byte
	for len(data) > 0 {
		n := min(perLine, len(data))
		base64.StdEncoding.Encode(line[:], data[:n])
		b.Write(line[:base64.StdEncoding.EncodedLen(n)])
		b.WriteString("\r\n")
		data = data[n:]
	}
	return b.Bytes()
}
