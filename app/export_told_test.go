package app_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/hearthdesk/hearth/app"
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
	hand := func(path, kind string, body []byte, out any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+h.HTTP+"/api/v1"+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token.Token)
		r.Header.Set("Content-Type", kind)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(out); err != nil || res.StatusCode != http.StatusCreated {
			t.Fatalf("%s: %s, %v", path, res.Status, err)
		}
	}
	var file struct{ SHA256 string }
	hand("/tell/files", "application/octet-stream", picture, &file)
	var told struct{ Complaint string }
	hand("/tell", "application/json", fmt.Appendf(nil, `{"what":"The door sticks.","files":[{"name":"Door.png","sha256":%q}]}`, file.SHA256), &told)

	var idea struct{ ID string }
	hand("/tell", "application/json", fmt.Appendf(nil, `{"about":"idea","what":"A bench.","files":[{"name":"Bench.png","sha256":%q}]}`, file.SHA256), &idea)

	c, err := app.Connect(t.Context(), h.Settings)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "out")
	x, err := c.Export(t.Context(), folder, nil)
	if err != nil {
		t.Fatal(err)
	}
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
