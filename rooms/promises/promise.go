// Package promises keeps what the company's people promised to whom and by when, so that no Tuesday is forgotten on a
// Wednesday.
//
// A Promise is made in an answer, in a call or by hand, by somebody who owns it until a colleague takes it over. Its owner
// is reminded while there is time; it is kept, or renewed with a reason before its time comes, by a call where there is a
// number; one whose time came without that is broken, whatever follows. A customer can let us off. How long such promises
// took before, in working time, says which date would be kept: an earlier one is promised only with a reason.
//
// Each verb loads the promise, applies the rule, saves, and says what happened in the journal, below the promise's ticket
// where it has one. A row in base/due stands for the next moment at which a promise has something to tell. The room follows
// tickets for whose they are, for that is who may see their promises.
package promises

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type promiseKind struct{}

func (promiseKind) Prefix() string { return "prm" }

// ID names a promise.
type ID = id.Of[promiseKind]

type reasonKind struct{}

func (reasonKind) Prefix() string { return "pwy" }

// ReasonID names the words of a reason.
type ReasonID = id.Of[reasonKind]

// State says how a promise stands.
type State string

// The states.
const (
	Open     State = "open"
	InTime   State = "kept"
	Replaced State = "renewed"  // the customer was told before its time came, and another promise took its place
	Missed   State = "broken"   // its time came and it was neither; what is done later mends much but not this
	LetOff   State = "released" // by the customer; or there is nobody to keep it for
)

// States in the order of life.
var States = []State{Open, InTime, Replaced, Missed, LetOff} //nolint:gochecknoglobals // a constant list

// Kinds are what one promises everywhere; a company adds its own.
var Kinds = []string{"call_back", "answer", "delivery", "refund", "repair", "visit", "other"} //nolint:gochecknoglobals // a constant list

// Source says where a promise was made.
type Source string

// The sources.
const (
	Composer Source = "composer"
	Call     Source = "call"
	Hand     Source = "hand"
)

// How says by what way the customer was told.
type How string

// The ways.
const (
	ByCall   How = "call"
	ByMail   How = "mail"
	ByChat   How = "chat"
	InPerson How = "in_person"
)

// Promise is one thing that somebody promised to a customer by a time.
type Promise struct {
	ID         ID                `json:"id" db:"id"`
	Ticket     tickets.ID        `json:"ticket,omitzero" db:"ticket"`
	Number     int64             `json:"number,omitempty" db:"-" doc:"of the ticket"`
	Subject    string            `json:"subject,omitempty" db:"-" doc:"of the ticket"`
	Customer   people.ID         `json:"customer" db:"customer"`
	Name       string            `json:"customer_name,omitempty" db:"-"`
	Kind       string            `json:"kind" db:"kind" doc:"call_back, answer, delivery, refund, repair, visit, other, or one of the company's own"`
	What       string            `json:"what" db:"what"`
	MadeBy     staff.ID          `json:"made_by,omitzero" db:"made_by" doc:"absent when the command line made it"`
	Owner      staff.ID          `json:"owner" db:"owner" doc:"who sees to it that it is kept"`
	Team       staff.TeamID      `json:"team,omitzero" db:"team" doc:"whose promise it was when it was made"`
	Source     Source            `json:"source" db:"source" enum:"composer,call,hand"`
	Message    tickets.MessageID `json:"message,omitzero" db:"message" doc:"in which it was made"`
	MadeAt     time.Time         `json:"made_at" db:"made_at"`
	Due        time.Time         `json:"due" db:"due_at" doc:"the first moment that is too late"`
	WholeDay   bool              `json:"whole_day,omitempty" db:"whole_day" doc:"a day was promised, not a time: it is due when that day's work ends"`
	State      State             `json:"state" db:"state" enum:"open,kept,renewed,broken,released"`
	EndedAt    time.Time         `json:"ended_at,omitzero" db:"ended_at" doc:"since when it is not open any more"`
	KeptAt     time.Time         `json:"kept_at,omitzero" db:"kept_at" doc:"of a broken one: late"`
	DoneAt     time.Time         `json:"done_at,omitzero" db:"done_at" doc:"when it was done at last, under this promise or one that took its place"`
	SettledAt  time.Time         `json:"settled_at,omitzero" db:"settled_at" doc:"since when nothing is owed; absent while something is, also under a broken one"`
	InsteadOf  ID                `json:"instead_of,omitzero" db:"instead_of" doc:"the promise whose place it took"`
	FollowedBy ID                `json:"followed_by,omitzero" db:"followed_by" doc:"the promise that took its place"`
	Told       How               `json:"told,omitempty" db:"told" enum:"call,mail,chat,in_person" doc:"how the customer heard that it is renewed"`
	ToldAt     time.Time         `json:"told_at,omitzero" db:"told_at"`
	CallTried  bool              `json:"call_tried,omitempty" db:"call_tried" doc:"they were called first and not reached"`
	RemindedAt time.Time         `json:"reminded_at,omitzero" db:"reminded_at"`
	OfferedTo  staff.ID          `json:"offered_to,omitzero" db:"offered_to" doc:"who is asked to see to it; until they say yes it stays its owner's"`
	OfferedAt  time.Time         `json:"offered_at,omitzero" db:"offered_at" doc:"since when; where nobody is asked, when somebody was who said no or could not any more"`
	Version    int64             `json:"version" db:"version"`
	Reasons    []Reason          `json:"reasons" db:"-" nullable:"false"`

	Allowed   micros       `json:"-" db:"allowed"` // working time from when it was made to when it is due
	Took      micros       `json:"-" db:"took"`    // working time from when it was made to when it was done at last, or released
	DoorTeam  staff.TeamID `json:"-" db:"door_team"`
	DoorStaff staff.ID     `json:"-" db:"door_staff"`
}

