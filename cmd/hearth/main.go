// Command hearth runs the house, or an errand in it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	_ "time/tzdata" // a machine without zone files still has the company's hours

	"github.com/alecthomas/kong"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/fault"
)

var version = "dev" //nolint:gochecknoglobals // set by the linker

func main() { os.Exit(Main()) }

// Main is main with an exit code, so that the scripts of tests can run it: 0 for success, 1 for a failure with one
// sentence on stderr, 2 for misuse.
func Main() int { return run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr) }

// terminal is what commands read from and write to.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

// where are the flags every command knows, because every command needs the data.
type where struct {
	Data        string `help:"The data folder." default:"hearth-data" env:"HEARTH_DATA" type:"path" placeholder:"DIR"`
	DatabaseURL string `help:"PostgreSQL instead of the SQLite file in the data folder: postgres://…" env:"HEARTH_DATABASE_URL" placeholder:"URL"`
	NATSURL     string `name:"nats-url" help:"A NATS server or cluster shared by many nodes; in process without." env:"HEARTH_NATS_URL" placeholder:"URL"`
	BlobURL     string `help:"S3 instead of the data folder for attachments: s3://…" env:"HEARTH_BLOB_URL" placeholder:"URL"`
	SecretKey   string `help:"The key that seals passwords, shared by all nodes; a file in the data folder without." env:"HEARTH_SECRET_KEY" hidden:""`
	Region      string `help:"Country of phone numbers written without a country code." default:"DE" env:"HEARTH_REGION" placeholder:"CC"`

	files *configs
}

// AfterApply keeps which files the settings come from.
func (w *where) AfterApply(c *configs) error { w.files = c; return nil } //nolint:unparam // kong wants an error

// ways are the flags of commands that open the doors.
type ways struct {
	Listen     string  `help:"Where browsers and programs connect." default:"127.0.0.1:8080" env:"HEARTH_LISTEN" placeholder:"ADDR"`
	SMTPListen *string `name:"smtp-listen" help:"Where mail servers hand in mail; 127.0.0.1:2525 without, if nobody else listens there; off for nowhere." env:"HEARTH_SMTP_LISTEN" placeholder:"ADDR"`
	BaseURL    string  `help:"How people reach this server, such as https://help.example." env:"HEARTH_BASE_URL" placeholder:"URL"`
}

func (w where) settings() app.Settings {
	return app.Settings{Data: w.Data, DatabaseURL: w.DatabaseURL, NATSURL: w.NATSURL, BlobURL: w.BlobURL, SecretKey: w.SecretKey, Region: w.Region, Version: version, Config: w.files.names}
}

// open says where the doors are. The receiver's usual place is only a wish: another server on the machine may have it.
func (w ways) open(s *app.Settings) {
	s.Listen, s.BaseURL = w.Listen, w.BaseURL
	switch {
	case w.SMTPListen == nil:
		s.SMTPListen, s.SMTPSpare = "127.0.0.1:2525", true
	case *w.SMTPListen != "off":
		s.SMTPListen = *w.SMTPListen
	}
}

type commands struct {
	Config  configFile `help:"A JSON file of settings; a key is a variable without HEARTH_, such as database_url. Flags and variables go before it." env:"HEARTH_CONFIG" placeholder:"FILE"`
	Verbose bool       `help:"Log more." short:"v" env:"HEARTH_VERBOSE"`

	Serve   serveCmd   `cmd:"" help:"Run the server."`
	Demo    demoCmd    `cmd:"" help:"Fill an empty data folder with the sample company and run it."`
	Mailbox mailboxCmd `cmd:"" help:"Mailboxes."`
	Lexicon lexiconCmd `cmd:"" help:"Words we say to customers, and those we never do."`
	Staff   staffCmd   `cmd:"" help:"The people who work here."`
	Token   tokenCmd   `cmd:"" help:"Tokens for programs."`
	Import  importCmd  `cmd:"" help:"Take in mail from files."`
	Export  exportCmd  `cmd:"" help:"Write everything into a folder, in formats that need no Hearth to be read."`
	Backup  backupCmd  `cmd:"" help:"Write everything into one file, while the server runs."`
	Restore restoreCmd `cmd:"" help:"Fill an empty data folder from a backup."`
	Doctor  doctorCmd  `cmd:"" help:"Look at everything that can be out of order."`
	OpenAPI openapiCmd `cmd:"" name:"openapi" help:"Print the OpenAPI document."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

func run(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	t := terminal{in, out, errOut}
	var c commands
	var files configs
	code := -1
	parser, err := newParser(&c, &files, t, func(n int) { code = n }, kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		fmt.Fprintln(errOut, "hearth:", sentence(err))
		return 2
	}
	k, err := parser.Parse(args)
	if code >= 0 { // --help
		return code
	}
	if err != nil {
		fmt.Fprintln(errOut, "hearth:", sentence(err))
		return 2
	}
	level := slog.LevelInfo
	if c.Verbose {
		level = slog.LevelDebug
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: level})))
	if err := k.Run(); err != nil {
		fmt.Fprintln(errOut, "hearth:", sentence(err))
		return 1
	}
	return 0
}

// sentence is an error as one line fit for a person.
func sentence(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Say
	}
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

// with runs do with a connection to the server on the data folder, or to the folder itself.
func with(ctx context.Context, s app.Settings, do func(c *app.Client) error) error {
	if s.DatabaseURL == "" {
		if _, err := os.Stat(filepath.Join(s.Data, "hearth.db")); errors.Is(err, os.ErrNotExist) {
			slog.DebugContext(ctx, "a new data folder", "data", s.Data)
		}
	}
	c, err := app.Connect(ctx, s)
	if err != nil {
		return err
	}
	err = do(c)
	return errors.Join(err, c.Close())
}
