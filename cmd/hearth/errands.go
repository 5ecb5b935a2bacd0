package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/fault"
)

type serveCmd struct {
	where
	ways
}

// Run serves until it is interrupted.
func (c *serveCmd) Run(ctx context.Context, t terminal) error {
	s := c.settings()
	c.open(&s)
	return app.Serve(ctx, s, func(o app.Opened) { greet(t.out, s, o) })
}

func greet(w io.Writer, s app.Settings, o app.Opened) {
	fmt.Fprintf(w, "Hearth is open on http://%s\n", o.HTTP)
	if o.SMTP != "" {
		fmt.Fprintf(w, "Mail is taken by SMTP on %s\n", o.SMTP)
	}
	if o.SMTPTrouble != "" {
		fmt.Fprintf(w, "No mail is taken by SMTP: %s Choose another address with --smtp-listen, or off.\n", o.SMTPTrouble)
	}
	if o.FirstLink != "" {
		fmt.Fprintf(w, "Make the owner's account: %s\n", o.FirstLink)
	}
	fmt.Fprintf(w, "The data lies in %s\n", s.Data)
}

type mailboxCmd struct {
	Add  mailboxAddCmd  `cmd:"" help:"Connect a mailbox."`
	List mailboxListCmd `cmd:"" help:"List the mailboxes and how reading them goes."`
}

type mailboxAddCmd struct {
	where
	Address       string `help:"The address customers write to." required:"" env:"HEARTH_MAILBOX_ADDRESS"`
	Name          string `help:"Whom customers see as the sender." env:"HEARTH_MAILBOX_NAME"`
	IMAP          string `name:"imap" help:"imaps://user@host; without it the built-in receiver takes the mail of this address." placeholder:"URL" env:"HEARTH_MAILBOX_IMAP"`
	SMTP          string `name:"smtp" help:"smtps://user@host or smtp+starttls://user@host." placeholder:"URL" env:"HEARTH_MAILBOX_SMTP"`
	PasswordStdin bool   `help:"Read the password from standard input." env:"HEARTH_MAILBOX_PASSWORD_STDIN"`
	Acknowledge   bool   `help:"Tell people who write when somebody will answer." env:"HEARTH_MAILBOX_ACKNOWLEDGE"`
	Locale        string `help:"Language of machine text." enum:"en,de" default:"en" env:"HEARTH_MAILBOX_LOCALE"`
}

// Run connects the mailbox, and tries its servers so that a wrong password is known at once.
func (c *mailboxAddCmd) Run(ctx context.Context, t terminal) error {
	in := map[string]any{
		"address": c.Address, "name": c.Name, "imap": c.IMAP, "smtp": c.SMTP,
		"options": map[string]any{"acknowledge": c.Acknowledge, "locale": c.Locale},
	}
	if c.PasswordStdin {
		p, err := line(t.in)
		if err != nil {
			return err
		}
		in["password"] = p
	}
	return with(ctx, c.settings(), func(cl *app.Client) error {
		var box struct{ ID, Address string }
		if err := cl.Do(ctx, http.MethodPost, "/api/v1/mail/mailboxes", in, &box); err != nil {
			return err
		}
		var trial struct{ IMAP, SMTP string }
		if err := cl.Do(ctx, http.MethodPost, "/api/v1/mail/mailboxes/"+box.ID+"/test", struct{}{}, &trial); err != nil {
			return err
		}
		fmt.Fprintln(t.out, box.ID, box.Address)
		for name, said := range map[string]string{"IMAP": trial.IMAP, "SMTP": trial.SMTP} {
			if said != "" && said != "ok" {
				fmt.Fprintf(t.err, "hearth: the mailbox is saved, but its %s server can't be used yet: %s\n", name, said)
			}
		}
		return nil
	})
}

type mailboxListCmd struct{ where }

