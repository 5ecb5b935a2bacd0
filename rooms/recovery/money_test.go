package recovery

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/approvals"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// What is wrong with a remedy is said in a sentence, and nothing is entered.
func TestRemediesThatCantBe(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	c := d.complaint(t, "Eve")
	unasked := must[Complaint](t)(d.Capture(ctx, d.ann, d.ticket(t, "Ida", d.team).ID, Story{What: "Too late."}))
	must[Settlement](t)(d.Give(ctx, d.ann, Case{Complaint: c.ID}, typed(Right, "The lamp again", 4_000)))
	must[CatalogueItem](t)(d.SetItem(ctx, d.boss, CatalogueItem{Key: "tea", Label: "Tea", Off: true}))
	for name, tc := range map[string]struct {
		who  web.Who
		in   Case
		g    Gift
		want string
	}{
		"before the wish":                  {d.ann, Case{Complaint: unasked.ID}, gift(Right, "refund", 5), "wish.missing"},
		"no part":                          {d.ann, Case{Complaint: c.ID}, gift("", "refund", 5), "remedy.part"},
		"a make-right as the extra":        {d.ann, Case{Complaint: c.ID}, gift(Extra, "refund", 5), "remedy.not_extra"},
		"an extra as the make-right":       {d.ann, Case{Complaint: c.ID}, gift(Right, "gift", 5), "remedy.not_right"},
		"the same booked as both":          {d.ann, Case{Complaint: c.ID}, typed(Extra, "The lamp again", 4_000), "remedy.booked"},
		"a kind there is none of":          {d.ann, Case{Complaint: c.ID}, gift(Right, "moon", 5), "remedy.kind"},
		"a kind that is switched off":      {d.ann, Case{Complaint: c.ID}, gift(Extra, "tea", 5), "remedy.kind"},
		"something else without words":     {d.ann, Case{Complaint: c.ID}, typed(Extra, " ", 5), "remedy.what"},
		"something else without its cost":  {d.ann, Case{Complaint: c.ID}, Gift{Part: Extra, Choice: Choice{What: "A song"}}, "remedy.cost"},
		"a refund without an amount":       {d.ann, Case{Complaint: c.ID}, Gift{Part: Right, Choice: Choice{Kind: "refund"}}, "remedy.cost"},
		"other money":                      {d.ann, Case{Complaint: c.ID}, Gift{Part: Right, Choice: Choice{Kind: "refund", Amount: &money.Amount{Minor: 5, Currency: "USD"}}}, "amount.currency"},
		"no money":                         {d.ann, Case{Complaint: c.ID}, Gift{Part: Right, Choice: Choice{Kind: "refund", Amount: &money.Amount{}}}, "amount.currency"},
		"less than nothing":                {d.ann, Case{Complaint: c.ID}, gift(Right, "refund", -5), "amount.negative"},
		"beyond all bounds":                {d.ann, Case{Complaint: c.ID}, gift(Right, "refund", ledger.Most+1), "amount.huge"},
		"as much as fits into 64 bits":     {d.ann, Case{Complaint: c.ID}, gift(Right, "refund", 1<<63-1), "amount.huge"},
		"a call that costs":                {d.ann, Case{Complaint: c.ID}, gift(Extra, "call_from_owner", 5), "remedy.free"},
		"a ticket that is another team's":  {d.cleo, Case{Complaint: c.ID}, gift(Right, "refund", 5), "complaint.unknown"},
		"by nobody of the staff":           {admin, Case{Complaint: c.ID}, gift(Right, "refund", 5), "authority.nobody"},
		"on a ticket that there is not":    {d.ann, Case{Ticket: 4711}, gift(Right, "refund", 5), "ticket.unknown"},
		"in words that are far too many":   {d.ann, Case{Complaint: c.ID}, typed(Extra, strings.Repeat("x", 501), 5), "words.long"},
		"with a note that is far too long": {d.ann, Case{Complaint: c.ID}, Gift{Part: Extra, Choice: Choice{What: "x", Amount: euros(5)}, Note: strings.Repeat("x", 10_001)}, "words.long"},
	} {
		t.Run(name, func(t *testing.T) {
			from := d.head(t)
			if _, err := d.Give(t.Context(), tc.who, tc.in, tc.g); code(err) != tc.want {
				t.Errorf("%v, want %s", err, tc.want)
			}
			if told := d.told(t, from); told != "" {
				t.Errorf("told %s", told)
			}
		})
	}
	d.audit(t)
}

