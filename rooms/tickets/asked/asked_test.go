package asked

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/lexicon/declined"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// letters are the same words to some customers, a ticket each.
func letters(from, n int, kind, text string) (all []Said) {
	for i := range n {
		all = append(all, Said{Ticket: int64(from + i), Customer: int64(from + i), Author: fmt.Sprint("staff:", i%2), Type: kind, Text: "Hello, thank you for your letter.\n\n" + text})
	}
	return all
}

// What is asked often, in nearly the same words, is proposed; what is asked of few, is planned already or is somebody's own is not.
func TestWhatIsProposed(t *testing.T) {
	nothing := func(string) ([]lexicon.Finding, error) { return nil, nil }
	blunt := func(ask string) ([]lexicon.Finding, error) {
		if strings.HasPrefix(ask, "Which batch") {
			return []lexicon.Finding{{Rule: "blunt"}}, nil
		}
		return nil, nil
	}
	const which, please = "Which batch number stands on the wooden handle?", "Could you tell me which batch number stands on the wooden handle?"
	for name, tc := range map[string]struct {
		said  []Said
		known []string
		judge func(string) ([]lexicon.Finding, error)
		want  []string
	}{
		"asked of five":               {letters(1, 5, "repair", which), nil, nothing, []string{which}},
		"asked of four":               {letters(1, 4, "repair", which), nil, nothing, nil},
		"in two wordings":             {slices.Concat(letters(1, 4, "repair", which), letters(5, 3, "", please)), nil, nothing, []string{which}},
		"the wording that hurts less": {slices.Concat(letters(1, 4, "repair", which), letters(5, 3, "", please)), nil, blunt, []string{please}},
		"planned already":             {letters(1, 6, "repair", which), []string{please}, nothing, nil},
		"of one customer": {slices.Collect(func(yield func(Said) bool) {
			for _, s := range letters(1, 6, "", which) {
				s.Customer = 1
				if !yield(s) {
					return
				}
			}
		}), nil, nothing, nil},
		"with a name that is somebody's": {slices.Concat(letters(1, 4, "", "Does the wooden handle of Quentin wobble?"), letters(5, 4, "", which)), nil, nothing, nil},
		"with a number":                  {letters(1, 6, "", "Is the wooden handle of parcel 4711 loose?"), nil, nothing, nil},
		"with a name that several have": {slices.Concat(
			letters(1, 2, "", "Which batch number stands on the wooden handle, Peter?"), letters(3, 2, "", "Which batch number stands on the wooden handle, Anna?"),
			letters(5, 1, "", "Is the long shelf level, Peter?"), letters(6, 1, "", "Does the new lamp have a switch, Anna?"),
			letters(7, 2, "", "Which batch number stands on the wooden handle, Peter and Anna?")), nil, nothing, nil},
		"in another language": {slices.Collect(func(yield func(Said) bool) {
			for i := range int64(6) {
				if !yield(Said{Ticket: i, Customer: i, Text: "Guten Tag, vielen Dank für Ihren Brief.\n\nWelche Nummer steht auf dem hölzernen Griff, und ist er noch fest?"}) {
					return
				}
			}
		}), nil, nothing, nil},
		"small talk": {letters(1, 9, "", "Is there anything else that I can do for you?"), nil, nothing, nil},
		"quoted":     {letters(1, 9, "", "Here is the answer.\n\n> "+which), nil, nothing, nil},
	} {
		all, err := Propose(tc.said, "en", tc.known, tc.judge)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range all {
			got = append(got, p.Ask)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	// A word that only one customer was told never leaves their ticket, though the question is frequent.
	all, err := Propose(slices.Concat(letters(1, 5, "", which), []Said{{Ticket: 9, Customer: 9, Text: "Hello, thank you. Which batch number stands on the wooden handle, Quentin?"}}), "en", nil, nothing)
	if err != nil || len(all) != 1 || all[0].Ask != which || all[0].Tickets != 6 {
		t.Errorf("%+v, %v", all, err)
	}
}

// A page of settings may read five thousand answers: what that costs beside reading them.
func BenchmarkPropose(b *testing.B) {
	said := make([]Said, mostAnswers)
	for i := range said {
		said[i] = Said{Ticket: int64(i), Customer: int64(i), Text: fmt.Sprintf("Hello,\n\n%sCould you tell me which batch number stands on the handle of the %d. one?\n\nKind regards\nAnn", strings.Repeat("Thank you for your letter, and for the picture of the shelf that you sent along with it. ", 9), i%700)}
	}
	for b.Loop() {
		if _, err := Propose(said, "en", nil, func(string) ([]lexicon.Finding, error) { return nil, nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// What a company is proposed, from answers that really left, and what it declines.
func TestTheDoor(t *testing.T) {
	db := storetest.Open(t, web.Tables, due.Tables, search.Tables, staff.Tables, people.Tables, lexicon.Tables, tickets.Tables)
	blobs, err := files.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	st, words := staff.New(db, staff.Options{}), lexicon.New(db, nil)
	room := tickets.New(db, st, people.New(db, "DE"), words, blobs)
	api := web.New(web.Config{DB: db, Version: "test", Log: slog.New(slog.DiscardHandler)})
	New(db, words).Routes(api)
	declined.New(db).Routes(api)
	system := web.Everything(store.System("test"))
	member := func(name, role string) (w web.Who) {
		t.Helper()
		m, _, err := st.Add(t.Context(), system, staff.Newcomer{Email: name + "@shop.example", Name: name, Role: role})
		if err == nil {
			err = db.Read(t.Context(), func(tx *store.Tx) (err error) { w, err = st.Who(tx, m.ID); return err })
		}
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	ann, bea := member("ann", "agent"), member("bea", "admin")
	north, err := st.AddTeam(t.Context(), system, "North")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		var f tickets.Filed
		err := db.Write(t.Context(), store.System("test"), func(tx *store.Tx) (err error) {
			f, err = room.Receive(tx, tickets.Inbound{Channel: "email", From: people.Sender{Email: fmt.Sprintf("c%d@example.com", i)}, Subject: "Handle", Text: "Does the old one fit?"})
			return err
		})
		if err == nil {
			_, err = room.Answer(t.Context(), ann, f.Ticket.ID, tickets.Reply{Text: "Hello, thank you for your letter.\n\nWhich batch number stands on the wooden handle?\n\nKind regards\nAnn"})
		}
		if err == nil {
			_, err = room.Assign(t.Context(), system, f.Ticket.ID, tickets.Assignment{Team: &north.ID})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ask := func(who web.Who, line, body string) (int, string) {
		method, path, _ := strings.Cut(line, " ")
		w := httptest.NewRecorder()
		web.Trusted(api, who).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, web.Prefix+path, strings.NewReader(body)))
		return w.Code, w.Body.String()
	}
	elsewhere, among := bea, bea
	elsewhere.All, elsewhere.Teams = false, []int64{4711}
	among.All, among.Teams = false, []int64{4711, int64(north.ID)}
	theirs, other := `"ask":"Which batch number stands on the wooden handle?","tickets":6,"customers":6,"colleagues":1`, `{"items":[]}`
	for _, tc := range []struct {
		who        web.Who
		line, body string
		code       int
		part       string
	}{
		{ann, "GET /messages/questions?language=en", "", 403, "denied"},
		{bea, "GET /messages/questions?language=fr", "", 404, "lexicon.language"},
		{bea, "GET /messages/questions?language=de", "", 200, other},
		{bea, "GET /messages/questions?language=en", "", 200, theirs},
		{elsewhere, "GET /messages/questions?language=en", "", 200, other},
		{among, "GET /messages/questions?language=en", "", 200, theirs},
		{bea, "POST /lexicon/en/questions/declined", `{"ask":"Which batch number stands on the wooden handle?"}`, 201, `"id"`},
		{bea, "GET /messages/questions?language=en", "", 200, other},
	} {
		if code, body := ask(tc.who, tc.line, tc.body); code != tc.code || !strings.Contains(body, tc.part) {
			t.Errorf("%s: %d %s, want %d %s", tc.line, code, body, tc.code, tc.part)
		}
	}
}