// Run lists mailboxes.
func (c *mailboxListCmd) Run(ctx context.Context, t terminal) error {
	return with(ctx, c.settings(), func(cl *app.Client) error {
		var boxes struct {
			Items []struct {
				ID, Address string
				Paused      bool
			}
		}
		if err := cl.Do(ctx, http.MethodGet, "/api/v1/mail/mailboxes", nil, &boxes); err != nil {
			return err
		}
		var health struct {
			Items []struct{ Mailbox, Folder, Trouble string }
		}
		if err := cl.Do(ctx, http.MethodGet, "/api/v1/mail/health", nil, &health); err != nil {
			return err
		}
		for _, b := range boxes.Items {
			state := "well"
			if b.Paused {
				state = "paused"
			}
			for _, f := range health.Items {
				if f.Mailbox == b.ID && f.Trouble != "" {
					state = f.Folder + ": " + f.Trouble
				}
			}
			fmt.Fprintf(t.out, "%s\t%s\t%s\n", b.ID, b.Address, state)
		}
		return nil
	})
}

type staffCmd struct {
	Add  staffAddCmd  `cmd:"" help:"Add somebody."`
	List staffListCmd `cmd:"" help:"List everybody."`
}

type staffAddCmd struct {
	where
	Email         string `help:"Their mail address." required:"" env:"HEARTH_STAFF_EMAIL"`
	Name          string `help:"What colleagues and customers call them." required:"" env:"HEARTH_STAFF_NAME"`
	Role          string `help:"owner, admin, supervisor, agent, light, leader, or a role of your own." default:"agent" env:"HEARTH_STAFF_ROLE"`
	PasswordStdin bool   `help:"Read a password from standard input; without it a link to choose one is printed." env:"HEARTH_STAFF_PASSWORD_STDIN"`
}

// Run adds a member of staff.
func (c *staffAddCmd) Run(ctx context.Context, t terminal) error {
	in := map[string]any{"email": c.Email, "name": c.Name, "role": c.Role}
	if c.PasswordStdin {
		p, err := line(t.in)
		if err != nil {
			return err
		}
		in["password"] = p
	}
	return with(ctx, c.settings(), func(cl *app.Client) error {
		var out struct {
			ID   string
			Link *struct{ URL string }
		}
		if err := cl.Do(ctx, http.MethodPost, "/local/staff", in, &out); err != nil {
			return err
		}
		fmt.Fprintln(t.out, out.ID, c.Email)
		if out.Link != nil {
			fmt.Fprintln(t.out, "They choose a password here:", out.Link.URL)
		}
		return nil
	})
}

type staffListCmd struct{ where }

// Run lists the staff.
func (c *staffListCmd) Run(ctx context.Context, t terminal) error {
	return with(ctx, c.settings(), func(cl *app.Client) error {
		var out struct {
			Items []struct{ ID, Email, Name, Role string }
		}
		if err := cl.Do(ctx, http.MethodGet, "/api/v1/staff", nil, &out); err != nil {
			return err
		}
		for _, m := range out.Items {
			fmt.Fprintf(t.out, "%s\t%s\t%s\t%s\n", m.ID, m.Email, m.Name, m.Role)
		}
		return nil
	})
}

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token; it is printed once, alone, on standard output."`
}

type tokenCreateCmd struct {
	where
	Staff string   `help:"Whom the program acts for: a mail address or an id." required:"" env:"HEARTH_TOKEN_STAFF"`
	Name  string   `help:"What the token is for." required:"" env:"HEARTH_TOKEN_NAME"`
	Scope []string `help:"What it may: view, act, money, people, settings, approve, reports, capture; everything they may without." env:"HEARTH_TOKEN_SCOPE"`
}

// Run makes a token.
func (c *tokenCreateCmd) Run(ctx context.Context, t terminal) error {
	return with(ctx, c.settings(), func(cl *app.Client) error {
		in := map[string]any{"staff": c.Staff, "name": c.Name}
		if len(c.Scope) > 0 {
			in["scopes"] = c.Scope
		}
		var out struct{ Token string }
		if err := cl.Do(ctx, http.MethodPost, "/local/tokens", in, &out); err != nil {
			return err
		}
		fmt.Fprintln(t.out, out.Token)
		return nil
	})
}

