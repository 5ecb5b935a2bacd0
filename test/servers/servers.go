// Package servers starts the real mail servers that tests talk to: Dovecot for IMAP and Postfix's smtp-sink, each in a
// folder of its own, without root's rights, on a free port of 127.0.0.1, stopped when the test ends.
package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Missing skips a test that lacks a program, or fails it in continuous integration, where everything has to be there.
func Missing(tb testing.TB, what string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatal(what + " is missing; test/setup.sh installs it")
	}
	tb.Skip(what + " is missing; test/setup.sh installs it")
}

// Root is the project's folder.
func Root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for dir != "/" {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	tb.Fatal("no go.mod above the working folder")
	return ""
}

// Hearth is the program, built once for all tests of a run and again only when something of it changed.
func Hearth(tb testing.TB) string {
	tb.Helper()
	program.once.Do(func() { program.exe, program.err = build(filepath.Join(Root(tb), ".cache", "tests")) })
	if program.err != nil {
		tb.Fatal(program.err)
	}
	return program.exe
}

var program struct {
	once sync.Once
	exe  string
	err  error
}

func build(dir string) (exe string, err error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	turn, err := os.OpenFile(filepath.Join(dir, "hearth.turn"), os.O_CREATE|os.O_RDWR, 0o600) // one package at a time
	if err != nil {
		return "", err
	}
	defer turn.Close()
	if err := syscall.Flock(int(turn.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	exe = filepath.Join(dir, "hearth")
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", exe, "github.com/hearthdesk/hearth/cmd/hearth").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return exe, nil
}

// Corpora is the folder of real mails written by others; a test without them is skipped.
func Corpora(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("HEARTH_CORPORA")
	if dir == "" {
		dir = filepath.Join(Root(tb), "..", "shared", "corpora")
	}
	if _, err := os.Stat(dir); err != nil {
		tb.Skip("corpora are not here: " + dir)
	}
	return dir
}

// FreePort is a port of 127.0.0.1 that nobody listens on right now.
func FreePort(tb testing.TB) int {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	a, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		tb.Fatal("not a TCP address")
	}
	return a.Port
}

// ordinary is the user that servers run as when we are root.
func ordinary(tb testing.TB) (name string, uid, gid int) {
	tb.Helper()
	u, err := user.Current()
	if err == nil && u.Uid == "0" {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		tb.Fatal(err)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err := errors.Join(err1, err2); err != nil {
		tb.Fatal(err)
	}
	return u.Username, uid, gid
}

// folder makes a folder that belongs to the ordinary user. Its path is short, because sockets lie in it.
func folder(tb testing.TB) string {
	tb.Helper()
	_, uid, gid := ordinary(tb)
	dir, err := os.MkdirTemp("", "hrth") //nolint:usetesting // its path has to be short
	if err == nil {
		err = os.Chown(dir, uid, gid)
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// start runs a server as the ordinary user until stop is called or the test ends.
func start(tb testing.TB, dir string, env []string, name string, args ...string) (stop func()) {
	tb.Helper()
	var out bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.Env = dir, &out, &out, append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() == 0 {
		_, uid, gid := ordinary(tb)
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	var stopped atomic.Bool
	stop = func() {
		if stopped.Swap(true) {
			return
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) // it may have ended already
		done := make(chan struct{})
		go func() { _ = cmd.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-done
		}
	}
	tb.Cleanup(func() {
		stop()
		if tb.Failed() {
			tb.Logf("%s said:\n%s", filepath.Base(name), out.String())
		}
	})
	return stop
}

// await waits until something accepts connections.
func await(tb testing.TB, at string) {
	tb.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		c, err := (&net.Dialer{}).DialContext(tb.Context(), "tcp", at)
		if err == nil {
			_ = c.Close()
			return
		}
		if time.Now().After(deadline) {
			tb.Fatalf("nothing listens at %s: %v", at, err)
		}
		time.Sleep(20 * time.Millisecond) // a server that starts rings no bell
	}
}

// Dovecot is an IMAP server with one mailbox per user; every password is "secret".
type Dovecot struct {
	Addr string // 127.0.0.1:port of IMAP
	dir  string
	lmtp string
	args []string
	tb   testing.TB
	stop func()
}

const dovecotConf = `
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = %[2]s
default_login_user = %[2]s
default_internal_group = %[3]s
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:%[1]s/mail/%%u
mail_fsync = never
mail_uid = %[2]s
mail_gid = %[3]s
auth_mechanisms = plain login xoauth2
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=%[2]s gid=%[3]s home=%[1]s/home/%%u
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  service_count = 0
  inet_listener imap {
    port = %[4]d
  }
  inet_listener imaps {
    port = 0
  }
}
service imap {
  service_count = 1000
}
service lmtp {
  unix_listener lmtp {
    mode = 0666
  }
}
mail_max_userip_connections = 100
protocol lmtp {
  mail_plugins =
}
namespace inbox {
  inbox = yes
  mailbox Sent {
    special_use = \Sent
    auto = create
  }
}
`

// StartDovecot starts one; more are further lines of its configuration.
func StartDovecot(tb testing.TB, more ...string) *Dovecot {
	tb.Helper()
	exe := find("dovecot", "/usr/sbin/dovecot")
	if exe == "" || find("", "/usr/lib/dovecot/imap") == "" || find("", "/usr/lib/dovecot/lmtp") == "" {
		Missing(tb, "Dovecot")
	}
	name, _, gid := ordinary(tb)
	group, err := user.LookupGroupId(strconv.Itoa(gid))
	if err != nil {
		tb.Fatal(err)
	}
	dir, port := folder(tb), FreePort(tb)
	conf := filepath.Join(dir, "dovecot.conf")
	text := fmt.Sprintf(dovecotConf, dir, name, group.Name, port) + strings.Join(more, "\n") + "\n"
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
	d := &Dovecot{Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), dir: dir, lmtp: filepath.Join(dir, "run", "lmtp"), args: []string{exe, "-F", "-c", conf}, tb: tb}
	d.Start()
	tb.Cleanup(func() {
		if tb.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			tb.Logf("the end of Dovecot's log:\n%s", log[max(0, len(log)-8000):])
		}
	})
	return d
}

// Start starts the server, again after Stop.
func (d *Dovecot) Start() {
	d.tb.Helper()
	d.stop = start(d.tb, d.dir, nil, d.args[0], d.args[1:]...)
	await(d.tb, d.Addr)
}

// LMTP is the socket where mails are delivered.
func (d *Dovecot) LMTP() string { return d.lmtp }

// Stop ends the server; its mails stay.
func (d *Dovecot) Stop() { d.stop() }

// Renumber gives every folder of a user a new UIDVALIDITY, as servers do that were restored or moved; its mails stay.
func (d *Dovecot) Renumber(user string) {
	d.tb.Helper()
	d.Stop()
	err := filepath.WalkDir(filepath.Join(d.dir, "mail", user), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasPrefix(e.Name(), "dovecot") {
			return err
		}
		return os.Remove(path)
	})
	if err != nil {
		d.tb.Fatal(err)
	}
	time.Sleep(time.Second) // the number is that of the second
	d.Start()
}

// Remove removes the mails of a folder behind the server's back, or with an own name the whole folder.
func (d *Dovecot) Remove(user, folder string) {
	d.tb.Helper()
	at := filepath.Join(d.dir, "mail", user, folder)
	if folder != "" {
		if err := os.RemoveAll(at); err != nil {
			d.tb.Fatal(err)
		}
		return
	}
	all, _ := filepath.Glob(filepath.Join(at, "*", "*.test*"))
	for _, f := range all {
		if err := os.Remove(f); err != nil {
			d.tb.Fatal(err)
		}
	}
}

// Deliver hands mails to a user's INBOX by LMTP (RFC 2033), byte for byte but for the line ends.
func (d *Dovecot) Deliver(user string, mails ...[]byte) {
	d.tb.Helper()
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "unix", d.lmtp)
	if err != nil {
		d.tb.Fatal(err)
	}
	c := textproto.NewConn(conn)
	defer c.Close()
	expect := func(code int) {
		d.tb.Helper()
		if _, _, err := c.ReadResponse(code); err != nil {
			d.tb.Fatal(err)
		}
	}
	say := func(code int, format string, args ...any) {
		d.tb.Helper()
		if err := c.PrintfLine(format, args...); err != nil {
			d.tb.Fatal(err)
		}
		expect(code)
	}
	expect(220)
	say(250, "LHLO test.example")
	for _, raw := range mails {
		say(250, "MAIL FROM:<sender@example.com>")
		say(250, "RCPT TO:<%s>", user)
		say(354, "DATA")
		w := c.DotWriter()
		if _, err := w.Write(raw); err != nil {
			d.tb.Fatal(err)
		}
		if err := w.Close(); err != nil {
			d.tb.Fatal(err)
		}
		expect(250)
	}
	say(221, "QUIT")
}

