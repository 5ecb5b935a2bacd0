package staff

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"runtime"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this room.
var Tables = store.Migrations{Room: "staff", FS: migrations}

// Options say what the room can't know by itself.
type Options struct {
	BaseURL string       // where people reach the workspace, such as https://help.example: links lead there, and cookies are Secure when it is https
	Log     *slog.Logger // nil for slog.Default
}

// Room is the door to staff, teams, roles, tokens and sessions.
type Room struct {
	db      *store.DB
	base    string
	log     *slog.Logger
	hashing chan struct{} // as many passwords are hashed at once as there are cores
	memory  memory
}

// New furnishes the room. db may be nil when only the routes are wanted.
func New(db *store.DB, o Options) *Room {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Room{
		db: db, base: strings.TrimSuffix(o.BaseURL, "/"), log: o.Log,
		hashing: make(chan struct{}, runtime.GOMAXPROCS(0)), memory: memory{known: map[[32]byte]known{}},
	}
}

// LinkTo says where links lead, once that is known: before the doors open, and never after.
func (room *Room) LinkTo(base string) { room.base = strings.TrimSuffix(base, "/") }

// change runs a change of what somebody may do: one at a time on all nodes, because most look at others first (the only
// owner, a free address, a role nobody has). It is rare, and makes every node's memory old.
func (room *Room) change(ctx context.Context, who web.Who, do func(tx *store.Tx) error) error {
	return room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		if err := bump(tx); err != nil {
			return err
		}
		tx.After(room.memory.drop)
		return do(tx)
	})
}

// Name is how colleagues call somebody.
func (room *Room) Name(tx *store.Tx, who ID) (string, error) {
	found, err := names(tx, []ID{who})
	name, ok := found[who]
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "staff.unknown", "There is no member of staff %s.", who)
	}
	return name, err
}

// Names is Name for many; who is unknown is missing.
func (room *Room) Names(tx *store.Tx, ids []ID) (map[ID]string, error) { return names(tx, ids) }

// Load reads one member of staff; NotFound when there is none.
func (room *Room) Load(tx *store.Tx, who ID) (Member, error) { return load(tx, who) }

// ByEmail reads the member of staff with an e-mail address, in any case of letters; ok is false when there is none.
func (room *Room) ByEmail(tx *store.Tx, email string) (m Member, ok bool, err error) {
	who, ok, err := idBy(tx, strings.ToLower(strings.TrimSpace(email)))
	if err != nil || !ok {
		return m, false, err
	}
	m, err = load(tx, who)
	return m, err == nil, err
}

// Who is somebody as the doors of the house see them, for work done on their behalf. Via is left empty. Somebody who is
// disabled may nothing.
func (room *Room) Who(tx *store.Tx, who ID) (web.Who, error) {
	m, err := load(tx, who)
	w := m.who()
	if m.Disabled {
		w.Can, w.All, w.Teams = 0, false, nil
	}
	return w, err
}

// Behind is the member of staff behind an actor, also when it was a token of theirs; zero for customers and the system.
func (room *Room) Behind(tx *store.Tx, a store.Actor) (who ID, err error) {
	switch a.Kind {
	case store.StaffKind:
		err = who.UnmarshalText([]byte(a.ID))
	case store.TokenKind:
		var t TokenID
		if err = t.UnmarshalText([]byte(a.ID)); err == nil {
			who, _, err = tokenOwner(tx, t)
		}
	case store.CustomerKind, store.SystemKind:
	}
	return who, err
}

// MayBeAssigned says why somebody can't be given work on tickets: NotFound, or Conflict when they are disabled or could not
// even read one. In a Write they stay active until it ends.
func (room *Room) MayBeAssigned(tx *store.Tx, who ID) error {
	disabled, err := hold(tx, who)
	if err == nil && disabled {
		err = fault.New(fault.Conflict, "staff.disabled", "This colleague is not here any more, so nothing can be given to them.")
	}
	if err != nil {
		return err
	}
	m, _, err := store.Find[Member](tx, members+` WHERE s.id = $1`, who)
	if err == nil && !m.answers() {
		err = fault.New(fault.Conflict, "staff.no_tickets", "%s has a role that does not work on tickets, so none can be given to them.", m.Name)
	}
	return err
}

// Newcomer is somebody to be added. Without a password they get a link with which they choose one.
type Newcomer struct {
	Email    string
	Name     string
	Role     string // its name or id
	Teams    []TeamID
	Language Language // English when empty
	Password string
}

