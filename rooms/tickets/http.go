package tickets

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/text"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets/tags"
)

type byID struct {
	ID ID `path:"id"`
}

type openIn struct {
	Body struct {
		Channel string `json:"channel,omitempty" default:"api" maxLength:"40"`
		Subject string `json:"subject,omitempty" maxLength:"1000"`
		From    struct {
			Name  string `json:"name,omitempty" maxLength:"200"`
			Email string `json:"email,omitempty" maxLength:"320"`
			Phone string `json:"phone,omitempty" maxLength:"40"`
		} `json:"from"`
		Text       string         `json:"text,omitempty" maxLength:"200000"`
		HTML       string         `json:"html,omitempty" maxLength:"1000000"`
		Tags       []string       `json:"tags,omitempty" maxItems:"50"`
		Priority   Priority       `json:"priority,omitempty" enum:"low,normal,high,urgent"`
		Type       string         `json:"type,omitempty" maxLength:"60"`
		Product    string         `json:"product,omitempty" maxLength:"120"`
		Facts      Matter         `json:"facts_first,omitempty" enum:"safety,health,legal,contract" doc:"evidence before an answer, and no softening words"`
		Team       staff.TeamID   `json:"team,omitempty"`
		Fields     map[string]any `json:"fields,omitempty"`
		ExternalID string         `json:"external_id,omitempty" maxLength:"200"`
		CreatedAt  time.Time      `json:"created_at,omitzero" doc:"when they wrote; now when absent"`
	}
}

type listIn struct {
	IDs      string    `query:"ids" maxLength:"3000" doc:"only of these, up to 100 separated by commas, and then all on one page"`
	Status   string    `query:"status" doc:"one or several, separated by commas"`
	Assignee string    `query:"assignee" doc:"me, none, or an id"`
	Team     string    `query:"team" doc:"none, or an id"`
	Tag      string    `query:"tag"`
	Facts    Matter    `query:"facts_first" enum:"safety,health,legal,contract"`
	Customer people.ID `query:"customer"`
	Channel  string    `query:"channel"`
	Mailbox  MailboxID `query:"mailbox"`
	Waiting  bool      `query:"waiting" doc:"only what no human has answered, the longest wait first"`
	Limit    int       `query:"limit" default:"25" minimum:"1" maximum:"200"`
	After    string    `query:"after"`
}

type pageIn struct {
	ID    ID    `path:"id"`
	After int64 `query:"after" minimum:"0"`
	Limit int   `query:"limit" default:"100" minimum:"1" maximum:"500"`
}

type readIn struct {
	ID   ID `path:"id"`
	Body struct {
		Version int64 `json:"version" minimum:"1" doc:"of the ticket as it was shown"`
	}
}

type standIn struct {
	ID   ID `path:"id"`
	Body struct {
		Status Status `json:"status" enum:"open,pending,on_hold,resolved,closed"`
		Ended  Ended  `json:"ended,omitempty" enum:"content,silent,spam"`
	}
}

// Routes is what the web may ask of this room.
func (room *Room) Routes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets", Needs: web.Act, Say: "Enter a contact as a ticket", Status: http.StatusCreated}, room.post)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets", Needs: web.View, Say: "List tickets, the newest change first"}, room.list)
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/batch", Needs: web.Act, Say: "Do the same to many tickets; one that refuses stops no other"},
		func(ctx context.Context, who web.Who, in *struct{ Body Batch }) (web.Page[Outcome], error) {
			return room.ChangeMany(ctx, who, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets/counts", Needs: web.View, Say: "How many tickets stand where"},
		func(ctx context.Context, who web.Who, _ *struct{}) (page web.Page[Count], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = room.Counts(tx, who); return err })
		})
	tags.Routes(api, room.db)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets/{id}", Needs: web.View, Say: "Read a ticket"},
		func(ctx context.Context, who web.Who, in *byID) (t Ticket, err error) {
			return t, room.db.Read(ctx, func(tx *store.Tx) error {
				if t, err = room.Mine(tx, who, in.ID); err != nil {
					return err
				}
				return room.dress(tx, who, &t)
			})
		})
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/tickets/{id}", Needs: web.Act, Say: "Correct a ticket"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Change
		},
		) (Ticket, error) {
			return room.Change(ctx, who, in.ID, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets/{id}/messages", Needs: web.View, Say: "Read what was said"}, room.said)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets/{id}/timeline", Needs: web.View, Say: "Read what happened: who, when and why"},
		func(ctx context.Context, who web.Who, in *pageIn) (page web.Page[Moment], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error {
				page, err = room.Timeline(tx, who, in.ID, in.After, in.Limit)
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/replies", Needs: web.Act, Say: "Answer the customer", Status: http.StatusCreated, Limit: 2 << 20},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Reply
		},
		) (Message, error) {
			m, err := room.Answer(ctx, who, in.ID, in.Body)
			show(&m)
			return m, err
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/notes", Needs: web.Act, Say: "Write a note for colleagues", Status: http.StatusCreated, Limit: 2 << 20},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Memo
		},
		) (Message, error) {
			m, err := room.Note(ctx, who, in.ID, in.Body)
			show(&m)
			return m, err
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/read", Needs: web.View, Say: "Note that you have read a ticket, up to a version"},
		func(ctx context.Context, who web.Who, in *readIn) (web.None, error) {
			return web.None{OK: true}, room.Read(ctx, who, in.ID, in.Body.Version)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/status", Needs: web.Act, Say: "Say where a ticket stands"},
		func(ctx context.Context, who web.Who, in *standIn) (Ticket, error) {
			return room.Stand(ctx, who, in.ID, in.Body.Status, in.Body.Ended)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/assign", Needs: web.Act, Say: "Give a ticket to somebody or a team"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   ID `path:"id"`
			Body Assignment
		},
		) (Ticket, error) {
			return room.Assign(ctx, who, in.ID, in.Body)
		})
	room.settings(api)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/search", Needs: web.View, Say: "Find tickets by anything said in them, newest first"}, room.search)
	room.attachments(api)
}

