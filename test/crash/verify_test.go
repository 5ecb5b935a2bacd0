package crash_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/test/servers"
)

// said is a message.
type said struct{ ID, Kind, Text, State, Ref string }

// ticket is one that is there when all is over, with what was said in it.
type ticket struct {
	ID         string `json:"id"`
	Status     string `json:"status"`
	Channel    string `json:"channel"`
	ExternalID string `json:"external_id"`
	said       []said
}

func (k ticket) count(kind string) (n int) {
	for _, m := range k.said {
		if m.Kind == kind {
			n++
		}
	}
	return n
}

// check compares what was acknowledged with what is there, and what every follower did with what it should have done once.
func check(t *testing.T, d *desk, a *acknowledged, sink *servers.Sink) {
	t.Helper()
	d.left(t)
	d.settle(t)
	var parked struct{ Items []json.RawMessage }
	d.get("/api/v1/parked", &parked)
	for _, p := range parked.Items {
		t.Errorf("given up: %s", p)
	}
	all := pages[ticket](d, "/api/v1/tickets?limit=200")
	for i := range all {
		all[i].said = d.delivered(t, all[i].ID)
	}
	checkTickets(t, a, all)
	checkMails(t, d, a)
	parts := d.parts(t, all)
	checkParts(t, a, parts)
	checkSent(t, a, all, sink)
	checkCounts(t, d, all)
	checkNotices(t, all)
	checkClocks(t, d, all)
	checkSearch(t, d, all, parts)
	checkJournal(t, d, all, parts)
	t.Logf("%d kills: %d tickets, %d answers, %d mails, %d lines in parts acknowledged; %d tickets, %d parts, %d mails sent", kills, len(a.tickets), len(a.answers), len(a.mails), len(a.lines), len(all), len(parts), len(sink.Mails()))
}

// pages reads a list to its end.
func pages[T any](d *desk, path string) (all []T) {
	d.tb.Helper()
	for next := ""; ; {
		var page struct {
			Items []T
			Next  string
		}
		d.get(path+"&after="+next, &page)
		all = append(all, page.Items...)
		if next = page.Next; next == "" {
			return all
		}
	}
}

// until waits for what goes on in the background.
func until(what func() (ok bool, state string)) (state string) {
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) { // followers and deliveries ring no bell here
		ok, state := what()
		if ok {
			return ""
		}
		if time.Now().After(deadline) {
			return state
		}
	}
}

// settle waits until no follower is behind.
func (d *desk) settle(t *testing.T) {
	t.Helper()
	if late := until(func() (bool, string) {
		res, err := http.Get("http://" + d.http + "/metrics")
		if err != nil {
			return false, err.Error()
		}
		defer res.Body.Close()
		seen, behind := 0, ""
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "hearth_follower_lag{") {
				seen++
				if !strings.HasSuffix(lines.Text(), " 0") {
					behind = lines.Text()
				}
			}
		}
		_, _ = io.Copy(io.Discard, res.Body)
		return seen > 0 && behind == "", behind
	}); late != "" {
		t.Errorf("a follower did not catch up: %s", late)
	}
}

// left waits until every draft that was to leave by itself has left.
func (d *desk) left(t *testing.T) {
	t.Helper()
	var page struct {
		Items []struct{ Ticket, State, Trouble string }
	}
	if waits := until(func() (bool, string) {
		d.get("/api/v1/drafts?limit=500", &page)
		for _, one := range page.Items {
			if one.State == "leaving" {
				return false, one.Ticket
			}
		}
		return true, ""
	}); waits != "" {
		t.Errorf("a draft in %s did not leave", waits)
	}
	for _, one := range page.Items {
		if one.State == "held" {
			t.Errorf("a draft is held: %s", one.Trouble)
		}
	}
}