// The two parts are apart, the second is asked for, and taking back is another entry.
func TestTwoPartsApart(t *testing.T) {
	d := furnish(t)
	ctx, from := t.Context(), d.head(t)
	c := d.complaint(t, "Eve")
	right := must[Settlement](t)(d.Give(ctx, d.ann, Case{Complaint: c.ID}, Gift{Part: Right, Choice: Choice{Kind: "refund", Amount: euros(3_000)}, Note: "The carrier's fault."}))
	if right.State != Gave || right.StatusCode() != 201 || !right.ExtraMissing || right.What != "Refund" {
		t.Errorf("gave %+v", right)
	}
	extra := must[Settlement](t)(d.Give(ctx, d.ben, Case{Ticket: c.Ticket}, typed(Extra, "A hand-written card", 0)))
	if extra.ExtraMissing || extra.Entry != 0 || extra.Complaint != c.ID || extra.Kind != remedies.Typed {
		t.Errorf("gave beyond %+v", extra)
	}
	must[Settlement](t)(d.Give(ctx, d.ann, Case{Complaint: c.ID}, Gift{Part: Extra, Choice: Choice{Kind: "call_from_owner"}}))
	if _, err := d.TakeBack(ctx, d.ben, right.ID, "Not mine."); code(err) != "remedy.not_yours" {
		t.Errorf("taken back by another: %v", err)
	}
	if _, err := d.TakeBack(ctx, d.ann, right.ID, " "); code(err) != "remedy.reason" {
		t.Errorf("without a reason: %v", err)
	}
	back := must[Settlement](t)(d.TakeBack(ctx, d.ann, right.ID, "The shop had refunded it."))
	if back.State != Back || back.ExtraMissing || !back.RightMissing {
		t.Errorf("taken back %+v", back)
	}
	if _, err := d.TakeBack(ctx, d.sue, right.ID, "Again."); code(err) != "remedy.back" {
		t.Errorf("taken back twice: %v", err)
	}
	if told := d.told(t, from); told != "complaints.raised complaints.wished ledger.entered remedies.given remedies.given remedies.given ledger.entered remedies.taken_back" {
		t.Errorf("told %s", told)
	}
	page := into[web.Page[ledger.Entry]](t, d.ask(d.ann, "GET /ledger?ticket="+c.Ticket.String(), ""))
	if len(page.Items) != 2 || page.Items[1].Reverses != page.Items[0].ID || page.Items[0].Lines[0].Minor != 3_000 || page.Items[1].Lines[0].Minor != -3_000 {
		t.Errorf("ledger %+v", page.Items)
	}
	for _, e := range page.Items {
		if e.Lines[0].Minor+e.Lines[1].Minor != 0 {
			t.Errorf("lines %+v", e.Lines)
		}
	}
	d.audit(t)
}

// Fifty who press at once, in one case and in many of one customer, by every kind of verb that gives, never exceed a limit.
func TestFiftyPressAtOnce(t *testing.T) {
	d := furnish(t)
	ctx := context.Background()
	cases := make([]Complaint, 5)
	for i := range cases {
		cases[i] = d.complaint(t, "Eve")
	}
	var wg sync.WaitGroup
	states := make([]remedies.State, 50)
	for i := range states {
		wg.Go(func() {
			who := []web.Who{d.ann, d.ben}[i%2]
			in := Case{Complaint: cases[i%len(cases)].ID}
			if i%5 == 4 { // an offer holds what it may come to, and what is chosen is given
				o, err := d.Offer(ctx, who, in, Proposal{Part: Extra, Choices: []Choice{{Kind: "gift", Amount: euros(1_300)}}})
				if err == nil {
					_, err = d.Choose(ctx, who, o.ID, Pick{Remedy: o.Choices[0].ID})
					states[i] = Gave
				}
				if code(err) != "" && !strings.HasPrefix(code(err), "authority.") {
					t.Error(err)
				}
				return
			}
			s, err := d.Give(ctx, who, in, typed(Right, fmt.Sprint("Thing ", i), 1_300))
			if err != nil {
				t.Error(err)
			}
			states[i] = s.State
		})
	}
	wg.Wait()
	gave := int64(0)
	for _, s := range states {
		if s == Gave {
			gave += 1_300
		}
	}
	d.look(t, func(tx *store.Tx) error {
		g, err := ledger.Sum(tx, cases[0].Customer, cases[0].Matter(), "EUR", time.Time{})
		if g.Customer != gave || gave > 20_000 || gave+1_300 <= 20_000 || g.Case > 10_000 {
			t.Errorf("%d were given by the answers, %d by the ledger; %d in one case", gave, g.Customer, g.Case)
		}
		return err
	})
	d.audit(t)
}