// Put lays mails into a folder as files, with exactly these bytes; the folder Sent is ".Sent".
func (d *Dovecot) Put(user, folder string, mails ...[]byte) {
	d.tb.Helper()
	_, uid, gid := ordinary(d.tb)
	dir := filepath.Join(d.dir, "mail", user, folder)
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o777); err != nil {
			d.tb.Fatal(err)
		}
	}
	for p := dir; strings.HasPrefix(p, filepath.Join(d.dir, "mail")); p = filepath.Dir(p) {
		_ = os.Chown(p, uid, gid) // needed and possible as root only
	}
	for _, sub := range []string{"cur", "new", "tmp"} {
		_ = os.Chown(filepath.Join(dir, sub), uid, gid)
	}
	for _, raw := range mails {
		name := fmt.Sprintf("%d.M%09dP1.test", time.Now().Unix(), serial.Add(1))
		tmp := filepath.Join(dir, "tmp", name)
		if err := os.WriteFile(tmp, raw, 0o666); err != nil {
			d.tb.Fatal(err)
		}
		_ = os.Chown(tmp, uid, gid)
		if err := os.Rename(tmp, filepath.Join(dir, "new", name)); err != nil {
			d.tb.Fatal(err)
		}
	}
}

var serial atomic.Int64

func find(name string, paths ...string) string {
	for _, p := range paths {
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	if name != "" {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}

// Sink is Postfix's smtp-sink, which takes every mail and keeps each as a file.
type Sink struct {
	Addr string
	dir  string
	tb   testing.TB
	Stop func()
}

// StartSink starts one; args are further ones of smtp-sink, such as -r to refuse.
func StartSink(tb testing.TB, args ...string) *Sink {
	tb.Helper()
	return StartSinkAt(tb, net.JoinHostPort("127.0.0.1", strconv.Itoa(FreePort(tb))), args...)
}

// StartSinkAt starts one at an address.
func StartSinkAt(tb testing.TB, at string, args ...string) *Sink {
	tb.Helper()
	base := filepath.Join(Root(tb), ".cache", "postfix")
	exe, libs := find("smtp-sink", filepath.Join(base, "usr/sbin/smtp-sink")), filepath.Join(base, "usr/lib/postfix")
	if exe == "" {
		Missing(tb, "smtp-sink")
	}
	dir := folder(tb)
	if os.Geteuid() == 0 { // the project's folder may be closed to the ordinary user
		exe, libs = copied(tb, dir, exe, libs)
	}
	s := &Sink{Addr: at, dir: dir, tb: tb}
	s.Stop = start(tb, dir, []string{"LD_LIBRARY_PATH=" + libs}, exe, append(args, "-d", filepath.Join(dir, "mail-%M."), at, "100")...)
	await(tb, at)
	return s
}

func copied(tb testing.TB, dir, exe, libs string) (string, string) {
	tb.Helper()
	all, _ := filepath.Glob(filepath.Join(libs, "*.so*"))
	for _, f := range append(all, exe) {
		b, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f)), b, 0o755); err != nil {
			tb.Fatal(err)
		}
	}
	return filepath.Join(dir, filepath.Base(exe)), dir
}

// Mails are those it has taken so far.
func (s *Sink) Mails() (all [][]byte) {
	s.tb.Helper()
	names, err := filepath.Glob(filepath.Join(s.dir, "mail-*"))
	if err != nil {
		s.tb.Fatal(err)
	}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			s.tb.Fatal(err)
		}
		if bytes.Contains(b, []byte("\n\n")) || bytes.Contains(b, []byte("\r\n\r\n")) { // not one that is being written
			all = append(all, b)
		}
	}
	return all
}

// Wait returns the mails once there are n of them.
func (s *Sink) Wait(n int) [][]byte {
	s.tb.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		if all := s.Mails(); len(all) >= n {
			return all
		} else if time.Now().After(deadline) {
			s.tb.Fatalf("%d mails arrived, not %d", len(all), n)
		}
		time.Sleep(20 * time.Millisecond) // smtp-sink rings no bell
	}
}
