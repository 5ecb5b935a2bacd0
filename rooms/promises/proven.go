package promises

import (
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// proven proves what is to be promised at a moment; because is why, where history speaks against it.
func (room *Room) proven(tx *store.Tx, who web.Who, m Making, at time.Time) (p Promise, because string, err error) {
	g, err := room.grounds(tx, who)
	if err != nil {
		return p, "", err
	}
	return g.prove(tx, m, at)
}

// grounds are what somebody's promises are proven on. What several of them ask is asked once.
type grounds struct {
	room     *Room
	who      web.Who
	settings Settings
	places   map[Making]placed
	tables   map[staff.TeamID]*hours.Timetable
	lessons  map[sort]lesson
}

// placed is a promise that was placed, or why it could not be.
type placed struct {
	Promise
	err error
}

// sort is which promises history is asked of.
type sort struct {
	kind string
	team staff.TeamID
}

func (room *Room) grounds(tx *store.Tx, who web.Who) (*grounds, error) {
	s, err := readSettings(tx)
	return &grounds{room, who, s, map[Making]placed{}, map[staff.TeamID]*hours.Timetable{}, map[sort]lesson{}}, err
}

func (g *grounds) prove(tx *store.Tx, m Making, at time.Time) (p Promise, because string, err error) {
	p = Promise{
		ID: store.NewID[promiseKind](tx), Ticket: m.Ticket, Customer: m.Customer, Kind: m.Kind, MadeBy: staff.ID(g.who.Staff), Owner: m.Owner, Team: m.Team,
		Source: m.Source, Message: m.Message, MadeAt: at, State: Open,
	}
	if p.What, err = words(m.What); err != nil {
		return p, "", err
	}
	if err := p.sorted(g.settings); err != nil {
		return p, "", err
	}
	if err := g.place(tx, &p); err != nil {
		return p, "", err
	}
	h := g.tables[p.Team]
	if h == nil {
		if h, err = g.room.timetable(tx, g.settings, p.Team); err != nil {
			return p, "", err
		}
		g.tables[p.Team] = h
	}
	if p.Due, p.WholeDay, err = moment(m.Due, at, h); err != nil {
		return p, "", err
	}
	p.Allowed = microsOf(h.Between(p.MadeAt, p.Due))
	l, known := g.lessons[sort{p.Kind, p.Team}]
	if !known {
		if l, err = g.room.learn(tx, g.settings, h, p.Kind, p.Team); err != nil {
			return p, "", err
		}
		g.lessons[sort{p.Kind, p.Team}] = l
	}
	if !l.grants(g.settings, p.Allowed.duration()) {
		because, err = l.because(m.Anyway, g.settings, tx.Now(), h)
	}
	return p, because, err
}

// place finds out to whom something is promised, whose promise it is, and who may see it.
func (g *grounds) place(tx *store.Tx, p *Promise) error {
	at := Making{Ticket: p.Ticket, Customer: p.Customer, Owner: p.Owner, Team: p.Team, Message: p.Message}
	was, known := g.places[at]
	if !known {
		err := g.room.placed(tx, g.who, p)
		g.places[at] = placed{*p, err}
		return err
	}
	if was.err == nil {
		p.Customer, p.Owner, p.Team, p.DoorTeam, p.DoorStaff = was.Customer, was.Owner, was.Team, was.DoorTeam, was.DoorStaff
	}
	return was.err
}
