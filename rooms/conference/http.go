package conference

import (
	"context"
	"net/http"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type byID struct {
	ID ID `path:"id"`
}

type ofTicket struct {
	ID tickets.ID `path:"id"`
}

type mineIn struct {
	Q     string `query:"q" maxLength:"500" doc:"only those in which these words are, with where they stand; as in /search"`
	After ID     `query:"after"`
	Limit int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

type writeIn struct {
	ID   ID `path:"id"`
	Body Writing
}

// Preview is a message as it would leave.
type Preview struct {
	To      []tickets.Party `json:"to" nullable:"false"`
	Subject string          `json:"subject"`
	Text    string          `json:"text" doc:"all that they will read but the reference at its foot"`
	Files   []File          `json:"attachments" nullable:"false"`
}

// Routes is what the web may ask of this room. Who was invited need not see tickets to read and answer their part.
func (room *Room) Routes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets/{id}/parts", Needs: web.View, Say: "List the parts of a ticket: what we and others said to each other beside its thread"},
		func(ctx context.Context, who web.Who, in *ofTicket) (page web.Page[Part], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = room.List(tx, who, in.ID); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/parts", Needs: web.Act, Say: "Invite people into a case, in a part of their own", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct {
			ID   tickets.ID `path:"id"`
			Body Inviting
		},
		) (Part, error) {
			return room.Invite(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/parts/preview", Needs: web.Act, Say: "Look at an invitation as it would leave; nothing is sent"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   tickets.ID `path:"id"`
			Body Inviting
		},
		) (Preview, error) {
			return room.Preview(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/parts", Needs: web.Self, Say: "List the parts you were invited to"},
		func(ctx context.Context, who web.Who, in *mineIn) (page web.Page[Part], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error {
				if in.Q != "" {
					var next ID
					if page.Items, next, err = room.Find(tx, who, in.Q, in.After, in.Limit); next != 0 {
						page.Next = next.String()
					}
					return err
				}
				page.Items, err = room.Mine(tx, who, in.After, in.Limit)
				if len(page.Items) == in.Limit {
					page.Next = page.Items[in.Limit-1].ID.String()
				}
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/parts/counts", Needs: web.Self, Say: "Count the parts in which others wait for you"},
		func(ctx context.Context, who web.Who, _ *struct{}) (n Counts, err error) {
			return n, room.db.Read(ctx, func(tx *store.Tx) error { n, err = room.Waiting(tx, who); return err })
		})
	room.settingRoutes(api)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/parts/{id}", Needs: web.Self, Say: "Read a part"},
		func(ctx context.Context, who web.Who, in *byID) (p Part, err error) {
			return p, room.db.Read(ctx, func(tx *store.Tx) error { p, err = room.Read(tx, who, in.ID); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/parts/{id}/messages", Needs: web.Self, Say: "Say something in a part", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *writeIn) (Part, error) {
			return room.Write(ctx, who, in.ID, in.Body)
		})
	room.hostRoutes(api)
	web.Raw(api, web.Route{Method: http.MethodGet, Path: "/parts/files/{file}", Needs: web.Self, Say: "Read a file of a part"}, room.download)
	web.Raw(api, web.Route{Method: http.MethodGet, Path: "/parts/messages/{message}/page", Needs: web.Self, Say: "Show a message of a part as a document for a frame", Gives: "text/html"}, room.page)
}

func (room *Room) settingRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/parts/settings", Needs: web.View, Say: "Show how others are asked"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (s Settings, err error) {
			return s, room.db.Read(ctx, func(tx *store.Tx) error { s, err = room.Settings(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/parts/settings", Needs: web.Settings, Say: "Change how others are asked"},
		func(ctx context.Context, who web.Who, in *struct{ Body SettingsChange }) (Settings, error) {
			return room.Configure(ctx, who, in.Body)
		})
}

func (room *Room) hostRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/parts/{id}", Needs: web.Act, Say: "Change facts of a part"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Change
		},
		) (Part, error) {
			return room.Change(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/parts/{id}/share", Needs: web.Act, Say: "Show those in a part something of the ticket", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *writeIn) (Part, error) {
			return room.Share(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/parts/{id}/chase", Needs: web.Act, Say: "Remind those in a part that we wait", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Chasing
		},
		) (Part, error) {
			return room.Chase(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/parts/{id}/done", Needs: web.Act, Say: "Say that a part is done"},
		func(ctx context.Context, who web.Who, in *byID) (Part, error) { return room.Done(ctx, who, in.ID) })
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/parts/{id}/people", Needs: web.Act, Say: "Invite somebody else to a part", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Guest
		},
		) (Part, error) {
			return room.Bring(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/parts/{id}/people/{person}", Needs: web.Act, Say: "End an invitation"},
		func(ctx context.Context, who web.Who, in *struct {
			ID     ID       `path:"id"`
			Person PersonID `path:"person"`
		},
		) (Part, error) {
			return room.Release(ctx, who, in.ID, in.Person)
		})
}

// Preview shows an invitation as it would leave.
func (room *Room) Preview(ctx context.Context, who web.Who, ticket tickets.ID, in Inviting) (v Preview, err error) {
	files, err := room.uploaded(ctx, in.Uploads)
	if err != nil {
		return v, err
	}
	return v, room.db.Read(ctx, func(tx *store.Tx) error {
		t, err := room.ticket(tx, who, ticket)
		if err != nil {
			return err
		}
		p := Part{Title: in.Title}
		if err := p.rename(in.Title); err != nil {
			return err
		}
		v.To = []tickets.Party{}
		for _, g := range in.People {
			o := Person{}
			if g.Staff != 0 {
				err = room.colleague(tx, &o, g.Staff)
			} else {
				err = room.outside(tx, &o, t, g)
			}
			if err != nil {
				return err
			}
			v.To = append(v.To, tickets.Party{Name: o.Name, Email: o.Email})
		}
		m := Message{Text: plain(in.Text)}
		if m.Shared, err = room.extracts(tx, ticket, in.Language, in.Share); err != nil {
			return err
		}
		if v.Files, err = room.chosen(tx, ticket, in.Files); err != nil {
			return err
		}
		v.Subject, v.Text, v.Files = p.Title, m.Letter(), append(v.Files, files...)
		return nil
	})
}
