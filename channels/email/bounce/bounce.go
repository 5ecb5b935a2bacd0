// Package bounce reads the letters that mail servers write when a mail of ours did not arrive, so that the agent learns
// who was not reached and why, and the desk stops writing to addresses that are dead.
//
// A letter is believed only when a machine wrote it: an ordinary mail that quotes or forwards a bounce is none. The
// parts written for machines come first (delivery status, RFC 3464; feedback reports, RFC 5965; the notifications of
// Amazon SES), then the words each mail server uses (letters.go). Why a delivery failed is looked up in one table of
// phrases (rules.go); its reasons have the names the field uses. Nothing here does I/O, and the work is linear in the
// size of the mail. A report is a claim, not a proof: anyone can write such a letter, so it counts only for a mail that
// we sent to that recipient.
package bounce

import (
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/channels/email/message"
)

// Action is what the server did with our mail (RFC 3464, 2.3.3).
type Action string

// The actions. Relayed and expanded deliveries count as Delivered; Complained is the reader's doing (RFC 5965).
const (
	Failed     Action = "failed"
	Delayed    Action = "delayed"
	Delivered  Action = "delivered"
	Complained Action = "complained"
)

// Failure is what became of our mail for one recipient.
type Failure struct {
	Address    string // the address we wrote to, or else where it ended; empty when the letter hides it
	Status     string // enhanced status code, such as "5.1.1" (RFC 3463); empty when none is known
	SMTPCode   string // reply code, such as "550" (RFC 5321, 4.2); empty when none is known
	Reason     Reason
	Hard       bool   // the address is dead: writing again cannot succeed
	Diagnostic string // the words of the server, on one line, at most 1,000 bytes
	Action     Action
}

// Report is what one letter says.
type Report struct {
	Recipients []Failure       // at least one
	Original   string          // message id of the mail it is about, without angle brackets; empty when not told
	Headers    []message.Field // the header of that mail, as far as it was enclosed
	Feedback   string          // kind of complaint, such as "abuse" (RFC 5965, 3.1); empty in a delivery report
}

// Limits that keep a hostile letter cheap; no honest one comes near them.
const (
	maxRecipients = 500
	maxNotice     = 256 << 10 // bytes of the server's own words
	maxDiagnostic = 1000      // bytes
)

// Read tells whether a mail server wrote m about a mail of ours, and what it says. The report is nil when it is not so.
func Read(m *message.Message) (*Report, bool) {
	return open(m).read()
}

func (l letter) read() (*Report, bool) {
	for _, reading := range []func(letter, *Report){readComplaint, readNotification, readStatus, readNotice} {
		r := &Report{}
		if reading(l, r); len(r.Recipients) > 0 {
			readOriginal(l, r)
			return r, true
		}
	}
	return nil, false
}

// wrapped reads the letter inside this letter: some gateways enclose what the server wrote, and say little themselves.
func (l letter) wrapped() (*Report, bool) {
	if l.inside || len(l.enclosed) != 1 {
		return nil, false
	}
	m, err := message.Parse(l.enclosed[0])
	if err != nil {
		return nil, false
	}
	inner := open(m)
	inner.inside = true
	return inner.read()
}

// letter is a mail that may be a bounce, laid open.
type letter struct {
	*message.Message

	sender   sender
	notice   string   // what the server says, without our returned mail
	returned []string // header blocks of our mail: enclosed parts first, then what the text quotes
	enclosed [][]byte // whole mails that came along
	status   []string // the delivery status parts
	feedback []string // the feedback report parts
	inside   bool     // it came in another letter
}

