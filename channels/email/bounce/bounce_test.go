package bounce_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/channels/email/bounce"
	"github.com/hearthdesk/hearth/channels/email/message"
)

func parse(tb testing.TB, raw string) *message.Message {
	tb.Helper()
	m, err := message.Parse([]byte(strings.TrimPrefix(raw, "\n")))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

const statusReport = `
Return-Path: <>
From: MAILER-DAEMON@mx.desk.example (Mail Delivery System)
To: help@desk.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system at host mx.desk.example.

<anna@forward.example> (expanded from <anna@kunde.example>): host
    mx.kunde.example[192.0.2.2] said: 550 no (in reply to MAIL FROM command)

<otto@voll.example>: host mx.voll.example[192.0.2.3] said: 452 4.2.2 <otto@voll.example>
    Mailbox full (in reply to RCPT TO command)

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.desk.example

Original-Recipient: rfc822;anna@kunde.example
Final-Recipient: rfc822; anna@forward.example
Action: failed
Status: 5.0.0
Remote-MTA: dns; mx.kunde.example
Diagnostic-Code: smtp; 550 no

Final-Recipient: rfc822; otto@voll.example
Action: delayed
Status: 4.2.2
Diagnostic-Code: smtp; 452 4.2.2 <otto@voll.example>
    Mailbox full

--b
Content-Type: text/rfc822-headers

From: Hilfe <help@desk.example>
To: anna@kunde.example
Subject: =?UTF-8?Q?Ihre_Anfrage_=C3=BCber_Eis?=
Message-ID: <1@desk.example>

--b--
`

func TestRead(t *testing.T) {
	type failures = []bounce.Failure
	for name, c := range map[string]struct {
		raw      string
		want     failures
		original string
		feedback string
	}{
		"Postfix names the address we wrote to and tells the step in words": {
			raw: statusReport,
			want: failures{
				{Address: "anna@kunde.example", Status: "5.0.0", SMTPCode: "550", Reason: bounce.Rejected, Diagnostic: "550 no", Action: bounce.Failed},
				{Address: "otto@voll.example", Status: "4.2.2", SMTPCode: "452", Reason: bounce.MailboxFull, Diagnostic: "452 4.2.2 <otto@voll.example> Mailbox full", Action: bounce.Delayed},
			},
			original: "1@desk.example",
		},
		"qmail tells it in words": {
			raw: `
Return-Path: <>
From: MAILER-DAEMON@mx.desk.example
To: help@desk.example
Subject: failure notice

Hi. This is the qmail-send program at mx.desk.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<anna@kunde.example>:
192.0.2.2 does not like recipient.
Remote host said: 550 5.1.1 unknown
Giving up on 192.0.2.2.

<otto@nirgends.example>:
Sorry, I couldn't find any host named nirgends.example. (#5.1.2)

--- Below this line is a copy of the message.

Return-Path: <help@desk.example>
Message-ID: <2@desk.example>
From: help@desk.example
To: anna@kunde.example

Schönen Gruß an frieda@kunde.example
`,
			want: failures{
				{Address: "anna@kunde.example", Status: "5.1.1", SMTPCode: "550", Reason: bounce.UserUnknown, Hard: true, Diagnostic: "192.0.2.2 does not like recipient. Remote host said: 550 5.1.1 unknown Giving up on 192.0.2.2.", Action: bounce.Failed},
				{Address: "otto@nirgends.example", Status: "5.1.2", Reason: bounce.HostUnknown, Hard: true, Diagnostic: "Sorry, I couldn't find any host named nirgends.example. (#5.1.2)", Action: bounce.Failed},
			},
			original: "2@desk.example",
		},
		"a recipient with a name like a field": {
			raw: `
Return-Path: <>
From: MAILER-DAEMON@mx.desk.example
To: help@desk.example
Subject: failure notice

This is the qmail-send program at mx.desk.example.

<contact@kunde.example>:
Sorry, no mailbox here by that name. (#5.1.1)
`,
			want: failures{{Address: "contact@kunde.example", Status: "5.1.1", Reason: bounce.UserUnknown, Hard: true, Diagnostic: "Sorry, no mailbox here by that name. (#5.1.1)", Action: bounce.Failed}},
		},
		"Exim names the failed recipient in the header": {
			raw: `
Return-Path: <>
X-Failed-Recipients: anna@kunde.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.desk.example>
To: help@desk.example
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message sent by

  <help@desk.example>

could not be delivered to one or more of its recipients. The following
address(es) failed:

  anna@kunde.example
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

Message-Id: <3@desk.example>
From: help@desk.example
`,
			want:     failures{{Address: "anna@kunde.example", Reason: bounce.HostUnknown, Hard: true, Diagnostic: "Unrouteable address", Action: bounce.Failed}},
			original: "3@desk.example",
		},
		"Gmail warns of a delay": {
			raw: `
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: help@desk.example
Subject: Delivery Status Notification (Delay)

THIS IS A WARNING MESSAGE ONLY.

Delivery to the following recipient has been delayed:

     anna@nirgends.example

Message will be retried for 2 more day(s)

Technical details of temporary failure:
Domain name not found

----- Original message -----

Received: by mx.desk.example
Message-ID: <4@desk.example>
`,
			want:     failures{{Address: "anna@nirgends.example", Reason: bounce.HostUnknown, Diagnostic: "Message will be retried for 2 more day(s) Technical details of temporary failure: Domain name not found", Action: bounce.Delayed}},
			original: "4@desk.example",
		},
		"a Russian server without a code": {
			raw: `
Return-Path: <>
From: mailer-daemon@post.example
To: help@desk.example
Subject: =?UTF-8?B?0J3QtdC00L7RgdGC0LDQstC70LXQvdC90L7QtSDRgdC+0L7QsdGJ0LXQvdC40LU=?=
Content-Type: text/plain; charset=utf-8

Ваше письмо не может быть доставлено:

anna@post.example: почтовый ящик переполнен
`,
			want: failures{{Address: "anna@post.example", Reason: bounce.MailboxFull, Diagnostic: "почтовый ящик переполнен", Action: bounce.Failed}},
		},
		"a gateway encloses what the server wrote": {
			raw: `
From: MAILER-DAEMON@gateway.example
To: help@desk.example
Subject: Returned mail: User unknown
Content-Type: multipart/mixed; boundary=o

--o

The original message was received at noon.
----- The following addresses had permanent delivery errors -----

--o
Content-Type: message/rfc822

` + strings.TrimSpace(statusReport) + "\n--o--\n",
			want: failures{
				{Address: "anna@kunde.example", Status: "5.0.0", SMTPCode: "550", Reason: bounce.Rejected, Diagnostic: "550 no", Action: bounce.Failed},
				{Address: "otto@voll.example", Status: "4.2.2", SMTPCode: "452", Reason: bounce.MailboxFull, Diagnostic: "452 4.2.2 <otto@voll.example> Mailbox full", Action: bounce.Delayed},
			},
			original: "1@desk.example",
		},
		"Exim warns of a delay": {
			raw: `
Return-Path: <>
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.desk.example>
To: help@desk.example
Subject: Warning: message 1k-2 delayed 24 hours

This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.desk.example.

The address to which the message has not yet been delivered is:

  anna@kunde.example
    Delay reason: Connection timed out

No action is required on your part. Delivery attempts will continue for
some time.
`,
			want: failures{{Address: "anna@kunde.example", Reason: bounce.Expired, Diagnostic: "Delay reason: Connection timed out No action is required on your part. Delivery attempts will continue for some time.", Action: bounce.Delayed}},
		},
		"a receipt": {
			raw: `
From: postmaster@mx.kunde.example
To: help@desk.example
Subject: Successful delivery
Content-Type: multipart/report; boundary=b

--b

Delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kunde.example

Final-Recipient: rfc822; anna@kunde.example
Action: relayed
Status: 2.1.5
--b--
`,
			want: failures{{Address: "anna@kunde.example", Status: "2.1.5", Reason: bounce.DeliveredReason, Diagnostic: "Delivered.", Action: bounce.Delivered}},
		},
		"a reader complains": {
			raw: `
From: feedback@isp.example
To: abuse@desk.example
Subject: FW: News
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: Abuse
User-Agent: Loop/1.0
Version: 1
Original-Rcpt-To: <anna@kunde.example>
--b
Content-Type: message/rfc822

From: news@desk.example
Message-ID: <5@desk.example>

News!
--b--
`,
			want:     failures{{Address: "anna@kunde.example", Reason: bounce.FeedbackReported, Action: bounce.Complained}},
			original: "5@desk.example",
			feedback: "abuse",
		},
		"Amazon notifies": {
			raw: `
From: AWS <no-reply@sns.amazonaws.com>
To: help@desk.example
Subject: AWS Notification Message
X-Amz-Sns-Message-Id: 1

{"Type":"Notification","Message":"{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":\"anna@kunde.example\",\"action\":\"failed\",\"status\":\"5.1.1\",\"diagnosticCode\":\"smtp; 550 5.1.1 user unknown\"}]},\"mail\":{\"headers\":[{\"name\":\"Message-ID\",\"value\":\"<6@desk.example>\"}]}}"}

--
Unsubscribe: https://sns.example/
`,
			want:     failures{{Address: "anna@kunde.example", Status: "5.1.1", SMTPCode: "550", Reason: bounce.UserUnknown, Hard: true, Diagnostic: "550 5.1.1 user unknown", Action: bounce.Failed}},
			original: "6@desk.example",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, ok := bounce.Read(parse(t, c.raw))
			if !ok {
				t.Fatal("not recognised")
			}
			if diff := cmp.Diff(c.want, r.Recipients); diff != "" {
				t.Error(diff)
			}
			if r.Original != c.original || r.Feedback != c.feedback {
				t.Errorf("original %q, feedback %q; want %q, %q", r.Original, r.Feedback, c.original, c.feedback)
			}
		})
	}
}

