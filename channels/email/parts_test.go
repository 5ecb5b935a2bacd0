package email_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/rooms/conference"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

// Words that stand for everything said in one place, and nowhere else.
const (
	markAda   = "Quittenmark"   // of the customer
	markShown = "Ingwermark"    // of the customer, and shown to the first supplier
	markNote  = "Nelkenmark"    // of a note
	markOurs  = "Anismark"      // of our answer to the customer
	markOne   = "Kardamommark"  // of the first supplier's part
	markTwo   = "Safranmark"    // of the second supplier's part
	markIn    = "Majoranmark"   // of the colleague's part
	markFile  = "Lorbeermark"   // in the name of a file of the second supplier's
	markAway  = "Estragonmark"  // of an automatic reply
	markEve   = "Wacholdermark" // of somebody whom nobody invited
)

var allMarks = []string{markAda, markShown, markNote, markOurs, markOne, markTwo, markIn, markFile, markAway, markEve}

// case is one in which everybody is: a customer, two suppliers, a colleague who sees no tickets, notes.
type conferenceCase struct {
	*house.House
	t      *testing.T
	out    *servers.Sink
	tokens map[string]string
	signed map[string]*http.Cookie // an invitation is the person's: a token does not read by it
	ids    map[string]string
	ticket tickets.Ticket
}

// as asks as somebody, and gives back what they read, whatever it is.
func (c *conferenceCase) as(who, path string) string {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, "http://"+c.HTTP+"/api/v1"+path, http.NoBody)
	if err != nil {
		c.t.Fatal(err)
	}
	r.AddCookie(c.signed[who])
	return c.read(http.DefaultClient.Do(r))
}

// signIn is the session of somebody.
func (c *conferenceCase) signIn(email, password string) *http.Cookie {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, "http://"+c.HTTP+"/api/v1/sessions", strings.NewReader(fmt.Sprintf(`{"email":%q,"password":%q}`, email, password)))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	if len(res.Cookies()) == 0 {
		c.t.Fatal("not signed in: ", res.Status)
	}
	return res.Cookies()[0]
}

func (c *conferenceCase) read(res *http.Response, err error) string {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(b)
}

// only proves that of all that was said some text holds exactly these.
func (c *conferenceCase) only(where, text string, marks ...string) {
	c.t.Helper()
	for _, m := range allMarks {
		if has, want := strings.Contains(text, m), slices.Contains(marks, m); has != want {
			c.t.Errorf("%s: %s is there: %v, and should be: %v\n%.4000s", where, m, has, want, text)
		}
	}
}

// invite makes a part.
func (c *conferenceCase) invite(in map[string]any) (p conference.Part) {
	c.t.Helper()
	c.Ask(http.MethodPost, "/api/v1/tickets/"+c.ticket.ID.String()+"/parts", in, &p)
	return p
}

func (c *conferenceCase) part(p conference.Part) (now conference.Part) {
	c.t.Helper()
	c.Ask(http.MethodGet, "/api/v1/parts/"+p.ID.String(), nil, &now)
	return now
}

// mailTo is the newest mail that went to an address.
func (c *conferenceCase) mailTo(n int, address string) (raw string, m *message.Message) {
	c.t.Helper()
	for _, b := range c.out.Wait(n) {
		one, err := message.Parse(b)
		if err != nil {
			c.t.Fatal(err)
		}
		if slices.ContainsFunc(one.To, func(a message.Address) bool { return a.Email == address }) {
			raw, m = string(b), one
		}
	}
	if m == nil {
		c.t.Fatalf("no mail to %s", address)
	}
	return raw, m
}

func (c *conferenceCase) arrives(from string, raw []byte) {
	c.t.Helper()
	if err := send(c.t, c.SMTP, from, []string{support}, raw); err != nil {
		c.t.Fatal(err)
	}
}

