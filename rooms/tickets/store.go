package tickets

import (
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets/tags"
)

const columns = `id, number, subject, status, ended, priority, type, product, channel, mailbox, customer, company, assignee, team,
	tags, fields, external_id, snippet, created_at, updated_at, waiting_since, answered_at, resolved_at, reopened, merged_into, heard, facts, version`

func load(tx *store.Tx, ticket ID) (Ticket, error) {
	t, ok, err := store.Find[Ticket](tx, `SELECT `+columns+` FROM tickets WHERE id = $1`+tx.Lock(), ticket)
	if err == nil && !ok {
		err = unknown(ticket)
	}
	return t, err
}

func some(tx *store.Tx, ids []ID) ([]Ticket, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	marks, args := store.Marks(ids)
	return store.All[Ticket](tx, `SELECT `+columns+` FROM tickets WHERE id IN (`+marks+`)`, args...)
}

// ownersOf reads no more of the tickets than whose they are.
func ownersOf(tx *store.Tx, ids []ID) (map[ID]Ticket, error) {
	owners := make(map[ID]Ticket, len(ids))
	if len(ids) == 0 {
		return owners, nil
	}
	marks, args := store.Marks(ids)
	return owners, store.Each(tx, `SELECT id, team, assignee FROM tickets WHERE id IN (`+marks+`)`, args, func(t Ticket) error {
		owners[t.ID] = t
		return nil
	})
}

func unknown(ticket ID) error {
	return fault.New(fault.NotFound, "ticket.unknown", "There is no ticket %s, or it isn't yours to see.", ticket)
}

// insert returns false when there is a ticket with its external id already.
func insert(tx *store.Tx, t Ticket) (bool, error) {
	n, err := tx.Exec(`INSERT INTO tickets (`+columns+`) VALUES
		($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, 1)
		ON CONFLICT (channel, external_id) WHERE external_id <> '' DO NOTHING`,
		t.ID, t.Number, t.Subject, t.Status, t.Ended, t.Priority, t.Type, t.Product, t.Channel, t.Mailbox, t.Customer, t.Company, t.Assignee, t.Team,
		store.JSON(t.Tags), store.JSON(t.Fields), t.ExternalID, t.Snippet, t.CreatedAt, t.UpdatedAt, t.WaitingSince, t.AnsweredAt, t.ResolvedAt, t.Reopened, t.MergedInto, t.Heard, t.Facts)
	if err != nil || n == 0 {
		return false, err
	}
	return true, tags.Put(tx, int64(t.ID), string(t.Status), t.UpdatedAt, t.Tags)
}

// save writes a ticket back; its place in lists is that of its last change.
func save(tx *store.Tx, t *Ticket) error {
	t.UpdatedAt = tx.Now()
	t.Version++
	err := tx.Do(`UPDATE tickets SET subject = $2, status = $3, ended = $4, priority = $5, type = $6, product = $7, customer = $8, company = $9,
		assignee = $10, team = $11, tags = $12, fields = $13, snippet = $14, updated_at = $15, waiting_since = $16, answered_at = $17,
		resolved_at = $18, reopened = $19, merged_into = $20, version = $21, mailbox = $22, heard = $23, facts = $24 WHERE id = $1`,
		t.ID, t.Subject, t.Status, t.Ended, t.Priority, t.Type, t.Product, t.Customer, t.Company, t.Assignee, t.Team,
		store.JSON(t.Tags), store.JSON(t.Fields), t.Snippet, t.UpdatedAt, t.WaitingSince, t.AnsweredAt, t.ResolvedAt, t.Reopened, t.MergedInto, t.Version, t.Mailbox, t.Heard, t.Facts)
	if err != nil || len(t.Tags) == 0 {
		return err
	}
	return tx.Do(`UPDATE tickets_tags SET updated_at = $1, status = $2 WHERE ticket = $3`, t.UpdatedAt, t.Status, t.ID)
}

func nextNumber(tx *store.Tx) (int64, error) {
	return store.One[int64](tx, `UPDATE counters SET n = n + 1 WHERE name = 'ticket' RETURNING n`)
}

func byExternal(tx *store.Tx, channel, external string) (Ticket, bool, error) {
	return store.Find[Ticket](tx, `SELECT `+columns+` FROM tickets WHERE channel = $1 AND external_id = $2 AND external_id <> ''`, channel, external)
}

