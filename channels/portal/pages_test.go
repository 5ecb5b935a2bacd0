package portal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/promises"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/rooms/tickets/drafts"
)

func (a answer) has(t *testing.T, status int, all ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("%s: status %d, want %d", a.at, a.status, status)
	}
	for _, s := range all {
		if !strings.Contains(a.body, s) {
			t.Errorf("%s does not say %q:\n%s", a.at, s, a.body)
		}
	}
}

func (a answer) lacks(t *testing.T, all ...string) {
	t.Helper()
	for _, s := range all {
		if strings.Contains(a.body, s) {
			t.Errorf("%s says %q:\n%s", a.at, s, a.body)
		}
	}
}

func (d *hall) reply(t *testing.T, tk tickets.Ticket, r tickets.Reply) {
	t.Helper()
	must[tickets.Message](t)(d.tickets.Answer(t.Context(), d.ann, tk.ID, r))
}

// The whole way: they come, read how it stands, write, choose, and say that all is well.
func TestACustomerFollowsTheirMatter(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "My cup broke.")
	d.follow(t)
	b := d.browser(t)
	h, _ := d.link(t, tk)
	page := b.come(h.URL)
	at := ticketPath(tk.Number)
	if page.at != at {
		t.Errorf("came to %s", page.at)
	}
	page.has(t, http.StatusOK, "The cup of Ida", "Your message is here", "Hall", "My cup broke.", "Our answer", "by Tuesday, July 7, 2026")
	if p := page.header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") || strings.Contains(page.body, "<script") {
		t.Errorf("policy %q", p)
	}

	// One of us takes it, promises something and answers.
	must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), d.ann, tk.ID, tickets.Assignment{Staff: new(memberOf(d.ann))}))
	_, err := d.promises.Make(t.Context(), d.ann, promises.Making{Ticket: tk.ID, Kind: "delivery", What: "A new cup", Due: "2026-07-08", Anyway: "The carrier said so."})
	if err != nil {
		t.Fatal(err)
	}
	d.reply(t, tk, tickets.Reply{Text: "A new one is on its way: https://track.example.com/1?a=b."})
	d.follow(t)
	page = b.get(at)
	page.has(t, http.StatusOK, "We answered and wait to hear from you", "<dd>Ann</dd>", "A new cup", "on Wednesday, July 8, 2026", `<a href="https://track.example.com/1?a=b" rel="noopener noreferrer nofollow">`)
	page.lacks(t, "Archer", "The carrier said so", "pending", "Our answer")

	// They write; the same form sent again does nothing.
	key := page.key()
	for range 2 {
		b.post(at, "key", key, "do", "say", "text", "It came, thanks.\r\nBut blue.").has(t, http.StatusOK, "your words are with us", "It came, thanks.\nBut blue.", "It is our turn now")
	}
	now, said := d.current(t, tk), d.said(t, tk)
	last := said[len(said)-1]
	if now.Status != tickets.Open || now.WaitingSince.IsZero() || len(said) != 3 || last.Channel != Name || last.Kind != tickets.In || last.Author != "customer:"+tk.Customer.String() || len(last.Answers) == 0 {
		t.Errorf("the ticket is %+v with %d messages, the last %+v", now, len(said), last)
	}
	if by := lastOf(t, d, "tickets.received"); by != "customer:"+tk.Customer.String()+" via portal" {
		t.Errorf("written by %s", by)
	}

	// They are offered something, and choose.
	o := d.offer(t, tk)
	page = b.get(at)
	page.has(t, http.StatusOK, "What would you like?", "A mug", "A call from the owner", "Something else")
	page.lacks(t, "700", "7.00", "SECRET", "EUR")
	b.post(at, "key", page.key(), "do", "choose", "offer", o.ID.String(), "pick", "other").has(t, http.StatusUnprocessableEntity, "One of them, please")
	b.post(at, "key", page.key(), "do", "choose", "offer", o.ID.String(), "pick", o.Choices[1].ID.String()).has(t, http.StatusOK, "noted what you chose")
	if by := lastOf(t, d, "remedies.chosen"); by != "customer:"+tk.Customer.String()+" via portal" {
		t.Errorf("chosen by %s", by)
	}
	b.post(at, "key", b.get(at).key(), "do", "choose", "offer", o.ID.String(), "pick", o.Choices[0].ID.String()).has(t, http.StatusConflict, "not open any more")

	// And another they answer in their own words, which somebody has to answer.
	o = d.offer(t, d.ticket(t, "Ida", "Another."))
	other := d.said(t, tk)
	b.post(at, "key", b.get(at).key(), "do", "choose", "offer", o.ID.String(), "pick", o.Choices[0].ID.String()).has(t, http.StatusConflict, "not open any more")
	o = d.offer(t, tk)
	b.post(at, "key", b.get(at).key(), "do", "choose", "offer", o.ID.String(), "pick", "other", "other", "A saucer").has(t, http.StatusOK, "A person reads it", "A saucer")
	if n := len(d.said(t, tk)); n != len(other)+1 {
		t.Errorf("%d messages", n)
	}

	// We think it is done; they are asked, say not yet, then yes.
	b.post(at, "key", b.get(at).key(), "do", "well").has(t, http.StatusConflict, "does not wait for your yes")
	d.stand(t, tk, tickets.Resolved)
	page = b.get(at)
	page.has(t, http.StatusOK, "For us this is done", "Yes, all is well", "Not yet")
	page.lacks(t, "resolved\"", "Solved")
	b.post(at, "key", page.key(), "do", "say", "text", "The saucer is missing.").has(t, http.StatusOK, "It is our turn now")
	if now := d.current(t, tk); now.Status != tickets.Open || now.Reopened != 1 {
		t.Errorf("after not yet: %+v", now)
	}
	d.stand(t, tk, tickets.Resolved)
	key = b.get(at).key()
	for range 2 {
		b.post(at, "key", key, "do", "well").has(t, http.StatusOK, "you said that all is well", "We are glad")
	}
	if now := d.current(t, tk); now.Status != tickets.Closed || now.Ended != tickets.Content {
		t.Errorf("after yes: %+v", now)
	}
	if by := lastOf(t, d, "tickets.stood"); by != "customer:"+tk.Customer.String()+" via portal" {
		t.Errorf("closed by %s", by)
	}
	// What ended goes on when they write.
	b.post(at, "key", b.get(at).key(), "do", "say", "text", "It broke again.").has(t, http.StatusOK, "It is our turn now")
}

