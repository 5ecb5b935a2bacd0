package app_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/test/house"
)

// However much waits for a person, doctor and metrics count all of it, and nothing that is still tried by itself.
func TestWhatWaitsForAPersonIsCountedWhole(t *testing.T) {
	s := app.Settings{Data: t.TempDir(), Region: "DE", Log: slog.New(slog.DiscardHandler), Config: []string{"/etc/hearth/config.json"}}
	if storetest.Postgres() {
		s.DatabaseURL = storetest.URL(t, app.Tables()...)
	}
	h, err := app.Build(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	const mails, jobs = 1003, 104
	err = h.DB.Write(t.Context(), store.System("test"), func(tx *store.Tx) error {
		for n := range mails {
			state := []string{"waiting", "failed"}[n%2]
			if err := tx.Do(`INSERT INTO mail_ledger (id, mailbox, place, folder, uidvalidity, uid, sha256, size, sender, recipients, subject, message_id, state, why, detail, ticket, message, tries, came_at, state_at, by)
				VALUES ($1, 1, $2, '', 0, 0, '', 0, '', '[]', '', '', $3, '', '', 0, 0, 0, 0, 0, '')`, n+1, fmt.Sprint(n), state); err != nil {
				return err
			}
		}
		for n := range jobs {
			if err := tx.Do(`INSERT INTO due (kind, key, payload, put_at, due_at, wake_at, tries, last_error, parked, holder, moved, cancelled) VALUES ('test', $1, '', 0, 0, 0, 9, '', $2, '', FALSE, FALSE)`,
				fmt.Sprint(n), n > 0); err != nil {
				return err
			}
		}
		for n := range 3 {
			if err := tx.Do(`INSERT INTO stuck (follower, seq, kind, tries, error, next_try, parked) VALUES ('clocks', $1, 'tickets.opened', 1, '', 0, $2)`, n+1, n == 0); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{"hearth_mail_waiting 1003\n", `hearth_parked{where="due"} 103` + "\n", `hearth_parked{where="followers"} 1` + "\n"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("metrics do not say %s", want)
		}
	}
	x, err := h.Examine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, f := range x.Findings {
		said[f.Name] = f.Say
	}
	for name, want := range map[string]string{"repair queue": "1003 mails", "parked work": "103 pieces", "parked entries": "1 journal entries"} {
		if !strings.HasPrefix(said[name], want) {
			t.Errorf("the doctor says of the %s: %s", name, said[name])
		}
	}
	if x.Settings["config"] != s.Config[0] || x.Settings["secret_key"] != filepath.Join(s.Data, "secret.key") {
		t.Errorf("the doctor says the settings come from %s, and the key from %s", x.Settings["config"], x.Settings["secret_key"])
	}
}

// Whoever waits for a backup or for a restore hears how far it is, from the first byte to the last.
func TestBackupAndRestoreTellHowFarTheyAre(t *testing.T) {
	h := house.Start(t)
	h.Ask(http.MethodPost, "/api/v1/tickets", map[string]any{"subject": "Cup", "text": "Broken.", "from": map[string]string{"email": "ada@example.com"}}, nil)
	c, err := app.Connect(t.Context(), h.Settings)
	if err != nil {
		t.Fatal(err)
	}
	var steps []int64
	var last int64
	hear := func(done, all int64) { steps, last = append(steps, done), all }
	whole := func(what string) {
		t.Helper()
		if len(steps) == 0 || !slices.IsSorted(steps) || steps[len(steps)-1] != last {
			t.Errorf("the %s told %v of %d", what, steps, last)
		}
		steps = nil
	}
	file := filepath.Join(t.TempDir(), "house.tgz")
	saved, err := c.Backup(t.Context(), file, hear)
	if err != nil || saved.Bytes == 0 || saved.File != file {
		t.Fatal(saved, err)
	}
	whole("backup")
	if _, err := c.Backup(t.Context(), file, hear); err == nil || !strings.Contains(err.Error(), "never overwrites") {
		t.Error(err)
	}
	if storetest.Postgres() {
		return // restoring needs a database in which there is nothing at all
	}
	if _, err := app.Restore(t.Context(), app.Settings{Data: t.TempDir()}, file, hear); err != nil {
		t.Error(err)
	}
	whole("restore")
}

// The doctor adds the ledger up: it balances, and where somebody changed it behind its back it says what does not fit.
func TestTheDoctorAddsTheLedgerUp(t *testing.T) {
	h, _ := lived(t)
	look := func() (found app.Finding) {
		t.Helper()
		var x app.Examination
		h.Ask(http.MethodGet, "/local/doctor", nil, &x)
		for _, f := range x.Findings {
			if f.Name == "ledger" {
				return f
			}
		}
		t.Fatal("the ledger was not looked at")
		return found
	}
	if f := look(); !f.OK || f.Say != "the ledger balances" {
		t.Errorf("in order: %+v", f)
	}
	h.Stop()
	built, err := app.Build(t.Context(), h.Settings)
	if err != nil {
		t.Fatal(err)
	}
	err = built.DB.Write(t.Context(), store.System("somebody"), func(tx *store.Tx) error {
		return tx.Do(`UPDATE ledger_accounts SET minor = minor + 1 WHERE account = 'kind/refund'`)
	})
	if err = errors.Join(err, built.Close()); err != nil {
		t.Fatal(err)
	}
	h.Start()
	if f := look(); f.OK || !strings.Contains(f.Say, "account kind/refund is not what its lines come to") {
		t.Errorf("changed: %+v", f)
	}
}
