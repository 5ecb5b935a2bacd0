// Package text makes the words of strangers fit to be shown: a newsletter stays readable and nothing in it acts.
//
// HTML passes two gates. bluemonday keeps a closed list of elements and attributes; then every tag that is left is
// written anew: links open elsewhere, styles keep only harmless declarations, images inside the mail point at our own
// attachments, images on other servers are held back until a person asks for them, and every tag opened is closed.
// FrameDocument and FramePolicy are the second layer, a frame in which nothing could act even if the first one failed.
package text

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// Images says where the images of a mail may come from; the zero value shows only those written into the HTML itself.
type Images struct {
	// Inline finds our own address of an image the mail brought along, by its Content-ID without brackets (RFC 2392).
	Inline func(contentID string) (address string, ok bool)
	// Remote lets images load from other servers, which tells their owners that the mail was read.
	Remote bool
}

// SafeHTML rewrites the HTML of a mail so that it can be shown: balanced, without scripts, forms, frames, style sheets
// or anything that loads by itself.
//
// An image that is held back keeps its address in data-remote-src, or its Content-ID in data-cid; giving the result to
// SafeHTML again with other images brings it back, so what was once made safe can be stored.
func SafeHTML(raw string, images Images) string {
	safe, _ := rewrite(raw, images)
	return safe
}

// RemoteImages reports whether SafeHTML holds images back that would load from other servers.
func RemoteImages(raw string) bool {
	_, held := rewrite(raw, Images{})
	return held
}

// SafeHTMLAndHeld is SafeHTML, and whether it held images back that would load from other servers.
func SafeHTMLAndHeld(raw string, images Images) (safe string, held bool) { return rewrite(raw, images) }

// policy is the first gate. It is built when the first mail is shown, because it would be a fifth of the start, and only read.
var policy = sync.OnceValue(mailPolicy)

func mailPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowNoAttrs().OnElements(strings.Fields(`
		a abbr acronym address area article aside b bdi bdo big blockquote body br caption center cite code col colgroup
		dd del dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main map
		mark menu nav ol p pre q rp rt ruby s samp section small span strike strong sub sup table tbody td tfoot th
		thead time tr tt u ul var wbr`)...)
	// What these hold is a fallback for readers like us, and it is words.
	p.AllowElementsContent("frame", "frameset", "noframes", "noscript", "object")

	size := regexp.MustCompile(`^\s*\d{1,5}(\.\d{1,3})?\s*(%|px|em|pt|\*)?\s*$`)
	color := regexp.MustCompile(`^\s*#?[a-zA-Z0-9]{1,30}\s*$`)
	word := regexp.MustCompile(`^[a-zA-Z-]{1,30}$`)
	number := regexp.MustCompile(`^\s*[+-]?\d{1,5}\s*$`)

	p.AllowAttrs("style").Globally() // rewrite filters each declaration
	p.AllowAttrs("title", "alt").Globally()
	p.AllowAttrs("align", "valign", "dir", "clear", "lang").Matching(word).Globally()
	p.AllowAttrs("width", "height", "border", "cellpadding", "cellspacing", "hspace", "vspace").Matching(size).Globally()
	p.AllowAttrs("bgcolor", "bordercolor", "color", "text").Matching(color).Globally()
	p.AllowAttrs("colspan", "rowspan", "span").Matching(number).OnElements("td", "th", "col", "colgroup")
	p.AllowAttrs("nowrap", "scope").Matching(regexp.MustCompile(`^[a-z]{0,10}$`)).OnElements("td", "th")
	p.AllowAttrs("face").Matching(regexp.MustCompile(`^[\p{L}\p{N} ,'_-]{1,200}$`)).OnElements("font")
	p.AllowAttrs("size").Matching(number).OnElements("font", "hr")
	p.AllowAttrs("start", "value").Matching(number).OnElements("ol", "li")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^[a-zA-Z0-9]{1,10}$`)).OnElements("ol", "ul", "li")
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^(presentation|none)$`)).Globally() // a layout table, for screen readers

	p.AllowAttrs("href").Matching(regexp.MustCompile(`(?i)^\s*(https?:)?//[^/\\]|^\s*(mailto|tel):`)).OnElements("a", "area")
	p.AllowAttrs("shape", "coords").Matching(regexp.MustCompile(`^[a-z0-9, ]{1,200}$`)).OnElements("area")
	p.AllowAttrs("name").Matching(regexp.MustCompile(`^[\w-]{1,60}$`)).OnElements("map")
	p.AllowAttrs("usemap").Matching(regexp.MustCompile(`^#[\w-]{1,60}$`)).OnElements("img")
	p.AllowAttrs("src").Matching(imageSource).OnElements("img")
	p.AllowAttrs("data-remote-src").Matching(regexp.MustCompile(`(?i)^https?://`)).OnElements("img")
	p.AllowAttrs("data-cid").OnElements("img")
	return p
}

