package lexicon

import (
	"context"
	"net/http"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

type checkIn struct {
	Body struct {
		Text   string `json:"text" maxLength:"100000"`
		Ticket string `json:"ticket,omitempty" maxLength:"40" doc:"whose conversation counts: what was said before, and to whom"`
		Locale string `json:"locale,omitempty" maxLength:"35" doc:"BCP 47; counts where the text does not tell its language, and for what comes first in 12/4"`
		Zone   string `json:"zone,omitempty" maxLength:"60" doc:"IANA name of the zone whose days count for what is promised, such as Europe/Berlin; UTC when absent"`

		Closing bool `json:"closing,omitempty" doc:"the matter is solved with it: last words want thanks and a goodbye"`
	}
}

type inLanguage struct {
	Language string `path:"language" maxLength:"10"`
}

type ofLanguage struct {
	Language string `path:"language" maxLength:"10"`
	Rule     string `path:"rule" maxLength:"80"`
}

type setIn struct {
	Language string `path:"language" maxLength:"10"`
	Rule     string `path:"rule" maxLength:"80"`
	Body     struct {
		Family   string   `json:"family" maxLength:"40"`
		Find     []string `json:"find,omitempty" maxItems:"50" doc:"patterns; docs/lexicon.md has their grammar"`
		Made     string   `json:"made,omitempty" maxLength:"40" doc:"instead: the name of a check that the program makes"`
		With     []string `json:"with,omitempty" maxItems:"50" doc:"one of these must be in the same sentence"`
		Unless   []string `json:"unless,omitempty" maxItems:"50" doc:"none of these may be in the same sentence"`
		Is       string   `json:"is,omitempty" maxLength:"40" doc:"good words: what they are, such as apology"`
		Until    string   `json:"until,omitempty" enum:"apologised,accepted" doc:"too early until then"`
		Severity Severity `json:"severity,omitempty" enum:"note,warn,stop"`
		Softens  bool     `json:"softens,omitempty" doc:"yields where facts come first"`
		Why      string   `json:"why,omitempty" maxLength:"500"`
		Better   []string `json:"better,omitempty" maxItems:"20"`
		Bad      []string `json:"bad,omitempty" maxItems:"50" doc:"examples it must find; tried at once"`
		Good     []string `json:"good,omitempty" maxItems:"50" doc:"and those it must not"`
		Trades   []string `json:"trades,omitempty" maxItems:"50"`
		Brands   []string `json:"brands,omitempty" maxItems:"50"`
		Channels []string `json:"channels,omitempty" maxItems:"50"`
		Off      bool     `json:"off,omitempty" doc:"switched off"`
	}
}

func (in *setIn) rule() Rule {
	b := in.Body
	return Rule{
		ID: in.Rule, Family: b.Family, Find: b.Find, Made: b.Made, With: b.With, Unless: b.Unless, Is: b.Is, Until: b.Until, Severity: b.Severity,
		Softens: b.Softens, Why: b.Why, Better: b.Better, Bad: b.Bad, Good: b.Good, Trades: b.Trades, Brands: b.Brands, Channels: b.Channels,
	}
}

// Routes is what the web may ask of this room.
func (room *Room) Routes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/lexicon/check", Needs: web.View, Say: "Check words before they are said"},
		func(ctx context.Context, who web.Who, in *checkIn) (Checked, error) {
			return room.Check(ctx, who, Ask(in.Body))
		})
	room.shelfRoutes(api)
	room.companyRoutes(api)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/lexicon/{language}", Needs: web.View, Say: "Read the lexicon of a language"},
		func(ctx context.Context, _ web.Who, in *inLanguage) (page web.Page[Listed], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = room.Rules(tx, in.Language); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/lexicon/{language}/rules/{rule}", Needs: web.Settings, Say: "Enter, change or switch off a rule; its examples are tried first"},
		func(ctx context.Context, who web.Who, in *setIn) (Listed, error) {
			return room.Set(ctx, who, in.Language, in.rule(), in.Body.Off)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/lexicon/{language}/rules/{rule}", Needs: web.Settings, Say: "Remove a rule of your own; one of the starter's is as it was"},
		func(ctx context.Context, who web.Who, in *ofLanguage) (web.None, error) {
			return web.None{OK: true}, room.Remove(ctx, who, in.Language, in.Rule)
		})
}
