package tell

import (
	"context"
	"mime"
	"net/http"
	"time"

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
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, body) // in parts: some browsers play nothing else
	return nil
}
