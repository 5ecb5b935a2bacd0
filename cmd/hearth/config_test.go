package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func parser(t *testing.T) *kong.Kong {
	t.Helper()
	p, err := newParser(&commands{}, &configs{}, terminal{}, func(int) { t.Error("it wanted to leave") })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Whoever starts Hearth from a unit file or a container has only variables, so every flag has one, and no two that mean
// different things share one: it is also their name in the configuration file.
func TestEveryFlagHasItsVariable(t *testing.T) {
	means := map[string]string{} // variable → flag and help
	commands := 0
	err := kong.Visit(parser(t).Model, func(v kong.Visitable, next kong.Next) error {
		switch v := v.(type) {
		case *kong.Command:
			commands++
		case *kong.Flag:
			switch {
			case v.Name == "help": // asks for words, sets nothing
			case len(v.Envs) != 1:
				t.Errorf("--%s has the variables %v and needs one", v.Name, v.Envs)
			case !strings.HasPrefix(v.Envs[0], variable):
				t.Errorf("--%s has the variable %s, which does not begin with %s", v.Name, v.Envs[0], variable)
			default:
				this := v.Name + ": " + v.Help
				if was, ok := means[v.Envs[0]]; ok && was != this {
					t.Errorf("%s means two things:\n%s\n%s", v.Envs[0], was, this)
				}
				means[v.Envs[0]] = this
			}
		}
		return next(nil)
	})
	if err != nil || commands < 15 || len(means) < 25 {
		t.Errorf("only %d commands with %d variables were seen: %v", commands, len(means), err)
	}
}

func TestAFlagGoesBeforeItsVariableBeforeTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hearth.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	listen := func(args ...string) string {
		t.Helper()
		var c commands
		p, err := newParser(&c, &configs{}, terminal{}, func(int) {})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Parse(append([]string{"demo", "--config", file}, args...)); err != nil {
			t.Fatal(err)
		}
		if c.Demo.Tickets != 7 || !c.Demo.NoServe || c.Demo.DatabaseURL != "postgres://h" {
			t.Errorf("numbers, switches or words of the file were passed over: %+v", c.Demo)
		}
		return c.Demo.Listen
	}
	write(`{"tickets": 7, "no_serve": true, "database-url": "postgres://h"}`)
	if got := listen(); got != "127.0.0.1:8080" {
		t.Errorf("without any word it listens on %s", got)
	}
	write(`{"tickets": 7, "noServe": true, "databaseURL": "postgres://h", "listen": "file:1"}`)
	if got := listen(); got != "file:1" {
		t.Errorf("the file says file:1, and it listens on %s", got)
	}
	t.Setenv("HEARTH_LISTEN", "variable:1")
	if got := listen(); got != "variable:1" {
		t.Errorf("the variable says variable:1, and it listens on %s", got)
	}
	if got := listen("--listen", "flag:1"); got != "flag:1" {
		t.Errorf("the flag says flag:1, and it listens on %s", got)
	}
}

func TestAFileThatCantBeUsedIsRefusedInOneSentence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hearth.json")
	for text, want := range map[string]string{
		`{"databse_url": "postgres://h"}`:      `There is no setting "databse_url", which ` + file + ` has; the nearest is "database_url".`,
		`{"config": "other.json"}`:             `There is no setting "config"`,
		`{"listen": "a:1", "Listen": "b:1"}`:   `twice`,
		`{"listen": "a:1"`:                     `are not one JSON object: unexpected EOF.`,
		`{"listen": "a:1"} {}`:                 `are not one JSON object: something follows them.`,
		``:                                     `are not one JSON object: the file is empty.`,
		`["listen"]`:                           `are not one JSON object`,
		`{"tickets": "many"}`:                  `--tickets`,
		`{"tickets": {"a": 1}, "listen": "x"}`: `--tickets`,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var errOut bytes.Buffer
		if code := run([]string{"demo", "--config", file}, nil, nil, &errOut); code != 2 || !strings.Contains(errOut.String(), want) {
			t.Errorf("%s: %d %s", text, code, errOut.String())
		}
		if strings.Count(errOut.String(), "\n") != 1 {
			t.Errorf("%s: more than one line: %s", text, errOut.String())
		}
	}
}