// lastOf is who did what happened last of a kind.
func lastOf(t *testing.T, d *hall, kind string) (by string) {
	t.Helper()
	d.look(t, func(tx *store.Tx) error {
		all, err := tx.Journal(0, 10_000)
		for _, e := range all {
			if e.Kind == kind {
				by = e.By + " via " + e.Via
			}
		}
		return err
	})
	return by
}

// Strangers see nothing: of others' tickets, by guessed, rested or revoked links, and without a form of ours.
func TestStrangersSeeNothing(t *testing.T) {
	d := furnish(t)
	ida, maxs := d.ticket(t, "Ida", "IDAS-WORDS"), d.ticket(t, "Max", "MAXS-WORDS")
	second := d.ticket(t, "Ida", "IDAS-SECOND")
	hers, _ := d.link(t, ida)
	his, _ := d.link(t, maxs)

	nobody := d.browser(t)
	for _, path := range []string{"/my/my_guessed", "/my/" + token(hers.URL) + "x", "/my/" + strings.ToUpper(token(hers.URL)), ticketPath(ida.Number), ticketPath(999), ticketPath(-1), "/my/tickets/x", ticketPath(ida.Number) + "/files/fil_0000000000000"} {
		a := nobody.get(path)
		a.has(t, http.StatusNotFound, "does not open anything any more")
		a.lacks(t, "WORDS", "The cup")
	}
	nobody.get("/my").has(t, http.StatusOK, "Your mail address")
	nobody.post(ticketPath(ida.Number), "do", "say", "text", "Hello.").has(t, http.StatusNotFound)

	b := d.browser(t)
	b.come(hers.URL).has(t, http.StatusOK, "IDAS-WORDS")
	for _, path := range []string{ticketPath(maxs.Number), ticketPath(second.Number)} { // another's, and one this link does not open
		a := b.get(path)
		a.has(t, http.StatusNotFound)
		a.lacks(t, "WORDS", "SECOND", "The cup")
	}
	b.get("/my").lacks(t, "The cup")

	// A form that is not ours, not theirs, not of this page, or old changes nothing.
	at, other := ticketPath(ida.Number), d.browser(t)
	foreign := other.come(his.URL).key()
	for name, key := range map[string]string{"none": "", "made up": "AAAA", "another's": foreign, "another form's": b.get("/my").key()} {
		a := b.post(at, "key", key, "do", "say", "text", "Kept words.")
		a.has(t, http.StatusConflict, "was open for a long time", "Kept words.</textarea>")
		if len(d.said(t, ida)) != 1 {
			t.Errorf("with a key that is %s something was said", name)
		}
	}
	old := b.get(at).key()
	d.wait(formRests + time.Hour)
	b.post(at, "key", old, "do", "say", "text", "Hello.").has(t, http.StatusConflict, "was open for a long time")
	if a := b.do(http.MethodPost, at, "text/plain", "do=well"); a.status == http.StatusOK {
		t.Error("what is no form was carried out")
	}

	// What was thrown away and what became another's is gone.
	all := d.browser(t)
	secret := d.whole(t, ida.Customer)
	all.come("/my/"+secret).has(t, http.StatusOK, "The cup of Ida", "What you asked us about")
	all.get(ticketPath(second.Number)).has(t, http.StatusOK, "IDAS-SECOND")
	all.get(ticketPath(maxs.Number)).has(t, http.StatusNotFound)
	must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), d.ann, second.ID, tickets.Closed, tickets.Spam))
	all.get(ticketPath(second.Number)).has(t, http.StatusNotFound)
	all.get("/my").lacks(t, fmt.Sprintf("Number %d", second.Number))

	// A link rests for its days from its last use, not from when it was made.
	d.wait(29 * 24 * time.Hour)
	all.get(at).has(t, http.StatusOK, "IDAS-WORDS")
	d.wait(29 * 24 * time.Hour)
	all.get(at).has(t, http.StatusOK, "IDAS-WORDS")
	b.get(at).has(t, http.StatusNotFound)
	d.wait(31 * 24 * time.Hour)
	all.get(at).has(t, http.StatusNotFound)
	must[Kept](t)(d.Configure(t.Context(), admin, SettingsChange{Days: new(365)}))
	all.get(at).has(t, http.StatusOK, "IDAS-WORDS")

	// Revoked by one of us, all of a customer's are gone, and nobody else's.
	if g := must[Gone](t)(d.Revoke(t.Context(), d.ann, ida.ID)); g.Revoked != 2 {
		t.Errorf("%d links were revoked", g.Revoked)
	}
	all.get(at).has(t, http.StatusNotFound)
	other.come(his.URL).has(t, http.StatusOK, "MAXS-WORDS")

	// An address that is taken away takes the links along.
	c := must[people.Customer](t)(d.people.Reach(t.Context(), admin, maxs.Customer, people.Sender{Email: "new@customer.example"}))
	other.get(ticketPath(maxs.Number)).has(t, http.StatusOK)
	must[people.Customer](t)(d.people.Forget(t.Context(), admin, maxs.Customer, c.Reach[0].ID))
	d.follow(t)
	other.get(ticketPath(maxs.Number)).has(t, http.StatusNotFound)
}

