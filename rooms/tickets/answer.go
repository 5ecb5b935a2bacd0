package tickets

import (
	"context"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets/wording"
)

// Reply is what one of us says to the customer. Without To and Cc it goes to whoever wrote last and everybody they had in
// copy; what is given replaces that. Recipients freeze here: changing the customer later never redirects it.
type Reply struct {
	Text     string       `json:"text,omitempty" maxLength:"200000"`
	HTML     string       `json:"html,omitempty" maxLength:"1000000"`
	To       []Party      `json:"to,omitempty" maxItems:"50"`
	Cc       []Party      `json:"cc,omitempty" maxItems:"50"`
	Files    []File       `json:"-"`
	Uploads  []Attachment `json:"attachments,omitempty" maxItems:"30" doc:"files uploaded before with POST /messages/files"`
	Seen     int64        `json:"seen,omitempty" doc:"the ticket's version the writer had read; a newer answer of a colleague is then a conflict"`
	Language string       `json:"-"`
	Draft    DraftID      `json:"-"` // what it was until it left, if it was written here

	Closing  bool            `json:"-"` // the matter is solved with it
	Override string          `json:"override,omitempty" maxLength:"2000" doc:"why it leaves although a rule of severity stop is against it"`
	Against  []string        `json:"-"` // the rules that this reason is for; nil for all
	Weighed  wording.Weighed `json:"-"` // what was found in it, if somebody looked already; see Weigh
}

// Attachment names an upload that goes along. Its type and size are what the file is, whatever is said.
type Attachment struct {
	SHA256    string `json:"sha256" db:"sha256" pattern:"^[0-9a-f]{64}$"`
	Name      string `json:"name" db:"name" maxLength:"255"`
	ContentID string `json:"content_id,omitempty" db:"content_id" maxLength:"255" doc:"set when the HTML shows it as cid:…"`
	Type      string `json:"type,omitempty" db:"type"`
	Size      int64  `json:"size,omitempty" db:"size"`
}

// File is the attachment as a message has it.
func (a Attachment) File() File {
	return File{Name: a.Name, Type: a.Type, Size: a.Size, SHA256: a.SHA256, ContentID: a.ContentID, Inline: a.ContentID != ""}
}

// words are there, if only in the HTML.
func (r *Reply) words() error {
	if r.Text == "" {
		r.Text = text.FromHTML(r.HTML)
	}
	r.Text, r.HTML, r.Override = Clean(r.Text), Clean(r.HTML), strings.TrimSpace(Clean(r.Override))
	if strings.TrimSpace(r.Text) == "" {
		return fault.Field("text", "answer.empty", "An answer needs words.")
	}
	return nil
}

// NewDraft is the key of something that somebody begins to write.
func NewDraft(tx *store.Tx) DraftID { return store.NewID[draftKind](tx) }

// Answer says something to the customer on behalf of who.
func (room *Room) Answer(ctx context.Context, who web.Who, ticket ID, r Reply) (m Message, err error) {
	if err := r.words(); err != nil {
		return m, err
	}
	if r.Files, err = room.uploaded(ctx, r.Uploads); err != nil {
		return m, err
	}
	if r.Weighed, err = room.Weigh(ctx, ticket, r); err != nil {
		return m, err
	}
	return m, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		t, err := room.Mine(tx, who, ticket)
		if err != nil {
			return err
		}
		m, _, err = room.Utter(tx, who, t, r)
		return err
	})
}

// Utter is Answer inside a transaction, on a ticket that who may see, with files at hand.
func (room *Room) Utter(tx *store.Tx, who web.Who, t Ticket, r Reply) (Message, Ticket, error) {
	m, err := room.compose(tx, t, &r)
	if err != nil {
		return m, t, err
	}
	m.ID, m.Author, m.At, m.StateAt = store.NewID[messageKind](tx), author(who), tx.Now(), tx.Now()
	for i := range m.Files {
		m.Files[i].ID = store.NewID[fileKind](tx)
	}
	f, _, err := room.say(tx, t, m, Answered{Draft: r.Draft})
	if err != nil {
		return m, t, err
	}
	if err := room.annotated(tx, &m, r.Override); err != nil {
		return m, t, err
	}
	return m, f.Ticket, saveRead(tx, who, t.ID, f.Ticket.reads(r.Seen))
}

