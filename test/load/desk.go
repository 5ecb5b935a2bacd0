package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/rooms/tickets"
)

// desk makes up what customers and staff say, the same in every run: words as frequent as in a natural language (Zipf), an
// order number in every first message, a fifth as many customers as tickets.
type desk struct {
	r     *rand.Rand
	words []string
	sum   []float64
	teams int
	n     int
}

// story is a ticket as it will be told.
type story struct {
	n        int
	name     string // of the customer; every fifth gives none
	email    string
	subject  string
	words    []string // said one after the other
	open     bool     // the customer has the last word
	status   tickets.Status
	team     int // index
	assigned bool
	tag      string // of one in ten
	at       time.Time
}

const (
	vocabulary = 40_000
	month      = 30 * 24 * time.Hour
)

func newDesk(teams int) *desk {
	d := &desk{r: rand.New(rand.NewPCG(17, 4)), teams: teams}
	onset := strings.Fields("b bl br d dr f fl g gr h j k kl l m n p pl pr r s sch sp st t tr v w z")
	core := strings.Fields("a e e e i i o u ai ea ee oo ou")
	coda := strings.Fields("n r s t l m nd ng ck st rd")
	seen := map[string]bool{}
	total := 0.0
	for len(d.words) < vocabulary {
		var b strings.Builder
		for range 1 + min(d.r.IntN(2)+d.r.IntN(3), 1+len(d.words)/40) {
			b.WriteString(onset[d.r.IntN(len(onset))] + core[d.r.IntN(len(core))])
			if d.r.IntN(2) == 0 {
				b.WriteString(coda[d.r.IntN(len(coda))])
			}
		}
		if w := b.String(); !seen[w] {
			seen[w] = true
			d.words = append(d.words, w)
			total += 1 / math.Pow(float64(len(d.words))+2.7, 1.05)
			d.sum = append(d.sum, total)
		}
	}
	return d
}

func (d *desk) word() string {
	return d.words[sort.SearchFloat64s(d.sum, d.r.Float64()*d.sum[len(d.sum)-1])]
}

func (d *desk) say(words int) string {
	var b strings.Builder
	for range words {
		b.WriteString(d.word())
		if d.r.IntN(9) == 0 {
			b.WriteByte('.')
		}
		b.WriteByte(' ')
	}
	return strings.TrimSpace(b.String())
}

// customer is somebody by number.
func (d *desk) customer(n int) (name, email string) {
	first, last := d.words[500+n%4000], d.words[700+n/7%9000]
	if n%5 != 0 {
		name = strings.ToUpper(first[:1]) + first[1:] + " " + strings.ToUpper(last[:1]) + last[1:]
	}
	return name, fmt.Sprintf("%s.%s.%d@example.com", first, last, n)
}

// order is the number that a ticket is about, as its customer writes it.
func order(n int) string { return fmt.Sprintf("A-%d", 100_000+n) }

// next is one more of all tickets, each with as many messages.
func (d *desk) next(all, messages int, since time.Time) story {
	s := story{n: d.n, team: d.r.IntN(d.teams), open: d.r.IntN(5) < 3, assigned: d.r.IntN(4) == 0}
	s.name, s.email = d.customer(d.r.IntN(max(1, all/5)))
	s.status = tickets.Open
	if !s.open {
		s.status = []tickets.Status{tickets.Pending, tickets.Resolved, tickets.Fresh}[d.r.IntN(3)]
	}
	if d.r.IntN(10) == 0 {
		s.tag = d.words[300+d.r.IntN(40)]
	}
	s.subject = d.say(3 + d.r.IntN(5))
	for i := range messages {
		words := d.say(12 + int(d.r.ExpFloat64()*40))
		if i == 0 {
			words += " " + order(s.n)
		}
		s.words = append(s.words, words)
	}
	s.at = since.Add(time.Duration(float64(month) * float64(d.n) / float64(all)))
	d.n++
	return s
}
