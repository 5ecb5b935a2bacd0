package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hearthdesk/hearth/rooms/staff"
)

func staffName(n int64) string { return staff.ID(n).String() }

type draft struct {
	Channel string `json:"channel"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	From    struct {
		Name  string `json:"name,omitempty"`
		Email string `json:"email"`
	} `json:"from"`
}

// writer enters new tickets, from customers who never wrote before or from such as did.
type writer struct {
	desk   *desk
	mu     sync.Mutex
	n      int
	known  int // customers there are; 0 for new ones
	prefix string
}

func (w *writer) draft() (d draft) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	d.Channel, d.Subject, d.Text = "api", w.desk.say(5), w.desk.say(50)
	if w.known > 0 {
		d.From.Name, d.From.Email = w.desk.customer(w.n * 31 % w.known)
	} else {
		d.From.Name, d.From.Email = "New Customer", fmt.Sprintf("%s-%d@example.net", w.prefix, w.n)
	}
	return d
}

func (m *middle) write(ctx context.Context) error {
	p, err := m.house(ctx)
	if err != nil {
		return err
	}
	other, err := p.copied(ctx, "bare")
	if err != nil {
		return err
	}
	db, err := openBare(ctx, other)
	if err != nil {
		return err
	}
	s, err := m.open(ctx)
	if err != nil {
		return errors.Join(err, db.close())
	}
	known, err := db.ids(ctx, `SELECT id FROM customers`)
	if err != nil {
		return errors.Join(err, db.close())
	}
	rows := &rows{db: db, place: other, known: known}
	for _, kind := range []struct {
		what  string
		known int
	}{{"a new customer", 0}, {"a known customer", p.notes.Tickets / 6}} {
		w := &writer{desk: newDesk(teams), known: kind.known, prefix: "one"}
		if err := m.writeOne(ctx, s, w, rows, kind.what); err != nil {
			return errors.Join(err, db.close())
		}
		w.prefix = "many"
		if err := m.writeMany(ctx, s, w, rows, kind.what); err != nil {
			return errors.Join(err, db.close())
		}
	}
	return db.close()
}

// writeOne is the work for one ticket after the other, that of all followers included.
func (m *middle) writeOne(ctx context.Context, s *server, w *writer, rows *rows, what string) error {
	const n = 1000
	c, err := s.measure(ctx, "new ticket", n, true, func(int) error {
		_, err := s.ask(ctx, http.MethodPost, ticketsPath, m.place.notes.Owner, w.draft(), nil)
		return err
	})
	if err != nil {
		return err
	}
	answered, err := s.measure(ctx, "new ticket, the answer alone", n, false, func(int) error {
		_, err := s.ask(ctx, http.MethodPost, ticketsPath, m.place.notes.Owner, w.draft(), nil)
		return err
	})
	if err != nil {
		return err
	}
	before, err := work(ctx, rows.place, bareName)
	if err != nil {
		return err
	}
	for range n {
		if err := rows.ticket(ctx, w.known == 0); err != nil {
			return err
		}
	}
	after, err := work(ctx, rows.place, bareName)
	limit := (after - before) / n
	return errors.Join(err, m.add(row{
		What: "new ticket by API, " + what + ": CPU", Figure: ms(c.cpu) + " CPU with all followers (p50 " + ms(answered.p50) + ")", Limit: ms(limit) + " the bare rows",
		Ratio: ratio(float64(c.cpu), float64(limit)), Reach: "≤ 0.5 ms", Held: held(c.cpu <= time.Millisecond/2),
	}))
}

// writeMany is how many tickets sixteen clients enter, beside how many times the bare database writes the same rows. The
// two take turns, so that whatever else the machine does hits both.
func (m *middle) writeMany(ctx context.Context, s *server, w *writer, rows *rows, what string) error {
	const rounds, length = 4, 1500 * time.Millisecond
	var ours, theirs, done int64
	var took, late time.Duration
	stop, err := s.place.bench.profiled("16 clients, " + what)
	if err != nil {
		return err
	}
	defer stop()
	for range rounds {
		n, d, err := together(length, func() error {
			_, err := s.ask(ctx, http.MethodPost, ticketsPath, m.place.notes.Owner, w.draft(), nil)
			return err
		})
		if err != nil {
			return err
		}
		began := now()
		if err := s.settled(ctx); err != nil {
			return err
		}
		ours, took, late = ours+n, took+d, late+time.Since(began)
		n, d, err = together(length, func() error { return rows.ticket(ctx, w.known == 0) })
		if err != nil {
			return err
		}
		theirs, done = theirs+int64(float64(n)*float64(length)/float64(d)), done+1
	}
	rate := float64(ours) / took.Seconds()
	limit := float64(theirs) / (rounds * length).Seconds()
	kept := float64(ours) / (took + late).Seconds()
	return m.add(row{
		What: "new ticket by API, " + what + ": 16 at once", Figure: fmt.Sprintf("%.0f/s (%.0f/s until the followers are done too)", rate, kept),
		Limit: fmt.Sprintf("%.0f/s the bare rows", limit), Ratio: ratio(rate, limit), Reach: "≥ 0.50", Held: held(rate/limit >= 0.5),
	})
}

// together lets all clients do something again and again for a while.
func together(length time.Duration, do func() error) (n int64, took time.Duration, err error) {
	var count atomic.Int64
	var crew sync.WaitGroup
	failed := make(chan error, clients)
	began := now()
	for range clients {
		crew.Go(func() {
			for time.Since(began) < length {
				if err := do(); err != nil {
					failed <- err
					return
				}
				count.Add(1)
			}
		})
	}
	crew.Wait()
	took = time.Since(began)
	select {
	case err = <-failed:
	default:
	}
	return count.Load(), took, err
}

// rows writes what a ticket leaves in the tables when it is entered, and nothing else.
type rows struct {
	db    *bare
	place *place
	known []int64 // customers there are, so that what is written about them is as scattered as ours
	n     atomic.Int64
}

const bareText = "The lamp came on Tuesday and flickers whenever somebody opens the door of the fridge, which is in the next room but one; please tell me what to do about it, and whether I may keep the shade, order A-100118."

func (r *rows) ticket(ctx context.Context, met bool) error {
	n := r.n.Add(1)
	id, at := 1<<61+n*8, now().UnixMicro()
	customer := r.known[n*31%int64(len(r.known))]
	return r.db.tx(ctx, func(exec execute) error {
		if met {
			customer = id
			if err := r.customer(exec, id, at, n); err != nil {
				return err
			}
		}
		if err := exec(`UPDATE counters SET n = n + 1 WHERE name = 'ticket'`); err != nil {
			return err
		}
		if err := exec(`INSERT INTO tickets (id, number, subject, status, ended, priority, type, product, channel, mailbox, customer, company, assignee, team, tags, fields,
			external_id, snippet, created_at, updated_at, waiting_since, answered_at, resolved_at, reopened, merged_into, version)
			VALUES ($1, $2, $3, 'new', '', 'normal', '', '', 'api', 0, $4, 0, 0, 0, '[]', '{}', '', $5, $6, $6, $6, 0, 0, 0, 0, 1)`,
			id, 1<<40+n, bareText[:40], customer, bareText[:140], at); err != nil {
			return err
		}
		if err := exec(`INSERT INTO messages (id, ticket, kind, channel, mailbox, author, sender, recipients, cc, subject, text, quoted, signature, html, ref, answers, raw,
			machine, flaws, at, state, state_at, trouble, version)
			VALUES ($1, $2, 'in', 'api', 0, 'customer:cus_06f3x8k2m4q7r', $3, '[]', '[]', $4, $5, '', '', '', '', '[]', '', FALSE, '[]', $6, 'received', $6, '', 0)`,
			id+1, id, `{"name":"New Customer","email":"new@example.net"}`, bareText[:40], bareText, at); err != nil {
			return err
		}
		if err := exec(`INSERT INTO tickets_parties (ticket, email) VALUES ($1, $2)`, id, "new@example.net"); err != nil {
			return err
		}
		return r.journal(exec, id, at, met)
	})
}

func (r *rows) customer(exec execute, id, at, n int64) error {
	if err := exec(`INSERT INTO customers (id, name, title, language, company, note, met_at, version) VALUES ($1, 'New Customer', '', '', 0, '', $2, 1)`, id, at); err != nil {
		return err
	}
	return exec(`INSERT INTO customers_addresses (id, customer, kind, value) VALUES ($1, $2, 'email', $3)`, id+2, id, fmt.Sprintf("bare-%d@example.net", n))
}

// journal writes what is told of it. The clause keeps the bare rows as free of gaps as ours: one after the other.
func (r *rows) journal(exec execute, id, at int64, met bool) error {
	kinds := []string{"tickets.opened", "tickets.received"}
	if met {
		kinds = append(kinds, "customers.met")
	}
	if err := exec(`UPDATE journal_head SET seq = seq + $1`, len(kinds)); err != nil {
		return err
	}
	for i, kind := range kinds {
		if err := exec(`INSERT INTO journal (seq, at, by, via, subject, kind, body) SELECT seq - $1, $2, 'token:tok_06f3x8k2m4q7r', 'api', $3, $4, $5 FROM journal_head`,
			len(kinds)-1-i, at, fmt.Sprintf("tkt_%013d", id), kind,
			`{"ticket":"tkt_06f3x8k2m4q7r","number":20001,"customer":"cus_06f3x8k2m4q7r","channel":"api","priority":"normal"}`); err != nil {
			return err
		}
	}
	return nil
}
