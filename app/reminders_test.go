package app_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/test/house"
)

// A promise that is due is told to its owner by mail, once at each stage, when they are not in the workspace then: the number,
// when it is due and where it stands, and nothing of what was said.
func TestAPromiseThatIsDueIsToldByMail(t *testing.T) {
	box := house.OpenPost(t)

	h := house.Start(t)
	h.Stop()
	var ahead atomic.Int64
	h.Settings.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	h.Start()

	var ids [4]string
	for i, m := range [4][2]string{{"ola", "owner"}, {"anna", "agent"}, {"ben", "agent"}, {"cleo", "agent"}} {
		var who struct{ ID string }
		h.Ask(http.MethodPost, "/local/staff", map[string]any{"email": m[0] + "@shop.example", "name": m[0], "role": m[1], "password": staffPassword}, &who)
		ids[i] = who.ID
	}
	h.Ask(http.MethodPatch, "/api/v1/staff/"+ids[2], map[string]any{"language": "de"}, nil)
	var calendars struct{ Items []struct{ ID string } }
	h.Ask(http.MethodGet, "/api/v1/calendars", nil, &calendars)
	h.Ask(http.MethodPatch, "/api/v1/calendars/"+calendars.Items[0].ID, map[string]any{"always": true, "zone": "Europe/Berlin"}, nil)
	h.Ask(http.MethodPatch, "/api/v1/promises/settings", map[string]any{"remind": []int{60}}, nil)
	h.Ask(http.MethodPost, "/api/v1/mail/mailboxes", map[string]any{"address": "support@shop.example", "smtp": box.URL}, nil)
	var opened struct {
		ID     string
		Number int64
	}
	h.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"from": map[string]any{"email": "ada@example.com", "name": "Ada"}, "subject": "SUBJECTOFTHECUSTOMER", "text": "MARKOFTHECUSTOMER"}, &opened)
	due := h.Settings.Now().Add(time.Hour + time.Minute).UTC().Truncate(time.Minute)
	promise := func(owner string, due time.Time) {
		t.Helper()
		h.Ask(http.MethodPost, "/api/v1/tickets/"+opened.ID+"/promises", map[string]any{"what": "WHATWASPROMISED", "due": due.Format(time.RFC3339), "owner": owner}, nil)
	}
	for _, owner := range ids[1:] {
		promise(owner, due) // they are reminded in half an hour and at most thirty seconds, when half of the time is gone
	}

	ahead.Store(int64(29*time.Minute + 45*time.Second))
	h.Ask(http.MethodPost, "/api/v1/sessions", map[string]any{"email": "cleo@shop.example", "password": staffPassword}, nil)
	if box.To("anna@shop.example") != "" {
		t.Error("reminded before it is time")
	}
	ahead.Store(int64(30*time.Minute + 31*time.Second))
	promise(ids[0], due.AddDate(0, 0, 7)) // and whatever is due by now is done
	house.Until(t, "those who are away have their mail", func() bool {
		return box.To("anna@shop.example") != "" && box.To("ben@shop.example") != ""
	})
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string][]string{
		"anna@shop.example": {"A promise is due", "in ticket 1", due.In(berlin).Format("2006"), "/tickets/" + opened.ID, "Auto-Submitted: auto-generated"},
		"ben@shop.example":  {"Eine Zusage ist", "in Ticket 1", due.In(berlin).Format("15:04"), "/tickets/" + opened.ID},
	} {
		text := strings.ReplaceAll(box.To(to), "_", " ")
		for _, w := range want {
			if !strings.Contains(text, strings.ReplaceAll(w, "_", " ")) {
				t.Errorf("%s does not read %q in %s", to, w, text)
			}
		}
		for _, never := range []string{"MARKOFTHECUSTOMER", "SUBJECTOFTHECUSTOMER", "WHATWASPROMISED", "ada@example.com", "Ada"} {
			if strings.Contains(text, never) {
				t.Errorf("%s reads %q", to, never)
			}
		}
	}

	// Where the company wants none, none goes. What goes out after that shows that there was time for it.
	promised := func(owner string, mail bool) {
		t.Helper()
		h.Ask(http.MethodPatch, "/api/v1/promises/settings", map[string]any{"mail": mail}, nil)
		promise(owner, h.Settings.Now().Add(time.Hour))
		before := reminders(h, opened.ID)
		ahead.Add(int64(31 * time.Minute))
		promise(ids[0], due.AddDate(0, 0, 7))
		house.Until(t, "the owner is reminded", func() bool { return reminders(h, opened.ID) > before })
		house.Until(t, "whether to write is decided", func() bool {
			res, err := http.Get("http://" + h.HTTP + "/metrics")
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			b, err := io.ReadAll(res.Body)
			return err == nil && strings.Contains(string(b), "hearth_follower_lag{follower=\"letters\"} 0\n")
		})
	}
	house.Until(t, "all three are reminded", func() bool { return reminders(h, opened.ID) == 3 })
	promised(ids[0], false)
	was := box.To("anna@shop.example")
	promised(ids[1], true)
	house.Until(t, "she has another mail", func() bool { return box.To("anna@shop.example") != was })
	// Whoever was asked to see to a promise is out of reach of its ticket, which asks somebody else or gives it to them: nobody reads
	// that it is still theirs.
	var teams [2]struct{ ID string }
	for i, in := range [2][]string{ids[1:3], ids[3:]} {
		h.Ask(http.MethodPost, "/api/v1/teams", map[string]any{"name": []string{"Hall", "Yard"}[i]}, &teams[i])
		for _, id := range in {
			h.Ask(http.MethodPut, "/api/v1/teams/"+teams[i].ID+"/members/"+id, nil, nil)
		}
	}
	for _, sees := range []bool{false, true} {
		if sees {
			h.Ask(http.MethodPut, "/api/v1/teams/"+teams[1].ID+"/members/"+ids[1], nil, nil)
		}
		var tk struct{ ID string }
		var passed struct {
			ID, Owner string
			Offered   string `json:"offered_to"`
		}
		h.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"from": map[string]any{"email": "ada@example.com"}, "subject": "Lamp", "text": "It broke."}, &tk)
		h.Ask(http.MethodPost, "/api/v1/tickets/"+tk.ID+"/assign", map[string]any{"team": teams[0].ID, "staff": ids[1]}, nil)
		h.Ask(http.MethodPost, "/api/v1/tickets/"+tk.ID+"/promises", map[string]any{"what": "A call", "due": due.AddDate(0, 0, 7).Format(time.RFC3339), "owner": ids[1]}, &passed)
		h.Ask(http.MethodPost, "/api/v1/promises/"+passed.ID+"/hand", map[string]any{"owner": ids[2], "reason": "On leave."}, nil)
		h.Ask(http.MethodPost, "/api/v1/tickets/"+tk.ID+"/assign", map[string]any{"team": teams[1].ID, "staff": ids[3]}, nil)
		house.Until(t, "it has passed on", func() bool {
			h.Ask(http.MethodGet, "/api/v1/promises/"+passed.ID, nil, &passed)
			return passed.Owner == ids[3] || passed.Offered == ids[3]
		})
		if (passed.Owner == ids[1]) != sees {
			t.Errorf("it is %+v", passed)
		}
	}
	// Whoever was asked and is gone leaves it to its owner, who reads so.
	was = box.To("anna@shop.example")
	var asked struct{ ID string }
	h.Ask(http.MethodPost, "/api/v1/tickets/"+opened.ID+"/promises", map[string]any{"what": "WHATWASPROMISED", "due": due.AddDate(0, 0, 7).Format(time.RFC3339), "owner": ids[1]}, &asked)
	h.Ask(http.MethodPost, "/api/v1/promises/"+asked.ID+"/hand", map[string]any{"owner": ids[2], "reason": "On leave."}, nil)
	h.Ask(http.MethodPost, "/api/v1/staff/"+ids[2]+"/disable", nil, nil)
	house.Until(t, "she is told", func() bool { return box.To("anna@shop.example") != was })
	for _, w := range []string{"ben was asked to see to a promise of yours", "in ticket 1", "/tickets/" + opened.ID} {
		if text := strings.ReplaceAll(box.To("anna@shop.example"), "=E2=80=99", "’"); !strings.Contains(text, w) || strings.Contains(text, "WHATWASPROMISED") {
			t.Errorf("she does not read %q in %s", w, text)
		}
	}
	if n := strings.Count(strings.Join(box.Mails(), ""), "ben was asked to see to a promise"); n != 1 {
		t.Errorf("it is told %d times that ben is asked no more", n)
	}
	if box.To("ola@shop.example") != "" || box.To("cleo@shop.example") != "" {
		t.Errorf("%q, %q", box.To("ola@shop.example"), box.To("cleo@shop.example"))
	}
}

// reminders is how often owners of promises in a ticket were reminded.
func reminders(h *house.House, ticket string) (n int) {
	var told happened
	h.Ask(http.MethodGet, "/api/v1/tickets/"+ticket+"/timeline?limit=100", nil, &told)
	for _, kind := range told.promises() {
		if kind == "promises.reminded" {
			n++
		}
	}
	return n
}
