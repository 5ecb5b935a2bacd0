package email_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

// fetchLease is how long the mailboxes of a node that died wait for another.
const fetchLease = 25 * time.Second

// Two nodes share a database, the files and the mailboxes; the one that reads the mailbox vanishes with a mail in its hands.
func TestAMailboxOfADeadNodeIsTakenOver(t *testing.T) {
	t.Parallel() // most of it is waiting
	if !storetest.Postgres() {
		t.Skip("SQLite has one node")
	}
	imap := servers.StartDovecot(t)
	for name, step := range map[string]int64{
		"a mail was noted and its bytes stored": 4,
		"a mail was stored and not filed":       6,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, user := newGround(t), fmt.Sprintf("step%d@shop.example", step)
			first, second := g.node(t), g.node(t)
			box := first.connect(t, email.Mailbox{Address: user, IMAP: "imap://" + user + "@" + imap.Addr, Options: email.Options{Sent: "-"}})
			work := func(n *node) {
				n.run(n.Fetch)
				n.run(func(ctx context.Context) { _ = n.due.Run(ctx) }) // a dead one says what it likes
			}
			work(first)
			first.caughtUp(t, box, g.Now().Add(-time.Minute))
			work(second)
			mails := fiveMails()
			imap.Deliver(user, mails[0])
			house.Until(t, "the first mail", func() bool { return second.account(t, box).Messages == 1 })

			first.dieAt(step)
			imap.Deliver(user, mails[1])
			<-first.died
			imap.Deliver(user, mails[2]) // nobody reads now
			if a := second.account(t, box); a.Messages != 1 || len(a.Mails) != 2 {
				t.Errorf("what the dead left: %+v", a)
			}
			began := time.Now()
			g.forward(fetchLease)
			house.Until(t, "the other takes over", func() bool {
				a := second.account(t, box)
				return a.Messages == 3 && a.Work == 0
			})
			t.Logf("taken over %v after the lease was over", time.Since(began).Round(time.Millisecond))
			want := account{
				Mails: []string{
					"filed |  | My cup | mail.seen | mail.arrived | mail.settled",
					"filed |  | Re: My cup | mail.seen | mail.arrived | mail.settled",
					"filed |  | Two pictures | mail.seen | mail.arrived | mail.settled",
				},
				Tickets: 2, Messages: 3, Files: 2,
				Events: []string{"tickets.opened", "tickets.opened", "tickets.received", "tickets.received", "tickets.received"},
			}
			if diff := cmp.Diff(want, second.account(t, box)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
