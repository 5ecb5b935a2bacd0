// Package tags counts how often each tag is used, so that whoever types one sees what there is.
//
// The counts are kept for each team by a follower and never made by looking at tickets: what they cost does not depend on how
// many there are. Somebody is told only of tags in what they may see.
package tags

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// Tag is a tag and how often it is used.
type Tag struct {
	Tag string `json:"tag" db:"tag"`
	N   int64  `json:"n" db:"n" doc:"how many tickets have it, among those of your teams and of none"`
}

// counted is where a ticket counts, and by which tags.
type counted struct {
	Team int64    `db:"team"`
	Tags []string `db:"tags,json"`
}

// Recount brings the counts up to a ticket as it is now; fresh says that it was never counted.
func Recount(tx *store.Tx, ticket int64, fresh bool) error {
	now, ok, err := store.Find[counted](tx, `SELECT team, tags FROM tickets WHERE id = $1`, ticket)
	if err != nil || !ok || fresh && len(now.Tags) == 0 {
		return err
	}
	was, _, err := store.Find[counted](tx, `SELECT team, tags FROM tickets_tag_counted WHERE ticket = $1`, ticket)
	if err != nil || was.Team == now.Team && slices.Equal(was.Tags, now.Tags) {
		return err
	}
	for _, tag := range was.Tags {
		if was.Team != now.Team || !slices.Contains(now.Tags, tag) {
			if err := add(tx, tag, was.Team, -1); err != nil {
				return err
			}
		}
	}
	for _, tag := range now.Tags {
		if was.Team != now.Team || !slices.Contains(was.Tags, tag) {
			if err := add(tx, tag, now.Team, 1); err != nil {
				return err
			}
		}
	}
	return tx.Do(`INSERT INTO tickets_tag_counted (ticket, team, tags) VALUES ($1, $2, $3) ON CONFLICT (ticket) DO UPDATE SET team = excluded.team, tags = excluded.tags`,
		ticket, now.Team, store.JSON(now.Tags))
}

func add(tx *store.Tx, tag string, team, n int64) error {
	return tx.Do(`INSERT INTO tickets_tag_counts (tag, team, n) VALUES ($1, $2, $3) ON CONFLICT (tag, team) DO UPDATE SET n = tickets_tag_counts.n + excluded.n`, tag, team, n)
}

// beyond comes after every letter.
const beyond = "\U0010FFFF"

// Like lists the tags that begin so among those that somebody may see, the most used first.
func Like(tx *store.Tx, who web.Who, beginning string, limit int) ([]Tag, error) {
	beginning = strings.Join(strings.Fields(strings.ToLower(beginning)), "-")
	args := []any{beginning, beginning + beyond, limit}
	theirs := ""
	if !who.All {
		marks, teams := store.Marks(append([]int64{0}, who.Teams...))
		theirs = " AND team IN (" + marks + ")"
		args = append(teams, args...)
	}
	n := len(args)
	return store.All[Tag](tx, fmt.Sprintf(`SELECT tag, CAST(SUM(n) AS BIGINT) AS n FROM tickets_tag_counts WHERE tag >= $%d AND tag < $%d AND n > 0%s
		GROUP BY tag ORDER BY 2 DESC, tag LIMIT $%d`, n-2, n-1, theirs, n), args...)
}
