package recovery

import (
	"context"
	"net/http"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/board"
	"github.com/hearthdesk/hearth/rooms/recovery/failures"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type byID struct {
	ID ID `path:"id"`
}

type byTicket struct {
	ID tickets.ID `path:"id"`
}

type byKey struct {
	Key string `path:"key"`
}

// with is the body of a request about one complaint.
type with[B any] struct {
	ID   ID `path:"id"`
	Body B
}

type onTicket[B any] struct {
	ID   tickets.ID `path:"id"`
	Body B
}

type why struct {
	Reason string `json:"reason" maxLength:"10000"`
}

// whole answers a verb with the complaint as it is then.
func (room *Room) whole(ctx context.Context, who web.Who, c Complaint, err error) (w Whole, _ error) {
	if err != nil {
		return w, err
	}
	return w, room.db.Read(ctx, func(tx *store.Tx) error {
		w, err = room.Look(tx, who, c.ID)
		if f := fault.Of(err); f != nil && f.Kind == fault.NotFound { // it is somebody else's now, and no longer ours to see
			w, err = Whole{Complaint: c}, nil
		}
		return err
	})
}

// Routes is what the web may ask of this room.
func (room *Room) Routes(api *web.API) {
	room.captureRoutes(api)
	room.stageRoutes(api)
	room.followUpRoutes(api)
	room.ownerRoutes(api)
	room.kindRoutes(api)
	room.failureRoutes(api)
	room.remedyRoutes(api)
	room.offerRoutes(api)
	room.approvalRoutes(api)
	room.authorityRoutes(api)
	room.policyRoutes(api)
	ledger.Routes(api, room.db, room.rules.Zone)
}

type listIn struct {
	Ticket    tickets.ID `query:"ticket"`
	Owner     string     `query:"owner" doc:"me, none, or an id"`
	OfferedTo string     `query:"offered_to" enum:"me" doc:"me: those you are asked to take over"`
	RaisedBy  string     `query:"raised_by" enum:"me" doc:"me: those you captured"`
	Team      string     `query:"team" doc:"none, or an id"`
	Stage     Stage      `query:"stage" enum:"capture,investigate,resolve,communicate,follow_up"`
	Severity  int        `query:"severity" minimum:"0" maximum:"3"`
	Internal  string     `query:"internal" enum:"true,false"`
	State     string     `query:"state" enum:"open,closed" doc:"both when absent"`
	Late      bool       `query:"late" doc:"only those whose stage is late"`
	After     ID         `query:"after"`
	Limit     int        `query:"limit" default:"25" minimum:"1" maximum:"200"`
}

func (in listIn) filter(who web.Who) (f Filter, err error) {
	f = Filter{Ticket: in.Ticket, Stage: in.Stage, Severity: in.Severity, Late: in.Late, After: in.After, Limit: in.Limit}
	me := staff.ID(who.Staff)
	if in.Owner != "" {
		f.Owner = new(staff.ID)
		switch in.Owner {
		case "none":
		case "me":
			*f.Owner = me
		default:
			err = f.Owner.UnmarshalText([]byte(in.Owner))
		}
	}
	if in.Team != "" && err == nil {
		f.Team = new(staff.TeamID)
		if in.Team != "none" {
			err = f.Team.UnmarshalText([]byte(in.Team))
		}
	}
	if in.OfferedTo != "" {
		f.OfferedTo = me
	}
	if in.RaisedBy != "" {
		f.RaisedBy = me
	}
	if in.Internal != "" {
		is := in.Internal == "true"
		f.Internal = &is
	}
	if in.State != "" {
		is := in.State == "closed"
		f.Closed = &is
	}
	return f, err
}

func (room *Room) captureRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/tickets/{id}/complaint", Needs: web.Capture, Say: "Capture what went wrong on a ticket; you own it then", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *onTicket[Story]) (Whole, error) {
			c, err := room.Capture(ctx, who, in.ID, in.Body)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets/{id}/complaint", Needs: web.View, Say: "Read the complaint of a ticket: the open one, else the last"},
		func(ctx context.Context, who web.Who, in *byTicket) (w Whole, err error) {
			return w, room.db.Read(ctx, func(tx *store.Tx) error { w, err = room.On(tx, who, in.ID); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints", Needs: web.Capture, Say: "Capture a complaint that you were told, or a colleague's", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *struct{ Body Told }) (Whole, error) {
			c, err := room.Tell(ctx, who, in.Body)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/complaints", Needs: web.Capture, Say: "List complaints, the newest first"},
		func(ctx context.Context, who web.Who, in *listIn) (page web.Page[Row], err error) {
			f, err := in.filter(who)
			if err != nil {
				return page, err
			}
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page, err = room.List(tx, who, f); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/complaints/board", Needs: web.Capture, Say: "How many open complaints are in which stage"},
		func(ctx context.Context, who web.Who, in *listIn) (page web.Page[board.Count], err error) {
			f, err := in.filter(who)
			if err != nil {
				return page, err
			}
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = room.Board(tx, who, f); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/complaints/counts", Needs: web.Capture, Say: "How much of all that waits for you: complaints you are asked to take over, and questions you may answer"},
		func(ctx context.Context, who web.Who, _ *struct{}) (n board.Waits, err error) {
			return n, room.db.Read(ctx, func(tx *store.Tx) error { n, err = board.WaitsFor(tx, who); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/complaints/{id}", Needs: web.Capture, Say: "Read a complaint"},
		func(ctx context.Context, who web.Who, in *byID) (w Whole, err error) {
			return w, room.db.Read(ctx, func(tx *store.Tx) error { w, err = room.Look(tx, who, in.ID); return err })
		})
}

func (room *Room) stageRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/complaints/{id}", Needs: web.Capture, Say: "Say of which kind and how severe a complaint is, and why it happened"},
		func(ctx context.Context, who web.Who, in *with[Sorting]) (Whole, error) {
			c, err := room.Sort(ctx, who, in.ID, in.Body)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/wish", Needs: web.Capture, Say: "Note what the customer would like"},
		func(ctx context.Context, who web.Who, in *with[struct {
			Wish string `json:"wanted,omitempty" maxLength:"10000"`
			None bool   `json:"would_not_say,omitempty"`
		}],
		) (Whole, error) {
			c, err := room.Wish(ctx, who, in.ID, in.Body.Wish, in.Body.None)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/tick", Needs: web.Capture, Say: "Tick a check of the stage, or untick it"},
		func(ctx context.Context, who web.Who, in *with[struct {
			Check string `json:"check" maxLength:"40"`
			Off   bool   `json:"off,omitempty"`
		}],
		) (Whole, error) {
			c, err := room.Tick(ctx, who, in.ID, in.Body.Check, in.Body.Off)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/advance", Needs: web.Capture, Say: "Go on to the next stage, once all of this one is done"},
		func(ctx context.Context, who web.Who, in *byID) (Whole, error) {
			c, err := room.Advance(ctx, who, in.ID)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/close", Needs: web.Capture, Say: "Close a complaint"},
		func(ctx context.Context, who web.Who, in *with[struct {
			Ended  Ended  `json:"ended" enum:"content,silent,mistaken"`
			Reason string `json:"reason,omitempty" maxLength:"10000" doc:"why it was none, with mistaken"`
		}],
		) (Whole, error) {
			c, err := room.Close(ctx, who, in.ID, in.Body.Ended, in.Body.Reason)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/reopen", Needs: web.Capture, Say: "Take a closed complaint up again"},
		func(ctx context.Context, who web.Who, in *byID) (Whole, error) {
			c, err := room.Reopen(ctx, who, in.ID)
			return room.whole(ctx, who, c, err)
		})
}

func (room *Room) ownerRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/take", Needs: web.Capture, Say: "Take a complaint that nobody owns"},
		func(ctx context.Context, who web.Who, in *byID) (Whole, error) {
			c, err := room.Take(ctx, who, in.ID)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/handover", Needs: web.Capture, Say: "Ask a colleague to take a complaint over", Status: http.StatusAccepted},
		func(ctx context.Context, who web.Who, in *with[struct {
			To      staff.ID `json:"to"`
			Summary string   `json:"summary" maxLength:"10000" doc:"what they need to know, so that the customer repeats nothing"`
		}],
		) (Whole, error) {
			c, err := room.HandOver(ctx, who, in.ID, in.Body.To, in.Body.Summary)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/complaints/{id}/handover", Tail: true, Needs: web.Capture, Say: "Take back the asking of a colleague"},
		func(ctx context.Context, who web.Who, in *byID) (Whole, error) {
			c, err := room.Unhand(ctx, who, in.ID)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/accept", Needs: web.Capture, Say: "Accept a complaint that you are asked to take over"},
		func(ctx context.Context, who web.Who, in *byID) (Whole, error) {
			c, err := room.Accept(ctx, who, in.ID)
			return room.whole(ctx, who, c, err)
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/complaints/{id}/decline", Needs: web.Capture, Say: "Decline a complaint that you are asked to take over"},
		func(ctx context.Context, who web.Who, in *with[why]) (Whole, error) {
			c, err := room.Decline(ctx, who, in.ID, in.Body.Reason)
			return room.whole(ctx, who, c, err)
		})
}

func (room *Room) kindRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/complaints/kinds", Needs: web.Capture, Say: "List the kinds of complaints, with what each stage asks for"},
		func(ctx context.Context, who web.Who, _ *struct{}) (page web.Page[Kind], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = room.kinds(tx, who); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/complaints/kinds", Needs: web.Settings, Say: "Set up a kind of complaint"},
		func(ctx context.Context, who web.Who, in *struct{ Body Kind }) (Kind, error) {
			return room.SetKind(ctx, who, in.Body)
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/complaints/kinds/{key}", Needs: web.Settings, Say: "Take a kind of your own away; one of the starter's is as it was"},
		func(ctx context.Context, who web.Who, in *byKey) (web.None, error) {
			return web.None{OK: true}, room.DropKind(ctx, who, in.Key)
		})
}

func (room *Room) failureRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/complaints/failures", Needs: web.Capture, Say: "List the failures that may open a recovery though nobody complained"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (page web.Page[Watched], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = failures.List(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPut, Path: "/complaints/failures", Needs: web.Settings, Say: "Set whether a failure opens a recovery by itself, and how severe that is"},
		func(ctx context.Context, who web.Who, in *struct{ Body Watched }) (Watched, error) {
			return room.Watch(ctx, who, in.Body)
		})
}
