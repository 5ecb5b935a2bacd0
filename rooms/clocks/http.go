package clocks

import (
	"context"
	"net/http"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type byID struct {
	ID TargetID `path:"id"`
}

type addIn struct {
	Body struct {
		Name       string     `json:"name" maxLength:"200"`
		When       Conditions `json:"when,omitzero" required:"false"`
		Calendar   hours.ID   `json:"calendar,omitempty" doc:"the default one when absent"`
		Targets    Minutes    `json:"targets"`
		Warn       Ahead      `json:"warn,omitzero" required:"false"`
		HoldPauses bool       `json:"hold_pauses,omitempty"`
	}
}

type nextIn struct {
	Assignee string `query:"assignee" doc:"me, none, or an id"`
	Team     string `query:"team" doc:"none, or an id"`
	Limit    int    `query:"limit" default:"25" minimum:"1" maximum:"200"`
	After    string `query:"after"`
}

const mostShown = 200 // tickets whose clocks are shown at once

// Routes is what the web may ask of this room.
func (room *Room) Routes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/clocks", Needs: web.View, Say: "Read the clocks of tickets"},
		func(ctx context.Context, who web.Who, in *struct {
			Tickets string `query:"tickets" required:"true" doc:"up to 200 ids, separated by commas"`
		},
		) (page web.Page[Shown], err error) {
			which, err := ids(in.Tickets)
			if err != nil {
				return page, err
			}
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = room.Read(tx, who, which); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/clocks/next", Needs: web.View, Say: "List what is late or due next, the most urgent first"}, room.next)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/targets", Needs: web.View, Say: "List the policies; the first that fits a ticket holds"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (page web.Page[Target], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = allTargets(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/targets", Needs: web.Settings, Say: "Add a policy", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *addIn) (Target, error) {
			b := in.Body
			return room.Add(ctx, who, Target{Name: b.Name, When: b.When, Calendar: b.Calendar, Targets: b.Targets, Warn: b.Warn, HoldPauses: b.HoldPauses})
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/targets/{id}", Needs: web.View, Say: "Read a policy"},
		func(ctx context.Context, _ web.Who, in *byID) (t Target, err error) {
			return t, room.db.Read(ctx, func(tx *store.Tx) error {
				all, err := allTargets(tx)
				if err != nil {
					return err
				}
				i, err := indexOf(all, in.ID)
				if err == nil {
					t = all[i]
				}
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/targets/{id}", Needs: web.Settings, Say: "Change a policy; running clocks follow"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   TargetID `path:"id"`
			Body TargetChange
		},
		) (Target, error) {
			return room.Change(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/targets/{id}", Needs: web.Settings, Say: "Remove a policy; running clocks follow"},
		func(ctx context.Context, who web.Who, in *byID) (web.None, error) {
			return web.None{OK: true}, room.Remove(ctx, who, in.ID)
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/targets/order", Needs: web.Settings, Say: "Put the policies into another order"},
		func(ctx context.Context, who web.Who, in *struct {
			Body struct {
				Order []TargetID `json:"order" maxItems:"200" doc:"each of them once"`
			}
		},
		) (page web.Page[Target], err error) {
			page.Items, err = room.Order(ctx, who, in.Body.Order)
			return page, err
		})
}

func ids(list string) (which []tickets.ID, err error) {
	for s := range strings.SplitSeq(list, ",") {
		var t tickets.ID
		if err := t.UnmarshalText([]byte(strings.TrimSpace(s))); err != nil {
			return nil, fault.Of(err).About("tickets")
		}
		if t != 0 {
			which = append(which, t)
		}
	}
	if len(which) > mostShown {
		return nil, fault.Field("tickets", "tickets.many", "Ask for at most %d tickets at once.", mostShown)
	}
	return which, nil
}

func (room *Room) next(ctx context.Context, who web.Who, in *nextIn) (page web.Page[Due], err error) {
	f := Filter{After: in.After, Limit: in.Limit}
	if in.Assignee != "" {
		f.Assignee = new(staff.ID)
		switch in.Assignee {
		case "none":
		case "me":
			*f.Assignee = staff.ID(who.Staff)
		default:
			err = f.Assignee.UnmarshalText([]byte(in.Assignee))
		}
	}
	if in.Team != "" && err == nil {
		f.Team = new(staff.TeamID)
		if in.Team != "none" {
			err = f.Team.UnmarshalText([]byte(in.Team))
		}
	}
	if err != nil {
		return page, err
	}
	return page, room.db.Read(ctx, func(tx *store.Tx) error { page, err = room.Next(tx, who, f); return err })
}
