package app

import (
	"context"
	"net/http"

	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/promises"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// promiseRoutes are the ways to promises that begin at a ticket, which belong to both rooms.
func (h *House) promiseRoutes() {
	web.Handle(h.API, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/promises", Needs: web.Act, Say: "Promise something in a ticket", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct {
			ID   tickets.ID `path:"id"`
			Body promises.Making
		},
		) (promises.Promise, error) {
			in.Body.Ticket = in.ID
			return h.Promises.Make(ctx, who, in.Body)
		})
}
