package email_test

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

// asUser does something with a user's folders as their mail program does.
func asUser(t *testing.T, imap *servers.Dovecot, user string, do func(c *imapclient.Client) error) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", imap.Addr)
	if err != nil {
		t.Fatal(err)
	}
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := errors.Join(c.Login(user, "secret").Wait(), do(c)); err != nil {
		t.Fatal(err)
	}
}

// states counts where the mails of a mailbox stand.
func (n *node) states(t *testing.T, box tickets.MailboxID) map[string]int {
	t.Helper()
	all := map[string]int{}
	for _, m := range n.account(t, box).Mails {
		part := strings.Split(m, " | ")
		all[strings.TrimSpace(part[0]+" "+part[1])]++
	}
	return all
}

// The server numbers a folder anew: all mails seem new, and the numbers of those that were noted mean others.
func TestAFolderIsNumberedAnew(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		folder string
		anew   func(t *testing.T, imap *servers.Dovecot, user string, mails [][]byte)
	}{
		"its index is rebuilt": {"", func(t *testing.T, imap *servers.Dovecot, user string, _ [][]byte) {
			t.Helper()
			imap.Renumber(user)
		}},
		"it is deleted and made again": {"Shop", func(t *testing.T, imap *servers.Dovecot, user string, mails [][]byte) {
			t.Helper()
			time.Sleep(time.Second) // the number is that of the second
			asUser(t, imap, user, func(c *imapclient.Client) error {
				return errors.Join(c.Delete("Shop").Wait(), c.Create("Shop", nil).Wait())
			})
			imap.Put(user, ".Shop", mails...)
			imap.Stop() // who has the folder open would else hear of it after a minute
			imap.Start()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			imap, g, mails, user := servers.StartDovecot(t), newGround(t), fiveMails(), "a@shop.example"
			options, dir := email.Options{Sent: "-"}, ""
			if tc.folder != "" {
				options.Folders, dir = []string{tc.folder}, "."+tc.folder
			}
			imap.Put(user, dir, mails[0], mails[1])
			n := g.node(t)
			box := n.connect(t, email.Mailbox{Address: user, IMAP: "imap://" + user + "@" + imap.Addr, Options: options})
			n.run(n.Fetch)
			n.caughtUp(t, box, g.Now().Add(-time.Minute))

			n.dieAt(2) // some are noted, and none of them is here
			imap.Put(user, dir, mails[2], mails[3])
			<-n.died
			tc.anew(t, imap, user, mails[:4])
			g.forward(fetchLease)
			n = g.node(t)
			n.run(n.Fetch)
			n.caughtUp(t, box, g.Now())
			got := n.states(t, box)
			if delete(got, "set_aside duplicate"); !cmp.Equal(got, map[string]int{"filed": 3, "waiting bounce": 1}) {
				t.Errorf("mails noted under old numbers: %v", n.account(t, box))
			}

			tc.anew(t, imap, user, mails[:4]) // under the eyes of who reads it
			imap.Put(user, dir, letter("Ada <ada@example.com>", "Later", "9@example.com", "", "And the jar."))
			house.Until(t, "the mail after it", func() bool { return n.account(t, box).Messages >= 4 && n.unfiled(t) == 0 })
			a := n.account(t, box)
			got = n.states(t, box)
			if delete(got, "set_aside duplicate"); !cmp.Equal(got, map[string]int{"filed": 4, "waiting bounce": 1}) || a.Messages != 4 || a.Tickets != 3 {
				t.Errorf("in the end: %+v", a)
			}
		})
	}
}

// health is what the API tells of reading a folder.
type health struct {
	Trouble string
	Since   time.Time `json:"trouble_since"`
	Alarmed bool
}

func TestAMailboxWhoseServerIsDeadRaisesTheAlarmAndHeals(t *testing.T) {
	t.Parallel()
	imap := servers.StartDovecot(t)
	h, now, _ := watchful(t)
	connect(h, imap.Addr, "", "secret", map[string]any{"sent": "-"})
	imap.Deliver(support, letter("Ada <ada@example.com>", "Before", "1@example.com", "", "Hello."))
	house.Until(t, "a mail", func() bool { return len(ticketList(h)) == 1 })
	look := func() health {
		all := house.Items[health](h, "/api/v1/mail/health")
		if len(all) != 1 {
			t.Fatalf("%d folders", len(all))
		}
		return all[0]
	}

	imap.Stop()
	house.Until(t, "a reason", func() bool { return strings.HasPrefix(look().Trouble, "Nothing answers at "+imap.Addr) })
	if was := look(); was.Alarmed || strings.Count(was.Trouble, ". ")+strings.Count(was.Trouble, "\n") > 0 || !strings.HasSuffix(was.Trouble, ".") {
		t.Errorf("at first it says %+v", was)
	}
	now.forward(5 * time.Minute)
	house.Until(t, "the alarm", func() bool { return look().Alarmed })
	_, metrics := get(t, h, "", "/metrics")
	if !strings.Contains(string(metrics), "hearth_mailbox_alarms 1") {
		t.Errorf("the metrics tell of no alarm: %s", metrics)
	}

	imap.Start()
	imap.Deliver(support, letter("Ada <ada@example.com>", "Meanwhile", "2@example.com", "", "Hello?"))
	house.Until(t, "the mail of meanwhile", func() bool { return len(ticketList(h)) == 2 })
	house.Until(t, "health", func() bool { return look() == health{} })
	h.Stop()
	a, _ := build(t, h.Settings)
	var alarms []string
	all, err := a.DB.Journal(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Kind == "mail.alarmed" {
			alarms = append(alarms, string(e.Body))
		}
	}
	if len(alarms) != 2 || strings.Contains(alarms[0], "over") || !strings.Contains(alarms[1], `"over":true`) {
		t.Errorf("the journal tells of %v", alarms)
	}
}
