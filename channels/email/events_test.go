package email

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

func TestEventsStayAsTheyWere(t *testing.T) {
	const (
		mal = LedgerID(0x123456789abcd)
		mbx = tickets.MailboxID(0x223456789abcd)
		tkt = tickets.ID(0x323456789abcd)
	)
	storetest.Events(t, Seen{mal, mbx}, Arrived{mal, mbx}, Settled{mal, mbx, Waiting, Stranger, tkt}, Connected{mbx, true}, Disconnected{mbx}, Alarmed{mbx, "INBOX", true})
}
