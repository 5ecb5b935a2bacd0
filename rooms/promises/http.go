package promises

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type byID struct {
	ID ID `path:"id"`
}

type listIn struct {
	Owner    string     `query:"owner" doc:"me, or an id"`
	Offered  string     `query:"offered" enum:"me" doc:"me: those that you are asked to see to"`
	Team     string     `query:"team" doc:"none, or an id: whose they are now"`
	Ticket   tickets.ID `query:"ticket"`
	Customer people.ID  `query:"customer"`
	State    string     `query:"state" doc:"open, kept, renewed, broken, released; several with commas"`
	Owed     bool       `query:"owed" doc:"only those under which something is owed: open, or broken and neither kept since nor renewed nor released"`
	From     string     `query:"from" doc:"due from then on: a day or a moment"`
	Until    string     `query:"until" doc:"due before: a moment, or a day, which is the last one"`
	Order    string     `query:"order" enum:"due,latest" default:"due" doc:"the earliest due first, or the latest"`
	Limit    int        `query:"limit" default:"25" minimum:"1" maximum:"200"`
	After    string     `query:"after"`
}

type offerIn struct {
	Kind   string       `query:"kind" doc:"other when absent"`
	Ticket tickets.ID   `query:"ticket" doc:"whose team would promise it"`
	Team   staff.TeamID `query:"team" doc:"or the team itself"`
	Owner  staff.ID     `query:"owner" doc:"or that of the owner, where they have one; you when absent"`
	Due    string       `query:"due" doc:"the date that is wanted: a day or a moment; none for the earliest alone"`
}

type ratesIn struct {
	By    By     `query:"by" required:"true" doc:"person, team or kind"`
	From  string `query:"from" doc:"due from then on: a day or a moment; 90 days ago when absent"`
	Until string `query:"until" doc:"due before: a moment, or a day, which is the last one; now when absent"`
}

type becauseIn struct {
	ID   ID `path:"id"`
	Body struct {
		Reason string `json:"reason" required:"false" doc:"up to 2,000 characters; without one it is refused"`
	}
}

type handIn struct {
	ID   ID `path:"id"`
	Body struct {
		Owner  staff.ID `json:"owner"`
		Reason string   `json:"reason" required:"false" doc:"up to 2,000 characters; without one it is refused"`
	}
}

