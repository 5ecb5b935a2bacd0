package conference

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Write says something in a part. Who sees the ticket speaks for the house, and we wait for an answer; who was invited
// answers.
func (room *Room) Write(ctx context.Context, who web.Who, part ID, w Writing) (p Part, err error) {
	return room.write(ctx, who, part, w, false)
}

// Share shows those in a part something of the ticket, chosen by hand; words of one's own may go with it.
func (room *Room) Share(ctx context.Context, who web.Who, part ID, w Writing) (p Part, err error) {
	if len(w.Share)+len(w.Files) == 0 {
		return p, fault.Field("share", "part.share_nothing", "Choose what of the ticket they are to see.")
	}
	return room.write(ctx, who, part, w, true)
}

func (room *Room) write(ctx context.Context, who web.Who, part ID, w Writing, share bool) (p Part, err error) {
	uploads, err := room.uploaded(ctx, w.Uploads)
	if err != nil {
		return p, err
	}
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if p, err = load(tx, part); err != nil {
			return err
		}
		s, err := room.seat(tx, who, p)
		if err != nil {
			return err
		}
		if s.invited() && !share {
			return errors.Join(room.reply(tx, who, &p, s.guest, w, uploads), room.present(tx, who, &p))
		}
		if p, err = room.hosted(tx, who, part); err != nil {
			return err
		}
		if _, err := room.ticket(tx, who, p.Ticket); err != nil {
			return err
		}
		m, err := room.composed(tx, who, &p, w, uploads)
		if err != nil {
			return err
		}
		return errors.Join(save(tx, &p), room.wake(tx, p), room.leave(tx, p, &m, !w.NoAnswer), room.present(tx, who, &p))
	})
}

// reply is somebody who was invited answering here instead of by mail. They bring nothing of the ticket along, for they don't
// see it.
func (room *Room) reply(tx *store.Tx, who web.Who, p *Part, g Person, w Writing, uploads []File) error {
	if len(w.Share)+len(w.Files) > 0 {
		return fault.New(fault.Denied, "part.guest", "You were invited to this part; those who see the ticket look after it.")
	}
	words, err := said(w.Text)
	if err != nil {
		return err
	}
	m := room.begun(tx, *p, In)
	m.Author, m.Name, m.Person, m.Text, m.Files, m.To = author(who), g.Name, g.ID, words, uploads, p.others(g.ID)
	if len(m.To) == 0 {
		m.State = tickets.Kept
	}
	return room.heard(tx, p, &m)
}

// begun is a message as it begins.
func (room *Room) begun(tx *store.Tx, p Part, kind MessageType) Message {
	return Message{
		ID: store.NewID[messageKind](tx), Part: p.ID, Kind: kind, Subject: p.Title, At: tx.Now(), State: tickets.Queued, StateAt: tx.Now(), Mailbox: p.Mailbox,
		To: []tickets.Party{}, Shared: []Extract{}, Answers: []string{}, Files: []File{},
	}
}

// composed makes a message of what one of us writes, and moves the part on.
func (room *Room) composed(tx *store.Tx, who web.Who, p *Part, w Writing, uploads []File) (m Message, err error) {
	m = room.begun(tx, *p, Out)
	m.Author, m.To = author(who), p.others(0)
	if m.Name, err = room.called(tx, who); err != nil {
		return m, err
	}
	if m.Shared, err = room.extracts(tx, p.Ticket, p.Language, w.Share); err != nil {
		return m, err
	}
	if m.Files, err = room.chosen(tx, p.Ticket, w.Files); err != nil {
		return m, err
	}
	m.Files = append(m.Files, uploads...)
	if strings.TrimSpace(w.Text) != "" || len(m.Shared)+len(m.Files) == 0 {
		if m.Text, err = said(w.Text); err != nil {
			return m, err
		}
	}
	if len(m.Letter()) > mostWords {
		return m, fault.Field("text", "part.long", "This is too long for a mail; attach it as a file.")
	}
	p.Snippet = m.snippet()
	if w.NoAnswer {
		return m, nil
	}
	chase, err := room.chaseAt(tx, w.ChaseAt)
	if err != nil {
		return m, err
	}
	p.ask(tx.Now(), chase)
	if w.Hold != nil && *w.Hold {
		p.Holds = true
		err = room.tickets.Hold(tx, p.Ticket)
	}
	return m, err
}

// called is how colleagues call who writes; programs and the command line have no name.
func (room *Room) called(tx *store.Tx, who web.Who) (string, error) {
	if who.Staff == 0 {
		return "", nil
	}
	return room.staff.Name(tx, staff.ID(who.Staff))
}

// leave enters a message of ours and tells the channel.
func (room *Room) leave(tx *store.Tx, p Part, m *Message, asks bool) error {
	if err := room.thread(tx, p, m); err != nil {
		return err
	}
	return errors.Join(insertMessage(tx, m), tx.Record(p.Ticket, Written{
		Part: p.ID, Ticket: p.Ticket, Message: m.ID, Asks: asks, Shared: len(m.Shared), Chase: m.Chase, Machine: m.Machine,
	}))
}

