package staff

import (
	"context"
	"errors"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// Role reads a role by its name, in any case of letters, or by its id; NotFound when there is none.
func (room *Room) Role(tx *store.Tx, nameOrID string) (Role, error) { return roleBy(tx, nameOrID) }

// Roles lists the roles: those that come with Hearth, and then the company's own.
func (room *Room) Roles(tx *store.Tx) ([]Role, error) { return roles(tx) }

func roleBy(tx *store.Tx, nameOrID string) (Role, error) {
	all, err := roles(tx)
	for _, r := range all {
		if r.ID.String() == nameOrID || strings.EqualFold(r.Name, nameOrID) {
			return r, nil
		}
	}
	if err == nil {
		err = &fault.Fault{
			Kind: fault.NotFound, Code: "role.unknown", Say: "There is no such role.",
			Fields: map[string]string{"role": "There is no such role."},
		}
	}
	return Role{}, err
}

// AddRole makes a role of the company's own.
func (room *Room) AddRole(ctx context.Context, who web.Who, name string, may []string, all bool) (r Role, err error) {
	if r.Name, err = plainName(name); err != nil {
		return r, err
	}
	if r.May, err = plainPerms(may); err != nil {
		return r, err
	}
	r.All = all
	return r, room.change(ctx, who, func(tx *store.Tx) error {
		if err := mayRule(who, r); err != nil {
			return err
		}
		if err := freeRole(tx, r); err != nil {
			return err
		}
		r.ID = store.NewID[roleKind](tx)
		return errors.Join(insertRole(tx, r), tx.Record(r.ID, RoleAdded{r.ID, r.May, r.All}))
	})
}

// RoleChange is what to change of a role; what is nil stays.
type RoleChange struct {
	Name *string   `json:"name,omitempty" maxLength:"200"`
	May  *[]string `json:"may,omitempty" maxItems:"50"`
	All  *bool     `json:"all_teams,omitempty"`
}

// ChangeRole changes a role of the company's own, for everybody who has it.
func (room *Room) ChangeRole(ctx context.Context, who web.Who, which RoleID, c RoleChange) (r Role, err error) {
	return r, room.change(ctx, who, func(tx *store.Tx) error {
		if r, err = ownRole(tx, who, which); err != nil {
			return err
		}
		was := r
		if err := r.change(c); err != nil || r == was {
			return err
		}
		if err := mayRule(who, r); err != nil {
			return err
		}
		if err := freeRole(tx, r); err != nil {
			return err
		}
		return errors.Join(saveRole(tx, r), tx.Record(r.ID, RoleChanged{r.ID, r.May, r.All}))
	})
}

func (r *Role) change(c RoleChange) (err error) {
	if c.Name != nil {
		if r.Name, err = plainName(*c.Name); err != nil {
			return err
		}
	}
	if c.May != nil {
		if r.May, err = plainPerms(*c.May); err != nil {
			return err
		}
	}
	if c.All != nil {
		r.All = *c.All
	}
	return nil
}

// RemoveRole ends a role of the company's own that nobody has.
func (room *Room) RemoveRole(ctx context.Context, who web.Who, which RoleID) error {
	return room.change(ctx, who, func(tx *store.Tx) error {
		r, err := ownRole(tx, who, which)
		if err != nil {
			return err
		}
		n, err := holders(tx, which)
		if err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "role.in_use", "%d of the staff have this role; give them another one first.", n)
		}
		return errors.Join(removeRole(tx, which), tx.Record(which, RoleRemoved{r.ID}))
	})
}

// ownRole is a role of the company's own that who may change.
func ownRole(tx *store.Tx, who web.Who, which RoleID) (Role, error) {
	r, err := roleBy(tx, which.String())
	switch {
	case err != nil:
		return r, err
	case r.BuiltIn:
		return r, fault.New(fault.Conflict, "role.built_in", "The roles that come with Hearth stay as they are; make one of your own beside them.")
	}
	return r, mayRule(who, r)
}

// mayRule says whether who may make or change a role. It holds in every team, so it is for those who work with all.
func mayRule(who web.Who, r Role) error {
	if !who.All {
		return fault.New(fault.Denied, "teams.all", "Roles hold in every team, so only somebody who works with all teams can change them.")
	}
	return grant(who, r.May, r.All)
}

func freeRole(tx *store.Tx, r Role) error {
	all, err := roles(tx)
	for _, o := range all {
		if o.ID != r.ID && strings.EqualFold(o.Name, r.Name) {
			return taken("role.taken", "There is a role of this name already.")
		}
	}
	return err
}

func plainPerms(names []string) (web.Perm, error) {
	p, ok := web.ParsePerms(names)
	if !ok {
		return 0, fault.Field("may", "permission.unknown", "One of these permissions is not known here.")
	}
	return p, nil
}
