package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
)

// Exported is what an export holds.
type Exported struct {
	Folder  string           `json:"folder"`
	Lines   map[string]int64 `json:"lines"`   // by the name of the file
	Files   int64            `json:"files"`   // attachments and raw mails
	Bytes   int64            `json:"bytes"`   // of those
	Missing int64            `json:"missing"` // attachments and raw mails that were to be there and are not
	Journal int64            `json:"journal"` // everything up to here is in it, and nothing after
	At      time.Time        `json:"at"`
}

// Export writes everything the company owns, and no secret, into a new or empty folder (an absolute path), in formats that
// need no Hearth to be read: lines of JSON, and attachments and mails as files. It goes on beside everything else and sees
// the house as it was at one moment. Progress hears how much of the journal is done; it may be nil.
//
// The journal is the table of contents: whatever came into being has its entry, so walking it once reaches everything in
// the order of its life, and no list has to fit into memory.
func (h *House) Export(ctx context.Context, folder string, progress func(done, all int64)) (x Exported, err error) {
	if err := emptied(folder); err != nil {
		return x, err
	}
	for try := 0; ; try++ {
		err = h.DB.Read(ctx, func(tx *store.Tx) error {
			e := &export{
				h: h, tx: tx, lists: map[string]*lines{}, progress: progress,
				Exported: Exported{Folder: folder, Lines: map[string]int64{}, At: tx.Now()},
			}
			err := errors.Join(e.everything(ctx), e.close())
			if err == nil {
				err = e.explain()
			}
			x = e.Exported
			return err
		})
		if !errors.Is(err, errMoved) || try == 9 {
			break
		}
	}
	if err != nil {
		return x, errors.Join(unwritten(err), empty(folder))
	}
	return x, nil
}

// emptied makes the folder, and refuses one with anything in it.
func emptied(folder string) error {
	if !filepath.IsAbs(folder) {
		return fault.Field("folder", "export.folder", "Say which folder the export goes to.")
	}
	err := os.MkdirAll(folder, 0o700)
	if err != nil {
		return unwritten(err)
	}
	all, err := os.ReadDir(folder)
	if err == nil && len(all) > 0 {
		err = fault.New(fault.Conflict, "export.not_empty", "The folder %s is not empty; an export needs a new one or an empty one.", folder)
	}
	return err
}

// empty takes away what an export that failed has written, so that nobody takes it for a whole one.
func empty(folder string) error {
	all, err := os.ReadDir(folder)
	for _, f := range all {
		err = errors.Join(err, os.RemoveAll(filepath.Join(folder, f.Name())))
	}
	return err
}

// unwritten says what the system had against a file.
func unwritten(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok && fault.Of(err) == nil {
		return fault.New(fault.Internal, "export.write", "The export can't be written: %v.", p.Err)
	}
	return err
}

// export is one that is being written.
type export struct {
	Exported
	h        *House
	tx       *store.Tx
	lists    map[string]*lines
	progress func(done, all int64)
}

// lines is a file with one thing a line.
type lines struct {
	file *os.File
	buf  *bufio.Writer
	json *json.Encoder
}

// put adds a line to the file of a noun.
func (e *export) put(noun string, v any) error {
	l, err := e.list(noun)
	if err != nil {
		return err
	}
	e.Lines[noun+".jsonl"]++
	return l.json.Encode(v)
}

func (e *export) list(noun string) (*lines, error) {
	if l := e.lists[noun]; l != nil {
		return l, nil
	}
	f, err := os.OpenFile(filepath.Join(e.Folder, noun+".jsonl"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	l := &lines{file: f, buf: bufio.NewWriterSize(f, 64<<10)}
	l.json = json.NewEncoder(l.buf)
	l.json.SetEscapeHTML(false)
	e.lists[noun], e.Lines[noun+".jsonl"] = l, 0
	return l, nil
}

func (e *export) close() (err error) {
	for _, l := range e.lists {
		err = errors.Join(err, l.buf.Flush(), l.file.Sync(), l.file.Close())
	}
	return err
}

// blob copies an attachment or a raw mail, once however many name it, and returns where it lies below the folder; the
// empty string when it is missing. A customer's link is blotted out of it: who has one acts as them.
func (e *export) blob(ctx context.Context, shelf, sha256, name, kind string) (string, error) {
	if sha256 == "" {
		return "", nil
	}
	at := shelf + "/" + sha256[:2] + "/" + sha256 + ending(name)
	target := filepath.Join(e.Folder, filepath.FromSlash(at))
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return "", err
	}
	out, err := os.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return at, nil
	} else if err != nil {
		return "", err
	}
	in, err := e.h.Files.Open(ctx, sha256)
	if fault.KindOf(err) == fault.NotFound {
		e.Missing++
		return "", errors.Join(out.Close(), os.Remove(target))
	} else if err != nil {
		return "", errors.Join(err, out.Close())
	}
	defer in.Close()
	body, err := secret.BlotFile("my", name, kind, in)
	if err != nil {
		return "", errors.Join(err, out.Close())
	}
	n, err := io.Copy(out, body)
	e.Files++
	e.Bytes += n
	return at, errors.Join(err, out.Close())
}

// ending is the last part of a file's name when it is a plain one, so that a person can open it.
func ending(name string) string {
	ext := strings.ToLower(filepath.Ext(name))
	if len(ext) < 2 || len(ext) > 9 || strings.ContainsFunc(ext[1:], func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		return ""
	}
	return ext
}

// Export is House.Export, in the house that this client reaches.
func (c *Client) Export(ctx context.Context, folder string, progress func(done, all int64)) (Exported, error) {
	if c.house != nil {
		return c.house.Export(ctx, folder, progress)
	}
	return watch[Exported](ctx, c, Query("/local/export", "folder", folder), progress)
}

// errMoved says that a setting changed between two looks.
var errMoved = fault.New(fault.Conflict, "export.moved", "The settings are being changed right now; please try again in a moment.")
