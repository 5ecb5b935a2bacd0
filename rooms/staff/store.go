package staff

import (
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

const members = `SELECT s.id, s.email, s.name, s.role, s.language, s.disabled, s.password = '' AS invited, s.added_at,
	r.name AS role_name, r.may, r.all_teams FROM staff s JOIN roles r ON r.id = s.role`

func load(tx *store.Tx, who ID) (Member, error) {
	m, ok, err := store.Find[Member](tx, members+` WHERE s.id = $1`, who)
	if err == nil && !ok {
		return m, fault.New(fault.NotFound, "staff.unknown", "There is no member of staff %s.", who)
	}
	if err == nil {
		m.Teams, err = teamsOf(tx, who)
	}
	m.Answers = m.answers()
	return m, err
}

func (m Member) answers() bool { return m.Can&web.View != 0 && m.Can&web.Act != 0 }

// hold keeps an account as it is until this transaction ends, for whoever relies on it being active.
func hold(tx *store.Tx, who ID) (disabled bool, err error) {
	disabled, ok, err := store.Find[bool](tx, `SELECT disabled FROM staff WHERE id = $1`+share(tx), who)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "staff.unknown", "There is no member of staff %s.", who)
	}
	return disabled, err
}

func share(tx *store.Tx) string { return strings.Replace(tx.Lock(), "UPDATE", "SHARE", 1) }

// account is what signing in needs.
type account struct {
	ID       ID     `db:"id"`
	Password string `db:"password"`
	Disabled bool   `db:"disabled"`
}

func accountBy(tx *store.Tx, address string) (account, error) {
	a, _, err := store.Find[account](tx, `SELECT id, password, disabled FROM staff WHERE address = $1`, address)
	return a, err
}

// accountOf locks the account: it can't be disabled, nor its password changed, before this transaction ends.
func accountOf(tx *store.Tx, who ID) (account, error) {
	a, _, err := store.Find[account](tx, `SELECT id, password, disabled FROM staff WHERE id = $1`+tx.Lock(), who)
	return a, err
}

func idBy(tx *store.Tx, address string) (ID, bool, error) {
	return store.Find[ID](tx, `SELECT id FROM staff WHERE address = $1`, address)
}

func ownerOf(tx *store.Tx) (ID, bool, error) {
	return store.Find[ID](tx, `SELECT id FROM staff WHERE role = $1`, Owner)
}

func insert(tx *store.Tx, m Member, address, password string) error {
	return tx.Do(`INSERT INTO staff (id, email, address, name, role, language, password, disabled, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE, $8)`,
		m.ID, m.Email, address, m.Name, m.RoleID, m.Language, password, m.AddedAt)
}

func save(tx *store.Tx, m Member) error {
	return tx.Do(`UPDATE staff SET email = $2, address = $3, name = $4, role = $5, language = $6, disabled = $7 WHERE id = $1`,
		m.ID, m.Email, strings.ToLower(m.Email), m.Name, m.RoleID, m.Language, m.Disabled)
}

func setPassword(tx *store.Tx, who ID, password string) error {
	return tx.Do(`UPDATE staff SET password = $2 WHERE id = $1`, who, password)
}

// listed reads staff after an id, with their teams.
func listed(tx *store.Tx, after ID, limit int) ([]Member, error) {
	all, err := store.All[Member](tx, members+` WHERE s.id > $1 ORDER BY s.id LIMIT $2`, after, limit)
	if err != nil || len(all) == 0 {
		return all, err
	}
	type seat struct {
		Staff ID     `db:"staff"`
		Team  TeamID `db:"team"`
	}
	seats, err := store.All[seat](tx, `SELECT staff, team FROM teams_members WHERE staff >= $1 AND staff <= $2 ORDER BY staff, team`, all[0].ID, all[len(all)-1].ID)
	teams := map[ID][]TeamID{}
	for _, s := range seats {
		teams[s.Staff] = append(teams[s.Staff], s.Team)
	}
	for i, m := range all {
		all[i].Answers = m.answers()
		if all[i].Teams = teams[m.ID]; all[i].Teams == nil {
			all[i].Teams = []TeamID{}
		}
	}
	return all, err
}

func names(tx *store.Tx, ids []ID) (map[ID]string, error) {
	type named struct {
		ID   ID     `db:"id"`
		Name string `db:"name"`
	}
	found := map[ID]string{}
	if len(ids) == 0 {
		return found, nil
	}
	marks, args := store.Marks(ids)
	all, err := store.All[named](tx, `SELECT id, name FROM staff WHERE id IN (`+marks+`)`, args...)
	for _, n := range all {
		found[n.ID] = n.Name
	}
	return found, err
}

func teamsOf(tx *store.Tx, who ID) ([]TeamID, error) {
	return store.All[TeamID](tx, `SELECT team FROM teams_members WHERE staff = $1 ORDER BY team`, who)
}

