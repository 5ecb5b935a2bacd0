package trouble_test

import (
	"database/sql"
	"net/http"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // another program with the file open
)

func TestADatabaseThatAnotherProgramHoldsIsSaidAndUsedAgain(t *testing.T) {
	t.Parallel()
	d := furnish(t, t.TempDir())
	if s, err := d.open("before"); err != nil || s.status != http.StatusCreated {
		t.Fatal(s, err)
	}
	other, err := sql.Open("sqlite", "file:"+filepath.Join(d.data, "hearth.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	holder, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	if _, err := holder.ExecContext(t.Context(), "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	s, err := d.open("locked")
	if err != nil || s.status != http.StatusServiceUnavailable || s.header.Get("Retry-After") == "" || s.problem(t) != "Another program holds the database; please try again in a moment." {
		t.Errorf("while it is held: %d %v %s, %v", s.status, s.header, s.body, err)
	}
	if s := d.get("/api/v1/tickets", nil); s != http.StatusOK {
		t.Errorf("reading meanwhile: %d", s)
	}
	if _, err := holder.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	y := &tally{}
	for _, key := range []string{"after", "locked"} {
		if s, err := d.open(key); err != nil || s.status != http.StatusCreated {
			t.Errorf("afterwards: %d %s, %v", s.status, s.body, err)
		}
		if err := d.hand(key + "@example.net"); err != nil {
			t.Errorf("a mail afterwards: %v", err)
		}
		y.tickets, y.mails = append(y.tickets, key), append(y.mails, key+"@example.net")
	}
	y.tickets = append(y.tickets, "before")
	d.verify(t, y)
}
