package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
)

// Workspace serves the pages that staff work in: the built files with their compressed twins, and the one page for every
// other address. Nothing there may load from anywhere else or run that was not built with it.
type Workspace struct {
	files  map[string]*asset
	page   *asset // nil where the workspace was not built
	policy string
}

// asset is one file in the forms in which it can be sent, by Content-Encoding.
type asset struct {
	kind  string
	etag  string
	forms map[string][]byte
}

const (
	pageName = "index.html"
	worker   = "-sw.js" // how scripts are called that run beside the pages
)

// NewWorkspace reads the built files: name.br and name.gz are forms of name.
func NewWorkspace(built fs.FS) (*Workspace, error) {
	w := &Workspace{files: map[string]*asset{}}
	err := fs.WalkDir(built, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == ".gitkeep" {
			return err
		}
		b, err := fs.ReadFile(built, name)
		if err != nil {
			return err
		}
		plain, form := name, ""
		for suffix, encoding := range map[string]string{".br": "br", ".gz": "gzip"} {
			if cut, ok := strings.CutSuffix(name, suffix); ok {
				plain, form = cut, encoding
			}
		}
		a := w.files[plain]
		if a == nil {
			a = &asset{kind: kindOf(plain), forms: map[string][]byte{}}
			w.files[plain] = a
		}
		a.forms[form] = b
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, a := range w.files {
		sum := sha256.Sum256(a.smallest())
		a.etag = hex.EncodeToString(sum[:8])
	}
	if w.page = w.files[pageName]; w.page != nil {
		w.policy, err = policy(w.page)
	}
	return w, err
}

// smallest is a form that is there, the same one each time.
func (a *asset) smallest() []byte {
	for _, form := range []string{"br", "gzip"} {
		if b, ok := a.forms[form]; ok {
			return b
		}
	}
	return a.forms[""]
}

// plain is the file as it was before it was packed.
func (a *asset) plain() ([]byte, error) {
	if b, ok := a.forms[""]; ok {
		return b, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(a.forms["gzip"]))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// kindOf does not depend on what the machine knows of file types.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	}
	return mime.TypeByExtension(path.Ext(name))
}

var inlineScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)

// policy is the Content-Security-Policy of the workspace. The one script written into the page, which sets the colours
// before anything is drawn, is allowed by its hash.
func policy(page *asset) (string, error) {
	text, err := page.plain()
	var scripts strings.Builder
	scripts.WriteString("'self'")
	for _, m := range inlineScript.FindAllSubmatch(text, -1) {
		sum := sha256.Sum256(m[1])
		scripts.WriteString(" 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'")
	}
	return "default-src 'none'; script-src " + scripts.String() + "; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; " +
		"connect-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'", err
}

// Serve answers every address of a that nothing else does.
func (w *Workspace) Serve(a *API) {
	a.Mux.HandleFunc("/", func(out http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			out.Header().Set("Allow", "GET, HEAD")
			http.Error(out, "This address is for reading.", http.StatusMethodNotAllowed)
			return
		}
		w.ServeHTTP(out, r)
	})
}

// ServeHTTP sends a file, or the page: which of its addresses exist is known there.
func (w *Workspace) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	h := out.Header()
	found := w.files[name]
	switch {
	case w.page == nil:
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		h.Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(out, unbuilt) // a peer that is gone can't be told
		return
	case found != nil && name != pageName && strings.HasPrefix(name, "assets/"):
		h.Set("Cache-Control", "public, max-age=31536000, immutable") // its name is made of its content
	case found != nil && strings.HasSuffix(name, worker):
		h.Set("Cache-Control", "no-cache") // a new version is seen at once
		h.Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'")
	case found != nil && name != pageName:
		h.Set("Cache-Control", "public, max-age=86400")
	case path.Ext(name) != "" && name != pageName:
		http.Error(out, "There is no such file.", http.StatusNotFound)
		return
	default:
		found = w.page
		h.Set("Cache-Control", "no-cache")
		h.Set("Content-Security-Policy", w.policy)
		h.Set("Permissions-Policy", "camera=(self), microphone=(self), geolocation=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	found.send(out, r)
}

// send writes the smallest form that the browser takes.
func (a *asset) send(out http.ResponseWriter, r *http.Request) {
	h := out.Header()
	h.Set("Vary", "Accept-Encoding")
	form := ""
	for _, f := range []string{"gzip", "br"} {
		if _, ok := a.forms[f]; ok && takes(r.Header.Get("Accept-Encoding"), f) {
			form = f
		}
	}
	body, ok := a.forms[form]
	if !ok {
		var err error
		if body, err = a.plain(); err != nil {
			http.Error(out, "This file can't be read.", http.StatusInternalServerError)
			return
		}
	}
	etag := `"` + a.etag + "-" + form + `"`
	h.Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		out.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", a.kind)
	if form != "" {
		h.Set("Content-Encoding", form)
	}
	if r.Method != http.MethodHead {
		_, _ = out.Write(body) // a peer that is gone can't be told
	}
}

// takes reads Accept-Encoding (RFC 9110, 12.5.3) as browsers write it.
func takes(accept, encoding string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == encoding && strings.ReplaceAll(q, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

const unbuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Hearth</title>
<style>body{font:16px/1.55 system-ui,sans-serif;max-width:36rem;margin:12vh auto;padding:0 1rem;color:#1d1b18;background:#f7f6f4}code{background:#efedea;padding:.1em .3em;border-radius:4px}
@media(prefers-color-scheme:dark){body{color:#ececee;background:#131316}code{background:#232329}}</style>
<h1>Hearth is running</h1><p>This program was built without its workspace. To have it, run <code>make build</code> (it needs Node 20.19 or newer) and start anew.</p>
<p>Everything works by API and command line meanwhile: <code>hearth token create --staff you@example.com --name laptop</code>, then ask
<code>/api/v1/tickets</code> with <code>Authorization: Bearer …</code>. The whole API is described in <a href="/openapi.json">/openapi.json</a>.</p>`
