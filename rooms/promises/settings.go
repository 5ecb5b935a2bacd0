package promises

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Settings are how a company promises.
type Settings struct {
	Share    float64  `json:"share" db:"share" doc:"a date is offered when that share of like promises was kept by then"`
	Cases    int64    `json:"cases" db:"cases" doc:"how many like promises there must be before history says anything against a date"`
	Remind   []int64  `json:"remind" db:"remind,json" nullable:"false" doc:"how many working minutes before a promise is due its owner is reminded"`
	Mail     bool     `json:"mail" db:"mail" doc:"the reminder also goes to its owner by mail, when they are not in the workspace then"`
	Kinds    []Kind   `json:"kinds" db:"kinds,json" nullable:"false" doc:"the company's own, beside those that come with Hearth"`
	Calendar hours.ID `json:"calendar,omitzero" db:"calendar" doc:"whose hours are counted where the team has none of its own; the default one when absent"`
	Teams    []Hours  `json:"teams" db:"teams,json" nullable:"false" doc:"teams whose promises are counted by hours of their own"`
	Version  int64    `json:"version" db:"version"`
}

// Kind is a kind of promises of a company's own.
type Kind struct {
	Key   string `json:"key" pattern:"^[a-z][a-z0-9_]{0,39}$"`
	Label string `json:"label" minLength:"1" maxLength:"80"`
}

// Hours are those by which the promises of a team are counted.
type Hours struct {
	Team     staff.TeamID `json:"team"`
	Calendar hours.ID     `json:"calendar"`
}

// SettingsChange is what to change of them; nil leaves a part as it is.
type SettingsChange struct {
	Share    *float64  `json:"share,omitempty"`
	Cases    *int64    `json:"cases,omitempty"`
	Remind   *[]int64  `json:"remind,omitempty"`
	Mail     *bool     `json:"mail,omitempty"`
	Kinds    *[]Kind   `json:"kinds,omitempty"`
	Calendar *hours.ID `json:"calendar,omitempty" doc:"empty for the default one"`
	Teams    *[]Hours  `json:"teams,omitempty" doc:"all teams that have hours of their own"`
}

const (
	fewestCases  = 20  // under 20 like cases nothing is withheld
	mostCases    = 500 // that are looked at
	mostKinds    = 50
	mostTeams    = 500
	mostReminder = 5
	longestAhead = 60 * 24 * 366 // working minutes
)

// ahead are the times before a promise is due at which its owner is reminded.
func (s Settings) ahead() []time.Duration {
	all := make([]time.Duration, len(s.Remind))
	for i, minutes := range s.Remind {
		all[i] = time.Duration(minutes) * time.Minute
	}
	return all
}

// knows says whether there is such a kind.
func (s Settings) knows(kind string) bool {
	return slices.Contains(Kinds, kind) || slices.ContainsFunc(s.Kinds, func(k Kind) bool { return k.Key == kind })
}

// check is Invalid, with the field at fault, when nobody can promise by these settings.
func (s *Settings) check() error {
	switch {
	case s.Share < .5 || s.Share > .99:
		return fault.Field("share", "promises.share", "The share of promises that must be kept lies between 0.5 and 0.99.")
	case s.Cases < fewestCases || s.Cases > mostCases:
		return fault.Field("cases", "promises.cases", "History speaks from %d to %d like cases on.", fewestCases, mostCases)
	case len(s.Remind) > mostReminder || slices.ContainsFunc(s.Remind, func(m int64) bool { return m < 1 || m > longestAhead }):
		return fault.Field("remind", "promises.remind", "Remind up to %d times, each some working minutes before, at most a year.", mostReminder)
	case len(s.Kinds) > mostKinds:
		return fault.Field("kinds", "promises.kinds_many", "%d kinds of your own are as many as can be kept.", mostKinds)
	}
	slices.SortFunc(s.Teams, func(a, b Hours) int { return cmp.Compare(a.Team, b.Team) })
	if len(s.Teams) > mostTeams || len(slices.CompactFunc(slices.Clone(s.Teams), func(a, b Hours) bool { return a.Team == b.Team })) < len(s.Teams) {
		return fault.Field("teams", "promises.teams", "Each team has hours once, and at most %d have.", mostTeams)
	}
	slices.Sort(s.Remind)
	slices.Reverse(s.Remind)
	s.Remind = slices.Compact(s.Remind)
	var seen []string
	for i, k := range s.Kinds {
		s.Kinds[i].Label = strings.TrimSpace(k.Label)
		if s.Kinds[i].Label == "" || slices.Contains(Kinds, k.Key) || slices.Contains(seen, k.Key) {
			return fault.Field("kinds", "promises.kinds", "Each kind of your own has a name, and a key that no other kind has.")
		}
		seen = append(seen, k.Key)
	}
	return nil
}

// change applies a change and names the parts that are different now.
func (s *Settings) change(ch SettingsChange) (parts []string) {
	was := *s
	set(&s.Share, ch.Share)
	set(&s.Cases, ch.Cases)
	set(&s.Remind, ch.Remind)
	set(&s.Mail, ch.Mail)
	set(&s.Kinds, ch.Kinds)
	set(&s.Calendar, ch.Calendar)
	set(&s.Teams, ch.Teams)
	for _, part := range []struct {
		name     string
		was, now any
	}{
		{"share", was.Share, s.Share},
		{"cases", was.Cases, s.Cases},
		{"remind", was.Remind, s.Remind},
		{"mail", was.Mail, s.Mail},
		{"kinds", was.Kinds, s.Kinds},
		{"calendar", was.Calendar, s.Calendar},
		{"teams", was.Teams, s.Teams},
	} {
		if !reflect.DeepEqual(part.was, part.now) {
			parts = append(parts, part.name)
		}
	}
	return parts
}

