package promises

import (
	"errors"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/staff"
)

const (
	ticking  = "promises.tick"   // the next moment at which a promise has something to tell
	retiming = "promises.retime" // reminders or calendars changed
)

// tick looks at a promise whose moment has come: it is broken, or its owner is reminded.
func (room *Room) tick(tx *store.Tx, j due.Job) error {
	var promise ID
	if err := promise.UnmarshalText([]byte(j.Key)); err != nil {
		return due.GiveUp(err)
	}
	all, err := store.All[Promise](tx, `SELECT `+columns+` FROM promises WHERE id = $1`+tx.Lock(), promise)
	if err != nil || len(all) == 0 || all[0].State != Open {
		return err
	}
	p := &all[0]
	if p.lapse(tx.Now()) {
		return errors.Join(save(tx, p), tx.Record(p.subject(), Broken{p.ID, p.Ticket, p.Owner, p.Due}))
	}
	return room.remind(tx, p)
}

// remind tells the owner what is due, if that is to be told now, and waits for what comes next.
func (room *Room) remind(tx *store.Tx, p *Promise) error {
	s, h, err := room.terms(tx, p.DoorTeam)
	if err != nil {
		return err
	}
	if p.next(h, s.ahead()).After(tx.Now()) {
		return room.wake(tx, p, s, h)
	}
	p.RemindedAt = tx.Now()
	return errors.Join(save(tx, p), tx.Record(p.subject(), Reminded{p.ID, p.Ticket, p.Owner, p.Due}), room.wake(tx, p, s, h))
}

// rewake has a promise that is open looked at by the hours of whose it is now.
func (room *Room) rewake(tx *store.Tx, p *Promise) error {
	s, h, err := room.terms(tx, p.DoorTeam)
	if err != nil {
		return err
	}
	return room.wake(tx, p, s, h)
}

// place is how far retime has come.
type place struct {
	After ID `json:"after,omitzero"`
}

const batch = 100 // promises retimed in one transaction

// retimeAll has the reminders of all open promises worked out anew.
func (room *Room) retimeAll(tx *store.Tx) error {
	return room.due.Put(tx, retiming, "", tx.Now(), place{})
}

// retime works out the next moment of open promises anew, some at a time. What is due stays due: that was promised.
func (room *Room) retime(tx *store.Tx, j due.Job) error {
	var from place
	if err := j.Into(&from); err != nil {
		return err
	}
	s, err := readSettings(tx)
	if err != nil {
		return err
	}
	tables := map[staff.TeamID]*hours.Timetable{} // once for all of a team
	all, err := openAfter(tx, from.After, batch)
	if err != nil {
		return err
	}
	for i := range all {
		p := &all[i]
		h := tables[p.DoorTeam]
		if h == nil {
			if h, err = room.timetable(tx, s, p.DoorTeam); err != nil {
				return err
			}
			tables[p.DoorTeam] = h
		}
		if err := room.wake(tx, p, s, h); err != nil {
			return err
		}
	}
	if len(all) < batch {
		return nil
	}
	return room.due.Put(tx, retiming, j.Key, tx.Now(), place{all[len(all)-1].ID})
}
