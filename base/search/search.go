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
	t, first := termsOf(strings.Join(d.Text, "\n")), earliest(d.At)
	same, err := indexOf(tx).clear(d, t, first)
	if same || err != nil {
		return err
	}
	for range 3 { // on PostgreSQL another one may take the place at the same moment
		if ok, err := indexOf(tx).add(d, t, first); ok || err != nil {
			return err
		}
	}
	return fmt.Errorf("search: no room for %s %d at %s", d.Kind, d.ID, d.At)
}

// earliest is the first place where a document may stand among those of its time: places count quarters of a second,
// because small steps make small indexes.
func earliest(at time.Time) int64 { return max(1, at.UnixMilli()>>8) }

// farthest is how far behind its first place a document still counts as well placed: a quarter of an hour.
const farthest = 1 << 12

// freePlace finds the end of the stretch of taken places that begins at $1: steps that double go beyond it, then halves lead
// back. So what comes at the same moment, were it an import that gives everything one date, stands in the order it came in,
// without a gap, and is found a place in few steps; and FTS5, which writes out what it gathered whenever a document
// belongs before the last one, gets them one after the other.
const freePlace = `WITH RECURSIVE look (taken, free, at) AS (SELECT CAST($1 AS BIGINT) - 1, CAST(0 AS BIGINT), CAST($1 AS BIGINT) UNION ALL
	SELECT CASE WHEN n IS NULL THEN taken ELSE at END, CASE WHEN n IS NULL THEN at ELSE free END,
		CASE WHEN n IS NULL THEN (taken + at) / 2 WHEN free = 0 THEN 2 * at - $1 + 1 ELSE (at + free) / 2 END
	FROM look LEFT JOIN search_docs ON n = at WHERE free <> taken + 1)
	SELECT free FROM look WHERE free = taken + 1`

// Remove takes a document out, words and all. It is no fault if there is none.
func Remove(tx *store.Tx, kind string, id int64) error {
	_, err := indexOf(tx).clear(Doc{Kind: kind, ID: id}, terms{}, 0)
	return err
}

// Move changes who may see the documents of a group, as when a ticket goes to another team.
func Move(tx *store.Tx, group, scope int64) error { return indexOf(tx).move(group, scopeTerm(scope)) }

// index is FTS5 or tsvector.
type index interface {
	add(d Doc, t terms, first int64) (bool, error)            // at the next place that is free; false when it was taken meanwhile
	clear(d Doc, t terms, first int64) (same bool, err error) // takes out what was put for d, unless it was the same
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
