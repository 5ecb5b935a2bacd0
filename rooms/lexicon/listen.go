package lexicon

import (
	"regexp"
	"strings"
	"unicode"
)

// heard is what a conversation tells about the next words in it.
type heard struct {
	said     Said
	heat     int
	hardship []string // their words for it
	theirs   []string // all they wrote
	latest   []string // what they wrote last, in as many messages as they liked
	since    []string // and what we answered to that
}

// theirs is what the customer wrote, in one piece.
func (d Draft) theirs() string {
	var all []string
	for _, s := range d.Talk {
		if s.Theirs {
			all = append(all, s.Text)
		}
	}
	return strings.Join(all, "\n\n")
}

// listen goes through a conversation in its order.
func (b *Book) listen(talk []Side) (h heard) {
	points, last := 0, false
	for _, s := range talk {
		if !s.Theirs {
			h.since, last = append(h.since, s.Text), false
			b.scan(s.Text, func(x hit) {
				if b.lines[x.line].Is == "apology" {
					h.said = max(h.said, Apologised)
				}
			})
			continue
		}
		if !last { // a new turn of theirs
			h.latest, h.since, points, last = nil, nil, 0, true
		}
		h.theirs, h.latest = append(h.theirs, s.Text), append(h.latest, s.Text)
		points += b.feel(s.Text, &h)
	}
	h.heat = level(points)
	return h
}

// feel hears what a customer's words say beside their matter.
func (b *Book) feel(text string, h *heard) (points int) {
	been := map[int]bool{}
	b.scan(text, func(x hit) {
		l := &b.lines[x.line]
		switch {
		case l.Is == "acceptance" && h.said == Apologised:
			h.said = Accepted
		case l.Is == "hardship":
			h.hardship = append(h.hardship, text[x.start:x.end])
		case l.Is == "heat" && !been[x.line]:
			been[x.line] = true
			points += l.Severity.weight() + 1
		}
	})
	return points + loud(text)
}

// level makes a level of heat, 0 to 3, of the points of what was said: one mild word is 1, a strong one or two mild ones 2,
// a threat, an insult or much at once 3.
func level(points int) int {
	return min(points, 3)
}

var manyMarks = regexp.MustCompile(`[!?]{3,}|!\s?!`)

// loud is 1 where somebody shouts: three words or more in capitals, or marks in a row.
func loud(text string) int {
	row := 0
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len(w) < 2 || strings.ToUpper(w) != w || strings.ToLower(w) == w {
			row = 0
		} else if row++; row == 3 {
			return 1
		}
	}
	if manyMarks.MatchString(text) {
		return 1
	}
	return 0
}
