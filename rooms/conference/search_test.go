package conference

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// finds are the tickets that some teams find by a word, with the part it stands in and the words around it.
func (d *desk) finds(t *testing.T, q string, teams ...staff.TeamID) (found []tickets.ID, in []tickets.Aside) {
	t.Helper()
	if err := d.db.CatchUp(t.Context(), append(d.tickets.Followers(), d.Followers()...)...); err != nil {
		t.Fatal(err)
	}
	see := []int64{0}
	for _, team := range teams {
		see = append(see, int64(team))
	}
	d.look(t, func(tx *store.Tx) error {
		hits, _, err := search.Find(tx, search.Query{Text: q, See: search.Within(see...)})
		if err != nil {
			return err
		}
		beside, err := d.Beside(tx, hits)
		for _, h := range hits {
			found = append(found, tickets.ID(h.Group))
			if a, ok := beside[h]; ok {
				in = append(in, a)
			}
		}
		return err
	})
	return found, in
}

// A ticket is found by what is said in its parts, by those who may find it, wherever it goes.
func TestATicketIsFoundByItsParts(t *testing.T) {
	d := furnish(t)
	tk, _ := d.opens(t)
	p := d.invites(t, tk.ID, Inviting{Writing: Writing{Text: "Is the quince glass back in stock?"}})
	d.hears(t, p, smith.Email, "The marjoram glass is.", false)
	for _, q := range []string{"quince", "marjoram ", "lamp 17", "orders@smith.example", "smith"} {
		if found, in := d.finds(t, q, d.hall); len(found) != 1 || found[0] != tk.ID || len(in) != 1 || in[0].Part != p.ID.String() {
			t.Errorf("Hall finds %v by %s, in %v", found, q, in)
		}
		if found, _ := d.finds(t, q, d.yard); len(found) != 0 {
			t.Errorf("Yard finds %v by %s", found, q)
		}
	}
	if _, in := d.finds(t, "marjoram", d.hall); len(in) != 1 || in[0].Text != "The marjoram glass is." {
		t.Errorf("by %+v", in)
	}
	// A title that is changed is found, and the old one is not.
	must[Part](t)(d.Change(t.Context(), d.staff["Anna"], p.ID, Change{Title: new("Vase 4")}))
	if found, _ := d.finds(t, `"vase 4"`, d.hall); len(found) != 1 {
		t.Error("the new title is not found")
	}
	if found, _ := d.finds(t, `"lamp 17"`, d.hall); len(found) != 0 {
		t.Error("the old title is found")
	}
	// With its ticket it goes to the other team.
	must[tickets.Ticket](t)(d.tickets.Assign(t.Context(), admin, tk.ID, tickets.Assignment{Team: &d.yard}))
	if found, _ := d.finds(t, "marjoram", d.hall); len(found) != 0 {
		t.Error("Hall finds what is Yard's now")
	}
	if found, in := d.finds(t, "marjoram", d.yard); len(found) != 1 || len(in) != 1 {
		t.Error("Yard does not find what is theirs now")
	}
	if found, _ := d.finds(t, `"vase 4"`, d.yard); len(found) != 1 {
		t.Error("Yard does not find the part itself")
	}
}

// What was merged is found where it is now; a place in the index that is not true any more shows nothing.
func TestAPartThatMovedIsFoundWhereItIs(t *testing.T) {
	d := furnish(t)
	a, _ := d.opens(t)
	b, _ := d.opens(t)
	p := d.invites(t, a.ID, Inviting{Writing: Writing{Text: "Is the quince glass back?"}})
	d.finds(t, "quince", d.hall)
	d.write(t, func(tx *store.Tx) error {
		if err := tx.Do(`UPDATE tickets SET status = 'closed', ended = 'merged', merged_into = $2 WHERE id = $1`, a.ID, b.ID); err != nil {
			return err
		}
		return tx.Record(a.ID, tickets.Stood{Ticket: a.ID, From: tickets.Open, To: tickets.Closed, Ended: tickets.Merged, Why: "merged"})
	})
	if found, in := d.finds(t, "quince", d.hall); len(found) != 1 || found[0] != b.ID || len(in) != 1 {
		t.Errorf("it is found in %v, %v", found, in)
	}
	d.look(t, func(tx *store.Tx) error {
		old := search.Hit{Kind: saidDoc, ID: int64(p.Messages[0].ID), Group: int64(a.ID)}
		beside, err := d.Beside(tx, []search.Hit{old})
		if _, there := beside[old]; there || err != nil {
			t.Errorf("%v %v", beside, err)
		}
		return nil
	})
}

