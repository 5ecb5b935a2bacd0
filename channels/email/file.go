package email

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/channels/email/bounce"
	"github.com/hearthdesk/hearth/channels/email/machine"
	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/channels/email/quote"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

func itoa(n int) string { return strconv.Itoa(n) }

const (
	fileWork = "mail.file"
	// fileLater is when a mail whose filing was cut off is taken up again; the one who stored it files it at once.
	fileLater = 20 * time.Second
)

// Arrival is where a mail came in.
type Arrival struct {
	Mailbox     tickets.MailboxID
	Place       string // names the mail within the mailbox, for ever
	Folder      string
	UIDValidity int64 // of IMAP (RFC 9051, 2.3.1.1)
	UID         int64
	Sender      string   // of the envelope
	Recipients  []string // of the envelope
}

// smtpPlace names a mail that was handed in: the same bytes in the same envelope are the same mail, tried again. An
// envelope may be longer than a key of the database.
func smtpPlace(sha string, sender string, recipients []string) string {
	sum := sha256.Sum256([]byte(store.JSON(append([]string{sender}, recipients...))))
	return "smtp " + sha + " " + hex.EncodeToString(sum[:16])
}

// Store puts a mail that was fetched into the house and into the ledger, in this order; when it returns nil the mail is
// safe. The same place twice changes nothing. It does not file the mail yet.
func (room *Room) Store(ctx context.Context, a Arrival, raw io.Reader) (e Entry, err error) {
	blob, err := room.files.Put(ctx, raw)
	if err != nil {
		return e, err
	}
	return room.enter(ctx, a, blob)
}

// enter puts a mail whose bytes are safe into the ledger.
func (room *Room) enter(ctx context.Context, a Arrival, blob files.Blob) (e Entry, err error) {
	a.Sender = clip(a.Sender)
	if a.Place == "" {
		a.Place = smtpPlace(blob.SHA256, a.Sender, a.Recipients)
	}
	return e, room.db.Write(ctx, actor, func(tx *store.Tx) error {
		e = Entry{
			ID: store.NewID[ledgerKind](tx), Mailbox: a.Mailbox, Place: a.Place, Folder: a.Folder, UIDValidity: a.UIDValidity, UID: a.UID,
			SHA256: blob.SHA256, Size: blob.Size, Sender: a.Sender, Recipients: a.Recipients, State: Stored, CameAt: tx.Now(), StateAt: tx.Now(),
		}
		fresh, err := note(tx, e)
		if err != nil {
			return err
		}
		if fresh {
			err = tx.Record(e.ID, Arrived{e.ID, e.Mailbox})
		} else { // its place is taken, perhaps since this very moment
			if e, _, err = entryAt(tx, a.Mailbox, a.Place); err != nil || e.State != Fetched {
				return err
			}
			e.SHA256, e.Size, e.Sender = blob.SHA256, blob.Size, a.Sender
			e.settle(tx, Stored, "", "")
			err = saveEntry(tx, e, Arrived{e.ID, e.Mailbox})
		}
		if err != nil {
			return err
		}
		return room.due.Put(tx, fileWork, e.ID.String(), tx.Now().Add(fileLater), filing{e.ID})
	})
}

type filing struct {
	Mail LedgerID `json:"mail"`
}

var actor = store.Actor{Kind: store.SystemKind, ID: "mail", Via: Name} //nolint:gochecknoglobals // a constant

// File reads a stored mail and puts it where it belongs. It can be called any number of times, by anybody.
func (room *Room) File(ctx context.Context, l LedgerID) error {
	r, err := room.fileOne(ctx, l)
	if err != nil || r == nil {
		return err
	}
	for _, w := range r.woken {
		room.again(ctx, w)
	}
	return nil
}

