package email_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

const support = "support@shop.example"

// letter writes a mail as a customer's program would.
func letter(from, subject, id, answers, words string) []byte {
	refs := ""
	if answers != "" {
		refs = "In-Reply-To: <" + answers + ">\r\nReferences: <" + answers + ">\r\n"
	}
	return fmt.Appendf(nil, "From: %s\r\nTo: Shop <%s>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s>\r\n%s\r\n%s\r\n",
		from, support, subject, time.Now().Format(time.RFC1123Z), id, refs, strings.ReplaceAll(words, "\n", "\r\n"))
}

func connect(h *house.House, imap, smtp, password string, options map[string]any) email.Mailbox {
	var box email.Mailbox
	in := map[string]any{"address": support, "name": "The Shop", "password": password, "options": options}
	if imap != "" {
		in["imap"] = "imap://" + support + "@" + imap
	}
	if smtp != "" {
		in["smtp"] = "smtp://" + smtp
	}
	h.Ask(http.MethodPost, "/api/v1/mail/mailboxes", in, &box)
	return box
}

func ticketList(h *house.House) []tickets.Ticket {
	return house.Items[tickets.Ticket](h, "/api/v1/tickets?limit=200")
}

func said(h *house.House, t tickets.Ticket) []tickets.Message {
	return house.Items[tickets.Message](h, "/api/v1/tickets/"+t.ID.String()+"/messages")
}

func ledger(h *house.House, state string) []email.Entry {
	return house.Items[email.Entry](h, "/api/v1/mail/ledger?limit=200&state="+state)
}

func send(t *testing.T, at, from string, to []string, raw []byte) error {
	t.Helper()
	c, err := smtp.Dial(at)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.SendMail(from, to, bytes.NewReader(raw))
}

func TestAMailBecomesATicketAndTheAnswerArrives(t *testing.T) {
	imap, out := servers.StartDovecot(t), servers.StartSink(t)
	h := house.Start(t)
	connect(h, imap.Addr, out.Addr, "secret", nil)
	start := time.Now()
	imap.Deliver(support, letter("Ada <ada@example.com>\r\nCc: Bob <bob@example.net>", "My cup", "1@example.com", "", "It broke. Order A-10293."))
	house.Until(t, "a ticket", func() bool { return len(ticketList(h)) == 1 })
	t.Logf("from delivery to ticket: %v (connecting included)", time.Since(start).Round(time.Millisecond))

	start = time.Now() // IDLE is running now
	imap.Deliver(support, letter("Carla <carla@example.org>", "Another", "2@example.org", "", "Hello."))
	house.Until(t, "a second ticket", func() bool { return len(ticketList(h)) == 2 })
	t.Logf("from delivery to ticket: %v", time.Since(start).Round(time.Millisecond))

	var ada tickets.Ticket
	for _, tk := range ticketList(h) {
		if tk.Subject == "My cup" {
			ada = tk
		}
	}
	var answer tickets.Message
	h.Ask(http.MethodPost, "/api/v1/tickets/"+ada.ID.String()+"/replies", map[string]any{"text": "I'm sorry. A new one is on its way."}, &answer)
	raw := out.Wait(1)[0]
	m, err := message.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if m.From.Email != support || m.From.Name != "The Shop" || len(m.To) != 1 || m.To[0].Email != "ada@example.com" ||
		len(m.Cc) != 1 || m.Cc[0].Email != "bob@example.net" || m.Subject != "Re: My cup" || len(m.InReplyTo) != 1 || m.InReplyTo[0] != "1@example.com" {
		t.Errorf("the answer: %+v", m)
	}
	house.Until(t, "the mark that it was sent", func() bool { return said(h, ada)[1].State == tickets.Sent })

	// Bob, who was in copy, answers; then a stranger who got hold of the mail.
	imap.Deliver(support, letter("Bob <bob@example.net>", "Re: My cup", "3@example.net", m.MessageID, "Thank you!"))
	house.Until(t, "Bob's answer", func() bool { return len(said(h, ada)) == 3 })
	imap.Deliver(support, letter("Eve <eve@example.com>", "Re: My cup", "4@example.com", m.MessageID, "Tell me all about it."))
	house.Until(t, "the stranger in the repair queue", func() bool { return len(ledger(h, "repair")) == 1 })
	waiting := ledger(h, "repair")[0]
	if waiting.Why != email.Stranger || waiting.Ticket != ada.ID || len(said(h, ada)) != 3 {
		t.Errorf("the stranger: %+v", waiting)
	}
	h.Ask(http.MethodPost, "/api/v1/mail/ledger/"+waiting.ID.String()+"/repair", map[string]any{"do": "open"}, nil)
	if len(ticketList(h)) != 3 || len(ledger(h, "repair")) != 0 {
		t.Errorf("after the repair %d tickets, %d waiting", len(ticketList(h)), len(ledger(h, "repair")))
	}
	if err := h.Try(http.MethodPost, "/api/v1/mail/ledger/"+waiting.ID.String()+"/repair", map[string]any{"do": "open"}, nil); err == nil {
		t.Error("a mail was repaired twice")
	}

	// The customer's provider says that the answer never reached Bob.
	report := fmt.Appendf(nil, "From: MAILER-DAEMON@example.net\r\nTo: %s\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\nAuto-Submitted: auto-replied\r\nReturn-Path: <>\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <%s>\r\nSubject: Re: My cup\r\n\r\n--b--\r\n", support, m.MessageID)
	imap.Deliver(support, report)
	house.Until(t, "the bounce on the message", func() bool { return said(h, ada)[1].State == tickets.Bounced })
}

