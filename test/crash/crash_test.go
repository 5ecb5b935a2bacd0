// Package crash_test kills a real Hearth again and again under load, and looks whether anything acknowledged was lost or
// anything was done twice.
package crash_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/test/servers"
)

const (
	support = "support@shop.example"
	kills   = 100
)

// desk is a server that is killed and started again at the same addresses.
type desk struct {
	tb               testing.TB
	exe, data, db    string
	http, smtp, sink string
	token            string
	cmd              *exec.Cmd
	out              bytes.Buffer
}

func (d *desk) args(command ...string) []string {
	a := append(command, "--data", d.data)
	if d.db != "" {
		a = append(a, "--database-url", d.db)
	}
	return a
}

func (d *desk) errand(stdin string, command ...string) string {
	d.tb.Helper()
	cmd := exec.CommandContext(d.tb.Context(), d.exe, d.args(command...)...)
	cmd.Stdin = strings.NewReader(stdin)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		d.tb.Fatalf("%v: %v\n%s", command, err, errs.String())
	}
	return strings.TrimSpace(string(out))
}

func (d *desk) start() {
	d.tb.Helper()
	d.cmd = exec.Command(d.exe, append(d.args("serve"), "--listen", d.http, "--smtp-listen", d.smtp)...)
	d.cmd.Stdout, d.cmd.Stderr = &d.out, &d.out
	if err := d.cmd.Start(); err != nil {
		d.tb.Fatal(err)
	}
}

func (d *desk) ready() {
	d.tb.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		res, err := http.Get("http://" + d.http + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			d.tb.Fatalf("not ready again: %v\n%s", err, d.out.String())
		}
		time.Sleep(5 * time.Millisecond) // a process that starts rings no bell
	}
}

func (d *desk) kill() {
	_ = d.cmd.Process.Signal(syscall.SIGKILL)
	_ = d.cmd.Wait()
}

// post sends until it is acknowledged, always under the same key. What is on its way when the load ends is waited for: the server
// might else do it while everything is counted.
func (d *desk) post(ctx context.Context, path, key string, in any, out any) bool {
	return d.ask(ctx, http.MethodPost, path, key, in, out)
}

func (d *desk) ask(ctx context.Context, method, path, key string, in any, out any) bool {
	body, err := json.Marshal(in)
	if err != nil {
		d.tb.Error(err)
		return false
	}
	for ctx.Err() == nil {
		r, err := http.NewRequestWithContext(context.WithoutCancel(ctx), method, "http://"+d.http+path, bytes.NewReader(body))
		if err != nil {
			d.tb.Error(err)
			return false
		}
		r.Header.Set("Authorization", "Bearer "+d.token)
		r.Header.Set("Content-Type", "application/json")
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			time.Sleep(10 * time.Millisecond) // the server is down
			continue
		}
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		switch {
		case err != nil:
		case res.StatusCode < 300:
			if err := json.Unmarshal(b, out); err != nil {
				d.tb.Error(err)
			}
			return true
		case res.StatusCode == http.StatusConflict && bytes.Contains(b, []byte("request.repeated")):
			return false // carried out, and the answer was lost with the server: allowed, and looked up below
		case res.StatusCode < 500:
			d.tb.Errorf("%s %d %s", path, res.StatusCode, b)
			return false
		}
	}
	return false
}

func (d *desk) get(path string, out any) {
	d.tb.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+d.http+path, nil)
	if err != nil {
		d.tb.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		d.tb.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(out); err != nil || res.StatusCode != http.StatusOK {
		d.tb.Fatal(path, res.Status, err)
	}
}

// acknowledged is what the server said yes to.
type acknowledged struct {
	mu      sync.Mutex
	tickets map[string]bool // external ids
	answers map[string]bool // the words
	mails   map[string]bool // Message-IDs
	lines   map[string]bool // said in parts, by us and by those who were asked
	news    chan struct{}   // one for each, as long as somebody listens
	said    chan struct{}   // one for each answer
}

