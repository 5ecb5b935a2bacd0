package hours

import (
	"context"
	"embed"
	"errors"
	"reflect"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this room. One calendar is there from the start: Monday to Friday, nine to five, in UTC until
// somebody says where the company is.
var Tables = store.Migrations{Room: "hours", FS: migrations}

// Room is the door to calendars.
type Room struct {
	db *store.DB
}

// New furnishes the room; db may be nil when only the OpenAPI document is wanted.
func New(db *store.DB) *Room { return &Room{db} }

// Calendar reads one calendar; NotFound when there is none, or it was removed.
func (room *Room) Calendar(tx *store.Tx, calendar ID) (Calendar, error) { return load(tx, calendar) }

// Default is the calendar that counts wherever no other is chosen. There always is one.
func (room *Room) Default(tx *store.Tx) (Calendar, error) { return preferred(tx) }

// Calendars lists them by name, the default one first.
func (room *Room) Calendars(tx *store.Tx) ([]Calendar, error) { return all(tx) }

// Add enters a calendar.
func (room *Room) Add(ctx context.Context, who web.Who, c Calendar) (Calendar, error) {
	c.plain()
	if _, err := c.Timetable(); err != nil {
		return c, err
	}
	return c, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		c.ID, c.Version, c.Default = store.NewID[calendarKind](tx), 1, false
		return errors.Join(insert(tx, c), tx.Record(c.ID, Added{c.ID}))
	})
}

// Change is what to change of a calendar; nil leaves a part as it is.
type Change struct {
	Name     *string    `json:"name,omitempty" maxLength:"200"`
	Zone     *string    `json:"zone,omitempty" maxLength:"60"`
	Week     *[7][]Span `json:"week,omitempty"`
	Holidays *[]Holiday `json:"holidays,omitempty" maxItems:"1000"`
	Public   *string    `json:"public,omitempty" maxLength:"10" doc:"a code of GET /calendars/regions; empty for none"`
	Always   *bool      `json:"always,omitempty"`
}

// Change corrects parts of a calendar. Whoever counts by it counts anew.
func (room *Room) Change(ctx context.Context, who web.Who, calendar ID, ch Change) (c Calendar, err error) {
	return c, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if _, err := hold(tx); err != nil {
			return err
		}
		if c, err = load(tx, calendar); err != nil {
			return err
		}
		parts := c.change(ch)
		if _, err := c.Timetable(); err != nil || len(parts) == 0 {
			return err
		}
		c.Version++
		return errors.Join(save(tx, c), tx.Record(c.ID, Changed{c.ID, parts}))
	})
}

// change applies a change and names the parts that are different now.
func (c *Calendar) change(ch Change) (parts []string) {
	was := *c
	put(&c.Name, ch.Name)
	put(&c.Zone, ch.Zone)
	put(&c.Week, ch.Week)
	put(&c.Holidays, ch.Holidays)
	put(&c.Public, ch.Public)
	put(&c.Always, ch.Always)
	c.plain()
	for _, part := range []struct {
		name     string
		was, now any
	}{
		{"name", was.Name, c.Name},
		{"zone", was.Zone, c.Zone},
		{"week", was.Week, c.Week},
		{"holidays", was.Holidays, c.Holidays},
		{"public", was.Public, c.Public},
		{"always", was.Always, c.Always},
	} {
		if !reflect.DeepEqual(part.was, part.now) {
			parts = append(parts, part.name)
		}
	}
	return parts
}

func put[T any](into, v *T) {
	if v != nil {
		*into = *v
	}
}

// plain is the form in which a calendar is kept: no spaces around, and empty lists instead of none.
func (c *Calendar) plain() {
	c.Name, c.Zone = strings.TrimSpace(c.Name), strings.TrimSpace(c.Zone)
	for day := range c.Week {
		if c.Week[day] == nil {
			c.Week[day] = []Span{}
		}
	}
	if c.Holidays == nil {
		c.Holidays = []Holiday{}
	}
}

// Prefer makes a calendar the default one.
func (room *Room) Prefer(ctx context.Context, who web.Who, calendar ID) (c Calendar, err error) {
	return c, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		was, err := hold(tx)
		if err != nil {
			return err
		}
		if c, err = load(tx, calendar); err != nil || c.Default {
			return err
		}
		c.Default = true
		return errors.Join(prefer(tx, c.ID), tx.Record(c.ID, Preferred{c.ID, was}))
	})
}

// Remove takes a calendar away; where it was chosen, the default one counts. The default one stays.
func (room *Room) Remove(ctx context.Context, who web.Who, calendar ID) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if _, err := hold(tx); err != nil {
			return err
		}
		c, err := load(tx, calendar)
		if err != nil {
			return err
		}
		if c.Default {
			return fault.New(fault.Conflict, "calendar.default", "This is the default calendar; choose another default first.")
		}
		return errors.Join(remove(tx, c.ID), tx.Record(c.ID, Removed{c.ID}))
	})
}
