// Package hearth_test keeps the house in shape: who may know whom, who owns which table, how big a room may grow.
package hearth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rooms from the ground up, with the nouns each owns. A room knows only rooms above it in this list.
// Moving a room or adding one is an architecture decision: write an ADR.
var rooms = []struct {
	name  string
	nouns []string
}{
	{"staff", []string{"staff", "teams", "roles", "tokens", "sessions"}},
	{"hours", []string{"calendars"}},
	{"people", []string{"customers", "companies", "purchases"}},
	{"lexicon", []string{"lexicon"}},
	{"tickets", []string{"tickets", "messages", "notes", "drafts", "views", "macros"}},
	{"clocks", []string{"targets", "clocks"}},
	{"recovery", []string{"complaints", "remedies", "refusals", "approvals", "authority", "ledger"}},
	{"promises", []string{"promises"}},
	{"conference", []string{"parts"}},
}

// channels own nouns too; they know every room and no other channel.
var channels = map[string][]string{"email": {"mail"}, "portal": {"my", "my_links"}, "tell": {"tell"}, "push": {}}

// base packages own the tables and paths that belong to no room.
var floor = map[string][]string{
	"store": {"meta", "counters", "journal", "followers", "stuck", "leases", "claims", "migration"}, "web": {"web"}, "due": {"due"}, "search": {"search"},
	"live": {"live"}, "push": {"push"},
}

// doors are paths that belong to the house as a whole.
var doors = []string{"setup", "me", "journal", "live", "search", "health", "followers", "due", "events"}

const (
	maxFile    = 600 // lines, tests not counted; raised only by an ADR
	maxPackage = 4000
)

type pkg struct {
	ImportPath, Dir, Doc string
	Imports, GoFiles     []string
	files                map[string]string // .go (no tests) and migrations/*.sql
}

func module(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(string(b), "module "), "\n")
	return name
}

func packages(t *testing.T) (all []pkg) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,Doc,Imports,GoFiles", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) == 0 {
			continue
		}
		p.files = map[string]string{}
		sqls, _ := filepath.Glob(filepath.Join(p.Dir, "migrations", "*.sql"))
		for _, f := range p.GoFiles {
			sqls = append(sqls, filepath.Join(p.Dir, f))
		}
		for _, f := range sqls {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			p.files[filepath.Base(f)] = string(b)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatal("no packages found: a guard that sees nothing guards nothing")
	}
	return all
}

// place splits ‹module›/rooms/tickets/x into "rooms" and "tickets".
func place(mod, path string) (wing, name string) {
	parts := strings.SplitN(strings.TrimPrefix(strings.TrimPrefix(path, mod), "/"), "/", 3)
	if len(parts) < 2 {
		return parts[0], ""
	}
	return parts[0], parts[1]
}

func rank(room string) int {
	for i, r := range rooms {
		if r.name == room {
			return i
		}
	}
	return -1
}

// may says whether from may import to, and if not, why.
func may(mod, from, to string) string {
	fw, fn := place(mod, from)
	tw, tn := place(mod, to)
	switch {
	case fw == tw && fn == tn, fw == "app", fw == "cmd", fw == "test", fw == "":
		return ""
	case fw == "base" && tw != "base":
		return "the ground floor knows nobody above it"
	case tw == "base", tw == "web" && (fw == "app" || fw == "rooms"):
		return ""
	case fw == "rooms" && tw == "rooms":
		switch {
		case rank(fn) < 0, rank(tn) < 0:
			return "a room without a rank: add it to the table"
		case rank(tn) >= rank(fn):
			return "calls go down, events go up: follow its journal instead"
		}
		return ""
	case fw == "channels" && tw == "rooms":
		return ""
	default:
		return fw + " does not know " + tw
	}
}

func strangers(mod string, all []pkg) (faults []string) {
	for _, p := range all {
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, mod+"/") {
				if why := may(mod, p.ImportPath, imp); why != "" {
					faults = append(faults, fmt.Sprintf("%s imports %s: %s", p.ImportPath, imp, why))
				}
			}
		}
	}
	return faults
}

var (
	makes    = regexp.MustCompile(`(?i)create\s+(?:virtual\s+)?table\s+(?:if\s+not\s+exists\s+)?([a-z_0-9]+)`)
	uses     = regexp.MustCompile(`(?i)\b(?:from|join|into|update|table)\s+([a-z_0-9]+)`)
	quoted   = regexp.MustCompile("`[^`]*`|\"(?:[^\"\\\\\n]|\\\\.)*\"")
	kind     = regexp.MustCompile(`Kind\(\) string\s*{ return "([a-z_]+)\.`)
	path     = regexp.MustCompile(`Path:\s*"/([a-z_0-9]+)(?:/\{[a-z]+\}/([a-z_0-9]+))?`)
	isSQL    = regexp.MustCompile(`(?i)\b(select|insert|update|delete|create|alter|drop)\b`)
	lineNote = regexp.MustCompile(`(?m)//.*$`)
)

