package app_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/app/demo"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store/storetest"
)

func TestTheSampleCompanyMovesIntoAnEmptyFolderOnly(t *testing.T) {
	s := app.Settings{Data: t.TempDir(), Now: time.Now, Strict: true, Region: "DE", Log: slog.New(slog.DiscardHandler)}
	if storetest.Postgres() {
		s.DatabaseURL = storetest.URL(t)
	}
	first, err := app.Demo(t.Context(), s, demo.Options{Tickets: 12, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	again, err := app.Demo(t.Context(), s, demo.Options{Tickets: 500, Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(first, again); d != "" {
		t.Errorf("the second visit found another company: %s", d)
	}
	if err := os.Remove(filepath.Join(s.Data, "sample-company.json")); err != nil {
		t.Fatal(err)
	}
	_, err = app.Demo(t.Context(), s, demo.Options{Tickets: 12})
	if f := fault.Of(err); f == nil || f.Code != "demo.not_empty" {
		t.Errorf("a folder that somebody else filled: %v", err)
	}
}
