package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email/server"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

const (
	alarmAfter = 5 * time.Minute // a folder that could not be read for so long raises an alarm
	lookAround = 10 * time.Second
	leaseFetch = 25 * time.Second // a node that died is taken over after so long
)

// Folder is what we remember of a folder on a mail server.
type Folder struct {
	Mailbox      tickets.MailboxID `json:"-" db:"mailbox"`
	Name         string            `json:"folder" db:"folder"`
	UIDValidity  int64             `json:"-" db:"uidvalidity"`
	UIDNext      int64             `json:"-" db:"uidnext"`
	Role         string            `json:"role" db:"role" enum:"inbox,sent"`
	SeenAt       time.Time         `json:"read_at,omitzero" db:"seen_at" doc:"when it was last read without trouble"`
	Trouble      string            `json:"trouble,omitempty" db:"trouble"`
	TroubleSince time.Time         `json:"trouble_since,omitzero" db:"trouble_since"`
	Alarmed      bool              `json:"alarmed,omitempty" db:"alarmed"`
	Taken        int               `json:"-" db:"-"` // mails since the program started
}

const folderColumns = `mailbox, folder, uidvalidity, uidnext, role, seen_at, trouble, trouble_since, alarmed`

func loadFolder(tx *store.Tx, m tickets.MailboxID, name string) (Folder, bool, error) {
	return store.Find[Folder](tx, `SELECT `+folderColumns+` FROM mail_folders WHERE mailbox = $1 AND folder = $2`+tx.Lock(), m, name)
}

func folders(tx *store.Tx) ([]Folder, error) {
	return store.All[Folder](tx, `SELECT `+folderColumns+` FROM mail_folders ORDER BY mailbox, folder`)
}

