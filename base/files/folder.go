package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Folder keeps blobs in a folder of this machine.
//
// A blob is written to incoming/, synced, renamed to its place, and the folders that name it are synced: at no moment is
// half a blob in a place, and what Put answered for survives the loss of power.
type Folder struct {
	root string

	mu     sync.Mutex      // held while a blob takes or leaves its place
	lasted map[string]bool // folders whose own names are known to be on disk

	step func(string) // what was just done; only tests listen
}

const incoming = "incoming"

// stale is how old something half written is before it is known to be abandoned.
const stale = 24 * time.Hour

// OpenFolder makes the folder when it is missing, and clears away what a crash left half written.
func OpenFolder(root string) (*Folder, error) {
	f := &Folder{root: root, lasted: map[string]bool{}, step: func(string) {}}
	if err := os.MkdirAll(filepath.Join(root, incoming), 0o700); err != nil {
		return nil, fmt.Errorf("files: %w", plainly(err))
	}
	if err := f.clear(); err != nil {
		return nil, fmt.Errorf("files: clear what was left half written: %w", plainly(err))
	}
	return f, nil
}

// clear removes leftovers. A file made now tells the time of the disk, and that it can be written to.
func (f *Folder) clear() error {
	now, err := os.CreateTemp(filepath.Join(f.root, incoming), "now-*")
	if err != nil {
		return err
	}
	defer os.Remove(now.Name())
	defer now.Close()
	today, err := now.Stat()
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(f.root, incoming))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && today.ModTime().Sub(info.ModTime()) > stale {
			err = os.Remove(filepath.Join(f.root, incoming, entry.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Put implements Store; a fault "files.full" when the disk is full.
func (f *Folder) Put(ctx context.Context, r io.Reader) (Blob, error) {
	blob, err := f.put(ctx, r)
	if err != nil {
		return Blob{}, fmt.Errorf("files: put: %w", plainly(err))
	}
	return blob, nil
}

func (f *Folder) put(ctx context.Context, r io.Reader) (Blob, error) {
	file, err := os.CreateTemp(filepath.Join(f.root, incoming), "put-*")
	if err != nil {
		return Blob{}, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	f.step("made")
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(file, hash), patient{ctx, r})
	if err != nil {
		return Blob{}, err
	}
	f.step("written")
	if err := file.Sync(); err != nil {
		return Blob{}, err
	}
	f.step("synced")
	if err := file.Close(); err != nil {
		return Blob{}, err
	}
	blob := Blob{SHA256: hex.EncodeToString(hash.Sum(nil)), Size: size}
	return blob, f.settle(file.Name(), blob.SHA256)
}

// settle gives a written file its place. It takes the place of one that is there, so the time of the file is the time
// it was last put.
func (f *Folder) settle(written, name string) error {
	at, err := place(name)
	if err != nil {
		return err
	}
	at = filepath.Join(f.root, filepath.FromSlash(at))
	if err := f.house(filepath.Dir(at)); err != nil {
		return err
	}
	f.step("housed")
	f.mu.Lock()
	err = os.Rename(written, at)
	f.mu.Unlock()
	if err != nil {
		return err
	}
	f.step("placed")
	if err := syncFolder(filepath.Dir(at)); err != nil {
		return err
	}
	f.step("kept")
	return nil
}

// house makes a folder below the root, and makes its name last; a folder that was merely seen may still be on its way
// to the disk.
func (f *Folder) house(dir string) error {
	f.mu.Lock()
	lasts := f.lasted[dir]
	f.mu.Unlock()
	if lasts || dir == f.root {
		return nil
	}
	parent := filepath.Dir(dir)
	if err := f.house(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := syncFolder(parent); err != nil {
		return err
	}
	f.mu.Lock()
	f.lasted[dir] = true
	f.mu.Unlock()
	return nil
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// Open implements Store.
func (f *Folder) Open(_ context.Context, sha256 string) (io.ReadSeekCloser, error) {
	at, err := place(sha256)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(filepath.Join(f.root, filepath.FromSlash(at)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(sha256)
	}
	if err != nil {
		return nil, fmt.Errorf("files: open: %w", err)
	}
	return file, nil
}

// Has implements Store.
func (f *Folder) Has(_ context.Context, sha256 string) (bool, error) {
	at, err := place(sha256)
	if err != nil {
		return false, nil //nolint:nilerr // what cannot be a name is not there
	}
	_, err = os.Stat(filepath.Join(f.root, filepath.FromSlash(at)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("files: %w", err)
	}
	return err == nil, nil
}

// Delete implements Store.
func (f *Folder) Delete(_ context.Context, sha256 string, before time.Time) error {
	at, err := place(sha256)
	if err != nil {
		return nil // what cannot be a name is not there
	}
	at = filepath.Join(f.root, filepath.FromSlash(at))
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(at)
	if err == nil && (before.IsZero() || info.ModTime().Before(before)) {
		err = os.Remove(at)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("files: delete: %w", err)
	}
	return nil
}

// Walk implements Store, in the order of the names.
func (f *Folder) Walk(ctx context.Context, fn func(Blob, time.Time) error) error {
	return filepath.WalkDir(f.root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist): // it was deleted meanwhile
			return nil
		case err != nil:
			return fmt.Errorf("files: walk: %w", err)
		case !entry.Type().IsRegular() || !isName(entry.Name()):
			return nil
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("files: walk: %w", err)
		}
		return fn(Blob{SHA256: entry.Name(), Size: info.Size()}, info.ModTime())
	})
}
