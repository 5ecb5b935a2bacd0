package portal

import (
	"context"
	"net/http"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type ofTicket struct {
	ID tickets.ID `path:"id"`
}

// Routes is what the web may ask of this channel: the pages, and what colleagues do about them.
func (room *Room) Routes(api *web.API) {
	room.pages(api)
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/my_link", Needs: web.Act, Say: "Make a link to a ticket's page for its customer", Status: http.StatusCreated, Secret: true},
		func(ctx context.Context, who web.Who, in *ofTicket) (Handed, error) {
			return room.Link(ctx, who, in.ID)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets/{id}/my_links", Needs: web.View, Say: "List the links that open a ticket's page, and when they were last used"},
		func(ctx context.Context, who web.Who, in *ofTicket) (page web.Page[Link], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = room.Links(tx, who, in.ID); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/my_links/revoke", Needs: web.Act, Say: "End every link of a ticket's customer"},
		func(ctx context.Context, who web.Who, in *ofTicket) (Gone, error) {
			return room.Revoke(ctx, who, in.ID)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/my/settings", Needs: web.View, Say: "Read how the customers' own pages are set up"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (s Settings, err error) {
			return s, room.db.Read(ctx, func(tx *store.Tx) error { s, err = readSettings(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/my/settings", Needs: web.Settings, Say: "Change how the customers' own pages are set up"},
		func(ctx context.Context, who web.Who, in *struct{ Body SettingsChange }) (Kept, error) {
			return room.Configure(ctx, who, in.Body)
		})
}