// delivered reads what was said once all that leaves the house has left it.
func (d *desk) delivered(t *testing.T, ticket string) (all []said) {
	t.Helper()
	if waits := until(func() (bool, string) {
		all = pages[said](d, "/api/v1/tickets/"+ticket+"/messages?limit=200")
		for _, m := range all {
			if (m.Kind == "out" || m.Kind == "notice") && m.State != "sent" {
				return false, m.Kind + " is " + m.State
			}
		}
		return true, ""
	}); waits != "" {
		t.Errorf("in %s an %s", ticket, waits)
	}
	return all
}

// checkTickets holds tickets and answers against what was acknowledged.
func checkTickets(t *testing.T, a *acknowledged, all []ticket) {
	t.Helper()
	external, answers := map[string]int{}, map[string]int{}
	for _, k := range all {
		if k.ExternalID != "" {
			external[k.ExternalID]++
		}
		for _, m := range k.said {
			if m.Kind == "out" {
				answers[m.Text]++
			}
		}
	}
	for key := range a.tickets {
		if external[key] != 1 {
			t.Errorf("ticket %s is there %d times", key, external[key])
		}
	}
	for key, n := range external {
		if n != 1 {
			t.Errorf("ticket %s is there %d times", key, n)
		}
	}
	for words := range a.answers {
		if answers[words] != 1 {
			t.Errorf("%q is there %d times", words, answers[words])
		}
	}
}

func checkMails(t *testing.T, d *desk, a *acknowledged) {
	t.Helper()
	seen := map[string]int{}
	for _, e := range pages[struct {
		ID, State string
		MessageID string `json:"message_id"`
	}](d, "/api/v1/mail/ledger?limit=200") {
		if e.State == "filed" {
			seen[e.MessageID]++
		} else if e.State != "stored" {
			t.Errorf("mail %s is %s", e.MessageID, e.State)
		}
	}
	for id := range a.mails {
		if seen[id] != 1 {
			t.Errorf("mail %s was filed %d times", id, seen[id])
		}
	}
}

// part is one that is there when all is over, with what was said in it.
type part struct {
	ID, Ticket, Title, State string
	Messages                 []said
}

// parts reads those of the tickets that others were asked in, once all that leaves the house has left it.
func (d *desk) parts(t *testing.T, tickets []ticket) (all []part) {
	t.Helper()
	for _, k := range tickets {
		if !strings.HasPrefix(k.ExternalID, "p") {
			continue
		}
		var page struct{ Items []part }
		d.get("/api/v1/tickets/"+k.ID+"/parts", &page)
		for _, p := range page.Items {
			if waits := until(func() (bool, string) {
				p.Messages = nil
				d.get("/api/v1/parts/"+p.ID, &p)
				for _, m := range p.Messages {
					if m.Kind == "out" && m.State != "sent" {
						return false, "out is " + m.State
					}
				}
				return true, ""
			}); waits != "" {
				t.Errorf("in %s an %s", p.Title, waits)
			}
			all = append(all, p)
		}
	}
	return all
}

// checkParts holds what is said in parts against what was acknowledged: it is there once, and in its own part alone.
func checkParts(t *testing.T, a *acknowledged, parts []part) {
	t.Helper()
	lines, titles := map[string]int{}, map[string]int{}
	for _, p := range parts {
		titles[p.Title]++
		state := "open"
		for _, m := range p.Messages {
			lines[m.Text]++
			if !strings.HasPrefix(m.Text, p.Title+": ") {
				t.Errorf("in %s is said %q", p.Title, m.Text)
			}
			if state = "open"; m.Kind == "in" {
				state = "answered"
			}
		}
		if p.State != state {
			t.Errorf("%s is %s and should be %s", p.Title, p.State, state)
		}
	}
	answers := 0
	for words := range a.lines {
		if lines[words] != 1 {
			t.Errorf("%q is there %d times", words, lines[words])
		}
		if strings.HasSuffix(words, ": yes, it is.") {
			answers++
		}
	}
	for words, n := range lines {
		if n != 1 {
			t.Errorf("%q is there %d times", words, n)
		}
	}
	for title, n := range titles {
		if n != 1 {
			t.Errorf("the part %s is there %d times", title, n)
		}
	}
	if answers == 0 {
		t.Error("nobody who was asked has answered")
	}
}