// What is more than somebody may give asks a supervisor, who gives it within their own limit or says no.
func TestMoreThanOnesLimitAsks(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	c := d.complaint(t, "Eve")
	in := Case{Complaint: c.ID}
	must[Settlement](t)(d.Give(ctx, d.ben, in, gift(Right, "refund", 4_000)))
	var may authority.Allowance
	d.look(t, func(tx *store.Tx) (err error) { may, err = d.allowance(tx, d.ann, c.Customer, c.Matter()); return err })
	if may.May != *euros(6_000) || may.LeftCustomer != *euros(16_000) || may.PerCase != *euros(10_000) {
		t.Errorf("may %+v", may)
	}
	s := must[Settlement](t)(d.Give(ctx, d.ann, in, gift(Right, "refund", 6_001)))
	if s.State != Asking || s.StatusCode() != 202 || s.Approval == 0 || s.Entry != 0 {
		t.Fatalf("asked %+v", s)
	}
	yes := Verdict{Answer: Yes, Reason: "Ten years with us."}
	for want, err := range map[string]error{
		"approval.own":     second(d.Answer(ctx, approving(d.ann), s.Approval, yes)),
		"approval.reason":  second(d.Answer(ctx, d.sue, s.Approval, Verdict{Answer: Yes})),
		"approval.answer":  second(d.Answer(ctx, d.sue, s.Approval, Verdict{Answer: "perhaps", Reason: "x"})),
		"approval.unknown": second(d.Answer(ctx, d.cleo, s.Approval, yes)),
		"approval.nobody":  second(d.Answer(ctx, admin, s.Approval, yes)),
		"approval.give":    second(d.Answer(ctx, d.sue, s.Approval, Verdict{Answer: Yes, Reason: "x", Give: &Gift{}})),
	} {
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	a := must[Approval](t)(d.Answer(ctx, d.sue, s.Approval, yes))
	if a.State != "yes" || a.Amount == nil || a.Amount.Minor != 6_001 {
		t.Errorf("answered %+v", a)
	}
	if _, err := d.Answer(ctx, d.sid, s.Approval, yes); code(err) != "approval.answered" {
		t.Errorf("answered twice: %v", err)
	}
	w := d.whole(t, d.ann, c.ID)
	if len(w.Remedies) != 2 || w.Remedies[1].State != Gave || int64(w.Remedies[1].Staff) != d.sue.Staff || w.Allowance.May.Minor != 0 {
		t.Errorf("then %+v", w.Remedies)
	}
	// A supervisor's own limit holds too; the question stays open for somebody who may.
	big := must[Settlement](t)(d.Give(ctx, d.ann, in, gift(Right, "refund", 60_000)))
	if _, err := d.Answer(ctx, d.sue, big.Approval, yes); code(err) != "authority.case" {
		t.Errorf("beyond the supervisor: %v", err)
	}
	must[Approval](t)(d.Answer(ctx, d.boss, big.Approval, yes))
	no := must[Settlement](t)(d.Give(ctx, d.ann, in, gift(Right, "credit", 500)))
	must[Approval](t)(d.Answer(ctx, d.sid, no.Approval, Verdict{Answer: No, Reason: "That is enough."}))
	again := must[Settlement](t)(d.Give(ctx, d.ann, in, gift(Right, "credit", 500)))
	must[Approval](t)(d.Recall(ctx, d.ann, again.Approval))
	if w = d.whole(t, d.ann, c.ID); w.Remedies[3].State != Refused || w.Remedies[4].State != Refused {
		t.Errorf("refused: %+v", w.Remedies[3:])
	}
	d.audit(t)
}

func approving(who web.Who) web.Who { who.Can |= web.Approve; return who }

// A spent budget of a team tells once and stops nobody.
func TestABudgetTellsAndStopsNobody(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	must[authority.Team](t)(d.Budget(ctx, d.boss, d.team, euros(5_000)))
	from := d.head(t)
	for i := range 4 {
		c := d.complaint(t, fmt.Sprint("Customer", i))
		must[Settlement](t)(d.Give(ctx, d.ann, Case{Complaint: c.ID}, gift(Right, "refund", 2_000)))
	}
	if told := d.told(t, from); strings.Count(told, "authority.overspent") != 1 || strings.Count(told, "remedies.given") != 4 {
		t.Errorf("told %s", told)
	}
	d.look(t, func(tx *store.Tx) error {
		a, err := d.rules.All(tx, d.sue)
		if len(a.Teams) != 1 || *a.Teams[0].Spent != *euros(8_000) || *a.Teams[0].Month != *euros(5_000) || len(a.Roles) != 7 {
			t.Errorf("authorities %+v", a)
		}
		return err
	})
	d.wait(31 * 24 * time.Hour) // another month
	from = d.head(t)
	must[Settlement](t)(d.Give(ctx, d.ann, Case{Complaint: d.complaint(t, "Zoe").ID}, gift(Right, "refund", 2_000)))
	if told := d.told(t, from); strings.Contains(told, "overspent") {
		t.Errorf("told %s", told)
	}
	// A team without one has that of the role.
	must[authority.Team](t)(d.Budget(ctx, d.boss, d.team, nil))
	must[authority.Role](t)(d.Empower(ctx, d.boss, "agent", authority.Setting{TeamMonth: euros(2_100)}))
	must[Settlement](t)(d.Give(ctx, d.ann, Case{Complaint: d.complaint(t, "Yan").ID}, gift(Right, "refund", 2_000)))
	if told := d.told(t, from); !strings.Contains(told, "overspent") {
		t.Errorf("told %s", told)
	}
}

// What a customer got counts for the span that is set; limits are the role's, and a role without any has those of others.
func TestAuthorityIsTheCompanys(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	for want, err := range map[string]error{
		"amount.currency": second(d.Empower(ctx, d.boss, "agent", authority.Setting{PerCase: &money.Amount{Minor: 5, Currency: "USD"}})),
		"amount.negative": second(d.Empower(ctx, d.boss, "agent", authority.Setting{PerCustomer: euros(-1)})),
		"role.unknown":    second(d.Empower(ctx, d.boss, "king", authority.Setting{})),
		"authority.days":  second(d.Arrange(ctx, d.boss, authority.Arrangement{Days: new(int64(0))})),
		"money.currency":  second(d.Arrange(ctx, d.boss, authority.Arrangement{Currency: new("EURO")})),
	} {
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	yen := must[authority.All](t)(d.Arrange(ctx, d.boss, authority.Arrangement{Currency: new("JPY")}))
	if yen.Roles[3].PerCase != (money.Amount{Minor: 100, Currency: "JPY"}) {
		t.Errorf("in yen %+v", yen.Roles[3])
	}
	must[authority.All](t)(d.Arrange(ctx, d.boss, authority.Arrangement{Currency: new("EUR"), Days: new(int64(30))}))
	asked := must[Settlement](t)(d.Give(ctx, d.ann, Case{Ticket: d.ticket(t, "Ida", d.team).ID}, gift(Right, "refund", 900_000)))
	if _, err := d.Arrange(ctx, d.boss, authority.Arrangement{Currency: new("KWD")}); code(err) != "authority.currency_used" {
		t.Errorf("other money while something is asked for: %v", err)
	}
	must[Approval](t)(d.Recall(ctx, d.ann, asked.Approval))
	must[authority.Role](t)(d.Empower(ctx, d.boss, "Agent", authority.Setting{PerCase: euros(1_000), PerCustomer: euros(1_500)}))
	give := func(minor int64) remedies.State {
		t.Helper()
		return must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Complaint: d.complaint(t, "Eve").ID}, gift(Right, "refund", minor))).State
	}
	if give(1_000) != Gave || give(501) != Asking || give(500) != Gave || give(1) != Asking {
		t.Error("the limit of the customer does not hold")
	}
	d.wait(31 * 24 * time.Hour)
	if give(1_000) != Gave {
		t.Error("what was given long ago still counts")
	}
	if _, err := d.Arrange(ctx, d.boss, authority.Arrangement{Currency: new("USD")}); code(err) != "authority.currency_used" {
		t.Errorf("other money though something was given: %v", err)
	}
}