func TestTheReceiverTakesOnlyOurMail(t *testing.T) {
	h := house.Start(t)
	connect(h, "", "", "", nil)
	mail := letter("Ada <ada@example.com>", "Hello", "1@example.com", "", "Good morning.")
	if err := send(t, h.SMTP, "ada@example.com", []string{"somebody@else.example"}, mail); err == nil {
		t.Error("it relays")
	}
	for range 2 { // the peer did not hear our yes and tries again
		if err := send(t, h.SMTP, "ada@example.com", []string{support}, mail); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(ticketList(h)); n != 1 {
		t.Errorf("%d tickets", n)
	}
	if err := send(t, h.SMTP, "other@example.com", []string{support}, mail); err != nil { // the same bytes by another way
		t.Fatal(err)
	}
	if set := ledger(h, "set_aside"); len(set) != 1 || set[0].Why != email.Duplicate {
		t.Errorf("set aside: %+v", set)
	}
}

func TestAnAnswerWaitsForADeadMailServer(t *testing.T) {
	dead := fmt.Sprintf("127.0.0.1:%d", servers.FreePort(t))
	h := house.Start(t)
	connect(h, "", dead, "", nil)
	if err := send(t, h.SMTP, "ada@example.com", []string{support}, letter("Ada <ada@example.com>", "Cup", "1@example.com", "", "Broken.")); err != nil {
		t.Fatal(err)
	}
	tk := ticketList(h)[0]
	h.Ask(http.MethodPost, "/api/v1/tickets/"+tk.ID.String()+"/replies", map[string]any{"text": "Sorry!"}, nil)
	var trial email.Trial
	box := house.Items[email.Mailbox](h, "/api/v1/mail/mailboxes")[0]
	h.Ask(http.MethodPost, "/api/v1/mail/mailboxes/"+box.ID.String()+"/test", struct{}{}, &trial)
	if !strings.Contains(trial.SMTP, "Nothing answers at") {
		t.Errorf("the trial says %q", trial.SMTP)
	}
	h.Stop() // and a restart in between
	sink := servers.StartSinkAt(t, dead)
	h.Start()
	if got := sink.Wait(1); !bytes.Contains(got[0], []byte("Sorry!")) {
		t.Errorf("sent %s", got[0])
	}
	house.Until(t, "the mark", func() bool { return said(h, tk)[1].State == tickets.Sent })
}

func TestAMailboxThatCannotBeReadSaysWhy(t *testing.T) {
	imap := servers.StartDovecot(t, forgiving)
	h := house.Start(t)
	box := connect(h, imap.Addr, "", "wrong", nil)
	var trial email.Trial
	h.Ask(http.MethodPost, "/api/v1/mail/mailboxes/"+box.ID.String()+"/test", struct{}{}, &trial)
	if !strings.Contains(trial.IMAP, "check the user name and the password") {
		t.Errorf("the trial says %q", trial.IMAP)
	}
	house.Until(t, "trouble in the health of the mailbox", func() bool {
		for _, f := range house.Items[struct{ Trouble string }](h, "/api/v1/mail/health") {
			if strings.Contains(f.Trouble, "refused the sign-in") {
				return true
			}
		}
		return false
	})
	imap.Deliver(support, letter("Ada <ada@example.com>", "Cup", "1@example.com", "", "Broken."))
	h.Ask(http.MethodPatch, "/api/v1/mail/mailboxes/"+box.ID.String(), map[string]any{"password": "secret"}, nil)
	house.Until(t, "the mail, once the password is right", func() bool { return len(ticketList(h)) == 1 })
}

func TestAnAnswerGivenInAnotherProgramAppears(t *testing.T) {
	imap := servers.StartDovecot(t)
	h := house.Start(t)
	connect(h, imap.Addr, "", "secret", nil)
	imap.Deliver(support, letter("Ada <ada@example.com>", "Cup", "1@example.com", "", "Broken."))
	house.Until(t, "the ticket", func() bool { return len(ticketList(h)) == 1 })
	imap.Put(support, ".Sent", letter("The Shop <"+support+">", "Re: Cup", "9@shop.example", "1@example.com", "I answered from my phone."))
	tk := ticketList(h)[0]
	house.Until(t, "the answer from outside", func() bool { return len(said(h, tk)) == 2 })
	if m := said(h, tk)[1]; m.Kind != tickets.Out || m.State != tickets.Sent {
		t.Errorf("it is %+v", m)
	}
	if got := ticketList(h)[0].Status; got != tickets.Pending {
		t.Errorf("the ticket is %s", got)
	}
}

func TestTwoMachinesStopAfterOneMailEach(t *testing.T) {
	out := servers.StartSink(t)
	h := house.Start(t)
	connect(h, "", out.Addr, "", map[string]any{"acknowledge": true})
	for i := range 3 { // a vacation program that marks nothing and answers everything with a new mail
		if err := send(t, h.SMTP, "bot@example.com", []string{support}, letter("Bot <bot@example.com>", "I got your mail", fmt.Sprintf("%d@example.com", i), "", fmt.Sprintf("I will read it %d.", i))); err != nil {
			t.Fatal(err)
		}
	}
	vacation := letter("Ada <ada@example.org>\r\nAuto-Submitted: auto-replied", "Out of office", "v@example.org", "", "I am away.")
	if err := send(t, h.SMTP, "ada@example.org", []string{support}, vacation); err != nil {
		t.Fatal(err)
	}
	out.Wait(1)
	house.Until(t, "all that was to be sent", func() bool {
		for _, tk := range ticketList(h) {
			for _, m := range said(h, tk) {
				if m.State == tickets.Queued {
					return false
				}
			}
		}
		return true
	})
	mails := out.Mails()
	if len(mails) != 1 || !bytes.Contains(mails[0], []byte("Auto-Submitted: auto-replied")) {
		t.Errorf("%d acknowledgements: %s", len(mails), bytes.Join(mails, []byte("\n----\n")))
	}
}

func TestAMailboxIsGivenToATeam(t *testing.T) {
	t.Parallel()
	h := house.Start(t)
	box := connect(h, "", "", "", nil)
	var team struct {
		ID string `json:"id"`
	}
	h.Ask(http.MethodPost, "/api/v1/teams", map[string]any{"name": "Deliveries"}, &team)
	at := "/api/v1/mail/mailboxes/" + box.ID.String()
	for i, want := range []string{team.ID, team.ID, ""} { // given, left as it is, taken back
		change := map[string]any{"name": "The Shop"}
		if i != 1 {
			change["team"] = want
		}
		h.Ask(http.MethodPatch, at, change, nil)
		if err := send(t, h.SMTP, "ada@example.com", []string{support}, letter("Ada <ada@example.com>", fmt.Sprintf("Cup %d", i), fmt.Sprintf("%d@example.com", i), "", "It broke.")); err != nil {
			t.Fatal(err)
		}
		house.Until(t, "a ticket", func() bool { return len(ticketList(h)) == i+1 })
		for _, tk := range ticketList(h) {
			got := ""
			if tk.Team != 0 {
				got = tk.Team.String()
			}
			if tk.Subject == fmt.Sprintf("Cup %d", i) && got != want {
				t.Errorf("the ticket of %s belongs to %q, not %q", tk.Subject, got, want)
			}
		}
	}
}

// What a mail quotes is cut from its HTML as it is from its text, and kept to be shown when somebody asks.
func TestTheQuotedHTMLOfAMailIsFolded(t *testing.T) {
	h := house.Start(t)
	connect(h, "", "", "", nil)
	tk := opened(t, h, []byte("From: Ada <ada@example.com>\r\nTo: "+support+"\r\nSubject: Cup\r\nMessage-ID: <1@example.com>\r\nContent-Type: text/html\r\n\r\n"+
		"<p>Yes, the <b>blue</b> one.</p><div class=\"gmail_quote\"><div>On Mon, 6 Jul 2026 at 09:00, Shop &lt;"+support+"&gt; wrote:</div><blockquote>Which <i>cup</i> is it?</blockquote></div>\r\n"))
	m := said(h, tk)[0]
	if strings.Contains(m.HTML, "Which") || !strings.Contains(m.HTML, "<b>blue</b>") || !strings.Contains(m.Quoted, "Which cup") {
		t.Errorf("said %q, quoted %q", m.HTML, m.Quoted)
	}
	if code, page := get(t, h, token(h, "agent"), "/api/v1/messages/"+m.ID.String()+"/page?quoted=true"); code != http.StatusOK ||
		!strings.Contains(string(page), "<i>cup</i>") || strings.Contains(string(page), "blue") {
		t.Errorf("the page of what was quoted: %d %s", code, page)
	}
}
