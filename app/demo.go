package app

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/hearthdesk/hearth/app/demo"
	"github.com/hearthdesk/hearth/app/demo/backlog"
	"github.com/hearthdesk/hearth/base/fault"
)

// Demo makes sure that the data folder holds the sample company and says how to sign in: an empty folder is filled, one that
// was filled before is left as it is, and every other is refused. s.Now is needed.
func Demo(ctx context.Context, s Settings, o demo.Options) (in demo.SignIns, err error) {
	l, err := lock(s)
	if err != nil {
		return in, err
	}
	defer l.Unlock() //nolint:errcheck // the folder is ours until here
	in, found, err := sample(s)
	if err != nil || found {
		return in, err
	}
	if err := unlived(s); err != nil {
		return in, err
	}
	if in, err = fill(ctx, s, o); err != nil {
		return in, err
	}
	return in, s.keepSample(in)
}

// sample is where the sign-ins of the sample company lie. They stand there once it is filled, and say that it is one.
func (s Settings) sample() string { return filepath.Join(s.Data, "sample-company.json") }

func (s Settings) keepSample(in demo.SignIns) error {
	b, err := json.MarshalIndent(in, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(s.sample(), b, 0o600)
}

func sample(s Settings) (in demo.SignIns, found bool, err error) {
	b, err := os.ReadFile(s.sample())
	if errors.Is(err, fs.ErrNotExist) {
		return in, false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &in)
	}
	return in, err == nil, err
}

// unlived refuses a folder with anything in it but what every command leaves there.
func unlived(s Settings) error {
	entries, err := os.ReadDir(s.Data)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !slices.Contains([]string{"lock", "secret.key"}, e.Name()) {
			return fault.New(fault.Conflict, "demo.not_empty",
				"The folder %s holds something already (%s), and the sample company needs an empty one; choose another with --data, or empty it if filling it was cut off.", s.Data, e.Name())
		}
	}
	return nil
}

// fill builds the house on a clock of its own and lets the sample company live in it.
func fill(ctx context.Context, s Settings, o demo.Options) (in demo.SignIns, err error) {
	clock := demo.NewClock(s.Now())
	s.Now, s.Hasty = clock.Now, true
	h, err := Build(ctx, s)
	if err != nil {
		return in, err
	}
	behind := backlog.Of(ctx, h.Files)
	h.Files, h.Followers = behind, nil
	h.furnish() // anew, with files that don't keep anybody waiting
	in, err = demo.Fill(ctx, h.lend(clock), o)
	return in, errors.Join(err, behind.Close(), h.Close())
}

// lend is the house as the sample company needs it.
func (h *House) lend(clock *demo.Clock) demo.Deps {
	return demo.Deps{
		DB: h.DB, Due: h.Due, Files: h.Files, Staff: h.Staff, Hours: h.Hours, People: h.People, Tickets: h.Tickets, Clocks: h.Clocks, Recovery: h.Recovery, Promises: h.Promises,
		Email: h.Email, Followers: h.Followers, Clock: clock,
	}
}

// ServeDemo serves the sample company. Its customers exist nowhere, so what it sends goes to the folder outbox. Unless it is
// to be still, they go on writing.
func ServeDemo(ctx context.Context, s Settings, still bool, opened func(Opened)) error {
	out, err := demo.OpenOutbox(ctx, filepath.Join(s.Data, "outbox"))
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- out.Serve() }()
	if err = posted(ctx, s, out.URL()); err == nil {
		err = serve(ctx, s, opened, func(h *House) error {
			if still {
				return nil
			}
			return h.wake(ctx)
		})
	}
	return errors.Join(err, out.Close(), <-ended)
}

// wake lets the customers of the sample company write, if it is one.
func (h *House) wake(ctx context.Context) error {
	in, found, err := sample(h.Settings)
	if err != nil || !found {
		return err
	}
	if in.Lived == 0 { // it was filled by an earlier version
		if in.Lived, err = h.DB.Head(ctx); err != nil {
			return err
		}
		if err := h.Settings.keepSample(in); err != nil {
			return err
		}
	}
	alive, err := demo.Wake(h.lend(nil), in)
	if err != nil {
		return err
	}
	h.Followers = append(h.Followers, alive.Follower())
	return alive.Begin(ctx)
}

// posted lets every mailbox send to the outbox, wherever that listens today.
func posted(ctx context.Context, s Settings, to string) error {
	c, err := Connect(ctx, s)
	if err != nil {
		return err
	}
	var all struct {
		Items []struct{ ID, SMTP string }
	}
	err = c.Do(ctx, http.MethodGet, "/api/v1/mail/mailboxes", nil, &all)
	for _, b := range all.Items {
		if err == nil && b.SMTP != to {
			err = c.Do(ctx, http.MethodPatch, "/api/v1/mail/mailboxes/"+b.ID, map[string]any{"smtp": to}, nil)
		}
	}
	return errors.Join(err, c.Close())
}
