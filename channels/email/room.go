package email

import (
	"cmp"
	"context"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/channels/email/guess"
	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/conference"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this channel.
var Tables = store.Migrations{Room: "email", FS: migrations}

// Words are what this channel's machine says.
//
//go:embed words.*.json
var Words embed.FS

// House is what the channel stands on.
type House struct {
	Words      *words.Book
	DB         *store.DB
	Due        *due.Queue
	Files      files.Store
	Keys       *secret.Keys
	People     *people.Room
	Lexicon    *lexicon.Room // reads what the machine is to say; without it nobody does
	Tickets    *tickets.Room
	Clocks     *clocks.Room
	Conference *conference.Room
	Finder     guess.Finder // of servers; the zero one asks the internet
	Foot       Foot
	Log        *slog.Logger
}

// Room is the door to mail.
type Room struct {
	words      *words.Book
	db         *store.DB
	due        *due.Queue
	files      files.Store
	keys       *secret.Keys
	people     *people.Room
	lexicon    *lexicon.Room
	tickets    *tickets.Room
	clocks     *clocks.Room
	conference *conference.Room
	finder     guess.Finder
	foot       Foot
	log        *slog.Logger

	desk      chan struct{} // how many mails are read at a time
	renewing  sync.Mutex    // of consents
	rehearsed rehearsals
}

const atOnce = 4 // mails being read

// New furnishes the channel and tells base/due what its work is.
func New(h House) *Room {
	room := &Room{
		words: h.Words, db: h.DB, due: h.Due, files: h.Files, keys: h.Keys, people: h.People, lexicon: h.Lexicon, tickets: h.Tickets, clocks: h.Clocks, conference: h.Conference, finder: h.Finder, foot: h.Foot,
		log: cmp.Or(h.Log, slog.Default()), desk: make(chan struct{}, atOnce),
	}
	if room.due != nil {
		room.due.Handle(fileWork, due.Policy{Tries: 6, Parallel: 2}, room.refile)
		room.due.Handle(sendWork, sendPolicy(), room.deliver)
		room.due.Handle(partWork, sendPolicy(), room.deliverPart)
		room.due.Handle(colleagueWork, sendPolicy(), room.deliverLetter)
		room.due.OnPark(room.parked)
	}
	return room
}

// parked notes in the ledger, or on the message, that work on it was given up.
func (room *Room) parked(j due.Job) {
	ctx := context.Background()
	var err error
	switch j.Kind {
	case fileWork:
		var f filing
		if err = json.Unmarshal(j.Payload, &f); err == nil {
			err = room.giveUp(ctx, f.Mail)
		}
	case sendWork:
		var s sending
		if err = json.Unmarshal(j.Payload, &s); err == nil {
			err = room.db.Write(ctx, actor, func(tx *store.Tx) error {
				return room.tickets.MarkDelivery(tx, s.Message, tickets.Failed, "The mail server did not take it for a long time: "+j.Error)
			})
		}
	case partWork:
		var s sendingPart
		if err = json.Unmarshal(j.Payload, &s); err == nil {
			err = room.db.Write(ctx, actor, func(tx *store.Tx) error {
				return room.conference.MarkDelivery(tx, s.Message, tickets.Failed, "The mail server did not take it for a long time: "+j.Error)
			})
		}
	}
	if err != nil {
		room.log.ErrorContext(ctx, "parked work could not be noted", "job", j.String(), "err", err)
	}
}

// Connect adds a mailbox.
func (room *Room) Connect(ctx context.Context, who web.Who, m Mailbox, s Secrets) (Mailbox, error) {
	if err := m.check(); err != nil {
		return m, err
	}
	found, err := room.approve(ctx, &m.Options)
	if err != nil {
		return m, err
	}
	if err := room.seal(&m, s); err != nil {
		return m, err
	}
	m.Findings = found
	return m, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if err := room.free(tx, m); err != nil {
			return err
		}
		m.ID, m.CreatedAt, m.Version = store.NewID[tickets.MailboxKind](tx), tx.Now(), 1
		if err := insertBox(tx, m); err != nil {
			return err
		}
		return tx.Record(m.ID, Connected{m.ID, true})
	})
}

// free refuses an address that another mailbox has. Settings are changed one after the other on all nodes, so that no
// two mailboxes get the same address at once.
func (room *Room) free(tx *store.Tx, m Mailbox) error {
	if err := tx.Do(`UPDATE counters SET n = n + 1 WHERE name = 'mailbox'`); err != nil {
		return err
	}
	all, err := boxes(tx)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID == m.ID {
			continue
		}
		for _, a := range append([]string{m.Address}, m.Aliases...) {
			if other.has(a) {
				return fault.New(fault.Conflict, "mailbox.known", "%s belongs to the mailbox %s already.", a, other.Address)
			}
		}
	}
	return nil
}

// What is sealed apart: a mailbox can get a new password and keep its DKIM key.
const (
	secretsPurpose = "mail.secrets"
	dkimPurpose    = "mail.dkim"
)

