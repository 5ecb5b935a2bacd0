package tickets

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets/tags"
)

// Inbound is what every channel hands in, whatever it came by.
type Inbound struct {
	Channel    string // email, form, chat, call, letter, api …
	Mailbox    MailboxID
	Team       staff.TeamID // whose it is when it opens a ticket; 0 for everybody's
	From       people.Sender
	To, Cc     []Party
	ReplyTo    []Party // to whom they want answers to go; From where there are none
	Subject    string
	Text       string // what they said
	Quoted     string
	Signature  string
	HTML       string // without what they quoted
	QuotedHTML string
	Ref        string   // the channel's own name for it
	Answers    []string // Refs it says it answers, nearest first: the sender's claim
	Marked     ID       // the ticket named by a sign of ours that a stranger can't make up
	Files      []File   // bytes are in base/files already; ids are made here
	Raw        string   // sha256 of the bytes as they came
	Machine    bool     // an automatic reply or other machine text
	Flaws      []string
	At         time.Time // when it was written; zero for now
	ExternalID string
	Priority   Priority
	Type       string
	Product    string
	Facts      Matter
	Tags       []string
	Fields     map[string]any

	Old   bool // it comes from an archive: what was answered after it waits for nobody
	Join  ID   // a person decided: it belongs to this ticket, whoever wrote it
	Apart bool // a person decided: it is a matter of its own
}

// Filed says where an inbound contact went.
type Filed struct {
	Ticket   Ticket
	Message  MessageID
	Opened   bool
	Stranger ID // set instead of the others: it answers this ticket, but who wrote it is not on it; somebody must confirm
}

// Receive takes in what a customer said: into the ticket it belongs to, or a new one, inside the caller's transaction.
// It joins a known ticket only in the same mailbox and only from somebody already on it.
func (room *Room) Receive(tx *store.Tx, in Inbound) (f Filed, err error) {
	if in.At.IsZero() || in.At.After(tx.Now()) {
		in.At = tx.Now()
	}
	t, found, err := room.thread(tx, in)
	if err != nil {
		return f, err
	}
	if found && in.Join == 0 {
		known, err := room.isOn(tx, t, in.From)
		if err != nil {
			return f, err
		}
		if !known { // what answers this one belongs there too
			return Filed{Stranger: t.ID}, addRef(tx, in.Mailbox, in.Ref, t.ID, waits)
		}
	}
	c, err := room.people.Recognise(tx, in.From)
	if err != nil {
		return f, err
	}
	if !found {
		if t, err = room.open(tx, in, c); err != nil {
			return f, err
		}
	}
	return room.take(tx, in, c, t, !found)
}

// thread finds the ticket an inbound contact belongs to, following merges.
func (room *Room) thread(tx *store.Tx, in Inbound) (t Ticket, found bool, err error) {
	if in.Join != 0 {
		t, err = load(tx, in.Join)
		return room.follow(tx, t, err)
	}
	if in.Apart {
		return t, false, nil
	}
	if in.Marked != 0 {
		t, ok, err := store.Find[Ticket](tx, `SELECT `+columns+` FROM tickets WHERE id = $1`+tx.Lock(), in.Marked)
		if err != nil || ok {
			return room.follow(tx, t, err)
		}
	}
	t, how, err := room.named(tx, in.Mailbox, append(slices.Clone(in.Answers), in.Ref), in.From)
	if err != nil || how == byNone {
		return t, false, err
	}
	return room.follow(tx, t, nil)
}

// naming is how a ticket is named by references, the best first.
type naming int

const (
	byItsOwn    naming = iota // one who is on it names one of its messages
	bySpokenOf                // one who is on it names what its messages speak of
	byOthers                  // somebody else names one of its messages
	byOthersOld               // somebody else names what its messages speak of
	byNone
)

// named finds the ticket that references speak of, nearest first. One newsletter answered by many is many tickets under one
// reference: the writer's own counts before others', and of these a ticket with the very message before one whose people only
// speak of it. The reference of a contact itself is the last: what answered it may have come first and named it.
func (room *Room) named(tx *store.Tx, mailbox MailboxID, refs []string, who ...people.Sender) (best Ticket, how naming, err error) {
	type place struct {
		Ticket
		on bool // one of them is
	}
	first := ""
	if len(who) > 0 {
		first = who[0].Email
	}
	how, looked := byNone, map[ID]place{}
	for _, ref := range refs {
		if ref == "" {
			continue
		}
		all, err := ticketsByRef(tx, mailbox, ref, first)
		if err != nil {
			return best, byNone, err
		}
		for _, k := range all {
			p, seen := looked[k.Ticket]
			if !seen {
				if p.Ticket, err = load(tx, k.Ticket); err == nil {
					p.on, err = room.isOn(tx, p.Ticket, who...)
				}
				if err != nil {
					return best, byNone, err
				}
				looked[k.Ticket] = p
			}
			h := byItsOwn
			if !p.on {
				h = byOthers
			}
			if k.Message == 0 {
				h++
			}
			if h < how {
				how, best = h, p.Ticket
			}
		}
		if how == byItsOwn {
			break
		}
	}
	return best, how, nil
}

