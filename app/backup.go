package app

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/store"
)

// Saved is what a backup holds.
type Saved struct {
	File    string    `json:"file"`
	Bytes   int64     `json:"bytes"`
	Blobs   int       `json:"blobs"`
	Journal int64     `json:"journal"`
	At      time.Time `json:"at"`
}

// manifest is the first file of a backup.
type manifest struct {
	Hearth  string    `json:"hearth"` // the version that wrote it
	Engine  string    `json:"engine"`
	Journal int64     `json:"journal"` // at least everything up to here is in it
	At      time.Time `json:"at"`
}

// Backup writes the whole house, the secret key apart, into one file while everything goes on: first a snapshot of the
// database, then the blobs, which are never changed and only swept a day after nobody names them. Progress hears how many
// bytes are in it, of how many; it may be nil.
func (h *House) Backup(ctx context.Context, file string, progress func(done, all int64)) (s Saved, err error) {
	if file == "" {
		return s, fault.Field("file", "backup.file", "Say which file the backup goes to.")
	}
	if !filepath.IsAbs(file) {
		return s, fault.Field("file", "backup.file", "The backup file needs an absolute path.")
	}
	if _, err := os.Stat(file); err == nil {
		return s, fault.New(fault.Conflict, "backup.exists", "%s is there already; a backup never overwrites one.", file)
	}
	head, err := h.DB.Head(ctx)
	if err != nil {
		return s, err
	}
	part, err := os.OpenFile(file+".part", os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return s, fault.New(fault.Internal, "backup.write", "The backup can't be written: %v.", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, part.Close(), os.Remove(part.Name()))
		}
	}()
	s = Saved{File: file, Journal: head, At: h.DB.Now()}
	zip, err := gzip.NewWriterLevel(&steady{file: part}, gzip.BestSpeed) // most of it is text that shrinks well or files that don't at all
	if err != nil {
		return s, err
	}
	out := tar.NewWriter(zip)
	m, err := json.Marshal(manifest{Hearth: h.Settings.Version, Engine: h.DB.Engine(), Journal: head, At: s.At})
	if err != nil {
		return s, err
	}
	if err := putBytes(out, "manifest.json", m, s.At); err != nil {
		return s, err
	}
	if s.Blobs, err = h.putAll(ctx, out, s.At, &meter{tell: progress}); err != nil {
		return s, err
	}
	if err := errors.Join(out.Close(), zip.Close(), part.Sync()); err != nil {
		return s, fault.New(fault.Internal, "backup.write", "The backup can't be written: %v.", err)
	}
	if i, err := part.Stat(); err == nil {
		s.Bytes = i.Size()
	}
	if err := part.Close(); err != nil {
		return s, err
	}
	return s, os.Rename(part.Name(), file)
}

// steady writes a file and has it reach the disk bit by bit: a system asked to flush much at once makes all others wait.
type steady struct {
	file *os.File
	n    int
}

func (s *steady) Write(b []byte) (int, error) {
	const bit = 4 << 20
	n, err := s.file.Write(b)
	if s.n += n; err == nil && s.n >= bit {
		s.n, err = 0, s.file.Sync()
	}
	return n, err
}

// putAll adds the database and the blobs, and returns how many blobs.
func (h *House) putAll(ctx context.Context, out *tar.Writer, at time.Time, way *meter) (int, error) {
	if err := h.Files.Walk(ctx, func(b files.Blob, _ time.Time) error { way.all += b.Size; return nil }); err != nil {
		return 0, err
	}
	if err := h.putDatabase(ctx, out, at, way); err != nil {
		return 0, err
	}
	return h.putBlobs(ctx, out, at, way)
}

func putBytes(out *tar.Writer, name string, b []byte, at time.Time) error {
	if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(b)), ModTime: at}); err != nil {
		return err
	}
	_, err := out.Write(b)
	return err
}

func putFile(out *tar.Writer, name, path string, at time.Time, way *meter) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	i, err := f.Stat()
	if err != nil {
		return err
	}
	if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: i.Size(), ModTime: at}); err != nil {
		return err
	}
	way.all += i.Size()
	_, err = io.Copy(io.MultiWriter(out, way), f)
	return err
}

// putDatabase adds a consistent copy of the database.
func (h *House) putDatabase(ctx context.Context, out *tar.Writer, at time.Time, way *meter) error {
	dir, err := os.MkdirTemp(h.Settings.Data, ".backup-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if h.DB.Engine() == "sqlite" {
		copied := filepath.Join(dir, "hearth.db")
		if err := h.DB.Snapshot(ctx, copied); err != nil {
			return err
		}
		return putFile(out, "hearth.db", copied, at, way)
	}
	dump := filepath.Join(dir, "hearth.dump")
	if err := pgTool(ctx, "pg_dump", "--format=custom", "--no-owner", "--file="+dump, "--dbname="+h.Settings.DatabaseURL); err != nil {
		return err
	}
	return putFile(out, "hearth.dump", dump, at, way)
}

func pgTool(ctx context.Context, name string, args ...string) error {
	path, err := exec.LookPath(name)
	if err != nil {
		return fault.New(fault.Internal, "backup.tool", "%s is not installed (Debian: postgresql-client).", name)
	}
	out, err := exec.CommandContext(ctx, path, args...).CombinedOutput() //nolint:gosec // PostgreSQL's own program
	if err != nil {
		return fault.New(fault.Internal, "backup.tool", "%s failed: %s", name, strings.TrimSpace(string(out)))
	}
	return nil
}

