// Package sayings holds what the people of the sample company write to each other about complaints and promises.
package sayings

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed *.txt
var texts embed.FS

// Book is what they write in one language: a file of sections that begin with
//
//	=== what for
//
// and hold one wording a line. A section "extra" lists what can come on top (kind euros | what), and each section "no" is a
// refusal: the kind of complaint, what they asked for, why not, the nearest yes, and what a supervisor says to a yes and to
// a no; last, if there is any, what is given with the yes (euros | what).
type Book struct {
	By     map[string][]string // by what it is for
	Extras []Extra

	refusals []Refusal
}

// Extra is something that comes on top.
type Extra struct {
	Kind string // of the catalogue, or other
	Cost int    // euros
	What string // they get
}

// Refusal is what somebody would rather say no to, and what a supervisor says to that.
type Refusal struct {
	Kind               string // of complaint
	What, Why, Nearest string
	Yes, No            string
	Gift               string // given with a yes; empty for none
	Cost               int    // of it, in euros
}

// Read reads them all, by language.
func Read() (map[string]*Book, error) {
	all := map[string]*Book{}
	for _, lang := range []string{"en", "de"} {
		b, err := texts.ReadFile(lang + ".txt")
		if err != nil {
			return nil, err
		}
		if all[lang], err = parse(string(b)); err != nil {
			return nil, fmt.Errorf("words in %s: %w", lang, err)
		}
	}
	return all, nil
}

func parse(text string) (*Book, error) {
	s := &Book{By: map[string][]string{}}
	for section := range strings.SplitSeq(strings.TrimPrefix(text, "=== "), "\n=== ") {
		lines := strings.Split(strings.TrimSpace(section), "\n")
		key, lines := lines[0], lines[1:]
		switch key {
		case "extra":
			for _, l := range lines {
				kind, rest, _ := strings.Cut(l, " ")
				cost, what, err := priced(rest)
				if err != nil {
					return nil, err
				}
				s.Extras = append(s.Extras, Extra{kind, cost, what})
			}
		case "no":
			f, err := parseRefusal(lines)
			if err != nil {
				return nil, err
			}
			s.refusals = append(s.refusals, f)
		default:
			s.By[key] = lines
		}
	}
	return s, nil
}

func parseRefusal(lines []string) (f Refusal, err error) {
	if len(lines) < 6 || len(lines) > 7 {
		return f, fmt.Errorf("%q is no refusal", lines)
	}
	f = Refusal{Kind: lines[0], What: lines[1], Why: lines[2], Nearest: lines[3], Yes: lines[4], No: lines[5]}
	if len(lines) == 7 {
		f.Cost, f.Gift, err = priced(lines[6])
	}
	return f, err
}

// priced reads euros and what they are for.
func priced(line string) (cost int, what string, err error) {
	euros, what, ok := strings.Cut(line, " | ")
	if cost, err = strconv.Atoi(euros); err == nil && !ok {
		err = fmt.Errorf("%q does not say what for", line)
	}
	return cost, what, err
}

// About are the refusals about a kind of complaint.
func (s *Book) About(kind string) (all []Refusal) {
	for _, f := range s.refusals {
		if f.Kind == kind {
			all = append(all, f)
		}
	}
	return all
}