func (room *Room) follow(tx *store.Tx, t Ticket, err error) (Ticket, bool, error) {
	for range 8 {
		if err != nil || t.MergedInto == 0 {
			break
		}
		t, err = load(tx, t.MergedInto)
	}
	return t, err == nil && t.Ended != Spam, err
}

// isOn says whether one of some is on a ticket: its customer by any of their addresses, or anyone a message named.
func (room *Room) isOn(tx *store.Tx, t Ticket, who ...people.Sender) (bool, error) {
	for _, s := range who {
		if on, err := isParty(tx, t.ID, s.Email); err != nil || on {
			return on, err
		}
	}
	reach, err := room.people.Addresses(tx, t.Customer)
	return slices.ContainsFunc(reach, func(a people.Address) bool {
		return slices.ContainsFunc(who, func(s people.Sender) bool { return s.Email != "" && strings.EqualFold(a.Value, s.Email) })
	}), err
}

func (room *Room) open(tx *store.Tx, in Inbound, c people.Customer) (t Ticket, err error) {
	t = Ticket{
		CustomerName: c.Name,
		ID:           store.NewID[ticketKind](tx), Subject: subject(in), Status: Fresh, Priority: in.Priority, Type: in.Type, Product: in.Product, Facts: in.Facts,
		Channel: in.Channel, Mailbox: in.Mailbox, Customer: c.ID, Company: c.Company, Team: in.Team, Fields: in.Fields, ExternalID: in.ExternalID,
		CreatedAt: in.At, UpdatedAt: tx.Now(), Snippet: text.Snippet(in.Text, 140), Version: 1,
	}
	if t.Priority == "" {
		t.Priority = Normal
	}
	if t.Fields == nil {
		t.Fields = map[string]any{}
	}
	if err := t.Facts.check(); err != nil {
		return t, err
	}
	if t.Tags, err = tags.Clean(in.Tags); err != nil {
		return t, err
	}
	if t.Number, err = nextNumber(tx); err != nil {
		return t, err
	}
	t.hear(in.At, in.Machine)
	t.Heard = t.Version // nobody has read it, whoever wrote it
	if added, err := insert(tx, t); err != nil {
		return t, err
	} else if !added {
		was, _, err := byExternal(tx, in.Channel, in.ExternalID)
		return was, errors.Join(err, fault.New(fault.Conflict, "ticket.known", "There is a ticket with the external id %q already: %s.", in.ExternalID, was.ID))
	}
	if err := tx.Record(t.ID, Opened{t.ID, t.Number, t.Customer, t.Channel, t.Mailbox, t.Priority, t.Type, t.Team}); err != nil || t.Facts == "" {
		return t, err
	}
	return t, tx.Record(t.ID, Marked{Ticket: t.ID, Facts: t.Facts})
}

func subject(in Inbound) string {
	s := Clean(strings.Join(strings.Fields(in.Subject), " "))
	if s == "" {
		s = text.Snippet(in.Text, 60)
	}
	if s == "" {
		s = "(no subject)"
	}
	return text.Snippet(s, 250)
}

func (room *Room) take(tx *store.Tx, in Inbound, c people.Customer, t Ticket, opened bool) (Filed, error) {
	m := Message{
		ID: store.NewID[messageKind](tx), Ticket: t.ID, Kind: In, Channel: in.Channel, Mailbox: in.Mailbox,
		Author: store.Actor{Kind: store.CustomerKind, ID: c.ID.String()}.String(), From: Party{Name: in.From.Name, Email: in.From.Email, Phone: in.From.Phone}, To: in.To, Cc: in.Cc, ReplyTo: in.ReplyTo, Subject: Clean(in.Subject),
		Text: in.Text, Quoted: in.Quoted, Signature: in.Signature, HTML: in.HTML, QuotedHTML: in.QuotedHTML, Ref: in.Ref, Answers: in.Answers, Raw: in.Raw, Machine: in.Machine,
		Flaws: in.Flaws, At: in.At, State: Received, StateAt: tx.Now(), Files: in.Files,
	}
	for i := range m.Files {
		m.Files[i].ID = store.NewID[fileKind](tx)
	}
	if err := insertMessage(tx, m); err != nil {
		return Filed{}, err
	}
	if err := room.remember(tx, m); err != nil {
		return Filed{}, err
	}
	heard := Heard{Ticket: t.ID, Message: m.ID, Customer: c.ID, Channel: in.Channel, First: opened, Machine: in.Machine, At: earlier(tx, in.At)}
	if !opened {
		if err := room.join(tx, in, &t, &heard); err != nil {
			return Filed{}, err
		}
	}
	return Filed{Ticket: t, Message: m.ID, Opened: opened}, tx.Record(t.ID, heard)
}

