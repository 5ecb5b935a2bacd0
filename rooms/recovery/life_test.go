package recovery

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// A complaint goes its way, and each stage is left only when all of it is done.
func TestAComplaintGoesItsWay(t *testing.T) {
	d := furnish(t)
	ctx, from := t.Context(), d.head(t)
	c := must[Complaint](t)(d.Capture(ctx, d.ann, d.ticket(t, "Eve", d.team).ID, Story{What: "It arrived broken."}))
	if c.Owner != staff.ID(d.ann.Staff) || c.Stage != stages.Capture || c.Severity != 1 || c.Kind != "general" {
		t.Fatalf("captured %+v", c)
	}
	if _, err := d.Advance(ctx, d.ann, c.ID); code(err) != "wish.missing" {
		t.Errorf("before the wish: %v", err)
	}
	must[Complaint](t)(d.Wish(ctx, d.ann, c.ID, "Another lamp.", false))
	if _, err := d.Advance(ctx, d.ann, c.ID); code(err) != "complaint.not_done" {
		t.Errorf("before the checks: %v", err)
	}
	if _, err := d.Tick(ctx, d.ann, c.ID, "facts", false); code(err) != "complaint.check" {
		t.Errorf("a check of another stage: %v", err)
	}
	for _, want := range stages.All[1:] {
		if now := d.done(t, d.ann, c.ID); now.Stage != want {
			t.Fatalf("in %s, want %s", now.Stage, want)
		}
	}
	for ended, want := range map[Ended]string{Content: "complaint.not_asked", Silent: "complaint.not_done", "": "complaint.ended", Mistaken: "complaint.reason"} {
		if _, err := d.Close(ctx, d.ann, c.ID, ended, ""); code(err) != want {
			t.Errorf("close as %q: %v, want %s", ended, err, want)
		}
	}
	must[Complaint](t)(d.Tick(ctx, d.ann, c.ID, "asked", false))
	if _, err := d.Follow(ctx, d.ann, c.ID, Reply{Held: Yes}); code(err) != "complaint.trusts" {
		t.Errorf("trust was not asked for: %v", err)
	}
	must[Complaint](t)(d.Follow(ctx, d.ann, c.ID, Reply{Held: Yes, Trusts: No}))
	for _, ended := range []Ended{Content, Silent} {
		if _, err := d.Close(ctx, d.ann, c.ID, ended, ""); code(err) != "complaint.untrusted" {
			t.Errorf("fixed but untrusted is closed as %s: %v", ended, err)
		}
	}
	if back := must[Complaint](t)(d.Follow(ctx, d.ann, c.ID, Reply{Held: No})); back.Stage != stages.Resolve || !back.Open() {
		t.Errorf("what did not hold is in %s", back.Stage)
	}
	again := func() Complaint {
		t.Helper()
		d.done(t, d.ann, c.ID)
		d.done(t, d.ann, c.ID)
		return d.done(t, d.ann, c.ID)
	}
	if now := again(); now.Held != "" || now.Trusts != "" {
		t.Errorf("before they are asked again they had said %q and %q", now.Held, now.Trusts)
	}
	if back := must[Complaint](t)(d.Follow(ctx, d.ann, c.ID, Reply{Held: No})); back.Stage != stages.Resolve {
		t.Errorf("what did not hold the second time is in %s", back.Stage)
	}
	again()
	if over := must[Complaint](t)(d.Follow(ctx, d.ann, c.ID, Reply{Held: Yes, Trusts: Yes})); over.Open() || over.Ended != Content {
		t.Errorf("closed %+v", over)
	}
	if _, err := d.Tick(ctx, d.ann, c.ID, "asked", true); code(err) != "complaint.closed" {
		t.Errorf("ticked though closed: %v", err)
	}
	if again := must[Complaint](t)(d.Reopen(ctx, d.ann, c.ID)); again.Stage != stages.Investigate || again.Reopened != 1 || again.Held != "" {
		t.Errorf("reopened %+v", again)
	}
	w := d.whole(t, d.ann, c.ID)
	var way []string
	for _, s := range w.Stages {
		way = append(way, string(s.Stage))
		if s.Stage != stages.Investigate && s.LeftAt.IsZero() {
			t.Errorf("%s was not left", s.Stage)
		}
	}
	if got := strings.Join(way, " "); got != "capture investigate resolve communicate follow_up resolve communicate follow_up resolve communicate follow_up investigate" {
		t.Errorf("its way: %s", got)
	}
	told := d.told(t, from)
	for _, want := range []string{"complaints.raised complaints.wished complaints.ticked", "complaints.followed complaints.moved", "complaints.followed complaints.closed complaints.reopened complaints.moved"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is missing in %s", want, told)
		}
	}
}

