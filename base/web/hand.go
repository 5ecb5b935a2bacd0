package web

import (
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// File is something that somebody sent, as a browser gets it.
type File struct {
	Name  string
	Type  string // a media type, as it was found out when it came
	Lasts bool   // whoever may see it now may always, so a browser may keep it for a year
}

// Hand gives out the bytes of a file, in parts where a browser asks for them: some play sounds no other way. Pictures that
// can carry no script, and sounds, are shown in place; everything else is saved, and runs nothing wherever it is opened.
func Hand(w http.ResponseWriter, r *http.Request, f File, body io.ReadSeeker) {
	kind, how := f.Type, "attachment"
	switch {
	case strings.HasPrefix(kind, "image/") && !strings.Contains(kind, "svg"), strings.HasPrefix(kind, "audio/"):
		how = "inline"
	case kind != "application/pdf":
		kind = "application/octet-stream"
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'") // with which browsers lay out a picture
	h.Set("Cache-Control", "private, no-store")
	if f.Lasts {
		h.Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, "", time.Time{}, body)
}
