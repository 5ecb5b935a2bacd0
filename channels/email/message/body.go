package message

import (
	"bytes"
	"html"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/text"
)

// words is one stretch of a mail as its reader sees it: as text, as HTML, or in both forms.
type words struct{ text, html string }

// say is true of words that are not blank.
func (w words) say() bool { return strings.TrimSpace(w.text) != "" || strings.TrimSpace(w.html) != "" }

// contents reads the tree: the words into Text and HTML, all else into Attachments and Reports.
func (r *reader) contents(root *part) {
	all := r.gather(root, nil, true)
	if !slices.ContainsFunc(all, words.say) {
		all = r.spare
	}
	r.show(all)
	r.markInline()
	r.recogniseInlinePGP()
}

// show joins the stretches of a mail, in order, into one text and, when any is HTML, one HTML.
func (r *reader) show(all []words) {
	var texts, pages []string
	isHTML := slices.ContainsFunc(all, func(w words) bool { return w.html != "" })
	for _, w := range all {
		if isHTML {
			pages = append(pages, w.asHTML())
		}
		if strings.TrimSpace(w.text) == "" {
			w.text = text.FromHTML(w.html)
		}
		if w.say() {
			texts = append(texts, strings.TrimRight(strings.TrimLeft(w.text, "\n"), " \t\n"))
		}
	}
	r.m.Text = strings.Join(texts, "\n\n")
	r.m.HTML = strings.Join(pages, "")
}

// gather reads a child of parent, nil for the root; first says that it leads its siblings.
func (r *reader) gather(p, parent *part, first bool) []words {
	if strings.HasPrefix(p.kind, "multipart/") {
		return r.gatherMultipart(p)
	}
	d := r.disposition(p)
	switch {
	case parent != nil && parent.kind == "multipart/encrypted" && p.kind == "application/pgp-encrypted":
		return nil // says "Version: 1" and nothing else (RFC 3156, 4)
	case isReport(p, parent):
		r.m.Reports = append(r.m.Reports, r.attachment(p, d))
	case isSMIME(p):
		return r.smime(p, d)
	case isWords(p, parent, first, d):
		return r.words(p, d)
	case isTNEF(p, d):
		r.unpackTNEF(p, d)
	default:
		if a := r.attachment(p, d); len(a.Data) > 0 || d.named {
			r.attach(a)
		}
	}
	return nil
}

// gatherMultipart reads the children of p in the way its type means them (RFC 2046, 5.1; RFC 2387 for related).
func (r *reader) gatherMultipart(p *part) []words {
	r.recogniseSecurity(p)
	var each [][]words
	root := rootOf(p)
	for i, child := range p.children {
		each = append(each, r.gather(child, p, i == root))
	}
	if p.kind == "multipart/alternative" {
		return choose(each)
	}
	return slices.Concat(each...)
}

// rootOf is the index of the child that leads: in multipart/related the one that start or type names, else the first.
func rootOf(p *part) int {
	if p.kind != "multipart/related" {
		return 0
	}
	if start := strings.Trim(p.params["start"], "<> "); start != "" {
		if i := slices.IndexFunc(p.children, func(c *part) bool {
			return strings.Trim(c.header.first("Content-ID"), "<> ") == start
		}); i >= 0 {
			return i
		}
	}
	return max(0, slices.IndexFunc(p.children, func(c *part) bool {
		return c.kind == p.params["type"] || strings.HasPrefix(c.kind, "multipart/")
	}))
}

// choose makes one stretch of alternatives: what they say as text, and what they say as HTML. Should a writer have put
// different things into several of a kind, all are kept.
func choose(each [][]words) []words {
	var texts, pages []string
	seen := map[string]bool{}
	for _, list := range each {
		isHTML := slices.ContainsFunc(list, func(w words) bool { return w.html != "" })
		for _, w := range list {
			if page := w.asHTML(); isHTML && !seen[page] {
				seen[page] = true
				pages = append(pages, page)
			} else if !isHTML && w.say() {
				texts = append(texts, strings.Trim(w.text, "\n"))
			}
		}
	}
	return []words{{text: strings.Join(texts, "\n\n"), html: strings.Join(pages, "")}}
}

// asHTML is the stretch as HTML, made from its text when it has no other.
func (w words) asHTML() string {
	if w.html != "" || strings.TrimSpace(w.text) == "" {
		return w.html
	}
	return "<div>" + strings.ReplaceAll(html.EscapeString(strings.Trim(w.text, "\n")), "\n", "<br>\n") + "</div>\n"
}