func (h *House) putBlobs(ctx context.Context, out *tar.Writer, at time.Time, way *meter) (n int, err error) {
	err = h.Files.Walk(ctx, func(b files.Blob, _ time.Time) error {
		r, err := h.Files.Open(ctx, b.SHA256)
		if fault.KindOf(err) == fault.NotFound {
			return nil // swept since the walk began: nobody names it
		} else if err != nil {
			return err
		}
		defer r.Close()
		if err := out.WriteHeader(&tar.Header{Name: "files/" + b.SHA256, Mode: 0o600, Size: b.Size, ModTime: at}); err != nil {
			return err
		}
		n++
		_, err = io.Copy(io.MultiWriter(out, way), r)
		return err
	})
	return n, err
}

// Backup is House.Backup, in the house that this client reaches.
func (c *Client) Backup(ctx context.Context, file string, progress func(done, all int64)) (Saved, error) {
	if c.house != nil {
		return c.house.Backup(ctx, file, progress)
	}
	return watch[Saved](ctx, c, Query("/local/backup", "file", file), progress)
}

// Restore fills an empty data folder (and an empty PostgreSQL database) from a backup. Progress hears how many bytes of the
// file have been read, of how many; it may be nil.
func Restore(ctx context.Context, s Settings, file string, progress func(done, all int64)) (m Saved, err error) {
	l, err := lock(s)
	if err != nil {
		return m, err
	}
	defer l.Unlock() //nolint:errcheck // the process ends
	if err := s.vacant(ctx); err != nil {
		return m, err
	}
	f, err := os.Open(file)
	if err != nil {
		return m, fault.New(fault.NotFound, "restore.file", "The backup can't be read: %v.", err)
	}
	defer f.Close()
	way := &meter{tell: progress}
	if i, err := f.Stat(); err == nil {
		way.all = i.Size()
	}
	zip, err := gzip.NewReader(io.TeeReader(f, way))
	if err != nil {
		return m, notABackup(file)
	}
	in := tar.NewReader(zip)
	first, err := in.Next()
	if err != nil || first.Name != "manifest.json" {
		return m, notABackup(file)
	}
	var was manifest
	if err := json.NewDecoder(in).Decode(&was); err != nil {
		return m, notABackup(file)
	}
	wants := "sqlite"
	if s.DatabaseURL != "" {
		wants = "postgres"
	}
	if was.Engine != wants {
		return m, fault.New(fault.Invalid, "restore.engine", "This backup is of a %s database; restore it with the same kind (with or without --database-url).", was.Engine)
	}
	m = Saved{File: file, Journal: was.Journal, At: was.At}
	for {
		head, err := in.Next()
		if errors.Is(err, io.EOF) {
			return m, finish(s)
		} else if err != nil {
			return m, fault.New(fault.Invalid, "restore.damaged", "The backup is cut off or damaged: %v.", err)
		}
		if err := m.unpack(ctx, s, head, in); err != nil {
			return m, err
		}
	}
}

// vacant refuses to restore over a database.
func (s Settings) vacant(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(s.Data, "hearth.db")); err == nil {
		return fault.New(fault.Conflict, "restore.full", "There is a database in %s already; restore into an empty folder.", s.Data)
	}
	if s.DatabaseURL == "" {
		return nil
	}
	blank, err := store.Blank(ctx, s.DatabaseURL)
	if err != nil {
		return fault.New(fault.Internal, "restore.database", "The database %s does not answer: %v.", plainURL(s.DatabaseURL, ""), cause(err))
	}
	if !blank {
		return fault.New(fault.Conflict, "restore.full", "There are tables in %s already; restore into an empty database.", plainURL(s.DatabaseURL, ""))
	}
	return nil
}

func notABackup(file string) error {
	return fault.New(fault.Invalid, "restore.file", "%s is no backup of Hearth.", file)
}

func (m *Saved) unpack(ctx context.Context, s Settings, head *tar.Header, in io.Reader) error {
	m.Bytes += head.Size
	if sha, ok := strings.CutPrefix(head.Name, "files/"); ok {
		kept, err := files.Open(ctx, s.BlobURL, s.blobs())
		if err != nil {
			return err
		}
		b, err := kept.Put(ctx, in)
		if err == nil && b.SHA256 != sha {
			err = fault.New(fault.Invalid, "restore.damaged", "The file %s in the backup is damaged.", sha)
		}
		m.Blobs++
		return err
	}
	target := filepath.Join(s.Data, filepath.Base(head.Name))
	if head.Name != "hearth.db" && head.Name != "hearth.dump" {
		return fault.New(fault.Invalid, "restore.damaged", "The backup holds a file that does not belong there: %s.", head.Name)
	}
	// The database takes its name last, so that a restore that was cut off leaves nothing that looks whole.
	out, err := os.OpenFile(target+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return errors.Join(err, out.Close())
	}
	if err := errors.Join(out.Sync(), out.Close()); err != nil {
		return err
	}
	if head.Name == "hearth.db" {
		return nil
	}
	err = pgTool(ctx, "pg_restore", "--no-owner", "--exit-on-error", "--dbname="+s.DatabaseURL, target+".part")
	return errors.Join(err, os.Remove(target+".part"))
}

// finish gives the database its name.
func finish(s Settings) error {
	if s.DatabaseURL != "" {
		return nil
	}
	at := s.database()
	if err := os.Rename(at+".part", at); err != nil {
		return fmt.Errorf("the backup holds no database: %w", err)
	}
	return nil
}
