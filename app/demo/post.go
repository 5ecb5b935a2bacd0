package demo

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/channels/email/message"
)

// post is a mail as a customer's program sends it.
type post struct {
	from    message.Address
	to, cc  []message.Address
	subject string
	words   string
	at      time.Time
	id      string
	answers []string // what it answers, oldest first
	quoted  string
	html    bool
	files   []attachment
	more    []message.Field
}

func (p post) bytes() ([]byte, error) {
	out := message.Outgoing{From: p.from, To: p.to, Cc: p.cc, Subject: p.subject, Date: p.at, MessageID: p.id, References: p.answers, Text: p.words, More: p.more}
	if n := len(p.answers); n > 0 {
		out.InReplyTo = p.answers[n-1]
	}
	if p.html {
		out.HTML = paragraphs(p.words)
	}
	if p.quoted != "" {
		intro, quote, _ := strings.Cut(p.quoted, "\n")
		out.Text += "\n\n" + intro + "\n> " + strings.ReplaceAll(quote, "\n", "\n> ")
		if p.html {
			out.HTML += "<div>" + html.EscapeString(intro) + "</div><blockquote>" + paragraphs(quote) + "</blockquote>"
		}
	}
	for _, f := range p.files {
		out.Files = append(out.Files, message.Attachment{Name: f.name, Type: f.kind, Data: f.data})
	}
	return message.Compose(out)
}

func paragraphs(words string) string {
	var b strings.Builder
	for p := range strings.SplitSeq(words, "\n\n") {
		b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(p), "\n", "<br>") + "</p>")
	}
	return b.String()
}

// quote is what we said, as a program puts it below an answer.
func quote(lang, words string, at time.Time, from string) string {
	if lang == "de" {
		return fmt.Sprintf("Am %s um %s schrieb Hobbin & Wick <%s>:\n%s", at.Format("02.01.2006"), at.Format("15:04"), from, words)
	}
	return fmt.Sprintf("On %s at %s, Hobbin & Wick <%s> wrote:\n%s", at.Format("Mon, 2 Jan 2006"), at.Format("15:04"), from, words)
}

// returned is what a mail server writes when it can't deliver a mail of ours (RFC 3464).
func returned(to, address, original, why string, at time.Time, id string) []byte {
	_, host, _ := strings.Cut(address, "@")
	lines := []string{
		"Return-Path: <>", "From: Mail Delivery System <MAILER-DAEMON@mx." + host + ">", "To: " + to, "Subject: Undelivered Mail Returned to Sender",
		"Date: " + at.Format(time.RFC1123Z), "Message-ID: <" + id + ">", "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
		`Content-Type: multipart/report; report-type=delivery-status; boundary="=_return"`, "",
		"--=_return", "Content-Type: text/plain; charset=us-ascii", "",
		"This is the mail system at host mx." + host + ".", "", "I'm sorry to have to inform you that your message could not", "be delivered to one or more recipients.", "",
		"<" + address + ">: " + why, "",
		"--=_return", "Content-Type: message/delivery-status", "",
		"Reporting-MTA: dns; mx." + host, "", "Final-Recipient: rfc822; " + address, "Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; " + why, "",
		"--=_return", "Content-Type: message/rfc822-headers", "",
		"From: " + to, "To: " + address, "Message-ID: <" + original + ">", "", "--=_return--", "",
	}
	return []byte(strings.Join(lines, "\r\n"))
}