// Add enters somebody. Only the command line can enter an owner, and only while there is none.
func (room *Room) Add(ctx context.Context, who web.Who, n Newcomer) (m Member, l *Link, err error) {
	made, password, err := room.newcomer(ctx, &n)
	if err != nil {
		return m, nil, err
	}
	return m, l, room.change(ctx, who, func(tx *store.Tx) error {
		r, err := roleBy(tx, n.Role)
		if err != nil {
			return err
		}
		if err := grant(who, r.May, r.All, n.Teams...); err != nil {
			return err
		}
		if r.ID == Owner {
			if err := mayBeFirst(tx, who); err != nil {
				return err
			}
		}
		made.ID, made.RoleID, made.AddedAt = store.NewID[staffKind](tx), r.ID, tx.Now()
		if err := room.enter(tx, made, password); err != nil {
			return err
		}
		if password == "" {
			if l, err = room.link(tx, made.ID, welcomeFor); err != nil {
				return err
			}
		}
		m, err = load(tx, made.ID)
		return err
	})
}

// newcomer tidies what was entered, and hashes the password.
func (room *Room) newcomer(ctx context.Context, n *Newcomer) (m Member, password string, err error) {
	if m.Name, err = plainName(n.Name); err != nil {
		return m, "", err
	}
	if m.Email, _, err = plainEmail(n.Email); err != nil {
		return m, "", err
	}
	if m.Language, err = plainLanguage(n.Language); err != nil {
		return m, "", err
	}
	m.Teams, _ = difference(nil, n.Teams)
	if n.Password == "" {
		return m, "", nil
	}
	if password, err = plainPassword(n.Password, m.Email, m.Name); err != nil {
		return m, "", err
	}
	password, err = room.hash(ctx, password)
	return m, password, err
}

// enter writes somebody new and their teams.
func (room *Room) enter(tx *store.Tx, m Member, password string) error {
	if err := free(tx, m.Email, 0); err != nil {
		return err
	}
	if err := insert(tx, m, strings.ToLower(m.Email), password); err != nil {
		return err
	}
	for _, t := range m.Teams {
		if _, err := team(tx, t); err != nil {
			return err
		}
		if _, err := join(tx, t, m.ID); err != nil {
			return err
		}
	}
	return tx.Record(m.ID, Added{m.ID, m.RoleID, m.Teams})
}

// free says whether nobody else has an address.
func free(tx *store.Tx, email string, except ID) error {
	has, ok, err := idBy(tx, strings.ToLower(email))
	if err == nil && ok && has != except {
		return &fault.Fault{
			Kind: fault.Conflict, Code: "email.taken", Say: "A colleague with this address is here already.",
			Fields: map[string]string{"email": "A colleague with this address is here already."},
		}
	}
	return err
}

func mayBeFirst(tx *store.Tx, who web.Who) error {
	_, there, err := ownerOf(tx)
	if err == nil && (there || !isHouse(who)) {
		err = fault.New(fault.Conflict, "owner.there", "There is one owner, who can hand the house over to somebody else.")
	}
	return err
}

// Change is what to change of an account; what is nil stays.
type Change struct {
	Email    *string   `json:"email,omitempty" maxLength:"254"`
	Name     *string   `json:"name,omitempty" maxLength:"200"`
	Role     *string   `json:"role,omitempty" maxLength:"200" doc:"its name or id"`
	Teams    *[]TeamID `json:"teams,omitempty" maxItems:"1000"`
	Language *Language `json:"language,omitempty" enum:"en,de"`
}

// Change changes parts of somebody's account.
func (room *Room) Change(ctx context.Context, who web.Who, whom ID, c Change) (m Member, err error) {
	return m, room.change(ctx, who, func(tx *store.Tx) error {
		if m, err = load(tx, whom); err != nil {
			return err
		}
		if err := m.inCharge(who); err != nil {
			return err
		}
		if err := room.rewrite(tx, &m, c); err != nil {
			return err
		}
		if err := room.giveRole(tx, who, &m, c.Role); err != nil {
			return err
		}
		return room.reseat(tx, who, &m, c.Teams)
	})
}