// checkSent looks at what arrived outside: the same words go out under one Message-ID however often, and so does what one
// person is told by the machine.
func checkSent(t *testing.T, a *acknowledged, all []ticket, sink *servers.Sink) {
	t.Helper()
	sent, answers, asked := map[string]string{}, 0, 0 // what, for whom → Message-ID
	for _, raw := range sink.Mails() {
		id, what := after(raw, "Message-Id: "), after(raw, "Answer to ")
		if part, ok := supplier(raw); ok {
			what = part + ": " + after(raw, part+": ")
			if sent[what] == "" {
				asked++
			}
		} else if what == "" {
			what = "notice to " + after(raw, "\nTo: ")
		} else if sent[what] == "" {
			answers++
		}
		if was, ok := sent[what]; ok && was != id {
			t.Errorf("%q went out under %s and %s", what, was, id)
		}
		sent[what] = id
	}
	if answers < len(a.answers) {
		t.Errorf("%d answers went out of %d", answers, len(a.answers))
	}
	notices := 0
	for _, k := range all {
		notices += k.count("notice")
	}
	if told := len(sent) - answers - asked; told != notices {
		t.Errorf("%d people were told that their mail came, %d were to be", told, notices)
	}
	for words := range a.lines {
		if _, ok := sent[words]; !ok && !strings.HasSuffix(words, ": yes, it is.") {
			t.Errorf("%q never went out", words)
		}
	}
}

// checkCounts looks at what a follower keeps: it must have taken effect once for each ticket.
func checkCounts(t *testing.T, d *desk, all []ticket) {
	t.Helper()
	var counts struct {
		Items []struct {
			Status string
			N      int
		}
	}
	d.get("/api/v1/tickets/counts", &counts)
	left := map[string]int{}
	for _, c := range counts.Items {
		left[c.Status] += c.N
	}
	for _, k := range all {
		left[k.Status]--
	}
	for status, n := range left {
		if n != 0 {
			t.Errorf("%+d tickets too many are counted as %s", n, status)
		}
	}
}

// checkNotices looks at what the machine says by itself: once to whoever wrote a mail, never to others.
func checkNotices(t *testing.T, all []ticket) {
	t.Helper()
	byMail := 0
	for _, k := range all {
		want := 0
		if k.Channel == "email" {
			want = 1
			byMail++
		}
		if got := k.count("notice"); got != want {
			t.Errorf("ticket %s by %s has %d notices and should have %d", k.ID, k.Channel, got, want)
		}
	}
	if byMail == 0 {
		t.Error("no ticket came by mail")
	}
}

// checkClocks looks at the clocks of each ticket: they stand as one first answer, or none, leaves them.
func checkClocks(t *testing.T, d *desk, all []ticket) {
	t.Helper()
	for low := 0; low < len(all); low += 100 {
		some := all[low:min(low+100, len(all))]
		var ids []string
		for _, k := range some {
			ids = append(ids, k.ID)
		}
		var page struct {
			Items []struct {
				Ticket string
				Clocks []struct{ Clock, State string }
			}
		}
		d.get("/api/v1/clocks?tickets="+strings.Join(ids, ","), &page)
		stand := map[string]map[string]string{}
		for _, s := range page.Items {
			stand[s.Ticket] = map[string]string{}
			for _, c := range s.Clocks {
				stand[s.Ticket][c.Clock] = c.State
			}
		}
		for _, k := range some {
			want := map[string]string{"first_answer": "running", "resolution": "running", "customer": "running"}
			if k.count("out") > 0 {
				want["first_answer"], want["resolution"] = "met", "paused"
			}
			for clock, state := range want {
				if got := stand[k.ID][clock]; got != state {
					t.Errorf("the clock %s of %s is %q and should be %s", clock, k.ID, got, state)
				}
			}
		}
	}
}

