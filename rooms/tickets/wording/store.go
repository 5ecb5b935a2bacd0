package wording

import (
	"fmt"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/lexicon"
)

// Keep keeps with a message what was found in it.
func Keep(tx *store.Tx, message int64, all []Finding) error {
	for i, f := range all {
		if err := tx.Do(`INSERT INTO messages_findings (message, place, rule, severity, start_at, end_at, overruled) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			message, i, f.Rule, f.Severity, f.Start, f.End, f.Overruled); err != nil {
			return err
		}
	}
	return nil
}

// Overrule keeps with a message who let it leave; reason is the id of the words for it.
func Overrule(tx *store.Tx, message int64, author string, reason int64) error {
	return tx.Do(`INSERT INTO messages_overrides (message, author, reason) VALUES ($1, $2, $3)`, message, author, reason)
}

// Of is what was found in messages, and who let those leave that a rule would have stopped, each by message.
func Of(tx *store.Tx, messages []int64) (found map[int64][]Finding, let map[int64]Override, err error) {
	found, let = map[int64][]Finding{}, map[int64]Override{}
	if len(messages) == 0 {
		return found, let, nil
	}
	type kept struct {
		Message int64 `db:"message"`
		Finding
	}
	type overridden struct {
		Message int64 `db:"message"`
		Override
	}
	stopped := false
	marks, args := store.Marks(messages)
	err = store.Each(tx, fmt.Sprintf(`SELECT message, rule, severity, start_at, end_at, overruled FROM messages_findings WHERE message IN (%s) ORDER BY message, place`, marks), args, func(k kept) error {
		found[k.Message] = append(found[k.Message], k.Finding)
		stopped = stopped || k.Overruled
		return nil
	})
	if err != nil || !stopped {
		return found, let, err
	}
	return found, let, store.Each(tx, fmt.Sprintf(`SELECT o.message, o.author, COALESCE(r.text, '') AS reason FROM messages_overrides o LEFT JOIN tickets_reasons r ON r.id = o.reason
		WHERE o.message IN (%s)`, marks), args, func(o overridden) error {
		let[o.Message] = o.Override
		return nil
	})
}

// mostSaid is how much of a conversation counts for the next words in it.
const mostSaid = 500

// Talk is what was said in a ticket of late, in its order: what reached the customer and what came from them. A note has not
// been said.
func Talk(tx *store.Tx, ticket int64) (talk []lexicon.Side, err error) {
	type said struct {
		Kind string `db:"kind"`
		Text string `db:"text"`
	}
	return talk, store.Each(tx, `SELECT kind, text FROM (SELECT id, kind, text FROM messages WHERE ticket = $1 AND kind IN ('in', 'out') ORDER BY id DESC LIMIT $2) AS latest
		ORDER BY id`, []any{ticket, mostSaid}, func(s said) error {
		talk = append(talk, lexicon.Side{Text: s.Text, Theirs: s.Kind == "in"})
		return nil
	})
}