// rewrite changes what an account says about somebody.
func (room *Room) rewrite(tx *store.Tx, m *Member, c Change) (err error) {
	was := *m
	if c.Name != nil {
		if m.Name, err = plainName(*c.Name); err != nil {
			return err
		}
	}
	if c.Email != nil {
		if m.Email, _, err = plainEmail(*c.Email); err != nil {
			return err
		}
		if err := free(tx, m.Email, m.ID); err != nil {
			return err
		}
	}
	if c.Language != nil {
		if m.Language, err = plainLanguage(*c.Language); err != nil {
			return err
		}
	}
	var parts []string
	for part, differs := range map[string]bool{"email": m.Email != was.Email, "language": m.Language != was.Language, "name": m.Name != was.Name} {
		if differs {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	slices.Sort(parts)
	return errors.Join(save(tx, *m), tx.Record(m.ID, Changed{m.ID, parts}))
}

func (room *Room) giveRole(tx *store.Tx, who web.Who, m *Member, name *string) error {
	if name == nil {
		return nil
	}
	r, err := roleBy(tx, *name)
	if err != nil || r.ID == m.RoleID {
		return err
	}
	if r.ID == Owner || m.RoleID == Owner {
		return fault.New(fault.Conflict, "owner.must_hand_over", "There is always one owner; they can hand the house over to somebody else.")
	}
	if err := grant(who, r.May, r.All); err != nil {
		return err
	}
	e := RoleGiven{m.ID, r.ID, m.RoleID}
	m.RoleID, m.Role, m.Can, m.All = r.ID, r.Name, r.May, r.All
	return errors.Join(save(tx, *m), tx.Record(m.ID, e))
}

// reseat brings somebody into the teams given, and out of the others.
func (room *Room) reseat(tx *store.Tx, who web.Who, m *Member, to *[]TeamID) error {
	if to == nil {
		return nil
	}
	added, gone := difference(m.Teams, *to)
	if err := grant(who, m.Can, m.All, slices.Concat(added, gone)...); err != nil {
		return err
	}
	for _, t := range added {
		if _, err := team(tx, t); err != nil {
			return err
		}
		if _, err := join(tx, t, m.ID); err != nil {
			return err
		}
		if err := tx.Record(t, TeamJoined{t, m.ID}); err != nil {
			return err
		}
	}
	for _, t := range gone {
		if _, err := leave(tx, t, m.ID); err != nil {
			return err
		}
		if err := tx.Record(t, TeamLeft{t, m.ID}); err != nil {
			return err
		}
	}
	var err error
	m.Teams, err = teamsOf(tx, m.ID)
	return err
}

// ChangeMe changes one's own name and language; what is nil stays.
func (room *Room) ChangeMe(ctx context.Context, who web.Who, name *string, language *Language) (m Member, err error) {
	return m, room.change(ctx, who, func(tx *store.Tx) error {
		if m, err = load(tx, ID(who.Staff)); err != nil {
			return err
		}
		return room.rewrite(tx, &m, Change{Name: name, Language: language})
	})
}

// Disable shuts somebody out at once, with every session and token of theirs; what they did stays. The owner can't be
// disabled, and nobody disables themselves.
func (room *Room) Disable(ctx context.Context, who web.Who, whom ID) (Member, error) {
	return room.able(ctx, who, whom, true)
}

// Enable lets somebody sign in again.
func (room *Room) Enable(ctx context.Context, who web.Who, whom ID) (Member, error) {
	return room.able(ctx, who, whom, false)
}

func (room *Room) able(ctx context.Context, who web.Who, whom ID, disabled bool) (m Member, err error) {
	return m, room.change(ctx, who, func(tx *store.Tx) error {
		if m, err = load(tx, whom); err != nil {
			return err
		}
		if err := m.inCharge(who); err != nil {
			return err
		}
		switch {
		case m.RoleID == Owner:
			return fault.New(fault.Conflict, "owner.must_hand_over", "There is always one owner; they can hand the house over to somebody else.")
		case who.Staff == int64(m.ID):
			return fault.New(fault.Conflict, "staff.self", "Nobody can shut themselves out; ask a colleague to do it.")
		case m.Disabled == disabled:
			return nil
		}
		m.Disabled = disabled
		if err := save(tx, m); err != nil {
			return err
		}
		if !disabled {
			return tx.Record(m.ID, Enabled{m.ID})
		}
		if err := dropLinks(tx, m.ID); err != nil {
			return err
		}
		return errors.Join(tx.Record(m.ID, Disabled{m.ID}), signOut(tx, m.ID, ""))
	})
}

// HandOver makes somebody else the owner; the one before becomes an admin. The owner confirms it with their password; the
// command line needs none.
func (room *Room) HandOver(ctx context.Context, who web.Who, to ID, password string) (m Member, err error) {
	if !isHouse(who) {
		if err := room.confirm(ctx, who, password); err != nil {
			return m, err
		}
	}
	return m, room.change(ctx, who, func(tx *store.Tx) error {
		from, there, err := ownerOf(tx)
		if err != nil {
			return err
		}
		if !isHouse(who) && ID(who.Staff) != from {
			return fault.New(fault.Denied, "owner.only", "Only the owner can hand the house over.")
		}
		if m, err = load(tx, to); err != nil {
			return err
		}
		switch {
		case to == from:
			return nil
		case m.Disabled || m.Invited:
			return fault.New(fault.Conflict, "owner.absent", "The house can only be handed to somebody who can sign in.")
		}
		if there {
			old, err := load(tx, from)
			if err != nil {
				return err
			}
			old.RoleID = Admin
			if err := save(tx, old); err != nil {
				return err
			}
		}
		m.RoleID = Owner
		if err := errors.Join(save(tx, m), tx.Record(to, HandedOver{from, to})); err != nil {
			return err
		}
		m, err = load(tx, to)
		return err
	})
}
