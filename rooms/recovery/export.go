package recovery

import (
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/approvals"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/failures"
	"github.com/hearthdesk/hearth/rooms/recovery/followup"
	"github.com/hearthdesk/hearth/rooms/recovery/handovers"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/recovery/policies"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
)

// Kept is everything there is of a complaint, or of a question or remedy that stands without one, for an export.
type Kept struct {
	Complaint
	Stages    []Stay          `json:"stages"`
	Handovers []Handover      `json:"handovers"`
	Reasons   []Reason        `json:"reasons"`
	FollowUps []followup.Said `json:"follow_ups"`
}

// Complaint reads a complaint with its stages, for an export; false when there is none.
func (room *Room) Complaint(tx *store.Tx, which ID) (k Kept, ok bool, err error) {
	if k.Complaint, ok, err = one(tx, which); err != nil || !ok {
		return k, false, err
	}
	if k.Stages, err = stays(tx, which); err != nil {
		return k, false, err
	}
	if k.Handovers, err = handovers.Of(tx, which); err != nil {
		return k, false, err
	}
	if k.Reasons, err = reasons(tx, which); err != nil {
		return k, false, err
	}
	k.FollowUps, err = followup.Of(tx, which)
	return k, true, err
}

// Remedies reads remedies after one, oldest first, for an export.
func (room *Room) Remedies(tx *store.Tx, after RemedyID, limit int) ([]Remedy, error) {
	all, err := remedies.List(tx, after, limit)
	for i := range all {
		all[i].Dress(everybody())
	}
	return all, err
}

// Offers reads choices among remedies after one, oldest first, with what could be chosen, for an export.
func (room *Room) Offers(tx *store.Tx, after OfferID, limit int) ([]Offer, error) {
	all, err := remedies.ListOffers(tx, after, limit)
	for i := range all {
		for j := range all[i].Choices {
			all[i].Choices[j].Dress(everybody())
		}
	}
	return all, err
}

// Bends reads the times that rules were bent after one, oldest first, for an export.
func (room *Room) Bends(tx *store.Tx, after policies.BendID, limit int) ([]policies.Bent, error) {
	return policies.All(tx, after, limit)
}

// Approvals reads questions to supervisors after one, oldest first, for an export.
func (room *Room) Approvals(tx *store.Tx, after ApprovalID, limit int) ([]Approval, error) {
	all, err := approvals.List(tx, after, limit)
	for i := range all {
		all[i].Dress(everybody())
	}
	return all, err
}

// Entries reads the ledger after an entry, oldest first, for an export.
func (room *Room) Entries(tx *store.Tx, after ledger.ID, limit int) ([]ledger.Entry, error) {
	return ledger.List(tx, ledger.Filter{After: after, Limit: limit})
}

// Settings are how complaints are dealt with, what is suggested, and what each may give.
type Settings struct {
	Authority authority.All      `json:"authority"`
	Kinds     []Kind             `json:"kinds"`
	Catalogue []CatalogueItem    `json:"catalogue"`
	Asking    followup.Settings  `json:"asking"`
	Failures  []failures.Watched `json:"failures"`
	Policies  Rulebook           `json:"policies"`
}

// Settings reads them, for an export.
func (room *Room) Settings(tx *store.Tx) (s Settings, err error) {
	if s.Authority, err = room.rules.All(tx, everybody()); err != nil {
		return s, err
	}
	if s.Kinds, err = stages.Kinds(tx); err != nil {
		return s, err
	}
	if s.Catalogue, err = remedies.Catalogue(tx); err != nil {
		return s, err
	}
	if s.Asking, err = followup.Read(tx); err != nil {
		return s, err
	}
	if s.Failures, err = failures.List(tx); err != nil {
		return s, err
	}
	s.Policies, err = room.Policies(tx, everybody(), 0)
	return s, err
}

func everybody() web.Who { return web.Everything(store.System("export")) }