// Nothing that is only ours is on any page, and what others wrote into mails does nothing there.
func TestNothingOfOursIsShown(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", `<script>alert(1)</script> <img src=x onerror=alert(2)> javascript:alert(3) https://x.example/"onmouseover=alert(4)`)
	const secret = "SECRET"
	_, err := d.tickets.Note(t.Context(), d.ann, tk.ID, tickets.Memo{Text: "SECRET-note"})
	err2 := second(drafts.New(d.db, d.tickets, nil, nil).Keep(t.Context(), d.ann, tk.ID, drafts.Draft{Kind: "reply", Text: "SECRET-draft"}))
	err3 := second(d.tickets.Assign(t.Context(), d.ann, tk.ID, tickets.Assignment{Staff: new(memberOf(d.ann)), Reason: "SECRET-reason"}))
	err4 := second(d.tickets.Change(t.Context(), d.ann, tk.ID, tickets.Change{Type: new("secret-type"), Tags: &[]string{"SECRET-tag"}, Priority: new(tickets.Urgent)}))
	for _, err := range []error{err, err2, err3, err4} {
		if err != nil && code(err) != "type.unknown" {
			t.Fatal(err)
		}
	}
	c := must[recovery.Complaint](t)(d.recovery.Capture(t.Context(), d.ann, tk.ID, recovery.Story{What: "SECRET-what", Severity: 3, Wish: "SECRET-wish"}))
	must[recovery.Settlement](t)(d.recovery.Give(t.Context(), d.sue, recovery.Case{Complaint: c.ID}, recovery.Gift{Part: recovery.Right, Choice: recovery.Choice{What: "SECRET-given", Amount: euros(4_321)}, Note: "SECRET-gift-note"}))
	must[recovery.Approval](t)(d.recovery.Refuse(t.Context(), d.ann, recovery.Case{Complaint: c.ID}, recovery.Refusing{What: "SECRET-no", NearestYes: "SECRET-yes"}))
	d.offer(t, tk)
	must[people.Customer](t)(d.people.Correct(t.Context(), admin, tk.Customer, people.Change{Note: new("SECRET-card")}))
	must[people.Remark](t)(d.people.Remark(t.Context(), d.ann, tk.Customer, people.Observation{About: people.Note, Text: "SECRET-remark"}))
	p := must[promises.Promise](t)(d.promises.Make(t.Context(), d.ann, promises.Making{Ticket: tk.ID, Kind: "answer", What: "An answer", Due: "2026-07-07", Anyway: "SECRET-anyway"}))
	must[promises.Promise](t)(d.promises.Hand(t.Context(), d.ann, p.ID, memberOf(d.sue), "SECRET-handed"))
	// What one of us wrote to a carrier is not theirs, and neither is what the carrier answered.
	d.reply(t, tk, tickets.Reply{Text: "SECRET-to-carrier", To: []tickets.Party{{Email: "desk@carrier.example"}}})
	d.write(t, func(tx *store.Tx) error {
		_, err := d.tickets.Receive(tx, tickets.Inbound{Channel: "email", From: people.Sender{Name: "Carrier", Email: "desk@carrier.example"}, Subject: "Re", Text: "SECRET-from-carrier", Join: tk.ID})
		return err
	})
	d.reply(t, tk, tickets.Reply{HTML: `<p>All <b>well</b>.</p><script>alert(5)</script><a href="javascript:alert(6)">here</a>`, To: []tickets.Party{{Email: "ida@customer.example"}}})
	d.follow(t)

	b := d.browser(t)
	h, _ := d.link(t, tk)
	for _, lang := range []string{"en", "de"} {
		b.lang = lang
		pages := []answer{b.come(h.URL)}
		d.stand(t, tk, tickets.OnHold)
		pages = append(pages, b.get(ticketPath(tk.Number)))
		d.stand(t, tk, tickets.Resolved)
		pages = append(pages, b.get(ticketPath(tk.Number)))
		d.wait(10 * 24 * time.Hour)
		pages = append(pages, b.get(ticketPath(tk.Number)), b.post(ticketPath(tk.Number), "key", pages[1].key(), "do", "choose", "offer", "ofr_x", "pick", "<script>"))
		all := d.browser(t)
		all.lang = lang
		pages = append(pages, all.come("/my/"+d.whole(t, tk.Customer)))
		for _, a := range pages {
			a.lacks(t, secret, "secret-type", "<script", "<img", `href="javascript`, `"onmouseover`, "43.21", "4321", "4,321", "carrier", "Carrier", "Archer", "Summers", "urgent", "on_hold", "severity", "my.stands", "my.fault")
		}
		pages[0].has(t, http.StatusOK, "&lt;script&gt;alert(1)", "A mug", "An answer")
		d.stand(t, tk, tickets.Open)
	}
	d.look(t, func(tx *store.Tx) error {
		all, err := tx.Journal(0, 10_000)
		for _, e := range all {
			if strings.HasPrefix(e.Kind, "my.") && strings.Contains(string(e.Body), token(h.URL)) {
				t.Errorf("the journal holds a secret: %s", e.Body)
			}
		}
		return err
	})
}

// Files come along, up to a limit, and are handed out to nobody else.
func TestFilesComeAlong(t *testing.T) {
	d := furnish(t)
	tk, other := d.ticket(t, "Ida", "It broke."), d.ticket(t, "Max", "Mine too.")
	b := d.browser(t)
	h, _ := d.link(t, tk)
	at := ticketPath(tk.Number)
	page := b.come(h.URL)
	send := func(key string, files ...string) answer {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for k, v := range map[string]string{"key": key, "do": "say", "text": "See the picture."} {
			if err := w.WriteField(k, v); err != nil {
				t.Fatal(err)
			}
		}
		for i, f := range files {
			part, err := w.CreateFormFile("files", fmt.Sprintf("../cup%d.html", i))
			if err == nil {
				_, err = part.Write([]byte(f))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.do(http.MethodPost, at, w.FormDataContentType(), body.String())
	}
	send(page.key(), strings.Repeat("x", 6<<20), strings.Repeat("y", 5<<20)).has(t, http.StatusRequestEntityTooLarge, "more than 10 MB")
	send(page.key(), "1", "2", "3", "4", "5", "6").has(t, http.StatusUnprocessableEntity, "up to 5 files", "See the picture.")
	send(page.key(), "<html><script>alert(1)</script></html>").has(t, http.StatusOK, "cup0.html", "See the picture.")
	f := d.said(t, tk)[1].Files[0]
	got := b.get(at + "/files/" + f.ID.String())
	if got.status != http.StatusOK || !strings.Contains(got.body, "alert") || got.header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") || !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %v", got.status, got.header)
	}
	stranger := d.browser(t)
	his, _ := d.link(t, other)
	stranger.come(his.URL)
	stranger.get(at+"/files/"+f.ID.String()).has(t, http.StatusNotFound)
	stranger.get(ticketPath(other.Number)+"/files/"+f.ID.String()).has(t, http.StatusNotFound)
}

// Whoever enters an address learns nothing; who is known gets a mail, and nobody too many.
func TestAskingForALink(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	b := d.browser(t)
	ask := func(address string) answer {
		t.Helper()
		return b.post("/my", "key", b.get("/my").key(), "email", address)
	}
	known, strange := ask("Ida@Customer.example"), ask("eve@stranger.example")
	known.has(t, http.StatusOK, "Where this address is known to us")
	if keyed.ReplaceAllString(known.body, "") != keyed.ReplaceAllString(strange.body, "") || known.status != strange.status {
		t.Error("the answers differ")
	}
	ask("no address").has(t, http.StatusUnprocessableEntity, "not a mail address", `value="no address"`)
	d.due(t)
	said := d.said(t, tk)
	if len(said) != 2 || said[1].Kind != tickets.Notice || len(said[1].To) != 1 || said[1].To[0].Email != "ida@customer.example" || strings.Contains(said[1].Text, "/my/") {
		t.Fatalf("said %+v", said)
	}
	m := said[1]
	links := func() (n int64) {
		d.look(t, func(tx *store.Tx) (err error) {
			n, err = store.One[int64](tx, `SELECT COUNT(*) FROM my_links`)
			return err
		})
		return n
	}
	for _, again := range []tickets.Message{m, m} { // a mail that is tried again carries the same link
		m = again
		if err := d.Foot(t.Context(), "de", tk, &m); err != nil {
			t.Fatal(err)
		}
	}
	if n := links(); n != 1 {
		t.Errorf("%d links are there after two tries of one mail", n)
	}
	_, link, ok := strings.Cut(m.Text, "Hier sehen Sie, wie alles steht: "+public)
	if !ok {
		t.Fatalf("the mail is %s", m.Text)
	}
	mine := d.browser(t)
	a := mine.get(link)
	a.has(t, http.StatusOK, "What you asked us about", "The cup of Ida")
	if a.at != "/my" {
		t.Errorf("came to %s", a.at)
	}
	// To leave at a ticket is to leave all: that page opened by the link to all of them.
	mine.get(ticketPath(tk.Number)).has(t, http.StatusOK, "The cup of Ida")
	mine.post(ticketPath(tk.Number)+"/leave").has(t, http.StatusOK, "Your mail address")
	mine.get(ticketPath(tk.Number)).has(t, http.StatusNotFound)
	mine.get(link)
	mine.post("/my/leave").has(t, http.StatusOK, "Your mail address")
	mine.get(ticketPath(tk.Number)).has(t, http.StatusNotFound)

	// Three mails an hour to an address, twenty askings from one place.
	for range 4 {
		ask("ida@customer.example").has(t, http.StatusOK, "Where this address is known to us")
	}
	d.due(t)
	if n := len(d.said(t, tk)); n != 4 {
		t.Errorf("%d messages, want 3 mails", n)
	}
	for range 20 {
		a = ask("eve@stranger.example")
	}
	a.has(t, http.StatusTooManyRequests, "in an hour")
	d.wait(61 * time.Minute)
	ask("eve@stranger.example").has(t, http.StatusOK, "Where this address is known to us")
}

// Who asked gets the mail where they asked from, whoever wrote last on the ticket it goes by.
func TestTheLinkGoesToWhoAsked(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	d.write(t, func(tx *store.Tx) error {
		_, err := d.tickets.Receive(tx, tickets.Inbound{Channel: "email", From: people.Sender{Name: "Carrier", Email: "desk@carrier.example"}, Subject: "Re", Text: "It is lost.", Join: tk.ID})
		return err
	})
	if err := d.Ask(t.Context(), "ida@customer.example", "en", netip.MustParseAddr("192.0.2.7")); err != nil {
		t.Fatal(err)
	}
	d.due(t)
	said := d.said(t, tk)
	if m := said[len(said)-1]; m.Kind != tickets.Notice || len(m.To) != 1 || m.To[0].Email != "ida@customer.example" || len(m.Cc) != 0 {
		t.Errorf("said last is %+v", m)
	}
}

// A mail carries a link when nobody but the customer gets it.
func TestMailsCarryALink(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	ida, eve := tickets.Party{Email: "Ida@customer.example"}, tickets.Party{Email: "eve@stranger.example"}
	for name, tc := range map[string]struct {
		m    tickets.Message
		want bool
	}{
		"an answer":            {tickets.Message{Kind: tickets.Out, To: []tickets.Party{ida}, HTML: "<p>Hello</p>"}, true},
		"an acknowledgement":   {tickets.Message{Kind: tickets.Notice, To: []tickets.Party{ida}}, true},
		"with others in copy":  {tickets.Message{Kind: tickets.Out, To: []tickets.Party{ida}, Cc: []tickets.Party{eve}}, false},
		"to somebody else":     {tickets.Message{Kind: tickets.Out, To: []tickets.Party{eve}}, false},
		"to nobody":            {tickets.Message{Kind: tickets.Out}, false},
		"a note, whatever may": {tickets.Message{Kind: tickets.Note, To: []tickets.Party{ida}}, false},
	} {
		was := tc.m.HTML
		if err := d.Foot(t.Context(), "en", tk, &tc.m); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(tc.m.Text, "See how it stands: "+public+"/my/my_"); got != tc.want || was != "" && got != strings.Contains(tc.m.HTML, `<a href="`+public+`/my/my_`) {
			t.Errorf("%s: %q %q", name, tc.m.Text, tc.m.HTML)
		}
	}
	d.public = ""
	m := tickets.Message{Kind: tickets.Out, To: []tickets.Party{ida}}
	if err := d.Foot(t.Context(), "en", tk, &m); err != nil || m.Text != "" {
		t.Errorf("without a public address: %q %v", m.Text, err)
	}
}

