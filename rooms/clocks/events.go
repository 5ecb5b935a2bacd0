package clocks

import (
	"time"

	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What happens here. Kinds and fields are for ever. Those about clocks are about their tickets.

// Started says a clock with a target runs.
type Started struct {
	Ticket tickets.ID `json:"ticket"`
	Clock  Kind       `json:"clock"`
	Policy TargetID   `json:"policy"`
	Due    time.Time  `json:"due,omitzero"` // the first moment that is too late; zero while it stands still
}

// Kind names it.
func (Started) Kind() string { return "clocks.started" }

// Paused says a clock with a target stands still.
type Paused struct {
	Ticket tickets.ID `json:"ticket"`
	Clock  Kind       `json:"clock"`
}

// Kind names it.
func (Paused) Kind() string { return "clocks.paused" }

// Resumed says a clock with a target goes on.
type Resumed struct {
	Ticket tickets.ID `json:"ticket"`
	Clock  Kind       `json:"clock"`
	Due    time.Time  `json:"due,omitzero"`
}

// Kind names it.
func (Resumed) Kind() string { return "clocks.resumed" }

// Retimed says another policy or other hours moved a clock; its target may be another, too, or none.
type Retimed struct {
	Ticket tickets.ID `json:"ticket"`
	Clock  Kind       `json:"clock"`
	Policy TargetID   `json:"policy,omitzero"`
	Due    time.Time  `json:"due,omitzero"`
}

// Kind names it.
func (Retimed) Kind() string { return "clocks.retimed" }

// Warned says a clock is soon due.
type Warned struct {
	Ticket tickets.ID `json:"ticket"`
	Clock  Kind       `json:"clock"`
	Due    time.Time  `json:"due"`
}

// Kind names it.
func (Warned) Kind() string { return "clocks.warned" }

// Breached says a clock was due and what it measures had not happened.
type Breached struct {
	Ticket tickets.ID `json:"ticket"`
	Clock  Kind       `json:"clock"`
	Due    time.Time  `json:"due"`
}

// Kind names it.
func (Breached) Kind() string { return "clocks.breached" }

// Met says what a clock measures happened in time.
type Met struct {
	Ticket tickets.ID `json:"ticket"`
	Clock  Kind       `json:"clock"`
	At     time.Time  `json:"at"`
}

// Kind names it.
func (Met) Kind() string { return "clocks.met" }

// Withdrawn says that what was told of a clock, met or breached, is no longer so: it was reopened, or news came late.
type Withdrawn struct {
	Ticket tickets.ID `json:"ticket"`
	Clock  Kind       `json:"clock"`
}

// Kind names it.
func (Withdrawn) Kind() string { return "clocks.withdrawn" }

// Dropped says a clock with a target no longer matters.
type Dropped struct {
	Ticket tickets.ID `json:"ticket"`
	Clock  Kind       `json:"clock"`
}

// Kind names it.
func (Dropped) Kind() string { return "clocks.dropped" }

// Waited says the customer's own clock stopped: they are content, or they were asked and say nothing.
type Waited struct {
	Ticket  tickets.ID `json:"ticket"`
	Seconds int64      `json:"seconds"`
	Content bool       `json:"content"`
}

// Kind names it.
func (Waited) Kind() string { return "clocks.waited" }

// Added says there is a new policy.
type Added struct {
	Policy TargetID `json:"policy"`
}

// Kind names it.
func (Added) Kind() string { return "targets.added" }

// Changed says parts of a policy are different.
type Changed struct {
	Policy TargetID `json:"policy"`
	Parts  []string `json:"parts"` // name, when, calendar, targets, warn, hold_pauses
}

// Kind names it.
func (Changed) Kind() string { return "targets.changed" }

// Ordered says in which order the policies stand now.
type Ordered struct {
	Order []TargetID `json:"order"`
}

// Kind names it.
func (Ordered) Kind() string { return "targets.ordered" }

// Removed says a policy is no more.
type Removed struct {
	Policy TargetID `json:"policy"`
}

// Kind names it.
func (Removed) Kind() string { return "targets.removed" }
