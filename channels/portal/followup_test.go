package portal

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// putRight is a complaint on a ticket that came so far that its customer is to be asked.
func (d *hall) putRight(tb testing.TB, t tickets.Ticket) recovery.ID {
	tb.Helper()
	c := must[recovery.Complaint](tb)(d.recovery.Capture(tb.Context(), d.ann, t.ID, recovery.Story{What: "SECRET words of theirs.", Wish: "SECRET wish."}))
	for c.Stage != stages.FollowUp {
		var w recovery.Whole
		d.look(tb, func(tx *store.Tx) (err error) { w, err = d.recovery.Look(tx, d.ann, c.ID); return err })
		for _, todo := range w.Todo {
			must[recovery.Complaint](tb)(d.recovery.Tick(tb.Context(), d.ann, c.ID, todo.Key, false))
		}
		c = must[recovery.Complaint](tb)(d.recovery.Advance(tb.Context(), d.ann, c.ID))
	}
	return c.ID
}

// They are asked whether it held and whether they trust us again, once it was put right, and answer by themselves.
func TestACustomerSaysWhetherItHeld(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "My cup broke.")
	d.follow(t)
	b := d.browser(t)
	h, _ := d.link(t, tk)
	at := ticketPath(tk.Number)
	b.come(h.URL).lacks(t, "Did we put it right?")
	b.post(at, "key", b.get(at).key(), "do", "follow", "held", "yes", "trusts", "yes").has(t, http.StatusConflict, "not asked any more")

	c := d.putRight(t, tk)
	page := b.get(at)
	page.has(t, http.StatusOK, "Did we put it right?", "Is it still as it should be?", "Do you trust us again?")
	page.lacks(t, "SECRET", "complaint", "follow_up")
	for _, fields := range [][]string{{}, {"held", "maybe", "trusts", "yes"}, {"held", "yes"}, {"held", "no", "trusts", "perhaps"}} {
		b.post(at, append([]string{"key", page.key(), "do", "follow", "text", "Kept words."}, fields...)...).has(t, http.StatusUnprocessableEntity, "answer both", "Kept words.")
	}
	b.post(at, "key", page.key(), "do", "follow", "held", "yes", "trusts", "no", "text", "It took so long.").has(t, http.StatusOK, "A person reads it", "It took so long.", "Did we put it right?")
	if by := lastOf(t, d, "complaints.followed"); by != "customer:"+tk.Customer.String()+" via portal" {
		t.Errorf("followed by %s", by)
	}
	said := d.said(t, tk)
	if last := said[len(said)-1]; last.Kind != tickets.In || last.Text != "It took so long." {
		t.Errorf("their words are %+v", last)
	}
	page = b.get(at)
	for range 2 { // a page that is sent twice answers once
		b.post(at, "key", page.key(), "do", "follow", "held", "yes", "trusts", "yes").has(t, http.StatusOK, "A person reads it")
	}
	b.get(at).lacks(t, "Did we put it right?")
	var w recovery.Whole
	d.look(t, func(tx *store.Tx) (err error) { w, err = d.recovery.Look(tx, d.ann, c); return err })
	if w.Open() || w.Ended != recovery.Content || len(w.FollowUps) != 2 {
		t.Errorf("it ended %+v with %+v", w.Complaint, w.FollowUps)
	}
	// Somebody else's page asks nothing, and in their own language they are asked in it.
	other := d.ticket(t, "Uma", "Another cup.")
	d.putRight(t, other)
	d.follow(t)
	b.get(at).lacks(t, "Did we put it right?")
	german := d.browser(t)
	h, _ = d.link(t, other)
	german.come(h.URL).has(t, http.StatusOK, "Did we put it right?")
	d.look(t, func(tx *store.Tx) error {
		say := tongue{book: d.words, lang: "de"}
		if got := say.T("my.follow.title"); !strings.Contains(got, "Ordnung") {
			t.Errorf("in German: %q", got)
		}
		return nil
	})
}

// Answered twice at once it is answered once.
func TestToAnswerTwiceAtOnce(t *testing.T) {
	storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
		t.Helper()
		d := furnish(t)
		tk := d.ticket(t, "Ida", "My cup broke.")
		d.putRight(t, tk)
		_, v := d.link(t, tk)
		return d.db, func() error {
			err := d.Tell(t.Context(), v, "", Told{Held: "no"})
			if f := fault.Of(err); f != nil && f.Code == "my.not_asked_now" { // the other was faster
				return nil
			}
			return err
		}
	})
}
