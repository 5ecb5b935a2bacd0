package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"time"
)

// desk writes the messages of an imaginary company, the same ones in every run: words as frequent as in a natural
// language (Zipf), five messages a ticket, each ticket with its order number, address and telephone number.
type desk struct {
	r     *rand.Rand
	words []string
	sum   []float64
	at    time.Time
	n     int64
}

func newDesk() *desk {
	d := &desk{r: rand.New(rand.NewPCG(7, 11)), at: time.Date(2023, 1, 2, 8, 0, 0, 0, time.UTC)}
	onset := strings.Fields("b bl br d dr f fl g gr h j k kl kr l m n p pl pr r s sch st str t tr v w z")
	core := strings.Fields("a a e e e e i i o u u au ei ie ü ä")
	coda := strings.Fields("n r s t l m ng cht rt nd ck")
	seen := map[string]bool{}
	total := 0.0
	for len(d.words) < 60_000 {
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

const teams = 20

// next is a message of one of the two hundred tickets open at a time.
func (d *desk) next() Doc {
	d.n++
	d.at = d.at.Add(time.Duration(d.r.ExpFloat64() * float64(100*time.Second)))
	ticket := d.n/1000*200 + d.r.Int64N(200)
	var b strings.Builder
	for range 6 + int(d.r.ExpFloat64()*40) {
		b.WriteString(d.word())
		if d.r.IntN(9) == 0 {
			b.WriteByte('.')
		}
		b.WriteByte(' ')
	}
	fmt.Fprintf(&b, "A-%d %s.%s@example.com +49 30 %d", 100_000+ticket, d.words[ticket%9000+900], d.words[ticket%7000+300], 2_000_000+ticket*7)
	return Doc{Kind: "message", ID: d.n, Group: 1 + ticket, Scope: ticket % teams, At: d.at, Text: []string{"Re: " + d.word() + " " + d.word(), b.String()}}
}
