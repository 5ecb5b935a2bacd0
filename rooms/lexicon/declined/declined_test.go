package declined

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
)

var admin = web.Who{Actor: store.By("staff:stf_0000000000001", "test"), Staff: 1, Can: web.View | web.Settings}

// A declined question is listed, is declined once however it is written, and may be reconsidered.
func TestTheDoor(t *testing.T) {
	db := storetest.Open(t, web.Tables, lexicon.Tables)
	api := web.New(web.Config{DB: db, Version: "test", Log: slog.New(slog.DiscardHandler)})
	New(db).Routes(api)
	const at = "/lexicon/en/questions/declined"
	which := idOf("Which lamp is it?")
	for _, tc := range []struct {
		who        web.Who
		line, body string
		code       int
		part       string
	}{
		{admin, "GET " + at, "", 200, `"items":[]`},
		{web.Who{Actor: admin.Actor, Staff: 1, Can: web.View}, "POST " + at, `{"ask":"Which lamp is it?"}`, 403, "denied"},
		{admin, "POST " + at, `{"ask":" "}`, 422, "lexicon.declined"},
		{admin, "POST /lexicon/fr/questions/declined", `{"ask":"Which lamp is it?"}`, 404, "lexicon.language"},
		{admin, "POST " + at, `{"ask":"Which lamp  is it?"}`, 201, which},
		{admin, "POST " + at, `{"ask":"which LAMP is it?"}`, 201, which},
		{admin, "GET " + at, "", 200, `"items":[{"id":"` + which + `","ask":"Which lamp is it?"}]`},
		{admin, "DELETE " + at + "/" + which, "", 200, "true"},
		{admin, "DELETE " + at + "/" + which, "", 404, "lexicon.not_declined"},
		{admin, "GET " + at, "", 200, `"items":[]`},
	} {
		method, path, _ := strings.Cut(tc.line, " ")
		w := httptest.NewRecorder()
		web.Trusted(api, tc.who).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, web.Prefix+path, strings.NewReader(tc.body)))
		if w.Code != tc.code || !strings.Contains(w.Body.String(), tc.part) {
			t.Errorf("%s %s: %d %s, want %d %s", tc.line, tc.body, w.Code, w.Body, tc.code, tc.part)
		}
	}
}

func TestTwiceAtOnce(t *testing.T) {
	for name, verb := range map[string]func(*Room) error{
		"Decline": func(room *Room) error {
			_, err := room.Decline(context.Background(), admin, "en", "Which lamp is it?")
			return err
		},
		"Reconsider": func(room *Room) error {
			return room.Reconsider(context.Background(), admin, "en", idOf("Which shade is it?"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				db := storetest.Open(t, web.Tables, lexicon.Tables)
				room := New(db)
				if _, err := room.Decline(t.Context(), admin, "en", "Which shade is it?"); err != nil {
					t.Fatal(err)
				}
				return db, func() error { return verb(room) }
			})
		})
	}
}

func TestEventsStayAsTheyWere(t *testing.T) {
	storetest.Events(t, Changed{"en", "0123456789abcdef", true})
}
