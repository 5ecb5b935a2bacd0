package conference

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What search knows of parts: a part itself, and everything said in it. They lie beside the words of their ticket, under the
// same group and scope, so that whoever may find the ticket finds it by them too, and nobody else; when it goes to another
// team they go with it. Who was only invited is not served from the index: Find looks at their parts alone.
const (
	partDoc = "part"
	saidDoc = "partsaid"
)

// searchable keeps the search index up with what is said in parts.
func (room *Room) searchable() *store.Follower {
	f, in := store.NewFollower("conference.search"), &indexing{room: room}
	store.On(f, func(tx *store.Tx, _ store.Entry, e Invited) error { return in.part(tx, e.Part) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e Brought) error { return in.part(tx, e.Part) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e Changed) error { return in.part(tx, e.Part) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e Written) error { return in.said(tx, e.Part, e.Message) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e Heard) error { return in.said(tx, e.Part, e.Message) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e Moved) error {
		return errors.Join(in.part(tx, e.Part), in.said(tx, e.Part, 0))
	})
	return f
}

// indexing remembers whose the tickets of a batch are: each is held once, however much is said beside it.
type indexing struct {
	room  *Room
	mu    sync.Mutex
	in    *store.Tx
	teams map[tickets.ID]staff.TeamID
}

// team is whose a ticket is, which stays so until the transaction ends.
func (in *indexing) team(tx *store.Tx, ticket tickets.ID) (staff.TeamID, error) {
	in.mu.Lock()
	if in.in != tx {
		in.in, in.teams = tx, map[tickets.ID]staff.TeamID{}
	}
	known := in.teams
	in.mu.Unlock()
	if team, ok := known[ticket]; ok {
		return team, nil
	}
	t, err := in.room.tickets.Look(tx, ticket)
	if err == nil {
		known[ticket] = t.Team
	}
	return t.Team, err
}

func (in *indexing) part(tx *store.Tx, part ID) error {
	p, err := load(tx, part)
	if err != nil {
		return err
	}
	team, err := in.team(tx, p.Ticket)
	if err != nil {
		return err
	}
	words := []string{p.Title}
	for _, o := range p.People {
		words = append(words, o.Name, o.Email)
	}
	return search.Put(tx, search.Doc{Kind: partDoc, ID: int64(p.ID), Group: int64(p.Ticket), Scope: int64(team), At: p.AskedAt, Text: words})
}

// worded is what a message of a part is found by. What of the ticket was shared is found there.
type worded struct {
	ID      MessageID   `db:"id"`
	Kind    MessageType `db:"kind"`
	Name    string      `db:"name"`
	Subject string      `db:"subject"`
	Text    string      `db:"text"`
	At      time.Time   `db:"at"`
	Files   string      `db:"files"` // their names, a line each
}

// said makes one message of a part findable, or with 0 all of them.
func (in *indexing) said(tx *store.Tx, part ID, which MessageID) error {
	ticket, err := store.One[tickets.ID](tx, `SELECT ticket FROM parts WHERE id = $1`, part)
	if err != nil {
		return err
	}
	team, err := in.team(tx, ticket)
	if err != nil {
		return err
	}
	all, err := store.All[worded](tx, `SELECT id, kind, name, subject, text, at,
		COALESCE((SELECT string_agg(name, CAST($3 AS TEXT) ORDER BY id) FROM parts_files WHERE message = parts_messages.id), '') AS files
		FROM parts_messages WHERE part = $1 AND (CAST($2 AS BIGINT) = 0 OR id = CAST($2 AS BIGINT)) ORDER BY id`, part, int64(which), "\n")
	for _, m := range all {
		words := []string{m.Text, m.Files}
		if m.Kind == In {
			words = append(words, m.Subject, m.Name)
		}
		err = errors.Join(err, search.Put(tx, search.Doc{Kind: saidDoc, ID: int64(m.ID), Group: int64(ticket), Scope: int64(team), At: m.At, Text: words}))
	}
	return err
}

