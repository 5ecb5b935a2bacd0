package conference

import (
	"context"
	"errors"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// Settings are how a company asks others.
type Settings struct {
	ChaseAfter int64 `json:"chase_after" db:"chase_after" doc:"after how many working minutes without an answer those in a part are to be reminded"`
	Version    int64 `json:"version" db:"version"`
}

// SettingsChange is what to change of them; nil leaves a part as it is.
type SettingsChange struct {
	ChaseAfter *int64 `json:"chase_after,omitempty"`
}

const (
	soonestChase = 30          // working minutes
	latestChase  = 60 * 8 * 60 // sixty days of eight hours
)

// change applies a change, and names what is different now.
func (s *Settings) change(ch SettingsChange) (parts []string, err error) {
	if ch.ChaseAfter == nil || *ch.ChaseAfter == s.ChaseAfter {
		return nil, nil
	}
	if *ch.ChaseAfter < soonestChase || *ch.ChaseAfter > latestChase {
		return nil, fault.Field("chase_after", "part.chase_after", "Remind them after half an hour of working time at the soonest, and after sixty working days at the latest.")
	}
	s.ChaseAfter = *ch.ChaseAfter
	return []string{"chase_after"}, nil
}

// after is how much working time passes before they are reminded.
func (s Settings) after() time.Duration { return time.Duration(s.ChaseAfter) * time.Minute }

// settings are what its events are about.
type settings struct{}

func (settings) String() string { return "parts" }

// Settings shows how the company asks others.
func (room *Room) Settings(tx *store.Tx) (Settings, error) {
	return store.One[Settings](tx, `SELECT chase_after, version FROM parts_settings WHERE id = 1`)
}

// Configure changes how the company asks others. What was asked before is chased when it was said then.
func (room *Room) Configure(ctx context.Context, who web.Who, ch SettingsChange) (s Settings, err error) {
	return s, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if s, err = store.One[Settings](tx, `SELECT chase_after, version FROM parts_settings WHERE id = 1`+tx.Lock()); err != nil {
			return err
		}
		parts, err := s.change(ch)
		if err != nil || len(parts) == 0 {
			return err
		}
		s.Version++
		return errors.Join(tx.Do(`UPDATE parts_settings SET chase_after = $1, version = $2 WHERE id = 1`, s.ChaseAfter, s.Version), tx.Record(settings{}, Configured{parts}))
	})
}
