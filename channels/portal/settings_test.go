package portal

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// How the pages are set up is seen on them.
func TestWhatIsSetUpIsSeen(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), d.ann, tk.ID, tickets.Assignment{Staff: new(memberOf(d.ann))}))
	d.reply(t, tk, tickets.Reply{Text: "A new one comes."})
	b := d.browser(t)
	h, _ := d.link(t, tk)
	page := b.come(h.URL)
	page.has(t, http.StatusOK, "<dd>Ann</dd>", "<strong>Ann</strong>")
	set := func(ch SettingsChange) {
		t.Helper()
		must[Kept](t)(d.Configure(t.Context(), admin, ch))
	}
	set(SettingsChange{FirstNames: new(false), Name: new("The Pottery"), Welcome: &Welcome{EN: "We are closed\non <Monday>.", DE: "Montags zu."}})
	page = b.get(ticketPath(tk.Number))
	page.has(t, http.StatusOK, "<dd>Hall</dd>", "<strong>The Pottery</strong>", "We are closed\non &lt;Monday&gt;.")
	page.lacks(t, "Ann")
	stranger := d.browser(t)
	stranger.lang = "de"
	door := stranger.get("/my")
	door.has(t, http.StatusOK, "Montags zu.", `name="email"`)

	// Who may not ask for a link is told so, also by a form that lay open.
	set(SettingsChange{Asks: new(false)})
	stranger.post("/my", "key", door.key(), "email", "ida@customer.example").has(t, http.StatusForbidden, "keine Links verschickt")
	stranger.get("/my").lacks(t, `name="email"`)

	// Mails carry no link, but who asked for one gets it.
	m := tickets.Message{ID: 1, Kind: tickets.Out, Text: "Hello", To: []tickets.Party{{Email: "ida@customer.example"}}}
	foot := func() string {
		t.Helper()
		m.Text = "Hello"
		if err := d.Foot(t.Context(), "en", tk, &m); err != nil {
			t.Fatal(err)
		}
		return m.Text
	}
	if !strings.Contains(foot(), "/my/my_") {
		t.Error("a mail has no link")
	}
	set(SettingsChange{Mails: new(false)})
	if got := foot(); got != "Hello" {
		t.Errorf("a mail says %q", got)
	}
}

// Words that the company never says are not said by its pages either.
func TestTheWordsOfThePagesAreChecked(t *testing.T) {
	d := furnish(t)
	must[lexicon.Listed](t)(d.lexicon.Set(t.Context(), admin, "en", lexicon.Rule{ID: "own.noreply", Family: "ours", Find: []string{"do not reply"}, Severity: "stop", Why: "Every word is answered.", Better: []string{"just answer"}, Bad: []string{"Please do not reply."}}, false))
	_, err := d.Configure(t.Context(), admin, SettingsChange{Welcome: &Welcome{EN: "Please do not reply."}})
	if f := code(err); f == "" {
		t.Error("it was saved")
	}
	k := must[Kept](t)(d.Configure(t.Context(), admin, SettingsChange{Welcome: &Welcome{EN: "It is our policy to answer on Mondays."}}))
	if len(k.Findings) == 0 || k.Welcome.EN == "" {
		t.Errorf("saved as %+v", k)
	}
	if k = must[Kept](t)(d.Configure(t.Context(), admin, SettingsChange{Days: new(7)})); len(k.Findings) != 0 || k.Days != 7 || k.Welcome.EN == "" {
		t.Errorf("what did not change: %+v", k)
	}
}

// One of us sees a page as its customer does, and can do nothing there.
func TestAPageAsItsCustomerSeesIt(t *testing.T) {
	d := furnish(t)
	other := must[staff.Team](t)(d.staff.AddTeam(t.Context(), admin, "Elsewhere")).ID
	_, _, err := d.staff.Add(t.Context(), admin, staff.Newcomer{Email: "eve@shop.example", Name: "Eve", Role: "agent", Teams: []staff.TeamID{other}})
	if err != nil {
		t.Fatal(err)
	}
	look := func(who web.Who, query string) answer {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, "/api/v1/my/page"+query, nil)
		w := httptest.NewRecorder()
		d.door.ServeHTTP(w, r.WithContext(web.Asking(r.Context(), who)))
		return answer{w.Code, "", w.Body.String(), w.Header()}
	}
	look(d.ann, "").has(t, http.StatusNotFound, "my.no_ticket")
	tk := d.ticket(t, "Ida", "It broke.")
	d.offer(t, tk)
	d.stand(t, tk, tickets.Resolved)
	eve := d.ann
	eve.Staff, eve.Teams = 99, []int64{int64(other)}
	for _, query := range []string{"", "?ticket=" + tk.ID.String()} {
		page := look(d.ann, query)
		page.has(t, http.StatusOK, "as its customer sees it", "The cup of Ida", "It broke.", "A mug", "Yes, all is well")
		page.lacks(t, "my_", "SECRET", "/leave", "/files/")
		if p := page.header.Get("Content-Security-Policy"); p != policy {
			t.Errorf("under the policy %q", p)
		}
		if forms := strings.Count(page.body, "<form"); forms == 0 || forms != strings.Count(page.body, " inert>") || page.key() != "" {
			t.Errorf("%d forms can be sent", forms)
		}
		look(eve, query).has(t, http.StatusNotFound)
	}
	d.look(t, func(tx *store.Tx) error {
		links, err := d.Links(tx, d.ann, tk.ID)
		if len(links) != 0 {
			t.Errorf("looking made links: %+v", links)
		}
		return err
	})
	must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), d.ann, tk.ID, tickets.Closed, tickets.Spam))
	look(d.ann, "?ticket="+tk.ID.String()).has(t, http.StatusConflict, "my.no_page")
	look(d.ann, "?ticket=nonsense").has(t, http.StatusUnprocessableEntity)
}
