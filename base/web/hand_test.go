package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/web"
)

func TestWhatAFileIsHandedOutAs(t *testing.T) {
	for name, tc := range map[string]struct {
		f          web.File
		kind, how  string
		cached     string
		asked, got string
		status     int
	}{
		"a photo is seen in place":        {web.File{Name: "cup.jpg", Type: "image/jpeg"}, "image/jpeg", "inline; filename=cup.jpg", "private, no-store", "", "0123456789", 200},
		"a drawing that can run is saved": {web.File{Name: "cup.svg", Type: "image/svg+xml"}, "application/octet-stream", "attachment; filename=cup.svg", "private, no-store", "", "0123456789", 200},
		"a page is saved":                 {web.File{Name: "cup.html", Type: "text/html"}, "application/octet-stream", "attachment; filename=cup.html", "private, no-store", "", "0123456789", 200},
		"a document is one":               {web.File{Name: "cup.pdf", Type: "application/pdf"}, "application/pdf", "attachment; filename=cup.pdf", "private, no-store", "", "0123456789", 200},
		"a voice is heard in parts":       {web.File{Name: "note.webm", Type: "audio/webm", Lasts: true}, "audio/webm", "inline; filename=note.webm", "private, max-age=31536000, immutable", "bytes=2-4", "234", 206},
		"a name in any script":            {web.File{Name: "Täßchen.png", Type: "image/png"}, "image/png", "inline; filename*=utf-8''T%C3%A4%C3%9Fchen.png", "private, no-store", "", "0123456789", 200},
	} {
		t.Run(name, func(t *testing.T) {
			w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
			if tc.asked != "" {
				r.Header.Set("Range", tc.asked)
			}
			web.Hand(w, r, tc.f, strings.NewReader("0123456789"))
			h := w.Header()
			if w.Code != tc.status || w.Body.String() != tc.got || h.Get("Content-Type") != tc.kind || h.Get("Content-Disposition") != tc.how || h.Get("Cache-Control") != tc.cached {
				t.Errorf("%d %q %v", w.Code, w.Body, h)
			}
			if p := h.Get("Content-Security-Policy"); !strings.HasPrefix(p, "sandbox; default-src 'none'") {
				t.Errorf("under the policy %q", p)
			}
		})
	}
}
