package clocks

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// An answer given in another program ends the clock of the words it answers, and starts one for those that came after it.
func TestAnAnswerReadLateEndsTheClockItAnswers(t *testing.T) {
	d := openDesk(t)
	hear := func(ref string, answers ...string) {
		t.Helper()
		err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
			_, err := d.tickets.Receive(tx, tickets.Inbound{Channel: "email", From: people.Sender{Email: "eve@customer.example"}, Text: "Where is it?", Ref: ref, Answers: answers})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		d.settle(t)
	}
	read := func(ref, at string) {
		t.Helper()
		err := d.db.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
			_, _, err := d.tickets.ReadSent(tx, tickets.Inbound{Text: "It is on its way.", Ref: ref, Answers: []string{"1"}, At: when(t, at)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		d.settle(t)
	}
	d.at(t, "Mon 10:00")
	hear("1")
	d.at(t, "Mon 12:00")
	hear("2", "1")
	d.told(t)
	d.at(t, "Mon 13:00")
	for _, s := range []struct{ ref, at, told string }{
		{"a", "Mon 11:00", "next_answer started Tue 12:00, first_answer met"},
		{"b", "Mon 11:30", ""},
		{"c", "Mon 12:30", "resolution paused, next_answer met"},
	} {
		read(s.ref, s.at)
		if got := d.told(t); got != s.told {
			t.Errorf("an answer of %s: told %q, want %q", s.at, got, s.told)
		}
	}
}