func set[T any](into, v *T) {
	if v != nil {
		*into = *v
	}
}

// Settings shows how the company promises.
func (room *Room) Settings(tx *store.Tx) (Settings, error) { return readSettings(tx) }

type settings struct{}

func (settings) String() string { return "promises" }

// Configure changes how the company promises. Open promises are reminded by it; those of a kind that is no more stay.
func (room *Room) Configure(ctx context.Context, who web.Who, ch SettingsChange) (s Settings, err error) {
	return s, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if s, err = holdSettings(tx); err != nil {
			return err
		}
		was := s
		s.Remind, s.Kinds, s.Teams = slices.Clone(s.Remind), slices.Clone(s.Kinds), slices.Clone(s.Teams)
		if len(s.change(ch)) == 0 {
			return nil
		}
		if err := s.check(); err != nil {
			return err
		}
		if ch.Calendar != nil || ch.Teams != nil { // what was chosen before may be gone by now, and hinders no other change
			if err := room.there(tx, s); err != nil {
				return err
			}
		}
		parts := was.change(SettingsChange{&s.Share, &s.Cases, &s.Remind, &s.Mail, &s.Kinds, &s.Calendar, &s.Teams}) // as they are once tidied
		if len(parts) == 0 {
			return nil
		}
		s.Version++
		err := errors.Join(saveSettings(tx, s), tx.Record(settings{}, Configured{parts}))
		if slices.ContainsFunc(parts, func(p string) bool { return p == "remind" || p == "calendar" || p == "teams" }) {
			err = errors.Join(err, room.retimeAll(tx))
		}
		return err
	})
}

// there proves that the calendars and teams of settings are there.
func (room *Room) there(tx *store.Tx, s Settings) error {
	named := func(field string, err error) error {
		if f := fault.Of(err); f != nil && f.Kind == fault.NotFound {
			return f.About(field)
		}
		return err
	}
	if s.Calendar != 0 {
		if _, err := room.hours.Calendar(tx, s.Calendar); err != nil {
			return named("calendar", err)
		}
	}
	for _, of := range s.Teams {
		_, err := room.hours.Calendar(tx, of.Calendar)
		if err == nil {
			_, err = room.staff.Team(tx, of.Team)
		}
		if err != nil {
			return named("teams", err)
		}
	}
	return nil
}

// withoutCalendar has the hours of the company count where those of a calendar did that is gone, and the default ones for it.
func (room *Room) withoutCalendar(tx *store.Tx, gone hours.ID) error {
	s, err := holdSettings(tx)
	if err != nil {
		return err
	}
	var parts []string
	if s.Calendar == gone {
		s.Calendar, parts = 0, append(parts, "calendar")
	}
	left := slices.DeleteFunc(slices.Clone(s.Teams), func(of Hours) bool { return of.Calendar == gone })
	if len(left) < len(s.Teams) {
		s.Teams, parts = left, append(parts, "teams")
	}
	if len(parts) == 0 {
		return nil
	}
	s.Version++
	return errors.Join(saveSettings(tx, s), tx.Record(settings{}, Configured{parts}), room.retimeAll(tx))
}

// withoutTeam has the hours of the company count for what was a team's that is no more.
func (room *Room) withoutTeam(tx *store.Tx, gone staff.TeamID) error {
	s, err := holdSettings(tx)
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(s.Teams), func(of Hours) bool { return of.Team == gone })
	if len(left) == len(s.Teams) {
		return nil
	}
	s.Teams = left
	s.Version++
	return errors.Join(saveSettings(tx, s), tx.Record(settings{}, Configured{[]string{"teams"}}), room.retimeAll(tx))
}

// terms are the settings, and the working time that counts by them for a team; for the company as a whole when it is zero.
func (room *Room) terms(tx *store.Tx, team staff.TeamID) (s Settings, h *hours.Timetable, err error) {
	if s, err = readSettings(tx); err == nil {
		h, err = room.timetable(tx, s, team)
	}
	return s, h, err
}

// Zone is where the working time lies by which a promise is counted.
func (room *Room) Zone(tx *store.Tx, p Promise) (*time.Location, error) {
	_, h, err := room.terms(tx, p.DoorTeam)
	if err != nil {
		return nil, err
	}
	return h.Zone(), nil
}

// calendar is that of a team, or the company's; zero for the default one.
func (s Settings) calendar(team staff.TeamID) hours.ID {
	for _, of := range s.Teams {
		if of.Team == team {
			return of.Calendar
		}
	}
	return s.Calendar
}

// timetable is the working time that counts for a team: of the calendar that was chosen, or of the default one.
func (room *Room) timetable(tx *store.Tx, s Settings, team staff.TeamID) (*hours.Timetable, error) {
	c, err := room.hours.Default(tx)
	if which := s.calendar(team); which != 0 {
		chosen, failed := room.hours.Calendar(tx, which)
		if f := fault.Of(failed); failed != nil && (f == nil || f.Kind != fault.NotFound) { // where it was removed, the default one counts
			return nil, failed
		} else if failed == nil {
			c = chosen
		}
	}
	if err != nil {
		return nil, err
	}
	return c.Timetable()
}