// An offer holds what its dearest choice may come to; the customer picks one or names another, and sees nothing of ours.
func TestOpenOffers(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	c := d.complaint(t, "Eve")
	in := Case{Complaint: c.ID}
	p := Proposal{Part: Extra, Note: "She blames the yard, rightly.", Choices: []Choice{{Kind: "gift", What: "A plant", Amount: euros(4_000)}, {Kind: "voucher", Amount: euros(6_000)}, {Kind: "call_from_owner"}}}
	o := must[Offer](t)(d.Offer(ctx, d.ann, in, p))
	if w := d.whole(t, d.ann, c.ID); w.Allowance.May != *euros(4_000) || w.ExtraMissing || !w.RightMissing || len(w.Offers) != 1 {
		t.Errorf("offered %+v", w.Money)
	}
	if _, err := d.Offer(ctx, d.ann, in, p); code(err) != "authority.case" {
		t.Errorf("offered twice: %v", err)
	}
	var shown []Shown
	d.look(t, func(tx *store.Tx) (err error) { shown, err = d.OpenFor(tx, c.Customer); return err })
	text, err := json.Marshal(shown)
	if err != nil || len(shown) != 1 || len(shown[0].Choices) != 3 || shown[0].Choices[0].What != "A plant" {
		t.Errorf("the customer sees %s %v", text, err)
	}
	if c := shown[0].Choices; c[0].Kind != "" || c[0].Worth != nil || c[1].Kind != "voucher" || c[1].Worth == nil || *c[1].Worth != *euros(6_000) || c[2].Kind != "call_from_owner" || c[2].Worth != nil {
		t.Errorf("the customer sees %s", text)
	}
	for _, secret := range []string{"yard", "4000", "amount", "note", "staff", d.ann.Actor.ID, "limit"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the customer sees %q in %s", secret, text)
		}
	}
	eve := web.Who{Actor: store.Actor{Kind: store.CustomerKind, ID: c.Customer.String(), Via: "my"}}
	other := web.Who{Actor: store.Actor{Kind: store.CustomerKind, ID: people.ID(4711).String(), Via: "my"}}
	for want, err := range map[string]error{
		"offer.unknown":     second(d.Choose(ctx, other, o.ID, Pick{Remedy: o.Choices[0].ID})),
		"offer.pick":        second(d.Choose(ctx, eve, o.ID, Pick{})),
		"offer.not_offered": second(d.Choose(ctx, eve, o.ID, Pick{Remedy: 5})),
		"offer.not_yours":   second(d.Withdraw(ctx, d.ben, o.ID)),
	} {
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	must[authority.Role](t)(d.Empower(ctx, d.boss, "agent", authority.Setting{PerCase: euros(10)})) // what was offered is kept all the same
	got := must[Offer](t)(d.Choose(ctx, eve, o.ID, Pick{Remedy: o.Choices[0].ID}))
	if got.State != OfferChosen || got.Choices[0].State != Gave || got.Choices[1].State != Passed || got.Choices[0].Amount != nil {
		t.Errorf("chose %+v", got)
	}
	if _, err := d.Choose(ctx, eve, o.ID, Pick{Remedy: o.Choices[1].ID}); code(err) != "offer.chosen" {
		t.Errorf("chose twice: %v", err)
	}
	page := into[web.Page[ledger.Entry]](t, d.ask(d.ann, "GET /ledger?ticket="+c.Ticket.String(), ""))
	if len(page.Items) != 1 || page.Items[0].By != eve.Actor.String() || int64(page.Items[0].Staff) != d.ann.Staff || page.Items[0].Part != "extra" {
		t.Errorf("ledger %+v", page.Items)
	}
	must[authority.Role](t)(d.Empower(ctx, d.boss, "agent", authority.Setting{PerCase: euros(10_000)}))
	second1 := must[Offer](t)(d.Offer(ctx, d.ann, in, Proposal{Part: Extra, Choices: p.Choices[:1]}))
	named := must[Offer](t)(d.Choose(ctx, eve, second1.ID, Pick{Other: "Rather a tree."}))
	if named.State != OfferNamed || named.Named != "Rather a tree." || named.Choices[0].State != Passed {
		t.Errorf("named %+v", named)
	}
	third := must[Offer](t)(d.Offer(ctx, d.ann, in, Proposal{Part: Extra, Choices: p.Choices[:1]}))
	if gone := must[Offer](t)(d.Withdraw(ctx, d.ann, third.ID)); gone.State != OfferWithdrawn {
		t.Errorf("withdrawn %+v", gone)
	}
	if w := d.whole(t, d.ann, c.ID); w.Allowance.May != *euros(6_000) {
		t.Errorf("what was held is not free: %+v", w.Allowance)
	}
	d.audit(t)
}

