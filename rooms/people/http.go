package people

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

type byID struct {
	ID ID `path:"id"`
}

type reachIn struct {
	ID   ID `path:"id"`
	Body struct {
		Email string `json:"email,omitempty" maxLength:"320"`
		Phone string `json:"phone,omitempty" maxLength:"40"`
	}
}

// Routes is what the web may ask of this room.
func (room *Room) Routes(api *web.API) {
	room.purchaseRoutes(api)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/customers", Needs: web.View, Say: "Find customers by name or address, newest first"}, room.find)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}", Needs: web.View, Say: "Read a customer's card"},
		func(ctx context.Context, _ web.Who, in *byID) (c Customer, err error) {
			return c, room.db.Read(ctx, func(tx *store.Tx) error { c, err = room.Look(tx, in.ID); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/customers/{id}", Needs: web.Act, Say: "Correct a customer's card"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Change
		},
		) (Customer, error) {
			return room.Correct(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/customers/{id}/addresses", Needs: web.Act, Say: "Add a way to reach a customer", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *reachIn) (Customer, error) {
			return room.Reach(ctx, who, in.ID, Sender{Email: in.Body.Email, Phone: in.Body.Phone})
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/customers/{id}/addresses/{address}", Needs: web.Act, Say: "Take away a way to reach a customer"},
		func(ctx context.Context, who web.Who, in *struct {
			ID      ID        `path:"id"`
			Address AddressID `path:"address"`
		},
		) (Customer, error) {
			return room.Forget(ctx, who, in.ID, in.Address)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/customers/{id}/remarks", Needs: web.View, Say: "Remark on a customer's card what colleagues should know", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Observation
		},
		) (Remark, error) {
			return room.Remark(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/customers/{id}/remarks/{remark}", Needs: web.View, Say: "Take a remark off a customer's card; its author may, and whoever may act"},
		func(ctx context.Context, who web.Who, in *struct {
			ID     ID       `path:"id"`
			Remark RemarkID `path:"remark"`
		},
		) (web.None, error) {
			return web.None{OK: true}, room.Unremark(ctx, who, in.ID, in.Remark)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/companies", Needs: web.View, Say: "List the companies customers belong to"},
		func(ctx context.Context, _ web.Who, in *struct {
			After CompanyID `query:"after"`
			Limit int       `query:"limit" default:"50" minimum:"1" maximum:"200"`
		},
		) (page web.Page[Company], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error {
				page.Items, err = companies(tx, in.After, in.Limit)
				if len(page.Items) == in.Limit {
					page.Next = page.Items[in.Limit-1].ID.String()
				}
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/companies", Needs: web.Act, Say: "Enter a company", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct {
			Body struct {
				Name   string `json:"name" maxLength:"200"`
				Domain string `json:"domain,omitempty" maxLength:"255"`
			}
		},
		) (Company, error) {
			return room.Found(ctx, who, in.Body.Name, in.Body.Domain)
		})
}

type findIn struct {
	Q     string `query:"q" maxLength:"200" doc:"the beginnings of words of a name, the beginning of a mail address, or a phone number; all customers when empty"`
	After ID     `query:"after"`
	Limit int    `query:"limit" default:"25" minimum:"1" maximum:"100"`
}

func (room *Room) find(ctx context.Context, _ web.Who, in *findIn) (page web.Page[Customer], err error) {
	return page, room.db.Read(ctx, func(tx *store.Tx) error {
		if page.Items, err = room.matches(tx, in); err != nil {
			return err
		}
		if in.Q == "" && len(page.Items) == in.Limit {
			page.Next = page.Items[in.Limit-1].ID.String()
		}
		for i, c := range page.Items {
			if page.Items[i].Reach, err = addresses(tx, c.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

func (room *Room) matches(tx *store.Tx, in *findIn) ([]Customer, error) {
	q := strings.TrimSpace(in.Q)
	if q == "" {
		last := in.After
		if last == 0 {
			last = math.MaxInt64
		}
		return after(tx, last, in.Limit)
	}
	ids, err := room.known(tx, q, in.Limit)
	if err != nil {
		return nil, err
	}
	all, err := some(tx, ids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Customer) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return append([]Customer{}, all...), nil
}

// known finds customers by a phone number, else by a name or the beginning of a mail address.
func (room *Room) known(tx *store.Tx, q string, limit int) ([]ID, error) {
	if v, err := PlainPhone(q, room.region); err == nil {
		if a, ok, err := addressOf(tx, Phone, v); err != nil || ok {
			return []ID{a.Customer}, err
		}
	}
	ids, err := byAddress(tx, q, limit)
	if err != nil || strings.Contains(q, "@") {
		return ids, err
	}
	named, err := byName(tx, q, limit)
	for _, id := range named {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids[:min(len(ids), limit)], err
}