func TestReadGivesTheHeaderOfOurMail(t *testing.T) {
	r, _ := bounce.Read(parse(t, statusReport))
	want := []message.Field{
		{Name: "From", Value: "Hilfe <help@desk.example>"},
		{Name: "To", Value: "anna@kunde.example"},
		{Name: "Subject", Value: "Ihre Anfrage über Eis"},
		{Name: "Message-ID", Value: "<1@desk.example>"},
	}
	if diff := cmp.Diff(want, r.Headers); diff != "" {
		t.Error(diff)
	}
}

func TestPeopleAreNoBounce(t *testing.T) {
	for name, raw := range map[string]string{
		"a question": "From: anna@kunde.example\nSubject: Undeliverable parcel\n\nMy parcel could not be delivered to <anna@kunde.example>, why?\n",
		"a customer quotes a bounce": "From: anna@kunde.example\nSubject: your address?\n\nI got this:\n\n> This message was created automatically by mail delivery software.\n> A message that you sent could not be delivered to\n" +
			">   help@desk.example\n>     550 5.1.1 User unknown\n",
		"a customer forwards a bounce": "From: anna@kunde.example\nSubject: Fwd: Undelivered Mail Returned to Sender\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n<help@desk.example>: 550 no\n",
		"a customer encloses a bounce": "From: anna@kunde.example\nSubject: look\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nWhat is this?\n--o\nContent-Type: message/rfc822\n\n" + strings.TrimSpace(statusReport) +
			"\n--o--\n",
		"a postmaster writes himself":       "From: Otto <postmaster@kunde.example>\nSubject: Question about our contract\n\nWhen does it end?\n",
		"an administrator writes himself":   "From: Otto <sysadmin@kunde.example>\nSubject: Our mail\n\nOur mail could not be delivered:\n<help@desk.example>: 550 no. Why?\n",
		"a shop's own notice":               "From: noreply@shop.example\nAuto-Submitted: auto-generated\nSubject: Parcel not delivered\n\nYour parcel could not be delivered to anna@kunde.example.\n",
		"an absence note":                   "Return-Path: <>\nFrom: anna@kunde.example\nAuto-Submitted: auto-replied\nSubject: Out of office: Undeliverable\n\nI am away. Write to otto@kunde.example.\n",
		"an answer to a bounce":             "From: anna@kunde.example\nSubject: Re: Undelivered Mail Returned to Sender\nIn-Reply-To: <1@desk.example>\n\nThis is the mail system at host mx, it says <help@desk.example>: 550\n",
		"a closed mailbox answers politely": "Return-Path: <>\nFrom: info@kunde.example\nAuto-Submitted: auto-replied\nSubject: Re: offer\n\nThe mailbox info@kunde.example is no longer in use.\n",
	} {
		t.Run(name, func(t *testing.T) {
			if r, ok := bounce.Read(parse(t, raw)); ok {
				t.Errorf("taken for a bounce: %+v", r)
			}
		})
	}
}

