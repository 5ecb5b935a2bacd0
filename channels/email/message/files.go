package message

import (
	"bytes"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
)

// maxName is how many bytes of a name most file systems take.
const maxName = 200

// disposition is what Content-Disposition (RFC 2183) and the other fields say about showing or saving a part.
type disposition struct {
	kind  string // "inline", "attachment", or empty
	name  string // as written
	named bool
}

func (r *reader) disposition(p *part) disposition {
	var d disposition
	var params map[string]string
	d.kind, params = r.params(p.header.first("Content-Disposition"))
	for _, name := range []string{params["filename"], params["name"], p.params["name"], p.params["filename"]} {
		if name = strings.TrimSpace(name); name != "" {
			d.name, d.named = name, true
			break
		}
	}
	if d.kind != "" && d.kind != "inline" {
		d.kind = "attachment" // RFC 2183, 2.8: an unknown one is an attachment
	}
	return d
}

// attach keeps a file.
func (r *reader) attach(a Attachment) {
	if len(r.m.Attachments) >= maxParts {
		r.flaw("too-many-parts")
		return
	}
	r.m.Attachments = append(r.m.Attachments, a)
}

// attachment makes a file of a part.
func (r *reader) attachment(p *part, d disposition) Attachment {
	data := r.transfer(p)
	name := d.name
	id := clean(strings.Trim(strings.TrimSpace(r.decodeHeader(p.header.first("Content-ID"))), "<>"))
	if name == "" {
		name = r.nameFor(p, data, id)
	}
	a := r.newAttachment(name, p.kind, data)
	a.ContentID = id
	return a
}

// nameFor finds a name for a part that has none: the subject of an enclosed mail, where it came from, or its id.
func (r *reader) nameFor(p *part, data []byte, id string) string {
	if p.kind == "message/rfc822" || p.kind == "message/global" || p.kind == "message/news" {
		inner := &scanner{reader: &reader{m: &Message{}}, data: trimStart(data)}
		subject := r.decodeHeader(inner.header().first("Subject"))
		if subject == "" {
			subject = "mail"
		}
		return strings.NewReplacer("/", "-", "\\", "-").Replace(subject) + ".eml"
	}
	if at := r.decodeHeader(p.header.first("Content-Location")); path.Ext(at) != "" && !strings.ContainsAny(path.Base(at), "?:") {
		return path.Base(at)
	}
	if name, _, ok := strings.Cut(id, "@"); ok && len(path.Ext(name)) > 2 {
		return name
	}
	return ""
}

// newAttachment makes a file that is safe to name and honest in its type.
func (r *reader) newAttachment(name, claim string, data []byte) Attachment {
	kind, ext := sniff(data, claim)
	a := Attachment{Name: safeName(name), Type: kind, Data: data}
	if a.Name == "" {
		a.Name = r.freeName(plainName(kind), ext)
	}
	return a
}

// freeName numbers the second and later files that have no name of their own.
func (r *reader) freeName(base, ext string) string {
	n := r.nameless[base+ext]
	if r.nameless[base+ext]++; n > 0 {
		return base + strconv.Itoa(n) + ext
	}
	return base + ext
}

// sniff finds the type of a file by its bytes, and by the claim where bytes say little.
func sniff(data []byte, claim string) (kind, ext string) {
	found := mimetype.Detect(data)
	kind, _, _ = strings.Cut(found.String(), ";")
	claim = strings.ToLower(claim)
	known := mimetype.Lookup(claim)
	switch {
	case len(data) == 0, kind == "application/octet-stream", kind == "text/plain":
		if isMediaType(claim) && claim != "application/octet-stream" && (known == nil || kind != "application/octet-stream" || !strings.HasPrefix(claim, "image/")) {
			kind = claim
		}
	case strings.HasPrefix(claim, "text/") && strings.HasPrefix(kind, "text/"), strings.Contains(claim, "pkcs7") && strings.Contains(kind, "pkcs7"):
		kind = claim
	case known != nil && isKindOf(known, found):
		kind = claim
	}
	if known = mimetype.Lookup(kind); known != nil {
		return kind, known.Extension()
	}
	return kind, found.Extension()
}

// isBinary says whether the bytes are known to be something else than text.
func isBinary(data []byte) bool {
	found := mimetype.Detect(data)
	for t := found; t != nil; t = t.Parent() {
		if t.Is("text/plain") {
			return false
		}
	}
	return !found.Is("application/octet-stream")
}

// isKindOf says whether the claimed type is a special case of the one that was found, as a document is of a zip.
func isKindOf(claimed, found *mimetype.MIME) bool {
	for t := claimed; t != nil; t = t.Parent() {
		if t.Is(found.String()) {
			return found.Parent() != nil
		}
	}
	return false
}

func isMediaType(s string) bool {
	main, sub, ok := strings.Cut(s, "/")
	return ok && main != "" && sub != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),:;<=>?@[\]`, c)
	})
}

// plainName is what a person would call a file of this type.
func plainName(kind string) string {
	main, sub, _ := strings.Cut(kind, "/")
	switch {
	case main == "image" || main == "video" || main == "audio":
		return main
	case sub == "calendar":
		return "calendar"
	case sub == "vcard" || sub == "x-vcard":
		return "contact"
	case sub == "delivery-status" || sub == "disposition-notification" || sub == "feedback-report":
		return sub
	case sub == "rfc822-headers":
		return "headers"
	case main == "message":
		return "mail"
	case main == "text" || sub == "pdf":
		return "document"
	}
	return "file"
}

// safeName keeps of a name what can be saved anywhere and reads as it is: no folders, no control or direction marks, no
// characters that a system refuses, no leading or trailing dots.
func safeName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(c rune) rune {
		switch {
		case c == utf8.RuneError, unicode.Is(unicode.Cc, c), unicode.Is(unicode.Cf, c):
			return -1
		case strings.ContainsRune(`<>:"|?*`, c):
			return '_'
		case unicode.IsSpace(c):
			return ' '
		}
		return c
	}, name)
	name = strings.Trim(name, " .")
	if len(name) > maxName {
		ext := path.Ext(name)
		if len(ext) > 16 {
			ext = ""
		}
		name = strings.TrimRight(strings.ToValidUTF8(name[:maxName-len(ext)], ""), " .") + ext
	}
	base, _, _ := strings.Cut(strings.ToLower(name), ".")
	switch base {
	case "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "lpt1", "lpt2", "lpt3":
		name = "_" + name // Windows takes these for devices
	}
	return name
}

// markInline finds the files that the HTML shows by their Content-ID (RFC 2392).
func (r *reader) markInline() {
	if r.m.HTML == "" {
		return
	}
	shown := cids(r.m.HTML)
	for i := range r.m.Attachments {
		a := &r.m.Attachments[i]
		a.Inline = a.ContentID != "" && shown[a.ContentID]
	}
}

// cids are the ids that "cid:" addresses of a page name.
func cids(page string) map[string]bool {
	found := map[string]bool{}
	data := []byte(page)
	for range 2 * maxParts {
		at := bytes.IndexByte(data, ':')
		if at < 0 {
			break
		}
		if at >= 3 && strings.EqualFold(string(data[at-3:at]), "cid") {
			rest := data[at+1:]
			end := bytes.IndexAny(rest[:min(len(rest), 500)], "\"'<>) \t\r\n\\")
			if end < 0 {
				end = min(len(rest), 500)
			}
			id := unescape(strings.ReplaceAll(string(rest[:end]), "&amp;", "&"))
			found[strings.Trim(id, "<>")] = true
		}
		data = data[at+1:]
	}
	return found
}
