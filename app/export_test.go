package app_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/test/house"
)

// line is what this test reads of any line.
type line struct {
	ID, Ticket, Customer, Company, Mailbox, Kind, Text, Raw, Reason, Address, Name, Email, Status, What string
	Number, Seq                                                                                         int64
	RawFile                                                                                             string `json:"raw_file"`
	SHA256                                                                                              string
	Attachments                                                                                         []struct{ Name, SHA256, Path string }
	Remarks                                                                                             []struct{ Kind, Text, On string }
	Messages                                                                                            []line
}

func linesOf(t *testing.T, folder, noun string) (all []line) {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, noun+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 8<<20)
	for in.Scan() {
		var l line
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatalf("%s: %v in %s", noun, err, in.Text())
		}
		all = append(all, l)
	}
	return all
}

const (
	boxPassword   = "wintergreen-mailbox-password"
	staffPassword = "a long and private sentence"
)

// lived is a house in which something of every sort happened.
func lived(t *testing.T) (h *house.House, secrets []string) {
	t.Helper()
	h = house.Start(t)
	var anna struct{ ID string }
	var token struct{ Token string }
	h.Ask(http.MethodPost, "/local/staff", map[string]any{"email": "anna@shop.example", "name": "Anna", "role": "owner", "password": staffPassword}, &anna)
	h.Ask(http.MethodPost, "/local/tokens", map[string]any{"staff": anna.ID, "name": "laptop"}, &token)
	h.Ask(http.MethodPost, "/api/v1/teams", map[string]any{"name": "Hall"}, nil)
	h.Ask(http.MethodPost, "/api/v1/companies", map[string]any{"name": "Example", "domain": "example.com"}, nil)
	h.Ask(http.MethodPost, "/api/v1/companies", map[string]any{"name": "Other", "domain": "other.example"}, nil)
	h.Ask(http.MethodPut, "/api/v1/tickets/types", map[string]any{"key": "order", "label": "Order"}, nil)
	h.Ask(http.MethodPut, "/api/v1/tickets/fields", map[string]any{"key": "size", "label": "Size", "kind": "text"}, nil)
	h.Ask(http.MethodPut, "/api/v1/lexicon/en/rules/own.folks", map[string]any{"family": "ours", "find": []string{"folks"}, "why": "We say guests.", "bad": []string{"Hi folks!"}}, nil)
	h.Ask(http.MethodPut, "/api/v1/lexicon/en/frameworks/own.swap", map[string]any{"name": "A swap", "paragraphs": []map[string]any{{"prompt": "what they want instead"}}}, nil)
	h.Ask(http.MethodPut, "/api/v1/lexicon/en/questions/own.colour", map[string]any{"ask": "Which colour would you like?", "when": map[string]any{"types": []string{"order"}}}, nil)
	h.Ask(http.MethodPost, "/api/v1/mail/mailboxes", map[string]any{"address": "support@shop.example", "smtp": "smtp://me@127.0.0.1:1", "password": boxPassword}, nil)

	at := mailed(t, h, "From: Ada <ada@example.com>\r\nTo: support@shop.example\r\nSubject: A picture\r\nMessage-ID: <1@example.com>\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the crack.\r\n"+
		"--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=\"Crack one.PNG\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"+
		base64.StdEncoding.EncodeToString([]byte("picture"))+"\r\n--b--\r\n")
	var opened line
	h.Ask(http.MethodGet, at, nil, &opened)
	h.Ask(http.MethodPost, at+"/replies", map[string]any{"text": "We send another."}, nil)
	h.Ask(http.MethodPost, at+"/notes", map[string]any{"text": "The carrier again."}, nil)
	h.Ask(http.MethodPost, at+"/assign", map[string]any{"staff": anna.ID, "reason": "She knows the carrier."}, nil)
	h.Ask(http.MethodPost, at+"/promises", map[string]any{"what": "A new one is with you.", "due": time.Now().AddDate(0, 1, 0).Format(time.DateOnly), "owner": anna.ID}, nil)
	sends(t, h, token.Token, http.MethodPut, at+"/draft", `{"kind":"reply","text":"I call you.","html":"","attachments":[],"seen":0}`, nil)
	sends(t, h, token.Token, http.MethodPost, "/api/v1/promises/planned", `{"ticket":"`+opened.ID+`","kind":"call_back","what":"A call about the crack.","due":"`+time.Now().AddDate(0, 2, 0).Format(time.DateOnly)+`"}`, nil)
	suffer(t, h, token.Token, at)
	confer(t, h, token.Token, at)
	h.Ask(http.MethodPost, "/api/v1/events", map[string]any{
		"kind": "order.placed", "subject": "order-17", "customer": map[string]any{"id": opened.Customer}, "data": map[string]any{"amount": map[string]any{"minor": 4900, "currency": "EUR"}},
	}, nil)
	h.Ask(http.MethodPost, "/api/v1/customers/"+opened.Customer+"/remarks", map[string]any{"kind": "date", "text": "Birthday", "on": "05-31"}, nil)

	key, err := os.ReadFile(filepath.Join(h.Settings.Data, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	return h, []string{boxPassword, staffPassword, token.Token, strings.TrimSpace(string(key)), "argon2", "$2a$"}
}

// mailed is the ticket that a mail of Ada's becomes.
func mailed(t *testing.T, h *house.House, raw string) (at string) {
	t.Helper()
	c, err := smtp.Dial(h.SMTP)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SendMail("ada@example.com", []string{"support@shop.example"}, strings.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	var all struct{ Items []line }
	house.Until(t, "the mail is filed", func() bool { h.Ask(http.MethodGet, "/api/v1/tickets", nil, &all); return len(all.Items) == 1 })
	return "/api/v1/tickets/" + all.Items[0].ID
}

// sends asks the house as somebody with a token; out takes what it answers and may be nil.
func sends(t *testing.T, h *house.House, token, method, path, body string, out any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+h.HTTP+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if raw, ok := out.(*[]byte); ok {
		*raw = b
	} else if err == nil && out != nil {
		err = json.Unmarshal(b, out)
	}
	if err != nil || res.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("%s %s: %s %s, %v", method, path, res.Status, b, err)
	}
}

// exported is an export of a house, in a folder of its own.
func exported(t *testing.T, h *house.House, progress func(done, all int64)) app.Exported {
	t.Helper()
	c, err := app.Connect(t.Context(), h.Settings)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	x, err := c.Export(t.Context(), filepath.Join(t.TempDir(), "out"), progress)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// confer asks a supplier in a part of their own, with a file that is on no ticket.
func confer(t *testing.T, h *house.House, token, at string) {
	t.Helper()
	var file struct{ SHA256 string }
	sends(t, h, token, http.MethodPost, "/api/v1/messages/files", "a drawing", &file)
	sends(t, h, token, http.MethodPost, at+"/parts", `{"title":"The crack","kind":"supplier","people":[{"email":"orders@smith.example"}],"text":"Is it known?","attachments":[{"name":"Drawing.txt","sha256":"`+file.SHA256+`"}]}`, nil)
}

// suffer lets something go wrong on a ticket, with something given and something asked, on somebody's own authority.
func suffer(t *testing.T, h *house.House, token, at string) {
	t.Helper()
	for _, ask := range [][2]string{
		{"/complaint", `{"what":"It came cracked.","wanted":"Another."}`},
		{"/remedies", `{"part":"right","kind":"refund","amount":{"minor":500,"currency":"EUR"}}`},
		{"/refusals", `{"what":"Two more","nearest_yes":"One more"}`},
	} {
		sends(t, h, token, http.MethodPost, at+ask[0], ask[1], nil)
	}
}

func TestAnExportHoldsEverythingButSecrets(t *testing.T) {
	h, secrets := lived(t)
	var steps, last int64
	x := exported(t, h, func(done, all int64) { steps, last = steps+1, all-done })
	folder := x.Folder
	if steps == 0 || last != 0 || x.Missing != 0 || x.Files != 3 {
		t.Errorf("%d steps, %d left, %+v", steps, last, x)
	}

	one := func(noun string, want int) line {
		t.Helper()
		all := linesOf(t, folder, noun)
		if len(all) != want || x.Lines[noun+".jsonl"] != int64(want) {
			t.Fatalf("%d lines of %s, said to be %d", len(all), noun, x.Lines[noun+".jsonl"])
		}
		return all[0]
	}
	ticket, customer, mail := one("tickets", 1), one("customers", 1), one("mails", 1)
	if ticket.Customer != customer.ID || customer.Name != "Ada" || customer.Company != one("companies", 2).ID || mail.Ticket != ticket.ID || mail.Mailbox != one("mailboxes", 1).ID {
		t.Errorf("what belongs together: %+v %+v %+v", ticket, customer, mail)
	}
	if r := customer.Remarks; len(r) != 1 || r[0].Kind != "date" || r[0].Text != "Birthday" || r[0].On != "05-31" {
		t.Errorf("what colleagues remarked: %+v", r)
	}
	if m := one("staff", 1); m.Email != "anna@shop.example" {
		t.Errorf("staff: %+v", m)
	}
	if r := one("reasons", 1); r.Reason != "She knows the carrier." || linesOf(t, folder, "journal")[r.Seq-1].Kind != "tickets.assigned" {
		t.Errorf("the reason: %+v", r)
	}
	for noun, n := range map[string]int{"teams": 1, "roles": 6, "hours": 1, "targets": 1, "ticket_types": 1, "ticket_fields": 1, "lexicon": 1, "frameworks": 1, "planned_questions": 1, "promise_settings": 1, "part_settings": 1} {
		one(noun, n)
	}
	p := one("parts", 1)
	if p.Ticket != ticket.ID || len(p.Messages) != 1 || p.Messages[0].Text != "Is it known?" || len(p.Messages[0].Attachments) != 1 {
		t.Fatalf("what was said beside the ticket: %d messages of %s", len(p.Messages), p.Ticket)
	}
	if b, err := os.ReadFile(filepath.Join(folder, p.Messages[0].Attachments[0].Path)); err != nil || string(b) != "a drawing" {
		t.Errorf("its file: %q, %v", b, err)
	}
	if c := one("complaints", 1); c.What != "It came cracked." || c.Ticket != ticket.ID {
		t.Errorf("what went wrong: %+v", c)
	}
	for noun, n := range map[string]int{"purchases": 1, "remedies": 1, "approvals": 1, "ledger": 1, "recovery_settings": 1} {
		one(noun, n)
	}
	if p := one("promises", 1); p.What != "A new one is with you." || p.Ticket != ticket.ID || p.Customer != customer.ID {
		t.Errorf("what was promised: %+v", p)
	}
	if p := one("planned_promises", 1); p.What != "A call about the crack." || p.Ticket != ticket.ID {
		t.Errorf("what is to be promised: %+v", p)
	}
	messages := linesOf(t, folder, "messages")
	got := []string{}
	for _, m := range messages {
		got = append(got, m.Kind+": "+m.Text)
	}
	if d := cmp.Diff([]string{"in: See the crack.", "out: We send another.", "note: The carrier again."}, got); d != "" {
		t.Error(d)
	}
	first := messages[0]
	if len(first.Attachments) != 1 || !strings.HasSuffix(first.Attachments[0].Path, ".png") || first.RawFile != mail.RawFile {
		t.Fatalf("the files of the first message: %+v", first)
	}
	for path, sum := range map[string]string{first.Attachments[0].Path: first.Attachments[0].SHA256, first.RawFile: first.Raw} {
		b, err := os.ReadFile(filepath.Join(folder, path))
		is := sha256.Sum256(b)
		if err != nil || hex.EncodeToString(is[:]) != sum {
			t.Errorf("%s: %v, not the bytes of %s", path, err, sum)
		}
	}
	noSecrets(t, folder, secrets)

	// Without a server it is the same export of a house that went on since.
	h.Stop()
	c, err := app.Connect(t.Context(), h.Settings)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	again := t.TempDir()
	if _, err := c.Export(t.Context(), again, nil); err != nil {
		t.Fatal(err)
	}
	for _, noun := range []string{"customers", "staff", "mailboxes", "targets", "mails"} {
		if d := cmp.Diff(linesOf(t, folder, noun), linesOf(t, again, noun)); d != "" {
			t.Errorf("%s: %s", noun, d)
		}
	}
	_, err = c.Export(t.Context(), again, nil)
	if f := fault.Of(err); f == nil || f.Say != "The folder "+again+" is not empty; an export needs a new one or an empty one." {
		t.Errorf("a folder that holds something: %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	cut := t.TempDir()
	if _, err := c.Export(stopped, cut, func(int64, int64) { stop() }); err == nil {
		t.Error("an export that was interrupted says that it is whole")
	}
	if left, err := os.ReadDir(cut); err != nil || len(left) > 0 {
		t.Errorf("an export that was interrupted leaves %v, %v", left, err)
	}
}

// Who has a customer's link acts as them: where their program sends it back, in words, in a mail that is attached or in one in
// base64, nobody reads it by the attachment, nor in an export.
func TestALinkThatComesBackIsReadByNobody(t *testing.T) {
	h := house.Start(t)
	var token struct{ Token string }
	h.Ask(http.MethodPost, "/local/staff", map[string]any{"email": "anna@shop.example", "name": "Anna", "role": "owner", "password": staffPassword}, nil)
	h.Ask(http.MethodPost, "/local/tokens", map[string]any{"staff": "anna@shop.example", "name": "laptop"}, &token)
	h.Ask(http.MethodPost, "/api/v1/mail/mailboxes", map[string]any{"address": "support@shop.example", "smtp": "smtp://me@127.0.0.1:1"}, nil)
	link, _ := secret.Token("my")
	ours := "Subject: Your cup\r\nContent-Type: text/plain\r\n\r\nSee how it stands: https://help.example.com/my/" + link + "\r\n"
	packed := strings.ReplaceAll(strings.Replace(ours, "text/plain\r\n", "text/plain\r\nContent-Transfer-Encoding: base64\r\n", 1), "See how it stands: https://help.example.com/my/"+link,
		base64.StdEncoding.EncodeToString([]byte("See how it stands: https://help.example.com/my/"+link)))
	at := mailed(t, h, "From: Ada <ada@example.com>\r\nTo: support@shop.example\r\nSubject: Your mails\r\nMessage-ID: <1@example.com>\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n> /my/"+link+"\r\n"+
		"--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"One.eml\"\r\n\r\n"+ours+
		"--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"Two.eml\"\r\n\r\n"+packed+
		"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"Three.pdf\"\r\n\r\n%PDF-1.4 /URI(https://help.example.com/my/"+link+")\r\n--b--\r\n")
	var said struct {
		Items []struct {
			Attachments []struct{ ID string }
		}
	}
	h.Ask(http.MethodGet, at+"/messages", nil, &said)
	if len(said.Items) != 1 || len(said.Items[0].Attachments) != 3 {
		t.Fatalf("%+v", said)
	}
	silent := func(where string, b []byte) {
		t.Helper()
		for line := range strings.FieldsSeq(string(b)) {
			if unpacked, err := base64.StdEncoding.DecodeString(line); err == nil {
				b = append(b, unpacked...)
			}
		}
		if bytes.Contains(b, []byte(link)) || !bytes.Contains(b, []byte("my_...")) {
			t.Errorf("%s holds\n%s", where, b)
		}
	}
	for _, f := range said.Items[0].Attachments {
		var got []byte
		sends(t, h, token.Token, http.MethodGet, "/api/v1/messages/files/"+f.ID, "", &got)
		silent("the attachment", got)
	}
	x, files := exported(t, h, nil), 0
	for _, shelf := range []string{"mails", "attachments"} {
		err := filepath.WalkDir(filepath.Join(x.Folder, shelf), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			silent(path, b)
			files++
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files != 4 {
		t.Errorf("%d files are exported", files)
	}
}

func noSecrets(t *testing.T, folder string, secrets []string) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		b, err := os.ReadFile(path)
		for _, s := range secrets {
			if bytes.Contains(b, []byte(s)) || bytes.Contains(b, []byte(base64.StdEncoding.EncodeToString([]byte(s)))) {
				t.Errorf("%s holds the secret %q", path, s)
			}
		}
		if strings.HasSuffix(path, ".jsonl") {
			for _, field := range []string{`"password"`, `"secret"`, `"hash"`, `"dkim"`, `"refresh_token"`} {
				if bytes.Contains(b, []byte(field)) {
					t.Errorf("%s has a field %s", path, field)
				}
			}
		}
		if i, err := d.Info(); err != nil || i.Mode().Perm() != 0o600 {
			t.Errorf("others may read %s: %v", path, i.Mode())
		}
		return err
	})
	if err != nil || n < 15 {
		t.Errorf("%d files, %v", n, err)
	}
}

// However much happens meanwhile, an export is of one moment: nothing in it speaks of something that is not in it.
func TestAnExportIsOfOneMoment(t *testing.T) {
	h, _ := lived(t)
	c, err := app.Connect(t.Context(), h.Settings)
	if err != nil {
		t.Fatal(err)
	}
	var over atomic.Bool
	var crew sync.WaitGroup
	for w := range 3 {
		crew.Go(func() {
			for n := 0; !over.Load(); n++ {
				var k line
				h.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"from": map[string]any{"email": fmt.Sprintf("c%d-%d@example.com", w, n)}, "text": "Hello."}, &k)
				h.Ask(http.MethodPost, "/api/v1/tickets/"+k.ID+"/notes", map[string]any{"text": "A note."}, nil)
				if n == 5 {
					h.Ask(http.MethodPut, "/api/v1/tickets/types", map[string]any{"key": fmt.Sprintf("type%d", w), "label": "T"}, nil)
				}
			}
		})
	}
	var folders []string
	for range 3 {
		folder := t.TempDir()
		if _, err := c.Export(t.Context(), folder, nil); err != nil {
			t.Error(err)
		}
		folders = append(folders, folder)
	}
	over.Store(true)
	crew.Wait()
	for _, folder := range folders {
		customers, tickets, notes, heard := map[string]bool{}, map[string]int{}, 0, 0
		for _, k := range linesOf(t, folder, "customers") {
			customers[k.ID] = true
		}
		for _, k := range linesOf(t, folder, "tickets") {
			tickets[k.ID]++
			if !customers[k.Customer] || tickets[k.ID] > 1 || k.Number != int64(len(tickets)) {
				t.Errorf("ticket %d of %s", k.Number, k.Customer)
			}
		}
		for _, m := range linesOf(t, folder, "messages") {
			if tickets[m.Ticket] == 0 {
				t.Errorf("message %s is of a ticket that is not there", m.ID)
			}
			switch m.Kind {
			case "note":
				notes++
			case "in":
				heard++
			}
		}
		journal := map[string]int{}
		for i, j := range linesOf(t, folder, "journal") {
			journal[j.Kind]++
			if j.Seq != int64(i+1) {
				t.Fatalf("entry %d is %d", i+1, j.Seq)
			}
		}
		if journal["tickets.opened"] != len(tickets) || journal["tickets.noted"] != notes || journal["tickets.received"] != heard || journal["customers.met"] != len(customers) {
			t.Errorf("%v, but %d tickets, %d notes, %d heard, %d customers", journal, len(tickets), notes, heard, len(customers))
		}
		if n := len(linesOf(t, folder, "ticket_types")) + len(linesOf(t, folder, "ticket_fields")); journal["tickets.configured"] != n {
			t.Errorf("%d types and fields, set up %d times", n, journal["tickets.configured"])
		}
	}
}
