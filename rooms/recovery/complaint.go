// Package recovery puts right what went wrong for a customer, and adds something beyond that.
//
// A complaint goes its way through five stages: it is captured in the customer's words, investigated, resolved,
// communicated, and followed up. Each stage has an owner, a clock and a list of what must be done before it is left. Whoever
// hears it owns it until somebody else accepts it. A failure that nobody complained about opens a recovery by itself. What
// the customer would like is asked before anything is offered; making it right and something extra are two things, always
// apart. Every member of staff may spend up to a limit without asking: saying yes needs nobody, saying no needs a
// supervisor's agreement, and their answers stay as guidance for the next time.
package recovery

import (
	"slices"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/failures"
	"github.com/hearthdesk/hearth/rooms/recovery/handovers"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// The ids of complaints.
type (
	// ID names a complaint.
	ID = stages.ID
	// HandoverID names the asking of a colleague to take a complaint over.
	HandoverID = handovers.ID
	// Handover is the asking of a colleague to take a complaint over.
	Handover = handovers.Handover
)

// How complaints of each kind are dealt with.
type (
	// Stage is how far a complaint has come.
	Stage = stages.Stage
	// Kind is a sort of complaint and how it is dealt with.
	Kind = stages.Kind
	// Plan is what a stage asks for.
	Plan = stages.Plan
	// Check is something that must be done.
	Check = stages.Check
)

// What opens a complaint, and what is set for it.
type (
	// Origin says what opened a complaint.
	Origin = failures.Origin
	// Watched says what a failure that nobody complained about does.
	Watched = failures.Watched
)

// The origins. All but the first are failures nobody complained about.
const (
	Heard         = failures.Heard
	BrokenPromise = failures.BrokenPromise
	BreachedClock = failures.BreachedClock
	Reopening     = failures.Reopening
	SecondPass    = failures.SecondPass
	Repeated      = failures.Repeated
	Abandoned     = failures.Abandoned
)

// Ended says how a closed complaint ended.
type Ended string

// The ways a complaint ends.
const (
	Content  Ended = "content"  // it held, and they trust us again
	Silent   Ended = "silent"   // asked whether it held, no answer
	Mistaken Ended = "mistaken" // there was no failure
)

// Answer is a yes, a no, or nothing yet.
type Answer = stages.Answer

// The answers.
const (
	Yes = stages.Yes
	No  = stages.No
)

// Complaint is something that went wrong for somebody, and how far it is put right.
type Complaint struct {
	ID        ID           `json:"id" db:"id"`
	Ticket    tickets.ID   `json:"ticket,omitzero" db:"ticket" doc:"absent for one among colleagues"`
	Customer  people.ID    `json:"customer,omitzero" db:"customer"`
	Team      staff.TeamID `json:"team,omitzero" db:"team"`
	Kind      string       `json:"kind" db:"kind"`
	Severity  int          `json:"severity" db:"severity" enum:"1,2,3" doc:"1 slight, 2 serious, 3 grave"`
	What      string       `json:"what" db:"what" doc:"what happened, in their words; empty when a failure opened it"`
	Wish      string       `json:"wanted,omitempty" db:"wish" doc:"what they would like"`
	WishNone  bool         `json:"would_not_say,omitempty" db:"wish_none" doc:"they were asked and would not say"`
	Cause     string       `json:"cause,omitempty" db:"cause" doc:"why it happened, for colleagues"`
	Internal  bool         `json:"internal" db:"internal" doc:"a colleague's"`
	Origin    Origin       `json:"origin" db:"origin" enum:"heard,broken_promise,breached_clock,reopened,second_transfer,repeated_contact,abandoned_call"`
	Stage     Stage        `json:"stage" db:"stage" enum:"capture,investigate,resolve,communicate,follow_up"`
	Place     int64        `json:"-" db:"place"` // how many stages it has been in
	Owner     staff.ID     `json:"owner,omitzero" db:"owner" doc:"absent while nobody has taken it"`
	OfferedTo staff.ID     `json:"offered_to,omitzero" db:"offered_to" doc:"who was asked to take it over and has not answered"`
	RaisedBy  staff.ID     `json:"raised_by,omitzero" db:"raised_by"`
	RaisedAt  time.Time    `json:"raised_at" db:"raised_at"`
	DueAt     time.Time    `json:"due_at,omitzero" db:"due_at" doc:"by when this stage is to be left"`
	LateAt    time.Time    `json:"late_at,omitzero" db:"late_at" doc:"when this stage became late"`
	Held      Answer       `json:"held,omitempty" db:"held" enum:"yes,no" doc:"did what we did hold?"`
	Trusts    Answer       `json:"trusts,omitempty" db:"trusts" enum:"yes,no" doc:"do they trust us again?"`
	Ended     Ended        `json:"ended,omitempty" db:"ended" enum:"content,silent,mistaken"`
	ClosedAt  time.Time    `json:"closed_at,omitzero" db:"closed_at"`
	Reopened  int64        `json:"reopened" db:"reopened"`
	Version   int64        `json:"version" db:"version"`
}

// Stay is a stage as one complaint went through it.
type Stay struct {
	Complaint ID              `json:"-" db:"complaint"`
	N         int64           `json:"n" db:"n"`
	Stage     Stage           `json:"stage" db:"stage"`
	Owner     staff.ID        `json:"owner,omitzero" db:"owner" doc:"whose it was when it was left, or is"`
	EnteredAt time.Time       `json:"entered_at" db:"entered_at"`
	LeftAt    time.Time       `json:"left_at,omitzero" db:"left_at"`
	DueAt     time.Time       `json:"due_at,omitzero" db:"due_at"`
	LateAt    time.Time       `json:"late_at,omitzero" db:"late_at"`
	Done      map[string]Done `json:"done" db:"done,json" nullable:"false" doc:"by the key of the check"`
}

// Done says who ticked a check, and when.
type Done struct {
	By staff.ID  `json:"by,omitzero"`
	At time.Time `json:"at"`
}

// Open says whether there is still something to do.
func (c Complaint) Open() bool { return c.ClosedAt.IsZero() }

// Matter is the case that remedies are charged to: the ticket, or the complaint that has none.
func (c Complaint) Matter() string {
	if c.Ticket != 0 {
		return c.Ticket.String()
	}
	return c.ID.String()
}

// Asked says whether the customer was asked what they would like.
func (c Complaint) Asked() bool { return c.Wish != "" || c.WishNone }

// sees says whether who may see a complaint that has no ticket, or is theirs.
func (c Complaint) sees(who web.Who) bool {
	own := who.Staff != 0 && slices.Contains([]staff.ID{c.Owner, c.RaisedBy, c.OfferedTo}, staff.ID(who.Staff))
	return own || who.May(web.View) && who.Sees(int64(c.Team))
}

// leads says whether who may move the complaint on: its owner, and supervisors.
func (c Complaint) leads(who web.Who) error {
	if c.Owner != 0 && int64(c.Owner) == who.Staff || who.May(web.Approve) {
		return nil
	}
	if c.Owner == 0 {
		return fault.New(fault.Denied, "complaint.nobodys", "Nobody owns this complaint yet; take it first.")
	}
	return fault.New(fault.Denied, "complaint.not_yours", "Only whoever owns this complaint, or a supervisor, can do this.")
}

func (c Complaint) mustBeOpen() error {
	if c.Open() {
		return nil
	}
	return fault.New(fault.Conflict, "complaint.closed", "This complaint is closed; reopen it first.")
}

const longest = stages.Longest // characters of what people write here

func (c *Complaint) tidy() (err error) {
	if c.What, err = stages.Tidy("what", c.What, longest); err != nil {
		return err
	}
	if c.Wish, err = stages.Tidy("wanted", c.Wish, longest); err != nil {
		return err
	}
	if c.Cause, err = stages.Tidy("cause", c.Cause, longest); err != nil {
		return err
	}
	if c.Severity < 1 || c.Severity > 3 {
		return fault.Field("severity", "complaint.severity", "Severity is 1 (slight), 2 (serious) or 3 (grave).")
	}
	if c.Wish != "" {
		c.WishNone = false
	}
	if c.Origin == Heard && c.What == "" {
		return fault.Field("what", "complaint.empty", "Write what happened, in their words.")
	}
	return nil
}

// missing are the checks of a stage that were not ticked.
func (s Stay) missing(p Plan) (left []Check) {
	for _, c := range p.Checks {
		if _, ok := s.Done[c.Key]; !ok {
			left = append(left, c)
		}
	}
	return left
}

// mayAdvance says why a complaint can't go on to the next stage, and which that is.
func (c Complaint) mayAdvance(s Stay, k Kind) (Stage, error) {
	if err := c.mustBeOpen(); err != nil {
		return "", err
	}
	next, ok := c.Stage.Next()
	if !ok {
		return "", fault.New(fault.Conflict, "complaint.last_stage", "This is the last stage: ask whether it held, and close the complaint.")
	}
	if c.Stage == stages.Capture && !c.Asked() {
		return "", fault.New(fault.Conflict, "wish.missing", "Ask first what they would like, and write it down; or note that they would not say.")
	}
	return next, done(s, k)
}

// done is a Conflict while something of a stage is not done.
func done(s Stay, k Kind) error {
	if left := s.missing(k.Plan(s.Stage)); len(left) > 0 {
		return fault.New(fault.Conflict, "complaint.not_done", "This stage is not done yet: “%s” is not ticked.", left[0].Text)
	}
	return nil
}

// inFollowUp says why they are not asked whether it held.
func (c Complaint) inFollowUp() error {
	if c.Open() && c.Stage != stages.FollowUp {
		return fault.New(fault.Conflict, "complaint.too_early", "Whether it held is asked in the last stage, follow-up.")
	}
	return c.mustBeOpen()
}

// hold notes what the customer said when they were asked. What did not hold is resolved again; a fix that holds while they
// do not trust us stays open.
func (c *Complaint) hold(held, trusts Answer) (back bool, err error) {
	if err := c.inFollowUp(); err != nil {
		return false, err
	}
	switch {
	case held != Yes && held != No || trusts != Yes && trusts != No && trusts != "":
		return false, fault.Field("held", "complaint.held", "Say yes or no: did it hold, and do they trust us again?")
	case trusts == "" && held == Yes:
		return false, fault.Field("trusts", "complaint.trusts", "Ask one thing more: do they trust us again?")
	}
	c.Held, c.Trusts = held, trusts
	return held == No, nil
}

// mayClose says why a complaint can't end like that.
func (c Complaint) mayClose(ended Ended, reason string, s Stay, k Kind, given bool) error {
	if err := c.mustBeOpen(); err != nil {
		return err
	}
	switch ended {
	case Mistaken:
		if reason == "" {
			return fault.Field("reason", "complaint.reason", "Say why there was no failure after all.")
		}
		if given {
			return fault.New(fault.Conflict, "complaint.given", "Something was given or offered for this complaint, or is asked for; take that back first, and it can end as a mistake.")
		}
		return nil
	case Content, Silent:
	default:
		return fault.Field("ended", "complaint.ended", "Say how it ended: content, silent or mistaken.")
	}
	switch {
	case c.Stage != stages.FollowUp:
		return fault.New(fault.Conflict, "complaint.not_followed_up", "A complaint is closed after somebody asked whether it held; this one is not there yet.")
	case c.Trusts == No:
		return fault.New(fault.Conflict, "complaint.untrusted", "They do not trust us again yet, so this complaint stays open.")
	case ended == Content && (c.Held != Yes || c.Trusts != Yes):
		return fault.New(fault.Conflict, "complaint.not_asked", "Ask first: did it hold, and do they trust us again?")
	case ended == Silent && c.Held != "":
		return fault.New(fault.Conflict, "complaint.answered", "They answered, so it can't end as silent.")
	}
	return done(s, k)
}
