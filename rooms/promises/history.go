package promises

import (
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/odds"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Likeness says which promises history speaks of.
type Likeness string

// The likenesses, the narrowest with enough cases counts.
const (
	SameTeam Likeness = "kind_and_team"
	SameKind Likeness = "kind"
	AnyKind  Likeness = "all"
	TooFew   Likeness = "few" // nothing is said against any date
)

// lesson is what like promises teach: how much working time they took.
type lesson struct {
	curve odds.Curve
	cases int // that ended: kept, renewed or broken
	like  Likeness
}

// learned is what promises teach. How long one took is known when it was done at last: late, or under one that took its
// place, too. One that was broken, or renewed and then not kept either, had not been kept when it was due, one the customer
// let us off not when they did, one that is open not until now.
func learned(all []past, now time.Time, h *hours.Timetable) (l lesson) {
	cases := make([]odds.Case, 0, len(all))
	for _, p := range all {
		switch {
		case !p.DoneAt.IsZero():
			cases = append(cases, odds.Case{Took: p.Took.duration(), Happened: true})
		case p.State == LetOff:
			cases = append(cases, odds.Case{Took: p.Took.duration()})
			continue
		case p.State == Open:
			cases = append(cases, odds.Case{Took: h.Between(p.MadeAt, now)})
			continue
		default:
			cases = append(cases, odds.Case{Took: p.Allowed.duration()})
		}
		l.cases++
	}
	l.curve = odds.KaplanMeier(cases)
	return l
}

// learn looks at the newest promises of the same kind and team, of the same kind, or at all: at the narrowest with enough
// cases.
func (room *Room) learn(tx *store.Tx, s Settings, h *hours.Timetable, kind string, team staff.TeamID) (l lesson, err error) {
	for _, look := range []struct {
		like Likeness
		kind string
		team *staff.TeamID
	}{{SameTeam, kind, &team}, {SameKind, kind, nil}, {AnyKind, "", nil}} {
		all, err := like(tx, look.kind, look.team)
		if err != nil {
			return l, err
		}
		if l = learned(all, tx.Now(), h); int64(l.cases) >= s.Cases {
			l.like = look.like
			return l, nil
		}
	}
	l.like = TooFew
	return l, nil
}

// need is the least working time in which so many like promises were kept as the settings want; false when that was
// never seen.
func (l lesson) need(s Settings) (time.Duration, bool) { return l.curve.Until(1 - s.Share) }

// patience is how long an offered date may be promised after it was offered: words take their time.
const patience = 15 * time.Minute

// grants says whether history has nothing against a promise that allows so much working time.
func (l lesson) grants(s Settings, allowed time.Duration) bool {
	if l.like == TooFew {
		return true
	}
	need, seen := l.need(s)
	return seen && allowed+min(patience, need/10) >= need
}

// because proves why something is promised that history speaks against; Invalid without a reason.
func (l lesson) because(text string, s Settings, now time.Time, h *hours.Timetable) (string, error) {
	text, err := reason(text, "promise.unlikely", "")
	if f := fault.Of(err); f != nil && f.Code == "promise.unlikely" {
		percent := int(s.Share*100 + .5)
		if at, ok := l.earliest(s, now, h); ok {
			return "", fault.Field("due", "promise.unlikely", "Fewer than %d in 100 promises like this were kept so soon. %s is the earliest time that would be; to promise this one anyway, say why.",
				percent, at.In(h.Zone()).Format("Monday, 2006-01-02 15:04"))
		}
		return "", fault.Field("due", "promise.unlikely", "Fewer than %d in 100 promises like this were kept, whatever their time. To promise it anyway, say why.", percent)
	} else if err != nil {
		return "", f.About("anyway")
	}
	return text, nil
}

const quarter = 15 * time.Minute

// earliest is the first full quarter of an hour by which like promises were kept; false when history does not know one.
func (l lesson) earliest(s Settings, now time.Time, h *hours.Timetable) (time.Time, bool) {
	need, seen := l.need(s)
	if l.like == TooFew || !seen {
		return time.Time{}, false
	}
	at := h.Add(now, need)
	if full := at.Truncate(quarter); full.Before(at) {
		return full.Add(quarter), true
	}
	return at, true
}

// Asked is a date that somebody would like to promise.
type Asked struct {
	Kind   string
	Ticket tickets.ID
	Team   staff.TeamID
	Owner  staff.ID
	Due    string // none when only the earliest is wanted
}

// Offer is what history says about a date.
type Offer struct {
	OK          bool      `json:"ok" doc:"history has nothing against the date; true as well when no date was asked about"`
	NeedsReason bool      `json:"needs_reason" doc:"it can be promised only with a reason (anyway)"`
	Due         time.Time `json:"due,omitzero" doc:"the date that was asked about, as a moment"`
	Earliest    time.Time `json:"earliest,omitzero" doc:"the first date that can be offered; absent when there are too few cases, or never is true"`
	Never       bool      `json:"never,omitempty" doc:"whatever the time, too few like promises were kept to offer a date"`
	Like        Likeness  `json:"like" enum:"kind_and_team,kind,all,few" doc:"whose history this is; few: nothing is said against a date"`
	Cases       int       `json:"cases" doc:"like promises that were kept, renewed or broken"`
	Share       *float64  `json:"share,omitempty" doc:"which share of them was kept by the date"`
	Wanted      float64   `json:"wanted" doc:"the share that must be"`
}

// Offer says what history has to say about a date, and which is the earliest that can be offered.
func (room *Room) Offer(tx *store.Tx, who web.Who, a Asked) (o Offer, err error) {
	s, err := readSettings(tx)
	if err != nil {
		return o, err
	}
	if a.Kind == "" {
		a.Kind = "other"
	}
	if !s.knows(a.Kind) {
		return o, fault.Field("kind", "promise.kind", "There is no such kind of promise.")
	}
	if a.Team, err = room.teamOf(tx, who, a); err != nil {
		return o, err
	}
	h, err := room.timetable(tx, s, a.Team)
	if err != nil {
		return o, err
	}
	l, err := room.learn(tx, s, h, a.Kind, a.Team)
	if err != nil {
		return o, err
	}
	o = Offer{OK: true, Like: l.like, Cases: l.cases, Wanted: s.Share}
	var known bool
	o.Earliest, known = l.earliest(s, tx.Now(), h)
	o.Never = l.like != TooFew && !known
	if a.Due == "" {
		return o, nil
	}
	if o.Due, _, err = moment(a.Due, tx.Now(), h); err != nil {
		return o, err
	}
	allowed := h.Between(tx.Now(), o.Due)
	o.OK = l.grants(s, allowed)
	o.NeedsReason = !o.OK
	if l.like != TooFew {
		share := 1 - l.curve.Left(allowed)
		o.Share = &share
	}
	return o, nil
}

// teamOf is whose promise it would be: the ticket's, the one that is named, or the owner's only one.
func (room *Room) teamOf(tx *store.Tx, who web.Who, a Asked) (staff.TeamID, error) {
	if a.Ticket != 0 {
		t, err := room.tickets.Look(tx, a.Ticket)
		if err == nil && !room.tickets.Sees(who, t) {
			err = fault.New(fault.NotFound, "ticket.unknown", "There is no ticket %s.", a.Ticket)
		}
		return t.Team, err
	}
	if a.Team != 0 {
		if !who.Sees(int64(a.Team)) { // how others do is theirs to know
			return 0, fault.New(fault.NotFound, "team.unknown", "There is no team %s.", a.Team)
		}
		return a.Team, nil
	}
	if a.Owner == 0 {
		a.Owner = staff.ID(who.Staff)
	}
	if a.Owner == 0 {
		return 0, nil
	}
	m, err := room.staff.Load(tx, a.Owner)
	if err != nil || len(m.Teams) != 1 || !who.Sees(int64(m.Teams[0])) {
		return 0, err
	}
	return m.Teams[0], nil
}