// join is the customer's side going on on a ticket that is there.
func (room *Room) join(tx *store.Tx, in Inbound, t *Ticket, heard *Heard) (err error) {
	if in.Old {
		if _, heard.Answered, err = saidAfter(tx, t.ID, Out, in.At); err != nil {
			return err
		}
	}
	was := t.Status
	if !heard.Answered {
		heard.Reopened = t.hear(in.At, in.Machine)
		t.Snippet = text.Snippet(in.Text, 140)
	}
	if err := save(tx, t); err != nil || was == t.Status {
		return err
	}
	return tx.Record(t.ID, Stood{Ticket: t.ID, From: was, To: t.Status, Why: "heard"})
}

// earlier is the moment when something was said, where that is not now.
func earlier(tx *store.Tx, at time.Time) time.Time {
	if at.Equal(tx.Now()) {
		return time.Time{}
	}
	return at
}

// maxParties is how many of those a message names may write back without being confirmed.
const maxParties = 100

// remember notes who is on the ticket now and under which references it is known. Our own addresses are on none: who
// writes in our name is not known by that.
func (room *Room) remember(tx *store.Tx, m Message) error {
	for i, p := range slices.Concat([]Party{m.From}, m.ReplyTo, m.To, m.Cc) {
		if i == maxParties {
			break
		}
		if p.Ours {
			continue
		}
		if err := addParty(tx, m.Ticket, p.Email); err != nil {
			return err
		}
	}
	if err := addRef(tx, m.Mailbox, m.Ref, m.Ticket, m.ID); err != nil {
		return err
	}
	for i, ref := range m.Answers { // a later reply may name only an older mail that never came by us
		if i == 20 {
			break
		}
		if err := addRef(tx, m.Mailbox, ref, m.Ticket, 0); err != nil {
			return err
		}
	}
	return nil
}

// maxReached is how many of those a mail of ours went to are looked for on a ticket.
const maxReached = 10

// ReadSent adds an answer that one of us gave in another program, as the Sent folder shows it, to the ticket it answers, or
// whose people answer it; ok is false when there is none yet.
func (room *Room) ReadSent(tx *store.Tx, s Inbound) (f Filed, ok bool, err error) {
	var to []people.Sender
	for _, p := range slices.Concat(s.To, s.Cc) {
		if !p.Ours && p.Email != "" && len(to) < maxReached {
			to = append(to, people.Sender{Email: p.Email})
		}
	}
	t, how, err := room.named(tx, s.Mailbox, append(slices.Clone(s.Answers), s.Ref), to...)
	if err != nil || how > byOthers { // who only speaks of a mail that others got has not made it theirs
		return f, false, err
	}
	t, found, err := room.follow(tx, t, nil)
	if err != nil || !found {
		return f, false, err
	}
	m := Message{
		ID: store.NewID[messageKind](tx), Ticket: t.ID, Kind: Out, Channel: "email", Mailbox: s.Mailbox, Author: tx.By().String(),
		From: Party{Name: s.From.Name, Email: s.From.Email, Ours: true}, To: s.To, Cc: s.Cc, Subject: s.Subject, Text: s.Text, Quoted: s.Quoted, Signature: s.Signature, HTML: s.HTML, QuotedHTML: s.QuotedHTML, Ref: s.Ref, Answers: s.Answers,
		Raw: s.Raw, At: s.At, State: Sent, StateAt: s.At, Files: s.Files,
	}
	for i := range m.Files {
		m.Files[i].ID = store.NewID[fileKind](tx)
	}
	return room.say(tx, t, m, Answered{Elsewhere: true})
}

// say puts words of ours on the ticket and moves it to waiting for the customer; e says where they come from, and is
// recorded.
func (room *Room) say(tx *store.Tx, t Ticket, m Message, e Answered) (f Filed, ok bool, err error) {
	was := t.Status
	e.Ticket, e.Message, e.Channel, e.Mailbox, e.At = t.ID, m.ID, m.Channel, m.Mailbox, earlier(tx, m.At)
	var next time.Time
	if e.Elsewhere { // it is read now, and they may have written since it was sent
		if next, e.Late, err = saidAfter(tx, t.ID, In, m.At); err != nil {
			return f, false, err
		}
	}
	if e.Late {
		var moved bool
		if e.First, moved, err = t.answeredThen(m.At, next); moved {
			e.Waiting = next
		}
	} else if e.First, err = t.answer(m.At); err == nil {
		t.Snippet = text.Snippet(m.Text, 140)
	}
	if err != nil {
		return f, false, err
	}
	m.Version = t.Version + 1
	if err := insertMessage(tx, m); err != nil {
		return f, false, err
	}
	if err := room.remember(tx, m); err != nil {
		return f, false, err
	}
	if err := save(tx, &t); err != nil {
		return f, false, err
	}
	if was != t.Status {
		if err := tx.Record(t.ID, Stood{Ticket: t.ID, From: was, To: t.Status, Why: "answered"}); err != nil {
			return f, false, err
		}
	}
	return Filed{Ticket: t, Message: m.ID}, true, tx.Record(t.ID, e)
}