func (a *acknowledged) add(m map[string]bool, key string, bells ...chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m[key] = true
	for _, bell := range bells {
		select {
		case bell <- struct{}{}:
		default:
		}
	}
}

// some waits until the server has said yes so many times more, so that it is killed in the middle of work however fast the
// machine is; two seconds are enough for a server that was killed at a bad moment.
func some(yes <-chan struct{}, n int) {
	for len(yes) > 0 {
		<-yes
	}
	enough := time.After(2 * time.Second)
	for range n {
		select {
		case <-yes:
		case <-enough:
			return
		}
	}
}

func TestNothingAcknowledgedIsLostWhenTheServerIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	sink := servers.StartSink(t)
	d := &desk{tb: t, exe: servers.Hearth(t), data: t.TempDir(), sink: sink.Addr}
	if storetest.Postgres() {
		d.db = storetest.URL(t)
	}
	d.http = net.JoinHostPort("127.0.0.1", strconv.Itoa(servers.FreePort(t)))
	d.smtp = net.JoinHostPort("127.0.0.1", strconv.Itoa(servers.FreePort(t)))
	d.errand("a long enough pass phrase\n", "staff", "add", "--email", "anna@shop.example", "--name", "Anna", "--role", "owner", "--password-stdin")
	d.token = d.errand("", "token", "create", "--staff", "anna@shop.example", "--name", "test")
	d.errand("", "mailbox", "add", "--address", support, "--acknowledge", "--smtp", "smtp://"+sink.Addr)
	d.start()
	d.ready()

	a := &acknowledged{tickets: map[string]bool{}, answers: map[string]bool{}, mails: map[string]bool{}, lines: map[string]bool{}, news: make(chan struct{}, 64), said: make(chan struct{}, 64)}
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	for w := range 3 {
		load.Go(func() { d.write(ctx, a, w) })
	}
	load.Go(func() { d.mail(ctx, a) })
	asking, arrived := make(chan struct{}, 1), make(chan struct{}, 1)
	load.Go(func() { d.confer(ctx, a, asking) })
	load.Go(func() { d.answer(ctx, a, sink, arrived) })
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range kills {
		// A new server reads its lexicon before it takes the first answer; mails would have it killed before, each time.
		yes := a.news
		if i%4 == 0 {
			yes = a.said
		}
		some(yes, rnd.IntN(7))
		time.Sleep(time.Duration(rnd.IntN(20)) * time.Millisecond) // the moment is the point
		d.kill()
		d.start()
		d.ready()
		bell := asking
		if i%2 == 1 {
			bell = arrived
		}
		select {
		case bell <- struct{}{}:
		default: // they are still at it
		}
	}
	stop()
	load.Wait()
	check(t, d, a, sink)
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := d.cmd.Wait(); err != nil {
		t.Errorf("it did not stop well: %v", err)
	}
	if t.Failed() {
		_ = os.WriteFile(filepath.Join(os.TempDir(), "hearth-crash.log"), d.out.Bytes(), 0o600)
	}
}

// write opens tickets and answers them, every other one with a draft that leaves by itself.
func (d *desk) write(ctx context.Context, a *acknowledged, w int) {
	for n := 0; ctx.Err() == nil; n++ {
		key := fmt.Sprintf("w%d-%d", w, n)
		var tk struct{ ID string }
		in := map[string]any{"subject": "Load " + key, "from": map[string]string{"name": "C " + key, "email": fmt.Sprintf("c%d@example.com", n%50)}, "text": "Please help. " + word(key), "external_id": key}
		if !d.post(ctx, "/api/v1/tickets", "open "+key, in, &tk) {
			continue
		}
		a.add(a.tickets, key, a.news)
		if n%5 == 4 {
			continue // some wait for an answer to the end
		}
		words := "Answer to " + key + "."
		var m struct{ ID string }
		if n%2 == 1 {
			draft := "/api/v1/tickets/" + tk.ID + "/draft"
			if d.ask(ctx, http.MethodPut, draft, "", map[string]any{"kind": "reply", "text": words, "seen": 0}, &m) &&
				d.post(ctx, draft+"/send", "send "+key, map[string]any{"in": n % 4 / 2}, &m) {
				a.add(a.answers, words, a.news, a.said)
			}
			continue
		}
		if d.post(ctx, "/api/v1/tickets/"+tk.ID+"/replies", "answer "+key, map[string]string{"text": words}, &m) {
			a.add(a.answers, words, a.news, a.said)
		}
	}
}

