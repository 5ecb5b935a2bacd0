package search

import (
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/store"
)

// fts5 is the index on SQLite. The terms stay in search_docs as well (external content): that doubles the size of what a
// contentless table takes, but lets a ticket change its scope and a word be erased without asking anyone for the text.
type fts5 struct{ tx *store.Tx }

func (x fts5) add(d Doc, t terms, first int64) (bool, error) {
	scope, also := scopeTerm(d.Scope), alsoOf(d, t)
	n := first
	for {
		added, err := x.tx.Exec(`INSERT INTO search_docs (n, kind, id, grp, scope, words, also) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (n) DO NOTHING`,
			n, d.Kind, d.ID, d.Group, scope, t.words, also)
		if err != nil {
			return false, err
		}
		if added > 0 {
			break
		}
		if n, err = store.One[int64](x.tx, freePlace, first); err != nil {
			return false, err
		}
	}
	err := x.tx.Do(`INSERT INTO search_words (rowid, words, also, scope) VALUES ($1, $2, $3, $4)`, n, t.words, also, scope)
	return err == nil, err
}

func alsoOf(d Doc, t terms) string { return " " + kindTerm(d.Kind) + t.also }

func (x fts5) clear(d Doc, t terms, first int64) (same bool, err error) {
	old, ok, err := store.Find[document](x.tx, `SELECT n, kind, id, grp, scope, words, also FROM search_docs WHERE kind = $1 AND id = $2`, d.Kind, d.ID)
	if !ok || err != nil {
		return false, err
	}
	if old.Group == d.Group && old.Scope == scopeTerm(d.Scope) && old.Words == t.words && old.Also == alsoOf(d, t) && old.N >= first && old.N <= first+farthest {
		return true, nil
	}
	if err := x.tx.Do(`INSERT INTO search_words (search_words, rowid, words, also, scope) VALUES ('delete', $1, $2, $3, $4)`, old.N, old.Words, old.Also, old.Scope); err != nil {
		return false, err
	}
	err = x.tx.Do(`DELETE FROM search_docs WHERE n = $1`, old.N)
	return false, err
}

// move exchanges one term of each document and leaves the others alone, which costs a fiftieth of writing all anew.
func (x fts5) move(group int64, scope string) error {
	if err := x.tx.Do(`INSERT INTO search_words (search_words, rowid, words, also, scope)
		SELECT 'delete', n, '', '', scope FROM search_docs WHERE grp = $1 AND scope <> $2`, group, scope); err != nil {
		return err
	}
	if err := x.tx.Do(`INSERT INTO search_words (rowid, words, also, scope)
		SELECT n, '', '', $2 FROM search_docs WHERE grp = $1 AND scope <> $2`, group, scope); err != nil {
		return err
	}
	return x.tx.Do(`UPDATE search_docs SET scope = $2 WHERE grp = $1 AND scope <> $2`, group, scope)
}

// walk reads the terms of the newest documents themselves: a short beginning stands for so many words that FTS5 would
// have to merge half of its index to know them all.
func (x fts5) walk(ask asked, before int64, documents int) (rows []row, floor int64, err error) {
	narrow := asked{query: ask.narrow, kinds: ask.kinds, scopes: ask.scopes}
	newest, args := `SELECT n, kind, id, grp, scope, words, also FROM search_docs WHERE n < $1 ORDER BY n DESC LIMIT $2`, []any{before, documents}
	if match := narrow.match(fts5Words); match != "" {
		newest, args = `SELECT n, kind, id, grp, d.scope, d.words, d.also FROM search_words CROSS JOIN search_docs d ON n = search_words.rowid
			WHERE search_words.rowid < $1 AND search_words MATCH $3 ORDER BY search_words.rowid DESC LIMIT $2`, append(args, match)
	}
	seen := 0
	err = store.Each(x.tx, newest, args, func(d document) error {
		if seen++; seen == documents {
			floor = d.N
		}
		if ask.matches(terms{d.Words, d.Also}) {
			rows = append(rows, d.row)
		}
		return nil
	})
	return rows, floor, err
}

func (x fts5) seek(ask asked, before int64, answers int) ([]row, int64, error) {
	rows, err := store.All[row](x.tx, `SELECT n, kind, id, grp FROM search_words CROSS JOIN search_docs ON n = search_words.rowid
		WHERE search_words MATCH $1 AND search_words.rowid < $2 ORDER BY search_words.rowid DESC LIMIT $3`, ask.match(fts5Words), before, answers)
	return rows, floorOf(rows, answers), err
}

func (x fts5) since(ask asked, place int64, groups []int64) (found []int64, err error) {
	err = store.Each(x.tx, `SELECT n, kind, id, grp, scope, words, also FROM search_docs WHERE grp IN (SELECT value FROM json_each($1)) AND n >= $2`,
		[]any{store.JSON(groups), place}, func(d document) error {
			if ask.admits(d) && ask.matches(terms{d.Words, d.Also}) {
				found = append(found, d.Group)
			}
			return nil
		})
	return found, err
}

// document is a row of search_docs with its terms.
type document struct {
	row
	Scope string `db:"scope"`
	Words string `db:"words"`
	Also  string `db:"also"`
}

func (a asked) admits(d document) bool {
	return (len(a.kinds) == 0 || slices.Contains(a.kinds, kindTerm(d.Kind))) && (len(a.scopes) == 0 || slices.Contains(a.scopes, d.Scope))
}

// fts5Words writes a question in the query language of FTS5. Terms are letters and digits, so nothing needs escaping.
var fts5Words = dialect{and: " AND ", or: " OR ", not: " NOT ", phrase: func(p phrase) string {
	s := `"` + strings.Join(p.terms, " ") + `"`
	if len(p.terms) > 1 {
		s = "words : " + s // the other columns are in no order
	}
	if p.open {
		s += " *"
	}
	return s
}}