// Who was invited searches the parts of theirs, and those alone.
func TestGuestsSearchTheirPartsAlone(t *testing.T) {
	d := furnish(t)
	tk, said := d.opens(t)
	lou, lea := d.staff["Lou"], d.staff["Lea"]
	mine := d.invites(t, tk.ID, Inviting{Kind: Colleague, Title: "Shelf", People: []Guest{{Staff: d.id("Lou")}}, Writing: Writing{Text: "Is a quince glass on it?", Share: []Sharing{{Message: said.ID}}}})
	d.invites(t, tk.ID, Inviting{Kind: Colleague, Title: "Price", People: []Guest{{Staff: d.id("Lea")}}, Writing: Writing{Text: "What is a quince glass?"}})
	d.invites(t, tk.ID, Inviting{Writing: Writing{Text: "When does the quince glass come?"}})
	must[Part](t)(d.Write(t.Context(), lou, mine.ID, Writing{Text: "Three marjoram ones."}))
	d.look(t, func(tx *store.Tx) error {
		for q, want := range map[string]int{"quince": 1, "shelf": 1, "MARJORAM ": 1, "where is my lamp": 1, "price": 0, "when": 0, "eve": 0, "quince -glass": 0, "": 0} {
			found, next, err := d.Find(tx, lou, q, 0, 10)
			if err != nil || len(found) != want || next != 0 {
				t.Errorf("Lou finds %d by %q, and next %d, %v", len(found), q, next, err)
			}
			for _, p := range found {
				if p.ID != mine.ID || p.Ticket != 0 || p.Found == nil || p.Found.Text == "" {
					t.Errorf("%q: %+v", q, p)
				}
			}
		}
		if found, _, err := d.Find(tx, lou, "quince", 0, 10); err != nil || len(found) != 1 || found[0].Found.Message != mine.Messages[0].ID || len(found[0].Found.Marks) != 1 {
			t.Errorf("%+v %v", found, err)
		}
		// Page by page it is the same.
		if found, next, err := d.Find(tx, lou, "quince", 0, 1); err != nil || len(found) != 1 || next != mine.ID {
			t.Errorf("the first page: %v %v %v", found, next, err)
		}
		if found, next, err := d.Find(tx, lou, "quince", mine.ID, 1); err != nil || len(found) != 0 || next != 0 {
			t.Errorf("after it: %v %v %v", found, next, err)
		}
		phone := lea
		phone.Actor.Via = staff.PhoneVia
		if found, _, err := d.Find(tx, phone, "quince", 0, 10); err != nil || len(found) != 0 {
			t.Errorf("a phone that may only capture finds %v, %v", found, err)
		}
		return nil
	})
}

