package tickets

import (
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/fault"
)

// refused fails the test when what was sent by a program is refused in any other way than with a sentence.
func refused(t *testing.T, what string, err error) bool {
	t.Helper()
	if err != nil && (fault.KindOf(err) != fault.Invalid || fault.Of(err).Say == "") {
		t.Errorf("%q: %v", what, err)
	}
	return err != nil
}

// A place in a list is read as one place: written again, it is the same.
func FuzzCursor(f *testing.F) {
	for _, s := range []string{"", "nonsense", Cursor{1, 2}.String(), Cursor{-9223372036854775808, 9223372036854775807}.String(), "MS4yLjM", "LjE", "MSAuMg"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		first := Cursor{7, 7}
		c, err := ParseCursor(s, first)
		if refused(t, s, err) {
			return
		}
		if s == "" {
			if c != first {
				t.Errorf("no place is read as %v", c)
			}
			return
		}
		if back, err := ParseCursor(c.String(), first); err != nil || back != c {
			t.Errorf("%q is %v, and again %v: %v", s, c, back, err)
		}
	})
}

// Lists of ids and statuses name each thing once, nothing that was not written, and never more than may be asked for.
func FuzzLists(f *testing.F) {
	for _, s := range []string{"", ",", "new", "new,open,", "new,new", "tkt_06f3x8k2m4q7r", "tkt_06f3x8k2m4q7r, tkt_06f3x8k2m4q7s,tkt_06f3x8k2m4q7r", "tkt_", "17", "new;open", strings.Repeat("tkt_06f3x8k2m4q7r,", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		which, err := idsOf(s)
		if !refused(t, s, err) {
			if len(which) > MostNamed || len(which) != len(slices.Compact(slices.Sorted(slices.Values(which)))) {
				t.Errorf("%q names %v", s, which)
			}
			for _, one := range which {
				if one <= 0 || !strings.Contains(s, one.String()) {
					t.Errorf("%q does not name %s", s, one)
				}
			}
		}
		all, err := statuses(s)
		if refused(t, s, err) {
			return
		}
		for _, one := range all {
			if !slices.Contains(Statuses, one) || !slices.Contains(strings.Split(s, ","), string(one)) {
				t.Errorf("%q does not name the status %q", s, one)
			}
		}
	})
}
