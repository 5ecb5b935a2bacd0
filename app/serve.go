package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/hearthdesk/hearth/base/bus"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/rooms/hours"
)

// goodbye is how long requests and work that run when the server stops may take to end.
const goodbye = 15 * time.Second

// lock takes the data folder for this process.
func lock(s Settings) (*flock.Flock, error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	l := flock.New(filepath.Join(s.Data, "lock"), flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fault.New(fault.Internal, "data.unwritable", "The data folder %s can't be written to: %v.", s.Data, cause(err))
	}
	if !ok {
		return nil, fault.New(fault.Conflict, "data.locked", "A Hearth server runs on %s already; stop it first, or choose another folder with --data.", s.Data)
	}
	return l, nil
}

// Opened is told once the doors are open.
type Opened struct {
	HTTP, SMTP  string // addresses
	SMTPTrouble string // why no mail is taken by SMTP, when it was to be
	FirstLink   string // where the owner makes their account, when there is none yet
}

// Serve runs a server until ctx ends, and then lets what runs finish.
func Serve(ctx context.Context, s Settings, opened func(Opened)) error {
	return serve(ctx, s, opened, func(*House) error { return nil })
}

// serve is Serve of a house to which something more is done before its doors open.
func serve(ctx context.Context, s Settings, opened func(Opened), more func(h *House) error) error {
	l, err := lock(s)
	if err != nil {
		return err
	}
	defer l.Unlock() //nolint:errcheck // the process ends
	h, err := Build(ctx, s)
	if err != nil {
		return err
	}
	if err = more(h); err == nil {
		err = h.serve(ctx, opened)
	}
	return errors.Join(err, h.Close())
}

func (h *House) serve(ctx context.Context, opened func(Opened)) (err error) {
	s := h.Settings
	if h.Bus, err = bus.Open(ctx, s.NATSURL, s.log()); err != nil {
		return err
	}
	if err := bus.Join(h.Bus, h.DB); err != nil {
		return err
	}
	if err := h.Hours.Settle(ctx, hours.Home()); err != nil {
		return err
	}
	d, err := openDoors(ctx, s)
	if err != nil {
		return err
	}
	defer os.Remove(d.at)
	h.Staff.LinkTo(s.baseURL(d.web.Addr().String())) // a free port has its number now
	h.Portal.LinkTo(s.baseURL(d.web.Addr().String()))
	h.Tell.LinkTo(s.baseURL(d.web.Addr().String()))
	said := Opened{HTTP: d.web.Addr().String(), SMTPTrouble: d.mailTrouble}
	if d.mail != nil {
		said.SMTP = d.mail.Addr().String()
	}
	if first, needed, err := h.Staff.FirstLink(ctx); err != nil {
		return errors.Join(err, d.close())
	} else if needed {
		said.FirstLink = first.URL
	}
	return h.work(ctx, d, func() {
		if opened != nil {
			opened(said)
		}
	})
}

// doors are what is listened on.
type doors struct {
	web, local, mail net.Listener // mail may be nil
	mailTrouble      string       // why mail is nil though it was to be there
	at               string       // where the socket lies
}

func openDoors(ctx context.Context, s Settings) (d doors, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if d.web, err = listen(ctx, "tcp", s.Listen); err != nil {
		return d, err
	}
	if d.at, err = s.socket(); err != nil {
		return d, err
	}
	_ = os.Remove(d.at) // of a server that was killed; the folder is locked, so it is nobody's
	if d.local, err = listen(ctx, "unix", d.at); err != nil {
		return d, err
	}
	if err := os.Chmod(d.at, 0o600); err != nil {
		return d, err
	}
	if s.SMTPListen != "" {
		d.mail, err = listen(ctx, "tcp", s.SMTPListen)
	}
	if f := fault.Of(err); f != nil && s.SMTPSpare {
		d.mailTrouble, err = f.Say, nil
	}
	return d, err
}

func (d doors) close() (err error) {
	for _, l := range []net.Listener{d.web, d.local, d.mail} {
		if l != nil {
			err = errors.Join(err, l.Close())
		}
	}
	return err
}

// work runs everything until ctx ends or one part fails, and then lets what runs finish.
func (h *House) work(ctx context.Context, d doors, opened func()) (err error) {
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var crew sync.WaitGroup
	failed := make(chan error, 8)
	run := func(name string, do func() error) {
		crew.Go(func() {
			if err := do(); err != nil && !errors.Is(err, http.ErrServerClosed) && work.Err() == nil {
				failed <- fmt.Errorf("%s: %w", name, err)
			}
		})
	}
	servers := []*http.Server{h.door(h.Handler()), h.door(h.Local())}
	run("http", func() error { return servers[0].Serve(d.web) })
	run("socket", func() error { return servers[1].Serve(d.local) })
	run("followers", func() error { h.DB.Follow(work, h.Followers...); return nil })
	run("due", func() error { return h.Due.Run(work) })
	run("live", func() error { return h.Live.Run(work, h.Bus) })
	run("fetch", func() error { h.Email.Fetch(work); return nil })
	if d.mail != nil {
		host, _, _ := net.SplitHostPort(d.mail.Addr().String())
		run("smtp", func() error { return h.Email.Listen(work, d.mail, host) })
	}
	opened()
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	bye, done := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer done()
	for _, s := range servers { // no new requests; those that run may end
		if s.Shutdown(bye) != nil {
			_ = s.Close() // sockets and stuck peers
		}
	}
	stopWork()
	crew.Wait()
	return err
}

func listen(ctx context.Context, network, at string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, network, at)
	if err != nil {
		return nil, fault.New(fault.Internal, "listen.failed", "Nothing can listen on %s: %v.", at, cause(err))
	}
	return l, nil
}

func (h *House) door(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
}

// routes are the pages of the house itself.
func (h *House) routes() {
	mux := h.API.Mux
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, stop := context.WithTimeout(r.Context(), 2*time.Second)
		defer stop()
		if _, err := h.DB.Head(ctx); err != nil {
			w.Header().Set("Retry-After", "2")
			say(w, http.StatusServiceUnavailable, "the database does not answer\n")
			return
		}
		say(w, http.StatusOK, "ready\n")
	})
	mux.Handle("GET /metrics", h.metrics.handler(h))
	if h.Pages != nil {
		h.Pages.Serve(h.API)
	}
}

func say(w http.ResponseWriter, status int, text string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // a peer that is gone can't be told
}

// Handler is the public door.
func (h *House) Handler() http.Handler { return h.API.Handler() }
