package quote

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// SplitHTML takes an HTML mail apart as Split does a plain one: said holds the person's own words, folded the older mails
// and signatures. Both are whole documents with the frames (tables, colours) of their words; every visible word and picture
// is in one of them. When nothing is to be folded, said is the mail as it came and folded is empty. Neither is made
// safe here: the mail must be cleaned, before or after.
func SplitHTML(mail string) (said, folded string) {
	doc, err := html.Parse(strings.NewReader(mail))
	if err != nil {
		return mail, ""
	}
	w := walker{at: map[*html.Node]int{}}
	w.walk(doc, frame{})
	w.endLine()
	p := newPage(w.lines)
	p.mark()
	if !p.hasWords(signature) && !p.hasWords(quoted) {
		return mail, ""
	}
	said, whole := w.render(doc, p, true)
	folded, rest := w.render(doc, p, false)
	if !whole || !rest {
		return mail, ""
	}
	return said, folded
}

// frame is what the elements around a node say about it.
type frame struct {
	hint   hint
	pre    bool // line ends count
	quotes bool // inside the element a mail program puts around a quotation
}

// walker reads a document as lines and remembers which nodes a line is made of.
type walker struct {
	lines []line
	at    map[*html.Node]int // the line of each word, picture and line end
	text  strings.Builder
	open  bool // the line under work has nodes
	hint  hint // of the line under work
	first hint // of the next line, whatever is in it
	intro bool // before the first quotation inside the element around quotations
}

func (w *walker) walk(n *html.Node, f frame) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			w.word(c, f)
		case html.ElementNode:
			w.element(c, f)
		default: // comments say nothing
		}
	}
}

func (w *walker) element(n *html.Node, f frame) {
	switch {
	case unread[n.DataAtom]:
	case pictures[n.DataAtom]:
		if attr(n, "width") != "1" && attr(n, "height") != "1" { // a counting pixel says nothing
			w.put(n, "\ufffc", f)
		}
	case n.DataAtom == atom.Br:
		w.put(n, "", f)
		w.endLine()
	case n.DataAtom == atom.Hr:
		w.endLine()
		w.put(n, "________", f)
		w.endLine()
	default:
		w.inside(n, f)
	}
}

// inside reads an element that holds others.
func (w *walker) inside(n *html.Node, f frame) {
	inner := w.enter(n, f)
	block := blocks[n.DataAtom] || inner.hint != f.hint
	if block {
		w.endLine()
	}
	if n.DataAtom == atom.Td || n.DataAtom == atom.Th {
		w.text.WriteByte(' ')
	}
	w.walk(n, inner)
	if block {
		w.endLine()
	}
	if inner.quotes && !f.quotes {
		w.intro = false
	}
	if n.DataAtom == atom.P && !strings.HasPrefix(attr(n, "class"), "Mso") && len(w.lines) < most {
		w.lines = append(w.lines, line{})
	}
}

// enter adds what an element says about its inside.
func (w *walker) enter(n *html.Node, f frame) frame {
	f.pre = f.pre || n.DataAtom == atom.Pre || strings.Contains(style(n), "white-space:pre")
	switch {
	case n.DataAtom == atom.Blockquote:
		if f.quotes || !isIndented(n) {
			f.hint, w.intro = asQuote, false
		}
	case f.hint == asQuote:
	case isAround(n):
		return w.enterAround(n, f)
	case named(n, introducing):
		f.hint = asIntro
	case named(n, original) || isOutlookRule(n):
		w.endLine()
		w.first = asOriginal
	case isSignature(n):
		f.hint = asSignature
	}
	return f
}

// enterAround enters the element around a quotation: with a blockquote inside, what stands before that introduces it, and
// what stands behind it is the person's answer; without one, all is quoted.
func (w *walker) enterAround(n *html.Node, f frame) frame {
	if !f.quotes {
		w.intro = hasQuote(n)
		if !w.intro {
			f.hint = asQuote
		}
	}
	f.quotes = true
	return f
}

func isAround(n *html.Node) bool { return named(n, around) || attr(n, "name") == "quote" }

// isIndented says whether a blockquote is Gmail's way to indent, or its citation set by hand.
func isIndented(n *html.Node) bool {
	return strings.Contains(style(n), "border:none") || named(n, []string{"gmail_quote"})
}

// What mail programs call the elements they put around a quotation (with a blockquote inside, or none), around its
// introduction, and around the mail that is answered.
var (
	around = split(`gmail_quote|gmail_quote_container|yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra
		moz-forward-container|mailspring_quote|nylas-quote|skiff-mail-quote`)
	introducing = split("moz-cite-prefix|gmail_attr|moz-email-headers-table")
	original    = split(`divrplyfwdmsg|olk_src_body_section|mail-editor-reference-message-container
		ms-outlook-mobile-reference-message|isreplycontent`)
	// unread holds no words, pictures count as one.
	unread   = atoms("head|style|script|template|title")
	pictures = atoms("img|input|video|audio|object|embed|iframe|textarea|select|svg|math|noscript|plaintext")
	frames   = atoms("html|head|body|style") // stay around both parts
	blocks   = atoms(`address|article|aside|blockquote|body|caption|center|dd|details|div|dl|dt|fieldset|figure|footer|form|h1|h2|h3
		h4|h5|h6|header|li|main|nav|ol|option|p|pre|section|summary|table|tr|ul`)
)

