package email_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/conference"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

var anybody = web.Everything(store.Actor{Kind: store.SystemKind, ID: "test", Via: "test"})

// ground is what outlives every node: the database, the files, the key, and a clock that goes on for all of them.
type ground struct {
	clock
	url  string
	keys *secret.Keys
	kept files.Store
}

func newGround(t *testing.T) *ground {
	t.Helper()
	g := &ground{url: storetest.URL(t, tables...)}
	var err error
	if g.keys, err = secret.Load(t.TempDir(), ""); err != nil {
		t.Fatal(err)
	}
	if g.kept, err = files.OpenFolder(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	return g
}

var tables = []store.Migrations{
	web.Tables, due.Tables, search.Tables, staff.Tables, hours.Tables, people.Tables, tickets.Tables, clocks.Tables, conference.Tables, email.Tables,
}

// node is a mail room that can die at any of its steps: where a transaction that writes begins, where it was committed,
// and before and after the files are asked.
type node struct {
	*email.Room
	db    *store.DB
	due   *due.Queue
	files brittle

	tickets *tickets.Room

	ctx   context.Context //nolint:containedctx // of everything it runs
	steps atomic.Int64    // so far
	last  atomic.Int64    // the step at which it dies
	once  sync.Once
	died  chan struct{} // closed when nothing of it is left
	stop  context.CancelFunc
	crew  sync.WaitGroup
	peers peers
	at    string // where it takes mail
}

func (g *ground) node(t *testing.T) *node {
	t.Helper()
	n := &node{died: make(chan struct{})}
	ctx, stop := context.WithCancel(context.Background())
	n.ctx, n.stop = fateful{ctx, n}, stop
	n.last.Store(math.MaxInt64)
	var err error
	log := quietly(t)
	if n.db, err = store.Open(ctx, store.Options{URL: g.url, Now: g.Now, Strict: true, Log: log}, tables...); err != nil {
		t.Fatal(err)
	}
	book, err := words.New(email.Words, conference.Words)
	if err != nil {
		t.Fatal(err)
	}
	n.due, n.files = due.New(n.db, log), brittle{g.kept, n}
	st, pe := staff.New(n.db, staff.Options{}), people.New(n.db, "DE")
	ti := tickets.New(n.db, st, pe, nil, n.files)
	n.tickets = ti
	co := conference.New(conference.House{Words: book, DB: n.db, Due: n.due, Files: n.files, Staff: st, Hours: hours.New(n.db), People: pe, Tickets: ti})
	n.Room = email.New(email.House{
		Words: book, DB: n.db, Due: n.due, Files: n.files, Keys: g.keys, People: pe, Tickets: ti, Clocks: clocks.New(n.db, n.due, hours.New(n.db), ti), Conference: co, Log: log,
	})
	n.db.OnRing(func(int64) { n.step() })
	t.Cleanup(func() {
		n.die()
		<-n.died
		n.crew.Wait()
	})
	return n
}

// step is a moment at which the node may die; what does the step goes no further then.
func (n *node) step() {
	if n.steps.Add(1) >= n.last.Load() {
		n.die()
		runtime.Goexit()
	}
}

// fateful is the context of what a node runs. A transaction that writes first asks it whether it carries a claim.
type fateful struct {
	context.Context //nolint:containedctx // it is one
	node            *node
}

func (f fateful) Value(key any) any {
	if fmt.Sprintf("%T", key) == "store.onceKey" {
		f.node.step()
	}
	return f.Context.Value(key)
}

// dieAt makes the k-th step from here the last.
func (n *node) dieAt(k int64) {
	n.steps.Store(0)
	n.last.Store(k)
}

// die ends it like a kill: nobody hears a word more, nothing is written any more, and nothing is given back.
func (n *node) die() {
	n.once.Do(func() {
		n.stop()
		n.peers.cut()
		go func() { // who dies may be in the middle of a transaction
			_ = n.db.Close() // what it says has nobody to hear it
			close(n.died)
		}()
	})
}

func (n *node) dead() bool { return n.ctx.Err() != nil }

func (n *node) run(do func(ctx context.Context)) { n.crew.Go(func() { do(n.ctx) }) }

// brittle are files whose node may die before and after each use.
type brittle struct {
	files.Store
	node *node
}

func (b brittle) Put(ctx context.Context, r io.Reader) (files.Blob, error) {
	b.node.step()
	defer b.node.step()
	return b.Store.Put(ctx, r)
}

func (b brittle) Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, error) {
	b.node.step()
	return b.Store.Open(ctx, sha256)
}

