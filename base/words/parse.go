package words

import (
	"fmt"
	"slices"
	"strings"
)

// message is what is said one after the other.
type message []part

// part is either text, or an argument, or within a plural the number itself.
type part struct {
	text  string
	arg   string
	kind  kind
	style string
	cases []option // of plural, selectordinal and select
}

type option struct {
	name string // "one", "=0", "staff"
	says message
}

type kind string

const (
	literal   kind = ""
	plain     kind = "plain"
	numbered  kind = "number"
	dated     kind = "date"
	timed     kind = "time"
	counted   kind = "plural"
	ordered   kind = "selectordinal"
	selected  kind = "select"
	theNumber kind = "#"
)

// styles are those of each simple kind; the first is meant when none is given.
var styles = map[kind][]string{
	numbered: {"", "integer", "percent"},
	dated:    {"medium", "short", "long", "full"},
	timed:    {"medium", "short"},
}

// maxNesting is how deep messages may stand in one another; translators need two.
const maxNesting = 8

// parse reads ICU MessageFormat. The error says where it went wrong, in characters.
func parse(source string) (message, error) {
	p := &parser{rest: []rune(source)}
	m, err := p.message(0, false)
	if err == nil && p.at < len(p.rest) {
		err = p.wrong("a } that closes nothing")
	}
	return m, err
}

type parser struct {
	rest []rune
	at   int
}

func (p *parser) wrong(format string, args ...any) error {
	return fmt.Errorf("at character %d: %s", p.at+1, fmt.Sprintf(format, args...))
}

// next is the rune n places ahead, 0 behind the end.
func (p *parser) next(n int) rune {
	if p.at+n < len(p.rest) {
		return p.rest[p.at+n]
	}
	return 0
}

// message reads up to the } that closes it, or the end.
func (p *parser) message(depth int, inPlural bool) (message, error) {
	if depth > maxNesting {
		return nil, p.wrong("more than %d messages in one another", maxNesting)
	}
	var m message
	for p.at < len(p.rest) {
		switch c := p.next(0); {
		case c == '}':
			return m, nil
		case c == '{':
			arg, err := p.argument(depth, inPlural)
			if err != nil {
				return nil, err
			}
			m = append(m, arg)
		case c == '#' && inPlural:
			p.at++
			m = append(m, part{kind: theNumber})
		case c == '<' && (p.next(1) == '/' || isLetter(p.next(1))):
			return nil, p.wrong("a tag; quote it as '<'")
		default:
			m = append(m, part{text: p.text(inPlural)})
		}
	}
	return m, nil
}

// text reads up to what means something. A quote begins only before a character that would; two are one apostrophe.
func (p *parser) text(inPlural bool) string {
	var s strings.Builder
	special := "{}<"
	if inPlural {
		special += "#"
	}
	for first := true; p.at < len(p.rest); first = false {
		switch c := p.next(0); {
		case c == '\'' && p.next(1) == '\'':
			s.WriteRune('\'')
			p.at += 2
		case c == '\'' && p.next(1) != 0 && strings.ContainsRune(special+">", p.next(1)):
			p.at++
			p.quoted(&s)
		case !first && strings.ContainsRune(special, c), c == '{', c == '}':
			return s.String()
		default:
			s.WriteRune(c)
			p.at++
		}
	}
	return s.String()
}

// quoted reads up to the closing quote or the end.
func (p *parser) quoted(s *strings.Builder) {
	for ; p.at < len(p.rest); p.at++ {
		if c := p.next(0); c != '\'' {
			s.WriteRune(c)
		} else if p.next(1) != '\'' {
			p.at++
			return
		} else {
			s.WriteRune('\'')
			p.at++
		}
	}
}

// argument reads {name}, {name, kind}, {name, kind, style} or {name, kind, case {…} …}.
func (p *parser) argument(depth int, inPlural bool) (part, error) {
	p.at++
	a := part{arg: p.word(), kind: plain}
	if a.arg == "" {
		return part{}, p.wrong("an argument without a name")
	}
	if p.next(0) == ',' {
		p.at++
		a.kind = kind(p.word())
		if err := p.details(&a, depth, inPlural); err != nil {
			return part{}, err
		}
	}
	if p.next(0) != '}' {
		return part{}, p.wrong("{%s is not closed", a.arg)
	}
	p.at++
	return a, nil
}

func (p *parser) details(a *part, depth int, inPlural bool) error {
	allowed, simple := styles[a.kind]
	branches := a.kind == counted || a.kind == ordered || a.kind == selected
	if !simple && !branches {
		return p.wrong("no kind of argument is called %q", a.kind)
	}
	if simple {
		a.style = allowed[0]
	}
	if p.next(0) != ',' {
		if branches {
			return p.wrong("{%s, %s} has no cases", a.arg, a.kind)
		}
		return nil
	}
	p.at++
	if branches {
		return p.options(a, depth, inPlural || a.kind != selected)
	}
	if a.style = p.word(); a.style == "" || !slices.Contains(allowed, a.style) {
		return p.wrong("%s has no style %q", a.kind, a.style)
	}
	return nil
}

// options reads the cases of a plural or select, of which one must be "other".
func (p *parser) options(a *part, depth int, inPlural bool) error {
	for {
		name := p.word()
		if name == "" {
			break
		}
		if p.next(0) != '{' {
			return p.wrong("case %q has no {message}", name)
		}
		if slices.ContainsFunc(a.cases, func(o option) bool { return o.name == name }) {
			return p.wrong("case %q is there twice", name)
		}
		if a.kind != selected && name[0] != '=' && !slices.Contains(formNames, name) {
			return p.wrong("%s has no case %q", a.kind, name)
		}
		p.at++
		says, err := p.message(depth+1, inPlural)
		if err != nil {
			return err
		}
		if p.next(0) != '}' {
			return p.wrong("case %q is not closed", name)
		}
		p.at++
		a.cases = append(a.cases, option{name, says})
	}
	if !slices.ContainsFunc(a.cases, func(o option) bool { return o.name == "other" }) {
		return p.wrong("{%s, %s} has no case \"other\"", a.arg, a.kind)
	}
	return nil
}

// word reads a name between spaces.
func (p *parser) word() string {
	p.spaces()
	start := p.at
	for c := p.next(0); isLetter(c) || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '=' && p.at == start; c = p.next(0) {
		p.at++
	}
	word := string(p.rest[start:p.at])
	p.spaces()
	return word
}

func (p *parser) spaces() {
	for strings.ContainsRune(" \t\r\n", p.next(0)) {
		p.at++
	}
}

func isLetter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// arguments are the names a message asks for, and what kind each is; the counting kinds both want a number.
func arguments(m message) map[string]kind {
	all := map[string]kind{}
	for _, p := range m {
		if p.arg != "" && all[p.arg] != counted {
			all[p.arg] = p.kind
			if p.kind == ordered || p.kind == numbered {
				all[p.arg] = counted
			}
		}
		for _, o := range p.cases {
			for name, kind := range arguments(o.says) {
				if all[name] != counted {
					all[name] = kind
				}
			}
		}
	}
	return all
}

// missingForms are the plural forms of needed that a plural in m does not have.
func missingForms(m message, needed []string) []string {
	var missing []string
	for _, p := range m {
		for _, form := range needed {
			if p.kind == counted && !slices.ContainsFunc(p.cases, func(o option) bool { return o.name == form }) {
				missing = append(missing, form)
			}
		}
		for _, o := range p.cases {
			missing = append(missing, missingForms(o.says, needed)...)
		}
	}
	return missing
}
