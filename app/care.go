package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
)

func bg() context.Context { return context.Background() }

// Condition is how the house is.
type Condition struct {
	Head   int64            `json:"journal"`
	Lag    map[string]int64 `json:"lag"`
	Stuck  int              `json:"stuck"`  // entries that were given up, not those that stumbled and are tried again
	Parked int              `json:"parked"` // later work that was given up
	Mail   []email.Health   `json:"mail"`
	Repair int              `json:"repair_queue"`
}

func (h *House) condition(ctx context.Context) (c Condition, err error) {
	err = h.DB.Read(ctx, func(tx *store.Tx) error {
		if c.Lag, err = tx.Lag(h.Followers...); err != nil {
			return err
		}
		if c.Head, err = tx.Head(); err != nil {
			return err
		}
		stuck, err := tx.Stuck()
		if err != nil {
			return err
		}
		c.Stuck = len(slices.DeleteFunc(stuck, func(s store.Stuck) bool { return !s.Parked }))
		if c.Parked, err = h.Due.ParkedCount(tx); err != nil {
			return err
		}
		if c.Mail, err = h.Email.Health(tx); err != nil {
			return err
		}
		c.Repair, err = h.Email.Unsettled(tx)
		return err
	})
	return c, err
}

// Finding is one thing the doctor looked at.
type Finding struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Say  string `json:"say"`
}

// Examination is what the doctor found.
type Examination struct {
	OK       bool              `json:"ok"`
	Version  string            `json:"version"`
	Settings map[string]string `json:"settings"`
	Findings []Finding         `json:"findings"`
}

// Examine looks at everything that can be out of order.
func (h *House) Examine(ctx context.Context) (x Examination, err error) {
	s := h.Settings
	x = Examination{OK: true, Version: s.Version, Settings: map[string]string{
		"data": s.Data, "listen": s.Listen, "database": engineOf(s), "nats": plainURL(s.NATSURL, "in process"), "blobs": plainURL(s.BlobURL, s.blobs()),
		"smtp_listen": s.SMTPListen, "base_url": s.BaseURL, "region": s.Region,
		"secret_key": s.secretKey(), "config": cmp.Or(strings.Join(s.Config, ", "), "no file"),
	}}
	add := func(name string, ok bool, format string, args ...any) {
		x.Findings = append(x.Findings, Finding{name, ok, fmt.Sprintf(format, args...)})
		x.OK = x.OK && ok
	}
	if err := h.DB.Check(ctx); err != nil {
		add("database", false, "the database is not in order: %v", err)
	} else {
		add("database", true, "answers, and its pages are in order")
	}
	free, err := freeBytes(s.Data)
	add("disk", err == nil && free > 1<<30, "%.1f GB free for the data folder", float64(free)/(1<<30))
	if err := tryFile(s.Data); err != nil {
		add("data folder", false, "can't be written to: %v", cause(err))
	} else {
		add("data folder", true, "can be written to")
	}
	now := h.DB.Now()
	add("clock", now.Year() >= 2025, "it is %s", now.Format(time.RFC3339))
	c, err := h.condition(ctx)
	if err != nil {
		return x, err
	}
	for f, n := range c.Lag {
		add("follower "+f, n < 1000, "%d entries behind", n)
	}
	add("parked entries", c.Stuck == 0, "%d journal entries wait for somebody to look%s", c.Stuck, way(c.Stuck, "/retry tries one again"))
	add("parked work", c.Parked == 0, "%d pieces of later work were given up%s", c.Parked, way(c.Parked, "/retry or …/discard decides about one"))
	var book []string
	if err := h.DB.Read(ctx, func(tx *store.Tx) (err error) { book, err = ledger.Audit(tx); return err }); err != nil {
		return x, err
	}
	add("ledger", len(book) == 0, "%s", bookWords(book))
	add("repair queue", true, "%d mails wait for a person", c.Repair)
	for _, m := range c.Mail {
		add("mailbox "+m.Mailbox.String(), m.Trouble == "", "%s", mailWords(m))
	}
	return x, nil
}

// way says what to do about what is parked.
func way(n int, then string) string {
	if n == 0 {
		return ""
	}
	return ": GET /api/v1/parked says which and why, POST /api/v1/parked/‹id›" + then
}

// mostBooked is how many faults of the ledger are told.
const mostBooked = 5

func bookWords(faults []string) string {
	switch n := len(faults); {
	case n == 0:
		return "the ledger balances"
	case n > mostBooked:
		return fmt.Sprintf("the ledger does not balance: %s, and %d more", strings.Join(faults[:mostBooked], "; "), n-mostBooked)
	default:
		return "the ledger does not balance: " + strings.Join(faults, "; ")
	}
}

func mailWords(m email.Health) string {
	if m.Trouble != "" {
		return m.Name + ": " + m.Trouble
	}
	return m.Name + " was read at " + m.SeenAt.Format(time.RFC3339)
}

func engineOf(s Settings) string {
	if s.DatabaseURL == "" {
		return "sqlite, " + s.database()
	}
	return plainURL(s.DatabaseURL, "")
}

// plainURL shows a URL without its password.
func plainURL(u, empty string) string {
	if u == "" {
		return empty
	}
	before, after, ok := strings.Cut(u, "@")
	if !ok {
		return u
	}
	scheme, user, _ := strings.Cut(before, "://")
	user, _, _ = strings.Cut(user, ":")
	return scheme + "://" + user + "@" + after
}

func freeBytes(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return st.Bavail * uint64(st.Bsize), nil //nolint:gosec // block sizes are positive
}

func tryFile(dir string) error {
	f, err := os.CreateTemp(dir, ".try-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.WriteString("well"); err != nil {
		return err
	}
	return f.Close()
}

// Print writes what the doctor found for a person.
func (x Examination) Print(w io.Writer) {
	fmt.Fprintf(w, "hearth %s\n", x.Version)
	for _, k := range slices.Sorted(maps.Keys(x.Settings)) {
		fmt.Fprintf(w, "  %-12s %s\n", k, x.Settings[k])
	}
	for _, f := range x.Findings {
		mark := "well "
		if !f.OK {
			mark = "TROUBLE "
		}
		fmt.Fprintf(w, "%s%s: %s\n", mark, f.Name, f.Say)
	}
}
