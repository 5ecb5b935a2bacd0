package tickets

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
)

// What search knows of tickets: the ticket itself, and everything said in it.
const (
	ticketDoc  = "ticket"
	messageDoc = "message"
)

// searchable keeps the search index up with what is said and changed.
func (room *Room) searchable() *store.Follower {
	f := store.NewFollower("tickets.search")
	store.On(f, func(tx *store.Tx, _ store.Entry, e Opened) error { return room.indexTicket(tx, e.Ticket) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e Changed) error { return room.indexTicket(tx, e.Ticket) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e Tagged) error { return room.indexTicket(tx, e.Ticket) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e Heard) error { return indexMessage(tx, e.Message) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e Answered) error { return indexMessage(tx, e.Message) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e Noted) error { return indexMessage(tx, e.Message) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e Assigned) error {
		if e.Team == e.WasTeam {
			return nil
		}
		return search.Move(tx, int64(e.Ticket), int64(e.Team))
	})
	return f
}

func (room *Room) indexTicket(tx *store.Tx, ticket ID) error {
	t, ok, err := store.Find[Ticket](tx, `SELECT `+columns+` FROM tickets WHERE id = $1`, ticket)
	if err != nil || !ok {
		return err
	}
	names, err := room.people.Names(tx, []people.ID{t.Customer})
	if err != nil {
		return err
	}
	return search.Put(tx, search.Doc{
		Kind: ticketDoc, ID: int64(t.ID), Group: int64(t.ID), Scope: int64(t.Team), At: t.CreatedAt,
		Text: []string{"#" + strconv.FormatInt(t.Number, 10), t.Subject, t.ExternalID, t.Type, t.Product, strings.Join(t.Tags, " "), names[t.Customer], fieldWords(t.Fields)},
	})
}

// fieldWords are the texts and numbers in custom fields, such as an order number.
func fieldWords(fields map[string]any) string {
	var words []string
	for _, v := range fields {
		switch v := v.(type) {
		case string:
			words = append(words, v)
		case float64:
			words = append(words, strconv.FormatFloat(v, 'f', -1, 64))
		}
	}
	return strings.Join(words, " ")
}

// worded is what a message is found by.
type worded struct {
	Ticket    ID          `db:"ticket"`
	Team      int64       `db:"team"`
	Kind      MessageType `db:"kind"`
	At        time.Time   `db:"at"`
	From      Party       `db:"sender,json"`
	Subject   string      `db:"subject"`
	Text      string      `db:"text"`
	Signature string      `db:"signature"`
	Files     string      `db:"files"` // their names, a line each
}

func indexMessage(tx *store.Tx, id MessageID) error {
	m, err := store.One[worded](tx, `SELECT ticket, kind, at, sender, subject, text, signature,
		COALESCE((SELECT team FROM tickets WHERE tickets.id = messages.ticket), 0) AS team,
		COALESCE((SELECT string_agg(name, CAST($2 AS TEXT) ORDER BY id) FROM messages_files WHERE message = messages.id), '') AS files
		FROM messages WHERE id = $1`+tx.Lock(), id, "\n")
	if err != nil {
		return err
	}
	words := []string{m.Text, m.Signature}
	if m.Kind == In {
		words = append(words, m.Subject, m.From.Name, m.From.Email, m.From.Phone)
	}
	return search.Put(tx, search.Doc{Kind: messageDoc, ID: int64(id), Group: int64(m.Ticket), Scope: m.Team, At: m.At, Text: append(words, m.Files)})
}

// Found is a ticket that answers a search, with the words that do.
type Found struct {
	Ticket  Ticket        `json:"ticket"`
	Message MessageID     `json:"message,omitzero" doc:"the newest message that matches; absent when the ticket itself does"`
	Part    string        `json:"part,omitempty" doc:"the part of the ticket that matches, where it is none of its own thread"`
	Text    string        `json:"text,omitempty" doc:"the words around the match"`
	Marks   []search.Span `json:"marks,omitempty" doc:"where in text the words looked for are, in UTF-16 units"`
}

// Aside is where words stand that belong to a ticket and are none of its thread.
type Aside struct {
	Part string
	Text string
}

// Beside reads what others put into the index as a ticket's, beside its own words. What belongs to another ticket by now is left out.
type Beside func(tx *store.Tx, hits []search.Hit) (map[search.Hit]Aside, error)