// The cookie is for one page, out of reach of scripts and of other websites, and the secret leaves the address.
func TestTheLinkLeavesTheAddress(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	h, _ := d.link(t, tk)
	b := d.browser(t)
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := b.come(h.URL)
	c := a.header.Get("Set-Cookie")
	if a.status != http.StatusSeeOther || a.header.Get("Location") != ticketPath(tk.Number) || a.header.Get("Referrer-Policy") != "no-referrer" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", a.status, a.header)
	}
	for _, part := range []string{"Path=" + ticketPath(tk.Number) + ";", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !strings.Contains(c, part) {
			t.Errorf("the cookie %q lacks %s", c, part)
		}
	}
	var kept int64
	d.look(t, func(tx *store.Tx) (err error) {
		kept, err = store.One[int64](tx, `SELECT COUNT(*) FROM my_links WHERE hash = $1`, token(h.URL))
		return err
	})
	if kept != 0 {
		t.Error("the secret itself is kept")
	}
}

// A link takes thirty answers an hour.
func TestNobodyWritesWithoutEnd(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	_, v := d.link(t, tk)
	for range mostSayings {
		if err := d.Say(t.Context(), v, "", Said{Text: "More."}); err != nil {
			t.Fatal(err)
		}
	}
	if got := code(d.Say(t.Context(), v, "", Said{Text: "More."})); got != "slow_down" {
		t.Errorf("got %q", got)
	}
	d.wait(61 * time.Minute)
	for text, want := range map[string]string{"More.": "", " \n": "my.empty", strings.Repeat("ä", longestAnswer+1): "my.long"} {
		if got := code(d.Say(t.Context(), v, "", Said{Text: text})); got != want {
			t.Errorf("%.10s: %q", text, got)
		}
	}
}

