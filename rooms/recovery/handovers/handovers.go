// Package handovers keeps how colleagues were asked to take complaints over, and what they answered.
package handovers

import (
	"time"

	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
)

type handoverKind struct{}

func (handoverKind) Prefix() string { return "hnd" }

// ID names the asking of a colleague to take a complaint over.
type ID = id.Of[handoverKind]

// NewID makes one.
func NewID(tx *store.Tx) ID { return store.NewID[handoverKind](tx) }

// Handover is the asking of a colleague to take a complaint over.
type Handover struct {
	ID         ID        `json:"id" db:"id"`
	Complaint  stages.ID `json:"complaint" db:"complaint"`
	From       staff.ID  `json:"from,omitzero" db:"from_staff"`
	To         staff.ID  `json:"to" db:"to_staff"`
	Summary    string    `json:"summary,omitempty" db:"summary"`
	State      string    `json:"state" db:"state" enum:"waiting,accepted,declined,taken_back,closed"`
	Reason     string    `json:"reason,omitempty" db:"reason" doc:"why it was declined"`
	At         time.Time `json:"at" db:"at"`
	AnsweredAt time.Time `json:"answered_at,omitzero" db:"answered_at"`
}

const columns = `id, complaint, from_staff, to_staff, summary, state, reason, at, answered_at`

// Insert enters one that waits for its answer.
func Insert(tx *store.Tx, h Handover) error {
	return tx.Do(`INSERT INTO complaints_handovers (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, '', $7, 0)`, h.ID, h.Complaint, h.From, h.To, h.Summary, h.State, h.At)
}

// Waiting is the one that was not answered yet. There is one when the complaint is offered to somebody.
func Waiting(tx *store.Tx, which stages.ID) (Handover, error) {
	return store.One[Handover](tx, `SELECT `+columns+` FROM complaints_handovers WHERE complaint = $1 AND state = 'waiting'`, which)
}

// Close says how one ended, and why.
func Close(tx *store.Tx, which ID, as, reason string) error {
	return tx.Do(`UPDATE complaints_handovers SET state = $2, reason = $3, answered_at = $4 WHERE id = $1`, which, as, reason, tx.Now())
}

// Of lists those of a complaint, oldest first.
func Of(tx *store.Tx, which stages.ID) ([]Handover, error) {
	return store.All[Handover](tx, `SELECT `+columns+` FROM complaints_handovers WHERE complaint = $1 ORDER BY id`, which)
}
