package approvals

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/narrow"
	"github.com/hearthdesk/hearth/rooms/recovery/policies"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
)

// Questions lists the questions to supervisors that who may answer, or asked; the oldest open ones first, of others the
// newest.
func Questions(tx *store.Tx, who web.Who, state string, mine bool, after ID, limit int) (page web.Page[Approval], err error) {
	c := narrow.Clauses{}
	c.Args = append(c.Args, who.Staff)
	switch {
	case mine || !who.May(web.Approve):
		c.Parts = append(c.Parts, "asked_by = $1")
	default:
		c.Parts = append(c.Parts, "(asked_by = $1 OR "+c.Team(who, "")+")")
	}
	if state != "" {
		c.With("state = $%d", state)
	}
	order, beyond := "id DESC", "id < $%d"
	if state == "open" {
		order, beyond = "id", "id > $%d"
	}
	if after != 0 {
		c.With(beyond, after)
	}
	c.Args = append(c.Args, limit)
	page.Items, err = store.All[Approval](tx, `SELECT `+columns+` FROM approvals WHERE `+c.Where()+` ORDER BY `+order+fmt.Sprintf(` LIMIT $%d`, len(c.Args)), c.Args...)
	for i := range page.Items {
		page.Items[i].Dress(who)
	}
	if len(page.Items) == limit {
		page.Next = page.Items[limit-1].ID.String()
	}
	return page, err
}

// Look shows a question to whoever asked it or may answer it, whatever became of it; to everybody else it does not exist.
func Look(tx *store.Tx, who web.Who, which ID) (a Approval, err error) {
	a, ok, err := store.Find[Approval](tx, `SELECT `+columns+` FROM approvals WHERE id = $1`, which)
	own := who.Staff != 0 && int64(a.AskedBy) == who.Staff
	if err == nil && (!ok || !own && (!who.May(web.Approve) || !who.Sees(int64(a.Team)))) {
		return Approval{}, fault.New(fault.NotFound, "approval.unknown", "There is no question %s.", which)
	}
	a.Dress(who)
	return a, err
}

// Guidance is what was answered and given when the like came before: a floor and an idea, never a ceiling.
type Guidance struct {
	Answers []Approval `json:"answers" nullable:"false" doc:"those most alike first"`
	Cases   int64      `json:"cases" doc:"like cases of the last two years in which something was given"`
	Right   *Range     `json:"right,omitempty" doc:"what was given there to make it right"`
	Extra   *Range     `json:"extra,omitempty" doc:"what was given there beyond that"`
	Gifts   []Popular  `json:"gifts" nullable:"false" doc:"what it was, the most frequent first"`
}

// Range is what like cases were given.
type Range struct {
	Cases   int64        `json:"cases"`
	Lowest  money.Amount `json:"lowest"`
	Middle  money.Amount `json:"middle" doc:"the median, a floor to start from: half of the cases were given at least that"`
	Highest money.Amount `json:"highest" doc:"not a ceiling"`
}

// Popular is a remedy and how often it was given.
type Popular struct {
	Part remedies.Part `json:"part" db:"part"`
	Kind string        `json:"kind" db:"kind"`
	What string        `json:"what" db:"name"`
	N    int64         `json:"n" db:"n"`
}

// Alike is what to look for.
type Alike struct {
	Q        string
	Kind     string
	Severity int
	Policy   policies.ID // only where that rule was bent, or stood in the way
	Limit    int
}

// Guide finds answers to the like, by wording and kind, and what like cases were given.
func Guide(tx *store.Tx, who web.Who, a Alike) (g Guidance, err error) {
	if g.Answers, err = answered(tx, who, a); err != nil {
		return g, err
	}
	for i := range g.Answers {
		g.Answers[i].Dress(who)
	}
	since := tx.Now().AddDate(-2, 0, 0)
	if g.Gifts, err = popular(tx, who, a, since); err != nil || !who.May(web.Money) {
		return g, err
	}
	d, err := authority.Look(tx)
	if err != nil {
		return g, err
	}
	cases := map[string]bool{}
	for part, into := range map[remedies.Part]**Range{remedies.Right: &g.Right, remedies.Extra: &g.Extra} {
		sums, err := givenIn(tx, who, a, part, d.Currency, since)
		if err != nil {
			return g, err
		}
		for _, s := range sums {
			cases[s.Matter] = true
		}
		if n := len(sums); n > 0 {
			*into = &Range{int64(n), d.Amount(sums[0].Minor), d.Amount(sums[n/2].Minor), d.Amount(sums[n-1].Minor)}
		}
	}
	g.Cases = int64(len(cases))
	return g, nil
}

