package email_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/channels/email/archive"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// oldThreads are some threads of both sides; in some the customer had the last word, in some we.
func oldThreads() (all [][]byte) {
	hour := time.Hour
	for i := range 4 {
		from, refs := fmt.Sprintf("Ada %d <ada%d@example.com>", i, i), ""
		for n := range 3 + i {
			id, subject, raw := fmt.Sprintf("%d.%d@example.com", i, n), fmt.Sprintf("Cup %d", i), []byte(nil)
			if n > 0 {
				subject = "Re: " + subject
			}
			if n%2 == 0 {
				raw = letter(from, subject, id, refs, fmt.Sprintf("Words %d.", n))
			} else {
				raw = ourAnswer(from, subject, id, refs, fmt.Sprintf("Answer %d.", n))
			}
			all, refs = append(all, ago(100*hour-time.Duration(10*n+i)*time.Minute, raw)), id
		}
	}
	return all
}

// stand is how the tickets stand, without what depends on when they came.
func (n *node) stand(t *testing.T) (all []string) {
	t.Helper()
	err := n.db.Read(context.Background(), func(tx *store.Tx) error {
		ids, err := store.All[tickets.ID](tx, `SELECT id FROM tickets ORDER BY number`)
		for _, id := range ids {
			tk, err := n.tickets.Look(tx, id)
			if err != nil {
				return err
			}
			words, err := store.All[string](tx, `SELECT kind || ' ' || text FROM messages WHERE ticket = $1 ORDER BY at`, id)
			if err != nil {
				return err
			}
			all = append(all, fmt.Sprintf("%d %s %s since %v answered %v: %s; %s", tk.Number, tk.Subject, tk.Status, tk.WaitingSince, tk.AnsweredAt, tk.Snippet, strings.Join(words, ", ")))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnArchiveMayBeInAnyOrder(t *testing.T) {
	mails, rnd, want := oldThreads(), rand.New(rand.NewPCG(1, 1)), []string(nil)
	for round := range 5 {
		var file bytes.Buffer
		for _, raw := range mails {
			fmt.Fprintf(&file, "From x\n%s\n", bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")))
		}
		letters, err := archive.ListMbox("archive", bytes.NewReader(file.Bytes()), 1<<20)
		if err != nil || len(letters) != len(mails) {
			t.Fatalf("%d letters, %v", len(letters), err)
		}
		archive.InOrder(letters)
		n := newGround(t).node(t)
		box := n.connect(t, email.Mailbox{Address: support})
		for _, l := range letters {
			err := archive.SplitMbox(bytes.NewReader(file.Bytes()[l.From:l.To]), 1<<20, func(raw []byte, _ bool) error {
				i, err := n.Import(t.Context(), box, raw, false)
				if i.State != email.Filed {
					t.Errorf("round %d: %s is %+v", round, raw, i)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		got := n.stand(t)
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) != 4 {
			t.Errorf("round %d: %s", round, diff)
		}
		rnd.Shuffle(len(mails), func(i, j int) { mails[i], mails[j] = mails[j], mails[i] })
	}
	t.Logf("they stand so: %s", strings.Join(want, "\n"))
}
