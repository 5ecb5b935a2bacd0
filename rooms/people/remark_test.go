package people

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
)

func TestWhatCanBeRemarked(t *testing.T) {
	for name, tc := range map[string]struct {
		said Observation
		want string // a part of the sentence; empty when it is taken
	}{
		"a note":                       {Observation{About: Note, Text: " Has a dog, Rex. "}, ""},
		"a preference":                 {Observation{About: Preference, Text: "Likes short mails"}, ""},
		"a wish":                       {Observation{About: Wish, Text: "A shelf for records"}, ""},
		"a birthday":                   {Observation{About: Day, Text: "Birthday", On: "02-29"}, ""},
		"a wedding":                    {Observation{About: Day, Text: "Wedding", On: "2027-05-31"}, ""},
		"as long as it may be":         {Observation{About: Note, Text: strings.Repeat("ü", longestRemark)}, ""},
		"longer":                       {Observation{About: Note, Text: strings.Repeat("ü", longestRemark+1)}, "up to 2,000 characters"},
		"of a kind nobody knows":       {Observation{About: "mood", Text: "Grumpy"}, "a note, a preference, a date or a wish"},
		"of no kind":                   {Observation{Text: "Grumpy"}, "a note, a preference, a date or a wish"},
		"nothing":                      {Observation{About: Note, Text: " \n "}, "Write what others should know."},
		"a date without a day":         {Observation{About: Day, Text: "Birthday"}, "05-31"},
		"a day that is not":            {Observation{About: Day, Text: "Birthday", On: "02-30"}, "05-31"},
		"a leap day in the wrong year": {Observation{About: Day, Text: "Wedding", On: "2027-02-29"}, "05-31"},
		"a day in words":               {Observation{About: Day, Text: "Birthday", On: "31 May"}, "05-31"},
		"a day in short":               {Observation{About: Day, Text: "Birthday", On: "5-31"}, "05-31"},
		"a note of a day":              {Observation{About: Note, Text: "Birthday", On: "05-31"}, "Only a date has a day"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := tc.said.remark()
			f := fault.Of(err)
			switch {
			case tc.want == "" && (err != nil || r.Text != strings.TrimSpace(tc.said.Text)):
				t.Errorf("%v, %+v", err, r)
			case tc.want != "" && (f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || !strings.Contains(f.Say, tc.want)):
				t.Errorf("%v; want %q", err, tc.want)
			}
		})
	}
}

// viewer is somebody on staff who may read and not act.
func viewer(id int64) web.Who {
	return web.Who{Actor: store.Actor{Kind: store.StaffKind, ID: fmt.Sprint(id), Via: "test"}, Staff: id, Can: web.View}
}

func TestACardKeepsWhatColleaguesRemark(t *testing.T) {
	s, ben, cleo := setScene(t), viewer(7), viewer(8)
	before, err := s.db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	add := func(who web.Who, o Observation) Remark {
		t.Helper()
		r, err := s.Remark(t.Context(), who, s.ada.ID, o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := add(ben, Observation{About: Preference, Text: "Likes short mails"})
	second := add(cleo, Observation{About: Day, Text: "Birthday", On: "05-31"})
	third := add(all, Observation{About: Note, Text: "Has a dog, Rex"})
	if first.By != staff.ID(7) || third.By != 0 || first.At.IsZero() {
		t.Errorf("%+v, %+v", first, third)
	}
	card := func() []Remark {
		t.Helper()
		var c Customer
		if err := s.db.Read(t.Context(), func(tx *store.Tx) (err error) { c, err = s.Look(tx, s.ada.ID); return err }); err != nil {
			t.Fatal(err)
		}
		return c.Remarks
	}
	if d := cmp.Diff([]Remark{third, second, first}, card()); d != "" {
		t.Errorf("the card, newest first: %s", d)
	}

	refused := func(err error, code string) {
		t.Helper()
		if f := fault.Of(err); f == nil || f.Code != code {
			t.Errorf("%v; want %s", err, code)
		}
	}
	refused(s.Unremark(t.Context(), ben, s.ada.ID, second.ID), "remark.not_yours")
	refused(s.Unremark(t.Context(), ben, s.ada.ID, third.ID), "remark.not_yours")
	refused(s.Unremark(t.Context(), viewer(0), s.ada.ID, third.ID), "remark.not_yours")
	refused(s.Unremark(t.Context(), all, s.bob.ID, first.ID), "remark.unknown")
	if err := s.Unremark(t.Context(), ben, s.ada.ID, first.ID); err != nil {
		t.Errorf("its author: %v", err)
	}
	if err := s.Unremark(t.Context(), all, s.ada.ID, second.ID); err != nil {
		t.Errorf("somebody who may act: %v", err)
	}
	refused(s.Unremark(t.Context(), all, s.ada.ID, second.ID), "remark.unknown")
	if d := cmp.Diff([]Remark{third}, card()); d != "" {
		t.Errorf("the card after all: %s", d)
	}

	// The journal is for ever, so nothing that was said about somebody may be in it.
	entries, err := s.db.Journal(t.Context(), before, 100)
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{}
	for _, e := range entries {
		if strings.Contains(e.Kind, "remarked") {
			kinds = append(kinds, e.Kind)
		}
		for _, words := range []string{"short", "Birthday", "05-31", "Rex"} {
			if bytes.Contains(e.Body, []byte(words)) {
				t.Errorf("%q is in %s %s", words, e.Kind, e.Body)
			}
		}
	}
	if d := cmp.Diff([]string{"customers.remarked", "customers.remarked", "customers.remarked", "customers.unremarked", "customers.unremarked"}, kinds); d != "" {
		t.Error(d)
	}
}

func TestACardIsNoDiary(t *testing.T) {
	s := setScene(t)
	err := s.write(func(tx *store.Tx) error {
		for i := range mostRemarks - 1 {
			r := Remark{ID: store.NewID[remarkKind](tx), Customer: s.ada.ID, About: Note, Text: fmt.Sprint("Remark ", i)}
			if err := addRemark(tx, r); err != nil {
				return err
			}
		}
		return tx.Record(s.ada.ID, Remarked{Customer: s.ada.ID})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remark(t.Context(), all, s.ada.ID, Observation{About: Note, Text: "The last one that fits"}); err != nil {
		t.Fatal(err)
	}
	_, err = s.Remark(t.Context(), all, s.ada.ID, Observation{About: Note, Text: "One too many"})
	if f := fault.Of(err); f == nil || f.Code != "remark.full" {
		t.Errorf("one too many: %v", err)
	}
}
