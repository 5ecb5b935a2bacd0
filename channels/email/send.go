package email

import (
	"context"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/idna"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email/machine"
	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/channels/email/server"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

const sendWork = "mail.send"

// Foot puts under a mail on its way out what is to stand in that mail alone, such as a link that nobody keeps.
type Foot func(ctx context.Context, locale string, t tickets.Ticket, m *tickets.Message) error

// sendPolicy tries for about two days, as RFC 5321 (4.5.4.1) asks for at least.
func sendPolicy() due.Policy {
	return due.Policy{Tries: 30, Backoff: due.Doubling(10*time.Second, 3*time.Hour), Parallel: 4, Lease: 5 * time.Minute}
}

type sending struct {
	Message tickets.MessageID `json:"message"`
}

// Followers put every answer and notice meant for mail into base/due, its Message-ID fixed before the first try.
func (room *Room) Followers() []*store.Follower {
	f := store.NewFollower("mail.send")
	store.On(f, func(tx *store.Tx, _ store.Entry, a tickets.Answered) error {
		if a.Channel != Name || a.Elsewhere {
			return nil
		}
		return room.dispatch(tx, a.Message)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, n tickets.Noticed) error {
		if n.Channel != Name {
			return nil
		}
		return room.dispatch(tx, n.Message)
	})
	room.followParts(f)
	return []*store.Follower{f}
}

func (room *Room) dispatch(tx *store.Tx, id tickets.MessageID) error {
	m, t, err := room.tickets.Outgoing(tx, id)
	if err != nil || m.State != tickets.Queued {
		return err
	}
	all, err := boxes(tx)
	if err != nil {
		return err
	}
	box, trouble := sender(all, m.Mailbox, t.Team)
	if trouble != "" {
		return room.tickets.MarkDelivery(tx, id, tickets.Failed, trouble)
	}
	if err := room.tickets.Name(tx, id, box.ID, room.messageID(id, box)); err != nil {
		return err
	}
	return room.due.Put(tx, sendWork, id.String(), tx.Now(), sending{id})
}

// sender is the mailbox a message goes out by, or a sentence about why there is none: the one its ticket came in by, and no
// other instead of it, which may be another brand's. What came in by none, or by one that was removed, goes out by the only
// one that can send, or else by the first of the ticket's team, or else by the first that is everybody's.
func sender(all []Mailbox, id tickets.MailboxID, team staff.TeamID) (m Mailbox, trouble string) {
	var can []Mailbox
	for _, b := range all {
		if b.ID == id && b.SMTP == "" {
			return m, "The mailbox " + b.Address + " has no SMTP server, so nothing can be sent from it. Give it one, then write again."
		}
		if b.ID == id {
			return b, ""
		}
		if b.SMTP != "" && !b.Paused {
			can = append(can, b)
		}
	}
	switch len(can) {
	case 0:
		return m, "No mailbox is connected that can send mail."
	case 1:
		return can[0], ""
	}
	for _, whose := range []staff.TeamID{team, 0} {
		if i := slices.IndexFunc(can, func(b Mailbox) bool { return b.Team == whose }); i >= 0 {
			return can[i], ""
		}
	}
	return m, "Several mailboxes could send this, and none is that of the ticket's team. Give the ticket to the team whose mailbox it is to go out by, then write again."
}

// parcel is a message with everything its delivery needs.
type parcel struct {
	m   tickets.Message
	t   tickets.Ticket
	box Mailbox
}

// deliver sends one message. What the server refuses for good is marked as failed; everything else is tried again.
func (room *Room) deliver(ctx context.Context, j due.Job) (func(tx *store.Tx) error, error) {
	var s sending
	if err := j.Into(&s); err != nil {
		return nil, err
	}
	var p parcel
	err := room.db.Read(ctx, func(tx *store.Tx) (err error) {
		if p.m, p.t, err = room.tickets.Outgoing(tx, s.Message); err != nil {
			return err
		}
		p.box, err = loadBox(tx, p.m.Mailbox)
		return err
	})
	if f := fault.Of(err); f != nil && f.Code == "mailbox.unknown" {
		return func(tx *store.Tx) error {
			return room.tickets.MarkDelivery(tx, p.m.ID, tickets.Failed, "The mailbox it was to go out by was removed.")
		}, nil
	}
	if err != nil || p.m.State != tickets.Queued {
		return nil, err
	}
	if p.m.Kind != tickets.Out && p.m.Kind != tickets.Notice {
		return nil, due.GiveUp(fmt.Errorf("a %s is never sent", p.m.Kind)) // a note has no way out, whatever put it here
	}
	return room.post(ctx, p)
}

// post writes the mail, hands it to the server, and returns the mark that says what came of it.
func (room *Room) post(ctx context.Context, p parcel) (func(tx *store.Tx) error, error) {
	secrets, err := room.secrets(p.box)
	if err == nil && room.foot != nil {
		err = room.foot(ctx, p.box.Options.Locale, p.t, &p.m)
	}
	if err != nil {
		return nil, err
	}
	raw, err := room.compose(ctx, p.box, secrets, p.t, p.m)
	if err != nil {
		return nil, err
	}
	return room.handOver(ctx, p.box, secrets, recipients(p.m), raw, func(tx *store.Tx, state tickets.State, trouble string) error {
		return room.tickets.MarkDelivery(tx, p.m.ID, state, trouble)
	})
}

// handOver hands a mail to the server, and returns what marks what came of it.
func (room *Room) handOver(ctx context.Context, box Mailbox, s Secrets, to []string, raw []byte, note func(tx *store.Tx, state tickets.State, trouble string) error) (func(tx *store.Tx) error, error) {
	refused, err := room.transmit(ctx, box, s, to, raw)
	mark := func(state tickets.State, trouble string) func(tx *store.Tx) error {
		return func(tx *store.Tx) error {
			for _, r := range refused {
				if !r.dead {
					continue
				}
				if err := room.people.MarkBounced(tx, r.to, r.why); err != nil {
					return err
				}
			}
			return note(tx, state, trouble)
		}
	}
	if final, ok := errors.AsType[*smtp.SMTPError](err); ok && final.Code >= 500 && !server.Refused[final.Code] {
		return mark(tickets.Failed, fmt.Sprintf("The mail server refused it: %d %s", final.Code, final.Message)), nil
	}
	if err != nil {
		return nil, err
	}
	if len(refused) > 0 {
		return mark(tickets.Sent, "Not everybody got it: "+refusals(refused)), nil
	}
	return mark(tickets.Sent, ""), nil
}

type refusal struct {
	to, why string
	dead    bool // there is no such address; else something about us or the moment is refused
}

// refuse reads what a server has against a recipient (RFC 3463, 3.2).
func refuse(to string, e *smtp.SMTPError) refusal {
	about, code := e.EnhancedCode[1], e.Code
	return refusal{to, fmt.Sprintf("%d %s", code, e.Message), about == 1 || about <= 0 && (code == 550 || code == 551 || code == 553)}
}

func refusals(all []refusal) string {
	words := make([]string, len(all))
	for i, r := range all {
		words[i] = r.to + " (" + r.why + ")"
	}
	return strings.Join(words, ", ")
}

// recipients are everybody a message was frozen for, each once.
func recipients(m tickets.Message) []string { return plainAddresses(slices.Concat(m.To, m.Cc)) }

// plainAddresses are those of some, each once.
func plainAddresses(some []tickets.Party) []string {
	all := []string{}
	for _, p := range some {
		if plain, err := people.PlainEmail(p.Email); err == nil && !slices.Contains(all, plain) {
			all = append(all, plain)
		}
	}
	return all
}

// compose writes the mail as it goes out, signed when the mailbox has a DKIM key.
func (room *Room) compose(ctx context.Context, box Mailbox, s Secrets, t tickets.Ticket, m tickets.Message) ([]byte, error) {
	ref := room.reference(t.Number)
	out := message.Outgoing{
		From: message.Address{Name: box.Name, Email: box.Address}, To: addresses(m.To), Cc: addresses(m.Cc), Subject: m.Subject, Date: m.At,
		MessageID: m.Ref, References: reversed(m.Answers), Text: m.Text + "\n\n" + ref + "\n", More: []message.Field{{Name: machine.Header, Value: box.Address}},
	}
	if len(m.Answers) > 0 {
		out.InReplyTo = m.Answers[0]
	}
	if r := room.replyAddress(box, t.Number); r != "" {
		out.ReplyTo = []message.Address{{Name: box.Name, Email: r}}
	}
	if m.HTML != "" {
		out.HTML = m.HTML + `<p style="color:#767676;font-size:12px">` + html.EscapeString(ref) + `</p>`
	}
	if m.Kind == tickets.Notice { // RFC 3834, 3.1.7
		out.More = append(out.More, message.Field{Name: "Auto-Submitted", Value: "auto-replied"}, message.Field{Name: "X-Auto-Response-Suppress", Value: "All"})
	}
	for _, f := range m.Files {
		data, err := room.bytes(ctx, f.SHA256)
		if err != nil {
			return nil, err
		}
		out.Files = append(out.Files, message.Attachment{Name: f.Name, Type: f.Type, ContentID: f.ContentID, Inline: f.Inline, Data: data})
	}
	raw, err := message.Compose(out)
	if err != nil {
		return nil, due.GiveUp(fmt.Errorf("this mail can't be written: %w", err))
	}
	return dkimSign(raw, box, s)
}

func addresses(all []tickets.Party) []message.Address {
	list := make([]message.Address, 0, len(all))
	for _, p := range all {
		list = append(list, message.Address{Name: p.Name, Email: p.Email})
	}
	return list
}

func reversed(all []string) []string {
	list := slices.Clone(all)
	slices.Reverse(list)
	return list
}

// wireDomain writes the domain of an address in ASCII (RFC 5890), as envelopes have it.
func wireDomain(address string) string {
	at := strings.LastIndexByte(address, '@')
	if ascii, err := idna.Lookup.ToASCII(address[at+1:]); err == nil {
		return address[:at+1] + ascii
	}
	return address
}

// transmit hands a mail to the mailbox's SMTP server. Refused recipients are returned; when all are refused, or the mail
// itself is, that is the error.
func (room *Room) transmit(ctx context.Context, box Mailbox, s Secrets, to []string, raw []byte) (refused []refusal, err error) {
	c, err := room.dialSMTP(ctx, box, s)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.Mail(wireDomain(box.Address), nil); err != nil {
		return nil, err
	}
	var last error
	for _, r := range to {
		if err := c.Rcpt(wireDomain(r), nil); err != nil {
			e, ok := errors.AsType[*smtp.SMTPError](err)
			if !ok || e.Code < 500 {
				return nil, err // try everybody again later rather than somebody twice
			}
			last = err
			refused = append(refused, refuse(r, e))
		}
	}
	if len(refused) == len(to) {
		return refused, last
	}
	w, err := c.Data()
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil { // who hangs up instead of saying yes may not have it (RFC 5321, 4.2.5)
		return nil, err
	}
	// The server has the mail now; whether it says goodbye is of no matter.
	_ = c.Quit()
	return refused, nil
}
