// Package app is the one place that knows everyone: it builds the house from the ground up, opens its doors, and closes
// them in order. The command line does everything through the same API as everybody else: beside a running server by a
// socket in the locked data folder, without one by building the house for itself.
package app

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/rooms/people"
)

// Settings are what a server is started with.
type Settings struct {
	Data        string           // the data folder
	Listen      string           // of HTTP
	DatabaseURL string           // postgres://…; SQLite in the data folder when empty
	NATSURL     string           // nats://…; in process when empty
	BlobURL     string           // s3://…; the data folder when empty
	SMTPListen  string           // of the built-in mail receiver; none when empty
	SMTPSpare   bool             // go on without the receiver when nothing can listen there
	BaseURL     string           // how customers and staff reach the server
	SecretKey   string           // shared by all nodes; a file in the data folder when empty
	Region      string           // country (ISO 3166-1) of phone numbers written without a country code
	Version     string           // of the program
	Config      []string         // the files some of these come from, the last word last
	Log         *slog.Logger     // nil for slog.Default
	Now         func() time.Time // nil for the machine's clock
	Strict      bool             // refuse changes without an event; on in tests
	Hasty       bool             // wait for no disk: while a folder is filled that can be filled anew
}

func (s Settings) database() string {
	if s.DatabaseURL != "" {
		return s.DatabaseURL
	}
	return filepath.Join(s.Data, "hearth.db")
}

// past is where processes that hold the data folder in turn leave their names.
func (s Settings) past() string { return filepath.Join(s.Data, "nodes") }

func (s Settings) blobs() string { return filepath.Join(s.Data, "files") }

func (s Settings) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

func (s Settings) baseURL(addr string) string {
	if s.BaseURL != "" {
		return s.BaseURL
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil { // an errand without a server has only the usual place
		host, port = "127.0.0.1", "8080"
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() { // it listens everywhere; here is one of the places
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// secretKey says where the key comes from, and nothing of it.
func (s Settings) secretKey() string {
	if s.SecretKey != "" {
		return "given from outside (HEARTH_SECRET_KEY)"
	}
	return filepath.Join(s.Data, secret.File)
}

// socket is where the command line reaches a running server: in the data folder, or where its path would be longer than
// the system allows (108 bytes on Linux) in a folder of ours beside the temporary files.
func (s Settings) socket() (string, error) {
	abs, err := filepath.Abs(s.Data)
	if err != nil {
		return "", err
	}
	if at := filepath.Join(abs, "hearth.sock"); len(at) < 100 {
		return at, nil
	}
	sum := sha256.Sum256([]byte(abs))
	temp := os.TempDir()
	if len(temp) > 60 {
		temp = "/tmp"
	}
	dir := filepath.Join(temp, fmt.Sprintf("hearth-%d", os.Getuid()))
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return "", err
	}
	if i, err := os.Lstat(dir); err != nil || !i.IsDir() || i.Mode().Perm() != 0o700 {
		return "", fault.New(fault.Internal, "socket.folder", "The folder %s is not ours alone, so the command line can't be reached there.", dir)
	}
	return filepath.Join(dir, hex.EncodeToString(sum[:8])+".sock"), nil
}

// valid refuses what nothing can be started with, before anything is begun with it. No address is repeated that may hold
// a password.
func (s Settings) valid() error {
	if s.DatabaseURL != "" && schemed(s.DatabaseURL, "postgres", "postgresql") == nil {
		return fault.Field("database_url", "settings.database_url", "The address of the database is not like postgres://user:password@host/name.")
	}
	for one := range strings.SplitSeq(s.NATSURL, ",") {
		if u := schemed(one, "nats", "tls", "ws", "wss"); s.NATSURL != "" && (u == nil || u.Host == "") {
			return fault.Field("nats_url", "settings.nats_url", "The address of NATS is not like nats://host:4222, or several of them with commas between.")
		}
	}
	if s.Region != "" && !people.Country(s.Region) {
		return fault.Field("region", "settings.region", "%q is not a country in two capital letters, such as DE or GB.", s.Region)
	}
	return s.ownHost()
}

// ownHost refuses a public address that is none, or that shares its host with something else.
func (s Settings) ownHost() error {
	if s.BaseURL == "" {
		return nil
	}
	u := schemed(s.BaseURL, "http", "https")
	if u == nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fault.Field("base_url", "settings.base_url", "The address people reach this server at is not like https://help.example.")
	}
	if strings.Trim(u.Path, "/") != "" {
		return fault.Field("base_url", "settings.base_url", "Hearth needs a host of its own: %s://%s, without %s.", u.Scheme, u.Host, u.Path)
	}
	return nil
}

// schemed reads an address that begins in one of a few ways; nil when it does not.
func schemed(address string, schemes ...string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !slices.Contains(schemes, u.Scheme) {
		return nil
	}
	return u
}

// prepare makes the data folder, closed to others.
func (s Settings) prepare() error {
	if err := s.valid(); err != nil {
		return err
	}
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return fault.New(fault.Internal, "data.folder", "The data folder %s can't be made: %v.", s.Data, err)
	}
	return nil
}

// usable refuses a data folder in which nothing could work, before anything is begun in it.
func (s Settings) usable() error {
	if err := tryFile(s.Data); err != nil {
		return fault.New(fault.Internal, "data.unwritable", "The data folder %s can't be written to: %v.", s.Data, cause(err))
	}
	i, err := os.Stat(s.database())
	if s.DatabaseURL != "" || err != nil || i.Size() > 0 {
		return nil //nolint:nilerr // a database that is not there yet will be made
	}
	if kept, err := filepath.Glob(filepath.Join(s.blobs(), "??", "*")); err == nil && len(kept) > 0 {
		return fault.New(fault.Internal, "data.emptied",
			"The database %s is empty, but there are files that belonged to one; restore it from a backup, or remove it to begin anew.", s.database())
	}
	return nil
}

// unopened says which database is in trouble.
func (s Settings) unopened(err error) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	return errors.Join(fault.New(f.Kind, f.Code, "%s: %s", cmp.Or(plainURL(s.DatabaseURL, ""), s.database()), f.Say), err)
}

// cause is what the system said, without the names of files on the way.
func cause(err error) error {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err
}