// How much a search of theirs reads does not grow with what was said: of a long part it is the newest, and where parts hold many
// words a page ends early and says where to go on.
func TestAGuestsSearchReadsOnlySoMuch(t *testing.T) {
	d := furnish(t)
	tk, _ := d.opens(t)
	lou := d.staff["Lou"]
	var parts []Part
	says := func(p Part, text string, n int) {
		t.Helper()
		d.write(t, func(tx *store.Tx) error {
			for range n {
				m := d.begun(tx, p, Out)
				m.Text = text
				if err := d.leave(tx, p, &m, false); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for range handful + 1 {
		parts = append(parts, d.invites(t, tk.ID, Inviting{Kind: Colleague, People: []Guest{{Staff: d.id("Lou")}}, Writing: Writing{Text: "Is a quince glass on it?"}}))
	}
	find := func(before ID) (found []Part, next ID, cost float64) {
		t.Helper()
		d.look(t, func(tx *store.Tx) (err error) {
			cost = testing.AllocsPerRun(1, func() { found, next, err = d.Find(tx, lou, "quince", before, 50) })
			return err
		})
		return found, next, cost
	}
	says(parts[0], "One thing more.", mostHeard)
	found, next, cost := find(0)
	if len(found) != handful || next != 0 {
		t.Errorf("%d found, and next %d", len(found), next)
	}
	says(parts[0], "One thing more.", 5*mostHeard)
	if _, _, more := find(0); more > cost*1.2 {
		t.Errorf("a search takes %.0f allocations, and with a longer part %.0f", cost, more)
	}
	says(parts[handful], strings.Repeat("Glass. ", mostRead/8), 2)
	if found, next, _ = find(0); len(found) != handful || next != parts[1].ID {
		t.Errorf("%d found, and next %s", len(found), next)
	}
	if found, next, _ = find(next); len(found) != 0 || next != 0 {
		t.Errorf("after it %d found, and next %s", len(found), next)
	}
}

// Of a batch each ticket is held once, however much was said beside it.
func TestABatchAsksOnceWhoseATicketIs(t *testing.T) {
	d := furnish(t)
	tk, _ := d.opens(t)
	in := &indexing{room: d.Room}
	team := func(tx *store.Tx, want staff.TeamID) error {
		got, err := in.team(tx, tk.ID)
		if got != want {
			t.Errorf("it is %s's and not %s's", got, want)
		}
		return err
	}
	d.write(t, func(tx *store.Tx) error {
		return errors.Join(team(tx, d.hall), tx.Do(`UPDATE tickets SET team = $2 WHERE id = $1`, tk.ID, d.yard), team(tx, d.hall),
			tx.Record(tk.ID, tickets.Changed{Ticket: tk.ID}))
	})
	d.write(t, func(tx *store.Tx) error { return team(tx, d.yard) })
}

// What waits for somebody is what they were asked and have not answered, in cases that are not over.
func TestWhatWaitsForAGuestIsCounted(t *testing.T) {
	d := furnish(t)
	tk, _ := d.opens(t)
	other, _ := d.opens(t)
	lou := d.staff["Lou"]
	guest := []Guest{{Staff: d.id("Lou")}}
	one := d.invites(t, tk.ID, Inviting{Kind: Colleague, People: guest})
	d.invites(t, tk.ID, Inviting{Kind: Colleague, People: guest})
	d.invites(t, other.ID, Inviting{Kind: Colleague, People: guest})
	d.invites(t, other.ID, Inviting{Kind: Colleague, People: guest, Writing: Writing{Text: "For you to know.", NoAnswer: true}})
	count := func(want int64) {
		t.Helper()
		d.look(t, func(tx *store.Tx) error {
			if n, err := d.Waiting(tx, lou); err != nil || n.Asked != want {
				t.Errorf("%d wait for Lou and not %d, %v", n.Asked, want, err)
			}
			if n, err := d.Waiting(tx, admin); err != nil || n.Asked != 0 {
				t.Errorf("%d wait for nobody, %v", n.Asked, err)
			}
			return nil
		})
	}
	count(3)
	must[Part](t)(d.Write(t.Context(), lou, one.ID, Writing{Text: "Yes."}))
	count(2)
	must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), d.staff["Anna"], other.ID, tickets.Closed, tickets.Content))
	count(1)
}

// A ticket that comes back has those it still waits for reminded again.
func TestAClosedTicketThatComesBackIsChasedAgain(t *testing.T) {
	d := furnish(t)
	tk, _ := d.opens(t)
	p := d.invites(t, tk.ID, Inviting{Machine: true})
	answered := d.invites(t, tk.ID, Inviting{People: []Guest{{Email: "b@else.example"}}})
	d.hears(t, answered, "b@else.example", "Yes", false)
	must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), d.staff["Anna"], tk.ID, tickets.Closed, tickets.Content))
	d.ticks(t, p, p.ChaseAt)
	if p := d.again(t, p.ID); !p.ChaseAt.IsZero() || len(p.Messages) != 1 {
		t.Fatalf("it is chased while the ticket is closed: %+v", p)
	}
	d.now.Store(monday.AddDate(0, 0, 7).UnixMicro())
	must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), d.staff["Anna"], tk.ID, tickets.Open, ""))
	d.told(t)
	for range 2 { // once, however often the followers look
		if err := d.db.CatchUp(t.Context(), d.Followers()...); err != nil {
			t.Fatal(err)
		}
	}
	back := d.again(t, p.ID)
	if want := monday.AddDate(0, 0, 7).Add(32 * time.Hour); !back.ChaseAt.Equal(want) || !back.WaitingSince.Equal(monday) || d.told(t) != "changed" {
		t.Errorf("it is to be chased at %v and not at %v", back.ChaseAt, want)
	}
	if p := d.again(t, answered.ID); !p.ChaseAt.IsZero() || p.State != Answered {
		t.Errorf("who has answered is chased: %+v", p)
	}
	d.ticks(t, back, back.ChaseAt)
	if p := d.again(t, p.ID); len(p.Messages) != 2 || p.Messages[1].Kind != Notice {
		t.Errorf("the machine does not remind them: %+v", p)
	}
}

