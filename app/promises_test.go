package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/test/house"
)

// The way scripts promise: at a ticket, with a few words and a day; renewed and kept at the promise. What happened stands in
// the ticket's timeline, and is told to those who may see the ticket and to nobody else.
func TestPromisesBeginAtATicket(t *testing.T) {
	h := house.Start(t)
	var orders, returns, ben, cleo, ticket, promise, next, kept struct {
		ID, What, State string
	}
	day := func(more int) string { return time.Now().AddDate(0, 0, 30+more).Format(time.DateOnly) }
	h.Ask(http.MethodPost, "/api/v1/teams", map[string]any{"name": "Orders"}, &orders)
	h.Ask(http.MethodPost, "/api/v1/teams", map[string]any{"name": "Returns"}, &returns)
	h.Ask(http.MethodPost, "/api/v1/staff", map[string]any{"email": "ben@shop.example", "name": "Ben", "role": "agent", "teams": []string{orders.ID}}, &ben)
	h.Ask(http.MethodPost, "/api/v1/staff", map[string]any{"email": "cleo@shop.example", "name": "Cleo", "role": "agent", "teams": []string{returns.ID}}, &cleo)
	h.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"channel": "api", "subject": "Where is it?", "from": map[string]string{"email": "eva@example.com"}, "text": "Hello.", "team": orders.ID}, &ticket)
	at := "/api/v1/tickets/" + ticket.ID
	h.Ask(http.MethodPost, at+"/promises", map[string]any{"what": "It is sent again.", "due": day(0), "owner": ben.ID}, &promise)
	if err := h.Try(http.MethodPost, at+"/promises", map[string]any{"what": "It is sent again.", "due": day(0), "owner": cleo.ID}, nil); fault.KindOf(err) != fault.Conflict {
		t.Errorf("whoever can't read it sees to it: %v", err)
	}
	renew := "/api/v1/promises/" + promise.ID + "/renew"
	if err := h.Try(http.MethodPost, renew, map[string]any{"due": day(1), "told": "mail"}, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("renewed without a reason: %v", err)
	}
	h.Ask(http.MethodPost, renew, map[string]any{"due": day(1), "reason": "The carrier has lost it.", "told": "mail"}, &next)
	h.Ask(http.MethodPost, "/api/v1/promises/"+next.ID+"/keep", nil, &kept)
	if promise.State != "open" || next.What != "It is sent again." || kept.State != "kept" {
		t.Errorf("%+v, %+v, %+v", promise, next, kept)
	}

	want := []string{"promises.made", "promises.renewed", "promises.made", "promises.kept"}
	var told happened
	h.Ask(http.MethodGet, at+"/timeline?limit=100", nil, &told)
	if d := cmp.Diff(want, told.promises()); d != "" {
		t.Error("timeline", d)
	}
	for name, want := range map[string][]string{"ben": want, "cleo": nil} {
		var made struct{ Token string }
		h.Ask(http.MethodPost, "/local/tokens", map[string]any{"staff": name + "@shop.example", "name": "test"}, &made)
		if d := cmp.Diff(want, journalOf(t, h, made.Token).promises()); d != "" {
			t.Error(name, d)
		}
	}
}

// happened is what a timeline or the journal tells.
type happened struct{ Items []struct{ Kind string } }

func (h happened) promises() (kinds []string) {
	for _, m := range h.Items {
		if strings.HasPrefix(m.Kind, "promises.") {
			kinds = append(kinds, m.Kind)
		}
	}
	return kinds
}

// journalOf is the journal as somebody may see it.
func journalOf(t *testing.T, h *house.House, token string) (all happened) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://"+h.HTTP+"/api/v1/journal?limit=500", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&all); err != nil || res.StatusCode != http.StatusOK || len(all.Items) == 0 {
		t.Fatalf("%d, %d entries, %v", res.StatusCode, len(all.Items), err)
	}
	return all
}
