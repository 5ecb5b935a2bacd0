package clocks

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

func TestEventsStayAsTheyWere(t *testing.T) {
	const (
		tkt = tickets.ID(0x123456789abcd)
		tgt = TargetID(0x223456789abcd)
		two = TargetID(0x223456789abce)
	)
	at := monday.Add(1234567)
	storetest.Events(
		t,
		Started{tkt, FirstAnswer, tgt, at}, Paused{tkt, Resolution}, Resumed{tkt, Resolution, at}, Retimed{tkt, NextAnswer, tgt, at},
		Warned{tkt, FirstAnswer, at}, Breached{tkt, FirstAnswer, at}, Met{tkt, FirstAnswer, at}, Withdrawn{tkt, Resolution},
		Dropped{tkt, NextAnswer}, Waited{tkt, 86400, true},
		Added{tgt}, Changed{tgt, []string{"when", "targets"}}, Ordered{[]TargetID{two, tgt}}, Removed{tgt},
	)
}
