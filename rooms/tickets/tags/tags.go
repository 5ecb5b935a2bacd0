// Package tags keeps the tags of tickets, and counts how often each is used, so that whoever types one sees what there is.
//
// The counts are kept for each team by a follower and never made by looking at tickets: what they cost does not depend on how
// many there are. Somebody is told only of tags in what they may see.
package tags

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// Tag is a tag and how often it is used.
type Tag struct {
	Tag string `json:"tag" db:"tag"`
	N   int64  `json:"n" db:"n" doc:"how many tickets have it, among those of your teams and of none"`
}

// Clean brings tags into their form, lower case and words joined by hyphens, in their order and each once. It is Invalid when
// one can't be a tag.
func Clean(all []string) ([]string, error) {
	tags := make([]string, 0, len(all))
	for _, s := range all {
		tag := hyphened(s)
		if tag == "" || len(tag) > 60 || strings.ContainsAny(tag, ",\x00\"'<>") {
			return nil, fault.Field("tags", "tag.malformed", "%q can't be a tag: use up to 60 letters, numbers and hyphens.", s)
		}
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	return slices.Compact(tags), nil
}

func hyphened(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), "-") }

// Changed are the tags that came and those that went.
func Changed(was, now []string) (added, removed []string) {
	for _, tag := range now {
		if !slices.Contains(was, tag) {
			added = append(added, tag)
		}
	}
	for _, tag := range was {
		if !slices.Contains(now, tag) {
			removed = append(removed, tag)
		}
	}
	return added, removed
}

// Put enters the tags of a ticket, each at the ticket's place in the lists.
func Put(tx *store.Tx, ticket int64, status string, at time.Time, tags []string) error {
	for _, tag := range tags {
		if err := tx.Do(`INSERT INTO tickets_tags (tag, status, updated_at, ticket) VALUES ($1, $2, $3, $4)`, tag, status, at, ticket); err != nil {
			return err
		}
	}
	return nil
}

// Replace enters the tags of a ticket in place of those it had.
func Replace(tx *store.Tx, ticket int64, status string, at time.Time, tags []string) error {
	if err := tx.Do(`DELETE FROM tickets_tags WHERE ticket = $1`, ticket); err != nil {
		return err
	}
	return Put(tx, ticket, status, at, tags)
}

// counted is where a ticket counts, and by which tags.
type counted struct {
	Team int64    `db:"team"`
	Tags []string `db:"tags,json"`
}

// without are the tags that count here and not there.
func (c counted) without(other counted) []string {
	if c.Team != other.Team {
		return c.Tags
	}
	return slices.DeleteFunc(slices.Clone(c.Tags), func(tag string) bool { return slices.Contains(other.Tags, tag) })
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
	for _, tag := range was.without(now) {
		if err := add(tx, tag, was.Team, -1); err != nil {
			return err
		}
	}
	for _, tag := range now.without(was) {
		if err := add(tx, tag, now.Team, 1); err != nil {
			return err
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
	beginning = hyphened(beginning)
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

// Routes is what the web may ask of tags.
func Routes(api *web.API, db *store.DB) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/tickets/tags", Needs: web.View, Say: "List tags by their beginning, the most used first"},
		func(ctx context.Context, who web.Who, in *struct {
			Prefix string `query:"prefix" maxLength:"60" doc:"how they begin; all when absent"`
			Limit  int    `query:"limit" default:"20" minimum:"1" maximum:"100"`
		},
		) (page web.Page[Tag], err error) {
			return page, db.Read(ctx, func(tx *store.Tx) error {
				page.Items, err = Like(tx, who, in.Prefix, in.Limit)
				return err
			})
		})
}
