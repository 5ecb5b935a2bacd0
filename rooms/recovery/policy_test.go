package recovery

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/approvals"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/policies"
	"github.com/hearthdesk/hearth/rooms/staff"
)

func returns() policies.Policy {
	return policies.Policy{
		Name: "Returns", Rule: "Within thirty days.", Reason: "What was used for long can't be sold again.",
		Bends: []policies.Bend{{Bond: policies.LongStanding, How: "As long as they like.", Amount: euros(20_000)}, {Bond: policies.Regular, How: "Sixty days."}},
	}
}

// A policy is a rule with its reason; what can't be one is said in a sentence.
func TestPoliciesThatCantBe(t *testing.T) {
	d := furnish(t)
	for want, change := range map[string]func(p *policies.Policy){
		"":                func(*policies.Policy) {},
		"policy.empty":    func(p *policies.Policy) { p.Reason = " " },
		"words.long":      func(p *policies.Policy) { p.Rule = strings.Repeat("x", 10_001) },
		"policy.bond":     func(p *policies.Policy) { p.Bends[1].Bond = policies.LongStanding },
		"policy.how":      func(p *policies.Policy) { p.Bends[1].How = "" },
		"amount.currency": func(p *policies.Policy) { p.Bends[0].Amount = &money.Amount{Minor: 5, Currency: "USD"} },
		"amount.negative": func(p *policies.Policy) { p.Bends[0].Amount = euros(-1) },
		"amount.huge":     func(p *policies.Policy) { p.Bends[0].Amount = euros(100_000_000_001) },
		"policy.unknown":  func(p *policies.Policy) { p.ID = 17 },
	} {
		p := returns()
		change(&p)
		if _, err := d.SetPolicy(t.Context(), d.boss, p); code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for want, all := range map[string][]policies.Step{
		"":           {{Bond: policies.Regular, Spent: 100}, {Bond: policies.LongStanding, Years: 2}},
		"bonds.both": {{Bond: policies.LongStanding, Spent: 100}},
		"bonds.step": {{Bond: policies.Regular}, {Bond: policies.LongStanding, Years: 101}},
	} {
		if _, err := d.ArrangeBonds(t.Context(), d.boss, all); code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// How strong a relationship is follows from money or years, whichever is more.
func TestTheStrengthOfARelationship(t *testing.T) {
	now := monday
	steps := []policies.Step{{Bond: policies.Regular, Spent: 500, Years: 1}, {Bond: policies.LongStanding, Spent: 2_000, Years: 3}}
	for name, tc := range map[string]struct {
		spent int64
		since time.Time
		want  policies.Bond
	}{
		"nobody yet":                    {0, now, policies.New},
		"a cent short":                  {499, now.AddDate(-1, 0, 1), policies.New},
		"by money":                      {500, now, policies.Regular},
		"by a year to the day":          {0, now.AddDate(-1, 0, 0), policies.Regular},
		"long by money":                 {2_000, now, policies.LongStanding},
		"long by years, without a cent": {0, now.AddDate(-3, 0, 0), policies.LongStanding},
		"of whom nothing is known":      {0, time.Time{}, policies.New},
	} {
		if got := policies.Strength(steps, tc.spent, tc.since, now); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
	if got := policies.Strength([]policies.Step{{Bond: policies.Regular, Spent: 500}, {Bond: policies.LongStanding, Years: 3}}, 9_999, now, now); got != policies.Regular {
		t.Errorf("money alone makes nobody long-standing where only years do: %s", got)
	}
}

// Each bent rule is counted, by a gift, by a no that became a yes and by itself; the one bent most stands first.
func TestBentRulesAreCounted(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	quiet := must[policies.Policy](t)(d.SetPolicy(ctx, d.boss, policies.Policy{Name: "Another", Rule: "No.", Reason: "It was so."}))
	p := must[policies.Policy](t)(d.SetPolicy(ctx, d.boss, returns()))
	if len(p.Bends) != 2 || p.Bends[0].Bond != policies.Regular {
		t.Errorf("not in their order: %+v", p.Bends)
	}
	c := d.complaint(t, "Eve")
	if _, err := d.people.Buy(ctx, admin, people.Sale{Name: "order-1", Buyer: people.Buyer{ID: c.Customer}, Amount: *euros(60_000), At: monday.AddDate(0, -1, 0)}); err != nil {
		t.Fatal(err)
	}
	book := func() Rulebook {
		t.Helper()
		return into[Rulebook](t, d.ask(d.ann, "GET /authority/policies?ticket="+c.Ticket.String(), ""))
	}
	if b := book(); b.Bond != policies.Regular || len(b.Bonds) != 2 || b.Items[0].ID != quiet.ID {
		t.Errorf("before anything was bent: %+v", b)
	}
	from := d.head(t)
	g := gift(Right, "refund", 2_000)
	g.Policy = p.ID
	gave := must[Settlement](t)(d.Give(ctx, d.ann, Case{Complaint: c.ID}, g))
	if told := d.told(t, from); told != "ledger.entered remedies.given authority.bent" {
		t.Errorf("told %s", told)
	}
	must[policies.Bent](t)(d.Bend(ctx, d.ben, p.ID, Bending{Ticket: c.Ticket}))
	// More than somebody may, and a no: each is bent once a supervisor says yes, and not before.
	g.Amount, g.Kind = euros(12_000), "credit"
	more := must[Settlement](t)(d.Give(ctx, d.ann, Case{Complaint: c.ID}, g))
	no := must[Approval](t)(d.Refuse(ctx, d.ann, Case{Complaint: c.ID}, Refusing{What: "After ninety days", NearestYes: "A repair", Policy: p.ID}))
	if b := book(); b.Items[0].ID != p.ID || b.Items[0].Bent != 2 || b.Items[0].Review {
		t.Errorf("bent twice: %+v", b.Items)
	}
	must[Approval](t)(d.Answer(ctx, d.sue, more.Approval, Verdict{Answer: Yes, Reason: "They waited."}))
	must[Approval](t)(d.Answer(ctx, d.sue, no.ID, Verdict{Answer: No, Reason: "Not this time."}))
	again := must[Approval](t)(d.Refuse(ctx, d.ann, Case{Complaint: c.ID}, Refusing{What: "After ninety days", NearestYes: "A repair", Policy: p.ID}))
	must[Approval](t)(d.Answer(ctx, d.sue, again.ID, Verdict{Answer: Yes, Reason: "After all."}))
	must[policies.Bent](t)(d.Bend(ctx, d.ben, p.ID, Bending{Complaint: c.ID}))
	if b := book(); b.Items[0].Bent != 5 || !b.Items[0].Review || b.Items[1].Review {
		t.Errorf("bent five times: %+v", b.Items)
	}
	// What is taken back counts no more.
	if _, err := d.TakeBack(ctx, d.ann, gave.ID, "A slip."); err != nil {
		t.Fatal(err)
	}
	if b := book(); b.Items[0].Bent != 4 || b.Items[0].Review || b.Items[0].LastBent.IsZero() {
		t.Errorf("after one was taken back: %+v", b.Items)
	}
	for want, err := range map[string]error{
		"bend.case":      second(d.Bend(ctx, d.ben, p.ID, Bending{})),
		"policy.unknown": second(d.Bend(ctx, d.ben, 17, Bending{Ticket: c.Ticket})),
		"ticket.unknown": second(d.Bend(ctx, d.cleo, p.ID, Bending{Ticket: d.ticket(t, "Ida", d.team).ID})),
	} {
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	g.Policy = 17
	for _, amount := range []int64{100, 90_000} {
		g.Amount = euros(amount)
		if _, err := d.Give(ctx, d.ben, Case{Ticket: d.ticket(t, "Uma", d.team).ID}, g); code(err) != "policy.unknown" {
			t.Errorf("%d by a rule that is none: %v", amount, err)
		}
	}
	if _, err := d.Refuse(ctx, d.ben, Case{Ticket: c.Ticket}, Refusing{What: "x", NearestYes: "y", Policy: 17}); code(err) != "policy.unknown" {
		t.Errorf("refused by a rule that is none: %v", err)
	}
	d.audit(t)
	// Changed in what it says, it is another rule since then, which nobody has bent yet.
	d.wait(time.Hour)
	p.Rule = "Within sixty days."
	if now := must[policies.Policy](t)(d.SetPolicy(ctx, d.boss, p)); !now.Since.Equal(d.clock()) {
		t.Errorf("changed, since %s", now.Since)
	}
	of := func() policies.Counted {
		t.Helper()
		all := book().Items
		return all[slices.IndexFunc(all, func(c policies.Counted) bool { return c.ID == p.ID })]
	}
	if now := of(); now.Bent != 0 || now.Review || !now.LastBent.IsZero() {
		t.Errorf("changed, and bent %+v", now)
	}
	d.wait(time.Hour)
	must[policies.Bent](t)(d.Bend(ctx, d.ben, p.ID, Bending{Ticket: c.Ticket}))
	if now := of(); now.Bent != 1 {
		t.Errorf("bent once since: %+v", now)
	}
}

// What is no rule of ours any more can't be named. A question that was asked while it was one is still answered, and counts.
func TestARuleThatIsOffIsNotNamed(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	p := must[policies.Policy](t)(d.SetPolicy(ctx, d.boss, returns()))
	ticket := d.ticket(t, "Eve", d.team).ID
	asked := must[Approval](t)(d.Refuse(ctx, d.ann, Case{Ticket: ticket}, Refusing{What: "After ninety days", NearestYes: "A repair", Policy: p.ID}))
	p.Off = true
	must[policies.Policy](t)(d.SetPolicy(ctx, d.boss, p))
	g, much := gift(Right, "refund", 100), gift(Right, "credit", 90_000)
	g.Policy, much.Policy = p.ID, p.ID
	for name, err := range map[string]error{
		"by a gift":                   second(d.Give(ctx, d.ann, Case{Ticket: ticket}, g)),
		"by more than they may":       second(d.Give(ctx, d.ann, Case{Ticket: ticket}, much)),
		"by a no":                     second(d.Refuse(ctx, d.ann, Case{Ticket: ticket}, Refusing{What: "x", NearestYes: "y", Policy: p.ID})),
		"by itself":                   second(d.Bend(ctx, d.ann, p.ID, Bending{Ticket: ticket})),
		"by what is given with a yes": second(d.Answer(ctx, d.sue, asked.ID, Verdict{Answer: Yes, Reason: "So be it.", Give: &g})),
	} {
		if code(err) != "policy.off" {
			t.Errorf("%s: %v", name, err)
		}
	}
	must[Approval](t)(d.Answer(ctx, d.sue, asked.ID, Verdict{Answer: Yes, Reason: "So be it."}))
	if b := into[Rulebook](t, d.ask(d.ann, "GET /authority/policies", "")); b.Items[0].Bent != 1 {
		t.Errorf("answered, and bent %+v", b.Items)
	}
}

// What was answered and given where a rule was bent is guidance for who stands before it next.
func TestGuidanceOfARule(t *testing.T) {
	d := furnish(t)
	p := must[policies.Policy](t)(d.SetPolicy(t.Context(), d.boss, returns()))
	guide := func(policy policies.ID) approvals.Guidance {
		t.Helper()
		return into[approvals.Guidance](t, d.ask(d.ben, "GET /approvals/guidance?policy="+policy.String(), ""))
	}
	if g := guide(p.ID); len(g.Answers)+len(g.Gifts) > 0 || g.Right != nil {
		t.Errorf("before anything: %+v", g)
	}
	give := func(from string, amount int64, policy policies.ID) Settlement {
		t.Helper()
		g := gift(Right, "refund", amount)
		g.Policy = policy
		return must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Complaint: d.complaint(t, from).ID}, g))
	}
	give("Eve", 2_000, p.ID)
	give("Ida", 4_000, p.ID)
	give("Uma", 9_000, 0)
	back := give("Ola", 7_000, p.ID)
	must[Settlement](t)(d.TakeBack(t.Context(), d.ann, back.ID, "A slip."))
	for _, policy := range []policies.ID{p.ID, 0} {
		a := must[Approval](t)(d.Refuse(t.Context(), d.ann, Case{Complaint: d.complaint(t, "Pia").ID}, Refusing{What: "After ninety days", NearestYes: "A repair", Policy: policy}))
		must[Approval](t)(d.Answer(t.Context(), d.sue, a.ID, Verdict{Answer: No, Reason: "Not this time."}))
	}
	g := guide(p.ID)
	if len(g.Answers) != 1 || g.Answers[0].Policy != p.ID || g.Right == nil || g.Right.Cases != 2 || g.Right.Lowest != *euros(2_000) || g.Right.Highest != *euros(4_000) || len(g.Gifts) != 1 || g.Gifts[0].N != 2 {
		t.Errorf("bent twice, a no once: %+v", g)
	}
}

// A supervisor who gives with their yes may name the rule that it bends, where the question named none.
func TestAYesNamesTheRuleThatItBends(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	p := must[policies.Policy](t)(d.SetPolicy(ctx, d.boss, returns()))
	asked := must[Approval](t)(d.Refuse(ctx, d.ann, Case{Ticket: d.ticket(t, "Eve", d.team).ID}, Refusing{What: "After ninety days", NearestYes: "A repair"}))
	g := gift(Right, "refund", 100)
	g.Policy = p.ID
	must[Approval](t)(d.Answer(ctx, d.sue, asked.ID, Verdict{Answer: Yes, Reason: "They waited.", Give: &g}))
	if b := into[Rulebook](t, d.ask(d.ann, "GET /authority/policies", "")); b.Items[0].Bent != 1 {
		t.Errorf("bent %+v", b.Items)
	}
}

// The figures of the rules follow the money of the desk.
func TestRulesFollowTheMoneyOfTheDesk(t *testing.T) {
	d := furnish(t)
	must[policies.Policy](t)(d.SetPolicy(t.Context(), d.boss, returns()))
	must[authority.All](t)(d.Arrange(t.Context(), d.boss, authority.Arrangement{Currency: new("JPY")}))
	b := into[Rulebook](t, d.ask(d.ann, "GET /authority/policies", ""))
	if a := b.Items[0].Bends[1].Amount; a == nil || *a != (money.Amount{Minor: 200, Currency: "JPY"}) || b.Bonds[0].Spent != 500 {
		t.Errorf("in yen: %+v %+v", b.Items[0].Bends, b.Bonds)
	}
}

// How often complaints are settled by whoever heard them, and who uses what they may.
func TestAuthorityIsMeasured(t *testing.T) {
	d := furnish(t)
	settle := func(from string, before func(c Complaint)) {
		t.Helper()
		c := d.inFollowUp(t, from)
		before(c)
		must[Complaint](t)(d.Follow(t.Context(), d.sue, c.ID, Reply{Held: Yes, Trusts: Yes}))
	}
	settle("Eve", func(Complaint) {})
	settle("Ida", func(c Complaint) {
		must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Complaint: c.ID}, gift(Right, "refund", 1_000)))
	})
	settle("Uma", func(c Complaint) { // a supervisor was asked
		must[Approval](t)(d.Refuse(t.Context(), d.ann, Case{Complaint: c.ID}, Refusing{What: "Ten", NearestYes: "One"}))
	})
	settle("Ola", func(c Complaint) { // somebody else took it over
		must[Complaint](t)(d.HandOver(t.Context(), d.ann, c.ID, staff.ID(d.ben.Staff), "Yours?"))
		must[Complaint](t)(d.Accept(t.Context(), d.ben, c.ID))
	})
	slipped := d.complaint(t, "Pia")
	must[Complaint](t)(d.Close(t.Context(), d.ann, slipped.ID, Mistaken, "A slip."))
	u := into[authority.Use](t, d.ask(d.boss, "GET /authority/use", ""))
	by := map[string]authority.UsedBy{}
	for _, p := range u.People {
		by[p.Name] = p
	}
	if a := by["Ann"]; a.Cases != 4 || a.Settled != 2 || a.Gifts != 1 || a.Never || *a.Amount != *euros(1_000) || a.Share.Share != .5 || a.Share.Low < .14 || a.Share.High > .86 {
		t.Errorf("Ann: %+v", a)
	}
	if b := by["Ben"]; b.Cases != 0 || !b.Never || b.Share.Low != 0 || b.Share.High != 1 {
		t.Errorf("Ben: %+v", b)
	}
	for _, r := range u.Roles {
		if r.Role == by["Ann"].Role && (r.People != 3 || r.Users != 1 || r.Never != 2 || r.Cases != 4 || r.Settled != 2) {
			t.Errorf("agents: %+v", r)
		}
	}
	// What is long ago is not in the span, but it was not never.
	d.wait(100 * 24 * time.Hour)
	for _, p := range into[authority.Use](t, d.ask(d.boss, "GET /authority/use", "")).People {
		if p.Name == "Ann" && (p.Cases != 0 || p.Gifts != 0 || p.Never || p.Last.IsZero()) {
			t.Errorf("Ann, later: %+v", p)
		}
	}
	// Of another team nobody reads it, without the right to nobody, and amounts are for the ledger's readers.
	reader := d.boss
	reader.All, reader.Teams, reader.Can = false, []int64{int64(d.others)}, web.Approve|web.Reports|web.View
	for _, p := range into[authority.Use](t, d.ask(reader, "GET /authority/use?days=365", "")).People {
		if p.Name == "Ann" || p.Amount != nil {
			t.Errorf("another team's: %+v", p)
		}
	}
	if w := d.ask(d.ann, "GET /authority/use", ""); w.Code != 403 {
		t.Errorf("an agent reads it: %d", w.Code)
	}
}

