package demo_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/app/demo"
	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// street is a sample company that is alive, and its outbox.
type street struct {
	demo.Deps

	t    *testing.T
	who  web.Who
	in   demo.SignIns
	all  []*store.Follower
	seen int // how many mails were told of
}

func awake(t *testing.T) *street {
	t.Helper()
	d, in := lived(t, 1)
	s := &street{Deps: d, t: t, who: web.Everything(store.System("test")), in: in}
	out, err := demo.OpenOutbox(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- out.Serve() }()
	t.Cleanup(func() {
		if err := out.Close(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	url := out.URL()
	for _, b := range s.boxes() {
		if _, err := d.Email.Change(t.Context(), s.who, b.ID, email.Settings{SMTP: &url}, email.Secrets{}); err != nil {
			t.Fatal(err)
		}
	}
	s.wake()
	s.news()
	return s
}

// wake is what happens when the company is served.
func (s *street) wake() {
	s.t.Helper()
	a, err := demo.Wake(s.Deps, s.in)
	if err != nil {
		s.t.Fatal(err)
	}
	s.all = append(slices.Clone(s.Followers), a.Follower())
	if err := a.Begin(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// restart is the same house in another process.
func (s *street) restart() {
	s.t.Helper()
	s.Deps = furnish(s.t, s.DB, s.t.TempDir(), s.Clock)
	s.wake()
}

func (s *street) boxes() (all []email.Mailbox) {
	s.t.Helper()
	if err := s.DB.Read(s.t.Context(), func(tx *store.Tx) (err error) { all, err = s.Email.Mailboxes(tx); return err }); err != nil {
		s.t.Fatal(err)
	}
	return all
}

// mails is the ledger, oldest first.
func (s *street) mails() (all []email.Entry) {
	s.t.Helper()
	err := s.DB.Read(s.t.Context(), func(tx *store.Tx) (err error) {
		all, err = s.Email.Ledger(tx, []email.State{email.Filed, email.Waiting, email.SetAside, email.Failed, email.Stored}, 0, 1000)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	slices.Reverse(all)
	return all
}

// news is what came in since it was last asked for.
func (s *street) news() []email.Entry {
	s.t.Helper()
	all := s.mails()
	fresh := all[s.seen:]
	s.seen = len(all)
	return fresh
}

// after moves the clock, and lets everything happen that is due by then.
func (s *street) after(d time.Duration) {
	s.t.Helper()
	s.Clock.Set(s.Clock.Now().Add(d))
	for {
		before, err := s.DB.Head(s.t.Context())
		if err == nil {
			err = s.DB.CatchUp(s.t.Context(), s.all...)
		}
		if err != nil {
			s.t.Fatal(err)
		}
		s.work()
		if after, err := s.DB.Head(s.t.Context()); err != nil || after == before {
			return
		}
	}
}

// work lets base/due do what is due.
func (s *street) work() {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- s.Due.Run(ctx) }()
	deadline := time.Now().Add(time.Minute)
	for all := s.undone(); len(all) > 0; all = s.undone() {
		if failed := slices.IndexFunc(all, func(j due.Job) bool { return j.Tries > 0 }); failed >= 0 || time.Now().After(deadline) {
			s.t.Fatalf("not done: %+v", all)
		}
		time.Sleep(5 * time.Millisecond) // base/due rings no bell here
	}
	stop()
	if err := <-ended; err != nil {
		s.t.Fatal(err)
	}
}

// undone is what is due by now, and not done.
func (s *street) undone() (all []due.Job) {
	s.t.Helper()
	err := s.DB.Read(s.t.Context(), func(tx *store.Tx) (err error) {
		all, err = store.All[due.Job](tx, `SELECT kind, key, payload, put_at, due_at, wake_at, tries, last_error, parked FROM due
			WHERE due_at <= $1 AND kind IN ('sample.letter', 'sample.reply', 'mail.send', 'mail.file')`, tx.Now())
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// answer is a colleague answering a ticket, and the outbox taking it.
func (s *street) answer(ticket tickets.ID) {
	s.t.Helper()
	if _, err := s.Tickets.Answer(s.t.Context(), s.who, ticket, tickets.Reply{Text: "We see to it today, I promise."}); err != nil {
		s.t.Fatal(err)
	}
	s.after(0) // it leaves
}

func line(e email.Entry) string { return e.Sender + " | " + e.Subject }

func TestMailsArriveByThemselves(t *testing.T) {
	s := awake(t)
	s.after(19 * time.Second)
	if came := s.news(); len(came) > 0 {
		t.Errorf("too soon: %v", came)
	}
	s.after(2 * time.Second)
	first := s.news()
	if len(first) != 1 || first[0].State != email.Filed || first[0].Ticket == 0 {
		t.Fatalf("after twenty seconds: %+v", first)
	}
	s.after(29 * time.Second)
	if came := s.news(); len(came) > 0 {
		t.Errorf("the second comes too soon: %v", came)
	}
	s.after(62 * time.Second)
	if came := s.news(); len(came) != 1 {
		t.Errorf("a minute and a half later: %v", came)
	}
	var told []string
	for range 8 {
		s.after(91 * time.Second)
		for _, e := range s.news() {
			told = append(told, line(e))
			if e.State != email.Filed {
				t.Errorf("%s is %s: %s", line(e), e.State, e.Why)
			}
		}
	}
	if len(told) != 8 {
		t.Errorf("in twelve minutes came %q", told)
	}
	if slices.Sort(told); len(slices.Compact(slices.Clone(told))) != len(told) {
		t.Errorf("the same comes twice: %q", told)
	}
	opened := list(t, s.Deps, tickets.Filter{})
	if i := slices.IndexFunc(opened, func(k tickets.Ticket) bool { return k.ID == first[0].Ticket }); i < 0 || opened[i].Status != tickets.Fresh || opened[i].Mailbox == 0 {
		t.Errorf("the first of them opened no new ticket: %+v", first)
	}
}

func TestARestartRepeatsNoMail(t *testing.T) {
	s := awake(t)
	var told []string
	for range 4 {
		s.after(21 * time.Second)
		for _, e := range s.news() {
			told = append(told, line(e))
		}
		s.after(3 * time.Hour) // nobody is there meanwhile
		s.news()
		s.restart()
	}
	if len(told) != 4 {
		t.Errorf("after four starts came %q", told)
	}
	if slices.Sort(told); len(slices.Compact(told)) != 4 {
		t.Errorf("the same comes again: %q", told)
	}

	// The process dies between the mail and the note that it was handed in.
	err := s.DB.Write(t.Context(), s.who.Actor, func(tx *store.Tx) error {
		return tx.Do(`UPDATE counters SET n = n - 1 WHERE name = 'sample.letters'`)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.restart()
	s.after(21 * time.Second)
	if came := s.news(); len(came) > 0 {
		t.Errorf("the last one comes again: %v", came)
	}
	s.after(91 * time.Second)
	if came := s.news(); len(came) != 1 {
		t.Errorf("it does not go on: %v", came)
	}
}

func TestCustomersWriteBack(t *testing.T) {
	s := awake(t)
	asked, thanked := 0, 0
	for i := range 6 {
		s.after(91 * time.Second)
		letter := s.news()
		if len(letter) == 0 {
			t.Fatal("nobody writes")
		}
		ticket := letter[0].Ticket
		back := func() (all []tickets.Message) {
			t.Helper()
			s.answer(ticket)
			s.after(19 * time.Second)
			for _, e := range s.news() {
				if e.Ticket == ticket {
					t.Errorf("%d: an answer to the answer after 19 seconds", i)
				}
			}
			s.after(42 * time.Second)
			for _, e := range s.news() {
				if e.Ticket != ticket {
					continue
				}
				var m tickets.Message
				if err := s.DB.Read(t.Context(), func(tx *store.Tx) (err error) { m, err = s.Tickets.Message(tx, e.Message); return err }); err != nil {
					t.Fatal(err)
				}
				if e.State != email.Filed || m.From.Email != letter[0].Sender {
					t.Errorf("%d: %s by %s is %s", i, e.Subject, m.From.Email, e.State)
				}
				all = append(all, m)
			}
			return all
		}
		first := back()
		if len(first) != 1 || !strings.HasPrefix(first[0].Subject, "Re: ") && !strings.HasPrefix(first[0].Subject, "AW: ") {
			t.Fatalf("%d: after an answer: %+v", i, first)
		}
		if strings.HasPrefix(first[0].Ref, "ask.") {
			asked++
			if second := back(); len(second) != 1 || !strings.HasPrefix(second[0].Ref, "thanks.") {
				t.Errorf("%d: after a second answer: %+v", i, second)
			}
		} else if thanked++; !strings.HasPrefix(first[0].Ref, "thanks.") {
			t.Errorf("%d: %+v", i, first)
		}
		if more := back(); len(more) > 0 {
			t.Errorf("%d: after thanks somebody goes on: %+v", i, more)
		}
	}
	if asked == 0 || thanked == 0 {
		t.Errorf("%d ask, %d thank", asked, thanked)
	}
}

// Only those who were made up write back, and only to the company's own mailboxes; what the month before said is long over.
func TestNobodyElseWritesBack(t *testing.T) {
	s := awake(t)
	s.after(time.Minute)
	s.news()
	replies := func(do func()) (n int) {
		t.Helper()
		do()
		s.after(61 * time.Second)
		for _, e := range s.news() {
			if strings.HasPrefix(e.MessageID, "ask.") || strings.HasPrefix(e.MessageID, "thanks.") {
				n++
			}
		}
		return n
	}
	if n := replies(func() {}); n > 0 {
		t.Errorf("%d answer what was said before", n)
	}
	write := func(from, to string) tickets.ID {
		t.Helper()
		i := slices.IndexFunc(s.boxes(), func(b email.Mailbox) bool { return b.Address == to })
		raw := fmt.Sprintf("From: Ada <%s>\r\nTo: %s\r\nSubject: Hello\r\nMessage-ID: <%s>\r\n\r\nIs anybody there?\r\n", from, to, from)
		e, err := s.Email.Store(t.Context(), email.Arrival{Mailbox: s.boxes()[i].ID, Folder: "SMTP", Sender: from, Recipients: []string{to}}, bytes.NewReader([]byte(raw)))
		if err == nil {
			err = s.Email.File(t.Context(), e.ID)
		}
		if err == nil {
			e, err = s.Email.Entry(t.Context(), e.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		return e.Ticket
	}
	if n := replies(func() { s.answer(write("ada@shop.test", s.in.Mailbox)) }); n > 0 {
		t.Error("somebody real is answered for")
	}
	if n := replies(func() { s.answer(write("ada@example.org", s.in.Mailbox)) }); n != 1 {
		t.Errorf("%d answers of somebody who could be made up", n)
	}
	smtp := s.boxes()[0].SMTP
	if _, err := s.Email.Connect(t.Context(), s.who, email.Mailbox{Address: "support@shop.test", SMTP: smtp}, email.Secrets{}); err != nil {
		t.Fatal(err)
	}
	if n := replies(func() { s.answer(write("bea@example.org", "support@shop.test")) }); n > 0 {
		t.Error("the mailbox of a visitor gets made-up mail")
	}
	for _, b := range s.boxes() {
		if err := s.Email.Disconnect(t.Context(), s.who, b.ID); err != nil {
			t.Fatal(err)
		}
	}
	s.after(time.Hour)
	if came := s.news(); len(came) > 0 {
		t.Errorf("mail came though there is no mailbox: %v", came)
	}
	if d := cmp.Diff([]string(nil), s.parked()); d != "" {
		t.Error(d)
	}
}

// parked is the work that was given up.
func (s *street) parked() (all []string) {
	s.t.Helper()
	err := s.DB.Read(s.t.Context(), func(tx *store.Tx) error {
		jobs, err := s.Due.Parked(tx, 10)
		for _, j := range jobs {
			all = append(all, j.String()+" "+j.Error)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}
