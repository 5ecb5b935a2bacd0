package lexicon

import (
	"context"
	"net/http"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

type ofFramework struct {
	Language  string `path:"language" maxLength:"10"`
	Framework string `path:"framework" maxLength:"80"`
}

type ofQuestion struct {
	Language string `path:"language" maxLength:"10"`
	Question string `path:"question" maxLength:"80"`
}

// FrameworkBody is a framework as it is entered.
type FrameworkBody struct {
	Name       string      `json:"name" maxLength:"80"`
	When       When        `json:"when,omitzero"`
	Paragraphs []Paragraph `json:"paragraphs" nullable:"false" maxItems:"20"`
}

func (b FrameworkBody) framework(id string) Framework {
	return Framework{ID: id, Name: b.Name, When: b.When, Paragraphs: b.Paragraphs}
}

type setFrameworkIn struct {
	Language  string `path:"language" maxLength:"10"`
	Framework string `path:"framework" maxLength:"80"`
	Body      struct {
		FrameworkBody
		Off bool `json:"off,omitempty" doc:"switched off"`
	}
}

type tryFrameworkIn struct {
	Language string `path:"language" maxLength:"10"`
	Body     struct {
		FrameworkBody
		Text string   `json:"text,omitempty" maxLength:"20000" doc:"what a customer might write"`
		Type string   `json:"type,omitempty" maxLength:"80" doc:"of the ticket"`
		Tags []string `json:"tags,omitempty" maxItems:"50"`
	}
}

type setQuestionIn struct {
	Language string `path:"language" maxLength:"10"`
	Question string `path:"question" maxLength:"80"`
	Body     struct {
		Ask   string `json:"ask" maxLength:"500"`
		For   string `json:"for,omitempty" maxLength:"200"`
		Until string `json:"until,omitempty" enum:"apologised,accepted"`
		When  When   `json:"when,omitzero"`
		Off   bool   `json:"off,omitempty" doc:"switched off"`
	}
}

type offerIn struct {
	Ticket   string `query:"ticket" maxLength:"40"`
	Language string `query:"language" maxLength:"10" doc:"instead of the customer's"`
	Locale   string `query:"locale" maxLength:"35" doc:"BCP 47; counts where what the customer wrote does not tell its language"`
}

type machineIn struct {
	Body struct {
		Text   string `json:"text" maxLength:"20000" doc:"with what is left to fill in written {name}"`
		Locale string `json:"locale,omitempty" maxLength:"35"`
		Letter bool   `json:"letter,omitempty" doc:"it is a letter of its own, with a greeting and a goodbye"`
	}
}

// MachineRead is what the lexicon says of a text for a machine.
type MachineRead struct {
	Findings []Finding `json:"findings" nullable:"false"`
}

func (room *Room) shelfRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/lexicon/offer", Needs: web.View, Say: "Ask for frameworks and planned questions for an answer in a ticket"},
		func(ctx context.Context, who web.Who, in *offerIn) (Offered, error) {
			return room.Offer(ctx, who, Wish(*in))
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/lexicon/machine", Needs: web.View, Say: "Check a text that a machine will send, as it is checked when it is saved"},
		func(ctx context.Context, _ web.Who, in *machineIn) (m MachineRead, err error) {
			m.Findings, err = room.ReadMachine(ctx, MachineText{Text: in.Body.Text, Locale: in.Body.Locale, Letter: in.Body.Letter})
			return m, err
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/lexicon/{language}/frameworks", Needs: web.View, Say: "List the frameworks of a language"},
		func(ctx context.Context, _ web.Who, in *inLanguage) (page web.Page[ListedFramework], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = room.Frameworks(tx, in.Language); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/lexicon/{language}/frameworks/{framework}", Needs: web.Settings, Say: "Enter, change or switch off a framework; its words are checked first"},
		func(ctx context.Context, who web.Who, in *setFrameworkIn) (ListedFramework, error) {
			return room.SetFramework(ctx, who, in.Language, in.Body.framework(in.Framework), in.Body.Off)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/lexicon/{language}/frameworks/{framework}", Needs: web.Settings, Say: "Remove a framework of your own; one of the starter's is as it was"},
		func(ctx context.Context, who web.Who, in *ofFramework) (web.None, error) {
			return web.None{OK: true}, room.RemoveFramework(ctx, who, in.Language, in.Framework)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/lexicon/{language}/frameworks", Needs: web.View, Say: "Try a framework without saving it: how it reads, and whether it fits what a customer might write"},
		func(ctx context.Context, _ web.Who, in *tryFrameworkIn) (Tried, error) {
			b := in.Body
			return room.Try(ctx, in.Language, b.framework("try"), Draft{Type: b.Type, Tags: b.Tags, Talk: []Side{{Text: b.Text, Theirs: true}}})
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/lexicon/{language}/questions", Needs: web.View, Say: "List the planned questions of a language"},
		func(ctx context.Context, _ web.Who, in *inLanguage) (page web.Page[ListedQuestion], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = room.Questions(tx, in.Language); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/lexicon/{language}/questions/{question}", Needs: web.Settings, Say: "Enter, change or switch off a planned question; a blunt one is refused"},
		func(ctx context.Context, who web.Who, in *setQuestionIn) (ListedQuestion, error) {
			b := in.Body
			return room.SetQuestion(ctx, who, in.Language, Question{ID: in.Question, Ask: b.Ask, For: b.For, Until: b.Until, When: b.When}, b.Off)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/lexicon/{language}/questions/{question}", Needs: web.Settings, Say: "Remove a planned question of your own; one of the starter's is as it was"},
		func(ctx context.Context, who web.Who, in *ofQuestion) (web.None, error) {
			return web.None{OK: true}, room.RemoveQuestion(ctx, who, in.Language, in.Question)
		})
}
