package tnef

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/htmlindex"
)

const maxGroups = 512 // groups within each other; deeper ones are read as if they were not there

// Words reads an RTF body. Outlook keeps the HTML a mail was written in inside RTF ([MS-OXRTFEX]); then that comes back and
// isHTML is true, else it is plain text.
func Words(rtf []byte) (words string, isHTML bool) {
	r := rtfReader{data: string(rtf), charset: "windows-1252", group: group{unicodeSkip: 1}}
	r.isHTML = strings.Contains(r.data[:min(len(r.data), 1024)], `\fromhtml`)
	r.read()
	r.flush()
	return strings.TrimSpace(r.out.String()), r.isHTML
}

// group is what braces restore when they close.
type group struct {
	silent      bool // fonts, colours, pictures: not words
	tag         bool // a piece of the original HTML
	unicodeSkip int
}

// rtfReader walks over RTF once.
type rtfReader struct {
	data    string
	out     strings.Builder
	charset string
	isHTML  bool

	group
	outer  []group
	hidden bool     // between \htmlrtf and \htmlrtf0: the RTF twin of what is there as HTML
	skip   int      // characters that stand in for the \u just read
	bytes  []byte   // of \'hh, waiting to be decoded together
	units  []uint16 // of \uN, waiting likewise
}

func (r *rtfReader) read() {
	for r.data != "" {
		c := r.data[0]
		r.data = r.data[1:]
		switch c {
		case '{':
			if len(r.outer) < maxGroups {
				r.outer = append(r.outer, r.group)
			}
		case '}':
			r.flush()
			if n := len(r.outer); n > 0 {
				r.group, r.outer = r.outer[n-1], r.outer[:n-1]
			}
		case '\\':
			r.control()
		case '\r', '\n':
		default:
			r.char(c)
		}
	}
}

// control reads what follows a backslash: a symbol, a byte in hexadecimal, or a word with a number.
func (r *rtfReader) control() {
	if r.data == "" {
		return
	}
	c := r.data[0]
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		r.word()
		return
	}
	r.data = r.data[1:]
	switch c {
	case '\'':
		if len(r.data) < 2 {
			r.data = ""
			return
		}
		if n, err := strconv.ParseUint(r.data[:2], 16, 8); err == nil {
			r.char(byte(n))
		}
		r.data = r.data[2:]
	case '*': // a destination that readers who don't know it leave out
		r.silent = r.silent || !strings.HasPrefix(r.data, `\htmltag`)
	case '~':
		r.text(" ")
	case '\\', '{', '}':
		r.char(c)
	case '\r', '\n':
		r.text("\n")
	}
}

// word reads a control word and its number.
func (r *rtfReader) word() {
	end := 0
	for end < len(r.data) && (r.data[end]|0x20) >= 'a' && (r.data[end]|0x20) <= 'z' {
		end++
	}
	name := r.data[:end]
	stop := end
	for stop < len(r.data) && (r.data[stop] >= '0' && r.data[stop] <= '9' || stop == end && r.data[stop] == '-') {
		stop++
	}
	number, err := strconv.Atoi(r.data[end:stop])
	r.data = strings.TrimPrefix(r.data[stop:], " ")
	r.act(name, number, err == nil)
}

// act does what a control word says.
func (r *rtfReader) act(name string, number int, numbered bool) {
	switch name {
	case "u":
		if r.isSaid() {
			r.flushBytes()
			r.units = append(r.units, uint16(number)) //nolint:gosec // RTF writes it as a signed number
			r.skip = r.unicodeSkip
		}
	case "uc":
		r.unicodeSkip = max(0, min(number, 16))
	case "ansicpg":
		r.charset = charset(uint32(max(0, number))) //nolint:gosec // unknown pages are fine
	case "htmltag":
		r.tag = true
	case "htmlrtf":
		r.flush()
		r.hidden = !numbered || number != 0
	case "bin":
		r.data = r.data[min(len(r.data), max(0, number)):]
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "listtable", "listtext", "pntext":
		r.silent = true
	default:
		if s := symbol(name); s != "" {
			r.text(s)
		}
	}
}

// symbol is the text that a control word stands for.
func symbol(name string) string {
	switch name {
	case "par", "line", "row", "page", "sect":
		return "\n"
	case "tab", "cell":
		return "\t"
	case "lquote":
		return "‘"
	case "rquote":
		return "’"
	case "ldblquote":
		return "“"
	case "rdblquote":
		return "”"
	case "endash":
		return "–"
	case "emdash":
		return "—"
	case "bullet":
		return "•"
	}
	return ""
}

// isSaid says whether what stands here belongs to the words.
func (r *rtfReader) isSaid() bool { return !r.silent && (r.tag || !r.hidden) }

// char takes one byte in the charset of the document.
func (r *rtfReader) char(c byte) {
	if r.skip > 0 {
		r.skip--
		return
	}
	if r.isSaid() {
		r.flushUnits()
		r.bytes = append(r.bytes, c)
	}
}

// text takes what a control word stands for.
func (r *rtfReader) text(s string) {
	r.skip = 0
	if r.isSaid() {
		r.flush()
		r.out.WriteString(s)
	}
}

func (r *rtfReader) flush() {
	r.flushBytes()
	r.flushUnits()
}

func (r *rtfReader) flushBytes() {
	if len(r.bytes) == 0 {
		return
	}
	if enc, err := htmlindex.Get(r.charset); err == nil {
		if text, err := enc.NewDecoder().Bytes(r.bytes); err == nil {
			r.bytes = text
		}
	}
	r.out.Write(r.bytes)
	r.bytes = r.bytes[:0]
}

func (r *rtfReader) flushUnits() {
	if len(r.units) > 0 {
		r.out.WriteString(string(utf16.Decode(r.units)))
		r.units = r.units[:0]
	}
}
