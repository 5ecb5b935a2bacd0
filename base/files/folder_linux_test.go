package files_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
)

// TestMain is also the child that the tests of crashes and of a full disk start.
func TestMain(m *testing.M) {
	switch job := os.Getenv("HEARTH_FILES_JOB"); job {
	case "":
		os.Exit(m.Run())
	case "fill":
		fillDisk(os.Getenv("HEARTH_FILES_DIR"))
	default:
		dieAt(job, os.Getenv("HEARTH_FILES_DIR"))
	}
}

// child runs this test binary again to do a job.
func child(t *testing.T, job, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), "HEARTH_FILES_JOB="+job, "HEARTH_FILES_DIR="+dir)
	return cmd
}

var steps = []string{"made", "written", "synced", "housed", "placed", "kept"}

func TestPutTakesItsStepsInOrder(t *testing.T) {
	store, err := files.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var taken []string
	store.OnStep(func(step string) { taken = append(taken, step) })
	put(t, store, "a")
	if diff := cmp.Diff(steps, taken); diff != "" {
		t.Error(diff)
	}
}

func TestNothingHalfIsLeftWhenKilledBetweenTwoSteps(t *testing.T) {
	const before, content = "put before the crash", "put while crashing"
	for i, step := range steps {
		t.Run("after "+step, func(t *testing.T) {
			dir := t.TempDir()
			err := child(t, step, dir).Run()
			exit, ok := errors.AsType[*exec.ExitError](err)
			if !ok {
				t.Fatalf("it was not killed: %v", err)
			}
			if status, ok := exit.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
				t.Fatalf("it was not killed: %v", err)
			}
			store, err := files.OpenFolder(dir)
			if err != nil {
				t.Fatal(err)
			}
			if got := read(t, store, nameOf(before)); got != before {
				t.Errorf("what was acknowledged is now %q", got)
			}
			placed := i >= 4
			if has(t, store, nameOf(content)) != placed {
				t.Errorf("it has its place: %v, want %v", !placed, placed)
			}
			if placed && read(t, store, nameOf(content)) != content {
				t.Error("half of it has a place")
			}
			if put(t, store, content); read(t, store, nameOf(content)) != content {
				t.Error("putting it again does not mend it")
			}
			if len(walk(t, store)) != 2 {
				t.Errorf("walked over %v", walk(t, store))
			}
		})
	}
}

// dieAt puts a blob, and is killed while putting another.
func dieAt(step, dir string) {
	store, err := files.OpenFolder(dir)
	if err == nil {
		_, err = store.Put(context.Background(), strings.NewReader("put before the crash"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	store.OnStep(func(taken string) {
		if taken == step {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	})
	_, _ = store.Put(context.Background(), strings.NewReader("put while crashing"))
}

func TestLeftoversOfACrashAreClearedAfterADay(t *testing.T) {
	dir := t.TempDir()
	if _, err := files.OpenFolder(dir); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "incoming"))
	if err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"put-old": 25 * time.Hour, "put-under-way": time.Hour} {
		path := filepath.Join(dir, "incoming", name)
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, info.ModTime().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := files.OpenFolder(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "incoming"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 1 || left[0].Name() != "put-under-way" {
		t.Errorf("left: %v", left)
	}
}

func TestAFullDiskIsSaidPlainlyAndLeavesNothing(t *testing.T) {
	cmd := child(t, "fill", t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{ // a small disk of its own, which vanishes with it
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) || bytes.HasPrefix(out, []byte("no mount")) {
		t.Skipf("a small disk can't be mounted here: %v %s", err, out)
	}
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// fillDisk puts more than a disk of 1 MiB holds.
func fillDisk(dir string) {
	fail := func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, format, args...)
		os.Exit(1)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		fail("no mount: %v", err)
	}
	store, err := files.OpenFolder(dir)
	if err != nil {
		fail("%v", err)
	}
	small, err := store.Put(context.Background(), strings.NewReader("fits"))
	if err != nil {
		fail("%v", err)
	}
	_, err = store.Put(context.Background(), io.LimitReader(zeros{}, 2<<20))
	if f := fault.Of(err); f == nil || f.Kind != fault.Internal || f.Code != "files.full" {
		fail("a full disk gave %v", err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "incoming"))
	if err != nil || len(left) != 0 {
		fail("left half written: %v %v", left, err)
	}
	if there, err := store.Has(context.Background(), small.SHA256); !there || err != nil {
		fail("what fitted is gone: %v", err)
	}
	if _, err := store.Put(context.Background(), strings.NewReader("fits as well")); err != nil {
		fail("nothing fits any more: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func BenchmarkPut(b *testing.B) {
	store, err := files.OpenFolder(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	mail := bytes.Repeat([]byte("a line of a mail\r\n"), 500)
	b.SetBytes(int64(len(mail)))
	b.SetParallelism(8)
	var n atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := io.MultiReader(strings.NewReader(fmt.Sprint(n.Add(1))), bytes.NewReader(mail))
			if _, err := store.Put(context.Background(), r); err != nil {
				b.Error(err)
			}
		}
	})
}