// sql is what a file says to the database: all of a migration, the string literals of Go.
func sql(name, text string) string {
	if strings.HasSuffix(name, ".sql") {
		return text
	}
	var b strings.Builder
	for _, lit := range quoted.FindAllString(lineNote.ReplaceAllString(text, ""), -1) {
		if isSQL.MatchString(lit) {
			b.WriteString(lit + "\n")
		}
	}
	return b.String()
}

func nounsOf(mod, path string) []string {
	wing, name := place(mod, path)
	switch wing {
	case "rooms":
		if i := rank(name); i >= 0 {
			return rooms[i].nouns
		}
	case "channels":
		return channels[name]
	case "base":
		return floor[name]
	}
	return nil
}

func belongs(noun string, nouns []string) bool {
	return slices.ContainsFunc(nouns, func(n string) bool { return noun == n || strings.HasPrefix(noun, n+"_") })
}

// beneath says whether the second noun of a path is one's own, as in /tickets/{id}/complaint: what a room keeps about
// another's thing may be asked for there.
func beneath(nouns []string, second string) bool {
	return second != "" && (slices.Contains(nouns, second) || slices.Contains(nouns, second+"s"))
}

// property finds tables, events and paths in the wrong hands; tables is how many it saw.
func property(mod string, all []pkg) (faults []string, tables int) {
	owner := map[string]string{}
	for _, p := range all {
		for name, text := range p.files {
			for _, m := range makes.FindAllStringSubmatch(sql(name, text), -1) {
				table := strings.ToLower(m[1])
				if has, ok := owner[table]; ok && has != p.ImportPath {
					faults = append(faults, fmt.Sprintf("%s and %s both make table %s", has, p.ImportPath, table))
				}
				owner[table] = p.ImportPath
				if !belongs(table, nounsOf(mod, p.ImportPath)) {
					faults = append(faults, fmt.Sprintf("%s makes table %s: its name begins with no noun of that room", p.ImportPath, table))
				}
			}
		}
	}
	for _, p := range all {
		wing, _ := place(mod, p.ImportPath)
		for _, name := range slices.Sorted(maps.Keys(p.files)) {
			for _, m := range uses.FindAllStringSubmatch(sql(name, p.files[name]), -1) {
				if o := owner[strings.ToLower(m[1])]; o != "" && !sameRoom(mod, o, p.ImportPath) && wing != "test" && !shared[strings.ToLower(m[1])] {
					faults = append(faults, fmt.Sprintf("%s/%s touches table %s of %s: ask its door", p.ImportPath, name, m[1], o))
				}
			}
			if wing != "rooms" && wing != "channels" {
				continue
			}
			for _, m := range kind.FindAllStringSubmatch(p.files[name], -1) {
				if !slices.Contains(nounsOf(mod, p.ImportPath), m[1]) {
					faults = append(faults, fmt.Sprintf("%s/%s has an event of %q, which is no noun of that room", p.ImportPath, name, m[1]))
				}
			}
			for _, m := range path.FindAllStringSubmatch(p.files[name], -1) {
				if nouns := nounsOf(mod, p.ImportPath); !slices.Contains(nouns, m[1]) && !slices.Contains(doors, m[1]) && !beneath(nouns, m[2]) {
					faults = append(faults, fmt.Sprintf("%s/%s serves /%s, which is no noun of that room", p.ImportPath, name, m[1]))
				}
			}
		}
	}
	return faults, len(owner)
}

// sameRoom says whether two packages are one room, such as base/store and base/store/storetest.
func sameRoom(mod, a, b string) bool {
	aw, an := place(mod, a)
	bw, bn := place(mod, b)
	return aw == bw && an == bn
}

// shared tables are there to be used by every room: counters hands out numbers.
var shared = map[string]bool{"counters": true}

func sizes(all []pkg) (faults []string) {
	for _, p := range all {
		if p.Doc == "" {
			faults = append(faults, p.ImportPath+" has no package comment")
		}
		sum := 0
		for f, text := range p.files {
			if !strings.HasSuffix(f, ".go") || strings.Contains(text, "// Code generated") {
				continue
			}
			n := strings.Count(text, "\n")
			sum += n
			if n > maxFile {
				faults = append(faults, fmt.Sprintf("%s/%s is %d lines; %d is enough", p.ImportPath, f, n, maxFile))
			}
		}
		if sum > maxPackage {
			faults = append(faults, fmt.Sprintf("%s is %d lines; find the second room inside it", p.ImportPath, sum))
		}
		if _, name := filepath.Split(p.ImportPath); slices.Contains([]string{"internal", "pkg", "utils", "util", "common", "models", "helpers", "types", "manager", "service"}, name) {
			faults = append(faults, p.ImportPath+" is named after nothing the company does")
		}
	}
	return faults
}

