package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/test/house"
)

// A refusal that waits is told to the supervisors by mail, in their language: which ticket, by whom and where it is answered,
// and nothing of what the customer or a colleague wrote. Whoever can't answer it, or asked, gets none.
func TestAQuestionIsToldToSupervisorsByMail(t *testing.T) {
	box := house.OpenPost(t)
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
	h.Ask(http.MethodPost, "/api/v1/mail/mailboxes", map[string]any{"address": "support@shop.example", "smtp": box.URL}, nil)
	var opened struct {
		ID     string
		Number int64
	}
	h.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"from": map[string]any{"email": "ada@example.com", "name": "Ada"}, "subject": "A broken lamp", "text": "MARKOFTHECUSTOMER"}, &opened)
	suffer(t, h, tokens["anna"], "/api/v1/tickets/"+opened.ID)
	house.Until(t, "both supervisors have their mail", func() bool { return box.To("sue@shop.example") != "" && box.To("sven@shop.example") != "" })
	for to, want := range map[string][]string{"sue@shop.example": {"Anna asks whether we may say no", "A broken lamp", "/approvals?open=apv_", "Auto-Submitted: auto-generated"}, "sven@shop.example": {"Anna fragt", "A broken lamp", "/approvals?open=apv_"}} {
		text := strings.ReplaceAll(box.To(to), "=E2=80=9C", "“")
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not read %q in %s", to, w, text)
			}
		}
		for _, never := range []string{"MARKOFTHECUSTOMER", "cracked", "Two more", "One more", "ada@example.com"} {
			if strings.Contains(text, never) {
				t.Errorf("%s reads %q", to, never)
			}
		}
	}
	if box.To("anna@shop.example") != "" {
		t.Error("who asked is told as well")
	}
}
