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
)

type importCmd struct {
	EML  emlCmd  `cmd:"" name:"eml" help:"Mails as files: one file, or a folder and everything below it (Maildir too)."`
	Mbox mboxCmd `cmd:"" name:"mbox" help:"Mails in mbox files: one file, or a folder and everything below it."`
}

type emlCmd struct{ mails }

// Run imports.
func (c *emlCmd) Run(ctx context.Context, t terminal) error { return c.run(ctx, t, each) }

type mboxCmd struct{ mails }

// Run imports.
func (c *mboxCmd) Run(ctx context.Context, t terminal) error { return c.run(ctx, t, split) }

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

// run imports; a second run changes nothing, so one that was cut off is simply run again.
func (c *mails) run(ctx context.Context, t terminal, open func(f string, in io.Reader, take func(name string, raw []byte) error) error) error {
	files, size, err := below(c.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Field("path", "import.path", "There is no file or folder %s.", c.Path)
	} else if err != nil {
		return fault.Field("path", "import.path", "What is to be imported can't be read: %v.", err)
	}
	r := report{states: map[string]int{}}
	bar := progress(t.err, size)
	err = with(ctx, c.settings(), func(cl *app.Client) error {
		take := func(name string, raw []byte) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			var i email.Imported
			dry := ""
			if c.DryRun {
				dry = "yes"
			}
			err := cl.Do(ctx, http.MethodPost, app.Query("/local/import", "mailbox", c.Mailbox, "dry", dry), raw, &i)
			r.add(name, i, err)
			return fatal(err)
		}
		for _, f := range files {
			if err := opened(f, bar, func(in io.Reader) error { return open(f, in, take) }); err != nil {
				return err
			}
		}
		return nil
	})
	r.print(t.out, c.DryRun)
	return err
}

// fatal is an error after which going on makes no sense: everything that is not about one mail.
func fatal(err error) error {
	if err == nil || strings.Contains(sentence(err), "larger than") {
		return nil
	}
	return err
}

func opened(file string, bar io.Writer, do func(in io.Reader) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return do(io.TeeReader(f, bar))
}

// each takes a file that is one mail.
func each(file string, in io.Reader, take func(name string, raw []byte) error) error {
	raw, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	return take(file, raw)
}

// split takes every mail of an mbox file.
func split(file string, in io.Reader, take func(name string, raw []byte) error) error {
	n := 0
	return email.SplitMbox(in, 100<<20, func(raw []byte, cut bool) error {
		n++
		if cut {
			return fmt.Errorf("mail %d in %s is larger than 100 MB", n, file)
		}
		return take(fmt.Sprintf("%s, mail %d", file, n), raw)
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
func progress(w io.Writer, size int64) io.Writer {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return io.Discard
	}
	return progressbar.DefaultBytes(size, "importing")
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