// Pictures only: SVG is a document, and a data address of any other type is none.
var imageSource = regexp.MustCompile(`(?i)^\s*((https?:)?//[^/\\]|cid:|data:image/(png|jpe?g|gif|webp|bmp);base64,[a-z0-9+/=\s]*$)`)

// rewrite is both gates; held reports whether a remote image stayed behind.
func rewrite(raw string, images Images) (safe string, held bool) {
	w := writer{images: images, unclosed: map[string]int{}}
	tokens := html.NewTokenizerFragment(strings.NewReader(policy().Sanitize(raw)), "div")
	for tokens.Next() != html.ErrorToken { // the only error a string can give is its end
		switch token := tokens.Token(); token.Type {
		case html.TextToken:
			w.out.WriteString(token.String())
		case html.StartTagToken, html.SelfClosingTagToken:
			w.start(token)
		case html.EndTagToken:
			w.end(token.Data)
		default: // the policy lets no other through
		}
	}
	w.closeTo(0)
	return w.out.String(), w.held
}

// maxDepth is how many elements may stand inside one another; Chromium itself stops at 512, newsletters need about 60.
const maxDepth = 300

// writer puts tags out so that none reaches beyond the message: an end tag closes only what the message opened.
type writer struct {
	out      strings.Builder
	images   Images
	open     []string       // elements that need their end tag, outermost first
	unclosed map[string]int // elements whose end tag HTML lets people leave out, by name
	held     bool
}

func (w *writer) start(token html.Token) {
	token.Type = html.StartTagToken
	switch token.Data {
	case "body":
		token = bodyAsDiv(token)
	case "img":
		if token.Attr = w.image(token.Attr); len(token.Attr) == 0 {
			return
		}
	case "a", "area":
		if token.Attr = link(token.Attr); token.Attr == nil {
			return
		}
		if token.Data == "a" {
			w.end("a") // HTML knows no link inside a link
		}
	}
	if !w.push(token.Data) {
		return
	}
	token.Attr = styled(token.Attr)
	w.out.WriteString(token.String())
}

// push notes that name was opened; false when it stands too deep to be shown.
func (w *writer) push(name string) bool {
	switch name {
	case "area", "br", "col", "hr", "img", "wbr":
	case "p", "li", "dt", "dd", "td", "th", "tr", "thead", "tbody", "tfoot", "colgroup", "rp", "rt":
		w.unclosed[name]++
	default:
		if len(w.open) == maxDepth {
			return false
		}
		w.open = append(w.open, name)
	}
	return true
}

func (w *writer) end(name string) {
	if name == "body" {
		name = "div"
	}
	if w.unclosed[name] > 0 {
		w.unclosed[name]--
		w.out.WriteString("</" + name + ">")
		return
	}
	for i, open := range slices.Backward(w.open) {
		if open == name {
			w.closeTo(i)
			return
		}
		if open == "table" { // what was opened outside a table is not closed from within
			return
		}
	}
}

// closeTo writes the end tags of everything opened after the first depth elements.
func (w *writer) closeTo(depth int) {
	for _, name := range slices.Backward(w.open[depth:]) {
		w.out.WriteString("</" + name + ">")
	}
	w.open = w.open[:depth]
}

