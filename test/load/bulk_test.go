package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// what the tables say, without the ids, which are given in another order.
var says = map[string]string{
	"tickets": `SELECT t.number, t.subject, t.status, t.ended, t.priority, t.type, t.product, t.channel, t.mailbox, t.company, t.assignee, t.team, t.tags, t.fields,
		t.external_id, t.snippet, t.created_at, t.updated_at, t.waiting_since, t.answered_at, t.resolved_at, t.reopened, t.merged_into, t.version,
		c.name, c.title, c.language, c.company, c.note, c.met_at, c.version, a.kind, a.value, a.bounced_at, a.bounce
		FROM tickets t JOIN customers c ON c.id = t.customer JOIN customers_addresses a ON a.customer = c.id ORDER BY t.number`,
	"messages": `SELECT t.number, m.kind, m.channel, m.mailbox, m.sender, m.recipients, m.cc, m.subject, m.text, m.quoted, m.signature, m.html, m.ref, m.answers, m.raw,
		m.machine, m.flaws, m.at, m.state, m.state_at, m.trouble, m.version FROM messages m JOIN tickets t ON t.id = m.ticket ORDER BY t.number, m.id`,
	"tags":    `SELECT t.number, g.tag, g.status, g.updated_at FROM tickets_tags g JOIN tickets t ON t.id = g.ticket ORDER BY t.number, g.tag`,
	"parties": `SELECT t.number, p.email FROM tickets_parties p JOIN tickets t ON t.id = p.ticket ORDER BY t.number, p.email`,
	"refs": `SELECT t.number, r.mailbox, r.ref FROM tickets_refs r JOIN tickets t ON t.id = r.ticket
		JOIN messages m ON m.id = r.message AND m.ticket = t.id ORDER BY t.number, r.ref`,
	"counted": `SELECT t.number, c.status, c.team, c.assignee, c.mailbox FROM tickets_counted c JOIN tickets t ON t.id = c.ticket ORDER BY t.number`,
	"counts":  `SELECT status, team, assignee, mailbox, n FROM tickets_counts WHERE n > 0 ORDER BY status, team, assignee, mailbox`,
	"number":  `SELECT n FROM counters WHERE name = 'ticket'`,
	"authors": `SELECT count(*) FROM messages m JOIN tickets t ON t.id = m.ticket WHERE m.author LIKE 'customer:cus_%'`,
}

var indexed = map[string]string{
	"sqlite":   `SELECT t.number, d.kind, d.scope, d.words, d.also FROM search_docs d JOIN tickets t ON t.id = d.grp ORDER BY t.number, d.kind`,
	"postgres": `SELECT t.number, d.kind, d.scope, d.words::text FROM search_docs d JOIN tickets t ON t.id = d.grp ORDER BY t.number, d.kind`,
}

// The large houses are filled without the verbs; what is in their tables is what the verbs write.
func TestBulkWritesWhatTheVerbsWrite(t *testing.T) {
	const n = 300
	since := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	verbs := filled(t, since, func(ctx context.Context, p *place, h *app.House, c *clock) error {
		d := newDesk(len(p.notes.Teams))
		for range n {
			s := d.next(n, 1, since)
			c.set(s.at)
			ticket, err := tell(ctx, h, p.notes, s)
			if err != nil {
				return err
			}
			if s.status == tickets.Fresh {
				continue
			}
			if _, err := h.Tickets.Stand(ctx, holder(), ticket, s.status, ""); err != nil {
				return err
			}
		}
		return nil
	})
	quick := filled(t, since, func(ctx context.Context, p *place, h *app.House, c *clock) error {
		b, err := newBulk(p, true)
		if err != nil {
			return err
		}
		return b.fill(ctx, h, c, n, since)
	})
	for _, name := range slices.Sorted(maps.Keys(verbs)) {
		if len(verbs[name]) == 0 {
			t.Error("nothing in", name)
		}
		if d := cmp.Diff(verbs[name], quick[name]); d != "" {
			t.Errorf("%s by the verbs (-) and without (+):\n%.4000s", name, d)
		}
	}
}

// filled is what the tables of a house say.
func filled(t *testing.T, since time.Time, fill func(ctx context.Context, p *place, h *app.House, c *clock) error) map[string][]string {
	t.Helper()
	ctx := t.Context()
	b := &bench{engine: "sqlite", dir: t.TempDir(), log: slog.New(slog.DiscardHandler)}
	if storetest.Postgres() {
		b.engine, b.pg = "postgres", os.Getenv("HEARTH_TEST_PG")
	}
	t.Cleanup(func() {
		if err := b.clear(context.Background()); err != nil {
			t.Error(err)
		}
	})
	p, err := b.empty(ctx, "house")
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{}
	c.set(since)
	set := p.settings()
	set.Now = c.now
	h, err := app.Build(ctx, set)
	if err != nil {
		t.Fatal(err)
	}
	err = p.people(ctx, h)
	if err == nil {
		err = fill(ctx, p, h, c)
	}
	if err := errors.Join(err, h.DB.CatchUp(ctx, h.Followers...), h.Close()); err != nil {
		t.Fatal(err)
	}
	db, err := openBare(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	all := map[string][]string{}
	for name, query := range says {
		all[name] = lines(t, db, query)
	}
	all["index"] = lines(t, db, indexed[b.engine])
	return all
}

// lines writes the rows of a query as text.
func lines(t *testing.T, db *bare, query string) (all []string) {
	t.Helper()
	if db.pool != nil {
		rows, err := db.pool.Query(t.Context(), query)
		if err != nil {
			t.Fatal(query, err)
		}
		defer rows.Close()
		for rows.Next() {
			v, err := rows.Values()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, fmt.Sprint(v...))
		}
		return all
	}
	rows, err := db.conn.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(query, err)
	}
	defer rows.Close()
	cols, _ := rows.Columns()
	for rows.Next() {
		cells, into := make([]any, len(cols)), make([]any, len(cols))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(cells...))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