// Ready says what would stop an answer if it were given now, and else what the lexicon finds in it.
func (room *Room) Ready(tx *store.Tx, t Ticket, r Reply) ([]wording.Finding, error) {
	if err := r.words(); err != nil {
		return nil, err
	}
	if _, err := t.answer(tx.Now()); err != nil {
		return nil, err
	}
	m, err := room.compose(tx, t, &r)
	return m.Findings, err
}

// compose makes an answer as far as it can be made before it is given, and says why it must not be.
func (room *Room) compose(tx *store.Tx, t Ticket, r *Reply) (m Message, err error) {
	if err := r.words(); err != nil {
		return m, err
	}
	if r.Seen != 0 && r.Seen < t.Version {
		if err := unseen(tx, t.ID, r.Seen); err != nil {
			return m, err
		}
	}
	if m, err = room.address(tx, t, *r); err != nil {
		return m, err
	}
	if n := len(m.To) + len(m.Cc); n > maxEverybody && len(r.To)+len(r.Cc) == 0 {
		return m, fault.Field("to", "recipients.many", "The mail this answers went to %d people; say whom the answer goes to.", n)
	}
	m.Findings, err = room.heed(tx, t, r)
	return m, err
}

func author(who web.Who) string {
	if who.Staff != 0 {
		return store.Actor{Kind: store.StaffKind, ID: staff.ID(who.Staff).String()}.String()
	}
	return who.Actor.String()
}

// unseen refuses an answer that would leave past a colleague's, written since the version its writer had read.
func unseen(tx *store.Tx, ticket ID, seen int64) error {
	version, ok, err := store.Find[int64](tx, `SELECT version FROM messages WHERE ticket = $1 AND kind = 'out' ORDER BY id DESC LIMIT 1`, ticket)
	if err != nil || !ok || version <= seen {
		return err
	}
	return fault.New(fault.Conflict, "answer.unseen", "A colleague has answered while you were writing; please read that first.")
}

// address decides who an answer goes to and by which way.
func (room *Room) address(tx *store.Tx, t Ticket, r Reply) (m Message, err error) {
	m = Message{
		Ticket: t.ID, Kind: Out, Channel: "email", Mailbox: t.Mailbox, Subject: "Re: " + text.WithoutRe(t.Subject), Text: r.Text, HTML: r.HTML,
		To: r.To, Cc: r.Cc, State: Queued, Files: r.Files,
	}
	last, heard, err := lastHeard(tx, t.ID)
	if err != nil {
		return m, err
	}
	if heard {
		m.Answers = threadOf(last)
	}
	if len(m.To) == 0 && len(m.Cc) == 0 {
		if m.To, m.Cc, err = room.everybody(tx, t, last, heard); err != nil {
			return m, err
		}
	}
	for _, p := range slices.Concat(m.To, m.Cc) {
		if _, err := people.PlainEmail(p.Email); err != nil {
			return m, err
		}
	}
	if len(m.To) == 0 && len(m.Cc) > 0 {
		return m, fault.Field("to", "recipients.missing", "Say whom the answer goes to.")
	}
	if len(m.To) == 0 { // nobody to send to: the answer waits on the customer's page and in the API
		m.Channel, m.State = t.Channel, Kept
	}
	return m, nil
}

// maxEverybody is how many a reply-all goes to without somebody naming them; one who writes to thousands must not make us do so.
const maxEverybody = 50

// everybody is reply-all to what was heard last; where nothing was, it goes to the customer.
func (room *Room) everybody(tx *store.Tx, t Ticket, last Message, heard bool) (to, cc []Party, err error) {
	if heard && last.From.Email != "" {
		to, cc = last.replyAll()
		return to, cc, nil
	}
	c, err := room.people.Look(tx, t.Customer)
	for _, a := range c.Reach {
		if a.Kind == people.Email {
			return []Party{{Name: c.Name, Email: a.Value}}, nil, err
		}
	}
	return nil, nil, err
}

// replyAll is whom an answer goes to: whoever its writer wants to be answered (RFC 5322, 3.6.2), or else themselves, and
// everybody they had in To and Cc except ourselves.
func (m Message) replyAll() (to, cc []Party) {
	for _, p := range m.ReplyTo {
		if other(p, to) {
			to = append(to, p)
		}
	}
	if len(to) == 0 {
		to = []Party{m.From}
	}
	for _, p := range slices.Concat(m.To, m.Cc) {
		if other(p, to, cc) {
			cc = append(cc, p)
		}
	}
	return to, cc
}

