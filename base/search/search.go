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
	"embed"
	"fmt"
	"hash/crc32"
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

// Put makes d findable in place of what was put for its kind and ID before; it costs little when that was the same.
func Put(tx *store.Tx, d Doc) error {
	if !isKind(d.Kind) {
		return fmt.Errorf("search: %q is no kind of document", d.Kind)
	}
	t, all := termsOf(strings.Join(d.Text, "\n")), places(d)
	same, err := indexOf(tx).clear(d, t, all)
	if same || err != nil {
		return err
	}
	for range 3 { // on PostgreSQL another one may take the place at the same moment
		if ok, err := indexOf(tx).add(d, t, all); ok || err != nil {
			return err
		}
	}
	return fmt.Errorf("search: no room for %s %d at %s", d.Kind, d.ID, d.At)
}

// places are the keys a document may be sorted by: quarters of a second, because small steps make small indexes. When the
// first place is taken, the next lies a little later, in twice the range: even an import that gives everything the same
// date finds room in a few tries.
func places(d Doc) (all []int64) {
	for try := range 32 {
		sum := crc32.ChecksumIEEE(fmt.Append(nil, d.Kind, d.ID, try))
		all = append(all, max(1, d.At.UnixMilli()>>8)+int64(sum)&(1<<try-1))
	}
	return all
}

// Remove takes a document out, words and all. It is no fault if there is none.
func Remove(tx *store.Tx, kind string, id int64) error {
	_, err := indexOf(tx).clear(Doc{Kind: kind, ID: id}, terms{}, []int64{})
	return err
}

// Move changes who may see the documents of a group, as when a ticket goes to another team.
func Move(tx *store.Tx, group, scope int64) error { return indexOf(tx).move(group, scopeTerm(scope)) }

// index is FTS5 or tsvector.
type index interface {
	add(d Doc, t terms, places []int64) (bool, error)            // at the first place that is free; false when none was
	clear(d Doc, t terms, places []int64) (same bool, err error) // takes out what was put for d, unless it was the same
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
