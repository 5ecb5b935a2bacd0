package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/secret"
)

const (
	oldKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	newKey = "HxwdGhsYGRYXFBUSExAREA8ODQwLCgkIBwYFBAMCAQA"
	// "word", sealed with oldKey for "p": what is sealed today must open for ever.
	golden = "Ae6Dt4xnmv901C+N+7v7w4GwScUm3poUhrOUi2TTGbbdylOemWs57D39BjLrwtEkWA=="
)

func load(t *testing.T, dir, given string) *secret.Keys {
	t.Helper()
	k, err := secret.Load(dir, given)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func seal(t *testing.T, k *secret.Keys, purpose, plain string) []byte {
	t.Helper()
	sealed, err := k.Seal(purpose, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func code(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Code
	}
	return fmt.Sprint(err)
}

func TestWhatWasSealedOpensForItsPurposeAlone(t *testing.T) {
	k := load(t, t.TempDir(), oldKey)
	rapid.Check(t, func(t *rapid.T) {
		plain, purpose := rapid.SliceOf(rapid.Byte()).Draw(t, "plain"), rapid.String().Draw(t, "purpose")
		sealed, err := k.Seal(purpose, plain)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := k.Open(purpose, sealed)
		if err != nil || !bytes.Equal(opened, plain) {
			t.Fatalf("opened %q, %v", opened, err)
		}
		if again, _ := k.Seal(purpose, plain); bytes.Equal(again, sealed) {
			t.Fatal("two seals of the same bytes are alike")
		}
		if _, err := k.Open(purpose+"x", sealed); code(err) != "secret.damaged" {
			t.Fatalf("opened for another purpose: %v", err)
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "changed byte")
		sealed[at] ^= 1
		if _, err := k.Open(purpose, sealed); fault.KindOf(err) != fault.Internal || fault.Of(err) == nil {
			t.Fatalf("opened although byte %d was changed: %v", at, err)
		}
	})
}

func TestANewKeyOpensWhatTheOldOneSealed(t *testing.T) {
	before, both, after := load(t, "", oldKey), load(t, "", newKey+","+oldKey), load(t, "", newKey)
	sealed := seal(t, before, "mail", "geheim")
	if opened, err := both.Open("mail", sealed); err != nil || string(opened) != "geheim" {
		t.Errorf("opened %q, %v", opened, err)
	}
	if _, err := after.Open("mail", sealed); code(err) != "secret.other_key" {
		t.Errorf("the new key alone: %v", err)
	}
	if before.Stale(sealed) || !both.Stale(sealed) || both.Stale(seal(t, both, "mail", "geheim")) {
		t.Error("stale is what another than the current key sealed")
	}
	mark := before.MAC("ref", []byte("17"))
	if !both.Marked("ref", []byte("17"), mark[:5]) || after.Marked("ref", []byte("17"), mark) {
		t.Error("a mark holds as long as its key is kept")
	}
	for name, held := range map[string]bool{
		"other data":    both.Marked("ref", []byte("18"), mark),
		"other purpose": both.Marked("re", []byte("f17"), mark),
		"three bytes":   both.Marked("ref", []byte("17"), mark[:3]),
		"no bytes":      both.Marked("ref", []byte("17"), nil),
		"too many":      both.Marked("ref", []byte("17"), append(mark, 0)),
	} {
		if held {
			t.Error("marked: " + name)
		}
	}
}

func TestWhatWasSealedLongAgoStillOpens(t *testing.T) {
	sealed, err := base64.StdEncoding.DecodeString(golden)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := load(t, "", oldKey).Open("p", sealed); err != nil || string(plain) != "word" {
		t.Errorf("opened %q, %v", plain, err)
	}
}

func TestTheKeyFileIsMadeOnceAndKept(t *testing.T) {
	dir := t.TempDir()
	var keys [8]*secret.Keys
	var wait sync.WaitGroup
	for i := range keys {
		wait.Go(func() { keys[i], _ = secret.Load(dir, "") })
	}
	wait.Wait()
	sealed := seal(t, keys[0], "p", "word")
	for i, k := range append(keys[:], load(t, dir, "")) {
		if k == nil {
			t.Fatalf("load %d failed", i)
		}
		if _, err := k.Open("p", sealed); err != nil {
			t.Errorf("load %d got another key: %v", i, err)
		}
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 1 {
		t.Errorf("the folder holds %v", entries)
	}
	info, _ := os.Stat(filepath.Join(dir, secret.File))
	if info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v", info.Mode())
	}
}

func TestABadKeyIsSaidPlainly(t *testing.T) {
	tests := map[string]struct {
		content string
		mode    os.FileMode
		code    string
	}{
		"an empty file":              {"", 0o600, "secret.none"},
		"a key cut short":            {oldKey[:20], 0o600, "secret.unreadable"},
		"words instead of a key":     {"correct horse", 0o600, "secret.unreadable"},
		"a file others can read":     {oldKey, 0o644, "secret.open"},
		"a good key, a space around": {" " + oldKey + "\n", 0o600, "<nil>"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, secret.File), []byte(test.content), test.mode); err != nil {
				t.Fatal(err)
			}
			_, err := secret.Load(dir, "")
			if code(err) != test.code {
				t.Errorf("got %v, want %s", err, test.code)
			}
			if err != nil && strings.Contains(err.Error(), oldKey[:10]) {
				t.Errorf("the key itself is in the message: %v", err)
			}
		})
	}
}

