package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email/server"
)

const (
	firstDays  = 30               // how far back the first connection reads; older mail comes by import
	listAtOnce = 500              // mails noted in one transaction
	takeAtOnce = 50               // mails asked for in one command
	idleFor    = time.Minute      // then the folder is looked at: some servers forget to tell, and a dead one tells nothing
	pollEvery  = 30 * time.Second // where the server has no IDLE
)

var (
	errNoFolder = errors.New("email: no such folder")
	errOurs     = errors.New("email: a mail could not be kept")
	errGone     = errors.New("the server closed the connection")
)

// visit is one connection to a folder: catch up (and say so), wait for news, catch up again, until something breaks.
func (room *Room) visit(ctx context.Context, m Mailbox, f *Folder, caughtUp func()) error {
	news := make(chan struct{}, 1)
	secrets, err := room.secrets(m)
	if err != nil {
		return err
	}
	c, err := room.dialIMAP(ctx, m, secrets, news)
	if err != nil {
		return err
	}
	defer c.Close()
	end := context.AfterFunc(ctx, func() { c.Close() }) // a blocked command ends with the server's shutdown
	defer end()
	if f.Role == "sent" && f.Name == "" {
		if f.Name, err = sentOf(c); err != nil {
			return err
		}
	}
	writes := f.Role == "inbox" && (m.Options.MarkSeen || m.Options.MoveTo != "")
	chosen, err := c.Select(f.Name, &imap.SelectOptions{ReadOnly: !writes}).Wait()
	if err != nil {
		return fmt.Errorf("open the folder %q: %w", f.Name, err)
	}
	if err := room.recall(ctx, f, int64(chosen.UIDValidity)); err != nil {
		return err
	}
	for ctx.Err() == nil {
		if err := room.catchUp(ctx, c, m, f); err != nil {
			return err
		}
		caughtUp()
		if err := room.fine(ctx, f); err != nil {
			return err
		}
		if err := room.await(ctx, c, news); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// dialIMAP connects and signs in; news is rung when the server says that a mail came.
func (room *Room) dialIMAP(ctx context.Context, m Mailbox, s Secrets, news chan struct{}) (*imapclient.Client, error) {
	at, err := m.server("imap", m.IMAP)
	if err != nil {
		return nil, err
	}
	dialled, err := server.Connect(ctx, at)
	if err != nil {
		return nil, err
	}
	conn := server.Watch(dialled)
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })() // also while it says nothing
	opts := &imapclient.Options{TLSConfig: server.TLSFor(at.Host), UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				ring(news)
			}
		},
	}}
	var c *imapclient.Client
	if at.Mode == server.StartTLS {
		if c, err = imapclient.NewStartTLS(conn, opts); err != nil {
			if _, refused := errors.AsType[*imap.Error](err); refused {
				err = errors.Join(server.ErrNoStartTLS, err)
			}
			return nil, errors.Join(&server.Trouble{Speaks: "IMAP", At: at, Step: server.Meeting, Mute: dialled.Mute(), Err: errors.Join(ctx.Err(), err)}, conn.Close())
		}
	} else {
		c = imapclient.New(conn, opts)
	}
	if err := c.WaitGreeting(); err != nil {
		return nil, errors.Join(&server.Trouble{Speaks: "IMAP", At: at, Step: server.Meeting, Mute: dialled.Mute(), Err: errors.Join(ctx.Err(), err)}, c.Close())
	}
	if err := room.signIn(ctx, c, m, at, s); err != nil {
		return nil, errors.Join(&server.Trouble{Speaks: "IMAP", At: at, Step: server.SigningIn, Mute: false, Err: err}, c.Close())
	}
	return c, nil
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

func (room *Room) signIn(ctx context.Context, c *imapclient.Client, m Mailbox, at server.Server, s Secrets) error {
	if s.RefreshToken == "" {
		return c.Login(at.User, s.Password).Wait()
	}
	auth, err := room.credentials(ctx, m, at, s)
	if err != nil {
		return err
	}
	if err := c.Authenticate(auth); err != nil {
		return errors.Join(err, room.doubt(ctx, m, auth, err))
	}
	return nil
}

