package email_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

// provider is a mail provider's server for sign-ins: it trades refresh tokens for access tokens (RFC 6749, 6), each refresh
// token once, and tells Dovecot whose an access token is (RFC 7662).
type provider struct {
	URL string

	mu      sync.Mutex
	refresh string          // the one that is good now
	access  map[string]bool // those that are good now
	renewed int
	bad     []string // what a client did wrong
}

func startProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{refresh: "refresh-0", access: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", p.trade)
	mux.HandleFunc("POST /introspect", func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		_ = json.NewEncoder(w).Encode(map[string]any{"active": p.access[r.PostFormValue("token")], "username": support})
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	p.URL = s.URL
	return p
}

func (p *provider) trade(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	refuse := func(code string) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":%q}`, code)
	}
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	switch {
	case id != "hearth" || secret != "client-secret":
		w.Header().Set("WWW-Authenticate", "Basic")
		refuse("invalid_client")
	case r.PostFormValue("grant_type") != "refresh_token":
		p.bad = append(p.bad, "grant_type "+r.PostFormValue("grant_type"))
		refuse("unsupported_grant_type")
	case r.PostFormValue("refresh_token") != p.refresh:
		refuse("invalid_grant")
	default:
		p.renewed++
		p.refresh = fmt.Sprintf("refresh-%d", p.renewed)
		access := fmt.Sprintf("access-%d", p.renewed)
		p.access[access] = true
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600,"refresh_token":%q}`, access, p.refresh)
	}
}

func (p *provider) renewals() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.renewed
}

// withdraw makes everything given so far worthless.
func (p *provider) withdraw(refresh string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refresh, p.access = refresh, map[string]bool{}
}

func TestAConsentIsRenewedAndKept(t *testing.T) {
	p := startProvider(t)
	conf := filepath.Join(os.TempDir(), fmt.Sprintf("hearth-oauth2-%d.conf", os.Getpid())) // Dovecot reads it as another user
	text := "introspection_mode = post\nintrospection_url = " + p.URL + "/introspect\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n"
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(conf) })
	imap := servers.StartDovecot(t, "passdb {\n  driver = oauth2\n  mechanisms = xoauth2\n  args = "+conf+"\n}")
	relay := startRelay(t, nil, false)
	relay.needs = "access-1"
	h, now, _ := watchful(t)
	consent := map[string]any{"refresh_token": "refresh-0", "client_id": "hearth", "client_secret": "client-secret", "token_url": p.URL + "/token"}
	m := box(h, map[string]any{"address": support, "oauth": consent, "imap": "imap://" + support + "@" + imap.Addr, "smtp": "smtp://" + support + "@" + relay.Addr})

	imap.Deliver(support, letter("Ada <ada@example.com>", "Cup", "1@example.com", "", "It broke."))
	house.Until(t, "the mail", func() bool { return len(ticketList(h)) == 1 })
	if got := try(h, m); got.IMAP != "ok" || got.SMTP != "ok" || p.renewals() != 1 {
		t.Errorf("the trial says %+v after %d renewals", got, p.renewals())
	}

	relay.set(func() { relay.needs = "access-2" })
	now.forward(2 * time.Hour) // the access token is out of date, and the first refresh token was used
	h.Ask(http.MethodPost, "/api/v1/tickets/"+ticketList(h)[0].ID.String()+"/replies", map[string]any{"text": "Sorry!"}, nil)
	relay.wait(t, 1)
	if p.renewals() != 2 {
		t.Errorf("%d renewals", p.renewals())
	}
	h.Stop()
	h.Start() // what the provider gave last is still known
	imap.Deliver(support, letter("Bea <bea@example.com>", "Pot", "2@example.com", "", "It leaks."))
	house.Until(t, "the mail after a restart", func() bool { return len(ticketList(h)) == 2 })
	if p.renewals() != 2 {
		t.Errorf("%d renewals", p.renewals())
	}

	p.withdraw("refresh-new") // also the access token, an hour before its time
	house.Until(t, "a sentence about the consent", func() bool { return strings.Contains(try(h, m).IMAP, "no longer accepts the consent") })
	consent["refresh_token"] = "refresh-new"
	h.Ask(http.MethodPatch, "/api/v1/mail/mailboxes/"+m.ID.String(), map[string]any{"oauth": consent}, nil)
	if got := try(h, m); got.IMAP != "ok" {
		t.Errorf("after a new consent: %+v", got)
	}
	consent["client_secret"] = "guessed"
	consent["refresh_token"] = "refresh-other"
	h.Ask(http.MethodPatch, "/api/v1/mail/mailboxes/"+m.ID.String(), map[string]any{"oauth": consent}, nil)
	if got := try(h, m); !strings.Contains(got.IMAP, "does not renew the sign-in of this mailbox (invalid_client)") {
		t.Errorf("with a wrong client secret: %+v", got)
	}
	consent["token_url"] = "http://127.0.0.1:1/token"
	h.Ask(http.MethodPatch, "/api/v1/mail/mailboxes/"+m.ID.String(), map[string]any{"oauth": consent}, nil)
	if got := try(h, m); !strings.Contains(got.IMAP, "server for sign-ins (127.0.0.1) does not answer") {
		t.Errorf("with a dead provider: %+v", got)
	}
	if len(p.bad) > 0 {
		t.Errorf("the provider heard %v", p.bad)
	}
}
