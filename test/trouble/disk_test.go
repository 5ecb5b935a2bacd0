package trouble_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/hearthdesk/hearth/test/servers"
)

// without skips what this machine can't show, and is red where a missing part is.
func without(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// mount makes a small file system of its own, which needs root's rights.
func mount(t *testing.T, kind string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		without(t, "only root can mount a small disk")
	}
	at := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(at, 0o700); err != nil {
		t.Fatal(err)
	}
	commands := [][]string{{"mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", at}}
	if kind == "ext4" {
		if _, err := exec.LookPath("mkfs.ext4"); err != nil {
			servers.Missing(t, "mkfs.ext4")
		}
		image := at + ".image"
		commands = [][]string{
			{"truncate", "-s", "32M", image},
			{"mkfs.ext4", "-q", "-m", "0", image},
			{"mount", "-o", "loop", image, at},
		}
	}
	for _, c := range commands {
		if out, err := exec.Command(c[0], c[1:]...).CombinedOutput(); err != nil {
			without(t, fmt.Sprintf("this machine makes no small disk (%v): %s", c, out))
		}
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", at).CombinedOutput(); err != nil {
			t.Errorf("umount: %v\n%s", err, out)
		}
	})
	return at
}

// fill takes all room that is left, down to the last byte.
func fill(t *testing.T, disk string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(disk, "ballast"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
	_ = f.Sync() // so that what was promised is taken, too
}

// tally is what was acknowledged and what was refused.
type tally struct {
	mu             sync.Mutex
	tickets, mails []string
	refused        map[string]int // sentences and SMTP codes
}

func (y *tally) count(kind string) int {
	y.mu.Lock()
	defer y.mu.Unlock()
	switch kind {
	case "tickets":
		return len(y.tickets)
	case "mails":
		return len(y.mails)
	}
	n := 0
	for say, times := range y.refused {
		if strings.HasPrefix(say, kind) {
			n += times
		}
	}
	return n
}

// press opens tickets and hands in mails, each once, until stop is closed.
func (y *tally) press(t *testing.T, d *desk, stop <-chan struct{}) (wait func()) {
	t.Helper()
	var crew sync.WaitGroup
	each := func(name string, do func(key string)) {
		crew.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
					do(fmt.Sprintf("%s%d", name, n))
				}
			}
		})
	}
	for _, w := range []string{"a", "b"} {
		each(w, func(key string) {
			s, err := d.open(key)
			if err != nil {
				t.Error(err)
				return
			}
			say := ""
			if s.status != http.StatusCreated {
				say = fmt.Sprintf("HTTP %d %s", s.status, s.problem(t))
			}
			y.mu.Lock()
			defer y.mu.Unlock()
			if say == "" {
				y.tickets = append(y.tickets, key)
			} else {
				y.refused[say]++
			}
		})
	}
	each("mail", func(key string) {
		id := key + "@example.net"
		err := d.hand(id)
		y.mu.Lock()
		defer y.mu.Unlock()
		if refusal, ok := errors.AsType[*smtp.SMTPError](err); ok {
			y.refused[fmt.Sprintf("SMTP %d %s", refusal.Code, refusal.Message)]++
		} else if err != nil {
			t.Error(err)
		} else {
			y.mails = append(y.mails, id)
		}
	})
	return crew.Wait
}

