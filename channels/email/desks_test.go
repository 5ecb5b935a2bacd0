package email_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/test/house"
)

// post brings what leaves desks to where its recipients are read, mail after mail, and counts it.
type post struct {
	*relay
	doors map[string]func(s sent) // by recipient
	ways  map[string][]string     // from and to: what went there
	taken int                     // mails so far
}

func startPost(t *testing.T) *post {
	t.Helper()
	return &post{relay: startRelay(t, nil, false), doors: map[string]func(sent){}, ways: map[string][]string{}}
}

// bring delivers what has come since the last time; false when there was nothing.
func (p *post) bring() bool {
	mails, _ := p.took()
	fresh := mails[p.taken:]
	p.taken = len(mails)
	for _, s := range fresh {
		for _, to := range s.to {
			way := s.from + " to " + to
			p.ways[way] = append(p.ways[way], field(s.raw, "Subject")+" | "+field(s.raw, "Auto-Submitted"))
			if door := p.doors[to]; door != nil {
				door(s)
			}
		}
	}
	return len(fresh) > 0
}

// byMachine is how many of the mails that went a way no person wrote.
func (p *post) byMachine(from, to string) (n int) {
	for _, m := range p.ways[from+" to "+to] {
		if strings.HasSuffix(m, "| auto-replied") || strings.HasPrefix(m, "I am away") {
			n++
		}
	}
	return n
}

// desk is a house of its own with one mailbox, which tells everybody that their mail has arrived.
func (p *post) desk(t *testing.T, address string) *house.House {
	t.Helper()
	h := house.Start(t)
	box(h, map[string]any{"address": address, "name": address, "smtp": "smtp://" + p.Addr, "options": map[string]any{"acknowledge": true}})
	p.doors[address] = func(s sent) {
		if err := deliver(h.SMTP, s.from, []string{address}, []byte(s.raw)); err != nil {
			t.Errorf("%s takes no mail: %v", address, err)
		}
	}
	return h
}

// idle says whether a desk has nothing left to send.
func idle(h *house.House) bool {
	for _, tk := range ticketList(h) {
		if slices.ContainsFunc(said(h, tk), func(m tickets.Message) bool { return m.State == tickets.Queued }) {
			return false
		}
	}
	return true
}

// Two desks write to each other, and to somebody on vacation whose program answers every mail, marks nothing and names
// nothing. A desk's machine speaks to each of them once, and not at all to another machine.
func TestTwoDesksAndAVacationProgram(t *testing.T) {
	const north, south, away = "help@north.example", "help@south.example", "ada@away.example"
	p := startPost(t)
	desks := map[string]*house.House{north: p.desk(t, north), south: p.desk(t, south)}
	n := 0
	hand := func(from, to, subject, words string) {
		t.Helper()
		n++
		raw := fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <v%d@away.example>\r\n\r\n%s\r\n", from, to, subject, n, words)
		if err := deliver(desks[to].SMTP, from, []string{to}, raw); err != nil {
			t.Fatal(err)
		}
	}
	p.doors[away] = func(s sent) {
		m, err := message.Parse([]byte(s.raw))
		if err != nil {
			t.Fatal(err)
		}
		p.ways[away+" to "+m.From.Email] = append(p.ways[away+" to "+m.From.Email], "I am away |")
		hand(away, m.From.Email, "I am away", "I read no mail until Monday.")
	}
	settle := func() {
		t.Helper()
		house.Until(t, "peace", func() bool { return idle(desks[north]) && idle(desks[south]) && !p.bring() })
	}

	hand(south, north, "Question of a desk", "Do you have cups?") // as one of the south's people writes by another program
	settle()
	hand(away, north, "Cup", "It broke.")
	hand(away, south, "Pot", "It leaks.")
	settle()
	for from, h := range desks { // people answer, which is no machine's doing
		for _, tk := range ticketList(h) {
			h.Ask(http.MethodPost, "/api/v1/tickets/"+tk.ID.String()+"/replies", map[string]any{"text": "Thank you from " + from}, nil)
		}
	}
	settle()
	for way, want := range map[[2]string]int{{north, south}: 1, {south, north}: 0, {north, away}: 1, {south, away}: 1} {
		if got := p.byMachine(way[0], way[1]); got != want {
			t.Errorf("%d mails that no person wrote went from %s to %s, want %d: %q", got, way[0], way[1], want, p.ways)
		}
	}
	t.Logf("what went: %q", p.ways)
}
