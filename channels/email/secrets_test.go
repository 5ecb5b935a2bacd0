package email_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

// listener asks a house by HTTP and keeps every answer.
type listener struct {
	t     *testing.T
	at    string
	token string
	heard bytes.Buffer
}

func (l *listener) ask(method, path string, in any) (status int) {
	l.t.Helper()
	body, ok := in.(string)
	if !ok && in != nil {
		body = store.JSON(in)
	}
	r, err := http.NewRequestWithContext(l.t.Context(), method, "http://"+l.at+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+l.token)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		l.t.Fatal(err)
	}
	defer res.Body.Close()
	fmt.Fprintf(&l.heard, "\n%s %s: %v\n", method, path, res.Header)
	if _, err := io.Copy(&l.heard, res.Body); err != nil {
		l.t.Fatal(err)
	}
	return res.StatusCode
}

// What a mailbox signs in and signs with is told to its servers and to nobody else, whatever goes well or wrong.
func TestSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(edKey)
	if err != nil {
		t.Fatal(err)
	}
	const right, wrong = "horse-battery-staple", "horse-battery-nail"
	dkim, p := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), startProvider(t)
	hidden := []string{right, wrong, "refresh-0", "refresh-1", "access-1", "client-secret", base64.StdEncoding.EncodeToString(der)}
	for _, s := range hidden { // as PLAIN and XOAUTH2 send them
		hidden = append(hidden, base64.StdEncoding.EncodeToString([]byte("\x00"+support+"\x00"+s)), base64.StdEncoding.EncodeToString([]byte("user="+support+"\x01auth=Bearer "+s+"\x01\x01")))
	}
	imap, relay := servers.StartDovecot(t, "passdb {\n  driver = static\n  args = password="+right+"\n}", forgiving), startRelay(t, nil, false)
	relay.needs = right

	h, _, log := watchful(t)
	l := &listener{t: t, at: h.HTTP, token: token(h, "owner")}
	in := map[string]any{
		"address": support, "imap": "imap://" + support + "@" + imap.Addr, "smtp": "smtp://" + support + "@" + relay.Addr,
		"password": right, "dkim_key": dkim, "options": map[string]any{"dkim_selector": "desk"},
	}
	consent := map[string]any{"refresh_token": "refresh-0", "client_id": "hearth", "client_secret": "client-secret", "token_url": p.URL + "/token"}
	trial := map[string]any{"address": support, "imap": in["imap"], "smtp": in["smtp"], "password": right}
	l.ask(http.MethodPost, "/api/v1/mail/try", trial)
	trial["password"] = wrong
	l.ask(http.MethodPost, "/api/v1/mail/try", trial)
	trial["oauth"] = map[string]any{"refresh_token": "refresh-1", "client_id": "hearth", "client_secret": "client-secret", "token_url": p.URL + "/token"}
	l.ask(http.MethodPost, "/api/v1/mail/try", trial)
	l.ask(http.MethodPost, "/api/v1/mail/mailboxes", in)
	l.ask(http.MethodPost, "/api/v1/mail/mailboxes", in) // it is there already
	imap.Deliver(support, letter("Ada <ada@example.com>", "Cup", "1@example.com", "", "It broke."))
	imap.Put(support, "", []byte("\r\n\r\n"))
	house.Until(t, "the mails", func() bool { return len(ticketList(h)) == 1 && len(ledger(h, "repair")) == 1 })
	m := house.Items[email.Mailbox](h, "/api/v1/mail/mailboxes")[0]
	at, tk := "/api/v1/mail/mailboxes/"+m.ID.String(), ticketList(h)[0]
	reply(h, tk, map[string]any{"text": "Sorry!"})
	house.Until(t, "a signed answer", func() bool {
		mails, _ := relay.took()
		return len(mails) == 1 && field(mails[0].raw, "DKIM-Signature") != ""
	})
	for name, change := range map[string]any{
		"a wrong password":                map[string]any{"password": wrong},
		"a password that is too long":     map[string]any{"password": strings.Repeat(right, 100)},
		"a password that is no text":      `{"password": map[string]any{"is": "` + right + `"}}`,
		"a body that is cut off":          `{"password": "` + right + `"`,
		"a field nobody knows":            map[string]any{"pasword": right},
		"a DKIM key that is none":         map[string]any{"dkim_key": strings.ReplaceAll(dkim, "PRIVATE KEY", "JUNK")},
		"a DKIM key that is cut off":      map[string]any{"dkim_key": dkim[:len(dkim)/2] + "\n-----END PRIVATE KEY-----\n"},
		"a password in the address":       map[string]any{"imap": "imap://u:" + right + "@" + imap.Addr},
		"a consent whose address is none": map[string]any{"oauth": map[string]any{"refresh_token": "refresh-0", "client_id": "hearth", "client_secret": "client-secret", "token_url": "::"}},
		"a consent":                       map[string]any{"oauth": consent},
	} {
		switch status := l.ask(http.MethodPatch, at, change); {
		case status >= 500:
			t.Errorf("%s: %d", name, status)
		case status == http.StatusOK:
			l.ask(http.MethodPost, at+"/test", struct{}{})
		}
	}
	for _, refresh := range []string{"refresh-0", "refresh-1"} { // the one is traded for the other; then it is withdrawn
		consent["refresh_token"] = refresh
		l.ask(http.MethodPatch, at, map[string]any{"oauth": consent})
		l.ask(http.MethodPost, at+"/test", struct{}{})
		p.withdraw("another")
	}
	reply(h, tk, map[string]any{"text": "Are you there?"}) // which can't be sent
	house.Until(t, "a try in vain", func() bool { return log.tries() > 0 })
	house.Until(t, "the trouble of the mailbox", func() bool {
		return strings.Contains(store.JSON(house.Items[map[string]any](h, "/api/v1/mail/health")), "consent")
	})
	for _, path := range []string{"/mail/mailboxes", "/mail/health", "/mail/ledger?limit=200", "/tickets", "/tickets/" + tk.ID.String() + "/messages", "/tickets/" + tk.ID.String() + "/timeline", "/customers"} {
		l.ask(http.MethodGet, "/api/v1"+path, nil)
	}
	l.ask(http.MethodGet, "/metrics", nil)
	h.Stop()
	if strings.Contains(l.heard.String(), "base64") {
		t.Errorf("a token that is refused is not called that: %s", l.heard.String())
	}
	for where, text := range map[string]string{"log": log.String(), "HTTP answer": l.heard.String(), "database and files": everything(t, h)} {
		if len(text) < 500 {
			t.Errorf("the %s is hardly anything: %s", where, text)
		}
		for _, s := range hidden {
			if i := strings.Index(text, s); i >= 0 {
				t.Errorf("%q is in the %s: …%q…", s, where, text[max(0, i-200):min(len(text), i+200)])
			}
		}
	}
}

// everything is all rows of the database, and every file of the data folder.
func everything(t *testing.T, h *house.House) string {
	t.Helper()
	var b strings.Builder
	a, shut := build(t, h.Settings)
	err := a.DB.Read(context.Background(), func(tx *store.Tx) error {
		if tx.Engine() == "sqlite" { // it is one of the files
			return nil
		}
		tables, err := store.All[string](tx, `SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'`)
		for _, name := range tables {
			rows, err := store.All[string](tx, `SELECT r::text FROM `+name+` r`)
			if err != nil {
				return err
			}
			fmt.Fprintln(&b, name, rows)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	shut()
	err = filepath.WalkDir(h.Settings.Data, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		b.Write(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
