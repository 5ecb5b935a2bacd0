package email_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/channels/email/archive"
	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/test/house"
	"github.com/hearthdesk/hearth/test/servers"
)

// interruptions is how often reading is cut off at a moment of chance, beside the connections that are cut.
const interruptions = 40

var kinds = []string{"mail", "threads", "bounce", "autoreply", "crypto"}

// letters are the mails of one kind by the name of their file.
type letters map[string][]byte

// realMail reads every mail of the corpora.
func realMail(t *testing.T) map[string]letters {
	t.Helper()
	dir, all := servers.Corpora(t), map[string]letters{}
	for _, kind := range kinds {
		all[kind] = letters{}
		err := filepath.WalkDir(filepath.Join(dir, kind), func(path string, e fs.DirEntry, err error) error {
			name := e.Name()
			if err != nil || e.IsDir() || strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".jsonl") || name == "SOURCE.md" || name == "imap_thread.txt" {
				return err
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, _ = filepath.Rel(filepath.Join(dir, kind), path)
			if !strings.HasSuffix(name, ".mbox.txt") {
				all[kind][name] = raw
				return nil
			}
			return archive.SplitMbox(bytes.NewReader(raw), 1<<30, func(mail []byte, _ bool) error {
				all[kind][name+"#"+hash(mail)[:8]] = mail
				return nil
			})
		})
		if err != nil || len(all[kind]) == 0 {
			t.Fatalf("no mails of kind %s: %v", kind, err)
		}
	}
	return all
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// crlf gives every line its end, which is all that SMTP does to a mail (RFC 5321, 2.3.8).
func crlf(raw []byte) []byte {
	var b bytes.Buffer
	for i, c := range raw {
		if c == '\n' && (i == 0 || raw[i-1] != '\r') {
			b.WriteByte('\r')
		}
		b.WriteByte(c)
	}
	return b.Bytes()
}

// byIMAP is a mail as Dovecot gives it away: IMAP knows no bare line ends and no NUL (RFC 9051, 4.3).
func byIMAP(raw []byte) []byte { return bytes.ReplaceAll(crlf(raw), []byte{0}, []byte{0x80}) }

// bySMTP is a mail as it arrives by SMTP, where the last line has an end.
func bySMTP(raw []byte) []byte {
	b := crlf(raw)
	if !bytes.HasSuffix(b, []byte("\r\n")) {
		b = append(bytes.TrimSuffix(b, []byte("\r")), "\r\n"...)
	}
	return b
}

func address(kind string) string { return kind + "@shop.example" }

// desks is a house that stands still, with one mailbox for each kind.
func desks(t *testing.T, imap string) (h *house.House, boxes map[tickets.MailboxID]string) {
	t.Helper()
	h, boxes = house.Start(t), map[tickets.MailboxID]string{}
	for _, kind := range kinds {
		in := map[string]any{"address": address(kind), "password": "secret", "options": map[string]any{"sent": "-"}}
		if imap != "" {
			in["imap"] = "imap://" + address(kind) + "@" + imap
		}
		boxes[box(h, in).ID] = kind
	}
	h.Stop()
	h.Settings.Log = quietly(t)
	return h, boxes
}

// broken counts where mails stood when everything was cut off.
type broken struct{ times, fetched, stored int }

// interrupted runs parts of a house, cuts them off again and again after some steps that chance names, and at last lets
// them go on until done.
func interrupted(t *testing.T, h *app.House, done func() bool, run ...func(ctx context.Context)) (b broken) {
	t.Helper()
	bell, quiet := h.DB.Bell()
	defer quiet()
	rnd := rand.New(rand.NewPCG(1, 2))
	for b.times < interruptions && !done() {
		head, err := h.DB.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		stop := start(run)
		over := time.After(5 * time.Second) // nothing happens while a connection is waited for
		for next, steps := head+1+rnd.Int64N(150), true; steps; {
			select {
			case <-bell:
				now, err := h.DB.Head(t.Context())
				steps = err == nil && now < next
			case <-over:
				steps = false
			}
		}
		time.Sleep(time.Duration(rnd.IntN(4000)) * time.Microsecond) // the moment is the point
		stop()
		b.times++
		b.fetched += count(t, h, email.Fetched)
		b.stored += count(t, h, email.Stored)
	}
	defer start(run)()
	deadline := time.Now().Add(2 * time.Minute)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("it does not end: %d are not here, %d not filed", count(t, h, email.Fetched), count(t, h, email.Stored))
		}
		time.Sleep(50 * time.Millisecond) // what is waited for happens in the background
	}
	return b
}