// mail hands in mails by SMTP, each until the server says yes. Everybody writes once, so each is told once that it came.
func (d *desk) mail(ctx context.Context, a *acknowledged) {
	for n := 0; ctx.Err() == nil; n++ {
		id := fmt.Sprintf("m%d@example.net", n)
		raw := fmt.Appendf(nil, "From: M%d <m%d@example.net>\r\nTo: %s\r\nSubject: Mail %d\r\nMessage-ID: <%s>\r\n\r\nA mail.\r\n", n, n, support, n, id)
		if d.hand(ctx, "m@example.net", raw) {
			a.add(a.mails, id, a.news)
		}
	}
}

// hand hands in a mail until the server says yes.
func (d *desk) hand(ctx context.Context, from string, raw []byte) bool {
	for ctx.Err() == nil {
		c, err := smtp.Dial(d.smtp)
		if err == nil {
			err = c.SendMail(from, []string{support}, bytes.NewReader(raw))
			_ = c.Close()
		}
		if err == nil {
			return true
		}
		time.Sleep(10 * time.Millisecond) // the server is down
	}
	return false
}

// confer opens a ticket whenever it is rung, and asks two suppliers in it, in parts of their own; what is said in one begins
// with its name.
func (d *desk) confer(ctx context.Context, a *acknowledged, asking <-chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-asking:
		}
		key := fmt.Sprintf("p%d", n)
		var made struct{ ID string }
		in := map[string]any{"subject": "Load " + key, "from": map[string]string{"email": fmt.Sprintf("p%d@example.com", n%50)}, "text": "Please help. " + word(key), "external_id": key}
		if !d.post(ctx, "/api/v1/tickets", "open "+key, in, &made) {
			continue
		}
		a.add(a.tickets, key, a.news)
		for _, side := range []string{"x", "y"} {
			part, ticket := key+side, made.ID
			words := part + ": is it known? " + word(part)
			ask := map[string]any{"title": part, "kind": "supplier", "people": []map[string]string{{"email": part + "@supplier.example"}}, "text": words}
			var p struct{ ID string }
			if !d.post(ctx, "/api/v1/tickets/"+ticket+"/parts", "ask "+part, ask, &p) {
				continue
			}
			a.add(a.lines, words, a.news)
			more := part + ": one thing more."
			if d.post(ctx, "/api/v1/parts/"+p.ID+"/messages", "more "+part, map[string]any{"text": more}, &p) {
				a.add(a.lines, more, a.news)
			}
		}
	}
}

// answer is the suppliers answering by mail, each once and the mail that arrived last, whenever somebody looks into their mail.
func (d *desk) answer(ctx context.Context, a *acknowledged, sink *servers.Sink, arrived <-chan struct{}) {
	answered := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-arrived:
		}
		for _, mail := range sink.Mails() {
			part, asked := supplier(mail)
			if !asked || answered[part] || ctx.Err() != nil {
				continue
			}
			id, words := part+"@supplier.example", part+": yes, it is."
			raw := fmt.Appendf(nil, "From: <%s>\r\nTo: %s\r\nSubject: Re: %s\r\nMessage-ID: <re-%s>\r\nIn-Reply-To: %s\r\n\r\n%s\r\n", id, support, part, id, after(mail, "\nMessage-Id: "), words)
			if d.hand(ctx, id, raw) {
				answered[part] = true
				a.add(a.mails, "re-"+id)
				a.add(a.lines, words, a.news)
			}
		}
	}
}
