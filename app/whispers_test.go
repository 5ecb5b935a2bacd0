package app_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/test/house"
)

// What is said among us here all holds one of these words; the amounts are limits of what one may give.
var (
	whisper = regexp.MustCompile(`(?i)whisper|77[.,]?31|88[.,]?41`)
	crumpet = regexp.MustCompile(`(?i)crumpet`) // what the customer wrote: theirs, and of those who may see the ticket
	address = regexp.MustCompile(`(?i)(ben|sue|anna)@shop\.example`)
	myLink  = regexp.MustCompile(`https://help\.example\.com(/my/my_[A-Za-z0-9_-]{43})`)
	inside  = regexp.MustCompile(`(?:href|src|action)="(/my[^"#]*)`)
	formKey = regexp.MustCompile(`name="key" value="([^"]+)"`)
)

// among is a desk where much is said that is not for the customer, nor for colleagues of another team.
type among struct {
	*house.House
	t      *testing.T
	post   *house.Post
	tokens map[string]string
	ids    map[string]string // by what a path calls them
	given  int64             // from where on in the journal the ticket is its team's
}

// as sends a request as a member of staff; status 0 takes any answer.
func (a *among) as(who, method, path, body string, status int) string {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, "http://"+a.HTTP+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.tokens[who])
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	if status != 0 && res.StatusCode != status {
		a.t.Fatalf("%s %s as %s: %s %s", method, path, who, res.Status, b)
	}
	return string(b)
}

// made is as, and remembers the id of what was made.
func (a *among) made(what, who, path, body string, status int) {
	a.t.Helper()
	var m struct{ ID string }
	if err := json.Unmarshal([]byte(a.as(who, http.MethodPost, path, body, status)), &m); err != nil {
		a.t.Fatal(err)
	}
	a.ids[what] = m.ID
}

func gather(t *testing.T) *among {
	t.Helper()
	a := &among{House: house.Start(t), t: t, post: house.OpenPost(t), tokens: map[string]string{}, ids: map[string]string{}}
	a.Stop()
	a.Settings.BaseURL = "https://help.example.com"
	a.Start()
	for _, name := range []string{"Hall", "Returns"} {
		var team struct{ ID string }
		a.Ask(http.MethodPost, "/api/v1/teams", map[string]any{"name": name}, &team)
		a.ids[name] = team.ID
	}
	for name, is := range map[string][2]string{"anna": {"owner", "Hall"}, "sue": {"supervisor", "Hall"}, "ben": {"agent", "Hall"}, "cleo": {"agent", "Returns"}, "tom": {"supervisor", "Returns"}, "lee": {"leader", "Returns"}, "lia": {"light", "Returns"}} {
		var made struct{ ID string }
		a.Ask(http.MethodPost, "/local/staff", map[string]any{"email": name + "@shop.example", "name": name, "role": is[0], "password": staffPassword}, &made)
		a.Ask(http.MethodPut, "/api/v1/teams/"+a.ids[is[1]]+"/members/"+made.ID, nil, nil)
		var token struct{ Token string }
		a.Ask(http.MethodPost, "/local/tokens", map[string]any{"staff": made.ID, "name": "test"}, &token)
		a.tokens[name], a.ids[name] = token.Token, made.ID
	}
	a.Ask(http.MethodPost, "/api/v1/mail/mailboxes", map[string]any{"address": "support@shop.example", "name": "The Shop", "smtp": a.post.URL, "options": map[string]any{"acknowledge": true}}, nil)
	a.Ask(http.MethodPut, "/api/v1/authority/agent", map[string]any{"per_case": map[string]any{"minor": 7731, "currency": "EUR"}, "per_customer": map[string]any{"minor": 8841, "currency": "EUR"}}, nil)
	c, err := smtp.Dial(a.SMTP)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SendMail("ada@example.com", []string{"support@shop.example"}, strings.NewReader("From: Ada <ada@example.com>\r\nTo: support@shop.example\r\nSubject: My crumpet pan\r\nMessage-ID: <1@example.com>\r\nDate: Mon, 06 Jul 2026 10:00:00 +0000\r\n\r\nThe crumpet pan broke.\r\n")); err != nil {
		t.Fatal(err)
	}
	a.post.Wait(t, 1) // what says it has arrived
	tk := house.Items[tickets.Ticket](a.House, "/api/v1/tickets")[0]
	a.ids["ticket"], a.ids["customer"] = tk.ID.String(), tk.Customer.String()
	return a
}