// Who has no link can put nothing on our disk: neither files nor forms without end are taken.
func TestStrangersPutNothingOnTheDisk(t *testing.T) {
	d := furnish(t)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	b := d.browser(t)
	key := b.get("/my").key()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("key", key); err != nil {
		t.Fatal(err)
	}
	part := must[io.Writer](t)(w.CreateFormFile("files", "large"))
	if _, err := part.Write(bytes.Repeat([]byte("x"), 11<<20-4096)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := must[*http.Request](t)(http.NewRequestWithContext(t.Context(), http.MethodPost, "/my", &body))
	r.Header.Set("Content-Type", w.FormDataContentType())
	heard := httptest.NewRecorder() // over a wire, the answer may come before all is sent
	d.door.ServeHTTP(heard, r)
	answer{heard.Code, "/my", heard.Body.String(), heard.Header()}.has(t, http.StatusUnprocessableEntity, "What your browser sent can’t be read")
	if left := must[[]os.DirEntry](t)(os.ReadDir(temp)); len(left) > 0 {
		t.Errorf("%d files stay on the disk", len(left))
	}
	b.post("/my", "key", key, "email", strings.Repeat("x", mostAsk)).has(t, http.StatusRequestEntityTooLarge)
}

// Of who asked, no address stays, even where nobody came to look it up.
func TestWhatIsForgotten(t *testing.T) {
	d := furnish(t)
	asked := func() (n int64) {
		d.look(t, func(tx *store.Tx) (err error) {
			n, err = store.One[int64](tx, `SELECT COUNT(*) FROM my_requests`)
			return err
		})
		return n
	}
	if err := d.Ask(t.Context(), "ida@customer.example", "en", netip.MustParseAddr("192.0.2.7")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int64{1, 0} {
		d.wait(16 * 24 * time.Hour)
		if err := d.forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := asked(); n != want {
			t.Errorf("%d addresses, want %d", n, want)
		}
	}
}

// What is sent twice is done once and said to be done; other words under the same key are not lost.
func TestAKeyIsBoundToWhatIsSaid(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	o := d.offer(t, tk)
	h, v := d.link(t, tk)
	b, at := d.browser(t), ticketPath(tk.Number)
	key := b.come(h.URL).key()
	for _, text := range []string{"It broke again.", "It broke again.", "And the saucer."} {
		b.post(at, "key", key, "do", "say", "text", text).has(t, http.StatusOK, "your words are with us", text)
	}
	for range 2 {
		b.post(at, "key", key, "do", "choose", "offer", o.ID.String(), "pick", "other", "other", "A tree").has(t, http.StatusOK, "A person reads it", "A tree")
	}
	b.post(at, "key", key, "do", "choose", "offer", o.ID.String(), "pick", o.Choices[0].ID.String()).has(t, http.StatusConflict, "not open any more")
	if n := len(d.said(t, tk)); n != 4 {
		t.Errorf("%d messages, want what they wrote, two more and what they named", n)
	}

	// Where the words can't be taken the offer stays open: both are of one transaction.
	o = d.offer(t, tk)
	d.write(t, func(tx *store.Tx) error {
		return tx.Do(`UPDATE my_tries SET n = $1`, mostSayings)
	})
	b.post(at, "key", b.get(at).key(), "do", "choose", "offer", o.ID.String(), "pick", "other", "other", "A bush").has(t, http.StatusTooManyRequests)
	d.look(t, func(tx *store.Tx) error {
		open, err := d.recovery.OpenFor(tx, v.Link.Customer)
		if len(open) != 1 || open[0].Offer != o.ID {
			t.Errorf("open are %+v", open)
		}
		return err
	})
}

// What somebody may choose says how much it is where they get money by it, in their language; what another thing costs us it never says.
func TestAChoiceSaysWhatItIsWorth(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	costs := func(minor int64) *money.Amount { return &money.Amount{Minor: minor, Currency: "EUR"} }
	// A company says what things cost it; how much a refund is stands in a label of its own.
	must[recovery.CatalogueItem](t)(d.recovery.SetItem(t.Context(), d.sue, recovery.CatalogueItem{Key: "free_shipping", Label: "Free shipping", Cost: 490}))
	must[recovery.CatalogueItem](t)(d.recovery.SetItem(t.Context(), d.sue, recovery.CatalogueItem{Key: "refund", Label: "Ten euros back", Cost: 1_165}))
	o := must[recovery.Offer](t)(d.recovery.Offer(t.Context(), d.sue, recovery.Case{Ticket: tk.ID}, recovery.Proposal{Part: recovery.Extra, Choices: []recovery.Choice{
		{Kind: "voucher", Amount: costs(2_000)}, {Kind: "credit", Amount: costs(1_250)}, {Kind: "free_shipping", Amount: costs(490)}, {Kind: "voucher", What: "A dinner for two", Amount: costs(6_500)}, {Kind: "refund"},
	}}))
	h, _ := d.link(t, tk)
	b, at := d.browser(t), ticketPath(tk.Number)
	for range 2 { // to choose, and then to choose otherwise
		page := b.come(h.URL)
		page.has(t, http.StatusOK, "Voucher – €20<", "Credit – €12.50<", "Free shipping<", "A dinner for two<", "Ten euros back<")
		page.lacks(t, "4.90", "65")
		b.lang = "de"
		b.get(at).has(t, http.StatusOK, "Gutschein – 20\u00a0€<", "Guthaben – 12,50\u00a0€<", "Kostenloser Versand<", "A dinner for two<", "Ten euros back<")
		b.lang = "en"
		if page.has(t, http.StatusOK); o.State == recovery.OfferOpen {
			b.post(at, "key", page.key(), "do", "choose", "offer", o.ID.String(), "pick", o.Choices[0].ID.String())
			o.State = recovery.OfferChosen
		}
	}
}

// Of what is refused nothing is kept: neither files beside no words, nor those of who sends too much.
func TestWhatIsRefusedIsNotKept(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	h, _ := d.link(t, tk)
	b, at := d.browser(t), ticketPath(tk.Number)
	key := b.come(h.URL).key()
	send := func(text, file string) answer {
		t.Helper()
		body := "--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n" + key + "\r\n--x\r\nContent-Disposition: form-data; name=\"do\"\r\n\r\nsay\r\n--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n" +
			text + "\r\n--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\n" + file + "\r\n--x--\r\n"
		return b.do(http.MethodPost, at, "multipart/form-data; boundary=x", body)
	}
	kept := func(file string) bool {
		t.Helper()
		sum := sha256.Sum256([]byte(file))
		body, err := d.files.Open(t.Context(), hex.EncodeToString(sum[:]))
		if err == nil {
			return body.Close() == nil
		}
		return false
	}
	send(" ", "without words").has(t, http.StatusUnprocessableEntity)
	for range mostSayings {
		send("See.", "with words").has(t, http.StatusOK, "your words are with us")
	}
	send("See.", "too much").has(t, http.StatusTooManyRequests)
	if kept("without words") || kept("too much") || !kept("with words") {
		t.Error("what was refused is kept, or what was taken is not")
	}
	if n := len(d.said(t, tk)); n != 2 {
		t.Errorf("%d messages", n)
	}
}
