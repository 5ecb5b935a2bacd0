// Package board picks the complaints that somebody may see and asked for, and counts them by stage.
package board

import (
	"fmt"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/narrow"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Filter says which complaints to list; what is zero filters nothing.
type Filter struct {
	Ticket    tickets.ID
	Owner     *staff.ID // zero for nobody's
	OfferedTo staff.ID
	RaisedBy  staff.ID
	Team      *staff.TeamID
	Stage     stages.Stage
	Severity  int
	Internal  *bool
	Closed    *bool
	Late      bool
	After     stages.ID
	Limit     int
}

// Count is how many complaints are in a stage.
type Count struct {
	Stage    stages.Stage `json:"stage" db:"stage"`
	Severity int          `json:"severity" db:"severity"`
	N        int64        `json:"n" db:"n"`
	Late     int64        `json:"late" db:"late"`
}

// Counts are the open complaints who may see, by stage and severity.
func Counts(tx *store.Tx, who web.Who, f Filter) ([]Count, error) {
	open := false
	f.Closed, f.After = &open, 0
	where, args := f.Conditions(who)
	return store.All[Count](tx, `SELECT stage, severity, COUNT(*) AS n, SUM(CASE WHEN late_at > 0 THEN 1 ELSE 0 END) AS late FROM complaints WHERE `+where+` GROUP BY stage, severity ORDER BY stage, severity`, args...)
}

// Waits is how much waits for somebody.
type Waits struct {
	Asked     int64 `json:"asked" doc:"complaints you are asked to take over"`
	Questions int64 `json:"questions" doc:"questions to supervisors that you may answer"`
}

// WaitsFor counts what waits for who.
func WaitsFor(tx *store.Tx, who web.Who) (n Waits, err error) {
	if who.Staff == 0 {
		return n, nil
	}
	if n.Asked, err = store.One[int64](tx, `SELECT COUNT(*) FROM complaints WHERE offered_to = $1 AND offered_to > 0 AND closed_at = 0`, who.Staff); err != nil || !who.May(web.Approve) {
		return n, err
	}
	c := narrow.Clauses{}
	c.With("asked_by <> $%d", who.Staff)
	c.Add(c.Team(who, ""))
	n.Questions, err = store.One[int64](tx, `SELECT COUNT(*) FROM approvals WHERE state = 'open' AND `+c.Where(), c.Args...)
	return n, err
}

// Conditions are those of the filter and of what who may see: their teams' complaints where they may see tickets, and in
// any case those they own, raised or are asked to take over.
func (f Filter) Conditions(who web.Who) (string, []any) {
	c := narrow.Clauses{}
	c.With("id < $%d", f.before())
	if !who.May(web.View) || !who.All {
		own := "FALSE"
		if who.Staff != 0 {
			c.Args = append(c.Args, who.Staff)
			own = fmt.Sprintf("owner = $%[1]d OR raised_by = $%[1]d OR offered_to = $%[1]d", len(c.Args))
		}
		if who.May(web.View) {
			own += " OR " + c.Team(who, "")
		}
		c.Parts = append(c.Parts, "("+own+")")
	}
	if f.Ticket != 0 {
		c.With("ticket = $%d", f.Ticket)
	}
	if f.Owner != nil {
		c.With("owner = $%d", *f.Owner)
	}
	if f.OfferedTo != 0 {
		c.With("offered_to = $%d", f.OfferedTo)
	}
	if f.RaisedBy != 0 {
		c.With("raised_by = $%d", f.RaisedBy)
	}
	if f.Team != nil {
		c.With("team = $%d", *f.Team)
	}
	f.narrow(&c)
	return c.Where(), c.Args
}

func (f Filter) narrow(c *narrow.Clauses) {
	if f.Stage != "" {
		c.With("stage = $%d", f.Stage)
	}
	if f.Severity != 0 {
		c.With("severity = $%d", f.Severity)
	}
	if f.Internal != nil {
		c.With("internal = $%d", *f.Internal)
	}
	if f.Closed != nil {
		c.Parts = append(c.Parts, map[bool]string{true: "closed_at > 0", false: "closed_at = 0"}[*f.Closed])
	}
	if f.Late {
		c.Parts = append(c.Parts, "late_at > 0")
	}
}

func (f Filter) before() stages.ID {
	if f.After == 0 {
		return 1<<63 - 1
	}
	return f.After
}