func teams(tx *store.Tx) ([]Team, error) {
	all, err := store.All[Team](tx, `SELECT id, name FROM teams WHERE NOT removed ORDER BY name, id`)
	if err != nil {
		return nil, err
	}
	type seat struct {
		Team  TeamID `db:"team"`
		Staff ID     `db:"staff"`
	}
	seats, err := store.All[seat](tx, `SELECT team, staff FROM teams_members ORDER BY team, staff`)
	in := map[TeamID][]ID{}
	for _, s := range seats {
		in[s.Team] = append(in[s.Team], s.Staff)
	}
	for i, t := range all {
		if all[i].Members = in[t.ID]; all[i].Members == nil {
			all[i].Members = []ID{}
		}
	}
	return all, err
}

func team(tx *store.Tx, which TeamID) (Team, error) {
	t, ok, err := store.Find[Team](tx, `SELECT id, name FROM teams WHERE id = $1 AND NOT removed`+share(tx), which)
	if err == nil && !ok {
		return t, fault.New(fault.NotFound, "team.unknown", "There is no team %s.", which)
	}
	if err == nil {
		t.Members, err = store.All[ID](tx, `SELECT staff FROM teams_members WHERE team = $1 ORDER BY staff`, which)
	}
	return t, err
}

func teamNames(tx *store.Tx, which []TeamID) (map[TeamID]string, error) {
	found := map[TeamID]string{}
	if len(which) == 0 {
		return found, nil
	}
	marks, args := store.Marks(which)
	all, err := store.All[Team](tx, `SELECT id, name FROM teams WHERE id IN (`+marks+`)`, args...)
	for _, t := range all {
		found[t.ID] = t.Name
	}
	return found, err
}

func insertTeam(tx *store.Tx, t Team) error {
	return tx.Do(`INSERT INTO teams (id, name, removed) VALUES ($1, $2, FALSE)`, t.ID, t.Name)
}

func renameTeam(tx *store.Tx, which TeamID, name string) error {
	return tx.Do(`UPDATE teams SET name = $2 WHERE id = $1`, which, name)
}

func removeTeam(tx *store.Tx, which TeamID) error {
	if err := tx.Do(`DELETE FROM teams_members WHERE team = $1`, which); err != nil {
		return err
	}
	return tx.Do(`UPDATE teams SET removed = TRUE WHERE id = $1`, which)
}

func join(tx *store.Tx, which TeamID, who ID) (changed bool, err error) {
	n, err := tx.Exec(`INSERT INTO teams_members (team, staff) VALUES ($1, $2) ON CONFLICT (team, staff) DO NOTHING`, which, who)
	return n > 0, err
}

func leave(tx *store.Tx, which TeamID, who ID) (changed bool, err error) {
	n, err := tx.Exec(`DELETE FROM teams_members WHERE team = $1 AND staff = $2`, which, who)
	return n > 0, err
}

func roles(tx *store.Tx) ([]Role, error) {
	return store.All[Role](tx, `SELECT id, name, may, all_teams, built_in FROM roles ORDER BY id`)
}

func insertRole(tx *store.Tx, r Role) error {
	return tx.Do(`INSERT INTO roles (id, name, may, all_teams, built_in) VALUES ($1, $2, $3, $4, FALSE)`, r.ID, r.Name, store.JSON(r.May), r.All)
}

func saveRole(tx *store.Tx, r Role) error {
	return tx.Do(`UPDATE roles SET name = $2, may = $3, all_teams = $4 WHERE id = $1`, r.ID, r.Name, store.JSON(r.May), r.All)
}

func removeRole(tx *store.Tx, which RoleID) error {
	return tx.Do(`DELETE FROM roles WHERE id = $1`, which)
}

func holders(tx *store.Tx, which RoleID) (int, error) {
	return store.One[int](tx, `SELECT count(*) FROM staff WHERE role = $1`, which)
}

const tokenColumns = `SELECT t.id, t.staff, t.name, t.scopes, t.created_at, COALESCE(u.at, 0) AS used_at FROM tokens t LEFT JOIN tokens_used u ON u.token = t.id` //nolint:gosec // a query, no credential

func tokensOf(tx *store.Tx, who ID) ([]Token, error) {
	return store.All[Token](tx, tokenColumns+` WHERE t.staff = $1 AND t.revoked_at = 0 ORDER BY t.id`, who)
}

func token(tx *store.Tx, which TokenID) (Token, bool, error) {
	return store.Find[Token](tx, tokenColumns+` WHERE t.id = $1 AND t.revoked_at = 0`, which)
}

// tokenOwner knows revoked tokens too.
func tokenOwner(tx *store.Tx, which TokenID) (ID, bool, error) {
	return store.Find[ID](tx, `SELECT staff FROM tokens WHERE id = $1`, which)
}

