// Package message reads the bytes of one mail as its writer meant them: who wrote to whom, the words, the files.
//
// Parse never gives up on a bad part: it keeps what it could read and says in Flaws what was wrong. It does no I/O,
// knows no database and no clock, and treats every byte as hostile: depth, number and size of parts are bounded.
package message

import (
	"strings"
	"time"
)

// Address is a mailbox with the name its owner writes (RFC 5322, 3.4). Email is lower-cased in its domain only.
type Address struct{ Name, Email string }

// Field is one header line, unfolded; Value has its encoded words (RFC 2047) decoded and is valid UTF-8 without NUL.
type Field struct{ Name, Value string }

// Attachment is a file that came along. Content-ID is without angle brackets; Inline says the HTML part shows it.
type Attachment struct {
	Name      string // a base name that is safe to save, never empty
	Type      string // media type found by looking at the bytes and the claim, lower case, without parameters
	ContentID string
	Inline    bool
	Data      []byte
}

// Message is what one mail says.
type Message struct {
	Header []Field // of the outermost part, in order
	// From is the first author. When the mail names none that can be read it has the address of whoever asks for answers,
	// sent it or gets its bounces, and Flaws has "from"; zero when there is nobody.
	From        Address
	Sender      Address
	ReplyTo     []Address
	To, Cc, Bcc []Address
	Subject     string
	Date        time.Time // zero when missing or unreadable
	Delivered   time.Time // when the last server took it in, by its Received field (RFC 5321, 4.4); zero when there is none
	MessageID   string    // without angle brackets
	InReplyTo   []string  // message ids without brackets, as written
	References  []string  // oldest first
	ReturnPath  string    // the envelope sender as the last server wrote it; "<>" when empty (RFC 5321, 4.5.5)

	Text string // the words as plain text: the text part, or the HTML part made readable
	HTML string // the HTML part as sent, decoded to UTF-8, NOT sanitised; empty when there is none

	Attachments []Attachment
	// Reports holds the parts a machine wrote for machines: message/delivery-status, message/feedback-report,
	// message/disposition-notification, message/rfc822-headers and an enclosed message/rfc822 of a report.
	Reports []Attachment

	Crypto string // "", "smime-signed", "smime-encrypted", "pgp-signed", "pgp-encrypted", "pgp-inline-signed", "pgp-inline-encrypted"
	// Flaws says what was mended or left out: "header", "header-too-big", "from", "boundary", "too-deep", "too-many-parts",
	// "encoding" (of the transfer), "charset", "tnef".
	Flaws []string
}

// Values returns every value of the header field with this name, whatever its case, in order.
func (m *Message) Values(name string) []string {
	var all []string
	for _, f := range m.Header {
		if strings.EqualFold(f.Name, name) {
			all = append(all, f.Value)
		}
	}
	return all
}

// Value returns the first value of the header field with this name, or the empty string.
func (m *Message) Value(name string) string {
	for _, f := range m.Header {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}
