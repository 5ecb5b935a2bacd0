package email

import (
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// From which address an answer comes: never from another brand's.
func TestWhichMailboxSends(t *testing.T) {
	const north, south = staff.TeamID(1), staff.TeamID(2)
	able := func(id tickets.MailboxID, team staff.TeamID) Mailbox {
		return Mailbox{ID: id, Address: id.String(), Team: team, SMTP: "smtps://mail.example"}
	}
	mute := func(id tickets.MailboxID, team staff.TeamID) Mailbox {
		return Mailbox{ID: id, Address: "mute@shop.example", Team: team}
	}
	paused := func(m Mailbox) Mailbox { m.Paused = true; return m }
	for name, tc := range map[string]struct {
		all     []Mailbox
		id      tickets.MailboxID // the ticket came in by
		team    staff.TeamID
		want    tickets.MailboxID
		trouble string
	}{
		"the one it came in by":                     {[]Mailbox{able(1, 0), able(2, 0)}, 2, 0, 2, ""},
		"the one it came in by, while not read":     {[]Mailbox{able(1, 0), paused(able(2, 0))}, 2, 0, 2, ""},
		"no other instead of it":                    {[]Mailbox{able(1, 0), mute(2, 0)}, 2, 0, 0, "mute@shop.example has no SMTP server"},
		"by none, and there is one":                 {[]Mailbox{mute(1, 0), able(2, north)}, 0, south, 2, ""},
		"by one that was removed, and there is one": {[]Mailbox{able(2, north)}, 7, 0, 2, ""},
		"by none, for a team that has one":          {[]Mailbox{able(1, 0), able(2, north), able(3, south)}, 0, south, 3, ""},
		"by none, for a team that has none":         {[]Mailbox{able(1, north), able(2, 0)}, 0, south, 2, ""},
		"by none, and all are other teams'":         {[]Mailbox{able(1, north), able(2, north)}, 0, south, 0, "Several mailboxes"},
		"by none, for nobody's team":                {[]Mailbox{able(1, north), able(2, south)}, 0, 0, 0, "Several mailboxes"},
		"nobody can send":                           {[]Mailbox{mute(1, 0), paused(able(2, 0))}, 0, 0, 0, "No mailbox is connected"},
	} {
		t.Run(name, func(t *testing.T) {
			m, trouble := sender(tc.all, tc.id, tc.team)
			if m.ID != tc.want || !strings.Contains(trouble, tc.trouble) || (trouble == "") != (tc.trouble == "") {
				t.Errorf("by %s, %q", m.ID, trouble)
			}
		})
	}
}
