package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/channels/email/message"
)

// aside is something that happens to the mail beside the stories: what waits in the repair queue until a person decides.
type aside struct {
	at   time.Time
	what string
	do   func(ctx context.Context) error
}

func us(box email.Mailbox) message.Address {
	return message.Address{Name: box.Name, Email: box.Address}
}

func (c *customer) address2() message.Address { return message.Address{Name: c.name(), Email: c.email} }

// mislead sows what goes astray over the month.
func (l *life) mislead(r *rand.Rand, n int, customers []*customer) {
	kinds := []struct {
		what string
		some int
		do   func(ctx context.Context, r *rand.Rand, i int) (email.Entry, error)
		mend email.Repair
	}{
		{"stranger", max(2, n/220), l.stranger, email.Repair{Do: "join"}},
		{"oversized", max(1, n/2000), func(ctx context.Context, r *rand.Rand, i int) (email.Entry, error) {
			return l.oversized(ctx, r, i, one(r, customers))
		}, email.Repair{Do: "open"}},
		{"unreadable", max(2, n/500), l.unreadable, email.Repair{Do: "discard", Why: "Nothing in it that a person could have written."}},
		{"returned", max(1, n/700), l.unknown, email.Repair{Do: "discard", Why: "About a newsletter that was sent by another program."}},
	}
	for _, k := range kinds {
		for i := range k.some {
			at := l.end.Add(-month/20 - time.Duration(r.Int64N(int64(month*17/20))))
			if i == 0 { // one of each waits on the last day
				at = l.end.Add(-time.Duration(1+r.IntN(20)) * time.Hour)
			}
			seed := r.Uint64()
			l.aside = append(l.aside, &aside{at, k.what, func(ctx context.Context) error {
				r := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // a made-up month
				e, err := k.do(ctx, r, i)
				if err != nil || e.ID == 0 {
					return err
				}
				if e.State != email.Waiting {
					return fmt.Errorf("it is %s (%s)", e.State, e.Detail)
				}
				if mended := l.open.Add(at, time.Duration(1+r.IntN(20))*time.Hour); mended.Before(l.end) && chance(r, 0.7) {
					l.later(mended, "repair", func(ctx context.Context) error {
						_, err := l.Email.Repair(ctx, l.admin().who, e.ID, k.mend)
						return err
					})
				}
				return nil
			}})
		}
	}
	slices.SortStableFunc(l.aside, func(a, b *aside) int { return a.at.Compare(b.at) })
}

func (l *life) later(at time.Time, what string, do func(ctx context.Context) error) {
	i, _ := slices.BinarySearchFunc(l.aside, at, func(a *aside, t time.Time) int { return a.at.Compare(t) })
	l.aside = slices.Insert(l.aside, i, &aside{at, what, do})
}

// stranger is somebody who answers for another from an address of their own.
func (l *life) stranger(ctx context.Context, r *rand.Rand, i int) (e email.Entry, err error) {
	if len(l.threads) == 0 {
		return e, nil
	}
	st := l.threads[len(l.threads)-1-r.IntN(min(len(l.threads), 30))]
	if err := l.sent(ctx, st); err != nil || st.last.ref == "" {
		return e, err
	}
	words := fmt.Sprintf("Hello, %s asked me to answer for both of us because I am at home this week. You can reach me at this address until Friday.\n\nKind regards\nRobin %s", st.by.first, st.by.last)
	subject := "Re: " + st.tell.facts["subject"]
	if st.scene.lang == "de" {
		words = fmt.Sprintf("Guten Tag,\n\n%s hat mich gebeten, für uns beide zu antworten, weil ich diese Woche zu Hause bin. Bis Freitag erreichen Sie mich unter dieser Adresse.\n\nViele Grüße\nRobin %s", st.by.first, st.by.last)
		subject = "AW: " + st.tell.facts["subject"]
	}
	from := message.Address{Name: "Robin " + st.by.last, Email: fmt.Sprintf("robin.%s%d@home.example.net", plain(st.by.last), i)}
	return l.deliver(ctx, st.box(), from.Email, post{
		from: from, to: []message.Address{us(l.boxes[st.box()])}, subject: subject, words: words, at: l.DB.Now(),
		id: fmt.Sprintf("robin.%d@home.example.net", i), answers: []string{st.last.ref},
	})
}

