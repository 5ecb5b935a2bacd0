package email

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email/protect"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Limits of the built-in receiver.
const (
	maxReceived   = 100 << 20 // bytes of one mail; what is over the mailbox's own limit waits in the repair queue
	maxRecipients = 100
	maxLine       = 1 << 20 // RFC 5321 (4.5.3.1.6) allows 1,000; programs that write mail know nothing of it
	maxPeers      = 500     // at a time; others wait
)

// Listen takes mail for the connected mailboxes by SMTP (RFC 5321) until ctx ends. It is no relay: other recipients are
// refused. A mail is acknowledged once it is stored and in the ledger.
func (room *Room) Listen(ctx context.Context, l net.Listener, host string) error {
	room.takeUp(ctx)
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{room: room, ctx: ctx}, nil }))
	s.Domain, s.MaxMessageBytes, s.MaxRecipients, s.MaxLineLength = host, maxReceived, maxRecipients, maxLine
	s.ReadTimeout, s.WriteTimeout = 5*time.Minute, time.Minute
	s.EnableSMTPUTF8 = true
	var err error
	if s.TLSConfig, err = protect.Opportune(host); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(netutil.LimitListener(l, maxPeers)) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		bye, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer stop()
		err := s.Shutdown(bye)
		_ = l.Close() // Serve may not have begun, and would not hear of it
		<-done        //nolint:errcheck // it ended because it was told to
		if errors.Is(err, context.DeadlineExceeded) {
			err = s.Close()
		}
		return err
	}
}

// session is one peer's connection.
type session struct {
	room *Room
	ctx  context.Context //nolint:containedctx // go-smtp gives none
	from string
	box  map[tickets.MailboxID][]string // the mailboxes the recipients belong to
}

// Mail begins a mail.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.Reset()
	s.from = from
	return nil
}

// Rcpt takes a recipient that is one of ours.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	var all []Mailbox
	err := s.room.db.Read(s.ctx, func(tx *store.Tx) (err error) { all, err = boxes(tx); return err })
	if err != nil {
		return s.later(err)
	}
	i := slices.IndexFunc(all, func(m Mailbox) bool { return m.has(to) })
	if i < 0 {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "There is no such mailbox here"}
	}
	if all[i].Paused {
		return &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "This mailbox takes no mail for a while; please try again later"}
	}
	s.box[all[i].ID] = append(s.box[all[i].ID], to)
	return nil
}

// Data takes the mail: one entry in the ledger for each of our mailboxes it is for.
func (s *session) Data(r io.Reader) error {
	mail := &source{from: r}
	blob, err := s.room.files.Put(s.ctx, mail)
	switch {
	case errors.Is(mail.err, smtp.ErrTooLongLine):
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "A line of this mail is too long"}
	case mail.err != nil:
		return mail.err
	case err != nil:
		return s.later(err)
	}
	var stored []Entry
	for box, to := range s.box {
		e, err := s.room.enter(s.ctx, Arrival{Mailbox: box, Folder: "SMTP", Sender: s.from, Recipients: to}, blob)
		if err != nil {
			return s.later(err)
		}
		stored = append(stored, e)
	}
	for _, e := range stored {
		if err := s.room.File(s.ctx, e.ID); err != nil { // it is safe, so the peer hears yes; base/due files it later
			s.room.log.WarnContext(s.ctx, "filing a mail failed; it is tried again", "mail", e.ID.String(), "err", err)
		}
	}
	return nil
}

// later asks the peer to try again, because the trouble is ours.
func (s *session) later(err error) error {
	if s.ctx.Err() == nil {
		s.room.log.ErrorContext(s.ctx, "a mail could not be taken", "err", err)
	}
	say := "Please try again later"
	if f := fault.Of(err); f != nil && (f.Code == "store.trouble" || f.Code == "files.full") {
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: say}
	}
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: say}
}

// Reset forgets the mail begun.
func (s *session) Reset() { s.from, s.box = "", map[tickets.MailboxID][]string{} }

// Logout ends the session.
func (s *session) Logout() error { return nil }
