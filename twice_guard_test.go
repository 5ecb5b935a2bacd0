package hearth_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// once are verbs that are not tried twice at once, and why.
var once = map[string]string{
	"staff.Authenticate": "notes when somebody was last here, and a later note holds",
	"email.Fetch":        "runs to the end: what it does for each mail is tried, and nodes_test.go runs two of it",
	"email.Listen":       "runs to the end: what it does for each mail is tried",
	"email.Try":          "asks servers, and writes a token that was had anew only",
	"email.Rehearse":     "asks servers, and writes a token that was had anew only",
}

// untried finds the verbs of a room, its exported methods that write by themselves or by others of the room, which no test
// calls in a file that tries verbs twice at once (storetest.Twice). Sources are by file name.
func untried(sources map[string]string) (verbs int, faults []string, err error) {
	writes, calls, called := map[string]bool{}, map[string][]string{}, map[string]bool{}
	for name, text := range sources {
		tries := strings.HasSuffix(name, "_test.go")
		if tries && !strings.Contains(text, "storetest.Twice(") && !strings.Contains(text, "storetest.Both(") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			return 0, nil, err
		}
		for _, d := range f.Decls {
			do, ok := d.(*ast.FuncDecl)
			if !ok || do.Body == nil || !tries && receiver(do) != "Room" {
				continue
			}
			ast.Inspect(do.Body, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if tries {
					called[sel.Sel.Name] = true
				} else if in, ok := sel.X.(*ast.SelectorExpr); ok && sel.Sel.Name == "Write" && strings.EqualFold(in.Sel.Name, "db") {
					writes[do.Name.Name] = true
				} else if self, ok := sel.X.(*ast.Ident); ok && len(do.Recv.List[0].Names) > 0 && self.Name == do.Recv.List[0].Names[0].Name {
					calls[do.Name.Name] = append(calls[do.Name.Name], sel.Sel.Name)
				}
				return true
			})
		}
	}
	for more := true; more; {
		more = false
		for name, others := range calls {
			if !writes[name] && slices.ContainsFunc(others, func(o string) bool { return writes[o] }) {
				writes[name], more = true, true
			}
		}
	}
	for _, v := range slices.Sorted(maps.Keys(writes)) {
		if !ast.IsExported(v) || v == "Routes" {
			continue
		}
		verbs++
		if !called[v] {
			faults = append(faults, v)
		}
	}
	return verbs, faults, nil
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	t := f.Recv.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

func TestGuardEveryVerbIsTriedTwiceAtOnce(t *testing.T) {
	seen := 0
	for _, pattern := range []string{"rooms/*", "channels/*"} {
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range dirs {
			sources := map[string]string{}
			files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
			for _, name := range files {
				b, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				sources[name] = string(b)
			}
			verbs, faults, err := untried(sources)
			if err != nil {
				t.Error(err)
			}
			seen += verbs
			for _, v := range faults {
				if once[filepath.Base(dir)+"."+v] == "" {
					t.Errorf("%s: no test tries %s twice at once (storetest.Twice): who may be first?", dir, v)
				}
			}
		}
	}
	if seen < 60 {
		t.Errorf("only %d verbs were seen", seen)
	}
}

func TestTheGuardSeesAVerbThatIsNotTried(t *testing.T) {
	const room = "package tea\nfunc (room *Room) Pour() error { return room.db.Write(ctx, by, nil) }\nfunc (room *Room) Look() error { return room.db.Read(ctx, nil) }\n" +
		"func (room *Room) Fill() error { return room.fill() }\nfunc (room *Room) fill() error { return room.db.Write(ctx, by, nil) }\n"
	for test, want := range map[string]int{
		"package tea\nfunc TestTwice(t *testing.T) { storetest.Twice(t, func() { s.Pour(); s.Fill() }) }": 0,
		"package tea\nfunc TestTwice(t *testing.T) { storetest.Twice(t, func() { s.Look(); s.Fill() }) }": 1,
		"package tea\nfunc TestPour(t *testing.T) { s.Pour(); s.Fill() }":                                 2,
	} {
		verbs, faults, err := untried(map[string]string{"room.go": room, "room_test.go": test})
		if err != nil || verbs != 2 || len(faults) != want {
			t.Errorf("%s: %d verbs, %v, %v", test, verbs, faults, err)
		}
	}
}
