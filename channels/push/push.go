// Package push has people told on their phones what waits for them: a question that only they can answer, a complaint that a
// colleague asks them to take over, and how it ended, for whoever told of it. Never a word of a customer's, nor who it is:
// phones lie on tables.
package push

import (
	"embed"
	"time"

	"github.com/hearthdesk/hearth/base/push"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Words are what phones are told.
//
//go:embed words.*.json
var Words embed.FS

// Room follows what happens and tells whom it concerns.
type Room struct {
	words    *words.Book
	staff    *staff.Room
	recovery *recovery.Room
	sender   *push.Sender
}

// New furnishes the channel.
func New(w *words.Book, s *staff.Room, r *recovery.Room, sender *push.Sender) *Room {
	return &Room{w, s, r, sender}
}

// fresh is how old something may be to be told: a house that was away for a day has more to say than phones.
const fresh = 12 * time.Hour

// Where a tap leads, in the workspace.
const (
	toApprovals = "/approvals?open=" // and which
	toAsked     = "/complaints?whose=asked"
	toTell      = "/tell"
)

// What is told.
var (
	refusal  = push.Note{Say: "push.refusal", Path: toApprovals, Topic: "approvals"} //nolint:gochecknoglobals // constants
	more     = push.Note{Say: "push.more", Path: toApprovals, Topic: "approvals"}    //nolint:gochecknoglobals // constants
	handover = push.Note{Say: "push.handover", Path: toAsked, Topic: "handed"}       //nolint:gochecknoglobals // constants
	handed   = push.Note{Say: "push.handover", Path: toTell, Topic: "handed"}        //nolint:gochecknoglobals // constants
	ended    = push.Note{Say: "push.ended", Path: toTell, Topic: "ended"}            //nolint:gochecknoglobals // constants
)

// Followers tell.
func (room *Room) Followers() []*store.Follower {
	f := store.NewFollower("push")
	store.On(f, func(tx *store.Tx, entry store.Entry, e recovery.Asked) error {
		if old(tx, entry) {
			return nil
		}
		return room.asked(tx, entry, e)
	})
	store.On(f, func(tx *store.Tx, entry store.Entry, e recovery.HandedOver) error {
		if old(tx, entry) || e.To == e.From {
			return nil
		}
		return room.tell(tx, e.To, handover)
	})
	store.On(f, func(tx *store.Tx, entry store.Entry, e recovery.Closed) error {
		if old(tx, entry) {
			return nil
		}
		return room.over(tx, entry, e)
	})
	store.On(f, func(tx *store.Tx, _ store.Entry, e staff.SessionsClosed) error {
		gone := make([]int64, len(e.Sessions))
		for i, s := range e.Sessions {
			gone[i] = int64(s)
		}
		return room.sender.Forget(tx, gone)
	})
	return []*store.Follower{f}
}

func old(tx *store.Tx, e store.Entry) bool { return tx.Now().Sub(e.At) > fresh }

// asked tells those who may answer a question, but not whoever asks it.
func (room *Room) asked(tx *store.Tx, entry store.Entry, e recovery.Asked) error {
	asker, err := room.staff.Behind(tx, store.By(entry.By, entry.Via))
	if err != nil {
		return err
	}
	here, err := room.staff.Active(tx)
	if err != nil {
		return err
	}
	note := more
	if e.About == recovery.Refusal {
		note = refusal
	}
	note.Path += e.Approval.String()
	var whom []int64
	for _, m := range here {
		may := web.Who{Can: m.Can, All: m.All}
		for _, t := range m.Teams {
			may.Teams = append(may.Teams, int64(t))
		}
		if m.ID != asker && may.May(web.Approve) && may.Sees(int64(e.Team)) {
			whom = append(whom, int64(m.ID))
		}
	}
	return room.sender.TellAll(tx, whom, note)
}

// tell tells somebody; who reads no tickets is led to where they can answer.
func (room *Room) tell(tx *store.Tx, who staff.ID, n push.Note) error {
	m, err := room.staff.Load(tx, who)
	if err != nil || m.Disabled {
		return err
	}
	if n == handover && m.Can&web.View == 0 {
		n = handed
	}
	return room.sender.Tell(tx, int64(who), n)
}

// over tells whoever raised a complaint that it has ended, unless they ended it themselves.
func (room *Room) over(tx *store.Tx, entry store.Entry, e recovery.Closed) error {
	c, ok, err := room.recovery.Complaint(tx, e.Complaint)
	if err != nil || !ok || c.RaisedBy == 0 {
		return err
	}
	closer, err := room.staff.Behind(tx, store.By(entry.By, entry.Via))
	if err != nil || closer == c.RaisedBy {
		return err
	}
	return room.tell(tx, c.RaisedBy, ended)
}

// Title says a note in somebody's language; ok is false when their session has ended, or they are not here any more.
func (room *Room) Title(tx *store.Tx, who, session int64, say string) (title string, ok bool, err error) {
	if ok, err = room.staff.Lives(tx, staff.SessionID(session)); err != nil || !ok {
		return "", false, err
	}
	m, err := room.staff.Load(tx, staff.ID(who))
	if err != nil {
		return "", false, err
	}
	title, err = room.words.Say(string(m.Language), say, nil)
	return title, err == nil, err
}