// The firm no (story 6): who wants to refuse asks, with the nearest yes; the supervisor says yes instead; the answer guides.
func TestTheFirmNo(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	c := d.complaint(t, "Eve")
	in := Case{Complaint: c.ID}
	for want, r := range map[string]Refusing{"refusal.what": {NearestYes: "A repair"}, "refusal.nearest_yes": {What: "A refund after 40 days"}} {
		if _, err := d.Refuse(ctx, d.ann, in, r); code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	a := must[Approval](t)(d.Refuse(ctx, d.ann, in, Refusing{What: "A refund of the lamp after forty days", Why: "Thirty days are our rule.", NearestYes: "A repair; she said no."}))
	if a.State != "open" || a.Severity != 2 {
		t.Errorf("asked %+v", a)
	}
	list := func(who web.Who, query string) []Approval {
		t.Helper()
		return into[web.Page[Approval]](t, d.ask(who, "GET /approvals?"+query, "")).Items
	}
	if len(list(d.sue, "state=open")) != 1 || len(list(d.cleo, "state=open")) != 0 || len(list(d.ann, "mine=true")) != 1 || len(list(approving(d.cleo), "state=open")) != 0 {
		t.Error("the question is not seen by those whose it is, and by them alone")
	}
	yes := must[Approval](t)(d.Answer(ctx, d.sue, a.ID, Verdict{Answer: Yes, Reason: "The lamp broke within the thirty days.", Give: new(gift(Right, "refund", 30_000))}))
	if !yes.Bent || yes.Remedy == 0 {
		t.Errorf("answered %+v", yes)
	}
	w := d.whole(t, d.ann, c.ID)
	if len(w.Remedies) != 1 || w.Remedies[0].State != Gave || int64(w.Remedies[0].Staff) != d.sue.Staff || w.Remedies[0].Approval != a.ID {
		t.Errorf("then %+v", w.Remedies)
	}
	// Another no, agreed to.
	n := must[Approval](t)(d.Refuse(ctx, d.ben, Case{Ticket: d.ticket(t, "Ida", d.team).ID}, Refusing{What: "Ten lamps for nothing", NearestYes: "Ten for the price of nine"}))
	if no := must[Approval](t)(d.Answer(ctx, d.sid, n.ID, Verdict{Answer: No, Reason: "That would harm the others."})); no.Bent {
		t.Errorf("agreed %+v", no)
	}
	guide := func(query string) approvals.Guidance {
		t.Helper()
		return into[approvals.Guidance](t, d.ask(d.ben, "GET /approvals/guidance?"+query, ""))
	}
	g := guide("q=refunds+for+a+lamp+after+the+thirty+days")
	if len(g.Answers) != 2 || g.Answers[0].ID != a.ID || g.Answers[0].Reason == "" || !g.Answers[0].Bent {
		t.Errorf("guided %+v", g.Answers)
	}
	if g = guide("kind=general&severity=2"); g.Cases != 1 || g.Right == nil || g.Right.Middle != *euros(30_000) || len(g.Gifts) != 1 || len(g.Answers) != 1 {
		t.Errorf("like cases %+v", g)
	}
	if g = guide("q=wombat"); len(g.Answers) != 0 {
		t.Errorf("of nothing alike %+v", g.Answers)
	}
	if g = into[approvals.Guidance](t, d.ask(d.cleo, "GET /approvals/guidance?q=lamp", "")); len(g.Answers) != 0 {
		t.Errorf("another team's words %+v", g.Answers)
	}
	if g = into[approvals.Guidance](t, d.ask(d.cleo, "GET /approvals/guidance?kind=general&severity=2", "")); g.Right != nil || len(g.Gifts) != 0 {
		t.Errorf("what another team gave %+v", g)
	}
}

// The ledger for the accountant: each line once, exact, and no cell that a spreadsheet would run.
func TestTheAccountantsExport(t *testing.T) {
	d := furnish(t)
	ctx := t.Context()
	must[CatalogueItem](t)(d.SetItem(ctx, d.boss, CatalogueItem{Key: "cake", Label: "=HYPERLINK(1)"}))
	c := d.complaint(t, "Eve")
	must[Settlement](t)(d.Give(ctx, d.ann, Case{Complaint: c.ID}, gift(Extra, "cake", 1_205)))
	refund := must[Settlement](t)(d.Give(ctx, d.ann, Case{Complaint: c.ID}, gift(Right, "refund", 5)))
	must[Settlement](t)(d.TakeBack(ctx, d.ann, refund.ID, "A slip."))
	books := d.boss
	w := d.ask(books, "GET /ledger/export?from=2026-07-06&to=2026-07-06", "")
	rows, err := csv.NewReader(bytes.NewReader(w.Body.Bytes())).ReadAll()
	if err != nil || w.Code != 200 || len(rows) != 7 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") {
		t.Fatalf("%d %v %s", w.Code, err, w.Body)
	}
	sum := int64(0)
	for _, r := range rows[1:] {
		a, err := money.Parse(r[3], r[4])
		if err != nil {
			t.Error(err)
		}
		sum += a.Minor
	}
	if sum != 0 || rows[1][2] != "customer/"+c.Customer.String() || rows[1][3] != "12.05" || rows[5][12] != rows[3][0] {
		t.Errorf("comes to %d: %v", sum, rows)
	}
	if n := strings.Count(d.ask(books, "GET /ledger/export?from=2026-07-07", "").Body.String(), "\n"); n != 1 {
		t.Errorf("%d lines of tomorrow", n)
	}
	if w := d.ask(books, "GET /ledger/export?from=yesterday", ""); w.Code != 422 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := d.ask(d.ann, "GET /ledger/export", ""); w.Code != 403 {
		t.Errorf("an agent exports: %d", w.Code)
	}
}

