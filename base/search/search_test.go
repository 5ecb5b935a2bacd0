package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

var (
	anna   = store.Actor{Kind: store.StaffKind, ID: "stf_1", Via: "test"}
	spring = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
)

func write(tb testing.TB, db *store.DB, do func(tx *store.Tx) error) {
	tb.Helper()
	if err := db.Write(tb.Context(), anna, do); err != nil {
		tb.Fatal(err)
	}
}

func put(tb testing.TB, db *store.DB, docs ...Doc) {
	tb.Helper()
	write(tb, db, func(tx *store.Tx) error {
		for _, d := range docs {
			if err := Put(tx, d); err != nil {
				return err
			}
		}
		return nil
	})
}

func find(tb testing.TB, db *store.DB, q Query) (ids []int64, next int64) {
	tb.Helper()
	err := db.Read(tb.Context(), func(tx *store.Tx) error {
		hits, n, err := Find(tx, q)
		for _, h := range hits {
			ids = append(ids, h.ID)
		}
		next = n
		return err
	})
	if err != nil {
		tb.Fatalf("%q: %v", q.Text, err)
	}
	return ids, next
}

func message(id, group int64, text string) Doc {
	return Doc{Kind: "message", ID: id, Group: group, At: spring.Add(time.Duration(id) * time.Minute), Text: []string{text}}
}

func TestTheNewestComesFirstAndATicketOnce(t *testing.T) {
	db := storetest.Open(t, Tables)
	put(t, db, message(1, 1, "the kettle leaks"), message(2, 2, "a kettle for two"), message(3, 1, "my kettle still leaks"),
		message(4, 0, "kettle"), message(5, 0, "kettle"), message(6, 3, "teapot"))
	ids, next := find(t, db, Query{Text: "kettle", See: Everything()})
	if diff := cmp.Diff([]int64{5, 4, 3, 2}, ids); diff != "" || next != 0 {
		t.Error(diff, next)
	}
}

