package ledger_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

var by = store.System("test")

func euros(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }

func gift(key string, minor int64, customer people.ID, ticket tickets.ID) ledger.Gift {
	return ledger.Gift{Key: key, Amount: euros(minor), Customer: customer, Ticket: ticket, Case: ticket.String(), Staff: 7, Team: 9, Part: "right", Kind: "refund", Remedy: "rem"}
}

func limits(inCase, toCustomer int64) ledger.Limits {
	return ledger.Limits{Case: ledger.Limit{Most: inCase}, Customer: ledger.Limit{Most: toCustomer}}
}

func give(db *store.DB, g ledger.Gift, l ledger.Limits) (e ledger.Entry, fresh bool, err error) {
	return e, fresh, db.Write(context.Background(), by, func(tx *store.Tx) (err error) {
		e, fresh, err = ledger.Give(tx, g, l)
		return err
	})
}

func reverse(db *store.DB, which ledger.ID, key string) (e ledger.Entry, fresh bool, err error) {
	return e, fresh, db.Write(context.Background(), by, func(tx *store.Tx) (err error) {
		e, fresh, err = ledger.Reverse(tx, which, key)
		return err
	})
}

func code(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func audit(tb rapid.TB, db *store.DB) {
	tb.Helper()
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		faults, err := ledger.Audit(tx)
		for _, f := range faults {
			tb.Errorf("%s", f)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func given(tb rapid.TB, db *store.DB, customer people.ID, ticket tickets.ID) (g ledger.Given) {
	tb.Helper()
	err := db.Read(context.Background(), func(tx *store.Tx) (err error) {
		g, err = ledger.Sum(tx, customer, ticket.String(), "EUR", time.Time{})
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// Fifty who press at once never give more than the limit, and give all of it.
func TestFiftyWritersNeverExceedALimit(t *testing.T) {
	db := storetest.Open(t, ledger.Tables)
	const each, most = 130, 2_000
	var wg sync.WaitGroup
	answers := make([]error, 50)
	for i := range answers {
		wg.Go(func() {
			// Half of them in one case, half in cases of their own, all to the same customer.
			ticket := tickets.ID(100)
			if i%2 == 1 {
				ticket = tickets.ID(200 + i)
			}
			_, _, answers[i] = give(db, gift(fmt.Sprint("press-", i), each, 1, ticket), limits(1_000, most))
		})
	}
	wg.Wait()
	yes := 0
	for _, err := range answers {
		switch code(err) {
		case "":
			yes++
		case "authority.case", "authority.customer":
		default:
			t.Fatal(err)
		}
	}
	g := given(t, db, 1, 100)
	if yes != most/each || g.Customer != int64(yes*each) || g.Case > 1_000 {
		t.Errorf("%d were given, %d to the customer and %d in the case", yes, g.Customer, g.Case)
	}
	audit(t, db)
}

// The same key fifty times at once is one gift; so is taking it back.
func TestAKeyHappensOnce(t *testing.T) {
	db := storetest.Open(t, ledger.Tables)
	together := func(do func() (ledger.Entry, bool, error)) (times int) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range 25 {
			wg.Go(func() {
				_, fresh, err := do()
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				} else if fresh {
					times++
				}
			})
		}
		wg.Wait()
		return times
	}
	g := gift("once", 500, 1, 2)
	if n := together(func() (ledger.Entry, bool, error) { return give(db, g, limits(2_000, 2_000)) }); n != 1 {
		t.Errorf("given %d times", n)
	}
	e, fresh, err := give(db, g, limits(2_000, 2_000))
	if fresh || err != nil || e.Amount() != euros(500) || len(e.Lines) != 2 {
		t.Errorf("again: %+v %v %v", e, fresh, err)
	}
	if n := together(func() (ledger.Entry, bool, error) { return reverse(db, e.ID, "back") }); n != 1 {
		t.Errorf("taken back %d times", n)
	}
	for want, do := range map[string]func() error{
		"key.reused":     func() error { _, _, err := give(db, gift("once", 501, 1, 2), limits(9_999, 9_999)); return err },
		"entry.reversed": func() error { _, _, err := reverse(db, e.ID, "again"); return err },
		"entry.unknown":  func() error { _, _, err := reverse(db, 4711, "no"); return err },
	} {
		if err := do(); code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if g := given(t, db, 1, 2); g != (ledger.Given{}) {
		t.Errorf("left %+v", g)
	}
	audit(t, db)
}

// A reversal can't be taken back, and an amount that is none is refused with a sentence.
func TestWhatCantBeEntered(t *testing.T) {
	db := storetest.Open(t, ledger.Tables)
	e, _, err := give(db, gift("a", 100, 1, 2), limits(1_000, 1_000))
	if err != nil {
		t.Fatal(err)
	}
	back, _, err := reverse(db, e.ID, "b")
	if err != nil || back.Amount() != euros(-100) || back.Lines[0].Minor != -100 || back.Lines[1].Minor != 100 {
		t.Fatal(back, err)
	}
	if _, _, err := reverse(db, back.ID, "c"); code(err) != "entry.reversal" {
		t.Error(err)
	}
	for amount, want := range map[money.Amount]string{
		euros(0): "amount.nothing", euros(-5): "amount.nothing", euros(ledger.Most + 1): "amount.huge", {Minor: 5, Currency: "XXX"}: "money.currency",
		euros(901): "", euros(1_001): "authority.case",
	} {
		g := gift(fmt.Sprint("x", amount), 0, 1, 3)
		g.Amount, g.Case = amount, "case-of-"+amount.String()
		if _, _, err := give(db, g, limits(1_000, 1_000_000)); code(err) != want {
			t.Errorf("%s: %v, want %q", amount, err, want)
		}
	}
}

// No statement changes or removes an entry, whoever writes it.
func TestTheBookIsAppendOnly(t *testing.T) {
	db := storetest.Open(t, ledger.Tables)
	if _, _, err := give(db, gift("a", 100, 1, 2), limits(1_000, 1_000)); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		`UPDATE ledger_entries SET minor = 1`, `DELETE FROM ledger_entries`, `UPDATE ledger_lines SET minor = 1`, `DELETE FROM ledger_lines`,
	} {
		err := db.Write(t.Context(), by, func(tx *store.Tx) error { _, err := tx.Exec(q); return err })
		if err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", q, err)
		}
	}
	audit(t, db)
}

// Whatever is given, taken back, asked for again, at whatever limit and moment: no limit is exceeded when a gift is entered,
// no cent is lost, and the book agrees with a model that adds up by hand.
func TestNoSequenceExceedsALimitOrLosesACent(t *testing.T) {
	var now time.Time
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	now = start
	db := storetest.OpenAt(t, func() time.Time { return now }, ledger.Tables)
	const window = 30 * 24 * time.Hour
	run := int64(0)
	rapid.Check(t, func(t *rapid.T) {
		run++
		type known struct {
			entry    ledger.Entry
			gift     ledger.Gift
			reversed bool
		}
		var all []known
		customers, cases := []people.ID{people.ID(run * 10), people.ID(run*10 + 1)}, []tickets.ID{tickets.ID(run * 10), tickets.ID(run*10 + 1), tickets.ID(run*10 + 2)}
		keys := 0
		sum := func(match func(known) bool) (s int64) {
			for _, k := range all {
				if match(k) && !k.reversed {
					s += k.gift.Amount.Minor
				}
			}
			return s
		}
		steps := rapid.IntRange(1, 12).Draw(t, "steps")
		for range steps {
			switch rapid.SampledFrom([]string{"give", "give", "give", "reverse", "again", "wait"}).Draw(t, "do") {
			case "wait":
				now = now.Add(time.Duration(rapid.Int64Range(1, int64(window)).Draw(t, "wait")))
			case "reverse":
				if len(all) == 0 {
					continue
				}
				k := &all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
				keys++
				_, _, err := reverse(db, k.entry.ID, fmt.Sprint(run, "-", keys))
				if want := map[bool]string{true: "entry.reversed", false: ""}[k.reversed]; code(err) != want {
					t.Fatalf("reverse: %v, want %q", err, want)
				}
				k.reversed = true
			case "again":
				if len(all) == 0 {
					continue
				}
				k := all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
				if e, fresh, err := give(db, k.gift, limits(0, 0)); fresh || err != nil || e.ID != k.entry.ID {
					t.Fatalf("again: %v %v", fresh, err)
				}
			case "give":
				keys++
				l := limits(rapid.Int64Range(0, 3_000).Draw(t, "per case"), rapid.Int64Range(0, 5_000).Draw(t, "per customer"))
				l.Case.Held, l.Since = rapid.SampledFrom([]int64{0, 0, 400}).Draw(t, "held"), now.Add(-window)
				ticket := rapid.SampledFrom(cases).Draw(t, "case")
				g := gift(fmt.Sprint(run, "-", keys), rapid.Int64Range(1, 1_500).Draw(t, "minor"), rapid.SampledFrom(customers).Draw(t, "customer"), ticket)
				inCase := sum(func(k known) bool { return k.gift.Case == g.Case })
				toCustomer := sum(func(k known) bool { return k.gift.Customer == g.Customer && k.entry.At.After(l.Since) })
				fits := inCase+l.Case.Held+g.Amount.Minor <= l.Case.Most && toCustomer+g.Amount.Minor <= l.Customer.Most
				e, _, err := give(db, g, l)
				if fits != (err == nil) {
					t.Fatalf("%d in the case and %d to the customer under %+v: %v", inCase, toCustomer, l, err)
				}
				if err == nil {
					all = append(all, known{entry: e, gift: g})
				}
			}
		}
		for _, c := range customers {
			if got, want := given(t, db, c, cases[0]).Customer, sum(func(k known) bool { return k.gift.Customer == c }); got != want {
				t.Fatalf("customer has %d, by hand %d", got, want)
			}
		}
		for _, c := range cases {
			if got, want := given(t, db, customers[0], c).Case, sum(func(k known) bool { return k.gift.Case == c.String() }); got != want {
				t.Fatalf("case has %d, by hand %d", got, want)
			}
		}
	})
	audit(t, db)
}

func TestEntriesAreListedByWhoMaySeeThem(t *testing.T) {
	db := storetest.Open(t, ledger.Tables)
	for i, g := range []ledger.Gift{gift("a", 100, 1, 2), gift("b", 200, 1, 3), gift("c", 300, 4, 5)} {
		g.Team, g.Staff = staff.TeamID(i), staff.ID(10+i)
		if _, _, err := give(db, g, limits(1_000, 1_000)); err != nil {
			t.Fatal(err)
		}
	}
	for name, tc := range map[string]struct {
		f    ledger.Filter
		want string
	}{
		"all":             {ledger.Filter{}, "a b c"},
		"a customer's":    {ledger.Filter{Customer: 1}, "a b"},
		"a ticket's":      {ledger.Filter{Ticket: 5}, "c"},
		"a case's":        {ledger.Filter{Case: tickets.ID(3).String()}, "b"},
		"of a team":       {ledger.Filter{Some: true, Teams: []int64{2}}, "a c"},
		"of one's own":    {ledger.Filter{Some: true, Staff: 11}, "a b"},
		"before any time": {ledger.Filter{To: time.Unix(5, 0)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var keys []string
			tc.f.Limit = 10
			err := db.Read(t.Context(), func(tx *store.Tx) error {
				all, err := ledger.List(tx, tc.f)
				for _, e := range all {
					keys = append(keys, e.Key)
				}
				return err
			})
			if err != nil || strings.Join(keys, " ") != tc.want {
				t.Errorf("%v %v, want %s", keys, err, tc.want)
			}
		})
	}
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		all, err := ledger.Accounts(tx, "customer", "", 10)
		if len(all) != 2 || all[0].Minor != 300 || all[0].Entries != 2 {
			t.Errorf("accounts %+v", all)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestEventsStayAsTheyWere(t *testing.T) {
	storetest.Events(t, ledger.Entered{Entry: 0x123456789abcd, Customer: 0x223456789abcd, Ticket: 0x323456789abcd, Part: "extra", Reverses: 0x423456789abcd})
}