func openCase(t *testing.T) *conferenceCase {
	t.Helper()
	c := &conferenceCase{House: house.Start(t), t: t, out: servers.StartSink(t), tokens: map[string]string{}, signed: map[string]*http.Cookie{}, ids: map[string]string{}}
	c.Stop()
	c.Settings.BaseURL = "https://help.example.com" // with one, the customer gets a link to /my
	c.Start()
	connect(c.House, "", c.out.Addr, "", nil)
	var north, south struct{ ID string }
	c.Ask(http.MethodPost, "/api/v1/teams", map[string]any{"name": "North"}, &north)
	c.Ask(http.MethodPost, "/api/v1/teams", map[string]any{"name": "South"}, &south)
	const password = "a long and private sentence"
	for name, is := range map[string][2]string{"anna": {"agent", north.ID}, "cleo": {"agent", south.ID}, "lea": {"leader", south.ID}, "lou": {"light", south.ID}, "lux": {"light", south.ID}} {
		var made struct{ ID string }
		c.Ask(http.MethodPost, "/local/staff", map[string]any{"email": name + "@shop.example", "name": strings.ToUpper(name[:1]) + name[1:], "role": is[0], "password": password}, &made)
		c.Ask(http.MethodPut, "/api/v1/teams/"+is[1]+"/members/"+made.ID, nil, nil)
		var token struct{ Token string }
		c.Ask(http.MethodPost, "/local/tokens", map[string]any{"staff": made.ID, "name": "test"}, &token)
		c.tokens[name], c.ids[name], c.signed[name] = token.Token, made.ID, c.signIn(name+"@shop.example", password)
	}
	c.arrives("ada@example.com", letter("Ada <ada@example.com>", "My cup", "1@example.com", "", "It broke. "+markAda))
	house.Until(t, "a ticket", func() bool { return len(ticketList(c.House)) == 1 })
	c.ticket = ticketList(c.House)[0]
	at := "/api/v1/tickets/" + c.ticket.ID.String()
	c.arrives("ada@example.com", letter("Ada <ada@example.com>", "Re: My cup", "2@example.com", "1@example.com", "The handle came off. "+markShown))
	house.Until(t, "her second mail", func() bool { return len(said(c.House, c.ticket)) == 2 })
	c.Ask(http.MethodPost, at+"/assign", map[string]any{"team": north.ID}, nil)
	c.Ask(http.MethodPost, at+"/notes", map[string]any{"text": "She is kind. " + markNote}, nil)
	return c
}

