package app_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/test/house"
)

// page is a page of a member of staff, as far as its socket goes.
type page struct {
	t    *testing.T
	conn *websocket.Conn
}

type colleague struct {
	Staff, Name string
	Writing     bool
}

type scene struct {
	Ticket string
	Who    []colleague
}

// next is what the page is told next of who is where.
func (p page) next() scene {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.t.Context(), time.Minute)
	defer stop()
	for {
		_, b, err := p.conn.Read(ctx)
		if err != nil {
			p.t.Fatal(err)
		}
		var f struct{ Here *scene }
		if err := json.Unmarshal(b, &f); err != nil {
			p.t.Fatal(err)
		}
		if f.Here != nil {
			return *f.Here
		}
	}
}

// hears waits until the page has been told that exactly those are at a ticket, on the way to which it may hear more.
func (p page) hears(ticket string, want ...colleague) {
	p.t.Helper()
	for !cmp.Equal(p.next(), scene{ticket, append([]colleague{}, want...)}) {
	}
}

func (p page) says(ticket string, writing bool) {
	p.t.Helper()
	b, err := json.Marshal(map[string]any{"here": map[string]any{"ticket": ticket, "writing": writing}})
	if err == nil {
		err = p.conn.Write(p.t.Context(), websocket.MessageText, b)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// A ticket goes from one team to the other, and with it who may see who is there.
func TestPagesShowWhoElseIsAtATicket(t *testing.T) {
	h := house.Start(t)
	named := func(path, name string) string {
		var made struct{ ID string }
		h.Ask(http.MethodPost, path, map[string]any{"name": name}, &made)
		return made.ID
	}
	orders, returns := named("/api/v1/teams", "Orders"), named("/api/v1/teams", "Returns")
	staff := map[string]string{}
	opens := func(name, role, team string) (page, *http.Response, error) {
		var joined struct{ ID string }
		h.Ask(http.MethodPost, "/api/v1/staff", map[string]any{"name": name, "email": name + "@shop.example", "role": role, "teams": []string{team}}, &joined)
		staff[name] = joined.ID
		var made struct{ Token string }
		h.Ask(http.MethodPost, "/local/tokens", map[string]any{"staff": name + "@shop.example", "name": "test"}, &made)
		c, res, err := websocket.Dial(t.Context(), "ws://"+h.HTTP+"/api/v1/live", &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + made.Token}}})
		if err == nil {
			t.Cleanup(func() { c.CloseNow() })
		}
		return page{t, c}, res, err
	}
	open := func(name, role, team string) page {
		p, _, err := opens(name, role, team) //nolint:bodyclose // it is the socket
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if _, res, err := opens("Lia", "light", orders); err == nil || res.StatusCode != http.StatusForbidden { //nolint:bodyclose // closed by Dial
		t.Error("somebody who may not see tickets listens", err)
	}
	ada, ben, cleo := open("Ada", "admin", orders), open("Ben", "agent", orders), open("Cleo", "agent", returns)
	var ticket struct{ ID string }
	h.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"channel": "api", "subject": "Where is it?", "from": map[string]string{"email": "eva@example.com"}, "text": "Hello."}, &ticket)
	assign := func(to map[string]any) { h.Ask(http.MethodPost, "/api/v1/tickets/"+ticket.ID+"/assign", to, nil) }
	assign(map[string]any{"team": orders})

	ben.says(ticket.ID, true)
	ada.hears(ticket.ID, colleague{staff["Ben"], "Ben", true})
	ben.says(ticket.ID, false)
	ada.hears(ticket.ID, colleague{staff["Ben"], "Ben", false})
	cleo.says(ticket.ID, false) // of the other team
	assign(map[string]any{"team": returns})
	ada.hears(ticket.ID, colleague{staff["Cleo"], "Cleo", false})
	assign(map[string]any{"staff": staff["Ben"]}) // his own, whatever its team
	ada.hears(ticket.ID, colleague{staff["Ben"], "Ben", false}, colleague{staff["Cleo"], "Cleo", false})
	if got := cleo.next(); got.Who[0] != (colleague{staff["Ben"], "Ben", false}) {
		t.Errorf("Cleo heard that %+v; as long as she could not see it, nothing was for her", got)
	}
	ben.hears(ticket.ID, colleague{staff["Cleo"], "Cleo", false})
	ben.says("", false)
	ada.hears(ticket.ID, colleague{staff["Cleo"], "Cleo", false})
	cleo.hears(ticket.ID)
	ben.says("tkt_nonsense", false)
	ben.says(ticket.ID, true)
	cleo.hears(ticket.ID, colleague{staff["Ben"], "Ben", true})
}
