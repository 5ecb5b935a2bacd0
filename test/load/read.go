package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// question is something people ask of the API, and the nearest the bare database can do.
type question struct {
	what  string
	n     int
	token string
	paths func(i int) []string
	bare  func(i int) (query string, args []any)
	reach time.Duration // CPU; 0 where nothing is asked for
}

const ticketsPath = "/api/v1/tickets"

// asked measures questions and takes each into the table.
func (s *server) asked(ctx context.Context, all []question, row func(q question, c, limit cost) row) error {
	for _, q := range all {
		c, err := s.measure(ctx, q.what, q.n, false, func(i int) error {
			for _, path := range q.paths(i) {
				if _, err := s.ask(ctx, http.MethodGet, path, q.token, nil, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		limit, err := s.bareCost(ctx, q)
		if err != nil {
			return err
		}
		if err := s.place.bench.add(row(q, c, limit)); err != nil {
			return err
		}
	}
	return nil
}

// bareCost is what the bare database works for the same.
func (s *server) bareCost(ctx context.Context, q question) (c cost, err error) {
	for i := range q.n / 10 {
		query, args := q.bare(i)
		if _, err := s.bare.read(ctx, query, args...); err != nil {
			return c, err
		}
	}
	before, err := work(ctx, s.place, bareName)
	if err != nil {
		return c, err
	}
	for i := range q.n {
		query, args := q.bare(q.n/10 + i)
		if _, err := s.bare.read(ctx, query, args...); err != nil {
			return c, err
		}
	}
	after, err := work(ctx, s.place, bareName)
	return cost{cpu: (after - before) / time.Duration(q.n)}, err
}

// plain is a row of CPU per request.
func plain(q question, c, limit cost) row {
	r := row{What: q.what, Figure: fmt.Sprintf("%s CPU (p50 %s)", ms(c.cpu), ms(c.p50)), Limit: ms(limit.cpu) + " the bare query", Ratio: ratio(float64(c.cpu), float64(limit.cpu))}
	if q.reach > 0 {
		r.Reach, r.Held = "≤ "+ms(q.reach), held(c.cpu <= q.reach)
	}
	return r
}

func (m *middle) read(ctx context.Context) error {
	s, err := m.open(ctx)
	if err != nil {
		return err
	}
	open, err := s.bare.ids(ctx, `SELECT id FROM tickets WHERE status = 'open' ORDER BY updated_at DESC LIMIT 5000`)
	if err != nil {
		return err
	}
	inbox, err := s.inbox(ctx, m.place.notes, 1000)
	if err != nil {
		return err
	}
	err = s.asked(ctx, inbox, func(q question, c, limit cost) row {
		m.base[q.what] = c
		return plain(q, c, limit)
	})
	if err != nil {
		return err
	}
	one := func(i int) tickets.ID { return tickets.ID(open[i*37%len(open)]) }
	err = s.asked(ctx, []question{{
		what: "open a ticket and its 5 messages", n: 1000, token: m.place.notes.Owner, reach: time.Millisecond,
		paths: func(i int) []string {
			at := ticketsPath + "/" + one(i).String()
			return []string{at, at + "/messages"}
		},
		bare: func(i int) (string, []any) {
			return `SELECT t.*, m.* FROM tickets t JOIN messages m ON m.ticket = t.id WHERE t.id = $1`, []any{int64(one(i))}
		},
	}}, plain)
	if err != nil {
		return err
	}
	return s.asked(ctx, s.searches(m.place.notes, 500, time.Millisecond, 5*time.Millisecond), plain)
}

// inbox is the ways in which people look at what is to be done.
func (s *server) inbox(ctx context.Context, p notes, n int) ([]question, error) {
	const (
		columns = `SELECT id, number, subject, status, priority, customer, assignee, team, tags, fields, snippet, created_at, updated_at FROM tickets `
		order   = ` ORDER BY updated_at DESC, id DESC LIMIT 25`
	)
	deep, err := s.deep(ctx, p.Owner)
	if err != nil {
		return nil, err
	}
	customers, err := s.bare.ids(ctx, `SELECT customer FROM tickets WHERE status = 'open' ORDER BY id DESC LIMIT 500`)
	if err != nil {
		return nil, err
	}
	tag, err := s.bare.text(ctx, `SELECT tag FROM tickets_tags ORDER BY ticket DESC LIMIT 1`)
	if err != nil {
		return nil, err
	}
	staff, err := s.bare.number(ctx, `SELECT assignee FROM tickets WHERE assignee > 0 ORDER BY id DESC LIMIT 1`)
	if err != nil {
		return nil, err
	}
	mine := slices.Index(p.Staff, staffName(staff))
	if mine < 0 {
		return nil, errors.New("a ticket is given to nobody that is known")
	}
	always := func(path string) func(int) []string { return func(int) []string { return []string{path} } }
	same := func(query string, args ...any) func(int) (string, []any) {
		return func(int) (string, []any) { return columns + query + order, slices.Clone(args) }
	}
	open := ticketsPath + "?limit=25&status=open"
	bar := time.Millisecond
	return []question{
		{"inbox: 25 open", n, p.Owner, always(open), same(`WHERE status = 'open'`), bar},
		{"inbox: 25 open, far down", n, p.Owner, always(open + "&after=" + deep), same(`WHERE status = 'open'`), bar},
		{"inbox: 25 open, of 3 teams", n, p.Agents[0], always(open), same(`WHERE status = 'open'`), bar},
		{"inbox: 25 of any status, of 3 teams", n, p.Agents[0], always(ticketsPath + "?limit=25"), same(`WHERE status = 'open'`), bar},
		{"inbox: 25 of mine", n, p.Agents[mine], always(open + "&assignee=me"), same(`WHERE assignee = $1 AND status = 'open'`, staff), bar},
		{"inbox: the 25 who wait longest", n, p.Owner, always(ticketsPath + "?limit=25&waiting=true"), func(int) (string, []any) {
			return columns + `WHERE waiting_since > 0 AND status = 'open' LIMIT 25`, nil
		}, bar},
		{"inbox: the 25 who wait longest, of 3 teams", n, p.Agents[0], always(ticketsPath + "?limit=25&waiting=true"), func(int) (string, []any) {
			return columns + `WHERE waiting_since > 0 AND status = 'open' LIMIT 25`, nil
		}, bar},
		{"inbox: 25 with a tag", n, p.Owner, always(open + "&tag=" + url.QueryEscape(tag)), same(`WHERE status = 'open'`), bar},
		{"inbox: of one customer", n, p.Owner, func(i int) []string {
			return []string{open + "&customer=" + people.ID(customers[i%len(customers)]).String()}
		}, func(i int) (string, []any) {
			return columns + `WHERE customer = $1` + order, []any{customers[i%len(customers)]}
		}, bar},
		{"inbox: 25 of a mailbox", n, p.Owner, always(open + "&mailbox=" + p.Mailbox), same(`WHERE status = 'open'`), bar},
		{"counts", n, p.Owner, always(ticketsPath + "/counts"), func(int) (string, []any) {
			return `SELECT status, team, assignee, mailbox, n FROM tickets_counts WHERE n > 0`, nil
		}, bar},
	}, nil
}

// deep is the place in the middle of the list of open tickets.
func (s *server) deep(ctx context.Context, token string) (after string, err error) {
	for range 30 {
		var page struct{ Next string }
		path := ticketsPath + "?limit=200&status=open"
		if after != "" {
			path += "&after=" + after
		}
		if _, err := s.ask(ctx, http.MethodGet, path, token, nil, &page); err != nil {
			return "", err
		}
		if page.Next == "" {
			break
		}
		after = page.Next
	}
	return after, nil
}

// searches are words that one in thousands and one in three documents hold, and what is looked for most: an order number.
func (s *server) searches(p notes, n int, rare, common time.Duration) []question {
	d := newDesk(teams)
	r := rand.New(rand.NewPCG(3, 5))
	path := func(q string) []string { return []string{"/api/v1/search?limit=25&q=" + url.QueryEscape(q)} }
	bare := func(word string) (string, []any) {
		if s.place.url == "" {
			return `SELECT rowid FROM search_words WHERE search_words MATCH $1 ORDER BY rowid DESC LIMIT 25`, []any{`"` + word + `"`}
		}
		return `SELECT n FROM search_docs WHERE words @@ $1::tsquery ORDER BY n DESC LIMIT 25`, []any{"'" + word + "'"}
	}
	word := func(i int) string { return d.words[30_000+i*17%9000] }
	number := func(int) string { return order(r.IntN(p.Tickets)) }
	return []question{
		{"search: a rare word", n, p.Owner, func(i int) []string { return path(word(i) + " ") }, func(i int) (string, []any) { return bare(word(i)) }, rare},
		{"search: an order number", n, p.Owner, func(i int) []string { return path(number(i) + " ") }, func(i int) (string, []any) { return bare(word(i)) }, rare},
		{"search: a common word", n, p.Owner, func(i int) []string { return path(d.words[3+i%5] + " ") }, func(i int) (string, []any) { return bare(d.words[3+i%5]) }, common},
		{"search: a common word, of 3 teams", n, p.Agents[0], func(i int) []string { return path(d.words[3+i%5] + " ") }, func(i int) (string, []any) { return bare(d.words[3+i%5]) }, common},
		{"search: a word being typed", n, p.Owner, func(i int) []string { return path(d.word()[:2]) }, func(i int) (string, []any) { return bare(d.words[3+i%5]) }, common},
	}
}