// Whatever way out of the house one takes, each reads what is theirs, and nothing else.
func TestNothingLeaksFromOnePartIntoAnother(t *testing.T) {
	c := openCase(t)
	talk := said(c.House, c.ticket)
	one := c.invite(map[string]any{
		"title": "Cup 12", "kind": "supplier", "people": []map[string]any{{"email": "orders@smith.example", "name": "Smith"}}, "text": "Is it known? " + markOne, "share": []map[string]any{{"message": talk[1].ID}},
		"known_as": "our potter", "hold": true,
	})
	two := c.invite(map[string]any{"title": "A box", "kind": "supplier", "people": []map[string]any{{"email": "box@else.example"}}, "text": "How strong is it? " + markTwo})
	three := c.invite(map[string]any{"title": "Shelf", "kind": "colleague", "people": []map[string]any{{"staff": c.ids["lou"]}}, "text": "Is one left? " + markIn})

	raw, asked := c.mailTo(3, "orders@smith.example")
	c.only("the mail to the first supplier", raw, markOne, markShown)
	if who := "wrote this"; strings.Contains(asked.Text, who) || !strings.Contains(asked.Text, "You can simply answer this mail. Please leave this in your answer, so that it finds its way:\nHTP-") {
		t.Errorf("it says at its foot %s", asked.Text)
	}
	raw, boxed := c.mailTo(3, "box@else.example")
	c.only("the mail to the second supplier", raw, markTwo)
	raw, inside := c.mailTo(3, "lou@shop.example")
	if !strings.Contains(inside.Text, "or in Hearth under “Asked in a case”.") {
		t.Errorf("a colleague reads at its foot %s", inside.Text)
	}
	c.only("the mail to the colleague", raw, markIn)
	if len(asked.References)+len(asked.InReplyTo) > 0 || asked.Subject != "Cup 12" || asked.From.Email != support || strings.Contains(raw, "/my/") || strings.Contains(raw, "HTH-") {
		t.Errorf("it does not stand by itself: %+v", asked)
	}

	// The first answers and has the customer in copy, the second quotes and names no mail, the third answers by mail too.
	c.arrives("orders@smith.example", letter("Smith <Orders@smith.example>\r\nCc: Ada <ada@example.com>", "Re: Cup 12", "s1@smith.example", asked.MessageID, "Yes, a whole batch. "+markOne))
	mark := regexp.MustCompile(`HTP-\d+-[0-9a-z]{8}`).FindString(boxed.Text)
	body := "--b\r\nContent-Type: text/plain\r\n\r\nIt holds five kilos. " + markTwo + "\r\n\r\n> " + mark + "\r\n\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=\"" + markFile + ".txt\"\r\n\r\nx\r\n--b--\r\n"
	c.arrives("box@else.example", fmt.Appendf(nil, "From: box@else.example\r\nTo: %s\r\nSubject: Anything\r\nDate: %s\r\nMessage-ID: <b1@else.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n%s", support, time.Now().Format(time.RFC1123Z), body))
	house.Until(t, "their answers", func() bool { return len(c.part(one).Messages) == 2 && len(c.part(two).Messages) == 2 })
	if p := c.part(one); p.State != conference.Answered || p.Holds {
		t.Errorf("%+v", p)
	}
	c.only("the first part", c.as("anna", "/parts/"+one.ID.String()), markOne, markShown)
	c.only("the second part", c.as("anna", "/parts/"+two.ID.String()), markTwo, markFile)

	// The customer answers what she should not have got; a stranger got hold of it; a machine answers.
	c.arrives("ada@example.com", letter("Ada <ada@example.com>", "Re: Cup 12", "3@example.com", "s1@smith.example", "What batch?"))
	c.arrives("eve@example.org", letter("Eve <eve@example.org>", "Re: Cup 12", "4@example.org", asked.MessageID, "I know more. "+markEve))
	c.arrives("box@else.example", letter("box@else.example\r\nAuto-Submitted: auto-replied", "Away", "b2@else.example", boxed.MessageID, "I am away. "+markAway))
	house.Until(t, "two who wait", func() bool { return len(ledger(c.House, "repair")) == 2 && len(c.part(two).Messages) == 3 })
	for _, e := range ledger(c.House, "repair") {
		if e.Why != email.Stranger || e.Part != one.ID || e.Ticket != c.ticket.ID {
			t.Errorf("%+v", e)
		}
	}
	if p := c.part(two); p.State != conference.Answered || !p.Messages[2].Machine {
		t.Errorf("%+v", p)
	}
	if n := len(ticketList(c.House)); n != 1 {
		t.Errorf("there are %d tickets", n)
	}

	c.Ask(http.MethodPost, "/api/v1/tickets/"+c.ticket.ID.String()+"/replies", map[string]any{"text": "A new one is on its way. " + markOurs}, nil)
	raw, m := c.mailTo(4, "ada@example.com")
	c.only("the answer to the customer", raw, markOurs)
	c.onMy(m.Text)
	c.byAPI(one, two, three)
	c.onTheSocket()

	// Who waits and is let in is in the part, and still not in the customer's thread.
	for _, e := range ledger(c.House, "repair") {
		if e.Sender == "ada@example.com" {
			if err := c.Try(http.MethodPost, "/api/v1/mail/ledger/"+e.ID.String()+"/repair", map[string]any{"do": "join"}, nil); fault.Of(err) == nil || fault.Of(err).Code != "part.customer" {
				t.Errorf("the customer is let into a part: %v", err)
			}
		}
		if e.Sender == "eve@example.org" {
			c.Ask(http.MethodPost, "/api/v1/mail/ledger/"+e.ID.String()+"/repair", map[string]any{"do": "join"}, nil)
		}
	}
	c.only("the first part", c.as("anna", "/parts/"+one.ID.String()), markOne, markShown, markEve)
	c.only("the customer's thread", c.as("anna", "/tickets/"+c.ticket.ID.String()+"/messages"), markAda, markShown, markNote, markOurs)
}

// onMy reads the customer's own page by the link in a mail.
func (c *conferenceCase) onMy(mail string) {
	c.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	client := http.Client{Jar: jar}
	link := regexp.MustCompile(`/my/my_[A-Za-z0-9_-]{43}`).FindString(mail)
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, "http://"+c.HTTP+link, http.NoBody)
	if err != nil || link == "" {
		c.t.Fatal(link, err)
	}
	page := c.read(client.Do(r))
	c.only("/my", page, markAda, markShown, markOurs)
	for _, name := range []string{"Cup 12", "A box", "Shelf", "Smith", "smith.example", "else.example", "Lou"} {
		if strings.Contains(page, name) {
			c.t.Errorf("the customer reads %q on /my:\n%s", name, page)
		}
	}
}

