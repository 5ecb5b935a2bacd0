package hours

import (
	"context"
	"net/http"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

type byID struct {
	ID ID `path:"id"`
}

type addIn struct {
	Body struct {
		Name     string    `json:"name" maxLength:"200"`
		Zone     string    `json:"zone" maxLength:"60" doc:"such as Europe/Berlin"`
		Week     [7][]Span `json:"week,omitempty" doc:"Sunday first; in minutes from midnight"`
		Holidays []Holiday `json:"holidays,omitempty" maxItems:"1000" doc:"the company's own"`
		Public   string    `json:"public,omitempty" maxLength:"10" doc:"a code of GET /calendars/regions whose public holidays are kept too"`
		Always   bool      `json:"always,omitempty" doc:"day and night"`
	}
}

// Routes is what the web may ask of this room.
func (room *Room) Routes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/calendars", Needs: web.View, Say: "List the calendars, the default one first"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (page web.Page[Calendar], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = all(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/calendars", Needs: web.Settings, Say: "Add a calendar", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *addIn) (Calendar, error) {
			b := in.Body
			return room.Add(ctx, who, Calendar{Name: b.Name, Zone: b.Zone, Week: b.Week, Holidays: b.Holidays, Public: b.Public, Always: b.Always})
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/calendars/{id}", Needs: web.View, Say: "Read a calendar"},
		func(ctx context.Context, _ web.Who, in *byID) (c Calendar, err error) {
			return c, room.db.Read(ctx, func(tx *store.Tx) error { c, err = load(tx, in.ID); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/calendars/{id}", Needs: web.Settings, Say: "Change a calendar"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Change
		},
		) (Calendar, error) {
			return room.Change(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/calendars/{id}/default", Needs: web.Settings, Say: "Make a calendar the default one"},
		func(ctx context.Context, who web.Who, in *byID) (Calendar, error) {
			return room.Prefer(ctx, who, in.ID)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/calendars/{id}", Needs: web.Settings, Say: "Remove a calendar; where it was chosen, the default one counts"},
		func(ctx context.Context, who web.Who, in *byID) (web.None, error) {
			return web.None{OK: true}, room.Remove(ctx, who, in.ID)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/calendars/regions", Needs: web.View, Say: "List the regions whose public holidays are known"},
		func(context.Context, web.Who, *struct{}) (web.Page[Region], error) {
			return web.Page[Region]{Items: Regions()}, nil
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/calendars/regions/{code}/{year}", Needs: web.View, Say: "List a region's public holidays in a year"},
		func(_ context.Context, _ web.Who, in *struct {
			Code string `path:"code"`
			Year int    `path:"year" minimum:"1900" maximum:"2200"`
		},
		) (page web.Page[Holiday], err error) {
			page.Items, err = Public(in.Code, in.Year)
			return page, err
		})
}
