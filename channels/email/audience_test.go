package email_test

import (
	"slices"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// The journal tells of mail to those whom the ledger shows it.
func TestWhoHearsOfAMail(t *testing.T) {
	n := newGround(t).node(t)
	const north, south = staff.TeamID(1), staff.TeamID(2)
	boxes := map[string]tickets.MailboxID{
		"north":   n.connect(t, email.Mailbox{Address: "north@shop.example", Team: north}),
		"all":     n.connect(t, email.Mailbox{Address: support}),
		"removed": n.connect(t, email.Mailbox{Address: "old@shop.example", Team: north}),
	}
	heard := func(of string, then func(tk tickets.ID)) (who []string) {
		t.Helper()
		from, err := n.db.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		n.take(t, boxes[of], "imap "+of, letter("Ada <ada@example.com>", "Cup", of+"@example.com", "", "It broke."))
		entries, err := n.db.Journal(t.Context(), from, 100)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(entries, func(e store.Entry) bool { return e.Kind == "mail.settled" })
		tk := slices.IndexFunc(entries, func(e store.Entry) bool { return e.Kind == "tickets.opened" })
		var ticket tickets.ID
		if err := ticket.UnmarshalText([]byte(entries[tk].Subject)); err != nil {
			t.Fatal(err)
		}
		then(ticket)
		for name, w := range map[string]web.Who{
			"north": {Can: web.View, Teams: []int64{int64(north)}}, "south": {Can: web.View, Teams: []int64{int64(south)}},
			"staff": {Can: web.View, Staff: 7}, "all": {Can: web.View, All: true}, "nobody": {All: true},
		} {
			err := n.db.Read(t.Context(), func(tx *store.Tx) error {
				for _, e := range []store.Entry{entries[i], entries[0]} { // that it is settled, and that it arrived
					a, err := n.Audience(tx, e)
					if err != nil {
						return err
					}
					if w.In(a) {
						who = append(who, name+" "+e.Kind)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(who)
		return who
	}
	pass := func(tk tickets.ID) {
		err := n.db.Write(t.Context(), anybody.Actor, func(tx *store.Tx) error {
			if err := tx.Do(`UPDATE tickets SET team = $1, assignee = 7 WHERE id = $2`, south, tk); err != nil {
				return err
			}
			return tx.Record(tk, tickets.Assigned{Ticket: tk, Team: south, Staff: 7})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		of   string
		then func(tickets.ID)
		want []string
	}{
		{"north", func(tickets.ID) {}, []string{"all mail.arrived", "all mail.settled", "north mail.arrived", "north mail.settled"}},
		{"all", pass, []string{"all mail.arrived", "all mail.settled", "north mail.arrived", "south mail.arrived", "south mail.settled", "staff mail.arrived", "staff mail.settled"}},
		{"removed", func(tickets.ID) {
			if err := n.Disconnect(t.Context(), anybody, boxes["removed"]); err != nil {
				t.Fatal(err)
			}
		}, []string{"all mail.arrived", "all mail.settled", "north mail.settled"}},
	} {
		if got := heard(tc.of, tc.then); !slices.Equal(got, tc.want) {
			t.Errorf("of a mail to %s hear %q, want %q", tc.of, got, tc.want)
		}
	}
}
