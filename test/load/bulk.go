package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// table collects rows and writes many at a time.
type table struct {
	name, columns string
	width         int
	cells         []any
}

func newTable(name, columns string) *table {
	return &table{name: name, columns: columns, width: strings.Count(columns, ",") + 1}
}

func (t *table) add(cells ...any) { t.cells = append(t.cells, cells...) }

// write empties the table into the database, at most some thousand values in one statement.
func (t *table) write(tx *store.Tx) error {
	const most = 8000
	for len(t.cells) > 0 {
		n := min(len(t.cells), most/t.width*t.width)
		var b strings.Builder
		for i := range n {
			switch {
			case i%t.width > 0:
				b.WriteString(", ")
			case i > 0:
				b.WriteString("), (")
			}
			b.WriteString("$" + strconv.Itoa(i+1))
		}
		if _, err := tx.Exec("INSERT INTO "+t.name+" ("+t.columns+") VALUES ("+b.String()+")", t.cells[:n]...); err != nil {
			return err
		}
		t.cells = t.cells[n:]
	}
	return nil
}

// bulk writes the rows that one message each would have left, without the verbs: no journal, no clocks, no work to do.
type bulk struct {
	place   *place
	box     tickets.MailboxID
	teams   []staff.TeamID
	staff   []staff.ID
	find    bool                 // fill the search index and the messages too
	met     map[string]people.ID // by address
	counted map[count]int64
	rows    map[string]*table
}

type count struct {
	status tickets.Status
	team   staff.TeamID
	staff  staff.ID
}

type anyKind struct{}

// Prefix is never seen.
func (anyKind) Prefix() string { return "any" }

func newBulk(p *place, find bool) (*bulk, error) {
	b := &bulk{place: p, find: find, met: map[string]people.ID{}, counted: map[count]int64{}, rows: map[string]*table{}}
	var err error
	if b.box, err = parse[tickets.MailboxID](p.notes.Mailbox); err != nil {
		return nil, err
	}
	for _, s := range p.notes.Teams {
		t, err := parse[staff.TeamID](s)
		if err != nil {
			return nil, err
		}
		b.teams = append(b.teams, t)
	}
	for _, s := range p.notes.Staff {
		id, err := parse[staff.ID](s)
		if err != nil {
			return nil, err
		}
		b.staff = append(b.staff, id)
	}
	for _, t := range []*table{
		newTable("customers", "id, name, title, language, company, note, met_at, version"),
		newTable("customers_addresses", "id, customer, kind, value, bounced_at, bounce"),
		newTable("tickets", `id, number, subject, status, ended, priority, type, product, channel, mailbox, customer, company, assignee, team,
			tags, fields, external_id, snippet, created_at, updated_at, waiting_since, answered_at, resolved_at, reopened, merged_into, version`),
		newTable("tickets_tags", "tag, status, updated_at, ticket"),
		newTable("tickets_parties", "ticket, email"),
		newTable("tickets_refs", "mailbox, ref, ticket, message"),
		newTable("tickets_counted", "ticket, status, team, assignee, mailbox"),
		newTable("messages", `id, ticket, kind, channel, mailbox, author, sender, recipients, cc, subject, text, quoted, signature, html, ref, answers, raw,
			machine, flaws, at, state, state_at, trouble, version`),
	} {
		b.rows[t.name] = t
	}
	return b, nil
}