type caseSum struct {
	Matter string `db:"matter"`
	Minor  int64  `db:"minor"`
}

// like is the condition that a remedy is of a team who may see, and its complaint of that kind and severity.
func (a Alike) like(c *narrow.Clauses, who web.Who) {
	c.Parts = append(c.Parts, c.Team(who, "r."))
	if a.Kind != "" {
		c.With("c.kind = $%d", a.Kind)
	}
	if a.Severity != 0 {
		c.With("c.severity = $%d", a.Severity)
	}
	if a.Policy != 0 {
		c.With("r.id IN (SELECT remedy FROM authority_bends WHERE policy = $%d AND undone_at = 0)", a.Policy)
	}
}

// givenIn is what was given in each like case, the least first.
func givenIn(tx *store.Tx, who web.Who, a Alike, part remedies.Part, currency string, since time.Time) ([]caseSum, error) {
	c := narrow.Clauses{}
	c.With("r.part = $%d", part)
	c.With("r.currency = $%d", currency)
	c.With("r.given_at > $%d", since)
	a.like(&c, who)
	return store.All[caseSum](tx, `SELECT r.matter, CAST(SUM(r.minor) AS BIGINT) AS minor FROM remedies r JOIN complaints c ON c.id = r.complaint
		WHERE r.state = 'given' AND `+c.Where()+` GROUP BY r.matter ORDER BY 2`, c.Args...)
}

func popular(tx *store.Tx, who web.Who, a Alike, since time.Time) ([]Popular, error) {
	c := narrow.Clauses{}
	c.With("r.given_at > $%d", since)
	a.like(&c, who)
	return store.All[Popular](tx, `SELECT r.part, r.kind, CASE WHEN r.kind = 'other' THEN r.name ELSE '' END AS name, COUNT(*) AS n FROM remedies r JOIN complaints c ON c.id = r.complaint
		WHERE r.state = 'given' AND `+c.Where()+` GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT 12`, c.Args...)
}

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
	scores := map[ID]float64{}
	for _, w := range asked {
		hits, err := store.All[ID](tx, `SELECT approval FROM approvals_words WHERE word = $1 ORDER BY approval DESC LIMIT $2`, w, mostHits)
		if err != nil {
			return nil, err
		}
		for _, h := range hits {
			scores[h] += 1 / (1 + float64(len(hits)))
		}
	}
	c := narrow.Clauses{Parts: []string{"state IN ('yes', 'no')"}}
	if a.Kind != "" {
		c.With("kind = $%d", a.Kind)
	}
	if a.Severity != 0 {
		c.With("severity = $%d", a.Severity)
	}
	if a.Policy != 0 {
		c.With("policy = $%d", a.Policy)
	}
	c.Parts = append(c.Parts, c.Team(who, ""))
	if len(asked) > 0 {
		if len(scores) == 0 {
			return []Approval{}, nil
		}
		c.Parts = append(c.Parts, among(&c, scores))
	}
	found, err := store.All[Approval](tx, `SELECT `+columns+` FROM approvals WHERE `+c.Where()+` ORDER BY id DESC LIMIT `+fmt.Sprint(mostHits), c.Args...)
	slices.SortStableFunc(found, func(x, y Approval) int { return cmp.Compare(scores[y.ID], scores[x.ID]) })
	return found[:min(len(found), a.Limit)], err
}

// among is the condition that an approval is one of the best scored.
func among(c *narrow.Clauses, scores map[ID]float64) string {
	ids := make([]ID, 0, len(scores))
	for which := range scores {
		ids = append(ids, which)
	}
	slices.SortFunc(ids, func(x, y ID) int { return cmp.Or(cmp.Compare(scores[y], scores[x]), cmp.Compare(y, x)) })
	marks := []string{}
	for _, which := range ids[:min(len(ids), mostHits)] {
		c.Args = append(c.Args, which)
		marks = append(marks, fmt.Sprintf("$%d", len(c.Args)))
	}
	return "id IN (" + strings.Join(marks, ",") + ")"
}
