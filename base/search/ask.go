package search

import (
	"slices"
	"strconv"
	"strings"
)

// asked is a question as the engines take it.
type asked struct {
	query
	narrow        query    // the part of it that an index is quick at
	kinds, scopes []string // of each, one must be there; none means any will do
}

// Kinds and scopes are indexed as terms too, beginning with a sign that no word of a text or a question can contain.
func kindTerm(kind string) string  { return "§" + kind }
func scopeTerm(scope int64) string { return "§" + strconv.FormatUint(uint64(scope), 10) } //nolint:gosec // only to have no minus sign

// isKind keeps whatever else a caller was given for a kind out of the question.
func isKind(kind string) bool {
	return kind != "" && strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz") == ""
}

// asked is false when nothing can answer: nothing was typed, or the person may see nothing.
func (q Query) asked() (a asked, ok bool) {
	a.query = parse(q.Text)
	for _, k := range q.Kinds {
		if isKind(k) {
			a.kinds = append(a.kinds, kindTerm(k))
		}
	}
	for _, s := range q.See.scopes {
		if t := scopeTerm(s); !slices.Contains(a.scopes, t) {
			a.scopes = append(a.scopes, t)
		}
	}
	return a, a.query != nil && (q.See.all || a.scopes != nil) && (len(q.Kinds) == 0 || a.kinds != nil)
}

// dialect is how an engine writes a question.
type dialect struct {
	and, or, not string
	phrase       func(phrase) string
}

// match writes the question; empty when there is nothing to look up.
func (a asked) match(d dialect) string {
	var all, without []string
	for _, marks := range [][]string{a.kinds, a.scopes} {
		var one [][]phrase
		for _, m := range marks {
			one = append(one, []phrase{{terms: []string{m}}})
		}
		if one != nil {
			all = append(all, d.oneOf(one))
		}
	}
	for _, c := range a.query {
		if c.not {
			without = append(without, d.not+d.oneOf(c.any))
		} else {
			all = append(all, d.oneOf(c.any))
		}
	}
	if all == nil {
		return ""
	}
	return strings.Join(all, d.and) + strings.Join(without, "")
}

func (d dialect) oneOf(readings [][]phrase) string {
	var one []string
	for _, all := range readings {
		var each []string
		for _, p := range all {
			each = append(each, d.phrase(p))
		}
		one = append(one, strings.Join(each, d.and))
	}
	return "((" + strings.Join(one, ")"+d.or+"(") + "))"
}
