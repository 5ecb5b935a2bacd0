package staff

import (
	"context"
	"errors"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// Team reads one team; NotFound when there is none, or it was removed. In a Write it stays until that ends.
func (room *Room) Team(tx *store.Tx, which TeamID) (Team, error) { return team(tx, which) }

// Teams lists the teams by name, with their members.
func (room *Room) Teams(tx *store.Tx) ([]Team, error) { return teams(tx) }

// TeamNames tells how teams are called, removed ones too; who is unknown is missing.
func (room *Room) TeamNames(tx *store.Tx, which []TeamID) (map[TeamID]string, error) {
	return teamNames(tx, which)
}

// AddTeam makes a team.
func (room *Room) AddTeam(ctx context.Context, who web.Who, name string) (t Team, err error) {
	if t.Name, err = plainName(name); err != nil {
		return t, err
	}
	return t, room.change(ctx, who, func(tx *store.Tx) error {
		if !who.All {
			return fault.New(fault.Denied, "teams.all", "Only somebody who works with all teams can add one.")
		}
		if err := freeTeam(tx, t.Name, 0); err != nil {
			return err
		}
		t.ID, t.Members = store.NewID[teamKind](tx), []ID{}
		return errors.Join(insertTeam(tx, t), tx.Record(t.ID, TeamAdded{t.ID}))
	})
}

// RenameTeam gives a team another name.
func (room *Room) RenameTeam(ctx context.Context, who web.Who, which TeamID, name string) (t Team, err error) {
	if name, err = plainName(name); err != nil {
		return t, err
	}
	return t, room.change(ctx, who, func(tx *store.Tx) error {
		if t, err = theirTeam(tx, who, which); err != nil || t.Name == name {
			return err
		}
		if err := freeTeam(tx, name, which); err != nil {
			return err
		}
		t.Name = name
		return errors.Join(renameTeam(tx, which, name), tx.Record(which, TeamRenamed{which}))
	})
}

// RemoveTeam ends a team; its members stay, and what was its belongs to nobody in particular.
func (room *Room) RemoveTeam(ctx context.Context, who web.Who, which TeamID) error {
	return room.change(ctx, who, func(tx *store.Tx) error {
		if _, err := theirTeam(tx, who, which); err != nil {
			return err
		}
		return errors.Join(removeTeam(tx, which), tx.Record(which, TeamRemoved{which}))
	})
}

// Join brings somebody into a team.
func (room *Room) Join(ctx context.Context, who web.Who, which TeamID, whom ID) (Team, error) {
	return room.seat(ctx, who, which, whom, join, TeamJoined{which, whom})
}

// Leave takes somebody out of a team.
func (room *Room) Leave(ctx context.Context, who web.Who, which TeamID, whom ID) (Team, error) {
	return room.seat(ctx, who, which, whom, leave, TeamLeft{which, whom})
}

func (room *Room) seat(ctx context.Context, who web.Who, which TeamID, whom ID, do func(*store.Tx, TeamID, ID) (bool, error), e store.Event) (t Team, err error) {
	return t, room.change(ctx, who, func(tx *store.Tx) error {
		if _, err := theirTeam(tx, who, which); err != nil {
			return err
		}
		m, err := load(tx, whom)
		if err != nil {
			return err
		}
		if err := grant(who, m.Can, false, which); err != nil { // what they may, they may in this team then
			return err
		}
		changed, err := do(tx, which, whom)
		if err != nil {
			return err
		}
		if changed {
			if err := tx.Record(which, e); err != nil {
				return err
			}
		}
		t, err = team(tx, which)
		return err
	})
}

func theirTeam(tx *store.Tx, who web.Who, which TeamID) (Team, error) {
	t, err := team(tx, which)
	if err == nil {
		err = grant(who, 0, false, which)
	}
	return t, err
}

func freeTeam(tx *store.Tx, name string, except TeamID) error {
	all, err := teams(tx)
	for _, t := range all {
		if t.ID != except && strings.EqualFold(t.Name, name) {
			return taken("team.taken", "There is a team of this name already.")
		}
	}
	return err
}

func taken(code, say string) error {
	return &fault.Fault{Kind: fault.Conflict, Code: code, Say: say, Fields: map[string]string{"name": say}}
}
