package recovery

import (
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// chose is an extra that the customer of a ticket chose, the choice of that place.
func (d *hall) chose(tb testing.TB, t tickets.Ticket, place int, choices ...Choice) Offer {
	tb.Helper()
	o := must[Offer](tb)(d.Offer(tb.Context(), d.ann, Case{Ticket: t.ID}, Proposal{Part: Extra, Choices: choices}))
	return must[Offer](tb)(d.Choose(tb.Context(), d.ann, o.ID, Pick{Remedy: o.Choices[place].ID}))
}

// swap is the customer choosing otherwise.
func (d *hall) swap(tb testing.TB, t tickets.Ticket, o Offer, place int) error {
	tb.Helper()
	eve := web.Who{Actor: store.Actor{Kind: store.CustomerKind, ID: t.Customer.String(), Via: "my"}}
	return d.db.Write(tb.Context(), eve.Actor, func(tx *store.Tx) error {
		return second(d.SwapIn(tx, eve, t, o.ID, o.Choices[place].ID))
	})
}

// A swap brings a team beyond its budget only where it costs more than what was chosen before.
func TestASwapSpendsWhatItCostsMore(t *testing.T) {
	d := furnish(t)
	eve := d.ticket(t, "Eve", d.team)
	must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Ticket: d.ticket(t, "Uma", d.team).ID}, gift(Right, "refund", 4_800)))
	o := d.chose(t, eve, 1, Choice{Kind: "gift", Amount: euros(300)}, Choice{Kind: "voucher", Amount: euros(900)})
	for _, step := range []struct {
		budget int64
		place  int
		tells  bool
	}{
		{5_000, 0, false}, // from 5,700 to 5,100 is beyond it all along, and less than it was
		{5_000, 1, false}, // and so is the way back
		{5_200, 0, false},
		{5_200, 1, true}, // from 5,100 to 5,700
	} {
		must[authority.Team](t)(d.Budget(t.Context(), d.boss, d.team, euros(step.budget)))
		from := d.head(t)
		if err := d.swap(t, eve, o, step.place); err != nil {
			t.Fatal(err)
		}
		if told := d.told(t, from); strings.Contains(told, "overspent") != step.tells || !strings.Contains(told, "remedies.given") {
			t.Errorf("%+v: told %s", step, told)
		}
	}
	d.audit(t)
}

// What was chosen last month is taken back there: in this one all of what they choose instead is spent.
func TestASwapAcrossAMonthsEndSpendsAllOfIt(t *testing.T) {
	d := furnish(t)
	eve := d.ticket(t, "Eve", d.team)
	o := d.chose(t, eve, 1, Choice{Kind: "gift", Amount: euros(300)}, Choice{Kind: "voucher", Amount: euros(900)})
	must[authority.Team](t)(d.Budget(t.Context(), d.boss, d.team, euros(5_000)))
	d.now.Store(d.clock().AddDate(0, 1, 0).UnixMicro())
	must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Ticket: d.ticket(t, "Uma", d.team).ID}, gift(Right, "refund", 4_800)))
	from := d.head(t)
	if err := d.swap(t, eve, o, 0); err != nil { // from 4,800 to 5,100
		t.Fatal(err)
	}
	if told := d.told(t, from); !strings.Contains(told, "overspent") {
		t.Errorf("told %s", told)
	}
	d.audit(t)
}

// What the case got as the other part since they chose is nothing they can choose as well.
func TestASwapNeverGivesTheSameAsBothParts(t *testing.T) {
	d := furnish(t)
	eve := d.ticket(t, "Eve", d.team)
	o := d.chose(t, eve, 1, Choice{Kind: "credit", Amount: euros(900)}, Choice{Kind: "call_from_owner"})
	right := must[Settlement](t)(d.Give(t.Context(), d.ann, Case{Ticket: eve.ID}, gift(Right, "credit", 900)))
	if err := d.swap(t, eve, o, 0); code(err) != "remedy.booked" {
		t.Errorf("as the extra as well: %v", err)
	}
	must[Settlement](t)(d.TakeBack(t.Context(), d.ann, right.ID, "A slip."))
	if err := d.swap(t, eve, o, 0); err != nil {
		t.Errorf("taken back: %v", err)
	}
	d.audit(t)
}

// What was chosen before there were swaps has long reached them; what nobody has chosen can be chosen, and then swapped.
func TestWhatWasChosenBeforeTheUpgradeStays(t *testing.T) {
	d := furnish(t)
	eve := d.ticket(t, "Eve", d.team)
	choices := []Choice{{Kind: "gift", Amount: euros(900)}, {Kind: "call_from_owner"}}
	before := d.chose(t, eve, 1, choices...)
	open := must[Offer](t)(d.Offer(t.Context(), d.ann, Case{Ticket: eve.ID}, Proposal{Part: Extra, Choices: choices}))
	upgrade, err := migrations.ReadFile("migrations/00009_chosen_before.sql")
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, func(tx *store.Tx) error { return tx.Do(string(upgrade)) })
	if err := d.swap(t, eve, before, 0); code(err) != "offer.sent" {
		t.Errorf("chosen before: %v", err)
	}
	must[Offer](t)(d.Choose(t.Context(), d.ann, open.ID, Pick{Remedy: open.Choices[1].ID}))
	if err := d.swap(t, eve, open, 0); err != nil {
		t.Errorf("chosen since: %v", err)
	}
}
