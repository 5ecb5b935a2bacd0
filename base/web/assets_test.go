package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hearthdesk/hearth/base/web"
)

func packed(t *testing.T, s string) *fstest.MapFile {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: b.Bytes()}
}

func TestTheWorkspaceIsServed(t *testing.T) {
	const page = "<!doctype html><script>look()</script><div></div>"
	ws, err := web.NewWorkspace(fstest.MapFS{
		"index.html.gz": packed(t, page), "assets/a-1.js.gz": packed(t, "run()"), "assets/a-1.js.br": &fstest.MapFile{Data: []byte("brotli")},
		"assets/inter.woff2": &fstest.MapFile{Data: []byte("font")}, "ember.svg.gz": packed(t, "<svg/>"), "tell-sw.js.gz": packed(t, "keep()"), "tell.webmanifest.gz": packed(t, "{}"), ".gitkeep": &fstest.MapFile{},
	})
	if err != nil {
		t.Fatal(err)
	}
	a := web.New(web.Config{})
	ws.Serve(a)
	for name, tc := range map[string]struct {
		method, path, accept string
		status               int
		body                 string
		head                 map[string]string
	}{
		"the page":                       {"GET", "/", "", 200, page, map[string]string{"Cache-Control": "no-cache", "Content-Type": "text/html; charset=utf-8"}},
		"the page, by any address of it": {"GET", "/tickets/tkt_1", "", 200, page, nil},
		"the page, by its name":          {"GET", "/index.html", "", 200, page, map[string]string{"Cache-Control": "no-cache"}},
		"a script, small":                {"GET", "/assets/a-1.js", "gzip, deflate, br", 200, "brotli", map[string]string{"Content-Encoding": "br", "Cache-Control": "public, max-age=31536000, immutable"}},
		"a script, over plain http":      {"GET", "/assets/a-1.js", "gzip, br;q=0", 200, "", map[string]string{"Content-Encoding": "gzip"}},
		"a script, as it is":             {"GET", "/assets/a-1.js", "", 200, "run()", map[string]string{"Content-Encoding": ""}},
		"a font":                         {"GET", "/assets/inter.woff2", "gzip", 200, "font", map[string]string{"Content-Type": "font/woff2"}},
		"a picture":                      {"GET", "/ember.svg", "", 200, "<svg/>", map[string]string{"Cache-Control": "public, max-age=86400"}},
		"what runs beside a page":        {"GET", "/tell-sw.js", "", 200, "keep()", map[string]string{"Cache-Control": "no-cache", "Content-Type": "text/javascript; charset=utf-8", "Content-Security-Policy": "default-src 'none'; connect-src 'self'"}},
		"what makes it an app":           {"GET", "/tell.webmanifest", "", 200, "{}", map[string]string{"Content-Type": "application/manifest+json"}},
		"a file that is not there":       {"GET", "/assets/gone.js", "", 404, "no such file", nil},
		"writing":                        {"POST", "/tickets", "", 405, "for reading", map[string]string{"Allow": "GET, HEAD"}},
		"the API is not the page":        {"GET", "/api/v1/nothing", "", 404, "nothing at this address", nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tc.method, tc.path, nil)
			r.Header.Set("Accept-Encoding", tc.accept)
			w := httptest.NewRecorder()
			a.Handler().ServeHTTP(w, r)
			if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.body) {
				t.Errorf("%d %q; want %d %q", w.Code, w.Body, tc.status, tc.body)
			}
			for k, v := range tc.head {
				if w.Header().Get(k) != v {
					t.Errorf("%s: %q; want %q", k, w.Header().Get(k), v)
				}
			}
		})
	}
	t.Run("the page runs nothing that was not built with it", func(t *testing.T) {
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		csp := w.Header().Get("Content-Security-Policy")
		// printf 'look()' | openssl dgst -sha256 -binary | base64
		if !strings.Contains(csp, "script-src 'self' 'sha256-9aoYu6AhR1u6WyoZ4nqQeCAR2uacraS+m/WWfdfKUrk=';") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Error(csp)
		}
	})
	t.Run("what was seen is not sent again", func(t *testing.T) {
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("If-None-Match", w.Header().Get("ETag"))
		again := httptest.NewRecorder()
		a.Handler().ServeHTTP(again, r)
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Error(again.Code, again.Body)
		}
	})
}

func TestAProgramWithoutItsWorkspaceSaysSo(t *testing.T) {
	ws, err := web.NewWorkspace(fstest.MapFS{".gitkeep": &fstest.MapFile{}})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	ws.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "built without its workspace") {
		t.Error(w.Code, w.Body)
	}
}