// How long they have until they are reminded is the company's to say.
func TestTheTimeUntilAReminderIsSettable(t *testing.T) {
	d := furnish(t)
	tk, _ := d.opens(t)
	for _, wrong := range []int64{0, 29, latestChase + 1} {
		if _, err := d.Configure(t.Context(), admin, SettingsChange{ChaseAfter: &wrong}); code(t, err) != "part.chase_after" {
			t.Errorf("%d minutes: %v", wrong, err)
		}
	}
	s := must[Settings](t)(d.Configure(t.Context(), admin, SettingsChange{ChaseAfter: new(int64(240))}))
	again := must[Settings](t)(d.Configure(t.Context(), admin, SettingsChange{ChaseAfter: new(int64(240))}))
	if s.ChaseAfter != 240 || again.Version != s.Version || d.told(t) != "configured" {
		t.Errorf("%+v %+v", s, again)
	}
	if p := d.invites(t, tk.ID, Inviting{}); !p.ChaseAt.Equal(monday.Add(4 * time.Hour)) {
		t.Errorf("they are reminded at %v", p.ChaseAt)
	}
}

// A page of a part ends somewhere; what is taken along of it does not.
func TestAllOfAPartIsTakenAlong(t *testing.T) {
	d := furnish(t)
	tk, _ := d.opens(t)
	p := d.invites(t, tk.ID, Inviting{})
	d.write(t, func(tx *store.Tx) error {
		for range mostSaid {
			m := d.begun(tx, p, Out)
			m.Text = "One thing more."
			if err := d.leave(tx, p, &m, false); err != nil {
				return err
			}
		}
		return nil
	})
	if shown := d.again(t, p.ID).Messages; len(shown) != mostSaid || shown[0].Text == "When does lamp 17 come?" {
		t.Errorf("a page shows %d", len(shown))
	}
	d.look(t, func(tx *store.Tx) error {
		all, err := d.All(tx, 0, 10)
		if err != nil || len(all) != 1 || len(all[0].Messages) != mostSaid+1 || all[0].Messages[0].Text != "When does lamp 17 come?" {
			t.Errorf("%d parts, %v", len(all), err)
		}
		return nil
	})
}
