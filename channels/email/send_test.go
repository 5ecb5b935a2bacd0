package email_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

// opened lets a mail come in by the receiver and returns its ticket.
func opened(t *testing.T, h *house.House, raw []byte) tickets.Ticket {
	t.Helper()
	before := len(ticketList(h))
	if err := deliver(h.SMTP, "sender@example.com", []string{support}, raw); err != nil {
		t.Fatal(err)
	}
	all := ticketList(h)
	if len(all) != before+1 {
		t.Fatalf("%d tickets after one more mail, %d before", len(all), before)
	}
	newest := all[0]
	for _, tk := range all {
		if tk.Number > newest.Number {
			newest = tk
		}
	}
	return newest
}

func reply(h *house.House, tk tickets.Ticket, in map[string]any) (m tickets.Message) {
	h.Ask(http.MethodPost, "/api/v1/tickets/"+tk.ID.String()+"/replies", in, &m)
	return m
}

// state is how the delivery of a message stands.
func state(h *house.House, tk tickets.Ticket, id tickets.MessageID) tickets.Message {
	for _, m := range said(h, tk) {
		if m.ID == id {
			return m
		}
	}
	return tickets.Message{}
}

func ticket(h *house.House, tk tickets.Ticket) (now tickets.Ticket) {
	h.Ask(http.MethodGet, "/api/v1/tickets/"+tk.ID.String(), nil, &now)
	return now
}

func TestWhatBecomesOfAnAnswer(t *testing.T) {
	t.Parallel()
	no := func(code int, enhanced smtp.EnhancedCode, say string) *smtp.SMTPError {
		return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: say}
	}
	unknown := no(550, smtp.EnhancedCode{5, 1, 1}, "User unknown")
	for name, tc := range map[string]struct {
		refuse  map[string]*smtp.SMTPError
		state   tickets.State
		trouble string // part of it
		to      string // who got it
		status  tickets.Status
		dead    bool // Ada's address is
	}{
		"everybody takes it":                  {nil, tickets.Sent, "", "ada@example.com bob@example.net", tickets.Pending, false},
		"one of two is unknown":               {map[string]*smtp.SMTPError{"bob@example.net": unknown}, tickets.Sent, "Not everybody got it: bob@example.net (550 User unknown)", "ada@example.com", tickets.Pending, false},
		"the customer is unknown, Cc gets it": {map[string]*smtp.SMTPError{"ada@example.com": unknown}, tickets.Sent, "Not everybody got it: ada@example.com", "bob@example.net", tickets.Pending, true},
		"nobody is known":                     {map[string]*smtp.SMTPError{"ada@example.com": unknown, "bob@example.net": unknown}, tickets.Failed, "The mail server refused it: 550 User unknown", "", tickets.Open, true},
		"we may not send to them": {
			map[string]*smtp.SMTPError{"ada@example.com": no(550, smtp.EnhancedCode{5, 7, 1}, "Relaying denied"), "bob@example.net": no(550, smtp.EnhancedCode{5, 7, 1}, "Relaying denied")},
			tickets.Failed, "Relaying denied", "", tickets.Open, false,
		},
		"the mail itself is refused": {map[string]*smtp.SMTPError{"": no(554, smtp.EnhancedCode{5, 6, 0}, "Looks like spam")}, tickets.Failed, "554 Looks like spam", "", tickets.Open, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, out := house.Start(t), startRelay(t, nil, false)
			out.set(func() {
				maps.Copy(out.refuse, tc.refuse)
			})
			connect(h, "", out.Addr, "", nil)
			tk := opened(t, h, letter("Ada <ada@example.com>\r\nCc: Bob <bob@example.net>", "Cup", "1@example.com", "", "It broke."))
			answer := reply(h, tk, map[string]any{"text": "Sorry!"})
			house.Until(t, "the end of the delivery", func() bool { return state(h, tk, answer.ID).State != tickets.Queued })
			m := state(h, tk, answer.ID)
			if m.State != tc.state || !strings.Contains(m.Trouble, tc.trouble) || tc.trouble == "" && m.Trouble != "" {
				t.Errorf("it is %s: %s", m.State, m.Trouble)
			}
			mails, _ := out.took()
			got := ""
			if len(mails) > 0 {
				got = strings.Join(mails[0].to, " ")
			}
			if got != tc.to || len(mails) > 1 {
				t.Errorf("it went to %q in %d mails", got, len(mails))
			}
			if s := ticket(h, tk).Status; s != tc.status {
				t.Errorf("the ticket is %s", s)
			}
			var c people.Customer
			h.Ask(http.MethodGet, "/api/v1/customers/"+tk.Customer.String(), nil, &c)
			if dead := !c.Reach[0].BouncedAt.IsZero(); dead != tc.dead {
				t.Errorf("Ada's address: %+v", c.Reach[0])
			}
		})
	}
}