func TestAFullDiskIsSaidAndHealsByItself(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"tmpfs", "ext4"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			disk := mount(t, kind)
			d := furnish(t, filepath.Join(disk, "data"))
			part := d.confer(t)
			y := &tally{refused: map[string]int{}}
			stop := make(chan struct{})
			wait := y.press(t, d, stop)
			d.until("work goes on", func() bool { return y.count("tickets") > 20 && y.count("mails") > 5 })
			for range 2 { // it happens again
				httpBefore, smtpBefore := y.count("HTTP"), y.count("SMTP")
				d.until("the disk is full", func() bool {
					fill(t, disk)
					return y.count("HTTP") > httpBefore+10 && y.count("SMTP") > smtpBefore+3
				})
				if s := d.get("/api/v1/tickets", nil); s != http.StatusOK {
					t.Errorf("reading on a full disk: %d", s)
				}
				upload, err := d.ask(http.MethodPost, "/api/v1/messages/files", strings.Repeat("x", 100<<10))
				if err != nil || upload.status != http.StatusInsufficientStorage || !strings.HasPrefix(upload.problem(t), "There is no room left where files are kept") {
					t.Errorf("an upload to a full disk: %d %s, %v", upload.status, upload.body, err)
				}
				line, err := d.ask(http.MethodPost, "/api/v1/parts/"+part+"/messages", `{"text":"`+strings.Repeat("word ", 30<<10)+`"}`)
				if err != nil || line.status != http.StatusServiceUnavailable || !strings.HasPrefix(line.problem(t), "The disk is full, so nothing can be saved.") {
					t.Errorf("a line in a part on a full disk: %d %s, %v", line.status, line.body, err)
				}
				if err := os.Remove(filepath.Join(disk, "ballast")); err != nil {
					t.Fatal(err)
				}
				tickets, mails := y.count("tickets"), y.count("mails")
				d.until("it goes on by itself once there is room", func() bool { return y.count("tickets") > tickets+10 && y.count("mails") > mails+3 })
				if line, err := d.ask(http.MethodPost, "/api/v1/parts/"+part+"/messages", `{"text":"One thing more."}`); err != nil || line.status != http.StatusCreated {
					t.Errorf("a line in a part once there is room: %d %s, %v", line.status, line.body, err)
				}
			}
			close(stop)
			wait()
			for say := range y.refused {
				if !strings.HasPrefix(say, "HTTP 503 The disk is full, so nothing can be saved.") && !strings.HasPrefix(say, "SMTP 452 ") {
					t.Errorf("refused as: %s", say)
				}
			}
			t.Logf("%d tickets and %d mails acknowledged; refused: %v", len(y.tickets), len(y.mails), y.refused)
			d.verify(t, y)
			d.stop()
			d.start()
			d.verify(t, y)
			var p struct{ Messages []struct{ Text string } }
			if s := d.get("/api/v1/parts/"+part, &p); s != http.StatusOK || len(p.Messages) != 3 || p.Messages[0].Text != "Is it known?" || p.Messages[2].Text != "One thing more." {
				t.Errorf("in the part, where three lines were acknowledged, are %d: %d", len(p.Messages), s)
			}
		})
	}
}

// confer asks a supplier in a part of a ticket.
func (d *desk) confer(t *testing.T) (part string) {
	t.Helper()
	made := func(path, body string) string {
		t.Helper()
		s, err := d.ask(http.MethodPost, path, body)
		var m struct{ ID string }
		if err = errors.Join(err, json.Unmarshal([]byte(s.body), &m)); err != nil || s.status != http.StatusCreated {
			t.Fatalf("%s: %d %s, %v", path, s.status, s.body, err)
		}
		return m.ID
	}
	ticket := made("/api/v1/tickets", `{"subject":"A lamp","from":{"email":"ada@example.com"},"text":"It broke.","external_id":"lamp"}`)
	return made("/api/v1/tickets/"+ticket+"/parts", `{"title":"Lamp 17","kind":"supplier","people":[{"email":"orders@smith.example"}],"text":"Is it known?"}`)
}

// verify compares what was acknowledged with what is there.
func (d *desk) verify(t *testing.T, y *tally) {
	t.Helper()
	tickets, mails := d.there()
	for _, key := range y.tickets {
		if tickets[key] != 1 {
			t.Errorf("ticket %s is there %d times", key, tickets[key])
		}
	}
	for _, id := range y.mails {
		if mails[id] != 1 {
			t.Errorf("the mail of %s is there %d times", id, mails[id])
		}
	}
	var parked struct{ Items []struct{ ID, Why string } }
	if s := d.get("/api/v1/parked", &parked); s != http.StatusOK || len(parked.Items) > 0 {
		t.Errorf("%d, parked: %v", s, parked.Items)
	}
	out, _, _ := d.run("", "doctor")
	if !strings.Contains(out, "well database") {
		t.Errorf("the doctor says:\n%s", out)
	}
}
