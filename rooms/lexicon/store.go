package lexicon

import (
	"errors"

	"github.com/hearthdesk/hearth/base/store"
)

// own is a rule of a company's own.
type own struct {
	ID      string `db:"id"`
	Body    Rule   `db:"body,json"`
	Off     bool   `db:"off"`
	Version int64  `db:"version"`
}

func ownRules(tx *store.Tx, language string) ([]own, error) {
	return store.All[own](tx, `SELECT id, body, off, version FROM lexicon_rules WHERE language = $1 ORDER BY id`, language)
}

// Kept is a rule of a company's own, with its language.
type Kept struct {
	Language string `json:"language" db:"language"`
	Rule     Rule   `json:"rule" db:"body,json"`
	Off      bool   `json:"off" db:"off"`
}

// Own are the rules of a company's own, in every language.
func (room *Room) Own(tx *store.Tx) ([]Kept, error) {
	return store.All[Kept](tx, `SELECT language, body, off FROM lexicon_rules ORDER BY language, id`)
}

// turn is how often the rules of a language were changed; false where there is no such language.
func turn(tx *store.Tx, language string) (int64, bool, error) {
	return store.Find[int64](tx, `SELECT turn FROM lexicon_turns WHERE language = $1`, language)
}

// hold makes every other change of a language's rules wait until this transaction ends.
func hold(tx *store.Tx, language string) (bool, error) {
	_, ok, err := store.Find[int64](tx, `SELECT turn FROM lexicon_turns WHERE language = $1`+tx.Lock(), language)
	return ok, err
}

func keep(tx *store.Tx, language string, o own) error {
	return errors.Join(tx.Do(`INSERT INTO lexicon_rules (language, id, body, off, version) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (language, id) DO UPDATE SET body = excluded.body, off = excluded.off, version = lexicon_rules.version + 1`,
		language, o.ID, store.JSON(o.Body), o.Off), next(tx, language))
}

func drop(tx *store.Tx, language, rule string) (bool, error) {
	n, err := tx.Exec(`DELETE FROM lexicon_rules WHERE language = $1 AND id = $2`, language, rule)
	return n > 0, errors.Join(err, next(tx, language))
}

func next(tx *store.Tx, language string) error {
	return tx.Do(`UPDATE lexicon_turns SET turn = turn + 1 WHERE language = $1`, language)
}
