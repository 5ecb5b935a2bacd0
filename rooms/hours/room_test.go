package hours

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

var (
	admin = web.Who{Actor: store.By("staff:stf_0000000000001", "test"), Staff: 1, Can: web.View | web.Settings}
	agent = web.Who{Actor: store.By("staff:stf_0000000000002", "test"), Staff: 2, Can: web.View | web.Act}
	guest = web.Who{Actor: store.By("staff:stf_0000000000003", "test"), Staff: 3, Can: web.Capture}
)

// house is the room with its database and its door.
type house struct {
	*Room
	db   *store.DB
	door func(who web.Who) http.Handler
}

func openHouse(t *testing.T) *house {
	t.Helper()
	db := storetest.Open(t, web.Tables, Tables)
	h := &house{Room: New(db), db: db}
	api := web.New(web.Config{DB: db, Version: "test", Log: slog.New(slog.DiscardHandler)})
	h.Routes(api)
	h.door = func(who web.Who) http.Handler { return web.Trusted(api, who) }
	return h
}

func (h *house) ask(who web.Who, line, body string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(line, " ")
	w := httptest.NewRecorder()
	h.door(who).ServeHTTP(w, httptest.NewRequest(method, web.Prefix+path, strings.NewReader(body)))
	return w
}

func (h *house) kinds(t *testing.T, after int64) (kinds []string) {
	t.Helper()
	all, err := h.db.Journal(t.Context(), after, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func (h *house) preferred(t *testing.T) (c Calendar) {
	t.Helper()
	if err := h.db.Read(t.Context(), func(tx *store.Tx) (err error) { c, err = h.Default(tx); return err }); err != nil {
		t.Fatal(err)
	}
	return c
}

const mondays = `[[],[{"from":480,"to":960}],[],[],[],[],[]]`

// TestRequests reads as a table: who asks for what, what comes back, and what the journal says happened.
func TestRequests(t *testing.T) {
	h := openHouse(t)
	shop, err := h.Add(t.Context(), admin, Calendar{Name: "Shop", Zone: "Europe/Vienna", Always: true})
	if err != nil {
		t.Fatal(err)
	}
	words := strings.NewReplacer("{shop}", shop.ID.String(), "{office}", "cal_0000000000001", "{week}", mondays)
	for _, tc := range []struct {
		who       web.Who
		ask, body string
		code      int
		want      string
		kinds     []string
	}{
		{agent, "GET /calendars", "", 200, `{"items":[{"id":"{office}","name":"Office hours","zone":"UTC","week":[[],[{"from":540,"to":1020}],`, nil},
		{agent, "GET /calendars", "", 200, `"default":true,"version":1},{"id":"{shop}","name":"Shop"`, nil},
		{guest, "GET /calendars", "", 403, `permission.missing`, nil},
		{agent, "GET /calendars/{shop}", "", 200, `"zone":"Europe/Vienna","week":[[],[],[],[],[],[],[]],"holidays":[],"always":true,"default":false`, nil},
		{agent, "GET /calendars/cal_0000000000009", "", 404, `There is no calendar cal_0000000000009.`, nil},
		{agent, "GET /calendars/shop", "", 422, `form cal_`, nil},
		{agent, "GET /calendars/regions", "", 200, `{"code":"DE-BY","name":"Bayern"}`, nil},
		{agent, "GET /calendars/regions/DE-BY/2027", "", 200, `{"date":"2027-05-27","name":"Fronleichnam"}`, nil},
		{agent, "GET /calendars/regions/DE-XX/2027", "", 422, `calendar.region`, nil},
		{agent, "GET /calendars/regions/DE-BY/20270", "", 422, `year`, nil},

		{agent, "POST /calendars", `{"name":"Mine","zone":"UTC","always":true}`, 403, `it needs “settings”`, nil},
		{admin, "POST /calendars", `{"name":" Nights ","zone":"Europe/Berlin","week":{week},"public":"DE-BE"}`, 201, `"name":"Nights","zone":"Europe/Berlin","week":{week},"holidays":[],"public":"DE-BE","default":false,"version":1`, []string{"calendars.added"}},
		{admin, "POST /calendars", `{"name":"Nights","zone":"Europe/Bielefeld","week":{week}}`, 422, `There is no time zone`, nil},
		{admin, "POST /calendars", `{"name":"Nights","zone":"UTC"}`, 422, `This calendar never opens`, nil},
		{admin, "POST /calendars", `{"name":"Nights","zone":"UTC","week":[[]]}`, 422, `week`, nil},
		{admin, "POST /calendars", `{"zone":"UTC","always":true}`, 422, `name`, nil},
		{admin, "POST /calendars", `{"name":"Nights","zone":"UTC","always":true,"holidays":[{"date":"24.12.2026","name":"X"}]}`, 422, `A date is written like 2026-12-24`, nil},

		{agent, "PATCH /calendars/{office}", `{"zone":"Europe/Berlin"}`, 403, `settings`, nil},
		{admin, "PATCH /calendars/{office}", `{"zone":"Europe/Berlin","public":"DE"}`, 200, `"zone":"Europe/Berlin"`, []string{"calendars.changed"}},
		{admin, "PATCH /calendars/{office}", `{"zone":"Europe/Berlin"}`, 200, `"version":2`, nil},
		{admin, "PATCH /calendars/{office}", `{"holidays":[{"date":"2026-12-24","name":"Heiligabend","closed":{"from":840,"to":1440},"yearly":true}]}`, 200, `"closed":{"from":840,"to":1440},"yearly":true}]`, []string{"calendars.changed"}},
		{admin, "PATCH /calendars/{office}", `{"week":[[],[],[],[],[],[],[]]}`, 422, `This calendar never opens`, nil},
		{admin, "PATCH /calendars/{office}", `{"default":true}`, 422, `unexpected property`, nil},
		{admin, "PATCH /calendars/cal_0000000000009", `{"name":"X"}`, 404, `calendar.unknown`, nil},

		{admin, "DELETE /calendars/{office}", ``, 409, `choose another default first`, nil},
		{agent, "POST /calendars/{shop}/default", ``, 403, `settings`, nil},
		{admin, "POST /calendars/{shop}/default", ``, 200, `"default":true`, []string{"calendars.preferred"}},
		{admin, "POST /calendars/{shop}/default", ``, 200, `"default":true`, nil},
		{admin, "DELETE /calendars/{office}", ``, 200, `"ok":true`, []string{"calendars.removed"}},
		{admin, "DELETE /calendars/{office}", ``, 404, `calendar.unknown`, nil},
		{admin, "POST /calendars/{office}/default", ``, 404, `calendar.unknown`, nil},
	} {
		t.Run(tc.ask+" "+tc.body, func(t *testing.T) {
			head, err := h.db.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			w := h.ask(tc.who, words.Replace(tc.ask), words.Replace(tc.body))
			if w.Code != tc.code || !strings.Contains(w.Body.String(), words.Replace(tc.want)) {
				t.Errorf("%d %s; want %d and %s", w.Code, w.Body, tc.code, words.Replace(tc.want))
			}
			if got := h.kinds(t, head); !slices.Equal(got, tc.kinds) {
				t.Errorf("recorded %q; want %q", got, tc.kinds)
			}
		})
	}
}

func TestTheFirstCalendarCounts(t *testing.T) {
	c := openHouse(t).preferred(t)
	counted, err := c.Timetable()
	if err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, time.July, 10, 16, 0, 0, 0, time.UTC)
	if got, want := counted.Add(friday, 2*time.Hour), time.Date(2026, time.July, 13, 10, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("two hours after Friday at four it is %s; want %s", got, want)
	}
	if counted.Zone() != time.UTC {
		t.Errorf("zone %s", counted.Zone())
	}
}

func TestSettle(t *testing.T) {
	h := openHouse(t)
	settle := func(zone string) string {
		t.Helper()
		if err := h.Settle(t.Context(), zone); err != nil {
			t.Fatal(err)
		}
		return h.preferred(t).Zone
	}
	for _, zone := range []string{"", "UTC", "Local", "Europe/Bielefeld"} {
		if got := settle(zone); got != "UTC" {
			t.Errorf("%q settles in %s", zone, got)
		}
	}
	if got := h.kinds(t, 0); len(got) > 0 {
		t.Errorf("recorded %q for nothing", got)
	}
	if got := settle("Europe/Berlin"); got != "Europe/Berlin" {
		t.Errorf("settled in %s", got)
	}
	if got := settle("America/New_York"); got != "Europe/Berlin" {
		t.Errorf("moved to %s", got)
	}
	if diff := cmp.Diff([]string{"calendars.changed"}, h.kinds(t, 0)); diff != "" {
		t.Error(diff)
	}
}

func TestHome(t *testing.T) {
	for tz, want := range map[string]string{"Europe/Berlin": "Europe/Berlin", ":Asia/Tokyo": "Asia/Tokyo", "CET-1CEST": "", "Local": ""} {
		t.Setenv("TZ", tz)
		if got := Home(); got != want {
			t.Errorf("with TZ=%s home is %q; want %q", tz, got, want)
		}
	}
}

// Every verb run twice at once leaves what one after the other would.
func TestTwiceAtOnce(t *testing.T) {
	other := func(t *testing.T, h *house) ID {
		t.Helper()
		c, err := h.Add(t.Context(), admin, Calendar{Name: "Other", Zone: "UTC", Always: true})
		if err != nil {
			t.Fatal(err)
		}
		return c.ID
	}
	one := func(_ *testing.T, _ *house) ID { return 1 }
	name := "New name"
	for verb, tc := range map[string]struct {
		which func(t *testing.T, h *house) ID
		do    func(t *testing.T, h *house, c ID) error
	}{
		"add": {one, func(t *testing.T, h *house, _ ID) error {
			t.Helper()
			_, err := h.Add(t.Context(), admin, Calendar{Name: "Third", Zone: "UTC", Always: true})
			return err
		}},
		"change": {one, func(t *testing.T, h *house, c ID) error {
			t.Helper()
			_, err := h.Change(t.Context(), admin, c, Change{Name: &name})
			return err
		}},
		"prefer": {other, func(t *testing.T, h *house, c ID) error {
			t.Helper()
			_, err := h.Prefer(t.Context(), admin, c)
			return err
		}},
		"remove": {other, func(t *testing.T, h *house, c ID) error {
			t.Helper()
			return h.Remove(t.Context(), admin, c)
		}},
		"settle": {one, func(t *testing.T, h *house, _ ID) error {
			t.Helper()
			return h.Settle(t.Context(), "Europe/Berlin")
		}},
	} {
		t.Run(verb, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				h := openHouse(t)
				c := tc.which(t, h)
				return h.db, func() error { return tc.do(t, h, c) }
			})
		})
	}
}

// A calendar that becomes the default while it is removed must not be lost: there always is one.
func TestTheDefaultIsNeverRemoved(t *testing.T) {
	h := openHouse(t)
	for range 20 {
		c, err := h.Add(t.Context(), admin, Calendar{Name: "Other", Zone: "UTC", Always: true})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 2)
		go func() { _, err := h.Prefer(t.Context(), admin, c.ID); done <- err }()
		go func() { done <- h.Remove(t.Context(), admin, c.ID) }()
		for range 2 {
			if err := <-done; err != nil && fault.Of(err) == nil {
				t.Fatal(err)
			}
		}
		h.preferred(t)
	}
}

func TestEventsStayAsTheyWere(t *testing.T) {
	const cal, was = ID(0x123456789abcd), ID(0x123456789abce)
	storetest.Events(t, Added{cal}, Changed{cal, []string{"zone", "week"}}, Preferred{cal, was}, Removed{cal})
}
