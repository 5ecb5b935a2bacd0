package recovery

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// failures are what may open a recovery though nobody complained.
var failures = []Origin{BrokenPromise, BreachedClock, Reopening, SecondPass, Repeated, Abandoned} //nolint:gochecknoglobals // a constant list

// Watched says what a failure that nobody complained about does.
type Watched struct {
	Origin   Origin `json:"origin" db:"origin" enum:"broken_promise,breached_clock,reopened,second_transfer,repeated_contact,abandoned_call"`
	Off      bool   `json:"off" db:"off" doc:"it opens no recovery"`
	Severity int    `json:"severity" db:"severity" minimum:"1" maximum:"3" doc:"of the recovery that it opens"`
	Days     int64  `json:"days,omitempty" db:"days" maximum:"90" doc:"of repeated_contact: within how many days after it was solved who writes again was not helped; 7 when absent"`
}

// watchedFor is what is set for a failure.
func watchedFor(tx *store.Tx, o Origin) (Watched, error) {
	w, ok, err := store.Find[Watched](tx, `SELECT origin, off, severity, days FROM complaints_failures WHERE origin = $1`, o)
	if err == nil && !ok {
		w = Watched{Origin: o, Severity: 1}
	}
	return w, err
}

func watched(tx *store.Tx) ([]Watched, error) {
	all := make([]Watched, len(failures))
	for i, o := range failures {
		var err error
		if all[i], err = watchedFor(tx, o); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Watch sets whether a failure opens a recovery by itself, and how severe that is.
func (room *Room) Watch(ctx context.Context, who web.Who, w Watched) (Watched, error) {
	switch {
	case !slices.Contains(failures, w.Origin):
		return w, fault.Field("origin", "failure.unknown", "There is no failure %q.", w.Origin)
	case w.Severity < 1 || w.Severity > 3:
		return w, fault.Field("severity", "complaint.severity", "Severity is 1 (slight), 2 (serious) or 3 (grave).")
	case w.Days < 0 || w.Days > 90 || w.Days > 0 && w.Origin != Repeated:
		return w, fault.Field("days", "failure.days", "Days are for repeated_contact alone, and 90 at most.")
	}
	return w, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		err := tx.Do(`INSERT INTO complaints_failures (origin, off, severity, days) VALUES ($1, $2, $3, $4)
			ON CONFLICT (origin) DO UPDATE SET off = excluded.off, severity = excluded.severity, days = excluded.days`, w.Origin, w.Off, w.Severity, w.Days)
		return errors.Join(err, tx.Record(configuredKey("failures/"+string(w.Origin)), FailureChanged(w)))
	})
}

func (room *Room) failureRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/complaints/failures", Needs: web.Capture, Say: "List the failures that may open a recovery though nobody complained"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (page web.Page[Watched], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = watched(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/complaints/failures", Needs: web.Settings, Say: "Set whether a failure opens a recovery by itself, and how severe that is"},
		func(ctx context.Context, who web.Who, in *struct{ Body Watched }) (Watched, error) {
			return room.Watch(ctx, who, in.Body)
		})
}
