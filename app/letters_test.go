package app_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/test/house"
)

// postbox takes mails, as a mail server does.
type postbox struct {
	mu  sync.Mutex
	got map[string]string // the newest mail to each
}

// visit is one connection to it.
type visit struct {
	box *postbox
	to  []string
}

func (p *postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{box: p}, nil }
func (v *visit) Reset()                                        { v.to = nil }
func (v *visit) Logout() error                                 { return nil }
func (v *visit) Mail(string, *smtp.MailOptions) error          { return nil }

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to = append(v.to, to)
	return nil
}

func (v *visit) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	v.box.mu.Lock()
	defer v.box.mu.Unlock()
	for _, to := range v.to {
		v.box.got[to] = string(b)
	}
	return err
}

func (p *postbox) read(to string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.got[to]
}

// A refusal that waits is told to the supervisors by mail, in their language: which ticket, by whom and where it is answered,
// and nothing of what the customer or a colleague wrote. Whoever can't answer it, or asked, gets none.
func TestAQuestionIsToldToSupervisorsByMail(t *testing.T) {
	box := &postbox{got: map[string]string{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(box)
	s.Domain = "sink.example"
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })

	h := house.Start(t)
	tokens := map[string]string{}
	for _, m := range [][3]string{{"ola", "owner", "en"}, {"anna", "agent", "en"}, {"sue", "supervisor", "en"}, {"sven", "supervisor", "de"}} {
		var who struct{ ID string }
		var token struct{ Token string }
		h.Ask(http.MethodPost, "/local/staff", map[string]any{"email": m[0] + "@shop.example", "name": strings.ToUpper(m[0][:1]) + m[0][1:], "role": m[1], "password": staffPassword}, &who)
		h.Ask(http.MethodPost, "/local/tokens", map[string]any{"staff": who.ID, "name": "laptop"}, &token)
		h.Ask(http.MethodPatch, "/api/v1/staff/"+who.ID, map[string]any{"language": m[2]}, nil)
		tokens[m[0]] = token.Token
	}
	h.Ask(http.MethodPost, "/api/v1/mail/mailboxes", map[string]any{"address": "support@shop.example", "smtp": "smtp://" + l.Addr().String()}, nil)
	var opened struct {
		ID     string
		Number int64
	}
	h.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"from": map[string]any{"email": "ada@example.com", "name": "Ada"}, "subject": "A broken lamp", "text": "MARKOFTHECUSTOMER"}, &opened)
	suffer(t, h, tokens["anna"], "/api/v1/tickets/"+opened.ID)
	house.Until(t, "both supervisors have their mail", func() bool { return box.read("sue@shop.example") != "" && box.read("sven@shop.example") != "" })
	for to, want := range map[string][]string{"sue@shop.example": {"Anna asks whether we may say no", "A broken lamp", "/approvals?open=3Dapv_", "Auto-Submitted: auto-generated"}, "sven@shop.example": {"Anna fragt", "A broken lamp", "/approvals?open=3Dapv_"}} {
		text := strings.ReplaceAll(strings.ReplaceAll(box.read(to), "=\r\n", ""), "=E2=80=9C", "“")
		for _, w := range want {
			if !strings.Contains(text, w) && !strings.Contains(text, strings.ReplaceAll(w, "=3D", "=")) {
				t.Errorf("%s does not read %q in %s", to, w, text)
			}
		}
		for _, never := range []string{"MARKOFTHECUSTOMER", "cracked", "Two more", "One more", "ada@example.com"} {
			if strings.Contains(text, never) {
				t.Errorf("%s reads %q", to, never)
			}
		}
	}
	if box.read("anna@shop.example") != "" {
		t.Error("who asked is told as well")
	}
}