func (room *Room) seal(m *Mailbox, s Secrets) (err error) {
	if s != (Secrets{DKIMKey: s.DKIMKey}) {
		if m.secret, err = room.sealed(secretsPurpose, []byte(store.JSON(s))); err != nil {
			return err
		}
	}
	if s.DKIMKey != "" {
		if _, err := dkimKey(s.DKIMKey); err != nil {
			return err
		}
		m.dkim, err = room.sealed(dkimPurpose, []byte(s.DKIMKey))
	}
	return err
}

func (room *Room) sealed(purpose string, plain []byte) (string, error) {
	b, err := room.keys.Seal(purpose, plain)
	return base64.StdEncoding.EncodeToString(b), err
}

func (room *Room) unsealed(m Mailbox, purpose, sealed string) ([]byte, error) {
	if sealed == "" {
		return nil, nil
	}
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err == nil {
		b, err = room.keys.Open(purpose, b)
	}
	if err != nil {
		return nil, fault.New(fault.Internal, "mailbox.sealed", "The secrets of %s can't be read with this installation's key; enter them again.", m.Address)
	}
	return b, nil
}

func (room *Room) secrets(m Mailbox) (s Secrets, err error) {
	b, err := room.unsealed(m, secretsPurpose, m.secret)
	if err != nil {
		return s, err
	}
	if b != nil {
		if err := json.Unmarshal(b, &s); err != nil {
			return s, err
		}
	}
	key, err := room.unsealed(m, dkimPurpose, m.dkim)
	s.DKIMKey = string(key)
	return s, err
}

// Settings is a change of a mailbox; nil leaves a part as it is.
type Settings struct {
	Name    *string       `json:"name,omitempty"`
	Aliases *[]string     `json:"aliases,omitempty"`
	Team    *staff.TeamID `json:"team,omitempty" doc:"whose its tickets are from now on; empty for nobody's"`
	IMAP    *string       `json:"imap,omitempty"`
	SMTP    *string       `json:"smtp,omitempty"`
	Options *Options      `json:"options,omitempty"`
	Paused  *bool         `json:"paused,omitempty"`
}

// Change corrects the settings of a mailbox; zero Secrets leave those as they are.
func (room *Room) Change(ctx context.Context, who web.Who, id tickets.MailboxID, ch Settings, s Secrets) (m Mailbox, err error) {
	found, err := room.approve(ctx, ch.Options)
	if err != nil {
		return m, err
	}
	return m, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if m, err = loadBox(tx, id); err != nil {
			return err
		}
		m.Findings = found
		set(&m.Name, ch.Name)
		set(&m.Aliases, ch.Aliases)
		set(&m.Team, ch.Team)
		set(&m.IMAP, ch.IMAP)
		set(&m.SMTP, ch.SMTP)
		set(&m.Options, ch.Options)
		set(&m.Paused, ch.Paused)
		if err := m.check(); err != nil {
			return err
		}
		if err := room.free(tx, m); err != nil {
			return err
		}
		if err := room.seal(&m, s); err != nil {
			return err
		}
		if err := saveBox(tx, m); err != nil {
			return err
		}
		return tx.Record(m.ID, Connected{Mailbox: m.ID})
	})
}

func set[T any](into *T, v *T) {
	if v != nil {
		*into = *v
	}
}

// Disconnect removes a mailbox; its tickets and its part of the ledger stay.
func (room *Room) Disconnect(ctx context.Context, who web.Who, id tickets.MailboxID) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if _, err := loadBox(tx, id); err != nil {
			return err
		}
		if err := errors.Join(dropBox(tx, id), dropConsent(tx, id), dropUnread(tx, id)); err != nil {
			return err
		}
		return tx.Record(id, Disconnected{id})
	})
}

// Mailboxes lists them all.
func (room *Room) Mailboxes(tx *store.Tx) ([]Mailbox, error) { return boxes(tx) }

// Repair is what a person decides about a mail in the repair queue.
type Repair struct {
	Do     string     `json:"do" enum:"retry,join,open,discard" doc:"retry filing; join the ticket named; open a ticket of its own; discard it"`
	Ticket tickets.ID `json:"ticket,omitempty" doc:"with join; the one it seems to answer when absent"`
	Why    string     `json:"why,omitempty" maxLength:"500" doc:"needed with discard"`
}