// The clock of a stage counts working time, by kind and severity; what is late is marked once and told.
func TestAStageIsLate(t *testing.T) {
	d := furnish(t)
	c := d.complaint(t, "Eve") // severity 2: four working hours to capture
	if want := monday.Add(4 * time.Hour); !c.DueAt.Equal(want) {
		t.Errorf("due %s, want %s", c.DueAt, want)
	}
	three := 3
	c = must[Complaint](t)(d.Sort(t.Context(), d.ann, c.ID, Sorting{Severity: &three}))
	if want := monday.Add(time.Hour); !c.DueAt.Equal(want) {
		t.Errorf("a grave one is due %s, want %s", c.DueAt, want)
	}
	from := d.head(t)
	ring := func() {
		d.write(t, func(tx *store.Tx) error { return d.late(tx, due.Job{Key: c.ID.String()}) })
	}
	d.wait(30 * time.Minute)
	ring()
	if told := d.told(t, from); told != "" {
		t.Errorf("told %s", told)
	}
	d.wait(time.Hour)
	ring()
	ring()
	if told := d.told(t, from); told != "complaints.late" {
		t.Errorf("told %s", told)
	}
	if w := d.whole(t, d.ann, c.ID); w.LateAt.IsZero() || w.Stages[0].LateAt.IsZero() {
		t.Error("not marked as late")
	}
	late := Filter{Late: true, Limit: 10}
	d.look(t, func(tx *store.Tx) error {
		page, err := d.List(tx, d.ann, late)
		if len(page.Items) != 1 || page.Items[0].Subject == "" || page.Items[0].OwnerName != "Ann" || page.Items[0].CustomerName != "Eve" {
			t.Errorf("late ones: %+v", page.Items)
		}
		return err
	})
	// A working day of eight hours from half past eleven: until nine is over on Tuesday, half past eleven there.
	if now := d.done(t, d.ann, c.ID); !now.LateAt.IsZero() || !now.DueAt.Equal(monday.Add(25*time.Hour+30*time.Minute)) {
		t.Errorf("the next stage is due %s and late since %s", now.DueAt, now.LateAt)
	}
}

