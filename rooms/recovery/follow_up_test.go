package recovery

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/followup"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// inFollowUp is a complaint of a customer that is made right, and about which they are to be asked.
func (d *hall) inFollowUp(tb testing.TB, from string) Complaint {
	tb.Helper()
	c := d.complaint(tb, from)
	for c.Stage != stages.FollowUp {
		c = d.advance(tb, c)
	}
	return c
}

func (d *hall) advance(tb testing.TB, c Complaint) Complaint {
	tb.Helper()
	for _, t := range d.whole(tb, d.ann, c.ID).Todo {
		if t.Done == nil {
			must[Complaint](tb)(d.Tick(tb.Context(), d.ann, c.ID, t.Key, false))
		}
	}
	return must[Complaint](tb)(d.Advance(tb.Context(), d.ann, c.ID))
}

// Somebody is asked two things; who asked and how is kept, and what they say is what happens next.
func TestTheyAreAskedTwoThings(t *testing.T) {
	d := furnish(t)
	ctx, ann := t.Context(), staff.ID(d.ann.Staff)
	early := d.complaint(t, "Ida")
	for want, err := range map[string]error{
		"complaint.too_early": second(d.Ask(ctx, d.ann, early.ID, followup.Call)),
		"complaint.not_yours": second(d.Ask(ctx, d.ben, early.ID, followup.Call)),
		"follow.how":          second(d.Ask(ctx, d.ann, early.ID, "pigeon")),
	} {
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := d.Follow(ctx, d.ann, early.ID, Reply{Held: Yes, Trusts: Yes, How: "pigeon"}); code(err) != "follow.how" {
		t.Errorf("asked by a pigeon: %v", err)
	}

	c, from := d.inFollowUp(t, "Eve"), d.head(t)
	must[Complaint](t)(d.Ask(ctx, d.ann, c.ID, followup.Mail))
	if told := d.told(t, from); told != "complaints.asked complaints.ticked" {
		t.Errorf("told %s", told)
	}
	// Fixed and not trusted stays open, whoever tries to close it.
	now := must[Complaint](t)(d.Follow(ctx, d.sue, c.ID, Reply{Held: Yes, Trusts: No}))
	if !now.Open() || now.Stage != stages.FollowUp {
		t.Errorf("not trusted: %+v", now)
	}
	if _, err := d.Close(ctx, d.sue, c.ID, Content, ""); code(err) != "complaint.untrusted" {
		t.Errorf("closed untrusted: %v", err)
	}
	// What did not hold is resolved again, and asked about anew.
	if back := must[Complaint](t)(d.Follow(ctx, d.ann, c.ID, Reply{Held: No, How: followup.Call})); back.Stage != stages.Resolve {
		t.Errorf("did not hold: %+v", back)
	}
	for range 2 {
		d.advance(t, c)
	}
	from = d.head(t)
	over := must[Complaint](t)(d.Follow(ctx, d.ann, c.ID, Reply{Held: Yes, Trusts: Yes, How: followup.Person}))
	if over.Open() || over.Ended != Content {
		t.Errorf("held and trusted: %+v", over)
	}
	if told := d.told(t, from); told != "complaints.followed complaints.ticked complaints.closed" {
		t.Errorf("told %s", told)
	}
	all := d.whole(t, d.ann, c.ID).FollowUps
	want := []followup.Said{
		{How: followup.Mail, Staff: ann}, {How: followup.Mail, Staff: ann, Held: Yes, Trusts: No}, {How: followup.Call, Staff: ann, Held: No}, {How: followup.Person, Staff: ann, Held: Yes, Trusts: Yes},
	}
	if len(all) != len(want) {
		t.Fatalf("kept %+v", all)
	}
	for i, s := range all {
		if s.How != want[i].How || s.Staff != want[i].Staff || s.Held != want[i].Held || s.Trusts != want[i].Trusts || s.At.IsZero() || !strings.HasPrefix(s.By, "staff:") {
			t.Errorf("the %d. is %+v, want %+v", i+1, s, want[i])
		}
	}
	if _, err := d.Ask(ctx, d.ann, c.ID, followup.Call); code(err) != "complaint.closed" {
		t.Errorf("asked when it was over: %v", err)
	}
}

// A company that asks for more in this stage closes it when that is done.
func TestWhatElseIsAskedForIsDoneFirst(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	must[Kind](t)(d.SetKind(ctx, d.boss, Kind{Key: "noise", Label: "Noise", Stages: []Plan{{Stage: stages.FollowUp, Checks: []Check{{Key: "asked", Text: "Asked"}, {Key: "card", Text: "A card was sent"}}, Minutes: []int64{0, 0, 0}}}}))
	c := must[Complaint](t)(d.Capture(ctx, d.ann, d.ticket(t, "Eve", d.team).ID, Story{What: "So loud!", Kind: "noise", WishNone: true}))
	for range 4 {
		must[Complaint](t)(d.Advance(ctx, d.ann, c.ID))
	}
	if now := must[Complaint](t)(d.Follow(ctx, d.ann, c.ID, Reply{Held: Yes, Trusts: Yes})); !now.Open() || now.Trusts != Yes {
		t.Errorf("closed before all was done: %+v", now)
	}
	must[Complaint](t)(d.Tick(ctx, d.ann, c.ID, "card", false))
	if over := must[Complaint](t)(d.Close(ctx, d.ann, c.ID, Content, "")); over.Open() {
		t.Errorf("left open: %+v", over)
	}
}

// The customer answers by themselves what nobody else may answer for them on their page.
func TestACustomerAnswersByThemselves(t *testing.T) {
	d := furnish(t)
	c, other := d.inFollowUp(t, "Eve"), d.complaint(t, "Ida")
	answer := func(customer people.ID, which ID, held, trusts Answer) error {
		return d.db.Write(t.Context(), store.Actor{Kind: store.CustomerKind, ID: customer.String(), Via: "portal"}, func(tx *store.Tx) error {
			return d.FollowIn(tx, customer, which, held, trusts)
		})
	}
	asked := func(customer people.ID, c Complaint) (ok bool) {
		d.look(t, func(tx *store.Tx) (err error) { _, ok, err = d.InquiryOf(tx, customer, c.Ticket); return err })
		return ok
	}
	if !asked(c.Customer, c) || asked(other.Customer, c) || asked(other.Customer, other) || asked(0, c) {
		t.Error("asked whom it does not concern, or not whom it does")
	}
	for name, err := range map[string]error{
		"somebody else": answer(other.Customer, c.ID, Yes, Yes), "nobody": answer(0, c.ID, Yes, Yes), "too early": answer(other.Customer, other.ID, Yes, Yes), "of none": answer(c.Customer, 1, Yes, Yes),
	} {
		if code(err) != "follow.over" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for want, err := range map[string]error{"complaint.held": answer(c.Customer, c.ID, "maybe", ""), "complaint.trusts": answer(c.Customer, c.ID, Yes, "")} {
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := answer(c.Customer, c.ID, Yes, No); err != nil {
		t.Fatal(err)
	}
	if w := d.whole(t, d.ann, c.ID); !w.Open() || len(w.FollowUps) != 1 || w.FollowUps[0].How != followup.Page || w.FollowUps[0].Staff != 0 || !strings.HasPrefix(w.FollowUps[0].By, "customer:") || w.Todo[0].Done == nil {
		t.Errorf("answered %+v %+v", w.FollowUps, w.Todo)
	}
	if err := answer(c.Customer, c.ID, Yes, Yes); err != nil {
		t.Fatal(err)
	}
	if w := d.whole(t, d.ann, c.ID); w.Open() || w.Ended != Content || asked(c.Customer, c) {
		t.Errorf("ended %+v", w.Complaint)
	}
}

// The machine asks only where it was told to, when nobody did, and once.
func TestTheMachineAsksWhenItIsToldTo(t *testing.T) {
	d := furnish(t)
	ring := func(c Complaint) string {
		t.Helper()
		from := d.head(t)
		d.write(t, func(tx *store.Tx) error { return d.machineAsks(tx, due.Job{Kind: asking, Key: c.ID.String()}) })
		var kinds []string
		for _, e := range must[[]store.Entry](t)(d.db.Journal(t.Context(), from, 10)) {
			kinds = append(kinds, e.Kind)
		}
		return strings.Join(kinds, " ")
	}
	off := d.inFollowUp(t, "Eve")
	if told := ring(off); told != "" {
		t.Errorf("switched off: %s", told)
	}
	for want, s := range map[string]followup.Settings{"follow.days": {Mail: true}, "": {Mail: true, Days: 2}} {
		if _, err := d.ArrangeAsking(t.Context(), d.boss, s); code(err) != want {
			t.Errorf("%+v: %v", s, err)
		}
	}
	on := d.inFollowUp(t, "Ida")
	var at time.Time
	d.look(t, func(tx *store.Tx) (err error) {
		at, err = store.One[time.Time](tx, `SELECT due_at FROM due WHERE kind = $1 AND key = $2`, asking, on.ID.String())
		return err
	})
	if at.Before(monday.Add(24*time.Hour)) || at.After(monday.Add(3*24*time.Hour)) {
		t.Errorf("two working days from Monday are %s", at)
	}
	if told := ring(on); told != "tickets.noticed complaints.asked complaints.ticked" {
		t.Errorf("told %s", told)
	}
	if told := ring(on); told != "" {
		t.Errorf("asked twice: %s", told)
	}
	done := d.inFollowUp(t, "Uma")
	must[Complaint](t)(d.Ask(t.Context(), d.ann, done.ID, followup.Call))
	if told := ring(done); told != "" {
		t.Errorf("somebody had asked: %s", told)
	}
	if w := d.whole(t, d.ann, on.ID); len(w.FollowUps) != 1 || w.FollowUps[0].Staff != 0 || w.FollowUps[0].How != followup.Mail {
		t.Errorf("kept %+v", w.FollowUps)
	}
}

// Who says that all is well, and thanks with it, was helped; who comes back another time was not.
func TestThanksOpenNoRecovery(t *testing.T) {
	d := furnish(t)
	solve := func(ticket tickets.ID) {
		t.Helper()
		must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), admin, ticket, tickets.Resolved, ""))
		d.wait(time.Minute)
	}
	says := func(tx *store.Tx, c Complaint, words string) error {
		_, err := d.tickets.Receive(tx, tickets.Inbound{Channel: "email", Join: c.Ticket, Text: words, Team: d.team, From: people.Sender{Email: "eve@customer.example"}})
		return err
	}
	c := d.inFollowUp(t, "Eve")
	solve(c.Ticket)
	d.write(t, func(tx *store.Tx) error { return says(tx, c, "And where is the manual?") })
	solve(c.Ticket)
	d.follow(t)
	from := d.head(t)
	d.write(t, func(tx *store.Tx) error {
		if err := d.FollowIn(tx, c.Customer, c.ID, Yes, Yes); err != nil {
			return err
		}
		return says(tx, c, "All is well, thank you so much.")
	})
	d.follow(t)
	if told := d.told(t, from); told != "complaints.followed complaints.ticked complaints.closed" {
		t.Errorf("told %s", told)
	}
	solve(c.Ticket)
	d.write(t, func(tx *store.Tx) error { return says(tx, c, "It broke again.") })
	d.follow(t)
	if now := must[Complaint](t)(d.on(c.Ticket)); now.ID == c.ID || now.Origin != Reopening {
		t.Errorf("came back: %+v", now)
	}
}

