package staff

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

var update = flag.Bool("update", false, "write the golden files of new events")

// The journal of years ago must be readable for ever: a golden file that changes is a broken past.
func TestEventsStayAsTheyWere(t *testing.T) {
	const (
		stf = ID(0x123456789abcd)
		boy = ID(0x123456789abce)
		tm  = TeamID(0x223456789abcd)
		rl  = RoleID(0x323456789abcd)
		tok = TokenID(0x423456789abcd)
		ses = SessionID(0x523456789abcd)
	)
	seen := map[string]bool{}
	past := []store.Event{
		Added{stf, Agent, []TeamID{tm}},
		Changed{stf, []string{"email", "name"}},
		RoleGiven{stf, Supervisor, Agent},
		Disabled{stf},
		Enabled{stf},
		HandedOver{stf, boy},
		LinkMade{stf},
		PhoneOffered{stf},
		Joined{stf},
		PasswordChanged{stf},
		TeamAdded{tm},
		TeamRenamed{tm},
		TeamRemoved{tm},
		TeamJoined{tm, stf},
		TeamLeft{tm, stf},
		RoleAdded{rl, web.View | web.Act, true},
		RoleChanged{rl, web.View, false},
		RoleRemoved{rl},
		TokenCreated{tok, stf, web.View | web.Capture},
		TokenRevoked{tok, stf},
		SessionOpened{ses, stf},
		SessionsClosed{stf, []SessionID{ses}},
	}
	for _, e := range past {
		t.Run(e.Kind(), func(t *testing.T) {
			seen[e.Kind()+".json"] = true
			got, err := json.MarshalIndent(e, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			file := filepath.Join("testdata", "events", e.Kind()+".json")
			want, err := os.ReadFile(file)
			if os.IsNotExist(err) && *update {
				err = os.WriteFile(file, got, 0o600)
				want = got
			}
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s is now\n%s", file, got)
			}
			back := reflect.New(reflect.TypeOf(e))
			if err := json.Unmarshal(want, back.Interface()); err != nil || !reflect.DeepEqual(back.Elem().Interface(), e) {
				t.Errorf("read back as %+v (%v)", back.Elem(), err)
			}
			if noun, _, _ := strings.Cut(e.Kind(), "."); !strings.Contains(" staff teams roles tokens sessions ", " "+noun+" ") {
				t.Errorf("%s is not a noun of this room", noun)
			}
		})
	}
	files, err := os.ReadDir(filepath.Join("testdata", "events"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !seen[f.Name()] {
			t.Errorf("nothing is compared with %s", f.Name())
		}
	}
}
