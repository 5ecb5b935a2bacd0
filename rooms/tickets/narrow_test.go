package tickets_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What a search finds that is narrowed down is what it finds anyway, without the tickets that don't fit: in the same order,
// nothing twice and nothing left out, however short the pages are.
func TestANarrowedSearchIsTheSearchWithoutTheRest(t *testing.T) {
	d := open(t)
	north := must[staff.Team](t)(d.st.AddTeam(t.Context(), all, "North"))
	ann, bob, ask := d.member(t, "ann", "agent", north.ID), d.member(t, "bob", "agent"), door(d.db, d.room)
	rnd := rand.New(rand.NewPCG(3, 1))
	const many = 260 // more than are looked at together
	for i := range many {
		in := mail(fmt.Sprint("c", rnd.IntN(5)), fmt.Sprint("r", i))
		in.Text = []string{"A blue cup.", "A red cup.", "A pot."}[rnd.IntN(3)]
		in.Channel = []string{"email", "api"}[rnd.IntN(2)]
		in.Team = []staff.TeamID{0, 0, north.ID}[rnd.IntN(3)]
		if rnd.IntN(20) == 0 {
			in.Tags = []string{"vip"}
		}
		tk := d.receive(t, in).Ticket
		if rnd.IntN(3) == 0 {
			must[tickets.Ticket](t)(d.room.Stand(t.Context(), all, tk.ID, []tickets.Status{tickets.Open, tickets.Resolved}[rnd.IntN(2)], ""))
		}
		if rnd.IntN(4) == 0 {
			must[tickets.Ticket](t)(d.room.Assign(t.Context(), all, tk.ID, tickets.Assignment{Staff: new(staff.ID(ann.Staff))}))
		}
	}
	if err := d.db.CatchUp(t.Context(), d.room.Followers()...); err != nil {
		t.Fatal(err)
	}
	customer := d.receive(t, mail("c1", "last")).Ticket.Customer
	search := func(who web.Who, query string, limit int) (found []tickets.Found) {
		t.Helper()
		for after := ""; ; {
			page := into[web.Page[tickets.Found]](t, ask(who, fmt.Sprintf("GET /search?limit=%d&after=%s&%s", limit, after, query), ""))
			if found = append(found, page.Items...); len(page.Items) > limit {
				t.Errorf("%s: %d on a page of %d", query, len(page.Items), limit)
			}
			if after = page.Next; after == "" {
				return found
			}
		}
	}
	n := 0
	for narrow, fits := range map[string]func(who web.Who, tk tickets.Ticket) bool{
		"status=open": func(_ web.Who, tk tickets.Ticket) bool { return tk.Status == tickets.Open },
		"status=open,resolved": func(_ web.Who, tk tickets.Ticket) bool {
			return tk.Status == tickets.Open || tk.Status == tickets.Resolved
		},
		"status=closed": func(web.Who, tickets.Ticket) bool { return false },
		"tag=vip":       func(_ web.Who, tk tickets.Ticket) bool { return slices.Contains(tk.Tags, "vip") },
		"channel=api":   func(_ web.Who, tk tickets.Ticket) bool { return tk.Channel == "api" },
		"assignee=none": func(_ web.Who, tk tickets.Ticket) bool { return tk.Assignee == 0 },
		"assignee=" + staff.ID(ann.Staff).String(): func(_ web.Who, tk tickets.Ticket) bool { return int64(tk.Assignee) == ann.Staff },
		"team=none":                 func(_ web.Who, tk tickets.Ticket) bool { return tk.Team == 0 },
		"team=" + north.ID.String(): func(_ web.Who, tk tickets.Ticket) bool { return tk.Team == north.ID },
		"from=" + customer.String(): func(_ web.Who, tk tickets.Ticket) bool { return tk.Customer == customer },
		"status=new&channel=email":  func(_ web.Who, tk tickets.Ticket) bool { return tk.Status == tickets.Fresh && tk.Channel == "email" },
		"tag=vip&assignee=me&team=none": func(who web.Who, tk tickets.Ticket) bool {
			return slices.Contains(tk.Tags, "vip") && int64(tk.Assignee) == who.Staff && tk.Team == 0
		},
	} {
		for _, q := range []string{"cup", "blue cup", "-red cup", "pot", "c1"} {
			for _, who := range []web.Who{all, ann, bob} {
				query := "q=" + url.QueryEscape(q)
				want := slices.DeleteFunc(search(who, query, 100), func(f tickets.Found) bool { return !fits(who, f.Ticket) })
				got := search(who, query+"&"+narrow, 1+rnd.IntN(40))
				if !slices.EqualFunc(got, want, func(a, b tickets.Found) bool {
					return a.Ticket.ID == b.Ticket.ID && a.Message == b.Message && a.Text == b.Text && len(a.Marks) == len(b.Marks)
				}) {
					t.Errorf("%s for %s, narrowed by %s: %d found, want %d", q, who.Name, narrow, len(got), len(want))
				}
				n += len(got)
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d were found in all", n)
	}
	for _, bad := range []string{"status=done", "assignee=x", "team=x", "from=x"} {
		if w := ask(ann, "GET /search?q=cup&"+bad, ""); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", bad, w.Code, w.Body)
		}
	}
	patient(t, d)
}

// patient looks that a search which finds little gives up after a while and says where to go on.
func patient(t *testing.T, d *desk) {
	t.Helper()
	for _, most := range []int{100, 200} {
		var short, whole []tickets.ID
		pages, after := 0, int64(0)
		for more := true; more; pages++ {
			err := d.db.Read(t.Context(), func(tx *store.Tx) error {
				page, err := d.room.Narrowed(tx, all, "a", "resolved", 100, after, most)
				for _, f := range page.Items {
					short = append(short, f.Ticket.ID)
				}
				more = page.Next != ""
				after, _ = strconv.ParseInt(cmp.Or(page.Next, "0"), 10, 64)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		err := d.db.Read(t.Context(), func(tx *store.Tx) error {
			page, err := d.room.Narrowed(tx, all, "a", "resolved", 100, 0, 2000)
			for _, f := range page.Items {
				whole = append(whole, f.Ticket.ID)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if pages < 200/most+1 || !slices.Equal(short, whole) || len(whole) == 0 {
			t.Errorf("looking at %d at once: %d pages, %d found, %d in one go", most, pages, len(short), len(whole))
		}
	}
}
