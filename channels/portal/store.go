package portal

import (
	"time"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

const columns = `id, customer, ticket, made_at, used_at, opened_at, revoked_at`

func byHash(tx *store.Tx, hash string) (Link, error) {
	l, _, err := store.Find[Link](tx, `SELECT `+columns+` FROM my_links WHERE hash = $1`+tx.Lock(), hash)
	return l, err
}

// insert enters a link; one that is there stays as it is.
func insert(tx *store.Tx, l Link, hash string) error {
	return tx.Do(`INSERT INTO my_links (`+columns+`, hash) VALUES ($1, $2, $3, $4, $5, 0, 0, $6) ON CONFLICT (hash) DO NOTHING`, l.ID, l.Customer, l.Ticket, l.MadeAt, l.UsedAt, hash)
}

func touch(tx *store.Tx, l Link) error {
	return tx.Do(`UPDATE my_links SET used_at = $2, opened_at = $2 WHERE id = $1`, l.ID, tx.Now())
}

// liveOf are the links of a customer that open something, the newest first; those to one other ticket are left out.
func liveOf(tx *store.Tx, c people.ID, t tickets.ID, since time.Time) ([]Link, error) {
	return store.All[Link](tx, `SELECT `+columns+` FROM my_links WHERE customer = $1 AND ticket IN (0, $2) AND revoked_at = 0 AND used_at > $3 ORDER BY id DESC LIMIT 100`, c, t, since)
}

// revoke ends all links of a customer and says how many there were.
func revoke(tx *store.Tx, c people.ID) (int64, error) {
	return tx.Exec(`UPDATE my_links SET revoked_at = $2 WHERE customer = $1 AND revoked_at = 0`, c, tx.Now())
}

// forget drops what nothing depends on any more.
func forget(tx *store.Tx, links, requests, tries time.Time) error {
	if err := tx.Do(`DELETE FROM my_links WHERE used_at < $1`, links); err != nil {
		return err
	}
	if err := tx.Do(`DELETE FROM my_notices WHERE at < $1`, links); err != nil {
		return err
	}
	if err := tx.Do(`DELETE FROM my_requests WHERE at < $1`, requests); err != nil {
		return err
	}
	return tx.Do(`DELETE FROM my_tries WHERE since < $1`, tries)
}

type request struct {
	ID       RequestID `db:"id"`
	Address  string    `db:"address"`
	Language string    `db:"language"`
}

func insertRequest(tx *store.Tx, r request) error {
	return tx.Do(`INSERT INTO my_requests (id, address, language, at) VALUES ($1, $2, $3, $4)`, r.ID, r.Address, r.Language, tx.Now())
}

// takeRequest reads a request and strikes it out.
func takeRequest(tx *store.Tx, which string) (r request, ok bool, err error) {
	var n RequestID
	if err := n.UnmarshalText([]byte(which)); err != nil {
		return r, false, err
	}
	r, ok, err = store.Find[request](tx, `SELECT id, address, language FROM my_requests WHERE id = $1`, n)
	if err != nil || !ok {
		return r, false, err
	}
	return r, true, tx.Do(`DELETE FROM my_requests WHERE id = $1`, n)
}

func insertNotice(tx *store.Tx, m tickets.MessageID) error {
	return tx.Do(`INSERT INTO my_notices (message, at) VALUES ($1, $2)`, m, tx.Now())
}

// opensAll says whether a message is to carry a link to all tickets of its customer.
func opensAll(tx *store.Tx, m tickets.MessageID) (bool, error) {
	_, ok, err := store.Find[int64](tx, `SELECT at FROM my_notices WHERE message = $1`, m)
	return ok, err
}

// count counts a try; what was counted longer ago than an hour counts no more.
func count(tx *store.Tx, key string) (int64, error) {
	return store.One[int64](tx, `INSERT INTO my_tries (key, n, since) VALUES ($1, 1, $2) ON CONFLICT (key) DO UPDATE
		SET n = CASE WHEN my_tries.since < $3 THEN 1 ELSE my_tries.n + 1 END,
		since = CASE WHEN my_tries.since < $3 THEN excluded.since ELSE my_tries.since END RETURNING n`, key, tx.Now(), tx.Now().Add(-time.Hour))
}

func setStanding(tx *store.Tx, t tickets.ID, s tickets.Status, since time.Time) error {
	return tx.Do(`INSERT INTO my_standings (ticket, status, since) VALUES ($1, $2, $3) ON CONFLICT (ticket) DO UPDATE
		SET status = excluded.status, since = excluded.since`, t, s, since)
}

// standingSince is since when a ticket stands where it does; zero when that has not been heard yet.
func standingSince(tx *store.Tx, t tickets.ID, s tickets.Status) (time.Time, error) {
	since, _, err := store.Find[time.Time](tx, `SELECT since FROM my_standings WHERE ticket = $1 AND status = $2`, t, s)
	return since, err
}

const settingsColumns = `days, name, mails, asks, first_names, welcome`

// readSettings reads them as they are; only who changes them locks them, or all customers would stand in one line.
func readSettings(tx *store.Tx) (Settings, error) {
	return store.One[Settings](tx, `SELECT `+settingsColumns+` FROM my_settings`)
}

func lockSettings(tx *store.Tx) (Settings, error) {
	return store.One[Settings](tx, `SELECT `+settingsColumns+` FROM my_settings`+tx.Lock())
}

func saveSettings(tx *store.Tx, s Settings) error {
	return tx.Do(`UPDATE my_settings SET days = $1, name = $2, mails = $3, asks = $4, first_names = $5, welcome = $6, version = version + 1`,
		s.Days, s.Name, s.Mails, s.Asks, s.FirstNames, store.JSON(s.Welcome))
}
