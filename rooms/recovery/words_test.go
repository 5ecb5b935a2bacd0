package recovery

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every fault of this room and the packages in it, and of the purchases that stand beside what is given, has its sentence in
// both languages of the workspace, and none is left over.
func TestFaultsHaveWords(t *testing.T) {
	codes := map[string]bool{}
	said := regexp.MustCompile(`fault\.(?:New\(fault\.\w+|Field\((?:"[^"]*"|\w+)), "([a-z_.]+)"`)
	files, err := filepath.Glob("*.go")
	inner, err2 := filepath.Glob("*/*.go")
	bought, err3 := filepath.Glob("../people/purchase*.go")
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Concat(files, inner, bought) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range said.FindAllStringSubmatch(string(b), -1) {
			codes[m[1]] = true
		}
	}
	delete(codes, "ticket.unknown") // of room tickets, and said in its words
	if len(codes) < 80 {
		t.Fatalf("only %d faults were seen", len(codes))
	}
	for _, language := range []string{"en", "de"} {
		b, err := os.ReadFile("../../web/src/rooms/recovery/words." + language + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]string
		if err := json.Unmarshal(b, &words); err != nil {
			t.Fatal(err)
		}
		for c := range codes {
			if words["base.fault."+c] == "" {
				t.Errorf("%s has no words in %s", c, language)
			}
		}
		for key := range words {
			if c, ok := strings.CutPrefix(key, "base.fault."); ok && !codes[c] {
				t.Errorf("nobody says %s in %s", c, language)
			}
		}
	}
}