// peers are the connections a node has accepted.
type peers struct {
	net.Listener
	mu   sync.Mutex
	open []net.Conn
}

func (p *peers) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	if err == nil {
		p.mu.Lock()
		p.open = append(p.open, c)
		p.mu.Unlock()
	}
	return c, err
}

func (p *peers) cut() {
	if p.Listener == nil {
		return
	}
	_ = p.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		_ = c.Close()
	}
}

// fiveMails are a plain one, one with files, an answer to the first, a bounce and one that can't be read.
func fiveMails() [][]byte {
	attached := strings.ReplaceAll("From: Bea <bea@example.com>\nTo: <"+support+">\nSubject: Two pictures\nMessage-ID: <2@example.com>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"+
		"--b\nContent-Type: text/plain\n\nSee here.\n\n--b\nContent-Type: image/png\nContent-Disposition: attachment; filename=cup.png\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n\n"+
		"--b\nContent-Type: text/csv\nContent-Disposition: attachment; filename=cup.csv\n\n1,2\n\n--b--\n", "\n", "\r\n")
	report := strings.ReplaceAll("From: MAILER-DAEMON@example.net\nTo: "+support+"\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\nReturn-Path: <>\n\n"+
		"--b\nContent-Type: text/plain\n\nIt could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\n\n"+
		"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <9@elsewhere.example>\n\n--b--\n", "\n", "\r\n")
	return [][]byte{
		letter("Ada <ada@example.com>", "My cup", "1@example.com", "", "It broke."),
		[]byte(attached),
		letter("Ada <ada@example.com>", "Re: My cup", "3@example.com", "1@example.com", "And the pot."),
		[]byte(report),
		[]byte("\r\n\r\n"),
	}
}

// account is what is left of the mails of a mailbox, in every table and in the journal.
type account struct {
	Mails                    []string // where each stands and what happened to it
	Tickets, Messages, Files int
	Events                   []string // of the tickets
	Work                     int      // rows in due
}

