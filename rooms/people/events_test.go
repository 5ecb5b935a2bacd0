package people

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store/storetest"
)

func TestEventsStayAsTheyWere(t *testing.T) {
	const (
		cus = ID(0x123456789abcd)
		adr = AddressID(0x223456789abcd)
		com = CompanyID(0x323456789abcd)
		rem = RemarkID(0x423456789abcd)
	)
	storetest.Events(t, Met{cus}, Corrected{cus, []string{"name", "title"}}, Reachable{cus, adr}, Unreachable{cus, adr}, Bounced{cus, adr}, Founded{com},
		Remarked{cus, rem, Wish}, Unremarked{cus, rem, Day}, Bought{cus, 0x523456789abcd}, Unbought{cus, 0x523456789abcd})
}