func insertToken(tx *store.Tx, t Token, hash string) error {
	return tx.Do(`INSERT INTO tokens (id, staff, name, hash, scopes, created_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		t.ID, t.Staff, t.Name, hash, store.JSON(t.Scopes), t.CreatedAt)
}

func revokeToken(tx *store.Tx, which TokenID) error {
	return tx.Do(`UPDATE tokens SET revoked_at = $2 WHERE id = $1`, which, tx.Now())
}

func tokenByHash(tx *store.Tx, hash string) (Token, bool, error) {
	return store.Find[Token](tx, tokenColumns+` WHERE t.hash = $1 AND t.revoked_at = 0`, hash)
}

func useToken(tx *store.Tx, which TokenID) error {
	return tx.Do(`INSERT INTO tokens_used (token, at) VALUES ($1, $2) ON CONFLICT (token) DO UPDATE SET at = excluded.at WHERE tokens_used.at < excluded.at`, which, tx.Now())
}

func insertSession(tx *store.Tx, which SessionID, who ID, hash, device string) error {
	return tx.Do(`INSERT INTO sessions (id, staff, hash, device, opened_at, seen_at) VALUES ($1, $2, $3, $4, $5, $5)`, which, who, hash, device, tx.Now())
}

func sessionsOf(tx *store.Tx, who ID, current string) ([]Session, error) {
	return store.All[Session](tx, `SELECT id, device, opened_at, seen_at, phone, hash = $3 AS current FROM sessions
		WHERE staff = $1 AND seen_at > $4 AND (phone OR seen_at > $2) ORDER BY seen_at DESC, id DESC`, who, tx.Now().Add(-idle), current, tx.Now().Add(-phoneIdle))
}

type seat struct {
	ID     SessionID `db:"id"`
	Staff  ID        `db:"staff"`
	SeenAt time.Time `db:"seen_at"`
	Phone  bool      `db:"phone"`
}

func sessionByHash(tx *store.Tx, hash string) (seat, bool, error) {
	return store.Find[seat](tx, `SELECT id, staff, seen_at, phone FROM sessions WHERE hash = $1 AND seen_at > $3 AND (phone OR seen_at > $2)`,
		hash, tx.Now().Add(-idle), tx.Now().Add(-phoneIdle))
}

func seeSession(tx *store.Tx, which SessionID) error {
	return tx.Do(`UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2`, which, tx.Now())
}

// closeSessions ends somebody's sessions except the one with the hash, and says which they were.
func closeSessions(tx *store.Tx, who ID, except string) ([]SessionID, error) {
	return store.All[SessionID](tx, `DELETE FROM sessions WHERE staff = $1 AND hash <> $2 RETURNING id`, who, except)
}

func closeSession(tx *store.Tx, which SessionID, who ID) ([]SessionID, error) {
	return store.All[SessionID](tx, `DELETE FROM sessions WHERE id = $1 AND staff = $2 RETURNING id`, which, who)
}

func insertLink(tx *store.Tx, hash string, who ID, expires time.Time) error {
	return tx.Do(`INSERT INTO staff_links (hash, staff, expires_at) VALUES ($1, $2, $3)`, hash, who, expires)
}

// takeLink uses up a link; ok is false when it is unknown, used or too old.
func takeLink(tx *store.Tx, hash string) (ID, bool, error) {
	return store.Find[ID](tx, `DELETE FROM staff_links WHERE hash = $1 AND expires_at > $2 RETURNING staff`, hash, tx.Now())
}

func lookLink(tx *store.Tx, hash string) (ID, bool, error) {
	return store.Find[ID](tx, `SELECT staff FROM staff_links WHERE hash = $1 AND expires_at > $2`, hash, tx.Now())
}

func dropLinks(tx *store.Tx, who ID) error {
	return tx.Do(`DELETE FROM staff_links WHERE staff = $1`, who)
}

func version(tx *store.Tx) (int64, error) { return store.One[int64](tx, `SELECT n FROM staff_version`) }

// bump makes this transaction the only one that changes staff, and the memory of every node old.
func bump(tx *store.Tx) error {
	return tx.Do(`UPDATE staff_version SET n = n + 1`)
}

type tries struct {
	Fails int64     `db:"fails"`
	Until time.Time `db:"until"`
}

// countTry locks the row until the transaction ends; tries from before a moment are forgiven.
func countTry(tx *store.Tx, key string, forgiven time.Time) (tries, error) {
	return store.One[tries](tx, `INSERT INTO staff_tries (key, fails, at, until) VALUES ($1, 1, $2, 0) ON CONFLICT (key) DO UPDATE
		SET fails = CASE WHEN staff_tries.at < $3 THEN 1 ELSE staff_tries.fails + 1 END, at = excluded.at RETURNING fails, until`, key, tx.Now(), forgiven)
}

func waitUntil(tx *store.Tx, key string) (time.Time, error) {
	until, _, err := store.Find[time.Time](tx, `SELECT until FROM staff_tries WHERE key = $1`, key)
	return until, err
}

func holdOff(tx *store.Tx, key string, until time.Time) error {
	return tx.Do(`UPDATE staff_tries SET until = $2 WHERE key = $1`, key, until)
}

func forgive(tx *store.Tx, key string) error {
	return tx.Do(`DELETE FROM staff_tries WHERE key = $1`, key)
}
