package hours

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/hearthdesk/hearth/base/store"
)

// Home is the zone this machine keeps, as TZ or /etc/localtime name it; empty when neither does.
func Home() string {
	name, ok := os.LookupEnv("TZ")
	if !ok {
		// A link into the zone database, by the habit of every Unix: …/zoneinfo/Europe/Berlin.
		target, err := os.Readlink("/etc/localtime")
		if err != nil {
			return ""
		}
		_, name, _ = strings.Cut(target, "zoneinfo/")
	}
	name = strings.TrimPrefix(name, ":")
	if _, err := zoneNamed(name); err != nil {
		return ""
	}
	return name
}

// Settle gives the calendar that is there from the start the zone the company is in, unless somebody has changed it. A zone
// that is not known changes nothing.
func (room *Room) Settle(ctx context.Context, zone string) error {
	if _, err := zoneNamed(zone); err != nil {
		return nil //nolint:nilerr // the calendar stays where it is
	}
	return room.db.Write(ctx, store.System("hours"), func(tx *store.Tx) error {
		if _, err := hold(tx); err != nil {
			return err
		}
		c, err := preferred(tx)
		if err != nil || c.Version > 1 || c.ID != first || c.Zone == zone {
			return err
		}
		c.Zone, c.Version = zone, c.Version+1
		return errors.Join(save(tx, c), tx.Record(c.ID, Changed{c.ID, []string{"zone"}}))
	})
}

const first = ID(1) // the calendar that is there from the start
