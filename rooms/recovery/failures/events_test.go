package failures

import (
	"testing"

	"github.com/hearthdesk/hearth/base/store/storetest"
)

func TestEventsStayAsTheyWere(t *testing.T) {
	storetest.Events(t, Changed{Repeated, true, 2, 14})
}
