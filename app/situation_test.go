package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/test/house"
)

// TestWhatWasSaidCounts: a gentle question is too early until we said sorry to the customer, which a note does not, and until
// they took it.
func TestWhatWasSaidCounts(t *testing.T) {
	h := house.Start(t)
	var ticket struct{ ID string }
	h.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"subject": "Lamp", "from": map[string]any{"email": "ada@example.com", "name": "Ada"}, "text": "My lamp does not work!"}, &ticket)
	at := "/api/v1/tickets/" + ticket.ID
	why := func() (all string) {
		var c struct {
			Findings []struct{ Family, Why string }
		}
		h.Ask(http.MethodPost, "/api/v1/lexicon/check", map[string]any{"ticket": ticket.ID, "locale": "en", "text": "Plugs sometimes work loose; would you mind having a look at yours?"}, &c)
		for _, f := range c.Findings {
			if f.Family == "diagnostic" {
				all += f.Why
			}
		}
		return all
	}
	if why() == "" {
		t.Error("too early, and nobody says so")
	}
	h.Ask(http.MethodPost, at+"/notes", map[string]any{"text": "I'm sorry that her lamp arrived broken."}, nil)
	if why() == "" {
		t.Error("a note to colleagues counts as an apology")
	}
	h.Ask(http.MethodPost, at+"/replies", map[string]any{"text": "I'm sorry that your lamp arrived broken."}, nil)
	if why() == "" {
		t.Error("an apology counts before it was taken")
	}
	// Who may not read a ticket is not told what stands in it.
	var hall, ben struct{ ID string }
	var token struct{ Token string }
	h.Ask(http.MethodPost, "/api/v1/teams", map[string]any{"name": "Hall"}, &hall)
	h.Ask(http.MethodPost, at+"/assign", map[string]any{"team": hall.ID}, nil)
	h.Ask(http.MethodPost, "/local/staff", map[string]any{"email": "ben@shop.example", "name": "Ben", "role": "agent", "password": "a long and private sentence"}, &ben)
	h.Ask(http.MethodPost, "/local/tokens", map[string]any{"staff": ben.ID, "name": "laptop"}, &token)
	for asked, want := range map[string]int{`{"text":"Hello.","ticket":"` + ticket.ID + `"}`: http.StatusNotFound, `{"text":"Hello.","ticket":"nonsense"}`: http.StatusNotFound, `{"text":"Hello."}`: http.StatusOK} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+h.HTTP+"/api/v1/lexicon/check", strings.NewReader(asked))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token.Token)
		r.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if res.Body.Close(); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", asked, res.StatusCode, want)
		}
	}
}

// TestTheTicketIsHeard: what the customer wrote and what their card knows count in the check of a draft, and what is promised
// is told with its time.
func TestTheTicketIsHeard(t *testing.T) {
	h := house.Start(t)
	var ticket struct{ ID string }
	h.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"subject": "Lamp", "from": map[string]any{"email": "ada@example.com", "name": "Ada Sandling"}, "text": "I am furious: the shade of my lamp is cracked. My order number is 48213. When do I get a new shade?"}, &ticket)
	var c struct {
		Findings []struct {
			Family string
			Quotes []string
		}
		Promises []struct{ Kind, Day string }
		Heat     int
	}
	h.Ask(http.MethodPost, "/api/v1/lexicon/check", map[string]any{
		"ticket": ticket.ID, "zone": "Europe/Berlin",
		"text": "Hello Ada,\n\nI am so sorry that the shade of your lamp came cracked. Could you send me your order number? What is your email address?\n\nWe will refund the price by 4 December 2030.\n\nKind regards,\nKarl",
	}, &c)
	var found []string
	for _, f := range c.Findings {
		found = append(found, strings.Join(append([]string{f.Family}, f.Quotes...), " "))
	}
	if got := strings.Join(found, "; "); got != "told order number is 48213; told" {
		t.Errorf("found %q", got)
	}
	if len(c.Promises) != 1 || c.Promises[0].Kind != "refund" || c.Promises[0].Day != "2030-12-04" || c.Heat != 2 {
		t.Errorf("promises %+v, heat %d", c.Promises, c.Heat)
	}
}
