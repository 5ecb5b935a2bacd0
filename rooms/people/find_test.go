package people

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
)

func TestCustomersAreFoundByWhatOneRemembers(t *testing.T) {
	db := storetest.Open(t, Tables)
	room := New(db, "DE")
	who := web.Who{Actor: store.System("test")}
	ids := map[ID]string{}
	for _, s := range []Sender{
		{Name: "Jürgen Müller-Lüdenscheidt", Email: "jml@example.com"},
		{Name: "Anna Müller", Email: "anna@example.org"},
		{Name: "Anna Zwiebel", Email: "zwiebel@example.org", Phone: ""},
		{Name: "Ødegård, Åse", Email: "aase@example.net"},
		{Name: "王小明", Email: "wang@example.net"},
		{Name: "", Phone: "+49 30 9018 20"},
		{Name: "", Email: "nameless@example.com"},
	} {
		err := db.Write(t.Context(), who.Actor, func(tx *store.Tx) error {
			c, err := room.Recognise(tx, s)
			ids[c.ID] = s.String()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.CatchUp(t.Context(), room.Followers()...); err != nil {
		t.Fatal(err)
	}
	find := func(q string) []string {
		t.Helper()
		page, err := room.find(t.Context(), who, &findIn{Q: q, Limit: 25})
		if err != nil {
			t.Fatal(err)
		}
		names := []string{}
		for _, c := range page.Items {
			names = append(names, ids[c.ID])
		}
		return names
	}
	for q, want := range map[string][]string{
		"anna":            {"Anna Müller", "Anna Zwiebel"},
		"zwie":            {"Anna Zwiebel"},
		"Müller Anna":     {"Anna Müller"},
		"mueller":         {"Jürgen Müller-Lüdenscheidt", "Anna Müller"},
		"muller":          {"Jürgen Müller-Lüdenscheidt", "Anna Müller"},
		"ludensch jurgen": {"Jürgen Müller-Lüdenscheidt"},
		"aase":            {"Ødegård, Åse"},
		"odegard":         {"Ødegård, Åse"},
		"小明":              {"王小明"},
		"030 901820":      {"+49 30 9018 20"},
		"nameless@":       {"nameless@example.com"},
		"NAMELESS":        {"nameless@example.com"},
		"nobody":          {},
		"':-) %":          {},
	} {
		if diff := cmp.Diff(want, find(q)); diff != "" {
			t.Errorf("%q: %s", q, diff)
		}
	}

	var anna ID
	for id, name := range ids {
		if name == "Anna Zwiebel" {
			anna = id
		}
	}
	married := "Anna Lauch"
	if _, err := room.Correct(t.Context(), who, anna, Change{Name: &married}); err != nil {
		t.Fatal(err)
	}
	if err := db.CatchUp(t.Context(), room.Followers()...); err != nil {
		t.Fatal(err)
	}
	if got := find("lauch"); len(got) != 1 {
		t.Errorf("her new name finds %v", got)
	}
	if got := find("anna zwiebel"); len(got) != 0 {
		t.Errorf("her old name finds %v", got)
	}
}

func TestALongNameIsLearntWhole(t *testing.T) {
	name := strings.TrimSpace(strings.Repeat("Müller-Lüdenscheidt ", 8)) // more than 80 bytes, fewer than 200 letters
	c := Customer{}
	if !c.learn(Sender{Name: name, Email: "long@example.com"}) || c.Name != name {
		t.Errorf("learnt %q of %q", c.Name, name)
	}
	c = Customer{}
	c.learn(Sender{Name: strings.Repeat("ü", 300), Email: "longer@example.com"})
	if n := len([]rune(c.Name)); n != longestName || !strings.HasSuffix(c.Name, "…") {
		t.Errorf("of 300 letters %d were learnt: %q", n, c.Name)
	}
}
