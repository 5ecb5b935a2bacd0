package portal

import (
	"net/http"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/conference"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// A ticket that waits for others says for whom, since when and when they were last asked; by name only where somebody wrote
// one for the customer.
func TestForWhomATicketWaits(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "My cup broke.")
	b := d.browser(t)
	h, _ := d.link(t, tk)
	b.come(h.URL)
	at := ticketPath(tk.Number)
	p := must[conference.Part](t)(d.conference.Invite(t.Context(), d.ann, tk.ID, conference.Inviting{
		Title: "SECRET-title", Kind: conference.Supplier, People: []conference.Guest{{Email: "orders@smith.example", Name: "SECRET-Smith"}}, Hold: true,
		Writing: conference.Writing{Text: "SECRET-words"},
	}))
	d.follow(t)
	page := b.get(at)
	page.has(t, http.StatusOK, "<dt>We wait for</dt><dd>a supplier of ours</dd>", "Monday, July 6, 2026")
	page.lacks(t, "SECRET", "smith", "Last asked")

	d.wait(26 * time.Hour)
	must[conference.Part](t)(d.conference.Chase(t.Context(), d.ann, p.ID, conference.Chasing{Text: "And?"}))
	page = b.get(at)
	page.has(t, http.StatusOK, "<dt>Last asked</dt><dd>Tuesday, July 7, 2026")
	page.lacks(t, "SECRET", "smith")

	must[conference.Part](t)(d.conference.Change(t.Context(), d.ann, p.ID, conference.Change{KnownAs: new("our potter")}))
	b.get(at).has(t, http.StatusOK, "<dt>We wait for</dt><dd>our potter</dd>")
	b.lang = "de"
	b.get(at).has(t, http.StatusOK, "<dt>Wir warten auf</dt><dd>our potter</dd>")
	b.lang = "en"

	// Off hold it is our turn, whoever else was asked something.
	must[tickets.Ticket](t)(d.tickets.Stand(t.Context(), d.ann, tk.ID, tickets.Open, ""))
	b.get(at).lacks(t, "our potter", "We wait for")
}

// What was chosen may be chosen otherwise until it is on its way: the ledger follows, and never holds both.
func TestAChoiceIsSwappedUntilItIsSent(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "My cup broke.")
	o := d.offer(t, tk)
	mug, call := o.Choices[0].ID.String(), o.Choices[1].ID.String()
	b := d.browser(t)
	h, v := d.link(t, tk)
	page := b.come(h.URL)
	at := ticketPath(tk.Number)
	booked := func() (minor int64) {
		t.Helper()
		d.look(t, func(tx *store.Tx) error {
			all, err := d.recovery.Entries(tx, 0, 100)
			for _, e := range all {
				minor += e.Minor
			}
			return err
		})
		return minor
	}
	swap := func(to string) answer {
		t.Helper()
		return b.post(at, "key", b.get(at).key(), "do", "swap", "offer", o.ID.String(), "pick", to)
	}
	swap(mug).has(t, http.StatusConflict, "not open any more") // nothing was chosen yet
	b.post(at, "key", page.key(), "do", "choose", "offer", o.ID.String(), "pick", call).has(t, http.StatusOK, "noted what you chose", "You chose this", `value="`+call+`" required checked`)
	if n := booked(); n != 0 {
		t.Errorf("a call costs %d", n)
	}
	swap(mug).has(t, http.StatusOK, "you would rather have this", `value="`+mug+`" required checked`)
	if n := booked(); n != 700 {
		t.Errorf("the mug stands in the ledger with %d", n)
	}
	if by := lastOf(t, d, "remedies.chosen"); by != "customer:"+tk.Customer.String()+" via portal" {
		t.Errorf("chosen by %s", by)
	}
	key := b.get(at).key()
	for range 2 { // the same form sent again does nothing
		b.post(at, "key", key, "do", "swap", "offer", o.ID.String(), "pick", call).has(t, http.StatusOK, "you would rather have this")
	}
	swap(mug).has(t, http.StatusOK, "you would rather have this")
	if n := booked(); n != 700 {
		t.Errorf("after going back and forth the ledger holds %d", n)
	}
	swap(mug).has(t, http.StatusOK, "you would rather have this") // they have it already
	if n := booked(); n != 700 {
		t.Errorf("after choosing the same the ledger holds %d", n)
	}
	swap(tk.ID.String()).has(t, http.StatusUnprocessableEntity, "One of them, please")
	b.get(at).lacks(t, "700", "7.00", "SECRET", "EUR")

	// What one of us says is on its way stays what it is.
	must[recovery.Offer](t)(d.recovery.Send(t.Context(), d.sue, o.ID))
	b.get(at).lacks(t, "You chose this")
	swap(call).has(t, http.StatusConflict, "on its way to you already")
	if _, err := d.recovery.Send(t.Context(), d.sue, o.ID); code(err) != "offer.sent" {
		t.Errorf("sent twice: %v", err)
	}

	// And so does what we wrote about.
	other := d.offer(t, tk)
	if err := d.Choose(t.Context(), v, "", other.ID, recovery.Pick{Remedy: other.Choices[0].ID}); err != nil {
		t.Fatal(err)
	}
	b.get(at).has(t, http.StatusOK, "You chose this")
	// Nobody swaps what is another's, by their own ticket's page.
	_, his := d.link(t, d.ticket(t, "Max", "Mine too."))
	if err := d.Swap(t.Context(), his, other.ID, other.Choices[1].ID); code(err) != "my.offer_gone" {
		t.Errorf("a stranger: %v", err)
	}
	b.get(at).has(t, http.StatusOK, `value="`+other.Choices[0].ID.String()+`" required checked`)
	d.wait(time.Minute)
	d.reply(t, tk, tickets.Reply{Text: "Your mug is on its way."})
	b.get(at).lacks(t, "You chose this")
	if err := d.Swap(t.Context(), v, other.ID, other.Choices[1].ID); code(err) != "my.swap_late" {
		t.Errorf("swapped late: %v", err)
	}
}

// limit sets what a supervisor may give.
func (d *hall) limit(t *testing.T, minor int64) {
	t.Helper()
	must[authority.Role](t)(d.recovery.Empower(t.Context(), admin, "supervisor", authority.Setting{PerCase: euros(minor)}))
}

// One that costs more than what was chosen is held against the limits of whoever offered it, which may be lower by now.
func TestADearerChoiceIsHeldAgainstTheLimits(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "My cup broke.")
	o := d.offer(t, tk)
	_, v := d.link(t, tk)
	if err := d.Choose(t.Context(), v, "", o.ID, recovery.Pick{Remedy: o.Choices[1].ID}); err != nil {
		t.Fatal(err)
	}
	d.limit(t, 600)
	if err := d.Swap(t.Context(), v, o.ID, o.Choices[0].ID); code(err) != "my.swap_not" {
		t.Errorf("over the limit: %v", err)
	}
	d.limit(t, 700)
	if err := d.Swap(t.Context(), v, o.ID, o.Choices[0].ID); err != nil {
		t.Error(err)
	}
	d.limit(t, 0)
	if err := d.Swap(t.Context(), v, o.ID, o.Choices[1].ID); err != nil {
		t.Errorf("to one that costs less: %v", err)
	}

	// Back and forth ends with what a link may send in an hour.
	d.write(t, func(tx *store.Tx) error { return tx.Do(`UPDATE my_tries SET n = $1`, mostSayings) })
	if err := d.Swap(t.Context(), v, o.ID, o.Choices[1].ID); code(err) != "slow_down" {
		t.Errorf("too often: %v", err)
	}
}
