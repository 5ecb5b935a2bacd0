package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/hearthdesk/hearth/base/fault"
)

// usualConfig is read when it is there, before the file of --config, which has the last word of the two.
const usualConfig = "/etc/hearth/config.json"

// variable begins the name of every environment variable; what follows names the setting in the configuration file.
const variable = "HEARTH_"

// configs are the configuration files of this run. A flag goes before its variable, and that before these.
type configs struct{ names []string }

// configFile is the flag that names one.
type configFile string

// BeforeResolve reads the file, once every flag and variable has been read and none has been weighed.
func (configFile) BeforeResolve(ctx *kong.Context, trace *kong.Path, c *configs) error {
	name, ok := ctx.FlagValue(trace.Flag).(configFile)
	if !ok || name == "" {
		return nil
	}
	r, err := c.read(kong.ExpandPath(string(name)))
	if err != nil {
		return err
	}
	ctx.AddResolver(r)
	return nil
}

// usual is the file that need not be there.
func (c *configs) usual() (kong.Resolver, error) {
	r, err := c.read(usualConfig)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) { // whoever may not read it runs no server from it
		return settings{}, nil
	}
	return r, err
}

func (c *configs) read(name string) (kong.Resolver, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, errors.Join(fault.New(fault.Invalid, "config.unreadable", "The settings can't be read: %v.", err), err)
	}
	defer f.Close()
	s := settings{name: name, values: map[string]any{}}
	var given map[string]any
	d := json.NewDecoder(f)
	d.UseNumber()
	if err = d.Decode(&given); err == nil && d.More() {
		err = errors.New("something follows them")
	} else if errors.Is(err, io.EOF) {
		err = errors.New("the file is empty")
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "config.malformed", "The settings in %s are not one JSON object: %v.", name, err)
	}
	for key, v := range given {
		if n, ok := v.(json.Number); ok {
			v = n.String()
		}
		if s.values[plain(key)] != nil {
			return nil, fault.New(fault.Invalid, "config.twice", "The settings in %s say %q twice.", name, key)
		}
		s.values[plain(key)] = v
		s.keys = append(s.keys, key)
	}
	slices.Sort(s.keys)
	c.names = append(c.names, name)
	return s, nil
}

// settings are what one file says.
type settings struct {
	name   string
	keys   []string       // as they are written
	values map[string]any // by plain key
}

// Resolve gives a flag the file's value, unless the environment has one.
func (s settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, v := range flag.Envs {
		if _, ok := os.LookupEnv(v); ok {
			return nil, nil //nolint:nilnil // kong's way to say: nothing from here
		}
	}
	return s.values[plain(setting(flag))], nil
}

// Validate refuses a key that is no setting, so that one with a slip in it is not passed over in silence.
func (s settings) Validate(app *kong.Application) error {
	var known []string
	err := kong.Visit(app, func(v kong.Visitable, next kong.Next) error {
		if f, ok := v.(*kong.Flag); ok && setting(f) != "" {
			known = append(known, setting(f))
		}
		return next(nil)
	})
	slices.Sort(known)
	for _, key := range s.keys {
		if !slices.ContainsFunc(known, func(k string) bool { return plain(k) == plain(key) }) {
			near := slices.MinFunc(known, func(a, b string) int { return apart(plain(a), plain(key)) - apart(plain(b), plain(key)) })
			return fault.New(fault.Invalid, "config.unknown", "There is no setting %q, which %s has; the nearest is %q.", key, s.name, near)
		}
	}
	return err
}

// setting is what a flag is called in the configuration file: its variable without HEARTH_, in lower case.
func setting(f *kong.Flag) string {
	if len(f.Envs) == 0 || f.Name == "config" {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(f.Envs[0], variable))
}

// plain lets a key be written as database_url, database-url or databaseURL.
func plain(key string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(key))
}

// apart is how many letters must be put, taken or changed to get from a to b (Levenshtein).
func apart(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, before+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// newParser is the command line; exit hears the code when it answers by itself, as it does for --help.
func newParser(c *commands, files *configs, t terminal, exit func(int), options ...kong.Option) (*kong.Kong, error) {
	usual, err := files.usual()
	if err != nil {
		return nil, err
	}
	p, err := kong.New(c, append(options, kong.Name("hearth"), kong.Description("The customer service platform that makes customers come back."),
		kong.Resolvers(usual), kong.Writers(t.out, t.err), kong.Exit(exit), kong.Bind(t, files))...)
	if err != nil {
		return nil, fmt.Errorf("the command line: %w", err)
	}
	return p, nil
}
