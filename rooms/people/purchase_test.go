package people

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

func order(name string, minor int64, email string) Sale {
	return Sale{Name: name, Buyer: Buyer{Email: email}, Amount: money.Amount{Minor: minor, Currency: "EUR"}}
}

func TestPurchasesTwiceAtOnce(t *testing.T) {
	for name, verb := range map[string]func(s scene) error{
		"of somebody known": func(s scene) error {
			return second(s.Buy(t.Context(), all, order("order-1", 500, "ada@example.com")))
		},
		"of somebody new": func(s scene) error {
			return second(s.Buy(t.Context(), all, order("order-2", 500, "uma@example.com")))
		},
		"cancelled": func(s scene) error { return second(s.Unbuy(t.Context(), all, "order-0")) },
		"imported": func(s scene) error {
			return second(s.Import(t.Context(), all, strings.NewReader("subject,email,amount,currency\norder-3,bob@example.com,1.50,EUR\n"), false))
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				s := setScene(t)
				if _, err := s.Buy(t.Context(), all, order("order-0", 900, "bob@example.com")); err != nil {
					t.Fatal(err)
				}
				return s.db, func() error { return verb(s) }
			})
		})
	}
}

// The shop's systems tell of orders as often as they like: each counts once, for whom it is, and nothing is guessed.
func TestEvents(t *testing.T) {
	s := setScene(t)
	api := web.New(web.Config{DB: s.db, Version: "test", Log: slog.New(slog.DiscardHandler)})
	s.Routes(api)
	shop := web.Who{Actor: store.By("token:tok_0000000000001", "api"), Staff: 1, Can: web.Act | web.Money | web.View | web.Settings}
	ask := func(who web.Who, line, body string) *httptest.ResponseRecorder {
		method, path, _ := strings.Cut(line, " ")
		w := httptest.NewRecorder()
		web.Trusted(api, who).ServeHTTP(w, httptest.NewRequest(method, web.Prefix+path, strings.NewReader(body)))
		return w
	}
	event := func(kind, customer, subject, rest string) string {
		return fmt.Sprintf(`{"kind":%q,"customer":%s,"subject":%q%s}`, kind, customer, subject, rest)
	}
	paid := func(minor, currency string) string {
		return fmt.Sprintf(`,"at":"2026-01-02T03:04:05Z","data":{"amount":{"minor":%s,"currency":%q}}`, minor, currency)
	}
	const ada, uma = `{"email":"ada@example.com","external_id":"C-7"}`, `{"email":"uma@example.com","name":"Uma"}`
	for _, tc := range []struct {
		who        web.Who
		line, body string
		code       int
		want       string
		kinds      string
	}{
		{shop, "POST /events", event("order.placed", ada, "order-1", paid("1250", "EUR")), 202, `"subject":"order-1","customer":"{ada}","amount":{"minor":1250,"currency":"EUR"},"at":"2026-01-02T03:04:05Z"}`, "purchases.made"},
		{shop, "POST /events", event("order.placed", ada, "order-1", paid("1250", "EUR")), 202, `"subject":"order-1"`, ""},
		{shop, "POST /events", event("order.placed", ada, "order-1", paid("1251", "EUR")), 409, `another amount`, ""},
		{shop, "POST /events", event("order.placed", `{"email":"bob@example.com"}`, "order-1", paid("1250", "EUR")), 409, `or customer`, ""},
		{shop, "POST /events", event("order.placed", `{"external_id":"C-7"}`, "order-2", paid("2000", "EUR")), 202, `"customer":"{ada}"`, "purchases.made"},
		{shop, "POST /events", event("order.placed", `{"external_id":"C-8"}`, "order-3", paid("2000", "EUR")), 422, `known as “C-8”`, ""},
		{shop, "POST /events", event("order.placed", uma, "order-4", paid("300", "USD")), 202, `"subject":"order-4"`, "customers.met purchases.made"},
		{shop, "POST /events", event("order.placed", `{"id":"{ada}"}`, "order-5", paid("700", "USD")), 202, `"customer":"{ada}"`, "purchases.made"},
		{shop, "POST /events", event("order.placed", ada, "order-6", paid("-1", "EUR")), 422, `not less than nothing`, ""},
		{shop, "POST /events", event("order.placed", ada, "order-6", paid("12.5", "EUR")), 422, `data.amount.minor: expected integer`, ""},
		{shop, "POST /events", event("order.placed", ada, "order-6", paid("99999999999999", "EUR")), 422, `more than one purchase`, ""},
		{shop, "POST /events", event("order.placed", ada, "order-6", paid("5", "XYZ")), 422, `There is no currency`, ""},
		{shop, "POST /events", event("order.placed", ada, "order-6", ""), 422, `what was paid`, ""},
		{shop, "POST /events", event("order.placed", ada, " ", paid("5", "EUR")), 422, `what the shop calls`, ""},
		{shop, "POST /events", event("order.placed", `{}`, "order-6", paid("5", "EUR")), 422, `who it is from`, ""},
		{shop, "POST /events", event("order.placed", ada, "order-6", `,"at":"2126-01-02T03:04:05Z","data":{"amount":{"minor":5,"currency":"EUR"}}`), 422, `between 1970 and now`, ""},
		{shop, "POST /events", event("order.lost", ada, "order-6", paid("5", "EUR")), 422, `kind`, ""},
		{web.Who{Can: web.View}, "POST /events", event("order.placed", ada, "order-6", paid("5", "EUR")), 403, `act`, ""},
		{shop, "POST /events", `{"kind":"order.cancelled","subject":"order-2"}`, 202, `"cancelled_at":"`, "purchases.cancelled"},
		{shop, "POST /events", `{"kind":"order.cancelled","subject":"order-2"}`, 202, `"cancelled_at":"`, ""},
		{shop, "POST /events", `{"kind":"order.cancelled","subject":"order-9"}`, 404, `no purchase “order-9”`, ""},
		{shop, "GET /customers/{ada}/worth", "", 200, `{"items":[{"currency":"EUR","spent":{"minor":1250,"currency":"EUR"},"purchases":1,"first":"2026-01-02T03:04:05Z","last":"2026-01-02T03:04:05Z"},{"currency":"USD","spent":{"minor":700`, ""},
		{shop, "GET /customers/{ada}/purchases?limit=1", "", 200, `"next":"pur_`, ""},
		{web.Who{Can: web.View}, "GET /customers/{ada}/worth", "", 403, `money`, ""},
		{web.Who{Can: web.Money}, "GET /customers/{ada}/worth", "", 403, `view`, ""},
		{web.Who{Can: web.Money}, "GET /customers/{ada}/purchases", "", 403, `view`, ""},
		{web.Who{Can: web.Act}, "POST /events", `{"kind":"order.cancelled","subject":"order-1"}`, 403, `money`, ""},
		{shop, "POST /events", event("order.placed", `{"email":"ada@example.com","external_id":"a\u0000b"}`, "order-6", paid("5", "EUR")), 422, `calls its customer`, ""},
		{shop, "POST /purchases/import?dry_run=true", "subject,email,external_id,amount,currency\nTisch f\xfcr vier,ada@example.com,,5,EUR\norder-6,ada@example.com,M\xfcller,5,EUR\norder-6,ada@example.com,,5,EUR\n", 200, `{"entered":1,"known":0,"faults":[{"line":2,`, ""},
		{shop, "POST /purchases/import", "subject;amount\n", 422, `The column subject is missing`, ""},
		{shop, "POST /purchases/import?dry_run=true", "subject,email,amount,currency,at\norder-7,ada@example.com,12.50,eur,2026-02-03\n", 200, `{"entered":1,"known":0,"faults":[],"faulty":0}`, ""},
		{
			shop, "POST /purchases/import", "\ufeffSubject,Email,Amount,Currency,At\r\norder-7,ada@example.com,12.50,eur,2026-02-03\r\norder-1,ada@example.com,12.50,EUR,\r\n" +
				"order-8,ada@example.com,12.505,EUR,\r\norder-8,ada@example.com,\"1,250\",EUR,\r\norder-8,ada@example.com,1,EUR,soon\r\norder-8,,1,EUR,\r\n",
			200,
			`{"entered":1,"known":1,"faults":[{"line":4,"say":"EUR has 2 decimals; \"12.505\" has more."},{"line":5,"say":"\"1,250\" is no amount. Write it like 12.50."},{"line":6,"say":"\"soon\" is no moment`, "purchases.made",
		},
	} {
		t.Run(fmt.Sprintf("%.40s %.70s", tc.line, tc.body), func(t *testing.T) {
			names := strings.NewReplacer("{ada}", s.ada.ID.String())
			head, err := s.db.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			w := ask(tc.who, names.Replace(tc.line), names.Replace(tc.body))
			if w.Code != tc.code || !strings.Contains(w.Body.String(), names.Replace(tc.want)) {
				t.Errorf("%d %s; want %d and %s", w.Code, w.Body, tc.code, names.Replace(tc.want))
			}
			entries, err := s.db.Journal(t.Context(), head, 10)
			var kinds []string
			for _, e := range entries {
				kinds = append(kinds, e.Kind)
			}
			if got := strings.Join(kinds, " "); err != nil || got != tc.kinds {
				t.Errorf("recorded %q %v, want %q", got, err, tc.kinds)
			}
		})
	}
}

