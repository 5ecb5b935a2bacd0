package ledger

import (
	"context"
	"net/http"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type listIn struct {
	Ticket   tickets.ID `query:"ticket"`
	Customer people.ID  `query:"customer"`
	Case     string     `query:"case" maxLength:"40" doc:"a ticket, or a complaint that has none"`
	From     time.Time  `query:"from" doc:"entered from then on"`
	To       time.Time  `query:"to" doc:"and before"`
	After    ID         `query:"after"`
	Limit    int        `query:"limit" default:"100" minimum:"1" maximum:"500"`
}

// entries are those of the ledger that who may see: of their teams, of none, and what was on their own authority.
func entries(tx *store.Tx, who web.Who, f Filter) ([]Entry, error) {
	f.Some, f.Teams, f.Staff = !who.All || !who.May(web.View), who.Teams, staff.ID(who.Staff)
	return List(tx, f)
}

// Routes is what the web may ask of the ledger; zone says where its days begin and end.
func Routes(api *web.API, db *store.DB, zone func(tx *store.Tx) (*time.Location, error)) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/ledger", Needs: web.Money, Say: "Read the ledger, oldest first; the lines of an entry come to nothing"},
		func(ctx context.Context, who web.Who, in *listIn) (page web.Page[Entry], err error) {
			return page, db.Read(ctx, func(tx *store.Tx) error {
				page.Items, err = entries(tx, who, Filter{Ticket: in.Ticket, Customer: in.Customer, Case: in.Case, From: in.From, To: in.To, After: in.After, Limit: in.Limit})
				if len(page.Items) == in.Limit {
					page.Next = page.Items[in.Limit-1].ID.String()
				}
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/ledger/accounts", Needs: web.Money | web.Reports, Say: "Read what the accounts come to"},
		func(ctx context.Context, who web.Who, in *struct {
			Of    string `query:"of" required:"true" enum:"customer,case,staff,team,kind"`
			After string `query:"after" maxLength:"80"`
			Limit int    `query:"limit" default:"100" minimum:"1" maximum:"500"`
		},
		) (page web.Page[Account], err error) {
			if !who.All {
				return page, fault.New(fault.Denied, "ledger.all", "The accounts are of all teams, so only somebody who works with all of them can read them.")
			}
			return page, db.Read(ctx, func(tx *store.Tx) error {
				page.Items, err = Accounts(tx, in.Of, in.After, in.Limit)
				if len(page.Items) == in.Limit {
					page.Next = page.Items[in.Limit-1].Account
				}
				return err
			})
		})
	web.Raw(api, web.Route{
		Method: http.MethodGet, Path: "/ledger/export", Needs: web.Money | web.Reports, Say: "The ledger for the accountant, a line of CSV for each line of an entry", Gives: "text/csv",
		Asks: []web.Ask{{Name: "from", Say: "the first day, as 2026-01-01"}, {Name: "to", Say: "the last day"}},
	}, func(w http.ResponseWriter, r *http.Request, who web.Who) error { return export(w, r, who, db, zone) })
}

// export writes the ledger as CSV, in pages, each a look of its own: what is entered never changes.
func export(w http.ResponseWriter, r *http.Request, who web.Who, db *store.DB, zone func(tx *store.Tx) (*time.Location, error)) error {
	where := time.UTC
	if err := db.Read(r.Context(), func(tx *store.Tx) (err error) { where, err = zone(tx); return err }); err != nil {
		return err
	}
	f, err := Span(r.URL.Query().Get, where)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="ledger.csv"`)
	ctx := r.Context()
	err = WriteCSV(w, func(after ID, limit int) (all []Entry, err error) {
		f.After, f.Limit = after, limit
		return all, db.Read(ctx, func(tx *store.Tx) error { all, err = entries(tx, who, f); return err })
	})
	if err != nil { // what was sent so far is no whole ledger, and must not look like one
		panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's own way to end a response
	}
	return nil
}