func byNumber(tx *store.Tx, number int64) (Ticket, bool, error) {
	return store.Find[Ticket](tx, `SELECT `+columns+` FROM tickets WHERE number = $1`, number)
}

// Parties.

func addParty(tx *store.Tx, ticket ID, email string) error {
	plain, err := people.PlainEmail(email)
	if err != nil {
		return nil //nolint:nilerr // what is no address can't write back
	}
	return tx.Do(`INSERT INTO tickets_parties (ticket, email) VALUES ($1, $2) ON CONFLICT (ticket, email) DO NOTHING`, ticket, plain)
}

func isParty(tx *store.Tx, ticket ID, email string) (bool, error) {
	_, ok, err := store.Find[int64](tx, `SELECT ticket FROM tickets_parties WHERE ticket = $1 AND email = $2`, ticket, strings.ToLower(email))
	return ok, err
}

// Messages.

const messageColumns = `id, ticket, kind, channel, mailbox, author, sender, recipients, cc, reply_to, subject, text, quoted, signature, html, ref, answers, raw,
	machine, flaws, at, state, state_at, trouble, version`

func insertMessage(tx *store.Tx, m Message) error {
	m.To = append([]Party{}, m.To...) // a call or a form is to nobody, and the API says that this is a list
	err := tx.Do(`INSERT INTO messages (`+messageColumns+`, quoted_html) VALUES
		($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`,
		m.ID, m.Ticket, m.Kind, m.Channel, m.Mailbox, m.Author, store.JSON(m.From), store.JSON(m.To), store.JSON(m.Cc), store.JSON(m.ReplyTo), m.Subject,
		Clean(m.Text), Clean(m.Quoted), Clean(m.Signature), Clean(m.HTML), m.Ref, store.JSON(m.Answers), m.Raw, m.Machine, store.JSON(m.Flaws), m.At, m.State, m.StateAt, m.Trouble, m.Version, Clean(m.QuotedHTML))
	if err != nil {
		return err
	}
	for _, f := range m.Files {
		if err := tx.Do(`INSERT INTO messages_files (id, message, ticket, name, type, size, sha256, content_id, inline) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			f.ID, m.ID, m.Ticket, f.Name, f.Type, f.Size, f.SHA256, f.ContentID, f.Inline); err != nil {
			return err
		}
	}
	return nil
}

// Clean takes out what PostgreSQL can't keep in a text.
func Clean(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "") }

// quotedHTML is read when somebody asks, because it is often longer than all that was said.
func quotedHTML(tx *store.Tx, m MessageID) (string, error) {
	return store.One[string](tx, `SELECT quoted_html FROM messages WHERE id = $1`, m)
}

func message(tx *store.Tx, m MessageID) (Message, error) {
	msg, ok, err := store.Find[Message](tx, `SELECT `+messageColumns+` FROM messages WHERE id = $1`+tx.Lock(), m)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "message.unknown", "There is no message %s.", m)
	}
	if err != nil {
		return msg, err
	}
	msg.Files, err = store.All[File](tx, `SELECT id, message, ticket, name, type, size, sha256, content_id, inline FROM messages_files WHERE message = $1 ORDER BY id`, m)
	return msg, err
}

// textsOf are the words of messages, each cut where nobody looks for the place of a match any more.
func textsOf(tx *store.Tx, which []MessageID) (map[MessageID]string, error) {
	texts := map[MessageID]string{}
	if len(which) == 0 {
		return texts, nil
	}
	type said struct {
		ID   MessageID `db:"id"`
		Text string    `db:"text"`
	}
	marks, args := store.Marks(which)
	all, err := store.All[said](tx, `SELECT id, substr(text, 1, 8000) AS text FROM messages WHERE id IN (`+marks+`)`, args...)
	for _, m := range all {
		texts[m.ID] = m.Text
	}
	return texts, err
}

func messagesOf(tx *store.Tx, ticket ID, after MessageID, limit int) ([]Message, error) {
	all, err := store.All[Message](tx, `SELECT `+messageColumns+` FROM messages WHERE ticket = $1 AND id > $2 ORDER BY id LIMIT $3`, ticket, after, limit)
	if err != nil || len(all) == 0 {
		return all, err
	}
	files, err := filesOf(tx, all)
	for i := range all {
		all[i].Files = files[all[i].ID]
		if all[i].Files == nil {
			all[i].Files = []File{}
		}
	}
	return all, err
}

func filesOf(tx *store.Tx, all []Message) (map[MessageID][]File, error) {
	ids := make([]MessageID, len(all))
	for i, m := range all {
		ids[i] = m.ID
	}
	marks, args := store.Marks(ids)
	files, err := store.All[File](tx, `SELECT id, message, ticket, name, type, size, sha256, content_id, inline FROM messages_files WHERE message IN (`+marks+`) ORDER BY id`, args...)
	by := map[MessageID][]File{}
	for _, f := range files {
		by[f.Message] = append(by[f.Message], f)
	}
	return by, err
}

func fileByID(tx *store.Tx, f FileID) (File, bool, error) {
	return store.Find[File](tx, `SELECT id, message, ticket, name, type, size, sha256, content_id, inline FROM messages_files WHERE id = $1`, f)
}

func saveState(tx *store.Tx, m Message) error {
	return tx.Do(`UPDATE messages SET ref = $2, state = $3, state_at = $4, trouble = $5 WHERE id = $1`, m.ID, m.Ref, m.State, m.StateAt, m.Trouble)
}

// lastHeard is the newest message from the customer's side, whose people an answer goes to.
func lastHeard(tx *store.Tx, ticket ID) (Message, bool, error) {
	return store.Find[Message](tx, `SELECT `+messageColumns+` FROM messages WHERE ticket = $1 AND kind = 'in' AND NOT machine ORDER BY id DESC LIMIT 1`, ticket)
}

// saidAfter is when a person first said something of a kind after a moment.
func saidAfter(tx *store.Tx, ticket ID, kind MessageType, at time.Time) (time.Time, bool, error) {
	return store.Find[time.Time](tx, `SELECT at FROM messages WHERE ticket = $1 AND kind = $2 AND NOT machine AND at > $3 ORDER BY at LIMIT 1`, ticket, kind, at)
}

// References.

func addRef(tx *store.Tx, mailbox MailboxID, ref string, ticket ID, m MessageID) error {
	if ref == "" {
		return nil
	}
	return tx.Do(`INSERT INTO tickets_refs (mailbox, ref, ticket, message) VALUES ($1, $2, $3, $4) ON CONFLICT (mailbox, ref, ticket) DO UPDATE
		SET message = excluded.message WHERE tickets_refs.message <= 0 AND excluded.message <> 0`, mailbox, ref, ticket, m)
}

// waits stands for a message that is there and has to be confirmed before it is on the ticket.
const waits MessageID = -1

// known is a reference under which a ticket is known.
type known struct {
	Ticket  ID        `db:"ticket"`
	Message MessageID `db:"message"` // the one that has this reference; 0 when others only speak of it, or waits
}

// ticketsByRef lists the tickets known under a reference: those an address is on, then the others, the newest first.
func ticketsByRef(tx *store.Tx, mailbox MailboxID, ref, email string) ([]known, error) {
	return store.All[known](tx, `SELECT r.ticket, r.message FROM tickets_refs r LEFT JOIN tickets_parties p ON p.ticket = r.ticket AND p.email = $3
		WHERE r.mailbox = $1 AND r.ref = $2 ORDER BY CASE WHEN p.email IS NULL THEN 1 ELSE 0 END, r.ticket DESC LIMIT 5`, mailbox, ref, strings.ToLower(email))
}

func outByRef(tx *store.Tx, ref string) (MessageID, bool, error) {
	return store.Find[MessageID](tx, `SELECT id FROM messages WHERE ref = $1 AND ref <> '' AND kind IN ('out', 'notice') ORDER BY id DESC LIMIT 1`, ref)
}

// Reasons.

func addReason(tx *store.Tx, ticket ID, text string) (ReasonID, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	r := store.NewID[reasonKind](tx)
	err := tx.Do(`INSERT INTO tickets_reasons (id, ticket, text) VALUES ($1, $2, $3)`, r, ticket, Clean(text))
	return r, err
}

type reason struct {
	ID   ReasonID `db:"id"`
	Text string   `db:"text"`
}

func reasonsOf(tx *store.Tx, ticket ID) (map[ReasonID]string, error) {
	all, err := store.All[reason](tx, `SELECT id, text FROM tickets_reasons WHERE ticket = $1`, ticket)
	by := make(map[ReasonID]string, len(all))
	for _, r := range all {
		by[r.ID] = r.Text
	}
	return by, err
}
