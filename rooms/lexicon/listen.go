package lexicon

import (
	"crypto/sha256"
	"regexp"
	"strings"
	"sync"
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
			if b.hear(s.Text).apology {
				h.said = max(h.said, Apologised)
			}
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
	u := b.hear(text)
	if u.acceptance && h.said == Apologised {
		h.said = Accepted
	}
	h.hardship = append(h.hardship, u.hardship...)
	return u.points
}

// undertone is what is to be heard in a text beside its matter, whoever says it and whatever was said before.
type undertone struct {
	apology, acceptance bool
	hardship            []string
	points              int
}

// A text that was said does not change, and is heard again whenever somebody goes on writing: a book remembers so many.
const (
	mostTones   = 4096
	longestKept = 64 << 10 // bytes; of what is longer nobody has much
)

// memory is the undertones of texts heard before, by their SHA-256.
type memory struct {
	mu    sync.Mutex
	tones map[[sha256.Size]byte]undertone
}

func (b *Book) hear(text string) (u undertone) {
	if len(text) > longestKept {
		return b.undertone(text)
	}
	key := sha256.Sum256([]byte(text))
	b.memory.mu.Lock()
	u, known := b.memory.tones[key]
	b.memory.mu.Unlock()
	if known {
		return u
	}
	u = b.undertone(text)
	b.memory.mu.Lock()
	defer b.memory.mu.Unlock()
	if b.memory.tones == nil || len(b.memory.tones) >= mostTones {
		b.memory.tones = map[[sha256.Size]byte]undertone{}
	}
	b.memory.tones[key] = u
	return u
}

func (b *Book) undertone(text string) (u undertone) {
	been := map[int]bool{}
	b.scan(text, func(x hit) {
		l := &b.lines[x.line]
		switch {
		case l.Is == "apology":
			u.apology = true
		case l.Is == "acceptance":
			u.acceptance = true
		case l.Is == "hardship":
			u.hardship = append(u.hardship, strings.Clone(text[x.start:x.end]))
		case l.Is == "heat" && !been[x.line]:
			been[x.line] = true
			u.points += l.Severity.weight() + 1
		}
	})
	u.points += loud(text)
	return u
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