// Routes is what the web may ask of this room.
func (room *Room) Routes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/promises", Needs: web.View, Say: "List promises by when they are due"}, room.list)
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/promises", Needs: web.Act, Say: "Promise something to a customer", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct{ Body Making }) (Promise, error) {
			return room.Make(ctx, who, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/promises/offer", Needs: web.View, Say: "Ask which date history lets you promise"},
		func(ctx context.Context, who web.Who, in *offerIn) (o Offer, err error) {
			return o, room.db.Read(ctx, func(tx *store.Tx) error {
				o, err = room.Offer(tx, who, Asked{in.Kind, in.Ticket, in.Team, in.Owner, in.Due})
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/promises/counts", Needs: web.View, Say: "Count the promises due today and those overdue"},
		func(ctx context.Context, who web.Who, _ *struct{}) (c Counts, err error) {
			return c, room.db.Read(ctx, func(tx *store.Tx) error { c, err = room.Counts(tx, who); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/promises/rates", Needs: web.View, Say: "Read how your promises and those of your teams were kept; everybody's for those who read reports"}, room.rates)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/promises/report", Needs: web.Reports, Say: "Read how everybody's promises were kept, for those who need not see tickets"}, room.rates)
	room.settingsRoutes(api)
	room.plannedRoutes(api)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/promises/{id}", Needs: web.View, Say: "Read a promise"},
		func(ctx context.Context, who web.Who, in *byID) (p Promise, err error) {
			return p, room.db.Read(ctx, func(tx *store.Tx) error { p, err = room.Read(tx, who, in.ID); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/promises/{id}/keep", Needs: web.Act, Say: "Say that a promise is kept"},
		func(ctx context.Context, who web.Who, in *byID) (Promise, error) { return room.Keep(ctx, who, in.ID) })
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/promises/{id}/renew", Needs: web.Act, Say: "Put another promise in the place of one that can't be kept", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Renewal
		},
		) (Promise, error) {
			return room.Renew(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/promises/{id}/release", Needs: web.Act, Say: "Say that the customer lets us off"},
		func(ctx context.Context, who web.Who, in *becauseIn) (Promise, error) {
			return room.Release(ctx, who, in.ID, in.Body.Reason)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/promises/{id}/hand", Needs: web.Act, Say: "Ask a colleague to see to a promise, take it over oneself, or, named its owner, ask nobody any more"},
		func(ctx context.Context, who web.Who, in *handIn) (Promise, error) {
			return room.Hand(ctx, who, in.ID, in.Body.Owner, in.Body.Reason)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/promises/{id}/accept", Needs: web.Act, Say: "See to a promise that you were asked to"},
		func(ctx context.Context, who web.Who, in *byID) (Promise, error) {
			return room.Accept(ctx, who, in.ID)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/promises/{id}/decline", Needs: web.Act, Say: "Say no to seeing to a promise, and why"},
		func(ctx context.Context, who web.Who, in *becauseIn) (Promise, error) {
			return room.Decline(ctx, who, in.ID, in.Body.Reason)
		})
}

func (room *Room) plannedRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/promises/planned", Needs: web.View, Say: "List what the answer you are writing will promise, and what answers said and could not promise"},
		func(ctx context.Context, who web.Who, in *struct {
			Ticket tickets.ID `query:"ticket" doc:"of which ticket; without one, what your own answers could not promise anywhere"`
		},
		) (page web.Page[Planned], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error {
				all, err := room.Planned(tx, who, in.Ticket)
				page.Items = append([]Planned{}, all...)
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/promises/planned", Needs: web.Act, Say: "Have the answer you are writing promise something when it leaves", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct{ Body Planning }) (Planned, error) {
			return room.Plan(ctx, who, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/promises/planned/{id}", Needs: web.Act, Say: "Take out what an answer would promise, or let go of what it could not"},
		func(ctx context.Context, who web.Who, in *struct {
			ID PlannedID `path:"id"`
		},
		) (web.None, error) {
			return web.None{OK: true}, room.Unplan(ctx, who, in.ID)
		})
}

func (room *Room) settingsRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/promises/settings", Needs: web.View, Say: "Read how the company promises"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (s Settings, err error) {
			return s, room.db.Read(ctx, func(tx *store.Tx) error { s, err = room.Settings(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/promises/settings", Needs: web.Settings, Say: "Change how the company promises"},
		func(ctx context.Context, who web.Who, in *struct{ Body SettingsChange }) (Settings, error) {
			return room.Configure(ctx, who, in.Body)
		})
}

func (room *Room) list(ctx context.Context, who web.Who, in *listIn) (page web.Page[Promise], err error) {
	f := Filter{Ticket: in.Ticket, Customer: in.Customer, Owed: in.Owed, Latest: in.Order == "latest", Limit: in.Limit, After: in.After}
	switch in.Owner {
	case "":
	case "me":
		if f.Owner = staff.ID(who.Staff); f.Owner == 0 {
			return web.Page[Promise]{Items: []Promise{}}, nil // nobody in particular owns nothing
		}
	default:
		err = f.Owner.UnmarshalText([]byte(in.Owner))
	}
	if in.Offered != "" {
		if f.Offered = staff.ID(who.Staff); f.Offered == 0 {
			return web.Page[Promise]{Items: []Promise{}}, nil
		}
	}
	if in.Team != "" && err == nil {
		f.Team = new(staff.TeamID)
		if in.Team != "none" {
			err = f.Team.UnmarshalText([]byte(in.Team))
		}
	}
	if err == nil {
		f.States, err = states(in.State)
	}
	if err != nil {
		return page, err
	}
	return page, room.db.Read(ctx, func(tx *store.Tx) error {
		if f.From, f.Until, err = room.span(tx, in.From, in.Until); err != nil {
			return err
		}
		page, err = room.List(tx, who, f)
		return err
	})
}

func (room *Room) rates(ctx context.Context, who web.Who, in *ratesIn) (page web.Page[Rate], err error) {
	return page, room.db.Read(ctx, func(tx *store.Tx) error {
		from, until, err := room.span(tx, in.From, in.Until)
		if err != nil {
			return err
		}
		if until.IsZero() {
			until = tx.Now()
		}
		if from.IsZero() {
			from = until.AddDate(0, 0, -90)
		}
		page.Items, err = room.Rates(tx, who, in.By, from, until)
		return err
	})
}

// states reads a list of them; nil for an empty string.
func states(s string) (all []State, err error) {
	for one := range strings.SplitSeq(s, ",") {
		if one == "" {
			continue
		}
		if !slices.Contains(States, State(one)) {
			return nil, fault.Field("state", "promise.state", "A promise is open, kept, renewed, broken or released.")
		}
		all = append(all, State(one))
	}
	return all, nil
}

// span reads a time from a day or moment to another; a day that ends it belongs to it.
func (room *Room) span(tx *store.Tx, from, until string) (a, b time.Time, err error) {
	_, h, err := room.terms(tx, 0)
	if err != nil {
		return a, b, err
	}
	read := func(field, text string, more hours.Date) (at time.Time, err error) {
		if text == "" {
			return at, nil
		}
		if d, failed := hours.ParseDate(text); failed == nil {
			return midnight(d+more, h.Zone()), nil
		}
		if at, err = time.Parse(time.RFC3339, text); err != nil {
			err = fault.Field(field, "promises.span", "Give a day such as 2026-12-24, or a moment such as 2026-12-24T15:00:00Z.")
		}
		return at, err
	}
	if a, err = read("from", from, 0); err == nil {
		b, err = read("until", until, 1)
	}
	return a, b, err
}
