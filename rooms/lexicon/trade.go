package lexicon

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// Company is what the lexicon knows of the company it speaks for.
type Company struct {
	Trade  string   `json:"trade" maxLength:"40" doc:"which trade it is in, for the rules that are only of that trade; empty for none of them"`
	Trades []string `json:"trades" required:"false" readOnly:"true" nullable:"false" doc:"those that rules are of: the starter's, and what rules of your own name"`
}

// trade is which trade the company is in.
func trade(tx *store.Tx) (string, error) {
	return store.One[string](tx, `SELECT trade FROM lexicon_company WHERE id = 1`)
}

// Company tells which trade the company is in, and which there are rules of.
func (room *Room) Company(tx *store.Tx) (c Company, err error) {
	if c.Trade, err = trade(tx); err != nil {
		return c, err
	}
	c.Trades = []string{}
	for _, language := range Languages {
		all, err := room.Rules(tx, language)
		if err != nil {
			return c, err
		}
		for _, r := range all {
			c.Trades = append(c.Trades, r.Trades...)
		}
	}
	slices.Sort(c.Trades)
	c.Trades = slices.Compact(c.Trades)
	return c, nil
}

// Ply says which trade the company is in; empty for none that has rules of its own. Drafts are held against its rules from then on.
func (room *Room) Ply(ctx context.Context, who web.Who, is string) (c Company, err error) {
	if is = strings.TrimSpace(is); len(is) > 40 || strings.Trim(is, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" {
		return c, fault.Field("trade", "lexicon.trade", "A trade is named by up to 40 small letters, digits, dots and dashes, as the rules name it.")
	}
	err = room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		for _, language := range Languages { // books are made for a trade, so each is made anew
			if _, err := room.held(tx, language); err != nil {
				return err
			}
			if err := next(tx, language); err != nil {
				return err
			}
		}
		if err := tx.Do(`UPDATE lexicon_company SET trade = $1 WHERE id = 1`, is); err != nil {
			return err
		}
		return tx.Record(ruleID("company"), Plied{is})
	})
	if err != nil {
		return c, err
	}
	return c, room.db.Read(ctx, func(tx *store.Tx) error { c, err = room.Company(tx); return err })
}

// Plied says which trade the company is in.
type Plied struct {
	Trade string `json:"trade"`
}

// Kind names it.
func (Plied) Kind() string { return "lexicon.plied" }

func (room *Room) companyRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/lexicon/company", Needs: web.View, Say: "Read which trade the company is in, and which there are rules of"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (c Company, err error) {
			return c, room.db.Read(ctx, func(tx *store.Tx) error { c, err = room.Company(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/lexicon/company", Needs: web.Settings, Say: "Say which trade the company is in, so that the rules of that trade count"},
		func(ctx context.Context, who web.Who, in *struct{ Body Company }) (Company, error) {
			return room.Ply(ctx, who, in.Body.Trade)
		})
}
