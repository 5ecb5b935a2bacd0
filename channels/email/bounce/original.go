package bounce

import (
	"strings"

	"github.com/hearthdesk/hearth/channels/email/message"
)

// dividers open the copy of our mail in a letter without parts. A line counts when it begins so, after dashes and the like.
//
//nolint:misspell // words of many languages
var dividers = []string{
	"below this line is a copy of the message", "below is a copy of the original message", "this is a copy of the message",
	"this is a copy of your message", "enclosed is a copy of the message", "included is a copy of the message header",
	"the header of the original message", "original message follows", "original message headers", "original message header",
	"original message -", "original mail info", "original mail as follows", "message headers follow", "message header follows",
	"message text follows", "unsent message", "returned message", "bounced e-mail", "the original message", "start of the original",
	"here is the original", "here is your original", "ursprüngliche nachricht", "ursprüngliche nachrichtenkopfzeilen",
	"en-têtes de message d'origine", "encabezados de mensajes originales", "intestazioni originali del messaggio",
	"oorspronkelijke berichtkoppen", "cabeçalhos de mensagens originais", "元のメッセージ", "邮件头", "原始邮件标头",
}

// divide parts the words of the server from the copy of our mail below them.
func divide(text string) (notice, quoted string) {
	at := 0
	for line := range strings.Lines(text) {
		if at > 0 && (isDivider(line) || isHeaderStart(line)) {
			if isHeaderStart(line) {
				return text[:at], text[at:]
			}
			return text[:at], strings.TrimLeft(text[at+len(line):], "\r\n")
		}
		at += len(line)
	}
	return text, ""
}

func isDivider(line string) bool {
	if len(line) > 160 {
		return false
	}
	bare := strings.TrimLeft(line, "-=*_#> \t")
	line = strings.ToLower(strings.TrimSpace(bare)) + " "
	if line == "original message " || line == "original message: " {
		return true
	}
	for _, d := range dividers {
		if strings.HasPrefix(line, d) {
			return !strings.HasPrefix(line, "the original message was") && !strings.HasPrefix(line, "the original message is over")
		}
	}
	return false
}

// isHeaderStart tells whether the header of a mail begins here: with one of the fields servers put on top.
func isHeaderStart(line string) bool {
	for _, f := range []string{"Received:", "Return-Path:", "Return-path:", "DKIM-Signature:", "X-Apparently-To:", "Delivered-To:"} {
		if strings.HasPrefix(line, f) {
			return true
		}
	}
	return false
}

// headerOf cuts the header off a mail.
func headerOf[T string | []byte](mail T) string {
	header := strings.TrimLeft(clip(mail, maxNotice), "\r\n")
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		header, _, _ = strings.Cut(header, end)
	}
	return header
}

// readOriginal finds which mail of ours the letter is about.
func readOriginal(l letter, r *Report) {
	if r.Original != "" {
		return
	}
	for _, header := range l.returned {
		m, err := message.Parse([]byte(header + "\r\n\r\n"))
		if err != nil || len(m.Header) < 2 {
			continue
		}
		if len(r.Headers) == 0 {
			r.Headers = m.Header
		}
		if r.Original == "" {
			r.Original = m.MessageID
		}
	}
	if r.Original != "" {
		return
	}
	for _, part := range append(append(l.status, l.feedback...), l.notice) {
		for _, block := range records(part) {
			if id := idIn(block.first("x-original-message-id", "original-message-id", "message-id")); id != "" {
				r.Original = id
				return
			}
		}
	}
	if len(l.InReplyTo) > 0 { // Exchange answers the mail it could not deliver
		r.Original = l.InReplyTo[0]
	}
}

func idIn(s string) string {
	s = strings.TrimSpace(s)
	if at := strings.IndexByte(s, '<'); at >= 0 {
		s, _, _ = strings.Cut(s[at+1:], ">")
	}
	if strings.ContainsAny(s, " \t") {
		return ""
	}
	return s
}
