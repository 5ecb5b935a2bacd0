package conference

import (
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Words whose writer is not told do not end with their name.
func TestWhatIsSharedIsUnsigned(t *testing.T) {
	for words, want := range map[string]string{
		"Where is it?\n\nMany thanks\nJasper Snowberry": "Where is it?\n\nMany thanks",
		"Where is it?\r\nJASPER.\n":                     "Where is it?",
		"Where is it, Jasper?":                          "Where is it, Jasper?",
		"It is for\nJasper and Ida":                     "It is for\nJasper and Ida",
		"Where is it?\n1234":                            "Where is it?\n1234",
		"Jasper":                                        "",
	} {
		if got := unsigned(words, "Snowberry, Jasper"); got != want {
			t.Errorf("%q: %q", words, got)
		}
	}
	d := furnish(t)
	tk, said := d.opens(t)
	d.write(t, func(tx *store.Tx) error {
		if err := tx.Do(`UPDATE messages SET text = $2 WHERE id = $1`, said.ID, "Where is it?\nEve"); err != nil {
			return err
		}
		return tx.Record(tk.ID, tickets.Changed{Ticket: tk.ID})
	})
	for named, want := range map[bool]string{true: "> Eve, 6. Juli 2026, 09:00 Uhr\n>\n> Where is it?\n> Eve", false: "> 6. Juli 2026, 09:00 Uhr\n>\n> Where is it?"} {
		p := d.invites(t, tk.ID, Inviting{Language: "de", Writing: Writing{Share: []Sharing{{Message: said.ID, Named: named}}}})
		if got := p.Messages[0].Letter(); !strings.HasSuffix(got, want) {
			t.Errorf("named %v they read %q", named, got)
		}
	}
}

// One case from end to end: a supplier is asked, the ticket is on hold for them, they answer, and it is for us again.
func TestASupplierIsAskedAndAnswers(t *testing.T) {
	d := furnish(t)
	tk, said := d.opens(t)
	p := d.invites(t, tk.ID, Inviting{KnownAs: " our  carrier ", Hold: true, Writing: Writing{Share: []Sharing{{Message: said.ID, Named: true}}, Files: []tickets.FileID{said.Files[0].ID}}})
	if p.State != Open || !p.WaitingSince.Equal(monday) || !p.ChaseAt.Equal(monday.Add(32*time.Hour)) || !p.Holds || p.AskedByName != "Anna" || p.KnownAs != "our carrier" {
		t.Errorf("%+v", p)
	}
	if s := d.status(t, tk.ID); s != tickets.OnHold {
		t.Errorf("the ticket is %s", s)
	}
	m := p.Messages[0]
	if got, want := m.Letter(), "When does lamp 17 come?\n\n> Eve, July 6, 2026, 9:00 AM\n>\n> Where is my lamp?"; got != want {
		t.Errorf("they read\n%q and not\n%q", got, want)
	}
	if len(m.To) != 1 || m.To[0].Email != smith.Email || len(m.Files) != 1 || m.Files[0].Name != "lamp.png" || m.State != tickets.Queued {
		t.Errorf("%+v", m)
	}
	if told := d.told(t); told != "invited, written" {
		t.Errorf("told: %s", told)
	}
	d.look(t, func(tx *store.Tx) error {
		if w, ok, err := d.WaitsFor(tx, tk.ID); err != nil || !ok || w.For != "our carrier" || w.Kind != Supplier || !w.Since.Equal(monday) || !w.Chased.IsZero() {
			t.Errorf("%+v %v %v", w, ok, err)
		}
		return nil
	})

	d.now.Store(monday.Add(time.Hour).UnixMicro())
	if d.hears(t, p, "stranger@else.example", "I know it", false) {
		t.Error("a stranger was heard")
	}
	if !d.hears(t, p, "Orders@Smith.example", "Tomorrow", false) {
		t.Error("the supplier was not heard")
	}
	p = d.again(t, p.ID)
	if p.State != Answered || !p.WaitingSince.IsZero() || !p.ChaseAt.IsZero() || p.Holds || len(p.Messages) != 2 || p.Messages[1].Kind != In || p.Snippet != "Tomorrow" {
		t.Errorf("%+v", p)
	}
	if s := d.status(t, tk.ID); s != tickets.Open {
		t.Errorf("the ticket is %s", s)
	}
	p = must[Part](t)(d.Done(t.Context(), d.staff["Anna"], p.ID))
	if _, err := d.Done(t.Context(), d.staff["Anna"], p.ID); p.State != Done || code(t, err) != "part.done" {
		t.Errorf("%+v %v", p, err)
	}
	if !d.hears(t, p, smith.Email, "One thing more", false) || d.again(t, p.ID).State != Answered {
		t.Error("what comes after the end is heard, too")
	}
	if told := d.told(t); told != "heard, done, heard" {
		t.Errorf("told: %s", told)
	}
	d.look(t, func(tx *store.Tx) error {
		all, err := d.tickets.Talk(tx, d.staff["Anna"], tk.ID, 0, 100)
		if err != nil || len(all) != 1 {
			t.Errorf("the customer's thread has %d messages, %v", len(all), err)
		}
		if _, ok, err := d.WaitsFor(tx, tk.ID); ok || err != nil {
			t.Errorf("waits still: %v", err)
		}
		return nil
	})
}

// The last of several parts that hold a ticket takes it off hold; an automatic reply does not.
func TestATicketIsOnHoldUntilTheLastHasAnswered(t *testing.T) {
	d := furnish(t)
	tk, _ := d.opens(t)
	a := d.invites(t, tk.ID, Inviting{Hold: true})
	b := d.invites(t, tk.ID, Inviting{Hold: true, People: []Guest{{Email: "b@else.example"}}})
	d.write(t, func(tx *store.Tx) error {
		_, ok, err := d.Heard(tx, a.ID, tickets.Inbound{From: people.Sender{Email: smith.Email}, Text: "I am away", Machine: true, At: tx.Now()}, false)
		if !ok {
			t.Error("not kept")
		}
		return err
	})
	if p := d.again(t, a.ID); p.State != Open || len(p.Messages) != 2 || !p.Messages[1].Machine {
		t.Errorf("a vacation notice: %+v", p)
	}
	d.hears(t, a, smith.Email, "Yes", false)
	if s := d.status(t, tk.ID); s != tickets.OnHold {
		t.Errorf("after the first it is %s", s)
	}
	must[Part](t)(d.Done(t.Context(), d.staff["Anna"], b.ID))
	if s := d.status(t, tk.ID); s != tickets.Open {
		t.Errorf("after the last it is %s", s)
	}
}

// They are reminded by a person, who is told when it is time, or by the machine, three times at most.
func TestRemindersComeInTime(t *testing.T) {
	d := furnish(t)
	tk, _ := d.opens(t)
	p := d.invites(t, tk.ID, Inviting{})
	d.told(t)
	d.ticks(t, p, monday.Add(31*time.Hour))
	if told := d.told(t); told != "" {
		t.Errorf("too early: %s", told)
	}
	d.ticks(t, p, p.ChaseAt)
	d.ticks(t, p, p.ChaseAt)
	if told := d.told(t); told != "due" || !d.again(t, p.ID).ChaseDue {
		t.Errorf("a person is told %q", told)
	}
	if _, err := d.Chase(t.Context(), d.staff["Anna"], p.ID, Chasing{Text: " "}); code(t, err) != "part.empty" {
		t.Errorf("without words: %v", err)
	}
	p = must[Part](t)(d.Chase(t.Context(), d.staff["Anna"], p.ID, Chasing{Text: "Have you seen this?"}))
	if m := p.Messages[1]; p.Chases != 1 || p.ChaseDue || !p.ChasedAt.Equal(monday.Add(32*time.Hour)) || !m.Chase || m.Machine || m.Subject != "Lamp 17" {
		t.Errorf("%+v", p)
	}
	p = must[Part](t)(d.Change(t.Context(), d.staff["Anna"], p.ID, Change{Machine: new(true)}))
	d.told(t)
	for range 5 {
		d.ticks(t, p, p.ChaseAt)
		p = d.again(t, p.ID)
	}
	if told := d.told(t); told != "written, written, due" {
		t.Errorf("the machine reminds until three reminders are out, then a person is told: %q", told)
	}
	if m := p.Messages[2]; m.Kind != Notice || !strings.Contains(m.Text, "“Lamp 17” on July 6, 2026") {
		t.Errorf("%+v", m)
	}
	d.hears(t, p, smith.Email, "Sorry", false)
	if _, err := d.Chase(t.Context(), d.staff["Anna"], p.ID, Chasing{Text: "And?"}); code(t, err) != "part.not_waiting" {
		t.Errorf("nobody waits: %v", err)
	}
	d.ticks(t, p, monday.AddDate(0, 2, 0))
	if err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error { return d.tick(tx, due.Job{Key: "nonsense"}) }); err == nil {
		t.Error("a key that is none was taken")
	}
}