func open(m *message.Message) letter {
	l := letter{Message: m, sender: senderOf(m)}
	for _, parts := range [][]message.Attachment{m.Reports, m.Attachments} {
		for _, part := range parts {
			switch part.Type {
			case "message/delivery-status", "message/global-delivery-status":
				l.status = append(l.status, clip(part.Data, maxNotice))
			case "message/feedback-report":
				l.feedback = append(l.feedback, clip(part.Data, maxNotice))
			case "message/rfc822", "message/global":
				l.enclosed = append(l.enclosed, part.Data)
				l.returned = append(l.returned, headerOf(part.Data))
			case "message/rfc822-headers", "text/rfc822-headers", "message/global-headers":
				l.returned = append(l.returned, headerOf(part.Data))
			case "text/plain", "application/octet-stream": // so some gateways relabel it
				if isStatusPart(part.Data) {
					l.status = append(l.status, clip(part.Data, maxNotice))
				}
			}
		}
	}
	var quoted string
	l.notice, quoted = divide(clip(m.Text, maxNotice))
	if quoted != "" {
		l.returned = append(l.returned, headerOf(quoted))
	}
	return l
}

// sender is what the header tells about who wrote a mail.
type sender struct {
	daemon  bool // it is signed by a mail server
	steward bool // it is signed by whoever looks after one: a machine, or a person
	silent  bool // nobody wants an answer: the return path is empty (RFC 5321, 4.5.5)
	machine bool // it says that a machine wrote it (RFC 3834, 5), or that no one reads answers
	report  bool // it is built as a report (RFC 6522)
}

func senderOf(m *message.Message) sender {
	local, _, _ := strings.Cut(m.From.Email, "@")
	path := strings.ToLower(m.ReturnPath)
	auto := strings.ToLower(strings.TrimSpace(m.Value("Auto-Submitted")))
	daemon, steward := signature(m)
	return sender{
		daemon:  daemon,
		steward: steward,
		silent:  path == "<>" || path == "null" || path == "<null>" || strings.Contains(path, "mailer-daemon"),
		machine: auto != "" && !strings.HasPrefix(auto, "no") || m.Value("X-Failed-Recipients") != "" || m.Value("X-MLServer") != "" ||
			strings.HasPrefix(bare(local), "noreply"),
		report: strings.HasPrefix(strings.ToLower(strings.TrimSpace(m.Value("Content-Type"))), "multipart/report"),
	}
}

// any tells whether something beside the words says that a machine wrote this.
func (s sender) any() bool { return s.daemon || s.steward || s.silent || s.machine || s.report }

// daemons are the names mail servers sign with, without anything but letters and digits; stewards are names that people
// who look after servers use too.
var (
	daemons = []string{
		"mailerdaemon", "maildaemon", "mdaemon", "smtpdaemon", "maildelivery", "maildeliverysystem", "maildeliverysubsystem",
		"maildeliversystem", "internetmaildelivery", "mailsystem", "mailsubsystem", "mailhub", "mailrouter", "mailgateway",
		"nondeliveryreport", "microsoftexchange", "systemattendant", "undeliverable",
	}
	stewards = []string{
		"postmaster", "poostmaster", "mailadministrator", "mailsystemadministrator", "systemadministrator", "sysadmin", "bounce",
		"bounces", "bouncehandler",
	}
)

func signature(m *message.Message) (daemon, steward bool) {
	from := clip(m.Value("From"), maxDiagnostic)
	local, _, _ := strings.Cut(addressIn(from), "@")
	if local == "" { // a word without a domain
		local = from
	}
	for _, name := range []string{bare(local), bare(clip(m.From.Name, maxDiagnostic))} {
		daemon = daemon || slices.Contains(daemons, name)
		steward = steward || slices.Contains(stewards, name)
	}
	return daemon || strings.TrimSpace(from) == "<>" || strings.Contains(bare(from), "mailerdaemon"), steward
}

// bare leaves the letters and digits, in lower case.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, s)
}

// clip is at most the first n bytes of s, without half a character at the end.
func clip[T string | []byte](s T, n int) string {
	return strings.ToValidUTF8(string(s[:min(len(s), n)]), "\uFFFD")
}