// Who is in follow-up when it is switched on is asked as well: in their days, or as many days from now where those have passed.
func TestAskingThatIsSwitchedOnLaterReachesThoseWhoWait(t *testing.T) {
	d := furnish(t)
	long, next, answered := d.inFollowUp(t, "Eve"), d.inFollowUp(t, "Uma"), d.inFollowUp(t, "Ola")
	must[Complaint](t)(d.Follow(t.Context(), d.ann, answered.ID, Reply{Held: Yes, Trusts: No}))
	d.wait(14 * 24 * time.Hour)
	for _, c := range []Complaint{long, next, answered} { // its moment comes while it is switched off
		d.write(t, func(tx *store.Tx) error {
			if _, err := d.queue.Cancel(tx, asking, c.ID.String()); err != nil {
				return err
			}
			return d.machineAsks(tx, due.Job{Kind: asking, Key: c.ID.String()})
		})
	}
	short := d.inFollowUp(t, "Ida")
	d.wait(24 * time.Hour)
	must[followup.Settings](t)(d.ArrangeAsking(t.Context(), d.boss, followup.Settings{Mail: true, Days: 2}))
	at := func(c Complaint) (at time.Time) {
		d.look(t, func(tx *store.Tx) (err error) {
			at, _, err = store.Find[time.Time](tx, `SELECT due_at FROM due WHERE kind = $1 AND key = $2`, asking, c.ID.String())
			return err
		})
		return at
	}
	now := d.clock()
	if a := at(long); a.Before(now.Add(24*time.Hour)) || a.After(now.Add(3*24*time.Hour)) {
		t.Errorf("who waits for long is asked at %s, it is %s", a, now)
	}
	first := at(long)
	if a := at(next); a != first.Add(time.Minute) {
		t.Errorf("who waits for long beside them is asked at %s, they at %s", a, first)
	}
	if a := at(short); !a.After(now) || a.After(now.Add(24*time.Hour)) {
		t.Errorf("who came yesterday is asked at %s, it is %s", a, now)
	}
	if a := at(answered); !a.IsZero() {
		t.Errorf("who answered is asked at %s", a)
	}

	// To set what is set already puts nobody off.
	d.wait(time.Hour)
	from := d.head(t)
	must[followup.Settings](t)(d.ArrangeAsking(t.Context(), d.boss, followup.Settings{Mail: true, Days: 2}))
	if a := at(long); a != first || d.head(t) != from {
		t.Errorf("set once more, who waits for long is asked at %s, not at %s; told %s", a, first, d.told(t, from))
	}
	must[followup.Settings](t)(d.ArrangeAsking(t.Context(), d.boss, followup.Settings{Mail: true, Days: 3}))
	if a := at(long); !a.After(first) {
		t.Errorf("a day later is %s after %s", a, first)
	}
}

