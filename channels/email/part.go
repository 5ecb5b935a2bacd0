package email

import (
	"context"
	"fmt"
	"html"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email/machine"
	"github.com/hearthdesk/hearth/channels/email/message"
	"github.com/hearthdesk/hearth/rooms/conference"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// The parts of a ticket go out and come in by its mailbox, and by a thread of their own: their mails have other names and
// another reference at their foot than those of the customer's thread, so that neither leads into the other. A mail of a part
// carries nothing of the ticket's thread, and never what Foot puts under the customer's mails.

const partWork = "mail.part"

type sendingPart struct {
	Message conference.MessageID `json:"message"`
}

// followParts puts every message of a part meant for somebody into base/due, its Message-ID fixed before the first try.
func (room *Room) followParts(f *store.Follower) {
	store.On(f, func(tx *store.Tx, _ store.Entry, e conference.Written) error {
		if e.Elsewhere {
			return nil
		}
		return room.dispatchPart(tx, e.Message)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, e conference.Heard) error { return room.dispatchPart(tx, e.Message) })
}

func (room *Room) dispatchPart(tx *store.Tx, id conference.MessageID) error {
	m, p, err := room.conference.Outgoing(tx, id)
	if err != nil || m.State != tickets.Queued {
		return err
	}
	team, err := room.conference.Team(tx, p)
	if err != nil {
		return err
	}
	all, err := boxes(tx)
	if err != nil {
		return err
	}
	box, trouble := sender(all, m.Mailbox, team)
	if trouble == "" && slices.ContainsFunc(m.To, func(q tickets.Party) bool { return ours(all, q.Email) }) {
		trouble = "One of those in this part has the address of a mailbox of ours; a mail to it would come back to us."
	}
	if trouble != "" {
		return room.conference.MarkDelivery(tx, id, tickets.Failed, trouble)
	}
	if err := room.conference.Name(tx, id, box.ID, room.messageID(id, box)); err != nil {
		return err
	}
	return room.due.Put(tx, partWork, id.String(), tx.Now(), sendingPart{id})
}

// deliverPart sends one message of a part, as deliver does one of a ticket.
func (room *Room) deliverPart(ctx context.Context, j due.Job) (func(tx *store.Tx) error, error) {
	var s sendingPart
	if err := j.Into(&s); err != nil {
		return nil, err
	}
	var m conference.Message
	var p conference.Part
	var box Mailbox
	err := room.db.Read(ctx, func(tx *store.Tx) (err error) {
		if m, p, err = room.conference.Outgoing(tx, s.Message); err != nil {
			return err
		}
		box, err = loadBox(tx, m.Mailbox)
		return err
	})
	if f := fault.Of(err); f != nil && f.Code == "mailbox.unknown" {
		return func(tx *store.Tx) error {
			return room.conference.MarkDelivery(tx, s.Message, tickets.Failed, "The mailbox it was to go out by was removed.")
		}, nil
	}
	if err != nil || m.State != tickets.Queued {
		return nil, err
	}
	// Whoever was taken out of the part meanwhile gets nothing of it any more.
	if m.To = slices.DeleteFunc(m.To, func(q tickets.Party) bool { return !p.Invited(q.Email) }); len(m.To) == 0 {
		return func(tx *store.Tx) error {
			return room.conference.MarkDelivery(tx, s.Message, tickets.Failed, "Nobody it was for is in this part any more.")
		}, nil
	}
	secrets, err := room.secrets(box)
	if err != nil {
		return nil, err
	}
	raw, err := room.composePart(ctx, box, secrets, p, m)
	if err != nil {
		return nil, err
	}
	return room.handOver(ctx, box, secrets, plainAddresses(m.To), raw, func(tx *store.Tx, state tickets.State, trouble string) error {
		return room.conference.MarkDelivery(tx, m.ID, state, trouble)
	})
}

// composePart writes a mail of a part. What it answers are mails of the part alone.
func (room *Room) composePart(ctx context.Context, box Mailbox, s Secrets, p conference.Part, m conference.Message) ([]byte, error) {
	ref, err := room.partFoot(p, m)
	if err != nil {
		return nil, err
	}
	words := m.Letter()
	if m.Kind == conference.In && m.Name != "" { // one of those in the part wrote it here, for the others
		words = m.Name + ":\n\n" + words
	}
	out := message.Outgoing{
		From: message.Address{Name: box.Name, Email: box.Address}, To: addresses(m.To), Subject: m.Subject, Date: m.At, MessageID: m.Ref,
		References: reversed(m.Answers), Text: words + "\n\n" + ref + "\n", More: []message.Field{{Name: machine.Header, Value: box.Address}},
	}
	if len(m.Answers) > 0 {
		out.InReplyTo = m.Answers[0]
	}
	if box.Options.PlusAddress {
		local, host, _ := strings.Cut(box.Address, "@")
		out.ReplyTo = []message.Address{{Name: box.Name, Email: local + "+" + strings.ToLower(room.partReference(p.Number)) + "@" + host}}
	}
	if m.Rich {
		out.HTML = m.HTML + `<p style="color:#767676;font-size:12px">` + strings.ReplaceAll(html.EscapeString(ref), "\n", "<br>") + `</p>`
	}
	if m.Machine { // RFC 3834, 3.1.7
		out.More = append(out.More, message.Field{Name: "Auto-Submitted", Value: "auto-generated"}, message.Field{Name: "X-Auto-Response-Suppress", Value: "All"})
	}
	for _, f := range m.Files {
		data, err := room.blotted(ctx, f)
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

// blotted are the bytes of a file without a customer's link: who has one acts as them.
func (room *Room) blotted(ctx context.Context, f conference.File) ([]byte, error) {
	body, err := room.files.Open(ctx, f.SHA256)
	if err != nil {
		return nil, fmt.Errorf("bytes of a file: %w", err)
	}
	defer body.Close()
	blotted, err := secret.BlotFile("my", f.Name, f.Type, body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(blotted)
}

// partFoot says who wrote a mail of a part, how it is answered, and what its reference is for.
func (room *Room) partFoot(p conference.Part, m conference.Message) (string, error) {
	who, colleague := "nobody", "yes"
	if m.Kind == conference.Out && m.Name != "" {
		who = "known"
	}
	for _, o := range p.People {
		if o.Staff == 0 {
			colleague = "no"
		}
	}
	foot, err := room.words.Say(p.Language, "part.foot", map[string]any{"who": who, "name": m.Name, "colleague": colleague})
	return foot + "\n" + room.partReference(p.Number), err
}

// partReference is the number of a part as it stands at the foot of its mails, such as HTP-17-8k2m4q7r.
func (room *Room) partReference(number int64) string {
	n := strconv.FormatInt(number, 10)
	return "HTP-" + n + "-" + room.signPart(n)
}

func (room *Room) signPart(n string) string {
	return code.EncodeToString(room.keys.MAC("mail.part", []byte(n))[:5])
}

// partMarked finds the part that a reference of ours names in some words.
func (room *Room) partMarked(tx *store.Tx, words string) (conference.ID, error) {
	for _, found := range partForm.FindAllStringSubmatch(words, 20) {
		n, err := strconv.ParseInt(found[1], 10, 64)
		if err != nil || room.signPart(found[1]) != strings.ToLower(found[2]) {
			continue
		}
		if p, ok, err := room.conference.Numbered(tx, n); err != nil || ok {
			return p, err
		}
	}
	return 0, nil
}

// partOf finds the part that a mail answers: by the address it was sent to, by the mails it says it answers, or by the
// reference in what it quotes. What it quotes counts only where nothing else says that it is meant for the customer's thread,
// because a customer may be sent words that others wrote.
func (room *Room) partOf(tx *store.Tx, box Mailbox, m *message.Message, in tickets.Inbound) (conference.Part, bool, error) {
	part, err := room.partMarked(tx, room.tags(m))
	if err != nil {
		return conference.Part{}, false, err
	}
	if part == 0 {
		if part, _, err = room.conference.Answered(tx, box.ID, in.Answers); err != nil {
			return conference.Part{}, false, err
		}
	}
	sure := part != 0
	for _, where := range []string{m.Text, m.HTML} {
		if part != 0 {
			break
		}
		if part, err = room.partMarked(tx, where); err != nil {
			return conference.Part{}, false, err
		}
	}
	if part == 0 {
		return conference.Part{}, false, nil
	}
	p, err := room.conference.Look(tx, part)
	if err != nil || sure || p.Invited(in.From.Email) {
		return p, err == nil, err
	}
	ticket, err := room.marked(tx, m)
	return p, err == nil && ticket == 0, err
}

// hearPart gives a mail to the part it answers. Who was not invited waits for a person to decide, as strangers do everywhere:
// also the customer, should somebody have them in copy.
func (room *Room) hearPart(tx *store.Tx, e Entry, p conference.Part, in tickets.Inbound) error {
	e.Part, e.Ticket = p.ID, p.Ticket
	_, ok, err := room.conference.Heard(tx, p.ID, in, false)
	if err != nil {
		return err
	}
	if !ok {
		return settle(tx, e, Waiting, Stranger, fmt.Sprintf("%s answers a part of a ticket they were not invited to. Let them into the part, or make it a ticket of its own.", in.From))
	}
	return settle(tx, e, Filed, "", "")
}

// sentPart takes up what one of us wrote to those in a part in another program; ok is false when it is about none.
func (room *Room) sentPart(tx *store.Tx, e Entry, in tickets.Inbound) (ok bool, err error) {
	part, ok, err := room.conference.Answered(tx, e.Mailbox, in.Answers)
	if err != nil || !ok {
		return false, err
	}
	p, err := room.conference.Look(tx, part)
	if err != nil {
		return false, err
	}
	if _, ok, err = room.conference.Sent(tx, part, in); err != nil || !ok {
		return false, err
	}
	e.Part, e.Ticket = p.ID, p.Ticket
	return true, settle(tx, e, Filed, Own, "One of us wrote to those in a part in another program.")
}

// joinPart lets somebody who waits into the part they answer, because a person decided so.
func (room *Room) joinPart(tx *store.Tx, e Entry, in tickets.Inbound) error {
	p, err := room.conference.Look(tx, e.Part)
	if err != nil {
		return err
	}
	if _, _, err := room.conference.Heard(tx, e.Part, in, true); err != nil {
		return err
	}
	e.Ticket = p.Ticket
	return settle(tx, e, Repaired, e.Why, e.Detail)
}
