package tell

import (
	"cmp"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Helper is a colleague who can solve something, and why they are proposed.
type Helper struct {
	Staff   staff.ID       `json:"staff"`
	Name    string         `json:"name"`
	Teams   []string       `json:"teams" nullable:"false"`
	Here    bool           `json:"here" doc:"there now: a page of theirs is open, or was a moment ago"`
	SeenAt  time.Time      `json:"seen_at,omitzero" doc:"when they were last here, if that was today"`
	Solved  int64          `json:"solved" doc:"complaints that ended well in their hands within a year"`
	Alike   int64          `json:"alike" doc:"how many of them were of this kind"`
	Decides bool           `json:"decides" doc:"may say yes to more than others may"`
	Ours    bool           `json:"ours" doc:"of the team whose matter it is"`
	teams   []staff.TeamID // in the order of Teams
	answers bool
}

// Help is who can solve something, those first who are there now.
type Help struct {
	Items   []Helper  `json:"items" nullable:"false"`
	Open    bool      `json:"open" doc:"it is within our hours"`
	OpensAt time.Time `json:"opens_at,omitzero" doc:"when we are there again"`
}

const (
	hereFor  = 3 * time.Minute // an open page says each minute that it is there
	mostHelp = 6
	lookBack = 365 * 24 * time.Hour
)

// rank puts first who is there now; among these whose matter it is, who solved the like, who solved anything, and who may
// decide. Those who only capture, as whoever tells may, are no help.
func rank(all []Helper) []Helper {
	all = slices.DeleteFunc(all, func(h Helper) bool { return !h.answers && !h.Decides && h.Solved == 0 })
	slices.SortStableFunc(all, func(a, b Helper) int {
		return cmp.Or(
			first(a.Here, b.Here), first(a.Ours, b.Ours), cmp.Compare(b.Alike, a.Alike), cmp.Compare(b.Solved, a.Solved),
			first(!a.SeenAt.IsZero(), !b.SeenAt.IsZero()), first(a.Decides, b.Decides), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Staff, b.Staff),
		)
	})
	return all[:min(len(all), mostHelp)]
}

// first compares so that what is true comes before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// Helpers are who can solve a complaint, or anything when it names none: colleagues who work on such things, with their
// teams, what ended well in their hands, and whether they are there. Whether they take it is theirs to say.
func (room *Room) Helpers(tx *store.Tx, who web.Who, which recovery.ID) (h Help, err error) {
	var c recovery.Complaint
	if which != 0 {
		w, err := room.recovery.Look(tx, who, which)
		if err != nil {
			return h, err
		}
		c = w.Complaint
	}
	if h.Items, err = room.candidates(tx, who, c); err != nil {
		return h, err
	}
	h.Items = rank(h.Items)
	var teams []staff.TeamID
	for _, one := range h.Items {
		teams = append(teams, one.teams...)
	}
	names, err := room.staff.TeamNames(tx, teams)
	if err != nil {
		return h, err
	}
	for i, one := range h.Items {
		h.Items[i].Teams = []string{}
		for _, t := range one.teams {
			h.Items[i].Teams = append(h.Items[i].Teams, names[t])
		}
	}
	calendar, err := room.hours.Default(tx)
	if err != nil {
		return h, err
	}
	t, err := calendar.Timetable()
	if err != nil {
		return h, err
	}
	if h.Open = t.Open(tx.Now()); !h.Open {
		h.OpensAt = t.Next(tx.Now())
	}
	return h, nil
}

// candidates are everybody but who asks and who has it, with what speaks for them.
func (room *Room) candidates(tx *store.Tx, who web.Who, c recovery.Complaint) (all []Helper, err error) {
	here, err := room.staff.Active(tx)
	if err != nil {
		return nil, err
	}
	now := tx.Now()
	seen, err := room.staff.Seen(tx, now.Add(-24*time.Hour))
	if err != nil {
		return nil, err
	}
	counts, err := solved(tx, c.Kind, now.Add(-lookBack))
	if err != nil {
		return nil, err
	}
	for _, m := range here {
		if m.Invited && seen[m.ID].IsZero() || m.Can&web.Capture == 0 || int64(m.ID) == who.Staff || m.ID == c.Owner {
			continue
		}
		all = append(all, Helper{
			Staff: m.ID, Name: m.Name, SeenAt: seen[m.ID], Here: now.Sub(seen[m.ID]) < hereFor, Solved: counts[m.ID].All, Alike: counts[m.ID].Like,
			Decides: m.Can&web.Approve != 0, Ours: c.Team != 0 && slices.Contains(m.Teams, c.Team), teams: m.Teams, answers: m.Answers,
		})
	}
	return all, nil
}

// Followers count what ended well, and in whose hands; and note by when what is proposed is answered, also what was proposed before
// there was such a note.
func (room *Room) Followers() []*store.Follower {
	f := store.NewFollower("tell.solved")
	store.On(f, func(tx *store.Tx, entry store.Entry, e recovery.Closed) error {
		if e.Ended != recovery.Content {
			return nil
		}
		some, err := room.recovery.Some(tx, []recovery.ID{e.Complaint})
		c := some[e.Complaint]
		if err != nil || c.Owner == 0 {
			return err
		}
		return noteSolved(tx, e.Complaint, c.Owner, c.Kind, entry.At)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, e recovery.Reopened) error { return forgetSolved(tx, e.Complaint) })
	answers := store.NewFollower("tell.answers")
	store.On(answers, func(tx *store.Tx, _ store.Entry, e Captured) error {
		p, ok, err := loadProposed(tx, e.Capture)
		if err != nil || !ok || p.Ended != "" {
			return err
		}
		return room.due.Put(tx, answering, p.ID.String(), p.AnswerBy, nil)
	})
	return []*store.Follower{f, answers}
}
