package app_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Where a fault is told: its code, and the sentence with the places for its values.
var (
	told = regexp.MustCompile("\"([a-z_]+\\.[a-z_.]+)\", (?:Say: ?)?(\"[“A-Z%{](?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)")
	verb = regexp.MustCompile(`%[+#.\d]*[a-z]`)
	gap  = regexp.MustCompile(`\{(\d)\}`)
)

// Nobody hears these in the workspace: they are told at the start, to programs, or in the portal's own words.
var elsewhere = regexp.MustCompile(`^(my|files)\.|^secret\.(none|open|unreadable)$|^(cursor|id)\.malformed$|^idempotency_key\.|^(request\.invalid|state\.unknown|lexicon\.file)$`)

// Every fault that may be told in the workspace has its sentence in the other language too, which fills no gap that the
// fault has nothing for; and no sentence is left over.
func TestFaultsHaveWords(t *testing.T) {
	t.Parallel()
	gaps, source := map[string]int{}, ""
	each(t, []string{"../base", "../rooms", "../channels", "../app"}, func(path, text string) {
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return
		}
		source += text
		if strings.HasPrefix(path, "../app") {
			return
		}
		for _, m := range told.FindAllStringSubmatch(text, -1) {
			n := len(verb.FindAllString(m[2], -1))
			if had, ok := gaps[m[1]]; !ok || n < had {
				gaps[m[1]] = n
			}
		}
	})
	if len(gaps) < 400 {
		t.Fatalf("only %d faults were seen", len(gaps))
	}
	words := map[string]string{}
	each(t, []string{"../web/src"}, func(path, text string) {
		if !strings.HasSuffix(path, ".de.json") {
			return
		}
		var some map[string]string
		if err := json.Unmarshal([]byte(text), &some); err != nil {
			t.Fatal(path, err)
		}
		for k, v := range some {
			if code, ok := strings.CutPrefix(k, "base.fault."); ok {
				if words[code] != "" {
					t.Errorf("%s is said twice, the second time in %s", code, path)
				}
				words[code] = v
			}
		}
	})
	for _, code := range slices.Sorted(maps.Keys(gaps)) {
		if words[code] == "" && !elsewhere.MatchString(code) {
			t.Errorf("%s has no words in German", code)
		}
		for _, m := range gap.FindAllStringSubmatch(words[code], -1) {
			if int(m[1][0]-'0') >= gaps[code] {
				t.Errorf("%s has nothing for {%s}: %s", code, m[1], words[code])
			}
		}
	}
	for code := range words {
		room, _, _ := strings.Cut(code, ".")
		if !strings.Contains(source, `"`+code+`"`) && !strings.Contains(source, `"`+room+`."+`) {
			t.Errorf("nobody says %s", code)
		}
	}
}

// What the server tells of other mail servers has no code; the workspace knows it by its words. Each is still said in the
// same words, and each that is said of a server, or of what a provider wants, is known.
func TestSayingsAreKnown(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../web/src/channels/email/sayings.de.json")
	if err != nil {
		t.Fatal(err)
	}
	var sayings map[string]string
	if err := json.Unmarshal(b, &sayings); err != nil {
		t.Fatal(err)
	}
	keys := strings.Join(slices.Sorted(maps.Keys(sayings)), "\n")
	source := ""
	sentence := regexp.MustCompile(`"([A-Z ][^"\n]{15,}[.:;] ?)"`)
	each(t, []string{"../channels/email"}, func(path, text string) {
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return
		}
		source += text
		if !strings.HasSuffix(path, "explain.go") && !strings.Contains(path, "/guess/") {
			return
		}
		for _, m := range sentence.FindAllStringSubmatch(text, -1) {
			for _, piece := range pieces(verb.Split(strings.ReplaceAll(m[1], "[1]", ""), -1)) {
				_, named, _ := strings.Cut(piece, " ") // who it is may be a gap
				if !strings.Contains(keys, piece) && !strings.Contains(keys, named) {
					t.Errorf("nobody reads this in German: %s", m[1])
				}
			}
		}
	})
	for key := range sayings {
		for _, piece := range pieces(gap.Split(key, -1)) {
			if !strings.Contains(source, strings.TrimLeft(piece, "; ")[:13]) {
				t.Errorf("nobody says %q any more", key)
			}
		}
	}
}

// pieces are those long enough to be known by.
func pieces(all []string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return len(s) < 15 })
}

// each reads every file below some folders.
func each(t *testing.T, folders []string, read func(path, text string)) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			read(filepath.ToSlash(path), string(b))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
