package hours

import (
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
)

const calendars = `SELECT id, name, zone, week, holidays, public, always, calendar IS NOT NULL AS preferred, version
	FROM calendars LEFT JOIN calendars_default ON calendar = id`

func unknown(calendar ID) error {
	return fault.New(fault.NotFound, "calendar.unknown", "There is no calendar %s.", calendar)
}

func load(tx *store.Tx, calendar ID) (Calendar, error) {
	c, ok, err := store.Find[Calendar](tx, calendars+` WHERE id = $1`, calendar)
	if err == nil && !ok {
		err = unknown(calendar)
	}
	return c, err
}

func preferred(tx *store.Tx) (Calendar, error) {
	return store.One[Calendar](tx, calendars+` WHERE calendar IS NOT NULL`)
}

func all(tx *store.Tx) ([]Calendar, error) {
	return store.All[Calendar](tx, calendars+` ORDER BY calendar IS NULL, lower(name), id`)
}

// hold makes every other change of calendars wait until this transaction ends, and names the preferred one.
func hold(tx *store.Tx) (ID, error) {
	return store.One[ID](tx, `SELECT calendar FROM calendars_default`+tx.Lock())
}

func insert(tx *store.Tx, c Calendar) error {
	return tx.Do(`INSERT INTO calendars (id, name, zone, week, holidays, public, always, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1)`,
		c.ID, c.Name, c.Zone, store.JSON(c.Week), store.JSON(c.Holidays), c.Public, c.Always)
}

func save(tx *store.Tx, c Calendar) error {
	return tx.Do(`UPDATE calendars SET name = $2, zone = $3, week = $4, holidays = $5, public = $6, always = $7, version = $8 WHERE id = $1`,
		c.ID, c.Name, c.Zone, store.JSON(c.Week), store.JSON(c.Holidays), c.Public, c.Always, c.Version)
}

func prefer(tx *store.Tx, calendar ID) error {
	return tx.Do(`UPDATE calendars_default SET calendar = $1`, calendar)
}

func remove(tx *store.Tx, calendar ID) error {
	return tx.Do(`DELETE FROM calendars WHERE id = $1`, calendar)
}