func TestPagesHoldEveryTicketOnce(t *testing.T) {
	db := storetest.Open(t, Tables)
	r := rand.New(rand.NewPCG(1, 2))
	var docs []Doc
	newest := map[int64]int64{}
	for id := int64(1); id <= 400; id++ {
		d := message(id, 1+r.Int64N(90), "invoice")
		docs = append(docs, d)
		newest[d.Group] = id
	}
	put(t, db, docs...)
	var want []int64
	for _, id := range newest {
		want = append(want, id)
	}
	slices.Sort(want)
	slices.Reverse(want)
	for _, limit := range []int{1, 7, 90} {
		var got []int64
		for before := int64(0); ; {
			ids, next := find(t, db, Query{Text: "invoice", See: Everything(), Limit: limit, Before: before})
			got = append(got, ids...)
			if before = next; next == 0 {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d: %s", limit, diff)
		}
	}
}

func TestOnlyWhatOneMaySeeIsFound(t *testing.T) {
	db := storetest.Open(t, Tables)
	docs := []Doc{message(1, 1, "lamp"), message(2, 2, "lamp"), message(3, 3, "lamp")}
	docs[1].Scope, docs[2].Scope = 7, -8
	put(t, db, docs...)
	for name, tc := range map[string]struct {
		see  Sight
		want []int64
	}{
		"the zero value sees nothing":   {Sight{}, nil},
		"within nothing sees nothing":   {Within(), nil},
		"a scope sees its own":          {Within(7), []int64{2}},
		"two scopes see theirs":         {Within(7, -8), []int64{3, 2}},
		"scope 0 is a scope":            {Within(0), []int64{1}},
		"an unknown scope sees nothing": {Within(70), nil},
		"everything":                    {Everything(), []int64{3, 2, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, text := range []string{"lamp", "lamp ", "la"} {
				if ids, _ := find(t, db, Query{Text: text, See: tc.see}); !slices.Equal(ids, tc.want) {
					t.Errorf("%q: %v, want %v", text, ids, tc.want)
				}
			}
		})
	}
	for _, text := range []string{"§7", "§message", "scope : lamp", `"§7"`, "7", "message"} {
		if ids, _ := find(t, db, Query{Text: text, See: Everything()}); len(ids) > 0 {
			t.Errorf("%q found a mark: %v", text, ids)
		}
	}
}

func TestATicketTakesItsScopeAlong(t *testing.T) {
	db := storetest.Open(t, Tables)
	put(t, db, message(1, 1, "desk lamp"), message(2, 1, "desk"), message(3, 2, "desk"))
	write(t, db, func(tx *store.Tx) error { return Move(tx, 1, 5) })
	write(t, db, func(tx *store.Tx) error { return Move(tx, 1, 6) })
	write(t, db, func(tx *store.Tx) error { return Move(tx, 1, 6) })
	for scope, want := range map[int64][]int64{0: {3}, 5: nil, 6: {2}} {
		if ids, _ := find(t, db, Query{Text: "desk", See: Within(scope)}); !slices.Equal(ids, want) {
			t.Errorf("scope %d sees %v, want %v", scope, ids, want)
		}
	}
	if ids, _ := find(t, db, Query{Text: `"desk lamp"`, See: Within(6)}); !slices.Equal(ids, []int64{1}) {
		t.Errorf("the words went missing: %v", ids)
	}
	check(t, db)
}

func TestOnlyTheKindsAskedFor(t *testing.T) {
	db := storetest.Open(t, Tables)
	c := message(1, 0, "Ada Lovelace")
	c.Kind = "customer"
	put(t, db, c, message(1, 9, "Dear Ada"))
	for kinds, want := range map[string]string{"": "message customer", "customer": "customer", "message": "message", "customer message": "message customer", "article": "", `x"OR"ada`: "", "x')|('ada": ""} {
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			hits, _, err := Find(tx, Query{Text: "ada", Kinds: strings.Fields(kinds), See: Everything()})
			var got []string
			for _, h := range hits {
				got = append(got, h.Kind)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%q: %v, want %q", kinds, got, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Write(t.Context(), anna, func(tx *store.Tx) error { return Put(tx, Doc{Kind: "no kind"}) }); err == nil {
		t.Error("a kind of two words was taken")
	}
}

func TestWhatIsPutAgainReplacesAndWhatIsRemovedIsGone(t *testing.T) {
	db := storetest.Open(t, Tables)
	put(t, db, message(1, 1, "blue umbrella"), message(2, 2, "blue scarf"))
	d := message(1, 1, "red umbrella")
	d.At = d.At.Add(time.Hour)
	put(t, db, d, d)
	for text, want := range map[string][]int64{"blue": {2}, "red": {1}, "umbrella": {1}} {
		if ids, _ := find(t, db, Query{Text: text, See: Everything()}); !slices.Equal(ids, want) {
			t.Errorf("%s: %v, want %v", text, ids, want)
		}
	}
	write(t, db, func(tx *store.Tx) error { return Remove(tx, "message", 1) })
	write(t, db, func(tx *store.Tx) error { return Remove(tx, "message", 1) })
	if ids, _ := find(t, db, Query{Text: "umbrella", See: Everything()}); ids != nil {
		t.Errorf("found after it was removed: %v", ids)
	}
	check(t, db)
}

func TestWhateverChangesIsPutAnew(t *testing.T) {
	db := storetest.Open(t, Tables)
	d := message(1, 1, "blue umbrella")
	put(t, db, d, message(2, 2, "umbrella"))
	expect := func(q Query, want ...int64) {
		t.Helper()
		if ids, _ := find(t, db, q); !slices.Equal(ids, want) {
			t.Errorf("%+v found %v, want %v", q, ids, want)
		}
	}
	all := Query{Text: "umbrella ", See: Everything()}
	put(t, db, d)
	expect(all, 2, 1)
	d.At = d.At.Add(time.Hour)
	put(t, db, d)
	expect(all, 1, 2)
	d.Scope = 5
	put(t, db, d)
	expect(Query{Text: "umbrella ", See: Within(5)}, 1)
	d.Group = 2
	put(t, db, d)
	expect(all, 1)
	d.Text = []string{"red umbrella"}
	put(t, db, d)
	expect(Query{Text: "blue ", See: Everything()})
	check(t, db)
}

func TestErasedWordsLeaveTheIndex(t *testing.T) {
	db := storetest.Open(t, Tables)
	if db.Engine() != "sqlite" {
		t.Skip("PostgreSQL clears its pages when it vacuums")
	}
	for id := range int64(50) {
		put(t, db, message(id+1, 1, fmt.Sprintf("common words %d", id)))
	}
	put(t, db, message(99, 1, "xylophonist common words"))
	write(t, db, func(tx *store.Tx) error { return Remove(tx, "message", 99) })
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		n, err := store.One[int64](tx, `SELECT count(*) FROM search_words_data WHERE instr(CAST(block AS TEXT), 'lophonist') > 0 OR instr(block, CAST('lophonist' AS BLOB)) > 0`)
		if n > 0 {
			t.Errorf("the word is still in %d pages", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// check lets FTS5 compare its index with the documents, word by word.
func check(tb testing.TB, db *store.DB) {
	tb.Helper()
	if db.Engine() == "sqlite" {
		write(tb, db, func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)`)
			return err
		})
	}
}

func TestAVeryLongTextIsTaken(t *testing.T) {
	db := storetest.Open(t, Tables)
	var long, longer strings.Builder
	for i := range maxParts - 10 {
		fmt.Fprintf(&long, "wort%s ", strings.Repeat(string(rune('a'+i%26)), 1+i%25))
	}
	for i := range 3 * maxParts {
		fmt.Fprintf(&longer, "unterschiedlich%x%s ", i*7919, strings.Repeat("straßen", 9))
	}
	put(t, db, message(1, 1, long.String()+"last words"), message(2, 2, longer.String()),
		message(3, 3, strings.Repeat("x1", 200_000)), message(4, 4, strings.Repeat("長", 200_000)), message(5, 5, strings.Repeat("tea ", 50_000)))
	for text, want := range map[string][]int64{`"last words"`: {1}, "unterschiedlich0": {2}, "x1x1x1": {3}, "長長長長": {4}, `"tea tea"`: {5}} {
		if ids, _ := find(t, db, Query{Text: text, See: Everything()}); !slices.Equal(ids, want) {
			t.Errorf("%s: %v, want %v", text, ids, want)
		}
	}
	check(t, db)
}

func TestAnImportOfOneDateStandsInTheOrderItCameIn(t *testing.T) {
	const all = 3000
	db := storetest.Open(t, Tables)
	var docs []Doc
	for id := int64(1); id <= all; id++ {
		docs = append(docs, Doc{Kind: "message", ID: id, Text: []string{"legacy"}})
	}
	put(t, db, docs...)
	last := int64(all + 1)
	for before := int64(0); ; {
		ids, next := find(t, db, Query{Text: "legacy ", See: Everything(), Limit: 100, Before: before})
		for _, id := range ids {
			if last--; id != last {
				t.Fatalf("%d where %d belongs", id, last)
			}
		}
		if before = next; next == 0 {
			break
		}
	}
	if last != 1 {
		t.Errorf("nothing was found from %d on", last-1)
	}
	places := func() (span int64) {
		write(t, db, func(tx *store.Tx) (err error) {
			span, err = store.One[int64](tx, `SELECT max(n) - min(n) + 1 FROM search_docs`)
			return err
		})
		return span
	}
	if n := places(); n != all {
		t.Errorf("%d documents take %d places", all, n)
	}
	put(t, db, docs[all-1])
	write(t, db, func(tx *store.Tx) error { return Remove(tx, "message", 7) })
	put(t, db, docs[6]) // where there is a gap now, or at the end
	if n := places(); n > all+1 {
		t.Errorf("%d documents take %d places after one was put again", all, n)
	}
}
