package recovery

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
)

const (
	mostWords = 40  // of a question that are looked for
	mostHits  = 400 // questions that are looked at, the newest
)

// answered finds the answers most like a wording: those with most of its words, rare ones counting for more, and of the
// same kind of complaint; without a wording the newest of that kind.
func answered(tx *store.Tx, who web.Who, a Alike) ([]Approval, error) {
	asked, _ := search.Words(a.Q)
	slices.Sort(asked)
	asked = slices.Compact(asked)
	if len(asked) > mostWords {
		asked = asked[:mostWords]
	}
	scores := map[ApprovalID]float64{}
	for _, w := range asked {
		hits, err := store.All[ApprovalID](tx, `SELECT approval FROM approvals_words WHERE word = $1 ORDER BY approval DESC LIMIT $2`, w, mostHits)
		if err != nil {
			return nil, err
		}
		for _, h := range hits {
			scores[h] += 1 / (1 + float64(len(hits)))
		}
	}
	c := clauses{parts: []string{"state IN ('yes', 'no')"}}
	if a.Kind != "" {
		c.with("kind = $%d", a.Kind)
	}
	if a.Severity != 0 {
		c.with("severity = $%d", a.Severity)
	}
	c.parts = append(c.parts, c.team(who, ""))
	if len(asked) > 0 {
		if len(scores) == 0 {
			return []Approval{}, nil
		}
		c.parts = append(c.parts, c.among(scores))
	}
	found, err := store.All[Approval](tx, `SELECT `+approvalColumns+` FROM approvals WHERE `+strings.Join(c.parts, " AND ")+` ORDER BY id DESC LIMIT `+fmt.Sprint(mostHits), c.args...)
	slices.SortStableFunc(found, func(x, y Approval) int { return cmp.Compare(scores[y.ID], scores[x.ID]) })
	return found[:min(len(found), a.Limit)], err
}

// among is the condition that an approval is one of the best scored.
func (c *clauses) among(scores map[ApprovalID]float64) string {
	ids := make([]ApprovalID, 0, len(scores))
	for which := range scores {
		ids = append(ids, which)
	}
	slices.SortFunc(ids, func(x, y ApprovalID) int { return cmp.Or(cmp.Compare(scores[y], scores[x]), cmp.Compare(y, x)) })
	marks := []string{}
	for _, which := range ids[:min(len(ids), mostHits)] {
		c.args = append(c.args, which)
		marks = append(marks, fmt.Sprintf("$%d", len(c.args)))
	}
	return "id IN (" + strings.Join(marks, ",") + ")"
}

// called is how to call the customers of complaints.
func (room *Room) called(tx *store.Tx, rows []Row) (map[people.ID]string, error) {
	var ids []people.ID
	for _, r := range rows {
		if r.Customer != 0 {
			ids = append(ids, r.Customer)
		}
	}
	return room.people.Names(tx, ids)
}