// talk says everything on the ticket that is not for the customer.
func (a *among) talk() {
	at := "/api/v1/tickets/" + a.ids["ticket"]
	soon := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	a.Ask(http.MethodPost, at+"/assign", map[string]any{"team": a.ids["Hall"], "staff": a.ids["ben"], "reason": "Whisper: nobody else wants it."}, nil)
	for _, e := range house.Items[struct {
		Seq  int64
		Kind string
	}](a.House, "/api/v1/journal?limit=500") {
		if e.Kind == "tickets.assigned" {
			a.given = e.Seq
		}
	}
	a.as("ben", http.MethodPost, at+"/notes", `{"text":"Whisper: Karl has packed it badly again."}`, http.StatusCreated)
	a.as("ben", http.MethodPatch, at, `{"tags":["murmur"]}`, http.StatusOK)
	a.made("complaint", "ben", at+"/complaint", `{"what":"Whisper: it came broken, she is right.","wanted":"Whisper: another pan"}`, http.StatusCreated)
	a.as("ben", http.MethodPost, at+"/remedies", `{"part":"right","kind":"refund","amount":{"minor":500,"currency":"EUR"},"note":"Whisper: cheaper than a new one"}`, 0)
	a.made("approval", "ben", at+"/refusals", `{"what":"Whisper: a third pan","nearest_yes":"Whisper: a second pan","why":"Whisper: we have none"}`, http.StatusAccepted)
	a.as("sue", http.MethodPost, "/api/v1/approvals/"+a.ids["approval"], `{"answer":"no","reason":"Whisper: not to her"}`, http.StatusOK)
	a.made("promise", "ben", at+"/promises", `{"what":"A new pan is with you.","due":"`+soon+`","anyway":"Whisper: she shouts otherwise"}`, http.StatusCreated)
	a.as("ben", http.MethodPost, at+"/replies", `{"text":"We send you another pan."}`, http.StatusCreated)
	a.as("ben", http.MethodPost, "/api/v1/customers/"+a.ids["customer"]+"/remarks", `{"kind":"note","text":"Murmur: shouts."}`, 0)
	a.made("part", "sue", at+"/parts", `{"title":"Whisper: a pan","kind":"supplier","people":[{"email":"whisper@else.example"}],"text":"Whisper: why do they break?","known_as":"our maker"}`, http.StatusCreated)
	a.as("ben", http.MethodPost, "/api/v1/parts/"+a.ids["part"]+"/messages", `{"text":"Whisperers say so too."}`, http.StatusCreated)
	a.as("ben", http.MethodPut, at+"/draft", `{"kind":"note","text":"Whisper: not finished"}`, 0)
	house.Until(a.t, "the answer", func() bool { return len(a.theirs()) == 2 })
	house.Until(a.t, "what is said in the part is found", func() bool {
		return strings.Contains(a.as("ben", http.MethodGet, "/api/v1/search?q=whisperers", "", http.StatusOK), a.ids["part"])
	})
}

// theirs are the mails that went to the customer; others go to supervisors.
func (a *among) theirs() (all []string) {
	for _, mail := range a.post.Mails() {
		if head, _, _ := strings.Cut(mail, "\r\n\r\n"); strings.Contains(head, "ada@example.com") {
			all = append(all, mail)
		}
	}
	return all
}

