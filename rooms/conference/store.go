package conference

import (
	"fmt"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

const columns = `id, number, ticket, mailbox, title, kind, state, asked_by, asked_at, waiting_since, answered_at, chased_at, chases, chase_at,
	chase_due, machine, language, known_as, holds, trouble, done_at, snippet, version`

func unknown(part ID) error {
	return fault.New(fault.NotFound, "part.unknown", "There is no part %s, or it isn't yours to see.", part)
}

// load reads a part with its people, and holds it in a Write.
func load(tx *store.Tx, part ID) (p Part, err error) {
	p, ok, err := store.Find[Part](tx, `SELECT `+columns+` FROM parts WHERE id = $1`+tx.Lock(), part)
	if err == nil && !ok {
		err = unknown(part)
	}
	if err != nil {
		return p, err
	}
	p.People, err = peopleOf(tx, []ID{part})
	return p, err
}

func insert(tx *store.Tx, p *Part) error {
	p.Version = 1
	return tx.Do(`INSERT INTO parts (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, 1)`,
		p.ID, p.Number, p.Ticket, p.Mailbox, p.Title, p.Kind, p.State, p.AskedBy, p.AskedAt, p.WaitingSince, p.AnsweredAt, p.ChasedAt, p.Chases, p.ChaseAt,
		p.ChaseDue, p.Machine, p.Language, p.KnownAs, p.Holds, p.Trouble, p.DoneAt, p.Snippet)
}

func save(tx *store.Tx, p *Part) error {
	p.Version++
	return tx.Do(`UPDATE parts SET ticket = $2, mailbox = $3, title = $4, state = $5, waiting_since = $6, answered_at = $7, chased_at = $8, chases = $9,
		chase_at = $10, chase_due = $11, machine = $12, known_as = $13, holds = $14, trouble = $15, done_at = $16, snippet = $17, version = $18 WHERE id = $1`,
		p.ID, p.Ticket, p.Mailbox, p.Title, p.State, p.WaitingSince, p.AnsweredAt, p.ChasedAt, p.Chases,
		p.ChaseAt, p.ChaseDue, p.Machine, p.KnownAs, p.Holds, p.Trouble, p.DoneAt, p.Snippet, p.Version)
}

func nextNumber(tx *store.Tx) (int64, error) {
	return store.One[int64](tx, `UPDATE counters SET n = n + 1 WHERE name = 'part' RETURNING n`)
}

func byNumber(tx *store.Tx, number int64) (ID, bool, error) {
	return store.Find[ID](tx, `SELECT id FROM parts WHERE number = $1`, number)
}

// of are the parts of a ticket, the oldest first.
func of(tx *store.Tx, ticket tickets.ID) ([]Part, error) {
	all, err := store.All[Part](tx, `SELECT `+columns+` FROM parts WHERE ticket = $1 ORDER BY id`+tx.Lock(), ticket)
	if err != nil {
		return nil, err
	}
	return all, withPeople(tx, all)
}

// invitedTo are the newest parts that a member of staff was invited to, before one of them; 0 for the first.
func invitedTo(tx *store.Tx, member staff.ID, before ID, limit int) ([]Part, error) {
	where, args := "", []any{member, limit}
	if before != 0 {
		where, args = " AND part < $3", append(args, before)
	}
	all, err := store.All[Part](tx, `SELECT `+columns+` FROM parts WHERE id IN (SELECT part FROM parts_people WHERE staff = $1`+where+` ORDER BY part DESC LIMIT $2) ORDER BY id DESC`, args...)
	if err != nil {
		return nil, err
	}
	return all, withPeople(tx, all)
}

// askedOf are the parts in which those who asked wait for a member of staff.
func askedOf(tx *store.Tx, member staff.ID) ([]Part, error) {
	return store.All[Part](tx, `SELECT `+columns+` FROM parts WHERE state = 'open' AND waiting_since <> 0 AND id IN (SELECT part FROM parts_people WHERE staff = $1)`, member)
}

func withPeople(tx *store.Tx, all []Part) error {
	ids := make([]ID, len(all))
	for i, p := range all {
		ids[i] = p.ID
		all[i].People = []Person{}
	}
	people, err := peopleOf(tx, ids)
	for _, o := range people {
		for i := range all {
			if all[i].ID == o.Part {
				all[i].People = append(all[i].People, o)
			}
		}
	}
	return err
}

func peopleOf(tx *store.Tx, parts []ID) ([]Person, error) {
	if len(parts) == 0 {
		return []Person{}, nil
	}
	marks, args := store.Marks(parts)
	return store.All[Person](tx, `SELECT id, part, name, email, staff, invited_by, invited_at, trouble FROM parts_people WHERE part IN (`+marks+`) ORDER BY id`, args...)
}

// addPerson enters somebody; who is in the part already stays as they are.
func addPerson(tx *store.Tx, o Person) error {
	return tx.Do(`INSERT INTO parts_people (id, part, name, email, staff, invited_by, invited_at, trouble) VALUES ($1, $2, $3, $4, $5, $6, $7, '') ON CONFLICT (part, email) DO NOTHING`,
		o.ID, o.Part, o.Name, o.Email, o.Staff, o.InvitedBy, o.InvitedAt)
}

func dropPerson(tx *store.Tx, person PersonID) error {
	return tx.Do(`DELETE FROM parts_people WHERE id = $1`, person)
}

func savePersonTrouble(tx *store.Tx, part ID, email, trouble string) error {
	return tx.Do(`UPDATE parts_people SET trouble = $3 WHERE part = $1 AND email = $2`, part, email, trouble)
}

// Messages.

const messageColumns = `id, part, kind, author, name, person, recipients, subject, text, quoted, html, shared, chase, machine, at, state, state_at, trouble,
	mailbox, ref, answers, raw`

func insertMessage(tx *store.Tx, m *Message) error {
	if m.Shared == nil {
		m.Shared = []Extract{}
	}
	if m.Answers == nil {
		m.Answers = []string{}
	}
	if m.Files == nil {
		m.Files = []File{}
	}
	err := tx.Do(`INSERT INTO parts_messages (`+messageColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
		m.ID, m.Part, m.Kind, m.Author, m.Name, m.Person, store.JSON(m.To), plain(m.Subject), plain(m.Text), plain(m.Quoted), plain(m.HTML), store.JSON(m.Shared), m.Chase, m.Machine, m.At,
		m.State, m.StateAt, plain(m.Trouble), m.Mailbox, m.Ref, store.JSON(m.Answers), m.Raw)
	if err != nil {
		return err
	}
	for i := range m.Files {
		f := &m.Files[i]
		f.ID, f.Part, f.Message = store.NewID[fileKind](tx), m.Part, m.ID
		if err := tx.Do(`INSERT INTO parts_files (id, part, message, name, type, size, sha256, content_id, inline) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			f.ID, f.Part, f.Message, f.Name, f.Type, f.Size, f.SHA256, f.ContentID, f.Inline); err != nil {
			return err
		}
	}
	return nil
}

func message(tx *store.Tx, which MessageID) (Message, error) {
	m, ok, err := store.Find[Message](tx, `SELECT `+messageColumns+` FROM parts_messages WHERE id = $1`+tx.Lock(), which)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "part.message", "There is no message %s, or it isn't yours to see.", which)
	}
	if err != nil {
		return m, err
	}
	m.Files, err = store.All[File](tx, `SELECT `+fileColumns+` FROM parts_files WHERE message = $1 ORDER BY id`, which)
	return m, err
}

func saveDelivery(tx *store.Tx, m Message) error {
	return tx.Do(`UPDATE parts_messages SET state = $2, state_at = $3, trouble = $4, ref = $5, mailbox = $6 WHERE id = $1`, m.ID, m.State, m.StateAt, m.Trouble, m.Ref, m.Mailbox)
}

// mostSaid is how much of a part is shown, the newest of it.
const mostSaid = 500

// messagesOf are what was said last in a part, so much of it at most, oldest first.
func messagesOf(tx *store.Tx, part ID, most int) ([]Message, error) {
	all, err := store.All[Message](tx, `SELECT `+messageColumns+` FROM (SELECT * FROM parts_messages WHERE part = $1 ORDER BY id DESC LIMIT $2) AS newest ORDER BY id`, part, most)
	if err != nil {
		return nil, err
	}
	files, err := store.All[File](tx, `SELECT `+fileColumns+` FROM parts_files WHERE part = $1 ORDER BY id`, part)
	for i := range all {
		all[i].Files = []File{}
		all[i].Rich = all[i].HTML != ""
		for _, f := range files {
			if f.Message == all[i].ID {
				all[i].Files = append(all[i].Files, f)
			}
		}
	}
	return all, err
}

// lastOf is the newest message of a part that has a name by which mails know it.
func lastOf(tx *store.Tx, part ID) (Message, bool, error) {
	return store.Find[Message](tx, `SELECT `+messageColumns+` FROM parts_messages WHERE part = $1 AND ref <> '' ORDER BY id DESC LIMIT 1`, part)
}

const fileColumns = `id, part, message, name, type, size, sha256, content_id, inline`

func fileByID(tx *store.Tx, f FileID) (File, bool, error) {
	return store.Find[File](tx, `SELECT `+fileColumns+` FROM parts_files WHERE id = $1`, f)
}

// Names says whether a message of a part names a blob.
func (room *Room) Names(tx *store.Tx, sha string) (bool, error) {
	_, ok, err := store.Find[string](tx, `SELECT sha256 FROM parts_files WHERE sha256 = $1 LIMIT 1`, sha)
	return ok, err
}

// References.

// addRef notes by which name a mail of a part is known. Who says it first keeps it: nobody takes a name over.
func addRef(tx *store.Tx, mailbox tickets.MailboxID, ref string, part ID) error {
	if ref == "" {
		return nil
	}
	return tx.Do(`INSERT INTO parts_refs (mailbox, ref, part) VALUES ($1, $2, $3) ON CONFLICT (mailbox, ref) DO NOTHING`, mailbox, ref, part)
}

type reference struct {
	Ref  string `db:"ref"`
	Part ID     `db:"part"`
}

func refsAmong(tx *store.Tx, mailbox tickets.MailboxID, refs []string) (map[string]ID, error) {
	marks, args := store.Marks(refs)
	found := map[string]ID{}
	return found, store.Each(tx, `SELECT ref, part FROM parts_refs WHERE ref IN (`+marks+fmt.Sprintf(`) AND mailbox = $%d`, len(args)+1), append(args, mailbox), func(r reference) error {
		found[r.Ref] = r.Part
		return nil
	})
}

func outByRef(tx *store.Tx, ref string) (MessageID, bool, error) {
	return store.Find[MessageID](tx, `SELECT id FROM parts_messages WHERE ref = $1 AND ref <> '' AND state <> 'received' ORDER BY id DESC LIMIT 1`, ref)
}
