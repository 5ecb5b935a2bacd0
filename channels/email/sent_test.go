package email_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

// ago dates a letter back.
func ago(d time.Duration, raw []byte) []byte {
	lines := strings.Split(string(raw), "\r\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "Date: ") {
			lines[i] = "Date: " + time.Now().Add(-d).Format(time.RFC1123Z)
		}
	}
	return []byte(strings.Join(lines, "\r\n"))
}

// ourAnswer is what one of us writes in another program.
func ourAnswer(to, subject, id, answers, words string) []byte {
	return bytes.Replace(letter("The Shop <"+support+">", subject, id, answers, words), []byte("To: Shop <"+support+">"), []byte("To: "+to), 1)
}

// A mailbox has a past: threads to which answers were given before anybody thought of Hearth.
func TestThreadsThatWereThereBeforeTheMailboxWasConnected(t *testing.T) {
	imap, out := servers.StartDovecot(t), startRelay(t, nil, false)
	h := house.Start(t)
	const threads = 8
	day := 24 * time.Hour
	var inbox, outbox [][]byte
	for i := range 60 { // before all of these are read, the few in the Sent folder could be
		inbox = append(inbox, ago(21*day, letter(fmt.Sprintf("Eve <eve%d@example.com>", i), "Other", fmt.Sprintf("other%d@example.com", i), "", "Something else.")))
	}
	for i := range threads {
		from, first, answer := fmt.Sprintf("Ada <ada%d@example.com>", i), fmt.Sprintf("a%d@example.com", i), fmt.Sprintf("b%d@shop.example", i)
		inbox = append(inbox, ago(20*day, letter(from, fmt.Sprintf("Cup %d", i), first, "", "It broke.")))
		outbox = append(outbox, ago(19*day, ourAnswer(from, fmt.Sprintf("Re: Cup %d", i), answer, first, "A new one is on its way.")))
		if i%2 == 0 {
			again := letter(from, fmt.Sprintf("Re: Cup %d", i), fmt.Sprintf("c%d@example.com", i), answer, "It has not come.")
			inbox = append(inbox, ago(18*day, bytes.Replace(again, []byte("References: "), []byte("References: <"+first+"> "), 1)))
		}
	}
	imap.Put(support, "", inbox...)
	imap.Put(support, ".Sent", outbox...)
	connect(h, imap.Addr, out.Addr, "secret", map[string]any{"acknowledge": true})
	house.Until(t, "everything in the ledger", func() bool { return len(ledger(h, "filed,set_aside")) == len(inbox)+len(outbox) })
	if set := ledger(h, "set_aside"); len(set) > 0 {
		t.Errorf("set aside: %+v", set)
	}
	var cups []tickets.Ticket
	for _, tk := range ticketList(h) {
		if strings.HasPrefix(tk.Subject, "Cup") {
			cups = append(cups, tk)
		}
	}
	if len(cups) != threads {
		t.Errorf("%d tickets", len(cups))
	}
	for _, tk := range cups {
		var kinds []tickets.MessageType
		for _, m := range said(h, tk) {
			kinds = append(kinds, m.Kind)
		}
		slices.Sort(kinds)
		want, status := []tickets.MessageType{tickets.In, tickets.Out}, tickets.Pending
		if (tk.Subject[len(tk.Subject)-1]-'0')%2 == 0 {
			want, status = []tickets.MessageType{tickets.In, tickets.In, tickets.Out}, tickets.Open
		}
		if !slices.Equal(kinds, want) || tk.Status != status {
			t.Errorf("%s is %s, with %v", tk.Subject, tk.Status, kinds)
		}
		if waits := time.Since(tk.WaitingSince); status == tickets.Open && (waits < 17*day || waits > 19*day) {
			t.Errorf("%s waits for %v", tk.Subject, waits)
		}
	}
	if mails, _ := out.took(); len(mails) > 0 {
		t.Errorf("%d people were told that their mail of weeks ago has arrived", len(mails))
	}
}

