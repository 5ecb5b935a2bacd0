package text

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxPage  = 8 << 20 // bytes of HTML that are read; nobody writes more words
	maxNests = 9       // quotes or lists within each other that are still told apart
)

// FromHTML writes an HTML page as a person would type it: a blank line between paragraphs, "- " before items, "> " before
// each line of a quote, a tab between cells, and nothing of scripts, styles or what is hidden. It takes tags one by one and
// builds no tree, so depth costs nothing.
func FromHTML(page string) string {
	page = page[:min(len(page), maxPage)]
	p := plain{hides: true}
	if p.read(page); p.hidden != 0 { // what was to be hidden never ends, so it was not meant to swallow the rest
		p = plain{}
		p.read(page)
	}
	return strings.TrimRight(p.out.String(), " \t\n")
}

// plain writes text while tags go by.
type plain struct {
	out    strings.Builder
	breaks int    // line breaks due before the next word
	gap    string // what separates the next word from the last one on this line
	quote  int
	marked int   // quotes around the last line
	lists  []int // of each open list the number of its last item, or -1 when it has no numbers
	pre    int

	hides  bool      // hidden elements are left out
	hidden atom.Atom // the hidden element we are in
	nested int       // elements of its name within it
	raw    bool      // the next text is a script, a style or a title
}

func (p *plain) read(page string) {
	tags := html.NewTokenizer(strings.NewReader(page))
	for {
		switch tags.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			if !p.raw && p.hidden == 0 {
				p.text(tags.Text())
			}
			p.raw = false
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := tags.TagName()
			p.open(atom.Lookup(name), attributes(tags, more))
		case html.EndTagToken:
			name, _ := tags.TagName()
			p.raw = false
			p.close(atom.Lookup(name))
		default: // comments and declarations say nothing
		}
	}
}

// seen is what of an element's attributes matters to its text.
type seen struct {
	alt    string
	hidden bool
}

func attributes(tags *html.Tokenizer, more bool) (s seen) {
	for more {
		var key, value []byte
		key, value, more = tags.TagAttr()
		switch string(key) {
		case "alt":
			s.alt = strings.TrimSpace(string(value))
		case "hidden":
			s.hidden = true
		case "style":
			style := bytes.ToLower(bytes.ReplaceAll(value, []byte(" "), nil))
			s.hidden = s.hidden || bytes.Contains(style, []byte("display:none"))
		}
	}
	return s
}

func (p *plain) open(tag atom.Atom, s seen) {
	if p.hidden != 0 {
		if tag == p.hidden {
			p.nested++
		}
		return
	}
	if s.hidden && p.hides && isBox(tag) {
		p.hidden, p.nested = tag, 0
		return
	}
	p.need(breaksAround(tag))
	switch tag {
	case atom.Script, atom.Style, atom.Title, atom.Noscript, atom.Iframe, atom.Noembed, atom.Noframes:
		p.raw = true
	case atom.Br:
		p.breaks++
	case atom.Hr:
		p.word("---")
		p.need(1)
	case atom.Img:
		if s.alt != "" && !strings.Contains(s.alt, ".") {
			p.word("[" + s.alt + "]")
		}
	case atom.Td, atom.Th:
		p.gap = "\t"
	case atom.Li:
		p.item()
	default:
		p.nest(tag)
	}
}

// nest goes into a quote, a list or a text that is to stay as it is.
func (p *plain) nest(tag atom.Atom) {
	switch tag {
	case atom.Blockquote:
		p.quote++
	case atom.Ul:
		p.lists = append(p.lists, -1)
	case atom.Ol:
		p.lists = append(p.lists, 0)
	case atom.Pre:
		p.pre++
	default:
	}
}

func (p *plain) close(tag atom.Atom) {
	if p.hidden != 0 {
		if tag == p.hidden {
			if p.nested--; p.nested < 0 {
				p.hidden = 0
			}
		}
		return
	}
	p.need(breaksAround(tag))
	switch tag {
	case atom.Blockquote:
		p.quote = max(0, p.quote-1)
	case atom.Ul, atom.Ol:
		p.lists = p.lists[:max(0, len(p.lists)-1)]
	case atom.Pre:
		p.pre = max(0, p.pre-1)
	default:
	}
}

// need asks for at least n line breaks before the next word.
func (p *plain) need(n int) { p.breaks = max(p.breaks, n) }

// item begins an item of the innermost list.
func (p *plain) item() {
	mark := "-"
	if n := len(p.lists); n > 0 && p.lists[n-1] >= 0 {
		p.lists[n-1]++
		mark = strconv.Itoa(p.lists[n-1]) + "."
	}
	p.word(strings.Repeat("  ", min(max(0, len(p.lists)-1), maxNests)) + mark)
	p.gap = " "
}

// text writes the words of a run of text, or its very lines inside pre.
func (p *plain) text(data []byte) {
	if p.pre > 0 {
		for i, line := range bytes.Split(data, []byte("\n")) {
			if i > 0 {
				p.breaks++
			}
			if line = bytes.TrimRight(line, " \t\r"); len(line) > 0 {
				p.word(string(line))
			}
		}
		return
	}
	for len(data) > 0 {
		end := bytes.IndexFunc(data, isGap)
		if end != 0 {
			if end < 0 {
				end = len(data)
			}
			if word := bytes.Map(visible, data[:end]); len(word) > 0 {
				p.word(string(word))
			}
			data = data[end:]
			continue
		}
		if p.gap == "" {
			p.gap = " "
		}
		data = bytes.TrimLeftFunc(data, isGap)
	}
}

// word writes s after the breaks or the gap that are due.
func (p *plain) word(s string) {
	begins := p.out.Len() == 0
	quote := min(p.quote, maxNests)
	if p.breaks > 1 && !begins {
		p.out.WriteString("\n" + strings.Repeat(">", min(quote, p.marked)))
	}
	if p.breaks > 0 && !begins {
		p.out.WriteByte('\n')
	}
	if p.breaks == 0 && !begins {
		p.out.WriteString(p.gap)
	} else if quote > 0 {
		p.out.WriteString(strings.Repeat(">", quote) + " ")
	}
	p.breaks, p.gap, p.marked = 0, "", quote
	p.out.WriteString(s)
}

func isGap(c rune) bool { return unicode.IsSpace(c) || c == '\u2007' || c == '\u202f' }

// visible leaves out characters that only steer line breaks, or fill the preview of a newsletter with nothing.
func visible(c rune) rune {
	switch c {
	case 0, '\u00ad', '\u034f', '\u200b', '\u2060', '\ufeff':
		return -1
	}
	return c
}

// isBox says whether hiding the element hides what is in it up to its end tag.
func isBox(tag atom.Atom) bool {
	switch tag {
	case atom.Div, atom.Span, atom.Table, atom.Tr, atom.Td, atom.Section, atom.Center, atom.Font:
		return true
	default:
		return false
	}
}

// breaksAround is how many line breaks stand before and after an element.
func breaksAround(tag atom.Atom) int {
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Table, atom.Pre, atom.Dl,
		atom.Ul, atom.Ol, atom.Figure, atom.Fieldset:
		return 2
	case atom.Div, atom.Tr, atom.Li, atom.Dt, atom.Dd, atom.Hr, atom.Section, atom.Article, atom.Header, atom.Footer,
		atom.Address, atom.Center, atom.Form, atom.Main, atom.Nav, atom.Aside, atom.Caption, atom.Option, atom.Title, atom.Body:
		return 1
	default:
		return 0
	}
}
