// Package failures knows what may open a recovery though nobody complained, and whether the company wants it to.
package failures

import (
	"errors"
	"slices"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
)

// Origin says what opened a complaint.
type Origin string

// The origins. All but the first are failures nobody complained about.
const (
	Heard         Origin = "heard" // somebody said so
	BrokenPromise Origin = "broken_promise"
	BreachedClock Origin = "breached_clock"
	Reopening     Origin = "reopened"
	SecondPass    Origin = "second_transfer"
	Repeated      Origin = "repeated_contact"
	Abandoned     Origin = "abandoned_call"
)

var all = []Origin{BrokenPromise, BreachedClock, Reopening, SecondPass, Repeated, Abandoned} //nolint:gochecknoglobals // a constant list

// Watched says what a failure that nobody complained about does.
type Watched struct {
	Origin   Origin `json:"origin" db:"origin" enum:"broken_promise,breached_clock,reopened,second_transfer,repeated_contact,abandoned_call"`
	Off      bool   `json:"off" db:"off" doc:"it opens no recovery"`
	Severity int    `json:"severity" db:"severity" minimum:"1" maximum:"3" doc:"of the recovery that it opens"`
	Days     int64  `json:"days,omitempty" db:"days" maximum:"90" doc:"of repeated_contact: within how many days after it was solved who writes again was not helped; 7 when absent"`
}

// Check refuses what can't be watched for.
func (w Watched) Check() error {
	switch {
	case !slices.Contains(all, w.Origin):
		return fault.Field("origin", "failure.unknown", "There is no failure %q.", w.Origin)
	case w.Severity < 1 || w.Severity > 3:
		return fault.Field("severity", "complaint.severity", "Severity is 1 (slight), 2 (serious) or 3 (grave).")
	case w.Days < 0 || w.Days > 90 || w.Days > 0 && w.Origin != Repeated:
		return fault.Field("days", "failure.days", "Days are for repeated_contact alone, and 90 at most.")
	}
	return nil
}

// Of is what is set for a failure.
func Of(tx *store.Tx, o Origin) (Watched, error) {
	w, ok, err := store.Find[Watched](tx, `SELECT origin, off, severity, days FROM complaints_failures WHERE origin = $1`, o)
	if err == nil && !ok {
		w = Watched{Origin: o, Severity: 1}
	}
	return w, err
}

// List is what is set for all of them.
func List(tx *store.Tx) ([]Watched, error) {
	some := make([]Watched, len(all))
	for i, o := range all {
		var err error
		if some[i], err = Of(tx, o); err != nil {
			return nil, err
		}
	}
	return some, nil
}

// Set sets whether a failure opens a recovery by itself, and how severe that is.
func Set(tx *store.Tx, w Watched) error {
	return errors.Join(tx.Do(`INSERT INTO complaints_failures (origin, off, severity, days) VALUES ($1, $2, $3, $4)
		ON CONFLICT (origin) DO UPDATE SET off = excluded.off, severity = excluded.severity, days = excluded.days`, w.Origin, w.Off, w.Severity, w.Days),
		tx.Record(subject(w.Origin), Changed(w)))
}

// subject is what the journal says it is about.
type subject Origin

func (s subject) String() string { return "failures/" + string(s) }

// Changed says whether a failure opens a recovery by itself now. Its fields are for ever.
type Changed struct {
	Origin   Origin `json:"origin"`
	Off      bool   `json:"off,omitempty"`
	Severity int    `json:"severity"`
	Days     int64  `json:"days,omitempty"`
}

// Kind names it.
func (Changed) Kind() string { return "complaints.watched" }
