package email_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

const ownWords = "Hello {name},\n\nthank you for your words about “{subject}”. They have the number {number} here.\nYou hear from one of us by {by}.\n\nKind regards,\n{mailbox}"

// TestAnAcknowledgementInOnesOwnWords (L6): they are held against the lexicon when they are saved; what must not be said is
// refused; and what leaves has its gaps filled.
func TestAnAcknowledgementInOnesOwnWords(t *testing.T) {
	out := servers.StartSink(t)
	h := house.Start(t)
	box := connect(h, "", out.Addr, "", map[string]any{"acknowledge": true, "acknowledgement": ownWords})
	if box.Options.Words != ownWords || len(box.Findings) != 0 {
		t.Errorf("saved as %q with %+v", box.Options.Words, box.Findings)
	}
	at := "/api/v1/mail/mailboxes/" + box.ID.String()
	h.Ask(http.MethodPut, "/api/v1/lexicon/en/rules/own.noreply", map[string]any{"family": "ours", "find": []string{"do not reply"}, "severity": "stop", "why": "Every mail of ours may be answered.", "better": []string{"just answer this mail"}, "bad": []string{"Please do not reply."}}, nil)
	change := func(words string) (email.Mailbox, error) {
		var m email.Mailbox
		return m, h.Try(http.MethodPatch, at, map[string]any{"options": map[string]any{"acknowledge": true, "acknowledgement": words}}, &m)
	}
	for words, want := range map[string]string{
		ownWords + "\nPlease do not reply.": "“do not reply” can't stand here. Every mail of ours may be answered. Say instead: just answer this mail",
		ownWords + "\n⟦your name⟧":          "A prompt still waits for your words",
		"Hello {customer},\n\nthank you.":   "There is nothing to put in for {customer}",
	} {
		if _, err := change(words); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", words, err, want)
		}
	}
	m, err := change(strings.Replace(ownWords, "thank you", "it's our policy to thank you", 1))
	if err != nil || len(m.Findings) != 1 || !strings.HasPrefix(m.Findings[0].Rule, "en.policy") {
		t.Errorf("a finding that stops nothing: %+v, %v", m.Findings, err)
	}
	if _, err := change(ownWords); err != nil {
		t.Fatal(err)
	}
	for n, from := range []string{"Ada Sandling <ada@example.com>", "ben@example.com"} {
		address := strings.Trim(from[strings.LastIndex(from, " ")+1:], "<>")
		if err := send(t, h.SMTP, address, []string{support}, letter(from, "A cup", address, "", "It broke.")); err != nil {
			t.Fatal(err)
		}
		out.Wait(n + 1)
	}
	mails := bytes.ReplaceAll(bytes.Join(out.Mails(), nil), []byte("\r\n"), []byte("\n"))
	for _, want := range []string{"Hello Ada Sandling,\n", "Hello,\n", "A cup"} {
		if !bytes.Contains(mails, []byte(want)) {
			t.Errorf("%q is missing in\n%s", want, mails)
		}
	}
	if bytes.ContainsAny(mails, "{}") {
		t.Errorf("a gap is left in\n%s", mails)
	}
}
