package clocks

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type targetKind struct{}

func (targetKind) Prefix() string { return "tgt" }

// TargetID names a policy.
type TargetID = id.Of[targetKind]

const mostTargets = 200

// Target is a policy as people keep it.
type Target struct {
	ID         TargetID   `json:"id" db:"id"`
	Place      int64      `json:"place" db:"place" doc:"the first policy that fits a ticket holds"`
	Name       string     `json:"name" db:"name"`
	When       Conditions `json:"when" db:"conditions,json" doc:"each names the values it takes; one that names none takes any; all must hold"`
	Calendar   hours.ID   `json:"calendar,omitzero" db:"calendar" doc:"whose hours are counted; the default one when absent"`
	Targets    Minutes    `json:"targets" db:"targets,json"`
	Warn       Ahead      `json:"warn" db:"warn,json"`
	HoldPauses bool       `json:"hold_pauses" db:"hold_pauses" doc:"the resolution clock stands still while a ticket is on hold"`
	Version    int64      `json:"version" db:"version"`
}

// Minutes are Targets in working minutes.
type Minutes struct {
	FirstAnswer int64 `json:"first_answer,omitempty" minimum:"0" maximum:"600000" doc:"working minutes; nothing is promised when absent"`
	NextAnswer  int64 `json:"next_answer,omitempty" minimum:"0" maximum:"600000" doc:"working minutes; nothing is promised when absent"`
	Resolution  int64 `json:"resolution,omitempty" minimum:"0" maximum:"600000" doc:"working minutes; nothing is promised when absent"`
}

// Ahead is a Lead in minutes.
type Ahead struct {
	Percent int   `json:"percent,omitempty" minimum:"0" maximum:"99" doc:"warn when that much of the time is left"`
	Before  int64 `json:"before,omitempty" minimum:"0" maximum:"600000" doc:"or that many working minutes before"`
}

// policy is the target in the words of the rules, counted by that calendar.
func (t Target) policy(calendar hours.ID) Policy {
	return Policy{
		ID: t.ID.String(), Name: t.Name, When: t.When, Calendar: calendar.String(), HoldPauses: t.HoldPauses,
		Targets: Targets{minutes(t.Targets.FirstAnswer), minutes(t.Targets.NextAnswer), minutes(t.Targets.Resolution)},
		Warn:    Lead{t.Warn.Percent, minutes(t.Warn.Before)},
	}
}

func minutes(n int64) time.Duration { return time.Duration(n) * time.Minute }

// factsOf are what conditions ask of a ticket.
func factsOf(t tickets.Ticket) Facts {
	return Facts{Priority: string(t.Priority), Type: t.Type, Team: t.Team.String(), Channel: t.Channel, Tags: t.Tags, Company: t.Company.String()}
}

// Add enters a policy. It takes its place before the first one that would keep every ticket from it, else at the end.
func (room *Room) Add(ctx context.Context, who web.Who, t Target) (Target, error) {
	return t, room.rule(ctx, who, func(tx *store.Tx, all []Target) ([]Target, error) {
		if len(all) >= mostTargets {
			return nil, fault.New(fault.Conflict, "targets.many", "%d policies are as many as can be kept.", mostTargets)
		}
		t.ID, t.Version = store.NewID[targetKind](tx), 1
		if err := room.check(tx, &t); err != nil {
			return nil, err
		}
		at := slices.IndexFunc(all, func(o Target) bool { return o.When.cover(t.When) })
		if at < 0 {
			at = len(all)
		}
		t.Place = int64(at + 1)
		return slices.Insert(all, at, t), errors.Join(insertTarget(tx, t), tx.Record(t.ID, Added{t.ID}))
	})
}

// TargetChange is what to change of a policy; nil leaves a part as it is.
type TargetChange struct {
	Name       *string     `json:"name,omitempty" maxLength:"200"`
	When       *Conditions `json:"when,omitempty"`
	Calendar   *hours.ID   `json:"calendar,omitempty" doc:"empty for the default one"`
	Targets    *Minutes    `json:"targets,omitempty"`
	Warn       *Ahead      `json:"warn,omitempty"`
	HoldPauses *bool       `json:"hold_pauses,omitempty"`
}

// Change corrects parts of a policy. Running clocks follow.
func (room *Room) Change(ctx context.Context, who web.Who, which TargetID, ch TargetChange) (t Target, err error) {
	return t, room.rule(ctx, who, func(tx *store.Tx, all []Target) ([]Target, error) {
		i, err := indexOf(all, which)
		if err != nil {
			return nil, err
		}
		t = all[i]
		parts := t.change(ch)
		if len(parts) == 0 {
			return nil, nil
		}
		if err := room.check(tx, &t); err != nil {
			return nil, err
		}
		t.Version++
		all[i] = t
		return all, errors.Join(saveTarget(tx, t), tx.Record(t.ID, Changed{t.ID, parts}))
	})
}

