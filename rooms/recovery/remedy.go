package recovery

import (
	"github.com/hearthdesk/hearth/rooms/recovery/approvals"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
)

// What customers are offered and given, and what supervisors are asked, by the names they have here.
type (
	// RemedyID names a remedy.
	RemedyID = remedies.ID
	// OfferID names a choice among remedies.
	OfferID = remedies.OfferID
	// Remedy is something a customer is offered or given.
	Remedy = remedies.Remedy
	// Offer is a choice among remedies that the customer makes.
	Offer = remedies.Offer
	// Choice is a remedy as somebody proposes it.
	Choice = remedies.Choice
	// Part is which of the two a remedy is.
	Part = remedies.Part
	// CatalogueItem is a remedy that is suggested.
	CatalogueItem = remedies.CatalogueItem
	// ApprovalID names a question to a supervisor.
	ApprovalID = approvals.ID
	// Approval is a question to a supervisor.
	Approval = approvals.Approval
	// About is what a supervisor is asked.
	About = approvals.About
)

// The parts, what became of remedies and of offers, and what a supervisor is asked.
const (
	Right          = remedies.Right
	Extra          = remedies.Extra
	Waits          = remedies.Waits
	Asking         = remedies.Asking
	Gave           = remedies.Gave
	Passed         = remedies.Passed
	Refused        = remedies.Refused
	Back           = remedies.Back
	OfferOpen      = remedies.OfferOpen
	OfferChosen    = remedies.OfferChosen
	OfferNamed     = remedies.OfferNamed
	OfferWithdrawn = remedies.OfferWithdrawn
	Refusal        = approvals.Refusal
	More           = approvals.More
)
