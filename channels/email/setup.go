package email

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/channels/email/guess"
	"github.com/hearthdesk/hearth/channels/email/server"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type tryIn struct {
	Body struct {
		Address  string  `json:"address" maxLength:"320"`
		IMAP     string  `json:"imap,omitempty" maxLength:"500"`
		SMTP     string  `json:"smtp,omitempty" maxLength:"500"`
		Options  Options `json:"options,omitzero"`
		Password string  `json:"password,omitempty" maxLength:"1000" doc:"used for this trial and kept nowhere"`
		OAuth    *OAuth  `json:"oauth,omitempty"`
	}
}

// setupRoutes are what somebody asks who is about to connect a mailbox.
func (room *Room) setupRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/mail/guess", Needs: web.Settings, Say: "Guess the servers of a mailbox from its address; takes up to eight seconds"},
		func(ctx context.Context, _ web.Who, in *struct {
			Body struct {
				Address string `json:"address" maxLength:"320"`
			}
		},
		) (guess.Settings, error) {
			return room.Guess(ctx, in.Body.Address)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/mail/try", Needs: web.Settings, Say: "Try to sign in to servers before a mailbox is connected; nothing is kept"},
		func(ctx context.Context, _ web.Who, in *tryIn) (Trial, error) {
			b := in.Body
			return room.Rehearse(ctx, Mailbox{Address: b.Address, IMAP: b.IMAP, SMTP: b.SMTP, Options: b.Options}, secretsFrom(b.Password, "", b.OAuth))
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/mail/mailboxes/{id}/test", Needs: web.Settings, Say: "Try to sign in to a mailbox's servers"},
		func(ctx context.Context, _ web.Who, in *boxIn) (Trial, error) { return room.Try(ctx, in.ID) })
}

// Guess finds out the servers of a mailbox from its address.
func (room *Room) Guess(ctx context.Context, address string) (guess.Settings, error) {
	plain, err := people.PlainEmail(address)
	if err != nil {
		return guess.Settings{}, fault.Field("address", "email.malformed", "Write the whole address, such as help@example.com.")
	}
	return room.finder.Guess(ctx, plain), nil
}

// Trial is what came of signing in to a mailbox's servers.
type Trial struct {
	IMAP string `json:"imap,omitempty" doc:"ok, or a sentence about what is wrong; absent when there is no such server"`
	SMTP string `json:"smtp,omitempty"`
}

// trialIn is how long a trial may take: somebody waits for it, and a server that works answers in a second.
const trialIn = 15 * time.Second

// Rehearse signs in with settings that no mailbox has yet, and keeps nothing of them.
func (room *Room) Rehearse(ctx context.Context, m Mailbox, s Secrets) (t Trial, err error) {
	if m.IMAP == "" && m.SMTP == "" {
		return t, fault.Field("imap", "server.missing", "Say which server to try: the one to read from (IMAP), the one that sends (SMTP), or both.")
	}
	if err := m.check(); err != nil {
		return t, err
	}
	if s.Password == "" && s.RefreshToken == "" && m.signsIn() {
		return t, fault.Field("password", "password.missing", "Enter the password of the mailbox.")
	}
	return room.trial(ctx, m, s), nil
}

// signsIn says whether one of the mailbox's servers, which are good ones, is told who we are.
func (m Mailbox) signsIn() bool {
	if m.IMAP != "" {
		return true
	}
	at, err := m.server("smtp", m.SMTP)
	return err == nil && at.User != ""
}

// Try signs in to a mailbox's servers and says in plain words what is wrong.
func (room *Room) Try(ctx context.Context, id tickets.MailboxID) (t Trial, err error) {
	var m Mailbox
	if err := room.db.Read(ctx, func(tx *store.Tx) error { m, err = loadBox(tx, id); return err }); err != nil {
		return t, err
	}
	s, err := room.secrets(m)
	if err != nil {
		return t, err
	}
	return room.trial(ctx, m, s), nil
}

// trial signs in to both servers at once.
func (room *Room) trial(ctx context.Context, m Mailbox, s Secrets) (t Trial) {
	ctx, stop := context.WithTimeout(ctx, trialIn)
	defer stop()
	var crew sync.WaitGroup
	if m.IMAP != "" {
		crew.Go(func() { t.IMAP = told(room.tryIMAP(ctx, m, s)) })
	}
	if m.SMTP != "" {
		crew.Go(func() { t.SMTP = told(room.trySMTP(ctx, m, s)) })
	}
	crew.Wait()
	return t
}

func told(err error) string {
	if err != nil {
		return server.Explain(err)
	}
	return "ok"
}

func (room *Room) tryIMAP(ctx context.Context, m Mailbox, s Secrets) error {
	c, err := room.dialIMAP(ctx, m, s, make(chan struct{}, 1))
	if err != nil {
		return err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	_ = c.Logout().Wait() // the sign-in is what was tried
	return nil
}

func (room *Room) trySMTP(ctx context.Context, m Mailbox, s Secrets) error {
	c, err := room.dialSMTP(ctx, m, s)
	if err != nil {
		return err
	}
	_ = c.Quit() // the sign-in is what was tried
	_ = c.Close()
	return nil
}