// fill puts n tickets into a house that has its people.
func (b *bulk) fill(ctx context.Context, h *app.House, c *clock, n int, since time.Time) error {
	const batch = 500
	d := newDesk(len(b.teams))
	for done := 0; done < n; done += batch {
		var told []story
		for range min(batch, n-done) {
			told = append(told, d.next(n, 1, since))
		}
		err := h.DB.Write(ctx, desked, func(tx *store.Tx) error {
			for _, s := range told {
				c.set(s.at)
				if err := b.put(tx, s); err != nil {
					return err
				}
			}
			for _, t := range b.rows {
				if err := t.write(tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if done%100_000 == 0 {
			b.place.bench.say("  %d tickets", done)
		}
	}
	return h.DB.Write(ctx, desked, func(tx *store.Tx) error {
		for k, n := range b.counted {
			if _, err := tx.Exec(`INSERT INTO tickets_counts (status, team, assignee, mailbox, n) VALUES ($1, $2, $3, $4, $5)`, k.status, k.team, k.staff, b.box, n); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`UPDATE counters SET n = $1 WHERE name = 'ticket'`, n)
		return err
	})
}

// put writes down one ticket as the verbs would leave it: received, assigned, tagged and moved to where it stands.
func (b *bulk) put(tx *store.Tx, s story) error {
	newID := func() int64 { return int64(store.NewID[anyKind](tx)) }
	who := b.customer(newID, s)
	t := tickets.Ticket{
		ID: tickets.ID(newID()), Number: int64(s.n + 1), Subject: text.Snippet(s.subject, 250), Status: s.status, Priority: tickets.Normal, Channel: "email", Mailbox: b.box,
		Customer: who, Team: b.teams[s.team], Tags: []string{}, Snippet: text.Snippet(s.words[0], 140), CreatedAt: s.at, UpdatedAt: s.at, WaitingSince: s.at, Version: 1,
	}
	if s.assigned {
		t.Assignee = b.staff[s.team%len(b.staff)]
		t.Version++
	}
	if s.tag != "" {
		t.Tags = []string{s.tag}
		t.Version++
		b.rows["tickets_tags"].add(s.tag, s.status, s.at, t.ID)
	}
	if s.status != tickets.Fresh {
		t.Version++
	}
	if s.status == tickets.Resolved {
		t.ResolvedAt = s.at
	}
	b.rows["tickets"].add(t.ID, t.Number, t.Subject, t.Status, t.Ended, t.Priority, t.Type, t.Product, t.Channel, t.Mailbox, t.Customer, t.Company, t.Assignee, t.Team,
		store.JSON(t.Tags), "{}", t.ExternalID, t.Snippet, t.CreatedAt, t.UpdatedAt, t.WaitingSince, t.AnsweredAt, t.ResolvedAt, t.Reopened, t.MergedInto, t.Version)
	b.rows["tickets_counted"].add(t.ID, t.Status, t.Team, t.Assignee, b.box)
	b.counted[count{t.Status, t.Team, t.Assignee}]++
	b.rows["tickets_parties"].add(t.ID, s.email)
	m := tickets.MessageID(newID())
	ref := fmt.Sprintf("<%d.0@shop.example>", s.n)
	b.rows["tickets_refs"].add(b.box, ref, t.ID, m)
	if !b.find {
		return nil
	}
	b.rows["messages"].add(m, t.ID, tickets.In, "email", b.box, store.Actor{Kind: store.CustomerKind, ID: who.String()}.String(),
		store.JSON(tickets.Party{Name: s.name, Email: s.email}), store.JSON([]tickets.Party{{Email: support, Ours: true}}), "null", s.subject, s.words[0], "", "", "",
		ref, "[]", "", false, "null", s.at, tickets.Received, s.at, "", 0)
	return b.index(tx, s, t, m)
}

func (b *bulk) customer(newID func() int64, s story) people.ID {
	who, known := b.met[s.email]
	if !known {
		who = people.ID(newID())
		b.met[s.email] = who
		b.rows["customers"].add(who, s.name, "", "", 0, "", s.at, 1)
		b.rows["customers_addresses"].add(newID(), who, "email", s.email, 0, "")
	}
	return who
}

// index makes the ticket and its message findable.
func (b *bulk) index(tx *store.Tx, s story, t tickets.Ticket, m tickets.MessageID) error {
	name := s.name
	if name == "" {
		name = s.email
	}
	return errors.Join(
		search.Put(tx, search.Doc{
			Kind: "ticket", ID: int64(t.ID), Group: int64(t.ID), Scope: int64(t.Team), At: s.at,
			Text: []string{"#" + strconv.FormatInt(t.Number, 10), t.Subject, "", "", "", strings.Join(t.Tags, " "), name, ""},
		}),
		search.Put(tx, search.Doc{
			Kind: "message", ID: int64(m), Group: int64(t.ID), Scope: int64(t.Team), At: s.at,
			Text: []string{s.words[0], "", s.subject, s.name, s.email, ""},
		}))
}

// quick fills a house with n tickets that nobody lived through.
func (b *bench) quick(ctx context.Context, p *place, n int, find bool) error {
	c := &clock{}
	since := now().Add(-month)
	c.set(since)
	set := p.settings()
	set.Now = c.now
	h, err := app.Build(ctx, set)
	if err != nil {
		return err
	}
	err = func() error {
		if err := p.people(ctx, h); err != nil {
			return err
		}
		k, err := newBulk(p, find)
		if err != nil {
			return err
		}
		if err := k.fill(ctx, h, c, n, since); err != nil {
			return err
		}
		return h.DB.CatchUp(ctx, h.Followers...)
	}()
	p.notes.Tickets = n
	return errors.Join(err, h.Close(), p.analyze(ctx))
}
