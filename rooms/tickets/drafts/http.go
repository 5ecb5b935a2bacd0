package drafts

import (
	"context"
	"net/http"
	"slices"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type byID struct {
	ID tickets.ID `path:"id"`
}

type keepIn struct {
	ID   tickets.ID `path:"id"`
	Body struct {
		Kind     string               `json:"kind" enum:"reply,note"`
		HTML     string               `json:"html,omitempty" maxLength:"1000000"`
		Text     string               `json:"text,omitempty" maxLength:"200000"`
		To       []tickets.Party      `json:"to,omitempty" maxItems:"50" doc:"of a reply; everybody when absent"`
		Cc       []tickets.Party      `json:"cc,omitempty" maxItems:"50"`
		Files    []tickets.Attachment `json:"attachments,omitempty" maxItems:"30" doc:"files uploaded before with POST /messages/files"`
		Mentions []staff.ID           `json:"mentions,omitempty" maxItems:"50" doc:"of a note"`
		Seen     int64                `json:"seen" minimum:"0" doc:"the ticket's version you have read"`
	}
}

// Routes is what the web may ask of drafts: everybody of their own.
func (room *Room) Routes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/drafts", Needs: web.View, Say: "List what you are writing"},
		func(ctx context.Context, who web.Who, in *struct {
			Limit int    `query:"limit" default:"100" minimum:"1" maximum:"500"`
			After string `query:"after"`
		},
		) (page web.Page[Begun], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error {
				page, err = room.List(tx, who, in.After, in.Limit)
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets/{id}/draft", Needs: web.View, Say: "Read what you are writing on a ticket"},
		func(ctx context.Context, who web.Who, in *byID) (Draft, error) { return room.Draft(ctx, who, in.ID) })
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/tickets/{id}/draft", Needs: web.Act, Say: "Keep what you are writing on a ticket", Limit: 2 << 20},
		func(ctx context.Context, who web.Who, in *keepIn) (Draft, error) {
			b := in.Body
			return room.Keep(ctx, who, in.ID, Draft{Kind: b.Kind, HTML: b.HTML, Text: b.Text, To: b.To, Cc: b.Cc, Files: b.Files, Mentions: b.Mentions, Seen: b.Seen})
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/tickets/{id}/draft", Tail: true, Needs: web.View, Say: "Throw away what you are writing on a ticket"},
		func(ctx context.Context, who web.Who, in *byID) (web.None, error) {
			return web.None{OK: true}, room.Discard(ctx, who, in.ID)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/draft/send", Needs: web.Act, Say: "Let your draft leave, in some seconds or at a moment", Status: http.StatusAccepted},
		func(ctx context.Context, who web.Who, in *struct {
			ID   tickets.ID `path:"id"`
			Body Sending
		},
		) (Draft, error) {
			return room.Send(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/tickets/{id}/draft/send", Needs: web.View, Say: "Take back a draft before it leaves"},
		func(ctx context.Context, who web.Who, in *byID) (Draft, error) { return room.TakeBack(ctx, who, in.ID) })
	web.Raw(api, web.Route{Method: http.MethodGet, Path: "/tickets/{id}/draft/files/{sha256}", Needs: web.View, Say: "Read a file of your draft"}, room.file)
}

// file shows somebody a file that they put into a draft, such as a picture in its words.
func (room *Room) file(w http.ResponseWriter, r *http.Request, who web.Who) error {
	var ticket tickets.ID
	if err := ticket.UnmarshalText([]byte(r.PathValue("id"))); err != nil {
		return err
	}
	d, err := room.Draft(r.Context(), who, ticket)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(d.Files, func(a tickets.Attachment) bool { return a.SHA256 == r.PathValue("sha256") })
	if i < 0 {
		return fault.New(fault.NotFound, "file.unknown", "Your draft has no file %s.", r.PathValue("sha256"))
	}
	return room.tickets.Hand(w, r, d.Files[i].File())
}