// TestWhatIsSaidAmongUsReachesNoCustomer: notes, blame of colleagues, limits, refusals and their reasons, tags and addresses of
// staff are in no mail to the customer and on no page of theirs.
func TestWhatIsSaidAmongUsReachesNoCustomer(t *testing.T) {
	a := gather(t)
	a.talk()
	for _, mail := range a.theirs() {
		a.silent("a mail", mail)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browse := func(method, path, form string) string {
		t.Helper()
		for range 5 {
			r, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.HTTP+path, strings.NewReader(form))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			here := &url.URL{Scheme: "https", Host: a.HTTP, Path: path}
			for _, k := range jar.Cookies(here) {
				r.AddCookie(k)
			}
			res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			jar.SetCookies(here, res.Cookies())
			to := res.Header.Get("Location")
			if to == "" {
				return string(b)
			}
			method, path, form = http.MethodGet, to, ""
		}
		t.Fatal("led in circles")
		return ""
	}
	link := myLink.FindStringSubmatch(a.theirs()[1])
	if link == nil {
		t.Fatal("the answer has no link")
	}
	first := browse(http.MethodGet, link[1], "")
	if !strings.Contains(first, "We send you another pan.") || !crumpet.MatchString(first) {
		t.Fatalf("their page does not show what was said with them:\n%s", first)
	}
	// Every page that can be reached from there.
	seen, next := map[string]bool{}, []string{"/my"}
	for _, m := range inside.FindAllStringSubmatch(first, -1) {
		next = append(next, strings.ReplaceAll(m[1], "&amp;", "&"))
	}
	a.silent("their page", first)
	for len(next) > 0 {
		path := next[0]
		next = next[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		page := browse(http.MethodGet, path, "")
		a.silent(path, page)
		for _, m := range inside.FindAllStringSubmatch(page, -1) {
			next = append(next, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
	}
	if len(seen) < 2 {
		t.Errorf("only %v was looked at", seen)
	}
	// What they then say comes back without it too.
	var way string
	for path := range seen {
		if strings.HasSuffix(path, "/tickets/1") {
			way = path
		}
	}
	if way == "" {
		t.Fatalf("no page of the ticket among %v", seen)
	}
	page := browse(http.MethodGet, way, "")
	a.silent("what follows their words", browse(http.MethodPost, way, url.Values{"key": {formKey.FindStringSubmatch(page)[1]}, "do": {"say"}, "text": {"Thank you!"}}.Encode()))
}

func (a *among) silent(where, text string) {
	a.t.Helper()
	for _, not := range []*regexp.Regexp{whisper, address, regexp.MustCompile(`(?i)murmur`)} {
		if at := not.FindStringIndex(text); at != nil {
			a.t.Errorf("%s says %q", where, text[max(0, at[0]-80):min(len(text), at[1]+80)])
		}
	}
}

// TestWhatIsSaidInATeamStaysThere: colleagues of another team, whatever their role, read nothing of a ticket that is not theirs,
// neither what the customer wrote nor what was said about it, by any address of the API and on the live line.
func TestWhatIsSaidInATeamStaysThere(t *testing.T) {
	a := gather(t)
	a.talk()
	var document struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal([]byte(a.as("anna", http.MethodGet, "/openapi.json", "", http.StatusOK)), &document); err != nil {
		t.Fatal(err)
	}
	var messages struct{ Items []struct{ ID string } }
	if err := json.Unmarshal([]byte(a.as("ben", http.MethodGet, "/api/v1/tickets/"+a.ids["ticket"]+"/messages", "", http.StatusOK)), &messages); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for path, methods := range document.Paths {
		if methods["get"] == nil || path == "/api/v1/live" {
			continue
		}
		for hole, id := range a.ids {
			filled := strings.NewReplacer("{id}", id, "{message}", messages.Items[0].ID, "{language}", "en", "{role}", "agent", "{team}", a.ids["Hall"]).Replace(path)
			if hole == "Hall" || strings.Contains(path, "{id}") {
				paths = append(paths, filled)
			}
		}
	}
	for _, ask := range []string{
		"/search?q=crumpet", "/search?q=whisper", "/search?q=whisperers", "/parts?q=whisper", "/tickets?tag=murmur", "/customers?q=ada", "/journal?limit=500",
		"/promises?ticket=" + a.ids["ticket"], "/promises?customer=" + a.ids["customer"], "/ledger?ticket=" + a.ids["ticket"], "/ledger?customer=" + a.ids["customer"],
		"/clocks?tickets=" + a.ids["ticket"], "/approvals?state=open", "/approvals?state=answered", "/lexicon/offer?ticket=" + a.ids["ticket"], "/promises/offer?ticket=" + a.ids["ticket"],
	} {
		paths = append(paths, "/api/v1"+ask)
	}
	words := regexp.MustCompile(whisper.String() + "|" + crumpet.String())
	heard := 0
	for _, path := range paths {
		if words.MatchString(a.as("ben", http.MethodGet, path, "", 0)) {
			heard++
		}
		for _, who := range []string{"cleo", "tom", "lee", "lia"} {
			said := a.as(who, http.MethodGet, path, "", 0)
			if strings.Contains(path, "/authority") { // limits are no secret among us
				said = crumpet.FindString(said)
			}
			if at := words.FindStringIndex(said); at != nil {
				t.Errorf("%s reads at %s: %q", who, path, said[max(0, at[0]-80):min(len(said), at[1]+80)])
			}
		}
	}
	if heard < 8 {
		t.Errorf("only %d of %d addresses tell those who may know: too few to prove anything", heard, len(paths))
	}
	// The live line, from the first day on, until something comes that is for the other team.
	var theirs struct{ ID string }
	a.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"channel": "api", "subject": "Hello", "from": map[string]string{"email": "eva@example.com"}, "text": "Hello.", "team": a.ids["Returns"]}, &theirs)
	for who, mine := range map[string]bool{"cleo": false, "tom": false, "ben": true} {
		until := theirs.ID
		if mine {
			until = a.ids["promise"]
		}
		all := a.listen(who, until)
		told := false
		for line := range strings.Lines(all) { // before it was given to a team it was everybody's
			var f struct{ Seq int64 }
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				t.Fatal(err)
			}
			told = told || f.Seq >= a.given && strings.Contains(line, a.ids["ticket"])
		}
		if told != mine {
			t.Errorf("%s hears of the ticket: %v\n%s", who, told, all)
		}
		if words.MatchString(all) {
			t.Errorf("%s hears words on the live line:\n%s", who, all)
		}
	}
}

// listen is what the live line tells somebody, until it names an id.
func (a *among) listen(who, until string) string {
	a.t.Helper()
	ctx, stop := context.WithTimeout(a.t.Context(), time.Minute)
	defer stop()
	conn, _, err := websocket.Dial(ctx, "ws://"+a.HTTP+"/api/v1/live?after=0", &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + a.tokens[who]}}}) //nolint:bodyclose // it is the socket
	if err != nil {
		a.t.Fatal(err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(1 << 20)
	var all strings.Builder
	for !strings.Contains(all.String(), until) {
		_, b, err := conn.Read(ctx)
		if err != nil {
			a.t.Fatalf("%s never hears of %s: %v\n%s", who, until, err, all.String())
		}
		all.Write(b)
		all.WriteByte('\n')
	}
	return all.String()
}
