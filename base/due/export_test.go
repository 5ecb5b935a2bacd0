package due

import (
	"time"

	"github.com/hearthdesk/hearth/base/store"
)

// Hasten shortens the looks at other nodes' rows and the time running work has when Run ends.
func (q *Queue) Hasten(look, drain time.Duration) { q.look, q.drain = look, drain }

// Rows lists every row, whatever its state.
func Rows(tx *store.Tx) ([]Job, error) {
	return store.All[Job](tx, `SELECT `+columns+` FROM due ORDER BY kind, key`)
}
