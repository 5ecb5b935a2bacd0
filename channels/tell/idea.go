package tell

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/push"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// End is how an idea, or a process gone wrong, ended.
type End string

// The ends.
const (
	Done    End = "done"
	Dropped End = "dropped" // it will not be done, and whoever told is told why
)

// Proposed is an idea, or a process gone wrong, that somebody on the staff told of. It belongs to whoever decides for their
// team until one of them takes it, and is answered by a date.
type Proposed struct {
	ID         ID           `json:"id" db:"id"`
	About      Sort         `json:"about" db:"about" enum:"idea,process"`
	What       string       `json:"what" db:"what"`
	Staff      staff.ID     `json:"staff" db:"staff" doc:"who told of it"`
	Team       staff.TeamID `json:"team,omitzero" db:"team" doc:"of whoever told; absent when they are in none, or in several"`
	Owner      staff.ID     `json:"owner,omitzero" db:"owner" doc:"who sees to it; absent while nobody has taken it"`
	At         time.Time    `json:"at" db:"at"`
	AnswerBy   time.Time    `json:"answer_by" db:"answer_by" doc:"by when whoever told is answered"`
	Ended      End          `json:"ended,omitempty" db:"ended" enum:"done,dropped"`
	Answer     string       `json:"answer,omitempty" db:"answer" doc:"what was done, or why it is not"`
	AnsweredBy staff.ID     `json:"answered_by,omitzero" db:"answered_by"`
	AnsweredAt time.Time    `json:"answered_at,omitzero" db:"answered_at"`
	Files      []File       `json:"files" db:"-" nullable:"false"`
}

// answerIn is the working time within which whoever told is answered: a week of it.
const answerIn = 40 * time.Hour

// mayChange says why nothing can be done about it any more.
func (p Proposed) mayChange() error {
	if p.Ended != "" {
		return fault.New(fault.Conflict, "tell.answered", "This was answered already.")
	}
	return nil
}

// Verdict is how somebody answers it.
type Verdict struct {
	Ended End    `json:"ended" enum:"done,dropped"`
	Words string `json:"words" maxLength:"10000" doc:"what was done, or why it is not; whoever told reads it"`
}

func (v *Verdict) tidy() error {
	v.Words = plain(v.Words)
	switch {
	case v.Ended != Done && v.Ended != Dropped:
		return fault.Field("ended", "tell.ended", "It ends as done, or dropped.")
	case v.Words == "":
		return fault.Field("words", "tell.reason", "Say in a line what was done, or why it is not: whoever told of it reads that.")
	case utf8.RuneCountInString(v.Words) > longest:
		return fault.Field("words", "words.long", "This is longer than %d characters; keep to what helps.", longest)
	}
	return nil
}

// propose enters what somebody proposes, and tells those who decide.
func (room *Room) propose(tx *store.Tx, who web.Who, in Told, c *Capture) error {
	say, err := room.tongue(tx, who)
	if err != nil {
		return err
	}
	calendar, err := room.hours.Default(tx)
	if err != nil {
		return err
	}
	open, err := calendar.Timetable()
	if err != nil {
		return err
	}
	p := Proposed{ID: c.ID, About: in.About, What: say.body(in), Staff: c.Staff, At: c.At, AnswerBy: open.Add(c.At, answerIn)}
	if len(who.Teams) == 1 {
		p.Team = staff.TeamID(who.Teams[0])
	}
	return errors.Join(insertProposed(tx, p), room.askDeciders(tx, p, "tell.push.proposed"))
}

// answering is the moment by which whoever told is answered.
const answering = "tell.answer"

// tick tells, when that moment has passed without an answer: whoever sees to it, or those who may.
func (room *Room) tick(tx *store.Tx, j due.Job) error {
	var which ID
	if err := which.UnmarshalText([]byte(j.Key)); err != nil {
		return due.GiveUp(err)
	}
	p, ok, err := loadProposed(tx, which)
	if err != nil || !ok || p.Ended != "" {
		return err
	}
	return errors.Join(tx.Record(p.ID, Overdue{p.ID, p.Owner}), room.askDeciders(tx, p, "tell.push.overdue"))
}

// decides says whether somebody may answer what was told in a team.
func decides(who web.Who, team staff.TeamID) bool {
	return who.May(web.Approve) && who.Sees(int64(team))
}