// What fails for a while is tried until it goes out, always under the same name.
func TestAnAnswerIsTriedAgainUnderTheSameName(t *testing.T) {
	t.Parallel()
	busy := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Busy"}
	wrong := &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "Authentication failed"}
	for name, tc := range map[string]struct {
		spoil func(r *relay)
		mend  func(r *relay)
	}{
		"one recipient has to wait":         {func(r *relay) { r.refuse["bob@example.net"] = busy }, func(r *relay) { delete(r.refuse, "bob@example.net") }},
		"the mail has to wait":              {func(r *relay) { r.refuse[""] = busy }, func(r *relay) { delete(r.refuse, "") }},
		"the server dies with the mail":     {func(r *relay) { r.drop = true }, func(r *relay) { r.drop = false }},
		"the password is wrong for a while": {func(r *relay) { r.refuse[""] = wrong }, func(r *relay) { delete(r.refuse, "") }},
		"one is refused and another has to wait": {func(r *relay) {
			r.refuse["bob@example.net"] = busy
			r.refuse["ada@example.com"] = &smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 2, 2}, Message: "Full"}
		}, func(r *relay) { clear(r.refuse) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, now, log := watchful(t)
			out := startRelay(t, nil, false)
			connect(h, "", out.Addr, "", nil)
			tk := opened(t, h, letter("Ada <ada@example.com>\r\nCc: Bob <bob@example.net>", "Cup", "1@example.com", "", "It broke."))
			out.set(func() { tc.spoil(out) })
			answer := reply(h, tk, map[string]any{"text": "Sorry!"})
			house.Until(t, "a first try", func() bool { return log.tries() > 0 })
			if m := state(h, tk, answer.ID); m.State != tickets.Queued {
				t.Errorf("it is %s: %s", m.State, m.Trouble)
			}
			out.set(func() { tc.mend(out) })
			now.forward(time.Minute)
			mails := out.wait(t, 1)
			house.Until(t, "the mark", func() bool { return state(h, tk, answer.ID).State == tickets.Sent })
			if got := strings.Join(mails[0].to, " "); len(mails) != 1 || got != "ada@example.com bob@example.net" {
				t.Errorf("%d mails, the first to %q", len(mails), got)
			}
			id := field(mails[0].raw, "Message-ID")
			if _, dropped := out.took(); len(dropped) > 0 && field(dropped[0].raw, "Message-ID") != id {
				t.Errorf("it went out as %s and as %s", field(dropped[0].raw, "Message-ID"), id)
			}
		})
	}
}