func (room *Room) post(ctx context.Context, who web.Who, in *openIn) (Ticket, error) {
	b := in.Body
	if b.Text == "" {
		b.Text = text.FromHTML(b.HTML)
	}
	if strings.TrimSpace(b.Text) == "" && strings.TrimSpace(b.Subject) == "" {
		return Ticket{}, fault.Field("text", "ticket.empty", "A ticket needs words or a subject.")
	}
	return room.Open(ctx, who, Inbound{
		Channel: b.Channel, From: people.Sender{Name: b.From.Name, Email: b.From.Email, Phone: b.From.Phone}, Subject: b.Subject, Text: b.Text, HTML: b.HTML,
		Tags: b.Tags, Priority: b.Priority, Type: b.Type, Product: b.Product, Facts: b.Facts, Team: b.Team, Fields: b.Fields, ExternalID: b.ExternalID, At: b.CreatedAt,
	})
}

func (room *Room) list(ctx context.Context, who web.Who, in *listIn) (page web.Page[Ticket], err error) {
	f := Filter{Customer: in.Customer, Tag: in.Tag, Facts: in.Facts, Channel: in.Channel, Mailbox: in.Mailbox, Waiting: in.Waiting, Limit: in.Limit, After: in.After}
	if f.IDs, err = idsOf(in.IDs); err != nil {
		return page, err
	}
	if f.Statuses, err = statuses(in.Status); err != nil {
		return page, err
	}
	if f.Assignee, err = whose[staff.ID](in.Assignee, staff.ID(who.Staff)); err != nil {
		return page, err
	}
	if f.Team, err = whose[staff.TeamID](in.Team, 0); err != nil {
		return page, err
	}
	return page, room.db.Read(ctx, func(tx *store.Tx) error { page, err = room.List(tx, who, f); return err })
}

// idsOf reads a list of ids; nil for an empty string.
func idsOf(s string) (ids []ID, err error) {
	for one := range strings.SplitSeq(s, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		var t ID
		if err := t.UnmarshalText([]byte(one)); err != nil {
			return nil, err
		}
		if !slices.Contains(ids, t) {
			ids = append(ids, t)
		}
	}
	if len(ids) > MostNamed {
		return nil, fault.Field("ids", "ids.many", "Ask for up to %d tickets at once, not for %d.", MostNamed, len(ids))
	}
	return ids, nil
}

// statuses reads a list of them; nil for an empty string.
func statuses(s string) (all []Status, err error) {
	for one := range strings.SplitSeq(s, ",") {
		if one == "" {
			continue
		}
		if !slices.Contains(Statuses, Status(one)) {
			return nil, fault.Field("status", "status.unknown", "There is no status %q.", one)
		}
		all = append(all, Status(one))
	}
	return all, nil
}

// whose reads me, none or an id; nil for an empty string.
func whose[T any, P interface {
	*T
	UnmarshalText(b []byte) error
}](s string, me T) (*T, error) {
	var v T
	switch s {
	case "":
		return nil, nil
	case "me":
		return &me, nil
	case "none":
		return &v, nil
	}
	return &v, P(&v).UnmarshalText([]byte(s))
}

func (room *Room) said(ctx context.Context, who web.Who, in *struct {
	ID    ID        `path:"id"`
	After MessageID `query:"after"`
	Limit int       `query:"limit" default:"100" minimum:"1" maximum:"500"`
},
) (page web.Page[Message], err error) {
	err = room.db.Read(ctx, func(tx *store.Tx) (err error) {
		if page.Items, err = room.Talk(tx, who, in.ID, in.After, in.Limit); err != nil {
			return err
		}
		return room.Annotate(tx, page.Items)
	})
	for i := range page.Items {
		show(&page.Items[i])
	}
	if len(page.Items) == in.Limit {
		page.Next = page.Items[in.Limit-1].ID.String()
	}
	return page, err
}

func (room *Room) settings(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets/fields", Needs: web.View, Say: "List the custom fields"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (page web.Page[Field], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = fieldList(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/tickets/fields", Needs: web.Settings, Say: "Set up a custom field"},
		func(ctx context.Context, who web.Who, in *struct{ Body Field }) (Field, error) {
			return room.SetField(ctx, who, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/tickets/fields/{key}", Needs: web.Settings, Say: "Take a custom field off the list"},
		func(ctx context.Context, who web.Who, in *struct {
			Key string `path:"key"`
		},
		) (web.None, error) {
			return web.None{OK: true}, room.Drop(ctx, who, "field", in.Key)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets/types", Needs: web.View, Say: "List the ticket types"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (page web.Page[Type], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = typeList(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/tickets/types", Needs: web.Settings, Say: "Set up a ticket type"},
		func(ctx context.Context, who web.Who, in *struct{ Body Type }) (Type, error) {
			return room.SetType(ctx, who, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/tickets/types/{key}", Needs: web.Settings, Say: "Take a ticket type off the list"},
		func(ctx context.Context, who web.Who, in *struct {
			Key string `path:"key"`
		},
		) (web.None, error) {
			return web.None{OK: true}, room.Drop(ctx, who, "type", in.Key)
		})
}