func (room *Room) fileOne(ctx context.Context, l LedgerID) (*reading, error) {
	select { // a mail being read is in memory as a whole
	case room.desk <- struct{}{}:
		defer func() { <-room.desk }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r, done, err := room.file(ctx, l)
	if err != nil || done == nil {
		return nil, err
	}
	return r, room.db.Write(ctx, actor, func(tx *store.Tx) error {
		if err := done(tx); err != nil {
			return err
		}
		_, err := room.due.Cancel(tx, fileWork, l.String())
		return err
	})
}

// refile is File as later work, after a crash or a failure.
func (room *Room) refile(ctx context.Context, j due.Job) (func(tx *store.Tx) error, error) {
	var f filing
	if err := j.Into(&f); err != nil {
		return nil, err
	}
	_, done, err := room.file(ctx, f.Mail)
	return done, err
}

// file does the reading outside of the transaction and returns what is left to do inside.
func (room *Room) file(ctx context.Context, l LedgerID) (r *reading, done func(tx *store.Tx) error, err error) {
	var e Entry
	var all []Mailbox
	err = room.db.Read(ctx, func(tx *store.Tx) error {
		if e, err = entry(tx, l); err != nil {
			return err
		}
		all, err = boxes(tx)
		return err
	})
	if err != nil || e.State != Stored {
		return nil, nil, err
	}
	i := slices.IndexFunc(all, func(m Mailbox) bool { return m.ID == e.Mailbox })
	if i < 0 {
		return nil, room.settling(e.ID, Failed, Accident, "The mailbox was removed before this mail was filed. It can be made a ticket of its own, or join one."), nil
	}
	box := all[i]
	if e.Size > box.maxBytes() {
		return nil, room.settling(e.ID, Waiting, Oversized, fmt.Sprintf("This mail has %s, more than the mailbox takes by itself (%s).", megabytes(e.Size), megabytes(box.maxBytes()))), nil
	}
	raw, err := room.bytes(ctx, e.SHA256)
	if err != nil {
		return nil, nil, err
	}
	m, err := message.Parse(raw)
	if err != nil {
		return nil, room.settling(e.ID, Waiting, Unreadable, "There is no mail in these bytes: "+err.Error()+"."), nil
	}
	if strings.HasPrefix(e.Place, "smtp ") && m.ReturnPath == "" { // the envelope tells; it is us who would write it down (RFC 5321, 4.4)
		m.ReturnPath = "<" + e.Sender + ">"
	}
	r = &reading{Message: m, verdict: machine.Look(m, box.has)}
	r.report, r.bounced = bounce.Read(m)
	if r.in, err = room.inbound(ctx, box, all, e, m); err != nil {
		return nil, nil, err
	}
	return r, func(tx *store.Tx) error { return room.sort(tx, e.ID, box, r) }, nil
}

// reading is what a mail says, worked out before the transaction that everybody else waits for.
type reading struct {
	*message.Message
	in      tickets.Inbound
	verdict machine.Verdict
	report  *bounce.Report
	bounced bool
	woken   []LedgerID // mails of ours that found their ticket by this one
}

func (room *Room) bytes(ctx context.Context, sha string) ([]byte, error) {
	r, err := room.files.Open(ctx, sha)
	if err != nil {
		return nil, fmt.Errorf("bytes of a mail: %w", err)
	}
	defer r.Close()
	return io.ReadAll(r)
}

// settling moves a stored mail to a state, in a transaction to come.
func (room *Room) settling(l LedgerID, s State, why Why, detail string) func(tx *store.Tx) error {
	return func(tx *store.Tx) error {
		e, err := entry(tx, l)
		if err != nil || e.State != Stored {
			return err
		}
		return settle(tx, e, s, why, detail)
	}
}

func settle(tx *store.Tx, e Entry, s State, why Why, detail string) error {
	e.settle(tx, s, why, detail)
	return saveEntry(tx, e, Settled{e.ID, e.Mailbox, s, why, e.Ticket})
}

// inbound turns a mail into what tickets take, its attachments stored.
func (room *Room) inbound(ctx context.Context, box Mailbox, all []Mailbox, e Entry, m *message.Message) (in tickets.Inbound, err error) {
	said := quote.Split(secret.Blot("my", m.Text)) // who has our link acts as the customer; a quoted mail brings it back
	saidHTML, folded := quote.SplitHTML(secret.Blot("my", m.HTML))
	in = tickets.Inbound{
		Channel: Name, Mailbox: box.ID, Team: box.Team, From: writer(m, e, box), Subject: m.Subject, Text: said.Said, Quoted: said.Quoted, Signature: said.Signature,
		HTML: saidHTML, QuotedHTML: folded, Ref: message.Reasonable(m.MessageID), Answers: m.Answers(), Raw: e.SHA256, Flaws: m.Flaws, At: writtenAt(m, e),
	}
	if in.Flaws == nil {
		in.Flaws = []string{}
	}
	for _, a := range m.To {
		in.To = append(in.To, tickets.Party{Name: a.Name, Email: a.Email, Ours: ours(all, a.Email)})
	}
	for _, a := range m.Cc {
		in.Cc = append(in.Cc, tickets.Party{Name: a.Name, Email: a.Email, Ours: ours(all, a.Email)})
	}
	for _, a := range m.ReplyTo {
		if len(m.ReplyTo) == 1 && strings.EqualFold(a.Email, in.From.Email) {
			break // they only say again who they are
		}
		in.ReplyTo = append(in.ReplyTo, tickets.Party{Name: a.Name, Email: a.Email, Ours: ours(all, a.Email)})
	}
	for _, a := range m.Attachments {
		blob, err := room.files.Put(ctx, bytes.NewReader(a.Data))
		if err != nil {
			return in, err
		}
		in.Files = append(in.Files, tickets.File{Name: text.CleanName(a.Name), Type: a.Type, Size: blob.Size, SHA256: blob.SHA256, ContentID: a.ContentID, Inline: a.Inline})
	}
	return in, nil
}

// underway is how long mail servers may try before they give a mail up (RFC 5321, 4.5.4.1, says four to five days).
const underway = 5 * 24 * time.Hour

// writtenAt is when a mail was written: what it says itself, unless it says it was written after it came, or so long before
// that only a wrong clock can have said so. Clocks of tickets start at that moment.
func writtenAt(m *message.Message, e Entry) time.Time {
	came := e.CameAt
	delivered := m.Delivered
	if delivered.IsZero() && strings.HasPrefix(e.Place, "smtp ") {
		delivered = came
	}
	if !delivered.IsZero() && delivered.Before(came) {
		came = delivered
	}
	if m.Date.IsZero() || m.Date.After(came) || !delivered.IsZero() && m.Date.Before(came.Add(-underway)) {
		return came
	}
	return m.Date
}

// writer is who a mail is from: its From, where that can't be read its Sender, Reply-To or envelope; of a form who filled it in.
func writer(m *message.Message, e Entry, box Mailbox) people.Sender {
	if a, ok := machine.Form(m, box.has); ok && !e.sent() {
		if email, err := people.PlainEmail(a.Email); err == nil {
			return people.Sender{Name: a.Name, Email: email}
		}
	}
	candidates := []message.Address{m.From, m.Sender}
	candidates = append(candidates, m.ReplyTo...)
	candidates = append(candidates, message.Address{Email: strings.Trim(m.ReturnPath, "<>")}, message.Address{Email: e.Sender})
	for _, a := range candidates {
		if email, err := people.PlainEmail(a.Email); err == nil {
			name := m.From.Name
			if name == "" {
				name = a.Name
			}
			return people.Sender{Name: name, Email: email}
		}
	}
	return people.Sender{Name: m.From.Name}
}

// sort decides what kind of mail it is, and does what follows from it.
func (room *Room) sort(tx *store.Tx, l LedgerID, box Mailbox, r *reading) error {
	r.woken = nil
	if err := inTurn(tx, box.ID); err != nil {
		return err
	}
	e, err := entry(tx, l)
	if err != nil || e.State != Stored {
		return err
	}
	e.Subject, e.MessageID, e.Sender = text.Snippet(r.in.Subject, 250), clip(r.MessageID), r.in.From.Email
	if was, ok, err := twin(tx, e); err != nil {
		return err
	} else if ok {
		e.Ticket = was.Ticket
		return settle(tx, e, SetAside, Duplicate, "The same bytes came in before.")
	}
	return room.place(tx, e, box, r)
}

// place puts a mail where mails of its kind belong.
func (room *Room) place(tx *store.Tx, e Entry, box Mailbox, r *reading) (err error) {
	in := r.in
	switch {
	case e.sent() || e.imported() && box.has(in.From.Email):
		return room.readSent(tx, e, r)
	case r.bounced:
		return room.returned(tx, e, r.report)
	case r.verdict.Loop:
		return settle(tx, e, SetAside, Loop, "This mail went around in a circle: "+r.verdict.Why+".")
	case in.From.Email == "":
		return settle(tx, e, Waiting, Unreadable, "This mail names nobody who wrote it.")
	case box.has(in.From.Email) && room.fromUs(tx, r.Message):
		return settle(tx, e, SetAside, Own, "We wrote this ourselves.")
	}
	in.Machine, in.Old = r.verdict.AutoReply, e.imported()
	if p, ok, err := room.partOf(tx, box, r.Message, in); err != nil {
		return err
	} else if ok {
		return room.hearPart(tx, e, p, in)
	}
	if in.Marked, err = room.marked(tx, r.Message); err != nil {
		return err
	}
	r.woken, err = room.hand(tx, e, box, in, !r.verdict.AutoReply && !r.verdict.List && !box.has(in.From.Email))
	return err
}

// inTurn makes the mails of a mailbox be filed one after the other: two that belong together and come at once would else
// not see each other, and open a ticket each. SQLite has one writer anyway.
func inTurn(tx *store.Tx, m tickets.MailboxID) error {
	if tx.Lock() == "" {
		return nil
	}
	_, err := loadBox(tx, m)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

// fromUs says whether a mail is one that Hearth sent.
func (room *Room) fromUs(tx *store.Tx, m *message.Message) bool {
	if _, ok, err := room.tickets.Known(tx, m.MessageID); err != nil || ok {
		return err == nil
	}
	_, ok, err := room.conference.Known(tx, m.MessageID)
	return err == nil && ok
}

// hand gives a mail to tickets and notes where it went.
func (room *Room) hand(tx *store.Tx, e Entry, box Mailbox, in tickets.Inbound, person bool) (woken []LedgerID, err error) {
	f, err := room.tickets.Receive(tx, in)
	if err != nil {
		return nil, err
	}
	if f.Stranger != 0 {
		e.Ticket = f.Stranger
		return nil, settle(tx, e, Waiting, Stranger, fmt.Sprintf("%s answers a ticket they are not on. Confirm that they belong there, or make it a ticket of its own.", in.From))
	}
	e.Ticket, e.Message = f.Ticket.ID, f.Message
	if err := settle(tx, e, Filed, "", ""); err != nil {
		return nil, err
	}
	if f.Opened && person && box.Options.Acknowledge && !e.imported() && !in.At.Before(box.CreatedAt.Add(-acknowledgeAgain)) {
		if err := room.acknowledge(tx, box, f.Ticket, in.From.Email); err != nil {
			return nil, err
		}
	}
	return room.wake(tx, e.Mailbox, names(in))
}

// returned is a mail server telling that something of ours did not arrive. Anybody can write such a letter, so an address
// is marked only when the mail it names is ours, went there, and the letter came to the mailbox that sent it; the name of
// a mail of ours can't be guessed. Otherwise a person looks at it.
func (room *Room) returned(tx *store.Tx, e Entry, r *bounce.Report) error {
	words, dead := []string{}, []bounce.Failure{}
	for _, f := range r.Recipients {
		if f.Action == bounce.Delivered || f.Action == bounce.Delayed {
			continue
		}
		words = append(words, reason(f))
		if f.Hard && f.Action == bounce.Failed {
			dead = append(dead, f)
		}
	}
	if len(words) == 0 {
		return settle(tx, e, SetAside, Bounce, "A mail server says that a mail of ours is late or was delivered.")
	}
	why := text.Snippet(strings.Join(words, "; "), 500)
	m, ok, err := room.tickets.MarkBounced(tx, e.Mailbox, r.Original, why)
	if err != nil {
		return err
	}
	if !ok {
		addresses := make([]string, len(dead))
		for i, f := range dead {
			addresses[i] = f.Address
		}
		if p, ours, err := room.conference.MarkBounced(tx, e.Mailbox, r.Original, why, addresses); err != nil {
			return err
		} else if ours {
			e.Part, e.Ticket = p.ID, p.Ticket
			return settle(tx, e, SetAside, Bounce, why)
		}
		return settle(tx, e, Waiting, Bounce, "A mail server says that a mail did not arrive, but it is none we know: "+why)
	}
	for _, f := range dead {
		if slices.Contains(recipients(m), strings.ToLower(f.Address)) {
			if err := room.people.MarkBounced(tx, f.Address, reason(f)); err != nil {
				return err
			}
		}
	}
	e.Ticket = m.Ticket
	return settle(tx, e, SetAside, Bounce, why)
}

func reason(f bounce.Failure) string {
	return strings.TrimSpace(f.Address + " " + string(f.Reason) + " " + f.Diagnostic)
}

// takeUp files, in the order of their coming, the mails that were stored when the server stopped: what came after them may
// answer them.
func (room *Room) takeUp(ctx context.Context) {
	var left []LedgerID
	err := room.db.Read(ctx, func(tx *store.Tx) (err error) { left, err = unfiled(tx); return err })
	for _, l := range left {
		if err := room.File(ctx, l); err != nil && ctx.Err() == nil {
			room.log.WarnContext(ctx, "filing a mail failed; it is tried again", "mail", l.String(), "err", err)
		}
	}
	if err != nil && ctx.Err() == nil {
		room.log.ErrorContext(ctx, "mails left from before can't be looked for", "err", err)
	}
}

// giveUp notes a mail whose filing failed too often, so that people see it.
func (room *Room) giveUp(ctx context.Context, l LedgerID) error {
	return room.db.Write(ctx, actor, func(tx *store.Tx) error {
		e, err := entry(tx, l)
		if err != nil || e.State != Stored {
			return err
		}
		return settle(tx, e, Failed, Accident, "Filing this mail failed again and again; what happened is in the server's log.")
	})
}

// clip makes words from elsewhere fit for a column.
func clip(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s[:min(len(s), 500)], ""), "\x00", "")
}

func megabytes(n int64) string {
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
}