// take stores a mail and files it.
func (n *node) take(t *testing.T, box tickets.MailboxID, place string, raw []byte) {
	t.Helper()
	e, err := n.Store(context.Background(), email.Arrival{Mailbox: box, Place: place, Folder: "test"}, bytes.NewReader(raw))
	if err == nil {
		err = n.File(context.Background(), e.ID)
	}
	if err != nil {
		t.Error(err)
	}
}

// remembered is how many names are kept of what one of us wrote and no ticket knows yet.
func (n *node) remembered(t *testing.T) (names int) {
	t.Helper()
	err := n.db.Read(context.Background(), func(tx *store.Tx) (err error) {
		names, err = store.One[int](tx, `SELECT count(*) FROM mail_sent`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestWhatOneOfUsWroteIsFoundByTheMailThatBelongsToIt(t *testing.T) {
	const ada = "Ada <ada@example.com>"
	first, second := letter(ada, "Cup", "1@example.com", "", "It broke."), letter(ada, "Re: Cup", "3@example.com", "2@shop.example", "Thank you.")
	answer, again := ourAnswer(ada, "Re: Cup", "2@shop.example", "1@example.com", "Sorry!"), ourAnswer(ada, "Re: Cup", "4@shop.example", "2@shop.example", "It is on its way.")
	type mail struct {
		place string
		raw   []byte
	}
	for name, tc := range map[string]struct {
		mails []mail
		filed int // of all
		left  int // names remembered
	}{
		"what it answers comes later":         {[]mail{{"sent 1", answer}, {"imap 1", first}}, 2, 0},
		"they answer what we wrote first":     {[]mail{{"sent 1", answer}, {"imap 1", second}}, 2, 0},
		"it answers what was found so":        {[]mail{{"sent 2", again}, {"sent 1", answer}, {"imap 1", first}}, 3, 0},
		"somebody else knows its name":        {[]mail{{"sent 1", answer}, {"imap 1", letter("Eve <eve@example.com>", "Re: Cup", "5@example.com", "2@shop.example", "Tell me.")}}, 1, 2},
		"from an archive, ours first":         {[]mail{{"import 2", again}, {"import 1", answer}, {"import 3", first}}, 3, 0},
		"a vacation notice of ours":           {[]mail{{"imap 1", first}, {"import 1", bytes.Replace(answer, []byte("\r\n"), []byte("\r\nAuto-Submitted: auto-replied\r\n"), 1)}}, 1, 0},
		"the form of our site, in an archive": {[]mail{{"import 1", letter("Shop <"+support+">\r\nReply-To: bea@example.com", "Pot", "6@shop.example", "", "It leaks.")}}, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			n := newGround(t).node(t)
			box := n.connect(t, email.Mailbox{Address: support})
			for _, m := range tc.mails {
				n.take(t, box, m.place, m.raw)
			}
			a := n.account(t, box)
			if a.Tickets != 1 || a.Messages != tc.filed || a.Work != 0 || n.remembered(t) != tc.left {
				t.Errorf("%d names are left and %+v", n.remembered(t), a)
			}
		})
	}
}

// Our answer and the mail it answers are read at the same time, by two connections.
func TestAMailAndOurAnswerToItComeAtOnce(t *testing.T) {
	n := newGround(t).node(t)
	box := n.connect(t, email.Mailbox{Address: support})
	const rounds = 20
	for i := range rounds {
		from, first := fmt.Sprintf("Ada <ada%d@example.com>", i), fmt.Sprintf("%d@example.com", i)
		var both sync.WaitGroup
		both.Go(func() { n.take(t, box, fmt.Sprint("imap ", i), letter(from, "Cup", first, "", "It broke.")) })
		both.Go(func() {
			n.take(t, box, fmt.Sprint("sent ", i), ourAnswer(from, "Re: Cup", fmt.Sprintf("%d@shop.example", i), first, "Sorry!"))
		})
		both.Wait()
	}
	if a := n.account(t, box); a.Tickets != rounds || a.Messages != 2*rounds || a.Work != 0 || n.remembered(t) != 0 {
		t.Errorf("%d names are left and %+v", n.remembered(t), a)
	}
}