func (n *node) account(t *testing.T, box tickets.MailboxID) (a account) {
	t.Helper()
	err := n.db.Read(context.Background(), func(tx *store.Tx) error {
		all, err := n.Ledger(tx, everyState, 0, math.MaxInt32)
		if err != nil {
			return err
		}
		for _, e := range all {
			if e.Mailbox != box {
				continue
			}
			if err := n.whole(e); err != nil {
				return err
			}
			happened, err := store.All[string](tx, `SELECT kind FROM journal WHERE subject = $1 ORDER BY seq`, e.ID.String())
			if err != nil {
				return err
			}
			a.Mails = append(a.Mails, strings.Join(append([]string{string(e.State), string(e.Why), e.Subject}, happened...), " | "))
		}
		slices.Sort(a.Mails)
		for into, query := range map[*int]string{
			&a.Tickets:  `SELECT count(*) FROM tickets WHERE mailbox = $1`,
			&a.Messages: `SELECT count(*) FROM messages WHERE mailbox = $1`,
			&a.Files:    `SELECT count(*) FROM messages_files f JOIN messages m ON m.id = f.message WHERE m.mailbox = $1`,
		} {
			if *into, err = store.One[int](tx, query, box); err != nil {
				return err
			}
		}
		work, err := store.All[string](tx, `SELECT key FROM due`)
		if a.Work = len(work); err != nil {
			return err
		}
		ids, err := store.All[tickets.ID](tx, `SELECT id FROM tickets WHERE mailbox = $1 ORDER BY id`, box)
		for _, id := range ids {
			happened, err := store.All[string](tx, `SELECT kind FROM journal WHERE subject = $1 ORDER BY seq`, id.String())
			if err != nil {
				return err
			}
			a.Events = append(a.Events, happened...)
		}
		slices.Sort(a.Events)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// whole says what is wrong with the bytes of a mail that are here.
func (n *node) whole(e email.Entry) error {
	if e.SHA256 == "" && (e.State == email.Fetched || e.Why == email.Duplicate) { // it is on the server, under this number or another
		return nil
	}
	raw, err := n.files.Store.Open(context.Background(), e.SHA256)
	if err != nil {
		return fmt.Errorf("the bytes of %s: %w", e.ID, err)
	}
	b, err := io.ReadAll(raw)
	if err == nil && hash(b) != e.SHA256 {
		err = fmt.Errorf("the bytes of %s are others", e.ID)
	}
	return errors.Join(err, raw.Close())
}

// atEveryStep does something with a new mailbox without any trouble, then again and again, dying one step later each time
// and going on with a fresh node on what is left, until nothing dies any more. It must come to the same each time.
func atEveryStep(t *testing.T, least int64, do func(g *ground, n *node, k int64) (now *node, boxes []tickets.MailboxID)) {
	t.Helper()
	began, g := time.Now(), newGround(t)
	n, boxes := do(g, g.node(t), math.MaxInt64)
	steps, want := n.steps.Load(), []account{}
	for _, b := range boxes {
		want = append(want, n.account(t, b))
	}
	k := int64(1)
	for before := (*node)(nil); n != before; k++ {
		before = n
		n, boxes = do(g, n, k)
		for i, b := range boxes {
			if diff := cmp.Diff(want[i], n.account(t, b)); diff != "" {
				t.Errorf("died at step %d of %d: undisturbed (-) and so (+) differ:\n%s", k, steps, diff)
			}
		}
	}
	if k < least || k < steps {
		t.Errorf("it died only %d times in %d steps", k-2, steps)
	}
	t.Logf("died at each of %d steps | %v mails each time, none lost, none twice | %v", k-2, len(want[0].Mails), time.Since(began).Round(100*time.Millisecond))
}

func (n *node) connect(t *testing.T, m email.Mailbox) tickets.MailboxID {
	t.Helper()
	m, err := n.Connect(t.Context(), anybody, m, email.Secrets{Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	return m.ID
}

// caughtUp waits until the inbox of a mailbox was read to its end since a moment, or the node died.
func (n *node) caughtUp(t *testing.T, box tickets.MailboxID, since time.Time) {
	t.Helper()
	n.allRead(t, box, since, 1)
}

// allRead is caughtUp for a number of folders.
func (n *node) allRead(t *testing.T, box tickets.MailboxID, since time.Time, folders int) {
	t.Helper()
	house.Until(t, "the folders are read", func() (done bool) {
		err := n.db.Read(context.Background(), func(tx *store.Tx) error {
			all, err := n.Health(tx)
			all = slices.DeleteFunc(all, func(f email.Health) bool { return f.Mailbox != box || f.SeenAt.Before(since) })
			done = len(all) >= folders
			return err
		})
		return n.dead() || err == nil && done
	})
}

// pause makes the room for the next mailbox.
func (n *node) pause(t *testing.T, boxes ...tickets.MailboxID) {
	t.Helper()
	for _, b := range boxes {
		if _, err := n.Change(t.Context(), anybody, b, email.Settings{Paused: new(true)}, email.Secrets{}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFetchingIsKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	imap := servers.StartDovecot(t)
	for name, options := range map[string]email.Options{
		"the server is only read":    {Sent: "-"},
		"mails are moved when taken": {Sent: "-", MarkSeen: true, MoveTo: "Done"},
		"our own answers are read":   {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			round := 0
			atEveryStep(t, 25, func(g *ground, n *node, k int64) (*node, []tickets.MailboxID) {
				round++
				user := fmt.Sprintf("k%d.%s@shop.example", round, strings.Fields(name)[0])
				imap.Put(user, "", fiveMails()...)
				folders := 1
				if options.Sent == "" {
					folders = 2
					// The first of these answers the second, which answers a mail in the inbox; the third answers nothing.
					one, two, three := fmt.Sprintf("s1.%d@shop.example", round), fmt.Sprintf("s2.%d@shop.example", round), fmt.Sprintf("s3.%d@shop.example", round)
					imap.Put(user, ".Sent", ourAnswer("ada@example.com", "Re: Re: My cup", one, two, "And a pot."),
						ourAnswer("ada@example.com", "Re: My cup", two, "3@example.com", "A new cup is on its way."), ourAnswer("zoe@example.com", "Offer", three, "", "Please."))
				}
				if options.MoveTo != "" {
					createFolder(t, imap, user, options.MoveTo)
				}
				box := n.connect(t, email.Mailbox{Address: user, IMAP: "imap://" + user + "@" + imap.Addr, Options: options})
				read := func() bool {
					since := n.db.Now()
					ctx, stop := context.WithCancel(n.ctx)
					n.crew.Go(func() { n.Fetch(ctx) })
					n.allRead(t, box, since, folders)
					stop()
					n.crew.Wait()
					return !n.dead() // it may have died while it gave its lease back
				}
				n.dieAt(k)
				if !read() {
					<-n.died
					g.forward(30 * time.Second) // its lease is over
					n = g.node(t)
					read()
				}
				steps := n.steps.Load()
				n.last.Store(math.MaxInt64)
				n.pause(t, box)
				n.steps.Store(steps)
				return n, []tickets.MailboxID{box}
			})
		})
	}
}

func createFolder(t *testing.T, imap *servers.Dovecot, user, name string) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", imap.Addr)
	if err != nil {
		t.Fatal(err)
	}
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := errors.Join(c.Login(user, "secret").Wait(), c.Create(name, nil).Wait()); err != nil {
		t.Fatal(err)
	}
}

// open opens the door for mail and returns where it is.
func (n *node) open(t *testing.T) (at string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n.peers.Listener = l
	n.run(func(ctx context.Context) { _ = n.Listen(ctx, &n.peers, "shop.example") }) // a dead one says what it likes
	n.at = l.Addr().String()
	return n.at
}

func TestTheReceiverIsKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	round := 0
	atEveryStep(t, 25, func(g *ground, n *node, k int64) (*node, []tickets.MailboxID) {
		round++
		ours := []string{fmt.Sprintf("a%d@shop.example", round), fmt.Sprintf("b%d@shop.example", round)}
		boxes := []tickets.MailboxID{n.connect(t, email.Mailbox{Address: ours[0]}), n.connect(t, email.Mailbox{Address: ours[1]})}
		at := n.at
		if at == "" {
			at = n.open(t)
		}
		mails, heard := fiveMails(), 0 // how many of them the peer has heard yes to
		hand := func() bool {
			for ; heard < len(mails); heard++ {
				to := ours[:1]
				if heard == 0 { // the first is for both mailboxes
					to = ours
				}
				if err := deliver(at, "peer@example.com", to, mails[heard]); err != nil {
					if !n.dead() {
						t.Fatal(err)
					}
					return false
				}
			}
			return !n.dead()
		}
		n.dieAt(k)
		if !hand() {
			<-n.died
			n.crew.Wait()
			n = g.node(t)
			for i, raw := range mails[:heard] {
				if !n.has(t, boxes[0], raw) {
					t.Errorf("died at step %d: the peer heard yes for mail %d, which is not here", k, i)
				}
			}
			at = n.open(t)
			hand()
		}
		house.Until(t, "all is filed", func() bool { return n.unfiled(t) == 0 })
		n.last.Store(math.MaxInt64)
		return n, boxes
	})
}

// has says whether the bytes of a mail are in the ledger of a mailbox.
func (n *node) has(t *testing.T, box tickets.MailboxID, raw []byte) (ok bool) {
	t.Helper()
	err := n.db.Read(context.Background(), func(tx *store.Tx) error {
		all, err := n.Ledger(tx, everyState, 0, math.MaxInt32)
		ok = slices.ContainsFunc(all, func(e email.Entry) bool { return e.Mailbox == box && e.SHA256 == hash(raw) })
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func (n *node) unfiled(t *testing.T) (left int) {
	t.Helper()
	err := n.db.Read(context.Background(), func(tx *store.Tx) error {
		all, err := n.Ledger(tx, []email.State{email.Fetched, email.Stored}, 0, math.MaxInt32)
		left = len(all)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}
