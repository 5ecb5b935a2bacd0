package portal

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

func TestHowATicketStands(t *testing.T) {
	since := monday.Add(time.Hour)
	for name, tc := range map[string]struct {
		t            tickets.Ticket
		words, waits string
		since        time.Time
	}{
		"it has just come":         {tickets.Ticket{Status: tickets.Fresh, WaitingSince: monday}, "my.stands.arrived", "us", monday},
		"somebody has it":          {tickets.Ticket{Status: tickets.Fresh, Assignee: staff.ID(1), WaitingSince: monday}, "my.stands.ours", "us", monday},
		"they wrote again":         {tickets.Ticket{Status: tickets.Open, AnsweredAt: monday, WaitingSince: since}, "my.stands.ours", "us", since},
		"we opened it again":       {tickets.Ticket{Status: tickets.Open, AnsweredAt: monday}, "my.stands.ours", "us", since},
		"it waits for them":        {tickets.Ticket{Status: tickets.Pending}, "my.stands.pending", "you", since},
		"it waits for others":      {tickets.Ticket{Status: tickets.OnHold}, "my.stands.on_hold", "other", since},
		"we think it is done":      {tickets.Ticket{Status: tickets.Resolved, ResolvedAt: monday}, "my.stands.resolved", "you", monday},
		"they said yes":            {tickets.Ticket{Status: tickets.Closed, Ended: tickets.Content}, "my.stands.content", "over", since},
		"they said nothing":        {tickets.Ticket{Status: tickets.Closed, Ended: tickets.Silent}, "my.stands.closed", "over", since},
		"it became part of others": {tickets.Ticket{Status: tickets.Closed, Ended: tickets.Merged}, "my.stands.merged", "over", since},
	} {
		t.Run(name, func(t *testing.T) {
			said, at := standing(tc.t, since)
			if said != tc.words || !at.Equal(tc.since) || waits(tc.t) != tc.waits {
				t.Errorf("%s since %s, waits for %s", said, at, waits(tc.t))
			}
		})
	}
}

func TestWhatALinkOpens(t *testing.T) {
	s := Settings{Days: 30}
	fresh := Link{ID: 1, Customer: 7, UsedAt: monday}
	for name, tc := range map[string]struct {
		l    Link
		now  time.Time
		want bool
	}{
		"one that was made":      {fresh, monday, true},
		"on its last day":        {fresh, monday.AddDate(0, 0, 30).Add(-time.Second), true},
		"a moment later":         {fresh, monday.AddDate(0, 0, 30), false},
		"one that was revoked":   {Link{ID: 1, UsedAt: monday, Revoked: monday}, monday, false},
		"one that never existed": {Link{UsedAt: monday}, monday, false},
	} {
		if got := tc.l.opens(tc.now, s); got != tc.want {
			t.Errorf("%s opens: %v", name, got)
		}
	}
	one := Link{ID: 1, Customer: 7, Ticket: 3}
	for name, tc := range map[string]struct {
		l    Link
		t    tickets.Ticket
		want bool
	}{
		"its own":            {one, tickets.Ticket{ID: 3, Customer: 7}, true},
		"the next":           {one, tickets.Ticket{ID: 4, Customer: 7}, false},
		"any of theirs":      {fresh, tickets.Ticket{ID: 4, Customer: 7}, true},
		"another's":          {fresh, tickets.Ticket{ID: 4, Customer: 8}, false},
		"what was spam":      {fresh, tickets.Ticket{ID: 4, Customer: 7, Ended: tickets.Spam}, false},
		"what is not there":  {Link{}, tickets.Ticket{}, false},
		"given to another":   {one, tickets.Ticket{ID: 3, Customer: 8}, false},
		"what became others": {one, tickets.Ticket{ID: 3, Customer: 7, Ended: tickets.Merged}, true},
	} {
		if got := tc.l.shows(tc.t); got != tc.want {
			t.Errorf("it shows %s: %v", name, got)
		}
	}
}

