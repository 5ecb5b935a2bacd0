package portal_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/test/house"
)

var (
	linked = regexp.MustCompile(`https://help\.example\.com(/my/my_[A-Za-z0-9_-]{43})`)
	keyed  = regexp.MustCompile(`name="key" value="([^"]+)"`)
)

// A mail becomes a ticket, and each mail that goes out to its writer carries a link by which they go on: over the wire.
func TestAMailCarriesALinkAndThePageGoesOn(t *testing.T) {
	h := house.Start(t)
	h.Stop()
	h.Settings.BaseURL = "https://help.example.com"
	h.Start()
	out := house.OpenPost(t)
	h.Ask(http.MethodPost, "/api/v1/mail/mailboxes", map[string]any{"address": "support@shop.example", "name": "The Shop", "smtp": out.URL, "options": map[string]any{"acknowledge": true}}, nil)
	c, err := smtp.Dial(h.SMTP)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SendMail("ada@example.com", []string{"support@shop.example"}, strings.NewReader("From: Ada <ada@example.com>\r\nTo: support@shop.example\r\nSubject: My cup\r\nMessage-ID: <1@example.com>\r\nDate: Mon, 06 Jul 2026 10:00:00 +0000\r\n\r\nIt broke.\r\n")); err != nil {
		t.Fatal(err)
	}
	ack := out.Wait(t, 1)[0]
	tk := house.Items[tickets.Ticket](h, "/api/v1/tickets")[0]
	h.Ask(http.MethodPost, "/api/v1/tickets/"+tk.ID.String()+"/replies", map[string]any{"html": "<p>We send another.</p>"}, nil)
	answer := out.Wait(t, 2)[1]

	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(do *http.Client, method, path, body string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+h.HTTP+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, k := range jar.Cookies(&url.URL{Scheme: "https", Host: h.HTTP, Path: path}) { // the browser is on https, behind which we are asked
			r.AddCookie(k)
		}
		res, err := do.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		jar.SetCookies(&url.URL{Scheme: "https", Host: h.HTTP, Path: path}, res.Cookies())
		if to := res.Header.Get("Location"); to != "" {
			return to
		}
		return string(b)
	}
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	paths := []string{}
	for name, mail := range map[string]string{"acknowledgement": ack, "answer": answer} {
		m := linked.FindStringSubmatch(mail)
		if m == nil || !strings.Contains(mail, "See how it stands") {
			t.Fatalf("the %s has no link:\n%s", name, mail)
		}
		paths = append(paths, m[1])
	}
	if paths[0] == paths[1] {
		t.Error("two mails have one link, so its secret is kept somewhere")
	}
	page := ask(plain, http.MethodGet, paths[0], "")
	body := ask(plain, http.MethodGet, page, "")
	if !strings.Contains(body, "We send another.") || strings.Contains(body, "/my/my_") {
		t.Fatalf("%s shows\n%s", page, body)
	}
	done := ask(plain, http.MethodPost, page, url.Values{"key": {keyed.FindStringSubmatch(body)[1]}, "do": {"say"}, "text": {"Thank you!"}}.Encode())
	if !strings.HasSuffix(done, "?done=said") {
		t.Errorf("got %s", done)
	}
	// They answer by mail too, and their program quotes our link: it does not come back as one.
	quoted := "Fine.\r\n\r\nOn Monday, The Shop wrote:\r\n> See how it stands: https://help.example.com" + paths[0] + "\r\n"
	if err := c.SendMail("ada@example.com", []string{"support@shop.example"}, strings.NewReader("From: Ada <ada@example.com>\r\nTo: support@shop.example\r\nSubject: Re: My cup\r\nMessage-ID: <2@example.com>\r\nIn-Reply-To: <1@example.com>\r\nDate: Mon, 06 Jul 2026 11:00:00 +0000\r\n\r\n"+quoted)); err != nil {
		t.Fatal(err)
	}
	var all []tickets.Message
	house.Until(t, "the mail that quotes ours", func() bool {
		all = house.Items[tickets.Message](h, "/api/v1/tickets/"+tk.ID.String()+"/messages")
		return strings.HasPrefix(all[len(all)-1].Text, "Fine.")
	})
	if last := all[len(all)-1]; !strings.Contains(last.Text+last.Quoted, "/my/my_…") {
		t.Errorf("what was quoted is %+v", last)
	}
	for _, m := range all {
		if linked.MatchString(m.Text + m.HTML + m.Quoted + m.QuotedHTML) {
			t.Errorf("the ticket holds a link: %+v", m)
		}
	}
	// Nor to whoever reads the mail as it came.
	var box struct {
		Token string `json:"token"`
	}
	h.Ask(http.MethodPost, "/local/staff", map[string]any{"email": "owner@shop.example", "name": "Owner", "role": "owner", "password": "a long enough pass phrase"}, nil)
	h.Ask(http.MethodPost, "/local/tokens", map[string]any{"staff": "owner@shop.example", "name": "reads"}, &box)
	raws := 0
	for _, e := range house.Items[struct {
		ID string `json:"id"`
	}](h, "/api/v1/mail/ledger") {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+h.HTTP+"/api/v1/mail/ledger/"+e.ID+"/raw", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+box.Token)
		res, err := plain.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || linked.Match(raw) {
			t.Errorf("the mail as it came holds a link: %s %v", raw, err)
		}
		raws += strings.Count(string(raw), "https://help.example.com/my/my_...")
	}
	if raws != 1 {
		t.Errorf("%d links were blotted", raws)
	}
	// What we answer now goes by mail again, in the thread of the mails before.
	h.Ask(http.MethodPost, "/api/v1/tickets/"+tk.ID.String()+"/replies", map[string]any{"text": "Gladly."}, nil)
	if last := out.Wait(t, 3)[2]; !strings.Contains(last, "<1@example.com>") || !strings.Contains(last, "ada@example.com") {
		t.Errorf("the answer to what was said on the page:\n%s", last)
	}
	// And who asks by their address gets one for everything.
	body = ask(plain, http.MethodGet, "/my", "")
	ask(plain, http.MethodPost, "/my", url.Values{"key": {keyed.FindStringSubmatch(body)[1]}, "email": {"ada@example.com"}}.Encode())
	if m := out.Wait(t, 4)[3]; !strings.Contains(m, "See how everything stands: https://help.example.com/my/my_") || !strings.Contains(m, "Subject: Your link") {
		t.Errorf("who asked got\n%s", m)
	}
}
