package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/test/house"
)

// The way scripts promise: at a ticket, with a few words and a day; renewed and kept at the promise. What happened stands in
// the ticket's timeline.
func TestPromisesBeginAtATicket(t *testing.T) {
	h := house.Start(t)
	var anna, ticket, promise, next, kept struct {
		ID, What, State string
	}
	day := func(more int) string { return time.Now().AddDate(0, 0, 30+more).Format(time.DateOnly) }
	h.Ask(http.MethodPost, "/local/staff", map[string]any{"email": "anna@shop.example", "name": "Anna", "role": "owner"}, &anna)
	h.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"channel": "api", "subject": "Where is it?", "from": map[string]string{"email": "eva@example.com"}, "text": "Hello."}, &ticket)
	at := "/api/v1/tickets/" + ticket.ID
	h.Ask(http.MethodPost, at+"/promises", map[string]any{"what": "It is sent again.", "due": day(0), "owner": anna.ID}, &promise)
	renew := "/api/v1/promises/" + promise.ID + "/renew"
	if err := h.Try(http.MethodPost, renew, map[string]any{"due": day(1), "told": "mail"}, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("renewed without a reason: %v", err)
	}
	h.Ask(http.MethodPost, renew, map[string]any{"due": day(1), "reason": "The carrier has lost it.", "told": "mail"}, &next)
	h.Ask(http.MethodPost, "/api/v1/promises/"+next.ID+"/keep", nil, &kept)
	if promise.State != "open" || next.What != "It is sent again." || kept.State != "kept" {
		t.Errorf("%+v, %+v, %+v", promise, next, kept)
	}
	var told struct{ Items []struct{ Kind string } }
	h.Ask(http.MethodGet, at+"/timeline?limit=100", nil, &told)
	kinds := []string{}
	for _, m := range told.Items {
		if strings.HasPrefix(m.Kind, "promises.") {
			kinds = append(kinds, m.Kind)
		}
	}
	if d := cmp.Diff([]string{"promises.made", "promises.renewed", "promises.made", "promises.kept"}, kinds); d != "" {
		t.Error(d)
	}
}