// aside are the words of those hits that are none of a ticket's own.
func (room *Room) aside(tx *store.Tx, hits []search.Hit) (map[search.Hit]Aside, error) {
	others := slices.DeleteFunc(slices.Clone(hits), func(h search.Hit) bool { return h.Kind == ticketDoc || h.Kind == messageDoc })
	all := map[search.Hit]Aside{}
	if len(others) == 0 {
		return all, nil
	}
	for _, read := range room.beside {
		some, err := read(tx, others)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, some)
	}
	return all, nil
}

type searchIn struct {
	Q     string `query:"q" required:"true" maxLength:"500" doc:"all words must occur; \"in quotes\" in this order; -this not at all; the last may be the beginning of a word"`
	Limit int    `query:"limit" default:"25" minimum:"1" maximum:"100"`
	After int64  `query:"after"`

	Status   string    `query:"status" doc:"one or several, separated by commas; a page of what is narrowed down may be short and still have a next one"`
	Assignee string    `query:"assignee" doc:"me, none, or an id"`
	Team     string    `query:"team" doc:"none, or an id"`
	Tag      string    `query:"tag"`
	Facts    Matter    `query:"facts_first" enum:"safety,health,legal,contract"`
	Channel  string    `query:"channel"`
	From     people.ID `query:"from" doc:"the customer"`
}

func (room *Room) search(ctx context.Context, who web.Who, in *searchIn) (page web.Page[Found], err error) {
	f, narrow, err := in.filter(who)
	if err != nil {
		return page, err
	}
	return page, room.db.Read(ctx, func(tx *store.Tx) error {
		if narrow {
			page, err = room.narrowed(tx, who, in, f, mostHits)
			return err
		}
		// All that is found belongs to a ticket, of whatever kind it is; to ask for kinds would double the work.
		hits, next, err := search.Find(tx, search.Query{Text: in.Q, See: sight(who), Limit: in.Limit, Before: in.After})
		if err != nil {
			return err
		}
		if next != 0 {
			page.Next = id.Seq(next)
		}
		page.Items, err = room.found(tx, who, in.Q, hits)
		return err
	})
}

// found shows what was found, as far as somebody may still see it: a ticket may have moved since it was indexed.
func (room *Room) found(tx *store.Tx, who web.Who, q string, hits []search.Hit) ([]Found, error) {
	all := []Found{}
	var which []ID
	var said []MessageID
	for _, h := range hits {
		which = append(which, ID(h.Group))
		if h.Kind == messageDoc {
			said = append(said, MessageID(h.ID))
		}
	}
	shown, err := some(tx, which)
	if err != nil {
		return all, err
	}
	if err := room.present(tx, who, shown); err != nil {
		return all, err
	}
	texts, err := textsOf(tx, said)
	if err != nil {
		return all, err
	}
	beside, err := room.aside(tx, hits)
	if err != nil {
		return all, err
	}
	tickets := make(map[ID]Ticket, len(shown))
	for _, t := range shown {
		tickets[t.ID] = t
	}
	snippet := search.Snippets(q, snippetLength)
	for _, h := range hits {
		f := Found{Ticket: tickets[ID(h.Group)]}
		if f.Ticket.ID == 0 || !room.Sees(who, f.Ticket) {
			continue
		}
		words, there := f.in(h, texts, beside)
		if !there {
			continue
		}
		f.Text, f.Marks = snippet(words)
		if f.Text == "" {
			f.Text = text.Snippet(f.Ticket.Subject, snippetLength)
		}
		all = append(all, f)
	}
	return all, nil
}

// in notes where in a ticket a hit is, and gives the words there; false when it is there no more.
func (f *Found) in(h search.Hit, texts map[MessageID]string, beside map[search.Hit]Aside) (words string, ok bool) {
	switch h.Kind {
	case ticketDoc:
		return "", true
	case messageDoc:
		f.Message = MessageID(h.ID)
		return texts[f.Message], true
	}
	a, ok := beside[h]
	f.Part = a.Part
	return a.Text, ok
}

const snippetLength = 240 // characters

// sight is what somebody may find: everything, or what belongs to their teams or to none.
func sight(who web.Who) search.Sight {
	if who.All {
		return search.Everything()
	}
	return search.Within(append([]int64{0}, who.Teams...)...)
}