// byAPI asks for everything there is, as everybody there is.
func (c *conferenceCase) byAPI(one, two, three conference.Part) {
	c.t.Helper()
	at := "/tickets/" + c.ticket.ID.String()
	for path, marks := range map[string]map[string][]string{
		at:                            {"anna": {markOurs}},
		at + "/messages":              {"anna": {markAda, markShown, markNote, markOurs}},
		at + "/timeline":              {"anna": {}},
		at + "/parts":                 {"anna": {markOne, markAway, markIn}}, // the beginning of the latest words
		"/tickets?limit=50":           {"anna": {markOurs}},
		"/parts":                      {"lou": {markIn}},
		"/parts/" + one.ID.String():   {"anna": {markOne, markShown}},
		"/parts/" + two.ID.String():   {"anna": {markTwo, markFile, markAway}},
		"/parts/" + three.ID.String(): {"anna": {markIn}, "lou": {markIn}},
		"/journal?limit=500":          {},
		"/customers":                  {},
		"/customers/" + c.ticket.Customer.String(): {},
		"/mail/ledger": {},
		"/parts/files/" + c.part(two).Messages[1].Files[0].ID.String():       {},
		"/parts/messages/" + c.part(one).Messages[1].ID.String() + "/page":   {"anna": {markOne}},
		"/parts/messages/" + c.part(three).Messages[0].ID.String() + "/page": {"anna": {markIn}, "lou": {markIn}},
	} {
		for _, who := range []string{"anna", "cleo", "lea", "lou", "lux"} {
			want := marks[who]
			if strings.HasSuffix(path, "/parts") && who == "anna" && path != "/parts" {
				want = c.snippets(one, two, three)
			}
			if path == "/tickets?limit=50" && who == "anna" {
				want = []string{markOurs}
			}
			c.only(who+" asks for "+path, c.as(who, path), want...)
		}
	}
	house.Until(c.t, "the parts are in the search", func() bool { return strings.Contains(c.as("anna", "/search?q="+markFile), two.ID.String()) })
	for _, m := range allMarks {
		for _, who := range []string{"anna", "cleo", "lea", "lou", "lux"} {
			var parts struct{ Items []json.RawMessage }
			if err := json.Unmarshal([]byte(c.as(who, "/parts?q="+url.QueryEscape(m))), &parts); err != nil || (len(parts.Items) > 0) != (who == "lou" && m == markIn) {
				c.t.Errorf("%s looks for %s in their parts and finds %s, %v", who, m, parts.Items, err)
			}
			var found struct{ Items []json.RawMessage }
			_ = json.Unmarshal([]byte(c.as(who, "/search?q="+url.QueryEscape(m))), &found) // a refusal finds nothing
			hers := who == "anna" && m != markEve                                          // she may see the ticket, and so all that is said in it and beside it
			if (len(found.Items) > 0) != hers {
				c.t.Errorf("%s looks for %s and finds %s", who, m, found.Items)
			}
		}
	}
	if body := c.as("lou", "/parts/"+three.ID.String()); strings.Contains(body, c.ticket.ID.String()) || strings.Contains(body, "My cup") || strings.Contains(body, "Ada") {
		c.t.Errorf("a guest learns of the ticket: %s", body)
	}
}

// snippets are the marks in the beginnings of the latest words of parts.
func (c *conferenceCase) snippets(parts ...conference.Part) (marks []string) {
	for _, p := range parts {
		s := c.part(p).Snippet
		for _, m := range allMarks {
			if strings.Contains(s, m) {
				marks = append(marks, m)
			}
		}
	}
	if !slices.Equal(marks, []string{markOne, markTwo, markIn}) {
		c.t.Errorf("the latest words are %q", marks)
	}
	return marks
}

// onTheSocket listens to all that happened.
func (c *conferenceCase) onTheSocket() {
	c.t.Helper()
	for _, who := range []string{"anna", "cleo"} {
		s, _, err := websocket.Dial(c.t.Context(), "ws://"+c.HTTP+"/api/v1/live?after=0", &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + c.tokens[who]}}}) //nolint:bodyclose // it is none any more
		if err != nil {
			c.t.Fatal(err)
		}
		var all strings.Builder
		for heads := 0; heads == 0; {
			_, frame, err := s.Read(c.t.Context())
			if err != nil {
				c.t.Fatal(err)
			}
			all.Write(frame)
			if strings.HasPrefix(string(frame), `{"head"`) { // all there was has been told
				heads++
			}
		}
		_ = s.CloseNow()
		c.only(who+" listens", all.String())
		if strings.Contains(all.String(), `"parts.heard"`) != (who == "anna") {
			c.t.Errorf("%s hears %s", who, all.String())
		}
	}
}

