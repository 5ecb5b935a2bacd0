package tell

import (
	"context"
	"net/http"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery"
)

// Routes is what the web may ask of this channel.
func (room *Room) Routes(api *web.API) {
	voice := []web.Ask{{Name: "voice", Type: "boolean", Say: "true for a voice note; else it must be a picture"}}
	web.Raw(api, web.Route{Method: http.MethodPost, Path: "/tell/files", Needs: web.Capture, Say: "Hand in a picture or a voice note (the body is the file)", Status: http.StatusCreated, Limit: mostSize, Takes: "application/octet-stream", Made: Upload{}, Asks: voice}, room.upload)
	web.Raw(api, web.Route{Method: http.MethodGet, Path: "/tell/files/{file}", Needs: web.Capture, Say: "See or hear what came along with something that was told"}, room.download)
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tell", Needs: web.Capture, Say: "Tell what you were told or given: it becomes a complaint, a ticket, or both", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct{ Body Told }) (Became, error) {
			return room.Tell(ctx, who, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tell", Needs: web.Capture, Say: "List what you told, the newest first, and how it stands or ended"},
		func(ctx context.Context, who web.Who, in *struct {
			Complaint recovery.ID `query:"complaint" doc:"instead: what was told of a complaint you may see"`
			Limit     int         `query:"limit" default:"20" minimum:"1" maximum:"100"`
		},
		) (page web.Page[Shown], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error {
				if in.Complaint != 0 {
					page.Items, err = room.About(tx, who, in.Complaint)
				} else {
					page.Items, err = room.Mine(tx, who, in.Limit)
				}
				return err
			})
		})
	room.proposedRoutes(api)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tell/helpers", Needs: web.Capture, Say: "List who can really solve it, those first who are there now"},
		func(ctx context.Context, who web.Who, in *struct {
			Complaint recovery.ID `query:"complaint" doc:"what is to be solved; anything when absent"`
		},
		) (h Help, err error) {
			return h, room.db.Read(ctx, func(tx *store.Tx) error { h, err = room.Helpers(tx, who, in.Complaint); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tell/poster", Needs: web.Settings, Say: "Make the code of a poster that leads to /tell"},
		func(_ context.Context, _ web.Who, in *struct {
			Place string `query:"place" maxLength:"100" doc:"where it will hang; filled in for whoever comes by it"`
		},
		) (Poster, error) {
			return room.Poster(in.Place)
		})
}

type ofProposed struct {
	ID ID `path:"id"`
}

func (room *Room) proposedRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tell/proposed", Needs: web.Approve, Say: "List ideas and processes gone wrong that you may answer: open ones, the most urgent first, or answered ones"},
		func(ctx context.Context, who web.Who, in *struct {
			Over  bool `query:"over" doc:"those that were answered, the newest first"`
			Limit int  `query:"limit" default:"50" minimum:"1" maximum:"200"`
		},
		) (page web.Page[Proposed], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error {
				page.Items, err = room.Proposals(tx, who, in.Over, in.Limit)
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tell/counts", Needs: web.Approve, Say: "Count the ideas and processes gone wrong that you may answer"},
		func(ctx context.Context, who web.Who, _ *struct{}) (n Waits, err error) {
			return n, room.db.Read(ctx, func(tx *store.Tx) error { n, err = room.Waiting(tx, who); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tell/proposed/{id}/take", Needs: web.Approve, Say: "See to an idea, or to a process gone wrong"},
		func(ctx context.Context, who web.Who, in *ofProposed) (Proposed, error) {
			return room.Take(ctx, who, in.ID)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tell/proposed/{id}/answer", Needs: web.Approve, Say: "Tell whoever proposed it what became of it, with which it ends"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Verdict
		},
		) (Proposed, error) {
			return room.Answer(ctx, who, in.ID, in.Body)
		})
}

func (room *Room) upload(w http.ResponseWriter, r *http.Request, _ web.Who) error {
	u, err := room.Hand(r.Context(), r.Body, r.URL.Query().Get("voice") == "true")
	if err != nil {
		return err
	}
	return web.Send(w, http.StatusCreated, u)
}

func (room *Room) download(w http.ResponseWriter, r *http.Request, who web.Who) error {
	var which FileID
	if err := which.UnmarshalText([]byte(r.PathValue("file"))); err != nil {
		return err
	}
	var f File
	if err := room.db.Read(r.Context(), func(tx *store.Tx) (err error) { f, err = room.look(tx, who, which); return err }); err != nil {
		return err
	}
	body, err := room.files.Open(r.Context(), f.SHA256)
	if err != nil {
		return err
	}
	defer body.Close()
	web.Hand(w, r, web.File{Name: f.Name, Type: f.Type, Lasts: true}, body)
	return nil
}