// sentOf finds the Sent folder by its mark (RFC 6154), else by its usual names.
func sentOf(c *imapclient.Client) (string, error) {
	all, err := c.List("", "*", &imap.ListOptions{ReturnSpecialUse: c.Caps().Has(imap.CapSpecialUse)}).Collect()
	if err != nil {
		return "", err
	}
	byName := ""
	for _, l := range all {
		if slices.Contains(l.Attrs, imap.MailboxAttrSent) {
			return l.Mailbox, nil
		}
		switch last := strings.ToLower(l.Mailbox[strings.LastIndexAny(l.Mailbox, "./")+1:]); last {
		case "sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete objekte", "gesendete elemente":
			byName = l.Mailbox
		}
	}
	if byName == "" {
		return "", errNoFolder
	}
	return byName, nil
}

// recall loads what we know of a folder. When the server gave it a new UIDVALIDITY all its UIDs mean other mails now
// (RFC 9051, 2.3.1.1): we begin anew, and the ledger knows by their bytes those that came before.
func (room *Room) recall(ctx context.Context, f *Folder, uidvalidity int64) error {
	var left bool
	err := room.db.Read(ctx, func(tx *store.Tx) error {
		was, known, err := loadFolder(tx, f.Mailbox, f.Name)
		if err != nil {
			return err
		}
		if known {
			was.Role, was.Taken = f.Role, f.Taken
			*f = was
		}
		if f.UIDValidity != uidvalidity {
			f.UIDValidity, f.UIDNext = uidvalidity, 0
		}
		some, err := outdated(tx, *f, 1)
		left = len(some) > 0
		return err
	})
	for err == nil && left {
		left, err = room.forgo(ctx, *f)
	}
	return err
}

// catchUp notes what is new and takes what was noted.
func (room *Room) catchUp(ctx context.Context, c *imapclient.Client, m Mailbox, f *Folder) error {
	criteria := &imap.SearchCriteria{}
	if f.UIDNext == 0 {
		criteria.Since = room.db.Now().AddDate(0, 0, -firstDays)
	} else {
		criteria.UID = []imap.UIDSet{{imap.UIDRange{Start: imap.UID(f.UIDNext), Stop: 0}}} //nolint:gosec // UIDs are 32 bit
	}
	found, err := c.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return err
	}
	var fresh []imap.UID
	for _, uid := range found.AllUIDs() {
		if int64(uid) >= f.UIDNext { // “n:*” always names the last mail, however old
			fresh = append(fresh, uid)
		}
	}
	slices.Sort(fresh) // the bookmark moves with them, and must never pass one that is not noted
	for len(fresh) > 0 {
		n := min(len(fresh), listAtOnce)
		if err := room.listSome(ctx, c, f, fresh[:n]); err != nil {
			return err
		}
		fresh = fresh[n:]
	}
	for ctx.Err() == nil {
		left, err := room.takeSome(ctx, c, m, f)
		if err != nil || !left {
			return err
		}
	}
	return ctx.Err()
}

func (room *Room) listSome(ctx context.Context, c *imapclient.Client, f *Folder, uids []imap.UID) error {
	sizes, err := c.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
	if err != nil {
		return err
	}
	seen := make([]listed, 0, len(sizes))
	for _, s := range sizes {
		seen = append(seen, listed{int64(s.UID), s.RFC822Size})
	}
	return room.list(ctx, f, seen, int64(uids[len(uids)-1])+1)
}

// badWire is how long a server may break off at a mail before that is taken for more than a bad connection.
const badWire = 10 * time.Minute

