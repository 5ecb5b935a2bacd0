package push

import (
	"context"
	"net/http"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// State is whether a browser is told.
type State struct {
	Key string `json:"key" doc:"by which it subscribes (RFC 8292), in base64url"`
	On  bool   `json:"on" doc:"this session is told already"`
}

// Routes is what the web may ask of this package.
func (s *Sender) Routes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/push", Needs: web.Self, Say: "See whether this browser is told, and the key by which it subscribes"},
		func(ctx context.Context, who web.Who, _ *struct{}) (st State, err error) {
			if st.Key, err = s.Public(ctx); err != nil {
				return st, err
			}
			return st, s.cfg.DB.Read(ctx, func(tx *store.Tx) error { st.On, err = isOn(tx, who.Session); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/push", Needs: web.Self, Say: "Have this browser told what waits for one", Status: http.StatusCreated, Secret: true},
		func(ctx context.Context, who web.Who, in *struct{ Body Subscription }) (web.None, error) {
			return web.None{OK: true}, s.Subscribe(ctx, who, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/push", Needs: web.Self, Say: "Tell this browser nothing any more"},
		func(ctx context.Context, who web.Who, _ *struct{}) (web.None, error) {
			return web.None{OK: true}, s.Unsubscribe(ctx, who)
		})
}