// Beside says in which part of a ticket a search found it, and by which words, for who may see that ticket. What has gone to
// another ticket since it was indexed is left out.
func (room *Room) Beside(tx *store.Tx, hits []search.Hit) (map[search.Hit]tickets.Aside, error) {
	found := map[search.Hit]tickets.Aside{}
	for kind, read := range map[string]string{
		partDoc: `SELECT id, id AS part, ticket, title AS text FROM parts WHERE id IN (`,
		saidDoc: `SELECT id, part, (SELECT ticket FROM parts WHERE id = parts_messages.part) AS ticket, text FROM parts_messages WHERE id IN (`,
	} {
		var ids []int64
		for _, h := range hits {
			if h.Kind == kind {
				ids = append(ids, h.ID)
			}
		}
		if ids == nil {
			continue
		}
		marks, args := store.Marks(ids)
		if err := store.Each(tx, read+marks+`)`, args, func(r struct {
			ID     int64  `db:"id"`
			Part   ID     `db:"part"`
			Ticket int64  `db:"ticket"`
			Text   string `db:"text"`
		},
		) error {
			found[search.Hit{Kind: kind, ID: r.ID, Group: r.Ticket}] = tickets.Aside{Part: r.Part.String(), Text: r.Text}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Match is where a part answers a search.
type Match struct {
	Message MessageID     `json:"message,omitzero" doc:"the newest message that does; absent when the part itself does"`
	Text    string        `json:"text" doc:"the words around the match"`
	Marks   []search.Span `json:"marks,omitempty" doc:"where in text the words looked for are, in UTF-16 units"`
}

const (
	snippetLength = 240     // characters
	handful       = 25      // parts that are looked at together
	mostLooked    = 500     // parts that are looked at for one page
	mostHeard     = 100     // messages of a part that are, the newest
	mostRead      = 1 << 20 // of their words, in bytes: then a page ends
)

// Find shows those of the parts somebody was invited to in which the words they look for are, the newest first, and where to go
// on; 0 at the end. It looks at what they may read and at nothing else, and at no more for a page however much was said: a page
// may be short, even empty, and still have a next one.
func (room *Room) Find(tx *store.Tx, who web.Who, q string, before ID, limit int) (found []Part, next ID, err error) {
	found = []Part{}
	if !sits(who) {
		return found, 0, nil
	}
	answers, snippet := search.Matches(q), search.Snippets(q, snippetLength)
	for looked, read := 0, 0; ; looked += handful {
		if looked >= mostLooked || read >= mostRead {
			return found, before, room.dress(tx, who, found)
		}
		some, err := invitedTo(tx, staff.ID(who.Staff), before, handful)
		if err != nil {
			return nil, 0, err
		}
		said, err := wordsOf(tx, some, &read)
		if err != nil {
			return nil, 0, err
		}
		for _, p := range some {
			before = p.ID
			if m, ok := p.match(said[p.ID], answers, snippet); ok {
				p.Found = &m
				found = append(found, p)
			}
			if len(found) == limit {
				return found, before, room.dress(tx, who, found)
			}
		}
		if len(some) < handful {
			return found, 0, room.dress(tx, who, found)
		}
	}
}

// match finds where a part answers: in what was said, the newest first, or in its title and the names in it.
func (p *Part) match(said []Message, answers func(...string) bool, snippet func(string) (string, []search.Span)) (Match, bool) {
	for _, m := range said {
		files := make([]string, len(m.Files))
		for i, f := range m.Files {
			files[i] = f.Name
		}
		words := m.Letter()
		if answers(words, m.Name, strings.Join(files, "\n")) {
			text, marks := snippet(words)
			return Match{m.ID, text, marks}, true
		}
	}
	who := []string{p.Title}
	for _, o := range p.People {
		who = append(who, o.Name, o.Email)
	}
	text, marks := snippet(p.Title)
	return Match{Text: text, Marks: marks}, answers(who...)
}

// wordsOf is what was said last in parts, the newest first, with the files that came along; it adds to read how much that is.
func wordsOf(tx *store.Tx, all []Part, read *int) (map[ID][]Message, error) {
	said := map[ID][]Message{}
	if len(all) == 0 {
		return said, nil
	}
	ids := make([]ID, len(all))
	for i, p := range all {
		ids[i] = p.ID
	}
	marks, args := store.Marks(ids)
	last := fmt.Sprintf(`SELECT m.%%s FROM parts JOIN parts_%%s m ON m.part = parts.id WHERE parts.id IN (%s)
		AND m.%%s >= COALESCE((SELECT id FROM parts_messages WHERE part = parts.id ORDER BY id DESC LIMIT 1 OFFSET %d), 0)`, marks, mostHeard-1)
	files := map[MessageID][]File{}
	err := store.Each(tx, fmt.Sprintf(last, "message, m.name", "files", "message"), args, func(f File) error {
		files[f.Message] = append(files[f.Message], f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return said, store.Each(tx, fmt.Sprintf(last, "id, m.part, m.name, m.text, m.shared", "messages", "id")+` ORDER BY m.id DESC`, args, func(m Message) error {
		m.Files = files[m.ID]
		said[m.Part] = append(said[m.Part], m)
		*read += len(m.Letter())
		return nil
	})
}
