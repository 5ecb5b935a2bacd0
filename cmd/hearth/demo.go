package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/app/demo"
)

type demoCmd struct {
	where
	ways
	Tickets int    `help:"How many tickets the sample company has." default:"2000" env:"HEARTH_TICKETS"`
	Seed    uint64 `help:"Another seed, another month." default:"1" env:"HEARTH_SEED"`
	NoServe bool   `help:"Fill the folder and stop." env:"HEARTH_NO_SERVE"`
	Still   bool   `help:"No mail comes by itself." env:"HEARTH_STILL"`
}

// Run fills the folder when it is empty, and serves it.
func (c *demoCmd) Run(ctx context.Context, t terminal) error {
	s := c.settings()
	c.open(&s)
	s.Now = time.Now
	var filled func(done, all int)
	if show := filling(t.err, "a month at the sample company"); show != nil {
		filled = func(done, all int) { show(int64(done), int64(all)) }
	}
	in, err := app.Demo(ctx, s, demo.Options{Tickets: c.Tickets, Seed: c.Seed, Progress: filled})
	if err != nil {
		return err
	}
	if c.NoServe {
		c.show(t.out, s, app.Opened{HTTP: c.Listen}, in)
		return nil
	}
	return app.ServeDemo(ctx, s, c.Still, func(o app.Opened) { c.show(t.out, s, o, in) })
}

// filling is a bar on a terminal and silence in a pipe.
func filling(w io.Writer, what string) func(done, all int64) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, all int64) {
		if bar == nil {
			bar = progressbar.Default(all, what)
		}
		if bar.GetMax64() != all {
			bar.ChangeMax64(all) // more turned out to be there
		}
		_ = bar.Set64(done) // a terminal that is gone can't be told
	}
}

// show tells a visitor where to go, who they can be there, and what programs can try.
func (c *demoCmd) show(w io.Writer, s app.Settings, o app.Opened, in demo.SignIns) {
	at := strings.TrimSuffix(cmp.Or(s.BaseURL, "http://"+o.HTTP), "/")
	fmt.Fprintf(w, "Open %s and sign in as\n\n", at)
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range in.People {
		fmt.Fprintf(tab, "  %s\t%s\t%s\t%s\n", p.Role, p.Email, p.Password, p.Name)
	}
	_ = tab.Flush() // the terminal
	fmt.Fprintf(w, "\nThis is %s, a sample company with %d tickets; all of it is made up.\n", in.Company, in.Tickets)
	if !c.Still && !c.NoServe {
		fmt.Fprintln(w, "New mails arrive by themselves while this runs, and customers write back when you answer them.")
	}
	fmt.Fprintf(w, "Nothing leaves this machine: what is sent lies in %s.\n", filepath.Join(s.Data, "outbox"))
	ask := "  curl -s -H \"Authorization: Bearer $HEARTH_TOKEN\""
	fmt.Fprintf(w, "\nFor programs (the token may what the owner may):\n\n  export HEARTH_TOKEN=%s\n", in.Token)
	fmt.Fprintf(w, "%s '%s/api/v1/tickets?waiting=true&limit=5'\n", ask, at)
	fmt.Fprintf(w, "%s '%s/api/v1/search?q=%s'\n", ask, at, in.Order)
	fmt.Fprintf(w, "%s --json '{\"text\":\"It leaves us today, I promise.\"}' %s/api/v1/tickets/%s/replies\n", ask, at, in.Ticket)
}