// Ownership moves only by acceptance.
func TestOwnershipMovesByAcceptance(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	c := d.complaint(t, "Eve")
	ben := staff.ID(d.ben.Staff)
	if _, err := d.HandOver(ctx, d.ben, c.ID, ben, "Mine now."); code(err) != "complaint.not_yours" {
		t.Errorf("taken from its owner: %v", err)
	}
	if _, err := d.HandOver(ctx, d.ann, c.ID, ben, " "); code(err) != "handover.summary" {
		t.Errorf("without a summary: %v", err)
	}
	h := must[Complaint](t)(d.HandOver(ctx, d.ann, c.ID, ben, "Broken lamp, wants another."))
	if h.Owner != staff.ID(d.ann.Staff) || h.OfferedTo != ben {
		t.Errorf("asked: %+v", h)
	}
	for want, err := range map[string]error{
		"handover.waits":     second(d.HandOver(ctx, d.ann, c.ID, staff.ID(d.sue.Staff), "Or you?")),
		"handover.not_asked": second(d.Accept(ctx, d.sue, c.ID)),
		"handover.reason":    second(d.Decline(ctx, d.ben, c.ID, "")),
	} {
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if no := must[Complaint](t)(d.Decline(ctx, d.ben, c.ID, "On leave from tomorrow.")); no.Owner != staff.ID(d.ann.Staff) || no.OfferedTo != 0 {
		t.Errorf("declined: %+v", no)
	}
	must[Complaint](t)(d.HandOver(ctx, d.ann, c.ID, staff.ID(d.cleo.Staff), "Yours?"))
	if w := d.whole(t, d.cleo, c.ID); w.ID != c.ID { // of another team, but asked
		t.Error("who is asked can't read it")
	}
	if yes := must[Complaint](t)(d.Accept(ctx, d.cleo, c.ID)); yes.Owner != staff.ID(d.cleo.Staff) || yes.OfferedTo != 0 {
		t.Errorf("accepted: %+v", yes)
	}
	if _, err := d.Advance(ctx, d.ann, c.ID); code(err) != "complaint.not_yours" {
		t.Errorf("the former owner goes on: %v", err)
	}
	w := d.whole(t, d.cleo, c.ID)
	if len(w.Handovers) != 2 || w.Handovers[0].State != "declined" || w.Handovers[0].Reason == "" || w.Handovers[1].State != "accepted" || w.Stages[0].Owner != staff.ID(d.cleo.Staff) {
		t.Errorf("kept: %+v", w.Handovers)
	}
	must[Complaint](t)(d.HandOver(ctx, d.cleo, c.ID, ben, "Yours?"))
	if none := must[Complaint](t)(d.Unhand(ctx, d.cleo, c.ID)); none.OfferedTo != 0 {
		t.Errorf("taken back: %+v", none)
	}
}

func second[T any](_ T, err error) error { return err }

// A failure that nobody complained about opens a recovery by itself, one on a ticket, however often it fails.
func TestFailuresOpenRecoveries(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	a, b := d.ticket(t, "Eve", d.team), d.ticket(t, "Ida", d.team)
	d.follow(t)
	from := d.head(t)
	d.write(t, func(tx *store.Tx) error {
		for range 2 {
			for _, which := range []tickets.ID{a.ID, b.ID} {
				if _, _, err := d.Raise(tx, Failure{Ticket: which, Origin: BrokenPromise, Severity: 2}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if told := d.told(t, from); told != "complaints.raised complaints.raised complaints.joined complaints.joined" {
		t.Errorf("told %s", told)
	}
	open := must[Complaint](t)(d.on(a.ID))
	if open.Owner != 0 || open.Origin != BrokenPromise || open.What != "" {
		t.Errorf("opened %+v", open)
	}
	if _, err := d.Advance(ctx, d.ann, open.ID); code(err) != "complaint.nobodys" {
		t.Errorf("nobody's goes on: %v", err)
	}
	// Whoever then hears it complained about owns it; a second one on the ticket is refused.
	must[Complaint](t)(d.HandOver(ctx, d.sue, open.ID, staff.ID(d.ann.Staff), "Nobody has it."))
	heard := must[Complaint](t)(d.Capture(ctx, d.ben, a.ID, Story{What: "You never called!", Severity: 1}))
	if _, err := d.Accept(ctx, d.ann, heard.ID); code(err) == "" {
		t.Error("who was asked before it was anybody's takes it from its owner")
	}
	if heard.ID != open.ID || heard.OfferedTo != 0 || heard.Owner != staff.ID(d.ben.Staff) || heard.Severity != 2 || heard.What == "" {
		t.Errorf("adopted %+v", heard)
	}
	if _, err := d.Capture(ctx, d.ann, a.ID, Story{What: "Again!"}); code(err) != "complaint.there" {
		t.Errorf("a second one: %v", err)
	}
	took := must[Complaint](t)(d.Take(ctx, d.ann, must[Complaint](t)(d.on(b.ID)).ID))
	if took.Owner != staff.ID(d.ann.Staff) {
		t.Errorf("took %+v", took)
	}
	if _, err := d.Take(ctx, d.ben, took.ID); code(err) != "complaint.owned" {
		t.Errorf("taken from its owner: %v", err)
	}

	// A clock that is breached, and a ticket that was reopened, are heard of in the journal.
	d.follow(t)
	third := d.ticket(t, "Uma", d.team)
	d.write(t, func(tx *store.Tx) error {
		return tx.Record(third.ID, clocks.Breached{Ticket: third.ID, Clock: clocks.FirstAnswer, Due: d.clock()})
	})
	fourth := d.ticket(t, "Ola", d.team)
	must[tickets.Ticket](t)(d.tickets.Assign(ctx, admin, fourth.ID, tickets.Assignment{Staff: new(staff.ID(d.ben.Staff))}))
	must[tickets.Ticket](t)(d.tickets.Stand(ctx, admin, fourth.ID, tickets.Resolved, ""))
	must[tickets.Ticket](t)(d.tickets.Stand(ctx, admin, fourth.ID, tickets.Open, ""))
	d.follow(t)
	if c := must[Complaint](t)(d.on(third.ID)); c.Origin != BreachedClock {
		t.Errorf("breached: %+v", c)
	}
	c := must[Complaint](t)(d.on(fourth.ID))
	if c.Origin != Reopening || c.Owner != staff.ID(d.ben.Staff) {
		t.Errorf("reopened: %+v", c)
	}
	if over := must[Complaint](t)(d.Close(ctx, d.ben, c.ID, Mistaken, "Reopened by a slip.")); over.Ended != Mistaken {
		t.Errorf("closed %+v", over)
	}
	// Once a customer may write on what was solved, were it thanks; not twice.
	fifth := d.ticket(t, "Pia", d.team)
	for i, want := range []Origin{"", Reopening} {
		must[tickets.Ticket](t)(d.tickets.Stand(ctx, admin, fifth.ID, tickets.Resolved, ""))
		d.write(t, func(tx *store.Tx) error {
			_, err := d.tickets.Receive(tx, tickets.Inbound{Channel: "email", Text: "Hm.", Join: fifth.ID, From: people.Sender{Email: "pia@customer.example"}})
			return err
		})
		d.follow(t)
		if c := must[Complaint](t)(d.on(fifth.ID)); c.Origin != want {
			t.Errorf("written on for the %d. time: %+v", i+1, c)
		}
	}
	// What the company chose to leave alone opens nothing; the rest is as severe as it said.
	must[Watched](t)(d.Watch(ctx, d.boss, Watched{Origin: BreachedClock, Off: true, Severity: 1}))
	must[Watched](t)(d.Watch(ctx, d.boss, Watched{Origin: Abandoned, Off: false, Severity: 3}))
	sixth := d.ticket(t, "Rob", d.team)
	for _, f := range []Failure{{Ticket: sixth.ID, Origin: BreachedClock}, {Ticket: sixth.ID, Origin: Abandoned}} {
		d.write(t, func(tx *store.Tx) error {
			c, opened, err := d.Raise(tx, f)
			if opened == (f.Origin == BreachedClock) || opened && c.Severity != 3 {
				t.Errorf("%s opened %v: %+v", f.Origin, opened, c)
			}
			return err
		})
	}
	must[Watched](t)(d.Watch(ctx, d.boss, Watched{Origin: BreachedClock, Off: false, Severity: 1}))
	// What failed long ago opens nothing.
	past := d.ticket(t, "Lea", d.team)
	d.write(t, func(tx *store.Tx) error {
		return tx.Record(past.ID, clocks.Breached{Ticket: past.ID, Clock: clocks.FirstAnswer, Due: d.clock()})
	})
	d.wait(fresh + time.Hour)
	d.follow(t)
	if c := must[Complaint](t)(d.on(past.ID)); c.ID != 0 {
		t.Errorf("of the past: %+v", c)
	}
	// It goes with its ticket to another team.
	must[tickets.Ticket](t)(d.tickets.Assign(ctx, admin, third.ID, tickets.Assignment{Team: &d.others}))
	d.follow(t)
	if c := must[Complaint](t)(d.on(third.ID)); c.Team != d.others {
		t.Errorf("its team is %s", c.Team)
	}
}

func (d *hall) on(ticket tickets.ID) (c Complaint, err error) {
	return c, d.db.Read(context.Background(), func(tx *store.Tx) error {
		which, _, err := latestOn(tx, ticket)
		if err == nil {
			c, _, err = one(tx, which)
		}
		return err
	})
}

func plan(checks []Check, minutes ...int64) Plan {
	return Plan{Stage: stages.Capture, Checks: checks, Minutes: minutes}
}

// What a stage asks for is the company's to say.
func TestKindsAreTheCompanys(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	k := must[Kind](t)(d.SetKind(ctx, d.boss, Kind{Key: "noise", Label: "Too loud", Stages: []Plan{plan([]Check{{Key: "rung", Text: "We rang them"}}, 0, 0, 30)}}))
	c := must[Complaint](t)(d.Capture(ctx, d.ann, d.ticket(t, "Eve", d.team).ID, Story{What: "So loud!", Kind: k.Key, WishNone: true}))
	if !c.DueAt.IsZero() {
		t.Errorf("due %s though nothing is asked", c.DueAt)
	}
	if _, err := d.Advance(ctx, d.ann, c.ID); code(err) != "complaint.not_done" {
		t.Errorf("its check: %v", err)
	}
	must[Complaint](t)(d.Tick(ctx, d.ann, c.ID, "rung", false))
	for range 4 { // the other stages ask for nothing
		must[Complaint](t)(d.Advance(ctx, d.ann, c.ID))
	}
	for want, k := range map[string]Kind{
		"key.malformed": {Key: "Too Loud", Label: "x"}, "kind.label": {Key: "x", Label: " "},
		"kind.stage":   {Key: "x", Label: "x", Stages: []Plan{plan(nil, 0, 0, 0), plan(nil, 0, 0, 0)}},
		"kind.minutes": {Key: "x", Label: "x", Stages: []Plan{plan(nil, 0, -1, 0)}},
		"kind.check":   {Key: "x", Label: "x", Stages: []Plan{plan([]Check{{Key: "a"}}, 0, 0, 0)}},
	} {
		if _, err := d.SetKind(ctx, d.boss, k); code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := d.DropKind(ctx, d.boss, "noise"); err != nil {
		t.Error(err)
	}
	if err := d.DropKind(ctx, d.boss, "noise"); code(err) != "complaint.kind" {
		t.Errorf("dropped twice: %v", err)
	}
	if w := d.whole(t, d.ann, c.ID); len(w.Todo) == 0 { // a kind that is gone is dealt with like any other
		t.Error("nothing is asked for")
	}
}

// Somebody who is no agent captures what they heard, sees it and no other, and a colleague's complaint needs no customer.
func TestAnybodyCaptures(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	told := Told{Story: Story{What: "The lobby is cold.", Wish: "A coffee."}}
	if _, err := d.Tell(ctx, d.lux, told); code(err) != "complaint.from" {
		t.Errorf("of nobody: %v", err)
	}
	told.From = &struct {
		Name  string `json:"name,omitempty" maxLength:"200"`
		Email string `json:"email,omitempty" maxLength:"320"`
		Phone string `json:"phone,omitempty" maxLength:"40"`
	}{"Eve", "eve@customer.example", ""}
	c := must[Complaint](t)(d.Tell(ctx, d.lux, told))
	inside := must[Complaint](t)(d.Tell(ctx, d.lux, Told{Story: Story{What: "The door sticks."}, Internal: true, Team: d.others}))
	other := d.complaint(t, "Ida")
	if c.Ticket == 0 || c.Customer == 0 || inside.Ticket != 0 || !inside.Internal {
		t.Errorf("told %+v and %+v", c, inside)
	}
	d.look(t, func(tx *store.Tx) error {
		page, err := d.List(tx, d.lux, Filter{Limit: 10})
		if len(page.Items) != 2 || page.Items[0].ID != inside.ID || page.Items[1].ID != c.ID {
			t.Errorf("sees %+v", page.Items)
		}
		if _, err := d.Look(tx, d.lux, other.ID); code(err) != "complaint.unknown" {
			t.Errorf("another's: %v", err)
		}
		if _, err := d.Look(tx, d.ann, inside.ID); code(err) != "complaint.unknown" {
			t.Errorf("another team's: %v", err)
		}
		if _, err := d.Look(tx, d.cleo, inside.ID); err != nil {
			t.Error(err)
		}
		board, err2 := d.Board(tx, d.boss, Filter{})
		if len(board) != 2 || board[0].N+board[1].N != 3 {
			t.Errorf("board %+v", board)
		}
		if err == nil {
			err = err2
		}
		return err
	})
	s := must[Settlement](t)(d.Give(ctx, d.lux, Case{Complaint: c.ID}, gift(Right, "credit", 400)))
	if s.State != Gave || !s.ExtraMissing {
		t.Errorf("gave %+v", s)
	}
}

// A grave one that joins what opened by itself has the time of a grave one, and what may still be given is no mistake.
func TestWhatIsAdoptedIsAsSevere(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	slight := d.ticket(t, "Ida", d.team)
	d.write(t, func(tx *store.Tx) error {
		_, _, err := d.Raise(tx, Failure{Ticket: slight.ID, Origin: BreachedClock, Severity: 1})
		return err
	})
	before := must[Complaint](t)(d.on(slight.ID)).DueAt
	grave := must[Complaint](t)(d.Capture(ctx, d.ann, slight.ID, Story{What: "It burnt.", Severity: 3, Wish: "To be heard"}))
	if !grave.DueAt.Before(before) {
		t.Errorf("grave, and due at %v as before at %v", grave.DueAt, before)
	}
	offer := must[Offer](t)(d.Offer(ctx, d.ann, Case{Complaint: grave.ID}, Proposal{Part: Extra, Choices: []Choice{{Kind: "voucher", Amount: euros(1_000)}, {Kind: "gift", Amount: euros(1_000)}}}))
	if _, err := d.Close(ctx, d.ann, grave.ID, Mistaken, "A slip."); code(err) != "complaint.given" {
		t.Errorf("a mistake, with an open offer: %v", err)
	}
	if _, err := d.Give(ctx, d.ann, Case{Complaint: grave.ID}, gift(Right, "voucher", 1_000)); code(err) == "" {
		t.Error("what is offered as the extra makes right too")
	}
	if err := second(d.Withdraw(ctx, d.ann, offer.ID)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Close(ctx, d.ann, grave.ID, Mistaken, "A slip."); err != nil {
		t.Errorf("a mistake after all: %v", err)
	}
}
