package recovery

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/policies"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// SetPolicy enters a rule of the company's, or changes one.
func (room *Room) SetPolicy(ctx context.Context, who web.Who, p policies.Policy) (policies.Policy, error) {
	return p, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		d, err := authority.Look(tx)
		if err == nil {
			err = p.Check(d)
		}
		if err != nil {
			return err
		}
		p, err = policies.Set(tx, p)
		return err
	})
}

// ArrangeBonds sets from what on somebody is a regular customer, and a long-standing one.
func (room *Room) ArrangeBonds(ctx context.Context, who web.Who, all []policies.Step) ([]policies.Step, error) {
	if err := policies.CheckSteps(all); err != nil {
		return nil, err
	}
	return all, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		return errors.Join(policies.SaveSteps(tx, all), tx.Record(configuredKey("authority"), authority.Settled{Parts: []string{"bonds"}}))
	})
}

// Bending is what a rule is bent for, where nothing is given by it.
type Bending struct {
	Complaint ID         `json:"complaint,omitempty"`
	Ticket    tickets.ID `json:"ticket,omitempty" doc:"one of both"`
}

// Bend notes that a rule was bent in a case, by whom and for how strong a relationship. It needs nobody's agreement.
func (room *Room) Bend(ctx context.Context, who web.Who, which policies.ID, in Bending) (b policies.Bent, err error) {
	if (in.Complaint == 0) == (in.Ticket == 0) {
		return b, fault.Field("ticket", "bend.case", "Say for which ticket or complaint it is bent: one of both.")
	}
	return b, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if who.Staff == 0 {
			return fault.New(fault.Denied, "authority.nobody", "Only a member of staff can give something, because it is on their authority.")
		}
		m, err := room.of(tx, who, Case(in))
		if err == nil {
			err = policies.InForce(tx, which)
		}
		if err != nil {
			return err
		}
		b, err = room.bent(tx, policies.Bent{Policy: which, Staff: staff.ID(who.Staff)}, m)
		return err
	})
}

// bent notes that a rule was bent; nothing when it is none.
func (room *Room) bent(tx *store.Tx, b policies.Bent, m matter) (_ policies.Bent, err error) {
	if b.Policy == 0 {
		return b, nil
	}
	b.Complaint, b.Ticket, b.Customer = m.complaint.ID, m.ticket, m.customer
	if b.Bond, err = policies.BondOf(tx, room.people, m.customer); err != nil {
		return b, err
	}
	return policies.Enter(tx, b)
}

// Rulebook is the rules, and how strong the relationship is with whom they are looked at for.
type Rulebook struct {
	Items []policies.Counted `json:"items" nullable:"false" doc:"those bent most come first"`
	Bonds []policies.Step    `json:"bonds" nullable:"false" doc:"from what on somebody is a regular customer, and a long-standing one"`
	Bond  policies.Bond      `json:"bond,omitempty" enum:"new,regular,long_standing" doc:"of the ticket's customer, when a ticket was named"`
}

// Policies shows the rules, for a ticket with the strength of the relationship with its customer.
func (room *Room) Policies(tx *store.Tx, who web.Who, ticket tickets.ID) (r Rulebook, err error) {
	if r.Items, err = policies.List(tx); err != nil {
		return r, err
	}
	if r.Bonds, err = policies.Steps(tx); err != nil || ticket == 0 {
		return r, err
	}
	t, err := room.ticket(tx, who, ticket)
	if err != nil {
		return r, err
	}
	r.Bond, err = policies.BondOf(tx, room.people, t.Customer)
	return r, err
}

func (room *Room) policyRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/authority/policies", Needs: web.Capture, Say: "List the rules with their reason, how far each bends for whom, and how often it was bent: the most often first"},
		func(ctx context.Context, who web.Who, in *struct {
			Ticket tickets.ID `query:"ticket" doc:"tells how strong the relationship with its customer is"`
		},
		) (r Rulebook, err error) {
			return r, room.db.Read(ctx, func(tx *store.Tx) error { r, err = room.Policies(tx, who, in.Ticket); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/authority/policies", Needs: web.Settings, Say: "Enter a rule, or change one"},
		func(ctx context.Context, who web.Who, in *struct{ Body policies.Policy }) (policies.Policy, error) {
			return room.SetPolicy(ctx, who, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/authority/policies/{policy}/bends", Needs: web.Capture, Say: "Note that a rule was bent in a case, where nothing is given by it", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct {
			Policy policies.ID `path:"policy"`
			Body   Bending
		},
		) (policies.Bent, error) {
			return room.Bend(ctx, who, in.Policy, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/authority/bonds", Needs: web.Settings, Say: "Set from what on somebody is a regular customer, and a long-standing one"},
		func(ctx context.Context, who web.Who, in *struct {
			Body struct {
				Bonds []policies.Step `json:"bonds" minItems:"2" maxItems:"2"`
			}
		},
		) (page web.Page[policies.Step], err error) {
			page.Items, err = room.ArrangeBonds(ctx, who, in.Body.Bonds)
			return page, err
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/authority/use", Needs: web.Approve | web.Reports, Say: "Read per role and person how often complaints were settled by whoever heard them, and who uses their authority and who never did"},
		func(ctx context.Context, who web.Who, in *struct {
			Days int `query:"days" default:"90" minimum:"1" maximum:"3660" doc:"how far to look back"`
		},
		) (u authority.Use, err error) {
			return u, room.db.Read(ctx, func(tx *store.Tx) error {
				u, err = room.rules.Use(tx, who, tx.Now().Add(-time.Duration(in.Days)*24*time.Hour))
				return err
			})
		})
}
