package recovery

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
)

// Whatever is given, offered, chosen, withdrawn, taken back, asked and answered, by whomever, at whatever limits: whoever
// gives stays within their limit at that moment, what is offered can be given, and the ledger holds what a model does.
func TestNoSequenceExceedsALimit(t *testing.T) {
	d := furnish(t)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		if round > 40 { // enough sequences of up to twenty steps; each is a score of transactions
			return
		}
		name := strings.Repeat("a", round)
		cases := []Complaint{d.complaint(t, name), d.complaint(t, name)}
		limit := map[int64][2]int64{} // by member of staff: per case, per customer
		set := func(role string, members []web.Who, inCase, toCustomer int64) {
			if _, err := d.Empower(t.Context(), d.boss, role, authority.Setting{PerCase: euros(inCase), PerCustomer: euros(toCustomer)}); err != nil {
				rt.Fatal(err)
			}
			for _, m := range members {
				limit[m.Staff] = [2]int64{inCase, toCustomer}
			}
		}
		set("agent", []web.Who{d.ann, d.ben}, 3_000, 5_000)
		set("supervisor", []web.Who{d.sue, d.sid}, 6_000, 8_000)
		type open struct {
			Offer
			c int
		}
		given := map[int][]Remedy{} // by case
		var offers []open
		var asked []Settlement
		total := func(c int, with bool) (sum int64) {
			for _, r := range given[c] {
				sum += r.Minor
			}
			for _, o := range offers {
				if with && o.c == c {
					sum += o.Reserved
				}
			}
			return sum
		}
		fits := func(who web.Who, c int, minor int64) bool {
			return total(c, true)+minor <= limit[who.Staff][0] && total(0, true)+total(1, true)+minor <= limit[who.Staff][1]
		}
		amount := rapid.Int64Range(0, 2_500)
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			who := rapid.SampledFrom([]web.Who{d.ann, d.ben, d.sue}).Draw(rt, "who")
			c := rapid.IntRange(0, 1).Draw(rt, "case")
			in := Case{Complaint: cases[c].ID}
			switch do := rapid.SampledFrom([]string{"give", "give", "offer", "choose", "withdraw", "back", "answer", "limit"}).Draw(rt, "do"); {
			case do == "give":
				minor := amount.Draw(rt, "amount")
				s, err := d.Give(t.Context(), who, in, typed(Right, "Something", minor))
				if err != nil {
					rt.Fatal(err)
				}
				if may := minor == 0 || fits(who, c, minor); may != (s.State == Gave) {
					rt.Fatalf("%d is %s with %d in the case and %d in all under %v", minor, s.State, total(c, true), total(0, true)+total(1, true), limit[who.Staff])
				}
				if s.State == Gave {
					given[c] = append(given[c], s.Remedy)
				} else {
					asked = append(asked, s)
				}
			case do == "offer":
				a, b := amount.Draw(rt, "amount"), amount.Draw(rt, "other")
				o, err := d.Offer(t.Context(), who, in, Proposal{Part: Extra, Choices: []Choice{{What: "This", Amount: euros(a)}, {What: "That", Amount: euros(b)}}})
				if may := max(a, b) == 0 || fits(who, c, max(a, b)); may != (err == nil) {
					rt.Fatalf("offered up to %d with %d in the case under %v: %v", max(a, b), total(c, true), limit[who.Staff], err)
				}
				if err == nil {
					offers = append(offers, open{o, c})
				}
			case (do == "choose" || do == "withdraw") && len(offers) > 0:
				i := rapid.IntRange(0, len(offers)-1).Draw(rt, "offer")
				o := offers[i]
				offers = slices.Delete(offers, i, i+1)
				if do == "withdraw" {
					if _, err := d.Withdraw(t.Context(), d.sue, o.ID); err != nil {
						rt.Fatal(err)
					}
					continue
				}
				pick := rapid.SampledFrom(o.Choices).Draw(rt, "pick")
				if _, err := d.Choose(t.Context(), d.ann, o.ID, Pick{Remedy: pick.ID}); err != nil { // whatever happened since
					rt.Fatal(err)
				}
				given[o.c] = append(given[o.c], pick)
			case do == "back" && len(given[c]) > 0:
				i := rapid.IntRange(0, len(given[c])-1).Draw(rt, "which")
				if _, err := d.TakeBack(t.Context(), d.sue, given[c][i].ID, "A slip."); err != nil {
					rt.Fatal(err)
				}
				if _, err := d.TakeBack(t.Context(), d.sue, given[c][i].ID, "Again."); code(err) != "remedy.back" {
					rt.Fatal(err)
				}
				given[c] = slices.Delete(given[c], i, i+1)
			case do == "answer" && len(asked) > 0:
				s := asked[len(asked)-1]
				asked = asked[:len(asked)-1]
				of := slices.IndexFunc(cases, func(c Complaint) bool { return c.ID == s.Complaint })
				may := fits(d.sid, of, s.Minor)
				_, err := d.Answer(t.Context(), d.sid, s.Approval, Verdict{Answer: Yes, Reason: "Gladly."})
				if may != (err == nil) {
					rt.Fatalf("answered with %v, may %v", err, may)
				}
				if err == nil {
					given[of] = append(given[of], s.Remedy)
				}
			case do == "limit":
				set("agent", []web.Who{d.ann, d.ben}, rapid.Int64Range(0, 4_000).Draw(rt, "per case"), rapid.Int64Range(0, 7_000).Draw(rt, "per customer"))
			}
		}
		d.look(rt, func(tx *store.Tx) error {
			for i, c := range cases {
				g, err := ledger.Sum(tx, c.Customer, c.Matter(), "EUR", time.Time{})
				if err != nil || g.Case != total(i, false) || g.Customer != total(0, false)+total(1, false) {
					rt.Fatalf("the ledger has %+v, the model %d and %d: %v", g, total(0, false), total(1, false), err)
				}
			}
			return nil
		})
	})
	d.audit(t)
}