func TestTokensAreRandomAndKeptAsHashes(t *testing.T) {
	plain, hash := secret.Token("hearth")
	other, _ := secret.Token("hearth")
	if !strings.HasPrefix(plain, "hearth_") || len(plain) != len("hearth_")+43 || plain == other {
		t.Errorf("tokens %q and %q", plain, other)
	}
	if len(hash) != 32 || !secret.Same(hash, secret.Hash(plain)) || secret.Same(hash, secret.Hash(other)) || secret.Same(hash, hash[:31]) {
		t.Error("a token is known by its hash alone")
	}
}

func TestASecretStringIsNeverPrintedByAccident(t *testing.T) {
	type account struct {
		Name     string
		Password secret.String
		hidden   secret.String
	}
	a := account{"Ana", secret.Of("hunter2"), secret.Of("hunter2")}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("signed in", "password", a.Password, "account", a)
	slog.New(slog.NewTextHandler(&log, nil)).Info("signed in", "password", a.Password, "account", a)
	asJSON, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	printed := fmt.Sprintf("%v %+v %#v %s %q %x %d %v %v", a, a, a, a.Password, a.Password, a.Password, a.Password, &a, []secret.String{a.hidden}) +
		fmt.Sprint(a.Password, map[secret.String]int{a.Password: 1}) + fmt.Errorf("with %v", a.Password).Error() + log.String() + string(asJSON)
	for _, leak := range []string{"hunter2", fmt.Sprintf("%x", "hunter2")} {
		if strings.Contains(printed, leak) {
			t.Errorf("%q is in %s", leak, printed)
		}
	}
	if want := `{"Name":"Ana","Password":"•••"}`; string(asJSON) != want {
		t.Errorf("JSON is %s", asJSON)
	}
	if a.Password.Reveal() != "hunter2" || a.Password.String() != "•••" {
		t.Error("Reveal says the word, String does not")
	}
}

func TestASecretStringIsReadFromJSON(t *testing.T) {
	tests := map[string]struct {
		json string
		want string
	}{
		"a word":                          {`"hunter2"`, "hunter2"},
		"nothing":                         {`""`, ""},
		"null":                            {`null`, ""},
		"the mask, sent back by the form": {`"•••"`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var s secret.String
			if err := json.Unmarshal([]byte(test.json), &s); err != nil {
				t.Fatal(err)
			}
			if s.Reveal() != test.want || s.IsZero() != (test.want == "") {
				t.Errorf("got %q", s.Reveal())
			}
		})
	}
	var s secret.String
	if err := json.Unmarshal([]byte(`17`), &s); err == nil {
		t.Error("a number is no word")
	}
}

func FuzzOpen(f *testing.F) {
	k, err := secret.Load("", oldKey)
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := base64.StdEncoding.DecodeString(golden)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, outside []byte) {
		if plain, err := k.Open("p", outside); err == nil && !bytes.Equal(outside, sealed) {
			t.Errorf("opened what was never sealed: %q", plain)
		}
	})
}

func TestTokensAreBlotted(t *testing.T) {
	token, _ := secret.Token("my")
	other, _ := secret.Token("your")
	for words, want := range map[string]string{
		"> See https://help.example.com/my/" + token + ".":                                     "> See https://help.example.com/my/my_….",
		`<a href="https://help.example.com/my/` + token + `">`:                                 `<a href="https://help.example.com/my/my_…">`,
		"https://gate.example/?url=https%3A%2F%2Fhelp.example.com%2Fmy%2F" + token + "&data=1": "https://gate.example/?url=https%3A%2F%2Fhelp.example.com%2Fmy%2Fmy_…&data=1",
		token + " " + token: "my_… my_…",
		other:               other,
		"my_cup":            "my_cup",
		"":                  "",
	} {
		if got := secret.Blot("my", words); got != want {
			t.Errorf("%q became %q", words, got)
		}
	}
}