// change applies a change and names the parts that are different now.
func (t *Target) change(ch TargetChange) (parts []string) {
	was := *t
	set(&t.Name, ch.Name)
	set(&t.When, ch.When)
	set(&t.Calendar, ch.Calendar)
	set(&t.Targets, ch.Targets)
	set(&t.Warn, ch.Warn)
	set(&t.HoldPauses, ch.HoldPauses)
	for _, part := range []struct {
		name     string
		was, now any
	}{
		{"name", was.Name, t.Name},
		{"when", was.When, t.When},
		{"calendar", was.Calendar, t.Calendar},
		{"targets", was.Targets, t.Targets},
		{"warn", was.Warn, t.Warn},
		{"hold_pauses", was.HoldPauses, t.HoldPauses},
	} {
		if !reflect.DeepEqual(part.was, part.now) {
			parts = append(parts, part.name)
		}
	}
	return parts
}

func set[T any](into, v *T) {
	if v != nil {
		*into = *v
	}
}

// Order puts the policies into another order; it names each of them once.
func (room *Room) Order(ctx context.Context, who web.Who, order []TargetID) (ordered []Target, err error) {
	return ordered, room.rule(ctx, who, func(tx *store.Tx, all []Target) ([]Target, error) {
		ordered = all
		if slices.EqualFunc(all, order, func(t Target, which TargetID) bool { return t.ID == which }) {
			return nil, nil
		}
		place := func(t Target) int { return slices.Index(order, t.ID) }
		if len(order) != len(all) || slices.ContainsFunc(all, func(t Target) bool { return place(t) < 0 }) {
			return nil, fault.Field("order", "targets.order", "Name each policy once.")
		}
		slices.SortFunc(all, func(a, b Target) int { return cmp.Compare(place(a), place(b)) })
		return all, tx.Record(policies{}, Ordered{order})
	})
}

type policies struct{}

func (policies) String() string { return "targets" }

// Remove takes a policy away. Running clocks follow.
func (room *Room) Remove(ctx context.Context, who web.Who, which TargetID) error {
	return room.rule(ctx, who, func(tx *store.Tx, all []Target) ([]Target, error) {
		i, err := indexOf(all, which)
		if err != nil {
			return nil, err
		}
		return slices.Delete(all, i, i+1), errors.Join(removeTarget(tx, which), tx.Record(which, Removed{which}))
	})
}

// rule changes the policies, one change at a time. do gets all of them in order and returns all that are there then, or
// nil when nothing changed.
func (room *Room) rule(ctx context.Context, who web.Who, do func(tx *store.Tx, all []Target) ([]Target, error)) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if err := holdTargets(tx); err != nil {
			return err
		}
		all, err := allTargets(tx)
		if err != nil {
			return err
		}
		now, err := do(tx, all)
		if err != nil || now == nil {
			return err
		}
		if err := reachable(now); err != nil {
			return err
		}
		for i := range now {
			if place := int64(i + 1); now[i].Place != place {
				now[i].Place = place
				if err := placeTarget(tx, now[i]); err != nil {
					return err
				}
			}
		}
		return room.recount(tx)
	})
}

func indexOf(all []Target, which TargetID) (int, error) {
	i := slices.IndexFunc(all, func(t Target) bool { return t.ID == which })
	if i < 0 {
		return i, fault.New(fault.NotFound, "target.unknown", "There is no policy %s.", which)
	}
	return i, nil
}

// check refuses a policy that can't be kept, or is for tickets that can't be.
func (room *Room) check(tx *store.Tx, t *Target) error {
	t.Name = strings.TrimSpace(t.Name)
	calendar, err := room.calendar(tx, t.Calendar)
	if f := fault.Of(err); f != nil && f.Kind == fault.NotFound {
		return f.About("calendar")
	} else if err != nil {
		return err
	}
	if err := t.policy(calendar.ID).Check(); err != nil {
		return err
	}
	for _, p := range t.When.Priorities {
		if !slices.Contains([]tickets.Priority{tickets.Low, tickets.Normal, tickets.High, tickets.Urgent}, tickets.Priority(p)) {
			return fault.Field("when.priorities", "priority.unknown", "There is no priority %q.", p)
		}
	}
	for _, text := range t.When.Teams {
		if new(staff.TeamID).UnmarshalText([]byte(text)) != nil {
			return fault.Field("when.teams", "id.malformed", "%q is not a team's id.", text)
		}
	}
	for _, text := range t.When.Companies {
		if new(people.CompanyID).UnmarshalText([]byte(text)) != nil {
			return fault.Field("when.companies", "id.malformed", "%q is not a company's id.", text)
		}
	}
	return nil
}

// reachable refuses an order in which a policy never holds.
func reachable(all []Target) error {
	for i, t := range all {
		for _, before := range all[:i] {
			if before.When.cover(t.When) {
				return fault.New(fault.Conflict, "targets.never", "“%s” would never hold: “%s” stands before it and takes all of its tickets.", t.Name, before.Name)
			}
		}
	}
	return nil
}
