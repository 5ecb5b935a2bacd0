// Command withpg runs a command beside a PostgreSQL server of its own: a fresh cluster in a temporary folder, on a free
// port of 127.0.0.1, stopped and removed afterwards. HEARTH_TEST_PG tells the command where it is. The server is quick rather
// than safe, most of all with a TMPDIR in memory; HEARTH_PG_OPTIONS ("-c fsync=on …") makes it otherwise.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpg:", err)
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	if len(args) == 0 {
		return 2, errors.New("usage: withpg COMMAND…")
	}
	bin := programs()
	if bin == "" {
		return 3, errors.New("PostgreSQL's server programs are not installed (Debian: postgresql)")
	}
	options := os.Getenv("HEARTH_PG_OPTIONS")
	dir, err := os.MkdirTemp("", "hearth-pg-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	as, err := owner(dir)
	if err != nil {
		return 1, err
	}
	data := filepath.Join(dir, "data")
	if err := quiet(as, filepath.Join(bin, "initdb"), "-D", data, "-U", "hearth", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"); err != nil {
		return 1, err
	}
	port, err := freePort()
	if err != nil {
		return 1, err
	}
	settings := fmt.Sprintf("-p %d -k %s -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c jit=off -c shared_buffers=256MB", port, dir)
	settings += " " + options // the last one counts
	if err := quiet(as, filepath.Join(bin, "pg_ctl"), "-D", data, "-l", filepath.Join(dir, "log"), "-o", settings, "-w", "start"); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		return 1, fmt.Errorf("%w\n%s", err, log)
	}
	defer func() {
		err = errors.Join(err, quiet(as, filepath.Join(bin, "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop"))
	}()
	signal.Ignore(os.Interrupt) // the command gets it too and ends; the server is stopped after it
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "HEARTH_TEST_DB=postgres", fmt.Sprintf("HEARTH_TEST_PG=postgres://hearth@127.0.0.1:%d/postgres?sslmode=disable", port))
	if err := cmd.Run(); err != nil {
		if x, ok := errors.AsType[*exec.ExitError](err); ok {
			return x.ExitCode(), nil
		}
		return 1, err
	}
	return 0, nil
}

// programs finds the newest initdb: in the PATH, or where Debian keeps one folder a version.
func programs() string {
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p)
	}
	all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	best, at := 0, ""
	for _, p := range all {
		if v, _ := strconv.Atoi(strings.Split(p, "/")[4]); v > best {
			best, at = v, filepath.Dir(p)
		}
	}
	return at
}

// owner gives the folder to an ordinary user when we are root, because PostgreSQL refuses to run as root.
func owner(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(err1, err2, os.Chown(dir, int(uid), int(gid))); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

func quiet(as *syscall.SysProcAttr, name string, args ...string) error {
	var out bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = "/", as, &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, out.String())
	}
	return nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	_, p, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(p)
}
