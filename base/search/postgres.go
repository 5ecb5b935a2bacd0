package search

import (
	"strconv"
	"strings"

	"github.com/hearthdesk/hearth/base/store"
)

// tsvector is the index on PostgreSQL.
type tsvector struct{ tx *store.Tx }

func (x tsvector) add(d Doc, t terms, first int64) (bool, error) {
	_, added, err := store.Find[int64](x.tx, `INSERT INTO search_docs (n, kind, id, grp, scope, words)
		SELECT free, $2::text, $3::bigint, $4::bigint, $5::text, $6::tsvector FROM (`+freePlace+`) place ON CONFLICT (n) DO NOTHING RETURNING n`,
		first, d.Kind, d.ID, d.Group, scopeTerm(d.Scope), vector(d, t))
	return added, err
}

func (x tsvector) clear(d Doc, t terms, first int64) (same bool, err error) {
	_, same, err = store.Find[int64](x.tx, `WITH old AS (SELECT n, grp = $3 AND scope = $4 AND words = $5::tsvector AND n BETWEEN $6 AND $7 AS same FROM search_docs WHERE kind = $1 AND id = $2),
		gone AS (DELETE FROM search_docs USING old WHERE search_docs.n = old.n AND NOT same)
		SELECT n FROM old WHERE same`, d.Kind, d.ID, d.Group, scopeTerm(d.Scope), vector(d, t), first, first+farthest)
	return same, err
}

// vector writes terms as a tsvector: the words with their positions, the rest without, so that no phrase runs into it.
func vector(d Doc, t terms) string {
	var b strings.Builder
	for i, w := range strings.Fields(t.words) {
		b.WriteString("'" + w + "':" + strconv.Itoa(i+1) + " ")
	}
	for _, w := range append(strings.Fields(t.also), kindTerm(d.Kind), scopeTerm(d.Scope)) {
		b.WriteString("'" + w + "' ")
	}
	return b.String()
}

func (x tsvector) move(group int64, scope string) error {
	return x.tx.Do(`UPDATE search_docs SET scope = $2, words = ts_delete(words, scope) || array_to_tsvector(ARRAY[$2::text])
		WHERE grp = $1 AND scope <> $2`, group, scope)
}

// visited is a document that was looked at, the answers and the last one of a walk.
type visited struct {
	row
	Answers bool  `db:"answers"`
	Step    int64 `db:"step"`
}

func (x tsvector) walk(ask asked, before int64, documents int) ([]row, int64, error) {
	newest, args := `SELECT n, kind, id, grp, words FROM search_docs WHERE n < $1 ORDER BY n DESC LIMIT $2`, []any{before, documents, ask.match(tsquery)}
	if len(ask.scopes) > 0 { // every scope has its own newest; the index alone tells which they are
		newest, args = `SELECT d.n, kind, id, grp, words FROM search_docs d JOIN (SELECT mine.n FROM unnest($4::text[]) AS s CROSS JOIN LATERAL
			(SELECT n FROM search_docs WHERE scope = s AND n < $1 ORDER BY n DESC LIMIT $2) mine ORDER BY n DESC LIMIT $2) own ON d.n = own.n`, append(args, ask.scopes)
	}
	all, err := store.All[visited](x.tx, `SELECT n, kind, id, grp, answers, step FROM
		(SELECT n, kind, id, grp, words @@ $3::tsquery AS answers, row_number() OVER (ORDER BY n DESC) AS step FROM (`+newest+`) newest) seen
		WHERE answers OR step = $2 ORDER BY n DESC`, args...)
	var rows []row
	floor := int64(0)
	for _, v := range all {
		if v.Answers {
			rows = append(rows, v.row)
		}
		if v.Step == int64(documents) {
			floor = v.N
		}
	}
	return rows, floor, err
}

// crowd is how many answers are more than fetching and sorting them all is worth.
const crowd = 3000

// found is an answer, and how many there are of what led to it.
type found struct {
	row
	Many int64 `db:"many"`
}

// seek materialises what the index finds, or PostgreSQL would rather look through all documents from the newest down.
// When that would be very much, most of a page lies among the newest few thousand all the same.
func (x tsvector) seek(ask asked, before int64, answers int) (rows []row, floor int64, err error) {
	rows, many, err := x.gather(ask, before, answers, " LIMIT "+strconv.Itoa(crowd))
	if err != nil || many < crowd {
		return rows, floorOf(rows, answers), err
	}
	rows, floor, err = x.walk(ask, before, maxWalk/2)
	if err != nil || len(rows) > answers/8 {
		return rows, floor, err
	}
	rows, _, err = x.gather(ask, before, answers, "")
	return rows, floorOf(rows, answers), err
}

// gather fetches what the index finds, at most as many as limit says, and sorts it; many is how much that was.
func (x tsvector) gather(ask asked, before int64, answers int, limit string) (rows []row, many int64, err error) {
	lead, words, whole, args := ask, "", "", []any{nil, before, answers}
	if ask.narrow != nil { // the broad part is looked for in what the narrow one finds, not in the index
		lead.query, words, whole, args = ask.narrow, ", words", " AND words @@ $4::tsquery", append(args, ask.match(tsquery))
	}
	args[0] = lead.match(tsquery)
	all, err := store.All[found](x.tx, `WITH found AS MATERIALIZED (SELECT n, kind, id, grp`+words+` FROM search_docs WHERE words @@ $1::tsquery`+limit+`),
		newest AS (SELECT n, kind, id, grp FROM found WHERE n < $2`+whole+` ORDER BY n DESC LIMIT $3)
		SELECT COALESCE(n, 0) AS n, COALESCE(kind, '') AS kind, COALESCE(id, 0) AS id, COALESCE(grp, 0) AS grp, many FROM (SELECT count(*) AS many FROM found) f LEFT JOIN newest ON TRUE ORDER BY n DESC`, args...)
	for _, f := range all {
		many = f.Many
		if f.N > 0 {
			rows = append(rows, f.row)
		}
	}
	return rows, many, err
}

func (x tsvector) since(ask asked, place int64, groups []int64) ([]int64, error) {
	return store.All[int64](x.tx, `SELECT DISTINCT grp FROM search_docs WHERE grp = ANY($1) AND n >= $2 AND words @@ $3::tsquery`, groups, place, ask.match(tsquery))
}

// tsquery writes a question in the query language of PostgreSQL. Terms are letters and digits, so nothing needs escaping.
var tsquery = dialect{and: " & ", or: " | ", not: " & !", phrase: func(p phrase) string {
	s := "'" + strings.Join(p.terms, "' <-> '") + "'"
	if p.open {
		s += ":*"
	}
	return s
}}