// smtp-sink refuses or hangs up at a step; once it no longer does, the answer arrives.
func TestAnAnswerOutlivesAServerThatFailsAtAnyStep(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-r", "MAIL"}, {"-r", "RCPT"}, {"-r", "DATA"}, {"-r", "."}, {"-q", "EHLO"}, {"-q", "DATA"}, {"-q", "."}, {"-Q", "RCPT"}, {"-A", "0"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			at := fmt.Sprintf("127.0.0.1:%d", servers.FreePort(t))
			bad := servers.StartSinkAt(t, at, args...)
			h, now, log := watchful(t)
			connect(h, "", at, "", nil)
			tk := opened(t, h, letter("Ada <ada@example.com>", "Cup", "1@example.com", "", "It broke."))
			answer := reply(h, tk, map[string]any{"text": "Sorry!"})
			house.Until(t, "a first try", func() bool { return log.tries() > 0 || state(h, tk, answer.ID).State != tickets.Queued })
			if m := state(h, tk, answer.ID); args[0] == "-A" {
				if m.State != tickets.Failed {
					t.Errorf("it is %s: %s", m.State, m.Trouble)
				}
				return
			} else if m.State != tickets.Queued {
				t.Errorf("it is %s: %s", m.State, m.Trouble)
			}
			bad.Stop()
			good := servers.StartSinkAt(t, at)
			now.forward(time.Minute)
			raw := good.Wait(1)[0]
			house.Until(t, "the mark", func() bool { return state(h, tk, answer.ID).State == tickets.Sent })
			m := state(h, tk, answer.ID)
			for _, early := range bad.Mails() {
				if a, b := id(t, early), id(t, raw); a != b {
					t.Errorf("it went out as %s and as %s", a, b)
				}
			}
			if m.Trouble != "" {
				t.Errorf("trouble: %s", m.Trouble)
			}
		})
	}
}

func id(t *testing.T, raw []byte) string {
	t.Helper()
	m, err := message.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return m.MessageID
}

func TestTheSignatureIsGood(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{"rsa": rsaKey, "ed25519": edKey} {
		t.Run(name, func(t *testing.T) {
			private, err := x509.MarshalPKCS8PrivateKey(key)
			if err != nil {
				t.Fatal(err)
			}
			public := []byte(nil)
			if pub, ok := key.Public().(ed25519.PublicKey); ok {
				public = pub
			} else if public, err = x509.MarshalPKIXPublicKey(key.Public()); err != nil {
				t.Fatal(err)
			}
			record := "v=DKIM1; k=" + name + "; p=" + base64.StdEncoding.EncodeToString(public)
			h, out := house.Start(t), startRelay(t, nil, false)
			box(h, map[string]any{
				"address": support, "name": "Der Lädchen", "smtp": "smtp://" + out.Addr, "dkim_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
				"options": map[string]any{"dkim_selector": "desk"},
			})
			tk := opened(t, h, letter("Ada <ada@example.com>", "Täßchen", "1@example.com", "", "It broke."))
			reply(h, tk, map[string]any{"text": "Schade!  \n\nA long line " + strings.Repeat("word ", 200), "html": "<p>Schade!</p>"})
			raw := out.wait(t, 1)[0].raw
			asked := ""
			verify := func(raw string) error {
				all, err := dkim.VerifyWithOptions(strings.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(d string) ([]string, error) { asked = d; return []string{record}, nil }})
				if err != nil || len(all) != 1 {
					return fmt.Errorf("%d signatures, %w", len(all), err)
				}
				return all[0].Err
			}
			if err := verify(raw); err != nil || asked != "desk._domainkey.shop.example" {
				t.Errorf("verified with %s: %v\n%s", asked, err, raw)
			}
			for what, other := range map[string]string{
				"its words":   strings.Replace(raw, "Schade", "Schade, schade", 1),
				"its subject": strings.Replace(raw, "Subject: ", "Subject: Not ", 1),
				"its Cc":      strings.Replace(raw, "MIME-Version", "Cc: eve@example.com\r\nMIME-Version", 1),
				"its reply":   strings.Replace(raw, "MIME-Version", "Reply-To: eve@example.com\r\nMIME-Version", 1),
			} {
				if other == raw || verify(other) == nil {
					t.Errorf("%s can be changed on its way", what)
				}
			}
			if !bytes.Contains([]byte(raw), []byte("DKIM-Signature:")) {
				t.Error("no signature")
			}
		})
	}
	h := house.Start(t)
	if err := h.Try(http.MethodPost, "/api/v1/mail/mailboxes", map[string]any{"address": support, "dkim_key": "not a key"}, nil); err == nil || !strings.Contains(err.Error(), "not a private key") {
		t.Errorf("a key that is none: %v", err)
	}
}
