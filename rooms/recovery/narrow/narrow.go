// Package narrow grows the conditions by which a list shows no more than was asked for, and than somebody may see.
package narrow

import (
	"fmt"
	"strings"

	"github.com/hearthdesk/hearth/base/web"
)

// Clauses is a WHERE that grows.
type Clauses struct {
	Parts []string
	Args  []any
}

// With adds a condition, in which %d stands for the place of the value.
func (c *Clauses) With(text string, v any) {
	c.Args = append(c.Args, v)
	c.Parts = append(c.Parts, fmt.Sprintf(text, len(c.Args)))
}

// Add adds a condition that is whole.
func (c *Clauses) Add(part string) { c.Parts = append(c.Parts, part) }

// Place takes a value and says which place it has.
func (c *Clauses) Place(v any) string {
	c.Args = append(c.Args, v)
	return fmt.Sprintf("$%d", len(c.Args))
}

// Where is all of them together.
func (c *Clauses) Where() string { return strings.Join(c.Parts, " AND ") }

// Team is the condition that something belongs to one of the teams of who, or to none; of names its table, with a dot.
func (c *Clauses) Team(who web.Who, of string) string {
	if who.All {
		return "TRUE"
	}
	marks := []string{"0"}
	for _, t := range who.Teams {
		marks = append(marks, c.Place(t))
	}
	return of + "team IN (" + strings.Join(marks, ",") + ")"
}
