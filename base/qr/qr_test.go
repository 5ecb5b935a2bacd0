package qr_test

import (
	"encoding/xml"
	"os"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/qr"
)

// The golden file was read back by another program's reader; what is drawn stays readable as long as it stays the same.
func TestACodeStaysAsItWasRead(t *testing.T) {
	const link = "https://help.example.com/tell?where=Lobby+%28east%29"
	got, err := qr.SVG(link)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("HEARTH_UPDATE_GOLDEN") == "yes" {
		if err := os.WriteFile("testdata/lobby.svg", []byte(got+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/lobby.svg")
	if err != nil {
		t.Fatal(err)
	}
	if got+"\n" != string(want) {
		t.Errorf("drawn as %s", got)
	}
	if err := xml.Unmarshal([]byte(got), new(struct{})); err != nil {
		t.Errorf("no XML: %v", err)
	}
}

func TestWhatIsTooLongIsSaid(t *testing.T) {
	if _, err := qr.SVG(strings.Repeat("long ", 1000)); err == nil {
		t.Error("drawn all the same")
	}
}
