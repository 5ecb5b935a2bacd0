package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

var update = flag.Bool("update", false, "rewrite the golden parts of the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hearth": func() { os.Exit(Main()) }})
}

// The scripts of test/scripts are the stories of the product, told by its command line. Beside testscript's own commands
// they know: ask METHOD PATH [JSON], which asks the API of the server on the data folder, ready, which waits for it, usual,
// which makes sure that somebody has the receiver's usual port, and move DIR, after which the data lies in another folder (and
// database) with nothing in it. On PostgreSQL each script has a database of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "../../test/scripts", UpdateScripts: *update, RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HEARTH_DATA", filepath.Join(e.WorkDir, "data"))
			e.Setenv("HEARTH_LISTEN", "127.0.0.1:0")
			e.Setenv("HEARTH_SMTP_LISTEN", "127.0.0.1:0")
			if storetest.Postgres() {
				e.Setenv("HEARTH_DATABASE_URL", storetest.Empty(t))
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"ask": ask, "ready": ready, "usual": usual, "move": move(t)},
	})
}

func ask(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: ask METHOD PATH [JSON]")
	}
	var in, out any
	if len(args) > 2 {
		in = json.RawMessage(strings.Join(args[2:], " "))
	}
	err := with(context.Background(), app.Settings{Data: ts.Getenv("HEARTH_DATA"), DatabaseURL: ts.Getenv("HEARTH_DATABASE_URL"), Region: "DE", Version: "test"}, func(c *app.Client) error {
		return c.Do(context.Background(), args[0], args[1], in, &out)
	})
	switch {
	case err == nil && neg:
		ts.Fatalf("%v succeeded", args)
	case err != nil && !neg:
		ts.Fatalf("%v: %v", args, err)
	case err != nil:
		_, _ = ts.Stderr().Write([]byte(sentence(err) + "\n"))
		return
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	ts.Check(e.Encode(out))
	_, err = ts.Stdout().Write(b.Bytes())
	ts.Check(err)
}

func ready(ts *testscript.TestScript, _ bool, _ []string) {
	for range 1000 {
		if app.Running(context.Background(), app.Settings{Data: ts.Getenv("HEARTH_DATA")}) {
			return
		}
		time.Sleep(20 * time.Millisecond) // a process that starts rings no bell
	}
	ts.Fatalf("no server came up on %s", ts.Getenv("HEARTH_DATA"))
}

func usual(ts *testscript.TestScript, _ bool, _ []string) {
	if l, err := net.Listen("tcp", "127.0.0.1:2525"); err == nil { // else somebody else has it, which will do as well
		ts.Defer(func() { _ = l.Close() })
	}
}

func move(t *testing.T) func(ts *testscript.TestScript, neg bool, args []string) {
	t.Helper()
	return func(ts *testscript.TestScript, _ bool, args []string) {
		if len(args) != 1 {
			ts.Fatalf("usage: move DIR")
		}
		ts.Setenv("HEARTH_DATA", ts.MkAbs(args[0]))
		if storetest.Postgres() {
			ts.Setenv("HEARTH_DATABASE_URL", storetest.Empty(t))
		}
	}
}
