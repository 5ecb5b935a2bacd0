package search

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

// Random questions of random people over random documents, leafed through in small pages, give what reading every
// document one by one gives.
func TestFindAgreesWithReadingEverything(t *testing.T) {
	db := storetest.Open(t, Tables)
	r := rand.New(rand.NewPCG(17, 4))
	vocabulary := strings.Fields("tea teapot teaspoon cup saucer müller mueller muller straße A-17 A17 A-1700 B-17 030/9018201 +49309018201 9018201 東京都 京都 東 x_y.z a b ab")
	pick := func() string { return vocabulary[min(r.IntN(len(vocabulary)), r.IntN(len(vocabulary)))] }
	kinds := []string{"message", "note", "article"}
	var docs []Doc
	for id := int64(1); id <= 700; id++ {
		var text []string
		for range 1 + r.IntN(6) {
			text = append(text, pick())
		}
		group := r.Int64N(250)
		docs = append(docs, Doc{
			Kind: kinds[min(r.IntN(3), r.IntN(3))], ID: id, Group: group, Scope: group % 7,
			At: spring.Add(time.Duration(id) * time.Minute), Text: []string{strings.Join(text, " ")},
		})
	}
	put(t, db, docs...)
	for range 120 { // tickets move, messages are written anew and erased
		i := r.IntN(len(docs))
		switch r.IntN(3) {
		case 0:
			group, scope := docs[i].Group, r.Int64N(7)
			write(t, db, func(tx *store.Tx) error { return Move(tx, group, scope) })
			for j := range docs {
				if docs[j].Group == group {
					docs[j].Scope = scope
				}
			}
		case 1:
			docs[i].Text = []string{pick() + " " + pick()}
			put(t, db, docs[i])
		case 2:
			write(t, db, func(tx *store.Tx) error { return Remove(tx, docs[i].Kind, docs[i].ID) })
			docs = slices.Delete(docs, i, i+1)
		}
	}
	check(t, db)
	slices.Reverse(docs)
	for range 400 {
		q := Query{See: Everything(), Limit: 1 + r.IntN(20)}
		for range 1 + r.IntN(3) {
			word := pick()
			switch r.IntN(6) {
			case 0:
				word = "-" + word
			case 1:
				word = `"` + word + " " + pick() + `"`
			}
			q.Text += word + " "
		}
		if r.IntN(2) == 0 {
			q.Text = strings.TrimSpace(q.Text)
			_, size := 0, len([]rune(q.Text))
			q.Text = string([]rune(q.Text)[:max(1, size-r.IntN(3))])
		}
		if r.IntN(2) == 0 {
			q.See = Within(r.Int64N(7), r.Int64N(7))
		}
		if r.IntN(3) == 0 {
			q.Kinds = kinds[r.IntN(3):][:1]
		}
		want := readEverything(docs, q)
		var got []int64
		for {
			ids, next := find(t, db, q)
			got = append(got, ids...)
			if q.Before = next; next == 0 {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q of %v within %v, %d a page:\n got %v\nwant %v", q.Text, q.Kinds, q.See, q.Limit, got, want)
		}
	}
}

func readEverything(docs []Doc, q Query) (ids []int64) {
	parsed := parse(q.Text)
	shown := map[int64]bool{}
	for _, d := range docs {
		seen := q.See.all || slices.Contains(q.See.scopes, d.Scope)
		asked := q.Kinds == nil || slices.Contains(q.Kinds, d.Kind)
		if seen && asked && (d.Group == 0 || !shown[d.Group]) && parsed.matches(termsOf(d.Text[0])) {
			shown[d.Group] = true
			ids = append(ids, d.ID)
		}
	}
	return ids
}

func TestWhatLiesFarBackIsReachedByLeafing(t *testing.T) {
	db := storetest.Open(t, Tables)
	docs := []Doc{message(1, 0, "stamp")}
	for id := int64(2); id < 2*maxWalk; id++ {
		docs = append(docs, message(id, 0, "letter"))
	}
	for i := range docs {
		docs[i].Scope = 2
	}
	for id := int64(2 * maxWalk); id < 2*maxWalk+sample; id++ {
		docs = append(docs, message(id, 0, "station"))
	}
	put(t, db, docs...)
	q := Query{Text: "st", See: Within(2)}
	first, next := find(t, db, q)
	if len(first) != 0 || next == 0 {
		t.Fatalf("found %v and goes on at %d: the walk had no end", first, next)
	}
	q.Before = next
	if second, next := find(t, db, q); !slices.Equal(second, []int64{1}) || next != 0 {
		t.Errorf("then found %v and goes on at %d", second, next)
	}
}
