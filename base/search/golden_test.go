package search

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/store/storetest"
)

// lines reads a file of testdata without comments and empty lines, each cut at sep.
func lines(tb testing.TB, name, sep string) (pairs [][2]string) {
	tb.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		before, after, ok := strings.Cut(line, sep)
		if !ok {
			tb.Fatalf("%s: no %q in %q", name, sep, line)
		}
		pairs = append(pairs, [2]string{before, after})
	}
	return pairs
}

// golden is the documents of testdata, numbered from 1, and their names.
func golden(tb testing.TB) (docs []Doc, names []string) {
	tb.Helper()
	for i, d := range lines(tb, "documents.txt", "\t") {
		docs = append(docs, Doc{Kind: "message", ID: int64(i + 1), Group: int64(i + 1), At: spring.Add(time.Duration(i) * time.Minute), Text: []string{d[1]}})
		names = append(names, d[0])
	}
	return docs, names
}

func TestGolden(t *testing.T) {
	db := storetest.Open(t, Tables)
	docs, names := golden(t)
	put(t, db, docs...)
	check(t, db)
	queries := lines(t, "queries.txt", " =>")
	if len(queries) < 200 {
		t.Errorf("only %d queries", len(queries))
	}
	for _, q := range queries {
		text := strings.ReplaceAll(q[0], "␣", " ")
		want := strings.Fields(q[1])
		ids, _ := find(t, db, Query{Text: text, See: Everything()})
		var got, plain []string
		for _, id := range ids {
			got = append(got, names[id-1])
		}
		for i, d := range docs {
			if parse(text).matches(termsOf(d.Text[0])) {
				plain = append(plain, names[i])
			}
		}
		slices.Sort(got)
		slices.Sort(plain)
		slices.Sort(want)
		if diff := cmp.Diff(strings.Join(want, " "), strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s", q[0], diff)
		}
		if !slices.Equal(got, plain) {
			t.Errorf("%s: the engine finds %v, the words say %v", q[0], got, plain)
		}
	}
}