func saveFolder(tx *store.Tx, f Folder) error {
	return tx.Do(`INSERT INTO mail_folders (`+folderColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (mailbox, folder) DO UPDATE
		SET uidvalidity = excluded.uidvalidity, uidnext = excluded.uidnext, role = excluded.role, seen_at = excluded.seen_at, trouble = excluded.trouble,
		trouble_since = excluded.trouble_since, alarmed = excluded.alarmed`,
		f.Mailbox, f.Name, f.UIDValidity, f.UIDNext, f.Role, f.SeenAt, f.Trouble, f.TroubleSince, f.Alarmed)
}

// Fetch reads every connected IMAP mailbox until ctx ends: one connection a folder, told of new mail by IDLE (RFC 2177).
// On many nodes each mailbox is read by the one that holds its lease.
func (room *Room) Fetch(ctx context.Context) {
	room.takeUp(ctx)
	bell, quiet := room.db.Bell()
	defer quiet()
	running := map[tickets.MailboxID]*reader{}
	defer func() {
		for _, r := range running {
			r.stop()
		}
		for id, r := range running {
			r.done.Wait()
			room.db.Release(ctx, lease(id))
		}
	}()
	for {
		if err := room.rally(ctx, running); err != nil && ctx.Err() == nil {
			room.log.ErrorContext(ctx, "mailboxes can't be looked at", "err", err)
		}
		if !pause(ctx, bell, lookAround) {
			return
		}
	}
}

// pause rests until the bell rings (but at least a moment, because it rings a lot) or the time is over; false when ctx ended.
func pause(ctx context.Context, bell <-chan struct{}, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-bell:
	case <-time.After(d):
		return true
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(250 * time.Millisecond):
		return true
	}
}

// reader reads one mailbox.
type reader struct {
	version int64
	stop    context.CancelFunc
	done    sync.WaitGroup
}

// lease is what a node holds that reads a mailbox.
func lease(m tickets.MailboxID) string { return "mail.fetch." + m.String() }

// rally starts and stops readers so that they are those of the mailboxes as they are now.
func (room *Room) rally(ctx context.Context, running map[tickets.MailboxID]*reader) error {
	var all []Mailbox
	if err := room.db.Read(ctx, func(tx *store.Tx) (err error) { all, err = boxes(tx); return err }); err != nil {
		return err
	}
	wanted := map[tickets.MailboxID]Mailbox{}
	for _, m := range all {
		if m.IMAP == "" || m.Paused {
			continue
		}
		ok, err := room.db.Lease(ctx, lease(m.ID), leaseFetch)
		if err != nil {
			return err
		}
		if ok {
			wanted[m.ID] = m
		}
	}
	for id, r := range running {
		if m, ok := wanted[id]; !ok || m.Version != r.version {
			r.stop()
			r.done.Wait()
			delete(running, id)
		}
	}
	for id, m := range wanted {
		if running[id] == nil {
			running[id] = room.read(ctx, m)
		}
	}
	return nil
}

func (room *Room) read(ctx context.Context, m Mailbox) *reader {
	ctx, stop := context.WithCancel(ctx)
	r := &reader{version: m.Version, stop: stop}
	var inboxes sync.WaitGroup // those not read to their end yet
	for _, name := range m.folders() {
		inboxes.Add(1)
		over := sync.OnceFunc(inboxes.Done)
		r.done.Go(func() {
			defer over()
			room.attend(ctx, m, Folder{Mailbox: m.ID, Name: name, Role: "inbox"}, over)
		})
	}
	if m.Options.Sent != "-" {
		r.done.Go(func() {
			inboxes.Wait() // answers belong after what they answer
			room.attend(ctx, m, Folder{Mailbox: m.ID, Name: m.Options.Sent, Role: "sent"}, func() {})
		})
	}
	return r
}

// attend keeps one folder read, connecting again with growing pauses when that fails. It tells when it was first read to its
// end, or when the server refuses it, so that nobody waits for it.
func (room *Room) attend(ctx context.Context, m Mailbox, f Folder, over func()) {
	for tries := 0; ctx.Err() == nil; tries++ {
		start, taken := room.db.Now(), f.Taken
		err := room.visit(ctx, m, &f, over)
		if _, refused := errors.AsType[*imap.Error](err); refused {
			over()
		}
		if errors.Is(err, errNoFolder) && f.Role == "sent" {
			return
		}
		if ctx.Err() != nil {
			return
		}
		if f.Taken > taken || room.db.Now().Sub(start) > time.Minute {
			tries = 0
		}
		room.log.WarnContext(ctx, "a folder could not be read on", "mailbox", m.ID.String(), "role", f.Role, "err", err)
		if f.Name != "" { // while the Sent folder is not found, the inbox tells of the same trouble
			if err := room.noteTrouble(ctx, f, err); err != nil && ctx.Err() == nil {
				room.log.ErrorContext(ctx, "the trouble of a mailbox could not be noted", "mailbox", m.ID.String(), "err", err)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(min(time.Duration(1<<min(tries, 10))*500*time.Millisecond, time.Minute)):
		}
	}
}

// noteTrouble remembers why a folder can't be read, and raises the alarm when that lasts.
func (room *Room) noteTrouble(ctx context.Context, f Folder, why error) error {
	return room.db.Write(ctx, actor, func(tx *store.Tx) error {
		was, known, err := loadFolder(tx, f.Mailbox, f.Name)
		if err != nil {
			return err
		}
		if !known {
			was = f
		}
		if was.TroubleSince.IsZero() {
			was.TroubleSince = tx.Now()
		}
		was.Trouble = server.Explain(why)
		alarm := !was.Alarmed && tx.Now().Sub(was.TroubleSince) >= alarmAfter
		was.Alarmed = was.Alarmed || alarm
		if err := saveFolder(tx, was); err != nil || !alarm {
			return err
		}
		return tx.Record(f.Mailbox, Alarmed{Mailbox: f.Mailbox, Folder: f.Name})
	})
}

// fine remembers that a folder was read, and ends the alarm.
func (room *Room) fine(ctx context.Context, f *Folder) error {
	return room.db.Write(ctx, actor, func(tx *store.Tx) error {
		was, known, err := loadFolder(tx, f.Mailbox, f.Name)
		if err != nil {
			return err
		}
		over := known && was.Alarmed
		f.SeenAt, f.Trouble, f.TroubleSince, f.Alarmed = tx.Now(), "", time.Time{}, false
		if err := saveFolder(tx, *f); err != nil || !over {
			return err
		}
		return tx.Record(f.Mailbox, Alarmed{Mailbox: f.Mailbox, Folder: f.Name, Over: true})
	})
}

// outdated lists mails that were seen in a folder before the server numbered it anew, and never taken.
func outdated(tx *store.Tx, f Folder, limit int) ([]Entry, error) {
	return store.All[Entry](tx, `SELECT `+ledgerColumns+` FROM mail_ledger WHERE state = 'fetched' AND mailbox = $1 AND folder = $2 AND uidvalidity <> $3 ORDER BY id LIMIT $4`,
		f.Mailbox, f.Name, f.UIDValidity, limit)
}

// forgo sets some of those aside; left says whether there are more.
func (room *Room) forgo(ctx context.Context, f Folder) (left bool, err error) {
	return left, room.db.Write(ctx, actor, func(tx *store.Tx) error {
		some, err := outdated(tx, f, listAtOnce)
		for _, e := range some {
			if err := settle(tx, e, SetAside, Duplicate, "The mail server numbered its folder anew before this mail was taken; it comes in under its new number."); err != nil {
				return err
			}
		}
		left = len(some) == listAtOnce
		return err
	})
}

// list notes every new mail of a folder in the ledger before the folder's bookmark moves past it.
func (room *Room) list(ctx context.Context, f *Folder, seen []listed, next int64) error {
	return room.db.Write(ctx, actor, func(tx *store.Tx) error {
		for _, s := range seen {
			e := Entry{
				ID: store.NewID[ledgerKind](tx), Mailbox: f.Mailbox, Place: f.place(s.uid), Folder: f.Name, UIDValidity: f.UIDValidity, UID: s.uid,
				Size: s.size, State: Fetched, CameAt: tx.Now(),
			}
			if s.size > maxReceived {
				e.State, e.Why, e.Detail = Waiting, Oversized, fmt.Sprintf("This mail has %d MB and was left on the server; nothing over %d MB is taken.", s.size>>20, maxReceived>>20)
			}
			isNew, err := note(tx, e)
			if err != nil {
				return err
			}
			if isNew && e.State == Waiting {
				if err := tx.Record(e.ID, Settled{Mail: e.ID, Mailbox: e.Mailbox, State: e.State, Why: e.Why}); err != nil {
					return err
				}
			}
			if isNew && e.State == Fetched {
				if err := tx.Record(e.ID, Seen{e.ID, e.Mailbox}); err != nil {
					return err
				}
			}
		}
		f.UIDNext = next
		return saveFolder(tx, *f)
	})
}

type listed struct{ uid, size int64 }

func (f Folder) place(uid int64) string {
	place := fmt.Sprintf("imap %d %d %s", f.UIDValidity, uid, f.Name)
	if f.Role == "sent" {
		return "sent " + place
	}
	return place
}

// take stores one mail that came over the wire, and files it. When this returns nil it is safe, wherever it is in the ledger.
func (room *Room) take(ctx context.Context, f Folder, uid int64, raw io.Reader) error {
	e, err := room.Store(ctx, Arrival{Mailbox: f.Mailbox, Place: f.place(uid), Folder: f.Name, UIDValidity: f.UIDValidity, UID: uid}, raw)
	if err != nil {
		return err
	}
	if err := room.File(ctx, e.ID); err != nil && ctx.Err() == nil {
		room.log.WarnContext(ctx, "filing a mail failed; it is tried again", "mail", e.ID.String(), "err", err)
	}
	return nil
}

// miss counts a mail that the server listed and did not give; after some tries, and no sooner than patience after it was
// seen first, people see it.
func (room *Room) miss(ctx context.Context, e Entry, patience time.Duration, why string) error {
	return room.db.Write(ctx, actor, func(tx *store.Tx) error {
		now, err := entry(tx, e.ID)
		if err != nil || now.State != Fetched {
			return err
		}
		if now.Tries++; now.Tries < 5 || tx.Now().Sub(now.CameAt) < patience {
			return saveEntry(tx, now, Seen{now.ID, now.Mailbox})
		}
		return settle(tx, now, Failed, Unreadable, why)
	})
}

// Health is how reading the mailboxes goes: of each folder that is read now.
func (room *Room) Health(tx *store.Tx) ([]Health, error) {
	all, err := folders(tx)
	if err != nil {
		return nil, err
	}
	ours, err := boxes(tx)
	list := make([]Health, 0, len(all))
	for _, f := range all {
		if slices.ContainsFunc(ours, func(m Mailbox) bool { return m.ID == f.Mailbox && m.reads(f) }) {
			list = append(list, Health{Mailbox: f.Mailbox, Folder: f})
		}
	}
	return list, err
}

// Health is how reading one folder of a mailbox goes.
type Health struct {
	Mailbox tickets.MailboxID `json:"mailbox"`
	Folder
}
