package remedies

import (
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

func TestEventsStayAsTheyWere(t *testing.T) {
	storetest.Events(t, Sent{OfferID(0x123456789abcd), stages.ID(0x223456789abcd), tickets.ID(0x323456789abcd)})
}

func TestWhenACustomerMayChooseOtherwise(t *testing.T) {
	chosen := []Remedy{{ID: 1, State: Passed}, {ID: 2, State: Gave}}
	for name, tc := range map[string]struct {
		o        Offer
		answered bool
		code     string
	}{
		"they chose":                     {Offer{State: OfferChosen, Choices: chosen}, false, ""},
		"they have not chosen":           {Offer{State: OfferOpen, Choices: chosen}, false, "offer.not_chosen"},
		"they named something else":      {Offer{State: OfferNamed}, false, "offer.not_chosen"},
		"it was withdrawn":               {Offer{State: OfferWithdrawn}, false, "offer.not_chosen"},
		"it is on its way":               {Offer{State: OfferChosen, Choices: chosen, SentAt: time.Unix(1, 0)}, false, "offer.sent"},
		"we wrote to them":               {Offer{State: OfferChosen, Choices: chosen}, true, "offer.sent"},
		"what they chose was taken back": {Offer{State: OfferChosen, Choices: []Remedy{{ID: 1, State: Back}, {ID: 2, State: Passed}}}, false, "offer.taken_back"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if f := fault.Of(tc.o.MaySwap(tc.answered)); f != nil {
				got = f.Code
			}
			if got != tc.code {
				t.Errorf("%q; want %q", got, tc.code)
			}
		})
	}
}
