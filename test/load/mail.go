package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

func hash(s string) { _ = secret.Hash(s) }

// letters writes mails as programs do: plain, with HTML beside it, with a file; two of five answer one that came before.
type letters struct {
	desk *desk
	n    int
}

func (l *letters) next() []byte {
	n := l.n
	l.n++
	who := n
	var refs string
	if n > 100 && n%5 < 2 { // the one who wrote fifty or so before goes on
		who = n - 53
		for who%5 < 2 {
			who--
		}
		refs = fmt.Sprintf("In-Reply-To: <%d@mail.example>\r\nReferences: <%d@mail.example>\r\n", who, who)
	}
	words := l.desk.say(60)
	if refs != "" {
		words += "\r\n\r\nOn Monday, Support wrote:\r\n> " + l.desk.say(15) + "\r\n> " + l.desk.say(15)
	}
	head := fmt.Sprintf("From: Writer %d <writer-%d@example.org>\r\nTo: Support <%s>\r\nSubject: %s\r\nMessage-ID: <%d@mail.example>\r\n%sDate: %s\r\nMIME-Version: 1.0\r\n",
		who, who, support, l.desk.say(5), n, refs, now().Format(time.RFC1123Z))
	plain := "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + words + "\r\n"
	switch {
	case n%10 == 9:
		return []byte(head + "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" + plain + "--m\r\nContent-Type: image/jpeg; name=\"lamp.jpg\"\r\nContent-Transfer-Encoding: base64\r\n" +
			"Content-Disposition: attachment; filename=\"lamp.jpg\"\r\n\r\n" + file() + "\r\n--m--\r\n")
	case n%10 >= 5:
		html := "<html><body><div style=\"font-family:sans-serif\"><p>" + strings.ReplaceAll(words, "\r\n", "<br>") + "</p></div></body></html>"
		return []byte(head + "Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n" + plain + "--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html + "\r\n--a--\r\n")
	}
	return []byte(head + plain)
}

// file is thirty kilobytes that no two mails share.
func file() string {
	b := make([]byte, 30<<10)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	var out strings.Builder
	for line := range strings.SplitSeq(wrap(base64.StdEncoding.EncodeToString(b)), "\n") {
		out.WriteString(line + "\r\n")
	}
	return out.String()
}

func wrap(s string) string {
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\n")
		s = s[76:]
	}
	return b.String() + s
}

// mail is how many mails a second are stored, read, threaded and filed, with everything running.
func (m *middle) mail(ctx context.Context) error {
	p, err := m.house(ctx)
	if err != nil {
		return err
	}
	h, err := app.Build(ctx, p.settings())
	if err != nil {
		return err
	}
	db, err := openBare(ctx, p)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	err = running(ctx, h, func() error { return m.mails(ctx, h, db) })
	return errors.Join(err, db.close(), h.Close())
}

func (m *middle) mails(ctx context.Context, h *app.House, db *bare) error {
	box, err := parse[tickets.MailboxID](m.place.notes.Mailbox)
	if err != nil {
		return err
	}
	const warm, n, hands = 200, 3000, 8
	l := &letters{desk: newDesk(teams)}
	all := make([][]byte, warm+n)
	for i := range all {
		all[i] = l.next()
	}
	take := func(raw []byte) error {
		e, err := h.Email.Store(ctx, email.Arrival{Mailbox: box, Sender: "writer@example.org", Recipients: []string{support}}, strings.NewReader(string(raw)))
		if err != nil {
			return err
		}
		return h.Email.File(ctx, e.ID)
	}
	for _, raw := range all[:warm] {
		if err := take(raw); err != nil {
			return err
		}
	}
	if err := settled(ctx, db, now()); err != nil {
		return err
	}
	stop, err := m.profiled("mail")
	if err != nil {
		return err
	}
	before, err := work(ctx, m.place, "hearth")
	if err != nil {
		return err
	}
	began := now()
	if err := shared(hands, all[warm:], take); err != nil {
		return err
	}
	took := time.Since(began)
	err = settled(ctx, db, now())
	kept := time.Since(began)
	after, no := work(ctx, m.place, "hearth")
	stop()
	if err := errors.Join(err, no); err != nil {
		return err
	}
	cpu := (after - before) / n
	filed, err := db.number(ctx, `SELECT count(*) FROM mail_ledger WHERE state = 'filed'`)
	if err != nil {
		return err
	}
	if filed < warm+n {
		return fmt.Errorf("only %d of %d mails were filed", filed, warm+n)
	}
	limit, err := m.blobs(ctx, h, all[warm:], hands)
	if err != nil {
		return err
	}
	rate := n / took.Seconds()
	return errors.Join(
		m.add(row{
			What: "inbound mail, 8 at once", Figure: fmt.Sprintf("%.0f/s (%.0f/s until the followers are done too)", rate, n/kept.Seconds()), Limit: fmt.Sprintf("%.0f/s to store the bytes alone", limit),
			Ratio: ratio(rate, limit), Reach: "≥ 500/s", Held: held(rate >= 500),
		}),
		m.add(row{What: "inbound mail: CPU", Figure: ms(cpu) + " CPU with all followers", Reach: "≤ 3 ms", Held: held(cpu <= 3*time.Millisecond)}))
}

// blobs is how many mails a second the blob store takes, with nothing else to do.
func (m *middle) blobs(ctx context.Context, h *app.House, all [][]byte, hands int) (float64, error) {
	began := now()
	err := shared(hands, all, func(raw []byte) error {
		_, err := h.Files.Put(ctx, strings.NewReader("X-Bare: yes\r\n"+string(raw)))
		return err
	})
	return float64(len(all)) / time.Since(began).Seconds(), err
}

// shared does something with each, several at once.
func shared[T any](hands int, all []T, do func(T) error) error {
	work := make(chan T)
	failed := make(chan error, hands)
	var crew sync.WaitGroup
	for range hands {
		crew.Go(func() {
			for v := range work {
				if err := do(v); err != nil {
					failed <- err
					for range work { // the others go on
					}
					return
				}
			}
		})
	}
	for _, v := range all {
		work <- v
	}
	close(work)
	crew.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