// checkSearch finds each ticket, and each part, by a word that is in no other.
func checkSearch(t *testing.T, d *desk, all []ticket, parts []part) {
	t.Helper()
	for _, p := range parts {
		var page struct {
			Items []struct {
				Ticket struct{ ID string }
				Part   string
			}
		}
		d.get("/api/v1/search?q="+word(p.Title), &page)
		if len(page.Items) != 1 || page.Items[0].Ticket.ID != p.Ticket || page.Items[0].Part != p.ID {
			t.Errorf("%s is found by its word as %v", p.Title, page.Items)
		}
	}
	for _, k := range all {
		if k.ExternalID == "" {
			continue
		}
		var page struct {
			Items []struct{ Ticket struct{ ID string } }
		}
		d.get("/api/v1/search?q="+word(k.ExternalID), &page)
		if len(page.Items) != 1 || page.Items[0].Ticket.ID != k.ID {
			t.Errorf("%s is found by its word as %v", k.ID, page.Items)
		}
	}
}

// checkJournal looks at what followers entered in the journal: nothing that happens once to a ticket or a message is there
// twice, and nothing is missing.
func checkJournal(t *testing.T, d *desk, all []ticket, parts []part) {
	t.Helper()
	happened := map[string]int{}
	for _, e := range pages[struct {
		Kind string
		Body struct{ Ticket, Part, Message, Clock, State string }
	}](d, "/api/v1/journal?limit=500") {
		switch e.Kind {
		case "tickets.opened", "clocks.started", "clocks.met", "clocks.paused":
			happened[e.Kind+" "+e.Body.Ticket+" "+e.Body.Clock]++
		case "tickets.delivered":
			happened[e.Kind+" "+e.Body.Message+" "+e.Body.State]++
		case "parts.invited":
			happened[e.Kind+" "+e.Body.Part]++
		case "parts.written", "parts.heard", "parts.delivered":
			happened[e.Kind+" "+e.Body.Message+" "+e.Body.State]++
		case "tickets.noticed":
			happened[e.Kind+" "+e.Body.Ticket+" "]++
		case "clocks.breached", "clocks.dropped", "clocks.withdrawn":
			t.Errorf("%s of ticket %s", e.Kind, e.Body.Ticket)
		}
	}
	for what, n := range happened {
		if n != 1 {
			t.Errorf("%s happened %d times", what, n)
		}
	}
	for _, p := range parts {
		want := []string{"parts.invited " + p.ID}
		for _, m := range p.Messages {
			if m.Kind == "in" {
				want = append(want, "parts.heard "+m.ID+" ")
			} else {
				want = append(want, "parts.written "+m.ID+" ", "parts.delivered "+m.ID+" sent")
			}
		}
		for _, w := range want {
			if happened[w] == 0 {
				t.Errorf("%s never happened", w)
			}
		}
	}
	for _, k := range all {
		want := []string{"tickets.opened " + k.ID + " ", "clocks.started " + k.ID + " first_answer", "clocks.started " + k.ID + " resolution"}
		if k.count("out") > 0 {
			want = append(want, "clocks.met "+k.ID+" first_answer", "clocks.paused "+k.ID+" resolution")
		}
		for _, m := range k.said {
			if m.Kind == "out" || m.Kind == "notice" {
				want = append(want, "tickets.delivered "+m.ID+" sent")
			}
		}
		for _, w := range want {
			if happened[w] == 0 {
				t.Errorf("%s never happened", w)
			}
		}
	}
}

// word turns a key into a word that is the beginning of no other's, whatever search makes of digits.
func word(key string) string {
	return "load" + strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return 'a' + r - '0'
		case r == '-':
			return 'x'
		}
		return r
	}, key) + "q"
}

// supplier is the part whose supplier a mail went to.
func supplier(mail []byte) (part string, ok bool) {
	return strings.CutSuffix(strings.Trim(after(mail, "\nTo: "), "<>"), "@supplier.example")
}

// after is the rest of the line after some words.
func after(b []byte, words string) string {
	i := bytes.Index(bytes.ToLower(b), []byte(strings.ToLower(words)))
	if i < 0 {
		return ""
	}
	line, _, _ := strings.Cut(string(b[i+len(words):]), "\n")
	return strings.TrimSpace(line)
}