// Who may not read the ledger sees no team's spending; all of it is read at once.
func TestWhatTeamsSpentIsForTheLedgersReaders(t *testing.T) {
	d := furnish(t)
	must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Complaint: d.complaint(t, "Eve").ID}, gift(Right, "refund", 1_000)))
	must[authority.Team](t)(d.Budget(t.Context(), d.boss, d.team, euros(5_000)))
	for name, tc := range map[string]struct {
		who  web.Who
		want *money.Amount
	}{"who may only capture": {web.Who{Actor: d.ann.Actor, Staff: d.ann.Staff, Can: web.Capture, Teams: d.ann.Teams}, nil}, "who may read the ledger": {d.sue, euros(1_000)}} {
		all := into[authority.All](t, d.ask(tc.who, "GET /authority", ""))
		if len(all.Teams) == 0 || all.Teams[0].Month == nil || (all.Teams[0].Spent == nil) != (tc.want == nil) || tc.want != nil && *all.Teams[0].Spent != *tc.want {
			t.Errorf("%s: %+v", name, all.Teams)
		}
	}
	var ok bool
	d.look(t, func(tx *store.Tx) error {
		all, err := d.rules.All(tx, d.boss)
		ok = len(all.Roles) > 5
		return err
	})
	if !ok {
		t.Error("roles are missing")
	}
}