// image decides where an image comes from; the other attributes stay.
func (w *writer) image(attrs []html.Attribute) []html.Attribute {
	var from origin
	kept := attrs[:0]
	for _, attr := range attrs {
		switch attr.Key {
		case "src":
			from.read(address(attr.Val))
		case "data-remote-src":
			from.remote = cmp.Or(from.remote, address(attr.Val))
		case "data-cid":
			from.cid = cmp.Or(from.cid, attr.Val)
		default:
			kept = append(kept, attr)
		}
	}
	if from.cid != "" && w.images.Inline != nil {
		if ours, ok := w.images.Inline(from.cid); ok {
			from.shown = ours
		}
	}
	switch {
	case from.shown != "":
		return append(kept, html.Attribute{Key: "src", Val: from.shown})
	case from.cid != "":
		return append(kept, html.Attribute{Key: "data-cid", Val: from.cid})
	case from.remote != "" && w.images.Remote:
		return append(kept, html.Attribute{Key: "src", Val: from.remote}, html.Attribute{Key: "referrerpolicy", Val: "no-referrer"})
	case from.remote != "":
		w.held = true
		return append(kept, html.Attribute{Key: "data-remote-src", Val: from.remote})
	}
	return kept
}

// origin is where an image may come from; at most one is meant, and the first that is given wins.
type origin struct{ shown, cid, remote string }

func (o *origin) read(source string) {
	switch scheme, rest, _ := strings.Cut(source, ":"); strings.ToLower(scheme) {
	case "http", "https":
		o.remote = source
	case "cid":
		o.cid = contentID(rest)
	default: // a picture written out; the policy lets nothing else through
		o.shown = source
	}
}

// contentID undoes the percent-encoding of a cid address (RFC 2392) and the brackets some senders leave on.
func contentID(encoded string) string {
	id, err := url.PathUnescape(encoded)
	if err != nil {
		id = encoded
	}
	return strings.Trim(strings.TrimSpace(id), "<>")
}

// link makes a link open in a window of its own that learns nothing of ours; nil when it leads nowhere.
func link(attrs []html.Attribute) []html.Attribute {
	leads := false
	for i, attr := range attrs {
		if attr.Key == "href" {
			attrs[i].Val, leads = address(attr.Val), true
		}
	}
	if !leads {
		return nil
	}
	return append(attrs,
		html.Attribute{Key: "rel", Val: "noopener noreferrer"}, html.Attribute{Key: "target", Val: "_blank"})
}

// address reads an address as a browser does (WHATWG URL, basic parser: trim, drop tabs and line ends), and names the
// scheme where it was left to the page.
func address(raw string) string {
	raw = unbroken.Replace(strings.TrimSpace(raw))
	if strings.HasPrefix(raw, "//") {
		raw = "https:" + raw
	}
	return strings.ReplaceAll(raw, " ", "%20")
}

var unbroken = strings.NewReplacer("\t", "", "\n", "", "\r", "")

// bodyAsDiv keeps the colours a mail sets for the whole of itself: white words on a dark ground need the ground.
func bodyAsDiv(token html.Token) html.Token {
	token.Data, token.DataAtom = "div", 0
	var style strings.Builder
	kept := token.Attr[:0]
	for _, attr := range token.Attr {
		switch attr.Key {
		case "bgcolor":
			style.WriteString("background-color: " + attr.Val + ";")
		case "text":
			style.WriteString("color: " + attr.Val + ";")
		case "style":
			style.WriteString(attr.Val)
		default:
			kept = append(kept, attr)
		}
	}
	token.Attr = append(kept, html.Attribute{Key: "style", Val: style.String()})
	return token
}

// styled filters the style attribute and leaves it out when nothing is left.
func styled(attrs []html.Attribute) []html.Attribute {
	kept := attrs[:0]
	for _, attr := range attrs {
		if attr.Key == "style" {
			if attr.Val = safeStyle(attr.Val); attr.Val == "" {
				continue
			}
		}
		kept = append(kept, attr)
	}
	return kept
}
