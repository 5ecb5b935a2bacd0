package recovery

import (
	"context"
	"net/http"

	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/approvals"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/policies"
	"github.com/hearthdesk/hearth/rooms/staff"
)

func (room *Room) remedyRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/remedies", Needs: web.Money, Say: "Give something: 201 when it is given, 202 when a supervisor is asked", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *with[Gift]) (Settlement, error) {
			return room.Give(ctx, who, Case{Complaint: in.ID}, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/remedies", Needs: web.Money, Say: "Give something on a ticket, for delight; of its open complaint when there is one", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *onTicket[Gift]) (Settlement, error) {
			return room.Give(ctx, who, Case{Ticket: in.ID}, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets/{id}/remedies", Needs: web.View, Say: "Read what was given and offered on a ticket, and what you may give"},
		func(ctx context.Context, who web.Who, in *byTicket) (m Money, err error) {
			return m, room.db.Read(ctx, func(tx *store.Tx) error { m, err = room.Purse(tx, who, Case{Ticket: in.ID}); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/remedies/{id}/take_back", Needs: web.Money, Say: "Take back what was given; the ledger gets an entry that says so"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   RemedyID `path:"id"`
			Body why
		},
		) (Remedy, error) {
			s, err := room.TakeBack(ctx, who, in.ID, in.Body.Reason)
			return s.Remedy, err
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/remedies/kinds", Needs: web.Capture, Say: "List the remedies that are suggested"},
		func(ctx context.Context, who web.Who, _ *struct{}) (page web.Page[CatalogueItem], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = room.suggested(tx, who); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/remedies/kinds", Needs: web.Settings, Say: "Set up a remedy that is suggested"},
		func(ctx context.Context, who web.Who, in *struct{ Body CatalogueItem }) (CatalogueItem, error) {
			return room.SetItem(ctx, who, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/remedies/kinds/{key}", Needs: web.Settings, Say: "Take a remedy of your own off the list; one of the starter's is as it was"},
		func(ctx context.Context, who web.Who, in *byKey) (web.None, error) {
			return web.None{OK: true}, room.DropItem(ctx, who, in.Key)
		})
}

type byOffer struct {
	Offer OfferID `path:"offer"`
}

func (room *Room) offerRoutes(api *web.API) {
	room.swapRoutes(api)
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/remedies/offers", Needs: web.Money, Say: "Let the customer choose among remedies", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *with[Proposal]) (Offer, error) {
			return room.Offer(ctx, who, Case{Complaint: in.ID}, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/remedies/offers", Needs: web.Money, Say: "Let the customer choose among remedies on a ticket", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *onTicket[Proposal]) (Offer, error) {
			return room.Offer(ctx, who, Case{Ticket: in.ID}, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/remedies/offers/{offer}/choose", Needs: web.Money, Say: "Write down what the customer chose, or named instead"},
		func(ctx context.Context, who web.Who, in *struct {
			Offer OfferID `path:"offer"`
			Body  Pick
		},
		) (Offer, error) {
			return room.Choose(ctx, who, in.Offer, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/remedies/offers/{offer}", Needs: web.Money, Say: "Take back an offer that nobody has chosen from"},
		func(ctx context.Context, who web.Who, in *byOffer) (Offer, error) {
			return room.Withdraw(ctx, who, in.Offer)
		})
}

type questionsIn struct {
	State string     `query:"state" enum:"open,yes,no,recalled" doc:"all when absent"`
	Mine  bool       `query:"mine" doc:"only those you asked"`
	After ApprovalID `query:"after"`
	Limit int        `query:"limit" default:"25" minimum:"1" maximum:"200"`
}

func (room *Room) approvalRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/refusals", Needs: web.Capture, Say: "Ask a supervisor whether we may say no; nothing reaches the customer", Status: http.StatusAccepted},
		func(ctx context.Context, who web.Who, in *with[Refusing]) (Approval, error) {
			return room.Refuse(ctx, who, Case{Complaint: in.ID}, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/refusals", Needs: web.Capture, Say: "Ask a supervisor whether we may say no on a ticket", Status: http.StatusAccepted},
		func(ctx context.Context, who web.Who, in *onTicket[Refusing]) (Approval, error) {
			return room.Refuse(ctx, who, Case{Ticket: in.ID}, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/approvals", Needs: web.Capture, Say: "List questions to supervisors: those you may answer, and those you asked"},
		func(ctx context.Context, who web.Who, in *questionsIn) (page web.Page[Approval], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error {
				page, err = approvals.Questions(tx, who, in.State, in.Mine, in.After, in.Limit)
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/approvals/{id}", Needs: web.Capture, Say: "Read a question that you asked or may answer, and what was answered"},
		func(ctx context.Context, who web.Who, in *struct {
			ID ApprovalID `path:"id"`
		},
		) (a Approval, err error) {
			return a, room.db.Read(ctx, func(tx *store.Tx) error { a, err = approvals.Look(tx, who, in.ID); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/approvals/{id}", Needs: web.Approve, Say: "Answer a question: yes or no is what the customer will hear"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ApprovalID `path:"id"`
			Body Verdict
		},
		) (Approval, error) {
			return room.Answer(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/approvals/{id}", Needs: web.Capture, Say: "Take back a question of yours"},
		func(ctx context.Context, who web.Who, in *struct {
			ID ApprovalID `path:"id"`
		},
		) (Approval, error) {
			return room.Recall(ctx, who, in.ID)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/approvals/guidance", Needs: web.View, Say: "Read what was answered and given when the like came before: a floor, never a ceiling"},
		func(ctx context.Context, who web.Who, in *struct {
			Q        string      `query:"q" maxLength:"2000" doc:"what they ask for, in any words"`
			Kind     string      `query:"kind" doc:"of complaint"`
			Severity int         `query:"severity" minimum:"0" maximum:"3"`
			Policy   policies.ID `query:"policy" doc:"only where this rule was bent, or stood in the way"`
			Limit    int         `query:"limit" default:"10" minimum:"1" maximum:"50"`
		},
		) (g approvals.Guidance, err error) {
			return g, room.db.Read(ctx, func(tx *store.Tx) error {
				g, err = approvals.Guide(tx, who, approvals.Alike{Q: in.Q, Kind: in.Kind, Severity: in.Severity, Policy: in.Policy, Limit: in.Limit})
				return err
			})
		})
}

func (room *Room) authorityRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/authority", Needs: web.Capture, Say: "Read what each role may give, and the budgets of teams"},
		func(ctx context.Context, who web.Who, _ *struct{}) (a authority.All, err error) {
			return a, room.db.Read(ctx, func(tx *store.Tx) error { a, err = room.rules.All(tx, who); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/authority", Needs: web.Settings, Say: "Set the money of the desk, and for how long what a customer got counts"},
		func(ctx context.Context, who web.Who, in *struct{ Body authority.Arrangement }) (authority.All, error) {
			return room.Arrange(ctx, who, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/authority/{role}", Needs: web.Settings, Say: "Set what a role may give; other for every role without a line of its own"},
		func(ctx context.Context, who web.Who, in *struct {
			Role string `path:"role" doc:"a name, an id, or other"`
			Body authority.Setting
		},
		) (authority.Role, error) {
			return room.Empower(ctx, who, in.Role, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/authority/teams/{team}", Needs: web.Settings, Say: "Set a team's budget of a month; it tells and stops nobody"},
		func(ctx context.Context, who web.Who, in *struct {
			Team staff.TeamID `path:"team"`
			Body struct {
				Month *money.Amount `json:"month,omitempty" doc:"none of its own when absent"`
			}
		},
		) (authority.Team, error) {
			return room.Budget(ctx, who, in.Team, in.Body.Month)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}/authority", Needs: web.Money, Say: "Read what you may still give to a customer in a new case"},
		func(ctx context.Context, who web.Who, in *struct {
			ID people.ID `path:"id"`
		},
		) (a authority.Allowance, err error) {
			return a, room.db.Read(ctx, func(tx *store.Tx) error {
				if _, err := room.people.Look(tx, in.ID); err != nil {
					return err
				}
				a, err = room.allowance(tx, who, in.ID, "")
				return err
			})
		})
}