// Twenty systems that tell of the same orders at once enter each once.
func TestManyTellOfTheSame(t *testing.T) {
	s := setScene(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for i := range 3 {
				if _, err := s.Buy(t.Context(), all, order(fmt.Sprint("order-", i), 100, "new@example.com")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	err := s.db.Read(t.Context(), func(tx *store.Tx) error {
		c, _, err := addressOf(tx, Email, "new@example.com")
		if err != nil {
			return err
		}
		all, err := s.Worth(tx, c.Customer)
		if len(all) != 1 || all[0].Spent.Minor != 300 || all[0].Purchases != 3 {
			t.Errorf("worth %+v", all)
		}
		bought, err2 := s.Purchases(tx, c.Customer, 0, 10)
		if len(bought) != 3 {
			t.Fatalf("bought %+v", bought)
		}
		if rest, err := s.Purchases(tx, c.Customer, bought[0].ID, 10); err != nil || len(rest) != 2 || rest[0] != bought[1] {
			t.Errorf("then %+v %v", rest, err)
		}
		if err == nil {
			err = err2
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A file that is tried says exactly what the real run does, row by row: what stands twice in it, and who is known by a name
// of the shop's only since a row before. Nothing of the trial is left.
func TestATrialSaysWhatTheRealRunDoes(t *testing.T) {
	d := setScene(t)
	before, err := d.db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file := "subject,email,external_id,amount,currency\n" +
		"order-1,eve@example.com,shop-7,12.50,EUR\n" + // known as shop-7 from here on
		"order-2,,shop-7,5,EUR\n" +
		"order-1,eve@example.com,,12.50,EUR\n" + // the same again
		"order-1,eve@example.com,,13,EUR\n" + // and with another amount
		"order-2,bob@example.com,,5,EUR\n" + // somebody else is known by that address
		"order-3,,shop-8,5,EUR\n" +
		"order-4,eve@example.com,,0.005,EUR\n" +
		"order-5,eve@example.com,,-1,EUR\n" +
		"order-6,eve@example.com,,99999999999999,EUR\n" +
		"order-7,eve@example.com,,5,XXX\n"
	var said [2]Imported
	for i, dry := range []bool{true, false} {
		var err error
		if said[i], err = d.Import(t.Context(), all, strings.NewReader(file), dry); err != nil {
			t.Fatal(err)
		}
		if head, err := d.db.Head(t.Context()); err != nil || (head == before) != dry {
			t.Errorf("after dry %v the journal is at %d: %v", dry, head, err)
		}
	}
	if !reflect.DeepEqual(said[0], said[1]) {
		t.Errorf("tried: %+v; and then done: %+v", said[0], said[1])
	}
	if said[0].Entered != 2 || said[0].Known != 1 || said[0].Faulty != 7 {
		t.Errorf("said %+v", said[0])
	}
	for _, f := range said[0].Faults {
		if f.Say == "" || strings.Contains(f.Say, "\n") {
			t.Errorf("line %d: %q", f.Line, f.Say)
		}
	}
}