// Nobody is reminded of what is over.
func TestNobodyIsRemindedInAClosedTicket(t *testing.T) {
	d := furnish(t)
	tk, _ := d.opens(t)
	p := d.invites(t, tk.ID, Inviting{Machine: true})
	must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), d.staff["Anna"], tk.ID, tickets.Closed, tickets.Content))
	d.ticks(t, p, p.ChaseAt)
	if p := d.again(t, p.ID); len(p.Messages) != 1 || !p.ChaseAt.IsZero() {
		t.Errorf("%+v", p)
	}
}

// Who was invited reads and answers their part and learns nothing of the ticket; the others don't know that it is there.
func TestAColleagueSeesTheirPartAlone(t *testing.T) {
	d := furnish(t)
	tk, said := d.opens(t)
	lou, lea, cleo := d.staff["Lou"], d.staff["Lea"], d.staff["Cleo"]
	p := d.invites(t, tk.ID, Inviting{Kind: Colleague, Title: "Shelf", KnownAs: "our shop", Hold: true, People: []Guest{{Staff: d.id("Lou")}, {Email: "LEA@shop.example"}}})
	if p.People[1].Staff != d.id("Lea") || p.People[1].Name != "Lea" {
		t.Errorf("an address of ours is a colleague: %+v", p.People)
	}
	other := d.invites(t, tk.ID, Inviting{})
	d.look(t, func(tx *store.Tx) error {
		got, err := d.Read(tx, lou, p.ID)
		if err != nil || got.Ticket != 0 || got.KnownAs != "" || got.Holds || got.Host || !got.Yours || len(got.Messages) != 1 {
			t.Errorf("%+v %v", got, err)
		}
		if _, err := d.Read(tx, lou, other.ID); code(t, err) != "part.unknown" {
			t.Errorf("another part: %v", err)
		}
		if _, err := d.Read(tx, cleo, p.ID); code(t, err) != "part.unknown" {
			t.Errorf("another team: %v", err)
		}
		if _, err := d.List(tx, lou, tk.ID); code(t, err) != "ticket.unknown" {
			t.Errorf("the ticket's parts: %v", err)
		}
		mine, err := d.Mine(tx, lea, 0, 10)
		if err != nil || len(mine) != 1 || mine[0].ID != p.ID || mine[0].Ticket != 0 {
			t.Errorf("%+v %v", mine, err)
		}
		return nil
	})
	answered := must[Part](t)(d.Write(t.Context(), lou, p.ID, Writing{Text: "It is on shelf 3."}))
	if m := answered.Messages[1]; answered.State != Answered || m.Kind != In || m.Name != "Lou" || len(m.To) != 1 || m.To[0].Email != "lea@shop.example" {
		t.Errorf("%+v", answered)
	}
	if s := d.status(t, tk.ID); s != tickets.Open {
		t.Errorf("the ticket is %s", s)
	}
	for name, try := range map[string]func() error{
		"done": func() error { _, err := d.Done(t.Context(), lou, p.ID); return err },
		"share": func() error {
			_, err := d.Write(t.Context(), lou, p.ID, Writing{Text: "x", Share: []Sharing{{Message: said.ID}}})
			return err
		},
		"bring":   func() error { _, err := d.Bring(t.Context(), lou, p.ID, Guest{Email: "x@else.example"}); return err },
		"release": func() error { _, err := d.Release(t.Context(), lou, p.ID, p.People[1].ID); return err },
		"chase":   func() error { _, err := d.Chase(t.Context(), lou, p.ID, Chasing{Text: "x"}); return err },
	} {
		if c := code(t, try()); c != "part.guest" {
			t.Errorf("%s: %q", name, c)
		}
	}
	must[Part](t)(d.Release(t.Context(), d.staff["Anna"], p.ID, p.People[0].ID))
	if _, err := d.Write(t.Context(), lou, p.ID, Writing{Text: "Hello?"}); code(t, err) != "part.unknown" {
		t.Errorf("after the invitation ended: %v", err)
	}
	if _, err := d.Release(t.Context(), d.staff["Anna"], p.ID, p.People[1].ID); code(t, err) != "part.last" {
		t.Errorf("the last one: %v", err)
	}
}