// micros is a length of time in microseconds.
type micros int64

func microsOf(d time.Duration) micros { return micros(d / time.Microsecond) }

func (m micros) duration() time.Duration { return time.Duration(m) * time.Microsecond }

// Reason is why something was done to a promise.
type Reason struct {
	ID      ReasonID  `json:"id" db:"id"`
	Promise ID        `json:"-" db:"promise"`
	About   string    `json:"about" db:"about" enum:"anyway,renewed,released,handed,declined" doc:"anyway: why it was promised although history speaks against that date"`
	Text    string    `json:"text" db:"text"`
	By      staff.ID  `json:"by,omitzero" db:"author"`
	At      time.Time `json:"at" db:"at"`
}

const (
	mostWords  = 300  // characters of what is promised
	mostReason = 2000 // characters of a reason
	mostYears  = 5    // until a promise is due
)

// words proves what is promised, and tidies it.
func words(what string) (string, error) {
	what = strings.Join(strings.Fields(what), " ")
	switch {
	case what == "":
		return "", fault.Field("what", "promise.empty", "Say what is promised.")
	case utf8.RuneCountInString(what) > mostWords:
		return "", fault.Field("what", "promise.long", "A promise has at most %d characters; say it shorter.", mostWords)
	}
	return what, nil
}

// reason proves a reason, and tidies it; code is the fault of one that is missing, in those words.
func reason(text, code, missing string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", fault.Field("reason", code, "%s", missing)
	case utf8.RuneCountInString(text) > mostReason:
		return "", fault.Field("reason", "promise.reason_long", "A reason has at most %d characters; say it shorter.", mostReason)
	}
	return text, nil
}

// moment reads when something is due: a moment as RFC 3339 has it, or a day, which is due when that day's work ends, or
// with the day where nobody works on it.
func moment(text string, now time.Time, h *hours.Timetable) (at time.Time, wholeDay bool, err error) {
	if d, failed := hours.ParseDate(text); failed == nil {
		at, wholeDay = evening(h, d), true
	} else if at, err = time.Parse(time.RFC3339, text); err != nil {
		return at, false, fault.Field("due", "promise.due", "Say by when: a day such as 2026-12-24, or a moment such as 2026-12-24T15:00:00Z.")
	}
	at = at.UTC().Truncate(time.Microsecond) // as it is kept
	switch {
	case !at.After(now):
		return at, false, fault.Field("due", "promise.past", "That time has passed; promise one that is to come.")
	case at.After(now.AddDate(mostYears, 0, 0)):
		return at, false, fault.Field("due", "promise.far", "Nobody can promise what is more than %d years away.", mostYears)
	}
	return at, wholeDay, nil
}