// What bounces marks the part and who it was for, and nothing of the customer's thread; what was sent is known by its own name.
func TestAPartsMailBounces(t *testing.T) {
	c := openCase(t)
	p := c.invite(map[string]any{"title": "Cup 12", "kind": "other", "people": []map[string]any{{"email": "gone@smith.example"}}, "text": "Hello?"})
	_, m := c.mailTo(1, "gone@smith.example")
	house.Until(t, "it was sent", func() bool { return c.part(p).Messages[0].State == tickets.Sent })
	report := fmt.Sprintf("From: MAILER-DAEMON@mx.example\r\nTo: %s\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"+
		"--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; gone@smith.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"+
		"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <%s>\r\nTo: gone@smith.example\r\n\r\n--b--\r\n", support, m.MessageID)
	c.arrives("", []byte(report))
	house.Until(t, "the bounce", func() bool { return c.part(p).Messages[0].State == tickets.Bounced })
	if p := c.part(p); !strings.Contains(p.People[0].Trouble, "no such user") || !strings.Contains(p.Trouble, "no such user") {
		t.Errorf("%+v", p)
	}
	if l := ledger(c.House, "set_aside"); len(l) != 1 || l[0].Part != p.ID || l[0].Why != email.Bounce {
		t.Errorf("%+v", l)
	}
}

// What is said in a part is tried over a cut line until it arrives, with its file, under one name, and in nobody else's part; what
// a server refuses for good is said in the part.
func TestAPartsMailOutlivesACutLine(t *testing.T) {
	t.Parallel()
	h, now, log := watchful(t)
	out := startRelay(t, nil, false)
	connect(h, "", out.Addr, "", nil)
	tk := opened(t, h, letter("Ada <ada@example.com>", "Cup", "1@example.com", "", "It broke."))
	link, _ := secret.Token("my") // of the customer's, which is nobody else's
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+h.HTTP+"/api/v1/messages/files", strings.NewReader("%PDF-1.4 a drawing, and /my/"+link))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token(h, "admin"))
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var file tickets.Upload
	if err := json.NewDecoder(res.Body).Decode(&file); err != nil || res.StatusCode != http.StatusCreated {
		t.Fatal(res.Status, err)
	}
	ask := func(email string) (p conference.Part) {
		h.Ask(http.MethodPost, "/api/v1/tickets/"+tk.ID.String()+"/parts", map[string]any{
			"title": "Cup 12", "kind": "supplier", "people": []map[string]any{{"email": email}}, "text": "Is it known?", "attachments": []map[string]any{{"name": "drawing.pdf", "sha256": file.SHA256}},
		}, &p)
		return p
	}
	read := func(p conference.Part) (now conference.Part) {
		h.Ask(http.MethodGet, "/api/v1/parts/"+p.ID.String(), nil, &now)
		return now
	}
	out.set(func() { out.drop = true })
	p := ask("orders@smith.example")
	house.Until(t, "a first try", func() bool { return log.tries() > 0 })
	if m := read(p).Messages[0]; m.State != tickets.Queued || m.Trouble != "" {
		t.Errorf("it is %s: %s", m.State, m.Trouble)
	}
	out.set(func() { out.drop = false })
	now.forward(time.Minute)
	mails := out.wait(t, 1)
	house.Until(t, "the mark", func() bool { return read(p).Messages[0].State == tickets.Sent })
	if got := mails[0]; len(mails) != 1 || strings.Join(got.to, " ") != "orders@smith.example" || !strings.Contains(got.raw, "drawing.pdf") {
		t.Errorf("%d mails, the first to %q:\n%s", len(mails), mails[0].to, mails[0].raw)
	}
	if m, err := message.Parse([]byte(mails[0].raw)); err != nil || len(m.Attachments) != 1 || string(m.Attachments[0].Data) != "%PDF-1.4 a drawing, and /my/my_"+strings.Repeat(".", 43) {
		t.Errorf("they get %+v, %v", m, err)
	}
	if _, dropped := out.took(); len(dropped) == 0 || field(dropped[0].raw, "Message-ID") != field(mails[0].raw, "Message-ID") {
		t.Errorf("%d tries before went out under another name", len(dropped))
	}

	out.set(func() {
		out.refuse["gone@else.example"] = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "User unknown"}
	})
	q := ask("gone@else.example")
	house.Until(t, "the end of the delivery", func() bool { return read(q).Messages[0].State == tickets.Failed })
	if q := read(q); q.Trouble != "The mail server refused it: 550 User unknown" || q.Messages[0].Trouble != q.Trouble {
		t.Errorf("%q, %q", q.Trouble, q.Messages[0].Trouble)
	}
	if p := read(p); p.Trouble != "" || len(p.Messages) != 1 {
		t.Errorf("the other part has %d messages and says %q", len(p.Messages), p.Trouble)
	}
}
