package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/channels/email/archive"
)

type importCmd struct {
	EML  emlCmd  `cmd:"" name:"eml" help:"Mails as files: one file, or a folder and everything below it (Maildir too)."`
	Mbox mboxCmd `cmd:"" name:"mbox" help:"Mails in mbox files: one file, or a folder and everything below it."`
}

type emlCmd struct{ mails }

// Run imports.
func (c *emlCmd) Run(ctx context.Context, t terminal) error { return c.run(ctx, t, each{}) }

type mboxCmd struct{ mails }

// Run imports.
func (c *mboxCmd) Run(ctx context.Context, t terminal) error { return c.run(ctx, t, boxed{}) }

type mails struct {
	where
	Path    string `arg:"" help:"A file or a folder."`
	Mailbox string `help:"The id of the mailbox they belong to, when there are several." placeholder:"ID" env:"HEARTH_IMPORT_MAILBOX"`
	DryRun  bool   `help:"Say what would come in and change nothing." env:"HEARTH_IMPORT_DRY_RUN"`
}

// report is the table an import ends with.
type report struct {
	came, known int
	states      map[string]int
	lost        []string // what did not come in, and why
}

// kind is how mails lie in files.
type kind interface {
	list(file string, size int64, in io.Reader) ([]archive.Letter, error)
	read(in io.Reader) (raw []byte, cut bool, err error)
}

// run imports, in the order in which the mails were written; a second run changes nothing, so one that was cut off is simply
// run again.
func (c *mails) run(ctx context.Context, t terminal, k kind) error {
	files, size, err := below(c.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Field("path", "import.path", "There is no file or folder %s.", c.Path)
	} else if err != nil {
		return fault.Field("path", "import.path", "What is to be imported can't be read: %v.", err)
	}
	var letters []archive.Letter
	bar := progress(t.err, size, "reading")
	for _, f := range files {
		err := opened(f, func(in *os.File, size int64) error {
			some, err := k.list(f, size, io.TeeReader(in, bar))
			letters = append(letters, some...)
			return errors.Join(err, ctx.Err())
		})
		if err != nil {
			return err
		}
	}
	archive.InOrder(letters)
	r := report{states: map[string]int{}}
	bar = progress(t.err, size, "importing")
	err = with(ctx, c.settings(), func(cl *app.Client) error {
		dry := ""
		if c.DryRun {
			dry = "yes"
		}
		for _, l := range letters {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			raw, err := whole(l, k, bar)
			if err != nil {
				return err
			}
			var i email.Imported
			if raw == nil {
				r.lost, r.came = append(r.lost, name(l)+": This mail is larger than 100 MB."), r.came+1
				continue
			}
			err = cl.Do(ctx, http.MethodPost, app.Query("/local/import", "mailbox", c.Mailbox, "dry", dry), raw, &i)
			r.add(name(l), i, err)
			if err := fatal(err); err != nil {
				return err
			}
		}
		return nil
	})
	r.print(t.out, c.DryRun)
	return err
}

func name(l archive.Letter) string {
	if l.N == 0 {
		return l.File
	}
	return fmt.Sprintf("%s, mail %d", l.File, l.N)
}

// maxMail is how large a mail may be that is imported.
const maxMail = 100 << 20

// whole reads a mail of an archive; nil when it is too large.
func whole(l archive.Letter, k kind, bar io.Writer) (raw []byte, err error) {
	return raw, opened(l.File, func(in *os.File, _ int64) error {
		some, cut, err := k.read(io.TeeReader(io.NewSectionReader(in, l.From, l.To-l.From), bar))
		if !cut {
			raw = slices.Grow(some, 1)[:len(some)] // an empty file is a mail, too, in which nothing stands
		}
		return err
	})
}

// fatal is an error after which going on makes no sense: everything that is not about one mail.
func fatal(err error) error {
	if err == nil || strings.Contains(sentence(err), "larger than") {
		return nil
	}
	return err
}

func opened(file string, do func(in *os.File, size int64) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	i, err := f.Stat()
	if err != nil {
		return err
	}
	return do(f, i.Size())
}

// each is a file that is one mail.
type each struct{}

func (each) list(file string, size int64, in io.Reader) ([]archive.Letter, error) {
	l, err := archive.ListMail(file, size, in)
	return []archive.Letter{l}, err
}

func (each) read(in io.Reader) (raw []byte, cut bool, err error) {
	raw, err = io.ReadAll(io.LimitReader(in, maxMail+1))
	return raw, len(raw) > maxMail, err
}

// boxed are mails in an mbox file.
type boxed struct{}

func (boxed) list(file string, _ int64, in io.Reader) ([]archive.Letter, error) {
	return archive.ListMbox(file, in, maxMail)
}

func (boxed) read(in io.Reader) (raw []byte, cut bool, err error) {
	return raw, cut, archive.SplitMbox(in, maxMail, func(mail []byte, short bool) error {
		raw, cut = mail, short
		return nil
	})
}

// below lists the files at or below a path, in order, and how many bytes they have.
func below(path string) (files []string, size int64, err error) {
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "dovecot") {
			return err
		}
		i, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
		files, size = append(files, p), size+i.Size()
		return nil
	})
	return files, size, err
}

// progress is a bar on a terminal and silence in a pipe.
func progress(w io.Writer, size int64, what string) io.Writer {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return io.Discard
	}
	return progressbar.DefaultBytes(size, what)
}

func (r *report) add(name string, i email.Imported, err error) {
	r.came++
	switch {
	case err != nil:
		r.lost = append(r.lost, name+": "+sentence(err))
	case i.Known:
		r.known++
	default:
		key := string(i.State)
		if i.Why != "" {
			key += " (" + string(i.Why) + ")"
		}
		r.states[key]++
		if i.State == email.Waiting || i.State == email.Failed {
			r.lost = append(r.lost, name+": "+i.Say)
		}
	}
}

func (r *report) print(w io.Writer, dry bool) {
	head := "read"
	if dry {
		head = "read (dry run, nothing was changed)"
	}
	fmt.Fprintf(w, "%7d  %s\n", r.came, head)
	for _, k := range slices.Sorted(maps.Keys(r.states)) {
		fmt.Fprintf(w, "%7d  %s\n", r.states[k], k)
	}
	fmt.Fprintf(w, "%7d  here already\n", r.known)
	for _, l := range r.lost {
		fmt.Fprintln(w, "  not on a ticket:", l)
	}
}