// evening is when a day's work ends; the end of the day where there is none on it.
func evening(h *hours.Timetable, d hours.Date) time.Time {
	morning := midnight(d, h.Zone())
	night := midnight(d+1, h.Zone())
	if work := h.Between(morning, night); work > 0 {
		return h.Add(morning, work)
	}
	return night
}

// midnight is when a day begins in a zone.
func midnight(d hours.Date, zone *time.Location) time.Time {
	day := time.Unix(int64(d)*24*60*60, 0).UTC()
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
}

// lapse lets the time do what it does: a promise that is open when it is due is broken from then on. It says whether
// that came about now.
func (p *Promise) lapse(now time.Time) bool {
	if p.State != Open || now.Before(p.Due) {
		return false
	}
	p.State, p.EndedAt = Missed, p.Due
	return true
}

// owed is a Conflict when nothing is owed under the promise any more.
func (p *Promise) owed() error {
	switch {
	case !p.KeptAt.IsZero():
		return fault.New(fault.Conflict, "promise.kept", "This promise was kept already.")
	case p.FollowedBy != 0:
		return fault.New(fault.Conflict, "promise.renewed", "Another promise has taken the place of this one.")
	case !p.SettledAt.IsZero():
		return fault.New(fault.Conflict, "promise.released", "Nobody waits for this promise any more.")
	}
	return nil
}

// end closes an open promise; a broken one stays broken, but nothing is owed under it any more.
func (p *Promise) end(as State, now time.Time) {
	if p.State == Open {
		p.State, p.EndedAt = as, now
	}
	p.SettledAt = now
	p.offer(0, time.Time{})
}

// kept says that what was promised is done.
func (p *Promise) kept(now time.Time, h *hours.Timetable) error {
	if err := p.owed(); err != nil {
		return err
	}
	p.KeptAt = now
	p.done(now, h)
	p.end(InTime, now)
	return nil
}

// done notes when what was promised was done at last.
func (p *Promise) done(now time.Time, h *hours.Timetable) {
	p.DoneAt, p.Took = now, microsOf(h.Between(p.MadeAt, now))
}

// released says that the customer lets us off.
func (p *Promise) released(now time.Time, h *hours.Timetable) error {
	if err := p.owed(); err != nil {
		return err
	}
	p.Took = microsOf(h.Between(p.MadeAt, now))
	p.end(LetOff, now)
	return nil
}

// renewed says how the customer was told that it will be later; phone, whether we have a number of theirs.
func (p *Promise) renewed(now time.Time, told How, callTried, phone bool) error {
	if err := p.owed(); err != nil {
		return err
	}
	switch {
	case !slices.Contains([]How{ByCall, ByMail, ByChat, InPerson}, told):
		return fault.Field("told", "promise.told", "Say how the customer was told: by call, mail or chat, or in person.")
	case phone && !callTried && (told == ByMail || told == ByChat):
		return fault.Field("told", "promise.call_first", "We have this customer's number: call them first, or say that you tried.")
	}
	p.Told, p.ToldAt, p.CallTried = told, now, callTried
	p.end(Replaced, now)
	return nil
}

// reminders are the moments at which the owner is reminded, in order: so much working time before it is due, but not
// before half of the time is gone. One that is further ahead than all the time there is helps nobody and is left out, the
// nearest never. Where nobody works in between, it is the middle of the time.
func (p *Promise) reminders(h *hours.Timetable, ahead []time.Duration) (all []time.Time) {
	total := h.Between(p.MadeAt, p.Due)
	if total <= 0 && len(ahead) > 0 {
		return []time.Time{p.MadeAt.Add(p.Due.Sub(p.MadeAt) / 2).Truncate(time.Microsecond)}
	}
	nearest := slices.Sorted(slices.Values(ahead))
	for i, lead := range slices.Backward(nearest) {
		if lead < total || i == 0 {
			all = append(all, h.Add(p.MadeAt, max(total/2, total-lead)).Truncate(time.Microsecond))
		}
	}
	return slices.Compact(all)
}

// next is the moment at which the promise has something to tell by itself; zero when it never will. What was told once is
// not told again.
func (p *Promise) next(h *hours.Timetable, ahead []time.Duration) time.Time {
	if p.State != Open {
		return time.Time{}
	}
	for _, at := range p.reminders(h, ahead) {
		if at.After(p.RemindedAt) && at.Before(p.Due) {
			return at
		}
	}
	return p.Due
}