// What waits for somebody is counted: what they are asked to take over, and the questions of their teams but not their own.
func TestWhatWaitsIsCounted(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	c := d.complaint(t, "Eve")
	must[Complaint](t)(d.HandOver(ctx, d.ann, c.ID, staff.ID(d.sid.Staff), "Yours?"))
	must[Approval](t)(d.Refuse(ctx, d.ann, Case{Complaint: c.ID}, Refusing{What: "Ten", NearestYes: "One"}))
	must[Approval](t)(d.Refuse(ctx, d.sue, Case{Complaint: c.ID}, Refusing{What: "Two", NearestYes: "One"}))
	for name, tc := range map[string]struct {
		who  web.Who
		want string
	}{
		"whose own is one of the questions": {d.sue, `{"asked":0,"questions":1}`},
		"who is asked to take it over":      {d.sid, `{"asked":1,"questions":2}`},
		"who answers none":                  {d.ann, `{"asked":0,"questions":0}`},
		"a program that belongs to nobody":  {admin, `{"asked":0,"questions":0}`},
	} {
		if w := d.ask(tc.who, "GET /complaints/counts", ""); w.Code != 200 || !strings.Contains(w.Body.String(), tc.want) {
			t.Errorf("%s: %d %s, want %s", name, w.Code, w.Body, tc.want)
		}
	}
}