// A gift on a ticket without a complaint, for delight, needs no wish.
func TestForDelight(t *testing.T) {
	d := furnish(t)
	ticket := d.ticket(t, "Eve", d.team)
	must[people.Purchase](t)(d.people.Buy(t.Context(), admin, people.Sale{Name: "order-17", Buyer: people.Buyer{ID: ticket.Customer}, Amount: *euros(123_456)}))
	s := must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Ticket: ticket.ID}, gift(Extra, "gift", 900)))
	if s.State != Gave || s.Complaint != 0 || s.Ticket != ticket.ID {
		t.Errorf("gave %+v", s)
	}
	m := into[Money](t, d.ask(d.ann, "GET /tickets/"+ticket.ID.String()+"/remedies", ""))
	if len(m.Remedies) != 1 || m.Allowance.May != *euros(9_100) || len(m.Worth) != 1 || m.Worth[0].Spent != *euros(123_456) {
		t.Errorf("purse %+v", m)
	}
	var page struct{ Items []tickets.Moment }
	d.look(t, func(tx *store.Tx) error {
		p, err := d.tickets.Timeline(tx, d.ann, ticket.ID, 0, 50)
		page.Items = p.Items
		return err
	})
	if last := page.Items[len(page.Items)-1]; last.Kind != "remedies.given" {
		t.Errorf("the timeline ends with %s", last.Kind)
	}
}
