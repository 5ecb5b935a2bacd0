package trouble_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// refuse starts a server that must not come up: it has one sentence to say and ends with 1.
func refuse(t *testing.T, data, want string) {
	t.Helper()
	out, errs, code := (&desk{tb: t, data: data}).run("", "serve", "--listen", "127.0.0.1:0", "--smtp-listen", "off")
	if code != 1 || out != "" || strings.Count(errs, "\n") > 0 || !strings.HasPrefix(errs, "hearth: ") || !strings.Contains(errs, want) {
		t.Errorf("exit %d, out %q, said %q, should say %q", code, out, errs, want)
	}
}

func TestAFolderThatCanNotBeWrittenToIsSaid(t *testing.T) {
	t.Parallel()
	disk := mount(t, "tmpfs")
	data := filepath.Join(disk, "data")
	d := &desk{tb: t, data: data}
	d.errand("", "staff", "add", "--email", "anna@shop.example", "--name", "Anna", "--role", "owner")
	remount := func(how string) {
		t.Helper()
		if out, err := exec.Command("mount", "-o", "remount,"+how, disk).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	remount("ro")
	refuse(t, data, "The data folder "+data+" can't be written to: read-only file system.")
	refuse(t, filepath.Join(disk, "new"), "can't be made")
	remount("rw")
	fill(t, disk)
	refuse(t, data, "The data folder "+data+" can't be written to: no space left on device.")
	if err := os.Remove(filepath.Join(disk, "ballast")); err != nil {
		t.Fatal(err)
	}
	if out := d.errand("", "staff", "list"); !strings.Contains(out, "anna@shop.example") {
		t.Errorf("afterwards there is: %s", out)
	}
}

func TestAFileThatIsNoDatabaseIsSaid(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	d := &desk{tb: t, data: whole}
	d.errand("", "demo", "--tickets", "5", "--no-serve")
	was, err := os.ReadFile(filepath.Join(whole, "hearth.db"))
	if err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 50_000)
	_, _ = rand.Read(noise) // never fails
	const damaged = "The database file is damaged; it needs to be restored from a backup."
	for name, c := range map[string]struct {
		bytes []byte
		want  string
	}{
		"noise":                     {noise, damaged},
		"a text":                    {[]byte("hello\n"), damaged},
		"cut off in its first page": {was[:1000], damaged},
		"cut off in the middle":     {was[:len(was)/2+100], damaged},
		"cut off between pages":     {was[:len(was)/4096/2*4096], damaged},
		"cut off altogether":        {nil, "is empty, but there are files that belonged to one"},
	} {
		data := t.TempDir()
		if err := os.CopyFS(filepath.Join(data, "files"), os.DirFS(filepath.Join(whole, "files"))); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(data, "hearth.db")
		if err := os.WriteFile(file, c.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		refuse(t, data, c.want)
		if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, c.bytes) {
			t.Errorf("%s: the file was changed: %d bytes, %v", name, len(after), err)
		}
	}
}

func TestASecondServerOnTheFolderIsRefused(t *testing.T) {
	t.Parallel()
	d := furnish(t, t.TempDir())
	refuse(t, d.data, "A Hearth server runs on "+d.data+" already; stop it first, or choose another folder with --data.")
	if s := d.get("/readyz", nil); s != 200 {
		t.Errorf("the first one answers %d", s)
	}
}