func start(run []func(ctx context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var crew sync.WaitGroup
	for _, do := range run {
		crew.Go(func() { do(ctx) })
	}
	return func() { cancel(); crew.Wait() }
}

func count(t *testing.T, h *app.House, states ...email.State) (n int) {
	t.Helper()
	err := h.DB.Read(context.Background(), func(tx *store.Tx) error {
		all, err := h.Email.Ledger(tx, states, 0, 100_000)
		n = len(all)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var everyState = []email.State{email.Fetched, email.Stored, email.Filed, email.Waiting, email.SetAside, email.Failed, email.Repaired, email.Discarded}

func TestPeersRealMailByIMAP(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	mails, imap := realMail(t), servers.StartDovecot(t)
	rnd, mu := rand.New(rand.NewPCG(3, 4)), sync.Mutex{}
	var cuts int
	wire := servers.StartWire(t, imap.Addr, func() int64 {
		mu.Lock()
		defer mu.Unlock()
		if cuts++; cuts > 150 || cuts%3 == 0 {
			return 0
		}
		return 1000 + rnd.Int64N(100_000)
	})
	desk, boxes := desks(t, wire.Addr)
	all := 0
	for kind, some := range mails {
		for _, name := range inOrder(some) {
			imap.Put(address(kind), "", some[name])
			all++
		}
	}
	began := time.Now()
	h, shut := build(t, desk.Settings)
	b := interrupted(t, h, func() bool {
		return count(t, h, email.Fetched, email.Stored) == 0 && count(t, h, everyState...) == all
	}, h.Email.Fetch, func(ctx context.Context) { _ = h.Due.Run(ctx) })
	took := time.Since(began)
	shut()
	if b.times < 20 || b.fetched == 0 || b.stored == 0 || wire.Cuts.Load() < 20 {
		t.Errorf("too little went wrong to prove anything: %+v, %d connections cut", b, wire.Cuts.Load())
	}
	desk.Start()
	v := look(t, desk, boxes, mails, byIMAP)
	if len(v.rows) != all {
		t.Errorf("%d rows for %d mails", len(v.rows), all)
	}
	t.Logf("real mail by IMAP | %d of %d in the ledger, none twice; %d interruptions, %d connections cut; %v | all", len(v.rows), all, b.times, wire.Cuts.Load(), took.Round(time.Second))
	v.judge(t, "IMAP")
}

func TestPeersRealMailBySMTP(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	mails := realMail(t)
	desk, boxes := desks(t, "")
	port := (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: servers.FreePort(t)}).String()
	rnd, mu := rand.New(rand.NewPCG(5, 6)), sync.Mutex{}
	wire := servers.StartWire(t, port, func() int64 {
		mu.Lock()
		defer mu.Unlock()
		if rnd.IntN(4) > 0 {
			return 0
		}
		return 1 + rnd.Int64N(500)
	})
	distinct := map[string]bool{}
	for kind, some := range mails {
		for _, raw := range some {
			distinct[kind+hash(bySMTP(raw))] = true
		}
	}
	began := time.Now()
	h, shut := build(t, desk.Settings)
	var ready atomic.Int64
	var crew sync.WaitGroup
	for kind, some := range mails {
		crew.Go(func() {
			for _, name := range inOrder(some) {
				handIn(t, wire.Addr, address(kind), some[name])
			}
			ready.Add(1)
		})
	}
	b := interrupted(t, h, func() bool { return ready.Load() == int64(len(mails)) && count(t, h, email.Stored) == 0 },
		func(ctx context.Context) {
			l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", port)
			if err != nil {
				t.Error(err)
				return
			}
			if err := h.Email.Listen(ctx, l, "shop.example"); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}, func(ctx context.Context) { _ = h.Due.Run(ctx) })
	crew.Wait()
	took := time.Since(began)
	shut()
	if b.times < 20 || wire.Cuts.Load() < 20 {
		t.Errorf("too little went wrong to prove anything: %+v, %d connections cut", b, wire.Cuts.Load())
	}
	desk.Start()
	v := look(t, desk, boxes, mails, bySMTP)
	if len(v.rows) != len(distinct) {
		t.Errorf("%d rows for %d mails", len(v.rows), len(distinct))
	}
	t.Logf("real mail by SMTP | %d of %d in the ledger, none twice; %d interruptions, %d connections cut; %v | all", len(v.rows), len(distinct), b.times, wire.Cuts.Load(), took.Round(time.Second))
	v.judge(t, "SMTP")
}

// handIn sends a mail as a peer does, again and again under the same envelope until it hears yes.
func handIn(t *testing.T, at, to string, raw []byte) {
	t.Helper()
	for range 2000 {
		err := deliver(at, "peer@example.com", []string{to}, raw)
		if err == nil {
			return
		}
		if refused(err) {
			t.Errorf("a mail was refused: %v", err)
			return
		}
		time.Sleep(2 * time.Millisecond) // the receiver is down
	}
	t.Error("a mail was never taken")
}

// inOrder names mails in the order of their arrival, as far as they tell.
func inOrder(some letters) []string {
	names, at := []string{}, map[string]time.Time{}
	for name, raw := range some {
		names = append(names, name)
		m, err := message.Parse(raw)
		if err != nil {
			continue
		}
		_, came, _ := strings.Cut(m.Value("Received"), ";")
		if at[name], err = mail.ParseDate(strings.TrimSpace(came)); err != nil {
			at[name] = m.Date
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(at[a].Compare(at[b]), strings.Compare(a, b)) })
	return names
}

// view is what the API tells of everything that came in.
type view struct {
	rows    []email.Entry
	at      map[string]email.Entry // by kind and hash: where these bytes went
	boxes   map[tickets.MailboxID]string
	names   map[string][]string // by kind and hash
	threads map[string][]string // whole threads by the names of their mails
}

// look reads the ledger and every mail's bytes by the API, and refuses bytes that were never sent.
func look(t *testing.T, h *house.House, boxes map[tickets.MailboxID]string, mails map[string]letters, as func([]byte) []byte) (v view) {
	t.Helper()
	v = view{at: map[string]email.Entry{}, boxes: boxes, names: map[string][]string{}}
	for kind, some := range mails {
		for name, raw := range some {
			key := kind + hash(as(raw))
			v.names[key] = append(v.names[key], name)
		}
	}
	v.rows = house.Items[email.Entry](h, "/api/v1/mail/ledger?limit=200")
	key := token(h, "owner")
	for _, e := range v.rows {
		at := boxes[e.Mailbox] + e.SHA256
		if v.names[at] == nil {
			t.Errorf("a mail of kind %s has bytes nobody sent: %+v", boxes[e.Mailbox], e)
			continue
		}
		code, raw := get(t, h, key, "/api/v1/mail/ledger/"+e.ID.String()+"/raw")
		if code != 200 || hash(raw) != e.SHA256 {
			t.Errorf("the bytes of %s: %d, %d bytes", e.ID, code, len(raw))
		}
		if was, ok := v.at[at]; !ok || was.Why == email.Duplicate {
			v.at[at] = e
		}
	}
	filed := map[tickets.MessageID]bool{}
	for _, e := range v.rows {
		if e.State == email.Filed {
			if filed[e.Message] || e.Message == 0 || e.Ticket == 0 {
				t.Errorf("filed twice or nowhere: %+v", e)
			}
			filed[e.Message] = true
		}
	}
	for _, tk := range ticketList(h) {
		for _, m := range said(h, tk) {
			if !filed[m.ID] {
				t.Errorf("a message on %s that no mail in the ledger tells of: %+v", tk.ID, m)
			}
			delete(filed, m.ID)
		}
	}
	if len(filed) > 0 {
		t.Errorf("%d mails are on no ticket", len(filed))
	}
	b, err := os.ReadFile(filepath.Join(servers.Corpora(t), "threads", "spamassassin.expected.json"))
	if err == nil {
		err = json.Unmarshal(b, &v.threads)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// noThread is a thread in name only: a program wrote a person's address where a reference belongs.
const noThread = "thread-01485-easy-ham-1"

// judge looks where every mail stands, and whether threads came together.
func (v view) judge(t *testing.T, way string) {
	t.Helper()
	for _, kind := range kinds {
		states := map[string]int{}
		for _, e := range v.rows {
			if v.boxes[e.Mailbox] != kind {
				continue
			}
			states[strings.TrimSpace(string(e.State)+" "+string(e.Why))]++
			switch e.State {
			case email.Filed, email.Waiting, email.SetAside:
			default:
				t.Errorf("%v is %s: %s", v.names[kind+e.SHA256], e.State, e.Detail)
			}
		}
		t.Logf("where %s went by %s | %v |", kind, way, states)
	}
	in := map[string]tickets.ID{}   // by file: the ticket it is on, or seems to belong to
	on := map[tickets.ID][]string{} // by ticket: the files on it
	for key, names := range v.names {
		e, ok := v.at[key]
		if kind, _ := strings.CutPrefix(key, "threads"); !ok || kind == key {
			continue
		}
		for _, name := range names {
			in[filepath.Base(name)] = e.Ticket
		}
		if e.State == email.Filed {
			on[e.Ticket] = append(on[e.Ticket], filepath.Base(names[0]))
		}
	}
	group := map[string]string{}
	pairs, together := 0, 0
	for thread, files := range v.threads {
		for i, a := range files {
			if group[a] = thread; thread == noThread {
				continue
			}
			for _, b := range files[i+1:] {
				pairs++
				if in[a] != 0 && in[a] == in[b] {
					together++
				}
			}
		}
	}
	share := 100 * float64(together) / float64(pairs)
	merged := 0
	for ticket, files := range on {
		for _, f := range files {
			if group[f] != group[files[0]] {
				merged++
				t.Logf("%s: %s (%s) is on a ticket with %s (%s)", ticket, f, group[f], files[0], group[files[0]])
			}
		}
	}
	t.Logf("pairs of a thread in one conversation by %s | %.1f %% of %d, %d of strangers | ≥ 99 %%, 0", way, share, pairs, merged)
	if share < 99 || merged > 0 {
		t.Errorf("threads: %.2f %% of the pairs together, %d strangers merged", share, merged)
	}
}