// takeSome takes the next mails that were noted; left says whether there may be more.
func (room *Room) takeSome(ctx context.Context, c *imapclient.Client, m Mailbox, f *Folder) (left bool, err error) {
	var due []Entry
	err = room.db.Read(ctx, func(tx *store.Tx) error {
		due, err = unread(tx, f.Mailbox, f.Name, f.UIDValidity, takeAtOnce)
		return err
	})
	if err != nil || len(due) == 0 {
		return false, err
	}
	uids := make([]imap.UID, len(due))
	for i, e := range due {
		uids[i] = imap.UID(e.UID) //nolint:gosec // UIDs are 32 bit
	}
	got, err := room.stream(ctx, c, f, uids)
	if err != nil && (ctx.Err() != nil || errors.Is(err, errOurs)) {
		return false, err
	}
	for _, e := range due {
		switch {
		case got[e.UID]:
		case err != nil: // it may be the mail the server stumbles over; or the wire is bad today, and no mail is to blame
			return false, errors.Join(err, room.miss(ctx, e, badWire, "The mail server breaks off whenever it is asked for this mail."))
		default:
			if err := room.miss(ctx, e, 0, "The mail server listed this mail and does not give it; it may have been deleted there."); err != nil {
				return false, err
			}
		}
	}
	if err != nil {
		return false, err
	}
	return true, room.tidy(c, m, f, got)
}

// stream takes mails as they come over the wire, each before the next.
func (room *Room) stream(ctx context.Context, c *imapclient.Client, f *Folder, uids []imap.UID) (got map[int64]bool, err error) {
	got = map[int64]bool{}
	whole := &imap.FetchItemBodySection{Peek: true}
	cmd := c.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{whole}})
	defer func() { err = errors.Join(err, cmd.Close()) }()
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		var uid int64
		for item := msg.Next(); item != nil; item = msg.Next() {
			switch item := item.(type) {
			case imapclient.FetchItemDataUID:
				uid = int64(item.UID)
			case imapclient.FetchItemDataBodySection:
				if item.Literal == nil || uid == 0 {
					continue
				}
				mail := &source{from: item.Literal, left: item.Literal.Size()}
				if err := room.take(ctx, *f, uid, mail); mail.err != nil {
					return got, mail.err
				} else if err != nil {
					return got, fmt.Errorf("%w: %w", errOurs, err)
				}
				got[uid] = true
				f.Taken++
			}
		}
	}
	return got, nil
}

// tidy marks or moves what was taken, where the mailbox says so; else the server is only read.
func (room *Room) tidy(c *imapclient.Client, m Mailbox, f *Folder, got map[int64]bool) error {
	if f.Role != "inbox" || len(got) == 0 || !m.Options.MarkSeen && m.Options.MoveTo == "" {
		return nil
	}
	var set imap.UIDSet
	for uid := range got {
		set.AddNum(imap.UID(uid)) //nolint:gosec // UIDs are 32 bit
	}
	if m.Options.MarkSeen {
		if err := c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close(); err != nil {
			return err
		}
	}
	if m.Options.MoveTo == "" {
		return nil
	}
	_, err := c.Move(set, m.Options.MoveTo).Wait()
	return err
}

// await rests until the server says that a mail came, or it is time to look.
func (room *Room) await(ctx context.Context, c *imapclient.Client, news chan struct{}) error {
	if !c.Caps().Has(imap.CapIdle) { // also when the server went away and can't be asked for what it has
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.Closed():
			return errGone
		case <-time.After(pollEvery):
			return c.Noop().Wait()
		}
	}
	idle, err := c.Idle()
	if err != nil {
		return err
	}
	over := time.NewTimer(idleFor)
	defer over.Stop()
	select {
	case <-ctx.Done():
		return errors.Join(ctx.Err(), idle.Close())
	case <-c.Closed():
		return errGone
	case <-news:
	case <-over.C:
	}
	return errors.Join(idle.Close(), idle.Wait())
}

// source is a mail on its way here. Its early end is an error, which a reader of so many bytes does not tell from its end.
type source struct {
	from io.Reader
	left int64 // bytes still to come
	err  error // what went wrong over there
}

// Read reads on.
func (s *source) Read(b []byte) (int, error) {
	n, err := s.from.Read(b)
	if s.left -= int64(n); errors.Is(err, io.EOF) && s.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