// askDeciders tells the phones of those who may answer, or of the one of them who sees to it.
func (room *Room) askDeciders(tx *store.Tx, p Proposed, say string) error {
	if room.push == nil {
		return nil
	}
	here, err := room.staff.Active(tx)
	if err != nil {
		return err
	}
	var whom []int64
	for _, m := range here {
		them := web.Who{Can: m.Can, All: m.All}
		for _, t := range m.Teams {
			them.Teams = append(them.Teams, int64(t))
		}
		if !decides(them, p.Team) {
			continue
		}
		if m.ID == p.Owner {
			whom = []int64{int64(m.ID)}
			break
		}
		if m.ID != p.Staff {
			whom = append(whom, int64(m.ID))
		}
	}
	return room.push.TellAll(tx, whom, push.Note{Say: say, Path: "/tell", Topic: "proposed"})
}

// Proposals are what somebody may answer: those that are open, what is to be answered first at the top; or those that were
// answered, the newest first.
func (*Room) Proposals(tx *store.Tx, who web.Who, over bool, limit int) ([]Proposed, error) {
	if !who.May(web.Approve) {
		return []Proposed{}, nil
	}
	all, err := proposals(tx, who, over, limit)
	if err != nil {
		return nil, err
	}
	return all, withFiles(tx, all)
}

// Waits is how much is proposed that somebody may answer.
type Waits struct {
	Open int64 `json:"open" db:"open" doc:"ideas and processes gone wrong that you may answer"`
	Late int64 `json:"late" db:"late" doc:"of those, whose answer was due by now"`
}

// Waiting counts what is proposed that somebody may answer.
func (*Room) Waiting(tx *store.Tx, who web.Who) (Waits, error) {
	if !who.May(web.Approve) {
		return Waits{}, nil
	}
	return waiting(tx, who)
}

func withFiles(tx *store.Tx, all []Proposed) error {
	ids := make([]ID, len(all))
	for i, p := range all {
		ids[i] = p.ID
	}
	kept, err := filesOf(tx, ids)
	for i := range all {
		all[i].Files = append([]File{}, kept[all[i].ID]...)
	}
	return err
}

// Every lists all that was proposed after one, oldest first, for an export.
func (*Room) Every(tx *store.Tx, after ID, limit int) ([]Proposed, error) {
	all, err := proposedAfter(tx, after, limit)
	if err != nil {
		return nil, err
	}
	return all, withFiles(tx, all)
}

// proposed loads one for somebody who may answer it.
func (room *Room) proposed(tx *store.Tx, who web.Who, which ID) (Proposed, error) {
	p, ok, err := loadProposed(tx, which)
	if err == nil && (!ok || !decides(who, p.Team)) {
		err = fault.New(fault.NotFound, "tell.unknown", "There is nothing %s that you could answer.", which)
	}
	if err != nil {
		return p, err
	}
	return p, p.mayChange()
}

// Take is somebody seeing to it, also in place of a colleague.
func (room *Room) Take(ctx context.Context, who web.Who, which ID) (p Proposed, err error) {
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if p, err = room.proposed(tx, who, which); err != nil {
			return err
		}
		if who.Staff == 0 || int64(p.Owner) == who.Staff {
			return fault.New(fault.Conflict, "tell.yours", "You see to this already.")
		}
		p.Owner = staff.ID(who.Staff)
		return errors.Join(saveProposed(tx, p), tx.Record(p.ID, Taken{p.ID, p.Owner}), attach(tx, &p))
	})
}

// Answer is somebody telling whoever proposed it what became of it, with which it ends.
func (room *Room) Answer(ctx context.Context, who web.Who, which ID, v Verdict) (p Proposed, err error) {
	if err := v.tidy(); err != nil {
		return p, err
	}
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if p, err = room.proposed(tx, who, which); err != nil {
			return err
		}
		p.Ended, p.Answer, p.AnsweredBy, p.AnsweredAt = v.Ended, v.Words, staff.ID(who.Staff), tx.Now()
		if p.Owner == 0 {
			p.Owner = p.AnsweredBy
		}
		if err := errors.Join(saveProposed(tx, p), tx.Record(p.ID, Answered{p.ID, p.Staff, p.Ended}), attach(tx, &p)); err != nil {
			return err
		}
		if room.push == nil || p.Staff == 0 || p.Staff == p.AnsweredBy {
			return nil
		}
		return room.push.Tell(tx, int64(p.Staff), push.Note{Say: "tell.push.answered", Path: "/tell", Topic: "answered"})
	})
}

// attach reads the files that came along.
func attach(tx *store.Tx, p *Proposed) error {
	kept, err := filesOf(tx, []ID{p.ID})
	p.Files = append([]File{}, kept[p.ID]...)
	return err
}
