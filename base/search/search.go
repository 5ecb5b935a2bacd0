// Package search finds what was once written, in any script, by whatever part of it a person remembers: a word, the
// beginning of one, an order number without its dash, the end of a telephone number, a phrase in quotes.
//
// Texts are taken apart in Go (NFKC, lower case, accents off, pairs of letters where a script has no spaces), once for
// both engines, before they are indexed and before they are looked for. SQLite then keeps the terms in FTS5, PostgreSQL
// in a tsvector with a GIN index; neither sees anything but finished terms, so both find the same. Each document carries
// its scope as a term beside its words, so what a person may not see costs them nothing. The newest comes first, and a
// ticket comes once, however many of its messages match.
package search

import (
	"cmp"
	"embed"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are the tables of search.
var Tables = store.Migrations{Room: "search", FS: migrations}

// Doc is something to be found: a message, a customer, an article.
type Doc struct {
	Kind  string // what it is, in small letters a to z: "message"
	ID    int64  // unique within its kind
	Group int64  // what it is part of and shown as, such as the ticket of a message; 0 when it stands for itself
	Scope int64  // who may see it, such as a team
	At    time.Time
	Text  []string // subject, body, names, addresses, … as written
}

// Put makes d findable in place of what was put for its kind and ID before.
func Put(tx *store.Tx, d Doc) error {
	if d.Kind == "" || strings.Trim(d.Kind, "abcdefghijklmnopqrstuvwxyz") != "" {
		return fmt.Errorf("search: %q is no kind of document", d.Kind)
	}
	if err := Remove(tx, d.Kind, d.ID); err != nil {
		return err
	}
	t := termsOf(strings.Join(d.Text, "\n"))
	for try := range 40 {
		ok, err := indexOf(tx).add(place(d, try), d, t)
		if ok || err != nil {
			return err
		}
	}
	return fmt.Errorf("search: no room for %s %d at %s", d.Kind, d.ID, d.At)
}

// place is the key a document is sorted by: quarters of a second, because small steps make small indexes. When a place
// is taken, the next try looks a little later, in twice the range: even an import that gives everything the same date
// finds room in a few tries.
func place(d Doc, try int) int64 {
	h := fnv.New32a()
	fmt.Fprint(h, d.Kind, d.ID, try)
	return max(1, d.At.UnixMilli()>>8) + int64(h.Sum32())&(1<<min(try, 31)-1)
}

// Remove takes a document out, words and all. It is no fault if there is none.
func Remove(tx *store.Tx, kind string, id int64) error { return indexOf(tx).remove(kind, id) }

// Move changes who may see the documents of a group, as when a ticket goes to another team.
func Move(tx *store.Tx, group, scope int64) error { return indexOf(tx).move(group, scopeTerm(scope)) }

// Sight is what the person who searches may see. The zero value sees nothing.
type Sight struct {
	all    bool
	scopes []int64
}

// Everything is the sight of a person without limits.
func Everything() Sight { return Sight{all: true} }

// Within is the sight of a person who may see these scopes.
func Within(scopes ...int64) Sight { return Sight{scopes: scopes} }

// Query is a question.
type Query struct {
	// Text is what was typed, taken as it is: all words must occur, "words in quotes" in this order, -this not at all.
	// While no space follows the last word, it may be the beginning of a longer one.
	Text   string
	Kinds  []string // only these; none for all
	See    Sight
	Limit  int   // hits to return, 25 when 0, 100 at most
	Before int64 // what Find returned as next, to go on; 0 to begin
}

// Hit is the newest document of its group that answers the query.
type Hit struct {
	Kind  string `db:"kind"`
	ID    int64  `db:"id"`
	Group int64  `db:"grp"`
}

const (
	usualLimit = 25
	maxLimit   = 100
	maxRead    = 5000 // answers read for one page
	maxWalk    = 8192 // documents walked for one page
	sample     = 64
)

// Find returns the hits, newest first, and where to go on for more: 0 when there are none. A page may be short, even
// empty, and still have a next one, when its work was getting too much.
func Find(tx *store.Tx, q Query) (hits []Hit, next int64, err error) {
	ask := asked{query: parse(q.Text), kinds: kindTerms(q.Kinds), scopes: q.See.terms()}
	if ask.query == nil || !q.See.all && len(q.See.scopes) == 0 {
		return []Hit{}, 0, nil
	}
	f := finder{index: indexOf(tx), ask: ask, span: 2 * sample}
	if tx.Engine() == "postgres" {
		f.walking = true // FTS5 begins with the newest, GIN can't
	} else {
		f.bound, err = f.broad()
		f.walking = f.bound
	}
	p := page{hits: []Hit{}, limit: min(cmp.Or(max(0, q.Limit), usualLimit), maxLimit), start: q.Before, shown: map[int64]bool{}}
	before := cmp.Or(q.Before, math.MaxInt64)
	for before > 0 && err == nil && !f.tired() {
		var rows []row
		if rows, before, err = f.more(before, 2*p.limit); err == nil {
			err = p.hideEarlier(f.index, ask, rows)
		}
		if next, full := p.fill(rows); full {
			return p.hits, next, err
		}
	}
	return p.hits, before, err
}

// finder reads answers, newest first, in one of two ways. Walking from the newest document down is best for what every
// tenth document answers; it finds a page among the newest few hundred, while an index would first fetch all it has. The
// index is best for everything rarer.
type finder struct {
	index
	ask     asked
	walking bool
	bound   bool // to walk to the end, because the index is slower than any walk
	span    int  // documents of the next step
	walked  int
	read    int
}

func (f *finder) tired() bool { return f.bound && f.walked >= maxWalk || f.read >= maxRead }

func (f *finder) more(before int64, answers int) (rows []row, floor int64, err error) {
	if !f.walking {
		rows, floor, err = f.seek(f.ask, before, answers)
		f.read += len(rows)
		return rows, floor, err
	}
	rows, floor, err = f.walk(f.ask, before, f.span)
	f.walked += f.span
	if err == nil && !f.bound && (len(rows)*sample < f.span || f.walked >= maxWalk) {
		f.bound, err = f.broad()
		f.walking = f.bound
	}
	f.span = min(f.span*4, maxWalk/2)
	return rows, floor, err
}

// broad says whether the question holds the beginning of words that a great part of all documents contain: both engines
// gather all documents for all such words before they look at anything else.
func (f *finder) broad() (bool, error) {
	for _, c := range f.ask.query {
		if !c.open() {
			continue
		}
		c.not = false
		rows, _, err := f.walk(asked{query: query{c}}, math.MaxInt64, sample)
		if err != nil || len(rows)*16 >= sample {
			return err == nil, err
		}
	}
	return false, nil
}

// asked is a question as the engines take it.
type asked struct {
	query
	kinds, scopes []string // of each, one must be there; none means any will do
}

// row is a document that answers.
type row struct {
	N int64 `db:"n"`
	Hit
}

// page collects hits and sees to it that a group comes once, also over several pages.
type page struct {
	hits  []Hit
	limit int
	start int64
	shown map[int64]bool
}

// hideEarlier leaves out the groups that an earlier page has shown: those with an answer newer than this page.
func (p *page) hideEarlier(x index, ask asked, rows []row) error {
	if p.start == 0 || len(rows) == 0 {
		return nil
	}
	var groups []int64
	for _, r := range rows {
		if _, known := p.shown[r.Group]; !known && r.Group != 0 && !slices.Contains(groups, r.Group) {
			groups = append(groups, r.Group)
		}
	}
	earlier, err := x.since(ask, p.start, groups)
	for _, g := range earlier {
		p.shown[g] = true
	}
	return err
}

// fill takes rows until the page is full; next begins with the first row that found no room.
func (p *page) fill(rows []row) (next int64, full bool) {
	for _, r := range rows {
		if r.Group != 0 && p.shown[r.Group] {
			continue
		}
		if len(p.hits) == p.limit {
			return r.N + 1, true
		}
		p.shown[r.Group] = true
		p.hits = append(p.hits, r.Hit)
	}
	return 0, false
}

// index is FTS5 or tsvector.
type index interface {
	add(n int64, d Doc, t terms) (bool, error) // false when n is taken
	remove(kind string, id int64) error
	move(group int64, scope string) error
	// walk looks at the newest documents before a place, seek at the newest that answer. Both return the answers, newest
	// first, and the place they got to, 0 at the end.
	walk(ask asked, before int64, documents int) ([]row, int64, error)
	seek(ask asked, before int64, answers int) ([]row, int64, error)
	since(ask asked, place int64, groups []int64) ([]int64, error) // those of groups with an answer from place on
}

func indexOf(tx *store.Tx) index {
	if tx.Engine() == "postgres" {
		return tsvector{tx}
	}
	return fts5{tx}
}

func (r row) place() int64 { return r.N }

// end is where to go on after rows: 0 when there were fewer than asked for.
func end[R interface{ place() int64 }](rows []R, want int) int64 {
	if len(rows) < want {
		return 0
	}
	return rows[len(rows)-1].place()
}

// Kinds and scopes are indexed as terms too, beginning with a sign that no word of a text or a question can contain.
func kindTerm(kind string) string  { return "§" + kind }
func scopeTerm(scope int64) string { return "§" + strconv.FormatUint(uint64(scope), 10) } //nolint:gosec // only to have no minus sign

func kindTerms(kinds []string) []string {
	var all []string
	for _, k := range kinds {
		all = append(all, kindTerm(k))
	}
	return all
}

func (s Sight) terms() []string {
	var all []string
	for _, n := range s.scopes {
		all = append(all, scopeTerm(n))
	}
	return all
}

// dialect is how an engine writes a question.
type dialect struct {
	and, or, not string
	phrase       func(phrase) string
}

// match writes the question; empty when there is nothing to look up.
func (a asked) match(d dialect) string {
	var all []string
	var without string
	for _, marks := range [][]string{a.kinds, a.scopes} {
		var any [][]phrase
		for _, m := range marks {
			any = append(any, []phrase{{terms: []string{m}}})
		}
		if any != nil {
			all = append(all, d.any(any))
		}
	}
	for _, c := range a.query {
		if c.not {
			without += d.not + d.any(c.any)
		} else {
			all = append(all, d.any(c.any))
		}
	}
	if all == nil {
		return ""
	}
	return strings.Join(all, d.and) + without
}

func (d dialect) any(readings [][]phrase) string {
	var any []string
	for _, all := range readings {
		var each []string
		for _, p := range all {
			each = append(each, d.phrase(p))
		}
		any = append(any, strings.Join(each, d.and))
	}
	return "((" + strings.Join(any, ")"+d.or+"(") + "))"
}