func TestWhatConcernsACustomer(t *testing.T) {
	c := people.Customer{ID: 7, Reach: []people.Address{{Kind: people.Email, Value: "ida@customer.example"}}}
	me, other := tickets.Party{Email: "Ida@Customer.example"}, tickets.Party{Email: "eve@carrier.example"}
	for name, tc := range map[string]struct {
		m    tickets.Message
		want bool
	}{
		"theirs":                   {tickets.Message{Kind: tickets.In, Author: "customer:" + c.ID.String()}, true},
		"to them":                  {tickets.Message{Kind: tickets.Out, To: []tickets.Party{other, me}}, true},
		"in copy":                  {tickets.Message{Kind: tickets.Out, To: []tickets.Party{other}, Cc: []tickets.Party{me}}, true},
		"kept for them":            {tickets.Message{Kind: tickets.Out, State: tickets.Kept}, true},
		"to others":                {tickets.Message{Kind: tickets.Out, To: []tickets.Party{other}}, false},
		"from others":              {tickets.Message{Kind: tickets.In, From: other}, false},
		"from others, to them too": {tickets.Message{Kind: tickets.In, From: other, Cc: []tickets.Party{me}}, true},
		"a note that names them":   {tickets.Message{Kind: tickets.Note, From: me, To: []tickets.Party{me}}, false},
		"a kind of tomorrow":       {tickets.Message{Kind: "whisper", To: []tickets.Party{me}}, false},
	} {
		if got := concerns(c, tc.m); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What they write on the page is from where they look for the answer.
func TestWhereTheyWriteFrom(t *testing.T) {
	mail := func(value string, bounced time.Time) people.Address {
		return people.Address{Kind: people.Email, Value: value, BouncedAt: bounced}
	}
	in := func(from string) tickets.Message {
		return tickets.Message{Kind: tickets.In, From: tickets.Party{Email: from}}
	}
	both := []people.Address{{Kind: people.Phone, Value: "+491701"}, mail("old@customer.example", time.Time{}), mail("new@customer.example", time.Time{})}
	for name, tc := range map[string]struct {
		reach []people.Address
		said  []tickets.Message
		want  string
	}{
		"from the one of this ticket":          {both, []tickets.Message{in("old@customer.example"), in("New@customer.example"), in("eve@carrier.example"), {Kind: tickets.Out, From: tickets.Party{Email: "old@customer.example"}}}, "new@customer.example"},
		"from the first where none wrote here": {both, nil, "old@customer.example"},
		"not from one they lost":               {both, []tickets.Message{in("lost@customer.example")}, "old@customer.example"},
		"not from one that bounces":            {[]people.Address{mail("old@customer.example", monday), mail("new@customer.example", time.Time{})}, nil, "new@customer.example"},
		"from one that bounces before none":    {[]people.Address{mail("old@customer.example", monday)}, nil, "old@customer.example"},
		"from none":                            {[]people.Address{{Kind: people.Phone, Value: "+491701"}}, nil, ""},
	} {
		if s := sender(people.Customer{Name: "Ida", Reach: tc.reach}, tc.said); s.Email != tc.want || s.Name != "Ida" || tc.reach[0].Kind == people.Phone && s.Phone != "+491701" {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestSettingsAreChecked(t *testing.T) {
	for name, tc := range map[string]struct {
		ch   SettingsChange
		code string
	}{
		"a week":      {SettingsChange{Days: new(7)}, ""},
		"a name":      {SettingsChange{Name: new("  The   Shop\n")}, ""},
		"no day":      {SettingsChange{Days: new(0)}, "my.days"},
		"two years":   {SettingsChange{Days: new(730)}, "my.days"},
		"a long name": {SettingsChange{Name: new(strings.Repeat("ü", 81))}, "my.name"},
		"words":       {SettingsChange{Welcome: &Welcome{EN: strings.Repeat("ü", 600)}}, ""},
		"long words":  {SettingsChange{Welcome: &Welcome{DE: strings.Repeat("ü", 601)}}, "my.welcome_long"},
	} {
		s := Settings{Days: 30}
		if _, err := s.change(tc.ch); code(err) != tc.code {
			t.Errorf("%s: %v", name, err)
		}
		if tc.ch.Name != nil && tc.code == "" && s.Name != "The Shop" {
			t.Errorf("the name is %q", s.Name)
		}
	}
}

// What is said to customers is there in both languages, and everything the pages ask for is there.
func TestNoWordsAreMissing(t *testing.T) {
	book := must[*words.Book](t)(words.New(Words))
	for _, gap := range book.Gaps() {
		t.Error(gap)
	}
	var en map[string]string
	if err := json.Unmarshal(must[[]byte](t)(Words.ReadFile("words.en.json")), &en); err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`\.T "(my\.[a-z_.]+)"`)
	n := 0
	for _, page := range []string{"head", "door", "list", "ticket"} {
		for _, m := range asked.FindAllSubmatch(must[[]byte](t)(sources.ReadFile("pages/"+page+".html")), -1) {
			n++
			if en[string(m[1])] == "" {
				t.Errorf("%s.html asks for %s", page, m[1])
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d words were looked for", n)
	}
	// Every fault of ours has words on the pages or in the workspace, in both languages.
	said := regexp.MustCompile(`fault\.(?:New\(fault\.\w+|Field\("[^"]*"), "(my\.[a-z_]+)"`)
	codes := map[string]bool{}
	for _, name := range []string{"link.go", "room.go", "visit.go", "form.go", "pages.go", "settings.go", "peek.go", "talk.go"} {
		for _, m := range said.FindAllSubmatch(must[[]byte](t)(os.ReadFile(name)), -1) {
			codes[string(m[1])] = true
		}
	}
	if len(codes) < 12 {
		t.Errorf("only %d faults were seen", len(codes))
	}
	for _, language := range []string{"en", "de"} {
		var desk map[string]string
		if err := json.Unmarshal(must[[]byte](t)(os.ReadFile("../../web/src/channels/portal/words."+language+".json")), &desk); err != nil {
			t.Fatal(err)
		}
		for c := range codes {
			if en["my.fault."+strings.TrimPrefix(c, "my.")] == "" && desk["base.fault."+c] == "" {
				t.Errorf("%s has no words in %s", c, language)
			}
		}
	}
}

func FuzzForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", []byte("key=a&do=say&text=Hello&files=x"))
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nHello\r\n--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\nb\r\n--x--\r\n"))
	f.Add("multipart/form-data", []byte("--"))
	f.Add("text/plain", []byte("\x00\xff"))
	f.Add("application/x-www-form-urlencoded", []byte("text=%00%ff&pick=ofr_1;other"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/my/tickets/1", io.NopCloser(bytes.NewReader(body)))
		r.Header.Set("Content-Type", kind)
		got, err := readForm(httptest.NewRecorder(), r, mostForm, true)
		if r.MultipartForm != nil {
			defer r.MultipartForm.RemoveAll()
		}
		if err != nil {
			if fault.Of(err) == nil {
				t.Errorf("an accident: %v", err)
			}
			return
		}
		for _, s := range []string{got.Key, got.Do, got.Text, got.Email, got.Offer, got.Pick, got.Other} {
			if !utf8.ValidString(s) || strings.Contains(s, "\x00") || len(s) > 3*mostField {
				t.Errorf("took %q", s)
			}
		}
		for _, h := range got.Files {
			if h.Size <= 0 || h.Size > mostBytes {
				t.Errorf("took a file of %d bytes", h.Size)
			}
		}
	})
}

// What was said comes out whole, and only web addresses become links.
func FuzzParts(f *testing.F) {
	f.Add("See https://example.com/a?b=c, or (http://example.org).")
	f.Add(`javascript:alert(1) https://"><script> https://`)
	f.Fuzz(func(t *testing.T, s string) {
		var all strings.Builder
		for _, p := range parts(s) {
			all.WriteString(p.Text)
			if p.URL != "" && (p.URL != p.Text || !strings.HasPrefix(p.URL, "http://") && !strings.HasPrefix(p.URL, "https://") || strings.ContainsAny(p.URL, "<>\"' \n")) {
				t.Errorf("a link to %q", p.URL)
			}
		}
		if all.String() != s {
			t.Errorf("%q became %q", s, all.String())
		}
	})
}