// Who wrote last on a ticket need not be whom it went wrong for: the mail that asks goes to the customer alone.
func TestTheMachineAsksTheCustomer(t *testing.T) {
	d := furnish(t)
	must[followup.Settings](t)(d.ArrangeAsking(t.Context(), d.boss, followup.Settings{Mail: true, Days: 2}))
	c := d.inFollowUp(t, "Eve")
	d.write(t, func(tx *store.Tx) error {
		_, err := d.tickets.Receive(tx, tickets.Inbound{
			Channel: "email", Join: c.Ticket, Text: "I am her neighbour, and took the parcel in.", Team: d.team,
			From: people.Sender{Name: "Nora", Email: "nora@neighbour.example"}, Cc: []tickets.Party{{Email: "eve@customer.example"}},
		})
		return err
	})
	d.write(t, func(tx *store.Tx) error { return d.machineAsks(tx, due.Job{Kind: asking, Key: c.ID.String()}) })
	var asked []tickets.Message
	d.look(t, func(tx *store.Tx) (err error) {
		all, err := d.tickets.Talk(tx, d.boss, c.Ticket, 0, 50)
		for _, m := range all {
			if m.Kind == tickets.Notice {
				asked = append(asked, m)
			}
		}
		return err
	})
	if len(asked) != 1 || len(asked[0].To) != 1 || asked[0].To[0].Email != "eve@customer.example" || len(asked[0].Cc) > 0 {
		t.Errorf("asked %+v", asked)
	}
}