type backupCmd struct {
	where
	File string `arg:"" help:"Where the backup goes." type:"path"`
}

// Run writes a backup.
func (c *backupCmd) Run(ctx context.Context, t terminal) error {
	return with(ctx, c.settings(), func(cl *app.Client) error {
		abs, err := filepath.Abs(c.File)
		if err != nil {
			return err
		}
		s, err := cl.Backup(ctx, abs, filling(t.err, "backing up"))
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%s: %d MB, %d files, up to journal entry %d. The secret key is not inside: keep a copy of %s apart.\n",
			s.File, s.Bytes>>20, s.Blobs, s.Journal, filepath.Join(c.Data, "secret.key"))
		return nil
	})
}

type exportCmd struct {
	where
	Folder string `arg:"" help:"A new folder, or an empty one." type:"path"`
}

// Run writes an export.
func (c *exportCmd) Run(ctx context.Context, t terminal) error {
	return with(ctx, c.settings(), func(cl *app.Client) error {
		abs, err := filepath.Abs(c.Folder)
		if err != nil {
			return err
		}
		x, err := cl.Export(ctx, abs, filling(t.err, "exporting"))
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(x.Lines)) {
			fmt.Fprintf(t.out, "%9d  %s\n", x.Lines[name], name)
		}
		fmt.Fprintf(t.out, "%9d  attachments and mails, %d MB\n", x.Files, x.Bytes>>20)
		if x.Missing > 0 {
			fmt.Fprintf(t.out, "%9d  attachments and mails were missing\n", x.Missing)
		}
		fmt.Fprintf(t.out, "%s holds everything up to journal entry %d; its README.md says what lies where. No passwords, tokens or keys are inside.\n", x.Folder, x.Journal)
		return nil
	})
}

type restoreCmd struct {
	where
	File string `arg:"" help:"The backup." type:"path"`
}

// Run fills an empty folder from a backup.
func (c *restoreCmd) Run(ctx context.Context, t terminal) error {
	s, err := app.Restore(ctx, c.settings(), c.File, filling(t.err, "restoring"))
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "Restored to the state of %s: %d files, journal entry %d. Put your copy of secret.key into %s.\n", s.At.Format("2006-01-02 15:04 MST"), s.Blobs, s.Journal, c.Data)
	return nil
}

type doctorCmd struct {
	where
	ways
	JSON bool `help:"Print JSON." env:"HEARTH_DOCTOR_JSON"`
}

// Run looks at everything; a finding that is not in order makes it fail.
func (c *doctorCmd) Run(ctx context.Context, t terminal) error {
	s := c.settings()
	c.open(&s)
	return with(ctx, s, func(cl *app.Client) error {
		var x app.Examination
		if err := cl.Do(ctx, http.MethodGet, "/local/doctor", nil, &x); err != nil {
			return err
		}
		if c.JSON {
			e := json.NewEncoder(t.out)
			e.SetIndent("", "  ")
			if err := e.Encode(x); err != nil {
				return err
			}
		} else {
			x.Print(t.out)
		}
		if !x.OK {
			return fault.New(fault.Internal, "doctor.found", "Not everything is in order.")
		}
		return nil
	})
}

type openapiCmd struct{}

// Run prints the OpenAPI document.
func (c *openapiCmd) Run(t terminal) error {
	b, err := app.Outline(version).API.Document()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, string(b))
	return err
}

type versionCmd struct{}

// Run prints the version.
func (c *versionCmd) Run(t terminal) error {
	_, err := fmt.Fprintln(t.out, "hearth", version)
	return err
}

// line reads a password: the first line of standard input.
func line(r io.Reader) (string, error) {
	s, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && s == "" {
		return "", fault.New(fault.Invalid, "password.missing", "No password came on standard input.")
	}
	return strings.TrimRight(s, "\r\n"), nil
}
