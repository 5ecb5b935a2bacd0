package conference

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every fault of this room has its sentence in both languages of the workspace, and no sentence is left over.
func TestFaultsHaveWords(t *testing.T) {
	codes := map[string]bool{}
	code := regexp.MustCompile(`"(part\.[a-z_]+)", ?"`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range code.FindAllStringSubmatch(string(b), -1) {
			codes[m[1]] = true
		}
	}
	if len(codes) < 25 {
		t.Fatalf("only %d faults were seen", len(codes))
	}
	for _, language := range []string{"en", "de"} {
		b, err := os.ReadFile("../../web/src/rooms/conference/words." + language + ".json")
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