// The words of the mail say whom they greet and who writes, and nothing in them is what we would not say.
func TestTheLetterThatAsks(t *testing.T) {
	d := furnish(t)
	c := d.inFollowUp(t, "Eve")
	l := into[followup.Letter](t, d.ask(d.ann, "GET /complaints/"+c.ID.String()+"/letter", ""))
	if !strings.Contains(l.Text, "Hello Eve") || !strings.HasSuffix(l.Text, "Ann") || l.Subject == "" {
		t.Errorf("written %+v", l)
	}
	db := storetest.Open(t, lexicon.Tables)
	speech := must[followup.Speech](t)(followup.Learn())
	for _, language := range []string{"en", "de"} {
		for _, name := range []string{"", "Eve"} {
			l := must[followup.Letter](t)(speech.Letter(language, name, name))
			if l.Language != language || strings.ContainsAny(l.Text, "{}") {
				t.Errorf("in %s: %q", language, l.Text)
			}
			var book *lexicon.Book
			if err := db.Read(t.Context(), func(tx *store.Tx) (err error) { book, err = lexicon.New(db, nil).Book(tx, language); return err }); err != nil {
				t.Fatal(err)
			}
			for _, f := range book.Check(lexicon.Draft{Text: l.Text}) {
				t.Errorf("%s, in %s: %+v", l.Text[f.Start:f.End], language, f)
			}
		}
	}
}