func TestTheHouseIsInShape(t *testing.T) {
	mod, all := module(t), packages(t)
	owned, tables := property(mod, all)
	for _, f := range slices.Concat(strangers(mod, all), owned, sizes(all)) {
		t.Error(f)
	}
	if tables == 0 {
		t.Error("no tables found: a guard that sees nothing guards nothing")
	}
}

// A guard that has not been seen to fail guards nothing: each planted fault must be found, and the innocent twin must not.
func TestTheGuardSeesPlantedFaults(t *testing.T) {
	const mod = "example.org/house"
	at := func(path string) pkg {
		return pkg{ImportPath: mod + "/" + path, Doc: "says what it is", files: map[string]string{}}
	}
	with := func(p pkg, name, text string) pkg {
		p.files[name] = text
		return p
	}
	imports := func(p pkg, to string) pkg {
		p.Imports = []string{mod + "/" + to}
		return p
	}
	ticketTable := with(at("rooms/tickets"), "00001_tickets.sql", "create table tickets (id BIGINT)")
	for name, tc := range map[string]struct {
		house []pkg
		want  string
	}{
		"a room that calls up":               {[]pkg{imports(at("rooms/staff"), "rooms/tickets")}, "calls go down"},
		"a room that calls down":             {[]pkg{imports(at("rooms/tickets"), "rooms/staff")}, ""},
		"a room without a rank":              {[]pkg{imports(at("rooms/attic"), "rooms/staff")}, "without a rank"},
		"base that knows a room":             {[]pkg{imports(at("base/store"), "rooms/staff")}, "ground floor"},
		"a room that knows a channel":        {[]pkg{imports(at("rooms/tickets"), "channels/email")}, "rooms does not know channels"},
		"a channel that knows another":       {[]pkg{imports(at("channels/email"), "channels/chat")}, "channels does not know channels"},
		"a room that knows app":              {[]pkg{imports(at("rooms/tickets"), "app")}, "rooms does not know app"},
		"another room's table":               {[]pkg{ticketTable, with(at("rooms/clocks"), "store.go", "x := `select id\nfrom tickets`")}, "ask its door"},
		"another room's table in lower case": {[]pkg{ticketTable, with(at("rooms/clocks"), "store.go", "x := \"update Tickets set id = 1\"")}, "ask its door"},
		"its own table":                      {[]pkg{with(ticketTable, "store.go", "x := `SELECT id FROM tickets`")}, ""},
		"a word in a comment":                {[]pkg{with(at("rooms/tickets"), "00001_tickets.sql", "create table tickets (id BIGINT)"), with(at("rooms/clocks"), "store.go", "// we select from tickets\n")}, ""},
		"a table of a strange name":          {[]pkg{with(at("rooms/tickets"), "00001_x.sql", "CREATE TABLE IF NOT EXISTS chairs (id BIGINT)")}, "no noun of that room"},
		"an event of another room":           {[]pkg{with(at("rooms/clocks"), "events.go", `func (X) Kind() string { return "tickets.opened" }`)}, "no noun of that room"},
		"a path of another room":             {[]pkg{with(at("rooms/clocks"), "http.go", `Path: "/tickets/{id}"`)}, "serves /tickets"},
		"a path beneath another room's":      {[]pkg{with(at("rooms/recovery"), "http.go", `Path: "/tickets/{id}/complaint"`)}, ""},
		"a strange path beneath another's":   {[]pkg{with(at("rooms/clocks"), "http.go", `Path: "/tickets/{id}/complaint"`)}, "serves /tickets"},
		"a file that is too long":            {[]pkg{with(at("rooms/tickets"), "room.go", strings.Repeat("\n", maxFile+1))}, "is enough"},
		"a package that is too big":          {[]pkg{with(with(with(with(with(with(with(at("rooms/tickets"), "a.go", lines), "b.go", lines), "c.go", lines), "d.go", lines), "e.go", lines), "f.go", lines), "g.go", lines)}, "second room"},
		"no package comment":                 {[]pkg{{ImportPath: mod + "/rooms/tickets"}}, "no package comment"},
		"a package named utils":              {[]pkg{at("base/utils")}, "named after nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			owned, _ := property(mod, tc.house)
			got := strings.Join(slices.Concat(strangers(mod, tc.house), owned, sizes(tc.house)), "\n")
			if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
				t.Errorf("found %q; want %q", got, tc.want)
			}
		})
	}
}

var lines = strings.Repeat("\n", maxFile-1)
