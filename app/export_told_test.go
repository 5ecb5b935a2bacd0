package app_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/hearthdesk/hearth/test/house"
)

// The smallest picture there is (PNG, a pixel).
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

// What came along with a complaint among colleagues is on no ticket, and in the export all the same.
func TestAnExportHoldsWhatCameAlong(t *testing.T) {
	h := house.Start(t)
	var anna struct{ ID string }
	var token struct{ Token string }
	h.Ask(http.MethodPost, "/local/staff", map[string]any{"email": "anna@shop.example", "name": "Anna", "role": "owner", "password": staffPassword}, &anna)
	h.Ask(http.MethodPost, "/local/tokens", map[string]any{"staff": anna.ID, "name": "laptop"}, &token)
	picture, err := base64.StdEncoding.DecodeString(pixel)
	if err != nil {
		t.Fatal(err)
	}
	hand := func(path, body string, out any) {
		t.Helper()
		sends(t, h, token.Token, http.MethodPost, "/api/v1"+path, body, out)
	}
	var file struct{ SHA256 string }
	hand("/tell/files", string(picture), &file)
	var told struct{ Complaint string }
	hand("/tell", fmt.Sprintf(`{"what":"The door sticks.","files":[{"name":"Door.png","sha256":%q}]}`, file.SHA256), &told)

	var idea struct{ ID string }
	hand("/tell", fmt.Sprintf(`{"about":"idea","what":"A bench.","files":[{"name":"Bench.png","sha256":%q}]}`, file.SHA256), &idea)

	x := exported(t, h, nil)
	folder := x.Folder
	all := linesOf(t, folder, "complaints")
	if len(all) != 1 || all[0].ID != told.Complaint || len(all[0].Attachments) != 1 || all[0].Attachments[0].Name != "Door.png" || x.Files != 1 || x.Missing != 0 {
		t.Fatalf("%+v, %+v", all, x)
	}
	if b, err := os.ReadFile(filepath.Join(folder, all[0].Attachments[0].Path)); err != nil || !bytes.Equal(b, picture) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	proposed := linesOf(t, folder, "proposals")
	if len(proposed) != 1 || proposed[0].ID != idea.ID || proposed[0].What != "A bench." || len(proposed[0].Attachments) != 1 || proposed[0].Attachments[0].Path != all[0].Attachments[0].Path {
		t.Errorf("what was proposed: %+v", proposed)
	}
}