// oversized is a mail with pictures as large as the camera makes them.
func (l *life) oversized(ctx context.Context, r *rand.Rand, i int, c *customer) (email.Entry, error) {
	data := make([]byte, 4<<20)
	for at := range data {
		data[at] = byte(r.Uint32()) //nolint:gosec // that is the point
	}
	words, box, name := "Here are the pictures of the damage, as large as my camera makes them. I hope they come through.\n\nBest wishes\n", "hello", "photos.zip"
	if c.lang == "de" {
		words, box, name = "Anbei die Bilder vom Schaden, so groß, wie meine Kamera sie macht. Ich hoffe, sie kommen durch.\n\nViele Grüße\n", "hallo", "fotos.zip"
	}
	return l.deliver(ctx, box, c.email, post{
		from: c.address2(), to: []message.Address{us(l.boxes[box])}, subject: map[string]string{"en": "Pictures, as promised", "de": "Bilder, wie versprochen"}[c.lang],
		words: words + c.name(), at: l.DB.Now(), id: fmt.Sprintf("large.%d@%s", i, c.email[strings.IndexByte(c.email, '@')+1:]),
		files: []attachment{{name, "application/zip", data}},
	})
}

// unreadable is a mail that names nobody who wrote it.
func (l *life) unreadable(ctx context.Context, r *rand.Rand, i int) (email.Entry, error) {
	var junk strings.Builder
	for range 40 {
		junk.WriteByte("bcdfghjklmnpqrstvwxz0123456789=+/"[r.IntN(33)])
	}
	raw := fmt.Sprintf("X-Relay: %d\r\nSubject: =?x-unknown?Q?%s?=\r\n\r\n%s\r\n", i, junk.String()[:12], junk.String())
	return l.receive(ctx, "hello", "", []byte(raw))
}

// unknown is a mail server's report on a mail that was never ours.
func (l *life) unknown(ctx context.Context, r *rand.Rand, i int) (email.Entry, error) {
	gone := fmt.Sprintf("reader%d@example.net", 100+r.IntN(900))
	return l.receive(ctx, "hello", "", returned("hello@"+domain, gone, fmt.Sprintf("newsletter.%d@lists.example.com", i),
		"550 5.1.1 <"+gone+">: Recipient address rejected: User unknown", l.DB.Now(), fmt.Sprintf("report.%d@mx.example.net", i)))
}

// absent is a program that answers for a customer who is away.
func (l *life) absent(ctx context.Context, st *story) error {
	if err := l.sent(ctx, st); err != nil || st.last.ref == "" {
		return err
	}
	words, subject := "I am away until next Monday and read my mail only now and then. If it can't wait, please try again after that.\n\n"+st.by.name(), "Automatic reply: "+st.tell.facts["subject"]
	if st.scene.lang == "de" {
		words, subject = "ich bin bis nächsten Montag nicht da und lese meine Mails nur selten. Was eilt, schicken Sie mir danach bitte noch einmal.\n\n"+st.by.name(), "Automatische Antwort: "+st.tell.facts["subject"]
		words = "Guten Tag,\n\n" + words
	}
	st.mails++
	p := post{
		from: st.by.address2(), to: []message.Address{us(l.boxes[st.box()])}, subject: subject, words: words, at: l.DB.Now(), answers: st.refs,
		id:   fmt.Sprintf("%d.%d.away@%s", st.n, st.mails, st.by.email[strings.IndexByte(st.by.email, '@')+1:]),
		more: []message.Field{{Name: "Auto-Submitted", Value: "auto-replied"}},
	}
	_, err := l.deliver(ctx, st.box(), st.by.email, p)
	return err
}

// lost is our answer coming back, because nobody has the address any more.
func (l *life) lost(ctx context.Context, st *story) error {
	if err := l.sent(ctx, st); err != nil || st.last.ref == "" {
		return err
	}
	box := l.boxes[st.box()]
	e, err := l.receive(ctx, st.box(), "", returned(box.Address, st.by.email, st.last.ref,
		"550 5.1.1 <"+st.by.email+">: Recipient address rejected: User unknown in virtual mailbox table", l.DB.Now(), fmt.Sprintf("lost.%d@mx.example.com", st.n)))
	if err == nil && (e.State != email.SetAside || e.Why != email.Bounce) {
		err = fmt.Errorf("the report is %s (%s)", e.State, e.Detail)
	}
	return err
}