// TestReadIsLinear gives Read the worst letters we could think of, 5 MB each.
func TestReadIsLinear(t *testing.T) {
	const size = 5 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	notice := "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: help@desk.example\nSubject: failure notice\n\nThis is the qmail-send program\n"
	report := "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\n"
	status := report + "--b\nContent-Type: message/delivery-status\n\n"
	var recipients, lines strings.Builder
	for i := 0; recipients.Len() < size; i++ {
		fmt.Fprintf(&recipients, "Final-Recipient: rfc822; a%d@b.example\nAction: failed\nDiagnostic-Code: smtp; 550 %d\n\n", i, i)
		fmt.Fprintf(&lines, "<a%d@b.example>:\nsaid 550 nothing of any meaning %d\n", i, i)
	}
	for name, raw := range map[string]string{
		"at signs":                 notice + fill("@"),
		"half addresses":           notice + fill("a@"),
		"one long line":            notice + fill("a"),
		"one long line with a tip": notice + "<" + fill("a") + "@b.example>",
		"recipients in words":      notice + lines.String(),
		"recipients in fields":     status + recipients.String() + "\n--b--\n",
		"words of all recipients":  report + lines.String() + "--b\nContent-Type: message/delivery-status\n\n" + recipients.String() + "\n--b--\n",
		"one field":                status + "Final-Recipient: rfc822; a@b.example\nDiagnostic-Code: smtp; " + fill("ip ip ip ") + "\n--b--\n",
		"folded fields":            status + "Final-Recipient: rfc822; a@b.example\nDiagnostic-Code: smtp; x\n" + fill(" ip\n") + "\n--b--\n",
		"half dividers":            notice + fill("--- the original message was\n"),
		"half phrases":             notice + fill("message … was message to x was "),
		"a transcript":             notice + fill("<<< 550 5.1.1 no\n>>> RCPT TO:<a@b.example>\n"),
		"numbers":                  notice + "<a@b.example>:\n" + fill("550 5.0.0 "),
	} {
		t.Run(name, func(t *testing.T) {
			m := parse(t, raw)
			took := time.Hour
			for range 3 { // the best of three: other tests run beside this one
				start := time.Now()
				bounce.Read(m)
				took = min(took, time.Since(start))
			}
			t.Log(took)
			if took > 500*time.Millisecond {
				t.Errorf("took %s", took)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(strings.TrimSpace(statusReport)))
	f.Add([]byte("From: MAILER-DAEMON@x\nSubject: failure notice\n\n<a@b>:\n>>> RCPT TO:<a@b>\n<<< 550 5.1.1 no\n--- Below this line is a copy of the message.\n\nTo: a@b\n"))
	f.Add([]byte("X-Amz-Sns-Message-Id: 1\n\n{\"notificationType\":\"Complaint\",\"complaint\":{\"complainedRecipients\":[{\"emailAddress\":\"a@b\"}]}}"))
	f.Add([]byte("Subject: complaint about message from 1\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nTo: a@b\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := message.Parse(raw)
		if err != nil {
			return
		}
		r, ok := bounce.Read(m)
		if ok != (r != nil) {
			t.Fatal("a report without a word, or a word without a report")
		}
		if !ok {
			return
		}
		if len(r.Recipients) == 0 || len(r.Recipients) > 500 {
			t.Fatalf("%d recipients", len(r.Recipients))
		}
		for _, one := range r.Recipients {
			if one.Reason == "" || one.Action == "" || len(one.Diagnostic) > 1002 {
				t.Fatalf("%+v", one)
			}
			if one.Hard && one.Action != bounce.Failed {
				t.Fatalf("hard without a failure: %+v", one)
			}
		}
	})
}