// other says whether a party is somebody to keep in copy: a real address, not one of ours, not named already.
func other(p Party, lists ...[]Party) bool {
	plain, err := people.PlainEmail(p.Email)
	if err != nil || p.Ours {
		return false
	}
	for _, q := range slices.Concat(lists...) {
		if strings.EqualFold(q.Email, plain) {
			return false
		}
	}
	return true
}

// threadOf is what an answer to m refers to: its own reference first, then what it answered, nearest first.
func threadOf(m Message) []string {
	all := []string{}
	for _, ref := range append([]string{m.Ref}, m.Answers...) {
		if ref != "" && !slices.Contains(all, ref) && len(all) < 20 {
			all = append(all, ref)
		}
	}
	return all
}

// Memo is what one of us writes for colleagues; mentions are members of staff who are told.
type Memo struct {
	Text     string       `json:"text,omitempty" maxLength:"200000"`
	HTML     string       `json:"html,omitempty" maxLength:"1000000"`
	Mentions []staff.ID   `json:"mentions,omitempty" maxItems:"50"`
	Uploads  []Attachment `json:"attachments,omitempty" maxItems:"30" doc:"files uploaded before with POST /messages/files"`
	Files    []File       `json:"-"`
	Seen     int64        `json:"seen,omitempty" doc:"the ticket's version the writer had read; what the customer said since stays unread"`
}

// Words are there, if only in the HTML.
func (n *Memo) Words() error {
	if n.Text == "" {
		n.Text = text.FromHTML(n.HTML)
	}
	if strings.TrimSpace(n.Text) == "" {
		return fault.Field("text", "note.empty", "A note needs words.")
	}
	return nil
}

// Note writes something for colleagues.
func (room *Room) Note(ctx context.Context, who web.Who, ticket ID, n Memo) (m Message, err error) {
	if err := n.Words(); err != nil {
		return m, err
	}
	if n.Files, err = room.uploaded(ctx, n.Uploads); err != nil {
		return m, err
	}
	return m, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		t, err := room.Mine(tx, who, ticket)
		if err != nil {
			return err
		}
		m, _, err = room.Jot(tx, who, t, n)
		return err
	})
}

// Jot is Note inside a transaction, on a ticket that who may see, with files at hand.
func (room *Room) Jot(tx *store.Tx, who web.Who, t Ticket, n Memo) (Message, Ticket, error) {
	if err := n.Words(); err != nil {
		return Message{}, t, err
	}
	m := Message{
		ID: store.NewID[messageKind](tx), Ticket: t.ID, Kind: Note, Channel: "note", Author: author(who), To: []Party{}, Text: n.Text, HTML: n.HTML,
		At: tx.Now(), State: Kept, StateAt: tx.Now(), Files: n.Files,
	}
	for i := range m.Files {
		m.Files[i].ID = store.NewID[fileKind](tx)
	}
	if err := insertMessage(tx, m); err != nil {
		return m, t, err
	}
	if err := save(tx, &t); err != nil {
		return m, t, err
	}
	if err := saveRead(tx, who, t.ID, t.reads(n.Seen)); err != nil {
		return m, t, err
	}
	return m, t, tx.Record(t.ID, Noted{t.ID, m.ID, n.Mentions})
}

// Notify puts machine text on the ticket, such as an acknowledgement, to whom it is said to go, or else to the customer; it
// answers nothing and changes no status. The channel's follower sends it.
func (room *Room) Notify(tx *store.Tx, ticket ID, what, subject, words string, to ...Party) (m Message, err error) {
	t, err := load(tx, ticket)
	if err != nil {
		return m, err
	}
	r := Reply{Text: words, To: to}
	if last, heard, err := lastHeard(tx, t.ID); err != nil {
		return m, err
	} else if len(to) == 0 && heard && other(last.From) { // a machine bothers only the one who wrote, and nobody whom they name
		r.To = []Party{last.From}
	}
	if m, err = room.address(tx, t, r); err != nil || m.State == Kept {
		return m, err
	}
	m.Cc = nil
	m.ID, m.Kind, m.Author, m.At, m.StateAt, m.Machine = store.NewID[messageKind](tx), Notice, tx.By().String(), tx.Now(), tx.Now(), true
	if subject != "" {
		m.Subject = subject
	}
	if err := insertMessage(tx, m); err != nil {
		return m, err
	}
	return m, tx.Record(t.ID, Noticed{t.ID, m.ID, m.Channel, what})
}
