package recovery

import (
	"time"

	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/followup"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What happens here. Kinds and fields are for ever: the complaint map is mined from them. They are about the ticket where
// there is one, so that they stand on its timeline, and else about the complaint. None holds a word or an amount.

// Raised says something went wrong for somebody.
type Raised struct {
	Complaint ID         `json:"complaint"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Customer  people.ID  `json:"customer,omitzero"`
	Sort      string     `json:"kind"`
	Severity  int        `json:"severity"`
	Internal  bool       `json:"internal,omitempty"`
	Origin    Origin     `json:"origin"`
	Channel   string     `json:"channel,omitempty"` // of the ticket
	Owner     staff.ID   `json:"owner,omitzero"`
	Due       time.Time  `json:"due,omitzero"`
}

// Kind names it.
func (Raised) Kind() string { return "complaints.raised" }

// Joined says another failure befell a case that was open already.
type Joined struct {
	Complaint ID         `json:"complaint"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Origin    Origin     `json:"origin"`
}

// Kind names it.
func (Joined) Kind() string { return "complaints.joined" }

// Sorted says a complaint is of another kind or severity than was thought.
type Sorted struct {
	Complaint   ID         `json:"complaint"`
	Ticket      tickets.ID `json:"ticket,omitzero"`
	Sort        string     `json:"kind"`
	Severity    int        `json:"severity"`
	WasSort     string     `json:"was_kind"`
	WasSeverity int        `json:"was_severity"`
	Due         time.Time  `json:"due,omitzero"`
}

// Kind names it.
func (Sorted) Kind() string { return "complaints.sorted" }

// Explained says why it happened is written down, or written anew.
type Explained struct {
	Complaint ID         `json:"complaint"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
}

// Kind names it.
func (Explained) Kind() string { return "complaints.explained" }

// Wished says the customer was asked what they would like.
type Wished struct {
	Complaint ID         `json:"complaint"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	None      bool       `json:"none,omitempty"` // they would not say
}

// Kind names it.
func (Wished) Kind() string { return "complaints.wished" }

// Ticked says something of a stage is done, or is not after all.
type Ticked struct {
	Complaint ID         `json:"complaint"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Stage     Stage      `json:"stage"`
	Check     string     `json:"check"`
	Off       bool       `json:"off,omitempty"`
}

// Kind names it.
func (Ticked) Kind() string { return "complaints.ticked" }

// Moved says a complaint came to another stage.
type Moved struct {
	Complaint ID         `json:"complaint"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	From      Stage      `json:"from"`
	To        Stage      `json:"to"`
	Owner     staff.ID   `json:"owner,omitzero"`
	Due       time.Time  `json:"due,omitzero"`
	Why       string     `json:"why"` // done, not_held, reopened
}

// Kind names it.
func (Moved) Kind() string { return "complaints.moved" }

// Late says a stage was to be left by then and was not.
type Late struct {
	Complaint ID         `json:"complaint"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Stage     Stage      `json:"stage"`
	Owner     staff.ID   `json:"owner,omitzero"`
	Due       time.Time  `json:"due"`
}

// Kind names it.
func (Late) Kind() string { return "complaints.late" }

// HandedOver says a colleague was asked to take a complaint over; it is not theirs yet.
type HandedOver struct {
	Complaint ID         `json:"complaint"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Handover  HandoverID `json:"handover"`
	From      staff.ID   `json:"from,omitzero"`
	To        staff.ID   `json:"to"`
}

// Kind names it.
func (HandedOver) Kind() string { return "complaints.handed_over" }

// Accepted says whose a complaint is now: they took it, or were asked and said yes.
type Accepted struct {
	Complaint ID         `json:"complaint"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Handover  HandoverID `json:"handover,omitzero"`
	Owner     staff.ID   `json:"owner"`
	Was       staff.ID   `json:"was,omitzero"`
}

// Kind names it.
func (Accepted) Kind() string { return "complaints.accepted" }

// Declined says a colleague did not take a complaint over, or whoever asked took it back; it stays whose it was.
type Declined struct {
	Complaint ID         `json:"complaint"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Handover  HandoverID `json:"handover"`
	To        staff.ID   `json:"to"`
	TakenBack bool       `json:"taken_back,omitempty"`
}

// Kind names it.
func (Declined) Kind() string { return "complaints.declined" }

// Inquired says they were asked whether it held; what they say comes later.
type Inquired struct {
	Complaint ID           `json:"complaint"`
	Ticket    tickets.ID   `json:"ticket,omitzero"`
	How       followup.How `json:"how"`
	Staff     staff.ID     `json:"staff,omitzero"` // none where the machine asked
}

// Kind names it.
func (Inquired) Kind() string { return "complaints.asked" }

// Followed says what they answered when somebody asked whether it held.
type Followed struct {
	Complaint ID           `json:"complaint"`
	Ticket    tickets.ID   `json:"ticket,omitzero"`
	Held      Answer       `json:"held"`
	Trusts    Answer       `json:"trusts,omitempty"`
	How       followup.How `json:"how,omitempty"`
	Staff     staff.ID     `json:"staff,omitzero"` // who asked
}

// Kind names it.
func (Followed) Kind() string { return "complaints.followed" }

// Closed says a complaint is over.
type Closed struct {
	Complaint ID         `json:"complaint"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Ended     Ended      `json:"ended"`
}

// Kind names it.
func (Closed) Kind() string { return "complaints.closed" }

// Reopened says a complaint was not over after all.
type Reopened struct {
	Complaint ID         `json:"complaint"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
}

// Kind names it.
func (Reopened) Kind() string { return "complaints.reopened" }

// KindChanged says a kind of complaint is different, new or gone.
type KindChanged struct {
	Key  string `json:"key"`
	Gone bool   `json:"gone,omitempty"`
}

// Kind names it.
func (KindChanged) Kind() string { return "complaints.configured" }

// AskingArranged says whether the machine asks by mail whether it held.
type AskingArranged struct {
	Mail bool  `json:"mail,omitempty"`
	Days int64 `json:"days"`
}

// Kind names it.
func (AskingArranged) Kind() string { return "complaints.asking_arranged" }

// Overlooked says a ticket was solved while something that was to be put right there was not.
type Overlooked struct {
	Complaint ID           `json:"complaint,omitzero"`
	Ticket    tickets.ID   `json:"ticket"`
	What      []Unfinished `json:"what"`
}

// Kind names it.
func (Overlooked) Kind() string { return "complaints.overlooked" }

// Offered says the customer may choose among remedies.
type Offered struct {
	Offer     OfferID    `json:"offer"`
	Complaint ID         `json:"complaint,omitzero"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Part      Part       `json:"part"`
	Choices   int        `json:"choices"`
}

// Kind names it.
func (Offered) Kind() string { return "remedies.offered" }

// Chosen says the customer picked one, or named another.
type Chosen struct {
	Offer     OfferID    `json:"offer"`
	Complaint ID         `json:"complaint,omitzero"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Remedy    RemedyID   `json:"remedy,omitzero"` // none when they named another
}

// Kind names it.
func (Chosen) Kind() string { return "remedies.chosen" }

// Withdrawn says an offer that nobody had chosen from was taken back.
type Withdrawn struct {
	Offer     OfferID    `json:"offer"`
	Complaint ID         `json:"complaint,omitzero"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
}

// Kind names it.
func (Withdrawn) Kind() string { return "remedies.withdrawn" }

// Given says a customer got something.
type Given struct {
	Remedy    RemedyID     `json:"remedy"`
	Complaint ID           `json:"complaint,omitzero"`
	Ticket    tickets.ID   `json:"ticket,omitzero"`
	Customer  people.ID    `json:"customer,omitzero"`
	Part      Part         `json:"part"`
	Sort      string       `json:"kind"`
	Staff     staff.ID     `json:"staff,omitzero"` // whose authority it was
	Team      staff.TeamID `json:"team,omitzero"`
	Approval  ApprovalID   `json:"approval,omitzero"`
}

// Kind names it.
func (Given) Kind() string { return "remedies.given" }

// TakenBack says what was given was taken back.
type TakenBack struct {
	Remedy    RemedyID   `json:"remedy"`
	Complaint ID         `json:"complaint,omitzero"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Part      Part       `json:"part"`
	Sort      string     `json:"kind"`
}

// Kind names it.
func (TakenBack) Kind() string { return "remedies.taken_back" }

// RemedyChanged says a remedy of the catalogue is different, new or gone.
type RemedyChanged struct {
	Key  string `json:"key"`
	Gone bool   `json:"gone,omitempty"`
}

// Kind names it.
func (RemedyChanged) Kind() string { return "remedies.configured" }

// Asked says a supervisor is asked: whether to say no, or to give more than somebody may.
type Asked struct {
	Approval  ApprovalID   `json:"approval"`
	About     About        `json:"about"`
	Complaint ID           `json:"complaint,omitzero"`
	Ticket    tickets.ID   `json:"ticket,omitzero"`
	Remedy    RemedyID     `json:"remedy,omitzero"`
	Team      staff.TeamID `json:"team,omitzero"`
}

// Kind names it.
func (Asked) Kind() string { return "approvals.asked" }

// Answered says what a supervisor answered: yes or no is what the customer will hear.
type Answered struct {
	Approval  ApprovalID `json:"approval"`
	About     About      `json:"about"`
	Complaint ID         `json:"complaint,omitzero"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
	Answer    Answer     `json:"answer"`
	Asker     staff.ID   `json:"asker,omitzero"`
}

// Kind names it.
func (Answered) Kind() string { return "approvals.answered" }

// Recalled says whoever asked a supervisor took the question back.
type Recalled struct {
	Approval  ApprovalID `json:"approval"`
	Complaint ID         `json:"complaint,omitzero"`
	Ticket    tickets.ID `json:"ticket,omitzero"`
}

// Kind names it.
func (Recalled) Kind() string { return "approvals.recalled" }
