package people

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

type eventIn struct {
	Body struct {
		Kind     string    `json:"kind" enum:"order.placed,order.cancelled"`
		Customer Buyer     `json:"customer,omitzero" required:"false" doc:"who bought; not needed with order.cancelled"`
		Subject  string    `json:"subject" maxLength:"200" doc:"what the shop calls the order; told again it is the same one"`
		At       time.Time `json:"at,omitzero" doc:"now when absent"`
		Data     struct {
			Amount *money.Amount `json:"amount,omitempty" doc:"what was paid, in whole minor units"`
		} `json:"data,omitzero" required:"false"`
	}
}

// purchaseRoutes is what the web may ask of purchases.
func (room *Room) purchaseRoutes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/events", Needs: web.Act | web.Money, Say: "Tell what happened in the shop's systems: an order was placed or cancelled", Status: http.StatusAccepted}, room.hear)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}/purchases", Needs: web.View | web.Money, Say: "List what a customer bought, the newest first"},
		func(ctx context.Context, _ web.Who, in *struct {
			ID    ID         `path:"id"`
			After PurchaseID `query:"after"`
			Limit int        `query:"limit" default:"50" minimum:"1" maximum:"200"`
		},
		) (page web.Page[Purchase], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error {
				page.Items, err = room.Purchases(tx, in.ID, in.After, in.Limit)
				if len(page.Items) == in.Limit {
					page.Next = page.Items[in.Limit-1].ID.String()
				}
				return err
			})
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/customers/{id}/worth", Needs: web.View | web.Money, Say: "Read what a customer bought in all: the plain sum of what the shop told of"},
		func(ctx context.Context, _ web.Who, in *byID) (page web.Page[Worth], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error {
				if _, err := load(tx, in.ID); err != nil {
					return err
				}
				page.Items, err = room.Worth(tx, in.ID)
				return err
			})
		})
	web.Raw(api, web.Route{
		Method: http.MethodPost, Path: "/purchases/import", Needs: web.Settings, Limit: 64 << 20, Takes: "text/csv", Gives: "application/json", Made: Imported{},
		Say: "Enter purchases from a CSV file: subject, email, amount, currency, at; a second time changes nothing", Asks: []web.Ask{{Name: "dry_run", Say: "true only tries"}},
	}, room.importCSV)
}

func (room *Room) hear(ctx context.Context, who web.Who, in *eventIn) (Purchase, error) {
	b := in.Body
	if b.Kind == "order.cancelled" {
		return room.Unbuy(ctx, who, b.Subject)
	}
	if b.Data.Amount == nil {
		return Purchase{}, fault.Field("data.amount", "purchase.amount", "Say what was paid, as data.amount.")
	}
	return room.Buy(ctx, who, Sale{Name: b.Subject, Buyer: b.Customer, Amount: *b.Data.Amount, At: b.At})
}

// Imported is what became of the rows of a file.
type Imported struct {
	Entered int      `json:"entered"`
	Known   int      `json:"known" doc:"entered before, and the same"`
	Faults  []Faulty `json:"faults" nullable:"false" doc:"rows that were left out, at most 100 of them"`
	Faulty  int      `json:"faulty" doc:"how many rows were left out"`
}

// Faulty is a row that was left out, and why.
type Faulty struct {
	Line int    `json:"line" doc:"of the file"`
	Say  string `json:"say"`
}

const mostFaults = 100

func (room *Room) importCSV(w http.ResponseWriter, r *http.Request, who web.Who) error {
	done, err := room.Import(r.Context(), who, r.Body, r.URL.Query().Get("dry_run") == "true")
	if err != nil {
		return err
	}
	return web.Send(w, http.StatusOK, done)
}

// errDry ends a transaction that only tried.
var errDry = errors.New("people: only tried")

// Import enters purchases from CSV with a first line of names: subject, email or external_id, amount, currency, and at when
// it was not now. A row that can't be read is left out and told of; the others are entered, each once, and each for itself.
// To try only, all rows are entered after one another in one transaction that is given up at the end, so that a row counts
// on those before it as it would. The file is read before, for nobody else may enter anything meanwhile.
func (room *Room) Import(ctx context.Context, who web.Who, file io.Reader, dry bool) (done Imported, err error) {
	if !dry {
		return eachRow(file, func(s Sale) (fresh bool, err error) {
			return fresh, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
				_, fresh, err = room.buy(tx, s)
				return err
			})
		})
	}
	whole, err := io.ReadAll(file)
	if err != nil {
		return done, err
	}
	err = room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		done, err = eachRow(bytes.NewReader(whole), func(s Sale) (bool, error) {
			_, fresh, err := room.buy(tx, s)
			return fresh, err
		})
		if err == nil {
			err = errDry
		}
		return err
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return done, err
}

// eachRow reads a file and has each sale in it entered.
func eachRow(file io.Reader, enter func(s Sale) (fresh bool, err error)) (done Imported, err error) {
	in := csv.NewReader(file)
	in.ReuseRecord, in.FieldsPerRecord = true, -1
	columns, err := columnsOf(in)
	if err != nil {
		return done, err
	}
	done.Faults = []Faulty{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return done, nil
		}
		line, fresh := 0, false
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			line, err = broken.Line, fault.New(fault.Invalid, "purchase.csv", "This line is no CSV.")
		} else if err == nil {
			line, _ = in.FieldPos(0)
			var s Sale
			if s, err = saleOf(columns, row); err == nil {
				fresh, err = enter(s)
			}
		}
		if err := done.count(line, fresh, err); err != nil {
			return done, err
		}
	}
}

// count notes what became of a row; only an accident ends the whole.
func (done *Imported) count(line int, fresh bool, err error) error {
	f := fault.Of(err)
	switch {
	case err == nil && fresh:
		done.Entered++
	case err == nil:
		done.Known++
	case f == nil || f.Kind == fault.Internal:
		return err
	default:
		done.Faulty++
		if len(done.Faults) < mostFaults {
			done.Faults = append(done.Faults, Faulty{line, f.Say})
		}
	}
	return nil
}

// columnsOf reads the first line, which names the columns.
func columnsOf(in *csv.Reader) ([]string, error) {
	head, err := in.Read()
	if err != nil {
		return nil, fault.New(fault.Invalid, "purchase.csv", "This is no CSV file with a first line that names the columns.")
	}
	columns := make([]string, len(head))
	for i, name := range head {
		columns[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
	}
	for _, must := range []string{"subject", "amount", "currency"} {
		if !slices.Contains(columns, must) {
			return nil, fault.New(fault.Invalid, "purchase.columns", "The column %s is missing; there are: %s.", must, strings.Join(columns, ", "))
		}
	}
	return columns, nil
}

// saleOf reads one row.
func saleOf(columns, row []string) (s Sale, err error) {
	of := func(name string) string {
		if i := slices.Index(columns, name); i >= 0 && i < len(row) {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	s = Sale{Name: of("subject"), Buyer: Buyer{External: of("external_id"), Name: of("name"), Email: of("email"), Phone: of("phone")}}
	if s.Amount, err = money.Parse(of("amount"), strings.ToUpper(of("currency"))); err != nil {
		return s, err
	}
	if at := of("at"); at != "" {
		s.At, err = moment(at)
	}
	return s, err
}

// moment reads a day or a moment.
func moment(s string) (time.Time, error) {
	for _, form := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if at, err := time.Parse(form, s); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fault.Field("at", "purchase.moment", "%q is no moment; write it like 2026-01-31 or 2026-01-31T12:00:00Z.", clip(s))
}