// What was decided by a person lets somebody in; whoever gives a mail the name of one of the customer's thread draws nothing here.
func TestWhoAnswersFromElsewhere(t *testing.T) {
	d := furnish(t)
	tk, _ := d.opens(t)
	p := d.invites(t, tk.ID, Inviting{})
	if !d.hears(t, p, "boss@smith.example", "I take over", true) || !d.hears(t, p, "boss@smith.example", "And again", false) {
		t.Error("who was let in was not heard")
	}
	answer := must[tickets.Message](t)(d.tickets.Answer(t.Context(), d.staff["Anna"], tk.ID, tickets.Reply{Text: "Soon."}))
	d.write(t, func(tx *store.Tx) error {
		if err := d.tickets.Name(tx, answer.ID, 7, "ours@shop.example"); err != nil {
			return err
		}
		if err := d.tickets.MarkDelivery(tx, answer.ID, tickets.Sent, ""); err != nil {
			return err
		}
		_, ok, err := d.Heard(tx, p.ID, tickets.Inbound{From: people.Sender{Email: smith.Email}, Text: "x", Mailbox: 7, Ref: "ours@shop.example", At: tx.Now()}, false)
		if !ok || err != nil {
			t.Errorf("%v %v", ok, err)
		}
		if err := d.Name(tx, p.Messages[0].ID, 7, "part@shop.example"); err != nil {
			return err
		}
		for want, refs := range map[bool][]string{
			false: {"ours@shop.example", "part@shop.example"}, // the nearest is one of the customer's thread
			true:  {"unknown@else.example", "part@shop.example", "ours@shop.example"},
		} {
			if found, ok, err := d.Answered(tx, 7, refs); err != nil || ok != want || ok && found != p.ID {
				t.Errorf("%v: %v %v %v", refs, found, ok, err)
			}
		}
		if _, ok, err := d.Answered(tx, 8, []string{"part@shop.example"}); ok || err != nil {
			t.Errorf("in another mailbox: %v %v", ok, err)
		}
		back, ok, err := d.MarkBounced(tx, 7, "part@shop.example", "No such user", []string{smith.Email})
		if !ok || err != nil || back.ID != p.ID {
			t.Errorf("%+v %v %v", back, ok, err)
		}
		if _, ok, err := d.MarkBounced(tx, 8, "part@shop.example", "No such user", nil); ok || err != nil {
			t.Errorf("in another mailbox: %v %v", ok, err)
		}
		return nil
	})
	if p := d.again(t, p.ID); p.Trouble != "No such user" || p.People[0].Trouble != "No such user" || p.Messages[0].State != tickets.Bounced {
		t.Errorf("%+v", p)
	}
}

