package people

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
)

// Followers keep what customers are found by: the words of their names.
func (room *Room) Followers() []*store.Follower {
	f := store.NewFollower("customers.words")
	store.On(f, func(tx *store.Tx, _ store.Entry, e Met) error { return noteWords(tx, e.Customer) })
	store.On(f, func(tx *store.Tx, _ store.Entry, e Corrected) error {
		if !slices.Contains(e.Parts, "name") {
			return nil
		}
		return noteWords(tx, e.Customer)
	})
	return []*store.Follower{f}
}

// noteWords notes the words of a customer's name as it is now.
func noteWords(tx *store.Tx, customer ID) error {
	c, ok, err := store.Find[name](tx, `SELECT id, name FROM customers WHERE id = $1`, customer)
	if err != nil || !ok {
		return err
	}
	if err := tx.Do(`DELETE FROM customers_words WHERE customer = $1`, customer); err != nil {
		return err
	}
	_, writings := search.Words(c.Name)
	for _, w := range writings {
		if err := tx.Do(`INSERT INTO customers_words (word, customer) VALUES ($1, $2)`, w, customer); err != nil {
			return err
		}
	}
	return nil
}

// byName finds customers by the beginnings of words of their names, in any order, by the alphabet.
func byName(tx *store.Tx, q string, limit int) ([]ID, error) {
	words, _ := search.Words(q)
	if len(words) == 0 {
		return nil, nil
	}
	// The longest leads, because the fewest names begin like it.
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	words = words[:min(len(words), 5)]
	var args []any
	begins := func(column, word string) string {
		args = append(args, word, word+"\U0010FFFF")
		return fmt.Sprintf("%s >= $%d AND %s < $%d", column, len(args)-1, column, len(args))
	}
	query := strings.Builder{}
	query.WriteString(`SELECT w.customer FROM customers_words w WHERE ` + begins("w.word", words[0]))
	for _, other := range words[1:] {
		query.WriteString(` AND EXISTS (SELECT 1 FROM customers_words o WHERE o.customer = w.customer AND ` + begins("o.word", other) + `)`)
	}
	fmt.Fprintf(&query, ` ORDER BY w.word, w.customer LIMIT %d`, 2*limit)
	return store.All[ID](tx, query.String(), args...)
}