// isReport says whether a part was written by a machine for machines (RFC 3464, 5965, 8098), or is the mail that a report
// is about.
func isReport(p, parent *part) bool {
	switch p.kind {
	case "message/delivery-status", "message/global-delivery-status", "message/feedback-report",
		"message/disposition-notification", "message/rfc822-headers", "text/rfc822-headers":
		return true
	case "message/rfc822", "message/global":
		return parent != nil && parent.kind == "multipart/report"
	}
	return false
}

// isWords says whether a part is shown, not attached (RFC 8621, 4.1.4): text that is not called an attachment, and is
// either the first of its multipart, or has no file name.
func isWords(p, parent *part, first bool, d disposition) bool {
	if d.kind == "attachment" || !isText(p.kind, first) {
		return false
	}
	switch {
	case first, parent.kind == "multipart/alternative":
		return true
	case parent.kind == "multipart/related":
		return false
	}
	return !d.named
}

// isText says whether a person reads this type as it is; a missing or broken one means plain text (RFC 2045, 5.2).
func isText(kind string, first bool) bool {
	switch kind {
	case "text/plain", "text/html", "text/x-amp-html", "text/", "plain/text":
		return true
	case "text/enriched", "text/richtext", "text/markdown":
		return first
	}
	return !strings.Contains(kind, "/")
}

// words decodes a part that is shown.
func (r *reader) words(p *part, d disposition) []words {
	data := r.transfer(p)
	set := p.params["charset"]
	if bytes.IndexByte(data[:min(len(data), 64)], 0) >= 0 && !shifts(charsetName(set)) && isBinary(data) {
		r.attach(r.attachment(p, d)) // a picture that says it is text
		return nil
	}
	if p.kind == "text/html" && charsetName(set) == "" {
		set = metaCharset(data)
	}
	plain := lines(r.decode(data, set))
	switch p.kind {
	case "text/x-amp-html":
		return nil // a page for one reader's program; the same mail has it as HTML
	case "text/html", "html":
		return []words{{html: plain}}
	case "text/enriched", "text/richtext":
		return []words{{text: text.FromHTML(plain)}}
	}
	plain, files := cutUU(plain)
	for _, f := range files {
		r.attach(r.newAttachment(f.name, "", f.data))
	}
	if strings.EqualFold(p.params["format"], "flowed") {
		plain = unflow(plain, strings.EqualFold(p.params["delsp"], "yes"))
	}
	return []words{{text: plain}}
}

// lines gives text the line ends of Unix and takes out NULs, which no database keeps.
func lines(s string) string {
	if !strings.ContainsAny(s, "\r\x00") {
		return s
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\x00", ""), "\r\n", "\n")
	return strings.ReplaceAll(s, "\r", "\n")
}

// transfer undoes the transfer encoding of a part (RFC 2045, 6), by what the body looks like when that was a lie.
func (r *reader) transfer(p *part) []byte {
	switch strings.ToLower(strings.TrimSpace(stripComments(p.header.first("Content-Transfer-Encoding")))) {
	case "base64", "base-64", "b64", "b":
		if !looksBase64(p.body) {
			r.flaw("encoding")
			return p.body
		}
		data, ok := decodeBase64(p.body)
		if !ok {
			r.flaw("encoding")
		}
		return data
	case "quoted-printable", "quoted", "q", "quotedprintable":
		return decodeQuotedPrintable(p.body)
	case "x-uuencode", "uuencode", "x-uue", "uue":
		if _, files := cutUU(string(p.body)); len(files) > 0 {
			return files[0].data
		}
		r.flaw("encoding")
	}
	return p.body
}

// metaCharset is what an HTML page says of itself near its top.
func metaCharset(data []byte) string {
	head := bytes.ToLower(data[:min(len(data), 1024)])
	_, rest, ok := bytes.Cut(head, []byte("charset="))
	if !ok {
		return ""
	}
	rest = bytes.TrimLeft(rest, `"' `)
	if end := bytes.IndexAny(rest, `"' />;`); end >= 0 {
		return string(rest[:end])
	}
	return ""
}

// unflow joins the lines that a writer's program broke (RFC 3676): those that end in a space go on in the next one.
func unflow(s string, delsp bool) string {
	var b strings.Builder
	quote, flowing := 0, false
	for i, line := range strings.Split(s, "\n") {
		rest := strings.TrimLeft(line, ">")
		depth := len(line) - len(rest)
		rest = strings.TrimPrefix(rest, " ")
		isSignature := rest == "-- "
		if i > 0 && (!flowing || depth != quote || isSignature) {
			b.WriteByte('\n')
			flowing = false
		}
		if !flowing && depth > 0 {
			b.WriteString(strings.Repeat(">", depth) + " ")
		}
		quote, flowing = depth, strings.HasSuffix(rest, " ") && !isSignature
		if flowing && delsp {
			rest = rest[:len(rest)-1]
		}
		b.WriteString(rest)
	}
	return b.String()
}