func atoms(names string) map[atom.Atom]bool {
	m := map[atom.Atom]bool{}
	for _, name := range split(names) {
		m[atom.Lookup([]byte(name))] = true
	}
	return m
}

// isOutlookRule says whether an element is the frame with a line above it that Outlook draws around a header block, in
// whatever language.
func isOutlookRule(n *html.Node) bool {
	s := style(n)
	return strings.Contains(s, "border-top:solid") && strings.Contains(s, "padding:3.0pt")
}

// isSignature says whether a mail program marked an element as the signature. Apple Mail's mark is not believed: people
// write on inside it.
func isSignature(n *html.Node) bool {
	if attr(n, "data-smartmail") == "gmail_signature" {
		return true
	}
	for name := range strings.FieldsSeq(lower(attr(n, "class") + " " + attr(n, "id"))) {
		if (strings.HasSuffix(name, "signature") || strings.HasSuffix(name, "signature_block")) && name != "applemailsignature" {
			return true
		}
	}
	return false
}

// word adds a text to the line under work. In preformatted text the node is cut after its first line end.
func (w *walker) word(n *html.Node, f frame) {
	if f.pre && len(w.lines) < most {
		if head, tail, more := strings.Cut(n.Data, "\n"); more {
			n.Data = head + "\n"
			if tail != "" {
				n.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: tail}, n.NextSibling)
			}
			w.put(n, head, f)
			w.endLine()
			return
		}
	}
	words := strings.Join(strings.FieldsFunc(n.Data, isBlank), " ")
	if words == "" {
		w.text.WriteByte(' ')
		return
	}
	if isBlank(rune(n.Data[0])) {
		words = " " + words
	}
	if isBlank(rune(n.Data[len(n.Data)-1])) {
		words += " "
	}
	w.put(n, words, f)
}

// isBlank is white space as HTML collapses it; a no-break space is a word of its own.
func isBlank(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' }

// put adds a node to the line under work.
func (w *walker) put(n *html.Node, text string, f frame) {
	if !w.open {
		w.hint = f.hint
		if w.hint == plainly && w.intro {
			w.hint = asIntro
		}
		w.open = true
	}
	w.at[n] = min(len(w.lines), most)
	if len(w.lines) <= most {
		w.text.WriteString(text)
	}
}

func (w *walker) endLine() {
	if len(w.lines) > most {
		return
	}
	if w.open {
		l := newLine(w.text.String())
		l.hint = w.hint
		if l.bare != "" && w.first != plainly {
			l.hint, w.first = w.first, plainly
		}
		w.lines = append(w.lines, l)
	}
	w.text.Reset()
	w.open = false
}

// render writes the document with the words said, or with the others.
func (w *walker) render(doc *html.Node, p *page, own bool) (string, bool) {
	keep := func(n *html.Node) (bool, bool) {
		i, held := w.at[n]
		return held && (p.all[i].kind == said) == own, held
	}
	copied, _, _ := copyTree(doc, keep, own)
	var b strings.Builder
	err := html.Render(&b, copied)
	return b.String(), err == nil
}

// copyTree copies a node with those inside it that are kept. An element that held words and keeps none is left out; one
// that never held any stays with the person's own words.
func copyTree(n *html.Node, keep func(*html.Node) (kept, held bool), own bool) (c *html.Node, kept, held bool) {
	c = &html.Node{Type: n.Type, DataAtom: n.DataAtom, Data: n.Data, Namespace: n.Namespace, Attr: n.Attr}
	if kept, held = keep(n); held {
		keep = func(*html.Node) (bool, bool) { return kept, true }
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		cc, k, h := copyTree(child, keep, own)
		if cc != nil {
			c.AppendChild(cc)
		}
		kept, held = kept || k, held || h
	}
	stays := own && !held || n.Type == html.TextNode && !held || n.Type == html.DocumentNode || n.Type == html.DoctypeNode
	if !kept && !stays && !frames[n.DataAtom] {
		return nil, kept, held
	}
	return c, kept, held
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// style is the style attribute in small letters without blanks.
func style(n *html.Node) string {
	return strings.Map(func(r rune) rune {
		if isBlank(r) {
			return -1
		}
		return r
	}, strings.ToLower(attr(n, "style")))
}

// named says whether one of the names is a class or the id of the element. Yahoo and Outlook put marks of their own before
// them when they pass a mail on.
func named(n *html.Node, names []string) bool {
	for own := range strings.FieldsSeq(strings.ToLower(attr(n, "class") + " " + attr(n, "id"))) {
		for _, name := range names {
			if own == name || own == "x_"+name || strings.HasPrefix(own, "ydp") && strings.HasSuffix(own, name) || name == "yahoo_quoted" && strings.HasPrefix(own, name) {
				return true
			}
		}
	}
	return false
}

// hasQuote says whether a blockquote is inside.
func hasQuote(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.DataAtom == atom.Blockquote {
			return true
		}
	}
	return false
}