// Solving a ticket on which something was left undone says so, before and afterwards.
func TestSolvingSaysWhatIsLeftUndone(t *testing.T) {
	d := furnish(t)
	for name, tc := range map[string]struct {
		prepare func() tickets.ID
		want    []Unfinished
	}{
		"nothing was wrong":      {func() tickets.ID { return d.ticket(t, "Eve", d.team).ID }, nil},
		"it is in follow-up":     {func() tickets.ID { return d.inFollowUp(t, "Ida").Ticket }, nil},
		"it is not in follow-up": {func() tickets.ID { return d.complaint(t, "Uma").Ticket }, []Unfinished{NotInFollowUp}},
		"an offer and a question": {func() tickets.ID {
			c := d.complaint(t, "Ola")
			must[Offer](t)(d.Offer(t.Context(), d.ann, Case{Complaint: c.ID}, Proposal{Part: Extra, Choices: []Choice{{Kind: "gift", Amount: euros(900)}}}))
			must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Complaint: c.ID}, gift(Right, "refund", 50_000)))
			return c.Ticket
		}, []Unfinished{NotInFollowUp, OfferWaits, AskedMore}},
		"they named something else": {func() tickets.ID {
			ticket := d.ticket(t, "Pia", d.team).ID
			o := must[Offer](t)(d.Offer(t.Context(), d.ann, Case{Ticket: ticket}, Proposal{Part: Extra, Choices: []Choice{{Kind: "gift", Amount: euros(900)}}}))
			must[Offer](t)(d.Choose(t.Context(), d.ann, o.ID, Pick{Other: "A song."}))
			return ticket
		}, []Unfinished{OtherNamed}},
		"and got it": {func() tickets.ID {
			ticket := d.ticket(t, "Rob", d.team).ID
			o := must[Offer](t)(d.Offer(t.Context(), d.ann, Case{Ticket: ticket}, Proposal{Part: Extra, Choices: []Choice{{Kind: "gift", Amount: euros(900)}}}))
			must[Offer](t)(d.Choose(t.Context(), d.ann, o.ID, Pick{Other: "A song."}))
			must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Ticket: ticket}, typed(Extra, "A song", 0)))
			return ticket
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			ticket := tc.prepare()
			before := into[Money](t, d.ask(d.ann, "GET /tickets/"+ticket.String()+"/remedies", ""))
			if !slices.Equal(before.Closing, tc.want) {
				t.Errorf("before: %v, want %v", before.Closing, tc.want)
			}
			d.follow(t)
			from := d.head(t)
			must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), admin, ticket, tickets.Resolved, ""))
			d.follow(t)
			want := ""
			if tc.want != nil {
				want = "complaints.overlooked"
			}
			if told := d.told(t, from); told != want {
				t.Errorf("told %q, want %q", told, want)
			}
		})
	}
}
