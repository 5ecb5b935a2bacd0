package clocks

import (
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/rooms/hours"
)

// longest is the most working time a target may allow: a year of days and nights.
const longest = 366 * 24 * time.Hour

// Policy is what the company promises for some of its tickets. The policies stand in an order; the first that fits holds.
type Policy struct {
	ID       string // chosen by whoever keeps the policies; clocks remember it
	Name     string
	When     Conditions
	Calendar string // the id of the calendar in room hours whose time is counted
	Targets  Targets
	Warn     Lead
	// HoldPauses stops the resolution clock while the ticket waits for a third party.
	HoldPauses bool
}

// Conditions say which tickets a policy is for. Each names the values it takes, one of which must be the ticket's; one
// that names none takes any. All must hold.
type Conditions struct {
	Priorities []string `json:"priorities,omitempty" maxItems:"4"`
	Types      []string `json:"types,omitempty" maxItems:"100"`
	Teams      []string `json:"teams,omitempty" maxItems:"100"`
	Channels   []string `json:"channels,omitempty" maxItems:"100"`
	Tags       []string `json:"tags,omitempty" maxItems:"100"`
	Companies  []string `json:"companies,omitempty" maxItems:"1000" doc:"the customer's"`
}

// Facts are what conditions ask of a ticket, in the words and ids the API uses.
type Facts struct {
	Priority string
	Type     string
	Team     string
	Channel  string
	Tags     []string
	Company  string
}

// Targets are working times; 0 sets none.
type Targets struct {
	FirstAnswer time.Duration
	NextAnswer  time.Duration
	Resolution  time.Duration
}

// Lead says how long before a target is missed somebody is warned: when that percentage of it is left, or that much
// working time. At most one is set; none means no warning.
type Lead struct {
	Percent int // 1 to 99
	Before  time.Duration
}

// Terms are a policy with its calendar ready to count with. Without a timetable all time counts; without a policy
// nothing is ever due; nor is what began before Since, when the company had promised nothing yet.
type Terms struct {
	Policy Policy
	Hours  *hours.Timetable
	Since  time.Time
}

// Check is Invalid, with the field at fault, when the policy can't be kept by anybody.
func (p Policy) Check() error {
	switch {
	case strings.TrimSpace(p.Name) == "":
		return fault.Field("name", "policy.name", "A policy needs a name.")
	case p.Calendar == "":
		return fault.Field("calendar", "policy.calendar", "Choose the calendar whose hours are counted.")
	case p.Targets == Targets{}:
		return fault.Field("targets", "policy.targets", "Set at least one target.")
	case p.Warn.Percent != 0 && p.Warn.Before != 0:
		return fault.Field("warn", "policy.warn_twice", "Warn by a percentage or by a time, not by both.")
	case p.Warn.Percent < 0 || p.Warn.Percent > 99 || p.Warn.Before < 0:
		return fault.Field("warn", "policy.warn", "Warn when 1 to 99 percent of the target is left, or some time before it.")
	}
	for _, values := range p.When.all() {
		if slices.ContainsFunc(values, func(v string) bool { return strings.TrimSpace(v) == "" }) {
			return fault.Field("when", "policy.condition", "A condition names a value, or is left out.")
		}
	}
	return p.checkTargets()
}

func (p Policy) checkTargets() error {
	for _, target := range []time.Duration{p.Targets.FirstAnswer, p.Targets.NextAnswer, p.Targets.Resolution} {
		switch {
		case target < 0 || target > longest:
			return fault.Field("targets", "policy.target", "A target is more than nothing and at most a year.")
		case target > 0 && p.Warn.Before >= target:
			return fault.Field("warn", "policy.warn_early", "That warning would come before the clock starts.")
		}
	}
	return nil
}

// First is the first policy that fits; false when none does.
func First(policies []Policy, f Facts) (Policy, bool) {
	if i := slices.IndexFunc(policies, func(p Policy) bool { return p.Fits(f) }); i >= 0 {
		return policies[i], true
	}
	return Policy{}, false
}

// Fits says whether the policy is for such a ticket.
func (p Policy) Fits(f Facts) bool {
	return takes(p.When.Priorities, f.Priority) && takes(p.When.Types, f.Type) && takes(p.When.Teams, f.Team) &&
		takes(p.When.Channels, f.Channel) && takes(p.When.Companies, f.Company) && takes(p.When.Tags, f.Tags...)
}

func takes(values []string, have ...string) bool {
	return len(values) == 0 || slices.ContainsFunc(have, func(v string) bool { return slices.Contains(values, v) })
}

// cover says whether every ticket that fits the other conditions fits these.
func (c Conditions) cover(other Conditions) bool {
	theirs := other.all()
	for i, mine := range c.all() {
		outside := func(v string) bool { return !slices.Contains(mine, v) }
		if len(mine) > 0 && (len(theirs[i]) == 0 || slices.ContainsFunc(theirs[i], outside)) {
			return false
		}
	}
	return true
}

func (c Conditions) all() [][]string {
	return [][]string{c.Priorities, c.Types, c.Teams, c.Channels, c.Tags, c.Companies}
}

// target is how long a clock of that kind that started then may run; 0 when nothing is promised.
func (t Terms) target(kind Kind, started time.Time) time.Duration {
	if started.Before(t.Since) {
		return 0
	}
	switch kind {
	case FirstAnswer:
		return t.Policy.Targets.FirstAnswer
	case NextAnswer:
		return t.Policy.Targets.NextAnswer
	case Resolution:
		return t.Policy.Targets.Resolution
	case Customer:
	}
	return 0
}

// of is how much of a target is left when somebody is warned; 0 means no warning.
func (l Lead) of(target time.Duration) time.Duration {
	if l.Before > 0 {
		return l.Before
	}
	return target / 100 * time.Duration(l.Percent)
}
