package search

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/store"
)

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
	ask, ok := q.asked()
	if !ok {
		return []Hit{}, 0, nil
	}
	f := finder{index: indexOf(tx), ask: ask, streams: tx.Engine() == "sqlite", walking: true, span: 2 * sample}
	if f.streams {
		err = f.settle(0)
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

// Matches says whether texts together answer a query, as Find would say of a document that holds them: for the few that are at
// hand and lie in no index, or that somebody may not be served from it.
func Matches(query string) func(texts ...string) bool {
	q := parse(query)
	return func(texts ...string) bool { return q.matches(termsOf(strings.Join(texts, "\n"))) }
}

// finder reads answers, newest first, in one of two ways. Walking from the newest document down is best for what every
// tenth document answers; it finds a page among the newest few hundred, while an index would first fetch all it has. The
// index is best for everything rarer, and on SQLite for common words too.
type finder struct {
	index
	ask     asked
	streams bool // the index begins with the newest
	walking bool
	bound   bool // to walk on to the end, because the index is slower than any walk
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
	if err == nil && !f.bound && (!worthWalking(rows, f.span) || f.walked >= maxWalk) {
		err = f.settle(before)
	}
	f.span = min(f.span*2, maxWalk/2)
	return rows, floor, err
}

func worthWalking(rows []row, span int) bool { return len(rows)*sample >= span }

// settle decides how to go on when few of the newest documents answer. The index takes over unless the question holds a
// beginning of many common words: both engines would gather all documents for all of them before they look at anything
// else. Then the rest of the question leads, and each document it leads to is looked at for the beginning.
func (f *finder) settle(before int64) error {
	broad, err := f.broad()
	if err != nil || broad == nil {
		f.walking = false
		return err
	}
	f.ask.narrow = f.ask.without(broad)
	if !f.streams && f.ask.narrow.answerable() {
		rows, _, err := f.walk(asked{query: f.ask.narrow, kinds: f.ask.kinds, scopes: f.ask.scopes}, before, 2*sample)
		f.walking = worthWalking(rows, 2*sample)
		if err != nil {
			return err
		}
	}
	f.bound = f.walking
	return nil
}

// broad are the beginnings in the question of words that a great part of the newest documents contain.
func (f *finder) broad() (terms []string, err error) {
	for _, t := range f.ask.beginnings() {
		rows, _, err := f.walk(asked{query: query{{any: [][]phrase{{{[]string{t}, true}}}}}}, math.MaxInt64, sample)
		if err != nil {
			return nil, err
		}
		if len(rows)*16 >= sample {
			terms = append(terms, t)
		}
	}
	return terms, nil
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
	if groups == nil {
		return nil
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

// floorOf is how far rows reach down: to the end, when there were fewer than asked for.
func floorOf(rows []row, want int) int64 {
	if len(rows) < want {
		return 0
	}
	return rows[len(rows)-1].N
}