// Repair carries out what a person decided about a mail that waits or failed.
func (room *Room) Repair(ctx context.Context, who web.Who, l LedgerID, r Repair) (e Entry, err error) {
	if r.Do == "discard" && strings.TrimSpace(r.Why) == "" {
		return e, fault.Field("why", "why.missing", "Say why this mail is discarded.")
	}
	var all []Mailbox
	err = room.db.Read(ctx, func(tx *store.Tx) error {
		if e, err = entry(tx, l); err != nil {
			return err
		}
		if mine, err := room.seenBy(tx, who, []Entry{e}); err != nil || len(mine) == 0 {
			return errors.Join(err, fault.New(fault.NotFound, "mail.unknown", "There is no mail %s in the ledger, or it isn't yours to see.", l))
		}
		if !e.open() {
			return fault.New(fault.Conflict, "mail.settled", "This mail waits for nobody; it is %s.", e.State)
		}
		all, err = boxes(tx)
		return err
	})
	if err != nil {
		return e, err
	}
	var in tickets.Inbound
	if r.Do == "join" || r.Do == "open" {
		if in, err = room.reread(ctx, all, e); err != nil {
			return e, err
		}
	}
	err = room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if e, err = entry(tx, l); err != nil {
			return err
		}
		if !e.open() {
			return fault.New(fault.Conflict, "mail.settled", "Somebody has decided about this mail already; it is %s.", e.State)
		}
		return room.decide(tx, who, &e, in, r)
	})
	if err != nil {
		return e, err
	}
	if e.State == Stored {
		room.again(ctx, l)
	}
	return e, room.db.Read(ctx, func(tx *store.Tx) error { e, err = entry(tx, l); return err })
}

// again files a mail once more; what goes wrong now goes wrong in the background, where it is tried on.
func (room *Room) again(ctx context.Context, l LedgerID) {
	if err := room.File(ctx, l); err != nil {
		room.log.WarnContext(ctx, "filing a mail anew failed; it is tried again", "mail", l.String(), "err", err)
	}
}

func (room *Room) reread(ctx context.Context, all []Mailbox, e Entry) (in tickets.Inbound, err error) {
	if e.SHA256 == "" {
		return in, fault.New(fault.Invalid, "mail.elsewhere", "This mail is still on the mail server and not here. Have it tried again, or read it there and discard it here.")
	}
	box := Mailbox{ID: e.Mailbox} // it may have been removed
	if i := slices.IndexFunc(all, func(m Mailbox) bool { return m.ID == e.Mailbox }); i >= 0 {
		box = all[i]
	}
	raw, err := room.bytes(ctx, e.SHA256)
	if err != nil {
		return in, err
	}
	m, err := message.Parse(raw)
	if err != nil {
		return in, fault.New(fault.Invalid, "mail.unreadable", "There is no mail in these bytes, so it can only be discarded.")
	}
	if in, err = room.inbound(ctx, box, all, e, m); err != nil {
		return in, err
	}
	if in.From.Email == "" {
		return in, fault.New(fault.Invalid, "mail.nobody", "This mail names nobody who wrote it, so it can't be answered; it can only be discarded.")
	}
	return in, nil
}

func (room *Room) decide(tx *store.Tx, who web.Who, e *Entry, in tickets.Inbound, r Repair) error {
	e.By = who.Actor.String()
	switch r.Do {
	case "discard":
		return settle(tx, *e, Discarded, e.Why, r.Why)
	case "retry":
		if e.Why == Oversized || e.Why == Stranger {
			return fault.New(fault.Conflict, "repair.needs_decision", "Trying again would end here again; join it to a ticket, open one, or discard it.")
		}
		if e.SHA256 == "" { // whoever reads the folder asks for it again
			e.Tries = 0
			e.settle(tx, Fetched, "", "")
			return saveEntry(tx, *e, Seen{e.ID, e.Mailbox})
		}
		e.State = Stored
		return room.refiling(tx, *e)
	case "join":
		if e.Part != 0 && r.Ticket == 0 { // whoever means the thread of the ticket names it
			return room.joinPart(tx, *e, in)
		}
		var err error
		if in.Join, err = room.joined(tx, who, *e, r); err != nil {
			return err
		}
	case "open":
		in.Apart = true
	}
	if err := inTurn(tx, e.Mailbox); err != nil {
		return err
	}
	f, err := room.tickets.Receive(tx, in)
	if err != nil {
		return err
	}
	e.Ticket, e.Message = f.Ticket.ID, f.Message
	if err := settle(tx, *e, Repaired, e.Why, e.Detail); err != nil {
		return err
	}
	_, err = room.wake(tx, e.Mailbox, names(in))
	return err
}

// joined is the ticket that a mail is to join: the one named, or else the one it seems to answer.
func (room *Room) joined(tx *store.Tx, who web.Who, e Entry, r Repair) (tickets.ID, error) {
	into := r.Ticket
	if into == 0 {
		into = e.Ticket
	}
	if into == 0 {
		return 0, fault.Field("ticket", "ticket.missing", "Say which ticket it joins.")
	}
	if t, err := room.tickets.Look(tx, into); err != nil || !room.tickets.Sees(who, t) {
		return 0, fault.New(fault.NotFound, "ticket.unknown", "There is no ticket %s, or it isn't yours to see.", into)
	}
	return into, nil
}

// Ledger pages through the mails in some states, newest first.
func (room *Room) Ledger(tx *store.Tx, states []State, before LedgerID, limit int) ([]Entry, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return entries(tx, states, before, limit)
}
