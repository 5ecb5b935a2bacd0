package promises

import (
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
)

// Settings are how a company promises.
type Settings struct {
	Share    float64  `json:"share" db:"share" doc:"a date is offered when that share of like promises was kept by then"`
	Cases    int64    `json:"cases" db:"cases" doc:"how many like promises there must be before history says anything against a date"`
	Remind   []int64  `json:"remind" db:"remind,json" nullable:"false" doc:"how many working minutes before a promise is due its owner is reminded"`
	Kinds    []Kind   `json:"kinds" db:"kinds,json" nullable:"false" doc:"the company's own, beside those that come with Hearth"`
	Calendar hours.ID `json:"calendar,omitzero" db:"calendar" doc:"whose hours are counted; the default one when absent"`
	Version  int64    `json:"version" db:"version"`
}

// Kind is a kind of promises of a company's own.
type Kind struct {
	Key   string `json:"key" pattern:"^[a-z][a-z0-9_]{0,39}$"`
	Label string `json:"label" minLength:"1" maxLength:"80"`
}

// SettingsChange is what to change of them; nil leaves a part as it is.
type SettingsChange struct {
	Share    *float64  `json:"share,omitempty"`
	Cases    *int64    `json:"cases,omitempty"`
	Remind   *[]int64  `json:"remind,omitempty"`
	Kinds    *[]Kind   `json:"kinds,omitempty"`
	Calendar *hours.ID `json:"calendar,omitempty" doc:"empty for the default one"`
}

const (
	fewestCases  = 20  // under 20 like cases nothing is withheld
	mostCases    = 500 // that are looked at
	mostKinds    = 50
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
	set(&s.Kinds, ch.Kinds)
	set(&s.Calendar, ch.Calendar)
	for _, part := range []struct {
		name     string
		was, now any
	}{
		{"share", was.Share, s.Share},
		{"cases", was.Cases, s.Cases},
		{"remind", was.Remind, s.Remind},
		{"kinds", was.Kinds, s.Kinds},
		{"calendar", was.Calendar, s.Calendar},
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
		s.Remind, s.Kinds = slices.Clone(s.Remind), slices.Clone(s.Kinds)
		if len(s.change(ch)) == 0 {
			return nil
		}
		if err := s.check(); err != nil {
			return err
		}
		if s.Calendar != 0 {
			if _, err := room.hours.Calendar(tx, s.Calendar); err != nil {
				return calendarField(err)
			}
		}
		parts := was.change(SettingsChange{&s.Share, &s.Cases, &s.Remind, &s.Kinds, &s.Calendar}) // as they are once tidied
		if len(parts) == 0 {
			return nil
		}
		s.Version++
		err := errors.Join(saveSettings(tx, s), tx.Record(settings{}, Configured{parts}))
		if slices.Contains(parts, "remind") || slices.Contains(parts, "calendar") {
			err = errors.Join(err, room.retimeAll(tx))
		}
		return err
	})
}

// calendarField says of which field a calendar is unknown.
func calendarField(err error) error {
	if f := fault.Of(err); f != nil && f.Kind == fault.NotFound {
		return fault.Field("calendar", f.Code, "%s", f.Say)
	}
	return err
}

// terms are the settings, and the working time that counts by them.
func (room *Room) terms(tx *store.Tx) (s Settings, h *hours.Timetable, err error) {
	if s, err = readSettings(tx); err == nil {
		h, err = room.timetable(tx, s)
	}
	return s, h, err
}

// timetable is the working time that counts: of the calendar that was chosen, or of the default one.
func (room *Room) timetable(tx *store.Tx, s Settings) (*hours.Timetable, error) {
	c, err := room.hours.Default(tx)
	if s.Calendar != 0 {
		chosen, failed := room.hours.Calendar(tx, s.Calendar)
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