// A ticket that turns out to be spam waits for nobody.
func TestSpamEndsItsParts(t *testing.T) {
	d := furnish(t)
	tk, _ := d.opens(t)
	p := d.invites(t, tk.ID, Inviting{})
	must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), d.staff["Anna"], tk.ID, tickets.Closed, tickets.Spam))
	if err := d.db.CatchUp(t.Context(), d.Followers()...); err != nil {
		t.Fatal(err)
	}
	if p := d.again(t, p.ID); p.State != Done || !p.ChaseAt.IsZero() {
		t.Errorf("%+v", p)
	}
	if _, err := d.Write(t.Context(), d.staff["Anna"], p.ID, Writing{Text: "x"}); code(t, err) != "part.ended" {
		t.Errorf("%v", err)
	}
}

// The parts of a ticket that was merged are those of the one it was merged into.
func TestPartsMoveWithTheirTicket(t *testing.T) {
	d := furnish(t)
	a, _ := d.opens(t)
	b, _ := d.opens(t)
	p := d.invites(t, a.ID, Inviting{})
	d.told(t)
	d.write(t, func(tx *store.Tx) error {
		if err := tx.Do(`UPDATE tickets SET status = 'closed', ended = 'merged', merged_into = $2 WHERE id = $1`, a.ID, b.ID); err != nil {
			return err
		}
		return tx.Record(a.ID, tickets.Stood{Ticket: a.ID, From: tickets.Open, To: tickets.Closed, Ended: tickets.Merged, Why: "merged"})
	})
	if err := d.db.CatchUp(t.Context(), d.Followers()...); err != nil {
		t.Fatal(err)
	}
	if p := d.again(t, p.ID); p.Ticket != b.ID || d.told(t) != "moved" {
		t.Errorf("%+v", p)
	}
}
