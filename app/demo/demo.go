// Package demo fills an empty house with a sample company, so that whoever looks at Hearth for the first time finds a desk
// in the middle of its week: people who wait, people who are glad, a lamp that flickers, a table that came with a scratch.
//
// The company is Hobbin & Wick, who make lamps and furniture and mend what they made. Everything about it is made up and
// comes from a seed: the same seed tells the same month. Fill lives that month through on a clock of its own: mails come in
// by the ledger, colleagues take tickets, ask each other, answer, forget, and followers keep up; so the journal, the counts,
// the clocks and the search are what thirty days of work would have left. The stories are in scenes/, to be read and added to.
// While the company is served it stays Alive: customers go on writing, and answer what is answered to them.
package demo

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/app/demo/sayings"
	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/promises"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Deps is the house to be filled. Its database and Clock must show the same time, and nothing else may run in it.
type Deps struct {
	DB        *store.DB
	Due       *due.Queue
	Files     files.Store
	Staff     *staff.Room
	Hours     *hours.Room
	People    *people.Room
	Tickets   *tickets.Room
	Clocks    *clocks.Room
	Recovery  *recovery.Room
	Promises  *promises.Room
	Email     *email.Room
	Followers []*store.Follower
	Clock     *Clock
}

// Options say how much happens.
type Options struct {
	Tickets  int                 // 2,000 when zero; a fifth as many customers
	Seed     uint64              // another seed, another month
	Progress func(done, all int) // told of the tickets opened so far; may be nil
}

// SignIn is how to be one of the company's people.
type SignIn struct {
	Role     string `json:"role"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

// SignIns are what a visitor of the sample company needs to know.
type SignIns struct {
	Company string   `json:"company"`
	People  []SignIn `json:"people"`           // one of each role
	Token   string   `json:"token"`            // of the API, for the owner
	Mailbox string   `json:"mailbox"`          // an address that takes mail
	Order   string   `json:"order,omitempty"`  // an order number somebody wrote about
	Ticket  string   `json:"ticket,omitempty"` // a ticket that waits for an answer
	Seed    uint64   `json:"seed"`
	Tickets int      `json:"tickets"`
	Lived   int64    `json:"lived,omitempty"` // the journal up to here tells of the month that was made up
}

// Fill lives the month before the clock's moment through. A house that holds anything is a Conflict. The clock ends where it
// began, a little short of it; when Fill fails, the house is to be thrown away.
func Fill(ctx context.Context, d Deps, o Options) (SignIns, error) {
	head, err := d.DB.Head(ctx)
	if err != nil {
		return SignIns{}, err
	}
	if head != 0 {
		return SignIns{}, fault.New(fault.Conflict, "demo.not_empty", "This house is lived in; the sample company needs an empty one.")
	}
	if o.Tickets == 0 {
		o.Tickets = 2000
	}
	scenes, err := readScenes()
	if err != nil {
		return SignIns{}, err
	}
	l, err := begun(ctx, d, o)
	if err != nil {
		return SignIns{}, err
	}
	stories, customers := plan(o, scenes, l.end)
	l.mislead(rand.New(rand.NewPCG(o.Seed, 2)), o.Tickets, customers) //nolint:gosec // a made-up month needs no secret chance
	if err := l.live(ctx, stories, o.Progress); err != nil {
		return SignIns{}, err
	}
	return l.leave(ctx, o)
}

// begun furnishes the company at the beginning of the month.
func begun(ctx context.Context, d Deps, o Options) (*life, error) {
	l := &life{Deps: d, end: d.Clock.Now().Add(-2 * time.Minute).UTC(), heard: map[*customer]bool{}, chance: rand.New(rand.NewPCG(o.Seed, 5))} //nolint:gosec // a made-up month needs no secret chance
	for _, f := range d.Followers {
		switch f.Name {
		case "mail.send":
			l.post = append(l.post, f, postman(d))
		case "letters": // nobody is told today what waited weeks ago
			l.all = append(l.all, store.NewFollower(f.Name))
		case "clocks", "recovery":
			l.told = append(l.told, f)
		default:
			l.all = append(l.all, f)
		}
	}
	l.told = append(l.told, l.post...)
	l.all = append(l.all, l.told...)
	l.seed, l.stories, l.known, l.mending = o.Seed, map[tickets.ID]*story{}, map[recovery.ID]bool{}, map[tickets.ID]bool{}
	l.places, l.listensTo = places(), min(1, 500/float64(o.Tickets))
	var err error
	if l.words, err = sayings.Read(); err != nil {
		return nil, err
	}
	l.listens()
	l.glance = time.Hour * time.Duration(min(max(2000/o.Tickets, 1), 4)) // in a small month less comes due
	l.rung = l.end.Add(-month - time.Hour)
	l.Clock.set(l.rung)
	if l.zone, err = time.LoadLocation("Europe/Berlin"); err != nil {
		return nil, err
	}
	if l.company, err = found(ctx, d); err != nil {
		return nil, err
	}
	l.later(l.open.Add(l.rung, 30*time.Hour), "less to watch", l.watchesLess)
	return l, l.ring(ctx)
}

// leave lets the last things happen, and looks for what a visitor is shown first.
func (l *life) leave(ctx context.Context, o Options) (SignIns, error) {
	l.Clock.set(l.end)
	if err := l.ring(ctx); err != nil {
		return SignIns{}, err
	}
	if err := l.DB.CatchUp(ctx, l.all...); err != nil {
		return SignIns{}, err
	}
	in := SignIns{Company: "Hobbin & Wick", People: l.signIns(), Token: l.token, Mailbox: l.boxes["hello"].Address, Seed: o.Seed, Tickets: o.Tickets}
	return in, l.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if in.Lived, err = tx.Head(); err != nil {
			return err
		}
		page, err := l.Tickets.List(tx, l.staff[0].who, tickets.Filter{Waiting: true, Limit: 50})
		for _, t := range page.Items {
			if t.Channel == email.Name && t.Mailbox != 0 {
				in.Ticket = t.ID.String() // the one that waits least: its customer is still there
			}
		}
		for _, st := range l.threads {
			if strings.Contains(st.last.words+st.tell.facts["subject"], st.tell.facts["order"]) {
				in.Order = st.tell.facts["order"]
			}
		}
		return err
	})
}