// thread has a message answer the one before it, so that the programs of those who get it keep the part together. Nothing of
// the ticket's own thread is ever named.
func (room *Room) thread(tx *store.Tx, p Part, m *Message) error {
	last, ok, err := lastOf(tx, p.ID)
	if err != nil || !ok {
		return err
	}
	m.Subject = "Re: " + text.WithoutRe(p.Title)
	for _, ref := range append([]string{last.Ref}, last.Answers...) {
		if ref != "" && !slices.Contains(m.Answers, ref) && len(m.Answers) < 20 {
			m.Answers = append(m.Answers, ref)
		}
	}
	return nil
}

// ours are references to a ticket; a part is told none.
var ours = regexp.MustCompile(`(?i)\bHTH-\d{1,18}-[0-9a-z]{8}\b`)

// extracts are what of the ticket is shared: of its messages, and never of notes.
func (room *Room) extracts(tx *store.Tx, ticket tickets.ID, lang string, all []Sharing) ([]Extract, error) {
	out := []Extract{}
	if len(all) > mostShared {
		return nil, fault.Field("share", "part.share_many", "Share at most %d messages at once.", mostShared)
	}
	h, err := room.timetable(tx)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		m, err := room.tickets.Message(tx, s.Message)
		if fault.KindOf(err) == fault.NotFound || err == nil && m.Ticket != ticket {
			return nil, fault.Field("share", "part.share_unknown", "This message is not one of the ticket.")
		}
		if err != nil {
			return nil, err
		}
		if m.Kind == tickets.Note {
			return nil, fault.Field("share", "part.note", "A note is for colleagues who see the ticket and never leaves; say it in your own words.")
		}
		x := Extract{Message: m.ID, At: m.At, Text: m.Text}
		if s.Text != nil {
			x.Text = *s.Text
		}
		if x.When, err = room.words.Say(cmp.Or(lang, "en"), "parts.shared", map[string]any{"at": m.At.In(h.Zone())}); err != nil {
			return nil, err
		}
		x.Text = strings.TrimSpace(plain(ours.ReplaceAllString(secret.Blot("my", x.Text), "")))
		if !s.Named {
			x.Text = unsigned(x.Text, m.From.Name)
		}
		if x.Text == "" {
			return nil, fault.Field("share", "part.share_empty", "Nothing is left of this message; leave it out.")
		}
		if s.Named {
			x.Name = text.CleanName(m.From.Name)
		}
		out = append(out, x)
	}
	return out, nil
}

// chosen are attachments of the ticket that go along.
func (room *Room) chosen(tx *store.Tx, ticket tickets.ID, ids []tickets.FileID) ([]File, error) {
	out := []File{}
	for _, f := range ids {
		found, m, err := room.tickets.File(tx, f)
		if fault.KindOf(err) == fault.NotFound || err == nil && found.Ticket != ticket {
			return nil, fault.Field("files", "part.file_unknown", "This file is not one of the ticket.")
		}
		if err != nil {
			return nil, err
		}
		if m.Kind == tickets.Note {
			return nil, fault.Field("files", "part.file_note", "The files of a note are for colleagues who see the ticket and never leave.")
		}
		out = append(out, File{Name: text.CleanName(found.Name), Type: found.Type, Size: found.Size, SHA256: found.SHA256})
	}
	return out, nil
}

// uploaded turns uploads into files that go along, their size and type as they are; what was never uploaded is refused.
func (room *Room) uploaded(ctx context.Context, named []tickets.Attachment) ([]File, error) {
	out := []File{}
	for _, a := range named {
		f := File{Name: text.CleanName(a.Name), SHA256: a.SHA256}
		var err error
		if f.Size, f.Type, err = room.look(ctx, a.SHA256); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// look says how large an upload is and what it is; one that was never uploaded is refused.
func (room *Room) look(ctx context.Context, sha string) (size int64, kind string, err error) {
	size, kind, err = files.Look(ctx, room.files, sha)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.NotFound, "upload.unknown", "There is no upload %s; upload the file first.", sha)
	}
	return size, kind, err
}

// chaseAt is when those in a part are to be reminded: at the moment given, or after as much working time as the
// company chose.
func (room *Room) chaseAt(tx *store.Tx, at *time.Time) (time.Time, error) {
	if at != nil {
		return at.UTC().Truncate(time.Microsecond), ahead(*at, tx.Now())
	}
	s, err := room.Settings(tx)
	if err != nil {
		return time.Time{}, err
	}
	h, err := room.timetable(tx)
	if err != nil {
		return time.Time{}, err
	}
	return h.Add(tx.Now(), s.after()), nil
}

// timetable is when the company works.
func (room *Room) timetable(tx *store.Tx) (*hours.Timetable, error) {
	c, err := room.hours.Default(tx)
	if err != nil {
		return nil, err
	}
	return c.Timetable()
}

// ahead proves the moment of a reminder.
func ahead(at, now time.Time) error {
	if !at.After(now) || at.Sub(now) > longestAhead {
		return fault.Field("chase_at", "part.chase_at", "Remind them at a time to come, within a year.")
	}
	return nil
}

func author(who web.Who) string {
	if who.Staff != 0 {
		return store.Actor{Kind: store.StaffKind, ID: staff.ID(who.Staff).String()}.String()
	}
	return who.Actor.String()
}

// name makes a name fit to stand in a mail.
func name(s string) string { return text.CleanName(plain(s)) }
